//! Which products a record applies to by CPE names (`cpeApplicability`, format 5.1 and later).
//!
//! Each vulnerable name counts by itself: what it must run on or beside is not asked, since few
//! inventories tell. What an `affected` of the record already says of a product stands; negated
//! parts say what is *not* meant in words that no product can be found by, and are left out.

use super::raw::{Configuration, CpeMatch};
use crate::cpe::{self, Attribute, Name};
use crate::json::typed::{Loose, LooseText};
use crate::spans::{self, Spans};
use seawall_domain::package::Version;
use seawall_domain::range::Interval;
use seawall_domain::record::{ProductRecord, ProductVersions, Record};
use seawall_domain::statement::Status;
use std::collections::HashSet;

/// How many names of one container are read.
const NAMES_MAX: usize = 10_000;

/// Adds the products of one container that `affected` does not speak of.
pub(super) fn take(record: &mut Record, configurations: &[Loose<Configuration<'_>>]) {
    let known: HashSet<(String, String)> = record
        .products
        .iter()
        .filter(|one| !matches!(one.versions, ProductVersions::Text(_)))
        .map(|one| (one.vendor.replace('_', " "), one.name.replace('_', " ")))
        .collect();
    let nodes = configurations.iter().filter_map(|one| one.0.as_ref());
    let nodes = nodes.filter(|one| !one.negate.is_set()).flat_map(|one| &one.nodes.0);
    let nodes = nodes.filter_map(|one| one.0.as_ref()).filter(|one| !one.negate.is_set());
    let names = nodes.flat_map(|one| &one.cpe_match.0).filter_map(|one| one.0.as_ref());
    for one in names.filter(|one| one.vulnerable.is_set()).take(NAMES_MAX) {
        let Some((text, name)) = one.criteria.get().and_then(|text| Some((text, cpe::read(text)?)))
        else {
            continue;
        };
        let named = (name.vendor.clone(), name.product.clone());
        if known.contains(&named) {
            continue;
        }
        let products = spans(one, &name).product_versions().into_iter();
        record.products.extend(products.map(|versions| ProductRecord {
            vendor: named.0.clone(),
            name: named.1.clone(),
            cpe: Some(text.to_owned()),
            versions,
            status: Status::Affected,
            remedy: None,
        }));
    }
}

/// Which versions: the one that the name states, or those between the bounds beside it.
fn spans(one: &CpeMatch<'_>, name: &Name) -> Spans {
    let mut spans = Spans::default();
    let bounds = [
        &one.version_start_including,
        &one.version_start_excluding,
        &one.version_end_including,
        &one.version_end_excluding,
    ];
    match (&name.version, bounds.iter().any(|bound| bound.get().is_some())) {
        // No rule orders updates, so what is limited to one is told and not matched.
        (Attribute::Text(version), _) if name.update.text().is_some() => {
            spans.texts.push(format!("{version} {}", name.update.text().unwrap_or_default()));
        }
        (Attribute::Text(version), _) => spans.add_text(version),
        (Attribute::Any | Attribute::None, false) => spans.all = true,
        (Attribute::Any | Attribute::None, true) => match interval(one) {
            Some(interval) => spans.intervals.push(interval),
            None => spans.texts.push(in_words(one)),
        },
    }
    spans
}

/// The versions between the bounds; none where one cannot be read. A start that is excluded is
/// taken with it: one version too much.
fn interval(one: &CpeMatch<'_>) -> Option<Interval> {
    let read = |text: &LooseText<'_>| match text.get() {
        None => Some(None),
        Some(text) if spans::is_version(text) => Some(Some(Version::from(text))),
        Some(_) => None,
    };
    let introduced = read(&one.version_start_including)?;
    let introduced = match introduced {
        Some(version) => Some(version),
        None => read(&one.version_start_excluding)?,
    };
    let fixed = read(&one.version_end_excluding)?;
    let last_affected = if fixed.is_some() { None } else { read(&one.version_end_including)? };
    Some(Interval { introduced, fixed, last_affected })
}

fn in_words(one: &CpeMatch<'_>) -> String {
    let parts = [
        ("from", &one.version_start_including),
        ("after", &one.version_start_excluding),
        ("up to", &one.version_end_including),
        ("before", &one.version_end_excluding),
    ];
    let said = parts.iter().filter_map(|(word, text)| Some(format!("{word} {}", text.get()?)));
    said.collect::<Vec<_>>().join(", ")
}
