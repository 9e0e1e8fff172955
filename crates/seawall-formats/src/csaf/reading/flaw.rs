//! One entry of `vulnerabilities`: which products have which status, and what is said of each.

use super::products::{Product, Tree};
use super::raw::{Document, Reference, Remediation, Scores, Statuses, Vulnerability};
use super::{ID_BYTES_MAX, NAME_LEN_MAX, WORDS_LEN_MAX};
use crate::bounded::{add_new, cut};
use crate::json::typed::{Loose, LooseList, LooseText, Text};
use crate::when;
use seawall_domain::claim::Cwe;
use seawall_domain::record::{
    AffectedRecord, Exploitation, ProductRecord, ProductVersions, Record, Score, Ssvc,
};
use seawall_domain::statement::Status;
use std::collections::{HashMap, HashSet};

/// The namespaces of names that are other names of a flaw; the rest are trackers' numbers.
const NAMESPACES: [&str; 4] = ["CVE-", "GHSA-", "VU#", "EUVD-"];

/// One product with its status.
pub(super) struct Mention<'t> {
    pub(super) product: &'t Product,
    /// The products it relates to: its part, and the whole that the part is in.
    pub(super) part: Option<&'t Product>,
    pub(super) whole: Option<&'t Product>,
    pub(super) status: Status,
    /// The reason of *not affected*, by the standard's label.
    pub(super) justification: Option<String>,
    /// The effect on it, in the issuer's words.
    pub(super) impact: Option<String>,
    /// How to mend it.
    pub(super) remedy: Option<String>,
    /// What to do about it without an update.
    pub(super) workaround: Option<String>,
}

/// An entry with its products looked up.
pub(super) struct Flaw<'r, 't> {
    raw: &'r Vulnerability<'r>,
    pub(super) mentions: Vec<Mention<'t>>,
    /// How many product identifiers of statuses the tree does not hold.
    pub(super) unresolved: usize,
}

/// What is said of each product, by its identifier.
#[derive(Default)]
struct Said<'r> {
    justification: HashMap<&'r str, &'r str>,
    impact: HashMap<&'r str, &'r str>,
    remedy: HashMap<&'r str, String>,
    workaround: HashMap<&'r str, String>,
}

impl<'r, 't: 'r> Flaw<'r, 't> {
    /// Looks every product up; none when more are named than `left`, which is counted down.
    pub(super) fn of(
        raw: &'r Vulnerability<'r>,
        tree: &'t Tree,
        left: &mut usize,
    ) -> Option<Flaw<'r, 't>> {
        let said = Said::of(raw, tree, left)?;
        let mut flaw = Flaw { raw, mentions: Vec::new(), unresolved: 0 };
        let mut seen = HashSet::new();
        let default = Statuses::default();
        let statuses = raw.product_status.0.as_ref();
        for (status, ids) in groups(statuses.unwrap_or(&default)) {
            for id in ids.iter().filter_map(Text::get) {
                *left = left.checked_sub(1)?;
                if !seen.insert((status_order(status), id)) {
                    continue;
                }
                let Some(product) = tree.product(id) else {
                    flaw.unresolved += 1;
                    continue;
                };
                let other = |id: &Option<String>| tree.product(id.as_deref()?);
                flaw.mentions.push(Mention {
                    product,
                    part: other(&product.part),
                    whole: other(&product.whole),
                    status,
                    justification: said.justification.get(id).map(|label| (*label).to_owned()),
                    impact: said.impact.get(id).map(|text| cut(text, WORDS_LEN_MAX)),
                    remedy: said.remedy.get(id).cloned(),
                    workaround: said.workaround.get(id).cloned(),
                });
            }
        }
        // A recommended version has no status; it must be in the tree all the same.
        let recommended = statuses.map_or(&[][..], |statuses| &statuses.recommended.0);
        let unknown =
            recommended.iter().filter_map(Text::get).filter(|id| tree.product(id).is_none());
        flaw.unresolved += unknown.count();
        Some(flaw)
    }

    /// Fills a record with what the entry says.
    pub(super) fn fill(&self, record: &mut Record, document: &Document<'_>) {
        let raw = self.raw;
        if let Some(title) = raw.title.get() {
            record.summary = title.to_owned();
        }
        record.details = self.details().unwrap_or_default();
        let names = raw.ids.0.iter().filter_map(|one| one.0.as_ref()?.text.get());
        let known = |name: &&str| NAMESPACES.iter().any(|start| name.starts_with(start));
        let short = |name: &&str| name.len() <= ID_BYTES_MAX && *name != record.id;
        for name in names.filter(known).filter(short).collect::<Vec<_>>() {
            add_new(&mut record.aliases, name.to_owned());
        }
        for cwe in std::iter::once(&raw.cwe).chain(&raw.cwes.0) {
            let digits = cwe.0.as_ref().and_then(|cwe| cwe.id.get()?.strip_prefix("CWE-"));
            let cwe = digits.and_then(|digits| digits.parse().ok()).map(Cwe);
            if let Some(cwe) = cwe {
                add_new(&mut record.weaknesses, cwe);
            }
        }
        let by = document.publisher.0.as_ref().and_then(|one| one.name.get());
        let by = by.map(|name| cut(name, NAME_LEN_MAX));
        let by = by.as_deref();
        for score in raw.scores.0.iter().filter_map(|one| one.0.as_ref()) {
            scores(&mut record.scores, score, by);
        }
        for metric in raw.metrics.0.iter().filter_map(|one| one.0.as_ref()?.content.0.as_ref()) {
            scores(&mut record.scores, metric, by);
        }
        let notes = raw.notes.0.iter().filter_map(|note| note.0.as_ref()?.text.get());
        record.ssvc = notes.filter_map(ssvc).next_back();
        links(&mut record.references, &raw.references, |_| true);
        links(&mut record.references, &document.references, |kind| kind == Some("self"));
        let (fixes, detours): (Vec<_>, Vec<_>) = self.remediations().partition(|one| is_fix(one));
        record.remedy = joined(&fixes);
        let detours: Vec<_> = detours.into_iter().filter(|one| is_workaround(one)).collect();
        record.workaround = joined(&detours);
        for mention in &self.mentions {
            mention.add(record);
        }
    }

    fn remediations(&self) -> impl Iterator<Item = &'r Remediation<'r>> {
        self.raw.remediations.0.iter().filter_map(|one| one.0.as_ref())
    }

    /// The longest-winded note there is: description, then summary, then details, then general.
    fn details(&self) -> Option<String> {
        let note = |category: &str| {
            let notes = self.raw.notes.0.iter().filter_map(|note| note.0.as_ref());
            let mut fitting = notes.filter(|note| note.category.get() == Some(category));
            fitting.find_map(|note| note.text.get().filter(|text| ssvc(text).is_none()))
        };
        ["description", "summary", "details", "general"]
            .into_iter()
            .find_map(note)
            .map(str::to_owned)
    }
}

fn groups<'r>(statuses: &'r Statuses<'r>) -> [(Status, &'r [Text<'r>]); 8] {
    [
        (Status::Affected, &statuses.known_affected.0),
        (Status::Affected, &statuses.first_affected.0),
        (Status::Affected, &statuses.last_affected.0),
        (Status::Fixed, &statuses.first_fixed.0),
        (Status::Fixed, &statuses.fixed.0),
        (Status::NotAffected, &statuses.known_not_affected.0),
        (Status::UnderInvestigation, &statuses.under_investigation.0),
        (Status::UnderInvestigation, &statuses.unknown.0),
    ]
}

fn status_order(status: Status) -> u8 {
    match status {
        Status::Affected => 0,
        Status::Fixed => 1,
        Status::NotAffected => 2,
        Status::UnderInvestigation => 3,
    }
}

fn is_fix(one: &Remediation<'_>) -> bool {
    one.category.get() == Some("vendor_fix")
}

fn is_workaround(one: &Remediation<'_>) -> bool {
    matches!(one.category.get(), Some("mitigation" | "workaround"))
}

/// A remediation in words, with its link.
fn words(one: &Remediation<'_>) -> Option<String> {
    match (one.details.get(), one.url.get()) {
        (Some(details), Some(url)) if !details.contains(url) => Some(format!("{details} ({url})")),
        (Some(details), _) => Some(details.to_owned()),
        (None, url) => url.map(str::to_owned),
    }
}

/// The different texts of remediations, a line each.
fn joined(all: &[&Remediation<'_>]) -> Option<String> {
    let mut seen = HashSet::new();
    let texts = all.iter().filter_map(|one| words(one)).filter(|text| seen.insert(text.clone()));
    Some(texts.collect::<Vec<_>>().join("\n")).filter(|text| !text.is_empty())
}

fn links<'r>(
    into: &mut Vec<String>,
    all: &'r LooseList<Loose<Reference<'r>>>,
    wanted: impl Fn(Option<&str>) -> bool,
) {
    let all = all.0.iter().filter_map(|link| link.0.as_ref());
    let wanted = all.filter(|link| wanted(link.category.get())).filter_map(|link| link.url.get());
    let mut known: HashSet<String> = into.iter().cloned().collect();
    into.extend(wanted.filter(|url| known.insert((*url).to_owned())).map(str::to_owned));
}

fn scores(into: &mut Vec<Score>, scores: &Scores<'_>, by: Option<&str>) {
    for cvss in [&scores.cvss_v4, &scores.cvss_v3, &scores.cvss_v2] {
        let vector = cvss.0.as_ref().and_then(|cvss| cvss.vector.get());
        let score =
            vector.map(|vector| Score { vector: vector.to_owned(), by: by.map(str::to_owned) });
        if let Some(score) = score {
            add_new(into, score);
        }
    }
}

/// CISA's decision as a note: `SSVCv2/E:P/A:N/T:P/2024-09-18T19:25:28Z/`.
fn ssvc(text: &str) -> Option<Ssvc> {
    let mut ssvc = Ssvc::default();
    for part in text.trim().strip_prefix("SSVCv2/")?.split('/') {
        match part {
            "E:N" => ssvc.exploitation = Some(Exploitation::None),
            "E:P" => ssvc.exploitation = Some(Exploitation::PublicPoc),
            "E:A" => ssvc.exploitation = Some(Exploitation::Active),
            "A:Y" => ssvc.automatable = Some(true),
            "A:N" => ssvc.automatable = Some(false),
            "T:T" => ssvc.total = Some(true),
            "T:P" => ssvc.total = Some(false),
            other => ssvc.at = when::read(other).or(ssvc.at),
        }
    }
    Some(ssvc)
}

impl<'r> Said<'r> {
    fn of(raw: &'r Vulnerability<'r>, tree: &'r Tree, left: &mut usize) -> Option<Said<'r>> {
        let mut said = Said::default();
        for flag in raw.flags.0.iter().filter_map(|one| one.0.as_ref()) {
            let Some(label) = flag.label.get() else {
                continue;
            };
            each(&flag.product_ids, &flag.group_ids, tree, left, |id| {
                said.justification.entry(id).or_insert(label);
            })?;
        }
        for threat in raw.threats.0.iter().filter_map(|one| one.0.as_ref()) {
            let Some(details) = threat.details.get().filter(|_| is_impact(&threat.category)) else {
                continue;
            };
            each(&threat.product_ids, &threat.group_ids, tree, left, |id| {
                said.impact.entry(id).or_insert(details);
            })?;
        }
        for one in raw.remediations.0.iter().filter_map(|one| one.0.as_ref()) {
            let Some(text) = words(one).map(|text| cut(&text, WORDS_LEN_MAX)) else {
                continue;
            };
            let kept = match (is_fix(one), is_workaround(one)) {
                (true, _) => &mut said.remedy,
                (false, true) => &mut said.workaround,
                (false, false) => continue,
            };
            each(&one.product_ids, &one.group_ids, tree, left, |id| {
                kept.entry(id).or_insert_with(|| text.clone());
            })?;
        }
        Some(said)
    }
}

fn is_impact(category: &LooseText<'_>) -> bool {
    category.get() == Some("impact")
}

/// Does something for every product that is named alone or in a group; none beyond the bound.
fn each<'r>(
    ids: &'r LooseList<Text<'r>>,
    groups: &'r LooseList<Text<'r>>,
    tree: &'r Tree,
    left: &mut usize,
    mut act: impl FnMut(&'r str),
) -> Option<()> {
    let in_groups = groups.0.iter().filter_map(Text::get).flat_map(|id| tree.group(id));
    for id in ids.0.iter().filter_map(Text::get).chain(in_groups.map(String::as_str)) {
        *left = left.checked_sub(1)?;
        act(id);
    }
    Some(())
}

impl Mention<'_> {
    /// Adds it to the affected packages or to the products of a record.
    fn add(&self, record: &mut Record) {
        // A library inside a product says nothing about the library: the product is meant.
        let product = match (self.part, self.whole) {
            (Some(part), Some(whole)) if part.package.is_some() && !part.is_distributed() => whole,
            _ => self.product,
        };
        let spans = product.spans.clone();
        if let (Some((package, version)), Status::Affected) = (&product.package, self.status) {
            let mut affected = AffectedRecord {
                package: package.clone(),
                intervals: spans.intervals.clone(),
                versions: spans.versions.clone(),
                commits: Vec::new(),
                basis: None,
                stated_by: None,
                tested: Vec::new(),
            };
            if let Some(version) = version {
                affected.versions = vec![version.clone()];
            }
            let unnamed = affected.intervals.is_empty() && affected.versions.is_empty();
            if unnamed && (spans.all || spans.texts.is_empty()) {
                affected.intervals = vec![crate::spans::everything()];
            }
            if !affected.intervals.is_empty() || !affected.versions.is_empty() {
                record.affected.push(affected);
                return;
            }
        }
        let mut versions = spans.product_versions();
        if versions.is_empty() {
            versions.push(ProductVersions::All);
        }
        record.products.extend(versions.into_iter().map(|versions| ProductRecord {
            vendor: product.vendor.clone(),
            name: product.name.clone(),
            cpe: product.cpe.clone(),
            versions,
            status: self.status,
            remedy: self.remedy.clone(),
        }));
    }
}
