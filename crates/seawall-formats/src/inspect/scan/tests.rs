use super::*;
use proptest::prelude::*;

/// Gives few bytes at a time, so that everything is cut everywhere.
struct Drops<'a>(&'a [u8], usize);

impl Read for Drops<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = self.1.min(self.0.len()).min(into.len());
        let (now, later) = self.0.split_at(count);
        into[..count].copy_from_slice(now);
        self.0 = later;
        Ok(count)
    }
}

/// The simple members of an object, in words.
fn told(json: &str, drop: usize) -> Result<String, String> {
    let mut words = Vec::new();
    let mut scan = Scan::new(Drops(json.as_bytes(), drop), "a member");
    let read = scan.object(&mut |scan, name| {
        let value = match name {
            "whole" => format!("{:?}", scan.whole()?),
            "text" => format!("{:?}", scan.text(4)?.map(|text| (text.start, text.whole))),
            "list" => {
                let mut count = 0;
                scan.list(&mut |scan| {
                    count += 1;
                    scan.skip()
                })?;
                count.to_string()
            }
            "null" => {
                let null = scan.null()?;
                if !null {
                    scan.skip()?;
                }
                null.to_string()
            }
            "keep" => String::from_utf8_lossy(&scan.capture(60)?).into_owned(),
            _ => format!("{:?}", scan.scalar(100)?),
        };
        words.push(format!("{name}={value}"));
        Ok(())
    });
    match read.and_then(|()| scan.end()) {
        Ok(()) => Ok(words.join(" ")),
        Err(fault) => Err(fault.to_string()),
    }
}

fn check(json: &str, expected: Result<&str, &str>) {
    for drop in [1, 2, 3, 7, 100_000] {
        match (told(json, drop), expected) {
            (Ok(told), Ok(expected)) => assert_eq!(told, expected, "{json}"),
            (Err(told), Err(part)) => assert!(told.contains(part), "{json}: {told} lacks {part}"),
            (told, expected) => panic!("{json}: {told:?}, expected {expected:?}"),
        }
    }
}

#[test]
fn reads_what_is_wanted_and_passes_over_the_rest() {
    check("{}", Ok(""));
    check(" { \"a\" : 1 , \"b\" : [ { } , 2 ] }\n", Ok("a=Some(Number(1.0)) b=None"));
    check(
        r#"{"a":NaN,"b":-Infinity,"c":null,"d":true}"#,
        Ok("a=Some(Number(NaN)) b=Some(Number(-inf)) c=Some(Null) d=Some(Flag(true))"),
    );
    check(
        r#"{"whole":4,"whole":"4","whole":4.0,"whole":-7}"#,
        Ok("whole=Some(4) whole=None whole=None whole=Some(-7)"),
    );
    check(
        r#"{"text":"abcd","text":"abcde","text":"abcé","text":1}"#,
        Ok("text=Some((\"abcd\", true)) text=Some((\"abcd\", false)) \
         text=Some((\"abc\", false)) text=None"),
    );
    check(r#"{"list":[[1,[2]],{"a":[]},"x]"],"list":{},"list":[]}"#, Ok("list=3 list=0 list=0"));
    check(r#"{"null":null,"null":[1],"null":"n"}"#, Ok("null=true null=false null=false"));
    check(
        r#"{"keep":{"a": [1, NaN, "x \" y", -Infinity], "b":1e5}}"#,
        Ok(r#"keep={"a":[1,"\u0000NaN","x \" y","\u0000-Infinity"],"b":1e5}"#),
    );
}

#[test]
fn texts_are_unescaped() {
    check(
        r#"{"a":"\"\\\/\b\f\n\r\t\u00e9"}"#,
        Ok("a=Some(Text(\"\\\"\\\\/\\u{8}\\u{c}\\n\\r\\té\"))"),
    );
    check(r#"{"a":"\ud83d\ude00"}"#, Ok("a=Some(Text(\"😀\"))"));
    check(r#"{"a":"\ud83d!"}"#, Ok("a=Some(Text(\"\u{fffd}!\"))"));
    check(r#"{"a":"\ude00"}"#, Ok("a=Some(Text(\"\u{fffd}\"))"));
    check(r#"{"a":"\ud83d\n"}"#, Ok("a=Some(Text(\"\u{fffd}\\n\"))"));
    check(r#"{"a":"\x"}"#, Err("escape"));
    check(r#"{"a":"\u00g0"}"#, Err("four figures"));
}

#[test]
fn what_is_broken_is_refused_with_its_place() {
    check("", Err("cannot read an Inspect log at a member byte 0: it ends too early"));
    check("{\"a\":1", Err("byte 6: it ends too early"));
    check("{\"a\":1}}", Err("there is more after the end"));
    check("{\"a\" 1}", Err("`a` lacks its colon"));
    check("{a:1}", Err("must begin with its name"));
    check("{\"a\":[1}", Err("a bracket closes what is not open"));
    check("{\"a\":1 \"b\":2}", Err("must go on with a comma"));
    check("{\"list\":[1 2]}", Err("must go on with a comma"));
    check("{\"a\":nan}", Err("`nan` is no value"));
    check("{\"a\":inf}", Err("`inf` is no value"));
    check("{\"a\":1-1}", Err("`1-1` is no value"));
    check("{\"a\":}", Err("no value where one must be"));
    check("{\"a\":\"\u{1}\"}", Err("control character"));
    check(&format!("{{\"keep\":\"{}\"}}", "x".repeat(100)), Err("longer than"));
    check(&format!("{{\"a\":{}}}", "1".repeat(2_000)), Err("longer than 1024 bytes"));
    check(&format!("{{\"a\":[{}]}}", "1".repeat(2_000)), Err("longer than 1024 bytes"));
}

#[test]
fn depth_is_bounded_and_costs_no_stack() {
    let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    check(&nested(DEPTH_MAX - 1), Ok("a=None"));
    check(&nested(DEPTH_MAX), Err("nested deeper than 512 levels"));
    check(&nested(1_000_000), Err("nested deeper than 512 levels"));
}

#[test]
fn plain_bytes_are_counted_across_blocks() {
    for length in 0..100 {
        let plain = "é".repeat(length);
        for end in ["\"", "\\", "\u{1}", ""] {
            assert_eq!(plain_length(format!("{plain}{end}").as_bytes()), plain.len());
        }
    }
}

proptest! {
    #[test]
    fn never_panics_and_agrees_with_itself(
        text in r#"[\[\]{}",:0-9a-cNn\\u \n-]{0,60}"#,
        drop in 1_usize..9,
    ) {
        let json = format!("{{\"a\":{text}}}");
        prop_assert_eq!(told(&json, drop), told(&json, 100_000));
    }

    #[test]
    fn reads_what_serde_reads(text in r#"[\[\]{}",:0-9ac\\n ]{0,40}"#) {
        let json = format!("{{\"keep\":{text}}}");
        if serde_json::from_str::<serde_json::Value>(&json).is_ok() {
            prop_assert!(told(&json, 3).is_ok(), "{}", json);
        }
    }
}
