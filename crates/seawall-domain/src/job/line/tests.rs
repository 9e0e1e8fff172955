use super::*;
use crate::finding::Rejection;
use crate::id::{CaseId, FindingId, FixId, InventoryId, ProjectId, ReproductionId};
use crate::package::Version;
use proptest::prelude::*;
use uuid::Uuid;

fn id() -> Uuid {
    Uuid::from_u128(5)
}

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + minutes * 60).unwrap()
}

#[test]
fn attacks_come_first_then_deadlines_and_watching_last() {
    let attacked = Known { attacked: true, embargo_until: None };
    let embargo = Known { attacked: false, embargo_until: Some(at(0)) };
    let both = Known { attacked: true, ..embargo };
    let reproduce = Job::Reproduce(FindingId::new(id()));
    let check_fix = Job::CheckFix(FixId::new(id()));
    for (job, known, expected) in [
        (&reproduce, Known::default(), Urgency::Usual),
        (&reproduce, attacked, Urgency::Attacked),
        (&reproduce, embargo, Urgency::Embargo),
        (&reproduce, both, Urgency::Attacked),
        (&check_fix, embargo, Urgency::Embargo),
        (&check_fix, Known::default(), Urgency::Usual),
        (&Job::SendReport(CaseId::new(id())), attacked, Urgency::Attacked),
        (&Job::Watch(ProjectId::new(id())), Known::default(), Urgency::Later),
        (&Job::Watch(ProjectId::new(id())), both, Urgency::Later),
        (&Job::MatchInventory(InventoryId::new(id())), attacked, Urgency::Usual),
    ] {
        assert_eq!(job.urgency(&known), expected, "{job:?} {known:?}");
    }
    assert!(Urgency::ALL.is_sorted() && Urgency::ALL.is_sorted_by_key(|urgency| urgency.rank()));
    for urgency in Urgency::ALL {
        assert_eq!(Urgency::of_rank(urgency.rank()), urgency);
    }
    assert_eq!(Urgency::of_rank(i64::MAX), Urgency::Later);
    assert_eq!(Urgency::of_rank(i64::MIN), Urgency::Attacked);
}

#[test]
fn a_finding_that_fell_makes_its_runs_moot() {
    let finding = FindingId::new(id());
    let reproduction = ReproductionId::new(id());
    let rejected = Standing::Rejected { why: Rejection::UnusableRecipe };
    let joined = Standing::Joined { lead: finding, reasons: Vec::new(), line: 1 };
    let leading = Standing::Leading { line: 1 };
    let fixed = Standing::AlreadyFixed { newest: Version::from("2") };
    let of = |finding_is: &Standing| {
        [
            Job::Locate(finding),
            Job::Reproduce(finding),
            Job::FindRange(reproduction),
            Job::TestNewest(reproduction),
            Job::CheckFix(FixId::new(id())),
            Job::Settle(reproduction),
            Job::Watch(ProjectId::new(id())),
        ]
        .map(|job| job.is_moot(finding_is))
    };
    let (locate, runs) = (true, true);
    for (standing, expected) in [
        (Standing::Complete, [false, runs, runs, runs, false, false, false]),
        (leading, [locate, false, false, false, false, false, false]),
        (joined, [locate, runs, runs, runs, false, false, false]),
        (rejected, [locate, runs, runs, runs, false, false, false]),
        (Standing::Reproduced, [locate, runs, runs, runs, false, false, false]),
        (Standing::Waiting, [locate, runs, runs, runs, false, false, false]),
        (fixed, [locate, runs, runs, runs, false, false, false]),
    ] {
        assert_eq!(of(&standing), expected, "{standing:?}");
    }
}

fn party(number: u128) -> Option<PartyId> {
    (number > 0).then(|| PartyId::new(Uuid::from_u128(number)))
}

/// Jobs as `party rank due`, one a word; their places are their numbers.
fn jobs(text: &str) -> Vec<Waiting> {
    let read = |(number, word): (u128, &str)| {
        let mut parts = word.split('.').map(|part| part.parse::<i64>().unwrap());
        let mut next = || parts.next().unwrap();
        Waiting {
            party: party(u128::try_from(next()).unwrap()),
            rank: next(),
            due: at(next()),
            id: JobId::new(Uuid::from_u128(number)),
        }
    };
    (0..).zip(text.split_whitespace()).map(read).collect()
}

/// Checks the order of jobs, a day after nobody was served but the named parties, in that order.
fn check(text: &str, served: &[u128], minutes: i64, expected: &[u128]) {
    let served = (1..).zip(served).map(|(turn, number)| (party(*number), turn)).collect();
    let order = order(&jobs(text), &served, at(minutes));
    let order: Vec<u128> = order.iter().map(|id| id.uuid().as_u128()).collect();
    assert_eq!(order, expected, "{text}");
}

#[test]
fn parties_take_turns_within_one_urgency() {
    check("", &[], 0, &[]);
    check("1.0.3 1.0.1 1.0.2", &[], 5, &[1, 2, 0]);
    check("1.0.0 1.0.0 1.0.0 2.0.4", &[], 5, &[0, 3, 1, 2]);
    check("1.0.0 1.0.0 1.0.0 2.0.4", &[1], 5, &[3, 0, 1, 2]);
    check("1.0.0 1.0.0 2.0.4 3.0.4 0.0.4", &[3, 2, 1, 0], 5, &[3, 2, 0, 4, 1]);
    check("1.0.0 1.10.0 2.-20.4 2.0.4 2.-20.3", &[], 5, &[4, 2, 0, 3, 1]);
}

#[test]
fn whoever_waited_long_stands_with_the_most_urgent() {
    let hours = PATIENCE_HOURS * 60;
    let flood = "1.-20.1 1.-20.1 1.-20.1 2.0.0";
    check(flood, &[], hours - 1, &[0, 1, 2, 3]);
    check(flood, &[], hours, &[3, 0, 1, 2]);
    check(flood, &[2, 1], hours, &[3, 0, 1, 2]);
    check(flood, &[1, 2], hours, &[0, 3, 1, 2]);
}

proptest! {
    /// Whoever has something waiting is served once in as many turns as there are parties.
    #[test]
    fn nobody_waits_longer_than_everybody_elses_turn(
        rows in proptest::collection::vec((0_u128..5, 0_i64..50), 1..60),
    ) {
        let text: Vec<String> = rows.iter().map(|(who, due)| format!("{who}.0.{due}")).collect();
        let waiting = jobs(&text.join(" "));
        let order = order(&waiting, &BTreeMap::new(), at(60));
        prop_assert_eq!(order.len(), waiting.len());
        let who: Vec<_> = order
            .iter()
            .map(|id| waiting.iter().find(|job| job.id == *id).unwrap().party)
            .collect();
        for (place, party) in who.iter().enumerate() {
            let others = who[place + 1..].iter().position(|next| next == party);
            let Some(between) = others else { continue };
            // Nobody else is served twice between two turns of one party.
            let mut seen = who[place + 1..place + 1 + between].to_vec();
            seen.sort();
            prop_assert!(seen.windows(2).all(|two| two[0] != two[1]), "{who:?}");
        }
    }
}
