//! Trusted partners on pages: the application, the seat, what it covers, who must sign.

mod acts;
pub(super) mod record;

use self::acts::{applying, forms};
use self::record::Record;
use super::guest::{Guest, link, page};
use super::matter::{self, LIST_MAX, Untaken};
use super::sent::{Sent, back_to};
use super::words::{fact, short, tag, track, when};
use crate::extract::Name;
use crate::pages::case::Next;
use crate::pages::matter::{Letter, Matter, Matters, Part};
use crate::pages::{Fact, Tag, Tone};
use crate::refuse::Refused;
use crate::site::Site;
use axum::extract::{Path, State};
use axum::response::Response;
use seawall_domain::partner::decision::{Outcome, Rivalry};
use seawall_domain::partner::seat::Extent;
use seawall_domain::partner::{Partner, Progress};
use seawall_services::partner::{self, Dossier, Held, Protects, SeatView};

/// The applications one may know of.
pub async fn list(State(site): State<Site>, guest: Guest) -> Result<Response, Refused> {
    page(&listed(&site, &guest).await?)
}

async fn listed(site: &Site, guest: &Guest) -> Result<Matters, Refused> {
    let found = partner::list(&site.desk, &guest.actor(), LIST_MAX).await?;
    let row = |it: &Dossier| {
        let (title, under) = (it.applicant.clone(), format!("for models of {}", it.developer));
        let href = format!("/partners/{}", it.application.id);
        matter::row(href, (title, under), states(it), &next(it))
    };
    let shell = guest.shell("Trusted partners");
    let forms = applying(guest, &shell);
    let intro = "Organisations that a developer and the clearinghouse both chose, by open rules. \
                 Nobody can force a partner on a developer.";
    Ok(matter::list(shell, intro, found.iter().map(row).collect(), forms))
}

/// One application.
pub async fn show(
    State(site): State<Site>,
    guest: Guest,
    Name(id): Name,
) -> Result<Response, Refused> {
    page(&shown(&site, &guest, &id).await?)
}

async fn shown(site: &Site, guest: &Guest, id: &str) -> Result<Matter, Refused> {
    let id = id.parse().map_err(|_| Refused::hidden())?;
    let actor = guest.actor();
    let it = partner::dossier(&site.desk, &actor, id).await?;
    let record = Record::read(&site.desk, &actor, &it).await?;
    let rubric = partner::rubric_of(&site.desk, it.application.rubric).await?;
    let shell = guest.shell("Trusted partner");
    let letters = it
        .letter
        .iter()
        .map(|text| Letter { at: when(it.application.filed_at), text: text.clone() });
    Ok(Matter {
        over: format!("Application {}, for models of {}", short(id), it.developer),
        title: it.applicant.clone(),
        states: states(&it),
        next: next(&it),
        holds: "The developer, the partner and the duty officer each stop a seat alone, at once."
            .into(),
        tracks: vec![way(&it)],
        parts: parts(&it).into_iter().chain(record.parts(&actor, &it)).collect(),
        texts: record.texts(),
        links: vec![link("Evidence", format!("/v1/partners/{id}/evidence"))],
        letters: letters.collect(),
        forms: [forms(&actor, &shell, &it, rubric.text()), record.forms(&actor, &shell, &it)]
            .concat(),
        shell,
        ..Matter::default()
    })
}

/// Applies.
pub async fn apply(
    State(site): State<Site>,
    guest: Guest,
    sent: Sent,
) -> Result<Response, Refused> {
    match applied(&site, &sent).await {
        Ok(it) => Ok(back_to(format!("/partners/{}", it.application.id))),
        Err(untaken) => untaken.shown_on(listed(&site, &guest).await, "/partners", &sent),
    }
}

async fn applied(site: &Site, sent: &Sent) -> Result<Partner, Untaken> {
    let (developer, declared) = acts::declared(sent)?;
    let (desk, actor) = (&site.desk, sent.actor());
    Ok(partner::apply(desk, actor, developer, declared, sent.bytes("evidence")).await?)
}

/// Takes the step that a button is for.
pub async fn step(
    State(site): State<Site>,
    Path((id, step)): Path<(String, String)>,
    guest: Guest,
    sent: Sent,
) -> Result<Response, Refused> {
    let page = format!("/partners/{id}");
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
        "declare_tie" => {
            let (person, party, kind) = acts::tie(sent)?;
            partner::declare(desk, actor, person, party, kind).await?;
        }
        "end_tie" => {
            partner::end(desk, actor, acts::tied(sent)?).await?;
        }
        step => {
            acts::read(step, sent)?.take(desk, actor, id).await?;
        }
    }
    Ok(())
}

fn states(it: &Dossier) -> Vec<Tag> {
    let stage = match it.progress {
        Progress::Seated => tag("has a seat", Tone::Good),
        Progress::Over => tag("over", Tone::Quiet),
        Progress::DrawnFor => tag("a panel is drawn", Tone::Calm),
        Progress::Filed | Progress::Assessed | Progress::Decided => {
            tag(it.progress.name(), Tone::Calm)
        }
    };
    let outcome = it.outcome.as_ref().map(|outcome| match outcome {
        Outcome::Admit => tag("admitted", Tone::Good),
        Outcome::AdmitWithConditions { .. } => tag("admitted under conditions", Tone::Good),
        Outcome::Defer => tag("deferred", Tone::Warn),
        Outcome::Decline => tag("declined", Tone::Quiet),
    });
    let stopped = it.seat.as_ref().filter(|seat| seat.is_stopped);
    let stopped = stopped.map(|_| tag("stopped", Tone::Bad));
    let appeal = it.appeal.map(|appeal| match appeal.is_overdue {
        true => tag("appeal overdue", Tone::Bad),
        false => tag("appealed", Tone::Warn),
    });
    [Some(stage), appeal, outcome, stopped].into_iter().flatten().collect()
}

fn next(it: &Dossier) -> Vec<Next> {
    let step = |who: &str, what: &str| Next { who: who.into(), what: what.into(), by: None };
    match it.progress {
        Progress::Filed => vec![step("The official", "begins the draw of a panel.")],
        Progress::DrawnFor => vec![Next {
            who: "The developer and the official".into(),
            what: "commit to a number each, and then reveal it.".into(),
            by: it.lottery.as_ref().map(|lot| when(lot.until)),
        }],
        Progress::Assessed => vec![step("The panel", "looks, each person alone.")],
        Progress::Decided => {
            let (developer, house) = it.signed;
            let mut steps = Vec::new();
            if !developer {
                steps.push(step("The developer", "signs, or does not."));
            }
            if !house {
                steps.push(step(
                    "Another official than who stated whether it competes",
                    "signs, or does not.",
                ));
            }
            if developer && house {
                steps.push(step("The partner", "names the people who take the seat."));
            }
            steps
        }
        Progress::Seated => it
            .seat
            .iter()
            .map(|view| Next {
                who: "The seat".into(),
                what: "ends by itself.".into(),
                by: Some(when(view.seat.expires_at)),
            })
            .collect(),
        Progress::Over => Vec::new(),
    }
}

fn way(it: &Dossier) -> crate::pages::embargo::Track {
    let place = Progress::ALL.iter().position(|at| *at == it.progress).unwrap_or_default();
    let says = match it.progress {
        Progress::Filed => "It waits for people to be drawn.",
        Progress::DrawnFor => "A lot that nobody can steer draws the panel.",
        Progress::Assessed => "People look at it, each alone.",
        Progress::Decided => "It is decided; it takes effect when both sides have signed.",
        Progress::Seated => "It has a seat.",
        Progress::Over => "Its time is over.",
    };
    let steps = ["filed", "panel drawn", "looked at", "decided", "seated", "over"];
    track("way", "Application.", says, &steps, place)
}

fn parts(it: &Dossier) -> Vec<Part> {
    let declared = &it.application.declared;
    let name = |value: serde_json::Value| value.as_str().unwrap_or_default().replace('_', " ");
    let sector = serde_json::to_value(declared.sector).unwrap_or_default();
    let size = serde_json::to_value(declared.size).unwrap_or_default();
    let yes = |signed: bool| if signed { "yes" } else { "not yet" };
    let mut facts = vec![
        fact("Filed", when(it.application.filed_at).text),
        fact("Rubric", format!("version {}", it.application.rubric)),
        fact("Sector", name(sector)),
        fact("Size", name(size)),
        fact("Groups of operators it protects", declared.protects.len().to_string()),
    ];
    facts.extend(it.protects.iter().flat_map(protected));
    if let Some(appeal) = it.appeal {
        let name = if appeal.is_overdue { "Appeal overdue since" } else { "Appeal answered by" };
        facts.push(fact(name, when(appeal.by).text));
    }
    if !it.left_out.is_empty() {
        let people: Vec<String> = it.left_out.iter().map(short).collect();
        facts.push(fact("Left out of the draw, account closed", people.join(", ")));
    }
    if let Some(rivalry) = it.rivalry {
        let says = match rivalry {
            Rivalry::None => "no",
            Rivalry::Competitor => "yes",
        };
        facts.push(fact("Develops models that compete", says));
    }
    if let Some(person) = it.stated_by {
        facts.push(fact("Stated by, who does not sign", format!("person {}", short(person))));
    }
    if it.outcome.is_some() {
        facts.push(fact("Signed by the developer", yes(it.signed.0)));
        facts.push(fact("Signed by the clearinghouse", yes(it.signed.1)));
    }
    let mut parts = vec![Part {
        id: "application".into(),
        heading: "The application".into(),
        facts,
        ..Part::default()
    }];
    if let Some(view) = &it.seat {
        parts.push(seat(it, view));
        parts.extend(cut_off(view).into_iter().flatten());
    }
    parts
}

fn seat(it: &Dossier, view: &SeatView) -> Part {
    let seat = &view.seat;
    let machines = seat.access().machines().count();
    Part {
        id: "seat".into(),
        heading: "The seat".into(),
        facts: vec![
            fact("People", seat.people().len().to_string()),
            fact("Ends", when(seat.expires_at).text),
            fact("Yearly word given", when(seat.attested_at()).text),
            fact("Stops in force", seat.stops().count().to_string()),
            fact("Changes that wait for a second person", seat.asked().len().to_string()),
            fact("Machines that people answer for", machines.to_string()),
        ],
        lines: conditions(it),
        ..Part::default()
    }
}

/// Who is cut off in a seat, and what of that came over from the seats before.
fn cut_off(view: &SeatView) -> [Option<Part>; 2] {
    let left = "Two people start each of these again, the developer among them where it stopped \
                somebody or somebody was stopped for good. A lost key stays lost.";
    [
        held("cut-off", "Who is stopped", "", &view.held()),
        held("came-over", "What came over from the seats before", left, &view.came_over()),
    ]
}

fn held(id: &str, heading: &str, says: &str, held: &Held<'_>) -> Option<Part> {
    let who = |extent: &Extent| match extent {
        Extent::Person(person) => format!("Person {person}"),
        Extent::Organisation => "Everybody".to_owned(),
    };
    let stopped = held.stopped.iter().map(|it| format!("{} is stopped.", who(it)));
    let revoked = held.revoked.iter().map(|it| format!("{} was stopped for good.", who(it)));
    let keys = held.lost_keys.iter().map(|key| format!("Key {} was lost.", short(key)));
    (!held.is_empty()).then(|| Part {
        id: id.into(),
        heading: heading.into(),
        says: says.into(),
        lines: revoked.chain(stopped).chain(keys).collect(),
        ..Part::default()
    })
}

/// How many operators are in the groups, by the table in force.
fn protected(it: &Protects) -> [Fact; 2] {
    let operators = it.operators.map_or_else(|| "not known".to_owned(), |it| it.to_string());
    [
        fact("Operators in them", operators),
        fact("Groups whose number is not known", it.unknown.to_string()),
    ]
}

/// What the seat covers, where it is less than everything.
fn conditions(it: &Dossier) -> Vec<String> {
    match &it.outcome {
        Some(Outcome::AdmitWithConditions { conditions }) => {
            conditions.iter().map(|it| it.words().to_owned()).collect()
        }
        Some(Outcome::Admit | Outcome::Defer | Outcome::Decline) | None => Vec::new(),
    }
}
