//! Subjects in their tables: what was recorded reads back equal, a moved row is refused, an altered
//! one is named, and lists show each actor their own and nothing else.

#![allow(clippy::unwrap_used)]

use seawall_domain::access::{Action, Actor, Scope};
use seawall_domain::account::Account;
use seawall_domain::advisory::Advisory;
use seawall_domain::case::Case;
use seawall_domain::engagement::Engagement;
use seawall_domain::evaluation::Evaluation;
use seawall_domain::exposure::Exposure;
use seawall_domain::finding::Finding;
use seawall_domain::fix::Fix;
use seawall_domain::id::PartyId;
use seawall_domain::inventory::Inventory;
use seawall_domain::partner::Partner;
use seawall_domain::partner::basis::Basis;
use seawall_domain::partner::conflict::Entry as Tie;
use seawall_domain::party::Party;
use seawall_domain::project::{Pace, Project};
use seawall_domain::refusal::Refusal;
use seawall_domain::reproduction::Reproduction;
use seawall_domain::scan::Scan;
use seawall_domain::statement::Statement;
use seawall_store::db::StoreFault;
use seawall_store::record::{Folded, Mandate, restore};
use seawall_testkit::world::{Framework, Story, TARGETS, World, each, must};
use std::collections::BTreeSet;
use uuid::Uuid;

/// A world in which every subject has rows: one case published, one not.
async fn full(world: &mut World) -> Story {
    let story = Story::stage(world).await;
    for finder in &story.cast.finders[..2] {
        world.lease(finder, &TARGETS[0].package()).await;
    }
    for operator in [&story.cast.hospital.1, &story.cast.agency.1] {
        world.inventory(operator, &["pkg:npm/ini@1.3.5"]).await;
    }
    let vendor = &story.cast.vendor.1;
    world.not_affected(vendor, "SW-2026-0009", "pkg:npm/ini@1.3.5").await;
    for (finder, target) in story.cast.finders.iter().zip(&TARGETS[1..3]) {
        world.submit(finder, &target.report(0)).await;
    }
    world.until_quiet().await;
    story.fix(world, &TARGETS[1]).await;
    story.publish(world, &TARGETS[1]).await;
    story
}

async fn reads_back<T: Folded>(world: &World) {
    let count = world.replays::<T>().await;
    assert!(count > 0, "no {} to compare", T::TABLE);
    let mut tx = must(world.desk.begin("test_read").await);
    for row in must(tx.rows(T::EVERY).await) {
        let held = must(restore::<T>(&row));
        let clerk = Actor::clerk();
        let loaded = must(tx.load::<T>(held.value.uuid()).await).open(&clerk, Action::Work);
        assert_eq!(must(loaded).0, held.value);
        assert_eq!(must(row.int("version")), held.version);
    }
}

#[tokio::test]
async fn every_subject_reads_back_and_is_what_its_facts_lead_to() {
    each("reads back", |mut world| async move {
        full(&mut world).await;
        reads_back::<Party>(&world).await;
        reads_back::<Account>(&world).await;
        reads_back::<Project>(&world).await;
        reads_back::<Scan>(&world).await;
        reads_back::<Finding>(&world).await;
        reads_back::<Reproduction>(&world).await;
        reads_back::<Case>(&world).await;
        reads_back::<Fix>(&world).await;
        reads_back::<Advisory>(&world).await;
        reads_back::<Inventory>(&world).await;
        reads_back::<Statement>(&world).await;
        reads_back::<Exposure>(&world).await;
        let framework = Framework::enter(&world).await;
        framework.begin(&world).await;
        framework.bring(&world).await;
        reads_back::<Evaluation>(&world).await;
        reads_back::<Engagement>(&world).await;
        reads_back::<Tie>(&world).await;
        reads_back::<Basis>(&world).await;
        reads_back::<Partner>(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_mandate_is_good_once_and_only_where_the_row_was() {
    each("moved", |world| async move {
        Story::stage(&world).await;
        let project = world.every::<Project>().await.remove(0);
        let id = project.id.uuid();
        let now = world.now();
        // Two look at the same row; the first to record wins, the other is told.
        let mut tx = must(world.desk.begin("test_first").await);
        let look = must(tx.load::<Project>(id).await).open(&Actor::clerk(), Action::Work);
        let (early, mandate) = must(look);
        let late = must(tx.load::<Project>(id).await).open(&Actor::clerk(), Action::Work);
        let (second, stale) = must(late);
        let (early, fact) = must(early.ask_pace(Pace::Slow, now));
        let next = must(tx.record(mandate, &early, fact, now).await);
        let (again, fact) = must(early.ask_pace(Pace::Agreed, now));
        let _ = must(tx.record(next, &again, fact, now).await);
        must(tx.commit().await);
        let mut tx = must(world.desk.begin("test_second").await);
        let (second, fact) = must(second.ask_pace(Pace::Paused, now));
        let moved = tx.record(stale, &second, fact, now).await;
        assert!(
            matches!(moved, Err(StoreFault::Moved { transaction: "test_second" })),
            "{moved:?}"
        );
        drop(tx);
        // A thing that is there already is not started again.
        let party = world.every::<Party>().await.remove(0);
        let mut tx = must(world.desk.begin("test_start").await);
        let administrator = Actor::administrator();
        let start = Mandate::<Party>::start(party.id.uuid(), &administrator, Action::RegisterParty);
        let (same, fact) = Party::register(party.id, "another", [], now);
        let moved = tx.record(must(start), &same, fact, now).await;
        assert!(matches!(moved, Err(StoreFault::Moved { .. })), "{moved:?}");
        drop(tx);
        assert_eq!(world.replays::<Project>().await, 6);
    })
    .await;
}

#[tokio::test]
async fn an_absent_thing_and_a_hidden_one_give_the_same_answer() {
    each("hidden", |mut world| async move {
        let story = full(&mut world).await;
        let case = world.case_on(&TARGETS[2].package()).await;
        let mut tx = must(world.desk.begin("test_hidden").await);
        for (role, actor) in story.cast.everybody() {
            let mut answers = Vec::new();
            for id in [case.id.uuid(), Uuid::from_u128(1)] {
                let opened = must(tx.load::<Case>(id).await).open(&actor, Action::ReadCase);
                answers.push(opened.map(|(case, _)| case.id));
            }
            assert_eq!(answers[1], Err(Refusal::Hidden), "{role}");
            let entitled = ["analyst", "maintainer"].contains(&role);
            assert_eq!(answers[0].is_ok(), entitled, "{role}");
            assert!(entitled || answers[0] == answers[1], "{role}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_altered_row_is_named_by_table_column_and_id() {
    each("altered", |mut world| async move {
        full(&mut world).await;
        let case = world.case_on(&TARGETS[2].package()).await;
        for (column, sql, back) in [
            (
                "embargo",
                "UPDATE flaw_case SET embargo = embargo || 'x'",
                "UPDATE flaw_case SET embargo = substr(embargo, 1, length(embargo) - 1)",
            ),
            (
                "opened",
                "UPDATE flaw_case SET opened = opened + 1",
                "UPDATE flaw_case SET opened = opened - 1",
            ),
            (
                "state",
                "UPDATE flaw_case SET state = state || '}'",
                "UPDATE flaw_case SET state = substr(state, 1, length(state) - 1)",
            ),
        ] {
            world.tamper(sql).await;
            let mut tx = must(world.desk.begin("test_altered").await);
            let fault = tx.load::<Case>(case.id.uuid()).await.err().map(|fault| fault.to_string());
            let fault = fault.unwrap_or_default();
            for part in ["flaw_case", column, &case.id.to_string()] {
                assert!(fault.contains(part), "{fault} does not name {part}");
            }
            drop(tx);
            world.tamper(back).await;
        }
        let mut tx = must(world.desk.begin("test_restored").await);
        let loaded = must(tx.load::<Case>(case.id.uuid()).await);
        assert!(loaded.open(&Actor::clerk(), Action::Work).is_ok());
    })
    .await;
}

#[tokio::test]
async fn lists_show_what_the_scope_allows_and_nothing_else() {
    each("scopes", |mut world| async move {
        let story = full(&mut world).await;
        let cast = &story.cast;
        let finder = cast.finders[0].party.unwrap();
        let (hospital, maintainer) = (cast.hospital.0.id, cast.maintainer.0.id);
        let nobody = PartyId::new(Uuid::from_u128(404));
        let mut tx = must(world.desk.begin("test_scopes").await);
        // Scope → findings, scans, cases, inventories, exposures.
        for (name, scope, expected) in [
            ("all", Scope::All, [2, 2, 2, 2, 2]),
            ("nothing", Scope::Nothing, [0, 0, 0, 0, 0]),
            ("a finder's own", Scope::Own(finder), [1, 1, 0, 0, 0]),
            ("a hospital's own", Scope::Own(hospital), [0, 0, 0, 1, 1]),
            ("a maintainer's part", Scope::Participant(maintainer), [0, 0, 2, 0, 0]),
            ("a stranger's own", Scope::Own(nobody), [0, 0, 0, 0, 0]),
            ("a stranger's part", Scope::Participant(nobody), [0, 0, 0, 0, 0]),
        ] {
            let counts = [
                must(tx.finding_list(scope, 99).await).len(),
                must(tx.scan_list(scope, 99).await).len(),
                must(tx.case_list(scope, 99).await).len(),
                must(tx.inventory_list_current(scope).await).len(),
                must(tx.exposure_list(scope, 99).await).len(),
            ];
            assert_eq!(counts, expected, "{name}");
        }
        let exposures = must(tx.exposure_list(Scope::Own(hospital), 99).await);
        let owners: BTreeSet<_> = exposures.iter().map(|e| e.spot.operator).collect();
        assert_eq!(owners, [hospital].into());
    })
    .await;
}
