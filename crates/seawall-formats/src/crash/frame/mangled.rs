//! Names as compilers write them for the linker, where a tool shows them unread.

/// The longest mangled name that is read, in bytes, and the most parts of it.
const NAME_BYTES_MAX: usize = 1_000;
const PARTS_MAX: usize = 32;

/// The plain name in a mangled one, `ui::Curve::Curve` of `_ZN2ui5CurveC2Ev`: nested names without
/// templates and abbreviations (Itanium C++ ABI, 5.1.2 and 5.1.4). Others are none.
pub(super) fn nested(symbol: &str) -> Option<String> {
    let symbol = symbol.get(..NAME_BYTES_MAX.min(symbol.len()))?;
    let symbol = symbol.strip_prefix('_').filter(|rest| rest.starts_with("_ZN")).unwrap_or(symbol);
    let mut rest = symbol.strip_prefix("_ZN")?.trim_start_matches(['K', 'V', 'r', 'R', 'O']);
    let mut parts: Vec<String> = Vec::new();
    while parts.len() < PARTS_MAX {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 {
            let length: usize = rest.get(..digits)?.parse().ok()?;
            let end = digits.checked_add(length)?;
            parts.push(rest.get(digits..end)?.to_owned());
            rest = rest.get(end..)?;
            continue;
        }
        let last = parts.last()?.clone();
        match rest.get(..2) {
            Some("C1" | "C2" | "C3") => parts.push(last),
            Some("D0" | "D1" | "D2") => parts.push(format!("~{last}")),
            _ if rest.starts_with('E') => return Some(parts.join("::")),
            _ => return None,
        }
        rest = rest.get(2..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(symbol: &str, expected: Option<&str>) {
        assert_eq!(nested(symbol).as_deref(), expected, "{symbol}");
    }

    #[test]
    fn nested_names_are_read_and_others_left() {
        check("_ZN2ui10FlingCurveC2ERKN3gfx9Vector2dFE", Some("ui::FlingCurve::FlingCurve"));
        check("_ZN7logging10LogMessageD2Ev", Some("logging::LogMessage::~LogMessage"));
        check("__ZNK5blink4Node5childEv", Some("blink::Node::child"));
        check("_ZNSt6vectorIiE4sizeEv", None);
        check("_ZN99999999999999999999x", None);
        check("_ZN5ab", None);
        check("_ZNC1", None);
        check("main", None);
    }
}
