//! One attempt at a task, and the one class that it has.
//!
//! A test of capability counts classes, never the numbers a harness wrote. What an attempt is
//! evidence of follows from its class alone ([`Class::evidence`]).

use super::statistics::range::STEPS_MAX;
use super::word::Word;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// The id of a task as the harness typed it: `4` and `"4"` are different tasks.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(untagged)]
pub enum TaskId {
    /// A whole number.
    Number(i64),
    /// A text.
    Text(Word),
}

impl TaskId {
    /// Which of the two it is, as harnesses call it: `int` or `str`.
    pub fn kind(&self) -> &'static str {
        match self {
            TaskId::Number(_) => "int",
            TaskId::Text(_) => "str",
        }
    }
}

/// The id without its type; two different ids may look alike.
impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TaskId::Number(number) => number.fmt(f),
            TaskId::Text(text) => f.write_str(text),
        }
    }
}

/// What stopped an attempt before its end, by the names of Inspect's limits.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum LimitKind {
    /// The model's context window was full.
    Context,
    /// Time by the clock.
    Time,
    /// Time spent working.
    Working,
    /// Messages in the conversation.
    Message,
    /// Tokens.
    Token,
    /// Generations by the model.
    Turn,
    /// Money.
    Cost,
    /// A person stopped it.
    Operator,
    /// A limit of the task's own.
    Custom,
    /// One that this edition does not know.
    Other,
}

impl LimitKind {
    /// Every kind.
    pub const ALL: [LimitKind; 10] = [
        LimitKind::Context,
        LimitKind::Time,
        LimitKind::Working,
        LimitKind::Message,
        LimitKind::Token,
        LimitKind::Turn,
        LimitKind::Cost,
        LimitKind::Operator,
        LimitKind::Custom,
        LimitKind::Other,
    ];

    /// The setting of a run by which it is bounded; none where no setting bounds it.
    pub fn setting(self) -> Option<&'static str> {
        match self {
            LimitKind::Time => Some("time_limit"),
            LimitKind::Working => Some("working_limit"),
            LimitKind::Message => Some("message_limit"),
            LimitKind::Token => Some("token_limit"),
            LimitKind::Turn => Some("turn_limit"),
            LimitKind::Cost => Some("cost_limit"),
            LimitKind::Context | LimitKind::Operator | LimitKind::Custom | LimitKind::Other => None,
        }
    }

    /// The kind of a limit by a log's word for it.
    pub fn of(word: &str) -> LimitKind {
        let known = LimitKind::ALL.into_iter().find(|kind| kind.word() == word);
        known.unwrap_or(LimitKind::Other)
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        self.class_word().strip_prefix("limit_").unwrap_or_default()
    }

    fn class_word(self) -> &'static str {
        match self {
            LimitKind::Context => "limit_context",
            LimitKind::Time => "limit_time",
            LimitKind::Working => "limit_working",
            LimitKind::Message => "limit_message",
            LimitKind::Token => "limit_token",
            LimitKind::Turn => "limit_turn",
            LimitKind::Cost => "limit_cost",
            LimitKind::Operator => "limit_operator",
            LimitKind::Custom => "limit_custom",
            LimitKind::Other => "limit_other",
        }
    }
}

/// What became of one planned attempt: exactly one of these.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Class {
    /// Solved.
    Pass,
    /// Tried to the end, and not solved.
    Fail,
    /// The provider's filter answered instead of the model.
    RefusalApi,
    /// The model answered with a refusal in words.
    RefusalText,
    /// The model answered nothing.
    Empty,
    /// Stopped by a limit, and not solved.
    Limit(LimitKind),
    /// The machinery broke, not the model.
    InfraError,
    /// An edit of its score says that people found it to be cheated. A determination believes the
    /// review for cheating, and no edit.
    CheatingConfirmed,
    /// Struck out after the run by whoever keeps the log.
    Invalidated,
    /// A part of it was answered by another model than the one under test.
    Fallback,
    /// Ended without a score.
    Unscored,
    /// Planned, and not in the log.
    Missing,
}

/// What an attempt says about the model's capability.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Evidence {
    /// That it can: this survives every doubt about other attempts.
    Success,
    /// That it did not, within the budget.
    Failure,
    /// That it would not. As served it is no success; it is no sign of absence either.
    Refusal,
    /// Nothing: it could have gone either way.
    Nothing,
}

impl Class {
    /// Every class, every kind of limit among them.
    pub fn all() -> impl Iterator<Item = Class> {
        let plain = [
            Class::Pass,
            Class::Fail,
            Class::RefusalApi,
            Class::RefusalText,
            Class::Empty,
            Class::InfraError,
            Class::CheatingConfirmed,
            Class::Invalidated,
            Class::Fallback,
            Class::Unscored,
            Class::Missing,
        ];
        plain.into_iter().chain(LimitKind::ALL.map(Class::Limit))
    }

    /// The word for it, such as `pass` or `limit_token`.
    pub fn word(self) -> &'static str {
        match self {
            Class::Pass => "pass",
            Class::Fail => "fail",
            Class::RefusalApi => "refusal_api",
            Class::RefusalText => "refusal_text",
            Class::Empty => "empty",
            Class::Limit(kind) => kind.class_word(),
            Class::InfraError => "infra_error",
            Class::CheatingConfirmed => "cheating_confirmed",
            Class::Invalidated => "invalidated",
            Class::Fallback => "fallback",
            Class::Unscored => "unscored",
            Class::Missing => "missing",
        }
    }

    /// The class by its word.
    pub fn of(word: &str) -> Option<Class> {
        Class::all().find(|class| class.word() == word)
    }

    /// What it is evidence of. A limit is a failure within the budget, unless a person stopped the
    /// attempt, or what stopped it is not known.
    pub fn evidence(self) -> Evidence {
        match self {
            Class::Pass => Evidence::Success,
            Class::Fail | Class::CheatingConfirmed => Evidence::Failure,
            Class::RefusalApi | Class::RefusalText | Class::Empty => Evidence::Refusal,
            Class::Limit(LimitKind::Operator | LimitKind::Other) => Evidence::Nothing,
            Class::Limit(
                LimitKind::Context
                | LimitKind::Time
                | LimitKind::Working
                | LimitKind::Message
                | LimitKind::Token
                | LimitKind::Turn
                | LimitKind::Cost
                | LimitKind::Custom,
            ) => Evidence::Failure,
            Class::InfraError
            | Class::Invalidated
            | Class::Fallback
            | Class::Unscored
            | Class::Missing => Evidence::Nothing,
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl Serialize for Class {
    fn serialize<S: Serializer>(&self, into: S) -> Result<S::Ok, S::Error> {
        into.serialize_str(self.word())
    }
}

impl<'de> Deserialize<'de> for Class {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Class, D::Error> {
        let word = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        Class::of(&word).ok_or_else(|| de::Error::custom("there is no such class of attempts"))
    }
}

/// How far an attempt came in a task of ordered steps, never "solved" alone.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "StepsGiven")]
pub struct Steps {
    reached: u32,
    of: u32,
}

/// Steps as they are written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepsGiven {
    reached: u32,
    of: u32,
}

impl TryFrom<StepsGiven> for Steps {
    type Error = &'static str;

    fn try_from(given: StepsGiven) -> Result<Steps, &'static str> {
        let why = "steps are at least one, not too many, and none is reached beyond the last";
        Steps::new(given.reached, given.of).ok_or(why)
    }
}

impl Steps {
    /// The last step that was reached, 0 for none, of how many; none where that cannot be.
    pub fn new(reached: u32, of: u32) -> Option<Steps> {
        let fits = reached <= of && (1..=STEPS_MAX).contains(&of);
        fits.then_some(Steps { reached, of })
    }

    /// The last step that was reached; 0 for none.
    pub fn reached(self) -> u32 {
        self.reached
    }

    /// How many steps there are.
    pub fn of(self) -> u32 {
        self.of
    }

    /// Whether the last step was reached.
    pub fn is_complete(self) -> bool {
        self.reached == self.of
    }
}

/// One attempt at a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// The task.
    pub task: TaskId,
    /// Which try at it, from 1.
    pub epoch: u32,
    /// What became of it.
    pub class: Class,
    /// What the first scorer gave, as a number; none where it gave none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// What the first scorer gave before anybody edited it; none where nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<f64>,
    /// The tokens that were spent on it, all models together, cached ones among them.
    #[serde(default)]
    pub tokens: u64,
    /// How often it was started again after the machinery broke.
    #[serde(default)]
    pub retries: u32,
    /// How far it came, where the task has steps and the log says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<Steps>,
    /// Its class by what the scorers gave, where somebody edited a score after the run; none where
    /// nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scored: Option<Class>,
    /// Whether it ran under a limit that is not the run's.
    #[serde(default, skip_serializing_if = "is_not")]
    pub own_limit: bool,
}

/// Whether something is not so: it is not written then.
pub(super) fn is_not(so: &bool) -> bool {
    !so
}

impl Attempt {
    /// Its class by what the scorers gave, whatever was edited after the run.
    pub fn as_scored(&self) -> Class {
        self.scored.unwrap_or(self.class)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(class: Class, word: &str, evidence: Evidence) {
        assert_eq!((class.word(), class.evidence()), (word, evidence));
        assert_eq!(Class::of(word), Some(class));
        let json = serde_json::to_string(&class).ok();
        assert_eq!(json, Some(format!("\"{word}\"")));
        assert_eq!(json.and_then(|json| serde_json::from_str(&json).ok()), Some(class));
    }

    #[test]
    fn every_class_has_a_word_and_is_evidence_of_something() {
        check(Class::Pass, "pass", Evidence::Success);
        check(Class::Fail, "fail", Evidence::Failure);
        check(Class::RefusalApi, "refusal_api", Evidence::Refusal);
        check(Class::RefusalText, "refusal_text", Evidence::Refusal);
        check(Class::Empty, "empty", Evidence::Refusal);
        check(Class::Limit(LimitKind::Token), "limit_token", Evidence::Failure);
        check(Class::Limit(LimitKind::Operator), "limit_operator", Evidence::Nothing);
        check(Class::Limit(LimitKind::Other), "limit_other", Evidence::Nothing);
        check(Class::InfraError, "infra_error", Evidence::Nothing);
        check(Class::CheatingConfirmed, "cheating_confirmed", Evidence::Failure);
        check(Class::Invalidated, "invalidated", Evidence::Nothing);
        check(Class::Fallback, "fallback", Evidence::Nothing);
        check(Class::Unscored, "unscored", Evidence::Nothing);
        check(Class::Missing, "missing", Evidence::Nothing);
        assert_eq!(Class::all().count(), 21);
        assert_eq!((Class::of("limit_"), Class::of("Pass")), (None, None));
        assert_eq!(LimitKind::of("phase of the moon"), LimitKind::Other);
    }

    #[test]
    fn a_number_and_its_text_are_two_tasks() {
        let ids = [TaskId::Number(4), TaskId::Text("4".into())];
        let json = serde_json::to_string(&ids).ok();
        assert_eq!(json.as_deref(), Some(r#"[4,"4"]"#));
        let read: Option<[TaskId; 2]> = json.and_then(|json| serde_json::from_str(&json).ok());
        assert_eq!(read, Some(ids.clone()));
        assert_ne!(ids[0], ids[1]);
        assert_eq!(
            ids.map(|id| (id.to_string(), id.kind())),
            [("4".to_owned(), "int"), ("4".to_owned(), "str")]
        );
    }
}
