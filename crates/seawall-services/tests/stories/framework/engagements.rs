//! Engagements: a developer asks, waits, offers, withdraws; days, custody, letters.

use super::{hidden, holds, refused};
use seawall_domain::access::Actor;
use seawall_domain::engagement::letter::{NO_DETERMINATION, NOTHING_REQUIRED};
use seawall_domain::engagement::release::{Release, Report};
use seawall_domain::engagement::window::Ring;
use seawall_domain::engagement::{Engagement, OPEN_MAX, UNRECORDED, Weights};
use seawall_domain::evaluation::decision::Outcome as Finding;
use seawall_domain::id::EngagementId;
use seawall_ledger::dsse::Envelope;
use seawall_services::desk::digest;
use seawall_services::engagement::{self, Offered};
use seawall_testkit::world::life::sealed;
use seawall_testkit::world::{Framework, World, digest_of, each, in_days, must, person_of};

fn offered(world: &World, snapshot: u8, days: i64) -> Offered<'static> {
    Offered {
        ring: Ring::Government,
        seconds: days * 86_400,
        snapshot: digest_of(snapshot),
        terms: "Nothing leaves the enclave.",
        answer_by: in_days(world, 30),
    }
}

/// Opens a window of so many days.
async fn window(world: &World, cast: &Framework, id: EngagementId, snapshot: u8, days: i64) {
    let (desk, developer) = (&world.desk, &cast.developer.1);
    must(engagement::offer(desk, developer, id, offered(world, snapshot, days)).await);
    must(engagement::accept(desk, &cast.officials.1[0], id).await);
    must(engagement::begin(desk, developer, id).await);
}

#[tokio::test]
async fn engagements_of_one_developer_are_bounded_until_they_end() {
    each("many engagements", |world| async move {
        let cast = Framework::enter(&world).await;
        let (desk, developer) = (&world.desk, &cast.developer.1);
        let first = cast.engage(&world, 1).await.id;
        for number in 2..=u8::try_from(OPEN_MAX).unwrap_or(u8::MAX) {
            cast.engage(&world, number).await;
        }
        let open = async |actor: &Actor| {
            engagement::open(desk, actor, Weights::Held, digest_of(200)).await
        };
        refused(open(developer).await, "engagements of one developer that have not ended");
        must(open(&cast.rival.1).await);
        must(engagement::withdraw(desk, developer, first).await);
        must(open(developer).await);
        refused(open(developer).await, "the bound is 64");
    })
    .await;
}

#[tokio::test]
async fn a_question_is_answered_and_the_letters_say_so() {
    each("question", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let engaged = cast.engage(&world, 1).await;
        let (desk, id) = (world.desk.clone(), engaged.id);
        let (developer, evaluator) = (&cast.developer.1, &cast.evaluators[0]);
        let official = &cast.officials.1[0];
        must(engagement::submit(&desk, developer, id, in_days(&world, 60)).await);
        refused(engagement::start(&desk, evaluator, id).await, "in the state");
        must(engagement::schedule(&desk, evaluator, id).await);
        refused(engagement::start(&desk, evaluator, id).await, "first name a sealed one");
        let root = sealed(&world, &cast).await.1;
        must(engagement::name_protocol(&desk, evaluator, id, root).await);
        must(engagement::start(&desk, evaluator, id).await);
        must(engagement::analyse(&desk, evaluator, id).await);
        hidden(engagement::issue(&desk, evaluator, id, Finding::Covered, None).await);
        let differs = Some("The battery was too small.");
        let issued = engagement::issue(&desk, official, id, Finding::Inconclusive, differs).await;
        let issued = must(issued);
        assert_eq!((issued.determination.name(), issued.record), ("issued", None));
        assert_eq!(issued.unrecorded(), Some(UNRECORDED), "and no letter tells of it");
        let reasons = must(engagement::documents(&desk, &cast.auditor, id).await);
        assert_eq!(reasons[0].2, "The battery was too small.");
        assert_eq!(must(engagement::documents(&desk, developer, id).await), [], "not theirs");
        // The outcome opens no window, and the release was never anybody's business.
        let release = Report::Everybody { at: world.now() };
        let after = must(engagement::report(&desk, developer, id, release).await);
        assert_eq!(after.window.name(), "none");
        assert!(matches!(after.release, Release::GeneralReported { .. }));
        let letters = must(engagement::letters(&desk, developer, id).await);
        assert_eq!(letters.len(), 2, "the receipt, and the root before the runs");
        assert!(letters[0].text().contains(NOTHING_REQUIRED));
        holds::<Engagement>(&mut world).await;
    })
    .await;
}

/// Brings an engagement into a state by name.
async fn reach(world: &mut World, cast: &Framework, state: &str, snapshot: u8) -> EngagementId {
    let desk = world.desk.clone();
    let (developer, evaluator) = (&cast.developer.1, &cast.evaluators[0]);
    let official = &cast.officials.1[0];
    let id = cast.engage(world, snapshot).await.id;
    let asked = ["submitted", "scheduled", "running", "analysed", "issued", "lapsed", "declined"];
    if asked.contains(&state) {
        must(engagement::submit(&desk, developer, id, in_days(world, 60)).await);
    }
    let rank = asked.iter().position(|known| *known == state);
    if rank.is_some_and(|rank| (1..5).contains(&rank)) {
        must(engagement::schedule(&desk, evaluator, id).await);
        if state != "scheduled" {
            let root = sealed(world, cast).await.1;
            must(engagement::name_protocol(&desk, evaluator, id, root).await);
            must(engagement::start(&desk, evaluator, id).await);
        }
        if ["analysed", "issued"].contains(&state) {
            must(engagement::analyse(&desk, evaluator, id).await);
        }
        if state == "issued" {
            must(engagement::issue(&desk, official, id, Finding::Covered, None).await);
        }
    }
    match state {
        "declined" => drop(must(engagement::decline_question(&desk, official, id).await)),
        "lapsed" => {
            world.wait(24 * 61);
            world.until_idle().await;
        }
        "withdrawn" => drop(must(engagement::withdraw(&desk, developer, id).await)),
        "offered" | "accepted" | "active" | "ended" => {
            let offer = offered(world, snapshot, 1);
            must(engagement::offer(&desk, developer, id, offer).await);
        }
        _ => {}
    }
    if ["accepted", "active", "ended"].contains(&state) {
        must(engagement::accept(&desk, official, id).await);
    }
    if ["active", "ended"].contains(&state) {
        must(engagement::begin(&desk, developer, id).await);
    }
    if state == "ended" {
        must(engagement::break_window(&desk, &cast.duty, id).await);
    }
    id
}

const STATES: [&str; 13] = [
    "draft",
    "submitted",
    "scheduled",
    "running",
    "analysed",
    "issued",
    "lapsed",
    "declined",
    "withdrawn",
    "offered",
    "accepted",
    "active",
    "ended",
];

#[tokio::test]
async fn a_developer_withdraws_and_reports_in_every_state() {
    each("withdraw", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let desk = world.desk.clone();
        for (snapshot, state) in (1..).zip(STATES) {
            let id = reach(&mut world, &cast, state, snapshot).await;
            let before = must(engagement::show(&desk, &cast.developer.1, id).await);
            let names = [before.determination.name(), before.window.name()];
            assert!(names.contains(&state), "{state}: {names:?}");
            let facts = world.facts().await.len();
            let report = Report::Partners { at: in_days(&world, 100) };
            must(engagement::report(&desk, &cast.developer.1, id, report).await);
            let after = must(engagement::withdraw(&desk, &cast.developer.1, id).await);
            assert!(world.facts().await.len() >= facts + 3, "{state}: each is on record");
            assert_eq!(after.determination.answer_by(), None, "{state}");
            assert_eq!((after.window.offer(), after.admits(world.now())), (None, None), "{state}");
            // Nobody else can withdraw for it, not even by guessing.
            hidden(engagement::withdraw(&desk, &cast.rival.1, id).await);
            hidden(engagement::withdraw(&desk, &cast.officials.1[0], id).await);
        }
        holds::<Engagement>(&mut world).await;
    })
    .await;
}

#[tokio::test]
async fn silence_ends_waiting_and_nothing_else() {
    each("silence", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let engaged = cast.engage(&world, 1).await;
        let (desk, id) = (world.desk.clone(), engaged.id);
        must(engagement::submit(&desk, &cast.developer.1, id, in_days(&world, 10)).await);
        world.wait(24 * 9);
        world.until_idle().await;
        let still = must(engagement::show(&desk, &cast.developer.1, id).await);
        assert_eq!(still.determination.name(), "submitted");
        world.wait(24 * 2);
        world.until_idle().await;
        world.wait(24 * 800);
        world.until_idle().await;
        let after = must(engagement::show(&desk, &cast.developer.1, id).await);
        assert_eq!(after.determination.name(), "lapsed");
        let letters = must(engagement::letters(&desk, &cast.developer.1, id).await);
        assert_eq!(letters.len(), 2, "a receipt, and that waiting is over: no reminder");
        assert!(letters[1].text().contains(NO_DETERMINATION));
        assert_eq!(world.courier.letters().len(), 0, "nobody is written to");
        holds::<Engagement>(&mut world).await;
    })
    .await;
}

#[tokio::test]
async fn thirty_days_are_thirty_days_whatever_a_model_is_called() {
    each("days", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let (desk, developer) = (world.desk.clone(), cast.developer.1.clone());
        let first = cast.engage(&world, 1).await.id;
        window(&world, &cast, first, 1, 20).await;
        world.wait(24 * 12);
        world.until_idle().await;
        // Another engagement about the same model, while the first window is open: 10 days left.
        let second = cast.engage(&world, 1).await.id;
        window(&world, &cast, second, 1, 30).await;
        let open = must(engagement::show(&desk, &developer, second).await);
        assert_eq!(open.lineage.left().as_secs(), 0);
        let used = open.lineage.uses()[0].span.length();
        assert_eq!(used.as_secs(), 10 * 86_400, "ten days were left");
        // The first ends early, so what it did not use is free again.
        must(engagement::withdraw_window(&desk, &developer, first).await);
        let later = open.lineage.uses()[0].span.end + jiff::SignedDuration::from_hours(24 * 7);
        must(engagement::extend(&desk, &developer, second, later).await);
        let too_late = later + jiff::SignedDuration::from_hours(24 * 3);
        let refusal = engagement::extend(&desk, &developer, second, too_late).await;
        refused(refusal, "30 days over all windows are used");
        must(engagement::withdraw(&desk, &developer, second).await);
        world.wait(24);
        // A checkpoint by another name, then said to be the same model.
        let third = cast.engage(&world, 7).await.id;
        must(engagement::add_snapshot(&desk, &developer, third, digest_of(1)).await);
        window(&world, &cast, third, 7, 30).await;
        let renamed = must(engagement::show(&desk, &developer, third).await);
        let left = 30 * 86_400 - 12 * 86_400;
        assert!(renamed.lineage.uses()[0].span.length().as_secs() <= left);
        world.wait(24 * 40);
        world.until_idle().await;
        let fourth = cast.engage(&world, 7).await.id;
        must(engagement::offer(&desk, &developer, fourth, offered(&world, 7, 1)).await);
        must(engagement::accept(&desk, &cast.officials.1[0], fourth).await);
        refused(engagement::begin(&desk, &developer, fourth).await, "are used");
        // Another developer with the same bytes has days of its own, and learns nothing.
        let rival = &cast.rival.1;
        let own = engagement::open(&desk, rival, Weights::Held, digest_of(1)).await;
        assert_eq!(must(own).lineage.used().as_secs(), 0);
        holds::<Engagement>(&mut world).await;
    })
    .await;
}

#[tokio::test]
async fn a_window_ends_by_itself_and_with_a_reported_release() {
    each("window", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let (desk, developer) = (world.desk.clone(), cast.developer.1.clone());
        let id = cast.engage(&world, 1).await.id;
        window(&world, &cast, id, 1, 5).await;
        world.wait(24 * 5);
        world.until_idle().await;
        let ended = must(engagement::show(&desk, &developer, id).await);
        assert_eq!((ended.window.name(), ended.admits(world.now())), ("ended", None));
        let letters = must(engagement::letters(&desk, &developer, id).await);
        assert!(letters[0].text().contains("its time was up"));
        window(&world, &cast, id, 1, 5).await;
        let soon = in_days(&world, 2);
        must(engagement::report(&desk, &developer, id, Report::Partners { at: soon }).await);
        world.wait(24 * 2 + 1);
        world.until_idle().await;
        let ended = must(engagement::show(&desk, &developer, id).await);
        assert_eq!(ended.window.name(), "ended");
        // Open weights have no window: there is advice.
        must(engagement::open_weights(&desk, &developer, id).await);
        let offer = engagement::offer(&desk, &developer, id, offered(&world, 1, 1)).await;
        refused(offer, "there is advice only");
        let opinion = "Publish the mitigation first.";
        must(engagement::advise(&desk, &cast.evaluators[0], id, opinion).await);
        let texts = must(engagement::documents(&desk, &developer, id).await);
        assert_eq!((texts.len(), texts[0].2.as_str()), (1, opinion));
        hidden(engagement::documents(&desk, &cast.partner.1, id).await);
        holds::<Engagement>(&mut world).await;
    })
    .await;
}

#[tokio::test]
async fn what_was_held_is_erased_and_two_people_certify_it() {
    each("custody", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let (desk, developer) = (world.desk.clone(), cast.developer.1.clone());
        let evaluator = &cast.evaluators[0];
        let id = cast.engage(&world, 1).await.id;
        refused(engagement::hold(&desk, evaluator, id, b"early").await, "in the state");
        window(&world, &cast, id, 1, 5).await;
        let secret = b"a transcript that must not stay".as_slice();
        must(engagement::hold(&desk, evaluator, id, secret).await);
        hidden(engagement::hold(&desk, &cast.partner.1, id, b"not theirs").await);
        let held = must(engagement::holding(&desk, &developer, id).await);
        assert_eq!(held, [digest(secret)]);
        let address = desk
            .store
            .blobs()
            .address(&format!("engagement/{id}/{}", window_of(&desk, &cast, id).await), secret);
        let mut tx = must(desk.begin("test_blob").await);
        assert_eq!(must(desk.bytes(&mut tx, &address).await), secret);
        drop(tx);
        let window = window_of(&desk, &cast, id).await;
        must(engagement::withdraw(&desk, &developer, id).await);
        let [official, deputy] = &cast.officials.1;
        let early = engagement::certify(&desk, official, id, window).await;
        refused(early, "in the state");
        world.until_idle().await;
        assert_eq!(must(engagement::holding(&desk, &developer, id).await), []);
        let mut tx = must(desk.begin("test_blob").await);
        assert!(desk.bytes(&mut tx, &address).await.is_err(), "nothing decrypts it any more");
        drop(tx);
        must(engagement::certify(&desk, official, id, window).await);
        refused(engagement::certify(&desk, official, id, window).await, "a second person");
        must(engagement::certify(&desk, deputy, id, window).await);
        let certificates = must(engagement::certificates(&desk, &developer, id).await);
        let envelope = must(Envelope::from_json(certificates[0].as_bytes()));
        assert_eq!(envelope.signature_count(), 1);
        let text = String::from_utf8_lossy(envelope.unverified_payload()).into_owned();
        assert!(text.contains(&digest(secret).to_string()), "{text}");
        holds::<Engagement>(&mut world).await;
    })
    .await;
}

async fn window_of(
    desk: &seawall_services::desk::Desk,
    cast: &Framework,
    id: EngagementId,
) -> seawall_domain::id::WindowId {
    let engaged = must(engagement::show(desk, &cast.developer.1, id).await);
    match engaged.window.offer() {
        Some(offer) => offer.window,
        None => panic!("there is no window"),
    }
}

#[tokio::test]
async fn nobody_evaluates_its_own_model() {
    each("own model", |world| async move {
        let cast = Framework::enter(&world).await;
        use seawall_domain::party::Role;
        let both = world.party("Maker and judge", &[Role::Developer, Role::Evaluator]).await;
        let actor = world.person(&both, "Maker and judge").await;
        let desk = &world.desk;
        let own = engagement::open(desk, &actor, Weights::Held, digest_of(3)).await;
        let id = must(own).id;
        must(engagement::submit(desk, &actor, id, in_days(&world, 9)).await);
        refused(engagement::schedule(desk, &actor, id).await, "role does not allow");
        must(engagement::schedule(desk, &cast.evaluators[0], id).await);
    })
    .await;
}

/// A machine of the developer's ends things at any moment, and signs nothing for it.
#[tokio::test]
async fn a_developers_machine_withdraws_and_does_nothing_else() {
    each("machine", |world| async move {
        let cast = Framework::enter(&world).await;
        let (desk, maker) = (&world.desk, &cast.developer.1);
        let robot = world.machine(&cast.developer.0, "robot").await;
        let id = cast.engage(&world, 1).await.id;
        let says = "role does not allow";
        let until = in_days(&world, 60);
        refused(engagement::submit(desk, &robot, id, until).await, says);
        refused(engagement::offer(desk, &robot, id, offered(&world, 1, 2)).await, says);
        must(engagement::offer(desk, maker, id, offered(&world, 1, 2)).await);
        must(engagement::accept(desk, &cast.officials.1[0], id).await);
        refused(engagement::begin(desk, &robot, id).await, says);
        must(engagement::begin(desk, maker, id).await);
        refused(engagement::extend(desk, &robot, id, in_days(&world, 3)).await, says);
        let key = "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
        refused(engagement::name_lease_key(desk, &robot, id, key).await, says);
        refused(engagement::add_snapshot(desk, &robot, id, digest_of(2)).await, says);
        refused(engagement::open_weights(desk, &robot, id).await, says);
        let release = Report::Everybody { at: world.now() };
        refused(engagement::report(desk, &robot, id, release).await, says);
        let person = person_of(&cast.evaluators[0]);
        must(engagement::stop_person(desk, &robot, id, person).await);
        refused(engagement::lift_stop(desk, &robot, id, person).await, says);
        must(engagement::withdraw_question(desk, &robot, id).await);
        must(engagement::withdraw_window(desk, &robot, id).await);
        let after = must(engagement::withdraw(desk, &robot, id).await);
        assert_eq!(after.admits(world.now()), None);
    })
    .await;
}
