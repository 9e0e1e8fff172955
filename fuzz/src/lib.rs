//! What is fuzzed: one function for each reader of foreign bytes, and what must hold of its answer.
//!
//! A target is a function here and a program of a line in `fuzz_targets/`. It gives the bytes to
//! one reader and panics where a promise of that reader is broken: a fault that would break a log
//! line, a bound that does not bound, a text that is written and not read back as the same. `cargo
//! xtask fuzz` builds and runs them.

pub mod archives;
pub mod crashes;
pub mod edits;
pub mod evaluations;
pub mod feeds;
pub mod frontier;
pub mod intake;
pub mod inventory;
pub mod ledger;
pub mod matching;
pub mod names;
pub mod sets;

use seawall_formats::fault::FormatFault;

/// The longest message and place that a fault may have, in bytes. Foreign text is cut to 60
/// characters wherever it is quoted; the rest is our own words.
const FAULT_LEN_MAX: usize = 4_000;

/// A fault is shown in one line of a log or a page.
pub fn is_one_line(shown: &str) {
    assert!(!shown.chars().any(char::is_control), "a fault with control characters: {shown:?}");
    assert!(shown.len() <= FAULT_LEN_MAX, "a fault of {} bytes", shown.len());
}

/// How large the stack of the signal handler is, in bytes.
const HANDLER_STACK_BYTES: usize = 1 << 18;

/// Gives the handler of `SIGSEGV` a stack of its own, so that an input that overflows the stack is
/// kept like any other crash. libFuzzer leaves that flag as it finds it.
pub fn prepare() {
    let stack: &'static mut [u8] = Box::leak(vec![0; HANDLER_STACK_BYTES].into_boxed_slice());
    let stack = libc::stack_t {
        ss_sp: stack.as_mut_ptr().cast(),
        ss_flags: 0,
        ss_size: HANDLER_STACK_BYTES,
    };
    // SAFETY: the stack is never freed, and both structures are whole; no handler runs yet.
    unsafe {
        libc::sigaltstack(&stack, std::ptr::null_mut());
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = libc::SIG_DFL;
        action.sa_flags = libc::SA_ONSTACK;
        libc::sigaction(libc::SIGSEGV, &action, std::ptr::null_mut());
    }
}

/// What holds of every document that was refused.
fn refused(fault: &FormatFault) {
    is_one_line(&fault.to_string());
}

/// The text before and after the first line break; the second is empty where there is none.
fn head_and_rest(bytes: &[u8]) -> (&[u8], &[u8]) {
    match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&bytes[..end], &bytes[end + 1..]),
        None => (bytes, &[]),
    }
}
