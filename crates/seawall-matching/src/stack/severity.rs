//! How bad a crash is by itself.
//!
//! The table is what OSS-Fuzz publishes with its findings (`ecosystem_specific.severity` of their
//! OSV records). Classes that it gives no severity are judged by the access: who writes out of
//! bounds decides what stands there, who reads learns it.

use super::{Policy, is_security};
use seawall_domain::crash::{Crash, Severity};

/// Security classes whose severity does not hang on the access, by their first line.
const BY_CLASS: [(&str, Severity); 22] = [
    ("Bad-cast", Severity::High),
    ("Bad-free", Severity::High),
    ("Heap-corruption", Severity::High),
    ("Heap-double-free", Severity::High),
    ("Heap-use-after-free", Severity::High),
    ("Invalid-free", Severity::High),
    ("Security CHECK failure", Severity::High),
    ("Security DCHECK failure", Severity::High),
    ("Use-after-poison", Severity::High),
    ("Allocation-tail-overwritten", Severity::High),
    ("Arbitrary file open", Severity::High),
    ("Kernel failure", Severity::High),
    ("Stack-use-after-return", Severity::High),
    ("Stack-use-after-scope", Severity::High),
    ("Incorrect-function-pointer-type", Severity::Medium),
    ("Index-out-of-bounds", Severity::Medium),
    ("Memcpy-param-overlap", Severity::Medium),
    ("Negative-size-param", Severity::Medium),
    ("Object-size", Severity::Medium),
    ("Use-of-uninitialized-value", Severity::Medium),
    ("Segv on unknown address", Severity::Medium),
    ("Security exception", Severity::Low),
];

/// The severity of a crash; a text that shows none has none. A crash that is no matter of security
/// only stops the program.
pub fn severity(crash: &Crash, policy: Policy) -> Option<Severity> {
    let class = crash.class.lines().next().filter(|class| !class.is_empty())?;
    if !is_security(crash, policy) {
        return Some(Severity::Low);
    }
    if crash.claimed.is_some() {
        return crash.claimed;
    }
    let known = BY_CLASS.iter().find(|(name, _)| *name == class);
    let written = crash.class.contains("WRITE");
    Some(match known {
        Some((_, severity)) => *severity,
        None if written => Severity::High,
        None => Severity::Medium,
    })
}
