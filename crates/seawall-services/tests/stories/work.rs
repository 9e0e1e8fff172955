//! Looking after the work: what cannot be run, what was given up, what nobody wants any more, what
//! is urgent, and who may see any of it.

use seawall_domain::access::{Action, Actor};
use seawall_domain::finding::{Finding, Rejection, Standing};
use seawall_domain::id::FindingId;
use seawall_domain::independence::Origin;
use seawall_domain::job::line::Urgency;
use seawall_domain::job::{Job, WorkRole};
use seawall_domain::package::{Package, Version};
use seawall_domain::refusal::Refusal;
use seawall_domain::reproduction::Reproduction;
use seawall_services::desk::{
    Desk, LabFault, LabRun, Reproducer, Settings, Stop, Surroundings, Used,
};
use seawall_services::outcome::Denied;
use seawall_services::work::{Board, Round, Worker, board, round, weigh_all};
use seawall_services::{finding, reproduction, work};
use seawall_store::queue::{self, pending};
use seawall_testkit::world::{Effect, Report, Story, TARGETS, World, each, must, one};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

async fn finding_of(world: &World, finder: &Actor, receipt: &str) -> Finding {
    must(finding::by_receipt(&world.desk, finder, receipt).await).remove(0)
}

/// A report whose environment cannot be made.
async fn unmakeable(world: &mut World, story: &Story) -> (Report, FindingId) {
    let gone = Effect { untested: vec!["1.3.5".into()], ..Effect::default() };
    world.laboratory.show(&TARGETS[1].package(), "odd", gone);
    let report = Report { effect: Some("odd".into()), ..TARGETS[1].report(0) };
    let finder = &story.cast.finders[0];
    let receipt = world.submit(finder, &report).await;
    world.until_quiet().await;
    let found = finding_of(world, finder, &receipt).await;
    assert_eq!(found.standing, Standing::Waiting);
    (report, found.id)
}

async fn seen(world: &World, actor: &Actor) -> Board {
    must(board(&world.desk, actor).await)
}

fn is_hidden<T>(outcome: Result<T, Denied>) -> bool {
    matches!(outcome, Err(Denied::Refused(Refusal::Hidden)))
}

#[tokio::test]
async fn what_could_not_be_run_is_tried_again_when_a_person_says_so() {
    each("what_could_not_be_run_is_tried_again", |mut world| async move {
        let story = Story::stage(&world).await;
        let (_, id) = unmakeable(&mut world, &story).await;
        let analyst = &story.cast.analysts[0];
        assert_eq!(seen(&world, analyst).await.unable[0].finding.id, id);
        for (_, actor) in story.cast.everybody() {
            if actor != *analyst {
                assert!(is_hidden(reproduction::try_again(&world.desk, &actor, id).await));
            }
        }
        // It still cannot be made: it waits again, and may be tried again.
        must(reproduction::try_again(&world.desk, analyst, id).await);
        world.until_quiet_twice().await;
        assert_eq!(seen(&world, analyst).await.unable[0].finding.id, id);
        let shown = Effect { affected: vec!["1.3.5".into()], ..Effect::default() };
        world.laboratory.show(&TARGETS[1].package(), "odd", shown);
        must(reproduction::try_again(&world.desk, analyst, id).await);
        world.until_quiet_twice().await;
        let found = world.every::<Finding>().await.into_iter().find(|f| f.id == id);
        assert_eq!(found.map(|found| found.standing), Some(Standing::Reproduced));
        assert!(seen(&world, analyst).await.unable.is_empty());
        let again = reproduction::try_again(&world.desk, analyst, id).await;
        assert!(matches!(again, Err(Denied::Refused(Refusal::NotNow { .. }))));
        assert_eq!(world.replays::<Finding>().await, 1);
        assert_eq!(world.replays::<Reproduction>().await, 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_tried_again_joins_whoever_says_the_same_by_now() {
    one(|mut world| async move {
        let story = Story::stage(&world).await;
        let (report, id) = unmakeable(&mut world, &story).await;
        let shown = Effect { affected: vec!["1.3.5".into()], ..Effect::default() };
        world.laboratory.show(&report.package, "odd", shown);
        let other = &story.cast.finders[1];
        let receipt = world.submit(other, &report).await;
        world.until_quiet().await;
        let lead = finding_of(&world, other, &receipt).await;
        assert_eq!(lead.standing, Standing::Reproduced);
        let ran = world.laboratory.ran().len();
        must(reproduction::try_again(&world.desk, &story.cast.analysts[0], id).await);
        world.until_quiet().await;
        let found = world.every::<Finding>().await.into_iter().find(|f| f.id == id);
        let joined = found.map(|found| found.standing);
        assert!(matches!(joined, Some(Standing::Joined { lead: to, .. }) if to == lead.id));
        assert_eq!(world.laboratory.ran().len(), ran, "nothing is run twice for one flaw");
    })
    .await;
}

#[tokio::test]
async fn what_was_given_up_says_why_and_is_tried_again_by_an_analyst() {
    one(|mut world| async move {
        let story = Story::stage(&world).await;
        let receipt = world.submit(&story.cast.finders[0], &TARGETS[0].report(0)).await;
        let id = finding_of(&world, &story.cast.finders[0], &receipt).await.id;
        let lose = "UPDATE blob SET digest = 'f' || digest";
        assert!(world.tamper(lose).await > 0);
        world.until_quiet().await;
        let analyst = &story.cast.analysts[0];
        let given_up = seen(&world, analyst).await.given_up;
        assert_eq!(given_up.len(), 1);
        let lost = &given_up[0];
        assert_eq!(lost.task.job, Some(Job::Gate(id)));
        assert_eq!(lost.task.about.as_ref().map(|about| about.title.as_str()), Some(""));
        assert_eq!(lost.tries.len() as i64, queue::JOB_FAILURES_MAX);
        assert!(lost.tries.iter().all(|t| t.worker == "world" && t.cause.contains("blob")));
        for (_, actor) in story.cast.everybody() {
            if actor != *analyst {
                assert!(is_hidden(work::try_again(&world.desk, &actor, lost.task.id).await));
            }
        }
        world.tamper("UPDATE blob SET digest = substr(digest, 2)").await;
        must(work::try_again(&world.desk, analyst, lost.task.id).await);
        assert!(is_hidden(work::try_again(&world.desk, analyst, lost.task.id).await));
        world.until_quiet().await;
        let found = finding_of(&world, &story.cast.finders[0], &receipt).await;
        assert_eq!(found.standing, Standing::Reproduced);
        assert!(seen(&world, analyst).await.given_up.is_empty());
    })
    .await;
}

#[tokio::test]
async fn only_those_who_may_read_findings_see_the_board() {
    one(|world| async move {
        let story = Story::stage(&world).await;
        world.submit(&story.cast.finders[2], &TARGETS[0].report(0)).await;
        for (role, actor) in story.cast.everybody() {
            let seen = board(&world.desk, &actor).await;
            match role {
                "analyst" => assert_eq!(must(seen).waiting.len(), 1),
                _ => assert!(is_hidden(seen), "{role}"),
            }
        }
    })
    .await;
}

/// A laboratory whose runs end only when they are stopped.
struct Stuck {
    stop: Option<Stop>,
    begun: Mutex<Sender<()>>,
    ended: Arc<Mutex<Sender<()>>>,
}

impl Reproducer for Stuck {
    fn releases(&self, _: &Package) -> Result<Vec<Version>, LabFault> {
        Ok(Vec::new())
    }

    fn source(&self, _: &Package, _: &Version, _: &str) -> Result<Option<String>, LabFault> {
        Ok(None)
    }

    fn surroundings(&self, _: &str, _: &Version) -> Result<Surroundings, LabFault> {
        Ok(Surroundings::default())
    }

    fn run(&self, _: &str, _: &Version, _: u32) -> Result<Vec<LabRun>, LabFault> {
        let stop = self.stop.clone().unwrap_or_default();
        let (end, over): (Sender<()>, Receiver<()>) = channel();
        let said = |sender: &Mutex<Sender<()>>| {
            sender.lock().unwrap_or_else(PoisonError::into_inner).send(()).unwrap();
        };
        let end = move || end.send(()).unwrap();
        stop.during(end, || {
            said(&self.begun);
            over.recv().unwrap();
        });
        said(&self.ended);
        Err(LabFault::Stopped)
    }

    fn stoppable(&self, stop: &Stop) -> Option<Arc<dyn Reproducer>> {
        let begun = Mutex::new(self.begun.lock().unwrap().clone());
        Some(Arc::new(Stuck { stop: Some(stop.clone()), begun, ended: self.ended.clone() }))
    }
}

/// Works until only runs are left for a finding of this receipt.
async fn until_led(world: &World, finder: &Actor, receipt: &str) -> Finding {
    let quick: Vec<_> = WorkRole::ALL.into_iter().filter(|r| *r != WorkRole::Reproduce).collect();
    let (quick, both) = (Worker::new("quick", &quick), Worker::new("both", &WorkRole::ALL));
    loop {
        let found = finding_of(world, finder, receipt).await;
        let worker = match found.standing {
            Standing::Leading { .. } => return found,
            Standing::Complete => &both,
            _ => &quick,
        };
        must(round(&world.desk, worker).await);
    }
}

async fn reject(desk: &Desk, id: FindingId) {
    let mut tx = must(desk.begin("test_reject").await);
    let guarded = must(tx.load::<Finding>(id.uuid()).await);
    let (finding, mandate) = must(guarded.open(&Actor::clerk(), Action::Work));
    let (finding, fact) = must(finding.reject(Rejection::UnusableRecipe, desk.now()));
    let _ = must(tx.record(mandate, &finding, fact, desk.now()).await);
    must(tx.commit().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_nobody_wants_any_more_is_ended() {
    each("a_run_that_nobody_wants_any_more_is_ended", |world| async move {
        let story = Story::stage(&world).await;
        let finder = &story.cast.finders[0];
        let receipt = world.submit(finder, &TARGETS[0].report(0)).await;
        let found = until_led(&world, finder, &receipt).await;
        let ((begin, begun), (end, ended)) = (channel(), channel());
        let stuck =
            Stuck { stop: None, begun: Mutex::new(begin), ended: Arc::new(Mutex::new(end)) };
        let desk = Desk { laboratory: Arc::new(stuck), ..world.desk.clone() };
        let worker = Worker {
            still_every: Duration::from_millis(20),
            ..Worker::new("slow", &[WorkRole::Reproduce])
        };
        let working = tokio::spawn(async move { round(&desk, &worker).await });
        tokio::task::block_in_place(|| begun.recv().unwrap());
        let running = seen(&world, &story.cast.analysts[0]).await.running;
        assert_eq!(running[0].worker, "slow");
        assert_eq!(running[0].task.job, Some(Job::Reproduce(found.id)));
        reject(&world.desk, found.id).await;
        assert_eq!(must(working.await.unwrap()), Round::Worked);
        tokio::task::block_in_place(|| ended.recv().unwrap());
        assert_eq!(must(pending(world.desk.store.database()).await).moot, 1);
        assert_eq!(world.every::<Reproduction>().await[0].conclusion, None);
    })
    .await;
}

#[tokio::test]
async fn what_fell_before_it_was_begun_is_not_run() {
    one(|mut world| async move {
        let story = Story::stage(&world).await;
        let finder = &story.cast.finders[0];
        let receipt = world.submit(finder, &TARGETS[0].report(0)).await;
        let found = until_led(&world, finder, &receipt).await;
        reject(&world.desk, found.id).await;
        world.until_quiet().await;
        assert_eq!(world.laboratory.ran(), []);
        assert_eq!(must(pending(world.desk.store.database()).await).moot, 1);
        assert_eq!(world.stuck().await, Vec::<String>::new());
    })
    .await;
}

const ATTACKED: &str = r#"{"title": "t", "catalogVersion": "1", "dateReleased":
    "2026-01-01T00:00:00Z", "count": 1, "vulnerabilities": [{"cveID": "CVE-2099-0007",
    "vendorProject": "p", "product": "p", "vulnerabilityName": "n", "dateAdded": "2026-01-01",
    "shortDescription": "s", "requiredAction": "Update.", "dueDate": "2026-01-15",
    "knownRansomwareCampaignUse": "Unknown", "notes": ""}]}"#;

#[tokio::test]
async fn what_is_attacked_is_run_first_as_soon_as_that_is_known() {
    one(|mut world| async move {
        let story = Story::stage(&world).await;
        let mut intakes = Vec::new();
        for (target, names) in [(0, &[][..]), (1, &["CVE-2099-0007"])] {
            let report = TARGETS[target].report(0);
            let mut intake = report.intake();
            intake.claim.upstream_ids = names.iter().map(ToString::to_string).collect();
            intakes.push((report.bytes(), intake));
        }
        world.laboratory.unplug(true);
        for (bytes, intake) in intakes {
            let finder = &story.cast.finders[0];
            must(finding::submit(&world.desk, finder, "tap", &bytes, intake).await);
        }
        let quick = Worker::new("quick", &[WorkRole::Desk]);
        while must(round(&world.desk, &quick).await) == Round::Worked {}
        let urgencies = async |world: &World| -> Vec<Urgency> {
            let seen = seen(world, &story.cast.analysts[0]).await;
            seen.waiting.iter().map(|waiting| waiting.task.urgency).collect()
        };
        assert_eq!(urgencies(&world).await, [Urgency::Usual; 2]);
        world.records.install(&[ATTACKED]);
        world.desk.advisories.refresh();
        must(weigh_all(&world.desk).await);
        assert_eq!(urgencies(&world).await, [Urgency::Attacked, Urgency::Usual]);
        let first = seen(&world, &story.cast.analysts[0]).await.waiting.remove(0);
        let about = first.task.about.map(|about| about.finding.essence.package);
        assert_eq!(about, Some(Some(TARGETS[1].package())));
        world.laboratory.unplug(false);
        world.until_quiet().await;
        // What follows from it is as urgent, and what its case waits for is urgent by its embargo.
        let mut tx = must(world.desk.begin("test_urgency").await);
        let sql = "SELECT DISTINCT priority FROM job WHERE payload LIKE '%reproduce%' \
                   OR payload LIKE '%find_range%' OR payload LIKE '%send_report%' \
                   ORDER BY priority";
        let rows = must(tx.fetch(sql, Vec::new()).await);
        let ranks: Vec<i64> = rows.iter().map(|row| must(row.int("priority"))).collect();
        assert_eq!(ranks, [Urgency::Attacked, Urgency::Embargo, Urgency::Usual].map(Urgency::rank));
    })
    .await;
}

/// A laboratory that says what its runs used.
struct Metered;

impl Reproducer for Metered {
    fn releases(&self, _: &Package) -> Result<Vec<Version>, LabFault> {
        Ok(Vec::new())
    }

    fn source(&self, _: &Package, _: &Version, _: &str) -> Result<Option<String>, LabFault> {
        Ok(None)
    }

    fn surroundings(&self, _: &str, _: &Version) -> Result<Surroundings, LabFault> {
        Ok(Surroundings::default())
    }

    fn run(&self, _: &str, _: &Version, runs: u32) -> Result<Vec<LabRun>, LabFault> {
        let used = Used { cpu_ms: 12, wall_ms: 30, peak_mib: 7 };
        let run = LabRun {
            outcome: seawall_domain::verdict::Outcome::Unaffected,
            transcript: "nothing".into(),
            used,
            ..LabRun::default()
        };
        Ok(vec![run; runs as usize])
    }
}

#[tokio::test]
async fn what_runs_used_is_kept_beside_the_record() {
    one(|world| async move {
        let story = Story::stage(&world).await;
        let finder = &story.cast.finders[0];
        let receipt = world.submit(finder, &TARGETS[0].report(0)).await;
        until_led(&world, finder, &receipt).await;
        let desk = Desk { laboratory: Arc::new(Metered), ..world.desk.clone() };
        let worker = Worker::new("metered", &[WorkRole::Reproduce]);
        assert_eq!(must(round(&desk, &worker).await), Round::Worked);
        let runs = seen(&world, &story.cast.analysts[0]).await.runs;
        assert_eq!(runs.len(), 3);
        for measured in &runs {
            let run = &measured.run;
            assert_eq!((run.cpu_ms, run.wall_ms, run.peak_mib), (12, 30, 7));
            assert_eq!((run.worker.as_str(), run.target.as_str()), ("metered", "0.4.1"));
            assert_eq!(measured.package, Some(TARGETS[0].package()));
        }
        assert!(world.facts().await.iter().all(|fact| !fact.contains("peak")));
    })
    .await;
}

#[tokio::test]
async fn what_a_party_found_waits_for_another_to_verify() {
    one(|mut world| async move {
        let story = Story::stage(&world).await;
        let finder = &story.cast.finders[0];
        let receipt = world.submit(finder, &TARGETS[0].report(0)).await;
        until_led(&world, finder, &receipt).await;
        let found = finding_of(&world, finder, &receipt).await;
        let parties = world.every::<seawall_domain::party::Party>().await;
        let own = parties.into_iter().find(|party| party.id == found.finder).map(|p| p.name);
        let verifier = Origin { party: own, ..Origin::default() };
        let settings = Settings { verifier, ..(*world.desk.settings).clone() };
        let desk = Desk { settings: Arc::new(settings), ..world.desk.clone() };
        let worker = Worker::new("own", &[WorkRole::Reproduce]);
        assert_eq!(must(round(&desk, &worker).await), Round::Worked);
        assert_eq!(must(round(&desk, &worker).await), Round::Idle, "it waits");
        assert!(world.laboratory.ran().is_empty());
        let board = seen(&world, &story.cast.analysts[0]).await;
        let said = format!("{board:?}");
        assert!(said.contains("finder and verifier are one party"), "{said}");
        world.until_quiet_twice().await;
        let found = finding_of(&world, finder, &receipt).await;
        assert_eq!(found.standing, Standing::Reproduced);
    })
    .await;
}
