//! How a use-case ends: with a value, with a refusal, or with a fault. The two never share a type.

use seawall_domain::refusal::Refusal;
use seawall_store::db::StoreFault;

/// The answer of a use-case.
pub type Outcome<T> = Result<T, Denied>;

/// Why there is no value.
#[derive(Debug, thiserror::Error)]
pub enum Denied {
    /// The rules said no: shown to the caller.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The machinery broke: logged where it is handled, shown as a reference number only.
    #[error(transparent)]
    Broken(#[from] Fault),
}

/// The machinery broke.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The database or the blobs.
    #[error("cannot use the store: {0}")]
    Store(#[from] StoreFault),
    /// The laboratory could not work; the registry may be down.
    #[error("cannot use the laboratory: {0}")]
    Laboratory(#[from] crate::desk::LabFault),
    /// Mail could not be handed over or collected.
    #[error("cannot use the mailbox: {0}")]
    Courier(String),
    /// A file could not be written.
    #[error("cannot write {what}: {source}")]
    File {
        /// Which file, relative to the data directory.
        what: String,
        /// Why.
        source: std::io::Error,
    },
    /// Something of ours does not hold together.
    #[error("cannot {attempt}: {why}")]
    Inconsistent {
        /// What was attempted.
        attempt: &'static str,
        /// Why it cannot be done.
        why: String,
    },
}

impl Fault {
    /// Whether trying again soon may help: somebody else was at work on the same rows.
    pub fn is_passing(&self) -> bool {
        matches!(self, Fault::Store(StoreFault::Busy { .. } | StoreFault::Moved { .. }))
    }

    /// Something of ours does not hold together.
    pub fn inconsistent(attempt: &'static str, why: impl ToString) -> Fault {
        Fault::Inconsistent { attempt, why: why.to_string() }
    }
}

impl From<StoreFault> for Denied {
    fn from(fault: StoreFault) -> Denied {
        Denied::Broken(fault.into())
    }
}

impl From<crate::desk::LabFault> for Denied {
    fn from(fault: crate::desk::LabFault) -> Denied {
        Denied::Broken(fault.into())
    }
}
