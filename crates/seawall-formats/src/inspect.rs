//! Logs of evaluations by Inspect: `.eval` and `.json`, read as streams and within bounds.
//!
//! Inspect (inspect-ai, UK AI Security Institute) is the field's harness. Its logs are evidence, so
//! they are read by us, natively, and nothing that they say of themselves is believed: what is read
//! here are values, which `domain::evaluation::report` classifies, adds up and compares. Read are
//! version 2 of the format as 0.3.285 writes it, older logs of the same shape, and samples in
//! pieces (FRONTIER 2.2).

mod canonical;
mod directory;
mod document;
mod emitted;
mod eval;
mod header;
mod listen;
mod sample;
mod scan;
mod sighted;
mod transcript;

pub use directory::{DIRECTORY_BYTES_MAX, MEMBERS_MAX, RATIO_MAX, UNPACKED_BYTES_FREE};
pub use header::{HEADER_BYTES_MAX, IDS_BYTES_MAX, TASKS_MAX};
pub use sample::KEPT_BYTES_MAX;
pub use transcript::{
    Block, LEAF_BYTES_MAX, LEAF_MESSAGES_MAX, Leaf, Message, TRANSCRIPT_BYTES_MAX, Transcript, leaf,
};

use crate::fault::FormatFault;
use listen::Listener;
use sample::Fields;
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::canary::{Canaries, Sighting};
use seawall_domain::evaluation::conditions::{Conditions, Weight};
use seawall_domain::evaluation::flag::Emitted;
use seawall_domain::evaluation::log::{Header, Log};
use seawall_domain::evaluation::report::FAMILY_FIELD;
use seawall_domain::evaluation::run::MINUTES_FIELD;
use sha2::{Digest as _, Sha256};
use sighted::{Finder, Heard};
use std::io::{Read, Seek};

const FORMAT: &str = "an Inspect log";

/// How many samples a log may hold; the largest known have some 200,000.
pub const OBSERVATIONS_MAX: usize = 500_000;

/// Reads a log, whichever of the two formats it has. Of the samples' metadata only family and
/// minutes are kept, and by what the log itself clusters.
pub fn read<S: Read + Seek>(source: S) -> Result<Log, FormatFault> {
    read_with(source, &[])
}

/// The same, with more members of the samples' metadata kept.
pub fn read_with<S: Read + Seek>(mut source: S, fields: &[&str]) -> Result<Log, FormatFault> {
    let usual = [FAMILY_FIELD, MINUTES_FIELD];
    let fields = Fields::of(usual.into_iter().chain(fields.iter().copied()));
    match is_archive(&mut source)? {
        true => eval::read(&mut source, &fields),
        false => document::read(&mut source, &fields),
    }
}

/// Reads only what a log says of its run as a whole; of a `.json` log nothing from its samples on.
pub fn read_header<S: Read + Seek>(mut source: S) -> Result<Header, FormatFault> {
    match is_archive(&mut source)? {
        true => eval::header(&mut source),
        false => document::header(source),
    }
}

/// How many attempts a log holds by now, of an `.eval` log that is still being written; none of any
/// other file. No attempt is unpacked for it.
pub fn held<S: Read + Seek>(mut source: S) -> Result<Option<u64>, FormatFault> {
    match is_archive(&mut source)? {
        true => eval::held(&mut source).map(Some),
        false => Ok(None),
    }
}

/// The flags that the model emitted in each attempt: in its messages, in its last answer, and in
/// what a scorer took for its answer. What tools answered does not count, as there a task shows its
/// own.
pub fn emitted_flags<S: Read + Seek>(source: S) -> Result<Vec<Emitted>, FormatFault> {
    let mut found = Vec::new();
    heard(source, &emitted::Said::default, &mut |one| found.push(one))?;
    Ok(found)
}

/// The canaries that the model said in each attempt and had not been shown before: in the same
/// places, in the order of the conversation. An attempt without any is there as well.
pub fn sighted_canaries<S: Read + Seek>(
    source: S,
    canaries: &Canaries,
) -> Result<Vec<Sighting>, FormatFault> {
    let finder = Finder::of(canaries)?;
    let mut found = Vec::new();
    heard(source, &|| Heard::of(&finder), &mut |one| found.push(one))?;
    Ok(found)
}

/// What was said in each attempt, without anything that tells of its score; one after the other.
pub fn transcripts<S: Read + Seek>(
    source: S,
    each: &mut dyn FnMut(Transcript),
) -> Result<(), FormatFault> {
    heard(source, &transcript::Said::default, each)
}

fn heard<S: Read + Seek, L: Listener>(
    mut source: S,
    begin: &dyn Fn() -> L,
    each: &mut dyn FnMut(L::Heard),
) -> Result<(), FormatFault> {
    match is_archive(&mut source)? {
        true => eval::heard(&mut source, begin, each),
        false => document::heard(source, begin, each),
    }
}

/// The digest of a run's binding conditions: equal exactly if two runs are comparable. It is
/// SHA-256 over `NAME=VALUE` and a line's end for each, in the order of the names.
pub fn conditions_digest(conditions: &Conditions) -> Digest {
    let mut digest = Sha256::new();
    let binding = conditions.fields.iter().filter(|(_, one)| one.weight == Weight::Binding);
    for (name, condition) in binding {
        for part in [name.as_str(), "=", &condition.value, "\n"] {
            digest.update(part.as_bytes());
        }
    }
    Digest::new(digest.finalize().into())
}

/// Whether the file begins as a ZIP archive does.
fn is_archive<S: Read + Seek>(source: &mut S) -> Result<bool, FormatFault> {
    let mut head = [0; 2];
    rewind(source)?;
    let mut count = 0;
    while let Some(rest) = head.get_mut(count..).filter(|rest| !rest.is_empty()) {
        match source.read(rest) {
            Ok(0) => break,
            Ok(read) => count += read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(unread(&error)),
        }
    }
    rewind(source)?;
    match head.get(..count).unwrap_or_default() {
        b"PK" => Ok(true),
        // A document begins with its brace, or with space before it.
        [b'{' | b' ' | b'\t' | b'\r' | b'\n' | 0xef, ..] => Ok(false),
        [] => Err(FormatFault::new(FORMAT, "the file", "it is empty")),
        _ => Err(FormatFault::new(
            FORMAT,
            "the file",
            "it is neither a ZIP archive (`.eval`) nor a JSON object (`.json`)",
        )),
    }
}

fn rewind(source: &mut impl Seek) -> Result<(), FormatFault> {
    source.rewind().map_err(|error| unread(&error))
}

fn unread(error: &std::io::Error) -> FormatFault {
    FormatFault::new(FORMAT, "the file", error.to_string())
}
