//! CycloneDX as XML, versions 1.0 to 1.7: the same parts as in JSON, under other names.

use super::FORMAT;
use super::bill::{Bill, Part};
use crate::fault::FormatFault;
use crate::inventory::xml::{Document, Element};
use crate::inventory::{COMPONENT_DEPTH_MAX, COMPONENTS_MAX, Inventory};
use std::borrow::Cow;

/// What the address of every version's namespace begins with; the version follows.
pub(super) const SPACE: &str = "http://cyclonedx.org/schema/bom/";

/// Reads a bill of materials.
pub(in crate::inventory) fn read(document: &Document<'_>) -> Result<Inventory, FormatFault> {
    let root = &document.root;
    let version = document.space(root.space).strip_prefix(SPACE);
    let Some(version) = version.filter(|_| root.name == "bom") else {
        let message = format!("its top must be `bom` of a namespace that begins with `{SPACE}`");
        return Err(FormatFault::new(FORMAT, document.place(root), message));
    };
    let mut walk = Walk { document, left: COMPONENTS_MAX };
    let subject = root.child("metadata").and_then(|metadata| metadata.child("component"));
    let subject = subject.map(|subject| walk.part(subject, 0)).transpose()?;
    let services = root.child("services").map_or(0, |services| services.children.len());
    let bill = Bill {
        version: Some(Cow::Borrowed(version)),
        serial: root.attribute("serialNumber").map(Cow::Borrowed),
        subject,
        parts: walk.parts(root, 0)?,
        services,
    };
    bill.list()
}

struct Walk<'a> {
    document: &'a Document<'a>,
    left: usize,
}

impl<'a> Walk<'a> {
    fn fault(&self, element: &Element<'_>, message: impl Into<String>) -> FormatFault {
        FormatFault::new(FORMAT, self.document.place(element), message)
    }

    fn parts(
        &mut self,
        owner: &'a Element<'a>,
        depth: usize,
    ) -> Result<Vec<Part<'a>>, FormatFault> {
        let Some(list) = owner.child("components") else {
            return Ok(Vec::new());
        };
        if depth > COMPONENT_DEPTH_MAX {
            let told = format!("components nest deeper than {COMPONENT_DEPTH_MAX} levels");
            return Err(self.fault(list, told));
        }
        list.all("component").map(|component| self.part(component, depth)).collect()
    }

    fn part(&mut self, component: &'a Element<'a>, depth: usize) -> Result<Part<'a>, FormatFault> {
        self.left = self.left.checked_sub(1).ok_or_else(|| {
            self.fault(component, format!("it lists more than {COMPONENTS_MAX} components"))
        })?;
        let text = |name: &str| component.text_of(name).map(Cow::Borrowed);
        let party = |name: &str| {
            let party = component.child(name).and_then(|party| party.text_of("name"));
            party.map(Cow::Borrowed)
        };
        let name = text("name");
        let kind = component.attribute("type").map(Cow::Borrowed);
        for (there, what) in [(kind.is_some(), "attribute `type`"), (name.is_some(), "`name`")] {
            if !there {
                return Err(self.fault(component, format!("the component's {what} is missing")));
            }
        }
        let mut part = Part {
            kind,
            name,
            version: text("version"),
            purl: text("purl"),
            cpe: text("cpe"),
            manufacturer: party("manufacturer"),
            supplier: party("supplier"),
            publisher: text("publisher"),
            ..Part::default()
        };
        let properties = component.child("properties").into_iter();
        for property in properties.flat_map(|list| list.all("property")) {
            let name = property.attribute("name").unwrap_or_default();
            let value = property.attribute("value").or(property.stated());
            part.property(name, value.map(Cow::Borrowed));
        }
        part.parts = self.parts(component, depth + 1)?;
        Ok(part)
    }
}
