//! Seats in a government's window: who is seated, refused or stopped, which tokens were given, and
//! what somebody can do about it.

use super::super::matter::{Untaken, misread};
use super::super::partner::record::{seen, token};
use super::super::sent::Sent;
use super::super::words::{short, when};
use super::acts::{may, path};
use crate::api::engagements::Step;
use crate::pages::form::Weight;
use crate::pages::matter::Part;
use crate::pages::{FieldKind, Form, Shell};
use crate::refuse::Refused;
use seawall_domain::access::{Action, Actor};
use seawall_domain::engagement::seat::Seats;
use seawall_domain::engagement::window::Ring;
use seawall_domain::engagement::{Engagement, Who};
use seawall_services::desk::Desk;
use seawall_services::engagement::{self, Noted, Open};

/// How many tokens the page shows.
const TOKENS_SHOWN: i64 = 50;

/// What this visitor may see beside the engagement.
pub struct Record {
    windows: Vec<Open>,
    issued: Vec<Noted>,
}

impl Record {
    /// Reads it; what the visitor may not see is not there.
    pub async fn read(desk: &Desk, actor: &Actor, it: &Engagement) -> Result<Record, Refused> {
        let windows = seen(engagement::windows(desk, actor, it.id).await)?;
        let issued = seen(engagement::issued(desk, actor, it.id, TOKENS_SHOWN).await)?;
        Ok(Record { windows, issued })
    }

    /// What is on record.
    pub fn parts(&self, it: &Engagement) -> Vec<Part> {
        let mut parts = Vec::new();
        if !it.seats.is_empty() {
            parts.push(Part {
                id: "seats".into(),
                heading: "Who is seated in the government's window".into(),
                says: "The developer refuses or stops each of them alone, at once.".into(),
                lines: lines(&it.seats),
                ..Part::default()
            });
        }
        if !self.issued.is_empty() {
            parts.push(Part {
                id: "tokens".into(),
                heading: "Access tokens that were given".into(),
                says: "Each is good for minutes, and only with its holder's key. The tokens \
                       themselves are kept nowhere."
                    .into(),
                lines: self.issued.iter().map(token).collect(),
                ..Part::default()
            });
        }
        parts
    }

    /// What this visitor can do with it.
    pub fn forms(&self, actor: &Actor, shell: &Shell, it: &Engagement) -> Vec<Form> {
        let mut forms = Vec::new();
        let post = |step: &str, button: &str| Form::post(shell, path(it, step), button);
        let open = self.windows.iter().find(|open| !open.accepted);
        if let Some(open) = open.filter(|_| actor.person.is_some()) {
            let button = format!("Accept the terms of window {}", short(open.window));
            forms.push(
                post("accept_terms", &button)
                    .hidden("window", open.window.to_string())
                    .hidden("terms", open.terms.to_string())
                    .says(format!(
                        "You get access tokens for it from then on, until {}.",
                        when(open.ends).text
                    )),
            );
        }
        let offered = it.window.offer().is_some_and(|offer| offer.ring == Ring::Government);
        let other = actor.party != Some(it.developer);
        if offered && other && may(actor, Action::Determine, it) {
            forms.push(
                post("seat_person", "Seat a person in the government's window")
                    .field(FieldKind::Line, "account", "Account", "of a person who evaluates")
                    .says("The developer sees it, and can refuse."),
            );
        }
        if may(actor, Action::StopGovernmentSeat, it) {
            forms.extend(stops(shell, it));
        }
        forms.into_iter().map(|form| form.weight(Weight::Side)).collect()
    }
}

/// Reads the step that a form sends.
pub fn read(step: &str, sent: &Sent) -> Result<Step, Untaken> {
    let person = || {
        let person = sent.text("person").trim().parse();
        person.map_err(|_| misread("person", "name a person by id"))
    };
    Ok(match step {
        "seat_person" => {
            let account = sent.text("account").trim().parse();
            Step::SeatPerson {
                account: account.map_err(|_| misread("account", "name an account by its id"))?,
            }
        }
        "stop_person" => Step::StopPerson { person: person()? },
        "lift_stop" => Step::LiftStop { person: person()? },
        "accept_terms" => Step::AcceptTerms {
            window: sent.text("window").trim().parse().map_err(|_| Refused::hidden())?,
            terms: sent.text("terms").trim().parse().map_err(|_| Refused::hidden())?,
        },
        _ => return Err(Refused::hidden().into()),
    })
}

fn stops(shell: &Shell, it: &Engagement) -> Vec<Form> {
    let post = |step: &str, button: &str| Form::post(shell, path(it, step), button);
    let choice = |people: Vec<String>| {
        let of = people.into_iter().map(|id| (id.clone(), format!("person {}", short(id))));
        FieldKind::Choice(of.collect())
    };
    let stopped: Vec<String> = it.seats.stops().map(|(id, _)| id.to_string()).collect();
    let people = it.seats.people().map(|(id, _)| id.to_string());
    let people: Vec<String> = people.filter(|id| !stopped.contains(id)).collect();
    let mut forms = Vec::new();
    if !people.is_empty() {
        let form = post("stop_person", "Stop at once");
        forms.push(form.field(choice(people), "person", "Whom", ""));
    }
    if !stopped.is_empty() {
        let says = "The developer ends its own; what the clearinghouse stopped takes two of it.";
        let form = post("lift_stop", "End the stop").says(says);
        forms.push(form.field(choice(stopped), "person", "Whom", ""));
    }
    forms
}

fn lines(seats: &Seats) -> Vec<String> {
    let stops: Vec<_> = seats.stops().collect();
    let by = |person| {
        let stop = stops.iter().find(|(whom, _)| *whom == person);
        stop.map(|(_, by)| match by {
            Who::Developer(_) => "refused or stopped by the developer",
            Who::Evaluator(_) | Who::Official(_) | Who::DutyOfficer(_) | Who::Clock => {
                match seats.asked(person) {
                    Some(_) => "stopped by the clearinghouse; one has signed for ending that",
                    None => "stopped by the clearinghouse",
                }
            }
        })
    };
    let seated = seats.people().map(|(person, party)| {
        let state = by(person).unwrap_or("seated");
        format!("Person {}, of party {}: {state}", short(person), short(party))
    });
    let refused = stops.iter().filter(|(person, _)| seats.holds(*person).is_none());
    let refused = refused
        .filter_map(|(person, _)| Some(format!("Person {}: {}", short(*person), by(*person)?)));
    seated.chain(refused).collect()
}
