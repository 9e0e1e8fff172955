//! Evaluations on pages: who has which duty, what is sealed, which tokens are out.

use super::guest::{Guest, link, page};
use super::sent::{Sent, back_to};
use super::words::{fact, known, short, tag, track, when};
use crate::api::evaluations::Step;
use crate::extract::Name;
use crate::pages::case::Next;
use crate::pages::form::Weight;
use crate::pages::matter::{Matter, MatterRow, Matters, Part};
use crate::pages::{FieldKind, Form, Link, Shell, Tag, Tone};
use crate::refuse::Refused;
use crate::site::Site;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use seawall_domain::access::{Action, Actor};
use seawall_domain::evaluation::Evaluation;
use seawall_domain::evaluation::sealing::{Duty, Seal};
use seawall_domain::evaluation::token::{Book, Entry, Fate, Reason};
use seawall_services::evaluation::docket;

/// How many evaluations one list shows.
const LIST_MAX: i64 = 500;

/// The evaluations.
pub async fn list(State(site): State<Site>, guest: Guest) -> Result<Response, Refused> {
    let found = docket::list(&site.desk, &guest.actor(), LIST_MAX).await?;
    let shell = guest.shell("Evaluations");
    let row = |it: &Evaluation| {
        let steps = next(it);
        let first = steps.first();
        MatterRow {
            href: format!("/evaluations/{}", it.id),
            title: format!("Evaluation {}", short(it.id)),
            under: it.root().map(|root| format!("root {}", short(root))).unwrap_or_default(),
            states: states(it),
            next: first.map_or_else(|| "Nothing.".into(), |n| format!("{} {}", n.who, n.what)),
            by: None,
        }
    };
    let open = Form::post(&shell, "/evaluations", "Open an evaluation");
    let may = guest.may(Action::OpenEvaluation);
    page(&Matters {
        intro: "Each has a protocol that two people sealed before any run, and a token for each \
                run. Thresholds and tasks are on no page."
            .into(),
        rows: found.iter().map(row).collect(),
        forms: may.then_some(open).into_iter().collect(),
        shell,
    })
}

/// One evaluation.
pub async fn show(
    State(site): State<Site>,
    guest: Guest,
    Name(id): Name,
) -> Result<Response, Refused> {
    let id = id.parse().map_err(|_| Refused::hidden())?;
    let it = docket::show(&site.desk, &guest.actor(), id).await?;
    let shell = guest.shell("Evaluation");
    page(&Matter {
        over: "Evaluation".into(),
        title: format!("Evaluation {}", short(it.id)),
        states: states(&it),
        next: next(&it),
        holds: "One person has one duty here, whatever accounts it has.".into(),
        tracks: vec![seal(&it)],
        parts: parts(&it, &guest.actor()),
        links: links(&it),
        forms: forms(&guest, &shell, &it),
        shell,
        ..Matter::default()
    })
}

/// Opens an evaluation.
pub async fn open(State(site): State<Site>, sent: Sent) -> Result<Response, Refused> {
    let opened = docket::open(&site.desk, sent.actor()).await?;
    Ok(back_to(format!("/evaluations/{}", opened.id)))
}

/// Takes the step that a button is for.
pub async fn step(
    State(site): State<Site>,
    Path((id, step)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Refused> {
    let id = id.parse().map_err(|_| Refused::hidden())?;
    if step == "commit" {
        docket::commit(&site.desk, sent.actor(), id, sent.bytes("protocol")).await?;
    } else {
        read(&step, &sent)?.take(&site.desk, sent.actor(), id).await?;
    }
    Ok(back_to(format!("/evaluations/{id}")))
}

fn states(it: &Evaluation) -> Vec<Tag> {
    let seal = match &it.docket.seal {
        None => tag("nothing committed to", Tone::Quiet),
        Some(Seal::Drafted { .. }) => tag("waits for two signatures", Tone::Warn),
        Some(Seal::SignedOnce { .. }) => tag("waits for a second signature", Tone::Warn),
        Some(Seal::Sealed { .. }) => tag("sealed", Tone::Good),
    };
    let opening = match (&it.docket.opening, it.docket.opened()) {
        (None, _) => None,
        (Some(_), None) => Some(tag("opening asked for", Tone::Warn)),
        (Some(_), Some(_)) => Some(tag("opened", Tone::Calm)),
    };
    [seal].into_iter().chain(opening).collect()
}

fn next(it: &Evaluation) -> Vec<Next> {
    let step = |who: &str, what: &str| Next { who: who.into(), what: what.into(), by: None };
    let mut steps = match &it.docket.seal {
        None => vec![step("Whoever sets the threshold", "commits to a protocol.")],
        Some(Seal::Drafted { .. }) => vec![step("Two different people", "sign it.")],
        Some(Seal::SignedOnce { .. }) => vec![step("A second person", "signs it.")],
        Some(Seal::Sealed { .. }) => Vec::new(),
    };
    let open = it.docket.book.iter().flat_map(Book::entries).filter(|it| !it.fate.is_final());
    if open.count() > 0 {
        let what = "says what became of the token that is out; until then there is no other.";
        steps.push(step("Whoever runs or scores", what));
    }
    if it.docket.opening.is_some() && it.docket.opened().is_none() {
        steps.push(step("Custodians", "agree to the opening, or do not."));
    }
    steps
}

fn seal(it: &Evaluation) -> crate::pages::embargo::Track {
    let (place, says) = match &it.docket.seal {
        None => (0, "Nothing was committed to."),
        Some(Seal::Drafted { .. }) => (1, "Committed to; nobody has signed."),
        Some(Seal::SignedOnce { .. }) => (2, "One person has signed."),
        Some(Seal::Sealed { .. }) => (3, "Two people have signed: nothing can be changed."),
    };
    track("seal", "Protocol.", says, &["none", "committed", "signed once", "sealed"], place)
}

/// The papers that the command line goes on with.
fn links(it: &Evaluation) -> Vec<Link> {
    let of = |name: &str| format!("/v1/evaluations/{}/{name}", it.id);
    let commitment = it.docket.drafted().map(|_| link("Commitment", of("commitment")));
    let tokens = it.docket.book.as_ref().map(|_| link("Book of tokens", of("tokens")));
    commitment.into_iter().chain(tokens).collect()
}

const DUTIES: [(Duty, &str); 7] = [
    (Duty::SetThreshold, "sets the threshold, and signs"),
    (Duty::Countersign, "signs as the second"),
    (Duty::Run, "runs"),
    (Duty::Score, "scores"),
    (Duty::Concur, "concurs, or says why not"),
    (Duty::Custody, "keeps a part of the key"),
    (Duty::Audit, "audits"),
];

fn parts(it: &Evaluation, actor: &Actor) -> Vec<Part> {
    let mut duties = Vec::new();
    for (duty, words) in DUTIES {
        let held = it.docket.duties.with(duty).map(|person| {
            let own = actor.person == Some(person);
            format!("{}{}", short(person), if own { " (you)" } else { "" })
        });
        let held: Vec<String> = held.collect();
        if !held.is_empty() {
            duties.push(fact(words, held.join(", ")));
        }
    }
    let mut sealed = vec![fact("Amended", format!("{} times", it.docket.revisions.amendments()))];
    sealed.extend(known("Root", it.root()));
    let kept = it.root().and_then(|root| it.kept.get(&root));
    sealed.extend(kept.map(|kept| fact("Tasks", kept.tasks.to_string())));
    sealed.extend(it.shown.last().map(|shown| fact("Shown last", when(shown.at).text)));
    let entries = it.docket.book.iter().flat_map(Book::entries);
    vec![
        Part {
            id: "duties".into(),
            heading: "Who has which duty".into(),
            facts: duties,
            ..Part::default()
        },
        Part {
            id: "sealed".into(),
            heading: "The protocol".into(),
            facts: sealed,
            ..Part::default()
        },
        Part {
            id: "tokens".into(),
            heading: "Tokens".into(),
            says: "Each is accounted for, whether its run counts or not.".into(),
            lines: entries.map(entry).collect(),
            ..Part::default()
        },
    ]
}

fn entry(entry: &Entry) -> String {
    let fate = match &entry.fate {
        Fate::Issued => "is out",
        Fate::Used { .. } => "came back with a log",
        Fate::Completed { .. } => "its run counts",
        Fate::Failed { .. } => "its run does not count",
        Fate::Abandoned { .. } => "was abandoned",
    };
    format!("Run {}, {}: {fate}", short(entry.run), when(entry.issued_at).text)
}

fn forms(guest: &Guest, shell: &Shell, it: &Evaluation) -> Vec<Form> {
    let path = |step: &str| format!("/evaluations/{}/{step}", it.id);
    let person = guest.actor().person;
    let has = |duty: Duty| person.is_some_and(|person| it.docket.duties.has(person, duty));
    let mut forms = Vec::new();
    if guest.may(Action::OpenEvaluation) {
        let duties = DUTIES.iter().map(|(duty, words)| (name(*duty), (*words).to_owned()));
        forms.push(
            Form::post(shell, path("give"), "Give a duty")
                .field(FieldKind::Line, "person", "Person", "the id of a natural person")
                .field(FieldKind::Choice(duties.collect()), "duty", "Duty", ""),
        );
    }
    if !guest.may(Action::ServeEvaluation) {
        return forms;
    }
    if has(Duty::SetThreshold) {
        let form = Form::post(shell, path("commit"), "Commit to a protocol");
        forms.push(form.field(FieldKind::File, "protocol", "Protocol", "canonical terms, JSON"));
    }
    let waits = it.docket.seal.as_ref().filter(|seal| seal.sealed_at().is_none());
    if let Some(seal) = waits.filter(|_| has(Duty::SetThreshold) || has(Duty::Countersign)) {
        let form = Form::post(shell, path("sign"), "Sign this root");
        forms.push(form.hidden("root", seal.root().to_string()));
    }
    if has(Duty::Audit) && it.sealed().is_some() && it.docket.opening.is_none() {
        let form = Form::post(shell, path("ask_opening"), "Ask for the protocol to be opened");
        forms.push(form.field(FieldKind::Line, "quorum", "Custodians who must agree", ""));
    }
    if has(Duty::Custody) && it.docket.opening.is_some() && it.docket.opened().is_none() {
        forms.push(Form::post(shell, path("agree"), "Agree to the opening"));
    }
    let open = it.docket.book.iter().flat_map(Book::entries).find(|it| !it.fate.is_final());
    if let Some(open) = open.filter(|_| has(Duty::Run) || has(Duty::Score)) {
        let form = Form::post(shell, path("abandon"), "The token was lost, or its run broke off");
        forms.push(form.hidden("run", open.run.to_string()));
    }
    forms.into_iter().map(|form| form.weight(Weight::Side)).collect()
}

fn name(duty: Duty) -> String {
    let value = serde_json::to_value(duty).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

fn read(step: &str, sent: &Sent) -> Result<Step, Refused> {
    let unreadable = |says: &str| Refused::new(StatusCode::UNPROCESSABLE_ENTITY, says);
    Ok(match step {
        "give" => {
            let duty = DUTIES.iter().find(|(duty, _)| name(*duty) == sent.text("duty"));
            let person = sent.text("person").trim().parse();
            Step::Give {
                person: person.map_err(|_| unreadable("name a person by id"))?,
                duty: duty.map(|it| it.0).ok_or_else(|| unreadable("name a duty"))?,
            }
        }
        "sign" => {
            let root = sent.text("root").parse();
            Step::Sign { root: root.map_err(|_| unreadable("the root cannot be read"))? }
        }
        "ask_opening" => {
            let quorum = sent.text("quorum").trim().parse();
            Step::AskOpening { quorum: quorum.map_err(|_| unreadable("say how many"))? }
        }
        "agree" => Step::Agree,
        "abandon" => {
            let run = sent.text("run").parse().map_err(|_| Refused::hidden())?;
            Step::Abandon { run, why: Reason::TokenLost }
        }
        _ => return Err(Refused::hidden()),
    })
}
