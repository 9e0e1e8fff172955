use super::*;
use jiff::Timestamp;
use seawall_domain::range::Basis;
use std::collections::BTreeSet;

/// `exposed, in_kev, automatable, total` as letters; the row of the published table.
const PINNED: [(&str, u8, Deadline); 16] = [
    ("e k a t", 15, Deadline::ThreeDaysForensic),
    ("e k a -", 11, Deadline::ThreeDays),
    ("e k - t", 12, Deadline::ThreeDaysForensic),
    ("e k - -", 5, Deadline::FourteenDays),
    ("e - a t", 14, Deadline::ThreeDays),
    ("e - a -", 7, Deadline::FourteenDays),
    ("e - - t", 9, Deadline::FourteenDays),
    ("e - - -", 2, Deadline::SixtyDays),
    ("- k a t", 13, Deadline::ThreeDaysForensic),
    ("- k a -", 6, Deadline::FourteenDays),
    ("- k - t", 8, Deadline::FourteenDays),
    ("- k - -", 1, Deadline::FourteenDays),
    ("- - a t", 10, Deadline::SixtyDays),
    ("- - a -", 3, Deadline::SixtyDays),
    ("- - - t", 4, Deadline::FixOnUpgrade),
    ("- - - -", 0, Deadline::FixOnUpgrade),
];

fn inputs(text: &str) -> Inputs {
    Inputs {
        exposed: text.contains('e'),
        in_kev: text.contains('k'),
        automatable: text.contains('a'),
        total: text.contains('t'),
    }
}

fn check(inputs: Inputs, number: u8, deadline: Deadline) {
    assert_eq!(bod_26_04(inputs), Row { number, inputs, deadline });
}

#[test]
fn all_sixteen_rows_are_pinned() {
    for (text, number, deadline) in PINNED {
        check(inputs(text), number, deadline);
    }
    let numbers: BTreeSet<u8> = PINNED.iter().map(|(_, number, _)| *number).collect();
    assert_eq!(numbers, (0..=15).collect());
}

#[test]
fn all_sixteen_rows_are_those_of_the_published_file() {
    let folder = std::env::var("SEAWALL_DATA")
        .unwrap_or(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data").to_owned());
    let path = format!("{folder}/ssvc/cisa_bod_26_04_1_0_0.csv");
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: all_sixteen_rows_are_those_of_the_published_file: no SEAWALL_DATA");
        return;
    };
    let mut rows = 0;
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [number, in_kev, exposed, automatable, impact, outcome] = fields[..] else {
            panic!("unexpected row {line}");
        };
        let inputs = Inputs {
            exposed: exposed == "yes",
            in_kev: in_kev == "yes",
            automatable: automatable == "yes",
            total: impact == "total",
        };
        let deadline = match outcome {
            "3 days & forensic investigation" => Deadline::ThreeDaysForensic,
            "3 days" => Deadline::ThreeDays,
            "14 days" => Deadline::FourteenDays,
            "60 days" => Deadline::SixtyDays,
            "fix on system upgrade" => Deadline::FixOnUpgrade,
            other => panic!("unknown outcome {other}"),
        };
        check(inputs, number.parse::<u8>().unwrap(), deadline);
        rows += 1;
    }
    assert_eq!(rows, 16);
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn the_clock_starts_at_the_earlier_event() {
    let (early, late) = (at("2026-11-01T00:00:00Z"), at("2026-11-20T12:00:00Z"));
    for (kev_listed, detected, expected, by) in [
        (None, late, late, StartedBy::Detection),
        (Some(early), late, early, StartedBy::KevListing),
        (Some(late), early, early, StartedBy::Detection),
        (Some(late), late, late, StartedBy::KevListing),
    ] {
        assert_eq!(started(kev_listed, detected), (expected, by));
    }
    assert_eq!(due(early, Deadline::ThreeDays), Some(at("2026-11-04T00:00:00Z")));
    assert_eq!(due(late, Deadline::FourteenDays), Some(at("2026-12-04T12:00:00Z")));
    assert_eq!(due(late, Deadline::FixOnUpgrade), None);
    assert_eq!(due(Timestamp::MAX, Deadline::SixtyDays), None);
}

#[test]
fn defaults_are_named_and_only_where_the_directive_has_them() {
    let now = at("2026-11-20T12:00:00Z");
    let nothing = decide(&Known::default(), now).unwrap();
    assert_eq!(nothing.row.number, 9);
    assert_eq!(nothing.exposed_from, EXPOSED_IN_DOUBT);
    assert_eq!(nothing.in_kev_from, NOT_LISTED_IN_DOUBT);
    assert_eq!(nothing.automatable_from, NOT_AUTOMATABLE_IN_DOUBT);
    assert_eq!(nothing.total_from, TOTAL_IN_DOUBT);
    let listed = Known { kev_listed: Some(now), ..Known::default() };
    assert_eq!(decide(&listed, now), Err(Lacking::Automatable));
    let half = Known { automatable: Some(true), ..listed };
    assert_eq!(decide(&half, now), Err(Lacking::TechnicalImpact));
    let strict = decide_strictly(&listed, now);
    assert_eq!((strict.row.number, strict.total_from), (15, STRICTEST_IN_LACK));
    assert_eq!(strict.automatable_from, STRICTEST_IN_LACK);
    let half_strict = decide_strictly(&Known { automatable: Some(false), ..listed }, now);
    assert_eq!((half_strict.row.number, half_strict.automatable_from), (12, Source::Ssvc));
    assert_eq!(decide_strictly(&Known::default(), now), nothing);
    let full = Known { total: Some(true), exposed: Some(false), ..half };
    let decision = decide(&full, now).unwrap();
    assert_eq!(decision.row.number, 13);
    assert_eq!(decision.total_from, Source::Ssvc);
    assert_eq!(decision.exposed_from, Source::OperatorAnswer);
}

#[test]
fn the_explanation_names_row_inputs_sources_and_clock() {
    let now = at("2026-11-20T12:00:00Z");
    let known = Known {
        exposed: Some(false),
        automatable: Some(true),
        kev_loaded: true,
        ..Known::default()
    };
    assert_eq!(
        decide(&known, now).unwrap().explanation(),
        "row 10 of BOD 26-04: 60 days.\n\
         publicly exposed: no (the operator's answer).\n\
         known exploited: no (the catalogue of known exploited vulnerabilities).\n\
         automatable: yes (published SSVC).\n\
         technical impact: total (default: a flaw not known exploited and without SSVC counts \
         as total impact).\n\
         the clock started at 2026-11-20T12:00:00Z with the detection on the asset; \
         due at 2027-01-19T12:00:00Z."
    );
}

#[test]
fn the_advice_starts_with_the_most_urgent() {
    let mut sorted = PINNED;
    sorted.sort_by_key(|(text, _, _)| rank(inputs(text), Basis::Run));
    let numbers: Vec<u8> = sorted.iter().map(|(_, number, _)| *number).collect();
    assert_eq!(numbers, [15, 12, 13, 11, 14, 5, 8, 6, 1, 9, 7, 2, 10, 3, 4, 0]);
    let run = rank(inputs("e k a t"), Basis::Run);
    assert!(run < rank(inputs("e k a t"), Basis::Stated));
}
