use super::*;
use proptest::prelude::*;
use serde_json::json;

const PATHS: [&str; 5] = ["/attempts", "/rule/tau_0", "/rule/tau_1", "/tasks", "/version"];

fn document() -> Value {
    json!({
        "attempts": "57",
        "rule": {"tau_0": "0.3", "tau_1": "0.6"},
        "tasks": [{"id": "str:secret", "weight": "1"}],
        "version": "first edition",
    })
}

fn salts() -> Vec<Salt> {
    (1..=PATHS.len() as u8).map(|number| [number; 32]).collect()
}

fn committed(document: &Value) -> Commitment {
    Commitment::of(document, &PATHS, &salts()).unwrap()
}

/// The same document with other spelling: keys the other way round.
fn reversed(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let turned = members.iter().rev().map(|(key, below)| (key.clone(), reversed(below)));
            Value::Object(turned.collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(reversed).collect()),
        other => other.clone(),
    }
}

#[test]
fn a_leaf_is_hashed_as_the_page_says() {
    let leaf = Leaf { path: "/a".to_owned(), salt: [9; 32], value: b"\"1\"".to_vec() };
    let mut bytes = vec![0];
    bytes.extend_from_slice(b"seawall/protocol/v1");
    bytes.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 2]);
    bytes.extend_from_slice(b"/a");
    bytes.extend_from_slice(&[9; 32]);
    bytes.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 3]);
    bytes.extend_from_slice(b"\"1\"");
    assert_eq!(leaf.hash(), Hash(Sha256::digest(bytes).into()));
}

#[test]
fn key_order_does_not_matter_and_one_digit_does() {
    let root = committed(&document()).root();
    assert_eq!(committed(&reversed(&document())).root(), root);
    for (pointer, value) in [
        ("/rule/tau_1", "0.61"),
        ("/rule/tau_0", "0.4"),
        ("/attempts", "6"),
        ("/tasks/0/id", "str:secreT"),
    ] {
        let mut changed = document();
        *changed.pointer_mut(pointer).unwrap() = json!(value);
        assert_ne!(committed(&changed).root(), root, "{pointer}");
    }
    let mut other = salts();
    other[2][31] ^= 1;
    assert_ne!(Commitment::of(&document(), &PATHS, &other).unwrap().root(), root);
}

#[test]
fn only_what_is_wholly_covered_is_committed_to() {
    fn check(document: Value, paths: &[&str], expected: bool) {
        let salts: Vec<Salt> = (1..=paths.len() as u8).map(|number| [number; 32]).collect();
        let told = Commitment::of(&document, paths, &salts);
        assert_eq!(told.is_ok(), expected, "{document} {paths:?}");
    }
    check(json!({"a": "1"}), &["/a"], true);
    check(json!({"a": {"b": "1"}}), &["/a/b"], true);
    check(json!({"a/b": "1", "c~": "2"}), &["/a~1b", "/c~0"], true);
    check(json!({"a": "1", "b": "2"}), &["/a"], false);
    check(json!({"a": {}}), &["/a/b"], false);
    check(json!({"a": "1"}), &["/a", "/b"], false);
    check(json!({"a": {"b": "1"}}), &["/a", "/a/b"], false);
    check(json!({"a": "1", "b": "2"}), &["/b", "/a"], false);
    check(json!({"a": "1"}), &["/a", "/a"], false);
    check(json!({"a": "1"}), &[""], false);
    check(json!({"a": "1"}), &[], false);
    check(json!("1"), &["/a"], false);
    check(json!({"a": 0.5}), &["/a"], false);
}

#[test]
fn salts_are_fresh_and_enough() {
    let refused = |salts: &[Salt]| Commitment::of(&document(), &PATHS, salts).is_err();
    let mut twice = salts();
    twice[4] = twice[0];
    let mut empty = salts();
    empty[1] = [0; 32];
    assert!(refused(&twice) && refused(&empty) && refused(&salts()[..4]) && refused(&[]));
}

#[test]
fn a_disclosure_shows_one_field_and_no_other() {
    let commitment = committed(&document());
    for (index, path) in PATHS.iter().enumerate() {
        let bytes = commitment.disclose(path).unwrap().to_bytes().unwrap();
        let disclosure = Disclosure::parse(&bytes).unwrap();
        let value = disclosure.verify(commitment.root(), &PATHS).unwrap();
        assert_eq!(Some(&value), document().pointer(path));
        let text = String::from_utf8(bytes).unwrap();
        for (other, leaf) in commitment.leaves.iter().enumerate() {
            if other != index {
                assert!(!text.contains(&base64(&leaf.salt)), "{path} betrays a salt");
                let value = format!(":{}", String::from_utf8_lossy(&leaf.value));
                assert!(!text.contains(&value), "{path} betrays {}", leaf.path);
            }
        }
    }
    assert!(commitment.disclose("/rule").is_err());
    let shown = format!("{commitment:?} {:?}", commitment.disclose("/rule/tau_1"));
    assert!(!shown.contains("0.6") && !shown.contains("secret"), "{shown}");
}

#[test]
fn a_field_that_stands_elsewhere_proves_nothing() {
    // Whoever seals could try to hold two values of one field ready, under two places.
    let forged = ["/attempts", "/rule/tau_0", "/rule/tau_1", "/rule/tau_1x", "/tasks"];
    let mut leaves: Vec<Leaf> = Vec::new();
    for (path, salt) in forged.iter().zip(salts()) {
        let path = path.trim_end_matches('x').to_owned();
        let value = format!("\"0.{}\"", leaves.len()).into_bytes();
        leaves.push(Leaf { path, salt, value });
    }
    let forged = Commitment { leaves };
    let tree: Tree = forged.leaves.iter().map(Leaf::hash).collect();
    let second = Disclosure {
        index: 3,
        leaves: 5,
        leaf: forged.leaves[3].clone(),
        proof: tree.inclusion(3, 5).unwrap(),
    };
    assert!(verify_inclusion(second.leaf.hash(), 3, 5, &second.proof, forged.root()).is_ok());
    assert!(second.verify(forged.root(), &PATHS).is_err());
}

#[test]
fn an_opening_shows_exactly_what_was_committed_to() {
    let commitment = committed(&document());
    let bytes = commitment.opening().unwrap();
    let opened = Commitment::open(&bytes, &PATHS, commitment.root()).unwrap();
    assert!(opened == commitment);
    assert_eq!(opened.value("/rule/tau_1"), Some(json!("0.6")));
    assert_eq!(opened.value("/rule"), None);
    assert_eq!(opened.document().unwrap(), document());
    assert!(Commitment::open(&bytes, &PATHS[..4], commitment.root()).is_err());
    assert!(Commitment::open(&bytes, &PATHS, Hash::EMPTY_TREE).is_err());
    let changed = String::from_utf8(bytes).unwrap().replace("0.6", "0.7");
    assert!(Commitment::open(changed.as_bytes(), &PATHS, commitment.root()).is_err());
}

#[test]
fn a_record_has_one_spelling() {
    let signers = ["bb".to_owned(), "aa".to_owned(), "bb".to_owned()];
    let root = committed(&document()).root();
    let record = Record::of(root, PATHS.len(), &signers, 1_790_000_000);
    let bytes = record.to_bytes().unwrap();
    assert_eq!(Record::parse(&bytes).unwrap(), record);
    assert_eq!(record.signers, ["aa", "bb"]);
    assert_eq!(record.root().unwrap(), root);
    let text = String::from_utf8(bytes).unwrap();
    for (from, to) in [
        ("protocol/v1", "protocol/v2"),
        ("\"leaves\":\"5\"", "\"leaves\":\"0\""),
        ("\"leaves\":\"5\"", "\"leaves\":\"05\""),
        ("\"leaves\":\"5\"", "\"leaves\":5"),
        ("1790000000", "soon"),
        ("[\"aa\",\"bb\"]", "[\"bb\",\"aa\"]"),
        ("{", "{ "),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        assert!(Record::parse(changed.as_bytes()).is_err(), "{changed}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Another digit anywhere is another root; another order of keys is the same one.
    #[test]
    fn roots_follow_values_alone(one in 0u32..50, other in 0u32..50, at in 0usize..4) {
        let pointers = ["/attempts", "/rule/tau_0", "/rule/tau_1", "/tasks/0/weight"];
        let with = |number: u32| {
            let mut changed = document();
            *changed.pointer_mut(pointers[at]).unwrap() = json!(number.to_string());
            changed
        };
        let (first, second) = (committed(&with(one)).root(), committed(&with(other)).root());
        prop_assert_eq!(first == second, one == other);
        prop_assert_eq!(committed(&reversed(&with(one))).root(), first);
    }

    /// A disclosure with any byte changed no longer verifies, or does not read.
    #[test]
    fn any_changed_byte_is_found(at in any::<prop::sample::Index>(), bit in 0u8..7) {
        let commitment = committed(&document());
        let bytes = commitment.disclose("/rule/tau_1").unwrap().to_bytes().unwrap();
        let mut changed = bytes.clone();
        changed[at.index(bytes.len())] ^= 1 << bit;
        let told = Disclosure::parse(&changed)
            .and_then(|disclosure| disclosure.verify(commitment.root(), &PATHS));
        prop_assert!(told.is_err());
    }

    #[test]
    fn reading_never_panics(bytes: Vec<u8>) {
        let _ = Disclosure::parse(&bytes);
        let _ = Record::parse(&bytes);
        let _ = Commitment::open(&bytes, &PATHS, Hash::EMPTY_TREE);
    }
}
