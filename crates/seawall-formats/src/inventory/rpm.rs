//! `rpm -qa`: one package a line, `name-[epoch:]version-release.architecture`, or the columns
//! name, version (with epoch and release) and architecture of a query format.
//!
//! The list does not say of which system it is: a first line `# rocky 9`, or the fields of
//! `os-release`, must. Without that the packages are listed and stay unknown.

use super::lines::{Known, Lines};
use super::release::Release;
use super::{Inventory, Kind};
use crate::fault::{FormatFault, quote};
use seawall_domain::component::Component;
use seawall_domain::package::Version;

const FORMAT: &str = "list of rpm packages";

/// How many lines at the top must be packages.
const HEAD_LINES: usize = 20;

const ARCHITECTURES: [&str; 20] = [
    "x86_64",
    "noarch",
    "i386",
    "i486",
    "i586",
    "i686",
    "aarch64",
    "armv7hl",
    "armv6hl",
    "armv5tel",
    "ppc64",
    "ppc64le",
    "s390",
    "s390x",
    "riscv64",
    "loongarch64",
    "mips64el",
    "ia64",
    "src",
    "x86_64_v2",
];

/// Whether a text is such a list.
pub(super) fn is(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty() && !Release::is_hint(line));
    let head: Vec<_> = lines.by_ref().take(HEAD_LINES).collect();
    !head.is_empty()
        && head.iter().all(|line| one(line).is_some() || is_key(line))
        && head.iter().any(|line| one(line).is_some())
}

/// A key that rpm trusts is kept like a package; it is none.
fn is_key(line: &str) -> bool {
    line.starts_with("gpg-pubkey")
}

struct One<'a> {
    name: &'a str,
    version: String,
}

/// A line's package.
fn one(line: &str) -> Option<One<'_>> {
    let words: Vec<&str> = line.split([' ', '\t', '|', ',']).filter(|w| !w.is_empty()).collect();
    let architecture = |word: &str| ARCHITECTURES.contains(&word) || word == "(none)";
    match *words.as_slice() {
        // `--qf '%{NAME} %{EPOCH} %{VERSION} %{RELEASE} %{ARCH}'`, with or without the epoch.
        [name, epoch, version, release, arch, ..] if architecture(arch) && is_epoch(epoch) => {
            Some(One { name, version: evr(epoch, version, release) })
        }
        [name, version, release, arch, ..] if architecture(arch) => {
            Some(One { name, version: evr("", version, release) })
        }
        // `--qf '%{NAME} %{EVR} %{ARCH}'`.
        [name, evr, arch, ..] if architecture(arch) && evr.contains('-') => {
            Some(One { name, version: plain(evr) })
        }
        // The plain list, and `--last`, which puts a date behind.
        [whole, ..] => nevra(whole),
        [] => None,
    }
}

fn is_epoch(word: &str) -> bool {
    word == "(none)" || word.bytes().all(|byte| byte.is_ascii_digit())
}

fn evr(epoch: &str, version: &str, release: &str) -> String {
    match epoch {
        "" | "0" | "(none)" => format!("{version}-{release}"),
        epoch => format!("{epoch}:{version}-{release}"),
    }
}

/// A version without an epoch of zero, which is the same as none.
fn plain(evr: &str) -> String {
    evr.strip_prefix("0:").or_else(|| evr.strip_prefix("(none):")).unwrap_or(evr).to_owned()
}

/// `name-[epoch:]version-release.architecture`; the epoch may stand in front of the name, too.
fn nevra(whole: &str) -> Option<One<'_>> {
    let whole = whole.strip_suffix(".rpm").unwrap_or(whole);
    let (rest, architecture) = whole.rsplit_once('.')?;
    if !ARCHITECTURES.contains(&architecture) && architecture != "(none)" {
        return None;
    }
    let (rest, release) = rest.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    let (name, version) = match name.split_once(':') {
        Some((epoch, name)) if is_epoch(epoch) => (name, evr(epoch, version, release)),
        Some(_) | None => (name, plain(&format!("{version}-{release}"))),
    };
    let sound = !name.is_empty() && version.bytes().any(|byte| byte.is_ascii_digit());
    sound.then_some(One { name, version })
}

/// Reads a list.
pub(super) fn read(text: &str) -> Result<Inventory, FormatFault> {
    let mut lines = Lines::new(FORMAT);
    let release = Release::of(text);
    for (index, line) in text.lines().enumerate() {
        let body = line.trim();
        if body.is_empty() || is_key(body) || Release::is_hint(body) {
            continue;
        }
        let place = format_args!("line {}", index + 1);
        let Some(found) = one(body) else {
            lines.warn(format!("{place}: {} is no package", quote(body)));
            continue;
        };
        let Some(release) = &release else {
            let known =
                Known { name: found.name, version: Some(&found.version), ..Known::default() };
            lines.push_named(&place, known)?;
            continue;
        };
        let component = Component {
            label: format!("{} {}", found.name, found.version),
            package: Some(release.package(found.name)),
            version: Some(Version(found.version)),
            product: None,
            purl: None,
        };
        lines.push(&place, &component.label.clone(), component)?;
    }
    if release.is_none() {
        lines.warn(
            "it does not say of which system it is, so its packages stay unknown: put a first \
             line such as `# rocky 9` above the list"
                .to_owned(),
        );
    }
    Ok(lines.done(Kind::RpmPackages, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_names_the_same_package() {
        for line in [
            "bash-5.1.8-6.el9.x86_64",
            "bash-0:5.1.8-6.el9.x86_64",
            "0:bash-5.1.8-6.el9.x86_64",
            "bash-5.1.8-6.el9.x86_64.rpm",
            "bash-5.1.8-6.el9.x86_64       Tue 05 Mar 2024 10:00:00 AM CET",
            "bash 5.1.8-6.el9 x86_64",
            "bash 0:5.1.8-6.el9 x86_64",
            "bash 5.1.8 6.el9 x86_64",
            "bash (none) 5.1.8 6.el9 x86_64 bash-5.1.8-6.el9.src.rpm",
            "bash|0|5.1.8|6.el9|x86_64",
        ] {
            let read = one(line).map(|one| (one.name, one.version));
            assert_eq!(read, Some(("bash", "5.1.8-6.el9".to_owned())), "{line}");
        }
        let epoch = one("1:openssl-libs-3.0.7-1.el9.x86_64").map(|one| one.version);
        assert_eq!(epoch.as_deref(), Some("1:3.0.7-1.el9"));
        for bad in ["", "bash", "bash-5.1.x86_64", "hello world", "a-b-c.x86_64", "musl-1.2.4-r2"] {
            assert!(one(bad).is_none(), "{bad}");
        }
    }
}
