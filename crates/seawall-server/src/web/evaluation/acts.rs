//! What somebody can do about an evaluation: forms, and what they send.

use super::super::guest::Guest;
use super::super::matter::{Untaken, misread};
use super::super::sent::Sent;
use super::DUTIES;
use crate::api::evaluations::Step;
use crate::pages::form::Weight;
use crate::pages::{FieldKind, Form, Shell};
use crate::refuse::Refused;
use seawall_domain::access::Action;
use seawall_domain::evaluation::Evaluation;
use seawall_domain::evaluation::sealing::Duty;
use seawall_domain::evaluation::token::{Book, Reason};
use seawall_services::evaluation::docket::Keeping;

/// How what a protocol says is kept, as the form asks it.
const KEEPINGS: [(&str, &str); 2] = [
    ("split", "encrypted to the custodians"),
    ("rehearsal", "under this installation's own key, for practice"),
];

/// What this visitor can do now.
pub fn forms(guest: &Guest, shell: &Shell, it: &Evaluation) -> Vec<Form> {
    let mut forms = Vec::new();
    if guest.may(Action::OpenEvaluation) {
        let duties = DUTIES.iter().map(|(duty, words)| (name(*duty), (*words).to_owned()));
        forms.push(
            Form::post(shell, path(it, "give"), "Give a duty")
                .field(FieldKind::Line, "person", "Person", "the id of a natural person")
                .field(FieldKind::Choice(duties.collect()), "duty", "Duty", ""),
        );
    }
    if guest.may(Action::ServeEvaluation) {
        forms.extend(serving(guest, shell, it));
    }
    forms.into_iter().map(|form| form.weight(Weight::Side)).collect()
}

fn serving(guest: &Guest, shell: &Shell, it: &Evaluation) -> Vec<Form> {
    let person = guest.actor().person;
    let has = |duty: Duty| person.is_some_and(|person| it.docket.duties.has(person, duty));
    let mut forms = Vec::new();
    if has(Duty::SetThreshold) {
        forms.push(committing(shell, it));
    }
    let waits = it.docket.seal.as_ref().filter(|seal| seal.sealed_at().is_none());
    if let Some(seal) = waits.filter(|_| has(Duty::SetThreshold) || has(Duty::Countersign)) {
        let form = Form::post(shell, path(it, "sign"), "Sign this root");
        forms.push(form.hidden("root", seal.root().to_string()));
    }
    if has(Duty::Audit) && it.sealed().is_some() && it.docket.opening.is_none() {
        let form = Form::post(shell, path(it, "ask_opening"), "Ask for the protocol to be opened");
        forms.push(match it.docket.custody() {
            Some(_) => form,
            None => form.field(FieldKind::Line, "quorum", "Custodians who must agree", ""),
        });
    }
    if has(Duty::Custody) {
        forms.extend(keeping_a_part(shell, it));
    }
    let open = it.docket.book.iter().flat_map(Book::entries).find(|it| !it.fate.is_final());
    if let Some(open) = open.filter(|_| has(Duty::Run) || has(Duty::Score)) {
        let button = "The token was lost, or its run broke off";
        let form = Form::post(shell, path(it, "abandon"), button);
        forms.push(form.hidden("run", open.run.to_string()));
    }
    forms
}

fn committing(shell: &Shell, it: &Evaluation) -> Form {
    let kept = KEEPINGS.map(|(value, words)| (value.to_owned(), words.to_owned()));
    Form::post(shell, path(it, "commit"), "Commit to a protocol")
        .field(FieldKind::File, "protocol", "Protocol", "canonical terms, JSON")
        .field(FieldKind::Choice(kept.into()), "keeping", "It is kept", "until it is opened")
        .field(FieldKind::Line, "quorum", "Custodians who open it together", "at least two")
        .says("Each custodian brings a key first.")
}

/// What a custodian does: name a key before, bring the own part afterwards.
fn keeping_a_part(shell: &Shell, it: &Evaluation) -> Vec<Form> {
    let bring = Form::post(shell, path(it, "bring_key"), "Bring your key")
        .field(FieldKind::Line, "key", "Key", "as `seawall evaluation custodian` prints it")
        .says("Your part of the next protocol is encrypted to it.");
    let agree = Form::post(shell, path(it, "agree"), "Agree to the opening");
    let asked = it.docket.opening.as_ref().filter(|_| it.docket.opened().is_none());
    let agree = asked.map(|opening| match opening.is_by_parts() {
        true => {
            let hint = "as `seawall evaluation share` takes it out of your sealed share";
            agree.field(FieldKind::Line, "share", "Your share", hint)
        }
        false => agree,
    });
    [bring].into_iter().chain(agree).collect()
}

fn path(it: &Evaluation, step: &str) -> String {
    format!("/evaluations/{}/{step}", it.id)
}

fn name(duty: Duty) -> String {
    let value = serde_json::to_value(duty).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// Reads how a protocol is to be kept.
pub fn keeping(sent: &Sent) -> Result<Keeping, Untaken> {
    match sent.text("keeping") {
        "split" => Ok(Keeping::Split { quorum: quorum(sent)? }),
        "rehearsal" => Ok(Keeping::Rehearsal),
        _ => Err(misread("keeping", "say how it is kept")),
    }
}

fn quorum(sent: &Sent) -> Result<usize, Untaken> {
    sent.text("quorum").trim().parse().map_err(|_| misread("quorum", "say how many"))
}

/// Reads the step that a form sends.
pub fn read(step: &str, sent: &Sent) -> Result<Step, Untaken> {
    let said = |name: &str| Some(sent.text(name).trim()).filter(|text| !text.is_empty());
    Ok(match step {
        "give" => {
            let duty = DUTIES.iter().find(|(duty, _)| name(*duty) == sent.text("duty"));
            let person = sent.text("person").trim().parse();
            Step::Give {
                person: person.map_err(|_| misread("person", "name a person by id"))?,
                duty: duty.map(|it| it.0).ok_or_else(|| misread("duty", "name a duty"))?,
            }
        }
        "sign" => {
            let root = sent.text("root").parse();
            Step::Sign { root: root.map_err(|_| misread("root", "the root cannot be read"))? }
        }
        "bring_key" => {
            let key = sent.text("key").trim().parse();
            let says =
                "a key is `x25519:` and 64 hexadecimal digits; the secret half stays at home";
            Step::BringKey { key: key.map_err(|_| misread("key", says))? }
        }
        "ask_opening" => {
            let quorum = said("quorum").map(|_| quorum(sent)).transpose()?;
            Step::AskOpening { quorum }
        }
        "agree" => Step::Agree { share: said("share").map(str::to_owned) },
        "abandon" => {
            let run = sent.text("run").parse().map_err(|_| Refused::hidden())?;
            Step::Abandon { run, why: Reason::TokenLost }
        }
        _ => return Err(Refused::hidden().into()),
    })
}
