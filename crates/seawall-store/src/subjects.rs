//! How each subject lies in its table: the columns that queries need, spelled out once for reading
//! and once for writing. The rules of a row are in [`crate::record`].

use crate::db::Value;
use crate::record::{Folded, Stored};
use seawall_domain::account::Account;
use seawall_domain::advisory::Advisory;
use seawall_domain::case::Case;
use seawall_domain::engagement::Engagement;
use seawall_domain::evaluation::Evaluation;
use seawall_domain::exposure::Exposure;
use seawall_domain::fact::{Aggregate, Fact};
use seawall_domain::finding::{Finding, Standing};
use seawall_domain::fix::Fix;
use seawall_domain::inventory::Inventory;
use seawall_domain::partner::Partner;
use seawall_domain::partner::basis::Basis;
use seawall_domain::partner::conflict::Entry as Tie;
use seawall_domain::party::Party;
use seawall_domain::project::Project;
use seawall_domain::reproduction::Reproduction;
use seawall_domain::scan::Scan;
use seawall_domain::statement::Statement;

/// The columns of each table beside `id`, `version`, `updated_by` and `state`.
macro_rules! columns {
    (party) => {
        "name"
    };
    (account) => {
        "party"
    };
    (project) => {
        "package, maintainer"
    };
    (scan) => {
        "party, package, ends"
    };
    (finding) => {
        "finder, package, receipt, digest, lead, standing, received"
    };
    (reproduction) => {
        "finding"
    };
    (flaw_case) => {
        "project, finding, participants, report, embargo, opened"
    };
    (fix) => {
        "flaw_case"
    };
    (advisory) => {
        "flaw_case, number, standing"
    };
    (inventory) => {
        "operator, label, serial"
    };
    (statement) => {
        "issuer, digest"
    };
    (exposure) => {
        "operator, label, cause, component, standing"
    };
    (evaluation) => {
        "roots"
    };
    (engagement) => {
        "developer, snapshots, opened"
    };
    (tie) => {
        "person"
    };
    (basis) => {
        "rubric"
    };
    (partner) => {
        "party, developer, panel, stage, filed"
    };
}
pub(crate) use columns;

/// A query over one table with its columns spelled out; the second part begins after `FROM table`.
macro_rules! select {
    ($table:ident, $tail:literal) => {
        concat!(
            "SELECT id, version, updated_by, state, ",
            $crate::subjects::columns!($table),
            " FROM ",
            stringify!($table),
            " ",
            $tail
        )
    };
}
pub(crate) use select;

/// One subject's table: its name, the placeholders of its columns from `$5`, their assignment on
/// conflict, and their values.
macro_rules! table {
    ($subject:ident, $table:ident, $places:literal, $assign:literal,
     |$it:ident| $values:expr) => {
        impl Stored for $subject {
            const TABLE: &'static str = stringify!($table);
            const BY_ID: &'static str = select!($table, "WHERE id = $1");
            const EVERY: &'static str = select!($table, "ORDER BY id");
            const WRITE: &'static str = concat!(
                "INSERT INTO ",
                stringify!($table),
                " (id, version, updated_by, state, ",
                columns!($table),
                ") ",
                "VALUES ($1, $2, $3, $4, ",
                $places,
                ") ON CONFLICT (id) DO UPDATE SET ",
                "version = excluded.version, updated_by = excluded.updated_by, ",
                "state = excluded.state, ",
                $assign,
                " WHERE ",
                stringify!($table),
                ".version = excluded.version - 1"
            );

            fn columns(&self) -> Vec<(&'static str, Value)> {
                let $it = self;
                columns!($table).split(", ").zip($values).collect()
            }
        }

        impl Folded for $subject {
            fn own(fact: Fact) -> Option<<Self as Aggregate>::Fact> {
                match fact {
                    Fact::$subject(fact) => Some(fact),
                    _ => None,
                }
            }
        }
    };
}

table!(Party, party, "$5", "name = excluded.name", |it| [it.name.clone().into()]);

table!(Account, account, "$5", "party = excluded.party", |it| [it.party.to_string().into()]);

table!(
    Project,
    project,
    "$5, $6",
    "package = excluded.package, maintainer = excluded.maintainer",
    |it| [it.package.to_string().into(), it.maintainer.to_string().into()]
);

table!(
    Scan,
    scan,
    "$5, $6, $7",
    "party = excluded.party, package = excluded.package, ends = excluded.ends",
    |it| [it.party.to_string().into(), it.package.to_string().into(), it.until.into()]
);

table!(
    Finding,
    finding,
    "$5, $6, $7, $8, $9, $10, $11",
    "finder = excluded.finder, package = excluded.package, receipt = excluded.receipt, \
     digest = excluded.digest, lead = excluded.lead, standing = excluded.standing, \
     received = excluded.received",
    |it| [
        it.finder.to_string().into(),
        it.essence.package.as_ref().map(ToString::to_string).unwrap_or_default().into(),
        it.receipt.to_string().into(),
        it.digest.to_string().into(),
        match &it.standing {
            Standing::Joined { lead, .. } => lead.to_string().into(),
            _ => String::new().into(),
        },
        it.standing.name().into(),
        it.received_at.into(),
    ]
);

table!(Reproduction, reproduction, "$5", "finding = excluded.finding", |it| [it
    .finding
    .to_string()
    .into()]);

table!(
    Case,
    flaw_case,
    "$5, $6, $7, $8, $9, $10",
    "project = excluded.project, finding = excluded.finding, \
     participants = excluded.participants, report = excluded.report, \
     embargo = excluded.embargo, opened = excluded.opened",
    |it| [
        it.project.to_string().into(),
        it.finding.to_string().into(),
        it.participants.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ").into(),
        it.report.name().into(),
        it.embargo.name().into(),
        it.opened_at.into(),
    ]
);

table!(Fix, fix, "$5", "flaw_case = excluded.flaw_case", |it| [it.case.to_string().into()]);

table!(
    Advisory,
    advisory,
    "$5, $6, $7",
    "flaw_case = excluded.flaw_case, number = excluded.number, standing = excluded.standing",
    |it| [
        it.case.to_string().into(),
        it.number.map(|number| number.to_string()).into(),
        it.standing.name().into(),
    ]
);

table!(
    Inventory,
    inventory,
    "$5, $6, $7",
    "operator = excluded.operator, label = excluded.label, serial = excluded.serial",
    |it| [it.operator.to_string().into(), it.label.clone().into(), i64::from(it.serial).into(),]
);

table!(
    Statement,
    statement,
    "$5, $6",
    "issuer = excluded.issuer, digest = excluded.digest",
    |it| [it.issuer.to_string().into(), it.digest.to_string().into()]
);

table!(
    Exposure,
    exposure,
    "$5, $6, $7, $8, $9",
    "operator = excluded.operator, label = excluded.label, cause = excluded.cause, \
     component = excluded.component, standing = excluded.standing",
    |it| [
        it.spot.operator.to_string().into(),
        it.spot.label.clone().into(),
        it.spot.cause.to_string().into(),
        it.spot.component.clone().into(),
        it.standing.name().into(),
    ]
);

table!(Evaluation, evaluation, "$5", "roots = excluded.roots", |it| [it
    .kept
    .keys()
    .map(ToString::to_string)
    .collect::<Vec<_>>()
    .join(" ")
    .into()]);

table!(
    Engagement,
    engagement,
    "$5, $6, $7",
    "developer = excluded.developer, snapshots = excluded.snapshots, opened = excluded.opened",
    |it| [
        it.developer.to_string().into(),
        it.lineage.snapshots().map(ToString::to_string).collect::<Vec<_>>().join(" ").into(),
        it.opened_at.into(),
    ]
);

table!(Tie, tie, "$5", "person = excluded.person", |it| [it.tie.person.to_string().into()]);

table!(Basis, basis, "$5", "rubric = excluded.rubric", |it| [i64::from(it.rubric()).into()]);

table!(
    Partner,
    partner,
    "$5, $6, $7, $8, $9",
    "party = excluded.party, developer = excluded.developer, panel = excluded.panel, \
     stage = excluded.stage, filed = excluded.filed",
    |it| [
        it.application.party.to_string().into(),
        it.application.developer.to_string().into(),
        it.panel().iter().map(ToString::to_string).collect::<Vec<_>>().join(" ").into(),
        it.stage.name().into(),
        it.application.filed_at.into(),
    ]
);
