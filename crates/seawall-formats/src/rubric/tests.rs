use super::*;
use proptest::prelude::*;
use seawall_domain::partner::rubric::GateText;

fn first() -> RubricText {
    Rubric::first().unwrap().text().clone()
}

#[test]
fn both_forms_say_the_same() {
    let mut own = first();
    own.version = 2;
    own.admits_from = 700;
    own.criteria[0].weight = 40;
    own.gates[0].asks = "Who are you, \"in law\"?".into();
    let gate = "rural_reach".parse().unwrap();
    own.gates.push(GateText { gate, asks: "Whom?".into(), evidence: "a list".into() });
    let json = serde_json::to_vec(&own).unwrap();
    let toml = toml::to_string(&own).unwrap();
    assert_eq!(read(&json).unwrap().text(), &own);
    assert_eq!(read(toml.as_bytes()).unwrap().text(), &own, "{toml}");
}

#[test]
fn what_does_not_hold_together_is_refused() {
    let check = |change: &dyn Fn(&mut RubricText), expected: &str| {
        let mut own = first();
        change(&mut own);
        let told = read(&serde_json::to_vec(&own).unwrap()).unwrap_err().to_string();
        assert!(told.contains(expected), "{told}");
    };
    check(&|it| it.gates.clear(), "names each gate once");
    check(&|it| it.gates[1].gate = it.gates[0].gate, "names each gate once");
    check(&|it| it.criteria[1].weight = 0, "a weight from 1 to 1000");
    check(&|it| it.criteria[1].criterion = it.criteria[0].criterion, "names each criterion once");
    check(&|it| it.conditions_from = 900, "the lower one first");
    check(&|it| it.criteria[2].anchors[4].clear(), "each text is there");
    let text = |bytes: &[u8], expected: &str| {
        let told = read(bytes).unwrap_err().to_string();
        assert!(told.starts_with(expected), "{told}");
    };
    text(b"{\"version\": 2, \"version\": 3}", "cannot read rubric at line 1");
    text(b"{\"colour\": 2}", "cannot read rubric at the document: unknown field `colour`");
    text(b"version = 2\ncolour = 3\n", "cannot read rubric at line 2: unknown field `colour`");
    let named = |gate: &str| {
        let written = serde_json::to_string(&first()).unwrap();
        written.replace("\"legal_identity\"", &format!("{gate:?}")).into_bytes()
    };
    assert!(read(&named("rural_reach")).is_ok());
    for bad in ["Rural reach", "under_served", "", "1st"] {
        text(&named(bad), "cannot read rubric at the document: a gate or a criterion is named by");
    }
    text(b"version = ", "cannot read rubric at line 1");
    text(b"", "cannot read rubric at line 1: missing field `version`");
    text(b"\xff", "cannot read rubric at the document: it is not UTF-8");
    text(&vec![b' '; RUBRIC_BYTES_MAX + 1], "cannot read rubric at the document: more than");
}

proptest! {
    #[test]
    fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
    }

    #[test]
    fn never_panics_on_what_looks_like_one(text in "[a-z=\\[\\]{}\",.0-9\n ]{0,200}") {
        if let Err(fault) = read(text.as_bytes()) {
            prop_assert!(!fault.to_string().contains('\n'));
        }
    }
}
