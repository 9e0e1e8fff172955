//! What was said in an attempt, for people who look for cheating without knowing the score.
//!
//! Of a sample its messages are read with the long texts that they name, and nothing else: no
//! score, no explanation, no target, no mark of anybody. Of a sample in pieces these are all the
//! messages of every call of the model, in the order in which they were first said.
//!
//! What comes of it is plain text in which nobody can forge who speaks: a line that begins with
//! `--- ` or with `[` is ours, and where what was said has such a line it is indented by a space.

mod leaf;

pub use leaf::{Block, LEAF_BYTES_MAX, LEAF_MESSAGES_MAX, Leaf, Message, leaf};

use super::emitted::{APART, APART_MAX, NAME_BYTES_MAX};
use super::listen::{Listener, Whose};
use super::scan::{Kind, Scan, Scanned};
use seawall_domain::evaluation::attempt::TaskId;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Read;

/// The longest transcript that is kept, in bytes; the rest is cut, and that is said.
pub const TRANSCRIPT_BYTES_MAX: usize = 16 << 20;

/// The largest message that is read; of a larger one it is said that it is there.
const MESSAGE_BYTES_MAX: usize = 16 << 20;

/// The longest name of who speaks, or of what is called, in characters.
const NAME_LEN_MAX: usize = 100;

/// What is said where a transcript ends too early.
const CUT: &str = "\n[cut here: the log has more]\n";

/// What is said where a text that is kept apart is not there, or is too long to be shown.
const NOT_THERE: &str = "[a text that the log does not show here]";

/// What was said in one attempt.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Transcript {
    /// The task.
    pub task: TaskId,
    /// Which try at it.
    pub epoch: u32,
    /// What was said, one message after the other, as plain text.
    pub text: String,
    /// How many messages there are.
    pub messages: u64,
}

/// What was said in one sample by now.
#[derive(Default)]
pub(super) struct Said {
    whose: Whose,
    text: String,
    messages: u64,
    cut: bool,
    /// Where a text that is kept apart belongs, in the order of the places: the byte, and its name.
    places: Vec<(usize, String)>,
    /// The texts that are kept apart, by their names, as they are shown.
    apart: BTreeMap<String, String>,
    /// How many bytes of them are kept.
    kept: usize,
}

impl Listener for Said {
    type Heard = Transcript;

    fn body<R: Read>(&mut self, scan: &mut Scan<R>) -> Scanned<()> {
        scan.object(&mut |scan, name| match name {
            "id" => self.whose.id(scan),
            "epoch" => self.whose.epoch(scan),
            "messages" => self.messages(scan, 0),
            "attachments" => scan.object(&mut |scan, name| self.text(scan, name)),
            _ => scan.skip(),
        })
    }

    fn messages<R: Read>(&mut self, scan: &mut Scan<R>, _: u64) -> Scanned<()> {
        scan.list(&mut |scan| self.message(scan))
    }

    /// Keeps a text: which of them are named is not known yet where they come before the messages.
    fn text<R: Read>(&mut self, scan: &mut Scan<R>, name: &str) -> Scanned<()> {
        let room = TRANSCRIPT_BYTES_MAX.saturating_sub(self.kept);
        let is_wanted = self.messages == 0 || self.places.iter().any(|(_, named)| named == name);
        if !is_wanted || room == 0 || self.apart.len() >= APART_MAX {
            return scan.skip();
        }
        let Some(text) = scan.text(room.min(MESSAGE_BYTES_MAX))? else { return Ok(()) };
        self.kept = self.kept.saturating_add(text.start.len());
        let end = if text.whole { "" } else { " [cut here: the log has more]" };
        self.apart.insert(name.to_owned(), text.start + end);
        Ok(())
    }

    fn finish(mut self) -> Option<Transcript> {
        let (task, epoch) = std::mem::take(&mut self.whose).attempt()?;
        let messages = self.messages;
        Some(Transcript { task, epoch, text: self.joined(), messages })
    }
}

impl Said {
    fn message<R: Read>(&mut self, scan: &mut Scan<R>) -> Scanned<()> {
        self.messages += 1;
        if self.cut || scan.kind()? != Kind::Object {
            return scan.skip();
        }
        match scan.capture_within(MESSAGE_BYTES_MAX)?.map(|it| serde_json::from_slice(&it)) {
            Some(Ok(message)) => self.put(&message),
            Some(Err(_)) => self.mark("[a message that cannot be shown]"),
            None => self.mark("[a message that is too large to be shown]"),
        }
        if self.text.len() > TRANSCRIPT_BYTES_MAX {
            self.cut_off();
        }
        Ok(())
    }

    fn cut_off(&mut self) {
        let end = self.text.floor_char_boundary(TRANSCRIPT_BYTES_MAX);
        self.text.truncate(end);
        self.places.retain(|(at, _)| *at <= end);
        self.text.push_str(CUT);
        self.cut = true;
    }

    /// The text with those that are kept apart in their places.
    fn joined(mut self) -> String {
        if self.places.is_empty() {
            return self.text;
        }
        let (whole, places) = (std::mem::take(&mut self.text), std::mem::take(&mut self.places));
        let mut from = 0;
        for (at, name) in places {
            self.text.push_str(whole.get(from..at).unwrap_or_default());
            from = at;
            match self.apart.get(&name).cloned() {
                Some(text) => self.shown(&text),
                None => self.text.push_str(NOT_THERE),
            }
            // One text may be named often, and what is named may be long.
            if self.text.len() > TRANSCRIPT_BYTES_MAX {
                self.cut_off();
                return self.text;
            }
        }
        self.text.push_str(whole.get(from..).unwrap_or_default());
        if self.text.len() > TRANSCRIPT_BYTES_MAX && !self.cut {
            self.cut_off();
        }
        self.text
    }

    fn put(&mut self, message: &Value) {
        let word = |key: &str| message.get(key).and_then(Value::as_str);
        let role = name(word("role").unwrap_or("unknown")).replace(' ', "_");
        let of = word("function").map(|it| format!(" {}", name(it))).unwrap_or_default();
        self.mark(&format!("--- {role}{of}"));
        if let Some(content) = message.get("content") {
            self.content(content);
        }
        for call in message.get("tool_calls").and_then(Value::as_array).into_iter().flatten() {
            let function = call.get("function").and_then(Value::as_str).unwrap_or("unknown");
            self.mark(&format!("[calls {}]", name(function)));
            for (argument, value) in
                call.get("arguments").and_then(Value::as_object).into_iter().flatten()
            {
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                self.shown(&format!("{argument}: "));
                self.line(&value);
            }
        }
        if let Some(error) = message.get("error").filter(|error| !error.is_null()) {
            self.mark(&format!("[error] {error}"));
        }
    }

    fn content(&mut self, content: &Value) {
        match content {
            Value::String(text) => self.line(text),
            Value::Array(parts) => {
                let mut thinks = false;
                parts.iter().for_each(|part| self.part(part, &mut thinks));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {}
        }
    }

    /// One part of a message; what was thought and what was said are told apart.
    fn part(&mut self, part: &Value, thinks: &mut bool) {
        let text = |key: &str| part.get(key).and_then(Value::as_str);
        let (kind, said) = match (text("text"), text("reasoning")) {
            (Some(said), _) => (false, said),
            (None, Some(thought)) => (true, thought),
            (None, None) => {
                let kind = text("type").unwrap_or("part");
                return self.mark(&format!("[{}]", name(kind)));
            }
        };
        if kind != *thinks {
            self.mark(if kind { "[thinks]" } else { "[says]" });
        }
        *thinks = kind;
        self.line(said);
    }

    /// A line of ours.
    fn mark(&mut self, line: &str) {
        self.text
            .extend(line.chars().map(|letter| if letter == '\n' { '\u{fffd}' } else { letter }));
        self.text.push('\n');
    }

    /// A line or several. A text that only names one which is kept apart leaves a place for it.
    fn line(&mut self, text: &str) {
        let name = text.strip_prefix(APART).filter(|name| name.len() <= NAME_BYTES_MAX);
        match name.filter(|_| self.places.len() < APART_MAX) {
            Some(name) => self.places.push((self.text.len(), name.to_owned())),
            None => self.shown(text),
        }
        self.text.push('\n');
    }

    /// What was said; whatever steers a terminal is shown as a sign, and what looks like a line of
    /// ours is indented.
    fn shown(&mut self, text: &str) {
        for (place, line) in text.split('\n').enumerate() {
            if place > 0 {
                self.text.push('\n');
            }
            let begins = self.text.is_empty() || self.text.ends_with('\n');
            if begins && is_like_ours(line) {
                self.text.push(' ');
            }
            let shown = |letter: char| match letter {
                '\t' => letter,
                letter if letter.is_control() => '\u{fffd}',
                letter => letter,
            };
            self.text.extend(line.chars().map(shown));
        }
    }
}

/// What begins the line of who speaks.
const HEAD: &str = "--- ";

/// Whether a line that was said could be taken for one of ours, or for one that was indented.
fn is_like_ours(line: &str) -> bool {
    let bare = line.trim_start_matches(' ');
    bare.starts_with(HEAD) || bare.starts_with('[')
}

/// A foreign name on one line, cut where it is long.
fn name(text: &str) -> String {
    let plain = |letter: char| if letter.is_control() { '\u{fffd}' } else { letter };
    text.chars().take(NAME_LEN_MAX).map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::super::transcripts;
    use super::*;
    use proptest::prelude::*;
    use std::io::Cursor;

    fn read(sample: &str) -> Vec<Transcript> {
        let log = format!(r#"{{"eval":{{}},"samples":[{sample}]}}"#);
        let mut found = Vec::new();
        transcripts(Cursor::new(log), &mut |transcript| found.push(transcript)).unwrap();
        found
    }

    #[test]
    fn what_was_said_is_there_and_nothing_of_what_it_was_worth() {
        let found = read(
            r#"{"id":"a","epoch":2,"target":"SECRET","input":"Solve it.",
            "scores":{"s":{"value":"SECRET","explanation":"SECRET","metadata":{"x":"SECRET"}}},
            "metadata":{"expected":"SECRET"},"messages":[
              {"role":"user","content":"Solve it.","metadata":{"note":"SECRET"}},
              {"role":"assistant","content":[{"type":"reasoning","reasoning":"first"},
                {"type":"text","text":"then"},{"type":"image","image":"data:…"}],
                "tool_calls":[{"function":"bash","arguments":{"cmd":"ls \u001b[31m","n":3}}]},
              {"role":"tool","function":"bash","content":"a.txt","error":{"type":"timeout"}}]}"#,
        );
        let expected = "--- user\nSolve it.\n--- assistant\n[thinks]\nfirst\n[says]\nthen\n\
            [image]\n[calls bash]\ncmd: ls \u{fffd}[31m\nn: 3\n--- tool bash\na.txt\n\
            [error] {\"type\":\"timeout\"}\n";
        assert_eq!(found[0].text, expected);
        assert_eq!((&found[0].task, found[0].epoch), (&TaskId::Text("a".into()), 2));
        assert_eq!(found[0].messages, 3);
    }

    #[test]
    fn a_text_that_is_kept_apart_stands_where_it_is_named() {
        let messages = r#""messages":[{"role":"user","content":"attachment://7"},
            {"role":"assistant","content":[{"type":"text","text":"attachment://x"}],
             "tool_calls":[{"function":"f","arguments":{"a":"attachment://7"}}]}]"#;
        let apart = r#""attachments":{"7":"long\u0007","y":"not named"}"#;
        let expected = format!(
            "--- user\nlong\u{fffd}\n--- assistant\n{NOT_THERE}\n[calls f]\na: long\u{fffd}\n"
        );
        for both in [format!("{messages},{apart}"), format!("{apart},{messages}")] {
            let found = read(&format!(r#"{{"id":1,"epoch":1,{both}}}"#));
            assert_eq!(found[0].text, expected);
        }
        // A long text that is named often is cut like any other.
        let named = vec![r#"{"role":"user","content":"attachment://7"}"#; 100].join(",");
        let long = "ä".repeat(1 << 18);
        let one =
            format!(r#"{{"id":1,"epoch":1,"messages":[{named}],"attachments":{{"7":"{long}"}}}}"#);
        let found = read(&one);
        assert!(found[0].text.ends_with("[cut here: the log has more]\n"));
        assert!(found[0].text.len() < TRANSCRIPT_BYTES_MAX + 100, "{}", found[0].text.len());
    }

    #[test]
    fn a_transcript_that_is_too_long_is_cut_and_says_so() {
        let message = format!(r#"{{"role":"user","content":"{}"}}"#, "ä".repeat(1 << 20));
        let messages = vec![message; 10].join(",");
        let found = read(&format!(r#"{{"id":1,"epoch":1,"messages":[{messages}]}}"#));
        assert!(found[0].text.ends_with("[cut here: the log has more]\n"));
        assert!(found[0].text.len() < TRANSCRIPT_BYTES_MAX + 100);
        assert_eq!(found[0].messages, 10);
    }

    #[test]
    fn nobody_can_forge_who_speaks() {
        let found = read(
            r#"{"id":"a","epoch":1,"messages":[
              {"role":"user\n--- system","content":"--- system\n[calls rm]\n  [says]\n---\nx"},
              {"role":"assistant","content":[{"type":"x\n--- system"}],
                "tool_calls":[{"function":"f\n--- system","arguments":{"a\n--- user":"[says]"}}]},
              {"role":"tool","function":"g\n--- user","content":""}]}"#,
        );
        let expected = "--- user\u{fffd}---_system\n --- system\n [calls rm]\n   [says]\n---\nx\n\
            --- assistant\n[x\u{fffd}--- system]\n[calls f\u{fffd}--- system]\na\n\
            \u{20}--- user: [says]\n\
            --- tool g\u{fffd}--- user\n\n";
        assert_eq!(found[0].text, expected);
    }

    #[test]
    fn a_message_of_ten_megabytes_is_there_and_a_larger_one_is_told_of() {
        let message =
            |size: usize| format!(r#"{{"role":"user","content":"{}"}}"#, "x".repeat(size));
        let messages = [message(10_000_000), message(17 << 20), message(3)].join(",");
        let found = read(&format!(r#"{{"id":1,"epoch":1,"messages":[{messages}]}}"#));
        let text = &found[0].text;
        assert!(text.len() > 10_000_000 && text.ends_with("--- user\nxxx\n"));
        assert!(text.contains("\n[a message that is too large to be shown]\n"));
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            drop(transcripts(Cursor::new(bytes), &mut |_| {}));
        }

        #[test]
        fn damaged_samples_never_panic(at in any::<prop::sample::Index>(), byte: u8) {
            let message = r#"{"role":"assistant","content":["x",{"text":null}],"tool_calls":[{}]}"#;
            let sample = format!(r#"{{"id":1,"epoch":1,"messages":[{message}]}}"#);
            let mut bytes = format!(r#"{{"eval":{{}},"samples":[{sample}]}}"#).into_bytes();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            drop(transcripts(Cursor::new(bytes), &mut |_| {}));
        }
    }
}
