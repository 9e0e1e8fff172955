//! One finding: what is claimed, what was checked, whom it is grouped with, what running it showed.

use crate::pages::range::RangePicture;
use crate::pages::{Check, Fact, Form, Link, Piece, Shell, Tag, When};
use askama::Template;

/// The page of one finding.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "finding.html")]
pub struct Finding {
    /// The frame.
    pub shell: Shell,
    /// The finding's id; the receipt is the finder's alone.
    pub id: String,
    /// Where it stands.
    pub state: Tag,
    /// Since when.
    pub since: When,
    /// What happens next, in one sentence.
    pub next: String,
    /// Has it tried again; absent unless it could not be run and the visitor may.
    pub again: Option<Form>,
    /// What the finder says.
    pub claim: Claim,
    /// The evidence gate: what every report must have.
    pub gate: Vec<Check>,
    /// Whether the source defines what the report names.
    pub reference: Option<Reference>,
    /// The group it belongs to.
    pub group: Option<Group>,
    /// The verdict over all runs.
    pub verdict: Option<Tag>,
    /// How much the verdict proves, in a sentence.
    pub grade: Option<&'static str>,
    /// What speaks against the claim, a sentence each.
    pub doubts: Vec<&'static str>,
    /// What crashed.
    pub crash: Option<CrashPart>,
    /// The isolated runs.
    pub runs: Vec<Run>,
    /// The affected range, once it is known.
    pub range: Option<RangePicture>,
    /// The case that it led to.
    pub case: Option<Link>,
}

/// What the finder says. All of it is foreign text.
#[derive(Clone, Debug, Default)]
pub struct Claim {
    /// One line.
    pub title: String,
    /// What is wrong.
    pub description: String,
    /// Package, versions, weakness, place, severity, tool, and so on, where given.
    pub facts: Vec<Fact>,
    /// Addresses the finder named: shown, never linked.
    pub references: Vec<String>,
    /// What came with it.
    pub attachments: Vec<Attachment>,
}

/// A file that came with the report.
#[derive(Clone, Debug, Default)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub kind: String,
    /// Its size in words.
    pub size: String,
    /// Its digest.
    pub digest: String,
}

/// What the reference check saw.
#[derive(Clone, Debug, Default)]
pub struct Reference {
    /// Found, or not.
    pub state: Tag,
    /// In one sentence.
    pub says: String,
    /// The lines of the source around the definition.
    pub excerpt: Option<String>,
}

/// A group of findings about one flaw.
#[derive(Clone, Debug, Default)]
pub struct Group {
    /// The finding that is worked on for all, when that is another one.
    pub lead: Option<Side>,
    /// This finding.
    pub this: Side,
    /// Why the two are held to be one flaw, or why they are kept apart.
    pub reasons: Vec<Fact>,
    /// All others in the group.
    pub members: Vec<Link>,
    /// Takes this finding out again; absent when it is the lead or the visitor may not.
    pub unjoin: Option<Form>,
}

/// One side of a comparison; both sides name the same facts in the same order.
#[derive(Clone, Debug, Default)]
pub struct Side {
    /// The page of that finding.
    pub link: Link,
    /// Who sent it.
    pub finder: String,
    /// What it claims.
    pub title: String,
    /// In the finder's words.
    pub description: String,
    /// The facts to compare.
    pub facts: Vec<Fact>,
}

/// A crash, by the words of ClusterFuzz.
#[derive(Clone, Debug, Default)]
pub struct CrashPart {
    /// The class, on one line.
    pub class: String,
    /// How bad it is by itself.
    pub severity: String,
    /// The frames that name the place.
    pub state: String,
}

/// One isolated run.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// What it showed.
    pub outcome: Tag,
    /// The release that was run.
    pub release: String,
    /// What was seen, normalised.
    pub effect: String,
    /// The transcript.
    pub transcript: String,
    /// The digest of the transcript.
    pub digest: String,
}
