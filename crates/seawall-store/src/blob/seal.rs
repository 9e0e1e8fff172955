//! AES-256-GCM (NIST SP 800-38D) with a random nonce, written before what it seals.

use crate::db::StoreFault;
use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};

/// Marks the format of a sealed thing.
const MAGIC: &[u8; 4] = b"SWB1";
const NONCE_LEN: usize = 12;

/// Seals bytes; `bound_to` must be the same at opening, so that nothing can be swapped.
pub(super) fn seal(key: &[u8; 32], bound_to: &str, plain: &[u8]) -> Result<Vec<u8>, StoreFault> {
    let refused = |_| StoreFault::Crypto { doing: "seal bytes" };
    let key = RandomizedNonceKey::new(&AES_256_GCM, key).map_err(refused)?;
    let mut text = Vec::with_capacity(plain.len() + 16);
    text.extend_from_slice(plain);
    let nonce = key.seal_in_place_append_tag(Aad::from(bound_to), &mut text).map_err(refused)?;
    let mut sealed = Vec::with_capacity(MAGIC.len() + NONCE_LEN + text.len());
    sealed.extend_from_slice(MAGIC);
    sealed.extend_from_slice(nonce.as_ref());
    sealed.append(&mut text);
    Ok(sealed)
}

/// Opens what was sealed; nothing comes back if a single bit differs.
pub(super) fn open(key: &[u8; 32], bound_to: &str, sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, text) = sealed.strip_prefix(MAGIC)?.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let key = RandomizedNonceKey::new(&AES_256_GCM, key).ok()?;
    let mut text = text.to_vec();
    let length = key.open_in_place(nonce, Aad::from(bound_to), &mut text).ok()?.len();
    text.truncate(length);
    Some(text)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_flipped_bit_and_every_cut_is_found() {
        let key = [7; 32];
        let sealed = seal(&key, "here", b"bytes").unwrap();
        assert_eq!(open(&key, "here", &sealed).as_deref(), Some(&b"bytes"[..]));
        assert_eq!(open(&key, "there", &sealed), None);
        assert_eq!(open(&[8; 32], "here", &sealed), None);
        assert_ne!(seal(&key, "here", b"bytes").unwrap(), sealed);
        for at in 0..sealed.len() {
            for bit in 0..8 {
                let mut flipped = sealed.clone();
                flipped[at] ^= 1 << bit;
                assert_eq!(open(&key, "here", &flipped), None, "byte {at}, bit {bit}");
            }
            assert_eq!(open(&key, "here", &sealed[..at]), None, "cut at {at}");
        }
    }
}
