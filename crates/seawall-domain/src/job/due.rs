//! When a job is done: at once, or at the end that its fact sets.

use crate::engagement::determination::DeterminationFact;
use crate::engagement::window::WindowFact;
use crate::engagement::{DRAFT_DAYS, EngagementFact};
use crate::fact::Fact;
use crate::partner::PartnerFact;
use crate::time::{SignedDuration, Timestamp};

/// Not before which instant the jobs of a fact are done that happened then.
pub fn due(fact: &Fact, at: Timestamp) -> Timestamp {
    match fact {
        Fact::Engagement(fact) => of_engagement(fact, at).unwrap_or(at),
        Fact::Partner(PartnerFact::DrawBegun { until, .. }) => *until,
        Fact::Partner(PartnerFact::Appealed { appeal }) => appeal.answer_by,
        Fact::Partner(PartnerFact::Decided { decision }) => decision.expires_at,
        Fact::Partner(_)
        | Fact::Party(_)
        | Fact::Account(_)
        | Fact::Project(_)
        | Fact::Scan(_)
        | Fact::Finding(_)
        | Fact::Reproduction(_)
        | Fact::Case(_)
        | Fact::Fix(_)
        | Fact::Advisory(_)
        | Fact::Inventory(_)
        | Fact::Statement(_)
        | Fact::Exposure(_)
        | Fact::Evaluation(_)
        | Fact::Tie(_)
        | Fact::Basis(_) => at,
    }
}

/// When a fact of an engagement lets something come to its end; none when it sets no end.
fn of_engagement(fact: &EngagementFact, at: Timestamp) -> Option<Timestamp> {
    match fact {
        EngagementFact::Opened { .. } => {
            let waits = SignedDuration::from_hours(24 * DRAFT_DAYS);
            Some(at.checked_add(waits).unwrap_or(Timestamp::MAX))
        }
        EngagementFact::DeterminationMoved { fact } => match fact {
            DeterminationFact::Submitted { answer_by } => Some(*answer_by),
            DeterminationFact::Scheduled
            | DeterminationFact::Started
            | DeterminationFact::Analysed
            | DeterminationFact::Issued { .. }
            | DeterminationFact::Withdrawn
            | DeterminationFact::Declined
            | DeterminationFact::Lapsed => None,
        },
        EngagementFact::WindowMoved { fact } => match fact {
            WindowFact::Offered { offer } => Some(offer.answer_by),
            WindowFact::Began { span, .. } => Some(span.end),
            WindowFact::Extended { end, .. } | WindowFact::Cut { end, .. } => Some(*end),
            WindowFact::Accepted | WindowFact::Ended { .. } | WindowFact::WithdrawnAgain => None,
        },
        EngagementFact::ReleaseReported { .. }
        | EngagementFact::SnapshotAdded { .. }
        | EngagementFact::WeightsOpened
        | EngagementFact::Advised { .. }
        | EngagementFact::ProtocolNamed { .. }
        | EngagementFact::RecordKept { .. }
        | EngagementFact::LeaseKeyNamed { .. }
        | EngagementFact::ExtensionSigned { .. }
        | EngagementFact::GatewayNamed { .. }
        | EngagementFact::CountBrought { .. }
        | EngagementFact::CheckpointBrought { .. }
        | EngagementFact::DestructionBrought { .. }
        | EngagementFact::SeatMoved { .. }
        | EngagementFact::CustodyMoved { .. }
        | EngagementFact::DaysCounted { .. } => None,
    }
}
