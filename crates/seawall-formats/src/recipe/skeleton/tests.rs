use super::*;
use crate::recipe::{advice, outside, read, write};
use seawall_domain::package::{Package, Version};
use seawall_domain::recipe::{Capability, Demand, Measure};

fn oracles() -> Vec<Oracle> {
    let demand =
        Demand { measure: Measure::Time, small: 100, large: 400, over_control: 3, over_size: 3 };
    let name = |name: &str| name.to_owned();
    vec![
        Oracle::Canary(Canary::Harness),
        Oracle::Canary(Canary::File),
        Oracle::Canary(Canary::Environment),
        Oracle::Canary(Canary::Callback),
        Oracle::Canary(Canary::Written { path: name("/scratch/outside/mark") }),
        Oracle::Growth(demand),
        Oracle::Sanitizer { kind: name("heap-buffer-overflow"), function: name("parse") },
        Oracle::Signal { name: name("SIGSEGV") },
        Oracle::Exit { status: 42 },
        Oracle::Output { says: name("it's \"here\" {}") },
        Oracle::Differential { fixed: Version(name("2.0.0")) },
        Oracle::Http {
            attack: name("a.http"),
            control: name("c.http"),
            status: Some(500),
            says: None,
        },
    ]
}

/// Every skeleton there is.
fn all() -> Vec<(Sketch, Recipe)> {
    let mut all = Vec::new();
    for (language, _) in Language::ALL {
        for oracle in oracles() {
            let package = Package { ecosystem: "npm".to_owned().into(), name: "some-thing".into() };
            let boundary = Boundary {
                attacker: "whoever sends it".to_owned(),
                gains: vec![Capability::Read],
                ..Boundary::default()
            };
            let target = Target { package, version: Version("1.0.0".to_owned()) };
            let sketch = Sketch { target, language, oracle, boundary };
            let made = skeleton(&sketch);
            all.push((sketch, made));
        }
    }
    all
}

#[test]
fn every_skeleton_reads_stays_inside_and_lacks_only_what_is_to_be_filled_in() {
    for (sketch, recipe) in all() {
        assert_eq!(read(&write(&recipe)).as_ref(), Ok(&recipe), "{sketch:?}");
        assert_eq!(outside(&recipe), [], "{sketch:?}");
        for file in recipe.files.iter().filter_map(RecipeFile::text) {
            assert!(!file.contains('@') || file.contains("@scope"), "a hole is left: {file}");
        }
        // A sanitizer is asked for in C only, and the variants are the writer's.
        let sanitized = matches!(recipe.oracle, Oracle::Sanitizer { .. });
        let expected =
            |place: &str| place == "variants" || (sanitized && sketch.language != Language::C);
        for fault in advice(&recipe) {
            assert!(expected(&fault.place), "{sketch:?}: {fault}");
        }
    }
}
