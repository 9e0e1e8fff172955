//! What to do with so many hours, from what was found: in plain words, or as JSON.

use super::Found;
use super::today::{language, open_all};
use anyhow::{Context, ensure};
use seawall_matching::plan::{
    Budget, Hours, Left, Place, Plan, Step, TASKS_MAX, Task, WINDOWS_MAX, Why, Window, plan,
};
use seawall_matching::today::{Item, Language, items};
use serde_json::{Value, json};

/// How long the time is that is planned.
const WEEK: jiff::SignedDuration = jiff::SignedDuration::from_hours(7 * 24);

/// How much time there is, as the command line has it.
#[derive(clap::Args)]
pub(super) struct Time {
    /// What to do with so many hours of work this week, such as 6 or 1.5, and what is left.
    #[arg(long, value_name = "N")]
    hours: Option<Hours>,
    /// A time in which things may be down, in hours: `night=2`. Part of the hours; may be repeated.
    #[arg(long = "window", value_name = "NAME=HOURS", value_parser = window, requires = "hours")]
    windows: Vec<Window>,
}

fn window(text: &str) -> Result<Window, String> {
    let (name, hours) =
        text.rsplit_once('=').ok_or("write its name and its hours, such as night=2")?;
    let hours: Hours = hours.parse().map_err(|fault| format!("{fault}"))?;
    Ok(Window { name: name.trim().to_owned(), minutes: hours.minutes() })
}

impl Time {
    /// The time there is, where somebody asks for a plan.
    pub fn budget(&self) -> anyhow::Result<Option<Budget>> {
        let Some(hours) = self.hours else { return Ok(None) };
        ensure!(self.windows.len() <= WINDOWS_MAX, "at most {WINDOWS_MAX} windows can be planned");
        Ok(Some(Budget { minutes: hours.minutes(), windows: self.windows.clone() }))
    }
}

/// A plan, what it was made from, and how many things stand behind the most that one plan takes.
pub(super) struct Planned {
    items: Vec<Item<usize>>,
    plan: Plan<usize>,
    more: usize,
}

/// Makes the plan from all that is open.
pub(super) fn planned(found: &Found, budget: &Budget) -> anyhow::Result<Planned> {
    let until = jiff::Timestamp::now().saturating_add(WEEK)?;
    let mut items = items(&open_all(found));
    let more = items.len().saturating_sub(TASKS_MAX);
    items.truncate(TASKS_MAX);
    let tasks: Vec<Task<usize>> =
        items.iter().map(|item| Task::of(item.number, item, until)).collect();
    let plan = plan(&tasks, budget).context("cannot make a plan")?;
    Ok(Planned { items, plan, more })
}

/// The plan in plain words.
pub(super) fn text(planned: &Planned, spanish: bool) -> String {
    let language = language(spanish);
    let (summary, plan) = (summary(planned, language), &planned.plan);
    let parts = [summary, plan.steps_text(language), plan.left_text(language)];
    let parts = parts.iter().filter(|lines| !lines.is_empty()).map(|lines| lines.join("\n") + "\n");
    parts.collect::<Vec<_>>().join("\n")
}

/// What the plan comes to, and what its reader should know about it.
fn summary(planned: &Planned, language: Language) -> Vec<String> {
    let plan = &planned.plan;
    let mut lines = plan.summary(language);
    let down = |left: &Left<usize>| left.why == Why::NoWindow;
    if plan.budget.windows.is_empty() && plan.left.iter().any(down) {
        lines.push(match language {
            Language::English => "You named no time when things may be down, so what must stop is \
                                  left. Name one: --window night=2."
                .to_owned(),
            Language::Spanish => "No dijo cuándo se puede parar, así que queda lo que tiene que \
                                  parar. Dígalo así: --window noche=2."
                .to_owned(),
        });
    }
    if planned.more > 0 {
        let more = planned.more;
        lines.push(match language {
            Language::English => format!("{more} more things wait that are not in this plan."),
            Language::Spanish => format!("Hay {more} cosas más que no están en este plan."),
        });
    }
    lines
}

/// The plan with stable keys.
pub(super) fn json(planned: &Planned, spanish: bool) -> Value {
    let (plan, language) = (&planned.plan, language(spanish));
    let steps = plan.steps.iter().zip(plan.steps_text(language));
    let left = plan.left.iter().zip(plan.left_text(language));
    json!({
        "steps": steps.map(|(one, text)| step(planned, one, &text)).collect::<Vec<_>>(),
        "left": left.map(|(one, text)| {
            let mut value = task(planned, &one.task, &text);
            value["why"] = json!(one.why);
            value
        }).collect::<Vec<_>>(),
        "minutes": plan.minutes(), "budget_minutes": plan.budget.minutes,
        "windows": plan.budget.windows.iter().map(|window| json!({
            "name": window.name, "minutes": window.minutes,
        })).collect::<Vec<_>>(),
        "risk": plan.risk, "removed": plan.removed, "removed_max": plan.removed_max,
        "remains_percent": plan.remains_percent(), "urgent_left": plan.urgent_left(),
        "proof": plan.proof, "not_planned": planned.more, "summary": summary(planned, language),
    })
}

fn step(planned: &Planned, step: &Step<usize>, text: &str) -> Value {
    let windows = &planned.plan.budget.windows;
    let mut value = task(planned, &step.task, text);
    value["minutes_so_far"] = json!(step.minutes_so_far);
    value["window"] = match step.place {
        Place::Anytime => Value::Null,
        Place::Window(index) => json!(windows.get(index).map(|window| &window.name)),
    };
    value
}

/// What a step and what is left have in common.
fn task(planned: &Planned, task: &Task<usize>, text: &str) -> Value {
    let item = planned.items.iter().find(|item| item.number == task.key);
    json!({
        "number": task.key, "text": text, "name": task.name, "action": task.action,
        "minutes": task.minutes, "restart": task.restart, "deadline": task.deadline().to_string(),
        "due_at": item.and_then(|item| item.due_at).map(|at| at.to_string()),
        "risk": task.risk(), "removes": task.removes(), "exposures": task.exposures,
        "advisories": item.map(|item| &item.advisories), "flaws": item.map(|item| &item.flaws),
    })
}
