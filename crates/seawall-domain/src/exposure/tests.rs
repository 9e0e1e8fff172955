use super::*;
use crate::time::SignedDuration;

fn at(hours: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
}

fn seen() -> (InventoryId, Option<Version>, String) {
    (InventoryId::new(Uuid::from_u128(3)), Some("1".into()), "a rule".into())
}

/// Does the steps named by words and says where it stands, or `refused`.
fn check(steps: &str, expected: &str) {
    let spot = Spot {
        operator: PartyId::new(Uuid::from_u128(1)),
        label: "main".into(),
        advisory: AdvisoryId::new(Uuid::from_u128(2)),
        component: "pkg:npm/ini".into(),
    };
    let id = ExposureId::new(Uuid::from_u128(4));
    let mut exposure = Exposure::open(id, spot, seen(), at(0)).unwrap().0;
    for (hour, step) in (1..).zip(steps.split_whitespace()) {
        let issuer = PartyId::new(Uuid::from_u128(5));
        let decided = match step {
            "seen" => exposure.see(seen(), at(hour)),
            "cleared" => exposure.clear(issuer, StatementId::new(Uuid::from_u128(6)), at(hour)),
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
    ] {
        check(steps, expected);
    }
}
