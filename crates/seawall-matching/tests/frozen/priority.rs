//! SSVC's decision tables against the published files, and CISA's real values against all tables.

use crate::support;
use jiff::{SignedDuration, Timestamp};
use seawall_domain::record::{KevListing, Ssvc};
use seawall_matching::priority::ssvc::{
    Automatable, Coordinator, Deployer, Exploitation, HumanImpactOf, Outcomes, Point, Supplier,
    TechnicalImpact, UtilityOf,
};
use seawall_matching::priority::{Change, Known, bod_22_01, change, decide};
use serde_json::Value;

/// The value of a word; the word must be one of the point's.
fn word<T: Point>(text: &str) -> Option<T> {
    let value = T::read(text);
    assert_eq!(value.map(T::word), Some(text));
    value
}

fn settled<T: Point>(outcomes: &Outcomes<T>) -> &'static str {
    outcomes.certain().unwrap().word()
}

/// Checks each row of a published table: its inputs' words, and the outcome we give.
fn check(text: &str, rows: usize, ours: impl Fn(&[&str]) -> &'static str) {
    let mut count = 0;
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [_, inputs @ .., outcome] = &fields[..] else { panic!("unexpected row {line}") };
        assert_eq!(ours(inputs), *outcome, "{line}");
        count += 1;
    }
    assert_eq!(count, rows);
}

#[test]
fn the_coordinator_s_table_is_the_published_one() {
    let test = "the_coordinator_s_table_is_the_published_one";
    let Some(text) = support::read(test, &["cat"], "ssvc/cisa_coordinator_2_0_3.csv") else {
        return;
    };
    check(&text, 36, |row| {
        settled(
            &Coordinator {
                exploitation: word(row[0]),
                automatable: word(row[1]),
                technical_impact: word(row[2]),
                mission_well_being: word(row[3]),
            }
            .outcomes(),
        )
    });
}

#[test]
fn the_deployer_s_table_is_the_published_one() {
    let test = "the_deployer_s_table_is_the_published_one";
    let file = "ssvc/deployer_patch_application_priority_1_0_0.csv";
    let Some(text) = support::read(test, &["cat"], file) else {
        return;
    };
    check(&text, 72, |row| {
        settled(
            &Deployer {
                exploitation: word(row[0]),
                exposure: word(row[1]),
                automatable: word(row[2]),
                human_impact: word(row[3]),
            }
            .outcomes(),
        )
    });
}

#[test]
fn the_supplier_s_table_is_the_published_one() {
    let test = "the_supplier_s_table_is_the_published_one";
    let file = "ssvc/supplier_patch_development_priority_1_0_0.csv";
    let Some(text) = support::read(test, &["cat"], file) else {
        return;
    };
    check(&text, 36, |row| {
        settled(
            &Supplier {
                exploitation: word(row[0]),
                utility: word(row[1]),
                technical_impact: word(row[2]),
                public_safety_impact: word(row[3]),
            }
            .outcomes(),
        )
    });
}

#[test]
fn the_tables_for_compound_inputs_are_the_published_ones() {
    let test = "the_tables_for_compound_inputs_are_the_published_ones";
    let read = |name: &str| {
        let inside = format!("data/csv/ssvc/{name}_1_0_0.csv");
        let anywhere = format!("*{inside}");
        let tar = ["tar", "--zstd", "-xO", "--wildcards", &anywhere, "-f"];
        support::read(test, &tar, "ssvc/ssvc-data.tar.zst")
    };
    let (Some(human), Some(utility)) = (read("human_impact"), read("utility")) else {
        return;
    };
    check(&human, 16, |row| {
        settled(&HumanImpactOf { safety: word(row[0]), mission: word(row[1]) }.outcomes())
    });
    check(&utility, 4, |row| {
        settled(&UtilityOf { automatable: word(row[0]), value_density: word(row[1]) }.outcomes())
    });
}

fn midnight(value: &Value) -> Option<Timestamp> {
    Some(format!("{}T00:00:00Z", value.as_str()?).parse().unwrap())
}

#[test]
fn cisa_s_own_values_are_read_and_decided() {
    let test = "cisa_s_own_values_are_read_and_decided";
    let file = "ssvc/cisa-vulnrichment-decisions.jsonl.zst";
    let Some(text) = support::read(test, &["zstd", "-dc"], file) else {
        return;
    };
    let (mut records, mut listed, mut sooner) = (0, 0, 0);
    for line in text.lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| record[name].as_str().unwrap_or_default();
        let stated = Ssvc {
            exploitation: Exploitation::read(text("exploitation")),
            automatable: Automatable::read(text("automatable")).map(|a| a == Automatable::Yes),
            total: TechnicalImpact::read(text("technical_impact"))
                .map(|impact| impact == TechnicalImpact::Total),
            ..Ssvc::default()
        };
        let read = [stated.exploitation.is_some(), stated.automatable.is_some()];
        assert!(read == [true; 2] && stated.total.is_some(), "{line}");
        records += 1;
        let levels = Coordinator::of(&stated, None).outcomes();
        assert!((1..=3).contains(&levels.iter().count()), "{line}");
        let entry = midnight(&record["kev_added"]).map(|added| KevListing {
            added,
            due: midnight(&record["kev_due"]),
            ransomware: None,
            action: None,
        });
        assert_eq!(entry.is_some(), record["in_kev"] == true, "{line}");
        let Some(entry) = entry else { continue };
        listed += 1;
        for exposed in [None, Some(true), Some(false)] {
            let known = Known {
                kev_listed: Some(entry.added),
                kev_loaded: true,
                automatable: stated.automatable,
                total: stated.total,
                exposed,
            };
            let detected = entry.added + SignedDuration::from_hours(24);
            let decision = decide(&known, detected).unwrap();
            assert!(decision.row.inputs.in_kev && decision.started_at == entry.added, "{line}");
            let old = bod_22_01(Some(&entry));
            let due = decision.due_at.unwrap();
            assert!(old.is_some() && due <= entry.added + SignedDuration::from_hours(14 * 24));
            sooner += usize::from(change(old, Some(due)) == Change::Sooner);
        }
    }
    assert!(records >= 29_327 && listed >= 164, "{records} records, {listed} listed");
    println!("{records} records read, {listed} of them listed; {sooner} of {} sooner", listed * 3);
}
