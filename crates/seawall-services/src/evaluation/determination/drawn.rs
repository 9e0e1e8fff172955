//! How the ability was drawn out, in a record: sets of logs, and what the developer signed.

use super::protocol::Source;
use super::value;
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::determination::Table;
use seawall_domain::evaluation::drawn::{Extra, Kind, Purpose, Set};
use seawall_domain::evaluation::elicitation::Developer;
use seawall_domain::evaluation::protocol::Protocol;
use seawall_domain::evaluation::run::Run;
use seawall_formats::determination::{
    Added, Body, DrawnSet, LogEntry, STATEMENT_BYTES_MAX, STATEMENT_SCHEMA, Statement,
};
use seawall_ledger::canonical::canonical;
use seawall_ledger::dsse::Envelope;
use seawall_ledger::sign::{SigningKey, VerifyingKey};
use seawall_ledger::{Fault, sign};
use std::collections::BTreeMap;

/// The type under which a developer's statement is signed.
const STATEMENT: &str = "application/vnd.seawall.elicitation+json";

const WHAT: &str = "developer's statement";

/// What was done besides the batteries to draw the ability out.
#[derive(Clone, Debug, Default)]
pub struct Besides {
    /// The logs that were run besides.
    pub extras: Vec<Extra>,
    /// The developer's statement: a DSSE envelope.
    pub statement: Option<String>,
}

/// A statement by a developer, signed: the envelope on one line.
pub fn state(
    source: &Source,
    model: &str,
    added: Added,
    text: &str,
    key: &SigningKey,
) -> Result<String, Fault> {
    let statement = Statement {
        schema: STATEMENT_SCHEMA.to_owned(),
        protocol: source.named_by(),
        model: model.to_owned(),
        added,
        text: text.to_owned(),
        key: key.public().to_string(),
    };
    signed(&statement, key)
}

/// The same where only the protocol's name is known: its root, or its SHA-256 where it is plain.
pub fn signed(statement: &Statement, key: &sign::SigningKey) -> Result<String, Fault> {
    let payload = canonical(&value(statement)?)?;
    if payload.len() > STATEMENT_BYTES_MAX {
        let why = format!("more than {STATEMENT_BYTES_MAX} bytes");
        return Err(Fault::Impossible { what: WHAT, why });
    }
    let mut envelope = Envelope::new(STATEMENT, payload);
    envelope.sign(key);
    Ok(envelope.to_json())
}

/// What the developer added, by a statement that holds: about this protocol and model, signed by
/// the key that the protocol names. Any other is refused, and none is nothing.
pub(super) fn held(
    envelope: Option<&str>,
    protocol: &Protocol,
    named_by: Digest,
    model: &str,
) -> Result<Developer, Fault> {
    let Some(envelope) = envelope else { return Ok(Developer::Nothing) };
    let unproven = |why: &str| Fault::Unproven { what: WHAT, why: why.to_owned() };
    if envelope.len() > 2 * STATEMENT_BYTES_MAX {
        return Err(unproven("it is too large"));
    }
    let read = Envelope::from_json(envelope.as_bytes())?;
    if read.to_json() != envelope || read.signature_count() != 1 {
        return Err(unproven("its envelope is not in its one spelling, with one signature"));
    }
    let statement = seawall_formats::determination::statement(read.unverified_payload());
    let statement =
        statement.map_err(|fault| Fault::Unreadable { what: WHAT, why: fault.message })?;
    let known = protocol.terms().drawing().and_then(|drawing| drawing.developer_key);
    let known = known.ok_or_else(|| unproven("the protocol names no key of the developer"))?;
    let key: VerifyingKey = statement.key.parse()?;
    if key.digest_hex() != known.to_string() {
        return Err(unproven("it is by another key than the protocol names"));
    }
    let verified = read.verify(&[key], 1)?;
    if verified.payload_type != STATEMENT {
        return Err(unproven("it was signed as something else"));
    }
    if statement.protocol != named_by {
        return Err(unproven("it is about another protocol"));
    }
    if statement.model != model {
        return Err(unproven("it is about another model"));
    }
    match statement.added {
        Added::Nothing => Ok(Developer::Nothing),
        Added::FineTuned => Ok(Developer::FineTuned),
        Added::Statement => Ok(Developer::Statement),
    }
}

/// The sets as a record holds them.
pub(super) fn written(sets: Vec<Set>, extras: &[Extra]) -> Vec<DrawnSet> {
    let written = |set: Set| DrawnSet {
        run_for: set.kind,
        logs: set
            .logs
            .iter()
            .zip(&set.table.places)
            .filter_map(|(at, place)| Some(super::entry(&extras.get(*at)?.run, place)))
            .collect(),
        tried: set.table.rows.into_iter().map(|row| row.tried).collect(),
    };
    sets.into_iter().map(written).collect()
}

/// The sets that a record holds, over its table.
pub(super) fn restored(body: &Body, table: &Table) -> Vec<Set> {
    let restored = |set: &DrawnSet| {
        let batteries: Vec<usize> = set.logs.iter().map(|log| log.battery as usize).collect();
        Set {
            kind: set.run_for,
            logs: (0..set.logs.len()).collect(),
            table: table.with_tried(&batteries, set.tried.clone()),
        }
    };
    body.drawn.iter().map(restored).collect()
}

/// The logs that a record says were run besides, from those that are there.
pub(super) fn extras(body: &Body, runs: &BTreeMap<Digest, &Run>) -> Option<Vec<Extra>> {
    let extra = |(set, log): (&DrawnSet, &LogEntry)| {
        let purpose = match set.run_for {
            Kind::Sweep { .. } => Purpose::Sweep,
            Kind::Scaffold { .. } => Purpose::Scaffold,
            Kind::Twins => Purpose::Twins,
        };
        Some(Extra { purpose, run: (*runs.get(&log.sha256)?).clone() })
    };
    let logs = body.drawn.iter().flat_map(|set| set.logs.iter().map(move |log| (set, log)));
    logs.map(extra).collect()
}

#[cfg(test)]
mod tests;
