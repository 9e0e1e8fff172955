//! Making a file of the dumps: beside its place, then moved in, so that a reader sees it whole.

use super::{Dump, Wanted, directories, is_plain, opened};
use crate::advisory_set::Holding;
use crate::osv::Found;
use seawall_matching::set::SetFault;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// How much of a file is summed at once, in bytes.
const CHUNK_BYTES: usize = 256 * 1024;

/// How the name of a file that is being written begins.
const UNREADY: &str = "unready-";

/// Every record that is dumped, by its id, each with its directories.
type Records<'a> = BTreeMap<String, (Found<'a>, Vec<String>)>;

/// Where the sum of an archive stands.
pub(super) fn sum_place(place: &Path) -> PathBuf {
    beside(place, "sum-")
}

/// A place in the same folder. What goes before a name is never how another name begins.
fn beside(place: &Path, start: &str) -> PathBuf {
    let mut name = OsString::from(start);
    name.push(place.file_name().unwrap_or_default());
    place.with_file_name(name)
}

/// Makes a file in the folder of an edition; the folders of other editions go.
pub(super) fn file(
    holding: &Holding,
    folder: &Path,
    name: &str,
    wanted: &Wanted,
) -> Result<io::Result<Option<Dump>>, SetFault> {
    if let Err(error) = clear(folder) {
        return Ok(Err(error));
    }
    let place = folder.join(name);
    let written = written(holding, &place, wanted)?;
    Ok(written.and_then(|()| opened(&place)))
}

fn written(holding: &Holding, place: &Path, wanted: &Wanted) -> Result<io::Result<()>, SetFault> {
    let records = records(holding)?;
    let within = |directory: &Option<String>| -> Vec<&Found<'_>> {
        let is_meant = |own: &[String]| match directory {
            None => true,
            Some(directory) => own.contains(directory),
        };
        records.values().filter(|(_, own)| is_meant(own)).map(|(found, _)| found).collect()
    };
    match wanted {
        Wanted::Record { .. } => Ok(Ok(())),
        Wanted::Ecosystems => Ok(put(place, ecosystems(&records).as_bytes())),
        Wanted::Modified(directory) => {
            let found = within(directory);
            let text = match directory {
                Some(_) => modified(&found, |found| vec![found.id.to_string()]),
                None => modified(&found, |found| {
                    let own = records.get(found.id).map_or(&[][..], |(_, own)| own);
                    own.iter().map(|directory| format!("{directory}/{}", found.id)).collect()
                }),
            };
            Ok(put(place, text.as_bytes()))
        }
        Wanted::Archive(directory) => archive(place, &within(directory)),
    }
}

fn records(holding: &Holding) -> Result<Records<'_>, SetFault> {
    let mut records = Records::new();
    for shelf in holding.shelves() {
        for number in 0..shelf.set.records() {
            let Some(found) = Found::new(shelf, number)?.filter(|found| is_plain(found.id)) else {
                continue;
            };
            let Some(meta) = shelf.set.record(number)? else { continue };
            let own = directories(&meta.ecosystems).into_iter().map(String::from).collect();
            // Our own come first, and stay.
            records.entry(meta.id).or_insert((found, own));
        }
    }
    Ok(records)
}

fn ecosystems(records: &Records<'_>) -> String {
    let all: BTreeSet<&str> =
        records.values().flat_map(|(_, own)| own).map(String::as_str).collect();
    let named = all.into_iter().filter(|name| *name != super::NO_ECOSYSTEM);
    named.map(|name| format!("{name}\n")).collect()
}

/// Times of change and names, the newest first.
fn modified(found: &[&Found<'_>], names: impl Fn(&Found<'_>) -> Vec<String>) -> String {
    let mut sorted = found.to_vec();
    // As times: a text with digits behind the second would stand before one without.
    let time = |found: &Found<'_>| found.modified.parse::<seawall_domain::time::Timestamp>().ok();
    sorted.sort_by_cached_key(|found| (std::cmp::Reverse(time(found)), found.id.to_string()));
    let mut text = String::new();
    for found in sorted {
        for name in names(found) {
            // Writing to a text never fails.
            let _ = writeln!(text, "{},{name}", found.modified);
        }
    }
    text
}

fn archive(place: &Path, found: &[&Found<'_>]) -> Result<io::Result<()>, SetFault> {
    let unready = beside(place, UNREADY);
    let begun = File::create(&unready).map(|file| ZipWriter::new(BufWriter::new(file)));
    let mut writer = match begun {
        Ok(writer) => writer,
        Err(error) => return Ok(Err(error)),
    };
    for one in found {
        let document = one.document()?;
        let begun = writer.start_file(format!("{}.json", one.id), SimpleFileOptions::default());
        let written = begun.map_err(io::Error::from).and_then(|()| writer.write_all(&document));
        if let Err(error) = written {
            return Ok(Err(error));
        }
    }
    let finished = writer.finish().map_err(io::Error::from);
    Ok(finished.and_then(|file| kept(file, &unready, place)))
}

/// Moves a finished archive into its place, its sum first.
fn kept(mut file: BufWriter<File>, unready: &Path, place: &Path) -> io::Result<()> {
    file.flush()?;
    drop(file);
    let sum = sum(File::open(unready)?)?;
    put(&sum_place(place), format!("{sum:08x}\n").as_bytes())?;
    std::fs::rename(unready, place)
}

fn sum(mut file: File) -> io::Result<u32> {
    let (mut sum, mut chunk) = (0, vec![0; CHUNK_BYTES]);
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok(sum),
            length => sum = crc32c::crc32c_append(sum, chunk.get(..length).unwrap_or_default()),
        }
    }
}

fn put(place: &Path, bytes: &[u8]) -> io::Result<()> {
    let unready = beside(place, UNREADY);
    std::fs::write(&unready, bytes)?;
    std::fs::rename(&unready, place)
}

/// Makes the folder of an edition and removes those of others.
fn clear(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for entry in std::fs::read_dir(folder.parent().unwrap_or(folder))? {
        let path = entry?.path();
        if path != folder && path.is_dir() {
            std::fs::remove_dir_all(path)?;
        }
    }
    Ok(())
}
