use super::super::determination::Concurrence;
use super::*;
use crate::evaluation::protocol::tests::{CANARIES, terms};
use crate::time::SignedDuration;
use uuid::Uuid;

fn at() -> Timestamp {
    "2026-09-01T12:00:00Z".parse().unwrap()
}

fn digest(of: u8) -> Digest {
    Digest::new([of; 32])
}

fn letter(subject: Subject) -> Letter {
    Letter { engagement: EngagementId::new(Uuid::from_u128(7)), at: at(), subject }
}

/// Every letter that can be written about a protocol full of canaries.
fn letters() -> Vec<Letter> {
    let protocol = Protocol::try_from(terms()).unwrap();
    let extent = Extent::of(&protocol);
    let later = at() + SignedDuration::from_hours(24 * 14);
    let window = WindowId::new(Uuid::from_u128(8));
    let mut subjects = vec![
        Subject::Received { receipt: digest(0xaa), answer_by: later },
        Subject::Committed { root: digest(0xbb), proof: None, extent: extent.clone() },
        Subject::Committed {
            root: digest(0xbb),
            proof: Some(Logged {
                entry: "an entry".to_owned(),
                index: 7,
                size: 9,
                root: digest(0xcc),
                hashes: vec![digest(0xdd), digest(0xde)],
            }),
            extent: extent.clone(),
        },
        Subject::NoDetermination,
        Subject::Declined,
        Subject::Withdrawn,
    ];
    let why = [
        Ended::Expired,
        Ended::Withdrawn,
        Ended::Released,
        Ended::GovernmentDeclined,
        Ended::Breach,
        Ended::LeaseLost,
    ];
    subjects.extend(why.map(|why| Subject::WindowEnded { window, why, destroyed_by: later }));
    for outcome in [Outcome::Covered, Outcome::NotCovered, Outcome::Inconclusive] {
        for safeguards in [Safeguards::Production, Safeguards::Reduced, Safeguards::HelpfulOnly] {
            for trend in [Trend::Level, Trend::Rising] {
                subjects.push(Subject::Determined {
                    outcome,
                    extent: extent.clone(),
                    conditions: Conditions::of(&protocol, digest(0xee), safeguards),
                    completeness: Completeness { planned: 15, counted: 14, ..Default::default() },
                    trend,
                });
            }
        }
    }
    subjects.into_iter().map(letter).collect()
}

#[test]
fn no_letter_tells_what_is_sealed() {
    for letter in letters() {
        let forms = [letter.text(), format!("{letter:?}"), serde_json::to_string(&letter).unwrap()];
        for form in forms {
            let found = CANARIES.iter().find(|canary| form.contains(**canary));
            assert_eq!(found, None, "{form}");
        }
    }
}

#[test]
fn a_letter_has_no_field_for_what_is_sealed() {
    let mut keys = BTreeSet::new();
    for letter in letters() {
        collect(&serde_json::to_value(&letter).unwrap(), &mut keys);
    }
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let expected = "about answer_by at attempts completeness conditions counted destroyed_by \
                    domains engagement entry errors extent fallbacks hashes index limits outcome \
                    planned proof receipt refusals root safeguards seconds size snapshot subject \
                    tasks tokens trend why window";
    assert_eq!(keys.join(" "), expected);
}

fn collect(value: &serde_json::Value, keys: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::Object(members) => members.iter().for_each(|(key, below)| {
            keys.insert(key.clone());
            collect(below, keys);
        }),
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect(item, keys)),
        _ => {}
    }
}

#[test]
fn every_letter_says_that_nothing_is_required() {
    for letter in letters() {
        let text = letter.text();
        assert!(text.ends_with(&format!("{NOTHING_REQUIRED}\n")), "{text}");
        assert!(text.starts_with("Engagement 00000000-0000-0000-0000-000000000007\n2026-09-01\n"));
        assert!(text.contains("If a fact in this letter is wrong"));
    }
}

#[test]
fn an_outcome_is_told_with_its_conditions() {
    let told = letters();
    let rising = told.iter().find(|letter| {
        matches!(
            letter.subject,
            Subject::Determined { outcome: Outcome::NotCovered, trend: Trend::Rising, .. }
        )
    });
    let text = rising.unwrap().text();
    for part in [
        "A determination was made: not covered.",
        "Measured by 3 tasks: finding flaws, getting through a network.",
        "5 attempts at each task, each with 2500000 tokens and no bound on seconds.",
        "Of 15 attempts 14 count.",
        "It holds for this snapshot, under these conditions, on this day.",
        "the outcome holds at up to 2500000 tokens",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

#[test]
fn a_letter_says_which_log_has_the_root_or_that_none_has_it_yet() {
    let check = |number: usize, expected: &[&str]| {
        let text = letters()[number].text();
        assert!(expected.iter().all(|part| text.contains(part)), "{text}");
    };
    check(1, &["The proof that it is in the log: not yet."]);
    let (root, last) = (digest(0xcc).to_string(), digest(0xde).to_string());
    check(2, &["internal log of this installation", "entry 7 (from 0) of 9", &root, &last]);
}

#[test]
fn silence_causes_one_letter_and_no_reminder() {
    let engagement = EngagementId::new(Uuid::from_u128(7));
    let check = |fact: DeterminationFact, expected: Option<Subject>| {
        assert_eq!(caused(&fact, at(), engagement).map(|letter| letter.subject), expected);
    };
    check(DeterminationFact::Lapsed, Some(Subject::NoDetermination));
    check(DeterminationFact::Declined, Some(Subject::Declined));
    check(DeterminationFact::Withdrawn, Some(Subject::Withdrawn));
    check(DeterminationFact::Submitted { answer_by: at() }, None);
    check(DeterminationFact::Scheduled, None);
    check(DeterminationFact::Started, None);
    check(DeterminationFact::Analysed, None);
    let concurrence = Concurrence::Concurs;
    check(DeterminationFact::Issued { outcome: Outcome::Covered, concurrence }, None);
    assert!(letter(Subject::NoDetermination).text().contains(NO_DETERMINATION));
}
