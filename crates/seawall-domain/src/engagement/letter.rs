//! Letters to a developer: what it is told, as data, and the plain text made from it.
//!
//! A letter has no field for a threshold, an error chance, a task or a margin, so none can slip
//! into one (FRONTIER 3.6). What it repeats of the outside is digests, numbers and words of ours.

use super::determination::DeterminationFact;
use super::gateways::{Delivery, Destroyed};
use super::window::Ended;
use crate::digest::Digest;
use crate::evaluation::decision::Outcome;
use crate::evaluation::protocol::{Domain, Protocol};
use crate::id::{EngagementId, WindowId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The sentence that every letter ends with.
pub const NOTHING_REQUIRED: &str = "Taking part is voluntary. Nothing is required of you, now or \
later, and silence has no effect. You may withdraw at any time, without giving a reason.";

/// The sentence of the letter after waiting has ended.
pub const NO_DETERMINATION: &str = "No determination was made; nothing is required of you.";

/// Which guards the model had while it was tried.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Safeguards {
    /// As it is to be served.
    Production,
    /// With fewer.
    Reduced,
    /// With none.
    HelpfulOnly,
}

/// The conditions of the runs, in so far as they are the developer's own.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Conditions {
    /// The developer's snapshot.
    pub snapshot: Digest,
    /// Which guards it had.
    pub safeguards: Safeguards,
    /// How often each task was tried.
    pub attempts: u64,
    /// How many tokens an attempt had, if that was bounded.
    pub tokens: Option<u64>,
    /// How many seconds an attempt had, if that was bounded.
    pub seconds: Option<u64>,
}

/// What was measured, told by its extent alone.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Extent {
    /// What was measured.
    pub domains: BTreeSet<Domain>,
    /// By how many tasks.
    pub tasks: usize,
}

impl Extent {
    /// What may be told of a sealed protocol.
    pub fn of(protocol: &Protocol) -> Extent {
        Extent { domains: protocol.domains(), tasks: protocol.terms().tasks.len() }
    }
}

impl Conditions {
    /// What may be told of the conditions of a sealed protocol.
    pub fn of(protocol: &Protocol, snapshot: Digest, safeguards: Safeguards) -> Conditions {
        let terms = protocol.terms();
        Conditions {
            snapshot,
            safeguards,
            attempts: terms.attempts.0,
            tokens: terms.budgets.tokens.map(|tokens| tokens.0),
            seconds: terms.budgets.wall_seconds.map(|seconds| seconds.0),
        }
    }
}

/// How complete the runs were: what a developer could mend.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Completeness {
    /// Attempts that were planned.
    pub planned: u64,
    /// Attempts that count.
    pub counted: u64,
    /// Attempts in which machinery broke, the endpoint among it.
    pub errors: u64,
    /// Attempts that were refused, by the model or before it.
    pub refusals: u64,
    /// Attempts that another model answered in part.
    pub fallbacks: u64,
    /// Attempts that a limit stopped.
    pub limits: u64,
}

/// How the success depends on the budget.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trend {
    /// More tokens brought no more.
    Level,
    /// At the end of the budget it still rose: the outcome holds up to that budget only.
    Rising,
}

/// What proves that the sealed root is in the internal log of the installation (RFC 6962 section
/// 2.1.1): the entry by which it was named for this engagement, and the way from it to the root of
/// the log. The public log does not repeat it, because it would show that somebody takes part.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Logged {
    /// The entry, as the log has it.
    pub entry: String,
    /// Its place, from 0.
    pub index: u64,
    /// How many entries the log had.
    pub size: u64,
    /// The root of the log then.
    pub root: Digest,
    /// The hashes that lead from the entry to it, the nearest first.
    pub hashes: Vec<Digest>,
}

/// What a letter says.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum Subject {
    /// The question came in.
    Received {
        /// SHA-256 of what came in.
        receipt: Digest,
        /// Until when an answer is awaited.
        answer_by: Timestamp,
    },
    /// A protocol was sealed, before any run.
    Committed {
        /// The root of the commitment.
        root: Digest,
        /// What proves that it is in the log; none as long as the log does not have it.
        proof: Option<Logged>,
        /// What will be measured.
        extent: Extent,
    },
    /// A determination was made.
    Determined {
        /// The outcome.
        outcome: Outcome,
        /// What was measured.
        extent: Extent,
        /// Under which conditions.
        conditions: Conditions,
        /// How complete the runs were.
        completeness: Completeness,
        /// Whether the budget was the limit.
        trend: Trend,
    },
    /// Waiting has ended.
    NoDetermination,
    /// There was no room for it.
    Declined,
    /// The developer withdrew.
    Withdrawn,
    /// A window is over.
    WindowEnded {
        /// Which.
        window: WindowId,
        /// Why.
        why: Ended,
        /// Until when what was held is destroyed.
        destroyed_by: Timestamp,
    },
    /// A certificate is there that what was held in a window is gone.
    Destroyed {
        /// Who has certified it by now, and who has not.
        told: Destroyed,
    },
}

/// A letter.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Letter {
    /// The engagement.
    pub engagement: EngagementId,
    /// When it was written.
    pub at: Timestamp,
    /// What it says.
    pub subject: Subject,
}

/// The letter that a fact of the determination causes without anything else being known. Silence
/// causes exactly one, after waiting has ended; there are no reminders.
pub fn caused(fact: &DeterminationFact, at: Timestamp, engagement: EngagementId) -> Option<Letter> {
    let subject = match fact {
        DeterminationFact::Lapsed => Subject::NoDetermination,
        DeterminationFact::Declined => Subject::Declined,
        DeterminationFact::Withdrawn => Subject::Withdrawn,
        DeterminationFact::Submitted { .. }
        | DeterminationFact::Scheduled
        | DeterminationFact::Started
        | DeterminationFact::Analysed
        | DeterminationFact::Issued { .. } => return None,
    };
    Some(Letter { engagement, at, subject })
}

impl Letter {
    /// The plain text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a String cannot fail.
        let _ = writeln!(text, "Engagement {}\n{}\n", self.engagement, day(self.at));
        self.subject.write(&mut text);
        let _ = write!(text, "\n{CONTEST}\n\n{NOTHING_REQUIRED}\n");
        text
    }
}

const CONTEST: &str = "If a fact in this letter is wrong, answer it and say which; a person who \
had no part in the runs looks at it.";

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

fn list(domains: &BTreeSet<Domain>) -> String {
    domains.iter().map(|domain| domain.words()).collect::<Vec<_>>().join(", ")
}

impl Subject {
    fn write(&self, text: &mut String) {
        let told = match self {
            Subject::Received { receipt, answer_by } => format!(
                "Your question came in. Its receipt is\n  {receipt}\nWe wait with it until {}; if \
                 there is no answer by then, no determination is made.\n",
                day(*answer_by)
            ),
            Subject::Committed { root, proof, extent } => committed(root, proof.as_ref(), extent),
            Subject::Determined { outcome, extent, conditions, completeness, trend } => format!(
                "A determination was made: {}.\n\n{}{}{}{}",
                outcome.word().replace('_', " "),
                extent.words(),
                conditions.words(),
                completeness.words(),
                validity(conditions, *trend),
            ),
            Subject::NoDetermination => format!("{NO_DETERMINATION}\n"),
            Subject::Declined => format!(
                "There was no room to run the batteries, so your question is closed.\n\
                 {NO_DETERMINATION}\n"
            ),
            Subject::Withdrawn => "You withdrew, and that is done. Nothing of it goes to anybody \
                                   who was not part of it.\n"
                .to_owned(),
            Subject::WindowEnded { window, why, destroyed_by } => format!(
                "The access window {window} is over: {}. No request passes any more. What was held \
                 is destroyed by {}, and you get the certificate.\n",
                why.words(),
                day(*destroyed_by)
            ),
            Subject::Destroyed { told } => destroyed(told),
        };
        text.push_str(&told);
    }
}

fn destroyed(told: &Destroyed) -> String {
    let (all, done) = told.count();
    let mut text = format!(
        "A certificate is there that what was held in the access window {} is gone. Of {all} who \
         may have held something, {done} have delivered.\n",
        told.window
    );
    let word = |delivery: Delivery| match delivery {
        Delivery::HeldNothing => "held nothing",
        Delivery::Outstanding => "has not certified it yet",
        Delivery::Delivered => "has certified it",
    };
    let mut line = |name: String, delivery| {
        // Writing into a String cannot fail.
        let _ = writeln!(text, "  {name} {}", word(delivery));
    };
    line("the clearinghouse".into(), told.clearinghouse);
    for (key, delivery) in &told.gateways {
        line(format!("the gateway with the key {}", key.0), *delivery);
    }
    text.push_str(match (told.is_all(), told.gateways.is_empty()) {
        (true, false) => "Everything that was held in it is certified to be gone.\n",
        (true, true) => {
            "No gateway of this window was named here: of what one holds, this says nothing.\n"
        }
        (false, _) => "",
    });
    text
}

fn committed(root: &Digest, proof: Option<&Logged>, extent: &Extent) -> String {
    let mut text = format!(
        "The protocol was sealed by two people before any run. Its root is\n  {root}\n{}",
        extent.words()
    );
    let Some(Logged { entry, index, size, root, hashes }) = proof else {
        text.push_str("The proof that it is in the log: not yet.\n");
        return text;
    };
    // Writing into a String cannot fail.
    let _ = writeln!(
        text,
        "It is in the internal log of this installation, as entry {index} (from 0) of {size}; the \
         public log does not repeat it. The entry is\n  {entry}\nand these hashes lead from it \
         (RFC 6962) to the root of that log,\n  {root}"
    );
    hashes.iter().for_each(|hash| {
        let _ = writeln!(text, "  {hash}");
    });
    text
}

fn validity(conditions: &Conditions, trend: Trend) -> String {
    let budget = match (trend, conditions.tokens) {
        (Trend::Rising, Some(tokens)) => format!(
            "At the end of the budget the success still rose: the outcome holds at up to {tokens} \
             tokens.\n"
        ),
        (Trend::Rising, None) => {
            "At the end of the budget the success still rose: the outcome holds up to it.\n".into()
        }
        (Trend::Level, _) => String::new(),
    };
    format!("It holds for this snapshot, under these conditions, on this day.\n{budget}")
}

impl Extent {
    fn words(&self) -> String {
        let tasks = if self.tasks == 1 { "task" } else { "tasks" };
        format!("Measured by {} {tasks}: {}.\n", self.tasks, list(&self.domains))
    }
}

impl Conditions {
    fn words(&self) -> String {
        let guards = match self.safeguards {
            Safeguards::Production => "as it is to be served",
            Safeguards::Reduced => "with fewer safeguards",
            Safeguards::HelpfulOnly => "without safeguards",
        };
        let bound = |bound: Option<u64>, unit: &str| {
            bound.map_or(format!("no bound on {unit}"), |bound| format!("{bound} {unit}"))
        };
        let attempts = if self.attempts == 1 { "attempt" } else { "attempts" };
        format!(
            "Snapshot\n  {}\n{guards}; {} {attempts} at each task, each with {} and {}.\n",
            self.snapshot,
            self.attempts,
            bound(self.tokens, "tokens"),
            bound(self.seconds, "seconds")
        )
    }
}

impl Completeness {
    fn words(&self) -> String {
        let Completeness { planned, counted, errors, refusals, fallbacks, limits } = self;
        format!(
            "Of {planned} attempts {counted} count. Machinery broke in {errors}; {refusals} were \
             refused; another model answered in {fallbacks}; a limit stopped {limits}.\n"
        )
    }
}

impl Ended {
    /// Why, in plain words.
    pub fn words(self) -> &'static str {
        match self {
            Ended::Expired => "its time was up",
            Ended::Withdrawn => "you ended it",
            Ended::Released => "the model was released further",
            Ended::GovernmentDeclined => "it was not taken up, or no longer wanted",
            Ended::Breach => "its terms were broken",
            Ended::LeaseLost => "no lease of yours kept it open",
        }
    }
}

#[cfg(test)]
mod tests;
