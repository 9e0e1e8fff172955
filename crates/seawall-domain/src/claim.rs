//! The canonical claim: what a report says, whatever shape it came in (capability C01).

use crate::digest::Digest;
use crate::package::{Package, Version};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A weakness class of the Common Weakness Enumeration: `CWE-79`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cwe(pub u32);

impl fmt::Display for Cwe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CWE-{}", self.0)
    }
}

/// A place in the source, as the finder named it.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// The path of the file inside the release, with `/`.
    pub file: Option<String>,
    /// The name of the function, without arguments.
    pub function: Option<String>,
    /// The line, counted from 1; shown only, never matched.
    pub line: Option<u32>,
}

/// What an attached file is for (the vocabulary of the TAP Intake API, section 5).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttachmentKind {
    /// A proposed change.
    Patch,
    /// Code that shows the effect.
    ExploitProofOfConcept,
    /// A recipe or an input that makes the effect happen.
    Reproducer,
    /// The project's or the finder's threat model.
    ThreatModel,
    /// Anything else.
    Other,
}

/// A file that came with a report. Its bytes are a blob.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its download name, never a path.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// What it is for.
    pub kind: AttachmentKind,
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// Its size in bytes.
    pub size_bytes: u64,
}

/// Who or what found it: the tool and the human who answers for it (capability C06).
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Tooling {
    /// The tool or agent, with its model where it says so.
    pub tool: Option<String>,
    /// How the flaw was found: `ai-discovered`, `manual` …
    pub method: Option<String>,
    /// Where the accountable human can be reached. Personal data: kept in the claim blob only.
    pub contact: Option<String>,
}

/// What one report claims about one flaw. Free text: it lives in a blob, never in a fact.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// The package the claim is about.
    pub package: Option<Package>,
    /// The versions the finder says are affected; the first is the one the proof was run on.
    pub versions: Vec<Version>,
    /// One line.
    pub title: String,
    /// What is wrong, in the finder's words.
    pub description: String,
    /// The weakness class.
    pub weakness: Option<Cwe>,
    /// Where it is.
    pub location: Location,
    /// A CVSS vector as claimed; never trusted for a decision.
    pub severity: Option<String>,
    /// Who found it, with what.
    pub tooling: Tooling,
    /// Names other bodies gave the flaw (`CVE-…`, `GHSA-…`).
    pub upstream_ids: Vec<String>,
    /// Links the finder gave.
    pub references: Vec<String>,
    /// The files that came with it, recipe included.
    pub attachments: Vec<Attachment>,
}

/// What a report must have before a maintainer's time may be spent on it (capability C02).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// The package, by purl or by ecosystem and name.
    Package,
    /// At least one affected version.
    Version,
    /// The weakness class (CWE).
    Weakness,
    /// The file in the source.
    File,
    /// The function in the source.
    Function,
    /// What goes wrong and what an attacker gains.
    Description,
    /// A recipe that a machine can run.
    Recipe,
    /// The tool that found it.
    Tool,
    /// A human who answers for the report.
    Contact,
}

impl Missing {
    /// Its name, as stored and as told to machines.
    pub fn name(self) -> &'static str {
        match self {
            Missing::Package => "package",
            Missing::Version => "version",
            Missing::Weakness => "weakness",
            Missing::File => "file",
            Missing::Function => "function",
            Missing::Description => "description",
            Missing::Recipe => "recipe",
            Missing::Tool => "tool",
            Missing::Contact => "contact",
        }
    }

    /// What to add, in one sentence a finder can act on.
    pub fn advice(self) -> &'static str {
        match self {
            Missing::Package => "name the package as a purl, for example `pkg:npm/ini@1.3.5`",
            Missing::Version => "name at least one version that you ran and found affected",
            Missing::Weakness => "name the weakness class, for example `CWE-1321`",
            Missing::File => "name the file of the release in which the flaw is",
            Missing::Function => "name the function in which the flaw is",
            Missing::Description => "say in at least 40 characters what goes wrong and who gains",
            Missing::Recipe => "attach a recipe (TOML) that a machine can run",
            Missing::Tool => "name the tool or agent and its model",
            Missing::Contact => "name a human who answers for the report and can be reached",
        }
    }
}

/// The fewest characters of a description that can say what goes wrong and who gains.
pub const DESCRIPTION_LEN_MIN: usize = 40;

impl Claim {
    /// The evidence gate: everything the report lacks, in a fixed order; empty when complete.
    pub fn missing(&self) -> Vec<Missing> {
        let lacks = [
            (Missing::Package, self.package.is_none()),
            (Missing::Version, self.versions.is_empty()),
            (Missing::Weakness, self.weakness.is_none()),
            (Missing::File, self.location.file.is_none()),
            (Missing::Function, self.location.function.is_none()),
            (Missing::Description, self.description.trim().len() < DESCRIPTION_LEN_MIN),
            (Missing::Recipe, self.recipe().is_none()),
            (Missing::Tool, self.tooling.tool.is_none()),
            (Missing::Contact, self.tooling.contact.is_none()),
        ];
        lacks.into_iter().filter(|(_, lacks)| *lacks).map(|(missing, _)| missing).collect()
    }

    /// The attached recipe: the first reproducer that is a TOML file.
    pub fn recipe(&self) -> Option<&Attachment> {
        self.attachments
            .iter()
            .find(|a| a.kind == AttachmentKind::Reproducer && a.name.contains("recipe"))
    }
}
