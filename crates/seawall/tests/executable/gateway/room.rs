//! No room for the journal, or for what is kept for both sides: nothing is sent, nothing is half
//! written, and it goes on by itself once there is room.

use super::place::{Gate, PARTY, ask, said, until};
use nix::unistd::Uid;
use serde_json::Value;
use std::fs::{self, File};
use std::io::Write as _;
use std::process::Command;

const KEYS: &str = "key_file = \"provider.key\"";

/// Asks until it is refused; says how often it was answered.
#[track_caller]
fn until_refused(gate: &Gate, address: &str) -> usize {
    let before = gate.provider.asked();
    for answered in 0..200 {
        let (status, said) = ask(address, "a");
        if status != 200 {
            assert_eq!(status, 503, "{said}");
            assert_eq!(gate.provider.asked(), before + answered, "nothing was sent");
            for _ in 0..3 {
                assert_eq!(ask(address, "a").0, 503);
            }
            assert_eq!(gate.provider.asked(), before + answered, "nothing was sent");
            return answered;
        }
    }
    panic!("there is room for everything");
}

/// What the journal tells; each that was sent on has ended.
#[track_caller]
fn told(gate: &Gate) -> Value {
    let told = gate.folder.said_by("gateway verify @data --json", 0);
    serde_json::from_str(&told).unwrap()
}

#[track_caller]
fn ended(gate: &Gate) {
    let told = told(gate);
    let ended = told["ended"].as_object().unwrap();
    let all: u64 = ended.values().map(|number| number.as_u64().unwrap()).sum();
    assert_eq!(told["sent"], all, "{told}");
    assert_eq!(ended["whole"], gate.provider.asked(), "{told}");
    let usage = gate.folder.said_by("gateway usage @data --json", 0);
    let usage: Value = serde_json::from_str(&usage).unwrap();
    assert_eq!(usage["quotas"][0]["open"], 0, "{usage}");
    assert_eq!(usage["quotas"][0]["used"]["requests"], gate.provider.asked(), "{usage}");
}

#[test]
fn a_file_that_may_not_grow_closes_the_gateway_until_it_may() {
    let mut gate = Gate::new(KEYS, "");
    gate.folder.keep("provider.key", "provider-key");
    // The signal of the limit is ignored, as a full disk sends none.
    let limited = "trap '' XFSZ; ulimit -S -f 32; exec \"$0\" \"$@\"";
    let serve = gate.folder.command("gateway serve --settings @gateway.toml");
    let mut command = Command::new("sh");
    command.args(["-c", limited]).arg(serve.get_program()).args(serve.get_args());
    gate.serve_by(command);
    let lease = "lease --seconds 600 --checkpoints @kept";
    gate.developer(lease, 0);
    let mut attached = gate.attach("");
    let address = attached.says("attached: use ");
    let answered = until_refused(&gate, &address);
    assert!(answered > 2, "{answered}");
    until("it says that it is closed", || gate.state().contains("journal cannot be written"));
    // While it stands so, the journal holds, and no lease is taken.
    told(&gate);
    gate.developer(lease, 2);
    // A withdrawal would be in force; here it goes on.
    let pid = gate.serving.as_ref().unwrap().id().to_string();
    let more = Command::new("prlimit").args(["--pid", &pid, "--fsize=1048576:"]).status();
    if !more.is_ok_and(|status| status.success()) {
        println!("skipped: the rest, for there is no prlimit");
        return;
    }
    until("it goes on", || gate.state().contains("open"));
    for _ in 0..3 {
        assert_eq!(ask(&address, "a").0, 200);
    }
    gate.developer(lease, 0);
    attached.stop();
    gate.stop();
    ended(&gate);
    gate.folder.said_by("gateway verify @data --kept @kept", 0);
    // And it is read at the next start.
    gate.serve();
    gate.developer(lease, 0);
    let mut attached = gate.attach("");
    assert_eq!(ask(&attached.says("attached: use "), "a").0, 200);
    attached.stop();
    gate.stop();
    ended(&gate);
}

/// A small disk at a folder, until this is dropped.
struct Disk(std::path::PathBuf);

impl Disk {
    fn new(folder: std::path::PathBuf) -> Option<Disk> {
        fs::create_dir(&folder).unwrap();
        let mount = ["-t", "tmpfs", "-o", "size=1m,mode=0700", "none"];
        let mounted = Command::new("mount").args(mount).arg(&folder).status();
        mounted.is_ok_and(|status| status.success()).then_some(Disk(folder))
    }

    /// Takes all room that is left.
    fn fill(&self) {
        let mut file = File::create(self.0.join("filler")).unwrap();
        while file.write_all(&[0; 512]).is_ok() {}
    }

    fn free(&self) {
        fs::remove_file(self.0.join("filler")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_under_journal_and_escrow_closes_the_gateway_until_there_is_room() {
    let name = "a_full_disk_under_journal_and_escrow_closes_the_gateway_until_there_is_room";
    if !Uid::effective().is_root() {
        println!("skipped: {name}: only root mounts a small disk");
        return;
    }
    let mut gate = Gate::new(KEYS, "");
    let Some(disk) = Disk::new(gate.folder.path("data")) else {
        println!("skipped: {name}: no small disk can be mounted");
        return;
    };
    gate.folder.keep("provider.key", "provider-key");
    let key = |file: &str, what: &str| said(&gate.folder, &format!("gateway {what} @{file}"));
    let escrow = format!(
        "[[escrow]]\nparty = \"{PARTY}\"\ndeveloper = \"{}\"\npartner = \"{}\"\nsigner = \"{}\"\n\
         consent = \"consent.json\"\n",
        key("developer.escrow", "escrow key"),
        key("partner.escrow", "escrow key"),
        key("partner.key", "key"),
    );
    let settings = gate.folder.text("gateway.toml") + escrow.as_str();
    fs::write(gate.folder.path("gateway.toml"), settings).unwrap();
    let consent = format!("--settings @gateway.toml --party {PARTY} --out @consent.json");
    gate.folder.said_by(&format!("gateway escrow consent {consent}"), 0);
    for key in ["developer", "partner"] {
        gate.folder.said_by(&format!("gateway escrow sign @consent.json --key @{key}.key"), 0);
    }
    gate.serve();
    gate.developer("lease --seconds 600", 0);
    let mut attached = gate.attach("");
    let address = attached.says("attached: use ");
    assert_eq!(ask(&address, "a").0, 200);
    disk.fill();
    until_refused(&gate, &address);
    told(&gate);
    disk.free();
    until("it goes on", || ask(&address, "a").0 == 200);
    assert_eq!(ask(&address, "a").0, 200);
    // A gateway that is killed while there is no room is read at the next start.
    disk.fill();
    until_refused(&gate, &address);
    drop(gate.serving.take());
    disk.free();
    told(&gate);
    gate.serve();
    gate.developer("lease --seconds 600", 0);
    attached.stop();
    let mut attached = gate.attach("");
    let address = attached.says("attached: use ");
    assert_eq!(ask(&address, "a").0, 200);
    // A withdrawal is in force at once, and written down when there is room.
    disk.fill();
    until("nothing is written any more", || {
        let _ = ask(&address, "a");
        gate.state().contains("journal cannot be written")
    });
    let refused = gate.folder.output(&format!(
        "gateway withdraw --settings @gateway.toml --key @developer.key --gateway {}",
        gate.address
    ));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("it is in force, and is not written down yet"), "{said}");
    assert!(gate.state().contains("withdrew"), "{}", gate.state());
    disk.free();
    until("it is written down", || {
        gate.folder.text("data/journal.jsonl").contains("\"withdrawn\"")
    });
    assert_eq!(ask(&address, "a").0, 503);
    attached.stop();
    gate.stop();
    let told = told(&gate);
    let kept = &told["escrow"];
    let files = kept["whole"].as_u64().unwrap() + kept["unended"].as_u64().unwrap();
    assert_eq!(told["sent"], files, "each that was sent on is kept: {told}");
}
