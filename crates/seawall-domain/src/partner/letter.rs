//! The letter about a decision: what was decided, every reason, and how to appeal.

use super::appeal::APPEAL_WORKING_DAYS;
use super::calendar::Calendar;
use super::decision::{Condition, Decision, Outcome, Reason};
use super::rubric::{Criterion, Gate, Name};
use crate::id::PartnerId;
use crate::time::Timestamp;
use std::borrow::Cow;

/// A letter about a decision.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Letter<'a> {
    /// The application.
    pub partner: PartnerId,
    /// The decision.
    pub decision: &'a Decision,
    /// Which days are working days.
    pub calendar: &'a Calendar,
    /// Whether it answers an appeal: there is one.
    pub is_answer: bool,
}

impl Letter<'_> {
    /// The plain text.
    pub fn text(&self) -> String {
        let Decision { outcome, reasons, rubric, decided_at, expires_at, .. } = self.decision;
        let reasons: String = reasons.iter().map(|it| format!("- {}\n", it.words())).collect();
        format!(
            "Application {}\n{}\n\n{}\n\nWhy, by version {rubric} of the rubric:\n{reasons}\n\
             {}The decision ends by itself on {}.\n{}",
            self.partner,
            day(*decided_at),
            outcome.words(),
            outcome.conditions(),
            day(*expires_at),
            self.appeal(),
        )
    }

    fn appeal(&self) -> String {
        if self.is_answer {
            return "This answers your appeal, and there is no other; you may apply anew.\n"
                .to_owned();
        }
        let until = day(self.decision.appeal_until(self.calendar));
        // Once both have signed for an admission, it stands.
        let signed = match self.decision.outcome {
            Outcome::Admit | Outcome::AdmitWithConditions { .. } => ", and before both have signed",
            Outcome::Defer | Outcome::Decline => "",
        };
        format!(
            "You may appeal before {until}{signed}; people who filed no marks for this look then, \
             and it is answered within {APPEAL_WORKING_DAYS} working days.\n"
        )
    }
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

impl Outcome {
    fn words(&self) -> &'static str {
        match self {
            Outcome::Admit | Outcome::AdmitWithConditions { .. } => {
                "You are admitted. It takes effect when the developer and the clearinghouse have \
                 both signed."
            }
            Outcome::Defer => "Nothing is decided yet: something must be settled first.",
            Outcome::Decline => "You are not admitted.",
        }
    }

    fn conditions(&self) -> String {
        match self {
            Outcome::AdmitWithConditions { conditions } => {
                let lines = conditions.iter().map(|it| format!("- {}\n", it.words()));
                format!("Under these conditions:\n{}\n", lines.collect::<String>())
            }
            Outcome::Admit | Outcome::Defer | Outcome::Decline => String::new(),
        }
    }
}

impl Condition {
    /// The condition in plain words.
    pub fn words(self) -> &'static str {
        match self {
            Condition::NoModelProbing => "nothing that measures the model itself",
            Condition::SmallQuota => "a part of the usual quota",
            Condition::NamedPeopleOnly => "people who are named one by one, and no machines",
        }
    }
}

impl Reason {
    /// The reason in plain words.
    pub fn words(&self) -> String {
        match self {
            Reason::GateUnmet { gate } => format!("not met: {}", gate.words()),
            Reason::GateDisputed { gate } => {
                format!("those who looked do not agree: {}", gate.words())
            }
            Reason::MarksApart { criterion } => {
                format!("the marks are too far apart: {}", criterion.words())
            }
            Reason::Score { thousandths, admits_from } => {
                format!("the score is {thousandths} of 1000; from {admits_from} on one is admitted")
            }
            Reason::Weak { criterion, tenths } => {
                let (whole, part) = (tenths / 10, tenths % 10);
                format!("a mean mark of {whole}.{part} of 4: {}", criterion.words())
            }
            Reason::Competitor => "you develop models that compete with this one".to_owned(),
        }
    }
}

impl Gate {
    /// What the gate is about, in plain words.
    pub fn words(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Gate::LegalIdentity => "who you are, and who owns you",
            Gate::NotSanctioned => "no sanction, and not debarred",
            Gate::AgreedControl => "control in the country, or in one that was agreed on",
            Gate::SecurityOfficer => "a named person who answers for security",
            Gate::SecurityBaseline => "the security baseline",
            Gate::DisclosurePolicy => "a policy of coordinated disclosure",
            Gate::AgreedAssets => "that you may test what you say you will test",
            Gate::InsiderProgramme => "a programme against misuse from inside",
            Gate::SubcontractorList => "a list of all who work for you on this",
            Gate::Own(name) => return Cow::Owned(spaced(name)),
        })
    }
}

impl Criterion {
    /// What the criterion is about, in plain words.
    pub fn words(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Criterion::DefenceReach => "whom you protect",
            Criterion::AbilityToAct => "whether you can act on what is found",
            Criterion::TechnicalCapability => "whether you can use the model well",
            Criterion::UnderServed => "whether you protect those whom nobody else does",
            Criterion::OpenSource => "what you do for open source",
            Criterion::EmbargoRecord => "whether you have kept embargoes",
            Criterion::Own(name) => return Cow::Owned(spaced(name)),
        })
    }
}

/// A name as words.
fn spaced(name: Name) -> String {
    name.as_str().replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::super::assessment::Findings;
    use super::super::assessment::tests::person;
    use super::super::decision::{Rivalry, derive};
    use super::super::rubric::Rubric;
    use super::*;
    use std::collections::BTreeSet;
    use uuid::Uuid;

    fn letter(findings: &Findings, rivalry: Rivalry) -> String {
        let rubric = Rubric::first().unwrap();
        let derived = derive(findings, rubric.text(), rivalry);
        let (panel, at) = (BTreeSet::from([person(1)]), "2026-09-01T09:00:00Z".parse().unwrap());
        let decision = Decision::make(derived, 1, panel, 365, at).unwrap();
        let partner = PartnerId::new(Uuid::from_u128(7));
        let calendar = Calendar::Named { days: BTreeSet::new() };
        Letter { partner, decision: &decision, calendar: &calendar, is_answer: false }.text()
    }

    fn findings() -> Findings {
        Findings { unmet: vec![], disputed: vec![], apart: vec![], weak: vec![], score: 500 }
    }

    #[test]
    fn a_letter_has_every_reason_and_says_how_to_appeal() {
        let weak = vec![(Criterion::OpenSource, 5)];
        let text = letter(&Findings { weak, ..findings() }, Rivalry::Competitor);
        for part in [
            "Application 00000000-0000-0000-0000-000000000007\n2026-09-01\n",
            "You are admitted. It takes effect when the developer and the clearinghouse have both",
            "- the score is 500 of 1000; from 600 on one is admitted\n",
            "- a mean mark of 0.5 of 4: what you do for open source\n",
            "- you develop models that compete with this one\n",
            "Under these conditions:\n- nothing that measures the model itself\n",
            "- people who are named one by one, and no machines\n",
            "The decision ends by itself on 2027-09-01.\n",
            "You may appeal before 2026-09-16, and before both have signed; ",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
    }

    #[test]
    fn each_gate_and_criterion_is_told_in_words() {
        let all = Findings {
            unmet: Gate::ALL.to_vec(),
            disputed: vec![Gate::SecurityBaseline],
            apart: Criterion::ALL.to_vec(),
            ..findings()
        };
        let text = letter(&all, Rivalry::None);
        assert!(text.contains("You are not admitted."));
        assert!(Gate::ALL.iter().all(|gate| text.contains(&*gate.words())));
        assert!(Criterion::ALL.iter().all(|criterion| text.contains(&*criterion.words())));
        assert_eq!(text.lines().filter(|line| line.starts_with("- ")).count(), 17);
        let open =
            letter(&Findings { apart: Criterion::ALL.to_vec(), ..findings() }, Rivalry::None);
        assert!(open.contains("Nothing is decided yet"));
        // Who looked stays out of the letter.
        assert!(!open.contains(&person(1).to_string()));
    }
}
