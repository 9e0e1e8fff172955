//! A protocol that was sealed in a docket, a determination by its papers, and the record of it in
//! an engagement: the developer is told by a letter.

use super::{hidden, holds, refused};
use seawall_domain::access::Actor;
use seawall_domain::digest::Digest;
use seawall_domain::engagement::{Engagement, UNRECORDED};
use seawall_domain::evaluation::Evaluation;
use seawall_domain::evaluation::attempt::Class;
use seawall_domain::evaluation::decision::Outcome as Finding;
use seawall_domain::evaluation::drawn::{Extra, Purpose};
use seawall_domain::evaluation::run::{Gaps, Run};
use seawall_domain::evaluation::sealing::Duty;
use seawall_domain::evaluation::token::Reason;
use seawall_domain::id::{EngagementId, EvaluationId};
use seawall_formats::determination::{Body, Concurrence, Record, Standing, View};
use seawall_formats::inspect;
use seawall_ledger::sign::SigningKey;
use seawall_services::engagement::{self, RECORD_BYTES_MAX};
use seawall_services::evaluation::determination::{
    self, Besides, Evidence, Files, Source, State, TokenBook, concur, determine, hash, to_bytes,
};
use seawall_services::evaluation::docket::{self, Fate, Keeping, Returned};
use seawall_testkit::evaluation::{End, FLAG, SEALED, TASK, log, protocol};
use seawall_testkit::world::{
    Framework, World, agree, bring_key, digest_of, each, in_days, must, person_of,
};
use serde_json::Value;
use std::io::Cursor;

/// Seals the protocol full of canaries in a docket.
async fn sealed(world: &World, cast: &Framework) -> (EvaluationId, Digest) {
    let (desk, official) = (&world.desk, &cast.officials.1[0]);
    let id = must(docket::open(desk, official).await).id;
    let duties = [Duty::SetThreshold, Duty::Countersign, Duty::Run, Duty::Score, Duty::Custody];
    for (actor, duty) in cast.evaluators.iter().zip(duties) {
        must(docket::give(desk, official, id, person_of(actor), duty).await);
    }
    must(docket::give(desk, official, id, person_of(&cast.officials.1[1]), Duty::Custody).await);
    let [first, second, ..] = &cast.evaluators;
    let signs = |actor: &Actor| own_key(world, actor).public().digest_hex();
    let signers = [signs(first), signs(second)];
    let until = in_days(world, 90);
    let text = protocol([&signers[0], &signers[1]], in_days(world, -1), until).to_string();
    for custodian in [&cast.evaluators[4], &cast.officials.1[1]] {
        bring_key(world, custodian, id).await;
    }
    let split = Some(Keeping::Split { quorum: 2 });
    let drafted = must(docket::commit(desk, first, id, text.as_bytes(), split).await);
    let root = drafted.root().unwrap_or(digest_of(0));
    must(docket::sign(desk, first, id, root).await);
    must(docket::sign(desk, second, id, root).await);
    (id, root)
}

/// The key with which somebody signs here.
fn own_key(world: &World, actor: &Actor) -> SigningKey {
    let account = actor.account.map(|account| format!("account/{account}"));
    world.desk.signing_key(&account.unwrap_or_default())
}

/// A run in the docket, its token given out, brought back and closed; the log is changed before.
async fn ran(world: &World, cast: &Framework, id: EvaluationId, change: fn(&mut Value)) -> Run {
    let desk = &world.desk;
    let [_, _, runner, scorer, _] = &cast.evaluators;
    let issued = must(docket::issue(desk, runner, id).await);
    let snapshot = digest_of(1).to_string();
    let notes = [("seawall_run_token", issued.token.as_str()), ("snapshot", snapshot.as_str())];
    // Logs tell seconds only, and the token is of this very second.
    let created = seawall_domain::time::whole_second(world.now());
    let ends = |task: usize, _| if task.is_multiple_of(3) { End::Failed } else { End::Passed };
    let mut log = log(created, &notes, ends);
    change(&mut log);
    // Without human minutes there is no horizon, whose bootstrap would take most of the time.
    let text = log.to_string().replace("human_minutes", "no_minutes");
    let run = must(inspect::read(Cursor::new(text.as_bytes())));
    let run = determination::run(&run, hash(text.as_bytes()));
    let returned = Returned { token: &issued.token, created, log: run.log };
    must(docket::take(desk, scorer, id, returned).await);
    must(docket::close(desk, scorer, id, issued.run, Fate::Completed).await);
    run
}

/// What came of a docket: the record, nobody's word in it yet.
async fn determined(world: &World, cast: &Framework, id: EvaluationId) -> Record {
    let desk = &world.desk;
    let [_, _, _, scorer, custodian] = &cast.evaluators;
    let run = ran(world, cast, id, |_| {}).await;
    // By another scaffold as well, with a token of the same book.
    let other = ran(world, cast, id, |log| log["eval"]["solver"] = "another".into()).await;
    must(docket::ask_opening(desk, scorer, id, None).await);
    must(agree(world, custodian, id).await);
    must(agree(world, &cast.officials.1[1], id).await);

    // By the papers of the docket, as the command line does it.
    let opening = must(docket::reveal(desk, scorer, id, None).await);
    let commitment = must(docket::commitment(desk, scorer, id).await);
    let tokens = must(docket::book(desk, scorer, id).await);
    let book = must(TokenBook::read(&tokens)).book().clone();
    let runs = [run];
    let extras = vec![Extra { purpose: Purpose::Scaffold, run: other.clone() }];
    let made = must(determine(Files {
        source: must(Source::sealed(&opening, &commitment, book)),
        runs: &runs,
        review: None,
        besides: Besides { extras, statement: None },
        gaps: Gaps::Refused,
        at: world.now(),
        program: digest_of(77),
    }));
    assert_eq!(made.record.body.elicitation.scaffolds, 2);
    let [run] = runs;
    let all = [run, other];
    let evidence = Evidence {
        runs: Some(&all),
        protocol: Some(&opening),
        commitment: Some(&commitment),
        tokens: Some(&tokens),
        review: None,
        ..Evidence::default()
    };
    let checks = determination::verify(&must(to_bytes(&made.record)), &evidence);
    let wrong = checks.iter().find(|it| matches!(it.state, State::Fails(_) | State::Open(_)));
    assert_eq!(wrong, None, "the record of a docket's papers verifies");
    made.record
}

fn official_key() -> SigningKey {
    SigningKey::from_seed([55; 32])
}

/// The record with an official's word over what its body is by now.
fn spoken(world: &World, record: &Record, differs: Option<&str>, key: &SigningKey) -> Vec<u8> {
    let word = Concurrence {
        official: "An Official".to_owned(),
        view: if differs.is_some() { View::Differs } else { View::Concurs },
        reasons: differs.map(str::to_owned),
        at: world.now(),
        over: digest_of(0),
        signature: None,
    };
    // Twice, since the first makes the digest of a body that was changed.
    let record = must(concur(record, word.clone(), Some(key)));
    must(to_bytes(&must(concur(&record, word, Some(key)))))
}

/// A question about a snapshot that was answered under a protocol.
async fn answered(
    world: &World,
    cast: &Framework,
    snapshot: u8,
    root: Digest,
    (outcome, differs): (Finding, Option<&str>),
) -> EngagementId {
    let (desk, evaluator) = (&world.desk, &cast.evaluators[0]);
    let id = cast.engage(world, snapshot).await.id;
    must(engagement::submit(desk, &cast.developer.1, id, in_days(world, 60)).await);
    must(engagement::schedule(desk, evaluator, id).await);
    must(engagement::name_protocol(desk, evaluator, id, root).await);
    must(engagement::start(desk, evaluator, id).await);
    must(engagement::analyse(desk, evaluator, id).await);
    must(engagement::issue(desk, &cast.officials.1[0], id, outcome, differs).await);
    id
}

fn outcome(record: &Record) -> Finding {
    must(serde_json::from_value(record.body.verdict["rule"]["outcome"].clone()))
}

/// What of a record is changed, and what its refusal then says.
type Change = (fn(&mut Body), &'static str);

const CHANGES: [Change; 11] = [
    (|body| body.standing = Standing::Rehearsal, "this is a rehearsal"),
    (|body| body.model.snapshot = None, "which its run must name"),
    (|body| body.model.safeguards = None, "which its run must name"),
    (|body| body.model.snapshot = Some(digest_of(8).to_string()), "does not name"),
    (|body| body.protocol.root = Some(digest_of(8)), "stands on another protocol"),
    (|body| body.verdict["rule"]["outcome"] = "not_covered".into(), "official signed"),
    (|body| body.told.tasks = 3, "other than its docket says"),
    (|body| body.tokens.clear(), "determine with the docket's book"),
    (|body| body.logs[0].sha256 = digest_of(8), "those that count by its docket"),
    (|body| body.tasks[0].tried[0].class = Class::Pass, "the figures follow from its table"),
    (|body| body.protocol.sealed_at = None, "the commitment, its time"),
];

#[tokio::test]
async fn a_record_comes_into_its_engagement_and_a_letter_out_of_it() {
    each("record", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let desk = world.desk.clone();
        let (docket, root) = sealed(&world, &cast).await;
        let record = determined(&world, &cast, docket).await;
        let found = outcome(&record);
        let [official, _] = &cast.officials.1;
        let key = official_key();
        let good = spoken(&world, &record, None, &key);
        let id = answered(&world, &cast, 1, root, (found, None)).await;
        let send =
            async |bytes: Vec<u8>| engagement::receive_record(&desk, official, id, bytes).await;
        for other in [&cast.developer.1, &cast.rival.1, &cast.evaluators[3], &cast.auditor] {
            hidden(engagement::receive_record(&desk, other, id, good.clone()).await);
        }
        refused(send(vec![b' '; RECORD_BYTES_MAX + 1]).await, "bytes of a record");
        refused(send(b"{}".to_vec()).await, "unaltered");
        refused(send(must(to_bytes(&record))).await, "no official has signed it");
        let differs = spoken(&world, &record, Some("Too small."), &key);
        refused(send(differs).await, "not what the official said here");
        let signer = own_key(&world, &cast.evaluators[1]);
        refused(send(spoken(&world, &record, None, &signer)).await, "one that sealed the protocol");
        for (change, says) in CHANGES {
            let mut changed = record.clone();
            change(&mut changed.body);
            refused(send(spoken(&world, &changed, None, &key)).await, says);
        }
        let before = must(engagement::letters(&desk, &cast.developer.1, id).await).len();
        let kept = must(send(good.clone()).await);
        assert_eq!(kept.record, Some(seawall_services::desk::digest(&good)));
        refused(send(good.clone()).await, "one is kept");
        let read = async |actor: &Actor| engagement::record(&desk, actor, id).await;
        assert_eq!(must(read(&cast.evaluators[3]).await), good, "whoever scores may see it");
        for other in [&cast.evaluators[0], &cast.evaluators[2], official, &cast.auditor] {
            refused(read(other).await, "without the duty");
        }
        for outside in [&cast.developer.1, &cast.rival.1, &cast.partner.1] {
            hidden(read(outside).await);
            hidden(engagement::depicted(&desk, outside, id).await);
        }
        let under = async |actor| must(engagement::records_under(&desk, actor, &root, 9).await);
        assert_eq!(under(&cast.evaluators[3]).await, [id], "whoever scores is led to it");
        for other in [&cast.evaluators[0], official, &cast.developer.1, &cast.partner.1] {
            assert_eq!(under(other).await, [], "and nobody else");
        }
        let depicted = must(engagement::depicted(&desk, &cast.evaluators[3], id).await);
        assert_eq!(Some(depicted.file), kept.record);
        assert_eq!(depicted.picture.title, "maker/model");

        let letters = must(engagement::letters(&desk, &cast.developer.1, id).await);
        assert_eq!(letters.len(), before + 1);
        let told = letters.last().map(|letter| letter.text()).unwrap_or_default();
        let words = format!("A determination was made: {}.", found.word().replace('_', " "));
        assert!(told.contains(&words) && told.contains("Measured by 20 tasks"), "{told}");
        assert!(told.contains("Of 100 attempts 100 count"), "{told}");
        let facts = world.facts().await.join("\n");
        for canary in SEALED.into_iter().chain([TASK, FLAG]) {
            let all = letters.iter().map(|letter| format!("{}{letter:?}", letter.text()));
            assert!(all.chain([facts.clone()]).all(|text| !text.contains(canary)), "{canary}");
        }
        holds::<Engagement>(&mut world).await;
        holds::<Evaluation>(&mut world).await;
    })
    .await;
}

/// What the other side is told beside an outcome that crosses.
async fn crossed(world: &World, cast: &Framework, id: EngagementId) -> Option<&'static str> {
    let (desk, evaluator) = (&world.desk, &cast.evaluators[1]);
    let written = must(engagement::cross(desk, evaluator, id).await);
    let read = engagement::receive_crossing(desk, evaluator, id, &written.bytes).await;
    let read = must(read);
    assert!(read == written.crossing && read.answer.is_some());
    read.unrecorded()
}

#[tokio::test]
async fn a_record_is_kept_only_where_it_belongs() {
    each("record elsewhere", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let desk = world.desk.clone();
        let (docket, root) = sealed(&world, &cast).await;
        let record = determined(&world, &cast, docket).await;
        let (found, key) = (outcome(&record), official_key());
        let official = &cast.officials.1[0];
        let good = spoken(&world, &record, None, &key);
        let send = async |id: EngagementId, bytes: &[u8]| {
            engagement::receive_record(&desk, official, id, bytes.to_vec()).await
        };
        let asked = cast.engage(&world, 1).await.id;
        refused(send(asked, &good).await, "first the official signs");
        refused(engagement::record(&desk, official, asked).await, "none is kept yet");
        let unnamed = cast.engage(&world, 1).await.id;
        let evaluator = &cast.evaluators[0];
        let until = in_days(&world, 60);
        must(engagement::submit(&desk, &cast.developer.1, unnamed, until).await);
        must(engagement::schedule(&desk, evaluator, unnamed).await);
        refused(engagement::start(&desk, evaluator, unnamed).await, "first name a sealed one");
        refused(send(unnamed, &good).await, "first the official signs");
        let else_found = match found {
            Finding::Covered => Finding::NotCovered,
            Finding::NotCovered | Finding::Inconclusive => Finding::Covered,
        };
        let differing = answered(&world, &cast, 4, root, (else_found, None)).await;
        refused(send(differing, &good).await, "its outcome is not the one");
        let other = answered(&world, &cast, 2, root, (found, None)).await;
        refused(send(other, &good).await, "does not name");
        let (_, closed) = sealed(&world, &cast).await;
        let unopened = answered(&world, &cast, 3, closed, (found, None)).await;
        refused(send(unopened, &good).await, "first the custodians agree");
        // The official differs; the outcome stays the rule's, and the record says both.
        let differing = Some("The battery was too small.");
        let differs = answered(&world, &cast, 1, root, (found, differing)).await;
        let said = spoken(&world, &record, Some("The battery was too small.\n"), &key);
        refused(send(differs, &good).await, "not what the official said here");
        assert_eq!(crossed(&world, &cast, differs).await, Some(UNRECORDED), "the other side knows");
        assert!(must(send(differs, &said).await).record.is_some());
        assert_eq!(crossed(&world, &cast, differs).await, None);
        // A token that was given out since is not in the record, so the record is of yesterday.
        let later = answered(&world, &cast, 1, root, (found, None)).await;
        let issued = must(docket::issue(&desk, &cast.evaluators[2], docket).await);
        refused(send(later, &good).await, "bring every log back");
        let fate = Fate::Abandoned(Reason::TokenLost);
        must(docket::close(&desk, &cast.evaluators[2], docket, issued.run, fate).await);
        refused(send(later, &good).await, "determine with the docket's book");
        holds::<Engagement>(&mut world).await;
    })
    .await;
}
