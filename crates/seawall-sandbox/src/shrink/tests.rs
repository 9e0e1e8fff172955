use super::*;
use proptest::prelude::*;
use std::convert::Infallible;

/// Makes smaller by a test that cannot fail.
fn shrunk(input: &[u8], budget: u32, mut shows: impl FnMut(&[u8]) -> bool) -> Shrunk {
    let result = shrink(input, budget, |bytes| Ok::<bool, Infallible>(shows(bytes)));
    result.unwrap_or_else(|never| match never {})
}

fn holds(bytes: &[u8], piece: &[u8]) -> bool {
    piece.is_empty() || bytes.windows(piece.len()).any(|window| window == piece)
}

/// Whether these stand in this order, with anything between.
fn in_order(bytes: &[u8], wanted: &[u8]) -> bool {
    let mut rest = bytes.iter();
    wanted.iter().all(|wanted| rest.any(|byte| byte == wanted))
}

#[test]
fn what_matters_is_left() {
    let check = |input: &str, piece: &str, expected: &str| {
        let smaller = shrunk(input.as_bytes(), 10_000, |bytes| holds(bytes, piece.as_bytes()));
        assert_eq!(String::from_utf8_lossy(&smaller.bytes), expected, "{input}");
        assert!(smaller.complete);
    };
    check("one\ntwo\nthree\n", "two", "two");
    check("{\"a\": {\"b\": [1, {\"__proto__\": {\"x\": 1}}]}}", "__proto__", "__proto__");
    check("é\u{1F30A} wave", "wave", "wave");
    check("", "", "");
    check("nothing matters", "", "");
    check(&"x".repeat(5000), "xxx", "xxx");
}

#[test]
fn a_grammar_is_kept_by_leaving_out_pairs() {
    let balanced = |bytes: &[u8]| {
        let mut depth = 0i32;
        bytes.iter().all(|byte| {
            depth += i32::from(*byte == b'(') - i32::from(*byte == b')');
            depth >= 0
        }) && depth == 0
    };
    let input = b"(1 + (2 * (3 + (4 - boom))) + (5))";
    let smaller = shrunk(input, 10_000, |bytes| balanced(bytes) && holds(bytes, b"boom"));
    assert_eq!(smaller.bytes, b"boom");
}

#[test]
fn bytes_are_made_plain_where_it_still_shows() {
    let smaller = shrunk(b"Qz7!", 1000, |bytes| bytes.len() == 4 && bytes.get(3) == Some(&b'!'));
    assert_eq!(smaller.bytes, b"aa0!");
    let binary = [0xff, 0x80, 0x17, 0x99, 0x17];
    let smaller = shrunk(&binary, 1000, |bytes| bytes.len() > 2 && bytes.contains(&0x17));
    let mut bytes = smaller.bytes;
    bytes.sort_unstable();
    assert_eq!(bytes, [0, 0, 0x17]);
}

#[test]
fn the_cost_is_far_below_one_test_a_byte() {
    let lines: Vec<String> = (0..2000).map(|at| format!("line number {at}\n")).collect();
    let smaller = shrunk(lines.concat().as_bytes(), 5000, |bytes| holds(bytes, b"number 1234"));
    assert_eq!(smaller.bytes, b"number 1234");
    assert!(smaller.tests < 120, "{}", smaller.tests);
}

#[test]
fn a_fault_of_a_test_is_handed_on() {
    let mut tests = 0;
    let result = shrink(b"abcdef", 100, |_| {
        tests += 1;
        if tests == 3 { Err("broken") } else { Ok(false) }
    });
    assert_eq!(result, Err("broken"));
}

#[test]
fn what_is_too_long_to_be_cut_into_bytes_ends_too() {
    let long = vec![1u8; PARTS_MAX + 10];
    let smaller = shrunk(&long, 200, |bytes| bytes.len() > PARTS_MAX);
    assert!(smaller.bytes.len() > PARTS_MAX && smaller.bytes.len() < PARTS_MAX + 3);
    assert!(!smaller.complete);
}

fn input() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..60),
        "[a-c(){}\"'<>\\n 0-9]{0,60}".prop_map(String::into_bytes),
    ]
}

proptest! {
    #[test]
    fn the_result_shows_is_no_longer_and_is_minimal_when_complete(
        input in input(),
        picks in prop::collection::vec(any::<prop::sample::Index>(), 0..5),
        budget in 0u32..2000,
    ) {
        let mut places: Vec<usize> = match input.len() {
            0 => Vec::new(),
            length => picks.iter().map(|pick| pick.index(length)).collect(),
        };
        places.sort_unstable();
        places.dedup();
        let wanted: Vec<u8> = places.iter().map(|at| input[*at]).collect();
        let mut tests = 0;
        let smaller = shrunk(&input, budget, |bytes| {
            tests += 1;
            in_order(bytes, &wanted)
        });
        prop_assert_eq!(smaller.tests, tests);
        prop_assert!(smaller.tests <= budget);
        prop_assert!(in_order(&smaller.bytes, &wanted));
        prop_assert!(smaller.bytes.len() <= input.len());
        if smaller.complete {
            prop_assert_eq!(&smaller.bytes, &wanted);
        }
        let again = shrunk(&input, budget, |bytes| in_order(bytes, &wanted));
        prop_assert_eq!(smaller, again);
    }

    /// Whatever the test says, even nonsense, the result is something for which it said yes.
    #[test]
    fn any_test_ends_and_is_obeyed(input in input(), seed in any::<u64>()) {
        let says = |bytes: &[u8]| {
            let mut sum = seed;
            for byte in bytes {
                sum = sum.rotate_left(7) ^ u64::from(*byte).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            }
            sum % 3 == 0
        };
        let smaller = shrunk(&input, 5000, says);
        prop_assert!(smaller.bytes == input || says(&smaller.bytes));
        if smaller.complete {
            for at in 0..smaller.bytes.len() {
                let mut less = smaller.bytes.clone();
                less.remove(at);
                prop_assert!(!says(&less));
            }
        }
    }
}
