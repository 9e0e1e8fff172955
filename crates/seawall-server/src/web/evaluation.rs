//! Evaluations on pages: who has which duty, what is sealed, which tokens are out.

mod acts;

use self::acts::{forms, keeping};
use super::guest::{Guest, link, page};
use super::matter::{self, LIST_MAX, Untaken};
use super::sent::{Sent, back_to};
use super::words::{fact, known, short, tag, track, when};
use crate::extract::Name;
use crate::pages::case::Next;
use crate::pages::matter::{Matter, Matters, Part};
use crate::pages::{Form, Link, Tag, Tone};
use crate::refuse::Refused;
use crate::site::Site;
use axum::extract::{Path, State};
use axum::response::Response;
use seawall_domain::access::{Action, Actor};
use seawall_domain::evaluation::Evaluation;
use seawall_domain::evaluation::sealing::{Duty, Seal};
use seawall_domain::evaluation::token::{Book, Entry, Fate};
use seawall_services::engagement;
use seawall_services::evaluation::docket;

/// The evaluations.
pub async fn list(State(site): State<Site>, guest: Guest) -> Result<Response, Refused> {
    page(&listed(&site, &guest).await?)
}

async fn listed(site: &Site, guest: &Guest) -> Result<Matters, Refused> {
    let found = docket::list(&site.desk, &guest.actor(), LIST_MAX).await?;
    let row = |it: &Evaluation| {
        let title = format!("Evaluation {}", short(it.id));
        let under = it.root().map(|root| format!("root {}", short(root))).unwrap_or_default();
        matter::row(format!("/evaluations/{}", it.id), (title, under), states(it), &next(it))
    };
    let shell = guest.shell("Evaluations");
    let open = Form::post(&shell, "/evaluations", "Open an evaluation");
    let forms = guest.may(Action::OpenEvaluation).then_some(open).into_iter().collect();
    let intro = "Each has a protocol that two people sealed before any run, and a token for each \
                 run. Thresholds and tasks are on no page.";
    Ok(matter::list(shell, intro, found.iter().map(row).collect(), forms))
}

/// One evaluation.
pub async fn show(
    State(site): State<Site>,
    guest: Guest,
    Name(id): Name,
) -> Result<Response, Refused> {
    page(&shown(&site, &guest, &id).await?)
}

async fn shown(site: &Site, guest: &Guest, id: &str) -> Result<Matter, Refused> {
    let id = id.parse().map_err(|_| Refused::hidden())?;
    let it = docket::show(&site.desk, &guest.actor(), id).await?;
    let shell = guest.shell("Evaluation");
    let figured = figured(site, guest, &it).await?;
    Ok(Matter {
        over: "Evaluation".into(),
        title: format!("Evaluation {}", short(it.id)),
        states: states(&it),
        next: next(&it),
        holds: "One person has one duty here, whatever accounts it has.".into(),
        tracks: vec![seal(&it)],
        parts: parts(&it, &guest.actor()),
        links: [figured, links(&it, &guest.actor())].concat(),
        forms: forms(guest, &shell, &it),
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
    guest: Guest,
    sent: Sent,
) -> Result<Response, Refused> {
    let page = format!("/evaluations/{id}");
    match taken(&site, (&id, &step), &sent).await {
        Ok(()) => Ok(back_to(page)),
        Err(untaken) => {
            let again = shown(&site, &guest, &id).await;
            untaken.shown_on(again, &format!("{page}/{step}"), &sent)
        }
    }
}

async fn taken(site: &Site, (id, step): (&str, &str), sent: &Sent) -> Result<(), Untaken> {
    let id = id.parse().map_err(|_| Refused::hidden())?;
    if step == "commit" {
        let (protocol, keeping) = (sent.bytes("protocol"), keeping(sent)?);
        docket::commit(&site.desk, sent.actor(), id, protocol, Some(keeping)).await?;
    } else {
        acts::read(step, sent)?.take(&site.desk, sent.actor(), id).await?;
    }
    Ok(())
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
    if it.docket.custodians().is_err() {
        steps.insert(0, step("Each custodian", "brings a key, to which its part is encrypted."));
    }
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

/// The figures of determinations under its protocol, for those who may read their records.
async fn figured(site: &Site, guest: &Guest, it: &Evaluation) -> Result<Vec<Link>, Refused> {
    let Some(root) = it.root() else { return Ok(Vec::new()) };
    let found = engagement::records_under(&site.desk, &guest.actor(), &root, LIST_MAX).await?;
    let figures = |id| {
        let says = format!("Figures of the determination in engagement {}", short(id));
        link(says, format!("/engagements/{id}/figures"))
    };
    Ok(found.into_iter().map(figures).collect())
}

/// The papers that the command line goes on with.
fn links(it: &Evaluation, actor: &Actor) -> Vec<Link> {
    let of = |name: &str| format!("/v1/evaluations/{}/{name}", it.id);
    let commitment = it.docket.drafted().map(|_| link("Commitment", of("commitment")));
    let tokens = it.docket.book.as_ref().map(|_| link("Book of tokens", of("tokens")));
    let mut custodians = it.docket.shared().into_iter().flat_map(|(_, people)| people);
    let share = custodians.any(|person| Some(person) == actor.person);
    let share = share.then(|| link("Your share, encrypted to your key", of("share")));
    commitment.into_iter().chain(tokens).chain(share).collect()
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
    let own = actor.person.and_then(|person| it.docket.key_of(person));
    duties.extend(known("your key as a custodian", own));
    let mut sealed = vec![fact("Amended", format!("{} times", it.docket.revisions.amendments()))];
    sealed.extend(known("Root", it.root()));
    let kept = it.root().and_then(|root| it.kept.get(&root));
    sealed.extend(kept.map(|kept| fact("Tasks", kept.tasks.to_string())));
    sealed.extend(it.docket.drafted().map(|_| fact("What it says is kept", kept_by(it))));
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

/// Who can read what the protocol says before it is opened.
fn kept_by(it: &Evaluation) -> String {
    match it.docket.custody() {
        Some(custody) => {
            let (quorum, all) = (custody.quorum(), custody.custodians().count());
            format!("under a key that is split among {all} custodians, of whom {quorum} open it")
        }
        None => "under this installation's own key, for a rehearsal".to_owned(),
    }
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
