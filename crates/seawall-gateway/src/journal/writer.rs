//! One thread that writes, so that everybody who waits meanwhile is written by the same sync.

use super::{Head, JournalFault, append};
use crate::Clock;
use crate::record::Event;
use seawall_domain::time::Timestamp;
use seawall_ledger::checkpoint::Checkpoint;
use seawall_ledger::note::{KeyKind, NoteSigner};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

/// How many events wait at most; whoever comes then waits to be let in.
const WAITING_MAX: usize = 4096;
/// After so many lines a checkpoint is signed.
const CHECKPOINT_LINES: u64 = 1000;
/// After so long a checkpoint is signed, if there are new lines.
const CHECKPOINT_TIME: Duration = Duration::from_secs(10);

/// The journal as those see it who write into it.
#[derive(Clone, Debug)]
pub struct Journal {
    waiting: mpsc::Sender<Entry>,
}

struct Entry {
    event: Event,
    written: oneshot::Sender<Result<(), JournalFault>>,
}

/// What becomes ready when an event is durable.
#[derive(Debug)]
pub struct Receipt(oneshot::Receiver<Result<(), JournalFault>>);

impl Receipt {
    /// Waits until the event is durable.
    pub async fn durable(self) -> Result<(), JournalFault> {
        self.0.await.unwrap_or(Err(JournalFault::Closed))
    }
}

impl Journal {
    /// Goes on behind that head. The thread ends, with everything written, when the last handle is
    /// dropped.
    pub fn open(
        folder: &Path,
        head: Head,
        signer: NoteSigner,
        clock: Clock,
    ) -> Result<(Journal, std::thread::JoinHandle<()>), JournalFault> {
        let path = folder.join(super::FILE);
        let fault = |source| JournalFault::Io { path: path.clone(), source };
        let file = append(&path, &head).map_err(fault)?;
        let (waiting, entries) = mpsc::channel(WAITING_MAX);
        let checkpoint = folder.join("checkpoint");
        let signed = head.lines;
        let mut writer = Writer {
            path: path.clone(),
            file,
            head,
            signer,
            clock,
            checkpoint,
            signed,
            at: Instant::now(),
        };
        let thread = std::thread::Builder::new().name("journal".into());
        let thread = thread.spawn(move || writer.work(entries)).map_err(fault)?;
        Ok((Journal { waiting }, thread))
    }

    /// Hands an event in; it is durable when the receipt says so.
    pub async fn write(&self, event: Event) -> Result<Receipt, JournalFault> {
        let (written, receipt) = oneshot::channel();
        let sent = self.waiting.send(Entry { event, written }).await;
        sent.map(|()| Receipt(receipt)).map_err(|_| JournalFault::Closed)
    }

    /// Hands an event in from where nobody can wait, such as a stream that is dropped. When too
    /// many wait already it is handed in by a task of its own.
    pub fn write_behind(&self, event: Event) {
        let (written, _) = oneshot::channel();
        if let Err(mpsc::error::TrySendError::Full(entry)) =
            self.waiting.try_send(Entry { event, written })
        {
            let waiting = self.waiting.clone();
            tokio::spawn(async move { waiting.send(entry).await });
        }
    }
}

struct Writer {
    path: PathBuf,
    file: File,
    head: Head,
    signer: NoteSigner,
    clock: Clock,
    checkpoint: PathBuf,
    signed: u64,
    at: Instant,
}

impl Writer {
    fn work(&mut self, mut entries: mpsc::Receiver<Entry>) {
        let mut together = Vec::new();
        while entries.blocking_recv_many(&mut together, WAITING_MAX) > 0 {
            self.write(&mut together);
            let due = self.head.lines - self.signed >= CHECKPOINT_LINES
                || self.at.elapsed() >= CHECKPOINT_TIME;
            if due {
                self.sign();
            }
        }
        self.sign();
    }

    /// Writes all that wait, by one sync; then each of them is told.
    fn write(&mut self, together: &mut Vec<Entry>) {
        let (before, mut bytes) = (self.head.clone(), Vec::new());
        let now = (self.clock)().unwrap_or(Timestamp::UNIX_EPOCH);
        let mut written = Vec::with_capacity(together.len());
        for entry in together.drain(..) {
            match self.head.line(now, entry.event) {
                Ok(line) => {
                    bytes.extend(line);
                    written.push(entry.written);
                }
                Err(error) => tracing::error!(%error, "an event has no text"),
            }
        }
        let done = self.file.write_all(&bytes).and_then(|()| self.file.sync_data());
        if let Err(error) = &done {
            tracing::error!(%error, "the journal cannot be written");
            // Whatever was written of it is not counted: it is cut off, now or at the next start.
            self.head = before;
            let _ = self.file.set_len(self.head.bytes);
        }
        for waiting in written {
            let result = done.as_ref().map_err(|error| JournalFault::Io {
                path: self.path.clone(),
                source: std::io::Error::from(error.kind()),
            });
            // Whoever does not wait any more does not need to know.
            let _ = waiting.send(result.copied());
        }
    }

    /// Signs where the journal stands, and leaves it beside it.
    fn sign(&mut self) {
        if self.signed == self.head.lines {
            return;
        }
        let origin = self.signer.verifier(KeyKind::Note).name().clone();
        let checkpoint = Checkpoint::new(origin, self.head.lines, self.head.tree.root());
        let new = self.checkpoint.with_extension("new");
        let put = checkpoint
            .sign(&self.signer)
            .map_err(|fault| std::io::Error::other(fault.to_string()))
            .and_then(|note| std::fs::write(&new, note.to_string()))
            .and_then(|()| std::fs::rename(&new, &self.checkpoint));
        match put {
            Ok(()) => (self.signed, self.at) = (self.head.lines, Instant::now()),
            Err(error) => tracing::error!(%error, "no checkpoint can be left"),
        }
    }
}
