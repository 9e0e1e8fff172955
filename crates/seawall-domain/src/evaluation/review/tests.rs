//! Drawing, joining and agreement, against values computed by hand.

use super::*;
use proptest::prelude::*;

/// Not SHA-256, but it depends on every byte: good enough to draw by.
fn hash(bytes: &[u8]) -> Digest {
    let mut state = 0xcbf2_9ce4_8422_2325_u64;
    let mut out = [0; 32];
    for round in 0..4_u8 {
        for byte in bytes.iter().chain([&round]) {
            state = (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
            state ^= state >> 29;
        }
        let at = usize::from(round) * 8;
        out[at..at + 8].copy_from_slice(&state.to_be_bytes());
    }
    Digest::new(out)
}

fn place(number: u32) -> Place {
    (Digest::new([1; 32]), TaskId::Text(format!("task-{number}").into()), 1)
}

fn sheet_of(coder: Coder, words: &str) -> Sheet {
    let opinion = |letter: char| match letter {
        'c' => Some(Opinion::Clean),
        'x' => Some(Opinion::Cheating),
        'u' => Some(Opinion::Unclear),
        _ => None,
    };
    let lines = words.chars().zip(0..).map(|(letter, number)| (place(number), opinion(letter)));
    Sheet { coder, lines: lines.collect() }
}

fn joined(first: &str, second: &str) -> Result<Review, Refused> {
    join(&sheet_of(Coder::First, first), &sheet_of(Coder::Second, second), None)
}

#[test]
fn agreement_is_what_the_hand_computes() {
    #[track_caller]
    fn check(first: &str, second: &str, expected: Result<(f64, f64, f64), Undefined>) {
        let found = joined(first, second).unwrap().agreement();
        let found = found.map(|it| (it.observed, it.expected, it.kappa));
        match (found, expected) {
            (Ok(found), Ok(expected)) => {
                let near = |a: f64, b: f64| (a - b).abs() < 1e-12;
                let all = near(found.0, expected.0) && near(found.1, expected.1);
                assert!(all && near(found.2, expected.2), "{found:?} {expected:?}");
            }
            (found, expected) => assert_eq!(found, expected),
        }
    }
    // Five and two together, two and one apart: (0.7 - 0.54) / 0.46.
    check("cccccxxxxc", "cccccxxccx", Ok((0.7, 0.54, 8.0 / 23.0)));
    // Rows 5, 3, 2 and columns 5, 4, 1: (0.7 - 0.39) / 0.61.
    check("cccccxxxuu", "ccccxcxxxu", Ok((0.7, 0.39, 31.0 / 61.0)));
    check("cx", "cx", Ok((1.0, 0.5, 1.0)));
    check("cx", "xc", Ok((0.0, 0.5, -1.0)));
    // The one says the same of everything, the other not: chance explains all of it.
    check("cccc", "cccx", Ok((0.75, 0.75, 0.0)));
    check("cccc", "cccc", Err(Undefined::Constant));
    check("xx", "xx", Err(Undefined::Constant));
}

#[test]
fn what_the_two_see_differently_is_settled_by_a_third() {
    let review = joined("cxxcu", "cxcxu").unwrap();
    assert_eq!((review.agreed(), review.open(), review.cheated().len()), (3, 3, 1));
    let third = disputed(&review, Digest::new([2; 32]), hash).unwrap();
    let asked: BTreeSet<Place> = third.lines.iter().map(|(place, _)| place.clone()).collect();
    assert_eq!(asked, [2, 3, 4].map(place).into());
    assert!(third.lines.iter().all(|(_, opinion)| opinion.is_none()));
    let with = |opinions: &[(u32, Option<Opinion>)]| {
        let lines = opinions.iter().map(|(number, said)| (place(*number), *said)).collect();
        let third = Sheet { coder: Coder::Adjudicator, lines };
        let (one, two) = (sheet_of(Coder::First, "cxxcu"), sheet_of(Coder::Second, "cxcxu"));
        join(&one, &two, Some(&third))
    };
    let (clean, cheating) = (Some(Opinion::Clean), Some(Opinion::Cheating));
    let review = with(&[(4, Some(Opinion::Unclear)), (3, clean), (2, cheating)]).unwrap();
    assert_eq!((review.open(), review.cheated()), (0, [1, 2].map(place).into()));
    assert_eq!(disputed(&review, Digest::new([2; 32]), hash).unwrap().lines.len(), 3);
    assert_eq!(with(&[(3, clean), (2, cheating)]), Err(Refused::OtherDisputes));
    assert_eq!(with(&[(1, clean), (3, clean), (2, clean)]), Err(Refused::OtherDisputes));
    assert_eq!(with(&[(4, None), (3, clean), (2, clean)]), Err(Refused::Unanswered(1)));
}

#[test]
fn sheets_that_do_not_belong_together_are_refused() {
    assert_eq!(joined("cx", "c"), Err(Refused::OtherItems));
    assert_eq!(joined("c?x", "cx?"), Err(Refused::Unanswered(2)));
    assert_eq!(joined("", ""), Err(Refused::Number(0)));
    let first = sheet_of(Coder::First, "cx");
    assert_eq!(join(&first, &first, None), Err(Refused::OtherSheets));
    let mut twice = sheet_of(Coder::Second, "cx");
    twice.lines.push(twice.lines[0].clone());
    assert_eq!(join(&first, &twice, None), Err(Refused::OtherItems));
}

fn attempts(passes: u32, fails: u32) -> Vec<(Place, Class)> {
    let class = |number| if number < passes { Class::Pass } else { Class::Fail };
    (0..passes + fails).map(|number| (place(number), class(number))).collect()
}

#[test]
fn standing_on_a_sheet_says_nothing_of_the_score() {
    fn check(passes: u32, fails: u32, expected: usize) {
        let sheets = draw(&attempts(passes, fails), Digest::new([3; 32]), hash).unwrap();
        let on = |sheet: &Sheet| {
            sheet.lines.iter().map(|(place, _)| place.clone()).collect::<BTreeSet<Place>>()
        };
        assert_eq!((on(&sheets[0]).len(), on(&sheets[0])), (expected, on(&sheets[1])));
        assert!((0..passes).all(|number| on(&sheets[0]).contains(&place(number))));
    }
    check(4, 10, 8);
    check(4, 3, 7);
    check(1, 0, 1);
    let none = draw(&attempts(0, 5), Digest::new([3; 32]), hash);
    assert_eq!(none, Err(Refused::Number(0)));
    let missing = [(place(0), Class::Pass), (place(1), Class::Missing)];
    let sheets = draw(&missing, Digest::new([3; 32]), hash).unwrap();
    assert_eq!(sheets[1].lines.len(), 1);
}

#[test]
fn what_is_left_comes_next_and_then_from_the_beginning() {
    fn check(words: &str, after: usize, expected: Option<usize>) {
        let sheet = sheet_of(Coder::First, words);
        assert_eq!(sheet.next_left(after), expected, "{words} after {after}");
        assert_eq!(sheet.left(), words.matches('-').count());
    }
    check("c-x-", 1, Some(3));
    check("c-x-", 3, Some(1));
    check("--", 2, Some(0));
    check("-", 0, None);
    check("cx", usize::MAX, None);
}

#[test]
fn each_coder_has_an_order_that_the_seed_decides() {
    let drawn = |seed: u8| draw(&attempts(20, 20), Digest::new([seed; 32]), hash).unwrap();
    let [first, second] = drawn(5);
    assert_ne!(first.lines, second.lines);
    assert_eq!(drawn(5), [first.clone(), second]);
    assert_ne!(drawn(6)[0], first);
    let mut turned = attempts(20, 20);
    turned.reverse();
    assert_eq!(draw(&turned, Digest::new([5; 32]), hash).unwrap()[0], first);
}

proptest! {
    #[test]
    fn kappa_has_no_side(words in "[cxu]{1,30}", other in "[cxu]{30}") {
        let second: String = other.chars().take(words.len()).collect();
        let (one, two) = (joined(&words, &second).unwrap(), joined(&second, &words).unwrap());
        match (one.agreement(), two.agreement()) {
            (Ok(one), Ok(two)) => {
                prop_assert!((one.kappa - two.kappa).abs() < 1e-12);
                prop_assert!(one.kappa <= 1.0 + 1e-12 && one.kappa >= -1.0 - 1e-12);
            }
            (one, two) => prop_assert_eq!(one, two),
        }
    }

    #[test]
    fn only_two_who_agree_or_a_third_confirm(words in "[cxu]{1,20}", other in "[cxu]{20}") {
        let second: String = other.chars().take(words.len()).collect();
        let review = joined(&words, &second).unwrap();
        let both = words.chars().zip(second.chars()).filter(|both| *both == ('x', 'x')).count();
        prop_assert_eq!(review.cheated().len(), both);
        let apart = review.items.iter().filter(|item| item.is_disputed()).count();
        prop_assert_eq!(review.open(), apart);
    }
}
