//! Alpine's package lists: `apk list --installed`, `apk info -v`, and the database
//! `lib/apk/db/installed`.
//!
//! Alpine's advisories speak of source packages: the database names the origin of each package,
//! and so does `apk list` in braces. `apk info` does not: there a package goes by its own name,
//! and a warning says so. The same lists are written by Wolfi and its kin; a first line such as
//! `# wolfi` or `# alpine 3.20` says which it is.

use super::lines::Lines;
use super::release::Release;
use super::{Inventory, Kind};
use crate::fault::{FormatFault, quote};
use seawall_domain::component::Component;
use seawall_domain::package::{Ecosystem, Listed, Package, Version};

const FORMAT: &str = "list of Alpine packages";

/// How many lines at the top are looked at to tell what a list is.
const HEAD_LINES: usize = 20;

/// Which of the lists a text is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Shape {
    /// One package a line.
    Lines,
    /// Paragraphs of one-letter fields.
    Database,
}

impl Shape {
    /// Tells the shape of a text; none when it is no list of Alpine's.
    pub(super) fn of(text: &str) -> Option<Shape> {
        let rest =
            || text.lines().filter(|line| !line.trim().is_empty() && !Release::is_hint(line));
        let has = |start: &str| rest().take(HEAD_LINES).any(|line| line.starts_with(start));
        if has("P:") && has("V:") && has("A:") {
            return Some(Shape::Database);
        }
        let mut head = rest().take(HEAD_LINES).filter(|line| !is_noise(line)).peekable();
        head.peek()?;
        head.all(|line| one(line).is_some()).then_some(Shape::Lines)
    }
}

/// What `apk` says while it fetches.
fn is_noise(line: &str) -> bool {
    line.starts_with("fetch ") || line.starts_with("WARNING:")
}

struct One<'a> {
    name: &'a str,
    version: &'a str,
    origin: Option<&'a str>,
}

/// `musl-1.2.4-r2 x86_64 {musl} (MIT) [installed]`, or the first word alone.
fn one(line: &str) -> Option<One<'_>> {
    let mut words = line.split_whitespace();
    let (name, version) = split(words.next()?)?;
    let origin = words.find_map(|word| word.strip_prefix('{')?.strip_suffix('}'));
    Some(One { name, version, origin })
}

/// A package's name and its version, which ends in the number of the build: `-r2`.
fn split(word: &str) -> Option<(&str, &str)> {
    let (rest, build) = word.rsplit_once("-r")?;
    if build.is_empty() || !build.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (name, version) = rest.rsplit_once('-')?;
    let sound = version.starts_with(|letter: char| letter.is_ascii_digit()) && !name.is_empty();
    sound.then(|| (name, word.get(name.len() + 1..).unwrap_or(version)))
}

/// Reads a list.
pub(super) fn read(shape: Shape, text: &str) -> Result<Inventory, FormatFault> {
    let mut list = List { lines: Lines::new(FORMAT), ecosystem: None, guessed: 0 };
    let release = Release::of(text);
    list.ecosystem = release.as_ref().and_then(Release::ecosystem);
    match shape {
        Shape::Lines => list.rows(text)?,
        Shape::Database => list.paragraphs(text)?,
    }
    let List { mut lines, ecosystem, guessed } = list;
    if ecosystem.is_none() {
        lines.warn(
            "taken as Alpine of an unknown release: put a first line such as `# alpine 3.20` \
             above the list"
                .to_owned(),
        );
    }
    if guessed > 0 {
        lines.warn(format!(
            "the list does not name source packages: {guessed} lines go by their own name, and a \
             flaw in a source of another name would be missed; send what `apk list --installed` \
             prints instead"
        ));
    }
    Ok(lines.done(Kind::AlpinePackages, None))
}

struct List {
    lines: Lines,
    ecosystem: Option<Ecosystem>,
    guessed: usize,
}

impl List {
    fn push(&mut self, line: usize, found: &One<'_>) -> Result<(), FormatFault> {
        let ecosystem = self.ecosystem.clone();
        let ecosystem = ecosystem.unwrap_or(Ecosystem::Listed(Listed::Alpine, None));
        self.guessed += usize::from(found.origin.is_none());
        let name = found.origin.unwrap_or(found.name).to_owned();
        let component = Component {
            label: format!("{} {}", found.name, found.version),
            package: Some(Package { ecosystem, name }),
            version: Some(Version::from(found.version)),
            product: None,
            purl: None,
        };
        let key = component.label.clone();
        self.lines.push(&format_args!("line {line}"), &key, component)
    }

    fn rows(&mut self, text: &str) -> Result<(), FormatFault> {
        let marked = text.contains("[installed");
        let mut others = 0usize;
        for (index, line) in text.lines().enumerate() {
            if line.trim().is_empty() || Release::is_hint(line) || is_noise(line) {
                continue;
            }
            match one(line) {
                // Without `--installed` the list holds what is to be had, too.
                Some(_) if marked && !line.contains("[installed") => others += 1,
                Some(found) => self.push(index + 1, &found)?,
                None => {
                    let shown = quote(line);
                    self.lines.warn(format!("line {}: {shown} is no package", index + 1));
                }
            }
        }
        if others > 0 {
            self.lines.warn(format!("{others} packages that are not installed left out"));
        }
        Ok(())
    }

    fn paragraphs(&mut self, text: &str) -> Result<(), FormatFault> {
        let (mut line, mut name, mut version, mut origin) = (0, None, None, None);
        for (index, field) in text.lines().chain([""]).enumerate() {
            match field.split_once(':') {
                Some(("P", value)) => (line, name) = (index + 1, Some(value.trim())),
                Some(("V", value)) => version = Some(value.trim()),
                Some(("o", value)) => origin = Some(value.trim()),
                Some(_) => {}
                None if field.trim().is_empty() => {
                    let (known, stated) = (name.take(), version.take());
                    let origin = origin.take().filter(|origin: &&str| !origin.is_empty());
                    match (known, stated) {
                        (Some(name), Some(version)) => {
                            // A database always names origins; without one the name is its own.
                            let origin = origin.or(Some(name));
                            self.push(line, &One { name, version, origin })?;
                        }
                        (Some(name), None) => {
                            let shown = quote(name);
                            self.lines.warn(format!("line {line}: {shown} has no version"));
                        }
                        (None, _) => {}
                    }
                }
                None => {}
            }
        }
        Ok(())
    }
}
