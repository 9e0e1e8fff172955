//! Who may do what to what: one pure table. Anything unlisted is hidden.
//!
//! It may name every subject; none names it. It is reached only through the store's `Guarded`,
//! and pinned as a readable table in the tests (route x role).

use crate::advisory::{self, Advisory};
use crate::case::Case;
use crate::exposure::Exposure;
use crate::fact::Aggregate;
use crate::finding::Finding;
use crate::fix::Fix;
use crate::id::{AccountId, PartyId};
use crate::inventory::Inventory;
use crate::party::{self, Party};
use crate::project::Project;
use crate::refusal::Refusal;
use crate::reproduction::Reproduction;
use crate::scan::Scan;
use crate::statement::Statement;
use crate::{account::Account, id::FindingId};
use std::collections::BTreeSet;

/// In which role somebody acts.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Role {
    /// Nobody in particular.
    Public,
    /// Finds and reports.
    Finder,
    /// A person of the clearinghouse.
    Analyst,
    /// Maintains a project.
    Maintainer,
    /// Ships products.
    Vendor,
    /// Distributes packages.
    Distributor,
    /// Runs software.
    Operator,
    /// A federal agency.
    Agency,
    /// A job that a fact caused.
    Clerk,
    /// Sets up the installation, from its own command line.
    Administrator,
}

impl Role {
    /// Every role, in the order in which tables show them.
    pub const ALL: [Role; 10] = [
        Role::Public,
        Role::Finder,
        Role::Analyst,
        Role::Maintainer,
        Role::Vendor,
        Role::Distributor,
        Role::Operator,
        Role::Agency,
        Role::Clerk,
        Role::Administrator,
    ];
}

/// What somebody wants to do.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[allow(missing_docs, reason = "each arm is a verb and a subject")]
pub enum Action {
    RegisterParty,
    OpenAccount,
    IssueKey,
    RegisterProject,
    MoveHorizon,
    ReadProject,
    ClaimScan,
    EndScan,
    ReadScan,
    SubmitReport,
    ReadFinding,
    ReadReport,
    UnjoinFinding,
    ReadReproduction,
    ReadWork,
    TryAgain,
    ReadCase,
    InviteParticipant,
    ReleaseBundle,
    StateRange,
    KeepPrivate,
    ReadDraft,
    SignAdvisory,
    ReadPublished,
    SendInventory,
    ReadInventory,
    ReadExposure,
    SendStatement,
    ReadStatement,
    ReadStatistics,
    /// Any step that a job takes because a fact caused it.
    Work,
}

/// How the actor stands to the thing.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Relation {
    /// It need not stand in any.
    Any,
    /// It is its own.
    Own,
    /// It takes part in it.
    Participant,
}

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
    (Action::Work, &[(Role::Clerk, Relation::Any)]),
];

/// Who acts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Actor {
    /// The account, for people and machines.
    pub account: Option<AccountId>,
    /// The party it acts for.
    pub party: Option<PartyId>,
    /// The roles in which it may act.
    pub roles: BTreeSet<Role>,
}

impl Actor {
    /// Nobody in particular.
    pub fn public() -> Actor {
        Actor { account: None, party: None, roles: BTreeSet::from([Role::Public]) }
    }

    /// A job that a fact caused.
    pub fn clerk() -> Actor {
        Actor { account: None, party: None, roles: BTreeSet::from([Role::Clerk]) }
    }

    /// Whoever sits at the installation's own command line.
    pub fn administrator() -> Actor {
        Actor { account: None, party: None, roles: BTreeSet::from([Role::Administrator]) }
    }

    /// An account that acts for its party, in the party's roles.
    pub fn of(account: &Account, party: &Party) -> Actor {
        let active = party::Standing::Active;
        let mut roles = BTreeSet::from([Role::Public]);
        if account.standing == active && party.standing == active {
            roles.extend(party.roles.iter().map(|role| match role {
                party::Role::Finder => Role::Finder,
                party::Role::Coordinator => Role::Analyst,
                party::Role::Maintainer => Role::Maintainer,
                party::Role::Vendor => Role::Vendor,
                party::Role::Distributor => Role::Distributor,
                party::Role::Operator => Role::Operator,
                party::Role::Agency => Role::Agency,
            }));
        }
        Actor { account: Some(account.id), party: Some(party.id), roles }
    }

    /// What goes into the record as the doer: the account, or the role of those without one.
    pub fn signature(&self) -> String {
        match self.account {
            Some(account) => account.to_string(),
            None if self.roles.contains(&Role::Clerk) => "clerk".into(),
            None if self.roles.contains(&Role::Administrator) => "administrator".into(),
            None => "public".into(),
        }
    }
}

/// What a list may show: made here only, and pushed into the query.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scope {
    /// Everything.
    All,
    /// What is the party's own.
    Own(PartyId),
    /// What the party takes part in.
    Participant(PartyId),
    /// Nothing, not even a count.
    Nothing,
}

fn listed(action: Action) -> &'static [(Role, Relation)] {
    TABLE.iter().find(|(listed, _)| *listed == action).map_or(&[], |(_, who)| who)
}

/// Whether the actor may do this to something to which it stands so. What it may not do to what
/// it could not even read is hidden.
pub fn decide(actor: &Actor, action: Action, relations: &[Relation]) -> Result<(), Refusal> {
    let allowed = listed(action).iter().any(|(role, relation)| {
        actor.roles.contains(role) && (*relation == Relation::Any || relations.contains(relation))
    });
    allowed.then_some(()).ok_or(Refusal::Hidden)
}

/// What of all things of that kind the actor may see.
pub fn scope(actor: &Actor, action: Action) -> Scope {
    let mine: Vec<Relation> = listed(action)
        .iter()
        .filter(|(role, _)| actor.roles.contains(role))
        .map(|(_, relation)| *relation)
        .collect();
    match (actor.party, mine.as_slice()) {
        (_, mine) if mine.contains(&Relation::Any) => Scope::All,
        (Some(party), mine) if mine.contains(&Relation::Participant) => Scope::Participant(party),
        (Some(party), mine) if mine.contains(&Relation::Own) => Scope::Own(party),
        (_, _) => Scope::Nothing,
    }
}

/// The scope of a list that is itself hidden from those who may see nothing of its kind.
pub fn visible(actor: &Actor, action: Action) -> Result<Scope, Refusal> {
    match scope(actor, action) {
        Scope::Nothing => Err(Refusal::Hidden),
        scope @ (Scope::All | Scope::Own(_) | Scope::Participant(_)) => Ok(scope),
    }
}

/// A subject that access can judge: how an actor stands to it.
pub trait Governed: Aggregate {
    /// The party whose own it is.
    fn owner(&self) -> Option<PartyId>;

    /// Whether the party takes part in it.
    fn involves(&self, _party: PartyId) -> bool {
        false
    }

    /// How the actor stands to it.
    fn relations(&self, actor: &Actor) -> Vec<Relation> {
        let Some(party) = actor.party else {
            return Vec::new();
        };
        let own = (self.owner() == Some(party)).then_some(Relation::Own);
        let participant = self.involves(party).then_some(Relation::Participant);
        own.into_iter().chain(participant).collect()
    }
}

macro_rules! owned {
    ($($subject:ty => |$it:ident| $owner:expr;)*) => {$(
        impl Governed for $subject {
            fn owner(&self) -> Option<PartyId> {
                let $it = self;
                $owner
            }
        }
    )*};
}

owned! {
    Party => |party| Some(party.id);
    Account => |account| Some(account.party);
    Project => |project| Some(project.maintainer);
    Scan => |scan| Some(scan.party);
    Finding => |finding| Some(finding.finder);
    Reproduction => |_reproduction| None;
    Fix => |_fix| None;
    Advisory => |_advisory| None;
    Inventory => |inventory| Some(inventory.operator);
    Statement => |statement| Some(statement.issuer);
    Exposure => |exposure| Some(exposure.spot.operator);
}

impl Governed for Case {
    fn owner(&self) -> Option<PartyId> {
        None
    }

    fn involves(&self, party: PartyId) -> bool {
        self.participants.contains(&party)
    }
}

/// A finding whose proof was run and worked: the only ground on which a case is opened unattended.
/// Only a reproduction's verdict makes one.
#[derive(Clone, Debug)]
pub struct Confirmed {
    finding: FindingId,
}

impl Confirmed {
    /// Holds when the reproduction is of this finding and every run showed the effect.
    pub fn by(reproduction: &Reproduction, finding: &Finding) -> Option<Confirmed> {
        let worked = reproduction.verdict() == Some(crate::verdict::Verdict::Reproduced);
        (worked && reproduction.finding == finding.id).then_some(Confirmed { finding: finding.id })
    }

    /// The finding.
    pub fn finding(&self) -> FindingId {
        self.finding
    }
}

/// Whether an advisory's current content may be shown to the public.
pub fn is_out(advisory: &Advisory) -> bool {
    advisory.standing == advisory::Standing::Published || !advisory.editions.is_empty()
}
