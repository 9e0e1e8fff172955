//! What was said in an attempt, for people who look for cheating without knowing the score.
//!
//! Of a sample its input and messages are read, and nothing else: no score, no explanation, no
//! target, no mark of anybody. Samples in pieces keep their messages elsewhere and have none here.

use super::sample;
use super::scan::{Kind, Scan, Scanned};
use seawall_domain::evaluation::attempt::TaskId;
use serde_json::Value;
use std::io::Read;

/// The longest transcript that is kept, in bytes; the rest is cut, and that is said.
pub const TRANSCRIPT_BYTES_MAX: usize = 16 << 20;

/// The largest message that is read.
const MESSAGE_BYTES_MAX: usize = 8 << 20;

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
        let bytes = scan.capture(MESSAGE_BYTES_MAX)?;
        match serde_json::from_slice(&bytes) {
            Ok(message) => self.put(&message),
            Err(_) => self.line("[a message that cannot be shown]"),
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
        let role = word("role").unwrap_or("unknown");
        let of = word("function").map(|name| format!(" {name}")).unwrap_or_default();
        self.line(&format!("--- {role}{of}"));
        if let Some(content) = message.get("content") {
            self.content(content);
        }
        for call in message.get("tool_calls").and_then(Value::as_array).into_iter().flatten() {
            let name = call.get("function").and_then(Value::as_str).unwrap_or("unknown");
            self.line(&format!("[calls {name}]"));
            for (argument, value) in
                call.get("arguments").and_then(Value::as_object).into_iter().flatten()
            {
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                self.line(&format!("{argument}: {value}"));
            }
        }
        if let Some(error) = message.get("error").filter(|error| !error.is_null()) {
            self.line(&format!("[error] {error}"));
        }
    }

    fn content(&mut self, content: &Value) {
        match content {
            Value::String(text) => self.line(text),
            Value::Array(parts) => parts.iter().for_each(|part| {
                let kind = part.get("type").and_then(Value::as_str).unwrap_or("part");
                let text = ["text", "reasoning"].iter().find_map(|key| part.get(*key)?.as_str());
                match text {
                    Some(text) => self.line(text),
                    None => self.line(&format!("[{kind}]")),
                }
            }),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {}
        }
    }

    /// A line or several; whatever steers a terminal is shown as a mark.
    fn line(&mut self, text: &str) {
        let shown = |letter: char| match letter {
            '\n' | '\t' => letter,
            letter if letter.is_control() => '\u{fffd}',
            letter => letter,
        };
        self.text.extend(text.chars().map(shown));
        self.text.push('\n');
    }
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
        let expected = "--- user\nSolve it.\n--- assistant\nfirst\nthen\n[image]\n[calls bash]\n\
            cmd: ls \u{fffd}[31m\nn: 3\n--- tool bash\na.txt\n[error] {\"type\":\"timeout\"}\n";
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
