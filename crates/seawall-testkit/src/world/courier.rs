//! A mailbox in memory.

use crate::world::must;
use seawall_services::desk::Courier;
use std::sync::Mutex;

/// Letters that went out, each Message-ID once.
#[derive(Debug, Default)]
pub struct Mailbox {
    letters: Mutex<Vec<(String, Vec<u8>)>>,
    waiting: Mutex<Vec<(String, Vec<u8>)>>,
    closed: Mutex<bool>,
}

impl Mailbox {
    /// The letters that went out, as text, oldest first.
    pub fn letters(&self) -> Vec<String> {
        let letters = must(self.letters.lock());
        letters.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).collect()
    }

    /// Lets a letter wait to be collected.
    pub fn arrive(&self, name: &str, bytes: Vec<u8>) {
        must(self.waiting.lock()).push((name.to_owned(), bytes));
    }

    /// Refuses every letter until it is opened again.
    pub fn close(&self) {
        *must(self.closed.lock()) = true;
    }

    /// Takes letters again.
    pub fn open(&self) {
        *must(self.closed.lock()) = false;
    }
}

impl Courier for Mailbox {
    fn deliver(&self, message_id: &str, bytes: &[u8]) -> Result<(), String> {
        if *must(self.closed.lock()) {
            return Err("the mailbox is closed".into());
        }
        let mut letters = must(self.letters.lock());
        match letters.iter().find(|(known, _)| known == message_id) {
            Some((_, known)) if known != bytes => Err("one Message-ID, two letters".into()),
            Some(_) => Ok(()),
            None => {
                letters.push((message_id.to_owned(), bytes.to_vec()));
                Ok(())
            }
        }
    }

    fn collect(&self) -> Result<Vec<(String, Vec<u8>)>, String> {
        Ok(must(self.waiting.lock()).clone())
    }

    fn put_away(&self, name: &str) -> Result<(), String> {
        must(self.waiting.lock()).retain(|(known, _)| known != name);
        Ok(())
    }
}
