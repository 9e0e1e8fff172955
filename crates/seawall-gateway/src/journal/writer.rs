//! One thread that writes, so that everybody who waits meanwhile is written by the same sync.
//!
//! Only what somebody waits for is synced at once. How a request ended is written as soon, so that
//! it outlasts this process, and synced with the next request or within [`SYNC_TIME_MAX`]: should
//! the machine lose its power before that, all that was set aside for the request counts as used.
//!
//! Where there is no room (a full disk, a quota, a largest file) nothing new is taken. What was
//! handed in waits in its order, whatever was written in part is cut off, and all of it is written
//! as soon as there is room again. After any other failure nothing is written until the journal has
//! been read anew, at the next start.

use super::{Head, JournalFault, ROOM, ROOM_BYTES, open};
use crate::Clock;
use crate::record::Event;
use seawall_domain::time::Timestamp;
use seawall_ledger::checkpoint::Checkpoint;
use seawall_ledger::note::{KeyKind, NoteSigner};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
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
/// How long the writer, once roused, looks for the event that follows.
const ROUSED_TIME: Duration = Duration::from_micros(150);
/// How much room for lines is kept from one write to the next.
const KEPT_BYTES_MAX: usize = 1 << 20;
/// How much may wait for room; with more, nothing is written until the next start.
const WAITING_BYTES_MAX: usize = 64 << 20;
/// So often [`Journal::rest`] is to be called.
pub const SYNC_TIME_MAX: Duration = Duration::from_millis(200);

/// The journal as those see it who write into it.
#[derive(Clone, Debug)]
pub struct Journal {
    waiting: mpsc::UnboundedSender<Entry>,
    number: Arc<AtomicUsize>,
    /// How many receipts do not say yet what became of their events.
    awaited: Arc<AtomicUsize>,
    is_stuck: Arc<AtomicBool>,
}

/// A checkpoint as it was signed (C2SP tlog-checkpoint).
#[derive(Clone, Debug)]
pub struct Signed {
    /// Over how many lines.
    pub size: u64,
    /// The signed note.
    pub note: String,
}

#[derive(Debug)]
enum Entry {
    /// To be durable before anything follows from it.
    Waited(Event, oneshot::Sender<Result<(), JournalFault>>),
    /// To be written.
    Noted(Event),
    /// Whatever was written is to be durable.
    Rest,
    /// An event that somebody waits for comes soon.
    Rouse,
    /// Where the journal stands is to be signed.
    Sign(oneshot::Sender<Result<Signed, JournalFault>>),
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
    /// Goes on behind that head, and writes behind each event what follows from it. The thread
    /// ends, with everything written, when the last handle is dropped.
    pub fn open(
        folder: &Path,
        head: Head,
        signer: NoteSigner,
        clock: Clock,
        follows: impl FnMut(Timestamp, &Event) -> Vec<Event> + Send + 'static,
    ) -> Result<(Journal, std::thread::JoinHandle<()>), JournalFault> {
        let path = folder.join(super::FILE);
        let fault = |source| JournalFault::Io { path: path.clone(), source };
        let file = open(&path, &head).map_err(fault)?;
        let (waiting, entries) = mpsc::unbounded_channel();
        let number = Arc::new(AtomicUsize::new(0));
        let awaited = Arc::new(AtomicUsize::new(0));
        let is_stuck = Arc::new(AtomicBool::new(false));
        let mut writer = Writer {
            path: path.clone(),
            file,
            signed: 0,
            tried: head.lines,
            latest: None,
            whole: head.bytes,
            room: 0,
            is_narrow: false,
            head,
            signer,
            clock,
            follows: Box::new(follows),
            checkpoint: folder.join("checkpoint"),
            bytes: Vec::new(),
            at: Instant::now(),
            number: Arc::clone(&number),
            awaited: Arc::clone(&awaited),
            is_stuck: Arc::clone(&is_stuck),
            broken: None,
            stuck: None,
            is_torn: false,
            is_loose: false,
            crowd: 0,
        };
        let thread = std::thread::Builder::new().name("journal".into());
        let thread = thread.spawn(move || writer.work(entries)).map_err(fault)?;
        Ok((Journal { waiting, number, awaited, is_stuck }, thread))
    }

    /// Hands an event in, in the order of the calls; it is durable when the receipt says so, and a
    /// receipt may be dropped.
    pub fn write(&self, event: Event) -> Receipt {
        let (written, receipt) = oneshot::channel();
        // When the writer has ended, the receipt says that the journal is closed.
        self.awaited.fetch_add(1, Ordering::Relaxed);
        self.hand_in(Entry::Waited(event, written));
        Receipt(receipt)
    }

    /// Says that an event follows that somebody will wait for, so that the writer wakes meanwhile.
    /// Where somebody waits already, it is awake.
    pub fn rouse(&self) {
        if self.awaited.load(Ordering::Relaxed) == 0 {
            self.hand_in(Entry::Rouse);
        }
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

    /// The signed checkpoint over everything that was handed in before.
    pub async fn checkpoint(&self) -> Result<Signed, JournalFault> {
        let (signed, receipt) = oneshot::channel();
        self.hand_in(Entry::Sign(signed));
        receipt.await.unwrap_or(Err(JournalFault::Closed))
    }

    /// Whether so much waits, or nothing can be written, that no new request should be taken.
    /// Requests under way can always write how they ended.
    pub fn is_full(&self) -> bool {
        self.number.load(Ordering::Relaxed) >= WAITING_MAX || self.is_stuck()
    }

    /// Whether nothing can be written: for now, or until the next start.
    pub fn is_stuck(&self) -> bool {
        self.is_stuck.load(Ordering::Relaxed)
    }
}

/// What follows from an event at that time.
type Follows = dyn FnMut(Timestamp, &Event) -> Vec<Event> + Send;

struct Writer {
    path: PathBuf,
    file: File,
    head: Head,
    signer: NoteSigner,
    clock: Clock,
    follows: Box<Follows>,
    checkpoint: PathBuf,
    // INVARIANT: `head` is over the first `whole` bytes of the file and these behind them.
    /// What is written next; kept, for it has about the same length each time.
    bytes: Vec<u8>,
    /// How long the file is without what was written of `bytes`.
    whole: u64,
    /// How far there is room in the file, filled with [`ROOM`]: up to `whole` there is none.
    room: u64,
    /// Whether no room is made any more, for there was none to be had.
    is_narrow: bool,
    signed: u64,
    /// How many lines there were when a checkpoint was signed or could not be left.
    tried: u64,
    latest: Option<Signed>,
    at: Instant,
    number: Arc<AtomicUsize>,
    awaited: Arc<AtomicUsize>,
    is_stuck: Arc<AtomicBool>,
    /// Why nothing is written until the next start: nobody knows what the file holds.
    broken: Option<io::ErrorKind>,
    /// Why nothing is written now: there is no room.
    stuck: Option<io::ErrorKind>,
    /// Whether a part of `bytes` may stand behind the file's whole lines.
    is_torn: bool,
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
            } else if together.iter().all(|entry| matches!(entry, Entry::Rouse)) {
                together.extend(looked_for(&mut entries));
            }
            self.write(&mut together);
            self.make_room();
            let due = self.head.lines - self.tried >= CHECKPOINT_LINES
                || self.at.elapsed() >= CHECKPOINT_TIME;
            if due && self.signed != self.head.lines {
                self.leave();
            }
        }
        if self.signed != self.head.lines {
            self.leave();
        }
        if self.room > self.whole {
            self.attempt(Writer::cut);
        }
    }

    /// Writes all that wait, by one sync if one is needed; then each who waits is told.
    fn write(&mut self, together: &mut Vec<Entry>) {
        self.number.fetch_sub(together.len(), Ordering::Relaxed);
        let (mut events, mut waiting) = (Vec::with_capacity(together.len()), Vec::new());
        let (mut is_waited_for, mut signing) = (false, Vec::new());
        for entry in together.drain(..) {
            match entry {
                Entry::Waited(event, written) => {
                    events.push(event);
                    waiting.push(written);
                }
                Entry::Noted(event) => events.push(event),
                Entry::Rest => is_waited_for = true,
                Entry::Rouse => {}
                Entry::Sign(signed) => signing.push(signed),
            }
        }
        is_waited_for |= !waiting.is_empty();
        if is_waited_for {
            self.crowd = waiting.len();
        }
        self.attempt(|writer| {
            writer.put(events)?;
            writer.flush();
            if is_waited_for { writer.sync() } else { Ok(()) }
        });
        self.awaited.fetch_sub(waiting.len(), Ordering::Relaxed);
        for waiting in waiting {
            // Whoever does not wait any more does not need to know.
            let _ = waiting.send(self.fault());
        }
        for signing in signing {
            let _ = signing.send(self.sign());
        }
    }

    /// Does something with the file, unless it is broken or breaks by that.
    fn attempt(&mut self, deed: impl FnOnce(&mut Writer) -> io::Result<()>) {
        if self.broken.is_none()
            && let Err(error) = deed(self)
        {
            self.breaks(&error);
        }
    }

    fn breaks(&mut self, error: &io::Error) {
        tracing::error!(%error, "the journal cannot be written; nothing passes any more");
        self.broken = Some(error.kind());
        self.is_stuck.store(true, Ordering::Relaxed);
    }

    /// Why what was handed in is not durable, if it is not.
    fn fault(&self) -> Result<(), JournalFault> {
        self.broken.or(self.stuck).map_or(Ok(()), |kind| {
            Err(JournalFault::Io { path: self.path.clone(), source: kind.into() })
        })
    }

    /// Puts events behind whatever waits to be written.
    fn put(&mut self, events: Vec<Event>) -> io::Result<()> {
        let now = (self.clock)().unwrap_or(Timestamp::UNIX_EPOCH);
        for event in events {
            let behind = (self.follows)(now, &event);
            for event in std::iter::once(event).chain(behind) {
                self.head.line(now, event, &mut self.bytes)?;
            }
        }
        Ok(())
    }

    /// Writes what waits, or finds that there is no room.
    fn flush(&mut self) {
        match self.written() {
            Ok(()) if self.stuck.take().is_some() => {
                tracing::info!("the journal is written again");
                self.is_stuck.store(false, Ordering::Relaxed);
            }
            Ok(()) => {}
            Err(error) if is_no_room(&error) && self.bytes.len() <= WAITING_BYTES_MAX => {
                if self.stuck.replace(error.kind()).is_none() {
                    tracing::error!(%error, "there is no room for the journal; nothing passes");
                    self.is_stuck.store(true, Ordering::Relaxed);
                }
            }
            Err(error) => self.breaks(&error),
        }
    }

    fn written(&mut self) -> io::Result<()> {
        if self.is_torn {
            self.cut()?;
        }
        if self.bytes.is_empty() {
            return Ok(());
        }
        self.is_torn = true;
        self.file.write_all_at(&self.bytes, self.whole)?;
        (self.is_torn, self.is_loose) = (false, true);
        self.whole += self.bytes.len() as u64;
        self.bytes.clear();
        self.bytes.shrink_to(KEPT_BYTES_MAX);
        Ok(())
    }

    /// Cuts off whatever is behind the whole lines.
    fn cut(&mut self) -> io::Result<()> {
        self.file.set_len(self.whole)?;
        (self.is_torn, self.room) = (false, 0);
        Ok(())
    }

    /// Makes room ahead, where half of it is used: what is written into it does not make the file
    /// longer, so that a sync has the lines to write and nothing of the file system's own. Where a
    /// crowd shares each sync, or there was no room to be had, lines make the file longer.
    fn make_room(&mut self) {
        let is_settled = self.broken.is_none() && !self.is_torn && self.bytes.is_empty();
        let is_wanted = self.crowd < CROWD && self.room < self.whole + ROOM_BYTES / 2;
        if !is_settled || !is_wanted || self.is_narrow {
            return;
        }
        let (from, to) = (self.room.max(self.whole), self.whole + ROOM_BYTES);
        let room = vec![ROOM; usize::try_from(to - from).unwrap_or_default()];
        if self.file.write_all_at(&room, from).is_ok() {
            (self.room, self.is_loose) = (to, true);
        } else {
            // What was made in part is given back to whoever needs it; if not now, then before the
            // next line.
            self.is_narrow = true;
            self.is_torn = self.cut().is_err();
        }
    }

    fn sync(&mut self) -> io::Result<()> {
        if self.is_loose {
            self.file.sync_data()?;
            self.is_loose = false;
        }
        Ok(())
    }

    /// Signs where the journal stands, if that is new, and leaves it beside it. Nothing is signed
    /// that a loss of power could still take back.
    fn sign(&mut self) -> Result<Signed, JournalFault> {
        self.attempt(Writer::sync);
        self.fault()?;
        let size = self.head.lines;
        let signed = match self.latest.take().filter(|latest| latest.size == size) {
            Some(latest) => latest,
            None => Signed { size, note: self.note()? },
        };
        self.latest = Some(signed.clone());
        if self.signed != size {
            (self.tried, self.at) = (size, Instant::now());
            let new = self.checkpoint.with_extension("new");
            let put = std::fs::write(&new, &signed.note)
                .and_then(|()| std::fs::rename(&new, &self.checkpoint));
            match put {
                Ok(()) => self.signed = size,
                Err(error) => tracing::error!(%error, "no checkpoint can be left"),
            }
        }
        Ok(signed)
    }

    fn note(&self) -> Result<String, JournalFault> {
        let origin = self.signer.verifier(KeyKind::Note).name().clone();
        let checkpoint = Checkpoint::new(origin, self.head.lines, self.head.tree.root());
        let note = checkpoint.sign(&self.signer).map_err(|fault| JournalFault::Io {
            path: self.checkpoint.clone(),
            source: io::Error::other(fault.to_string()),
        })?;
        Ok(note.to_string())
    }

    /// Leaves a checkpoint that nobody asked for.
    fn leave(&mut self) {
        // Why there is none was said where it was found.
        let _ = self.sign();
    }
}

/// Looks a little for what comes next.
fn looked_for(entries: &mut mpsc::UnboundedReceiver<Entry>) -> Option<Entry> {
    let begun = Instant::now();
    while begun.elapsed() < ROUSED_TIME {
        match entries.try_recv() {
            Ok(entry) => return Some(entry),
            Err(_) => std::hint::spin_loop(),
        }
    }
    None
}

/// Whether there may be room again later, and nothing else is wrong.
fn is_no_room(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    )
}
