//! Go modules: `go.mod`, `go.sum`, and what `go list -m` and `go version -m` print.
//!
//! A `replace` is followed: what is built is the replacement. One that leads to a folder is listed
//! and stays unknown. `go version -m` also names the release of Go, which is the package `stdlib`.

use super::lines::Lines;
use super::{Inventory, Kind};
use crate::fault::FormatFault;
use seawall_domain::package::{Ecosystem, Listed};
use serde_json::Value;
use std::collections::HashMap;
use std::fmt::Display;

const FORMAT: &str = "list of Go modules";

/// Which list a text is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Shape {
    /// `go.mod`.
    Module,
    /// `go.sum`.
    Sums,
    /// `go list -m all`.
    List,
    /// `go version -m`.
    Binary,
}

/// How many lines at the top are looked at to tell what a list is.
const HEAD_LINES: usize = 40;

impl Shape {
    /// Tells the shape of a text; none when it is no list of Go's.
    pub(super) fn of(text: &str) -> Option<Shape> {
        let mut lines = text.lines().take(HEAD_LINES).filter(|line| !line.trim().is_empty());
        let mut lines = lines.by_ref().filter(|line| !line.trim_start().starts_with("//"));
        let first = lines.next()?;
        let words: Vec<&str> = first.split_whitespace().collect();
        let second = lines.next();
        if text.lines().take(HEAD_LINES).any(|line| line.starts_with("\tmod\t"))
            || second.is_some_and(|line| line.starts_with("\tpath\t"))
        {
            return Some(Shape::Binary);
        }
        match *words.as_slice() {
            ["module", _] if !first.contains(',') => Some(Shape::Module),
            ["require", "("] | ["require", _, _] => Some(Shape::Module),
            [_, version, sum] if is_version(version) && sum.starts_with("h1:") => Some(Shape::Sums),
            [path] if is_path(path) => {
                second.filter(|line| listed(line).is_some()).map(|_| Shape::List)
            }
            _ => listed(first).map(|_| Shape::List),
        }
    }
}

fn is_version(word: &str) -> bool {
    let number = word.strip_prefix('v').unwrap_or_default();
    number.starts_with(|letter: char| letter.is_ascii_digit()) && number.contains('.')
}

/// A module path begins with a host, or is one of a workspace.
fn is_path(word: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-._~/+".contains(letter);
    word.contains(['.', '/']) && word.chars().all(plain)
}

/// Reads a list.
pub(super) fn read(shape: Shape, text: &str) -> Result<Inventory, FormatFault> {
    let mut lines = Lines::new(FORMAT);
    match shape {
        Shape::Module => module(&mut lines, text)?,
        Shape::Sums => sums(&mut lines, text)?,
        Shape::List => {
            for (index, line) in text.lines().enumerate() {
                if let Some(one) = listed(line) {
                    one.list(&mut lines, &format_args!("line {}", index + 1))?;
                }
            }
        }
        Shape::Binary => binary(&mut lines, text)?,
    }
    Ok(lines.done(Kind::Go, None))
}

/// A path, and a version where one is given.
type Named<'a> = (&'a str, Option<&'a str>);

/// A module, and what replaces it.
struct Module<'a> {
    path: &'a str,
    version: &'a str,
    /// The path and the version that are built instead; a folder has no version.
    instead: Option<Named<'a>>,
}

impl Module<'_> {
    fn list(&self, lines: &mut Lines, place: &dyn Display) -> Result<(), FormatFault> {
        match self.instead {
            Some((path, Some(version))) => push(lines, place, path, version),
            Some((folder, None)) => {
                let name = format!("{} => {folder}", self.path);
                lines.push_elsewhere(place, &name, Some(self.version))
            }
            None => push(lines, place, self.path, self.version),
        }
    }
}

fn push(
    lines: &mut Lines,
    place: &dyn Display,
    path: &str,
    version: &str,
) -> Result<(), FormatFault> {
    if version == "(devel)" {
        return lines.push_elsewhere(place, path, None);
    }
    lines.push_package(place, Ecosystem::Listed(Listed::Go, None), path, Some(version))
}

/// A line of `go list -m`: `path v1.0.0 => other v1.1.0`.
fn listed(line: &str) -> Option<Module<'_>> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let (path, version, rest) = match words.as_slice() {
        [path, version, rest @ ..] if is_path(path) && is_version(version) => (path, version, rest),
        _ => return None,
    };
    let instead = match rest {
        [] => None,
        ["=>", path] => Some((*path, None)),
        ["=>", path, version] => Some((*path, Some(*version))),
        // A newer release that is to be had: `go list -m -u`.
        [told, ..] if told.starts_with('[') || told.starts_with('(') => None,
        _ => return None,
    };
    Some(Module { path, version, instead })
}

/// `go.mod`: the blocks and lines `require` and `replace`.
fn module(lines: &mut Lines, text: &str) -> Result<(), FormatFault> {
    let mut block = None;
    let mut required = Vec::new();
    let mut replaced: HashMap<Named<'_>, Named<'_>> = HashMap::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.split("//").next().unwrap_or(line).trim();
        let (word, rest) = line.split_once([' ', '\t']).unwrap_or((line, ""));
        let (word, rest) = match (block, rest.trim()) {
            (None, "(") => {
                block = Some(word);
                continue;
            }
            (None, rest) => (word, rest),
            (Some(_), _) if line == ")" => {
                block = None;
                continue;
            }
            (Some(word), _) => (word, line),
        };
        let words: Vec<&str> = rest.split_whitespace().map(|word| word.trim_matches('"')).collect();
        match (word, words.as_slice()) {
            ("require", [path, version]) => required.push((index + 1, *path, *version)),
            ("replace", [path, "=>", to @ ..]) if let Some(to) = replacement(to) => {
                replaced.insert((path, None), to);
            }
            ("replace", [path, version, "=>", to @ ..]) if let Some(to) = replacement(to) => {
                replaced.insert((path, Some(version)), to);
            }
            ("require" | "replace", []) => {}
            ("require" | "replace", _) => {
                lines.warn(format!("line {}: it is no requirement", index + 1));
            }
            _ => {}
        }
    }
    for (line, path, version) in required {
        // A replacement of one version goes before that of all.
        let of_one = replaced.get(&(path, Some(version)));
        let instead = of_one.or_else(|| replaced.get(&(path, None))).copied();
        let module = Module { path, version, instead };
        module.list(lines, &format_args!("line {line}"))?;
    }
    Ok(())
}

/// What stands behind the arrow of a replacement: a folder, or a path and a version.
fn replacement<'a>(words: &[&'a str]) -> Option<Named<'a>> {
    match words {
        [folder] => Some((folder, None)),
        [other, version] => Some((other, Some(version))),
        _ => None,
    }
}

/// `go.sum`: the lines of what was fetched whole; those that end in `/go.mod` were only looked at.
fn sums(lines: &mut Lines, text: &str) -> Result<(), FormatFault> {
    for (index, line) in text.lines().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            [path, version, _] if is_version(version) => {
                if !version.ends_with("/go.mod") {
                    push(lines, &format_args!("line {}", index + 1), path, version)?;
                }
            }
            [] => {}
            _ => lines.warn(format!("line {}: it is no line of `go.sum`", index + 1)),
        }
    }
    lines.warn(
        "go.sum may hold releases that are not built; send what `go list -m all` prints".to_owned(),
    );
    Ok(())
}

/// `go version -m`: for each file its Go release, and the modules it was built from.
fn binary(lines: &mut Lines, text: &str) -> Result<(), FormatFault> {
    let mut before: Option<(usize, &str, &str)> = None;
    for (index, line) in text.lines().enumerate().chain([(usize::MAX - 1, "")]) {
        let mut words = line.split_whitespace();
        let (word, path, version) = (words.next(), words.next(), words.next());
        let instead = match (word, path) {
            (Some("=>"), Some(path)) => Some((path, version.filter(|word| is_version(word)))),
            _ => None,
        };
        if let Some((line, path, version)) = before.take() {
            let module = Module { path, version, instead };
            module.list(lines, &format_args!("line {line}"))?;
        }
        match (line.starts_with('\t'), word, path, version) {
            (true, Some("mod" | "dep"), Some(path), version) => {
                before = Some((index + 1, path, version.unwrap_or("(devel)")));
            }
            (false, Some(_), Some(_), _) => {
                let release = line.rsplit_once(": go").map(|(_, release)| release);
                let release = release.and_then(|text| text.split_whitespace().next());
                if let Some(release) = release {
                    push(lines, &format_args!("line {}", index + 1), "stdlib", release)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Reads the objects that `go list -m -json all` prints one after another.
pub(super) fn read_stream(bytes: &[u8]) -> Result<Inventory, FormatFault> {
    let mut lines = Lines::new(FORMAT);
    let objects = serde_json::Deserializer::from_slice(bytes).into_iter::<Value>();
    for (index, object) in objects.enumerate() {
        let place = format!("object {}", index + 1);
        let object = object.map_err(|error| {
            let told = error.to_string().chars().filter(|c| !c.is_control()).collect::<String>();
            FormatFault::new(FORMAT, &place, told)
        })?;
        let text =
            |value: &'_ Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let Some(path) = text(&object, "Path") else {
            lines.warn(format!("{place}: it names no module"));
            continue;
        };
        let version = text(&object, "Version");
        let instead = object.get("Replace");
        let instead_path = instead.and_then(|value| text(value, "Path"));
        let instead_version = instead.and_then(|value| text(value, "Version"));
        let module = Module {
            path: &path,
            version: version.as_deref().unwrap_or("(devel)"),
            instead: instead_path.as_deref().map(|path| (path, instead_version.as_deref())),
        };
        module.list(&mut lines, &place)?;
    }
    Ok(lines.done(Kind::Go, None))
}
