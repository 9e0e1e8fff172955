//! CycloneDX (ECMA-424): `metadata.component`, `components`, nested ones too; JSON 1.2 to 1.7 and
//! XML 1.0 to 1.7.
//!
//! Reading takes what names a component and leaves everything else to the original bytes; it is
//! tolerant, because the lists of the world are. Whether a document keeps every rule of its
//! version is another question, which [`check`] answers.

mod bill;
mod json;
mod rules;
mod xml;

pub(super) use self::json::read as read_json;
pub use self::rules::check;
pub(super) use self::xml::read as read_xml;

/// What faults call the format.
const FORMAT: &str = "CycloneDX";

/// The versions of the format that are known to be read correctly.
const VERSIONS: [&str; 8] = ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7"];
