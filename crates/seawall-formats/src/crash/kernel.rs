//! Kernels: KASAN and the oops messages of Linux, Android's too, and the panic of Trusty
//! (`Documentation/dev-tools/kasan.rst` and `admin-guide/bug-hunting.rst` of the kernel).

use super::draft::{Draft, Rank};
use super::trigger::Table;
use super::wording::{address, between, capitalized, class_of, hexadecimal};
use seawall_domain::crash::Notation;

pub(super) const TABLE: Table = &[
    ("BUG: KASAN: ", |draft, line| sanitized(draft, line, "BUG: KASAN: ")),
    ("BUG: KFENCE: ", |draft, line| sanitized(draft, line, "BUG: KFENCE: ")),
    ("BUG: KMSAN: ", |draft, line| sanitized(draft, line, "BUG: KMSAN: ")),
    ("BUG: KCSAN: ", |draft, line| sanitized(draft, line, "BUG: KCSAN: ")),
    ("general protection fault", |draft, _| open(draft, "General-protection-fault")),
    ("kernel BUG at ", bug),
    ("Internal error: Oops: ", oops),
    ("BUG: unable to handle ", unhandled),
    ("Unable to handle kernel ", unhandled),
    ("Kernel panic - not syncing: ", panic),
    ("pc : [<", program_counter),
    ("panic notifier - trusty version", |draft, _| {
        draft.open(Rank::Verdict, "Trusted app crash");
        true
    }),
];

fn open(draft: &mut Draft, what: &str) -> bool {
    draft.open_in(Notation::Kernel, Rank::Verdict, &format!("Kernel failure\n{what}"));
    true
}

/// `BUG: KASAN: slab-out-of-bounds in hid_probe+0x1/0x2 at addr ffffffc002583240`.
fn sanitized(draft: &mut Draft, line: &str, mark: &str) -> bool {
    let Some((_, told)) = line.split_once(mark) else { return false };
    let what = told.split(" in ").next().unwrap_or(told);
    let what = what.split(" on address ").next().unwrap_or(what).trim();
    let class = format!("Kernel failure\n{}", capitalized(&what.replace(' ', "-")));
    if draft.open_in(Notation::Kernel, Rank::Verdict, &class) {
        at(draft, told.split_once(" at addr ").map_or("", |(_, rest)| rest));
    }
    true
}

/// Takes the address at the start of a text, which kernels write without `0x`.
pub(super) fn at(draft: &mut Draft, text: &str) {
    let end = text.find(|digit: char| !digit.is_ascii_alphanumeric()).unwrap_or(text.len());
    let written = text.get(..end).unwrap_or_default();
    if !draft.crash.address.is_empty() || written.is_empty() {
        return;
    }
    match (address(written), hexadecimal(written)) {
        (Some(written), _) => draft.crash.address = written.to_owned(),
        (None, Some(number)) => draft.crash.address = format!("0x{number:012x}"),
        (None, None) => {}
    }
}

/// `kernel BUG at kernel/time/timer.c:1147!`.
fn bug(draft: &mut Draft, line: &str) -> bool {
    let Some((_, place)) = line.split_once("kernel BUG at ") else { return false };
    open(draft, &class_of(&capitalized(place.trim())))
}

/// `BUG: unable to handle kernel NULL pointer dereference at 0000000000000008`; on ARM the fault
/// status follows, which says more.
fn unhandled(draft: &mut Draft, line: &str) -> bool {
    let null = line.contains("NULL pointer dereference");
    let class = if null { "Null-dereference" } else { "Page-fault" };
    let at_word = line.rsplit([' ', ':']).next().unwrap_or_default();
    let class = format!("Kernel failure\n{class}");
    if draft.open_in(Notation::Kernel, Rank::Indirect, &class) && !null {
        at(draft, at_word);
    }
    true
}

fn panic(draft: &mut Draft, line: &str) -> bool {
    let Some((_, why)) = line.split_once("not syncing: ") else { return false };
    let class = format!("Kernel failure\n{}", class_of(&capitalized(why.trim())));
    draft.open_in(Notation::Kernel, Rank::Signal, &class);
    true
}

/// The faults of the short-descriptor format by the status of bits 10 and 3 to 0 of the Data Fault
/// Status Register (ARM Architecture Reference Manual ARMv7-A, table B3-23).
const FAULTS: [(u64, &str); 16] = [
    (0x001, "Alignment Fault"),
    (0x002, "Debug Event"),
    (0x003, "Access Flag Fault, Section"),
    (0x004, "Fault on Instruction Cache Maintenance"),
    (0x005, "Translation Fault, Section"),
    (0x006, "Access Flag Fault, Page"),
    (0x007, "Translation Fault, Page"),
    (0x008, "Synchronous External Abort"),
    (0x009, "Domain Fault, Section"),
    (0x00b, "Domain Fault, Page"),
    (0x00c, "Synchronous External Abort on Translation Table Walk, First Level"),
    (0x00d, "Permission Fault, Section"),
    (0x00e, "Synchronous External Abort on Translation Table Walk, Second Level"),
    (0x00f, "Permission Fault, Page"),
    (0x406, "Asynchronous External Abort"),
    (0x408, "Asynchronous Parity Error"),
];

/// The bit of the fault status that says that memory was written.
const WRITE_BIT: u64 = 0x800;

/// `Internal error: Oops: 5 [#1] PREEMPT SMP ARM`.
fn oops(draft: &mut Draft, line: &str) -> bool {
    let status = between(line, "Oops: ", " ").unwrap_or_default();
    let Some(number) = hexadecimal(status) else { return true };
    let verb = if number & WRITE_BIT == 0 { "READ" } else { "WRITE" };
    let known = FAULTS.iter().find(|(code, _)| *code == number & 0x40f);
    let what = known.map_or("Unknown Fault", |(_, what)| what);
    open(draft, &format!("{verb} {what} ({})", status.trim()))
}

/// `pc : [<c00911c4>]    lr : …`, the registers of ARM.
fn program_counter(draft: &mut Draft, line: &str) -> bool {
    let written = between(line, "pc : [<", ">]").filter(|_| draft.crash.address.is_empty());
    if let Some(written) = written.filter(|_| draft.crash.class.starts_with("Kernel failure")) {
        draft.crash.address = format!("0x{}", written.trim_start_matches("0x"));
    }
    true
}
