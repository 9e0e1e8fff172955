//! Letters to and from maintainers, and what leaves the house only by a recorded decision.

use seawall_domain::case::{Case, Embargo, LetterKind, Report as Machine};
use seawall_domain::fix::{Fix, Standing};
use seawall_domain::package::{Ecosystem, Package};
use seawall_domain::project::{Pace, Project};
use seawall_domain::range::Interval;
use seawall_domain::refusal::Refusal;
use seawall_services::case::{self, Received};
use seawall_services::outcome::Denied;
use seawall_testkit::world::{Story, TARGETS, Target, World, each, must, one};

const INI: Target = TARGETS[1];
const TAR: Target = TARGETS[2];
const FROM: &str = "The maintainers <Security@ini.invalid>";

/// A world with one case, about the target.
async fn with_case(world: &mut World, target: &Target) -> (Story, Case) {
    let story = Story::stage(world).await;
    world.submit(&story.cast.finders[0], &target.report(0)).await;
    world.until_quiet().await;
    let case = world.case_on(&target.package()).await;
    (story, case)
}

fn evidence(world: &World) -> usize {
    world.courier.letters().iter().filter(|l| l.contains("BEGIN SEAWALL EVIDENCE")).count()
}

#[tokio::test]
async fn the_maintainer_moves_the_case_by_mail() {
    each("letters", |mut world| async move {
        let (_, case) = with_case(&mut world, &INI).await;
        assert!(matches!(case.embargo, Embargo::Proposed { .. }));
        assert_eq!(case.flaw.letters(), "Vfdpxa");
        assert_eq!(world.answer(case.id, FROM, "accept\n").await, Received::Filed);
        let case = world.case_on(&INI.package()).await;
        assert_eq!((case.report, case.embargo.name()), (Machine::Accepted, "active"));
        assert_eq!(world.answer(case.id, FROM, "slow down\n").await, Received::Filed);
        let project = world.every::<Project>().await.into_iter().find(|p| p.id == case.project);
        assert_eq!(project.map(|project| project.pace), Some(Pace::Slow));
        assert_eq!(world.answer(case.id, FROM, "not a bug: as designed\n").await, Received::Filed);
        assert_eq!(world.case_on(&INI.package()).await.report, Machine::Invalid);
        world.until_quiet().await;
        assert_eq!(evidence(&world), 0, "nobody asked for the reproducer");
    })
    .await;
}

#[tokio::test]
async fn strangers_and_repeated_letters_move_nothing() {
    each("strangers", |mut world| async move {
        let (_, case) = with_case(&mut world, &INI).await;
        let before = world.facts().await;
        let text = "please send the reproducer\nfixed in 1.3.6\n";
        let stranger = world.answer(case.id, "security@elsewhere.invalid", text).await;
        assert_eq!(stranger, Received::Strange);
        for bytes in [&b"no letter at all"[..], b"", b"From: a@b.invalid\n\naccept\n"] {
            assert_eq!(must(case::receive(&world.desk, bytes).await), Received::Strange);
        }
        assert!(world.facts().await == before);
        let letter = world.letter(case.id, FROM, "accept\n").await;
        assert_eq!(must(case::receive(&world.desk, &letter).await), Received::Filed);
        let filed = world.facts().await;
        assert_eq!(must(case::receive(&world.desk, &letter).await), Received::Known);
        assert!(world.facts().await == filed);
    })
    .await;
}

#[tokio::test]
async fn the_bundle_leaves_only_by_a_recorded_release() {
    each("bundle", |mut world| async move {
        let (story, case) = with_case(&mut world, &INI).await;
        assert_eq!((case.bundle.clone(), evidence(&world)), (None, 0), "withheld by policy");
        must(case::send_bundle(&world.desk, case.id).await);
        assert_eq!(evidence(&world), 0, "the job alone sends nothing");
        for other in [&story.cast.maintainer.1, &story.cast.finders[0], &story.cast.vendor.1] {
            let refused = case::release_bundle(&world.desk, other, case.id).await;
            assert!(matches!(refused, Err(Denied::Refused(Refusal::Hidden))));
        }
        let asked = world.answer(case.id, FROM, "please send the reproducer\n").await;
        assert_eq!(asked, Received::Filed);
        world.until_quiet().await;
        let case = world.case_on(&INI.package()).await;
        assert!(case.bundle.is_some_and(|release| release.by.is_none()));
        assert_eq!(evidence(&world), 1);
        must(case::send_bundle(&world.desk, case.id).await);
        assert_eq!(evidence(&world), 1, "done twice, sent once");
        let again = case::release_bundle(&world.desk, &story.cast.analysts[0], case.id).await;
        assert!(matches!(again, Err(Denied::Refused(Refusal::NotNow { .. }))));
    })
    .await;
}

#[tokio::test]
async fn an_analyst_releases_in_their_own_name_and_a_policy_in_its() {
    one(|mut world| async move {
        let (story, case) = with_case(&mut world, &INI).await;
        let analyst = &story.cast.analysts[1];
        must(case::release_bundle(&world.desk, analyst, case.id).await);
        world.until_quiet().await;
        let case = world.case_on(&INI.package()).await;
        assert_eq!(case.bundle.and_then(|release| release.by), analyst.account);
        world.submit(&story.cast.finders[0], &TAR.report(0)).await;
        world.until_quiet().await;
        let case = world.case_on(&TAR.package()).await;
        assert!(case.bundle.is_some_and(|release| release.by.is_none()));
        assert_eq!(evidence(&world), 2);
    })
    .await;
}

#[tokio::test]
async fn a_release_that_still_shows_the_flaw_is_no_fix() {
    each("no fix", |mut world| async move {
        let (_, case) = with_case(&mut world, &INI).await;
        for body in ["fixed in 1.3.0\n", "fixed in 7.7.7\n"] {
            assert_eq!(world.answer(case.id, FROM, body).await, Received::Filed);
        }
        world.until_quiet().await;
        let mut found: Vec<&str> = Vec::new();
        for fix in world.every::<Fix>().await {
            found.push(match fix.standing {
                Standing::Announced => "announced",
                Standing::Holds { .. } => "holds",
                Standing::DoesNotHold { .. } => "does not hold",
                Standing::Untested => "untested",
            });
        }
        found.sort_unstable();
        assert_eq!(found, ["does not hold", "untested"]);
        let case = world.case_on(&INI.package()).await;
        assert!(!case.flaw.fix_ready);
        assert_eq!(world.every::<seawall_domain::advisory::Advisory>().await.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_closed_mailbox_delays_a_letter_and_doubles_none() {
    one(|mut world| async move {
        world.courier.close();
        let (_, case) = with_case(&mut world, &INI).await;
        assert_eq!(world.courier.letters().len(), 0);
        assert!(case.sent(LetterKind::Report).is_some(), "recorded before it is handed over");
        world.courier.open();
        world.wait(48);
        world.until_quiet().await;
        assert_eq!(world.courier.letters().len(), 1);
        assert_eq!(world.stuck().await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a_distributor_speaks_for_its_own_packages_once_it_takes_part() {
    each("stated range", |mut world| async move {
        let (story, case) = with_case(&mut world, &INI).await;
        let (party, distributor) = &story.cast.distributor;
        let package =
            Package { ecosystem: Ecosystem::Debian(Some("12".into())), name: "node-ini".into() };
        let range = Interval {
            introduced: None,
            fixed: Some("1.3.5-1+deb12u1".into()),
            last_affected: None,
        };
        let state = async |world: &World| {
            let stated = vec![range.clone()];
            case::state_range(&world.desk, distributor, case.id, package.clone(), stated).await
        };
        assert!(matches!(state(&world).await, Err(Denied::Refused(Refusal::Hidden))));
        assert_eq!(must(case::list(&world.desk, distributor, 10).await).len(), 0);
        must(case::invite(&world.desk, &story.cast.analysts[0], case.id, party.id).await);
        assert_eq!(must(case::list(&world.desk, distributor, 10).await).len(), 1);
        let stated = must(state(&world).await).stated;
        assert_eq!(stated.len(), 1);
        let again = case::invite(&world.desk, &story.cast.analysts[0], case.id, party.id).await;
        assert!(matches!(again, Err(Denied::Refused(Refusal::NotNow { .. }))));
    })
    .await;
}
