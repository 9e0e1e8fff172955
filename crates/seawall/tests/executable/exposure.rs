//! `seawall exposure ask`: replies given beforehand or typed, and what comes out.

use crate::corridor::PROGRAM;
use crate::house::seawall;
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Gives replies beforehand; expects a status and words on standard output.
fn check(answers: &str, more: &[&str], status: i32, says: &[&str]) {
    let arguments = [&["exposure", "ask", "--answers", answers], more].concat();
    let output = seawall(Path::new(PROGRAM), &arguments);
    let (said, wrong) = (
        String::from_utf8_lossy(&output.stdout).into_owned(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    );
    assert_eq!(output.status.code(), Some(status), "{answers}: {said}{wrong}");
    for words in says {
        let told = if status == 2 { &wrong } else { &said };
        assert!(told.contains(words), "{answers}: {words}: {told}");
    }
}

#[test]
fn exposed_is_one_not_exposed_is_zero_and_no_reply_is_two() {
    let checked = "yes,no,no,no,no,no,no,yes";
    for (answers, more, status, says) in [
        ("no", &[][..], 0, &["Strangers cannot reach it.", "--exposed no"][..]),
        (checked, &[], 0, &["Strangers cannot reach it.", "--exposed no"]),
        ("y,y", &[], 1, &["Anyone on the internet can reach it.", "--exposed yes"]),
        ("s,sí", &["--spanish"], 1, &["Cualquiera llega a él desde internet.", "--exposed yes"]),
        ("yes,no,unknown,no,no,unknown", &[], 1, &["In doubt it counts as open to all."]),
        ("yes", &[], 1, &["No one asked this yet:", "no --exposed"]),
        ("yes,no,no,?", &["--spanish"], 1, &["Falta preguntar esto:", "No dé --exposed"]),
        ("network=no", &[], 0, &["It is on no network at all."]),
        ("opening=yes", &[], 1, &["Anyone on the internet can reach it."]),
        ("no,no,no", &[], 0, &["--exposed no"]),
        ("maybe", &[], 2, &["cannot read the reply `maybe`", "yes, no or unknown"]),
        ("ward=no", &[], 2, &["no question `ward`", "network, open_to_all"]),
        ("yes,,no", &[], 2, &["cannot read the reply ``"]),
    ] {
        check(answers, more, status, says);
    }
}

#[test]
fn a_script_gets_stable_keys() {
    let told = |answers: &str| -> Value {
        let arguments = ["exposure", "ask", "--json", "--answers", answers];
        serde_json::from_slice(&seawall(Path::new(PROGRAM), &arguments).stdout).unwrap()
    };
    let safe = told("yes,no,yes,no,no,yes");
    assert_eq!(safe["exposed"], "no");
    assert_eq!(safe["confidence"], "certain");
    assert_eq!(safe["arguments"], json!(["--exposed", "no"]));
    assert_eq!(safe["next"], Value::Null);
    assert_eq!(safe["replies"][5]["question"], "checked");
    assert_eq!(safe["replies"][5]["reply"], "yes");
    let doubt = told("yes,no,unknown");
    assert_eq!((&doubt["exposed"], &doubt["confidence"]), (&json!("yes"), &json!("in_doubt")));
    assert_eq!(doubt["arguments"], json!([]));
    assert_eq!(doubt["next"]["question"], "cloud_rule");
    let mut keys: Vec<&String> = doubt.as_object().unwrap().keys().collect();
    keys.sort();
    let expected = [
        "arguments",
        "confidence",
        "exposed",
        "next",
        "reasons",
        "replies",
        "rests_on",
        "use",
        "verdict",
    ];
    assert_eq!(keys, expected);
}

#[test]
fn a_person_is_asked_one_by_one() {
    for (typed, spanish, status, asks, says) in [
        ("y\nno\nx\nn\nn\nn\nn\nn\ny\n", false, 0, 9, "Strangers cannot reach it."),
        ("s\ns\n", true, 1, 2, "Cualquiera llega a él desde internet."),
        ("", false, 1, 1, "No one asked this yet:"),
    ] {
        let more: &[&str] = if spanish { &["--spanish"] } else { &[] };
        let mut child = Command::new(PROGRAM)
            .args(["exposure", "ask"])
            .args(more)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let (said, asked) = (
            String::from_utf8_lossy(&output.stdout).into_owned(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        );
        assert_eq!(output.status.code(), Some(status), "{typed:?}: {said}{asked}");
        assert_eq!(asked.matches("/n/?]").count(), asks, "{asked}");
        assert!(said.contains(says), "{said}");
    }
}
