//! Words that a crate's product code may not say, because the crate forbids what they stand for.
//! Tests are free: they may well start a program or read a fixture.

use super::Complaint;
use super::source::{Source, has_word, is_test_path};

/// The words forbidden below a path, and why.
struct Ban {
    below: &'static str,
    words: &'static [&'static str],
    why: &'static str,
}

const BANS: [Ban; 8] = [
    Ban {
        below: "crates/seawall-domain/src/",
        words: &[
            "async",
            "await",
            "tokio",
            "SystemTime",
            "Instant",
            "std::fs",
            "std::net",
            "std::env",
            "std::process",
            "sqlx",
            "http",
            "axum",
            "hyper",
            "reqwest",
            "StatusCode",
            "rand",
        ],
        why: "the domain forbids I/O, `async`, clocks, randomness, SQL and HTTP words",
    },
    Ban {
        below: "crates/seawall-formats/src/",
        words: &[
            "async",
            "tokio",
            "SystemTime",
            "Instant",
            "std::fs",
            "std::net",
            "std::env",
            "std::process",
            "sqlx",
            "reqwest",
        ],
        why: "formats forbid network and files: bytes in, values out",
    },
    Ban {
        below: "crates/seawall-matching/src/",
        words: &[
            "async",
            "tokio",
            "SystemTime",
            "Instant",
            "std::fs",
            "std::net",
            "std::env",
            "std::process",
            "sqlx",
        ],
        why: "matching forbids I/O and answers that depend on the clock",
    },
    Ban {
        below: "crates/seawall-ledger/src/",
        words: &[
            "async",
            "tokio",
            "SystemTime",
            "Instant",
            "std::fs",
            "std::net",
            "std::env",
            "std::process",
            "seawall_domain",
        ],
        why: "the ledger knows bytes only, and nothing of their meaning",
    },
    Ban {
        below: "crates/seawall-sandbox/src/",
        words: &["seawall_store", "sqlx", "CaseId", "PartyId"],
        why: "the sandbox knows nothing of cases and parties",
    },
    Ban {
        below: "crates/seawall-services/src/",
        words: &["sqlx", "axum", "askama", "hyper", "StatusCode", "html"],
        why: "services forbid SQL, HTTP and HTML",
    },
    Ban {
        below: "crates/seawall-server/src/",
        words: &["sqlx", "seawall_store"],
        why: "the server is a thin skin over services and never touches the store",
    },
    Ban {
        below: "crates/seawall/src/worker",
        words: &["sqlx", "seawall_store"],
        why: "the worker calls services and never touches the store",
    },
];

/// Complains of every forbidden word in product code.
pub fn forbidden(path: &str, source: &Source) -> Vec<Complaint> {
    let bans = BANS.iter().filter(|ban| path.starts_with(ban.below) && !is_test_path(path));
    let mut complaints = Vec::new();
    for ban in bans {
        for (number, line) in source.product_lines() {
            for word in ban.words.iter().filter(|word| has_word(line, word)) {
                let advice = format!("`{word}` does not belong here: {}", ban.why);
                complaints.push(Complaint::new(path, number, "forbidden word", advice));
            }
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str, expected: &[(usize, &str)]) {
        let complaints = forbidden(path, &Source::read(text));
        let said: Vec<(usize, &str)> = complaints
            .iter()
            .map(|complaint| {
                (complaint.line, complaint.advice.split('`').nth(1).unwrap_or_default())
            })
            .collect();
        assert_eq!(said, expected, "{path}: {text}");
    }

    #[test]
    fn each_floor_keeps_its_silence() {
        let domain = "crates/seawall-domain/src/case.rs";
        check(domain, "\nasync fn f() {}", &[(2, "async")]);
        check(domain, "use std::time::SystemTime;", &[(1, "SystemTime")]);
        check("crates/seawall-services/src/case.rs", "use sqlx::Row;", &[(1, "sqlx")]);
        check(
            "crates/seawall-server/src/api.rs",
            "use seawall_store::Tx;",
            &[(1, "seawall_store")],
        );
        check("crates/seawall/src/worker/run.rs", "seawall_store::x()", &[(1, "seawall_store")]);
        check("crates/seawall/src/wiring.rs", "seawall_store::x()", &[]);
    }

    #[test]
    fn comments_strings_and_tests_are_free() {
        let domain = "crates/seawall-domain/src/case.rs";
        check(domain, "// async\nconst A: &str = \"tokio\";", &[]);
        check(domain, "#[cfg(test)]\nmod tests {\n use std::fs;\n}", &[]);
        check("crates/seawall-formats/src/csaf/tests.rs", "use std::process::Command;", &[]);
        check("crates/seawall-formats/tests/corpus.rs", "use std::process::Command;", &[]);
    }
}
