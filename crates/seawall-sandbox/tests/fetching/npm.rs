//! npm packages from a registry on this host's loopback: install scripts, odd names, and devices.

use crate::world::{Tar, World, gzip, has, package, told};
use seawall_domain::package::Ecosystem;
use seawall_sandbox::LabFault;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::PathBuf;

/// Serves tarballs as versions `1.0.0`, `2.0.0` and so on of the package `thing`, until the end.
fn serve(balls: Vec<Vec<u8>>) -> u16 {
    let door = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = door.local_addr().unwrap().port();
    let versions: Vec<String> = (1..=balls.len())
        .map(|number| {
            let version = format!("{number}.0.0");
            let scripts = r#""scripts":{"preinstall":"touch /tmp/mark","prepack":"touch mark"}"#;
            format!(
                r#""{version}":{{"name":"thing","version":"{version}",{scripts},
                "hasInstallScript":true,"dist":{{"tarball":"http://127.0.0.1:{port}/ball/{number}"}}}}"#
            )
        })
        .collect();
    let list = format!(
        r#"{{"name":"thing","dist-tags":{{"latest":"1.0.0"}},"versions":{{{}}}}}"#,
        versions.join(",")
    );
    std::thread::spawn(move || {
        for guest in door.incoming() {
            let mut guest = guest.unwrap();
            let mut lines = BufReader::new(guest.try_clone().unwrap()).lines();
            let first = lines.next().and_then(Result::ok).unwrap_or_default();
            let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
            while lines.next().and_then(Result::ok).is_some_and(|line| !line.is_empty()) {}
            let number =
                path.strip_prefix("/ball/").and_then(|number| number.parse::<usize>().ok());
            let (status, body) = match (path.as_str(), number) {
                ("/thing", _) => ("200 OK", list.clone().into_bytes()),
                (_, Some(number)) => ("200 OK", balls[number - 1].clone()),
                _ => ("404 Not Found", b"{}".to_vec()),
            };
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
            );
            // A guest that is gone needs no answer.
            let _ = guest.write_all(head.as_bytes()).and_then(|()| guest.write_all(&body));
        }
    });
    port
}

fn world(test: &str, balls: Vec<Tar>) -> Option<World> {
    if !has(test, "npm", &["--version"]) {
        return None;
    }
    let world = World::new();
    let port = serve(balls.into_iter().map(|ball| gzip(&ball.bytes())).collect());
    let address = format!("registry=http://127.0.0.1:{port}/");
    let settings = format!("{address}\nnoproxy=127.0.0.1\nfetch-retries=0\n");
    std::fs::write(world.client("npmrc"), settings).unwrap();
    Some(world)
}

const MANIFEST: &str = r#"{"name":"thing","version":"1.0.0","scripts":{
    "preinstall":"touch /tmp/mark","install":"touch mark",
    "prepare":"touch mark","prepack":"touch mark"}}"#;

#[test]
fn a_package_is_unpacked_and_its_scripts_are_not_run() {
    let ball = || {
        let ball = Tar::default().file("package/package.json", MANIFEST);
        ball.entry(tar::EntryType::Regular, "package/tool", "x", 0o6755)
    };
    let test = "a_package_is_unpacked_and_its_scripts_are_not_run";
    let Some(world) = world(test, vec![ball(), ball()]) else { return };
    let thing = package(Ecosystem::Npm, "thing");
    assert_eq!(world.releases(&thing), ["1.0.0", "2.0.0"]);
    let versions = ["1.0.0", "2.0.0"].map(Into::into);
    for fetched in world.lab.fetch_all(&thing, &versions) {
        let told = told(&fetched.unwrap().path);
        assert_eq!(told, [format!("package.json={MANIFEST}"), "tool*x".to_owned()]);
    }
    let fault = world.fetch(&thing, "9.0.0").unwrap_err();
    assert!(matches!(fault, LabFault::NotFetchable { .. }), "{fault}");
}

#[test]
fn what_a_tarball_holds_stays_in_its_folder() {
    let honest = || Tar::default().file("package/package.json", MANIFEST);
    let balls = vec![
        honest().file("package/../../../outside", "x"),
        honest()
            .entry(tar::EntryType::Symlink, "package/etc", "/etc", 0o777)
            .file("package/etc/x", "x"),
        honest().entry(tar::EntryType::Char, "package/device", "", 0o666),
        honest().entry(tar::EntryType::Fifo, "package/pipe", "", 0o666),
        honest().entry(tar::EntryType::Symlink, "package/users", "/etc/passwd", 0o777),
    ];
    let Some(world) = world("what_a_tarball_holds_stays_in_its_folder", balls) else { return };
    let thing = package(Ecosystem::Npm, "thing");
    let mut seen = Vec::new();
    for version in ["1.0.0", "2.0.0", "3.0.0", "4.0.0", "5.0.0"] {
        seen.push(match world.fetch(&thing, version) {
            Ok(fetched) => {
                told(&fetched.path).into_iter().filter(|line| !line.contains("json")).collect()
            }
            Err(LabFault::NotFetchable { .. }) => vec!["refused".to_owned()],
            Err(fault) => panic!("{version}: {fault}"),
        });
    }
    let expected: [&[&str]; 5] =
        [&["refused"], &["refused"], &["refused"], &[], &["users>/etc/passwd"]];
    assert_eq!(seen, expected);
    assert!(!world.folder.join("outside").exists() && !PathBuf::from("/etc/x").exists());
}
