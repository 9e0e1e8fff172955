//! The duplicates of the demo's reports, two flaws in one function, and what must stay apart.

use super::*;
use proptest::prelude::*;
use seawall_domain::claim::{Location, Tooling};
use seawall_domain::package::Ecosystem;

struct Report {
    package: &'static str,
    weakness: u32,
    place: &'static str,
    title: &'static str,
    description: &'static str,
    recipe: &'static str,
    ids: &'static [&'static str],
}

const SQLPARSE: Report = Report {
    package: "PyPI sqlparse",
    weakness: 1333,
    place: "sqlparse/filters/others.py:22 StripCommentsFilter._process",
    title: "Exponential time in comment stripping",
    description: "A block comment with many CRLF pairs makes the regular expression backtrack.",
    recipe: "[trigger]\ncode = 'sqlparse.format(c, strip_comments=True)'\n[oracle]\nkind='growth'",
    ids: &[],
};

const SQLPARSE_AGAIN: Report = Report {
    package: "PyPI sqlparse",
    weakness: 400,
    place: "others.py:31 _process()",
    title: "Denial of service through strip_comments",
    description: "An attacker who controls a statement can hang any caller that removes comments.",
    recipe: "[trigger]\ncode = 'import sqlparse; f(sqlparse)'\n[oracle]\nkind = \"growth\"",
    ids: &[],
};

const SQLPARSE_PARSER: Report = Report {
    package: "PyPI sqlparse",
    weakness: 1333,
    place: "sqlparse/keywords.py:70 get_tokens",
    title: "Slow keyword pattern",
    description: "A long run of one character takes quadratic time in the lexer.",
    recipe: "[trigger]\ncode = 'sqlparse.parse(x)'\n[oracle]\nkind = 'growth'",
    ids: &[],
};

const INI: Report = Report {
    package: "npm ini",
    weakness: 1321,
    place: "ini.js:80 decode",
    title: "Section name pollutes all objects",
    description: "A section called like the prototype sets keys on every object of the program.",
    recipe: "[trigger]\ncode = \"ini.parse('[__proto__]')\"\n[oracle]\nkind = 'canary'",
    ids: &[],
};

const INI_AGAIN: Report = Report {
    package: "npm ini",
    weakness: 915,
    place: "ini.js:66 exports.decode",
    title: "Parsing an ini file changes Object.prototype",
    description: "Whoever supplies the file decides about attributes that later code relies on.",
    recipe: "[trigger]\ncode = \"decode('[__proto__]')\"\n[oracle]\nkind = 'canary'",
    ids: &[],
};

const TAR: Report = Report {
    package: "crates.io tar",
    weakness: 59,
    place: "src/entry.rs:410 EntryFields::unpack",
    title: "Directories outside the destination",
    description: "A link that points up followed by a file below it makes directories outside.",
    recipe: "[trigger]\narchive = ['symlink link -> ..', 'file link/canary-dir/leaf']",
    ids: &["RUSTSEC-2021-0080"],
};

const TAR_AGAIN: Report = Report {
    package: "crates.io tar",
    weakness: 22,
    place: "entry.rs:502 unpack",
    title: "Path traversal while unpacking",
    description: "Unpacking an untrusted archive may create folders anywhere the user can write.",
    recipe: "[trigger]\narchive = ['symbolic link a to ..', '../ is never named']",
    ids: &[],
};

const ZLIB: Report = Report {
    package: "crates.io libz-sys",
    weakness: 787,
    place: "src/zlib/inflate.c:763 inflate",
    title: "Heap overflow on a long extra field",
    description: "The extra field of a gzip header is copied past the end of the caller's buffer.",
    recipe: "[oracle]\nkind = 'sanitizer'",
    ids: &["CVE-2022-37434"],
};

const ZLIB_AGAIN: Report = Report {
    package: "crates.io libz-sys",
    weakness: 125,
    place: "zlib/inflate.c:770 inflate",
    title: "Out of bounds access in inflate",
    description: "Feeding the header in two pieces makes the copy length wrap around.",
    recipe: "[oracle]\nkind = 'sanitizer'",
    ids: &[],
};

const MINIMIST_PROTO: Report = Report {
    package: "npm minimist",
    weakness: 1321,
    place: "index.js:70 setKey",
    title: "Options can change the prototype",
    description: "An option with a dotted name reaches the prototype of all objects.",
    recipe: "[trigger]\nargs = ['--__proto__.canary=1']\n[oracle]\nkind = 'canary'",
    ids: &[],
};

const MINIMIST_CONSTRUCTOR: Report = Report {
    package: "npm minimist",
    weakness: 1321,
    place: "index.js:72 setKey",
    title: "Options can change the prototype of functions",
    description: "An option with a dotted name reaches the prototype of all functions.",
    recipe: "[trigger]\nargs = ['--_.concat.constructor.prototype.k=1']\n[oracle]\nkind = 'canary'",
    ids: &[],
};

fn claim(report: &Report) -> Claim {
    let (ecosystem, name) = report.package.split_once(' ').unwrap();
    let (file, rest) = report.place.split_once(':').unwrap();
    let (line, function) = rest.split_once(' ').unwrap();
    Claim {
        package: Some(Package {
            ecosystem: Ecosystem::from(ecosystem.to_owned()),
            name: name.to_owned(),
        }),
        versions: Vec::new(),
        title: report.title.to_owned(),
        description: report.description.to_owned(),
        weakness: Some(Cwe(report.weakness)),
        location: Location {
            file: Some(file.to_owned()),
            function: Some(function.to_owned()),
            line: line.parse().ok(),
        },
        severity: None,
        tooling: Tooling::default(),
        upstream_ids: report.ids.iter().map(|id| (*id).to_owned()).collect(),
        references: Vec::new(),
        attachments: Vec::new(),
    }
}

fn signature(report: &Report) -> Signature {
    Signature::of(&claim(report), report.recipe)
}

#[derive(Debug, PartialEq)]
enum Kind {
    Same,
    Different,
    Unclear,
}

fn kind(relation: &Relation) -> Kind {
    match relation {
        Relation::Same { .. } => Kind::Same,
        Relation::Different { .. } => Kind::Different,
        Relation::Unclear { .. } => Kind::Unclear,
    }
}

fn check(left: &Signature, right: &Signature, expected: Kind, reason: &str) {
    let found = relation(left, right);
    let reasons: Vec<String> = found.reasons().iter().map(Reason::to_string).collect();
    assert_eq!(kind(&found), expected, "{reasons:?}");
    assert!(reasons.iter().any(|text| text == reason), "{reason}: {reasons:?}");
    assert_eq!(relation(right, left), found, "the order must not matter");
}

#[test]
fn the_four_duplicates_join_in_other_words_at_other_lines() {
    for (left, right, reason) in [
        (&SQLPARSE, &SQLPARSE_AGAIN, "both name the function `_process`"),
        (
            &SQLPARSE,
            &SQLPARSE_AGAIN,
            "CWE-400 and CWE-1333 are of one family (algorithmic complexity)",
        ),
        (&INI, &INI_AGAIN, "both proofs go by `__proto__`"),
        (&INI, &INI_AGAIN, "CWE-915 and CWE-1321 are of one family (prototype pollution)"),
        (&TAR, &TAR_AGAIN, "CWE-22 and CWE-59 are of one family (path and link)"),
        (&TAR, &TAR_AGAIN, "both proofs go by a symbolic link"),
        (&ZLIB, &ZLIB_AGAIN, "both name the file `inflate.c`"),
    ] {
        check(&signature(left), &signature(right), Kind::Same, reason);
    }
}

#[test]
fn two_flaws_in_one_function_stay_apart() {
    let (left, right) = (signature(&MINIMIST_PROTO), signature(&MINIMIST_CONSTRUCTOR));
    let roads = "one proof goes by `__proto__`, the other by `constructor.prototype`";
    check(&left, &right, Kind::Different, roads);
    // The wording alone tells them apart as well, when no recipe came with the claims.
    let mut bare = claim(&MINIMIST_PROTO);
    bare.description += " Use __proto__ as first part.";
    check(&Signature::of(&bare, ""), &right, Kind::Different, roads);
    // Two effects of one place, seen by running, are two flaws.
    check(
        &signature(&ZLIB).with_effect("heap-buffer-overflow inflate"),
        &signature(&ZLIB_AGAIN).with_effect("stack-overflow inflate"),
        Kind::Different,
        "running one showed `heap-buffer-overflow inflate`, the other `stack-overflow inflate`",
    );
}

#[test]
fn two_cve_ids_are_never_joined() {
    let with = |ids: &[&str]| {
        let mut claim = claim(&ZLIB);
        claim.upstream_ids = ids.iter().map(|id| (*id).to_owned()).collect();
        Signature::of(&claim, ZLIB.recipe).with_effect("heap-buffer-overflow inflate")
    };
    let one = with(&["CVE-2022-37434"]);
    let differ = "one is known as `CVE-2018-25032`, the other as `CVE-2022-37434`";
    check(&one, &with(&["CVE-2018-25032"]), Kind::Different, differ);
    let mixed = "they share a name, but `CVE-2018-25032` and `CVE-2022-37434` differ";
    check(&one, &with(&["CVE-2018-25032", "CVE-2022-37434"]), Kind::Unclear, mixed);
    let same = "both are known as `CVE-2022-37434`";
    check(&one, &with(&["cve-2022-37434", "GHSA-CFMR-VRGJ-VQWV"]), Kind::Same, same);
    check(&one, &with(&["GHSA-CFMR-VRGJ-VQWV"]), Kind::Same, "both are CWE-787 (memory bounds)");
}

#[test]
fn what_is_not_the_same_place_or_kind_stays_apart() {
    let (sqlparse, parser) = (signature(&SQLPARSE), signature(&SQLPARSE_PARSER));
    let functions = "one names the function `_process`, the other `get_tokens`";
    check(&sqlparse, &parser, Kind::Different, functions);

    let other = Signature { package: signature(&INI).package, ..sqlparse.clone() };
    let packages = "one is about `PyPI/sqlparse`, the other about `npm/ini`";
    check(&sqlparse, &other, Kind::Different, packages);

    let other = Signature { weakness: Some(Cwe(79)), ..signature(&SQLPARSE_AGAIN) };
    let kinds = "CWE-79 and CWE-1333 are different kinds of weakness";
    check(&sqlparse, &other, Kind::Unclear, kinds);

    let other = Signature { oracle: Some("signal".into()), ..signature(&SQLPARSE_AGAIN) };
    let oracles = "one proof is judged by `growth`, the other by `signal`";
    check(&sqlparse, &other, Kind::Unclear, oracles);

    let other = Signature { function: Some("strip".into()), ..signature(&SQLPARSE_AGAIN) };
    let functions = "one names the function `_process`, the other `strip`";
    check(&sqlparse, &other, Kind::Unclear, functions);

    // A finder's second proof looks like the first; another function is another flaw all the same.
    let other = Signature { shape: sqlparse.shape.clone(), file: sqlparse.file.clone(), ..parser };
    let functions = "one names the function `_process`, the other `get_tokens`";
    check(&sqlparse, &other, Kind::Unclear, functions);

    let other = Signature { package: None, ..sqlparse.clone() };
    check(&sqlparse, &other, Kind::Unclear, "one names no package");

    let other = Signature { weakness: None, ..signature(&SQLPARSE_AGAIN) };
    check(&sqlparse, &other, Kind::Unclear, "both name the function `_process`");
}

#[test]
fn one_method_name_in_two_classes_or_files_needs_a_person() {
    let at = |function: &str, file: &str| {
        let mut claim = claim(&SQLPARSE_AGAIN);
        claim.location.function = Some(function.into());
        claim.location.file = Some(file.into());
        Signature::of(&claim, SQLPARSE_AGAIN.recipe)
    };
    let left = signature(&SQLPARSE);
    let other = "one names the function `StripCommentsFilter._process`, the other \
                 `StripWhitespaceFilter._process`";
    check(&left, &at("StripWhitespaceFilter._process", "others.py"), Kind::Unclear, other);
    let wrapper = "both name the function `_process`";
    check(&left, &at("StripComments._process", "others.py"), Kind::Same, wrapper);
    check(&left, &at("filters.others._process", "others.py"), Kind::Same, wrapper);
    let files = "one names the file `others.py`, the other `tokens.py`";
    check(&left, &at("_process", "sqlparse/tokens.py"), Kind::Unclear, files);
    for (effect, expected) in [("growth", Kind::Unclear), ("hang in sub < _process", Kind::Same)] {
        let seen = at("_process", "sqlparse/tokens.py").with_effect(effect);
        let reason = format!("running both showed `{effect}`");
        check(&left.clone().with_effect(effect), &seen, expected, &reason);
    }
}

#[test]
fn functions_and_files_have_one_spelling() {
    for (function, expected) in [
        ("StripCommentsFilter._process", "_process"),
        ("EntryFields::unpack", "unpack"),
        ("Class#method", "method"),
        ("exports.decode(str, opt)", "decode"),
        ("ptr->inflate", "inflate"),
        ("setKey", "setkey"),
        ("a.b.", "b"),
        ("Largest::$emit", "$emit"),
    ] {
        let mut claim = claim(&SQLPARSE);
        claim.location.function = Some(function.into());
        claim.location.file = Some("./Lib/x\\Others.PY".into());
        let signature = Signature::of(&claim, "");
        assert_eq!(signature.function.as_deref(), Some(expected));
        assert_eq!(signature.file.as_deref(), Some("others.py"));
    }
    let mut claim = claim(&SQLPARSE);
    claim.location.function = Some("::".into());
    assert_eq!(Signature::of(&claim, "").function, None);
}

fn all() -> Vec<(u32, Signature)> {
    let reports = [
        &SQLPARSE,
        &INI,
        &TAR,
        &ZLIB,
        &MINIMIST_PROTO,
        &MINIMIST_CONSTRUCTOR,
        &SQLPARSE_PARSER,
        &SQLPARSE_AGAIN,
        &INI_AGAIN,
        &TAR_AGAIN,
        &ZLIB_AGAIN,
    ];
    (1..).zip(reports).map(|(id, report)| (id, signature(report))).collect()
}

#[test]
fn reports_are_grouped_with_their_reasons() {
    let groups = group(&all());
    let members: Vec<&[u32]> = groups.iter().map(|group| group.members.as_slice()).collect();
    assert_eq!(members, [&[1, 8][..], &[2, 9], &[3, 10], &[4, 11], &[5], &[6], &[7]]);
    assert!(groups.iter().all(|g| g.joined.len() == g.members.len() - 1 && g.unclear.is_empty()));
}

#[test]
fn a_chain_never_joins_its_different_ends() {
    let end = |id: &str| {
        let mut claim = claim(&ZLIB);
        claim.upstream_ids = vec![id.to_owned()];
        Signature::of(&claim, ZLIB.recipe)
    };
    let chain =
        [(1, end("CVE-2022-37434")), (2, signature(&ZLIB_AGAIN)), (3, end("CVE-2018-25032"))];
    let groups = group(&chain);
    let members: Vec<&[i32]> = groups.iter().map(|group| group.members.as_slice()).collect();
    assert_eq!(members, [&[1, 2][..], &[3]]);
    assert_eq!(groups[0].unclear.len(), 1, "the barred link is shown to a person");
}

#[test]
fn signatures_and_relations_are_stored() {
    let (left, right) = (signature(&TAR), signature(&TAR_AGAIN));
    let text = serde_json::to_string(&left).unwrap();
    assert_eq!(serde_json::from_str::<Signature>(&text).unwrap(), left);
    let found = relation(&left, &right);
    let text = serde_json::to_string(&found).unwrap();
    assert!(
        text.starts_with(r#"{"same":{"reasons":[{"reason":"same_package","package":"#),
        "{text}"
    );
    assert_eq!(serde_json::from_str::<Relation>(&text).unwrap(), found);
}

proptest! {
    #[test]
    fn groups_do_not_depend_on_the_order(shuffled in Just(all()).prop_shuffle()) {
        prop_assert_eq!(group(&shuffled), group(&all()));
    }

    #[test]
    fn any_text_has_a_signature(
        texts in prop::collection::vec("\\PC{0,30}", 5), recipe in "(\\PC|[\\[\\]=\n'\"]){0,60}",
    ) {
        let mut claim = claim(&ZLIB);
        claim.title = texts[0].clone();
        claim.description = texts[1].clone();
        claim.location.file = Some(texts[2].clone());
        claim.location.function = Some(texts[3].clone());
        claim.upstream_ids = vec![texts[4].clone()];
        let signature = Signature::of(&claim, &recipe);
        let found = relation(&signature, &signature.clone());
        prop_assert!(!matches!(found, Relation::Different { .. }), "{:?}", found);
    }

    #[test]
    fn relations_do_not_depend_on_the_order(
        left in 0usize..11, right in 0usize..11, ids in prop::collection::vec("[A-C]-[12]", 0..4),
        effects in prop::option::of("[ab]"), cut in 0usize..4,
    ) {
        let mut signatures = all();
        let cut = cut.min(ids.len());
        signatures[left].1.identifiers = ids[..cut].iter().cloned().collect();
        signatures[right].1.identifiers = ids[cut..].iter().cloned().collect();
        signatures[left].1.effect = effects;
        let (a, b) = (&signatures[left].1, &signatures[right].1);
        prop_assert_eq!(relation(a, b), relation(b, a));
    }
}
