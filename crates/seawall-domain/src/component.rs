//! What an operator's inventory lists: one line, one component.

use crate::package::{Package, Version};
use serde::{Deserialize, Serialize};

/// One line of an inventory. What cannot be told stays unknown and is listed as such.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Component {
    /// How the inventory itself names the line: a purl, a `name version` pair, a row of a table.
    pub label: String,
    /// The package, where it can be told for certain (a purl, a distribution's package list).
    pub package: Option<Package>,
    /// The version, as listed.
    pub version: Option<Version>,
    /// The product by vendor, name and version, where that is all that is known (a CSV row).
    pub product: Option<Product>,
    /// The purl as the inventory writes it, letter for letter, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purl: Option<String>,
}

/// A product as a person writes it down.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Product {
    /// The vendor, trimmed and lower-cased.
    pub vendor: String,
    /// The product's name, trimmed and lower-cased.
    pub name: String,
    /// The version or model, as listed.
    pub version: String,
}
