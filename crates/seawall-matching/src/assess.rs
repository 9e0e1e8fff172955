//! An inventory against the advisory set: what is affected, what an issuer clears, what comes first
//! and what cannot be told (capabilities C43, C45, C46).
//!
//! Nothing is remembered between two calls: deadlines are worked out anew each time, so a listing,
//! a statement or an answer about exposure counts from the moment it is known.

mod commits;
mod vex;

pub use self::commits::{History, NoHistory, Placed};
pub use self::vex::{Standing, Verdict};
use crate::exposure::Unknown;
use crate::flaw::Flaw;
use crate::priority::{Decision, Known, Lacking, decide};
use crate::set::{Answer, Hit, Meta, Set, SetFault};
use jiff::Timestamp;
use seawall_domain::component::Component;
use seawall_domain::record::{SourceKind, VexRecord};
use std::collections::HashMap;
use std::sync::Arc;

/// What is known besides the inventory and the set.
#[derive(Clone, Debug)]
pub struct Circumstances {
    /// Whether anybody can reach these systems over public networks; `None` when nobody said.
    pub exposed: Option<bool>,
    /// Since when the operator can know: when the clock of a flaw starts that nobody listed.
    pub detected_at: Timestamp,
    /// Statements that came with the inventory, besides those of the set.
    pub statements: Vec<VexRecord>,
}

/// One record that hits one component, with everything an answer needs.
#[derive(Clone, Debug)]
pub struct Affected {
    /// The component, as an index into the inventory.
    pub component: usize,
    /// Why it matches.
    pub hit: Hit,
    /// The record.
    pub meta: Arc<Meta>,
    /// The flaws it speaks of; the most urgent first.
    pub flaws: Vec<Arc<Flaw>>,
    /// What is due when, or what is lacking for the most urgent flaw.
    pub decision: Result<Decision, Lacking>,
    /// Whether an issuer clears it, and what every issuer states.
    pub standing: Standing,
}

/// The answer for an inventory.
#[derive(Clone, Debug, Default)]
pub struct Assessment {
    /// What the set says, in the order of the inventory, then of the records' ids.
    pub affected: Vec<Affected>,
    /// The components that cannot be told, and why, as indexes into the inventory.
    pub unknown: Vec<(usize, Unknown)>,
}

/// Matches an inventory against a set.
pub fn assess<B: AsRef<[u8]>>(
    set: &Set<B>,
    inventory: &[Component],
    circumstances: &Circumstances,
) -> Result<Assessment, SetFault> {
    assess_with(set, inventory, circumstances, &NoHistory)
}

/// The same, with the histories of repositories that are at hand: components that are commits of
/// them are told by the ranges over commits too.
pub fn assess_with<B: AsRef<[u8]>>(
    set: &Set<B>,
    inventory: &[Component],
    circumstances: &Circumstances,
    history: &dyn History,
) -> Result<Assessment, SetFault> {
    let kev_loaded = set.sources()?.iter().any(|note| note.records.contains_key(&SourceKind::Kev));
    let mut desk = Desk { set, inventory, circumstances, kev_loaded, metas: HashMap::new() };
    let mut assessment = Assessment::default();
    for (index, component) in inventory.iter().enumerate() {
        let answer = match history.placed(component) {
            Some(placed) => commits::join(set, set.answer(component)?, &placed)?,
            None => set.answer(component)?,
        };
        match answer {
            Answer::Clear => {}
            Answer::Unknown(why) => assessment.unknown.push((index, why)),
            Answer::Hits(hits) => {
                for hit in hits {
                    assessment.affected.push(desk.affected(index, hit)?);
                }
            }
        }
    }
    Ok(assessment)
}

/// What one assessment works with. Records and flaws that come up again are read once.
struct Desk<'a, B> {
    set: &'a Set<B>,
    inventory: &'a [Component],
    circumstances: &'a Circumstances,
    kev_loaded: bool,
    metas: HashMap<u32, (Arc<Meta>, Vec<Arc<Flaw>>)>,
}

impl<B: AsRef<[u8]>> Desk<'_, B> {
    fn affected(&mut self, component: usize, hit: Hit) -> Result<Affected, SetFault> {
        let (meta, mut flaws) = self.told(hit.record)?;
        let at = self.circumstances.detected_at;
        let decision = |flaw: &Flaw| decide(&self.known(flaw), at);
        // A listed flaw without its metadata comes first of all: somebody must look at it.
        flaws.sort_by_cached_key(|flaw| {
            (decision(flaw).ok().map(|decision| decision.row.deadline), flaw.names.clone())
        });
        let decision = match flaws.first() {
            Some(flaw) => decision(flaw),
            None => decision(&Flaw::default()),
        };
        let names: Vec<&str> =
            flaws.iter().flat_map(|flaw| flaw.names.iter().map(String::as_str)).collect();
        let standing = match self.inventory.get(component) {
            Some(one) => {
                standing(self.set, self.inventory, one, &names, &self.circumstances.statements)?
            }
            None => Standing::default(),
        };
        Ok(Affected { component, hit, meta, flaws, decision, standing })
    }

    fn told(&mut self, record: u32) -> Result<(Arc<Meta>, Vec<Arc<Flaw>>), SetFault> {
        if let Some(told) = self.metas.get(&record) {
            return Ok(told.clone());
        }
        let fault = SetFault::Inconsistent { part: "record" };
        let meta = self.set.record(record)?.ok_or(fault)?;
        let mut flaws = Vec::new();
        for flaw in &meta.flaws {
            flaws.extend(self.set.flaw(*flaw)?.map(Arc::new));
        }
        let told = (Arc::new(meta), flaws);
        self.metas.insert(record, told.clone());
        Ok(told)
    }

    fn known(&self, flaw: &Flaw) -> Known {
        known(flaw, self.kev_loaded, self.circumstances.exposed)
    }
}

/// What issuers state of a component and a flaw with these names: those whom the set knows, and
/// `further` ones.
pub fn standing<B: AsRef<[u8]>>(
    set: &Set<B>,
    inventory: &[Component],
    component: &Component,
    names: &[impl AsRef<str>],
    further: &[VexRecord],
) -> Result<Standing, SetFault> {
    let Some(package) = &component.package else { return Ok(Standing::default()) };
    let mut stated = set.statements(package)?;
    stated.extend(further.iter().cloned());
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    stated.retain(|statement| vex::applies(statement, component, &names, inventory));
    Ok(Standing::of(stated))
}

/// What the deadline table wants to know of a flaw.
pub fn known(flaw: &Flaw, kev_loaded: bool, exposed: Option<bool>) -> Known {
    Known {
        kev_listed: flaw.kev.as_ref().map(|kev| kev.value.added),
        kev_loaded,
        automatable: flaw.automatable.as_ref().map(|point| point.value),
        total: flaw.total.as_ref().map(|point| point.value),
        exposed,
    }
}

#[cfg(test)]
mod tests;
