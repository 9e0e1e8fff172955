//! Registers at hand, and logs searched for their canaries.

use super::{Watched, papers, registry};
use anyhow::Context;
use seawall_domain::evaluation::canary::{Sighting, findings};
use seawall_domain::evaluation::finding::Finding;
use seawall_formats::inspect;
use seawall_services::evaluation::determination::{Searched, hash};
use seawall_services::evaluation::registry::to_bytes;
use std::path::{Path, PathBuf};

/// The registers that these files hold, or that are made of these folders; none where none are
/// given. A register's SHA-256 is that of its canonical form.
pub(super) fn searched(paths: &[PathBuf]) -> anyhow::Result<Option<Searched>> {
    if paths.is_empty() {
        return Ok(None);
    }
    let register = |path: &PathBuf| {
        let registry = registry::of(path)?;
        Ok((hash(&to_bytes(&registry)?), registry))
    };
    let registers = paths.iter().map(register).collect::<anyhow::Result<Vec<_>>>()?;
    Ok(Some(Searched::of(registers)?))
}

/// What an attempt said of canaries, of every attempt in a log.
pub(super) fn sighted(searched: &Searched, log: &Path) -> anyhow::Result<Vec<Sighting>> {
    let found = inspect::sighted_canaries(Watched::open(log)?, searched.canaries());
    found.with_context(|| format!("cannot use {}", log.display()))
}

/// What is to be said about a log.
pub(super) fn of_log(searched: &Searched, log: &Path) -> anyhow::Result<Vec<Finding>> {
    Ok(findings(searched.canaries(), &sighted(searched, log)?))
}

/// Looks through logs; each is known by its SHA-256.
pub(super) fn look(searched: &mut Searched, logs: &[PathBuf]) -> anyhow::Result<()> {
    for log in logs {
        let found = sighted(searched, log)?;
        searched.add(papers::digest(log)?, found);
    }
    Ok(())
}
