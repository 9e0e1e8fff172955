use super::*;
use crate::time::SignedDuration;
use serde_json::{Value, json};

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// Terms full of canaries: each secret can be recognised wherever it might turn up.
pub(crate) fn terms() -> Terms {
    let battery = |name: &str, domain| BatteryTerms {
        name: name.to_owned(),
        version: "1".to_owned(),
        digest: Digest::new([7; 32]),
        domain,
    };
    let task = |battery: &str, id: TaskId| TaskTerms {
        battery: battery.to_owned(),
        id,
        weight: decimal("0.25"),
        family: None,
        minutes: None,
        item: None,
        twin: None,
    };
    Terms {
        schema: SCHEMA.to_owned(),
        model_line: "example line".to_owned(),
        batteries: vec![
            battery("canary-battery-one", Domain::Discovery),
            battery("canary-battery-two", Domain::Range),
        ],
        tasks: vec![
            task("canary-battery-one", TaskId::Number(4)),
            task("canary-battery-one", TaskId::Text("4".into())),
            task("canary-battery-two", TaskId::Text("canary-task".into())),
        ],
        attempts: Count(5),
        budgets: Budgets {
            tokens: Some(Count(2_500_000)),
            token_kind: Some("all".to_owned()),
            ..Budgets::default()
        },
        conditions: BTreeMap::from([("network".to_owned(), "none".to_owned())]),
        statistic: Statistic {
            score: Score::WeightedMean,
            estimand: Estimand::Population,
            elicitation: None,
            demands: Vec::new(),
        },
        families_min: Count(8),
        rule: Rule {
            tau_0: decimal("0.31415926"),
            tau_1: decimal("0.61803398"),
            alpha_covered: decimal("0.0577215"),
            alpha_not_covered: decimal("0.0141421"),
        },
        missing: Missing { reruns_max: Count(2), counted: Counted::BothBounds },
        refusals: Refusals { share_max: decimal("0.02") },
        exclusion: vec![Exclusion::ForeignFlag, Exclusion::CanarySeen],
        extension: Some(Extension { attempts_more: Count(5) }),
        decision: Decision::Any(vec![
            Decision::Domain(Domain::Discovery),
            Decision::All(vec![Decision::Domain(Domain::Range), Decision::Whole]),
        ]),
        elicitation_min: Grade::E2,
        analyser: Digest::new([8; 32]),
        validity: Validity {
            from: Timestamp::UNIX_EPOCH,
            until: Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 90),
        },
        signers: vec![Digest::new([1; 32]), Digest::new([2; 32])],
    }
}

/// What nobody but the signers may read: each of these is in [`terms`] and nowhere else.
pub(crate) const CANARIES: [&str; 6] =
    ["31415926", "61803398", "0577215", "0141421", "canary-task", "canary-battery"];

/// Every path of the document that has no further path below it.
fn ends(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            members.iter().for_each(|(key, below)| ends(below, &format!("{path}/{key}"), found));
        }
        Value::Array(items) if !items.is_empty() => {
            items.iter().for_each(|below| ends(below, &format!("{path}/-"), found));
        }
        _ => found.push(path.to_owned()),
    }
}

#[test]
fn each_value_lies_below_exactly_one_field() {
    assert!(FIELDS.is_sorted());
    let document = serde_json::to_value(terms()).unwrap();
    assert!(FIELDS.iter().all(|field| document.pointer(field).is_some()));
    let mut paths = Vec::new();
    ends(&document, "", &mut paths);
    for path in paths {
        let covers = |field: &&&str| {
            path.strip_prefix(**field).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        assert_eq!(FIELDS.iter().filter(covers).count(), 1, "{path}");
    }
}

#[test]
fn no_number_of_the_document_is_a_json_number() {
    fn numbers(value: &Value) -> usize {
        match value {
            Value::Number(_) => 1,
            Value::Object(members) => members.values().map(numbers).sum(),
            Value::Array(items) => items.iter().map(numbers).sum(),
            Value::Null | Value::Bool(_) | Value::String(_) => 0,
        }
    }
    let document = serde_json::to_value(terms()).unwrap();
    assert_eq!(numbers(&document), 0);
    assert_eq!(document["tasks"][0]["id"], json!("int:4"));
    assert_eq!(document["tasks"][1]["id"], json!("str:4"));
    let read: Terms = serde_json::from_value(document).unwrap();
    assert!(read == terms());
}

/// Whoever is refused for too much is told how much would do.
#[test]
fn bounds_are_told_as_they_are() {
    fn why(change: impl Fn(&mut Terms)) -> String {
        let mut changed = terms();
        change(&mut changed);
        Protocol::try_from(changed).unwrap_err().why.replace(',', "")
    }
    let told = |why: String, bound: usize| assert!(why.contains(&format!(" {bound} ")), "{why}");
    told(why(|it| it.validity.until = Timestamp::MAX), VALIDITY_DAYS_MAX as usize);
    told(why(|it| it.tasks.clear()), TASKS_MAX);
    told(why(|it| it.batteries.clear()), BATTERIES_MAX);
    told(why(|it| it.model_line = String::new()), TEXT_LEN_MAX);
}

#[test]
fn terms_that_do_not_hold_together_are_refused_by_field() {
    fn check(change: impl Fn(&mut Terms), expected: Option<&str>) {
        let mut changed = terms();
        change(&mut changed);
        let told = Protocol::try_from(changed).err().map(|unfit| unfit.field);
        assert_eq!(told, expected);
    }
    check(|_| {}, None);
    check(|it| it.schema = "seawall/protocol/v2".to_owned(), Some("/schema"));
    check(|it| it.model_line = String::new(), Some("/model_line"));
    check(|it| it.model_line = "a\nb".to_owned(), Some("/model_line"));
    check(|it| it.attempts = Count(0), Some("/attempts"));
    check(|it| it.families_min = Count(1), Some("/attempts"));
    check(|it| it.batteries.clear(), Some("/batteries"));
    check(|it| it.batteries[1].name = it.batteries[0].name.clone(), Some("/batteries"));
    check(|it| it.tasks.clear(), Some("/tasks"));
    check(|it| it.tasks.push(it.tasks[0].clone()), Some("/tasks"));
    check(|it| it.tasks[0].battery = "other".to_owned(), Some("/tasks"));
    check(|it| drop(it.tasks.pop()), Some("/tasks"));
    check(|it| it.tasks[0].weight = decimal("0"), Some("/tasks"));
    check(|it| it.tasks[0].weight = decimal("-1"), Some("/tasks"));
    check(|it| it.tasks[0].id = TaskId::Text("x".repeat(301).into()), Some("/tasks"));
    check(|it| it.rule.tau_0 = it.rule.tau_1.clone(), Some("/rule"));
    check(|it| it.rule.tau_1 = decimal("1.01"), Some("/rule"));
    check(|it| it.rule.tau_1 = decimal("1"), Some("/rule"));
    check(|it| it.rule.tau_1 = decimal("0.9999"), None);
    check(|it| it.rule.tau_0 = decimal("0"), Some("/rule"));
    check(|it| it.rule.tau_0 = decimal("-0.1"), Some("/rule"));
    check(|it| it.rule.alpha_covered = decimal("0"), Some("/rule"));
    check(|it| it.rule.alpha_not_covered = decimal("0.51"), Some("/rule"));
    check(|it| it.refusals.share_max = decimal("1.5"), Some("/refusals"));
    check(|it| it.exclusion.push(Exclusion::CanarySeen), Some("/exclusion"));
    check(|it| it.extension = Some(Extension { attempts_more: Count(0) }), Some("/extension"));
    check(|it| it.extension = None, None);
    check(|it| it.decision = Decision::Domain(Domain::Evasion), Some("/decision"));
    check(|it| it.decision = Decision::Any(Vec::new()), Some("/decision"));
    check(|it| it.validity.until = it.validity.from, Some("/validity"));
    check(|it| it.validity.until = Timestamp::MAX, Some("/validity"));
    check(|it| it.signers.truncate(1), Some("/signers"));
    check(|it| it.signers[1] = it.signers[0], Some("/signers"));
    check(|it| it.budgets.token_kind = None, Some("/budgets"));
    check(|it| drop(it.conditions.insert("a".into(), "b\u{0}".into())), Some("/conditions"));
    let deep = (0..9).fold(Decision::Whole, |inner, _| Decision::All(vec![inner]));
    check(move |it| it.decision = deep.clone(), Some("/decision"));
}

#[test]
fn other_documents_are_not_read_as_terms() {
    fn check(change: impl Fn(&mut Value)) {
        let mut document = serde_json::to_value(terms()).unwrap();
        change(&mut document);
        assert!(serde_json::from_value::<Terms>(document).is_err());
    }
    check(|it| it["more"] = json!("x"));
    check(|it| it["rule"]["more"] = json!("x"));
    check(|it| it["rule"]["tau_1"] = json!(0.618));
    check(|it| it["rule"]["tau_1"] = json!("0.60"));
    check(|it| it["rule"]["tau_1"] = json!("6e-1"));
    check(|it| it["attempts"] = json!(5));
    check(|it| it["attempts"] = json!("05"));
    check(|it| it["tasks"][0]["id"] = json!("4"));
    check(|it| it["tasks"][0]["id"] = json!("int:04"));
    check(|it| it["tasks"][0]["id"] = json!(4));
    check(|it| it["analyser"] = json!("00"));
}

#[test]
fn sealed_terms_stay_out_of_debug_output() {
    let protocol = Protocol::try_from(terms()).unwrap();
    let shown = format!("{protocol:?} {:?} {:?}", protocol.terms(), protocol.terms().rule);
    assert!(CANARIES.iter().all(|canary| !shown.contains(canary)), "{shown}");
    let written = serde_json::to_string(protocol.terms()).unwrap();
    assert!(CANARIES.iter().all(|canary| written.contains(canary)), "the canaries are there");
    assert_eq!(protocol.domains(), BTreeSet::from([Domain::Discovery, Domain::Range]));
    assert!(protocol.is_valid(Timestamp::UNIX_EPOCH));
    assert!(!protocol.is_valid(Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 90)));
    assert_eq!(Protocol::place("/rule/tau_1"), Some(16));
    assert_eq!(Protocol::place("/rule"), None);
}

#[test]
fn the_sealed_rule_is_the_one_that_decides() {
    use crate::evaluation::decision::{Extension as Looks, Outcome};
    let protocol = Protocol::try_from(terms()).unwrap();
    assert_eq!(protocol.strata(), [Some(Domain::Discovery), Some(Domain::Range), None]);
    let rule = protocol.rule().unwrap();
    let thresholds = rule.thresholds();
    assert!(thresholds.iter().all(|it| it.covered() == 0.61803398));
    assert!(thresholds.iter().all(|it| it.alert() == Some(0.31415926)));
    assert_eq!((rule.families_min, rule.grade_min), (8, Grade::E2));
    assert_eq!((rule.refusals_max, rule.extension), (0.02, Looks::Once));
    assert_eq!(f64::from(rule.alpha_covered), 0.0577215);
    assert_eq!(f64::from(rule.alpha_not_covered), 0.0141421);
    // Any of: discovery; range and the whole.
    use Outcome::{Covered, Inconclusive, NotCovered};
    for (domains, expected) in [
        ([Covered, NotCovered, NotCovered], Covered),
        ([NotCovered, Covered, Covered], Covered),
        ([NotCovered, Covered, NotCovered], NotCovered),
        ([NotCovered, NotCovered, Inconclusive], NotCovered),
        ([Inconclusive, NotCovered, Covered], Inconclusive),
    ] {
        assert_eq!(rule.formula().outcome(&domains), expected, "{domains:?}");
    }
}

#[test]
fn a_decision_that_grows_without_bound_is_refused() {
    // A hundred times "this or that" would be 2^100 alternatives, were they not the same few.
    let either = || Decision::Any(vec![Decision::Whole, Decision::Domain(Domain::Range)]);
    let wide = Decision::All((0..100).map(|_| either()).collect());
    let protocol = Protocol::try_from(Terms { decision: wide, ..terms() }).unwrap();
    assert!(protocol.rule().is_ok(), "many times the same is once the same");
    let only = Terms { decision: Decision::Whole, ..terms() };
    assert_eq!(Protocol::try_from(only).unwrap().strata(), [None]);
}
