//! The text of a purl taken apart (ECMA-427, "How to parse a PURL string"), from both ends.

use super::{PURL_BYTES_MAX, Purl, Reading, encoding, settle, types};
use std::borrow::Cow;

/// How many qualifiers one purl may have; real ones have fewer than twelve.
const QUALIFIERS_LEN_MAX: usize = 64;

/// Reads a purl; the error says which rule it breaks.
pub(super) fn purl(text: &str, reading: Reading) -> Result<Purl, String> {
    if text.len() > PURL_BYTES_MAX {
        return Err(format!("it is longer than {PURL_BYTES_MAX} bytes"));
    }
    let rest = match text.trim().split_once(':') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("pkg") => rest,
        Some(_) | None => return Err("it must begin with `pkg:`".to_owned()),
    };
    let (rest, subpath) = match rest.rsplit_once('#') {
        Some((rest, subpath)) => (rest, Some(subpath)),
        None => (rest, None),
    };
    // A raw `?` is allowed nowhere else, so the first one separates.
    let (path, qualifiers) = match rest.split_once('?') {
        Some((path, qualifiers)) => (path, qualifiers),
        None => (rest, ""),
    };
    let Some((kind, path)) = path.trim_matches('/').split_once('/') else {
        return Err("it has no name".to_owned());
    };
    let kind = settle::kind(kind)?;
    let (path, version) = split_version(path);
    let path = path.trim_matches('/');
    let (namespace, name) = match path.rsplit_once('/') {
        Some((namespace, name)) if !types::name_is_path(&kind) => (Some(namespace), name),
        Some(_) | None => (None, path),
    };
    let namespace = namespace.map(|text| segments(text, reading, Dots::Kept)).transpose()?;
    let name = match types::name_is_path(&kind) {
        true => Cow::Owned(segments(name, reading, Dots::Kept)?),
        false => encoding::decode(name, reading)?,
    };
    let version = version.map(|text| encoding::decode(text, reading)).transpose()?;
    let subpath = subpath.map(|text| segments(text, reading, Dots::Dropped)).transpose()?;
    let purl = Purl {
        kind,
        namespace,
        name: name.into_owned(),
        version: version.map(Cow::into_owned),
        qualifiers: super::Qualifiers::default(),
        subpath,
    };
    settle::purl(purl, pairs(qualifiers, reading)?, reading)
}

/// Takes the version off a path: what stands behind the last `@`. An `@` that begins a segment with
/// more segments after it is a scope that somebody forgot to encode, `@babel/core`.
fn split_version(path: &str) -> (&str, Option<&str>) {
    let Some((before, after)) = path.rsplit_once('@') else {
        return (path, None);
    };
    let begins_segment = before.is_empty() || before.ends_with('/');
    if begins_segment && after.contains('/') {
        return (path, None);
    }
    (before, Some(after))
}

/// What `.` and `..` mean as segments.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Dots {
    /// Names like any other.
    Kept,
    /// Nothing: a subpath has none.
    Dropped,
}

/// Decodes segments, leaves out empty ones, and joins them by `/` again.
fn segments(text: &str, reading: Reading, dots: Dots) -> Result<String, String> {
    let mut joined = String::with_capacity(text.len());
    for encoded in text.split('/') {
        let decoded = encoding::decode(encoded, reading)?;
        if decoded.contains('/') && reading != Reading::Tolerant {
            return Err("a segment holds an encoded slash".to_owned());
        }
        // An encoded slash that is put up with separates like any other: what is written of the
        // purl has it plain.
        for segment in decoded.split('/') {
            if segment.is_empty() || (dots == Dots::Dropped && matches!(segment, "." | "..")) {
                continue;
            }
            if !joined.is_empty() {
                joined.push('/');
            }
            joined.push_str(segment);
        }
    }
    Ok(joined)
}

/// The qualifiers as pairs of a key as it came and a decoded value.
fn pairs(text: &str, reading: Reading) -> Result<Vec<(&str, Cow<'_, str>)>, String> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let mut pairs = Vec::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        if pairs.len() == QUALIFIERS_LEN_MAX {
            return Err(format!("it has more than {QUALIFIERS_LEN_MAX} qualifiers"));
        }
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        pairs.push((key, encoding::decode(value, reading)?));
    }
    Ok(pairs)
}
