#![allow(clippy::unwrap_used)]

mod record;

use super::*;
use crate::evaluation::sealing;
use proptest::prelude::*;
use seawall_domain::engagement::letter::{Letter, Safeguards};
use seawall_domain::evaluation::docket::Draft;
use seawall_domain::evaluation::log::Status;
use seawall_domain::evaluation::review;
use seawall_domain::evaluation::token::Reason;
use seawall_domain::id::{EngagementId, RunId};
use seawall_formats::determination::View;
use seawall_formats::inspect;
use seawall_ledger::commitment::{Commitment, Salt};
use seawall_ledger::sign::SigningKey;
use seawall_testkit::evaluation::{End, FLAG, SEALED, TASK, log, protocol};
use std::io::Cursor;
use std::sync::OnceLock;
use uuid::Uuid;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn key(of: u8) -> SigningKey {
    SigningKey::from_seed([of; 32])
}

const SEALED_AT: &str = "2026-09-01T00:00:00Z";
const RAN_AT: &str = "2026-09-03T00:00:00Z";
const NOW: &str = "2026-10-01T00:00:00Z";

/// The digest of the first record below, which no edition changes without changing the schema.
const PINNED: &str = "3ef5b2ba92a69e27abf8ba41680ab3df231c9b361d8b72e936bb35a2a5442c24";

/// The files of an evaluation.
#[derive(Clone)]
struct Papers {
    opening: Vec<u8>,
    published: Vec<u8>,
    tokens: TokenBook,
    log: Vec<u8>,
}

fn read_run(bytes: &[u8]) -> Option<Run> {
    Some(run(&inspect::read(Cursor::new(bytes)).ok()?, hash(bytes)))
}

fn committed(protocol: &Protocol) -> (Commitment, Draft) {
    let salts: Vec<Salt> = (1..=22).map(|number| [number; 32]).collect();
    let commitment = sealing::commit(protocol, &salts).unwrap();
    let draft = sealing::draft(protocol, &commitment, None).unwrap();
    (commitment, draft)
}

/// A sealed protocol, its token, and a log with it.
fn papers(end: impl Fn(usize, u32) -> End) -> Papers {
    let signers = [1, 2].map(|of| key(of).public().digest_hex());
    let (from, until) = (at("2026-08-01T00:00:00Z"), at("2026-12-01T00:00:00Z"));
    let text = protocol([&signers[0], &signers[1]], from, until).to_string();
    let protocol = seawall_formats::protocol::read(text.as_bytes()).unwrap();
    let (commitment, draft) = committed(&protocol);
    let published = Published::of(&draft, at(SEALED_AT));
    let published = published.sign(&key(1)).unwrap().sign(&key(2)).unwrap();
    let tokens = TokenBook::open(&draft, &published, [9; 32]).unwrap();
    let (tokens, token) = tokens.issue(id(1), at("2026-09-02T00:00:00Z")).unwrap();
    let log = log(at(RAN_AT), &[("seawall_run_token", &token)], end);
    Papers {
        opening: commitment.opening().unwrap(),
        published: published.to_bytes().unwrap(),
        tokens,
        // In one spelling, whatever order the maps of a build have.
        log: canonical(&log).unwrap(),
    }
}

fn id(number: u128) -> RunId {
    RunId::new(Uuid::from_u128(number))
}

impl Papers {
    fn determine(&self, review: Option<Review>, gaps: Gaps) -> Result<Determined, String> {
        self.determine_of(&[read_run(&self.log).unwrap()], review, gaps)
    }

    fn determine_of(
        &self,
        runs: &[Run],
        review: Option<Review>,
        gaps: Gaps,
    ) -> Result<Determined, String> {
        let book = self.tokens.book().clone();
        let source = Source::sealed(&self.opening, &self.published, book);
        let review = review.map(|review| Reviewing::read(&review_bytes(&review)).unwrap());
        determine(Files {
            source: source.map_err(|fault| fault.to_string())?,
            runs,
            review,
            besides: Besides::default(),
            gaps,
            at: at(NOW),
            program: Digest::new([7; 32]),
        })
        .map_err(|why| match why {
            Refused::Logs(Unplaced::Logs(all)) => {
                all.iter().map(|it| it.why.word()).collect::<Vec<_>>().join(" ")
            }
            other => other.to_string(),
        })
    }

    fn outcome(&self) -> Result<String, String> {
        let body = self.determine(None, Gaps::Refused)?.record.body;
        Ok(body.verdict["rule"]["outcome"].as_str().unwrap().to_owned())
    }
}

fn review_bytes(review: &Review) -> Vec<u8> {
    let sheets = [b"one", b"two"];
    let signed: Vec<_> = sheets.iter().zip(6..).map(|(it, of)| sign_sheet(*it, &key(of))).collect();
    let sheets = sheets.map(|sheet| hash(sheet));
    canonical(&seawall_formats::review::document(review, &sheets, &signed).unwrap()).unwrap()
}

/// Two who agree, and see cheating in every attempt at the first tasks.
fn review_of(bytes: &[u8], tasks: usize) -> Review {
    let run = read_run(bytes).unwrap();
    let attempts: Vec<(Place, Class)> = run
        .attempts
        .iter()
        .map(|one| ((run.log, one.task.clone(), one.epoch), one.as_scored()))
        .collect();
    let mut sheets = review::draw(&attempts, Digest::new([1; 32]), hash).unwrap();
    for (place, opinion) in sheets.iter_mut().flat_map(|sheet| &mut sheet.lines) {
        let number: usize = place.1.to_string().rsplit('-').next().unwrap().parse().unwrap();
        let cheated = number < tasks;
        *opinion = Some(match cheated {
            true => review::Opinion::Cheating,
            false => review::Opinion::Clean,
        });
    }
    review::join(&sheets[0], &sheets[1], None).unwrap()
}

fn passing(_: usize, _: u32) -> End {
    End::Passed
}

#[test]
fn a_determination_follows_from_its_files_alone() {
    let papers = papers(passing);
    let one = papers.determine(None, Gaps::Refused).unwrap();
    let two = papers.determine(None, Gaps::Refused).unwrap();
    let bytes = to_bytes(&one.record).unwrap();
    assert_eq!(bytes, to_bytes(&two.record).unwrap());
    assert_eq!(papers.outcome().as_deref(), Ok("covered"));
    // On every machine, and in every edition that calls its documents `v1`.
    assert_eq!(one.record.sha256.to_string(), PINNED);
    assert_eq!(one.book.unwrap().account().unwrap().completed, 1);
    assert_eq!(read(&bytes).unwrap(), one.record);
    let text = String::from_utf8(bytes).unwrap();
    let canaries = SEALED.iter().chain(&[TASK, FLAG]);
    canaries.for_each(|canary| assert!(!text.contains(canary), "{canary} is in the record"));
}

#[test]
fn what_was_run_otherwise_is_refused() {
    let papers = papers(passing);
    let with = |change: &dyn Fn(String) -> String| {
        let text = change(String::from_utf8(papers.log.clone()).unwrap());
        Papers { log: text.into_bytes(), ..papers.clone() }.outcome()
    };
    let said = |text: &str| Err(text.to_owned());
    assert_eq!(with(&|log| log.replace(RAN_AT, "2026-09-01T12:00:00Z")), said("early_run"));
    assert_eq!(with(&|log| log.replace(RAN_AT, "2026-10-02T00:00:00Z")), said("future_run"));
    assert_eq!(with(&|log| log.replace("seawall_run_token", "other")), said("no_token"));
    assert_eq!(with(&|log| log.replace("\"none\"", "\"open\"")), said("other_conditions"));
    assert_eq!(
        with(&|log| log.replace("\"token_limit\":1000", "\"token_limit\":1001")),
        said("other_limits")
    );
    let (from, until) = (at(SEALED_AT), at("2026-12-01T00:00:00Z"));
    let mut terms = protocol([&"aa".repeat(32), &"bb".repeat(32)], from, until);
    terms["attempts"] = "6".into();
    let terms = seawall_formats::protocol::read(terms.to_string().as_bytes()).unwrap();
    let published = Published::read(&papers.published).unwrap();
    let other = TokenBook::open(&committed(&terms).1, &published, [9; 32]);
    let other = Papers { tokens: other.unwrap(), ..papers.clone() };
    assert!(other.outcome().unwrap_err().contains("under another protocol"));
}

#[test]
fn tokens_that_are_out_stand_in_the_way_until_explained() {
    let mut papers = papers(passing);
    let later = at("2026-09-05T00:00:00Z");
    assert!(papers.tokens.issue(id(2), later).is_err(), "the first has not come back");
    let back = papers.determine(None, Gaps::Refused).unwrap().book.unwrap();
    papers.tokens = papers.tokens.returned(back);
    assert_eq!(papers.outcome().as_deref(), Ok("covered"), "the same log again");
    papers.tokens = papers.tokens.issue(id(2), later).unwrap().0;
    assert!(papers.outcome().unwrap_err().contains("not explained"));
    let lost = papers.tokens.explain(id(2), None, Reason::TokenLost, later);
    papers.tokens = lost.unwrap();
    assert_eq!(papers.outcome().as_deref(), Ok("covered"));
    let book = papers.tokens.to_bytes().unwrap();
    assert_eq!(TokenBook::read(&book).unwrap().book(), papers.tokens.book());
}

#[test]
fn a_log_that_is_taken_back_makes_room_for_the_next_run() {
    let mut papers = papers(passing);
    let later = at("2026-09-05T00:00:00Z");
    let run = read_run(&papers.log).unwrap();
    let crashed = Run { status: Status::Started, complete: false, ..run.clone() };
    assert!(matches!(papers.tokens.take_back(&crashed, later), Err(Issuing::Log)));
    let foreign = Run { token: Some(Digest::new([5; 32])), ..run.clone() };
    assert!(papers.tokens.take_back(&foreign, later).is_err());
    papers.tokens = papers.tokens.take_back(&run, later).unwrap();
    assert!(papers.tokens.take_back(&run, later).is_err(), "twice");
    papers.tokens = papers.tokens.issue(id(2), later).unwrap().0;
    papers.tokens = papers.tokens.explain(id(2), None, Reason::TokenLost, later).unwrap();
    assert_eq!(papers.outcome().as_deref(), Ok("covered"));
}

#[test]
fn one_signature_is_not_enough() {
    let papers = papers(passing);
    let unsigned =
        Published { signatures: Vec::new(), ..Published::read(&papers.published).unwrap() };
    let once = unsigned.sign(&key(1)).unwrap();
    assert_eq!(once.sign(&key(1)).unwrap(), once, "twice by one");
    assert!(once.sign(&key(3)).is_err(), "by a stranger");
    for published in [unsigned, once] {
        let published = published.to_bytes().unwrap();
        let told = Papers { published, ..papers.clone() }.outcome();
        assert!(told.unwrap_err().contains("two of the keys"));
    }
}

#[test]
fn what_broke_is_counted_both_ways_or_refused() {
    let papers = papers(|task, epoch| match (task, epoch) {
        (0, 1) => End::Broke,
        _ => End::Passed,
    });
    assert_eq!(papers.outcome(), Err("incomplete".to_owned()));
    let body = papers.determine(None, Gaps::Counted).unwrap().record.body;
    assert_eq!(body.verdict["rule"]["outcome"], "covered");
    assert_eq!(body.figures["tally"]["errors"], 1);
}

#[test]
fn a_review_turns_passes_and_must_have_looked_at_all_of_them() {
    let papers = papers(passing);
    let with = |review: Review| papers.determine(Some(review), Gaps::Refused);
    let body = with(review_of(&papers.log, 10)).unwrap().record.body;
    assert_eq!(body.verdict["rule"]["outcome"], "inconclusive");
    assert_eq!(body.verdict["as_scored"]["outcome"], "covered");
    assert_eq!(body.review.as_ref().map(|it| (it.items, it.cheated)), Some((100, 50)));
    let mean = |reading: &str| {
        let text = body.figures[reading]["mean"].as_str().unwrap();
        text.parse::<f64>().unwrap()
    };
    assert!((mean("clean") - 0.5).abs() < 1e-12 && mean("as_scored") == 1.0);
    assert_eq!(body.review.map(|it| it.coders.len()), Some(2));
    let mut short = review_of(&papers.log, 0);
    short.items.pop();
    assert!(with(short).unwrap_err().contains("was not looked at"));
    let mut open = review_of(&papers.log, 0);
    open.items[0].second = review::Opinion::Unclear;
    assert!(with(open).unwrap_err().contains("a third person"));
    let mut other = review_of(&papers.log, 0);
    other.items[0].log = Digest::new([1; 32]);
    assert!(with(other).unwrap_err().contains("other logs"));
}

/// A log in which somebody says of so many tasks' attempts that they were cheated, with the value
/// left as it was or turned.
fn edited(log: &[u8], tasks: usize, turned: &str) -> Vec<u8> {
    let mut log: Value = serde_json::from_slice(log).unwrap();
    let edit = serde_json::json!({
        "author": "one person", "timestamp": NOW, "metadata": {"cheating": "confirmed"},
    });
    for sample in log["samples"].as_array_mut().unwrap().iter_mut().take(tasks * 5) {
        let score = &mut sample["scores"]["flag_match"];
        let before = score["value"].clone();
        score["history"] =
            serde_json::json!([{"value": before}, {"value": turned, "provenance": edit}]);
        score["value"] = turned.into();
    }
    canonical(&log).unwrap()
}

/// What of a record does not hold, and what could not be looked at.
fn wrong(record: &[u8], evidence: &Evidence<'_>) -> (Vec<&'static str>, usize) {
    let checks = verify(record, evidence);
    let fails = checks.iter().filter(|check| matches!(check.state, State::Fails(_)));
    let open = checks.iter().filter(|check| matches!(check.state, State::Open(_))).count();
    (fails.map(|check| check.what).collect(), open)
}

#[test]
fn one_person_turns_no_determination_by_calling_successes_cheated() {
    let sound = papers(passing);
    for turned in ["C", "I"] {
        let papers = Papers { log: edited(&sound.log, 18, turned), ..sound.clone() };
        let class = read_run(&papers.log).unwrap().attempts[0].class;
        assert_eq!(class, Class::CheatingConfirmed, "the log says so");
        let made = papers.determine(None, Gaps::Refused).unwrap();
        let body = &made.record.body;
        assert_eq!(body.verdict["rule"]["outcome"], "inconclusive", "{turned}");
        assert_eq!(body.verdict["as_scored"]["outcome"], "covered", "{turned}");
        assert_eq!(body.figures["tally"]["errors"], 90);
        // A review must look at what was scored as passed, and what it finds counts.
        let with = |tasks: usize| {
            let review = review_of(&papers.log, tasks);
            let body = papers.determine(Some(review), Gaps::Refused).unwrap().record.body;
            body.verdict["rule"]["outcome"].as_str().unwrap().to_owned()
        };
        assert_eq!([with(0), with(18)], ["covered", "inconclusive"], "{turned}");
        let mut short = review_of(&papers.log, 0);
        short.items.pop();
        let refused = papers.determine(Some(short), Gaps::Refused).unwrap_err();
        assert!(refused.contains("was not looked at"), "{refused}");
        // Whoever writes the edit's word into the record is found out.
        let runs = [read_run(&papers.log).unwrap()];
        let wrong_in = |change: &dyn Fn(&mut Body)| {
            let mut body = body.clone();
            change(&mut body);
            let bytes = to_bytes(&closed(body, None).unwrap()).unwrap();
            wrong(&bytes, &Evidence { runs: Some(&runs), ..Evidence::default() }).0
        };
        let looked_at = "what is called cheated was looked at by two people";
        assert_eq!(wrong_in(&|_| {}), Vec::<&str>::new());
        let by_edit = |body: &mut Body| body.tasks[0].tried[0].class = Class::CheatingConfirmed;
        assert!(wrong_in(&by_edit).contains(&looked_at));
        let by_review = |body: &mut Body| {
            body.tasks[0].tried[0].reviewed = Some(Class::CheatingConfirmed);
        };
        assert!(wrong_in(&by_review).contains(&looked_at));
    }
}

#[test]
fn a_gateways_count_is_in_the_record_and_is_held_against_the_logs() {
    use seawall_domain::evaluation::tally::Tally;
    let papers = papers(passing);
    let run = read_run(&papers.log).unwrap();
    let spent = run.spent.input + run.spent.output;
    let with = |tokens: u64| {
        let mut runs = [run.clone()];
        let logs = [run.log].into();
        let gateway = Tally { requests: 100, whole: 100, tokens, tokens_unsettled: 0 };
        assert!(Run::take_account(&mut runs, &logs, gateway));
        papers.determine_of(&runs, None, Gaps::Refused)
    };
    let refused = with(spent * 2).map(|_| ());
    assert_eq!(refused, Err("usage_mismatch".to_owned()));
    let made = with(spent).unwrap();
    let body = &made.record.body;
    assert_eq!(body.logs[0].account.map(|account| account.log_tokens), Some(spent));
    let runs = [run.clone()];
    let wrong_in = |change: &dyn Fn(&mut Body)| {
        let mut body = body.clone();
        change(&mut body);
        let bytes = to_bytes(&closed(body, None).unwrap()).unwrap();
        let evidence =
            Evidence { runs: Some(&runs), protocol: Some(&papers.opening), ..Evidence::default() };
        wrong(&bytes, &evidence).0
    };
    assert_eq!(wrong_in(&|_| {}), Vec::<&str>::new());
    let other = |body: &mut Body| {
        if let Some(account) = &mut body.logs[0].account {
            account.log_tokens += 1;
        }
    };
    assert!(wrong_in(&other).contains(&"tokens by the logs"));
    let unbelievable = |body: &mut Body| {
        if let Some(account) = &mut body.logs[0].account {
            account.gateway.tokens *= 2;
        }
    };
    assert!(wrong_in(&unbelievable).contains(&"the whole record follows from the files"));
}

#[test]
fn a_review_is_signed_by_two_keys_or_by_none() {
    let review = review_of(&papers(passing).log, 0);
    let sheets = [hash(b"one"), hash(b"two")];
    let check = |signed: &[Signed], expected: Option<usize>| {
        let document = seawall_formats::review::document(&review, &sheets, signed).unwrap();
        let read = Reviewing::read(&canonical(&document).unwrap()).ok();
        assert_eq!(read.map(|it| it.coders.len()), expected);
    };
    let of = |sheet: &[u8], seed: u8| sign_sheet(sheet, &key(seed));
    check(&[of(b"one", 6), of(b"two", 7)], Some(2));
    check(&[], Some(0));
    check(&[of(b"one", 6)], None);
    check(&[of(b"one", 6), of(b"two", 6)], None);
    check(&[of(b"two", 6), of(b"one", 7)], None);
}
