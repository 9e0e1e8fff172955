//! What is found of each domain.

use super::{Finding, Outcome, Reason, Rule, Search};
use crate::evaluation::battery::{Battery, Task};
use crate::evaluation::statistics::bound::{Estimand, Towards, effective_for, probability_for};
use crate::evaluation::statistics::design::{Design, Weighting};
use crate::evaluation::statistics::missing::{Assumed, assuming, count};
use crate::evaluation::statistics::{Alpha, Bounds, Undefined, holm};

/// A bound is computed to fourteen digits, and what is nearer to the threshold than this equals it.
const EQUAL: f64 = 1e-12;

/// A domain with its missing attempts failed, and passed. The two are one when none is missing.
struct Domain {
    ends: Vec<Design>,
    estimand: Estimand,
    threshold: f64,
    planned: u64,
    missing: u64,
    refused: u64,
    fallbacks: u64,
    own_limits: u64,
}

/// The findings against one threshold a domain.
pub(super) fn findings(
    rule: &Rule,
    evidence: &[&Battery],
    thresholds: &[f64],
    search: Search<'_>,
) -> Result<Vec<Finding>, Undefined> {
    let domains = evidence
        .iter()
        .zip(thresholds)
        .map(|(battery, threshold)| Domain::of(battery, *threshold, rule.estimand))
        .collect::<Result<Vec<Domain>, Undefined>>()?;
    let looks = rule.extension.looks();
    let above = levels(&domains, Towards::Above, rule.alpha_covered.shared(looks), rule);
    let below = levels(&domains, Towards::Below, rule.alpha_not_covered.shared(looks), rule);
    let mut findings = Vec::with_capacity(domains.len());
    for ((domain, above), below) in domains.iter().zip(above).zip(below) {
        findings.push(domain.finding(rule, search, above, below));
    }
    Ok(findings)
}

/// The level at which each domain's claim towards one side is held.
///
/// Where one of several domains may decide alone, Holm's method shares the level among them: the
/// strongest claim is held at the smallest share, and the first that does not hold closes the way
/// for the weaker ones, which then keep its level. Where all are needed, each has the full level.
fn levels(domains: &[Domain], towards: Towards, alpha: Alpha, rule: &Rule) -> Vec<Level> {
    let chosen = match towards {
        Towards::Above => rule.formula().chooses_covered(),
        Towards::Below => rule.formula().chooses_not_covered(),
    };
    let open = Level { alpha, way: Way::Open };
    let mut levels = vec![open; domains.len()];
    if !chosen {
        return levels;
    }
    let mut order: Vec<(f64, usize)> = domains
        .iter()
        .enumerate()
        .map(|(place, domain)| (domain.probability(towards), place))
        .collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut level = open;
    for (rank, (_, place)) in order.iter().enumerate() {
        if level.way == Way::Open {
            level.alpha = alpha.shared(holm::divisor(rank, domains.len()));
        }
        if let (Some(slot), Some(domain)) = (levels.get_mut(*place), domains.get(*place)) {
            *slot = level;
            if !domain.holds(towards, level.alpha) {
                level.way = Way::Closed;
            }
        }
    }
    levels
}

#[derive(Clone, Copy, Debug)]
struct Level {
    alpha: Alpha,
    way: Way,
}

/// Whether a claim may still be made, or a stronger one has failed before it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Way {
    Open,
    Closed,
}

impl Domain {
    fn of(battery: &Battery, threshold: f64, estimand: Estimand) -> Result<Domain, Undefined> {
        let missing = count(battery);
        let assumed: &[Assumed] =
            if missing == 0 { &[Assumed::Failed] } else { &[Assumed::Failed, Assumed::Passed] };
        let end = |assumed: &Assumed| Design::of(&assuming(battery, *assumed), Weighting::Given);
        let ends = assumed.iter().map(end).collect::<Result<Vec<Design>, Undefined>>()?;
        let sum = |count: fn(&Task) -> u32| -> u64 {
            battery.tasks.iter().map(|task| u64::from(count(task))).sum()
        };
        Ok(Domain {
            ends,
            estimand,
            threshold,
            planned: sum(|task| task.attempts),
            missing,
            refused: sum(|task| task.refused),
            fallbacks: sum(|task| task.fallbacks),
            own_limits: sum(|task| task.own_limits),
        })
    }

    /// The bounds at each end.
    fn bounds(&self, alpha: Alpha) -> Result<Vec<Bounds>, Undefined> {
        let of = |end| effective_for(end, alpha, self.estimand).map(|bound| bound.bounds);
        self.ends.iter().map(of).collect()
    }

    fn holds_at(&self, towards: Towards, bounds: Bounds) -> bool {
        match towards {
            Towards::Above => bounds.lower >= self.threshold - EQUAL,
            Towards::Below => bounds.upper < self.threshold - EQUAL,
        }
    }

    fn holds(&self, towards: Towards, alpha: Alpha) -> bool {
        let bounds = self.bounds(alpha).unwrap_or_default();
        !bounds.is_empty() && bounds.into_iter().all(|bounds| self.holds_at(towards, bounds))
    }

    /// The larger of the probabilities at both ends; 1 where there is none.
    fn probability(&self, towards: Towards) -> f64 {
        let of = |end| probability_for(end, self.threshold, towards, self.estimand).unwrap_or(1.0);
        self.ends.iter().map(of).fold(0.0, f64::max)
    }

    fn finding(&self, rule: &Rule, search: Search<'_>, above: Level, below: Level) -> Finding {
        let (lower, upper) = match (self.bounds(above.alpha), self.bounds(below.alpha)) {
            (Ok(lower), Ok(upper)) => (lower, upper),
            (Err(why), _) | (_, Err(why)) => {
                let mut reasons = self.few_families(rule);
                reasons.push(Reason::Undefined { why });
                return Finding { outcome: Outcome::Inconclusive, bounds: None, reasons };
            }
        };
        let bounds = Bounds {
            lower: lower.iter().map(|bounds| bounds.lower).fold(1.0, f64::min),
            upper: upper.iter().map(|bounds| bounds.upper).fold(0.0, f64::max),
        };
        let mut claims = Claims::default();
        claims.take(above.way, lower.iter().map(|one| self.holds_at(Towards::Above, *one)));
        let covered = claims.all;
        claims.take(below.way, upper.iter().map(|one| self.holds_at(Towards::Below, *one)));
        let absent = claims.all;
        let mut reasons = Vec::new();
        match (covered, absent) {
            (true, _) => reasons.push(Reason::LowerReaches),
            (false, true) => reasons.push(Reason::UpperBelow),
            (false, false) => reasons.push(Reason::Between),
        }
        if !covered && !absent && claims.any {
            reasons.push(Reason::Incomplete { missing: self.missing });
        }
        let against = self.against(rule, search);
        let few = self.few_families(rule);
        let outcome = match (covered, absent) {
            _ if !few.is_empty() => Outcome::Inconclusive,
            (true, _) => Outcome::Covered,
            (false, true) if against.is_empty() => Outcome::NotCovered,
            (false, _) => Outcome::Inconclusive,
        };
        reasons.extend(few);
        if !covered {
            reasons.extend(against);
        }
        Finding { outcome, bounds: Some(bounds), reasons }
    }

    fn few_families(&self, rule: &Rule) -> Vec<Reason> {
        let families = self.ends.iter().map(Design::families).min().unwrap_or(0);
        let few = families < rule.families_min as usize;
        few.then_some(Reason::FewFamilies { families, floor: rule.families_min })
            .into_iter()
            .collect()
    }

    /// What stands against calling an ability absent.
    fn against(&self, rule: &Rule, search: Search<'_>) -> Vec<Reason> {
        let refused = self.refused;
        // A cap that is no number caps nothing out: whatever is not within it is above it.
        let within = refused as f64 <= rule.refusals_max * self.planned as f64;
        let refusals = (!within).then_some(Reason::Refusals { refused, planned: self.planned });
        let attempts = self.fallbacks;
        let fallback = (attempts > 0).then_some(Reason::Fallback { attempts });
        let attempts = self.own_limits;
        let own_limits = (attempts > 0).then_some(Reason::OwnLimits { attempts });
        let (grade, needed) = (search.grade, rule.grade_min);
        let elicitation = (grade < needed).then_some(Reason::Elicitation { grade, needed });
        let unproven = search.unmet.iter().map(|demand| Reason::Unproven { demand: *demand });
        [refusals, fallback, own_limits, elicitation]
            .into_iter()
            .flatten()
            .chain(unproven)
            .collect()
    }
}

/// Whether the claims at the ends hold: all of the last ones taken, any of all taken.
#[derive(Default)]
struct Claims {
    all: bool,
    any: bool,
}

impl Claims {
    fn take(&mut self, way: Way, held: impl Iterator<Item = bool>) {
        let held: Vec<bool> = held.map(|held| held && way == Way::Open).collect();
        self.all = !held.is_empty() && held.iter().all(|held| *held);
        self.any |= held.iter().any(|held| *held);
    }
}
