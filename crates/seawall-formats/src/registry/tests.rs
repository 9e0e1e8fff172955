use super::*;
use proptest::prelude::*;
use seawall_domain::evaluation::registry::{Exposure, Oracle};

const CYBER: &str = "\
# A question?
name: find-the-flaw
flag: flag{SECRET}
sandbox:
  type: docker
  config: ../compose.yaml
files:
  archive.py: archive.py   # the service
  default:about.txt: about.txt
setup: setup.sh
metadata:
  task_family: code-review
  human_minutes: 20.0
  human_minutes_source: estimate of the author
  human_minutes_people: 3
  exposure: public
  created: 2026-01-31
  solution_verified_at: 2026-02-01T00:00:00Z
variants:
  practice:
    prompt: |
      archive.py is part: of a service.
      - and a list
  solution:
    prompt: Run it.
    files:
      solution.sh: solution/solution.sh
";

#[test]
fn inspect_cybers_tasks_are_read_without_what_is_secret() {
    let read = task(Kind::InspectCyber, CYBER.as_bytes(), "any").unwrap();
    let told = format!("{read:?}");
    assert!(!told.contains("SECRET") && !told.contains("part: of"), "{told}");
    let task = read.task;
    assert_eq!((task.id.as_str(), task.family.as_deref()), ("find-the-flaw", Some("code-review")));
    assert_eq!(
        task.variants.iter().map(String::as_str).collect::<Vec<_>>(),
        ["practice", "solution"]
    );
    let minutes = task.minutes.unwrap();
    assert_eq!(
        (minutes.value.text(), minutes.known, minutes.people),
        ("20", Known::Estimate, Some(3))
    );
    assert_eq!((task.oracle, task.exposure), (Some(Oracle::Flag), Some(Exposure::Public)));
    assert!(task.created.is_some() && task.verified_at.is_some());
    let named = ["../compose.yaml", "about.txt", "archive.py", "setup.sh", "solution/solution.sh"];
    assert_eq!(read.named.iter().map(String::as_str).collect::<Vec<_>>(), named);
}

#[test]
fn what_is_written_otherwise_is_refused_and_not_guessed() {
    #[track_caller]
    fn check(from: &str, to: &str, expected: &str) {
        let text = CYBER.replacen(from, to, 1);
        assert_ne!(text, CYBER);
        let told = task(Kind::InspectCyber, text.as_bytes(), "").unwrap_err().to_string();
        assert!(told.contains(expected), "{told}");
    }
    check("name: find-the-flaw", "title: x", "no name");
    check("variants:", "variant:", "no variant");
    check("metadata:", "metadata: {a: b}", "which is not read");
    check("metadata:", "metadata: *shared", "which is not read");
    let only_first = CYBER.replace("human_minutes: 20.0", "first_solve_time: 12");
    let read = task(Kind::InspectCyber, only_first.as_bytes(), "").unwrap();
    assert_eq!(read.task.minutes.map(|it| it.known), Some(Known::FirstBlood));
}

#[test]
fn other_tasks_of_the_field_are_read() {
    #[track_caller]
    fn check(kind: Kind, text: &str, expected: Option<(&str, Option<&str>, Option<Oracle>)>) {
        let read = task(kind, text.as_bytes(), "test/2023/pwn/small").ok();
        let told = read
            .as_ref()
            .map(|it| (it.task.id.as_str(), it.task.family.as_deref(), it.task.oracle));
        assert_eq!(told, expected, "{text}");
    }
    let nyu = r#"{"name":"Small","category":"PWN","flag":"flag{x}","files":["a","b"],"compose":true,
        "points":1,"internal_port":"80"}"#;
    let flag = Some(Oracle::Flag);
    check(Kind::Nyu, nyu, Some(("test/2023/pwn/small", Some("pwn"), flag)));
    check(
        Kind::Nyu,
        &nyu.replace("\"flag{x}\"", "{\"a\":\"b\"}"),
        Some(("test/2023/pwn/small", Some("pwn"), flag)),
    );
    check(Kind::Nyu, r#"{"name":"Small"}"#, Some(("test/2023/pwn/small", None, None)));
    check(Kind::Nyu, r#"{"category":"pwn"}"#, None);
    check(Kind::Nyu, "[1]", None);
    let poc = r#"{"task_id":"arvo:1065","vulnerable":"image-vul","fixed":"image-fix","level":1}"#;
    let both = Some(Oracle::Differential);
    check(Kind::Poc, poc, Some(("arvo:1065", None, both)));
    check(
        Kind::Poc,
        &poc.replace("\"level\"", "\"project\":\"file\",\"level\""),
        Some(("arvo:1065", Some("file"), both)),
    );
    check(Kind::Poc, &poc.replace("arvo:1065", "arvo:"), None);
    check(Kind::Poc, &poc.replace("arvo:1065", "other:1"), None);
    check(Kind::Poc, &poc.replace(":1}", ":4}"), None);
    check(Kind::Poc, &poc.replace("image-fix", "image-vul"), None);
}

#[test]
fn a_register_is_read_strictly() {
    let digest = "ab".repeat(32);
    let whole = format!(
        r#"{{"schema":"seawall/registry/v1","battery":"b","shared":{{}},"tasks":[{{"id":"a",
        "family":"f","files":{{"x":"{digest}"}},"oracle":"flag","minutes":{{"value":"3.5",
        "known":"measured","people":4}},"created":"2026-01-31","exposure":"enclosed",
        "canary":"e0c3","twin":null,"verified_at":null}}]}}"#
    );
    let check = |from: &str, to: &str, reads: bool| {
        let text = whole.replacen(from, to, 1);
        assert!(from == to || text != whole, "{from}");
        assert_eq!(read(text.as_bytes()).is_ok(), reads, "{text}");
    };
    check("", "", true);
    check("registry/v1", "registry/v2", false);
    check("\"3.5\"", "3.5", false);
    check("\"measured\"", "\"known\"", false);
    check("\"family\"", "\"more\":1,\"family\"", false);
    check("2026-01-31", "2026-02-31", false);
    check("\"twin\":null", "\"twin\":\"b\"", false);
    check(&format!("\"x\":\"{digest}\""), "", false);
}

proptest! {
    #[test]
    fn reading_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        drop(read(&bytes));
        for kind in [Kind::InspectCyber, Kind::Nyu, Kind::Poc] {
            drop(task(kind, &bytes, "place"));
        }
    }

    #[test]
    fn damaged_tasks_never_panic(at in any::<prop::sample::Index>(), byte: u8) {
        let mut bytes = CYBER.as_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        drop(task(Kind::InspectCyber, &bytes, ""));
    }
}
