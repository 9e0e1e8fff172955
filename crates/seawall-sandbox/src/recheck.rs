//! Rechecking a claimed solution: the flawed and the fixed build on one input, behind the same
//! walls as every other proof, and nothing but crashes counted.
//!
//! What the runs mean is decided by [`Verdict::of`]; here they are only carried out. An input that
//! writes a sanitizer's report itself gains nothing: the fixed build would write it as well.

use crate::bench::{Bench, Room};
use crate::crash::{self, CrashKey};
use crate::launch::{Ended, How};
use crate::oracle;
use crate::transcript::Transcript;
use crate::{LabFault, Laboratory};
use seawall_domain::evaluation::recheck::{Ending, Trial, Verdict};
use seawall_domain::package::Version;
use seawall_domain::recipe::{Oracle, Recipe};
use serde::{Deserialize, Serialize};

/// What became of a claim.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Rechecked {
    /// What the runs say.
    pub verdict: Verdict,
    /// Every run.
    pub trials: Vec<Trial>,
    /// What was called and printed, of every run; or why there was none.
    pub transcripts: Vec<String>,
}

/// Runs both builds on the claimed input, more often when they do not do the same each time.
pub(crate) fn recheck(
    lab: &Laboratory,
    recipe: &Recipe,
    version: &Version,
    claimed: Option<&[u8]>,
) -> Result<Rechecked, LabFault> {
    let Oracle::Differential { fixed } = &recipe.oracle else {
        return Ok(untested("the recipe's oracle is not `differential`", Vec::new()));
    };
    let mut benches = Vec::new();
    for (name, version) in [("flawed", version), ("fixed", fixed)] {
        match Bench::open(lab, recipe, version, Room::Release)? {
            Ok(bench) => benches.push(bench),
            Err(report) => {
                let why = format!("the {name} release cannot be brought or built");
                return Ok(untested(&why, vec![report.transcript]));
            }
        }
    }
    let [flawed, fixed] = benches.as_slice() else {
        return Ok(untested("there are not two builds", Vec::new()));
    };
    if let Some(bytes) = claimed {
        let Some(input) = &recipe.input else {
            return Ok(untested("the recipe names no input to put the claim in", Vec::new()));
        };
        flawed.replace(input, bytes)?;
        fixed.replace(input, bytes)?;
    }
    let (mut trials, mut transcripts) = (Vec::new(), Vec::new());
    loop {
        let (trial, transcript) = once(flawed, fixed)?;
        trials.push(trial);
        transcripts.push(transcript);
        let verdict = Verdict::of(&trials);
        if !verdict.wants_more(&trials) {
            return Ok(Rechecked { verdict, trials, transcripts });
        }
    }
}

fn untested(why: &str, transcripts: Vec<String>) -> Rechecked {
    let verdict = Verdict::Untested { why: why.to_owned() };
    Rechecked { verdict, trials: Vec::new(), transcripts }
}

fn once(flawed: &Bench<'_>, fixed: &Bench<'_>) -> Result<(Trial, String), LabFault> {
    let both = |bench: &Bench<'_>| -> Result<([Ending; 2], String), LabFault> {
        let turn = bench.turn()?;
        let mut transcript = Transcript::under(bench.head());
        let attack = turn.act("attack", None, &mut transcript)?;
        let control = turn.act("control", None, &mut transcript)?;
        Ok(([ending(&attack.ended), ending(&control.ended)], transcript.text))
    };
    let ([flawed, control], first) = both(flawed)?;
    let ([fixed, other], second) = both(fixed)?;
    let trial = Trial { flawed, fixed, controls: [control, other] };
    Ok((trial, format!("{first}\n{second}")))
}

/// How a build ended, for the purpose of crashes.
fn ending(ended: &Ended) -> Ending {
    match ended.how {
        How::Late | How::Busy => Ending::Late,
        How::Starved | How::Flooded => Ending::Exhausted,
        How::Exit(0) => Ending::Ended { status: 0 },
        How::Exit(status) => {
            let reported = String::from_utf8_lossy(&ended.stderr).contains("Sanitizer");
            let key = match oracle::signal(&ended.how) {
                Some(signal) => {
                    Some(crash::key(&ended.stderr).unwrap_or_else(|| crash::bare(signal)))
                }
                None if reported => crash::key(&ended.stderr),
                None => None,
            };
            match key {
                Some(key) => Ending::Crashed { key: told(&key) },
                None => Ending::Ended { status },
            }
        }
    }
}

/// A crash on one line: what, and the innermost frames.
fn told(key: &CrashKey) -> String {
    let class = key.class.replace('\n', " ");
    match key.state.lines().collect::<Vec<&str>>().join(" < ") {
        frames if frames.is_empty() => class,
        frames => format!("{class} in {frames}"),
    }
}
