//! Releases of distributions: what the qualifier `distro` says, and how the OSV schema writes it.
//!
//! Scanners write `debian-12.5`, `bookworm`, `12`, `alpine-3.20.1`, `rocky-9.3`; OSV's advisories
//! are for `Debian:12`, `Alpine:v3.20`, `Rocky Linux:9`. Red Hat's and SUSE's advisories are for
//! product streams (`enterprise_linux:9::appstream`), which `rhel-9` does not tell: their release
//! stays unknown rather than near enough.

use seawall_domain::package::{Ecosystem, Listed};

/// Debian's releases by the names that purls use for them.
const DEBIAN: [(&str, &str); 8] = [
    ("jessie", "8"),
    ("stretch", "9"),
    ("buster", "10"),
    ("bullseye", "11"),
    ("bookworm", "12"),
    ("trixie", "13"),
    ("forky", "14"),
    ("duke", "15"),
];

/// Ubuntu's releases by their adjectives.
const UBUNTU: [(&str, &str); 15] = [
    ("trusty", "14.04"),
    ("xenial", "16.04"),
    ("bionic", "18.04"),
    ("cosmic", "18.10"),
    ("disco", "19.04"),
    ("eoan", "19.10"),
    ("focal", "20.04"),
    ("groovy", "20.10"),
    ("hirsute", "21.04"),
    ("impish", "21.10"),
    ("jammy", "22.04"),
    ("kinetic", "22.10"),
    ("lunar", "23.04"),
    ("mantic", "23.10"),
    ("noble", "24.04"),
];

/// The number of a Debian release from what a `distro` qualifier says: `debian-12.5`, `bookworm`.
pub(crate) fn debian_release(distro: &str) -> Option<String> {
    let text = distro.strip_prefix("debian-").unwrap_or(distro);
    let number: String = text.chars().take_while(char::is_ascii_digit).collect();
    if !number.is_empty() {
        return Some(number);
    }
    named(&DEBIAN, text).map(str::to_owned)
}

fn named(names: &[(&'static str, &'static str)], text: &str) -> Option<&'static str> {
    names.iter().find(|(name, _)| *name == text).map(|(_, number)| *number)
}

/// The release of a listed distribution, as the OSV schema writes it.
pub(super) fn of(listed: Listed, distro: &str) -> Option<String> {
    let distro = distro.to_ascii_lowercase();
    match listed {
        Listed::Ubuntu => ubuntu(&distro),
        Listed::Alpine => numbers(&distro, 2).map(|number| format!("v{number}")),
        Listed::AlmaLinux
        | Listed::RockyLinux
        | Listed::Mageia
        | Listed::AzureLinux
        | Listed::Alpaquita
        | Listed::BellSoftHardenedContainers => numbers(&distro, 1),
        Listed::PhotonOs => numbers(&distro, 2),
        Listed::OpenSuse if distro.contains("tumbleweed") => Some("Tumbleweed".to_owned()),
        Listed::OpenSuse => {
            let number = numbers(&distro, 2)?;
            distro.contains("leap").then(|| format!("Leap {number}"))
        }
        Listed::OpenEuler => {
            let at = distro.find(|letter: char| letter.is_ascii_digit())?;
            let release = distro.get(at..)?.to_ascii_uppercase();
            release.contains("LTS").then_some(release)
        }
        // Streams of products, rolling releases, and ecosystems that are no distribution.
        Listed::RedHat
        | Listed::Suse
        | Listed::Android
        | Listed::Bioconductor
        | Listed::Bitnami
        | Listed::Chainguard
        | Listed::CleanStart
        | Listed::ConanCenter
        | Listed::Cran
        | Listed::DockerHardenedImages
        | Listed::Echo
        | Listed::FreeBsd
        | Listed::Ghc
        | Listed::GitHubActions
        | Listed::Go
        | Listed::Hackage
        | Listed::Hex
        | Listed::Julia
        | Listed::Kubernetes
        | Listed::Linux
        | Listed::Maven
        | Listed::MinimOs
        | Listed::NuGet
        | Listed::OssFuzz
        | Listed::Packagist
        | Listed::Pub
        | Listed::Root
        | Listed::RubyGems
        | Listed::SwiftUrl
        | Listed::TuxCare
        | Listed::VsCode
        | Listed::Wolfi
        | Listed::Opam => None,
    }
}

/// An ecosystem whose release, if it is a bare number, is written as the OSV schema writes it.
pub(super) fn normal(ecosystem: Ecosystem) -> Ecosystem {
    match ecosystem {
        Ecosystem::Listed(listed, Some(release)) => {
            let bare = release.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            let known = if bare { of(listed, &release) } else { None };
            Ecosystem::Listed(listed, Some(known.unwrap_or(release)))
        }
        Ecosystem::PyPi
        | Ecosystem::Npm
        | Ecosystem::CratesIo
        | Ecosystem::Debian(_)
        | Ecosystem::Generic
        | Ecosystem::Git
        | Ecosystem::Oci
        | Ecosystem::Listed(_, None)
        | Ecosystem::Unknown(_) => ecosystem,
    }
}

/// `22.04:LTS` for April's release of an even year, else `23.10`.
fn ubuntu(distro: &str) -> Option<String> {
    let text = distro.strip_prefix("ubuntu-").unwrap_or(distro);
    let number = match named(&UBUNTU, text) {
        Some(number) => number.to_owned(),
        None => numbers(text, 2)?,
    };
    let (year, month) = number.split_once('.')?;
    let even = year.bytes().last().is_some_and(|digit| digit % 2 == 0);
    Some(if even && month == "04" { format!("{number}:LTS") } else { number })
}

/// The first numbers of a release, joined by dots; none where there are fewer.
fn numbers(distro: &str, count: usize) -> Option<String> {
    let at = distro.find(|letter: char| letter.is_ascii_digit())?;
    let mut parts = distro.get(at..)?.split('.').map(|part| {
        let end = part.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(part.len());
        part.get(..end).unwrap_or_default()
    });
    let taken: Vec<&str> = parts.by_ref().take(count).take_while(|part| !part.is_empty()).collect();
    (taken.len() == count).then(|| taken.join("."))
}

/// The qualifier `distro` from which the ecosystem's release is read back, where there is one.
pub(super) fn distro(ecosystem: &Ecosystem) -> Option<String> {
    let (listed, release) = match ecosystem {
        Ecosystem::Debian(release) => return release.as_ref().map(|text| format!("debian-{text}")),
        Ecosystem::Listed(listed, Some(release)) => (*listed, release),
        Ecosystem::Listed(_, None)
        | Ecosystem::PyPi
        | Ecosystem::Npm
        | Ecosystem::CratesIo
        | Ecosystem::Generic
        | Ecosystem::Git
        | Ecosystem::Oci
        | Ecosystem::Unknown(_) => return None,
    };
    let name = listed.purl().1?;
    let plain = release.strip_suffix(":LTS").unwrap_or(release).to_ascii_lowercase();
    let plain = match listed {
        Listed::Alpine => plain.trim_start_matches('v').to_owned(),
        _ => plain.replace(' ', "-"),
    };
    let distro = format!("{name}-{plain}");
    (of(listed, &distro).as_deref() == Some(release)).then_some(distro)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(ecosystem: &str, distro: &str, expected: Option<&str>) {
        let listed = Listed::named(ecosystem).unwrap();
        let release = of(listed, distro);
        assert_eq!(release.as_deref(), expected, "{ecosystem} {distro}");
        // What can be read can be written, and read again.
        if let Some(release) = release {
            let written = super::distro(&Ecosystem::Listed(listed, Some(release.clone())));
            assert_eq!(of(listed, &written.unwrap()), Some(release), "{ecosystem} {distro}");
        }
    }

    #[test]
    fn releases_are_written_as_the_schema_writes_them() {
        for (ecosystem, distro, expected) in [
            ("Alpine", "alpine-3.20.1", Some("v3.20")),
            ("Alpine", "3.20", Some("v3.20")),
            ("Alpine", "alpine-v3.4.6", Some("v3.4")),
            ("Alpine", "edge", None),
            ("Alpine", "alpine-3", None),
            ("Ubuntu", "ubuntu-22.04", Some("22.04:LTS")),
            ("Ubuntu", "ubuntu-22.04.5", Some("22.04:LTS")),
            ("Ubuntu", "jammy", Some("22.04:LTS")),
            ("Ubuntu", "ubuntu-noble", Some("24.04:LTS")),
            ("Ubuntu", "ubuntu-23.10", Some("23.10")),
            ("Ubuntu", "ubuntu-22.10", Some("22.10")),
            ("Ubuntu", "ubuntu-21.04", Some("21.04")),
            ("Ubuntu", "devel", None),
            ("Rocky Linux", "rocky-9.3", Some("9")),
            ("AlmaLinux", "almalinux-8", Some("8")),
            ("Mageia", "mageia-9", Some("9")),
            ("Azure Linux", "azurelinux-3.0", Some("3")),
            ("Photon OS", "photon-4.0", Some("4.0")),
            ("openSUSE", "opensuse-leap-15.5", Some("Leap 15.5")),
            ("openSUSE", "opensuse-tumbleweed-20240101", Some("Tumbleweed")),
            ("openSUSE", "opensuse-13.2", None),
            ("openEuler", "openEuler-22.03-LTS-SP1", Some("22.03-LTS-SP1")),
            ("openEuler", "openEuler-22.03", None),
            ("Red Hat", "rhel-9.2", None),
            ("SUSE", "sles-15.4", None),
            ("Wolfi", "wolfi-20230201", None),
            ("Ubuntu", "", None),
            ("Alpine", "3.", None),
        ] {
            check(ecosystem, distro, expected);
        }
    }

    #[test]
    fn a_bare_number_becomes_the_schema_s_release() {
        for (stated, expected) in [
            ("Ubuntu:22.04", "Ubuntu:22.04:LTS"),
            ("Ubuntu:22.04:LTS", "Ubuntu:22.04:LTS"),
            ("Ubuntu:Pro:18.04:LTS", "Ubuntu:Pro:18.04:LTS"),
            ("Alpine:3.20", "Alpine:v3.20"),
            ("Red Hat:9", "Red Hat:9"),
            ("Debian:12", "Debian:12"),
        ] {
            assert_eq!(normal(Ecosystem::from(stated.to_owned())).to_string(), expected);
        }
    }

    #[test]
    fn debian_s_releases_have_numbers_and_names() {
        for (distro, expected) in [
            ("debian-12.5", Some("12")),
            ("bookworm", Some("12")),
            ("debian-trixie", Some("13")),
            ("sid", None),
            ("", None),
        ] {
            assert_eq!(debian_release(distro).as_deref(), expected, "{distro}");
        }
    }
}
