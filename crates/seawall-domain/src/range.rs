//! Affected ranges as sets of intervals, and what was run to find them.

use crate::package::Version;
use crate::verdict::Outcome;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One interval of affected versions: from `introduced` (included) up to `fixed` (excluded).
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The first affected version; `None` means "from the beginning" (`0` in OSV), which is only
    /// written when no earlier release could be shown unaffected.
    pub introduced: Option<Version>,
    /// The first version that is no longer affected; `None` while there is none.
    pub fixed: Option<Version>,
    /// The last version seen affected, when there is no `fixed` yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_affected: Option<Version>,
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.introduced {
            Some(version) => write!(f, "from {version}")?,
            None => f.write_str("from the first release")?,
        }
        match (&self.fixed, &self.last_affected) {
            (Some(version), _) => write!(f, " until fixed in {version}"),
            (None, Some(version)) => write!(f, " up to {version}, no fix yet"),
            (None, None) => f.write_str(", no fix yet"),
        }
    }
}

/// How the range of a package is known.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Found by running releases in the sandbox.
    Run,
    /// Stated by a distributor or vendor, not run here.
    Stated,
}

/// What running one release showed.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Tested {
    /// The release.
    pub version: Version,
    /// What running it showed.
    pub outcome: Outcome,
}
