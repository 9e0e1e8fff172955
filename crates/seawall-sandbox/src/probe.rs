//! Probing an attack: other inputs that show the same flaw, and the smallest that still does.
//!
//! The bench is opened once, and one file of the recipe is replaced for each try. A recipe whose
//! build takes in that file is built anew for each.

use crate::bench::{Bench, Room};
use crate::run::RunReport;
use crate::shrink::shrink;
use crate::vary;
use crate::{LabFault, Laboratory};
use seawall_domain::package::Version;
use seawall_domain::recipe::{Oracle, Recipe};
use seawall_domain::verdict::Outcome;
use serde::{Deserialize, Serialize};

/// Making an input smaller never runs more tests than this.
pub const MINIMISE_TESTS_MAX: u32 = 5000;
/// Nobody is shown more variants than this.
pub const VARIANTS_SHOWN_MAX: u32 = 64;
/// So many inputs are tried for variants: every one that the mutators make, and a few of the
/// recipe's own.
const TRIES_MAX: usize = 80;
/// So many are tried where each has to be built.
const TRIES_BUILT_MAX: usize = 24;
/// The runs of one question take no longer together: half of what the other side of the process
/// wall waits.
const TRIES_MS_MAX: u64 = 900_000;
/// All variants that are shown hold no more bytes together: they cross the process wall as text.
const SHOWN_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The smallest input must show the effect so often again.
const CONFIRMATIONS: u32 = 2;

/// What came of making a recipe's input smaller.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Minimised {
    /// The recipe does not say which of its files is the attack's input, or has no such file.
    NoInput,
    /// The effect does not show steadily enough to be followed: why, in plain words.
    NotShown {
        /// Why.
        why: String,
        /// The run that did not show it.
        report: Box<RunReport>,
    },
    /// This is the smallest that was found.
    Smaller {
        /// The recipe with the smaller file in the place of the first.
        recipe: Box<Recipe>,
        /// The size of the input at first.
        before_bytes: u64,
        /// The size of the smaller input; the same when nothing could be left out.
        after_bytes: u64,
        /// How many inputs were run.
        tests: u32,
        /// Whether it is known that no single byte more can be left out.
        complete: bool,
    },
}

/// Another input that shows the flaw.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// The mutator that made it with its turn (`number 2`), or the name of the recipe's own file.
    pub name: String,
    /// What stands in the place of the recipe's input.
    pub bytes: Vec<u8>,
    /// The effect that it has, which may be another than that of the first input.
    pub effect: String,
}

/// Replaces `recipe.input` by the smallest that has the same effect and the same crash.
pub(crate) fn minimise(
    lab: &Laboratory,
    recipe: &Recipe,
    version: &Version,
    budget: u32,
) -> Result<Minimised, LabFault> {
    let Some((name, input)) = input(recipe) else { return Ok(Minimised::NoInput) };
    let mut probe = match Probe::open(lab, recipe, version, name, Room::Release)? {
        Ok(probe) => probe,
        Err(report) => return Ok(not_shown("it cannot be run", report)),
    };
    let first = probe.run(input)?;
    if first.outcome != Outcome::Affected {
        return Ok(not_shown("the input as it stands does not show the effect", first));
    }
    let same = |report: &RunReport| {
        report.outcome == Outcome::Affected
            && report.effect == first.effect
            && report.crash == first.crash
    };
    let shrunk = shrink(input, budget.min(MINIMISE_TESTS_MAX), |bytes| {
        Ok::<bool, LabFault>(probe.is_in_time() && same(&probe.run(bytes)?))
    })?;
    let complete = shrunk.complete && probe.is_in_time();
    for _ in 0..CONFIRMATIONS {
        let report = probe.run(&shrunk.bytes)?;
        if !same(&report) {
            return Ok(not_shown("the effect does not show in every run", report));
        }
    }
    Ok(Minimised::Smaller {
        before_bytes: input.len() as u64,
        after_bytes: shrunk.bytes.len() as u64,
        tests: shrunk.tests,
        complete,
        recipe: Box::new(with_input(recipe, name, &shrunk.bytes)),
    })
}

/// Other inputs that show an effect on this release as it is, up to so many: first the recipe's
/// own, then those that the mutators make. None when the recipe names no input or cannot be run.
pub(crate) fn shown(
    lab: &Laboratory,
    recipe: &Recipe,
    version: &Version,
    wanted: u32,
) -> Result<Vec<Shown>, LabFault> {
    let Some((name, input)) = input(recipe) else { return Ok(Vec::new()) };
    let Ok(mut probe) = Probe::open(lab, recipe, version, name, Room::Release)? else {
        return Ok(Vec::new());
    };
    let wanted = wanted.min(VARIANTS_SHOWN_MAX) as usize;
    let mut shown: Vec<Shown> = Vec::new();
    let mut bytes_left = SHOWN_BYTES_MAX;
    let mut tried: Vec<Vec<u8>> = vec![input.to_vec()];
    for (name, bytes) in candidates(recipe, input) {
        if shown.len() >= wanted || tried.len() > probe.tries_max() || !probe.is_in_time() {
            break;
        }
        if bytes.len() > bytes_left || tried.contains(&bytes) {
            continue;
        }
        let report = probe.run(&bytes)?;
        tried.push(bytes.clone());
        if report.outcome == Outcome::Affected {
            bytes_left -= bytes.len();
            shown.push(Shown { name, bytes, effect: report.effect });
        }
    }
    Ok(shown)
}

/// The recipe with other bytes in one of its files.
pub(crate) fn with_input(recipe: &Recipe, name: &str, bytes: &[u8]) -> Recipe {
    let mut recipe = recipe.clone();
    for file in recipe.files.iter_mut().filter(|file| file.name == name) {
        file.bytes = bytes.to_vec();
    }
    recipe
}

/// The file that holds the attack's input.
pub(crate) fn input(recipe: &Recipe) -> Option<(&str, &[u8])> {
    let file = recipe.file(recipe.input.as_deref()?)?;
    Some((&file.name, &file.bytes))
}

/// What is tried, in order, with its name.
fn candidates(recipe: &Recipe, input: &[u8]) -> Vec<(String, Vec<u8>)> {
    let own = recipe.variants.iter().filter_map(|name| recipe.file(name));
    let mut all: Vec<(String, Vec<u8>)> =
        own.map(|file| (file.name.clone(), file.bytes.clone())).collect();
    let made = vary::variants(input);
    for (at, variant) in made.iter().enumerate() {
        let earlier = made.iter().take(at).filter(|other| other.name == variant.name).count();
        all.push((format!("{} {}", variant.name, earlier + 1), variant.bytes.clone()));
    }
    all
}

fn not_shown(why: &str, report: RunReport) -> Minimised {
    Minimised::NotShown { why: why.to_owned(), report: Box::new(report) }
}

/// One recipe on the benches that its oracle needs, with inputs that change.
pub(crate) struct Probe<'a> {
    lab: &'a Laboratory,
    recipe: &'a Recipe,
    version: &'a Version,
    room: Room<'a>,
    name: &'a str,
    pair: Option<Pair<'a>>,
    spent_ms: u64,
}

/// A bench, and beside it the one of the fixed release where the oracle compares with that.
pub(crate) struct Pair<'a> {
    /// The bench that is judged.
    pub bench: Bench<'a>,
    fixed: Option<Bench<'a>>,
}

impl<'a> Pair<'a> {
    /// Opens what the oracle needs; the room is that of the bench that is judged.
    pub(crate) fn open(
        lab: &Laboratory,
        recipe: &'a Recipe,
        version: &'a Version,
        room: Room<'_>,
    ) -> Result<Result<Pair<'a>, RunReport>, LabFault> {
        let bench = match Bench::open(lab, recipe, version, room)? {
            Ok(bench) => bench,
            Err(report) => return Ok(Err(report)),
        };
        let fixed = match &recipe.oracle {
            Oracle::Differential { fixed } => {
                match Bench::open(lab, recipe, fixed, Room::Release)? {
                    Ok(bench) => Some(bench),
                    Err(report) => return Ok(Err(report)),
                }
            }
            Oracle::Canary(_)
            | Oracle::Growth(_)
            | Oracle::Sanitizer { .. }
            | Oracle::Signal { .. }
            | Oracle::Exit { .. }
            | Oracle::Output { .. }
            | Oracle::Http { .. } => None,
        };
        Ok(Ok(Pair { bench, fixed }))
    }

    /// One attack with its control, judged.
    pub(crate) fn once(&self) -> Result<RunReport, LabFault> {
        self.bench.once(self.fixed.as_ref())
    }

    fn run(&self, name: &str, bytes: &[u8]) -> Result<RunReport, LabFault> {
        for bench in std::iter::once(&self.bench).chain(&self.fixed) {
            bench.replace(name, bytes)?;
        }
        self.once()
    }
}

impl<'a> Probe<'a> {
    /// Opens benches on which one file of the recipe can be replaced.
    pub(crate) fn open(
        lab: &'a Laboratory,
        recipe: &'a Recipe,
        version: &'a Version,
        name: &'a str,
        room: Room<'a>,
    ) -> Result<Result<Probe<'a>, RunReport>, LabFault> {
        let pair = match Pair::open(lab, recipe, version, room)? {
            Ok(pair) => pair,
            Err(report) => return Ok(Err(report)),
        };
        let mut probe = Probe { lab, recipe, version, room, name, pair: Some(pair), spent_ms: 0 };
        // A build may take the input in by ways that cannot be seen from outside. An effect that
        // shows with nothing in the file tells of that; at worst everything is built too often.
        if is_built_in(recipe, name)
            || (!recipe.build.is_empty() && probe.run(&[])?.outcome == Outcome::Affected)
        {
            probe.pair = None;
        }
        Ok(Ok(probe))
    }

    /// Attack and control with this input.
    pub(crate) fn run(&mut self, bytes: &[u8]) -> Result<RunReport, LabFault> {
        let report = match &self.pair {
            Some(pair) => pair.run(self.name, bytes)?,
            None => {
                let recipe = with_input(self.recipe, self.name, bytes);
                match Pair::open(self.lab, &recipe, self.version, self.room)? {
                    Ok(pair) => pair.once()?,
                    Err(report) => report,
                }
            }
        };
        self.spent_ms = self.spent_ms.saturating_add(report.wall_ms);
        Ok(report)
    }

    fn is_in_time(&self) -> bool {
        self.spent_ms < TRIES_MS_MAX
    }

    fn tries_max(&self) -> usize {
        if self.pair.is_some() { TRIES_MAX } else { TRIES_BUILT_MAX }
    }
}

/// Whether the build names the file, or one of the files that the build names does.
fn is_built_in(recipe: &Recipe, name: &str) -> bool {
    let words: Vec<&str> = recipe.build.iter().flatten().map(String::as_str).collect();
    let last = name.rsplit('/').next().unwrap_or(name);
    let named = |name: &str| words.iter().any(|word| word.contains(name));
    named(last)
        || recipe.files.iter().any(|file| {
            let own = file.name.rsplit('/').next().unwrap_or(&file.name);
            file.name != name && named(own) && file.text().is_some_and(|text| text.contains(last))
        })
}

#[cfg(test)]
mod tests;
