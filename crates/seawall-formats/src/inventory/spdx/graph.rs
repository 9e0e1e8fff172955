//! SPDX 3.0 as JSON-LD: the elements of `@graph` that are packages (class `/Software/Package` and
//! its subclasses for data sets and models).

use super::{FORMAT, Inventory, Kind, Lines, Package};
use crate::fault::FormatFault;
use crate::inventory::stream::{self, Object, Slot};
use serde::de::MapAccess;
use std::borrow::Cow;
use std::collections::HashMap;

/// The classes of elements that are packages, in the spelling of the context and of the model.
const PACKAGES: [&str; 3] = ["Package", "AIPackage", "DatasetPackage"];

/// Reads a document of version 3.
pub(in crate::inventory) fn read(bytes: &[u8]) -> Result<Inventory, FormatFault> {
    let document: Document<'_> = stream::read(FORMAT, bytes)?;
    let of_class = |wanted: &'static str| {
        document.elements.iter().filter(move |element| element.class() == wanted)
    };
    let mut makers = HashMap::new();
    for organization in of_class("Organization") {
        if let (Some(id), Some(name)) = (&organization.id, &organization.name) {
            makers.insert(id.as_ref(), name.as_ref());
        }
    }
    let mut lines = Lines::new(FORMAT);
    for (index, element) in document.elements.iter().enumerate() {
        if !PACKAGES.contains(&element.class()) {
            continue;
        }
        let place = format_args!("/@graph/{index}");
        let maker = element.supplier.as_deref().and_then(|id| makers.get(id));
        let name = element.name.as_deref().or(element.id.as_deref());
        let Some(name) = name else {
            lines.warn(format!("{place}: it has neither a name nor an id"));
            continue;
        };
        let package = Package {
            name: Cow::Borrowed(name),
            version: element.version.as_deref().map(Cow::Borrowed),
            supplier: maker.map(|name| Cow::Owned(format!("Organization: {name}"))),
            source: element.source.as_deref().map(Cow::Borrowed),
            purls: element.purls.iter().map(|purl| Cow::Borrowed(purl.as_ref())).collect(),
            cpe: element.cpe.as_deref().map(Cow::Borrowed),
        };
        package.list(&place, &mut lines)?;
    }
    let named = of_class("SpdxDocument").find_map(|one| one.id.as_deref()).map(str::to_owned);
    Ok(lines.done(Kind::Spdx, named))
}

#[derive(Default)]
struct Document<'a> {
    elements: Vec<Element<'a>>,
}

impl<'de> Object<'de> for Document<'de> {
    const KEYS: &'static [&'static str] = &["@graph"];

    fn field<A: MapAccess<'de>>(
        &mut self,
        _: usize,
        slot: Slot<'_, 'de, A>,
    ) -> Result<(), A::Error> {
        self.elements = slot.list()?;
        Ok(())
    }
}

#[derive(Default)]
struct Element<'a> {
    kind: Option<Cow<'a, str>>,
    id: Option<Cow<'a, str>>,
    name: Option<Cow<'a, str>>,
    version: Option<Cow<'a, str>>,
    purls: Vec<Cow<'a, str>>,
    cpe: Option<Cow<'a, str>>,
    supplier: Option<Cow<'a, str>>,
    source: Option<Cow<'a, str>>,
}

impl Element<'_> {
    /// The class without its profile: `software_Package` and `…/Software/Package` are `Package`.
    fn class(&self) -> &str {
        self.kind.as_deref().unwrap_or_default().rsplit(['_', '/']).next().unwrap_or_default()
    }
}

impl<'de> Object<'de> for Element<'de> {
    const KEYS: &'static [&'static str] = &[
        "type",
        "spdxId",
        "name",
        "software_packageVersion",
        "software_packageUrl",
        "externalIdentifier",
        "suppliedBy",
        "software_sourceInfo",
        "@type",
        "@id",
    ];

    fn field<A: MapAccess<'de>>(
        &mut self,
        key: usize,
        slot: Slot<'_, 'de, A>,
    ) -> Result<(), A::Error> {
        match key {
            0 | 8 => self.kind = slot.text_if_any()?,
            1 | 9 => self.id = slot.text()?,
            2 => self.name = slot.text()?,
            3 => self.version = slot.text()?,
            // Some generators repeat the purl among the identifiers.
            4 => self.purls.extend(slot.text()?),
            5 => slot.each(|identifier: Identifier<'de>| match identifier.kind.as_deref() {
                Some("packageUrl") => self.purls.extend(identifier.text),
                Some("cpe23" | "cpe22") if self.cpe.is_none() => self.cpe = identifier.text,
                Some(_) | None => {}
            })?,
            6 => self.supplier = slot.text_if_any()?,
            _ => self.source = slot.text()?,
        }
        Ok(())
    }
}

#[derive(Default)]
struct Identifier<'a> {
    kind: Option<Cow<'a, str>>,
    text: Option<Cow<'a, str>>,
}

impl<'de> Object<'de> for Identifier<'de> {
    const KEYS: &'static [&'static str] = &["externalIdentifierType", "identifier"];

    fn field<A: MapAccess<'de>>(
        &mut self,
        key: usize,
        slot: Slot<'_, 'de, A>,
    ) -> Result<(), A::Error> {
        match key {
            0 => self.kind = slot.text()?,
            _ => self.text = slot.text()?,
        }
        Ok(())
    }
}
