//! Waiting until everything that was caused is done.

use super::mailbox::Mailbox;
use super::{Stage, Unreachable};
use anyhow::{Result, bail};
use seawall_domain::package::Package;
use seawall_services::desk::LabFault;
use seawall_services::outcome::{Denied, Fault};
use seawall_store::queue::{self, Pending};
use std::time::{Duration, Instant};

/// How often the queue is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(120);
/// After how long without news a line of progress is said.
const TELL_EVERY: Duration = Duration::from_secs(5);
/// After how long without any job done it is given up: the longest job is a cold fetch and a build.
const PATIENCE: Duration = Duration::from_secs(420);

/// Waits until no job and no letter is left.
pub async fn until_quiet(stage: &Stage<'_>, mailbox: &Mailbox, what: &str) -> Result<()> {
    let begun = Instant::now();
    let (mut told, mut moved) = (begun, begun);
    let (mut done, mut quiet) = (-1, 0);
    while quiet < 2 {
        let pending = queue::pending(stage.desk.store.database()).await?;
        if pending.dead > 0 {
            return Err(stuck(stage, what, pending).await);
        }
        let open = pending.ready + pending.leased;
        let still = open == 0 && mailbox.waiting() == 0;
        quiet = if still { quiet + 1 } else { 0 };
        if pending.done != done {
            (done, moved) = (pending.done, Instant::now());
        }
        if moved.elapsed() > PATIENCE {
            return Err(stuck(stage, what, pending).await);
        }
        if !still && told.elapsed() > TELL_EVERY {
            told = Instant::now();
            let seconds = begun.elapsed().as_secs();
            (stage.progress)(&format!("{what}, {seconds} s (jobs left: {open})"));
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(())
}

/// Why it does not go on: a registry that is down, or something of ours.
async fn stuck(stage: &Stage<'_>, what: &str, pending: Pending) -> anyhow::Error {
    let targets = super::cast::TARGETS.iter().filter_map(|target| target.package().ok());
    match reachable(stage, targets.collect()).await {
        Ok((_, down)) if !down.is_empty() => Unreachable(down).into(),
        Ok(_) => anyhow::anyhow!("{what} does not go on: {pending:?}"),
        Err(error) => error,
    }
}

/// The packages whose releases can be listed, and the names of the others, which are told.
pub async fn reachable(
    stage: &Stage<'_>,
    packages: Vec<Package>,
) -> Result<(Vec<Package>, Vec<String>)> {
    let (mut up, mut down) = (Vec::new(), Vec::new());
    for package in packages {
        let asked = package.clone();
        let listed = stage.desk.in_laboratory(move |lab| lab.releases(&asked)).await;
        match listed {
            Ok(_) => up.push(package),
            Err(Denied::Broken(Fault::Laboratory(LabFault::Unreachable(why)))) => {
                (stage.progress)(&format!("out of reach: {package}: {why}"));
                down.push(package.to_string());
            }
            Err(Denied::Broken(fault)) => bail!("cannot list the releases of {package}: {fault}"),
            Err(Denied::Refused(refusal)) => bail!("cannot list releases: {refusal}"),
        }
    }
    Ok((up, down))
}
