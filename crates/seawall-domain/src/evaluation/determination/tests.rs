//! The table and what is found in it.

use super::*;
use crate::evaluation::conditions::Conditions;
use crate::evaluation::decision::Outcome;
use crate::evaluation::elicitation::{Checklist, Developer, Framing, Grade};
use crate::evaluation::exclusion::{self, Excluded, Unplanned};
use crate::evaluation::log::{Status, Usage};
use crate::evaluation::protocol::{self, Extension, tests::terms};
use crate::evaluation::statistics::budget::Trend;
use proptest::prelude::*;

const DONE: Checklist = Checklist {
    scaffolds: 2,
    sweep: Some(Trend::Level),
    framing: Some(Framing { gap_upper: 0.01, margin: 0.05 }),
    person_fit: Some(0.0),
    easy_share: Some(1.0),
    developer: Developer::Nothing,
};

/// One battery of `tasks` tasks, each its own family, weights as given.
fn protocol(tasks: usize, extension: bool) -> Protocol {
    let mut terms = terms();
    terms.batteries.truncate(1);
    let first = terms.tasks[0].clone();
    let task = |number: usize| TaskTerms {
        id: TaskId::Number(number as i64),
        family: Some(format!("family {number}")),
        ..first.clone()
    };
    terms.tasks = (0..tasks).map(task).collect();
    terms.decision = protocol::Decision::Whole;
    terms.extension = extension.then_some(Extension { attempts_more: terms.attempts });
    Protocol::try_from(terms).unwrap()
}

/// A log whose attempts have the classes that the function says.
fn run(log: u8, tasks: usize, class: impl Fn(usize, u32) -> Class) -> Run {
    let attempt = |number: usize, epoch: u32| Attempt {
        task: TaskId::Number(number as i64),
        epoch,
        class: class(number, epoch),
        value: None,
        original: None,
        tokens: 100 * u64::from(epoch),
        retries: 0,
        steps: None,
        scored: None,
        own_limit: false,
    };
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
        conditions: Conditions::default(),
        epochs: 5,
        attempts: (0..tasks)
            .flat_map(|number| (1..=5).map(move |epoch| (number, epoch)))
            .map(|(number, epoch)| attempt(number, epoch))
            .collect(),
        profiles: BTreeMap::new(),
        spent: Usage::default(),
        account: None,
        guard: None,
    }
}

const FIRST: Placing = Placing { battery: 0, look: Look::First };
const SECOND: Placing = Placing { battery: 0, look: Look::Second };

fn passing(below: u32) -> impl Fn(usize, u32) -> Class {
    move |_, epoch| if epoch <= below { Class::Pass } else { Class::Fail }
}

#[test]
fn refusals_stand_against_absence_and_not_against_presence() {
    #[track_caller]
    fn check(class: impl Fn(usize, u32) -> Class, checklist: &Checklist, expected: Outcome) {
        let protocol = protocol(20, false);
        let table = Table::of(&protocol, &[run(1, 20, class)], &[FIRST], &BTreeMap::new());
        let verdict = Verdict::of(&protocol, &table, Look::First, checklist, &[]).unwrap();
        assert_eq!(verdict.decision.outcome, expected, "{:?}", verdict.decision.domains);
    }
    let refused = |other: Class| {
        move |number: usize, _: u32| if number == 0 { Class::RefusalText } else { other }
    };
    let nothing = Checklist { scaffolds: 0, ..DONE };
    check(passing(5), &nothing, Outcome::Covered);
    check(passing(0), &DONE, Outcome::NotCovered);
    check(passing(0), &nothing, Outcome::Inconclusive);
    check(passing(3), &DONE, Outcome::Inconclusive);
    // One task of twenty refused is five in a hundred.
    check(refused(Class::Fail), &DONE, Outcome::Inconclusive);
    check(refused(Class::Pass), &DONE, Outcome::Covered);
    check(|_, _| Class::Missing, &DONE, Outcome::Inconclusive);
}

#[test]
fn confirmed_cheating_turns_a_pass_into_a_failure_and_both_scores_are_kept() {
    let protocol = protocol(20, false);
    let runs = [run(1, 20, passing(5))];
    let place = |number: i64, epoch| (runs[0].log, TaskId::Number(number), epoch);
    let cheated = (0..10)
        .flat_map(|number| (1..=5).map(move |epoch| (place(number, epoch), Opinion::Cheating)));
    let mut table = Table::of(&protocol, &runs, &[FIRST], &cheated.collect());
    let verdict = Verdict::of(&protocol, &table, Look::First, &DONE, &[]).unwrap();
    assert_eq!(verdict.decision.outcome, Outcome::Inconclusive);
    assert_eq!(verdict.as_scored.map(|it| it.outcome), Some(Outcome::Covered));
    assert_eq!(table.tally().planned, 100);
    table.rows.iter_mut().flat_map(|row| &mut row.tried).for_each(|it| it.reviewed = None);
    let verdict = Verdict::of(&protocol, &table, Look::First, &DONE, &[]).unwrap();
    assert_eq!((verdict.decision.outcome, verdict.as_scored), (Outcome::Covered, None));
    // What failed anyway is no success to take away.
    let failed = [run(1, 20, passing(0))];
    let table = Table::of(&protocol, &failed, &[FIRST], &[(place(0, 1), Opinion::Cheating)].into());
    assert!(!table.is_reviewed());
}

#[test]
fn a_second_look_follows_an_inconclusive_first_only() {
    let protocol = protocol(20, true);
    let verdict = |first: u32, second: u32| {
        let runs = [run(1, 20, passing(first)), run(2, 20, passing(second))];
        let table = Table::of(&protocol, &runs, &[FIRST, SECOND], &BTreeMap::new());
        Verdict::of(&protocol, &table, Look::Second, &DONE, &[])
            .map(|it| (it.first.map(|it| it.outcome), it.decision.outcome))
    };
    let inconclusive = Some(Outcome::Inconclusive);
    assert_eq!(verdict(4, 5), Ok((inconclusive, Outcome::Covered)));
    assert_eq!(verdict(3, 3), Ok((inconclusive, Outcome::Inconclusive)));
    assert_eq!(verdict(5, 0), Err(Unfounded::NoSecondLook));
}

#[test]
fn an_attempt_that_was_started_too_often_says_nothing() {
    let protocol = protocol(2, false);
    let mut runs = [run(1, 2, passing(5))];
    runs[0].attempts[0].retries = 3;
    runs[0].attempts[1].retries = 2;
    runs[0].attempts[2].tokens = u64::MAX;
    let table = Table::of(&protocol, &runs, &[FIRST], &BTreeMap::new());
    let tried = &table.rows[0].tried;
    assert_eq!((tried[0].class, tried[1].class), (Class::InfraError, Class::Pass));
    assert_eq!((tried[2].tokens, table.tally().errors), (COUNT_MAX, 1));
}

#[test]
fn a_score_that_was_turned_after_the_run_says_nothing() {
    #[track_caller]
    fn check(class: Class, original: Option<f64>, value: Option<f64>, expected: Class) {
        let mut runs = [run(1, 2, |_, _| Class::Fail)];
        let attempt = &mut runs[0].attempts[0];
        (attempt.class, attempt.original, attempt.value) = (class, original, value);
        let table = Table::of(&protocol(2, false), &runs, &[FIRST], &BTreeMap::new());
        assert_eq!(table.rows[0].tried[0].class, expected);
    }
    check(Class::Pass, Some(0.0), Some(1.0), Class::Unscored);
    check(Class::Fail, Some(1.0), Some(0.0), Class::Unscored);
    check(Class::Fail, Some(0.2), Some(0.5), Class::Fail);
    check(Class::Pass, None, Some(1.0), Class::Pass);
}

#[test]
fn an_edit_alone_that_calls_a_success_cheated_helps_neither_side() {
    #[track_caller]
    fn check(scored: Class, opinion: Option<Opinion>, expected: (Class, Option<Class>)) {
        let mut runs = [run(1, 2, |_, _| Class::Fail)];
        let attempt = &mut runs[0].attempts[0];
        (attempt.class, attempt.scored) = (Class::CheatingConfirmed, Some(scored));
        (attempt.original, attempt.value) = (Some(1.0), Some(0.0));
        let place = (runs[0].log, TaskId::Number(0), 1);
        let reviewed = opinion.into_iter().map(|opinion| (place.clone(), opinion)).collect();
        let table = Table::of(&protocol(2, false), &runs, &[FIRST], &reviewed);
        let tried = &table.rows[0].tried[0];
        assert_eq!((tried.class, tried.reviewed), expected);
    }
    let pass = Class::Pass;
    check(pass, None, (pass, Some(Class::Unscored)));
    check(pass, Some(Opinion::Unclear), (pass, Some(Class::Unscored)));
    check(pass, Some(Opinion::Cheating), (pass, Some(Class::CheatingConfirmed)));
    check(pass, Some(Opinion::Clean), (pass, None));
    // What had not succeeded stays what it was, for whatever reason.
    for class in Class::all().filter(|class| *class != pass) {
        check(class, None, (class, None));
        check(class, Some(Opinion::Cheating), (class, None));
    }
}

#[test]
fn a_score_that_was_added_after_the_run_says_nothing() {
    #[track_caller]
    fn check(class: Class, scored: Class, expected: Class) {
        let mut runs = [run(1, 2, |_, _| Class::Fail)];
        let attempt = &mut runs[0].attempts[0];
        (attempt.class, attempt.scored) = (class, Some(scored));
        let table = Table::of(&protocol(2, false), &runs, &[FIRST], &BTreeMap::new());
        assert_eq!(table.rows[0].tried[0].class, expected);
    }
    check(Class::Fail, Class::Unscored, Class::Unscored);
    check(Class::Fail, Class::InfraError, Class::Unscored);
    check(Class::Pass, Class::RefusalText, Class::Unscored);
    check(Class::Fail, Class::Fail, Class::Fail);
    let stopped = Class::Limit(crate::evaluation::attempt::LimitKind::Token);
    check(Class::Fail, stopped, stopped);
}

#[test]
fn nobody_turns_covered_into_not_covered_by_edits() {
    let protocol = protocol(20, false);
    // Nine of ten successes are called cheated by somebody who edits the log.
    let mut runs = [run(1, 20, passing(5))];
    for attempt in runs[0].attempts.iter_mut().filter(|one| one.task != TaskId::Number(7)) {
        (attempt.class, attempt.scored) = (Class::CheatingConfirmed, Some(Class::Pass));
    }
    let found = |runs: &[Run], reviewed: &BTreeMap<Place, Opinion>| {
        let table = Table::of(&protocol, runs, &[FIRST], reviewed);
        let verdict = Verdict::of(&protocol, &table, Look::First, &DONE, &[]).unwrap();
        (verdict.decision.outcome, verdict.as_scored.map(|it| it.outcome))
    };
    let covered = Some(Outcome::Covered);
    assert_eq!(found(&runs, &BTreeMap::new()), (Outcome::Inconclusive, covered));
    let all = |opinion: Opinion| {
        let attempts = runs[0].attempts.iter();
        attempts.map(|one| ((runs[0].log, one.task.clone(), one.epoch), opinion)).collect()
    };
    assert_eq!(found(&runs, &all(Opinion::Cheating)), (Outcome::NotCovered, covered));
    assert_eq!(found(&runs, &all(Opinion::Clean)), (Outcome::Covered, None));
}

#[test]
fn easy_tasks_count_where_there_are_any() {
    let mut terms = protocol(20, false).terms().clone();
    terms.tasks[3].minutes = Some(Decimal::from(3));
    let protocol = Protocol::try_from(terms).unwrap();
    let grade = |class: &dyn Fn(usize, u32) -> Class| {
        let table = Table::of(&protocol, &[run(1, 20, class)], &[FIRST], &BTreeMap::new());
        let verdict = Verdict::of(&protocol, &table, Look::First, &DONE, &[]).unwrap();
        (verdict.easy_share, verdict.grade)
    };
    let at_easy = |number: usize, _: u32| if number == 3 { Class::Pass } else { Class::Fail };
    assert_eq!(grade(&at_easy), (Some(1.0), Grade::E2));
    assert_eq!(grade(&passing(0)), (Some(0.0), Grade::E1));
}

#[test]
fn families_come_from_the_protocol_or_else_from_the_logs() {
    let mut terms = protocol(3, false).terms().clone();
    terms.tasks[0].family = None;
    terms.tasks[1].family = None;
    let protocol = Protocol::try_from(terms).unwrap();
    let mut runs = [run(1, 3, passing(5))];
    let profile = Profile { family: Some("family 2".to_owned()), ..Profile::default() };
    runs[0].profiles = BTreeMap::from([(TaskId::Number(0), profile)]);
    let table = Table::of(&protocol, &runs, &[FIRST], &BTreeMap::new());
    let families: Vec<u32> = table.rows.iter().map(|row| row.family).collect();
    assert_eq!(families, [1, 0, 1], "by the log, by itself, by the protocol");
}

#[test]
fn success_by_budget_says_whether_more_would_help() {
    let protocol = protocol(2, false);
    let trend = |class: &dyn Fn(usize, u32) -> Class, budget| {
        let table = Table::of(&protocol, &[run(1, 2, class)], &[FIRST], &BTreeMap::new());
        let (points, trend) = table.by_budget(budget).unwrap();
        (points.iter().map(|point| point.share).collect::<Vec<f64>>(), trend)
    };
    assert_eq!(trend(&passing(5), Some(400)), (vec![0.0, 0.2, 0.4, 0.8], Trend::Rising));
    assert_eq!(trend(&passing(1), Some(400)), (vec![0.0, 0.2, 0.2, 0.2], Trend::Level));
    assert_eq!(trend(&passing(5), None).1, Trend::Rising);
}

/// A protocol that counts steps, and a log in which each attempt reaches as many of ten.
fn ranging(tasks: usize, reached: impl Fn(usize, u32) -> u32) -> (Protocol, Run) {
    let mut terms = protocol(tasks, false).terms().clone();
    terms.statistic.score = Score::MeanSteps;
    let class = |number: usize, epoch: u32| match reached(number, epoch) {
        10 => Class::Pass,
        _ => Class::Fail,
    };
    let mut run = run(1, tasks, class);
    for (place, attempt) in run.attempts.iter_mut().enumerate() {
        attempt.steps = Steps::new(reached(place / 5, attempt.epoch), 10);
    }
    (Protocol::try_from(terms).unwrap(), run)
}

#[test]
fn steps_count_where_the_protocol_says_so_and_nowhere_else() {
    let found = |reached: u32| {
        let (protocol, run) = ranging(20, |_, _| reached);
        let table = Table::of(&protocol, &[run], &[FIRST], &BTreeMap::new());
        let verdict = Verdict::of(&protocol, &table, Look::First, &DONE, &[]).unwrap();
        verdict.decision.outcome
    };
    // Nobody ever solved it, and nine steps of ten are more than the threshold.
    assert_eq!(
        [found(0), found(6), found(9)].map(Outcome::word),
        ["not_covered", "inconclusive", "covered"]
    );
    // The same log under a protocol that counts passes.
    let (_, run) = ranging(20, |_, _| 9);
    let plain = protocol(20, false);
    let table = Table::of(&plain, std::slice::from_ref(&run), &[FIRST], &BTreeMap::new());
    assert!(table.tried().all(|tried| tried.steps.is_none()));
    let verdict = Verdict::of(&plain, &table, Look::First, &DONE, &[]).unwrap();
    assert_eq!(verdict.decision.outcome, Outcome::NotCovered);
    // A table that does not go with the protocol gives nothing.
    let (stepped, _) = ranging(20, |_, _| 9);
    let verdict = Verdict::of(&stepped, &table, Look::First, &DONE, &[]);
    assert_eq!(verdict, Err(Unfounded::Statistic));
    let table = Table::of(&stepped, &[run], &[FIRST], &BTreeMap::new());
    let verdict = Verdict::of(&plain, &table, Look::First, &DONE, &[]);
    assert_eq!(verdict, Err(Unfounded::Statistic));
}

#[test]
fn a_range_has_the_mean_share_of_steps_and_exact_bounds_on_completion() {
    let (protocol, mut run) = ranging(2, |number, epoch| match (number, epoch) {
        (0, 1) => 10,
        (0, epoch) => epoch,
        _ => 0,
    });
    run.attempts[4].class = Class::InfraError;
    let table = Table::of(&protocol, std::slice::from_ref(&run), &[FIRST], &BTreeMap::new());
    let alpha = crate::evaluation::statistics::Alpha::new(0.05).unwrap();
    let ranges = table.ranges(Reading::Clean, alpha);
    let first = ranges[0].progress.clone().unwrap();
    assert_eq!((ranges.len(), ranges[0].steps, ranges[0].attempts), (2, 10, 4));
    // 10, 2, 3 and 4 of 10; the attempt that broke says nothing.
    assert_eq!((first.mean_fraction, first.complete), (19.0 / 40.0, 0.25));
    assert_eq!(first.survival[..4], [1.0, 1.0, 0.75, 0.5]);
    assert!((first.complete_bounds.lower - 0.012_741_454).abs() < 1e-8);
    // The task's share of the score, and what the broken attempt could make of it.
    let battery = table.battery(None, Look::First, Reading::Clean);
    let rate = |battery: &Battery| {
        use crate::evaluation::statistics::design::{Design, Weighting};
        Design::of(battery, Weighting::Given).unwrap().rows()[0].rate()
    };
    assert_eq!(rate(&battery), 19.0 / 40.0);
    use crate::evaluation::statistics::missing::{Assumed, assuming};
    assert_eq!(rate(&assuming(&battery, Assumed::Failed)), 19.0 / 50.0);
    assert_eq!(rate(&assuming(&battery, Assumed::Passed)), 29.0 / 50.0);
    // What people confirm to be cheated reached nothing.
    let cheated = [((run.log, TaskId::Number(0), 1), Opinion::Cheating)].into();
    let table = Table::of(&protocol, &[run], &[FIRST], &cheated);
    let clean = table.ranges(Reading::Clean, alpha)[0].progress.clone().unwrap();
    assert_eq!((clean.mean_fraction, clean.complete), (9.0 / 40.0, 0.0));
    let scored = table.ranges(Reading::Scored, alpha)[0].progress.clone().unwrap();
    assert_eq!(scored, first);
}

#[test]
fn a_task_that_is_left_out_counts_in_one_of_two_scores() {
    let protocol = protocol(20, false);
    // Half of the tasks fail, and are left out for a reason that the protocol names.
    let half = |number: usize, _: u32| if number < 10 { Class::Fail } else { Class::Pass };
    let table = Table::of(&protocol, &[run(1, 20, half)], &[FIRST], &BTreeMap::new());
    let one = |task: u32| Excluded {
        task,
        rule: Exclusion::ForeignFlag,
        reason: "the flag of another run".to_owned(),
    };
    let excluded: Vec<Excluded> = (0..10).map(one).collect();
    let excluded = exclusion::planned(&protocol, &excluded).unwrap();
    let table = table.excluding(&excluded);
    let verdict = Verdict::of(&protocol, &table, Look::First, &DONE, &[]).unwrap();
    assert_eq!(verdict.decision.outcome, Outcome::Covered);
    assert_eq!(verdict.as_scored.map(|it| it.outcome), Some(Outcome::Inconclusive));
    assert_eq!(table.battery(None, Look::First, Reading::Clean).tasks.len(), 10);
    assert_eq!(table.battery(None, Look::First, Reading::Scored).tasks.len(), 20);
    let check = |excluded: &[Excluded], expected: Unplanned| {
        assert_eq!(exclusion::planned(&protocol, excluded), Err(expected));
    };
    check(&[Excluded { rule: Exclusion::SolutionBroken, ..one(1) }], Unplanned::Rule);
    check(&[one(20)], Unplanned::Task);
    check(&[one(1), one(1)], Unplanned::Twice);
    check(&[Excluded { reason: " ".to_owned(), ..one(1) }], Unplanned::Reason);
    check(&[Excluded { reason: "a\nb".to_owned(), ..one(1) }], Unplanned::Reason);
}

proptest! {
    #[test]
    fn a_figure_reads_back_as_the_same_bits(bits: u64) {
        let number = f64::from_bits(bits);
        if !number.is_finite() {
            let text = serde_json::to_string(&Figure(number)).unwrap();
            prop_assert!(serde_json::from_str::<Figure>(&text).is_err());
            return Ok(());
        }
        let text = serde_json::to_string(&Figure(number)).unwrap();
        let read: Figure = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(read.0.to_bits(), bits);
    }

    #[test]
    fn a_figure_has_one_spelling(text in "-?[0-9]{1,3}(\\.[0-9]{0,3})?(e[0-9])?") {
        let read: Result<Figure, _> = serde_json::from_str(&format!("\"{text}\""));
        if let Ok(Figure(number)) = read {
            prop_assert_eq!(number.to_string(), text);
        }
    }
}
