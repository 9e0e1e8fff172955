//! What a protocol seals of how an ability is drawn out: items, twins, budgets, margins, keys.
//!
//! All of it may be absent. Then nothing can be computed from it, and what is not computed counts
//! as not done.

use super::{Count, Decimal, TaskId, Terms, Unfit, is_plain};
use crate::digest::Digest;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// The most budgets of a sweep.
pub const SWEEP_MAX: usize = 16;

/// What is sealed of how the ability is drawn out.
#[derive(Clone, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drawing {
    /// The budgets in tokens at which everything is run besides, rising, all below the budget of
    /// an attempt.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sweep: Vec<Count>,
    /// By how much the score may fall from one budget to the next and still count as level; zero
    /// where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sweep_tolerance: Option<Decimal>,
    /// The gap between framing twins from which on the wording matters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub framing_margin: Option<Decimal>,
    /// Below how many human minutes a task is an anchor that is easy for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub easy_minutes: Option<Decimal>,
    /// The key with which the developer signs a statement, by the SHA-256 of its bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub developer_key: Option<Digest>,
}

impl fmt::Debug for Drawing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Drawing(sealed)")
    }
}

/// A task as an item of a test of two parameters, frozen before the run.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemTerms {
    /// How sharply it tells abilities apart; positive.
    pub discrimination: Decimal,
    /// The ability at which half pass.
    pub difficulty: Decimal,
}

impl Terms {
    /// What is sealed of drawing the ability out, where anything is.
    pub fn drawing(&self) -> Option<&Drawing> {
        self.statistic.elicitation.as_ref()
    }

    pub(super) fn drawing_fits(&self) -> Result<(), Unfit> {
        self.items_fit()?;
        self.twins_fit()?;
        let unfit = |why| Err(Unfit { field: "/statistic", why });
        let distinct: BTreeSet<_> = self.statistic.demands.iter().collect();
        if distinct.len() != self.statistic.demands.len() {
            return unfit("a demand is named twice");
        }
        let Some(drawing) = self.drawing() else { return Ok(()) };
        let top = self.budgets.tokens.unwrap_or(Count(0));
        let rises = drawing.sweep.windows(2).all(|pair| pair.first() < pair.last());
        let below = drawing.sweep.last().is_none_or(|last| *last < top);
        let some = drawing.sweep.first().is_none_or(|first| first.0 > 0);
        if !rises || !below || !some || drawing.sweep.len() > SWEEP_MAX {
            return unfit("the budgets of a sweep rise, few, and stay below that of an attempt");
        }
        let (zero, one) = (Decimal::from(0), Decimal::from(1));
        if drawing.framing_margin.as_ref().is_some_and(|it| *it <= zero || *it > one) {
            return unfit("a margin is above 0, at most 1");
        }
        if drawing.sweep_tolerance.as_ref().is_some_and(|it| *it < zero || *it > one) {
            return unfit("a tolerance lies between 0 and 1");
        }
        match drawing.easy_minutes.as_ref().is_none_or(|minutes| *minutes > zero) {
            true => Ok(()),
            false => unfit("minutes must be more than nothing"),
        }
    }

    fn items_fit(&self) -> Result<(), Unfit> {
        let zero = Decimal::from(0);
        let items = self.tasks.iter().filter_map(|task| task.item.as_ref());
        match items.into_iter().all(|item| item.discrimination > zero) {
            true => Ok(()),
            false => Err(Unfit { field: "/tasks", why: "a discrimination is more than nothing" }),
        }
    }

    /// A twin is another task than any of its battery, and of one task only.
    fn twins_fit(&self) -> Result<(), Unfit> {
        let unfit = |why| Err(Unfit { field: "/tasks", why });
        let mut ids: BTreeSet<(&str, &TaskId)> =
            self.tasks.iter().map(|task| (task.battery.as_str(), &task.id)).collect();
        for task in &self.tasks {
            let Some(twin) = &task.twin else { continue };
            if !is_plain(&twin.to_string()) || !ids.insert((&task.battery, twin)) {
                return unfit("a twin is a task of its own, and of one task only");
            }
        }
        Ok(())
    }
}

/// A twin's id as one text that keeps its type.
pub(super) mod twin {
    use super::super::{TaskId, typed};
    use serde::{Deserializer, Serializer};

    pub fn serialize<S: Serializer>(id: &Option<TaskId>, into: S) -> Result<S::Ok, S::Error> {
        match id {
            Some(id) => typed::serialize(id, into),
            None => into.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<TaskId>, D::Error> {
        typed::deserialize(from).map(Some)
    }
}
