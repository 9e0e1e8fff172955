//! Wheels from a folder, made by Python itself: honest ones, a bomb, odd names, and a source
//! archive that would run its own setup.

use crate::world::{Tar, World, gzip, has, package, shell, told};
use seawall_domain::package::Ecosystem;
use seawall_sandbox::LabFault;

const MAKE: &str = r#"
import zipfile
WHEEL = 'Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n'
def wheel(name, version, fill):
    info = f'{name}-{version}.dist-info'
    with zipfile.ZipFile(f'{name}-{version}-py3-none-any.whl', 'w', zipfile.ZIP_DEFLATED) as out:
        fill(out)
        head = f'Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n'
        out.writestr(f'{info}/METADATA', head)
        out.writestr(f'{info}/WHEEL', WHEEL)
        out.writestr(f'{info}/RECORD', '')
def mode(name, mode):
    one = zipfile.ZipInfo(name)
    one.external_attr = mode << 16
    return one
def trap(out):
    out.writestr('../../../../tmp/outside', 'x')
    out.writestr('/absolute', 'x')
    out.writestr(mode('trap/link', 0o120777), '/etc/passwd')
    out.writestr(mode('trap/tool', 0o104777), 'x')
def bomb(out):
    with out.open('bomb/zeros', 'w', force_zip64=True) as file:
        for _ in range(700):
            file.write(bytes(1 << 20))
def many(out):
    for number in range(60000):
        out.writestr(f'many/{number}', '')
wheel('plain', '1.0', lambda out: out.writestr('plain/__init__.py', 'one = 1\n'))
wheel('plain', '1.1', lambda out: out.writestr('plain/__init__.py', 'one = 2\n'))
wheel('trap', '1.0', trap)
wheel('bomb', '1.0', bomb)
wheel('many', '1.0', many)
"#;

fn world(test: &str) -> Option<World> {
    if !has(test, "python3", &["-m", "pip", "--version"]) {
        return None;
    }
    let world = World::new();
    let pip = "[global]\nno-index = true\nfind-links = /config/wheels\n";
    std::fs::write(world.client("pip.conf"), pip).unwrap();
    let wheels = world.client("wheels/make.py");
    std::fs::write(&wheels, MAKE).unwrap();
    shell(wheels.parent().unwrap(), "python3 make.py");
    Some(world)
}

#[test]
fn wheels_are_listed_and_brought() {
    let Some(world) = world("wheels_are_listed_and_brought") else { return };
    let plain = package(Ecosystem::PyPi, "plain");
    assert_eq!(world.releases(&plain), ["1.0", "1.1"]);
    let fetched = world.fetch(&plain, "1.1").unwrap();
    let told = told(&fetched.path);
    assert!(told.contains(&"plain/__init__.py=one = 2\n".to_owned()), "{told:?}");
    let fault = world.fetch(&plain, "3").unwrap_err();
    assert!(matches!(fault, LabFault::NotFetchable { .. }), "{fault}");
}

#[test]
fn names_and_rights_in_a_wheel_mean_nothing() {
    let Some(world) = world("names_and_rights_in_a_wheel_mean_nothing") else { return };
    let fetched = world.fetch(&package(Ecosystem::PyPi, "trap"), "1.0").unwrap();
    let told = told(&fetched.path);
    for expected in ["tmp/outside=x", "absolute=x", "trap/tool=x"] {
        assert!(told.iter().any(|line| line == expected), "{expected}: {told:?}");
    }
    assert!(!std::path::Path::new("/tmp/outside").exists());
}

#[test]
fn bombs_and_crowds_are_refused() {
    let Some(world) = world("bombs_and_crowds_are_refused") else { return };
    for name in ["bomb", "many"] {
        let fault = world.fetch(&package(Ecosystem::PyPi, name), "1.0").unwrap_err();
        assert!(fault.to_string().contains("holds too much"), "{name}: {fault}");
    }
}

#[test]
fn a_source_archive_is_not_run() {
    let Some(world) = world("a_source_archive_is_not_run") else { return };
    let mark = world.folder.join("mark");
    let setup = format!("open({:?}, 'w')\n", mark.display().to_string());
    let info = "Metadata-Version: 2.1\nName: built\nVersion: 1.0\n";
    let source = Tar::default().file("built-1.0/setup.py", &setup).file("built-1.0/PKG-INFO", info);
    std::fs::write(world.client("wheels/built-1.0.tar.gz"), gzip(&source.bytes())).unwrap();
    let fault = world.fetch(&package(Ecosystem::PyPi, "built"), "1.0").unwrap_err();
    assert!(matches!(fault, LabFault::Registry { .. } | LabFault::NotFetchable { .. }), "{fault}");
    assert!(!mark.exists(), "the setup ran");
}
