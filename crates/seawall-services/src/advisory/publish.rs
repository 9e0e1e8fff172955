//! Publication: when two people signed and nothing keeps it private.

use super::{Out, kept_content};
use crate::desk::{Desk, digest};
use crate::outcome::{Fault, Outcome};
use seawall_domain::access::{Action, Actor};
use seawall_domain::advisory::{Advisory, Edition, Standing};
use seawall_domain::case::{Case, LetterKind};
use seawall_domain::id::AdvisoryId;
use seawall_domain::publication::{AdvisoryNumber, Publication, Revision};
use seawall_domain::time::Timestamp;
use seawall_formats::{csaf, osv};
use seawall_store::db::Tx;
use seawall_store::record::Mandate;
use serde::{Deserialize, Serialize};

/// A published revision as it is kept: what it says, and its documents to the byte.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) publication: Publication,
    pub(crate) csaf: String,
    pub(crate) osv: String,
}

/// Publishes a revision that two people signed: gives the number on the first one, writes the
/// documents, and lets the case be public. Refused while the case may not be public; then the job
/// is tried again.
pub async fn publish(desk: &Desk, id: AdvisoryId) -> Outcome<()> {
    let now = desk.now();
    let clerk = Actor::clerk();
    let mut tx = desk.begin("advisory_publish").await?;
    tx.lock("advisory-number").await?;
    let guarded = tx.load::<Advisory>(id.uuid()).await?;
    let (advisory, mandate) = guarded.open(&clerk, Action::Work)?;
    if advisory.standing != Standing::Signed {
        return Ok(());
    }
    let guarded = tx.load::<Case>(advisory.case.uuid()).await?;
    let (case, case_mandate) = guarded.open(&clerk, Action::Work)?;
    make_public(&mut tx, case, case_mandate, now).await?;
    let number = match advisory.number {
        Some(number) => number,
        None => {
            let year = now.to_zoned(jiff::tz::TimeZone::UTC).year();
            AdvisoryNumber::new(year, tx.advisory_next_serial(year).await?)
        }
    };
    let kept = documents(desk, &mut tx, &advisory, number, now).await?;
    let (csaf, osv) = (digest(kept.csaf.as_bytes()), digest(kept.osv.as_bytes()));
    let bytes = serde_json::to_vec(&kept)
        .map_err(|error| Fault::inconsistent("keep a publication", error))?;
    let address = desk.keep(&mut tx, "public", &bytes).await?;
    let (advisory, fact) = advisory.publish(number, (csaf, osv, address), now)?;
    let _ = tx.record(mandate, &advisory, fact, now).await?;
    tx.commit().await?;
    Ok(())
}

async fn make_public(
    tx: &mut Tx,
    case: Case,
    mandate: Mandate<Case>,
    now: Timestamp,
) -> Outcome<()> {
    let (case, fact) = case.make_public(now)?;
    let _ = tx.record(mandate, &case, fact, now).await?;
    Ok(())
}

async fn documents(
    desk: &Desk,
    tx: &mut Tx,
    advisory: &Advisory,
    number: AdvisoryNumber,
    now: Timestamp,
) -> Outcome<Kept> {
    let content = kept_content(desk, tx, advisory).await?;
    let mut revisions = match advisory.editions.last() {
        Some(edition) => kept(desk, tx, edition).await?.publication.revisions,
        None => Vec::new(),
    };
    revisions.push(Revision { number: advisory.revision, at: now, summary: content.change });
    let publication = Publication {
        number,
        title: content.title,
        summary: content.summary,
        remedy: content.remedy,
        workaround: content.workaround,
        weakness: content.weakness,
        severity: content.severity,
        aliases: content.aliases,
        references: content.references,
        affected: content.affected,
        credits: content.credits,
        notice: content.notice,
        revisions,
    };
    let csaf = csaf::document(&publication, &desk.settings.publisher);
    let faults = csaf::faults(csaf.as_bytes());
    if let Some(fault) = faults.first() {
        return Err(Fault::inconsistent("publish a CSAF document", format!("{fault:?}")).into());
    }
    let osv = osv::document(&publication);
    Ok(Kept { publication, csaf, osv })
}

pub(crate) async fn kept(desk: &Desk, tx: &mut Tx, edition: &Edition) -> Outcome<Kept> {
    let bytes = desk.bytes(tx, &edition.kept).await?;
    serde_json::from_slice(&bytes)
        .map_err(|error| Fault::inconsistent("read a publication", error).into())
}

/// A published advisory as the public sees it.
pub(crate) async fn out(desk: &Desk, tx: &mut Tx, advisory: &Advisory) -> Outcome<Option<Out>> {
    let (Some(number), Some(edition)) = (advisory.number, advisory.editions.last()) else {
        return Ok(None);
    };
    let publication = kept(desk, tx, edition).await?.publication;
    let csaf_path = super::export::csaf_path(&publication);
    let osv_path = super::export::osv_path(number);
    Ok(Some(Out { number, publication, csaf_path, osv_path }))
}

/// Tells the maintainer that the advisory is out, or that it has a new revision.
pub async fn announce(desk: &Desk, id: AdvisoryId) -> Outcome<()> {
    let mut tx = desk.begin("advisory_announce").await?;
    let guarded = tx.load::<Advisory>(id.uuid()).await?;
    let (advisory, _) = guarded.open(&Actor::clerk(), Action::Work)?;
    let at = crate::case::desktop(&mut tx, advisory.case).await?;
    let sent: Vec<_> = at
        .case
        .letters
        .iter()
        .filter(|letter| letter.about == LetterKind::Publication)
        .cloned()
        .collect();
    // One letter an edition: an edition whose letter is recorded already is handed over again.
    if sent.len() >= advisory.editions.len() {
        return match sent.last() {
            Some(letter) => crate::case::resend(desk, tx, letter).await,
            None => Ok(()),
        };
    }
    let Some(out) = out(desk, &mut tx, &advisory).await? else { return Ok(()) };
    let ranges: Vec<String> = out
        .publication
        .affected
        .iter()
        .flat_map(|affected| {
            affected.ranges.iter().map(move |range| format!("  {}: {range}", affected.package))
        })
        .collect();
    let change = out.publication.revisions.last().map(|r| r.summary.as_str()).unwrap_or_default();
    let body = format!(
        "{number}, revision {revision}, is public now.\n\n{change}\n\nAffected:\n{ranges}\n\n\
         {base}/advisories/{number}\n",
        number = out.number,
        revision = advisory.revision,
        ranges = ranges.join("\n"),
        base = desk.settings.base_url,
    );
    let subject = format!("{} is public (revision {})", out.number, advisory.revision);
    crate::case::send(desk, tx, at, LetterKind::Publication, subject, body).await
}
