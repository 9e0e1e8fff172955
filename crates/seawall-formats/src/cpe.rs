//! CPE names (NISTIR 7695): what one names, out of the formatted string and the older URI.
//!
//! Letters of a vendor and a product are lower-cased, and a blank, which is written `_` there,
//! becomes a blank again, so that names meet those of inventories.

use crate::percent;

/// The longest CPE name that is read, in bytes; real ones stay below 200.
const CPE_BYTES_MAX: usize = 1_024;

/// What a name names.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Name {
    /// The vendor, lower-cased.
    pub vendor: String,
    /// The product, lower-cased.
    pub product: String,
    /// The version, where one is stated.
    pub version: Attribute,
    /// The update of that version, such as `sp1`, where one is stated.
    pub update: Attribute,
}

/// An attribute of a name (section 5.3.2).
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Attribute {
    /// ANY, `*`: nothing is said.
    Any,
    /// NA, `-`: there is none.
    None,
    /// This one.
    Text(String),
}

impl Attribute {
    /// The text, where there is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Attribute::Text(text) => Some(text),
            Attribute::Any | Attribute::None => None,
        }
    }
}

/// Reads a formatted string (`cpe:2.3:a:…`) or a URI (`cpe:/a:…`) that states vendor and product.
pub(crate) fn read(text: &str) -> Option<Name> {
    if text.len() > CPE_BYTES_MAX {
        return None;
    }
    let parts = match text.strip_prefix("cpe:2.3:") {
        Some(bound) => formatted(bound),
        None => uri(text.strip_prefix("cpe:/")?),
    };
    let attribute = |at: usize| match parts.get(at).map(String::as_str) {
        None | Some("" | "*") => Attribute::Any,
        Some("-") => Attribute::None,
        Some(text) => Attribute::Text(text.to_owned()),
    };
    Some(Name {
        vendor: attribute(1).text()?.to_lowercase(),
        product: attribute(2).text()?.to_lowercase(),
        version: attribute(3),
        update: attribute(4),
    })
}

/// The parts of a formatted string (section 6.2): separated by colons, `\` before what is meant
/// literally, blanks written `_`.
fn formatted(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        let letter = match letter {
            ':' => {
                parts.push(String::new());
                continue;
            }
            '\\' => letters.next().unwrap_or('\\'),
            '_' => ' ',
            letter => letter,
        };
        if let Some(part) = parts.last_mut() {
            part.push(letter);
        }
    }
    parts
}

/// The parts of a URI (section 6.1): separated by colons, with percent signs, blanks written `_`.
fn uri(text: &str) -> Vec<String> {
    text.split(':').map(|part| percent::decode(&part.replace('_', " "))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(text: &str) -> String {
        let Some(name) = read(text) else { return "none".into() };
        let part = |attribute: &Attribute| match attribute {
            Attribute::Any => "any".to_owned(),
            Attribute::None => "no".to_owned(),
            Attribute::Text(text) => text.clone(),
        };
        let (version, update) = (part(&name.version), part(&name.update));
        format!("{}/{} {version} {update}", name.vendor, name.product)
    }

    #[test]
    fn names_are_read_from_both_bindings() {
        for (text, expected) in [
            (r"cpe:2.3:h:Acme:big_pump:1.2\:3:*:*:*:*:*:*:*", "acme/big pump 1.2:3 any"),
            ("cpe:/h:acme:big_pump:1.2%3a3", "acme/big pump 1.2:3 any"),
            ("cpe:2.3:a:openssl:openssl:-:*:*:*:*:*:*:*", "openssl/openssl no any"),
            ("cpe:2.3:o:cisco:ios:15.1:SP1:*:*:*:*:*:*", "cisco/ios 15.1 SP1"),
            ("cpe:2.3:a:Adobe:flash_player:*:*:*:*:*:*:*:*", "adobe/flash player any any"),
            (r"cpe:2.3:o:a\:b:c\!\_d:1:*:*:*:*:*:*:*", "a:b/c!_d 1 any"),
            ("cpe:/o:siemens:logo%21", "siemens/logo! any any"),
            ("cpe:2.3:a:*:openssl:1", "none"),
            ("cpe:2.3:a:-:openssl:1", "none"),
            ("cpe:2.3:a", "none"),
            ("pkg:npm/a", "none"),
            ("cpe:/a:%zz\\", "none"),
            ("", "none"),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "(cpe:2\\.3:|cpe:/)?.{0,60}") {
            drop(read(&text));
        }
    }
}
