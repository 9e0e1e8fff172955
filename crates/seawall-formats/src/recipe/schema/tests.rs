use super::*;
use crate::recipe::tests::{FAULTS, GOOD, recipes};
use crate::recipe::{read, write};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn validator() -> jsonschema::Validator {
    let schema: Json = serde_json::from_str(schema()).unwrap();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

fn json(text: &str) -> Json {
    serde_json::to_value(text.parse::<Table>().unwrap()).unwrap()
}

#[test]
fn every_recipe_is_of_the_shape() {
    let validator = validator();
    for (path, text) in recipes() {
        let recipe = read(&text).unwrap();
        for text in [&text, &write(&recipe)] {
            let json = json(text);
            if let Err(error) = validator.validate(&json) {
                panic!("{path:?}: {}: {error}", error.instance_path());
            }
            assert_eq!(from_json(json.to_string().as_bytes()).as_ref(), Ok(&recipe), "{path:?}");
        }
    }
}

/// Places of faults that lie in what a schema cannot see: other keys' values, and names of files.
const UNSEEN: [&str; 2] = ["input", "line 2"];

#[test]
fn what_the_reader_refuses_the_schema_refuses() {
    let validator = validator();
    for (piece, other, place) in FAULTS.iter().filter(|(_, _, place)| !UNSEEN.contains(place)) {
        let json = json(&GOOD.replacen(piece, other, 1));
        assert_eq!(validator.is_valid(&json), place.is_empty(), "{other} at {place}: {json}");
    }
}

/// The keys that the reader says it knows when it meets one that it does not.
fn known(document: &str) -> BTreeSet<String> {
    let faults = read(document).unwrap_err();
    let told =
        faults.iter().find_map(|fault| fault.message.strip_prefix("unknown key; known here"));
    let told = told.unwrap_or_else(|| panic!("{document}: {faults:?}"));
    told.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_schema_has_the_reader_s_keys() {
    let schema: Json = serde_json::from_str(schema()).unwrap();
    let properties = |pointer: &str| -> BTreeSet<String> {
        let object = schema.pointer(&format!("{pointer}/properties")).unwrap();
        object.as_object().unwrap().keys().cloned().collect()
    };
    let mut rows = vec![("colour = 1".to_owned(), String::new())];
    // Sections that are not needed are read when those that are needed are there.
    let whole = GOOD.split("[limits]").next().unwrap();
    rows.push(("[target]\ncolour = 1".to_owned(), "/$defs/target".to_owned()));
    for section in ["limits", "service", "tests", "boundary"] {
        let document = format!("{whole}[{section}]\nattacker = \"a\"\ncolour = 1");
        rows.push((document, format!("/$defs/{section}")));
    }
    rows.push((format!("{whole}[[files]]\ncolour = 1"), "/$defs/file".to_owned()));
    let kinds = schema["$defs"]["oracle"]["oneOf"].as_array().unwrap();
    assert_eq!(kinds.len(), 8);
    for kind in kinds {
        let pointer = kind["$ref"].as_str().unwrap().trim_start_matches('#').to_owned();
        let name = pointer.rsplit('_').next().unwrap();
        rows.push((format!("[oracle]\nkind = \"{name}\"\ncolour = 1"), pointer));
    }
    for (document, pointer) in rows {
        assert_eq!(known(&document), properties(&pointer), "{document}");
    }
}

#[test]
fn every_key_is_described() {
    fn walk(schema: &Json, path: &str) {
        if let Some(properties) = schema.get("properties").and_then(Json::as_object) {
            for (key, value) in properties {
                let shown = value == &Json::Bool(false)
                    || value.get("description").is_some()
                    || value.get("$ref").is_some()
                    || value.get("const").is_some();
                assert!(shown, "{path}/{key} has no description");
            }
        }
    }
    let schema: Json = serde_json::from_str(schema()).unwrap();
    walk(&schema, "");
    for (name, part) in schema["$defs"].as_object().unwrap() {
        assert!(part.get("description").is_some() || name == "capabilities", "{name}");
        walk(part, name);
    }
}

#[test]
fn json_is_read_with_reasons() {
    for (text, place) in [
        ("", "line 1"),
        ("[]", "recipe"),
        ("{", "line 1"),
        ("{\"version\":1.5}", "version"),
        ("{\"version\":1,\"target\":null}", "target"),
        ("{\"version\":1,\"build\":[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]}", "build"),
    ] {
        let faults = from_json(text.as_bytes()).unwrap_err();
        assert_eq!(faults[0].place, place, "{text}: {faults:?}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        let _ = from_json(&bytes);
    }
}
