//! What sources send: records, catalogues, scores, advisories and statements.

use crate::{is_one_line, refused};
use seawall_domain::record::Record;
use seawall_formats::{csaf, cve, epss, feed, kev, osv, vex};

/// Records in the OSV schema.
pub fn osv_record(bytes: &[u8]) {
    match osv::read(bytes) {
        Ok(record) => is_kept(&record),
        Err(fault) => refused(&fault),
    }
}

/// Records of the CVE list.
pub fn cve_record(bytes: &[u8]) {
    match cve::read(bytes) {
        Ok(record) => is_kept(&record),
        Err(fault) => refused(&fault),
    }
}

/// The catalogue of known exploited vulnerabilities, JSON and CSV.
pub fn kev_catalogue(bytes: &[u8]) {
    match kev::read(bytes) {
        Ok(catalogue) => {
            assert!(catalogue.records.len() + catalogue.faults.len() <= kev::ENTRIES_MAX + 1);
            catalogue.records.iter().for_each(is_kept);
            catalogue.faults.iter().for_each(refused);
        }
        Err(fault) => refused(&fault),
    }
}

/// Exploit prediction scores.
pub fn epss_scores(bytes: &[u8]) {
    match epss::read(bytes) {
        Ok(scores) => {
            for row in scores.records() {
                match row {
                    Ok(record) => is_kept(&record),
                    Err(fault) => refused(&fault),
                }
            }
        }
        Err(fault) => refused(&fault),
    }
}

/// CSAF documents, read.
pub fn csaf_document(bytes: &[u8]) {
    match csaf::read(bytes) {
        Ok(reading) => {
            reading.records.iter().for_each(is_kept);
            reading.warnings.iter().for_each(|warning| is_one_line(warning));
        }
        Err(fault) => refused(&fault),
    }
}

/// CSAF documents, held against the standard's tests.
pub fn csaf_conformance(bytes: &[u8]) {
    let faults = csaf::faults(bytes);
    if faults.is_empty() {
        // What conforms can be read, but for times, whose form the schema only names.
        if let Err(fault) = csaf::read(bytes) {
            let is_time = fault.message.ends_with("is no time");
            assert!(is_time, "it conforms, and is refused: {fault}");
        }
    }
    drop(csaf::remarks(bytes));
}

/// Statements in OpenVEX.
pub fn openvex(bytes: &[u8]) {
    match vex::read(bytes) {
        Ok(statements) => {
            assert!((1..=vex::STATEMENTS_MAX).contains(&statements.len()));
            assert_eq!(vex::read_any(bytes).as_ref(), Ok(&statements));
        }
        Err(fault) => refused(&fault),
    }
}

/// Statements in CSAF, by way of the reader of any format.
pub fn vex_csaf(bytes: &[u8]) {
    match vex::read_any(bytes) {
        Ok(statements) => assert!(statements.len() <= csaf::MENTIONS_MAX),
        Err(fault) => refused(&fault),
    }
}

/// Statements in CycloneDX.
pub fn vex_cyclonedx(bytes: &[u8]) {
    match vex::read_cyclonedx(bytes) {
        Ok(statements) => assert!(statements.len() <= vex::STATEMENTS_MAX),
        Err(fault) => refused(&fault),
    }
}

/// Whatever a source sends.
pub fn any_feed(bytes: &[u8]) {
    match feed::read(bytes) {
        Ok(Some(feed)) => {
            feed.records.iter().for_each(is_kept);
            feed.warnings.iter().for_each(|warning| is_one_line(warning));
        }
        Ok(None) => {}
        Err(fault) => refused(&fault),
    }
}

/// A record is stored as JSON and must come back the same.
fn is_kept(record: &Record) {
    assert!(!record.id.is_empty(), "a record without a name");
    let text = serde_json::to_string(record).unwrap_or_else(|error| panic!("{error}"));
    let again: Record = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(&again, record);
}
