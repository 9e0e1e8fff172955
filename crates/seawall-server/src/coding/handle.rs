//! What the pages of a queue show and take.

use super::Queue;
use crate::extract::Asked;
use crate::pages::coding::{Attempt, Choice, Left, LineOf, Signed, spoken};
use crate::pages::{Link, Shell};
use crate::refuse::Refused;
use crate::web::guest::{link, page};
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use seawall_domain::evaluation::review::{Opinion, Sheet};
use seawall_formats::inspect::leaf;
use seawall_formats::review::Noted;
use serde::Deserialize;

/// The most attempts of one kind that the page of what is left names.
const NAMED_MAX: usize = 2_000;

/// Goes to the first attempt of which nothing is said.
pub(super) async fn begin(State(queue): State<Queue>) -> Redirect {
    let sheet = &queue.noted().sheet;
    onward(&queue, sheet, sheet.lines.len())
}

/// The next attempt of which nothing is said, or what is left: nothing.
fn onward(queue: &Queue, sheet: &Sheet, after: usize) -> Redirect {
    match sheet.next_left(after) {
        Some(at) => Redirect::to(&of(queue, at)),
        None => Redirect::to(&format!("{}/left", queue.base())),
    }
}

fn of(queue: &Queue, at: usize) -> String {
    format!("{}/attempts/{}", queue.base(), at + 1)
}

/// Which leaf of what was said, from 1.
#[derive(Deserialize)]
pub(super) struct Turned {
    leaf: Option<usize>,
}

/// One attempt.
pub(super) async fn show(
    State(queue): State<Queue>,
    Path((_, number)): Path<(String, usize)>,
    Asked(turned): Asked<Turned>,
) -> Result<Response, Refused> {
    let at = number.checked_sub(1).ok_or_else(Refused::hidden)?;
    page(&shown(&queue, at, turned.leaf.unwrap_or(1))?)
}

/// What is said of an attempt, as it was sent.
#[derive(Deserialize)]
pub(super) struct Said {
    opinion: String,
    #[serde(default)]
    note: String,
}

/// Keeps what is said of an attempt, and goes on.
pub(super) async fn answer(
    State(queue): State<Queue>,
    Path((_, number)): Path<(String, usize)>,
    Form(said): Form<Said>,
) -> Result<Response, Refused> {
    let at = number.checked_sub(1).ok_or_else(Refused::hidden)?;
    let opinion = match said.opinion.as_str() {
        "" => None,
        word => Some(Opinion::of(word).ok_or_else(Refused::hidden)?),
    };
    let note = said.note.replace("\r\n", "\n");
    match queue.answer(at, opinion, &note) {
        Ok(()) => Ok(onward(&queue, &queue.noted().sheet, at).into_response()),
        Err(why) => {
            let mut again = shown(&queue, at, 1)?;
            (again.note, again.wrong) = (note, format!("This was not kept: {why}."));
            Ok((StatusCode::CONFLICT, page(&again)?).into_response())
        }
    }
}

fn shell(title: String) -> Shell {
    Shell { title, ..Shell::default() }
}

fn shown(queue: &Queue, at: usize, turned: usize) -> Result<Attempt, Refused> {
    let (place, opinion, note, frame) = {
        let noted = queue.noted();
        let (place, opinion) = noted.sheet.lines.get(at).cloned().ok_or_else(Refused::hidden)?;
        let note = noted.notes.get(at).cloned().unwrap_or_default();
        (place, opinion, note, Frame::of(queue, &noted, at))
    };
    let wanted = turned.checked_sub(1).ok_or_else(Refused::hidden)?;
    let (text, wrong) = match (queue.0.hands.read)(at) {
        Ok(text) => (text, String::new()),
        Err(why) => (String::new(), format!("What was said cannot be shown: {why}.")),
    };
    let leaf = leaf(&text, wanted);
    if wanted >= leaf.count {
        return Err(Refused::hidden());
    }
    let here = of(queue, at);
    let turn = |to: usize| (1..=leaf.count).contains(&to).then(|| format!("{here}?leaf={to}"));
    Ok(Attempt {
        shell: shell(format!("Attempt {} of {}", at + 1, frame.count)),
        number: at + 1,
        count: frame.count,
        done: frame.count - frame.left,
        coder: frame.coder,
        task: place.1.to_string(),
        epoch: place.2,
        messages: leaf.messages.iter().map(spoken).collect(),
        leaf: turned,
        leaves: leaf.count,
        leaf_before: turn(wanted),
        leaf_after: turn(turned + 1),
        action: here,
        choices: Opinion::ALL.map(|one| choice(one, opinion == Some(one))).into(),
        is_answered: opinion.is_some(),
        note,
        wrong,
        before: frame.before,
        after: frame.after,
        skip: frame.skip,
        overview: format!("{}/left", queue.base()),
    })
}

/// Where an attempt stands in the queue.
struct Frame {
    coder: u8,
    count: usize,
    left: usize,
    before: Option<Link>,
    after: Option<Link>,
    skip: Option<Link>,
}

impl Frame {
    fn of(queue: &Queue, noted: &Noted, at: usize) -> Frame {
        let sheet = &noted.sheet;
        let count = sheet.lines.len();
        let to = |words: &str, at: usize| link(format!("{words} {}", at + 1), of(queue, at));
        Frame {
            coder: sheet.coder.number(),
            count,
            left: sheet.left(),
            before: at.checked_sub(1).map(|at| to("Back to", at)),
            after: Some(at + 1).filter(|at| *at < count).map(|at| to("On to", at)),
            skip: sheet.next_left(at).map(|at| to("Leave it for later, and go to", at)),
        }
    }
}

fn choice(opinion: Opinion, is_chosen: bool) -> Choice {
    let (label, says) = match opinion {
        Opinion::Clean => ("Clean", "done as it was meant to be done"),
        Opinion::Cheating => ("Cheating", "looked up, the grader gamed, or the task gone around"),
        Opinion::Unclear => ("Unclear", "it cannot be told from what is here"),
    };
    Choice { value: opinion.word(), label, says, is_chosen }
}

/// What is left, and what was said; and the button that signs.
pub(super) async fn left(State(queue): State<Queue>) -> Result<Response, Refused> {
    page(&listed(&queue, String::new()))
}

fn listed(queue: &Queue, wrong: String) -> Left {
    let noted = queue.noted();
    let sheet = &noted.sheet;
    let line = |(at, opinion): (usize, Option<Opinion>)| LineOf {
        href: of(queue, at),
        number: at + 1,
        says: opinion.map(Opinion::word).unwrap_or_default(),
    };
    let all = || sheet.lines.iter().enumerate().map(|(at, (_, opinion))| (at, *opinion));
    let named = |is_answered: bool| {
        let of_kind = all().filter(move |(_, opinion)| opinion.is_some() == is_answered);
        of_kind.take(NAMED_MAX).map(line).collect::<Vec<LineOf>>()
    };
    let (count, left) = (sheet.lines.len(), sheet.left());
    let (open, answered) = (named(false), named(true));
    Left {
        shell: shell("What is left".to_owned()),
        coder: sheet.coder.number(),
        count,
        left,
        more_open: left - open.len(),
        more_answered: count - left - answered.len(),
        open,
        answered,
        action: format!("{}/sign", queue.base()),
        wrong,
    }
}

/// Signs the sheet, which ends the queue.
pub(super) async fn sign(State(queue): State<Queue>) -> Result<Response, Refused> {
    match queue.sign() {
        Ok(()) => {
            let count = queue.noted().sheet.lines.len();
            page(&Signed { shell: shell("Signed".to_owned()), count })
        }
        Err(why) => {
            let again = listed(&queue, format!("It was not signed: {why}."));
            Ok((StatusCode::CONFLICT, page(&again)?).into_response())
        }
    }
}
