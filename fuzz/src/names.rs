//! Names and short texts: package URLs, severity vectors, hashes of claims, places in sources.

use crate::is_one_line;
use seawall_formats::purl::{self, PURL_BYTES_MAX, Parts, Purl, Reading};
use seawall_formats::source::{self, Language};
use seawall_formats::{claim_check, cvss};

/// Package URLs in every reading.
pub fn package_url(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let readings = [Reading::Exact, Reading::Folding, Reading::Tolerant];
    let [exact, folding, tolerant] = readings.map(|reading| {
        let read = Purl::parse(text, reading);
        match &read {
            Ok(purl) => is_canonical(purl, reading),
            Err(fault) => is_one_line(&fault.to_string()),
        }
        read.ok()
    });
    if exact.is_some() {
        assert!(exact == folding, "a lenient reading of {text:?} differs");
    }
    // Two types are read by rules of their own from documents that others wrote.
    if folding.as_ref().is_some_and(|purl| !["golang", "nuget"].contains(&purl.kind())) {
        assert!(folding == tolerant, "a tolerant reading of {text:?} differs");
    }
    if let Some(purl) = &folding {
        is_built(purl);
    }
    if let Some(purl) = &tolerant {
        is_written(purl);
    }
}

/// The canonical spelling reads as the same purl, and is written the same again.
fn is_canonical(purl: &Purl, reading: Reading) {
    let written = purl.to_string();
    if written.len() > PURL_BYTES_MAX {
        return;
    }
    let again = Purl::parse(&written, reading);
    let again = again.unwrap_or_else(|fault| panic!("canonical, and refused: {fault}"));
    assert_eq!(&again, purl, "{written}");
    assert_eq!(again.to_string(), written);
}

/// The decoded parts make the same purl.
fn is_built(purl: &Purl) {
    // Slashes around a name are taken off where a purl is built (ECMA-427, how to build).
    if purl.name().starts_with('/') || purl.name().ends_with('/') {
        return;
    }
    let pairs = purl.qualifiers().0.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    let qualifiers: Vec<(&str, &str)> = pairs.collect();
    let parts = Parts {
        kind: purl.kind(),
        namespace: purl.namespace(),
        name: purl.name(),
        version: purl.version(),
        qualifiers: &qualifiers,
        subpath: purl.subpath(),
    };
    assert_eq!(Purl::build(&parts).as_ref(), Ok(purl));
}

/// The package that a purl names is written as a purl that names the same package.
fn is_written(purl: &Purl) {
    // What no registry calls a package may be spelt otherwise, such as a name with a slash in it.
    let of_name = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    let plain = |text: &str| text.strip_prefix('@').unwrap_or(text).bytes().all(of_name);
    let mut parts = purl.namespace().unwrap_or_default().split('/').chain([purl.name()]);
    if !parts.all(plain) || purl.subpath().is_some() {
        return;
    }
    let (package, version) = (purl.package(), purl.package_version());
    let Some(made) = Purl::of(&package, version.as_ref()) else { return };
    let written = made.to_string();
    assert_eq!(written, purl::write(&package, version.as_ref()));
    if written.len() > PURL_BYTES_MAX {
        return;
    }
    let (again, _, _) = purl::read(&written).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(again.name, package.name, "{purl} was written as {written}");
}

/// Severity vectors.
pub fn severity(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let score = match cvss::score(text) {
        Ok(score) => score,
        Err(fault) => return is_one_line(&fault.to_string()),
    };
    let all = [Some(score.base), score.temporal, score.environmental];
    assert!(all.iter().flatten().all(|points| points.tenths() <= 100), "{score:?}");
    assert_eq!(score.severity, cvss::Severity::of(score.version, score.base));
    // No order of the metrics has another meaning.
    let (head, metrics) = match text.strip_prefix("CVSS:").and_then(|rest| rest.split_once('/')) {
        Some((version, metrics)) => (format!("CVSS:{version}/"), metrics),
        None => (String::new(), text),
    };
    let turned: Vec<&str> = metrics.rsplit('/').collect();
    assert_eq!(cvss::score(&format!("{head}{}", turned.join("/"))).as_ref(), Ok(&score));
}

/// Requests of the claim check, and what goes into its hash.
pub fn claim(bytes: &[u8]) {
    let _ = claim_check::read_request(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (folder, location) = text.split_once('\0').unwrap_or(("", text));
    let file = claim_check::canonical_location(folder, location);
    assert!(!file.contains('\n') || folder.contains('\n'), "{file:?}");
    let classes = claim_check::canonical_cwe(text);
    assert_eq!(claim_check::canonical_cwe(&classes), classes);
    let _ = claim_check::hash("salt", text, folder, location, text);
}

/// Definitions in foreign sources: the first line is the function, the rest the text.
pub fn definition(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (function, text) = text.split_once('\n').unwrap_or(("main", text));
    for language in [Language::Python, Language::JavaScript, Language::Rust, Language::C] {
        if let Some(line) = source::definition(language, text, function) {
            let lines = text.split('\n').count();
            assert!((1..=lines).contains(&(line as usize)), "line {line} of {lines}");
        }
    }
}
