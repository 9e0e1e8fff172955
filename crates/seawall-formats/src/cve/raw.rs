//! The fields of a CVE record that are read, as they are written.

use crate::json::typed::{List, Loose, LooseList, LooseText, Text};
use serde::Deserialize;
use serde::de::IgnoredAny;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Raw<'a> {
    #[serde(borrow)]
    pub(super) data_type: Text<'a>,
    #[serde(borrow)]
    pub(super) cve_metadata: Option<Metadata<'a>>,
    #[serde(borrow)]
    pub(super) containers: Option<Containers<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Metadata<'a> {
    #[serde(borrow)]
    pub(super) cve_id: Text<'a>,
    #[serde(borrow)]
    pub(super) state: Text<'a>,
    #[serde(borrow)]
    pub(super) assigner_org_id: Text<'a>,
    #[serde(borrow)]
    pub(super) assigner_short_name: Text<'a>,
    #[serde(borrow)]
    pub(super) date_published: Text<'a>,
    #[serde(borrow)]
    pub(super) date_updated: Text<'a>,
    #[serde(borrow)]
    pub(super) date_rejected: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Containers<'a> {
    #[serde(borrow)]
    pub(super) cna: Option<Container<'a>>,
    #[serde(borrow)]
    pub(super) adp: List<Container<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Container<'a> {
    #[serde(borrow)]
    pub(super) provider_metadata: Option<Provider<'a>>,
    #[serde(borrow)]
    pub(super) title: Text<'a>,
    #[serde(borrow)]
    pub(super) descriptions: List<Words<'a>>,
    #[serde(borrow)]
    pub(super) rejected_reasons: List<Words<'a>>,
    #[serde(borrow)]
    pub(super) replaced_by: List<Text<'a>>,
    #[serde(borrow)]
    pub(super) affected: List<Affected<'a>>,
    #[serde(borrow)]
    pub(super) cpe_applicability: LooseList<Loose<Configuration<'a>>>,
    #[serde(borrow)]
    pub(super) problem_types: List<ProblemType<'a>>,
    #[serde(borrow)]
    pub(super) references: List<Reference<'a>>,
    #[serde(borrow)]
    pub(super) metrics: List<Metric<'a>>,
    #[serde(borrow)]
    pub(super) solutions: List<Words<'a>>,
    #[serde(borrow)]
    pub(super) workarounds: List<Words<'a>>,
    #[serde(borrow)]
    pub(super) tags: LooseList<LooseText<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Provider<'a> {
    #[serde(borrow)]
    pub(super) org_id: Text<'a>,
    #[serde(borrow)]
    pub(super) short_name: Text<'a>,
}

/// A text in one language.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Words<'a> {
    #[serde(borrow)]
    pub(super) lang: LooseText<'a>,
    #[serde(borrow)]
    pub(super) value: LooseText<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Affected<'a> {
    #[serde(borrow)]
    pub(super) vendor: LooseText<'a>,
    #[serde(borrow)]
    pub(super) product: LooseText<'a>,
    #[serde(borrow, rename = "collectionURL")]
    pub(super) collection: LooseText<'a>,
    #[serde(borrow)]
    pub(super) package_name: LooseText<'a>,
    #[serde(borrow, rename = "packageURL")]
    pub(super) purl: LooseText<'a>,
    #[serde(borrow)]
    pub(super) cpes: LooseList<LooseText<'a>>,
    #[serde(borrow)]
    pub(super) repo: LooseText<'a>,
    #[serde(borrow)]
    pub(super) default_status: LooseText<'a>,
    #[serde(borrow)]
    pub(super) versions: List<Versions<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Versions<'a> {
    #[serde(borrow)]
    pub(super) version: LooseText<'a>,
    #[serde(borrow)]
    pub(super) status: LooseText<'a>,
    #[serde(borrow)]
    pub(super) version_type: LooseText<'a>,
    #[serde(borrow)]
    pub(super) less_than: LooseText<'a>,
    #[serde(borrow)]
    pub(super) less_than_or_equal: LooseText<'a>,
    #[serde(borrow)]
    pub(super) changes: List<Change<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Change<'a> {
    #[serde(borrow)]
    pub(super) at: LooseText<'a>,
    #[serde(borrow)]
    pub(super) status: LooseText<'a>,
}

/// Yes or no; a value of another type is neither.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Flag {
    Said(bool),
    Unsaid(IgnoredAny),
}

impl Default for Flag {
    fn default() -> Self {
        Flag::Unsaid(IgnoredAny)
    }
}

impl Flag {
    pub(super) fn is_set(&self) -> bool {
        matches!(self, Flag::Said(true))
    }
}

/// Which products in which combination, by CPE names.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Configuration<'a> {
    pub(super) negate: Flag,
    #[serde(borrow)]
    pub(super) nodes: LooseList<Loose<Node<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Node<'a> {
    pub(super) negate: Flag,
    #[serde(borrow)]
    pub(super) cpe_match: LooseList<Loose<CpeMatch<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct CpeMatch<'a> {
    pub(super) vulnerable: Flag,
    #[serde(borrow)]
    pub(super) criteria: LooseText<'a>,
    #[serde(borrow)]
    pub(super) version_start_including: LooseText<'a>,
    #[serde(borrow)]
    pub(super) version_start_excluding: LooseText<'a>,
    #[serde(borrow)]
    pub(super) version_end_including: LooseText<'a>,
    #[serde(borrow)]
    pub(super) version_end_excluding: LooseText<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ProblemType<'a> {
    #[serde(borrow)]
    pub(super) descriptions: List<Problem<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Problem<'a> {
    #[serde(borrow, rename = "cweId")]
    pub(super) cwe_id: LooseText<'a>,
    #[serde(borrow)]
    pub(super) description: LooseText<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Reference<'a> {
    #[serde(borrow)]
    pub(super) url: LooseText<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Metric<'a> {
    #[serde(borrow, rename = "cvssV4_0")]
    pub(super) cvss4: Loose<Cvss<'a>>,
    #[serde(borrow, rename = "cvssV3_1")]
    pub(super) cvss31: Loose<Cvss<'a>>,
    #[serde(borrow, rename = "cvssV3_0")]
    pub(super) cvss30: Loose<Cvss<'a>>,
    #[serde(borrow, rename = "cvssV2_0")]
    pub(super) cvss2: Loose<Cvss<'a>>,
    #[serde(borrow)]
    pub(super) other: Loose<Other<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Cvss<'a> {
    #[serde(borrow)]
    pub(super) vector_string: LooseText<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Other<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: LooseText<'a>,
    #[serde(borrow)]
    pub(super) content: Loose<Content<'a>>,
}

/// The content of an `other` metric: of CISA's SSVC decisions and KEV notes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Content<'a> {
    #[serde(borrow)]
    pub(super) options: LooseList<Loose<Decision<'a>>>,
    #[serde(borrow)]
    pub(super) role: LooseText<'a>,
    #[serde(borrow)]
    pub(super) timestamp: LooseText<'a>,
    #[serde(borrow, rename = "dateAdded")]
    pub(super) date_added: LooseText<'a>,
}

/// One decision point, under either of the spellings that are published.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Decision<'a> {
    #[serde(borrow, alias = "Exploitation")]
    pub(super) exploitation: LooseText<'a>,
    #[serde(borrow, alias = "Automatable")]
    pub(super) automatable: LooseText<'a>,
    #[serde(
        borrow,
        rename = "technicalImpact",
        alias = "Technical Impact",
        alias = "technical impact",
        alias = "TechnicalImpact",
        alias = "technical_impact"
    )]
    pub(super) technical_impact: LooseText<'a>,
}
