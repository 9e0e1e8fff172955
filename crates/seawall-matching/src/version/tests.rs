//! Tests of version order.

use super::*;
use proptest::prelude::*;

fn check(ecosystem: &Ecosystem, line: &str) {
    let versions: Vec<&str> = line.split_whitespace().collect();
    for window in versions.windows(3).step_by(2) {
        let expected = match window[1] {
            "<" => Ordering::Less,
            "=" => Ordering::Equal,
            other => panic!("unknown sign {other}"),
        };
        let (left, right) = (window[0].into(), window[2].into());
        assert_eq!(compare(ecosystem, &left, &right), expected, "{left} {right}");
        assert_eq!(compare(ecosystem, &right, &left), expected.reverse(), "{right} {left}");
    }
}

#[test]
fn each_ecosystem_has_its_order() {
    for (ecosystems, lines) in [
        (
            &["PyPI"][..],
            &[
                "1.0.dev1 < 1.0a1.dev1 < 1.0a1 < 1.0a2 < 1.0b1 < 1.0rc1 < 1.0 = 1.0.0 = v1.0",
                "1.0 < 1.0+a < 1.0+local = 1.0+LOCAL < 1.0+local.1 < 1.0+5 < 1.0.post1.dev1",
                "1.0.post1.dev1 < 1.0.post1 = 1.0-1 = 1.0_r1 < 1.0.post1+a < 1.1.dev1",
                "2004d < 1!0 < 1!1",
                "0.1-bulbasaur < 0.1-charmander < 0.0.1",
                "0.9c1 = 0.9rc1 = 0.9-preview_1 < v0.9 = 0.9 < 0.9.99999999999999999999999",
                "latest < 1.0-x < 0.dev0",
            ][..],
        ),
        (
            &["npm", "crates.io", "Go", "Hex", "SwiftURL", "Julia", "Bitnami", "GitHub Actions"],
            &[
                "1.0.0-alpha < 1.0.0-alpha.1 < 1.0.0-beta.2 < 1.0.0-beta.11 < 1.0.0-rc.1 < 1.0.0",
                "1.0.0-1 < 1.0.0-a < 1.0.0 = v1.0.0 = 1.0.0+build = 1.0 < 1.0.0.1 < 1.0.1 < 1.0.10",
                "latest < 0.0.0-0 < 0.0.0",
                "1.0.99999999999999999999998 < 1.0.99999999999999999999999",
                "v0.0.0-20190101000000-abcdef123456 < v0.0.0-20200101000000-abcdef123456 < v0.0.1",
                "v2.0.0+incompatible = v2.0.0 < v2.0.1-0.20200101000000-abcdef123456 < v2.0.1",
                "1.255.0 < 1.256.0 < 1.65535.0 < 1.65536.0 < 1.18446744073709551615 \
                 < 1.18446744073709551616",
            ],
        ),
        (&["Pub"], &["1.0.0-a < 1.0.0-a+1 < 1.0.0 < 1.0.0+1 < 1.0.0+2 < 1.0.0+a < 1.0.1"]),
        (
            &["NuGet"],
            &[
                "1.0.0-Alpha = 1.0.0-alpha < 1.0.0-beta.2 < 1.0.0-BETA.11 < 1.0 = 1.0.0.0+x",
                "1.0 < 1.0.0.1-a < 1.0.0.1 < 1.0.1",
            ],
        ),
        (
            &["Debian", "Debian:12", "Ubuntu:22.04:LTS", "Echo"],
            &[
                "1.0~~ < 1.0~~a < 1.0~ < 1.0~rc1-1 < 1.0 = 1.0-0 = 0:1.0 < 1.0-1 < 1.0-1+deb12u1",
                "9.9-9 < 1:0.1-1 < 2:0",
                "1.2.11.dfsg-1 < 1:1.2.11.dfsg-2+deb11u1 < 1:1.2.11.dfsg-2+deb11u2 \
                 < 1:1.2.13.dfsg-1",
                "1.0a < 1.0+ < 1.0.1",
            ],
        ),
        (&["opam"], &["0~a < 0 < 0.9~beta1 < 0.9 = 0.09 < 0.9a < 0.9.1-2 < 0.10"]),
        (
            &["Red Hat", "AlmaLinux:9", "openSUSE:Leap 15.5", "Photon OS:5.0", "Azure Linux:3"],
            &[
                "1.0~rc1 < 1.0 < 1.0^git1~a < 1.0^git1 < 1.0a < 1.0.1 = 1.0_1 = 1.0.01 < 1:0",
                "1.0 < 1.0-1 < 1.0-1.el7 < 1.0-2 < 1.0.1-1",
                "xyz.4 < 2 < 2.0.1 < 2.0.1a < 2.0.1.1 < 1:1 < 2:0",
            ],
        ),
        (
            &["Alpine:v3.20", "Wolfi", "Chainguard", "MinimOS", "BellSoft Hardened Containers"],
            &[
                "1.0_alpha < 1.0_alpha2 < 1.0_beta < 1.0_pre1 < 1.0_rc1 < 1.0 < 1.0-r0 < 1.0-r1",
                "1.0-r1 < 1.0_git1 < 1.0_p1 < 1.0_p1-r1 < 1.0a < 1.0b < 1.0.00 < 1.0.0 < 1.0.01",
                "1.0.01 < 1.0.1 < 1.0.10 < 1.1 < 1.10 < 2",
                "1.2_blah < 1.2 < 1.2_p1 < 1.2b",
            ],
        ),
        (
            &["Maven"],
            &[
                "1-alpha-1 = 1a1 < 1-beta-1 < 1-m2 < 1-rc1 = 1-CR1 < 1-SNAPSHOT < 1 = 1.0.0 = 1.ga",
                "1 < 1-sp < 1-sp-2 < 1-foo < 1-foo2 < 1-foo10 < 1-1 = 1-ga-1 < 1.1",
                "1.rc2 < 1-rc1 < 1.0.alpha < 1 < 1.foo < 1-bar < 1-1 < 1.0.foo < 1.0.0.foo < 1.0.1",
                "1.final.alpha < 1.0 < 1.0.1 < 1.99999999999999999999999",
            ],
        ),
        (
            &["RubyGems"],
            &[
                "1.0.a < 1.0.a.2 = 1.0.a2 = 1.a2 < 1.0.b < 1.0.pre.1 = 1.0-1 < 1.0 = 1 < 1.0.0.1",
                "1.a.0.b < 1.a < 1.a.0.1",
                "foo < 0.a",
            ],
        ),
        (
            &["Packagist"],
            &[
                "dev-main < dev-zeta < 1.0-stable = 1.0-foo < 1.0-dev < 1.0a1 = 1.0-alpha.1",
                "1.0-alpha.1 < 1.0b1 < 1.0RC1 = 1.0rc1",
                "1.0RC1 < v1.0 = V1.0 = 1.0+x < 1.0.0 < 1.0.1 < 1.0-p1 = 1.0pl1 < 1.1",
            ],
        ),
        (&["CRAN", "Bioconductor"], &["x < 0.1 < 0.1-1 = 0.1.1 < 0.1-10 < 1.9 < 1.9.0"]),
        (&["Hackage", "GHC"], &["1.0-rc < 0.1 < 0.1.0 < 0.2 < 0.10"]),
        (
            &["ConanCenter"],
            &[
                "1.0- < 1.0-alpha.3 < 1.0-alpha.22 < 1.0-alpha.22+b1 < 1 = 1.0.0 < 1.0+b1",
                "1.0+b1 < 1.0+b10 < 1.0.1 < 1.1 < 1.1.a < 1.1a < 1.9 < 1.10 < 2 < cci.20200203",
            ],
        ),
        (&["FreeBSD:14"], &["1.2 = 1.2_0 < 1.2_1 < 1.2_10 < 1.2.1 < 1.0,1 < 1.0_1,1 < 0.1,2"]),
        (
            &["Generic", "Linux", "OSS-Fuzz", "something else"],
            &[
                "1.1.1 < 1.1.1a < 1.1.1k < 1.1.2",
                "1.0-alpha < 1.0-beta1 < 1.0-rc1 < 1.0 = 1_0 = 01.00 < 1.0.0 < 1.0.1 < 1.9 < 1.10",
                "2.0~rc < 2.0 < 2.0p1",
            ],
        ),
        (&["alpm"], &["1.5b < 1.5 = 1.5-1 < 1.5-2 < 1.5.b < 1.5.1 < 0:2 = 2 < 1:0"]),
        (
            &["gentoo"],
            &[
                "1_alpha < 1_beta3 < 1_pre < 1_rc1 < 1 = 1-r0 < 1-r1 < 1_p = 1_p0 < 1_p1 < 1b",
                "1b < 1b_p < 1.0",
                "1.0 < 1.01 < 1.010000001 < 1.1 < 1.10",
            ],
        ),
        (&["openssl"], &["1.0.2-beta1 < 1.0.2 < 1.0.2k = 1.0.2k-fips < 1.0.2za < 1.1.1 < 3.0.0"]),
        (
            &["cpan"],
            &[
                "00 = v0 = 0.00 < 0.9",
                "0.999 < v1 = 1.0 < 1.001 = v1.1 < 1.02 = v1.20 = 1.020 < 1.2 = v1.200",
            ],
        ),
        (&["intdot"], &["1.2 = 1.02 = 1.2.0 = 1.2rc1 < 1.10 < 1.10.0.1"]),
        (
            &["datetime"],
            &[
                "0000-01-01T00:00:00+01:00 < 1999-12-31T23:59:60Z < 2000-01-01T00:00:00.5Z",
                "2000-02-28T23:59:59Z < 2000-02-29T00:00:00Z = 2000-02-28T23:00:00.00-01:00 \
                 < 2000-03-01T00:00:00+23:59 < 2000-03-01T00:00:00Z",
                "1900-02-29T00:00:00Z < 0000-01-01T00:00:00Z",
            ],
        ),
        (&["lexicographic"], &["A < a < aa < b"]),
    ] {
        for ecosystem in ecosystems {
            let ecosystem = Ecosystem::from((*ecosystem).to_owned());
            lines.iter().for_each(|line| check(&ecosystem, line));
        }
    }
}

#[test]
fn every_ecosystem_of_the_schema_has_a_rule() {
    let natural: Vec<&str> = Listed::ALL
        .iter()
        .filter(|listed| Scheme::of(&Ecosystem::Listed(**listed, None)) == Scheme::Natural)
        .map(|listed| listed.name())
        .collect();
    let expected = ["Android", "Docker Hardened Images", "Linux", "OSS-Fuzz", "Root", "TuxCare"];
    assert_eq!(natural, expected);
    for (name, expected) in [
        ("Root:Alpine:3.18", Scheme::Apk),
        ("Root:PyPI", Scheme::Pep440),
        ("TuxCare:Root:Alpine", Scheme::Natural),
        ("Echo:PyPI", Scheme::Pep440),
        ("Echo", Scheme::Debian),
    ] {
        assert_eq!(Scheme::of(&Ecosystem::from(name.to_owned())), expected, "{name}");
    }
    for scheme in Scheme::ALL {
        assert_eq!(Scheme::named(scheme.name()), Some(scheme));
    }
}

#[test]
fn only_versions_are_compared_when_asked_for_versions() {
    for (ecosystem, left, right, expected) in [
        ("PyPI", "1.0", "1.0rc1", Ok(Ordering::Greater)),
        ("PyPI", "1.0", "latest", Err("cannot read `latest` as a version of PyPI")),
        ("npm", "1.x", "1.0.0", Err("cannot read `1.x` as a version of npm")),
        ("Debian", "1.0-1", "1.0-2", Ok(Ordering::Less)),
        ("Debian", "", "1.0-2", Err("cannot read `` as a version of Debian")),
        ("RubyGems", "1.0", "1.0.0", Ok(Ordering::Equal)),
    ] {
        let ecosystem = Ecosystem::from(ecosystem.to_owned());
        let found = compare_read(&ecosystem, &left.into(), &right.into());
        assert_eq!(found.map_err(|error| error.to_string()), expected.map_err(str::to_owned));
    }
    let long = compare_read(&Ecosystem::Npm, &Version("é".repeat(500)), &"1".into());
    assert!(long.is_err_and(|error| error.to_string().chars().count() < 120));
}

#[test]
fn pre_releases_are_told_from_releases() {
    for (ecosystem, version, expected) in [
        ("PyPI", "2.0rc1", true),
        ("PyPI", "2.0.dev0", true),
        ("PyPI", "2.0.post1", false),
        ("npm", "2.0.0-beta.1", true),
        ("npm", "2.0.0+build-1", false),
        ("crates.io", "0.4.0", false),
        ("Debian", "2.0~rc1-1", true),
        ("Debian:12", "2.0-1~bpo12", false),
        ("Generic", "2.0-rc1", true),
        ("Generic", "1.1.1k", false),
    ] {
        let found = is_prerelease(&Ecosystem::from(ecosystem.to_owned()), &version.into());
        assert_eq!(found, expected, "{ecosystem} {version}");
    }
}

fn any_scheme() -> impl Strategy<Value = Scheme> {
    prop::sample::select(Scheme::ALL.to_vec())
}

fn any_version() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{1,2}(\\.[0-9]{1,2}){0,3}((a|b|rc|\\.dev|\\.post|-|~|\\+|-rc\\.)[0-9]?)?",
        "[0-2a-c.:~^+_-]{0,7}",
        "[01](\\.0|-0|\\.ga|-ga|\\.1|-1|\\.alpha|-alpha|\\.sp|-sp|\\.x|a|_rc|_p|-r){0,4}",
        "[0-9]{15,24}(\\.[0-9]{19,21})?",
        "[0-9]{4}-0[12]-[0-2][0-9]T0[01]:00:[0-5]0(\\.[0-9]{0,2})?(Z|[+-]0[01]:[03]0)",
        "\\PC{0,6}",
        "[\\x00-\\x03 1.a\u{1F600}]{0,5}",
    ]
}

fn any_pep440() -> impl Strategy<Value = String> {
    let release = "(0!|1!)?[01](\\.[0-2]){0,3}";
    let pre = "([-._]?(a|b|rc|c|pre|alpha)[-._]?[0-2]?)?";
    let post = "(\\.?(post|r|rev)[0-2]?|-[0-2])?";
    (release, pre, post, "([-._]?dev[0-2]?)?(\\+[a0](\\.[b1])?)?")
        .prop_map(|(release, pre, post, rest)| release + &pre + &post + &rest)
}

/// Whether dpkg agrees.
fn dpkg_says(left: &str, order: Ordering, right: &str) -> bool {
    let relation = match order {
        Ordering::Less => "lt",
        Ordering::Equal => "eq",
        Ordering::Greater => "gt",
    };
    let words = ["--compare-versions", left, relation, right];
    let asked = std::process::Command::new("dpkg").args(words).status();
    asked.is_ok_and(|status| status.success())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn no_key_begins_another(
        scheme in any_scheme(),
        a in any_version(),
        b in any_version(),
    ) {
        let (a, b) = (Key::by(scheme, &a), Key::by(scheme, &b));
        if scheme != Scheme::Lexicographic && a != b {
            prop_assert!(!a.bytes().starts_with(b.bytes()), "{a:?} {b:?}");
        }
        if a == b {
            prop_assert_eq!(a.is_prerelease(), b.is_prerelease());
        }
    }

    #[test]
    fn the_order_is_total(
        scheme in any_scheme(),
        a in any_version(),
        b in any_version(),
        c in any_version(),
    ) {
        let order = |left: &str, right: &str| Key::by(scheme, left).cmp(&Key::by(scheme, right));
        prop_assert_eq!(order(&a, &a), Ordering::Equal);
        prop_assert_eq!(order(&a, &b), order(&b, &a).reverse());
        if order(&a, &b).is_le() && order(&b, &c).is_le() {
            prop_assert!(order(&a, &c).is_le(), "{} {} {}", a, b, c);
        }
        if order(&a, &b).is_eq() {
            prop_assert_eq!(order(&a, &c), order(&b, &c));
        }
    }

    #[test]
    fn sorting_ignores_the_order_of_the_input(
        scheme in any_scheme(),
        mut versions in prop::collection::vec(any_version().prop_map(Version), 0..8),
    ) {
        let ecosystem = Ecosystem::Unknown(scheme.name().to_owned());
        let mut other = versions.clone();
        other.reverse();
        sort(&ecosystem, &mut versions);
        sort(&ecosystem, &mut other);
        prop_assert_eq!(versions, other);
    }

    #[test]
    fn semantic_order_is_that_of_the_semver_crate(
        left in "[0-9]{1,2}\\.[0-9]\\.[0-9](-[0-9a-z]{1,2}(\\.[0-9a-z]{1,2})?)?(\\+b)?",
        right in "[0-9]{1,2}\\.[0-9]\\.[0-9](-[0-9a-z]{1,2}(\\.[0-9a-z]{1,2})?)?(\\+b)?",
    ) {
        if let (Ok(a), Ok(b)) =
            (semver::Version::parse(&left), semver::Version::parse(&right))
        {
            let found = compare(&Ecosystem::Npm, &Version(left), &Version(right));
            prop_assert_eq!(found, a.cmp_precedence(&b));
        }
    }

    #[test]
    fn debian_order_is_that_of_the_debversion_crate(
        left in "([0-9]:)?[0-9][0-9a-b.+~]{0,5}(-[0-9a-b.+~]{1,3})?",
        right in "([0-9]:)?[0-9][0-9a-b.+~]{0,5}(-[0-9a-b.+~]{1,3})?",
    ) {
        if let (Ok(a), Ok(b)) =
            (left.parse::<debversion::Version>(), right.parse::<debversion::Version>())
        {
            let ours = Version(left.clone());
            let found = compare(&Ecosystem::Debian(None), &ours, &Version(right.clone()));
            // The crate tells `0~0` from `0~`, which deb-version(7) does not: where they differ,
            // dpkg itself is asked.
            prop_assert!(found == a.cmp(&b) || dpkg_says(&left, found, &right), "{found:?}");
        }
    }

    #[test]
    fn pypi_order_is_that_of_the_pep440_crate(
        left in any_pep440(),
        right in any_pep440(),
    ) {
        if let (Ok(a), Ok(b)) =
            (left.parse::<pep440_rs::Version>(), right.parse::<pep440_rs::Version>())
        {
            prop_assert_eq!(pep440::canonical(&left), Some(a.to_string()));
            let (left, right) = (Key::by(Scheme::Pep440, &left), Key::by(Scheme::Pep440, &right));
            prop_assert!(left.is_read() && right.is_read());
            prop_assert_eq!(left.cmp(&right), a.cmp(&b));
            prop_assert_eq!(left.is_prerelease(), a.any_prerelease());
        }
    }
}
