//! Unusual volume, as people hear of it from the command line.

use super::place::{Gate, PARTY, ask, said, until};

#[test]
fn whoever_leases_and_whoever_has_the_journal_hears_of_it_and_nothing_is_closed() {
    let rule = "[volume]\nhour = { times = 5, percent = 2, first_percent = 1 }";
    let mut gate = Gate::new("key_file = \"provider.key\"", rule);
    gate.folder.keep("provider.key", "provider-key");
    gate.serve();
    let lease = "lease --seconds 600";
    assert!(!gate.developer(lease, 0).contains("UNUSUAL"));
    let mut attached = gate.attach("");
    let address = attached.says("attached: use ");
    // One in a hundred of the requests that there are is ten, and the eleventh is one more.
    for _ in 0..11 {
        assert_eq!(ask(&address, "a").0, 200);
    }
    until("it is in the journal", || {
        gate.folder.text("data/journal.jsonl").matches("\"kind\":\"alarm\"").count() == 2
    });
    let heard = gate.developer(lease, 0);
    let party = format!("UNUSUAL VOLUME: party {PARTY}: 11 requests in the hour from ");
    assert!(heard.contains(&party), "{heard}");
    assert!(heard.contains(", more than 10; it is new here"), "{heard}");
    assert_eq!(heard.matches("UNUSUAL VOLUME").count(), 2, "the person, and the party: {heard}");
    assert!(!gate.state().contains("alarm") && !gate.state().contains(PARTY));
    assert_eq!(ask(&address, "a").0, 200);
    attached.stop();
    gate.stop();
    let used = gate.folder.said_by("gateway usage @data", 0);
    assert!(used.contains("unusual volume, 2 times") && used.contains("11 requests"), "{used}");
    let held = gate.folder.said_by("gateway verify @data", 0);
    assert!(held.contains("unusual    2 times"), "{held}");
    // The count that goes into the engagement has how many, in what is signed.
    let envelope = said(&gate.folder, "gateway count --settings @gateway.toml");
    let envelope = seawall_ledger::dsse::Envelope::from_json(envelope.as_bytes()).unwrap();
    let count = seawall_formats::gateway::count::read(envelope.unverified_payload()).unwrap();
    assert_eq!((count.alarms, count.parties[0].requests), (2, 12));
}
