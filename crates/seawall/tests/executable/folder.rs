//! A folder of an evaluator: the program is used in it as people do, and everything that it said
//! is kept, to look for secrets in.

use crate::corridor::PROGRAM;
use seawall_domain::time::{SignedDuration, Timestamp};
use seawall_testkit::evaluation::{End, log, protocol};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;

/// The book of tokens, and what was published.
pub const BOOK: &str = "--tokens @sealed/tokens.json --commitment @sealed/commitment.json";

/// A folder of an evaluator, and everything that was said in it.
pub struct Folder {
    dir: tempfile::TempDir,
    said: Mutex<String>,
}

impl Folder {
    pub fn new() -> Folder {
        Folder { dir: tempfile::tempdir().unwrap(), said: Mutex::default() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Writes a file that its owner alone may read.
    pub fn keep(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// A command of the program; words that begin with `@` are files of the folder.
    pub fn command(&self, command: &str) -> Command {
        let path = |name: &str| match name.strip_prefix('@') {
            Some(name) => self.path(name).display().to_string(),
            None => name.to_owned(),
        };
        let mut program = Command::new(PROGRAM);
        program.args(command.split(' ').map(path));
        program
    }

    /// Runs a command; what it said is not kept.
    pub fn output(&self, command: &str) -> Output {
        self.command(command).output().unwrap()
    }

    /// Runs a command of an evaluation; gives what was said on standard output.
    #[track_caller]
    pub fn run(&self, command: &str, status: i32) -> String {
        self.said_by(&format!("evaluation {command}"), status)
    }

    /// Runs a command; gives what was said on standard output.
    #[track_caller]
    pub fn said_by(&self, command: &str, status: i32) -> String {
        let output = self.output(command);
        let both =
            [&output.stdout, &output.stderr].map(|it| String::from_utf8_lossy(it).into_owned());
        assert_eq!(output.status.code(), Some(status), "{command}: {both:?}");
        let mut said = self.said.lock().unwrap();
        *said += &format!("{command}\n{}\n{}\n", both[0], both[1]);
        both[0].clone()
    }

    #[track_caller]
    pub fn json(&self, command: &str, status: i32) -> Value {
        let said = self.run(&format!("{command} --json"), status);
        serde_json::from_str(&said).unwrap()
    }

    /// A new key; gives the digest by which a protocol names it.
    pub fn key(&self, name: &str) -> String {
        let output = self.output(&format!("gateway key @{name}"));
        let public = String::from_utf8(output.stdout).unwrap();
        let key: seawall_ledger::sign::VerifyingKey = public.trim().parse().unwrap();
        key.digest_hex()
    }

    /// Seals the protocol among three custodians, each of whom takes their share out; there is no
    /// opening, and no share but by a custodian's key.
    pub fn seal_among_three(&self) {
        let mut seal = "seal @protocol.json --out @sealed --threshold 2".to_owned();
        for number in 1..=3 {
            let made = self.output(&format!("evaluation custodian @custodian-{number}.key"));
            let public = String::from_utf8(made.stdout).unwrap();
            seal = format!("{seal} --custodian {}", public.trim());
        }
        self.run("seal @protocol.json --out @nowhere", 2);
        self.run(&format!("{seal} --rehearsal"), 2);
        // Whatever could be signed can be opened: a quorum that cannot be leaves nothing behind.
        let one = seal.split(" --custodian ").nth(1).unwrap();
        for (wrong, instead) in [("0", ""), ("4", ""), ("2", one)] {
            let none = seal.replace("@sealed --threshold 2", &format!("@none --threshold {wrong}"));
            let twice = if instead.is_empty() { "" } else { " --custodian " };
            self.run(&format!("{none}{twice}{instead}"), 2);
            assert!(!self.path("none").exists(), "{wrong}");
        }
        self.run(&seal, 0);
        self.run(&seal, 2);
        assert!(!self.path("sealed/opening.json").exists());
        for number in 1..=3 {
            let key = format!("--key @custodian-{number}.key --out @sealed/share-{number}.txt");
            self.run(&format!("share --sealed @sealed/opening.sealed {key}"), 0);
        }
        self.output("evaluation custodian @stranger.key");
        let stranger = "--key @stranger.key --out @sealed/share-4.txt";
        self.run(&format!("share --sealed @sealed/opening.sealed {stranger}"), 1);
    }

    /// A protocol that two people have sealed, among three custodians of whom two open it, opened.
    pub fn seal(&self) {
        let signers = [self.key("one.key"), self.key("two.key")];
        let days = |days: i64| Timestamp::now() + SignedDuration::from_hours(24 * days);
        let written = protocol([&signers[0], &signers[1]], days(-1), days(90));
        fs::write(self.path("protocol.json"), written.to_string()).unwrap();
        self.run("protocol check @protocol.json", 0);
        self.seal_among_three();
        let open = "--sealed @sealed/opening.sealed --commitment @sealed/commitment.json \
                    --out @opening.json";
        self.run(&format!("open @sealed/share-2.txt {open}"), 1);
        self.run(&format!("open @sealed/share-2.txt @sealed/share-2.txt {open}"), 1);
        assert!(!self.path("opening.json").exists());
        let sealed = self.text("sealed/opening.sealed");
        let at = sealed.find("\"sealed\":\"").unwrap() + 10;
        let mut altered = sealed.clone();
        let turned = if sealed[at..].starts_with('0') { "1" } else { "0" };
        altered.replace_range(at..=at, turned);
        fs::write(self.path("sealed/opening.sealed"), altered).unwrap();
        self.run(&format!("open @sealed/share-1.txt @sealed/share-3.txt {open}"), 2);
        assert!(!self.path("sealed/openings.jsonl").exists());
        fs::write(self.path("sealed/opening.sealed"), sealed).unwrap();
        self.run(&format!("open @sealed/share-1.txt @sealed/share-3.txt {open}"), 0);
        let noted: Value = serde_json::from_str(&self.text("sealed/openings.jsonl")).unwrap();
        assert_eq!(noted["shares"], serde_json::json!([1, 3]));
        self.run("sign @sealed/commitment.json --key @one.key", 0);
        self.run(&format!("token issue {BOOK} --out @early.token"), 2);
        self.run("sign @sealed/commitment.json --key @two.key", 0);
    }

    /// A log of a run that has just been made, with the token in that file.
    pub fn log(&self, name: &str, token: &str, end: impl Fn(usize, u32) -> End) {
        let token = self.text(token);
        let snapshot = "ef".repeat(32);
        let notes = [("seawall_run_token", token.trim()), ("snapshot", snapshot.as_str())];
        fs::write(self.path(name), log(Timestamp::now(), &notes, end).to_string()).unwrap();
    }

    /// Every file below the folder.
    pub fn files(&self) -> Vec<PathBuf> {
        fn below(folder: &Path, files: &mut Vec<PathBuf>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { below(&path, files) } else { files.push(path) }
            }
        }
        let mut files = Vec::new();
        below(self.dir.path(), &mut files);
        files
    }

    /// A secret is in these files, and in nothing else that there is or was said.
    #[track_caller]
    pub fn only_in(&self, secret: &str, names: &[&str]) {
        assert!(
            !secret.is_empty() && !self.said.lock().unwrap().contains(secret),
            "said: {secret}"
        );
        for file in self.files() {
            let name = file.strip_prefix(self.dir.path()).unwrap().display().to_string();
            let bytes = fs::read(&file).unwrap();
            let held = String::from_utf8_lossy(&bytes).contains(secret);
            assert!(!held || names.contains(&name.as_str()), "{secret} is in {name}");
        }
    }
}
