//! Random sequences of events: no illegal state is reached, replaying the facts that were taken
//! gives the state, and both survive being written and read.

use super::examples::*;
use super::framework;
use proptest::prelude::*;
use seawall_domain::account::Account;
use seawall_domain::advisory::{Advisory, SIGNATURES, Standing as Advised};
use seawall_domain::case::{Case, Embargo};
use seawall_domain::engagement::Engagement;
use seawall_domain::evaluation::Evaluation;
use seawall_domain::exposure::Exposure;
use seawall_domain::fact::{Aggregate, Fact, replay};
use seawall_domain::finding::Finding;
use seawall_domain::fix::Fix;
use seawall_domain::id::AccountId;
use seawall_domain::partner::basis::Basis;
use seawall_domain::partner::{Partner, conflict};
use seawall_domain::project::{ClockBasis, Project, Secrecy};
use seawall_domain::reproduction::Reproduction;
use seawall_domain::scan::Scan;
use seawall_domain::verdict::Verdict;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Applies the facts at those places one day after another; calls `step` for each that was taken.
fn walk<T: Aggregate>(facts: &[T::Fact], places: &[usize], mut step: impl FnMut(Option<&T>, &T)) {
    let mut state: Option<T> = None;
    let mut taken = Vec::new();
    for (days, place) in places.iter().enumerate() {
        let fact = &facts[place % facts.len()];
        let at = day(i64::try_from(days).unwrap());
        let Some(next) = T::apply(state.clone(), fact, at) else { continue };
        step(state.as_ref(), &next);
        let written = serde_json::to_string(&next).unwrap();
        assert_eq!(serde_json::from_str::<T>(&written).unwrap(), next);
        let any: Fact = fact.clone().into();
        let written = serde_json::to_string(&any).unwrap();
        assert_eq!(serde_json::from_str::<Fact>(&written).unwrap(), any);
        taken.push((fact.clone(), at));
        state = Some(next);
    }
    assert_eq!(replay::<T>(subject_id(), taken).unwrap(), state);
}

fn legal_case(before: Option<&Case>, now: &Case) {
    let Case { flaw, embargo, .. } = now;
    assert!(!flaw.fix_ready || flaw.vendor_aware, "a fix needs a vendor who knows");
    assert!(!flaw.fix_deployed || flaw.fix_ready);
    assert!(!flaw.exploit_public || flaw.public_aware);
    assert!(!flaw.public_aware || matches!(embargo, Embargo::None | Embargo::Exited { .. }));
    assert!(now.maintainer().is_some());
    let Some(before) = before else { return };
    let grows = |was: bool, is: bool| assert!(is || !was, "what became true stays true");
    grows(before.flaw.vendor_aware, flaw.vendor_aware);
    grows(before.flaw.fix_ready, flaw.fix_ready);
    grows(before.flaw.public_aware, flaw.public_aware);
    match (&before.embargo, embargo) {
        (Embargo::Exited { .. }, now) => assert_eq!(&before.embargo, now, "it never comes back"),
        (Embargo::None, now) => assert_eq!(now, &Embargo::None),
        (Embargo::Active { .. }, now) => assert!(!matches!(now, Embargo::Proposed { .. })),
        (Embargo::Proposed { .. }, _) => {}
    }
    assert!(now.participants.starts_with(&before.participants), "nobody is forgotten");
    assert!(now.letters.starts_with(&before.letters), "no letter is lost");
    assert!(before.bundle.is_none() || before.bundle == now.bundle);
}

fn legal_advisory(before: Option<&Advisory>, now: &Advisory) {
    let enough = now.signatures.len() >= SIGNATURES;
    let people: BTreeSet<AccountId> = now.signatures.iter().map(|s| s.account).collect();
    assert_eq!(people.len(), now.signatures.len(), "nobody signs twice");
    assert_eq!(now.standing == Advised::Draft, !enough, "two signatures, no fewer");
    assert_eq!(now.number.is_some(), !now.editions.is_empty());
    let revisions: Vec<u32> = now.editions.iter().map(|edition| edition.revision).collect();
    let expected: Vec<u32> = (1..).take(revisions.len()).collect();
    assert_eq!(revisions, expected, "each revision once, in order");
    let Some(before) = before else { return };
    assert!(before.number.is_none() || before.number == now.number, "the number never changes");
    assert!(now.editions.starts_with(&before.editions), "superseded, never edited");
    if before.digest != now.digest {
        assert!(now.signatures.is_empty(), "a revision resets the signatures");
    }
}

fn places() -> impl Strategy<Value = Vec<usize>> {
    proptest::collection::vec(0usize..64, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_finding_never_gets_lost(places in places()) {
        walk::<Finding>(&findings(), &places, |before, now| {
            let Some(before) = before else { return };
            assert_eq!(before.received_at, now.received_at);
            assert!(now.changed_at > before.changed_at);
            assert_eq!((before.report, before.receipt), (now.report, now.receipt));
        });
    }

    #[test]
    fn a_case_stays_legal(places in places(), from_fix: bool, public: bool) {
        let clock = if from_fix { ClockBasis::FromFix } else { ClockBasis::FromReport };
        let secrecy = if public { Secrecy::Public } else { Secrecy::Private };
        let mut facts = cases();
        facts[0] = opened(policy(clock, secrecy));
        walk::<Case>(&facts, &places, legal_case);
    }

    #[test]
    fn an_advisory_stays_legal(places in places()) {
        let mut facts = advisories();
        let second = facts.iter().find_map(|fact| match fact {
            seawall_domain::advisory::AdvisoryFact::Signed { value, .. } => {
                let account = AccountId::new(Uuid::from_u128(20));
                let (public_key, value) = ("ef".repeat(32), value.clone());
                let fact = seawall_domain::advisory::AdvisoryFact::Signed {
                    account, public_key, value,
                };
                Some(fact)
            }
            _ => None,
        });
        facts.extend(second);
        walk::<Advisory>(&facts, &places, legal_advisory);
    }

    #[test]
    fn the_other_subjects_replay(places in places()) {
        let (accounts, scans, projects) = others();
        walk::<Account>(&accounts, &places, |_, _| {});
        walk::<Scan>(&scans, &places, |_, _| {});
        walk::<Project>(&projects, &places, |_, _| {});
        walk::<Fix>(&fixes(), &places, |_, _| {});
        walk::<Exposure>(&exposures(), &places, |_, _| {});
        walk::<Evaluation>(&framework::evaluations(), &places, |_, _| {});
        walk::<Engagement>(&framework::engagements(), &places, |_, _| {});
        walk::<conflict::Entry>(&framework::ties(), &places, |_, _| {});
        walk::<Basis>(&framework::bases(), &places, |_, _| {});
        walk::<Partner>(&framework::partners(), &places, |_, _| {});
        walk::<Reproduction>(&reproductions(), &places, |before, now| {
            let before = before.and_then(|before| before.conclusion.clone());
            let said = before.filter(|said| said.verdict != Verdict::EnvironmentFailed);
            assert!(said.is_none() || said == now.conclusion, "a verdict stands");
            let mut versions: Vec<_> = now.tested.iter().map(|tested| &tested.version).collect();
            versions.dedup();
            assert_eq!(versions.len(), now.tested.len(), "each release once");
        });
    }
}
