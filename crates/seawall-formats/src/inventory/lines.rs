//! The lines of an inventory while it is being read: bounded, repeated ones kept once.

use super::seen::Seen;
use super::{COMPONENTS_MAX, Inventory, Kind, TEXT_LEN_MAX, WARNINGS_MAX, purl};
use crate::cpe;
use crate::fault::{FormatFault, quote};
use seawall_domain::component::{Component, Product};
use seawall_domain::package::{Ecosystem, Package, Version};
use std::borrow::Cow;
use std::fmt::Display;

/// The lines read so far.
pub(super) struct Lines {
    format: &'static str,
    components: Vec<Component>,
    seen: Seen,
    warnings: Vec<String>,
    unsaid: usize,
    elsewhere: usize,
}

impl Lines {
    /// No lines yet; `format` is what faults call the document.
    pub(super) fn new(format: &'static str) -> Self {
        Self {
            format,
            components: Vec::new(),
            seen: Seen::default(),
            warnings: Vec::new(),
            unsaid: 0,
            elsewhere: 0,
        }
    }

    /// Makes room for so many lines at once.
    pub(super) fn reserve(&mut self, lines: usize) {
        let lines = lines.min(COMPONENTS_MAX);
        self.components.reserve(lines);
        self.seen.reserve(lines);
    }

    /// Whether nothing was listed yet.
    pub(super) fn is_empty(&self) -> bool {
        self.components.is_empty()
    }

    /// Adds a line under its key, once.
    pub(super) fn push(
        &mut self,
        place: &dyn Display,
        key: &str,
        line: Component,
    ) -> Result<(), FormatFault> {
        if self.components.len() == COMPONENTS_MAX {
            let message = format!("it lists more than {COMPONENTS_MAX} components");
            return Err(FormatFault::new(self.format, place.to_string(), message));
        }
        let texts = [Some(&line.label), line.version.as_ref().map(|v| &v.0)];
        for text in texts.into_iter().flatten() {
            if text.len() > TEXT_LEN_MAX && text.chars().nth(TEXT_LEN_MAX).is_some() {
                let message = format!("a name is longer than {TEXT_LEN_MAX} characters");
                return Err(FormatFault::new(self.format, place.to_string(), message));
            }
        }
        if self.seen.insert(key) {
            self.components.push(line);
        }
        Ok(())
    }

    /// Adds a line that gives a purl; an unreadable one is listed as unknown, and said.
    pub(super) fn push_purl(
        &mut self,
        place: &dyn Display,
        text: &str,
        known: Known<'_>,
    ) -> Result<(), FormatFault> {
        match purl::read(text) {
            Ok(read) => {
                let source = known.source.or(read.source);
                let version = read.version.or_else(|| known.version.map(Version::from));
                let (package, version) = match source {
                    Some((name, stated)) => {
                        let ecosystem = read.package.ecosystem;
                        (Package { ecosystem, name }, stated.or(version))
                    }
                    None => (read.package, version),
                };
                let line = Component {
                    label: text.to_owned(),
                    package: Some(package),
                    version,
                    product: None,
                    purl: Some(text.to_owned()),
                };
                self.push(place, &read.canonical, line)
            }
            Err(why) => {
                let shown = quote(text);
                self.warn(format!("{place}: purl {shown} cannot be read: {why}"));
                self.push_named(place, known)
            }
        }
    }

    /// Adds a line of which only names are known.
    pub(super) fn push_named(
        &mut self,
        place: &dyn Display,
        known: Known<'_>,
    ) -> Result<(), FormatFault> {
        let named = known.cpe.and_then(cpe::read).map(|name| Product {
            version: name.version.text().unwrap_or_default().to_owned(),
            vendor: name.vendor,
            name: name.product,
        });
        let vendor = known.vendor.map(on_one_line);
        let (name, version) = (on_one_line(known.name), known.version.map(on_one_line));
        let parts = [vendor.as_deref(), Some(name.as_ref()), version.as_deref()];
        let label = joined(parts.into_iter().flatten(), " ");
        let key = joined(parts.map(Option::unwrap_or_default).into_iter(), "\u{0}");
        let stated = vendor.as_ref().map(|vendor| Product {
            vendor: vendor.to_lowercase(),
            name: name.to_lowercase(),
            version: String::new(),
        });
        let product = stated.or(named).map(|product| match &version {
            Some(version) => Product { version: version.clone().into_owned(), ..product },
            None => product,
        });
        let version = version.map(|version| Version(version.into_owned()));
        self.push(place, &key, Component { label, package: None, version, product, purl: None })
    }

    /// Adds a package of an ecosystem, by its name there.
    pub(super) fn push_package(
        &mut self,
        place: &dyn Display,
        ecosystem: Ecosystem,
        name: &str,
        version: Option<&str>,
    ) -> Result<(), FormatFault> {
        let version = version.map(str::trim).filter(|version| !version.is_empty());
        let package = Package { name: purl::normal_name(&ecosystem, name), ecosystem };
        let label = match version {
            Some(version) => format!("{name} {version}"),
            None => name.to_owned(),
        };
        let key = format!("{package}\u{0}{}", version.unwrap_or_default());
        let version = version.map(Version::from);
        let package = Some(package);
        self.push(place, &key, Component { label, package, version, product: None, purl: None })
    }

    /// Adds a package that comes from elsewhere than its ecosystem's registry: a project's own
    /// part, a repository, a folder. Another of the same name may be in the registry, so it stays
    /// unknown.
    pub(super) fn push_elsewhere(
        &mut self,
        place: &dyn Display,
        name: &str,
        version: Option<&str>,
    ) -> Result<(), FormatFault> {
        self.elsewhere += 1;
        let version = version.map(str::trim).filter(|version| !version.is_empty());
        self.push_named(place, Known { name, version, ..Known::default() })
    }

    /// Notes what a person should know; beyond [`WARNINGS_MAX`] it is only counted.
    pub(super) fn warn(&mut self, warning: String) {
        if self.warnings.len() < WARNINGS_MAX {
            self.warnings.push(warning);
        } else {
            self.unsaid += 1;
        }
    }

    /// The inventory of these lines.
    pub(super) fn done(mut self, kind: Kind, serial: Option<String>) -> Inventory {
        if self.components.is_empty() {
            self.warnings.push("it lists no component".to_owned());
        }
        if self.elsewhere > 0 {
            self.warnings.push(format!(
                "{} lines are the project's own parts or come from a repository, a folder or an \
                 address; they are listed and no advisory is matched to them",
                self.elsewhere
            ));
        }
        if self.unsaid > 0 {
            self.warnings.push(format!("and {} more warnings", self.unsaid));
        }
        Inventory { kind, components: self.components, serial, warnings: self.warnings }
    }
}

/// What a document says about a line beside its purl.
#[derive(Default)]
pub(super) struct Known<'a> {
    /// Who makes it.
    pub(super) vendor: Option<&'a str>,
    /// What it is called.
    pub(super) name: &'a str,
    /// Its version.
    pub(super) version: Option<&'a str>,
    /// Its CPE name.
    pub(super) cpe: Option<&'a str>,
    /// The source package, with its version where it differs (Debian).
    pub(super) source: Option<(String, Option<Version>)>,
}

/// Line ends and runs of blanks, which cells of tables may hold, as one blank.
fn on_one_line(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    let blanks = text.as_bytes().windows(2).any(|two| two == b"  ");
    let plain = text.is_ascii() && !blanks && !text.bytes().any(|byte| byte < b' ');
    if plain {
        return Cow::Borrowed(text);
    }
    Cow::Owned(joined(text.split_whitespace(), " "))
}

fn joined<'a>(parts: impl Iterator<Item = &'a str>, between: &str) -> String {
    let mut whole = String::with_capacity(64);
    for (index, part) in parts.enumerate() {
        if index > 0 {
            whole.push_str(between);
        }
        whole.push_str(part);
    }
    whole
}
