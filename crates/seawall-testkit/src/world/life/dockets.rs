//! Dockets: one just begun, and one from its sealing to a record in an engagement.

use super::Left;
use crate::evaluation::{End, log, protocol};
use crate::world::{Framework, World, agree, bring_key, digest_of, in_days, must, person_of};
use seawall_domain::access::Actor;
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::decision::Outcome;
use seawall_domain::evaluation::run::{Gaps, Run};
use seawall_domain::evaluation::sealing::Duty;
use seawall_domain::id::EvaluationId;
use seawall_formats::determination::{Concurrence, Record, View};
use seawall_formats::inspect;
use seawall_ledger::sign::SigningKey;
use seawall_services::engagement;
use seawall_services::evaluation::determination::{
    self, Besides, Files, Source, TokenBook, concur, determine, hash, to_bytes,
};
use seawall_services::evaluation::docket::{self, Fate, Keeping, Returned};
use std::io::Cursor;

/// The snapshot that the record is about.
const SNAPSHOT: u8 = 90;

/// A docket without a protocol, and one that was sealed, run under, opened, and led to a record.
pub async fn dockets(world: &World, cast: &Framework, left: &mut Left) {
    let (desk, official) = (&world.desk, &cast.officials.1[0]);
    let bare = must(docket::open(desk, official).await).id;
    let (id, root) = sealed(world, cast).await;
    left.evaluations.extend([("without a protocol", bare), ("opened", id)]);
    let run = ran(world, cast, id).await;
    let record = determined(world, cast, id, run).await;
    let outcome: Outcome =
        must(serde_json::from_value(record.body.verdict["rule"]["outcome"].clone()));
    let (maker, evaluator) = (&cast.developer.1, &cast.evaluators[0]);
    let asked = cast.engage(world, SNAPSHOT).await.id;
    must(engagement::submit(desk, maker, asked, in_days(world, 60)).await);
    must(engagement::schedule(desk, evaluator, asked).await);
    must(engagement::name_protocol(desk, evaluator, asked, root).await);
    must(engagement::start(desk, evaluator, asked).await);
    must(engagement::analyse(desk, evaluator, asked).await);
    must(engagement::issue(desk, official, asked, outcome, None).await);
    must(engagement::receive_record(desk, official, asked, spoken(world, &record)).await);
    left.engagements.push(("with a record", asked));
}

/// Two people seal a protocol, whose opening two custodians keep: the docket, and the root.
pub async fn sealed(world: &World, cast: &Framework) -> (EvaluationId, Digest) {
    let (desk, official) = (&world.desk, &cast.officials.1[0]);
    let id = must(docket::open(desk, official).await).id;
    let duties = [Duty::SetThreshold, Duty::Countersign, Duty::Run, Duty::Score, Duty::Custody];
    for (actor, duty) in cast.evaluators.iter().zip(duties) {
        must(docket::give(desk, official, id, person_of(actor), duty).await);
    }
    let deputy = &cast.officials.1[1];
    must(docket::give(desk, official, id, person_of(deputy), Duty::Custody).await);
    let [first, second, _, _, keeper] = &cast.evaluators;
    let signs = |actor: &Actor| {
        let account = actor.account.map(|account| format!("account/{account}"));
        desk.signing_key(&account.unwrap_or_default()).public().digest_hex()
    };
    let signers = [signs(first), signs(second)];
    let until = in_days(world, 90);
    let text = protocol([&signers[0], &signers[1]], in_days(world, -1), until).to_string();
    for custodian in [keeper, deputy] {
        bring_key(world, custodian, id).await;
    }
    let split = Some(Keeping::Split { quorum: 2 });
    let drafted = must(docket::commit(desk, first, id, text.as_bytes(), split).await);
    let root = drafted.root().unwrap_or(digest_of(0));
    for signer in [first, second] {
        must(docket::sign(desk, signer, id, root).await);
    }
    (id, root)
}

/// One run, whose token was given out, brought back and closed.
async fn ran(world: &World, cast: &Framework, id: EvaluationId) -> Run {
    let desk = &world.desk;
    let [_, _, runner, scorer, _] = &cast.evaluators;
    let issued = must(docket::issue(desk, runner, id).await);
    let snapshot = digest_of(SNAPSHOT).to_string();
    let notes = [("seawall_run_token", issued.token.as_str()), ("snapshot", snapshot.as_str())];
    // Logs tell seconds only, and the token is of this very second.
    let created = seawall_domain::time::whole_second(world.now());
    let ends = |task: usize, _| if task.is_multiple_of(3) { End::Failed } else { End::Passed };
    // Without human minutes there is no horizon, whose bootstrap would take most of the time.
    let text = log(created, &notes, ends).to_string().replace("human_minutes", "no_minutes");
    let run = must(inspect::read(Cursor::new(text.as_bytes())));
    let run = determination::run(&run, hash(text.as_bytes()));
    let returned = Returned { token: &issued.token, created, log: run.log };
    must(docket::take(desk, scorer, id, returned).await);
    must(docket::close(desk, scorer, id, issued.run, Fate::Completed).await);
    run
}

/// The custodians open it, and the rule decides.
async fn determined(world: &World, cast: &Framework, id: EvaluationId, run: Run) -> Record {
    let desk = &world.desk;
    let [_, _, _, scorer, custodian] = &cast.evaluators;
    must(docket::ask_opening(desk, scorer, id, None).await);
    must(agree(world, custodian, id).await);
    must(agree(world, &cast.officials.1[1], id).await);
    let opening = must(docket::reveal(desk, scorer, id, None).await);
    let commitment = must(docket::commitment(desk, scorer, id).await);
    let tokens = must(docket::book(desk, scorer, id).await);
    let book = must(TokenBook::read(&tokens)).book().clone();
    let made = determine(Files {
        source: must(Source::sealed(&opening, &commitment, book)),
        runs: &[run],
        review: None,
        besides: Besides { extras: Vec::new(), statement: None },
        gaps: Gaps::Refused,
        at: world.now(),
        program: digest_of(77),
    });
    must(made).record
}

/// The record with the official's word over what its body is.
fn spoken(world: &World, record: &Record) -> Vec<u8> {
    let word = Concurrence {
        official: "An Official".to_owned(),
        view: View::Concurs,
        reasons: None,
        at: world.now(),
        over: digest_of(0),
        signature: None,
    };
    let key = SigningKey::from_seed([55; 32]);
    let once = must(concur(record, word.clone(), Some(&key)));
    must(to_bytes(&must(concur(&once, word, Some(&key)))))
}
