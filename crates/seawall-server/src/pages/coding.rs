//! The pages of a coder's queue: one attempt at a time, what is left, and that it is signed.
//!
//! What was said is shown by who said it, long parts folded. No score is on them, since none comes
//! in.

use crate::pages::{Link, Shell};
use askama::Template;
use seawall_formats::inspect::{Block, Message};

/// A longer part is folded, in characters.
const FOLDED_FROM_LEN: usize = 1_500;
/// A part of more lines is folded.
const FOLDED_FROM_LINES: usize = 30;
/// How much of a folded part is seen, in characters.
const FIRST_LEN_MAX: usize = 100;

/// One attempt.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "coding.html")]
pub struct Attempt {
    /// The frame.
    pub shell: Shell,
    /// Its number on the sheet, from 1.
    pub number: usize,
    /// How many attempts the sheet has.
    pub count: usize,
    /// Of how many something is said.
    pub done: usize,
    /// Whose sheet it is.
    pub coder: u8,
    /// The task, by its id.
    pub task: String,
    /// Which try at it.
    pub epoch: u32,
    /// What was said, as far as this leaf goes.
    pub messages: Vec<Spoken>,
    /// Which leaf this is, from 1.
    pub leaf: usize,
    /// How many there are.
    pub leaves: usize,
    /// The leaf before this one.
    pub leaf_before: Option<String>,
    /// The one after it.
    pub leaf_after: Option<String>,
    /// Where the form goes.
    pub action: String,
    /// What can be said of it.
    pub choices: Vec<Choice>,
    /// Whether something is said of it.
    pub is_answered: bool,
    /// What the coder noted.
    pub note: String,
    /// What went wrong; empty for nothing.
    pub wrong: String,
    /// The attempt before it.
    pub before: Option<Link>,
    /// The one after it.
    pub after: Option<Link>,
    /// The next one of which nothing is said.
    pub skip: Option<Link>,
    /// The page of what is left.
    pub overview: String,
}

/// Something that can be said of an attempt.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// The word on the sheet.
    pub value: &'static str,
    /// The word on the button.
    pub label: &'static str,
    /// What it means.
    pub says: &'static str,
    /// Whether it is what was said.
    pub is_chosen: bool,
}

/// A message.
#[derive(Clone, Debug, Default)]
pub struct Spoken {
    /// Who speaks, in our words; empty for a remark of ours.
    pub who: &'static str,
    /// Whose word that is: the log's role, and the tool that answers.
    pub role: String,
    /// How it looks.
    pub class: &'static str,
    /// Whether it began on an earlier leaf.
    pub continued: bool,
    /// Its parts.
    pub parts: Vec<SpokenPart>,
}

/// A part of a message.
#[derive(Clone, Debug, Default)]
pub struct SpokenPart {
    /// What it is, where that is not just said.
    pub heading: &'static str,
    /// The tool that is called.
    pub tool: String,
    /// The text.
    pub text: String,
    /// Its beginning, where it is folded.
    pub first: Option<String>,
    /// How many characters it has.
    pub length: usize,
    /// Whether it is a remark of ours and no text of the log's.
    pub is_remark: bool,
}

/// A message of a transcript, as a page shows it.
pub fn spoken(message: &Message) -> Spoken {
    let (who, class) = match message.role.as_str() {
        "" => ("", "other"),
        "system" => ("Instructions", "system"),
        "user" => ("User", "user"),
        "assistant" => ("Model", "model"),
        "tool" => ("Tool", "tool"),
        _ => ("Somebody else", "other"),
    };
    let of = message.function.iter().map(|function| format!(" {function}"));
    Spoken {
        who,
        role: [message.role.clone()].into_iter().chain(of).collect(),
        class,
        continued: message.continued,
        parts: message.blocks.iter().map(part).collect(),
    }
}

fn part(block: &Block) -> SpokenPart {
    let (heading, tool, text) = match block {
        Block::Said(text) | Block::Remark(text) => ("", "", text),
        Block::Thought(text) => ("thinks", "", text),
        Block::Call { function, arguments } => ("calls", function.as_str(), arguments),
    };
    let length = text.chars().count();
    let is_long = length > FOLDED_FROM_LEN || text.lines().count() > FOLDED_FROM_LINES;
    let first = || text.trim_start().lines().next().unwrap_or_default();
    SpokenPart {
        heading,
        tool: tool.to_owned(),
        text: text.clone(),
        first: is_long.then(|| first().chars().take(FIRST_LEN_MAX).collect()),
        length,
        is_remark: matches!(block, Block::Remark(_)),
    }
}

/// What is left of a sheet, and what was said.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "coding-left.html")]
pub struct Left {
    /// The frame.
    pub shell: Shell,
    /// Whose sheet it is.
    pub coder: u8,
    /// How many attempts it has.
    pub count: usize,
    /// Of how many nothing is said.
    pub left: usize,
    /// Those, as many as are named.
    pub open: Vec<LineOf>,
    /// How many more.
    pub more_open: usize,
    /// The others, as many as are named.
    pub answered: Vec<LineOf>,
    /// How many more.
    pub more_answered: usize,
    /// Where the form that signs goes.
    pub action: String,
    /// What went wrong; empty for nothing.
    pub wrong: String,
}

/// One attempt in a list.
#[derive(Clone, Debug, Default)]
pub struct LineOf {
    /// Its page.
    pub href: String,
    /// Its number.
    pub number: usize,
    /// What was said of it, by its word; empty for nothing.
    pub says: &'static str,
}

/// The sheet is signed, and the queue has ended.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "coding-signed.html")]
pub struct Signed {
    /// The frame.
    pub shell: Shell,
    /// How many attempts it has.
    pub count: usize,
}
