use super::*;
use proptest::prelude::*;

/// Reads `input` and expects `ecosystem|name|version|canonical`, or `fault`.
#[track_caller]
fn check(input: &str, expected: &str) {
    let found = match read(input) {
        Ok((package, version, _)) => {
            let shown = version.as_ref().map_or("", |version| version.0.as_str());
            let canonical = write(&package, version.as_ref());
            format!("{}|{}|{shown}|{canonical}", package.ecosystem, package.name)
        }
        Err(_) => "fault".to_owned(),
    };
    assert_eq!(found, expected, "{input}");
}

#[test]
fn reads_and_writes_each_ecosystem_by_its_own_rule() {
    for (input, expected) in [
        ("pkg:npm/ini@1.3.5", "npm|ini|1.3.5|pkg:npm/ini@1.3.5"),
        ("PKG:NPM/Ini@1.3.5", "npm|ini|1.3.5|pkg:npm/ini@1.3.5"),
        ("pkg://npm/ini", "npm|ini||pkg:npm/ini"),
        ("pkg:npm/%40babel/core@7.0.0", "npm|@babel/core|7.0.0|pkg:npm/%40babel/core@7.0.0"),
        ("pkg:npm/@Babel/Core", "npm|@babel/core||pkg:npm/%40babel/core"),
        ("pkg:npm/%40babel%2Fcore@7", "npm|@babel/core|7|pkg:npm/%40babel/core@7"),
        (
            "pkg:pypi/Zope.Interface_x@5.0",
            "PyPI|zope-interface-x|5.0|pkg:pypi/zope-interface-x@5.0",
        ),
        ("pkg:pypi/sqlparse@0.4.1?a=b#c", "PyPI|sqlparse|0.4.1|pkg:pypi/sqlparse@0.4.1"),
        ("pkg:cargo/libz-sys@1.1.8", "crates.io|libz-sys|1.1.8|pkg:cargo/libz-sys@1.1.8"),
        (
            "pkg:deb/debian/zlib1g@1:1.2.13.dfsg-1?distro=debian-12&arch=amd64",
            "Debian:12|zlib1g|1:1.2.13.dfsg-1|\
             pkg:deb/debian/zlib1g@1:1.2.13.dfsg-1?distro=debian-12",
        ),
        (
            "pkg:deb/debian/zlib?distro=bookworm",
            "Debian:12|zlib||pkg:deb/debian/zlib?distro=debian-12",
        ),
        ("pkg:deb/debian/zlib?distro=12.5", "Debian:12|zlib||pkg:deb/debian/zlib?distro=debian-12"),
        ("pkg:deb/debian/zlib?distro=sid", "Debian|zlib||pkg:deb/debian/zlib"),
        ("pkg:deb/ubuntu/zlib@1", "Ubuntu|zlib|1|pkg:deb/ubuntu/zlib@1"),
        (
            "pkg:deb/ubuntu/zlib1g@1?distro=ubuntu-22.04",
            "Ubuntu:22.04:LTS|zlib1g|1|pkg:deb/ubuntu/zlib1g@1?distro=ubuntu-22.04",
        ),
        (
            "pkg:apk/alpine/libbz2@1.0.6-r5?distro=3.4.6",
            "Alpine:v3.4|libbz2|1.0.6-r5|pkg:apk/alpine/libbz2@1.0.6-r5?distro=alpine-3.4",
        ),
        (
            "pkg:alpine/zlib@1.2.12-r3?distro=alpine-3.16.2",
            "Alpine:v3.16|zlib|1.2.12-r3|pkg:apk/alpine/zlib@1.2.12-r3?distro=alpine-3.16",
        ),
        (
            "pkg:rpm/rocky/curl@7.61.1-22.el9?epoch=2&distro=rocky-9.3",
            "Rocky Linux:9|curl|2:7.61.1-22.el9|\
             pkg:rpm/rocky-linux/curl@7.61.1-22.el9?distro=rocky-linux-9&epoch=2",
        ),
        ("pkg:rpm/rhel/curl@7?distro=rhel-8.6", "Red Hat|curl|7|pkg:rpm/redhat/curl@7"),
        ("pkg:rpm/redhat/curl@7?epoch=0", "Red Hat|curl|7|pkg:rpm/redhat/curl@7"),
        ("pkg:rpm/fedora/curl@7", "rpm|fedora/curl|7|pkg:rpm/fedora/curl@7"),
        ("pkg:generic/openssl@1.1.1", "Generic|openssl|1.1.1|pkg:generic/openssl@1.1.1"),
        ("pkg:golang/github.com/a/b@v1", "Go|github.com/a/b|v1|pkg:golang/github.com/a/b@v1"),
        (
            "pkg:golang/github.com/Azure/x@v2.0.0#v2",
            "Go|github.com/Azure/x/v2|v2.0.0|pkg:golang/github.com/Azure/x/v2@v2.0.0",
        ),
        ("pkg:golang/gocloud.dev@v0.25.0", "Go|gocloud.dev|v0.25.0|pkg:golang/gocloud.dev@v0.25.0"),
        ("pkg:golang/stdlib@1.22", "Go|stdlib|1.22|pkg:golang/stdlib@1.22"),
        ("pkg:cargo/a@1.0.0%2Bb", "crates.io|a|1.0.0+b|pkg:cargo/a@1.0.0%2Bb"),
        ("pkg:npm/a@", "npm|a||pkg:npm/a"),
        ("pkg:maven/org.a/b@1", "Maven|org.a:b|1|pkg:maven/org.a/b@1"),
        ("pkg:maven/b@1", "Maven|b|1|pkg:maven/b@1"),
        ("pkg:gradle/org.a/b@1", "Maven|org.a:b|1|pkg:maven/org.a/b@1"),
        ("pkg:gem/rails@7", "RubyGems|rails|7|pkg:gem/rails@7"),
        ("pkg:nuget/Moq%404.17.2", "NuGet|moq|4.17.2|pkg:nuget/moq@4.17.2"),
        (
            "pkg:composer/Drupal/Core@8?repository_url=https://packages.drupal.org/8",
            "Packagist:https://packages.drupal.org/8|drupal/core|8|\
             pkg:composer/drupal/core@8?repository_url=https:%2F%2Fpackages.drupal.org%2F8",
        ),
        (
            "pkg:swift/github.com/Alamofire/Alamofire@5",
            "SwiftURL|github.com/Alamofire/Alamofire|5|pkg:swift/github.com/Alamofire/Alamofire@5",
        ),
        ("pkg:julia/Dates", "Julia|Dates||pkg:julia/Dates"),
        ("pkg:githubactions/A/b@v1", "GitHub Actions|a/b|v1|pkg:github/a/b@v1"),
        (
            "pkg:github/A/b@refs/heads/main",
            "github|a/b|refs/heads/main|pkg:github/a/b@refs%2Fheads%2Fmain",
        ),
        ("pkg:dhi/x@1", "Docker Hardened Images|x|1|pkg:dhi/x@1"),
        ("pkg:deb/dhi/x@1", "Docker Hardened Images|x|1|pkg:dhi/x@1"),
        ("pkg:conda/a@7", "conda|a|7|pkg:conda/a@7"),
        ("pkg:generic/100%@1", "Generic|100%|1|pkg:generic/100%25@1"),
    ] {
        check(input, expected);
    }
}

#[test]
fn refuses_what_is_no_purl() {
    for input in [
        "",
        "npm/ini",
        "pkg:",
        "pkg:npm",
        "pkg:npm/",
        "pkg:/ini",
        "http://npm/ini",
        "pkg:1x/a",
        "pkg:npm/%00",
        "pkg:npm/%ff",
        "pkg:npm/a%07",
        "pkg:npm/a@%0a",
        "pkg:cargo/ns/a",
        "pkg:pypi/ns/a",
        "pkg:npm/%20",
        "pkg:npm/a?x=1&X=2",
        "pkg:npm/a?1x=1",
    ] {
        check(input, "fault");
    }
    check(&format!("pkg:npm/{}", "a".repeat(PURL_BYTES_MAX)), "fault");
    check(&format!("pkg:npm/a?{}", "x=&".repeat(65)), "fault");
}

/// The canonical spelling as each reading has it, or `-`.
#[track_caller]
fn readings(input: &str, expected: [&str; 3]) {
    let read = [Reading::Exact, Reading::Folding, Reading::Tolerant];
    let read = read
        .map(|reading| Purl::parse(input, reading).map_or("-".to_owned(), |purl| purl.to_string()));
    assert_eq!(read, expected, "{input}");
}

#[test]
fn each_type_has_its_own_rules() {
    let all = |input, expected| readings(input, [expected; 3]);
    all("pkg:pypi/Zope.Interface_X@1.0RC1", "pkg:pypi/zope.interface-x@1.0rc1");
    all("pkg:pub/My-Package.x", "pkg:pub/my_package_x");
    all("pkg:hackage/AC_HalfInteger", "pkg:hackage/AC-HalfInteger");
    all("pkg:cpan/drolsky/DateTime", "pkg:cpan/DROLSKY/DateTime");
    all("pkg:luarocks/Hisham/LuaFS@1.8.0-1", "pkg:luarocks/hisham/luafs@1.8.0-1");
    // Purls of Go fold letters and Go itself does not: whoever reads an inventory keeps them.
    readings(
        "pkg:golang/github.com/Azure/X@V1#Sub",
        [
            "pkg:golang/github.com/azure/x@V1#Sub",
            "pkg:golang/github.com/azure/x@V1#Sub",
            "pkg:golang/github.com/Azure/X@V1#Sub",
        ],
    );
    all("pkg:npm/%40Scope/Name", "pkg:npm/%40Scope/Name");
    all("pkg:oci/Debian@sha256:ABC", "pkg:oci/debian@sha256:abc");
    all("pkg:rpm/Fedora/PackageKit@1", "pkg:rpm/fedora/PackageKit@1");
    all("pkg:otp/Asn1#Src/A.erl", "pkg:otp/asn1#src/a.erl");
    all("pkg:git/gitlab.gnome.org/GNOME/fonts", "pkg:git/gitlab.gnome.org/GNOME/fonts");
    all("pkg:git/GitHub.com/A/B/C#d", "pkg:git/github.com/a/b/c#d");
    all("pkg:yocto/Core/glibc", "pkg:yocto/core/glibc");
    all(
        "pkg:chrome-extension/DNCGEDBNIDFKPPMDGFGIDCEPCLNOKPKB@1",
        "pkg:chrome-extension/dncgedbnidfkppmdgfgidcepclnokpkb@1",
    );
    all(
        "pkg:swid/a?tag_id=75B8C285-FA7B-485B-B199-4745E3004D0D",
        "pkg:swid/a?tag_id=75b8c285-fa7b-485b-b199-4745e3004d0d",
    );
    all(
        "pkg:mlflow/CreditFraud@3?repository_url=https://dbc-1.cloud.databricks.com/api",
        "pkg:mlflow/creditfraud@3?repository_url=https:%2F%2Fdbc-1.cloud.databricks.com%2Fapi",
    );
    all("pkg:unheard-of/A/B@C?d=e", "pkg:unheard-of/A/B@C?d=e");
    for refused in [
        "pkg:chrome-extension/dogs",
        "pkg:chrome-extension/dncgedbnidfkppmdgfgidcepclnokpkb@1..2",
        "pkg:cocoapods/.hidden",
        "pkg:cocoapods/a%2Bb",
        "pkg:cpan/URI::PackageURL",
        "pkg:swid/a/b/c/d?tag_id=x",
        "pkg:conda/ns/a",
        "pkg:julia/ns/a?uuid=x",
    ] {
        all(refused, "-");
    }
}

#[test]
fn a_tolerant_reader_takes_what_others_write() {
    for (input, tolerant) in [
        ("pkg:golang/stdlib@1.22", "pkg:golang/stdlib@1.22"),
        ("pkg:julia/Dates", "pkg:julia/Dates"),
        ("pkg:swid/a", "pkg:swid/a"),
        ("pkg:deb/zlib1g", "pkg:deb/zlib1g"),
        ("pkg:generic/100%", "pkg:generic/100%25"),
        ("pkg:golang/github.com%2Fa/b", "pkg:golang/github.com/a/b"),
    ] {
        readings(input, ["-", "-", tolerant]);
    }
    let folded = "pkg:rpm/fedora/curl?arch=i386&distro=fedora-25";
    readings("pkg:rpm/fedora/curl?Arch=i386&Distro=fedora-25", ["-", folded, folded]);
}

#[test]
fn separators_are_found_from_both_ends() {
    let all = |input, expected| readings(input, [expected; 3]);
    all("pkg:npm/@a/b", "pkg:npm/%40a/b");
    all("pkg:npm/@a/b@1", "pkg:npm/%40a/b@1");
    all("pkg:npm//a//@1", "pkg:npm/a@1");
    all("pkg:docker/a@x@1", "pkg:docker/a%40x@1");
    all("pkg:generic/a@1/2", "pkg:generic/a@1%2F2");
    all("pkg:generic/a#/x//../y/./", "pkg:generic/a#x/y");
    all("pkg:generic/a#%2E%2E/x", "pkg:generic/a#x");
    all("pkg:generic/a?b=&c=d&", "pkg:generic/a?c=d");
    all("pkg:generic/a?u=http://x/?y=z", "pkg:generic/a?u=http:%2F%2Fx%2F%3Fy%3Dz");
    all("pkg:generic/a%2Fb", "pkg:generic/a%2Fb");
    all("pkg:generic/é@ü", "pkg:generic/%C3%A9@%C3%BC");
    all("  pkg:npm/a \n", "pkg:npm/a");
}

#[test]
fn builds_by_the_same_rules() {
    let build = |parts: &Parts<'_>| Purl::build(parts).map_or("-".to_owned(), |p| p.to_string());
    let deb = Parts { kind: "DEB", namespace: Some("Debian"), name: "Zlib", ..Parts::default() };
    assert_eq!(build(&deb), "pkg:deb/debian/zlib");
    let pairs = [("distro", "debian-12"), ("Arch", "source"), ("none", "")];
    assert_eq!(
        build(&Parts { qualifiers: &pairs, version: Some(""), subpath: Some("/a/../b"), ..deb }),
        "pkg:deb/debian/zlib?arch=source&distro=debian-12#a/b"
    );
    assert_eq!(build(&Parts { namespace: None, ..deb }), "-");
    assert_eq!(build(&Parts { name: "", ..deb }), "-");
    assert_eq!(build(&Parts { kind: "n:x", ..deb }), "-");
    assert_eq!(build(&Parts { qualifiers: &[("in production", "true")], ..deb }), "-");
    let long = "a".repeat(PURL_BYTES_MAX);
    assert_eq!(build(&Parts { name: &long, ..deb }), "-");
}

#[test]
fn the_table_of_types_is_in_order() {
    assert!(types::TYPES.is_sorted_by(|a, b| a.kind < b.kind));
}

#[test]
fn writes_something_even_for_what_no_purl_can_say() {
    for (ecosystem, name, expected) in [
        ("GitHub Actions", "a/b", "pkg:github/a/b"),
        ("Linux", "Kernel", "pkg:generic/Kernel"),
        ("What is this", "a", "pkg:generic/a"),
        ("crates.io", "a/b", "pkg:cargo/a%2Fb"),
        ("npm", "", "pkg:generic/unnamed"),
    ] {
        let ecosystem = Ecosystem::from(ecosystem.to_owned());
        let package = Package { ecosystem, name: name.into() };
        assert_eq!(write(&package, None), expected);
    }
}

#[test]
fn a_purl_names_the_source_package() {
    let check = |input: &str, expected: Option<(&str, Option<&str>)>| {
        let source = Purl::parse(input, Reading::Tolerant).unwrap().source();
        let source = source.as_ref().map(|(name, version)| {
            (name.as_str(), version.as_ref().map(|version| version.0.as_str()))
        });
        assert_eq!(source, expected, "{input}");
    };
    check("pkg:deb/debian/zlib1g@1?upstream=zlib%401:1.2-3", Some(("zlib", Some("1:1.2-3"))));
    check("pkg:apk/alpine/libssl3@3?upstream=openssl", Some(("openssl", None)));
    let rpm = "pkg:rpm/almalinux/libcurl@7.61.1-22.el8?upstream=curl-7.61.1-22.el8.src.rpm";
    check(rpm, Some(("curl", None)));
    let differs = "pkg:rpm/almalinux/x@1-1?epoch=3&upstream=a-b-7.6-2.el8.src.rpm";
    check(differs, Some(("a-b", Some("3:7.6-2.el8"))));
    check("pkg:rpm/almalinux/x@1-1?upstream=odd", Some(("odd", None)));
    check("pkg:npm/x@1?upstream=odd", None);
}

#[test]
fn a_purl_names_the_repository() {
    let check = |input: &str, expected: Option<(&str, &str)>| {
        let named = Purl::parse(input, Reading::Tolerant).unwrap().repository();
        let named = named.as_ref().map(|(name, revision)| (name.as_str(), revision.as_str()));
        assert_eq!(named, expected, "{input}");
    };
    check("pkg:github/File/File@c0ffee", Some(("github.com/file/file", "c0ffee")));
    check("pkg:github/file/file", None);
    check("pkg:npm/file@1", None);
    check("pkg:golang/github.com/a/b@v1.2.3", Some(("github.com/a/b", "v1.2.3")));
    let pseudo = "pkg:golang/github.com/a/b@v0.0.0-20240101000000-0123456789ab";
    check(pseudo, Some(("github.com/a/b", "0123456789ab")));
    check("pkg:golang/golang.org/x/net/http2@v1", None);
    let generic =
        "pkg:generic/file@5.1?vcs_url=git%2Bhttps://git.invalid/f/file.git%40c0ffee%23sub";
    check(generic, Some(("git.invalid/f/file", "c0ffee")));
    let ssh = "pkg:generic/file@5.1?vcs_url=git%2Bssh://git%40git.invalid/f/file.git";
    check(ssh, Some(("git.invalid/f/file", "5.1")));
    check("pkg:generic/file?vcs_url=git%2Bhttps://git.invalid/f/file.git", None);
}

#[test]
fn what_is_put_up_with_is_written_as_it_reads_again() {
    for (text, canonical) in [
        ("pkg:generic/a%2F%2Fb/c", "pkg:generic/a/b/c"),
        ("pkg:generic/a/c#x%2F..%2Fy", "pkg:generic/a/c#x/y"),
        ("pkg:nuget/a%40", "pkg:nuget/a"),
    ] {
        let purl = Purl::parse(text, Reading::Tolerant).unwrap();
        assert_eq!(purl.to_string(), canonical);
        assert_eq!(Purl::parse(canonical, Reading::Tolerant), Ok(purl));
    }
}

proptest! {
    #[test]
    fn never_panics_and_its_own_writing_is_stable(
        text in "(pkg:(npm|pypi|deb|cargo|git|golang|swid|mlflow|x)/)?[a-zA-Z@/?#&=%. é0-9-]{0,40}",
        wild in ".{0,80}",
    ) {
        for text in [&text, &wild] {
            for reading in [Reading::Exact, Reading::Folding, Reading::Tolerant] {
                if let Ok(purl) = Purl::parse(text, reading) {
                    let canonical = purl.to_string();
                    let again = Purl::parse(&canonical, reading);
                    prop_assert_eq!(again.as_ref(), Ok(&purl), "{} {}", text, canonical);
                }
            }
            if let Ok((package, version, _)) = read(text) {
                let once = write(&package, version.as_ref());
                if let Ok((again, version, _)) = read(&once) {
                    prop_assert_eq!(write(&again, version.as_ref()), once);
                }
            }
            let package = Package { ecosystem: Ecosystem::from(wild.clone()), name: text.clone() };
            drop(package::write(&package, Some(&Version(wild.clone()))));
        }
    }
}

/// A text that goes the short way is read there as the long way reads it.
#[track_caller]
fn both_ways(text: &str) -> bool {
    let short = plain::read(text);
    if let Some(read) = &short {
        assert_eq!(Ok(read), package::read_at_length(text).as_ref(), "{text}");
    }
    short.is_some()
}

#[test]
fn canonical_purls_go_the_short_way() {
    for text in [
        "pkg:cargo/libz-sys@1.1.8",
        "pkg:cargo/a@0.1.0-rc.1%2Bb.c",
        "pkg:npm/ini@1.3.5",
        "pkg:npm/%40Babel/Core@7.0.0",
        "pkg:npm/babel/core",
        "pkg:pypi/zope.interface--x@5.0rc1",
        "pkg:golang/github.com/Azure/x@v1.2.3%2Bincompatible",
        "pkg:golang/stdlib@1.22",
        "pkg:maven/org.a/b@1",
        "pkg:maven/org/a/b@1",
        "pkg:maven/b@1",
        "pkg:gem/rails@7",
        "pkg:nuget/Moq@4.17.2",
        "pkg:composer/drupal/core@8",
        "pkg:composer/core@8",
        "pkg:hackage/AC-HalfInteger@1.2.1",
        "pkg:hex/phoenix@1",
        "pkg:hex/acme/phoenix@1",
        "pkg:pub/my_package",
        "pkg:generic/openssl@3:x",
    ] {
        assert!(both_ways(text), "{text}");
    }
    for text in [
        "",
        "PKG:npm/a",
        "pkg:NPM/a",
        "pkg:npm/",
        "pkg:npm//a",
        "pkg:npm/a/",
        "pkg:npm/a//b",
        "pkg:npm/@a/b",
        "pkg:npm/a@",
        "pkg:npm/a@1@2",
        "pkg:npm/a@1/2",
        "pkg:npm/%40/b",
        "pkg:npm/%40b",
        "pkg:npm/a@%2b",
        "pkg:npm/a?b=c",
        "pkg:npm/a#b",
        "pkg:npm/é",
        " pkg:npm/a",
        "pkg:cargo/a/b",
        "pkg:pypi/A",
        "pkg:pypi/a_b",
        "pkg:pypi/a@1RC1",
        "pkg:composer/A/b",
        "pkg:pub/a-b",
        "pkg:hackage/a_b",
        "pkg:deb/debian/zlib1g@1",
    ] {
        assert!(!both_ways(text), "{text}");
    }
    assert!(!both_ways(&format!("pkg:npm/{}", "a".repeat(PURL_BYTES_MAX))));
}

proptest! {
    #[test]
    fn the_short_way_is_the_long_way(
        text in "pkg:(npm|pypi|cargo|golang|maven|gem|nuget|composer|hackage|hex|pub|generic|x)\
                 /(%40)?[a-zA-C_.~:-]{0,4}(/[a-zA-C_.%-]{0,4}){0,2}\
                 (@(%2B|[a-zA-C0-9_./%:@+-]){0,6})?",
    ) {
        both_ways(&text);
    }
}
