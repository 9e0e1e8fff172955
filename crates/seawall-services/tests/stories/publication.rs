//! Signing by two people, publication, and revision.

use seawall_domain::advisory::{Advisory, Standing};
use seawall_domain::case::Case;
use seawall_domain::job::Job;
use seawall_domain::refusal::Refusal;
use seawall_formats::{csaf, osv};
use seawall_services::case::Keep;
use seawall_services::outcome::Denied;
use seawall_services::{advisory, case, work};
use seawall_testkit::world::{Story, TARGETS, Target, World, each, must, one};

const SQLPARSE: Target = TARGETS[0];
const ZLIB: Target = TARGETS[3];

/// A world in which the target's advisory waits for signatures.
async fn drafted(world: &mut World, target: &Target) -> (Story, Advisory) {
    let story = Story::stage(world).await;
    world.submit(&story.cast.finders[0], &target.report(0)).await;
    world.until_quiet().await;
    story.fix(world, target).await;
    let advisory = story.advisory(world, target).await;
    (story, advisory)
}

fn intervals(out: &advisory::Out) -> Vec<String> {
    out.publication.affected[0].ranges.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn two_different_people_sign_what_they_looked_at() {
    each("two people", |mut world| async move {
        let (story, draft) = drafted(&mut world, &SQLPARSE).await;
        let [one, two] = &story.cast.analysts;
        let sign = async |actor, digest| advisory::sign(&world.desk, actor, draft.id, digest).await;
        for other in [&story.cast.maintainer.1, &story.cast.finders[0], &story.cast.agency.1] {
            assert!(matches!(
                sign(other, &draft.digest).await,
                Err(Denied::Refused(Refusal::Hidden))
            ));
        }
        let machine = sign(&story.cast.robot, &draft.digest).await;
        assert!(matches!(machine, Err(Denied::Refused(Refusal::Forbidden))), "{machine:?}");
        let other = seawall_services::desk::digest(b"another revision");
        assert!(matches!(sign(one, &other).await, Err(Denied::Refused(Refusal::NotNow { .. }))));
        assert_eq!(must(sign(one, &draft.digest).await).standing, Standing::Draft);
        assert!(matches!(
            sign(one, &draft.digest).await,
            Err(Denied::Refused(Refusal::SecondPersonNeeded { revision: 1 }))
        ));
        assert_eq!(must(sign(two, &draft.digest).await).standing, Standing::Signed);
        let late = sign(two, &draft.digest).await;
        assert!(late.is_err());
    })
    .await;
}

#[tokio::test]
async fn one_signature_publishes_nothing() {
    one(|mut world| async move {
        let (story, draft) = drafted(&mut world, &SQLPARSE).await;
        let signed = advisory::sign(&world.desk, &story.cast.analysts[0], draft.id, &draft.digest);
        must(signed.await);
        world.until_quiet().await;
        assert_eq!(must(advisory::list_out(&world.desk, 10).await).len(), 0);
        assert!(!world.case_on(&SQLPARSE.package()).await.flaw.public_aware);
    })
    .await;
}

#[tokio::test]
async fn a_person_who_keeps_it_private_beats_signatures_and_clocks() {
    each("kept private", |mut world| async move {
        let (story, _) = drafted(&mut world, &SQLPARSE).await;
        let analyst = &story.cast.analysts[0];
        let id = world.case_on(&SQLPARSE.package()).await.id;
        must(case::keep_private(&world.desk, analyst, id, Keep::Private).await);
        let signed = story.publish(&mut world, &SQLPARSE).await;
        assert_eq!((signed.standing, signed.number), (Standing::Signed, None));
        // Far beyond the embargo's end and every count of tries.
        for _ in 0..11 {
            world.wait(24 * 10);
            world.until_quiet().await;
        }
        assert_eq!(must(advisory::list_out(&world.desk, 10).await).len(), 0);
        must(case::keep_private(&world.desk, analyst, id, Keep::NoLonger).await);
        world.until_quiet().await;
        let out = must(advisory::list_out(&world.desk, 10).await);
        assert_eq!(out.len(), 1);
        assert_eq!(out[0].number.to_string(), "SW-2026-0001");
        assert_eq!(world.stuck().await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn what_is_published_is_sound_in_every_format() {
    each("documents", |mut world| async move {
        let story = Story::stage(&world).await;
        story.until_published(&mut world).await;
        let out = must(advisory::list_out(&world.desk, 10).await);
        let numbers: Vec<String> = out.iter().map(|out| out.number.to_string()).collect();
        assert_eq!(numbers, ["SW-2026-0004", "SW-2026-0003", "SW-2026-0002", "SW-2026-0001"]);
        for out in &out {
            let public = &world.desk.settings.public;
            let bytes = must(std::fs::read(public.join(&out.csaf_path)));
            assert_eq!(csaf::faults(&bytes), Vec::new(), "{}", out.csaf_path);
            let record = must(std::fs::read(public.join(&out.osv_path)));
            must(osv::read(&record));
            assert!(out.publication.notice.is_some(), "it says that it is a replay");
        }
        // Writing the folder again gives the same folder.
        let read = |world: &World| -> Vec<_> {
            let files = World::files(&world.desk.settings.public);
            files.into_iter().map(|path| (must(std::fs::read(&path)), path)).collect()
        };
        let before = read(&world);
        let id = story.advisory(&world, &SQLPARSE).await.id;
        world.wait(5);
        must(work::perform(&world.desk, &Job::Export(id)).await);
        assert!(read(&world) == before);
    })
    .await;
}

#[tokio::test]
async fn a_relapse_reopens_the_case_and_revises_the_advisory_under_its_number() {
    each("relapse", |mut world| async move {
        let (story, _) = drafted(&mut world, &ZLIB).await;
        let first = story.publish(&mut world, &ZLIB).await;
        assert_eq!(first.standing, Standing::Published);
        let out = must(advisory::list_out(&world.desk, 10).await);
        assert_eq!(intervals(&out[0]), ["from 0.1.4 until fixed in 1.1.9"]);
        story.open_catalogue(&mut world, &ZLIB).await;
        let case: Case = world.case_on(&ZLIB.package()).await;
        assert_eq!(case.reopened, 1);
        let second = story.advisory(&world, &ZLIB).await;
        assert_eq!((second.revision, second.standing), (2, Standing::Draft));
        assert_eq!(second.signatures, Vec::new(), "the old signatures say nothing of it");
        assert_eq!(
            must(advisory::list_out(&world.desk, 10).await)[0].publication.revisions.len(),
            1
        );
        let second = story.publish(&mut world, &ZLIB).await;
        assert_eq!((second.number, second.editions.len()), (first.number, 2));
        let out = must(advisory::list_out(&world.desk, 10).await);
        assert_eq!(out.len(), 1);
        assert_eq!(
            intervals(&out[0]),
            ["from 0.1.4 until fixed in 1.1.9", "from 1.1.10 until fixed in 1.1.14"]
        );
        assert_eq!(out[0].publication.revisions.len(), 2);
        let told = |revision: u32| {
            let subject = format!("(revision {revision})");
            world.courier.letters().iter().filter(|l| l.contains(&subject)).count()
        };
        assert_eq!((told(1), told(2)), (1, 1), "who got the first gets the second");
        // Looking again finds nothing new.
        story.open_catalogue(&mut world, &ZLIB).await;
        assert_eq!(world.case_on(&ZLIB.package()).await.reopened, 1);
        assert_eq!(world.stuck().await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a_watch_that_was_cut_short_still_reopens() {
    one(|mut world| async move {
        let (story, _) = drafted(&mut world, &ZLIB).await;
        story.publish(&mut world, &ZLIB).await;
        // The runs are recorded, and then the worker dies: as if the last step had not been.
        let administrator = seawall_domain::access::Actor::administrator();
        let project = world.case_on(&ZLIB.package()).await.project;
        let desk = &world.desk;
        must(seawall_services::project::move_horizon(desk, &administrator, project, None).await);
        must(work::perform(&world.desk, &Job::Watch(project)).await);
        let facts = world.facts().await.len();
        must(work::perform(&world.desk, &Job::Watch(project)).await);
        assert_eq!(world.facts().await.len(), facts);
        assert_eq!(world.case_on(&ZLIB.package()).await.reopened, 1);
    })
    .await;
}
