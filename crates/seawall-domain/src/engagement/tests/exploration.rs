//! Every state that a small alphabet of events can reach in a few steps, each of them looked at.

use super::*;

const DEPTH: usize = 7;

/// A state: the engagement and what the clock says.
type Spot = (Engagement, Timestamp);

fn followers((engagement, now): &Spot) -> Vec<Spot> {
    let number = 1 + engagement.lineage.uses().len() as u128;
    let moved = STEPS.iter().filter_map(|name| {
        let (event, who) = named(name, number, *now);
        engagement.step(event, who, *now).ok().map(|(next, _)| (next, *now))
    });
    let waited = (engagement.clone(), *now + SignedDuration::from_hours(240));
    moved.chain([waited]).collect()
}

fn look_at((engagement, now): &Spot) {
    // Withdrawing succeeds everywhere, alone and at once, and nothing passes afterwards.
    for name in ["recall", "leave", "withdraw"] {
        let (event, who) = named(name, 0, *now);
        let (after, _) = engagement.step(event, who, *now).unwrap();
        if name != "recall" {
            assert_eq!(after.admits(*now), None);
            assert!(after.window.offer().is_none());
        }
        if name != "leave" {
            assert!(after.determination.answer_by().is_none());
        }
    }
    // Every report of a release is taken everywhere.
    for name in ["partners", "partners-soon", "everybody"] {
        let (event, who) = named(name, 0, *now);
        assert!(engagement.step(event, who, *now).is_ok(), "{name} in {engagement:?}");
    }
    assert!(engagement.lineage.used() <= SignedDuration::from_secs(WINDOW_SECONDS_MAX));
    if engagement.admits(*now).is_some() {
        assert_eq!(engagement.weights, Weights::Held);
        assert_eq!(engagement.window.name(), "active");
    }
    for reader in [Reader::Procurement, Reader::OtherParty, Reader::Public] {
        assert_eq!(engagement.view(reader), None);
    }
}

#[test]
fn every_reachable_state_lets_the_developer_leave_and_release() {
    let start: Spot = (opened(Weights::Held), at(0));
    let mut known: HashSet<Spot> = HashSet::from([start.clone()]);
    let (mut edge, mut transitions) = (vec![start], 0usize);
    for _ in 0..DEPTH {
        let mut next = Vec::new();
        for spot in &edge {
            for follower in followers(spot) {
                transitions += 1;
                if known.insert(follower.clone()) {
                    next.push(follower);
                }
            }
        }
        edge = next;
    }
    known.iter().for_each(look_at);
    let shapes: HashSet<(&str, &str, u8)> = known
        .iter()
        .map(|(it, _)| {
            let release = match it.release {
                Release::Unreported => 0,
                Release::PartnersReported { .. } => 1,
                Release::GeneralReported { .. } => 2,
            };
            (it.determination.name(), it.window.name(), release)
        })
        .collect();
    // The figures of docs/frontier.md.
    assert_eq!((known.len(), transitions, shapes.len()), (37_748, 146_775, 107));
}
