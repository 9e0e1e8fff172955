//! The invariants I1 to I10 of FRONTIER 4.2 over random sequences of events.

use super::*;

/// How many random sequences hold each invariant (F28).
const CASES: u32 = 100_000;

/// One step: which event, who, and how many hours later (or earlier).
type Step = (u8, u8, i16);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((0u8..24, 0u8..12, -60i16..240), 0..18)
}

/// A step's event. Mostly whoever may do it does it; sometimes somebody else tries.
fn event((what, who, _): Step, number: u128, now: Timestamp) -> (Event, Who) {
    let (event, right) = named(STEPS[usize::from(what) % STEPS.len()], number, now);
    let other = [DEVELOPER(), EVALUATOR(), OFFICIAL(), DUTY(), Who::Clock];
    (event, other.get(usize::from(who)).copied().unwrap_or(right))
}

/// What one step did.
struct Seen {
    event: Event,
    who: Who,
    now: Timestamp,
    before: Engagement,
    after: Engagement,
    facts: Option<Vec<EngagementFact>>,
}

/// Walks through the steps; each event can be changed before it is tried.
fn trace(steps: &[Step], change: impl Fn(Event) -> Event) -> Vec<Seen> {
    let (mut engagement, mut now) = (opened(Weights::Held), at(1));
    let mut seen = Vec::with_capacity(steps.len());
    for (number, step) in (1..).zip(steps) {
        // Dates never lie so far out that they would be cut.
        now += SignedDuration::from_hours(step.2.into());
        let (event, who) = event(*step, number, now);
        let event = change(event);
        let before = engagement.clone();
        let facts = match engagement.step(event, who, now) {
            Ok((next, facts)) => {
                engagement = next;
                Some(facts)
            }
            Err(_) => None,
        };
        seen.push(Seen { event, who, now, before, after: engagement.clone(), facts });
    }
    seen
}

fn same(event: Event) -> Event {
    event
}

fn ends(window: &Window) -> Option<Timestamp> {
    match window {
        Window::Active { span, .. } => Some(span.end),
        Window::None | Window::Offered { .. } | Window::Accepted { .. } | Window::Ended { .. } => {
            None
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    /// I1: what is reported of a release follows from the reports alone, and each of them is taken.
    /// I10: no outcome changes anything about access.
    #[test]
    fn releases_and_access_follow_from_nothing_else(steps in steps()) {
        let seen = trace(&steps, same);
        let mut alone = Release::Unreported;
        for step in &seen {
            if let (Event::Release(report), Who::Developer(_)) = (step.event, step.who) {
                prop_assert!(step.facts.is_some(), "a report was refused");
                alone = alone.after(report);
            }
            prop_assert_eq!(step.after.release, alone);
        }
        let other = trace(&steps, |event| match event {
            Event::Determination(determination::Event::Issue { outcome, .. }) => {
                let (next, concurrence) = match outcome {
                    Outcome::Covered => (Outcome::NotCovered, DIFFERS),
                    Outcome::NotCovered => (Outcome::Inconclusive, Concurrence::Concurs),
                    Outcome::Inconclusive => (Outcome::Covered, DIFFERS),
                };
                issue(next, concurrence)
            }
            other => other,
        });
        for (one, other) in seen.iter().zip(&other) {
            prop_assert_eq!(one.after.window, other.after.window);
            prop_assert_eq!(&one.after.lineage, &other.after.lineage);
            prop_assert_eq!(one.after.admits(one.now), other.after.admits(one.now));
        }
    }

    /// I2: the developer withdraws in every state. I3: afterwards nothing passes any more.
    #[test]
    fn withdrawing_succeeds_and_closes(steps in steps(), later in 0i64..500) {
        for step in trace(&steps, same) {
            let withdrawn = step.after.step(Event::WithdrawAll, DEVELOPER(), step.now);
            let (withdrawn, facts) = withdrawn.map_err(|why| TestCaseError::fail(why.to_string()))?;
            prop_assert!(withdrawn.determination.answer_by().is_none());
            prop_assert!(withdrawn.window.offer().is_none());
            prop_assert_eq!(facts.len(), 2);
            let instant = step.now + SignedDuration::from_hours(later - 100);
            prop_assert_eq!(withdrawn.admits(instant), None);
            // Nobody but the developer gets anything going again.
            for (who, name) in
                [(OFFICIAL(), "accept"), (Who::Clock, "lost"), (EVALUATOR(), "schedule")]
            {
                let (event, _) = named(name, 99, instant);
                prop_assert!(withdrawn.step(event, who, instant).is_err());
            }
        }
    }

    /// I4: thirty days over all windows, and none beyond a reported release. I5: an end moves back
    /// only by the developer's own signature.
    #[test]
    fn windows_stay_within_their_days(steps in steps()) {
        let whole = SignedDuration::from_secs(WINDOW_SECONDS_MAX);
        for step in trace(&steps, same) {
            prop_assert!(step.after.lineage.used() <= whole);
            for used in step.after.lineage.uses() {
                prop_assert!(used.ring == Ring::Partners || used.span.length() <= whole);
            }
            if let (Window::Active { offer, span }, Some(release)) =
                (step.after.window, step.after.release.ends_government_window())
            {
                let bounded = offer.ring == Ring::Partners || span.end <= release;
                // A release that is reported anew, and later, moves no end.
                prop_assert!(bounded, "{span:?} beyond {release}");
            }
            let grew = match (ends(&step.before.window), ends(&step.after.window)) {
                (Some(before), Some(after)) => after > before,
                (None, Some(_)) => true,
                (_, None) => false,
            };
            if grew {
                prop_assert!(matches!(step.who, Who::Developer(_)));
                let signed = matches!(
                    step.event,
                    Event::Window(window::Event::Extend { .. } | window::Event::Begin)
                );
                prop_assert!(signed);
            }
        }
    }

    /// I6: timers end waiting and nothing else, and say so in one letter. I8: a clock that went
    /// back lets nothing pass. I9: nobody outside sees a difference.
    #[test]
    fn timers_oblige_nobody_and_outsiders_see_nothing(steps in steps()) {
        for step in trace(&steps, same) {
            if step.who == Who::Clock {
                for fact in step.facts.iter().flatten() {
                    let ends_waiting = matches!(
                        fact,
                        EngagementFact::DeterminationMoved { fact: DeterminationFact::Lapsed }
                            | EngagementFact::WindowMoved {
                                fact: WindowFact::Ended {
                                    why: Ended::Expired | Ended::LeaseLost, ..
                                }
                            }
                    );
                    prop_assert!(ends_waiting, "{fact:?}");
                }
            }
            if step.now < step.after.seen {
                prop_assert_eq!(step.after.admits(step.now), None);
            }
            for reader in [Reader::Procurement, Reader::OtherParty, Reader::Public] {
                prop_assert_eq!(step.after.view(reader), None);
            }
        }
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES / 5))]

    /// Replaying the facts gives the state; what was refused left no trace.
    #[test]
    fn facts_replay_to_the_state(steps in steps()) {
        let mut replayed = Some(opened(Weights::Held));
        for step in trace(&steps, same) {
            match &step.facts {
                Some(facts) => {
                    for fact in facts {
                        let line = serde_json::to_string(fact).unwrap();
                        let read: EngagementFact = serde_json::from_str(&line).unwrap();
                        prop_assert_eq!(&read, fact);
                        replayed = Engagement::apply(replayed, fact, step.now);
                    }
                }
                None => prop_assert_eq!(&step.before, &step.after),
            }
            prop_assert_eq!(replayed.as_ref(), Some(&step.after));
        }
        let stored = serde_json::to_string(&replayed).unwrap();
        prop_assert_eq!(serde_json::from_str::<Option<Engagement>>(&stored).unwrap(), replayed);
    }
}
