//! The rule that a sealed protocol names, as the one that decides.

use super::{Decision, Domain, Protocol};
use crate::evaluation::decision::{Extension, Formula, Rule, Threshold};
use crate::evaluation::statistics::{Alpha, Undefined};
use std::collections::BTreeSet;

/// The most alternatives that a decision may come to.
const ALTERNATIVES_MAX: usize = 4_096;

/// What a statistic is computed over: one domain, or all tasks together (none).
type Stratum = Option<Domain>;

impl Protocol {
    /// What the decision names, in the order in which the rule counts: domains first, then all
    /// tasks together.
    pub fn strata(&self) -> Vec<Option<Domain>> {
        let mut named = BTreeSet::new();
        self.terms().decision.name(&mut named);
        let whole = named.contains(&None).then_some(None);
        named.iter().copied().filter(Option::is_some).chain(whole).collect()
    }

    /// The rule over [`Protocol::strata`].
    pub fn rule(&self) -> Result<Rule, Undefined> {
        let (terms, strata) = (self.terms(), self.strata());
        let alert = terms.rule.tau_0.nearest();
        let threshold = Threshold::new(Some(alert), terms.rule.tau_1.nearest())?;
        let place = |stratum: &Stratum| {
            strata.iter().position(|known| known == stratum).ok_or(Undefined::Unequal)
        };
        let alternatives = terms.decision.alternatives()?;
        let alternatives = alternatives
            .iter()
            .map(|all| all.iter().map(place).collect::<Result<Vec<_>, _>>())
            .collect::<Result<Vec<_>, _>>()?;
        let formula = Formula::new(alternatives, strata.len())?;
        let covered = Alpha::new(terms.rule.alpha_covered.nearest())?;
        let mut rule = Rule::new(vec![threshold; strata.len()], formula, covered)?;
        rule.alpha_not_covered = Alpha::new(terms.rule.alpha_not_covered.nearest())?;
        rule.families_min = u32::try_from(terms.families_min.0).map_err(|_| Undefined::TooMany)?;
        rule.refusals_max = terms.refusals.share_max.nearest();
        rule.grade_min = terms.elicitation_min;
        rule.estimand = terms.statistic.estimand;
        rule.extension = match terms.extension {
            Some(_) => Extension::Once,
            None => Extension::Never,
        };
        Ok(rule)
    }
}

impl Decision {
    fn name(&self, named: &mut BTreeSet<Stratum>) {
        match self {
            Decision::Domain(domain) => drop(named.insert(Some(*domain))),
            Decision::Whole => drop(named.insert(None)),
            Decision::Any(parts) | Decision::All(parts) => {
                parts.iter().for_each(|part| part.name(named));
            }
        }
    }

    /// The same as alternatives, each a set of which everything is needed; none twice.
    fn alternatives(&self) -> Result<BTreeSet<BTreeSet<Stratum>>, Undefined> {
        let found = match self {
            Decision::Domain(domain) => BTreeSet::from([BTreeSet::from([Some(*domain)])]),
            Decision::Whole => BTreeSet::from([BTreeSet::from([None])]),
            Decision::Any(parts) => {
                let mut found = BTreeSet::new();
                for part in parts {
                    found.extend(part.alternatives()?);
                }
                found
            }
            Decision::All(parts) => {
                let mut found = BTreeSet::from([BTreeSet::new()]);
                for part in parts {
                    let other = part.alternatives()?;
                    if found.len() * other.len() > ALTERNATIVES_MAX {
                        return Err(Undefined::TooMany);
                    }
                    let joined = |one: &BTreeSet<Stratum>| {
                        let one = one.clone();
                        other.iter().map(move |two| one.union(two).copied().collect())
                    };
                    found = found.iter().flat_map(joined).collect();
                }
                found
            }
        };
        match found.len() <= ALTERNATIVES_MAX {
            true => Ok(found),
            false => Err(Undefined::TooMany),
        }
    }
}
