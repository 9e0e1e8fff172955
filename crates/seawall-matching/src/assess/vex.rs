//! What issuers state of a component and a flaw, and what follows from it.

use seawall_domain::component::Component;
use seawall_domain::package::{Package, Version};
use seawall_domain::record::VexRecord;
use seawall_domain::statement::Status;
use serde::Serialize;

/// What issuers state of a component and a flaw.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Standing {
    /// The latest word of each issuer, in the order of the issuers' names.
    pub stated: Vec<VexRecord>,
    /// What follows from it.
    pub verdict: Verdict,
}

/// What follows from the statements of all issuers.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nobody clears it.
    #[default]
    Affected,
    /// Every issuer that speaks of it says that it is not affected.
    NotAffected,
    /// Every issuer that speaks of it says that this version holds a fix, or is not affected.
    Fixed,
    /// Issuers contradict each other: it stays open, and both words are shown.
    Disputed,
}

impl Verdict {
    /// Whether it is still to be dealt with.
    pub fn is_open(self) -> bool {
        match self {
            Verdict::Affected | Verdict::Disputed => true,
            Verdict::NotAffected | Verdict::Fixed => false,
        }
    }
}

impl Standing {
    /// Weighs statements that all speak of one component and one flaw.
    pub(super) fn of(mut stated: Vec<VexRecord>) -> Standing {
        // An issuer's latest word counts; of two at one time the one that warns.
        stated.sort_by(|a, b| {
            let latest = b.at.cmp(&a.at).then_with(|| warns_first(a).cmp(&warns_first(b)));
            a.issuer.cmp(&b.issuer).then(latest).then_with(|| a.names.cmp(&b.names))
        });
        stated.dedup_by(|later, kept| later.issuer == kept.issuer);
        let clears = |one: &VexRecord| matches!(one.status, Status::NotAffected | Status::Fixed);
        let warns = |one: &VexRecord| matches!(one.status, Status::Affected);
        let verdict = match (stated.iter().any(clears), stated.iter().any(warns)) {
            (true, true) => Verdict::Disputed,
            (false, _) => Verdict::Affected,
            (true, false) if stated.iter().any(|one| one.status == Status::Fixed) => Verdict::Fixed,
            (true, false) => Verdict::NotAffected,
        };
        Standing { stated, verdict }
    }
}

fn warns_first(statement: &VexRecord) -> u8 {
    match statement.status {
        Status::Affected => 0,
        Status::UnderInvestigation => 1,
        Status::Fixed => 2,
        Status::NotAffected => 3,
    }
}

/// Whether a statement speaks of this very component and of one of these flaws. What is said of a
/// part holds only where the inventory also lists the product whose part it is.
pub(super) fn applies(
    statement: &VexRecord,
    component: &Component,
    names: &[&str],
    inventory: &[Component],
) -> bool {
    let VexRecord { package, version, within, .. } = statement;
    let speaks = statement.names.iter().any(|name| names.contains(&name.as_str()));
    let within = within.as_ref().is_none_or(|whole| {
        whole.package.as_ref().is_some_and(|package| {
            inventory.iter().any(|one| is(one, package, whole.version.as_ref()))
        })
    });
    speaks && within && is(component, package, version.as_ref())
}

/// Whether a component is this package, in this version where one is given. A package without a
/// release of its distribution is that of every release.
fn is(component: &Component, package: &Package, version: Option<&Version>) -> bool {
    let Some(own) = &component.package else { return false };
    let ((base, release), (own_base, own_release)) =
        (package.ecosystem.without_release(), own.ecosystem.without_release());
    let same = base == own_base
        && package.name == own.name
        && (release.is_none() || release == own_release);
    let equal = |version: &Version| {
        component.version.as_ref().is_some_and(|own| {
            own == version || crate::version::compare(&base, own, version).is_eq()
        })
    };
    same && version.is_none_or(equal)
}
