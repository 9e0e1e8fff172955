//! Listing, bringing and reading releases of the local catalogue, and the cache beneath.

use crate::world::{World, generic};
use seawall_domain::package::{Ecosystem, Package, Version};
use seawall_sandbox::LabFault;

#[test]
fn a_local_catalogue_is_listed_brought_and_read() {
    let world = World::new();
    world.release("thing", "1.0", &[("src/a/deep.c", "deep\n"), ("deep.c", "top\n")]);
    world.release("thing", "1.1", &[("src/a/deep.c", "deep\n"), ("deep.c", "top\n")]);
    world.release("thing", "2.0", &[("src/a/deep.c", "other\n")]);
    let package = generic("thing");
    let mut versions: Vec<String> =
        world.lab.releases(&package).unwrap().into_iter().map(|r| r.version.0).collect();
    versions.sort();
    assert_eq!(versions, ["1.0", "1.1", "2.0"]);
    let asked = ["1.0", "2.0", "9", "1.1"].map(Version::from);
    let got = world.lab.fetch_all(&package, &asked);
    let digest = |index: usize| got[index].as_ref().unwrap().digest;
    assert_eq!(digest(0), digest(3), "equal content has one digest");
    assert_ne!(digest(0), digest(1));
    assert!(matches!(got[2], Err(LabFault::NotFetchable { .. })), "{:?}", got[2]);
    for (file, expected) in [
        ("deep.c", Some("top\n")),
        ("a/deep.c", Some("deep\n")),
        ("./src/a/deep.c", Some("deep\n")),
        ("eep.c", None),
        ("../deep.c", None),
        ("", None),
        ("b/deep.c", None),
    ] {
        let text = world.lab.source(&package, &asked[0], file).unwrap();
        assert_eq!(text.as_deref(), expected, "{file}");
    }
}

#[test]
fn links_in_a_release_lead_nowhere() {
    let world = World::new();
    world.release("linked", "1", &[("real.txt", "real")]);
    let folder = world.folder.join("catalogue/linked/1");
    std::os::unix::fs::symlink("/etc/passwd", folder.join("users.txt")).unwrap();
    std::os::unix::fs::symlink("/", folder.join("everything")).unwrap();
    let package = generic("linked");
    let version = Version::from("1");
    assert_eq!(world.lab.source(&package, &version, "users.txt").unwrap(), None);
    assert_eq!(world.lab.source(&package, &version, "etc/passwd").unwrap(), None);
}

#[test]
fn offline_says_so_and_bad_names_go_nowhere() {
    let world = World::new();
    let version = Version::from("1");
    for (ecosystem, name) in
        [(Ecosystem::PyPi, "x"), (Ecosystem::Npm, "@a/b"), (Ecosystem::CratesIo, "x")]
    {
        let package = Package { ecosystem, name: name.into() };
        let told = world.lab.fetch(&package, &version).unwrap_err();
        assert!(matches!(told, LabFault::Offline { .. }), "{told}");
        let told = world.lab.releases(&package).unwrap_err();
        assert!(matches!(told, LabFault::Offline { .. }), "{told}");
    }
    for name in ["", "..", "../x", "a b", "-e", "/etc", "@a/b", "a;b"] {
        let told = world.lab.fetch(&generic(name), &version).unwrap_err();
        assert!(matches!(told, LabFault::Name { .. }), "{name}: {told}");
        let told = world.lab.releases(&generic(name)).unwrap_err();
        assert!(matches!(told, LabFault::Name { .. }), "{name}: {told}");
    }
    for bad in ["", "../1", "1 2", "-1", "latest;id"] {
        let told = world.lab.fetch(&generic("x"), &Version::from(bad)).unwrap_err();
        assert!(matches!(told, LabFault::Name { .. }), "{bad}: {told}");
    }
}

#[test]
fn many_at_once_share_one_cache() {
    let world = World::new();
    for version in ["1", "2", "3"] {
        world.release("shared", version, &[("same.txt", "same"), ("v.txt", version)]);
    }
    let versions = ["1", "2", "3"].map(Version::from);
    let all = std::thread::scope(|scope| {
        let ask = || world.lab.fetch_all(&generic("shared"), &versions);
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(all.iter().all(|answers| answers == &all[0] && answers.iter().all(Result::is_ok)));
    let left = std::fs::read_dir(world.lab.cache.join("scratch")).unwrap().count();
    assert_eq!(left, 0, "nothing half made stays behind");
}
