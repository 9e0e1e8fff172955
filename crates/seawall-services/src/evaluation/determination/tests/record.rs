//! A record: what of it holds with which files, what is told of it, and what is found out.

use super::*;

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
    let subject = letter(&record, said).unwrap();
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
    let record = read(&whole().record).unwrap();
    let said = Said { snapshot: Some(Digest::new([7; 32])), safeguards: Some(Safeguards::Reduced) };
    let check = |change: fn(&mut Body), said: Said, expected: Untold| {
        let mut record = record.clone();
        record.body.model.snapshot = None;
        record.body.model.safeguards = None;
        change(&mut record.body);
        assert_eq!(letter(&record, said), Err(expected));
    };
    let unspoken = Record { concurrence: None, ..record.clone() };
    assert_eq!(letter(&unspoken, said), Err(Untold::Unspoken));
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
                drop(read(&changed).map(|record| letter(&record, Said::default())));
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
