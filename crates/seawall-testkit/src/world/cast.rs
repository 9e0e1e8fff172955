//! The people of a world: roles, never persons.

use crate::world::World;
use seawall_domain::access::Actor;
use seawall_domain::party::{Party, Role};

/// One of each kind, and two where two are needed.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "each field is the role of that name")]
pub struct Cast {
    pub finders: [Actor; 3],
    pub analysts: [Actor; 2],
    pub robot: Actor,
    pub maintainer: (Party, Actor),
    pub distributor: (Party, Actor),
    pub vendor: (Party, Actor),
    pub hospital: (Party, Actor),
    pub bank: (Party, Actor),
    pub agency: (Party, Actor),
}

impl Cast {
    /// Lets everybody in.
    pub async fn enter(world: &World) -> Cast {
        let mut finders = Vec::new();
        for name in ["Lab north", "Lab south", "Lab west"] {
            let party = world.party(name, &[Role::Finder]).await;
            finders.push(world.machine(&party, "agent").await);
        }
        let house = world.party("Clearinghouse", &[Role::Coordinator]).await;
        let one = async |name: &str, role: Role| {
            let party = world.party(name, &[role]).await;
            let actor = world.person(&party, name).await;
            (party, actor)
        };
        Cast {
            finders: match <[Actor; 3]>::try_from(finders) {
                Ok(finders) => finders,
                Err(_) => panic!("there are three finders"),
            },
            analysts: [
                world.person(&house, "Analyst one").await,
                world.person(&house, "Analyst two").await,
            ],
            robot: world.machine(&house, "Triage agent").await,
            maintainer: one("Maintainers", Role::Maintainer).await,
            distributor: one("Distribution", Role::Distributor).await,
            vendor: one("Device maker", Role::Vendor).await,
            hospital: one("Hospital", Role::Operator).await,
            bank: one("Bank", Role::Operator).await,
            agency: one("Agency", Role::Agency).await,
        }
    }

    /// Everybody, with the name of their role.
    pub fn everybody(&self) -> Vec<(&'static str, Actor)> {
        vec![
            ("public", Actor::public()),
            ("finder", self.finders[2].clone()),
            ("analyst", self.analysts[0].clone()),
            ("maintainer", self.maintainer.1.clone()),
            ("distributor", self.distributor.1.clone()),
            ("vendor", self.vendor.1.clone()),
            ("hospital", self.hospital.1.clone()),
            ("bank", self.bank.1.clone()),
            ("agency", self.agency.1.clone()),
            ("administrator", Actor::administrator()),
        ]
    }
}
