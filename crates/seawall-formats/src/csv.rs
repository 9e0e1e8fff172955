//! Comma-separated values (RFC 4180): rows of fields, with quotes, bounded.

/// How many fields one row may have.
const FIELDS_MAX: usize = 1_000;

/// Splits a text into rows. A quote that never closes takes the rest of the text as its field.
pub(crate) fn rows(text: &str) -> impl Iterator<Item = Vec<String>> {
    let mut letters = text.strip_prefix('\u{feff}').unwrap_or(text).chars().peekable();
    std::iter::from_fn(move || {
        letters.peek()?;
        let mut row = vec![String::new()];
        let mut quoted = false;
        while let Some(letter) = letters.next() {
            let kept = row.len() <= FIELDS_MAX;
            let Some(field) = row.last_mut() else {
                break;
            };
            match letter {
                '"' if quoted && letters.peek() == Some(&'"') => {
                    letters.next();
                    field.push('"');
                }
                '"' if quoted => quoted = false,
                '"' if field.is_empty() => quoted = true,
                ',' if !quoted && kept => row.push(String::new()),
                '\n' if !quoted => break,
                '\r' if !quoted && letters.peek() == Some(&'\n') => {}
                letter => field.push(letter),
            }
        }
        Some(row)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_quotes_and_line_ends() {
        for (text, expected) in [
            ("", ""),
            ("a,b\r\nc", "a|b;c"),
            ("\u{feff}a,\n\n", "a|;"),
            ("\"a,\"\"b\"\"\nc\",d\n", "a,\"b\"\nc|d"),
            ("a\"b,c", "a\"b|c"),
            ("\"open,\n", "open,\n"),
        ] {
            let told: Vec<String> = rows(text).map(|row| row.join("|")).collect();
            assert_eq!(told.join(";"), expected, "{text:?}");
        }
        assert!(rows(&",".repeat(5_000)).all(|row| row.len() <= FIELDS_MAX + 1));
    }
}
