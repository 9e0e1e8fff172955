//! `seawall demo`: the main job on real input, start to end, in an installation of its own.

mod apart;

use crate::demo::{Stage, Summary, Unreachable, play};
use crate::installation::{Installation, Place, default_cache};
use crate::laboratory::{Laboratories, Remember};
use crate::runtime::{self, Running};
use anyhow::Context;
use apart::Apart;
use indicatif::{ProgressBar, ProgressStyle};
use seawall_domain::job::WorkRole;
use seawall_sandbox::Isolation;
use seawall_services::desk::Desk;
use seawall_services::verify::verify;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What every page, document and letter of the demo says first.
const NOTICE: &str = "This is a replay of a flaw public and fixed years ago. Every organisation \
                      here is invented; every address ends in .invalid.";

/// How the demo runs and ends.
#[derive(clap::Args)]
pub struct Arguments {
    /// End instead of leaving the portal open.
    #[arg(long)]
    exit: bool,
    /// The summary as one JSON document on standard output.
    #[arg(long)]
    json: bool,
    /// The folder of the demo's installation, made anew; without one, a folder that goes with it.
    #[arg(long)]
    data: Option<PathBuf>,
    /// The database: SQLite in the data folder unless a `postgres://` address is given.
    #[arg(long, env = "SEAWALL_DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
    /// The folder of fetched releases; kept, so that the next demo is quicker.
    #[arg(long, env = "SEAWALL_CACHE_DIR", default_value_os_t = default_cache())]
    cache: PathBuf,
    /// Where the portal listens; a port of 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: String,
    /// Use only what was fetched before.
    #[arg(long)]
    offline: bool,
    /// The walls around foreign code: `namespaces`, or `microvm` for a kernel of its own (QEMU).
    #[arg(long, env = "SEAWALL_ISOLATION", default_value_t = Isolation::Namespaces)]
    isolation: Isolation,
    /// Shuffles the order in which the reports come.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Runs the server apart and kills it so many times (`cargo xtask bench kill`).
    #[arg(long, hide = true, default_value_t = 0, requires = "exit")]
    kills: u32,
}

/// Plays the story; leaves the portal open until interrupted unless told to end.
pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let temporary = arguments.data.is_none();
    let data = arguments.data.clone().unwrap_or_else(|| {
        std::env::temp_dir().join(format!("seawall-demo-{}", std::process::id()))
    });
    let keys = seawall_store::keys::InstallationKeys::folder_for(&data);
    if data.join("seawall.db").exists() {
        anyhow::bail!("{} holds an installation already: name another folder", data.display());
    }
    let ended = super::block_on(stage(&arguments, data.clone()));
    if temporary {
        for folder in [&data, &keys] {
            if let Err(error) = std::fs::remove_dir_all(folder) {
                eprintln!("seawall: cannot remove {}: {error}", folder.display());
            }
        }
    }
    ended
}

/// The demo's own installation: nothing of it is shared with a real one but the fetched releases.
fn place(arguments: &Arguments, data: PathBuf) -> Place {
    Place {
        data,
        keys: None,
        database_url: arguments.database_url.clone(),
        cache: arguments.cache.clone(),
        local_catalogue: None,
        offline: arguments.offline,
        isolation: arguments.isolation,
        mail_from: "clearinghouse@seawall-demo.invalid".into(),
        publisher: "Seawall demonstration clearinghouse".into(),
        namespace: "https://seawall-demo.invalid".into(),
        notice: Some(NOTICE.into()),
        crossing_signer: None,
        verifier_party: None,
        verifier_models: Vec::new(),
    }
}

async fn stage(arguments: &Arguments, data: PathBuf) -> anyhow::Result<ExitCode> {
    let begun = Instant::now();
    let listener = match runtime::bind(&arguments.listen).await {
        Ok(listener) => listener,
        // Somebody has the usual port: any other will do for a demo.
        Err(_) => runtime::bind("127.0.0.1:0").await?,
    };
    let address = listener.local_addr()?.to_string();
    let base_url = format!("http://{address}");
    let place = place(arguments, data);
    let installation = Installation::open(&place, &base_url, Remember::Releases).await?;
    preflight(installation.laboratories.clone()).await?;
    let desk = installation.desk;
    let server = match arguments.kills {
        0 => Server::Here(runtime::start(
            &desk,
            listener,
            None,
            None,
            &runtime::Crew::here(&WorkRole::ALL, 2),
        )),
        kills => {
            drop(listener);
            Server::Apart(Apart::start(&place, &address, kills, arguments.seed, &desk))
        }
    };
    let bar = bar();
    let progress = |line: &str| tell(&bar, begun, line);
    let stage = Stage {
        desk: &desk,
        base_url,
        mailbox: installation.mailbox,
        public: desk.settings.public.clone(),
        progress: &progress,
        seed: arguments.seed,
    };
    let played = play(&stage).await;
    bar.finish_and_clear();
    let ended = match played {
        Ok(summary) => return finish(arguments, &stage, server, summary, begun).await,
        Err(error) if error.is::<Unreachable>() => {
            eprintln!("seawall: {error}");
            Ok(ExitCode::from(2))
        }
        Err(error) => Err(error),
    };
    server.stop(&desk).await?;
    ended
}

/// Where the server of the demo runs.
enum Server {
    /// In this process.
    Here(Running),
    /// In one of its own, which is killed now and then.
    Apart(Apart),
}

impl Server {
    async fn stop(self, desk: &Desk) -> anyhow::Result<()> {
        match self {
            Server::Here(running) => running.stop(desk).await,
            Server::Apart(apart) => {
                eprintln!("the server was killed {} times", apart.stop().await?);
                runtime::settle_log(desk).await
            }
        }
    }
}

/// Names what the host lacks, and goes no further if that is anything.
async fn preflight(laboratories: Arc<Laboratories>) -> anyhow::Result<()> {
    let preflight = tokio::task::spawn_blocking(move || laboratories.preflight()).await??;
    for fault in &preflight.faults {
        eprintln!("missing: {} ({}); {}", fault.what, fault.why, fault.remedy);
    }
    match preflight.faults.is_empty() {
        true => Ok(()),
        false => anyhow::bail!("this host cannot run the proofs: see above"),
    }
}

/// Tells a line of the story; where nobody looks, a bar draws nothing and the line is printed.
fn tell(bar: &ProgressBar, begun: Instant, line: &str) {
    let told = format!("{:>6.1} s  {line}", begun.elapsed().as_secs_f64());
    match std::io::stderr().is_terminal() {
        true => bar.println(told),
        false => eprintln!("{told}"),
    }
    bar.set_message(line.to_owned());
}

/// Recomputes and tells the summary, then leaves the portal open unless told to end. A server that
/// runs apart has its own sequencer, so it ends before the log is settled here.
async fn finish(
    arguments: &Arguments,
    stage: &Stage<'_>,
    server: Server,
    mut summary: Summary,
    begun: Instant,
) -> anyhow::Result<ExitCode> {
    let server = match server {
        Server::Apart(_) => {
            server.stop(stage.desk).await?;
            None
        }
        Server::Here(_) => Some(server),
    };
    settle(stage.desk, &mut summary).await?;
    summary.elapsed_seconds = (begun.elapsed().as_secs_f64() * 10.0).round() / 10.0;
    if arguments.json {
        super::print_json(&summary)?;
    } else {
        say(&summary);
    }
    if !arguments.exit {
        eprintln!("\nThe portal is open on {}. Sign in once by one of these:", stage.base_url);
        for login in &summary.logins {
            eprintln!("  {:<12} {}", login.role, login.url);
        }
        eprintln!("Interrupt with Ctrl-C to end.");
        tokio::signal::ctrl_c().await.context("cannot wait for an interrupt")?;
    }
    if let Some(server) = server {
        server.stop(stage.desk).await?;
    }
    Ok(if summary.ledger_verified { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

/// Waits until every fact is in the log, then recomputes every figure of the summary from it.
async fn settle(desk: &seawall_services::desk::Desk, summary: &mut Summary) -> anyhow::Result<()> {
    runtime::settle_log(desk).await?;
    let report = verify(desk).await?;
    for fault in &report.faults {
        eprintln!("DOES NOT HOLD: {fault}");
    }
    summary.ledger_size = report.entries;
    summary.ledger_verified = report.faults.is_empty() && summary.agrees_with(&report.figures);
    Ok(())
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} {wide_msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(150));
    bar
}

fn say(summary: &Summary) {
    println!("13 reports came from three finders; {} were taken in:", summary.findings_received);
    println!("  {:>3} reproduced in the sandbox", summary.findings_reproduced);
    println!("  {:>3} joined a group as duplicates", summary.findings_joined);
    println!("  {:>3} already fixed in the newest release", summary.findings_already_fixed);
    println!("  {:>3} rejected: the source has no such function", summary.findings_rejected);
    println!("  {:>3} did not reproduce", summary.findings_not_reproduced);
    println!("  {:>3} lacked evidence and were told what", summary.findings_needs_info);
    println!("{} cases, {} letters sent", summary.cases, summary.mails_sent);
    println!(
        "{} advisories published, {} revised after a later release relapsed:",
        summary.advisories_published, summary.advisories_revised
    );
    for advisory in &summary.advisories {
        let ranges: Vec<String> = advisory
            .ranges
            .iter()
            .map(|range| {
                let fixed = range.fixed.as_deref().unwrap_or("no fix yet");
                format!("{} to before {fixed}", range.introduced)
            })
            .collect();
        println!("  {} {} {}", advisory.id, advisory.package, ranges.join(" and "));
    }
    println!(
        "{} inventories; exposures: {} open, {} not affected, {} fixed; {} to fix today",
        summary.inventories,
        summary.exposures_open,
        summary.exposures_not_affected,
        summary.exposures_fixed,
        summary.today_items
    );
    let word =
        if summary.ledger_verified { "every figure holds" } else { "NOT every figure holds" };
    println!("the log has {} entries; recomputed: {word}", summary.ledger_size);
    println!("{:.1} s", summary.elapsed_seconds);
}
