//! From the fields of a valid TAP report to the claim.

use super::fields::Named;
use super::wire::Report;
use crate::intake::text::{cvss, cwe, empty_claim, function, one_line, place, some};
use crate::intake::{File, Intake, Notify};
use seawall_domain::claim::{AttachmentKind, Claim, Location, Tooling};
use serde_json::Value;

/// The claim of a report and its files.
pub(super) fn intake(report: Report, named: Named, files: Vec<File>) -> Intake {
    let enrichment = |key: &str| report.enrichment.get(key).and_then(Value::as_str);
    let location = location(&report);
    let subject = match (&named.package, &report.software) {
        (Some(package), _) => package.to_string(),
        (None, Some(software)) => software.clone(),
        (None, None) => "unnamed software".to_owned(),
    };
    let made = match &location.function {
        Some(function) => format!("{subject}: {function}"),
        None => subject,
    };
    let title = enrichment("title").map(one_line).filter(|title| !title.is_empty());
    let description = enrichment("description").and_then(some).or_else(|| narrative(&files));
    let notify = report.notify.as_deref().and_then(Notify::word);
    let claim = Claim {
        package: named.package,
        versions: named.versions,
        title: title.unwrap_or_else(|| one_line(&made)),
        description: description.unwrap_or_default(),
        weakness: enrichment("cwe").and_then(cwe),
        location,
        severity: enrichment("cvss_vector").and_then(cvss),
        tooling: Tooling {
            tool: report.discovery_tooling.as_deref().and_then(some),
            method: report.discovery_method.as_deref().and_then(some),
            contact: report.email.clone(),
        },
        upstream_ids: report.upstream_ids,
        references: report.references,
        ..empty_claim()
    };
    let notify = notify.unwrap_or_else(|| Notify::by_default(claim.tooling.contact.as_deref()));
    Intake::new(claim, files, notify)
}

/// The symbol; where it names no file, a `code_path` that reads as one place stands in.
fn location(report: &Report) -> Location {
    let line = report.symbol.line.and_then(|line| u32::try_from(line).ok());
    let mut location = Location {
        file: report.symbol.file.as_deref().and_then(|file| place(file).0),
        function: report.symbol.function.as_deref().and_then(function),
        line: line.filter(|line| *line > 0),
    };
    let path = report.code_path.as_deref().unwrap_or_default().trim();
    if location.file.is_none() && !path.is_empty() && !path.contains(char::is_whitespace) {
        let (file, line) = place(path);
        location.file = file;
        location.line = location.line.or(line);
    }
    location
}

/// The first prose among the attachments of type `other`.
fn narrative(files: &[File]) -> Option<String> {
    files
        .iter()
        .filter(|file| file.attachment.kind == AttachmentKind::Other)
        .filter(|file| ["text/markdown", "text/plain"].contains(&&*file.attachment.media_type))
        .find_map(|file| file.text().and_then(some))
}
