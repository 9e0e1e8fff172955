//! A world: a whole clearinghouse on a fresh database, with a clock that stands still until it is
//! set, chance that repeats, a laboratory that is a table, and a mailbox in memory.
//!
//! Services are called as they are; [`World::until_quiet`] does the jobs that the facts caused.

mod advisories;
mod cast;
mod courier;
mod framework;
mod gateway;
mod laboratory;
pub mod life;
mod report;
mod still;
mod story;

pub use advisories::Records;
pub use cast::Cast;
pub use courier::Mailbox;
pub use framework::{Framework, PROTOCOL, TERMS, agree, bring_key, digest_of, in_days};
pub use framework::{keeper_of, person_of, run_of, share_of};
pub use gateway::{gateway_certificate, gateway_key, journal_checkpoint};
pub use laboratory::{Effect, Laboratory, Shelf};
pub use report::{Report, cyclonedx, openvex};
pub use still::{Sequence, SetClock};
pub use story::{Story, TARGETS, Target};

use crate::database::{Fresh, each_fresh};
use seawall_domain::access::Actor;
use seawall_domain::account::{Account, Holder};
use seawall_domain::case::{Case, LetterKind};
use seawall_domain::fact::{Aggregate, replay};
use seawall_domain::id::{CaseId, PartyId};
use seawall_domain::inventory::Inventory;
use seawall_domain::job::{Job, WorkRole};
use seawall_domain::package::{Package, Version};
use seawall_domain::party::{Party, Role};
use seawall_domain::project::{Policy, Project};
use seawall_domain::scan::Scan;
use seawall_domain::statement::Statement;
use seawall_domain::time::{SignedDuration, Timestamp};
use seawall_formats::csaf::Publisher;
use seawall_formats::mail::{self, Letter};
use seawall_services::advisory_set::AdvisorySets;
use seawall_services::case::Received;
use seawall_services::desk::{Desk, Settings};
use seawall_services::log::Sequencer;
use seawall_services::project::Registration;
use seawall_services::work::{LEASE_SECONDS, Round, Worker, perform, round};
use seawall_services::{account, case, finding, inventory, party, project, scan, statement};
use seawall_store::Store;
use seawall_store::keys::InstallationKeys;
use seawall_store::queue;
use seawall_store::record::{Folded, Leaf};
use std::fmt::Debug;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// A job of a world takes less than this, however slow the machine is.
const JOB_TIME_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// After this many leaps of the clock that brought no fact, what still waits is waiting for people.
const IDLE_LEAPS_MAX: u32 = 10;

/// A clearinghouse of a test's own.
pub struct World {
    /// What use-cases work with.
    pub desk: Desk,
    /// Its clock.
    pub clock: Arc<SetClock>,
    /// Its laboratory.
    pub laboratory: Arc<Laboratory>,
    /// Its mailbox.
    pub courier: Arc<Mailbox>,
    /// What outside sources say of flaws.
    pub records: Records,
    fresh: Arc<Fresh>,
    sequencer: Sequencer,
}

/// Runs a test in a fresh world on each database that this machine offers.
pub async fn each<F, Fut>(name: &str, test: F)
where
    F: Fn(World) -> Fut,
    Fut: Future<Output = ()>,
{
    let test = &test;
    each_fresh(name, |fresh| async move { test(World::open(fresh).await).await }).await;
}

/// Runs a test in one fresh world, on SQLite.
pub async fn one<Fut: Future<Output = ()>>(test: impl Fn(World) -> Fut) {
    test(World::open(Arc::new(Fresh::sqlite())).await).await;
}

/// What was expected to succeed in a test, or the end of that test.
#[track_caller]
pub fn must<T, E: Debug>(result: Result<T, E>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("this should have succeeded: {error:?}"),
    }
}

impl World {
    /// Opens a world at a fresh place.
    pub async fn open(fresh: Arc<Fresh>) -> World {
        let chance = Arc::new(Sequence::new(7));
        let fill = |bytes: &mut [u8]| seawall_services::desk::Chance::fill(&*chance, bytes);
        let keys = must(InstallationKeys::open_or_create(&fresh.dir().join("keys"), &fill));
        let store = must(Store::open(fresh.url(), &fresh.dir().join("data"), keys).await);
        let clock = Arc::new(SetClock::new());
        let laboratory = Arc::new(Laboratory::default());
        let courier = Arc::new(Mailbox::default());
        let records = Records::default();
        let settings = Settings {
            verifier: Default::default(),
            crossing_signer: None,
            base_url: "http://127.0.0.1:8080".into(),
            publisher: Publisher {
                name: "Seawall test".into(),
                namespace: "https://seawall.invalid".into(),
                contact: "coordination@seawall.invalid".into(),
            },
            mail_from: "coordination@seawall.invalid".into(),
            notice: Some("Test of a replay of flaws public and fixed years ago.".into()),
            public: fresh.dir().join("public"),
            dumps: fresh.dir().join("dumps"),
            log: fresh.dir().join("log"),
        };
        let desk = Desk {
            store: Arc::new(store),
            clock: clock.clone(),
            chance,
            laboratory: laboratory.clone(),
            courier: courier.clone(),
            advisories: Arc::new(AdvisorySets::new(Box::new(records.clone()), &settings.public)),
            assets: Arc::default(),
            settings: Arc::new(settings),
        };
        World { desk, clock, laboratory, courier, records, fresh, sequencer: Sequencer::default() }
    }

    /// The folder of the test.
    pub fn dir(&self) -> &Path {
        self.fresh.dir()
    }

    /// Forgets what the sequencer remembers, as a new process would.
    pub fn restart_sequencer(&mut self) {
        self.sequencer = Sequencer::default();
    }

    /// Lets time pass.
    pub fn wait(&self, hours: i64) {
        self.clock.advance(SignedDuration::from_hours(hours));
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.desk.now()
    }

    /// Does every job of every role until none brings anything new, leaping to the next one that is
    /// due, and brings the logs up to date.
    pub async fn until_quiet(&mut self) {
        self.work(Times::Once).await;
    }

    /// Does every job that is due by now, and brings the logs up to date; the clock stays.
    pub async fn until_idle(&mut self) {
        while self.one_job(Times::Once).await == Round::Worked {}
        self.sequence().await;
    }

    /// The same, doing each job twice; the second time must change nothing.
    pub async fn until_quiet_twice(&mut self) {
        self.work(Times::Twice).await;
    }

    async fn work(&mut self, times: Times) {
        let mut idle_leaps = 0;
        let mut known = self.fact_count().await;
        loop {
            while self.one_job(times).await == Round::Worked {}
            self.sequence().await;
            let now_known = self.fact_count().await;
            idle_leaps = if now_known == known { idle_leaps + 1 } else { 0 };
            known = now_known;
            let due = must(queue::next_due(self.desk.store.database()).await);
            match due {
                Some(due) if idle_leaps < IDLE_LEAPS_MAX => self.clock.reach(due),
                Some(_) | None => return,
            }
        }
    }

    async fn one_job(&self, times: Times) -> Round {
        match times {
            Times::Once => must(round(&self.desk, &worker()).await),
            Times::Twice => self.one_job_twice().await,
        }
    }

    async fn one_job_twice(&self) -> Round {
        let database = self.desk.store.database();
        let names: Vec<&str> = WorkRole::ALL.iter().map(|role| role.name()).collect();
        let now = self.now();
        let claimed = must(queue::claim(database, "world", &names, LEASE_SECONDS, now, 1).await);
        let Some(claimed) = claimed.first() else { return Round::Idle };
        let job: Job = must(serde_json::from_str(&claimed.payload));
        match perform(&self.desk, &job).await {
            Ok(()) => {
                let (facts, letters) = (self.facts().await, self.courier.letters().len());
                must(perform(&self.desk, &job).await);
                let after = (self.facts().await, self.courier.letters().len());
                assert!((facts, letters) == after, "{job:?} done again changes something");
                must(queue::finish_alone(database, claimed).await);
            }
            Err(denied) => {
                let retry_at = now + SignedDuration::from_secs(60);
                must(queue::fail(database, claimed, &denied.to_string(), now, retry_at).await);
            }
        }
        Round::Worked
    }

    /// Numbers what has no number and writes the logs.
    pub async fn sequence(&mut self) {
        while must(self.sequencer.round(&self.desk).await) > 0 {}
    }

    async fn fact_count(&self) -> i64 {
        let sql = "SELECT COUNT(*) AS facts FROM fact";
        let rows = must(self.desk.store.database().fetch(sql, Vec::new()).await);
        rows.first().map_or(0, |row| must(row.int("facts")))
    }

    /// Every fact, as its canonical text.
    pub async fn facts(&self) -> Vec<String> {
        let mut tx = must(self.desk.begin("test_facts").await);
        must(tx.fact_bodies().await)
    }

    /// The jobs that failed and were not done since: what they were, and why.
    pub async fn stuck(&self) -> Vec<String> {
        let sql = "SELECT payload, last_error FROM job \
                   WHERE state NOT IN ('done', 'moot') AND last_error IS NOT NULL ORDER BY payload";
        let rows = must(self.desk.store.database().fetch(sql, Vec::new()).await);
        let said = |row: &seawall_store::db::Row| {
            format!("{}: {}", must(row.text("payload")), must(row.text("last_error")))
        };
        rows.iter().map(said).collect()
    }

    /// Runs a statement of the test's own on the database, as somebody who tampers would.
    pub async fn tamper(&self, sql: &'static str) -> u64 {
        let mut tx = must(self.desk.begin("test_tamper").await);
        let changed = must(tx.execute(sql, Vec::new()).await);
        must(tx.commit().await);
        changed
    }

    /// Every value of a subject.
    pub async fn every<T: Folded>(&self) -> Vec<T> {
        let mut tx = must(self.desk.begin("test_every").await);
        must(tx.every::<T>().await)
    }

    /// Replays the facts of every value of a subject and compares it with its row; gives how many.
    pub async fn replays<T: Folded>(&self) -> usize {
        let values = self.every::<T>().await;
        let mut tx = must(self.desk.begin("test_replay").await);
        for stored in &values {
            let bodies = must(tx.fact_bodies_of(stored.uuid()).await);
            let facts: Vec<(<T as Aggregate>::Fact, Timestamp)> = bodies
                .iter()
                .filter_map(|body| {
                    let leaf: Leaf = must(serde_json::from_str(body));
                    Some((T::own(leaf.what)?, leaf.at))
                })
                .collect();
            assert_eq!(facts.len(), bodies.len(), "another subject's facts under this id");
            assert_eq!(must(replay::<T>(stored.uuid(), facts)).as_ref(), Some(stored));
        }
        values.len()
    }

    /// Registers a party.
    pub async fn party(&self, name: &str, roles: &[Role]) -> Party {
        must(party::register(&self.desk, &Actor::administrator(), name, roles).await)
    }

    /// Opens a person's account for a party.
    pub async fn person(&self, party: &Party, label: &str) -> Actor {
        Actor::of(&self.account(party.id, label, Holder::Person).await, party)
    }

    /// Opens a machine's account for a party.
    pub async fn machine(&self, party: &Party, label: &str) -> Actor {
        let holder = Holder::Machine { model: "test model".into(), harness: "test".into() };
        Actor::of(&self.account(party.id, label, holder).await, party)
    }

    async fn account(&self, party: PartyId, label: &str, holder: Holder) -> Account {
        must(account::open(&self.desk, &Actor::administrator(), party, label, holder).await)
    }

    /// Registers a project, whose maintainer reads mail at an address of the package's name.
    pub async fn project(
        &self,
        package: &Package,
        maintainer: PartyId,
        policy: Policy,
        horizon: Option<&str>,
    ) -> Project {
        let contact = format!("security@{}.invalid", package.name);
        let (package, horizon) = (package.clone(), horizon.map(Version::from));
        let new = Registration { package, maintainer, contact, policy, horizon };
        must(project::register(&self.desk, &Actor::administrator(), new).await)
    }

    /// Sends a report, and gives its receipt.
    pub async fn submit(&self, finder: &Actor, report: &Report) -> String {
        let (bytes, intake) = (report.bytes(), report.intake());
        must(finding::submit(&self.desk, finder, "tap", &bytes, intake).await)
    }

    /// Takes a lease on a package for a day.
    pub async fn lease(&self, finder: &Actor, package: &Package) -> Scan {
        let until = self.now() + SignedDuration::from_hours(24);
        let technique = "reading".to_owned();
        must(scan::claim(&self.desk, finder, package.clone(), technique, until).await).scan
    }

    /// Sends an inventory of an operator's main system, as CycloneDX with these purls.
    pub async fn inventory(&self, operator: &Actor, purls: &[&str]) -> Inventory {
        let bytes = report::cyclonedx(purls);
        must(inventory::receive(&self.desk, operator, "main", None, &bytes).await)
    }

    /// Sends the word of a vendor that a product is not affected by a flaw, as OpenVEX.
    pub async fn not_affected(&self, vendor: &Actor, flaw: &str, product: &str) -> Statement {
        let bytes = report::openvex(flaw, product);
        must(statement::receive(&self.desk, vendor, &bytes).await)
    }

    /// The case about a package.
    pub async fn case_on(&self, package: &Package) -> Case {
        let projects = self.every::<Project>().await;
        let project = projects.iter().find(|project| project.package == *package);
        let cases = self.every::<Case>().await;
        let case = cases.into_iter().find(|case| Some(case.project) == project.map(|p| p.id));
        case.unwrap_or_else(|| panic!("there is no case about {package}"))
    }

    /// Answers the report of a case from an address, as mail, and files what came.
    pub async fn answer(&self, id: CaseId, from: &str, body: &str) -> Received {
        let letter = self.letter(id, from, body).await;
        must(case::receive(&self.desk, &letter).await)
    }

    /// The bytes of an answer to the report of a case; the same words are the same letter.
    pub async fn letter(&self, id: CaseId, from: &str, body: &str) -> Vec<u8> {
        let case = self.every::<Case>().await.into_iter().find(|case| case.id == id);
        let report = case.as_ref().and_then(|case| case.sent(LetterKind::Report));
        let report = report.map(|letter| letter.message_id.clone());
        let name = seawall_services::desk::digest(format!("{id}{body}").as_bytes());
        let letter = Letter {
            message_id: format!("{name}@mail.invalid"),
            in_reply_to: report.clone(),
            references: report.into_iter().collect(),
            date_micros: self.now().as_microsecond(),
            from: from.to_owned(),
            to: self.desk.settings.mail_from.clone(),
            subject: "Re: Security report".into(),
            body: body.to_owned(),
        };
        must(mail::write(&letter))
    }

    /// Every file below a folder, in the order of paths.
    pub fn files(folder: &Path) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let Ok(entries) = std::fs::read_dir(folder) else { return files };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() { files.extend(World::files(&path)) } else { files.push(path) }
        }
        files.sort();
        files
    }
}

#[derive(Clone, Copy)]
enum Times {
    Once,
    Twice,
}

/// Whoever does a world's jobs. It never says in between that it is still at one: that reads the
/// clock, and a world's clock must not depend on how fast the machine is.
fn worker() -> Worker {
    Worker { still_every: JOB_TIME_MAX, ..Worker::new("world", &WorkRole::ALL) }
}
