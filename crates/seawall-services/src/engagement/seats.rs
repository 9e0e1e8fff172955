//! Seats in a government's window: who is named, refused or stopped, and the tokens that they get.
//!
//! A token is signed by the engagement's own key, told once and kept nowhere; that it was given is
//! a fact.

use super::{Hand, issuer, step};
use crate::desk::Desk;
use crate::outcome::{Fault, Outcome};
use seawall_domain::access::{Action, Actor};
use seawall_domain::account::Account;
use seawall_domain::digest::Digest;
use seawall_domain::engagement::grant::{Grant, Proof, Purpose};
use seawall_domain::engagement::seat::{Event as OfSeat, Refused, SeatFact};
use seawall_domain::engagement::token::{Issued, KeyUse, Wanted};
use seawall_domain::engagement::{self as rules, Engagement, EngagementFact, Event};
use seawall_domain::fact::Fact;
use seawall_domain::id::{AccountId, EngagementId, PartyId, PersonId, ScanId, WindowId};
use seawall_domain::party::{Party, Role};
use seawall_domain::refusal::Refusal;
use seawall_domain::scan::Scan;
use seawall_domain::time::Timestamp;
use seawall_formats::gateway::token;
use seawall_ledger::jws::{self, Carried, Confirmation};
use seawall_store::db::Tx;
use seawall_store::record::Leaf;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The most claims that one token names.
pub const CLAIMS_MAX: usize = 100;

/// A window that is open to a seat.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Open {
    /// The window.
    pub window: WindowId,
    /// When it ends.
    pub ends: Timestamp,
    /// SHA-256 of its terms.
    pub terms: Digest,
    /// The terms.
    pub text: String,
    /// Whether whoever asks has accepted them; for a machine, whether whoever answers for it has.
    pub accepted: bool,
}

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct Request<'r> {
    /// For which window.
    pub window: WindowId,
    /// The public half of the holder's key: a JWK, or as `seawall gateway key` prints it.
    pub key: &'r str,
    /// For what.
    pub purposes: BTreeSet<Purpose>,
    /// Which claims of one's own party may be looked at.
    pub claims: BTreeSet<ScanId>,
}

/// A token, told once; debug output does not show it.
#[derive(Clone)]
pub struct Given {
    /// The token itself.
    pub token: String,
    /// What it says.
    pub grant: Grant,
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Given({:?})", self.grant)
    }
}

/// A token that was given, as it is on record.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Noted {
    /// When.
    pub at: Timestamp,
    /// What.
    pub issued: Issued,
}

/// The official seats a person of the evaluating body, named by an account of it.
pub async fn seat_person(
    desk: &Desk,
    actor: &Actor,
    id: EngagementId,
    account: AccountId,
) -> Outcome<Engagement> {
    let mut hand = Hand::open(desk, actor, id, "engagement_seat_person", Action::Determine).await?;
    let known = hand.tx.account_with_party(account).await?;
    let developer = hand.engagement.developer;
    let evaluates = |party: &Party| party.roles.contains(&Role::Evaluator);
    let known = known.filter(|(_, party)| evaluates(party) && party.id != developer);
    let (account, party): (Account, Party) = known.ok_or(Refusal::Hidden)?;
    let machine = || Refusal::ByRule("cannot seat a machine: seats here are for people".into());
    let person = account.natural().ok_or_else(machine)?;
    hand.step(Event::Seat(OfSeat::Name { person, party: party.id })).await?;
    hand.done().await
}

/// The developer refuses or stops a person at once and alone; so do the official and the duty
/// officer.
pub async fn stop_person(
    desk: &Desk,
    actor: &Actor,
    id: EngagementId,
    person: PersonId,
) -> Outcome<Engagement> {
    let what = ("engagement_stop_person", Action::StopGovernmentSeat);
    step(desk, actor, id, what, Event::Seat(OfSeat::Stop { person })).await
}

/// The developer ends its own stop; what somebody of the clearinghouse stopped, two people of it
/// do: the first signature waits, the second does it.
pub async fn lift_stop(
    desk: &Desk,
    actor: &Actor,
    id: EngagementId,
    person: PersonId,
) -> Outcome<Engagement> {
    // A machine stops, and starts nobody again.
    actor.person.ok_or(Refusal::Forbidden)?;
    let what = ("engagement_lift_stop", Action::StopGovernmentSeat);
    step(desk, actor, id, what, Event::Seat(OfSeat::Lift { person })).await
}

/// A person who is seated accepts the terms of the window; they are named by their digest, so that
/// it is these.
pub async fn accept_terms(
    desk: &Desk,
    actor: &Actor,
    id: EngagementId,
    window: WindowId,
    terms: Digest,
) -> Outcome<Engagement> {
    let what = ("engagement_accept_terms", Action::UseGovernmentSeat);
    step(desk, actor, id, what, Event::Seat(OfSeat::Accept { window, terms })).await
}

/// A key was lost: it is good for nothing any more, and the seat goes on.
pub async fn lose_key(
    desk: &Desk,
    actor: &Actor,
    id: EngagementId,
    key: Digest,
) -> Outcome<Engagement> {
    let stops = seawall_domain::access::Role::Evaluator;
    let action = match actor.roles.contains(&stops) {
        true => Action::UseGovernmentSeat,
        false => Action::StopGovernmentSeat,
    };
    let mut hand = Hand::open(desk, actor, id, "engagement_lose_key", action).await?;
    let used = match hand.tx.token_was_given(id.uuid(), &key).await? {
        true => KeyUse::Given,
        false => KeyUse::Never,
    };
    hand.step(Event::Seat(OfSeat::LoseKey { key, used })).await?;
    hand.done().await
}

/// The window that is open to whoever asks and is seated in it; none for anybody else.
pub async fn windows(desk: &Desk, actor: &Actor, id: EngagementId) -> Outcome<Vec<Open>> {
    let now = desk.now();
    let mut tx = desk.begin("engagement_windows").await?;
    let guarded = tx.load::<Engagement>(id.uuid()).await?;
    let (engagement, _) = guarded.open(actor, Action::UseGovernmentSeat)?;
    let seated = actor.person.filter(|person| engagement.seats.holds(*person).is_some());
    let open = engagement.admits(now).and_then(|it| engagement.open_to_government(it, now));
    let (Some(person), Some((offer, ends))) = (seated, open) else { return Ok(Vec::new()) };
    let text = terms(desk, &mut tx, id, &offer.terms).await?;
    let accepted = engagement.seats.access().has_accepted(person, &offer.terms);
    Ok(vec![Open { window: offer.window, ends, terms: offer.terms, text, accepted }])
}

/// The terms of an engagement's window.
pub(crate) async fn terms(
    desk: &Desk,
    tx: &mut Tx,
    id: EngagementId,
    digest: &Digest,
) -> Outcome<String> {
    let found = desk.store.blobs().find(tx, &format!("engagement/{id}"), digest).await?;
    desk.text(tx, &found.ok_or(Refusal::Hidden)?).await
}

/// Gives a person who is seated a token for minutes.
pub async fn give(
    desk: &Desk,
    actor: &Actor,
    id: EngagementId,
    request: Request<'_>,
) -> Outcome<Given> {
    let Request { window, key, purposes, claims } = request;
    let (key, proof) = holder(key).map_err(|fault| Refusal::Unreadable(fault.to_string()))?;
    let action = Action::UseGovernmentSeat;
    let mut hand = Hand::open(desk, actor, id, "engagement_give_token", action).await?;
    let person = actor.person.ok_or(Refusal::Forbidden)?;
    let none = || Refusal::from(rules::Refused::from(Refused::NoClaim));
    let claims = match actor.party {
        Some(party) => standing(&mut hand.tx, actor, party, &claims, hand.now).await?,
        None => None,
    };
    let wanted = Wanted { window, key, proof, purposes, claims: claims.ok_or_else(none)? };
    let given = hand.engagement.give_token(person, wanted, hand.now);
    let (engagement, fact, grant) = given.map_err(Refusal::from)?;
    hand.record(engagement, fact).await?;
    let token = signed(desk, id, &grant)?;
    hand.done().await?;
    Ok(Given { token, grant })
}

/// Signs a token by the engagement's own key.
pub(crate) fn signed(desk: &Desk, id: EngagementId, grant: &Grant) -> Outcome<String> {
    let token = jws::sign(&issuer(desk, id), token::KIND, Carried::Nothing, &token::write(grant));
    Ok(token.map_err(|fault| Fault::inconsistent("sign an access token", fault))?)
}

/// The claims, each with its end; none when one of them does not stand, or is another party's.
pub(crate) async fn standing(
    tx: &mut Tx,
    actor: &Actor,
    party: PartyId,
    claims: &BTreeSet<ScanId>,
    now: Timestamp,
) -> Outcome<Option<BTreeMap<ScanId, Timestamp>>> {
    if claims.len() > CLAIMS_MAX {
        return Err(Refusal::Full { what: "claims in one token", bound: CLAIMS_MAX as u64 }.into());
    }
    let mut standing = BTreeMap::new();
    for claim in claims {
        let guarded = tx.load::<Scan>(claim.uuid()).await?;
        let held = guarded.open(actor, Action::ReadScan).ok().map(|(scan, _)| scan);
        let Some(scan) = held.filter(|scan| scan.party == party && scan.is_held(now)) else {
            return Ok(None);
        };
        standing.insert(*claim, scan.until);
    }
    Ok(Some(standing))
}

/// The newest tokens that were given for government's windows, without the tokens.
pub async fn issued(
    desk: &Desk,
    actor: &Actor,
    id: EngagementId,
    limit: i64,
) -> Outcome<Vec<Noted>> {
    let mut tx = desk.begin("engagement_issued").await?;
    let guarded = tx.load::<Engagement>(id.uuid()).await?;
    let (_, _) = guarded.open(actor, Action::ReadGovernmentTokens)?;
    let mut noted = Vec::new();
    for body in tx.fact_bodies_newest(id.uuid(), ISSUED, limit).await? {
        let leaf: Leaf = serde_json::from_str(&body)
            .map_err(|error| Fault::inconsistent("read a fact", error))?;
        if let Fact::Engagement(EngagementFact::SeatMoved {
            fact: SeatFact::TokenIssued { token },
        }) = leaf.what
        {
            noted.push(Noted { at: leaf.at, issued: token });
        }
    }
    Ok(noted)
}

/// What the body of a fact says that tells of a token.
pub(crate) const ISSUED: &str = "\"kind\":\"token_issued\"";

/// Whom a token is bound to, by what they sent of themselves, and how they will prove it.
pub fn holder(text: &str) -> Result<(Digest, Proof), seawall_ledger::Fault> {
    let confirmation = Confirmation::read(text)?;
    let proof = match confirmation {
        Confirmation::Key(_) => Proof::Signature,
        Confirmation::Certificate(_) => Proof::Certificate,
    };
    Ok((Digest::new(confirmation.print()), proof))
}
