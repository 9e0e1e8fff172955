//! Catalogues: the published KEV catalogue and a file of exploit prediction scores.

use crate::shared::bytes;
use seawall_formats::{archive, epss, kev};
use std::io::Cursor;

#[test]
fn the_whole_kev_catalogue_is_read() {
    let test = "the_whole_kev_catalogue_is_read";
    let Some(bytes) = bytes(test, "kev/known_exploited_vulnerabilities.json") else {
        return;
    };
    let read = kev::read(&bytes).expect("a catalogue");
    assert_eq!((read.records.len(), read.faults.len()), (1_404, 0));
    let known = |one: &&seawall_domain::record::Record| {
        one.kev.as_ref().is_some_and(|kev| kev.ransomware == Some(true))
    };
    assert_eq!(read.records.iter().filter(known).count(), 293);
    assert!(read.records.iter().all(|one| one.kev.as_ref().is_some_and(|kev| kev.due.is_some())));
    let released = read.released_at.expect("a date");
    assert_eq!(released.to_string(), "2025-08-25T17:04:19.9796Z");
}

#[test]
fn every_score_of_a_day_is_read_from_its_packed_file() {
    let test = "every_score_of_a_day_is_read_from_its_packed_file";
    let Some(bytes) = bytes(test, "epss/synthetic-epss_scores.csv.gz") else {
        return;
    };
    let mut told = Vec::new();
    let read = archive::read("epss_scores.csv.gz", Cursor::new(bytes), &mut |name, document| {
        let scores = epss::read(document)?;
        let day = scores.score_date.expect("a day").to_string();
        told.push((name.to_owned(), day, scores.filter(Result::is_ok).count()));
        Ok::<(), seawall_formats::fault::FormatFault>(())
    });
    assert_eq!(read, Ok(()));
    let day = "2026-08-21T00:00:00Z".to_owned();
    assert_eq!(told, [("epss_scores.csv".to_owned(), day, 3_000)]);
}
