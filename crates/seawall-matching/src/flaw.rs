//! One flaw, as all sources together tell it (capability C44): records are brought together by
//! their names, and each field keeps the source it came from.
//!
//! Which source is believed in which field is the table [`PRECEDENCE`]; among records of one kind
//! the one that changed last is believed. Where sources differ in a field that decides something,
//! both stay and the difference is shown: nothing is resolved silently.
//!
//! **Names.** Two records are about one flaw when one names the other or both name a third. Two
//! CVE ids never become one flaw: a record that names several speaks of each of them, and a chain
//! of aliases that would tie two together is cut there.

mod group;

pub use self::group::{Named, group};
use crate::today::Harm;
use jiff::Timestamp;
use seawall_domain::claim::Cwe;
use seawall_domain::record::{
    Epss, Exploitation, KevListing, Record, Score, SourceKind, SourceKind::*, Ssvc,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The record that a value comes from.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Origin {
    /// The kind of source.
    pub kind: SourceKind,
    /// The record's own id.
    pub id: String,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.id)
    }
}

/// A value, and the record that it comes from.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it comes from.
    pub origin: Origin,
}

/// A field that sources may differ in.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The flaw in one line.
    Summary,
    /// The weakness class.
    Weakness,
    /// What to do.
    Remedy,
    /// What to do without an update.
    Workaround,
    /// The listing as known exploited.
    Kev,
    /// SSVC Exploitation.
    Exploitation,
    /// SSVC Automatable.
    Automatable,
    /// SSVC Technical Impact.
    TechnicalImpact,
    /// The exploit prediction score.
    Epss,
}

/// Whom to believe: for each field the kinds of sources that may fill it, the first one first.
///
/// Package databases write for those who use the package, so their words come first; the weakness
/// is the assigner's to name; a catalogue is believed on what it lists, and CISA's own container in
/// a CVE record on SSVC unless SSVC came by itself.
pub const PRECEDENCE: [(Field, &[SourceKind]); 9] = [
    (Field::Summary, &[Osv, Csaf, Cve]),
    (Field::Weakness, &[Cve, Osv, Csaf]),
    (Field::Remedy, &[Osv, Csaf, Kev]),
    (Field::Workaround, &[Osv, Csaf]),
    (Field::Kev, &[Kev, Cve]),
    (Field::Exploitation, &[Ssvc, Cve]),
    (Field::Automatable, &[Ssvc, Cve]),
    (Field::TechnicalImpact, &[Ssvc, Cve]),
    (Field::Epss, &[Epss]),
];

/// Two records say different things in one field; the first is the one that is believed.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Conflict {
    /// The field.
    pub field: Field,
    /// The record that is believed, and what it says.
    pub believed: (Origin, String),
    /// The record that differs, and what it says.
    pub differs: (Origin, String),
}

/// A flaw as all sources together tell it.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Flaw {
    /// Its names, the CVE id first, then by letters.
    pub names: Vec<String>,
    /// The flaw in one line.
    pub summary: Option<Sourced<String>>,
    /// The weakness class.
    pub weakness: Option<Sourced<Cwe>>,
    /// What to do.
    pub remedy: Option<Sourced<String>>,
    /// What to do without an update.
    pub workaround: Option<Sourced<String>>,
    /// The listing as known exploited.
    pub kev: Option<Sourced<KevListing>>,
    /// SSVC Exploitation.
    pub exploitation: Option<Sourced<Exploitation>>,
    /// SSVC Automatable.
    pub automatable: Option<Sourced<bool>>,
    /// SSVC Technical Impact: total.
    pub total: Option<Sourced<bool>>,
    /// The exploit prediction score.
    pub epss: Option<Sourced<Epss>>,
    /// Every severity vector, each once.
    pub scores: Vec<Sourced<Score>>,
    /// Something every reader must know first.
    pub notice: Option<Sourced<String>>,
    /// Since when the CVE list rejects the name, where it does.
    pub rejected: Option<Sourced<Timestamp>>,
    /// Where sources differ.
    pub conflicts: Vec<Conflict>,
}

impl Flaw {
    /// The name by which people know it best.
    pub fn name(&self) -> &str {
        self.names.first().map_or("", String::as_str)
    }

    /// How the harm is told.
    pub fn harm(&self) -> Harm {
        Harm::of(self.weakness.as_ref().map(|weakness| weakness.value))
    }
}

/// Brings the records of one flaw together; their order does not matter.
pub fn merge(names: Vec<String>, records: &[&Record]) -> Flaw {
    let mut records: Vec<&Record> = records.to_vec();
    // What changed last is believed first; ids settle the rest.
    records.sort_by(|a, b| b.modified.cmp(&a.modified).then_with(|| a.id.cmp(&b.id)));
    let standing: Vec<&Record> =
        records.iter().copied().filter(|record| record.withdrawn.is_none()).collect();
    let mut told = Told { records: &standing, conflicts: Vec::new() };
    let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let ssvc = |record: &Record| record.ssvc.clone().unwrap_or_default();
    let mut flaw = Flaw {
        names,
        summary: told.quietly(Field::Summary, |record| text(&record.summary)),
        weakness: told.field(Field::Weakness, |r| r.weaknesses.first().copied(), Cwe::to_string),
        remedy: told.quietly(Field::Remedy, |record| {
            let kev = record.kev.as_ref().and_then(|kev| kev.action.clone());
            record.remedy.clone().or(kev)
        }),
        workaround: told.quietly(Field::Workaround, |record| record.workaround.clone()),
        kev: told.field(Field::Kev, |r| r.kev.clone(), |kev| kev.added.to_string()),
        exploitation: told.field(
            Field::Exploitation,
            |record| ssvc(record).exploitation,
            |exploitation| format!("{exploitation:?}").to_lowercase(),
        ),
        automatable: told.field(Field::Automatable, |r| ssvc(r).automatable, yes),
        total: told.field(Field::TechnicalImpact, |r| ssvc(r).total, |t| part(*t).to_owned()),
        epss: told.field(Field::Epss, |r| r.epss, |epss| epss.probability_ppm.to_string()),
        scores: scores(&standing),
        notice: None,
        rejected: None,
        conflicts: Vec::new(),
    };
    flaw.notice = standing
        .iter()
        .find_map(|record| Some(Sourced { value: record.notice.clone()?, origin: origin(record) }));
    flaw.rejected = records
        .iter()
        .filter(|record| record.kind == Cve)
        .find_map(|record| Some(Sourced { value: record.withdrawn?, origin: origin(record) }));
    flaw.conflicts = told.conflicts;
    flaw
}

fn origin(record: &Record) -> Origin {
    let id = match &record.document {
        Some(document) => format!("{document}: {}", record.id),
        None => record.id.clone(),
    };
    Origin { kind: record.kind, id }
}

fn yes(yes: &bool) -> String {
    if *yes { "yes" } else { "no" }.to_owned()
}

fn part(total: bool) -> &'static str {
    if total { "total" } else { "partial" }
}

/// The records that still stand, most recent first, and where they differ.
struct Told<'a> {
    records: &'a [&'a Record],
    conflicts: Vec<Conflict>,
}

impl Told<'_> {
    /// The values of a field, the one that is believed first.
    fn values<T>(&self, field: Field, read: impl Fn(&Record) -> Option<T>) -> Vec<Sourced<T>> {
        let kinds = PRECEDENCE.iter().find(|(named, _)| *named == field).map(|(_, kinds)| *kinds);
        let kinds = kinds.unwrap_or_default().iter();
        let of_kind = |kind: &SourceKind| {
            let kind = *kind;
            self.records.iter().filter(move |record| record.kind == kind)
        };
        let sourced =
            |record: &&Record| Some(Sourced { value: read(record)?, origin: origin(record) });
        kinds.flat_map(of_kind).filter_map(sourced).collect()
    }

    /// A field in which differing is no conflict: prose.
    fn quietly<T>(&self, field: Field, read: impl Fn(&Record) -> Option<T>) -> Option<Sourced<T>> {
        self.values(field, read).into_iter().next()
    }

    /// A field that decides something; who differs is kept.
    fn field<T: PartialEq>(
        &mut self,
        field: Field,
        read: impl Fn(&Record) -> Option<T>,
        show: impl Fn(&T) -> String,
    ) -> Option<Sourced<T>> {
        let mut values = self.values(field, read).into_iter();
        let believed = values.next()?;
        for other in values {
            let (shown, differs) = (show(&believed.value), show(&other.value));
            if shown != differs && self.conflicts.len() < CONFLICTS_MAX {
                self.conflicts.push(Conflict {
                    field,
                    believed: (believed.origin.clone(), shown),
                    differs: (other.origin, differs),
                });
            }
        }
        Some(believed)
    }
}

/// How many differences are kept of one flaw; more would not be read.
pub const CONFLICTS_MAX: usize = 16;

/// How many severity vectors are kept of one flaw.
pub const SCORES_MAX: usize = 16;

fn scores(records: &[&Record]) -> Vec<Sourced<Score>> {
    let mut scores: Vec<Sourced<Score>> = Vec::new();
    for record in records {
        for score in &record.scores {
            let known = scores.iter().any(|known| known.value.vector == score.vector);
            if !known && scores.len() < SCORES_MAX {
                scores.push(Sourced { value: score.clone(), origin: origin(record) });
            }
        }
    }
    scores.sort_by(|a, b| (&a.value, &a.origin).cmp(&(&b.value, &b.origin)));
    scores
}

/// SSVC as published in one record, put together again from its points.
pub fn ssvc_of(flaw: &Flaw) -> Ssvc {
    Ssvc {
        exploitation: flaw.exploitation.as_ref().map(|point| point.value),
        automatable: flaw.automatable.as_ref().map(|point| point.value),
        total: flaw.total.as_ref().map(|point| point.value),
        role: None,
        at: None,
    }
}

#[cfg(test)]
mod tests;
