//! Facts as a stored format, what they cause, and who may do what: pinned as files that a person
//! reads. With `SEAWALL_PIN=1` the files are written anew; a change in them is then a decision.

#![allow(clippy::unwrap_used)]

#[path = "facts/examples.rs"]
mod examples;
#[path = "facts/framework.rs"]
mod framework;
#[path = "facts/random.rs"]
mod random;

use examples::{examples, subject_id};
use seawall_domain::access::{Relation, Role, TABLE};
use seawall_domain::fact::{Fact, Subject};
use seawall_domain::job::{Job, WorkRole, jobs_for};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Compares a text with the pinned file of that name.
#[track_caller]
fn check(name: &str, text: &str) {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests")).join(name);
    if std::env::var("SEAWALL_PIN").is_ok() {
        std::fs::write(&path, text).unwrap();
    }
    let pinned = std::fs::read_to_string(&path).unwrap_or_default();
    for (number, (pinned, now)) in pinned.lines().zip(text.lines()).enumerate() {
        assert_eq!(pinned, now, "{name}, line {}", number + 1);
    }
    assert_eq!(pinned.lines().count(), text.lines().count(), "{name}");
}

/// The name of a fact: its subject and its kind.
fn name(fact: &Fact) -> String {
    let value = serde_json::to_value(fact).unwrap();
    let part = |value: &serde_json::Value| value.as_str().unwrap_or("?").to_owned();
    format!("{}.{}", part(&value["subject"]), part(&value["fact"]["kind"]))
}

#[test]
fn every_fact_is_written_as_it_was_pinned_and_reads_back() {
    let lines: Vec<String> =
        examples().iter().map(|fact| serde_json::to_string(fact).unwrap()).collect();
    check("facts.golden.jsonl", &(lines.join("\n") + "\n"));
    for (fact, line) in examples().iter().zip(&lines) {
        assert_eq!(serde_json::from_str::<Fact>(line).unwrap(), *fact);
    }
}

#[test]
fn there_is_an_example_of_every_fact() {
    let shown: BTreeSet<String> = examples().iter().map(name).collect();
    let mut expected = BTreeSet::new();
    for (subject, source) in SOURCES {
        expected.extend(kinds(source).map(|kind| format!("{}.{kind}", subject.name())));
    }
    assert_eq!(shown, expected);
    assert!(SOURCES.iter().map(|(subject, _)| *subject).eq(Subject::ALL));
}

/// Where each subject's facts are written down.
const SOURCES: [(Subject, &str); 17] = [
    (Subject::Party, include_str!("../src/party.rs")),
    (Subject::Account, include_str!("../src/account.rs")),
    (Subject::Project, include_str!("../src/project.rs")),
    (Subject::Scan, include_str!("../src/scan.rs")),
    (Subject::Finding, include_str!("../src/finding.rs")),
    (Subject::Reproduction, include_str!("../src/reproduction.rs")),
    (Subject::Case, include_str!("../src/case.rs")),
    (Subject::Fix, include_str!("../src/fix.rs")),
    (Subject::Advisory, include_str!("../src/advisory.rs")),
    (Subject::Inventory, include_str!("../src/inventory.rs")),
    (Subject::Statement, include_str!("../src/statement.rs")),
    (Subject::Exposure, include_str!("../src/exposure.rs")),
    (Subject::Evaluation, include_str!("../src/evaluation.rs")),
    (Subject::Engagement, include_str!("../src/engagement.rs")),
    (Subject::Tie, include_str!("../src/partner/conflict.rs")),
    (Subject::Basis, include_str!("../src/partner/basis.rs")),
    (Subject::Partner, include_str!("../src/partner.rs")),
];

/// The kinds of a subject's facts, read off the enum in its source.
fn kinds(source: &str) -> impl Iterator<Item = String> {
    let body = source.lines().skip_while(|line| !line.ends_with("Fact {")).skip(1);
    let arms = body.take_while(|line| *line != "}").filter_map(|line| line.strip_prefix("    "));
    arms.filter(|arm| arm.starts_with(char::is_uppercase)).map(|arm| {
        let end = arm.find(|c: char| !c.is_alphanumeric()).unwrap_or(arm.len());
        let mut kind = String::new();
        for letter in arm[..end].chars() {
            if letter.is_uppercase() && !kind.is_empty() {
                kind.push('_');
            }
            kind.push(letter.to_ascii_lowercase());
        }
        kind
    })
}

#[test]
fn no_fact_carries_free_text_or_an_address_of_a_person() {
    // Texts that people wrote live in blobs; what facts hold instead is short and has no line.
    for fact in examples() {
        let line = serde_json::to_string(&fact).unwrap();
        assert!(!line.contains("\\n"), "{line}");
    }
}

#[test]
fn what_each_fact_causes_is_pinned() {
    let mut table =
        String::from("# fact: the jobs that it causes, each with the role that does it\n");
    for fact in examples() {
        let jobs: Vec<String> = jobs_for(subject_id(), &fact).iter().map(job).collect();
        let caused = if jobs.is_empty() { "nothing".to_owned() } else { jobs.join(", ") };
        table.push_str(&format!("{}{}: {caused}\n", name(&fact), detail(&fact)));
    }
    check("jobs.golden.txt", &table);
    let done_by: BTreeSet<&str> = examples()
        .iter()
        .flat_map(|f| jobs_for(subject_id(), f))
        .map(|j| j.role().name())
        .collect();
    assert_eq!(done_by.len(), WorkRole::ALL.len(), "every role has something to do");
}

fn job(job: &Job) -> String {
    let value = serde_json::to_value(job).unwrap();
    assert_eq!(value["of"], subject_id().to_string(), "a job is about the subject of its fact");
    format!("{} ({})", value["job"].as_str().unwrap(), job.role().name())
}

/// What tells two examples of one fact apart.
fn detail(fact: &Fact) -> String {
    let value = serde_json::to_value(fact).unwrap();
    let fact = &value["fact"];
    let said = [
        &fact["verdict"],
        &fact["conclusion"]["verdict"],
        &fact["tested"]["outcome"],
        &fact["fact"]["kind"],
    ];
    said.iter().find_map(|v| v.as_str()).map(|v| format!(" ({v})")).unwrap_or_default()
}

#[test]
fn who_may_do_what_is_pinned() {
    let mut table = String::from(
        "# any = to anything, own = to its own, part = where it takes part, . = hidden\n",
    );
    let roles: Vec<String> = Role::ALL.iter().map(|role| format!("{role:?}")).collect();
    table.push_str(&format!("{:<18}{}\n", "", roles.map_width()));
    for (action, who) in TABLE {
        let cells: Vec<String> = Role::ALL
            .iter()
            .map(|role| {
                let relations = who.iter().filter(|(listed, _)| listed == role);
                let said: Vec<&str> = relations.map(|(_, relation)| word(*relation)).collect();
                if said.is_empty() { ".".to_owned() } else { said.join("+") }
            })
            .collect();
        table.push_str(&format!("{:<18}{}\n", format!("{action:?}"), cells.map_width()));
    }
    let trimmed: Vec<&str> = table.lines().map(str::trim_end).collect();
    check("access.golden.txt", &(trimmed.join("\n") + "\n"));
}

fn word(relation: Relation) -> &'static str {
    match relation {
        Relation::Any => "any",
        Relation::Own => "own",
        Relation::Participant => "part",
    }
}

trait MapWidth {
    /// The cells in columns of one width.
    fn map_width(&self) -> String;
}

impl MapWidth for Vec<String> {
    fn map_width(&self) -> String {
        self.iter().map(|cell| format!("{cell:<14}")).collect()
    }
}
