//! What was said in the attempts of a sheet, one file each: for people who must not see a score.

use super::super::Watched;
use super::super::papers::{self, Readers};
use super::super::plain;
use anyhow::{Context, bail};
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::attempt::TaskId;
use seawall_domain::evaluation::review::Sheet;
use seawall_formats::inspect::{self, Transcript};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Which file of which folder an attempt's transcript goes to.
type Wanted<'a> = BTreeMap<(Digest, TaskId, u32), Vec<(&'a Path, u8, usize)>>;

/// Writes the transcripts of sheets, each into its folder, in files that have the numbers of the
/// sheet's attempts.
pub(super) fn write(sheets: &[(&Sheet, PathBuf)], logs: &[PathBuf]) -> anyhow::Result<()> {
    let mut wanted: Wanted<'_> = BTreeMap::new();
    for (sheet, folder) in sheets {
        let shown = folder.display();
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {shown}"))?;
        for ((place, _), number) in sheet.lines.iter().zip(1..) {
            let goes = (folder.as_path(), sheet.coder.number(), number);
            wanted.entry(place.clone()).or_default().push(goes);
        }
    }
    for path in logs {
        let shown = path.display();
        let digest = papers::digest(path)?;
        let mut kept = Ok(());
        let mut seen = BTreeSet::new();
        let read = inspect::transcripts(Watched::open(path)?, &mut |transcript| {
            if kept.is_ok() {
                kept = keep(&wanted, &mut seen, digest, &transcript);
            }
        });
        read.with_context(|| format!("cannot use {shown}"))?;
        kept?;
        wanted.retain(|(log, task, epoch), _| {
            *log != digest || !seen.contains(&(task.clone(), *epoch))
        });
    }
    match wanted.len() {
        0 => Ok(()),
        lacking => bail!("cannot find {lacking} attempts of the sheet in these logs"),
    }
}

/// Writes one. Of an attempt that is there twice the last counts, and takes the place of the first.
fn keep(
    wanted: &Wanted<'_>,
    seen: &mut BTreeSet<(TaskId, u32)>,
    log: Digest,
    said: &Transcript,
) -> anyhow::Result<()> {
    let Some(files) = wanted.get(&(log, said.task.clone(), said.epoch)) else { return Ok(()) };
    let is_again = !seen.insert((said.task.clone(), said.epoch));
    for (folder, sheet, number) in files {
        let task = plain(&said.task.to_string());
        let head = format!("sheet {sheet}, attempt {number}: {task}, try {}\n\n", said.epoch);
        let text = match said.messages {
            0 => "[The log holds no messages of it.]\n",
            _ => said.text.as_str(),
        };
        let file = folder.join(format!("{number:06}.txt"));
        let write = if is_again { papers::replace } else { papers::keep };
        write(&file, (head + text).as_bytes(), Readers::Owner)?;
    }
    Ok(())
}
