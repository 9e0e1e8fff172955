//! The Akrites TAP Intake API: reports as JSON or as `multipart/mixed`, byte-compatible.
//!
//! Everything that is wrong with a report is listed at once, by the contract's own codes; a report
//! is taken whole or not at all. Where the contract is silent, the choices are: `null` and an empty
//! string mean "absent"; a repeated key is refused at every level; a text of blanks only is a
//! `degenerate_value`; ecosystem names are compared without regard to case.

pub mod answer;
pub mod ecosystems;
mod fields;
mod mapping;
mod multipart;
mod payloads;
mod wire;

use crate::intake::{Intake, REPORT_BYTES_MAX, strict};
use crate::problem::{Problem, Violation};
use serde::Serialize;

/// The problem type for a body that is not exactly one JSON report.
pub const MALFORMED_JSON: &str = "tag:akrites.dev,2026-07:problem/malformed-json";

/// The problem type for a report that breaks rules.
pub const VALIDATION: &str = "tag:akrites.dev,2026-07:problem/validation";

/// The codes that make the whole response `413`.
const CODES_413: [&str; 3] = ["field_too_large", "too_many_items", "structure_too_deep"];

/// A report that broke no rule.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TapReport {
    /// The claim and its files.
    pub intake: Intake,
    /// What the `202` must warn about.
    pub warnings: Vec<Warning>,
}

/// Something that was accepted but will not always be.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Warning {
    /// What kind of thing; the only one is `deprecated_field`.
    pub code: &'static str,
    /// The field.
    pub field: String,
    /// Prose for a person.
    pub reason: String,
}

/// The media types of a report.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Media {
    /// `application/json`.
    Json,
    /// `multipart/mixed`.
    Multipart {
        /// What separates the parts.
        boundary: String,
    },
}

/// Tells how a body is to be read, before it is: `415` for another type, `400` for bad parameters.
pub fn media(content_type: &str) -> Result<Media, Problem> {
    let (kind, parameters) = multipart::media_type(content_type.as_bytes()).map_err(|reason| {
        Problem::blank(400, format!("cannot read the header Content-Type: {reason}"))
    })?;
    match kind.as_str() {
        "application/json" => Ok(Media::Json),
        "multipart/mixed" => {
            let boundary = parameters.into_iter().find(|(name, _)| name == "boundary");
            let boundary = boundary.map(|(_, value)| value).unwrap_or_default();
            if multipart::is_boundary(&boundary) {
                Ok(Media::Multipart { boundary })
            } else {
                Err(Problem::blank(400, "multipart/mixed needs a boundary of 1 to 70 characters"))
            }
        }
        _ => Err(Problem::blank(415, "a report is application/json or multipart/mixed")),
    }
}

/// Reads a report of either media type.
pub fn read(content_type: &str, body: &[u8]) -> Result<TapReport, Problem> {
    match media(content_type)? {
        Media::Json => read_json(body),
        Media::Multipart { boundary } => read_parts(&boundary, body),
    }
}

/// Reads a report in JSON.
pub fn read_json(body: &[u8]) -> Result<TapReport, Problem> {
    bounded(body)?;
    let value = strict::document(body).map_err(malformed)?;
    let wire = wire::report(value).map_err(malformed)?;
    judge(wire, Vec::new())
}

/// Reads a report in `multipart/mixed` (section 7 of the contract).
pub fn read_multipart(content_type: &str, body: &[u8]) -> Result<TapReport, Problem> {
    match media(content_type)? {
        Media::Multipart { boundary } => read_parts(&boundary, body),
        Media::Json => Err(Problem::blank(415, "this reader takes multipart/mixed")),
    }
}

fn read_parts(boundary: &str, body: &[u8]) -> Result<TapReport, Problem> {
    bounded(body)?;
    let parts = multipart::read(boundary, body).map_err(|reason| Problem::blank(400, reason))?;
    let value = strict::document(&parts.report).map_err(malformed)?;
    let mut wire = wire::report(value).map_err(malformed)?;
    let faults = wire
        .payload_fields
        .iter()
        .map(|field| {
            Violation::new(
                "field_not_allowed",
                *field,
                "in a multipart report this is a part of its own",
            )
        })
        .collect();
    wire.payloads = parts.payloads;
    judge(wire, faults)
}

fn bounded(body: &[u8]) -> Result<(), Problem> {
    if body.len() > REPORT_BYTES_MAX {
        return Err(Problem::blank(413, "a report is at most 3 MiB in all"));
    }
    Ok(())
}

fn judge(wire: wire::Report, mut faults: Vec<Violation>) -> Result<TapReport, Problem> {
    let purl = fields::read(&wire, &mut faults);
    let files = payloads::read(&wire.payloads, &mut faults);
    if !faults.is_empty() {
        return Err(invalid(faults));
    }
    let warnings = wire
        .payloads
        .iter()
        .filter_map(|payload| payload.deprecated())
        .map(|field| Warning {
            code: "deprecated_field",
            field: field.to_owned(),
            reason: format!("send `{field}` as an attachment"),
        })
        .collect();
    Ok(TapReport { intake: mapping::intake(wire, purl, files), warnings })
}

fn malformed(detail: String) -> Problem {
    Problem {
        kind: MALFORMED_JSON,
        title: "Body is not one JSON report".to_owned(),
        status: 400,
        detail,
        errors: Vec::new(),
    }
}

fn invalid(errors: Vec<Violation>) -> Problem {
    let too_much = errors.iter().any(|error| CODES_413.contains(&error.code));
    let plural = if errors.len() == 1 { "" } else { "s" };
    Problem {
        kind: VALIDATION,
        title: "Report failed validation".to_owned(),
        status: if too_much { 413 } else { 400 },
        detail: format!("{} violation{plural}; see errors", errors.len()),
        errors,
    }
}

#[cfg(test)]
mod tests;
