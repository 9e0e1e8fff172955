//! What somebody can do about an application or a seat: forms, and what they send.

use super::super::guest::Guest;
use super::super::matter::{Untaken, misread};
use super::super::sent::Sent;
use crate::api::partners::Step;
use crate::pages::form::Weight;
use crate::pages::{FieldKind, Form, Shell};
use crate::refuse::Refused;
use seawall_domain::access::{Action, Actor, Relation, Role, decide};
use seawall_domain::id::{AccountId, PartyId, PersonId, TieId};
use seawall_domain::partner::assessment::{Answer, Filing};
use seawall_domain::partner::concentration::{Sector, Size};
use seawall_domain::partner::conflict::TieKind;
use seawall_domain::partner::decision::Rivalry;
use seawall_domain::partner::reach::Group;
use seawall_domain::partner::rubric::{Criterion, Gate, RubricText};
use seawall_domain::partner::seat::{Change, Extent, Why};
use seawall_domain::partner::{Declared, Progress};
use seawall_services::partner::Dossier;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};

const SECTORS: [(&str, &str); 13] = [
    ("software", "software"),
    ("security", "security"),
    ("cloud", "cloud"),
    ("finance", "finance"),
    ("health", "health"),
    ("energy", "energy"),
    ("water", "water"),
    ("transport", "transport"),
    ("communications", "communications"),
    ("government", "government"),
    ("open_source", "open source"),
    ("research", "research"),
    ("other", "other"),
];

const SIZES: [(&str, &str); 3] =
    [("small", "below 50 people"), ("medium", "below 1,000"), ("large", "more")];

/// What a partner can begin.
pub fn applying(guest: &Guest, shell: &Shell) -> Vec<Form> {
    let own = decide(&guest.actor(), Action::ApplyAsPartner, &[Relation::Own]);
    let form = Form::post(shell, "/partners", "Apply")
        .field(FieldKind::Line, "developer", "Developer", "the id of its party")
        .field(FieldKind::Line, "parent", "Who owns you in the end", "the id of a party, or empty")
        .field(choices(&SECTORS), "sector", "Sector", "")
        .field(choices(&SIZES), "size", "Size", "")
        .field(FieldKind::Line, "protects", "Groups you protect", "numbers with spaces between")
        .field(FieldKind::File, "evidence", "Evidence", "what shows that each gate is met");
    own.map(|()| vec![form]).unwrap_or_default()
}

/// Reads an application.
pub fn declared(sent: &Sent) -> Result<(PartyId, Declared), Untaken> {
    let party = |name: &'static str| {
        let party = sent.text(name).trim().parse();
        party.map_err(|_| misread(name, "name a party by its id"))
    };
    let parent = match (sent.text("parent").trim().is_empty(), sent.actor().party) {
        (true, Some(own)) => own,
        (true, None) | (false, _) => party("parent")?,
    };
    let groups: Result<BTreeSet<Group>, _> =
        sent.text("protects").split_whitespace().map(|word| word.parse().map(Group)).collect();
    Ok((
        party("developer")?,
        Declared {
            parent,
            sector: named::<Sector>("sector", sent)?,
            size: named::<Size>("size", sent)?,
            protects: groups.map_err(|_| misread("protects", "groups are numbers"))?,
        },
    ))
}

/// What this visitor can do now.
pub fn forms(actor: &Actor, shell: &Shell, it: &Dossier, rubric: &RubricText) -> Vec<Form> {
    let own = actor.party == Some(it.application.party) && actor.roles.contains(&Role::Partner);
    let maker =
        actor.party == Some(it.application.developer) && actor.roles.contains(&Role::Developer);
    let official = actor.roles.contains(&Role::Official);
    let duty = actor.roles.contains(&Role::DutyOfficer);
    let looks = actor.person.is_some_and(|person| it.panel.contains(&person));
    let stated = it.stated_by.is_some() && it.stated_by == actor.person;
    let mut forms = Vec::new();
    match it.progress {
        Progress::Filed if official => forms.push(drawing(shell, it)),
        Progress::DrawnFor if official || maker => forms.extend(numbers(shell, it)),
        Progress::Assessed if looks && it.filings.is_empty() => {
            forms.push(marking(shell, it, rubric));
        }
        Progress::Assessed if official => {
            let join = post(shell, it, "join", "Have the next of the draw look");
            forms.push(join.says("Only where marks are too far apart; nobody chooses who."));
            forms.push(concluding(shell, it));
        }
        Progress::Decided if (official || maker) && !stated => {
            forms.push(post(shell, it, "sign", "Sign the decision"));
        }
        Progress::Decided if own => {
            let seat = post(shell, it, "seat", "Name the people who take the seat");
            forms.push(seat.field(FieldKind::Text, "people", "People", "ids, one a line"));
            forms.push(post(shell, it, "appeal", "Appeal"));
        }
        Progress::Seated => {
            if own || maker || duty {
                forms.extend(stops(shell, it));
            }
            if own {
                forms.push(post(shell, it, "attest", "Say that everything still holds"));
                forms.extend(machines(actor, shell, it));
            }
        }
        Progress::Filed
        | Progress::DrawnFor
        | Progress::Assessed
        | Progress::Decided
        | Progress::Over => {}
    }
    forms.into_iter().map(|form| form.weight(Weight::Side)).collect()
}

fn drawing(shell: &Shell, it: &Dossier) -> Form {
    post(shell, it, "begin_draw", "Begin the draw of a panel")
        .field(FieldKind::Text, "pool", "From whom", "ids of people, one a line")
        .says(
            "At least twice as many as are drawn, besides those with a tie; each has an account of \
             a party that evaluates.",
        )
        .field(FieldKind::Line, "wanted", "How many", "from 2 to 5")
}

fn numbers(shell: &Shell, it: &Dossier) -> Vec<Form> {
    let commit = post(shell, it, "commit_draw", "Commit to a number");
    let reveal = post(shell, it, "reveal_draw", "Reveal it");
    vec![
        commit
            .field(FieldKind::Line, "to", "Commitment", "SHA-256, 64 hexadecimal digits")
            .says("`seawall partner commit` draws a number, keeps it for you, and commits to it."),
        reveal.field(FieldKind::Line, "nonce", "Number", "64 hexadecimal digits"),
    ]
}

/// One question for each gate and each criterion of the rubric that was in force when the
/// application was filed.
fn marking(shell: &Shell, it: &Dossier, rubric: &RubricText) -> Form {
    let mut form = post(shell, it, "mark", "File; it cannot be changed afterwards");
    for asked in &rubric.gates {
        let name = format!("{GATE}{}", asked.gate.name());
        let answers = choices(&[("", "choose"), ("yes", "it is so"), ("no", "it is not shown")]);
        let hint = format!("{} Shown by: {}", asked.asks, asked.evidence);
        form = form.field(answers, &name, &sentence(&asked.gate.words()), &hint);
    }
    let hint = "SHA-256 of what shows it, where you answer that something is so";
    form = form.field(FieldKind::Line, "evidence", "Evidence", hint);
    for counted in &rubric.criteria {
        let name = format!("{MARK}{}", counted.criterion.name());
        let mut marks = vec![(String::new(), "choose".to_owned())];
        marks.extend(
            (0..).zip(&counted.anchors).map(|(mark, anchor): (u8, &String)| {
                (mark.to_string(), format!("{mark}: {anchor}"))
            }),
        );
        let hint = format!("weighs {}", counted.weight);
        let label = sentence(&counted.criterion.words());
        form = form.field(FieldKind::Choice(marks), &name, &label, &hint);
    }
    form
}

/// How the fields of gates begin.
const GATE: &str = "gate_";
/// How the fields of criteria begin.
const MARK: &str = "mark_";

/// Words with a large first letter.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters.by_ref()).collect()
}

fn concluding(shell: &Shell, it: &Dossier) -> Form {
    let rivals = choices(&[("none", "no"), ("competitor", "yes")]);
    post(shell, it, "conclude", "Record what follows from the marks")
        .field(rivals, "rivalry", "Develops models that compete", "")
        .field(FieldKind::Line, "days", "Lasts so many days", "at most 365")
        .says("What follows is computed; nobody chooses it. Another official signs than you.")
}

/// Stopping, starting again and stopping for good, each with those whom it can be about.
fn stops(shell: &Shell, it: &Dossier) -> Vec<Form> {
    let Some(view) = &it.seat else { return Vec::new() };
    let (held, left) = (view.held(), view.came_over());
    let people = view.seat.people().iter().copied().map(Extent::Person);
    // Whoever is stopped can be stopped again: the developer's stop takes another one's place.
    let everybody = std::iter::once(Extent::Organisation).chain(people);
    let going: Vec<Extent> = everybody.filter(|it| !held.revoked.contains(it)).collect();
    let started: BTreeSet<Extent> = held.stopped.iter().chain(&left.revoked).copied().collect();
    let second = "The second person's signature does it.";
    let form = |step: &str, button: &str, whom: Vec<Extent>, says: &str| {
        let whom: Vec<_> = whom.iter().map(whom_choice).collect();
        let form = || post(shell, it, step, button).says(says);
        (!whom.is_empty()).then(|| form().field(FieldKind::Choice(whom), "person", "Whom", ""))
    };
    let key = post(shell, it, "lose_key", "Report a key lost");
    let forms = [
        form("suspend", "Stop at once", going.clone(), ""),
        form("resume", "Sign for starting again", started.into_iter().collect(), second),
        form("revoke", "Sign for stopping for good", going, second),
        Some(key.field(
            FieldKind::Line,
            "key",
            "Key",
            "as the tokens show it, or as its holder has it",
        )),
    ];
    forms.into_iter().flatten().collect()
}

/// What a form sends for somebody, and what the choice says.
fn whom_choice(extent: &Extent) -> (String, String) {
    match extent {
        Extent::Organisation => (String::new(), "everybody".to_owned()),
        Extent::Person(person) => (person.to_string(), format!("person {person}")),
    }
}

fn machines(actor: &Actor, shell: &Shell, it: &Dossier) -> Vec<Form> {
    let seat = it.seat.as_ref().map(|view| &view.seat);
    let holder = |person| seat.is_some_and(|seat| seat.holds(person).is_ok());
    let Some(person) = actor.person.filter(|person| holder(*person)) else { return Vec::new() };
    let mut forms = vec![
        post(shell, it, "sponsor", "Answer for a machine")
            .field(FieldKind::Line, "machine", "Machine", "the id of its account")
            .says("It gets access tokens as long as you do."),
    ];
    let access = seat.map(|seat| seat.access().machines().collect::<Vec<_>>());
    let own = access.unwrap_or_default().into_iter().filter(|(_, sponsor)| *sponsor == person);
    let own: Vec<_> = own.map(|(id, _)| (id.to_string(), format!("account {id}"))).collect();
    if !own.is_empty() {
        let form = post(shell, it, "dismiss", "Answer for it no longer");
        forms.push(form.field(FieldKind::Choice(own), "machine", "Machine", ""));
    }
    forms
}

/// Reads a tie as it is declared; without a person it is one's own.
pub fn tie(sent: &Sent) -> Result<(PersonId, PartyId, TieKind), Untaken> {
    let person = match (sent.text("tied").trim(), sent.actor().person) {
        ("", Some(own)) => own,
        (text, _) => text.parse().map_err(|_| misread("tied", "name a person by id"))?,
    };
    let party = sent.text("party").trim().parse();
    let party = party.map_err(|_| misread("party", "name a party by its id"))?;
    Ok((person, party, named::<TieKind>("kind", sent)?))
}

/// Reads which tie has ended.
pub fn tied(sent: &Sent) -> Result<TieId, Untaken> {
    sent.text("tie").trim().parse().map_err(|_| misread("tie", "choose one of the ties"))
}

/// Reads the step that a form sends.
pub fn read(step: &str, sent: &Sent) -> Result<Step, Untaken> {
    let digest = |name: &'static str| digest(name, sent);
    Ok(match step {
        "begin_draw" => {
            Step::BeginDraw { pool: people("pool", sent)?, wanted: number("wanted", sent)? }
        }
        "commit_draw" => Step::CommitDraw { to: digest("to")? },
        "reveal_draw" => Step::RevealDraw { nonce: digest("nonce")? },
        "join" => Step::Join {},
        "mark" => Step::Mark { filing: filing(sent)? },
        "conclude" => Step::Conclude {
            rivalry: named::<Rivalry>("rivalry", sent)?,
            days: number("days", sent)?,
        },
        "sign" => Step::Sign,
        "appeal" => Step::Appeal,
        "seat" => Step::Seat { people: people("people", sent)? },
        "suspend" => Step::Suspend { extent: extent(sent)?, why: Why::Unstated },
        "resume" => Step::Change { to: Change::Resume { extent: extent(sent)? } },
        "revoke" => {
            Step::Change { to: Change::Revoke { extent: extent(sent)?, why: Why::Unstated } }
        }
        "lose_key" => Step::LoseKey { key: key(sent)? },
        "attest" => Step::Attest,
        "accept_terms" => Step::AcceptTerms {
            window: sent.text("window").trim().parse().map_err(|_| Refused::hidden())?,
            terms: digest("terms")?,
        },
        "sponsor" => Step::Sponsor { machine: machine(sent)? },
        "dismiss" => Step::Dismiss { machine: machine(sent)? },
        _ => return Err(Refused::hidden().into()),
    })
}

fn filing(sent: &Sent) -> Result<Filing, Untaken> {
    let unanswered = || misread("gates", "answer each gate, and mark each criterion");
    let mut gates = BTreeMap::new();
    for (name, answer) in sent.beginning(GATE) {
        let gate: Gate = name.parse().map_err(|_| Refused::hidden())?;
        let answer = match answer {
            "yes" => Answer::Yes { evidence: digest("evidence", sent)? },
            "no" => Answer::No,
            _ => return Err(unanswered()),
        };
        gates.insert(gate, answer);
    }
    let mut marks = BTreeMap::new();
    for (name, mark) in sent.beginning(MARK) {
        let criterion: Criterion = name.parse().map_err(|_| Refused::hidden())?;
        marks.insert(criterion, mark.parse().map_err(|_| unanswered())?);
    }
    Ok(Filing { gates, marks })
}

/// A key, by its thumbprint or itself.
fn key(sent: &Sent) -> Result<seawall_domain::digest::Digest, Untaken> {
    let text = sent.text("key").trim();
    let of_holder = || seawall_services::partner::holder(text).map(|(print, _)| print);
    let says =
        "a thumbprint has 64 hexadecimal digits, and a key begins with ed25519: or x5t#S256:";
    text.parse().or_else(|_| of_holder().map_err(|_| misread("key", says)))
}

fn machine(sent: &Sent) -> Result<AccountId, Untaken> {
    let machine = sent.text("machine").trim().parse();
    machine.map_err(|_| misread("machine", "name a machine by its account"))
}

fn extent(sent: &Sent) -> Result<Extent, Untaken> {
    match sent.text("person").trim() {
        "" => Ok(Extent::Organisation),
        person => {
            let person = person.parse().map_err(|_| misread("person", "name a person by id"))?;
            Ok(Extent::Person(person))
        }
    }
}

fn people(name: &'static str, sent: &Sent) -> Result<BTreeSet<PersonId>, Untaken> {
    let people: Result<BTreeSet<PersonId>, _> =
        sent.text(name).split_whitespace().map(str::parse).collect();
    people.map_err(|_| misread(name, "name people by their ids"))
}

fn digest(name: &'static str, sent: &Sent) -> Result<seawall_domain::digest::Digest, Untaken> {
    let digest = sent.text(name).trim().parse();
    digest.map_err(|_| misread(name, "a digest has 64 hexadecimal digits"))
}

fn number<T: std::str::FromStr>(name: &'static str, sent: &Sent) -> Result<T, Untaken> {
    sent.text(name).trim().parse().map_err(|_| misread(name, "say how many"))
}

/// One of our own words.
fn named<T: DeserializeOwned>(name: &'static str, sent: &Sent) -> Result<T, Untaken> {
    let value = serde_json::Value::String(sent.text(name).to_owned());
    let says = "choose one of the words on the form";
    serde_json::from_value(value).map_err(|_| misread(name, says))
}

fn choices(of: &[(&str, &str)]) -> FieldKind {
    FieldKind::Choice(of.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect())
}

fn post(shell: &Shell, it: &Dossier, step: &str, button: &str) -> Form {
    Form::post(shell, format!("/partners/{}/{step}", it.application.id), button)
}
