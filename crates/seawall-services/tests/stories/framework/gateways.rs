//! The gateways of windows: whose keys are named, checkpoints of their journals, and certificates
//! that what they held is gone.

use super::{hidden, holds, refused};
use seawall_domain::engagement::Engagement;
use seawall_domain::engagement::gateways::{Side, Standing};
use seawall_domain::engagement::window::Ring;
use seawall_domain::id::WindowId;
use seawall_services::engagement;
use seawall_testkit::world::{Framework, each, must};
use seawall_testkit::world::{gateway_certificate, gateway_key, journal_checkpoint};

#[tokio::test]
async fn what_gateways_held_is_gone_when_each_of_them_certifies_it() {
    each("gateways", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let desk = world.desk.clone();
        let (official, maker) = (&cast.officials.1[0], &cast.developer.1);
        let seat = cast.seat(&world).await;
        let (id, window) = cast.open_window(&world, Ring::Partners, 1).await;
        let key = gateway_key;
        must(engagement::name_gateway(&desk, maker, id, &key(5), Some(window)).await);
        must(engagement::name_gateway(&desk, official, id, &key(6), None).await);
        let absent = WindowId::new(uuid::Uuid::from_u128(1));
        let other = engagement::name_gateway(&desk, official, id, &key(7), Some(absent)).await;
        refused(other, "has not had that window");
        for actor in [maker, official] {
            let (seen, _) = must(engagement::destructions(&desk, actor, id).await);
            let by = seen.gateways_of(window).iter().map(|it| it.standing).collect::<Vec<_>>();
            let [Standing::Named { by: one, .. }, Standing::Named { by: two, .. }] = by[..] else {
                panic!("both are named: {by:?}");
            };
            assert_eq!((one, two), (Side::Developer, Side::Clearinghouse), "both sides see both");
        }
        // A checkpoint that somebody kept is held against what comes later.
        let note = journal_checkpoint(5, window, 4, 9);
        must(engagement::bring_checkpoint(&desk, maker, id, note.as_bytes()).await);
        let fork = journal_checkpoint(5, window, 4, 8);
        let fork = engagement::bring_checkpoint(&desk, maker, id, fork.as_bytes()).await;
        refused(fork, "does not agree");
        let foreign = journal_checkpoint(7, window, 5, 9);
        let foreign = engagement::bring_checkpoint(&desk, maker, id, foreign.as_bytes()).await;
        refused(foreign, "no gateway with that key");
        refused(engagement::bring_checkpoint(&desk, maker, id, b"note").await, "note");
        must(engagement::withdraw_window(&desk, maker, id).await);
        let now = desk.now();
        let whole = gateway_certificate(5, window, 6, now);
        for actor in [&cast.rival.1, &cast.partner.1, &cast.duty, &cast.evaluators[0]] {
            hidden(engagement::bring_destruction(&desk, actor, id, &whole).await);
            hidden(engagement::bring_checkpoint(&desk, actor, id, note.as_bytes()).await);
            hidden(engagement::destructions(&desk, actor, id).await.map(|_| ()));
        }
        let stranger = gateway_certificate(7, window, 6, now);
        let stranger = engagement::bring_destruction(&desk, maker, id, &stranger).await;
        refused(stranger, "no gateway with that key");
        let short = gateway_certificate(5, window, 3, now);
        refused(engagement::bring_destruction(&desk, maker, id, &short).await, "as new or newer");
        let mut bent = whole.clone();
        let place = bent.len() - 30;
        bent[place] = b'1';
        refused(engagement::bring_destruction(&desk, maker, id, &bent).await, "its list");
        let elsewhere = gateway_certificate(5, absent, 6, now);
        let elsewhere = engagement::bring_destruction(&desk, maker, id, &elsewhere).await;
        refused(elsewhere, "has not had that window");
        refused(engagement::bring_destruction(&desk, maker, id, b"{}\n").await, "");
        must(engagement::bring_destruction(&desk, maker, id, &whole).await);
        refused(engagement::bring_destruction(&desk, maker, id, &whole).await, "is there");
        let told = async || must(engagement::show(&desk, official, id).await).destroyed(window);
        let before = must(told().await.ok_or("it is over"));
        assert_eq!((before.count(), before.is_all()), ((3, 2), false));
        let other = gateway_certificate(6, window, 2, now);
        must(engagement::bring_destruction(&desk, official, id, &other).await);
        assert!(told().await.is_some_and(|told| told.is_all()));
        // The developer is told each time; the partner sees the same, with what was signed.
        let letters = must(engagement::letters(&desk, maker, id).await);
        let letters: Vec<String> = letters.iter().map(|letter| letter.text()).collect();
        assert!(letters.iter().any(|text| text.contains("2 have delivered")), "{letters:?}");
        let last = letters.last().map(String::as_str).unwrap_or_default();
        assert!(last.contains("Everything that was held in it is certified to be gone"), "{last}");
        let shown = must(engagement::destructions_for(&desk, &cast.partner.1, seat).await);
        let [(_, windows, certified)] = &shown[..] else { panic!("one engagement") };
        assert_eq!((windows.as_slice(), certified.len()), ([window].as_slice(), 2));
        assert!(whole.starts_with(certified[0].signed.as_bytes()));
        hidden(engagement::destructions_for(&desk, &cast.rival.1, seat).await.map(|_| ()));
        holds::<Engagement>(&mut world).await;
    })
    .await;
}

#[tokio::test]
async fn the_first_key_that_nobody_named_is_shown_as_that() {
    each("unnamed", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let desk = world.desk.clone();
        let (official, maker) = (&cast.officials.1[0], &cast.developer.1);
        let (id, window) = cast.open_window(&world, Ring::Partners, 1).await;
        must(engagement::withdraw(&desk, maker, id).await);
        let first = gateway_certificate(5, window, 2, desk.now());
        must(engagement::bring_destruction(&desk, maker, id, &first).await);
        let (seen, _) = must(engagement::destructions(&desk, official, id).await);
        assert_eq!(seen.gateways_of(window)[0].standing, Standing::FirstUsed);
        let second = gateway_certificate(6, window, 2, desk.now());
        let second = engagement::bring_destruction(&desk, official, id, &second).await;
        refused(second, "no gateway with that key");
        let key = gateway_key(5);
        let named = must(engagement::name_gateway(&desk, maker, id, &key, None).await);
        let standing = named.gateways_of(window)[0].standing;
        assert!(matches!(standing, Standing::Named { by: Side::Developer, .. }));
        holds::<Engagement>(&mut world).await;
    })
    .await;
}
