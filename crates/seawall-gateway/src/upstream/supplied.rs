//! The provider's key where the developer supplies it with each lease: in memory alone, only for as
//! long as that lease is in force, and written over after it (FRONTIER 4.3).
//!
//! The gateway has a key of its own for this, which lies in no file, serves for one lease and is
//! made anew after it. To it the developer encrypts a key that serves once (HPKE, RFC 9180), and
//! under that one the provider's key, both bound to the window and the lease's number. The
//! provider's key lies in one place, from which it is written straight into the connection to the
//! provider ([`super::writing`]): no header, request or buffer of ours ever holds it.

use memchr::memmem::Finder;
use seawall_domain::engagement::lease::Lease;
use seawall_domain::recipient::Recipient;
use seawall_formats::enclosed::{Enclosed, hex};
use seawall_formats::gateway::lease::UpstreamKey;
use seawall_ledger::recipient::{Keeper, enclose};
use seawall_ledger::sealed;
use std::sync::{Mutex, MutexGuard, PoisonError};
use zeroize::{Zeroize as _, Zeroizing};

/// The longest key of a provider, in bytes.
pub const KEY_BYTES_MAX: usize = 1024;

const WHAT: &[u8] = b"seawall/gateway/v1/upstream-key";

/// The nonce of bytes whose key serves once.
const NONCE: [u8; 12] = [0; 12];

/// Why a key that came with a lease is not taken. Nothing of it is said.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Unsupplied {
    /// The settings do not want one.
    #[error("cannot take this lease: the settings take the provider's key from a file")]
    NotWanted,
    /// It is for another gateway, another lease, or for one that was before.
    #[error(
        "cannot take this lease: its key for the provider does not open here; it is encrypted to \
         the key that the gateway names, for one lease"
    )]
    Unopened,
    /// It could not stand in a header.
    #[error(
        "cannot take this lease: a key for the provider has 1 to {KEY_BYTES_MAX} visible characters"
    )]
    NoKey,
}

/// Encrypts a provider's key to a gateway, for one lease. `once` is 32 random bytes.
pub fn supply(
    to: Recipient,
    lease: &Lease,
    key: &[u8],
    once: [u8; 32],
) -> Result<UpstreamKey, Unsupplied> {
    fits(key)?;
    let once = Zeroizing::new(once);
    let about = about(lease);
    let [enc, text] =
        enclose(to.bytes(), WHAT, &about, once.as_slice()).map_err(|_| Unsupplied::Unopened)?;
    let sealed = sealed::seal(&once, NONCE, &about, key).map_err(|_| Unsupplied::Unopened)?;
    Ok(UpstreamKey::new(Enclosed::new(to, [&enc, &text]), &sealed))
}

/// What a key belongs to: the window and the lease's number.
fn about(lease: &Lease) -> Vec<u8> {
    [lease.window.to_string().as_bytes(), b"/", &lease.seq.to_be_bytes()].concat()
}

fn fits(key: &[u8]) -> Result<(), Unsupplied> {
    let is_visible = key.iter().all(u8::is_ascii_graphic);
    match is_visible && (1..=KEY_BYTES_MAX).contains(&key.len()) {
        true => Ok(()),
        false => Err(Unsupplied::NoKey),
    }
}

/// A provider's key, and the lease under which it serves.
pub(crate) struct Held {
    seq: u64,
    key: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Held(lease {})", self.seq)
    }
}

/// What supplies the provider's key.
pub(crate) struct Supplied {
    /// What stands in a request in the key's place; random, so that nobody can write it.
    mark: String,
    finder: Finder<'static>,
    held: Mutex<Option<Held>>,
    keeper: Mutex<Keeper>,
}

impl std::fmt::Debug for Supplied {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Supplied({:?})", *self.held())
    }
}

impl Supplied {
    /// Nothing is supplied yet. Both are random.
    pub fn new(mark: [u8; 32], seed: [u8; 32]) -> Result<Supplied, String> {
        let mark = hex(&mark);
        let finder = Finder::new(&mark).into_owned();
        let keeper = keeper(seed)?;
        Ok(Supplied { mark, finder, held: Mutex::default(), keeper: Mutex::new(keeper) })
    }

    /// What stands in a request in the key's place.
    pub fn mark(&self) -> &str {
        &self.mark
    }

    /// Where the mark begins.
    pub fn find(&self, bytes: &[u8]) -> Option<usize> {
        self.finder.find(bytes)
    }

    /// The key to which the next one is to be encrypted.
    pub fn recipient(&self) -> Recipient {
        Recipient::new(self.keeper().public())
    }

    /// Opens what came with a lease. It opens once: afterwards there is another key to encrypt to.
    pub fn open(
        &self,
        lease: &Lease,
        supplied: &UpstreamKey,
        fresh: [u8; 32],
    ) -> Result<Held, Unsupplied> {
        let [key, text] = supplied.once.parts().ok_or(Unsupplied::Unopened)?;
        let text_of_key = supplied.sealed().ok_or(Unsupplied::Unopened)?;
        let about = about(lease);
        let next = keeper(fresh).map_err(|_| Unsupplied::Unopened)?;
        let mut keeper = self.keeper();
        let once = keeper.open(WHAT, &about, [&key, &text]).map_err(|_| Unsupplied::Unopened)?;
        *keeper = next;
        let once = Zeroizing::new(once);
        let once: &[u8; 32] = once.as_slice().try_into().map_err(|_| Unsupplied::Unopened)?;
        let key = sealed::open(once, &about, &text_of_key).map_err(|_| Unsupplied::Unopened)?;
        let key = Zeroizing::new(key);
        fits(&key)?;
        Ok(Held { seq: lease.seq, key })
    }

    /// Holds what a lease brought, or nothing; what was there is written over.
    pub fn hold(&self, held: Option<Held>) {
        *self.held() = held;
    }

    /// Writes over what is there.
    pub fn wipe(&self) {
        self.hold(None);
    }

    /// Whether there is a key under that lease.
    pub fn is_under(&self, seq: u64) -> bool {
        self.held().as_ref().is_some_and(|held| held.seq == seq)
    }

    /// Does something with the key and its lease's number, if there is one.
    pub fn with<T>(&self, what: impl FnOnce(u64, &[u8]) -> T) -> Option<T> {
        self.held().as_ref().map(|held| what(held.seq, &held.key))
    }

    fn held(&self) -> MutexGuard<'_, Option<Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keeper(&self) -> MutexGuard<'_, Keeper> {
        self.keeper.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn keeper(mut seed: [u8; 32]) -> Result<Keeper, String> {
    let keeper = Keeper::from_seed(seed).map_err(|fault| fault.to_string());
    seed.zeroize();
    keeper
}

#[cfg(test)]
mod tests {
    use super::*;
    use seawall_domain::digest::Digest;
    use seawall_domain::engagement::scope::Scope;
    use seawall_domain::id::WindowId;
    use seawall_domain::time::Timestamp;
    use uuid::Uuid;

    fn lease(window: u128, seq: u64) -> Lease {
        Lease {
            window: WindowId::new(Uuid::from_u128(window)),
            snapshot: Digest::new([1; 32]),
            scope: Scope::default(),
            not_after: Timestamp::UNIX_EPOCH,
            seq,
        }
    }

    #[test]
    fn a_key_opens_once_for_one_lease_of_one_gateway() {
        fn check(window: u128, seq: u64, expected: bool) {
            let supplied = Supplied::new([1; 32], [2; 32]).unwrap();
            let key = supply(supplied.recipient(), &lease(1, 7), b"secret", [3; 32]).unwrap();
            let opened = supplied.open(&lease(window, seq), &key, [4; 32]);
            assert_eq!(opened.is_ok(), expected, "{window} {seq}");
            assert!(supplied.open(&lease(1, 7), &key, [5; 32]).is_err() == expected);
        }
        check(1, 7, true);
        check(1, 8, false);
        check(2, 7, false);
    }

    #[test]
    fn it_is_held_under_its_lease_and_said_by_nothing() {
        let supplied = Supplied::new([1; 32], [2; 32]).unwrap();
        let key = supply(supplied.recipient(), &lease(1, 7), b"secret", [3; 32]).unwrap();
        assert!(!serde_json::to_string(&key).unwrap().contains(&hex(b"secret")));
        let held = supplied.open(&lease(1, 7), &key, [4; 32]).unwrap();
        supplied.hold(Some(held));
        assert!(supplied.is_under(7) && !supplied.is_under(8));
        assert_eq!(supplied.with(|seq, key| (seq, key.to_vec())), Some((7, b"secret".to_vec())));
        let said = format!("{supplied:?}");
        assert!(said.contains("lease 7") && !said.contains("secret"), "{said}");
        supplied.wipe();
        assert!(!supplied.is_under(7) && supplied.with(|_, _| ()).is_none());
    }

    #[test]
    fn what_could_not_stand_in_a_header_is_no_key() {
        fn check(key: &[u8], expected: bool) {
            let to = Supplied::new([1; 32], [2; 32]).unwrap().recipient();
            assert_eq!(supply(to, &lease(1, 7), key, [3; 32]).is_ok(), expected, "{key:?}");
        }
        check(b"sk-1", true);
        check(&[b'a'; KEY_BYTES_MAX], true);
        check(&[b'a'; KEY_BYTES_MAX + 1], false);
        check(b"", false);
        check(b"a b", false);
        check(b"a\r\nb", false);
        check("é".as_bytes(), false);
    }
}
