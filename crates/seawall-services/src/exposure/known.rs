//! What is known to match with: what was published here, what outside sources say, and what is
//! stated about both.

use crate::assets::product_package;
use crate::desk::Desk;
use crate::outcome::{Fault, Outcome};
use crate::outside::Outside;
use seawall_domain::component::Component;
use seawall_domain::exposure::Cause;
use seawall_domain::id::{AdvisoryId, PartyId, StatementId};
use seawall_domain::package::{Ecosystem, Package, Version};
use seawall_domain::publication::Publication;
use seawall_domain::statement::{Entry, Statement, Status};
use seawall_matching::exposure::{AffectedRange, Answer, Index, StatedProduct, Unknown};
use seawall_matching::set;
use seawall_store::db::Tx;
use std::collections::BTreeMap;

/// The publications, the advisory set, and the statements about either.
pub(crate) struct Known {
    /// What was published here.
    pub(crate) out: BTreeMap<AdvisoryId, Publication>,
    /// What outside sources say.
    pub(crate) outside: Outside,
    pub(super) index: Index<AdvisoryId>,
    statements: Vec<Statement>,
}

/// Whose word clears a component.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Word {
    /// A party of this installation.
    Party(PartyId, StatementId),
    /// An issuer of the outside world, as the source names it.
    Outside(String),
}

pub(crate) async fn known(desk: &Desk, tx: &mut Tx) -> Outcome<Known> {
    let mut out = BTreeMap::new();
    for advisory in &tx.advisory_list_out(super::LIST_MAX).await? {
        if let Some(shown) = crate::advisory::out(desk, tx, advisory).await? {
            out.insert(advisory.id, shown.publication);
        }
    }
    let mut statements: Vec<Statement> = tx.every().await?;
    statements.sort_by_key(|statement| (statement.received_at, statement.id));
    let ranges = out.iter().flat_map(|(id, publication)| ranges(*id, publication));
    let products = statements.iter().flat_map(|statement| products(statement, &out));
    let index = Index::with_products(ranges, products.collect::<Vec<_>>());
    Ok(Known { out, outside: Outside::of(desk), index, statements })
}

impl Known {
    /// Whether nothing can be told of a component: neither what was published here nor what
    /// outside sources say can be compared with it, and no vendor has spoken of it.
    pub(crate) fn is_silent_on(&self, component: &Component) -> Outcome<bool> {
        let outside = match self.outside.set() {
            Some(set) => set.answer(component).map_err(unreadable)?,
            None => set::Answer::Unknown(Unknown::NoPackage),
        };
        let silent = match (self.index.answer(component), outside) {
            (Answer::Hit(_), _) | (_, set::Answer::Hits(_)) => false,
            (Answer::Clear, set::Answer::Clear) => false,
            (Answer::Clear, set::Answer::Unknown(why))
            | (Answer::Unknown(why), set::Answer::Clear) => why != Unknown::NoPackage,
            (Answer::Unknown(_), set::Answer::Unknown(_)) => true,
        };
        let mut spoken_of = self.statements.iter().flat_map(|statement| &statement.entries);
        Ok(silent
            && !spoken_of
                .any(|entry| names(entry.package.as_ref(), entry.version.as_ref(), component)))
    }

    /// Whose word clears a component of a flaw with these names. The latest word of each issuer
    /// counts; where one warns, nobody else's clears.
    pub(super) fn word(
        &self,
        flaw: &[String],
        component: &Component,
        inventory: &[Component],
    ) -> Option<Word> {
        let mut latest: BTreeMap<PartyId, (StatementId, Status)> = BTreeMap::new();
        for statement in &self.statements {
            let about = statement.entries.iter().filter(|entry| {
                flaw.contains(&entry.vulnerability) && speaks_here(entry, component, inventory)
            });
            for entry in about {
                latest.insert(statement.issuer, (statement.id, entry.status));
            }
        }
        if latest.values().any(|(_, status)| *status == Status::Affected) {
            return None;
        }
        latest.into_iter().find_map(|(issuer, (statement, status))| match status {
            Status::NotAffected => Some(Word::Party(issuer, statement)),
            Status::Fixed | Status::Affected | Status::UnderInvestigation => None,
        })
    }

    /// Every name of the flaw that a cause tells of.
    pub(super) fn names_of(&self, cause: &Cause) -> Vec<String> {
        match cause {
            Cause::Advisory(id) => self.out.get(id).map(publication_names).unwrap_or_default(),
            Cause::Flaw(name) => {
                let flaw = self.outside.flaw([name]);
                flaw.map_or_else(|| vec![name.clone()], |flaw| flaw.names)
            }
        }
    }

    /// The packages that the statements about an advisory name.
    pub(super) fn stated_packages(&self, advisory: AdvisoryId) -> Vec<Package> {
        let Some(publication) = self.out.get(&advisory) else { return Vec::new() };
        let entries = self.statements.iter().flat_map(|statement| &statement.entries);
        let about =
            entries.filter(|entry| publication_names(publication).contains(&entry.vulnerability));
        about.flat_map(packages_of).collect()
    }
}

/// An advisory set that shows its damage while it is asked.
pub(super) fn unreadable(fault: set::SetFault) -> Fault {
    Fault::inconsistent("ask the advisory set", fault)
}

/// By which names statements speak of something that was published here.
pub(super) fn publication_names(publication: &Publication) -> Vec<String> {
    let number = publication.number.to_string();
    let mut names = vec![format!("x_{number}"), number];
    names.extend(publication.aliases.iter().cloned());
    names
}

/// The ranges of a publication.
pub(super) fn ranges(
    id: AdvisoryId,
    publication: &Publication,
) -> impl Iterator<Item = AffectedRange<AdvisoryId>> {
    publication.affected.iter().map(move |affected| AffectedRange {
        advisory: id,
        package: affected.package.clone(),
        intervals: affected.ranges.clone(),
        versions: Vec::new(),
        basis: affected.basis,
    })
}

/// The products that a vendor says are affected by something we published.
fn products(
    statement: &Statement,
    out: &BTreeMap<AdvisoryId, Publication>,
) -> Vec<StatedProduct<AdvisoryId>> {
    let affected = statement.entries.iter().filter(|entry| entry.status == Status::Affected);
    affected
        .flat_map(|entry| {
            let product = product_of(entry.package.as_ref());
            let about = out.iter().filter(|(_, publication)| {
                publication_names(publication).contains(&entry.vulnerability)
            });
            about.filter_map(move |(advisory, _)| {
                let (vendor, name) = product.clone()?;
                let versions = entry.version.as_ref().map(|version| vec![version.0.clone()]);
                Some(StatedProduct { advisory: *advisory, vendor, name, versions })
            })
        })
        .collect()
}

/// A product that is named by a purl of type `generic`: its namespace is the vendor.
fn product_of(package: Option<&Package>) -> Option<(String, String)> {
    let package = package.filter(|p| p.ecosystem == Ecosystem::Generic)?;
    let (vendor, name) = package.name.split_once('/')?;
    Some((vendor.trim().to_lowercase(), name.trim().to_lowercase()))
}

/// The packages by which whoever runs what an entry names is found.
pub(super) fn packages_of(entry: &Entry) -> Vec<Package> {
    let product = product_of(entry.package.as_ref());
    let product = product.map(|(vendor, name)| product_package(&vendor, &name));
    entry.package.iter().cloned().chain(product).collect()
}

/// Whether an entry speaks of this very component: of a part only where the inventory also lists
/// the product whose part it is.
fn speaks_here(entry: &Entry, component: &Component, inventory: &[Component]) -> bool {
    let there = entry.within.as_ref().is_none_or(|whole| {
        inventory.iter().any(|c| names(whole.package.as_ref(), whole.version.as_ref(), c))
    });
    there && names(entry.package.as_ref(), entry.version.as_ref(), component)
}

/// Whether a package, or a product named by a generic purl, is this component.
fn names(package: Option<&Package>, version: Option<&Version>, component: &Component) -> bool {
    let same = package.is_some() && package == component.package.as_ref()
        || product_of(package).is_some_and(|(vendor, name)| {
            let product = component.product.as_ref();
            product.is_some_and(|product| product.vendor == vendor && product.name == name)
        });
    let known = component.version.as_ref().map(|version| version.0.as_str());
    let known = known.or(component.product.as_ref().map(|product| product.version.as_str()));
    same && version.is_none_or(|version| Some(version.0.as_str()) == known)
}
