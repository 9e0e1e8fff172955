//! Lists and sets of numbers.

use super::super::assets::{AssetSet, Bits, differences};
use super::super::list::{List, encode};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn encoded(ids: &[u32]) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(ids, &mut bytes);
    bytes
}

#[test]
fn lists_take_few_bytes() {
    let check = |ids: Vec<u32>, bytes_max: usize| {
        let bytes = encoded(&ids);
        assert!(bytes.len() <= bytes_max, "{} bytes for {} numbers", bytes.len(), ids.len());
        let mut read = Vec::new();
        List::read(&bytes).unwrap().extend(&mut read).unwrap();
        assert_eq!(read, ids);
    };
    check(vec![], 1);
    check(vec![7], 2);
    check(vec![u32::MAX], 6);
    check(vec![0, u32::MAX], 7);
    check((1 << 20..(1 << 20) + 63).collect(), 5);
    check((0..40).chain(1_000_000..1_000_040).collect(), 10);
    check((0..100_000).step_by(16).collect(), 12_510);
    check((0..100_000).step_by(100).collect(), 900);
}

/// Numbers in clusters, so that lists of every density come up.
fn ids() -> impl Strategy<Value = BTreeSet<u32>> {
    let cluster = (any::<u32>(), 0..24u32, 1..300u32, 1..60u32);
    prop::collection::vec(cluster, 0..4).prop_map(|clusters| {
        let mut ids = BTreeSet::new();
        for (start, shift, len, step) in clusters {
            ids.extend((0..len).filter_map(|i| (start >> shift).checked_add(i * step)));
        }
        ids
    })
}

proptest! {
    #[test]
    fn lists_are_read_back(ids in ids()) {
        let ids: Vec<u32> = ids.into_iter().collect();
        let bytes = encoded(&ids);
        let list = List::read(&bytes).unwrap();
        let mut read = Vec::new();
        prop_assert_eq!(list.extend(&mut read), Some(()));
        prop_assert_eq!(list.len() as usize, ids.len());
        prop_assert_eq!(&read, &ids);
        for cut in 0..bytes.len() {
            let cut = List::read(&bytes[..cut]);
            prop_assert!(cut.is_none_or(|list| list.extend(&mut Vec::new()).is_none()));
        }
    }

    #[test]
    fn bits_are_sets(left in ids(), right in ids()) {
        let small = |ids: BTreeSet<u32>| -> BTreeSet<u32> {
            ids.into_iter().map(|id| id % 5_000).collect()
        };
        let (left, right) = (small(left), small(right));
        let all: Vec<u32> = left.iter().copied().collect();
        let bytes = encoded(&all);
        let list = List::read(&bytes).unwrap();
        let mut bits = Bits::new(5_000);
        prop_assert!(list.mark_without(right.iter().copied(), &mut bits).is_some());
        let expected: Vec<u32> = left.difference(&right).copied().collect();
        prop_assert_eq!(AssetSet::many(bits).to_vec(), expected.clone());
        let mut bits = Bits::new(5_000);
        prop_assert!(list.mark(&mut bits).is_some());
        let others: Vec<u32> = right.iter().copied().collect();
        let mut other_bits = Bits::new(5_000);
        other_bits.mark_all(&others);
        let lefts = [AssetSet::many(bits), AssetSet::few(all.clone())];
        let rights = [AssetSet::many(other_bits), AssetSet::few(others.clone())];
        for left in &lefts {
            prop_assert_eq!(left.len() as usize, all.len());
            prop_assert_eq!(left.is_empty(), all.is_empty());
            prop_assert_eq!(left.to_vec(), all.clone());
            for right in &rights {
                prop_assert_eq!(left.clone().without(right).to_vec(), expected.clone());
            }
        }
        let gained: Vec<u32> = right.difference(&left).copied().collect();
        prop_assert_eq!(differences(&all, &others), (expected, gained));
    }

    #[test]
    fn no_bytes_make_a_list_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Some(list) = List::read(&bytes) {
            let mut ids = Vec::new();
            let whole = list.extend(&mut ids).is_some();
            prop_assert!(ids.is_sorted_by(|a, b| a < b) || !whole);
            let mut bits = Bits::new(1_000);
            list.mark(&mut bits);
            list.mark_without([3, 70].into_iter(), &mut bits);
        }
    }
}
