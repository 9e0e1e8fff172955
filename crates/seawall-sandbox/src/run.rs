//! Running a recipe against a release: build once, then attack and control, each in a new sandbox.

use crate::act::Act;
use crate::bench::{Bench, Room};
use crate::crash::CrashKey;
use crate::oracle::growth::{self, Pair};
use crate::oracle::{self, Judgement};
use crate::transcript::Transcript;
use crate::{LabFault, Laboratory};
use seawall_domain::package::Version;
use seawall_domain::recipe::{Demand, Doubt, Oracle, Recipe, doubts};
use seawall_domain::verdict::Outcome;
use serde::{Deserialize, Serialize};

/// No verdict needs more runs than this.
pub const RUNS_MAX: u32 = 20;
/// How often growth is measured when it falls short by little.
const MEASURED_MAX: u32 = 3;

/// One run of a recipe against one release.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct RunReport {
    /// What it showed.
    pub outcome: Outcome,
    /// The key of the effect, equal in equal runs on any machine; `none` when there was none.
    pub effect: String,
    /// What was run, what it printed, what it used, and why the outcome is what it is.
    pub transcript: String,
    /// What crashed, where the attack ended in a crash that can be read.
    #[serde(default)]
    pub crash: Option<CrashKey>,
    /// Processor time of all commands of this run together, the build not counted.
    pub cpu_ms: u64,
    /// Time that passed, the build not counted.
    pub wall_ms: u64,
    /// The most memory that any of its commands used at one time.
    pub peak_mib: u32,
}

pub(crate) fn run(
    lab: &Laboratory,
    recipe: &Recipe,
    version: &Version,
    runs: u32,
) -> Result<Vec<RunReport>, LabFault> {
    let runs = runs.clamp(1, RUNS_MAX);
    let bench = match Bench::open(lab, recipe, version, Room::Release)? {
        Ok(bench) => bench,
        Err(report) => return Ok(vec![report; runs as usize]),
    };
    let fixed = match &recipe.oracle {
        Oracle::Differential { fixed } => match Bench::open(lab, recipe, fixed, Room::Release)? {
            Ok(bench) => Some(bench),
            Err(report) => return Ok(vec![report; runs as usize]),
        },
        Oracle::Canary(_)
        | Oracle::Growth(_)
        | Oracle::Sanitizer { .. }
        | Oracle::Signal { .. }
        | Oracle::Exit { .. }
        | Oracle::Output { .. }
        | Oracle::Http { .. } => None,
    };
    (0..runs).map(|_| bench.once(fixed.as_ref())).collect()
}

/// What speaks against the recipe's claim: what it shows by itself, and whether the effect shows
/// without the target.
pub(crate) fn examine(
    lab: &Laboratory,
    recipe: &Recipe,
    version: &Version,
) -> Result<Vec<Doubt>, LabFault> {
    let mut doubts = doubts(recipe);
    // What is compared with another release does not show without a release.
    if !matches!(recipe.oracle, Oracle::Differential { .. })
        && let Ok(bench) = Bench::open(lab, recipe, version, Room::Empty)?
        && bench.once(None)?.outcome == Outcome::Affected
    {
        doubts.push(Doubt::WithoutTarget);
    }
    Ok(doubts)
}

impl Bench<'_> {
    /// One attack with its control, judged.
    pub(crate) fn once(&self, fixed: Option<&Bench<'_>>) -> Result<RunReport, LabFault> {
        let mut transcript = Transcript::under(self.head());
        let judgement = self.judged(fixed, &mut transcript)?;
        Ok(transcript.close(judgement))
    }

    fn judged(
        &self,
        fixed: Option<&Bench<'_>>,
        transcript: &mut Transcript,
    ) -> Result<Judgement, LabFault> {
        let turn = self.turn()?;
        let mut act = |name: &'static str, size: Option<u32>| turn.act(name, size, transcript);
        let judgement = match &self.recipe().oracle {
            Oracle::Growth(demand) => grown(demand, &mut act)?,
            Oracle::Differential { .. } => {
                let (attack, control) = (act("attack", None)?, act("control", None)?);
                let Some(fixed) = fixed else {
                    return Ok(Judgement::untested("there is no fixed release to compare with"));
                };
                transcript.note(&format!("\nthe same with {}", fixed.version()));
                let turn = fixed.turn()?;
                let other = turn.act("attack", None, transcript)?;
                let other_control = turn.act("control", None, transcript)?;
                oracle::differential([&attack, &control], [&other, &other_control])
            }
            Oracle::Canary(_)
            | Oracle::Sanitizer { .. }
            | Oracle::Signal { .. }
            | Oracle::Exit { .. }
            | Oracle::Output { .. }
            | Oracle::Http { .. } => {
                let (attack, control) = (act("attack", None)?, act("control", None)?);
                oracle::judge(&self.recipe().oracle, &attack, &control, turn.token())
            }
        };
        Ok(judgement)
    }
}

/// Measures and judges growth. What falls short by little is measured again, as a busy machine can
/// hide it.
fn grown(
    demand: &Demand,
    act: &mut impl FnMut(&'static str, Option<u32>) -> Result<Act, LabFault>,
) -> Result<Judgement, LabFault> {
    let mut at = |size: u32| -> Result<Pair, LabFault> {
        let control = act("control", Some(size))?.ended;
        Ok(Pair { attack: act("attack", Some(size))?.ended, control })
    };
    let mut large = at(demand.large)?;
    for _ in 1..MEASURED_MAX {
        let judged = growth::large(&large, demand).map(|judgement| judgement.outcome);
        if judged != Some(Outcome::Unaffected) || !growth::is_near(&large, demand) {
            break;
        }
        large = large.lesser(at(demand.large)?);
    }
    if let Some(judgement) = growth::large(&large, demand) {
        return Ok(judgement);
    }
    let mut small = at(demand.small)?;
    for _ in 1..MEASURED_MAX {
        if !growth::grows_nearly(&small, &large, demand) {
            break;
        }
        small = small.lesser(at(demand.small)?);
    }
    Ok(growth::both(&small, &large, demand))
}
