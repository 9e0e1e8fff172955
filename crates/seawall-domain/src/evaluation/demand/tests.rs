use super::*;
use crate::evaluation::protocol::tests::terms;

fn run(notes: &[(&str, &str)]) -> Run {
    let notes = notes.iter().map(|(name, raw)| ((*name).to_owned(), (*raw).to_owned()));
    Run { notes: notes.collect(), ..crate::evaluation::drawn::tests::run(1, 0, |_, _| true) }
}

const PLACES: [Placing; 2] = [
    Placing { battery: 0, look: crate::evaluation::decision::Look::First },
    Placing { battery: 1, look: crate::evaluation::decision::Look::First },
];

#[test]
fn what_no_log_shows_is_unmet_and_never_met_in_silence() {
    let sealed = format!("\"{}\"", Digest::new([7; 32]));
    let all = [Demand::Analyser, Demand::Battery, Demand::Egress, Demand::Review, Demand::Canary];
    let mut terms = terms();
    assert_eq!(Bound::of(&terms, &[run(&[]), run(&[])], &PLACES), None, "nothing asked or noted");
    terms.statistic.demands = all.to_vec();
    #[track_caller]
    fn check(terms: &Terms, runs: [Run; 2], shown: Shown, expected: &[Demand]) {
        let bound = Bound::of(terms, &runs, &PLACES);
        let canaries = if shown == Shown::Yes { Sought::Everywhere } else { Sought::Not };
        let done = Done { analyser: shown, review: shown, canaries };
        assert_eq!(Bound::unmet(bound.as_ref(), terms, done), expected, "{bound:?}");
    }
    let battery = ("seawall_battery", sealed.as_str());
    let log = ("egress_log", sealed.as_str());
    let whole = || run(&[battery, log, ("egress_denied", "3")]);
    check(&terms, [run(&[]), run(&[])], Shown::No, &all);
    check(&terms, [whole(), whole()], Shown::Yes, &[]);
    check(&terms, [whole(), run(&[battery])], Shown::Yes, &[Demand::Egress]);
    check(&terms, [whole(), run(&[log, ("egress_denied", "0")])], Shown::Yes, &[Demand::Battery]);
    let no_count = run(&[battery, log, ("egress_denied", "\"none\"")]);
    check(&terms, [whole(), no_count], Shown::Yes, &[Demand::Egress]);
    let no_log = run(&[battery, ("egress_denied", "0")]);
    check(&terms, [whole(), no_log], Shown::Yes, &[Demand::Egress]);
    let other = format!("\"{}\"", Digest::new([6; 32]));
    let other = run(&[("seawall_battery", &other), log, ("egress_denied", "0")]);
    check(&terms, [whole(), other], Shown::Yes, &[Demand::Battery]);
    // A guard's log that was read counts, and agrees with what is noted of it.
    let log_of = |byte| Digest::new([byte; 32]);
    let guard = |denied| Guard { log: log_of(7), allowed: 1, denied };
    let read = |noted: bool, given: Guard, by_notes: bool, expected: Option<u64>| {
        let mut runs = [if noted { whole() } else { run(&[]) }];
        let logs = BTreeSet::from([runs[0].log]);
        let taken = match by_notes {
            true => Run::take_guard_of_notes(&mut runs, given),
            false => Run::take_guard(&mut runs, &logs, given),
        };
        assert_eq!((taken, runs[0].guard.map(|it| it.denied)), (expected.is_some(), expected));
        assert_eq!(runs[0].egress_noted(), expected.or(noted.then_some(3)));
    };
    read(true, guard(3), true, Some(3));
    read(true, guard(3), false, Some(3));
    read(true, guard(4), false, None);
    read(true, guard(4), true, None);
    read(true, Guard { log: log_of(6), ..guard(3) }, false, None);
    read(true, Guard { log: log_of(6), ..guard(3) }, true, None);
    read(false, guard(5), false, Some(5));
    read(false, guard(5), true, None);
    let mut none = [run(&[])];
    assert!(!Run::take_guard(&mut none, &BTreeSet::from([log_of(99)]), guard(0)));
    // What is contradicted stands against absence, also where nobody asked for it.
    terms.statistic.demands = vec![Demand::Review];
    let done = |canaries| Done { analyser: Shown::Yes, review: Shown::Yes, canaries };
    let unmet = |canaries| Bound::unmet(None, &terms, done(canaries));
    assert_eq!(unmet(Sought::Contradicts), [Demand::Canary]);
    assert!(unmet(Sought::Not).is_empty());
    terms.statistic.demands = all.to_vec();
    // Where a run had a network, nothing has to show that it had none.
    terms.conditions.insert("network".to_owned(), "open".to_owned());
    check(&terms, [run(&[battery]), run(&[battery])], Shown::Yes, &[]);
    let bound = Bound::of(&terms, &[whole(), whole()], &PLACES).unwrap();
    assert_eq!(bound.egress, Some(Egress { denied: 6 }));
}
