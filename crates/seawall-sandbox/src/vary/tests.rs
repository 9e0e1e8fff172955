mod narrow;

use super::*;
use proptest::prelude::*;

/// What one mutator makes of a text, in order.
fn made(text: &str, name: &str) -> Vec<String> {
    let all = FOR_TEXTS.iter().chain(&FOR_BYTES).find(|mutator| mutator.name == name).unwrap();
    let input = Input::of(text.as_bytes());
    (0..100)
        .map_while(|turn| (all.make)(&input, turn))
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .filter(|made| made != text)
        .collect()
}

#[test]
fn each_mutator_makes_what_its_row_says() {
    let check = |name: &str, text: &str, expected: &str| {
        let made = made(text, name);
        assert!(made.iter().any(|made| made == expected), "{name}: {text}: {made:#?}");
    };
    check("renamed", "[__proto__]\npolluted = yes\n", "[__proto__]\ncbyyhgrq = lrf\n");
    check("renamed", "[__proto__]\npolluted = yes\n", "[__proto__]\ncbyyhgrq = yes\n");
    check("renamed", "a\\nb %2ea &amp; b", "n\\no %2en &amp; o");
    check("spelled", "--__proto__.x y", "--constructor.prototype.x y");
    check("spelled", "a.b.c", "a[b][c]");
    check("spelled", "a.b", "a[\"b\"]");
    check("spelled", "a[b][\"c\"] = 1", "a.b.c = 1");
    check("spelled", "{\"__proto__\":{\"x\":1}}", "{\"constructor\":{\"prototype\":{\"x\":1}}}");
    check("spelled", "{\"a\":{\"b\":{\"c\":1}}}", "{\"a.b.c\":1}");
    check("spelled", "{\"a.b\":1}", "{\"a\":{\"b\":1}}");
    check("spelled", "a.constructor.prototype.b", "a.__proto__.b");
    check("spelled", "[\"__proto__\"]", "[[\"__proto__\"]]");
    check("path", "get ../../a", "get ..//..//a");
    check("path", "get ../../a", "get ./.././../a");
    check("path", "get ../../a", "get %2e%2e/%2e%2e/a");
    check("path", "get ../../a", "get ..\\..\\a");
    check("path", "get ../../a", "get /a");
    check("path", "get ../../a", "get ./../../a");
    check("path", "..\\a", "../a");
    check("root", "read /etc/passwd now", "read /x/../etc/passwd now");
    check("number", "size=9 x2", "size=10 x2");
    check("number", "size=9", "size=4294967295");
    check("number", "0xff", "0x100");
    check("longer", "(((((((())))))))", "(((((((((((((((())))))))))))))))");
    check("shorter", "<aaaaaaaa>", "<aaaa>");
    check("escaped", "{\"a_b\": 1}", "{\"a\\u005fb\": 1}");
    check("escaped", "{\"ab\": 1}", "{\"\\u0061b\": 1}");
    check("escaped", "\"a/b\"", "\"a\\/b\"");
    check("percent", "a_b", "a%5fb");
    check("percent", "a%5Fb", "a_b");
    check("percent", "a.b", "a%252eb");
    check("entity", "<a href='x:y'>", "<a href='x&#58;y'>");
    check("entity", "&lt;b&gt;", "<b>");
    check("nested", "x.__proto__", "x.__pr__proto__oto__");
    check("nested", "../a", "..././a");
    check("case", "<script>", "<ScRiPt>");
    check("blank", "a b\n", "a b");
    check("blank", "a\nb\n", "a\r\nb\r\n");
    check("blank", "a b", "a\tb");
    check("blank", "a b", "a/**/b");
    check("control", "javascript:x", "javascript\t:x");
    check("value", "{\"a\": \"b\"}", "{\"a\": \"other\"}");
    check("value", "a=b&c=true", "a=other&c=true");
    check("value", "{\"a\": true, \"b\":12}", "{\"a\": false, \"b\":12}");
    check("value", "{\"a\": true, \"b\":12}", "{\"a\": true, \"b\":7}");
    check("quoted", "'a'", "\"a\"");
    check("host", "http://127.0.0.1/", "http://2130706433/");
    check("wide", "..", "．．");
    check("json", "{ \"a\": 1 }", "{\"a\":1}");
    check("json", "{\"a\":1}", "{\n  \"a\": 1\n}");
    check("json", "{\"a\":1}", "{\"first\": 1, \"a\":1}");
    check("json", "{\"a\":1}", "{\"a\": 1, \"a\":1}");
    check("json", "{\"a\":\"{\\\"b\\\":1}\"}", "{\"a\":{\"b\":1}}");
    check("after", "x\n", "hello\nx\n");
    check("after", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nX-Note: 1\r\n\r\n");
    check("within", "x", "hello\nx\nbye\n");
    check("twice", "x", "x\nx");
    check("order", "a\nb\n", "b\na\n");
    check("order", "[a]\nx=1\n[b]\ny=2\n", "[b]\ny=2\n[a]\nx=1\n");
    check("order", "{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}");
    check("order", "a=1&b=2", "b=2&a=1");
    check("left out", "a\nb\n", "b\n");
}

#[test]
fn a_length_is_found_and_changed() {
    // A tag, the length of what follows (big endian), and that.
    let input = [&[0x80, 0, 0, 0, 6][..], b"\xffabcde"].concat();
    let first: Vec<Vec<u8>> =
        (0..4).filter_map(|turn| binary::length(&Input::of(&input), turn)).collect();
    let with = |length: [u8; 4]| [&[0x80][..], &length, b"\xffabcde"].concat();
    assert!(first.contains(&with([0, 0, 0, 7])), "{first:?}");
    assert!(first.contains(&with([0, 0, 0, 5])), "{first:?}");
}

#[test]
fn a_member_of_an_archive_is_renamed_and_its_sum_mended() {
    let mut header = vec![0u8; 512];
    header[..8].copy_from_slice(b"../../ab");
    header[124..135].copy_from_slice(b"00000000000");
    header[156] = b'0';
    header[257..262].copy_from_slice(b"ustar");
    let input = [header, vec![0; 1024]].concat();
    let names: Vec<String> = variants(&input)
        .iter()
        .filter(|variant| variant.name == "archive")
        .map(|variant| {
            let block = &variant.bytes[..512];
            let blank: u32 = block.iter().map(|byte| u32::from(*byte)).sum::<u32>()
                - block[148..156].iter().map(|byte| u32::from(*byte)).sum::<u32>()
                + 8 * 32;
            let sum = std::str::from_utf8(&block[148..154]).unwrap();
            assert_eq!(u32::from_str_radix(sum, 8).unwrap(), blank);
            let name = block[..100].split(|byte| *byte == 0).next().unwrap();
            String::from_utf8_lossy(name).into_owned()
        })
        .collect();
    for name in ["./../../ab", "..//..//ab", "./.././../ab"] {
        assert!(names.iter().any(|other| other == name), "{names:?}");
    }
}

#[test]
fn the_first_variants_are_of_different_kinds() {
    let all = variants(b"[__proto__]\npolluted = ../../x\nsize = 12\n");
    assert_eq!(all.len(), VARIANTS_MAX);
    let mut kinds: Vec<&str> = all.iter().take(20).map(|variant| variant.name).collect();
    kinds.dedup();
    assert!(kinds.len() >= 10, "{kinds:?}");
}

#[test]
fn what_is_no_text_is_varied_by_its_bytes() {
    for (input, expected) in [
        (&b"plain text"[..], true),
        (b"\x00\x01\x02\x03", false),
        (b"\x89PNG\r\n", false),
        ("é".as_bytes(), true),
        (b"", false),
    ] {
        assert_eq!(!Input::of(input).text.is_empty(), expected, "{input:?}");
    }
}

#[test]
fn hostile_inputs_cost_little() {
    let wide: Vec<String> = (0..2000).map(|at| format!("\"{at}\":1")).collect();
    for text in [
        "[".repeat(50_000),
        "\"".repeat(50_000),
        "../".repeat(20_000),
        "a.".repeat(30_000),
        "%2e&#1;".repeat(10_000),
        format!("{{\"{}\":{{{}}}}}", "k".repeat(100_000), wide.join(",")),
        "0x1 1 ".repeat(10_000),
        "a1\n".repeat(20_000),
    ] {
        let all = variants(text.as_bytes());
        assert!(all.len() <= VARIANTS_MAX);
        let longest = text.len() + text.len().max(GROWTH_BYTES_MAX);
        assert!(all.iter().all(|variant| variant.bytes.len() <= longest));
    }
    let binary: Vec<u8> = (0..100_000u32).flat_map(|n| (n % 1000).to_le_bytes()).collect();
    assert!(!variants(&binary).is_empty());
}

fn input() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::sample::select(vec![
        "__proto__",
        ".",
        "[",
        "]",
        "\"",
        "'",
        "../",
        "..\\",
        "%2e",
        "\\u00",
        "\\",
        "%",
        "&",
        "&lt;",
        "&#1;",
        "{",
        "}",
        ":",
        ",",
        "=",
        "\n",
        "\r\n",
        " ",
        "\t",
        "aaaaaaaa",
        "0x",
        "99",
        "é",
        "🌊",
        "127.0.0.1",
        "http://",
        "/etc",
        "ustar",
        "\0",
        "name",
        "GET / HTTP/1.1",
    ]);
    let json = "\\{\"[a-c._]{0,4}\": ?(1|\"[a-c/_]{0,3}\"|\\[1, 2\\]|\\{\"b\":null\\})\\}";
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..300),
        prop::collection::vec(pieces, 0..20).prop_map(|pieces| pieces.concat().into_bytes()),
        ".{0,40}".prop_map(String::into_bytes),
        json.prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 512..1600).prop_map(|mut bytes| {
            bytes[257..262].copy_from_slice(b"ustar");
            bytes
        }),
    ]
}

proptest! {
    #[test]
    fn variants_differ_are_bounded_and_are_always_the_same(input in input()) {
        let all = variants(&input);
        prop_assert!(all.len() <= VARIANTS_MAX);
        prop_assert!(!all.is_empty());
        for (at, variant) in all.iter().enumerate() {
            prop_assert_ne!(&variant.bytes, &input);
            prop_assert!(all.iter().skip(at + 1).all(|other| other.bytes != variant.bytes));
            let longest = input.len() + input.len().max(GROWTH_BYTES_MAX);
            prop_assert!(variant.bytes.len() <= longest);
        }
        prop_assert_eq!(all, variants(&input));
    }
}
