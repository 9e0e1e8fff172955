//! What somebody can do about an engagement: forms, and what they send.

use super::super::guest::Guest;
use super::super::matter::{Untaken, misread, of};
use super::super::sent::Sent;
use super::super::words;
use crate::api::engagements::{Step, To};
use crate::pages::form::Weight;
use crate::pages::{FieldKind, Form, Shell};
use crate::refuse::Refused;
use seawall_domain::access::{Action, Actor, Relation, decide};
use seawall_domain::engagement::window::{Ring, Window};
use seawall_domain::engagement::{Engagement, Weights, determination::Determination};
use seawall_domain::evaluation::decision::Outcome;
use seawall_domain::id::WindowId;

/// What a developer can begin.
pub fn opening(guest: &Guest, shell: &Shell) -> Vec<Form> {
    let own = decide(&guest.actor(), Action::OpenEngagement, &[Relation::Own]);
    let choice = choices(&[("held", "we hold them"), ("open", "they are open")]);
    let form = Form::post(shell, "/engagements", "Open an engagement")
        .field(FieldKind::Line, "snapshot", "Snapshot", "SHA-256, 64 hexadecimal digits")
        .field(choice, "weights", "Weights", "open weights have no window, only advice")
        .says("It asks nothing yet. You can end it at any moment, without a reason.");
    own.map(|()| vec![form]).unwrap_or_default()
}

/// The one button that is always there for the developer.
pub fn withdrawal(actor: &Actor, shell: &Shell, it: &Engagement) -> Option<Form> {
    may(actor, Action::Engage, it).then(|| {
        Form::post(shell, path(it, "withdraw"), "Withdraw everything")
            .says("It takes effect at once and needs no reason.")
            .weight(Weight::Final)
    })
}

/// What this visitor can do now.
pub fn forms(actor: &Actor, shell: &Shell, it: &Engagement) -> Vec<Form> {
    let mut forms = Vec::new();
    if may(actor, Action::Engage, it) {
        forms.extend(developer(shell, it));
    }
    let other = actor.party != Some(it.developer);
    if other && may(actor, Action::Evaluate, it) {
        forms.extend(evaluator(shell, it));
    }
    if other && may(actor, Action::Determine, it) {
        forms.extend(official(shell, it));
    }
    if other && may(actor, Action::EndWindow, it) {
        forms.extend(duty(shell, it));
    }
    forms.into_iter().map(|form| form.weight(Weight::Side)).collect()
}

fn developer(shell: &Shell, it: &Engagement) -> Vec<Form> {
    let post = |step: &str, button: &str| Form::post(shell, path(it, step), button);
    let mut forms = Vec::new();
    if matches!(it.determination, Determination::Draft { .. }) {
        let form = post("submit", "Ask for a determination");
        forms.push(form.field(FieldKind::Line, "answer_by", "Wait until", DAY));
    }
    match it.window {
        Window::None | Window::Ended { .. } if it.weights == Weights::Held => {
            let rings = [("government", "the government"), ("partners", "trusted partners")];
            forms.push(
                post("offer", "Offer a window")
                    .field(choices(&rings), "ring", "For", "")
                    .field(FieldKind::Line, "days", "Days", "at most 30 for the government")
                    .field(FieldKind::Line, "snapshot", "Snapshot", "SHA-256")
                    .field(FieldKind::Text, "terms", "Terms of access", "")
                    .field(FieldKind::Line, "answer_by", "The offer stands until", DAY),
            );
        }
        Window::Accepted { .. } => forms.push(post("begin", "Begin the window")),
        Window::Active { .. } => {
            let form = post("extend", "Sign for a later end");
            forms.push(form.field(FieldKind::Line, "until", "New end", DAY));
        }
        Window::None | Window::Offered { .. } | Window::Ended { .. } => {}
    }
    let to = choices(&[("partners", "other trusted partners"), ("everybody", "everybody")]);
    forms.push(
        post("report", "Report a release")
            .field(to, "to", "To", "")
            .field(FieldKind::Line, "at", "From", DAY)
            .says("A report is taken in every state; it can only end a window sooner."),
    );
    forms.push(
        post("name_lease_key", "Name the key by which you sign leases")
            .field(FieldKind::Line, "key", "Key", "as `seawall gateway key` prints it")
            .says("A gateway's settings take it from here."),
    );
    let snapshot = post("add_snapshot", "Name another snapshot of this model");
    forms.push(snapshot.field(FieldKind::Line, "snapshot", "Snapshot", "SHA-256"));
    if it.weights == Weights::Held {
        let form = post("open_weights", "Say that the weights are open");
        forms.push(form.says("It ends a window, and there will be advice only."));
    }
    forms
}

fn evaluator(shell: &Shell, it: &Engagement) -> Vec<Form> {
    let post = |step: &str, button: &str| Form::post(shell, path(it, step), button);
    let names = || {
        let form = post("name_protocol", "Name the sealed protocol");
        form.field(FieldKind::Line, "root", "Root", "two people have sealed it")
    };
    let mut forms = match it.determination {
        Determination::Submitted { .. } => vec![post("schedule", "Place the runs"), names()],
        Determination::Scheduled { .. } if it.protocol.is_none() => vec![names()],
        Determination::Scheduled { .. } => vec![post("start", "Begin the runs"), names()],
        Determination::Running { .. } => vec![post("analyse", "The statistic is computed")],
        Determination::Draft { .. }
        | Determination::Analysed { .. }
        | Determination::Issued { .. }
        | Determination::Withdrawn { .. }
        | Determination::Lapsed { .. }
        | Determination::Declined { .. } => Vec::new(),
    };
    let form = post("advise", "Give an opinion");
    forms.push(form.field(FieldKind::Text, "opinion", "Opinion", "it binds nobody"));
    forms
}

fn official(shell: &Shell, it: &Engagement) -> Vec<Form> {
    let post = |step: &str, button: &str| Form::post(shell, path(it, step), button);
    let mut forms = Vec::new();
    if matches!(it.determination, Determination::Analysed { .. }) {
        let found = [
            ("covered", "covered"),
            ("not_covered", "not covered"),
            ("inconclusive", "inconclusive"),
        ];
        forms.push(
            post("issue", "Sign what the rule found")
                .field(choices(&found), "outcome", "The rule found", "")
                .field(FieldKind::Text, "differs", "If you differ: why", "empty when you concur"),
        );
    }
    if matches!(it.determination, Determination::Issued { .. }) && it.record.is_none() {
        let says = "It is computed again; the developer gets a letter, and never the record.";
        let form = post("record", "Keep the record of the determination").says(says);
        forms.push(form.field(FieldKind::File, "record", "Record", "as `concur` wrote it"));
    }
    if it.determination.answer_by().is_some() {
        forms.push(post("decline_question", "There is no room for it"));
    }
    if matches!(it.window, Window::Offered { .. }) {
        forms.push(post("accept", "Take the offer up"));
    }
    if it.window.offer().is_some() {
        forms.push(post("decline_offer", "The window is not wanted"));
    }
    forms
}

fn duty(shell: &Shell, it: &Engagement) -> Vec<Form> {
    let mut forms = Vec::new();
    if it.window.offer().is_some() {
        let form = Form::post(shell, path(it, "break_window"), "End it: its terms were broken");
        forms.push(form);
    }
    for duty in it.custody.due().iter().filter(|duty| duty.left().next().is_none()) {
        let form = Form::post(shell, path(it, "certify"), "Certify that everything is gone");
        forms.push(form.hidden("window", duty.window.to_string()).says("Two people sign."));
    }
    forms
}

const DAY: &str = "a day, such as 2026-12-31";

fn choices(of: &[(&str, &str)]) -> FieldKind {
    FieldKind::Choice(of.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect())
}

pub(super) fn path(it: &Engagement, step: &str) -> String {
    format!("/engagements/{}/{step}", it.id)
}

pub(super) fn may(actor: &Actor, action: Action, it: &Engagement) -> bool {
    use seawall_domain::access::Governed;
    decide(actor, action, &it.relations(actor)).is_ok()
}

/// The window that a form names; none where it names none.
fn window(sent: &Sent) -> Result<Option<WindowId>, Untaken> {
    match sent.text("window").trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| misread("window", "name a window by its id")),
    }
}

/// Reads the step that a form sends.
pub fn read(step: &str, sent: &Sent) -> Result<Step, Untaken> {
    let digest = |name: &'static str| {
        let digest = sent.text(name).trim().parse();
        digest.map_err(|_| misread(name, "the digest has 64 hexadecimal digits"))
    };
    let day = |name: &'static str| words::day(sent.text(name)).map_err(of(name));
    Ok(match step {
        "submit" => Step::Submit { answer_by: day("answer_by")? },
        "withdraw" => Step::Withdraw,
        "offer" => Step::Offer {
            ring: match sent.text("ring") {
                "partners" => Ring::Partners,
                _ => Ring::Government,
            },
            seconds: days("days", sent)?,
            snapshot: digest("snapshot")?,
            terms: sent.text("terms").to_owned(),
            answer_by: day("answer_by")?,
        },
        "begin" => Step::Begin,
        "extend" => Step::Extend { until: day("until")?, signed: None },
        "report" => {
            let to = if sent.text("to") == "everybody" { To::Everybody } else { To::Partners };
            Step::Report { to, at: day("at")? }
        }
        "add_snapshot" => Step::AddSnapshot { snapshot: digest("snapshot")? },
        "open_weights" => Step::OpenWeights,
        "name_lease_key" => Step::NameLeaseKey { key: sent.text("key").to_owned() },
        "name_gateway" => {
            Step::NameGateway { key: sent.text("key").to_owned(), window: window(sent)? }
        }
        "seat_person" | "stop_person" | "lift_stop" | "accept_terms" => {
            super::seats::read(step, sent)?
        }
        "schedule" => Step::Schedule,
        "name_protocol" => Step::NameProtocol { root: digest("root")? },
        "start" => Step::Start,
        "analyse" => Step::Analyse,
        "advise" => Step::Advise { opinion: sent.text("opinion").to_owned() },
        "issue" => issue(sent)?,
        "decline_question" => Step::DeclineQuestion,
        "accept" => Step::Accept,
        "decline_offer" => Step::DeclineOffer,
        "break_window" => Step::BreakWindow,
        "certify" => {
            let window = sent.text("window").parse().map_err(|_| Refused::hidden())?;
            Step::Certify { window }
        }
        _ => return Err(Refused::hidden().into()),
    })
}

fn issue(sent: &Sent) -> Result<Step, Untaken> {
    let outcome = match sent.text("outcome") {
        "covered" => Outcome::Covered,
        "not_covered" => Outcome::NotCovered,
        "inconclusive" => Outcome::Inconclusive,
        _ => return Err(misread("outcome", "say what the rule found")),
    };
    let differs = Some(sent.text("differs").trim()).filter(|text| !text.is_empty());
    Ok(Step::Issue { outcome, differs: differs.map(str::to_owned) })
}

fn days(name: &'static str, sent: &Sent) -> Result<i64, Untaken> {
    let refused = || misread(name, "say how many days");
    let days: i64 = sent.text(name).trim().parse().map_err(|_| refused())?;
    days.checked_mul(86_400).ok_or_else(refused)
}
