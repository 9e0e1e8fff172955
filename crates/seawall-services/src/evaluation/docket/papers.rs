//! The papers of a docket, as the command line reads them: what is published of its protocol, and
//! its book of tokens. Neither holds anything that is sealed.

use super::unsealed;
use crate::desk::Desk;
use crate::evaluation::determination::{Published, TokenBook};
use crate::outcome::{Fault, Outcome};
use seawall_domain::access::{Action, Actor};
use seawall_domain::evaluation::docket::DocketFact;
use seawall_domain::evaluation::{Evaluation, EvaluationFact};
use seawall_domain::fact::Fact;
use seawall_domain::id::EvaluationId;
use seawall_domain::refusal::Refusal;
use seawall_formats::determination::Signed;
use seawall_store::db::Tx;
use seawall_store::record::Leaf;

/// The commitment that is being sealed, or was last, with its signatures (`commitment.json`).
pub async fn commitment(desk: &Desk, actor: &Actor, id: EvaluationId) -> Outcome<Vec<u8>> {
    let mut tx = desk.begin("evaluation_commitment").await?;
    let guarded = tx.load::<Evaluation>(id.uuid()).await?;
    let (evaluation, _) = guarded.open(actor, Action::ReadEvaluation)?;
    let none = || Refusal::ByRule("cannot give out a commitment: there is none yet".into());
    let published = published(&mut tx, &evaluation).await?.ok_or_else(none)?;
    Ok(published.to_bytes().map_err(unsealed)?)
}

/// The book of the newest sealed protocol, without the key of its tokens (`tokens.json`).
pub async fn book(desk: &Desk, actor: &Actor, id: EvaluationId) -> Outcome<Vec<u8>> {
    let mut tx = desk.begin("evaluation_book").await?;
    let guarded = tx.load::<Evaluation>(id.uuid()).await?;
    let (evaluation, _) = guarded.open(actor, Action::ReadEvaluation)?;
    let none = || Refusal::ByRule("cannot give out a book before a protocol is sealed".into());
    let book = evaluation.docket.book.ok_or_else(none)?;
    Ok(TokenBook::of_docket(book).to_bytes().map_err(unsealed)?)
}

/// What is published of the protocol that is being sealed, or was last: the signatures are in the
/// facts since it was committed to.
pub async fn published(tx: &mut Tx, evaluation: &Evaluation) -> Outcome<Option<Published>> {
    let Some((draft, at)) = evaluation.docket.drafted() else { return Ok(None) };
    let mut published = Published::of(draft, at);
    for body in tx.fact_bodies_of(evaluation.id.uuid()).await? {
        let leaf: Leaf = serde_json::from_str(&body)
            .map_err(|error| Fault::inconsistent("read a fact", error))?;
        let Fact::Evaluation(fact) = leaf.what else { continue };
        match fact {
            EvaluationFact::DocketMoved { fact: DocketFact::Committed { .. } } => {
                published.signatures.clear();
            }
            EvaluationFact::Signed { public_key, value, .. } => {
                published.signatures.push(Signed { key: public_key, signature: value });
            }
            EvaluationFact::Opened { .. }
            | EvaluationFact::DocketMoved { .. }
            | EvaluationFact::ProtocolKept { .. }
            | EvaluationFact::ProtocolUnsealed { .. }
            | EvaluationFact::ProtocolShown { .. } => {}
        }
    }
    Ok(Some(published))
}
