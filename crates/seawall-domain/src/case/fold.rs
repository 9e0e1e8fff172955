//! How facts change a case.

use super::{BundleRelease, Case, CaseFact, Direction, Embargo, Exit, Flaw, Letter, LetterKind};
use super::{Report, embargo_at_start};
use crate::fact::{Aggregate, Subject};
use crate::time::Timestamp;
use uuid::Uuid;

impl Aggregate for Case {
    const SUBJECT: Subject = Subject::Case;
    type Fact = CaseFact;

    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }

    fn apply(prior: Option<Self>, fact: &CaseFact, at: Timestamp) -> Option<Self> {
        match (prior, fact.clone()) {
            (None, CaseFact::Opened { id, project, finding, reproduction, policy, maintainer }) => {
                Some(Case {
                    id,
                    project,
                    finding,
                    reproduction,
                    embargo: embargo_at_start(&policy, at),
                    policy,
                    participants: vec![maintainer],
                    opened_at: at,
                    report: Report::Valid,
                    flaw: Flaw::default(),
                    letters: Vec::new(),
                    stated: Vec::new(),
                    bundle: None,
                    kept_private: None,
                    reopened: 0,
                })
            }
            (Some(case), fact) => change(case, fact, at),
            (None, _) => None,
        }
    }
}

/// The case after one of its later facts.
fn change(mut case: Case, fact: CaseFact, at: Timestamp) -> Option<Case> {
    match fact {
        CaseFact::Opened { .. } => return None,
        CaseFact::ParticipantInvited { party } => {
            if case.participants.contains(&party) {
                return None;
            }
            case.participants.push(party);
        }
        CaseFact::LetterSent { message_id, about, bytes, digest } => {
            case.flaw.vendor_aware |= about == LetterKind::Report;
            let direction = Direction::Sent;
            add(&mut case, Letter { message_id, direction, about, bytes, digest, at })?;
        }
        CaseFact::LetterReceived { message_id, bytes, digest } => {
            let (direction, about) = (Direction::Received, LetterKind::Answer);
            add(&mut case, Letter { message_id, direction, about, bytes, digest, at })?;
        }
        CaseFact::Accepted => accept(&mut case),
        CaseFact::Declined => case.report = Report::Invalid,
        CaseFact::BundleReleased { by, bundle } => {
            case.bundle.is_none().then_some(())?;
            case.bundle = Some(BundleRelease { by, bundle, at });
        }
        CaseFact::RangeStated { stated } => {
            case.stated.retain(|s| s.party != stated.party || s.package != stated.package);
            case.stated.push(stated);
        }
        CaseFact::FixReady => {
            case.flaw.vendor_aware = true;
            case.flaw.fix_ready = true;
            accept(&mut case);
        }
        CaseFact::KeptPrivate { by } => case.kept_private = by,
        CaseFact::MadePublic => {
            case.flaw.public_aware = true;
            if !matches!(case.embargo, Embargo::Exited { .. } | Embargo::None) {
                case.embargo = Embargo::Exited { at, why: Exit::Published };
            }
        }
        CaseFact::Reopened { .. } => {
            case.report = Report::Valid;
            case.reopened += 1;
        }
        CaseFact::Closed => case.report = Report::Closed,
    }
    Some(case)
}

fn accept(case: &mut Case) {
    case.report = Report::Accepted;
    case.embargo = match std::mem::replace(&mut case.embargo, Embargo::None) {
        Embargo::Proposed { clocks } => Embargo::Active { clocks },
        other => other,
    };
}

/// Adds a letter once: the same Message-ID never counts twice.
fn add(case: &mut Case, letter: Letter) -> Option<()> {
    if case.letters.iter().any(|known| known.message_id == letter.message_id) {
        return None;
    }
    case.letters.push(letter);
    Some(())
}
