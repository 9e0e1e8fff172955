//! Advisories: drafted from what was run, signed by two people, published in every format.

mod export;
mod publish;

pub use export::export;
pub(crate) use export::place;
pub(crate) use publish::out;
pub use publish::{announce, publish};

use crate::account::purpose;
use crate::case::Dossier as CaseDossier;
use crate::desk::{Desk, digest};
use crate::finding::kept_claim;
use crate::outcome::{Fault, Outcome};
use crate::party;
use seawall_domain::access::{Action, Actor};
use seawall_domain::advisory::{Advisory, Signature};
use seawall_domain::case::Case;
use seawall_domain::claim::{Claim, Cwe};
use seawall_domain::digest::Digest;
use seawall_domain::finding::Finding;
use seawall_domain::id::{AdvisoryId, CaseId};
use seawall_domain::publication::{AdvisoryNumber, AffectedPackage, Publication};
use seawall_domain::range::Basis;
use seawall_domain::refusal::Refusal;
use seawall_domain::reproduction::Reproduction;
use seawall_store::db::Tx;
use seawall_store::record::Mandate;
use serde::{Deserialize, Serialize};

/// The media type of what people sign.
pub const SIGNED_TYPE: &str = "application/vnd.seawall.advisory+json";

/// What an advisory will say, before it has a number: this is what people look at and sign.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are those of the publication")]
pub struct Content {
    pub title: String,
    pub summary: String,
    pub remedy: String,
    pub workaround: String,
    pub weakness: Option<Cwe>,
    pub severity: Option<String>,
    pub aliases: Vec<String>,
    pub references: Vec<String>,
    pub affected: Vec<AffectedPackage>,
    pub credits: Vec<String>,
    pub notice: Option<String>,
    /// What this revision changes, in one sentence.
    pub change: String,
}

/// Drafts the advisory of a case, or its next revision when what is known has changed.
pub async fn draft(desk: &Desk, id: CaseId) -> Outcome<()> {
    let now = desk.now();
    let mut tx = desk.begin("advisory_draft").await?;
    let guarded = tx.load::<Case>(id.uuid()).await?;
    let (case, _) = guarded.open(&Actor::clerk(), Action::ReadCase)?;
    if !case.flaw.fix_ready {
        return Ok(());
    }
    let known = tx.advisory_of(id).await?;
    let content = content(desk, &mut tx, &case, known.as_ref()).await?;
    let bytes = serde_json::to_vec(&content)
        .map_err(|error| Fault::inconsistent("write an advisory", error))?;
    let drafted = digest(&bytes);
    if let Some(known) = &known
        && (known.digest == drafted || same_but_change(desk, &mut tx, known, &content).await?)
    {
        return Ok(());
    }
    let address = desk.keep(&mut tx, &format!("case/{id}"), &bytes).await?;
    match known {
        None => {
            let id = AdvisoryId::new(desk.uuid());
            let mandate = Mandate::<Advisory>::start(id.uuid(), &Actor::clerk(), Action::Work)?;
            let (advisory, fact) = Advisory::draft(id, case.id, address, drafted, now)
                .ok_or_else(|| Fault::inconsistent("draft an advisory", "its fact is unfit"))?;
            let _ = tx.record(mandate, &advisory, fact, now).await?;
        }
        Some(known) => {
            let guarded = tx.load::<Advisory>(known.id.uuid()).await?;
            let (advisory, mandate) = guarded.open(&Actor::clerk(), Action::Work)?;
            let (advisory, fact) = advisory.revise(address, drafted, now)?;
            let _ = tx.record(mandate, &advisory, fact, now).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Whether a new draft says the same as the known one, but for the sentence about the change.
async fn same_but_change(
    desk: &Desk,
    tx: &mut Tx,
    known: &Advisory,
    new: &Content,
) -> Outcome<bool> {
    let old = kept_content(desk, tx, known).await?;
    Ok(Content { change: String::new(), ..old } == Content { change: String::new(), ..new.clone() })
}

/// What an advisory says, as it was kept.
pub(crate) async fn kept_content(
    desk: &Desk,
    tx: &mut Tx,
    advisory: &Advisory,
) -> Outcome<Content> {
    let bytes = desk.bytes(tx, &advisory.content).await?;
    serde_json::from_slice(&bytes)
        .map_err(|error| Fault::inconsistent("read an advisory's content", error).into())
}

async fn content(
    desk: &Desk,
    tx: &mut Tx,
    case: &Case,
    known: Option<&Advisory>,
) -> Outcome<Content> {
    let clerk = Actor::clerk();
    let guarded = tx.load::<Finding>(case.finding.uuid()).await?;
    let (finding, _) = guarded.open(&clerk, Action::ReadReport)?;
    let guarded = tx.load::<Reproduction>(case.reproduction.uuid()).await?;
    let (reproduction, _) = guarded.open(&clerk, Action::ReadReproduction)?;
    let claim = kept_claim(desk, tx, &finding).await?.claim;
    let mut claim = claim;
    let mut credits = vec![party::name(tx, finding.finder).await?];
    for member in tx.finding_list_joined(finding.id).await? {
        // Whoever of the group knew a name or a source that others gave the flaw: all of it counts.
        let also = kept_claim(desk, tx, &member).await?.claim;
        add_new(&mut claim.upstream_ids, also.upstream_ids);
        add_new(&mut claim.references, also.references);
        let name = party::name(tx, member.finder).await?;
        if !credits.contains(&name) {
            credits.push(name);
        }
    }
    let mut affected = vec![run_here(&reproduction)];
    for stated in &case.stated {
        affected.push(AffectedPackage {
            package: stated.package.clone(),
            ranges: stated.ranges.clone(),
            basis: Basis::Stated,
            stated_by: Some(party::name(tx, stated.party).await?),
            tested: Vec::new(),
        });
    }
    let published = known.is_some_and(|known| known.number.is_some());
    Ok(written(desk, &claim, affected, credits, published))
}

fn add_new(known: &mut Vec<String>, more: Vec<String>) {
    for one in more {
        if !known.contains(&one) {
            known.push(one);
        }
    }
}

fn run_here(reproduction: &Reproduction) -> AffectedPackage {
    let mut tested = reproduction.tested.clone();
    let ecosystem = &reproduction.package.ecosystem;
    tested.sort_by(|a, b| seawall_matching::version::compare(ecosystem, &a.version, &b.version));
    AffectedPackage {
        package: reproduction.package.clone(),
        ranges: reproduction.ranges.clone().unwrap_or_default(),
        basis: Basis::Run,
        stated_by: None,
        tested,
    }
}

fn written(
    desk: &Desk,
    claim: &Claim,
    affected: Vec<AffectedPackage>,
    credits: Vec<String>,
    published: bool,
) -> Content {
    let own = affected.first();
    let name = own.map(|own| own.package.to_string()).unwrap_or_default();
    let fixed: Vec<String> = own
        .iter()
        .flat_map(|own| own.ranges.iter().filter_map(|interval| interval.fixed.as_ref()))
        .map(ToString::to_string)
        .collect();
    let relapsed = fixed.len() > 1;
    let remedy = match fixed.last() {
        Some(version) => format!("Update {name} to {version} or later."),
        None => format!("There is no fixed release of {name} yet."),
    };
    let change = match (published, relapsed) {
        (false, _) => "First publication.".to_owned(),
        (true, true) => "A later release is affected again; the affected range has grown.".into(),
        (true, false) => "What is known has changed.".to_owned(),
    };
    Content {
        title: claim.title.clone(),
        summary: claim.description.trim().to_owned(),
        remedy,
        workaround: format!(
            "Keep untrusted input away from {name}, and limit what the program that uses it may \
             reach."
        ),
        weakness: claim.weakness,
        severity: claim.severity.clone(),
        aliases: claim.upstream_ids.clone(),
        references: claim.references.clone(),
        affected,
        credits,
        notice: desk.settings.notice.clone(),
        change,
    }
}

/// An advisory that waits for signatures, as people look at it.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The advisory.
    pub advisory: Advisory,
    /// What it will say.
    pub content: Content,
    /// The case around it.
    pub case: CaseDossier,
    /// What others see of those who signed, in the order of the signatures.
    pub signers: Vec<String>,
}

/// What waits for a signature or for publication.
pub async fn waiting(desk: &Desk, actor: &Actor) -> Outcome<Vec<Advisory>> {
    seawall_domain::access::decide(actor, Action::ReadDraft, &[])?;
    let mut tx = desk.begin("advisory_waiting").await?;
    Ok(tx.advisory_list_waiting().await?)
}

/// One advisory as people look at it before they sign.
pub async fn look(desk: &Desk, actor: &Actor, id: AdvisoryId) -> Outcome<Waiting> {
    let mut tx = desk.begin("advisory_look").await?;
    let guarded = tx.load::<Advisory>(id.uuid()).await?;
    let (advisory, _) = guarded.open(actor, Action::ReadDraft)?;
    let content = kept_content(desk, &mut tx, &advisory).await?;
    let mut signers = Vec::new();
    for signature in &advisory.signatures {
        let signer = tx.account_with_party(signature.account).await?;
        signers.extend(signer.map(|(account, _)| account.label));
    }
    drop(tx);
    let case = crate::case::dossier(desk, actor, advisory.case).await?;
    Ok(Waiting { advisory, content, case, signers })
}

/// Signs the revision that the person looked at, with the person's own key.
pub async fn sign(
    desk: &Desk,
    actor: &Actor,
    id: AdvisoryId,
    looked_at: &Digest,
) -> Outcome<Advisory> {
    let now = desk.now();
    let account = actor.account.ok_or(Refusal::Hidden)?;
    let mut tx = desk.begin("advisory_sign").await?;
    let guarded = tx.load::<Advisory>(id.uuid()).await?;
    let (advisory, mandate) = guarded.open(actor, Action::SignAdvisory)?;
    let signer = tx.account_with_party(account).await?.ok_or(Refusal::Hidden)?.0;
    if signer.holder != seawall_domain::account::Holder::Person {
        return Err(Refusal::Forbidden.into());
    }
    let content = desk.bytes(&mut tx, &advisory.content).await?;
    let key = desk.signing_key(&purpose(account));
    let value = key.sign(&seawall_ledger::dsse::pae(SIGNED_TYPE, &content));
    let signature =
        Signature { account, public_key: key.public().to_string(), value: hex(&value.0), at: now };
    let (advisory, fact) = advisory.sign(signature, looked_at, now)?;
    let _ = tx.record(mandate, &advisory, fact, now).await?;
    tx.commit().await?;
    Ok(advisory)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A published advisory as the public sees it.
#[derive(Clone, Debug)]
pub struct Out {
    /// Its public name.
    pub number: AdvisoryNumber,
    /// What its latest revision says.
    pub publication: Publication,
    /// The path of its CSAF document under the folder of everything public.
    pub csaf_path: String,
    /// The path of its OSV record.
    pub osv_path: String,
}

/// Everything published, newest first.
pub async fn list_out(desk: &Desk, limit: i64) -> Outcome<Vec<Out>> {
    let mut tx = desk.begin("advisory_list").await?;
    let advisories = tx.advisory_list_out(limit).await?;
    let mut out = Vec::new();
    for advisory in &advisories {
        out.extend(publish::out(desk, &mut tx, advisory).await?);
    }
    Ok(out)
}

/// One published advisory.
pub async fn by_number(desk: &Desk, number: AdvisoryNumber) -> Outcome<Out> {
    let mut tx = desk.begin("advisory_by_number").await?;
    let advisory = tx.advisory_by_number(number).await?.ok_or(Refusal::Hidden)?;
    Ok(publish::out(desk, &mut tx, &advisory).await?.ok_or(Refusal::Hidden)?)
}
