//! Inventories of every kind, each with its expected reading.

mod bombs;
mod locks;
mod systems;

use super::*;
use proptest::prelude::*;
use seawall_domain::package::Package;

/// One line a component: `label | package version | product`, or the fault.
fn told(read: Result<Inventory, FormatFault>) -> Vec<String> {
    match read {
        Err(fault) => vec![fault.to_string()],
        Ok(inventory) => {
            let lines = inventory.components.iter().map(|line| {
                let version = line.version.as_ref().map_or("-", |version| &version.0);
                let package = line.package.as_ref().map_or("-".to_owned(), Package::to_string);
                let product = line.product.as_ref().map_or(String::new(), |product| {
                    format!(" | {}/{}/{}", product.vendor, product.name, product.version)
                });
                format!("{} | {package} {version}{product}", line.label)
            });
            lines.chain(inventory.warnings.iter().map(|w| format!("! {w}"))).collect()
        }
    }
}

fn check(name: &str, text: &str, expected: &[&str]) {
    assert_eq!(told(read(name, None, text.as_bytes())), expected, "{text}");
}

fn check_refused(bytes: &[u8], part: &str) {
    let told = told(read("list", None, bytes)).join("\n");
    assert!(told.starts_with("cannot read ") && told.contains(part), "{told} lacks {part}");
}

#[test]
fn cyclonedx_lists_nested_components_once() {
    let text = r#"{"bomFormat":"CycloneDX","specVersion":"1.5","serialNumber":"SERIAL",
      "metadata":{"component":{"type":"application","name":"ward server",
        "components":[{"type":"library","name":"inner","purl":"pkg:npm/ini@1.3.5"}]}},
      "components":[
        {"type":"library","name":"ini","version":"1.3.5","purl":"pkg:npm/ini@1.3.5"},
        {"type":"library","name":"sqlparse","version":"0.4.1","purl":"pkg:pypi/SQLParse@0.4.1",
         "components":[{"type":"library","name":"zlib1g",
           "purl":"pkg:deb/debian/zlib1g@1:1.2.11-1?distro=debian-11&upstream=zlib"}]},
        {"type":"device","name":"Pump 3","version":"2.1","supplier":{"name":"Pump Maker"}},
        {"type":"library","name":"odd","version":"1","purl":"not a purl"},
        {"type":"file","name":"readme"}]}"#;
    let serial = "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79";
    let text = &text.replace("SERIAL", serial);
    check(
        "bom.json",
        text,
        &[
            "pkg:npm/ini@1.3.5 | npm/ini 1.3.5",
            "pkg:pypi/SQLParse@0.4.1 | PyPI/sqlparse 0.4.1",
            "pkg:deb/debian/zlib1g@1:1.2.11-1?distro=debian-11&upstream=zlib | \
             Debian:11/zlib 1:1.2.11-1",
            "Pump Maker Pump 3 2.1 | - 2.1 | pump maker/pump 3/2.1",
            "odd 1 | - 1",
            "! /components/3: purl `not a purl` cannot be read: it must begin with `pkg:`",
            "! 1 files and data sets without a purl left out",
        ],
    );
    let read = |text: &str| super::read("x", None, text.as_bytes());
    let named = read(text).ok().and_then(|read| read.serial);
    assert_eq!(named.as_deref(), Some(serial));
    let odd = read(&text.replace(serial, "7")).ok();
    assert!(odd.is_some_and(|odd| odd.serial.is_none() && odd.warnings.len() == 3));
}

#[test]
fn cyclonedx_takes_the_source_package_from_properties() {
    let text = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[
      {"type":"library","name":"libssl3","purl":"pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12",
       "properties":[{"name":"aquasecurity:trivy:SrcName","value":"openssl"},
        {"name":"aquasecurity:trivy:SrcEpoch","value":"1"},
        {"name":"aquasecurity:trivy:SrcVersion","value":"3.0.11"},
        {"name":"aquasecurity:trivy:SrcRelease","value":"1"}]}]}"#;
    let expected = "pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12 | \
                    Debian:12/openssl 1:3.0.11-1";
    check("bom.json", text, &[expected]);
}

#[test]
fn spdx_lists_packages_with_and_without_purl() {
    let text = r#"{"spdxVersion":"SPDX-2.3","documentNamespace":"https://bank.invalid/1",
      "packages":[
        {"name":"urllib3","SPDXID":"SPDXRef-1","versionInfo":"1.26.4","externalRefs":[
          {"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl",
           "referenceLocator":"pkg:pypi/urllib3@1.26.4"}]},
        {"name":"teller","versionInfo":"NOASSERTION","supplier":"Organization: Core (a@b.invalid)"},
        {"name":"libz","versionInfo":"1:1.2","sourceInfo":"built package from: zlib 1:1.2.11",
         "externalRefs":[{"referenceType":"purl",
           "referenceLocator":"pkg:deb/debian/libz@1.2?distro=debian-11"}]}]}"#;
    check(
        "bom.spdx.json",
        text,
        &[
            "pkg:pypi/urllib3@1.26.4 | PyPI/urllib3 1.26.4",
            "Core teller | - - | core/teller/",
            "pkg:deb/debian/libz@1.2?distro=debian-11 | Debian:11/zlib 1:1.2.11",
        ],
    );
}

#[test]
fn spdx_is_read_from_tags_too() {
    check(
        "bom.spdx",
        "SPDXVersion: SPDX-2.2\nDocumentNamespace: https://bank.invalid/2\n\
         PackageName: urllib3\nPackageVersion: 1.26.4\nPackageComment: <text>two\n\
         PackageName: not a package\n</text>\n\
         ExternalRef: PACKAGE_MANAGER purl pkg:pypi/urllib3@1.26.4\n\
         PackageName: teller\nPackageSupplier: Organization: Core (a@b.invalid)\n\
         FileName: ./x\nPackageVersion: 9\n",
        &["pkg:pypi/urllib3@1.26.4 | PyPI/urllib3 1.26.4", "Core teller | - - | core/teller/"],
    );
    check_refused(b"SPDXVersion: SPDX-3.0\n", "line 1: version `SPDX-3.0` is not read");
}

#[test]
fn a_table_of_products_has_its_columns_anywhere() {
    let expected = ["Acme Pump 1.0 | - 1.0 | acme/pump/1.0", "Büro Ventil | - - | büro/ventil/"];
    check("a.csv", "Vendor,Product,Version\nAcme,Pump,1.0\nBüro,Ventil,\n", &expected);
    check("a.csv", "site;VERSION;product;Vendor\nx;1.0;Pump;Acme\ny;;Ventil;Büro", &expected);
    let header = "\u{feff}\"Model\"\tManufacturer\tFirmware\r\n";
    let tabs = format!("{header}Pump\tAcme\t1.0\r\nVentil\tBüro\t\r\n");
    check("a.txt", &tabs, &expected);
    check(
        "a.csv",
        "Water utility\nvendor,product,version\n\"A, Inc\",\"P \"\"x\"\"\ny\",2\n,,\n,,3\nA,P,1,9",
        &[
            "A, Inc P \"x\" y 2 | - 2 | a, inc/p \"x\" y/2",
            "A P 1 | - 1 | a/p/1",
            "! line 6: it names no product",
        ],
    );
    check("a.csv", "purl\npkg:npm/ini@1.3.5\n", &["pkg:npm/ini@1.3.5 | npm/ini 1.3.5"]);
}

#[test]
fn a_status_file_names_sources_and_states() {
    let text = "\
Package: zlib1g
Status: install ok installed
Architecture: amd64
Source: zlib (1:1.2.13.dfsg-1)
Version: 1:1.2.13.dfsg-1+b1
Description: compression
 Package: not a field

Package: bash
Status: install ok installed
Version: 5.2.15-2~deb12u1

Package: gone
Status: deinstall ok config-files
Version: 1

Package: broken
Status: install ok installed
";
    check(
        "status",
        text,
        &[
            "zlib1g | Debian:12/zlib 1:1.2.13.dfsg-1",
            "bash | Debian:12/bash 5.2.15-2~deb12u1",
            "! line 17: package `broken` has no version",
            "! taken as Debian 12, because its versions say `+deb12u…`",
        ],
    );
    let old = read_for(Some("11"), "status", None, text.as_bytes());
    assert!(told(old).iter().any(|line| line.starts_with("bash | Debian:11/bash")));
}

#[test]
fn a_table_of_dpkg_goes_by_its_own_names() {
    let text = "\
# debian 12
Desired=Unknown/Install/Remove/Purge/Hold
| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend
|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)
||/ Name           Version            Architecture Description
+++-==============-==================-============-=================
ii  zlib1g:amd64   1:1.2.13.dfsg-1+b1 amd64        compression library
ii  zlib1g:i386    1:1.2.13.dfsg-1+b2 i386         compression library
hi  bash           5.2.15-2+b2        amd64        GNU Bourne Again SHell
rc  gone           1.0                amd64        removed
";
    let warning = "! the list does not name source packages: 1 lines go by their own name, and a \
                   flaw in a source of another name would be missed; send the status file instead";
    check(
        "packages.txt",
        text,
        &["zlib1g | Debian:12/zlib 1:1.2.13.dfsg-1", "bash | Debian:12/bash 5.2.15-2", warning],
    );
    let ubuntu = "ii  bash  5.1-6ubuntu1  amd64  shell\n";
    let lines = told(read("p", None, ubuntu.as_bytes()));
    assert_eq!(lines.first().map(String::as_str), Some("bash | Ubuntu/bash 5.1-6ubuntu1"));
}

#[test]
fn columns_name_sources_under_a_comment() {
    check(
        "list.txt",
        "# Debian bookworm\nlibssl3:amd64 3.0.11-1 openssl 3.0.11-1\nbash 5.2 bash\n",
        &["libssl3 | Debian:12/openssl 3.0.11-1", "bash | Debian:12/bash 5.2"],
    );
}

#[test]
fn what_is_no_inventory_is_refused_with_a_reason() {
    check_refused(b"", "it is empty");
    check_refused(b"PK\x03\x04....", "unpack");
    check_refused(b"\x1f\x8b....", "gzip");
    check_refused(b"<bom/>", "its top must be `bom` of a namespace");
    check_refused(b"{}", "neither `bomFormat`");
    check_refused(b"hello world", "no header row");
    check_refused(b"Package: a\nVersion: 1\nFilename: pool/a.deb\n", "not a list of installed");
    check_refused(b"vendor,product,version\n\"a,b,c", "line 2: a quoted cell is never closed");
    check_refused(b"vendor,product,version\n\xff", "byte 23: it is not UTF-8");
    check_refused(br#"{"bomFormat":"CycloneDX","specVersion":"1.5","bomFormat":"x"}"#, "twice");
    check_refused(br#"{"bomFormat":"CycloneDX","specVersion":"1.5","components":{}}"#, "a list");
    check_refused(
        br#"{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"library"}]}"#,
        "/components/0/name: it is missing",
    );
    check_refused(br#"{"spdxVersion":"SPDX-3.0"}"#, "SPDX-2.2 and 2.3 are");
    check_refused(&vec![b' '; INVENTORY_BYTES_MAX + 1], "allowed");
    let wide = format!("vendor,product,version\n{}", ",".repeat(300));
    check_refused(wide.as_bytes(), "more than 256 columns");
    let deep = r#"{"type":"library","name":"x","components":["#.repeat(40);
    let deep =
        format!("{{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.5\",\"components\":[{deep}");
    let deep = format!("{deep}{}", "]}".repeat(41));
    check_refused(deep.as_bytes(), "nest deeper than 32 levels");
}

/// One list of each kind, to be changed at random.
const SEEDS: [&str; 5] = [
    r#"{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"library","name":"a",
       "purl":"pkg:deb/debian/a@1:2?upstream=b%403","components":[{"type":"x","name":"b"}]}]}"#,
    r#"{"spdxVersion":"SPDX-2.3","packages":[{"name":"a","sourceInfo":"built package from: b 1",
       "externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:npm/a@1"}]}]}"#,
    "SPDXVersion: SPDX-2.2\nPackageName: a\nExternalRef: X purl pkg:npm/a@1\n",
    "# debian 12\nPackage: a\nSource: b (1)\nVersion: 1~deb12u1+b1\n\nii  a:amd64  1+b1  all\n",
    "vendor;product;version;purl\n\"a\"\"b\";c;1;pkg:npm/a@1\n",
];

proptest! {
    #[test]
    fn changed_lists_never_panic(
        seed in 0usize..5,
        at in any::<prop::sample::Index>(),
        put in "\\PC{0,3}|[\"\\{\\[:,;\n@+~%-]{0,3}",
        cut in 0usize..5,
    ) {
        let mut bytes = SEEDS[seed].as_bytes().to_vec();
        let at = at.index(bytes.len());
        let end = (at + cut).min(bytes.len());
        bytes.splice(at..end, put.bytes());
        drop(read("a", None, &bytes));
        drop(read("a.csv", None, &bytes));
    }

    #[test]
    fn never_panics(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        text in "\\PC{0,200}",
    ) {
        drop(read("a", None, &bytes));
        drop(read("a.csv", None, text.as_bytes()));
        drop(read("a", None, format!("vendor;product;version\n{text}").as_bytes()));
        drop(read("a", None, format!("Package: {text}\nVersion: {text}").as_bytes()));
        drop(read("a", None, format!("# debian {text}\nii {text}").as_bytes()));
    }
}
