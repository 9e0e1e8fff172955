//! Engagements: a developer's voluntary dealings about one model.
//!
//! Each use-case is one step of one of the three machines; the domain decides it. Nothing here asks
//! whether a model may be released, and the developer withdraws in every state (MISSION C55-C60).

mod counts;
mod custody;
mod documents;
mod emptied;
mod figures;
mod gateway;
mod letters;
mod record;
mod seats;
mod steps;

pub use counts::{bring_count, gateway_text, gateways};
pub use custody::{OBJECT_BYTES_MAX, certificates, certify, destroy, hold, holding};
pub use documents::{What, documents};
pub use emptied::{
    Certified, ForPartner, bring_checkpoint, bring_destruction, destructions, destructions_for,
    name_gateway, windows_had,
};
pub use figures::{COUNTED_FROM, Counts, counts};
pub(crate) use gateway::issuer;
pub use gateway::{Setup, Told, extend_signed, name_lease_key, setup, stops};
pub use letters::{Crossed, cross, crossing_key, letters, receive_crossing};
pub use record::{
    Depicted, RECORD_BYTES_MAX, depicted, reads_record, receive_record, record, records_under,
};
pub use seats::{
    CLAIMS_MAX, Given, Noted, Open, Request, accept_terms, give, holder, issued, lift_stop,
    lose_key, seat_person, stop_person, windows,
};
pub(crate) use seats::{ISSUED, signed, standing, terms};
pub use steps::{
    Offered, accept, add_snapshot, advise, analyse, begin, break_window, decline_offer,
    decline_question, end_waiting, extend, issue, lose_lease, name_protocol, offer, open_weights,
    report, schedule, start, submit, withdraw, withdraw_question, withdraw_window,
};

use crate::desk::Desk;
use crate::outcome::{Fault, Outcome};
use seawall_domain::access::{Action, Actor, Role, visible};
use seawall_domain::digest::Digest;
use seawall_domain::engagement::lineage::{Lineage, Use, used_elsewhere};
use seawall_domain::engagement::{Engagement, EngagementFact, Event, OPEN_MAX, Weights, Who};
use seawall_domain::id::{EngagementId, PersonId};
use seawall_domain::refusal::Refusal;
use seawall_domain::time::Timestamp;
use seawall_store::db::Tx;
use seawall_store::record::Mandate;

/// Opens an engagement about the model of a snapshot. A model that was offered before has the days
/// that it has left, whatever it is called now.
pub async fn open(
    desk: &Desk,
    actor: &Actor,
    weights: Weights,
    snapshot: Digest,
) -> Outcome<Engagement> {
    let now = desk.now();
    let id = EngagementId::new(desk.uuid());
    let mandate = Mandate::<Engagement>::start(id.uuid(), actor, Action::OpenEngagement)?;
    let developer = actor.party.ok_or(Refusal::Hidden)?;
    let mut tx = desk.begin("engagement_open").await?;
    tx.lock(&format!("lineage/{developer}")).await?;
    let all = tx.engagement_list_of(developer).await?;
    if all.iter().filter(|it| !it.has_ended()).count() >= OPEN_MAX {
        let what = "engagements of one developer that have not ended";
        return Err(Refusal::Full { what, bound: OPEN_MAX as u64 }.into());
    }
    let known = lineages(all);
    let lineage = Lineage::of(snapshot);
    let lineage = lineage.counting(used_elsewhere(&lineage, &known)).map_err(Refusal::from)?;
    let (engagement, fact) = Engagement::open(id, developer, weights, lineage, now)
        .ok_or_else(|| Fault::inconsistent("open an engagement", "its fact did not apply"))?;
    let _ = tx.record(mandate, &engagement, fact, now).await?;
    tx.commit().await?;
    Ok(engagement)
}

/// The newest engagements that the actor may know of; hidden from those who may know of none.
pub async fn list(desk: &Desk, actor: &Actor, limit: i64) -> Outcome<Vec<Engagement>> {
    let within = visible(actor, Action::ReadEngagement)?;
    let mut tx = desk.begin("engagement_list").await?;
    Ok(tx.engagement_list(within, limit).await?)
}

/// One engagement.
pub async fn show(desk: &Desk, actor: &Actor, id: EngagementId) -> Outcome<Engagement> {
    let mut tx = desk.begin("engagement_show").await?;
    let guarded = tx.load::<Engagement>(id.uuid()).await?;
    Ok(guarded.open(actor, Action::ReadEngagement)?.0)
}

/// One engagement in somebody's hands, within one transaction.
struct Hand {
    tx: Tx,
    engagement: Engagement,
    mandate: Option<Mandate<Engagement>>,
    who: Who,
    now: Timestamp,
}

impl Hand {
    async fn open(
        desk: &Desk,
        actor: &Actor,
        id: EngagementId,
        name: &'static str,
        action: Action,
    ) -> Outcome<Hand> {
        Hand::open_as(desk, actor, id, (name, action), who).await
    }

    async fn open_as(
        desk: &Desk,
        actor: &Actor,
        id: EngagementId,
        (name, action): (&'static str, Action),
        who: fn(&Actor, Action, &Engagement) -> Result<Who, Refusal>,
    ) -> Outcome<Hand> {
        let now = desk.now();
        let mut tx = desk.begin(name).await?;
        let guarded = tx.load::<Engagement>(id.uuid()).await?;
        let (engagement, mandate) = guarded.open(actor, action)?;
        let who = who(actor, action, &engagement)?;
        Ok(Hand { tx, engagement, mandate: Some(mandate), who, now })
    }

    /// Counts what windows of other engagements about the same model have used by now.
    async fn count_days(&mut self) -> Outcome<()> {
        let developer = self.engagement.developer;
        self.tx.lock(&format!("lineage/{developer}")).await?;
        let others = self.others().await?;
        let counted = self.engagement.count_days(others, self.now).map_err(Refusal::from)?;
        if let Some((engagement, fact)) = counted {
            self.record(engagement, fact).await?;
        }
        Ok(())
    }

    async fn others(&mut self) -> Outcome<Vec<Use>> {
        let mut all = self.tx.engagement_list_of(self.engagement.developer).await?;
        all.retain(|other| other.id != self.engagement.id);
        Ok(used_elsewhere(&self.engagement.lineage, &lineages(all)))
    }

    async fn step(&mut self, event: Event) -> Outcome<()> {
        let decided = self.engagement.step(event, self.who, self.now).map_err(Refusal::from)?;
        let (engagement, facts) = decided;
        for fact in facts {
            self.record(engagement.clone(), fact).await?;
        }
        Ok(())
    }

    async fn record(&mut self, engagement: Engagement, fact: EngagementFact) -> Outcome<()> {
        let used = || Fault::inconsistent("record a step", "its mandate was used up");
        let mandate = self.mandate.take().ok_or_else(used)?;
        // An engagement never goes back in time, whatever the clock says.
        let at = engagement.seen;
        self.mandate = Some(self.tx.record(mandate, &engagement, fact, at).await?);
        self.engagement = engagement;
        Ok(())
    }

    async fn done(self) -> Outcome<Engagement> {
        self.tx.commit().await?;
        Ok(self.engagement)
    }
}

/// Does one step and records it.
async fn step(
    desk: &Desk,
    actor: &Actor,
    id: EngagementId,
    (name, action): (&'static str, Action),
    event: Event,
) -> Outcome<Engagement> {
    let mut hand = Hand::open(desk, actor, id, name, action).await?;
    hand.step(event).await?;
    hand.done().await
}

/// Takes a step by which the developer leaves: a machine of the developer's may take it too.
async fn leave(
    desk: &Desk,
    actor: &Actor,
    id: EngagementId,
    name: &'static str,
    event: Event,
) -> Outcome<Engagement> {
    let what = (name, Action::Engage);
    let mut hand = Hand::open_as(desk, actor, id, what, |actor, _, _| itself(actor)).await?;
    hand.step(event).await?;
    hand.done().await
}

fn lineages(engagements: Vec<Engagement>) -> Vec<Lineage> {
    engagements.into_iter().map(|engagement| engagement.lineage).collect()
}

/// As whom somebody takes a step. Nobody evaluates or judges a model of its own party.
fn who(actor: &Actor, action: Action, engagement: &Engagement) -> Result<Who, Refusal> {
    let own = actor.party == Some(engagement.developer);
    if action == Action::Work {
        return Ok(Who::Clock);
    }
    let may_be_own = matches!(action, Action::BringCounts | Action::StopGovernmentSeat);
    if may_be_own && own {
        return itself(actor);
    }
    if action == Action::Engage {
        return Ok(Who::Developer(actor.person.ok_or(Refusal::Forbidden)?));
    }
    let person = actor.person.filter(|_| !own).ok_or(Refusal::Forbidden)?;
    if matches!(action, Action::Evaluate | Action::UseGovernmentSeat) {
        return Ok(Who::Evaluator(person));
    }
    let by_duty = matches!(action, Action::EndWindow | Action::StopGovernmentSeat);
    match by_duty && actor.roles.contains(&Role::DutyOfficer) {
        true => Ok(Who::DutyOfficer(person)),
        false => Ok(Who::Official(person)),
    }
}

/// The developer by whatever account: a machine may act for it where that only ends something, or
/// hands on what a gateway signed. That nothing keeps it from leaving comes first.
fn itself(actor: &Actor) -> Result<Who, Refusal> {
    let account = actor.account.map(|account| PersonId::new(account.uuid()));
    Ok(Who::Developer(actor.person.or(account).ok_or(Refusal::Hidden)?))
}
