//! What was said in an attempt, for people who look for cheating without knowing the score.
//!
//! Of a sample its messages are read, and nothing else: no score, no explanation, no target, no
//! mark of anybody. Samples in pieces keep their messages elsewhere and have none here.
//!
//! What comes of it is plain text in which nobody can forge who speaks: a line that begins with
//! `--- ` or with `[` is ours, and where what was said has such a line it is indented by a space.

mod leaf;

pub use leaf::{Block, LEAF_BYTES_MAX, LEAF_MESSAGES_MAX, Leaf, Message, leaf};

use super::sample;
use super::scan::{Kind, Scan, Scanned};
use seawall_domain::evaluation::attempt::TaskId;
use serde_json::Value;
use std::io::Read;

/// The longest transcript that is kept, in bytes; the rest is cut, and that is said.
pub const TRANSCRIPT_BYTES_MAX: usize = 16 << 20;

/// The largest message that is read; of a larger one it is said that it is there.
const MESSAGE_BYTES_MAX: usize = 16 << 20;

/// The longest name of who speaks, or of what is called, in characters.
const NAME_LEN_MAX: usize = 100;

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

/// Reads the transcript of one sample; none if it has no id or no epoch.
pub(super) fn sample<R: Read>(scan: &mut Scan<R>) -> Scanned<Option<Transcript>> {
    let (mut task, mut epoch) = (None, None);
    let mut said = Said::default();
    scan.object(&mut |scan, name| match name {
        "id" => {
            task = sample::id(scan)?;
            Ok(())
        }
        "epoch" => {
            epoch = scan.whole()?.and_then(|number| u32::try_from(number).ok());
            Ok(())
        }
        "messages" => scan.list(&mut |scan| said.message(scan)),
        _ => scan.skip(),
    })?;
    let (Some(task), Some(epoch)) = (task, epoch) else { return Ok(None) };
    Ok(Some(Transcript { task, epoch, text: said.text, messages: said.messages }))
}

#[derive(Default)]
struct Said {
    text: String,
    messages: u64,
    cut: bool,
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
            let mut end = TRANSCRIPT_BYTES_MAX;
            while !self.text.is_char_boundary(end) {
                end -= 1;
            }
            self.text.truncate(end);
            self.text.push_str("\n[cut here: the log has more]\n");
            self.cut = true;
        }
        Ok(())
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
                self.line(&format!("{argument}: {value}"));
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

    /// What was said, a line or several; whatever steers a terminal is shown as a sign, and what
    /// looks like a line of ours is indented.
    fn line(&mut self, text: &str) {
        for line in text.split('\n') {
            if is_like_ours(line) {
                self.text.push(' ');
            }
            let shown = |letter: char| match letter {
                '\t' => letter,
                letter if letter.is_control() => '\u{fffd}',
                letter => letter,
            };
            self.text.extend(line.chars().map(shown));
            self.text.push('\n');
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
        assert_eq!((&found[0].task, found[0].epoch), (&TaskId::Text("a".to_owned()), 2));
        assert_eq!(found[0].messages, 3);
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
