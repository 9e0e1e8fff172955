//! The target of a recipe: from which catalogue, which package, which version.

use super::faults::Faults;
use seawall_domain::package::{Ecosystem, Package, Version};
use seawall_domain::recipe::Target;
use toml::Table;

/// The catalogues that releases can be brought from, with what a name is there.
const CATALOGUES: [(&str, &str); 9] = [
    ("PyPI", "a package name of letters, digits, `.`, `_`, `-`"),
    ("npm", "a package name, or `@scope/name`"),
    ("crates.io", "a crate name"),
    ("Maven", "`group:artifact`"),
    ("Go", "a module path, such as `golang.org/x/net`"),
    ("Debian", "a binary package name"),
    ("Generic", "the name of a folder in the local catalogue"),
    ("GIT", "the address of a repository: `https://…`, or an absolute path"),
    ("OCI", "the absolute path of an image archive"),
];
/// No address of a repository is longer.
const ADDRESS_BYTES_MAX: usize = 500;

pub(super) fn target(table: &Table, faults: &mut Faults) -> Option<Target> {
    faults.known("target.", table, &["ecosystem", "name", "version"]);
    let ecosystem = faults.text("target.", table, "ecosystem");
    let name = faults.text("target.", table, "name");
    let version = faults.text("target.", table, "version");
    let ecosystem = Ecosystem::from(ecosystem?.to_owned());
    let base = ecosystem.base();
    let Some((_, shape)) = CATALOGUES.iter().find(|(known, _)| *known == base) else {
        let known: Vec<&str> = CATALOGUES.iter().map(|(known, _)| *known).collect();
        let message = format!(
            "it must be one of `{}`: those are the catalogues that releases can be brought from",
            known.join("`, `")
        );
        faults.add("target.ecosystem", message);
        return None;
    };
    let name = normalised(&ecosystem, name?);
    if !is_name(base, &name) {
        faults.add("target.name", format!("it must be {shape}"));
        return None;
    }
    let version = version?;
    if !is_version(base, version) {
        faults.add("target.version", "it must be one exact version, such as `1.2.3`");
        return None;
    }
    Some(Target { package: Package { ecosystem, name }, version: Version::from(version) })
}

/// A name as its catalogue compares names.
fn normalised(ecosystem: &Ecosystem, name: &str) -> String {
    if *ecosystem != Ecosystem::PyPi {
        return name.to_owned();
    }
    let mut out = String::new();
    for c in name.chars() {
        let c = if matches!(c, '_' | '.') { '-' } else { c.to_ascii_lowercase() };
        if c != '-' || !out.ends_with('-') {
            out.push(c);
        }
    }
    out
}

fn is_name(base: &str, name: &str) -> bool {
    match base {
        "Maven" => name
            .split_once(':')
            .is_some_and(|(group, artifact)| is_plain_word(group) && is_plain_word(artifact)),
        "Go" => name.len() <= 200 && name.split('/').all(is_plain_word),
        "npm" => match name.strip_prefix('@').and_then(|rest| rest.split_once('/')) {
            Some((scope, name)) => is_plain_word(scope) && is_plain_word(name),
            None => is_plain_word(name),
        },
        "GIT" | "OCI" => is_address(name),
        _ => is_plain_word(name),
    }
}

/// An address: nothing that a client could take for an option or for a command.
fn is_address(name: &str) -> bool {
    let local = name.starts_with('/') && !name.split('/').any(|segment| segment == "..");
    let remote = ["https://", "file:///"].iter().any(|start| name.starts_with(start));
    name.len() <= ADDRESS_BYTES_MAX
        && (local || remote)
        && name.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '\'' | '`' | '\\'))
}

fn is_version(base: &str, version: &str) -> bool {
    match base {
        "OCI" => version.strip_prefix("sha256:").map_or(is_plain_word(version), |hex| {
            hex.len() == 64 && hex.chars().all(|c| c.is_ascii_hexdigit())
        }),
        "Debian" => is_plain_word(&version.replace(['~', ':'], "")),
        "GIT" => version.len() <= 200 && version.split('/').all(is_plain_word),
        _ => is_plain_word(version),
    }
}

/// A word that can be a file name and an argument without being anything else.
fn is_plain_word(word: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '!');
    (1..=64).contains(&word.len())
        && word.chars().all(fits)
        && !word.starts_with(['-', '.', '!', '+'])
}
