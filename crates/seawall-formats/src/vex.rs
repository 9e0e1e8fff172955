//! VEX: what an issuer states about a product and a flaw, in one shape for every format. OpenVEX
//! 0.2.x is read here, CycloneDX below, CSAF in [`csaf::read`].
//!
//! It reads statements and never widens them: a statement about parts that cannot be named here is
//! kept with those parts listed as unread, so that nobody applies it to the whole product. The
//! rules are those of the OpenVEX specification: *not affected* says why, *affected* says what to
//! do, and a statement without a time of its own has its document's. The older spellings of 0.0.1
//! (a flaw or a product as a plain text) are read too.

mod cyclonedx;

pub use cyclonedx::read as read_cyclonedx;

use crate::csaf;
use crate::fault::{FormatFault, quote};
use crate::inventory::purl;
use crate::json::typed::{self, LooseText};
use crate::json::{self, Spot};
use seawall_domain::package::{Package, Version};
use seawall_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

const FORMAT: &str = "OpenVEX";

/// The largest document that is read, in bytes.
pub const VEX_BYTES_MAX: usize = 8 * 1024 * 1024;

/// How many statements one document may make.
pub const STATEMENTS_MAX: usize = 20_000;

/// The longest name of an issuer, in bytes.
const AUTHOR_BYTES_MAX: usize = 2_000;

/// The address that every version of the format's context starts with.
const CONTEXT: &str = "https://openvex.dev/ns";

/// The reasons that *not affected* may give, by the specification's words.
const JUSTIFICATIONS: [&str; 5] = [
    "component_not_present",
    "vulnerable_code_not_present",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist",
];

/// One statement about one flaw and some products.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// The flaw's main name.
    pub vulnerability: String,
    /// Its other names.
    pub aliases: Vec<String>,
    /// The products it is about; empty when the document is about whatever it is attached to.
    pub products: Vec<ProductRef>,
    /// What is stated.
    pub status: VexStatus,
    /// Who states it, as the document says; the signature is checked elsewhere.
    pub author: String,
    /// The supplier of the product, where the statement names one.
    pub supplier: Option<String>,
    /// Since when it is stated.
    pub timestamp: Timestamp,
}

/// A product that a statement is about.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct ProductRef {
    /// The purl or the IRI that names it.
    pub id: String,
    /// The package, when it is named by a purl.
    pub package: Option<Package>,
    /// The version; none means every version.
    pub version: Option<Version>,
    /// The parts the statement is limited to; with none and none unread, it is the whole product.
    pub subcomponents: Vec<(Package, Option<Version>)>,
    /// Parts that are not named by a readable purl: the statement is limited to these too.
    pub subcomponents_unread: Vec<String>,
}

/// What is stated.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum VexStatus {
    /// The flaw does not concern the product, and why; an advisory in CSAF may give no reason.
    NotAffected {
        /// One of the specification's five reasons.
        justification: Option<String>,
        /// The reason in the issuer's words.
        impact: Option<String>,
    },
    /// The product is affected, and what to do.
    Affected {
        /// What to do, in the issuer's words.
        action: String,
    },
    /// The product holds a fix.
    Fixed,
    /// The issuer does not know yet.
    UnderInvestigation,
}

/// Reads a document of any VEX format into its statements: OpenVEX, CSAF, or CycloneDX (JSON).
///
/// What it is shows by the name that each format's documents have at the top.
pub fn read_any(bytes: &[u8]) -> Result<Vec<Statement>, FormatFault> {
    let head: Head<'_> = typed::read("VEX", bytes, csaf::CSAF_BYTES_MAX)?;
    match (head.bom_format.get(), head.document.is_some()) {
        (Some(_), _) => read_cyclonedx(bytes),
        (None, true) => csaf::read(bytes).map(|reading| reading.statements),
        (None, false) => read(bytes),
    }
}

/// The names by which formats are told apart.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Head<'a> {
    #[serde(borrow, rename = "bomFormat")]
    bom_format: LooseText<'a>,
    document: Option<serde::de::IgnoredAny>,
}

/// Reads an OpenVEX document into its statements.
pub fn read(bytes: &[u8]) -> Result<Vec<Statement>, FormatFault> {
    let value = json::read(FORMAT, bytes, VEX_BYTES_MAX)?;
    let top = Spot::top(FORMAT, &value)?;
    let context = top.required_text("@context")?;
    if !context.starts_with(CONTEXT) {
        let message = format!("{} does not start with `{CONTEXT}`", quote(context));
        return Err(top.fault_at("@context", message));
    }
    top.required_text("@id")?;
    let author = top.required_text("author")?;
    // Every statement repeats it.
    if author.len() > AUTHOR_BYTES_MAX {
        let message = format!("it is longer than {AUTHOR_BYTES_MAX} bytes");
        return Err(top.fault_at("author", message));
    }
    let issued = time(&top, "timestamp")?;
    if let Some(version) = top.value().get("version")
        && version.as_u64().is_none_or(|number| number == 0)
        && version.as_str().is_none_or(str::is_empty)
    {
        return Err(top.fault_at("version", "it must be a whole number from 1"));
    }
    let statements = top.objects("statements")?;
    if statements.is_empty() {
        return Err(top.fault_at("statements", "there must be at least one statement"));
    }
    if statements.len() > STATEMENTS_MAX {
        let message = format!("there are more than {STATEMENTS_MAX} statements");
        return Err(top.fault_at("statements", message));
    }
    let read = statements.iter().map(|one| statement(one, author, issued));
    read.collect()
}

fn time(spot: &Spot<'_>, key: &str) -> Result<Option<Timestamp>, FormatFault> {
    let Some(text) = spot.text(key)? else {
        return Ok(None);
    };
    let read = text.parse::<Timestamp>().map(Some);
    read.map_err(|_| spot.fault_at(key, format!("{} is no RFC 3339 time", quote(text))))
}

fn statement(
    spot: &Spot<'_>,
    author: &str,
    issued: Option<Timestamp>,
) -> Result<Statement, FormatFault> {
    let (vulnerability, aliases) = vulnerability(spot)?;
    let products = spot.items("products")?;
    let products = products.iter().map(product).collect::<Result<_, _>>()?;
    let timestamp = time(spot, "timestamp")?.or(issued).ok_or_else(|| {
        spot.fault_at("timestamp", "neither the statement nor the document has a time")
    })?;
    Ok(Statement {
        vulnerability,
        aliases,
        products,
        status: status(spot)?,
        author: author.to_owned(),
        supplier: spot.text("supplier")?.map(str::to_owned),
        timestamp,
    })
}

fn vulnerability(spot: &Spot<'_>) -> Result<(String, Vec<String>), FormatFault> {
    if let Some(Value::String(name)) = spot.value().get("vulnerability") {
        let name = name.trim();
        if name.is_empty() {
            return Err(spot.fault_at("vulnerability", "it is empty"));
        }
        return Ok((name.to_owned(), Vec::new()));
    }
    let flaw = spot.object("vulnerability")?;
    let flaw = flaw.ok_or_else(|| spot.fault_at("vulnerability", "it is missing"))?;
    Ok((flaw.required_text("name")?.to_owned(), flaw.texts("aliases")?))
}

fn product(spot: &Spot<'_>) -> Result<ProductRef, FormatFault> {
    let id = identity(spot)?;
    let read = purl::read(&id).ok();
    let (package, version) = read.map_or((None, None), |read| (Some(read.package), read.version));
    let mut product = ProductRef {
        id,
        package,
        version,
        subcomponents: Vec::new(),
        subcomponents_unread: Vec::new(),
    };
    if spot.value().is_object() {
        for part in spot.items("subcomponents")? {
            let id = identity(&part)?;
            match purl::read(&id) {
                Ok(read) => product.subcomponents.push((read.package, read.version)),
                Err(_) => product.subcomponents_unread.push(id),
            }
        }
    }
    Ok(product)
}

/// The purl or IRI that names a component: the purl among its identifiers goes first.
fn identity(spot: &Spot<'_>) -> Result<String, FormatFault> {
    if let Value::String(id) = spot.value() {
        return Some(id.trim().to_owned())
            .filter(|id| !id.is_empty())
            .ok_or_else(|| spot.fault("it is empty"));
    }
    if !spot.value().is_object() {
        return Err(spot.fault("it must be an object with `@id` or `identifiers`"));
    }
    let mut names = Vec::new();
    if let Some(identifiers) = spot.object("identifiers")? {
        names.push(identifiers.text("purl")?);
        names.push(spot.text("@id")?);
        names.push(identifiers.text("cpe23")?);
        names.push(identifiers.text("cpe22")?);
    } else {
        names.push(spot.text("@id")?);
    }
    let name = names.into_iter().flatten().next();
    name.map(str::to_owned).ok_or_else(|| spot.fault("it has neither `@id` nor `identifiers`"))
}

fn status(spot: &Spot<'_>) -> Result<VexStatus, FormatFault> {
    let justification = spot.text("justification")?;
    let impact = spot.text("impact_statement")?;
    let action = spot.text("action_statement")?;
    if let Some(word) = justification.filter(|word| !JUSTIFICATIONS.contains(word)) {
        let message = format!("{} is none of the specification's reasons", quote(word));
        return Err(spot.fault_at("justification", message));
    }
    let status = spot.required_text("status")?;
    if justification.is_some() && status != "not_affected" {
        let message = format!("a reason for `not_affected` beside status {}", quote(status));
        return Err(spot.fault_at("justification", message));
    }
    match status {
        "not_affected" if justification.is_none() && impact.is_none() => Err(spot
            .fault_at("status", "`not_affected` needs a `justification` or an `impact_statement`")),
        "not_affected" => Ok(VexStatus::NotAffected {
            justification: justification.map(str::to_owned),
            impact: impact.map(str::to_owned),
        }),
        "affected" => match action {
            Some(action) => Ok(VexStatus::Affected { action: action.to_owned() }),
            None => Err(spot.fault_at("status", "`affected` needs an `action_statement`")),
        },
        "fixed" => Ok(VexStatus::Fixed),
        "under_investigation" => Ok(VexStatus::UnderInvestigation),
        other => Err(spot.fault_at("status", format!("{} is no status", quote(other)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn document(statement: &str) -> String {
        format!(
            r#"{{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://vendor.invalid/1",
            "author":"Pump Maker","timestamp":"2026-11-01T10:00:00Z","version":1,
            "statements":[{{{statement}}}]}}"#
        )
    }

    /// `flaw: products: status`, or the fault.
    fn check(statement: &str, expected: &str) {
        let told = match read(document(statement).as_bytes()) {
            Err(fault) => fault.to_string(),
            Ok(statements) => {
                let told = statements.iter().map(|one| {
                    let products = one.products.iter().map(|product| {
                        let version = product.version.as_ref().map_or("any", |v| &v.0);
                        let parts = product.subcomponents.len();
                        let unread = product.subcomponents_unread.len();
                        match &product.package {
                            Some(package) => format!("{package} {version} {parts}+{unread}"),
                            None => format!("<{}> {parts}+{unread}", product.id),
                        }
                    });
                    let products = products.collect::<Vec<_>>().join(", ");
                    format!("{}: {products}: {:?}", one.vulnerability, one.status)
                });
                told.collect::<Vec<_>>().join("; ")
            }
        };
        assert_eq!(told, expected, "{statement}");
    }

    #[test]
    fn reads_every_status() {
        let flaw = r#""vulnerability":{"name":"CVE-2020-7788","aliases":["SW-2026-0001"]}"#;
        let ini = r#""products":[{"@id":"pkg:npm/ini@1.3.5"}]"#;
        check(
            &format!(r#"{flaw},{ini},"status":"fixed""#),
            "CVE-2020-7788: npm/ini 1.3.5 0+0: Fixed",
        );
        check(
            &format!(r#"{flaw},{ini},"status":"under_investigation","status_notes":"x""#),
            "CVE-2020-7788: npm/ini 1.3.5 0+0: UnderInvestigation",
        );
        check(
            &format!(r#"{flaw},{ini},"status":"affected","action_statement":"update""#),
            "CVE-2020-7788: npm/ini 1.3.5 0+0: Affected { action: \"update\" }",
        );
        check(
            &format!(r#"{flaw},{ini},"status":"not_affected","impact_statement":"never parsed""#),
            "CVE-2020-7788: npm/ini 1.3.5 0+0: \
             NotAffected { justification: None, impact: Some(\"never parsed\") }",
        );
    }

    #[test]
    fn a_statement_about_parts_is_never_widened() {
        check(
            r#""vulnerability":{"name":"X-1"},"status":"fixed","products":[
              {"@id":"https://vendor.invalid/pump","identifiers":{"purl":"pkg:generic/pump@3"},
               "subcomponents":[{"@id":"pkg:npm/ini"},{"@id":"https://vendor.invalid/part"}]},
              {"@id":"https://vendor.invalid/other"}]"#,
            "X-1: Generic/pump 3 1+1, <https://vendor.invalid/other> 0+0: Fixed",
        );
    }

    #[test]
    fn the_older_spelling_is_read() {
        check(
            r#""vulnerability":"CVE-1","products":["pkg:apk/wolfi/bash@1"],"status":"fixed""#,
            "CVE-1: Wolfi/bash 1 0+0: Fixed",
        );
    }

    #[test]
    fn what_the_specification_forbids_is_refused() {
        let start = r#""vulnerability":{"name":"X"}"#;
        for (rest, expected) in [
            (
                r#","status":"not_affected""#,
                "status: `not_affected` needs a `justification` or an `impact_statement`",
            ),
            (
                r#","status":"not_affected","justification":"""#,
                "status: `not_affected` needs a `justification` or an `impact_statement`",
            ),
            (
                r#","status":"not_affected","justification":"trust_me""#,
                "justification: `trust_me` is none of the specification's reasons",
            ),
            (
                r#","status":"fixed","justification":"component_not_present""#,
                "justification: a reason for `not_affected` beside status `fixed`",
            ),
            (r#","status":"affected""#, "status: `affected` needs an `action_statement`"),
            (r#","status":"maybe""#, "status: `maybe` is no status"),
            ("", "status: it is missing or empty"),
            (
                r#","status":"fixed","timestamp":"yesterday""#,
                "timestamp: `yesterday` is no RFC 3339 time",
            ),
        ] {
            let expected = format!("cannot read OpenVEX at /statements/0/{expected}");
            check(&format!("{start}{rest}"), &expected);
        }
    }

    #[test]
    fn the_document_needs_author_context_and_statements() {
        let whole = document(r#""vulnerability":{"name":"X"},"status":"fixed""#);
        for (part, other) in [
            ("\"author\":\"Pump Maker\",", ""),
            ("openvex.dev/ns", "elsewhere.invalid/ns"),
            ("\"version\":1", "\"version\":0"),
            ("\"statements\"", "\"none\""),
            ("\"timestamp\"", "\"time\""),
        ] {
            assert!(whole.contains(part));
            assert!(read(whole.replace(part, other).as_bytes()).is_err(), "{part}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(
            bytes in proptest::collection::vec(any::<u8>(), 0..200),
            at in 0usize..500,
        ) {
            drop(read(&bytes));
            let whole = document(r#""vulnerability":{"name":"X"},"products":[1,"a",{"@id":2}]"#);
            let mut whole = whole.into_bytes();
            let at = at % whole.len();
            whole.splice(at..at, bytes.iter().copied().take(3));
            drop(read(&whole));
        }
    }
}
