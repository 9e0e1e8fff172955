//! Run tokens: what binds a run to the commitment that was published before it.
//!
//! ```text
//! token = HMAC-SHA-256(key, root ‖ run ‖ tasks)
//! ```
//!
//! All three parts have fixed lengths (32, 16 and 32 bytes), so no two inputs run together. The key
//! stays with whoever issues tokens; a log that carries one shows that its run began after the root
//! was known (HMAC: RFC 2104).

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use crate::encoding::hex;
use crate::fault::Fault;
use crate::merkle::Hash;

const WHAT: &str = "run token";

/// The key that tokens are made with; debug output does not show it.
#[derive(Clone)]
pub struct TokenKey([u8; 32]);

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenKey(…)")
    }
}

/// What a token is bound to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Bound {
    /// The root of the commitment.
    pub root: Hash,
    /// The run's id, 16 bytes.
    pub run: [u8; 16],
    /// SHA-256 over the list of tasks.
    pub tasks: [u8; 32],
}

impl TokenKey {
    /// Takes the key's 32 bytes.
    pub fn new(key: [u8; 32]) -> TokenKey {
        TokenKey(key)
    }

    /// The token, as 64 lower-case hexadecimal digits.
    pub fn token(&self, bound: &Bound) -> Result<String, Fault> {
        Ok(hex(&self.mac(bound)?.finalize().into_bytes()))
    }

    /// Holds a token against what it must be bound to, in constant time.
    pub fn verify(&self, token: &str, bound: &Bound) -> Result<(), Fault> {
        let bytes = from_hex(token).ok_or_else(|| Fault::unreadable(WHAT, "not 64 digits"))?;
        self.mac(bound)?
            .verify_slice(&bytes)
            .map_err(|_| Fault::unproven(WHAT, "it was not made for this run"))
    }

    fn mac(&self, bound: &Bound) -> Result<Hmac<Sha256>, Fault> {
        // A key of any length is taken, so this never fails.
        let mac = Hmac::<Sha256>::new_from_slice(&self.0)
            .map_err(|_| Fault::impossible(WHAT, "its key has no length"))?;
        Ok(mac
            .chain_update(bound.root.as_bytes())
            .chain_update(bound.run)
            .chain_update(bound.tasks))
    }
}

/// The name by which books keep a token: the SHA-256 of its text.
pub fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let lower = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if text.len() != 64 || !text.bytes().all(lower) {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bound() -> Bound {
        Bound { root: Hash([1; 32]), run: [2; 16], tasks: [3; 32] }
    }

    #[test]
    fn the_construction_is_that_of_the_standard() {
        // RFC 4231 section 4.3 (test case 2), to be sure of the library's parameters.
        let mac = Hmac::<Sha256>::new_from_slice(b"Jefe").unwrap();
        let mac = mac.chain_update(b"what do ya want for nothing?").finalize().into_bytes();
        assert_eq!(hex(&mac), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        let whole = Hmac::<Sha256>::new_from_slice(&[7; 32]).unwrap();
        let mut bytes = vec![1; 32];
        bytes.extend([2; 16]);
        bytes.extend([3; 32]);
        let expected = hex(&whole.chain_update(&bytes).finalize().into_bytes());
        assert_eq!(TokenKey::new([7; 32]).token(&bound()), Ok(expected));
    }

    #[test]
    fn a_token_is_good_for_one_run_of_one_commitment() {
        let key = TokenKey::new([7; 32]);
        let token = key.token(&bound()).unwrap();
        let check = |token: &str, bound: Bound, expected: bool| {
            assert_eq!(key.verify(token, &bound).is_ok(), expected, "{token} {bound:?}");
        };
        check(&token, bound(), true);
        check(&token, Bound { root: Hash([9; 32]), ..bound() }, false);
        check(&token, Bound { run: [9; 16], ..bound() }, false);
        check(&token, Bound { tasks: [9; 32], ..bound() }, false);
        check(&token.to_uppercase(), bound(), false);
        check(&token[..62], bound(), false);
        check("", bound(), false);
        check(&"é".repeat(32), bound(), false);
        assert!(TokenKey::new([8; 32]).verify(&token, &bound()).is_err());
        assert_eq!(format!("{key:?}"), "TokenKey(…)");
        assert_ne!(digest(&token), digest(""));
    }

    proptest! {
        #[test]
        fn any_changed_digit_is_found(at in 0usize..64, digit in "[0-9a-f]") {
            let key = TokenKey::new([7; 32]);
            let token = key.token(&bound()).unwrap();
            let mut changed = token.clone();
            changed.replace_range(at..=at, &digit);
            prop_assert_eq!(key.verify(&changed, &bound()).is_ok(), changed == token);
        }

        #[test]
        fn reading_never_panics(text: String) {
            prop_assert!(TokenKey::new([7; 32]).verify(&text, &bound()).is_err());
        }
    }
}
