//! The queue under many workers, lost workers and hostile payloads, on both databases.

// A test that cannot go on may panic, in its helpers too.
#![allow(clippy::unwrap_used)]

use seawall_domain::time::{SignedDuration, Timestamp};
use seawall_store::args;
use seawall_store::db::{Database, StoreFault};
use seawall_store::queue::{
    AfterFailure, JOB_FAILURES_MAX, JOB_PAYLOAD_BYTES_MAX, Job, NewJob, Pending, Place, backoff,
    busy, claim, enqueue, extend, fail, finish, finish_alone, lease_drop, lease_take, next_due,
    pending, until_quiet,
};
use seawall_testkit::database::{each, each_fresh};
use std::collections::BTreeSet;
use std::time::Duration;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).unwrap()
}

fn job(payload: &str) -> NewJob {
    NewJob {
        kind: "reproduce".to_owned(),
        payload: payload.to_owned(),
        role: "reproduce".to_owned(),
        due: at(0),
        cause: "fact".to_owned(),
        place: Place::default(),
    }
}

async fn add(database: &Database, jobs: &[NewJob]) {
    let mut tx = database.begin("test_add").await.unwrap();
    for job in jobs {
        enqueue(&mut tx, job).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn take(database: &Database, now: i64) -> Vec<Job> {
    claim(database, "w", &["reproduce"], 60, at(now), 10).await.unwrap()
}

async fn check_pending(database: &Database, expected: [i64; 4]) {
    let [ready, leased, done, dead] = expected;
    let expected = Pending { ready, leased, done, dead, moot: 0 };
    assert_eq!(pending(database).await.unwrap(), expected, "{:?}", database.kind());
}

fn is_lost<T: std::fmt::Debug>(outcome: Result<T, StoreFault>) -> bool {
    matches!(outcome, Err(StoreFault::LeaseLost { .. }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_workers_claim_five_hundred_jobs_exactly_once() {
    each("eight_workers_claim_five_hundred_jobs_exactly_once", |database| async move {
        let jobs: Vec<_> = (0..500).map(|number| job(&number.to_string())).collect();
        add(&database, &jobs).await;
        let mut workers = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let database = database.clone();
            workers.spawn(async move {
                let mut claimed = Vec::new();
                loop {
                    let jobs = claim(&database, "w", &["reproduce"], 60, at(0), 3).await.unwrap();
                    if jobs.is_empty() {
                        return claimed;
                    }
                    for job in jobs {
                        finish_alone(&database, &job).await.unwrap();
                        claimed.push(job.payload);
                    }
                }
            });
        }
        let claimed: Vec<_> = workers.join_all().await.into_iter().flatten().collect();
        assert_eq!(claimed.len(), 500);
        assert_eq!(claimed.iter().collect::<BTreeSet<_>>().len(), 500);
        check_pending(&database, [0, 0, 500, 0]).await;
    })
    .await;
}

#[tokio::test]
async fn the_same_job_is_enqueued_once() {
    each("the_same_job_is_enqueued_once", |database| async move {
        add(&database, &[job("a"), job("a")]).await;
        add(&database, &[job("a"), NewJob { cause: "other".to_owned(), ..job("a") }]).await;
        check_pending(&database, [2, 0, 0, 0]).await;
        let claimed = take(&database, 0).await;
        finish_alone(&database, &claimed[0]).await.unwrap();
        add(&database, &[job("a")]).await;
        check_pending(&database, [0, 1, 1, 0]).await;
    })
    .await;
}

#[tokio::test]
async fn a_rollback_takes_the_job_along() {
    each("a_rollback_takes_the_job_along", |database| async move {
        let mut tx = database.begin("test_dropped").await.unwrap();
        enqueue(&mut tx, &job("a")).await.unwrap();
        drop(tx);
        check_pending(&database, [0, 0, 0, 0]).await;
        add(&database, &[job("a")]).await;
        let claimed = take(&database, 0).await;
        let mut tx = database.begin("test_dropped").await.unwrap();
        finish(&mut tx, &claimed[0]).await.unwrap();
        drop(tx);
        check_pending(&database, [0, 1, 0, 0]).await;
    })
    .await;
}

#[tokio::test]
async fn jobs_come_by_priority_then_by_time_and_only_when_due() {
    each("jobs_come_by_priority_then_by_time_and_only_when_due", |database| async move {
        let mut tx = database.begin("test_add").await.unwrap();
        for (payload, due, priority) in
            [("late", 9, 0), ("second", 2, 0), ("third", 3, 0), ("first", 5, -1)]
        {
            let place = Place { rank: priority, ..Place::default() };
            let job = NewJob { due: at(due), place, ..job(payload) };
            enqueue(&mut tx, &job).await.unwrap();
        }
        let other = NewJob { role: "match".to_owned(), ..job("other") };
        enqueue(&mut tx, &other).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(next_due(&database).await.unwrap(), Some(at(0)));
        assert_eq!(busy(&database, at(5)).await.unwrap(), 4);
        let claimed = take(&database, 5).await;
        let order: Vec<_> = claimed.iter().map(|job| job.payload.as_str()).collect();
        assert_eq!(order, ["first", "second", "third"]);
        assert_eq!(take(&database, 5).await, []);
        assert_eq!(claim(&database, "w", &[], 60, at(99), 9).await.unwrap(), []);
        let both = claim(&database, "w", &["match", "reproduce"], 60, at(9), 9).await.unwrap();
        assert_eq!(both.len(), 2);
        let many = ["r"; 9];
        assert!(claim(&database, "w", &many, 60, at(9), 9).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn an_expired_lease_is_claimed_by_another_and_the_first_holder_is_told() {
    each("an_expired_lease_is_claimed_by_another", |database| async move {
        add(&database, &[job("a")]).await;
        let first = take(&database, 0).await.remove(0);
        assert_eq!(take(&database, 59).await, []);
        extend(&database, &first, at(50), at(100)).await.unwrap();
        assert_eq!(take(&database, 60).await, []);
        let second = take(&database, 100).await.remove(0);
        assert_eq!((second.id, second.attempts), (first.id, 2));
        assert!(is_lost(finish_alone(&database, &first).await));
        assert!(is_lost(extend(&database, &first, at(100), at(200)).await));
        assert!(is_lost(fail(&database, &first, "late", at(100), at(200)).await));
        finish_alone(&database, &second).await.unwrap();
        assert!(is_lost(finish_alone(&database, &second).await));
        check_pending(&database, [0, 0, 1, 0]).await;
    })
    .await;
}

#[tokio::test]
async fn a_job_that_keeps_failing_waits_longer_and_dies() {
    each("a_job_that_keeps_failing_waits_longer_and_dies", |database| async move {
        add(&database, &[job("a")]).await;
        let (mut now, mut waits) = (at(0), Vec::new());
        for failure in 1..=JOB_FAILURES_MAX {
            let claimed =
                claim(&database, "w", &["reproduce"], 60, now, 1).await.unwrap().remove(0);
            let wait = backoff(&claimed);
            waits.push(wait.as_secs());
            let retry_at = now + wait;
            let after = fail(&database, &claimed, "boom\0<b>", now, retry_at).await.unwrap();
            let dead = failure == JOB_FAILURES_MAX;
            assert_eq!(after == AfterFailure::Dead, dead, "{failure}");
            assert_eq!(take(&database, 0).await, []);
            now = retry_at;
        }
        assert_eq!(waits, [2, 4, 8, 16, 32, 64, 128, 256]);
        check_pending(&database, [0, 0, 0, 1]).await;
        let sql = "SELECT last_error FROM job";
        let error = database.fetch(sql, args![]).await.unwrap()[0].text("last_error").unwrap();
        assert_eq!(error, "boom\u{fffd}<b>");
    })
    .await;
}

#[tokio::test]
async fn a_job_that_kills_every_worker_ends() {
    each("a_job_that_kills_every_worker_ends", |database| async move {
        add(&database, &[job("a")]).await;
        let mut claims = 0;
        while !claim(&database, "w", &["reproduce"], 1, at(claims * 2), 1).await.unwrap().is_empty()
        {
            claims += 1;
        }
        assert_eq!(claims, seawall_store::queue::JOB_ATTEMPTS_MAX);
        check_pending(&database, [0, 0, 0, 1]).await;
    })
    .await;
}

#[tokio::test]
async fn a_payload_is_bounded_and_any_text() {
    each("a_payload_is_bounded_and_any_text", |database| async move {
        // What cannot be compressed still fits into PostgreSQL's index at the bound.
        let mut state = 1_u64;
        let noise: String = std::iter::repeat_with(|| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            char::from(b' ' + (state >> 33) as u8 % 95)
        })
        .take(JOB_PAYLOAD_BYTES_MAX)
        .collect();
        add(&database, &[job(&noise), job("'); --"), job("\u{202e}😀")]).await;
        assert_eq!(take(&database, 0).await.len(), 3);
        for bad in [format!("{noise}x"), "\0".to_owned()] {
            let mut tx = database.begin("test_bad").await.unwrap();
            assert!(enqueue(&mut tx, &job(&bad)).await.is_err());
        }
    })
    .await;
}

#[tokio::test]
async fn a_waiting_worker_is_woken_by_the_commit() {
    each_fresh("a_waiting_worker_is_woken_by_the_commit", |fresh| async move {
        let database = fresh.open().await;
        let mut woken = database.woken();
        let mut tx = database.begin("test_add").await.unwrap();
        enqueue(&mut tx, &job("a")).await.unwrap();
        enqueue(&mut tx, &job("b")).await.unwrap();
        let early = tokio::time::timeout(Duration::from_millis(50), woken.notified()).await;
        assert!(early.is_err(), "woken before the commit");
        tx.commit().await.unwrap();
        tokio::time::timeout(Duration::from_secs(10), woken.notified()).await.unwrap();
        if database.kind() == seawall_store::db::Kind::Postgres {
            let other = fresh.open().await;
            add(&other, &[job("c")]).await;
            tokio::time::timeout(Duration::from_secs(10), woken.notified()).await.unwrap();
            other.close().await;
        }
        database.close().await;
    })
    .await;
}

#[tokio::test]
async fn quiet_is_when_nothing_is_due_or_in_hand() {
    each("quiet_is_when_nothing_is_due_or_in_hand", |database| async move {
        let later = NewJob { due: at(50), ..job("later") };
        add(&database, &[job("a"), later]).await;
        let limit = Duration::from_millis(60);
        assert_eq!(until_quiet(&database, || at(0), limit).await.unwrap(), 1);
        let claimed = take(&database, 0).await;
        assert_eq!(until_quiet(&database, || at(0), limit).await.unwrap(), 1);
        finish_alone(&database, &claimed[0]).await.unwrap();
        assert_eq!(until_quiet(&database, || at(0), limit).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn one_holder_at_a_time_has_a_named_lease() {
    each("one_holder_at_a_time_has_a_named_lease", |database| async move {
        let minute = SignedDuration::from_secs(60);
        for (holder, now, expected) in [
            ("one", 0, ("one", 60)),
            ("two", 10, ("one", 60)),
            ("one", 30, ("one", 90)),
            ("two", 89, ("one", 90)),
            ("two", 90, ("two", 150)),
            ("one", 91, ("two", 150)),
        ] {
            let mut tx = database.begin("test_lease").await.unwrap();
            let held = lease_take(&mut tx, "sequence", holder, at(now), at(now) + minute).await;
            tx.commit().await.unwrap();
            assert_eq!(held.unwrap(), (expected.0.to_owned(), at(expected.1)), "{now}");
        }
        let mut tx = database.begin("test_lease").await.unwrap();
        lease_drop(&mut tx, "sequence", "one").await.unwrap();
        let held = lease_take(&mut tx, "sequence", "one", at(92), at(93)).await.unwrap();
        assert_eq!(held.0, "two");
        lease_drop(&mut tx, "sequence", "two").await.unwrap();
        let held = lease_take(&mut tx, "sequence", "one", at(92), at(93)).await.unwrap();
        assert_eq!(held.0, "one");
    })
    .await;
}
