use super::crossing::{Crossing, Standing};
use super::determination::Concurrence;
use super::lineage::WINDOW_SECONDS_MAX;
use super::release::Report;
use super::view::Reader;
use super::window::{Ended, Offer, Ring};
use super::*;
use crate::evaluation::decision::Outcome;
use proptest::prelude::*;
use std::collections::HashSet;
use uuid::Uuid;

mod exploration;
mod properties;

fn at(days: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * days)
}

fn person(number: u128) -> PersonId {
    PersonId::new(Uuid::from_u128(number))
}

fn window_id(number: u128) -> WindowId {
    WindowId::new(Uuid::from_u128(number))
}

const DEVELOPER: fn() -> Who = || Who::Developer(person(1));
const EVALUATOR: fn() -> Who = || Who::Evaluator(person(2));
const OFFICIAL: fn() -> Who = || Who::Official(person(3));
const DUTY: fn() -> Who = || Who::DutyOfficer(person(4));

fn snapshot() -> Digest {
    Digest::new([1; 32])
}

/// An engagement for which no protocol is named.
fn bare(weights: Weights) -> Engagement {
    let id = EngagementId::new(Uuid::from_u128(1));
    let developer = PartyId::new(Uuid::from_u128(2));
    Engagement::open(id, developer, weights, Lineage::of(snapshot()), at(0)).unwrap().0
}

/// One under a protocol from its beginning, so that walks lead to an outcome.
fn opened(weights: Weights) -> Engagement {
    Engagement { protocol: Some(Digest::new([4; 32])), ..bare(weights) }
}

const DIFFERS: Concurrence = Concurrence::Differs { reasons: Digest::new([3; 32]) };

fn issue(outcome: Outcome, concurrence: Concurrence) -> Event {
    Event::Determination(determination::Event::Issue { outcome, concurrence })
}

fn kept(record: u8) -> Event {
    Event::KeepRecord { record: Digest::new([record; 32]), letter: Digest::new([8; 32]) }
}

fn offer(number: u128, ring: Ring, days: i64, now: Timestamp) -> Event {
    Event::Window(window::Event::Offer(Offer {
        window: window_id(number),
        ring,
        seconds: days * 86_400,
        snapshot: snapshot(),
        terms: Digest::new([2; 32]),
        answer_by: now + SignedDuration::from_hours(24 * 60),
    }))
}

/// Does the steps named by words; `+5` waits five days, `-5` turns the clock back. Steps end in `!`
/// when they must be refused.
fn walk(from: Engagement, steps: &str) -> Engagement {
    let (mut engagement, mut now, mut number) = (from, at(0), 0);
    for word in steps.split_whitespace() {
        if let Ok(days) = word.parse::<i64>() {
            now += SignedDuration::from_hours(24 * days);
            continue;
        }
        let (step, refused) = (word.trim_end_matches('!'), word.ends_with('!'));
        if step.starts_with("offer") {
            number += 1;
        }
        let (event, who) = named(step, number, now);
        match engagement.step(event, who, now) {
            Ok((next, _)) if !refused => engagement = next,
            Err(_) if refused => {}
            other => panic!("{word}: {other:?}"),
        }
    }
    engagement
}

/// Every step that [`named`] knows.
const STEPS: [&str; 24] = [
    "ask",
    "schedule",
    "run",
    "analyse",
    "covered",
    "not-covered",
    "recall",
    "no-room",
    "tick",
    "offer",
    "offer-partners",
    "accept",
    "begin",
    "extend",
    "leave",
    "no-thanks",
    "breach",
    "lost",
    "tock",
    "partners",
    "partners-soon",
    "everybody",
    "withdraw",
    "open-weights",
];

fn named(step: &str, number: u128, now: Timestamp) -> (Event, Who) {
    use determination::Event as Question;
    use window::Event as Access;
    let later = |days: i64| now + SignedDuration::from_hours(24 * days);
    match step {
        "ask" => (Event::Determination(Question::Submit { answer_by: later(60) }), DEVELOPER()),
        "schedule" => (Event::Determination(Question::Schedule), EVALUATOR()),
        "run" => (Event::Determination(Question::Start), EVALUATOR()),
        "analyse" => (Event::Determination(Question::Analyse), EVALUATOR()),
        "covered" => (issue(Outcome::Covered, Concurrence::Concurs), OFFICIAL()),
        "not-covered" => (issue(Outcome::NotCovered, DIFFERS), OFFICIAL()),
        "recall" => (Event::Determination(Question::Withdraw), DEVELOPER()),
        "no-room" => (Event::Determination(Question::Decline), EVALUATOR()),
        "tick" => (Event::Determination(Question::Tick), Who::Clock),
        "offer" => (offer(number, Ring::Government, 20, now), DEVELOPER()),
        "offer-partners" => (offer(number, Ring::Partners, 40, now), DEVELOPER()),
        "accept" => (Event::Window(Access::Accept), OFFICIAL()),
        "begin" => (Event::Window(Access::Begin), DEVELOPER()),
        "extend" => (Event::Window(Access::Extend { until: later(10) }), DEVELOPER()),
        "leave" => (Event::Window(Access::Withdraw), DEVELOPER()),
        "no-thanks" => (Event::Window(Access::Decline), OFFICIAL()),
        "breach" => (Event::Window(Access::Break), DUTY()),
        "lost" => (Event::Window(Access::LoseLease), Who::Clock),
        "tock" => (Event::Window(Access::Tick), Who::Clock),
        "partners" => (Event::Release(Report::Partners { at: now }), DEVELOPER()),
        "partners-soon" => (Event::Release(Report::Partners { at: later(10) }), DEVELOPER()),
        "everybody" => (Event::Release(Report::Everybody { at: now }), DEVELOPER()),
        "withdraw" => (Event::WithdrawAll, DEVELOPER()),
        "open-weights" => (Event::OpenWeights, DEVELOPER()),
        "record" => (kept(9), OFFICIAL()),
        "name" => (Event::NameProtocol(Digest::new([4; 32])), EVALUATOR()),
        "advise" => (Event::Advise(Digest::new([9; 32])), EVALUATOR()),
        other => panic!("no step `{other}`"),
    }
}

#[test]
fn the_three_machines_move_apart() {
    fn check(steps: &str, expected: &str) {
        let it = walk(opened(Weights::Held), steps);
        let release = match it.release {
            Release::Unreported => "unreported",
            Release::PartnersReported { .. } => "partners",
            Release::GeneralReported { .. } => "everybody",
        };
        let told = format!("{} {} {release}", it.determination.name(), it.window.name());
        assert_eq!(told, expected, "{steps}");
    }
    check("", "draft none unreported");
    check("ask schedule run analyse covered", "issued none unreported");
    check("ask covered! schedule covered! run analyse not-covered", "issued none unreported");
    check("offer accept begin", "draft active unreported");
    check("offer begin! accept begin", "draft active unreported");
    check("ask offer accept begin recall", "withdrawn active unreported");
    check("ask offer accept begin leave", "submitted ended unreported");
    check("ask offer accept begin withdraw", "withdrawn ended unreported");
    check("ask schedule run analyse covered withdraw", "issued none unreported");
    check("withdraw withdraw", "withdrawn none unreported");
    check("everybody everybody partners", "draft none everybody");
    check("ask no-room everybody", "declined none everybody");
    check("ask +59 tick! +1 tick", "lapsed none unreported");
    check("offer +59 tock! +1 tock", "draft ended unreported");
    check("offer +60 accept!", "draft offered unreported");
    check("offer accept +60 begin!", "draft accepted unreported");
    check("offer accept begin +19 tock! +1 tock", "draft ended unreported");
    check("offer accept begin +20 extend!", "draft active unreported");
    check("offer accept begin partners", "draft ended partners");
    check("offer accept begin partners-soon +9 tock! +1 tock", "draft ended partners");
    check("partners offer accept begin!", "draft accepted partners");
    check("partners offer-partners accept begin", "draft active partners");
    check("partners offer-partners accept begin everybody", "draft ended everybody");
    check("offer accept begin leave offer accept begin lost", "draft ended unreported");
    check("offer no-thanks offer accept no-thanks breach!", "draft ended unreported");
    check("offer breach offer accept begin breach", "draft ended unreported");
    check("offer accept begin offer!", "draft active unreported");
}

#[test]
fn an_official_who_differs_changes_no_outcome() {
    let it = walk(opened(Weights::Held), "ask schedule run analyse not-covered");
    let Determination::Issued { outcome, concurrence, .. } = it.determination else {
        panic!("it is issued");
    };
    assert_eq!((outcome, concurrence), (Outcome::NotCovered, DIFFERS));
    let analysed = walk(opened(Weights::Held), "ask schedule run analyse");
    for who in [DEVELOPER(), EVALUATOR(), DUTY(), Who::Clock] {
        let told = analysed.step(issue(Outcome::Covered, Concurrence::Concurs), who, at(1));
        assert_eq!(told.map(drop), Err(Refused::NotYours), "{who:?}");
    }
}

#[test]
fn no_outcome_is_signed_without_a_protocol_or_told_without_its_record() {
    fn check(steps: &str, expected: Result<(), Refused>) {
        let it = walk(bare(Weights::Held), steps);
        let told = it.step(issue(Outcome::Covered, Concurrence::Concurs), OFFICIAL(), at(1));
        assert_eq!(told.map(drop), expected, "{steps}");
    }
    check("ask schedule run!", Err(Refused::NotNow));
    check("ask schedule run! name run name! analyse", Ok(()));
    check("ask name schedule run analyse", Ok(()));
    check("ask schedule name run analyse", Ok(()));
    check("ask name schedule run", Err(Refused::NotNow));
    let issued = walk(bare(Weights::Held), "ask name schedule run analyse covered");
    assert_eq!(issued.unrecorded(), Some(UNRECORDED));
    assert_eq!(walk(issued, "record").unrecorded(), None);
}

#[test]
fn runs_begin_under_a_named_protocol() {
    fn check(steps: &str, who: Who, expected: Result<(), Refused>) {
        let it = walk(bare(Weights::Held), steps);
        let start = Event::Determination(determination::Event::Start);
        assert_eq!(it.step(start, who, at(1)).map(drop), expected, "{steps}");
    }
    check("", EVALUATOR(), Err(Refused::NotNow));
    check("ask", EVALUATOR(), Err(Refused::NotNow));
    check("ask schedule", EVALUATOR(), Err(Refused::UnnamedProtocol));
    check("ask schedule", OFFICIAL(), Err(Refused::NotYours));
    check("ask schedule name", EVALUATOR(), Ok(()));
    check("ask name schedule", EVALUATOR(), Ok(()));
    check("ask name schedule run", EVALUATOR(), Err(Refused::NotNow));
}

#[test]
fn what_crosses_says_whether_the_record_is_kept() {
    fn check(steps: &str, expected: Option<Option<(Outcome, Standing)>>) {
        let it = walk(bare(Weights::Held), steps);
        let crossing = Crossing::of(&it, Digest::new([6; 32]));
        let answer = |of: Crossing| of.answer.map(|answer| (answer.outcome, answer.record));
        assert_eq!(crossing.map(answer), expected, "{steps}");
        let unrecorded = crossing.and_then(|crossing| crossing.unrecorded());
        assert_eq!(unrecorded, it.unrecorded(), "both sides are told the same: {steps}");
    }
    check("ask schedule", None);
    check("ask schedule name", Some(None));
    check("ask name schedule run analyse", Some(None));
    let issued = "ask name schedule run analyse covered";
    check(issued, Some(Some((Outcome::Covered, Standing::NotKept))));
    check(&format!("{issued} record"), Some(Some((Outcome::Covered, Standing::Kept))));
}

/// Earlier versions began runs of which no protocol was named.
#[test]
fn runs_that_began_without_a_protocol_still_fold_and_lead_to_no_outcome() {
    let moved = |fact| EngagementFact::DeterminationMoved { fact };
    let facts = [DeterminationFact::Started, DeterminationFact::Analysed].map(moved);
    let scheduled = Some(walk(bare(Weights::Held), "ask schedule"));
    let folded = facts.iter().fold(scheduled, |it, fact| Engagement::apply(it, fact, at(1)));
    let folded = folded.unwrap();
    assert_eq!((folded.determination.name(), folded.protocol), ("analysed", None));
    let signed = folded.step(issue(Outcome::Covered, Concurrence::Concurs), OFFICIAL(), at(1));
    assert_eq!(signed.map(drop), Err(Refused::NoProtocol));
    let ended = walk(folded, "name! covered! no-room");
    assert_eq!(ended.determination.name(), "declined", "there is a way out");
    assert_eq!(ended.unrecorded(), None);
}

#[test]
fn one_record_is_kept_of_an_outcome_that_was_signed() {
    fn check(steps: &str, expected: Result<(), Refused>) {
        let it = walk(opened(Weights::Held), steps);
        assert_eq!(it.step(kept(1), OFFICIAL(), at(9)).map(drop), expected, "{steps}");
    }
    for early in ["", "ask", "ask schedule run", "ask schedule run analyse", "ask recall"] {
        check(early, Err(Refused::NotIssued));
    }
    check("ask schedule run analyse covered", Ok(()));
    check("ask schedule run analyse not-covered", Ok(()));
    check("ask schedule run analyse covered withdraw everybody", Ok(()));
    check("ask schedule run analyse covered record", Err(Refused::RecordKept));
    let issued = walk(opened(Weights::Held), "ask schedule run analyse covered");
    for who in [DEVELOPER(), EVALUATOR(), DUTY(), Who::Clock] {
        assert_eq!(issued.step(kept(1), who, at(1)).map(drop), Err(Refused::NotYours), "{who:?}");
    }
    let (after, facts) = issued.step(kept(7), OFFICIAL(), at(1)).unwrap();
    assert_eq!(after.record, Some(Digest::new([7; 32])));
    assert_eq!(Engagement { record: None, seen: issued.seen, ..after }, issued, "and nothing else");
    assert_eq!(facts.len(), 1);
}

#[test]
fn open_weights_are_advised_on_and_nothing_else() {
    let open = walk(opened(Weights::Open), "offer! offer-partners! advise advise ask");
    assert_eq!((open.advice.len(), open.window), (2, Window::None));
    let later = walk(opened(Weights::Held), "offer accept begin open-weights offer! advise");
    assert!(matches!(later.window, Window::Ended { why: Ended::Released, .. }));
    assert_eq!(later.weights, Weights::Open);
}

#[test]
fn thirty_days_over_offers_releases_and_a_turned_clock() {
    fn check(steps: &str, days_used: i64) {
        let it = walk(opened(Weights::Held), steps);
        let used = it.lineage.used();
        assert_eq!(used, SignedDuration::from_hours(24 * days_used), "{steps}");
    }
    check("offer accept begin", 20);
    check("offer accept begin +5 leave", 5);
    check("offer accept begin +5 leave +90 offer accept begin", 25);
    check("offer accept begin +20 tock offer accept begin", 30);
    check("offer accept begin +20 tock offer accept begin +10 tock offer accept begin!", 30);
    check("offer accept begin +15 extend", 25);
    check("offer accept begin +19 extend +1 extend +1 extend!", 30);
    check("offer accept begin partners-soon", 10);
    // The clock is turned back in mid-window: the days stay used, and nothing passes meanwhile.
    check("offer accept begin +8 advise -8 leave", 8);
    check("offer accept begin +300 tock -300 offer!", 20);
    let it = walk(opened(Weights::Held), "offer accept begin +8 advise");
    assert_eq!(it.admits(at(7)), None);
    assert_eq!(it.admits(at(8)), Some(window_id(1)));
    assert_eq!(it.admits(at(20)), None);
}

#[test]
fn only_those_who_take_part_see_anything() {
    let it = walk(opened(Weights::Held), "ask offer accept begin");
    let own = Reader::Developer(it.developer);
    let other = Reader::Developer(PartyId::new(Uuid::from_u128(99)));
    for reader in [own, Reader::Evaluator, Reader::Official] {
        assert_eq!(it.view(reader).map(|view| view.window), Some("active"));
    }
    for reader in [other, Reader::Procurement, Reader::OtherParty, Reader::Public] {
        assert_eq!(it.view(reader), None, "{reader:?}");
    }
}

#[test]
fn bounds_are_kept() {
    let mut it = opened(Weights::Held);
    let long = determination::Event::Submit { answer_by: at(181) };
    let told = it.step(Event::Determination(long), DEVELOPER(), at(0)).map(drop);
    assert_eq!(told, Err(Refused::WaitOutOfBounds { days_max: 180 }));
    for number in 0..ADVICE_MAX {
        let digest = Digest::new([u8::try_from(number % 256).unwrap(); 32]);
        it = it.step(Event::Advise(digest), EVALUATOR(), at(0)).unwrap().0;
    }
    let told = it.step(Event::Advise(snapshot()), EVALUATOR(), at(0)).map(drop);
    assert_eq!(told, Err(Refused::Full(ADVICE_MAX)));
    for (seconds, expected) in [
        (0, Some(Refused::BadEnd)),
        (-1, Some(Refused::BadEnd)),
        (WINDOW_SECONDS_MAX, None),
        (WINDOW_SECONDS_MAX + 1, Some(Refused::BadEnd)),
    ] {
        let Event::Window(window::Event::Offer(offer)) = offer(1, Ring::Government, 1, at(0))
        else {
            panic!("it is an offer");
        };
        let event = Event::Window(window::Event::Offer(Offer { seconds, ..offer }));
        assert_eq!(it.step(event, DEVELOPER(), at(0)).err(), expected, "{seconds}");
    }
}
