//! Debian's package lists: the status file, `dpkg -l`, and the four columns of `dpkg-query -W`.
//!
//! Debian's advisories speak of *source* packages. The status file names the source wherever it
//! differs from the binary (deb-control(5), field `Source`), and so does
//! `dpkg-query -W -f '${Package} ${Version} ${source:Package} ${source:Version}\n'` under a first
//! line `# debian 12`. `dpkg -l` does not: there the few core libraries of [`SOURCES`] are known,
//! every other line goes by its own name, and a warning says so. Removed packages are left out.

use super::lines::Lines;
use super::release::Release;
use super::{Inventory, Kind};
use crate::fault::{FormatFault, quote};
use seawall_domain::component::Component;
use seawall_domain::package::{Ecosystem, Listed, Package, Version};

const FORMAT: &str = "Debian package list";

/// How many lines at the top are looked at to tell what a list is.
const HEAD_LINES: usize = 40;

/// Core libraries whose binary packages are named otherwise than their source.
const SOURCES: [(&str, &str); 24] = [
    ("libbz2-1.0", "bzip2"),
    ("libc-bin", "glibc"),
    ("libc6", "glibc"),
    ("libcurl3-gnutls", "curl"),
    ("libcurl4", "curl"),
    ("libexpat1", "expat"),
    ("libgnutls30", "gnutls28"),
    ("libgssapi-krb5-2", "krb5"),
    ("libkrb5-3", "krb5"),
    ("libldap-2.5-0", "openldap"),
    ("liblzma5", "xz-utils"),
    ("libpng16-16", "libpng1.6"),
    ("libsqlite3-0", "sqlite3"),
    ("libssh2-1", "libssh2"),
    ("libssl1.1", "openssl"),
    ("libssl3", "openssl"),
    ("libsystemd0", "systemd"),
    ("libtiff6", "tiff"),
    ("libudev1", "systemd"),
    ("libxml2-utils", "libxml2"),
    ("openssh-client", "openssh"),
    ("openssh-server", "openssh"),
    ("zlib1g", "zlib"),
    ("zlib1g-dev", "zlib"),
];

/// Which of the three lists a text is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Shape {
    /// Paragraphs of fields.
    Status,
    /// The table that `dpkg -l` prints.
    Table,
    /// Columns: binary, version, and where given source and source version.
    Columns,
}

impl Shape {
    /// Tells the shape of a text; none when it is no Debian list.
    pub(super) fn of(text: &str) -> Option<Shape> {
        let mut head = text.lines().take(HEAD_LINES);
        let hint = Release::of(text);
        let commented = hint.is_some_and(|hint| ["debian", "ubuntu"].contains(&hint.id.as_str()));
        let told = head.find_map(|line| {
            if line.starts_with("Package: ") {
                Some(Shape::Status)
            } else if line.starts_with("Desired=") || line.starts_with("||/") || row(line).is_some()
            {
                Some(Shape::Table)
            } else {
                None
            }
        });
        told.or(commented.then_some(Shape::Columns))
    }
}

/// One line of the list, before the distribution is known.
struct Binary {
    line: usize,
    name: String,
    version: String,
    source: Option<(String, Option<String>)>,
}

/// Reads a list.
pub(super) fn read(
    shape: Shape,
    release: Option<&str>,
    text: &str,
) -> Result<Inventory, FormatFault> {
    if shape == Shape::Status && is_index(text) {
        let message = "it is an index of packages to be had, not a list of installed ones";
        return Err(FormatFault::new(FORMAT, "the document", message));
    }
    let mut lines = Lines::new(FORMAT);
    let binaries = match shape {
        Shape::Status => paragraphs(text, &mut lines),
        Shape::Table => table(text, &mut lines),
        Shape::Columns => columns(text, &mut lines),
    };
    if binaries.is_empty() {
        return Err(FormatFault::new(FORMAT, "the document", "it lists no package"));
    }
    let ecosystem = ecosystem(text, release, &binaries, &mut lines);
    let mut guessed = 0usize;
    for binary in binaries {
        let place = format!("line {}", binary.line);
        let (name, version) = match binary.source {
            Some((name, version)) => (name, version.unwrap_or_else(|| binary.version.clone())),
            None if shape == Shape::Status => (binary.name.clone(), binary.version.clone()),
            None => {
                let known = SOURCES.iter().find(|(known, _)| *known == binary.name);
                guessed += usize::from(known.is_none());
                let name = known.map_or(binary.name.as_str(), |(_, source)| source);
                (name.to_owned(), without_rebuild(&binary.version).to_owned())
            }
        };
        let key = format!("{}\u{0}{name}\u{0}{version}", binary.name);
        let component = Component {
            label: binary.name,
            package: Some(Package { ecosystem: ecosystem.clone(), name }),
            version: Some(Version(version)),
            product: None,
            purl: None,
        };
        lines.push(&place, &key, component)?;
    }
    if guessed > 0 {
        lines.warn(format!(
            "the list does not name source packages: {guessed} lines go by their own name, and a \
             flaw in a source of another name would be missed; send the status file instead"
        ));
    }
    Ok(lines.done(Kind::DebianPackages, None))
}

/// An archive's index has the same fields, and a file name instead of a status.
fn is_index(text: &str) -> bool {
    let starts = |start: &str| text.lines().any(|line| line.starts_with(start));
    starts("Filename:") && !starts("Status:")
}

/// A version without the mark of a binary-only rebuild (`+b1`), which no advisory names.
fn without_rebuild(version: &str) -> &str {
    match version.rsplit_once("+b") {
        Some((start, number))
            if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) =>
        {
            start
        }
        _ => version,
    }
}

/// Which distribution and release the list is of; see the module `inventory` for the order.
fn ecosystem(
    text: &str,
    release: Option<&str>,
    binaries: &[Binary],
    lines: &mut Lines,
) -> Ecosystem {
    // OpenWrt writes the same paragraphs, and a field of its own.
    if text.lines().any(|line| line.starts_with("Installed-Time:")) {
        lines.warn("its fields say OpenWrt; Debian's advisories do not apply".to_owned());
        return Ecosystem::from("opkg".to_owned());
    }
    if let Some(release) = release {
        return Ecosystem::Debian(super::purl::debian_release(release));
    }
    // A hint without a release leaves Debian's to the versions.
    let hint = Release::of(text).and_then(|hint| hint.ecosystem());
    if let Some(ecosystem) = hint.filter(|hint| *hint != Ecosystem::Debian(None)) {
        return ecosystem;
    }
    if binaries.iter().any(|binary| binary.version.contains("ubuntu")) {
        lines.warn("its versions say Ubuntu; Debian's advisories do not apply".to_owned());
        return Ecosystem::Listed(Listed::Ubuntu, None);
    }
    let mut marks = binaries.iter().filter_map(|binary| release_mark(&binary.version));
    let first = marks.next();
    match first {
        Some(first) if marks.all(|mark| mark == first) => {
            lines
                .warn(format!("taken as Debian {first}, because its versions say `+deb{first}u…`"));
            Ecosystem::Debian(Some(first))
        }
        Some(_) => {
            lines.warn("its versions name several Debian releases; none is taken".to_owned());
            Ecosystem::Debian(None)
        }
        None => {
            lines.warn("it does not say which Debian release it is of".to_owned());
            Ecosystem::Debian(None)
        }
    }
}

/// The release in a version such as `3.0.11-1~deb12u2`.
fn release_mark(version: &str) -> Option<String> {
    let (_, rest) = version.split_once("deb")?;
    let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let after = rest.strip_prefix(&number)?;
    (!number.is_empty() && after.starts_with('u')).then_some(number)
}

/// The paragraphs of a status file (deb-control(5)).
fn paragraphs(text: &str, lines: &mut Lines) -> Vec<Binary> {
    let mut binaries = Vec::new();
    let mut fields = Paragraph::default();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            fields.finish(&mut binaries, lines);
        } else {
            fields.take(index + 1, line);
        }
    }
    fields.finish(&mut binaries, lines);
    binaries
}

#[derive(Default)]
struct Paragraph {
    line: usize,
    name: Option<String>,
    version: Option<String>,
    source: Option<String>,
    status: Option<String>,
}

impl Paragraph {
    fn take(&mut self, line: usize, text: &str) {
        if text.starts_with([' ', '\t', '#']) {
            return;
        }
        let Some((key, value)) = text.split_once(':') else {
            return;
        };
        let value = value.trim();
        let slot = match key.to_ascii_lowercase().as_str() {
            "package" => {
                self.line = line;
                &mut self.name
            }
            "version" => &mut self.version,
            "source" => &mut self.source,
            "status" => &mut self.status,
            _ => return,
        };
        *slot = Some(value.to_owned()).filter(|value| !value.is_empty());
    }

    fn finish(&mut self, binaries: &mut Vec<Binary>, lines: &mut Lines) {
        let told = std::mem::take(self);
        let Some(name) = told.name else {
            return;
        };
        let state = told.status.as_deref().and_then(|status| status.split_whitespace().nth(2));
        if matches!(state, Some("config-files" | "not-installed")) {
            return;
        }
        let Some(version) = told.version else {
            let shown = quote(&name);
            lines.warn(format!("line {}: package {shown} has no version", told.line));
            return;
        };
        let source = told.source.map(|text| match text.split_once('(') {
            Some((name, version)) => {
                let version = version.trim().trim_end_matches(')').trim().to_owned();
                (name.trim().to_owned(), Some(version).filter(|v| !v.is_empty()))
            }
            None => (text, None),
        });
        binaries.push(Binary { line: told.line, name, version, source });
    }
}

/// A row of `dpkg -l`: the two letters of its state, the name, the version.
fn row(line: &str) -> Option<(&str, &str, &str)> {
    let mut words = line.split_whitespace();
    let (state, name, version) = (words.next()?, words.next()?, words.next()?);
    let mut letters = state.chars();
    let desired = letters.next().is_some_and(|letter| "uihrp".contains(letter));
    let actual = letters.next().is_some_and(|letter| "ncHUFWti".contains(letter));
    let rest = letters.as_str();
    let dotted = version.bytes().any(|b| b.is_ascii_digit());
    (desired && actual && (rest.is_empty() || rest == "R") && dotted)
        .then_some((state, name, version))
}

fn table(text: &str, lines: &mut Lines) -> Vec<Binary> {
    let mut binaries = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let heading = ["Desired=", "|", "+++", "#"].iter().any(|start| line.starts_with(start));
        if heading || line.trim().is_empty() || Release::is_hint(line) {
            continue;
        }
        let Some((state, name, version)) = row(line) else {
            lines.warn(format!("line {}: it is no row of the table", index + 1));
            continue;
        };
        if matches!(state.chars().nth(1), Some('n' | 'c')) {
            continue;
        }
        binaries.push(Binary {
            line: index + 1,
            name: without_architecture(name).to_owned(),
            version: version.to_owned(),
            source: None,
        });
    }
    binaries
}

fn columns(text: &str, lines: &mut Lines) -> Vec<Binary> {
    let mut binaries = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if Release::is_hint(line) || line.trim().is_empty() {
            continue;
        }
        let mut words = line.split_whitespace();
        let (Some(name), Some(version)) = (words.next(), words.next()) else {
            lines.warn(format!("line {}: it names no version", index + 1));
            continue;
        };
        let version_of_source = |word: Option<&str>| word.map(str::to_owned);
        binaries.push(Binary {
            line: index + 1,
            name: without_architecture(name).to_owned(),
            version: version.to_owned(),
            source: words.next().map(|name| (name.to_owned(), version_of_source(words.next()))),
        });
    }
    binaries
}

/// A binary package's name without `:amd64`.
fn without_architecture(name: &str) -> &str {
    name.split(':').next().unwrap_or(name)
}
