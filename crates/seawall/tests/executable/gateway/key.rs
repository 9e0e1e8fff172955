//! The provider's key by lease: in no file, no argument, no word, and after its lease not in the
//! gateway's memory.

use super::place::{Gate, Provider, ask, until};
use crate::folder::Folder;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::os::unix::fs::FileExt as _;

const KEY: &str = "canary-upstream-key-5be1f7";

/// How often the key stands in the memory of the gateway; none where this process may not look.
fn in_memory(gate: &Gate) -> Option<usize> {
    let pid = gate.serving.as_ref().unwrap().id();
    let memory = match File::open(format!("/proc/{pid}/mem")) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => return None,
        opened => opened.unwrap(),
    };
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
    let mut found = 0;
    for map in maps.lines() {
        let mut words = map.split_whitespace();
        let (range, may) = (words.next().unwrap(), words.next().unwrap());
        if !may.starts_with("rw") {
            continue;
        }
        let (begins, ends) = range.split_once('-').unwrap();
        let at = |digits: &str| u64::from_str_radix(digits, 16).unwrap();
        let mut room = vec![0; usize::try_from(at(ends) - at(begins)).unwrap()];
        // What is not there cannot be read.
        let read = memory.read_at(&mut room, at(begins)).unwrap_or(0);
        found += room[..read].windows(KEY.len()).filter(|it| *it == KEY.as_bytes()).count();
    }
    Some(found)
}

#[track_caller]
fn check(gate: &Gate, expected: Option<usize>) {
    let Some(found) = in_memory(gate) else {
        println!("skipped: the gateway's memory is kept from this user");
        return;
    };
    match expected {
        Some(expected) => assert_eq!(found, expected),
        None => assert!(found > 0),
    }
}

#[test]
fn the_providers_key_is_there_with_its_lease_and_gone_with_it() {
    let mut gate = Gate::new("key = \"lease\"", "");
    gate.serve();
    there_and_gone(gate);
}

#[test]
fn it_is_as_well_where_the_provider_speaks_tls() {
    let secured = |folder: &Folder| Provider::secured(&folder.path("provider.crt"));
    let mut gate = Gate::before(secured, "key = \"lease\"", "");
    let mut command = gate.folder.command("gateway serve --settings @gateway.toml");
    command.env("SSL_CERT_FILE", gate.folder.path("provider.crt"));
    gate.serve_by(command);
    there_and_gone(gate);
}

fn there_and_gone(mut gate: Gate) {
    gate.folder.keep("provider.key", &format!("{KEY}\n"));
    let mut attached = gate.attach("");
    let address = attached.says("attached: use ");
    gate.developer("lease --seconds 600", 0);
    let (status, said) = ask(&address, "a");
    assert_eq!(status, 503);
    assert!(said.contains("the lease brings no key for the provider"), "{said}");

    let with_key = "lease --seconds 600 --upstream-key @provider.key";
    gate.developer(with_key, 2);
    let other = gate.signer.replace(&gate.signer[gate.signer.len() - 20..], "AAAAAAAAAAAAAAAAAAA=");
    gate.developer(&format!("{with_key} --signer {other}"), 2);
    assert_eq!(ask(&address, "a").0, 503);
    let signed = format!("{with_key} --signer {}", gate.signer);
    gate.developer(&signed, 0);
    for _ in 0..3 {
        assert_eq!(ask(&address, "a").0, 200);
    }
    let heads = gate.provider.heads.lock().unwrap().clone();
    assert_eq!(heads.len(), 3);
    assert!(heads.iter().all(|head| head.contains(&format!("Bearer {KEY}\r\n"))), "{heads:?}");
    check(&gate, Some(1));

    // The next lease brings none, and the last one's is gone.
    gate.developer("lease --seconds 600", 0);
    assert_eq!(ask(&address, "a").0, 503);
    check(&gate, Some(0));
    // It ends with its lease.
    gate.developer(&signed.replace("600", "3"), 0);
    until("the lease ends", || gate.state().contains("lease has ended"));
    until("the key is wiped", || in_memory(&gate).is_none_or(|found| found == 0));
    gate.developer(&signed, 0);
    assert_eq!(ask(&address, "a").0, 200);
    check(&gate, None);
    let pid = gate.serving.as_ref().unwrap().id();
    let arguments = fs::read(format!("/proc/{pid}/cmdline")).unwrap();
    assert!(!String::from_utf8_lossy(&arguments).contains(KEY));
    gate.developer("withdraw", 0);
    check(&gate, Some(0));
    // A connection that was cut may take one request with it (RFC 9112, 9.3.1), answered 502.
    until("it is told that the window is over", || {
        let status = ask(&address, "a").0;
        assert!([502, 503].contains(&status), "{status}");
        status == 503
    });
    attached.stop();
    gate.stop();
    gate.folder.said_by("gateway verify @data", 0);
    // Files, what every process said, and what commands said.
    gate.folder.only_in(KEY, &["provider.key"]);
}
