//! Proofs that what was signed before is the beginning of what is signed now, made from the file.
//!
//! Nothing is kept for them while lines are written. Whoever asks has the file read on from where
//! the last one left it; of each 256 lines one hash and one place are remembered, and whatever lies
//! below is read again. So a journal that was altered on the disk proves what it holds now, which
//! is not what was signed.

use super::{JournalFault, LINE_BYTES_MAX};
use seawall_ledger::merkle::{Frontier, Hash, Tree, leaf_hash, prove_consistency};
use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// How many levels of the tree lie in one block of lines.
const LEVELS: u32 = 8;
/// How many lines one block has.
const BLOCK: u64 = 1 << LEVELS;

/// Makes proofs over a journal that goes on growing.
#[derive(Debug)]
pub struct Proofs {
    path: PathBuf,
    known: Mutex<Known>,
}

/// What is known of the whole blocks of a journal: 72 bytes for each 256 lines.
#[derive(Debug, Default)]
struct Known {
    /// A leaf of it is the root over one block.
    blocks: Tree,
    /// Where each block begins, and where the one behind them does.
    begins: Vec<u64>,
}

impl Proofs {
    /// Over the journal in that file.
    pub fn new(path: PathBuf) -> Proofs {
        Proofs { path, known: Mutex::default() }
    }

    /// Proves that the first `old` lines are the beginning of the first `new` (RFC 6962 section
    /// 2.1.2). It reads the file, and so is not to be called where others wait for the thread.
    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, JournalFault> {
        let fault = |source| JournalFault::Io { path: self.path.clone(), source };
        let mut file = BufReader::new(File::open(&self.path).map_err(fault)?);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.catch_up(&mut file, new).map_err(fault)?;
        let read = RefCell::new((file, None));
        let node = |level: u32, index: u64| known.node(&read, level, index);
        let proof = prove_consistency(old, new, node);
        match read.into_inner().1 {
            Some(error) => Err(fault(error)),
            None => proof.map_err(|error| fault(io::Error::other(error.to_string()))),
        }
    }
}

/// A file, and why it could not be read.
type Read = RefCell<(BufReader<File>, Option<io::Error>)>;

impl Known {
    /// Reads on until every whole block of so many lines is known.
    fn catch_up(&mut self, file: &mut BufReader<File>, lines: u64) -> io::Result<()> {
        if self.begins.is_empty() {
            self.begins.push(0);
        }
        while self.blocks.size() < lines / BLOCK {
            let begins = self.begins.last().copied().unwrap_or(0);
            file.seek(SeekFrom::Start(begins))?;
            let (mut ends, mut tree) = (begins, Frontier::default());
            for leaf in leaves(file, &mut ends).take(1 << LEVELS) {
                tree.append(leaf?);
            }
            if tree.size() < BLOCK {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.blocks.append(tree.root());
            self.begins.push(ends);
        }
        Ok(())
    }

    fn node(&self, read: &Read, level: u32, index: u64) -> Option<Hash> {
        if level >= LEVELS {
            return self.blocks.node(level - LEVELS, index);
        }
        let mut read = read.borrow_mut();
        match self.below(&mut read.0, index << level, 1 << level) {
            Ok(root) => Some(root),
            Err(error) => {
                read.1 = Some(error);
                None
            }
        }
    }

    /// The root over some lines of one block.
    fn below(&self, file: &mut BufReader<File>, first: u64, lines: u64) -> io::Result<Hash> {
        let place = usize::try_from(first / BLOCK).map_err(io::Error::other)?;
        let begins = self.begins.get(place).ok_or(io::ErrorKind::UnexpectedEof)?;
        file.seek(SeekFrom::Start(*begins))?;
        let (mut ends, mut tree) = (0, Frontier::default());
        let skipped = usize::try_from(first % BLOCK).map_err(io::Error::other)?;
        let taken = usize::try_from(lines).map_err(io::Error::other)?;
        for leaf in leaves(file, &mut ends).skip(skipped).take(taken) {
            tree.append(leaf?);
        }
        match tree.size() == lines {
            true => Ok(tree.root()),
            false => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

/// The hashes of the lines from here on; `ends` grows by what they take in the file.
fn leaves<'f>(
    file: &'f mut BufReader<File>,
    ends: &'f mut u64,
) -> impl Iterator<Item = io::Result<Hash>> + 'f {
    let mut line = Vec::new();
    std::iter::from_fn(move || {
        line.clear();
        let limit = LINE_BYTES_MAX as u64 + 1;
        match io::Read::take(&mut *file, limit).read_until(b'\n', &mut line) {
            Ok(_) if line.pop() != Some(b'\n') => None,
            Ok(count) => {
                *ends += count as u64;
                Some(Ok(leaf_hash(&line)))
            }
            Err(error) => Some(Err(error)),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use seawall_ledger::merkle::verify_consistency;
    use std::io::Write as _;

    #[test]
    fn what_it_proves_verifies_while_the_file_grows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        let mut file = File::create(&path).unwrap();
        let (proofs, mut tree) = (Proofs::new(path.clone()), Tree::new());
        for (new, olds) in [
            (1, vec![0, 1]),
            (255, vec![1, 7, 255]),
            (256, vec![1, 128, 200, 255, 256]),
            (700, vec![1, 255, 256, 257, 512, 513, 699]),
            (2_049, vec![3, 256, 700, 1_024, 2_000, 2_048, 2_049]),
        ] {
            while tree.size() < new {
                let line = format!("{{\"line\":{}}}", tree.size() * 7919);
                tree.append(leaf_hash(line.as_bytes()));
                writeln!(file, "{line}").unwrap();
            }
            for old in olds {
                let proof = proofs.consistency(old, new).unwrap();
                assert_eq!(proof, tree.consistency(old, new).unwrap(), "{old} {new}");
                let (first, all) = (tree.root_at(old).unwrap(), tree.root_at(new).unwrap());
                verify_consistency(old, new, &proof, first, all).unwrap();
            }
        }
        assert!(proofs.consistency(5, 4).is_err());
        assert!(proofs.consistency(5, 5_000).is_err());
        // Altered on the disk, it proves something else.
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replacen("7919", "7918", 1)).unwrap();
        let again = Proofs::new(path).consistency(700, 2_049).unwrap();
        let (first, all) = (tree.root_at(700).unwrap(), tree.root_at(2_049).unwrap());
        assert!(verify_consistency(700, 2_049, &again, first, all).is_err());
    }
}
