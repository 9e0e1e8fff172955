//! Jobs: the work that a fact causes. The list is one pure, exhaustive function, so that adding a
//! fact breaks the build until somebody has thought about what follows from it.

use crate::advisory::AdvisoryFact;
use crate::case::CaseFact;
use crate::engagement::EngagementFact;
use crate::engagement::determination::DeterminationFact;
use crate::engagement::window::WindowFact;
use crate::evaluation::EvaluationFact;
use crate::exposure::ExposureFact;
use crate::fact::Fact;
use crate::finding::FindingFact;
use crate::fix::FixFact;
use crate::id::{
    AdvisoryId, CaseId, EngagementId, FindingId, FixId, InventoryId, PartnerId, ProjectId,
    ReproductionId, StatementId,
};
use crate::inventory::InventoryFact;
use crate::partner::PartnerFact;
use crate::project::ProjectFact;
use crate::reproduction::ReproductionFact;
use crate::statement::StatementFact;
use crate::verdict::{Outcome, Verdict};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

mod due;
pub mod line;

pub use due::due;

/// A job, as it is stored: `{"job":"gate","of":"<finding id>"}`.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(tag = "job", content = "of", rename_all = "snake_case")]
pub enum Job {
    /// Run the evidence gate on a finding.
    Gate(FindingId),
    /// Look for the named function in the source of the release.
    Locate(FindingId),
    /// Group the finding with others, or let it lead.
    Group(FindingId),
    /// Run the finding's proof in isolation.
    Reproduce(FindingId),
    /// Run the proof on the newest release that counts as existing.
    TestNewest(ReproductionId),
    /// Find the affected range over releases.
    FindRange(ReproductionId),
    /// Tell the finding what its reproduction showed.
    Settle(ReproductionId),
    /// Try the next member of a group whose lead fell.
    Promote(FindingId),
    /// Open a case for a confirmed finding.
    OpenCase(FindingId),
    /// Send the report to the maintainer.
    SendReport(CaseId),
    /// Record the release of the reproducer, where the project's policy says so.
    ReleaseBundle(CaseId),
    /// Send the bundle that was released.
    SendBundle(CaseId),
    /// Run the proof on an announced fix.
    CheckFix(FixId),
    /// Draft the advisory, or its next revision.
    Draft(CaseId),
    /// Publish what two people signed.
    Publish(AdvisoryId),
    /// Write what was published into the folder that anybody may copy.
    Export(AdvisoryId),
    /// Match a published advisory against every inventory.
    MatchAdvisory(AdvisoryId),
    /// Tell whoever has the advisory that it is out or has changed.
    Announce(AdvisoryId),
    /// Match an inventory against every advisory.
    MatchInventory(InventoryId),
    /// Apply a statement to the exposures it speaks of.
    ApplyStatement(StatementId),
    /// Match the advisory set that is installed against each inventory that its changes can touch.
    /// The id names the request, not the set: whoever does it takes the set that is there.
    MatchSet(Uuid),
    /// Run the proofs of a project's published cases on releases that now exist.
    Watch(ProjectId),
    /// Look whether waiting, an offer or a window has come to its end.
    EndWaiting(EngagementId),
    /// Erase what was held of a developer's in a window that is over.
    Destroy(EngagementId),
    /// Look whether a draw, the time to answer an appeal, or a seat has come to its end.
    EndSeat(PartnerId),
}

/// Which kind of worker does a job (`seawall work --role`).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum WorkRole {
    /// Decisions on records; no foreign code.
    Desk,
    /// Runs foreign code, in a process of its own.
    Reproduce,
    /// Signs and publishes.
    Publish,
    /// Sends mail.
    Notify,
    /// Matches advisories and inventories.
    Match,
}

impl WorkRole {
    /// Every role.
    pub const ALL: [WorkRole; 5] =
        [WorkRole::Desk, WorkRole::Reproduce, WorkRole::Publish, WorkRole::Notify, WorkRole::Match];

    /// The role's name, as on the command line.
    pub fn name(self) -> &'static str {
        match self {
            WorkRole::Desk => "desk",
            WorkRole::Reproduce => "reproduce",
            WorkRole::Publish => "publish",
            WorkRole::Notify => "notify",
            WorkRole::Match => "match",
        }
    }
}

impl Job {
    /// Which kind of worker does it.
    pub fn role(&self) -> WorkRole {
        match self {
            Job::Gate(_)
            | Job::Group(_)
            | Job::Settle(_)
            | Job::Promote(_)
            | Job::OpenCase(_)
            | Job::Draft(_)
            | Job::ReleaseBundle(_)
            | Job::EndWaiting(_)
            | Job::Destroy(_)
            | Job::EndSeat(_) => WorkRole::Desk,
            Job::Locate(_)
            | Job::Reproduce(_)
            | Job::TestNewest(_)
            | Job::FindRange(_)
            | Job::CheckFix(_)
            | Job::Watch(_) => WorkRole::Reproduce,
            Job::Publish(_) | Job::Export(_) => WorkRole::Publish,
            Job::SendReport(_) | Job::SendBundle(_) | Job::Announce(_) => WorkRole::Notify,
            Job::MatchAdvisory(_)
            | Job::MatchInventory(_)
            | Job::ApplyStatement(_)
            | Job::MatchSet(_) => WorkRole::Match,
        }
    }

    /// Whether the job itself tells who takes part in the framework for models: such a job is on no
    /// list that others see.
    pub fn is_confidential(&self) -> bool {
        matches!(self, Job::EndWaiting(_) | Job::Destroy(_) | Job::EndSeat(_))
    }
}

/// The jobs that a fact about `subject` causes.
pub fn jobs_for(subject: Uuid, fact: &Fact) -> Vec<Job> {
    match fact {
        Fact::Party(_) | Fact::Account(_) | Fact::Scan(_) => Vec::new(),
        Fact::Project(fact) => for_project(ProjectId::new(subject), fact),
        Fact::Finding(fact) => for_finding(FindingId::new(subject), fact),
        Fact::Reproduction(fact) => for_reproduction(ReproductionId::new(subject), fact),
        Fact::Case(fact) => for_case(CaseId::new(subject), fact),
        Fact::Fix(fact) => for_fix(FixId::new(subject), fact),
        Fact::Advisory(fact) => for_advisory(AdvisoryId::new(subject), fact),
        Fact::Inventory(InventoryFact::Received(_)) => {
            vec![Job::MatchInventory(InventoryId::new(subject))]
        }
        Fact::Statement(StatementFact::Received(_)) => {
            vec![Job::ApplyStatement(StatementId::new(subject))]
        }
        Fact::Exposure(fact) => match fact {
            ExposureFact::Opened { .. }
            | ExposureFact::Seen { .. }
            | ExposureFact::Cleared { .. }
            | ExposureFact::ClearedOutside { .. }
            | ExposureFact::Reopened
            | ExposureFact::Retracted
            | ExposureFact::Told { .. }
            | ExposureFact::Fixed { .. } => Vec::new(),
        },
        Fact::Evaluation(fact) => match fact {
            EvaluationFact::Opened { .. }
            | EvaluationFact::DocketMoved { .. }
            | EvaluationFact::ProtocolKept { .. }
            | EvaluationFact::Signed { .. }
            | EvaluationFact::ProtocolUnsealed { .. }
            | EvaluationFact::ProtocolShown { .. } => Vec::new(),
        },
        Fact::Engagement(fact) => for_engagement(EngagementId::new(subject), fact),
        Fact::Tie(_) | Fact::Basis(_) => Vec::new(),
        Fact::Partner(fact) => for_partner(PartnerId::new(subject), fact),
    }
}

fn for_engagement(id: EngagementId, fact: &EngagementFact) -> Vec<Job> {
    match fact {
        EngagementFact::Opened { .. } => vec![Job::EndWaiting(id)],
        EngagementFact::DeterminationMoved { fact } => match fact {
            DeterminationFact::Submitted { .. } => vec![Job::EndWaiting(id)],
            DeterminationFact::Scheduled
            | DeterminationFact::Started
            | DeterminationFact::Analysed
            | DeterminationFact::Issued { .. }
            | DeterminationFact::Withdrawn
            | DeterminationFact::Declined
            | DeterminationFact::Lapsed => Vec::new(),
        },
        EngagementFact::WindowMoved { fact } => match fact {
            WindowFact::Offered { .. }
            | WindowFact::Began { .. }
            | WindowFact::Extended { .. }
            | WindowFact::Cut { .. } => vec![Job::EndWaiting(id)],
            WindowFact::Ended { .. } => vec![Job::Destroy(id)],
            WindowFact::Accepted | WindowFact::WithdrawnAgain => Vec::new(),
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
        | EngagementFact::DaysCounted { .. } => Vec::new(),
    }
}

fn for_partner(id: PartnerId, fact: &PartnerFact) -> Vec<Job> {
    match fact {
        PartnerFact::DrawBegun { .. }
        | PartnerFact::Appealed { .. }
        | PartnerFact::Decided { .. } => vec![Job::EndSeat(id)],
        PartnerFact::Filed { .. }
        | PartnerFact::DrawCommitted { .. }
        | PartnerFact::DrawRevealed { .. }
        | PartnerFact::DrawVoided { .. }
        | PartnerFact::PanelDrawn { .. }
        | PartnerFact::AssessorJoined { .. }
        | PartnerFact::MarksFiled { .. }
        | PartnerFact::Signed { .. }
        | PartnerFact::AnswerMissed
        | PartnerFact::Seated { .. }
        | PartnerFact::Suspended { .. }
        | PartnerFact::Resumed { .. }
        | PartnerFact::Revoked { .. }
        | PartnerFact::ChangeAsked { .. }
        | PartnerFact::KeyLost { .. }
        | PartnerFact::Attested
        | PartnerFact::Expired { .. }
        | PartnerFact::CameOver { .. }
        | PartnerFact::TermsAccepted { .. }
        | PartnerFact::MachineSponsored { .. }
        | PartnerFact::MachineDismissed { .. }
        | PartnerFact::TokenIssued { .. } => Vec::new(),
    }
}

fn for_project(id: ProjectId, fact: &ProjectFact) -> Vec<Job> {
    match fact {
        ProjectFact::HorizonMoved { .. } => vec![Job::Watch(id)],
        ProjectFact::Registered { .. } | ProjectFact::PaceAsked { .. } => Vec::new(),
    }
}

fn for_finding(id: FindingId, fact: &FindingFact) -> Vec<Job> {
    match fact {
        FindingFact::Received(_) => vec![Job::Gate(id)],
        FindingFact::Completed | FindingFact::TriedAgain { .. } => vec![Job::Locate(id)],
        FindingFact::Located { .. } => vec![Job::Group(id)],
        FindingFact::Led | FindingFact::Unjoined { .. } | FindingFact::Promoted => {
            vec![Job::Reproduce(id)]
        }
        FindingFact::Rejected { .. } => vec![Job::Promote(id)],
        FindingFact::Concluded { verdict: Verdict::Reproduced } => vec![Job::OpenCase(id)],
        FindingFact::Concluded {
            verdict: Verdict::NotReproduced | Verdict::Flaky | Verdict::EnvironmentFailed,
        } => vec![Job::Promote(id)],
        FindingFact::InfoNeeded { .. }
        | FindingFact::Joined { .. }
        | FindingFact::FoundFixed { .. } => Vec::new(),
    }
}

fn for_reproduction(id: ReproductionId, fact: &ReproductionFact) -> Vec<Job> {
    match fact {
        ReproductionFact::Concluded { conclusion, .. } => match conclusion.verdict {
            Verdict::Reproduced => vec![Job::TestNewest(id)],
            Verdict::NotReproduced | Verdict::Flaky | Verdict::EnvironmentFailed => {
                vec![Job::Settle(id)]
            }
        },
        ReproductionFact::NewestTested { tested } => match tested.outcome {
            Outcome::Unaffected => vec![Job::Settle(id)],
            Outcome::Affected | Outcome::Untested => vec![Job::FindRange(id)],
        },
        ReproductionFact::RangeFound { .. } => vec![Job::Settle(id)],
        ReproductionFact::Started { .. }
        | ReproductionFact::Probed { .. }
        | ReproductionFact::Reopened => Vec::new(),
    }
}

fn for_case(id: CaseId, fact: &CaseFact) -> Vec<Job> {
    match fact {
        CaseFact::Opened { .. } => vec![Job::SendReport(id), Job::ReleaseBundle(id)],
        CaseFact::BundleReleased { .. } => vec![Job::SendBundle(id)],
        CaseFact::FixReady | CaseFact::RangeStated { .. } | CaseFact::Reopened { .. } => {
            vec![Job::Draft(id)]
        }
        CaseFact::ParticipantInvited { .. }
        | CaseFact::LetterSent { .. }
        | CaseFact::LetterReceived { .. }
        | CaseFact::Accepted
        | CaseFact::Declined
        | CaseFact::KeptPrivate { .. }
        | CaseFact::MadePublic
        | CaseFact::Closed => Vec::new(),
    }
}

fn for_fix(id: FixId, fact: &FixFact) -> Vec<Job> {
    match fact {
        FixFact::Announced { .. } => vec![Job::CheckFix(id)],
        FixFact::Checked { .. } => Vec::new(),
    }
}

fn for_advisory(id: AdvisoryId, fact: &AdvisoryFact) -> Vec<Job> {
    match fact {
        // Publishing looks whether enough people signed, so the first signature's job just ends.
        AdvisoryFact::Signed { .. } => vec![Job::Publish(id)],
        AdvisoryFact::Published { .. } => {
            vec![Job::Export(id), Job::MatchAdvisory(id), Job::Announce(id)]
        }
        AdvisoryFact::Drafted { .. } | AdvisoryFact::Revised { .. } => Vec::new(),
    }
}
