use super::*;
use proptest::prelude::*;
use seawall_domain::package::Version;
use seawall_domain::recipe::{
    Boundary, Canary, Capability, Demand, Measure, RecipeFile, Service, TestReport, Tests,
};

pub(crate) const GOOD: &str = r#"
version = 1
build = [["gcc", "-o", "/build/probe", "/recipe/src/probe.c"]]
trigger = ["/build/probe", "attack"]
control = ["/build/probe", "benign"]
[target]
ecosystem = "PyPI"
name = "Some_Thing"
version = "1.2.3"
[oracle]
kind = "sanitizer"
error = "heap-buffer-overflow"
function = "inflate"
[limits]
seconds = 5
[[files]]
name = "src/probe.c"
text = "int main(void) { return 0; }\r\n"
"#;

/// Replaces one piece of the good recipe and expects a fault at this place (none if empty).
fn check(piece: &str, other: &str, place: &str) {
    assert!(GOOD.contains(piece), "{piece}");
    match read(&GOOD.replacen(piece, other, 1)) {
        Ok(_) => assert_eq!(place, "", "{other}"),
        Err(faults) => assert_eq!(faults[0].place, place, "{other}: {faults:?}"),
    }
}

/// Pieces of the good recipe, what stands in their place, and where the fault is then.
pub(crate) const FAULTS: [(&str, &str, &str); 35] = [
    ("", "", ""),
    ("version = 1", "version = 2", "version"),
    ("version = 1", "colour = 1\nversion = 1", "colour"),
    ("version = 1\n", "version = \n", "line 2"),
    ("\"PyPI\"", "\"CRAN\"", "target.ecosystem"),
    ("\"PyPI\"", "\"Debian:12\"", ""),
    ("\"PyPI\"", "\"Maven\"", "target.name"),
    ("\"PyPI\"", "\"GIT\"", "target.name"),
    ("\"Some_Thing\"", "\"a:b\"", "target.name"),
    ("[limits]", "input = \"x\"\n[limits]", "oracle.input"),
    ("[limits]", "[boundary]\nattacker = \"a\"\ngains = [\"fame\"]\n[limits]", "boundary.gains"),
    ("[limits]", "[tests]\nrun = [[\"true\"]]\nreport = \"x\"\n[limits]", "tests.report"),
    ("[limits]", "[service]\nrun = [\"x\"]\nport = 0\n[limits]", "service.port"),
    ("version = 1\nbuild", "version = 1\ninput = \"no.txt\"\nbuild", "input"),
    ("text = \"int", "base64 = \"int", "files[0].base64"),
    ("\"PyPI\"", "\"npm\"", ""),
    ("\"Some_Thing\"", "\"@a/b\"", "target.name"),
    ("ecosystem = \"PyPI\"\nname = \"Some_Thing\"", "ecosystem = \"npm\"\nname = \"@a/b\"", ""),
    ("\"Some_Thing\"", "\"../b\"", "target.name"),
    ("\"Some_Thing\"", "\"-e\"", "target.name"),
    ("\"1.2.3\"", "\"1.2 3\"", "target.version"),
    ("\"1.2.3\"", "12", "target.version"),
    ("\"sanitizer\"", "\"luck\"", "oracle.kind"),
    ("\"sanitizer\"", "\"canary\"", "oracle.error"),
    ("function = \"inflate\"", "", "oracle.function"),
    ("seconds = 5", "seconds = 0", "limits.seconds"),
    ("seconds = 5", "seconds = 601", "limits.seconds"),
    ("seconds = 5", "second = 5", "limits.second"),
    ("seconds = 5", "seconds = -5", "limits.seconds"),
    ("\"src/probe.c\"\ntext", "\"../probe.c\"\ntext", "files[0].name"),
    ("\"src/probe.c\"\ntext", "\"/etc/x\"\ntext", "files[0].name"),
    ("trigger = [\"/build/probe\", \"attack\"]", "trigger = []", "trigger"),
    ("trigger = [\"/build/probe\", \"attack\"]", "trigger = \"x\"", "trigger"),
    ("control = [\"/build/probe\", \"benign\"]", "", "control"),
    ("[[\"gcc\"", "[[7, \"gcc\"", "build[0]"),
];

#[test]
fn each_fault_is_named_where_it_is() {
    for (piece, other, place) in FAULTS {
        check(piece, other, place);
    }
}

#[test]
fn every_fault_is_told_at_once() {
    let faults = read("version = 3\nbuild = 4\n").unwrap_err();
    let places: Vec<_> = faults.iter().map(|fault| fault.place.as_str()).collect();
    assert_eq!(places, ["version", "target", "oracle", "build", "trigger", "control"]);
    assert!(faults.iter().all(|fault| !fault.message.is_empty()));
}

#[test]
fn names_are_normalised_and_defaults_are_filled_in() {
    let recipe = read(GOOD).unwrap();
    assert_eq!(recipe.target.package.name, "some-thing");
    assert_eq!(recipe.limits.seconds, 5);
    assert_eq!(recipe.limits.processes, Limits::default().processes);
}

fn word() -> impl Strategy<Value = String> {
    "[a-z/\"'\\\\ é-]{1,12}"
}

fn oracles() -> impl Strategy<Value = Oracle> {
    let growth = (1u32..1000, 1u32..1000, 2u32..9, 2u32..9, any::<bool>());
    let growth = growth.prop_map(|(small, more, over_control, over_size, time)| {
        let measure = if time { Measure::Time } else { Measure::Memory };
        Oracle::Growth(Demand { measure, small, large: small + more, over_control, over_size })
    });
    let sanitizer = ("[a-z-]{1,20}", "[a-z_]{1,20}")
        .prop_map(|(kind, function)| Oracle::Sanitizer { kind, function });
    let http = (prop::option::of(100u16..599), "[ -~]{0,9}x").prop_map(|(status, says)| {
        let name = || "a/b.txt".to_owned();
        Oracle::Http { attack: name(), control: name(), status, says: Some(says) }
    });
    prop_oneof![
        Just(Oracle::Canary(Canary::Harness)),
        Just(Oracle::Canary(Canary::File)),
        Just(Oracle::Canary(Canary::Environment)),
        Just(Oracle::Canary(Canary::Callback)),
        "[a-z]{1,9}/[a-z]{1,9}"
            .prop_map(|path| Oracle::Canary(Canary::Written { path: format!("/scratch/{path}") })),
        growth,
        sanitizer,
        Just(Oracle::Signal { name: "SIGSEGV".into() }),
        (1u8..128).prop_map(|status| Oracle::Exit { status }),
        "[ -~]{0,9}x".prop_map(|says| Oracle::Output { says }),
        "[0-9]{1,3}".prop_map(|fixed| Oracle::Differential { fixed: Version(fixed) }),
        http,
    ]
}

fn boundaries() -> impl Strategy<Value = Option<Boundary>> {
    let capabilities = || {
        let any = prop::sample::select(Capability::ALL.map(|(capability, _)| capability).to_vec());
        prop::collection::vec(any, 1..4)
    };
    prop::option::of(("[a-z]{1,9}", capabilities(), capabilities()).prop_map(
        |(attacker, has, gains)| Boundary {
            attacker,
            controls: vec!["a/b.txt".into()],
            has,
            gains,
        },
    ))
}

fn suites() -> impl Strategy<Value = Option<Tests>> {
    let ways = prop::sample::select(TestReport::ALL.map(|(way, _)| way).to_vec());
    prop::option::of(
        (prop::collection::vec(word(), 1..4), ways)
            .prop_map(|(command, report)| Tests { run: vec![command], report }),
    )
}

proptest! {
    #[test]
    fn reads_back_what_it_writes(
        oracle in oracles(),
        build in prop::collection::vec(prop::collection::vec(word(), 1..4), 0..3),
        trigger in prop::collection::vec(word(), 1..4),
        bytes in prop_oneof![
            "[ -~\r\n\té']{0,80}".prop_map(String::into_bytes),
            prop::collection::vec(any::<u8>(), 0..80),
        ],
        (boundary, tests, port) in (boundaries(), suites(), 1u16..),
    ) {
        let http = matches!(oracle, Oracle::Http { .. });
        let trigger = if http { Vec::new() } else { trigger };
        let recipe = Recipe {
            files: vec![RecipeFile { name: "a/b.txt".into(), bytes }],
            build,
            control: trigger.clone(),
            trigger,
            input: Some("a/b.txt".into()),
            variants: vec!["a/b.txt".into()],
            service: Some(Service { run: vec!["x".into()], port }),
            tests,
            boundary,
            ..Recipe::new(read(GOOD).unwrap().target, oracle)
        };
        prop_assert_eq!(read(&write(&recipe)), Ok(recipe));
    }

    #[test]
    fn nothing_makes_it_panic(text in "\\PC{0,200}") {
        let _ = read(&text);
    }

    #[test]
    fn no_cut_or_flip_makes_it_panic(at in 0usize..GOOD.len(), with in "[\"\\[\\]=\n0é]") {
        let (head, tail) = GOOD.split_at(at);
        let _ = read(head);
        let _ = read(&format!("{head}{with}{tail}"));
    }
}

/// Every recipe of this repository, with its path.
pub(crate) fn recipes() -> Vec<(std::path::PathBuf, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../recipes");
    let mut folders = vec![std::path::PathBuf::from(folder)];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == "toml")
                && !path.ends_with("expected.toml")
            {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(found.len() >= 11, "{}", found.len());
    found
}

#[test]
fn the_recipes_of_this_repository_are_read() {
    for (path, text) in recipes() {
        let recipe = read(&text).unwrap_or_else(|faults| panic!("{path:?}: {faults:?}"));
        assert_eq!(read(&write(&recipe)), Ok(recipe), "{path:?}");
    }
}

#[test]
fn the_examples_of_the_documentation_are_recipes() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/recipes.md");
    let page = std::fs::read_to_string(path).unwrap();
    let blocks = page.split("\n```toml\n").skip(1).map(|rest| rest.split("\n```").next().unwrap());
    let recipes: Vec<&str> = blocks.filter(|block| block.starts_with("version = 1")).collect();
    let mut kinds = std::collections::BTreeSet::new();
    for (index, text) in recipes.iter().enumerate() {
        let recipe = read(text).unwrap_or_else(|faults| panic!("{text}: {faults:?}"));
        assert_eq!(outside(&recipe), [], "{text}");
        // Only the first is whole; the others leave out what their section is not about.
        let left_out = ["input", "variants", "tests", "boundary"];
        for fault in advice(&recipe) {
            assert!(index > 0 && left_out.contains(&fault.place.as_str()), "{text}: {fault}");
        }
        kinds.insert(recipe.oracle.kind());
    }
    assert_eq!(kinds.len(), 8, "{kinds:?}");
}
