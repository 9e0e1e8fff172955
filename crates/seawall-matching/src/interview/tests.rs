//! Fifty things as they stand in hospitals, banks, plants and counties, and what must come out.

use super::*;
use crate::priority::{EXPOSED_IN_DOUBT, Known, Source, decide};
use crate::reading::Measured;
use proptest::prelude::*;

/// The replies of somebody who answers every question, in the order of [`Question::ALL`]: yes, no,
/// `?` for "I do not know", `-` for what does not apply and must not be asked.
fn reply(letters: &str, question: Question) -> Reply {
    let place = Question::ALL.iter().position(|other| *other == question).unwrap();
    match letters.chars().nth(place) {
        Some('y') => Reply::Yes,
        Some('n') => Reply::No,
        Some('?') => Reply::DontKnow,
        other => panic!("{question:?} was asked: {other:?}"),
    }
}

/// Asks as long as there is something to ask; also how many questions that took.
fn held(hints: &[Hint], letters: &str) -> (Verdict, usize) {
    let mut interview = Interview::new(hints.iter().copied());
    let mut asked = 0;
    while let Some(question) = interview.next() {
        interview = interview.with(question, reply(letters, question));
        asked += 1;
        assert!(asked <= 10, "{letters}");
    }
    (interview.verdict(), asked)
}

fn told(verdict: &Verdict) -> &'static str {
    match (verdict.exposed, verdict.confidence) {
        (Exposed::Yes, Confidence::Certain) => "exposed",
        (Exposed::Yes, Confidence::Likely) => "likely exposed",
        (Exposed::Yes, Confidence::InDoubt) => "in doubt, so exposed",
        (Exposed::No, Confidence::Likely) => "likely not",
        (Exposed::No, Confidence::Certain) => "not exposed",
        (Exposed::No, Confidence::InDoubt) => "never",
    }
}

/// What it is, what its settings show, what its people say, what must come out, after how many
/// questions.
type Scenario = (&'static str, &'static [Hint], &'static str, &'static str, usize);

const SCENARIOS: [Scenario; 54] = [
    ("patient portal of a hospital", &[], "yy--------", "exposed", 2),
    ("MRI on a closed network, rules checked", &[], "ynn-n-nnny", "not exposed", 8),
    ("MRI on a closed network, nobody checked", &[], "ynn-n-nnnn", "likely not", 8),
    ("MRI whose maker comes in by VPN", &[Hint::BehindVpn], "--n-n--nn-", "not exposed", 4),
    ("infusion pumps on the guests' Wi-Fi", &[], "ynn-n-nnyn", "likely exposed", 7),
    ("infusion pumps on Wi-Fi of their own", &[], "ynn-n-nnny", "not exposed", 8),
    ("ward computer that the IT firm runs by a help tool", &[], "ynn-n-ny--", "likely exposed", 6),
    ("picture archive that doctors open at home", &[Hint::PortsClosed], "-y--------", "exposed", 1),
    ("laboratory analyser, nobody knows of a modem", &[], "ynn-??----", "in doubt, so exposed", 5),
    ("laboratory analyser on no network", &[], "n---------", "not exposed", 1),
    ("blood bank freezer, its settings show no network", &[Hint::NoNetwork], "", "not exposed", 0),
    ("telehealth service at a software firm", &[], "yyy-------", "exposed", 2),
    ("heart monitors with an outside maker's tool", &[], "ynn-n-n?--", "in doubt, so exposed", 6),
    ("pharmacy robot behind a firewall, not checked", &[], "ynn-n-nnn?", "likely not", 8),
    ("cash machine on the bank's leased line", &[], "ynn-yynnny", "not exposed", 9),
    ("cash machine with an open cell modem", &[], "ynn-yn----", "likely exposed", 5),
    (
        "cash machine with a modem of which nobody knows",
        &[],
        "ynn-y?----",
        "in doubt, so exposed",
        5,
    ),
    ("cash machine in a mall, on the mall's network", &[], "ynn-n-nnyn", "likely exposed", 7),
    ("online banking", &[], "yyyy------", "exposed", 2),
    ("accounts system with lines to the branches", &[], "ynn-yynnny", "not exposed", 9),
    ("accounts system at a firm, closed to others", &[], "ynyn---n-y", "not exposed", 6),
    ("accounts system at a firm, rules unread", &[], "ynyn---n-n", "likely not", 6),
    ("accounts system at a firm, rules unknown", &[], "yny?------", "in doubt, so exposed", 4),
    ("teller's computer", &[], "ynn-n-nnny", "not exposed", 8),
    (
        "payment terminal behind the branch's firewall",
        &[Hint::PortsClosed],
        "-nn-n--nn-",
        "not exposed",
        5,
    ),
    ("pump control with a cell modem, open address", &[Hint::LineOpen], "", "exposed", 0),
    (
        "pump control with a cell modem, closed line",
        &[Hint::LineClosed],
        "-nn---nnnn",
        "likely not",
        6,
    ),
    (
        "pump control with a cell modem, closed and checked",
        &[Hint::LineClosed],
        "-nn---nnny",
        "not exposed",
        6,
    ),
    ("pump station with a dial-up line", &[], "ynn-yn----", "likely exposed", 5),
    ("panel without a network", &[], "n---------", "not exposed", 1),
    ("plant control behind two firewalls", &[], "ynn-n-nnny", "not exposed", 8),
    ("plant control with the builder's help tool", &[], "ynn-n-ny--", "likely exposed", 6),
    ("plant screen on a port of the router", &[], "ynn-n-y---", "exposed", 5),
    ("wind turbine with an open satellite link", &[], "ynn-yn----", "likely exposed", 5),
    ("substation that someone reached from outside", &[Hint::SeenFromInternet], "", "exposed", 0),
    ("chlorine meter with an app for the phone", &[], "yy--------", "exposed", 2),
    (
        "file server by VPN only, as its settings show",
        &[Hint::BehindVpn],
        "--n-n--nn-",
        "not exposed",
        4,
    ),
    ("file server by VPN only, as people say", &[], "ynn-n-nnnn", "likely not", 8),
    ("file server with an open port", &[Hint::PortOpenToAll], "", "exposed", 0),
    ("login page of the VPN itself", &[], "yy--------", "exposed", 2),
    ("mail server", &[], "yy--------", "exposed", 2),
    ("county website at a web host", &[], "yyy-------", "exposed", 2),
    ("county register of voters, rules checked", &[], "ynn-n-nnny", "not exposed", 8),
    ("emergency desk that shares a network", &[], "ynn-n-nnyy", "likely exposed", 7),
    (
        "police laptop with an address on the internet",
        &[Hint::PublicAddress],
        "-nn-yn----",
        "likely exposed",
        4,
    ),
    (
        "server with a public address, firewall unknown",
        &[Hint::PublicAddress],
        "-nn-n-?---",
        "likely exposed",
        4,
    ),
    (
        "server with a public address, firewall shut",
        &[Hint::PublicAddress, Hint::PortsClosed],
        "-nn-n--nn-",
        "not exposed",
        5,
    ),
    ("cloud database open to any address", &[Hint::CloudRuleOpen], "", "exposed", 0),
    ("cloud database closed to most", &[Hint::CloudRuleClosed], "-n-----n--", "not exposed", 2),
    (
        "cloud server with a public address, closed rules",
        &[Hint::CloudRuleClosed, Hint::PublicAddress],
        "-n-----n--",
        "not exposed",
        2,
    ),
    ("door lock of which nobody knows anything", &[], "y???------", "in doubt, so exposed", 4),
    ("door lock, home unknown, firewall shut and checked", &[], "y?n-n-nnny", "not exposed", 8),
    ("camera recorder, nobody knows the firewall", &[], "ynn-n-?---", "in doubt, so exposed", 5),
    (
        "kiosk said to be apart, with a public address",
        &[Hint::NoNetwork, Hint::PublicAddress],
        "",
        "in doubt, so exposed",
        0,
    ),
];

#[test]
fn fifty_things_come_out_right() {
    let mut wrong = Vec::new();
    for (thing, hints, letters, expected, questions) in SCENARIOS {
        let (verdict, asked) = held(hints, letters);
        if told(&verdict) != expected || asked != questions {
            wrong.push(format!("{thing}: {}, {asked} questions", told(&verdict)));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

const IN_DOUBT: &str = "No one can tell if strangers reach it. In doubt it counts as open to all.";

#[test]
fn without_any_reply_it_counts_as_exposed_and_says_why() {
    let verdict = Interview::default().verdict();
    assert_eq!(told(&verdict), "in doubt, so exposed");
    assert_eq!(verdict.known(), None);
    let said = verdict.sentences(Language::English);
    assert_eq!(said[0], IN_DOUBT);
    assert!(said[1].starts_with("No one asked this yet: Is it joined to any network"), "{said:?}");
    // The directive's table then shows its own default.
    let known = Known { exposed: verdict.known(), ..Known::default() };
    let decision = decide(&known, "2026-11-21T08:00:00Z".parse().unwrap()).unwrap();
    assert!(decision.row.inputs.exposed);
    assert_eq!(decision.exposed_from, EXPOSED_IN_DOUBT);
    for (letters, expected) in [("yy", true), ("ynn-n-nnny", false)] {
        let known = Known { exposed: held(&[], letters).0.known(), ..Known::default() };
        let decision = decide(&known, "2026-11-21T08:00:00Z".parse().unwrap()).unwrap();
        assert_eq!(decision.row.inputs.exposed, expected);
        assert_eq!(decision.exposed_from, Source::OperatorAnswer);
    }
}

#[test]
fn the_reasons_are_sentences() {
    for (hints, letters, expected) in [
        (
            &[][..],
            "ynn-n-y",
            &[
                "Anyone on the internet can reach it.",
                // Said by the operator.
                "The firewall lets the internet in to it.",
            ][..],
        ),
        (
            &[Hint::PublicAddress],
            "-nn-n-?",
            &[
                "It is likely that anyone can reach it. It counts as open to all.",
                "It has an address on the internet.",
            ],
        ),
        (
            &[],
            "ynn-y?",
            &[
                IN_DOUBT,
                "You do not know this: Is that line closed, so that only your own people can \
                 call in?",
            ],
        ),
        (
            &[Hint::CloudRuleClosed],
            "-n-----n",
            &[
                "Strangers cannot reach it.",
                "The rules in the cloud let only some in.",
                "People at home need a VPN to reach it.",
                "No one outside can run it with a help tool.",
            ],
        ),
    ] {
        assert_eq!(held(hints, letters).0.sentences(Language::English), expected, "{letters}");
    }
}

#[test]
fn what_was_said_against_what_was_shown_is_in_doubt() {
    for (hint, question, reply, expected) in [
        (Hint::PortsClosed, Question::Opening, Reply::Yes, "in doubt, so exposed"),
        (Hint::BehindVpn, Question::OpenToAll, Reply::Yes, "in doubt, so exposed"),
        (Hint::LineClosed, Question::ClosedLine, Reply::No, "in doubt, so exposed"),
        (Hint::CloudRuleClosed, Question::CloudRule, Reply::Yes, "in doubt, so exposed"),
        (Hint::PublicAddress, Question::Network, Reply::No, "in doubt, so exposed"),
        // What shows that it is open is believed whatever anybody says.
        (Hint::PortOpenToAll, Question::Opening, Reply::No, "exposed"),
        (Hint::SeenFromInternet, Question::Network, Reply::No, "exposed"),
        (Hint::CloudRuleOpen, Question::CloudRule, Reply::No, "exposed"),
    ] {
        let verdict = Interview::new([hint]).with(question, reply).verdict();
        assert_eq!(told(&verdict), expected, "{hint:?} {question:?}");
    }
}

#[test]
fn every_text_is_there_and_plain_in_both_languages() {
    let (mut questions, mut sentences) = (Measured::new(25), Measured::new(30));
    let mut pairs: Vec<[String; 2]> = Vec::new();
    let languages = [Language::English, Language::Spanish];
    let reasons = Question::ALL.into_iter().flat_map(|question| {
        [Reply::Yes, Reply::No, Reply::DontKnow]
            .map(|reply| Reason::Said(question, reply))
            .into_iter()
            .chain([Reason::NotAsked(question)])
    });
    for reason in reasons.chain(Hint::ALL.map(Reason::Shown)) {
        pairs.push(languages.map(|language| reason.text(language)));
    }
    for exposed in [Exposed::Yes, Exposed::No] {
        for confidence in [Confidence::InDoubt, Confidence::Likely, Confidence::Certain] {
            pairs.push(languages.map(|l| words::verdict(exposed, confidence, l).to_owned()));
        }
    }
    for pair in &pairs {
        assert!(!pair[0].is_empty() && !pair[1].is_empty() && pair[0] != pair[1], "{pair:?}");
        pair.iter().zip(languages).for_each(|(text, language)| sentences.text(text, language));
    }
    for question in Question::ALL {
        let texts = languages.map(|language| question.text(language));
        assert!(texts.iter().all(|text| text.ends_with('?')) && texts[0] != texts[1]);
        texts.iter().zip(languages).for_each(|(text, language)| questions.text(text, language));
    }
    questions.passes("questions");
    sentences.passes("sentences");
}

#[test]
fn names_lead_back_and_are_those_of_documents() {
    for question in Question::ALL {
        assert_eq!(Question::named(question.name()), Some(question));
        assert_eq!(serde_json::to_value(question).unwrap(), question.name());
    }
    for reply in Reply::ALL {
        assert_eq!(Reply::named(reply.name()), Some(reply));
        assert_eq!(serde_json::to_value(reply).unwrap(), reply.name());
    }
    assert_eq!((Question::named("wards"), Reply::named("")), (None, None));
}

fn any_reply() -> impl Strategy<Value = Reply> {
    prop_oneof![Just(Reply::Yes), Just(Reply::No), Just(Reply::DontKnow)]
}

fn any_hints() -> impl Strategy<Value = Vec<Hint>> {
    prop::collection::vec(prop::sample::select(Hint::ALL.to_vec()), 0..4)
}

proptest! {
    #[test]
    fn whatever_is_said_the_rules_hold(
        replies in prop::collection::vec(any_reply(), 10),
        hints in any_hints(),
    ) {
        let reply = |question: Question| {
            replies[Question::ALL.iter().position(|other| *other == question).unwrap()]
        };
        let mut interview = Interview::new(hints.iter().copied());
        let mut asked = Vec::new();
        while let Some(question) = interview.next() {
            // Until the end it is never told that it is not exposed, but for the last check.
            let early = interview.verdict();
            let last = question == Question::Checked;
            prop_assert!(early.exposed == Exposed::Yes || last);
            prop_assert!(!asked.contains(&question));
            asked.push(question);
            interview = interview.with(question, reply(question));
        }
        prop_assert!(asked.len() <= 10);
        let verdict = interview.verdict();
        prop_assert!(!verdict.reasons.is_empty());
        prop_assert!(verdict.exposed == Exposed::Yes || verdict.confidence != Confidence::InDoubt);
        prop_assert_eq!(verdict.known().is_none(), verdict.confidence == Confidence::InDoubt);
        // No doubt is taken for safe: a "no" less never turns exposed into not exposed.
        for question in &asked {
            let less = interview.clone().with(*question, Reply::DontKnow).verdict();
            prop_assert!(verdict.exposed == Exposed::No || less.exposed == Exposed::Yes);
        }
        // What shows that it is open is never outweighed.
        let hints = hints.iter().copied().chain([Hint::SeenFromInternet]).collect();
        let open = Interview { hints, ..interview };
        prop_assert_eq!(told(&open.verdict()), "exposed");
    }
}
