//! `seawall admin`: parties, accounts, keys and projects, from the installation's own command line.

use super::{print_json, say};
use crate::installation::{Installation, Place};
use crate::laboratory::Remember;
use anyhow::{Context, bail};
use clap::Subcommand;
use seawall_domain::access::Actor;
use seawall_domain::account::{Holder, KEY_DAYS_MAX};
use seawall_domain::id::{AccountId, PartyId};
use seawall_domain::party::Role;
use seawall_domain::project::{ClockBasis, Policy, ReproducerHandling, Secrecy};
use seawall_ledger::sign::VerifyingKey;
use seawall_services::desk::Desk;
use seawall_services::{account, engagement, party, project};
use std::collections::BTreeMap;
use std::process::ExitCode;

/// What is set up.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// One JSON document on standard output.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Register a party.
    Party {
        /// Its name.
        name: String,
        /// Its roles: finder, coordinator, maintainer, vendor, distributor, operator, agency,
        /// developer, evaluator, official, duty_officer, partner, auditor.
        #[arg(long = "role", required = true, value_parser = role)]
        roles: Vec<Role>,
    },
    /// Open an account of a party and print its login link and the SHA-256 of the key it signs by,
    /// or a key for a machine.
    Account {
        /// The party's id.
        party: String,
        /// What others see: a role, not a name.
        label: String,
        /// A machine: its model and harness.
        #[arg(long, num_args = 2, value_names = ["MODEL", "HARNESS"])]
        machine: Vec<String>,
        /// The natural person's id, where it has another account already.
        #[arg(long, conflicts_with = "machine")]
        person: Option<String>,
    },
    /// Issue a key by which an account asks over the interface, from its own command line.
    Key {
        /// The account's id.
        account: String,
        /// How many days it is good.
        #[arg(long, default_value_t = 30)]
        #[arg(value_parser = clap::value_parser!(i64).range(1..=KEY_DAYS_MAX))]
        days: i64,
    },
    /// Make a new login link for a person's account.
    Invite {
        /// The account's id.
        account: String,
    },
    /// Close an account: no key, link or session of it lets anybody in any more. It stays on
    /// record.
    Close {
        /// The account's id.
        account: String,
    },
    /// Print the key by which this installation signs what crosses to another side, which pins it
    /// by `--crossing-signer`.
    CrossingKey,
    /// Register a project with its maintainer.
    Project {
        /// The package, as a purl without version.
        package: String,
        /// The maintainer's party id.
        maintainer: String,
        /// Where the maintainer reads mail.
        contact: String,
        /// Withhold the reproducer until the maintainer asks for it.
        #[arg(long)]
        withhold: bool,
        /// Treat what an AI found as public from the start.
        #[arg(long)]
        public: bool,
        /// How many days an embargo lasts.
        #[arg(long, default_value_t = 90)]
        embargo_days: u16,
        /// In a replay of history: the newest release that counts as existing.
        #[arg(long)]
        newest_visible: Option<String>,
    },
}

/// What was set up, as pairs of what it is and its id or secret.
type Made = Vec<(&'static str, String)>;

/// What a secret is called that goes behind the installation's address, and so stands alone.
const LOGIN: &str = "login";

/// What the key is called by which this installation signs what crosses, which stands alone too.
const CROSSING_KEY: &str = "crossing_key";

fn role(text: &str) -> Result<Role, String> {
    serde_json::from_value(serde_json::Value::String(text.to_owned()))
        .map_err(|_| format!("there is no role `{text}`"))
}

/// Sets it up and prints the ids and secrets; each secret is told this once.
pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    super::block_on(async {
        let opened = Installation::open(&arguments.place, "", Remember::Nothing).await?;
        let (desk, actor) = (&opened.desk, Actor::administrator());
        let made = set_up(desk, &actor, arguments.what).await?;
        crate::runtime::settle_log(desk).await?;
        match arguments.json {
            true => print_json(&made.into_iter().collect::<BTreeMap<_, _>>())?,
            false => made.iter().for_each(tell),
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// A line each; what people put behind an address or into a setting stands alone.
fn tell((what, value): &(&'static str, String)) {
    match *what {
        LOGIN | CROSSING_KEY => say!("{value}"),
        what => say!("{} {value}", what.replace('_', " ")),
    }
}

async fn set_up(desk: &Desk, actor: &Actor, what: What) -> anyhow::Result<Made> {
    Ok(match what {
        What::Party { name, roles } => {
            let party = party::register(desk, actor, &name, &roles).await?;
            vec![("party", party.id.to_string())]
        }
        What::Account { party, label, machine, person } => {
            let party = registered(desk, &party).await?;
            let person = person.map(|person| person.parse()).transpose()?;
            let holder = match machine.as_slice() {
                [model, harness] => {
                    Holder::Machine { model: model.clone(), harness: harness.clone() }
                }
                _ => Holder::Person,
            };
            let machine = holder != Holder::Person;
            let opened = account::open_for(desk, actor, party, &label, holder, person).await?;
            let mut made = vec![("account", opened.id.to_string())];
            if machine {
                made.push(("key", account::issue_key(desk, actor, opened.id, 90).await?));
            } else {
                let signs: VerifyingKey = opened.public_key.parse()?;
                made.push(("signs_as", signs.digest_hex()));
                made.push(login(desk, actor, opened.id).await?);
            }
            made
        }
        What::Key { account: id, days } => {
            vec![("key", account::issue_key(desk, actor, id.parse()?, days).await?)]
        }
        What::Invite { account: id } => vec![login(desk, actor, id.parse()?).await?],
        What::Close { account } => {
            let closed = account::close(desk, actor, account.parse()?).await?;
            vec![("closed", closed.id.to_string())]
        }
        What::CrossingKey => vec![(CROSSING_KEY, engagement::crossing_key(desk).to_string())],
        What::Project {
            package,
            maintainer,
            contact,
            withhold,
            public,
            embargo_days,
            newest_visible,
        } => {
            let (package, _, _) = seawall_formats::purl::read(&package)
                .context("a project is named by the purl of its package")?;
            let policy = Policy {
                ai_found: if public { Secrecy::Public } else { Secrecy::Private },
                reproducer: match withhold {
                    true => ReproducerHandling::Withhold,
                    false => ReproducerHandling::Release,
                },
                embargo_days,
                clock: ClockBasis::FromReport,
                open_cases_max: 10,
            };
            let maintainer = registered(desk, &maintainer).await?;
            let horizon = newest_visible.map(seawall_domain::package::Version);
            let new = project::Registration { package, maintainer, contact, policy, horizon };
            vec![("project", project::register(desk, actor, new).await?.id.to_string())]
        }
    })
}

/// A new login link of an account, to go behind the installation's address.
async fn login(
    desk: &Desk,
    actor: &Actor,
    id: AccountId,
) -> anyhow::Result<(&'static str, String)> {
    let link = account::invite(desk, actor, id).await?;
    Ok((LOGIN, format!("/login/{link}")))
}

/// The party of that id. What belongs to nobody would be of no use, and say nothing of it.
async fn registered(desk: &Desk, id: &str) -> anyhow::Result<PartyId> {
    let party = id.parse().with_context(|| format!("`{id}` is not the id of a party"))?;
    if party::known(desk, [party]).await?.is_empty() {
        bail!("no party is registered as {party}; `seawall admin party` registers one");
    }
    Ok(party)
}
