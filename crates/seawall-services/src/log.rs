//! The log: the sequencer numbers facts, chains them into two Merkle logs (one over everything, a
//! public one over what is published) and writes their tiles (C2SP tlog-tiles).
//!
//! Numbers and checkpoints are in the database; the files can be written again from it at any time.

use crate::advisory::place;
use crate::desk::Desk;
use crate::outcome::{Fault, Outcome};
use seawall_domain::id::FactId;
use seawall_ledger::checkpoint::Checkpoint;
use seawall_ledger::merkle::{Hash, Tree, leaf_hash, prove_inclusion, verify_inclusion};
use seawall_ledger::note::{KeyKind, KeyName, Note, NoteSigner, VerifierKey};
use seawall_ledger::tiles::{TILE_WIDTH, bundles_for_growth, node_from_tiles, tiles_for_growth};
use seawall_store::db::Tx;
use seawall_store::facts::Log;
use std::path::PathBuf;

/// How many facts one round numbers at most.
const BATCH_LEN_MAX: i64 = 512;

/// One live log: its tree, grown with every round.
#[derive(Debug, Default)]
struct Book {
    tree: Tree,
}

/// The sequencer's memory; there is one live sequencer.
#[derive(Debug, Default)]
pub struct Sequencer {
    internal: Book,
    public: Book,
}

/// The key with which a log signs.
fn signer(desk: &Desk, log: Log) -> Outcome<NoteSigner> {
    let domain = desk.settings.mail_from.rsplit_once('@').map_or("seawall.invalid", |(_, d)| d);
    let name = format!("{}/log/{}", domain.trim_end_matches('>'), log.name());
    let name: KeyName =
        name.parse().map_err(|error| Fault::inconsistent("name the log's key", error))?;
    Ok(NoteSigner::new(name, desk.signing_key(&format!("log/{}", log.name()))))
}

/// The key with which anybody can check a log's checkpoints.
pub fn verifier(desk: &Desk, log: Log) -> Outcome<VerifierKey> {
    Ok(signer(desk, log)?.verifier(KeyKind::Note))
}

/// Signs a text of ours with the key of a log, as a note (C2SP signed-note).
pub(crate) fn sign_note(desk: &Desk, log: Log, text: String) -> Outcome<String> {
    let mut note =
        Note::new(text).map_err(|error| Fault::inconsistent("write a signed note", error))?;
    signer(desk, log)?.sign(&mut note);
    Ok(note.to_string())
}

/// The folder of a log's tiles.
pub fn folder(desk: &Desk, log: Log) -> PathBuf {
    match log {
        Log::Internal => desk.settings.log.clone(),
        Log::Public => desk.settings.public.join("log"),
    }
}

impl Sequencer {
    /// Numbers the facts that have no number yet and brings both logs up to date. Gives how many
    /// facts were numbered.
    pub async fn round(&mut self, desk: &Desk) -> Outcome<usize> {
        let numbered = number(desk).await?;
        self.internal.grow(desk, Log::Internal).await?;
        self.public.grow(desk, Log::Public).await?;
        Ok(numbered)
    }
}

async fn number(desk: &Desk) -> Outcome<usize> {
    let mut tx = desk.begin("log_number").await?;
    tx.lock("sequencer").await?;
    let next = tx.fact_count(Log::Internal).await?;
    let facts = tx.fact_unnumbered(BATCH_LEN_MAX).await?;
    for (place, fact) in (next..).zip(&facts) {
        tx.fact_number(Log::Internal, &fact.id, place).await?;
    }
    let next = tx.fact_count(Log::Public).await?;
    for (place, fact) in (next..).zip(&tx.fact_unnumbered_public().await?) {
        tx.fact_number(Log::Public, &fact.id, place).await?;
    }
    if !facts.is_empty() {
        tx.commit().await?;
    }
    Ok(facts.len())
}

impl Book {
    /// Takes in the entries that are new, writes their tiles, signs, and shows the checkpoint last.
    async fn grow(&mut self, desk: &Desk, log: Log) -> Outcome<()> {
        let mut tx = desk.begin("log_grow").await?;
        let known = tx.checkpoint_newest(log).await?;
        let shown = known.as_ref().map_or(0, |(size, _, _)| u64::try_from(*size).unwrap_or(0));
        let from = i64::try_from(self.tree.size()).unwrap_or(i64::MAX);
        for entry in tx.fact_entries(log, from).await? {
            self.tree.append(leaf_hash(entry.as_bytes()));
        }
        let size = self.tree.size();
        if known.is_some() && size == shown {
            return Ok(());
        }
        let first = shown / TILE_WIDTH * TILE_WIDTH;
        let entries = tx.fact_entries(log, i64::try_from(first).unwrap_or(i64::MAX)).await?;
        let entry_at = |index: u64| {
            let place = usize::try_from(index.checked_sub(first)?).ok()?;
            entries.get(place).map(String::as_bytes)
        };
        let unfit = |error| Fault::inconsistent("write the log's tiles", error);
        let hash_at = |level, index| self.tree.tile_hash(level, index);
        let mut files = bundles_for_growth(shown, size, entry_at).map_err(unfit)?;
        files.extend(tiles_for_growth(shown, size, hash_at).map_err(unfit)?);
        let signer = signer(desk, log)?;
        let origin = signer.verifier(KeyKind::Note).name().clone();
        let note = Checkpoint::new(origin, size, self.tree.root()).sign(&signer).map_err(unfit)?;
        let note = note.to_string();
        let folder = folder(desk, log);
        for (path, bytes) in &files {
            place(&folder, path, bytes)?;
        }
        place(&folder, "checkpoint", note.as_bytes())?;
        place(&folder, "key", verifier(desk, log)?.to_string().as_bytes())?;
        let stored = i64::try_from(size).unwrap_or(i64::MAX);
        tx.checkpoint_add(log, stored, &note, desk.now()).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// What proves that an entry is in the internal log, under the oldest checkpoint that covers it.
pub(crate) struct Inclusion {
    /// The place of the entry, from 0.
    pub index: u64,
    /// How many entries the log has by that checkpoint.
    pub size: u64,
    /// The root of the log by it.
    pub root: Hash,
    /// The hashes that lead from the entry to the root.
    pub hashes: Vec<Hash>,
}

/// Proves that a fact is in the internal log, from the log's tiles; none as long as no checkpoint
/// covers it, or where the tiles are elsewhere or damaged. By the oldest checkpoint it is the same
/// proof for ever, and does not tell how the log grew since.
pub(crate) async fn inclusion(
    desk: &Desk,
    tx: &mut Tx,
    id: FactId,
    entry: &str,
) -> Outcome<Option<Inclusion>> {
    let Some(place) = tx.fact_place(id).await? else { return Ok(None) };
    let Some(note) = tx.checkpoint_over(Log::Internal, place).await? else { return Ok(None) };
    let index = u64::try_from(place).unwrap_or(u64::MAX);
    let checkpoint = Checkpoint::open(note.as_bytes(), &verifier(desk, Log::Internal)?)
        .map_err(|error| Fault::inconsistent("read a checkpoint", error))?;
    let (size, root) = (checkpoint.size, checkpoint.root);
    let folder = folder(desk, Log::Internal);
    let read = |path: &str| std::fs::read(folder.join(path)).ok();
    let node = |level, index| node_from_tiles(read, size, level, index);
    let hashes = prove_inclusion(index, size, node);
    let proven = hashes.and_then(|hashes| {
        verify_inclusion(leaf_hash(entry.as_bytes()), index, size, &hashes, root)?;
        Ok(Inclusion { index, size, root, hashes })
    });
    Ok(proven.ok())
}

/// What the public log says of itself.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The log's name.
    pub origin: String,
    /// How many entries it has.
    pub size: u64,
    /// The newest signed checkpoint.
    pub checkpoint: String,
    /// When it was signed.
    pub at: Option<seawall_domain::time::Timestamp>,
    /// The key that signed it.
    pub key: String,
    /// The newest entries, newest first, each with its place.
    pub entries: Vec<(u64, String)>,
}

/// The public log as anybody may see it.
pub async fn show(desk: &Desk, newest: usize) -> Outcome<Shown> {
    let key = verifier(desk, Log::Public)?;
    let mut tx = desk.begin("log_show").await?;
    let known = tx.checkpoint_newest(Log::Public).await?;
    let entries = tx.fact_entries(Log::Public, 0).await?;
    let entries: Vec<(u64, String)> = (0..).zip(entries).collect();
    let (size, checkpoint, at) = match known {
        Some((size, note, at)) => (u64::try_from(size).unwrap_or(0), note, Some(at)),
        None => (0, String::new(), None),
    };
    Ok(Shown {
        origin: key.name().to_string(),
        size,
        checkpoint,
        at,
        key: key.to_string(),
        entries: entries.into_iter().rev().take(newest).collect(),
    })
}
