//! The opening of what a docket sealed: custodians bring their keys before, and their parts after.
//!
//! A docket gives a custodian the own share alone, and keeps what the shares open; so custodians
//! open by way of the docket only, where it is on record, and the docket by way of them only. The
//! parts lie encrypted until enough are there, and are erased when they have opened.

use super::{Hand, unsealed};
use crate::desk::Desk;
use crate::evaluation::{custody, sealing};
use crate::outcome::{Fault, Outcome};
use seawall_domain::access::{Action, Actor};
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::docket::Event;
use seawall_domain::evaluation::protocol::{FIELDS, Protocol};
use seawall_domain::evaluation::sealing::Duty;
use seawall_domain::evaluation::{Evaluation, EvaluationFact};
use seawall_domain::id::EvaluationId;
use seawall_domain::recipient::Recipient;
use seawall_domain::refusal::Refusal;
use seawall_formats::custody::SealedOpening;
use seawall_ledger::commitment::Commitment;
use seawall_ledger::shares::Share;

/// Who needs the opened protocol: whoever computes the statistic, and whoever does it again.
pub(crate) const OPENS: [Duty; 2] = [Duty::Score, Duty::Audit];

/// A custodian names the key to which its part of the next protocol is encrypted.
pub async fn bring_key(
    desk: &Desk,
    actor: &Actor,
    id: EvaluationId,
    key: Recipient,
) -> Outcome<Evaluation> {
    let mut hand = Hand::serve(desk, actor, id, "evaluation_bring_key").await?;
    let person = hand.person;
    hand.step(Event::BringKey { person, key }).await?;
    hand.done().await
}

/// The share of a custodian, encrypted to its key, in what is being opened, or else in what is
/// being sealed, or was last. It opens nothing alone, and what all of them open is not with it.
pub async fn share(desk: &Desk, actor: &Actor, id: EvaluationId) -> Outcome<Vec<u8>> {
    let mut tx = desk.begin("evaluation_share").await?;
    let guarded = tx.load::<Evaluation>(id.uuid()).await?;
    let (evaluation, _) = guarded.open(actor, Action::ServeEvaluation)?;
    let none = || Refusal::ByRule("cannot give out a share: none here is yours".into());
    let (root, custodians) = evaluation.docket.shared().ok_or_else(none)?;
    let place = custodians.iter().position(|person| Some(*person) == actor.person);
    let place = place.ok_or_else(none)?;
    let kept = evaluation.kept.get(&root).and_then(|kept| kept.sealed);
    let sealed = kept.ok_or_else(none)?;
    let sealed = read(&desk.bytes(&mut tx, &sealed).await?)?;
    // Sealed in the order of the custodians.
    let own = sealed.shares.get(place).ok_or_else(none)?;
    Ok(sealed.share(own).to_bytes().map_err(|fault| Refusal::Unreadable(fault.to_string()))?)
}

/// Asks for the sealed protocol to be opened: by the custodians among whom its key was split, or,
/// where it was not, when so many of them agree.
pub async fn ask_opening(
    desk: &Desk,
    actor: &Actor,
    id: EvaluationId,
    quorum: Option<usize>,
) -> Outcome<Evaluation> {
    let mut hand = Hand::serve(desk, actor, id, "evaluation_ask_opening").await?;
    hand.needs(&OPENS)?;
    hand.step(Event::AskOpening { quorum }).await?;
    hand.done().await
}

/// A custodian agrees to the opening, and brings its share where the key is split. With the last
/// share that it takes the protocol is opened to this installation.
pub async fn agree(
    desk: &Desk,
    actor: &Actor,
    id: EvaluationId,
    share: Option<&str>,
) -> Outcome<Evaluation> {
    let mut hand = Hand::serve(desk, actor, id, "evaluation_agree").await?;
    let person = hand.person;
    let share = share.map(|text| Share::parse(text.trim())).transpose().map_err(unsealed)?;
    let part = share.as_ref().map(custody::told);
    hand.step(Event::Agree { person, part }).await?;
    if let Some(share) = share {
        let opening = hand.evaluation.docket.opening.as_ref();
        let root = opening.map(|it| it.root()).ok_or(Refusal::Hidden)?;
        let owner = owner(id, root);
        desk.keep(&mut hand.tx, &owner, share.text().as_bytes()).await?;
        if hand.evaluation.docket.opened().is_some() {
            unseal(desk, &mut hand, root).await?;
            let erased = desk.store.blobs().erase(&mut hand.tx, &owner).await?;
            let done = hand.done().await?;
            // Without their key the files are noise already.
            desk.store.blobs().remove_files(&erased).await?;
            return Ok(done);
        }
    }
    hand.done().await
}

/// Opens with the parts that custodians have brought, and keeps what comes out.
async fn unseal(desk: &Desk, hand: &mut Hand, root: Digest) -> Outcome<()> {
    let id = hand.evaluation.id;
    let lost = |what: &str| Fault::inconsistent("open a sealed protocol", what.to_owned());
    let kept = hand.evaluation.kept.get(&root).and_then(|kept| kept.sealed);
    let kept = kept.ok_or_else(|| lost("it is gone"))?;
    let sealed = read(&desk.bytes(&mut hand.tx, &kept).await?)?;
    let brought = hand.evaluation.docket.opening.iter().flat_map(|it| it.brought());
    let mut parts = Vec::new();
    for part in brought.collect::<Vec<_>>() {
        let found = desk.store.blobs().find(&mut hand.tx, &owner(id, root), &part).await?;
        let address = found.ok_or_else(|| lost("a part is gone"))?;
        let text = desk.text(&mut hand.tx, &address).await?;
        parts.push(Share::parse(&text).map_err(|fault| lost(&fault.to_string()))?);
    }
    let opened = custody::open(&sealed, &parts).map_err(|fault| lost(&fault.to_string()))?;
    sealing::open(&opened, root).map_err(|fault| lost(&fault.to_string()))?;
    let opening = desk.keep(&mut hand.tx, &format!("evaluation/{id}"), &opened).await?;
    hand.record(EvaluationFact::ProtocolUnsealed { root, opening }).await
}

/// Shows the opened protocol to whoever scores or audits, whole or one field of it; that is on
/// record.
pub async fn reveal(
    desk: &Desk,
    actor: &Actor,
    id: EvaluationId,
    field: Option<&str>,
) -> Outcome<Vec<u8>> {
    let mut hand = Hand::serve(desk, actor, id, "evaluation_reveal").await?;
    hand.needs(&OPENS)?;
    if field.is_some_and(|field| Protocol::place(field).is_none()) {
        return Err(Refusal::ByRule("cannot show a field that no protocol has".into()).into());
    }
    let not_opened = || Refusal::ByRule("cannot show this before enough custodians agree".into());
    let root = hand.evaluation.docket.opened().ok_or_else(not_opened)?.root();
    let kept = hand.evaluation.kept.get(&root).and_then(|kept| kept.opening);
    let opening = desk.bytes(&mut hand.tx, &kept.ok_or_else(not_opened)?).await?;
    let shown = hand.evaluation.show(root, hand.person, field.map(str::to_owned), hand.now);
    let (evaluation, fact) = shown.map_err(Refusal::from)?;
    hand.take(evaluation, fact).await?;
    hand.done().await?;
    let Some(field) = field else { return Ok(opening) };
    let root = seawall_ledger::Hash(*root.bytes());
    let commitment = Commitment::open(&opening, &FIELDS, root).map_err(unsealed)?;
    Ok(commitment.disclose(field).and_then(|shown| shown.to_bytes()).map_err(unsealed)?)
}

fn read(bytes: &[u8]) -> Outcome<SealedOpening> {
    let read = SealedOpening::read(bytes);
    Ok(read.map_err(|fault| Fault::inconsistent("read a sealed protocol", fault))?)
}

/// The owner of the parts that custodians bring, apart from everything else of the docket.
fn owner(id: EvaluationId, root: Digest) -> String {
    format!("evaluation/{id}/shares/{root}")
}
