//! The rubric: what a partner must have, and what counts for it. It is data, versioned and public.
//!
//! Gates are answered yes or no, each with evidence. Criteria are marked from 0 to 4, each mark
//! with an anchor that says what it means. Weights and limits are part of the rubric, and whoever
//! applies is told its marks. An installation writes its own: with gates and criteria of the
//! framework, or with others, each by a name that stays what it is.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

mod name;

pub use name::{NAME_LEN_MAX, Name, NoName};

/// The highest mark.
pub const MARK_MAX: u8 = 4;

/// What must be so.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Gate {
    /// It is known who it is, and who owns it in the end.
    LegalIdentity,
    /// It is neither sanctioned nor debarred.
    NotSanctioned,
    /// It is controlled in the country or in one that was agreed on.
    AgreedControl,
    /// A named person answers for security.
    SecurityOfficer,
    /// The security baseline holds.
    SecurityBaseline,
    /// A policy of coordinated disclosure is in force.
    DisclosurePolicy,
    /// It may test what it says it will test.
    AgreedAssets,
    /// A programme against misuse from inside, in proportion to its size.
    InsiderProgramme,
    /// All who work for it on this are listed.
    SubcontractorList,
    /// One that an installation asks itself.
    Own(Name),
}

impl Gate {
    /// Every gate of the framework.
    pub const ALL: [Gate; 9] = [
        Gate::LegalIdentity,
        Gate::NotSanctioned,
        Gate::AgreedControl,
        Gate::SecurityOfficer,
        Gate::SecurityBaseline,
        Gate::DisclosurePolicy,
        Gate::AgreedAssets,
        Gate::InsiderProgramme,
        Gate::SubcontractorList,
    ];
}

/// What counts.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Criterion {
    /// Whom it protects: users, critical functions.
    DefenceReach,
    /// Whether it can act on what is found.
    AbilityToAct,
    /// Whether it can use the model well.
    TechnicalCapability,
    /// Whether it protects those whom nobody else does.
    UnderServed,
    /// What it does for open source.
    OpenSource,
    /// Whether it has kept embargoes.
    EmbargoRecord,
    /// One that an installation counts itself.
    Own(Name),
}

impl Criterion {
    /// Every criterion of the framework.
    pub const ALL: [Criterion; 6] = [
        Criterion::DefenceReach,
        Criterion::AbilityToAct,
        Criterion::TechnicalCapability,
        Criterion::UnderServed,
        Criterion::OpenSource,
        Criterion::EmbargoRecord,
    ];
}

/// A gate with its words.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateText {
    /// Which.
    pub gate: Gate,
    /// What is asked.
    pub asks: String,
    /// What shows it.
    pub evidence: String,
}

/// A criterion with its words.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CriterionText {
    /// Which.
    pub criterion: Criterion,
    /// How much it weighs.
    pub weight: u32,
    /// What each mark from 0 to 4 means.
    pub anchors: [String; 5],
}

/// A rubric as it is written.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RubricText {
    /// Grows with each change.
    pub version: u32,
    /// The gates.
    pub gates: Vec<GateText>,
    /// The criteria.
    pub criteria: Vec<CriterionText>,
    /// From this score on, in thousandths, a partner is admitted.
    pub admits_from: u32,
    /// From this score on it is admitted with conditions; below it is not.
    pub conditions_from: u32,
}

/// A rubric that holds together.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rubric(RubricText);

/// Why a rubric or marks cannot be taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Unfit {
    /// Each gate once.
    #[error("cannot take this rubric: it names each gate once, from 1 to {GATES_MAX} of them")]
    Gates,
    /// Each criterion once, with a weight.
    #[error(
        "cannot take this rubric: it names each criterion once, with a weight from 1 to 1000, from \
         1 to {CRITERIA_MAX} of them"
    )]
    Criteria,
    /// A name that is, or was, of the other kind.
    #[error(
        "cannot take this rubric: {0} is the name of a gate and of a criterion, here or before"
    )]
    Kinds(Name),
    /// Limits between 0 and 1,000 in this order.
    #[error("cannot take this rubric: its limits lie between 0 and 1000, the lower one first")]
    Limits,
    /// An empty or endless text.
    #[error("cannot take this rubric: each text is there, and at most {TEXT_LEN_MAX} long")]
    Texts,
    /// Each criterion has one mark from 0 to 4.
    #[error("cannot take these marks: each criterion has one from 0 to {MARK_MAX}")]
    Marks,
}

/// The most gates of a rubric.
pub const GATES_MAX: usize = 24;

/// The most criteria of a rubric.
pub const CRITERIA_MAX: usize = 24;

/// The longest text of a rubric in characters.
pub const TEXT_LEN_MAX: usize = 500;

/// Marks, one for each criterion.
pub type Marks = BTreeMap<Criterion, u8>;

impl TryFrom<RubricText> for Rubric {
    type Error = Unfit;

    fn try_from(mut text: RubricText) -> Result<Rubric, Unfit> {
        // Whatever order it was written in, it is read and answered in this one.
        text.gates.sort_by_key(|it| it.gate);
        text.criteria.sort_by_key(|it| it.criterion);
        let is_once = text.gates.windows(2).all(|two| two[0].gate < two[1].gate);
        if !is_once || !(1..=GATES_MAX).contains(&text.gates.len()) {
            return Err(Unfit::Gates);
        }
        let weighs = |it: &CriterionText| (1..=1_000).contains(&it.weight);
        let is_once = text.criteria.windows(2).all(|two| two[0].criterion < two[1].criterion);
        let is_once = is_once && (1..=CRITERIA_MAX).contains(&text.criteria.len());
        if !is_once || !text.criteria.iter().all(weighs) {
            return Err(Unfit::Criteria);
        }
        if text.conditions_from > text.admits_from || text.admits_from > 1_000 {
            return Err(Unfit::Limits);
        }
        let fits = |it: &String| !it.trim().is_empty() && it.chars().count() <= TEXT_LEN_MAX;
        let gates_fit = text.gates.iter().all(|it| fits(&it.asks) && fits(&it.evidence));
        let anchors_fit = text.criteria.iter().flat_map(|it| &it.anchors).all(fits);
        if !gates_fit || !anchors_fit {
            return Err(Unfit::Texts);
        }
        let rubric = Rubric(text);
        rubric.keeps_names(&rubric)?;
        Ok(rubric)
    }
}

impl Rubric {
    /// The rubric's text, for everybody.
    pub fn text(&self) -> &RubricText {
        &self.0
    }

    /// Its gates, in the order in which they are answered.
    pub fn gates(&self) -> impl Iterator<Item = Gate> + '_ {
        self.0.gates.iter().map(|it| it.gate)
    }

    /// Its criteria, in the order in which they are marked.
    pub fn criteria(&self) -> impl Iterator<Item = Criterion> + '_ {
        self.0.criteria.iter().map(|it| it.criterion)
    }

    /// Whether the names of an earlier rubric stay what they were: nobody finds a mark where an
    /// answer was.
    pub fn keeps_names(&self, before: &Rubric) -> Result<(), Unfit> {
        let gates = |it: &Rubric| -> BTreeSet<Name> {
            let own = it.gates().filter_map(|gate| gate.name().parse().ok());
            own.collect()
        };
        let criteria = |it: &Rubric| -> BTreeSet<Name> {
            let own = it.criteria().filter_map(|criterion| criterion.name().parse().ok());
            own.collect()
        };
        let first = gates(self).intersection(&criteria(before)).next().copied();
        let first = first.or_else(|| criteria(self).intersection(&gates(before)).next().copied());
        first.map_or(Ok(()), |name| Err(Unfit::Kinds(name)))
    }

    /// The score of one set of marks, in thousandths of what could be had.
    pub fn score(&self, marks: &Marks) -> Result<u32, Unfit> {
        let fits = marks.keys().copied().eq(self.criteria())
            && marks.values().all(|mark| *mark <= MARK_MAX);
        if !fits {
            return Err(Unfit::Marks);
        }
        let (mut got, mut most) = (0u32, 0u32);
        for it in &self.0.criteria {
            let mark = marks.get(&it.criterion).copied().unwrap_or_default();
            got += it.weight * u32::from(mark);
            most += it.weight * u32::from(MARK_MAX);
        }
        // Rounded down: nobody is admitted by rounding. Weights above nothing keep `most` above it.
        Ok(got * 1_000 / most.max(1))
    }

    /// The first rubric that is proposed; an installation can write its own.
    pub fn first() -> Result<Rubric, Unfit> {
        first::text().try_into()
    }
}

mod first;

#[cfg(test)]
mod tests;
