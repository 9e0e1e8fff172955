//! Frames of gdb, Android's tombstones, kernels and the Windows debuggers.

use super::name;
use crate::crash::wording::{hexadecimal, located};
use seawall_domain::crash::{Frame, Notation};

/// `parse (text=0x0) at parse.c:12` or `abort () from /lib/libc.so.6`, of gdb; the address before
/// it is gone.
pub(super) fn gdb(told: &str) -> Option<Frame> {
    let (function, rest) = told.split_once(" (")?;
    // Fuzzers begin their lines with a number as well, and words that are no function.
    if function.is_empty() || function.contains(": ") || function.contains('\t') {
        return None;
    }
    let place = rest.rsplit_once(") at ").map(|(_, place)| place);
    let module = rest.rsplit_once(") from ").map(|(_, module)| module);
    if place.is_none() && module.is_none() && !rest.ends_with(')') {
        return None;
    }
    let (file, line) = place.map_or((None, None), |place| {
        let (file, line) = located(place);
        (name(file), line)
    });
    Some(Frame {
        notation: Notation::Debugger,
        function: name(function),
        file,
        line,
        module: module.and_then(name),
        offset: None,
    })
}

/// `0003a1b0  /system/lib/libc.so (tgkill+12)`, of a tombstone.
pub(super) fn tombstone(told: &str) -> Option<Frame> {
    let (address, rest) = told.split_once(char::is_whitespace)?;
    let offset = hexadecimal(address)?;
    let rest = rest.trim();
    let rest = rest.split(" (BuildId: ").next().unwrap_or(rest);
    let (module, function) = match rest.strip_suffix(')').and_then(|rest| rest.split_once(" (")) {
        Some((module, function)) => (module, Some(function)),
        None => (rest, None),
    };
    let function = function.map(|function| function.rsplit_once('+').map_or(function, |(f, _)| f));
    Some(Frame {
        notation: Notation::Tombstone,
        function: function.and_then(name),
        module: name(module),
        offset: Some(offset),
        ..Frame::default()
    })
}

/// `[<ffffffff92af056e>] keyring_destroy+0xe2/0x186`, or ARM's `[<c00911c4>] (work+0xbb/0x111) from
/// [<c0095e60>] (thread+0xee/0x444)`. What may be left over on the stack (`? `) and what was
/// inlined is no frame.
pub(super) fn addressed(text: &str) -> Option<Frame> {
    let (_, told) = match text.contains(" from [<") {
        true => text.split_once(">] ")?,
        false => text.rsplit_once(">] ")?,
    };
    let told = told.strip_prefix('(').unwrap_or(told);
    if text.contains("inline") {
        return None;
    }
    let word = told.split([' ', ')']).next()?;
    offset_of(word, told)
}

/// `rtc_alarm_irq_enable+0x11e/0x210`, of newer kernels, which hide the addresses.
pub(super) fn kernel(line: &str) -> Option<Frame> {
    let text = match line.strip_prefix('[').and_then(|rest| rest.split_once("] ")) {
        Some((_, text)) => text,
        None => line,
    };
    let text = text.trim_start();
    let word = text.split(' ').next()?;
    offset_of(word, text)
}

/// `work+0xbb/0x111`, perhaps with the file behind it.
fn offset_of(word: &str, told: &str) -> Option<Frame> {
    let (function, rest) = word.split_once("+0x")?;
    let (offset, _) = rest.split_once("/0x")?;
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '.';
    if function.is_empty() || !function.chars().all(plain) {
        return None;
    }
    let file = told.get(word.len()..).unwrap_or_default().trim();
    let (file, line) = match file.starts_with(['(', '[']) || file.is_empty() {
        true => (None, None),
        false => {
            let (file, line) = located(file.split(" (").next().unwrap_or(file));
            (name(file), line)
        }
    };
    Some(Frame {
        notation: Notation::Kernel,
        function: name(function),
        file,
        line,
        module: None,
        offset: hexadecimal(offset),
    })
}

/// `0915b084 6eefc617 MSHTML!Parse+0x46` or, of 64 bits, ``000000bc`aeaaa440 00007ff8`c045e70d
/// jscript9!Divide+0x7f``: frame, return address, place.
pub(super) fn windows(text: &str) -> Option<Frame> {
    let mut words = text.splitn(3, ' ');
    let (frame, back, place) = (words.next()?, words.next()?, words.next()?);
    let is_address = |word: &str| {
        word.len() >= 8 && word.bytes().all(|digit| digit.is_ascii_hexdigit() || digit == b'`')
    };
    if !is_address(frame) || !is_address(back) {
        return None;
    }
    let (module, told) = place.trim().split_once('!')?;
    if module.contains(' ') {
        return None;
    }
    let (function, offset) = match told.rsplit_once("+0x") {
        Some((function, offset)) => (function, hexadecimal(offset)),
        None => (told, None),
    };
    Some(Frame {
        notation: Notation::Windows,
        function: name(function),
        module: name(module),
        offset,
        ..Frame::default()
    })
}
