//! Crashes: class, key and severity of a raw report.
//!
//! Unlike the other engines this one takes whole texts: a case is the path of a report, and `-` is
//! all of standard input as one report.

use super::shown;
use seawall_domain::crash::{Frame, Severity};
use seawall_formats::crash::{Exhaustion, REPORT_BYTES_MAX, read};
use seawall_matching::stack::{Policy, is_security, severity, state};
use serde_json::{Value, json};
use std::io::Read;

/// The report that a case names, and what it says.
pub(super) fn answer(case: &str) -> Result<Value, String> {
    let mut bytes = Vec::new();
    // One byte more than is read, so that what is too long is refused and not cut.
    let most = u64::try_from(REPORT_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
    let read = match case {
        "-" => std::io::stdin().lock().take(most).read_to_end(&mut bytes),
        path => std::fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)),
    };
    read.map_err(|error| format!("cannot read `{}`: {error}", shown(case)))?;
    report(&String::from_utf8_lossy(&bytes))
}

fn report(text: &str) -> Result<Value, String> {
    let crash = read(text, Exhaustion::PassedOver).map_err(|fault| fault.to_string())?;
    let policy = Policy::default();
    let frames: Vec<Value> = crash.frames.iter().map(frame).collect();
    Ok(json!({
        "type": crash.class, "state": state(&crash),
        "severity": severity(&crash, policy).map(Severity::word),
        "security": is_security(&crash, policy), "address": crash.address, "frames": frames,
    }))
}

fn frame(frame: &Frame) -> Value {
    json!({
        "function": frame.function, "file": frame.file, "line": frame.line,
        "module": frame.module, "offset": frame.offset,
    })
}
