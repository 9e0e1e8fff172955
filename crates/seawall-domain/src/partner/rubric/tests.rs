use super::*;
use proptest::prelude::*;

fn marks(mark: u8) -> Marks {
    Criterion::ALL.into_iter().map(|criterion| (criterion, mark)).collect()
}

/// So many criteria of one's own.
fn own(count: usize) -> impl Iterator<Item = CriterionText> {
    (0..count).map(|number| CriterionText {
        criterion: format!("own_{number}").parse().unwrap(),
        weight: 10,
        anchors: ["none", "little", "some", "much", "all"].map(str::to_owned),
    })
}

/// A gate of one's own.
fn asked(name: &str) -> GateText {
    let (asks, evidence) = ("Is it so?".to_owned(), "a document".to_owned());
    GateText { gate: name.parse().unwrap(), asks, evidence }
}

#[test]
fn marks_follow_the_rubric() {
    let mut text = first::text();
    text.criteria.truncate(1);
    text.criteria.extend(own(1));
    let rubric = Rubric::try_from(text).unwrap();
    let own: Criterion = "own_0".parse().unwrap();
    let marks = |of: &[(Criterion, u8)]| of.iter().copied().collect::<Marks>();
    let reach = Criterion::DefenceReach;
    assert_eq!(rubric.score(&marks(&[(reach, 4), (own, 0)])), Ok(714), "25 of 35");
    assert_eq!(rubric.score(&marks(&[(reach, 4)])), Err(Unfit::Marks));
    assert_eq!(rubric.score(&marks(&[(own, 4)])), Err(Unfit::Marks));
    let more = marks(&[(reach, 4), (own, 0), (Criterion::OpenSource, 1)]);
    assert_eq!(rubric.score(&more), Err(Unfit::Marks), "it is no part of this one");
}

#[test]
fn a_name_stays_what_it_was() {
    let with = |change: &dyn Fn(&mut RubricText)| {
        let mut text = first::text();
        change(&mut text);
        Rubric::try_from(text).unwrap()
    };
    let marked = with(&|it| it.criteria.extend(own(1)));
    let gate = with(&|it| it.gates.push(asked("own_0")));
    let unfit = Err(Unfit::Kinds("own_0".parse().unwrap()));
    assert_eq!(gate.keeps_names(&marked), unfit);
    assert_eq!(marked.keeps_names(&gate), unfit);
    assert_eq!(marked.keeps_names(&marked), Ok(()));
    assert_eq!(with(&|_| {}).keeps_names(&gate), Ok(()));
}

#[test]
fn a_rubric_names_everything_once() {
    fn check(change: impl Fn(&mut RubricText), expected: Option<Unfit>) {
        let mut text = first::text();
        change(&mut text);
        assert_eq!(Rubric::try_from(text).err(), expected);
    }
    check(|_| {}, None);
    check(|it| drop(it.gates.pop()), None);
    check(|it| it.gates.clear(), Some(Unfit::Gates));
    check(|it| it.gates.push(it.gates[0].clone()), Some(Unfit::Gates));
    check(|it| it.gates.reverse(), None);
    check(|it| drop(it.criteria.pop()), None);
    check(|it| it.criteria.clear(), Some(Unfit::Criteria));
    check(|it| it.criteria.push(it.criteria[0].clone()), Some(Unfit::Criteria));
    check(|it| it.criteria.extend(own(CRITERIA_MAX - 6)), None);
    check(|it| it.criteria.extend(own(CRITERIA_MAX - 5)), Some(Unfit::Criteria));
    let many = |it: &mut RubricText, count: usize| {
        it.gates.extend((0..count).map(|number| asked(&format!("own_gate_{number}"))));
    };
    check(|it| many(it, GATES_MAX - 9), None);
    check(|it| many(it, GATES_MAX - 8), Some(Unfit::Gates));
    check(
        |it| {
            it.gates.push(asked("own_0"));
            it.criteria.extend(own(1));
        },
        Some(Unfit::Kinds("own_0".parse().unwrap())),
    );
    check(|it| it.criteria[0].weight = 0, Some(Unfit::Criteria));
    check(|it| it.criteria[0].weight = 1_001, Some(Unfit::Criteria));
    check(|it| it.admits_from = 1_001, Some(Unfit::Limits));
    check(|it| it.conditions_from = 601, Some(Unfit::Limits));
    check(|it| it.gates[0].asks = " ".to_owned(), Some(Unfit::Texts));
    check(|it| it.criteria[5].anchors[4] = "x".repeat(501), Some(Unfit::Texts));
}

#[test]
fn scores_are_shares_of_what_could_be_had() {
    let rubric = Rubric::first().unwrap();
    let with = |criterion, mark| {
        let mut changed = marks(0);
        changed.insert(criterion, mark);
        changed
    };
    for (marks, expected) in [
        (marks(0), Ok(0)),
        (marks(2), Ok(500)),
        (marks(4), Ok(1_000)),
        (with(Criterion::DefenceReach, 4), Ok(250)),
        (with(Criterion::OpenSource, 1), Ok(12)),
        (marks(5), Err(Unfit::Marks)),
        (Marks::new(), Err(Unfit::Marks)),
    ] {
        assert_eq!(rubric.score(&marks), expected, "{marks:?}");
    }
    let written = serde_json::to_string(rubric.text()).unwrap();
    assert_eq!(&serde_json::from_str::<RubricText>(&written).unwrap(), rubric.text());
}

proptest! {
    /// A better mark never lowers the score, and the order in which a rubric lists things is free.
    #[test]
    fn scores_grow_with_marks(
        one in prop::collection::vec(0u8..=4, 6), at in 0usize..6,
        weights in prop::collection::vec(1u32..=1_000, 6),
    ) {
        let mut text = first::text();
        for (it, weight) in text.criteria.iter_mut().zip(weights) {
            it.weight = weight;
        }
        let rubric = Rubric::try_from(text.clone()).unwrap();
        text.criteria.reverse();
        text.gates.reverse();
        let turned = Rubric::try_from(text).unwrap();
        prop_assert_eq!(turned.text(), rubric.text(), "it is shown in one order");
        let mut marks: Marks = Criterion::ALL.into_iter().zip(one).collect();
        let before = rubric.score(&marks).unwrap();
        prop_assert_eq!(before, turned.score(&marks).unwrap());
        let better = marks.get_mut(&Criterion::ALL[at]).unwrap();
        *better = (*better + 1).min(MARK_MAX);
        let after = rubric.score(&marks).unwrap();
        prop_assert!(before <= after && after <= 1_000);
    }
}
