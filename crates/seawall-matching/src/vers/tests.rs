//! Tests of VERS ranges.

use super::*;
use proptest::prelude::*;

fn check_parse(text: &str, expected: Result<&str, &str>) {
    let found = Range::parse(text).map(|range| range.to_string());
    assert_eq!(
        found.map_err(|fault| fault.to_string()).as_deref().map_err(String::as_str),
        expected,
        "{text}"
    );
}

#[test]
fn canonical_ranges_read_back_as_they_are() {
    for text in [
        "vers:npm/1.2.3|>=2.0.0|<5.0.0",
        "vers:gem/>=2.2.0|!=2.2.1|<2.3.0",
        "vers:pypi/0.0.0|0.0.1|0.0.2|0.0.3|1.0|2.0pre1",
        "vers:tomee/>=1.0.0-beta1|<=1.7.5|>=7.0.0-M1|<=7.0.7|>=7.1.0|<=7.1.2|>=8.0.0-M1|<=8.0.1",
        "vers:deb/*",
        "vers:all/*",
        "vers:none/*",
        "vers:deb/>=2:4.13.1|<3:1.1.25~",
        "vers:lexicographic/a%25b|a%7Cb|%C3%A9",
        "vers:datetime/>=2024-01-01T00:00:00Z|<2024-01-01T00:00:00-05:00",
    ] {
        check_parse(text, Ok(text));
    }
    check_parse("vers:deb/1%3A2.0", Ok("vers:deb/1:2.0"));
}

#[test]
fn everything_else_is_refused_with_its_rule() {
    for (text, expected) in [
        ("vers:npm/ 1.0", "non-canonical VERS: whitespace is not permitted"),
        ("vers:npm/1.0\n", "non-canonical VERS: whitespace is not permitted"),
        ("vers:npm/1.é", "non-canonical VERS: only printable ASCII characters are permitted"),
        ("npm/1.0", "cannot read `npm/1.0` as VERS: it has no scheme"),
        ("pkg:npm/1.0", "cannot read `pkg:npm/1.0` as VERS: its scheme is not `vers`"),
        ("VERS:npm/1.0", "non-canonical VERS: the scheme must be lowercase"),
        ("vers:NPM/1.0", "non-canonical VERS: the type must be lowercase"),
        ("vers:npm", "cannot read `vers:npm` as VERS: it has no constraints"),
        ("vers:npm/", "cannot read `vers:npm/` as VERS: it has no constraints"),
        ("vers:1npm/1", "cannot read `vers:1npm/1` as VERS: its type does not begin with a letter"),
        (
            "vers:n%70m/1",
            "cannot read `vers:n%70m/1` as VERS: its type has other characters than letters, \
             digits, `.` and `-`",
        ),
        ("vers:nothing/1.0", "cannot order versions of unknown VERS type `nothing`"),
        ("vers:npm/|1.0", "non-canonical VERS: leading pipe is not permitted"),
        ("vers:npm/1.0|", "non-canonical VERS: trailing pipe is not permitted"),
        ("vers:npm/1.0||2.0", "non-canonical VERS: consecutive pipes are not permitted"),
        (
            "vers:npm/*|1.0",
            "cannot read `vers:npm/*|1.0` as VERS: `*` stands alone, and percent-encoded in a \
             version",
        ),
        ("vers:npm/>=", "cannot read `vers:npm/>=` as VERS: a constraint has no version"),
        (
            "vers:npm/=1.0",
            "cannot read `vers:npm/=1.0` as VERS: a version has a comparator that is not \
             percent-encoded",
        ),
        (
            "vers:none/1.0",
            "cannot read `vers:none/1.0` as VERS: a range of this type holds `*` and nothing else",
        ),
        ("vers:npm/1.0%2", "non-canonical VERS: invalid percent-encoding in version"),
        ("vers:npm/1.0%FF", "non-canonical VERS: invalid percent-encoding in version"),
        ("vers:npm/1.0%2f1", "non-canonical VERS: non-canonical percent-encoding in version"),
        ("vers:npm/1%2E0", "non-canonical VERS: non-canonical percent-encoding in version"),
        ("vers:npm/2.0|1.0", "non-canonical VERS: constraints are not sorted by version"),
        ("vers:npm/>=1.0|!=1.0.0", "non-canonical VERS: duplicate version"),
        ("vers:npm/1.0|!=1.5|<2.0", "non-canonical VERS: `=` is followed by `<` or `<=`"),
        ("vers:npm/>1.0|>2.0", "non-canonical VERS: lower and upper bounds do not alternate"),
        ("vers:npm/>1.0|1.5|>=2.0", "non-canonical VERS: lower and upper bounds do not alternate"),
        ("vers:npm/<1.0|<=2.0", "non-canonical VERS: lower and upper bounds do not alternate"),
        (
            "vers:datetime/2024-02-30T00:00:00Z",
            "cannot read `2024-02-30T00:00:00Z` as a version of VERS type `datetime`",
        ),
        (
            "vers:datetime/2024-01-01T00:00:00z",
            "non-canonical VERS: datetime must use uppercase T and Z",
        ),
    ] {
        check_parse(text, Err(expected));
    }
    let long = format!("vers:npm/{}", "1".repeat(RANGE_BYTES_MAX));
    assert!(matches!(Range::parse(&long), Err(Fault::Syntax { reason: "it is too long", .. })));
}

#[test]
fn a_range_is_read_however_it_is_spelt() {
    for (text, ordered, simplified) in [
        ("VERS:NPM/ 2.0 | =1.0 |", "vers:npm/1.0|2.0", "vers:npm/1.0|2.0"),
        ("vers:pypi/>2|>=1|3|<4|<=5|!=0", "vers:pypi/!=0|>=1|>2|3|<4|<=5", "vers:pypi/!=0|>=1|<=5"),
        ("vers:npm/>1|<3|>=1", "vers:npm/>1|>=1|<3", "vers:npm/>=1|<3"),
        ("vers:npm/1|1.0|<3", "vers:npm/1|1.0|<3", "vers:npm/<3"),
        ("vers:npm/>1|>1.0", "vers:npm/>1|>1.0", "vers:npm/>1"),
        ("vers:npm/!=1|!=2", "vers:npm/!=1|!=2", "vers:npm/!=1|!=2"),
        ("vers:npm/*", "vers:npm/*", "vers:npm/*"),
    ] {
        let range = Range::read(text).unwrap();
        assert_eq!(range.to_string(), ordered, "{text}");
        assert_eq!(range.simplified().to_string(), simplified, "{text}");
    }
    let parts = [(Comparator::Less, "2"), (Comparator::Greater, "1"), (Comparator::Less, "2.0")];
    let parts = parts.map(|(comparator, version)| (comparator, version.to_owned()));
    assert_eq!(Range::build("npm", parts.to_vec()).unwrap().to_string(), "vers:npm/>1|<2");
}

#[test]
fn containment_follows_the_signposts() {
    for (text, inside, outside) in [
        ("vers:npm/1.2.3|>=2.0.0|<5.0.0", "1.2.3 v1.2.3 2.0.0 4.9.9 5.0.0-rc1", "1.2.4 1.9 5.0.0"),
        ("vers:npm/<1|>2|!=3|<=4|>5", "0 2.1 4 6", "1 2 3 5 4.1"),
        ("vers:npm/!=1", "0 2", "1 1.0.0"),
        ("vers:npm/!=1|!=2", "0 1.5 3", "1 2.0"),
        ("vers:npm/1|!=2", "1", "0 2 3"),
        ("vers:npm/>=1|>=2|<3|<4", "1 2 3", "0 4"),
        ("vers:npm/>=1|!=1", "2", "0 1"),
        ("vers:npm/>1|1", "1 2", "0"),
        ("vers:npm/*", "0 latest", ""),
        ("vers:all/*", "0 latest", ""),
        ("vers:none/*", "", "0 latest"),
        ("vers:alpm/>=1.0|<=1.5", "1.0-1 1.5-7 1.5", "1.5.1-1 0.9"),
        ("vers:alpm/1.5-2", "1.5-2 1.5", "1.5-1"),
        ("vers:lexicographic/>=a%25|<b", "a%", "a b"),
    ] {
        let range = Range::read(text).unwrap();
        for (versions, expected) in [(inside, true), (outside, false)] {
            for version in versions.split_whitespace() {
                assert_eq!(range.contains(version), expected, "{version} in {text}");
            }
        }
    }
}

#[test]
fn versions_are_sorted_and_compared_by_type() {
    let sorted = |kind: &str, versions: &str| {
        let versions: Vec<String> = versions.split(' ').map(str::to_owned).collect();
        sort(kind, &versions).map(|versions| versions.join(" "))
    };
    for (kind, versions, expected) in [
        ("deb", "1.0 1.0~rc1 1:0.1", "1.0~rc1 1.0 1:0.1"),
        ("nuget", "1.0.0-BETA+AA 01.0.0.0 1", "1.0.0-beta+AA 1.0.0 1.0.0"),
        ("gentoo", "1.0-r0 1.0 1_p", "1_p 1.0-r0 1.0"),
    ] {
        assert_eq!(sorted(kind, versions).as_deref(), Ok(expected));
    }
    assert_eq!(sorted("what", "1"), Err(Fault::UnknownType("what".to_owned())));
    for (kind, left, right, expected) in [
        ("nuget", "1.0", "1.0.0.0+x", true),
        ("alpm", "1.5-2", "1.5", true),
        ("alpm", "1.5-2", "1.5-1", false),
        ("deb", "1.0", "1.0-0", true),
        ("hackage", "1.0", "1.0.0", false),
    ] {
        assert_eq!(equal(kind, left, right), Ok(expected), "{kind} {left} {right}");
    }
}

fn check_native(vers_type: &str, cases: &[(&str, &str)]) {
    for (range, expected) in cases {
        let found = from_native(vers_type, range);
        let found = found.map(|text| {
            text.strip_prefix(&format!("vers:{vers_type}/")).map(str::to_owned).unwrap_or(text)
        });
        let expected = match expected.strip_prefix("fault: ") {
            Some(reason) => Err(Fault::Native {
                text: (*range).to_owned(),
                vers_type: vers_type.to_owned(),
                reason: Box::leak(reason.to_owned().into_boxed_str()),
            }),
            None => Ok((*expected).to_owned()),
        };
        assert_eq!(found, expected, "{vers_type} {range}");
    }
}

#[test]
fn native_ranges_become_signposts() {
    check_native(
        "npm",
        &[
            ("", "*"),
            ("1.x", ">=1.0.0|<2.0.0"),
            ("1.2.*", ">=1.2.0|<1.3.0"),
            (">=1.x", ">=1.0.0"),
            ("<= 1.x", "<2.0.0"),
            ("> 1.2.x", ">=1.3.0"),
            ("~1", ">=1.0.0|<2.0.0"),
            ("~1.2", ">=1.2.0|<1.3.0"),
            ("~> 1.2.3", ">=1.2.3|<1.3.0"),
            ("~1.2.3-b.2", ">=1.2.3-b.2|>=1.2.3|<1.2.4|<1.3.0"),
            ("^0", ">=0.0.0|<1.0.0"),
            ("^0.0", ">=0.0.0|<0.1.0"),
            ("^0.0.3", ">=0.0.3|<0.0.4"),
            ("1.2.3 - 2.3.4", ">=1.2.3|<=2.3.4"),
            ("1.2 - 2.3 || 5", ">=1.2.0|<2.4.0|5.0.0"),
            (">=1.0<2.0", ">=1.0.0|<2.0.0"),
            ("<=1.0.0beta1", "<=1.0.0-beta1"),
            (">=", "fault: a comparison has no version"),
            ("^18446744073709551615", "fault: a number has no next one"),
            ("banana", "fault: a version does not begin with numbers"),
        ],
    );
    check_native(
        "conan",
        &[("[>1 <2.0]", ">1|<2.0"), ("^0.0", ">=0.0|<0.1-"), ("~1.2 || 3", ">=1.2|<1.3-|3")],
    );
    check_native(
        "pypi",
        &[
            (">=1.0.0RC1, <2", ">=1.0.0rc1|<2"),
            ("~=2.2", ">=2.2|<3.dev0"),
            ("~=1.4.5.post1", ">=1.4.5.post1|<1.5.dev0"),
            ("==2.*", ">=2.dev0|<3.dev0"),
            ("!=2.*", "<2.dev0|>=3.dev0"),
            (">1,!=2.*", "fault: `.*` stands behind another operator than `==`"),
            ("==1!2.0", "1%212.0"),
            ("", "*"),
            ("1.0", "fault: it has an unknown operator"),
        ],
    );
    check_native(
        "gem",
        &[("(>= 1.0.1, ~> 1.0)", ">=1.0|>=1.0.1|<2"), ("~> 1", ">=1|<2"), ("", ">=0")],
    );
    check_native(
        "nuget",
        &[
            ("1.0", ">=1.0.0"),
            ("[1.0]", "1.0.0"),
            ("(,1.0],[1.2,)", "<=1.0.0|>=1.2.0"),
            ("(1.0,2.0-Beta)", ">1.0.0|<2.0.0-beta"),
            ("(1.0)", "fault: a single version stands in square brackets"),
            ("[1.0", "fault: an interval does not end"),
        ],
    );
    check_native(
        "maven",
        &[
            ("[1.0,2.0),(3,]", ">=1.0|<2.0|>3"),
            (">= 2.13.0, < 2.16.0", ">=2.13.0|<2.16.0"),
            ("(,)", "*"),
        ],
    );
    check_native(
        "nginx",
        &[
            ("all", "*"),
            ("0.7.52-0.8.39", ">=0.7.52|<=0.8.39"),
            ("nginx/Windows 0.7.52-1.3.0", ">=0.7.52|<=1.3.0"),
            ("1.22.0+", ">=1.22.0|<1.23.0"),
            ("none", "fault: it holds no version"),
        ],
    );
    check_native(
        "deb",
        &[
            ("libc6 (>> 2:2.36~rc1), libc6 (<< 2:3)", ">2:2.36~rc1|<2:3"),
            ("1 (", "fault: it has no comparison"),
            (",", "fault: it has no comparison"),
        ],
    );
    check_native("rpm", &[("> 2.23, <> 3", ">2.23|!=3")]);
    check_native(
        "cargo",
        &[
            ("1.2.3", ">=1.2.3|<2.0.0"),
            ("0.2", ">=0.2.0|<0.3.0"),
            ("=1.*", ">=1.0.0|<2.0.0"),
            (">=1, <1.5", ">=1.0.0|<1.5.0"),
            ("~1", ">=1.0.0|<2.0.0"),
        ],
    );
    check_native(
        "composer",
        &[
            ("^1.2 || ~2.0.3", ">=1.2|<2|>=2.0.3|<2.1"),
            ("1.0 - 2.0", ">=1.0|<2.1"),
            ("1.0.*", ">=1.0|<1.1"),
            (">=1.0@dev,<2", ">=1.0|<2"),
        ],
    );
    check_native("hex", &[("~> 2.1 or ~> 3.0.1", ">=2.1.0|<3.0.0|>=3.0.1|<3.1.0")]);
    check_native(
        "hackage",
        &[("^>=1.2.3 && <2", ">=1.2.3|<1.3|<2"), ("==1.2.*", ">=1.2|<1.3"), ("^>=1", ">=1|<1.1")],
    );
    check_native(
        "pub",
        &[("any", "*"), ("^0.1.2", ">=0.1.2|<0.2.0"), ("'>=1.0.0 <2.0.0'", ">=1.0.0|<2.0.0")],
    );
    check_native(
        "golang",
        &[
            (">=1.0 <2.0 || >=3", ">=1.0|<2.0|>=3"),
            ("*", "*"),
            ("~1", "fault: it has an unknown operator"),
        ],
    );
    check_native("openssl", &[("3.0.0, 1.0.1B", "1.0.1b|3.0.0")]);
    let long = "1 ".repeat(NATIVE_BYTES_MAX);
    assert!(matches!(from_native("npm", &long), Err(Fault::Native { .. })));
    assert_eq!(from_native("all", "").as_deref(), Ok("vers:all/*"));
    assert!(matches!(from_native("datetime", ">=0.3g"), Err(Fault::Version { .. })));
    assert!(matches!(from_native("what", "1"), Err(Fault::UnknownType(_))));
}

fn any_type() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "npm",
        "pypi",
        "deb",
        "rpm",
        "apk",
        "alpm",
        "gem",
        "maven",
        "nuget",
        "conan",
        "composer",
        "cargo",
        "hex",
        "hackage",
        "pub",
        "nginx",
        "openssl",
        "generic",
        "datetime",
        "intdot",
        "lexicographic",
        "golang",
        "gentoo",
        "all",
        "none",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn no_text_stops_the_readers(text in "(vers:[a-z]{3,4}/)?[ -~\\PC]{0,20}", kind in any_type()) {
        let _ = Range::parse(&text);
        let _ = Range::read(&text);
        let _ = from_native(kind, &text);
        let _ = from_native(kind, &text.replace(|c: char| !"<>=~^ 0123.x*-,[]()".contains(c), ""));
    }

    #[test]
    fn what_is_written_reads_back(
        kind in any_type(),
        parts in prop::collection::vec(
            (
                prop::sample::select(vec![
                    Comparator::Less,
                    Comparator::LessOrEqual,
                    Comparator::Equal,
                    Comparator::NotEqual,
                    Comparator::Greater,
                    Comparator::GreaterOrEqual,
                ]),
                "[0-9](\\.[0-9]){0,2}|[!-~é]{1,4}",
            ),
            1..6,
        ),
        version in "[0-9](\\.[0-9]){0,2}",
    ) {
        prop_assume!(!matches!(kind, "all" | "none" | "datetime"));
        let range = Range::build(kind, parts).unwrap();
        let again = Range::read(&range.to_string()).unwrap();
        prop_assert_eq!(&again, &range);
        let simple = range.simplified();
        prop_assert_eq!(&simple.simplified(), &simple);
        let unequal = range.constraints.windows(2).all(|pair| pair[0].key != pair[1].key);
        if unequal {
            prop_assert_eq!(simple.contains(&version), range.contains(&version));
            prop_assert!(Range::parse(&simple.to_string()).is_ok(), "{simple}");
        }
    }
}
