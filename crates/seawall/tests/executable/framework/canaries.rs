//! What is secret is where it belongs, and nowhere else; and the public sees nothing.

use super::evaluating::SNAPSHOT;
use super::place::{House, PATIENCE};
use super::provider::SAID;
use super::window::PROMPT;
use super::{FLAGS_KEY, HELD, PROVIDER_KEY};
use crate::folder::Folder;
use seawall_testkit::evaluation::SEALED;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How often the arguments of processes are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(15);

/// The arguments of every process, as anybody on the machine sees them.
pub struct Watch {
    seen: Arc<Mutex<BTreeSet<String>>>,
    over: Arc<AtomicBool>,
}

impl Watch {
    pub fn start() -> Watch {
        let watch = Watch { seen: Arc::default(), over: Arc::default() };
        let (seen, over) = (Arc::clone(&watch.seen), Arc::clone(&watch.over));
        std::thread::spawn(move || {
            while !over.load(Ordering::Relaxed) {
                for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
                    if let Ok(words) = std::fs::read(entry.path().join("cmdline")) {
                        let words = String::from_utf8_lossy(&words).replace('\0', " ");
                        seen.lock().unwrap().insert(words);
                    }
                }
                std::thread::sleep(LOOK_EVERY);
            }
        });
        watch
    }

    /// Everything that was seen, one process a line.
    pub fn seen(self) -> String {
        self.over.store(true, Ordering::Relaxed);
        let seen = self.seen.lock().unwrap();
        seen.iter().map(|words| format!("{words}\n")).collect()
    }
}

/// Secrets that were made on the way, and that no file of ours names.
pub struct Told {
    /// The flags that the provider was shown.
    pub flags: BTreeSet<String>,
    /// The secrets of everybody's session.
    pub sessions: Vec<String>,
}

/// Everything that anybody may see of the framework and of the log, once the empty log has its
/// first checkpoint.
pub async fn public(house: &House) -> Vec<(u16, String)> {
    let begun = Instant::now();
    while house.ask(None, "/public/log/checkpoint", None).await.0 != 200 {
        assert!(begun.elapsed() < PATIENCE, "the public log has no checkpoint");
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let mut seen = Vec::new();
    for path in ["/framework", "/v1/framework", "/log", "/log/checkpoint", "/developers"] {
        seen.push(house.ask(None, path, None).await);
    }
    seen
}

/// No id of anybody or anything, and no canary, is in what is published.
#[track_caller]
pub fn public_folder(folder: &Folder, ids: &[String]) {
    let public = folder.path("installation/public");
    let files: Vec<_> = folder.files().into_iter().filter(|it| it.starts_with(&public)).collect();
    assert!(!files.is_empty(), "there is a public folder");
    for file in files {
        let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
        let named = [SNAPSHOT, "engagement", "partner", "evaluation", "A model maker"];
        let ids = ids.iter().map(String::as_str);
        for id in ids.chain(named) {
            assert!(!text.contains(id), "{id} is in {}", file.display());
        }
    }
}

/// Each secret is in the files that are named for it, and in no other, in nothing that was said and
/// in no process's arguments.
pub fn sought(folder: &Folder, inspect: &str, arguments: &str, told: &Told) {
    assert!(arguments.contains("evaluation run"), "processes were seen");
    let log = log(folder);
    // The log is packed: what it holds is looked for in what it unpacks to.
    let unpack = Command::new(inspect).args(["log", "dump"]).arg(folder.path(&log)).output();
    let unpacked = String::from_utf8(unpack.unwrap().stdout).unwrap();
    let check = |secret: &str, files: &[&str]| {
        assert!(!arguments.contains(secret), "{secret} is among arguments");
        assert_eq!(unpacked.contains(secret), files.contains(&log.as_str()), "{secret}");
        folder.only_in(secret, files);
        for file in files.iter().filter(|file| **file != log) {
            assert!(folder.text(file).contains(secret), "the search can see");
        }
    };
    for prompt in [PROMPT, SAID, HELD] {
        check(prompt, &[]);
    }
    check(PROVIDER_KEY, &["provider.key"]);
    check(FLAGS_KEY, &["flags.key"]);
    for number in SEALED {
        check(number, &["protocol.json", "opening.json"]);
    }
    check(folder.text("run.token").trim(), &["run.token", "return.json", &log]);
    check(folder.text("window.token").trim(), &["window.token"]);
    check(folder.text("evaluation.token").trim(), &["evaluation.token"]);
    for key in ["account.key", "maker.key", "official.key", "partner.key"] {
        check(folder.text(key).trim(), &[key]);
    }
    for file in ["keeper.key", "deputy.key", "keeper.share", "deputy-account.key"] {
        check(folder.text(file).trim(), &[file]);
    }
    for gateway in ["evaluation", "window"] {
        for whose in ["developer", "holder"] {
            let file = format!("{gateway}-{whose}.key");
            check(folder.text(&file).trim(), &[&file]);
        }
    }
    // The other gateway's tokens are signed by a key of the installation.
    check(folder.text("evaluation-issuer.key").trim(), &["evaluation-issuer.key"]);
    let book: Value = serde_json::from_str(&folder.text("tokens.json")).unwrap();
    assert_eq!(book["key"], Value::Null, "the docket keeps the key of its tokens");
    let opening: Value = serde_json::from_str(&folder.text("opening.json")).unwrap();
    for field in opening["fields"].as_array().unwrap() {
        check(field["salt"].as_str().unwrap(), &["opening.json"]);
    }
    assert_eq!(told.flags.len(), 4, "each attempt at a task that was solved has its own");
    // What was said is given to those who look for cheating as well, and a flag was said.
    let transcripts = transcripts(folder);
    let said: Vec<&str> = transcripts.iter().map(String::as_str).chain([log.as_str()]).collect();
    for flag in &told.flags {
        assert!(!arguments.contains(flag) && unpacked.contains(flag), "{flag}");
        folder.only_in(flag, &said);
    }
    for session in &told.sessions {
        check(session, &[]);
    }
    private(folder);
}

/// What was said in the attempts, as the sheets' folders have it.
fn transcripts(folder: &Folder) -> Vec<String> {
    let (files, sheets) = (folder.files(), folder.path("sheets"));
    let within = files.iter().filter_map(|file| file.strip_prefix(&sheets).ok());
    let texts = within.filter(|name| name.extension().is_some_and(|end| end == "txt"));
    texts.map(|name| format!("sheets/{}", name.display())).collect()
}

/// The log of the run, as a file of the folder.
fn log(folder: &Folder) -> String {
    let files = folder.files();
    let logs = folder.path("run/logs");
    let log: Vec<_> = files.iter().filter(|file| file.starts_with(&logs)).collect();
    assert_eq!(log.len(), 1);
    format!("run/logs/{}", log[0].file_name().unwrap().to_str().unwrap())
}

/// What holds a secret is for its owner only.
fn private(folder: &Folder) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o077;
    for name in ["return.json", "record.json", "final.json", "window-developer.key"] {
        assert_eq!(mode(&folder.path(name)), 0, "{name}");
    }
}
