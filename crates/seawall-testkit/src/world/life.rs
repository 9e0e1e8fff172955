//! The whole life of the framework for models: everything that may happen between a developer,
//! evaluators, officials and partners, so that a test can ask what others see of it.
//!
//! Nobody's time passes here: whoever tests lets it pass, and does the jobs.

mod dockets;
mod partners;
mod questions;
mod windows;

pub use partners::{applications, later_appeals, many, signed};
pub use questions::questions;
pub use windows::{certificates, windows};

use crate::world::{Framework, World};
use seawall_domain::access::Actor;
use seawall_domain::id::{EngagementId, EvaluationId, PartnerId, PersonId, TieId, WindowId};
use seawall_domain::party::{Party, Role};

pub use dockets::{dockets, sealed};

/// How many operators there are, as an official brings it in.
const TABLE: &[u8] = b"group,name,sector,size,region,operators,source,as_of\n\
    1,small water systems,water,small,KS,900,a register,2026-01-31\n";

/// What is there of a kind, with what has become of it.
pub type Named<I> = Vec<(&'static str, I)>;

/// Everything that happened, by id.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "each field is the subject of that name")]
pub struct Left {
    pub engagements: Named<EngagementId>,
    pub evaluations: Named<EvaluationId>,
    pub partners: Named<PartnerId>,
    pub ties: Named<TieId>,
    pub windows: Named<WindowId>,
}

impl Left {
    /// The engagement of which that became.
    pub fn engagement(&self, name: &str) -> EngagementId {
        let found = self.engagements.iter().find(|(known, _)| *known == name);
        found.map_or_else(|| panic!("there is no engagement: {name}"), |(_, id)| *id)
    }

    /// The docket of which that became.
    pub fn evaluation(&self, name: &str) -> EvaluationId {
        let found = self.evaluations.iter().find(|(known, _)| *known == name);
        found.map_or_else(|| panic!("there is no docket: {name}"), |(_, id)| *id)
    }

    /// The application of which that became.
    pub fn partner(&self, name: &str) -> PartnerId {
        let found = self.partners.iter().find(|(known, _)| *known == name);
        found.map_or_else(|| panic!("there is no application: {name}"), |(_, id)| *id)
    }
}

/// Whom it takes besides: entered where nobody takes part as well, so that this tells nothing.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "each field is the role of that name")]
pub struct Extras {
    /// Enough people for two panels.
    pub pool: Vec<Actor>,
    /// A machine of the partner.
    pub machine: Actor,
    /// A partner who does not take part.
    pub bystander: (Party, Actor),
    /// Developers beside the one, as many as a count needs to be shown.
    pub makers: [Actor; 2],
    /// Partners of their own, as many as a count needs to be shown, and one more.
    pub guilds: Vec<(Party, Actor)>,
}

impl Extras {
    /// Lets them in, and the official brings in what is judged and counted by.
    pub async fn enter(world: &World, cast: &Framework) -> Extras {
        let mut pool = cast.evaluators.to_vec();
        let institute = world.party("Second institute", &[Role::Evaluator]).await;
        for number in 6..=8 {
            pool.push(world.person(&institute, &format!("Evaluator {number}")).await);
        }
        let machine = world.machine(&cast.partner.0, "robot").await;
        let party = world.party("Clinic association", &[Role::Partner]).await;
        let actor = world.person(&party, "Clinic association").await;
        let mut guilds = Vec::new();
        for number in 1..=11 {
            let name = format!("Guild {number}");
            let party = world.party(&name, &[Role::Partner]).await;
            let actor = world.person(&party, &name).await;
            guilds.push((party, actor));
        }
        let maker = async |name: &str| {
            let party = world.party(name, &[Role::Developer]).await;
            world.person(&party, name).await
        };
        let makers = [maker("Third maker").await, maker("Fourth maker").await];
        cast.bring_operators(world, TABLE).await;
        Extras { pool, machine, bystander: (party, actor), makers, guilds }
    }

    /// Those of the pool who were drawn.
    fn drawn(&self, panel: &std::collections::BTreeSet<PersonId>) -> Vec<&Actor> {
        let is_drawn = |it: &&Actor| it.person.is_some_and(|person| panel.contains(&person));
        self.pool.iter().filter(is_drawn).collect()
    }
}
