//! Publications of every shape that the clearinghouse makes, as input for every format.

use seawall_domain::claim::Cwe;
use seawall_domain::package::{Ecosystem, Package, Version};
use seawall_domain::publication::{AdvisoryNumber, AffectedPackage, Publication, Revision};
use seawall_domain::range::{Basis, Interval, Tested};
use seawall_domain::verdict::Outcome;
use seawall_formats::csaf::Publisher;

/// The publisher of every document in these tests.
pub fn publisher() -> Publisher {
    Publisher {
        name: "Seawall demonstration".to_owned(),
        namespace: "https://seawall.invalid".to_owned(),
        contact: "desk@seawall.invalid".to_owned(),
    }
}

/// An interval; an empty text stands for none.
pub fn interval(introduced: &str, fixed: &str, last_affected: &str) -> Interval {
    let version = |text: &str| Some(Version::from(text)).filter(|_| !text.is_empty());
    Interval {
        introduced: version(introduced),
        fixed: version(fixed),
        last_affected: version(last_affected),
    }
}

fn package(ecosystem: &str, name: &str) -> Package {
    Package { ecosystem: Ecosystem::from(ecosystem.to_owned()), name: name.to_owned() }
}

fn run(
    ecosystem: &str,
    name: &str,
    ranges: &[Interval],
    tested: &[(&str, Outcome)],
) -> AffectedPackage {
    let tested = tested
        .iter()
        .map(|(version, outcome)| Tested { version: Version::from(*version), outcome: *outcome });
    AffectedPackage {
        package: package(ecosystem, name),
        ranges: ranges.to_vec(),
        basis: Basis::Run,
        stated_by: None,
        tested: tested.collect(),
    }
}

fn stated(ecosystem: &str, name: &str, ranges: &[Interval], by: Option<&str>) -> AffectedPackage {
    AffectedPackage {
        package: package(ecosystem, name),
        ranges: ranges.to_vec(),
        basis: Basis::Stated,
        stated_by: by.map(str::to_owned),
        tested: Vec::new(),
    }
}

/// The plain case: one package, one interval, run here.
pub fn plain() -> Publication {
    use Outcome::{Affected, Unaffected, Untested};
    let tested = [
        ("0.1.0", Untested),
        ("0.3.1", Unaffected),
        ("0.4.0", Affected),
        ("0.4.1", Affected),
        ("0.4.2", Unaffected),
    ];
    Publication {
        number: AdvisoryNumber::new(2026, 1),
        title: "sqlparse: slow on many line ends in a comment".to_owned(),
        summary: "A crafted comment makes formatting take exponential time.".to_owned(),
        remedy: "Update sqlparse to 0.4.2 or newer.".to_owned(),
        workaround: "Do not format statements from outside.".to_owned(),
        weakness: Some(Cwe(1333)),
        severity: Some("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H".to_owned()),
        aliases: vec!["CVE-2021-32839".to_owned()],
        references: vec!["https://example.invalid/fix".to_owned()],
        affected: vec![run("PyPI", "sqlparse", &[interval("0.4.0", "0.4.2", "")], &tested)],
        credits: vec!["Finder one".to_owned()],
        notice: Some("Replay of a flaw public and fixed years ago.".to_owned()),
        revisions: vec![revision(1, "2026-11-02T10:00:00Z", "Published.")],
    }
}

fn revision(number: u32, at: &str, summary: &str) -> Revision {
    Revision { number, at: at.parse().expect("a time"), summary: summary.to_owned() }
}

/// A second revision, two intervals, a distributor's stated range, a second ecosystem.
pub fn relapse() -> Publication {
    let ranges = [interval("0.1.4", "1.1.9", ""), interval("1.1.10", "1.1.14", "")];
    let affected = vec![
        run("crates.io", "libz-sys", &ranges, &[("1.1.8", Outcome::Affected)]),
        stated("Debian:12", "zlib", &[interval("", "1:1.2.13.dfsg-1", "")], Some("Distributor")),
        stated("Debian:11", "zlib", &[interval("", "1:1.2.11.dfsg-2+deb11u2", "")], None),
    ];
    Publication {
        number: AdvisoryNumber::new(2026, 42),
        weakness: Some(Cwe(787)),
        severity: None,
        aliases: vec!["CVE-2022-37434".into(), "DSA-5218-1".into(), "RUSTSEC-2022-0091".into()],
        affected,
        revisions: vec![
            revision(1, "2026-11-02T10:00:00Z", "Published."),
            revision(2, "2026-11-02T10:00:00.000001Z", ""),
        ],
        ..plain()
    }
}

/// Ten and more publications, each named by what is special about it.
pub fn all() -> Vec<(&'static str, Publication)> {
    let npm = |ranges: &[Interval]| vec![run("npm", "@scope/ini", ranges, &[])];
    let open = [interval("1.0.0", "", "")];
    let seen = [interval("1.0.0", "1.1.0", ""), interval("2.0.0", "", "2.3.4")];
    let twice = vec![
        run("npm", "ini", &[interval("", "1.3.6", "")], &[("1.3.5", Outcome::Affected)]),
        stated("npm", "ini", &[interval("", "1.3.6", "")], Some("Vendor")),
    ];
    let hostile = "<script>\u{7}\"\\\u{202e}ü".to_owned();
    let bare = Publication {
        summary: "x".to_owned(),
        remedy: String::new(),
        workaround: String::new(),
        weakness: None,
        severity: None,
        aliases: Vec::new(),
        references: Vec::new(),
        credits: Vec::new(),
        notice: None,
        ..plain()
    };
    let hostile = Publication {
        title: hostile.clone(),
        summary: hostile.clone(),
        remedy: hostile.clone(),
        aliases: vec![hostile.clone(), "CVE-2021-1".into(), "CVE-2021-11111".into()],
        references: vec!["javascript:x".into(), "https://a.invalid/ü x".into(), String::new()],
        credits: vec![hostile.clone(), String::new()],
        severity: Some(hostile.clone()),
        affected: vec![run("npm", &hostile, &[interval("", "1|<2", "")], &[])],
        ..plain()
    };
    let with = |affected: Vec<AffectedPackage>| Publication { affected, ..plain() };
    vec![
        ("plain", plain()),
        ("relapse", relapse()),
        ("bare", bare.clone()),
        ("bare, no fix", Publication { affected: npm(&open), ..bare }),
        ("from the first release", with(npm(&[interval("", "1.3.6", "")]))),
        ("no fix yet", with(npm(&open))),
        ("last affected", with(npm(&seen))),
        ("every version", with(npm(&[interval("", "", "")]))),
        ("no interval", with(npm(&[]))),
        ("listed twice", with(twice)),
        ("without registry", with(vec![stated("Generic", "pump", &open, Some("Vendor"))])),
        (
            "other ecosystems",
            with(vec![
                stated("Go", "golang.org/x/net", &open, Some("Vendor")),
                stated("Maven", "org.a:b", &open, Some("Vendor")),
                stated("somewhere", "else", &open, Some("Vendor")),
                stated("Ubuntu:22.04", "zlib", &open, Some("Vendor")),
            ]),
        ),
        (
            "version 2 of CVSS",
            Publication { severity: Some("AV:N/AC:L/Au:N/C:N/I:N/A:P".into()), ..plain() },
        ),
        (
            "version 4 of CVSS",
            Publication {
                severity: Some(
                    "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N".into(),
                ),
                ..plain()
            },
        ),
        ("unlisted weakness", Publication { weakness: Some(Cwe(1)), ..plain() }),
        ("hostile text", hostile),
    ]
}
