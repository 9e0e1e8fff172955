use super::*;
use crate::digest::Digest;
use crate::verdict::Outcome::{self, Affected, Unaffected, Untested};

fn check(outcomes: &[Outcome], expected: &str) {
    let run = |outcome: &Outcome| Run {
        outcome: *outcome,
        effect: String::new(),
        transcript: Digest::new([0; 32]),
    };
    let at = Timestamp::UNIX_EPOCH;
    let (id, case) = (FixId::new(Uuid::from_u128(1)), CaseId::new(Uuid::from_u128(2)));
    let (fix, _) = Fix::announce(id, case, "1.3.6".into(), at).unwrap();
    let (fix, _) = fix.check(outcomes.iter().map(run).collect(), at).unwrap();
    let said = match fix.standing {
        Standing::Announced => "announced",
        Standing::Holds { .. } => "holds",
        Standing::DoesNotHold { .. } => "does not hold",
        Standing::Untested => "untested",
    };
    assert_eq!(said, expected, "{outcomes:?}");
}

#[test]
fn a_fix_holds_only_when_every_run_is_silent() {
    for (outcomes, expected) in [
        (&[Unaffected, Unaffected, Unaffected][..], "holds"),
        (&[Unaffected, Affected, Unaffected], "does not hold"),
        (&[Affected, Affected, Affected], "does not hold"),
        (&[Unaffected, Untested, Unaffected], "untested"),
        (&[], "untested"),
    ] {
        check(outcomes, expected);
    }
}
