use super::*;
use crate::time::SignedDuration;

fn at(hours: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
}

/// One operator's component, exposed by this cause.
fn spot(cause: Cause) -> Spot {
    Spot {
        operator: PartyId::new(Uuid::from_u128(1)),
        label: "main".into(),
        cause,
        component: "pkg:npm/ini".into(),
    }
}

fn seen() -> (InventoryId, Option<Version>, String) {
    (InventoryId::new(Uuid::from_u128(3)), Some("1".into()), "a rule".into())
}

/// Does the steps named by words and says where it stands, or `refused`.
fn check(steps: &str, expected: &str) {
    let spot = spot(Cause::Advisory(AdvisoryId::new(Uuid::from_u128(2))));
    let id = ExposureId::new(Uuid::from_u128(4));
    let mut exposure = Exposure::open(id, spot, seen(), None, at(0)).unwrap().0;
    for (hour, step) in (1..).zip(steps.split_whitespace()) {
        let issuer = PartyId::new(Uuid::from_u128(5));
        let decided = match step {
            "seen" => exposure.see(seen(), at(hour)),
            "cleared" => exposure.clear(issuer, StatementId::new(Uuid::from_u128(6)), at(hour)),
            "cleared_outside" => exposure.clear_outside("a distributor".into(), at(hour)),
            "reopened" => exposure.reopen(at(hour)),
            "retracted" => exposure.retract(at(hour)),
            "told" => exposure.tell(3, Some(at(hour + 72)), at(hour)),
            "fixed" => exposure.fix(Digest::new([1; 32]), at(hour)),
            other => panic!("no step `{other}`"),
        };
        match decided {
            Ok((next, _)) => exposure = next,
            Err(_) => return assert_eq!(expected, "refused", "{steps}"),
        }
    }
    assert_eq!(exposure.standing.name(), expected, "{steps}");
    assert_eq!(exposure.opened_at, at(0), "the clock of a deadline never starts anew");
}

#[test]
fn an_exposure_closes_with_evidence_and_opens_again() {
    for (steps, expected) in [
        ("", "open"),
        ("seen", "open"),
        ("cleared", "not_affected"),
        ("cleared seen", "not_affected"),
        ("cleared cleared", "refused"),
        ("cleared fixed", "fixed"),
        ("fixed", "fixed"),
        ("fixed fixed", "refused"),
        ("fixed cleared", "refused"),
        ("fixed seen", "open"),
        ("fixed seen cleared", "not_affected"),
        ("cleared reopened", "open"),
        ("cleared_outside", "not_affected"),
        ("cleared_outside reopened cleared", "not_affected"),
        ("cleared cleared_outside", "refused"),
        ("reopened", "refused"),
        ("fixed reopened", "refused"),
        ("retracted", "retracted"),
        ("retracted retracted", "refused"),
        ("retracted seen", "open"),
        ("retracted cleared", "refused"),
        ("retracted fixed", "fixed"),
        ("fixed retracted", "refused"),
        ("cleared retracted seen", "open"),
        ("told", "open"),
        ("told told", "open"),
        ("cleared told", "refused"),
        ("fixed told", "refused"),
        ("told fixed seen", "open"),
    ] {
        check(steps, expected);
    }
}

#[test]
fn a_deadline_is_news_once() {
    let spot = spot(Cause::Flaw("CVE-2021-32839".into()));
    let id = ExposureId::new(Uuid::from_u128(4));
    let exposure = Exposure::open(id, spot, seen(), None, at(0)).unwrap().0;
    assert!(exposure.is_news(3, None));
    let exposure = exposure.tell(3, None, at(1)).unwrap().0;
    assert!(!exposure.is_news(3, None));
    assert!(exposure.is_news(3, Some(at(5))) && exposure.is_news(4, None));
}

#[test]
fn a_spot_names_its_cause_as_a_member() {
    for (cause, expected) in [
        (
            Cause::Advisory(AdvisoryId::new(Uuid::from_u128(2))),
            r#""advisory":"00000000-0000-0000-0000-000000000002""#,
        ),
        (Cause::Flaw("CVE-2021-32839".into()), r#""flaw":"CVE-2021-32839""#),
    ] {
        let spot = spot(cause);
        let json = serde_json::to_string(&spot).unwrap();
        assert!(json.contains(expected), "{json}");
        assert_eq!(serde_json::from_str::<Spot>(&json).unwrap(), spot);
    }
}

#[test]
fn the_clock_goes_on_under_another_cause() {
    let spot = spot(Cause::Advisory(AdvisoryId::new(Uuid::from_u128(2))));
    let id = ExposureId::new(Uuid::from_u128(4));
    let (exposure, fact) = Exposure::open(id, spot, seen(), Some(at(1)), at(9)).unwrap();
    assert_eq!(exposure.opened_at, at(1));
    assert_eq!(Exposure::apply(None, &fact, at(9)), Some(exposure));
}
