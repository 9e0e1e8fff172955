//! The process wall with a real process on the other side.

use crate::world::{World, generic, recipe};
use seawall_domain::package::Version;
use seawall_domain::recipe::{Canary, Oracle};
use seawall_domain::verdict::Outcome;
use seawall_sandbox::wall::LaboratoryProcess;
use seawall_sandbox::{LabFault, Minimised};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The example program that cargo builds beside the tests.
pub fn exe() -> Option<PathBuf> {
    let own = std::env::current_exe().ok()?;
    let path = own.parent()?.parent()?.join("examples/laboratory");
    path.exists().then_some(path)
}

fn spawn(world: &World) -> Option<LaboratoryProcess> {
    let process = exe().map(|exe| LaboratoryProcess::spawn(&exe, world.lab.clone()).unwrap());
    if process.is_none() {
        println!("skipped: the process wall: the example `laboratory` is not built");
    }
    process
}

#[test]
fn every_question_goes_through_the_wall() {
    let world = World::new();
    world.release("wall", "1", &[("a.txt", "text")]);
    let Some(process) = spawn(&world) else { return };
    let (package, version) = (generic("wall"), Version::from("1"));
    assert_eq!(process.releases(&package).unwrap(), world.lab.releases(&package).unwrap());
    let fetched = process.fetch(&package, &version);
    assert_eq!(fetched, world.lab.fetch(&package, &version));
    let missing = process.fetch(&package, &Version::from("2"));
    assert!(matches!(missing, Err(LabFault::NotFetchable { .. })), "{missing:?}");
    let text = process.source(&package, &version, "a.txt").unwrap();
    assert_eq!(text.as_deref(), Some("text"));
    let script = "echo seawall-canary $SEAWALL_CANARY absent";
    let recipe = recipe("wall", Oracle::Canary(Canary::Harness), "sh", ("probe.sh", script));
    let reports = process.run(&recipe, &version, 2).unwrap();
    assert!(reports.iter().all(|report| report.outcome == Outcome::Unaffected));
    assert_eq!(reports.len(), 2);
    assert_eq!(process.minimise(&recipe, &version, 9).unwrap(), Minimised::NoInput);
    assert_eq!(process.variants(&recipe, &version, 9).unwrap(), []);
    process.preflight().unwrap();
    assert_eq!(crate::hostile::groups(process.id().unwrap()), 0, "no control group is left");
}

#[test]
fn a_process_that_dies_is_a_fault_and_the_next_question_starts_another() {
    let world = World::new();
    world.release("wall", "1", &[("a.txt", "text")]);
    let Some(process) = spawn(&world) else { return };
    let pid = nix::unistd::Pid::from_raw(process.id().unwrap() as i32);
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL).unwrap();
    let told = process.releases(&generic("wall")).unwrap_err();
    assert!(matches!(told, LabFault::Process { .. }), "{told}");
    assert_eq!(process.releases(&generic("wall")).unwrap().len(), 1);
}

#[test]
fn a_process_that_is_silent_or_talks_nonsense_is_a_fault_in_time() {
    let world = World::new();
    for (name, body, word) in [
        ("silent", "exec sleep 60", "no answer"),
        ("nonsense", "while read line; do echo '{}'; done", "cannot read"),
        ("deaf", "exit 0", ""),
    ] {
        let path = world.folder.join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&path, mode).unwrap();
        let process = LaboratoryProcess::spawn(&path, world.lab.clone()).unwrap();
        let process = process.with_patience(Duration::from_millis(500));
        let start = Instant::now();
        let told = process.releases(&generic("wall")).unwrap_err();
        assert!(matches!(told, LabFault::Process { .. }), "{name}: {told}");
        assert!(told.to_string().contains(word), "{name}: {told}");
        assert!(start.elapsed() < Duration::from_secs(30), "{name}");
    }
    let nowhere = LaboratoryProcess::spawn(Path::new("/nowhere/at/all"), world.lab.clone());
    assert!(nowhere.is_err());
}

#[test]
fn its_sandboxes_die_with_it() {
    let world = World::new();
    world.release("long", "1", &[("a.txt", "text")]);
    let Some(process) = spawn(&world) else { return };
    let process = process.with_patience(Duration::from_secs(2));
    let seconds = format!("8{}", std::process::id());
    let script = format!("exec sleep {seconds}");
    let recipe = recipe("long", Oracle::Canary(Canary::Harness), "sh", ("probe.sh", &script));
    let pid = process.id().unwrap();
    let told = process.run(&recipe, &Version::from("1"), 1).unwrap_err();
    assert!(matches!(told, LabFault::Process { .. }), "{told}");
    assert!(crate::hostile::gone(&seconds), "the sleeper is still there");
    // What the killed one left behind is swept by the next.
    assert_eq!(process.releases(&generic("long")).unwrap().len(), 1);
    let script = "echo seawall-canary $SEAWALL_CANARY absent";
    let quick =
        crate::world::recipe("long", Oracle::Canary(Canary::Harness), "sh", ("probe.sh", script));
    process.run(&quick, &Version::from("1"), 1).unwrap();
    assert_eq!(crate::hostile::groups(pid), 0);
    assert_eq!(crate::world::listing(&world.lab.cache.join("scratch")).len(), 0);
}
