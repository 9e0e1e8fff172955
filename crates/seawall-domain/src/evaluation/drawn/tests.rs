use super::*;
use crate::digest::Digest;
use crate::evaluation::attempt::{Attempt, Class, TaskId};
use crate::evaluation::conditions::{Conditions, Weight};
use crate::evaluation::decimal::{Count, Decimal};
use crate::evaluation::demand::Demand;
use crate::evaluation::elicitation::{Grade, Lacking};
use crate::evaluation::log::Status;
use crate::evaluation::protocol::{Decision, Drawing, ItemTerms, TaskTerms, tests::terms};
use crate::evaluation::run::{Gaps, Run};
use std::collections::BTreeMap;

/// Tasks of the one battery.
const TASKS: i64 = 12;

/// The id from which on twins are numbered.
const TWINS_FROM: i64 = 100;

/// A log over tasks from a number on, whose attempts pass or fail.
pub(in crate::evaluation) fn run(log: u8, from: i64, passes: impl Fn(i64, u32) -> bool) -> Run {
    let attempt = |number: i64, epoch: u32| Attempt {
        task: TaskId::Number(from + number),
        epoch,
        class: if passes(number, epoch) { Class::Pass } else { Class::Fail },
        value: None,
        original: None,
        scored: None,
        own_limit: false,
        tokens: 100,
        retries: 0,
        steps: None,
    };
    let mut conditions = Conditions::default();
    for (name, value) in
        [("metadata.network", "\"none\""), ("solver", "\"agent\""), ("token_limit", "1000")]
    {
        conditions.set(name, value, Weight::Binding);
    }
    Run {
        log: Digest::new([log; 32]),
        token: None,
        created: None,
        task: "any".to_owned(),
        model: "maker/model".to_owned(),
        notes: BTreeMap::new(),
        status: Status::Success,
        complete: true,
        findings: BTreeMap::new(),
        conditions,
        epochs: 5,
        attempts: (0..TASKS)
            .flat_map(|number| (1..=5).map(move |epoch| (number, epoch)))
            .map(|(number, epoch)| attempt(number, epoch))
            .collect(),
        profiles: BTreeMap::new(),
        spent: crate::evaluation::log::Usage::default(),
        account: None,
        guard: None,
    }
}

fn with(mut run: Run, name: &str, value: &str) -> Run {
    run.conditions.set(name, value, Weight::Binding);
    run
}

fn protocol(change: impl Fn(&mut Terms)) -> Protocol {
    let mut terms = terms();
    terms.batteries.truncate(1);
    let first = terms.tasks[0].clone();
    let task = |number: i64| TaskTerms {
        id: TaskId::Number(number),
        family: Some(format!("family {number}")),
        minutes: Some(Decimal::from(number as u64 + 1)),
        item: Some(ItemTerms {
            discrimination: "1".parse().unwrap(),
            difficulty: (number - 6).to_string().parse().unwrap(),
        }),
        twin: Some(TaskId::Number(TWINS_FROM + number)),
        ..first.clone()
    };
    terms.tasks = (0..TASKS).map(task).collect();
    terms.decision = Decision::Whole;
    terms.budgets.tokens = Some(Count(1000));
    terms.statistic.elicitation = Some(Drawing {
        sweep: vec![Count(250), Count(500)],
        framing_margin: Some("0.05".parse().unwrap()),
        ..Drawing::default()
    });
    change(&mut terms);
    Protocol::try_from(terms).unwrap()
}

/// The easier half passes, one task of it not always.
fn usual(number: i64, epoch: u32) -> bool {
    number < 5 || (number == 5 && epoch < 4)
}

fn extras(swept: [i64; 2], twin: impl Fn(i64, u32) -> bool) -> Vec<Extra> {
    let at_budget = |log: u8, limit: &str, below: i64| {
        with(
            run(log, 0, |number, epoch| number < below && usual(number, epoch)),
            "token_limit",
            limit,
        )
    };
    let extra = |purpose, run| Extra { purpose, run };
    vec![
        extra(Purpose::Sweep, at_budget(2, "500", swept[1])),
        extra(Purpose::Sweep, at_budget(3, "250", swept[0])),
        extra(Purpose::Scaffold, with(run(4, 0, usual), "solver", "\"other\"")),
        extra(Purpose::Twins, run(5, TWINS_FROM, twin)),
    ]
}

fn found(protocol: &Protocol, main: Run, extras: &[Extra]) -> Result<Checklist, Vec<&'static str>> {
    let place = Placing { battery: 0, look: Look::First };
    let table = Table::of(protocol, std::slice::from_ref(&main), &[place], &BTreeMap::new());
    let sets = sets(protocol, &[main], extras, &table, Gaps::Refused);
    let sets = sets.map_err(|whys| whys.iter().map(|it| it.why.word()).collect::<Vec<_>>())?;
    Ok(checklist(protocol, &table, Look::First, &sets, Developer::Nothing))
}

#[test]
fn the_grade_is_what_the_logs_come_to() {
    #[track_caller]
    fn check(extras: &[Extra], main: Run, expected: Grade, lacking: &[Lacking]) {
        let found = found(&protocol(|_| {}), main, extras).unwrap();
        // The table's own share of easy tasks comes in with the verdict.
        let found = Checklist { easy_share: Some(1.0), ..found };
        assert_eq!(found.grade(), (expected, lacking.to_vec()), "{found:?}");
    }
    let main = || run(1, 0, usual);
    check(&extras([3, 4], usual), main(), Grade::E2, &[Lacking::Developer]);
    check(&[], main(), Grade::E0, &[Lacking::Scaffolds, Lacking::Sweep]);
    // Less at the larger budget than at the smaller one.
    check(&extras([4, 3], usual), main(), Grade::E0, &[Lacking::SweepFalls]);
    // One budget of the sealed ones was not run.
    let mut short = extras([3, 4], usual);
    short.remove(0);
    check(&short, main(), Grade::E0, &[Lacking::Sweep]);
    // The incidental wording does better.
    let better = |number: i64, _: u32| number < 8;
    check(&extras([3, 4], better), main(), Grade::E1, &[Lacking::FramingGap]);
    // Easy tasks fail, and hard ones pass.
    let odd = |number: i64, _: u32| number > 6;
    let odd_sweep = extras([0, 0], odd);
    check(&odd_sweep, run(1, 0, odd), Grade::E1, &[Lacking::PersonMisfit]);
}

#[test]
fn what_was_not_sealed_is_not_computed() {
    let main = run(1, 0, usual);
    let bare = protocol(|terms| {
        terms.statistic.elicitation = None;
        for task in &mut terms.tasks {
            task.item = None;
        }
    });
    let twins = extras([3, 4], usual).split_off(3);
    let found = found(&bare, main, &twins).unwrap();
    assert_eq!((found.sweep, found.framing, found.person_fit), (None, None, None));
}

#[test]
fn logs_that_are_not_what_they_were_handed_in_for_are_refused() {
    #[track_caller]
    fn check(extra: Extra, expected: &[&str]) {
        let found = found(&protocol(|_| {}), run(1, 0, usual), std::slice::from_ref(&extra));
        assert_eq!(found.unwrap_err(), expected, "{:?}", extra.purpose);
    }
    let extra = |purpose, run| Extra { purpose, run };
    check(extra(Purpose::Scaffold, run(2, 0, usual)), &["other_purpose"]);
    let scaffold = with(run(2, 0, usual), "solver", "\"other\"");
    let bent = with(scaffold.clone(), "token_limit", "500");
    check(extra(Purpose::Scaffold, bent), &["other_limits"]);
    let bent = with(scaffold.clone(), "metadata.network", "\"open\"");
    check(extra(Purpose::Scaffold, bent), &["other_conditions"]);
    check(extra(Purpose::Scaffold, Run { epochs: 4, ..scaffold.clone() }), &["other_attempts"]);
    check(extra(Purpose::Scaffold, Run { complete: false, ..scaffold }), &["incomplete"]);
    let limit = |limit| with(run(2, 0, usual), "token_limit", limit);
    check(extra(Purpose::Sweep, limit("300")), &["other_purpose"]);
    check(extra(Purpose::Sweep, run(2, 0, usual)), &["other_purpose"]);
    check(extra(Purpose::Twins, run(2, 0, usual)), &["other_tasks"]);
    check(extra(Purpose::Sweep, with(run(2, 50, usual), "token_limit", "250")), &["other_tasks"]);
    // The better of two would be chosen.
    let twice = [limit("250"), limit("250")].map(|run| extra(Purpose::Sweep, run));
    let found = found(&protocol(|_| {}), run(1, 0, usual), &twice);
    assert_eq!(found.unwrap_err(), ["other_attempts"]);
}

#[test]
fn a_set_has_a_log_of_every_battery() {
    let two = protocol(|terms| {
        let mut other = terms.batteries[0].clone();
        other.name = "second".to_owned();
        terms.batteries.push(other);
        let mut task = terms.tasks[0].clone();
        task.battery = "second".to_owned();
        task.id = TaskId::Text("only".into());
        task.twin = None;
        terms.tasks.push(task);
    });
    let found = found(&two, run(1, 0, usual), &extras([3, 4], usual));
    // The second battery has no twins, so theirs are all there.
    assert_eq!(found.unwrap_err(), ["not_whole"; 3]);
}

#[test]
fn sealed_terms_hold_together() {
    #[track_caller]
    fn check(change: impl Fn(&mut Terms), field: &str) {
        let mut terms = protocol(|_| {}).terms().clone();
        change(&mut terms);
        assert_eq!(Protocol::try_from(terms).unwrap_err().field, field);
    }
    let drawing = |terms: &mut Terms, change: &dyn Fn(&mut Drawing)| {
        change(terms.statistic.elicitation.as_mut().unwrap());
    };
    check(|terms| drawing(terms, &|it| it.sweep = vec![Count(500), Count(250)]), "/statistic");
    check(|terms| drawing(terms, &|it| it.sweep = vec![Count(1000)]), "/statistic");
    check(|terms| drawing(terms, &|it| it.sweep = vec![Count(0)]), "/statistic");
    check(|terms| drawing(terms, &|it| it.framing_margin = Some(Decimal::from(0))), "/statistic");
    check(|terms| drawing(terms, &|it| it.easy_minutes = Some(Decimal::from(0))), "/statistic");
    check(|terms| terms.statistic.demands = vec![Demand::Review; 2], "/statistic");
    check(|terms| terms.tasks[1].twin = terms.tasks[0].twin.clone(), "/tasks");
    check(|terms| terms.tasks[1].twin = Some(terms.tasks[0].id.clone()), "/tasks");
    check(
        |terms| terms.tasks[1].item.as_mut().unwrap().discrimination = Decimal::from(0),
        "/tasks",
    );
}
