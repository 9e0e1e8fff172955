//! Which system a list is of: the hints that stand at its top, and the ecosystem they mean.
//!
//! A hint is a comment such as `# rocky 9`, or the fields of `os-release` (os-release(5)) put
//! above the list: `ID=rocky` and `VERSION_ID="9.3"`. Releases are written as the OSV schema does.

use seawall_domain::package::{Ecosystem, Listed, Package};

/// How many lines at the top are looked at.
const HEAD_LINES: usize = 40;

/// The systems that are known by name, with what OSV calls them.
const SYSTEMS: [(&str, Listed); 20] = [
    ("almalinux", Listed::AlmaLinux),
    ("alma", Listed::AlmaLinux),
    ("alpaquita", Listed::Alpaquita),
    ("alpine", Listed::Alpine),
    ("azurelinux", Listed::AzureLinux),
    ("mariner", Listed::AzureLinux),
    ("chainguard", Listed::Chainguard),
    ("mageia", Listed::Mageia),
    ("minimos", Listed::MinimOs),
    ("openeuler", Listed::OpenEuler),
    ("opensuse", Listed::OpenSuse),
    ("opensuse-leap", Listed::OpenSuse),
    ("opensuse-tumbleweed", Listed::OpenSuse),
    ("photon", Listed::PhotonOs),
    ("rhel", Listed::RedHat),
    ("rocky", Listed::RockyLinux),
    ("sles", Listed::Suse),
    ("sle", Listed::Suse),
    ("ubuntu", Listed::Ubuntu),
    ("wolfi", Listed::Wolfi),
];

/// The systems of rpm packages that the OSV schema does not list.
const OTHERS: [&str; 5] = ["amzn", "centos", "fedora", "ol", "opencloudos"];

/// The system that a list says it is of.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Release {
    /// Its id, as `os-release` has it.
    pub(super) id: String,
    /// Its version, as `os-release` has it.
    pub(super) version: Option<String>,
    /// Its name for people, where it stands there.
    name: Option<String>,
}

impl Release {
    /// The hint at the top of a list.
    pub(super) fn of(text: &str) -> Option<Release> {
        let (mut id, mut version, mut name) = (None, None, None);
        for line in text.lines().take(HEAD_LINES) {
            if let Some(found) = comment(line) {
                return Some(found);
            }
            let line = line.trim_start_matches(['#', ' ']);
            let Some((key, value)) = line.split_once('=') else {
                continue;
            };
            let value = value.trim().trim_matches(['"', '\'']).to_owned();
            match key {
                "ID" => id = Some(value.to_lowercase()),
                "VERSION_ID" => version = Some(value),
                "PRETTY_NAME" => name = Some(value),
                _ => {}
            }
        }
        id.filter(|id| is_known(id)).map(|id| Release { id, version, name })
    }

    /// Whether a line is part of a hint rather than of the list.
    pub(super) fn is_hint(line: &str) -> bool {
        line.starts_with('#')
            || line.split_once('=').is_some_and(|(key, _)| {
                !key.is_empty() && key.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
            })
    }

    /// The ecosystem of the system's packages; none for one that the OSV schema does not list.
    pub(super) fn ecosystem(&self) -> Option<Ecosystem> {
        if self.id == "debian" {
            let release = self.version.as_deref().and_then(super::purl::debian_release);
            return Some(Ecosystem::Debian(release));
        }
        let (_, listed) = SYSTEMS.iter().find(|(id, _)| *id == self.id)?;
        let version = self.version.as_deref().filter(|version| !version.is_empty());
        let first = |version: &str| version.split('.').next().unwrap_or(version).to_owned();
        let release = match listed {
            Listed::Ubuntu => version.map(ubuntu),
            Listed::Alpine | Listed::Alpaquita => version.and_then(alpine),
            Listed::AlmaLinux | Listed::RockyLinux | Listed::AzureLinux | Listed::Mageia => {
                version.map(first)
            }
            Listed::OpenSuse if self.id.ends_with("tumbleweed") => Some("Tumbleweed".to_owned()),
            Listed::OpenSuse => version.map(|version| format!("Leap {version}")),
            Listed::Suse => self
                .name
                .as_deref()
                .map(|name| name.strip_prefix("SUSE ").unwrap_or(name).to_owned()),
            Listed::PhotonOs => version.map(str::to_owned),
            // The schema names streams of products, which `os-release` does not tell.
            _ => None,
        };
        Some(Ecosystem::Listed(*listed, release))
    }

    /// The package of this name in the system.
    pub(super) fn package(&self, name: &str) -> Package {
        match self.ecosystem() {
            Some(ecosystem) => Package { name: name.to_owned(), ecosystem },
            // As the purl `pkg:rpm/fedora/bash` reads.
            None => Package {
                ecosystem: Ecosystem::from("rpm".to_owned()),
                name: format!("{}/{name}", self.id),
            },
        }
    }
}

fn is_known(id: &str) -> bool {
    id == "debian" || OTHERS.contains(&id) || SYSTEMS.iter().any(|(known, _)| *known == id)
}

/// A comment `# debian 12`.
fn comment(line: &str) -> Option<Release> {
    let mut words = line.strip_prefix('#')?.split_whitespace();
    let id = words.next()?.to_lowercase();
    let version = words.next().map(str::to_lowercase);
    is_known(&id).then_some(Release { id, version, name: None })
}

/// `22.04` is `22.04:LTS`: every second April's release is supported for long.
fn ubuntu(version: &str) -> String {
    let year = version.strip_suffix(".04").and_then(|year| year.parse::<u32>().ok());
    match year {
        Some(year) if year % 2 == 0 => format!("{version}:LTS"),
        Some(_) | None => version.to_owned(),
    }
}

/// `3.20.1` is `v3.20`; the rolling branch has no number.
fn alpine(version: &str) -> Option<String> {
    let mut parts = version.trim_start_matches('v').split('.');
    let (major, minor) = (parts.next()?, parts.next()?);
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    (number(major) && number(minor)).then(|| format!("v{major}.{minor}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_name_ecosystems_as_osv_does() {
        for (text, expected) in [
            ("# debian 12\n", "Debian:12/a"),
            ("# Debian bookworm\n", "Debian:12/a"),
            ("ID=ubuntu\nVERSION_ID=\"22.04\"\n", "Ubuntu:22.04:LTS/a"),
            ("# ubuntu 23.04\n", "Ubuntu:23.04/a"),
            ("NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=3.20.1\n", "Alpine:v3.20/a"),
            ("# alpine edge\n", "Alpine/a"),
            ("ID=\"rocky\"\nVERSION_ID=\"9.3\"\n", "Rocky Linux:9/a"),
            ("# almalinux 8\n", "AlmaLinux:8/a"),
            ("# rhel 9\n", "Red Hat/a"),
            (
                "ID=sles\nPRETTY_NAME=\"SUSE Linux Enterprise Server 15 SP5\"\n",
                "SUSE:Linux Enterprise Server 15 SP5/a",
            ),
            ("ID=opensuse-leap\nVERSION_ID=15.5\n", "openSUSE:Leap 15.5/a"),
            ("# fedora 40\n", "rpm/fedora/a"),
            ("# wolfi\n", "Wolfi/a"),
            ("# hello 12\nID=hello\n", "-"),
        ] {
            let told = Release::of(text).map(|release| release.package("a").to_string());
            assert_eq!(told.as_deref().unwrap_or("-"), expected, "{text}");
        }
    }
}
