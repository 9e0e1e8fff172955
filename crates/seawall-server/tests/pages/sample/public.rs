//! Fixtures: the public pages.

use super::*;
use seawall_server::pages::range::{Outcome, RangePicture, Release};

pub fn releases(versions: &[(&str, Outcome)]) -> Vec<Release> {
    let release = |(version, outcome): &(&str, Outcome)| Release {
        version: (*version).into(),
        outcome: *outcome,
    };
    versions.iter().map(release).collect()
}

/// The range of a parser that was affected, fixed, affected again and fixed again.
pub fn relapse(voice: Voice, id: &str) -> RangePicture {
    use Outcome::{Affected as A, Unaffected as U, Untested as X};
    let mut all = vec![("0.1.0".to_owned(), X), ("0.1.1".into(), X), ("0.1.2".into(), X)];
    all.extend((4..=9).map(|n| (format!("0.1.{n}"), A)));
    all.extend((0..=8).map(|n| (format!("1.1.{n}"), A)));
    all.push(("1.1.9".into(), U));
    all.extend((10..=13).map(|n| (format!("1.1.{n}"), A)));
    all.extend((14..=31).map(|n| (format!("1.1.{n}"), U)));
    RangePicture {
        id: id.into(),
        package: voice.text("libz-sys (crates.io)"),
        intervals: vec![
            voice.text("from 0.1.4 until fixed in 1.1.9"),
            voice.text("from 1.1.10 until fixed in 1.1.14"),
        ],
        releases: all
            .into_iter()
            .map(|(version, outcome)| Release { version: voice.text(&version), outcome })
            .collect(),
    }
}

pub fn simple(voice: Voice, id: &str) -> RangePicture {
    use Outcome::{Affected as A, Unaffected as U};
    RangePicture {
        id: id.into(),
        package: voice.text("ini (npm)"),
        intervals: vec![voice.text("from 1.0.0 until fixed in 1.3.6")],
        releases: releases(&[
            ("1.0.0", A),
            ("1.1.0", A),
            ("1.2.0", A),
            ("1.3.0", A),
            ("1.3.4", A),
            ("1.3.5", A),
            ("1.3.6", U),
            ("1.3.8", U),
            ("2.0.0", U),
            ("7.0.0", U),
        ]),
    }
}

pub fn stated(id: &str) -> RangePicture {
    RangePicture {
        id: id.into(),
        package: "zlib (Debian 11)".into(),
        intervals: vec!["until fixed in 1:1.2.11.dfsg-2+deb11u2".into()],
        releases: Vec::new(),
    }
}

pub fn lines(voice: Voice) -> Vec<advisories::Line> {
    let line =
        |number: &str, title: &str, package: &str, ranges: &str, revision| advisories::Line {
            number: number.into(),
            href: format!("/advisories/{number}"),
            title: voice.text(title),
            package: voice.text(package),
            ranges: voice.text(ranges),
            published: noon(),
            revision,
        };
    vec![
        line(
            "SW-2026-0004",
            "A crafted gzip header overruns memory while it is \
             unpacked",
            "libz-sys (crates.io)",
            "0.1.4 until 1.1.9, and 1.1.10 until 1.1.14",
            2,
        ),
        line(
            "SW-2026-0003",
            "An archive can create folders outside the place it is \
             unpacked to",
            "tar (crates.io)",
            "0.4.10 until 0.4.36",
            1,
        ),
        line(
            "SW-2026-0002",
            "A settings file can change how the whole program behaves",
            "ini (npm)",
            "1.0.0 until 1.3.6",
            1,
        ),
        line(
            "SW-2026-0001",
            "A long comment makes the SQL formatter run for minutes",
            "sqlparse (PyPI)",
            "0.4.0 until 0.4.2",
            1,
        ),
    ]
}

pub fn home_page(voice: Voice) -> home::Home {
    home::Home {
        shell: shell(voice, "Seawall", Visitor::Public, "/", Lang::English),
        corridor: home::corridor([Some(3), Some(13), None, Some(4), Some(9), Some(2)]),
        newest: lines(voice),
        figures: [
            ("13", "findings received"),
            ("4", "joined to another finding"),
            ("5", "reproduced"),
            ("4", "advisories published"),
        ]
        .map(|(number, label)| home::Figure { number: number.into(), label: label.into() })
        .into(),
        as_of: noon(),
    }
}

pub fn affected(voice: Voice) -> Vec<advisory::Affected> {
    vec![
        advisory::Affected {
            package: voice.text("libz-sys (crates.io)"),
            stated_by: None,
            picture: relapse(voice, "affected-1"),
        },
        advisory::Affected {
            package: voice.text("zlib (Debian 11)"),
            stated_by: Some(voice.text("the distributor")),
            picture: stated("affected-2"),
        },
    ]
}

pub fn advisory_facts(voice: Voice) -> Vec<Fact> {
    vec![
        voice.fact("Weakness", "CWE-787"),
        voice.fact("Severity", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"),
        voice.fact("Also known as", "CVE-2022-37434"),
        voice.fact("Found by", "finder agent three"),
    ]
}

pub fn advisory_page(voice: Voice) -> advisory::Advisory {
    advisory::Advisory {
        shell: shell(
            voice,
            "SW-2026-0004",
            Visitor::Public,
            "/advisories/SW-2026-0004",
            Lang::English,
        ),
        number: "SW-2026-0004".into(),
        title: voice.text(
            "A crafted gzip header overruns memory while it is \
             unpacked",
        ),
        summary: voice.text(
            "Software that unpacks gzip data and asks for the \
             header's extra field can be made to write beyond its \
             memory. Whoever sends the data may crash it or take it \
             over.",
        ),
        remedy: voice.text(
            "Update libz-sys to 1.1.14 or later. Do not stop at \
             1.1.9: the flaw came back in 1.1.10.",
        ),
        workaround: voice.text(
            "Do not read the gzip header's extra field of data from \
             strangers.",
        ),
        affected: affected(voice),
        facts: advisory_facts(voice),
        revisions: vec![
            advisory::Revision {
                number: 2,
                at: noon(),
                summary: voice.text("The flaw came back in 1.1.10; both ranges are listed."),
            },
            advisory::Revision { number: 1, at: noon(), summary: "First published.".into() },
        ],
        documents: vec![
            link("CSAF 2.0 document", "/.well-known/csaf/white/2026/sw-2026-0004.json"),
            link("Its signature", "/.well-known/csaf/white/2026/sw-2026-0004.json.asc"),
            link("OSV entry", "/v1/vulns/x_SW-2026-0004"),
            link("Evidence bundle's digest", "/advisories/SW-2026-0004/evidence"),
        ],
        logged: Some(link("Entry 31 of the public log", "/log#31")),
        references: vec![voice.text("https://example.invalid/zlib/notes")],
        withdrawn: None,
    }
}

pub fn log_page(voice: Voice) -> log::Log {
    let entry = |index, says: &str, about: Option<Link>| log::Entry {
        index,
        at: noon(),
        says: voice.text(says),
        about,
        digest: "5c1f0e0b4a2d7f1e9a3a2f0cbb5a9f4b7b0d7d7c1a2b3c4d5e6f708192a3b4c5".into(),
    };
    log::Log {
        shell: shell(voice, "Public log", Visitor::Public, "/log", Lang::English),
        origin: "seawall.invalid/public".into(),
        size: 34,
        root: "q1wR0mB6uGm1dVYt2m8r3vXH1o0d9c8b7a6f5e4d3c2=".into(),
        at: noon(),
        checkpoint:
            "seawall.invalid/public\n34\nq1wR0mB6uGm1dVYt2m8r3vXH1o0d9c8b7a6f5e4d3c2=\n\n— \
             seawall.invalid/public Az3grl…\n"
                .into(),
        steps: vec![
            log::Step {
                says: "Fetch what is published".into(),
                command: "seawall export public --from http://127.0.0.1:8080 \
             public/"
                    .into(),
            },
            log::Step {
                says: "Recompute every entry and every figure".into(),
                command: "seawall verify public/".into(),
            },
        ],
        entries: vec![
            entry(33, "Advisory revised:", Some(link("SW-2026-0004", "/advisories/SW-2026-0004"))),
            entry(32, "Figures published.", None),
            entry(
                31,
                "Advisory published:",
                Some(link("SW-2026-0004", "/advisories/SW-2026-0004")),
            ),
        ],
    }
}

pub fn flaw_page(voice: Voice) -> flaw::Flaw {
    let said = |name: &str, value: &str| flaw::Said {
        name: name.into(),
        value: voice.text(value),
        source: voice.text("OSV PYSEC-2021-333"),
    };
    flaw::Flaw {
        shell: shell(voice, "CVE-2021-32839", Visitor::Public, "/flaws/x", Lang::English),
        name: voice.text("CVE-2021-32839"),
        others: vec![voice.text("PYSEC-2021-333"), voice.text("GHSA-p5w8-wqhj-9hhf")],
        summary: Some(said("summary", "A formatter can be kept busy for hours.")),
        notice: Some(voice.text("The assigner rejects this name.")),
        remedy: Some(said("remedy", "Update to 0.4.2.")),
        workaround: Some(said("workaround", "Do not strip comments.")),
        said: vec![
            said("known exploited", "listed 1 March 2026"),
            said("severity, computed from the vector", "7.5 (CVSS:3.1/AV:N/AC:L/PR:N/UI:N)"),
        ],
        conflicts: vec![flaw::Conflict {
            name: "weakness".into(),
            believed: said("weakness", "CWE-1333"),
            differs: said("weakness", "CWE-400"),
        }],
        records: vec![
            flaw::Record {
                id: link(voice.text("PYSEC-2021-333"), "/v1/vulns/PYSEC-2021-333"),
                source: voice.text("OSV"),
                changed: Some(noon()),
                withdrawn: false,
            },
            flaw::Record {
                id: link(voice.text("GHSA-p5w8-wqhj-9hhf"), ""),
                source: voice.text("CVE, a publisher"),
                changed: None,
                withdrawn: true,
            },
        ],
    }
}
