//! The recipes of this repository: a second proof of one flaw joins the first, and a proof of
//! another flaw in the same function does not.

use seawall_domain::claim::{Claim, Cwe, Location, Tooling};
use seawall_domain::package::{Ecosystem, Package};
use seawall_matching::duplicates::{Reason, Relation, Signature, relation};

fn signature(weakness: u32, function: &str, recipe: &str) -> Signature {
    let claim = Claim {
        package: Some(Package { ecosystem: Ecosystem::Generic, name: "x".into() }),
        versions: Vec::new(),
        title: String::new(),
        description: String::new(),
        weakness: Some(Cwe(weakness)),
        location: Location { file: Some("a".into()), function: Some(function.into()), line: None },
        severity: None,
        tooling: Tooling::default(),
        upstream_ids: Vec::new(),
        references: Vec::new(),
        attachments: Vec::new(),
    };
    Signature::of(&claim, recipe)
}

fn recipe(test: &str, name: &str) -> Option<String> {
    let path = format!("{}/../../recipes/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).ok();
    if text.is_none() {
        println!("skipped: {test}: no recipes/{name}.toml");
    }
    text
}

/// Two claims about one function with these recipes; the answer and its reasons.
fn check(left: (u32, &str), right: (u32, &str), joins: bool) {
    let left = signature(left.0, "Class.method", left.1);
    let right = signature(right.0, "method", right.1);
    let found = relation(&left, &right);
    let reasons: Vec<String> = found.reasons().iter().map(Reason::to_string).collect();
    println!("{reasons:#?}");
    assert_eq!(matches!(found, Relation::Same { .. }), joins, "{reasons:?}");
}

#[test]
fn second_proofs_join() {
    for (name, first, second) in
        [("sqlparse", 1333, 400), ("ini", 1321, 915), ("tar", 59, 22), ("libz-sys", 787, 120)]
    {
        let test = "second_proofs_join";
        let again = recipe(test, &format!("demo/{name}-second"));
        let (Some(one), Some(two)) = (recipe(test, name), again) else {
            return;
        };
        println!("{name}");
        check((first, &one), (second, &two), true);
    }
}

#[test]
fn another_road_does_not() {
    let Some(one) = recipe("another_road_does_not", "minimist") else {
        return;
    };
    let two = one.replace("_.concat.constructor.prototype", "__proto__");
    assert_ne!(one, two);
    check((1321, &one), (1321, &two), false);
}
