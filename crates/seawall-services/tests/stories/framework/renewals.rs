//! A renewed seat: who was stopped in the one before, and which keys were lost there, comes over.

use super::{holds, refused};
use seawall_domain::digest::Digest;
use seawall_domain::id::PartnerId;
use seawall_domain::partner::left::Left;
use seawall_domain::partner::seat::{Change, Denied, Extent, Seat, Why};
use seawall_domain::partner::{Partner, Progress};
use seawall_services::partner;
use seawall_testkit::world::{Framework, World, each, must, person_of};

const OTHER: Digest = Digest::new([2; 32]);

async fn seat_of(world: &World, cast: &Framework, id: PartnerId) -> Seat {
    let dossier = must(partner::dossier(&world.desk, &cast.partner.1, id).await);
    dossier.seat.unwrap_or_else(|| panic!("it has a seat")).seat
}

#[tokio::test]
async fn whoever_was_revoked_does_not_come_back_by_a_renewal() {
    each("renewal", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let desk = world.desk.clone();
        let (maker, duty, me) = (&cast.developer.1, &cast.duty, &cast.partner.1);
        let person = Extent::Person(person_of(me));
        let first = cast.seat(&world).await;
        let why = Why::TermsBroken;
        for side in [duty, maker] {
            must(partner::change(&desk, side, first, Change::Revoke { extent: person, why }).await);
        }
        // The key had its token in a seat beside this one.
        let beside = cast.seat(&world).await;
        let key = cast.token_key(&world, beside, 7).await;
        must(partner::lose_key(&desk, me, first, key).await);
        // The year is over, and the partner's seat is renewed, for the same person.
        world.wait(24 * 366);
        world.until_idle().await;
        let over = must(partner::dossier(&desk, me, first).await);
        assert_eq!(over.progress, Progress::Over);
        let second = cast.seat(&world).await;
        let seat = seat_of(&world, &cast, second).await;
        let admits = |seat: &Seat, key| seat.admits(person_of(me), &key, world.now());
        assert_eq!(admits(&seat, OTHER), Err(Denied::Revoked));
        assert!(seat.left().revoked.contains_key(&person));
        assert!(seat.cut().people.contains(&person_of(me)) && seat.cut().keys.contains(&key));
        // It comes back by two people, and the developer is one of them.
        let resume = Change::Resume { extent: person };
        must(partner::change(&desk, duty, second, resume).await);
        let itself = partner::change(&desk, me, second, resume).await;
        refused(itself, "cannot start again without the developer");
        must(partner::change(&desk, maker, second, resume).await);
        let seat = seat_of(&world, &cast, second).await;
        assert_eq!(admits(&seat, OTHER), Ok(()));
        assert_eq!(admits(&seat, key), Err(Denied::LostKey), "no key comes back");
        holds::<Partner>(&mut world).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_stopped_in_a_seat_comes_over_to_the_one_beside_it() {
    each("beside", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let desk = world.desk.clone();
        let (duty, me) = (&cast.duty, &cast.partner.1);
        let person = Extent::Person(person_of(me));
        let first = cast.seat(&world).await;
        world.wait(24 * 300);
        // It is renewed early, and the person is stopped in the old seat only then.
        let second = cast.seat(&world).await;
        must(partner::suspend(&desk, duty, first, person, Why::LeakSuspected).await);
        assert_eq!(*seat_of(&world, &cast, second).await.left(), Left::default());
        world.wait(24 * 66);
        world.until_idle().await;
        let seat = seat_of(&world, &cast, second).await;
        assert_eq!(seat.admits(person_of(me), &OTHER, world.now()), Err(Denied::Suspended));
        assert!(seat.cut().people.contains(&person_of(me)));
        // The job that recorded the end may run twice.
        must(partner::end_seat(&desk, first).await);
        assert_eq!(seat_of(&world, &cast, second).await, seat);
        holds::<Partner>(&mut world).await;
    })
    .await;
}
