//! Applications as they are read. Marks are shown to nobody before all are filed, and who looked is
//! not told to the applicant.

use super::basis::{Protects, current, protects};
use crate::desk::Desk;
use crate::outcome::Outcome;
use seawall_domain::access::{Action, Actor, Governed, decide, visible};
use seawall_domain::digest::Digest;
use seawall_domain::id::{PartnerId, PartyId, PersonId};
use seawall_domain::partner::assessment::Filing;
use seawall_domain::partner::calendar::Calendar;
use seawall_domain::partner::decision::{Decision, Outcome as Decided, Rivalry};
use seawall_domain::partner::letter::Letter;
use seawall_domain::partner::seat::{Extent, Seat};
use seawall_domain::partner::{Application, Partner, Progress, Stage};
use seawall_domain::refusal::Refusal;
use seawall_domain::time::Timestamp;
use std::collections::BTreeSet;

/// What somebody sees of an application.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Dossier {
    /// What was applied for.
    pub application: Application,
    /// The applicant's name.
    pub applicant: String,
    /// The developer's name.
    pub developer: String,
    /// The name of who owns the applicant in the end, which may be itself.
    pub parent: String,
    /// How far it has come.
    pub progress: Progress,
    /// The draw under way; not for the applicant.
    pub lottery: Option<Lottery>,
    /// Who looks; not for the applicant.
    pub panel: BTreeSet<PersonId>,
    /// Who of the pool was left out of the draw, because the account was closed by then; not for
    /// the applicant.
    pub left_out: BTreeSet<PersonId>,
    /// What was filed, as far as the reader may see it now.
    pub filings: Vec<(PersonId, Filing)>,
    /// The appeal that waits for an answer.
    pub appeal: Option<Answering>,
    /// The decision.
    pub outcome: Option<Decided>,
    /// Its letter, with every reason.
    pub letter: Option<String>,
    /// Whether it develops models that compete, as it was stated.
    pub rivalry: Option<Rivalry>,
    /// Who stated that, and does not sign; not for the applicant.
    pub stated_by: Option<PersonId>,
    /// Whether the developer, and whether the clearinghouse, has signed.
    pub signed: (bool, bool),
    /// The seat.
    pub seat: Option<SeatView>,
    /// What it protects by the table of operators in force; not looked up for lists.
    pub protects: Option<Protects>,
}

/// An appeal that waits for an answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Answering {
    /// Until when it is answered.
    pub by: Timestamp,
    /// Whether that has passed.
    pub is_overdue: bool,
}

/// A draw as those see it who take part.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Lottery {
    /// Who has not committed to a number yet.
    pub uncommitted: BTreeSet<PartyId>,
    /// Who has not revealed it yet.
    pub unrevealed: BTreeSet<PartyId>,
    /// From whom is drawn.
    pub pool: BTreeSet<PersonId>,
    /// Who of them stays out.
    pub recused: BTreeSet<PersonId>,
    /// Which of them is the reader's own party.
    pub own: Option<PartyId>,
    /// How many are drawn.
    pub wanted: u8,
    /// When it is void.
    pub until: Timestamp,
}

/// A seat.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SeatView {
    /// The seat itself.
    pub seat: Seat,
    /// Whether everybody is stopped, for now or for good.
    pub is_stopped: bool,
}

/// Who is cut off in a seat.
#[derive(Clone, Debug)]
pub struct Held<'s> {
    /// Who is stopped for now; two people start each again.
    pub stopped: Vec<Extent>,
    /// Who is stopped for good.
    pub revoked: Vec<Extent>,
    /// The keys that were lost.
    pub lost_keys: &'s BTreeSet<Digest>,
}

impl Held<'_> {
    /// Whether nobody is.
    pub fn is_empty(&self) -> bool {
        self.stopped.is_empty() && self.revoked.is_empty() && self.lost_keys.is_empty()
    }
}

impl SeatView {
    /// Who is cut off in it.
    pub fn held(&self) -> Held<'_> {
        Held {
            stopped: self.seat.stops().map(|(extent, _)| *extent).collect(),
            revoked: self.seat.revoked().map(|(extent, _)| *extent).collect(),
            lost_keys: self.seat.lost_keys(),
        }
    }

    /// What of that came over from the party's seats before.
    pub fn came_over(&self) -> Held<'_> {
        let left = self.seat.left();
        Held {
            stopped: left.stops.keys().copied().collect(),
            revoked: left.revoked.keys().copied().collect(),
            lost_keys: &left.lost_keys,
        }
    }
}

/// The newest applications that the actor may know of; hidden from those who may know of none.
pub async fn list(desk: &Desk, actor: &Actor, limit: i64) -> Outcome<Vec<Dossier>> {
    let within = visible(actor, Action::ReadPartner)?;
    let mut tx = desk.begin("partner_list").await?;
    let mut found = tx.partner_list(within, actor.person, limit).await?;
    found.retain(|it| decide(actor, Action::ReadPartner, &it.relations(actor)).is_ok());
    let mut dossiers = Vec::new();
    for partner in &found {
        dossiers.push(seen(&mut tx, actor, partner, desk.now()).await?);
    }
    Ok(dossiers)
}

/// One application.
pub async fn dossier(desk: &Desk, actor: &Actor, id: PartnerId) -> Outcome<Dossier> {
    let mut tx = desk.begin("partner_dossier").await?;
    let guarded = tx.load::<Partner>(id.uuid()).await?;
    let (partner, _) = guarded.open(actor, Action::ReadPartner)?;
    let groups = &partner.application.declared.protects;
    let protects = Some(protects(desk, &mut tx, groups).await?);
    Ok(Dossier { protects, ..seen(&mut tx, actor, &partner, desk.now()).await? })
}

/// The evidence that came with an application, for whoever may know of it.
pub async fn evidence(desk: &Desk, actor: &Actor, id: PartnerId) -> Outcome<Vec<u8>> {
    let mut tx = desk.begin("partner_evidence").await?;
    let guarded = tx.load::<Partner>(id.uuid()).await?;
    let (partner, _) = guarded.open(actor, Action::ReadPartner)?;
    let digest = partner.application.evidence;
    let owner = format!("partner/{id}");
    let found = desk.store.blobs().find(&mut tx, &owner, &digest).await?;
    desk.bytes(&mut tx, &found.ok_or(Refusal::Hidden)?).await
}

async fn seen(
    tx: &mut seawall_store::db::Tx,
    actor: &Actor,
    partner: &Partner,
    now: Timestamp,
) -> Outcome<Dossier> {
    let application = partner.application.clone();
    let is_applicant = actor.party == Some(application.party);
    let decision = partner.decision();
    let lottery = partner.lot().ok().filter(|_| !is_applicant).map(|lot| Lottery {
        uncommitted: lot.draw.uncommitted(),
        unrevealed: lot.draw.silent(),
        own: actor.party.filter(|party| lot.draw.sides().contains(party)),
        pool: lot.pool.clone(),
        recused: lot.recused.clone(),
        wanted: lot.wanted,
        until: lot.until,
    });
    let signed = decision.map_or((None, None), Decision::signed);
    let calendar = current(tx).await?.calendar;
    Ok(Dossier {
        applicant: crate::party::name(tx, application.party).await?,
        developer: crate::party::name(tx, application.developer).await?,
        parent: crate::party::name(tx, application.declared.parent).await?,
        progress: partner.stage.progress(),
        lottery,
        panel: if is_applicant { BTreeSet::new() } else { partner.panel() },
        left_out: if is_applicant { BTreeSet::new() } else { partner.left_out() },
        filings: filings(actor, partner),
        appeal: partner
            .unanswered()
            .map(|it| Answering { by: it.answer_by, is_overdue: it.is_overdue(now) }),
        outcome: decision.map(|decision| decision.outcome.clone()),
        letter: decision.map(|decision| letter(partner, decision, &calendar)),
        rivalry: decision.map(Decision::rivalry),
        stated_by: decision.and_then(|decision| decision.stated_by).filter(|_| !is_applicant),
        signed: (signed.0.is_some(), signed.1.is_some()),
        seat: partner.seated().ok().map(view),
        protects: None,
        application,
    })
}

fn letter(partner: &Partner, decision: &Decision, calendar: &Calendar) -> String {
    let is_answer = partner.was_appealed();
    Letter { partner: partner.application.id, decision, calendar, is_answer }.text()
}

fn view(seat: &Seat) -> SeatView {
    use seawall_domain::partner::seat::Extent;
    let stopped = seat.stops().map(|(extent, _)| extent);
    let mut all = stopped.chain(seat.revoked().map(|(extent, _)| extent));
    SeatView { is_stopped: all.any(|extent| *extent == Extent::Organisation), seat: seat.clone() }
}

/// A person of the panel sees its own filing, and all of them once everybody has filed; nobody else
/// sees any while people look.
fn filings(actor: &Actor, partner: &Partner) -> Vec<(PersonId, Filing)> {
    match (&partner.stage, actor.person) {
        (Stage::Assessed { panel, .. }, Some(person)) => {
            panel.seen_by(person).into_iter().map(|(by, filing)| (by, filing.clone())).collect()
        }
        (
            Stage::Filed { .. }
            | Stage::Assessed { .. }
            | Stage::Decided { .. }
            | Stage::Seated { .. }
            | Stage::Over { .. },
            _,
        ) => Vec::new(),
    }
}
