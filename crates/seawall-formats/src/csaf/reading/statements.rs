//! Product statuses as statements, in the shape that all VEX formats share.

use super::Reading;
use super::flaw::{Flaw, Mention};
use super::products::Product;
use crate::vex::{ProductRef, Statement, VexStatus};
use seawall_domain::record::Record;
use seawall_domain::statement::Status;
use seawall_domain::time::Timestamp;

/// Adds the statements of one flaw: products of which the same is said stand in one statement.
pub(super) fn add(reading: &mut Reading, record: &Record, flaw: &Flaw<'_, '_>) {
    let first = reading.statements.len();
    for mention in &flaw.mentions {
        let status = status(mention);
        let own = reading.statements.get_mut(first..).unwrap_or_default();
        // The last one only: a document's products come in order, and a search would be slow.
        match own.last_mut().filter(|last| last.status == status) {
            Some(statement) => statement.products.push(product(mention)),
            None => reading.statements.push(Statement {
                vulnerability: record.id.clone(),
                aliases: record.aliases.clone(),
                products: vec![product(mention)],
                status,
                author: reading.publisher.clone(),
                supplier: None,
                timestamp: reading.modified.unwrap_or(Timestamp::UNIX_EPOCH),
            }),
        }
    }
}

fn status(mention: &Mention<'_>) -> VexStatus {
    match mention.status {
        Status::NotAffected => VexStatus::NotAffected {
            justification: mention.justification.clone(),
            impact: mention.impact.clone(),
        },
        Status::Affected => VexStatus::Affected {
            action: mention.remedy.clone().or(mention.workaround.clone()).unwrap_or_default(),
        },
        Status::Fixed => VexStatus::Fixed,
        Status::UnderInvestigation => VexStatus::UnderInvestigation,
    }
}

/// A product as a statement names it; a part of another product is a subcomponent of that one.
fn product(mention: &Mention<'_>) -> ProductRef {
    let (Some(part), Some(whole)) = (mention.part, mention.whole) else {
        return reference(mention.product);
    };
    let mut named = reference(whole);
    let part = reference(part);
    match part.package {
        Some(package) => named.subcomponents.push((package, part.version)),
        None => named.subcomponents_unread.push(part.id),
    }
    named
}

/// The package of a product, unless its versions are more than one can be named by.
///
/// A statement names one version or all of them. One about a range would become one about
/// every version, so such a product is left unnamed and applies to nothing by itself.
fn reference(product: &Product) -> ProductRef {
    let spans = &product.spans;
    let single = spans.intervals.is_empty() && spans.texts.is_empty() && spans.versions.len() <= 1;
    let versioned = product.package.as_ref().is_some_and(|(_, version)| version.is_some());
    let named = product.package.as_ref().filter(|_| single || versioned);
    let id = match (&product.purl, &product.cpe) {
        (Some(purl), _) if named.is_some() => purl.clone(),
        (_, Some(cpe)) if single => cpe.clone(),
        (_, _) => product.full_name.clone(),
    };
    let version = named.and_then(|(_, version)| version.clone());
    ProductRef {
        id,
        package: named.map(|(package, _)| package.clone()),
        version: version.or_else(|| spans.versions.first().filter(|_| single).cloned()),
        subcomponents: Vec::new(),
        subcomponents_unread: Vec::new(),
    }
}
