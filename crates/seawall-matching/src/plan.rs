//! The risk-budget plan: with so many hours this week, do these (capability C47).
//!
//! It chooses from what is open what removes most risk within a number of hours and the windows in
//! which things may be down, and says what is knowingly left. What is due within three days comes
//! first by rule. It does not decide what is due, and it does not measure risk: the marks below are
//! a judgement of our own, and every plan says so.

mod choose;
mod hours;
mod words;

pub use self::choose::Place;
use self::choose::{Piece, at_most, choose};
pub use self::hours::{Hours, HoursFault};
use crate::priority::{Deadline, Inputs, bod_26_04};
use crate::today::{Action, Item, Language, Restart};
use jiff::Timestamp;
use serde::Serialize;
use std::cmp::Reverse;

/// The most tasks that one plan is made from.
pub const TASKS_MAX: usize = 10_000;

/// The most minutes that one plan is made for: a week, day and night.
pub const BUDGET_MINUTES_MAX: u32 = 7 * 24 * 60;

/// The most windows of one plan: two a day for a week.
pub const WINDOWS_MAX: usize = 14;

/// Up to this many tasks a plan is the best there is, unless its windows can be filled in more
/// ways than are looked at; see [`Plan::proof`].
pub const EXACT_TASKS_MAX: usize = 40;

/// Something that can be done.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Task<K> {
    /// The task, by whatever names it for the caller; each key once.
    pub key: K,
    /// What it is about, as people call it.
    pub name: String,
    /// What is done.
    pub action: Action,
    /// How long it takes, in minutes.
    pub minutes: u32,
    /// Whether all of it must lie in one window.
    pub restart: Restart,
    /// What its deadline rests on.
    pub inputs: Inputs,
    /// Whether it falls due in the time that is planned, or has already.
    pub falls_due: FallsDue,
    /// How many open exposures it closes.
    pub exposures: u32,
}

/// When a task falls due.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum FallsDue {
    /// In the time that is planned, or before it.
    InTime,
    /// Later, or never.
    Later,
}

impl FallsDue {
    /// Whether a day lies before the end of the time that is planned.
    pub fn of(due_at: Option<Timestamp>, until: Timestamp) -> Self {
        if due_at.is_some_and(|due| due <= until) { FallsDue::InTime } else { FallsDue::Later }
    }
}

/// How much time there is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Budget {
    /// Minutes of work, those in windows included.
    pub minutes: u32,
    /// When things may be down.
    pub windows: Vec<Window>,
}

/// A time in which things may be down.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Window {
    /// What people call it, such as `Saturday night`.
    pub name: String,
    /// How long it is, in minutes.
    pub minutes: u32,
}

/// Why no plan was made.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TooMuch {
    /// More than [`TASKS_MAX`].
    #[error("cannot plan {0} tasks: the most is {TASKS_MAX}")]
    Tasks(usize),
    /// More than [`BUDGET_MINUTES_MAX`].
    #[error("cannot plan {0} minutes: the most is {BUDGET_MINUTES_MAX}")]
    Minutes(u32),
    /// More than [`WINDOWS_MAX`].
    #[error("cannot plan with {0} windows: the most is {WINDOWS_MAX}")]
    Windows(usize),
}

/// What to do, and what is left.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Plan<K> {
    /// What to do, most urgent first.
    pub steps: Vec<Step<K>>,
    /// What is left, most urgent first.
    pub left: Vec<Left<K>>,
    /// The time there was.
    pub budget: Budget,
    /// The marks of all tasks together.
    pub risk: u64,
    /// How many of those the steps remove.
    pub removed: u64,
    /// What no plan for this time could exceed, even one against the rule.
    pub removed_max: u64,
    /// Whether it is the best there is.
    pub proof: Proof,
}

/// One thing to do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Step<K> {
    /// What.
    pub task: Task<K>,
    /// Where in the time; a window by its place in [`Budget::windows`].
    pub place: Place,
    /// How many minutes are gone when it is done.
    pub minutes_so_far: u32,
}

/// One thing that is left.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Left<K> {
    /// What.
    pub task: Task<K>,
    /// Why.
    pub why: Why,
}

/// Why something is left.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It takes longer than all the time there is.
    TooLong,
    /// It must be restarted, and no window is long enough.
    NoWindow,
    /// It is due within three days and does not fit beside the others that are.
    NoRoom,
    /// Others remove more risk in the time.
    OthersFirst,
}

/// Whether a plan is the best there is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// No plan that keeps the rule removes more.
    Best,
    /// There may be a better one; [`Plan::removed_max`] says by how much at most.
    Good,
}

impl<K> Task<K> {
    /// The task that an item of the list makes, to be done before `until`.
    pub fn of<E>(key: K, item: &Item<E>, until: Timestamp) -> Self {
        let action = item.action();
        Task {
            key,
            name: item.name(),
            action,
            minutes: item.estimate().minutes_max,
            restart: match action {
                Action::Update => item.kind.restart(),
                Action::CallMaker | Action::Shield => Restart::NotNeeded,
            },
            inputs: item.inputs,
            falls_due: FallsDue::of(item.due_at, until),
            exposures: u32::try_from(item.exposures.len()).unwrap_or(u32::MAX),
        }
    }

    /// The deadline of the table.
    pub fn deadline(&self) -> Deadline {
        bod_26_04(self.inputs).deadline
    }

    /// Whether it comes first by rule: it is due within three days.
    pub fn is_urgent(&self) -> bool {
        self.deadline() <= Deadline::ThreeDays
    }

    /// The risk of leaving it, in marks: its weight, twice as much when it falls due in the time
    /// that is planned, and once more for each doubling of the exposures it closes. A mark counts
    /// two, so that half of one is a whole number.
    pub fn risk(&self) -> u64 {
        let due = match self.falls_due {
            FallsDue::InTime => 2,
            FallsDue::Later => 1,
        };
        let doublings = self.exposures.clamp(1, EXPOSURES_COUNTED_MAX).ilog2();
        2 * weight(self.inputs) * due * u64::from(1 + doublings)
    }

    /// The risk that it removes: all of it by an update, half of it by a shield, since what is
    /// shielded still has its flaw.
    pub fn removes(&self) -> u64 {
        match self.action {
            Action::Update => self.risk(),
            Action::CallMaker | Action::Shield => self.risk() / 2,
        }
    }
}

/// More exposures than this in one task count no more.
const EXPOSURES_COUNTED_MAX: u32 = 1_024;

/// The weight of a flaw: a step for its deadline, and within that what is attacked, exposed, total
/// and automatable, in this order, as [`crate::priority::rank`] has it. It is a judgement of ours:
/// something due within three days weighs as much as four things due within fourteen, and each of
/// those as much as three due within sixty. Whatever ranks before weighs more.
pub fn weight(inputs: Inputs) -> u64 {
    let step = match bod_26_04(inputs).deadline {
        Deadline::ThreeDaysForensic => 1_000,
        Deadline::ThreeDays => 800,
        Deadline::FourteenDays => 200,
        Deadline::SixtyDays => 60,
        Deadline::FixOnUpgrade => 10,
    };
    let Inputs { exposed, in_kev, automatable, total } = inputs;
    let within = [in_kev, exposed, total, automatable];
    within.into_iter().zip([8, 4, 2, 1]).fold(step, |sum, (yes, mark)| sum + u64::from(yes) * mark)
}

/// Makes the plan; the order of the tasks does not matter.
pub fn plan<K: Clone + Ord>(tasks: &[Task<K>], budget: &Budget) -> Result<Plan<K>, TooMuch> {
    bounded(tasks, budget)?;
    let mut tasks: Vec<&Task<K>> = tasks.iter().collect();
    tasks.sort_by_key(|task| (task.deadline(), task.falls_due, Reverse(task.risk()), &task.key));
    let pieces: Vec<Piece> = tasks.iter().map(|task| piece(task)).collect();
    let windows: Vec<u32> = budget.windows.iter().map(|window| window.minutes).collect();
    let (places, proof) = choose(&pieces, budget.minutes, &windows);
    let (mut steps, mut left, mut minutes) = (Vec::new(), Vec::new(), 0);
    for (task, place) in tasks.iter().zip(places) {
        match place {
            Some(place) => {
                minutes += task.minutes;
                steps.push(Step { task: (*task).clone(), place, minutes_so_far: minutes });
            }
            None => left.push(Left { task: (*task).clone(), why: why(task, budget) }),
        }
    }
    Ok(Plan {
        risk: tasks.iter().map(|task| task.risk()).sum(),
        removed: steps.iter().map(|step| step.task.removes()).sum(),
        removed_max: at_most(&pieces, budget.minutes, &windows),
        budget: budget.clone(),
        steps,
        left,
        proof,
    })
}

fn piece<K>(task: &Task<K>) -> Piece {
    Piece {
        minutes: task.minutes,
        removes: task.removes(),
        urgent: task.is_urgent(),
        restart: task.restart,
    }
}

fn bounded<K>(tasks: &[Task<K>], budget: &Budget) -> Result<(), TooMuch> {
    if tasks.len() > TASKS_MAX {
        Err(TooMuch::Tasks(tasks.len()))
    } else if budget.minutes > BUDGET_MINUTES_MAX {
        Err(TooMuch::Minutes(budget.minutes))
    } else if budget.windows.len() > WINDOWS_MAX {
        Err(TooMuch::Windows(budget.windows.len()))
    } else {
        Ok(())
    }
}

/// Why a task was left.
fn why<K>(task: &Task<K>, budget: &Budget) -> Why {
    let fits = |window: &Window| window.minutes >= task.minutes;
    let windowless = task.restart == Restart::Needed && !budget.windows.iter().any(fits);
    match (task.minutes > budget.minutes, windowless, task.is_urgent()) {
        (true, _, _) => Why::TooLong,
        (false, true, _) => Why::NoWindow,
        (false, false, true) => Why::NoRoom,
        (false, false, false) => Why::OthersFirst,
    }
}

impl<K> Plan<K> {
    /// How many minutes the steps take.
    pub fn minutes(&self) -> u32 {
        self.steps.last().map_or(0, |step| step.minutes_so_far)
    }

    /// How many things that are due within three days are left.
    pub fn urgent_left(&self) -> usize {
        self.left.iter().filter(|left| left.task.is_urgent()).count()
    }

    /// How much of the risk remains, in a hundred parts, rounded up.
    pub fn remains_percent(&self) -> u64 {
        let remains = self.risk.saturating_sub(self.removed);
        if self.risk == 0 { 0 } else { (remains * 100).div_ceil(self.risk) }
    }

    /// What the plan comes to, in a few sentences; a warning first, where one is due.
    pub fn summary(&self, language: Language) -> Vec<String> {
        words::summary(self, language)
    }

    /// What to do, one line for each step, with the time that is gone.
    pub fn steps_text(&self, language: Language) -> Vec<String> {
        words::steps(self, language)
    }

    /// What is left, one line for each thing, with the reason.
    pub fn left_text(&self, language: Language) -> Vec<String> {
        self.left.iter().map(|left| words::left(left, language)).collect()
    }
}

#[cfg(test)]
mod tests;
