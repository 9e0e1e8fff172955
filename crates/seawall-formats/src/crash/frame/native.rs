//! Frames of machine code: those of the sanitizers, libFuzzer, Chromium, gdb and Android begin with
//! `#` and a number, others with an address or a module.

use super::{debugger, mangled, name};
use crate::crash::wording::{hexadecimal, located};
use seawall_domain::crash::{Frame, Notation};

/// A frame of machine code.
pub(super) fn read(line: &str) -> Option<Frame> {
    let text = untimed(line).trim_start();
    let begins_indented = text.len() < line.len();
    match text.bytes().next()? {
        b'#' => numbered(text),
        b'[' => debugger::addressed(text),
        b'@' => glog(text),
        b'u' if text.starts_with("uSP+0x") => trusty(text),
        b'R' if text.starts_with("RIP: ") => debugger::addressed(text),
        b'0'..=b'9' | b'a'..=b'f' => debugger::windows(text)
            .or_else(|| apple(text))
            .or_else(|| chromium_windows(text, begins_indented)),
        _ => chromium_windows(text, begins_indented),
    }
}

/// A line without the time that kernels write before it, `[    0.070964] `.
fn untimed(line: &str) -> &str {
    // Some write the level of the message first, `<4>`.
    let leveled = line.strip_prefix('<').and_then(|rest| rest.split_once('>'));
    let line = match leveled {
        Some((level, rest)) if level.parse::<u8>().is_ok() => rest,
        Some(_) | None => line,
    };
    let Some(rest) = line.strip_prefix('[') else { return line };
    let Some((time, rest)) = rest.split_once("] ") else { return line };
    let time = time.trim();
    let is_time =
        time.contains('.') && time.bytes().all(|digit| digit.is_ascii_digit() || digit == b'.');
    if is_time { rest } else { line }
}

/// `#N`, and what follows.
fn numbered(text: &str) -> Option<Frame> {
    let rest = text.strip_prefix('#')?;
    // Fuchsia numbers what was inlined `#1.1`; as with kernels that is no frame.
    let end = rest.find(|digit: char| !digit.is_ascii_digit())?;
    let (number, rest) = rest.split_at_checked(end)?;
    if number.is_empty() || !rest.starts_with(char::is_whitespace) {
        return None;
    }
    let rest = rest.trim_start();
    if rest.starts_with("[<") {
        return debugger::addressed(rest);
    }
    if let Some(rest) = rest.strip_prefix("pc ") {
        return debugger::tombstone(rest);
    }
    let Some((address, told)) = split_address(rest) else { return debugger::gdb(rest) };
    if let Some(told) = told.strip_prefix("in ") {
        return match told.contains(") at ") || told.ends_with(" ()") || told.contains(") from ") {
            true => debugger::gdb(told),
            false => symbolized(told),
        };
    }
    if address.is_empty() || told == "in" || told.starts_with("<unknown>") {
        return None;
    }
    if told.starts_with('(') && told.contains("+0x") || told.starts_with("(<unknown") {
        return in_module("", told);
    }
    chromium(told)
}

/// A hexadecimal address, and what follows it.
fn split_address(text: &str) -> Option<(&str, &str)> {
    let (address, rest) = text.split_once(char::is_whitespace)?;
    let digits = address.strip_prefix("0x").or(Some(address).filter(|a| a.len() >= 8))?;
    let is_address = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_address.then(|| (address, rest.trim()))
}

/// `parse(char*) src/parse.c:12:3` or `parse (/usr/lib/libparse.so+0x12)`.
fn symbolized(told: &str) -> Option<Frame> {
    let told = without_build(told);
    if let Some(open) = told.rfind(" (").filter(|_| told.ends_with(')')) {
        let (function, module) = told.split_at_checked(open)?;
        if module.contains("+0x") || module.starts_with(" (<unknown") {
            return in_module(function, module.trim_start());
        }
    }
    let (told, module) = split_fuchsia(told);
    let (function, file) = split_file(told);
    if function.is_empty() && file.is_none() {
        let module = module?;
        return Some(Frame { module: name(module), ..Frame::default() });
    }
    if file.is_none() && !function.contains(['(', ' ']) && function.contains(".so") {
        return Some(Frame { module: name(function), ..Frame::default() });
    }
    let (file, line) = file.map_or((None, None), |file| {
        let (file, line) = located(file);
        (name(file), line)
    });
    let (function, offset) = split_offset(function);
    Some(Frame {
        function: name(function),
        file,
        line,
        module: module.and_then(name),
        offset,
        notation: Notation::Sanitizer,
    })
}

/// A text without ` (BuildId: …)` at its end.
fn without_build(text: &str) -> &str {
    text.rfind(" (BuildId: ").and_then(|at| text.get(..at)).unwrap_or(text).trim_end()
}

/// `(module+0x12)` behind what is known of the function.
fn in_module(function: &str, told: &str) -> Option<Frame> {
    let told = without_build(told);
    let inner = told.strip_prefix('(')?.strip_suffix(')')?;
    let (module, offset) = match inner.rsplit_once("+0x") {
        Some((module, offset)) => (module, hexadecimal(offset)),
        None => (inner, None),
    };
    let (function, inside) = split_offset(function);
    Some(Frame {
        function: name(function),
        module: name(module),
        offset: inside.or(offset),
        ..Frame::default()
    })
}

/// A function without the offset in it, `RtlFreeHeap+0x449d4`.
fn split_offset(function: &str) -> (&str, Option<u64>) {
    let Some((before, offset)) = function.rsplit_once("+0x") else { return (function, None) };
    hexadecimal(offset).map_or((function, None), |offset| (before, Some(offset)))
}

/// What Fuchsia writes last, `<<application>>+0xacf4c`.
fn split_fuchsia(told: &str) -> (&str, Option<&str>) {
    let start = told.rfind(" <").map_or_else(|| told.starts_with('<').then_some(0), Some);
    let Some((before, last)) = start.and_then(|at| told.split_at_checked(at)) else {
        return (told, None);
    };
    match last.trim().split_once(">+0x") {
        Some((module, offset)) if hexadecimal(offset).is_some() => {
            (before.trim_end(), Some(module.trim_matches(['<', '>'])))
        }
        Some(_) | None => (told, None),
    }
}

/// The function, and the file behind it.
fn split_file(told: &str) -> (&str, Option<&str>) {
    let Some((function, last)) = told.rsplit_once(' ') else { return (told, None) };
    let unknown = last.starts_with("??") || last == "_asan_rtl_";
    let (path, line) = located(last);
    let is_file = line.is_some() && !path.ends_with(':')
        || last.contains(['/', '\\'])
        || last.ends_with(":?");
    let outside = !last.contains(['(', ')', '>', '<']) || last.contains("://");
    match (unknown, is_file && outside) {
        (true, _) => (function, None),
        (false, true) => (function, Some(last)),
        (false, false) if is_source(last) => (function, Some(last)),
        (false, false) => (told, None),
    }
}

/// Whether a word is a source file without a line.
fn is_source(word: &str) -> bool {
    let Some((_, ending)) = word.rsplit_once('.') else { return false };
    ["c", "cc", "cpp", "h", "rs", "go", "s", "S", "o"].contains(&ending)
        || ["c:", "cc:", "cpp:", "h:"].iter().any(|start| ending.starts_with(start))
}

/// `base::Run()`, perhaps ` [base/run.cc:1:2]`, of Chromium; also a bare name.
fn chromium(told: &str) -> Option<Frame> {
    let (function, file) = match told.strip_suffix(']').and_then(|t| t.rsplit_once(" [")) {
        Some((function, file)) => (function, Some(file)),
        None => (told, None),
    };
    if function.starts_with('/') && !function.contains('(') {
        // A library; or, of code without symbols, the file that it was written in.
        let (file, line) = located(function);
        let (file, module) = if line.is_some() { (name(file), None) } else { (None, name(file)) };
        return Some(Frame {
            notation: Notation::Chromium,
            file,
            line,
            module,
            ..Frame::default()
        });
    }
    let (file, line) = file.map_or((None, None), |file| {
        let (file, line) = located(file);
        (name(file), line)
    });
    Some(Frame {
        notation: Notation::Chromium,
        function: name(function),
        file,
        line,
        ..Frame::default()
    })
}

/// `base::Run [0x61C20814+20] (base\run.cc:215)` of Chromium on Windows, indented; `base::Run()
/// [0x13d6753]` of Cobalt.
fn chromium_windows(text: &str, indented: bool) -> Option<Frame> {
    let open = text.find(" [0x")?;
    let (function, rest) = text.split_at_checked(open)?;
    let (inside, rest) = rest.strip_prefix(" [")?.split_once(']')?;
    let offset = inside.split_once('+').and_then(|(_, offset)| offset.parse().ok());
    let shaped = match indented {
        true => offset.is_some(),
        false => {
            let opened = function.matches('(').count();
            opened > 0 && opened == function.matches(')').count() && rest.trim().is_empty()
        }
    };
    if !shaped || function.starts_with('/') || function.starts_with("(No symbol") {
        return None;
    }
    let file = rest.trim().strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let (file, line) = file.map_or((None, None), |file| {
        let (file, line) = located(file);
        (name(file), line)
    });
    Some(Frame {
        notation: Notation::Chromium,
        function: name(function),
        file,
        line,
        module: None,
        offset,
    })
}

/// `@     0x5605333e2ca0  absl::Die()`, of glog and Abseil.
fn glog(text: &str) -> Option<Frame> {
    let (_, told) = split_address(text.strip_prefix('@')?.trim_start())?;
    chromium(told).filter(|frame| frame.function.as_deref() != Some("(unknown)"))
}

/// `uSP+0x01d0: 0x000000000001b048 in fe_invert src/crypto/internal.h:845`, of Trusty; frames of
/// its kernel, `kSP`, only caught the fault.
fn trusty(text: &str) -> Option<Frame> {
    let (_, told) = text.split_once(": ")?;
    let (_, told) = split_address(told)?;
    symbolized(told.strip_prefix("in ")?)
}

/// `3   Content Shell   0x0000000114f10eef _ZN2ui5CurveE + 79`, of Apple's crash handlers.
fn apple(text: &str) -> Option<Frame> {
    let (number, rest) = text.split_once(char::is_whitespace)?;
    if !number.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let at = rest.find(" 0x")?;
    let (module, rest) = rest.split_at_checked(at)?;
    let (_, told) = split_address(rest.trim_start())?;
    let (symbol, offset) = told.rsplit_once(" + ")?;
    if module.trim().is_empty() || symbol == "<unavailable>" {
        return None;
    }
    let function = mangled::nested(symbol).unwrap_or_else(|| symbol.to_owned());
    Some(Frame {
        notation: Notation::Chromium,
        function: name(&function),
        module: name(module),
        offset: offset.parse().ok(),
        ..Frame::default()
    })
}
