//! What the program says of itself: no help of any command of the framework for models has a word
//! that would make a voluntary one something else. Every command below is found by asking.

use crate::corridor::PROGRAM;
use crate::house::seawall;
use seawall_testkit::words::said;
use std::path::Path;

/// The commands of these subjects.
const SUBJECTS: [&str; 4] = ["evaluation", "gateway", "engagement", "partner"];

/// The command that may say `review`: people look blindly at what a model said, for cheating.
const CODING: &str = "evaluation";

/// The help of a command, and the names of those below it.
fn help(words: &[String]) -> (String, Vec<String>) {
    let all: Vec<&str> = words.iter().map(String::as_str).chain(["--help"]).collect();
    let output = seawall(Path::new(PROGRAM), &all);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{words:?}: {text}");
    let (_, below) = text.split_once("Commands:\n").unwrap_or_default();
    let below = below.split("\n\n").next().unwrap_or_default();
    let name = |line: &str| {
        let is_name = line.starts_with("  ") && !line.starts_with("   ");
        is_name.then(|| line.split_whitespace().next().map(str::to_owned)).flatten()
    };
    let names = below.lines().filter_map(name).filter(|name| name != "help").collect();
    (text, names)
}

#[test]
fn no_help_of_the_framework_says_a_word_of_admission() {
    let mut left: Vec<Vec<String>> = SUBJECTS.map(|subject| vec![subject.to_owned()]).into();
    let mut looked = 0;
    while let Some(words) = left.pop() {
        let (text, below) = help(&words);
        looked += 1;
        for (word, line) in said(&text) {
            let meant = word == "review" && words.first().is_some_and(|first| first == CODING);
            assert!(meant, "{words:?} says `{word}`: {line}");
        }
        left.extend(below.into_iter().map(|name| [words.as_slice(), &[name]].concat()));
    }
    assert!(looked > 60, "{looked} commands");
}
