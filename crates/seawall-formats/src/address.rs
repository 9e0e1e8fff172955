//! Links that a document may carry: absolute `http` and `https` URIs (RFC 3986), nothing else.

/// The characters that stand in a URI as they are, besides letters and digits.
const PLAIN: &[u8] = b"-._~:/?#@!$&'()*+,;=%";

/// A link as a document may carry it: other characters percent-encoded; none when it is no link.
pub(crate) fn web(text: &str) -> Option<String> {
    let text = text.trim();
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host_letters = |b: u8| b.is_ascii_alphanumeric() || b"-._:".contains(&b);
    if host.is_empty() || host.starts_with(':') || !host.bytes().all(host_letters) {
        return None;
    }
    if let Some((_, port)) = host.split_once(':')
        && !port.bytes().all(|b| b.is_ascii_digit())
    {
        return None;
    }
    let mut link = String::with_capacity(text.len());
    let mut fragments = 0;
    for (index, byte) in text.bytes().enumerate() {
        let plain = match byte {
            b'%' => {
                let pair = text.as_bytes().get(index + 1..index + 3);
                pair.is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit))
            }
            b'#' => {
                fragments += 1;
                fragments == 1
            }
            byte => byte.is_ascii_alphanumeric() || PLAIN.contains(&byte),
        };
        match plain {
            true => link.push(char::from(byte)),
            false => link.push_str(&format!("%{byte:02X}")),
        }
    }
    Some(link)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(web(text).as_deref(), expected, "{text}");
    }

    #[test]
    fn a_link_is_absolute_and_ascii() {
        check(" https://a.invalid/x?y#z ", Some("https://a.invalid/x?y#z"));
        check("https://a.invalid/ü b#c#d%", Some("https://a.invalid/%C3%BC%20b#c%23d%25"));
        check("http://a.invalid:80/%20[1]", Some("http://a.invalid:80/%20%5B1%5D"));
        for bad in ["", "javascript:alert(1)", "https://", "https:///x", "https://a b/", "ftp://a/"]
        {
            check(bad, None);
        }
        check("https://a:b/", None);
        check("https://user@a.invalid/", None);
    }
}
