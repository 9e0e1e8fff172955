//! Lists of what is installed on a system, and tables that people keep.

use super::{check, check_refused};
use crate::inventory::{Kind, read};

#[test]
fn rpm_lists_need_to_say_their_system() {
    let list = "bash-5.1.8-6.el9.x86_64\ngpg-pubkey-8d8b756f-629e59ec.(none)\n\
                openssl-libs-1:3.0.7-1.el9.x86_64\n";
    check(
        "rpm.txt",
        list,
        &[
            "bash 5.1.8-6.el9 | - 5.1.8-6.el9",
            "openssl-libs 1:3.0.7-1.el9 | - 1:3.0.7-1.el9",
            "! it does not say of which system it is, so its packages stay unknown: put a first \
             line such as `# rocky 9` above the list",
        ],
    );
    check(
        "rpm.txt",
        &format!("# rocky 9.3\n{list}"),
        &[
            "bash 5.1.8-6.el9 | Rocky Linux:9/bash 5.1.8-6.el9",
            "openssl-libs 1:3.0.7-1.el9 | Rocky Linux:9/openssl-libs 1:3.0.7-1.el9",
        ],
    );
    check(
        "rpm.txt",
        &format!("NAME=\"Fedora Linux\"\nID=fedora\nVERSION_ID=40\n{list}"),
        &[
            "bash 5.1.8-6.el9 | rpm/fedora/bash 5.1.8-6.el9",
            "openssl-libs 1:3.0.7-1.el9 | rpm/fedora/openssl-libs 1:3.0.7-1.el9",
        ],
    );
}

#[test]
fn alpine_lists_go_by_their_origin() {
    check(
        "apk.txt",
        "# alpine 3.20\nWARNING: opening cache\nlibssl3-3.3.0-r2 x86_64 {openssl} (Apache-2.0) \
         [installed]\nnew-1.0-r0 x86_64 {new} (MIT)\n",
        &[
            "libssl3 3.3.0-r2 | Alpine:v3.20/openssl 3.3.0-r2",
            "! 1 packages that are not installed left out",
        ],
    );
    check(
        "installed",
        "C:Q1x=\nP:libssl3\nV:3.3.0-r2\nA:x86_64\no:openssl\n\nP:musl\nV:1.2.5-r0\nA:x86_64\n",
        &[
            "libssl3 3.3.0-r2 | Alpine/openssl 3.3.0-r2",
            "musl 1.2.5-r0 | Alpine/musl 1.2.5-r0",
            "! taken as Alpine of an unknown release: put a first line such as `# alpine 3.20` \
             above the list",
        ],
    );
    check(
        "apk.txt",
        "# wolfi\nmusl-1.2.5-r0\n",
        &[
            "musl 1.2.5-r0 | Wolfi/musl 1.2.5-r0",
            "! the list does not name source packages: 1 lines go by their own name, and a flaw \
             in a source of another name would be missed; send what `apk list --installed` \
             prints instead",
        ],
    );
}

#[test]
fn ubuntu_and_openwrt_are_not_debian() {
    let paragraph = "Package: bash\nStatus: install ok installed\nVersion: 5.1-6\n";
    check(
        "status",
        &format!("ID=ubuntu\nVERSION_ID=\"22.04\"\n\n{paragraph}"),
        &["bash | Ubuntu:22.04:LTS/bash 5.1-6"],
    );
    check(
        "status",
        &format!("{paragraph}Installed-Time: 1\n"),
        &["bash | opkg/bash 5.1-6", "! its fields say OpenWrt; Debian's advisories do not apply"],
    );
}

#[test]
fn lists_of_windows_programs_are_products() {
    let winget = "Name              Id              Version    Available Source\n\
                  ------------------------------------------------------------\n\
                  7-Zip 23.01 (x64) 7zip.7zip       23.01      24.00     winget\n\
                  Über-Werkzeug     ARP\\Machine\\X64 1.0\n";
    check(
        "programs.txt",
        winget,
        &["7-Zip 23.01 (x64) 23.01 | - 23.01", "Über-Werkzeug 1.0 | - 1.0"],
    );
    let wmic = "Name                Vendor          Version  \r\n\
                7-Zip 23.01 (x64)   Igor Pavlov     23.01    \r\n\r\n";
    let expected = ["Igor Pavlov 7-Zip 23.01 (x64) 23.01 | - 23.01 | igor pavlov/7-zip 23.01 \
                     (x64)/23.01"];
    check("programs.txt", wmic, &expected);
    let wide: Vec<u8> =
        [0xfeff].into_iter().chain(wmic.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let told = super::told(read("programs.txt", None, &wide));
    assert_eq!(told, expected);
    let export = "#TYPE Selected\r\n\"DisplayName\",\"DisplayVersion\",\"Publisher\"\r\n\
                  \"7-Zip 23.01 (x64)\",\"23.01\",\"Igor Pavlov\"\r\n";
    check("programs.csv", export, &expected);
    let kind = read("programs.csv", None, export.as_bytes()).map(|read| read.kind);
    assert_eq!(kind, Ok(Kind::Programs));
    let objects = r#"[{"DisplayName":"7-Zip 23.01 (x64)","DisplayVersion":"23.01",
        "Publisher":"Igor Pavlov"}]"#;
    check("programs.json", objects, &expected);
}

#[test]
fn tables_of_products_have_many_headings() {
    check(
        "devices.csv",
        "Hersteller;Modell;Firmware;Internet-facing;CPE\nAcme;Pumpe 3;1.0;yes;\n;;2.0;no;\
         cpe:2.3:h:acme:valve:2.0:*:*:*:*:*:*:*\n",
        &[
            "Acme Pumpe 3 1.0 | - 1.0 | acme/pumpe 3/1.0",
            "cpe:2.3:h:acme:valve:2.0:*:*:*:*:*:*:* 2.0 | - 2.0 | acme/valve/2.0",
            "! the column that says what can be reached from outside is not kept: every component \
             is taken to be reachable",
        ],
    );
    check(
        "products.json",
        r#"[{"vendor":"Acme","product":"Pump","version":"1"},{"x":1}]"#,
        &["Acme Pump 1 | - 1 | acme/pump/1", "! /1: it names no product"],
    );
    check_refused(br#"[{"x":1}]"#, "neither `vendor`");
    check_refused(br#"{"name":"x","version":"1"}"#, "send its lock file");
    check_refused(br#"{"dependencies":{"a":"^1.0.0"}}"#, "what a project asks for");
    check_refused(b"<html/>", "its top is `html`");
}

#[test]
fn cyclonedx_xml_lists_what_json_does() {
    check(
        "bom.xml",
        "<?xml version='1.0' encoding='UTF-8'?>\n<bom xmlns='http://cyclonedx.org/schema/bom/1.5' \
         serialNumber='7' version='1'><metadata><component type='application'><name>ward</name>\
         </component></metadata><components><component type='library'><name>ini</name>\
         <version>1.3.5</version><purl>pkg:npm/ini@1.3.5</purl><components>\
         <component type='device'><supplier><name>Pump Maker</name></supplier><name>Pump 3</name>\
         <version>2.1</version></component></components></component>\
         <component type='file'><name>readme</name></component></components>\
         <services><service><name>s</name></service></services></bom>",
        &[
            "pkg:npm/ini@1.3.5 | npm/ini 1.3.5",
            "Pump Maker Pump 3 2.1 | - 2.1 | pump maker/pump 3/2.1",
            "! 1 files and data sets without a purl left out",
            "! 1 services left out: they run elsewhere",
            "! serial number `7` is no `urn:uuid:…`; left out",
        ],
    );
    check_refused(
        b"<bom xmlns='http://cyclonedx.org/schema/bom/1.5'><components><component type='library'/>\
          </components></bom>",
        "line 1: the component's `name` is missing",
    );
}

#[test]
fn spdx_3_lists_packages_of_its_graph() {
    check(
        "sbom.spdx3.json",
        r#"{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[
          {"type":"Organization","spdxId":"urn:o","name":"Core"},
          {"type":"software_Package","spdxId":"urn:1","name":"urllib3",
           "software_packageVersion":"1.26.4","software_packageUrl":"pkg:pypi/urllib3@1.26.4",
           "externalIdentifier":[{"externalIdentifierType":"packageUrl",
             "identifier":"pkg:pypi/urllib3@1.26.4"}]},
          {"type":"software_Package","spdxId":"urn:2","name":"teller","suppliedBy":"urn:o"},
          {"type":"software_File","spdxId":"urn:3","name":"x.c"},
          {"type":"ai_AIPackage","spdxId":"urn:4","name":"model"}]}"#,
        &[
            "pkg:pypi/urllib3@1.26.4 | PyPI/urllib3 1.26.4",
            "Core teller | - - | core/teller/",
            "model | - -",
        ],
    );
}
