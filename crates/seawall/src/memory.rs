//! How the C library's allocator keeps what was freed.

#![allow(unsafe_code, reason = "the allocator's settings have no safe words")]

/// How much memory that was freed stays with the process, in bytes.
const KEPT_BYTES: i32 = 64 << 20;
/// From which size on memory is asked of the system by itself, in bytes; the most that glibc takes.
const ALONE_BYTES: i32 = 32 << 20;

/// Keeps freed memory for the next request, in a process that stays. By default glibc gives it back
/// at once when 128 KiB lie free at the top, and the next inventory pays for each page again: a
/// fifth of the time of reading and matching one (`cargo xtask bench match`, resident).
pub fn keep_what_is_freed() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: both calls set one number each of the allocator, under its own lock. One that is
    // refused changes nothing.
    unsafe {
        libc::mallopt(libc::M_TRIM_THRESHOLD, KEPT_BYTES);
        libc::mallopt(libc::M_MMAP_THRESHOLD, ALONE_BYTES);
    }
}
