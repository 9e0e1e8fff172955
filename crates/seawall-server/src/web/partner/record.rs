//! What stands beside an application and its seat: windows that are open to it, tokens that were
//! given, and what the register of ties has of those whom it concerns.

use super::super::engagement::of_window;
use super::super::words::{short, when};
use crate::pages::form::Weight;
use crate::pages::matter::{Part, Written};
use crate::pages::{FieldKind, Form, Shell};
use crate::refuse::Refused;
use seawall_domain::access::{Action, Actor, decide};
use seawall_domain::engagement::Engagement;
use seawall_domain::engagement::grant::Bearer;
use seawall_domain::id::{PartyId, WindowId};
use seawall_domain::partner::conflict::{Entry, TieKind};
use seawall_domain::refusal::Refusal;
use seawall_services::desk::Desk;
use seawall_services::engagement;
use seawall_services::outcome::{Denied, Outcome};
use seawall_services::partner::{self, Dossier, Noted, Open};

/// How many tokens the page shows.
const TOKENS_SHOWN: i64 = 50;

/// The kinds of ties, as people call them.
pub const KINDS: [(TieKind, &str, &str); 7] = [
    (TieKind::Equity, "equity", "owns a part of it"),
    (TieKind::Customer, "customer", "sells to it, or buys from it"),
    (TieKind::Employment, "employment", "works for it, or did"),
    (TieKind::CompetingDeveloper, "competing_developer", "works for a competing developer"),
    (TieKind::OffensiveVendor, "offensive_vendor", "works for a vendor of attack tools"),
    (TieKind::SameParent, "same_parent", "has the same parent"),
    (TieKind::Family, "family", "is family"),
];

/// What this visitor may see beside the application.
pub struct Record {
    windows: Vec<Open>,
    issued: Vec<Noted>,
    ties: Vec<Entry>,
    had: Vec<(Engagement, Vec<WindowId>)>,
}

impl Record {
    /// Reads it; what the visitor may not see is not there.
    pub async fn read(desk: &Desk, actor: &Actor, it: &Dossier) -> Result<Record, Refused> {
        let id = it.application.id;
        let windows = seen(partner::windows(desk, actor, id).await)?;
        let issued = seen(partner::issued(desk, actor, id, TOKENS_SHOWN).await)?;
        let concerned = it.application.concerned();
        let mut ties = seen(partner::ties(desk, actor).await)?;
        ties.retain(|entry| concerned.contains(&entry.tie.party));
        let had = seen(engagement::windows_had(desk, actor, id).await)?;
        Ok(Record { windows, issued, ties, had })
    }

    /// What is on record.
    pub fn parts(&self, actor: &Actor, it: &Dossier) -> Vec<Part> {
        let mut parts = Vec::new();
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
        if !self.had.is_empty() {
            let lines = self.had.iter().flat_map(|(it, windows)| {
                windows.iter().flat_map(move |window| of_window(it, *window))
            });
            parts.push(Part {
                id: "gateways".into(),
                heading: "Windows that were open to the seat, and what became of what was held"
                    .into(),
                says: "What gateways held of requests is gone when each of them certified it."
                    .into(),
                lines: lines.collect(),
                ..Part::default()
            });
        }
        if declares(actor) || !self.ties.is_empty() {
            let says = match self.ties.is_empty() {
                true => "The register has none that you may see.",
                false => "Whoever has one stays out of the panel for as long as it counts.",
            };
            parts.push(Part {
                id: "ties".into(),
                heading: "Ties to those whom it concerns".into(),
                says: says.into(),
                lines: self.ties.iter().map(|entry| tie(entry, it)).collect(),
                ..Part::default()
            });
        }
        parts
    }

    /// The terms of the windows that are open.
    pub fn texts(&self) -> Vec<Written> {
        let terms = |open: &Open| Written {
            heading: format!(
                "Terms of access of window {}, open until {}",
                short(open.window),
                when(open.ends).text
            ),
            text: open.text.clone(),
        };
        self.windows.iter().map(terms).collect()
    }

    /// What this visitor can do with it.
    pub fn forms(&self, actor: &Actor, shell: &Shell, it: &Dossier) -> Vec<Form> {
        let mut forms = Vec::new();
        let open = self.windows.iter().find(|open| !open.accepted);
        if let Some(open) = open.filter(|_| actor.person.is_some()) {
            let button = format!("Accept the terms of window {}", short(open.window));
            forms.push(
                post(shell, it, "accept_terms", &button)
                    .hidden("window", open.window.to_string())
                    .hidden("terms", open.terms.to_string())
                    .says("You get access tokens for it from then on."),
            );
        }
        if decide(actor, Action::DeclareTie, &[]).is_ok() {
            let form = post(shell, it, "declare_tie", "Put a tie into the register").field(
                FieldKind::Line,
                "tied",
                "Who",
                "the id of a person",
            );
            forms.push(with_tie(form, it));
            let standing: Vec<_> =
                self.ties.iter().filter(|entry| entry.tie.ended_at.is_none()).collect();
            if !standing.is_empty() {
                let choices = standing.iter().map(|entry| (entry.id.to_string(), tie(entry, it)));
                let form = post(shell, it, "end_tie", "Record that a tie has ended");
                let kind = FieldKind::Choice(choices.collect());
                forms.push(form.field(kind, "tie", "Which", "it counts for a while yet"));
            }
        } else if declares(actor) {
            let form = post(shell, it, "declare_tie", "Declare a tie of your own");
            forms.push(with_tie(form, it).says("You stay out of the panel because of it."));
        }
        forms.into_iter().map(|form| form.weight(Weight::Side)).collect()
    }
}

/// Nothing, where it is not for this visitor.
pub fn seen<T>(outcome: Outcome<Vec<T>>) -> Result<Vec<T>, Refused> {
    match outcome {
        Err(Denied::Refused(Refusal::Hidden)) => Ok(Vec::new()),
        other => Ok(other?),
    }
}

fn declares(actor: &Actor) -> bool {
    actor.person.is_some() && decide(actor, Action::DeclareOwnTie, &[]).is_ok()
}

fn with_tie(form: Form, it: &Dossier) -> Form {
    let (own, developer) = (it.application.party, it.application.developer);
    let parent = Some(it.application.declared.parent).filter(|it| ![own, developer].contains(it));
    let parties = [own, developer].into_iter().chain(parent);
    let parties = parties.map(|party| (party.to_string(), called(party, it).to_owned())).collect();
    let kinds = KINDS.map(|(_, word, says)| (word.to_owned(), says.to_owned()));
    form.field(FieldKind::Choice(parties), "party", "To whom", "").field(
        FieldKind::Choice(kinds.into()),
        "kind",
        "What kind",
        "",
    )
}

/// A token that was given, on one line.
pub fn token(noted: &Noted) -> String {
    let issued = &noted.issued;
    let holder = match issued.bearer {
        Bearer::Person { person } => format!("Person {}", short(person)),
        Bearer::Workload { name, sponsor } => {
            format!("Machine {}, for which person {} answers", short(name), short(sponsor))
        }
    };
    let purposes: Vec<String> =
        issued.purposes.iter().map(|purpose| crate::api::word(purpose).replace('_', " ")).collect();
    format!(
        "{holder}: window {}, key {}, for {}, given {}, until {}",
        short(issued.window),
        issued.key,
        purposes.join(", "),
        when(noted.at).text,
        when(issued.until).text,
    )
}

fn tie(entry: &Entry, it: &Dossier) -> String {
    let says = KINDS.iter().find(|(kind, _, _)| *kind == entry.tie.kind);
    let says = says.map_or("", |(_, _, says)| says);
    let to = called(entry.tie.party, it);
    let ended = entry.tie.ended_at.map(|at| format!(", ended {}", when(at).text));
    let who = short(entry.tie.person);
    format!("Person {who}: {says} ({to}){}", ended.unwrap_or_default())
}

/// How one of those whom the application concerns is called.
fn called(party: PartyId, it: &Dossier) -> &str {
    match (party == it.application.party, party == it.application.developer) {
        (true, _) => &it.applicant,
        (false, true) => &it.developer,
        (false, false) => &it.parent,
    }
}

fn post(shell: &Shell, it: &Dossier, step: &str, button: &str) -> Form {
    Form::post(shell, format!("/partners/{}/{step}", it.application.id), button)
}
