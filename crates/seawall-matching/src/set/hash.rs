//! Tables from names to places, as open addressing over little-endian words that are never parsed.
//!
//! A word is zero when its bucket is empty; otherwise its upper 24 bits are those of the name's
//! hash, and its lower 40 bits a place plus one. Whoever looks something up compares the name
//! itself: a table may answer with a place that is not meant, and never leaves out one that is.

use std::iter::from_fn;

/// The largest place a table can hold.
pub(super) const PLACE_MAX: u64 = (1 << 40) - 2;

/// The hash of a name in parts (FNV-1a with 64 bits, then a final mix). Part of the layout.
pub(super) fn hash(parts: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    for part in parts {
        for byte in part.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^ hash >> 29
}

/// Writes a table of at most two thirds full.
pub(super) fn table(names: &[(u64, u64)]) -> Vec<u8> {
    let buckets = (names.len() * 3 / 2 + 1).next_power_of_two();
    let mut words = vec![0u64; buckets];
    for (hash, place) in names {
        let mut bucket = *hash as usize & (buckets - 1);
        while words[bucket] != 0 {
            bucket = (bucket + 1) & (buckets - 1);
        }
        words[bucket] = hash >> 40 << 40 | (place + 1);
    }
    words.into_iter().flat_map(u64::to_le_bytes).collect()
}

/// The places that a name may be at. `word` reads one word of the table, `None` ends the search.
pub(super) fn places(
    hash: u64,
    buckets: usize,
    mut word: impl FnMut(usize) -> Option<u64>,
) -> impl Iterator<Item = u64> {
    let mut bucket = hash as usize & buckets.wrapping_sub(1);
    let mut left = buckets;
    from_fn(move || {
        while left > 0 {
            left -= 1;
            let found = word(bucket).filter(|found| *found != 0)?;
            bucket = (bucket + 1) & (buckets - 1);
            if found >> 40 == hash >> 40 {
                return Some((found & (PLACE_MAX + 1)).saturating_sub(1));
            }
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_name_is_found_again(names in prop::collection::btree_set("[a-z]{1,4}", 0..60)) {
            let entries: Vec<(u64, u64)> =
                names.iter().zip(0..).map(|(name, place)| (hash(&[name]), place)).collect();
            let table = table(&entries);
            let word = |bucket: usize| {
                let bytes = table.get(8 * bucket..8 * bucket + 8)?;
                Some(u64::from_le_bytes(bytes.try_into().ok()?))
            };
            for (hash, place) in &entries {
                prop_assert!(places(*hash, table.len() / 8, word).any(|found| found == *place));
            }
            prop_assert!(places(hash(&["?"]), table.len() / 8, word).count() <= names.len());
        }
    }
}
