//! Reports as they come in: four shapes, one claim (capability C01).
//!
//! Each reader turns the sender's bytes into a [`Claim`] and the files that came with it. It does
//! not judge the claim: what is missing is for the evidence gate to say. The caller keeps the
//! original bytes; what a shape carries beyond the claim is therefore never lost.

pub mod fenced;
pub mod mail;
pub mod sarif;
pub mod scrutineer;
pub(crate) mod strict;
pub mod tap;
pub(crate) mod text;

use seawall_domain::claim::{Attachment, AttachmentKind, Claim};
use seawall_domain::digest::Digest;
use sha2::{Digest as _, Sha256};

/// The largest report that any reader takes, in bytes (3 MiB, as the TAP Intake API).
pub const REPORT_BYTES_MAX: usize = 3 * 1024 * 1024;

/// The most files of one report.
pub const FILES_LEN_MAX: usize = 16;

/// The largest file of a report, in bytes (1 MiB).
pub const FILE_BYTES_MAX: usize = 1024 * 1024;

/// One report, read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Intake {
    /// What it claims. Its attachments are those of `files`, in the same order.
    pub claim: Claim,
    /// The files that came with it.
    pub files: Vec<File>,
    /// What the finder wants to be told by mail.
    pub notify: Notify,
}

impl Intake {
    /// Puts a claim and its files together, so that both lists agree. Of a claim's texts only the
    /// description has lines: whatever else is shown, mailed or handed to a client is one line.
    pub(crate) fn new(mut claim: Claim, files: Vec<File>, notify: Notify) -> Intake {
        text::to_lines(&mut claim);
        claim.attachments = files.iter().map(|file| file.attachment.clone()).collect();
        Intake { claim, files, notify }
    }
}

/// One file of a report: its description and its bytes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct File {
    /// Name, media type, kind, digest and size.
    pub attachment: Attachment,
    /// The content.
    pub bytes: Vec<u8>,
}

impl File {
    /// A file with the digest and size of its bytes.
    pub fn new(
        name: impl Into<String>,
        media_type: impl Into<String>,
        kind: AttachmentKind,
        bytes: Vec<u8>,
    ) -> File {
        let attachment = Attachment {
            name: name.into(),
            media_type: media_type.into(),
            kind,
            digest: Digest::new(Sha256::digest(&bytes).into()),
            size_bytes: bytes.len() as u64,
        };
        File { attachment, bytes }
    }

    /// The file as text, if it is UTF-8.
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes).ok()
    }
}

/// What the finder wants to be told by mail (TAP Intake API, section 4, `notify`).
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Notify {
    /// Nothing.
    #[default]
    Off,
    /// The end only.
    Final,
    /// Each milestone.
    Milestones,
    /// Everything.
    All,
}

impl Notify {
    /// The default: milestones for whoever can be reached, else nothing.
    pub(crate) fn by_default(contact: Option<&str>) -> Notify {
        contact.map_or(Notify::Off, |_| Notify::Milestones)
    }

    pub(crate) fn word(word: &str) -> Option<Notify> {
        match word {
            "off" => Some(Notify::Off),
            "final" => Some(Notify::Final),
            "milestones" => Some(Notify::Milestones),
            "all" => Some(Notify::All),
            _ => None,
        }
    }
}

/// The shape of a report.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Shape {
    /// The Akrites TAP Intake API, JSON or multipart.
    Tap,
    /// SARIF 2.1.0 (OASIS).
    Sarif,
    /// Scrutineer's minimal JSON.
    Scrutineer,
    /// A plain-text mail.
    Mail,
}

impl Shape {
    /// The shape's name, as shown and stored.
    pub fn name(self) -> &'static str {
        match self {
            Shape::Tap => "tap",
            Shape::Sarif => "sarif",
            Shape::Scrutineer => "scrutineer",
            Shape::Mail => "mail",
        }
    }
}

/// Tells the shape of a report from its media type and its first look; `None` if it has none.
///
/// JSON is told apart by its top-level keys: those of TAP win, so that a TAP report with a stray
/// key gets the answer which the TAP contract demands; JSON that cannot be read is TAP's, too.
pub fn sniff(content_type: &str, body: &[u8]) -> Option<Shape> {
    let media = content_type.split(';').next().unwrap_or_default().trim();
    match media.to_ascii_lowercase().as_str() {
        "multipart/mixed" => Some(Shape::Tap),
        "message/rfc822" | "message/global" => Some(Shape::Mail),
        "application/sarif+json" => Some(Shape::Sarif),
        "application/json" => Some(json_shape(body).unwrap_or(Shape::Tap)),
        "" | "text/plain" | "text/json" | "application/octet-stream" => {
            match body.trim_ascii_start() {
                [b'{', ..] | [0xef, 0xbb, 0xbf, ..] => json_shape(body),
                _ => mail::looks_like(body).then_some(Shape::Mail),
            }
        }
        _ => None,
    }
}

fn json_shape(body: &[u8]) -> Option<Shape> {
    let keys = strict::keys(body)?;
    let has = |key: &str| keys.iter().any(|found| found == key);
    if ["purl", "software", "ecosystem", "affected_symbol"].into_iter().any(has) {
        Some(Shape::Tap)
    } else if has("runs") {
        Some(Shape::Sarif)
    } else if has("findings") {
        Some(Shape::Scrutineer)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_but_the_description_is_one_line() {
        let finding = r#"{"findings":[{"title":"a\u0007b","contact":"a@b.invalid\nBcc: x",
            "description":"one\ntwo","location":"a\u0000.c:1"}]}"#;
        let claim = scrutineer::read(finding.as_bytes()).unwrap().remove(0).claim;
        assert_eq!((claim.title.as_str(), claim.description.as_str()), ("a b", "one\ntwo"));
        assert_eq!(claim.tooling.contact.as_deref(), Some("a@b.invalid Bcc: x"));
        assert_eq!(claim.location.file.as_deref(), Some("a .c"));
    }

    #[test]
    fn tells_the_shape() {
        for (content_type, body, expected) in [
            ("application/json", r#"{"purl":"pkg:npm/a@1","runs":1}"#, Some(Shape::Tap)),
            ("application/json", r#"{"#, Some(Shape::Tap)),
            (
                "application/json; charset=utf-8",
                r#"{"version":"2.1.0","runs":[]}"#,
                Some(Shape::Sarif),
            ),
            ("Application/JSON", r#"{"findings":[{}]}"#, Some(Shape::Scrutineer)),
            ("application/sarif+json", "", Some(Shape::Sarif)),
            ("multipart/mixed; boundary=x", "", Some(Shape::Tap)),
            ("multipart/form-data; boundary=x", "", None),
            ("message/rfc822", "", Some(Shape::Mail)),
            ("text/plain", "From: a@b.invalid\nSubject: x\n\nhello", Some(Shape::Mail)),
            ("text/plain", "\u{feff} {\"runs\":[]}", Some(Shape::Sarif)),
            ("text/plain", "hello", None),
            ("", "", None),
            ("image/png", "{}", None),
        ] {
            assert_eq!(sniff(content_type, body.as_bytes()), expected, "{content_type} {body}");
        }
    }
}
