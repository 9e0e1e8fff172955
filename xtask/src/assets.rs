//! `cargo xtask assets`: brings the front-end packages and keeps only what the pages use.
//!
//! `npm ci` follows the committed lock file and runs no script of any package. `assets/prune.txt`
//! says, one `from -> to` a line, what goes into `assets/dist`; the build embeds that folder.

use crate::run::run;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::SystemTime;

/// Its time says when `dist` was made; it lies outside `dist`, whose every file is embedded.
const STAMP: &str = "node_modules/.dist-made";

/// What the executable may carry for its pages.
const DIST_BYTES_MAX: u64 = 1_500_000;

/// Brings the assets anew.
pub fn main(root: &Path, _arguments: &[String]) -> ExitCode {
    match bring(&root.join("assets")) {
        Ok(size_bytes) => {
            eprintln!("assets/dist: {size_bytes} bytes");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("cannot bring the assets: {why}");
            ExitCode::from(2)
        }
    }
}

/// Brings the assets unless those that are there are as new as the lock file and the list.
pub fn provide(root: &Path) -> Result<(), String> {
    let assets = root.join("assets");
    let made = modified(&assets.join(STAMP)).filter(|_| assets.join("dist").is_dir());
    let sources = ["package-lock.json", "prune.txt"].map(|name| modified(&assets.join(name)));
    if made.is_some() && sources.iter().all(|source| *source <= made) {
        return Ok(());
    }
    eprintln!("bringing the pages' style sheets and fonts with npm");
    bring(&assets).map(|_| ())
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|data| data.modified()).ok()
}

/// Fills `dist` and answers its size in bytes.
fn bring(assets: &Path) -> Result<u64, String> {
    let list = assets.join("prune.txt");
    let text = fs::read_to_string(&list).map_err(|error| format!("assets/prune.txt: {error}"))?;
    let moves = read(&text)?;
    install(assets)?;
    // The new folder takes the old one's place only when it is complete.
    let (fresh, dist) = (assets.join("dist.new"), assets.join("dist"));
    remove(&fresh)?;
    let mut size_bytes = 0;
    for Move { from, to } in &moves {
        size_bytes += copy(&assets.join(from), &fresh.join(to))?;
    }
    if size_bytes > DIST_BYTES_MAX {
        remove(&fresh)?;
        return Err(format!(
            "{size_bytes} bytes are more than {DIST_BYTES_MAX}; shorten prune.txt"
        ));
    }
    let said = |error: std::io::Error| format!("assets/dist: {error}");
    remove(&dist)?;
    fs::rename(&fresh, &dist).map_err(said)?;
    fs::write(assets.join(STAMP), "").map_err(said)?;
    Ok(size_bytes)
}

/// Has npm follow the lock file, without running a script of any package.
fn install(assets: &Path) -> Result<(), String> {
    let mut command = Command::new("npm");
    command.current_dir(assets).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    // A registry that cannot be reached is to be said within a minute or two, not after ten.
    command.args(["--fetch-retries=1", "--fetch-timeout=60000"]);
    run(command.stdin(Stdio::null()).stdout(Stdio::from(std::io::stderr())))
}

fn remove(folder: &Path) -> Result<(), String> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("cannot remove `{}`: {error}", folder.display()))
        }
        _ => Ok(()),
    }
}

/// One line of the list: a file or a folder below `assets`, and its place below `assets/dist`.
#[derive(Debug, Eq, PartialEq)]
struct Move {
    from: PathBuf,
    to: PathBuf,
}

fn read(text: &str) -> Result<Vec<Move>, String> {
    let mut moves = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let wrong = |why: &str| format!("assets/prune.txt:{}: {why}: `{line}`", index + 1);
        let (from, to) = line.split_once("->").ok_or_else(|| wrong("no `from -> to`"))?;
        let inside = |text: &str| inside(text).ok_or_else(|| wrong("not a path inside assets"));
        moves.push(Move { from: inside(from.trim())?, to: inside(to.trim())? });
    }
    Ok(moves)
}

/// A relative path that cannot leave its folder.
fn inside(text: &str) -> Option<PathBuf> {
    let path = PathBuf::from(text);
    let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    (plain && !text.is_empty()).then_some(path)
}

/// Copies a file or a folder, and answers how many bytes that were.
fn copy(from: &Path, to: &Path) -> Result<u64, String> {
    let said = |error: std::io::Error| format!("cannot copy `{}`: {error}", from.display());
    if from.is_dir() {
        let mut size_bytes = 0;
        for entry in fs::read_dir(from).map_err(said)? {
            let entry = entry.map_err(said)?;
            size_bytes += copy(&entry.path(), &to.join(entry.file_name()))?;
        }
        return Ok(size_bytes);
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(said)?;
    }
    fs::copy(from, to).map_err(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&[(&str, &str)], &str>) {
        let expected = expected.map(|moves| {
            let one = |(from, to): &(&str, &str)| Move { from: from.into(), to: to.into() };
            moves.iter().map(one).collect::<Vec<_>>()
        });
        assert_eq!(read(text), expected.map_err(str::to_string), "{text}");
    }

    #[test]
    fn the_list_reads_line_by_line_and_stays_inside() {
        check("", Ok(&[]));
        check("# why\n\na/b.css -> b.css\n", Ok(&[("a/b.css", "b.css")]));
        check("a b", Err("assets/prune.txt:1: no `from -> to`: `a b`"));
        check("a -> ../b", Err("assets/prune.txt:1: not a path inside assets: `a -> ../b`"));
        check("\n/a -> b", Err("assets/prune.txt:2: not a path inside assets: `/a -> b`"));
        check("a ->", Err("assets/prune.txt:1: not a path inside assets: `a ->`"));
    }
}
