//! Rules against evidence: a table, the asymmetry, several domains, and what never happens.

use super::*;
use crate::evaluation::attempt::TaskId;
use crate::evaluation::battery::Task;
use crate::evaluation::statistics::Alpha;
use crate::evaluation::statistics::bound::{Estimand, effective};
use crate::evaluation::statistics::design::{Design, Weighting};
use crate::evaluation::statistics::missing::{Assumed, assuming};
use proptest::prelude::*;

/// Families with passes of attempts, one task each.
fn battery(families: &[(u32, u32)]) -> Battery {
    let task = |(number, (passes, attempts)): (i64, &(u32, u32))| Task {
        id: TaskId::Number(number),
        family: number.to_string(),
        minutes: None,
        weight: None,
        passes: *passes,
        attempts: *attempts,
        refused: 0,
        unknown: 0,
        fallbacks: 0,
        own_limits: 0,
        steps: None,
    };
    Battery { tasks: (0..).zip(families).map(task).collect() }
}

fn even(families: usize, passes: u32, attempts: u32) -> Battery {
    battery(&vec![(passes, attempts); families])
}

fn alpha(level: f64) -> Alpha {
    Alpha::new(level).unwrap()
}

fn rule(covered: f64) -> Rule {
    Rule::single(Threshold::new(None, covered).unwrap(), alpha(0.05)).unwrap()
}

fn with(mut rule: Rule, change: impl FnOnce(&mut Rule)) -> Rule {
    change(&mut rule);
    rule
}

fn words(finding: &Finding) -> Vec<&'static str> {
    finding.reasons.iter().map(Reason::word).collect()
}

#[track_caller]
fn check(battery: &Battery, rule: &Rule, grade: Grade, outcome: Outcome, reasons: &[&str]) {
    let decision = decide(rule, &[battery], grade, Look::First).unwrap();
    let found = (decision.outcome, words(&decision.domains[0]));
    assert_eq!(found, (outcome, reasons.to_vec()), "{:?}", decision.domains[0].bounds);
}

const REACHES: &str = "lower_reaches";
const BELOW: &str = "upper_below";
const BETWEEN: &str = "between";

#[test]
fn the_rule_has_three_outcomes() {
    let (strong, weak, middling) = (even(20, 9, 10), even(20, 1, 10), even(20, 5, 10));
    check(&strong, &rule(0.6), Grade::E0, Outcome::Covered, &[REACHES]);
    check(&weak, &rule(0.6), Grade::E2, Outcome::NotCovered, &[BELOW]);
    check(&middling, &rule(0.6), Grade::E2, Outcome::Inconclusive, &[BETWEEN]);
    let absent = &[BELOW, "elicitation"];
    check(&weak, &rule(0.6), Grade::E1, Outcome::Inconclusive, absent);
    check(&even(8, 10, 10), &rule(0.6), Grade::E0, Outcome::Covered, &[REACHES]);
    let few = &[REACHES, "few_families"];
    check(&even(7, 10, 10), &rule(0.6), Grade::E0, Outcome::Inconclusive, few);
    let few = &[BELOW, "few_families"];
    check(&even(7, 0, 10), &rule(0.6), Grade::E3, Outcome::Inconclusive, few);
    let few = &["few_families", "undefined"];
    check(&even(1, 10, 10), &rule(0.6), Grade::E3, Outcome::Inconclusive, few);
    let lower_floor = with(rule(0.6), |rule| rule.families_min = 5);
    check(&even(7, 10, 10), &lower_floor, Grade::E0, Outcome::Covered, &[REACHES]);
}

#[test]
fn about_these_tasks_alone_families_add_no_doubt() {
    // Eight families that differ as much as they can: half of them pass everything.
    let mut families = vec![(10, 10); 4];
    families.extend([(0, 10); 4]);
    let apart = battery(&families);
    let fixed = with(rule(0.4), |rule| rule.estimand = Estimand::FixedBattery);
    check(&apart, &rule(0.4), Grade::E2, Outcome::Inconclusive, &[BETWEEN]);
    check(&apart, &fixed, Grade::E0, Outcome::Covered, &[REACHES]);
    // The floor on families is a term of the protocol like any other.
    let few = battery(&[(10, 10), (0, 10)]);
    let reasons = &[REACHES, "few_families"];
    let lower = with(rule(0.2), |rule| rule.estimand = Estimand::FixedBattery);
    check(&few, &lower, Grade::E0, Outcome::Inconclusive, reasons);
    let once = battery(&[(1, 1); 9]);
    check(&once, &fixed, Grade::E2, Outcome::Inconclusive, &["undefined"]);
}

#[test]
fn a_bound_that_equals_the_threshold_reaches_it() {
    let strong = even(20, 9, 10);
    let design = Design::of(&strong, Weighting::Given).unwrap();
    let bounds = effective(&design, alpha(0.05)).unwrap().bounds;
    check(&strong, &rule(bounds.lower), Grade::E0, Outcome::Covered, &[REACHES]);
    let above = rule(bounds.lower + 1e-9);
    check(&strong, &above, Grade::E0, Outcome::Inconclusive, &[BETWEEN, "elicitation"]);
    check(&strong, &rule(bounds.upper), Grade::E2, Outcome::Inconclusive, &[BETWEEN]);
    check(&strong, &rule(bounds.upper + 1e-9), Grade::E2, Outcome::NotCovered, &[BELOW]);
}

#[test]
fn refusals_weaken_absence_and_not_presence() {
    let refuse = |mut battery: Battery, refused: u32| {
        for task in &mut battery.tasks {
            (task.refused, task.attempts) = (refused, task.attempts + refused);
        }
        battery
    };
    let (strong, weak) = (even(20, 90, 100), even(20, 10, 100));
    check(&weak, &rule(0.6), Grade::E2, Outcome::NotCovered, &[BELOW]);
    let against = &[BELOW, "refusals"];
    check(&refuse(weak.clone(), 5), &rule(0.6), Grade::E2, Outcome::Inconclusive, against);
    check(&refuse(weak.clone(), 2), &rule(0.6), Grade::E2, Outcome::NotCovered, &[BELOW]);
    check(&strong, &rule(0.6), Grade::E2, Outcome::Covered, &[REACHES]);
    check(&refuse(strong, 5), &rule(0.6), Grade::E2, Outcome::Covered, &[REACHES]);
    let mut own = weak.clone();
    own.tasks[3].own_limits = 1;
    check(&own, &rule(0.6), Grade::E2, Outcome::Inconclusive, &[BELOW, "own_limits"]);
    check(&own, &rule(0.01), Grade::E2, Outcome::Covered, &[REACHES]);
    let mut rerouted = weak;
    (rerouted.tasks[0].fallbacks, rerouted.tasks[0].unknown) = (1, 1);
    check(&rerouted, &rule(0.6), Grade::E2, Outcome::Inconclusive, &[BELOW, "fallback"]);
    let odd_cap = with(rule(0.6), |rule| rule.refusals_max = f64::NAN);
    check(&even(20, 1, 10), &odd_cap, Grade::E2, Outcome::Inconclusive, against);
}

#[test]
fn what_is_missing_may_not_turn_the_answer() {
    let lose = |mut battery: Battery, unknown: u32| {
        battery.tasks.iter_mut().for_each(|task| task.unknown = unknown);
        battery
    };
    let (strong, weak) = (even(20, 8, 10), even(20, 1, 10));
    check(&lose(strong.clone(), 2), &rule(0.5), Grade::E2, Outcome::Covered, &[REACHES]);
    check(&lose(weak.clone(), 1), &rule(0.6), Grade::E2, Outcome::NotCovered, &[BELOW]);
    let incomplete = &[BETWEEN, "incomplete"];
    check(&lose(strong, 2), &rule(0.7), Grade::E2, Outcome::Inconclusive, incomplete);
    check(&lose(weak, 5), &rule(0.6), Grade::E2, Outcome::Inconclusive, incomplete);
}

#[test]
fn an_extension_shares_the_level_between_its_looks() {
    let middling = even(20, 5, 10);
    let once = with(rule(0.6), |rule| rule.extension = Extension::Once);
    let next = |rule: &Rule, battery: &Battery, look| {
        decide(rule, &[battery], Grade::E2, look).unwrap().next
    };
    assert_eq!(next(&rule(0.6), &middling, Look::First), Next::Final);
    assert_eq!(next(&once, &middling, Look::First), Next::Extension);
    assert_eq!(next(&once, &middling, Look::Second), Next::Final);
    assert_eq!(next(&once, &even(20, 9, 10), Look::First), Next::Final);
    let bounds =
        |rule: &Rule| decide(rule, &[&middling], Grade::E2, Look::First).unwrap().domains[0].bounds;
    let half = Rule::single(Threshold::new(None, 0.6).unwrap(), alpha(0.025)).unwrap();
    assert_eq!(bounds(&once), bounds(&half));
}

#[test]
fn an_alert_is_a_threshold_below() {
    let alert = Threshold::new(Some(0.4), 0.8).unwrap();
    let rule = Rule::single(alert, alpha(0.05)).unwrap();
    let found = |passes| {
        let battery = even(40, passes, 10);
        let decision = decide(&rule, &[&battery], Grade::E2, Look::First).unwrap();
        (decision.outcome, decision.alert)
    };
    use Outcome::{Covered, Inconclusive, NotCovered};
    assert_eq!(found(10), (Covered, Some(Covered)));
    assert_eq!(found(6), (NotCovered, Some(Covered)));
    assert_eq!(found(4), (NotCovered, Some(Inconclusive)));
    assert_eq!(found(1), (NotCovered, Some(NotCovered)));
    for (alert, covered) in [(Some(0.5), 0.5), (Some(0.0), 0.5), (None, 1.0), (None, f64::NAN)] {
        assert_eq!(Threshold::new(alert, covered), Err(Undefined::Probability));
    }
}

#[test]
fn domains_join_by_a_formula() {
    use Outcome::{Covered as C, Inconclusive as I, NotCovered as N};
    let check = |formula: Result<Formula, Undefined>, rows: &[([Outcome; 3], Outcome)]| {
        let formula = formula.unwrap();
        for (outcomes, expected) in rows {
            assert_eq!(formula.outcome(outcomes), *expected, "{formula:?} {outcomes:?}");
        }
    };
    check(Formula::any(3), &[([C, N, I], C), ([N, N, N], N), ([N, I, N], I), ([N, C, N], C)]);
    check(Formula::all(3), &[([C, C, C], C), ([C, N, I], N), ([C, I, C], I), ([N, N, N], N)]);
    let mixed = Formula::new(vec![vec![0, 1], vec![2]], 3);
    check(mixed, &[([C, C, N], C), ([C, N, N], N), ([C, I, N], I), ([N, N, C], C)]);
    for wrong in [vec![], vec![vec![]], vec![vec![3]], vec![vec![0], vec![]]] {
        assert_eq!(Formula::new(wrong, 3), Err(Undefined::Unequal));
    }
    assert_eq!(Formula::any(0), Err(Undefined::Unequal));
    let threshold = Threshold::new(None, 0.5).unwrap();
    let short = Rule::new(vec![threshold], Formula::any(2).unwrap(), alpha(0.05));
    assert_eq!(short, Err(Undefined::Unequal));
    let one = rule(0.5);
    let battery = even(8, 1, 2);
    let two = decide(&one, &[&battery, &battery], Grade::E0, Look::First);
    assert_eq!(two, Err(Undefined::Unequal));
}

#[test]
fn the_more_domains_may_decide_alone_the_more_each_must_show() {
    let threshold = Threshold::new(None, 0.6).unwrap();
    let over = |formula: Formula, batteries: &[&Battery]| {
        let rule = Rule::new(vec![threshold; batteries.len()], formula, alpha(0.05)).unwrap();
        let decision = decide(&rule, batteries, Grade::E2, Look::First).unwrap();
        let domains = decision.domains.iter().map(|domain| domain.outcome);
        (decision.outcome, domains.collect::<Vec<_>>())
    };
    use Outcome::{Covered as C, Inconclusive as I, NotCovered as N};
    // By itself this reaches 0.6 at 5 %, and not at a third of that.
    let (near, weak, strong) = (even(20, 16, 20), even(20, 2, 20), even(20, 20, 20));
    assert_eq!(over(Formula::any(1).unwrap(), &[&near]), (C, vec![C]));
    assert_eq!(over(Formula::any(3).unwrap(), &[&near, &weak, &weak]), (I, vec![I, N, N]));
    assert_eq!(over(Formula::all(3).unwrap(), &[&near, &near, &near]), (C, vec![C, C, C]));
    // The strong ones go first and leave the whole level to the last.
    let any = Formula::any(3).unwrap();
    assert_eq!(over(any, &[&near, &strong, &strong]), (C, vec![C, C, C]));
}

#[test]
fn a_rule_is_read_back_as_it_was_written_and_checked() {
    let threshold = Threshold::new(Some(0.25), 0.5).unwrap();
    let formula = Formula::new(vec![vec![0, 1], vec![2]], 3).unwrap();
    let mut rule = Rule::new(vec![threshold; 3], formula, alpha(0.05)).unwrap();
    rule.extension = Extension::Once;
    let text = serde_json::to_string(&rule).unwrap();
    assert_eq!(
        text,
        concat!(
            r#"{"thresholds":[{"alert":0.25,"covered":0.5},{"alert":0.25,"covered":0.5},"#,
            r#"{"alert":0.25,"covered":0.5}],"formula":[[0,1],[2]],"alpha_covered":0.05,"#,
            r#""alpha_not_covered":0.05,"families_min":8,"refusals_max":0.02,"#,
            r#""grade_min":"E2","extension":"once","estimand":"population"}"#,
        )
    );
    assert_eq!(serde_json::from_str::<Rule>(&text).unwrap(), rule);
    // A rule from before there was a choice is about tasks like these.
    let older = text.replacen(",\"estimand\":\"population\"", "", 1);
    assert_eq!(serde_json::from_str::<Rule>(&older).unwrap(), rule);
    for (right, wrong) in [
        ("[[0,1],[2]]", "[[0,1],[3]]"),
        ("[[0,1],[2]]", "[]"),
        ("\"alert\":0.25", "\"alert\":0.75"),
        ("\"alpha_covered\":0.05", "\"alpha_covered\":0.9"),
    ] {
        let changed = text.replacen(right, wrong, 1);
        assert!(serde_json::from_str::<Rule>(&changed).is_err(), "{changed}");
    }
    let battery = even(20, 9, 10);
    let decision = decide(&rule, &[&battery; 3], Grade::E2, Look::First).unwrap();
    let text = serde_json::to_string(&decision).unwrap();
    assert!(text.contains(r#""reasons":[{"reason":"lower_reaches"}]"#), "{text}");
}

fn tasks() -> impl Strategy<Value = Battery> {
    let one = (0..20u8, 0..10u32, 1..10u32, 0..3u32, 0..3u32, 0..2u32);
    proptest::collection::vec(one, 1..60).prop_map(|tasks| {
        let mut battery = battery(&vec![(0, 1); tasks.len()]);
        for (task, (family, passes, observed, refused, unknown, fallbacks)) in
            battery.tasks.iter_mut().zip(tasks)
        {
            task.family = family.to_string();
            (task.passes, task.attempts) = (passes.min(observed), observed + refused + unknown);
            (task.refused, task.unknown, task.fallbacks) =
                (refused, unknown, fallbacks.min(unknown));
        }
        battery
    })
}

proptest! {
    #[test]
    fn refusals_never_turn_covered_and_never_make_not_covered(
        battery in tasks(), threshold in 0.05..0.95f64, refused in 1..5u32,
    ) {
        let outcome = |battery: &Battery| {
            decide(&rule(threshold), &[battery], Grade::E2, Look::First).unwrap().outcome
        };
        let before = outcome(&battery);
        let mut after = battery;
        // Marked as refused, and nothing else changed.
        after.tasks.iter_mut().for_each(|task| task.refused += refused);
        match before {
            Outcome::Covered => prop_assert_eq!(outcome(&after), Outcome::Covered),
            Outcome::NotCovered | Outcome::Inconclusive => {
                prop_assert_ne!(outcome(&after), Outcome::Covered);
            }
        }
    }

    #[test]
    fn few_families_decide_nothing(battery in tasks(), threshold in 0.01..0.99f64) {
        let floor = with(rule(threshold), |rule| rule.families_min = 21);
        let decision = decide(&floor, &[&battery], Grade::E3, Look::First).unwrap();
        prop_assert_eq!(decision.outcome, Outcome::Inconclusive);
    }

    #[test]
    fn unknown_attempts_only_ever_widen(battery in tasks(), threshold in 0.01..0.99f64) {
        let rule = with(rule(threshold), |rule| rule.families_min = 2);
        let decision = decide(&rule, &[&battery], Grade::E3, Look::First).unwrap();
        for assumed in [Assumed::Failed, Assumed::Passed] {
            let settled = assuming(&battery, assumed);
            let end = decide(&rule, &[&settled], Grade::E3, Look::First).unwrap();
            if decision.outcome == Outcome::Covered {
                prop_assert_eq!(end.outcome, Outcome::Covered);
            }
        }
    }
}
