//! The short way for purls as most generators write them: canonical already, no qualifiers, and of
//! a type whose rules leave such a text as it stands.
//!
//! Here nothing is refused and nothing is repaired. A text of which anything is doubtful goes the
//! long way (`parse` and `settle`); one that goes the short way is read exactly as the long way
//! reads it.

use super::PURL_BYTES_MAX;
use super::package::{Coordinates, joint_name, normal_name};
use super::types::{Letters, Namespace};
use seawall_domain::package::{Ecosystem, Listed, Package, Version};
use std::borrow::Cow;

use Letters::{Kept as K, Lower as L};

/// What a purl says, where the long way is certain to say the same of it, read tolerantly.
pub(super) fn read(text: &str) -> Option<Coordinates<'_>> {
    if text.len() > PURL_BYTES_MAX {
        return None;
    }
    let (kind, rest) = divided(text.strip_prefix("pkg:")?, b'/')?;
    let Type { ecosystem, namespace: rule, letters } = of_type(kind)?;
    let (path, version) = match divided(rest, b'@') {
        Some((path, version)) => (path, Some(version)),
        None => (rest, None),
    };
    let (namespace, name) = match path.bytes().rposition(|byte| byte == b'/') {
        Some(at) => (Some(path.get(..at)?), path.get(at + 1..)?),
        None => (None, path),
    };
    // The scope of an npm package begins with an `@`, which stands encoded in a purl.
    let scope = namespace.filter(|_| kind == "npm").and_then(|text| text.strip_prefix("%40"));
    let namespace = scope.or(namespace);
    let sound = match namespace {
        Some(_) if rule == Namespace::Prohibited => false,
        Some(text) => text.split('/').all(is_plain),
        None => true,
    };
    if !sound || !is_plain(name) || !is_settled(kind, name) {
        return None;
    }
    let version = match version {
        Some(version) => Some(decoded(version)?),
        None => None,
    };
    let parts = [namespace, Some(name), version.as_deref()];
    let kept = |(letters, part): (Letters, Option<&str>)| part.is_none_or(|t| keeps(letters, t));
    if !letters.into_iter().zip(parts).all(kept) {
        return None;
    }
    let name = normal_name(&ecosystem, &joint_name(&ecosystem, namespace, name, None));
    Some(Coordinates {
        package: Package { ecosystem, name },
        version: version.map(|version| Version(version.into_owned())),
        source: None,
        canonical: Cow::Borrowed(text),
    })
}

/// What stands before and behind the first of these bytes, which is one of ASCII.
fn divided(text: &str, at: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == at)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// A type of purl that may go the short way: what it names, and its rules in `types`.
struct Type {
    ecosystem: Ecosystem,
    namespace: Namespace,
    letters: [Letters; 3],
}

/// The types that may go the short way. Tolerant reading keeps the letters of `golang`.
fn of_type(kind: &str) -> Option<Type> {
    use Ecosystem::Listed as Of;
    use Namespace::{Optional, Prohibited, Required};
    let (ecosystem, namespace, letters) = match kind {
        "npm" => (Ecosystem::Npm, Optional, [K, K, K]),
        "pypi" => (Ecosystem::PyPi, Prohibited, [K, L, L]),
        "maven" => (Of(Listed::Maven, None), Required, [K, K, K]),
        "golang" => (Of(Listed::Go, None), Required, [K, K, K]),
        "cargo" => (Ecosystem::CratesIo, Prohibited, [K, K, K]),
        "nuget" => (Of(Listed::NuGet, None), Prohibited, [K, K, K]),
        "gem" => (Of(Listed::RubyGems, None), Prohibited, [K, K, K]),
        "composer" => (Of(Listed::Packagist, None), Required, [L, L, K]),
        "hackage" => (Of(Listed::Hackage, None), Prohibited, [K, K, K]),
        "hex" => (Of(Listed::Hex, None), Optional, [L, L, K]),
        "pub" => (Of(Listed::Pub, None), Prohibited, [K, L, K]),
        "generic" => (Ecosystem::Generic, Optional, [K, K, K]),
        _ => return None,
    };
    Some(Type { ecosystem, namespace, letters })
}

/// Whether a part is there and written as it is meant (ECMA-427, "Character encoding").
fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_plain_byte)
}

fn is_plain_byte(byte: u8) -> bool {
    PLAIN.get(usize::from(byte)) == Some(&true)
}

/// Of each byte, whether it stands for itself.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0;
    while byte < plain.len() {
        let letter = byte as u8;
        plain[byte] =
            letter.is_ascii_alphanumeric() || matches!(letter, b'.' | b'-' | b'_' | b'~' | b':');
        byte += 1;
    }
    plain
};

/// A version, in which a plus sign often stands encoded; none where anything else does.
fn decoded(text: &str) -> Option<Cow<'_, str>> {
    if is_plain(text) {
        return Some(Cow::Borrowed(text));
    }
    let plain = !text.is_empty() && text.split("%2B").all(|piece| piece.bytes().all(is_plain_byte));
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

#[cfg(test)]
mod tests {
    use super::super::types;
    use super::*;

    #[test]
    fn the_types_have_the_rules_of_the_table() {
        let short = types::TYPES.iter().filter_map(|rules| Some((rules, of_type(rules.kind)?)));
        let mut many = 0;
        for (rules, own) in short {
            assert_eq!(own.namespace, rules.namespace, "{}", rules.kind);
            if rules.kind != "golang" {
                assert_eq!(own.letters, rules.letters, "{}", rules.kind);
            }
            many += 1;
        }
        assert_eq!(many, 12);
    }
}
