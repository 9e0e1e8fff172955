//! The line of waiting jobs as the databases hand it out: by the rule of the domain, for any flood.

// A test that cannot go on may panic, in its helpers too.
#![allow(clippy::unwrap_used)]

use seawall_domain::id::{FindingId, JobId, PartyId};
use seawall_domain::job::Job as Work;
use seawall_domain::job::line::{Known, PATIENCE_HOURS, Urgency, Waiting, order};
use seawall_domain::time::{SignedDuration, Timestamp};
use seawall_store::db::{Database, StoreFault};
use seawall_store::queue::{
    Job, LAB_RUNS_KEPT, LabRunKept, NewJob, Place, State, TRIES_KEPT, claim, defer, drop_moot,
    enqueue, extend, fail, finish_alone, pending, revive,
};
use seawall_testkit::database::each;
use seawall_testkit::world::Sequence;
use std::collections::BTreeMap;
use uuid::Uuid;

const ROLE: &str = "reproduce";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).unwrap()
}

fn party(number: u128) -> Option<PartyId> {
    (number > 0).then(|| PartyId::new(Uuid::from_u128(number)))
}

fn job(payload: &str, who: u128, rank: i64, due: i64) -> NewJob {
    NewJob {
        kind: "job".into(),
        payload: payload.to_owned(),
        role: ROLE.into(),
        due: at(due),
        cause: "fact".into(),
        place: Place { rank, party: party(who), finding: None },
    }
}

async fn add(database: &Database, jobs: &[NewJob]) -> Vec<JobId> {
    let mut tx = database.begin("test_add").await.unwrap();
    let mut ids = Vec::new();
    for job in jobs {
        ids.push(enqueue(&mut tx, job).await.unwrap());
    }
    tx.commit().await.unwrap();
    ids
}

async fn take(database: &Database, now: i64, limit: u32) -> Vec<Job> {
    claim(database, "worker", &[ROLE], 60, at(now), limit).await.unwrap()
}

/// What waits now and who was served when, as the domain's rule wants them.
async fn waiting(database: &Database, now: i64) -> (Vec<Waiting>, BTreeMap<Option<PartyId>, i64>) {
    let mut tx = database.read().await.unwrap();
    let open = tx.job_list_open(1_000).await.unwrap();
    let waits =
        open.into_iter().filter(|entry| entry.state == State::Ready && entry.due <= at(now));
    let waiting = waits.map(|entry| Waiting {
        id: entry.id,
        party: entry.place.party,
        rank: entry.place.rank,
        due: entry.due,
    });
    let waiting = waiting.collect();
    (waiting, tx.job_turns().await.unwrap().remove(ROLE).unwrap_or_default())
}

#[tokio::test]
async fn whatever_waits_is_handed_out_in_the_order_of_the_rule() {
    each("whatever_waits_is_handed_out_in_the_order_of_the_rule", |database| async move {
        let dice = Sequence::new(11);
        let late = PATIENCE_HOURS * 3_600;
        for round in 0..12 {
            // A flood of one party among a few jobs of others, of every urgency and age.
            let mut jobs = Vec::new();
            for number in 0..30 {
                let who = if dice.below(3) > 0 { 1 } else { dice.below(5) as u128 };
                let rank = Urgency::ALL[dice.below(4)].rank();
                let due = dice.below(2 * late as usize) as i64;
                jobs.push(job(&format!("{round}.{number}"), who, rank, due));
            }
            add(&database, &jobs).await;
            let now = late + dice.below(late as usize) as i64;
            let (waits, served) = waiting(&database, now).await;
            let expected = order(&waits, &served, at(now));
            let mut taken = Vec::new();
            loop {
                let limit = 1 + dice.below(4) as u32;
                let jobs = take(&database, now, limit).await;
                if jobs.is_empty() {
                    break;
                }
                for job in jobs {
                    taken.push(job.id);
                    finish_alone(&database, &job).await.unwrap();
                }
            }
            assert_eq!(taken, expected, "{:?}, round {round}", database.kind());
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_flood_delays_another_party_by_one_job_of_each() {
    each("a_flood_delays_another_party_by_one_job_of_each", |database| async move {
        let flood: Vec<_> = (0..200).map(|number| job(&format!("f{number}"), 1, 0, 0)).collect();
        add(&database, &flood).await;
        for served in take(&database, 1, 7).await {
            finish_alone(&database, &served).await.unwrap();
        }
        let few: Vec<_> = (0..3).map(|number| job(&format!("few{number}"), 2, 0, 10)).collect();
        add(&database, &few).await;
        // Several workers at once do not give anybody two turns in a row.
        let mut workers = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let database = database.clone();
            workers.spawn(async move { take(&database, 20, 1).await.remove(0) });
        }
        let taken = workers.join_all().await;
        let of_few = taken.iter().filter(|job| job.place.party == party(2)).count();
        assert_eq!(of_few, 3, "{:?}", database.kind());
    })
    .await;
}

#[tokio::test]
async fn an_attack_that_becomes_known_moves_what_waits() {
    each("an_attack_that_becomes_known_moves_what_waits", |database| async move {
        let finding = FindingId::new(Uuid::from_u128(9));
        let payload = serde_json::to_string(&Work::Reproduce(finding)).unwrap();
        let known = Known { attacked: true, embargo_until: Some(at(5)) };
        let mut of_finding = job(&payload, 1, 0, 5);
        of_finding.place.finding = Some(finding);
        add(&database, &[job("other", 2, 0, 0), of_finding, job("unreadable", 1, 0, 1)]).await;
        for known in [Known::default(), known] {
            let mut tx = database.begin("test_urgency").await.unwrap();
            tx.urgency_set(finding, &known).await.unwrap();
            tx.commit().await.unwrap();
        }
        let mut tx = database.begin("test_urgency").await.unwrap();
        assert_eq!(tx.urgency_list(9).await.unwrap(), [(finding, known)]);
        drop(tx);
        let order: Vec<_> = take(&database, 9, 9).await.into_iter().map(|j| j.payload).collect();
        assert_eq!(order, [payload.as_str(), "other", "unreadable"]);
    })
    .await;
}

#[tokio::test]
async fn who_has_a_job_and_when_it_was_heard_of_is_told() {
    each("who_has_a_job_and_when_it_was_heard_of_is_told", |database| async move {
        add(&database, &[job("a", 1, 0, 0), job("b", 1, 0, 0)]).await;
        let held = claim(&database, "one", &[ROLE], 60, at(3), 1).await.unwrap().remove(0);
        extend(&database, &held, at(30), at(90)).await.unwrap();
        let open = database.read().await.unwrap().job_list_open(9).await.unwrap();
        let leased =
            State::Leased { worker: "one".into(), began: at(3), heard: at(30), until: at(90) };
        assert_eq!([&open[0].state, &open[1].state], [&leased, &State::Ready]);
        assert_eq!(open[0].place.party, party(1));
        // The next one takes over, and the silence is among the reasons.
        let next = claim(&database, "two", &[ROLE], 60, at(91), 2).await.unwrap();
        assert_eq!(next.iter().filter(|job| job.id == held.id).count(), 1);
        let tries = database.read().await.unwrap().job_tries(held.id).await.unwrap();
        let said: Vec<_> = tries.iter().map(|t| (t.worker.as_str(), t.cause.as_str())).collect();
        assert_eq!(said, [("one", "its worker fell silent")]);
    })
    .await;
}

#[tokio::test]
async fn every_reason_is_kept_up_to_a_bound_and_a_person_may_revive() {
    each("every_reason_is_kept_up_to_a_bound_and_a_person_may_revive", |database| async move {
        let id = add(&database, &[job("a", 1, 0, 0)]).await[0];
        let mut now = 1;
        for number in 0..TRIES_KEPT + 3 {
            let held = take(&database, now, 1).await.remove(0);
            defer(&database, &held, &format!("reason {number}"), at(now), at(now + 1))
                .await
                .unwrap();
            now += 2;
        }
        let tries = database.read().await.unwrap().job_tries(id).await.unwrap();
        assert_eq!(tries.len() as i64, TRIES_KEPT);
        assert_eq!(tries[0].cause, format!("reason {}", TRIES_KEPT + 2));
        loop {
            let held = take(&database, now, 1).await;
            let Some(held) = held.first() else { break };
            fail(&database, held, "boom", at(now), at(now)).await.unwrap();
        }
        let dead = database.read().await.unwrap().job_list_dead(9).await.unwrap();
        assert_eq!((dead.len(), dead[0].failures), (1, 8));
        assert_eq!(dead[0].last_error.as_deref(), Some("boom"));
        for (by, expected) in [("a person", true), ("another", false)] {
            let mut tx = database.begin("test_revive").await.unwrap();
            assert_eq!(revive(&mut tx, id, by, at(now)).await.unwrap(), expected);
            tx.commit().await.unwrap();
        }
        let held = take(&database, now, 1).await.remove(0);
        assert_eq!((held.attempts, held.failures), (1, 0));
        let tries = database.read().await.unwrap().job_tries(id).await.unwrap();
        assert_eq!(tries[0].worker, "a person");
    })
    .await;
}

#[tokio::test]
async fn what_became_moot_ends_without_being_done() {
    each("what_became_moot_ends_without_being_done", |database| async move {
        add(&database, &[job("a", 1, 0, 0)]).await;
        let held = take(&database, 1, 1).await.remove(0);
        drop_moot(&database, &held, "the finding is rejected now").await.unwrap();
        let again = drop_moot(&database, &held, "again").await;
        assert!(matches!(again, Err(StoreFault::LeaseLost { .. })));
        let counted = pending(&database).await.unwrap();
        assert_eq!((counted.moot, counted.done, counted.leased), (1, 0, 0));
        assert!(take(&database, 99_999, 1).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn only_the_newest_runs_are_kept() {
    each("only_the_newest_runs_are_kept", |database| async move {
        let run = |number: i64| LabRunKept {
            at: at(number),
            job: JobId::new(Uuid::from_u128(1)),
            finding: (number % 2 == 0).then(|| FindingId::new(Uuid::from_u128(2))),
            worker: "w".into(),
            target: "1.0".into(),
            cpu_ms: number,
            wall_ms: 2 * number,
            peak_mib: 3,
        };
        let all: Vec<_> = (0..LAB_RUNS_KEPT + 20)
            .map(|number| (Uuid::from_u128(u128::try_from(number).unwrap()), run(number)))
            .collect();
        for some in all.chunks(100) {
            let mut tx = database.begin("test_runs").await.unwrap();
            tx.lab_run_keep(some).await.unwrap();
            tx.commit().await.unwrap();
        }
        let mut tx = database.read().await.unwrap();
        let kept = tx.lab_run_list(1_000).await.unwrap();
        assert_eq!(kept.len() as i64, LAB_RUNS_KEPT);
        assert_eq!(kept[0], run(LAB_RUNS_KEPT + 19));
        assert!(kept.is_sorted_by(|a, b| a.at > b.at));
        assert_eq!(SignedDuration::from_secs(1), kept[0].at.duration_since(kept[1].at));
    })
    .await;
}
