//! How words of a report are made fit to be compared: numbers, addresses, paths and closings.

/// The start of a text, in bytes, cut between characters.
pub(super) fn start(text: &str, bytes_max: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes_max)).unwrap_or(text)
}

/// A word as the name of a class: the first letter large.
pub(super) fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The last part of a path, of whichever system.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// A source file without its line: `logging.cc(89)`, `logging.cc:89:3`, `logging.cc, line 89`.
pub(super) fn source_name(path: &str) -> &str {
    let path = path.split_once(", line").map_or(path, |(path, _)| path);
    let path = path.split_once('(').map_or(path, |(path, _)| path);
    let (path, _) = located(path);
    file_name(path).trim()
}

/// A source file, and its line where it is there.
pub(super) fn located(text: &str) -> (&str, Option<u32>) {
    let Some((before, last)) = text.rsplit_once(':') else { return (text, None) };
    let Ok(last) = last.parse::<u32>() else { return (text, None) };
    match before.rsplit_once(':').and_then(|(path, line)| Some((path, line.parse().ok()?))) {
        Some((path, line)) => (path, Some(line)),
        None => (before, Some(last)),
    }
}

/// A condition or message without what closes it.
pub(super) fn closed(text: &str) -> &str {
    text.trim().trim_matches(|letter| matches!(letter, ' ' | '.' | '"' | '\'' | '[' | ']')).trim()
}

/// The condition of a failed check: without the values that were compared, and without a remark.
pub(super) fn condition(text: &str) -> String {
    let mut text = text.trim();
    let compared = text.find(" vs. ").or(text.ends_with(" vs.").then(|| text.len() - 4));
    if let Some(at) = compared {
        let before = text.get(..at).unwrap_or(text);
        // Either value may be empty or hold brackets of its own; the comparison opens with ` (`.
        text = before.rfind(" (").and_then(|open| before.get(..open)).unwrap_or(before);
    }
    let text = text.split_once("; ").map_or(text, |(condition, _)| condition);
    let printable: String = text.chars().filter(|letter| !letter.is_control()).collect();
    stable(closed(&printable), Digits::Long)
}

/// Which numbers differ from run to run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Digits {
    /// Those of four digits or more.
    Long,
    /// Every number.
    Any,
}

/// The fewest digits of a number that is one of those which differ, where small ones stay.
const DIGITS_MIN: usize = 4;

/// A text in which addresses and numbers have given way to their names.
pub(super) fn stable(text: &str, digits: Digits) -> String {
    replaced(text, "ADDRESS", "NUMBER", digits)
}

fn replaced(text: &str, address: &str, number: &str, digits: Digits) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut previous = None;
    while let Some(first) = rest.chars().next() {
        let inside_word =
            previous.is_some_and(|letter: char| letter.is_alphanumeric() || letter == '_');
        if first.is_ascii_digit() && !inside_word {
            let (run, name) = run(rest, digits, [address, number]);
            out.push_str(name.unwrap_or(run));
            previous = run.chars().next_back();
            rest = rest.get(run.len()..).unwrap_or_default();
        } else {
            out.push(first);
            previous = Some(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    out
}

/// The letters and digits at the start of a text, and what they are called if they are a number
/// that may differ.
fn run<'a>(text: &'a str, digits: Digits, names: [&'a str; 2]) -> (&'a str, Option<&'a str>) {
    let [address, number] = names;
    let end = text.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(text.len());
    let run = text.get(..end).unwrap_or(text);
    if let Some(hex) = run.strip_prefix("0x") {
        let hex = hex.strip_suffix('U').unwrap_or(hex);
        let is_address =
            hex.len() >= DIGITS_MIN && hex.bytes().all(|digit| digit.is_ascii_hexdigit());
        return (run, is_address.then_some(address));
    }
    let is_number = run.bytes().all(|digit| digit.is_ascii_digit());
    let counts = digits == Digits::Any || run.len() >= DIGITS_MIN;
    (run, (is_number && counts).then_some(number))
}

/// A class in which the numbers have given way to `{*}`.
pub(super) fn class_of(text: &str) -> String {
    replaced(text, "{*}", "{*}", Digits::Any)
}

/// The hexadecimal number at the start of a text, as written, with its `0x`.
pub(super) fn address(text: &str) -> Option<&str> {
    let hex = text.strip_prefix("0x")?;
    let end = hex.find(|digit: char| !digit.is_ascii_hexdigit()).unwrap_or(hex.len());
    (end > 0).then(|| text.get(..end + 2)).flatten()
}

/// The value of a hexadecimal number with or without `0x`; none if it has more than 64 bits.
pub(super) fn hexadecimal(text: &str) -> Option<u64> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    u64::from_str_radix(digits, 16).ok()
}

/// What stands between two marks.
pub(super) fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(open)?;
    let (inner, _) = rest.split_once(close)?;
    Some(inner)
}
