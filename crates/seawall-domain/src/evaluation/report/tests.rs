use super::*;
use crate::evaluation::attempt::LimitKind;
use crate::evaluation::conditions::{Conditions, Weight};
use crate::evaluation::log::{
    Answer, Cause, Ceilings, Claim, Claimed, Edits, Fallback, Header, Provenance, Reduction,
    Results, Score, Spec, Summary, Update,
};

use std::collections::BTreeMap;
use std::sync::Arc;

fn text(id: &str) -> TaskId {
    TaskId::Text(id.into())
}

/// An attempt that the scorer `flag` gave a value for; the task's first letter is its family.
fn seen(id: &str, epoch: u32, value: f64) -> Observation {
    Observation {
        task: text(id),
        epoch,
        scores: vec![Score {
            scorer: "flag".into(),
            value: Given::One(Scalar::Number(value)),
            edited: None,
            cause: Cause::None,
        }],
        facts: [("task_family".into(), Scalar::Text(id.get(..1).unwrap_or_default().into()))]
            .into(),
        answer: Answer::Given,
        limit: None,
        ceilings: None,
        turns: None,
        broken: false,
        retries: 0,
        invalidated: None,
        fallbacks: Box::default(),
        usage: Usage { total: 10, ..Usage::default() },
    }
}

fn spec(tasks: &[&str], epochs: u32) -> Spec {
    Spec {
        eval_id: "e".to_owned(),
        run_id: "r".to_owned(),
        created: "2026-01-01".to_owned(),
        task: "battery".to_owned(),
        model: "m".to_owned(),
        tasks: Some(tasks.iter().map(|id| text(id)).collect()),
        size: None,
        epochs,
        scorers: vec!["flag".to_owned()],
        cluster: None,
        reducers: None,
        conditions: Conditions::default(),
        metadata: BTreeMap::new(),
    }
}

#[test]
fn a_limit_that_is_not_the_runs_is_an_attempts_own() {
    let mut conditions = Conditions::default();
    for (name, value) in [("token_limit", "1000"), ("turn_limit", "10"), ("time_limit", "60")] {
        conditions.set(name, value.to_owned(), Weight::Binding);
    }
    let check = |change: fn(&mut Observation, &mut Ceilings), expected: &[&str]| {
        let (mut one, mut ceilings) = (seen("a", 1, 0.0), Ceilings::default());
        change(&mut one, &mut ceilings);
        one.ceilings = Some(ceilings.into());
        let own: Vec<&str> = one.own_limits(&conditions).into_iter().collect();
        assert_eq!(own, expected, "{ceilings:?}");
    };
    let stopped = |one: &mut Observation, ceilings: &mut Ceilings, kind: LimitKind, at: f64| {
        (one.limit, ceilings.stopped_at) = (Some(kind), Some(at));
    };
    assert!(seen("a", 1, 0.0).own_limits(&conditions).is_empty(), "what is not told");
    check(|_, all| (all.tokens, all.seconds) = (Some(1000), Some(60)), &[]);
    check(|_, all| all.tokens = Some(999), &["token_limit"]);
    check(
        |_, all| (all.messages, all.seconds) = (Some(5), Some(61)),
        &["message_limit", "time_limit"],
    );
    check(|one, _| one.turns = Some(10), &[]);
    check(|one, _| one.turns = Some(11), &["turn_limit"]);
    let by = |kind: LimitKind, at: f64| {
        let (mut one, mut ceilings) = (seen("a", 1, 0.0), Ceilings::default());
        stopped(&mut one, &mut ceilings, kind, at);
        one.ceilings = Some(ceilings.into());
        one.own_limits(&conditions).into_iter().collect::<Vec<_>>()
    };
    assert_eq!(by(LimitKind::Token, 1000.0), [""; 0]);
    assert_eq!(by(LimitKind::Token, 400.0), ["token_limit"]);
    assert_eq!(by(LimitKind::Token, -1.0), [""; 0], "it does not say at how much");
    assert_eq!(by(LimitKind::Token, f64::NAN), [""; 0]);
    assert_eq!(by(LimitKind::Cost, 2.5), ["cost_limit"]);
    assert_eq!(by(LimitKind::Custom, 1.0), ["custom"]);
    assert_eq!(by(LimitKind::Context, 1.0), [""; 0]);
    assert_eq!(by(LimitKind::Operator, 1.0), [""; 0]);
    let mut own = log();
    own.observations[0].ceilings = Some(Ceilings { tokens: Some(5), ..Ceilings::default() }.into());
    let report = Report::of(&own);
    assert!(report.findings.is_empty(), "it is told where budgets were sealed");
    assert!(report.can_serve() && report.attempts.iter().filter(|one| one.own_limit).count() == 1);
}

/// Two tasks tried twice, one solved and one solved once, with a header that says so.
fn log() -> Log {
    let metric = |key: &str, name: &str, value: f64, cluster: Option<&str>| Claimed {
        key: key.to_owned(),
        name: name.to_owned(),
        value,
        cluster: cluster.map(str::to_owned),
        special: false,
    };
    let metrics = vec![
        metric("accuracy", "accuracy", 0.75, None),
        metric("stderr", "stderr", 0.25, None),
        metric("stderr2", "stderr", 0.25, Some("task_family")),
    ];
    let claim = Claim {
        name: "flag".to_owned(),
        scorer: "flag".to_owned(),
        reducer: None,
        scored: Some(2),
        unscored: Some(0),
        metrics,
    };
    Log {
        header: Header {
            status: Status::Success,
            spec: spec(&["a", "b"], 2),
            started_as: Some(spec(&["a", "b"], 2)),
            conditions: Conditions::default(),
            results: Some(Results { total: Some(4), completed: Some(4), claims: vec![claim] }),
            spent: Some(Usage { total: 40, ..Usage::default() }),
            invalidated: Some(false),
            updates: Vec::new(),
        },
        observations: vec![
            seen("a", 1, 1.0),
            seen("b", 1, 0.0),
            seen("a", 2, 1.0),
            seen("b", 2, 1.0),
        ],
        summaries: None,
        reductions: None,
        findings: Vec::new(),
    }
}

/// The report in few words: classes, the first score, findings' codes.
fn told(log: &Log) -> (String, String, String) {
    let report = Report::of(log);
    let classes: Vec<&str> = report.attempts.iter().map(|one| one.class.word()).collect();
    let codes: Vec<&str> = report.findings.iter().map(|one| one.code.word()).collect();
    let score = report
        .scores
        .first()
        .map(|one| format!("{} {:?} {:?}", one.name, one.mean.unwrap_or(f64::NAN), one.bounds));
    (classes.join(" "), score.unwrap_or_default(), codes.join(" "))
}

fn check(change: impl FnOnce(&mut Log), classes: &str, score: &str, codes: &str) {
    let mut log = log();
    change(&mut log);
    let expected = (classes.to_owned(), score.to_owned(), codes.to_owned());
    assert_eq!(told(&log), expected, "{:#?}", Report::of(&log).findings);
}

const SOUND: &str = "pass pass fail pass";
const SCORE: &str = "flag 0.75 Some([0.75, 0.75])";

#[test]
fn a_sound_log_has_nothing_to_be_said() {
    check(|_| {}, SOUND, SCORE, "");
    let report = Report::of(&log());
    assert!(report.complete && report.can_serve());
    let first = report.scores.first();
    assert_eq!(first.and_then(|one| one.stderr), Some(0.25));
    assert_eq!(first.and_then(|one| one.stderr_clustered), Some(0.25));
    assert_eq!((report.tasks, report.usage.total), (2, 40));
}

/// Leaves results that claim no number.
fn unclaim(log: &mut Log) {
    if let Some(results) = &mut log.header.results {
        (results.total, results.completed) = (None, None);
        for claim in &mut results.claims {
            claim.metrics.clear();
            (claim.scored, claim.unscored) = (None, None);
        }
    }
}

#[test]
fn what_is_not_known_widens_the_bounds() {
    check(
        |log| {
            unclaim(log);
            log.observations.remove(1);
        },
        "pass pass missing pass",
        "flag 1.0 Some([0.75, 1.0])",
        "incomplete",
    );
    check(
        |log| {
            unclaim(log);
            log.observations[1].broken = true;
            log.observations[1].scores.clear();
        },
        "pass pass infra_error pass",
        "flag 1.0 Some([0.75, 1.0])",
        "incomplete unscored",
    );
    check(
        |log| {
            unclaim(log);
            log.observations[3].scores[0].value = Given::One(Scalar::Number(f64::NAN));
        },
        "pass pass fail unscored",
        "flag 0.5 Some([0.5, 0.75])",
        "unscored",
    );
    check(
        |log| {
            unclaim(log);
            log.observations[0].scores[0].value = Given::One(Scalar::Number(7.0));
        },
        SOUND,
        "flag 2.25 None",
        "",
    );
}

#[test]
fn what_was_changed_or_answered_by_another_is_told() {
    let who = Provenance { author: "ann".to_owned(), ..Provenance::default() };
    check(
        |log| {
            log.observations[0].invalidated = Some(who.clone().into());
            log.header.invalidated = Some(true);
        },
        "invalidated pass fail pass",
        "flag 0.75 Some([0.5, 0.75])",
        "invalidated",
    );
    check(
        |log| {
            log.observations[0].fallbacks =
                [Fallback { asked: "m".to_owned(), answered: "n".to_owned(), count: 2 }].into();
        },
        "fallback pass fail pass",
        "flag 0.75 Some([0.5, 0.75])",
        "fallback",
    );
    check(
        |log| {
            let score = &mut log.observations[1].scores[0];
            let edited = score.edited.get_or_insert_default();
            edited.original = Some(Given::One(Scalar::Number(1.0)));
            edited.by = vec![who.clone()];
            log.header.updates = vec![Update { what: "tags".to_owned(), by: who.clone() }];
        },
        SOUND,
        SCORE,
        "edited edited",
    );
    check(
        |log| log.observations[3].scores[0].edited.get_or_insert_default().cheated = true,
        "pass pass fail cheating_confirmed",
        "flag 0.5 Some([0.5, 0.5])",
        "",
    );
    check(
        |log| {
            log.observations[1].limit = Some(LimitKind::Message);
            log.observations[0].limit = Some(LimitKind::Message);
        },
        "pass pass limit_message pass",
        SCORE,
        "",
    );
}

#[test]
fn what_the_scorers_gave_is_kept_beside_what_was_edited() {
    let check = |change: fn(&mut Observation), class: Class, scored: Option<Class>| {
        let mut log = log();
        change(&mut log.observations[0]);
        let attempt = Report::of(&log).attempts.remove(0);
        assert_eq!((attempt.class, attempt.scored), (class, scored));
        assert_eq!(attempt.as_scored(), scored.unwrap_or(class));
    };
    fn edit(seen: &mut Observation, from: Option<f64>, to: f64) -> &mut Edits {
        let score = &mut seen.scores[0];
        score.value = Given::One(Scalar::Number(to));
        let edited = score.edited.get_or_insert_default();
        edited.original = from.map(|from| Given::One(Scalar::Number(from)));
        edited.by = vec![Provenance::default()];
        edited
    }
    let (pass, fail) = (Class::Pass, Class::Fail);
    check(|_| {}, pass, None);
    check(|seen| _ = edit(seen, Some(1.0), 0.0), fail, Some(pass));
    check(|seen| _ = edit(seen, None, 0.0), fail, Some(Class::Unscored));
    check(|seen| _ = edit(seen, Some(f64::NAN), 1.0), pass, Some(Class::Unscored));
    let cheated = Class::CheatingConfirmed;
    // Whether the value is turned with it or left.
    check(|seen| edit(seen, Some(1.0), 1.0).cheated = true, cheated, Some(pass));
    check(|seen| edit(seen, Some(1.0), 0.0).cheated = true, cheated, Some(pass));
    check(|seen| edit(seen, Some(0.0), 1.0).cheated = true, cheated, Some(fail));
    check(
        |seen| {
            edit(seen, Some(0.0), 0.0).cheated = true;
            seen.answer = Answer::Declined;
        },
        cheated,
        Some(Class::RefusalText),
    );
}

#[test]
fn of_two_tellings_the_last_counts() {
    check(
        |log| {
            unclaim(log);
            log.observations.push(seen("a", 1, 0.0));
        },
        "fail pass fail pass",
        "flag 0.5 Some([0.5, 0.5])",
        "duplicate_member",
    );
}

#[test]
fn a_header_that_says_otherwise_is_found_out() {
    let metric = |log: &mut Log, place: usize, value: f64| {
        let results = log.header.results.as_mut();
        let claim = results.and_then(|results| results.claims.first_mut());
        if let Some(metric) = claim.and_then(|claim| claim.metrics.get_mut(place)) {
            metric.value = value;
        }
    };
    let results = |log: &mut Log, change: fn(&mut Results)| {
        log.header.results.as_mut().map(change).unwrap_or_default();
    };
    let mismatch = |change: &dyn Fn(&mut Log)| {
        check(|log| change(log), SOUND, SCORE, "header_mismatch");
    };
    mismatch(&|log| metric(log, 0, 0.76));
    mismatch(&|log| metric(log, 1, f64::NAN));
    mismatch(&|log| metric(log, 2, 0.24));
    mismatch(&|log| results(log, |results| results.total = Some(5)));
    mismatch(&|log| results(log, |results| results.completed = Some(3)));
    mismatch(&|log| results(log, |results| results.claims[0].scored = Some(1)));
    mismatch(&|log| results(log, |results| results.claims.clear()));
    mismatch(&|log| log.header.results = None);
    mismatch(&|log| log.header.spent = Some(Usage { total: 1, ..Usage::default() }));
    mismatch(&|log| log.header.spent = Some(Usage { total: 41, ..Usage::default() }));
    mismatch(&|log| log.header.spent = Some(Usage { total: 40, input: 1, ..Usage::default() }));
    mismatch(&|log| log.header.invalidated = Some(true));
    mismatch(&|log| log.header.started_as = Some(spec(&["a"], 2)));
    mismatch(&|log| {
        log.header.spec.conditions.set("token_limit", "5", Weight::Binding);
    });
    mismatch(&|log| {
        let tasks = vec![
            (text("a"), Given::One(Scalar::Number(1.0))),
            (text("b"), Given::One(Scalar::Number(1.0))),
        ];
        log.reductions = Some(vec![Reduction { scorer: "flag".to_owned(), reducer: None, tasks }]);
    });
    // One score nobody has, and none of the one that was planned.
    check(
        |log| results(log, |results| results.claims[0].scorer = "other".to_owned()),
        SOUND,
        SCORE,
        "header_mismatch header_mismatch",
    );
    check(
        |log| results(log, |results| results.claims[0].metrics[0].name = "grouped".to_owned()),
        SOUND,
        SCORE,
        "not_recomputed",
    );
    check(
        |log| log.observations.push(seen("z", 1, 0.0)),
        "pass pass fail pass fail",
        "flag 0.5 Some([0.5, 0.5])",
        "header_mismatch header_mismatch header_mismatch header_mismatch \
         header_mismatch header_mismatch header_mismatch",
    );
}

#[test]
fn more_may_be_spent_than_the_attempts_tell_only_where_some_were_tried_again() {
    let spent = |log: &mut Log, total: u64| {
        log.header.spent = Some(Usage { total, ..Usage::default() });
    };
    let check = |change: fn(&mut Log), total: u64, codes: &str| {
        check(
            |log| {
                change(log);
                spent(log, total);
            },
            SOUND,
            SCORE,
            codes,
        );
    };
    check(|_| {}, 40, "");
    check(|log| log.header.spent = None, 40, "");
    check(|log| log.observations[1].retries = 1, 55, "");
    check(|log| log.observations[1].retries = 1, 39, "header_mismatch");
    // Older logs tell of no tokens by attempt.
    check(|log| log.observations.iter_mut().for_each(|one| one.usage = Usage::default()), 55, "");
    // A scorer of the task's own that nobody planned claims nothing.
    check(
        |log| {
            log.header.results = None;
            log.header.spec.scorers.clear();
            log.header.started_as = None;
        },
        40,
        "",
    );
}

#[test]
fn summaries_are_compared_one_by_one() {
    let of = |seen: &Observation| Summary {
        task: seen.task.clone(),
        epoch: seen.epoch,
        scores: seen.scores.iter().map(|s| (s.scorer.clone(), s.value.clone())).collect(),
        broken: seen.broken,
        limit: seen.limit,
        tokens: Some(seen.usage.total),
    };
    let check = |change: fn(&mut Vec<Summary>), codes: &str| {
        check(
            |log| {
                let mut summaries: Vec<Summary> = log.observations.iter().map(of).collect();
                change(&mut summaries);
                log.summaries = Some(summaries);
            },
            SOUND,
            SCORE,
            codes,
        );
    };
    check(|_| {}, "");
    check(
        |all| Arc::make_mut(&mut all[0].scores)[0].1 = Given::One(Scalar::Number(0.0)),
        "summary_mismatch",
    );
    check(|all| all[0].scores = [].into(), "summary_mismatch");
    check(|all| Arc::make_mut(&mut all[0].scores)[0].0 = "other".into(), "summary_mismatch");
    check(|all| all[0].broken = true, "summary_mismatch");
    check(|all| all[0].limit = Some(LimitKind::Cost), "summary_mismatch");
    check(|all| all[0].tokens = Some(11), "summary_mismatch");
    check(|all| all[0].tokens = None, "");
    check(|all| drop(all.remove(0)), "summary_mismatch");
    check(|all| all[0].epoch = 9, "summary_mismatch summary_mismatch");
}

#[test]
fn a_number_and_its_text_stay_two_tasks() {
    check(
        |log| {
            let tasks = vec![TaskId::Number(4), text("4")];
            log.header.spec.tasks = Some(tasks.clone().into());
            log.header.started_as = None;
            unclaim(log);
            for (seen, at) in log.observations.iter_mut().zip([0, 1, 0, 1]) {
                seen.task = tasks[at].clone();
            }
        },
        SOUND,
        SCORE,
        "",
    );
}

#[test]
fn named_values_are_scores_of_their_own() {
    let named = |a: f64, b: f64| {
        Given::Named(vec![("steps".into(), Scalar::Number(a)), ("flag".into(), Scalar::Number(b))])
    };
    let mut log = log();
    log.header.results = None;
    let values = [named(0.5, 1.0), named(f64::NAN, 0.0), named(1.0, 0.0), named(0.0, 0.0)];
    for (seen, value) in log.observations.iter_mut().zip(values) {
        seen.scores[0].value = value;
    }
    let report = Report::of(&log);
    let classes: Vec<&str> = report.attempts.iter().map(|one| one.class.word()).collect();
    assert_eq!(classes, ["fail", "pass", "unscored", "fail"]);
    let names: Vec<(&str, Option<f64>)> =
        report.scores.iter().map(|one| (one.name.as_str(), one.mean)).collect();
    assert_eq!(names, [("steps", Some(0.375)), ("flag", Some(0.25))]);
}

#[test]
fn other_reducers_have_scores_of_their_own() {
    let mut log = log();
    log.header.spec.reducers = Some(vec!["mean".to_owned(), "pass_at_2".to_owned()]);
    let report = Report::of(&log);
    let names: Vec<(&str, Option<f64>)> =
        report.scores.iter().map(|one| (one.name.as_str(), one.mean)).collect();
    assert_eq!(names, [("flag", Some(0.75)), ("flag/pass_at_2", Some(1.0))]);
}

#[test]
fn a_plan_beyond_all_bounds_is_not_listed() {
    let mut log = log();
    log.header.spec.epochs = u32::MAX;
    log.header.started_as = None;
    let report = Report::of(&log);
    assert_eq!((report.attempts.len(), report.complete), (4, false));
}

#[test]
fn steps_are_told_by_two_values_that_nobody_changed() {
    let named = |parts: &[(&str, f64)]| {
        let part = |(name, value): &(&str, f64)| ((*name).into(), Scalar::Number(*value));
        Given::Named(parts.iter().map(part).collect())
    };
    let check = |value: Given, original: Option<Given>, expected: Option<(u32, u32)>| {
        let mut log = log();
        let mut score = log.observations[0].scores[0].clone();
        score.scorer = "range".into();
        (score.value, score.edited) =
            (value, original.map(|it| Edits { original: Some(it), ..Edits::default() }.into()));
        log.observations[0].scores.push(score);
        let steps = Report::of(&log).attempts[0].steps;
        assert_eq!(steps.map(|steps| (steps.reached(), steps.of())), expected);
    };
    let three = || named(&[("steps_reached", 3.0), ("steps_total", 32.0)]);
    check(three(), None, Some((3, 32)));
    check(three(), Some(three()), Some((3, 32)));
    check(three(), Some(named(&[("steps_reached", 2.0), ("steps_total", 32.0)])), None);
    check(named(&[("steps_reached", 33.0), ("steps_total", 32.0)]), None, None);
    check(named(&[("steps_reached", 0.5), ("steps_total", 1.0)]), None, None);
    check(named(&[("steps_reached", f64::NAN), ("steps_total", 1.0)]), None, None);
    check(named(&[("steps_reached", -1.0), ("steps_total", 1.0)]), None, None);
    check(named(&[("steps_reached", 0.0), ("steps_total", 0.0)]), None, None);
    check(named(&[("steps_reached", 1.0)]), None, None);
    check(named(&[("steps", 0.375), ("steps_total", 32.0)]), None, None);
    check(Given::One(Scalar::Number(3.0)), None, None);
    check(Given::One(Scalar::Number(f64::NAN)), None, None);
}
