//! Cases: the list, and one case with everything around it.

mod stands;

use self::stands::{clocks, next, state, tracks};
use super::guest::{Guest, link, page};
use super::sent::{Sent, back_to};
use super::words::{fact, purl, roles, short, tag, when};
use crate::extract::Name;
use crate::pages::case::{Case as Page, CaseRow, Cases, Fix as FixPart, Letter, Participant, Way};
use crate::pages::form::Weight;
use crate::pages::{Fact, Form, Link, Shell, Tag, Tone};
use crate::refuse::Refused;
use crate::site::Site;
use axum::extract::State;
use axum::response::Response;
use seawall_domain::access::Action;
use seawall_domain::advisory::Standing as Paper;
use seawall_domain::case::{Case, Direction, LetterKind, Report};
use seawall_domain::fix::{Fix, Standing};
use seawall_domain::id::PartyId;
use seawall_domain::party::Party;
use seawall_domain::project::{ClockBasis, Pace, ReproducerHandling, Secrecy};
use seawall_services::case::{self, Brief, Dossier, Keep, Written};
use seawall_services::party;
use std::collections::BTreeMap;

/// How many cases one list shows.
const LIST_MAX: i64 = 500;

/// The cases one may know of, those that wait for a signature first.
pub async fn list(State(site): State<Site>, guest: Guest) -> Result<Response, Refused> {
    let mut briefs = case::briefs(&site.desk, &guest.actor(), LIST_MAX).await?;
    briefs.sort_by_key(|brief| !awaits_signature(brief));
    let rows = briefs.iter().map(row).collect();
    page(&Cases { shell: guest.shell("Cases"), rows })
}

/// One case.
pub async fn show(
    State(site): State<Site>,
    guest: Guest,
    Name(id): Name,
) -> Result<Response, Refused> {
    let id = id.parse().map_err(|_| Refused::hidden())?;
    let dossier = case::dossier(&site.desk, &guest.actor(), id).await?;
    let letters = case::letters(&site.desk, &guest.actor(), id).await?;
    let parties = party::known(&site.desk, dossier.case.participants.iter().copied()).await?;
    page(&shown(&guest, &dossier, &letters, &parties, site.desk.now()))
}

/// Records the release of the reproducer to the maintainer.
pub async fn release_bundle(
    State(site): State<Site>,
    Name(id): Name,
    sent: Sent,
) -> Result<Response, Refused> {
    let id = id.parse().map_err(|_| Refused::hidden())?;
    case::release_bundle(&site.desk, sent.actor(), id).await?;
    Ok(back_to(format!("/cases/{id}")))
}

/// Keeps a case private, or no longer.
pub async fn keep_private(
    State(site): State<Site>,
    Name(id): Name,
    sent: Sent,
) -> Result<Response, Refused> {
    let id = id.parse().map_err(|_| Refused::hidden())?;
    let keep = if sent.text("keep") == "yes" { Keep::Private } else { Keep::NoLonger };
    case::keep_private(&site.desk, sent.actor(), id, keep).await?;
    Ok(back_to(format!("/cases/{id}")))
}

fn awaits_signature(brief: &Brief) -> bool {
    brief.advisory.as_ref().is_some_and(|advisory| advisory.standing == Paper::Draft)
}

fn row(brief: &Brief) -> CaseRow {
    let case = &brief.case;
    let steps = next(case, brief.advisory.as_ref(), &[]);
    let first = steps.first();
    CaseRow {
        href: format!("/cases/{}", case.id),
        title: brief.title.clone(),
        package: purl(&brief.package, None),
        state: state(case, brief.advisory.as_ref()),
        next: first.map_or_else(|| "Nothing.".to_owned(), |n| format!("{} {}", n.who, n.what)),
        by: first.and_then(|next| next.by.clone()),
    }
}

fn shown(
    guest: &Guest,
    dossier: &Dossier,
    letters: &[Written],
    parties: &BTreeMap<PartyId, Party>,
    now: seawall_domain::time::Timestamp,
) -> Page {
    let case = &dossier.case;
    let shell = guest.shell("Case");
    let maintainer = case.maintainer().and_then(|id| parties.get(&id)).map(|p| p.name.clone());
    let maintainer = maintainer.unwrap_or_else(|| "the maintainer".to_owned());
    Page {
        title: dossier.title.clone(),
        package: purl(&dossier.project.package, None),
        state: state(case, dossier.advisory.as_ref()),
        next: next(case, dossier.advisory.as_ref(), &dossier.fixes),
        tracks: tracks(case),
        timeline: clocks(case, now),
        conflicts: Vec::new(),
        policy: policy(dossier),
        participants: participants(case, parties),
        fix: dossier.fixes.last().map(fix),
        letters: letters.iter().map(|written| letter(written, &maintainer)).collect(),
        findings: findings(guest, case),
        forms: forms(guest, &shell, case),
        sign: sign(dossier),
        shell,
    }
}

fn findings(guest: &Guest, case: &Case) -> Vec<Link> {
    let seen = guest.may(Action::ReadReport).then_some(case.finding);
    let to = |id| link(format!("Finding {}", short(id)), format!("/findings/{id}"));
    seen.into_iter().map(to).collect()
}

fn sign(dossier: &Dossier) -> Option<Link> {
    let advisory = dossier.advisory.as_ref()?;
    let there = format!("/drafts/{}", advisory.id);
    match advisory.standing {
        Paper::Draft => Some(link("Read and sign the advisory", there)),
        Paper::Signed => Some(link("See the signed advisory", there)),
        Paper::Published => {
            let number = advisory.number?;
            Some(link(format!("Read {number}"), format!("/advisories/{number}")))
        }
    }
}

fn forms(guest: &Guest, shell: &Shell, case: &Case) -> Vec<Form> {
    let path = |verb: &str| format!("/cases/{}/{verb}", case.id);
    let mut forms = Vec::new();
    if guest.may(Action::ReleaseBundle) && case.bundle.is_none() {
        let form = Form::post(shell, path("release-bundle"), "Release the reproducer");
        let says = "The maintainer gets it by mail. The release is recorded and cannot be undone.";
        forms.push(form.says(says).weight(Weight::Side));
    }
    if guest.may(Action::KeepPrivate) {
        let (keep, button, says) = match case.kept_private {
            None => ("yes", "Keep it private", "It beats every clock and every signature."),
            Some(_) => ("no", "Keep it private no longer", "The clocks decide again."),
        };
        let form = Form::post(shell, path("keep-private"), button).hidden("keep", keep);
        forms.push(form.says(says).weight(Weight::Side));
    }
    forms
}

fn policy(dossier: &Dossier) -> Vec<Fact> {
    let (policy, pace) = (&dossier.case.policy, dossier.project.pace);
    let days = policy.embargo_days;
    vec![
        fact(
            "Found by a machine",
            match policy.ai_found {
                Secrecy::Public => "treated as public from the start",
                Secrecy::Private => "kept among the participants",
            },
        ),
        fact(
            "Reproducer",
            match policy.reproducer {
                ReproducerHandling::Release => "sent to the maintainer with the report",
                ReproducerHandling::Withhold => "withheld until a release is recorded",
            },
        ),
        fact(
            "Clock",
            match policy.clock {
                ClockBasis::FromReport => format!("{days} days from the report"),
                ClockBasis::FromFix => format!("{days} days from the fix"),
            },
        ),
        fact(
            "Pace",
            match pace {
                Pace::Agreed => format!("at most {} open cases at once", policy.open_cases_max),
                Pace::Slow => "one thing at a time: the maintainer asked to slow down".to_owned(),
                Pace::Paused => "paused: the maintainer asked for a break".to_owned(),
            },
        ),
    ]
}

fn participants(case: &Case, parties: &BTreeMap<PartyId, Party>) -> Vec<Participant> {
    let told = case.sent(LetterKind::Report).map(|letter| when(letter.at));
    let shown = |(index, id): (usize, &PartyId)| {
        let party = parties.get(id)?;
        let maintains = index == 0;
        Some(Participant {
            name: party.name.clone(),
            role: roles(party),
            state: if maintains { answer(case) } else { tag("takes part", Tone::Calm) },
            told: told.clone().filter(|_| maintains),
        })
    };
    case.participants.iter().enumerate().filter_map(shown).collect()
}

/// What the maintainer says of the report.
fn answer(case: &Case) -> Tag {
    match case.report {
        Report::Valid if case.reopened > 0 => tag("told again", Tone::Calm),
        Report::Received | Report::Valid => tag("no answer yet", Tone::Quiet),
        Report::Accepted => tag("accepted", Tone::Good),
        Report::Invalid => tag("says it is no flaw", Tone::Warn),
        Report::Deferred => tag("later", Tone::Warn),
        Report::Closed => tag("done", Tone::Good),
    }
}

fn fix(fix: &Fix) -> FixPart {
    let version = &fix.version;
    let (state, says, runs) = match &fix.standing {
        Standing::Announced => {
            (tag("announced", Tone::Calm), format!("The proof is run on {version} next."), None)
        }
        Standing::Holds { runs } => {
            let says = format!("The proof was run on {version} and showed nothing.");
            (tag("holds", Tone::Good), says, Some(runs.len()))
        }
        Standing::DoesNotHold { runs } => {
            let says = format!("The proof still works on {version}.");
            (tag("does not hold", Tone::Bad), says, Some(runs.len()))
        }
        Standing::Untested => {
            let says = format!("{version} could not be run here, which says nothing.");
            (tag("could not be run", Tone::Quiet), says, None)
        }
    };
    let mut facts = vec![fact("Release", version.to_string())];
    facts.extend(runs.map(|runs| fact("Isolated runs", runs.to_string())));
    FixPart { state, says, facts }
}

fn letter(written: &Written, maintainer: &str) -> Letter {
    let letter = &written.letter;
    let (way, with) = match letter.direction {
        Direction::Sent => (Way::Sent, maintainer),
        Direction::Received => (Way::Received, maintainer),
    };
    let says = match letter.about {
        LetterKind::Report => "The report: one mail for one flaw, with the bundle's digest.",
        LetterKind::Bundle => "The evidence bundle, after its release was recorded.",
        LetterKind::Publication => "The notice that the advisory is out.",
        LetterKind::Answer => "An answer; each line that we understand moves the case.",
    };
    Letter {
        way,
        at: when(letter.at),
        with: with.to_owned(),
        subject: written.subject.clone(),
        body: written.body.clone(),
        says: says.to_owned(),
    }
}
