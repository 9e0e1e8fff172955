//! The salted hash by which two parties learn that they hold the same claim, and nothing more.
//!
//! This is scrutineer's wire contract: `hex(sha256(salt 0 repo 0 location 0 cwe))`, each part in
//! its canonical form, and the request and answers of `POST /claim-check`. Who holds the salt can
//! try guesses; that is known, and the reason why claims stand on no feed.

use seawall_domain::digest::Digest;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;

/// The longest body of a claim-check request, in bytes.
pub const REQUEST_BYTES_MAX: usize = 4096;

/// The hash of one claim; every part may be empty.
pub fn hash(salt: &str, repo: &str, sub_path: &str, location: &str, cwe: &str) -> Digest {
    let parts = [
        salt.to_owned(),
        canonical_repo(repo),
        canonical_location(sub_path, location),
        canonical_cwe(cwe),
    ];
    Digest::new(Sha256::digest(parts.join("\0")).into())
}

/// Lower case, without white space around it, trailing `/`, and then one trailing `.git`.
pub fn canonical_repo(repo: &str) -> String {
    let repo = repo.trim().to_lowercase();
    let repo = repo.trim_end_matches('/');
    repo.strip_suffix(".git").unwrap_or(repo).to_owned()
}

/// The file of the first line of `location`, inside `sub_path`, in lower case.
pub fn canonical_location(sub_path: &str, location: &str) -> String {
    let mut first = location.split('\n').next().unwrap_or_default().trim();
    while let Some((path, tail)) = first.rsplit_once(':') {
        if !is_line_or_range(tail) {
            break;
        }
        first = path;
    }
    let file = clean_path(first);
    let folder = clean_path(sub_path.trim_matches('/'));
    if folder.is_empty() || folder == "." {
        return file.to_lowercase();
    }
    clean_path(&format!("{folder}/{file}")).to_lowercase()
}

/// The weakness classes, upper-cased, sorted, each once, joined by `,`.
pub fn canonical_cwe(cwe: &str) -> String {
    let classes: BTreeSet<String> = cwe
        .split(',')
        .map(|class| class.trim().to_uppercase())
        .filter(|class| !class.is_empty())
        .collect();
    classes.into_iter().collect::<Vec<_>>().join(",")
}

/// Reads `{"hash":"<64 hex>"}`; the message says what is wrong, in plain text.
pub fn read_request(body: &[u8]) -> Result<Digest, &'static str> {
    #[derive(Deserialize)]
    struct Request {
        hash: String,
    }
    if body.len() > REQUEST_BYTES_MAX {
        return Err("the request is longer than 4096 bytes");
    }
    let request: Request =
        serde_json::from_slice(body).map_err(|_| "the request must be {\"hash\":\"<64 hex>\"}")?;
    let hash = request.hash.trim();
    hash.parse().map_err(|_| "the hash must be 64 hexadecimal digits")
}

/// The answer: whom to talk to, if there is a match, and otherwise nothing else.
pub fn answer(contact: Option<&str>) -> String {
    match contact {
        Some(contact) => serde_json::json!({ "match": true, "contact": contact }).to_string(),
        None => r#"{"match":false}"#.to_owned(),
    }
}

fn is_line_or_range(tail: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match tail.split_once('-') {
        Some((from, to)) => digits(from) && digits(to),
        None => digits(tail),
    }
}

/// Slashes only, no leading `./`, and then a lexical clean; empty stays empty.
fn clean_path(path: &str) -> String {
    let path = path.replace('\\', "/");
    let mut rest = path.trim();
    while let Some(shorter) = rest.strip_prefix("./") {
        rest = shorter;
    }
    if rest.is_empty() {
        return String::new();
    }
    let rooted = rest.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in rest.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    match (rooted, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn gives_the_hashes_of_the_contract() {
        for (salt, repo, sub_path, location, cwe, expected) in [
            (
                "salt-for-tests",
                "https://Example.org/acme/Widget.git/",
                "/pkg/",
                r"./src\Net.c:10-20",
                " cwe-79, CWE-20,cwe-79",
                "51e448a636424065c67d5637c3ad4affa9fc65e7619a9338ed1d79c1ad5f1165",
            ),
            (
                "salt-for-tests",
                "https://example.org/acme/widget",
                "",
                "src/a.c:42:7",
                "",
                "b3481e5a603cd93b3b5c48d19de5ae31d0aa02d781cf3a900063e7783494dacd",
            ),
            (
                "",
                "",
                "",
                "",
                "",
                "709e80c88487a2411e1ee4dfb9f22a861492d20c4765150c0c794abd70f8147c",
            ),
        ] {
            assert_eq!(hash(salt, repo, sub_path, location, cwe).to_string(), expected);
        }
    }

    #[test]
    fn makes_each_part_canonical() {
        for (input, expected) in [
            ("HTTPS://Example.org/A/B.git/", "https://example.org/a/b"),
            ("x/a/.git", "x/a/"),
            (" a.git.git ", "a.git"),
        ] {
            assert_eq!(canonical_repo(input), expected, "{input}");
        }
        for (sub_path, input, expected) in [
            ("/pkg/", r"./src\Net.c:10-20", "pkg/src/net.c"),
            ("", "src/a.c:42:7\nmore", "src/a.c"),
            ("", "src//b/../a.c:x", "src/a.c:x"),
            ("", "././../a.c", "../a.c"),
            (".", "/a/../../b:1", "/b"),
            ("p", "", "p"),
            ("", "a/..", "."),
        ] {
            assert_eq!(canonical_location(sub_path, input), expected, "{input}");
        }
        assert_eq!(canonical_cwe(" cwe-79, CWE-20,cwe-79"), "CWE-20,CWE-79");
    }

    #[test]
    fn reads_requests_and_writes_answers() {
        let hex = "A5".repeat(32);
        let request = |text: String| read_request(text.as_bytes()).map(|hash| hash.to_string());
        assert_eq!(request(format!(r#"{{"hash":" {hex} ","x":1}}"#)), Ok("a5".repeat(32)));
        for bad in ["", "[]", r#"{"hash":1}"#, r#"{"hash":"a5"}"#] {
            assert!(request(bad.to_owned()).is_err(), "{bad}");
        }
        assert!(request(" ".repeat(REQUEST_BYTES_MAX + 1)).is_err());
        assert_eq!(answer(None), r#"{"match":false}"#);
        assert_eq!(answer(Some("a\"b")), r#"{"match":true,"contact":"a\"b"}"#);
    }

    proptest! {
        #[test]
        fn never_panics_and_is_stable(sub in ".{0,20}", text in "[./a-c:0-9\\\\ -]{0,30}|.{0,30}") {
            let once = canonical_location("", &text);
            let _ = canonical_location(&sub, &text);
            let _ = hash(&sub, &text, &sub, &text, &text);
            prop_assert!(!once.contains("//"));
        }
    }
}
