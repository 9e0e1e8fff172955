//! A later end where no clearinghouse serves: signed by both sides, and taken by the same rules.

use super::place::Gate;

#[test]
fn a_later_end_takes_both_signatures_and_the_days_of_its_ring() {
    let mut gate = Gate::new("key_file = \"provider.key\"", "[follow]\nend = true");
    gate.folder.keep("provider.key", "provider-key");
    gate.serve();
    let now = jiff::Timestamp::now();
    let at = |days: i64| now + jiff::SignedDuration::from_hours(24 * days);
    let extend = |gate: &Gate, file: &str, key: &str, more: &str, status: i32| {
        let address = &gate.address;
        let command = format!(
            "gateway extend @{file} --settings @gateway.toml --key @{key} --gateway {address}{more}"
        );
        gate.folder.said_by(&command, status)
    };
    let word = |begins: i64, until: i64| {
        format!(" --begins {} --until {} --ring government", at(begins), at(until))
    };
    let extended = |gate: &Gate| {
        let text = gate.folder.text("data/journal.jsonl");
        text.matches("\"why\":\"extended\"").count()
    };
    extend(&gate, "later", "developer.key", "", 2);
    extend(&gate, "later", "holder.key", &word(-1, 10), 2);
    let said = extend(&gate, "later", "developer.key", &word(-1, 10), 0);
    assert!(said.contains("the other side signs it too"), "{said}");
    // One side twice is not both.
    extend(&gate, "later", "developer.key", "", 0);
    assert_eq!(extended(&gate), 0);
    let said = extend(&gate, "later", "issuer.key", "", 0);
    assert!(said.contains("the gateway took it"), "{said}");
    assert_eq!(extended(&gate), 1);
    // Thirty days and no more, whoever signs.
    extend(&gate, "longer", "issuer.key", &word(-1, 30), 0);
    extend(&gate, "longer", "developer.key", "", 2);
    assert_eq!(extended(&gate), 1);
    gate.stop();
    gate.folder.said_by("gateway verify @data", 0);
}
