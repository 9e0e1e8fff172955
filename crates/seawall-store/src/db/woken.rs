//! The bell that tells idle workers of a new job, so that nobody has to poll quickly.

use super::StoreFault;
use sqlx::postgres::PgListener;
use sqlx::{Pool, Postgres};
use std::sync::Mutex;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How long to wait after the listening connection broke.
const LISTEN_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Rung by every commit that enqueued a job.
#[derive(Debug)]
pub(super) struct Bell {
    rung: watch::Sender<u64>,
    listening: Mutex<Option<JoinHandle<()>>>,
}

impl Bell {
    pub(super) fn new() -> Self {
        Self { rung: watch::Sender::new(0), listening: Mutex::new(None) }
    }

    pub(super) fn ring(&self) {
        self.rung.send_modify(|times| *times = times.wrapping_add(1));
    }

    pub(super) fn woken(&self) -> Woken {
        Woken { rung: self.rung.subscribe() }
    }

    /// Rings for every notification on the channel `seawall_job`, whichever process sent it.
    pub(super) async fn listen(&self, pool: &Pool<Postgres>) -> Result<(), StoreFault> {
        let fault = |source| StoreFault::driver("listen", source);
        let mut listener = PgListener::connect_with(pool).await.map_err(fault)?;
        listener.listen("seawall_job").await.map_err(fault)?;
        let rung = self.rung.clone();
        let task = tokio::spawn(async move {
            loop {
                // A lost connection rings too: what was sent meanwhile nobody heard.
                if let Err(error) = listener.try_recv().await {
                    tracing::warn!(%error, "cannot listen for new jobs");
                    tokio::time::sleep(LISTEN_AGAIN_AFTER).await;
                }
                rung.send_modify(|times| *times = times.wrapping_add(1));
            }
        });
        self.keep(Some(task));
        Ok(())
    }

    /// Stops listening.
    pub(super) fn silence(&self) {
        self.keep(None);
    }

    fn keep(&self, task: Option<JoinHandle<()>>) {
        let mut listening = match self.listening.lock() {
            Ok(listening) => listening,
            Err(poisoned) => poisoned.into_inner(),
        };
        if let Some(old) = std::mem::replace(&mut *listening, task) {
            old.abort();
        }
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        self.silence();
    }
}

/// Wakes when a job was enqueued; one for each worker, and no ring between two waits is lost.
#[derive(Clone, Debug)]
pub struct Woken {
    rung: watch::Receiver<u64>,
}

impl Woken {
    /// Waits for the next ring, or gives back at once if it rang since the last wait.
    pub async fn notified(&mut self) {
        if self.rung.changed().await.is_err() {
            // The database is closed; nothing will ever ring again.
            std::future::pending::<()>().await;
        }
    }

    /// Waits for the next ring, but not longer than this; jobs also come due without a ring, and
    /// on SQLite a second process rings only its own bell.
    pub async fn wait(&mut self, at_most: Duration) {
        let _ = tokio::time::timeout(at_most, self.notified()).await;
    }
}
