//! CycloneDX 1.2 to 1.7 as JSON (ECMA-424): `metadata.component`, `components`, nested ones too.
//!
//! It reads what names a component and leaves everything else to the original bytes.

use super::{COMPONENT_DEPTH_MAX, Inventory, Kind, Known, Lines};
use crate::fault::{FormatFault, quote};
use crate::json::Spot;
use seawall_domain::package::Version;
use serde_json::Value;

const FORMAT: &str = "CycloneDX";

/// The versions of the format that are known to be read correctly.
const VERSIONS: [&str; 6] = ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"];

/// The kinds of component that are no software, listed only when they carry a purl.
const NOT_SOFTWARE: [&str; 3] = ["file", "data", "cryptographic-asset"];

/// Reads a bill of materials.
pub(super) fn read(value: &Value) -> Result<Inventory, FormatFault> {
    let top = Spot::top(FORMAT, value)?;
    if top.required_text("bomFormat")? != FORMAT {
        return Err(top.fault_at("bomFormat", "it must be `CycloneDX`"));
    }
    let version = top.required_text("specVersion")?;
    let mut walk = Walk { lines: Lines::new(FORMAT), left_out: 0 };
    if !VERSIONS.contains(&version) {
        let known = VERSIONS.join(", ");
        let told = format!("version {} is not one of {known}; read as 1.7", quote(version));
        walk.lines.warn(told);
    }
    let subject = top.object("metadata")?;
    let subject = subject.map(|metadata| metadata.object("component")).transpose()?.flatten();
    if let Some(subject) = subject {
        // What the list is about is itself run, when it names a package; a mere title is not.
        if subject.has("purl") {
            walk.component(&subject, 0)?;
        } else {
            walk.nested(&subject, 0)?;
        }
    }
    walk.nested(&top, 0)?;
    if walk.left_out > 0 {
        let told = format!("{} files and data sets without a purl left out", walk.left_out);
        walk.lines.warn(told);
    }
    let serial = top.text("serialNumber")?;
    let named = serial.filter(|serial| is_serial(serial));
    if let (Some(serial), None) = (serial, named) {
        let told = format!("serial number {} is no `urn:uuid:…`; left out", quote(serial));
        walk.lines.warn(told);
    }
    Ok(walk.lines.done(Kind::CycloneDx, named.map(str::to_owned)))
}

/// Whether a text has the form that the specification demands of serial numbers.
fn is_serial(text: &str) -> bool {
    let digits = text.strip_prefix("urn:uuid:").unwrap_or_default();
    let groups: Vec<usize> = digits.split('-').map(str::len).collect();
    groups == [8, 4, 4, 4, 12] && digits.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

struct Walk {
    lines: Lines,
    left_out: usize,
}

impl Walk {
    fn nested(&mut self, owner: &Spot<'_>, depth: usize) -> Result<(), FormatFault> {
        if depth > COMPONENT_DEPTH_MAX {
            let told = format!("components nest deeper than {COMPONENT_DEPTH_MAX} levels");
            return Err(owner.fault(told));
        }
        for component in owner.objects("components")? {
            self.component(&component, depth)?;
        }
        Ok(())
    }

    fn component(&mut self, component: &Spot<'_>, depth: usize) -> Result<(), FormatFault> {
        let kind = component.required_text("type")?;
        let known = Known {
            vendor: vendor(component)?,
            name: component.required_text("name")?.to_owned(),
            version: component.text("version")?.map(Version::from),
            source: source(component)?,
        };
        match component.text("purl")? {
            Some(purl) => self.lines.push_purl(component.place(), purl, known)?,
            None if NOT_SOFTWARE.contains(&kind) => self.left_out += 1,
            None => self.lines.push_named(component.place(), known)?,
        }
        self.nested(component, depth + 1)
    }
}

/// Who makes it, by the fields that may say so.
fn vendor(component: &Spot<'_>) -> Result<Option<String>, FormatFault> {
    for key in ["manufacturer", "supplier"] {
        let party = component.object(key)?;
        if let Some(name) = party.map(|party| party.text("name")).transpose()?.flatten() {
            return Ok(Some(name.to_owned()));
        }
    }
    Ok(component.text("publisher")?.map(str::to_owned))
}

/// The Debian source package, where a generator says it in a property of its own.
fn source(component: &Spot<'_>) -> Result<Option<(String, Option<Version>)>, FormatFault> {
    if !component.text("purl")?.is_some_and(|purl| purl.starts_with("pkg:deb/")) {
        return Ok(None);
    }
    let (mut name, mut version) = (None, None);
    let (mut epoch, mut upstream, mut revision) = (None, None, None);
    for property in component.objects("properties")? {
        let value = property.text("value")?;
        match property.text("name")?.unwrap_or_default() {
            "syft:metadata:source" | "aquasecurity:trivy:SrcName" => name = value,
            "syft:metadata:sourceVersion" => version = value.map(str::to_owned),
            "aquasecurity:trivy:SrcEpoch" => epoch = value,
            "aquasecurity:trivy:SrcVersion" => upstream = value,
            "aquasecurity:trivy:SrcRelease" => revision = value,
            _ => {}
        }
    }
    let parts = upstream.map(|upstream| {
        let epoch = epoch.map(|epoch| format!("{epoch}:")).unwrap_or_default();
        let revision = revision.map(|text| format!("-{text}")).unwrap_or_default();
        format!("{epoch}{upstream}{revision}")
    });
    Ok(name.map(|name| (name.to_owned(), version.or(parts).map(Version))))
}
