//! A coder's queue as a coder runs it: answers are kept at once, a killed program goes on, the
//! sheet that it signs is taken by `join` and `determine`, and hostile logs stay words.

use crate::folder::Folder;
use seawall_domain::time::{SignedDuration, Timestamp};
use seawall_testkit::evaluation::{End, log, protocol};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, ChildStdout, Command, Stdio};

/// A queue that runs.
struct Running {
    child: Child,
    said: BufReader<ChildStdout>,
    address: String,
    base: String,
}

impl Running {
    fn start(folder: &Folder, command: &str) -> Running {
        let mut program: Command = folder.command(&format!("evaluation review code {command}"));
        let mut child = program.arg("--json").stdout(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        let open: Value = serde_json::from_str(&line).unwrap();
        let link = open["at"].as_str().unwrap().strip_prefix("http://").unwrap().to_owned();
        let (address, rest) = link.split_once('/').unwrap();
        assert!(address.starts_with("127.0.0.1:"), "{link}");
        assert_eq!(rest.len(), 65, "{link}");
        let base = format!("/{}", rest.trim_end_matches('/'));
        Running { child, said, address: address.to_owned(), base }
    }

    /// Asks as a browser on this machine does; gives the status, where it leads, and the page.
    fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String, String) {
        let (address, base, length) = (&self.address, &self.base, body.len());
        let mut stream = TcpStream::connect(address).unwrap();
        write!(
            stream,
            "{method} {base}{path} HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\
             Connection: close\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        let location = answer.lines().find_map(|line| line.strip_prefix("location: "));
        let location = location.unwrap_or_default().replacen(base, "", 1);
        (status, location, answer)
    }

    /// Says the same of every attempt that comes, until nothing is left or as many were said.
    fn answer(&self, most: usize, body: impl Fn(usize) -> String) -> usize {
        let mut next = self.ask("GET", "/", "").1;
        for said in 0..most {
            if next == "/left" {
                return said;
            }
            let (status, goes, page) = self.ask("POST", &next, &body(said));
            assert_eq!(status, 303, "{page}");
            next = goes;
        }
        most
    }

    /// Waits until it ends; gives its status and the rest of what it said.
    fn ended(mut self) -> (Option<i32>, String) {
        let mut rest = String::new();
        self.said.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap().code(), rest)
    }
}

/// A log in which one task has a hostile id, and one attempt said hostile things.
fn hostile_log() -> Value {
    let mut written = log(Timestamp::now(), &[], |task, _| match task {
        0..4 => End::Failed,
        _ => End::Passed,
    });
    let messages = json!([
        {"role": "user", "content": "<script>alert('x')</script>\n--- system\nsafe\u{202e}gpj"},
        {"role": "assistant", "content": "y".repeat(10_000_000)},
        {"role": "tool", "function": "bash\u{1b}[31m", "content": "\u{7}bell"},
    ]);
    written["samples"][12]["messages"] = messages;
    written
}

#[test]
fn a_queue_is_gone_through_and_its_sheet_is_taken() {
    let folder = Folder::new();
    fs::write(folder.path("run.json"), hostile_log().to_string()).unwrap();
    folder.run("review draw @run.json --out @sheets", 0);
    for number in 1..=2 {
        folder.key(&format!("coder-{number}.key"));
    }
    let first = "@sheets/sheet-1.csv --key @coder-1.key";
    folder.run(&format!("review code {first} --listen 0.0.0.0:0"), 2);
    folder.run("review code @sheets/sheet-1.csv --key @none.key", 2);
    folder.run(&format!("review code {first} --said @sheets/sheet-2"), 2);

    let queue = Running::start(&folder, first);
    assert_eq!(queue.answer(30, |at| format!("opinion=clean&note=no.+{at}")), 30);
    let (status, _, page) = queue.ask("POST", "/sign", "");
    assert_eq!((status, page.contains("70 attempts have no opinion yet")), (409, true), "{page}");
    // Killed: what was said is there, for its owner only, and the next start goes on.
    let mut child = queue.child;
    child.kill().unwrap();
    child.wait().unwrap();
    let sheet = fs::metadata(folder.path("sheets/sheet-1.csv")).unwrap();
    assert_eq!(sheet.permissions().mode() & 0o777, 0o600);
    assert_eq!(folder.text("sheets/sheet-1.csv").matches(",clean,\"no. ").count(), 30);

    let queue = Running::start(&folder, first);
    assert_eq!(queue.ask("GET", "/", "").1, "/attempts/31");
    // Nobody else gets in by another token, and hostile words are words.
    let pages = (1..=100).map(|at| queue.ask("GET", &format!("/attempts/{at}"), "").2);
    let hostile: Vec<String> = pages.filter(|page| page.contains("alert(&#39;x&#39;)")).collect();
    assert_eq!(hostile.len(), 1);
    assert!(hostile[0].contains("safe[U+202E]gpj") && hostile[0].contains("part 1 of "));
    assert!(hostile[0].contains("&lt;script&gt;") && !hostile[0].contains("<script"));
    assert_eq!(queue.answer(200, |_| "opinion=clean&note=".to_owned()), 70);
    // Somebody else changes the sheet meanwhile: nothing is written over.
    let ours = folder.text("sheets/sheet-1.csv");
    fs::write(folder.path("sheets/sheet-1.csv"), ours.replacen("clean", "unclear", 1)).unwrap();
    let (status, _, page) = queue.ask("POST", "/sign", "");
    assert_eq!((status, page.contains("another program changed the sheet")), (409, true));
    fs::write(folder.path("sheets/sheet-1.csv"), ours).unwrap();
    assert_eq!(queue.ask("POST", "/sign", "").0, 200);
    let (status, said) = queue.ended();
    assert_eq!((status, said.contains("\"signed\"")), (Some(0), true), "{said}");
    folder.run(&format!("review code {first}"), 2);

    // The second coder's answers go into another file, and the blank sheet stays blank.
    let second = "@sheets/sheet-2 --key @coder-2.key --to @mine.csv";
    let blank = folder.text("sheets/sheet-2.csv");
    let queue = Running::start(&folder, second);
    assert_eq!(queue.answer(100, |_| "opinion=clean&note=".to_owned()), 100);
    let mut stop = Command::new("kill");
    stop.args(["-INT", &queue.child.id().to_string()]).status().unwrap();
    let (status, said) = queue.ended();
    assert_eq!((status, said.contains("\"left\":0")), (Some(1), true), "{said}");
    let queue = Running::start(&folder, second);
    assert_eq!(queue.ask("GET", "/", "").1, "/left");
    assert_eq!(queue.ask("POST", "/sign", "").0, 200);
    assert_eq!(queue.ended().0, Some(0));
    assert_eq!(folder.text("sheets/sheet-2.csv"), blank);

    let joined = folder.json("review join @sheets/sheet-1.csv @mine.csv --out @review.json", 0);
    assert_eq!((&joined["attempts"], &joined["agreed"]), (&100.into(), &100.into()));
    let days = |days: i64| Timestamp::now() + SignedDuration::from_hours(24 * days);
    let signers = ["one.key", "two.key"].map(|name| folder.key(name));
    let written = protocol([&signers[0], &signers[1]], days(-1), days(90));
    fs::write(folder.path("protocol.json"), written.to_string()).unwrap();
    let determine = "determine @run.json --protocol @protocol.json --review @review.json";
    folder.json(&format!("{determine} --out @record.json"), 0);
    let record: Value = serde_json::from_str(&folder.text("record.json")).unwrap();
    assert_eq!(record["body"]["review"]["coders"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_bundle_that_is_not_the_sheets_is_refused() {
    let folder = Folder::new();
    fs::write(folder.path("run.json"), hostile_log().to_string()).unwrap();
    folder.run("review draw @run.json --out @sheets", 0);
    folder.key("coder.key");
    let code = "review code @sheets/sheet-1.csv --key @coder.key";
    let third = folder.path("sheets/sheet-1/000003.txt");
    let kept = fs::read(&third).unwrap();
    for bytes in [Vec::new(), b"x".repeat(400)] {
        fs::write(&third, bytes).unwrap();
        folder.run(code, 2);
    }
    fs::copy(folder.path("sheets/sheet-1/000004.txt"), &third).unwrap();
    folder.run(code, 2);
    fs::remove_file(&third).unwrap();
    folder.run(code, 2);
    fs::write(&third, kept).unwrap();
    // A file to go on with that is another coder's.
    folder.run(&format!("{code} --to @sheets/sheet-2.csv"), 2);
}
