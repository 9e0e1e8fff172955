//! Sketches of texts: MinHash over runs of words (Broder's resemblance), so that two texts are
//! compared without keeping either. The hashes are fixed: a sketch is the same on every machine.

use std::collections::BTreeSet;

/// The number of hashes of a sketch; the error of an estimate is about 1/8.
const HASHES: u64 = 64;

/// The words in a row that are hashed together in prose.
const WORDS_IN_PROSE: usize = 2;

/// The words in a row that are hashed together in a proof.
const WORDS_IN_PROOF: usize = 3;

/// A sketch of prose: lower-cased words, without the most common ones.
pub(super) fn sketch_text(text: &str) -> Vec<u64> {
    const COMMON: [&str; 24] = [
        "a", "an", "and", "are", "as", "at", "be", "by", "can", "for", "from", "in", "is", "it",
        "not", "of", "on", "or", "that", "the", "this", "to", "when", "with",
    ];
    let text = text.to_lowercase();
    let words = words(&text).filter(|word| !COMMON.contains(word));
    sketch(&words.collect::<Vec<_>>(), WORDS_IN_PROSE)
}

/// A sketch of a proof: its words as they stand, with every number read as the same word, so that
/// sizes and lines do not count. Of a recipe only its files count: the rest is much the same in
/// all recipes of one package.
pub(super) fn sketch_proof(text: &str) -> Vec<u64> {
    let is_number = |word: &str| word.chars().all(|c| c.is_ascii_digit());
    let files = text.split_once("[[files]]").map_or(text, |(_, files)| files);
    let words = words(files).map(|word| if is_number(word) { "0" } else { word });
    sketch(&words.collect::<Vec<_>>(), WORDS_IN_PROOF)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

fn sketch(words: &[&str], in_a_row: usize) -> Vec<u64> {
    let rows: BTreeSet<u64> = if words.len() < in_a_row {
        words.iter().map(|word| hash(&[word])).collect()
    } else {
        words.windows(in_a_row).map(hash).collect()
    };
    if rows.is_empty() {
        return Vec::new();
    }
    let least = |seed: u64| rows.iter().map(|row| mixed(row ^ mixed(seed))).min();
    (1..=HASHES).filter_map(least).collect()
}

/// How much of two texts is alike, in percent; `None` when one has no sketch.
pub(super) fn similarity(left: &[u64], right: &[u64]) -> Option<u8> {
    if left.is_empty() || left.len() != right.len() {
        return None;
    }
    let alike = left.iter().zip(right).filter(|(a, b)| a == b).count();
    u8::try_from(alike * 100 / left.len()).ok()
}

/// FNV-1a over the words, with a mark between them.
fn hash(words: &[&str]) -> u64 {
    let bytes = words.iter().flat_map(|word| word.bytes().chain([0xff]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The finalizer of SplitMix64.
fn mixed(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// What the oracle of a recipe looks at: the `kind` of its `[oracle]` table, or `oracle.kind`.
pub(super) fn oracle(recipe: &str) -> Option<String> {
    let mut inside = false;
    for line in recipe.lines().map(str::trim) {
        if let Some(table) = line.strip_prefix('[') {
            inside = table.trim_start_matches('[').trim_start().starts_with("oracle");
            continue;
        }
        let Some((key, value)) = line.split_once('=') else {
            continue;
        };
        let names_it = match key.trim() {
            "kind" => inside,
            "oracle" | "oracle.kind" => true,
            _ => false,
        };
        let value = value.trim().strip_prefix(['"', '\'']);
        if names_it && let Some((kind, _)) = value.and_then(|rest| rest.split_once(['"', '\''])) {
            return Some(kind.to_lowercase());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(left: &str, right: &str, expected: std::ops::RangeInclusive<u8>) {
        let found = similarity(&sketch_text(left), &sketch_text(right)).unwrap();
        assert!(expected.contains(&found), "{found} % for `{left}` and `{right}`");
    }

    #[test]
    fn likeness_of_texts_is_estimated() {
        let text = "Formatting a comment with many line breaks takes time that grows out of bounds";
        check(text, text, 100..=100);
        check(text, &text.to_uppercase(), 100..=100);
        check(text, &format!("{text} and hangs the caller"), 55..=95);
        check(text, "An archive with a link writes a directory outside the target", 0..=5);
        assert_eq!(similarity(&sketch_text(""), &sketch_text(text)), None);
    }

    #[test]
    fn numbers_in_proofs_do_not_count() {
        let proof = |n: u32| sketch_proof(&format!("print(len('x' * {n})); run({n}, {n})"));
        assert_eq!(similarity(&proof(3), &proof(40_000)), Some(100));
    }

    #[test]
    fn the_oracle_is_read_off_the_recipe() {
        for (recipe, expected) in [
            ("[trigger]\nkind = \"python\"\n[oracle]\nkind = \"growth\"\n", Some("growth")),
            ("[oracle]\nratio = 4\nkind = 'Canary' # fresh key\n", Some("canary")),
            ("oracle.kind = \"signal\"", Some("signal")),
            ("[oracle.growth]\nsteps = [1, 2]", None),
            ("kind = \"growth\"", None),
            ("", None),
        ] {
            assert_eq!(oracle(recipe).as_deref(), expected, "{recipe}");
        }
    }
}
