//! Windows: offered, open, used, and ended by each reason.

use super::Left;
use crate::world::{Framework, TERMS, World, digest_of, in_days, must, person_of};
use seawall_domain::engagement::count::Used;
use seawall_domain::engagement::grant::Purpose;
use seawall_domain::engagement::release::Report;
use seawall_domain::engagement::window::Ring;
use seawall_domain::id::{EngagementId, WindowId};
use seawall_domain::time::SignedDuration;
use seawall_formats::gateway::count::{COUNT, Stated};
use seawall_ledger::dsse::Envelope;
use seawall_ledger::sign::SigningKey;
use seawall_services::engagement::{self, Offered, Request};
use std::collections::BTreeSet;

/// Windows in each state and with each end; one will expire in a day, one ends with a release in
/// two. Snapshots from 101 on.
pub async fn windows(world: &World, cast: &Framework, left: &mut Left) {
    let (desk, maker, official) = (&world.desk, &cast.developer.1, &cast.officials.1[0]);
    let ring = Ring::Government;
    let mut snapshots = 101..;
    let mut next = || snapshots.next().unwrap_or_default();
    let stands = offered(world, cast, next()).await;
    let accepted = offered(world, cast, next()).await;
    must(engagement::accept(desk, official, accepted).await);
    let unwanted = offered(world, cast, next()).await;
    must(engagement::decline_offer(desk, official, unwanted).await);
    let (unwanted_later, _) = cast.open_window(world, ring, next()).await;
    must(engagement::decline_offer(desk, official, unwanted_later).await);
    let (back, _) = cast.open_window(world, ring, next()).await;
    must(engagement::withdraw_window(desk, maker, back).await);
    let (broken, _) = cast.open_window(world, ring, next()).await;
    must(engagement::break_window(desk, &cast.duty, broken).await);
    let (lost, _) = cast.open_window(world, ring, next()).await;
    must(engagement::lose_lease(desk, lost).await);
    let (released, _) = cast.open_window(world, ring, next()).await;
    let soon = world.now() + SignedDuration::from_hours(12);
    must(engagement::report(desk, maker, released, Report::Partners { at: soon }).await);
    let (expires, _) = cast.open_window(world, ring, next()).await;
    let (extended, _) = cast.open_window(world, ring, next()).await;
    let later = world.now() + SignedDuration::from_hours(24 * 5);
    must(engagement::extend(desk, maker, extended, later).await);
    let open = cast.engage(world, next()).await.id;
    must(engagement::open_weights(desk, maker, open).await);
    must(engagement::advise(desk, &cast.evaluators[0], open, "Tell users first.").await);
    let (used, window) = cast.open_window(world, ring, next()).await;
    take_seats(world, cast, used, window).await;
    let (destroyed, window) = cast.open_window(world, ring, next()).await;
    must(engagement::hold(desk, &cast.evaluators[0], destroyed, b"a transcript").await);
    must(engagement::withdraw(desk, maker, destroyed).await);
    left.engagements.extend([
        ("offered", stands),
        ("accepted", accepted),
        ("offer declined", unwanted),
        ("window declined", unwanted_later),
        ("window withdrawn", back),
        ("breach", broken),
        ("lease lost", lost),
        ("ends with a release", released),
        ("expires", expires),
        ("extended", extended),
        ("open weights", open),
        ("with seats", used),
        ("held and withdrawn", destroyed),
    ]);
    left.windows.push(("held and withdrawn", window));
}

/// Two people sign that what was held is gone, once it is.
pub async fn certificates(world: &World, cast: &Framework, left: &Left) {
    let id = left.engagement("held and withdrawn");
    for (_, window) in &left.windows {
        for official in &cast.officials.1 {
            must(engagement::certify(&world.desk, official, id, *window).await);
        }
    }
}

async fn offered(world: &World, cast: &Framework, snapshot: u8) -> EngagementId {
    let id = cast.engage(world, snapshot).await.id;
    let offered = Offered {
        ring: Ring::Government,
        seconds: 86_400,
        snapshot: digest_of(snapshot),
        terms: TERMS,
        answer_by: in_days(world, 20),
    };
    must(engagement::offer(&world.desk, &cast.developer.1, id, offered).await);
    id
}

/// Two people of the evaluating body are seated: one has a token, the other is stopped. A gateway
/// counts.
async fn take_seats(world: &World, cast: &Framework, id: EngagementId, window: WindowId) {
    let (desk, official) = (&world.desk, &cast.officials.1[0]);
    let [me, other, ..] = &cast.evaluators;
    for actor in [me, other] {
        let account = actor.account.unwrap_or_else(|| panic!("a person has an account"));
        must(engagement::seat_person(desk, official, id, account).await);
    }
    let terms = must(engagement::windows(desk, me, id).await)[0].terms;
    must(engagement::accept_terms(desk, me, id, window, terms).await);
    let key = SigningKey::from_seed([9; 32]).public().to_string();
    let purposes = BTreeSet::from([Purpose::Evaluate]);
    let request = Request { window, key: &key, purposes, claims: BTreeSet::new() };
    let given = must(engagement::give(desk, me, id, request).await);
    must(engagement::stop_person(desk, &cast.developer.1, id, person_of(other)).await);
    must(engagement::lose_key(desk, me, id, given.grant.key).await);
    must(engagement::hold(desk, me, id, b"what was found").await);
    must(engagement::name_lease_key(desk, &cast.developer.1, id, &key).await);
    let party = me.party.unwrap_or(cast.developer.0.id);
    let used = Used { party, requests: 3, tokens_in: 70, tokens_out: 5 };
    count(world, cast, (id, window), used).await;
}

/// A gateway is named, and what it counted is brought in.
pub(super) async fn count(
    world: &World,
    cast: &Framework,
    (id, window): (EngagementId, WindowId),
    used: Used,
) {
    let (desk, maker) = (&world.desk, &cast.developer.1);
    let gateway = SigningKey::from_seed([5; 32]);
    let key = gateway.public().to_string();
    must(engagement::name_gateway(desk, maker, id, &key, Some(window)).await);
    let stated = Stated {
        window,
        lines: 3,
        overruns: 0,
        alarms: 0,
        root: digest_of(9),
        parties: [used].into(),
    };
    let mut envelope = Envelope::new(COUNT, must(serde_json::to_vec(&stated)));
    envelope.sign(&gateway);
    must(engagement::bring_count(desk, maker, id, envelope.to_json().as_bytes()).await);
}
