//! A protocol: everything that decides a determination, fixed before the first run.
//!
//! Terms become a [`Protocol`] only when they hold together. It is committed to field by field
//! ([`FIELDS`]), so that an auditor can be shown the threshold without the tasks, or the tasks
//! without the threshold; the hashing is the ledger's. Numbers are canonical decimal texts and
//! nothing else (FRONTIER 3.4, MISSION C49).
//!
//! What is sealed stays out of logs: the debug output of terms shows no field.

use super::attempt::TaskId;
use super::decimal::{Count, Decimal};
use super::demand::Demand;
use super::elicitation::Grade;
pub use super::statistics::bound::Estimand;
use crate::digest::Digest;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

mod drawing;
mod rule;

pub use drawing::{Drawing, ItemTerms, SWEEP_MAX};

/// The version that these terms are written in; it is the first thing that a leaf hash covers.
pub const SCHEMA: &str = "seawall/protocol/v1";

/// The fields that are committed to one by one, as JSON pointers (RFC 6901) in the order of the
/// leaves. Each value of the document lies below exactly one of them, and the list is fixed: which
/// leaf is which follows from the path alone, and their number tells nothing of the content.
pub const FIELDS: [&str; 22] = [
    "/analyser",
    "/attempts",
    "/batteries",
    "/budgets",
    "/conditions",
    "/decision",
    "/elicitation_min",
    "/exclusion",
    "/extension",
    "/families_min",
    "/missing",
    "/model_line",
    "/refusals",
    "/rule/alpha_covered",
    "/rule/alpha_not_covered",
    "/rule/tau_0",
    "/rule/tau_1",
    "/schema",
    "/signers",
    "/statistic",
    "/tasks",
    "/validity",
];

/// The most tasks a protocol can name; the largest public battery has 1,507 at four levels.
pub const TASKS_MAX: usize = 20_000;
/// The most batteries.
pub const BATTERIES_MAX: usize = 64;
/// The most conditions, exclusions and signers, each.
pub const ENTRIES_MAX: usize = 128;
/// The longest text in characters: a name, an id, a condition.
pub const TEXT_LEN_MAX: usize = 300;
/// How deep a decision may nest.
pub const DECISION_DEPTH_MAX: usize = 8;
/// The longest validity in days: models and tasks age.
pub const VALIDITY_DAYS_MAX: i64 = 400;

/// The terms as they are written, read and shown to those who may see them.
#[derive(Clone, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// The model line that this is about; allowances are counted by line.
    pub model_line: String,
    /// The batteries, by name.
    pub batteries: Vec<BatteryTerms>,
    /// The tasks, each of a battery.
    pub tasks: Vec<TaskTerms>,
    /// How often each task is tried.
    pub attempts: Count,
    /// What one attempt may use.
    pub budgets: Budgets,
    /// The conditions that a run must have, by name.
    pub conditions: BTreeMap<String, String>,
    /// What is computed.
    pub statistic: Statistic,
    /// With fewer families than this the answer is never better than inconclusive.
    pub families_min: Count,
    /// The thresholds and how sure one must be.
    pub rule: Rule,
    /// What happens to attempts that are missing.
    pub missing: Missing,
    /// What happens with refusals.
    pub refusals: Refusals,
    /// What takes a task out, by evidence, before anybody sees a score.
    pub exclusion: Vec<Exclusion>,
    /// The one further look, if there may be one.
    pub extension: Option<Extension>,
    /// What the parts must say for the whole to be covered.
    pub decision: Decision,
    /// The grade of elicitation that a finding of absence needs.
    pub elicitation_min: Grade,
    /// SHA-256 of the program that computes the statistic.
    pub analyser: Digest,
    /// When runs under this protocol may take place.
    pub validity: Validity,
    /// The keys that will sign, by the SHA-256 of their bytes.
    pub signers: Vec<Digest>,
}

/// A battery, pinned.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatteryTerms {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 over its files.
    pub digest: Digest,
    /// What it measures.
    pub domain: Domain,
}

/// What a battery measures.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Domain {
    /// Finding flaws.
    Discovery,
    /// Making use of them.
    Exploitation,
    /// Getting through a network of machines.
    Range,
    /// Staying unseen.
    Evasion,
    /// Taking programs apart.
    Reversing,
    /// Breaking cryptography as it is used.
    Cryptography,
    /// Repairing flaws.
    Patching,
}

impl Domain {
    /// Every domain.
    pub const ALL: [Domain; 7] = [
        Domain::Discovery,
        Domain::Exploitation,
        Domain::Range,
        Domain::Evasion,
        Domain::Reversing,
        Domain::Cryptography,
        Domain::Patching,
    ];

    /// The domain in plain words.
    pub fn words(self) -> &'static str {
        match self {
            Domain::Discovery => "finding flaws",
            Domain::Exploitation => "making use of flaws",
            Domain::Range => "getting through a network",
            Domain::Evasion => "staying unseen",
            Domain::Reversing => "taking programs apart",
            Domain::Cryptography => "breaking cryptography in use",
            Domain::Patching => "repairing flaws",
        }
    }
}

/// A task of a battery.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskTerms {
    /// The battery's name.
    pub battery: String,
    /// The task's id, with its type: `int:4` and `str:4` are different tasks.
    #[serde(with = "typed")]
    pub id: TaskId,
    /// How much it weighs, in any unit; only the proportion to the other tasks counts.
    pub weight: Decimal,
    /// Its family; where it is not sealed, the log's metadata say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// How long people take for it, in minutes; where it is not sealed, the log's metadata say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<Decimal>,
    /// Its parameters as an item, where they were found out before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<ItemTerms>,
    /// The same task in an incidental wording, by its id; it is run besides.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "drawing::twin")]
    pub twin: Option<TaskId>,
}

/// What one attempt may use; a limit that is absent does not bind.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budgets {
    /// Tokens, of the kind that `token_kind` names.
    pub tokens: Option<Count>,
    /// Which tokens count, such as `all` or `output`.
    pub token_kind: Option<String>,
    /// Generations by the model.
    pub turns: Option<Count>,
    /// Seconds by the clock.
    pub wall_seconds: Option<Count>,
    /// Seconds spent working.
    pub working_seconds: Option<Count>,
    /// Money, in millionths of a dollar.
    pub cost_micros: Option<Count>,
    /// How often an answer may be handed in.
    pub submissions: Option<Count>,
}

/// What is computed from the attempts.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statistic {
    /// The number itself.
    pub score: Score,
    /// About what it is to speak.
    pub estimand: Estimand,
    /// How the ability is drawn out, as far as that was fixed before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elicitation: Option<Drawing>,
    /// What files must show before an ability may be found absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub demands: Vec<Demand>,
}

/// The number that a bound is put around.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Score {
    /// The weighted mean over tasks of the share of attempts that solved them.
    WeightedMean,
    /// The mean share of steps that were reached.
    MeanSteps,
}

/// The thresholds, and how sure one must be on either side.
#[derive(Clone, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// From here on an alert is due.
    pub tau_0: Decimal,
    /// From here on a model is covered.
    pub tau_1: Decimal,
    /// The chance of finding a model covered that is not.
    pub alpha_covered: Decimal,
    /// The chance of finding a model not covered that is.
    pub alpha_not_covered: Decimal,
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rule(sealed)")
    }
}

/// What happens to attempts that are missing.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Missing {
    /// How often an attempt is run again after the machinery broke.
    pub reruns_max: Count,
    /// How those that stay missing are counted.
    pub counted: Counted,
}

/// How missing attempts are counted.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// Once all as failed and once all as solved; an answer must be the same under both.
    BothBounds,
}

/// What happens with refusals.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusals {
    /// Beyond this share of refused attempts, absence of the capability cannot be found.
    pub share_max: Decimal,
}

/// Evidence that takes a task out of the score.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exclusion {
    /// A flag of another run, or the static one, was handed in.
    ForeignFlag,
    /// The battery's canary was seen in the model's output.
    CanarySeen,
    /// The task's write-up was looked up.
    WriteUpFetched,
    /// The task's own solution no longer works.
    SolutionBroken,
}

/// The one further look that was planned.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// How many attempts more at each task.
    pub attempts_more: Count,
}

/// What the parts must say for the whole to be covered.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The statistic over all tasks of that domain.
    Domain(Domain),
    /// The statistic over all tasks together.
    Whole,
    /// At least one of these.
    Any(Vec<Decision>),
    /// All of these.
    All(Vec<Decision>),
}

/// When runs under a protocol may take place.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Validity {
    /// From then on.
    pub from: Timestamp,
    /// Before then.
    pub until: Timestamp,
}

/// The terms do not hold together.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("cannot take these terms at {field}: {why}")]
pub struct Unfit {
    /// The field, as a JSON pointer.
    pub field: &'static str,
    /// What is wrong; it repeats no value.
    pub why: &'static str,
}

/// A task's id as one text that keeps its type.
pub(super) mod typed {
    use super::TaskId;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub fn serialize<S: Serializer>(id: &TaskId, into: S) -> Result<S::Ok, S::Error> {
        into.collect_str(&format_args!("{}:{id}", id.kind()))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<TaskId, D::Error> {
        let text = String::deserialize(from)?;
        read(&text).ok_or_else(|| de::Error::custom("a task's id is `int:4` or `str:name`"))
    }

    fn read(text: &str) -> Option<TaskId> {
        match text.split_once(':')? {
            ("str", name) => Some(TaskId::Text(name.into())),
            ("int", digits) => {
                let number: i64 = digits.parse().ok()?;
                (number.to_string() == digits).then_some(TaskId::Number(number))
            }
            _ => None,
        }
    }
}

impl fmt::Debug for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Terms(sealed)")
    }
}

/// Terms that hold together.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Protocol(Terms);

impl Protocol {
    /// The terms.
    pub fn terms(&self) -> &Terms {
        &self.0
    }

    /// The domains that its batteries measure.
    pub fn domains(&self) -> BTreeSet<Domain> {
        self.0.batteries.iter().map(|battery| battery.domain).collect()
    }

    /// Whether runs under it may take place at that instant.
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.0.validity.from <= now && now < self.0.validity.until
    }

    /// Which leaf of the commitment the field is.
    pub fn place(field: &str) -> Option<usize> {
        FIELDS.iter().position(|known| *known == field)
    }
}

impl TryFrom<Terms> for Protocol {
    type Error = Unfit;

    fn try_from(terms: Terms) -> Result<Protocol, Unfit> {
        let unfit = |field, why| Err(Unfit { field, why });
        if terms.schema != SCHEMA {
            return unfit("/schema", "this edition writes another one");
        }
        if !is_plain(&terms.model_line) {
            return unfit("/model_line", PLAIN);
        }
        if terms.attempts.0 == 0 || terms.families_min.0 < 2 {
            return unfit("/attempts", "at least one attempt, and two families");
        }
        terms.batteries_fit()?;
        terms.tasks_fit()?;
        terms.rule_fits()?;
        terms.rest_fits()?;
        terms.drawing_fits()?;
        Ok(Protocol(terms))
    }
}

const PLAIN: &str = "a text has 300 characters at most, is not empty, and stands on one line";

const LIFE: &str = "it ends after it begins, and 400 days after that at the latest";

fn is_plain(text: &str) -> bool {
    let fits = !text.is_empty() && text.chars().count() <= TEXT_LEN_MAX;
    fits && !text.chars().any(char::is_control)
}

impl Terms {
    fn batteries_fit(&self) -> Result<(), Unfit> {
        let unfit = |why| Err(Unfit { field: "/batteries", why });
        if self.batteries.is_empty() || self.batteries.len() > BATTERIES_MAX {
            return unfit("there must be some, and 64 at most");
        }
        let names: BTreeSet<&str> = self.batteries.iter().map(|it| it.name.as_str()).collect();
        if names.len() != self.batteries.len() {
            return unfit("two have the same name");
        }
        match self.batteries.iter().all(|it| is_plain(&it.name) && is_plain(&it.version)) {
            true => Ok(()),
            false => unfit(PLAIN),
        }
    }

    fn tasks_fit(&self) -> Result<(), Unfit> {
        let unfit = |why| Err(Unfit { field: "/tasks", why });
        if self.tasks.is_empty() || self.tasks.len() > TASKS_MAX {
            return unfit("there must be some, and 20,000 at most");
        }
        let ids: BTreeSet<(&str, &TaskId)> =
            self.tasks.iter().map(|task| (task.battery.as_str(), &task.id)).collect();
        if ids.len() != self.tasks.len() {
            return unfit("a task is named twice");
        }
        let batteries: BTreeSet<&str> = self.batteries.iter().map(|it| it.name.as_str()).collect();
        let used: BTreeSet<&str> = self.tasks.iter().map(|task| task.battery.as_str()).collect();
        if used != batteries {
            return unfit("each task belongs to a battery, and each battery has a task");
        }
        let zero = Decimal::from(0);
        if self.tasks.iter().any(|task| task.weight <= zero) {
            return unfit("a weight must be more than nothing");
        }
        let minutes = self.tasks.iter().filter_map(|task| task.minutes.as_ref());
        if minutes.into_iter().any(|minutes| *minutes <= zero) {
            return unfit("minutes must be more than nothing");
        }
        if self.tasks.iter().filter_map(|task| task.family.as_deref()).any(|it| !is_plain(it)) {
            return unfit(PLAIN);
        }
        match self.tasks.iter().all(|task| is_plain(&task.id.to_string())) {
            true => Ok(()),
            false => unfit(PLAIN),
        }
    }

    fn rule_fits(&self) -> Result<(), Unfit> {
        let (zero, one) = (Decimal::from(0), Decimal::from(1));
        let Rule { tau_0, tau_1, alpha_covered, alpha_not_covered } = &self.rule;
        if !(zero < *tau_0 && tau_0 < tau_1 && *tau_1 < one) {
            let why = "the alert lies below the threshold, and both strictly between 0 and 1";
            return Err(Unfit { field: "/rule", why });
        }
        let half = Decimal::half();
        if [alpha_covered, alpha_not_covered].into_iter().any(|it| *it <= zero || *it > half) {
            return Err(Unfit { field: "/rule", why: "an error chance is above 0, at most 0.5" });
        }
        if !(zero <= self.refusals.share_max && self.refusals.share_max <= one) {
            return Err(Unfit { field: "/refusals", why: "a share lies between 0 and 1" });
        }
        Ok(())
    }

    fn rest_fits(&self) -> Result<(), Unfit> {
        let unfit = |field, why| Err(Unfit { field, why });
        let plain = |(name, value): (&String, &String)| is_plain(name) && is_plain(value);
        if self.conditions.len() > ENTRIES_MAX || !self.conditions.iter().all(plain) {
            return unfit("/conditions", PLAIN);
        }
        if self.budgets.token_kind.as_deref().is_some_and(|kind| !is_plain(kind)) {
            return unfit("/budgets", PLAIN);
        }
        if self.budgets.tokens.is_some() != self.budgets.token_kind.is_some() {
            return unfit("/budgets", "a number of tokens says which tokens count");
        }
        let distinct: BTreeSet<&Exclusion> = self.exclusion.iter().collect();
        if distinct.len() != self.exclusion.len() {
            return unfit("/exclusion", "a reason is named twice");
        }
        if self.extension.as_ref().is_some_and(|more| more.attempts_more.0 == 0) {
            return unfit("/extension", "an extension extends something");
        }
        let domains = self.batteries.iter().map(|battery| battery.domain).collect();
        if !self.decision.fits(&domains, DECISION_DEPTH_MAX) {
            return unfit("/decision", "it names what is measured, not empty and not deep");
        }
        let life = self.validity.until.duration_since(self.validity.from);
        if !life.is_positive() || life.as_hours() > VALIDITY_DAYS_MAX * 24 {
            return unfit("/validity", LIFE);
        }
        let signers: BTreeSet<&Digest> = self.signers.iter().collect();
        if signers.len() < 2 || signers.len() != self.signers.len() || signers.len() > ENTRIES_MAX {
            return unfit("/signers", "at least two keys, all different");
        }
        Ok(())
    }
}

impl Decision {
    fn fits(&self, measured: &BTreeSet<Domain>, depth: usize) -> bool {
        match self {
            Decision::Whole => true,
            Decision::Domain(domain) => measured.contains(domain),
            Decision::Any(parts) | Decision::All(parts) => {
                let few = !parts.is_empty() && parts.len() <= ENTRIES_MAX;
                few && depth > 0 && parts.iter().all(|part| part.fits(measured, depth - 1))
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
