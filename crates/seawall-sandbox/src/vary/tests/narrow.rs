//! Flaws in miniature, each with patches that are too narrow: some variant shows the flaw and
//! passes the patch, and at least three show the flaw at all.

use crate::vary::variants;

/// What an attack's input makes a target do, or whether a patch refuses it.
type Says = fn(&[u8]) -> bool;

/// Every narrow patch here is found out by one of so many variants that show the flaw: whoever asks
/// for fewer accepts some of them.
const SHOWN_MAX: usize = 12;

fn check(name: &str, attack: &[u8], flaw: Says, patches: &[(&str, Says)]) {
    assert!(flaw(attack), "{name}: the attack shows nothing");
    let real: Vec<Vec<u8>> =
        variants(attack).into_iter().map(|made| made.bytes).filter(|made| flaw(made)).collect();
    assert!(real.len() >= 3, "{name}: only {} variants show it", real.len());
    for (patch, refuses) in patches {
        assert!(refuses(attack), "{name}: {patch}: refuses not even the attack");
        let first = real.iter().position(|made| !refuses(made));
        let found = first.is_some_and(|first| first < SHOWN_MAX);
        assert!(found, "{name}: {patch}: found out by {first:?} of {} variants", real.len());
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

#[test]
fn a_key_of_an_ini_file_that_reaches_the_prototype() {
    let flaw: Says = |input| {
        let lines: Vec<&str> = text(input).lines().map(str::trim).collect();
        let at = lines.iter().position(|line| *line == "[__proto__]");
        at.is_some_and(|at| lines.iter().skip(at + 1).any(|line| line.contains('=')))
    };
    check(
        "ini",
        b"[__proto__]\npolluted = yes\n",
        flaw,
        &[
            ("the name", |input| text(input).contains("polluted")),
            ("the value", |input| text(input).contains("yes")),
            ("the beginning", |input| text(input).starts_with("[__proto__]")),
            ("the line as it stands", |input| text(input).split('\n').any(|l| l == "[__proto__]")),
            ("the whole", |input| input == b"[__proto__]\npolluted = yes\n"),
        ],
    );
}

/// Whether a path leaves the folder in which it begins, once its dots are resolved.
fn leaves(path: &str) -> bool {
    let mut depth = 0i32;
    for part in path.trim().split('/').filter(|part| !part.is_empty() && *part != ".") {
        depth += if part == ".." { -1 } else { 1 };
        if depth < 0 {
            return true;
        }
    }
    path.trim().starts_with('/')
}

#[test]
fn a_path_that_leaves_its_folder() {
    let flaw: Says = |input| leaves(text(input));
    check(
        "path",
        b"../../secret",
        flaw,
        &[
            ("two steps", |input| text(input).contains("../../")),
            ("the beginning", |input| text(input).starts_with("..")),
            ("dots anywhere", |input| text(input).contains("..")),
            ("stripped once", |input| !leaves(&text(input).replace("../", ""))),
            ("the name", |input| text(input).contains("secret")),
        ],
    );
    let decoded: Says = |input| leaves(&text(input).replace("%2e", ".").replace("%2f", "/"));
    check(
        "decoded path",
        b"../../secret",
        decoded,
        &[("before decoding", |input| leaves(text(input)))],
    );
}

/// Whether some object of a document has a member that reaches a prototype.
fn reaches(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Object(members) => members.iter().any(|(key, value)| {
            (key == "__proto__" && value.is_object())
                || (key == "constructor" && value.get("prototype").is_some())
                || reaches(value)
        }),
        serde_json::Value::Array(items) => items.iter().any(reaches),
        _ => false,
    }
}

#[test]
fn a_member_of_a_document_that_reaches_the_prototype() {
    let flaw: Says = |input| serde_json::from_slice(input).is_ok_and(|value| reaches(&value));
    check(
        "merge",
        br#"{"__proto__": {"polluted": true}}"#,
        flaw,
        &[
            ("the raw text", |input| text(input).contains("__proto__")),
            ("the outermost object", |input| {
                let value: serde_json::Value = serde_json::from_slice(input).unwrap();
                value.as_object().is_some_and(|members| {
                    members.contains_key("__proto__") || members.contains_key("constructor")
                })
            }),
            ("one of two ways", |input| {
                let value: serde_json::Value = serde_json::from_slice(input).unwrap();
                value.to_string().contains("__proto__")
            }),
            ("the value", |input| text(input).contains("true")),
        ],
    );
}

#[test]
fn a_statement_inside_a_value() {
    let flaw: Says = |input| {
        let plain = text(input).to_lowercase().replace("/**/", " ");
        let words: Vec<&str> = plain.split_whitespace().collect();
        words.windows(2).any(|pair| pair == ["union", "select"])
    };
    check(
        "statement",
        b"1' UNION SELECT name FROM users -- ",
        flaw,
        &[
            ("the words as written", |input| text(input).contains("UNION SELECT")),
            ("upper case", |input| text(input).contains("UNION")),
            ("the beginning", |input| text(input).starts_with("1'")),
            ("the name", |input| text(input).contains("users")),
        ],
    );
}

/// All digits of the input as one number.
fn number(input: &[u8]) -> u64 {
    let digits: Vec<u8> = input.iter().copied().filter(u8::is_ascii_digit).collect();
    text(&digits).parse().unwrap_or(0)
}

#[test]
fn a_number_and_a_depth_without_bound() {
    let flaw: Says = |input| text(input).contains("size=") && number(input) > 1000;
    check(
        "number",
        b"size=4096",
        flaw,
        &[
            ("the number", |input| number(input) == 4096),
            ("as many or more", |input| number(input) >= 4096),
            ("at most so many", |input| (4000..5000).contains(&number(input))),
        ],
    );
    let deep: Says = |input| input.iter().filter(|byte| **byte == b'(').count() > 50;
    let attack = ["(".repeat(200), ")".repeat(200)].concat();
    check(
        "depth",
        attack.as_bytes(),
        deep,
        &[
            ("so deep or deeper", |input| {
                input.iter().filter(|byte| **byte == b'(').count() >= 200
            }),
            ("exactly so deep", |input| input.iter().filter(|byte| **byte == b'(').count() == 200),
            ("the size of the whole", |input| input.len() >= 400),
        ],
    );
}

/// What the input says of its own length.
fn length(input: &[u8]) -> usize {
    let bytes = input.get(1..5).and_then(|bytes| bytes.try_into().ok());
    bytes.map_or(0, u32::from_be_bytes) as usize
}

#[test]
fn a_length_that_is_believed() {
    let flaw: Says =
        |input| input.first() == Some(&0x80) && length(input) > input.len().saturating_sub(5);
    let attack = [&[0x80, 0, 0, 0, 20][..], b"\xff\x01payload of less"].concat();
    check(
        "length",
        &attack,
        flaw,
        &[
            ("the number", |input| length(input) == 20),
            ("the payload", |input| input.ends_with(b"payload of less")),
            ("so far beyond", |input| length(input) - (input.len() - 5) <= 3),
        ],
    );
}
