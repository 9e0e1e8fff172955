use super::*;
use crate::digest::Digest;
use crate::evaluation::protocol::tests::terms;

const ONE: &str = "26B5C67B-86CC-4B5C-9d0e-0123456789ab";
const BARE: &str = "26b5c67b86cc4b5c9d0e0123456789ab";
const OTHER: &str = "deadbeef-0000-4000-8000-00000000cafe";

fn registry(tasks: &[(&str, Option<&str>)]) -> Registry {
    let task = |(id, canary): &(&str, Option<&str>)| Registered {
        id: (*id).to_owned(),
        variants: BTreeSet::from(["hard".to_owned()]),
        family: None,
        files: BTreeMap::from([("a".to_owned(), Digest::new([1; 32]))]),
        oracle: None,
        minutes: None,
        created: None,
        exposure: None,
        canary: canary.map(str::to_owned),
        twin: None,
        verified_at: None,
    };
    let tasks = tasks.iter().map(task).collect();
    Registry::of("battery".to_owned(), BTreeMap::new(), tasks).unwrap()
}

fn sighting(task: &str, marks: &[u32]) -> Sighting {
    Sighting { task: TaskId::Text(task.into()), epoch: 2, marks: marks.iter().copied().collect() }
}

#[test]
fn a_mark_is_the_guid_however_it_is_written() {
    let check = |canary: &str, expected: Option<&str>| {
        let canaries = Canaries::of([&registry(&[("a", Some(canary))])]);
        let marks = canaries.as_ref().map(|all| all.marks().collect::<Vec<_>>());
        assert_eq!(marks.ok(), expected.map(|mark| vec![mark]), "{canary}");
    };
    check(ONE, Some(BARE));
    check(BARE, Some(BARE));
    check(&format!("canary GUID battery:é{ONE} do not train"), Some(BARE));
    check("NOT-TO-BE-LEARNT-0001", Some("nottobelearnt0001"));
    check("26b5c67b-86cc", None);
    check("--------------------------", None);
    check(&"x".repeat(257), None);
    assert_eq!(Canaries::of([&registry(&[("a", None)])]).map(|all| all.is_empty()), Ok(true));
}

#[test]
fn a_finding_names_tasks_and_shows_no_canary() {
    let shared: Vec<(&str, Option<&str>)> =
        ["a", "b", "c", "d", "e"].map(|id| (id, Some(ONE))).to_vec();
    let canaries = Canaries::of([&registry(&shared), &registry(&[("z", Some(OTHER))])]).unwrap();
    let found = findings(&canaries, &[sighting("x", &[0, 1]), sighting("y", &[])]);
    let told: Vec<&str> = found.iter().map(|one| one.detail.as_str()).collect();
    let expected = [
        "task `x` epoch 2: it says the canary of `a`, `b`, `c`, 2 more, which it was not shown",
        "task `x` epoch 2: it says the canary of `z`, which it was not shown",
    ];
    assert_eq!(told, expected);
    let shown = format!("{canaries:?}{found:?}").to_lowercase();
    assert!(!shown.contains("26b5") && !shown.contains("deadbeef"), "{shown}");
    assert!(found.iter().all(|one| !one.code.bars_use()));
}

#[test]
fn what_is_left_out_is_held_against_what_was_said() {
    let terms = terms();
    let excluded = |tasks: &[(u32, Exclusion)]| -> Vec<Excluded> {
        let one = |(task, rule): &(u32, Exclusion)| Excluded {
            task: *task,
            rule: *rule,
            reason: "seen".to_owned(),
        };
        tasks.iter().map(one).collect()
    };
    let (first, second) =
        (registry(&[("4", Some(ONE))]), registry(&[("canary-task", Some(OTHER)), ("q", None)]));
    let canaries = Canaries::of([&first, &second]).unwrap();
    let registers: [OfBattery<'_>; 2] = [(0, &first), (1, &second)];
    let of = |registers: &[OfBattery<'_>], sighted: &[Sighting]| {
        Search::of(&terms, registers, &canaries, &[(0, &[]), (1, sighted)])
    };
    // The second task's canary in its own attempt; the first register's marks both tasks named 4.
    let own = of(&registers, &[sighting("canary-task", &[1]), sighting("canary-task", &[])]);
    let said = Said { log: 1, task: 2, epoch: 2, of: BTreeSet::from([2]) };
    assert_eq!(own.said, [said]);
    let other = of(&registers, &[sighting("canary-task", &[0])]);
    assert_eq!(other.met(), BTreeSet::from([0, 1, 2]));
    let seen = Exclusion::CanarySeen;
    let check = |search: &Search, out: &[(u32, Exclusion)], left_in: &[u32], expected: Sought| {
        let out = excluded(out);
        assert_eq!(search.left_in(&out).into_iter().collect::<Vec<_>>(), left_in);
        assert_eq!(sought(Some(search), &terms, &out), expected);
    };
    check(&own, &[], &[2], Sought::Everywhere);
    check(&own, &[(2, seen)], &[], Sought::Everywhere);
    check(&own, &[(2, Exclusion::ForeignFlag)], &[], Sought::Everywhere);
    check(&own, &[(0, Exclusion::ForeignFlag)], &[2], Sought::Everywhere);
    check(&own, &[(0, seen)], &[2], Sought::Contradicts);
    // Of a battery whose register is not at hand, nothing is contradicted.
    let part = of(&registers[1..], &[]);
    check(&part, &[(0, seen)], &[], Sought::Not);
    check(&part, &[(2, seen)], &[], Sought::Contradicts);
    assert_eq!(sought(None, &terms, &excluded(&[(2, seen)])), Sought::Not);
}

#[test]
fn a_variant_is_of_its_task() {
    let registry = registry(&[("web (old)", None)]);
    let check = |name: &str, expected: bool| {
        let is = registry.tasks[0].is(&TaskId::Text(name.into()));
        assert_eq!(is, expected, "{name}");
    };
    check("web (old)", true);
    check("web (old) (hard)", true);
    check("web (old) (soft)", false);
    check("web (old) (hard", false);
    check("web", false);
}
