//! A source's whole file: whether it is whole indeed, and how far it reaches.

use super::address::Kind;
use super::state::Known;
use anyhow::{Context, ensure};
use jiff::{SignedDuration, Timestamp};
use seawall_formats::archive;
use seawall_formats::feed;
use serde::Deserialize;
use std::borrow::Cow;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// How far ahead a clock may be: what claims to have changed later than this says nothing of what
/// was fetched.
const AHEAD_MAX: SignedDuration = SignedDuration::from_hours(1);

/// What an OSV record says of itself first.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    modified: Timestamp,
}

/// Reads a file to its end before anything in the set makes way for it. It must be whole and hold
/// what the source is for; what comes back is the newest change in it.
pub fn check(kind: Kind, path: &Path) -> anyhow::Result<Known> {
    let shown = path.display();
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let file = File::open(path).with_context(|| format!("cannot read {shown}"))?;
    let file = BufReader::with_capacity(1 << 18, file);
    let (mut known, mut fitting) = (Known::default(), 0u64);
    let now = Timestamp::now();
    archive::read(&name, file, &mut |label, bytes| {
        if feed::shape(bytes).is_some_and(|shape| kind.is_of(shape)) {
            fitting += 1;
            match kind {
                Kind::Osv => learn(&mut known, bytes, now),
                // One document is all there is: broken, it would take everything away.
                Kind::Kev | Kind::Epss => {
                    let read = feed::read(bytes).with_context(|| label.to_owned())?;
                    let is_empty = read.is_none_or(|feed| feed.records.is_empty());
                    ensure!(!is_empty, "there is nothing in it");
                }
                Kind::Csaf | Kind::Cve => {}
            }
        }
        anyhow::Ok(())
    })
    .map_err(|fault| anyhow::anyhow!("what came is broken: {fault}"))?;
    ensure!(fitting > 0, "what came holds nothing of the kind `{}`", kind.word());
    Ok(known)
}

fn learn(known: &mut Known, bytes: &[u8], now: Timestamp) {
    if let Ok(head) = serde_json::from_slice::<Head<'_>>(bytes)
        && is_past(head.modified, now)
    {
        known.learn(&head.id, head.modified);
    }
}

/// Whether something can have changed at this time.
pub fn is_past(changed: Timestamp, now: Timestamp) -> bool {
    now.checked_add(AHEAD_MAX).is_ok_and(|latest| changed <= latest)
}

/// Whether one document is of the kind and can be read; why not, otherwise.
pub fn judge(kind: Kind, bytes: &[u8]) -> Result<(), String> {
    match feed::shape(bytes) {
        Some(shape) if kind.is_of(shape) => {}
        Some(_) | None => return Err(format!("it is nothing of the kind `{}`", kind.word())),
    }
    feed::read(bytes).map(drop).map_err(|fault| fault.to_string())
}
