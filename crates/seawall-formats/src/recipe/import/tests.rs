use super::*;
use crate::recipe::{advice, outside};
use proptest::prelude::*;
use seawall_domain::package::{Package, Version};
use seawall_domain::recipe::Target;

const REPORT: &str = "==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602 \
                      at pc 0x4 \
                      bp 0x7 sp 0x7\nREAD of size 1 at 0x602 thread T0\n    \
                      #0 0x49 in __interceptor_memcpy /llvm/asan.cc:1:2\n    \
                      #1 0x4f in parse_name(char const*, int) /target/src/name.c:12:3\n    \
                      #2 0x50 in main /recipe/probe.c:3:2\n\n0x602 is located 0 bytes after\n\
                      SUMMARY: AddressSanitizer: heap-buffer-overflow /target/src/name.c:12:3\n";

fn target() -> Target {
    let ecosystem = "Debian:12".to_owned().into();
    let package = Package { ecosystem, name: "thing".to_owned() };
    Target { package, version: Version("1.0-1".to_owned()) }
}

fn file(name: &str, text: &str) -> RecipeFile {
    RecipeFile { name: name.to_owned(), bytes: text.as_bytes().to_vec() }
}

#[test]
fn reports_tell_the_oracle() {
    let sanitizer = |kind: &str, function: &str| {
        Some(Oracle::Sanitizer { kind: kind.to_owned(), function: function.to_owned() })
    };
    let ubsan = "a.c:3:9: runtime error: signed integer overflow: 2147483647 + 1 cannot be\n    \
                 #0 0x5 in add /target/a.c:3:9\n";
    let msan =
        "==1==WARNING: MemorySanitizer: use-of-uninitialized-value\n    #0 0x5 in look a.c:3:9\n";
    let tsan = "WARNING: ThreadSanitizer: data race (pid=1)\n  Write of size 4 at 0x1 by \
                thread T1:\n    \
                #0 count /target/a.c:3 (a+0x1)\n";
    for (text, expected) in [
        (REPORT, sanitizer("heap-buffer-overflow", "parse_name")),
        (ubsan, sanitizer("signed integer overflow", "add")),
        (msan, sanitizer("use-of-uninitialized-value", "look")),
        (tsan, sanitizer("data race", "count")),
        ("==1==ERROR: AddressSanitizer: SEGV on unknown address\n", sanitizer("SEGV", UNKNOWN)),
        ("Segmentation fault (core dumped)", Some(Oracle::Signal { name: "SIGSEGV".into() })),
        ("thread 'main' panicked at src/a.rs:1:1:\n", Some(Oracle::Exit { status: 101 })),
        ("all is well", None),
        ("", None),
    ] {
        assert_eq!(judged_by(text), expected, "{text}");
    }
}

#[test]
fn a_crash_input_becomes_a_recipe() {
    let crash = |command: &str, report: Option<&str>, benign: Option<RecipeFile>| {
        of_crash(CrashInput {
            target: target(),
            command: command.to_owned(),
            input: file("crash-1", "a\0b"),
            benign,
            files: vec![file("probe.c", "int main(void) { return 0; } /* /target */")],
            build: vec!["gcc -fsanitize=address -o /build/probe /recipe/probe.c".to_owned()],
            report: report.map(str::to_owned),
        })
    };
    let made =
        crash("/build/probe -f '{input}'", Some(REPORT), Some(file("crash-1", "c"))).unwrap();
    assert_eq!(made.recipe.trigger, ["/build/probe", "-f", "/recipe/crash-1"]);
    assert_eq!(made.recipe.control, ["/build/probe", "-f", "/recipe/benign-crash-1"]);
    assert_eq!(made.recipe.oracle, judged_by(REPORT).unwrap());
    assert_eq!(made.warnings.len(), 1, "{:?}", made.warnings);
    let told: Vec<String> = advice(&made.recipe).into_iter().map(|fault| fault.place).collect();
    assert_eq!(told, ["variants", "tests"]);
    assert_eq!(outside(&made.recipe), []);
    let bare = crash("/build/probe {input}", None, None).unwrap();
    assert_eq!(bare.warnings.len(), 3, "{:?}", bare.warnings);
    assert_eq!(bare.recipe.file("benign").unwrap().bytes, b"");
    for (command, place) in [("", "command"), ("a | b {input}", "command"), ("a", "command")] {
        assert_eq!(crash(command, None, None).unwrap_err()[0].place, place, "{command}");
    }
}

fn project() -> FuzzProject {
    FuzzProject {
        settings: "homepage: \"https://zlib.example\"\nlanguage: c++\n# a\nmain_repo: \
                   'https://github.com/madler/zlib.git'\nsanitizers:\n  - address\n- memory\n"
            .to_owned(),
        dockerfile: "FROM x\nRUN apt-get update && apt-get install -y make\nRUN git clone \
                     https://github.com/madler/zlib.git\nWORKDIR zlib\nCOPY build.sh $SRC/\n"
            .to_owned(),
        files: vec![
            file("build.sh", "make -j4\n$CC $CFLAGS $SRC/f.c -o $OUT/f $LIB_FUZZING_ENGINE\n"),
            file("f.c", "int LLVMFuzzerTestOneInput() { return 0; }\n"),
        ],
        testcase: vec![0, 1, 2],
        benign: Some(b"a".to_vec()),
        fuzz_target: "f".to_owned(),
        commit: "0123456789abcdef0123456789ABCDEF01234567".to_owned(),
        report: Some(REPORT.to_owned()),
    }
}

#[test]
fn a_fuzz_project_becomes_a_recipe() {
    let Imported { recipe, warnings } = of_fuzz_project(project()).unwrap();
    assert_eq!(recipe.target.package.name, "https://github.com/madler/zlib.git");
    assert_eq!(recipe.target.version.0, "0123456789abcdef0123456789abcdef01234567");
    assert_eq!(recipe.trigger, ["/build/f", "/recipe/testcase"]);
    assert_eq!(recipe.control, ["/build/f", "/recipe/benign"]);
    let script = recipe.file("build-inside.sh").unwrap().text().unwrap();
    for words in [
        "SANITIZER=address",
        "FUZZING_LANGUAGE=c++",
        "cp -r /target \"$SRC/zlib\"",
        "cd \"$SRC/zlib\"",
        "-fsanitize=address\"",
    ] {
        assert!(script.contains(words), "{words}: {script}");
    }
    let own = recipe.file("project/build.sh").unwrap().text();
    assert_eq!(own, project().files[0].text(), "it runs unchanged");
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(warnings[0].contains("make"), "{warnings:?}");
    assert_eq!(outside(&recipe), []);
    let told: Vec<String> = advice(&recipe).into_iter().map(|fault| fault.place).collect();
    assert_eq!(told, ["variants", "tests", "limits.seconds"]);
}

#[test]
fn what_cannot_be_imported_says_why() {
    let with = |change: fn(&mut FuzzProject)| {
        let mut project = project();
        change(&mut project);
        of_fuzz_project(project).map(|made| made.warnings)
    };
    for (change, place) in [
        (
            (|p| p.settings = "language: python\nmain_repo: https://a.co/b".into())
                as fn(&mut FuzzProject),
            "project.yaml",
        ),
        (|p| p.settings = "language: c".into(), "project.yaml"),
        (|p| p.settings = "main_repo: |\n  https://a.co/b".into(), "project.yaml"),
        (|p| p.settings = "language: c\nlanguage: c".into(), "project.yaml"),
        (|p| p.settings = "nonsense".into(), "project.yaml"),
        (|p| p.commit = "abc".into(), "commit"),
        (|p| p.fuzz_target = "../f".into(), "fuzz target"),
        (
            |p| {
                p.files.remove(0);
            },
            "build.sh",
        ),
        (|p| p.files = vec![file("build.sh", ""); 40], "files"),
    ] {
        assert_eq!(with(change).unwrap_err()[0].place, place);
    }
    let told = with(|p| {
        p.settings = "main_repo: git://a.co/zlib # x".into();
        p.files[0].bytes = b"cp /src/x /out/y; curl http://evil.co".to_vec();
    })
    .unwrap();
    for words in ["by https", "names no language", "`/src/`", "`/out/`", "clones"] {
        assert!(told.iter().any(|said| said.contains(words)), "{words}: {told:?}");
    }
}

#[test]
fn a_proof_in_sarif_is_found() {
    use serde_json::{Value, json};
    let log = |name: &str, content: Value, extra: Value| {
        let mut artifacts = vec![json!({"location": {"uri": name}, "contents": content})];
        let mut attachments = vec![json!({"artifactLocation": {"uri": name}})];
        if let Value::String(report) = extra {
            artifacts.push(json!({"location": {"uri": "crash.log"}, "contents": {"text": report}}));
            attachments.push(json!({"artifactLocation": {"uri": "crash.log"}}));
        }
        let plain = json!({"message": {"text": "a"}});
        let result = json!({"message": {"text": "b"}, "attachments": attachments,
            "properties": {"purl": "pkg:pypi/thing@1.0"}});
        json!({"version": "2.1.0", "runs": [{"results": [plain, result], "artifacts": artifacts}]})
            .to_string()
    };
    let recipe = crate::recipe::tests::GOOD;
    let whole = log("recipe.toml", json!({"text": recipe}), Value::Null);
    assert_eq!(proof_of(whole.as_bytes(), None), Ok(Proof::Recipe(recipe.to_owned())));
    assert_eq!(proof_of(whole.as_bytes(), Some(2)), Ok(Proof::Recipe(recipe.to_owned())));
    for (number, place) in [(1, "attachments"), (3, "result"), (0, "result")] {
        assert_eq!(proof_of(whole.as_bytes(), Some(number)).unwrap_err()[0].place, place);
    }
    let input = log("poc bin", json!({"binary": "AAEC"}), Value::from(REPORT));
    let Proof::Input { target, input, report } = proof_of(input.as_bytes(), None).unwrap() else {
        panic!("it is an input")
    };
    assert_eq!((input.name.as_str(), input.bytes.as_slice()), ("poc_bin", &[0, 1, 2][..]));
    assert_eq!(target.unwrap().package.name, "thing");
    assert_eq!(report.as_deref(), Some(REPORT));
    assert_eq!(proof_of(b"{}", None).unwrap_err()[0].place, "SARIF");
}

proptest! {
    #[test]
    fn never_panics(
        text in "(RUN|COPY|WORKDIR|git clone |https://|[a-z$/{}:. \n\\\\'\"#é-]){0,40}",
        name in "\\PC{0,20}",
    ) {
        let _ = judged_by(&text);
        let _ = plain_name(&name);
        let project = FuzzProject { settings: text.clone(), ..project() };
        let _ = of_fuzz_project(project);
        let given = super::tests::project();
        let project = FuzzProject { dockerfile: text, fuzz_target: name, ..given };
        let _ = of_fuzz_project(project);
    }
}
