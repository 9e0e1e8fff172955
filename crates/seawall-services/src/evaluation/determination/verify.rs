//! Verifying a record: everything again from the files, and what could not be looked at by name.

use super::protocol::{Published, Sealed, Source, TokenBook, holds};
use super::{
    Besides, CODERS_MIN, Files, Reviewing, Searched, closed, determine_without, done, drawn,
    exclusions, hash, seed, signed_bytes, told, value,
};
use crate::evaluation::sealing::{self, Plans};
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::attempt::Class;
use seawall_domain::evaluation::decision::Look;
use seawall_domain::evaluation::demand::{Bound, Guard};
use seawall_domain::evaluation::determination::{Table, Verdict};
use seawall_domain::evaluation::drawn::checklist;
use seawall_domain::evaluation::log::Usage;
use seawall_domain::evaluation::protocol::Protocol;
use seawall_domain::evaluation::run::Run;
use seawall_domain::evaluation::tally::Account;
use seawall_domain::evaluation::token::Book;
use seawall_formats::determination::{self as record, Record, Standing};
use seawall_ledger::canonical::canonical;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The files that are there to verify a record with.
#[derive(Default)]
pub struct Evidence<'a> {
    /// The logs, in any order; none where none were given.
    pub runs: Option<&'a [Run]>,
    /// The opening of the protocol, or the plain protocol of a rehearsal.
    pub protocol: Option<&'a [u8]>,
    /// What was published.
    pub commitment: Option<&'a [u8]>,
    /// The book of tokens with its key.
    pub tokens: Option<&'a [u8]>,
    /// The review for cheating.
    pub review: Option<&'a [u8]>,
    /// What the logs of networks' guards show, as they were read again.
    pub guards: &'a [Guard],
    /// The registers of the batteries, with what the logs show of their canaries.
    pub searched: Option<&'a Searched>,
}

/// One thing that a record says, and whether it holds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Check {
    /// What was looked at.
    pub what: &'static str,
    /// Whether it holds.
    pub state: State,
}

/// Whether something holds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum State {
    /// It does.
    Holds,
    /// It does not: why, or where.
    Fails(String),
    /// It could not be looked at: what is missing.
    Open(&'static str),
    /// It is somebody's word, which no file bears out.
    Stated(&'static str),
}

/// What is looked at, one after the other.
struct Checks(Vec<Check>);

impl Checks {
    fn say(&mut self, what: &'static str, state: State) {
        self.0.push(Check { what, state });
    }

    fn hold(&mut self, what: &'static str, held: Result<(), String>) {
        self.say(what, held.map_or_else(State::Fails, |()| State::Holds));
    }
}

/// Looks at everything in a record that can be looked at with these files.
pub fn verify(bytes: &[u8], evidence: &Evidence<'_>) -> Vec<Check> {
    let mut checks = Checks(Vec::new());
    let record = match record::read(bytes) {
        Ok(record) => record,
        Err(fault) => {
            checks.hold("the record can be read", Err(fault.to_string()));
            return checks.0;
        }
    };
    checks.hold("the record is in its one spelling", spelling(&record, bytes));
    checks.hold("its digests", digests(&record));
    let table = record.body.table();
    checks.hold("the figures follow from its table", figures(&record, &table));
    logs(&record, evidence, &mut checks);
    let (protocol, plans) = match protocol(&record, evidence) {
        Ok(opened) => {
            let state = opened.as_ref().map_or(State::Open(OPENING), |_| State::Holds);
            checks.say("the protocol is the one that was named", state);
            opened.map_or((None, None), |(protocol, plans)| (Some(protocol), plans))
        }
        Err(why) => {
            checks.hold("the protocol is the one that was named", Err(why));
            (None, None)
        }
    };
    match &protocol {
        Some(protocol) => {
            checks.hold(DRAWN, drawn_out(&record, &table, protocol));
            checks.hold("the verdict follows from its table", found(&record, &table, protocol));
        }
        None => {
            checks.say(DRAWN, State::Open(OPENING));
            checks.say("the verdict follows from its table", State::Open(OPENING));
        }
    }
    checks.hold("what is called cheated was looked at by two people", cheated(&record));
    left_out(&record, protocol.as_ref(), &mut checks);
    seen(&record, protocol.as_ref(), &mut checks);
    commitment(&record, evidence, &mut checks);
    tokens(&record, evidence, protocol.as_ref().zip(plans), &mut checks);
    accounts(&record, evidence, &mut checks);
    guards(&record, evidence, &mut checks);
    whole(&record, evidence, protocol.map(|protocol| (protocol, plans)), &mut checks);
    official(&record, &mut checks);
    checks.say("when, and by which program it was computed", State::Stated("the record"));
    checks.0
}

/// What is said of the elicitation, by name.
const DRAWN: &str = "the elicitation follows from its tables and from what the developer signed";

/// What is missing where the registers are not there.
const REGISTERS: &str = "the registers of the batteries";

/// What is missing where the protocol is not there.
const OPENING: &str = "the opening of the protocol";

fn spelling(record: &Record, bytes: &[u8]) -> Result<(), String> {
    let again = value(record).and_then(|tree| canonical(&tree)).map_err(|it| it.to_string())?;
    if again == bytes { Ok(()) } else { Err("it is spelled otherwise".to_owned()) }
}

fn digests(record: &Record) -> Result<(), String> {
    let again = closed(record.body.clone(), record.concurrence.clone());
    let again = again.map_err(|fault| fault.to_string())?;
    if again.sha256 != record.sha256 {
        return Err("`sha256` is not that of the body".to_owned());
    }
    match again.checksum == record.checksum {
        true => Ok(()),
        false => Err("`checksum` is not that of the record".to_owned()),
    }
}

fn figures(record: &Record, table: &Table) -> Result<(), String> {
    let (body, seed) = (&record.body, seed(record.body.protocol.root));
    same("/body/figures", &record::figures(table, body.told.tokens, seed), &body.figures)
}

fn logs(record: &Record, evidence: &Evidence<'_>, checks: &mut Checks) {
    const WHAT: &str = "every log is there, unaltered";
    let Some(runs) = evidence.runs else {
        checks.say(WHAT, State::Open("the logs"));
        return;
    };
    let besides = record.body.drawn.iter().flat_map(|set| &set.logs);
    let lacking = record
        .body
        .logs
        .iter()
        .chain(besides)
        .find(|log| !runs.iter().any(|run| run.log == log.sha256));
    checks.hold(
        WHAT,
        match lacking {
            Some(log) => Err(format!("no file given has the SHA-256 {}", log.sha256)),
            None => Ok(()),
        },
    );
}

/// A protocol, and what its runs must look like where it was sealed.
type Opened = (Protocol, Option<Plans>);

/// The protocol, where it was given and is the one that the record names.
fn protocol(record: &Record, evidence: &Evidence<'_>) -> Result<Option<Opened>, String> {
    let Some(bytes) = evidence.protocol else { return Ok(None) };
    let named = &record.body.protocol;
    let (protocol, name) = match (record.body.standing, named.root) {
        (Standing::Sealed, Some(root)) => {
            let opened = sealing::replanned(bytes, root).map_err(|fault| fault.to_string())?;
            ((opened.0, Some(opened.1)), "opening")
        }
        (Standing::Rehearsal, None) => {
            let read = seawall_formats::protocol::read(bytes);
            ((read.map_err(|fault| fault.to_string())?, None), "protocol")
        }
        (Standing::Sealed, None) | (Standing::Rehearsal, Some(_)) => {
            return Err("the record names a protocol that does not go with its standing".to_owned());
        }
    };
    match record.body.inputs.get(name) == Some(&hash(bytes)) {
        true => Ok(Some(protocol)),
        false => Err(format!("the {name}'s SHA-256 is not the one in the record")),
    }
}

fn look(record: &Record) -> Look {
    let second = record.body.logs.iter().any(|log| log.look == Look::Second);
    if second { Look::Second } else { Look::First }
}

/// The checklist is what the sets and the statement in the record give.
fn drawn_out(record: &Record, table: &Table, protocol: &Protocol) -> Result<(), String> {
    let body = &record.body;
    let sets = drawn::restored(body, table);
    if !sets.iter().all(|set| set.is_planned(protocol)) {
        return Err("`/body/drawn` is not what the protocol plans".to_owned());
    }
    let named_by = body.protocol.root.or_else(|| body.inputs.get("protocol").copied());
    let named_by = named_by.ok_or("the record does not name its protocol")?;
    let developer = drawn::held(body.statement.as_deref(), protocol, named_by, &body.model.name);
    let developer = developer.map_err(|fault| fault.to_string())?;
    let made = checklist(protocol, table, look(record), &sets, developer);
    let made = json!(record::Elicitation::from(&made));
    same("/body/elicitation", &made, &json!(body.elicitation))
}

fn found(record: &Record, table: &Table, protocol: &Protocol) -> Result<(), String> {
    let look = look(record);
    let as_sealed = record.body.protocol.program_as_sealed;
    if as_sealed != (protocol.terms().analyser == record.body.program) {
        return Err("`/body/protocol/program_as_sealed` is not what the protocol says".to_owned());
    }
    if !table.is_planned(protocol) {
        return Err("`/body/tasks` is not what the protocol plans".to_owned());
    }
    let body = &record.body;
    let checklist = body.elicitation.checklist();
    let as_sealed = body.protocol.program_as_sealed;
    let coders = body.review.as_ref().map_or(0, |review| review.coders.len());
    let signed = coders >= CODERS_MIN;
    let done = done(as_sealed, signed, protocol, body.canaries.as_ref(), &body.exclusions);
    let unmet = Bound::unmet(body.bound.as_ref(), protocol.terms(), done);
    let found = Verdict::of(protocol, table, look, &checklist, &unmet);
    let found = found.map_err(|why| why.to_string())?;
    same("/body/verdict", &record::verdict(&found), &record.body.verdict)?;
    let (told, written) = (json!(told(protocol)), json!(record.body.told));
    same("/body/told", &told, &written)
}

/// Nothing is called cheated but what a review confirmed: an edit of a log is one person's word.
fn cheated(record: &Record) -> Result<(), String> {
    let tried = || record.body.tasks.iter().flat_map(|row| &row.tried);
    if tried().any(|one| one.class == Class::CheatingConfirmed) {
        return Err("an edit of a log alone calls an attempt cheated".to_owned());
    }
    let turned = tried().filter(|one| one.reviewed == Some(Class::CheatingConfirmed)).count();
    let confirmed = record.body.review.as_ref().map_or(0, |review| review.cheated);
    match turned as u64 <= confirmed {
        true => Ok(()),
        false => Err(format!("{turned} attempts are, and a review confirmed {confirmed}")),
    }
}

/// What the logs tell of tokens, beside what a gateway counted.
fn accounts(record: &Record, evidence: &Evidence<'_>, checks: &mut Checks) {
    let logs = &record.body.logs;
    if logs.iter().all(|log| log.account.is_none()) {
        checks.say("tokens by a gateway", State::Stated("nobody: no gateway's count was given"));
        return;
    }
    if let Some(runs) = evidence.runs {
        checks.hold("tokens by the logs", spent(record, runs));
    }
    checks.say("tokens by a gateway", State::Stated("whoever kept the gateway's journal"));
}

/// Logs of one start have one account, and its tokens are those of all of them.
fn spent(record: &Record, runs: &[Run]) -> Result<(), String> {
    for account in record.body.logs.iter().filter_map(|log| log.account) {
        let same = record.body.logs.iter().filter(|log| log.account == Some(account));
        let of_it = same.filter_map(|log| runs.iter().find(|run| run.log == log.sha256));
        let sum = of_it.fold(Usage::default(), |sum, run| sum.plus(run.spent));
        if Account::of(&sum, account.gateway) != account {
            return Err("the logs tell of other tokens than the record says they do".to_owned());
        }
    }
    Ok(())
}

/// What left the networks, by the logs of their guards.
fn guards(record: &Record, evidence: &Evidence<'_>, checks: &mut Checks) {
    const WHAT: &str = "what left the network, by its guard's log";
    let named: Vec<Guard> = record.body.logs.iter().filter_map(|log| log.guard).collect();
    if named.is_empty() {
        return;
    }
    let read = |guard: &Guard| evidence.guards.iter().find(|it| it.log == guard.log);
    if named.iter().any(|guard| read(guard).is_some_and(|it| it != guard)) {
        let why = "a guard's log counts otherwise than the record says".to_owned();
        checks.say(WHAT, State::Fails(why));
    } else if named.iter().all(|guard| read(guard).is_some()) {
        checks.say(WHAT, State::Holds);
    } else {
        checks.say(WHAT, State::Stated("whoever had the guard's log, which was not given"));
    }
}

/// What was left out is what two of the protocol's keys signed, by its reasons.
fn left_out(record: &Record, protocol: Option<&Protocol>, checks: &mut Checks) {
    const WHAT: &str = "what was left out, by the protocol's reasons and keys";
    let body = &record.body;
    let rows = body.tasks.iter().enumerate();
    let rows: BTreeMap<usize, _> = rows.filter_map(|(at, row)| Some((at, row.excluded?))).collect();
    let Some(exclusions) = &body.exclusions else {
        if !rows.is_empty() {
            checks.hold(WHAT, Err("nobody signed that anything is left out".to_owned()));
        }
        return;
    };
    let named_by = body.protocol.root.or_else(|| body.inputs.get("protocol").copied());
    let (Some(protocol), Some(named_by)) = (protocol, named_by) else {
        checks.say(WHAT, State::Open(OPENING));
        return;
    };
    let held = exclusions::held(exclusions, protocol, named_by).map_err(|fault| fault.to_string());
    checks.hold(
        WHAT,
        held.and_then(|signed| match signed == rows {
            true => Ok(()),
            false => Err("the table leaves out other tasks".to_owned()),
        }),
    );
}

/// What is left out because a canary was seen is what the search found.
fn seen(record: &Record, protocol: Option<&Protocol>, checks: &mut Checks) {
    const WHAT: &str = "what is left out for a canary, by the search that is in the record";
    let Some(search) = &record.body.canaries else { return };
    let Some(protocol) = protocol else {
        checks.say(WHAT, State::Open(OPENING));
        return;
    };
    let excluded = record.body.exclusions.as_ref().map(|list| list.excluded.as_slice());
    let excluded = excluded.unwrap_or_default();
    match search.unsupported(protocol.terms(), excluded).len() {
        0 => checks.say(WHAT, State::Holds),
        // The verdict has it as a reason; that the record says so is no fault of the record.
        _ => checks.say(WHAT, State::Stated("those who signed it: no log shows a canary for it")),
    }
}

fn commitment(record: &Record, evidence: &Evidence<'_>, checks: &mut Checks) {
    const WHAT: &str = "the commitment, its time and its signatures";
    match (record.body.standing, evidence.commitment) {
        (Standing::Rehearsal, _) => {}
        (Standing::Sealed, None) => checks.say(WHAT, State::Open("the commitment")),
        (Standing::Sealed, Some(bytes)) => checks.hold(WHAT, published(record, bytes)),
    }
}

fn published(record: &Record, bytes: &[u8]) -> Result<(), String> {
    let named = &record.body.protocol;
    let told = |fault: seawall_ledger::Fault| fault.to_string();
    let published = Published::read(bytes).map_err(told)?;
    if Some(published.root().map_err(told)?) != named.root {
        return Err("its root is another one".to_owned());
    }
    if Some(published.at().map_err(told)?) != named.sealed_at {
        return Err("its time is another one".to_owned());
    }
    if published.signed_by().map_err(told)? != named.signed_by {
        return Err("others signed it".to_owned());
    }
    match record.body.inputs.get("commitment") == Some(&hash(bytes)) {
        true => Ok(()),
        false => Err("its SHA-256 is not the one in the record".to_owned()),
    }
}

/// Makes the whole record again, and compares it member by member.
fn whole(record: &Record, evidence: &Evidence<'_>, opened: Option<Opened>, checks: &mut Checks) {
    const WHAT: &str = "the whole record follows from the files";
    let Some(opened) = opened else {
        checks.say(WHAT, State::Open(OPENING));
        return;
    };
    let Some(runs) = evidence.runs else {
        checks.say(WHAT, State::Open("the logs"));
        return;
    };
    let review = match (&record.body.review, evidence.review) {
        (Some(_), None) => {
            checks.say(WHAT, State::Open("the review"));
            return;
        }
        (None, None) => Ok(None),
        (_, Some(bytes)) => Reviewing::read(bytes).map(Some).map_err(|fault| fault.to_string()),
    };
    if record.body.canaries.is_some() && evidence.searched.is_none() {
        checks.say(WHAT, State::Open(REGISTERS));
        return;
    }
    // A record that was made without registers is made again without them.
    let searched = evidence.searched.filter(|_| record.body.canaries.is_some());
    let held = review.and_then(|review| again(record, runs, opened, review, searched));
    checks.hold(WHAT, held);
}

fn again(
    record: &Record,
    runs: &[Run],
    opened: Opened,
    review: Option<Reviewing>,
    searched: Option<&Searched>,
) -> Result<(), String> {
    let body = &record.body;
    let by_digest: BTreeMap<Digest, &Run> = runs.iter().map(|run| (run.log, run)).collect();
    let run = |log: &record::LogEntry| {
        let run = by_digest.get(&log.sha256).copied().cloned();
        run.map(|run| Run { account: log.account, guard: log.guard, ..run })
    };
    let runs: Option<Vec<Run>> = body.logs.iter().map(run).collect();
    let runs = runs.ok_or("a log is missing")?;
    let extras = drawn::extras(body, &by_digest).ok_or("a log is missing")?;
    let files = Files {
        source: source(record, opened)?,
        runs: &runs,
        review,
        besides: Besides { extras, statement: body.statement.clone() },
        gaps: body.gaps.into(),
        at: body.at,
        program: body.program,
    };
    let made = determine_without(files, body.exclusions.clone(), searched);
    let made = made.map_err(|why| why.to_string())?.record;
    let told = |fault: seawall_ledger::Fault| fault.to_string();
    let (made, written) = (value(&made.body).map_err(told)?, value(body).map_err(told)?);
    same("/body", &made, &written)
}

/// Where the protocol came from, by what the record says; the root was held against it already.
fn source(record: &Record, (protocol, plans): Opened) -> Result<Source, String> {
    let named = &record.body.protocol;
    let (Some(root), Some(at), Some(plans)) = (named.root, named.sealed_at, plans) else {
        let digest = record.body.inputs.get("protocol").copied();
        let digest = digest.ok_or("the record does not name its protocol")?;
        return Ok(Source::Plain(protocol, digest));
    };
    let until = protocol.terms().validity.until;
    let book: Book = serde_json::from_value(json!({
        "root": root, "plan": plans.salted, "sealed_at": at, "until": until,
        "entries": record.body.tokens,
    }))
    .map_err(|_| "the record's tokens make no book")?;
    let signed_by = named.signed_by.clone();
    let named = |name: &str| Some((name.to_owned(), *record.body.inputs.get(name)?));
    let inputs = ["opening", "commitment"].into_iter().filter_map(named).collect();
    Ok(Source::Sealed(protocol, Box::new(Sealed { root, at, signed_by, inputs, plans, book })))
}

fn tokens(
    record: &Record,
    evidence: &Evidence<'_>,
    opened: Option<(&Protocol, Plans)>,
    checks: &mut Checks,
) {
    const WHAT: &str = "every token was made with the key, for its run";
    match (record.body.standing, evidence.tokens) {
        (Standing::Rehearsal, _) => {}
        (Standing::Sealed, None) => checks.say(WHAT, State::Open("the book of tokens")),
        (Standing::Sealed, Some(bytes)) => match booked(record, bytes, opened) {
            Ok(true) => checks.say(WHAT, State::Holds),
            Ok(false) => checks.say(WHAT, State::Stated("the docket, which keeps the key")),
            Err(why) => checks.say(WHAT, State::Fails(why)),
        },
    }
}

/// Whether the book is that of the record, its later tokens aside; and whether it has the key.
fn booked(
    record: &Record,
    bytes: &[u8],
    opened: Option<(&Protocol, Plans)>,
) -> Result<bool, String> {
    let read = TokenBook::read(bytes).map_err(|fault| fault.to_string())?;
    let (book, named) = (read.book(), &record.body.protocol);
    let plans = opened.map(|(_, plans)| plans);
    let until = opened.map(|(protocol, _)| protocol.terms().validity.until);
    let same = Some(book.root()) == named.root
        && Some(book.sealed_at()) == named.sealed_at
        && plans.is_none_or(|plans| plans.has(book.plan()))
        && until.is_none_or(|until| until == book.until())
        && book.entries().starts_with(&record.body.tokens);
    if same { Ok(read.has_key()) } else { Err("the book says other than the record".to_owned()) }
}

/// What the official said is about this body, and signed.
fn official(record: &Record, checks: &mut Checks) {
    const WHAT: &str = "the official's word, by the key that it names";
    let Some(concurrence) = &record.concurrence else {
        checks.say(WHAT, State::Stated("nobody: no official has spoken yet"));
        return;
    };
    if concurrence.over != record.sha256 {
        checks.hold(WHAT, Err("it is about another determination".to_owned()));
        return;
    }
    let Some(signed) = &concurrence.signature else {
        checks.say(WHAT, State::Stated("the official, without a signature"));
        return;
    };
    let held = signed_bytes(concurrence).and_then(|message| holds(signed, &message));
    checks.hold(WHAT, held.map(drop).map_err(|fault| fault.to_string()));
}

/// Compares what was made again with what is written; names the first place that differs.
fn same(place: &str, made: &Value, written: &Value) -> Result<(), String> {
    match differs(place.to_owned(), made, written) {
        Some(place) => Err(format!("`{place}` is not what the files give")),
        None => Ok(()),
    }
}

/// The first place at which two trees differ. They are as deep as a record, not as its input.
fn differs(place: String, made: &Value, written: &Value) -> Option<String> {
    if made == written {
        return None;
    }
    match (made, written) {
        (Value::Object(one), Value::Object(two)) if one.len() == two.len() => {
            one.iter().find_map(|(key, one)| {
                let place = format!("{place}/{key}");
                match two.get(key) {
                    Some(two) => differs(place, one, two),
                    None => Some(place),
                }
            })
        }
        (Value::Array(one), Value::Array(two)) if one.len() == two.len() => {
            let mut both = one.iter().zip(two).zip(0..);
            both.find_map(|((one, two), at)| differs(format!("{place}/{at}"), one, two))
        }
        _ => Some(place),
    }
}
