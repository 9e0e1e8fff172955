//! CycloneDX (ECMA-424) vulnerabilities with an analysis, as statements: JSON, versions 1.4 to 1.7.
//!
//! What is said of a part is said of it inside the product that the document describes, and holds
//! nowhere else; without such a product it holds inside the document, which its serial number
//! names. A vulnerability without an analysis is a scanner's finding and states nothing.

use super::{ProductRef, STATEMENTS_MAX, Statement, VEX_BYTES_MAX, VexStatus};
use crate::bounded::{add_new, cut};
use crate::fault::FormatFault;
use crate::inventory::purl;
use crate::json::typed::{self, List, Loose, LooseList, LooseText};
use crate::when;
use seawall_domain::package::{Package, Version};
use seawall_domain::time::Timestamp;
use serde::Deserialize;
use std::collections::HashMap;

const FORMAT: &str = "CycloneDX VEX";

/// How deep components are followed.
const DEPTH_MAX: usize = 40;

/// The longest name, version or purl that is kept, in characters.
const NAME_LEN_MAX: usize = 1_000;

/// How many products all statements of a document may name together.
const PRODUCTS_MAX: usize = 500_000;

macro_rules! fields {
    ($($name:ident { $($field:ident: $kind:ty $(= $written:literal)?,)* })*) => {
        $(#[derive(Debug, Default, Deserialize)]
        #[serde(default)]
        struct $name<'a> {
            $(#[serde(borrow $(, rename = $written)?)] $field: $kind,)*
        })*
    };
}

fields! {
    Bom {
        format: LooseText<'a> = "bomFormat",
        serial: LooseText<'a> = "serialNumber",
        metadata: Loose<Metadata<'a>>,
        components: List<Component<'a>>,
        services: LooseList<Loose<Component<'a>>>,
        vulnerabilities: List<Vulnerability<'a>>,
    }
    Metadata {
        timestamp: LooseText<'a>,
        component: Loose<Component<'a>>,
        authors: LooseList<Loose<Named<'a>>>,
        supplier: Loose<Named<'a>>,
        manufacturer: Loose<Named<'a>>,
        manufacture: Loose<Named<'a>>,
    }
    Named {
        name: LooseText<'a>,
    }
    Component {
        bom_ref: LooseText<'a> = "bom-ref",
        group: LooseText<'a>,
        name: LooseText<'a>,
        version: LooseText<'a>,
        purl: LooseText<'a>,
        cpe: LooseText<'a>,
        components: List<Component<'a>>,
    }
    Vulnerability {
        id: LooseText<'a>,
        bom_ref: LooseText<'a> = "bom-ref",
        references: LooseList<Loose<Reference<'a>>>,
        recommendation: LooseText<'a>,
        workaround: LooseText<'a>,
        updated: LooseText<'a>,
        published: LooseText<'a>,
        analysis: Loose<Analysis<'a>>,
        affects: LooseList<Loose<Affects<'a>>>,
    }
    Reference {
        id: LooseText<'a>,
    }
    Analysis {
        state: LooseText<'a>,
        justification: LooseText<'a>,
        detail: LooseText<'a>,
        last_updated: LooseText<'a> = "lastUpdated",
        first_issued: LooseText<'a> = "firstIssued",
    }
    Affects {
        target: LooseText<'a> = "ref",
        versions: LooseList<Loose<Versions<'a>>>,
    }
    Versions {
        version: LooseText<'a>,
        range: LooseText<'a>,
        status: LooseText<'a>,
    }
}

/// A component as it can be told.
#[derive(Clone, Debug, Default)]
struct Told {
    id: String,
    package: Option<Package>,
    version: Option<Version>,
}

/// The components of a document, and the product that it describes.
struct Parts<'a> {
    serial: &'a str,
    main: Option<(&'a str, Told)>,
    by_ref: HashMap<&'a str, &'a Component<'a>>,
}

/// Reads a document into its statements; the issuer is its author, supplier or manufacturer.
pub fn read(bytes: &[u8]) -> Result<Vec<Statement>, FormatFault> {
    let bom: Bom<'_> = typed::read(FORMAT, bytes, VEX_BYTES_MAX)?;
    if bom.format.get() != Some("CycloneDX") {
        return Err(FormatFault::new(FORMAT, "/bomFormat", "it is not `CycloneDX`"));
    }
    let mut parts = Parts {
        serial: bom.serial.get().unwrap_or("this document"),
        main: None,
        by_ref: HashMap::new(),
    };
    let empty = Metadata::default();
    let metadata = bom.metadata.0.as_ref().unwrap_or(&empty);
    if let Some(main) = &metadata.component.0 {
        parts.add(main, 0)?;
        parts.main = Some((main.bom_ref.get().unwrap_or_default(), told(main)));
    }
    bom.components.0.iter().try_for_each(|one| parts.add(one, 0))?;
    bom.services.0.iter().filter_map(|one| one.0.as_ref()).try_for_each(|one| parts.add(one, 0))?;
    let author = author(metadata);
    let issued = metadata.timestamp.get().and_then(when::read).unwrap_or(Timestamp::UNIX_EPOCH);
    let mut statements = Vec::new();
    let mut left = PRODUCTS_MAX;
    for (index, one) in bom.vulnerabilities.0.iter().enumerate() {
        let place = || format!("/vulnerabilities/{index}");
        let many =
            |what: &str| FormatFault::new(FORMAT, place(), format!("there are too many {what}"));
        add(&mut statements, one, &parts, (&author, issued), &mut left)
            .ok_or_else(|| many("products"))?
            .map_err(|message| FormatFault::new(FORMAT, place(), message))?;
        if statements.len() > STATEMENTS_MAX {
            return Err(many("statements"));
        }
    }
    Ok(statements)
}

fn author(metadata: &Metadata<'_>) -> String {
    let authors = metadata.authors.0.iter();
    let others = [&metadata.supplier, &metadata.manufacturer, &metadata.manufacture];
    let mut names = authors.chain(others).filter_map(|one| one.0.as_ref()?.name.get());
    cut(names.next().unwrap_or_default(), NAME_LEN_MAX)
}

fn told(component: &Component<'_>) -> Told {
    let read = component.purl.get().and_then(|text| Some((text, purl::read(text).ok()?)));
    let version = component.version.get().map(|text| Version(cut(text, NAME_LEN_MAX)));
    match (read, component.cpe.get()) {
        (Some((text, read)), _) => Told {
            id: text.to_owned(),
            package: Some(read.package),
            version: read.version.or(version),
        },
        (None, Some(cpe)) => Told { id: cut(cpe, NAME_LEN_MAX), package: None, version },
        (None, None) => {
            let name = [component.group.get(), component.name.get()];
            let name = name.into_iter().flatten().collect::<Vec<_>>().join("/");
            Told { id: cut(&name, NAME_LEN_MAX), package: None, version }
        }
    }
}

impl<'a> Parts<'a> {
    fn add(&mut self, component: &'a Component<'a>, depth: usize) -> Result<(), FormatFault> {
        if depth > DEPTH_MAX {
            let message = format!("components nest deeper than {DEPTH_MAX} levels");
            return Err(FormatFault::new(FORMAT, "/components", message));
        }
        if let Some(name) = component.bom_ref.get() {
            self.by_ref.entry(name).or_insert(component);
        }
        component.components.0.iter().try_for_each(|below| self.add(below, depth + 1))
    }

    /// The product that a reference means, with its part where it is one.
    fn product(&self, target: &str) -> ProductRef {
        let link = target.strip_prefix("urn:cdx:").and_then(|link| link.split_once('#'));
        let (document, name) =
            link.map_or((None, target), |(document, name)| (Some(document), name));
        let name = cut(&percent_decoded(name), NAME_LEN_MAX);
        let serial = self.serial.strip_prefix("urn:uuid:").unwrap_or(self.serial);
        let own = document.is_none_or(|document| document.split('/').next() == Some(serial));
        let known = self.by_ref.get(name.as_str()).filter(|_| own).map(|one| told(one));
        let part = known.unwrap_or_else(|| match purl::read(&name) {
            Ok(read) => {
                Told { id: name.clone(), package: Some(read.package), version: read.version }
            }
            Err(_) => Told { id: name.clone(), ..Told::default() },
        });
        let whole = match (&self.main, document) {
            (Some((main, _)), _) if own && *main == name => return reference(part),
            (Some((_, main)), _) if own => main.clone(),
            (_, Some(document)) => {
                let id = format!("urn:cdx:{}", cut(document, NAME_LEN_MAX));
                Told { id, ..Told::default() }
            }
            (_, None) => Told { id: cut(self.serial, NAME_LEN_MAX), ..Told::default() },
        };
        let mut product = reference(whole);
        match part.package {
            Some(package) => product.subcomponents.push((package, part.version)),
            None => product.subcomponents_unread.push(part.id),
        }
        product
    }
}

fn reference(told: Told) -> ProductRef {
    ProductRef {
        id: told.id,
        package: told.package,
        version: told.version,
        subcomponents: Vec::new(),
        subcomponents_unread: Vec::new(),
    }
}

/// A fragment of a link, whose odd letters stand as `%40`.
fn percent_decoded(text: &str) -> String {
    match text.starts_with("pkg") && text.contains("%3A") {
        true => text.replace("%3A", ":").replace("%2F", "/").replace("%40", "@"),
        false => text.to_owned(),
    }
}

/// Adds the statements of one vulnerability; none at the outside when a bound is reached.
fn add(
    statements: &mut Vec<Statement>,
    raw: &Vulnerability<'_>,
    parts: &Parts<'_>,
    (author, issued): (&str, Timestamp),
    left: &mut usize,
) -> Option<Result<(), &'static str>> {
    let Some(analysis) = &raw.analysis.0 else {
        return Some(Ok(()));
    };
    let Some(status) = status(raw, analysis) else {
        return Some(Ok(()));
    };
    let Some(name) = raw.id.get().or(raw.bom_ref.get()) else {
        return Some(Err("it has neither `id` nor `bom-ref`"));
    };
    let times = [&analysis.last_updated, &analysis.first_issued, &raw.updated, &raw.published];
    let at = times.into_iter().find_map(|text| text.get().and_then(when::read));
    let mut aliases = Vec::new();
    let names = raw.references.0.iter().filter_map(|one| one.0.as_ref()?.id.get());
    names.filter(|alias| *alias != name).for_each(|alias| {
        add_new(&mut aliases, cut(alias, NAME_LEN_MAX));
    });
    let first = Statement {
        vulnerability: name.to_owned(),
        aliases,
        products: Vec::new(),
        status,
        author: author.to_owned(),
        supplier: None,
        timestamp: at.unwrap_or(issued),
    };
    let mut own = vec![first];
    for affects in raw.affects.0.iter().filter_map(|one| one.0.as_ref()) {
        let Some(target) = affects.target.get() else {
            continue;
        };
        let product = parts.product(target);
        if affects.versions.0.is_empty() {
            *left = left.checked_sub(1)?;
            own.first_mut()?.products.push(product);
            continue;
        }
        for one in affects.versions.0.iter().filter_map(|one| one.0.as_ref()) {
            *left = left.checked_sub(1)?;
            let product = versioned(product.clone(), one);
            let said = match one.status.get() {
                Some("unaffected") => not_affected("this version is unaffected"),
                Some("unknown") => VexStatus::UnderInvestigation,
                Some(_) | None => own.first()?.status.clone(),
            };
            match own.iter_mut().find(|known| known.status == said) {
                Some(known) => known.products.push(product),
                None => {
                    let other = own.first()?.clone();
                    own.push(Statement { products: vec![product], status: said, ..other });
                }
            }
        }
    }
    // A statement without a product is about whatever the document is attached to.
    let only = own.len() == 1;
    statements.extend(own.into_iter().filter(|one| only || !one.products.is_empty()));
    Some(Ok(()))
}

fn not_affected(impact: &str) -> VexStatus {
    VexStatus::NotAffected { justification: None, impact: Some(impact.to_owned()) }
}

/// A product in one version; in a range of them it is left unnamed, so that nothing is widened.
fn versioned(mut product: ProductRef, versions: &Versions<'_>) -> ProductRef {
    let version = versions.version.get().map(|text| Version(cut(text, NAME_LEN_MAX)));
    let range = versions.range.get();
    match (product.subcomponents.pop(), version, range) {
        (Some((package, _)), Some(version), _) => {
            product.subcomponents.push((package, Some(version)))
        }
        (Some((package, _)), None, Some(range)) => {
            product.subcomponents_unread.push(format!("{package} {range}"));
        }
        (Some(part), None, None) => product.subcomponents.push(part),
        (None, Some(version), _) if product.subcomponents_unread.is_empty() => {
            product.version = Some(version);
        }
        (None, None, Some(range)) if product.subcomponents_unread.is_empty() => {
            product.package = None;
            product.id = format!("{} {range}", product.id);
        }
        (None, version, range) => {
            let said = version.as_ref().map(|version| version.0.as_str()).or(range);
            if let (Some(part), Some(said)) = (product.subcomponents_unread.last_mut(), said) {
                part.push(' ');
                part.push_str(said);
            }
        }
    }
    product
}

/// What the analysis states; none without a state that is known.
fn status(raw: &Vulnerability<'_>, analysis: &Analysis<'_>) -> Option<VexStatus> {
    let detail = analysis.detail.get().map(str::to_owned);
    match analysis.state.get()? {
        "resolved" | "resolved_with_pedigree" => Some(VexStatus::Fixed),
        "exploitable" => {
            let action = raw.recommendation.get().or(raw.workaround.get()).map(str::to_owned);
            Some(VexStatus::Affected { action: action.or(detail).unwrap_or_default() })
        }
        "in_triage" => Some(VexStatus::UnderInvestigation),
        "false_positive" => Some(VexStatus::NotAffected {
            justification: None,
            impact: detail.or_else(|| Some("false positive".to_owned())),
        }),
        "not_affected" => {
            let word = analysis.justification.get();
            let reason = word.and_then(reason);
            // A reason that the five do not hold stands in the words.
            let impact = match (reason, word, detail) {
                (None, Some(word), Some(detail)) => Some(format!("{word}: {detail}")),
                (None, Some(word), None) => Some(word.to_owned()),
                (_, _, detail) => detail,
            };
            Some(VexStatus::NotAffected { justification: reason.map(str::to_owned), impact })
        }
        _ => None,
    }
}

/// The reason that CISA's list has for a justification of CycloneDX.
fn reason(word: &str) -> Option<&'static str> {
    match word {
        "code_not_present" => Some("vulnerable_code_not_present"),
        "code_not_reachable" => Some("vulnerable_code_not_in_execute_path"),
        "protected_by_compiler"
        | "protected_at_runtime"
        | "protected_at_perimeter"
        | "protected_by_mitigating_control" => Some("inline_mitigations_already_exist"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn bom(main: Value, vulnerability: Value) -> String {
        json!({"bomFormat": "CycloneDX", "specVersion": "1.5", "serialNumber": "urn:uuid:1-2",
            "metadata": {"timestamp": "2026-01-01T00:00:00Z", "component": main,
                "supplier": {"name": "Maker"}},
            "components": [{"bom-ref": "a", "name": "a", "purl": "pkg:npm/a@1", "components": [
                {"bom-ref": "b", "group": "g", "name": "b", "version": "2"}]}],
            "vulnerabilities": [vulnerability]})
        .to_string()
    }

    fn check(main: Value, vulnerability: Value, expected: &[&str]) {
        let read = read(bom(main, vulnerability).as_bytes()).unwrap();
        let told: Vec<String> = read
            .iter()
            .map(|one| {
                let products = one.products.iter().map(|product| {
                    let name = |package: &Option<Package>, version: &Option<Version>| {
                        let package = package.as_ref().map_or("?".to_owned(), ToString::to_string);
                        format!("{package}@{}", version.as_ref().map_or("any", |v| &v.0))
                    };
                    let parts = product.subcomponents.iter();
                    let parts = parts.map(|(package, v)| name(&Some(package.clone()), v));
                    let parts = parts.chain(product.subcomponents_unread.iter().cloned());
                    let parts = parts.collect::<Vec<_>>().join("+");
                    format!("{} {} [{parts}]", product.id, name(&product.package, &product.version))
                });
                let products = products.collect::<Vec<_>>().join(", ");
                format!("{} {:?} {products}", one.vulnerability, one.status)
            })
            .collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn what_is_said_of_a_part_holds_in_its_product() {
        let main = json!({"bom-ref": "m", "name": "M", "purl": "pkg:generic/m@3"});
        let of = |state: &str, target: &str| {
            json!({"id": "CVE-1", "references": [{"id": "GHSA-1"}, {"id": "CVE-1"}],
                "analysis": {"state": state}, "affects": [{"ref": target}]})
        };
        let main_says = "pkg:generic/m@3 Generic/m@3";
        for (target, part) in [
            ("a", "npm/a@1"),
            ("b", "g/b"),
            ("urn:cdx:1-2/1#a", "npm/a@1"),
            ("gone", "gone"),
            ("pkg:npm/c@5", "npm/c@5"),
        ] {
            let expected = format!("CVE-1 Fixed {main_says} [{part}]");
            check(main.clone(), of("resolved", target), &[&expected]);
        }
        check(
            main.clone(),
            of("in_triage", "m"),
            &[&format!("CVE-1 UnderInvestigation {main_says} []")],
        );
        check(
            main.clone(),
            of("resolved", "urn:cdx:9/1#pkg%3Anpm%2Fx%401"),
            &["CVE-1 Fixed urn:cdx:9/1 ?@any [npm/x@1]"],
        );
        check(json!(null), of("resolved", "a"), &["CVE-1 Fixed urn:uuid:1-2 ?@any [npm/a@1]"]);
        check(main.clone(), of("odd", "a"), &[]);
        check(main, json!({"id": "CVE-1", "affects": [{"ref": "a"}]}), &[]);
    }

    #[test]
    fn versions_and_reasons_are_kept() {
        let main = json!({"bom-ref": "m", "name": "M", "purl": "pkg:generic/m"});
        check(
            main.clone(),
            json!({"id": "X", "recommendation": "update", "analysis": {"state": "exploitable"},
                "affects": [{"ref": "m", "versions": [{"version": "1"}, {"version": "2",
                    "status": "unaffected"}, {"range": "vers:semver/<1"}]}]}),
            &[
                "X Affected { action: \"update\" } pkg:generic/m Generic/m@1 [], \
                 pkg:generic/m vers:semver/<1 ?@any []",
                "X NotAffected { justification: None, \
                 impact: Some(\"this version is unaffected\") } pkg:generic/m Generic/m@2 []",
            ],
        );
        for (justification, expected) in [
            ("code_not_present", "Some(\"vulnerable_code_not_present\"), impact: Some(\"why\")"),
            ("requires_configuration", "None, impact: Some(\"requires_configuration: why\")"),
        ] {
            let analysis =
                json!({"state": "not_affected", "justification": justification, "detail": "why"});
            check(
                main.clone(),
                json!({"id": "X", "analysis": analysis}),
                &[&format!("X NotAffected {{ justification: {expected} }} ")],
            );
        }
    }

    proptest! {
        #[test]
        fn never_panics(
            at in any::<prop::sample::Index>(),
            put in prop::collection::vec(any::<u8>(), 0..3),
            target in r"(urn:cdx:|pkg:)?[a-z0-9/#%@:]{0,20}",
        ) {
            let flaw = json!({"id": "X", "analysis": {"state": "resolved"},
                "affects": [{"ref": target, "versions": [{"version": "1"}, {"range": "x"}]}]});
            let mut bytes = bom(json!({"name": "m"}), flaw).into_bytes();
            assert!(read(&bytes).is_ok());
            let at = at.index(bytes.len());
            bytes.splice(at..at, put);
            drop(read(&bytes));
        }
    }
}
