//! What was said in the attempts of a sheet, one file each: for people who must not see a score.

use super::super::Watched;
use super::super::papers::{self, Readers};
use super::super::plain;
use anyhow::{Context, bail};
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::attempt::TaskId;
use seawall_domain::evaluation::review::Sheet;
use seawall_formats::inspect::{self, TRANSCRIPT_BYTES_MAX, Transcript};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::{Path, PathBuf};

/// The most of a transcript that is shown, in bytes; none is written that has more.
const BYTES_MAX: u64 = TRANSCRIPT_BYTES_MAX as u64 + (1 << 20);

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
        let head = head(*sheet, *number, &said.task, said.epoch) + "\n\n";
        let text = match said.messages {
            0 => "[The log holds no messages of it.]\n",
            _ => said.text.as_str(),
        };
        let file = file(folder, *number);
        let write = if is_again { papers::replace } else { papers::keep };
        write(&file, (head + text).as_bytes(), Readers::Owner)?;
    }
    Ok(())
}

/// The first line of a transcript.
fn head(sheet: u8, number: usize, task: &TaskId, epoch: u32) -> String {
    format!("sheet {sheet}, attempt {number}: {}, try {epoch}", plain(&task.to_string()))
}

/// Where the transcript of an attempt lies, by its number.
fn file(folder: &Path, number: usize) -> PathBuf {
    folder.join(format!("{number:06}.txt"))
}

/// Reads what was said in an attempt of a sheet, by its place.
pub(super) fn read(sheet: &Sheet, at: usize, folder: &Path) -> anyhow::Result<String> {
    let mut file = begins(sheet, at, folder)?;
    let mut text = String::new();
    let shown = folder.display();
    let within = file.by_ref().take(BYTES_MAX).read_to_string(&mut text);
    within.with_context(|| format!("reading {shown}"))?;
    Ok(text)
}

/// Opens the transcript of an attempt of a sheet behind its first line, which must be of it.
pub(super) fn begins(sheet: &Sheet, at: usize, folder: &Path) -> anyhow::Result<BufReader<File>> {
    let number = at + 1;
    let path = file(folder, number);
    let shown = path.display();
    let Some(((_, task, epoch), _)) = sheet.lines.get(at) else {
        bail!("there is no such attempt")
    };
    let expected = head(sheet.coder.number(), number, task, *epoch) + "\n\n";
    let opened = crate::command::open(&path).with_context(|| format!("cannot open {shown}"))?;
    let mut file = BufReader::new(opened);
    let mut first = vec![0; expected.len()];
    let read = file.read_exact(&mut first);
    match read.is_ok() && first == expected.as_bytes() {
        true => Ok(file),
        false => bail!("cannot use {shown}: it is not of attempt {number} of this sheet"),
    }
}
