//! A clearinghouse in which much has happened, with the real router in front of it.

use axum::Router;
use seawall_domain::access::Actor;
use seawall_domain::id::{AccountId, AdvisoryId, CaseId, FindingId, JobId};
use seawall_domain::job::WorkRole;
use seawall_domain::package::{Ecosystem, Package, Version};
use seawall_domain::range::Interval;
use seawall_domain::time::SignedDuration;
use seawall_server::site::{Site, router};
use seawall_services::desk::Used;
use seawall_services::{account, case, finding, inventory, scan};
use seawall_testkit::database::Fresh;
use seawall_testkit::work;
use seawall_testkit::world::{Effect, Report, Story, TARGETS, World, must};
use serde_json::{Value, json};
use std::sync::Arc;

/// The stage of a test.
pub struct Stage {
    pub world: World,
    pub story: Story,
    pub router: Router,
}

impl Stage {
    /// Nothing has happened yet; everybody is there.
    pub async fn empty() -> Stage {
        let world = World::open(Arc::new(Fresh::sqlite())).await;
        let story = Story::stage(&world).await;
        let router = router(Site { desk: world.desk.clone(), claim_check_salt: None });
        Stage { world, story, router }
    }

    /// Thirteen reports came, four advisories are out and one of them
    /// is revised, the fifth waits for two signatures, and
    /// operators have sent their inventories.
    pub async fn full() -> Stage {
        let Stage { mut world, story, router } = Stage::empty().await;
        scans(&world, &story).await;
        story.intake(&mut world, 1).await;
        for target in &TARGETS[..4] {
            if target.package.1 == "libz-sys" {
                state_range(&world, &story).await;
            }
            story.fix(&mut world, target).await;
            story.publish(&mut world, target).await;
        }
        inventories(&world, &story).await;
        world.until_quiet().await;
        story.open_catalogue(&mut world, &TARGETS[3]).await;
        story.publish(&mut world, &TARGETS[3]).await;
        story.fix(&mut world, &TARGETS[4]).await;
        Stage { world, story, router }
    }

    /// A finding that could not be run, a job that was given up, one that a worker has, and what
    /// two runs used; gives the finding and the job that was given up.
    pub async fn stuck(&mut self) -> (FindingId, JobId) {
        let (world, finder) = (&mut self.world, &self.story.cast.finders[1]);
        let gone = Effect { untested: vec!["1.1.8".into()], ..Effect::default() };
        world.laboratory.show(&TARGETS[3].package(), "hang", gone);
        let odd = Report {
            effect: Some("hang".into()),
            title: "A crafted stream never ends".into(),
            description: "The window code makes the loop spin forever on a stream of zeros.".into(),
            weakness: Some(835),
            ..TARGETS[3].report(0)
        };
        let receipt = world.submit(finder, &odd).await;
        world.until_quiet().await;
        let found = must(finding::by_receipt(&world.desk, finder, &receipt).await).remove(0).id;
        for other in 0..3 {
            let title = format!("Another thing, number {other}");
            world.submit(finder, &Report { title, ..TARGETS[0].report(other) }).await;
        }
        let (desk, role) = (&world.desk, WorkRole::Desk);
        let failed = work::give_up(desk, "lab-1/4711/1", role, "the disk is full").await;
        let held = work::take(desk, "lab-2/77/1", role).await;
        for (cpu_ms, wall_ms) in [(80, 200), (160, 400)] {
            work::ran(desk, &held, "0.4.1", Used { cpu_ms, wall_ms, peak_mib: 30 }).await;
        }
        (found, failed)
    }

    /// A login link of an account.
    pub async fn link(&self, actor: &Actor) -> String {
        let account: AccountId = actor.account.expect("an account acts");
        must(account::invite(&self.world.desk, &Actor::administrator(), account).await)
    }

    /// The case of a target.
    pub async fn case(&self, target: usize) -> CaseId {
        self.world.case_on(&TARGETS[target].package()).await.id
    }

    /// The advisory that waits.
    pub async fn draft(&self) -> AdvisoryId {
        self.story.advisory(&self.world, &TARGETS[4]).await.id
    }
}

async fn scans(world: &World, story: &Story) {
    for (finder, technique) in [(0, "model review"), (1, "fuzzing")] {
        let until = world.now() + SignedDuration::from_hours(48);
        let (actor, package) = (&story.cast.finders[finder], TARGETS[1].package());
        must(scan::claim(&world.desk, actor, package, technique.into(), until).await);
    }
}

async fn state_range(world: &World, story: &Story) {
    let case = world.case_on(&TARGETS[3].package()).await.id;
    let (party, distributor) = &story.cast.distributor;
    must(case::invite(&world.desk, &story.cast.analysts[0], case, party.id).await);
    let package = Package { ecosystem: Ecosystem::Debian(Some("11".into())), name: "zlib".into() };
    let fixed = Some(Version::from("1:1.2.11.dfsg-2+deb11u2"));
    let ranges = vec![Interval { introduced: None, fixed, last_affected: None }];
    must(case::state_range(&world.desk, distributor, case, package, ranges).await);
}

async fn inventories(world: &World, story: &Story) {
    let cast = &story.cast;
    let sent = [
        (&cast.hospital.1, "patient portal", hospital().to_string()),
        (&cast.bank.1, "branch systems", bank().to_string()),
        (&cast.agency.1, "records server", AGENCY.to_owned()),
    ];
    for (actor, label, text) in sent {
        let done = inventory::receive(&world.desk, actor, label, None, text.as_bytes()).await;
        must(done);
    }
}

/// Hits four times; has fixed versions, look-alikes and things that cannot be told.
pub fn hospital() -> Value {
    let mut components = vec![
        library("pkg:npm/ini@1.3.5"),
        library("pkg:pypi/sqlparse@0.4.1"),
        library("pkg:cargo/tar@0.4.35"),
        library("pkg:cargo/libz-sys@1.1.8"),
        library("pkg:npm/tar@0.4.35"),
        library("pkg:npm/ini@2.0.0"),
        library("pkg:pypi/urllib3@1.26.4"),
        json!({"type": "device", "name": "Infusion pump console", "version": "7"}),
        json!({"type": "application", "name": "Ward planner", "version": "2019"}),
    ];
    let others =
        (1..=60).map(|number| library(&format!("pkg:npm/ward-tool-{number}@1.0.{number}")));
    components.extend(others);
    json!({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": components})
}

fn bank() -> Value {
    let components = [library("pkg:npm/ini@1.3.0"), library("pkg:pypi/sqlparse@0.4.2")];
    json!({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": components})
}

fn library(purl: &str) -> Value {
    let (name, version) = purl.rsplit_once('@').unwrap_or((purl, ""));
    let name = name.rsplit('/').next().unwrap_or_default();
    json!({"type": "library", "name": name, "version": version, "purl": purl})
}

const AGENCY: &str = "# debian 11
zlib1g 1:1.2.11.dfsg-2 zlib 1:1.2.11.dfsg-2
python3-sqlparse 0.4.1-1 sqlparse 0.4.1-1
libghc-zlib-dev 0.6.2.2-1 haskell-zlib 0.6.2.2-1
";
