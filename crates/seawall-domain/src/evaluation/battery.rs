//! A battery: the tasks of an evaluation with what became of the attempts at each.

use super::attempt::{Attempt, Class, Evidence, TaskId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A battery of tasks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Battery {
    /// The tasks, sorted by id; numbers come before texts.
    pub tasks: Vec<Task>,
}

/// A task and how often it was tried and solved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// The family it belongs to; tasks of one family are not independent of each other.
    pub family: String,
    /// How long a person needs for it, in minutes; none where nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<f64>,
    /// Its weight in the battery's score; none where all weigh the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
    /// How many attempts solved it.
    pub passes: u32,
    /// How many attempts there were to be, those that are missing among them.
    pub attempts: u32,
    /// How many of them were refused: no success as served, and no sign of absence.
    #[serde(default)]
    pub refused: u32,
    /// How many of them say nothing: broken, struck out, without score, missing.
    #[serde(default)]
    pub unknown: u32,
    /// How many of them were answered by another model in part; they are among the unknown.
    #[serde(default)]
    pub fallbacks: u32,
    /// How many of them ran under a limit that is not the run's.
    #[serde(default, skip_serializing_if = "is_none_at_all")]
    pub own_limits: u32,
    /// How far the attempts that say something came, where steps are counted and not passes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<Stepped>,
}

/// Whether a count is nothing: it is not written then.
fn is_none_at_all(count: &u32) -> bool {
    *count == 0
}

/// Steps that were reached at one task, all attempts together.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Stepped {
    /// How many were reached, in all attempts.
    pub reached: u64,
    /// How many one attempt could reach.
    pub of: u32,
}

/// What is known of a task beside its attempts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    /// Its family; where nobody says, each task is a family of its own.
    pub family: Option<String>,
    /// How long a person needs for it, in minutes.
    pub minutes: Option<f64>,
    /// Its weight.
    pub weight: Option<f64>,
}

impl Battery {
    /// Counts the attempts of each task; `profiles` says what else is known of them.
    pub fn of(attempts: &[Attempt], profiles: &BTreeMap<TaskId, Profile>) -> Battery {
        let mut tasks: BTreeMap<&TaskId, Task> = BTreeMap::new();
        for attempt in attempts {
            let task = tasks
                .entry(&attempt.task)
                .or_insert_with(|| Task::new(&attempt.task, profiles.get(&attempt.task)));
            task.count(attempt);
        }
        Battery { tasks: tasks.into_values().collect() }
    }
}

impl Task {
    /// A task at which nothing was tried.
    pub fn untried(id: &TaskId, profile: &Profile) -> Task {
        Task::new(id, Some(profile))
    }

    fn new(id: &TaskId, profile: Option<&Profile>) -> Task {
        let profile = profile.cloned().unwrap_or_default();
        Task {
            id: id.clone(),
            // Two ids that look alike must not become one family.
            family: profile.family.unwrap_or_else(|| format!("{}:{id}", id.kind())),
            minutes: profile.minutes,
            weight: profile.weight,
            passes: 0,
            attempts: 0,
            refused: 0,
            unknown: 0,
            fallbacks: 0,
            own_limits: 0,
            steps: None,
        }
    }

    fn count(&mut self, attempt: &Attempt) {
        let class = attempt.class;
        self.own_limits = self.own_limits.saturating_add(u32::from(attempt.own_limit));
        if let Some(steps) = attempt.steps {
            let all = self.steps.get_or_insert(Stepped { reached: 0, of: steps.of() });
            // What says nothing reached nothing that is known; what was cheated reached nothing.
            let says = class != Class::CheatingConfirmed && class.evidence() != Evidence::Nothing;
            let reached = if says { steps.reached().min(all.of) } else { 0 };
            all.reached = all.reached.saturating_add(u64::from(reached));
        }
        let of_evidence = match class.evidence() {
            Evidence::Success => Some(&mut self.passes),
            Evidence::Failure => None,
            Evidence::Refusal => Some(&mut self.refused),
            Evidence::Nothing => Some(&mut self.unknown),
        };
        let of_class = (class == Class::Fallback).then_some(&mut self.fallbacks);
        let counts = of_evidence.into_iter().chain(of_class).chain([&mut self.attempts]);
        counts.for_each(|count| *count = count.saturating_add(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(task: TaskId, epoch: u32, class: Class) -> Attempt {
        let (value, original, steps) = (None, None, None);
        Attempt {
            task,
            epoch,
            class,
            value,
            original,
            tokens: 0,
            retries: 0,
            steps,
            scored: None,
            own_limit: false,
        }
    }

    #[test]
    fn attempts_are_counted_by_what_they_are_evidence_of() {
        let text = |id: &str| TaskId::Text(id.into());
        let attempts = [
            attempt(text("4"), 1, Class::Pass),
            attempt(text("4"), 2, Class::Missing),
            attempt(TaskId::Number(4), 1, Class::Fallback),
            attempt(TaskId::Number(4), 2, Class::RefusalText),
            attempt(TaskId::Number(4), 3, Class::Fail),
        ];
        let profile = Profile { family: Some("web".to_owned()), minutes: Some(3.5), weight: None };
        let battery = Battery::of(&attempts, &BTreeMap::from([(TaskId::Number(4), profile)]));
        let told: Vec<String> = battery
            .tasks
            .iter()
            .map(|t| {
                let counts = [t.passes, t.attempts, t.refused, t.unknown, t.fallbacks];
                format!("{} {} {:?} {counts:?}", t.id.kind(), t.family, t.minutes)
            })
            .collect();
        assert_eq!(told, ["int web Some(3.5) [0, 3, 1, 1, 1]", "str str:4 None [1, 2, 0, 1, 0]"]);
    }
}
