//! A determination by files: logs, a protocol and its commitment go in, a record comes out.
//!
//! Nothing is stored and nothing is asked of anybody: the same files give the same record, bit for
//! bit. [`verify`] does it again and says which part of a record holds, which does not, and which
//! could not be looked at.

mod canaries;
mod drawn;
mod exclusions;
mod letter;
mod protocol;
mod reviewing;
mod verify;

pub use canaries::Searched;
pub use drawn::{Besides, signed as sign_statement, state};
pub use exclusions::sign as sign_exclusions;
pub use letter::{Said, Untold, letter};
pub use protocol::{
    Issuing, Published, SIGNATURES_MIN, Sealed, Source, TOKENS_SCHEMA, TokenBook, claim,
};
pub use reviewing::{CODERS_MIN, Reviewing, coders, sign_sheet};
pub use verify::{Check, Evidence, State, verify};

use seawall_domain::digest::Digest;
use seawall_domain::evaluation::attempt::Class;
use seawall_domain::evaluation::canary::{Search, sought};
use seawall_domain::evaluation::demand::{Bound, Done};
use seawall_domain::evaluation::determination::{Figure, Place, Table, Tried, Unfounded, Verdict};
use seawall_domain::evaluation::drawn::{checklist, sets};
use seawall_domain::evaluation::exclusion::Excluded;
use seawall_domain::evaluation::finding::Code;
use seawall_domain::evaluation::log::Log;
use seawall_domain::evaluation::protocol::Protocol;
use seawall_domain::evaluation::review::{Opinion, Review};
use seawall_domain::evaluation::run::{Gaps, Placed, Placing, Run, Unplaced, place_with};
use seawall_domain::evaluation::token::Book;
use seawall_domain::time::Timestamp;
use seawall_formats::determination::{
    Body, Concurrence, Elicitation, LogEntry, Model, Record, Reviewed, SCHEMA, Signed, Standing,
    Told, figures, verdict,
};
use seawall_formats::exclusions::Exclusions;
use seawall_ledger::canonical::canonical;
use seawall_ledger::token::digest as sha256_of_text;
use seawall_ledger::{Fault, dsse, sha256, sign};
use serde_json::Value;
use std::collections::BTreeMap;

/// The type under which a concurrence is signed.
const CONCURRENCE: &str = "application/vnd.seawall.concurrence+json";

/// Everything that a determination is computed from.
pub struct Files<'a> {
    /// The protocol, and what shows that it was sealed.
    pub source: Source,
    /// The logs.
    pub runs: &'a [Run],
    /// The review for cheating.
    pub review: Option<Reviewing>,
    /// What was done besides to draw the ability out.
    pub besides: Besides,
    /// What is done about attempts that broke or are missing.
    pub gaps: Gaps,
    /// When it is computed.
    pub at: Timestamp,
    /// SHA-256 of the program that computes it.
    pub program: Digest,
}

/// Why there is no determination.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The logs do not fit.
    #[error(transparent)]
    Logs(#[from] Unplaced),
    /// The rule gives nothing.
    #[error(transparent)]
    Rule(#[from] Unfounded),
    /// The review is not finished, or does not cover every attempt that passed.
    #[error("cannot use this review: {0}")]
    Review(&'static str),
    /// A document could not be made.
    #[error(transparent)]
    Ledger(#[from] Fault),
}

/// A determination that was made.
#[derive(Debug)]
pub struct Determined {
    /// The record.
    pub record: Record,
    /// The book with every token accounted for; none in a rehearsal.
    pub book: Option<Book>,
}

/// What of a log goes into a determination. `bytes` is the SHA-256 of the file.
pub fn run(log: &Log, bytes: Digest) -> Run {
    let token = Run::token_of(log).map(|text| Digest::new(sha256_of_text(text)));
    Run::of(log, bytes, token)
}

/// SHA-256, as the drawing of a review takes it.
pub fn hash(bytes: &[u8]) -> Digest {
    Digest::new(sha256(bytes).0)
}

/// Makes the determination, or says why there is none.
pub fn determine(files: Files<'_>) -> Result<Determined, Refused> {
    determine_without(files, None, None)
}

/// The same with tasks left out, and with the logs searched for the canaries of registers.
pub fn determine_without(
    files: Files<'_>,
    exclusions: Option<Exclusions>,
    searched: Option<&Searched>,
) -> Result<Determined, Refused> {
    let Files { source, runs, review, besides, gaps, at, program } = files;
    let protocol = source.protocol();
    let sealed = source.sealed_by();
    if let Some(sealed) = sealed {
        sealed.fits(protocol)?;
    }
    let book = sealed.map(|sealed| &sealed.book);
    let extras: Vec<&Run> = besides.extras.iter().map(|extra| &extra.run).collect();
    let placed = place_with(protocol, runs, &extras, book, gaps, at)?;
    let found = match &review {
        Some(reviewing) => settled(&reviewing.review, protocol, runs, &placed)?,
        None => BTreeMap::new(),
    };
    let excluded = match &exclusions {
        Some(exclusions) => exclusions::held(exclusions, protocol, source.named_by())?,
        None => BTreeMap::new(),
    };
    let table = Table::of(protocol, runs, &placed.places, &found).excluding(&excluded);
    let named = source.named(program);
    let model = model(runs);
    let bound = Bound::of(protocol.terms(), runs, &placed.places);
    let developer =
        drawn::held(besides.statement.as_deref(), protocol, source.named_by(), &model.name)?;
    let sets = sets(protocol, runs, &besides.extras, &table, gaps)
        .map_err(|objections| Refused::Logs(Unplaced::Logs(objections)))?;
    let checklist = checklist(protocol, &table, placed.look, &sets, developer);
    let signed = review.as_ref().is_some_and(Reviewing::is_signed);
    let search = searched.map(|it| it.search(protocol.terms(), runs, &placed)).transpose()?;
    let done = done(named.program_as_sealed, signed, protocol, search.as_ref(), &exclusions);
    let unmet = Bound::unmet(bound.as_ref(), protocol.terms(), done);
    let decided = Verdict::of(protocol, &table, placed.look, &checklist, &unmet)?;
    let told = told(protocol);
    let mut inputs = source.inputs();
    inputs.extend(review.as_ref().map(|review| ("review".to_owned(), review.file)));
    inputs.extend(searched.into_iter().flat_map(Searched::inputs));
    let body = Body {
        schema: SCHEMA.to_owned(),
        standing: sealed.map_or(Standing::Rehearsal, |_| Standing::Sealed),
        at,
        program,
        figures: figures(&table, told.tokens, seed(named.root)),
        verdict: verdict(&decided),
        protocol: named,
        inputs,
        model,
        logs: entries(runs, &placed),
        gaps: gaps.into(),
        tokens: placed.book.iter().flat_map(|book| book.entries().to_vec()).collect(),
        review: review.as_ref().map(reviewed),
        exclusions,
        elicitation: Elicitation::from(&checklist),
        drawn: drawn::written(sets, &besides.extras),
        statement: besides.statement,
        bound,
        canaries: search,
        told,
        batteries: table.domains,
        tasks: table.rows,
    };
    Ok(Determined { record: closed(body, None)?, book: placed.book })
}

/// What other things than the logs' notes show of what the protocol asks for.
fn done(
    program: bool,
    review: bool,
    protocol: &Protocol,
    search: Option<&Search>,
    exclusions: &Option<Exclusions>,
) -> Done {
    let excluded = exclusions.iter().flat_map(|list| &list.excluded).cloned();
    let excluded: Vec<Excluded> = excluded.collect();
    let canaries = sought(search, protocol.terms(), &excluded);
    Done { analyser: program.into(), review: review.into(), canaries }
}

/// Reads a record that is in its one spelling and whose digests hold; nothing is computed again.
pub fn read(bytes: &[u8]) -> Result<Record, Fault> {
    const WHAT: &str = "the record of a determination";
    let record = seawall_formats::determination::read(bytes)
        .map_err(|fault| Fault::Unreadable { what: WHAT, why: fault.message })?;
    let again = closed(record.body.clone(), record.concurrence.clone())?;
    let holds = again == record && to_bytes(&record)? == bytes;
    let why = "its digests are not those of what it holds".to_owned();
    if holds { Ok(record) } else { Err(Fault::Unproven { what: WHAT, why }) }
}

/// The bytes of a record: canonical JSON.
pub fn to_bytes(record: &Record) -> Result<Vec<u8>, Fault> {
    canonical(&value(record)?)
}

/// Adds what the named official says. The body stays as it is, and so does the outcome.
pub fn concur(
    record: &Record,
    mut concurrence: Concurrence,
    key: Option<&sign::SigningKey>,
) -> Result<Record, Fault> {
    concurrence.over = record.sha256;
    concurrence.signature = None;
    if let Some(key) = key {
        let signature = key.sign(&signed_bytes(&concurrence)?);
        concurrence.signature = Some(Signed {
            key: key.public().to_string(),
            signature: signature.0.iter().map(|byte| format!("{byte:02x}")).collect(),
        });
    }
    closed(record.body.clone(), Some(concurrence))
}

/// A record with its digests.
fn closed(body: Body, concurrence: Option<Concurrence>) -> Result<Record, Fault> {
    let sha256 = hash(&canonical(&value(&body)?)?);
    let checksum = hash(&canonical(&value(&(sha256, &concurrence))?)?);
    Ok(Record { body, sha256, concurrence, checksum })
}

/// What a concurrence's signature covers.
fn signed_bytes(concurrence: &Concurrence) -> Result<Vec<u8>, Fault> {
    let unsigned = Concurrence { signature: None, ..concurrence.clone() };
    Ok(dsse::pae(CONCURRENCE, &canonical(&value(&unsigned)?)?))
}

fn value(document: &impl serde::Serialize) -> Result<Value, Fault> {
    serde_json::to_value(document).map_err(|_| Fault::Impossible {
        what: "the record of a determination",
        why: "it cannot be written".to_owned(),
    })
}

/// What may be told of a protocol.
fn told(protocol: &Protocol) -> Told {
    let terms = protocol.terms();
    Told {
        domains: protocol.domains(),
        tasks: terms.tasks.len() as u64,
        attempts: terms.attempts.0,
        tokens: terms.budgets.tokens.map(|tokens| tokens.0),
        seconds: terms.budgets.wall_seconds.map(|seconds| seconds.0),
    }
}

/// The bootstrap's seed: nobody chooses it.
fn seed(root: Option<Digest>) -> u64 {
    let bytes = root.and_then(|root| root.bytes().first_chunk().copied());
    u64::from_be_bytes(bytes.unwrap_or_default())
}

/// The model by the notes of the first log that says it; all logs are about one model.
fn model(runs: &[Run]) -> Model {
    let note = |name: &str| {
        let told = runs.iter().find_map(|run| run.notes.get(name));
        told.and_then(|raw| serde_json::from_str::<String>(raw).ok())
    };
    Model {
        name: runs.first().map(|run| run.model.clone()).unwrap_or_default(),
        snapshot: note("snapshot"),
        safeguards: note("safeguards"),
    }
}

fn entries(runs: &[Run], placed: &Placed) -> Vec<LogEntry> {
    runs.iter().zip(&placed.places).map(|(run, place)| entry(run, place)).collect()
}

fn entry(run: &Run, place: &Placing) -> LogEntry {
    let word = |(code, count): (&Code, &usize)| (code.word().to_owned(), *count as u64);
    LogEntry {
        sha256: run.log,
        created: run.created,
        battery: place.battery as u32,
        look: place.look,
        token: run.token,
        findings: run.findings.iter().map(word).collect(),
        account: run.account,
        guard: run.guard,
    }
}

fn reviewed(reviewing: &Reviewing) -> Reviewed {
    let review = &reviewing.review;
    let kappa = review.agreement().ok();
    Reviewed {
        items: review.items.len() as u64,
        agreed: review.agreed() as u64,
        kappa: kappa.map(|it| Figure(it.kappa)),
        cheated: review.cheated().len() as u64,
        coders: reviewing.coders.clone(),
    }
}

/// What a finished review holds of each attempt. It must have looked at every attempt that passed
/// as it was scored, those that an edit calls cheated among them: whoever could leave one out could
/// choose the score.
fn settled(
    review: &Review,
    protocol: &Protocol,
    runs: &[Run],
    placed: &Placed,
) -> Result<BTreeMap<Place, Opinion>, Refused> {
    if review.open() > 0 {
        return Err(Refused::Review("a third person has not settled all that the two saw apart"));
    }
    let found: BTreeMap<Place, Opinion> =
        review.items.iter().filter_map(|item| Some((item.place(), item.holds()?))).collect();
    if found.keys().any(|(log, _, _)| !runs.iter().any(|run| run.log == *log)) {
        return Err(Refused::Review("it is about other logs"));
    }
    // Every attempt that was looked at shows in a table in which all of them were cheated.
    let looked_at = found.keys().map(|place| (place.clone(), Opinion::Cheating)).collect();
    let table = Table::of(protocol, runs, &placed.places, &looked_at);
    let is_missed = |tried: &Tried| {
        tried.class == Class::Pass && tried.reviewed != Some(Class::CheatingConfirmed)
    };
    if table.tried().any(is_missed) {
        return Err(Refused::Review("an attempt that passed was not looked at"));
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
