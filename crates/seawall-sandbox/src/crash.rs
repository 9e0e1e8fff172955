//! What crashed: the class, the key and the severity of the report that an attack ended in.

use seawall_domain::crash::Severity;
use seawall_formats::crash::{Exhaustion, read};
use seawall_matching::stack::{Policy, severity, state};
use serde::{Deserialize, Serialize};

/// Of a report, so much is read.
const REPORT_BYTES_MAX: usize = 1024 * 1024;

/// A crash by the words of ClusterFuzz: equal for equal flaws.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct CrashKey {
    /// What happened, such as `Heap-buffer-overflow`, and what is said of the access.
    #[serde(rename = "type")]
    pub class: String,
    /// The frames that name the place, innermost first, a line each.
    pub state: String,
    /// How bad it is by itself, where that can be said: `Low`, `Medium`, `High`.
    pub severity: Option<String>,
}

/// Reads what a command complained; `None` when that tells of no crash.
pub(crate) fn key(stderr: &[u8]) -> Option<CrashKey> {
    let bytes = stderr.get(..REPORT_BYTES_MAX).unwrap_or(stderr);
    let crash = read(&String::from_utf8_lossy(bytes), Exhaustion::PassedOver).ok()?;
    if crash.class.is_empty() {
        return None;
    }
    Some(CrashKey {
        state: state(&crash),
        severity: severity(&crash, Policy::default()).map(Severity::word).map(str::to_owned),
        class: crash.class,
    })
}

/// A crash of which nothing is known but the number of its signal.
pub(crate) fn bare(signal: i32) -> CrashKey {
    CrashKey { class: format!("Signal {signal}"), state: String::new(), severity: None }
}
