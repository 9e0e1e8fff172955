//! Dockets: two people seal, tokens are given and come back, custodians open.

use super::{hidden, holds, refused};
use seawall_domain::access::Actor;
use seawall_domain::account::Holder;
use seawall_domain::digest::Digest;
use seawall_domain::engagement::letter::{Logged, Subject};
use seawall_domain::evaluation::Evaluation;
use seawall_domain::evaluation::decision::Outcome;
use seawall_domain::evaluation::sealing::Duty;
use seawall_domain::evaluation::token::Reason;
use seawall_domain::id::{EvaluationId, PersonId};
use seawall_domain::party::Role;
use seawall_domain::recipient::Recipient;
use seawall_formats::custody::SealedOpening;
use seawall_ledger::merkle::{Hash, leaf_hash, verify_inclusion};
use seawall_ledger::shares::Share;
use seawall_ledger::sign::SigningKey;
use seawall_services::account;
use seawall_services::desk::{Desk, Settings};
use seawall_services::engagement;
use seawall_services::evaluation::custody;
use seawall_services::evaluation::determination::{Published, TokenBook};
use seawall_services::evaluation::docket::{self, Fate, Keeping, Returned};
use seawall_testkit::world::{
    Framework, PROTOCOL, World, agree, bring_key, digest_of, each, in_days, keeper_of, must,
    person_of, share_of,
};
use std::sync::Arc;

/// The protocol with the keys of these people, and a threshold.
async fn protocol(desk: &Desk, signers: [&Actor; 2], tau: &str) -> String {
    let mut text = PROTOCOL.replace("DIGEST", &"ab".repeat(32)).replace("0.618", tau);
    for (place, signer) in ["FIRST", "SECOND"].into_iter().zip(signers) {
        let account = signer.account.map(|account| format!("account/{account}"));
        let key = desk.signing_key(&account.unwrap_or_default());
        text = text.replace(place, &key.public().digest_hex());
    }
    text
}

/// An evaluation whose protocol two people sealed.
async fn sealed(world: &World, cast: &Framework) -> EvaluationId {
    let desk = &world.desk;
    let official = &cast.officials.1[0];
    let id = must(docket::open(desk, official).await).id;
    refused(docket::commitment(desk, official, id).await, "there is none yet");
    refused(docket::book(desk, official, id).await, "before a protocol is sealed");
    let duties = [Duty::SetThreshold, Duty::Countersign, Duty::Run, Duty::Score, Duty::Custody];
    for (actor, duty) in cast.evaluators.iter().zip(duties) {
        must(docket::give(desk, official, id, person_of(actor), duty).await);
    }
    must(docket::give(desk, official, id, person_of(&cast.officials.1[1]), Duty::Custody).await);
    must(docket::give(desk, official, id, person_of(&cast.auditor), Duty::Audit).await);
    let [first, second, _, _, keeper] = &cast.evaluators;
    let text = protocol(desk, [first, second], "0.618").await;
    let commit =
        async |by: &Actor, keeping| docket::commit(desk, by, id, text.as_bytes(), keeping).await;
    let split = |quorum| Some(Keeping::Split { quorum });
    refused(commit(second, split(2)).await, "without the duty");
    refused(commit(first, None).await, "say how many custodians");
    bring_key(world, keeper, id).await;
    refused(commit(first, split(2)).await, "each custodian has brought a key");
    let deputy = &cast.officials.1[1];
    let taken = Recipient::new(keeper_of(keeper).public());
    refused(docket::bring_key(desk, deputy, id, taken).await, "another custodian");
    refused(docket::bring_key(desk, first, id, taken).await, "without the duty");
    bring_key(world, deputy, id).await;
    refused(commit(first, split(1)).await, "at least two");
    refused(commit(first, split(3)).await, "no more than there are custodians");
    let drafted = must(commit(first, split(2)).await);
    let root = drafted.root().unwrap_or(digest_of(0));
    refused(docket::sign(desk, first, id, digest_of(9)).await, "another protocol");
    must(docket::sign(desk, first, id, root).await);
    refused(docket::sign(desk, first, id, root).await, "a second person");
    refused(docket::sign(desk, &cast.evaluators[2], id, root).await, "without the duty");
    assert_eq!(published(desk, official, id).await, (root, 1));
    assert_eq!(must(docket::sign(desk, second, id, root).await).sealed(), Some(root));
    assert_eq!(published(desk, official, id).await, (root, 2));
    id
}

/// What is published, as the command line reads it: the root, and how many have signed.
async fn published(desk: &Desk, actor: &Actor, id: EvaluationId) -> (Digest, usize) {
    let bytes = must(docket::commitment(desk, actor, id).await);
    let published = must(Published::read(&bytes));
    (must(published.root()), must(published.signed_by()).len())
}

/// Whoever has the whole installation, its keys with it, reads nothing of the protocol before
/// enough custodians have brought their parts: no blob says any of it, and one share opens nothing.
async fn unreadable_so_far(world: &World, (auditor, id): (&Actor, EvaluationId), share: &str) {
    let store = &world.desk.store;
    let sql = "SELECT address FROM blob ORDER BY address";
    let mut kept = Vec::new();
    for row in must(store.database().fetch(sql, Vec::new()).await) {
        let address = must(must(row.text("address")).parse());
        kept.push(must(store.blobs().get(store.database(), address).await));
    }
    assert_eq!(kept.len(), 2, "the sealed protocol and one share");
    for bytes in &kept {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains("0.618") && !text.contains("canary-task"), "{text}");
    }
    let sealed = kept.iter().find_map(|bytes| SealedOpening::read(bytes).ok()).unwrap();
    let one = must(Share::parse(share));
    assert!(custody::open(&sealed, std::slice::from_ref(&one)).is_err());
    assert!(custody::open(&sealed, &[one.clone(), one]).is_err());
    let docket = must(docket::show(&world.desk, auditor, id).await);
    assert!(docket.kept.values().all(|kept| kept.opening.is_none()));
}

#[tokio::test]
async fn a_protocol_is_sealed_run_under_and_opened_by_a_quorum() {
    each("docket", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let desk = world.desk.clone();
        let id = sealed(&world, &cast).await;
        let [_, _, runner, scorer, custodian] = &cast.evaluators;
        let issued = must(docket::issue(&desk, runner, id).await);
        refused(docket::issue(&desk, runner, id).await, "is not explained");
        let log = digest_of(40);
        let created = world.now();
        let returned = Returned { token: &issued.token, created, log };
        // The book that is given out has no key; the token itself is told once.
        let book = String::from_utf8(must(docket::book(&desk, runner, id).await)).unwrap();
        assert!(book.contains("\"key\":null") && !book.contains(&issued.token), "{book}");
        assert!(
            TokenBook::read(book.as_bytes()).is_ok_and(|book| book.book().entries().len() == 1)
        );
        let early = Returned { created: created - jiff::SignedDuration::from_hours(1), ..returned };
        refused(docket::take(&desk, scorer, id, early).await, "before its token");
        let foreign = Returned { token: "not of this book", ..returned };
        refused(docket::take(&desk, scorer, id, foreign).await, "was not issued");
        must(docket::take(&desk, scorer, id, returned).await);
        refused(docket::take(&desk, scorer, id, returned).await, "used before");
        must(docket::close(&desk, scorer, id, issued.run, Fate::Completed).await);
        let lost = must(docket::issue(&desk, runner, id).await);
        let fate = Fate::Abandoned(Reason::HarnessBroke);
        must(docket::close(&desk, runner, id, lost.run, fate).await);
        // One custodian too few gives nothing; the second opens it, and each step is on record.
        refused(docket::ask_opening(&desk, runner, id, None).await, "without the duty");
        let deputy = &cast.officials.1[1];
        let share = share_of(&world, custodian, id).await;
        refused(docket::agree(&desk, custodian, id, Some(&share)).await, "before the protocol");
        refused(docket::ask_opening(&desk, &cast.auditor, id, Some(3)).await, "another one");
        must(docket::ask_opening(&desk, &cast.auditor, id, None).await);
        refused(docket::agree(&desk, custodian, id, None).await, "without a part");
        refused(docket::agree(&desk, deputy, id, Some(&share)).await, "not this custodian's");
        refused(docket::agree(&desk, scorer, id, Some(&share)).await, "without the duty");
        must(docket::agree(&desk, custodian, id, Some(&share)).await);
        refused(docket::reveal(&desk, &cast.auditor, id, None).await, "enough custodians");
        unreadable_so_far(&world, (&cast.auditor, id), &share).await;
        must(agree(&world, deputy, id).await);
        refused(docket::share(&desk, scorer, id).await, "none here is yours");
        refused(docket::reveal(&desk, custodian, id, None).await, "without the duty");
        let field = must(docket::reveal(&desk, &cast.auditor, id, Some("/rule/tau_1")).await);
        let shown = String::from_utf8_lossy(&field).into_owned();
        assert!(shown.contains("0.618") && !shown.contains("canary-task"), "{shown}");
        let whole = must(docket::reveal(&desk, &cast.auditor, id, None).await);
        assert!(String::from_utf8_lossy(&whole).contains("canary-task"));
        let after = must(docket::show(&desk, &cast.auditor, id).await);
        let fields: Vec<Option<&str>> =
            after.shown.iter().map(|shown| shown.field.as_deref()).collect();
        assert_eq!(fields, [Some("/rule/tau_1"), None]);
        refused(docket::reveal(&desk, &cast.auditor, id, Some("/tau")).await, "no protocol has");
        // Neither the threshold nor a task is in any fact or row.
        for fact in world.facts().await {
            assert!(!fact.contains("0.618") && !fact.contains("canary-task"), "{fact}");
        }
        hidden(docket::commitment(&desk, &cast.developer.1, id).await);
        hidden(docket::book(&desk, &cast.partner.1, id).await);
        hidden(docket::show(&desk, &cast.developer.1, id).await);
        hidden(docket::show(&desk, &cast.partner.1, id).await);
        holds::<Evaluation>(&mut world).await;
    })
    .await;
}

#[tokio::test]
async fn one_person_with_two_accounts_is_one_person() {
    each("two accounts", |world| async move {
        let cast = Framework::enter(&world).await;
        let desk = &world.desk;
        let institute = world.party("Second institute", &[Role::Evaluator]).await;
        let administrator = Actor::administrator();
        let person = cast.evaluators[0].person;
        let holder = Holder::Person;
        let opened =
            account::open_for(desk, &administrator, institute.id, "alias", holder, person).await;
        let alias = Actor::of(&must(opened), &institute);
        let official = &cast.officials.1[0];
        let id = must(docket::open(desk, official).await).id;
        let first = person_of(&cast.evaluators[0]);
        must(docket::give(desk, official, id, first, Duty::SetThreshold).await);
        let second = docket::give(desk, official, id, person_of(&alias), Duty::Countersign).await;
        refused(second, "one person has one duty");
        let text = protocol(desk, [&cast.evaluators[0], &alias], "0.5").await;
        let keeping = Some(Keeping::Rehearsal);
        let drafted = docket::commit(desk, &cast.evaluators[0], id, text.as_bytes(), keeping).await;
        let drafted = must(drafted);
        let root = drafted.root().unwrap_or(digest_of(0));
        must(docket::sign(desk, &cast.evaluators[0], id, root).await);
        refused(docket::sign(desk, &alias, id, root).await, "a second person");
    })
    .await;
}

/// Whoever sealed, ran or scored does not sign the outcome, by whatever account; and what lies
/// under the installation's own key decides nothing.
#[tokio::test]
async fn an_outcome_is_signed_by_nobody_with_another_duty_and_under_no_rehearsal() {
    each("other duties", |world| async move {
        let cast = Framework::enter(&world).await;
        let desk = &world.desk;
        let (maker, evaluator) = (&cast.developer.1, &cast.evaluators[4]);
        let id = sealed(&world, &cast).await;
        let root = must(docket::show(desk, &cast.auditor, id).await).sealed();
        let root = root.unwrap_or(digest_of(0));
        let asked = cast.engage(&world, 1).await.id;
        must(engagement::submit(desk, maker, asked, in_days(&world, 60)).await);
        must(engagement::schedule(desk, evaluator, asked).await);
        let rehearsed = rehearsed(&world, &cast).await;
        let named = engagement::name_protocol(desk, evaluator, asked, rehearsed).await;
        refused(named, "sealed for a rehearsal");
        must(engagement::name_protocol(desk, evaluator, asked, root).await);
        must(engagement::start(desk, evaluator, asked).await);
        must(engagement::analyse(desk, evaluator, asked).await);
        let (administrator, office) = (Actor::administrator(), &cast.officials.0);
        for person in &cast.evaluators[..4] {
            let (holder, person) = (Holder::Person, person.person);
            let alias = account::open_for(desk, &administrator, office.id, "x", holder, person);
            let alias = Actor::of(&must(alias.await), office);
            let signed = engagement::issue(desk, &alias, asked, Outcome::NotCovered, None).await;
            refused(signed, "one person has one duty");
        }
        let official = &cast.officials.1[0];
        must(engagement::issue(desk, official, asked, Outcome::NotCovered, None).await);
    })
    .await;
}

/// The root of a protocol that two people sealed for a rehearsal.
async fn rehearsed(world: &World, cast: &Framework) -> Digest {
    let (desk, official) = (&world.desk, &cast.officials.1[0]);
    let id = must(docket::open(desk, official).await).id;
    let [first, second, ..] = &cast.evaluators;
    for (actor, duty) in [(first, Duty::SetThreshold), (second, Duty::Countersign)] {
        must(docket::give(desk, official, id, person_of(actor), duty).await);
    }
    let text = protocol(desk, [first, second], "0.5").await;
    let keeping = Some(Keeping::Rehearsal);
    let drafted = must(docket::commit(desk, first, id, text.as_bytes(), keeping).await);
    let root = drafted.root().unwrap_or(digest_of(0));
    for signer in [first, second] {
        must(docket::sign(desk, signer, id, root).await);
    }
    root
}

/// No duty is taken back, and a docket waits for each custodian: whoever could never do it gets
/// none.
#[tokio::test]
async fn a_duty_goes_only_to_somebody_who_can_do_it() {
    each("duties", |world| async move {
        let cast = Framework::enter(&world).await;
        let (desk, official) = (&world.desk, &cast.officials.1[0]);
        let id = must(docket::open(desk, official).await).id;
        let strangers =
            [PersonId::new(world.desk.uuid()), person_of(&cast.duty), person_of(&cast.developer.1)];
        for person in strangers {
            let given = docket::give(desk, official, id, person, Duty::Custody).await;
            refused(given, "no open account of an evaluator, an official or an auditor");
        }
        must(docket::give(desk, official, id, person_of(&cast.auditor), Duty::Custody).await);
    })
    .await;
}

/// The root that an entry of the log names, where the letter's proof of it holds.
fn proven(subject: &Subject) -> Option<Digest> {
    let Subject::Committed { proof: Some(Logged { entry, index, size, root, hashes }), .. } =
        subject
    else {
        return None;
    };
    let hash = |digest: &Digest| Hash(*digest.bytes());
    let hashes: Vec<Hash> = hashes.iter().map(hash).collect();
    verify_inclusion(leaf_hash(entry.as_bytes()), *index, *size, &hashes, hash(root)).ok()?;
    let entry: serde_json::Value = serde_json::from_str(entry).ok()?;
    entry["what"]["fact"]["root"].as_str()?.parse().ok()
}

#[tokio::test]
async fn an_amendment_stays_to_be_seen_and_the_developer_is_told_the_root() {
    each("amendment", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let desk = world.desk.clone();
        let id = sealed(&world, &cast).await;
        let first_root = must(docket::show(&desk, &cast.auditor, id).await).sealed();
        let [first, second, ..] = &cast.evaluators;
        let text = protocol(&desk, [first, second], "0.7").await;
        let split = Some(Keeping::Split { quorum: 2 });
        let drafted = must(docket::commit(&desk, first, id, text.as_bytes(), split).await);
        refused(docket::issue(&desk, &cast.evaluators[2], id).await, "before the protocol");
        let amendment = drafted.root().unwrap_or(digest_of(0));
        assert_eq!(published(&desk, first, id).await, (amendment, 0), "signed by nobody yet");
        let root = drafted.root().unwrap_or(digest_of(0));
        let engaged = cast.engage(&world, 1).await.id;
        let developer = &cast.developer.1;
        must(engagement::submit(&desk, developer, engaged, in_days(&world, 60)).await);
        let unsealed = engagement::name_protocol(&desk, second, engaged, root).await;
        refused(unsealed, "two people must have sealed it");
        must(docket::sign(&desk, second, id, root).await);
        let amended = must(docket::sign(&desk, first, id, root).await);
        assert_eq!(amended.docket.revisions.amendments(), 1);
        assert_eq!(amended.docket.revisions.all()[0].root, first_root.unwrap_or(digest_of(0)));
        must(engagement::name_protocol(&desk, second, engaged, root).await);
        let letters = must(engagement::letters(&desk, developer, engaged).await);
        let told = letters[1].text();
        assert!(told.contains(&root.to_string()) && told.contains("by 1 task:"), "{told}");
        for canary in ["0.7", "0.618", "canary-task"] {
            assert!(letters.iter().all(|letter| !letter.text().contains(canary)), "{canary}");
        }
        assert!(told.contains("not yet"), "the log has it only after its round: {told}");
        world.until_idle().await;
        let logged = must(engagement::letters(&desk, developer, engaged).await);
        assert!(logged[1].text().contains("internal log of this installation"));
        assert_eq!(proven(&logged[1].subject), Some(root), "the proof leads to the log's root");
        world.until_idle().await;
        assert_eq!(must(engagement::letters(&desk, developer, engaged).await), logged, "for ever");
        // What crosses is four values, and the other side holds them against what it has.
        let crossed = must(engagement::cross(&desk, second, engaged).await);
        assert_eq!((crossed.crossing.root, crossed.crossing.answer), (root, None));
        let read = engagement::receive_crossing(&desk, second, engaged, &crossed.bytes).await;
        assert_eq!(must(read), crossed.crossing);
        // Every bit of it is signed, and by whom the other side knows beforehand.
        for at in (0..crossed.bytes.len()).step_by(3) {
            let mut turned = crossed.bytes.clone();
            turned[at] ^= 1;
            assert!(engagement::receive_crossing(&desk, second, engaged, &turned).await.is_err());
        }
        let pinned = |key| {
            let settings = Settings { crossing_signer: Some(key), ..(*desk.settings).clone() };
            Desk { settings: Arc::new(settings), ..desk.clone() }
        };
        let foreign = pinned(SigningKey::from_seed([5; 32]).public());
        let read = engagement::receive_crossing(&foreign, second, engaged, &crossed.bytes).await;
        refused(read, "did not sign it");
        let own = pinned(engagement::crossing_key(&desk));
        let read = engagement::receive_crossing(&own, second, engaged, &crossed.bytes).await;
        assert_eq!(must(read), crossed.crossing);
        let text = String::from_utf8(crossed.bytes.clone()).unwrap();
        let more = text.replacen('{', "{\"margin\":\"0.01\",", 1);
        let read = engagement::receive_crossing(&desk, second, engaged, more.as_bytes()).await;
        assert!(read.is_err(), "a field that nobody knows");
        let other = cast.engage(&world, 2).await.id;
        must(engagement::submit(&desk, developer, other, in_days(&world, 60)).await);
        let wrong = engagement::receive_crossing(&desk, second, other, &crossed.bytes).await;
        refused(wrong, "another question");
        holds::<Evaluation>(&mut world).await;
    })
    .await;
}
