//! Varying an attack: other inputs that should show the same flaw.
//!
//! A patch that looks for the one input that was reported, instead of mending what is wrong, holds
//! against that input and against nothing else. These mutators keep what an attack is and change
//! what such a patch may have been keyed on. None of them knows the target, so many variants show
//! nothing at all: they count only when they show the effect on the release without the patch.
//!
//! Pure and without chance: the same input has the same variants everywhere. Each mutator has many
//! turns; they are taken in rounds over all mutators, so that the first variants are of different
//! kinds.
//!
//! For texts:
//!
//! | mutator | what it changes | the narrow patch that it finds |
//! |---|---|---|
//! | `renamed` | names that occur, all or one, the same everywhere | looks for the reported name |
//! | `spelled` | keys: dotted, bracketed, by another way to it | refuses one spelling |
//! | `path` | `../`: doubled, `./`, backslash, escaped, deeper | strips one spelling |
//! | `root` | an absolute path, by another way to the same file | refuses one prefix |
//! | `number` | numbers: by one, twice, ten times, near 2^31 and 2^32 | refuses the one number |
//! | `longer` | what repeats is repeated more often | bounds another thing |
//! | `shorter` | what repeats is repeated less often | bounds above what does the harm |
//! | `escaped` | characters in strings as `\u005f`, `\x5f`, `\/` | looks before unescaping |
//! | `percent` | characters as `%5f`, twice as well; or read back | looks before decoding |
//! | `entity` | characters as `&#95;`; or read back | looks before decoding |
//! | `nested` | a word inside itself (`__pr__proto__oto__`) | strips once |
//! | `case` | upper and lower case | compares letter by letter |
//! | `blank` | line ends, tabs, more and other blanks | expects the reported layout |
//! | `control` | a byte order mark, a tab, a zero | expects the reported layout |
//! | `value` | what stands in quotes or after `=` and `:` | looks for the reported value |
//! | `quoted` | the kind of quotes | expects one kind |
//! | `host` | an address in another notation | refuses one notation |
//! | `wide` | letters and signs that normalise to the same | looks before normalising |
//! | `json` | layout, repeated members, one level deeper, a string | looks at one form |
//! | `after` | something benign first | looks at the beginning |
//! | `within` | something benign on both sides | anchors at the beginning and end |
//! | `twice` | everything again | mends the first only |
//! | `order` | lines, sections, members, parameters in another order | expects one order |
//! | `left out` | one line less | looks for a line that does no harm |
//!
//! For other input (a text in it counts by its bytes):
//!
//! | mutator | what it changes | the narrow patch that it finds |
//! |---|---|---|
//! | `archive` | names, links, kinds of members of a tar, sums mended | refuses one spelling |
//! | `length` | what looks like a length: by one, twice, most, nothing | refuses one length |
//! | `longer`, `shorter` | as above | as above |
//! | `string` | letters of words in it | looks for the reported name |
//! | `byte` | one byte, at places spread over the whole | compares the whole or a digest |
//! | `appended` | bytes at the end | expects the reported size |
//! | `prepended` | bytes at the beginning | expects it at the beginning |
//! | `doubled` | a stretch of bytes stands twice | bounds another part |
//! | `halved` | a stretch of bytes is half as long | looks for a part that does no harm |
//! | `cut` | the end is missing | the same |
//! | `twice` | everything again | mends the first only |

mod archive;
mod binary;
mod escapes;
mod layout;
mod names;
mod repeats;
mod routes;
mod structure;

use crate::shrink::is_text;
use repeats::Repeat;

/// No attack has more variants than this.
pub(crate) const VARIANTS_MAX: usize = 64;
/// A variant is at most twice as long as its input, or longer than it by this.
const GROWTH_BYTES_MAX: usize = 64 * 1024;
/// All variants hold no more bytes together.
const VARIANTS_BYTES_MAX: usize = 64 * 1024 * 1024;
/// A longer text is varied by its bytes alone.
const TEXT_BYTES_MAX: usize = 256 * 1024;
/// After so many rounds every mutator has had its say.
const ROUNDS_MAX: usize = 16;

/// One variant of an attack's input.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Variant {
    /// The mutator that made it.
    pub name: &'static str,
    /// The input.
    pub bytes: Vec<u8>,
}

/// What mutators look at.
struct Input<'a> {
    bytes: &'a [u8],
    /// The whole as a text; empty for other input.
    text: &'a str,
    /// The words of the text, each once, in order.
    words: Vec<&'a str>,
    /// The text as JSON.
    json: Option<serde_json::Value>,
    /// What repeats, longest first.
    repeats: Vec<Repeat>,
}

/// One way of varying.
struct Mutator {
    name: &'static str,
    /// So many turns it has in each round.
    turns: usize,
    /// Its variant of this turn; `None` when there is none from here on. What comes out may be the
    /// input itself, where the turn changes nothing.
    make: fn(&Input<'_>, usize) -> Option<Vec<u8>>,
}

const fn mutator(
    name: &'static str,
    turns: usize,
    make: fn(&Input<'_>, usize) -> Option<Vec<u8>>,
) -> Mutator {
    Mutator { name, turns, make }
}

const FOR_TEXTS: [Mutator; 24] = [
    mutator("renamed", 2, names::renamed),
    mutator("spelled", 3, routes::spelled),
    mutator("path", 4, routes::path),
    mutator("root", 2, routes::root),
    mutator("number", 2, repeats::number),
    mutator("longer", 2, repeats::longer),
    mutator("shorter", 1, repeats::shorter),
    mutator("escaped", 2, escapes::escaped),
    mutator("percent", 1, escapes::percent),
    mutator("entity", 1, escapes::entity),
    mutator("nested", 1, names::nested),
    mutator("case", 1, names::case),
    mutator("blank", 2, layout::blank),
    mutator("control", 1, layout::control),
    mutator("value", 1, names::value),
    mutator("quoted", 1, escapes::quoted),
    mutator("host", 2, routes::host),
    mutator("wide", 1, escapes::wide),
    mutator("json", 2, structure::json),
    mutator("after", 1, layout::after),
    mutator("within", 1, layout::within),
    mutator("twice", 1, layout::twice),
    mutator("order", 1, structure::order),
    mutator("left out", 1, layout::left_out),
];

const FOR_BYTES: [Mutator; 12] = [
    mutator("archive", 3, archive::archive),
    mutator("length", 3, binary::length),
    mutator("longer", 2, repeats::longer),
    mutator("shorter", 1, repeats::shorter),
    mutator("string", 1, binary::string),
    mutator("byte", 2, binary::byte),
    mutator("appended", 1, binary::appended),
    mutator("prepended", 1, binary::prepended),
    mutator("doubled", 1, binary::doubled),
    mutator("halved", 1, binary::halved),
    mutator("cut", 1, binary::cut),
    mutator("twice", 1, binary::twice),
];

/// The variants of an input, most promising first: no two equal, none equal to the input.
pub(crate) fn variants(input: &[u8]) -> Vec<Variant> {
    let seen = Input::of(input);
    let mutators: &[Mutator] = if seen.text.is_empty() { &FOR_BYTES } else { &FOR_TEXTS };
    let longest = input.len() + input.len().max(GROWTH_BYTES_MAX);
    let mut bytes_left = VARIANTS_BYTES_MAX;
    let mut all: Vec<Variant> = Vec::new();
    let mut open = vec![true; mutators.len()];
    for round in 0..ROUNDS_MAX {
        for (mutator, open) in mutators.iter().zip(&mut open) {
            for turn in round * mutator.turns..(round + 1) * mutator.turns {
                if !*open {
                    break;
                }
                let Some(bytes) = (mutator.make)(&seen, turn) else {
                    *open = false;
                    break;
                };
                let fits = bytes.len() <= longest.min(bytes_left);
                if fits && bytes != input && all.iter().all(|other| other.bytes != bytes) {
                    bytes_left -= bytes.len();
                    all.push(Variant { name: mutator.name, bytes });
                }
                if all.len() == VARIANTS_MAX {
                    return all;
                }
            }
        }
    }
    all
}

impl<'a> Input<'a> {
    fn of(bytes: &'a [u8]) -> Input<'a> {
        let text = if bytes.len() <= TEXT_BYTES_MAX && is_text(bytes) {
            std::str::from_utf8(bytes).unwrap_or_default()
        } else {
            ""
        };
        Input {
            bytes,
            text,
            words: names::words(text),
            json: serde_json::from_str(text).ok(),
            repeats: repeats::repeats(bytes),
        }
    }
}

#[cfg(test)]
mod tests;
