//! A key split among custodians: any quorum of them has it together, and fewer have nothing.
//!
//! Shamir's scheme over GF(256), byte by byte, by the crate `vsss-rs`, in constant time. Chance
//! comes from the caller as a seed of 32 bytes, which is stretched by HMAC-SHA-256 over a counter;
//! whoever knows the seed knows the key, so it is thrown away after splitting. A published check,
//! the SHA-256 of a label and the key, tells whether shares that were put together are the right
//! ones; the key has 256 bits of chance, so its hash betrays nothing.

use std::convert::Infallible;
use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use rand_core::{TryCryptoRng, TryRng};
use sha2::{Digest as _, Sha256};
use vsss_rs::Gf256;

use crate::encoding::hex;
use crate::fault::Fault;

const WHAT: &str = "shares of a key";
const LABEL: &[u8] = b"seawall/shares/v1";
const PREFIX: &str = "seawall-share-v1:";

/// The most custodians.
pub const CUSTODIANS_MAX: usize = 64;

/// One custodian's share; debug output does not show it.
#[derive(Clone, Eq, PartialEq)]
pub struct Share {
    /// Which, from 1.
    number: u8,
    bytes: [u8; 32],
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Share({}, …)", self.number)
    }
}

impl Share {
    /// Which share it is, from 1.
    pub fn number(&self) -> u8 {
        self.number
    }

    /// The share as a custodian keeps it. It is secret.
    pub fn text(&self) -> String {
        format!("{PREFIX}{}:{}", self.number, hex(&self.bytes))
    }

    /// Reads what [`Share::text`] wrote, and nothing else.
    pub fn parse(text: &str) -> Result<Share, Fault> {
        let read = || {
            let (number, digits) = text.strip_prefix(PREFIX)?.split_once(':')?;
            let number: u8 = number.parse().ok().filter(|number| *number > 0)?;
            let mut bytes = [0; 32];
            if digits.len() != 64 || !digits.is_ascii() {
                return None;
            }
            for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
                *byte = u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()?;
            }
            Some(Share { number, bytes }).filter(|share| share.text() == text)
        };
        read().ok_or_else(|| Fault::unreadable(WHAT, "it is no share as they are written"))
    }
}

/// What tells the right key from a wrong one; it may be published.
pub fn check(key: &[u8; 32]) -> [u8; 32] {
    Sha256::new().chain_update(LABEL).chain_update(key).finalize().into()
}

/// Splits a key into a share for each custodian, of which any `quorum` have it together.
pub fn split(
    key: &[u8; 32],
    quorum: usize,
    custodians: usize,
    seed: [u8; 32],
) -> Result<Vec<Share>, Fault> {
    if quorum < 2 || quorum > custodians || custodians > CUSTODIANS_MAX {
        let why = format!(
            "{quorum} of {custodians} is no quorum: at least 2 open it, at most all custodians, of \
             whom there are {CUSTODIANS_MAX} at most"
        );
        return Err(Fault::impossible(WHAT, why));
    }
    let shares = Gf256::split_bytes(quorum, custodians, key, Stretched::of(seed))
        .map_err(|_| Fault::impossible(WHAT, "they could not be made"))?;
    shares.into_iter().map(Share::of).collect()
}

/// Puts shares together; without a quorum of the right ones there is no key, only this fault.
pub fn combine(shares: &[Share], published: &[u8; 32]) -> Result<[u8; 32], Fault> {
    let refuse = || Fault::unproven(WHAT, "they are too few, or not of this key");
    if shares.len() < 2 || shares.len() > CUSTODIANS_MAX {
        return Err(refuse());
    }
    let written: Vec<Vec<u8>> = shares
        .iter()
        .map(|share| [share.number].iter().chain(&share.bytes).copied().collect())
        .collect();
    let key = Gf256::combine_bytes(&written).map_err(|_| refuse())?;
    let key = <[u8; 32]>::try_from(key).map_err(|_| refuse())?;
    match check(&key) == *published {
        true => Ok(key),
        false => Err(refuse()),
    }
}

impl Share {
    fn of(bytes: Vec<u8>) -> Result<Share, Fault> {
        let fault = || Fault::impossible(WHAT, "they could not be made");
        let (number, bytes) = bytes.split_first().ok_or_else(fault)?;
        let bytes = <[u8; 32]>::try_from(bytes).map_err(|_| fault())?;
        Ok(Share { number: *number, bytes })
    }
}

/// A stream of bytes that nobody can tell from chance without the seed.
struct Stretched {
    seed: [u8; 32],
    block: [u8; 32],
    counter: u64,
    used: usize,
}

impl Stretched {
    fn of(seed: [u8; 32]) -> Stretched {
        Stretched { seed, block: [0; 32], counter: 0, used: 32 }
    }

    fn next(&mut self) -> u8 {
        if self.used >= self.block.len() {
            self.counter = self.counter.wrapping_add(1);
            // A key of any length is taken; should that ever fail, hashing both is as good.
            self.block = match Hmac::<Sha256>::new_from_slice(&self.seed) {
                Ok(mac) => {
                    let mac = mac.chain_update(LABEL).chain_update(self.counter.to_be_bytes());
                    mac.finalize().into_bytes().into()
                }
                Err(_) => Sha256::new()
                    .chain_update(self.seed)
                    .chain_update(self.counter.to_be_bytes())
                    .finalize()
                    .into(),
            };
            self.used = 0;
        }
        let byte = self.block.get(self.used).copied().unwrap_or_default();
        self.used += 1;
        byte
    }
}

impl TryRng for Stretched {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes([0; 4].map(|_: u8| self.next())))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes([0; 8].map(|_: u8| self.next())))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.iter_mut().for_each(|byte| *byte = self.next());
        Ok(())
    }
}

impl TryCryptoRng for Stretched {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: [u8; 32] = [0x5a; 32];

    #[test]
    fn a_quorum_has_the_key_and_one_fewer_has_nothing() {
        for (quorum, custodians) in [(2, 2), (2, 3), (3, 5), (5, 5), (7, 64)] {
            let shares = split(&KEY, quorum, custodians, [9; 32]).unwrap();
            assert_eq!(shares.len(), custodians);
            assert_eq!(combine(&shares[..quorum], &check(&KEY)), Ok(KEY));
            assert_eq!(combine(&shares[custodians - quorum..], &check(&KEY)), Ok(KEY));
            assert_eq!(combine(&shares, &check(&KEY)), Ok(KEY));
            assert!(combine(&shares[..quorum - 1], &check(&KEY)).is_err());
        }
        for (quorum, custodians) in [(0, 3), (1, 3), (4, 3), (2, 65)] {
            assert!(split(&KEY, quorum, custodians, [9; 32]).is_err(), "{quorum} {custodians}");
        }
    }

    #[test]
    fn wrong_foreign_and_repeated_shares_give_no_key() {
        let shares = split(&KEY, 3, 5, [9; 32]).unwrap();
        let other = split(&KEY, 3, 5, [8; 32]).unwrap();
        let told = |shares: &[&Share]| {
            combine(&shares.iter().copied().cloned().collect::<Vec<_>>(), &check(&KEY)).is_ok()
        };
        assert!(told(&[&shares[0], &shares[2], &shares[4]]));
        assert!(!told(&[&shares[0], &shares[2], &other[4]]), "of another splitting");
        assert!(!told(&[&shares[0], &shares[0], &shares[0]]), "one share thrice");
        assert!(combine(&shares[..3], &check(&[0; 32])).is_err(), "another key");
        assert!(combine(&[], &check(&KEY)).is_err());
    }

    #[test]
    fn a_share_has_one_spelling_and_stays_out_of_debug_output() {
        let share = split(&KEY, 2, 3, [9; 32]).unwrap().remove(1);
        let text = share.text();
        assert_eq!(Share::parse(&text).unwrap(), share);
        for bad in [text.to_uppercase(), text.replace(":2:", ":02:"), text.replace(":2:", ":0:")] {
            assert!(Share::parse(&bad).is_err(), "{bad}");
        }
        assert!(Share::parse(&format!("{text}\n")).is_err());
        assert!(Share::parse("").is_err());
        assert_eq!(format!("{share:?}"), "Share(2, …)");
    }

    #[test]
    fn one_fewer_than_a_quorum_says_nothing_about_the_key() {
        // One byte of one share of 2-of-2, over many seeds, for two very different keys: every
        // value comes about as often for the one as for the other.
        let mut counts = [[0u32; 256]; 2];
        for (key, counts) in [[0u8; 32], [0xff; 32]].iter().zip(&mut counts) {
            for seed in 0u32..400 {
                let mut bytes = [0; 32];
                bytes[..4].copy_from_slice(&seed.to_be_bytes());
                let share = split(key, 2, 2, bytes).unwrap().remove(0);
                share.bytes.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
            }
        }
        // 12,800 bytes each: 50 of every value, give or take six standard deviations.
        let all = counts.iter().flatten();
        assert!(all.clone().all(|count| (8..=92).contains(count)), "{:?}", all.max());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_quorum_will_do(
            key: [u8; 32], seed: [u8; 32], first in 0usize..5, second in 0usize..5,
        ) {
            let shares = split(&key, 2, 5, seed).unwrap();
            let two = [shares[first].clone(), shares[second].clone()];
            prop_assert_eq!(combine(&two, &check(&key)).is_ok(), first != second);
        }

        #[test]
        fn reading_never_panics(text: String) {
            let _ = Share::parse(&text);
        }
    }
}
