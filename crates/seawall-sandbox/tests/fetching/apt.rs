//! Debian packages from a folder: a maintainer's script is not run, and no right survives.

use crate::world::{World, has, package, shell, told};
use seawall_domain::package::Ecosystem;
use seawall_sandbox::LabFault;

/// Two versions of a package, and the list of them.
const MAKE: &str = "
mkdir debian && cd debian
for version in 1.0-1 1:2.0~rc1-1; do
    rm -rf tree && mkdir -p tree/DEBIAN tree/usr/bin tree/etc
    printf 'Package: thing\\nVersion: %s\\nArchitecture: all\\n' $version > tree/DEBIAN/control
    printf 'Maintainer: M <m@example.invalid>\\nDescription: x\\n' >> tree/DEBIAN/control
    printf '#!/bin/sh\\ntouch /tmp/seawall-mark\\n' > tree/DEBIAN/postinst
    chmod 755 tree/DEBIAN/*
    printf 'tool' > tree/usr/bin/tool && chmod 6755 tree/usr/bin/tool
    ln -s /etc/shadow tree/etc/link
    file=thing_$(echo $version | tr -d ':~').deb
    dpkg-deb -b --root-owner-group tree $file > /dev/null
    dpkg-deb -I $file control >> Packages
    printf 'Filename: ./%s\\nSize: %s\\n' $file $(stat -c %s $file) >> Packages
    printf 'SHA256: %s\\n\\n' $(sha256sum $file | cut -d ' ' -f 1) >> Packages
done
rm -rf tree
";

#[test]
fn packages_are_listed_brought_and_unpacked() {
    if !has("packages_are_listed_brought_and_unpacked", "apt-get", &["--version"]) {
        return;
    }
    let world = World::new();
    let sources = "deb [trusted=yes] copy:/config/debian ./\n";
    std::fs::write(world.client("sources.list"), sources).unwrap();
    shell(&world.folder.join("clients"), MAKE);
    let thing = package(Ecosystem::Debian(None), "thing");
    assert_eq!(world.releases(&thing), ["1.0-1", "1:2.0~rc1-1"]);
    for version in ["1.0-1", "1:2.0~rc1-1"] {
        let fetched = world.fetch(&thing, version).unwrap();
        let expected = ["etc/", "etc/link>/etc/shadow", "usr/", "usr/bin/", "usr/bin/tool*tool"];
        assert_eq!(told(&fetched.path), expected, "{version}");
    }
    let fault = world.fetch(&thing, "9").unwrap_err();
    assert!(matches!(fault, LabFault::NotFetchable { .. }), "{fault}");
    assert!(!std::path::Path::new("/tmp/seawall-mark").exists(), "its script ran");
}
