//! One thread that writes, so that everybody who waits meanwhile is written by the same sync.
//!
//! Only what somebody waits for is synced at once. How a request ended is written as soon, so that
//! it outlasts this process, and synced with the next request or within [`SYNC_TIME_MAX`]: should
//! the machine lose its power before that, all that was set aside for the request counts as used.

use super::{Head, JournalFault, append};
use crate::Clock;
use crate::record::Event;
use seawall_domain::time::Timestamp;
use seawall_ledger::checkpoint::Checkpoint;
use seawall_ledger::note::{KeyKind, NoteSigner};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

/// When so many events wait, no new request is taken.
const WAITING_MAX: usize = 4096;
/// After so many lines a checkpoint is signed.
const CHECKPOINT_LINES: u64 = 1000;
/// After so long a checkpoint is signed, if there are new lines.
const CHECKPOINT_TIME: Duration = Duration::from_secs(10);
/// When so many waited for the last sync, the next one waits a little for as many: a sync costs the
/// same for all of them. Whoever asks alone waits for nobody.
const CROWD: usize = 4;
/// How long it waits for them.
const CROWD_TIME: Duration = Duration::from_micros(150);
/// How much room for lines is kept from one write to the next.
const KEPT_BYTES_MAX: usize = 1 << 20;
/// So often [`Journal::rest`] is to be called.
pub const SYNC_TIME_MAX: Duration = Duration::from_millis(200);

/// The journal as those see it who write into it.
#[derive(Clone, Debug)]
pub struct Journal {
    waiting: mpsc::UnboundedSender<Entry>,
    number: Arc<AtomicUsize>,
}

#[derive(Debug)]
enum Entry {
    /// To be durable before anything follows from it.
    Waited(Event, oneshot::Sender<Result<(), JournalFault>>),
    /// To be written.
    Noted(Event),
    /// Whatever was written is to be durable.
    Rest,
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
        let (waiting, entries) = mpsc::unbounded_channel();
        let number = Arc::new(AtomicUsize::new(0));
        let mut writer = Writer {
            path: path.clone(),
            file,
            signed: head.lines,
            head,
            signer,
            clock,
            checkpoint: folder.join("checkpoint"),
            bytes: Vec::new(),
            at: Instant::now(),
            number: Arc::clone(&number),
            broken: None,
            is_loose: false,
            crowd: 0,
        };
        let thread = std::thread::Builder::new().name("journal".into());
        let thread = thread.spawn(move || writer.work(entries)).map_err(fault)?;
        Ok((Journal { waiting, number }, thread))
    }

    /// Hands an event in, in the order of the calls; it is durable when the receipt says so, and a
    /// receipt may be dropped.
    pub fn write(&self, event: Event) -> Receipt {
        let (written, receipt) = oneshot::channel();
        // When the writer has ended, the receipt says that the journal is closed.
        self.hand_in(Entry::Waited(event, written));
        Receipt(receipt)
    }

    /// Hands an event in, in the order of the calls, that nobody waits for.
    pub fn note(&self, event: Event) {
        self.hand_in(Entry::Noted(event));
    }

    /// Makes durable what was only written so far.
    pub fn rest(&self) {
        self.hand_in(Entry::Rest);
    }

    fn hand_in(&self, entry: Entry) {
        self.number.fetch_add(1, Ordering::Relaxed);
        let _ = self.waiting.send(entry);
    }

    /// Whether so much waits that no new request should be taken. Requests under way can always
    /// write how they ended.
    pub fn is_full(&self) -> bool {
        self.number.load(Ordering::Relaxed) >= WAITING_MAX
    }
}

struct Writer {
    path: PathBuf,
    file: File,
    head: Head,
    signer: NoteSigner,
    clock: Clock,
    checkpoint: PathBuf,
    /// What is written next; kept, for it has about the same length each time.
    bytes: Vec<u8>,
    signed: u64,
    at: Instant,
    number: Arc<AtomicUsize>,
    // INVARIANT: what is in memory is what is in the file. After a write that failed nobody knows
    // that any more, so nothing is written until the journal has been read anew, at the next start.
    broken: Option<std::io::ErrorKind>,
    /// Whether something was written that was not synced.
    is_loose: bool,
    /// How many waited for the last sync.
    crowd: usize,
}

impl Writer {
    fn work(&mut self, mut entries: mpsc::UnboundedReceiver<Entry>) {
        let mut together = Vec::new();
        while entries.blocking_recv_many(&mut together, WAITING_MAX) > 0 {
            if self.crowd >= CROWD {
                std::thread::sleep(CROWD_TIME);
                let more = std::iter::from_fn(|| entries.try_recv().ok());
                together.extend(more.take(WAITING_MAX));
            }
            self.write(&mut together);
            let due = self.head.lines - self.signed >= CHECKPOINT_LINES
                || self.at.elapsed() >= CHECKPOINT_TIME;
            if due {
                self.sign();
            }
        }
        self.sign();
    }

    /// Writes all that wait, by one sync if one is needed; then each who waits is told.
    fn write(&mut self, together: &mut Vec<Entry>) {
        self.number.fetch_sub(together.len(), Ordering::Relaxed);
        let (mut events, mut waiting) = (Vec::with_capacity(together.len()), Vec::new());
        let mut is_waited_for = false;
        for entry in together.drain(..) {
            match entry {
                Entry::Waited(event, written) => {
                    events.push(event);
                    waiting.push(written);
                }
                Entry::Noted(event) => events.push(event),
                Entry::Rest => is_waited_for = true,
            }
        }
        is_waited_for |= !waiting.is_empty();
        if is_waited_for {
            self.crowd = waiting.len();
        }
        self.attempt(|writer| {
            writer.put(events)?;
            if is_waited_for { writer.sync() } else { Ok(()) }
        });
        for waiting in waiting {
            let result = self.broken.map_or(Ok(()), |kind| {
                Err(JournalFault::Io { path: self.path.clone(), source: kind.into() })
            });
            // Whoever does not wait any more does not need to know.
            let _ = waiting.send(result);
        }
    }

    /// Does something with the file, unless it is broken or breaks by that.
    fn attempt(&mut self, deed: impl FnOnce(&mut Writer) -> std::io::Result<()>) {
        if self.broken.is_none()
            && let Err(error) = deed(self)
        {
            tracing::error!(%error, "the journal cannot be written; nothing passes any more");
            self.broken = Some(error.kind());
        }
    }

    fn put(&mut self, events: Vec<Event>) -> std::io::Result<()> {
        if events.is_empty() {
            return Ok(());
        }
        let now = (self.clock)().unwrap_or(Timestamp::UNIX_EPOCH);
        self.bytes.clear();
        self.bytes.shrink_to(KEPT_BYTES_MAX);
        for event in events {
            self.head.line(now, event, &mut self.bytes)?;
        }
        self.is_loose = true;
        self.file.write_all(&self.bytes)
    }

    fn sync(&mut self) -> std::io::Result<()> {
        if self.is_loose {
            self.file.sync_data()?;
            self.is_loose = false;
        }
        Ok(())
    }

    /// Signs where the journal stands, and leaves it beside it. Nothing is signed that a loss of
    /// power could still take back.
    fn sign(&mut self) {
        self.attempt(Writer::sync);
        if self.signed == self.head.lines || self.broken.is_some() {
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
