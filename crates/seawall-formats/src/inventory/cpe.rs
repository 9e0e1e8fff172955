//! CPE names (NIST IR 7695): the vendor, product and version of one, where it states them.

use seawall_domain::component::Product;

/// The longest name that is read, in bytes; real ones stay below 200.
const CPE_BYTES_MAX: usize = 1_000;

/// The product that a formatted string (`cpe:2.3:a:…`) or a URI (`cpe:/a:…`) names.
pub(super) fn product(text: &str) -> Option<Product> {
    if text.len() > CPE_BYTES_MAX {
        return None;
    }
    let parts = match text.strip_prefix("cpe:2.3:") {
        Some(bound) => formatted(bound),
        None => uri(text.strip_prefix("cpe:/")?),
    };
    let part = |at: usize| parts.get(at).map(String::as_str);
    let stated = |at: usize| part(at).filter(|text| !matches!(*text, "" | "*" | "-"));
    Some(Product {
        vendor: stated(1)?.to_lowercase(),
        name: stated(2)?.to_lowercase(),
        version: stated(3).unwrap_or_default().to_owned(),
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
    text.split(':').map(|part| super::percent::decode(&part.replace('_', " "))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(&str, &str, &str)>) {
        let read = product(text);
        let told = read.as_ref().map(|p| (p.vendor.as_str(), p.name.as_str(), p.version.as_str()));
        assert_eq!(told, expected, "{text}");
    }

    #[test]
    fn a_product_is_read_from_both_bindings() {
        let pump = Some(("acme", "big pump", "1.2:3"));
        check(r"cpe:2.3:h:Acme:big_pump:1.2\:3:*:*:*:*:*:*:*", pump);
        check("cpe:/h:acme:big_pump:1.2%3a3", pump);
        check("cpe:2.3:a:openssl:openssl:-:*:*:*:*:*:*:*", Some(("openssl", "openssl", "")));
        check("cpe:2.3:a:*:openssl:1", None);
        for bad in ["", "cpe:", "cpe:2.3:", "cpe:2.3:a", "cpe:/", "pkg:npm/a", "cpe:/a:%zz\\"] {
            check(bad, None);
        }
    }
}
