//! The product tree: one branch per package under its ecosystem, with the affected range and each
//! release that first held a fix.
//!
//! Product ids are made of the package's own name, so that they stay the same from one revision of
//! an advisory to the next.

use super::vers;
use crate::inventory::purl;
use seawall_domain::package::Package;
use seawall_domain::publication::AffectedPackage;
use serde_json::{Value, json};
use std::collections::HashSet;

/// What the rest of the document needs to know of one package.
pub(super) struct Entry {
    /// The package as a person reads it.
    pub name: String,
    /// Its affected range as a person reads it.
    pub range: String,
    /// The product id of its affected range.
    pub affected: String,
    /// Each fixed version with its product id.
    pub fixes: Vec<(String, String)>,
}

/// The product tree and its ids.
pub(super) struct Tree {
    /// The branches, as JSON.
    pub branches: Vec<Value>,
    /// The packages, in the order of the advisory.
    pub entries: Vec<Entry>,
}

impl Tree {
    /// The product ids of every affected range.
    pub(super) fn affected(&self) -> Vec<&str> {
        self.entries.iter().map(|entry| entry.affected.as_str()).collect()
    }

    /// The product ids of every release that first held a fix.
    pub(super) fn fixed(&self) -> Vec<&str> {
        let fixes = self.entries.iter().flat_map(|entry| &entry.fixes);
        fixes.map(|(_, id)| id.as_str()).collect()
    }
}

/// Builds the tree.
pub(super) fn of(affected: &[AffectedPackage]) -> Tree {
    let mut taken = HashSet::new();
    let mut families: Vec<(String, Vec<Value>)> = Vec::new();
    let mut entries = Vec::new();
    for one in affected {
        let (branch, entry) = package(one, &mut taken);
        entries.push(entry);
        let family = one.package.ecosystem.to_string();
        match families.iter_mut().find(|(name, _)| *name == family) {
            Some((_, branches)) => branches.push(branch),
            None => families.push((family, vec![branch])),
        }
    }
    let branches = families.into_iter().map(|(name, branches)| {
        json!({"branches": branches, "category": "product_family", "name": named(&name)})
    });
    Tree { branches: branches.collect(), entries }
}

/// A name that is never empty: CSAF forbids that.
fn named(text: &str) -> &str {
    if text.is_empty() { "(unnamed)" } else { text }
}

/// The words that CSAF forbids as the name of a single version (test 6.1.31).
const RANGE_WORDS: [&str; 7] = ["after", "all", "before", "earlier", "later", "prior", "versions"];

/// A version as the name of its branch: what would read as a range of versions is disarmed.
fn version_name(version: &str) -> String {
    let mut name = String::with_capacity(version.len());
    for letter in version.chars() {
        match letter {
            '<' => name.push_str("%3C"),
            '>' => name.push_str("%3E"),
            letter if letter.is_whitespace() => name.push_str("%20"),
            letter => name.push(letter),
        }
    }
    match RANGE_WORDS.contains(&name.to_lowercase().as_str()) {
        true => format!("={name}"),
        false => named(&name).to_owned(),
    }
}

/// The affected range as a person reads it.
fn named_range(one: &AffectedPackage) -> String {
    let ranges: Vec<String> = one.ranges.iter().map(|range| range.to_string()).collect();
    match ranges.is_empty() {
        true => "every release".to_owned(),
        false => ranges.join("; "),
    }
}

/// An id that no other product has: the same package may be listed twice, run and stated.
fn unique(wanted: String, taken: &mut HashSet<String>) -> String {
    let mut id = wanted.clone();
    let mut number = 2u32;
    while !taken.insert(id.clone()) {
        id = format!("{wanted} ({number})");
        number += 1;
    }
    id
}

fn product(name: String, id: &str, purl: Option<String>) -> Value {
    let helper = purl.map(|purl| json!({"purl": purl}));
    json!({"name": name, "product_id": id, "product_identification_helper": helper})
}

fn package(one: &AffectedPackage, taken: &mut HashSet<String>) -> (Value, Entry) {
    let package = &one.package;
    let kind = kind(package);
    let range = vers::write(&kind, &one.ranges);
    let affected = unique(format!("{package}:affected"), taken);
    let spoken = named_range(one);
    let title = format!("{package}, {spoken}");
    let mut branches = vec![json!({
        "category": "product_version_range",
        "name": range,
        "product": product(title, &affected, purl::write(package, None)),
    })];
    let mut fixes: Vec<(String, String)> = Vec::new();
    for version in one.ranges.iter().filter_map(|range| range.fixed.as_ref()) {
        if fixes.iter().any(|(known, _)| *known == version.0) {
            continue;
        }
        let id = unique(format!("{package}@{version}"), taken);
        let name = format!("{package} {version}");
        branches.push(json!({
            "category": "product_version",
            "name": version_name(&version.0),
            "product": product(name, &id, purl::write(package, Some(version))),
        }));
        fixes.push((version.0.clone(), id));
    }
    let branch = json!({
        "branches": branches,
        "category": "product_name",
        "name": named(&package.name),
    });
    let entry = Entry { name: package.to_string(), range: spoken, affected, fixes };
    (branch, entry)
}

/// The purl type of a package, which vers uses as its scheme.
fn kind(package: &Package) -> String {
    let purl = purl::write(package, None);
    let kind = purl.as_deref().and_then(|purl| purl.strip_prefix("pkg:")?.split('/').next());
    kind.unwrap_or("generic").to_owned()
}
