//! Scrutineer's minimal JSON and its bundle: one report per finding.
//!
//! What scrutineer has no field for is found like this:
//! - the package is the first purl in the finding's `affected`, else a `repository` that is a purl;
//! - the function is the first of `sinks`, the place `location`, else the first of `locations`;
//! - recipe and files are the fenced blocks of `validation` (see [`super::fenced`]);
//! - the human who answers for it is `contact` of the finding or of the document (our addition),
//!   else the first `notes[].by` that is a mail address; `suggested_recipients` are never taken,
//!   since they are the maintainers, not the finders.
//!
//! The six steps of the narrative become the description; `patch` is kept as a file, never applied.

use super::text::{cvss, cwe, empty_claim, function, is_mail_address, one_line, place, some};
use super::{File, Intake, Notify, REPORT_BYTES_MAX, fenced, strict};
use crate::fault::FormatFault;
use crate::purl;
use seawall_domain::claim::{AttachmentKind, Claim, Location, Tooling};
use seawall_domain::package::{Package, Version};
use serde_json::Value;

/// The most findings of one document.
pub const FINDINGS_LEN_MAX: usize = 500;

/// The most references of one finding; TAP's own bound.
const REFERENCES_LEN_MAX: usize = 16;

/// The most notes that are looked at for a contact.
const NOTES_LEN_MAX: usize = 100;

/// Reads each finding.
pub fn read(body: &[u8]) -> Result<Vec<Intake>, FormatFault> {
    if body.len() > REPORT_BYTES_MAX {
        return Err(fault("the document", format!("it is larger than {REPORT_BYTES_MAX} bytes")));
    }
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let document = strict::document(body).map_err(|message| fault("the document", message))?;
    let findings = document.get("findings").and_then(Value::as_array);
    let findings = findings.ok_or_else(|| fault("/findings", "there is no list of findings"))?;
    if findings.is_empty() {
        return Err(fault("/findings", "the list is empty"));
    }
    if findings.len() > FINDINGS_LEN_MAX {
        let message = format!("there are more than {FINDINGS_LEN_MAX} findings");
        return Err(fault("/findings", message));
    }
    let intakes = findings.iter().enumerate().map(|(index, finding)| {
        if !finding.is_object() {
            return Err(fault(format!("/findings/{index}"), "a finding is an object"));
        }
        intake(&document, finding, index)
    });
    intakes.collect()
}

fn intake(document: &Value, finding: &Value, index: usize) -> Result<Intake, FormatFault> {
    let of = |key: &str| finding.get(key).and_then(Value::as_str).and_then(some);
    let place = format!("/findings/{index}");
    let (package, version) = package(document, finding, &place)?;
    let validation = of("validation").unwrap_or_default();
    let (validation, mut files) = fenced::split(&validation)
        .map_err(|fail| fault(format!("{place}/validation"), fail.to_string()))?;
    if let Some(patch) = of("patch")
        && files.iter().all(|file| file.attachment.name != "suggested.patch")
    {
        let bytes = patch.into_bytes();
        files.push(File::new("suggested.patch", "text/plain", AttachmentKind::Patch, bytes));
    }
    let contact = contact(document, finding);
    let notify = Notify::by_default(contact.as_deref());
    let tool = document.get("tool").and_then(Value::as_str).and_then(some);
    let title = of("title").or_else(|| of("description")).unwrap_or_default();
    let severity = ["cvss_v4_vector", "cvss_vector"].into_iter().filter_map(of);
    let claim = Claim {
        package,
        versions: version.into_iter().collect(),
        title: match one_line(&title) {
            title if title.is_empty() => "untitled finding".to_owned(),
            title => title,
        },
        description: narrative(finding, &validation),
        weakness: of("cwe").as_deref().and_then(cwe),
        location: location(finding),
        severity: severity.into_iter().find_map(|vector| cvss(&vector)),
        tooling: Tooling {
            tool: tool.or_else(|| Some("manual".to_owned())),
            method: None,
            contact,
        },
        upstream_ids: ["cve_id", "ghsa_id"].into_iter().filter_map(of).collect(),
        references: references(finding),
        ..empty_claim()
    };
    Ok(Intake::new(claim, files, notify))
}

fn package(
    document: &Value,
    finding: &Value,
    place: &str,
) -> Result<(Option<Package>, Option<Version>), FormatFault> {
    let affected = finding.get("affected").and_then(Value::as_str).unwrap_or_default();
    let repository = document.get("repository").and_then(Value::as_str).unwrap_or_default();
    let first = |text: &str| {
        let mut words = text.split(|c: char| c.is_whitespace() || c == ',' || c == ';');
        words.find(|word| word.starts_with("pkg:")).map(str::to_owned)
    };
    let (text, place) = match (first(affected), first(repository)) {
        (Some(text), _) => (text, format!("{place}/affected")),
        (None, Some(text)) => (text, "/repository".to_owned()),
        (None, None) => return Ok((None, None)),
    };
    let (package, version, _) = purl::read(&text).map_err(|fail| fault(place, fail.to_string()))?;
    Ok((Some(package), version))
}

fn location(finding: &Value) -> Location {
    let of = |key: &str| finding.get(key).and_then(Value::as_str).unwrap_or_default();
    let first = [of("location"), of("locations")].into_iter().find(|text| !text.trim().is_empty());
    let first = first.unwrap_or_default().trim().lines().next().unwrap_or_default();
    let (file, line) = place(first);
    let function = of("sinks").split([',', '\n']).find_map(function);
    Location { file, function, line }
}

/// Steps one to six, as paragraphs; the last ones carry their names.
fn narrative(finding: &Value, validation: &str) -> String {
    let mut text = String::new();
    for (key, name) in [
        ("description", ""),
        ("boundary", "Boundary: "),
        ("validation", "Validation: "),
        ("prior_art", "Prior art: "),
        ("reach", "Reach: "),
        ("rating", "Rating: "),
    ] {
        let step = match key {
            "validation" => validation,
            key => finding.get(key).and_then(Value::as_str).unwrap_or_default().trim(),
        };
        if !step.is_empty() {
            if !text.is_empty() {
                text.push_str("\n\n");
            }
            text.push_str(name);
            text.push_str(step);
        }
    }
    text
}

fn contact(document: &Value, finding: &Value) -> Option<String> {
    let stated = [finding, document]
        .into_iter()
        .find_map(|holder| holder.get("contact").and_then(Value::as_str).and_then(some));
    stated.or_else(|| {
        let notes = finding.get("notes").and_then(Value::as_array)?;
        let authors = notes.iter().take(NOTES_LEN_MAX).filter_map(|note| note.get("by")?.as_str());
        authors.map(str::trim).find(|author| is_mail_address(author)).map(str::to_owned)
    })
}

fn references(finding: &Value) -> Vec<String> {
    let list = finding.get("references").and_then(Value::as_array);
    let entries = list.map_or(&[][..], Vec::as_slice).iter().take(REFERENCES_LEN_MAX);
    entries.filter_map(|entry| entry.get("url")?.as_str()).filter_map(some).collect()
}

fn fault(place: impl Into<String>, message: impl Into<String>) -> FormatFault {
    FormatFault::new("scrutineer JSON", place, message)
}

#[cfg(test)]
mod tests;
