//! CVE records: every one of the data is read, and says what CISA's published decisions say.

use crate::shared::lines;
use seawall_domain::record::{Exploitation, Record};
use seawall_formats::cve;
use serde_json::Value;
use std::collections::HashMap;

/// What is told of all records together.
#[derive(Debug, Default, Eq, PartialEq)]
struct Told {
    records: usize,
    rejected: usize,
    ssvc: usize,
    kev: usize,
    scores: usize,
    weaknesses: usize,
    affected: usize,
    products: usize,
}

impl Told {
    fn add(&mut self, record: &Record) {
        self.records += 1;
        self.rejected += usize::from(record.withdrawn.is_some());
        self.ssvc += usize::from(record.ssvc.is_some());
        self.kev += usize::from(record.kev.is_some());
        self.scores += record.scores.len();
        self.weaknesses += record.weaknesses.len();
        self.affected += record.affected.len();
        self.products += record.products.len();
    }
}

#[test]
fn every_record_is_read() {
    let test = "every_record_is_read";
    let mut told = Told::default();
    let mut ssvc = HashMap::new();
    for file in ["cve/cve-records.jsonl.zst", "cve/cve-records-bulk.jsonl.zst"] {
        let Some(lines) = lines(test, file) else {
            return;
        };
        for line in lines {
            let read = cve::read(line.as_bytes());
            let read = read.unwrap_or_else(|fault| panic!("{fault}: {line:.200}"));
            told.add(&read);
            ssvc.extend(read.ssvc.map(|decided| (read.id, decided)));
        }
    }
    println!("{test}: {told:?}");
    // Counted independently over the same files.
    assert_eq!((told.records, told.rejected, told.ssvc, told.kev), (16_714, 104, 16_610, 220));
    let Some(decisions) = lines(test, "ssvc/cisa-vulnrichment-decisions.jsonl.zst") else {
        return;
    };
    let (mut compared, mut differing) = (0, Vec::new());
    for line in decisions {
        let row: Value = serde_json::from_str(&line).expect("JSON");
        let Some(read) = row["cve"].as_str().and_then(|cve| ssvc.get(cve)) else {
            continue;
        };
        compared += 1;
        let exploitation = match read.exploitation {
            Some(Exploitation::None) => "none",
            Some(Exploitation::PublicPoc) => "poc",
            Some(Exploitation::Active) => "active",
            None => "?",
        };
        let automatable = if read.automatable == Some(true) { "yes" } else { "no" };
        let impact = if read.total == Some(true) { "total" } else { "partial" };
        // The file keeps the letters as published, large and small.
        let same = |key: &str, word: &str| {
            row[key].as_str().is_some_and(|said| said.eq_ignore_ascii_case(word))
        };
        if !(same("exploitation", exploitation)
            && same("automatable", automatable)
            && same("technical_impact", impact))
        {
            differing.push(row["cve"].to_string());
        }
    }
    println!("{test}: {compared} decisions compared");
    assert!(compared > 15_000, "{compared}");
    assert!(differing.is_empty(), "{} differ: {differing:?}", differing.len());
}
