//! What an operator must fix today: at most ten items in plain words (capability C64).
//!
//! Open exposures of one package with one way out become one item; the items stand in the order of
//! [`crate::priority`]. It does not decide what is due: deadlines and their authority come in. Each
//! item says what, why, how, how long, by when, on whose authority, and what if it cannot be done.
//! Names of packages and versions come from outside and are cut to a bounded length; whoever shows
//! the text escapes it.

mod harm;
mod kind;
mod notes;
mod playbook;
mod sheet;
mod words;

pub use self::harm::Harm;
pub use self::kind::{Action, Estimate, Kind, Restart, Updater};
pub use self::notes::SOURCE_DAYS_MAX;
pub use self::playbook::{Line, Step, playbook};
pub use self::sheet::{SHEET_COLUMNS_MAX, SHEET_LINES_MAX, Sheet};
pub(crate) use self::words::cut;
pub use self::words::{Heading, Language, Words};
use crate::priority::{Authority, Deadline, Inputs, Rank, bod_26_04, rank};
use crate::ranges::Refuge;
use crate::version::Key;
use jiff::Timestamp;
use seawall_domain::claim::Cwe;
use seawall_domain::component::Product;
use seawall_domain::package::{Ecosystem, Package, Version};
use seawall_domain::range::Basis;
use seawall_domain::record::SourceKind;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// The most items on the list: what a person can take in, and what fits on one sheet.
pub const ITEMS_MAX: usize = 10;

/// What is affected, as the operator's inventory has it.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Subject {
    /// A package.
    Package(Package),
    /// A product of a vendor. Its version does not count here: what runs is in
    /// [`Open::installed`], and the item's subject has an empty one.
    Product(Product),
}

impl Subject {
    fn name(&self) -> &str {
        match self {
            Subject::Package(package) => &package.name,
            Subject::Product(product) => &product.name,
        }
    }

    /// The subject without a version, so that all versions of a product become one item.
    fn versionless(&self) -> Self {
        match self {
            Subject::Package(_) => self.clone(),
            Subject::Product(product) => {
                Subject::Product(Product { version: String::new(), ..product.clone() })
            }
        }
    }

    fn ecosystem(&self) -> &Ecosystem {
        match self {
            Subject::Package(package) => &package.ecosystem,
            Subject::Product(_) => &Ecosystem::Generic,
        }
    }
}

/// A source and the day of the copy that was used.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Dated {
    /// What kind of source.
    pub kind: SourceKind,
    /// When the copy was current.
    pub as_of: Timestamp,
}

/// One open exposure.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Open<K> {
    /// The exposure, by whatever names it for the caller.
    pub exposure: K,
    /// The public number of the advisory.
    pub advisory: String,
    /// What is affected.
    pub subject: Subject,
    /// The version that runs.
    pub installed: Version,
    /// The way out, where there is one.
    pub refuge: Option<Refuge>,
    /// The weakness class, which decides how the harm is told.
    pub weakness: Option<Cwe>,
    /// What the deadline rests on.
    pub inputs: Inputs,
    /// When it is due, where there is a day.
    pub due_at: Option<Timestamp>,
    /// Whether the deadline binds this operator.
    pub authority: Authority,
    /// Whether the range was run or stated.
    pub basis: Basis,
    /// What the flaws are called elsewhere, such as `CVE-2024-3094`; may be empty.
    pub flaws: Vec<String>,
    /// The probability of an attack within thirty days (EPSS), in millionths, where it is known.
    pub epss_ppm: Option<u32>,
    /// What kind of thing it is, where somebody said so; otherwise its name is judged.
    pub kind: Option<Kind>,
    /// The sources that were asked; may be empty.
    pub sources: Vec<Dated>,
}

/// One thing to do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Item<K> {
    /// Its place on the list, from 1.
    pub number: usize,
    /// What is affected.
    pub subject: Subject,
    /// The versions that run, each once, in version order; never empty.
    pub installed: Vec<Version>,
    /// The way out for all of them, where there is one.
    pub refuge: Option<Refuge>,
    /// The gravest harm.
    pub harm: Harm,
    /// The inputs of the most urgent exposure.
    pub inputs: Inputs,
    /// The deadline of the most urgent exposure.
    pub deadline: Deadline,
    /// The earliest day on which one of the exposures is due.
    pub due_at: Option<Timestamp>,
    /// Whether the deadline binds this operator.
    pub authority: Authority,
    /// The exposures that this closes, in the order of their keys.
    pub exposures: Vec<K>,
    /// The advisories, each once, in order.
    pub advisories: Vec<String>,
    /// What kind of thing it is.
    pub kind: Kind,
    /// What the flaws are called elsewhere, each once, in order.
    pub flaws: Vec<String>,
    /// Whether one of the flaws is known to be attacked.
    pub exploited: bool,
    /// The greatest probability of an attack within thirty days, in millionths.
    pub epss_ppm: Option<u32>,
    /// The sources that were asked, each once, with the oldest copy that was used.
    pub sources: Vec<Dated>,
}

/// The list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Today<K> {
    /// What to do, most urgent first; at most [`ITEMS_MAX`].
    pub items: Vec<Item<K>>,
    /// How many more items there are.
    pub more: usize,
    /// How many of those are due within three days.
    pub more_within_three_days: usize,
    /// The sources that were asked, for all items, each once, with the oldest copy that was used.
    pub sources: Vec<Dated>,
}

impl<K> Today<K> {
    /// One line that says how much there is to do.
    pub fn headline(&self, language: Language) -> String {
        words::headline(self.items.len(), self.more, language)
    }

    /// How old each source is, one sentence or two for each.
    pub fn ages(&self, now: Timestamp, language: Language) -> Vec<String> {
        self.sources.iter().map(|source| notes::age(source, now, language)).collect()
    }

    /// The list as it is printed on one sheet.
    pub fn sheet(&self, now: Timestamp, language: Language) -> Sheet {
        sheet::sheet(self, now, language)
    }
}

/// Makes the list from the open exposures; their order does not matter.
pub fn today<K: Clone + Ord>(open: &[Open<K>]) -> Today<K> {
    let mut items = items(open);
    let rest = items.split_off(items.len().min(ITEMS_MAX));
    let soon = |item: &&Item<K>| item.deadline <= Deadline::ThreeDays;
    Today {
        items,
        more: rest.len(),
        more_within_three_days: rest.iter().filter(soon).count(),
        sources: oldest(open.iter().flat_map(|open| &open.sources)),
    }
}

/// Everything there is to do, most urgent first and without end; plans are made from it.
pub fn items<K: Clone + Ord>(open: &[Open<K>]) -> Vec<Item<K>> {
    let mut groups: BTreeMap<(Subject, Authority, Way<'_>), Vec<&Open<K>>> = BTreeMap::new();
    for exposure in open {
        let way = Way::of(exposure.refuge.as_ref());
        groups
            .entry((exposure.subject.versionless(), exposure.authority, way))
            .or_default()
            .push(exposure);
    }
    let mut items: Vec<(Rank, Item<K>)> = groups.into_values().filter_map(item).collect();
    items.sort_by(|(a, left), (b, right)| place(a, left).cmp(&place(b, right)));
    let numbered = |(number, (_, item)): (usize, (Rank, Item<K>))| Item { number, ..item };
    (1..).zip(items).map(numbered).collect()
}

/// Each kind of source once, with the oldest copy.
fn oldest<'a>(sources: impl Iterator<Item = &'a Dated>) -> Vec<Dated> {
    let mut oldest: BTreeMap<SourceKind, Timestamp> = BTreeMap::new();
    for Dated { kind, as_of } in sources {
        let known = oldest.entry(*kind).or_insert(*as_of);
        *known = (*known).min(*as_of);
    }
    oldest.into_iter().map(|(kind, as_of)| Dated { kind, as_of }).collect()
}

/// What decides whether two exposures have one way out.
#[derive(Eq, Ord, PartialEq, PartialOrd)]
enum Way<'a> {
    /// From some version on all is well: the greatest such version serves them all.
    Onward,
    /// Only one version is known to be safe.
    Exactly(&'a Version),
    /// None.
    Nowhere,
}

impl<'a> Way<'a> {
    fn of(refuge: Option<&'a Refuge>) -> Self {
        match refuge {
            Some(Refuge { onward: Some(_), .. }) => Way::Onward,
            Some(Refuge { nearest, onward: None }) => Way::Exactly(nearest),
            None => Way::Nowhere,
        }
    }
}

/// The order of the list: deadline, day, rank, number of places, name.
fn place<'a, K>(rank: &Rank, item: &'a Item<K>) -> impl Ord + use<'a, K> {
    let no_day = item.due_at.is_none();
    let places = Reverse(item.exposures.len());
    let subject = (&item.subject, &item.refuge, item.authority);
    (item.deadline, no_day, item.due_at, *rank, places, subject)
}

fn item<K: Clone + Ord>(members: Vec<&Open<K>>) -> Option<(Rank, Item<K>)> {
    let urgent = members.iter().min_by_key(|open| rank(open.inputs, open.basis))?;
    let ecosystem = urgent.subject.ecosystem();
    let installed: BTreeSet<(Key, &Version)> = members
        .iter()
        .map(|open| (Key::new(ecosystem, &open.installed), &open.installed))
        .collect();
    let mut exposures: Vec<K> = members.iter().map(|open| open.exposure.clone()).collect();
    exposures.sort();
    exposures.dedup();
    let advisories: BTreeSet<&String> = members.iter().map(|open| &open.advisory).collect();
    let flaws: BTreeSet<&String> = members.iter().flat_map(|open| &open.flaws).collect();
    let kind = members.iter().filter_map(|open| open.kind).min();
    let item = Item {
        number: 0,
        subject: urgent.subject.versionless(),
        installed: installed.into_iter().map(|(_, version)| version.clone()).collect(),
        refuge: shared(ecosystem, &members),
        harm: members.iter().map(|open| Harm::of(open.weakness)).min()?,
        inputs: urgent.inputs,
        deadline: bod_26_04(urgent.inputs).deadline,
        due_at: members.iter().filter_map(|open| open.due_at).min(),
        authority: urgent.authority,
        exposures,
        advisories: advisories.into_iter().cloned().collect(),
        kind: kind.unwrap_or_else(|| Kind::of(&urgent.subject)),
        flaws: flaws.into_iter().cloned().collect(),
        exploited: members.iter().any(|open| open.inputs.in_kev),
        epss_ppm: members.iter().filter_map(|open| open.epss_ppm).max(),
        sources: oldest(members.iter().flat_map(|open| &open.sources)),
    };
    Some((rank(urgent.inputs, urgent.basis), item))
}

/// The way out that serves all members of a group.
fn shared<K>(ecosystem: &Ecosystem, members: &[&Open<K>]) -> Option<Refuge> {
    let refuges: BTreeSet<&Refuge> =
        members.iter().filter_map(|open| open.refuge.as_ref()).collect();
    let first = refuges.first()?;
    let onward = refuges.iter().filter_map(|refuge| refuge.onward.as_ref());
    match onward.max_by_key(|version| (Key::new(ecosystem, version), *version)) {
        Some(version) if refuges.len() > 1 => {
            Some(Refuge { nearest: version.clone(), onward: Some(version.clone()) })
        }
        // One way for all, or `Way::Exactly`, whose members agree.
        Some(_) | None => Some((*first).clone()),
    }
}

impl<K> Item<K> {
    /// The item in plain words, part by part.
    pub fn words(&self, language: Language) -> Words {
        words::words(self, language)
    }

    /// The item in plain words: at most sixty of them. Notes and playbook stand apart.
    pub fn text(&self, language: Language) -> String {
        let words = self.words(language);
        let Words { what, why, how, how_long, by_when, authority, otherwise, .. } = words;
        [what, why, how, how_long, by_when, authority, otherwise].join(" ")
    }

    /// What is affected, with the versions that run, cut to a length that can be shown.
    pub fn name(&self) -> String {
        words::name(self)
    }

    /// What there is to do about it.
    pub fn action(&self) -> Action {
        match (&self.refuge, self.kind.updater()) {
            (None, _) => Action::Shield,
            (Some(_), Updater::Maker) => Action::CallMaker,
            (Some(_), Updater::Operator) => Action::Update,
        }
    }

    /// How long that takes one person on one machine: our own estimate.
    pub fn estimate(&self) -> Estimate {
        self.kind.estimate(self.action())
    }
}

#[cfg(test)]
mod tests;
