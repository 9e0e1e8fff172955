//! The interview: can strangers reach it? One question at a time, by plain links and buttons; the
//! replies stand in the address and nowhere else.

use crate::pages::{Link, Piece, Shell, Tag};
use askama::Template;

/// The page of the interview, with the next question or the answer.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "exposure.html")]
pub struct Exposure {
    /// The frame; its language is the page's.
    pub shell: Shell,
    /// What is asked now; none when the answer is clear.
    pub question: Option<Question>,
    /// The replies so far, in the order of the questions.
    pub replies: Vec<Reply>,
    /// The answer, when it is clear.
    pub verdict: Option<Verdict>,
    /// The page without any reply.
    pub again: Link,
    /// What to fix today.
    pub back: Link,
    /// The same page in the other language.
    pub other: Link,
}

/// A question.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// The name under which the reply is sent.
    pub name: String,
    /// What is asked.
    pub text: String,
    /// The replies that there are: value and words.
    pub choices: Vec<(String, String)>,
}

/// A reply that was given.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    /// The name under which it is sent on.
    pub name: String,
    /// The value that is sent on.
    pub value: String,
    /// What was asked.
    pub text: String,
    /// The reply in words.
    pub words: String,
    /// The page on which it is asked again.
    pub change: Link,
}

/// The answer.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// What it comes to, in one sentence or two.
    pub says: String,
    /// The same as a label.
    pub tag: Tag,
    /// What it rests on, one sentence or two each.
    pub reasons: Vec<String>,
    /// What to type at home.
    pub command: String,
    /// What that does to the dates.
    pub effect: String,
}

impl Exposure {
    fn say(&self, english: &'static str, spanish: &'static str) -> &'static str {
        self.shell.lang.say(english, spanish)
    }

    /// The number of the question that is asked now.
    fn number(&self) -> usize {
        self.replies.len() + 1
    }
}
