//! The text of a range: its components, its constraints, and percent-encoding (RFC 3986).

use super::{Comparator, Constraint, Fault, NONE, RANGE_BYTES_MAX, Range, scheme};
use crate::version::{Key, Scheme, is_canonical_datetime};

/// Comparators by their characters; the longer ones first.
const COMPARATORS: [(&str, Comparator); 5] = [
    (">=", Comparator::GreaterOrEqual),
    ("<=", Comparator::LessOrEqual),
    ("!=", Comparator::NotEqual),
    ("<", Comparator::Less),
    (">", Comparator::Greater),
];

/// How much a reader forgives.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Manner {
    Strict,
    Lenient,
}

/// Reads a canonical text, but for the order of its constraints.
pub(super) fn strict(text: &str) -> Result<Range, Fault> {
    if text.bytes().any(|byte| byte.is_ascii_whitespace() || byte == 0x0B) {
        return Err(Fault::NonCanonical("whitespace is not permitted"));
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Fault::NonCanonical("only printable ASCII characters are permitted"));
    }
    let (vers_type, constraints) = components(text)?;
    if !text.starts_with("vers:") {
        return Err(Fault::NonCanonical("the scheme must be lowercase"));
    }
    if vers_type.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(Fault::NonCanonical("the type must be lowercase"));
    }
    if constraints.starts_with('|') {
        return Err(Fault::NonCanonical("leading pipe is not permitted"));
    }
    if constraints.ends_with('|') {
        return Err(Fault::NonCanonical("trailing pipe is not permitted"));
    }
    if constraints.contains("||") {
        return Err(Fault::NonCanonical("consecutive pipes are not permitted"));
    }
    range(text, vers_type, constraints, Manner::Strict)
}

/// Reads a text without white space, whatever its case, pipes and order.
pub(super) fn lenient(text: &str) -> Result<Range, Fault> {
    let compact: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let (vers_type, constraints) = components(&compact)?;
    let vers_type = vers_type.to_ascii_lowercase();
    range(&compact, &vers_type, constraints.trim_matches('|'), Manner::Lenient)
}

/// The type and the constraints, undecoded.
fn components(text: &str) -> Result<(&str, &str), Fault> {
    let fault = |reason| Fault::Syntax { text: text.to_owned(), reason };
    if text.len() > RANGE_BYTES_MAX {
        return Err(fault("it is too long"));
    }
    let (scheme, rest) = text.split_once(':').ok_or_else(|| fault("it has no scheme"))?;
    if !scheme.eq_ignore_ascii_case("vers") {
        return Err(fault("its scheme is not `vers`"));
    }
    let (vers_type, constraints) =
        rest.split_once('/').ok_or_else(|| fault("it has no constraints"))?;
    if !vers_type.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Err(fault("its type does not begin with a letter"));
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    if !vers_type.bytes().all(allowed) {
        return Err(fault("its type has other characters than letters, digits, `.` and `-`"));
    }
    if constraints.is_empty() {
        return Err(fault("it has no constraints"));
    }
    Ok((vers_type, constraints))
}

fn range(text: &str, vers_type: &str, constraints: &str, manner: Manner) -> Result<Range, Fault> {
    let fault = |reason| Fault::Syntax { text: text.to_owned(), reason };
    let scheme = scheme(vers_type)?;
    let mut range = Range { vers_type: vers_type.to_owned(), scheme, constraints: Vec::new() };
    if constraints == "*" {
        let key = Key::by(scheme, "");
        let comparator = Comparator::Any;
        range.constraints.push(Constraint { comparator, version: String::new(), key });
        return Ok(range);
    }
    if matches!(vers_type, "all" | NONE) {
        return Err(fault("a range of this type holds `*` and nothing else"));
    }
    if constraints.contains('*') {
        return Err(fault("`*` stands alone, and percent-encoded in a version"));
    }
    for constraint in constraints.split('|').filter(|constraint| !constraint.is_empty()) {
        range.constraints.push(one(constraint, &range, manner).map_err(
            |problem| match problem {
                Problem::Fault(fault) => fault,
                Problem::Syntax(reason) => fault(reason),
            },
        )?);
    }
    match range.constraints.is_empty() {
        true => Err(fault("it has no constraints")),
        false => Ok(range),
    }
}

enum Problem {
    Fault(Fault),
    Syntax(&'static str),
}

fn one(text: &str, range: &Range, manner: Manner) -> Result<Constraint, Problem> {
    let found = COMPARATORS.iter().find_map(|(symbol, comparator)| {
        text.strip_prefix(symbol).map(|version| (*comparator, version))
    });
    let (comparator, encoded) = match (found, manner, text.strip_prefix('=')) {
        (Some(found), _, _) => found,
        (None, Manner::Lenient, Some(version)) => {
            (Comparator::Equal, version.trim_start_matches('='))
        }
        (None, Manner::Lenient | Manner::Strict, _) => (Comparator::Equal, text),
    };
    if encoded.is_empty() {
        return Err(Problem::Syntax("a constraint has no version"));
    }
    if encoded.contains(['<', '>', '=', '!']) {
        return Err(Problem::Syntax("a version has a comparator that is not percent-encoded"));
    }
    let version = decoded(encoded, manner).map_err(Problem::Fault)?;
    let key = Key::by(range.scheme, &version);
    if range.scheme == Scheme::DateTime {
        if !key.is_read() {
            let vers_type = range.vers_type.clone();
            return Err(Problem::Fault(Fault::Version { text: version, vers_type }));
        }
        if manner == Manner::Strict && !is_canonical_datetime(&version) {
            let reason = "datetime must use uppercase T and Z";
            return Err(Problem::Fault(Fault::NonCanonical(reason)));
        }
    }
    Ok(Constraint { comparator, version, key })
}

/// Percent-decodes once. Canonical are upper-case digits, and no encoding of what needs none
/// anywhere (RFC 3986, section 6.2.2).
fn decoded(text: &str, manner: Manner) -> Result<String, Fault> {
    let invalid = || Fault::NonCanonical("invalid percent-encoding in version");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first != b'%' {
            bytes.push(*first);
            rest = after;
            continue;
        }
        let Some((digits, after)) = after.split_first_chunk::<2>() else {
            return Err(invalid());
        };
        let [high, low] = digits.map(|digit| char::from(digit).to_digit(16));
        let (Some(high), Some(low)) = (high, low) else {
            return Err(invalid());
        };
        let byte = u8::try_from(high * 16 + low).map_err(|_| invalid())?;
        let unreserved = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let lower = digits.iter().any(u8::is_ascii_lowercase);
        if manner == Manner::Strict && (unreserved || lower) {
            return Err(Fault::NonCanonical("non-canonical percent-encoding in version"));
        }
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8(bytes).map_err(|_| invalid())
}

/// Writes constraints that are in order.
pub(crate) fn written<'a>(
    vers_type: &str,
    constraints: impl Iterator<Item = (Comparator, &'a str)>,
) -> String {
    let mut text = format!("vers:{vers_type}/");
    for (place, (comparator, version)) in constraints.enumerate() {
        if place > 0 {
            text.push('|');
        }
        if comparator != Comparator::Equal {
            text.push_str(comparator.symbol());
        }
        encode(version, &mut text);
    }
    text
}

/// Percent-encodes what has a meaning in a range, and what is not printable ASCII.
fn encode(version: &str, text: &mut String) {
    for byte in version.bytes() {
        if byte.is_ascii_graphic() && !b"><=!*|%".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
}
