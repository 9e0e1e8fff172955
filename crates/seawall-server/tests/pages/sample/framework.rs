//! The framework for models with sample values: one engagement, one list, the public page.

use super::{Voice, due, noon, shell, tag};
use seawall_server::pages::case::Next;
use seawall_server::pages::embargo::{Order, Progress, Step, Track};
use seawall_server::pages::form::Weight;
use seawall_server::pages::framework::{Criterion, Framework, Gate};
use seawall_server::pages::home::Figure;
use seawall_server::pages::matter::{Drawn, Letter, Matter, MatterRow, Matters, Part, Written};
use seawall_server::pages::*;

fn track(id: &str, name: &str, says: String, steps: &[&str]) -> Track {
    let step = |(index, label): (usize, &&str)| Step {
        label: (*label).into(),
        progress: if index == 0 { Progress::Now } else { Progress::Ahead },
    };
    Track {
        id: id.into(),
        name: name.into(),
        says,
        steps: steps.iter().enumerate().map(step).collect(),
        order: Order::Path,
    }
}

pub fn engagement_page(voice: Voice) -> Matter {
    let shell = shell(voice, "Engagement", Visitor::Developer, "/engagements", Lang::English);
    let withdraw = Form::post(&shell, "/engagements/3f/withdraw", "Withdraw everything")
        .says("It takes effect at once and needs no reason.")
        .weight(Weight::Final);
    let offer = Form::post(&shell, "/engagements/3f/offer", "Offer a window")
        .field(
            FieldKind::Choice(vec![("government".into(), "the government".into())]),
            "ring",
            "For",
            "",
        )
        .field(FieldKind::Text, "terms", "Terms of access", "")
        .field(FieldKind::Line, "answer_by", "The offer stands until", "a day")
        .weight(Weight::Side);
    let steps = ["draft", "submitted", "scheduled", "running", "analysed", "issued"];
    Matter {
        over: voice.text("Engagement 3f2a91c0"),
        title: voice.text("A maker of models"),
        states: vec![tag("determination: draft", Tone::Quiet), tag("window: none", Tone::Quiet)],
        next: vec![Next {
            who: voice.text("The official"),
            what: voice.text("takes the offer up, or does not."),
            by: Some(due()),
        }],
        holds: "Taking part is voluntary. Nothing is required of you.".into(),
        first: Some(withdraw),
        tracks: vec![
            track("determination", "Determination.", voice.text("Nothing was asked."), &steps),
            track(
                "window",
                "Access window.",
                "None was offered.".into(),
                &["none", "offered", "accepted", "active", "ended"],
            ),
            track(
                "release",
                "Release, as reported.",
                "Nothing was reported.".into(),
                &["not reported", "to partners", "to everybody"],
            ),
        ],
        parts: vec![Part {
            id: "model".into(),
            heading: "The model".into(),
            says: voice.text("One model, whatever it is called."),
            facts: vec![voice.fact("Snapshots", "1a2b3c4d, 5e6f7a8b")],
            lines: vec![voice.text("an opinion, by its digest")],
            shares: vec![Drawn {
                of: voice.text("Water"),
                thousandths: 250,
                says: voice.text("4 operators, 1 covered"),
            }],
        }],
        links: vec![Link { label: "Evidence".into(), href: "/v1/partners/3f/evidence".into() }],
        texts: vec![Written {
            heading: "Terms of access".into(),
            text: voice.text("Nothing leaves the enclave."),
        }],
        letters: vec![Letter { at: noon(), text: voice.text("Your question came in.") }],
        forms: vec![offer],
        shell,
    }
}

pub fn partner_page(voice: Voice) -> Matter {
    let shell = shell(voice, "Trusted partner", Visitor::Official, "/partners", Lang::English);
    let parties = vec![("3f".to_owned(), voice.text("Water association"))];
    let kinds = vec![("customer".to_owned(), "sells to it, or buys from it".to_owned())];
    let declare = Form::post(&shell, "/partners/3f/declare_tie", "Put a tie into the register")
        .field(FieldKind::Line, "tied", "Who", "the id of a person")
        .field(FieldKind::Choice(parties), "party", "To whom", "")
        .field(FieldKind::Choice(kinds), "kind", "What kind", "")
        .weight(Weight::Side);
    let ties = vec![("7a".to_owned(), voice.text("Person 1a2b3c4d: is family"))];
    let end = Form::post(&shell, "/partners/3f/end_tie", "Record that a tie has ended")
        .field(FieldKind::Choice(ties), "tie", "Which", "it counts for a while yet")
        .weight(Weight::Side);
    let part = |id: &str, heading: &str, line: String| Part {
        id: id.into(),
        heading: heading.into(),
        says: voice.text("Each is good for minutes."),
        lines: vec![line],
        ..Part::default()
    };
    let key = "ab".repeat(32);
    let token = format!("Person 1a2b3c4d: window 9f8e7d6c, key {key}, for find own, patch");
    Matter {
        over: voice.text("Application 3f2a91c0, for models of a maker"),
        title: voice.text("Water association"),
        states: vec![tag("has a seat", Tone::Good)],
        parts: vec![
            part("tokens", "Access tokens that were given", voice.text(&token)),
            part("ties", "Ties to those whom it concerns", voice.text("Person 1a2b3c4d: family")),
        ],
        texts: vec![Written {
            heading: "Terms of access of window 9f8e7d6c".into(),
            text: voice.text("For defence; nothing is kept."),
        }],
        forms: vec![declare, end],
        shell,
        ..Matter::default()
    }
}

pub fn engagements_page(voice: Voice) -> Matters {
    let shell = shell(voice, "Engagements", Visitor::Official, "/engagements", Lang::English);
    let open = Form::post(&shell, "/engagements", "Open an engagement").field(
        FieldKind::Line,
        "snapshot",
        "Snapshot",
        "SHA-256",
    );
    Matters {
        intro: "Voluntary dealings about one model each.".into(),
        rows: vec![MatterRow {
            href: "/engagements/3f".into(),
            title: voice.text("A maker of models, 3f2a91c0"),
            under: voice.text("opened 14 November 2026"),
            states: vec![tag("determination: submitted", Tone::Calm)],
            next: voice.text("An evaluator finds a place for the runs."),
            by: Some(due()),
        }],
        forms: vec![open],
        shell,
    }
}

pub fn framework_page(voice: Voice) -> Framework {
    Framework {
        shell: shell(voice, "Early access", Visitor::Public, "/framework", Lang::English),
        as_of: noon(),
        figures: vec![Figure { number: "fewer than 10".into(), label: "engagements".into() }],
        version: 1,
        limits: (600, 400),
        gates: vec![Gate {
            asks: voice.text("Who are you in law?"),
            evidence: voice.text("an extract of the register"),
        }],
        criteria: vec![Criterion {
            name: voice.text("whom you protect"),
            weight: 25,
            marks: ["nobody", "some", "many", "most", "all"].map(|mark| voice.text(mark)).into(),
        }],
    }
}
