//! CPE names (NISTIR 7695): vendor and product out of the formatted string and the older URI.
//!
//! A blank is written `_` there and becomes a blank again, so that names meet those of inventories.

/// The longest CPE name that is read, in bytes.
const CPE_BYTES_MAX: usize = 1_024;

/// Vendor and product of a CPE name of either form, lower-cased and unescaped.
pub(crate) fn vendor_and_product(cpe: &str) -> Option<(String, String)> {
    if cpe.len() > CPE_BYTES_MAX {
        return None;
    }
    let rest = cpe.strip_prefix("cpe:2.3:").or_else(|| cpe.strip_prefix("cpe:/"))?;
    let mut parts = fields(rest);
    let _part = parts.next()?;
    let (vendor, product) = (plain(parts.next()?), plain(parts.next()?));
    let named = |text: &str| !text.is_empty() && text != "*" && text != "-";
    (named(&vendor) && named(&product)).then_some((vendor, product))
}

/// The fields between colons that no backslash escapes.
fn fields(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let mut escaped = false;
        let end = text.bytes().position(|byte| {
            let ends = byte == b':' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        });
        rest = end.and_then(|end| text.get(end + 1..));
        text.get(..end.unwrap_or(text.len()))
    })
}

fn plain(field: &str) -> String {
    let mut letters = field.chars();
    let mut plain = String::with_capacity(field.len());
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => plain.extend(letters.next().into_iter().flat_map(char::to_lowercase)),
            '_' => plain.push(' '),
            letter => plain.extend(letter.to_lowercase()),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_forms() {
        for (cpe, expected) in [
            ("cpe:2.3:a:Adobe:flash_player:*:*:*:*:*:*:*:*", "adobe flash player"),
            (r"cpe:2.3:o:a\:b:c\!\_d:1:*:*:*:*:*:*:*", "a:b c!_d"),
            ("cpe:/o:siemens:logo%21", "siemens logo%21"),
            ("cpe:2.3:a:*:x", ""),
            ("cpe:2.3:a", ""),
            ("", ""),
        ] {
            let read = vendor_and_product(cpe);
            let told = read.map(|(vendor, product)| format!("{vendor} {product}"));
            assert_eq!(told.unwrap_or_default(), expected, "{cpe}");
        }
    }
}
