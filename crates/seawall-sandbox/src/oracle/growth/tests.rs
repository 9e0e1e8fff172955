use super::*;
use Outcome::*;
use seawall_domain::verdict::Outcome;

const BY: Demand =
    Demand { measure: Measure::Time, small: 1, large: 2, over_control: 3, over_size: 3 };

/// Attack and control, in milliseconds; the attack ends so, the control by itself.
fn pair([attack, control]: [u64; 2], how: How) -> Pair {
    let ended = |how, ms| Ended {
        how,
        stdout: Vec::new(),
        stderr: Vec::new(),
        cpu: Duration::from_millis(ms),
        wall: Duration::ZERO,
        peak_mib: 0,
    };
    Pair { attack: ended(how, attack), control: ended(How::Exit(0), control) }
}

#[test]
fn it_is_a_ratio_and_never_a_number_of_seconds() {
    let fine = How::Exit(0);
    for (small, at_large, how, expected) in [
        ([140, 100], [700, 100], fine.clone(), Affected),
        ([420, 300], [2100, 300], fine.clone(), Affected),
        ([100, 100], [101, 100], fine.clone(), Unaffected),
        ([100, 100], [290, 100], fine.clone(), Unaffected),
        // Slow from the start, and no slower with size: not this flaw.
        ([900, 100], [1000, 100], fine.clone(), Unaffected),
        // The same, but nobody saw how far it would have grown.
        ([900, 100], [1000, 100], How::Late, Untested),
        ([100, 105], [700, 100], fine.clone(), Affected),
        ([140, 100], [20_000, 100], How::Busy, Affected),
        ([140, 100], [20_000, 100], How::Exit(137), Affected),
        ([140, 100], [200, 100], How::Late, Untested),
        ([140, 100], [900, 100], How::Exit(1), Untested),
        ([140, 100], [900, 100], How::Starved, Untested),
        ([0, 0], [0, 0], fine, Unaffected),
    ] {
        let (small, larger) = (pair(small, How::Exit(0)), pair(at_large, how));
        let judgement = large(&larger, &BY).unwrap_or_else(|| both(&small, &larger, &BY));
        assert_eq!(judgement.outcome, expected, "{at_large:?}");
    }
}

#[test]
fn what_falls_short_by_little_is_worth_another_look() {
    let fine = How::Exit(0);
    for (at, near) in [([290, 100], true), ([151, 100], true), ([150, 100], false), ([9, 9], false)]
    {
        assert_eq!(is_near(&pair(at, fine.clone()), &BY), near, "{at:?}");
    }
    for (small, at_large, near) in [
        ([200, 100], [390, 100], true),
        ([200, 100], [250, 100], false),
        // It grows enough already.
        ([200, 100], [400, 100], false),
    ] {
        let (small, at_large) = (pair(small, fine.clone()), pair(at_large, fine.clone()));
        assert_eq!(grows_nearly(&small, &at_large, &BY), near);
    }
}

#[test]
fn of_two_measurements_the_lesser_counts_and_a_whole_one_before_a_broken_one() {
    let of = |attack, control, how| pair([attack, control], how);
    let seen = of(300, 90, How::Exit(0)).lesser(of(250, 100, How::Exit(0)));
    assert_eq!((seen.attack.cpu.as_millis(), seen.control.cpu.as_millis()), (250, 90));
    let seen = of(300, 90, How::Late).lesser(of(400, 90, How::Exit(0)));
    assert_eq!((seen.attack.cpu.as_millis(), &seen.attack.how), (400, &How::Exit(0)));
    let seen = of(300, 90, How::Exit(0)).lesser(of(200, 90, How::Late));
    assert_eq!(seen.attack.cpu.as_millis(), 300);
}
