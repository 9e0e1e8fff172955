//! The rules on small documents; the specification's own cases are in `tests/documents`.

use super::*;
use proptest::prelude::*;

fn check_told(text: &str, expected: &[&str]) {
    let told: Vec<String> = match check(text.as_bytes()) {
        Ok(()) => Vec::new(),
        Err(faults) => faults.iter().map(|f| format!("{}: {}", f.place, f.message)).collect(),
    };
    assert_eq!(told, expected, "{text}");
}

#[test]
fn json_is_held_against_its_version() {
    let bom = |version: &str, rest: &str| {
        format!(r#"{{"bomFormat":"CycloneDX","specVersion":"{version}","version":1{rest}}}"#)
    };
    check_told(&bom("1.5", ""), &[]);
    check_told(&bom("1.8", ""), &["/specVersion: version `1.8` is none of 1.2 to 1.7"]);
    check_told(
        &bom(
            "1.4",
            r#","components":[{"type":"platform","x":1,"bom-ref":"a"},
            {"type":"library","name":"b","bom-ref":"a","hashes":[{"alg":"MD5","content":"1"}]}]"#,
        ),
        &[
            "/components/0: `name` is missing",
            "/components/0/type: `platform` is none of the words for it",
            "/components/0/x: there is no such field here",
            "/components/1/hashes/0/content: `1` is not 32, 40, 64, 96 or 128 hexadecimal digits",
            "/components/1/bom-ref: reference `a` is given twice",
        ],
    );
    let twice = r#","components":[{"type":"library","name":"b"},{"name":"b","type":"library"}]"#;
    check_told(&bom("1.6", twice), &["/components/1: the same stands in the list before"]);
    let range = r#","components":[{"type":"library","name":"b","versionRange":"vers:npm/1"}]"#;
    check_told(&bom("1.7", range), &["/components/0: it has what excludes each other"]);
    check_told("[]", &["/specVersion: version `` is none of 1.2 to 1.7"]);
    check_told("{", &["line 1 column 1: EOF while parsing an object"]);
}

#[test]
fn xml_is_held_against_its_version() {
    let bom = |rest: &str| {
        format!("<bom xmlns='http://cyclonedx.org/schema/bom/1.4' version='1'>\n{rest}</bom>")
    };
    check_told(&bom(""), &[]);
    check_told(
        &bom("<components><component type='platform' bom-ref='a'><version>1</version>\
              </component>\n<component type='library' bom-ref='a'><name>b</name><name>c</name>\
              </component></components>"),
        &[
            "line 2: attribute `type`: `platform` is none of the words for it",
            "line 2: `component` lacks `name`",
            "line 3: `name` cannot stand here",
            "line 3: reference `a` is given twice",
        ],
    );
    check_told(
        "<bom xmlns='http://cyclonedx.org/schema/bom/9'/>",
        &["line 1: namespace `http://cyclonedx.org/schema/bom/9` is none of versions 1.0 to 1.7"],
    );
}

/// The rules that a rule names.
fn names(rule: &Rule, into: &mut Vec<&'static str>) {
    match rule {
        Rule::Named(name) => into.push(name),
        Rule::Collapsed(rule)
        | Rule::List(rule)
        | Rule::ListOf(rule, ..)
        | Rule::Not(rule)
        | Rule::During(_, _, rule) => names(rule, into),
        Rule::When(one, two) => [one, two].iter().for_each(|rule| names(rule, into)),
        Rule::OneOf(rules) | Rule::AnyOf(rules) | Rule::All(rules) => {
            rules.iter().for_each(|rule| names(rule, into));
        }
        Rule::By(rules) => rules.iter().for_each(|(_, rule)| names(rule, into)),
        Rule::Object(fields) | Rule::ObjectIfAny(fields) | Rule::Open(fields) => {
            fields.iter().for_each(|field| names(&field.rule, into));
        }
        Rule::Any
        | Rule::Text(..)
        | Rule::Form(_)
        | Rule::Words(_)
        | Rule::WordsBy(_)
        | Rule::Flag
        | Rule::Whole(..)
        | Rule::Number(..)
        | Rule::Has(_)
        | Rule::Is(..) => {}
    }
}

#[test]
fn the_table_of_shapes_is_sorted_and_names_only_itself() {
    assert!(shapes::SHAPES.is_sorted_by_key(|(name, _)| *name));
    let mut named = Vec::new();
    shapes::SHAPES.iter().for_each(|(_, rule)| names(rule, &mut named));
    for name in named {
        assert!(shapes::SHAPES.iter().any(|(known, _)| *known == name), "{name}");
    }
}

proptest! {
    #[test]
    fn never_panics(
        text in "[{}\\[\\]\",:<>/='a1 ]{0,60}",
        at in any::<prop::sample::Index>(),
        put in "[\\[\\]{}<>/\",:a1]{0,3}",
    ) {
        drop(check(text.as_bytes()));
        for seed in [
            r#"{"bomFormat":"CycloneDX","specVersion":"1.7","components":[{"type":"library",
               "name":"a","licenses":[{"license":{"id":"MIT"}}],"isExternal":true}],
               "metadata":{"tools":[{"name":"x"}],"timestamp":"2026-01-31T12:00:00Z"}}"#,
            "<bom xmlns='http://cyclonedx.org/schema/bom/1.7' version='1'><components>\
             <component type='library'><name>a</name></component></components></bom>",
        ] {
            let mut bytes = seed.as_bytes().to_vec();
            let at = at.index(bytes.len());
            let end = (at + 2).min(bytes.len());
            bytes.splice(at..end, put.bytes());
            drop(check(&bytes));
        }
    }
}
