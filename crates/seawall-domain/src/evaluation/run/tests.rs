//! Logs against a protocol: what each is refused for, and where those that are taken belong.

use super::*;
use crate::evaluation::attempt::Steps;
use crate::evaluation::conditions::Weight;
use crate::evaluation::decision::Look;
use crate::evaluation::protocol::{Protocol, tests::terms};
use crate::evaluation::token::{Book, Plan, Reason};
use crate::id::RunId;
use uuid::Uuid;

const NOW: &str = "1970-03-01T00:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn protocol() -> Protocol {
    Protocol::try_from(terms()).unwrap()
}

fn ids(battery: usize) -> Vec<TaskId> {
    match battery {
        0 => vec![TaskId::Number(4), TaskId::Text("4".into())],
        _ => vec![TaskId::Text("canary-task".into())],
    }
}

fn web() -> Profile {
    Profile { family: Some("web".to_owned()), ..Profile::default() }
}

/// A log of that battery, as the protocol wants it.
fn run(log: u8, battery: usize) -> Run {
    let mut conditions = Conditions::default();
    conditions.set("token_limit", "2500000", Weight::Binding);
    conditions.set("metadata.network", "\"none\"", Weight::Binding);
    let attempt = |task: TaskId, epoch: u32| Attempt {
        task,
        epoch,
        class: Class::Pass,
        value: None,
        original: None,
        tokens: 10,
        retries: 0,
        steps: None,
        scored: None,
        own_limit: false,
    };
    let tasks = ids(battery).into_iter();
    Run {
        log: Digest::new([log; 32]),
        token: Some(Digest::new([log + 100; 32])),
        created: Some(at("1970-02-01T00:00:00Z")),
        task: "any".to_owned(),
        model: "maker/model".to_owned(),
        notes: BTreeMap::new(),
        status: Status::Success,
        complete: true,
        findings: BTreeMap::new(),
        conditions,
        epochs: 5,
        attempts: tasks.flat_map(|id| (1..=5).map(move |n| attempt(id.clone(), n))).collect(),
        profiles: ids(battery).into_iter().map(|id| (id, web())).collect(),
        spent: Usage { total: 10, ..Usage::default() },
        account: None,
        guard: None,
    }
}

const PLAN: Plan = Plan {
    tasks: Digest::new([1; 32]),
    attempts: 5,
    limits: Digest::new([2; 32]),
    conditions: Digest::new([3; 32]),
};

/// A book in which these logs' tokens were given out, and the last may be open.
fn book(logs: &[u8]) -> Book {
    let (sealed, until) = (at("1970-01-02T00:00:00Z"), at("1970-12-01T00:00:00Z"));
    let mut book = Book::open(Digest::new([9; 32]), PLAN, sealed, until);
    for log in logs {
        let (run, token) = (id(*log), Digest::new([log + 100; 32]));
        book = book.issue(run, token, sealed).unwrap().0;
        if Some(log) != logs.last() {
            book = book.abandon(run, Reason::TokenLost, sealed).unwrap().0;
        }
    }
    book
}

fn id(number: u8) -> RunId {
    RunId::new(Uuid::from_u128(number.into()))
}

/// The words of what is wrong with the two logs after a change of the first.
fn told(change: impl Fn(&mut Run)) -> Vec<(usize, &'static str)> {
    let mut runs = [run(1, 0), run(2, 1)];
    change(&mut runs[0]);
    match place(&protocol(), &runs, None, Gaps::Refused, at(NOW)) {
        Ok(_) => Vec::new(),
        Err(Unplaced::Logs(all)) => all.iter().map(|it| (it.run, it.why.word())).collect(),
        Err(_) => vec![(9, "other")],
    }
}

#[test]
fn a_task_whose_family_nobody_names_is_none_by_itself() {
    let nameless = |run: &mut Run| drop(run.profiles.remove(&TaskId::Number(4)));
    assert_eq!(told(nameless), [(0, "no_family")]);
    let minutes_only = |run: &mut Run| {
        let profile = Profile { minutes: Some(3.0), ..Profile::default() };
        run.profiles.insert(TaskId::Number(4), profile);
    };
    assert_eq!(told(minutes_only), [(0, "no_family")]);
    let mut runs = [run(1, 0), run(2, 1)];
    nameless(&mut runs[0]);
    let mut terms = terms();
    for task in &mut terms.tasks {
        task.family = Some("sealed".to_owned());
    }
    let protocol = Protocol::try_from(terms).unwrap();
    assert!(place(&protocol, &runs, None, Gaps::Refused, at(NOW)).is_ok());
}

#[test]
fn a_gateways_count_stands_beside_the_logs_of_one_start() {
    let gateway = |tokens: u64| Tally { requests: 3, whole: 3, tokens, tokens_unsettled: 0 };
    let both = BTreeSet::from([1, 2].map(|log| Digest::new([log; 32])));
    let check = |tokens: u64, expected: &[(usize, &str)]| {
        let mut runs = [run(1, 0), run(2, 1)];
        for run in &mut runs {
            run.spent = Usage { input: 400, output: 100, ..Usage::default() };
        }
        assert!(Run::take_account(&mut runs, &both, gateway(tokens)));
        assert_eq!(runs[1].account.map(|it| it.log_tokens), Some(1000), "both logs together");
        let told = match place(&protocol(), &runs, None, Gaps::Refused, at(NOW)) {
            Ok(_) => Vec::new(),
            Err(Unplaced::Logs(all)) => all.iter().map(|it| (it.run, it.why.word())).collect(),
            Err(_) => vec![(9, "other")],
        };
        assert_eq!(told, expected);
    };
    check(1000, &[]);
    check(1010, &[]);
    check(1011, &[(0, "usage_mismatch"), (1, "usage_mismatch")]);
    check(980, &[(0, "usage_mismatch"), (1, "usage_mismatch")]);
    let mut one = [run(1, 0)];
    assert!(!Run::take_account(&mut one, &both, gateway(1000)), "a log of it is not there");
    assert!(!Run::take_account(&mut one, &BTreeSet::new(), gateway(1000)));
    assert_eq!(one[0].account, None);
}

#[test]
fn a_log_is_held_against_the_protocol() {
    #[track_caller]
    fn check(change: impl Fn(&mut Run), expected: &[&str]) {
        let words: Vec<&str> = told(change).iter().map(|(_, word)| *word).collect();
        assert_eq!(words, expected);
    }
    let set = |name: &'static str, value: &'static str| {
        move |run: &mut Run| run.conditions.set(name, value, Weight::Binding)
    };
    check(|_| {}, &[]);
    check(set("token_limit", "2500001"), &["other_limits"]);
    check(set("token_limit", "null"), &["other_limits"]);
    check(set("turn_limit", "5"), &["other_limits"]);
    check(set("message_limit", "50"), &["other_limits"]);
    check(set("token_limit_type", "\"output\""), &["other_limits"]);
    check(set("metadata.network", "\"open\""), &["other_conditions"]);
    check(set("metadata.network", "null"), &["other_conditions"]);
    check(set("network", "\"open\""), &["other_conditions"]);
    check(|run| run.epochs = 4, &["other_attempts"]);
    check(|run| drop(run.attempts.drain(..5)), &["other_tasks"]);
    check(|run| run.attempts[0].task = TaskId::Number(7), &["other_tasks"]);
    check(|run| run.log = Digest::new([2; 32]), &["same_log_twice"]);
    let found = |code: Code| move |run: &mut Run| run.findings = BTreeMap::from([(code, 2)]);
    check(found(Code::HeaderMismatch), &["header_mismatch"]);
    check(found(Code::Edited), &[]);
    check(|run| run.complete = false, &["incomplete"]);
    check(|run| run.status = Status::Started, &[]);
    // The first log sets the model.
    assert_eq!(told(|run| run.model = "other".to_owned()), [(1, "other_model")]);
}

#[test]
fn gaps_are_counted_only_where_the_run_ended() {
    let check = |change: &dyn Fn(&mut Run), gaps: Gaps, expected: &[&str]| {
        let mut run = run(1, 0);
        change(&mut run);
        let words: Vec<&str> = run.flaws(gaps).iter().map(Why::word).collect();
        assert_eq!(words, expected);
    };
    let broken = |run: &mut Run| {
        run.complete = false;
        run.findings.insert(Code::Incomplete, 1);
        run.attempts[3].class = Class::InfraError;
    };
    check(&broken, Gaps::Refused, &["incomplete"]);
    check(&broken, Gaps::Counted, &[]);
    let crashed = |run: &mut Run| {
        broken(run);
        run.status = Status::Started;
    };
    check(&crashed, Gaps::Counted, &["incomplete"]);
    let edited = |run: &mut Run| {
        broken(run);
        run.findings.insert(Code::SummaryMismatch, 1);
    };
    check(&edited, Gaps::Counted, &["summary_mismatch"]);
    check(&|run: &mut Run| run.attempts.clear(), Gaps::Counted, &["incomplete"]);
}

#[test]
fn logs_find_their_places() {
    let placed = |runs: &[Run]| {
        let placed = place(&protocol(), runs, None, Gaps::Refused, at(NOW))?;
        let places = placed.places.iter().map(|it| (it.battery, it.look)).collect::<Vec<_>>();
        Ok::<_, Unplaced>((places, placed.look))
    };
    let (first, second) = (Look::First, Look::Second);
    assert_eq!(placed(&[run(1, 0), run(2, 1)]), Ok((vec![(0, first), (1, first)], first)));
    assert_eq!(placed(&[run(2, 1), run(1, 0)]), Ok((vec![(1, first), (0, first)], first)));
    assert_eq!(placed(&[run(1, 0)]), Err(Unplaced::Lacking));
    assert_eq!(placed(&[]), Err(Unplaced::Number(0)));
    let mut runs = vec![run(3, 0), run(1, 0), run(2, 1), run(4, 1)];
    runs[0].created = Some(at("1970-02-02T00:00:00Z"));
    runs[3].created = Some(at("1970-02-02T00:00:00Z"));
    let places = vec![(0, second), (0, first), (1, first), (1, second)];
    assert_eq!(placed(&runs), Ok((places, second)));
    assert_eq!(placed(&runs[..3]), Err(Unplaced::Lacking));
    runs.push(run(5, 1));
    assert!(matches!(placed(&runs), Err(Unplaced::Logs(_))), "no third look");
}

/// What is wrong with the one log of a protocol with one battery, by its token.
fn by_token(book: &Book, change: impl Fn(&mut Run)) -> Result<usize, Vec<&'static str>> {
    let mut terms = terms();
    terms.batteries.truncate(1);
    terms.tasks.truncate(2);
    terms.decision = crate::evaluation::protocol::Decision::Whole;
    let protocol = Protocol::try_from(terms).unwrap();
    let mut run = run(1, 0);
    change(&mut run);
    match place(&protocol, &[run], Some(book), Gaps::Refused, at(NOW)) {
        Ok(placed) => Ok(placed.book.unwrap().account().unwrap().completed),
        Err(Unplaced::Logs(all)) => Err(all.iter().map(|it| it.why.word()).collect()),
        Err(Unplaced::Unexplained) => Err(vec!["unexplained"]),
        Err(Unplaced::LeftOut) => Err(vec!["left_out"]),
        Err(_) => Err(vec!["other"]),
    }
}

#[test]
fn a_run_without_its_token_does_not_count() {
    let issued = book(&[1]);
    let created = |text: &'static str| move |run: &mut Run| run.created = text.parse().ok();
    assert_eq!(by_token(&issued, |_| {}), Ok(1));
    assert_eq!(by_token(&issued, |run| run.token = None), Err(vec!["no_token"]));
    let foreign = |run: &mut Run| run.token = Some(Digest::new([77; 32]));
    assert_eq!(by_token(&issued, foreign), Err(vec!["foreign_token"]));
    assert_eq!(by_token(&issued, created("1970-01-01T12:00:00Z")), Err(vec!["early_run"]));
    assert_eq!(by_token(&issued, created("no instant")), Err(vec!["early_run"]));
    assert_eq!(by_token(&issued, created("1970-03-02T00:00:00Z")), Err(vec!["future_run"]));
    let late = created("1971-06-01T00:00:00Z");
    assert_eq!(by_token(&issued, late), Err(vec!["future_run", "not_in_force"]));
}

#[test]
fn every_token_is_accounted_for() {
    // Given out before and explained: it counts, and the log with the explained token does not.
    assert_eq!(by_token(&book(&[7, 1]), |_| {}), Ok(1));
    assert_eq!(by_token(&book(&[1, 7]), |_| {}), Err(vec!["reused_token"]));
    // Given out afterwards and not back.
    let sealed = at("1970-01-02T00:00:00Z");
    let done = |log: u8| {
        let claim = crate::evaluation::token::Claim {
            token: Digest::new([101; 32]),
            created: at("1970-02-01T00:00:00Z"),
            log: Digest::new([log; 32]),
        };
        let (taken, _) = book(&[1]).take(&claim, at(NOW)).unwrap();
        taken.complete(id(1), at(NOW)).unwrap().0
    };
    assert_eq!(by_token(&done(1), |_| {}), Ok(1), "the same again");
    assert_eq!(by_token(&done(5), |_| {}), Err(vec!["reused_token"]));
    let open = done(1).issue(id(8), Digest::new([8; 32]), sealed).unwrap().0;
    assert_eq!(by_token(&open, |_| {}), Err(vec!["unexplained"]));
    let also = |run: &mut Run| run.token = Some(Digest::new([8; 32]));
    let left = |run: &mut Run| {
        also(run);
        run.log = Digest::new([33; 32]);
    };
    assert_eq!(by_token(&open, left), Err(vec!["left_out"]), "the better of two runs");
}

#[test]
fn where_steps_count_every_attempt_says_how_far_it_came() {
    let mut terms = terms();
    terms.statistic.score = Score::MeanSteps;
    let protocol = Protocol::try_from(terms).unwrap();
    let stepped = |log: u8, battery: usize| {
        let mut run = run(log, battery);
        run.attempts.iter_mut().for_each(|one| one.steps = Steps::new(8, 8));
        run
    };
    let check = |change: &dyn Fn(&mut [Run; 2]), expected: &[usize]| {
        let mut runs = [stepped(1, 0), stepped(2, 1)];
        change(&mut runs);
        let runs = match place(&protocol, &runs, None, Gaps::Counted, at(NOW)) {
            Ok(_) => Vec::new(),
            Err(Unplaced::Logs(all)) => {
                assert!(all.iter().all(|it| it.why == Why::NoSteps), "{all:?}");
                all.iter().map(|it| it.run).collect()
            }
            Err(other) => panic!("{other}"),
        };
        assert_eq!(runs, expected);
    };
    check(&|_| {}, &[]);
    check(&|runs| runs[1].attempts[2].steps = None, &[1]);
    check(&|runs| runs[0].attempts[2].steps = Steps::new(8, 9), &[0]);
    check(&|runs| runs[0].attempts[2].steps = Steps::new(9, 9), &[0]);
    check(&|runs| runs[0].attempts[2].class = Class::Fail, &[0]);
    check(
        &|runs| {
            runs[0].attempts[2].class = Class::RefusalText;
            runs[0].attempts[2].steps = Steps::new(7, 8);
        },
        &[],
    );
    check(
        &|runs| {
            runs[0].attempts[2].class = Class::InfraError;
            runs[0].attempts[2].steps = None;
        },
        &[],
    );
    for (reached, of) in [(0, 0), (9, 8), (1, 10_001)] {
        assert_eq!(Steps::new(reached, of), None);
    }
}
