//! Findings: taking them in, and telling finders and analysts where they stand.

mod brief;
mod group;
mod judge;

pub use brief::{Brief, briefs};
pub use group::{group, promote};
pub use judge::{gate, locate};

use crate::desk::{Desk, digest};
use crate::outcome::{Fault, Outcome};
use crate::party;
use seawall_domain::access::{Action, Actor, decide, scope};
use seawall_domain::claim::Claim;
use seawall_domain::digest::{Address, Digest};
use seawall_domain::finding::{Essence, Finding, Received};
use seawall_domain::id::FindingId;
use seawall_domain::refusal::Refusal;
use seawall_domain::reproduction::Reproduction;
use seawall_domain::time::SignedDuration;
use seawall_formats::intake::Intake;
use seawall_sandbox::CrashKey;
use seawall_store::db::Tx;
use seawall_store::record::Mandate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How long the same bytes from the same member get the same receipt, in hours (a listed
/// deviation from the TAP Intake API, which has no idempotency).
pub const RESEND_HOURS: i64 = 24;

/// The claim as it is kept: what was said, and where the files lie.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeptClaim {
    /// What was said.
    pub claim: Claim,
    /// The files that came with it, by download name.
    pub files: BTreeMap<String, Address>,
}

/// Takes in one report of one flaw, and gives the receipt: the capability to ask about it.
pub async fn submit(
    desk: &Desk,
    actor: &Actor,
    shape: &str,
    report: &[u8],
    intake: Intake,
) -> Outcome<String> {
    let now = desk.now();
    decide(actor, Action::SubmitReport, &[])?;
    let (Some(finder), Some(account)) = (actor.party, actor.account) else {
        return Err(Refusal::Hidden.into());
    };
    // One document may hold many claims, some with the same title: each has a receipt of its own.
    let mut sent = report.to_vec();
    sent.extend(
        serde_json::to_vec(&intake.claim)
            .map_err(|error| Fault::inconsistent("tell a claim from others", error))?,
    );
    let sent = digest(&sent);
    let mut tx = desk.begin("finding_submit").await?;
    tx.lock(&format!("intake/{finder}/{sent}")).await?;
    let since = now - SignedDuration::from_hours(RESEND_HOURS);
    if let Some(known) = tx.finding_resent(finder, &sent, since).await? {
        return Ok(receipt(desk, known.id));
    }
    let id = FindingId::new(desk.uuid());
    let owner = owner(id);
    let kept = keep_files(desk, &mut tx, &owner, &intake).await?;
    let claim =
        serde_json::to_vec(&kept).map_err(|error| Fault::inconsistent("keep a claim", error))?;
    let project = match &kept.claim.package {
        Some(package) => tx.project_by_package(package).await?.map(|project| project.id),
        None => None,
    };
    let recipe = kept.claim.recipe().and_then(|recipe| kept.files.get(&recipe.name)).copied();
    let receipt = receipt(desk, id);
    let received = Received {
        id,
        finder,
        account,
        project,
        receipt: digest(receipt.as_bytes()),
        digest: sent,
        report: desk.keep(&mut tx, &owner, report).await?,
        claim: desk.keep(&mut tx, &owner, &claim).await?,
        recipe,
        essence: essence(&kept.claim, shape),
    };
    let mandate = Mandate::<Finding>::start(id.uuid(), actor, Action::SubmitReport)?;
    let (finding, fact) = Finding::receive(received, now)
        .ok_or_else(|| Fault::inconsistent("take in a finding", "its fact did not apply"))?;
    let _ = tx.record(mandate, &finding, fact, now).await?;
    tx.commit().await?;
    Ok(receipt)
}

/// Under whose key the blobs of a finding lie.
pub(crate) fn owner(id: FindingId) -> String {
    format!("finding/{id}")
}

/// The receipt of a finding: derived from the installation's own key, so that it is never stored.
fn receipt(desk: &Desk, id: FindingId) -> String {
    let bytes = desk.store.keys().derive(&format!("receipt/{id}"));
    let text: String = crate::desk::base32(&bytes).chars().take(24).collect();
    format!("SUB-{text}")
}

async fn keep_files(desk: &Desk, tx: &mut Tx, owner: &str, intake: &Intake) -> Outcome<KeptClaim> {
    let mut files = BTreeMap::new();
    for file in &intake.files {
        let address = desk.keep(tx, owner, &file.bytes).await?;
        files.insert(file.attachment.name.clone(), address);
    }
    Ok(KeptClaim { claim: intake.claim.clone(), files })
}

fn essence(claim: &Claim, shape: &str) -> Essence {
    Essence {
        package: claim.package.clone(),
        version: claim.versions.first().cloned(),
        weakness: claim.weakness,
        file: claim.location.file.clone(),
        function: claim.location.function.clone(),
        shape: shape.to_owned(),
    }
}

/// The claim of a finding, as it was kept.
pub(crate) async fn kept_claim(desk: &Desk, tx: &mut Tx, finding: &Finding) -> Outcome<KeptClaim> {
    let bytes = desk.bytes(tx, &finding.claim).await?;
    serde_json::from_slice(&bytes)
        .map_err(|error| Fault::inconsistent("read a kept claim", error).into())
}

/// The recipe of a finding, as text.
pub(crate) async fn recipe_text(
    desk: &Desk,
    tx: &mut Tx,
    finding: &Finding,
) -> Outcome<Option<String>> {
    match &finding.recipe {
        Some(address) => Ok(Some(desk.text(tx, address).await?)),
        None => Ok(None),
    }
}

/// The three words of the TAP Intake API (section 9): richer states are told elsewhere.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TapStatus {
    /// It came.
    Queued,
    /// Somebody or something works on it.
    Processing,
    /// Its outcome is known.
    Done,
}

/// The status of whatever came with a receipt; whoever holds the receipt may ask.
pub async fn status(
    desk: &Desk,
    receipt: &str,
) -> Outcome<(TapStatus, seawall_domain::time::Timestamp)> {
    use seawall_domain::finding::Standing;
    let mut tx = desk.begin("finding_status").await?;
    let findings = tx.finding_by_receipt(&digest(receipt.as_bytes())).await?;
    let finding = findings.first().ok_or(Refusal::Hidden)?;
    let status = match finding.standing {
        Standing::Received => TapStatus::Queued,
        Standing::Complete
        | Standing::Located { .. }
        | Standing::Leading { .. }
        | Standing::Waiting => TapStatus::Processing,
        Standing::NeedsInfo { .. }
        | Standing::Joined { .. }
        | Standing::Rejected { .. }
        | Standing::Reproduced
        | Standing::NotReproduced
        | Standing::Flaky
        | Standing::AlreadyFixed { .. } => TapStatus::Done,
    };
    Ok((status, finding.changed_at))
}

/// The findings that came with a receipt, for the member that sent it.
pub async fn by_receipt(desk: &Desk, actor: &Actor, receipt: &str) -> Outcome<Vec<Finding>> {
    let mut tx = desk.begin("finding_by_receipt").await?;
    let findings = tx.finding_by_receipt(&digest(receipt.as_bytes())).await?;
    let mut open = Vec::new();
    for finding in findings {
        let guarded = tx.load::<Finding>(finding.id.uuid()).await?;
        let (finding, _) = guarded.open(actor, Action::ReadFinding)?;
        open.push(finding);
    }
    match open.is_empty() {
        true => Err(Refusal::Hidden.into()),
        false => Ok(open),
    }
}

/// The newest findings the actor may know of.
pub async fn list(desk: &Desk, actor: &Actor, limit: i64) -> Outcome<Vec<Finding>> {
    let mut tx = desk.begin("finding_list").await?;
    Ok(tx.finding_list(scope(actor, Action::ReadFinding), limit).await?)
}

/// Everything an analyst looks at to judge one finding.
#[derive(Clone, Debug)]
pub struct Dossier {
    /// The finding.
    pub finding: Finding,
    /// What it says.
    pub claim: Claim,
    /// The finder's name.
    pub finder: String,
    /// Its reproduction, when it has one.
    pub reproduction: Option<Reproduction>,
    /// The transcripts of the isolated runs.
    pub transcripts: Vec<String>,
    /// What crashed, where a report of a crash was read.
    pub crash: Option<CrashKey>,
    /// The lead it joined, with what that one says.
    pub lead: Option<(Finding, Claim)>,
    /// The findings that joined it.
    pub members: Vec<Finding>,
    /// The recipe, as inert text.
    pub recipe: Option<String>,
}

/// One finding with everything around it.
pub async fn dossier(desk: &Desk, actor: &Actor, id: FindingId) -> Outcome<Dossier> {
    let mut tx = desk.begin("finding_dossier").await?;
    let guarded = tx.load::<Finding>(id.uuid()).await?;
    let (finding, _) = guarded.open(actor, Action::ReadReport)?;
    let kept = kept_claim(desk, &mut tx, &finding).await?;
    let finder = party::name(&mut tx, finding.finder).await?;
    let mut dossier = Dossier {
        claim: kept.claim,
        finder,
        reproduction: None,
        transcripts: Vec::new(),
        crash: None,
        lead: None,
        members: Vec::new(),
        recipe: recipe_text(desk, &mut tx, &finding).await?,
        finding,
    };
    if decide(actor, Action::ReadReproduction, &[]).is_ok() {
        around(desk, &mut tx, &mut dossier).await?;
    }
    Ok(dossier)
}

/// What only analysts see: the group, and what the laboratory said.
async fn around(desk: &Desk, tx: &mut Tx, dossier: &mut Dossier) -> Outcome<()> {
    use seawall_domain::finding::Standing;
    let id = dossier.finding.id;
    dossier.members = tx.finding_list_joined(id).await?;
    if let Standing::Joined { lead, .. } = dossier.finding.standing {
        let guarded = tx.load::<Finding>(lead.uuid()).await?;
        let (lead, _) = guarded.open(&Actor::clerk(), Action::ReadReport)?;
        let claim = kept_claim(desk, tx, &lead).await?.claim;
        dossier.lead = Some((lead, claim));
    }
    dossier.reproduction = tx.reproduction_of(id).await?;
    let bundle = dossier.reproduction.as_ref().and_then(|r| r.conclusion.as_ref()?.bundle);
    if let Some(bundle) = bundle {
        let bundle = crate::reproduction::read_bundle(desk, tx, &bundle).await?;
        dossier.transcripts = bundle.transcripts();
        dossier.crash = bundle.stated().and_then(|stated| stated.crash);
    }
    Ok(())
}

/// Takes a finding out of its group by a person's decision; it is then tried itself.
pub async fn unjoin(desk: &Desk, actor: &Actor, id: FindingId) -> Outcome<Finding> {
    let now = desk.now();
    let by = actor.account.ok_or(Refusal::Hidden)?;
    let mut tx = desk.begin("finding_unjoin").await?;
    let guarded = tx.load::<Finding>(id.uuid()).await?;
    let (finding, mandate) = guarded.open(actor, Action::UnjoinFinding)?;
    let (finding, fact) = finding.unjoin(by, now)?;
    let _ = tx.record(mandate, &finding, fact, now).await?;
    tx.commit().await?;
    Ok(finding)
}

/// Whether a finding with this salted hash is known and neither rejected nor a duplicate
/// (the claim-check of the scrutineer interchange). It tells one bit.
pub async fn claim_check(desk: &Desk, salt: &str, hash: &Digest) -> Outcome<bool> {
    use seawall_domain::finding::Standing;
    let mut tx = desk.begin("finding_claim_check").await?;
    let scope = scope(&Actor::clerk(), Action::ReadFinding);
    let findings = tx.finding_list(scope, CLAIM_CHECK_MAX).await?;
    Ok(findings.iter().any(|finding| {
        let counts =
            !matches!(finding.standing, Standing::Rejected { .. } | Standing::Joined { .. });
        counts && claim_hash(salt, finding).is_some_and(|known| known == *hash)
    }))
}

/// How many findings a claim-check looks through.
const CLAIM_CHECK_MAX: i64 = 100_000;

fn claim_hash(salt: &str, finding: &Finding) -> Option<Digest> {
    let package = finding.essence.package.as_ref()?;
    let repository = seawall_formats::purl::write(package, None);
    let file = finding.essence.file.as_deref().unwrap_or_default();
    let weakness = finding.essence.weakness.map(|cwe| cwe.to_string()).unwrap_or_default();
    Some(seawall_formats::claim_check::hash(salt, &repository, "", file, &weakness))
}
