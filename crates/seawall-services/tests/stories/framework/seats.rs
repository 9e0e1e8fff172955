//! Seats in a government's window: named people, whom the developer refuses or stops, and tokens.

use super::{hidden, holds, refused};
use seawall_domain::access::Actor;
use seawall_domain::account::Holder;
use seawall_domain::engagement::Engagement;
use seawall_domain::engagement::grant::{Bearer, Purpose};
use seawall_domain::engagement::token::QUOTA;
use seawall_domain::engagement::window::Ring;
use seawall_domain::id::{AccountId, ScanId, WindowId};
use seawall_domain::party::Role;
use seawall_formats::gateway::token;
use seawall_formats::gateway::word::{self, STOPS, Stops};
use seawall_ledger::dsse::Envelope;
use seawall_ledger::jws::Token;
use seawall_ledger::sign::SigningKey;
use seawall_services::account;
use seawall_services::engagement::{self, Request};
use seawall_testkit::world::{Framework, TERMS, digest_of, each, must, person_of};
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

#[tokio::test]
async fn a_named_person_gets_a_token_in_the_governments_window() {
    each("government seat", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let desk = world.desk.clone();
        let (id, window) = cast.open_window(&world, Ring::Government, 1).await;
        let (official, maker, me) = (&cast.officials.1[0], &cast.developer.1, &cast.evaluators[0]);
        let account = me.account.unwrap_or(AccountId::new(Uuid::nil()));
        let key = holder();
        // Whoever is official and evaluator at once is one person, and does not let itself in.
        let institute = world.party("Third institute", &[Role::Evaluator]).await;
        let (administrator, holder) = (Actor::administrator(), Holder::Person);
        let both = account::open_for(
            &desk,
            &administrator,
            institute.id,
            "alias",
            holder,
            official.person,
        );
        let alone = engagement::seat_person(&desk, official, id, must(both.await).id).await;
        refused(alone, "cannot seat oneself");
        // Nobody else seats anybody; whoever is no evaluator is not seated; no machine is.
        for other in [maker, &cast.rival.1, &cast.partner.1, &cast.duty, &cast.evaluators[1]] {
            hidden(engagement::seat_person(&desk, other, id, account).await);
        }
        let partner = cast.partner.1.account.unwrap_or(account);
        hidden(engagement::seat_person(&desk, official, id, partner).await);
        let institute = world.party("Second institute", &[Role::Evaluator]).await;
        let machine = world.machine(&institute, "robot").await.account.unwrap_or(account);
        let machine = engagement::seat_person(&desk, official, id, machine).await;
        refused(machine, "seats here are for people");
        let give = async || engagement::give(&desk, me, id, evaluating(window, &key)).await;
        refused(give().await, "not a person who is seated");
        assert_eq!(must(engagement::windows(&desk, me, id).await), []);
        must(engagement::seat_person(&desk, official, id, account).await);
        let seen = must(engagement::windows(&desk, me, id).await);
        assert_eq!((seen[0].window, seen[0].text.as_str()), (window, TERMS));
        assert_eq!(must(engagement::windows(&desk, &cast.evaluators[1], id).await), []);
        refused(give().await, "has not accepted the terms");
        let other = engagement::accept_terms(&desk, me, id, window, digest_of(1)).await;
        refused(other, "the window has others");
        must(engagement::accept_terms(&desk, me, id, window, seen[0].terms).await);
        let given = must(give().await);
        let setup = must(engagement::setup(&desk, maker, id).await);
        let read = must(Token::read(&given.token));
        let claims = must(read.verified(setup.issuer));
        assert_eq!(token::read(claims).ok(), Some(given.grant.clone()));
        assert_eq!(given.grant.bearer, Bearer::Person { person: person_of(me) });
        let party = me.party.unwrap_or(cast.partner.0.id);
        assert_eq!(given.grant.party, party);
        assert_eq!(setup.quotas, [(party, QUOTA)], "the settings name the evaluating party");
        let mut patching = evaluating(window, &key);
        patching.purposes.insert(Purpose::Patch);
        let no_claim = engagement::give(&desk, me, id, patching.clone()).await;
        refused(no_claim, "needs a scan claim of yours");
        patching.claims.insert(ScanId::new(Uuid::from_u128(5)));
        refused(engagement::give(&desk, me, id, patching).await, "needs a scan claim of yours");
        // On record is who has one; the developer sees it, and an outsider nothing.
        let noted = must(engagement::issued(&desk, maker, id, 10).await);
        assert_eq!(noted.len(), 1);
        assert_eq!(noted[0].issued.key, given.grant.key);
        hidden(engagement::issued(&desk, &cast.rival.1, id, 10).await);
        hidden(engagement::issued(&desk, me, id, 10).await);
        let facts = world.facts().await;
        assert!(facts.iter().all(|fact| !fact.contains(&given.token)));
        // The window ends, and the seat with it.
        must(engagement::withdraw(&desk, maker, id).await);
        refused(give().await, "not a person who is seated");
        holds::<Engagement>(&mut world).await;
    })
    .await;
}

#[tokio::test]
async fn the_developer_refuses_and_stops_a_seat_and_the_gateway_is_told() {
    each("government stop", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let desk = world.desk.clone();
        let (id, window) = cast.open_window(&world, Ring::Government, 1).await;
        let (official, maker, me) = (&cast.officials.1[0], &cast.developer.1, &cast.evaluators[0]);
        let account = me.account.unwrap_or(AccountId::new(Uuid::nil()));
        let (person, key) = (person_of(me), holder());
        must(engagement::seat_person(&desk, official, id, account).await);
        let terms = must(engagement::windows(&desk, me, id).await)[0].terms;
        must(engagement::accept_terms(&desk, me, id, window, terms).await);
        let give = async || engagement::give(&desk, me, id, evaluating(window, &key)).await;
        must(give().await);
        for other in [&cast.rival.1, &cast.partner.1, me] {
            hidden(engagement::stop_person(&desk, other, id, person).await);
        }
        must(engagement::stop_person(&desk, maker, id, person).await);
        refused(give().await, "suspended");
        let told = must(engagement::stops(&desk, &cast.duty, id, Some(window)).await);
        assert!(told.cut.people.contains(&person));
        let setup = must(engagement::setup(&desk, maker, id).await);
        let signed = must(Envelope::from_json(told.signed.unwrap_or_default().as_bytes()));
        let signed = must(signed.verify(&[setup.issuer], 1));
        assert_eq!(signed.payload_type, STOPS);
        let list: Stops = must(word::read(signed.payload));
        assert!(list.cut.people.contains(&person), "the gateway believes the signed list");
        let again = engagement::seat_person(&desk, official, id, account).await;
        refused(again, "without the developer");
        let lifted = engagement::lift_stop(&desk, official, id, person).await;
        refused(lifted, "without the developer");
        must(engagement::lift_stop(&desk, maker, id, person).await);
        must(give().await);
        // The duty officer stops alone as well; one official alone does not undo that.
        must(engagement::stop_person(&desk, &cast.duty, id, person).await);
        refused(give().await, "suspended");
        let anew = engagement::seat_person(&desk, official, id, account).await;
        refused(anew, "the clearinghouse stopped it");
        must(engagement::lift_stop(&desk, official, id, person).await);
        refused(give().await, "suspended");
        let alone = engagement::lift_stop(&desk, official, id, person).await;
        refused(alone, "a second person must sign");
        must(engagement::lift_stop(&desk, &cast.officials.1[1], id, person).await);
        let given = must(give().await);
        let never = engagement::lose_key(&desk, me, id, digest_of(1)).await;
        refused(never, "no token was ever given for it");
        must(engagement::lose_key(&desk, me, id, given.grant.key).await);
        refused(give().await, "reported lost");
        let told = must(engagement::stops(&desk, maker, id, None).await);
        assert!(told.cut.keys.contains(&given.grant.key) && told.cut.people.is_empty());
        holds::<Engagement>(&mut world).await;
    })
    .await;
}
