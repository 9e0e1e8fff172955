//! Who is affected, of one CVE record: packages where the ecosystem is certain, else products.
//!
//! The rules are those of the schema's `affected` (format 5.1): a version alone is that version,
//! with `lessThan` or `lessThanOrEqual` it starts a range, `changes` turn the status within the
//! range, and `defaultStatus` holds for every version that is not named. Two readings are ours.
//! Where the default is *affected* and only affected versions are named, those are meant (many
//! assigners set the default without meaning all versions). Where the default is *affected* and a
//! single version is unaffected, it is taken for the one that mends the flaw.

mod registry;

use super::raw::{Affected, Versions};
use crate::cpe;
use crate::json::typed::LooseText;
use crate::spans::{self, Spans};
use seawall_domain::package::{Ecosystem, Package, Version};
use seawall_domain::range::Interval;
use seawall_domain::record::repository_name;
use seawall_domain::record::{AffectedRecord, CommitRange, ProductRecord, ProductVersions, Record};
use seawall_domain::statement::Status;

/// How many products the CPE names of one entry may stand for.
const CPE_PRODUCTS_MAX: usize = 16;

/// The longest address of a repository that is kept, in bytes.
const REPOSITORY_BYTES_MAX: usize = 1_024;

#[derive(Clone, Copy, Eq, PartialEq)]
enum Word {
    Affected,
    Unaffected,
    Unknown,
}

fn word(text: &LooseText<'_>) -> Word {
    match text.get() {
        Some("affected") => Word::Affected,
        Some("unaffected") => Word::Unaffected,
        Some(_) | None => Word::Unknown,
    }
}

/// Adds one entry of a container's `affected`.
pub(super) fn take(record: &mut Record, entry: &Affected<'_>) {
    let default = word(&entry.default_status);
    let says = |wanted: Word| entry.versions.0.iter().any(|one| word(&one.status) == wanted);
    let (status, spans) = if says(Word::Affected) {
        let both = default == Word::Affected && says(Word::Unaffected);
        (Status::Affected, if both { complement(entry) } else { of_status(entry, Word::Affected) })
    } else if default == Word::Affected && says(Word::Unaffected) {
        (Status::Affected, complement(entry))
    } else if default == Word::Affected {
        (Status::Affected, Spans { all: true, ..Spans::default() })
    } else if says(Word::Unaffected) {
        (Status::NotAffected, of_status(entry, Word::Unaffected))
    } else if default == Word::Unaffected {
        (Status::NotAffected, Spans { all: true, ..Spans::default() })
    } else if says(Word::Unknown) {
        (Status::UnderInvestigation, of_status(entry, Word::Unknown))
    } else {
        (Status::Affected, Spans::default())
    };
    let commits = commits(entry);
    let package = registry::package(entry);
    match (status, package) {
        (Status::Affected, Some(package)) => packages(record, entry, package, spans, commits),
        (Status::Affected, None) => {
            let said = !commits.is_empty();
            for range in commits {
                let name = repository_name(&range.repository);
                let package = Package { ecosystem: Ecosystem::Git, name };
                record.affected.push(affected(package, Spans::default(), vec![range]));
            }
            if !(said && spans.is_empty()) {
                products(record, entry, status, spans);
            }
        }
        (Status::NotAffected | Status::Fixed | Status::UnderInvestigation, _) => {
            products(record, entry, status, spans);
        }
    }
}

fn affected(package: Package, spans: Spans, commits: Vec<CommitRange>) -> AffectedRecord {
    AffectedRecord {
        package,
        intervals: spans.intervals,
        versions: spans.versions,
        commits,
        basis: None,
        stated_by: None,
        tested: Vec::new(),
    }
}

/// Adds a package; what no rule reads of its versions stands among the products.
fn packages(
    record: &mut Record,
    entry: &Affected<'_>,
    package: Package,
    mut spans: Spans,
    commits: Vec<CommitRange>,
) {
    let texts = std::mem::take(&mut spans.texts);
    if spans.all {
        spans.intervals = vec![Interval { introduced: None, fixed: None, last_affected: None }];
    }
    if !spans.is_empty() || !commits.is_empty() {
        record.affected.push(affected(package, spans, commits));
        if texts.is_empty() {
            return;
        }
    }
    products(record, entry, Status::Affected, Spans { texts, ..Spans::default() });
}

fn products(record: &mut Record, entry: &Affected<'_>, status: Status, spans: Spans) {
    let lower = |text: &LooseText<'_>| text.get().unwrap_or_default().to_lowercase();
    let (vendor, name) = (lower(&entry.vendor), lower(&entry.product));
    let name = if spans::is_unnamed(&name) { lower(&entry.package_name) } else { name };
    let mut versions = spans.product_versions();
    if versions.is_empty() {
        versions.push(ProductVersions::Text("unspecified".to_owned()));
    }
    let mut named: Vec<(String, String, Option<&str>)> = Vec::new();
    for cpe in entry.cpes.0.iter().filter_map(LooseText::get) {
        let Some(cpe::Name { vendor, product: name, .. }) = cpe::read(cpe) else {
            continue;
        };
        let known = named.iter().any(|one| one.0 == vendor && one.1 == name);
        if !known && named.len() < CPE_PRODUCTS_MAX {
            named.push((vendor, name, Some(cpe)));
        }
    }
    // The vendor's own words count besides the CPE's, unless they say the same.
    let spelt = |text: &str| text.replace('_', " ");
    let same = named.iter().any(|one| one.0 == spelt(&vendor) && one.1 == spelt(&name));
    if !same && !spans::is_unnamed(&name) {
        named.push((vendor, name, None));
    }
    for (vendor, name, cpe) in named {
        record.products.extend(versions.iter().map(|versions| ProductRecord {
            vendor: vendor.clone(),
            name: name.clone(),
            cpe: cpe.map(str::to_owned),
            versions: versions.clone(),
            status,
            remedy: None,
        }));
    }
}

fn is_git(one: &Versions<'_>) -> bool {
    let kind = one.version_type.get();
    kind.is_some_and(|kind| {
        ["git", "Commit Hash"].iter().any(|word| word.eq_ignore_ascii_case(kind))
    })
}

/// The affected ranges over commits; the repository is the entry's own.
fn commits(entry: &Affected<'_>) -> Vec<CommitRange> {
    let known = entry.repo.get().filter(|repo| repo.len() <= REPOSITORY_BYTES_MAX);
    let Some(repository) = known else {
        return Vec::new();
    };
    let ranges =
        entry.versions.0.iter().filter(|one| is_git(one) && word(&one.status) == Word::Affected);
    let list = |text: &LooseText<'_>, left_out: &[&str]| {
        let kept = text.get().filter(|text| !left_out.contains(text));
        kept.map(str::to_owned).into_iter().collect::<Vec<_>>()
    };
    let range = |one: &Versions<'_>| CommitRange {
        repository: repository.to_owned(),
        introduced: list(&one.version, &["0", "unspecified", "n/a"]),
        fixed: list(&one.less_than, &["*"]),
        last_affected: list(&one.less_than_or_equal, &["*"]),
    };
    ranges.map(range).collect()
}

/// What is said with one status.
fn of_status(entry: &Affected<'_>, wanted: Word) -> Spans {
    let mut spans = Spans::default();
    for one in &entry.versions.0 {
        if word(&one.status) != wanted || (is_git(one) && entry.repo.get().is_some()) {
            continue;
        }
        match span(one) {
            Some(Span { start, end }) => {
                let ends = turned(one, &start, end);
                spans.intervals.extend(ends);
            }
            None => spans.add_text(&whole_text(one)),
        }
    }
    spans.texts.retain(|text| !spans::is_unnamed(text));
    spans
}

/// Everything but the unaffected ranges, in the order given.
fn complement(entry: &Affected<'_>) -> Spans {
    let mut spans = Spans::default();
    let mut start = Some(None);
    for one in entry.versions.0.iter().filter(|one| word(&one.status) == Word::Unaffected) {
        let exact = one.less_than.get().is_none() && one.less_than_or_equal.get().is_none();
        let read = match one.version.get().filter(|text| exact && spans::is_version(text)) {
            Some(text) => Some(Span { start: Some(Version::from(text)), end: End::Open }),
            None if exact => None,
            None => span(one),
        };
        let Some(Span { start: from, end }) = read else {
            spans.texts.push(format!("not {}", whole_text(one)));
            continue;
        };
        // An unaffected range from the beginning only moves the start.
        if let (Some(introduced), Some(fixed)) = (start.take(), from) {
            spans.intervals.push(Interval { introduced, fixed: Some(fixed), last_affected: None });
        }
        start = match end {
            End::Open => None,
            // A range that ends at a version included starts anew at it: one version too much.
            End::Before(version) | End::At(version) => Some(Some(version)),
        };
    }
    if let Some(introduced) = start {
        spans.intervals.push(Interval { introduced, fixed: None, last_affected: None });
    }
    spans
}

/// Where a range ends.
enum End {
    Open,
    Before(Version),
    At(Version),
}

struct Span {
    start: Option<Version>,
    end: End,
}

/// A range; none when the entry names one version, or when its bounds cannot be read.
fn span(one: &Versions<'_>) -> Option<Span> {
    let (bound, included) = match (one.less_than.get(), one.less_than_or_equal.get()) {
        (Some(bound), _) => (bound, false),
        (None, Some(bound)) => (bound, true),
        (None, None) => return None,
    };
    let start = one.version.get().unwrap_or_default();
    let start = start.trim_start_matches(['>', '=']).trim_start();
    let from_first = ["earlier", "previous versions", "prior"];
    let start = if spans::is_unnamed(start) || spans::is_every(start) || from_first.contains(&start)
    {
        None
    } else if spans::is_version(start) {
        Some(Version::from(start))
    } else {
        return None;
    };
    let bound = bound.trim_start_matches(['<', '=']).trim_start();
    let end = if matches!(bound, "*" | "unspecified" | "") {
        End::Open
    } else if let Some(next) = spans::after_branch(bound) {
        End::Before(next)
    } else if !spans::is_version(bound) {
        return None;
    } else if included {
        End::At(Version::from(bound))
    } else {
        End::Before(Version::from(bound))
    };
    Some(Span { start, end })
}

/// The affected parts of a range whose status `changes` turn.
fn turned(one: &Versions<'_>, start: &Option<Version>, end: End) -> Vec<Interval> {
    let mut intervals = Vec::new();
    let mut open = Some(start.clone());
    let base = word(&one.status);
    for change in &one.changes.0 {
        let Some(at) = change.at.get().filter(|at| spans::is_version(at)).map(Version::from) else {
            continue;
        };
        match (word(&change.status) == base, open.take()) {
            (false, Some(introduced)) => {
                intervals.push(Interval { introduced, fixed: Some(at), last_affected: None });
            }
            (true, None) => open = Some(Some(at)),
            (_, kept) => open = kept,
        }
    }
    if let Some(introduced) = open {
        let (fixed, last_affected) = match end {
            End::Open => (None, None),
            End::Before(version) => (Some(version), None),
            End::At(version) => (None, Some(version)),
        };
        intervals.push(Interval { introduced, fixed, last_affected });
    }
    intervals
}

/// An entry in words, for what no rule reads.
fn whole_text(one: &Versions<'_>) -> String {
    let start = one.version.get().unwrap_or("unspecified");
    match (one.less_than.get(), one.less_than_or_equal.get()) {
        (Some(bound), _) => format!("{start}, less than {bound}"),
        (None, Some(bound)) => format!("{start}, up to {bound}"),
        (None, None) => start.to_owned(),
    }
}
