//! What the developer is told of a determination, from its record alone.
//!
//! Of the record only the outcome, the extent, the conditions, the counts of attempts and the trend
//! are read; no threshold, chance of error, task or bound has a way into what is told.

use seawall_domain::digest::Digest;
use seawall_domain::engagement::letter::{
    Completeness, Conditions, Extent, Safeguards, Subject, Trend,
};
use seawall_domain::evaluation::decision::Outcome;
use seawall_domain::evaluation::determination::Tally;
use seawall_formats::determination::{Body, Record, Standing, Sweep};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What somebody says where the logs do not note it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Said {
    /// The developer's snapshot.
    pub snapshot: Option<Digest>,
    /// Which guards the model had.
    pub safeguards: Option<Safeguards>,
}

/// Why no letter follows from a record.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Untold {
    /// It stands on no sealed protocol.
    #[error("cannot write a letter: this is a rehearsal, and no determination")]
    Rehearsal,
    /// The rule has proposed something, and the official has not said yet what they think of it.
    #[error("cannot write a letter: no official has signed it; `seawall evaluation concur` does")]
    Unspoken,
    /// There is no outcome in it.
    #[error("cannot write a letter: the record names no outcome")]
    Outcome,
    /// There is no count of attempts in it.
    #[error("cannot write a letter: the record has no tally")]
    Tally,
    /// Nobody says which snapshot it was.
    #[error("cannot write a letter: no log notes the snapshot's digest")]
    Snapshot,
    /// Nobody says which guards it had.
    #[error("cannot write a letter: no log notes the safeguards")]
    Safeguards,
}

/// What the letter about a determination says; what the logs note goes before what is said. There
/// is none before the official has spoken: till then the outcome is what the rule proposes
/// (FRONTIER 3.3).
pub fn letter(record: &Record, said: Said) -> Result<Subject, Untold> {
    let body = &record.body;
    match body.standing {
        Standing::Sealed if record.concurrence.is_none() => return Err(Untold::Unspoken),
        Standing::Sealed => {}
        Standing::Rehearsal => return Err(Untold::Rehearsal),
    }
    let outcome: Outcome = read(&body.verdict["rule"]["outcome"]).ok_or(Untold::Outcome)?;
    let tally: Tally = read(&body.figures["tally"]).ok_or(Untold::Tally)?;
    let trend = match read::<Sweep>(&body.figures["by_budget"]["trend"]) {
        Some(Sweep::Rising) => Trend::Rising,
        Some(Sweep::Level | Sweep::Falling) | None => Trend::Level,
    };
    let tasks = usize::try_from(body.told.tasks).unwrap_or(usize::MAX);
    Ok(Subject::Determined {
        outcome,
        extent: Extent { domains: body.told.domains.clone(), tasks },
        conditions: conditions(body, said)?,
        completeness: Completeness {
            planned: tally.planned,
            counted: tally.counted,
            errors: tally.errors,
            refusals: tally.refusals,
            fallbacks: tally.fallbacks,
            limits: tally.limits,
        },
        trend,
    })
}

fn conditions(body: &Body, said: Said) -> Result<Conditions, Untold> {
    let noted = body.model.snapshot.as_deref().and_then(|text| text.parse().ok());
    let snapshot = noted.or(said.snapshot).ok_or(Untold::Snapshot)?;
    let safeguards = match &body.model.safeguards {
        Some(word) => read(&Value::String(word.clone())),
        None => said.safeguards,
    };
    let safeguards = safeguards.ok_or(Untold::Safeguards)?;
    let told = &body.told;
    let (attempts, tokens, seconds) = (told.attempts, told.tokens, told.seconds);
    Ok(Conditions { snapshot, safeguards, attempts, tokens, seconds })
}

fn read<T: DeserializeOwned>(value: &Value) -> Option<T> {
    serde_json::from_value(value.clone()).ok()
}
