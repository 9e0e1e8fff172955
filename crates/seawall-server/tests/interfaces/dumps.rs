//! The dumps of OSV, over HTTP: their layout, what is in them, and the hash of an archive.

use crate::office::Office;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};

const RECORDS: &str = include_str!("osv.jsonl");

async fn office() -> Office {
    let office = Office::new().await;
    office.records.install(&RECORDS.lines().collect::<Vec<_>>());
    office.desk.advisories.refresh();
    office
}

/// The files of an archive.
async fn archive(office: &Office, path: &str) -> BTreeMap<String, String> {
    let answer = office.get("public", path).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/zip"), "{path}");
    let sum = STANDARD.encode(crc32c::crc32c(&answer.body).to_be_bytes());
    assert_eq!(answer.header("x-goog-hash"), format!("crc32c={sum}"), "{path}");
    let head = office.ask("public", &format!("HEAD {path}"), "", "").await;
    assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
    for name in ["x-goog-hash", "content-length", "content-type"] {
        assert_eq!(head.header(name), answer.header(name), "{path}");
    }
    assert_eq!(head.header("content-length"), answer.body.len().to_string(), "{path}");
    let mut archive = zip::ZipArchive::new(Cursor::new(answer.body)).unwrap();
    let many = archive.len();
    let read = |index| {
        let mut file = archive.by_index(index).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        (file.name().unwrap().into_owned(), text)
    };
    (0..many).map(read).collect()
}

fn names(files: &BTreeMap<String, String>) -> String {
    files.keys().map(String::as_str).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn archives_hold_every_record_of_their_ecosystem() {
    let office = office().await;
    for (directory, expected) in [
        ("PyPI", "GHSA-1.json PYSEC-1.json PYSEC-9.json"),
        ("Debian", "DSA-1.json DSA-2.json"),
        ("Alpine", "ALPINE-1.json"),
        ("GIT", "GIT-1.json"),
        ("OSS-Fuzz", "OSV-1.json"),
        ("%5BEMPTY%5D", ""),
    ] {
        let files = archive(&office, &format!("/osv/{directory}/all.zip")).await;
        assert_eq!(names(&files), expected, "{directory}");
        for (name, text) in &files {
            assert!(!text.contains("colour"), "{name}: a field that the schema does not have");
            let one = office.get("public", &format!("/osv/{directory}/{name}")).await;
            assert_eq!((one.status, &one.text()), (200, text), "{name}");
            assert_eq!(one.header("content-type"), "application/json");
        }
    }
    assert_eq!(archive(&office, "/osv/all.zip").await.len(), 9);
}

#[tokio::test]
async fn lists_tell_what_changed_the_newest_first() {
    let office = office().await;
    for (path, expected) in [
        ("/osv/ecosystems.txt", "Alpine\nDebian\nGIT\nGo\nOSS-Fuzz\nPyPI\n"),
        (
            "/osv/PyPI/modified_id.csv",
            "2026-01-02T00:00:00.5Z,GHSA-1\n2026-01-01T00:00:00Z,PYSEC-1\n\
             2026-01-01T00:00:00Z,PYSEC-9\n",
        ),
    ] {
        let answer = office.get("public", path).await;
        assert_eq!((answer.status, answer.text().as_str()), (200, expected), "{path}");
        assert_eq!(answer.header("x-goog-hash"), "", "{path}");
    }
    let all = office.get("public", "/osv/modified_id.csv").await.text();
    let lines: Vec<&str> = all.lines().collect();
    assert_eq!((lines.len(), lines[0]), (9, "2026-01-02T00:00:00.5Z,PyPI/GHSA-1"));
}

#[tokio::test]
async fn what_is_not_there_is_one_answer() {
    let office = office().await;
    let absent = office.get("public", "/no/such/path").await;
    for path in [
        "/osv/",
        "/osv/x",
        "/osv/npm/all.zip",
        "/osv/Nowhere/all.zip",
        "/osv/PyPI/DSA-1.json",
        "/osv/PyPI/none.json",
        "/osv/PyPI/",
        "/osv/PyPI.crc32c/all.zip",
        "/osv/..%2fx/all.zip",
        "/osv/%2e%2e/all.zip",
        "/osv/PyPI/%ff.json",
        "/osv/a/b/all.zip",
        "/osv/pypi/all.zip",
    ] {
        assert_eq!(office.get("public", path).await, absent, "{path}");
    }
    office.records.put(Vec::new());
    office.desk.advisories.refresh();
    office.get("public", "/osv/all.zip").await.expect_problem(503, "damaged");
}

#[tokio::test]
async fn a_file_is_kept_as_long_as_the_sets_are_the_same() {
    let office = office().await;
    let made = |office: &Office| {
        let editions = std::fs::read_dir(&office.desk.settings.dumps).unwrap();
        let mut files = Vec::new();
        for edition in editions {
            let inside = std::fs::read_dir(edition.unwrap().path()).unwrap();
            files.extend(inside.map(|file| file.unwrap().path()));
        }
        files.sort();
        files
    };
    archive(&office, "/osv/all.zip").await;
    let first = made(&office);
    archive(&office, "/osv/all.zip").await;
    assert_eq!((made(&office), first.len()), (first.clone(), 2));
    office.open_case("door").await;
    office.publish().await;
    // What was published here has no ecosystem of the schema.
    let own = archive(&office, "/osv/%5BEMPTY%5D/all.zip").await;
    assert_eq!(names(&own), "x_SW-2026-0001.json");
    let later = made(&office);
    assert!(later.len() == 2 && first.iter().all(|file| !later.contains(file)), "{later:?}");
    assert_eq!(archive(&office, "/osv/all.zip").await.len(), 10);
}
