//! The short way for purls as most generators write them: canonical already, no qualifiers, and of
//! a type whose rules leave such a text as it stands.
//!
//! Here nothing is refused and nothing is repaired. A text of which anything is doubtful goes the
//! long way (`parse` and `settle`); one that goes the short way is read exactly as the long way
//! reads it.

use super::PURL_BYTES_MAX;
use super::package::{Coordinates, joint_name, normal_name};
use super::types::{self, Letters, Namespace};
use seawall_domain::package::{Ecosystem, Listed, Package, Version};
use std::borrow::Cow;

/// What a purl says, where the long way is certain to say the same of it, read tolerantly.
pub(super) fn read(text: &str) -> Option<Coordinates<'_>> {
    let (kind, rest) = text.strip_prefix("pkg:")?.split_once('/')?;
    let ecosystem = ecosystem(kind).filter(|_| text.len() <= PURL_BYTES_MAX)?;
    let (path, version) = match rest.split_once('@') {
        Some((path, version)) => (path, Some(version)),
        None => (rest, None),
    };
    let (namespace, name) = match path.rsplit_once('/') {
        Some((namespace, name)) => (Some(namespace), name),
        None => (None, path),
    };
    // The scope of an npm package begins with an `@`, which stands encoded in a purl.
    let scope = namespace.filter(|_| kind == "npm").and_then(|text| text.strip_prefix("%40"));
    let namespace = scope.or(namespace);
    let rules = types::rules(kind);
    let sound = match namespace {
        Some(_) if rules.namespace == Namespace::Prohibited => false,
        Some(text) => text.split('/').all(is_plain),
        None => true,
    };
    if !sound || !is_plain(name) {
        return None;
    }
    let version = version.map(decoded);
    let stays = match (kind, version.as_ref()) {
        (_, Some(None)) => false,
        ("golang", _) => true,
        (kind, version) => {
            let [of_namespace, of_name, of_version] = rules.letters;
            namespace.is_none_or(|text| keeps(of_namespace, text))
                && keeps(of_name, name)
                && version.and_then(Option::as_deref).is_none_or(|text| keeps(of_version, text))
                && is_settled(kind, name)
        }
    };
    if !stays {
        return None;
    }
    let name = normal_name(&ecosystem, &joint_name(&ecosystem, namespace, name, None));
    Some(Coordinates {
        package: Package { ecosystem, name },
        version: version.flatten().map(|version| Version(version.into_owned())),
        source: None,
        canonical: Cow::Borrowed(text),
    })
}

/// The ecosystem of the types that go the short way.
fn ecosystem(kind: &str) -> Option<Ecosystem> {
    let listed = match kind {
        "cargo" => return Some(Ecosystem::CratesIo),
        "generic" => return Some(Ecosystem::Generic),
        "npm" => return Some(Ecosystem::Npm),
        "pypi" => return Some(Ecosystem::PyPi),
        "composer" => Listed::Packagist,
        "gem" => Listed::RubyGems,
        "golang" => Listed::Go,
        "hackage" => Listed::Hackage,
        "hex" => Listed::Hex,
        "maven" => Listed::Maven,
        "nuget" => Listed::NuGet,
        "pub" => Listed::Pub,
        _ => return None,
    };
    Some(Ecosystem::Listed(listed, None))
}

/// Whether a part is there and written as it is meant (ECMA-427, "Character encoding").
fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_plain_byte)
}

fn is_plain_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'~' | b':')
}

/// A version, in which a plus sign often stands encoded; none where anything else does.
fn decoded(text: &str) -> Option<Cow<'_, str>> {
    if is_plain(text) {
        return Some(Cow::Borrowed(text));
    }
    let mut pieces = text.split("%2B");
    let plain = !text.is_empty() && pieces.all(|piece| piece.bytes().all(is_plain_byte));
    plain.then(|| Cow::Owned(text.replace("%2B", "+")))
}

/// Whether folding leaves the letters of a part as they are.
fn keeps(letters: Letters, text: &str) -> bool {
    match letters {
        Letters::Kept => true,
        Letters::Lower => !text.bytes().any(|byte| byte.is_ascii_uppercase()),
        Letters::Upper => !text.bytes().any(|byte| byte.is_ascii_lowercase()),
    }
}

/// Whether the rules that only one type has leave a name as it is.
fn is_settled(kind: &str, name: &str) -> bool {
    match kind {
        "hackage" | "pypi" => !name.contains('_'),
        "pub" => name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'),
        _ => true,
    }
}
