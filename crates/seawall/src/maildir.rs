//! A local mailbox (maildir): letters go out into one folder and come in from another.
//!
//! A letter is written beside its place and moved in under a name made from its Message-ID, so
//! that handing it over twice leaves one letter.

use seawall_services::desk::Courier;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The largest letter that is read, in bytes.
const LETTER_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// A mailbox folder with `outbox` and `inbox`, both maildirs.
pub struct Maildir {
    root: PathBuf,
}

impl Maildir {
    /// Opens the mailbox, making its folders.
    pub fn open(root: &Path) -> std::io::Result<Maildir> {
        for side in ["outbox", "inbox"] {
            for part in ["tmp", "new", "cur"] {
                fs::create_dir_all(root.join(side).join(part))?;
            }
        }
        Ok(Maildir { root: root.to_owned() })
    }

    fn deliver_file(&self, message_id: &str, bytes: &[u8]) -> std::io::Result<()> {
        let name: String = message_id
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || ".-@".contains(c) { c } else { '_' })
            .collect();
        let outbox = self.root.join("outbox");
        let (unready, ready) = (outbox.join("tmp").join(&name), outbox.join("new").join(&name));
        if ready.exists() || outbox.join("cur").join(&name).exists() {
            return Ok(());
        }
        let mut file = fs::File::create(&unready)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(unready, ready)
    }

    fn collect_files(&self) -> std::io::Result<Vec<(String, Vec<u8>)>> {
        let mut letters = Vec::new();
        for entry in fs::read_dir(self.root.join("inbox/new"))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let metadata = entry.metadata()?;
            if metadata.is_file() && metadata.len() <= LETTER_BYTES_MAX {
                letters.push((name, fs::read(entry.path())?));
            }
        }
        letters.sort();
        Ok(letters)
    }
}

impl Courier for Maildir {
    fn deliver(&self, message_id: &str, bytes: &[u8]) -> Result<(), String> {
        self.deliver_file(message_id, bytes).map_err(|error| format!("outbox: {error}"))
    }

    fn collect(&self) -> Result<Vec<(String, Vec<u8>)>, String> {
        self.collect_files().map_err(|error| format!("inbox: {error}"))
    }

    fn put_away(&self, name: &str) -> Result<(), String> {
        let inbox = self.root.join("inbox");
        fs::rename(inbox.join("new").join(name), inbox.join("cur").join(format!("{name}:2,S")))
            .map_err(|error| format!("inbox: {error}"))
    }
}
