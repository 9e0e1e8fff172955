//! What outside sources say of a flaw, and the sources themselves.

use super::guest::{Guest, link, page};
use super::words::{count, when};
use crate::extract::Name;
use crate::pages::flaw::{Conflict, Flaw as Page, Record, Said};
use crate::pages::sources::{Line, Sources};
use crate::refuse::Refused;
use crate::site::Site;
use axum::extract::State;
use axum::response::Response;
use seawall_domain::record::{Exploitation, SourceKind};
use seawall_formats::cvss;
use seawall_matching::flaw::{Field, Flaw, Origin, Sourced};
use seawall_matching::set::{Meta, SourceNote};
use seawall_services::flaw::{self, Told};
use std::fmt::Write as _;

/// The address of a flaw's page: everything but letters, digits and `-._~` is encoded (RFC 3986
/// section 2.3), so that no name leads elsewhere.
pub fn address(name: &str) -> String {
    name.bytes().fold("/flaws/".to_owned(), |mut address, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                address.push(char::from(byte));
            }
            // Writing to a string does not fail.
            other => drop(write!(address, "%{other:02X}")),
        }
        address
    })
}

/// One flaw.
pub async fn show(
    State(site): State<Site>,
    guest: Guest,
    Name(name): Name,
) -> Result<Response, Refused> {
    page(&shown(&guest, &flaw::told(&site.desk, &name)?))
}

/// The sources.
pub async fn sources(State(site): State<Site>, guest: Guest) -> Result<Response, Refused> {
    let sources = flaw::sources(&site.desk, &guest.actor())?;
    page(&Sources {
        shell: guest.shell("Sources"),
        records: sources.records,
        flaws: sources.flaws,
        trouble: sources.trouble,
        lines: sources.notes.iter().map(line).collect(),
    })
}

fn line(note: &SourceNote) -> Line {
    let mut gave: Vec<String> = note
        .records
        .iter()
        .map(|(kind, records)| count(*records as usize, &format!("{} record", kind_name(*kind))))
        .collect();
    if note.statements > 0 {
        gave.push(count(note.statements as usize, "statement"));
    }
    Line {
        name: note.name.clone(),
        gave: gave.join(", "),
        unread: note.unread,
        as_of: note.as_of.map(when),
        imported: when(note.imported_at),
    }
}

fn kind_name(kind: SourceKind) -> String {
    kind.name().to_uppercase()
}

fn shown(guest: &Guest, told: &Told) -> Page {
    let flaw = &told.flaw;
    Page {
        shell: guest.shell(flaw.name()),
        name: flaw.name().to_owned(),
        others: flaw.names.iter().skip(1).cloned().collect(),
        summary: flaw.summary.as_ref().map(|it| said("summary", it, String::clone)),
        notice: flaw.notice.as_ref().map(|notice| notice.value.clone()),
        remedy: flaw.remedy.as_ref().map(|it| said("remedy", it, String::clone)),
        workaround: flaw.workaround.as_ref().map(|it| said("workaround", it, String::clone)),
        said: fields(flaw),
        conflicts: flaw
            .conflicts
            .iter()
            .map(|conflict| Conflict {
                name: field(conflict.field).to_owned(),
                believed: of(field(conflict.field), &conflict.believed),
                differs: of(field(conflict.field), &conflict.differs),
            })
            .collect(),
        records: told.records.iter().map(record).collect(),
    }
}

/// Everything that decides how urgent it is, in the order in which people ask.
fn fields(flaw: &Flaw) -> Vec<Said> {
    let yes = |so: &bool| if *so { "yes" } else { "no" }.to_owned();
    let mut said_of = Vec::new();
    said_of.extend(
        flaw.rejected.as_ref().map(|it| {
            said("rejected by the CVE list", it, |at| format!("since {}", when(*at).text))
        }),
    );
    said_of.extend(flaw.kev.as_ref().map(|it| {
        said("known exploited", it, |kev| match kev.ransomware {
            Some(true) => format!("listed {}; used for ransomware", when(kev.added).text),
            Some(false) | None => format!("listed {}", when(kev.added).text),
        })
    }));
    said_of.extend(flaw.exploitation.as_ref().map(|it| {
        said("exploitation", it, |seen| {
            match seen {
                Exploitation::None => "none known",
                Exploitation::PublicPoc => "a proof of concept is public",
                Exploitation::Active => "attacks are known",
            }
            .to_owned()
        })
    }));
    said_of.extend(flaw.automatable.as_ref().map(|it| said("automatable", it, yes)));
    said_of.extend(flaw.total.as_ref().map(|it| {
        said("technical impact", it, |total| if *total { "total" } else { "partial" }.to_owned())
    }));
    said_of.extend(
        flaw.weakness
            .as_ref()
            .map(|it| said("weakness", it, |weakness| format!("CWE-{}", weakness.0))),
    );
    said_of.extend(flaw.epss.as_ref().map(|it| {
        said("chance of an attack within 30 days (EPSS)", it, |epss| {
            format!("{:.2} %", f64::from(epss.probability_ppm) / 10_000.0)
        })
    }));
    said_of.extend(flaw.scores.iter().map(|it| {
        said("severity, computed from the vector", it, |score| match cvss::score(&score.vector) {
            Ok(points) => format!("{} ({})", points.overall().number(), score.vector),
            Err(_) => format!("no valid vector: {}", score.vector),
        })
    }));
    said_of
}

fn said<T>(name: &str, it: &Sourced<T>, words: impl FnOnce(&T) -> String) -> Said {
    Said { name: name.to_owned(), value: words(&it.value), source: it.origin.to_string() }
}

fn of(name: &str, (origin, value): &(Origin, String)) -> Said {
    Said { name: name.to_owned(), value: value.clone(), source: origin.to_string() }
}

fn field(field: Field) -> &'static str {
    match field {
        Field::Summary => "summary",
        Field::Weakness => "weakness",
        Field::Remedy => "remedy",
        Field::Workaround => "workaround",
        Field::Kev => "known exploited",
        Field::Exploitation => "exploitation",
        Field::Automatable => "automatable",
        Field::TechnicalImpact => "technical impact",
        Field::Epss => "EPSS",
    }
}

fn record(meta: &Meta) -> Record {
    let publisher = meta.publisher.as_ref().map(|publisher| format!(", {publisher}"));
    let readable = meta.raw.is_some() && meta.kind == SourceKind::Osv;
    let page = address(&meta.id).replacen("/flaws/", "/v1/vulns/", 1);
    Record {
        id: link(&meta.id, if readable { page } else { String::new() }),
        source: format!("{}{}", kind_name(meta.kind), publisher.unwrap_or_default()),
        changed: meta.modified.map(when),
        withdrawn: meta.withdrawn.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_of_a_flaw_leads_elsewhere() {
        for (name, expected) in [
            ("CVE-2021-32839", "/flaws/CVE-2021-32839"),
            ("RHSA-2024:1234", "/flaws/RHSA-2024%3A1234"),
            ("../login?x#y", "/flaws/..%2Flogin%3Fx%23y"),
            ("é", "/flaws/%C3%A9"),
        ] {
            assert_eq!(address(name), expected);
        }
    }
}
