//! The fields of a CSAF document that are read, as they are written.

use crate::json::typed::{List, Loose, LooseList, LooseText, Text};
use serde::Deserialize;

/// Writes a struct whose every field may be absent.
macro_rules! fields {
    ($($(#[$about:meta])* $name:ident { $($field:ident: $kind:ty $(= $written:literal)?,)* })*) => {
        $($(#[$about])*
        #[derive(Debug, Default, Deserialize)]
        #[serde(default)]
        pub(super) struct $name<'a> {
            $(#[serde(borrow $(, rename = $written)?)] pub(super) $field: $kind,)*
        })*
    };
}

fields! {
    Raw {
        document: Option<Document<'a>>,
        product_tree: Loose<ProductTree<'a>>,
        vulnerabilities: List<Vulnerability<'a>>,
    }
    Document {
        category: LooseText<'a>,
        title: LooseText<'a>,
        publisher: Loose<Publisher<'a>>,
        tracking: Loose<Tracking<'a>>,
        distribution: Loose<Distribution<'a>>,
        references: LooseList<Loose<Reference<'a>>>,
    }
    Publisher {
        name: LooseText<'a>,
        namespace: LooseText<'a>,
    }
    Tracking {
        id: LooseText<'a>,
        current: LooseText<'a> = "current_release_date",
        initial: LooseText<'a> = "initial_release_date",
    }
    Distribution {
        tlp: Loose<Tlp<'a>>,
    }
    Tlp {
        label: LooseText<'a>,
    }
    ProductTree {
        branches: List<Branch<'a>>,
        full_product_names: List<FullName<'a>>,
        product_groups: List<Group<'a>>,
        relationships: List<Relationship<'a>>,
        // CSAF 2.1 calls relationships so, with a list of what lies below.
        product_paths: List<Path<'a>>,
    }
    Branch {
        category: LooseText<'a>,
        name: LooseText<'a>,
        branches: List<Branch<'a>>,
        product: Loose<FullName<'a>>,
    }
    FullName {
        name: LooseText<'a>,
        product_id: LooseText<'a>,
        helper: Loose<Helper<'a>> = "product_identification_helper",
    }
    Helper {
        cpe: LooseText<'a>,
        purl: LooseText<'a>,
        purls: LooseList<LooseText<'a>>,
    }
    Group {
        group_id: LooseText<'a>,
        product_ids: LooseList<Text<'a>>,
    }
    Relationship {
        product_reference: LooseText<'a>,
        relates_to: LooseText<'a> = "relates_to_product_reference",
        full_product_name: Loose<FullName<'a>>,
    }
    Path {
        beginning: LooseText<'a> = "beginning_product_reference",
        full_product_name: Loose<FullName<'a>>,
        subpaths: LooseList<Loose<Subpath<'a>>>,
    }
    Subpath {
        next: LooseText<'a> = "next_product_reference",
    }
    Vulnerability {
        cve: LooseText<'a>,
        title: LooseText<'a>,
        ids: LooseList<Loose<Name<'a>>>,
        cwe: Loose<Weakness<'a>>,
        cwes: LooseList<Loose<Weakness<'a>>>,
        notes: LooseList<Loose<Note<'a>>>,
        references: LooseList<Loose<Reference<'a>>>,
        product_status: Loose<Statuses<'a>>,
        remediations: LooseList<Loose<Remediation<'a>>>,
        flags: LooseList<Loose<Flag<'a>>>,
        threats: LooseList<Loose<Threat<'a>>>,
        scores: LooseList<Loose<Scores<'a>>>,
        metrics: LooseList<Loose<Metric<'a>>>,
    }
    Name {
        text: LooseText<'a>,
    }
    Weakness {
        id: LooseText<'a>,
    }
    Note {
        category: LooseText<'a>,
        text: LooseText<'a>,
    }
    Reference {
        category: LooseText<'a>,
        url: LooseText<'a>,
    }
    Statuses {
        first_affected: List<Text<'a>>,
        first_fixed: List<Text<'a>>,
        fixed: List<Text<'a>>,
        known_affected: List<Text<'a>>,
        known_not_affected: List<Text<'a>>,
        last_affected: List<Text<'a>>,
        recommended: List<Text<'a>>,
        under_investigation: List<Text<'a>>,
        unknown: List<Text<'a>>,
    }
    Remediation {
        category: LooseText<'a>,
        details: LooseText<'a>,
        url: LooseText<'a>,
        product_ids: LooseList<Text<'a>>,
        group_ids: LooseList<Text<'a>>,
    }
    Flag {
        label: LooseText<'a>,
        product_ids: LooseList<Text<'a>>,
        group_ids: LooseList<Text<'a>>,
    }
    Threat {
        category: LooseText<'a>,
        details: LooseText<'a>,
        product_ids: LooseList<Text<'a>>,
        group_ids: LooseList<Text<'a>>,
    }
    Scores {
        cvss_v2: Loose<Cvss<'a>>,
        cvss_v3: Loose<Cvss<'a>>,
        cvss_v4: Loose<Cvss<'a>>,
    }
    Metric {
        content: Loose<Scores<'a>>,
    }
    Cvss {
        vector: LooseText<'a> = "vectorString",
    }
}
