//! `multipart/mixed`, strictly (section 7 of the contract; RFC 2046, section 5.1).
//!
//! General mail parsers repair what is broken; a contract that says `400` wants a reader that does
//! not. Lines end as the first delimiter line does, in CRLF or LF.

use super::wire::{Data, Payload, Slot, Text};
use crate::intake::FILES_LEN_MAX;

/// The most bytes of one part's headers: room for every header at its own limit, and folds.
const HEADER_BYTES_MAX: usize = 8 * 1024;

/// The most parts: twice what a valid report can have, so that too many attachments are still
/// counted and named.
const PARTS_LEN_MAX: usize = 2 * FILES_LEN_MAX + 3;

/// The parts of a report.
#[derive(Debug)]
pub(super) struct Parts {
    /// The bytes of the part `report`.
    pub(super) report: Vec<u8>,
    /// Attachments in body order, then `exploit` and `raw`.
    pub(super) payloads: Vec<Payload>,
}

/// Reads the parts; the message says which rule of multipart is broken.
pub(super) fn read(boundary: &str, body: &[u8]) -> Result<Parts, String> {
    let mut report = None;
    let mut attachments = Vec::new();
    let mut deprecated: [Option<Payload>; 2] = [None, None];
    let pieces = pieces(boundary, body)?;
    for (number, piece) in pieces.into_iter().enumerate() {
        let fault = |reason: String| format!("cannot read part {}: {reason}", number + 1);
        let part = part(piece).map_err(fault)?;
        let name = part.name.clone();
        let twice = || fault(format!("a second part `{name}`"));
        match name.as_str() {
            "report" => {
                part.only_report().map_err(fault)?;
                if report.replace(part.content.to_vec()).is_some() {
                    return Err(twice());
                }
            }
            "attachment" => {
                let slot = Slot::Attachment(attachments.len());
                attachments.push(part.payload(slot));
            }
            "exploit" | "raw" => {
                part.no_extras().map_err(fault)?;
                let (at, slot) = match name.as_str() {
                    "exploit" => (0, Slot::Exploit),
                    _ => (1, Slot::Raw),
                };
                let payload = part.payload(slot);
                if deprecated[at].replace(payload).is_some() {
                    return Err(twice());
                }
            }
            name => return Err(fault(format!("unknown name {}", crate::fault::quote(name)))),
        }
    }
    let report = report.ok_or("there is no part `report`")?;
    // An empty `exploit` or `raw` is absent, with its content type.
    let filled = |payload: &Payload| !matches!(payload.data, Data::Absent);
    attachments.extend(deprecated.into_iter().flatten().filter(filled));
    Ok(Parts { report, payloads: attachments })
}

/// One part, its headers judged.
struct Part<'a> {
    name: String,
    filename: Option<Text>,
    content_type: Option<Text>,
    description: Option<Text>,
    kind: Option<Text>,
    content: &'a [u8],
}

impl Part<'_> {
    fn only_report(&self) -> Result<(), String> {
        self.no_extras()?;
        match &self.content_type {
            Some(Text::Utf8(kind)) if kind.eq_ignore_ascii_case("application/json") => Ok(()),
            _ => Err("the part `report` must be application/json".to_owned()),
        }
    }

    fn no_extras(&self) -> Result<(), String> {
        if self.description.is_some() || self.kind.is_some() {
            return Err(format!(
                "Content-Description and Content-Akrites-Type belong on attachments, not on `{}`",
                self.name
            ));
        }
        Ok(())
    }

    fn payload(self, slot: Slot) -> Payload {
        let data =
            if self.content.is_empty() { Data::Absent } else { Data::Part(self.content.to_vec()) };
        Payload {
            slot,
            filename: self.filename,
            data,
            content_type: self.content_type,
            description: self.description,
            kind: self.kind,
        }
    }
}

/// Cuts the body at its delimiters; preamble and epilogue are dropped, the end must be there.
fn pieces<'a>(boundary: &str, body: &'a [u8]) -> Result<Vec<&'a [u8]>, String> {
    let dashes = format!("--{boundary}");
    let dashes = dashes.as_bytes();
    let mut pieces = Vec::new();
    let mut start: Option<usize> = None;
    let mut newline: Option<&[u8]> = None;
    let mut at = 0;
    while at < body.len() {
        let rest = body.get(at..).unwrap_or_default();
        let length = rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |n| n + 1);
        let line = rest.get(..length).unwrap_or_default();
        let next = at + length;
        let Some((tail, ending)) = delimiter(line, dashes) else {
            at = next;
            continue;
        };
        let ends = tail == Tail::Close;
        let wanted = *newline.get_or_insert(ending);
        if !ends && ending != wanted {
            at = next;
            continue;
        }
        if let Some(start) = start {
            // The line end before a delimiter belongs to the delimiter (RFC 2046, 5.1.1).
            let piece = body.get(start..at).unwrap_or_default();
            let piece = piece.strip_suffix(wanted).unwrap_or(piece);
            pieces.push(piece);
            if pieces.len() > PARTS_LEN_MAX {
                return Err(format!("there are more than {PARTS_LEN_MAX} parts"));
            }
        }
        if ends {
            return Ok(pieces);
        }
        start = Some(next);
        at = next;
    }
    match start {
        None => Err("the boundary does not occur in the body".to_owned()),
        Some(_) => Err("the closing boundary is missing".to_owned()),
    }
}

#[derive(Eq, PartialEq)]
enum Tail {
    Open,
    Close,
}

/// Whether a line is a delimiter, which one, and how the line ends.
fn delimiter<'l>(line: &'l [u8], dashes: &[u8]) -> Option<(Tail, &'l [u8])> {
    let rest = line.strip_prefix(dashes)?;
    let (rest, tail) = match rest.strip_prefix(b"--") {
        Some(rest) => (rest, Tail::Close),
        None => (rest, Tail::Open),
    };
    let ending: &[u8] = if rest.ends_with(b"\r\n") {
        b"\r\n"
    } else if rest.ends_with(b"\n") {
        b"\n"
    } else {
        b""
    };
    let padding = rest.strip_suffix(ending).unwrap_or(rest);
    let blank = padding.iter().all(|b| matches!(b, b' ' | b'\t'));
    // Only the closing delimiter may stand at the very end of the body.
    (blank && (tail == Tail::Close || !ending.is_empty())).then_some((tail, ending))
}

fn part(piece: &[u8]) -> Result<Part<'_>, String> {
    let (headers, content) = headers(piece)?;
    let mut disposition = None;
    let mut content_type = None;
    let mut encoding = None;
    let mut part = Part {
        name: String::new(),
        filename: None,
        content_type: None,
        description: None,
        kind: None,
        content,
    };
    for (name, value) in headers {
        let before = match name.as_str() {
            "content-disposition" => disposition.replace(value).is_some(),
            "content-type" => content_type.replace(value).is_some(),
            "content-transfer-encoding" => encoding.replace(value).is_some(),
            "content-description" => part.description.replace(utf8(&value)).is_some(),
            "content-akrites-type" => part.kind.replace(utf8(&value)).is_some(),
            "content-length" => false,
            name if name.starts_with("content-") => {
                return Err(format!("the header {} is not allowed", crate::fault::quote(name)));
            }
            _ => false,
        };
        if before {
            return Err(format!("the header `{name}` stands twice"));
        }
    }
    let encoding = encoding.unwrap_or_default();
    let plain: [&[u8]; 4] = [b"", b"binary", b"8bit", b"7bit"];
    if !plain.iter().any(|known| known.eq_ignore_ascii_case(&encoding)) {
        return Err("Content-Transfer-Encoding must be binary, 8bit or 7bit".to_owned());
    }
    let disposition = disposition.ok_or("Content-Disposition is missing")?;
    disposed(&disposition, &mut part)?;
    part.content_type = content_type.map(|value| part_type(&value)).transpose()?;
    Ok(part)
}

/// `Content-Disposition: attachment; name=…`, maybe with a file name.
fn disposed(value: &[u8], part: &mut Part<'_>) -> Result<(), String> {
    let (kind, parameters) = parameters(value)?;
    if !kind.eq_ignore_ascii_case(b"attachment") {
        return Err("Content-Disposition must be `attachment`".to_owned());
    }
    let mut name = None;
    for (key, value) in parameters {
        let twice = match key.as_str() {
            "name" => name.replace(value).is_some(),
            "filename" => part.filename.replace(utf8(&value)).is_some(),
            key if key.starts_with("name*") || key.starts_with("filename*") => {
                return Err("the encodings of RFC 2231 are not taken".to_owned());
            }
            _ => false,
        };
        if twice {
            return Err(format!("the parameter `{key}` stands twice"));
        }
    }
    let name = name.ok_or("Content-Disposition has no name")?;
    part.name = String::from_utf8(name).map_err(|_| "the name is not UTF-8")?;
    if matches!(&part.filename, Some(Text::Utf8(filename)) if filename.is_empty()) {
        part.filename = None;
    }
    Ok(())
}

/// A part's content type. `charset=utf-8` goes on text and JSON; any other parameter stays in the
/// text, where the rules for content types refuse it.
fn part_type(value: &[u8]) -> Result<Text, String> {
    let Text::Utf8(sent) = utf8(value) else {
        return Ok(Text::Broken);
    };
    let (kind, parameters) = media_type(value)?;
    let takes_charset = kind.starts_with("text/") || kind == "application/json";
    let harmless = |(key, value): &(String, String)| {
        takes_charset && key == "charset" && value.eq_ignore_ascii_case("utf-8")
    };
    let plain = parameters.is_empty() || (parameters.len() == 1 && parameters.iter().all(harmless));
    Ok(Text::Utf8(if plain { kind } else { sent }))
}

type Headers = Vec<(String, Vec<u8>)>;

/// The headers of a part, names lower-cased, folded lines joined; and what follows them.
fn headers(piece: &[u8]) -> Result<(Headers, &[u8]), String> {
    let mut headers: Headers = Vec::new();
    let mut at = 0;
    loop {
        let rest = piece.get(at..).unwrap_or_default();
        let Some(end) = rest.iter().position(|b| *b == b'\n') else {
            // Headers and nothing after them, not even the empty line: an empty part.
            if rest.is_empty() {
                return Ok((headers, rest));
            }
            return Err("the headers do not end".to_owned());
        };
        let line = rest.get(..end).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        at += end + 1;
        if at > HEADER_BYTES_MAX {
            return Err(format!("the headers are longer than {HEADER_BYTES_MAX} bytes"));
        }
        if line.is_empty() {
            return Ok((headers, piece.get(at..).unwrap_or_default()));
        }
        if line.contains(&0) || line.contains(&b'\r') {
            return Err("a header holds a control character".to_owned());
        }
        if matches!(line.first(), Some(b' ' | b'\t')) {
            let last = headers.last_mut().ok_or("the first header is a continuation")?;
            last.1.push(b' ');
            last.1.extend_from_slice(line.trim_ascii());
            continue;
        }
        let colon = line.iter().position(|b| *b == b':').ok_or("a header has no colon")?;
        let name = line.get(..colon).unwrap_or_default();
        if name.is_empty() || !name.iter().all(|b| is_token_byte(*b)) {
            return Err("a header has a malformed name".to_owned());
        }
        let name = String::from_utf8_lossy(name).to_ascii_lowercase();
        let value = line.get(colon + 1..).unwrap_or_default().trim_ascii();
        headers.push((name, value.to_vec()));
    }
}

/// A media type, lower-cased, and its parameters (names lower-cased, each once).
pub(super) fn media_type(value: &[u8]) -> Result<(String, Vec<(String, String)>), String> {
    let (kind, raw) = parameters(value)?;
    let (main, sub) = match kind.iter().position(|b| *b == b'/') {
        Some(slash) => (kind.get(..slash), kind.get(slash + 1..)),
        None => (None, None),
    };
    let token = |part: Option<&[u8]>| {
        part.is_some_and(|part| !part.is_empty() && part.iter().all(|b| is_token_byte(*b)))
    };
    if !token(main) || !token(sub) {
        // No media type at all is simply another media type than the wanted one.
        return Ok((String::new(), Vec::new()));
    }
    let mut seen: Vec<(String, String)> = Vec::new();
    for (key, value) in raw {
        if seen.iter().any(|(other, _)| *other == key) {
            return Err(format!("the parameter `{key}` stands twice"));
        }
        let value = String::from_utf8(value).map_err(|_| "a parameter is not UTF-8")?;
        seen.push((key, value));
    }
    Ok((String::from_utf8_lossy(kind).to_ascii_lowercase(), seen))
}

/// Whether a text can be a boundary (RFC 2046, section 5.1.1).
pub(super) fn is_boundary(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&b);
    (1..=70).contains(&text.len()) && text.bytes().all(allowed) && !text.ends_with(' ')
}

type Parameters = Vec<(String, Vec<u8>)>;

/// `value; name=token; name="quoted"` taken apart; names are lower-cased.
fn parameters(value: &[u8]) -> Result<(&[u8], Parameters), String> {
    let end = value.iter().position(|b| *b == b';').unwrap_or(value.len());
    let kind = value.get(..end).unwrap_or_default().trim_ascii();
    let mut rest = value.get(end..).unwrap_or_default();
    let mut parameters = Vec::new();
    loop {
        rest = rest.trim_ascii_start();
        let Some(after) = rest.strip_prefix(b";") else {
            break;
        };
        rest = after.trim_ascii_start();
        if rest.is_empty() {
            break;
        }
        let equals = rest.iter().position(|b| *b == b'=').ok_or("a parameter has no value")?;
        let name = rest.get(..equals).unwrap_or_default().trim_ascii();
        if name.is_empty() || !name.iter().all(|b| is_token_byte(*b)) {
            return Err("a parameter has a malformed name".to_owned());
        }
        let name = String::from_utf8_lossy(name).to_ascii_lowercase();
        rest = rest.get(equals + 1..).unwrap_or_default().trim_ascii_start();
        let (text, after) = match rest.strip_prefix(b"\"") {
            Some(inside) => quoted(inside)?,
            None => {
                let end = rest.iter().position(|b| !is_token_byte(*b)).unwrap_or(rest.len());
                let (token, after) = rest.split_at_checked(end).unwrap_or((rest, b""));
                if token.is_empty() {
                    return Err(format!("the parameter `{name}` has no value"));
                }
                (token.to_vec(), after)
            }
        };
        parameters.push((name, text));
        rest = after;
    }
    if !rest.is_empty() {
        return Err("the parameters are malformed".to_owned());
    }
    Ok((kind, parameters))
}

/// The text up to the closing quote. A backslash escapes only a quote or itself, so that a Windows
/// path stays a path and is refused as one.
fn quoted(inside: &[u8]) -> Result<(Vec<u8>, &[u8]), String> {
    let mut text = Vec::new();
    let mut at = 0;
    while let Some(byte) = inside.get(at) {
        match (byte, inside.get(at + 1)) {
            (b'"', _) => return Ok((text, inside.get(at + 1..).unwrap_or_default())),
            (b'\\', Some(escaped @ (b'"' | b'\\'))) => {
                text.push(*escaped);
                at += 2;
            }
            _ => {
                text.push(*byte);
                at += 1;
            }
        }
    }
    Err("a quoted parameter does not end".to_owned())
}

fn utf8(bytes: &[u8]) -> Text {
    match std::str::from_utf8(bytes) {
        Ok(text) => Text::Utf8(text.to_owned()),
        Err(_) => Text::Broken,
    }
}

fn is_token_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b)
}
