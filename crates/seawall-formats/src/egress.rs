//! The log of a network's guard: a JSON object on each line, with what became of one connection.
//!
//! ```text
//! {"verdict":"denied","at":"2026-09-03T10:00:00Z","to":"192.0.2.1:443"}
//! {"verdict":"allowed","to":"127.0.0.1:8091"}
//! ```
//!
//! `verdict` is `allowed` or `denied`; whatever else stands on a line is the guard's own and is not
//! looked at. Nothing else is on a line, and none is empty. Whoever writes such a log may be any
//! filter of connections; what it did not see stands in no log.

use crate::fault::FormatFault;
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::demand::{EGRESS_DENIED_NOTE, EGRESS_LOG_NOTE};
use serde::Deserialize;
use std::io::{BufRead, Read as _};

/// The longest line, in bytes.
pub const LINE_BYTES_MAX: u64 = 64 * 1024;

const FORMAT: &str = "the log of a network's guard";

/// How many connections there were.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Connections {
    /// Those that were let through.
    pub allowed: u64,
    /// Those that were denied.
    pub denied: u64,
}

#[derive(Deserialize)]
struct Line {
    verdict: Verdict,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Allowed,
    Denied,
}

/// Counts the lines of a guard's log to its end.
pub fn count(mut source: impl BufRead) -> Result<Connections, FormatFault> {
    let mut connections = Connections::default();
    let (mut line, mut number) = (Vec::new(), 0_u64);
    loop {
        line.clear();
        number = number.saturating_add(1);
        let fault = |message: String| FormatFault::new(FORMAT, format!("line {number}"), message);
        let read = source.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut line);
        match read {
            Ok(0) => return Ok(connections),
            Ok(_) => {}
            Err(error) => return Err(fault(error.to_string())),
        }
        if line.len() as u64 == LINE_BYTES_MAX && !line.ends_with(b"\n") {
            return Err(fault(format!("it is longer than the {LINE_BYTES_MAX} bytes allowed")));
        }
        let is_object = line.trim_ascii_start().starts_with(b"{");
        let read: Option<Line> = serde_json::from_slice(&line).ok().filter(|_| is_object);
        let verdict = read.map(|line| line.verdict).ok_or_else(|| {
            fault("it is no JSON object with a `verdict`: `allowed` or `denied`".to_owned())
        })?;
        match verdict {
            Verdict::Allowed => connections.allowed = connections.allowed.saturating_add(1),
            Verdict::Denied => connections.denied = connections.denied.saturating_add(1),
        }
    }
}

/// The notes on a guard's log that whoever has it writes: its digest, and how many it denied.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Notes {
    /// SHA-256 of the guard's log.
    pub log: Digest,
    /// How many connections it denied.
    pub denied: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    egress_log: Digest,
    egress_denied: u64,
}

impl Notes {
    /// Reads notes: an object with these two members and no others. None where the bytes begin
    /// otherwise, as a guard's log does.
    pub fn read(bytes: &[u8]) -> Option<Result<Notes, FormatFault>> {
        let begins: serde_json::Map<String, serde_json::Value> =
            serde_json::from_slice(bytes).ok()?;
        if ![EGRESS_LOG_NOTE, EGRESS_DENIED_NOTE].iter().any(|name| begins.contains_key(*name)) {
            return None;
        }
        let written = serde_json::from_slice::<Written>(bytes).map_err(|_| {
            let message = "it needs `egress_log`, a SHA-256, and `egress_denied`, and nothing else";
            FormatFault::new("notes on a network's guard", "the document", message)
        });
        Some(written.map(|it| Notes { log: it.egress_log, denied: it.egress_denied }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Cursor;

    #[test]
    fn lines_are_counted_by_their_verdicts_and_nothing_else_is_a_line() {
        #[track_caller]
        fn check(text: &str, expected: Result<(u64, u64), &str>) {
            let told = count(Cursor::new(text)).map(|it| (it.allowed, it.denied));
            match (told, expected) {
                (Ok(told), Ok(expected)) => assert_eq!(told, expected),
                (Err(fault), Err(place)) => assert_eq!(fault.place, place, "{fault}"),
                (told, expected) => panic!("{told:?} {expected:?}"),
            }
        }
        check("", Ok((0, 0)));
        check("{\"verdict\":\"denied\",\"to\":[1]}\n{\"verdict\":\"allowed\"}", Ok((1, 1)));
        check("{\"verdict\":\"denied\"}\r\n{\"a\":{},\"verdict\":\"denied\"}\n", Ok((0, 2)));
        check("{\"verdict\":\"denied\"}\n\n", Err("line 2"));
        check("{\"verdict\":\"dropped\"}", Err("line 1"));
        check("{\"verdict\":\"denied\",\"verdict\":\"allowed\"}", Err("line 1"));
        check("{\"verdict\":\"denied\"}{\"verdict\":\"denied\"}", Err("line 1"));
        check("{\"to\":1}", Err("line 1"));
        check("[\"denied\"]", Err("line 1"));
        check(
            &format!("{{\"verdict\":\"denied\",\"x\":\"{}\"}}", "x".repeat(70_000)),
            Err("line 1"),
        );
    }

    #[test]
    fn notes_are_told_from_a_log() {
        let digest = "ab".repeat(32);
        let check = |text: &str, expected: Option<Option<u64>>| {
            let read = Notes::read(text.as_bytes());
            assert_eq!(read.map(|notes| notes.ok().map(|it| it.denied)), expected, "{text}");
        };
        check(&format!(r#"{{"egress_log":"{digest}","egress_denied":3}}"#), Some(Some(3)));
        check(&format!(r#"{{"egress_log":"{digest}"}}"#), Some(None));
        check(&format!(r#"{{"egress_log":"{digest}","egress_denied":-3}}"#), Some(None));
        check(r#"{"egress_log":"abc","egress_denied":3}"#, Some(None));
        check(&format!(r#"{{"egress_log":"{digest}","egress_denied":3,"x":1}}"#), Some(None));
        check(r#"{"verdict":"denied"}"#, None);
        check("", None);
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            drop(count(Cursor::new(&bytes)));
            drop(Notes::read(&bytes));
        }
    }
}
