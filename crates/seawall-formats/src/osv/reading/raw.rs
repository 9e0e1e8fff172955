//! The fields of an OSV record that are read, as they are written.

use crate::json::typed::{List, Loose, LooseList, LooseText, Text};
use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Raw<'a> {
    #[serde(borrow)]
    pub(super) id: Text<'a>,
    #[serde(borrow)]
    pub(super) modified: Text<'a>,
    #[serde(borrow)]
    pub(super) published: Text<'a>,
    #[serde(borrow)]
    pub(super) withdrawn: Text<'a>,
    #[serde(borrow)]
    pub(super) aliases: List<Text<'a>>,
    #[serde(borrow)]
    pub(super) upstream: List<Text<'a>>,
    #[serde(borrow)]
    pub(super) summary: Text<'a>,
    #[serde(borrow)]
    pub(super) details: Text<'a>,
    #[serde(borrow)]
    pub(super) affected: List<Affected<'a>>,
    #[serde(borrow)]
    pub(super) severity: List<Severity<'a>>,
    #[serde(borrow)]
    pub(super) references: List<Reference<'a>>,
    #[serde(borrow)]
    pub(super) database_specific: Loose<Own<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Affected<'a> {
    #[serde(borrow)]
    pub(super) package: Option<Named<'a>>,
    #[serde(borrow)]
    pub(super) ranges: List<Range<'a>>,
    #[serde(borrow)]
    pub(super) versions: List<Text<'a>>,
    #[serde(borrow)]
    pub(super) severity: List<Severity<'a>>,
    #[serde(borrow)]
    pub(super) database_specific: Loose<AffectedOwn<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Named<'a> {
    #[serde(borrow)]
    pub(super) ecosystem: Text<'a>,
    #[serde(borrow)]
    pub(super) name: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Range<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Text<'a>,
    #[serde(borrow)]
    pub(super) repo: Text<'a>,
    #[serde(borrow)]
    pub(super) events: List<Event<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Event<'a> {
    #[serde(borrow)]
    pub(super) introduced: Text<'a>,
    #[serde(borrow)]
    pub(super) fixed: Text<'a>,
    #[serde(borrow)]
    pub(super) last_affected: Text<'a>,
    #[serde(borrow)]
    pub(super) limit: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Severity<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Text<'a>,
    #[serde(borrow)]
    pub(super) score: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Reference<'a> {
    #[serde(borrow)]
    pub(super) url: Text<'a>,
}

/// `database_specific` of a record: ours, and what GHSA and the malicious packages' database write.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Own<'a> {
    #[serde(borrow)]
    pub(super) remedy: LooseText<'a>,
    #[serde(borrow)]
    pub(super) workaround: LooseText<'a>,
    #[serde(borrow)]
    pub(super) notice: LooseText<'a>,
    #[serde(borrow)]
    pub(super) cwe_ids: LooseList<LooseText<'a>>,
    #[serde(borrow)]
    pub(super) cwes: LooseList<Loose<Weakness<'a>>>,
    #[serde(borrow)]
    pub(super) affected_outside_schema: LooseList<Loose<Affected<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Weakness<'a> {
    #[serde(borrow, rename = "cweId")]
    pub(super) cwe_id: LooseText<'a>,
}

/// `database_specific` of an affected package: ours, and RustSec's `informational`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct AffectedOwn<'a> {
    #[serde(borrow)]
    pub(super) basis: LooseText<'a>,
    #[serde(borrow)]
    pub(super) stated_by: LooseText<'a>,
    #[serde(borrow)]
    pub(super) tested: LooseList<Loose<Tested<'a>>>,
    #[serde(borrow)]
    pub(super) informational: LooseText<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Tested<'a> {
    #[serde(borrow)]
    pub(super) version: LooseText<'a>,
    #[serde(borrow)]
    pub(super) outcome: LooseText<'a>,
}
