use super::*;
use seawall_domain::claim::Missing;
use seawall_formats::intake::{Intake, mail, sarif, scrutineer, tap};
use seawall_formats::recipe;
use seawall_matching::duplicates::{Relation, Signature, relation};
use std::collections::BTreeMap;

/// Reads a report as the interface that it goes to would.
fn read(report: &Report) -> Intake {
    let sent = encode(report);
    match report.shape {
        Shape::Tap => tap::read(sent.media_type, &sent.body).unwrap().intake,
        Shape::Sarif => sarif::read(&sent.body).unwrap().remove(0),
        Shape::Scrutineer => scrutineer::read(&sent.body).unwrap().remove(0),
        Shape::Mail => mail::read(&sent.body).unwrap(),
    }
}

fn signature(report: &Report) -> Signature {
    Signature::of(&read(report).claim, report.recipe.unwrap_or_default())
}

#[test]
fn every_shape_and_every_fate_is_there() {
    let mut shapes = BTreeMap::new();
    let mut fates = BTreeMap::new();
    for report in REPORTS {
        *shapes.entry(report.shape).or_insert(0) += 1;
        *fates.entry(report.fate).or_insert(0) += 1;
    }
    assert_eq!(shapes.into_values().collect::<Vec<_>>(), [4, 3, 3, 3]);
    assert_eq!(fates.into_values().collect::<Vec<_>>(), [9, 1, 1, 1, 1]);
}

#[test]
fn the_gate_passes_all_but_one_which_lacks_its_recipe_only() {
    for report in REPORTS {
        let expected = match report.fate {
            Fate::NeedsInfo => vec![Missing::Recipe],
            Fate::True | Fate::AlreadyFixed | Fate::Rejected | Fate::NotReproduced => vec![],
        };
        assert_eq!(read(&report).claim.missing(), expected, "{}", report.title);
    }
}

#[test]
fn what_is_said_arrives_whatever_the_shape() {
    for report in REPORTS {
        let intake = read(&report);
        let claim = intake.claim;
        assert_eq!(claim.title, report.title);
        assert!(claim.description.starts_with(report.description), "{}", report.title);
        assert_eq!(claim.weakness.map(|cwe| cwe.0), Some(report.cwe));
        assert_eq!(claim.location.file.as_deref(), Some(report.file));
        assert_eq!(claim.location.function.as_deref(), Some(report.function));
        assert_eq!(claim.location.line, Some(report.line));
        assert_eq!(claim.tooling.contact.as_deref(), Some(CONTACTS[report.finder]));
        assert_eq!(claim.tooling.tool.as_deref(), Some(TOOLS[report.finder]));
        assert_eq!(claim.upstream_ids, report.known_as.into_iter().collect::<Vec<_>>());
        let (package, version, _) = seawall_formats::purl::read(report.purl).unwrap();
        assert_eq!((claim.package, claim.versions), (Some(package), version.into_iter().collect()));
        let recipe = intake.files.iter().find(|file| file.attachment.name.contains("recipe"));
        assert_eq!(recipe.and_then(|file| file.text()), report.recipe, "{}", report.title);
    }
}

#[test]
fn every_recipe_reads_and_is_written_for_its_report() {
    for report in REPORTS {
        let Some(text) = report.recipe else { continue };
        let read = recipe::read(text).unwrap();
        let (package, version, _) = seawall_formats::purl::read(report.purl).unwrap();
        assert_eq!((read.target.package, Some(read.target.version)), (package, version));
    }
}

#[test]
fn reports_join_exactly_when_they_are_about_one_flaw_in_any_order() {
    for left in &REPORTS {
        for right in &REPORTS {
            if left.title == right.title {
                continue;
            }
            let one_flaw =
                left.fate == Fate::True && right.fate == Fate::True && left.purl == right.purl;
            let found = relation(&signature(left), &signature(right));
            let same = matches!(found, Relation::Same { .. });
            assert_eq!(same, one_flaw, "{} / {}: {found:?}", left.title, right.title);
        }
    }
}

#[test]
fn four_reports_join_five_leads_in_any_order() {
    for seed in 0..40 {
        let mut leads: Vec<(&Report, Signature)> = Vec::new();
        let mut joined = 0;
        for place in order(seed) {
            let report = &REPORTS[place];
            if matches!(report.fate, Fate::NeedsInfo | Fate::Rejected) {
                continue;
            }
            let own = signature(report);
            let same = |(_, lead): &(&Report, Signature)| {
                matches!(relation(&own, lead), Relation::Same { .. })
            };
            match leads.iter().any(same) {
                true => joined += 1,
                false => leads.push((report, own)),
            }
        }
        let flaws = leads.iter().filter(|(lead, _)| lead.fate == Fate::True).count();
        assert_eq!((joined, flaws, leads.len()), (4, 5, 7), "seed {seed}");
    }
}

#[test]
fn two_finders_never_send_the_same_flaw_from_one_desk() {
    for (place, left) in REPORTS.iter().enumerate() {
        for right in &REPORTS[place + 1..] {
            let twins = left.purl == right.purl && left.fate == right.fate;
            assert!(!twins || left.finder != right.finder, "{}", left.title);
        }
    }
}

#[test]
fn an_order_follows_from_its_seed_and_holds_every_report_once() {
    for seed in 0..200 {
        let mut sorted = order(seed);
        assert_eq!(sorted, order(seed));
        sorted.sort_unstable();
        assert_eq!(sorted, (0..REPORTS.len()).collect::<Vec<_>>());
    }
    let orders: std::collections::BTreeSet<_> = (0..5).map(order).collect();
    assert_eq!(orders.len(), 5);
}

#[test]
fn addresses_end_in_invalid() {
    assert!(CONTACTS.iter().all(|contact| contact.ends_with(".invalid")));
}
