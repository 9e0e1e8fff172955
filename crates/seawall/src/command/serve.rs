//! `seawall serve`: everything, embedded, on loopback; TLS wherever a certificate is given.

use crate::installation::{Installation, Place};
use crate::laboratory::Remember;
use crate::runtime;
use anyhow::{Context, bail};
use seawall_domain::access::Actor;
use seawall_domain::account::Holder;
use seawall_domain::job::WorkRole;
use seawall_domain::party::{Party, Role};
use seawall_server::listen;
use seawall_services::{account, party};
use std::path::PathBuf;
use std::process::ExitCode;

/// How the server runs.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Where to listen.
    #[arg(long, env = "SEAWALL_LISTEN", default_value = "127.0.0.1:8080")]
    listen: String,
    /// The certificate chain, PEM; needed on any address but loopback.
    #[arg(long, requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's key, PEM.
    #[arg(long, requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// The salt of the claim-check, shared with other clearinghouses out of band.
    #[arg(long, env = "SEAWALL_CLAIM_CHECK_SALT", hide_env_values = true)]
    claim_check_salt: Option<String>,
    /// How many workers run proofs side by side.
    #[arg(long, default_value_t = 2)]
    workers: usize,
    /// Leave this kind of work to `seawall work`; several times for several.
    #[arg(long = "without-role", value_name = "ROLE", value_parser = super::role)]
    without_roles: Vec<WorkRole>,
}

/// Serves until interrupted.
pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    super::block_on(serve(arguments))
}

async fn serve(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let tls = match (&arguments.tls_cert, &arguments.tls_key) {
        (Some(certificate), Some(key)) => {
            Some(listen::tls(certificate, key).map_err(anyhow::Error::msg)?)
        }
        (_, _) => None,
    };
    let listener = runtime::bind(&arguments.listen).await?;
    let address = listener.local_addr()?;
    if tls.is_none() && !address.ip().is_loopback() {
        bail!(
            "cannot serve plain HTTP on {address}: give --tls-cert and --tls-key, or listen on \
             127.0.0.1 behind a proxy that speaks TLS"
        );
    }
    let scheme = if tls.is_some() { "https" } else { "http" };
    let base_url = format!("{scheme}://{address}");
    let installation = Installation::open(&arguments.place, &base_url, Remember::Nothing).await?;
    let desk = installation.desk;
    let salt = arguments.claim_check_salt.map(Into::into);
    let here = |role: &WorkRole| !arguments.without_roles.contains(role);
    let roles: Vec<WorkRole> = WorkRole::ALL.into_iter().filter(here).collect();
    let crew = runtime::Crew::here(&roles, arguments.workers);
    let told_to_end = super::told_to_end().context("cannot wait for an interrupt")?;
    let running = runtime::start(&desk, listener, tls, salt, &crew);
    eprintln!("seawall listens on {base_url}");
    if let Some(link) = first_link(&desk).await? {
        eprintln!("sign in once as the first analyst: {base_url}/login/{link}");
    }
    told_to_end.await;
    eprintln!("seawall finishes what is under way");
    running.stop(&desk).await?;
    Ok(ExitCode::SUCCESS)
}

/// On the very first start: a party of coordinators, an analyst, and the analyst's login link.
async fn first_link(desk: &seawall_services::desk::Desk) -> anyhow::Result<Option<String>> {
    let known: Vec<Party> = desk.begin("first_link").await?.every().await?;
    if !known.is_empty() {
        return Ok(None);
    }
    let administrator = Actor::administrator();
    let name = &desk.settings.publisher.name;
    let party = party::register(desk, &administrator, name, &[Role::Coordinator]).await?;
    eprintln!("the clearinghouse is party {}; its second analyst: seawall admin account", party.id);
    let analyst =
        account::open(desk, &administrator, party.id, "analyst one", Holder::Person).await?;
    Ok(Some(account::invite(desk, &administrator, analyst.id).await?))
}
