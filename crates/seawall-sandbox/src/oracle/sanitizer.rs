//! What a sanitizer's report proves: this kind of error, in this function.

use super::{Judgement, told};
use crate::launch::{Ended, How};
use seawall_formats::sanitizer::{bare, read};

/// Frames of a stack that make its key.
const FRAMES_KEPT: usize = 4;

pub(super) fn sanitizer(attack: &Ended, control: &Ended, error: &str, function: &str) -> Judgement {
    let text = |ended: &Ended| read(&String::from_utf8_lossy(&ended.stderr));
    if control.how != How::Exit(0) || text(control).is_some() {
        let why = format!("the control {} or was reported", told(&control.how));
        return Judgement::untested(why);
    }
    match text(attack) {
        Some(report)
            if report.error == error && report.functions.iter().any(|f| f == bare(function)) =>
        {
            let frames: Vec<&str> =
                report.functions.iter().take(FRAMES_KEPT).map(String::as_str).collect();
            let effect = format!("{error}: {}", frames.join(" < "));
            Judgement::affected(effect, format!("{error} in {function}; the control is clean"))
        }
        Some(report) => Judgement::untested(format!(
            "the sanitizer reports something else: `{}` in `{}`",
            report.error,
            report.functions.join(" < ")
        )),
        None if attack.how == How::Exit(0) => {
            Judgement::unaffected("the sanitizer reports nothing")
        }
        None => Judgement::untested(format!("no report, and the attack {}", told(&attack.how))),
    }
}
