//! The oracles that compare an attack with its control: status, signal, output, canaries that the
//! laboratory looks for itself, another release, and answers over HTTP.

use super::{Judgement, told};
use crate::act::Act;
use crate::launch::{Ended, How};
use seawall_domain::recipe::Canary;

/// Signals by their names, with their numbers on Linux.
const SIGNALS: [(&str, i32); 7] = [
    ("SIGILL", 4),
    ("SIGTRAP", 5),
    ("SIGABRT", 6),
    ("SIGBUS", 7),
    ("SIGFPE", 8),
    ("SIGSEGV", 11),
    ("SIGSYS", 31),
];

/// A control that did not get to its end, as a judgement.
fn broken(control: &Ended) -> Option<Judgement> {
    let ended = control.how == How::Exit(0);
    (!ended).then(|| Judgement::untested(format!("the control {}", told(&control.how))))
}

pub(super) fn signal(attack: &Ended, control: &Ended, name: &str) -> Judgement {
    let number = SIGNALS.iter().find(|(known, _)| *known == name).map(|(_, number)| 128 + number);
    if let Some(judgement) = broken(control) {
        return judgement;
    }
    match (&attack.how, number) {
        (How::Exit(code), Some(number)) if *code == number => {
            Judgement::affected(format!("signal {name}"), format!("the attack ended by {name}"))
        }
        (How::Exit(0), _) => Judgement::unaffected("the attack ended with status 0"),
        (how, _) => Judgement::untested(format!("the attack {}, not by {name}", told(how))),
    }
}

pub(super) fn exit(attack: &Ended, control: &Ended, status: u8) -> Judgement {
    if let Some(judgement) = broken(control) {
        return judgement;
    }
    match &attack.how {
        How::Exit(code) if *code == i32::from(status) => Judgement::affected(
            format!("status {status}"),
            format!("the attack {}", told(&attack.how)),
        ),
        How::Exit(0) => Judgement::unaffected("the attack ended with status 0"),
        how => Judgement::untested(format!("the attack {}, not with status {status}", told(how))),
    }
}

/// Whether a line of an output holds the piece.
fn holds(ended: &Ended, piece: &str) -> bool {
    String::from_utf8_lossy(&ended.stdout).lines().any(|line| line.contains(piece))
}

pub(super) fn output(attack: &Ended, control: &Ended, says: &str) -> Judgement {
    if let Some(judgement) = broken(control) {
        return judgement;
    }
    if attack.how != How::Exit(0) {
        return Judgement::untested(format!("the attack {}", told(&attack.how)));
    }
    match (holds(attack, says), holds(control, says)) {
        (_, true) => Judgement::untested("the control says it too, so the proof tells nothing"),
        (true, false) => Judgement::affected("output", "the attack says it, the control does not"),
        (false, false) => Judgement::unaffected("the attack does not say it"),
    }
}

/// Canaries that the laboratory laid out, and looks for itself.
pub(super) fn told_or_seen(canary: &Canary, attack: &Act, control: &Act, token: &str) -> Judgement {
    for (name, act) in [("attack", attack), ("control", control)] {
        if act.ended.how != How::Exit(0) {
            return Judgement::untested(format!("the {name} {}", told(&act.ended.how)));
        }
    }
    let says = |act: &Act| {
        let streams = [&act.ended.stdout, &act.ended.stderr];
        streams.iter().any(|bytes| String::from_utf8_lossy(bytes).contains(token))
    };
    let (shown, effect): (fn(&Act) -> bool, &str) = match canary {
        Canary::Harness | Canary::File | Canary::Environment => (|_| false, "secret told"),
        Canary::Written { .. } => (|act| act.seen.written, "file written"),
        Canary::Callback => (|act| act.seen.called, "connection made"),
    };
    let shown = |act: &Act| match canary {
        Canary::Harness | Canary::File | Canary::Environment => says(act),
        Canary::Written { .. } | Canary::Callback => shown(act),
    };
    match (shown(attack), shown(control)) {
        (_, true) => {
            Judgement::untested("the control shows the canary too, so the proof tells nothing")
        }
        (true, false) => {
            Judgement::affected(effect, format!("{effect}; the control shows nothing"))
        }
        (false, false) => Judgement::unaffected("there is no canary"),
    }
}

/// A release beside one that is fixed, each as attack and control.
pub(crate) fn differential([attack, control]: [&Act; 2], fixed: [&Act; 2]) -> Judgement {
    let [fixed_attack, fixed_control] = fixed;
    for act in [attack, control, fixed_attack, fixed_control] {
        if !matches!(act.ended.how, How::Exit(0..=127)) {
            return Judgement::untested(format!("a run {}", told(&act.ended.how)));
        }
    }
    let alike = |a: &Act, b: &Act| a.ended.how == b.ended.how && a.ended.stdout == b.ended.stdout;
    if !alike(control, fixed_control) {
        return Judgement::untested("the control differs from that of the fixed release too");
    }
    if alike(attack, fixed_attack) {
        Judgement::unaffected("the attack does the same as in the fixed release")
    } else {
        Judgement::affected("differs", "only the attack differs from the fixed release")
    }
}

pub(super) fn http(
    attack: &Act,
    control: &Act,
    status: Option<u16>,
    says: Option<&str>,
) -> Judgement {
    let shows = |answer: &str| {
        let line = answer.lines().next().unwrap_or_default();
        let code = line.split_whitespace().nth(1).and_then(|code| code.parse::<u16>().ok());
        status.is_none_or(|status| code == Some(status))
            && says.is_none_or(|says| answer.contains(says))
    };
    let answer = |act: &Act| act.seen.answer.clone().filter(|answer| answer.starts_with("HTTP/"));
    match (answer(attack), answer(control)) {
        (_, None) => Judgement::untested("the service did not answer the control"),
        (_, Some(control)) if shows(&control) => {
            Judgement::untested("the control is answered so too, so the proof tells nothing")
        }
        (None, Some(_)) => Judgement::untested("the service did not answer the attack"),
        (Some(attack), Some(_)) if shows(&attack) => {
            Judgement::affected("answer", "only the attack is answered so")
        }
        (Some(_), Some(_)) => Judgement::unaffected("the attack is answered otherwise"),
    }
}
