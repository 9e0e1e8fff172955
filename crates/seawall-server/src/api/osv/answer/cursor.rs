//! Page tokens: opaque to clients; the id behind which the next page begins, so that paging ends
//! even when the set is replaced meanwhile.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// What stands for "nothing was done yet", before its base64.
const FIRST: &str = "FIRST_PAGE_TOKEN";
/// What other tokens begin with.
const START: &str = "C:";
/// The longest token, in bytes; ids of records may be long, and are bounded by their documents.
const TOKEN_BYTES_MAX: usize = 8 * 1024;

/// The token of the page behind an id, or of the first page.
pub fn write(after: Option<&str>) -> String {
    match after {
        None => STANDARD.encode(FIRST),
        Some(id) => format!("{START}{}", URL_SAFE_NO_PAD.encode(id)),
    }
}

/// The id behind which a page begins, none for the first page; none at all for what is no token.
pub fn read(token: &str) -> Option<Option<String>> {
    if token.len() > TOKEN_BYTES_MAX {
        return None;
    }
    match token.strip_prefix(START) {
        None => (token == write(None)).then_some(None),
        Some(rest) => {
            let id = String::from_utf8(URL_SAFE_NO_PAD.decode(rest).ok()?).ok()?;
            (!id.is_empty()).then_some(Some(id))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(token: &str, expected: Option<Option<&str>>) {
        assert_eq!(read(token), expected.map(|id| id.map(str::to_owned)), "{token}");
    }

    #[test]
    fn tokens_read_back_and_nothing_else_is_one() {
        check("RklSU1RfUEFHRV9UT0tFTg==", Some(None));
        for id in ["GHSA-1", "é", "x y"] {
            check(&write(Some(id)), Some(Some(id)));
        }
        for token in ["C:", "C:!", "x", "FIRST_PAGE_TOKEN", "P:R0hTQS0x", "C:_w", "C:QQ=="] {
            check(token, None);
        }
    }
}
