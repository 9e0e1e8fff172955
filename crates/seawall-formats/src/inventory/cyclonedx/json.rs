//! CycloneDX as JSON, versions 1.2 to 1.7, read straight into the parts that are kept.

use super::FORMAT;
use super::bill::{Bill, Part};
use crate::fault::FormatFault;
use crate::inventory::Inventory;
use crate::inventory::stream::{self, Object, Slot};
use serde::de::MapAccess;
use std::borrow::Cow;

/// Reads a bill of materials.
pub(in crate::inventory) fn read(bytes: &[u8]) -> Result<Inventory, FormatFault> {
    let document: Document<'_> = stream::read(FORMAT, bytes)?;
    if document.format.as_deref() != Some(FORMAT) {
        return Err(FormatFault::new(FORMAT, "/bomFormat", "it must be `CycloneDX`"));
    }
    document.bill.list()
}

#[derive(Default)]
struct Document<'a> {
    format: Option<Cow<'a, str>>,
    bill: Bill<'a>,
}

impl<'de> Object<'de> for Document<'de> {
    const KEYS: &'static [&'static str] =
        &["bomFormat", "specVersion", "serialNumber", "metadata", "components", "services"];

    fn field<A: MapAccess<'de>>(
        &mut self,
        key: usize,
        slot: Slot<'_, 'de, A>,
    ) -> Result<(), A::Error> {
        let bill = &mut self.bill;
        match key {
            0 => self.format = slot.text()?,
            1 => bill.version = slot.text()?,
            2 => bill.serial = slot.text()?,
            3 => bill.subject = slot.object::<Metadata<'de>>()?.and_then(|read| read.component),
            4 => bill.parts = slot.list()?,
            _ => slot.each(|Passed| bill.services += 1)?,
        }
        Ok(())
    }

    fn missing(&self) -> Option<&'static str> {
        match (&self.format, &self.bill.version) {
            (None, _) => Some("bomFormat"),
            (_, None) => Some("specVersion"),
            (Some(_), Some(_)) => None,
        }
    }
}

/// An object of which nothing is read.
#[derive(Default)]
struct Passed;

impl<'de> Object<'de> for Passed {
    const KEYS: &'static [&'static str] = &[];

    fn field<A: MapAccess<'de>>(&mut self, _: usize, _: Slot<'_, 'de, A>) -> Result<(), A::Error> {
        Ok(())
    }
}

#[derive(Default)]
struct Metadata<'a> {
    component: Option<Part<'a>>,
}

impl<'de> Object<'de> for Metadata<'de> {
    const KEYS: &'static [&'static str] = &["component"];

    fn field<A: MapAccess<'de>>(
        &mut self,
        _: usize,
        slot: Slot<'_, 'de, A>,
    ) -> Result<(), A::Error> {
        self.component = slot.object()?;
        Ok(())
    }
}

impl<'de> Object<'de> for Part<'de> {
    const KEYS: &'static [&'static str] = &[
        "type",
        "name",
        "version",
        "purl",
        "cpe",
        "manufacturer",
        "supplier",
        "publisher",
        "properties",
        "components",
    ];

    fn field<A: MapAccess<'de>>(
        &mut self,
        key: usize,
        slot: Slot<'_, 'de, A>,
    ) -> Result<(), A::Error> {
        match key {
            0 => self.kind = slot.text()?,
            1 => self.name = slot.text()?,
            2 => self.version = slot.text()?,
            3 => self.purl = slot.text()?,
            4 => self.cpe = slot.text()?,
            5 => self.manufacturer = slot.object::<Party<'de>>()?.and_then(|party| party.name),
            6 => self.supplier = slot.object::<Party<'de>>()?.and_then(|party| party.name),
            7 => self.publisher = slot.text()?,
            8 => slot.each(|property: Property<'de>| {
                let name = property.name.as_deref().unwrap_or_default();
                self.property(name, property.value);
            })?,
            _ => self.parts = slot.list()?,
        }
        Ok(())
    }

    fn missing(&self) -> Option<&'static str> {
        match (&self.kind, &self.name) {
            (None, _) => Some("type"),
            (_, None) => Some("name"),
            (Some(_), Some(_)) => None,
        }
    }
}

#[derive(Default)]
struct Party<'a> {
    name: Option<Cow<'a, str>>,
}

impl<'de> Object<'de> for Party<'de> {
    const KEYS: &'static [&'static str] = &["name"];

    fn field<A: MapAccess<'de>>(
        &mut self,
        _: usize,
        slot: Slot<'_, 'de, A>,
    ) -> Result<(), A::Error> {
        self.name = slot.text()?;
        Ok(())
    }
}

#[derive(Default)]
struct Property<'a> {
    name: Option<Cow<'a, str>>,
    value: Option<Cow<'a, str>>,
}

impl<'de> Object<'de> for Property<'de> {
    const KEYS: &'static [&'static str] = &["name", "value"];

    fn field<A: MapAccess<'de>>(
        &mut self,
        key: usize,
        slot: Slot<'_, 'de, A>,
    ) -> Result<(), A::Error> {
        match key {
            0 => self.name = slot.text()?,
            _ => self.value = slot.text_if_any()?,
        }
        Ok(())
    }
}
