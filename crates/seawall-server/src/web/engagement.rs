//! Engagements on pages: the three machines side by side, what is due, and withdrawing by one
//! button.

mod acts;
mod counts;
pub mod figures;
mod seats;
mod stands;

use self::acts::{forms, opening, withdrawal};
pub use self::counts::of_window;
use self::seats::Record;
use self::stands::{next, parts, states, tracks};
use super::guest::{Guest, link, page};
use super::matter::{self, LIST_MAX, Untaken, misread};
use super::sent::{Sent, back_to};
use super::words::{short, when};
use crate::extract::Name;
use crate::pages::matter::{Letter, Matter, Matters, Written};
use crate::refuse::Refused;
use crate::site::Site;
use axum::extract::{Path, State};
use axum::response::Response;
use seawall_domain::engagement::letter::NOTHING_REQUIRED;
use seawall_domain::engagement::{Engagement, Weights};
use seawall_services::engagement::{self, What};
use seawall_services::party;

/// The engagements one may know of.
pub async fn list(State(site): State<Site>, guest: Guest) -> Result<Response, Refused> {
    page(&listed(&site, &guest).await?)
}

async fn listed(site: &Site, guest: &Guest) -> Result<Matters, Refused> {
    let found = engagement::list(&site.desk, &guest.actor(), LIST_MAX).await?;
    let developers: Vec<_> = found.iter().map(|it| it.developer).collect();
    let parties = party::known(&site.desk, developers).await?;
    let row = |it: &Engagement| {
        let name = parties.get(&it.developer).map(|party| party.name.clone());
        let title = format!("{}, {}", name.unwrap_or_default(), short(it.id));
        let under = format!("opened {}", when(it.opened_at).text);
        matter::row(format!("/engagements/{}", it.id), (title, under), states(it), &next(it))
    };
    let shell = guest.shell("Engagements");
    let forms = opening(guest, &shell);
    let intro = "Voluntary dealings about one model each. Nothing here is a condition for \
                 anything, and silence has no effect.";
    Ok(matter::list(shell, intro, found.iter().map(row).collect(), forms))
}

/// One engagement.
pub async fn show(
    State(site): State<Site>,
    guest: Guest,
    Name(id): Name,
) -> Result<Response, Refused> {
    page(&shown(&site, &guest, &id).await?)
}

async fn shown(site: &Site, guest: &Guest, id: &str) -> Result<Matter, Refused> {
    let id = id.parse().map_err(|_| Refused::hidden())?;
    let (desk, actor) = (&site.desk, guest.actor());
    let it = engagement::show(desk, &actor, id).await?;
    let letters = engagement::letters(desk, &actor, id).await?;
    let texts = engagement::documents(desk, &actor, id).await?;
    let record = Record::read(desk, &actor, &it).await?;
    let parties = party::known(desk, [it.developer]).await?;
    let name = parties.get(&it.developer).map(|party| party.name.clone()).unwrap_or_default();
    let shell = guest.shell("Engagement");
    let reads = engagement::reads_record(desk, &actor, &it).await?;
    let figured =
        reads.then(|| link("Figures of the determination", format!("/engagements/{id}/figures")));
    Ok(Matter {
        over: format!("Engagement {}", short(it.id)),
        title: name,
        states: states(&it),
        next: next(&it),
        holds: NOTHING_REQUIRED.to_owned(),
        first: withdrawal(&actor, &shell, &it),
        tracks: tracks(&it),
        parts: [parts(&it), record.parts(&it), counts::parts(&actor, &it)].concat(),
        links: figured.into_iter().collect(),
        texts: texts
            .into_iter()
            .map(|(what, _, text)| Written { heading: heading(what).to_owned(), text })
            .collect(),
        letters: letters
            .iter()
            .map(|letter| Letter { at: when(letter.at), text: letter.text() })
            .collect(),
        forms: [
            record.forms(&actor, &shell, &it),
            forms(&actor, &shell, &it),
            counts::forms(&actor, &shell, &it),
        ]
        .concat(),
        shell,
    })
}

fn heading(what: What) -> &'static str {
    match what {
        What::Terms => "Terms of access, as the developer offers them",
        What::Opinion => "An opinion, which binds nobody",
        What::Reasons => "Why the official differs",
    }
}

/// Opens an engagement.
pub async fn open(State(site): State<Site>, guest: Guest, sent: Sent) -> Result<Response, Refused> {
    match opened(&site, &sent).await {
        Ok(it) => Ok(back_to(format!("/engagements/{}", it.id))),
        Err(untaken) => untaken.shown_on(listed(&site, &guest).await, "/engagements", &sent),
    }
}

async fn opened(site: &Site, sent: &Sent) -> Result<Engagement, Untaken> {
    let snapshot = sent.text("snapshot").trim().parse();
    let says = "the digest has 64 hexadecimal digits";
    let snapshot = snapshot.map_err(|_| misread("snapshot", says))?;
    let weights = if sent.text("weights") == "open" { Weights::Open } else { Weights::Held };
    Ok(engagement::open(&site.desk, sent.actor(), weights, snapshot).await?)
}

/// Takes the step that a button is for.
pub async fn step(
    State(site): State<Site>,
    Path((id, step)): Path<(String, String)>,
    guest: Guest,
    sent: Sent,
) -> Result<Response, Refused> {
    let page = format!("/engagements/{id}");
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
    let (desk, actor) = (&site.desk, sent.actor());
    match step {
        "record" => {
            let record = sent.bytes("record").to_vec();
            engagement::receive_record(desk, actor, id, record).await?;
        }
        "count" => {
            engagement::bring_count(desk, actor, id, sent.bytes("count")).await?;
        }
        "destruction" => {
            engagement::bring_destruction(desk, actor, id, sent.bytes("certificate")).await?;
        }
        "checkpoint" => {
            engagement::bring_checkpoint(desk, actor, id, sent.bytes("checkpoint")).await?;
        }
        step => {
            acts::read(step, sent)?.take(desk, actor, id).await?;
        }
    }
    Ok(())
}
