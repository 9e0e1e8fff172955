//! The figures of a determination: for whoever scores under its protocol, and hidden from the
//! developer, from partners and from the public as if there were none.

use super::asking::House;
use seawall_domain::access::Actor;
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::decision::Outcome;
use seawall_domain::evaluation::run::Gaps;
use seawall_domain::evaluation::sealing::Duty;
use seawall_domain::id::{EngagementId, EvaluationId};
use seawall_domain::time::whole_second;
use seawall_formats::determination::{Concurrence, View};
use seawall_formats::inspect;
use seawall_services::engagement;
use seawall_services::evaluation::determination::{
    Besides, Files, Source, TokenBook, concur, determine, hash, run, to_bytes,
};
use seawall_services::evaluation::docket::{self, Fate, Keeping, Returned};
use seawall_testkit::evaluation::{End, SEALED, TASK, log, protocol};
use seawall_testkit::world::{agree, bring_key, digest_of, in_days, must, person_of};
use std::io::Cursor;

/// A docket with a sealed protocol, and its root.
async fn sealed(house: &House) -> (EvaluationId, Digest) {
    let (world, cast) = (&house.world, &house.framework);
    let (desk, official) = (&world.desk, &cast.officials.1[0]);
    let id = must(docket::open(desk, official).await).id;
    let duties = [Duty::SetThreshold, Duty::Countersign, Duty::Run, Duty::Score, Duty::Custody];
    for (actor, duty) in cast.evaluators.iter().zip(duties) {
        must(docket::give(desk, official, id, person_of(actor), duty).await);
    }
    must(docket::give(desk, official, id, person_of(&cast.officials.1[1]), Duty::Custody).await);
    must(docket::give(desk, official, id, person_of(&cast.auditor), Duty::Audit).await);
    let [first, second, ..] = &cast.evaluators;
    let signs = |actor: &Actor| {
        let account = actor.account.expect("an account acts");
        desk.signing_key(&format!("account/{account}")).public().digest_hex()
    };
    let terms = protocol([&signs(first), &signs(second)], in_days(world, -1), in_days(world, 90));
    for custodian in [&cast.evaluators[4], &cast.officials.1[1]] {
        bring_key(world, custodian, id).await;
    }
    let split = Some(Keeping::Split { quorum: 2 });
    let drafted = must(docket::commit(desk, first, id, terms.to_string().as_bytes(), split).await);
    let root = drafted.root().expect("it was committed to");
    must(docket::sign(desk, first, id, root).await);
    must(docket::sign(desk, second, id, root).await);
    (id, root)
}

/// The record of a determination under it, with an official's word; and its outcome.
async fn record(house: &House, id: EvaluationId) -> (Vec<u8>, Outcome) {
    let (world, cast) = (&house.world, &house.framework);
    let desk = &world.desk;
    let [_, _, runner, scorer, custodian] = &cast.evaluators;
    let issued = must(docket::issue(desk, runner, id).await);
    let snapshot = digest_of(1).to_string();
    let notes = [("seawall_run_token", issued.token.as_str()), ("snapshot", snapshot.as_str())];
    let created = whole_second(world.now());
    let ends = |task: usize, _| if task.is_multiple_of(3) { End::Failed } else { End::Passed };
    // Without human minutes there is no horizon, whose bootstrap would take most of the time.
    let text = log(created, &notes, ends).to_string().replace("human_minutes", "no_minutes");
    let read = must(inspect::read(Cursor::new(text.as_bytes())));
    let runs = [run(&read, hash(text.as_bytes()))];
    let returned = Returned { token: &issued.token, created, log: runs[0].log };
    must(docket::take(desk, scorer, id, returned).await);
    must(docket::close(desk, scorer, id, issued.run, Fate::Completed).await);
    must(docket::ask_opening(desk, scorer, id, None).await);
    must(agree(world, custodian, id).await);
    must(agree(world, &cast.officials.1[1], id).await);
    let opening = must(docket::reveal(desk, scorer, id, None).await);
    let commitment = must(docket::commitment(desk, scorer, id).await);
    let book = must(TokenBook::read(&must(docket::book(desk, scorer, id).await))).book().clone();
    let made = must(determine(Files {
        source: must(Source::sealed(&opening, &commitment, book)),
        runs: &runs,
        review: None,
        besides: Besides::default(),
        gaps: Gaps::Refused,
        at: world.now(),
        program: digest_of(77),
    }));
    let word = Concurrence {
        official: "An Official".to_owned(),
        view: View::Concurs,
        reasons: None,
        at: world.now(),
        over: digest_of(0),
        signature: None,
    };
    let key = desk.signing_key("an official of this test");
    let outcome = made.record.body.verdict["rule"]["outcome"].clone();
    let spoken = must(concur(&made.record, word, Some(&key)));
    (must(to_bytes(&spoken)), must(serde_json::from_value(outcome)))
}

/// An engagement that was answered under the protocol, with its record.
async fn answered(house: &House, root: Digest, (bytes, found): (Vec<u8>, Outcome)) -> EngagementId {
    let (world, cast) = (&house.world, &house.framework);
    let (desk, evaluator) = (&world.desk, &cast.evaluators[0]);
    let official = &cast.officials.1[0];
    let id = cast.engage(world, 1).await.id;
    must(engagement::submit(desk, &cast.developer.1, id, in_days(world, 60)).await);
    must(engagement::schedule(desk, evaluator, id).await);
    must(engagement::name_protocol(desk, evaluator, id, root).await);
    must(engagement::start(desk, evaluator, id).await);
    must(engagement::analyse(desk, evaluator, id).await);
    must(engagement::issue(desk, official, id, found, None).await);
    must(engagement::receive_record(desk, official, id, bytes).await);
    id
}

/// An engagement whose determination has figures, and the docket with its protocol.
pub async fn determined(house: &House) -> (EngagementId, EvaluationId) {
    let (evaluation, root) = sealed(house).await;
    let made = record(house, evaluation).await;
    (answered(house, root, made).await, evaluation)
}

#[tokio::test]
async fn figures_are_for_whoever_scores_or_audits_and_hidden_from_everybody_outside() {
    let house = House::open().await;
    let (evaluation, root) = sealed(&house).await;
    let made = record(&house, evaluation).await;
    let id = answered(&house, root, made).await;
    let cast = house.framework.clone();
    let figures = format!("/engagements/{id}/figures");
    let ask = async |actor: &Actor, path: &str| {
        let cookie = house.cookie(actor).await;
        house.ask(&format!("GET {path}"), "text/html", &cookie, "").await
    };
    for reader in [&cast.evaluators[3], &cast.auditor] {
        let page = ask(reader, &figures).await;
        assert!(page.starts_with("200"), "{page}");
        for expected in [
            "The score is 65 %, 90 % interval ",
            "Success by budget",
            "<td>pass</td><td data-label=\"Attempts\">65</td>",
            &format!("src=\"{figures}.svg\""),
            &root.to_string(),
        ] {
            assert!(page.contains(expected), "{expected}: {page}");
        }
        for canary in SEALED.into_iter().chain([TASK]) {
            assert!(!page.contains(canary), "{canary}");
        }
        let picture = ask(reader, &format!("{figures}.svg")).await;
        assert!(picture.contains("image/svg+xml") && picture.contains("<title id="), "{picture}");
        assert!(picture.contains("no-store") && picture.contains("The score is 65 %"));
        let engaged = ask(reader, &format!("/engagements/{id}")).await;
        let docket = ask(reader, &format!("/evaluations/{evaluation}")).await;
        let linked = format!("href=\"{figures}\"");
        assert!(engaged.contains(&linked) && docket.contains(&linked), "{docket}");
    }
    // Those inside without the duty are told so, and no page of theirs names the figures.
    for other in [&cast.evaluators[0], &cast.evaluators[2], &cast.officials.1[0]] {
        let page = ask(other, &figures).await;
        assert!(page.starts_with("409") && page.contains("without the duty"), "{page}");
        assert!(!page.contains("score") && !page.contains("65 %"), "{page}");
        assert!(!ask(other, &format!("/engagements/{id}")).await.contains(&figures));
        assert!(!ask(other, &format!("/evaluations/{evaluation}")).await.contains(&figures));
    }
    // From everybody outside it is hidden like something that is not there.
    let nothing = "/engagements/00000000-0000-0000-0000-000000000001/figures";
    let public = Actor::public();
    for outside in [&cast.developer.1, &cast.rival.1, &cast.partner.1, &public] {
        let cookie = house.cookie(outside).await;
        for end in ["", ".svg"] {
            let lines = [format!("GET {figures}{end}"), format!("GET {nothing}{end}")];
            let there = house.ask(&lines[0], "text/html", &cookie, "").await;
            assert!(there.starts_with("404"), "{there}");
            assert_eq!(there, house.ask(&lines[1], "text/html", &cookie, "").await);
        }
    }
    assert!(!ask(&cast.developer.1, &format!("/engagements/{id}")).await.contains("figures"));
}
