//! Files that were open when this process began: marked so that no program we start gets them.
//!
//! Rust opens every file so that started programs don't get it, but what a shell or a service
//! manager left open for us would travel on into a sandbox, where foreign code could use it. The
//! standard library has no way to mark a file that it did not open, so this is the one place of
//! the crate that calls the system by hand.
#![allow(unsafe_code)]

use crate::LabFault;
use nix::libc;

/// Keeps every open file above the standard streams from the programs that we start from now on.
pub(crate) fn keep() -> Result<(), LabFault> {
    let flags = libc::CLOSE_RANGE_CLOEXEC as libc::c_int;
    // SAFETY: the call takes three numbers and no memory; with this flag it closes nothing in this
    // process, it only marks what is open.
    let done = unsafe { libc::close_range(3, libc::c_uint::MAX, flags) };
    if done == 0 {
        return Ok(());
    }
    let reason = "this kernel cannot keep open files from a sandbox (it is older than 5.11)".into();
    Err(LabFault::Isolation { reason })
}
