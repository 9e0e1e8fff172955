//! Bytes under a key that serves once: encrypted with what they belong to, and read back.
//!
//! AES-256-GCM (NIST SP 800-38D) over AWS-LC: a nonce of twelve bytes, then the ciphertext and its
//! tag. The key is made for these bytes alone, so that any nonce will do.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::fault::Fault;

const WHAT: &str = "what is sealed";

/// Encrypts bytes under a key that no other bytes are encrypted under; `about` is what they belong
/// to, and is needed to read them.
pub fn seal(
    key: &[u8; 32],
    nonce: [u8; NONCE_LEN],
    about: &[u8],
    bytes: &[u8],
) -> Result<Vec<u8>, Fault> {
    let refuse = || Fault::impossible(WHAT, "it could not be encrypted");
    let key = UnboundKey::new(&AES_256_GCM, key).map(LessSafeKey::new).map_err(|_| refuse())?;
    let mut text = bytes.to_vec();
    let unique = Nonce::assume_unique_for_key(nonce);
    key.seal_in_place_append_tag(unique, Aad::from(about), &mut text).map_err(|_| refuse())?;
    Ok([nonce.as_slice(), &text].concat())
}

/// Reads what [`seal`] made, for the same `about`.
pub fn open(key: &[u8; 32], about: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Fault> {
    let refuse = || Fault::unproven(WHAT, "it was altered, or is under another key");
    let (nonce, text) = sealed.split_at_checked(NONCE_LEN).ok_or_else(refuse)?;
    let key = UnboundKey::new(&AES_256_GCM, key).map(LessSafeKey::new).map_err(|_| refuse())?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| refuse())?;
    let mut text = text.to_vec();
    let read = key.open_in_place(nonce, Aad::from(about), &mut text).map_err(|_| refuse())?;
    let length = read.len();
    text.truncate(length);
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_the_same_key_for_the_same_thing_opens() {
        let sealed = seal(&[1; 32], [2; 12], b"about", b"secret").unwrap();
        assert_eq!(open(&[1; 32], b"about", &sealed).unwrap(), b"secret");
        assert!(open(&[2; 32], b"about", &sealed).is_err());
        assert!(open(&[1; 32], b"other", &sealed).is_err());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(open(&[1; 32], b"about", &changed).is_err(), "byte {at}");
            assert!(open(&[1; 32], b"about", &sealed[..at]).is_err(), "cut at {at}");
        }
    }

    proptest! {
        #[test]
        fn opening_never_panics(bytes: Vec<u8>) {
            prop_assert!(open(&[1; 32], b"about", &bytes).is_err());
        }
    }
}
