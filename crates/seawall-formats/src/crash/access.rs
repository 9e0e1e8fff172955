//! Accesses to memory: what was touched, how, and how much of it.

use super::wording::hexadecimal;

/// Accesses up to this many bytes are told apart; larger ones are copies of data, whose size is the
/// input's.
const SIZE_BYTES_MAX: u64 = 16;

/// Addresses below belong to no object: something was reached through a null pointer.
const NULL_BYTES_MAX: u64 = 0x1_0000;

/// `READ` or `WRITE`, whichever a text begins with.
pub(super) fn verb(text: &str) -> Option<&'static str> {
    let text = text.trim_start();
    let begins =
        |verb: &str| text.get(..verb.len()).is_some_and(|start| start.eq_ignore_ascii_case(verb));
    match (begins("READ"), begins("WRITE")) {
        (true, _) => Some("READ"),
        (false, true) => Some("WRITE"),
        (false, false) => None,
    }
}

/// `READ of size 4 at 0x…` as the second line of a class, `READ 4`.
pub(super) fn sized(text: &str) -> Option<String> {
    let verb = verb(text)?;
    let (_, size) = text.split_once(" of size ")?;
    let end = size.find(|digit: char| !digit.is_ascii_digit()).unwrap_or(size.len());
    let size = size.get(..end)?;
    let told = size.parse::<u64>().ok().filter(|size| *size <= SIZE_BYTES_MAX);
    Some(told.map_or_else(|| format!("{verb} {{*}}"), |size| format!("{verb} {size}")))
}

/// Whether an address is reached through a null pointer.
pub(super) fn is_null(address: &str) -> bool {
    hexadecimal(address).is_some_and(|address| address < NULL_BYTES_MAX)
}
