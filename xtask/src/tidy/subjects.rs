//! The order of the subjects within `seawall-domain`: a later one may name an earlier one, and
//! never the reverse. Modules that are no subject (value types, facts) are open to all.

use super::Complaint;
use super::source::{Source, is_name, line_of};

/// The subjects in the order in which they may name each other.
const ORDER: [&str; 24] = [
    "party",
    "account",
    "marking",
    "project",
    "intel",
    "scan",
    "finding",
    "reproduction",
    "case",
    "fix",
    "advisory",
    "directive",
    "inventory",
    "statement",
    "exposure",
    "remediation",
    "evaluation",
    "engagement",
    "tie",
    "basis",
    "partner",
    "programme",
    "referral",
    "access",
];

/// Complains of every later subject that a file of the domain names.
pub fn order(path: &str, source: &Source) -> Vec<Complaint> {
    let Some(rest) = path.strip_prefix("crates/seawall-domain/src/") else {
        return Vec::new();
    };
    let own = rest.split('/').next().unwrap_or_default().trim_end_matches(".rs");
    let Some(rank) = place(own) else {
        return Vec::new();
    };
    let mut complaints = Vec::new();
    for (offset, named) in named(&source.code) {
        if place(&named).is_some_and(|other| other > rank) {
            let advice = format!(
                "`{own}` comes before `{named}` and may not name it; write a query, not a callback"
            );
            let line = line_of(&source.code, offset);
            complaints.push(Complaint::new(path, line, "corridor", advice));
        }
    }
    complaints
}

/// Complains when the domain's own list, `enum Subject` in `fact.rs`, has another order than ours.
pub fn listed(path: &str, source: &Source) -> Vec<Complaint> {
    let mark = "enum Subject {";
    let start = source.code.find(mark).filter(|_| path == "crates/seawall-domain/src/fact.rs");
    let Some(start) = start.map(|start| start + mark.len()) else { return Vec::new() };
    let body = source.code.get(start..).unwrap_or_default().split('}').next().unwrap_or_default();
    let mut complaints = Vec::new();
    let mut last = None;
    let first = line_of(&source.code, start);
    for (line, arm) in (first..).zip(body.split_inclusive('\n')) {
        let name = arm.trim().trim_end_matches(',').to_lowercase();
        let rank = place(&name);
        if !name.is_empty() && (rank.is_none() || rank < last) {
            let advice = format!("`{name}` stands elsewhere in xtask/src/tidy/subjects.rs; agree");
            complaints.push(Complaint::new(path, line, "corridor", advice));
        }
        last = rank.or(last);
    }
    complaints
}

fn place(name: &str) -> Option<usize> {
    ORDER.iter().position(|subject| *subject == name)
}

/// The modules of the crate that the code names through `crate::`, groups included.
fn named(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (start, mark) in code.match_indices("crate::") {
        let from = start + mark.len();
        let rest = code.get(from..).unwrap_or_default();
        if rest.starts_with('{') {
            found.extend(group(rest).into_iter().map(|(offset, name)| (from + offset, name)));
        } else {
            found.push((from, leading_name(rest)));
        }
    }
    found
}

/// The first names of the branches of `{a::b, c::{d, e}}`.
fn group(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut depth = 0usize;
    let mut at_start = false;
    for (offset, character) in text.char_indices() {
        match character {
            '{' => {
                depth += 1;
                at_start = depth == 1;
            }
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    break;
                }
            }
            ',' => at_start = depth == 1,
            other if other.is_whitespace() => {}
            _ if at_start => {
                found.push((offset, leading_name(text.get(offset..).unwrap_or_default())));
                at_start = false;
            }
            _ => {}
        }
    }
    found
}

fn leading_name(text: &str) -> String {
    text.chars().take_while(|character| is_name(*character)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(file: &str, text: &str, expected: &[&str]) {
        let path = format!("crates/seawall-domain/src/{file}");
        let complaints = order(&path, &Source::read(text));
        let said: Vec<String> = complaints
            .iter()
            .map(|complaint| {
                let named = complaint.advice.split('`').nth(3).unwrap_or_default();
                format!("{} {named}", complaint.line)
            })
            .collect();
        assert_eq!(said, expected, "{file}: {text}");
    }

    #[test]
    fn an_earlier_subject_never_names_a_later_one() {
        check("finding.rs", "use crate::case::Case;", &["1 case"]);
        check("case.rs", "use crate::finding::Finding;", &[]);
        check("case/embargo.rs", "\nfn f(a: crate::advisory::Advisory) {}", &["2 advisory"]);
        check("case.rs", "use crate::{\n  finding::Id,\n  fix::{Fix, Patch},\n};", &["3 fix"]);
        check("party.rs", "use crate::{access, id::PartyId};", &["1 access"]);
    }

    #[test]
    fn the_domain_lists_its_subjects_in_the_same_order() {
        let check = |arms: &str, expected: &[usize]| {
            let text = format!("/// The subjects.\npub enum Subject {{\n{arms}}}\n");
            let complaints = listed("crates/seawall-domain/src/fact.rs", &Source::read(&text));
            let lines: Vec<usize> = complaints.iter().map(|complaint| complaint.line).collect();
            assert_eq!(lines, expected, "{arms}");
        };
        check("    Party,\n    /// It.\n    Finding,\n    Case,\n", &[]);
        check("    Case,\n    Finding,\n", &[4]);
        check("    Party,\n    Attic,\n", &[4]);
    }

    #[test]
    fn values_facts_and_words_in_comments_are_free() {
        check("finding.rs", "use crate::range::Interval; // then crate::case", &[]);
        check("fact.rs", "use crate::access::Action;", &[]);
        check("access.rs", "use crate::{case::Case, referral::Referral};", &[]);
    }
}
