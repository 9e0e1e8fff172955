//! The rules for the report's own fields (section 4 and 6 of the contract).

use super::ecosystems;
use super::wire::Report;
use crate::intake::Notify;
use crate::intake::strict;
use crate::intake::text::is_mail_address;
use crate::problem::Violation;
use crate::purl;
use seawall_domain::package::{Package, Version};
use serde_json::{Map, Value};

const PURL_BYTES_MAX: usize = 512;
const SOFTWARE_BYTES_MAX: usize = 256;
const ECOSYSTEM_BYTES_MAX: usize = 128;
const VERSIONS_LEN_MAX: usize = 64;
const VERSION_BYTES_MAX: usize = 64;
const CODE_PATH_BYTES_MAX: usize = 1024;
const SYMBOL_FILE_BYTES_MAX: usize = 512;
const SYMBOL_FUNCTION_BYTES_MAX: usize = 256;
const REFERENCES_LEN_MAX: usize = 16;
const REFERENCE_BYTES_MAX: usize = 512;
const UPSTREAM_IDS_LEN_MAX: usize = 16;
const UPSTREAM_ID_BYTES_MAX: usize = 128;
const COMMIT_DIGITS_MIN: usize = 7;
const COMMIT_DIGITS_MAX: usize = 64;
const REPO_URL_BYTES_MAX: usize = 512;
const METHOD_BYTES_MAX: usize = 32;
const TOOLING_BYTES_MAX: usize = 128;
const EMAIL_BYTES_MAX: usize = 256;
const NOTIFY_BYTES_MAX: usize = 32;
const ENRICHMENT_BYTES_MAX: usize = 64 * 1024;
const ENRICHMENT_DEPTH_MAX: usize = 8;

/// What the fields say about the package, once they are known to be right.
#[derive(Debug, Default)]
pub(super) struct Named {
    pub(super) package: Option<Package>,
    /// The purl's own version first, then those of the field, each once.
    pub(super) versions: Vec<Version>,
}

/// Judges every field; each violation is added to `faults`.
pub(super) fn read(report: &Report, faults: &mut Vec<Violation>) -> Named {
    let mut named = package(report, faults);
    versions(report, &mut named, faults);
    symbol(report, faults);
    lists(report, faults);
    for (field, commit) in
        [("introduced_commit", &report.introduced_commit), ("fixed_commit", &report.fixed_commit)]
    {
        if let Some(commit) = commit
            && !is_commit(commit)
        {
            faults.push(Violation::new("invalid_commit", field, "7 to 64 hexadecimal digits"));
        }
    }
    if let Some(url) = &report.package_repo_url
        && text("package_repo_url", url, REPO_URL_BYTES_MAX, faults)
        && !is_web_url(url)
    {
        let reason = "the http or https URL of the git repository";
        faults.push(Violation::new("invalid_repo_url", "package_repo_url", reason));
    }
    for (field, value, bytes_max) in [
        ("code_path", &report.code_path, CODE_PATH_BYTES_MAX),
        ("discovery_method", &report.discovery_method, METHOD_BYTES_MAX),
        ("discovery_tooling", &report.discovery_tooling, TOOLING_BYTES_MAX),
    ] {
        if let Some(value) = value {
            text(field, value, bytes_max, faults);
        }
    }
    contact(report, faults);
    enrichment(&report.enrichment, faults);
    named
}

/// A metadata string: bounded, no control characters, not only blanks. Says whether it is.
pub(super) fn text(
    field: &str,
    value: &str,
    bytes_max: usize,
    faults: &mut Vec<Violation>,
) -> bool {
    let before = faults.len();
    if value.len() > bytes_max {
        let reason = format!("at most {bytes_max} bytes");
        faults.push(Violation::new("field_too_large", field, reason));
    }
    if value.chars().any(char::is_control) {
        let reason = "no control characters, newline and tab included";
        faults.push(Violation::new("control_characters", field, reason));
    } else if !value.is_empty() && value.trim().is_empty() {
        faults.push(Violation::new("degenerate_value", field, "only blanks"));
    }
    faults.len() == before
}

fn package(report: &Report, faults: &mut Vec<Violation>) -> Named {
    let mut named = Named::default();
    let mut purl_type = None;
    if let Some(purl) = &report.purl
        && text("purl", purl, PURL_BYTES_MAX, faults)
    {
        let read = purl::read(purl).and_then(|read| Ok((read, purl::kind(purl)?)));
        match read {
            Ok(((package, version, _), kind)) if ecosystems::is_purl_type(&kind) => {
                named.package = Some(package);
                named.versions.extend(version);
                purl_type = Some(kind);
            }
            Ok((_, kind)) => {
                let reason = format!("purl-spec has no type `{kind}`");
                faults.push(Violation::new("invalid_purl", "purl", reason));
            }
            Err(fault) => faults.push(Violation::new("invalid_purl", "purl", fault.reason)),
        }
    }
    let mut known = None;
    if let Some(ecosystem) = &report.ecosystem
        && text("ecosystem", ecosystem, ECOSYSTEM_BYTES_MAX, faults)
    {
        known = ecosystems::find(ecosystem);
        if known.is_none() {
            let reason = "not an ecosystem of the OSV schema";
            faults.push(Violation::new("unknown_ecosystem", "ecosystem", reason));
        }
    }
    if let (Some(found), Some(expected)) = (&purl_type, known.and_then(|known| known.purl_type))
        && found != expected
    {
        let reason = format!("the purl is of type `{found}`, the ecosystem of `{expected}`");
        let fault = Violation::new("purl_ecosystem_mismatch", "purl", reason);
        faults.push(fault.with("ecosystem"));
    }
    let software_fine = report
        .software
        .as_ref()
        .map(|software| text("software", software, SOFTWARE_BYTES_MAX, faults));
    required(report, faults);
    if named.package.is_none()
        && let (Some(known), Some(software), Some(true)) = (known, &report.software, software_fine)
    {
        named.package = Some(known.package(software));
    }
    named
}

fn required(report: &Report, faults: &mut Vec<Violation>) {
    let reason = "a report needs `purl`, or both `ecosystem` and `software`";
    let missing = match (&report.purl, &report.ecosystem, &report.software) {
        (Some(_), _, _) | (None, Some(_), Some(_)) => return,
        (None, None, Some(_)) => "ecosystem",
        (None, Some(_), None) => "software",
        (None, None, None) => "purl",
    };
    faults.push(Violation::new("missing_field", missing, reason));
}

fn versions(report: &Report, named: &mut Named, faults: &mut Vec<Violation>) {
    if let Some(version) = named.versions.first() {
        // The purl's own version stands under the limits of the list.
        text("purl", &version.0, VERSION_BYTES_MAX, faults);
    }
    let mut seen: std::collections::HashSet<&str> = std::collections::HashSet::new();
    let own = named.versions.first().cloned();
    if let Some(version) = &own {
        seen.insert(&version.0);
    }
    let sent = report.versions.iter().enumerate();
    let fresh: Vec<(usize, &String)> = sent
        .filter(|(_, version)| !version.trim().is_empty() && seen.insert(version.trim()))
        .collect();
    if seen.len() > VERSIONS_LEN_MAX {
        let reason = format!("at most {VERSIONS_LEN_MAX} versions, that of the purl included");
        faults.push(Violation::new("too_many_items", "versions", reason));
        return;
    }
    for (index, version) in fresh {
        if text(&format!("versions[{index}]"), version, VERSION_BYTES_MAX, faults) {
            named.versions.push(Version::from(version.trim()));
        }
    }
}

fn symbol(report: &Report, faults: &mut Vec<Violation>) {
    let symbol = &report.symbol;
    for (field, value, bytes_max) in [
        ("affected_symbol.file", &symbol.file, SYMBOL_FILE_BYTES_MAX),
        ("affected_symbol.function", &symbol.function, SYMBOL_FUNCTION_BYTES_MAX),
    ] {
        if let Some(value) = value {
            text(field, value, bytes_max, faults);
        }
    }
    if symbol.line.is_some_and(|line| line < 0) {
        let fault = Violation::new("invalid_symbol_line", "affected_symbol.line", "0 or more");
        faults.push(fault);
    }
}

fn lists(report: &Report, faults: &mut Vec<Violation>) {
    entries(
        "references",
        &report.references,
        (REFERENCES_LEN_MAX, REFERENCE_BYTES_MAX),
        |url| is_web_url(url).then_some(()).ok_or("invalid_reference"),
        "an absolute http or https URL",
        faults,
    );
    entries(
        "upstream_ids",
        &report.upstream_ids,
        (UPSTREAM_IDS_LEN_MAX, UPSTREAM_ID_BYTES_MAX),
        |id| is_upstream_id(id).then_some(()).ok_or("invalid_upstream_id"),
        "a CVE, GHSA, OSV, GO, RUSTSEC or PYSEC identifier",
        faults,
    );
}

fn entries(
    list: &str,
    values: &[String],
    (len_max, bytes_max): (usize, usize),
    rule: impl Fn(&str) -> Result<(), &'static str>,
    reason: &str,
    faults: &mut Vec<Violation>,
) {
    if values.len() > len_max {
        let reason = format!("at most {len_max} entries");
        faults.push(Violation::new("too_many_items", list, reason));
        return;
    }
    for (index, value) in values.iter().enumerate() {
        let field = format!("{list}[{index}]");
        if text(&field, value, bytes_max, faults)
            && let Err(code) = rule(value)
        {
            faults.push(Violation::new(code, field, reason));
        }
    }
}

fn contact(report: &Report, faults: &mut Vec<Violation>) {
    if let Some(email) = &report.email
        && text("email", email, EMAIL_BYTES_MAX, faults)
        && !is_mail_address(email)
    {
        faults.push(Violation::new("invalid_email", "email", "one bare mail address"));
    }
    let Some(notify) = &report.notify else {
        return;
    };
    if !text("notify", notify, NOTIFY_BYTES_MAX, faults) {
        return;
    }
    match Notify::word(notify) {
        None => {
            let reason = "one of `off`, `final`, `milestones`, `all`";
            faults.push(Violation::new("invalid_notify", "notify", reason));
        }
        Some(Notify::Off) => {}
        Some(Notify::Final | Notify::Milestones | Notify::All) if report.email.is_none() => {
            let reason = "needed when `notify` is not `off`";
            faults.push(Violation::new("missing_field", "email", reason));
        }
        Some(Notify::Final | Notify::Milestones | Notify::All) => {}
    }
}

fn enrichment(map: &Map<String, Value>, faults: &mut Vec<Violation>) {
    if map.is_empty() {
        return;
    }
    // The bound counts the compact form, so white space of the sender's is free.
    let value = Value::Object(map.clone());
    if value.to_string().len() > ENRICHMENT_BYTES_MAX {
        let reason = format!("at most {ENRICHMENT_BYTES_MAX} bytes");
        faults.push(Violation::new("field_too_large", "enrichment", reason));
    }
    if strict::depth(&value) > ENRICHMENT_DEPTH_MAX {
        let reason = format!("at most {ENRICHMENT_DEPTH_MAX} levels");
        faults.push(Violation::new("structure_too_deep", "enrichment", reason));
    }
    if has_control(&value) {
        let reason = "no control characters in keys or strings";
        faults.push(Violation::new("control_characters", "enrichment", reason));
    }
}

fn has_control(value: &Value) -> bool {
    let control = |text: &str| text.chars().any(char::is_control);
    match value {
        Value::String(text) => control(text),
        Value::Array(list) => list.iter().any(has_control),
        Value::Object(map) => map.iter().any(|(key, value)| control(key) || has_control(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn is_commit(text: &str) -> bool {
    (COMMIT_DIGITS_MIN..=COMMIT_DIGITS_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// An absolute URL of scheme `http` or `https` with a host and no blanks.
fn is_web_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else {
        return false;
    };
    let web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let named =
        host.starts_with('[') || host.split(':').next().is_some_and(|host| !host.is_empty());
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>\"\\^`{|}".contains(c);
    web && named && text.chars().all(plain)
}

fn is_upstream_id(text: &str) -> bool {
    if let Some(rest) = text.strip_prefix("CVE-") {
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        return rest.split_once('-').is_some_and(|(year, serial)| {
            year.len() == 4 && serial.len() >= 4 && digits(year) && digits(serial)
        });
    }
    if let Some(rest) = text.strip_prefix("GHSA-") {
        let block = |block: &str| {
            block.len() == 4 && block.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        return rest.split('-').count() == 3 && rest.split('-').all(block);
    }
    let token = |rest: &str| {
        !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    };
    ["OSV-", "GO-", "RUSTSEC-", "PYSEC-"]
        .into_iter()
        .any(|prefix| text.strip_prefix(prefix).is_some_and(token))
}
