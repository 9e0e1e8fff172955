use super::super::sighted_canaries;
use super::*;
use proptest::prelude::*;
use seawall_domain::evaluation::attempt::TaskId;
use seawall_domain::evaluation::registry::{Registered, Registry};
use std::io::Cursor;

const ONE: &str = "26b5c67b-86cc-4b5c-9d0e-0123456789ab";
const TWO: &str = "deadbeef-0000-4000-8000-00000000cafe";

fn canaries() -> Canaries {
    let task = |(id, canary): (&str, &str)| Registered {
        id: id.to_owned(),
        variants: BTreeSet::new(),
        family: None,
        files: BTreeMap::from([("f".to_owned(), seawall_domain::digest::Digest::new([1; 32]))]),
        oracle: None,
        minutes: None,
        created: None,
        exposure: None,
        canary: Some(canary.to_owned()),
        twin: None,
        verified_at: None,
    };
    let tasks = [("a", ONE), ("b", TWO)].map(task).to_vec();
    Canaries::of([&Registry::of("x".to_owned(), BTreeMap::new(), tasks).unwrap()]).unwrap()
}

fn said(sample: &str) -> Vec<u32> {
    let log = format!(r#"{{"eval":{{}},"samples":[{{"id":"a","epoch":2,{sample}}}]}}"#);
    let seen = sighted_canaries(Cursor::new(log), &canaries()).unwrap();
    assert_eq!((seen.len(), &seen[0].task, seen[0].epoch), (1, &TaskId::Text("a".into()), 2));
    seen[0].marks.iter().copied().collect()
}

fn message(role: &str, text: &str) -> String {
    format!(r#"{{"content":[{{"type":"text","text":"it is {text}."}}],"role":"{role}"}}"#)
}

fn messages(all: &[String]) -> String {
    format!(r#""messages":[{}]"#, all.join(","))
}

#[test]
fn what_the_model_says_unprompted_is_seen() {
    #[track_caller]
    fn check(sample: &str, expected: &[u32]) {
        assert_eq!(said(sample), expected, "{sample}");
    }
    let by_model = |text: &str| messages(&[message("assistant", text)]);
    check(&by_model(ONE), &[0]);
    check(&by_model(&ONE.to_uppercase()), &[0]);
    check(&by_model(&ONE.replace('-', "")), &[0]);
    check(&by_model(&ONE.replace("26b5", "26-b5")), &[0]);
    check(&by_model(&format!("{TWO} and {ONE}")), &[0, 1]);
    check(&by_model(&ONE.replace("26b5", "26 b5")), &[]);
    check(&by_model("nothing"), &[]);
    check(&by_model(&format!("{}{ONE}", "x".repeat(700_000))), &[0]);
    check(&by_model(&ONE.replace("26", "\\u0032\\u0036")), &[0]);
    let call = format!(r#"{{"arguments":{{"answer":["{ONE}"]}}}}"#);
    check(&format!(r#""messages":[{{"role":"assistant","tool_calls":[{call}]}}]"#), &[0]);
    check(&format!(r#""output":{{"choices":[{{"message":{{"content":"{ONE}"}}}}]}}"#), &[0]);
    check(&format!(r#""scores":{{"s":{{"answer":"{TWO}","explanation":"{ONE}"}}}}"#), &[1]);
    check(&format!(r#""target":"{ONE}","metadata":{{"x":"{TWO}"}},"store":"{ONE}""#), &[]);
}

#[test]
fn what_was_shown_first_is_no_finding() {
    #[track_caller]
    fn check(sample: &str, expected: &[u32]) {
        assert_eq!(said(sample), expected, "{sample}");
    }
    let (says, answers) = (message("assistant", ONE), message("tool", &ONE.to_uppercase()));
    for role in ["tool", "user", "system"] {
        check(&messages(&[message(role, ONE), says.clone()]), &[]);
        check(&messages(&[message(role, TWO), says.clone()]), &[0]);
        check(&messages(&[says.clone(), message(role, ONE)]), &[0]);
    }
    let last = format!(r#""output":{{"completion":"{ONE}"}}"#);
    check(&format!("{},{last}", messages(std::slice::from_ref(&answers))), &[]);
    check(&format!("{last},{}", messages(std::slice::from_ref(&answers))), &[]);
    check(&format!(r#""input":"solve {ONE}",{}"#, messages(std::slice::from_ref(&says))), &[]);
    check(&format!(r#"{},"input":"solve {ONE}""#, messages(std::slice::from_ref(&says))), &[]);
    // A text that is kept apart is said, or shown, where a message names it.
    let apart = format!(r#""attachments":{{"0a":"{ONE}","0b":"x"}}"#);
    let names = |role: &str| format!(r#"{{"role":"{role}","content":"attachment://0a"}}"#);
    check(&format!("{},{apart}", messages(&[names("assistant")])), &[0]);
    check(&format!("{apart},{}", messages(&[names("tool"), names("assistant")])), &[]);
    check(&format!("{},{apart}", messages(&[names("assistant"), names("tool")])), &[0]);
    check(&format!("{},{apart}", messages(&[names("tool"), says.clone()])), &[]);
    // Of a compacted conversation what came before stands in the pool.
    let pool = |all: &[String]| format!(r#""events_data":{{{}}}"#, messages(all));
    let left = messages(std::slice::from_ref(&says));
    check(&format!("{left},{}", pool(std::slice::from_ref(&answers))), &[]);
    check(&format!("{left},{}", pool(&[says.clone(), answers])), &[0]);
}

proptest! {
    #[test]
    fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        drop(sighted_canaries(Cursor::new(bytes), &canaries()));
    }

    #[test]
    fn damaged_samples_never_panic(at in any::<prop::sample::Index>(), byte: u8) {
        let sample = format!(r#"{{"id":1,"epoch":1,{}}}"#, messages(&[message("assistant", ONE)]));
        let mut bytes = format!(r#"{{"eval":{{}},"samples":[{sample}]}}"#).into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        drop(sighted_canaries(Cursor::new(bytes), &canaries()));
    }
}
