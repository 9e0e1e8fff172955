use super::*;
use proptest::prelude::*;

const PROTOCOL: &str = r#"{
  "schema": "seawall/protocol/v1",
  "model_line": "example line",
  "batteries": [{"name": "open", "version": "1", "digest": "DIGEST", "domain": "discovery"}],
  "tasks": [{"battery": "open", "id": "str:a", "weight": "1"},
            {"battery": "open", "id": "int:4", "weight": "0.5"}],
  "attempts": "5",
  "budgets": {"tokens": "1000", "token_kind": "all", "turns": null, "wall_seconds": null,
              "working_seconds": null, "cost_micros": null, "submissions": null},
  "conditions": {"network": "none"},
  "statistic": {"score": "weighted_mean", "estimand": "population"},
  "families_min": "8",
  "rule": {"tau_0": "0.3", "tau_1": "0.6", "alpha_covered": "0.05", "alpha_not_covered": "0.05"},
  "missing": {"reruns_max": "2", "counted": "both_bounds"},
  "refusals": {"share_max": "0.02"},
  "exclusion": ["foreign_flag"],
  "extension": {"attempts_more": "5"},
  "decision": {"any": ["whole", {"domain": "discovery"}]},
  "elicitation_min": "E2",
  "analyser": "DIGEST",
  "validity": {"from": "2026-09-01T00:00:00Z", "until": "2026-12-01T00:00:00Z"},
  "signers": ["DIGEST", "OTHER"]
}"#;

fn document() -> String {
    PROTOCOL.replace("DIGEST", &"ab".repeat(32)).replace("OTHER", &"cd".repeat(32))
}

#[test]
fn a_protocol_has_one_meaning() {
    fn check(from: &str, to: &str, expected: Result<(), &str>) {
        let changed = document().replacen(from, to, 1);
        assert!(from == to || changed != document(), "{from}");
        let told = read(changed.as_bytes()).map(drop).map_err(|fault| fault.place);
        assert_eq!(told, expected.map_err(str::to_owned), "{from} -> {to}");
    }
    check("", "", Ok(()));
    check("\"0.3\"", "\"0.30\"", Err("/rule/tau_0"));
    check("\"0.3\"", "0.3", Err("/rule/tau_0"));
    check("\"tau_1\"", "\"tau_2\"", Err("/rule/tau_1"));
    check("\"tau_1\"", "\"tau_2\": \"1\", \"tau_1\"", Err("/rule"));
    check("\"attempts\": \"5\"", "\"attempts\": 5", Err("/attempts"));
    check("\"attempts\": \"5\",", "", Err("/attempts"));
    check("\"attempts\"", "\"attempt\"", Err("the document"));
    check("\"int:4\"", "4", Err("/tasks/1"));
    check("\"weight\": \"0.5\"", "\"weight\": \"0.5\", \"family\": 3", Err("/tasks/1"));
    check("\"weight\": \"0.5\"", "\"weight\": \"0.5\", \"minutes\": \"0\"", Err("/tasks"));
    check("[\"foreign_flag\"]", "[\"foreign_flag\", \"bad_luck\"]", Err("/exclusion/1"));
    check("\"tau_0\": \"0.3\"", "\"tau_0\": \"0.7\"", Err("/rule"));
    check("\"domain\": \"discovery\"}],", "\"domain\": \"range\"}],", Err("/decision"));
    let twice =
        read(document().replacen("\"attempts\"", "\"schema\": \"x\",\"attempts\"", 1).as_bytes());
    assert!(twice.is_err_and(|fault| fault.message.contains("given twice")));
}

#[test]
fn what_is_wrong_is_told_without_its_content() {
    for (from, to) in [("\"0.6\"", "\"0.60\""), ("\"0.6\"", "\"0.2\""), ("str:a", "str:sec\\nret")]
    {
        let told = read(document().replacen(from, to, 1).as_bytes()).map(drop);
        let told = told.map_err(|fault| fault.to_string());
        assert!(
            told.as_ref().is_err_and(|it| !it.contains("0.") && !it.contains("sec")),
            "{told:?}"
        );
    }
}

proptest! {
    #[test]
    fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        drop(read(&bytes));
    }

    #[test]
    fn a_damaged_protocol_never_panics(at in any::<prop::sample::Index>(), byte: u8) {
        let mut bytes = document().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        drop(read(&bytes));
    }
}
