//! Appeals: within ten working days, to people who had no part in the decision.
//!
//! What a working day is says the [`Calendar`] of the installation. An appeal is filed by the end
//! of the tenth working day after the decision, which is fixed when it is made, and answered by the
//! end of the tenth after it was filed. Where nobody has answered by then, that is put on record.

use super::assessment::Panel;
use super::calendar::Calendar;
use super::decision::Decision;
use super::{Decided, Partner, PartnerFact, Round, Stage};
use crate::id::PersonId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How many working days there are for filing, and again for answering.
pub const APPEAL_WORKING_DAYS: usize = 10;

/// An appeal.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Appeal {
    /// Who decided before, and therefore has no part now.
    pub before: BTreeSet<PersonId>,
    /// When it was filed.
    pub filed_at: Timestamp,
    /// Until when it is answered.
    pub answer_by: Timestamp,
    /// Who decides now, once they are drawn.
    pub panel: Option<BTreeSet<PersonId>>,
    /// When it was put on record that nobody had answered in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missed_at: Option<Timestamp>,
}

/// Why an appeal went no further.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    /// Too late.
    #[error("cannot appeal after {0}")]
    TooLate(Timestamp),
    /// Before there is a decision.
    #[error("cannot appeal before the decision")]
    TooEarly,
    /// Somebody decided before.
    #[error("cannot decide on an appeal against one's own decision")]
    SamePeople,
    /// A panel is there.
    #[error("cannot draw twice")]
    Twice,
}

impl Appeal {
    /// Files an appeal against a decision.
    pub fn file(
        against: &Decision,
        calendar: &Calendar,
        now: Timestamp,
    ) -> Result<Appeal, Refused> {
        if now < against.decided_at {
            return Err(Refused::TooEarly);
        }
        let until = against.appeal_until(calendar);
        if now >= until {
            return Err(Refused::TooLate(until));
        }
        let answer_by = calendar.working_days_after(now, APPEAL_WORKING_DAYS);
        let before = against.panel.clone();
        Ok(Appeal { before, filed_at: now, answer_by, panel: None, missed_at: None })
    }

    /// Takes the people who were drawn for it: none who decided before.
    pub fn draw(&self, panel: &Panel) -> Result<Appeal, Refused> {
        if self.panel.is_some() {
            return Err(Refused::Twice);
        }
        match panel.members().is_disjoint(&self.before) {
            true => Ok(Appeal { panel: Some(panel.members().clone()), ..self.clone() }),
            false => Err(Refused::SamePeople),
        }
    }
}

impl Appeal {
    /// Whether the time for an answer has passed.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        now >= self.answer_by
    }

    /// The appeal once it is on record that it was not answered in time; that is told once.
    pub(super) fn missed(&self, at: Timestamp) -> Option<Appeal> {
        let told = self.missed_at.is_some();
        (!told).then(|| Appeal { missed_at: Some(at), ..self.clone() })
    }
}

impl Partner {
    /// Whether it was decided once before, and the applicant appealed.
    pub fn was_appealed(&self) -> bool {
        let round = match &self.stage {
            Stage::Filed { round, .. }
            | Stage::Assessed { round, .. }
            | Stage::Decided { round, .. } => round,
            Stage::Seated { .. } | Stage::Over { .. } => return false,
        };
        matches!(round, Round::Appealed { .. })
    }

    /// The appeal that waits for an answer.
    pub fn unanswered(&self) -> Option<&Appeal> {
        match &self.stage {
            Stage::Filed { round: Round::Appealed { appeal }, .. }
            | Stage::Assessed { round: Round::Appealed { appeal }, .. } => Some(appeal),
            Stage::Filed { round: Round::First, .. }
            | Stage::Assessed { round: Round::First, .. }
            | Stage::Decided { .. }
            | Stage::Seated { .. }
            | Stage::Over { .. } => None,
        }
    }

    /// A timer puts on record that an appeal was not answered in time. It is answered all the same.
    pub fn miss_answer(&self, now: Timestamp) -> Decided {
        match self.unanswered() {
            Some(appeal) if appeal.is_overdue(now) => self.becomes(PartnerFact::AnswerMissed, now),
            Some(_) | None => Err(super::Refused::NotNow),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::assessment::tests::person;
    use super::super::decision::Outcome;
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn an_appeal_is_in_time_and_goes_to_other_people() {
        let panel = BTreeSet::from([person(1), person(2)]);
        let decided = at("2026-09-01T09:00:00Z");
        let decision = Decision::make((Outcome::Decline, vec![]), 1, panel, 365, decided).unwrap();
        let days_off = Calendar::Named { days: BTreeSet::new() };
        let file = |when: &str| Appeal::file(&decision, &days_off, at(when));
        assert!(file("2026-09-15T23:59:59Z").is_ok());
        let until = at("2026-09-16T00:00:00Z");
        assert_eq!(file("2026-09-16T00:00:00Z"), Err(Refused::TooLate(until)));
        assert_eq!(file("2026-08-31T00:00:00Z"), Err(Refused::TooEarly));
        let appeal = file("2026-09-04T10:00:00Z").unwrap();
        assert_eq!(appeal.answer_by, at("2026-09-19T00:00:00Z"));
        // The end that was fixed with the decision stands, whatever days off are named afterwards.
        let fixed = decision.clone().open_to_appeal(&Calendar::default());
        let until = at("2026-09-17T00:00:00Z");
        assert_eq!(fixed.appeal_until(&days_off), until);
        assert!(Appeal::file(&fixed, &days_off, at("2026-09-16T00:00:00Z")).is_ok());
        assert_eq!(Appeal::file(&fixed, &days_off, until), Err(Refused::TooLate(until)));
        let overlapping = Panel::of([person(2), person(3)]).unwrap();
        assert_eq!(appeal.draw(&overlapping), Err(Refused::SamePeople));
        let others = Panel::of([person(3), person(4)]).unwrap();
        let drawn = appeal.draw(&others).unwrap();
        assert_eq!(drawn.panel.as_ref(), Some(others.members()));
        assert_eq!(drawn.draw(&others), Err(Refused::Twice));
    }
}
