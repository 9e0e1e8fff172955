//! Unusual volume: a burst is told and an even use is not, nothing is closed by it, and whoever has
//! the journal finds the same.

use crate::world::{World, body, party, person, whole};
use hyper::StatusCode;
use seawall_domain::digest::Digest;
use seawall_domain::engagement::grant::{Bearer, Purpose};
use seawall_domain::engagement::quota::Holder;
use seawall_domain::engagement::volume::{Alarm, Span, Thing};
use seawall_domain::id::{PartyId, PersonId, WindowId};
use seawall_gateway::Unbelieved;
use seawall_gateway::control::{STOPS, Stops};
use seawall_gateway::record::{Event, Line};
use sha2::{Digest as _, Sha256};
use std::path::Path;
use std::sync::atomic::Ordering;
use uuid::Uuid;

/// What there is of tokens that come out, for each party.
const QUOTA: u64 = 10_000;

fn other() -> PartyId {
    PartyId::new(Uuid::from_u128(0x55))
}

/// Who asks for a party.
fn somebody(of: PartyId) -> PersonId {
    if of == party() { person() } else { PersonId::new(Uuid::from_u128(0x66)) }
}

/// A world at the beginning of an hour, with another party in it. Each answer has 100 tokens.
async fn world() -> World {
    let more = format!(
        "[[quota]]\nparty = \"{}\"\nrequests = 1000000\ntokens_in = 1000000000\n\
         tokens_out = {QUOTA}\nconcurrent = 1000\n",
        other()
    );
    let world = World::made(QUOTA, &more, &[], |_, _| whole(1, 100)).await;
    let second = world.now().as_second().rem_euclid(3_600);
    world.moved.store(3_600 - second, Ordering::Relaxed);
    world
}

/// So many requests of each party, one after the other.
async fn asks(world: &World, party: PartyId, times: usize) {
    for _ in 0..times {
        let token = world.token_with(600, Purpose::Patch, |grant| {
            grant.party = party;
            grant.bearer = Bearer::Person { person: somebody(party) };
        });
        let headers = world.proof(&token, "/v1/chat/completions");
        let (status, said) = world.ask("POST", "/v1/chat/completions", &headers, body("a")).await;
        assert_eq!(status, StatusCode::OK, "{said}");
    }
}

/// Both use the same for six hours; then one of them bursts.
async fn burst(world: &World) {
    for _ in 0..5 {
        assert_eq!(world.lease(600).await, StatusCode::OK);
        asks(world, party(), 1).await;
        asks(world, other(), 1).await;
        world.moved.fetch_add(3_600, Ordering::Relaxed);
    }
    assert_eq!(world.lease(600).await, StatusCode::OK);
    asks(world, other(), 1).await;
    asks(world, party(), 5).await;
    world.until_written(r#""kind":"outcome""#, 16).await;
    assert_eq!(alarms(&world.journal()), []);
    asks(world, party(), 3).await;
    world.until_written(r#""kind":"outcome""#, 19).await;
}

fn lines(journal: &Path) -> Vec<Line> {
    let mut lines = Vec::new();
    seawall_gateway::journal::read(journal, |line| lines.push(line)).unwrap();
    lines
}

fn alarms(journal: &Path) -> Vec<Alarm> {
    let alarm = |line: Line| match line.event {
        Event::Alarm { alarm } => Some(alarm),
        _ => None,
    };
    lines(journal).into_iter().filter_map(alarm).collect()
}

/// Writes a journal that holds against itself.
fn write(journal: &Path, lines: impl IntoIterator<Item = Line>) {
    let (mut text, mut last) = (String::new(), [0; 32]);
    for (line, number) in lines.into_iter().zip(0..) {
        let line = Line { number, before: Digest::new(last), ..line };
        let line = serde_json::to_string(&line).unwrap();
        last = Sha256::digest(&line).into();
        text += &format!("{line}\n");
    }
    std::fs::write(journal, text).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_is_told_once_and_closes_nothing() {
    let world = world().await;
    burst(&world).await;
    let told = alarms(&world.journal());
    let holders = [Holder::Person(person()), Holder::Party(party())];
    let used: Vec<_> = told.iter().map(|alarm| (alarm.holder, alarm.used, alarm.most)).collect();
    assert_eq!(used, holders.map(|holder| (holder, 600, 500)), "{told:?}");
    assert!(told.iter().all(|it| it.party == party() && it.usual == Some(100)), "{told:?}");
    assert!(
        told.iter().all(|it| (it.span, it.thing) == (Span::Hour, Thing::TokensOut)),
        "{told:?}"
    );
    assert!(told.iter().all(|it| it.from.as_second() % 3_600 == 0), "{told:?}");
    // Whoever asks is told nothing of it; the developer, who it is.
    let (_, state) = world.ask("GET", "/gateway/state", &[], String::new()).await;
    assert_eq!(state, r#"{"state":"open"}"#);
    let said = world.leased().await;
    assert_eq!(said["alarms"]["number"], told.len(), "{said}");
    assert_eq!(said["alarms"]["newest"], serde_json::to_value(&told).unwrap(), "{said}");
    // Each stands behind the line that raised it, and everything holds.
    let summary = seawall_gateway::verify(&world.journal(), None).unwrap();
    assert_eq!(summary.alarms, told.len() as u64);
    let folder = world.folder.path().join("data");
    let usage = |party| seawall_gateway::usage::usage(&folder, party).unwrap().alarms;
    assert_eq!(usage(None).newest, told);
    assert_eq!((usage(Some(party())).number, usage(Some(other())).number), (told.len() as u64, 0));
    // A restart forgets none, and more in the same hour raises none.
    let world = world.again().await;
    assert_eq!(world.lease(600).await, StatusCode::OK);
    asks(&world, party(), 3).await;
    world.until_written(r#""kind":"outcome""#, 22).await;
    assert_eq!(alarms(&world.journal()), told);
    assert_eq!(world.leased().await["alarms"]["number"], told.len());
    // In the next hour there is.
    world.moved.fetch_add(3_600, Ordering::Relaxed);
    assert_eq!(world.lease(600).await, StatusCode::OK);
    asks(&world, party(), 6).await;
    world.until_written(r#""kind":"outcome""#, 28).await;
    assert_eq!(alarms(&world.journal()).len(), 2 * told.len());
    seawall_gateway::verify(&world.journal(), None).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clearinghouse_hears_who_it_is_by_a_list_of_now() {
    use seawall_ledger::dsse::Envelope;
    let world = world().await;
    burst(&world).await;
    let number = alarms(&world.journal()).len();
    let said = |window: WindowId, before: i64| {
        let at = world.now() - jiff::SignedDuration::from_secs(before);
        let list = Stops { window, at, cut: Default::default() };
        let mut envelope = Envelope::new(STOPS, serde_json::to_vec(&list).unwrap());
        envelope.sign(&crate::world::issuer());
        envelope.to_json()
    };
    for (before, expected) in [(0, Some(number)), (600, None)] {
        let word = said(crate::world::window(), before);
        let (status, text) = world.ask("POST", "/gateway/word", &[], word).await;
        assert_eq!(status, StatusCode::OK, "{text}");
        let told: serde_json::Value = serde_json::from_str(&text).unwrap();
        let told = told["alarms"]["number"].as_u64().map(|number| number as usize);
        assert_eq!(told, expected, "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_that_is_missing_or_made_up_is_found() {
    let world = world().await;
    burst(&world).await;
    let whole = lines(&world.journal());
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal.jsonl");
    let check = |lines: Vec<Line>, holds: bool| {
        write(&journal, lines);
        match seawall_gateway::verify(&journal, None) {
            Ok(_) => assert!(holds, "it is found"),
            Err(Unbelieved::Alarm(_)) => assert!(!holds, "it holds"),
            Err(other) => panic!("{other}"),
        }
    };
    check(whole.clone(), true);
    let is_alarm = |line: &Line| matches!(line.event, Event::Alarm { .. });
    let at = whole.iter().position(is_alarm).unwrap();
    // One that is not there, where more lines follow.
    let mut without = whole.clone();
    let alarm = without.remove(at);
    check(without, false);
    // One that nothing raised.
    let mut more = whole.clone();
    more.insert(at - 1, alarm.clone());
    check(more, false);
    // Another figure.
    let mut other = whole.clone();
    if let Event::Alarm { alarm } = &mut other[at].event {
        alarm.used += 1;
    }
    check(other, false);
    // A journal that ends before it was written.
    check(whole[..at].to_vec(), true);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_crash_kept_from_being_written_is_written_at_the_next_start() {
    let world = world().await;
    burst(&world).await;
    let told = alarms(&world.journal());
    let path = world.journal();
    let all = lines(&path);
    let at = all.iter().position(|line| matches!(line.event, Event::Alarm { .. })).unwrap();
    let raised = all[at..].iter().take_while(|line| matches!(line.event, Event::Alarm { .. }));
    let raised = raised.count();
    let left = path.clone();
    let world = world.after(move || write(&left, all.into_iter().take(at))).await;
    assert_eq!(world.leased().await["alarms"]["number"], raised);
    assert_eq!(alarms(&path), told[..raised]);
    seawall_gateway::verify(&path, None).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_settings_say_is_in_the_journal() {
    let rule = "[volume]\nhour = { times = 2, percent = 0, first_percent = 1 }\n";
    let world = World::made(QUOTA, rule, &[], |_, _| whole(1, 100)).await;
    assert_eq!(world.lease(600).await, StatusCode::OK);
    asks(&world, party(), 2).await;
    world.until_written(r#""kind":"outcome""#, 2).await;
    let first: Vec<_> = alarms(&world.journal()).iter().map(|it| (it.used, it.most)).collect();
    assert_eq!(first, [(200, 100), (200, 100)], "the person, and the party");
    // Once, and again only where they are different.
    let world = world.again().await;
    assert_eq!(world.lease(600).await, StatusCode::OK);
    let rules = |journal: &Path| {
        lines(journal).iter().filter(|line| matches!(line.event, Event::Volume { .. })).count()
    };
    assert_eq!(rules(&world.journal()), 1);
    let mut world = world;
    world.settings.volume = Default::default();
    let world = world.again().await;
    assert_eq!(world.lease(600).await, StatusCode::OK);
    assert_eq!(rules(&world.journal()), 2);
    seawall_gateway::verify(&world.journal(), None).unwrap();
}
