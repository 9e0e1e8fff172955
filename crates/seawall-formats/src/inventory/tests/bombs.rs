//! What is made to break a reader, and documents changed at random.

use super::check_refused;
use crate::inventory::{COMPONENTS_MAX, read};
use proptest::prelude::*;

#[test]
fn bombs_are_refused_in_bounded_time() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(5_000), close.repeat(5_000));
    let bom = r#"{"bomFormat":"CycloneDX","specVersion":"1.5","components":"#;
    check_refused(format!("{bom}{}", deep("[{\"components\":", "}]")).as_bytes(), "recursion");
    let one = r#"{"type":"a","name":"a"},"#;
    let many = format!("{bom}[{}{{}}]}}", one.repeat(COMPONENTS_MAX + 1));
    check_refused(many.as_bytes(), "more than 200000 components");
    let nested = format!(
        "{bom}[{{\"type\":\"a\",\"name\":\"a\",\"components\":[{}{{}}]}}]}}",
        one.repeat(COMPONENTS_MAX + 1)
    );
    check_refused(nested.as_bytes(), "more than 200000 components");
    let xml = "<bom xmlns='http://cyclonedx.org/schema/bom/1.5'>";
    check_refused(format!("{xml}{}", "<components>".repeat(200)).as_bytes(), "nest deeper");
    let entity = "<!DOCTYPE bom [<!ENTITY a 'b'>]><bom>&a;</bom>";
    check_refused(entity.as_bytes(), "document type");
    let long = format!("{bom}[{{\"type\":\"a\",\"name\":\"{}\"}}]}}", "a".repeat(3_000));
    check_refused(long.as_bytes(), "longer than 2000 characters");
    let toml = format!("[[package]]\nname = {}", deep("[", "]"));
    check_refused(toml.as_bytes(), "lock file");
    let yaml: String = (0..100).map(|at| format!("{}a:\n", " ".repeat(at))).collect();
    check_refused(format!("PODS:\n{yaml}").as_bytes(), "nest deeper");
    let npm = format!("{{\"lockfileVersion\":1,{}", "\"dependencies\":{\"a\":{".repeat(90));
    check_refused(npm.as_bytes(), "");
    for packed in ["PK\u{3}\u{4}", "%PDF-1.7", "BZh9", "SQLite format 3"] {
        check_refused(packed.as_bytes(), "send the list itself");
    }
    check_refused(b"\xff\xfea", "broken UTF-16");
}

#[test]
fn a_long_line_costs_no_more_than_its_length() {
    let line = "a".repeat(4_000_000);
    for text in [
        line.clone(),
        format!("# yarn lockfile v1\n{line}@1:\n  version \"1\"\n"),
        format!("requests==1 {}", "\\\n".repeat(100_000)),
        format!("Name  Version\n{line}  1\n"),
        format!("# debian 12\n{line} 1\n"),
        format!("%{{{line}"),
        format!("lockfileVersion: 9\npackages:\n  {line}:\n"),
    ] {
        drop(read("list", None, text.as_bytes()));
    }
}

/// One list of each kind, to be changed at random.
const SEEDS: [&str; 24] = [
    "[[package]]\nname = \"a\"\nversion = \"1\"\nsource = \"registry+x\"\n",
    "lock-version = \"1.0\"\n[[packages]]\nname = \"a\"\nversion = \"1\"\n",
    r#"{"lockfileVersion":3,"packages":{"node_modules/a":{"version":"1"}}}"#,
    r#"{"lockfileVersion":1,"dependencies":{"a":{"version":"1","dependencies":{}}}}"#,
    r#"{"lockfileVersion":1,"workspaces":{},"packages":{"a":["a@1",{},],},}"#,
    "lockfileVersion: '9.0'\npackages:\n  '@s/a@1.0.0(b@2)':\n    resolution: {tarball: x}\n",
    "# yarn lockfile v1\n\"a@^1\", b@2:\n  version \"1\"\n",
    "__metadata:\n  version: 8\n\"a@npm:1\":\n  version: 1\n  resolution: \"a@npm:1\"\n",
    r#"{"_meta":{},"default":{"a":{"version":"==1"}}}"#,
    "a[b]==1 ; c --hash=x\n-e git+x#egg=y\nb @ z\n",
    "module x\nrequire (\n\ta.b/c v1.0.0\n)\nreplace a.b/c => ./d\n",
    "x: go1.22\n\tpath\tx\n\tdep\ta.b/c\tv1.0.0\n\t=>\t./d\n",
    "{\"Path\":\"a\",\"Version\":\"v1\",\"Replace\":{\"Path\":\"b\"}}{\"Path\":\"c\"}",
    "<project><dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId>\
     <version>1</version></dependency></dependencies></project>",
    "[INFO] +- g:a:jar:1:compile\n",
    "g:a:1=x\nempty=\n",
    "GEM\n  specs:\n    a (1)\n      b (~> 2)\n",
    r#"{"content-hash":"x","packages":[{"name":"a/b","version":"1","dist":{"type":"zip"}}]}"#,
    r#"{"version":1,"dependencies":{"net6.0":{"A":{"type":"Direct","resolved":"1"}}}}"#,
    "%{\n  \"a\": {:hex, :a, \"1\", \"x\"},\n}\n",
    "PODS:\n  - A/B (1):\n    - C\nEXTERNAL SOURCES:\n  A:\n    :path: x\n",
    r#"{"pins":[{"identity":"a","location":"https://h/a.git","state":{"version":"1"}}]}"#,
    "# rocky 9\n0:a-1-2.x86_64\nID=fedora\n",
    "# alpine 3.20\na-1-r0 x86_64 {b} (MIT) [installed]\nP:a\nV:1\nA:x\no:b\n\n",
];

const MORE_SEEDS: [&str; 8] = [
    "Package Version Editable project location\n------- ---\na 1 /x\n",
    "Name   Id  Version Available\n-----\nä b  c  1…\n",
    "Hersteller;Produkt;Version;cpe\na;b;1;cpe:2.3:a:b\\:c:d:1\n",
    r#"[{"DisplayName":"a","DisplayVersion":"1","Publisher":"b"}]"#,
    r#"{"@context":"x","@graph":[{"type":"software_Package","spdxId":"a","name":"b",
        "software_packageUrl":"pkg:npm/a@1","externalIdentifier":[{"identifier":"x"}]}]}"#,
    "<bom xmlns='http://cyclonedx.org/schema/bom/1.5'><components><component type='library'>\
     <name>a</name><purl>pkg:npm/a@1</purl><properties><property name='x'>y</property>\
     </properties></component></components></bom>",
    r#"{"R":{},"Packages":{"a":{"Version":"1","Source":"Repository"}}}"#,
    r#"{"graph_lock":{"nodes":{"1":{"ref":"a/1@b/c#d","pref":"a/1:2"}}}}"#,
];

/// Names that make a reader by themselves.
const NAMES: [&str; 10] = [
    "a",
    "a.csv",
    "yarn.lock",
    "pnpm-lock.yaml",
    "Podfile.lock",
    "pubspec.lock",
    "mix.lock",
    "go.mod",
    "requirements.txt",
    "Cargo.lock",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn changed_lists_never_panic(
        seed in 0usize..32,
        name in 0usize..10,
        at in any::<prop::sample::Index>(),
        put in "\\PC{0,3}|[\"\\{\\[\\]\\}()<>/:,;@\n\t =+~%#|-]{0,4}",
        cut in 0usize..6,
        again in any::<prop::sample::Index>(),
    ) {
        let seed = SEEDS.get(seed).or_else(|| MORE_SEEDS.get(seed - SEEDS.len()));
        let mut bytes = seed.copied().unwrap_or_default().as_bytes().to_vec();
        for at in [at, again] {
            let at = at.index(bytes.len().max(1));
            let end = (at + cut).min(bytes.len());
            bytes.splice(at.min(end)..end, put.bytes());
        }
        drop(read(NAMES[name], None, &bytes));
    }

    #[test]
    fn any_text_under_any_name_never_panics(
        name in 0usize..10,
        text in "\\PC{0,80}|[a-c0-9@:/(){}\\[\\]\"',.= \n\t-]{0,80}",
    ) {
        drop(read(NAMES[name], None, text.as_bytes()));
    }
}
