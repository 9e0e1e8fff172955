//! `seawall gateway attach`: a local address that proves your key; the access token comes from a
//! file that somebody renews, or from your seat at the clearinghouse, renewed by this process.

use super::{chance, clock, papers};
use crate::command::clearinghouse::Client;
use crate::command::partner::seat::{self, Given, Place, Wanted};
use crate::command::say;
use anyhow::{Context, bail};
use jiff::Timestamp;
use seawall_domain::id::{EngagementId, PartnerId, ScanId, WindowId};
use seawall_gateway::attach::{Attached, Detached, Holder, Keeping, TokenSource, attach as proxy};
use seawall_gateway::kept::{Kept, Unkept};
use seawall_gateway::tls::Identity;
use seawall_ledger::note::VerifierKey;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long to wait before asking again, when the clearinghouse gave no token.
const AGAIN_AFTER: Duration = Duration::from_secs(5);
/// The shortest time between two tokens: a window that is nearly over gives short ones.
const RENEWAL_TIME_MIN: Duration = Duration::from_secs(2);

/// Where to, with what, and what for.
#[derive(clap::Args)]
pub struct AttachArguments {
    /// The gateway's address.
    #[arg(long)]
    gateway: String,
    /// The file with the access token; it is read anew for each request.
    #[arg(long, required_unless_present = "server", conflicts_with = "server")]
    token: Option<PathBuf>,
    /// Instead of a token: the clearinghouse's address. Tokens come from your seat there and are
    /// renewed by themselves.
    #[arg(long, requires = "account_key")]
    server: Option<String>,
    /// The file with the key of your account there.
    #[arg(long, requires = "server")]
    account_key: Option<PathBuf>,
    /// Your seat: the partner's id.
    #[arg(long, requires = "server", conflicts_with = "engagement")]
    seat: Option<PartnerId>,
    /// The engagement in whose government's window you are seated.
    #[arg(long, requires = "server")]
    engagement: Option<EngagementId>,
    /// The window; without one, the only one that is open to the seat.
    #[arg(long, requires = "server")]
    window: Option<WindowId>,
    /// The file with your key, by which each request is signed.
    #[arg(long, required_unless_present = "certificate", conflicts_with = "certificate")]
    key: Option<PathBuf>,
    /// Instead of a key: the file with your certificate and its key, which your connections show.
    #[arg(long)]
    certificate: Option<PathBuf>,
    /// The certificates to trust instead of the system's: a PEM file.
    #[arg(long)]
    roots: Option<PathBuf>,
    /// What requests are for: find_own, find_agreed, patch, detect, respond, evaluate.
    #[arg(long)]
    purpose: String,
    /// The scan claim on what they look at.
    #[arg(long)]
    claim: Option<ScanId>,
    /// A folder in which each new checkpoint of the gateway's journal is kept, once it is shown
    /// that it goes on from the last one. Status 1 where it does not.
    #[arg(long)]
    checkpoints: Option<PathBuf>,
    /// The gateway's key as verifiers write it; without it the first contact is believed.
    #[arg(long, requires = "checkpoints")]
    signer: Option<VerifierKey>,
    /// How long to wait between two checkpoints, in seconds.
    #[arg(long, requires = "checkpoints", default_value_t = 60)]
    #[arg(value_parser = clap::value_parser!(u64).range(2..=3600))]
    every: u64,
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8091")]
    listen: SocketAddr,
}

/// Attaches until it is told to end.
pub async fn attach(arguments: AttachArguments) -> anyhow::Result<ExitCode> {
    let AttachArguments { gateway, token, roots, purpose, claim, listen, .. } = &arguments;
    if !listen.ip().is_loopback() {
        bail!("cannot listen on {listen}: whoever reaches it would use your key");
    }
    let (holder, public) = holder(&arguments)?;
    let keeping = match keeping(&arguments) {
        Ok(keeping) => keeping,
        Err(why) => return Ok(does_not_hold(&why)),
    };
    let until = crate::command::told_to_end()?;
    let (token, renewing) = match token {
        Some(file) => (from_file(file.clone()), None),
        None => {
            let (token, renewing) = from_seat(&arguments, public).await?;
            (token, Some(renewing))
        }
    };
    let attached = Attached {
        gateway: gateway.trim_end_matches('/').to_owned(),
        token,
        holder,
        roots: roots.clone(),
        keeping,
        purpose: purpose.clone(),
        claim: claim.map(|claim| claim.to_string()),
        clock: clock(),
        chance: chance(),
    };
    let listener = tokio::net::TcpListener::bind(listen)
        .await
        .with_context(|| format!("listening on {listen}"))?;
    let address = format!("http://{}", listener.local_addr()?);
    say!("attached: use {address} as the provider's address");
    say!("clients of OpenAI's want {address}/v1, and take any word for a key");
    let ended = proxy(listener, attached, until).await;
    if let Some(renewing) = renewing {
        renewing.abort();
    }
    match ended {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(Detached::Unkept(why)) => Ok(does_not_hold(&why)),
        Err(Detached::Io(error)) => Err(error.into()),
    }
}

/// Where checkpoints are kept, if they are.
fn keeping(arguments: &AttachArguments) -> Result<Option<Keeping>, Unkept> {
    let every = Duration::from_secs(arguments.every);
    let open = |folder| Kept::open(folder, arguments.signer.as_ref(), arguments.window);
    let kept = arguments.checkpoints.as_deref().map(open).transpose()?;
    Ok(kept.map(|kept| Keeping { kept, every }))
}

fn does_not_hold(why: &Unkept) -> ExitCode {
    say!("DOES NOT HOLD: {why}");
    say!("nothing is sent through this gateway; without --checkpoints it can be used all the same");
    ExitCode::from(1)
}

/// How requests prove whose they are, and what a token is to be bound to.
fn holder(arguments: &AttachArguments) -> anyhow::Result<(Holder, String)> {
    if let Some(key) = &arguments.key {
        let key = papers::secret(key)?;
        let public = key.public().to_string();
        return Ok((Holder::Key(Box::new(key)), public));
    }
    let Some(file) = &arguments.certificate else { bail!("say --key or --certificate") };
    if !arguments.gateway.starts_with("https://") {
        bail!("a certificate is shown over TLS only: the gateway's address begins with https://");
    }
    let identity = Identity::read(file, file).map_err(anyhow::Error::msg)?;
    let public = identity.confirmation().map(|it| it.to_string()).unwrap_or_default();
    Ok((Holder::Certificate(identity), public))
}

fn from_file(file: PathBuf) -> TokenSource {
    Arc::new(move || {
        std::fs::read_to_string(&file)
            .map_err(|error| format!("cannot read the access token: {error}"))
    })
}

/// What is known of the token: the newest, or why there is none.
type Held = Arc<Mutex<Result<Given, String>>>;

/// Gets the first token, and goes on renewing it; what the clearinghouse refuses at first ends it.
async fn from_seat(
    arguments: &AttachArguments,
    holder: String,
) -> anyhow::Result<(TokenSource, tokio::task::JoinHandle<()>)> {
    let partner = arguments.seat.map(Place::Partner);
    let seat = partner.or(arguments.engagement.map(Place::Engagement));
    let (Some(server), Some(account_key), Some(id)) =
        (&arguments.server, &arguments.account_key, seat)
    else {
        bail!(
            "say where the token comes from: --token, or --server, --account-key, and --seat or \
             --engagement"
        );
    };
    let client = Client::new(server, account_key)?;
    let wanted = Wanted {
        window: arguments.window,
        purposes: vec![arguments.purpose.clone()],
        claims: arguments.claim.into_iter().collect(),
    };
    let first = seat::ask(&client, id, &wanted, &holder).await?;
    say!("the seat gave a token that is good until {}", first.until);
    let held: Held = Arc::new(Mutex::new(Ok(first)));
    let kept = Arc::clone(&held);
    let renewing = tokio::spawn(async move {
        loop {
            tokio::time::sleep(rest(&held)).await;
            let asked = seat::ask(&client, id, &wanted, &holder).await;
            let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
            match asked {
                Ok(given) => *held = Ok(given),
                Err(error) => {
                    say!("no new token: {error:#}");
                    // The token that there is may be good for a while yet.
                    let is_good = |given: &Given| Timestamp::now() < given.until;
                    if !held.as_ref().is_ok_and(is_good) {
                        *held = Err(format!("no access token: {error:#}"));
                    }
                }
            }
        }
    });
    let source: TokenSource = Arc::new(move || {
        let held = kept.lock().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().map(|given| given.token.clone()).map_err(Clone::clone)
    });
    Ok((source, renewing))
}

/// How long until the next token is asked for: when a third of this one's time is left.
fn rest(held: &Held) -> Duration {
    let held = held.lock().unwrap_or_else(PoisonError::into_inner);
    let Ok(given) = held.as_ref() else { return AGAIN_AFTER };
    let left = Duration::try_from(given.until.duration_since(Timestamp::now()));
    match left.unwrap_or_default() {
        left if left < AGAIN_AFTER => AGAIN_AFTER.min(left.max(RENEWAL_TIME_MIN)),
        left => left * 2 / 3,
    }
}
