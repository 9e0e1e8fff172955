//! Judging: what the runs of attack and control mean, as pure functions over what was seen.
//!
//! Every doubt ends as *untested*: a harness that did not get to its end, a control that shows the
//! effect as well, a sanitizer that reports something else. None of these is "unaffected".

pub(crate) mod growth;
mod plain;
mod sanitizer;

pub(crate) use plain::differential;

use crate::act::Act;
use crate::crash::{self, CrashKey};
use crate::launch::{Ended, How};
use seawall_domain::recipe::{Canary, Oracle};
use seawall_domain::verdict::Outcome;

/// The effect of a run that showed nothing.
pub(crate) const NO_EFFECT: &str = "none";

/// What a run showed, and why we say so.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Judgement {
    pub outcome: Outcome,
    pub effect: String,
    pub why: String,
    pub crash: Option<CrashKey>,
}

impl Judgement {
    pub(crate) fn untested(why: impl Into<String>) -> Judgement {
        let effect = NO_EFFECT.to_owned();
        Judgement { outcome: Outcome::Untested, effect, why: why.into(), crash: None }
    }

    fn unaffected(why: impl Into<String>) -> Judgement {
        let effect = NO_EFFECT.to_owned();
        Judgement { outcome: Outcome::Unaffected, effect, why: why.into(), crash: None }
    }

    fn affected(effect: impl Into<String>, why: impl Into<String>) -> Judgement {
        let (effect, why) = (effect.into(), why.into());
        Judgement { outcome: Outcome::Affected, effect, why, crash: None }
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

/// Judges an attack and its control by every oracle that needs one of each.
pub(crate) fn judge(oracle: &Oracle, attack: &Act, control: &Act, token: &str) -> Judgement {
    for (name, act) in [("attack", attack), ("control", control)] {
        if act.seen.ready == Some(false) {
            return Judgement::untested(format!(
                "the service of the {name} did not listen in time"
            ));
        }
    }
    let mut judgement = match oracle {
        Oracle::Canary(Canary::Harness) => canary(&attack.ended, &control.ended, token),
        Oracle::Canary(canary) => plain::told_or_seen(canary, attack, control, token),
        Oracle::Sanitizer { kind, function } => {
            sanitizer::sanitizer(&attack.ended, &control.ended, kind, function)
        }
        Oracle::Signal { name } => plain::signal(&attack.ended, &control.ended, name),
        Oracle::Exit { status } => plain::exit(&attack.ended, &control.ended, *status),
        Oracle::Output { says } => plain::output(&attack.ended, &control.ended, says),
        Oracle::Http { status, says, .. } => plain::http(attack, control, *status, says.as_deref()),
        Oracle::Growth(_) | Oracle::Differential { .. } => {
            Judgement::untested("this oracle needs more than one attack")
        }
    };
    // A control that crashes is as much of a crash, though it proves nothing of this flaw.
    let fine = control.ended.how == How::Exit(0);
    let ended = if fine { &attack.ended } else { &control.ended };
    let crashes = matches!(oracle, Oracle::Sanitizer { .. } | Oracle::Signal { .. });
    if judgement.outcome != Outcome::Unaffected && (crashes || signal(&ended.how).is_some()) {
        judgement.crash = crash::key(&ended.stderr).or_else(|| signal(&ended.how).map(crash::bare));
    }
    judgement
}

/// The number of the signal by which a flaw ended a command, and not whoever watches it.
pub(crate) fn signal(how: &How) -> Option<i32> {
    const FLAWS: [i32; 6] = [4, 5, 6, 7, 8, 11];
    match how {
        How::Exit(code) => Some(code - 128).filter(|number| FLAWS.contains(number)),
        How::Late | How::Busy | How::Starved | How::Flooded => None,
    }
}

#[cfg(test)]
mod tests;
