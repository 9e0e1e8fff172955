//! What an outside source says of a flaw: one record of an advisory database, of the CVE list, of a
//! catalogue of exploited flaws, or of a scoring service (capabilities C20, C44).
//!
//! A record keeps what its source says and judges nothing. Records about one flaw are brought
//! together by their names in `matching::flaw`, where each field keeps the source it came from.

use crate::claim::Cwe;
use crate::package::{Package, Version};
use crate::range::{Basis, Interval, Tested};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What kind of source a record comes from; precedence between sources is by kind.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// A record in the OSV schema, by a package ecosystem's own database.
    Osv,
    /// A vendor's or coordinator's advisory in CSAF.
    Csaf,
    /// A record of the CVE list, with the containers of those who enrich it.
    Cve,
    /// CISA's catalogue of known exploited vulnerabilities.
    Kev,
    /// FIRST's exploit prediction scores.
    Epss,
    /// Published SSVC decision points.
    Ssvc,
}

impl SourceKind {
    /// The name by which people and JSON know it.
    pub const fn name(self) -> &'static str {
        match self {
            SourceKind::Osv => "osv",
            SourceKind::Csaf => "csaf",
            SourceKind::Cve => "cve",
            SourceKind::Kev => "kev",
            SourceKind::Epss => "epss",
            SourceKind::Ssvc => "ssvc",
        }
    }
}

impl fmt::Display for SourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One record: what one source says of one flaw.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The kind of source.
    pub kind: SourceKind,
    /// Its name for the flaw: `PYSEC-2021-63`, `CVE-2021-33503`.
    pub id: String,
    /// The document it stands in, where one document speaks of several flaws: `ICSA-24-030-02`.
    pub document: Option<String>,
    /// Who publishes it, as the document says: `cisa`, `GitHub_M`.
    pub publisher: Option<String>,
    /// When it last changed.
    pub modified: Option<Timestamp>,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// When it was withdrawn or rejected; such a record matches nothing.
    pub withdrawn: Option<Timestamp>,
    /// Other names of the same flaw.
    pub aliases: Vec<String>,
    /// The records it passes on, where its database is downstream of another.
    pub upstream: Vec<String>,
    /// One line.
    pub summary: String,
    /// What is wrong.
    pub details: String,
    /// The packages it affects.
    pub affected: Vec<AffectedRecord>,
    /// The products it affects that are not packages of an ecosystem.
    pub products: Vec<ProductRecord>,
    /// The severity vectors, as given, with who gave them.
    pub scores: Vec<Score>,
    /// The weakness classes, in the order given.
    pub weaknesses: Vec<Cwe>,
    /// The listing as known exploited, where the record is or holds one.
    pub kev: Option<KevListing>,
    /// SSVC decision points, where the record holds them.
    pub ssvc: Option<Ssvc>,
    /// The exploit prediction score, where the record is one.
    pub epss: Option<Epss>,
    /// What the ecosystem calls it when it is no vulnerability: `unmaintained`, `unsound`.
    pub informational: Option<String>,
    /// The links.
    pub references: Vec<String>,
    /// What an operator should do, where the record says it.
    pub remedy: Option<String>,
    /// What to do without an update, where the record says it.
    pub workaround: Option<String>,
    /// What every reader must know first, where the record says it.
    pub notice: Option<String>,
}

impl Record {
    /// A record that says nothing yet but its name.
    pub fn named(kind: SourceKind, id: impl Into<String>) -> Record {
        Record {
            kind,
            id: id.into(),
            document: None,
            publisher: None,
            modified: None,
            published: None,
            withdrawn: None,
            aliases: Vec::new(),
            upstream: Vec::new(),
            summary: String::new(),
            details: String::new(),
            affected: Vec::new(),
            products: Vec::new(),
            scores: Vec::new(),
            weaknesses: Vec::new(),
            kev: None,
            ssvc: None,
            epss: None,
            informational: None,
            references: Vec::new(),
            remedy: None,
            workaround: None,
            notice: None,
        }
    }
}

/// One package that a record affects.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct AffectedRecord {
    /// The package; its name is normalised as those of inventories are.
    pub package: Package,
    /// The affected intervals, in the package's own version order.
    pub intervals: Vec<Interval>,
    /// Versions named one by one; they are affected whatever the intervals say.
    pub versions: Vec<Version>,
    /// Ranges over commits, where the record has them.
    pub commits: Vec<CommitRange>,
    /// How it is known, where the record says it.
    pub basis: Option<Basis>,
    /// Who stated it, where the record says it.
    pub stated_by: Option<String>,
    /// The releases that were run, where the record says it.
    pub tested: Vec<Tested>,
}

/// The name of a repository by its address: without scheme, user and `.git`, lower-cased. The short
/// form of ssh, `user@host:path`, names the same.
pub fn repository_name(address: &str) -> String {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let short = !address.contains("://") && rest.split('/').next().is_some_and(|h| h.contains(':'));
    let split = if short { rest.split_once(':') } else { rest.split_once('/') };
    let (host, path) = split.unwrap_or((rest, ""));
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let path = path.trim_end_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    if path.is_empty() { host.to_lowercase() } else { format!("{host}/{path}").to_lowercase() }
}

/// A range over the commits of a repository (OSV `GIT`), as hexadecimal SHA-1 texts.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct CommitRange {
    /// The repository's address.
    pub repository: String,
    /// The commits that brought the flaw; empty stands for the first one.
    pub introduced: Vec<String>,
    /// The commits that mended it.
    pub fixed: Vec<String>,
    /// The last commits seen affected.
    pub last_affected: Vec<String>,
}

impl CommitRange {
    /// Whether a commit is affected, when its history is known: the commit itself and all that it
    /// descends from (OSV schema, evaluation of `GIT` ranges). Nothing is said of a range that
    /// names no commit that brought the flaw.
    pub fn holds(&self, commit: &str, descends_from: impl Fn(&str) -> bool) -> bool {
        let brought = self.introduced.iter().any(|one| one.is_empty() || descends_from(one));
        let mended = self.fixed.iter().any(|one| descends_from(one));
        let past = self.last_affected.iter().any(|one| one != commit && descends_from(one));
        brought && !mended && !past
    }
}

/// A product that a record affects and that no ecosystem lists: a device, an appliance.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct ProductRecord {
    /// The vendor, trimmed and lower-cased.
    pub vendor: String,
    /// The product, trimmed and lower-cased.
    pub name: String,
    /// The CPE 2.3 name, where the source gives one.
    pub cpe: Option<String>,
    /// Which of its versions.
    pub versions: ProductVersions,
    /// What the source says of them.
    pub status: crate::statement::Status,
    /// What to do, in the source's words.
    pub remedy: Option<String>,
}

/// Which versions of a product a source speaks of.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProductVersions {
    /// All of them.
    All,
    /// These, as the source writes them.
    Listed(Vec<Version>),
    /// Those within, in natural order of their numbers.
    Within(Vec<Interval>),
    /// A text that says which, but that no rule reads: `V2.1 prior to patch 7`.
    Text(String),
}

/// What an issuer states about a package and a flaw (VEX), as an outside source gives it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct VexRecord {
    /// Who states it, as the document says.
    pub issuer: String,
    /// The names of the flaw, its main one first.
    pub names: Vec<String>,
    /// The package it speaks of.
    pub package: Package,
    /// Its version; `None` means every version.
    pub version: Option<Version>,
    /// The product within which it holds, where it speaks of a part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<crate::statement::Whole>,
    /// What is stated.
    pub status: crate::statement::Status,
    /// Why, where it is not affected: one of the five reasons, or the issuer's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub justification: Option<String>,
    /// Since when it is stated.
    pub at: Timestamp,
}

/// A severity vector as given; its score is always computed anew, never taken from the source.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Score {
    /// The vector: `CVSS:3.1/AV:N/…`, or CVSS 2's `AV:N/AC:L/…`.
    pub vector: String,
    /// Who gave it, where the source says so: `nvd@nist.gov`, `CISA-ADP`.
    pub by: Option<String>,
}

/// A listing in the catalogue of known exploited vulnerabilities.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct KevListing {
    /// The day it was listed, at midnight UTC.
    pub added: Timestamp,
    /// The day by which BOD 22-01 wanted it mended; history since BOD 26-04.
    pub due: Option<Timestamp>,
    /// Whether ransomware campaigns are known to use it; `None` when the catalogue says unknown.
    pub ransomware: Option<bool>,
    /// What the catalogue says to do.
    pub action: Option<String>,
}

/// SSVC decision points as published (CISA's vulnrichment, CERT/CC), each where given.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Ssvc {
    /// Whether and how it is exploited.
    pub exploitation: Option<Exploitation>,
    /// Whether an attacker can automate it.
    pub automatable: Option<bool>,
    /// Whether it gives total control; `false` is partial.
    pub total: Option<bool>,
    /// Who decided, where the source says so: `CISA Coordinator`.
    pub role: Option<String>,
    /// When.
    pub at: Option<Timestamp>,
}

/// SSVC Exploitation (`ssvc:E`).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exploitation {
    /// No public proof of concept and no attack is known.
    None,
    /// A proof of concept is public.
    PublicPoc,
    /// Attacks are known.
    Active,
}

/// An exploit prediction score (EPSS): the probability of exploitation within thirty days.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Epss {
    /// The probability, in millionths.
    pub probability_ppm: u32,
    /// The share of flaws with this score or less, in millionths.
    pub percentile_ppm: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_has_one_name() {
        for (address, expected) in [
            ("https://github.com/File/file.git", "github.com/file/file"),
            ("git://git.example.org/a/b/", "git.example.org/a/b"),
            ("ssh://git@host.example/a", "host.example/a"),
            ("git@github.com:file/file.git", "github.com/file/file"),
            ("github.com/file/file", "github.com/file/file"),
            ("host", "host"),
            ("", ""),
        ] {
            assert_eq!(repository_name(address), expected);
        }
    }

    /// A commit is a letter; its history is a text of letters that ends in itself.
    fn check(range: &str, history: &str, expected: bool) {
        let of = |mark: char| -> Vec<String> {
            let marked = range.split_whitespace().filter_map(|one| one.strip_prefix(mark));
            marked.map(|one| one.trim_end_matches('0').to_owned()).collect()
        };
        let range = CommitRange {
            repository: "r".into(),
            introduced: of('+'),
            fixed: of('-'),
            last_affected: of('='),
        };
        let commit = history.chars().last().unwrap_or_default().to_string();
        assert_eq!(range.holds(&commit, |one| history.contains(one)), expected, "{history}");
    }

    #[test]
    fn a_commit_is_affected_between_what_brought_and_what_mended() {
        for (range, history, expected) in [
            ("+b -d", "a", false),
            ("+b -d", "ab", true),
            ("+b -d", "abc", true),
            ("+b -d", "abcd", false),
            ("+b -d", "abx", true),
            ("+b -d", "ax", false),
            ("+0 -d", "a", true),
            ("+0 -d", "ad", false),
            ("+b =c", "abc", true),
            ("+b =c", "abcd", false),
            ("+b =c", "abx", true),
            ("+b +y -d -z", "xy", true),
            ("+b +y -d -z", "xyz", false),
            ("-d", "abc", false),
        ] {
            check(range, history, expected);
        }
    }
}
