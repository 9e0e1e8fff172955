#![allow(clippy::unwrap_used)]

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

/// Everything that a record is verified with.
struct Whole {
    record: Vec<u8>,
    papers: Papers,
    review: Vec<u8>,
    tokens: Vec<u8>,
}

fn whole() -> &'static Whole {
    static WHOLE: OnceLock<Whole> = OnceLock::new();
    WHOLE.get_or_init(|| {
        let mut papers = papers(|task, _| if task % 3 == 0 { End::Failed } else { End::Passed });
        // Without human minutes there is no horizon, whose bootstrap would take most of the time.
        let log = String::from_utf8(papers.log).unwrap();
        papers.log = log.replace("human_minutes", "no_minutes").into_bytes();
        let review = review_of(&papers.log, 2);
        let made = papers.determine(Some(review.clone()), Gaps::Refused).unwrap();
        let said = Concurrence {
            official: "An Official".to_owned(),
            view: View::Differs,
            reasons: Some("seen otherwise".to_owned()),
            at: at(NOW),
            over: Digest::new([0; 32]),
            signature: None,
        };
        let record = concur(&made.record, said, Some(&key(5))).unwrap();
        let tokens = papers.tokens.returned(made.book.unwrap()).to_bytes().unwrap();
        let (record, review) = (to_bytes(&record).unwrap(), review_bytes(&review));
        Whole { record, papers, review, tokens }
    })
}

/// What of a record does not hold, and what could not be looked at.
fn wrong(record: &[u8], evidence: &Evidence<'_>) -> (Vec<&'static str>, usize) {
    let checks = verify(record, evidence);
    let fails = checks.iter().filter(|check| matches!(check.state, State::Fails(_)));
    let open = checks.iter().filter(|check| matches!(check.state, State::Open(_))).count();
    (fails.map(|check| check.what).collect(), open)
}

/// The same with all files, each of which may be another one.
fn wrong_with(part: &str, bytes: &[u8]) -> (Vec<&'static str>, usize) {
    let all = whole();
    let of =
        |name: &str, kept: &'static [u8]| if part == name { bytes.to_vec() } else { kept.to_vec() };
    let (log, record) = (of("log", &all.papers.log), of("record", &all.record));
    let runs: Vec<Run> = read_run(&log).into_iter().collect();
    let (opening, published) =
        (of("opening", &all.papers.opening), of("commitment", &all.papers.published));
    let (tokens, review) = (of("tokens", &all.tokens), of("review", &all.review));
    wrong(
        &record,
        &Evidence {
            runs: Some(&runs),
            protocol: Some(&opening),
            commitment: Some(&published),
            tokens: Some(&tokens),
            review: Some(&review),
            ..Evidence::default()
        },
    )
}

#[test]
fn a_record_holds_with_everything_and_says_what_is_missing_otherwise() {
    let all = whole();
    assert_eq!(wrong_with("none", b""), (vec![], 0));
    let runs = [read_run(&all.papers.log).unwrap()];
    let mut evidence = Evidence::default();
    assert_eq!(wrong(&all.record, &evidence), (vec![], 7));
    evidence.runs = Some(&runs);
    assert_eq!(wrong(&all.record, &evidence), (vec![], 6));
    evidence.protocol = Some(&all.papers.opening);
    // The review, the commitment and the book of tokens are not there.
    assert_eq!(wrong(&all.record, &evidence), (vec![], 3));
    evidence.runs = Some(&[]);
    evidence.review = Some(&all.review);
    let (fails, _) = wrong(&all.record, &evidence);
    assert!(fails.contains(&"every log is there, unaltered"), "{fails:?}");
}

#[test]
fn a_dockets_book_has_no_key_and_is_changed_by_its_docket_alone() {
    let all = whole();
    let kept = TokenBook::read(&all.tokens).unwrap();
    let given = TokenBook::of_docket(kept.book().clone()).to_bytes().unwrap();
    let secret = "09".repeat(32);
    assert!(String::from_utf8_lossy(&all.tokens).contains(&secret));
    assert!(!String::from_utf8_lossy(&given).contains(&secret));
    assert_eq!(wrong_with("tokens", &given), (vec![], 0), "the record holds by it as well");
    let book = TokenBook::read(&given).unwrap();
    assert!(!book.has_key());
    let later = at("2026-09-05T00:00:00Z");
    assert!(book.issue(id(2), later).is_err());
    let why = book.explain(id(1), None, Reason::TokenLost, later);
    assert!(matches!(why, Err(Issuing::Docket)));
    let run = read_run(&all.papers.log).unwrap();
    assert!(matches!(book.take_back(&run, later), Err(Issuing::Docket)));
    let mut evidence = Evidence { tokens: Some(&given), ..Evidence::default() };
    let stated = |evidence: &Evidence<'_>| {
        let what = "every token was made with the key, for its run";
        let checks = verify(&all.record, evidence);
        checks.into_iter().find(|check| check.what == what).map(|check| check.state)
    };
    assert!(matches!(stated(&evidence), Some(State::Stated(_))));
    evidence.tokens = Some(&all.tokens);
    assert_eq!(stated(&evidence), Some(State::Holds));
}

#[test]
fn a_letter_tells_the_outcome_and_nothing_that_is_sealed() {
    let record = read(&whole().record).unwrap();
    // No salt is of this number.
    let snapshot = Some(Digest::new([0xAA; 32]));
    let said = Said { snapshot, safeguards: Some(Safeguards::Reduced) };
    let subject = letter(&record.body, said).unwrap();
    let engagement = EngagementId::new(Uuid::from_u128(1));
    let written = Letter { engagement, at: at(NOW), subject };
    let all = [written.text(), serde_json::to_string(&written).unwrap()];
    let salts = (1..=22_u8).map(|salt| format!("{salt:02x}").repeat(32));
    let sealed = SEALED.into_iter().chain([TASK, FLAG]).map(str::to_owned).chain(salts);
    for canary in sealed {
        assert!(all.iter().all(|text| !text.contains(&canary)), "{canary}");
    }
    let outcome = record.body.verdict["rule"]["outcome"].as_str().unwrap().replace('_', " ");
    assert!(all[0].contains(&format!("A determination was made: {outcome}.")), "{}", all[0]);
    let planned = &record.body.figures["tally"]["planned"];
    assert!(all[0].contains(&format!("Of {planned} attempts ")), "{}", all[0]);
}

#[test]
fn no_letter_follows_from_a_record_that_lacks_something() {
    let body = read(&whole().record).unwrap().body;
    let said = Said { snapshot: Some(Digest::new([7; 32])), safeguards: Some(Safeguards::Reduced) };
    let check = |change: fn(&mut Body), said: Said, expected: Untold| {
        let mut body = body.clone();
        body.model.snapshot = None;
        body.model.safeguards = None;
        change(&mut body);
        assert_eq!(letter(&body, said), Err(expected));
    };
    check(|body| body.standing = Standing::Rehearsal, said, Untold::Rehearsal);
    check(|body| body.verdict = Value::Null, said, Untold::Outcome);
    check(|body| body.figures = Value::Null, said, Untold::Tally);
    check(|_| {}, Said { snapshot: None, ..said }, Untold::Snapshot);
    check(|_| {}, Said { safeguards: None, ..said }, Untold::Safeguards);
    check(|body| body.model.safeguards = Some("none".to_owned()), said, Untold::Safeguards);
}

#[test]
fn a_record_that_was_made_up_is_found_out() {
    let all = whole();
    let record = seawall_formats::determination::read(&all.record).unwrap();
    let check = |change: &dyn Fn(&mut Body), expected: &str| {
        let mut body = record.body.clone();
        change(&mut body);
        // Whoever changes it makes the digests right again.
        let changed = to_bytes(&closed(body, None).unwrap()).unwrap();
        let (fails, _) = wrong_with("record", &changed);
        assert!(fails.contains(&expected), "{expected}: {fails:?}");
    };
    let whole = "the whole record follows from the files";
    check(
        &|body| body.verdict["rule"]["outcome"] = "covered".into(),
        "the verdict follows from its table",
    );
    check(
        &|body| body.figures["clean"]["mean"] = "0.9".into(),
        "the figures follow from its table",
    );
    let found = "the verdict follows from its table";
    check(&|body| body.tasks.truncate(3), found);
    check(&|body| body.tasks[1].tried.truncate(3), found);
    check(&|body| body.tasks[1].weight = "2".parse().unwrap(), found);
    check(&|body| body.tasks[0].tried[0].class = Class::Pass, whole);
    check(&|body| body.tasks[0].family = 3, whole);
    check(&|body| body.model.name = "other".to_owned(), whole);
    check(&|body| body.logs[0].created = Some(at(NOW)), whole);
    check(&|body| body.tokens.clear(), whole);
    check(&|body| body.told.tasks = 3, "the verdict follows from its table");
    let more = |body: &mut Body| body.inputs.extend([("more".to_owned(), body.program)]);
    check(&more, whole);
    check(&|body| body.protocol.signed_by.clear(), "the commitment, its time and its signatures");
    check(&|body| body.protocol.sealed_at = Some(at(NOW)), whole);
    check(
        &|body| body.protocol.root = Some(Digest::new([1; 32])),
        "the protocol is the one that was named",
    );
    check(&|body| body.review = None, whole);
}

#[test]
fn an_officials_word_is_about_one_record() {
    let all = whole();
    let record = read(&all.record).unwrap();
    let mut other = record.clone();
    let word = other.concurrence.take().unwrap();
    let changed = Concurrence { official: "Somebody Else".to_owned(), ..word };
    let forged = to_bytes(&closed(other.body, Some(changed)).unwrap()).unwrap();
    assert_eq!(wrong_with("record", &forged).0, ["the official's word, by the key that it names"]);
    assert_eq!(record.body.verdict["rule"]["outcome"], "inconclusive");
}

const NUMBERS: [u64; 8] = [0, 1, 2, 255, u32::MAX as u64, 1 << 32, (1 << 53) - 1, u64::MAX];
const TEXTS: [&str; 8] = ["0", "1", "-1", "0.0000001", "1e308", "99999999999999999999", "", "x"];

/// Every number of a tree, and every text that could be one.
fn numbers<'t>(tree: &'t mut Value, found: &mut Vec<&'t mut Value>) {
    match tree {
        Value::Object(members) => members.values_mut().for_each(|below| numbers(below, found)),
        Value::Array(items) => items.iter_mut().for_each(|below| numbers(below, found)),
        Value::Number(_) => found.push(tree),
        Value::String(text) if text.len() < 24 => found.push(tree),
        Value::String(_) | Value::Null | Value::Bool(_) => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_flipped_bit_in_any_file_is_found(at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let all = whole();
        let files: [(&str, &[u8]); 6] = [
            ("record", &all.record),
            ("log", &all.papers.log),
            ("opening", &all.papers.opening),
            ("commitment", &all.papers.published),
            ("tokens", &all.tokens),
            ("review", &all.review),
        ];
        for (name, bytes) in files {
            let mut flipped = bytes.to_vec();
            let at = at.index(flipped.len());
            flipped[at] ^= 1 << bit;
            let (fails, _) = wrong_with(name, &flipped);
            prop_assert!(!fails.is_empty(), "{} byte {} bit {}", name, at, bit);
        }
    }

    /// A record that reads, with the right digests, and extremes where its numbers are.
    #[test]
    fn a_record_made_of_extremes_is_refused_and_nothing_worse(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), 0..8_usize), 1..6)
    ) {
        let all = whole();
        let record = seawall_formats::determination::read(&all.record).unwrap();
        let mut tree = value(&record.body).unwrap();
        for (at, extreme) in changes {
            let mut leaves = Vec::new();
            numbers(&mut tree, &mut leaves);
            let at = at.index(leaves.len());
            *leaves[at] = match leaves[at].is_string() {
                true => TEXTS[extreme].into(),
                false => NUMBERS[extreme].into(),
            };
        }
        if let Ok(body) = serde_json::from_value::<Body>(tree) {
            let changed = closed(body, None).and_then(|record| to_bytes(&record));
            if let Ok(changed) = changed {
                drop(wrong_with("record", &changed));
                drop(read(&changed).map(|record| letter(&record.body, Said::default())));
            }
        }
    }

    #[test]
    fn verifying_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        drop(verify(&bytes, &Evidence::default()));
        drop(Published::read(&bytes));
        drop(TokenBook::read(&bytes));
    }
}
