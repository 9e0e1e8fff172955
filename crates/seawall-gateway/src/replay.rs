//! What a journal amounts to: the gate, the book, who is cut off, and what was under way when the
//! gateway stopped. And the journal held against itself, for whoever doubts it.

use crate::destruction::certificate::{self, Certificate, Object};
use crate::escrow::{self, opening, opening::End};
use crate::followed::Followed;
use crate::gateway::GatewayFault;
use crate::journal::{self, Head, JournalFault};
use crate::off::Off;
use crate::record::{Ended, Escrowed, Event, Keyed, Overruns, Turn};
use crate::settings::{Quota, Settings};
use crate::volume::{Reread, Volume};
use seawall_domain::digest::Digest;
use seawall_domain::engagement::grant::Purpose;
use seawall_domain::engagement::lease::Gate;
use seawall_domain::engagement::quota::{Book, Entry, Holder, Limit, Refused, Ticket};
use seawall_domain::time::Timestamp;
use seawall_ledger::checkpoint::Checkpoint;
use seawall_ledger::merkle::{Frontier, leaf_hash};
use seawall_ledger::note::VerifierKey;
use seawall_ledger::sign::VerifyingKey;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// What a gateway goes on with.
#[derive(Debug)]
pub(crate) struct Past {
    pub head: Head,
    pub gate: Gate,
    /// Whether the settings name another end than the journal knows.
    pub is_renamed: bool,
    pub off: Off,
    pub book: Book,
    /// Whose quotas came by a list.
    pub followed: Followed,
    /// For which requests the provider counted more than was set aside.
    pub overruns: Overruns,
    /// Who used how much when, and the alarms of it.
    pub reread: Reread,
    /// Requests under way when it stopped.
    pub open: BTreeMap<Ticket, Uuid>,
}

/// The digest by which a gate knows the developer's key.
pub(crate) fn signer(key: VerifyingKey) -> Digest {
    Digest::new(Sha256::digest(key.to_bytes()).into())
}

/// Reads a gateway's journal, if there is one.
pub(crate) fn replay(folder: &Path, settings: &Settings) -> Result<Past, GatewayFault> {
    let window = &settings.window;
    let developer: VerifyingKey = window
        .developer
        .parse()
        .map_err(|fault: seawall_ledger::Fault| GatewayFault::Settings(fault.to_string()))?;
    let developer = signer(developer);
    let (mut gate, mut withdrawn) = (None, false);
    let (mut off, mut entries, mut open) = (Off::default(), Vec::new(), BTreeMap::new());
    let (mut followed, mut overruns) = (Followed::default(), Overruns::default());
    let mut reread = Reread::default();
    let head = journal::read(&folder.join(journal::FILE), |line| {
        reread.take(&line);
        match line.event {
            // A withdrawal is for good, whatever was written behind it.
            Event::Gate { gate: then, why } => {
                withdrawn |= why == Turn::Withdrawn;
                gate = Some(*then);
            }
            Event::Quota { entry } => entries.push(entry),
            Event::Quotas { as_of, entries: more } => {
                followed.remember(as_of, &more);
                entries.extend(more);
            }
            Event::Intent { request, entry, .. } => {
                if let Entry::Reserved { ticket, .. } = &entry {
                    open.insert(*ticket, request);
                }
                entries.push(entry);
            }
            Event::Outcome { entry, overrun, .. } => {
                overruns.count(overrun.as_ref());
                if let Entry::Settled { ticket, .. } = &entry {
                    open.remove(ticket);
                }
                entries.push(entry);
            }
            Event::Told { .. }
            | Event::Refused { .. }
            | Event::Volume { .. }
            | Event::Alarm { .. } => {}
            Event::Cut { who } => off.cut(who),
            Event::Stops { as_of, stopped, started } => off.remember(as_of, &stopped, &started),
        }
    })?;
    let book = Book::replay(&entries);
    let book = book.map_err(|refused| GatewayFault::Settings(format!("the journal: {refused}")))?;
    let known = match gate {
        Some(gate) if !gate.is_for(window.id, &window.snapshot, &developer) => {
            let why = "the folder's journal is of another window, snapshot or developer";
            return Err(GatewayFault::Settings(why.into()));
        }
        Some(gate) if withdrawn => gate.withdraw(),
        Some(gate) => gate,
        None => {
            let scope = settings.scope.clone();
            Gate::new(window.id, window.snapshot, developer, scope, window.ends)
        }
    };
    let gate = known.heed(window.ends);
    let is_renamed = gate != known;
    Ok(Past { head, gate, is_renamed, off, book, followed, overruns, reread, open })
}

/// What has to be written before the gateway goes on; the book is as it is after that.
pub(crate) fn going_on(past: &mut Past, settings: &Settings) -> Result<Vec<Event>, Refused> {
    let mut events = closing(&mut past.book, (&past.open, &past.followed), settings)?;
    events.extend(turn((&past.head, past.is_renamed), &past.gate));
    events.extend(rule(&past.reread.volume, settings));
    Ok(events)
}

/// What is written of the book: quotas as the settings have them, and what
/// became of requests that were under way, which nobody knows: all that was set aside counts.
fn closing(
    book: &mut Book,
    (open, followed): (&BTreeMap<Ticket, Uuid>, &Followed),
    settings: &Settings,
) -> Result<Vec<Event>, Refused> {
    let mut events = Vec::new();
    for entry in book.recover() {
        let Entry::Settled { ticket, .. } = &entry else { continue };
        let Some(request) = open.get(ticket) else { continue };
        let body = Keyed { bytes: 0, hmac: Digest::new([0; 32]) };
        let (request, status) = (*request, None);
        let (ended, escrow, overrun) = (Ended::Unknown, None, None);
        events.push(Event::Outcome { request, ended, status, body, escrow, overrun, entry });
    }
    let own = |quota: &Quota| (quota.holder(settings.window.id), quota.limit());
    let mut wanted: BTreeMap<Holder, Limit> = settings.quota.iter().map(own).collect();
    for (holder, account) in book.accounts() {
        wanted
            .entry(*holder)
            .or_insert_with(|| unnamed(holder, &account.limit, followed, settings));
    }
    for (holder, limit) in wanted {
        if book.account(&holder).map(|account| account.limit) != Some(limit) {
            events.push(Event::Quota { entry: book.limit(holder, limit)? });
        }
    }
    Ok(events)
}

/// What is written of the gate before it goes on: that it begins, or that it has another end.
fn turn((head, is_renamed): (&Head, bool), gate: &Gate) -> Option<Event> {
    let why = match (head.lines, is_renamed) {
        (0, _) => Turn::Begun,
        (_, true) => Turn::Named,
        (_, false) => return None,
    };
    Some(Event::Gate { why, gate: Box::new(gate.clone()) })
}

/// What is written of what is unusual, where the settings say something else than the journal.
fn rule(volume: &Volume, settings: &Settings) -> Option<Event> {
    let rule = settings.volume;
    (volume.rule() != Some(&rule)).then_some(Event::Volume { rule })
}

/// What a holder may use whom the settings do not name, or no longer: a party nothing, unless a
/// list gave it something and may still do so; a person, or everybody together, as much as their
/// parties.
fn unnamed(holder: &Holder, limit: &Limit, followed: &Followed, settings: &Settings) -> Limit {
    match (holder, settings.follow.ceiling()) {
        (Holder::Party(party), Some(ceiling)) if followed.knows(party) => limit.within(&ceiling),
        (Holder::Party(_), _) => Limit::NOTHING,
        (Holder::Person(_) | Holder::Window(_), _) => Limit::UNBOUNDED,
    }
}

/// What a journal tells, without any content.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Summary {
    /// Lines.
    pub lines: u64,
    /// SHA-256 of the last line, in hexadecimal.
    pub last: String,
    /// Requests that were sent on.
    pub sent: u64,
    /// Requests that the gateway answered itself: the list of models.
    pub told: u64,
    /// Requests that were refused.
    pub refused: u64,
    /// Of those sent on, how many ended in which way.
    pub ended: BTreeMap<String, u64>,
    /// Of those sent on, how many were for which purpose.
    pub purposes: BTreeMap<String, u64>,
    /// Of those sent on, for which the provider counted more than was set aside.
    #[serde(skip_serializing_if = "is_none")]
    pub overruns: Overruns,
    /// How often somebody used more than is usual.
    #[serde(skip_serializing_if = "is_no_alarm")]
    pub alarms: u64,
    /// Up to which line a signed checkpoint vouches for it, when one was given.
    pub vouched: Option<u64>,
    /// Files in which content is kept for both sides, where that was agreed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escrow: Option<Kept>,
    /// What its certificate says, where everything that was held is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destroyed: Option<Destroyed>,
}

fn is_none(overruns: &Overruns) -> bool {
    *overruns == Overruns::default()
}

fn is_no_alarm(number: &u64) -> bool {
    *number == 0
}

/// What a certificate of destruction says.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Destroyed {
    /// When everything was gone.
    pub at: Timestamp,
    /// How many objects.
    pub objects: u64,
    /// Whose key signed it.
    pub signer: String,
}

/// The files of which a journal tells.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Kept {
    /// Those that are as it says.
    pub whole: u64,
    /// Those that are as it says as far as it knows them: the gateway stopped, or could not write
    /// on, before their end.
    pub unended: u64,
    /// Those that are not at hand, for their whole folder is not.
    pub absent: u64,
    /// Those that are gone by the certificate.
    pub destroyed: u64,
}

/// Why a journal is not believed.
#[derive(Debug, thiserror::Error)]
pub enum Unbelieved {
    /// It does not hold against itself.
    #[error(transparent)]
    Journal(#[from] JournalFault),
    /// An alarm stands in it that does not follow from what was used, or one is missing.
    #[error("the journal does not tell of unusual volume as it must, at line {0} (the first is 0)")]
    Alarm(u64),
    /// It does not hold against the checkpoint.
    #[error("cannot believe the journal: {0}")]
    Checkpoint(String),
    /// The certificate of destruction is none of this journal.
    #[error("the certificate of destruction does not hold: {0}")]
    Certificate(String),
    /// A file in which content is kept is not what it says.
    #[error("the escrowed request {request} does not hold: {why}")]
    Escrow {
        /// The request.
        request: Uuid,
        /// What does not hold.
        why: String,
    },
}

/// Holds a journal against itself, against the files beside it in which content is kept, and
/// against a signed checkpoint that somebody kept.
pub fn verify(
    journal: &Path,
    checkpoint: Option<(&[u8], &VerifierKey)>,
) -> Result<Summary, Unbelieved> {
    let said = checkpoint.map(|(note, key)| Checkpoint::open(note, key));
    let said = said.transpose().map_err(|fault| Unbelieved::Checkpoint(fault.to_string()))?;
    let mut summary = Summary::default();
    let certificate = certificate(journal, checkpoint.map(|(_, key)| key))?;
    let mut files = Files::beside(journal, certificate.as_ref());
    let mut reread = Reread::default();
    let head = journal::read(journal, |line| {
        reread.take(&line);
        match line.event {
            Event::Intent { request, by, escrow, .. } => {
                summary.sent += 1;
                *summary.purposes.entry(word(&by.purpose)).or_default() += 1;
                files.begun(request, escrow);
            }
            Event::Outcome { request, ended, escrow, overrun, .. } => {
                summary.overruns.count(overrun.as_ref());
                *summary.ended.entry(word(&ended)).or_default() += 1;
                files.ended(request, escrow);
            }
            Event::Told { .. } => summary.told += 1,
            Event::Refused { .. } => summary.refused += 1,
            Event::Gate { .. }
            | Event::Quota { .. }
            | Event::Quotas { .. }
            | Event::Volume { .. }
            | Event::Alarm { .. }
            | Event::Cut { .. }
            | Event::Stops { .. } => {}
        }
    })?;
    if let Some(line) = reread.wrong {
        return Err(Unbelieved::Alarm(line));
    }
    summary.alarms = reread.alarms.number;
    summary.lines = head.lines;
    summary.last = Digest::new(head.last).to_string();
    summary.escrow = files.kept()?;
    summary.destroyed = certificate.map(|(it, _)| certified(&it, &head)).transpose()?;
    if let Some(said) = said {
        let root = root_at(journal, said.size)?;
        if head.lines < said.size || root != said.root {
            let why = format!("its first {} lines are not those that were signed", said.size);
            return Err(Unbelieved::Checkpoint(why));
        }
        summary.vouched = Some(said.size);
    }
    Ok(summary)
}

type Certified = (Certificate, Vec<Object>);

/// The certificate of destruction beside a journal, if there is one.
fn certificate(
    journal: &Path,
    signer: Option<&VerifierKey>,
) -> Result<Option<Certified>, Unbelieved> {
    let path = journal.with_file_name(certificate::FILE);
    let file = match std::fs::File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Unbelieved::Certificate(error.to_string())),
    };
    let read = certificate::read(&mut std::io::BufReader::new(file), signer);
    let (certificate, objects) = read.map_err(Unbelieved::Certificate)?;
    let is_there = |object: &&Object| journal.with_file_name(&object.name).exists();
    match objects.iter().find(is_there) {
        Some(object) => Err(Unbelieved::Certificate(format!("`{}` is still there", object.name))),
        None => Ok(Some((certificate, objects))),
    }
}

/// Holds a certificate against the journal that it ends.
fn certified(certificate: &Certificate, head: &Head) -> Result<Destroyed, Unbelieved> {
    let bad = |fault: seawall_ledger::Fault| Unbelieved::Certificate(fault.to_string());
    let signer: VerifierKey = certificate.signer.parse().map_err(bad)?;
    let said = Checkpoint::open(certificate.checkpoint.as_bytes(), &signer).map_err(bad)?;
    if (said.size, said.root) != (head.lines, head.tree.root()) {
        let why = "the journal is not the one that it ends";
        return Err(Unbelieved::Certificate(why.into()));
    }
    let Certificate { at, objects, signer, .. } = certificate.clone();
    Ok(Destroyed { at, objects, signer })
}

/// The files of a journal, each looked at when its end is told.
struct Files {
    folder: PathBuf,
    is_there: bool,
    /// Those that are gone, by their names; none where there is no certificate.
    gone: Option<BTreeMap<String, Escrowed>>,
    open: BTreeMap<Uuid, Escrowed>,
    kept: Kept,
    wrong: Option<Unbelieved>,
}

impl Files {
    fn beside(journal: &Path, certified: Option<&Certified>) -> Files {
        let folder = journal.with_file_name(escrow::FOLDER);
        let (open, kept) = (BTreeMap::new(), Kept::default());
        let named =
            |it: &Object| (it.name.clone(), Escrowed { bytes: it.bytes, sha256: it.sha256 });
        let gone = certified.map(|(_, objects)| objects.iter().map(named).collect());
        Files { is_there: folder.is_dir(), gone, folder, open, kept, wrong: None }
    }

    fn begun(&mut self, request: Uuid, escrow: Option<Escrowed>) {
        if let Some(said) = escrow {
            self.open.insert(request, said);
        }
    }

    fn ended(&mut self, request: Uuid, escrow: Option<Escrowed>) {
        match (self.open.remove(&request), escrow) {
            (Some(_), Some(said)) => self.look(request, said, End::Known),
            (Some(said), None) => self.look(request, said, End::Unknown),
            (None, Some(_)) => self.fails(request, "its end is told and not its beginning".into()),
            (None, None) => {}
        }
    }

    fn look(&mut self, request: Uuid, said: Escrowed, end: End) {
        if let Some(gone) = &self.gone {
            let path = escrow::file::path(Path::new(escrow::FOLDER), request);
            let was = path.to_str().and_then(|name| gone.get(name));
            // Of one without an end the journal knows how it began.
            let is_so = was.is_some_and(|was| match end {
                End::Known => *was == said,
                End::Unknown => was.bytes >= said.bytes,
            });
            match is_so {
                true => self.kept.destroyed += 1,
                false => self.fails(request, "the certificate does not name its file".into()),
            }
            return;
        }
        if !self.is_there {
            self.kept.absent += 1;
            return;
        }
        let file = std::fs::File::open(escrow::file::path(&self.folder, request));
        let file = file.map(std::io::BufReader::new);
        match file.and_then(|mut file| opening::holds(&mut file, &said, end)) {
            Ok(true) if end == End::Known => self.kept.whole += 1,
            Ok(true) => self.kept.unended += 1,
            Ok(false) => self.fails(request, "its file was altered, or is another".into()),
            Err(error) => self.fails(request, format!("its file cannot be read: {error}")),
        }
    }

    fn fails(&mut self, request: Uuid, why: String) {
        self.wrong.get_or_insert(Unbelieved::Escrow { request, why });
    }

    /// What of them holds, if the journal tells of any.
    fn kept(mut self) -> Result<Option<Kept>, Unbelieved> {
        while let Some((request, said)) = self.open.pop_first() {
            self.look(request, said, End::Unknown);
        }
        match self.wrong {
            Some(wrong) => Err(wrong),
            None => Ok(Some(self.kept).filter(|kept| *kept != Kept::default())),
        }
    }
}

/// The root over the first lines.
fn root_at(journal: &Path, lines: u64) -> Result<seawall_ledger::Hash, JournalFault> {
    use std::io::BufRead as _;
    let fault = |source| JournalFault::Io { path: journal.to_owned(), source };
    let file = std::fs::File::open(journal).map_err(fault)?;
    let mut tree = Frontier::default();
    for line in std::io::BufReader::new(file).split(b'\n') {
        if tree.size() == lines {
            break;
        }
        tree.append(leaf_hash(&line.map_err(fault)?));
    }
    Ok(tree.root())
}

/// A word of ours, as it is written.
fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(_) | Err(_) => "none".to_owned(),
    }
}

/// Purposes as callers name them in a header.
pub(crate) fn purpose(word: &str) -> Option<Purpose> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).ok()
}
