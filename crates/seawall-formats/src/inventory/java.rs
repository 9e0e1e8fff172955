//! Java: `pom.xml`, what `mvn dependency:list` and `:tree` print, and Gradle's lock files.
//!
//! A `pom.xml` states what is asked for, and only a literal version is one: what a property, a
//! range or a parent decides stays without a version.

use super::lines::Lines;
use super::xml::{Document, Element};
use super::{Inventory, Kind};
use crate::fault::FormatFault;
use seawall_domain::package::{Ecosystem, Listed};
use std::collections::HashMap;
use std::fmt::Display;

const FORMAT: &str = "list of Java dependencies";

/// Which list a text is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Shape {
    /// What Maven prints: a list or a tree.
    Maven,
    /// `gradle.lockfile`.
    Lock,
    /// What `gradle dependencies` prints.
    Tree,
}

/// How many lines at the top are looked at to tell what a list is.
const HEAD_LINES: usize = 200;

impl Shape {
    /// Tells the shape of a text; none when it is no list of Java's.
    pub(super) fn of(text: &str) -> Option<Shape> {
        let mut locks = text.lines().filter(|line| {
            !line.trim().is_empty() && !line.starts_with('#') && !line.starts_with("empty=")
        });
        let mut locks =
            locks.by_ref().take(HEAD_LINES).map(|line| locked(line).is_some()).peekable();
        if text.starts_with("# This is a Gradle generated file")
            || locks.peek().is_some() && locks.all(|is_lock| is_lock)
        {
            return Some(Shape::Lock);
        }
        text.lines().take(HEAD_LINES).find_map(|line| {
            if resolved(line).is_some() {
                Some(Shape::Tree)
            } else if printed(line).is_some_and(|one| one.scope.is_some()) {
                Some(Shape::Maven)
            } else {
                None
            }
        })
    }
}

/// Reads a list.
pub(super) fn read(shape: Shape, text: &str) -> Result<Inventory, FormatFault> {
    let mut lines = Lines::new(FORMAT);
    for (index, line) in text.lines().enumerate() {
        let place = format_args!("line {}", index + 1);
        match shape {
            Shape::Lock => {
                if let Some((name, version)) = locked(line) {
                    push(&mut lines, &place, name.0, name.1, Some(version))?;
                }
            }
            Shape::Tree => {
                if let Some((name, version)) = resolved(line) {
                    push(&mut lines, &place, name.0, name.1, version)?;
                }
            }
            Shape::Maven => match printed(line) {
                // The project itself stands above what it needs, without a scope.
                Some(one) if one.scope.is_none() => {
                    let name = format!("{}:{}", one.group, one.artifact);
                    lines.push_elsewhere(&place, &name, Some(one.version))?;
                }
                Some(one) => {
                    push(&mut lines, &place, one.group, one.artifact, Some(one.version))?;
                }
                None => {}
            },
        }
    }
    Ok(lines.done(Kind::Java, None))
}

fn push(
    lines: &mut Lines,
    place: &dyn Display,
    group: &str,
    artifact: &str,
    version: Option<&str>,
) -> Result<(), FormatFault> {
    let name = format!("{group}:{artifact}");
    lines.push_package(place, Ecosystem::Listed(Listed::Maven, None), &name, version)
}

/// Whether a text is a coordinate's part.
fn is_part(text: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-._+~".contains(letter);
    !text.is_empty() && text.chars().all(plain)
}

/// A line of a lock file: `group:artifact:version=configurations`.
fn locked(line: &str) -> Option<((&str, &str), &str)> {
    let (coordinates, _) = line.split_once('=')?;
    match *coordinates.split(':').collect::<Vec<_>>().as_slice() {
        [group, artifact, version] if [group, artifact, version].iter().all(|p| is_part(p)) => {
            Some(((group, artifact), version))
        }
        _ => None,
    }
}

type Resolved<'a> = ((&'a str, &'a str), Option<&'a str>);

/// A line of Gradle's tree: `|    +--- group:artifact:1.0 -> 1.1 (*)`.
fn resolved(line: &str) -> Option<Resolved<'_>> {
    let (_, rest) = line.split_once("+--- ").or_else(|| line.split_once("\\--- "))?;
    let mut words = rest.split_whitespace();
    let asked = words.next()?;
    let parts: Vec<&str> = asked.split(':').collect();
    let chosen = match (words.next(), words.next()) {
        (Some("->"), Some(version)) => Some(version),
        _ => None,
    };
    match *parts.as_slice() {
        [group, artifact] if is_part(group) && is_part(artifact) => {
            Some(((group, artifact), chosen.filter(|version| is_part(version))))
        }
        [group, artifact, version] if is_part(group) && is_part(artifact) => {
            Some(((group, artifact), chosen.or(Some(version)).filter(|text| is_part(text))))
        }
        _ => None,
    }
}

struct Printed<'a> {
    group: &'a str,
    artifact: &'a str,
    version: &'a str,
    scope: Option<&'a str>,
}

const SCOPES: [&str; 6] = ["compile", "provided", "runtime", "test", "system", "import"];

/// A line of Maven's: `[INFO] |  +- group:artifact:jar:1.0:compile (optional)`.
fn printed(line: &str) -> Option<Printed<'_>> {
    let line = line.strip_prefix("[INFO]").unwrap_or(line);
    let line = line.trim_start_matches([' ', '|', '+', '\\', '-', '(']);
    let coordinates = line.split_whitespace().next()?.trim_end_matches(')');
    let parts: Vec<&str> = coordinates.split(':').collect();
    if !parts.iter().all(|part| is_part(part)) {
        return None;
    }
    let (group, artifact, version, scope) = match *parts.as_slice() {
        [group, artifact, _, version, scope] | [group, artifact, _, _, version, scope]
            if SCOPES.contains(&scope) =>
        {
            (group, artifact, version, Some(scope))
        }
        [group, artifact, "jar" | "war" | "ear" | "pom" | "bundle", version] => {
            (group, artifact, version, None)
        }
        _ => return None,
    };
    Some(Printed { group, artifact, version, scope })
}

/// Reads a `pom.xml`.
pub(super) fn read_pom(document: &Document<'_>) -> Result<Inventory, FormatFault> {
    let root = &document.root;
    let mut lines = Lines::new(FORMAT);
    let managed = root.child("dependencyManagement").and_then(|one| one.child("dependencies"));
    let managed: HashMap<String, &str> = managed
        .into_iter()
        .flat_map(|list| list.all("dependency"))
        .filter_map(|one| Some((name(one)?, version(one)?)))
        .collect();
    let profiles = root.child("profiles").into_iter().flat_map(|list| list.all("profile"));
    let owners = std::iter::once(root).chain(profiles);
    let mut undecided = 0usize;
    for list in owners.filter_map(|owner| owner.child("dependencies")) {
        for one in list.all("dependency") {
            let Some(name) = name(one) else {
                let shown = document.place(one);
                lines.warn(format!("{shown}: its name is left to a property or missing"));
                continue;
            };
            let stated = one.text_of("version").map(|_| version(one));
            let version = stated.unwrap_or_else(|| managed.get(&name).copied());
            undecided += usize::from(version.is_none());
            let place = format_args!("dependency {name}");
            lines.push_package(&place, Ecosystem::Listed(Listed::Maven, None), &name, version)?;
        }
    }
    if undecided > 0 {
        lines.warn(format!(
            "the versions of {undecided} dependencies are decided elsewhere; send what \
             `mvn dependency:list` prints"
        ));
    }
    Ok(lines.done(Kind::Java, None))
}

/// Group and artifact, where both stand there literally.
fn name(dependency: &Element<'_>) -> Option<String> {
    let literal = |key: &str| dependency.text_of(key).filter(|text| is_part(text));
    Some(format!("{}:{}", literal("groupId")?, literal("artifactId")?))
}

/// A literal version: no property, and no range but the one that names a single version.
fn version<'e>(dependency: &'e Element<'_>) -> Option<&'e str> {
    let text = dependency.text_of("version")?;
    let single = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    single.or(Some(text)).filter(|text| is_part(text))
}
