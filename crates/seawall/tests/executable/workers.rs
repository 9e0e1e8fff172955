//! Workers apart from the server: real processes on one database. One that is ended by `kill -9`
//! in the middle of a run loses nothing and doubles nothing; a run that nobody wants any more is
//! ended; and who is given the wrong folder or keys is told so before it takes work.

use crate::corridor::PROGRAM;
use crate::house::{House, can_run_proofs, report};
use seawall_domain::access::{Action, Actor};
use seawall_domain::finding::{Finding, Rejection};
use seawall_domain::id::FindingId;
use seawall_domain::job::WorkRole;
use seawall_store::queue::State;
use seawall_testkit::database::{Fresh, TEST_POSTGRES};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long one wait may take: leases last ten seconds, and the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(90);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A worker's process; dropping it ends it.
struct Worker {
    child: Child,
    name: String,
}

impl Worker {
    /// A worker that runs one proof at a time.
    fn start(house: &House) -> Worker {
        Worker::with(house, &["--role", "reproduce", "--workers", "1"])
    }

    fn with(house: &House, arguments: &[&str]) -> Worker {
        let mut child = Command::new(PROGRAM)
            .arg("work")
            .args(arguments)
            .args(house.place())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let said = lines.by_ref().map(Result::unwrap).find_map(|line| {
            println!("worker: {line}");
            let name = line.strip_prefix("seawall works as ")?.split(':').next()?.to_owned();
            Some(name)
        });
        std::thread::spawn(move || {
            lines.map_while(Result::ok).for_each(|l| println!("worker: {l}"))
        });
        Worker { child, name: said.expect("the worker says that it works") }
    }

    /// Ends it at once (`kill -9`).
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Ends it as an operator would.
    fn stop(mut self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        assert!(self.child.wait().unwrap().success(), "a worker ends with status 0");
    }

    /// The numbers of its laboratories: its children.
    fn laboratories(&self) -> Vec<u32> {
        let parent = self.child.id().to_string();
        let each = |entry: fs::DirEntry| {
            let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            // The state and the parent's number stand behind the name, which is in brackets.
            let behind: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
            (behind.get(1) == Some(&parent.as_str())).then_some(pid)
        };
        fs::read_dir("/proc").unwrap().flatten().filter_map(each).collect()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The report, whose proof takes its time.
fn slow_report(seconds: u32) -> Value {
    let mut report = report();
    let recipe = report["attachments"][0]["data"].as_str().unwrap();
    let slow = format!("import os, sys, time\ntime.sleep({seconds})\n");
    report["attachments"][0]["data"] = json!(recipe.replacen("import os, sys\n", &slow, 1));
    report
}

/// Who has the run of a proof in hand now.
async fn holder(house: &House) -> Option<String> {
    let mut tx = house.desk.store.database().read().await.ok()?;
    let open = tx.job_list_open(100).await.ok()?;
    open.into_iter().find_map(|entry| match entry.state {
        State::Leased { worker, .. } if entry.payload.contains("\"reproduce\"") => Some(worker),
        State::Leased { .. } | State::Ready | State::Dead => None,
    })
}

/// Waits until something is so.
async fn until<T>(what: &str, house: &House, look: impl AsyncFn() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "never: {what}; {:?}", jobs(house).await);
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn jobs(house: &House) -> Vec<String> {
    let sql = "SELECT payload, state, worker, last_error FROM job ORDER BY payload";
    let rows = house.desk.store.database().fetch(sql, Vec::new()).await.unwrap();
    rows.iter().map(|row| format!("{:?}", row.columns())).collect()
}

async fn finding(house: &House) -> Option<Finding> {
    house.desk.begin("test_finding").await.ok()?.every::<Finding>().await.ok()?.pop()
}

/// A house that leaves proofs to workers, with one slow report in it.
async fn furnished(fresh: Fresh, seconds: u32) -> House {
    let house = House::new(fresh, Path::new(PROGRAM)).await.without_role("reproduce");
    house.serve();
    let sent = Some(slow_report(seconds).to_string());
    let (status, said) = house.ask("/v1/reports", &house.finder, sent).await.unwrap();
    assert_eq!(status, 202, "{said}");
    house
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_worker_loses_nothing_and_doubles_nothing() {
    let test = "a_killed_worker_loses_nothing_and_doubles_nothing";
    let Some(fresh) = Fresh::postgres().await else {
        println!("skipped: {test} on PostgreSQL: {TEST_POSTGRES} is not set");
        return;
    };
    if !can_run_proofs(Path::new(PROGRAM), test) {
        return;
    }
    let house = furnished(fresh, 2).await;
    let mut workers = [Worker::start(&house), Worker::start(&house)];
    let first = until("a worker runs the proof", &house, async || holder(&house).await).await;
    let killed = usize::from(!first.starts_with(&workers[0].name));
    assert!(first.starts_with(&workers[killed].name), "{first}");
    until("its laboratory is at it", &house, async || {
        (!workers[killed].laboratories().is_empty()).then_some(())
    })
    .await;
    workers[killed].kill();
    let next = until("the other one takes over", &house, async || {
        holder(&house).await.filter(|name| *name != first)
    })
    .await;
    assert!(next.starts_with(&workers[1 - killed].name), "{next}");
    let found = until("the finding is reproduced", &house, async || {
        finding(&house).await.filter(|found| found.standing.name() == "reproduced")
    })
    .await;
    // The silence is among the reasons, and every step was recorded once.
    let told = until("all is quiet", &house, async || {
        let pending = seawall_store::queue::pending(house.desk.store.database()).await.ok()?;
        (pending.ready + pending.leased == 0).then_some(pending)
    })
    .await;
    assert_eq!((told.dead, told.moot), (0, 0));
    let sql = "SELECT job_try.worker, job_try.cause FROM job_try JOIN job ON job.id = job_try.job \
               WHERE job.payload LIKE '%\"reproduce\"%'";
    let rows = house.desk.store.database().fetch(sql, Vec::new()).await.unwrap();
    let said = rows.iter().map(|r| (r.text("worker").unwrap(), r.text("cause").unwrap()));
    assert_eq!(said.collect::<Vec<_>>(), [(first, "its worker fell silent".to_owned())]);
    let mut tx = house.desk.begin("test_facts").await.unwrap();
    let facts = tx.fact_bodies().await.unwrap();
    for kind in ["started", "concluded", "newest_tested", "range_found"] {
        let marks = [format!("\"kind\":\"{kind}\""), "\"subject\":\"reproduction\"".to_owned()];
        let count = facts.iter().filter(|fact| marks.iter().all(|m| fact.contains(m))).count();
        assert_eq!(count, 1, "{kind}");
    }
    drop(tx);
    let runs = house.desk.begin("test_runs").await.unwrap().lab_run_list(100).await.unwrap();
    let of_proof = runs.iter().filter(|run| run.worker == next && run.finding == Some(found.id));
    assert!(of_proof.clone().count() >= 3, "{runs:?}");
    assert!(of_proof.clone().all(|run| run.wall_ms >= 2_000 && run.peak_mib > 0), "{runs:?}");
    let [one, other] = workers;
    if killed == 0 {
        other.stop()
    } else {
        one.stop()
    }
    house.stop();
    house.figures().await;
}

async fn reject(house: &House, id: FindingId) {
    let now = seawall_domain::time::micros(seawall_domain::time::Timestamp::now());
    let mut tx = house.desk.begin("test_reject").await.unwrap();
    let guarded = tx.load::<Finding>(id.uuid()).await.unwrap();
    let (finding, mandate) = guarded.open(&Actor::clerk(), Action::Work).unwrap();
    let (finding, fact) = finding.reject(Rejection::UnusableRecipe, now).unwrap();
    let _ = tx.record(mandate, &finding, fact, now).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_nobody_wants_is_ended_with_its_laboratory() {
    let test = "a_run_that_nobody_wants_is_ended_with_its_laboratory";
    if !can_run_proofs(Path::new(PROGRAM), test) {
        return;
    }
    // On SQLite: processes of one machine may share it.
    let house = furnished(Fresh::sqlite(), 15).await;
    let worker = Worker::start(&house);
    until("a worker runs the proof", &house, async || holder(&house).await).await;
    let laboratory =
        until("its laboratory is at it", &house, async || worker.laboratories().first().copied())
            .await;
    let id = finding(&house).await.unwrap().id;
    let begun = Instant::now();
    reject(&house, id).await;
    until("the job has ended undone", &house, async || {
        let pending = seawall_store::queue::pending(house.desk.store.database()).await.ok()?;
        (pending.moot == 1).then_some(())
    })
    .await;
    until("the laboratory is gone", &house, async || {
        (!worker.laboratories().contains(&laboratory)).then_some(())
    })
    .await;
    assert!(begun.elapsed() < Duration::from_secs(14), "it was ended, and did not end");
    worker.stop();
    house.stop();
}

async fn apart(fresh: Fresh) {
    let mut house = House::new(fresh, Path::new(PROGRAM)).await;
    for role in WorkRole::ALL {
        house = house.without_role(role.name());
    }
    house.serve();
    let quick = ["--role", "desk", "--role", "match", "--role", "publish", "--role", "notify"];
    let quick = [&quick[..], &["--base-url", "https://seawall.invalid"]].concat();
    let workers = [Worker::with(&house, &quick), Worker::start(&house)];
    house.corridor().await;
    workers.into_iter().for_each(Worker::stop);
    house.stop();
    let figures = house.figures().await;
    assert_eq!((figures.advisories_published, figures.exposures_open), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_corridor_with_every_role_apart_from_the_server() {
    let test = "the_whole_corridor_with_every_role_apart_from_the_server";
    if !can_run_proofs(Path::new(PROGRAM), test) {
        return;
    }
    apart(Fresh::sqlite()).await;
    match Fresh::postgres().await {
        Some(fresh) => apart(fresh).await,
        None => println!("skipped: {test} on PostgreSQL: {TEST_POSTGRES} is not set"),
    }
}

#[tokio::test]
async fn a_worker_is_told_what_it_lacks_before_it_takes_work() {
    let house = House::new(Fresh::sqlite(), Path::new(PROGRAM)).await;
    let data = house.data();
    let other = data.join("other");
    fs::create_dir_all(&other).unwrap();
    let url = format!("sqlite:{}", data.join("seawall.db").display());
    let keys = data.join("keys").display().to_string();
    let check = |data: &Path, keys: &str, expected: &str| {
        let data = data.display().to_string();
        let place = ["--data", &data, "--keys", keys, "--database-url", &url];
        let mut line = vec!["work", "--role", "desk"];
        line.extend(place);
        let told = crate::house::seawall(Path::new(PROGRAM), &line);
        let said = String::from_utf8_lossy(&told.stderr).into_owned();
        assert_eq!(told.status.code(), Some(2), "{said}");
        assert!(said.contains(expected), "{said}");
    };
    check(data, &keys, "nobody has served on this database yet");
    house.serve();
    house.stop();
    check(&other, &keys, "is not that of this database");
    check(&data.join("nowhere"), &keys, "there is no data folder");
    check(data, "/nowhere", "there is no keys folder");
    let foreign = data.join("foreign");
    let made = crate::house::seawall(
        Path::new(PROGRAM),
        &["admin", "--data", &foreign.display().to_string(), "party", "x", "--role", "finder"],
    );
    assert!(made.status.success());
    check(data, &format!("{}.keys", foreign.display()), "the keys are not those of this database");
    let none = crate::house::seawall(Path::new(PROGRAM), &["work"]);
    assert_eq!(none.status.code(), Some(2));
    let named = house.run(&["work", "--role", "nothing"]);
    let said = String::from_utf8_lossy(&named.stderr).into_owned();
    assert!(said.contains("there is desk, reproduce, publish, notify, match"), "{said}");
    let letters = house.run(&["work", "--role", "notify"]);
    let said = String::from_utf8_lossy(&letters.stderr).into_owned();
    assert!(said.contains("without --base-url"), "{said}");
}
