//! All roles in one process: the server, the workers, the sequencer and the mailbox's reader. Or
//! some workers alone, beside a server that leaves those roles to them.

use anyhow::Context;
use axum::Router;
use seawall_domain::job::WorkRole;
use seawall_server::listen;
use seawall_server::site::{Site, router};
use seawall_services::advisory_set::Shelf;
use seawall_services::desk::Desk;
use seawall_services::log::Sequencer;
use seawall_services::work::{Round, Worker, round};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How long a worker waits for a wake-up before it looks again by itself.
const PATIENCE: Duration = Duration::from_millis(400);
/// How often the advisory sets are looked at: whether one was replaced.
const ADVISORIES_EVERY: Duration = Duration::from_secs(1);
/// How often the mailbox is looked into.
const MAIL_EVERY: Duration = Duration::from_millis(300);

/// What runs, until it is stopped.
pub struct Running {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Running {
    /// Stops everything: what is under way is finished, then the log is brought up to date.
    pub async fn stop(self, desk: &Desk) -> anyhow::Result<()> {
        self.end().await?;
        settle_log(desk).await
    }

    /// Stops everything: what is under way is finished.
    pub async fn end(self) -> anyhow::Result<()> {
        self.stop.send_replace(true);
        for task in self.tasks {
            task.await.context("a task of this process failed")?;
        }
        Ok(())
    }
}

/// Numbers every fact that has no number yet and writes both logs' tiles.
pub async fn settle_log(desk: &Desk) -> anyhow::Result<()> {
    let mut sequencer = Sequencer::default();
    while sequencer.round(desk).await? > 0 {}
    Ok(())
}

/// Binds the address; a port of 0 takes a free one.
pub async fn bind(address: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))
}

/// Starts everything on a bound listener; of the workers, those of these roles.
pub fn start(
    desk: &Desk,
    listener: TcpListener,
    tls: Option<Arc<rustls::ServerConfig>>,
    claim_check_salt: Option<Arc<str>>,
    crew: &Crew,
) -> Running {
    let (stop, stopped) = watch::channel(false);
    let site: Router = router(Site { desk: desk.clone(), claim_check_salt });
    let mut until = stopped.clone();
    let serving = async move {
        let over = async move { drop(until.wait_for(|stop| *stop).await) };
        if let Err(error) = listen::serve(listener, tls, site, over).await {
            tracing::error!(%error, "the server failed");
        }
    };
    let mut tasks = vec![tokio::spawn(serving)];
    tasks.extend(crew.start(desk, &stopped));
    tasks.push(tokio::spawn(sequence(desk.clone(), stopped.clone())));
    tasks.push(tokio::spawn(read_mail(desk.clone(), stopped.clone())));
    tasks.push(tokio::spawn(keep_advisories(desk.clone(), stopped)));
    Running { stop, tasks }
}

/// Starts workers alone. Who matches keeps the advisory set up to date too.
pub fn start_workers(desk: &Desk, crew: &Crew) -> Running {
    let (stop, stopped) = watch::channel(false);
    let mut tasks = crew.start(desk, &stopped);
    if crew.roles.contains(&WorkRole::Match) {
        tasks.push(tokio::spawn(keep_advisories(desk.clone(), stopped)));
    }
    Running { stop, tasks }
}

/// The workers of a process.
#[derive(Clone, Debug)]
pub struct Crew {
    /// Its machine and process, as people find it.
    pub name: String,
    /// What they do.
    pub roles: Vec<WorkRole>,
    /// How many run proofs side by side.
    pub proofs: usize,
}

impl Crew {
    /// The workers of this process.
    pub fn here(roles: &[WorkRole], proofs: usize) -> Crew {
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let host = match host.trim() {
            "" => "here",
            host => host,
        };
        Crew { name: format!("{host}/{}", std::process::id()), roles: roles.to_vec(), proofs }
    }

    fn start(&self, desk: &Desk, stopped: &watch::Receiver<bool>) -> Vec<JoinHandle<()>> {
        // Desk work never waits behind the laboratory: it has a worker of its own.
        let (proofs, quick): (Vec<_>, Vec<_>) =
            self.roles.iter().partition(|role| **role == WorkRole::Reproduce);
        let quick = (!quick.is_empty()).then_some(quick);
        let proofs = proofs.first().into_iter().flat_map(|role| vec![vec![*role]; self.proofs]);
        let begin = |(number, roles): (usize, Vec<WorkRole>)| {
            let worker = Worker::new(format!("{}/{number}", self.name), &roles);
            tokio::spawn(work(desk.clone(), worker, stopped.clone()))
        };
        (1..).zip(quick.into_iter().chain(proofs)).map(begin).collect()
    }
}

/// Does jobs as a worker until told to stop.
async fn work(desk: Desk, worker: Worker, mut stop: watch::Receiver<bool>) {
    let mut woken = desk.store.database().woken();
    while !*stop.borrow() {
        match round(&desk, &worker).await {
            Ok(Round::Worked) => {}
            Ok(Round::Idle) => {
                tokio::select! {
                    _ = woken.wait(PATIENCE) => {}
                    _ = stop.wait_for(|stop| *stop) => {}
                }
            }
            Err(error) => {
                tracing::error!(%error, "a worker met a fault");
                tokio::time::sleep(PATIENCE).await;
            }
        }
    }
}

async fn sequence(desk: Desk, mut stop: watch::Receiver<bool>) {
    let mut sequencer = Sequencer::default();
    while !*stop.borrow() {
        match sequencer.round(&desk).await {
            Ok(numbered) if numbered > 0 => {}
            Ok(_) => {
                tokio::select! {
                    () = tokio::time::sleep(PATIENCE) => {}
                    _ = stop.wait_for(|stop| *stop) => {}
                }
            }
            Err(error) => {
                tracing::error!(%error, "the sequencer met a fault");
                tokio::time::sleep(PATIENCE).await;
            }
        }
    }
}

/// Takes up an advisory set that was replaced, and what was published here. Everybody whom another
/// set can touch is matched anew; the first one that is there may have come while nothing ran.
async fn keep_advisories(desk: Desk, mut stop: watch::Receiver<bool>) {
    let mut matched: Option<Arc<Shelf>> = None;
    while !*stop.borrow() {
        let advisories = desk.advisories.clone();
        if let Err(error) = tokio::task::spawn_blocking(move || advisories.refresh()).await {
            tracing::error!(%error, "the advisory sets could not be looked at");
        }
        let installed = desk.advisories.current().installed.clone();
        let same = |(one, other): (&Arc<Shelf>, &Arc<Shelf>)| Arc::ptr_eq(one, other);
        if installed.is_some() && !installed.as_ref().zip(matched.as_ref()).is_some_and(same) {
            match seawall_services::exposure::ask_for_match(&desk).await {
                Ok(()) => {
                    matched = installed;
                    if let Err(error) = seawall_services::work::weigh_all(&desk).await {
                        tracing::error!(%error, "what waits is not weighed anew");
                    }
                }
                Err(error) => tracing::error!(%error, "the advisory set waits to be matched"),
            }
        }
        tokio::select! {
            () = tokio::time::sleep(ADVISORIES_EVERY) => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }
}

async fn read_mail(desk: Desk, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = file_letters(&desk).await {
            tracing::error!(%error, "the mailbox's reader met a fault");
        }
        tokio::select! {
            () = tokio::time::sleep(MAIL_EVERY) => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }
}

/// Files the letters that wait; each is put away once its case has it.
async fn file_letters(desk: &Desk) -> anyhow::Result<()> {
    let courier = desk.courier.clone();
    let letters = tokio::task::spawn_blocking(move || courier.collect()).await?;
    for (name, bytes) in letters.map_err(anyhow::Error::msg)? {
        // A letter that cannot be filed now waits; it must not hold up the letters behind it.
        match seawall_services::case::receive(desk, &bytes).await {
            Ok(filed) => {
                tracing::info!(letter = %name, ?filed, "a letter came");
                desk.courier.put_away(&name).map_err(anyhow::Error::msg)?;
            }
            Err(error) => tracing::error!(letter = %name, %error, "a letter could not be filed"),
        }
    }
    Ok(())
}
