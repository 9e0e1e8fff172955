//! Compiled sets of advisories: forged files, damaged files, and sets of fuzzed records.

use crate::edits::{self, Sums};
use crate::is_one_line;
use seawall_domain::component::{Component, Product};
use seawall_domain::package::{Ecosystem, Package, Version};
use seawall_domain::record::Record;
use seawall_formats::osv;
use seawall_matching::set::{Answer, Builder, Set, SetFault};
use std::sync::LazyLock;

/// What the sound set is made of: a few records as their databases write them.
const RECORDS: [&str; 4] = [
    r#"{"id":"PYSEC-1","modified":"2026-01-01T00:00:00Z","aliases":["CVE-1"],"affected":[{
        "package":{"ecosystem":"PyPI","name":"sqlparse"},"versions":["0.4.0","0.4.1"],
        "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0.4.0"},{"fixed":"0.4.2"}]}]}]}"#,
    r#"{"id":"GHSA-2","modified":"2026-01-01T00:00:00Z","aliases":["CVE-1"],"affected":[{
        "package":{"ecosystem":"npm","name":"ini"},
        "ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.3.6"}]}]}]}"#,
    r#"{"id":"DSA-3","modified":"2026-01-01T00:00:00Z","affected":[{
        "package":{"ecosystem":"Debian:12","name":"zlib"},
        "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1:1.2.13-1"}]}]}]}"#,
    r#"{"id":"GO-4","modified":"2026-01-01T00:00:00Z","affected":[{
        "package":{"ecosystem":"Go","name":"github.com/Azure/x"},
        "ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.2.0"}]}]}]}"#,
];

/// What is asked of every set.
const QUESTIONS: [(&str, &str, &str); 6] = [
    ("PyPI", "sqlparse", "0.4.1"),
    ("npm", "ini", "1.3.5"),
    ("Debian:12", "zlib", "1:1.2.12-1"),
    ("Debian:11", "zlib", "1:1.2.12-1"),
    ("Go", "github.com/azure/x", "1.1.0"),
    ("crates.io", "absent", "1.0.0"),
];

static SOUND: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let records = RECORDS.iter().filter_map(|text| osv::read(text.as_bytes()).ok());
    built(records.map(|record| (record, "{}")))
});

/// What the sound set answers.
static ANSWERS: LazyLock<Vec<Result<Answer, SetFault>>> =
    LazyLock::new(|| Set::open(SOUND.as_slice()).map(|set| asked(&set)).unwrap_or_default());

fn built<'a>(records: impl Iterator<Item = (Record, &'a str)>) -> Vec<u8> {
    let mut builder = Builder::default();
    let mut bytes = Builder::START.to_vec();
    for (record, text) in records {
        let document = builder.document(0, text.as_bytes());
        bytes.extend_from_slice(text.as_bytes());
        builder.add(record, Some(document));
    }
    bytes.extend(builder.finish());
    bytes
}

fn component(ecosystem: &str, name: &str, version: &str) -> Component {
    let ecosystem = Ecosystem::from(ecosystem.to_owned());
    Component {
        label: String::new(),
        package: Some(Package { ecosystem, name: name.to_owned() }),
        version: Some(Version::from(version)),
        product: Some(Product {
            vendor: "example pumps".to_owned(),
            name: name.to_owned(),
            version: version.to_owned(),
        }),
        purl: None,
    }
}

/// Asks everything that can be asked.
fn asked<B: AsRef<[u8]>>(set: &Set<B>) -> Vec<Result<Answer, SetFault>> {
    drop(set.sources());
    for number in 0..set.records().min(20) {
        drop(set.record(number));
    }
    for number in 0..set.flaws().min(20) {
        drop(set.flaw(number));
    }
    for number in 0..set.documents().min(20) {
        drop(set.document(number));
    }
    drop(set.flaw_named("CVE-1"));
    drop(set.records_named("GHSA-2"));
    let answers = QUESTIONS.iter().map(|(ecosystem, name, version)| {
        let component = component(ecosystem, name, version);
        if let Some(package) = &component.package {
            drop(set.records_of(package));
            drop(set.statements(package));
        }
        set.answer(&component)
    });
    answers.collect()
}

/// A set: as it comes, or as edits of a sound one.
pub fn file(input: &[u8]) {
    if input.starts_with(Builder::START) {
        return opened(input);
    }
    let mut file = SOUND.clone();
    let Some(sums) = edits::apply(input, &mut file) else { return };
    if sums == Sums::Mended {
        mend(&mut file);
        return opened(&file);
    }
    let set = match Set::open(&file) {
        Ok(set) => set,
        Err(fault) => return is_one_line(&fault.to_string()),
    };
    for (found, sound) in asked(&set).iter().zip(&*ANSWERS) {
        assert!(found.is_err() || found == sound, "damage changed an answer: {found:?}");
    }
    assert!(set.check().is_err() || file == *SOUND, "damage was not found");
}

fn opened(bytes: &[u8]) {
    match Set::open(bytes) {
        Ok(set) => {
            drop(set.check());
            drop(asked(&set));
        }
        Err(fault) => is_one_line(&fault.to_string()),
    }
}

/// The size of a page; the sums are over pages.
const PAGE_BYTES: usize = 16 * 1024;

/// The footer's bytes: fifteen parts of two words, the total, the layout, a sum, the mark.
const FOOTER_BYTES: usize = 16 * 15 + 8 + 4 + 4 + 8;

/// Writes the sums of the pages and of the footer anew; the layout stands in `set::layout`.
fn mend(file: &mut [u8]) {
    let Some(footer) = file.len().checked_sub(FOOTER_BYTES) else { return };
    // The sums are the last part: their place is the fifteenth pair of words.
    let place = |file: &[u8], at: usize| {
        let word = file.get(footer + at..footer + at + 8)?.try_into().ok()?;
        usize::try_from(u64::from_le_bytes(word)).ok()
    };
    let (Some(start), Some(len)) = (place(file, 16 * 14), place(file, 16 * 14 + 8)) else {
        return;
    };
    let Some(end) = start.checked_add(len).filter(|end| *end <= footer) else { return };
    let (pages, rest) = file.split_at_mut(start);
    let sums = rest[..len].as_chunks_mut::<4>().0;
    for (page, sum) in pages.chunks(PAGE_BYTES).zip(sums) {
        *sum = crc32c::crc32c(page).to_le_bytes();
    }
    let at = file.len() - 12;
    let sum = crc32c::crc32c_append(crc32c::crc32c(&file[start..end]), &file[footer..at]);
    file[at..at + 4].copy_from_slice(&sum.to_le_bytes());
}

/// Sets of fuzzed records: what a record lists is hit, however the record is written.
pub fn records(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let texts = text.split('\0').take(8);
    let records = texts.filter_map(|text| Some((osv::read(text.as_bytes()).ok()?, text)));
    let records: Vec<(Record, &str)> = records.collect();
    if records.is_empty() {
        return;
    }
    let file = built(records.iter().cloned());
    let turned = built(records.iter().rev().cloned());
    let set = Set::open(&file).unwrap_or_else(|fault| panic!("built, and refused: {fault}"));
    let other = Set::open(&turned).unwrap_or_else(|fault| panic!("built, and refused: {fault}"));
    set.check().unwrap_or_else(|fault| panic!("built, and damaged: {fault}"));
    drop(asked(&set));
    for (record, _) in records.iter().filter(|(record, _)| record.withdrawn.is_none()) {
        let ids = records.iter().filter(|(other, _)| other.id == record.id);
        for affected in record.affected.iter().filter(|_| ids.clone().count() == 1) {
            for version in affected.versions.iter().take(16) {
                let found = set.package(&affected.package, Some(version));
                let found = found.unwrap_or_else(|fault| panic!("{fault}"));
                let turned = other.package(&affected.package, Some(version));
                assert_eq!(Ok(&found), turned.as_ref(), "the order of the records matters");
                let hit = match &found {
                    Answer::Hits(hits) => hits.iter().any(|hit| hit.listed),
                    Answer::Clear => false,
                    Answer::Unknown(_) => version.0.trim().is_empty(),
                };
                assert!(hit, "{} lists {version:?}: {found:?}", record.id);
            }
        }
    }
}
