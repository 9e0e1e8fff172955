//! The words and pictures that several pages have in common.

use crate::pages::embargo::{Order, Progress, Step, Track};
use crate::pages::range::{Outcome, RangePicture, Release};
use crate::pages::{Fact, Lang, Tag, Tone, When};
use crate::refuse::Refused;
use axum::http::StatusCode;
use seawall_domain::package::{Package, Version};
use seawall_domain::party::{Party, Role};
use seawall_domain::publication::AffectedPackage;
use seawall_domain::range::{Interval, Tested};
use seawall_domain::time::Timestamp;
use seawall_domain::verdict::Outcome as Seen;
use std::fmt::Display;

/// A name and a value.
pub fn fact(name: &str, value: impl Into<String>) -> Fact {
    Fact { name: name.to_owned(), value: value.into() }
}

/// A name and a value, when there is one.
pub fn known(name: &str, value: Option<impl ToString>) -> Option<Fact> {
    value.map(|value| fact(name, value.to_string()))
}

/// A message of the house as a page shows it: foreign text in quotes, not in backticks.
pub fn quoted(message: &str) -> String {
    let mut parts = message.split('`');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for (part, mark) in parts.zip(['“', '”'].into_iter().cycle()) {
        text.push(mark);
        text.push_str(part);
    }
    text
}

/// A state as a label.
pub fn tag(text: &str, tone: Tone) -> Tag {
    Tag { text: text.to_owned(), tone }
}

/// A moment, in English.
pub fn when(at: Timestamp) -> When {
    When::instant(at, Lang::English)
}

/// A package with its version, as a purl.
pub fn purl(package: &Package, version: Option<&Version>) -> String {
    seawall_formats::purl::write(package, version)
}

/// The beginning of an id, enough to tell a few apart.
pub fn short(id: impl Display) -> String {
    id.to_string().chars().take(8).collect()
}

/// A number of things in words: `1 release`, `3 releases`.
pub fn count(number: usize, one: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {one}s"),
    }
}

/// A machine as a picture: its steps in order, and which of them is so now.
pub fn track(id: &str, name: &str, says: &str, steps: &[&str], place: usize) -> Track {
    let step = |(index, label): (usize, &&str)| Step {
        label: (*label).to_owned(),
        progress: match index.cmp(&place) {
            std::cmp::Ordering::Less => Progress::Done,
            std::cmp::Ordering::Equal => Progress::Now,
            std::cmp::Ordering::Greater => Progress::Ahead,
        },
    };
    Track {
        id: id.to_owned(),
        name: name.to_owned(),
        says: says.to_owned(),
        steps: steps.iter().enumerate().map(step).collect(),
        order: Order::Path,
    }
}

/// A day or an instant as somebody writes it into a form; a day is its beginning in UTC.
pub fn day(text: &str) -> Result<Timestamp, Refused> {
    let text = text.trim();
    let instant = text.parse().or_else(|_| format!("{text}T00:00:00Z").parse());
    let says = "write a day as 2026-12-31";
    instant.map_err(|_| Refused::new(StatusCode::UNPROCESSABLE_ENTITY, says))
}

/// What a party is, in words.
pub fn roles(party: &Party) -> String {
    let word = |role: &Role| match role {
        Role::Finder => "finder",
        Role::Coordinator => "coordinator",
        Role::Maintainer => "maintainer",
        Role::Vendor => "vendor",
        Role::Distributor => "distributor",
        Role::Operator => "operator",
        Role::Agency => "agency",
        Role::Developer => "model developer",
        Role::Evaluator => "evaluator",
        Role::Official => "official",
        Role::DutyOfficer => "duty officer",
        Role::Partner => "trusted partner",
        Role::Auditor => "auditor",
    };
    party.roles.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// What running showed, as a label.
pub fn outcome(seen: Seen) -> Tag {
    match seen {
        Seen::Affected => tag("affected", Tone::Bad),
        Seen::Unaffected => tag("not affected", Tone::Good),
        Seen::Untested => tag("could not be run", Tone::Quiet),
    }
}

/// A range as a picture: its intervals in words and the releases that were run, in their order.
pub fn picture(
    id: String,
    package: &Package,
    ranges: &[Interval],
    tested: &[Tested],
) -> RangePicture {
    let mut tested: Vec<&Tested> = tested.iter().collect();
    tested.sort_by(|a, b| {
        seawall_matching::version::compare(&package.ecosystem, &a.version, &b.version)
    });
    let release = |tested: &Tested| Release {
        version: tested.version.to_string(),
        outcome: match tested.outcome {
            Seen::Affected => Outcome::Affected,
            Seen::Unaffected => Outcome::Unaffected,
            Seen::Untested => Outcome::Untested,
        },
    };
    RangePicture {
        id,
        package: purl(package, None),
        intervals: ranges.iter().map(ToString::to_string).collect(),
        releases: tested.into_iter().map(release).collect(),
    }
}

/// The affected packages of an advisory, each with its picture.
pub fn affected(packages: &[AffectedPackage]) -> Vec<crate::pages::advisory::Affected> {
    let shown = |(number, affected): (usize, &AffectedPackage)| crate::pages::advisory::Affected {
        package: purl(&affected.package, None),
        stated_by: affected.stated_by.clone(),
        picture: picture(
            format!("affected-{number}"),
            &affected.package,
            &affected.ranges,
            &affected.tested,
        ),
    };
    (1..).zip(packages).map(shown).collect()
}
