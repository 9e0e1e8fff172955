//! Reports by plain-text mail: a few `Key: value` lines, prose, and fenced files.
//!
//! The body begins with a block of lines `Package`, `Version`, `CWE`, `File`, `Function`, `Line`,
//! `Severity`, `Tool`, `Method`, `Contact`, `Reference`, `Id` (any case, any order, each once but
//! for the last two and `Version`, which also takes a list). Other lines of one word and a colon go
//! to the prose; the first line of another form ends the block. `Package` is a purl, or an
//! ecosystem and a name (`npm ini`). The contact defaults to the sender. The title is the subject.
//! Files are fenced blocks (see [`super::fenced`]) and MIME attachments. A mail with HTML only is
//! refused, with the reason.

use super::tap::ecosystems;
use super::text::{
    cvss, cwe, empty_claim, function, is_file_name, is_mail_address, kind_by_name, one_line, place,
    some,
};
use super::{FILE_BYTES_MAX, FILES_LEN_MAX, File, Intake, Notify, REPORT_BYTES_MAX, fenced};
use crate::fault::{FormatFault, quote};
use crate::purl;
use mail_parser::{Message, MessageParser, MimeHeaders, PartType};
use seawall_domain::claim::{Claim, Location};
use seawall_domain::package::Version;

/// The most versions that a mail may name.
const VERSIONS_LEN_MAX: usize = 64;

/// The most references and identifiers of a mail.
const ENTRIES_LEN_MAX: usize = 16;

/// The longest value of one line of the block, in bytes.
const VALUE_BYTES_MAX: usize = 1024;

/// The most MIME parts that are looked at.
const PARTS_LEN_MAX: usize = 64;

/// Reads one mail as one report.
pub fn read(body: &[u8]) -> Result<Intake, FormatFault> {
    if body.len() > REPORT_BYTES_MAX {
        return Err(fault("the message", format!("it is larger than {REPORT_BYTES_MAX} bytes")));
    }
    let message = MessageParser::default()
        .parse(body)
        .filter(|message| message.from().is_some())
        .ok_or_else(|| fault("the message", "there are no mail headers with a sender"))?;
    let text = plain_text(&message).ok_or_else(|| {
        fault("the body", "there is no plain text; please send text/plain, not HTML alone")
    })?;
    let (block, prose) = block(&text)?;
    let (description, mut files) =
        fenced::split(&prose).map_err(|fail| fault("the body", fail.to_string()))?;
    attached(&message, &mut files)?;
    let mut claim = Claim { description, ..empty_claim() };
    claim.title = one_line(message.subject().unwrap_or_default());
    let mut place_line = None;
    for (key, value) in block {
        take(&mut claim, &mut place_line, key, &value)?;
    }
    claim.location.line = claim.location.line.or(place_line);
    if claim.title.is_empty() {
        claim.title = one_line(&claim.description);
    }
    let sender = message.from().and_then(|from| from.first()).and_then(|from| from.address());
    let sender = sender.map(str::trim).filter(|sender| is_mail_address(sender));
    claim.tooling.contact = claim.tooling.contact.or_else(|| sender.map(str::to_owned));
    let notify = Notify::by_default(claim.tooling.contact.as_deref());
    Ok(Intake::new(claim, files, notify))
}

/// Whether bytes begin like a mail: header lines, `From:` among them.
pub(super) fn looks_like(body: &[u8]) -> bool {
    let start = body.get(..body.len().min(16 * 1024)).unwrap_or_default();
    for line in start.split(|b| *b == b'\n').take(200) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            return false;
        }
        if line.get(..5).is_some_and(|name| name.eq_ignore_ascii_case(b"from:")) {
            return true;
        }
        let folded = matches!(line.first(), Some(b' ' | b'\t'));
        let name = line.split(|b| *b == b':').next().unwrap_or_default();
        let named = name.len() < line.len() && name.iter().all(u8::is_ascii_graphic);
        if !folded && !named {
            return false;
        }
    }
    false
}

/// The first part that really is plain text; `mail-parser` would also make some from HTML.
pub(crate) fn plain_text(message: &Message<'_>) -> Option<String> {
    let parts = message.text_body.iter().take(PARTS_LEN_MAX);
    parts.filter_map(|id| message.part(*id)).find_map(|part| match &part.body {
        PartType::Text(text) => Some(text.replace("\r\n", "\n")),
        _ => None,
    })
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Key {
    Package,
    Version,
    Cwe,
    File,
    Function,
    Line,
    Severity,
    Tool,
    Method,
    Contact,
    Reference,
    Id,
}

impl Key {
    fn named(name: &str) -> Option<Key> {
        let key = match name.trim().to_ascii_lowercase().as_str() {
            "package" => Key::Package,
            "version" | "versions" => Key::Version,
            "cwe" => Key::Cwe,
            "file" => Key::File,
            "function" => Key::Function,
            "line" => Key::Line,
            "severity" => Key::Severity,
            "tool" => Key::Tool,
            "method" => Key::Method,
            "contact" => Key::Contact,
            "reference" => Key::Reference,
            "id" => Key::Id,
            _ => return None,
        };
        Some(key)
    }

    fn repeats(self) -> bool {
        matches!(self, Key::Version | Key::Reference | Key::Id)
    }
}

type Block = Vec<(Key, String)>;

/// The block's lines, and the prose: unknown `Word: …` lines of the block, and what follows it.
fn block(text: &str) -> Result<(Block, String), FormatFault> {
    let mut rest = text.trim_start_matches(['\n', '\u{feff}']);
    let mut block: Block = Vec::new();
    let mut prose = String::new();
    while let Some((line, after)) = rest.split_once('\n').or(Some((rest, ""))) {
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        let (name, value) = (name.trim(), value.trim());
        match Key::named(name) {
            Some(key) => block.push((key, allowed(name, key, value, &block)?)),
            None if !block.is_empty() && is_label(name) => {
                prose.push_str(line);
                prose.push('\n');
            }
            None => break,
        }
        rest = after;
    }
    prose.push_str(rest);
    Ok((block, prose))
}

/// Whether a word before a colon looks like a key that we do not know, such as `Impact`.
fn is_label(name: &str) -> bool {
    (1..=20).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-')
}

/// The value of a line, if it is within bounds and its key may stand here once more.
fn allowed(name: &str, key: Key, value: &str, block: &Block) -> Result<String, FormatFault> {
    let place = format!("the line `{name}`");
    if value.len() > VALUE_BYTES_MAX || value.chars().any(char::is_control) {
        let message = format!("at most {VALUE_BYTES_MAX} bytes, no control characters");
        return Err(fault(place, message));
    }
    let count = block.iter().filter(|(other, _)| *other == key).count();
    let count_max = if key.repeats() { VERSIONS_LEN_MAX } else { 1 };
    if count >= count_max {
        return Err(fault(place, format!("it stands more than {count_max} times")));
    }
    Ok(value.to_owned())
}

/// Puts one line of the block into the claim.
fn take(
    claim: &mut Claim,
    place_line: &mut Option<u32>,
    key: Key,
    value: &str,
) -> Result<(), FormatFault> {
    if value.is_empty() {
        return Ok(());
    }
    match key {
        Key::Package => package(claim, value)?,
        Key::Version => {
            for version in value.split([',', ' ']).filter_map(some).map(Version) {
                if !claim.versions.contains(&version) && claim.versions.len() < VERSIONS_LEN_MAX {
                    claim.versions.push(version);
                }
            }
        }
        Key::Cwe => {
            let number = value.parse().ok().map(seawall_domain::claim::Cwe);
            claim.weakness = cwe(value).or(number.filter(|number| number.0 > 0));
        }
        Key::File => {
            let (file, line) = place(value);
            *place_line = line;
            claim.location = Location { file, ..claim.location.clone() };
        }
        Key::Function => claim.location.function = function(value),
        Key::Line => {
            let line = value.parse().map_err(|_| {
                fault("the line `Line`", format!("{} is not a line number", quote(value)))
            })?;
            claim.location.line = Some(line).filter(|line| *line > 0);
        }
        Key::Severity => claim.severity = cvss(value),
        Key::Tool => claim.tooling.tool = some(value),
        Key::Method => claim.tooling.method = some(value),
        Key::Contact => claim.tooling.contact = some(value),
        Key::Reference if claim.references.len() < ENTRIES_LEN_MAX => {
            claim.references.extend(some(value));
        }
        Key::Id if claim.upstream_ids.len() < ENTRIES_LEN_MAX => {
            claim.upstream_ids.extend(some(value));
        }
        Key::Reference | Key::Id => {}
    }
    Ok(())
}

/// A purl, or an ecosystem and a name. The purl's own version comes first.
fn package(claim: &mut Claim, value: &str) -> Result<(), FormatFault> {
    if value.to_ascii_lowercase().starts_with("pkg:") {
        let (package, version, _) =
            purl::read(value).map_err(|fail| fault("the line `Package`", fail.to_string()))?;
        claim.package = Some(package);
        if let Some(version) = version {
            claim.versions.retain(|other| *other != version);
            claim.versions.insert(0, version);
        }
        return Ok(());
    }
    // Ecosystems may have blanks in their names, packages slashes: the first cut that fits counts.
    let mut cuts = value.match_indices([' ', '/']);
    let named = cuts.find_map(|(at, _)| {
        let (ecosystem, name) = value.split_at_checked(at)?;
        Some(ecosystems::find(ecosystem)?.package(name.get(1..)?))
    });
    match named {
        Some(package) if !package.name.is_empty() => {
            claim.package = Some(package);
            Ok(())
        }
        _ => {
            let message = format!("{} is neither a purl nor an ecosystem and a name", quote(value));
            Err(fault("the line `Package`", message))
        }
    }
}

fn attached(message: &Message<'_>, files: &mut Vec<File>) -> Result<(), FormatFault> {
    for part in message.attachments().take(PARTS_LEN_MAX) {
        let Some(name) = part.attachment_name() else {
            continue;
        };
        let name = name.trim();
        let place = format!("the attachment {}", quote(name));
        if !is_file_name(name) {
            return Err(fault(place, "a name, not a path, without invisible characters"));
        }
        if files.len() >= FILES_LEN_MAX {
            return Err(fault(place, format!("there are more than {FILES_LEN_MAX} files")));
        }
        if part.contents().len() > FILE_BYTES_MAX {
            return Err(fault(place, format!("it is larger than {FILE_BYTES_MAX} bytes")));
        }
        let folded = name.to_lowercase();
        if files.iter().any(|file| file.attachment.name.to_lowercase() == folded) {
            return Err(fault(place, "another file has the same name"));
        }
        let media = match part.content_type() {
            Some(kind) => format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("octet-stream")),
            None => "application/octet-stream".to_owned(),
        };
        let media = one_line(&media).to_ascii_lowercase();
        files.push(File::new(name, media, kind_by_name(name), part.contents().to_vec()));
    }
    Ok(())
}

fn fault(place: impl Into<String>, message: impl Into<String>) -> FormatFault {
    FormatFault::new("mail", place, message)
}

#[cfg(test)]
mod tests;
