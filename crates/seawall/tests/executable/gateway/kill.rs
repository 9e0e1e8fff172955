//! `kill -9` of a gateway with many requests under way, several times over: what was answered is
//! counted, what nobody knows the end of counts in full, and no more passes than there is.

use super::place::{ANSWERED_OUT, Gate, Provider, answer, ask, until};
use crate::framework::place::PATIENCE;
use serde_json::Value;
use std::fs;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

/// Requests that there are over all lives.
const QUOTA: u64 = 150;
/// How many ask at the same time in each life that is ended by a kill: together fewer than there
/// is.
const TOGETHER: usize = 40;
/// How many ask at the same time in the last one: more than there is.
const ALL: u64 = 200;
/// How often it is killed.
const KILLS: usize = 3;
/// What a request may use of tokens that come out, and what is set aside for it.
const OUT_MAX: u64 = 100;

/// What stands in a journal: how many requests were sent on, how many have ended, and how.
fn lines(gate: &Gate, kind: &str) -> u64 {
    let text = gate.folder.text("data/journal.jsonl");
    let whole = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    whole.filter(|line| line.contains(&format!("\"kind\":\"{kind}\""))).count() as u64
}

fn told(gate: &Gate, what: &str) -> Value {
    serde_json::from_str(&gate.folder.said_by(&format!("gateway {what} @data --json"), 0)).unwrap()
}

/// A provider that answers two of three requests and holds the third, while it is told so.
fn provider(is_holding: &Arc<AtomicBool>) -> Provider {
    let (is_holding, number) = (Arc::clone(is_holding), AtomicUsize::new(0));
    Provider::with("http", move |stream: TcpStream, kept| {
        answer(stream, |head| {
            kept.lock().unwrap().push(head);
            let number = number.fetch_add(1, Ordering::Relaxed);
            !is_holding.load(Ordering::Relaxed) || number % 3 != 2
        });
    })
}

/// A gateway before such a provider, with a quota that is soon used up.
fn gate(is_holding: &Arc<AtomicBool>) -> Gate {
    let gate = Gate::before(|_| provider(is_holding), "key_file = \"provider.key\"", "");
    gate.folder.keep("provider.key", "provider-key");
    let text = gate.folder.text("gateway.toml");
    let quota = format!("requests = {QUOTA}\n");
    let text = text
        .replace("requests = 1000\n", &quota)
        .replace("concurrent = 2\n", "concurrent = 1000\n");
    assert!(text.contains(&quota) && text.contains("concurrent = 1000\n"), "{text}");
    fs::write(gate.folder.path("gateway.toml"), text).unwrap();
    gate
}

/// Many ask at the same time; in the middle of it the gateway is killed. Gives how many were
/// answered.
fn killed(gate: &mut Gate) -> u64 {
    gate.serve();
    gate.developer("lease --seconds 600", 0);
    let before = lines(gate, "outcome");
    let mut attached = gate.attach("");
    let address = attached.says("attached: use ");
    let answered = Arc::new(AtomicUsize::new(0));
    let asking: Vec<_> = (0..TOGETHER)
        .map(|_| {
            let (address, answered) = (address.clone(), Arc::clone(&answered));
            std::thread::spawn(move || {
                if ask(&address, "a").0 == 200 {
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    // In the middle of it, which is over in milliseconds: some are answered, and some of these
    // written down as ended.
    let begun = Instant::now();
    while answered.load(Ordering::Relaxed) < 8 || lines(gate, "outcome") < before + 4 {
        assert!(begun.elapsed() < PATIENCE, "some are answered");
        std::thread::yield_now();
    }
    // A process that is dropped is killed by a signal that nobody can catch.
    drop(gate.serving.take());
    for asking in asking {
        asking.join().unwrap();
    }
    attached.stop();
    answered.load(Ordering::Relaxed) as u64
}

#[test]
fn a_gateway_that_is_killed_loses_nothing_and_passes_no_more_than_there_is() {
    let is_holding = Arc::new(AtomicBool::new(true));
    let mut gate = gate(&is_holding);
    let (mut answered, mut unknown) = (0, 0);
    for life in 0..KILLS {
        answered += killed(&mut gate);
        let (sent, ended) = (lines(&gate, "intent"), lines(&gate, "outcome"));
        assert!(ended < sent, "life {life}: some are under way");
        assert!(answered <= sent, "life {life}: whoever has an answer was written down first");
        assert!(gate.provider.asked() as u64 <= sent, "life {life}: so was all that was sent");
        // What is told of a journal without an end is that much is set aside.
        let before = told(&gate, "usage");
        assert_eq!(before["quotas"][0]["open"], sent - ended, "{before}");
        told(&gate, "verify");
        // The next life begins: what nobody knows the end of counts in full.
        gate.serve();
        until("what was under way is closed", || lines(&gate, "outcome") == sent);
        drop(gate.serving.take());
        unknown += sent - ended;
        let quota = &told(&gate, "usage")["quotas"][0];
        assert_eq!(quota["open"], 0, "{quota}");
        assert_eq!(quota["used"]["requests"], sent, "{quota}");
        let out = ANSWERED_OUT * (sent - unknown) + OUT_MAX * unknown;
        assert_eq!(quota["used"]["tokens_out"], out, "{quota}");
        let ended = &told(&gate, "verify")["ended"];
        assert_eq!(
            (&ended["unknown"], &ended["whole"]),
            (&unknown.into(), &(sent - unknown).into())
        );
    }
    // The last life: everybody asks for what is left, and more.
    is_holding.store(false, Ordering::Relaxed);
    let left = QUOTA - lines(&gate, "intent");
    gate.serve();
    gate.developer("lease --seconds 600", 0);
    let mut attached = gate.attach("");
    let address = attached.says("attached: use ");
    let asking = |_| {
        let address = address.clone();
        std::thread::spawn(move || ask(&address, "a").0)
    };
    let asking: Vec<_> = (0..ALL).map(asking).collect();
    let statuses: Vec<u16> = asking.into_iter().map(|it| it.join().unwrap()).collect();
    let with = |status: u16| statuses.iter().filter(|it| **it == status).count() as u64;
    assert_eq!((with(200), with(429)), (left, ALL - left), "{statuses:?}");
    attached.stop();
    gate.stop();
    assert!(gate.provider.asked() as u64 <= QUOTA, "no more than there is in all lives");
    let told = told(&gate, "verify");
    assert_eq!((&told["sent"], &told["ended"]["unknown"]), (&QUOTA.into(), &unknown.into()));
    assert!(told["ended"]["whole"].as_u64().unwrap() + unknown >= answered + left, "{told}");
}
