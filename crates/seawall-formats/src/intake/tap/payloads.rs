//! The rules for attachments and the deprecated payloads (section 5 of the contract).

use super::fields::text;
use super::wire::{Data, Payload, Slot, Text};
use crate::intake::text::{is_file_name, is_invisible};
use crate::intake::{FILE_BYTES_MAX, FILES_LEN_MAX, File};
use crate::problem::Violation;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use seawall_domain::claim::AttachmentKind;
use unicode_normalization::UnicodeNormalization;

const FILENAME_BYTES_MAX: usize = 255;
const DESCRIPTION_BYTES_MAX: usize = 1024;
const CONTENT_TYPE_BYTES_MAX: usize = 128;
const TYPE_BYTES_MAX: usize = 64;

/// A content type that a payload may have, its extension, and whether it is text.
struct ContentType(&'static str, &'static str, Class);

#[derive(Clone, Copy, Eq, PartialEq)]
enum Class {
    Text,
    Binary,
}

const CONTENT_TYPES: [ContentType; 8] = [
    ContentType("text/plain", ".txt", Class::Text),
    ContentType("text/markdown", ".md", Class::Text),
    ContentType("application/json", ".json", Class::Text),
    ContentType("application/pdf", ".pdf", Class::Binary),
    ContentType("application/zip", ".zip", Class::Binary),
    ContentType("application/gzip", ".tar.gz", Class::Binary),
    ContentType("application/x-bzip2", ".tar.bz2", Class::Binary),
    ContentType("application/octet-stream", ".bin", Class::Binary),
];

/// Judges every payload; the files stand in the order of the report, deprecated ones last.
pub(super) fn read(payloads: &[Payload], faults: &mut Vec<Violation>) -> Vec<File> {
    let filled = |payload: &&Payload| !matches!(payload.data, Data::Absent);
    let deprecated = payloads.iter().filter(|payload| payload.deprecated().is_some());
    let attachments = payloads.iter().filter(|payload| payload.deprecated().is_none());
    if attachments.count() + deprecated.filter(filled).count() > FILES_LEN_MAX {
        let reason = format!("at most {FILES_LEN_MAX}, `exploit` and `raw` included");
        faults.push(Violation::new("too_many_items", "attachments", reason));
        return Vec::new();
    }
    let mut files = Vec::new();
    let mut names: Vec<(String, &Payload)> = Vec::new();
    for payload in payloads {
        let content_type = content_type(payload, faults);
        let name = download_name(payload, content_type, faults);
        if let Some(name) = &name {
            unique(payload, name, &mut names, faults);
        }
        let kind = kind(payload, faults);
        description(payload, faults);
        let bytes = data(payload, content_type, faults);
        if let (Some(name), Some(content_type), Some(bytes)) = (name, content_type, bytes) {
            files.push(File::new(name, content_type.0, kind, bytes));
        }
    }
    files
}

/// The content type, if it is known and allowed.
fn content_type(payload: &Payload, faults: &mut Vec<Violation>) -> Option<&'static ContentType> {
    let field = payload.field("content_type");
    let given = match &payload.content_type {
        Some(Text::Utf8(given)) => given,
        Some(Text::Broken) => {
            faults.push(Violation::new("invalid_utf8", field, "the header is not UTF-8"));
            return None;
        }
        None => {
            faults.push(Violation::new("missing_field", field, "the payload needs its type"));
            return None;
        }
    };
    if !text(&field, given, CONTENT_TYPE_BYTES_MAX, faults) {
        return None;
    }
    let found = CONTENT_TYPES.iter().find(|known| known.0.eq_ignore_ascii_case(given));
    if found.is_none() {
        let reason = "not one of the allowed content types, or with parameters";
        faults.push(Violation::new("invalid_content_type", field, reason));
    }
    found
}

/// The name under which the file is kept, with the extension of its type.
fn download_name(
    payload: &Payload,
    content_type: Option<&ContentType>,
    faults: &mut Vec<Violation>,
) -> Option<String> {
    let field = payload.field("filename");
    let filename = match (payload.slot, &payload.filename) {
        (Slot::Exploit, _) => "exploit",
        (Slot::Raw, _) => "raw",
        (Slot::Attachment(_), Some(Text::Utf8(filename))) => filename,
        (Slot::Attachment(_), Some(Text::Broken)) => {
            faults.push(Violation::new("invalid_utf8", field, "the header is not UTF-8"));
            return None;
        }
        (Slot::Attachment(_), None) => {
            faults.push(Violation::new("missing_field", field, "an attachment needs a name"));
            return None;
        }
    };
    if !text(&field, filename, FILENAME_BYTES_MAX, faults) {
        return None;
    }
    if !is_file_name(filename) {
        let reason = "a name, not a path, without invisible characters";
        faults.push(Violation::new("invalid_filename", field, reason));
        return None;
    }
    let extension = content_type.map_or("", |known| known.1);
    if filename.to_lowercase().ends_with(extension) {
        Some(filename.to_owned())
    } else {
        Some(format!("{filename}{extension}"))
    }
}

/// Refuses a download name that an earlier payload has, ignoring case and Unicode form.
fn unique<'a>(
    payload: &'a Payload,
    name: &str,
    names: &mut Vec<(String, &'a Payload)>,
    faults: &mut Vec<Violation>,
) {
    let folded: String = name.nfkc().collect::<String>().to_lowercase().nfkc().collect();
    match names.iter().find(|(other, _)| *other == folded) {
        None => names.push((folded, payload)),
        Some((_, first)) => {
            let reason = "the same download name as another payload";
            // Of a sent name and a deprecated field, the sent name is the one to change.
            let (field, also) = match payload.deprecated() {
                Some(_) => (first.field("filename"), payload.field("filename")),
                None => (payload.field("filename"), first.field("filename")),
            };
            faults.push(Violation::new("invalid_filename", field, reason).with(also));
        }
    }
}

fn kind(payload: &Payload, faults: &mut Vec<Violation>) -> AttachmentKind {
    match payload.slot {
        Slot::Exploit => return AttachmentKind::ExploitProofOfConcept,
        Slot::Raw => return AttachmentKind::Other,
        Slot::Attachment(_) => {}
    }
    let field = payload.field("type");
    match &payload.kind {
        None => return AttachmentKind::Other,
        Some(Text::Utf8(word)) => {
            if !text(&field, word, TYPE_BYTES_MAX, faults) {
                return AttachmentKind::Other;
            }
            match word.as_str() {
                "patch" => return AttachmentKind::Patch,
                "exploit-proof-of-concept" => return AttachmentKind::ExploitProofOfConcept,
                "reproducer" => return AttachmentKind::Reproducer,
                "threat-model" => return AttachmentKind::ThreatModel,
                "other" => return AttachmentKind::Other,
                _ => {}
            }
        }
        Some(Text::Broken) => {}
    }
    let reason =
        "one of `patch`, `exploit-proof-of-concept`, `reproducer`, `threat-model`, `other`";
    faults.push(Violation::new("invalid_attachment_type", field, reason));
    AttachmentKind::Other
}

fn description(payload: &Payload, faults: &mut Vec<Violation>) {
    let field = payload.field("description");
    match &payload.description {
        None => {}
        Some(Text::Broken) => {
            faults.push(Violation::new("invalid_utf8", field, "the header is not UTF-8"));
        }
        Some(Text::Utf8(description)) => {
            let fine = text(&field, description, DESCRIPTION_BYTES_MAX, faults);
            if fine && description.chars().any(is_invisible) {
                let reason = "no invisible formatting characters";
                faults.push(Violation::new("control_characters", field, reason));
            }
        }
    }
}

/// The content, decoded.
fn data(
    payload: &Payload,
    content_type: Option<&ContentType>,
    faults: &mut Vec<Violation>,
) -> Option<Vec<u8>> {
    let field = payload.field("data");
    let size = match &payload.data {
        Data::Absent => {
            faults.push(Violation::new("missing_field", field, "the payload is missing"));
            return None;
        }
        Data::Json(text) => text.len(),
        Data::Part(bytes) => bytes.len(),
    };
    if size > FILE_BYTES_MAX {
        let reason = format!("at most {FILE_BYTES_MAX} bytes");
        faults.push(Violation::new("field_too_large", field, reason));
        return None;
    }
    let class = content_type?.2;
    match (&payload.data, class) {
        (Data::Absent, _) => None,
        (Data::Json(text), Class::Text) => Some(text.clone().into_bytes()),
        (Data::Json(text), Class::Binary) => {
            let packed: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
            match STANDARD.decode(packed) {
                Ok(bytes) if !bytes.is_empty() => Some(bytes),
                Ok(_) | Err(_) => {
                    let reason = "padded base64 of the standard alphabet, of at least one byte";
                    faults.push(Violation::new("invalid_base64", field, reason));
                    None
                }
            }
        }
        (Data::Part(bytes), Class::Text) if std::str::from_utf8(bytes).is_err() => {
            faults.push(Violation::new("invalid_utf8", field, "a text payload must be UTF-8"));
            None
        }
        (Data::Part(bytes), Class::Text | Class::Binary) => Some(bytes.clone()),
    }
}
