//! Who may do what to what: one pure table. Anything unlisted is hidden.
//!
//! It may name every subject; none names it. It is reached only through the store's `Guarded`,
//! and pinned as a readable table in the tests (route x role).

use crate::advisory::{self, Advisory};
use crate::case::Case;
use crate::engagement::Engagement;
use crate::evaluation::Evaluation;
use crate::exposure::Exposure;
use crate::fact::Aggregate;
use crate::finding::Finding;
use crate::fix::Fix;
use crate::id::{AccountId, PartyId, PersonId};
use crate::inventory::Inventory;
use crate::partner::{Partner, basis, conflict};
use crate::party::{self, Party};
use crate::project::Project;
use crate::refusal::Refusal;
use crate::reproduction::Reproduction;
use crate::scan::Scan;
use crate::statement::Statement;
use crate::{account::Account, id::FindingId};
use std::collections::BTreeSet;

mod table;

pub use table::TABLE;

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
    /// Develops models.
    Developer,
    /// Evaluates models, and looks at applications of partners.
    Evaluator,
    /// Makes determinations and takes up offers.
    Official,
    /// Answers at the clearinghouse at any hour.
    DutyOfficer,
    /// Is a trusted partner, or wants to become one.
    Partner,
    /// Looks at what was done, afterwards.
    Auditor,
    /// A job that a fact caused.
    Clerk,
    /// Sets up the installation, from its own command line.
    Administrator,
}

impl Role {
    /// Every role, in the order in which tables show them.
    pub const ALL: [Role; 16] = [
        Role::Public,
        Role::Finder,
        Role::Analyst,
        Role::Maintainer,
        Role::Vendor,
        Role::Distributor,
        Role::Operator,
        Role::Agency,
        Role::Developer,
        Role::Evaluator,
        Role::Official,
        Role::DutyOfficer,
        Role::Partner,
        Role::Auditor,
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
    OpenEvaluation,
    ReadEvaluation,
    /// A step under the duty that the person has there.
    ServeEvaluation,
    OpenEngagement,
    ReadEngagement,
    /// A step that is the developer's.
    Engage,
    /// A step that is an evaluator's.
    Evaluate,
    /// A step that is the official's.
    Determine,
    /// A step that is the duty officer's.
    EndWindow,
    /// What a gateway of an engagement's window is set up with.
    ReadGateway,
    /// The gateways of an engagement's windows, and what they counted.
    BringCounts,
    /// A person who is seated in a government's window.
    UseGovernmentSeat,
    /// Refuses or stops somebody who is seated there, or ends that.
    StopGovernmentSeat,
    /// Which tokens were given there, to whom and until when.
    ReadGovernmentTokens,
    DeclareTie,
    /// A tie of the person itself.
    DeclareOwnTie,
    ReadTies,
    /// The rubric, the table of operators and the days off of the installation.
    BringBasis,
    /// The table of operators, with its lines.
    ReadBasis,
    /// What the partners cover and have, all of them or those for one's own models.
    ReadReach,
    ApplyAsPartner,
    ReadPartner,
    /// A step that is the applicant's.
    AnswerAsPartner,
    /// Takes part in the draw of a panel.
    DrawPanel,
    FileMarks,
    /// A step that is the official's, about an application or a seat.
    DecidePartner,
    SignPartner,
    StopPartner,
    /// A step of somebody who has a seat, or of a machine of its party.
    UseSeat,
    /// Which tokens were given, to whom and until when.
    ReadTokens,
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

/// Who acts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Actor {
    /// The account, for people and machines.
    pub account: Option<AccountId>,
    /// The natural person, for people.
    pub person: Option<PersonId>,
    /// The party it acts for.
    pub party: Option<PartyId>,
    /// The roles in which it may act.
    pub roles: BTreeSet<Role>,
}

impl Actor {
    /// Nobody in particular.
    pub fn public() -> Actor {
        Actor::in_role(Role::Public)
    }

    /// A job that a fact caused.
    pub fn clerk() -> Actor {
        Actor::in_role(Role::Clerk)
    }

    /// Whoever sits at the installation's own command line.
    pub fn administrator() -> Actor {
        Actor::in_role(Role::Administrator)
    }

    /// Nobody by name.
    fn in_role(role: Role) -> Actor {
        Actor { account: None, person: None, party: None, roles: BTreeSet::from([role]) }
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
                party::Role::Developer => Role::Developer,
                party::Role::Evaluator => Role::Evaluator,
                party::Role::Official => Role::Official,
                party::Role::DutyOfficer => Role::DutyOfficer,
                party::Role::Partner => Role::Partner,
                party::Role::Auditor => Role::Auditor,
            }));
        }
        let person = account.natural();
        Actor { account: Some(account.id), person, party: Some(party.id), roles }
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
    Evaluation => |_evaluation| None;
    Engagement => |engagement| Some(engagement.developer);
    basis::Basis => |_basis| None;
}

impl Governed for Partner {
    fn owner(&self) -> Option<PartyId> {
        Some(self.application.party)
    }

    fn involves(&self, party: PartyId) -> bool {
        self.application.developer == party
    }

    /// A person who looks at the application takes part in it, whoever its party is.
    fn relations(&self, actor: &Actor) -> Vec<Relation> {
        let (own, involved) = match actor.party {
            Some(party) => (self.owner() == Some(party), self.involves(party)),
            None => (false, false),
        };
        let looks = actor.person.is_some_and(|person| self.panel().contains(&person));
        let own = own.then_some(Relation::Own);
        own.into_iter().chain((involved || looks).then_some(Relation::Participant)).collect()
    }
}

impl Governed for conflict::Entry {
    fn owner(&self) -> Option<PartyId> {
        None
    }

    /// A tie is the person's own, whoever its party is.
    fn relations(&self, actor: &Actor) -> Vec<Relation> {
        let own = actor.person.is_some_and(|person| person == self.tie.person);
        own.then_some(Relation::Own).into_iter().collect()
    }
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
