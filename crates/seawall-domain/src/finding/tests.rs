use super::*;
use crate::verdict::Verdict;

const AT: Timestamp = Timestamp::UNIX_EPOCH;

fn fresh() -> Finding {
    let digest = Digest::new([0; 32]);
    let received = Received {
        id: FindingId::new(Uuid::from_u128(1)),
        finder: PartyId::new(Uuid::from_u128(2)),
        account: AccountId::new(Uuid::from_u128(3)),
        project: None,
        receipt: digest,
        digest,
        report: Address(digest),
        claim: Address(digest),
        recipe: None,
        essence: Essence {
            package: None,
            version: None,
            weakness: None,
            file: None,
            function: None,
            shape: "tap".into(),
        },
    };
    Finding::receive(received, AT).unwrap().0
}

const LEAD: FindingId = FindingId::new(Uuid::from_u128(9));

/// Every standing, in the order of the table's rows.
fn standings() -> Vec<Standing> {
    vec![
        Standing::Received,
        Standing::NeedsInfo { missing: vec![Missing::Recipe] },
        Standing::Complete,
        Standing::Located { line: 7 },
        Standing::Leading { line: 7 },
        Standing::Joined { lead: LEAD, reasons: Vec::new(), line: 7 },
        Standing::Rejected { why: Rejection::UnusableRecipe },
        Standing::Reproduced,
        Standing::NotReproduced,
        Standing::Flaky,
        Standing::Waiting,
        Standing::AlreadyFixed { newest: "2".into() },
    ]
}

type Step = (&'static str, fn(Finding) -> Decided);

/// Every step, in the order of the table's columns.
const STEPS: [Step; 13] = [
    ("lacks", |f| f.gate(vec![Missing::Recipe], AT)),
    ("passes", |f| f.gate(Vec::new(), AT)),
    ("located", |f| f.locate(7, AT)),
    ("rejected", |f| f.reject(Rejection::UnusableRecipe, AT)),
    ("led", |f| f.lead(AT)),
    ("joined", |f| f.join(LEAD, Vec::new(), AT)),
    ("unjoined", |f| f.unjoin(AccountId::new(Uuid::from_u128(3)), AT)),
    ("promoted", |f| f.promote(AT)),
    ("works", |f| f.conclude(Verdict::Reproduced, AT)),
    ("silent", |f| f.conclude(Verdict::NotReproduced, AT)),
    ("no room", |f| f.conclude(Verdict::EnvironmentFailed, AT)),
    ("fixed", |f| f.found_fixed("2".into(), AT)),
    ("again", |f| f.try_again(AccountId::new(Uuid::from_u128(3)), AT)),
];

/// What may happen to a finding, standing by standing; what is not listed is refused.
const TABLE: &str = "
received: lacks > needs_info, passes > complete
needs_info: passes > complete
complete: located > located, rejected > rejected
located: rejected > rejected, led > leading, joined > joined
leading: rejected > rejected, works > reproduced, silent > not_reproduced, no room > waiting, \
fixed > already_fixed
joined: joined > joined, unjoined > leading, promoted > leading
rejected:
reproduced:
not_reproduced:
flaky:
waiting: works > reproduced, silent > not_reproduced, no room > waiting, again > complete
already_fixed:
";

#[test]
fn each_standing_allows_what_the_table_says() {
    let mut table = String::from("\n");
    for standing in standings() {
        let mut steps = Vec::new();
        for (name, step) in STEPS {
            match step(Finding { standing: standing.clone(), ..fresh() }) {
                Ok((after, _)) => steps.push(format!("{name} > {}", after.standing.name())),
                Err(Refusal::NotNow { subject, state, .. }) => {
                    assert_eq!((subject, state), ("finding", standing.name()));
                }
                Err(other) => panic!("{name} while {}: {other}", standing.name()),
            }
        }
        let line = format!("{}: {}", standing.name(), steps.join(", "));
        table.push_str(&format!("{}\n", line.trim_end()));
    }
    assert_eq!(table, TABLE);
}

#[test]
fn a_standing_holds_a_group_or_has_fallen_or_neither() {
    let words = |test: fn(&Standing) -> bool| -> Vec<&str> {
        standings().iter().filter(|s| test(s)).map(Standing::name).collect::<Vec<_>>()
    };
    assert_eq!(words(Standing::holds_a_group), ["leading", "reproduced", "already_fixed"]);
    let fallen = ["rejected", "not_reproduced", "flaky", "waiting"];
    assert_eq!(words(Standing::has_fallen), fallen);
}

#[test]
fn the_line_is_kept_through_a_group() {
    let joined = Standing::Joined { lead: LEAD, reasons: Vec::new(), line: 42 };
    let finding = Finding { standing: joined, ..fresh() };
    let (finding, _) = finding.join(FindingId::new(Uuid::from_u128(8)), Vec::new(), AT).unwrap();
    let (finding, _) = finding.promote(AT).unwrap();
    assert_eq!(finding.standing, Standing::Leading { line: 42 });
}
