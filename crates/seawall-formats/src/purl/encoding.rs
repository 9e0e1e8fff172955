//! Percent-encoding (ECMA-427, "Character encoding"): decoding of a part, and the canonical text.

use super::{Purl, Reading};
use std::borrow::Cow;
use std::fmt::{self, Write};

/// Decodes one part.
pub(super) fn decode(text: &str, reading: Reading) -> Result<Cow<'_, str>, String> {
    if !text.contains('%') {
        return Ok(Cow::Borrowed(text));
    }
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'%' {
            decoded.push(*first);
            continue;
        }
        match after {
            [high, low, after @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                decoded.push(digit(*high) << 4 | digit(*low));
                rest = after;
            }
            _ if reading == Reading::Tolerant => decoded.push(b'%'),
            _ => return Err("a percent sign encodes nothing".to_owned()),
        }
    }
    match String::from_utf8(decoded) {
        Ok(text) => Ok(Cow::Owned(text)),
        Err(_) => Err("its percent-encoding is not UTF-8".to_owned()),
    }
}

/// The value of a hexadecimal digit.
fn digit(letter: u8) -> u8 {
    match letter {
        b'0'..=b'9' => letter - b'0',
        b'a'..=b'f' => letter - b'a' + 10,
        b'A'..=b'F' => letter - b'A' + 10,
        _ => 0,
    }
}

/// Writes the canonical text.
pub(super) fn write(purl: &Purl, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("pkg:")?;
    f.write_str(&purl.kind)?;
    if let Some(namespace) = &purl.namespace {
        f.write_char('/')?;
        segments(namespace, f)?;
    }
    f.write_char('/')?;
    if super::types::name_is_path(&purl.kind) {
        segments(&purl.name, f)?;
    } else {
        encode(&purl.name, f)?;
    }
    if let Some(version) = &purl.version {
        f.write_char('@')?;
        encode(version, f)?;
    }
    let mut joint = '?';
    for (key, value) in &purl.qualifiers.0 {
        f.write_char(joint)?;
        f.write_str(key)?;
        f.write_char('=')?;
        encode(value, f)?;
        joint = '&';
    }
    if let Some(subpath) = &purl.subpath {
        f.write_char('#')?;
        segments(subpath, f)?;
    }
    Ok(())
}

/// Writes segments that are joined by `/`.
fn segments(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, segment) in text.split('/').enumerate() {
        if index > 0 {
            f.write_char('/')?;
        }
        encode(segment, f)?;
    }
    Ok(())
}

/// Encodes everything but letters, digits, `.`, `-`, `_`, `~` and `:`.
fn encode(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b".-_~:".contains(byte);
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| !plain(&byte)) {
        let (before, after) = rest.split_at(at);
        f.write_str(before)?;
        let mut letters = after.chars();
        for byte in letters.next().unwrap_or_default().encode_utf8(&mut [0; 4]).bytes() {
            write!(f, "%{byte:02X}")?;
        }
        rest = letters.as_str();
    }
    f.write_str(rest)
}
