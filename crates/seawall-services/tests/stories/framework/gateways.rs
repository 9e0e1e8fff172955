//! The gateways of windows: whose keys are named, checkpoints of their journals, and certificates
//! that what they held is gone.

use super::{hidden, holds, refused};
use seawall_domain::engagement::Engagement;
use seawall_domain::engagement::gateways::{Side, Standing};
use seawall_domain::engagement::window::Ring;
use seawall_domain::id::WindowId;
use seawall_domain::time::Timestamp;
use seawall_formats::gateway::destruction::CERTIFICATE;
use seawall_ledger::checkpoint::Checkpoint;
use seawall_ledger::dsse::Envelope;
use seawall_ledger::merkle::Hash;
use seawall_ledger::note::{KeyKind, NoteSigner};
use seawall_ledger::sign::SigningKey;
use seawall_services::desk::digest;
use seawall_services::engagement;
use seawall_testkit::world::{Framework, each, must};
use serde_json::json;

fn signer(key: u8, window: WindowId) -> NoteSigner {
    let name = must(format!("seawall-gateway/{window}").parse());
    NoteSigner::new(name, SigningKey::from_seed([key; 32]))
}

fn checkpoint(key: u8, window: WindowId, lines: u64, root: u8) -> String {
    let name = must(format!("seawall-gateway/{window}").parse());
    let checkpoint = Checkpoint::new(name, lines, Hash([root; 32]));
    must(checkpoint.sign(&signer(key, window))).to_string()
}

/// A certificate as `seawall gateway destroy` writes it.
fn certificate(key: u8, window: WindowId, lines: u64, at: Timestamp) -> Vec<u8> {
    let zeros = "0".repeat(64);
    let list = format!("{{\"name\":\"window.key\",\"bytes\":32,\"sha256\":\"{zeros}\"}}\n");
    let said = json!({
        "schema": "seawall/gateway-destruction/v1",
        "window": window,
        "ends": "2030-01-01T00:00:00Z",
        "withdrawn": true,
        "at": at,
        "signer": signer(key, window).verifier(KeyKind::Note).to_string(),
        "checkpoint": checkpoint(key, window, lines, 1),
        "objects": 1,
        "list": digest(list.as_bytes()),
    });
    let mut envelope = Envelope::new(CERTIFICATE, must(serde_json::to_vec(&said)));
    envelope.sign(&SigningKey::from_seed([key; 32]));
    format!("{}\n{list}", envelope.to_json()).into_bytes()
}

#[tokio::test]
async fn what_gateways_held_is_gone_when_each_of_them_certifies_it() {
    each("gateways", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let desk = world.desk.clone();
        let (official, maker) = (&cast.officials.1[0], &cast.developer.1);
        let seat = cast.seat(&world).await;
        let (id, window) = cast.open_window(&world, Ring::Partners, 1).await;
        let key = |number: u8| SigningKey::from_seed([number; 32]).public().to_string();
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
        let note = checkpoint(5, window, 4, 9);
        must(engagement::bring_checkpoint(&desk, maker, id, note.as_bytes()).await);
        let fork = checkpoint(5, window, 4, 8);
        let fork = engagement::bring_checkpoint(&desk, maker, id, fork.as_bytes()).await;
        refused(fork, "does not agree");
        let foreign = checkpoint(7, window, 5, 9);
        let foreign = engagement::bring_checkpoint(&desk, maker, id, foreign.as_bytes()).await;
        refused(foreign, "no gateway with that key");
        refused(engagement::bring_checkpoint(&desk, maker, id, b"note").await, "note");
        must(engagement::withdraw_window(&desk, maker, id).await);
        let now = desk.now();
        let whole = certificate(5, window, 6, now);
        for actor in [&cast.rival.1, &cast.partner.1, &cast.duty, &cast.evaluators[0]] {
            hidden(engagement::bring_destruction(&desk, actor, id, &whole).await);
            hidden(engagement::bring_checkpoint(&desk, actor, id, note.as_bytes()).await);
            hidden(engagement::destructions(&desk, actor, id).await.map(|_| ()));
        }
        let stranger = certificate(7, window, 6, now);
        let stranger = engagement::bring_destruction(&desk, maker, id, &stranger).await;
        refused(stranger, "no gateway with that key");
        let short = certificate(5, window, 3, now);
        refused(engagement::bring_destruction(&desk, maker, id, &short).await, "as new or newer");
        let mut bent = whole.clone();
        let place = bent.len() - 30;
        bent[place] = b'1';
        refused(engagement::bring_destruction(&desk, maker, id, &bent).await, "its list");
        let elsewhere = certificate(5, absent, 6, now);
        let elsewhere = engagement::bring_destruction(&desk, maker, id, &elsewhere).await;
        refused(elsewhere, "has not had that window");
        refused(engagement::bring_destruction(&desk, maker, id, b"{}\n").await, "");
        must(engagement::bring_destruction(&desk, maker, id, &whole).await);
        refused(engagement::bring_destruction(&desk, maker, id, &whole).await, "is there");
        let told = async || must(engagement::show(&desk, official, id).await).destroyed(window);
        let before = must(told().await.ok_or("it is over"));
        assert_eq!((before.count(), before.is_all()), ((3, 2), false));
        let other = certificate(6, window, 2, now);
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
        let first = certificate(5, window, 2, desk.now());
        must(engagement::bring_destruction(&desk, maker, id, &first).await);
        let (seen, _) = must(engagement::destructions(&desk, official, id).await);
        assert_eq!(seen.gateways_of(window)[0].standing, Standing::FirstUsed);
        let second = certificate(6, window, 2, desk.now());
        let second = engagement::bring_destruction(&desk, official, id, &second).await;
        refused(second, "no gateway with that key");
        let key = SigningKey::from_seed([5; 32]).public().to_string();
        let named = must(engagement::name_gateway(&desk, maker, id, &key, None).await);
        let standing = named.gateways_of(window)[0].standing;
        assert!(matches!(standing, Standing::Named { by: Side::Developer, .. }));
        holds::<Engagement>(&mut world).await;
    })
    .await;
}
