//! Judging: what the runs of attack and control mean, as pure functions over what was seen.
//!
//! Every doubt ends as *untested*: a harness that did not get to its end, a control that shows the
//! effect as well, a sanitizer that reports something else. None of these is "unaffected".

use crate::launch::{Ended, How};
use seawall_domain::verdict::Outcome;
use std::time::Duration;

/// The effect of a run that showed nothing.
pub(crate) const NO_EFFECT: &str = "none";
/// Differences smaller than this are what a busy machine does by itself.
const NOISE: Duration = Duration::from_millis(10);
/// Frames of a stack that make its key.
const FRAMES_KEPT: usize = 4;

/// What a run showed, and why we say so.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Judgement {
    pub outcome: Outcome,
    pub effect: String,
    pub why: String,
}

impl Judgement {
    pub(crate) fn untested(why: impl Into<String>) -> Judgement {
        let effect = NO_EFFECT.to_owned();
        Judgement { outcome: Outcome::Untested, effect, why: why.into() }
    }

    fn unaffected(why: impl Into<String>) -> Judgement {
        let effect = NO_EFFECT.to_owned();
        Judgement { outcome: Outcome::Unaffected, effect, why: why.into() }
    }

    fn affected(effect: impl Into<String>, why: impl Into<String>) -> Judgement {
        Judgement { outcome: Outcome::Affected, effect: effect.into(), why: why.into() }
    }
}

/// How a command ended, in words.
pub(crate) fn told(how: &How) -> String {
    match how {
        How::Exit(0) => "ended with status 0".into(),
        How::Exit(code) if *code > 128 => format!("ended by signal {}", code - 128),
        How::Exit(code) => format!("ended with status {code}"),
        How::Late => "was ended: it took too long".into(),
        How::Busy => "was ended: it used more processor time than its limit".into(),
        How::Starved => "was ended: it used more memory than its limit".into(),
        How::Flooded => "was ended: it printed more than its limit".into(),
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Mark {
    Seen,
    Absent,
    Neither,
}

fn mark(ended: &Ended, token: &str) -> Mark {
    if ended.how != How::Exit(0) {
        return Mark::Neither;
    }
    let text = String::from_utf8_lossy(&ended.stdout);
    let says = |word: &str| {
        let line = format!("seawall-canary {token} {word}");
        text.lines().any(|candidate| candidate.trim_end() == line)
    };
    match (says("seen"), says("absent")) {
        (true, false) => Mark::Seen,
        (false, true) => Mark::Absent,
        (true, true) | (false, false) => Mark::Neither,
    }
}

pub(crate) fn canary(attack: &Ended, control: &Ended, token: &str) -> Judgement {
    match (mark(attack, token), mark(control, token)) {
        (Mark::Neither, _) => {
            Judgement::untested(format!("the attack said neither; it {}", told(&attack.how)))
        }
        (_, Mark::Neither) => {
            Judgement::untested(format!("the control said neither; it {}", told(&control.how)))
        }
        (_, Mark::Seen) => {
            Judgement::untested("the control shows the canary too, so the proof tells nothing")
        }
        (Mark::Seen, Mark::Absent) => Judgement::affected(
            "canary",
            "the canary is where it must not be; the control has none",
        ),
        (Mark::Absent, Mark::Absent) => Judgement::unaffected("there is no canary"),
    }
}

/// What the growth oracle demands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Factors {
    pub over_control: u32,
    pub over_size: u32,
}

/// Judges the larger size alone: `None` means that the smaller size has to be measured as well.
pub(crate) fn growth_large(attack: &Ended, control: &Ended, by: Factors) -> Option<Judgement> {
    if control.how != How::Exit(0) {
        return Some(Judgement::untested(format!("the control {}", told(&control.how))));
    }
    // An attack that was ended for its use of time was measured up to there, which is enough.
    let measured = match attack.how {
        How::Exit(0) | How::Busy | How::Late => true,
        // The limit of a single process ends it by a signal of its own.
        How::Exit(code) => code == 128 + 24 || code == 128 + 9,
        How::Starved | How::Flooded => false,
    };
    if !measured {
        return Some(Judgement::untested(format!("the attack {}", told(&attack.how))));
    }
    let least = control.cpu.max(NOISE) * by.over_control;
    if attack.cpu >= least {
        return None;
    }
    let (a, c) = (attack.cpu.as_millis(), control.cpu.as_millis());
    if attack.how != How::Exit(0) {
        let why = format!("the attack {} after {a} ms of processor time", told(&attack.how));
        return Some(Judgement::untested(why));
    }
    Some(Judgement::unaffected(format!("attack {a} ms, control {c} ms at the larger size")))
}

/// Judges growth from both sizes, each as attack and control.
pub(crate) fn growth(
    [attack_small, control_small]: [&Ended; 2],
    [attack_large, control_large]: [&Ended; 2],
    by: Factors,
) -> Judgement {
    for ended in [attack_small, control_small] {
        if ended.how != How::Exit(0) {
            return Judgement::untested(format!("the smaller size {}", told(&ended.how)));
        }
    }
    let small = attack_small.cpu.saturating_sub(control_small.cpu);
    let large = attack_large.cpu.saturating_sub(control_large.cpu);
    let why = format!(
        "beyond the control, the attack took {} ms at the smaller size and {} ms at the larger",
        small.as_millis(),
        large.as_millis()
    );
    if large >= small.max(NOISE) * by.over_size {
        Judgement::affected("growth", why)
    } else {
        Judgement::unaffected(why)
    }
}

/// The first report of a sanitizer in what a program complained.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Report {
    error: String,
    /// Functions of the first stack, innermost first, without the sanitizer's and the C library's.
    functions: Vec<String>,
}

fn report(text: &str) -> Option<Report> {
    let mut lines = text.lines();
    let error = lines.find_map(|line| {
        let (_, rest) = line.split_once("ERROR: ")?;
        let (tool, rest) = rest.split_once(": ")?;
        let kind = rest.split_whitespace().next()?;
        tool.ends_with("Sanitizer").then(|| kind.to_owned())
    })?;
    let stack = lines.skip_while(|line| !is_frame(line)).take_while(|line| is_frame(line));
    let functions = stack.filter_map(function).filter(|name| !is_machinery(name)).collect();
    Some(Report { error, functions })
}

fn is_frame(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

/// The function of a frame, unless it is one of the harness: the key names the target's own.
fn function(line: &str) -> Option<String> {
    let (_, rest) = line.split_once(" in ")?;
    if rest.contains(" /recipe/") {
        return None;
    }
    rest.split_whitespace().next().map(|name| name.chars().take(120).collect())
}

/// Frames that are there in every crash and name no place in the target.
fn is_machinery(name: &str) -> bool {
    let starts = ["__interceptor_", "__asan", "__sanitizer", "__libc_start", "_start"];
    let whole = ["memcpy", "memmove", "memset", "strlen", "strcpy", "strcmp", "main"];
    starts.iter().any(|start| name.starts_with(start)) || whole.contains(&name)
}

pub(crate) fn sanitizer(attack: &Ended, control: &Ended, error: &str, function: &str) -> Judgement {
    let text = |ended: &Ended| report(&String::from_utf8_lossy(&ended.stderr));
    if control.how != How::Exit(0) || text(control).is_some() {
        let why = format!("the control {} or was reported", told(&control.how));
        return Judgement::untested(why);
    }
    match text(attack) {
        Some(report) if report.error == error && report.functions.iter().any(|f| f == function) => {
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

#[cfg(test)]
mod tests;
