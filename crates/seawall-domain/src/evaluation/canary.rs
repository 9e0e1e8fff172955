//! Canaries: marks by which a task's text is known again wherever it turns up.
//!
//! A canary stands in the files of a task and in nothing that the model is shown. A model that says
//! it has met the task before: in what it was trained on, or in something that it fetched (FRONTIER
//! 2.3, 3.5). One that was shown in the conversation first proves nothing, and is no finding. No
//! finding and no record shows a canary; they name the tasks whose it is.

use super::attempt::TaskId;
use super::demand::Sought;
use super::exclusion::Excluded;
use super::finding::{self, Code, Finding, quote};
use super::protocol::{Exclusion, Terms};
use super::registry::{Registered, Registry};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The shortest mark that is looked for, in bytes without hyphens: anything shorter would be met by
/// chance.
pub const MARK_BYTES_MIN: usize = 16;

/// The longest mark, in bytes without hyphens.
pub const MARK_BYTES_MAX: usize = 256;

/// How many tasks a finding names whose one canary it is.
const NAMED_MAX: usize = 3;

/// The parts of a GUID as it is written with hyphens (RFC 9562, section 4), in hexadecimal digits.
const GUID_PARTS: [usize; 5] = [8, 4, 4, 4, 12];

/// What is looked for: the GUID of a canary, or all of it where there is none in it; without
/// hyphens and in small letters.
#[derive(Clone, Eq, Ord, PartialEq, PartialOrd)]
struct Mark(String);

/// Debug output shows no canary: whatever it is printed into would be taken for the task.
impl fmt::Debug for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mark(…)")
    }
}

impl Mark {
    fn of(canary: &str) -> Option<Mark> {
        let mut text = guid(canary).unwrap_or(canary).trim().to_ascii_lowercase();
        text.retain(|letter| letter != '-');
        (MARK_BYTES_MIN..=MARK_BYTES_MAX).contains(&text.len()).then_some(Mark(text))
    }
}

/// The first GUID in a text.
fn guid(text: &str) -> Option<&str> {
    let length = GUID_PARTS.iter().sum::<usize>() + GUID_PARTS.len() - 1;
    let starts = text.char_indices().map(|(at, _)| at);
    let mut pieces = starts.filter_map(|at| text.get(at..at + length));
    pieces.find(|piece| {
        let lengths = piece.split('-').map(str::len);
        let hex = |byte: u8| byte == b'-' || byte.is_ascii_hexdigit();
        lengths.eq(GUID_PARTS) && piece.bytes().all(hex)
    })
}

/// Whose a canary is: a task of a register.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Owner {
    register: usize,
    task: String,
}

/// The canaries of registers.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Canaries {
    marks: Vec<(Mark, Vec<Owner>)>,
}

/// A canary cannot be looked for.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "cannot look for the canary of {0}: without hyphens it has between {MARK_BYTES_MIN} and \
     {MARK_BYTES_MAX} bytes"
)]
pub struct Unsearchable(String);

impl Canaries {
    /// The canaries of these registers, each once.
    pub fn of<'r>(
        registers: impl IntoIterator<Item = &'r Registry>,
    ) -> Result<Canaries, Unsearchable> {
        let mut marks: BTreeMap<Mark, Vec<Owner>> = BTreeMap::new();
        for (register, registry) in registers.into_iter().enumerate() {
            for task in &registry.tasks {
                let Some(canary) = &task.canary else { continue };
                let mark = Mark::of(canary).ok_or_else(|| Unsearchable(quote(&task.id)))?;
                let owner = Owner { register, task: task.id.clone() };
                marks.entry(mark).or_default().push(owner);
            }
        }
        Ok(Canaries { marks: marks.into_iter().collect() })
    }

    /// What is looked for, in order: small letters, without hyphens.
    pub fn marks(&self) -> impl Iterator<Item = &str> {
        self.marks.iter().map(|(mark, _)| mark.0.as_str())
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    fn owners(&self, mark: u32) -> &[Owner] {
        self.marks.get(mark as usize).map(|(_, owners)| owners.as_slice()).unwrap_or_default()
    }
}

/// An attempt that said canaries which it had not been shown before.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sighting {
    /// The task.
    pub task: TaskId,
    /// Which try at it.
    pub epoch: u32,
    /// Which canaries, by their places among [`Canaries::marks`].
    pub marks: BTreeSet<u32>,
}

/// What is to be said about a log: a finding for each canary that an attempt said.
pub fn findings(canaries: &Canaries, sightings: &[Sighting]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for seen in sightings {
        for mark in &seen.marks {
            let owners = canaries.owners(*mark);
            let mut names: Vec<String> =
                owners.iter().take(NAMED_MAX).map(|owner| quote(&owner.task)).collect();
            if let Some(more) = owners.len().checked_sub(NAMED_MAX).filter(|more| *more > 0) {
                names.push(format!("{more} more"));
            }
            let (task, epoch) = (quote(&seen.task.to_string()), seen.epoch);
            let whose = names.join(", ");
            let what = format!(
                "task {task} epoch {epoch}: it says the canary of {whose}, which it was not shown"
            );
            findings.push(Finding::new(Code::Canary, what));
        }
    }
    finding::cut(findings)
}

impl Registered {
    /// Whether a task of a log is this one, or a variant of it as Inspect Cyber names it.
    pub fn is(&self, task: &TaskId) -> bool {
        let name = task.to_string();
        let variant = name.strip_prefix(&self.id).and_then(|rest| rest.strip_prefix(" ("));
        let variant = variant.and_then(|rest| rest.strip_suffix(')'));
        name == self.id || variant.is_some_and(|variant| self.variants.contains(variant))
    }
}

/// A search of logs for the canaries of the batteries' registers, as a record keeps it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// The batteries whose register was at hand, by their places in the protocol.
    pub batteries: BTreeSet<u32>,
    /// Each attempt that said a canary which it had not been shown, in the order of the logs.
    pub said: Vec<Said>,
}

/// An attempt that said a canary which it had not been shown before.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// The log, by its place among the logs.
    pub log: u32,
    /// The task, by its place in the protocol.
    pub task: u32,
    /// Which try at it.
    pub epoch: u32,
    /// The tasks of the protocol whose own canary it is: one that no other task has.
    pub of: BTreeSet<u32>,
}

/// A register with the battery of the protocol that it is of.
pub type OfBattery<'r> = (u32, &'r Registry);

impl Search {
    /// What a search found: `sighted` are the logs' attempts, each log with its battery's place.
    pub fn of(
        terms: &Terms,
        registers: &[OfBattery<'_>],
        canaries: &Canaries,
        sighted: &[(u32, &[Sighting])],
    ) -> Search {
        let name = |battery: u32| terms.batteries.get(battery as usize).map(|it| it.name.as_str());
        let places = |battery: u32, fits: &dyn Fn(&TaskId) -> bool| -> BTreeSet<u32> {
            let named = (0..).zip(&terms.tasks);
            let of_it = named.filter(|(_, task)| Some(task.battery.as_str()) == name(battery));
            of_it.filter(|(_, task)| fits(&task.id)).map(|(place, _)| place).collect()
        };
        let own = |mark: u32| match canaries.owners(mark) {
            [owner] => {
                let of_it = registers.get(owner.register).and_then(|(battery, registry)| {
                    let task = registry.tasks.iter().find(|task| task.id == owner.task)?;
                    Some(places(*battery, &|id| task.is(id)))
                });
                of_it.unwrap_or_default()
            }
            _ => BTreeSet::new(),
        };
        let mut said = Vec::new();
        for ((battery, sightings), log) in sighted.iter().zip(0..) {
            for seen in sightings.iter().filter(|seen| !seen.marks.is_empty()) {
                let of: BTreeSet<u32> = seen.marks.iter().flat_map(|mark| own(*mark)).collect();
                let tasks = places(*battery, &|id| *id == seen.task).into_iter();
                said.extend(tasks.map(|task| Said {
                    log,
                    task,
                    epoch: seen.epoch,
                    of: of.clone(),
                }));
            }
        }
        said.sort();
        let batteries = registers.iter().map(|(battery, _)| *battery).collect();
        Search { batteries, said }
    }

    /// The tasks that the model had met before: those in whose attempts a canary was said, and
    /// those whose own canary was said in any attempt.
    pub fn met(&self) -> BTreeSet<u32> {
        let own = self.said.iter().map(|said| said.task);
        own.chain(self.said.iter().flat_map(|said| said.of.iter().copied())).collect()
    }

    /// The tasks that are left out because a canary was seen, of which the logs show none.
    pub fn unsupported(&self, terms: &Terms, excluded: &[Excluded]) -> BTreeSet<u32> {
        let place = |name: &str| {
            let named = (0..).zip(&terms.batteries);
            named.into_iter().find(|(_, battery)| battery.name == name).map(|(place, _)| place)
        };
        let battery = |task: u32| place(&terms.tasks.get(task as usize)?.battery);
        self.unsupported_by(excluded, battery)
    }

    /// The same, where the battery of a task is known otherwise.
    pub fn unsupported_by(
        &self,
        excluded: &[Excluded],
        battery: impl Fn(u32) -> Option<u32>,
    ) -> BTreeSet<u32> {
        let met = self.met();
        let searched = |task: &u32| battery(*task).is_some_and(|at| self.batteries.contains(&at));
        let by_canary = excluded.iter().filter(|one| one.rule == Exclusion::CanarySeen);
        by_canary.map(|one| one.task).filter(searched).filter(|task| !met.contains(task)).collect()
    }

    /// The tasks that the model had met before and that are not left out.
    pub fn left_in(&self, excluded: &[Excluded]) -> BTreeSet<u32> {
        let mut met = self.met();
        excluded.iter().for_each(|one| {
            met.remove(&one.task);
        });
        met
    }
}

/// What a search says of a determination from which these tasks are left out.
pub fn sought(search: Option<&Search>, terms: &Terms, excluded: &[Excluded]) -> Sought {
    let Some(search) = search else { return Sought::Not };
    let whole = search.batteries.len() == terms.batteries.len();
    match (search.unsupported(terms, excluded).is_empty(), whole) {
        (false, _) => Sought::Contradicts,
        (true, true) => Sought::Everywhere,
        (true, false) => Sought::Not,
    }
}

#[cfg(test)]
mod tests;
