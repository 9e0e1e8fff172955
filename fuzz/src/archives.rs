//! Archives under every name that changes how they are read.

use crate::is_one_line;
use seawall_formats::archive::{self, ArchiveFault, LABEL_LEN_MAX};
use std::io::Cursor;

/// After this many bytes whoever takes the documents has enough.
const TAKEN_BYTES_MAX: usize = 4 << 20;

/// Archives, lines and documents.
pub fn documents(bytes: &[u8]) {
    for name in ["all.zip", "all.tar.gz", "all.jsonl.zst", "one.json"] {
        let mut taken = 0;
        let read = archive::read(name, Cursor::new(bytes), &mut |label, document| {
            assert!(!label.chars().any(char::is_control), "{label:?}");
            // A line has its number behind the label.
            assert!(label.chars().count() <= LABEL_LEN_MAX + 24, "{label:?}");
            taken += document.len() + 1;
            if taken > TAKEN_BYTES_MAX { Err("enough") } else { Ok(()) }
        });
        match read {
            Ok(()) => {}
            Err(ArchiveFault::Broken(fault)) => is_one_line(&fault.to_string()),
            Err(ArchiveFault::Taker(enough)) => assert_eq!(enough, "enough"),
        }
    }
}
