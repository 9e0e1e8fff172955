//! Parts of a purl brought to their type's canonical form, or refused: the one place where a
//! [`Purl`] comes to be.

use super::types::{self, Letters, Namespace};
use super::{PURL_BYTES_MAX, Parts, Purl, Qualifiers, Reading};
use std::borrow::Cow;
use std::collections::btree_map::Entry;

/// The git hosts whose paths are the same in any case.
const FOLDING_HOSTS: [&str; 4] = ["github", "github.com", "bitbucket", "bitbucket.org"];

/// How many segments the namespace of a SWID tag may have: the creator's name and its registration.
const SWID_SEGMENTS_MAX: usize = 2;

/// Makes a purl of decoded parts.
pub(super) fn parts(parts: &Parts<'_>, reading: Reading) -> Result<Purl, String> {
    let text = [parts.namespace, Some(parts.name), parts.version, parts.subpath];
    let qualifiers = parts.qualifiers.iter().map(|(key, value)| key.len() + value.len());
    let bytes = text.into_iter().flatten().map(str::len).chain(qualifiers).sum::<usize>();
    if bytes > PURL_BYTES_MAX {
        return Err(format!("its parts are longer than {PURL_BYTES_MAX} bytes"));
    }
    let purl = Purl {
        kind: kind(parts.kind)?,
        namespace: parts.namespace.map(|text| joined(text, |_| true)),
        name: parts.name.trim_matches('/').to_owned(),
        version: parts.version.map(str::to_owned),
        qualifiers: Qualifiers::default(),
        subpath: parts.subpath.map(|text| joined(text, |part| !matches!(part, "." | ".."))),
    };
    let pairs = parts.qualifiers.iter().map(|(key, value)| (*key, Cow::Borrowed(*value)));
    self::purl(purl, pairs.collect(), reading)
}

/// The segments that are wanted, without empty ones.
fn joined(text: &str, wanted: impl Fn(&str) -> bool) -> String {
    let segments = text.split('/').filter(|part| !part.is_empty() && wanted(part));
    segments.collect::<Vec<_>>().join("/")
}

/// A type, lower-cased: a letter, then letters, digits, `.`, `-` and, as older editions have it,
/// `+`.
pub(super) fn kind(text: &str) -> Result<String, String> {
    let begins = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic());
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-+".contains(&byte);
    if !begins || !text.bytes().all(fits) {
        return Err("its type is not a letter followed by letters, digits, `.` and `-`".to_owned());
    }
    Ok(text.to_ascii_lowercase())
}

/// Applies the rules of the type; the purl arrives with decoded parts and without qualifiers.
pub(super) fn purl(
    mut purl: Purl,
    pairs: Vec<(&str, Cow<'_, str>)>,
    reading: Reading,
) -> Result<Purl, String> {
    let rules = types::rules(&purl.kind);
    purl.qualifiers = qualifiers(pairs, rules.own, reading)?;
    purl.namespace = purl.namespace.filter(|text| !text.is_empty());
    purl.version = purl.version.filter(|text| !text.is_empty());
    purl.subpath = purl.subpath.filter(|text| !text.is_empty());
    if types::name_is_path(&purl.kind) {
        purl = with_path(purl);
    }
    let [mut namespace, mut name, version] = rules.letters;
    if purl.kind == "golang" && reading == Reading::Tolerant {
        // Go tells letters of a module's path apart, whatever its purls do.
        (namespace, name) = (Letters::Kept, Letters::Kept);
    }
    purl.namespace = purl.namespace.map(|text| fold(text, namespace));
    purl.name = fold(purl.name, name);
    purl.version = purl.version.map(|text| fold(text, version));
    special(&mut purl, reading)?;
    if purl.name.trim().is_empty() {
        return Err("it has no name".to_owned());
    }
    if purl.namespace.as_deref().is_some_and(|text| text.trim().is_empty()) {
        return Err("its namespace is blank".to_owned());
    }
    let texts = [Some(&purl.name), purl.namespace.as_ref(), purl.version.as_ref()];
    let values = purl.qualifiers.0.values().chain(purl.subpath.as_ref());
    if texts.into_iter().flatten().chain(values).any(|text| text.contains(char::is_control)) {
        return Err("it holds a control character".to_owned());
    }
    demands(&purl, rules.namespace, reading)?;
    Ok(purl)
}

/// What the type demands or forbids.
fn demands(purl: &Purl, namespace: Namespace, reading: Reading) -> Result<(), String> {
    let kind = &purl.kind;
    match (namespace, &purl.namespace) {
        (Namespace::Prohibited, Some(_)) => {
            return Err(format!("packages of type `{kind}` have no namespace"));
        }
        (Namespace::Required, None) if reading != Reading::Tolerant => {
            return Err(format!("a package of type `{kind}` needs a namespace"));
        }
        (Namespace::Required | Namespace::Optional, _) | (Namespace::Prohibited, None) => {}
    }
    match types::required_qualifier(kind) {
        Some(key) if purl.qualifiers.value(key).is_none() && reading != Reading::Tolerant => {
            Err(format!("a package of type `{kind}` needs the qualifier `{key}`"))
        }
        Some(_) | None => Ok(()),
    }
}

/// Folds and sorts the qualifiers; an empty value is the same as none.
fn qualifiers(
    pairs: Vec<(&str, Cow<'_, str>)>,
    own: &[&str],
    reading: Reading,
) -> Result<Qualifiers, String> {
    let mut qualifiers = Qualifiers::default();
    for (key, value) in pairs {
        let begins = key.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic());
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
        if !begins || !key.bytes().all(fits) {
            let key = crate::fault::quote(key);
            return Err(format!("{key} is no key of a qualifier"));
        }
        let folded = key.to_ascii_lowercase();
        if reading == Reading::Exact && folded != key && own.contains(&folded.as_str()) {
            return Err(format!("the key of the qualifier `{folded}` is not lower-case"));
        }
        if value.is_empty() {
            continue;
        }
        match qualifiers.0.entry(folded) {
            Entry::Vacant(free) => drop(free.insert(value.into_owned())),
            Entry::Occupied(taken) => {
                return Err(format!("the qualifier `{}` stands there twice", taken.key()));
            }
        }
    }
    Ok(qualifiers)
}

fn fold(text: String, letters: Letters) -> String {
    match letters {
        Letters::Kept => text,
        Letters::Lower if text.is_ascii() => ascii(text, str::make_ascii_lowercase),
        Letters::Lower => text.to_lowercase(),
        Letters::Upper if text.is_ascii() => ascii(text, str::make_ascii_uppercase),
        Letters::Upper => text.to_uppercase(),
    }
}

fn ascii(mut text: String, fold: fn(&mut str)) -> String {
    fold(&mut text);
    text
}

/// Divides a repository's place: the host is the namespace, the path on it the name.
fn with_path(mut purl: Purl) -> Purl {
    let place = match &purl.namespace {
        Some(namespace) => format!("{namespace}/{}", purl.name),
        None => purl.name,
    };
    let place = place.trim_matches('/');
    let (host, path) = match place.split_once('/') {
        Some((host, path)) => (Some(host.to_ascii_lowercase()), path),
        None => (None, place),
    };
    let folds = host.as_deref().is_some_and(|host| FOLDING_HOSTS.contains(&host));
    purl.name = fold(path.to_owned(), if folds { Letters::Lower } else { Letters::Kept });
    purl.namespace = host;
    purl
}

/// The rules that only one type has.
fn special(purl: &mut Purl, reading: Reading) -> Result<(), String> {
    match purl.kind.as_str() {
        "chrome-extension" => chrome(purl)?,
        "cocoapods" => {
            let bad = |letter: char| letter.is_whitespace() || letter == '+';
            if purl.name.starts_with('.') || purl.name.contains(bad) {
                return Err("a pod's name has no blank, no `+` and no `.` in front".to_owned());
            }
        }
        "cpan" if purl.name.contains("::") => {
            return Err("it names a module, not a distribution".to_owned());
        }
        "hackage" => purl.name = purl.name.replace(['_', ' '], "-"),
        "mlflow" => {
            let server = purl.qualifiers.value("repository_url").unwrap_or_default();
            if server.to_ascii_lowercase().contains("databricks") {
                purl.name = fold(std::mem::take(&mut purl.name), Letters::Lower);
            }
        }
        // The package manager of .NET knows no `@` in names: it is an encoded separator.
        "nuget" if reading == Reading::Tolerant && purl.version.is_none() => {
            if let Some((name, version)) = purl.name.split_once('@') {
                let version = Some(version.to_owned()).filter(|text| !text.is_empty());
                (purl.name, purl.version) = (name.to_owned(), version);
            }
        }
        "otp" => {
            let subpath = purl.subpath.take();
            purl.subpath = subpath.map(|text| fold(text, Letters::Lower));
        }
        "pub" => {
            let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
            purl.name = purl.name.replace(|letter| !plain(letter), "_");
        }
        "pypi" => purl.name = purl.name.replace('_', "-"),
        "swid" => swid(purl)?,
        _ => {}
    }
    Ok(())
}

/// A browser extension: 32 letters `a` to `p`, and one to four numbers as version.
fn chrome(purl: &Purl) -> Result<(), String> {
    if purl.name.len() != 32 || !purl.name.bytes().all(|byte| (b'a'..=b'p').contains(&byte)) {
        return Err("its name is not 32 letters from `a` to `p`".to_owned());
    }
    let Some(version) = &purl.version else {
        return Ok(());
    };
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if version.split('.').count() > 4 || !version.split('.').all(number) {
        return Err("its version is not one to four numbers".to_owned());
    }
    Ok(())
}

/// A software identification tag: two segments of namespace at most, GUIDs in lower case.
fn swid(purl: &mut Purl) -> Result<(), String> {
    let segments = purl.namespace.as_deref().map_or(0, |text| text.split('/').count());
    if segments > SWID_SEGMENTS_MAX {
        return Err(format!("its namespace has more than {SWID_SEGMENTS_MAX} segments"));
    }
    if let Some(tag) = purl.qualifiers.0.get_mut("tag_id") {
        let groups: Vec<usize> = tag.split('-').map(str::len).collect();
        let hexadecimal = tag.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit());
        if hexadecimal && groups == [8, 4, 4, 4, 12] {
            tag.make_ascii_lowercase();
        }
    }
    Ok(())
}
