//! What outside sources say of flaws, as a set in memory.

use seawall_matching::set::Set;
use seawall_services::advisory_set::{AdvisorySet, Edition, Installed, SetBytes, compile};
use std::sync::{Arc, Mutex, PoisonError};

/// An installed advisory set that tests fill; clones are the same set.
#[derive(Clone, Debug, Default)]
pub struct Records(Arc<Mutex<(u64, Option<Vec<u8>>)>>);

impl Records {
    /// Installs a set of these documents, as sources send them; whoever answers sees it at the next
    /// refresh.
    pub fn install(&self, records: &[impl AsRef<[u8]>]) {
        let (bytes, faults) = compile("a test", records);
        assert!(faults.is_empty(), "these records cannot be read: {faults:?}");
        self.put(bytes);
    }

    /// Installs bytes as they are, which may be no set at all.
    pub fn put(&self, bytes: Vec<u8>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = (kept.0 + 1, Some(bytes));
    }
}

impl Installed for Records {
    fn edition(&self) -> Option<Edition> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let length = kept.1.as_ref()?.len() as u64;
        Some(Edition { inode: kept.0, changed_at: 0, length })
    }

    fn open(&self) -> Result<AdvisorySet, String> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = kept.1.clone().unwrap_or_default();
        Set::open(SetBytes::new(bytes)).map_err(|fault| fault.to_string())
    }
}
