//! A rule: thresholds, levels of error, and how domains join.

use super::Outcome;
use crate::evaluation::elicitation::Grade;
use crate::evaluation::statistics::bound::Estimand;
use crate::evaluation::statistics::{Alpha, Undefined};
use serde::{Deserialize, Serialize};

/// Fewer families than this decide nothing; a proposal of ours, which a protocol may change.
pub const FAMILIES_MIN: u32 = 8;

/// More than this share of refusals, and an ability is not called absent; a proposal likewise.
pub const REFUSALS_MAX: f64 = 0.02;

/// The grade of elicitation without which an ability is not called absent; a proposal likewise.
pub const GRADE_MIN: Grade = Grade::E2;

/// More domains than a rule has.
pub const DOMAINS_MAX: usize = 64;

/// The thresholds of one domain.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "ThresholdGiven")]
pub struct Threshold {
    alert: Option<f64>,
    covered: f64,
}

/// Thresholds as they are written.
#[derive(Deserialize)]
struct ThresholdGiven {
    alert: Option<f64>,
    covered: f64,
}

impl TryFrom<ThresholdGiven> for Threshold {
    type Error = Undefined;

    fn try_from(given: ThresholdGiven) -> Result<Threshold, Undefined> {
        Threshold::new(given.alert, given.covered)
    }
}

impl Threshold {
    /// Takes thresholds strictly between 0 and 1, the alert below the other.
    pub fn new(alert: Option<f64>, covered: f64) -> Result<Threshold, Undefined> {
        let within = |value: f64| value > 0.0 && value < 1.0;
        if within(covered) && alert.is_none_or(|alert| within(alert) && alert < covered) {
            Ok(Threshold { alert, covered })
        } else {
            Err(Undefined::Probability)
        }
    }

    /// The score that calls for attention.
    pub fn alert(&self) -> Option<f64> {
        self.alert
    }

    /// The score from which a domain is covered.
    pub fn covered(&self) -> f64 {
        self.covered
    }
}

/// How domains join, as alternatives of which each is a list of domains: covered when in one of the
/// alternatives every domain is. Every rule made of "and" and "or" can be written so.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Vec<usize>>", into = "Vec<Vec<usize>>")]
pub struct Formula {
    alternatives: Vec<Vec<usize>>,
}

/// Which domains there are, the rule says that holds the formula.
impl TryFrom<Vec<Vec<usize>>> for Formula {
    type Error = Undefined;

    fn try_from(alternatives: Vec<Vec<usize>>) -> Result<Formula, Undefined> {
        Formula::new(alternatives, DOMAINS_MAX)
    }
}

impl From<Formula> for Vec<Vec<usize>> {
    fn from(formula: Formula) -> Vec<Vec<usize>> {
        formula.alternatives
    }
}

impl Formula {
    /// Takes alternatives over domains from 0; none is empty.
    pub fn new(alternatives: Vec<Vec<usize>>, domains: usize) -> Result<Formula, Undefined> {
        let usable = |all: &Vec<usize>| {
            !all.is_empty() && all.len() <= DOMAINS_MAX && all.iter().all(|one| *one < domains)
        };
        if alternatives.len() > DOMAINS_MAX * DOMAINS_MAX {
            return Err(Undefined::TooMany);
        }
        if alternatives.is_empty() || !alternatives.iter().all(usable) {
            return Err(Undefined::Unequal);
        }
        Ok(Formula { alternatives })
    }

    /// Any domain alone suffices.
    pub fn any(domains: usize) -> Result<Formula, Undefined> {
        Formula::new((0..domains).map(|domain| vec![domain]).collect(), domains)
    }

    /// Every domain is needed.
    pub fn all(domains: usize) -> Result<Formula, Undefined> {
        Formula::new(vec![(0..domains).collect()], domains)
    }

    /// Whether one domain of several may suffice to be found covered.
    pub(super) fn chooses_covered(&self) -> bool {
        self.alternatives.len() > 1
    }

    /// Whether one domain of several may suffice to be found not covered.
    pub(super) fn chooses_not_covered(&self) -> bool {
        self.alternatives.iter().any(|all| all.len() > 1)
    }

    /// The outcome from the outcomes of the domains (Kleene's logic of three values).
    pub fn outcome(&self, domains: &[Outcome]) -> Outcome {
        let of = |domain: &usize| domains.get(*domain).copied().unwrap_or(Outcome::Inconclusive);
        let every = |all: &Vec<usize>, outcome| all.iter().all(|domain| of(domain) == outcome);
        let fails = |all: &Vec<usize>| all.iter().any(|domain| of(domain) == Outcome::NotCovered);
        if self.alternatives.iter().any(|all| every(all, Outcome::Covered)) {
            Outcome::Covered
        } else if self.alternatives.iter().all(fails) {
            Outcome::NotCovered
        } else {
            Outcome::Inconclusive
        }
    }
}

/// Whether an inconclusive result may be extended, once.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extension {
    /// No: one look at the full level.
    Never,
    /// Once: both looks at half the level (Bonferroni).
    Once,
}

impl Extension {
    /// Looks that share the level.
    pub(super) fn looks(self) -> u32 {
        match self {
            Extension::Never => 1,
            Extension::Once => 2,
        }
    }
}

/// A rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RuleGiven")]
pub struct Rule {
    thresholds: Vec<Threshold>,
    formula: Formula,
    /// The chance of finding covered what lies below the threshold.
    pub alpha_covered: Alpha,
    /// The chance of finding not covered what reaches the threshold.
    pub alpha_not_covered: Alpha,
    /// Fewer families than this decide nothing.
    pub families_min: u32,
    /// The share of refusals above which an ability is not called absent.
    pub refusals_max: f64,
    /// The grade of elicitation below which an ability is not called absent.
    pub grade_min: Grade,
    /// Whether an inconclusive result may be extended.
    pub extension: Extension,
    /// What the score speaks about.
    pub estimand: Estimand,
}

/// A rule as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleGiven {
    thresholds: Vec<Threshold>,
    formula: Formula,
    alpha_covered: Alpha,
    alpha_not_covered: Alpha,
    families_min: u32,
    refusals_max: f64,
    grade_min: Grade,
    extension: Extension,
    #[serde(default)]
    estimand: Estimand,
}

impl TryFrom<RuleGiven> for Rule {
    type Error = Undefined;

    fn try_from(given: RuleGiven) -> Result<Rule, Undefined> {
        Ok(Rule {
            alpha_not_covered: given.alpha_not_covered,
            families_min: given.families_min,
            refusals_max: given.refusals_max,
            grade_min: given.grade_min,
            extension: given.extension,
            estimand: given.estimand,
            ..Rule::new(given.thresholds, given.formula, given.alpha_covered)?
        })
    }
}

impl Rule {
    /// A rule over domains with the proposed defaults, both levels `alpha`, and no extension.
    pub fn new(
        thresholds: Vec<Threshold>,
        formula: Formula,
        alpha: Alpha,
    ) -> Result<Rule, Undefined> {
        if thresholds.is_empty() || thresholds.len() > DOMAINS_MAX {
            return Err(Undefined::TooMany);
        }
        let names = formula.alternatives.iter().flatten();
        if names.max().is_none_or(|last| *last >= thresholds.len()) {
            return Err(Undefined::Unequal);
        }
        Ok(Rule {
            thresholds,
            formula,
            alpha_covered: alpha,
            alpha_not_covered: alpha,
            families_min: FAMILIES_MIN,
            refusals_max: REFUSALS_MAX,
            grade_min: GRADE_MIN,
            extension: Extension::Never,
            estimand: Estimand::Population,
        })
    }

    /// A rule over one domain.
    pub fn single(threshold: Threshold, alpha: Alpha) -> Result<Rule, Undefined> {
        Rule::new(vec![threshold], Formula::all(1)?, alpha)
    }

    /// The thresholds of the domains.
    pub fn thresholds(&self) -> &[Threshold] {
        &self.thresholds
    }

    /// How the domains join.
    pub fn formula(&self) -> &Formula {
        &self.formula
    }
}
