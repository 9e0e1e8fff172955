//! Who takes part: parties, accounts, keys and projects. This is the only act that goes past the
//! interfaces, because it is what an administrator does at the installation's own command line.

use super::client::Pass;
use anyhow::{Result, anyhow};
use seawall_domain::access::Actor;
use seawall_domain::account::Holder;
use seawall_domain::id::{AccountId, PartyId, ProjectId};
use seawall_domain::package::Package;
use seawall_domain::party::Role;
use seawall_domain::project::{ClockBasis, Policy, ReproducerHandling, Secrecy};
use seawall_services::desk::Desk;
use seawall_services::project::Registration;
use seawall_services::{account, party, project};

/// How many days the demo's keys last.
const KEY_DAYS: i64 = 30;

/// A project of the story and its history.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The package, as a purl without version.
    pub purl: &'static str,
    /// Where its maintainer reads mail.
    pub contact: &'static str,
    /// The newest release that counts as existing at first.
    pub newest_visible: &'static str,
    /// The release that its maintainer will name; none where there is nothing to mend.
    pub fixed_in: Option<&'static str>,
    /// Whether what an AI found starts secret.
    pub ai_found: Secrecy,
    /// Whether the maintainer gets the reproducer at once.
    pub reproducer: ReproducerHandling,
    /// For how long, and from when, it is kept.
    pub embargo: (u16, ClockBasis),
    /// What the maintainer says first.
    pub first_answer: &'static str,
}

use ClockBasis::{FromFix, FromReport};
use ReproducerHandling::{Release, Withhold};
use Secrecy::{Private, Public};

/// The six projects.
pub const TARGETS: [Target; 6] = [
    Target {
        purl: "pkg:pypi/sqlparse",
        contact: "security@sqlparse.invalid",
        newest_visible: "0.4.1",
        fixed_in: Some("0.4.2"),
        ai_found: Private,
        reproducer: Withhold,
        embargo: (90, FromReport),
        first_answer: "accept",
    },
    Target {
        purl: "pkg:npm/ini",
        contact: "security@node-parsers.invalid",
        newest_visible: "1.3.5",
        fixed_in: Some("1.3.6"),
        ai_found: Private,
        reproducer: Release,
        embargo: (45, FromReport),
        first_answer: "accept",
    },
    Target {
        purl: "pkg:cargo/tar",
        contact: "security@tar-crate.invalid",
        newest_visible: "0.4.35",
        fixed_in: Some("0.4.36"),
        ai_found: Private,
        reproducer: Release,
        embargo: (90, FromFix),
        first_answer: "accept\nslow down",
    },
    Target {
        purl: "pkg:cargo/libz-sys",
        contact: "security@libz-crate.invalid",
        newest_visible: "1.1.8",
        fixed_in: Some("1.1.9"),
        ai_found: Private,
        reproducer: Withhold,
        embargo: (90, FromReport),
        first_answer: "accept\nplease send the reproducer",
    },
    Target {
        purl: "pkg:pypi/urllib3",
        contact: "security@urllib3.invalid",
        newest_visible: "1.26.4",
        fixed_in: Some("1.26.5"),
        ai_found: Public,
        reproducer: Release,
        embargo: (30, FromReport),
        first_answer: "accept",
    },
    Target {
        purl: "pkg:npm/minimist",
        contact: "security@node-parsers.invalid",
        newest_visible: "1.2.6",
        fixed_in: None,
        ai_found: Private,
        reproducer: Release,
        embargo: (45, FromReport),
        first_answer: "accept",
    },
];

/// The target whose advisory is left for the visitor.
pub const LEFT_FOR_VISITOR: &str = "pkg:pypi/urllib3";

/// The target that relapses in a later release.
pub const RELAPSES: &str = "pkg:cargo/libz-sys";

impl Target {
    /// The package.
    pub fn package(&self) -> Result<Package> {
        let read = seawall_formats::purl::read(self.purl);
        Ok(read.map_err(|fault| anyhow!("{fault}"))?.0)
    }
}

/// A project that was registered.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What the story knows of it.
    pub target: Target,
    /// Its id.
    pub id: ProjectId,
    /// Its package.
    pub package: Package,
}

/// Everybody, with what they show at the door.
#[derive(Clone, Debug)]
pub struct Cast {
    /// The three finder agents.
    pub finders: [Pass; 3],
    /// The two analysts: their accounts and their sessions' secrets.
    pub analysts: [(AccountId, String); 2],
    /// A person of the maintainers of zlib's crate.
    pub maintainer: AccountId,
    /// The distributor, and its machine's key.
    pub distributor: (PartyId, Pass),
    /// The vendor's machine.
    pub vendor: Pass,
    /// The hospital's machine and its person.
    pub hospital: (Pass, AccountId),
    /// The bank's machine.
    pub bank: Pass,
    /// The water utility's machine.
    pub water: Pass,
    /// The agency's machine and its person.
    pub agency: (Pass, AccountId),
    /// The projects, in the order of [`TARGETS`].
    pub projects: Vec<Entry>,
}

/// Registers everybody.
pub async fn register(desk: &Desk) -> Result<Cast> {
    let mut finders = Vec::new();
    for (name, model, harness) in [
        ("Finder one", "example-model-a", "example-harness 1.4"),
        ("Finder two", "example-model-b", "review-loop 0.9"),
        ("Finder three", "example-model-c", "night-scanner 2.1"),
    ] {
        let party = enrol(desk, name, &[Role::Finder]).await?;
        finders.push(machine(desk, party, "scanning agent", (model, harness)).await?);
    }
    let finders = finders.try_into().map_err(|_| anyhow!("there are three finders"))?;
    let house = enrol(desk, "Clearinghouse", &[Role::Coordinator]).await?;
    let one = person(desk, house, "analyst one").await?;
    let two = person(desk, house, "analyst two").await?;
    let analysts = [(one, session(desk, one).await?), (two, session(desk, two).await?)];
    let (projects, maintainer) = projects(desk).await?;
    let distributor = enrol(desk, "A distribution like Debian", &[Role::Distributor]).await?;
    let vendor = enrol(desk, "A vendor of medical and utility devices", &[Role::Vendor]).await?;
    let hospital = enrol(desk, "A hospital with 40 beds", &[Role::Operator]).await?;
    let bank = enrol(desk, "A community bank", &[Role::Operator]).await?;
    let water = enrol(desk, "A water utility", &[Role::Operator]).await?;
    let agency = enrol(desk, "A small federal agency", &[Role::Agency]).await?;
    let plain = ("none", "inventory export");
    Ok(Cast {
        finders,
        analysts,
        maintainer,
        distributor: (distributor, machine(desk, distributor, "security tracker", plain).await?),
        vendor: machine(desk, vendor, "product security", plain).await?,
        hospital: (
            machine(desk, hospital, "inventory export", plain).await?,
            person(desk, hospital, "hospital, responsible for IT").await?,
        ),
        bank: machine(desk, bank, "inventory export", plain).await?,
        water: machine(desk, water, "inventory export", plain).await?,
        agency: (
            machine(desk, agency, "inventory export", plain).await?,
            person(desk, agency, "agency, security officer").await?,
        ),
        projects,
    })
}

/// Registers the projects, one maintainer's party for each contact.
async fn projects(desk: &Desk) -> Result<(Vec<Entry>, AccountId)> {
    let mut parties: Vec<(&str, PartyId)> = Vec::new();
    let mut projects = Vec::new();
    let mut maintainer = None;
    for target in TARGETS {
        let package = target.package()?;
        let known = parties.iter().find(|(contact, _)| *contact == target.contact);
        let party = match known {
            Some((_, party)) => *party,
            None => {
                let name = format!("Maintainers of {}", package.name);
                let party = enrol(desk, &name, &[Role::Maintainer]).await?;
                parties.push((target.contact, party));
                party
            }
        };
        if target.purl == RELAPSES {
            maintainer = Some(person(desk, party, "maintainer").await?);
        }
        let (embargo_days, clock) = target.embargo;
        let new = Registration {
            package: package.clone(),
            maintainer: party,
            contact: target.contact.to_owned(),
            policy: Policy {
                ai_found: target.ai_found,
                reproducer: target.reproducer,
                embargo_days,
                clock,
                open_cases_max: 3,
            },
            horizon: Some(target.newest_visible.into()),
        };
        let id = project::register(desk, &Actor::administrator(), new).await?.id;
        projects.push(Entry { target, id, package });
    }
    let maintainer = maintainer.ok_or_else(|| anyhow!("nobody maintains the C target"))?;
    Ok((projects, maintainer))
}

async fn enrol(desk: &Desk, name: &str, roles: &[Role]) -> Result<PartyId> {
    Ok(party::register(desk, &Actor::administrator(), name, roles).await?.id)
}

async fn machine(
    desk: &Desk,
    party: PartyId,
    label: &str,
    (model, harness): (&str, &str),
) -> Result<Pass> {
    let administrator = Actor::administrator();
    let holder = Holder::Machine { model: model.to_owned(), harness: harness.to_owned() };
    let opened = account::open(desk, &administrator, party, label, holder).await?;
    let key = account::issue_key(desk, &administrator, opened.id, KEY_DAYS).await?;
    Ok(Pass::Key(key))
}

async fn person(desk: &Desk, party: PartyId, label: &str) -> Result<AccountId> {
    let opened = account::open(desk, &Actor::administrator(), party, label, Holder::Person).await?;
    Ok(opened.id)
}

async fn session(desk: &Desk, account: AccountId) -> Result<String> {
    let link = account::invite(desk, &Actor::administrator(), account).await?;
    Ok(account::sign_in(desk, &link).await?.secret)
}
