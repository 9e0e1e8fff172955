//! The table itself, which a lawyer can read.

use super::{Action, Relation, Role};

/// The whole table: for each action, who may do it, standing in which relation to the thing.
pub const TABLE: &[(Action, &[(Role, Relation)])] = &[
    (Action::RegisterParty, &[(Role::Administrator, Relation::Any)]),
    (Action::OpenAccount, &[(Role::Administrator, Relation::Any)]),
    (Action::IssueKey, &[(Role::Administrator, Relation::Any)]),
    (Action::RegisterProject, &[(Role::Administrator, Relation::Any)]),
    (Action::MoveHorizon, &[(Role::Administrator, Relation::Any), (Role::Clerk, Relation::Any)]),
    (
        Action::ReadProject,
        &[
            (Role::Analyst, Relation::Any),
            (Role::Maintainer, Relation::Own),
            (Role::Clerk, Relation::Any),
        ],
    ),
    (Action::ClaimScan, &[(Role::Finder, Relation::Any)]),
    (Action::EndScan, &[(Role::Finder, Relation::Own)]),
    (Action::ReadScan, &[(Role::Finder, Relation::Any), (Role::Analyst, Relation::Any)]),
    (Action::SubmitReport, &[(Role::Finder, Relation::Any)]),
    (
        Action::ReadFinding,
        &[
            (Role::Finder, Relation::Own),
            (Role::Analyst, Relation::Any),
            (Role::Clerk, Relation::Any),
        ],
    ),
    (
        Action::ReadReport,
        &[
            (Role::Finder, Relation::Own),
            (Role::Analyst, Relation::Any),
            (Role::Clerk, Relation::Any),
        ],
    ),
    (Action::UnjoinFinding, &[(Role::Analyst, Relation::Any)]),
    (Action::ReadReproduction, &[(Role::Analyst, Relation::Any), (Role::Clerk, Relation::Any)]),
    (Action::ReadWork, &[(Role::Analyst, Relation::Any)]),
    (Action::TryAgain, &[(Role::Analyst, Relation::Any)]),
    (
        Action::ReadCase,
        &[
            (Role::Analyst, Relation::Any),
            (Role::Maintainer, Relation::Participant),
            (Role::Distributor, Relation::Participant),
            (Role::Vendor, Relation::Participant),
            (Role::Clerk, Relation::Any),
        ],
    ),
    (Action::InviteParticipant, &[(Role::Analyst, Relation::Any)]),
    (Action::ReleaseBundle, &[(Role::Analyst, Relation::Any), (Role::Clerk, Relation::Any)]),
    (Action::StateRange, &[(Role::Distributor, Relation::Participant)]),
    (Action::KeepPrivate, &[(Role::Analyst, Relation::Any)]),
    (Action::ReadDraft, &[(Role::Analyst, Relation::Any), (Role::Clerk, Relation::Any)]),
    (Action::SignAdvisory, &[(Role::Analyst, Relation::Any)]),
    (
        Action::ReadPublished,
        &[
            (Role::Public, Relation::Any),
            (Role::Finder, Relation::Any),
            (Role::Analyst, Relation::Any),
            (Role::Maintainer, Relation::Any),
            (Role::Vendor, Relation::Any),
            (Role::Distributor, Relation::Any),
            (Role::Operator, Relation::Any),
            (Role::Agency, Relation::Any),
            (Role::Developer, Relation::Any),
            (Role::Evaluator, Relation::Any),
            (Role::Official, Relation::Any),
            (Role::DutyOfficer, Relation::Any),
            (Role::Partner, Relation::Any),
            (Role::Auditor, Relation::Any),
            (Role::Clerk, Relation::Any),
            (Role::Administrator, Relation::Any),
        ],
    ),
    (Action::SendInventory, &[(Role::Operator, Relation::Own), (Role::Agency, Relation::Own)]),
    (
        Action::ReadInventory,
        &[
            (Role::Operator, Relation::Own),
            (Role::Agency, Relation::Own),
            (Role::Clerk, Relation::Any),
        ],
    ),
    (
        Action::ReadExposure,
        &[
            (Role::Operator, Relation::Own),
            (Role::Agency, Relation::Own),
            (Role::Clerk, Relation::Any),
        ],
    ),
    (Action::SendStatement, &[(Role::Vendor, Relation::Any), (Role::Distributor, Relation::Any)]),
    (
        Action::ReadStatement,
        &[
            (Role::Vendor, Relation::Own),
            (Role::Distributor, Relation::Own),
            (Role::Clerk, Relation::Any),
        ],
    ),
    (
        Action::ReadStatistics,
        &[
            (Role::Analyst, Relation::Any),
            (Role::Clerk, Relation::Any),
            (Role::Administrator, Relation::Any),
        ],
    ),
    (Action::OpenEvaluation, &[(Role::Official, Relation::Any)]),
    (
        Action::ReadEvaluation,
        &[
            (Role::Evaluator, Relation::Any),
            (Role::Official, Relation::Any),
            (Role::Auditor, Relation::Any),
            (Role::Clerk, Relation::Any),
        ],
    ),
    (
        Action::ServeEvaluation,
        &[
            (Role::Evaluator, Relation::Any),
            (Role::Official, Relation::Any),
            (Role::Auditor, Relation::Any),
        ],
    ),
    (Action::OpenEngagement, &[(Role::Developer, Relation::Own)]),
    (
        Action::ReadEngagement,
        &[
            (Role::Developer, Relation::Own),
            (Role::Evaluator, Relation::Any),
            (Role::Official, Relation::Any),
            (Role::DutyOfficer, Relation::Any),
            (Role::Auditor, Relation::Any),
            (Role::Clerk, Relation::Any),
        ],
    ),
    (Action::Engage, &[(Role::Developer, Relation::Own)]),
    (Action::Evaluate, &[(Role::Evaluator, Relation::Any)]),
    (Action::Determine, &[(Role::Official, Relation::Any)]),
    (Action::EndWindow, &[(Role::Official, Relation::Any), (Role::DutyOfficer, Relation::Any)]),
    (Action::ReadGateway, &[(Role::Developer, Relation::Own), (Role::Official, Relation::Any)]),
    (Action::BringCounts, &[(Role::Developer, Relation::Own), (Role::Official, Relation::Any)]),
    (Action::UseGovernmentSeat, &[(Role::Evaluator, Relation::Any)]),
    (
        Action::StopGovernmentSeat,
        &[
            (Role::Developer, Relation::Own),
            (Role::Official, Relation::Any),
            (Role::DutyOfficer, Relation::Any),
        ],
    ),
    (
        Action::ReadGovernmentTokens,
        &[
            (Role::Developer, Relation::Own),
            (Role::Official, Relation::Any),
            (Role::DutyOfficer, Relation::Any),
            (Role::Auditor, Relation::Any),
        ],
    ),
    (Action::DeclareTie, &[(Role::Official, Relation::Any), (Role::DutyOfficer, Relation::Any)]),
    (
        Action::DeclareOwnTie,
        &[
            (Role::Evaluator, Relation::Any),
            (Role::Official, Relation::Any),
            (Role::DutyOfficer, Relation::Any),
        ],
    ),
    (
        Action::ReadTies,
        &[
            (Role::Evaluator, Relation::Own),
            (Role::Official, Relation::Any),
            (Role::DutyOfficer, Relation::Any),
            (Role::Auditor, Relation::Any),
            (Role::Clerk, Relation::Any),
        ],
    ),
    (Action::BringBasis, &[(Role::Official, Relation::Any)]),
    (
        Action::ReadBasis,
        &[
            (Role::Developer, Relation::Any),
            (Role::Evaluator, Relation::Any),
            (Role::Official, Relation::Any),
            (Role::DutyOfficer, Relation::Any),
            (Role::Partner, Relation::Any),
            (Role::Auditor, Relation::Any),
        ],
    ),
    (
        Action::ReadReach,
        &[
            (Role::Developer, Relation::Participant),
            (Role::Official, Relation::Any),
            (Role::DutyOfficer, Relation::Any),
            (Role::Auditor, Relation::Any),
        ],
    ),
    (Action::ApplyAsPartner, &[(Role::Partner, Relation::Own)]),
    (
        Action::ReadPartner,
        &[
            (Role::Partner, Relation::Own),
            (Role::Developer, Relation::Participant),
            (Role::Evaluator, Relation::Participant),
            (Role::Official, Relation::Any),
            (Role::DutyOfficer, Relation::Any),
            (Role::Auditor, Relation::Any),
            (Role::Clerk, Relation::Any),
        ],
    ),
    (Action::AnswerAsPartner, &[(Role::Partner, Relation::Own)]),
    (
        Action::DrawPanel,
        &[(Role::Developer, Relation::Participant), (Role::Official, Relation::Any)],
    ),
    (Action::FileMarks, &[(Role::Evaluator, Relation::Participant)]),
    (Action::DecidePartner, &[(Role::Official, Relation::Any)]),
    (
        Action::SignPartner,
        &[(Role::Developer, Relation::Participant), (Role::Official, Relation::Any)],
    ),
    (
        Action::StopPartner,
        &[
            (Role::Partner, Relation::Own),
            (Role::Developer, Relation::Participant),
            (Role::DutyOfficer, Relation::Any),
        ],
    ),
    (Action::UseSeat, &[(Role::Partner, Relation::Own)]),
    (
        Action::ReadTokens,
        &[
            (Role::Partner, Relation::Own),
            (Role::Developer, Relation::Participant),
            (Role::Official, Relation::Any),
            (Role::DutyOfficer, Relation::Any),
            (Role::Auditor, Relation::Any),
        ],
    ),
    (Action::Work, &[(Role::Clerk, Relation::Any)]),
];
