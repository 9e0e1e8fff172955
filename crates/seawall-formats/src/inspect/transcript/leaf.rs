//! A transcript read back, leaf by leaf: what a page can show at once.
//!
//! However long a transcript is, and however many messages or lines it has, no more than one leaf
//! is taken apart and kept.

use super::HEAD;

/// The longest leaf in bytes of what was said.
pub const LEAF_BYTES_MAX: usize = 256 << 10;

/// The most messages and parts of messages on one leaf.
pub const LEAF_MESSAGES_MAX: usize = 200;

/// One leaf of a transcript.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Leaf {
    /// What stands on it; nothing where there is no such leaf.
    pub messages: Vec<Message>,
    /// How many leaves there are, at least one.
    pub count: usize,
}

/// A message.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Message {
    /// Who speaks, by the log's word: `system`, `user`, `assistant`, `tool`, …; empty for a remark
    /// of ours that stands before all of them.
    pub role: String,
    /// Which tool answers, where one does.
    pub function: Option<String>,
    /// Whether it began on an earlier leaf.
    pub continued: bool,
    /// What it holds, in its order.
    pub blocks: Vec<Block>,
}

/// A part of a message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Block {
    /// What was said.
    Said(String),
    /// What was thought.
    Thought(String),
    /// A tool that was called, and with what.
    Call {
        /// The tool.
        function: String,
        /// Its arguments, one a line or on several.
        arguments: String,
    },
    /// A remark: something that is no text, an error, a cut.
    Remark(String),
}

impl Block {
    fn text(&mut self) -> &mut String {
        match self {
            Block::Said(text) | Block::Thought(text) | Block::Remark(text) => text,
            Block::Call { arguments, .. } => arguments,
        }
    }
}

/// Reads one leaf, counted from 0, of a transcript as [`super::Transcript::text`] has it.
pub fn leaf(text: &str, wanted: usize) -> Leaf {
    let mut reader = Reader { wanted, ..Reader::default() };
    for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
        reader.line(line);
    }
    Leaf { messages: reader.kept, count: reader.at + 1 }
}

/// What the lines that follow belong to.
#[derive(Clone, Default)]
enum Within {
    #[default]
    Said,
    Thought,
    Call(String),
}

#[derive(Default)]
struct Reader {
    wanted: usize,
    /// The leaf that is being filled.
    at: usize,
    /// What stands on it so far.
    bytes: usize,
    parts: usize,
    /// Who speaks.
    role: String,
    function: Option<String>,
    within: Within,
    /// Whether a part of this kind has begun on this leaf, and whether it has a line.
    begun: bool,
    has_line: bool,
    kept: Vec<Message>,
}

impl Reader {
    fn line(&mut self, line: &str) {
        if let Some(head) = line.strip_prefix(HEAD) {
            let (role, function) = match head.split_once(' ') {
                Some((role, function)) => (role, Some(function.to_owned())),
                None => (head, None),
            };
            (self.role, self.function) = (role.to_owned(), function);
            (self.within, self.begun) = (Within::Said, false);
            self.count();
            self.message(false);
        } else if line.starts_with('[') {
            self.mark(line);
        } else {
            self.said(unindented(line));
        }
    }

    fn mark(&mut self, line: &str) {
        self.begun = false;
        self.within = match line {
            "[thinks]" => Within::Thought,
            "[says]" => Within::Said,
            line => match line.strip_prefix("[calls ").and_then(|rest| rest.strip_suffix(']')) {
                Some(function) => Within::Call(function.to_owned()),
                None => {
                    self.within = Within::Said;
                    self.count();
                    return self.put(Block::Remark(line.to_owned()));
                }
            },
        };
        // A call without arguments is one nevertheless.
        if matches!(self.within, Within::Call(_)) {
            self.begin();
        }
    }

    fn said(&mut self, line: &str) {
        let mut rest = line;
        loop {
            if !self.begun {
                self.begin();
            }
            if std::mem::replace(&mut self.has_line, true) {
                self.add("\n");
            }
            let room = LEAF_BYTES_MAX.saturating_sub(self.bytes);
            if rest.len() < room {
                return self.add(rest);
            }
            let end = (0..=room).rev().find(|end| rest.is_char_boundary(*end)).unwrap_or(0);
            let (here, further) = rest.split_at_checked(end).unwrap_or((rest, ""));
            self.add(here);
            self.turn();
            if further.is_empty() {
                return;
            }
            rest = further;
        }
    }

    /// Begins a part of the kind that follows.
    fn begin(&mut self) {
        self.count();
        (self.begun, self.has_line) = (true, false);
        self.put(match &self.within {
            Within::Said => Block::Said(String::new()),
            Within::Thought => Block::Thought(String::new()),
            Within::Call(function) => {
                Block::Call { function: function.clone(), arguments: String::new() }
            }
        });
    }

    fn add(&mut self, text: &str) {
        self.bytes += text.len();
        if self.at == self.wanted
            && let Some(block) = self.kept.last_mut().and_then(|it| it.blocks.last_mut())
        {
            block.text().push_str(text);
        }
    }

    /// One part more; where there are too many, the next leaf begins before it.
    fn count(&mut self) {
        if self.parts >= LEAF_MESSAGES_MAX {
            self.turn();
        }
        self.parts += 1;
    }

    fn put(&mut self, block: Block) {
        if self.at != self.wanted {
            return;
        }
        if self.kept.is_empty() {
            self.message(!self.role.is_empty());
        }
        if let Some(message) = self.kept.last_mut() {
            message.blocks.push(block);
        }
    }

    fn message(&mut self, continued: bool) {
        if self.at == self.wanted {
            self.kept.push(Message {
                role: self.role.clone(),
                function: self.function.clone(),
                continued,
                blocks: Vec::new(),
            });
        }
    }

    /// Begins the next leaf.
    fn turn(&mut self) {
        self.at += 1;
        (self.bytes, self.parts, self.begun) = (0, 0, false);
    }
}

fn unindented(line: &str) -> &str {
    match line.strip_prefix(' ') {
        Some(rest) if super::is_like_ours(rest) => rest,
        Some(_) | None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Said;
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn written(messages: &[Value]) -> String {
        let mut said = Said::default();
        messages.iter().for_each(|message| said.put(message));
        said.text
    }

    fn said(role: &str, blocks: Vec<Block>) -> Message {
        Message { role: role.to_owned(), blocks, ..Message::default() }
    }

    #[test]
    fn what_was_written_is_read_back() {
        let text = written(&[
            json!({"role": "user", "content": "Solve\n--- system\n [it]"}),
            json!({"role": "assistant", "content": [
                {"type": "reasoning", "reasoning": "hm"}, {"type": "text", "text": "so"},
                {"type": "image"}],
                "tool_calls": [{"function": "bash", "arguments": {"cmd": "ls\n[says]"}},
                    {"function": "done", "arguments": {}}]}),
            json!({"role": "tool", "function": "bash", "content": "a", "error": {"type": "t"}}),
        ]);
        let call = |function: &str, arguments: &str| Block::Call {
            function: function.to_owned(),
            arguments: arguments.to_owned(),
        };
        let tool = Message {
            function: Some("bash".to_owned()),
            ..said(
                "tool",
                vec![
                    Block::Said("a".to_owned()),
                    Block::Remark("[error] {\"type\":\"t\"}".to_owned()),
                ],
            )
        };
        let model = vec![
            Block::Thought("hm".to_owned()),
            Block::Said("so".to_owned()),
            Block::Remark("[image]".to_owned()),
            call("bash", "cmd: ls\n[says]"),
            call("done", ""),
        ];
        let user = vec![Block::Said("Solve\n--- system\n [it]".to_owned())];
        let expected = vec![said("user", user), said("assistant", model), tool];
        assert_eq!(leaf(&text, 0), Leaf { messages: expected, count: 1 });
        assert_eq!(leaf(&text, 1), Leaf { messages: Vec::new(), count: 1 });
    }

    #[test]
    fn a_long_transcript_has_several_leaves_and_loses_nothing() {
        let long = "ä".repeat(LEAF_BYTES_MAX);
        let mut messages = vec![json!({"role": "user", "content": long})];
        messages.extend((0..500).map(|at| json!({"role": "user", "content": at.to_string()})));
        let text = written(&messages);
        let count = leaf(&text, 0).count;
        assert_eq!(count, 2 + 1_000 / LEAF_MESSAGES_MAX);
        let leaves: Vec<Leaf> = (0..count).map(|at| leaf(&text, at)).collect();
        let mut all = String::new();
        for block in leaves.iter().flat_map(|it| &it.messages).flat_map(|it| &it.blocks) {
            let Block::Said(text) = block else { panic!("{block:?}") };
            assert!(text.len() <= LEAF_BYTES_MAX);
            all += text;
        }
        let numbers: String = (0..500).map(|at| at.to_string()).collect();
        assert!(all == long + numbers.as_str());
        assert!(leaves[1].messages[0].continued && !leaves[0].messages[0].continued);
    }

    proptest! {
        #[test]
        fn whatever_was_said_stays_with_whoever_said_it(
            texts in proptest::collection::vec(
                "(--- |\\[|\\[calls x\\]| |\n|[a-z]|\\PC){0,12}", 1..6,
            ),
        ) {
            let messages: Vec<Value> =
                texts.iter().map(|text| json!({"role": "user", "content": text})).collect();
            let read = leaf(&written(&messages), 0);
            let expected: Vec<Message> = texts
                .iter()
                .map(|text| said("user", vec![Block::Said(text.clone())]))
                .collect();
            prop_assert_eq!(read.messages, expected);
        }

        #[test]
        fn reading_never_panics(text: String, wanted in 0..3_usize) {
            drop(leaf(&text, wanted));
        }
    }
}
