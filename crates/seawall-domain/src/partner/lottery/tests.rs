use super::*;
use proptest::prelude::*;
use uuid::Uuid;

/// Stands in for SHA-256: spreads its input over 32 bytes well enough for drawing.
pub(crate) fn hash(bytes: &[u8]) -> Digest {
    let mut digest = [0; 32];
    for (lane, chunk) in digest.chunks_mut(8).enumerate() {
        let start = 0xcbf2_9ce4_8422_2325u64 ^ (lane as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut state = bytes.iter().fold(start, |state, byte| {
            (state ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(23)
        });
        state ^= state >> 29;
        state = state.wrapping_mul(0xbf58_476d_1ce4_e5b9);
        chunk.copy_from_slice(&(state ^ (state >> 32)).to_be_bytes());
    }
    Digest::new(digest)
}

fn side(number: u128) -> PartyId {
    PartyId::new(Uuid::from_u128(number))
}

fn people(count: u128) -> BTreeSet<PersonId> {
    (1..=count).map(|number| PersonId::new(Uuid::from_u128(number << 64))).collect()
}

fn drawn(nonces: [u8; 2]) -> Draw {
    let sides = [side(1), side(2)];
    let mut draw = Draw::among(BTreeSet::from(sides)).unwrap();
    for (side, nonce) in sides.into_iter().zip(nonces) {
        draw = draw.commit(side, commitment(side, &[nonce; 32], hash)).unwrap();
    }
    for (side, nonce) in sides.into_iter().zip(nonces) {
        draw = draw.reveal(side, [nonce; 32], hash).unwrap();
    }
    draw
}

#[test]
fn nobody_reveals_before_all_have_committed_nor_anything_else() {
    let draw = Draw::among(BTreeSet::from([side(1), side(2)])).unwrap();
    let draw = draw.commit(side(1), commitment(side(1), &[7; 32], hash)).unwrap();
    assert_eq!(draw.reveal(side(1), [7; 32], hash), Err(Refused::NotNow), "too early");
    assert_eq!(draw.commit(side(1), hash(b"")), Err(Refused::NotNow), "twice");
    assert_eq!(draw.commit(side(3), hash(b"")), Err(Refused::NotNow), "a stranger");
    // The second side copies the first one's commitment, and cannot use it.
    let copied = draw.commit(side(2), commitment(side(1), &[7; 32], hash)).unwrap();
    assert_eq!(copied.reveal(side(2), [7; 32], hash), Err(Refused::OtherNonce));
    let draw = draw.commit(side(2), commitment(side(2), &[8; 32], hash)).unwrap();
    assert_eq!(draw.reveal(side(1), [9; 32], hash), Err(Refused::OtherNonce));
    let draw = draw.reveal(side(1), [7; 32], hash).unwrap();
    assert_eq!(draw.reveal(side(1), [7; 32], hash), Err(Refused::NotNow), "once");
    assert_eq!(draw.seed(hash), None);
    assert_eq!(draw.silent(), BTreeSet::from([side(2)]));
    assert_eq!(draw.pick(&people(9), &BTreeSet::new(), 2, hash), Err(Refused::NotNow));
    for count in [0, 1, 17] {
        let sides = (0..count).map(side).collect();
        assert_eq!(Draw::among(sides), Err(Refused::Sides), "{count}");
    }
}

#[test]
fn a_draw_is_the_same_for_everybody_who_draws() {
    let (draw, none) = (drawn([1, 2]), BTreeSet::new());
    let first = draw.pick(&people(30), &none, 3, hash).unwrap();
    assert_eq!(draw.pick(&people(30), &none, 3, hash).unwrap(), first);
    let other = drawn([1, 3]).pick(&people(30), &none, 3, hash).unwrap();
    assert_ne!(first, other, "the last number matters");
    // Whoever was drawn and is recused is replaced; the others stay.
    let recused = BTreeSet::from([first[0]]);
    let again = draw.pick(&people(30), &recused, 3, hash).unwrap();
    assert_eq!(again[..2], first[1..]);
    // The order goes on behind those who were drawn, to the last person of the pool.
    let order = draw.order(&people(30), &none, hash).unwrap();
    assert_eq!((&order[..3], order.len()), (first.as_slice(), 30));
    let few = draw.pick(&people(3), &people(2), 2, hash);
    assert_eq!(few, Err(Refused::TooFew { wanted: 2, left: 1 }));
}

#[test]
fn everybody_is_drawn_about_as_often() {
    let mut times: BTreeMap<PersonId, u32> = BTreeMap::new();
    for one in 0..50 {
        for other in 0..20 {
            let picked = drawn([one, other]).pick(&people(10), &BTreeSet::new(), 2, hash).unwrap();
            picked.into_iter().for_each(|person| *times.entry(person).or_default() += 1);
        }
    }
    // 1,000 draws of two out of ten: 200 each, give or take.
    assert!(times.values().all(|times| (120..280).contains(times)), "{times:?}");
    assert_eq!(times.len(), 10);
}

proptest! {
    /// Nobody who is recused is ever drawn, and nobody twice.
    #[test]
    fn the_recused_stay_out(
        nonces: [u8; 2], pool in 0u128..20, out in 0u128..20, wanted in 0usize..6,
    ) {
        let recused = people(out);
        if let Ok(picked) = drawn(nonces).pick(&people(pool), &recused, wanted, hash) {
            prop_assert_eq!(picked.len(), wanted);
            let distinct: BTreeSet<PersonId> = picked.iter().copied().collect();
            prop_assert_eq!(distinct.len(), wanted);
            prop_assert!(distinct.is_disjoint(&recused) && distinct.is_subset(&people(pool)));
        }
    }
}
