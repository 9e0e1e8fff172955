//! `seawall work`: some kinds of work apart from the server, any number of such processes on any
//! machines. They share the database, the data folder and the keys with it, and nothing else.

use crate::installation::{Installation, Place};
use crate::laboratory::{Laboratories, Remember};
use crate::runtime::{self, Crew};
use anyhow::{Context, bail, ensure};
use seawall_domain::job::WorkRole;
use seawall_store::Store;
use seawall_store::anchor::Anchor;
use seawall_store::db::Kind;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

/// How far the clock of a worker may be off, in seconds: a lease lasts 10, and is held longer every
/// 3, so that a worker whose clock is off by more would take jobs from those who are at them.
const CLOCK_SECONDS_MAX: i64 = 3;

/// What is done here.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// What to do: desk, reproduce, publish, notify, match; several times for several.
    #[arg(long = "role", value_name = "ROLE", required = true, value_parser = super::role)]
    roles: Vec<WorkRole>,
    /// How many proofs run side by side.
    #[arg(long, default_value_t = 2)]
    workers: usize,
    /// Where the server is reached, for the letters of the roles `publish` and `notify`.
    #[arg(long, env = "SEAWALL_BASE_URL", default_value = "")]
    base_url: String,
}

/// Works until interrupted; what is under way is finished.
pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    super::block_on(work(arguments))
}

async fn work(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { place, mut roles, workers, base_url } = arguments;
    roles.dedup();
    let does = |role| roles.contains(&role);
    ensure!(
        !base_url.is_empty() || !(does(WorkRole::Publish) || does(WorkRole::Notify)),
        "cannot publish or notify without --base-url: letters name the server's address"
    );
    let base_url = base_url.trim_end_matches('/');
    let installation = Installation::join(&place, base_url, Remember::Nothing).await?;
    let desk = installation.desk;
    shared(&desk.store, &place).await?;
    if does(WorkRole::Reproduce) {
        able(&installation.laboratories).await?;
    }
    let crew = Crew::here(&roles, workers.max(1));
    let told_to_end = super::told_to_end().context("cannot wait for an interrupt")?;
    let running = runtime::start_workers(&desk, &crew);
    let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
    eprintln!("seawall works as {}: {}", crew.name, names.join(", "));
    told_to_end.await;
    eprintln!("seawall finishes what is under way");
    running.end().await?;
    Ok(ExitCode::SUCCESS)
}

/// Looks whether everything is there that workers share with the server, before any work is taken.
async fn shared(store: &Store, place: &Place) -> anyhow::Result<()> {
    let data = place.data.display();
    match store.anchored().await? {
        Anchor::Holds => {}
        Anchor::Absent => bail!(
            "nobody has served on this database yet: start `seawall serve` on it first, which says \
             which data folder is its own"
        ),
        Anchor::OtherFolder => bail!(
            "the data folder {data} is not that of this database: reports, proofs and evidence lie \
             in it as files, so mount the server's own folder here and name it by --data"
        ),
        Anchor::OtherKeys => bail!(
            "the keys are not those of this database: copy the server's own keys folder here and \
             name it by --keys"
        ),
    }
    writable(&place.data.join("blobs"))?;
    match store.database().kind() {
        Kind::Sqlite => ensure!(
            !is_remote(&place.data),
            "{data} lies on a network file system, over which SQLite cannot be shared: let server \
             and workers use PostgreSQL (--database-url)"
        ),
        Kind::Postgres => {
            let theirs = store.database().time().await?;
            let off = jiff::Timestamp::now().duration_since(theirs).as_secs();
            ensure!(
                off.abs() <= CLOCK_SECONDS_MAX,
                "the clock here is {off} seconds off that of the database: set it (NTP), or this \
                 worker takes jobs from others"
            );
        }
    }
    Ok(())
}

/// Whether evidence can be kept there.
fn writable(blobs: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    let probe = blobs.join(format!("probe-{}", std::process::id()));
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(blobs)
        .and_then(|()| fs::write(&probe, ""))
        .and_then(|()| fs::remove_file(&probe))
        .with_context(|| format!("cannot keep evidence in {}", blobs.display()))
}

/// Whether a folder lies on a file system of another machine, as far as the kernel's table of
/// mounts tells (proc(5), `/proc/self/mountinfo`).
fn is_remote(folder: &Path) -> bool {
    const REMOTE: [&str; 9] =
        ["nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "afs", "glusterfs", "lustre"];
    let Ok(folder) = folder.canonicalize() else { return false };
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let kind = mounts.lines().filter_map(|line| {
        let place = line.split(' ').nth(4)?;
        let kind = line.split(" - ").nth(1)?.split(' ').next()?;
        folder.starts_with(place).then_some((place.len(), kind))
    });
    let kind = kind.max_by_key(|(length, _)| *length).map(|(_, kind)| kind).unwrap_or_default();
    REMOTE.contains(&kind) || kind.starts_with("fuse.")
}

/// Whether proofs can be run here; says what is missing when not.
async fn able(laboratories: &std::sync::Arc<Laboratories>) -> anyhow::Result<()> {
    let laboratories = laboratories.clone();
    let preflight = tokio::task::spawn_blocking(move || laboratories.preflight()).await??;
    for fault in &preflight.faults {
        eprintln!("missing: {} ({}); {}", fault.what, fault.why, fault.remedy);
    }
    ensure!(
        preflight.faults.is_empty(),
        "this host cannot run every kind of proof: `seawall preflight` says what is missing"
    );
    Ok(())
}
