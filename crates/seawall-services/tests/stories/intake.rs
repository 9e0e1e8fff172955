//! From thirteen reports to five cases, whatever the order in which they come.

use seawall_domain::access::Actor;
use seawall_domain::case::Case;
use seawall_domain::figures::Figures;
use seawall_domain::finding::{Finding, Rejection, Standing};
use seawall_domain::id::FindingId;
use seawall_domain::refusal::Refusal;
use seawall_domain::reproduction::Reproduction;
use seawall_services::outcome::Denied;
use seawall_services::{finding, statistics};
use seawall_testkit::world::{Effect, Report, Story, TARGETS, World, each, must, one};

async fn figures(world: &World) -> Figures {
    must(statistics::figures(&world.desk, &Actor::administrator()).await)
}

async fn standing(world: &World, receipt: &str, finder: &Actor) -> (FindingId, Standing) {
    let found = must(finding::by_receipt(&world.desk, finder, receipt).await);
    (found[0].id, found[0].standing.clone())
}

fn ranges(reproduction: &Reproduction) -> Vec<String> {
    reproduction.ranges.iter().flatten().map(ToString::to_string).collect()
}

async fn thirteen(mut world: World, seed: u64) {
    let story = Story::stage(&world).await;
    story.intake(&mut world, seed).await;
    let expected = Figures {
        findings_received: 13,
        findings_joined: 4,
        findings_needs_info: 1,
        findings_rejected: 1,
        findings_not_reproduced: 1,
        findings_already_fixed: 1,
        findings_reproduced: 5,
        cases: 5,
        // A report each, and the bundle where the policy says so.
        mails_sent: 5 + 3,
        ..Figures::default()
    };
    assert_eq!(figures(&world).await, expected, "seed {seed}");
    assert_eq!(world.stuck().await, Vec::<String>::new());
    for (target, expected) in TARGETS.iter().zip([
        "from 0.4.0 up to 0.4.1, no fix yet",
        "from the first release up to 1.3.5, no fix yet",
        "from 0.4.10 up to 0.4.35, no fix yet",
        "from 0.1.4 up to 1.1.8, no fix yet",
        "from 1.25.4 up to 1.26.4, no fix yet",
    ]) {
        let case = world.case_on(&target.package()).await;
        let reproductions = world.every::<Reproduction>().await;
        let own = reproductions.iter().find(|own| own.id == case.reproduction);
        assert_eq!(own.map(ranges), Some(vec![expected.to_owned()]));
    }
}

#[tokio::test]
async fn thirteen_reports_come_to_the_same_in_any_order() {
    each("thirteen reports", |world| thirteen(world, 1)).await;
    for seed in 2..=5 {
        one(|world| thirteen(world, seed)).await;
    }
}

#[tokio::test]
async fn every_job_done_twice_changes_nothing() {
    each("jobs twice", |mut world| async move {
        let story = Story::stage(&world).await;
        for (finder, report) in story.reports() {
            world.submit(&story.cast.finders[finder], &report).await;
        }
        world.until_quiet_twice().await;
        let target = &TARGETS[3];
        let case = world.case_on(&target.package()).await;
        world.answer(case.id, "security@libz-sys.invalid", "accept\nfixed in 1.1.9\n").await;
        world.until_quiet_twice().await;
        let advisory = story.advisory(&world, target).await;
        for analyst in &story.cast.analysts {
            let signed = seawall_services::advisory::sign(
                &world.desk,
                analyst,
                advisory.id,
                &advisory.digest,
            );
            must(signed.await);
        }
        world.until_quiet_twice().await;
        story.open_catalogue(&mut world, target).await;
        world.until_quiet_twice().await;
        assert_eq!(figures(&world).await.findings_reproduced, 5);
        assert_eq!(figures(&world).await.advisories_published, 1);
    })
    .await;
}

#[tokio::test]
async fn a_group_whose_lead_falls_tries_its_members_one_after_another() {
    each("the lead falls", |mut world| async move {
        let story = Story::stage(&world).await;
        let target = TARGETS[1];
        let finders = &story.cast.finders;
        let effects = ["nothing", "nothing too", "ini"];
        let mut receipts = Vec::new();
        for (number, effect) in effects.iter().enumerate() {
            let report = Report { effect: Some((*effect).into()), ..target.report(number) };
            let title = format!("{} {number}", report.title);
            let report = Report { title, ..report };
            receipts.push(world.submit(&finders[number], &report).await);
            world.wait(1);
        }
        world.until_quiet().await;
        let mut names = Vec::new();
        for (finder, receipt) in finders.iter().zip(&receipts) {
            names.push(standing(&world, receipt, finder).await.1.name());
        }
        assert_eq!(names, ["not_reproduced", "not_reproduced", "reproduced"]);
        assert_eq!(world.every::<Case>().await.len(), 1);
        assert_eq!(world.stuck().await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a_join_can_be_undone_by_a_person_only() {
    each("un-join", |mut world| async move {
        let story = Story::stage(&world).await;
        let target = TARGETS[2];
        let [north, south, _] = &story.cast.finders;
        world.submit(north, &target.report(0)).await;
        world.wait(1);
        let receipt = world.submit(south, &target.report(1)).await;
        world.until_quiet().await;
        let (id, joined) = standing(&world, &receipt, south).await;
        assert!(matches!(joined, Standing::Joined { .. }), "{joined:?}");
        for other in [south.clone(), story.cast.maintainer.1.clone(), Actor::public()] {
            let refused = finding::unjoin(&world.desk, &other, id).await;
            assert!(matches!(refused, Err(Denied::Refused(Refusal::Hidden))));
        }
        must(finding::unjoin(&world.desk, &story.cast.analysts[0], id).await);
        let again = finding::unjoin(&world.desk, &story.cast.analysts[0], id).await;
        assert!(matches!(again, Err(Denied::Refused(Refusal::NotNow { .. }))));
        world.until_quiet().await;
        assert_eq!(standing(&world, &receipt, south).await.1.name(), "reproduced");
        assert_eq!(world.every::<Case>().await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn the_same_bytes_have_one_receipt_for_a_day() {
    each("sent again", |world| async move {
        let story = Story::stage(&world).await;
        let [north, south, _] = &story.cast.finders;
        let report = TARGETS[0].report(0);
        let first = world.submit(north, &report).await;
        world.wait(23);
        assert_eq!(world.submit(north, &report).await, first);
        assert_ne!(world.submit(south, &report).await, first, "another member's");
        world.wait(2);
        let second = world.submit(north, &report).await;
        assert_ne!(second, first);
        assert_eq!(world.submit(north, &report).await, second);
        assert_eq!(world.every::<Finding>().await.len(), 3);
        let hidden = finding::by_receipt(&world.desk, south, &first).await;
        assert!(matches!(hidden, Err(Denied::Refused(Refusal::Hidden))));
        let unknown = finding::by_receipt(&world.desk, north, "SUB-unknown").await;
        assert!(matches!(unknown, Err(Denied::Refused(Refusal::Hidden))));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_true_is_rejected_with_the_reason() {
    one(|mut world| async move {
        let story = Story::stage(&world).await;
        let finder = &story.cast.finders[0];
        let real = TARGETS[1].report(0);
        let cases = [
            (
                Report { function: "encode".into(), ..real.clone() },
                Rejection::NoSuchFunction { function: "encode".into() },
            ),
            (
                Report { file: "lib/ini.js".into(), ..real.clone() },
                Rejection::NoSuchFile { file: "lib/ini.js".into() },
            ),
            (
                Report { version: "9.9.9".into(), ..real.clone() },
                Rejection::NoSuchRelease { version: "9.9.9".into() },
            ),
        ];
        for (report, expected) in cases {
            let receipt = world.submit(finder, &report).await;
            world.until_quiet().await;
            let (_, standing) = standing(&world, &receipt, finder).await;
            assert_eq!(standing, Standing::Rejected { why: expected });
        }
    })
    .await;
}

#[tokio::test]
async fn flaky_and_unmakeable_proofs_open_no_case_and_free_their_group() {
    one(|mut world| async move {
        let story = Story::stage(&world).await;
        let target = TARGETS[1];
        let package = target.package();
        let shown = |effect: Effect| world.laboratory.show(&package, "odd", effect);
        shown(Effect { flaky: vec!["1.3.5".into()], ..Effect::default() });
        let odd = Report { effect: Some("odd".into()), ..target.report(0) };
        let receipt = world.submit(&story.cast.finders[0], &odd).await;
        world.until_quiet().await;
        let found = standing(&world, &receipt, &story.cast.finders[0]).await;
        assert_eq!(found.1, Standing::Flaky);
        let gone = Effect { untested: vec!["1.3.5".into()], ..Effect::default() };
        world.laboratory.show(&package, "odd", gone);
        let receipt = world.submit(&story.cast.finders[1], &odd).await;
        world.until_quiet().await;
        let found = standing(&world, &receipt, &story.cast.finders[1]).await;
        assert_eq!(found.1, Standing::Waiting);
        assert_eq!(world.every::<Case>().await.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_registry_that_is_down_for_a_day_loses_nothing() {
    one(|mut world| async move {
        let story = Story::stage(&world).await;
        let finder = &story.cast.finders[0];
        world.laboratory.unplug(true);
        let receipt = world.submit(finder, &TARGETS[0].report(0)).await;
        world.until_quiet().await;
        world.wait(24);
        world.until_quiet().await;
        assert_eq!(standing(&world, &receipt, finder).await.1.name(), "complete");
        assert_eq!(world.stuck().await.len(), 1);
        world.laboratory.unplug(false);
        world.until_quiet().await;
        assert_eq!(standing(&world, &receipt, finder).await.1.name(), "reproduced");
        assert_eq!(world.stuck().await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn two_flaws_in_one_function_stay_apart() {
    one(|mut world| async move {
        let story = Story::stage(&world).await;
        let target = TARGETS[3];
        let shown = Effect { affected: vec!["1.1.8".into()], ..Effect::default() };
        world.laboratory.show(&target.package(), "hang", shown);
        let other = Report {
            title: "A crafted stream never ends".into(),
            description: "The window code makes the loop spin forever on a stream of zeros.".into(),
            weakness: Some(835),
            effect: Some("hang".into()),
            ..target.report(0)
        };
        world.submit(&story.cast.finders[0], &target.report(0)).await;
        world.submit(&story.cast.finders[1], &other).await;
        world.until_quiet().await;
        assert_eq!(figures(&world).await.findings_joined, 0);
        assert_eq!(world.every::<Case>().await.len(), 2);
    })
    .await;
}
