//! Applications with each decision, appeals, seats with each stop, tokens.

use super::windows::count;
use super::{Extras, Left};
use crate::world::{Framework, World, digest_of, must, person_of};
use seawall_domain::access::Actor;
use seawall_domain::engagement::Weights;
use seawall_domain::engagement::count::Used;
use seawall_domain::engagement::grant::Purpose;
use seawall_domain::engagement::window::Ring;
use seawall_domain::id::PartnerId;
use seawall_domain::partner::Declared;
use seawall_domain::partner::assessment::{Answer, Filing};
use seawall_domain::partner::concentration::{Sector, Size};
use seawall_domain::partner::conflict::TieKind;
use seawall_domain::partner::decision::Rivalry;
use seawall_domain::partner::lottery::commitment;
use seawall_domain::partner::reach::Group;
use seawall_domain::partner::rubric::{Criterion, Gate};
use seawall_domain::partner::seat::{Change, Extent, Why};
use seawall_domain::party::Party;
use seawall_ledger::sign::SigningKey;
use seawall_services::desk::digest;
use seawall_services::engagement;
use seawall_services::partner::{self, Drawing, Request};
use std::collections::BTreeSet;

/// Applications with each decision, and seats with each stop.
pub async fn applications(world: &World, cast: &Framework, more: &Extras, left: &mut Left) {
    let (desk, official) = (&world.desk, &cast.officials.1[0]);
    let person = person_of(&cast.evaluators[4]);
    let tie = partner::declare(desk, official, person, cast.rival.0.id, TieKind::Customer).await;
    left.ties.push(("a customer", must(tie).id));
    let filed = applied(world, cast).await;
    let none = decided(world, cast, more, [0, 0], Rivalry::None).await;
    let apart = decided(world, cast, more, [4, 1], Rivalry::None).await;
    let unsigned = decided(world, cast, more, [3, 3], Rivalry::None).await;
    let conditioned = decided(world, cast, more, [3, 3], Rivalry::Competitor).await;
    sign(world, cast, conditioned).await;
    let appealed = decided(world, cast, more, [0, 0], Rivalry::None).await;
    must(partner::appeal(desk, &cast.partner.1, appealed).await);
    let heard = decided(world, cast, more, [0, 0], Rivalry::None).await;
    must(partner::appeal(desk, &cast.partner.1, heard).await);
    judged(world, cast, more, heard, [3, 3]).await;
    must(partner::conclude(desk, official, heard, Rivalry::None, 90).await);
    left.partners.extend([
        ("filed", filed),
        ("declined", none),
        ("deferred", apart),
        ("admitted, not signed", unsigned),
        ("admitted under conditions", conditioned),
        ("appealed", appealed),
        ("appeal heard", heard),
    ]);
    stops(world, cast, left).await;
    tokens(world, cast, more, left).await;
}

/// Seats that were stopped by each side, started again, and stopped for good.
async fn stops(world: &World, cast: &Framework, left: &mut Left) {
    let (desk, maker, duty) = (&world.desk, &cast.developer.1, &cast.duty);
    let (all, why) = (Extent::Organisation, Why::LeakSuspected);
    let by_maker = cast.seat(world).await;
    must(partner::suspend(desk, maker, by_maker, all, why).await);
    let by_duty = cast.seat(world).await;
    must(partner::suspend(desk, duty, by_duty, all, why).await);
    let by_itself = cast.seat(world).await;
    let one = Extent::Person(person_of(&cast.partner.1));
    must(partner::suspend(desk, &cast.partner.1, by_itself, one, why).await);
    let again = cast.seat(world).await;
    must(partner::suspend(desk, maker, again, all, why).await);
    for side in [duty, maker] {
        must(partner::change(desk, side, again, Change::Resume { extent: all }).await);
    }
    let revoked = cast.seat(world).await;
    for side in [duty, maker] {
        must(partner::change(desk, side, revoked, Change::Revoke { extent: all, why }).await);
    }
    let lost = cast.seat(world).await;
    must(partner::attest(desk, &cast.partner.1, lost).await);
    left.partners.extend([
        ("suspended by the developer", by_maker),
        ("suspended by the duty officer", by_duty),
        ("suspended by itself", by_itself),
        ("started again", again),
        ("revoked", revoked),
        ("with a lost key", lost),
    ]);
}

/// A seat whose person and machine have tokens in an open window, and what a gateway counted.
async fn tokens(world: &World, cast: &Framework, more: &Extras, left: &mut Left) {
    let (desk, me) = (&world.desk, &cast.partner.1);
    let seat = cast.seat(world).await;
    let (engaged, window) = cast.open_window(world, Ring::Partners, 151).await;
    let seen = must(partner::windows(desk, me, seat).await);
    let open = seen.iter().find(|it| it.window == window);
    let terms = open.unwrap_or_else(|| panic!("the window is open to the seat")).terms;
    must(partner::accept_terms(desk, me, seat, window, terms).await);
    let machine = more.machine.account.unwrap_or_else(|| panic!("a machine has an account"));
    must(partner::sponsor(desk, me, seat, machine).await);
    let key = SigningKey::from_seed([8; 32]).public().to_string();
    for actor in [me, &more.machine] {
        let purposes = BTreeSet::from([Purpose::Evaluate]);
        let request = Request { window, key: &key, purposes, claims: BTreeSet::new() };
        let key = must(partner::give(desk, actor, seat, request).await).grant.key;
        must(partner::lose_key(desk, me, left.partner("with a lost key"), key).await);
    }
    must(partner::dismiss(desk, me, seat, machine).await);
    let used = Used { party: cast.partner.0.id, requests: 3, tokens_in: 70, tokens_out: 5 };
    count(world, cast, (engaged, window), used).await;
    must(engagement::stops(desk, &cast.duty, engaged, Some(window)).await);
    left.partners.push(("with tokens", seat));
    left.engagements.push(("for partners", engaged));
}

/// The appeal that nobody answered in time is answered after all.
pub async fn later_appeals(world: &World, cast: &Framework, more: &Extras, left: &Left) {
    let id = left.partner("appealed");
    judged(world, cast, more, id, [3, 3]).await;
    let official = &cast.officials.1[0];
    must(partner::conclude(&world.desk, official, id, Rivalry::None, 90).await);
}

/// One engagement, one application and one seat for each of these partners; the engagements are of
/// the developer and of the makers in turn.
pub async fn many(world: &World, cast: &Framework, more: &Extras, guilds: &[(Party, Actor)]) {
    let makers = [&cast.developer.1, &more.makers[0], &more.makers[1]];
    for (number, guild) in guilds.iter().enumerate() {
        let snapshot = digest_of(u8::try_from(number).unwrap_or(u8::MAX));
        let maker = makers[number % makers.len()];
        must(engagement::open(&world.desk, maker, Weights::Held, snapshot).await);
        let one = Framework { partner: guild.clone(), ..cast.clone() };
        one.seat(world).await;
    }
}

/// An application that both sides have signed for, and whose seat nobody has taken yet.
pub async fn signed(
    world: &World,
    cast: &Framework,
    more: &Extras,
    guild: &(Party, Actor),
) -> PartnerId {
    let one = Framework { partner: guild.clone(), ..cast.clone() };
    let id = decided(world, &one, more, [3, 3], Rivalry::None).await;
    sign(world, &one, id).await;
    id
}

async fn applied(world: &World, cast: &Framework) -> PartnerId {
    let (party, actor) = &cast.partner;
    let declared = Declared {
        parent: party.id,
        sector: Sector::Water,
        size: Size::Small,
        protects: BTreeSet::from([Group(1)]),
    };
    let developer = cast.developer.0.id;
    must(partner::apply(&world.desk, actor, developer, declared, b"evidence").await).application.id
}

/// An application that two people decide by these marks.
async fn decided(
    world: &World,
    cast: &Framework,
    more: &Extras,
    marks: [u8; 2],
    rivalry: Rivalry,
) -> PartnerId {
    let id = applied(world, cast).await;
    judged(world, cast, more, id, marks).await;
    must(partner::conclude(&world.desk, &cast.officials.1[0], id, rivalry, 365).await);
    id
}

/// Two people are drawn and file these marks.
async fn judged(world: &World, cast: &Framework, more: &Extras, id: PartnerId, marks: [u8; 2]) {
    let (desk, official) = (&world.desk, &cast.officials.1[0]);
    let pool = more.pool.iter().map(person_of).collect();
    must(partner::begin_draw(desk, official, id, Drawing { pool, wanted: 2 }).await);
    let sides =
        [(&cast.developer.1, cast.developer.0.id, 31u8), (official, cast.officials.0.id, 32)];
    for (side, own, nonce) in sides {
        let to = commitment(own, &[nonce; 32], digest);
        must(partner::commit_draw(desk, side, id, to).await);
    }
    for (side, _, nonce) in sides {
        must(partner::reveal_draw(desk, side, id, digest_of(nonce)).await);
    }
    let panel = must(partner::dossier(desk, official, id).await).panel;
    for (actor, mark) in more.drawn(&panel).into_iter().zip(marks) {
        must(partner::mark(desk, actor, id, filing(mark)).await);
    }
}

async fn sign(world: &World, cast: &Framework, id: PartnerId) {
    for side in [&cast.developer.1, &cast.officials.1[1]] {
        must(partner::sign(&world.desk, side, id).await);
    }
}

fn filing(mark: u8) -> Filing {
    let yes = Answer::Yes { evidence: digest_of(4) };
    Filing {
        gates: Gate::ALL.into_iter().map(|gate| (gate, yes)).collect(),
        marks: Criterion::ALL.into_iter().map(|criterion| (criterion, mark)).collect(),
    }
}
