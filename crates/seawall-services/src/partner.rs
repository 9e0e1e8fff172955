//! Trusted partners: applications, panels drawn by lot, decisions with reasons, seats.
//!
//! What follows from the marks is computed by the domain; people can only withhold a signature.
//! What somebody is shown of an application depends on who it is (MISSION C61-C63).

mod basis;
mod panel;
mod reach;
mod read;
mod register;
mod seat;
mod token;

pub use basis::{
    Protects, Standing, Taken, Waiting, bring_operators, days_off, name_days_off, operators,
    publish_rubric, rubric, rubric_of, waiting,
};
pub use panel::{
    Drawing, appeal, begin_draw, commit_draw, conclude, join, mark, reveal_draw, sign,
};
pub(crate) use reach::holdings;
pub use reach::{Concentration, Reach, concentration, reach};
pub use read::{Answering, Dossier, Held, Lottery, SeatView, dossier, evidence, list};
pub use register::{declare, end, ties};
pub use seat::{attest, change, end_seat, lose_key, seat, suspend};
pub use token::{
    Given, Noted, Open, Request, accept_terms, dismiss, give, holder, issued, sponsor, windows,
};

use crate::desk::{Desk, digest};
use crate::outcome::{Fault, Outcome};
use basis::current;
use seawall_domain::access::{Action, Actor, Role};
use seawall_domain::id::{PartnerId, PartyId, PersonId};
use seawall_domain::partner::{APPLICATIONS_MAX, Application, Decided, Declared, Partner, Refused};
use seawall_domain::party;
use seawall_domain::refusal::Refusal;
use seawall_domain::time::Timestamp;
use seawall_store::db::Tx;
use seawall_store::record::Mandate;

/// The most evidence that comes with one application, in bytes.
pub const EVIDENCE_BYTES_MAX: usize = 16_000_000;

/// Applies for one developer's models, with evidence.
pub async fn apply(
    desk: &Desk,
    actor: &Actor,
    developer: PartyId,
    declared: Declared,
    evidence: &[u8],
) -> Outcome<Partner> {
    let now = desk.now();
    let id = PartnerId::new(desk.uuid());
    let mandate = Mandate::<Partner>::start(id.uuid(), actor, Action::ApplyAsPartner)?;
    let party = actor.party.ok_or(Refusal::Hidden)?;
    if evidence.is_empty() {
        return Err(
            Refusal::ByRule("cannot apply without evidence: the file is empty".into()).into()
        );
    }
    if evidence.len() > EVIDENCE_BYTES_MAX {
        let what = "bytes of evidence in one application";
        return Err(Refusal::Full { what, bound: EVIDENCE_BYTES_MAX as u64 }.into());
    }
    let mut tx = desk.begin("partner_apply").await?;
    let known = tx.party(developer).await?;
    known.filter(|party| party.roles.contains(&party::Role::Developer)).ok_or(Refusal::Hidden)?;
    tx.party(declared.parent).await?.ok_or(Refusal::Hidden)?;
    tx.lock(&format!("applications/{party}/{developer}")).await?;
    let filed = tx.partner_list_between(party, developer).await?;
    if filed.iter().filter(|it| it.is_applying(now)).count() >= APPLICATIONS_MAX {
        let what = "applications of one party to one developer that are not over";
        return Err(Refusal::Full { what, bound: APPLICATIONS_MAX as u64 }.into());
    }
    desk.keep(&mut tx, &format!("partner/{id}"), evidence).await?;
    let application = Application {
        id,
        party,
        developer,
        rubric: current(&mut tx).await?.rubric(),
        evidence: digest(evidence),
        filed_at: now,
        declared,
    };
    let (partner, fact) = Partner::file(application).map_err(Refusal::from)?;
    let _ = tx.record(mandate, &partner, fact, now).await?;
    tx.commit().await?;
    Ok(partner)
}

/// One application in somebody's hands, within one transaction.
struct Hand {
    tx: Tx,
    partner: Partner,
    mandate: Option<Mandate<Partner>>,
    now: Timestamp,
}

impl Hand {
    async fn open(
        desk: &Desk,
        actor: &Actor,
        id: PartnerId,
        name: &'static str,
        action: Action,
    ) -> Outcome<Hand> {
        let now = desk.now();
        let mut tx = desk.begin(name).await?;
        let guarded = tx.load::<Partner>(id.uuid()).await?;
        let (partner, mandate) = guarded.open(actor, action)?;
        Ok(Hand { tx, partner, mandate: Some(mandate), now })
    }

    async fn take(&mut self, decided: Decided) -> Outcome<()> {
        let (partner, fact) = decided.map_err(|refused: Refused| Refusal::from(refused))?;
        let used = || Fault::inconsistent("record a step", "its mandate was used up");
        let mandate = self.mandate.take().ok_or_else(used)?;
        self.mandate = Some(self.tx.record(mandate, &partner, fact, self.now).await?);
        self.partner = partner;
        Ok(())
    }

    async fn done(self) -> Outcome<Partner> {
        self.tx.commit().await?;
        Ok(self.partner)
    }
}

/// The natural person, for steps that a machine takes for nobody.
fn person(actor: &Actor) -> Result<PersonId, Refusal> {
    actor.person.ok_or(Refusal::Forbidden)
}

/// Whether somebody acts for the developer whose models it is about.
fn is_developer(actor: &Actor, partner: &Partner) -> bool {
    let own = actor.party == Some(partner.application.developer);
    own && actor.roles.contains(&Role::Developer)
}
