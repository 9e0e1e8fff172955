//! The demo's server in a process of its own, which is killed and started again while the story
//! goes on: `cargo xtask bench kill` shows that the story ends the same.

use crate::installation::Place;
use anyhow::Context;
use seawall_services::desk::Desk;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How often the killer counts the facts.
const LOOK_EVERY: Duration = Duration::from_millis(15);
/// How many facts there are, at the least, when the first kill comes: the cast has entered.
const FIRST_KILL_AT: i64 = 60;
/// How many facts a kill comes after the one before it, at the most.
const STRIDE_MAX: u64 = 16;
/// How long a server that was told to end may take, in seconds, before it is killed once more.
const END_SECS_MAX: u64 = 30;

/// A server in a process of its own, with somebody who kills it.
pub struct Apart {
    stop: oneshot::Sender<()>,
    killer: JoinHandle<anyhow::Result<u32>>,
}

impl Apart {
    /// Starts the server, and the killer, who kills it so many times after seeded numbers of facts.
    pub fn start(place: &Place, listen: &str, kills: u32, seed: u64, desk: &Desk) -> Apart {
        let (stop, stopped) = oneshot::channel();
        let (place, listen, desk) = (place.clone(), listen.to_owned(), desk.clone());
        let killer =
            tokio::spawn(async move { haunt(&place, &listen, kills, seed, &desk, stopped).await });
        Apart { stop, killer }
    }

    /// Ends the server and says how often it was killed.
    pub async fn stop(self) -> anyhow::Result<u32> {
        // A killer that is gone already has its own error to tell.
        let _ = self.stop.send(());
        self.killer.await.context("the killer failed")?
    }
}

async fn haunt(
    place: &Place,
    listen: &str,
    kills: u32,
    seed: u64,
    desk: &Desk,
    mut stopped: oneshot::Receiver<()>,
) -> anyhow::Result<u32> {
    let mut server = spawn(place, listen)?;
    let (mut killed, mut random, mut at) = (0, seed, FIRST_KILL_AT);
    loop {
        tokio::select! {
            _ = &mut stopped => break,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        // A server that could not start (the port or the database was not free yet) is tried again,
        // as a supervisor would.
        if server.try_wait().context("cannot look after the server")?.is_some() {
            server = spawn(place, listen)?;
        }
        if killed < kills && facts(desk).await? >= at {
            server.kill().await.context("cannot kill the server")?;
            server = spawn(place, listen)?;
            killed += 1;
            random = next(random);
            at = facts(desk).await? + 1 + i64::try_from(random % STRIDE_MAX).unwrap_or(0);
        }
    }
    end(&mut server).await?;
    Ok(killed)
}

/// How many facts are written.
async fn facts(desk: &Desk) -> anyhow::Result<i64> {
    let sql = "SELECT COUNT(*) AS facts FROM fact";
    let rows = desk.store.database().fetch(sql, Vec::new()).await?;
    rows.first().map_or(Ok(0), |row| row.int("facts").map_err(Into::into))
}

/// The next number of a small generator (Marsaglia's xorshift): which numbers matters little.
fn next(mut number: u64) -> u64 {
    number |= 1;
    number ^= number << 13;
    number ^= number >> 7;
    number ^ (number << 17)
}

fn spawn(place: &Place, listen: &str) -> anyhow::Result<Child> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("serve").arg("--data").arg(&place.data).arg("--cache").arg(&place.cache);
    command.arg("--isolation").arg(place.isolation.to_string());
    command.args(["--listen", listen, "--mail-from", &place.mail_from]);
    command.args(["--publisher", &place.publisher, "--namespace", &place.namespace]);
    if let Some(notice) = &place.notice {
        command.args(["--notice", notice]);
    }
    if let Some(url) = &place.database_url {
        command.args(["--database-url", url]);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    command.spawn().context("cannot start the server")
}

/// Tells the server to end, as a supervisor would, and waits until it has.
async fn end(server: &mut Child) -> anyhow::Result<()> {
    if let Some(id) = server.id() {
        let told = Command::new("kill").args(["-TERM", &id.to_string()]).status().await;
        told.context("cannot tell the server to end")?;
    }
    let ended = tokio::time::timeout(Duration::from_secs(END_SECS_MAX), server.wait()).await;
    if ended.is_err() {
        server.kill().await.context("cannot kill the server")?;
    }
    Ok(())
}
