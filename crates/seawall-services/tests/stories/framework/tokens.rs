//! Access tokens from a seat, and what a gateway is set up with and told.

use super::{hidden, holds, refused};
use seawall_domain::access::Actor;
use seawall_domain::engagement::Engagement;
use seawall_domain::engagement::grant::{Bearer, Purpose};
use seawall_domain::engagement::lease::extension::Extension;
use seawall_domain::engagement::window::Ring;
use seawall_domain::id::{AccountId, EngagementId, ScanId, WindowId};
use seawall_domain::partner::Partner;
use seawall_domain::partner::seat::{Change, Extent, Why};
use seawall_domain::partner::token::QUOTA;
use seawall_domain::time::SignedDuration;
use seawall_formats::gateway::token;
use seawall_formats::gateway::word::{self, CLOSING, Closing, EXTENSION, QUOTAS, Quota, Quotas};
use seawall_formats::gateway::word::{STOPS, Stops};
use seawall_ledger::dsse::Envelope;
use seawall_ledger::jws::{self, Token};
use seawall_ledger::sign::{SigningKey, VerifyingKey};
use seawall_services::engagement::{self, Setup};
use seawall_services::partner::{self, Request};
use seawall_testkit::world::{Framework, TERMS, World, digest_of, each, must, person_of};
use std::collections::BTreeSet;
use uuid::Uuid;

fn holder() -> String {
    SigningKey::from_seed([9; 32]).public().to_string()
}

/// To evaluate the model, which needs no claim.
fn evaluating(window: WindowId, key: &str) -> Request<'_> {
    let purposes = BTreeSet::from([Purpose::Evaluate]);
    Request { window, key, purposes, claims: BTreeSet::new() }
}

/// What a signed word says, once it is found to be the clearinghouse's.
#[track_caller]
fn said<T: serde::de::DeserializeOwned>(
    signed: Option<String>,
    kind: &str,
    issuer: VerifyingKey,
) -> T {
    let envelope = Envelope::from_json(signed.unwrap_or_default().as_bytes());
    let envelope = envelope.unwrap_or_else(|fault| panic!("{fault}"));
    let verified = envelope.verify(&[issuer], 1).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(verified.payload_type, kind);
    word::read(verified.payload).unwrap_or_else(|fault| panic!("{fault}"))
}

#[tokio::test]
async fn a_person_of_a_seat_gets_a_token_for_minutes() {
    each("tokens", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let desk = world.desk.clone();
        let id = cast.seat(&world).await;
        let (me, key) = (&cast.partner.1, holder());
        assert_eq!(must(partner::windows(&desk, me, id).await), []);
        let (engaged, window) = cast.open_window(&world, Ring::Partners, 1).await;
        let (_, government) = cast.open_window(&world, Ring::Government, 2).await;
        let seen = must(partner::windows(&desk, me, id).await);
        assert_eq!(seen.len(), 1, "the government's window is not for partners");
        assert_eq!((seen[0].window, seen[0].text.as_str()), (window, TERMS));
        for other in [&cast.rival.1, &cast.developer.1, &cast.officials.1[0], &cast.evaluators[0]] {
            hidden(partner::windows(&desk, other, id).await);
            hidden(partner::give(&desk, other, id, evaluating(window, &key)).await);
        }
        let give = async || partner::give(&desk, me, id, evaluating(window, &key)).await;
        refused(give().await, "has not accepted the terms");
        let other = partner::accept_terms(&desk, me, id, window, digest_of(1)).await;
        refused(other, "the window has others");
        must(partner::accept_terms(&desk, me, id, window, seen[0].terms).await);
        let given = must(give().await);
        assert_eq!(given.grant.until, given.grant.from + SignedDuration::from_mins(15));
        let setup = must(engagement::setup(&desk, &cast.developer.1, engaged).await);
        let read = Token::read(&given.token).unwrap_or_else(|fault| panic!("{fault}"));
        let claims = read.verified(setup.issuer).unwrap_or_else(|fault| panic!("{fault}"));
        assert_eq!(token::read(claims).ok(), Some(given.grant.clone()));
        assert_eq!(given.grant.bearer, Bearer::Person { person: person_of(me) });
        let closed = partner::give(&desk, me, id, evaluating(government, &key)).await;
        refused(closed, "no window of that id");
        let mut patching = evaluating(window, &key);
        patching.purposes.insert(Purpose::Patch);
        patching.claims.insert(ScanId::new(Uuid::from_u128(1)));
        refused(partner::give(&desk, me, id, patching).await, "needs a scan claim");
        let unread = partner::give(&desk, me, id, evaluating(window, "ed25519:AA")).await;
        refused(unread, "public key");
        // Who, which key and until when is on record, and the token nowhere.
        let noted = must(partner::issued(&desk, &cast.developer.1, id, 10).await);
        assert_eq!(noted.len(), 1);
        assert_eq!((noted[0].issued.key, noted[0].issued.window), (given.grant.key, window));
        hidden(partner::issued(&desk, &cast.rival.1, id, 10).await);
        let secret = given.token.rsplit('.').next().unwrap_or_default().to_owned();
        assert!(world.facts().await.iter().all(|fact| !fact.contains(&secret)));
        // A P-256 key, as a JWK; the thumbprint of RFC 9449 section 6.1.
        let jwk = r#"{"kty":"EC","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
            "y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA","crv":"P-256"}"#;
        let grant = must(partner::give(&desk, me, id, evaluating(window, jwk)).await).grant;
        let print = jws::thumbprint_text(grant.key.bytes());
        assert_eq!(print, "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
        // It never goes beyond the window.
        world.wait(24);
        let late = must(give().await).grant;
        assert_eq!(late.until, setup.ends - SignedDuration::from_micros(micros(&setup.ends)));
        must(engagement::withdraw(&desk, &cast.developer.1, engaged).await);
        refused(give().await, "no window of that id");
        assert_eq!(must(partner::windows(&desk, me, id).await), []);
        holds::<Partner>(&mut world).await;
    })
    .await;
}

/// What is beyond the whole second.
fn micros(at: &seawall_domain::time::Timestamp) -> i64 {
    at.as_microsecond() - at.as_second() * 1_000_000
}

#[tokio::test]
async fn a_machine_gets_one_while_a_person_answers_for_it() {
    each("machines", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let desk = world.desk.clone();
        let id = cast.seat(&world).await;
        let (_, window) = cast.open_window(&world, Ring::Partners, 1).await;
        let (me, robot) = (&cast.partner.1, world.machine(&cast.partner.0, "robot").await);
        let foreign = world.machine(&cast.rival.0, "robot").await;
        let of = |actor: &Actor| actor.account.unwrap_or(AccountId::new(Uuid::nil()));
        let key = holder();
        let terms = must(partner::windows(&desk, me, id).await)[0].terms;
        assert_eq!(must(partner::windows(&desk, &robot, id).await), [], "nobody answers for it");
        must(partner::accept_terms(&desk, me, id, window, terms).await);
        let give = async || partner::give(&desk, &robot, id, evaluating(window, &key)).await;
        refused(give().await, "nobody of the seat answers");
        hidden(partner::sponsor(&desk, me, id, of(&foreign)).await);
        hidden(partner::sponsor(&desk, me, id, of(me)).await);
        must(partner::sponsor(&desk, me, id, of(&robot)).await);
        assert_eq!(must(partner::windows(&desk, &robot, id).await).len(), 1);
        let grant = must(give().await).grant;
        assert!(
            matches!(grant.bearer, Bearer::Workload { sponsor, .. } if sponsor == person_of(me))
        );
        // What stops the person stops its machines.
        let extent = Extent::Person(person_of(me));
        must(partner::suspend(&desk, &cast.duty, id, extent, Why::LeakSuspected).await);
        refused(give().await, "suspended");
        let resume = Change::Resume { extent };
        must(partner::change(&desk, &cast.duty, id, resume).await);
        must(partner::change(&desk, &cast.developer.1, id, resume).await);
        must(give().await);
        must(partner::dismiss(&desk, me, id, of(&robot)).await);
        refused(give().await, "nobody of the seat answers");
        holds::<Partner>(&mut world).await;
    })
    .await;
}

/// A later end is the developer's own word; the clearinghouse hands it on with its own beside it.
async fn extended(world: &World, cast: &Framework, id: EngagementId, setup: &Setup) {
    let (desk, maker) = (&world.desk, &cast.developer.1);
    let list: Quotas = said(Some(setup.signed.clone()), QUOTAS, setup.issuer);
    let limit = QUOTA;
    assert_eq!(list.quotas, [Quota { party: cast.partner.0.id, limit }]);
    assert_eq!(setup.extension, None);
    let until = setup.ends + SignedDuration::from_hours(24);
    let Setup { window, snapshot, ring, begins, .. } = *setup;
    let word = Extension { window, snapshot, ring, begins, until, seq: 1 };
    let signed = |word: &Extension, key: u8| {
        let mut envelope = Envelope::new(EXTENSION, serde_json::to_vec(word).unwrap_or_default());
        envelope.sign(&SigningKey::from_seed([key; 32]));
        envelope.to_json()
    };
    let extend = async |actor: &Actor, until, text: &str| {
        engagement::extend_signed(desk, actor, id, until, text).await
    };
    let good = signed(&word, 3);
    hidden(extend(&cast.officials.1[0], until, &good).await);
    refused(extend(maker, until, "[]").await, "envelope");
    for bad in [
        signed(&word, 4),
        signed(&Extension { until: until + SignedDuration::from_secs(1), ..word }, 3),
        signed(&Extension { begins: begins - SignedDuration::from_hours(1), ..word }, 3),
        signed(&Extension { window: WindowId::new(Uuid::nil()), ..word }, 3),
        signed(&Extension { snapshot: digest_of(77), ..word }, 3),
    ] {
        refused(extend(maker, until, &bad).await, "signed by the key of the leases");
    }
    let now = must(engagement::setup(desk, maker, id).await);
    assert_eq!((now.ends, now.extension), (setup.ends, None), "nothing was changed by it");
    must(extend(maker, until, &good).await);
    let now = must(engagement::setup(desk, &cast.officials.1[0], id).await);
    assert_eq!(now.ends, until);
    let developer = setup.developer.unwrap_or_else(|| panic!("it named its key"));
    for key in [developer, setup.issuer] {
        assert_eq!(said::<Extension>(now.extension.clone(), EXTENSION, key), word);
    }
    // The end that it has can be signed anew; another end makes the word worth nothing.
    let newer = Extension { seq: 2, ..word };
    must(extend(maker, until, &signed(&newer, 3)).await);
    let now = must(engagement::setup(desk, maker, id).await);
    assert_eq!(said::<Extension>(now.extension, EXTENSION, developer), newer);
    must(engagement::extend(desk, maker, id, until + SignedDuration::from_hours(1)).await);
    assert_eq!(must(engagement::setup(desk, maker, id).await).extension, None);
}

#[tokio::test]
async fn a_gateway_is_set_up_and_told_by_the_clearinghouse() {
    each("gateways", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let desk = world.desk.clone();
        let id = cast.seat(&world).await;
        let (maker, official) = (&cast.developer.1, &cast.officials.1[0]);
        let before = cast.engage(&world, 9).await.id;
        refused(engagement::setup(&desk, maker, before).await, "no window is open");
        let (engaged, window) = cast.open_window(&world, Ring::Partners, 1).await;
        for other in [&cast.rival.1, &cast.evaluators[0], &cast.duty, &cast.partner.1] {
            hidden(engagement::setup(&desk, other, engaged).await);
        }
        let setup = must(engagement::setup(&desk, official, engaged).await);
        assert_eq!((setup.window, setup.developer), (window, None));
        assert_eq!(setup.quotas, [(cast.partner.0.id, QUOTA)]);
        let key = SigningKey::from_seed([3; 32]).public();
        let named = engagement::name_lease_key(&desk, maker, engaged, "no key").await;
        refused(named, "public key");
        let text = key.to_string();
        hidden(engagement::name_lease_key(&desk, official, engaged, &text).await);
        must(engagement::name_lease_key(&desk, maker, engaged, &text).await);
        let setup = must(engagement::setup(&desk, maker, engaged).await);
        assert_eq!(setup.developer, Some(key));
        extended(&world, &cast, engaged, &setup).await;
        let (_, other) = cast.open_window(&world, Ring::Government, 2).await;
        assert_ne!(window, other);
        // The list, signed; once the window is over, that it is.
        let told = async || must(engagement::stops(&desk, maker, engaged, Some(window)).await);
        let list: Stops = said(told().await.signed, STOPS, setup.issuer);
        assert_eq!((list.window, list.cut.people.len()), (window, 0));
        let extent = Extent::Person(person_of(&cast.partner.1));
        must(partner::suspend(&desk, &cast.duty, id, extent, Why::Unstated).await);
        let list: Stops = said(told().await.signed, STOPS, setup.issuer);
        assert!(list.cut.people.contains(&person_of(&cast.partner.1)));
        assert!(list.at < world.now());
        must(engagement::withdraw(&desk, maker, engaged).await);
        let closing: Closing = said(told().await.signed, CLOSING, setup.issuer);
        assert_eq!(closing.window, window);
        let nothing = must(engagement::stops(&desk, maker, engaged, None).await);
        assert_eq!((nothing.window, nothing.signed), (None, None));
        refused(engagement::setup(&desk, maker, engaged).await, "no window is open");
        assert_eq!(jws::read_ed25519(&text).ok(), Some(key));
        holds::<Engagement>(&mut world).await;
    })
    .await;
}
