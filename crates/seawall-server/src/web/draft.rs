//! Advisories before they are out: what will be published, read and signed by two people.

use super::guest::{Guest, link, page};
use super::sent::{Sent, back_to};
use super::words::{affected, fact, known, when};
use crate::extract::Name;
use crate::pages::form::Weight;
use crate::pages::sign::{Sign, Signature, Turn};
use crate::pages::{Check, Fact, Form, Shell};
use crate::refuse::Refused;
use crate::site::Site;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use seawall_domain::access::Action;
use seawall_domain::advisory::{SIGNATURES, Standing};
use seawall_domain::digest::Digest;
use seawall_domain::fix::Standing as FixStanding;
use seawall_domain::time::Timestamp;
use seawall_services::advisory::{self, Content, Waiting};

/// What will be published, with the signatures so far.
pub async fn show(
    State(site): State<Site>,
    guest: Guest,
    Name(id): Name,
) -> Result<Response, Refused> {
    let id = id.parse().map_err(|_| Refused::hidden())?;
    let waiting = advisory::look(&site.desk, &guest.actor(), id).await?;
    page(&shown(&guest, &waiting, site.desk.now()))
}

/// Signs what was looked at: the form carries its digest.
pub async fn sign(
    State(site): State<Site>,
    Name(id): Name,
    sent: Sent,
) -> Result<Response, Refused> {
    let id = id.parse().map_err(|_| Refused::hidden())?;
    let unread = |_| Refused::new(StatusCode::UNPROCESSABLE_ENTITY, "the digest is not one");
    let looked_at: Digest = sent.text("digest").parse().map_err(unread)?;
    let signed = advisory::sign(&site.desk, sent.actor(), id, &looked_at).await?;
    Ok(back_to(format!("/drafts/{}", signed.id)))
}

fn shown(guest: &Guest, waiting: &Waiting, now: Timestamp) -> Sign {
    let Waiting { advisory, content, case, signers } = waiting;
    let shell = guest.shell("What will be published");
    let signed = signers.iter().zip(&advisory.signatures);
    Sign {
        case: link(&case.title, format!("/cases/{}", case.case.id)),
        title: content.title.clone(),
        summary: content.summary.clone(),
        remedy: content.remedy.clone(),
        workaround: content.workaround.clone(),
        facts: facts(content),
        affected: affected(&content.affected),
        digest: format!("SHA-256 {}", advisory.digest),
        conditions: conditions(waiting, now),
        signatures: signed
            .map(|(who, signature)| Signature { who: who.clone(), at: when(signature.at) })
            .collect(),
        needed: SIGNATURES,
        turn: turn(guest, &shell, waiting),
        shell,
    }
}

fn facts(content: &Content) -> Vec<Fact> {
    let names = (!content.aliases.is_empty()).then(|| content.aliases.join(", "));
    [
        known("Weakness", content.weakness),
        known("Severity", content.severity.as_ref()),
        known("Also known as", names),
        Some(fact("Found by", content.credits.join(", "))),
        Some(fact("This revision", content.change.clone())),
        known("Notice", content.notice.as_ref()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What must hold before anything is published.
fn conditions(waiting: &Waiting, now: Timestamp) -> Vec<Check> {
    let case = &waiting.case.case;
    let check = |name: &str, met, says: String| Check { name: name.to_owned(), met, says };
    let holding = waiting.case.fixes.iter().rev().find_map(|fix| match &fix.standing {
        FixStanding::Holds { runs } => Some((&fix.version, runs.len())),
        FixStanding::Announced | FixStanding::DoesNotHold { .. } | FixStanding::Untested => None,
    });
    let ran = match holding {
        Some((version, runs)) => {
            format!("The proof was run {runs} times on {version} and showed nothing.")
        }
        None => "No announced fix was run and held.".to_owned(),
    };
    let binds = case.binds_until(now);
    let until = binds.map(|until| format!("It ends on {}.", when(until).text));
    let given = waiting.advisory.signatures.len();
    vec![
        check("The fix holds", case.flaw.fix_ready, ran),
        check("Nobody keeps it private", case.kept_private.is_none(), String::new()),
        check("No embargo forbids it", binds.is_none(), until.unwrap_or_default()),
        check(
            "Two people have signed",
            given >= SIGNATURES,
            format!("{given} of {SIGNATURES} so far."),
        ),
    ]
}

fn turn(guest: &Guest, shell: &Shell, waiting: &Waiting) -> Turn {
    let advisory = &waiting.advisory;
    let me = guest.actor().account;
    let signed = advisory.signatures.iter().any(|known| Some(known.account) == me);
    match (advisory.standing, advisory.number) {
        (Standing::Published, Some(number)) => {
            Turn::Published(link(number.to_string(), format!("/advisories/{number}")))
        }
        (Standing::Signed | Standing::Published, _) => {
            let says = "Two people have signed it. It is published as soon as nothing stands \
                        against it; open this page again to see.";
            Turn::Cannot(says.to_owned())
        }
        (Standing::Draft, _) if signed => Turn::WaitForOther,
        (Standing::Draft, _) if guest.may(Action::SignAdvisory) => {
            let says = match advisory.signatures.len() + 1 >= SIGNATURES {
                true => "You are the second of two: it is then published.",
                false => "You are the first of two; another person must sign as well.",
            };
            let form = Form::post(shell, format!("/drafts/{}/sign", advisory.id), "Sign it");
            let digest = advisory.digest.to_string();
            Turn::Sign(form.says(says).hidden("digest", digest).weight(Weight::Main))
        }
        (Standing::Draft, _) => Turn::default(),
    }
}
