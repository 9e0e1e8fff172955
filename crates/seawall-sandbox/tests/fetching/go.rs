//! Modules from a folder in the form of a module proxy.

use crate::world::{World, has, package, shell, told};
use seawall_domain::package::{Ecosystem, Listed};

const MAKE: &str = r#"
import os, zipfile
os.makedirs('go/example.invalid/thing/@v')
os.chdir('go/example.invalid/thing/@v')
open('list', 'w').write('v1.0.0\n')
open('v1.0.0.info', 'w').write('{"Version":"v1.0.0","Time":"2020-01-01T00:00:00Z"}')
open('v1.0.0.mod', 'w').write('module example.invalid/thing\n')
with zipfile.ZipFile('v1.0.0.zip', 'w') as out:
    out.writestr('example.invalid/thing@v1.0.0/go.mod', 'module example.invalid/thing\n')
    out.writestr('example.invalid/thing@v1.0.0/thing.go', 'package thing\n')
"#;

#[test]
fn modules_are_listed_and_brought() {
    if !has("modules_are_listed_and_brought", "go", &["version"]) {
        return;
    }
    let world = World::new();
    let settings = "GOPROXY=file:///config/go\nGONOSUMDB=*\nGONOSUMCHECK=1\nGOSUMDB=off\n";
    std::fs::write(world.client("go.env"), settings).unwrap();
    std::fs::write(world.client("make.py"), MAKE).unwrap();
    shell(&world.folder.join("clients"), "python3 make.py");
    let thing = package(Ecosystem::Listed(Listed::Go, None), "example.invalid/thing");
    assert_eq!(world.releases(&thing), ["v1.0.0"]);
    let fetched = world.fetch(&thing, "v1.0.0").unwrap();
    let expected = ["go.mod=module example.invalid/thing\n", "thing.go=package thing\n"];
    assert_eq!(told(&fetched.path), expected);
}
