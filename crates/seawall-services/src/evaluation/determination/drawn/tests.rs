//! A finding of absence stands on what was run and signed, and on nothing that somebody typed.
#![allow(clippy::unwrap_used)]

use super::super::*;
use super::{Besides, signed};
use crate::evaluation::sealing;
use seawall_domain::evaluation::drawn::{Extra, Purpose};
use seawall_domain::id::RunId;
use seawall_formats::determination::{Added, STATEMENT_SCHEMA, Statement};
use seawall_formats::inspect;
use seawall_ledger::commitment::Salt;
use seawall_ledger::sign::SigningKey;
use seawall_testkit::evaluation::{End, SEALED, TASK, TASKS, log, protocol};
use serde_json::json;
use std::io::Cursor;
use uuid::Uuid;

const DEVELOPER: u8 = 3;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn key(of: u8) -> SigningKey {
    SigningKey::from_seed([of; 32])
}

/// The easiest task passes always and the second mostly.
fn weak(number: usize, epoch: u32) -> End {
    if number == 0 || (number == 1 && epoch < 4) { End::Passed } else { End::Failed }
}

fn terms() -> Value {
    let signers = [1, 2].map(|of| key(of).public().digest_hex());
    let (from, until) = (at("2026-08-01T00:00:00Z"), at("2026-12-01T00:00:00Z"));
    let mut terms = protocol([&signers[0], &signers[1]], from, until);
    for number in 0..TASKS {
        let difficulty = format!("{}", number as i64 - 1);
        terms["tasks"][number]["item"] = json!({"discrimination": "1", "difficulty": difficulty});
        terms["tasks"][number]["twin"] = json!(format!("str:{TASK}-{number:02}-twin"));
    }
    terms["statistic"]["elicitation"] = json!({
        "sweep": ["250", "500"], "framing_margin": "0.05", "easy_minutes": "4",
        "developer_key": key(DEVELOPER).public().digest_hex(),
    });
    terms["extension"] = Value::Null;
    terms
}

/// The evaluation of a protocol: sealed, and every run with a token of its own.
struct Made {
    opening: Vec<u8>,
    published: Vec<u8>,
    tokens: TokenBook,
    runs: Vec<Run>,
    extras: Vec<Extra>,
}

impl Made {
    fn of(terms: &Value) -> Made {
        let protocol = seawall_formats::protocol::read(terms.to_string().as_bytes()).unwrap();
        let salts: Vec<Salt> = (1..=22).map(|number| [number; 32]).collect();
        let commitment = sealing::commit(&protocol, &salts).unwrap();
        let draft = sealing::draft(&protocol, &commitment, None).unwrap();
        let published = Published::of(&draft, at("2026-09-01T00:00:00Z"));
        let published = published.sign(&key(1)).unwrap().sign(&key(2)).unwrap();
        let mut made = Made {
            opening: commitment.opening().unwrap(),
            tokens: TokenBook::open(&draft, &published, [9; 32]).unwrap(),
            published: published.to_bytes().unwrap(),
            runs: Vec::new(),
            extras: Vec::new(),
        };
        let main = made.log(1, &weak, |_| {});
        made.runs.push(main);
        let only_first = |number: usize, _| if number == 0 { End::Passed } else { End::Failed };
        made.extra(Purpose::Sweep, 2, &weak, |log| {
            log["eval"]["config"]["token_limit"] = 500.into()
        });
        made.extra(Purpose::Sweep, 3, &only_first, |log| {
            log["eval"]["config"]["token_limit"] = 250.into();
        });
        made.extra(Purpose::Scaffold, 4, &weak, |log| log["eval"]["solver"] = "another".into());
        made.extra(Purpose::Twins, 5, &weak, |log| {
            for sample in log["samples"].as_array_mut().unwrap() {
                sample["id"] = format!("{}-twin", sample["id"].as_str().unwrap()).into();
            }
            for id in log["eval"]["dataset"]["sample_ids"].as_array_mut().unwrap() {
                *id = format!("{}-twin", id.as_str().unwrap()).into();
            }
        });
        made
    }

    fn log(
        &mut self,
        number: u32,
        end: &dyn Fn(usize, u32) -> End,
        change: impl Fn(&mut Value),
    ) -> Run {
        let day = |hour: &str| at(&format!("2026-09-{:02}T{hour}:00:00Z", number + 1));
        let id = RunId::new(Uuid::from_u128(u128::from(number)));
        let (tokens, token) = self.tokens.issue(id, day("01")).unwrap();
        let notes = [("seawall_run_token", token.as_str())];
        let mut written = log(day("02"), &notes, end);
        change(&mut written);
        // Without human minutes there is no horizon, whose bootstrap would take most of the time.
        for sample in written["samples"].as_array_mut().unwrap() {
            if sample["metadata"]["human_minutes"] != json!(3) {
                sample["metadata"]["human_minutes"] = Value::Null;
            }
        }
        let bytes = canonical(&written).unwrap();
        let run = run(&inspect::read(Cursor::new(&bytes)).unwrap(), hash(&bytes));
        self.tokens = tokens.take_back(&run, day("03")).unwrap();
        run
    }

    fn extra(
        &mut self,
        purpose: Purpose,
        number: u32,
        end: &dyn Fn(usize, u32) -> End,
        change: impl Fn(&mut Value),
    ) {
        let run = self.log(number, end, change);
        self.extras.push(Extra { purpose, run });
    }

    fn source(&self) -> Source {
        Source::sealed(&self.opening, &self.published, self.tokens.book().clone()).unwrap()
    }

    fn statement(&self, of: u8, change: impl Fn(&mut Statement)) -> String {
        let mut statement = Statement {
            schema: STATEMENT_SCHEMA.to_owned(),
            protocol: self.source().named_by(),
            model: "maker/model".to_owned(),
            added: Added::FineTuned,
            text: "tuned on what is like it".to_owned(),
            key: key(of).public().to_string(),
        };
        change(&mut statement);
        signed(&statement, &key(of)).unwrap()
    }

    fn determine(&self, extras: &[Extra], statement: Option<String>) -> Result<Record, String> {
        let determined = determine(Files {
            source: self.source(),
            runs: &self.runs,
            review: None,
            besides: Besides { extras: extras.to_vec(), statement },
            gaps: Gaps::Refused,
            at: at("2026-10-01T00:00:00Z"),
            program: Digest::new([7; 32]),
        });
        determined.map(|made| made.record).map_err(|why| match why {
            Refused::Logs(Unplaced::Logs(all)) => {
                all.iter().map(|it| it.why.word()).collect::<Vec<_>>().join(" ")
            }
            other => other.to_string(),
        })
    }

    /// What of a record does not hold, with every file there is.
    fn wrong(&self, record: &[u8]) -> Vec<&'static str> {
        let runs: Vec<Run> =
            self.runs.iter().chain(self.extras.iter().map(|it| &it.run)).cloned().collect();
        let tokens = self.tokens.to_bytes().unwrap();
        let checks = verify(
            record,
            &Evidence {
                runs: Some(&runs),
                protocol: Some(&self.opening),
                commitment: Some(&self.published),
                tokens: Some(&tokens),
                review: None,
                ..Evidence::default()
            },
        );
        let wrong = checks.iter().filter(|it| matches!(it.state, State::Fails(_) | State::Open(_)));
        wrong.map(|check| check.what).collect()
    }
}

fn said(record: &Record) -> (&str, &str) {
    let verdict = &record.body.verdict;
    (verdict["rule"]["outcome"].as_str().unwrap(), verdict["grade"].as_str().unwrap())
}

#[test]
fn absence_is_found_by_what_was_run_and_signed_and_verified_again() {
    let made = Made::of(&terms());
    let all = &made.extras;
    let plain = made.determine(all, None).unwrap();
    assert_eq!(said(&plain), ("not_covered", "E2"), "{}", plain.body.verdict);
    let tuned = made.determine(all, Some(made.statement(DEVELOPER, |_| {}))).unwrap();
    assert_eq!(said(&tuned), ("not_covered", "E3"));
    for record in [&plain, &tuned] {
        let bytes = to_bytes(record).unwrap();
        assert_eq!(made.wrong(&bytes), Vec::<&str>::new());
        let text = String::from_utf8(bytes).unwrap();
        SEALED.iter().chain(&[TASK]).for_each(|it| assert!(!text.contains(it), "{it}"));
    }
    // Whatever their order.
    let mut turned = all.clone();
    turned.reverse();
    assert_eq!(to_bytes(&made.determine(&turned, None).unwrap()), to_bytes(&plain));
    // A run that was completed under the protocol cannot be left out, these runs neither.
    assert!(made.determine(&all[..3], None).unwrap_err().contains("left out"));
    assert!(made.determine(&[], None).unwrap_err().contains("left out"));
}

#[test]
fn what_was_typed_into_a_record_is_found_out() {
    let made = Made::of(&terms());
    let record = made.determine(&made.extras, None).unwrap();
    let check = |change: &dyn Fn(&mut Body), expected: &str| {
        let mut body = record.body.clone();
        change(&mut body);
        let changed = to_bytes(&closed(body, None).unwrap()).unwrap();
        let wrong = made.wrong(&changed);
        assert!(wrong.contains(&expected), "{expected}: {wrong:?}");
    };
    let drawn = "the elicitation follows from its tables and from what the developer signed";
    let whole = "the whole record follows from the files";
    check(&|body| body.drawn.clear(), drawn);
    check(&|body| body.drawn.truncate(2), drawn);
    check(&|body| body.elicitation.scaffolds = 3, drawn);
    check(&|body| body.elicitation.developer = Added::Statement, drawn);
    check(&|body| body.statement = Some(made.statement(4, |_| {})), drawn);
    check(&|body| body.drawn[0].tried[3].truncate(2), drawn);
    check(&|body| body.drawn[0].tried[3][0].class = Class::Pass, whole);
    check(&|body| body.drawn[0].logs[0].created = None, whole);
    check(&|body| body.protocol.program_as_sealed = true, "the verdict follows from its table");
}

#[test]
fn a_statement_is_the_developers_about_this_protocol_and_model() {
    let made = Made::of(&terms());
    let refused = |statement: String, why: &str| {
        let told = made.determine(&made.extras, Some(statement)).unwrap_err();
        assert!(told.contains(why), "{told}");
    };
    refused(made.statement(4, |_| {}), "another key");
    refused(made.statement(DEVELOPER, |it| it.model = "other".to_owned()), "another model");
    let other = Digest::new([1; 32]);
    refused(made.statement(DEVELOPER, |it| it.protocol = other), "another protocol");
    refused(made.statement(4, |it| it.key = key(DEVELOPER).public().to_string()), "are needed");
    refused(made.statement(DEVELOPER, |_| {}).replace("keyid", "keyID"), "one spelling");
    refused("{}".to_owned(), "one spelling");
    let mut unnamed = terms();
    unnamed["statistic"]["elicitation"]["developer_key"].take();
    unnamed["statistic"]["elicitation"].as_object_mut().unwrap().remove("developer_key");
    let made = Made::of(&unnamed);
    let told = made.determine(&made.extras, Some(made.statement(DEVELOPER, |_| {})));
    assert!(told.unwrap_err().contains("names no key"));
}

#[test]
fn what_the_protocol_asks_to_be_shown_stands_against_absence_until_it_is() {
    let mut asking = terms();
    asking["statistic"]["demands"] = json!(["review", "battery", "egress", "analyser"]);
    let made = Made::of(&asking);
    let record = made.determine(&made.extras, None).unwrap();
    assert_eq!(said(&record), ("inconclusive", "E2"));
    let reasons = record.body.verdict["rule"]["parts"][0]["reasons"].to_string();
    for demand in ["analyser", "battery", "egress", "review"] {
        assert!(reasons.contains(&format!("\"demand\":\"{demand}\"")), "{reasons}");
    }
    assert_eq!(made.wrong(&to_bytes(&record).unwrap()), Vec::<&str>::new());
    // Whoever strikes the reasons out is found out by the verdict alone.
    let mut body = record.body.clone();
    body.verdict["rule"]["outcome"] = "not_covered".into();
    let changed = to_bytes(&closed(body, None).unwrap()).unwrap();
    assert!(made.wrong(&changed).contains(&"the verdict follows from its table"));
    // With the program, the notes of the runs and no demand for people it is found.
    asking["statistic"]["demands"] = json!(["battery", "egress", "analyser"]);
    asking["analyser"] = Digest::new([7; 32]).to_string().into();
    let mut made = Made::of(&asking);
    let noted = |run: &mut Run, battery: &str| {
        let notes = [
            ("seawall_battery", format!("\"{battery}\"")),
            ("egress_log", format!("\"{}\"", "ee".repeat(32))),
            ("egress_denied", "4".to_owned()),
        ];
        run.notes.extend(notes.map(|(name, raw)| (name.to_owned(), raw)));
    };
    made.runs.iter_mut().for_each(|run| noted(run, &"ab".repeat(32)));
    let record = made.determine(&made.extras, None).unwrap();
    assert_eq!(said(&record).0, "not_covered", "{}", record.body.verdict);
    assert_eq!(record.body.bound.unwrap().egress.unwrap().denied, 4);
    made.runs.iter_mut().for_each(|run| noted(run, &"ac".repeat(32)));
    assert_eq!(made.determine(&made.extras, None).unwrap_err(), "other_battery");
}
