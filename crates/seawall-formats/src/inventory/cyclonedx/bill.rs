//! A bill of materials as its two spellings give it, and the lines it lists.

use super::{FORMAT, VERSIONS};
use crate::fault::{FormatFault, quote};
use crate::inventory::lines::{Known, Lines};
use crate::inventory::{COMPONENT_DEPTH_MAX, Inventory, Kind};
use seawall_domain::package::Version;
use std::borrow::Cow;
use std::fmt;

/// The kinds of component that are no software, listed only when they carry a purl.
const NOT_SOFTWARE: [&str; 3] = ["file", "data", "cryptographic-asset"];

type Text<'a> = Option<Cow<'a, str>>;

/// The parts of a document that are read.
#[derive(Default)]
pub(super) struct Bill<'a> {
    pub version: Text<'a>,
    pub serial: Text<'a>,
    pub subject: Option<Part<'a>>,
    pub parts: Vec<Part<'a>>,
    /// How many services it lists, at the top.
    pub services: usize,
}

/// One component.
#[derive(Default)]
pub(super) struct Part<'a> {
    pub kind: Text<'a>,
    pub name: Text<'a>,
    pub version: Text<'a>,
    pub purl: Text<'a>,
    pub cpe: Text<'a>,
    pub manufacturer: Text<'a>,
    pub supplier: Text<'a>,
    pub publisher: Text<'a>,
    /// Rare, and large: only where a property speaks of it.
    pub source: Option<Box<Source<'a>>>,
    pub parts: Vec<Part<'a>>,
}

/// The Debian source package, where a generator says it in properties of its own.
#[derive(Default)]
pub(super) struct Source<'a> {
    name: Text<'a>,
    version: Text<'a>,
    epoch: Text<'a>,
    upstream: Text<'a>,
    revision: Text<'a>,
}

impl<'a> Part<'a> {
    /// Takes a property into account; most say other things.
    pub(super) fn property(&mut self, name: &str, value: Text<'a>) {
        let slot: for<'s> fn(&'s mut Source<'a>) -> &'s mut Text<'a> = match name {
            "syft:metadata:source" | "aquasecurity:trivy:SrcName" => |source| &mut source.name,
            "syft:metadata:sourceVersion" => |source| &mut source.version,
            "aquasecurity:trivy:SrcEpoch" => |source| &mut source.epoch,
            "aquasecurity:trivy:SrcVersion" => |source| &mut source.upstream,
            "aquasecurity:trivy:SrcRelease" => |source| &mut source.revision,
            _ => return,
        };
        *slot(self.source.get_or_insert_default()) = value;
    }
}

impl Source<'_> {
    fn stated(&self) -> Option<(String, Option<Version>)> {
        let name = self.name.as_deref()?.to_owned();
        let parts = || {
            let epoch = self.epoch.as_ref().map(|epoch| format!("{epoch}:")).unwrap_or_default();
            let revision = self.revision.as_ref().map(|text| format!("-{text}"));
            let upstream = self.upstream.as_ref()?;
            Some(format!("{epoch}{upstream}{}", revision.unwrap_or_default()))
        };
        let version = self.version.as_deref().map(str::to_owned).or_else(parts);
        Some((name, version.map(Version)))
    }
}

/// Where a component stands, as a JSON pointer that is only spelt out when it is needed.
struct Place {
    top: &'static str,
    below: Vec<usize>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.top)?;
        self.below.iter().try_for_each(|index| write!(f, "/components/{index}"))
    }
}

impl Bill<'_> {
    /// The lines that the document lists.
    pub(super) fn list(self) -> Result<Inventory, FormatFault> {
        let place = Place { top: "", below: Vec::new() };
        let mut walk = Walk { lines: Lines::new(FORMAT), left_out: 0, place };
        walk.lines.reserve(self.parts.len());
        let version = self.version.as_deref().unwrap_or_default();
        if !VERSIONS.contains(&version) {
            let known = VERSIONS.join(", ");
            let told = format!("version {} is not one of {known}; read as 1.7", quote(version));
            walk.lines.warn(told);
        }
        if let Some(subject) = &self.subject {
            walk.place.top = "/metadata/component";
            // What the list is about is itself run, when it names a package; a mere title is not.
            if subject.purl.is_some() {
                walk.part(subject)?;
            } else {
                walk.nested(&subject.parts)?;
            }
            walk.place.top = "";
        }
        walk.nested(&self.parts)?;
        if walk.left_out > 0 {
            let told = format!("{} files and data sets without a purl left out", walk.left_out);
            walk.lines.warn(told);
        }
        if self.services > 0 {
            let told = format!("{} services left out: they run elsewhere", self.services);
            walk.lines.warn(told);
        }
        let serial = self.serial.as_deref();
        let named = serial.filter(|serial| is_serial(serial));
        if let (Some(serial), None) = (serial, named) {
            let told = format!("serial number {} is no `urn:uuid:…`; left out", quote(serial));
            walk.lines.warn(told);
        }
        Ok(walk.lines.done(Kind::CycloneDx, named.map(str::to_owned)))
    }
}

/// Whether a text has the form that the specification demands of serial numbers.
fn is_serial(text: &str) -> bool {
    let digits = text.strip_prefix("urn:uuid:").unwrap_or_default();
    digits.split('-').map(str::len).eq([8, 4, 4, 4, 12])
        && digits.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

struct Walk {
    lines: Lines,
    left_out: usize,
    place: Place,
}

impl Walk {
    fn nested(&mut self, parts: &[Part<'_>]) -> Result<(), FormatFault> {
        if self.place.below.len() > COMPONENT_DEPTH_MAX {
            let told = format!("components nest deeper than {COMPONENT_DEPTH_MAX} levels");
            return Err(FormatFault::new(FORMAT, self.place.to_string(), told));
        }
        for (index, part) in parts.iter().enumerate() {
            self.place.below.push(index);
            self.part(part)?;
            self.place.below.pop();
        }
        Ok(())
    }

    fn part(&mut self, part: &Part<'_>) -> Result<(), FormatFault> {
        let purl = part.purl.as_deref();
        let vendors = [&part.manufacturer, &part.supplier, &part.publisher];
        let known = Known {
            vendor: vendors.into_iter().find_map(|vendor| vendor.as_deref()),
            name: part.name.as_deref().unwrap_or_default(),
            version: part.version.as_deref(),
            cpe: part.cpe.as_deref(),
            source: purl
                .filter(|purl| purl.starts_with("pkg:deb/"))
                .and_then(|_| part.source.as_ref()?.stated()),
        };
        match (purl, part.kind.as_deref()) {
            (Some(purl), _) => self.lines.push_purl(&self.place, purl, known)?,
            (None, Some(kind)) if NOT_SOFTWARE.contains(&kind) => self.left_out += 1,
            (None, _) => self.lines.push_named(&self.place, known)?,
        }
        if part.parts.is_empty() { Ok(()) } else { self.nested(&part.parts) }
    }
}
