//! On which line of the file a fault is: TOML's own spans, asked for only when there is a fault.

use super::RecipeFault;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A file with more faults is not read to its end by anybody; each costs a walk through its tables.
const LOCATED_MAX: usize = 100;

/// Gives each fault, as far as it has none yet, the line of its place in this text.
///
/// The line is that of the key, or of the nearest table around it where the key is missing; a
/// fault whose place is nowhere in the text keeps none.
pub fn locate(text: &str, faults: &mut [RecipeFault]) {
    if faults.is_empty() {
        return;
    }
    let Ok(root) = DeTable::parse(text) else { return };
    for fault in faults.iter_mut().filter(|fault| fault.line.is_none()).take(LOCATED_MAX) {
        fault.line = at(root.get_ref(), &fault.place).map(|start| line_of(text, start));
    }
}

/// The line, from 1, of a byte.
pub(super) fn line_of(text: &str, byte: usize) -> usize {
    text.bytes().take(byte).filter(|byte| *byte == b'\n').count() + 1
}

/// One step into a document.
enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

/// The first byte of what a place such as `files[0].name` names.
fn at(root: &DeTable<'_>, place: &str) -> Option<usize> {
    let mut table = Some(root);
    let mut value: Option<&Spanned<DeValue<'_>>> = None;
    let mut start = None;
    for step in steps(place) {
        match step {
            Step::Key(key) => {
                let inside = table.or_else(|| value.and_then(|value| value.get_ref().as_table()));
                let found = inside.and_then(|table| {
                    table.iter().find(|(known, _)| known.get_ref().as_ref() == key)
                });
                let Some((known, inner)) = found else { break };
                start = Some(known.span().start);
                (table, value) = (None, Some(inner));
            }
            Step::Index(index) => {
                let array = value.and_then(|value| value.get_ref().as_array());
                let Some(inner) = array.and_then(|array| array.get(index)) else { break };
                start = Some(inner.span().start);
                value = Some(inner);
            }
        }
    }
    start
}

fn steps(place: &str) -> impl Iterator<Item = Step<'_>> {
    place.split('.').flat_map(|part| {
        let (key, rest) = part.split_once('[').unwrap_or((part, ""));
        let index = rest.strip_suffix(']').and_then(|index| index.parse().ok());
        [Some(Step::Key(key)), index.map(Step::Index)].into_iter().flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "version = 1\ntrigger = [\n  \"a\",\n]\n\n[target]\nname = \"x\"\n\n\
                        [[files]]\nname = \"a\"\n\n[[files]]\n\"b.c\" = 1\ntext = ''\n";

    fn check(place: &str, expected: Option<usize>) {
        let mut faults = [RecipeFault::new(place, "")];
        locate(TEXT, &mut faults);
        assert_eq!(faults[0].line, expected, "{place}");
    }

    #[test]
    fn places_have_lines() {
        for (place, expected) in [
            ("version", Some(1)),
            ("trigger", Some(2)),
            ("target", Some(6)),
            ("target.name", Some(7)),
            ("target.version", Some(6)),
            ("files[0].name", Some(10)),
            ("files[1].text", Some(14)),
            ("files[1].b.c", Some(12)),
            ("files[7].text", Some(9)),
            ("control", None),
            ("", None),
            ("[0]", None),
        ] {
            check(place, expected);
        }
    }
}
