//! The record of a determination: one JSON document from which everything is computed again.
//!
//! It names every input by SHA-256 and holds the class of every attempt, with tasks and families by
//! number only: no threshold, no chance of error, no task, no salt. Numbers of floating point are
//! texts that read back as the same bits, so the document has one canonical spelling (RFC 8785).
//! What an official says of the outcome stands beside the body and never in it.

mod drawn;
mod figures;
mod picture;

pub use drawn::{DrawnSet, STATEMENT_BYTES_MAX, STATEMENT_SCHEMA, Statement, statement};
pub use figures::{DRAWS, LEVEL, figures, verdict};

use crate::exclusions::Exclusions;
use crate::fault::FormatFault;
use crate::json;
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::canary::Search;
use seawall_domain::evaluation::decision::Look;
use seawall_domain::evaluation::demand::{Bound, Guard};
use seawall_domain::evaluation::determination::{Figure, Row};
use seawall_domain::evaluation::elicitation::{Checklist, Developer, Framing};
use seawall_domain::evaluation::protocol::Domain;
use seawall_domain::evaluation::run::Gaps;
use seawall_domain::evaluation::statistics::budget::Trend;
use seawall_domain::evaluation::tally::Account;
use seawall_domain::evaluation::token::Entry;
use seawall_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What such a document says of itself.
pub const SCHEMA: &str = "seawall/determination/v1";

/// The largest record in bytes; one of 200,000 attempts has some 15 MB.
pub const RECORD_BYTES_MAX: usize = 128 << 20;

const FORMAT: &str = "the record of a determination";

/// A record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// What was determined, and from what.
    pub body: Body,
    /// SHA-256 over the body in canonical JSON.
    pub sha256: Digest,
    /// What the named official says of it. It changes nothing above.
    pub concurrence: Option<Concurrence>,
    /// SHA-256 over the digest of the body and the concurrence, in canonical JSON.
    pub checksum: Digest,
}

/// What was determined, and from what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// Whether it stands on a sealed protocol.
    pub standing: Standing,
    /// When it was computed.
    pub at: Timestamp,
    /// SHA-256 of the program that computed it.
    pub program: Digest,
    /// The protocol.
    pub protocol: Named,
    /// The other files that went in, each by its SHA-256.
    pub inputs: BTreeMap<String, Digest>,
    /// The model, by the logs' own word.
    pub model: Model,
    /// The logs, in the order of the table's numbers.
    pub logs: Vec<LogEntry>,
    /// What was done about attempts that broke or are missing.
    pub gaps: GapsWord,
    /// Every token that was given out under the protocol, and what became of it.
    pub tokens: Vec<Entry>,
    /// What the review for cheating came to.
    pub review: Option<Reviewed>,
    /// The tasks that were left out, with the signatures, where there were any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exclusions: Option<Exclusions>,
    /// What was done to draw the ability out, computed from what stands below and in the table.
    pub elicitation: Elicitation,
    /// What was run besides to draw it out, in sets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drawn: Vec<DrawnSet>,
    /// The developer's statement: a DSSE envelope on one line, whose signature was verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
    /// What the logs show of the batteries' files and of the network, where anything was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<Bound>,
    /// What the logs show of the batteries' canaries, where their registers were at hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canaries: Option<Search>,
    /// What the developer may be told of the protocol.
    pub told: Told,
    /// What each battery measures.
    pub batteries: Vec<Domain>,
    /// The tasks with their attempts, in the protocol's order.
    pub tasks: Vec<Row>,
    /// The figures, from the table alone.
    pub figures: Value,
    /// What the sealed rule finds in the table.
    pub verdict: Value,
}

/// What a determination stands on.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// A protocol that was committed to before the runs, and tokens.
    Sealed,
    /// A protocol that anybody could have changed: this is practice, and no determination.
    Rehearsal,
}

/// Which protocol.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// The root of its commitment.
    pub root: Option<Digest>,
    /// When it was committed to.
    pub sealed_at: Option<Timestamp>,
    /// The keys whose signatures over the commitment hold.
    pub signed_by: BTreeSet<Digest>,
    /// Whether the program is the one that the protocol names.
    pub program_as_sealed: bool,
}

/// The model, as the logs name it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Its name.
    pub name: String,
    /// The developer's snapshot, where it is noted.
    pub snapshot: Option<String>,
    /// Which guards it had, where that is noted.
    pub safeguards: Option<String>,
}

/// A log.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogEntry {
    /// SHA-256 of its bytes.
    pub sha256: Digest,
    /// When its run began, by its own word.
    pub created: Option<Timestamp>,
    /// Which battery it is of, by its place.
    pub battery: u32,
    /// Which look it belongs to.
    pub look: Look,
    /// SHA-256 of its token.
    pub token: Option<Digest>,
    /// How many findings of each kind there are.
    pub findings: BTreeMap<String, u64>,
    /// The tokens by the logs of its start of the harness, and by the gateway that the start went
    /// through; none where no gateway's count was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<Account>,
    /// What the log of its network's guard shows; none where that was not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guard: Option<Guard>,
}

/// What was done about attempts that broke or are missing.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GapsWord {
    /// A log with such attempts was refused.
    Refused,
    /// They are counted as failed and as passed.
    Counted,
}

impl From<Gaps> for GapsWord {
    fn from(gaps: Gaps) -> GapsWord {
        match gaps {
            Gaps::Refused => GapsWord::Refused,
            Gaps::Counted => GapsWord::Counted,
        }
    }
}

impl From<GapsWord> for Gaps {
    fn from(gaps: GapsWord) -> Gaps {
        match gaps {
            GapsWord::Refused => Gaps::Refused,
            GapsWord::Counted => Gaps::Counted,
        }
    }
}

/// What a review for cheating came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reviewed {
    /// Attempts that two people looked at.
    pub items: u64,
    /// Attempts that both saw the same way.
    pub agreed: u64,
    /// Cohen's kappa; none where it is not defined.
    pub kappa: Option<Figure>,
    /// Attempts that were confirmed to be cheated.
    pub cheated: u64,
    /// The keys of those who looked, by their digests, whose signatures hold; none where the sheets
    /// were not signed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coders: Vec<Digest>,
}

/// The checklist of an elicitation, as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Elicitation {
    /// Different scaffolds that were run.
    pub scaffolds: u32,
    /// How success ended along a sweep over budgets.
    pub sweep: Option<Sweep>,
    /// Framing twins.
    pub framing: Option<FramingTwins>,
    /// The standardised log-likelihood of the pattern of passes.
    pub person_fit: Option<Figure>,
    /// Always none: the share of attempts passed at easy tasks stands in the verdict.
    pub easy_share: Option<Figure>,
    /// What the developer added.
    pub developer: Added,
}

/// How success ended along a sweep over budgets.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sweep {
    /// It still rose.
    Rising,
    /// It rose no more.
    Level,
    /// It fell somewhere.
    Falling,
}

/// Framing twins.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FramingTwins {
    /// The upper bound on how much better the incidental wording does.
    pub gap_upper: Figure,
    /// The largest gap that counts as none.
    pub margin: Figure,
}

/// What the developer added to the elicitation.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Added {
    /// Nothing.
    Nothing,
    /// Elicitation by fine-tuning.
    FineTuned,
    /// A signed statement.
    Statement,
}

impl Default for Elicitation {
    fn default() -> Elicitation {
        Elicitation {
            scaffolds: 1,
            sweep: None,
            framing: None,
            person_fit: None,
            easy_share: None,
            developer: Added::Nothing,
        }
    }
}

impl Elicitation {
    /// The checklist that it says.
    pub fn checklist(&self) -> Checklist {
        let framing = self
            .framing
            .map(|twins| Framing { gap_upper: twins.gap_upper.0, margin: twins.margin.0 });
        Checklist {
            scaffolds: self.scaffolds,
            sweep: self.sweep.map(Trend::from),
            framing,
            person_fit: self.person_fit.map(|figure| figure.0),
            easy_share: self.easy_share.map(|figure| figure.0),
            developer: match self.developer {
                Added::Nothing => Developer::Nothing,
                Added::FineTuned => Developer::FineTuned,
                Added::Statement => Developer::Statement,
            },
        }
    }
}

impl From<&Checklist> for Elicitation {
    fn from(checklist: &Checklist) -> Elicitation {
        let framing = checklist.framing.map(|twins| FramingTwins {
            gap_upper: Figure(twins.gap_upper),
            margin: Figure(twins.margin),
        });
        Elicitation {
            scaffolds: checklist.scaffolds,
            sweep: checklist.sweep.map(Sweep::from),
            framing,
            person_fit: checklist.person_fit.map(Figure),
            easy_share: checklist.easy_share.map(Figure),
            developer: match checklist.developer {
                Developer::Nothing => Added::Nothing,
                Developer::FineTuned => Added::FineTuned,
                Developer::Statement => Added::Statement,
            },
        }
    }
}

impl From<Sweep> for Trend {
    fn from(sweep: Sweep) -> Trend {
        match sweep {
            Sweep::Rising => Trend::Rising,
            Sweep::Level => Trend::Level,
            Sweep::Falling => Trend::Falling,
        }
    }
}

impl From<Trend> for Sweep {
    fn from(trend: Trend) -> Sweep {
        match trend {
            Trend::Rising => Sweep::Rising,
            Trend::Level => Sweep::Level,
            Trend::Falling => Sweep::Falling,
        }
    }
}

/// What the developer may be told of a sealed protocol.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// What is measured.
    pub domains: BTreeSet<Domain>,
    /// By how many tasks.
    pub tasks: u64,
    /// How often each is tried.
    pub attempts: u64,
    /// How many tokens an attempt has, if that is bounded.
    pub tokens: Option<u64>,
    /// How many seconds an attempt has, if that is bounded.
    pub seconds: Option<u64>,
}

/// What the named official says of the outcome.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Concurrence {
    /// Who.
    pub official: String,
    /// Whether they agree with what the rule found.
    pub view: View,
    /// Why not.
    pub reasons: Option<String>,
    /// When.
    pub at: Timestamp,
    /// The body that it is about, by its SHA-256.
    pub over: Digest,
    /// The signature over all of this, where there is one.
    pub signature: Option<Signed>,
}

/// Whether an official agrees.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// They do.
    Concurs,
    /// They do not, for reasons that are written down.
    Differs,
}

/// A signature and the key that made it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// The public key.
    pub key: String,
    /// The signature, in hexadecimal digits.
    pub signature: String,
}

/// Reads a record. Whether it is in its one spelling, and whether anything in it holds, is not
/// looked at here.
pub fn read(bytes: &[u8]) -> Result<Record, FormatFault> {
    let document = json::read(FORMAT, bytes, RECORD_BYTES_MAX)?;
    let record: Record = serde_json::from_value(document).map_err(|_| {
        let message = "a field is missing, not known, or not in its one spelling";
        FormatFault::new(FORMAT, "the document", message)
    })?;
    match record.body.schema == SCHEMA {
        true => Ok(record),
        false => Err(FormatFault::new(FORMAT, "/body/schema", "this edition reads another one")),
    }
}

#[cfg(test)]
mod tests;
