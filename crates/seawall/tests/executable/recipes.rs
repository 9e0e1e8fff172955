//! `seawall recipe`: checking, writing and importing, and what `reproduce` refuses to run.

use crate::corridor::PROGRAM;
use crate::house::{can_run_proofs, seawall};
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder of this test's own.
fn folder(test: &str) -> PathBuf {
    let name = format!("recipes-{test}-{}", std::process::id());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Runs the program and expects a status and words among what it said; gives what it printed.
#[track_caller]
fn check(arguments: &[&str], status: i32, says: &str) -> String {
    let output = seawall(Path::new(PROGRAM), arguments);
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = format!("{printed}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {said}");
    assert!(said.contains(says), "{arguments:?}: {said}");
    assert!(!said.contains("panicked"), "{arguments:?}: {said}");
    printed
}

/// The example of the documentation, on which there is nothing to advise.
fn fine() -> String {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/recipes.md");
    let page = std::fs::read_to_string(page).unwrap();
    let block = page.split("\n```toml\n").nth(1).unwrap();
    format!("{}\n", block.split("\n```").next().unwrap())
}

#[test]
fn recipes_are_checked_with_reasons_and_lines() {
    let folder = folder("check");
    let fine = fine();
    let outside = fine.replacen("[\"node\", \"/recipe/still", "[\"curl\", \"/recipe/still", 1);
    let advice = fine.replace("1.3.5", "latest");
    let faults = fine.replace("seconds = 10", "second = 10");
    let at = |name: &str| folder.join(name).display().to_string();
    for (name, text) in
        [("fine", &fine), ("outside", &outside), ("advice", &advice), ("faults", &faults)]
    {
        std::fs::write(at(name), text).unwrap();
    }
    std::fs::write(at("bytes"), [0xff, 0xfe]).unwrap();
    let line = |text: &str, wanted: &str| {
        1 + text.lines().position(|line| line.starts_with(wanted)).unwrap()
    };
    let told = line(&advice, "version = \"latest\"");
    check(&["recipe", "check", &at("fine")], 0, "fine: fine");
    check(&["recipe", "check", &at("advice")], 1, &format!("advice:{told}: advice: target.ver"));
    check(&["recipe", "check", &at("faults")], 1, "limits.second: unknown key");
    check(&["recipe", "check", &at("outside")], 1, "would reach outside: tests.run[0]: `curl`");
    check(&["recipe", "check", &at("bytes")], 2, "no UTF-8 text");
    check(&["recipe", "check", &at("missing")], 2, "missing");
    check(&["recipe", "check"], 2, "FILES");
    let all = ["recipe", "check", "--json", &at("fine"), &at("advice"), &at("bytes")];
    let said: Value = serde_json::from_str(&check(&all, 2, "")).unwrap();
    let statuses: Vec<&Value> =
        said["recipes"].as_array().unwrap().iter().map(|one| &one["status"]).collect();
    assert_eq!(statuses, ["fine", "advice", "unreadable"]);
    assert_eq!(said["recipes"][1]["advice"][0]["line"], told);
    // What would reach outside is refused before anything is fetched or run.
    let reproduce = ["reproduce", &at("outside"), "--cache", &at("cache"), "--offline"];
    check(&reproduce, 2, "would reach outside its sandbox");
    assert!(!folder.join("cache").exists(), "something was done");
}

#[test]
fn new_recipes_are_written_from_options_and_from_json() {
    let folder = folder("new");
    let at = |name: &str| folder.join(name).display().to_string();
    let schema: Value = serde_json::from_str(&check(&["recipe", "schema"], 0, "")).unwrap();
    assert_eq!(schema["properties"]["version"]["const"], 1);
    let out = at("a.toml");
    check(&["recipe", "new", &out], 2, "not known yet: --name, --version");
    let whole =
        ["recipe", "new", &out, "--ecosystem", "npm", "--name", "ini", "--version", "1.3.5"];
    check(&whole, 0, "FILL IN");
    check(&whole, 2, "is there already");
    check(&[&whole[..], &["--force", "--oracle", "luck"]].concat(), 2, "oracle.kind");
    check(&["recipe", "check", &out], 1, "a.toml: can be run");
    let printed = check(&[&whole[..2], &["-"], &whole[3..]].concat(), 0, "");
    assert!(printed.contains("require('/target')"), "{printed}");

    let answers = |json: &Value, status: i32, says: &str| {
        let mut child = Command::new(PROGRAM)
            .args(["recipe", "new", "-", "--answers", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        write!(child.stdin.take().unwrap(), "{json}").unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(status), "{said}");
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(format!("{printed}{said}").contains(says), "{printed}{said}");
    };
    let filled: Value = toml::from_str(&fine()).unwrap();
    answers(&filled, 0, "variants = [\"nested.txt\"]");
    let mut away = filled.clone();
    away["tests"]["run"] = json!([["wget", "x"]]);
    answers(&away, 1, "would reach outside");
    answers(&json!({"version": 1, "colour": 2}), 2, "colour: unknown key");
}

#[test]
fn skeletons_are_programs() {
    let folder = folder("skeletons");
    let languages = [
        ("python", "python3", &["-m", "py_compile"][..], "probe.py"),
        ("node", "node", &["--check"], "probe.js"),
        ("shell", "sh", &["-n"], "probe.sh"),
        ("c", "gcc", &["-Wall", "-Werror", "-fsyntax-only"], "probe.c"),
    ];
    let oracles: [&[&str]; 6] = [
        &["canary"],
        &["canary", "--where", "callback"],
        &["growth"],
        &["exit"],
        &["output", "--says", "it's \"here\""],
        &["signal"],
    ];
    for (language, program, words, name) in languages {
        for (index, oracle) in oracles.iter().enumerate() {
            let given = ["recipe", "new", "-", "--name", "a", "--version", "1", "--language"];
            let given = [&given[..], &[language, "--oracle"], oracle].concat();
            let text = check(&given, 0, "");
            let recipe: Value = toml::from_str(&text).unwrap();
            let files = recipe["files"].as_array().unwrap();
            let file = files.iter().find(|file| file["name"] == name).unwrap();
            let path = folder.join(format!("{index}-{name}"));
            std::fs::write(&path, file["text"].as_str().unwrap()).unwrap();
            let output = Command::new(program).args(words).arg(&path).output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{language} {oracle:?}: {said}");
        }
    }
}

const REPORT: &str = "==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602\n    \
                      #0 0x4f in look /scratch/src/thing/look.c:5:12\n    \
                      #1 0x50 in LLVMFuzzerTestOneInput /scratch/src/fuzz.c:4:5\n";

#[test]
fn what_is_there_already_is_imported() {
    let folder = folder("import");
    let at = |name: &str| folder.join(name).display().to_string();
    std::fs::write(at("crash-1"), [0, 255, 1]).unwrap();
    std::fs::write(at("report"), REPORT).unwrap();
    std::fs::write(at("fine"), "a").unwrap();
    let (out, input, report, fine) = (at("out.toml"), at("crash-1"), at("report"), at("fine"));
    let crash =
        ["recipe", "import", "crash", "--input", &input, "--out", &out, "--report", &report];
    let target = ["--ecosystem", "Debian:12", "--name", "thing", "--version", "1:1.0-1"];
    let command = ["--command", "/target/usr/bin/thing -r {input}", "--benign", &fine];
    check(&crash, 2, "--ecosystem, --name and --version");
    check(&[&crash[..], &target].concat(), 2, "--command");
    let whole = [&crash[..], &target, &command].concat();
    check(&whole, 0, "the boundary is assumed");
    let made = std::fs::read_to_string(&out).unwrap();
    for words in [
        "function = \"look\"",
        "trigger = [\"/target/usr/bin/thing\", \"-r\", \"/recipe/crash-1\"]",
        "base64 = \"AP8B\"",
        "1:1.0-1",
    ] {
        assert!(made.contains(words), "{words}: {made}");
    }
    check(&["recipe", "check", &out], 1, "can be run");

    let artifact =
        |name: &str, contents: Value| json!({"location": {"uri": name}, "contents": contents});
    let log = |artifact: Value| {
        let uri = artifact["location"]["uri"].clone();
        let result = json!({"message": {"text": REPORT},
            "properties": {"purl": "pkg:npm/ini@1.3.5"},
            "attachments": [{"artifactLocation": {"uri": uri}}]});
        json!({"version": "2.1.0", "runs": [{"results": [result], "artifacts": [artifact]}]})
    };
    let sarif = at("a.sarif");
    let import = ["recipe", "import", "sarif", &sarif, "--out", "-"];
    std::fs::write(&sarif, log(artifact("recipe.toml", json!({"text": self::fine()}))).to_string())
        .unwrap();
    assert_eq!(check(&import, 0, ""), self::fine());
    check(&[&import[..], &["--result", "2"]].concat(), 2, "there is no result 2");
    std::fs::write(&sarif, log(artifact("poc.js", json!({"text": "1"}))).to_string()).unwrap();
    let made = check(&[&import[..], &["--command", "node {input}"]].concat(), 0, "");
    assert!(made.contains("heap-buffer-overflow") && made.contains("\"ini\""), "{made}");
}

/// Lays out an OSS-Fuzz project and gives the words that import it.
fn fuzz_project(folder: &Path) -> Vec<String> {
    let project = folder.join("project");
    std::fs::create_dir_all(&project).unwrap();
    for (name, text) in [
        ("project.yaml", "language: c\nmain_repo: \"https://git.example/thing.git\"\n"),
        (
            "Dockerfile",
            "FROM base\nRUN apt-get update && apt-get install -y zlib1g-dev\nRUN git clone \
             --depth 1 https://git.example/thing\nWORKDIR thing\nCOPY build.sh *.c $SRC/\n",
        ),
        (
            "build.sh",
            "#!/bin/bash -eu\n$CC $CFLAGS -c look.c -o $WORK/look.o\n$CC $CFLAGS $SRC/fuzz.c \
             $WORK/look.o -I. -o $OUT/look_fuzzer $LIB_FUZZING_ENGINE\n",
        ),
        (
            "fuzz.c",
            "#include <stddef.h>\n#include <stdint.h>\nint look(const uint8_t *, size_t);\n\
             int LLVMFuzzerTestOneInput(const uint8_t *b, size_t n) { look(b, n); return 0; }\n",
        ),
    ] {
        std::fs::write(project.join(name), text).unwrap();
    }
    std::fs::write(folder.join("testcase"), "\x09").unwrap();
    std::fs::write(folder.join("benign"), "\x00\x01").unwrap();
    let at = |name: &str| folder.join(name).display().to_string();
    let words = ["recipe", "import", "oss-fuzz", &at("project"), "--testcase", &at("testcase")];
    let more = ["--benign", &at("benign"), "--fuzz-target", "look_fuzzer", "--commit"];
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let last = [commit, "--out", &at("out.toml"), "--force"];
    [&words[..], &more, &last].concat().into_iter().map(str::to_owned).collect()
}

/// A target that reads as far as its first byte says.
const LOOK: &str = "#include <stddef.h>\n#include <stdint.h>\n\
                    int look(const uint8_t *b, size_t n)\n\
                    {\n    return n > 0 ? b[b[0]] : 0;\n}\n";

#[test]
fn an_oss_fuzz_project_builds_by_its_own_script() {
    let folder = folder("fuzz");
    let import = fuzz_project(&folder);
    let import: Vec<&str> = import.iter().map(String::as_str).collect();
    std::fs::write(folder.join("report"), REPORT).unwrap();
    let report = folder.join("report").display().to_string();
    check(&[&import[..], &["--report", &report]].concat(), 0, "zlib1g-dev");
    if !can_run_proofs(Path::new(PROGRAM), "an_oss_fuzz_project_builds_by_its_own_script") {
        return;
    }
    // The same source from a local catalogue, since a test has no network.
    let out = folder.join("out.toml");
    let made = std::fs::read_to_string(&out).unwrap();
    let local = made
        .replace("\"GIT\"", "\"Generic\"")
        .replace("\"https://git.example/thing.git\"", "\"thing\"")
        .replace("0123456789abcdef0123456789abcdef01234567", "1.0");
    assert_eq!(local.matches("Generic").count(), 1, "{local}");
    std::fs::write(&out, local).unwrap();
    let release = folder.join("catalogue/thing/1.0");
    std::fs::create_dir_all(&release).unwrap();
    std::fs::write(release.join("look.c"), LOOK).unwrap();
    let at = |name: &str| folder.join(name).display().to_string();
    let (recipe, cache, catalogue) = (at("out.toml"), at("cache"), at("catalogue"));
    let reproduce = ["reproduce", &recipe, "--cache", &cache, "--runs", "1", "--json"];
    let reproduce = [&reproduce[..], &["--local-catalogue", &catalogue]].concat();
    let said: Value = serde_json::from_str(&check(&reproduce, 0, "")).unwrap();
    assert_eq!(said["verdict"], "reproduced", "{said}");
}

#[test]
fn one_run_tells_what_no_report_told() {
    let folder = folder("once");
    if !can_run_proofs(Path::new(PROGRAM), "one_run_tells_what_no_report_told") {
        return;
    }
    let release = folder.join("catalogue/thing/1.0");
    std::fs::create_dir_all(&release).unwrap();
    std::fs::write(release.join("look.c"), LOOK).unwrap();
    let main = "#include <stdio.h>\n#include <stdint.h>\n#include <stdlib.h>\n\
                int look(const uint8_t *, size_t);\nint main(int n, char **w)\n{\n    \
                FILE *f = fopen(w[1], \"rb\");\n    uint8_t *b = malloc(4);\n    \
                return look(b, fread(b, 1, 4, f)) * 0;\n}\n";
    for (name, text) in [("main.c", main), ("bad", "\x09bcd"), ("good", "\x01bcd")] {
        std::fs::write(folder.join(name), text).unwrap();
    }
    let at = |name: &str| folder.join(name).display().to_string();
    let build = "gcc -g -fsanitize=address -o /build/look /recipe/main.c /target/look.c";
    let out = at("out.toml");
    let words = [
        "recipe",
        "import",
        "crash",
        "--input",
        &at("bad"),
        "--benign",
        &at("good"),
        "--file",
        &at("main.c"),
        "--build",
        build,
        "--command",
        "/build/look {input}",
        "--ecosystem",
        "Generic",
        "--name",
        "thing",
        "--version",
        "1.0",
        "--local-catalogue",
        &at("catalogue"),
        "--cache",
        &at("cache"),
        "--out",
        &out,
    ];
    check(&words, 0, "the boundary is assumed");
    let made: Value = toml::from_str(&std::fs::read_to_string(&out).unwrap()).unwrap();
    let expected =
        json!({"kind": "sanitizer", "error": "heap-buffer-overflow", "function": "look"});
    assert_eq!(made["oracle"], expected);
    check(&[&words[..], &["--force", "--no-run"]].concat(), 0, "a run tells them");
}
