//! What a target begins from: our own tiny documents, and real ones out of the shared data, cut to
//! the size of an input. Nothing of the shared data enters the repository.

use super::targets::{Cut, Source, Target};
use super::{Places, files};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How many seeds of one source are taken, evenly from all that fit.
const SEEDS_LEN_MAX: usize = 250;
/// How many words a dictionary has.
const WORDS_LEN_MAX: usize = 400;
/// The shortest and the longest word, in bytes.
const WORD_BYTES: std::ops::RangeInclusive<usize> = 2..=40;

/// The folders with the seeds of a target; those out of the shared data are cut anew each time.
pub fn gather(places: &Places, target: &Target) -> Result<Vec<PathBuf>, String> {
    let own = places.root.join("fuzz/seeds").join(target.name);
    let mut folders: Vec<PathBuf> = [own].into_iter().filter(|own| own.is_dir()).collect();
    let Some(data) = places.data.as_ref().filter(|_| !target.seeds.is_empty()) else {
        return Ok(folders);
    };
    let cut = places.folder("seeds", target)?;
    for (number, source) in target.seeds.iter().enumerate() {
        let mut seeds = read(&data.join(source.file), source)?;
        seeds.retain(|seed| !seed.is_empty() && seed.len() <= target.bytes_max);
        seeds.sort();
        seeds.dedup();
        let step = seeds.len().div_ceil(SEEDS_LEN_MAX).max(1);
        for (place, seed) in seeds.iter().step_by(step).enumerate() {
            let file = cut.join(format!("{number}-{place:03}"));
            fs::write(&file, seed).map_err(|error| format!("{}: {error}", file.display()))?;
        }
    }
    folders.push(cut);
    Ok(folders)
}

/// Every seed of a source; none when the data lacks it.
fn read(path: &Path, source: &Source) -> Result<Vec<Vec<u8>>, String> {
    if !path.is_file() {
        eprintln!("   no seeds from {}: it is not there", source.file);
        return Ok(Vec::new());
    }
    let contents = match source.file {
        file if file.ends_with(".tar.zst") => unpacked(path, source.ending)?,
        file if file.ends_with(".zst") => {
            vec![output(Command::new("zstd").args(["-dc", "--"]).arg(path))?]
        }
        _ => vec![fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?],
    };
    Ok(contents.iter().flat_map(|content| cut(content, source.cut)).collect())
}

/// The members of an archive whose names end like this.
fn unpacked(archive: &Path, ending: &str) -> Result<Vec<Vec<u8>>, String> {
    let tar = || {
        let mut tar = Command::new("tar");
        tar.args(["--use-compress-program", "zstd"]);
        tar
    };
    let names = output(tar().arg("-tf").arg(archive))?;
    let names = String::from_utf8_lossy(&names).into_owned();
    let names: Vec<&str> = names.lines().filter(|name| name.ends_with(ending)).collect();
    let folder = std::env::temp_dir().join(format!("seawall-fuzz-{}", std::process::id()));
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let read = output(tar().arg("-xf").arg(archive).arg("-C").arg(&folder));
    let contents = names.iter().filter_map(|name| fs::read(folder.join(name)).ok()).collect();
    let removed = fs::remove_dir_all(&folder);
    removed.map_err(|error| format!("{}: {error}", folder.display()))?;
    read.map(|_| contents)
}

/// What a program writes; it must end well.
fn output(command: &mut Command) -> Result<Vec<u8>, String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("cannot start {command:?}: {error}"))?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(format!("{command:?} ended badly")),
    }
}

/// The seeds in a file.
fn cut(content: &[u8], cut: Cut) -> Vec<Vec<u8>> {
    let lines = || content.split(|byte| *byte == b'\n').map(<[u8]>::to_vec);
    match cut {
        Cut::Whole => vec![content.to_vec()],
        Cut::Lines => lines().collect(),
        Cut::Quoted(start) => {
            let quoted = content.split(|byte| *byte == b'"');
            quoted.filter(|text| text.starts_with(start.as_bytes())).map(<[u8]>::to_vec).collect()
        }
        Cut::Pairs => {
            let text = String::from_utf8_lossy(content).into_owned();
            let pair = |line: &str| {
                let (left, right) = line.split_once(" < ").or_else(|| line.split_once(" = "))?;
                Some(format!("{left}\n{right}\n{left}").into_bytes())
            };
            text.lines().filter_map(pair).collect()
        }
    }
}

/// A dictionary of the words that most seeds have; none without seeds.
pub fn dictionary(
    places: &Places,
    target: &Target,
    folders: &[PathBuf],
) -> Result<Option<PathBuf>, String> {
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for file in folders.iter().flat_map(|folder| files(folder)) {
        let content = fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let mut own = words(&content);
        own.sort_unstable();
        own.dedup();
        own.into_iter().for_each(|word| *known.entry(word.to_owned()).or_default() += 1);
    }
    let mut known: Vec<(String, usize)> = known.into_iter().collect();
    known.sort_by(|(a, first), (b, second)| second.cmp(first).then_with(|| a.cmp(b)));
    if known.is_empty() {
        return Ok(None);
    }
    let lines = known.iter().take(WORDS_LEN_MAX).map(|(word, _)| format!("\"{word}\"\n"));
    let file = places.folder("dictionaries", target)?.join("words.dict");
    fs::write(&file, lines.collect::<String>())
        .map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(Some(file))
}

/// The words of a document: keys, names and fixed values look like this in every format.
fn words(content: &[u8]) -> Vec<&str> {
    let text = std::str::from_utf8(content).unwrap_or_default();
    let of_word = |c: char| c.is_ascii_alphanumeric() || "_-.:/@#".contains(c);
    let words = text.split(|c| !of_word(c)).filter(|word| WORD_BYTES.contains(&word.len()));
    words.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(content: &str, how: Cut, expected: &[&str]) {
        let found = cut(content.as_bytes(), how);
        let found: Vec<String> =
            found.iter().map(|seed| String::from_utf8_lossy(seed).into_owned()).collect();
        assert_eq!(found, expected, "{content}");
    }

    #[test]
    fn seeds_are_cut_out_of_files() {
        check("{}\n[]", Cut::Whole, &["{}\n[]"]);
        check("{}\n[]", Cut::Lines, &["{}", "[]"]);
        check(r#"{"a":"pkg:npm/a","b":"c"}"#, Cut::Quoted("pkg:"), &["pkg:npm/a"]);
        check("# so\n1.0 < 2.0\n1 = 1.0\n", Cut::Pairs, &["1.0\n2.0\n1.0", "1\n1.0\n1"]);
    }

    #[test]
    fn words_are_what_formats_are_made_of() {
        let found = words(br#"{"bom-ref": "pkg:npm/a@1", "x": [1, "CVSS:3.1/AV:N"]}"#);
        assert_eq!(found, ["bom-ref", "pkg:npm/a@1", "CVSS:3.1/AV:N"]);
    }
}
