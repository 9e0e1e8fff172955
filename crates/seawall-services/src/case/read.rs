//! Cases as they are read: one line each for lists, and the correspondence.

use crate::desk::Desk;
use crate::finding::kept_claim;
use crate::outcome::Outcome;
use seawall_domain::access::{Action, Actor, decide, visible};
use seawall_domain::advisory::Advisory;
use seawall_domain::case::{Case, Letter};
use seawall_domain::finding::Finding;
use seawall_domain::id::{CaseId, FindingId};
use seawall_domain::package::Package;
use seawall_domain::project::Project;
use seawall_formats::mail;
use seawall_store::db::Tx;

/// The line before the evidence in a letter: what follows is for the maintainer's own machine.
const EVIDENCE: &str = "-----BEGIN SEAWALL EVIDENCE-----";

/// One case in a list.
#[derive(Clone, Debug)]
pub struct Brief {
    /// The case.
    pub case: Case,
    /// The package it is about.
    pub package: Package,
    /// The flaw in one line.
    pub title: String,
    /// Its advisory, for those who may read drafts.
    pub advisory: Option<Advisory>,
}

/// The newest cases the actor may know of; hidden from those who may know of none.
pub async fn briefs(desk: &Desk, actor: &Actor, limit: i64) -> Outcome<Vec<Brief>> {
    let within = visible(actor, Action::ReadCase)?;
    let drafts = decide(actor, Action::ReadDraft, &[]).is_ok();
    let mut tx = desk.begin("case_briefs").await?;
    let mut briefs = Vec::new();
    for case in tx.case_list(within, limit).await? {
        let guarded = tx.load::<Project>(case.project.uuid()).await?;
        let (project, _) = guarded.open(&Actor::clerk(), Action::ReadProject)?;
        let advisory = if drafts { tx.advisory_of(case.id).await? } else { None };
        let title = title(desk, &mut tx, &case).await?;
        briefs.push(Brief { package: project.package, title, advisory, case });
    }
    Ok(briefs)
}

/// The flaw of a case in one line, as it was reported.
pub(super) async fn title(desk: &Desk, tx: &mut Tx, case: &Case) -> Outcome<String> {
    let guarded = tx.load::<Finding>(case.finding.uuid()).await?;
    let (finding, _) = guarded.open(&Actor::clerk(), Action::ReadReport)?;
    Ok(kept_claim(desk, tx, &finding).await?.claim.title)
}

/// The case that a finding led to, when the actor may know of it.
pub async fn of_finding(desk: &Desk, actor: &Actor, id: FindingId) -> Outcome<Option<CaseId>> {
    let mut tx = desk.begin("case_of_finding").await?;
    let Some(case) = tx.case_of(id).await? else { return Ok(None) };
    let guarded = tx.load::<Case>(case.id.uuid()).await?;
    Ok(guarded.open(actor, Action::ReadCase).ok().map(|(case, _)| case.id))
}

/// A letter of a case with its words.
#[derive(Clone, Debug)]
pub struct Written {
    /// The letter as the case knows it.
    pub letter: Letter,
    /// Its subject line.
    pub subject: String,
    /// Its text; evidence that travelled in it is left out.
    pub body: String,
}

/// The correspondence with the maintainer, oldest first: for analysts and that maintainer. Other
/// participants see none of it, because a letter may carry a reproducer that is withheld.
pub async fn letters(desk: &Desk, actor: &Actor, id: CaseId) -> Outcome<Vec<Written>> {
    let mut tx = desk.begin("case_letters").await?;
    let guarded = tx.load::<Case>(id.uuid()).await?;
    let (case, _) = guarded.open(actor, Action::ReadCase)?;
    let own = actor.party.is_some() && actor.party == case.maintainer();
    if !own && decide(actor, Action::ReadReproduction, &[]).is_err() {
        return Ok(Vec::new());
    }
    let mut written = Vec::new();
    for letter in case.letters {
        let bytes = desk.bytes(&mut tx, &letter.bytes).await?;
        let read = mail::read(&bytes).unwrap_or_default();
        let body = match read.body.split_once(EVIDENCE) {
            Some((before, _)) => format!("{before}[the evidence bundle is left out here]\n"),
            None => read.body,
        };
        written.push(Written { letter, subject: read.subject, body });
    }
    Ok(written)
}
