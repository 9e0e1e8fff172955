//! Cases: opened on a confirmed finding, coordinated by mail, at the maintainer's pace.

mod letters;
mod read;

pub use letters::{Received, receive, release_bundle, release_by_policy, send_bundle, send_report};
pub(crate) use letters::{desktop, resend, send};
pub use read::{Brief, Written, briefs, letters, of_finding};

use crate::desk::Desk;
use crate::finding::kept_claim;
use crate::outcome::{Fault, Outcome};
use crate::party;
use seawall_domain::access::{Action, Actor, Confirmed, scope};
use seawall_domain::advisory::Advisory;
use seawall_domain::case::{Case, StatedRange};
use seawall_domain::finding::Finding;
use seawall_domain::fix::Fix;
use seawall_domain::id::{CaseId, FindingId, PartyId};
use seawall_domain::package::Package;
use seawall_domain::project::Project;
use seawall_domain::range::Interval;
use seawall_domain::refusal::Refusal;
use seawall_domain::reproduction::Reproduction;
use seawall_store::record::Mandate;

/// Opens a case for a confirmed finding, under its project's policy. While the maintainer has as
/// many open cases as it agreed to, the finding waits (capability C23).
pub async fn open(desk: &Desk, id: FindingId) -> Outcome<()> {
    let now = desk.now();
    let mut tx = desk.begin("case_open").await?;
    let guarded = tx.load::<Finding>(id.uuid()).await?;
    let (finding, _) = guarded.open(&Actor::clerk(), Action::ReadFinding)?;
    let Some(reproduction) = tx.reproduction_of(id).await? else { return Ok(()) };
    let Some(confirmed) = Confirmed::by(&reproduction, &finding) else { return Ok(()) };
    let Some(project) = finding.project else { return Ok(()) };
    if tx.case_of(confirmed.finding()).await?.is_some() {
        return Ok(());
    }
    let guarded = tx.load::<Project>(project.uuid()).await?;
    let (project, _) = guarded.open(&Actor::clerk(), Action::ReadProject)?;
    tx.lock(&format!("capacity/{}", project.id)).await?;
    let open = tx.case_list_of(project.id).await?.into_iter().filter(Case::is_open).count();
    let capacity = project.capacity();
    if open >= usize::from(capacity) {
        let what = "open cases of this project";
        return Err(Refusal::Full { what, bound: u64::from(capacity) }.into());
    }
    let id = CaseId::new(desk.uuid());
    let mandate = Mandate::<Case>::start(id.uuid(), &Actor::clerk(), Action::Work)?;
    let of = (project.id, confirmed.finding(), reproduction.id);
    let (case, fact) = Case::open(id, of, project.policy, project.maintainer, now)
        .ok_or_else(|| Fault::inconsistent("open a case", "its first fact did not apply"))?;
    let claim = kept_claim(desk, &mut tx, &finding).await?.claim;
    crate::work::weigh(desk, &mut tx, &finding, &claim, Some(&case)).await?;
    let _ = tx.record(mandate, &case, fact, now).await?;
    tx.commit().await?;
    Ok(())
}

/// The newest cases the actor may know of.
pub async fn list(desk: &Desk, actor: &Actor, limit: i64) -> Outcome<Vec<Case>> {
    let mut tx = desk.begin("case_list").await?;
    Ok(tx.case_list(scope(actor, Action::ReadCase), limit).await?)
}

/// Everything a participant looks at in one case.
#[derive(Clone, Debug)]
pub struct Dossier {
    /// The case.
    pub case: Case,
    /// The project.
    pub project: Project,
    /// The flaw in one line, as it was reported.
    pub title: String,
    /// Its reproduction: the range and what was run.
    pub reproduction: Reproduction,
    /// The fixes that were announced.
    pub fixes: Vec<Fix>,
    /// The names of the participants, in their order.
    pub participants: Vec<String>,
    /// The advisory, for those who may read drafts.
    pub advisory: Option<Advisory>,
}

/// One case with everything around it that the actor may know.
pub async fn dossier(desk: &Desk, actor: &Actor, id: CaseId) -> Outcome<Dossier> {
    let mut tx = desk.begin("case_dossier").await?;
    let guarded = tx.load::<Case>(id.uuid()).await?;
    let (case, _) = guarded.open(actor, Action::ReadCase)?;
    let clerk = Actor::clerk();
    let guarded = tx.load::<Project>(case.project.uuid()).await?;
    let (project, _) = guarded.open(&clerk, Action::ReadProject)?;
    let guarded = tx.load::<Reproduction>(case.reproduction.uuid()).await?;
    let (reproduction, _) = guarded.open(&clerk, Action::ReadReproduction)?;
    let fixes = tx.fix_list_of(id).await?;
    let mut participants = Vec::new();
    for participant in &case.participants {
        participants.push(party::name(&mut tx, *participant).await?);
    }
    let advisory = match seawall_domain::access::decide(actor, Action::ReadDraft, &[]) {
        Ok(()) => tx.advisory_of(id).await?,
        Err(_) => None,
    };
    let title = read::title(desk, &mut tx, &case).await?;
    Ok(Dossier { case, project, title, reproduction, fixes, participants, advisory })
}

/// Invites a party to a case; from then on it may know.
pub async fn invite(desk: &Desk, actor: &Actor, id: CaseId, party: PartyId) -> Outcome<Case> {
    let now = desk.now();
    let mut tx = desk.begin("case_invite").await?;
    let guarded = tx.load::<Case>(id.uuid()).await?;
    let (case, mandate) = guarded.open(actor, Action::InviteParticipant)?;
    tx.party(party).await?.ok_or(Refusal::Hidden)?;
    let (case, fact) = case.invite(party, now)?;
    let _ = tx.record(mandate, &case, fact, now).await?;
    tx.commit().await?;
    Ok(case)
}

/// A distributor that takes part states the affected range of its own packages.
pub async fn state_range(
    desk: &Desk,
    actor: &Actor,
    id: CaseId,
    package: Package,
    ranges: Vec<Interval>,
) -> Outcome<Case> {
    let now = desk.now();
    let party = actor.party.ok_or(Refusal::Hidden)?;
    let mut tx = desk.begin("case_state_range").await?;
    let guarded = tx.load::<Case>(id.uuid()).await?;
    let (case, mandate) = guarded.open(actor, Action::StateRange)?;
    let (case, fact) = case.state_range(StatedRange { party, package, ranges }, now)?;
    let _ = tx.record(mandate, &case, fact, now).await?;
    tx.commit().await?;
    Ok(case)
}

/// A person decides to keep a case private, or no longer to; that beats every clock.
pub async fn keep_private(desk: &Desk, actor: &Actor, id: CaseId, keep: Keep) -> Outcome<Case> {
    let now = desk.now();
    let account = actor.account.ok_or(Refusal::Hidden)?;
    let mut tx = desk.begin("case_keep_private").await?;
    let guarded = tx.load::<Case>(id.uuid()).await?;
    let (case, mandate) = guarded.open(actor, Action::KeepPrivate)?;
    let by = match keep {
        Keep::Private => Some(account),
        Keep::NoLonger => None,
    };
    let (case, fact) = case.keep_private(by, now)?;
    let _ = tx.record(mandate, &case, fact, now).await?;
    tx.commit().await?;
    Ok(case)
}

/// Whether a person keeps a case private.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Keep {
    /// It stays private, whatever the clocks say.
    Private,
    /// The clocks decide again.
    NoLonger,
}
