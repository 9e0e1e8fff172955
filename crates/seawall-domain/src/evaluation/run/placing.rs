//! Logs in their places: which battery each is of, which look it belongs to, and its token.

use super::{Gaps, Objection, RUNS_MAX, Run, Why};
use crate::digest::Digest;
use crate::evaluation::attempt::TaskId;
use crate::evaluation::decision::Look;
use crate::evaluation::protocol::{Protocol, Score, Terms};
use crate::evaluation::token::{Book, Claim, Entry, Fate};
use crate::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Where a log belongs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Placing {
    /// The battery, by its place in the protocol.
    pub battery: usize,
    /// Whether it is of the first look, or of the extension.
    pub look: Look,
}

/// Every log with its place.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Placed {
    /// The place of each log, in the order in which they were given.
    pub places: Vec<Placing>,
    /// The last look there is evidence for.
    pub look: Look,
    /// The book with every token accounted for; none where the runs needed none.
    pub book: Option<Book>,
}

/// Why no determination can be made of these logs.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Unplaced {
    /// Some of the logs are not taken.
    #[error("cannot take all of these logs")]
    Logs(Vec<Objection>),
    /// None, or too many.
    #[error("cannot determine from {0} logs: at least one, and at most {RUNS_MAX}")]
    Number(usize),
    /// A battery has no log in a look.
    #[error("cannot determine from these logs: a battery of the protocol has none for the look")]
    Lacking,
    /// What became of a token is not known.
    #[error("cannot determine: what became of a token that was given out is not explained")]
    Unexplained,
    /// A run that counts is not among the logs.
    #[error("cannot determine: a run that was completed under this protocol is left out")]
    LeftOut,
    /// The book is that of another protocol.
    #[error("cannot determine: the tokens were given out under another protocol")]
    OtherBook,
}

/// Puts every log in its place, or says what is wrong with each. Without a book no token is asked
/// for: that is a rehearsal.
pub fn place(
    protocol: &Protocol,
    runs: &[Run],
    book: Option<&Book>,
    gaps: Gaps,
    now: Timestamp,
) -> Result<Placed, Unplaced> {
    place_with(protocol, runs, &[], book, gaps, now)
}

/// The same where others were run besides, which have tokens of the same book and are put in their
/// places elsewhere. An objection counts the logs of the batteries first.
pub fn place_with(
    protocol: &Protocol,
    runs: &[Run],
    besides: &[&Run],
    book: Option<&Book>,
    gaps: Gaps,
    now: Timestamp,
) -> Result<Placed, Unplaced> {
    let all: Vec<&Run> = runs.iter().chain(besides.iter().copied()).collect();
    if all.len() > RUNS_MAX {
        return Err(Unplaced::Number(all.len()));
    }
    if runs.is_empty() || runs.len() > RUNS_MAX {
        return Err(Unplaced::Number(runs.len()));
    }
    let terms = protocol.terms();
    let mut objections = Vec::new();
    let mut object = |run: usize, why: Why| objections.push(Objection { run, why });
    let mut logs: BTreeSet<Digest> = BTreeSet::new();
    for (at, run) in runs.iter().enumerate() {
        own(terms, run, gaps).into_iter().for_each(|why| object(at, why));
    }
    for (at, run) in all.iter().enumerate() {
        if !logs.insert(run.log) {
            object(at, Why::Twice);
        }
        if runs.first().is_some_and(|first| first.model != run.model) {
            object(at, Why::OtherModel);
        }
        if let Some(book) = book {
            timely(protocol, book, run, now).into_iter().for_each(|why| object(at, why));
        }
    }
    let mut places = vec![None; runs.len()];
    for battery in 0..terms.batteries.len() {
        for (at, placing) in in_battery(terms, battery, runs) {
            match placing {
                Ok(placing) => {
                    if let Some(place) = places.get_mut(at) {
                        *place = Some(placing);
                    }
                }
                Err(why) => object(at, why),
            }
        }
    }
    for (at, run) in runs.iter().enumerate() {
        if battery_of(terms, run).is_none() {
            object(at, Why::OtherTasks);
        }
    }
    uneven(terms, runs).into_iter().for_each(|at| object(at, Why::NoSteps));
    if !objections.is_empty() {
        objections.sort();
        objections.dedup();
        return Err(Unplaced::Logs(objections));
    }
    let places: Vec<Placing> = places.into_iter().flatten().collect();
    let nameless = without_family(terms, runs, &places);
    if !nameless.is_empty() {
        return Err(Unplaced::Logs(nameless));
    }
    let look = whole(terms, &places)?;
    let book = book.map(|book| returned(book, &all, now)).transpose()?;
    Ok(Placed { places, look, book })
}

/// What is wrong with the log of a battery, looked at alone.
fn own(terms: &Terms, run: &Run, gaps: Gaps) -> Vec<Why> {
    let sealed = battery_of(terms, run).and_then(|battery| terms.batteries.get(battery));
    let noted = run.battery_noted().zip(sealed);
    let other = noted.is_some_and(|(noted, sealed)| noted != sealed.digest);
    let whys = run.flaws(gaps).into_iter().chain(run.strays(terms));
    whys.chain(other.then_some(Why::OtherBattery)).collect()
}

/// The battery whose tasks a log has; where several have the same, the one with the log's name.
pub(in crate::evaluation) fn battery_of(terms: &Terms, run: &Run) -> Option<usize> {
    let tried = run.tasks();
    let has_these = |name: &str| {
        let tasks: BTreeSet<&TaskId> =
            terms.tasks.iter().filter(|task| task.battery == name).map(|task| &task.id).collect();
        tasks == tried
    };
    let alike: Vec<usize> = terms
        .batteries
        .iter()
        .enumerate()
        .filter(|(_, battery)| has_these(&battery.name))
        .map(|(at, _)| at)
        .collect();
    let named = |at: &&usize| {
        let name = run.task.rsplit('/').next();
        terms.batteries.get(**at).map(|battery| battery.name.as_str()) == name
    };
    match alike.as_slice() {
        [one] => Some(*one),
        several => several.iter().find(named).copied(),
    }
}

/// The logs of one battery, the earliest first: the first look, then the extension, then nothing.
fn in_battery(terms: &Terms, battery: usize, runs: &[Run]) -> Vec<(usize, Result<Placing, Why>)> {
    let mut of_it: Vec<(usize, &Run)> = runs
        .iter()
        .enumerate()
        .filter(|(_, run)| battery_of(terms, run) == Some(battery))
        .collect();
    of_it.sort_by_key(|(at, run)| (run.created, *at));
    let more = terms.extension.as_ref().map(|extension| extension.attempts_more.0);
    let looks = [(Look::First, Some(terms.attempts.0)), (Look::Second, more)];
    let mut looks = looks.into_iter().chain(std::iter::repeat((Look::Second, None)));
    of_it
        .into_iter()
        .map(|(at, run)| match looks.next() {
            Some((look, Some(attempts))) if attempts == u64::from(run.epochs) => {
                (at, Ok(Placing { battery, look }))
            }
            _ => (at, Err(Why::OtherAttempts)),
        })
        .collect()
}

/// The logs of batteries with a task of which nobody says which family it is of. The rule asks for
/// several families, and if each such task were one by itself, there would always be enough.
fn without_family(terms: &Terms, runs: &[Run], places: &[Placing]) -> Vec<Objection> {
    let of_battery = |battery: usize| {
        let logs = places.iter().enumerate();
        logs.filter(move |(_, place)| place.battery == battery).map(|(at, _)| at)
    };
    let says = |at: usize, task: &TaskId| {
        let profile = runs.get(at).and_then(|run| run.profiles.get(task));
        profile.is_some_and(|profile| profile.family.is_some())
    };
    let mut objections = Vec::new();
    for (battery, name) in terms.batteries.iter().map(|battery| &battery.name).enumerate() {
        let unsealed = terms.tasks.iter().filter(|task| task.family.is_none());
        let mut unsealed = unsealed.filter(|task| task.battery == *name);
        if unsealed.any(|task| !of_battery(battery).any(|at| says(at, &task.id))) {
            let logs = of_battery(battery);
            objections.extend(logs.map(|run| Objection { run, why: Why::NoFamily }));
        }
    }
    objections
}

/// The logs in which a task has another number of steps than in one before, where steps count.
fn uneven(terms: &Terms, runs: &[Run]) -> Vec<usize> {
    if terms.statistic.score == Score::WeightedMean {
        return Vec::new();
    }
    let mut lengths: BTreeMap<(Option<usize>, &TaskId), u32> = BTreeMap::new();
    let mut uneven = Vec::new();
    for (at, run) in runs.iter().enumerate() {
        let battery = battery_of(terms, run);
        let told = run.attempts.iter().filter_map(|one| Some((&one.task, one.steps?.of())));
        for (task, steps) in told {
            if *lengths.entry((battery, task)).or_insert(steps) != steps {
                uneven.push(at);
                break;
            }
        }
    }
    uneven
}

/// Whether every battery has its log in each look; gives the last look.
fn whole(terms: &Terms, places: &[Placing]) -> Result<Look, Unplaced> {
    let has = |battery: usize, look: Look| {
        places.iter().any(|place| place.battery == battery && place.look == look)
    };
    let mut batteries = 0..terms.batteries.len();
    if !batteries.clone().all(|battery| has(battery, Look::First)) {
        return Err(Unplaced::Lacking);
    }
    if !places.iter().any(|place| place.look == Look::Second) {
        return Ok(Look::First);
    }
    match batteries.all(|battery| has(battery, Look::Second)) {
        true => Ok(Look::Second),
        false => Err(Unplaced::Lacking),
    }
}

fn timely(protocol: &Protocol, book: &Book, run: &Run, now: Timestamp) -> Vec<Why> {
    let mut whys = Vec::new();
    let entry = match run.token {
        None => Err(Why::NoToken),
        Some(token) => entry_of(book, token).ok_or(Why::ForeignToken),
    };
    let issued_at = match entry {
        Ok(entry) => {
            let taken = match entry.fate {
                Fate::Issued => false,
                Fate::Completed { log } => log != run.log,
                Fate::Used { .. } | Fate::Failed { .. } | Fate::Abandoned { .. } => true,
            };
            whys.extend(taken.then_some(Why::ReusedToken));
            Some(entry.issued_at)
        }
        Err(why) => {
            whys.push(why);
            None
        }
    };
    let Some(created) = run.created else {
        whys.push(Why::EarlyRun);
        return whys;
    };
    if created < book.sealed_at() || issued_at.is_some_and(|issued_at| created < issued_at) {
        whys.push(Why::EarlyRun);
    }
    if created > now {
        whys.push(Why::FutureRun);
    }
    if !protocol.is_valid(created) {
        whys.push(Why::NotInForce);
    }
    whys
}

fn entry_of(book: &Book, token: Digest) -> Option<&Entry> {
    book.entries().iter().find(|entry| entry.token == token)
}

/// The book with every log taken and every run completed, in which nothing is left open or out.
fn returned(book: &Book, runs: &[&Run], now: Timestamp) -> Result<Book, Unplaced> {
    let mut book = book.clone();
    let mut reused = Vec::new();
    for (at, run) in runs.iter().enumerate() {
        let (Some(token), Some(created)) = (run.token, run.created) else { continue };
        let entry = entry_of(&book, token).copied();
        let Some(entry) = entry.filter(|entry| entry.fate.log() != Some(run.log)) else { continue };
        let claim = Claim { token, created, log: run.log };
        let taken = book.take(&claim, now).and_then(|(book, _)| book.complete(entry.run, now));
        match taken {
            Ok((after, _)) => book = after,
            // Two logs with one token: the second comes too late.
            Err(_) => reused.push(Objection { run: at, why: Why::ReusedToken }),
        }
    }
    if !reused.is_empty() {
        return Err(Unplaced::Logs(reused));
    }
    let given: BTreeSet<Digest> = runs.iter().map(|run| run.log).collect();
    let left_out = |entry: &Entry| match entry.fate {
        Fate::Completed { log } => !given.contains(&log),
        Fate::Issued | Fate::Used { .. } | Fate::Failed { .. } | Fate::Abandoned { .. } => false,
    };
    if book.account().is_none() {
        return Err(Unplaced::Unexplained);
    }
    match book.entries().iter().any(left_out) {
        true => Err(Unplaced::LeftOut),
        false => Ok(book),
    }
}
