//! How long inventories take to read: nanoseconds for each component, for CycloneDX and SPDX JSON
//! that this program makes itself. Run it with `--release`.

use seawall_formats::inventory;
use std::fmt::Write;
use std::time::Instant;

/// How often each document is read; the fastest reading counts.
const ROUNDS: usize = 15;

/// The purl of the component of this number, of four ecosystems by turns.
fn purl(number: usize) -> String {
    let minor = number % 90;
    match number % 4 {
        0 => format!("pkg:npm/%40scope/package-{number}@1.{minor}.0"),
        1 => format!("pkg:pypi/package-{number}@1.{minor}.0"),
        2 => format!("pkg:maven/org.example.group/package-{number}@1.{minor}.0"),
        _ => format!("pkg:deb/debian/package-{number}@1:1.{minor}.0-1?arch=amd64&distro=debian-12"),
    }
}

fn cyclonedx(components: usize) -> String {
    let mut text = String::from(r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":["#);
    for number in 0..components {
        let comma = if number == 0 { "" } else { "," };
        let _ = write!(
            text,
            r#"{comma}{{"type":"library","bom-ref":"ref-{number}","name":"package-{number}",
"version":"1.{}.0","hashes":[{{"alg":"MD5","content":"{number:032x}"}}],
"licenses":[{{"license":{{"id":"Apache-2.0"}}}}],"purl":"{}"}}"#,
            number % 90,
            purl(number),
        );
    }
    text.push_str("]}");
    text
}

fn cyclonedx_xml(components: usize) -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\"?><bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\" \
         version=\"1\"><components>",
    );
    for number in 0..components {
        let purl = purl(number).replace('&', "&amp;");
        let _ = write!(
            text,
            "<component type=\"library\" bom-ref=\"ref-{number}\"><name>package-{number}</name>\
             <version>1.{}.0</version><licenses><license><id>Apache-2.0</id></license></licenses>\
             <purl>{purl}</purl></component>",
            number % 90,
        );
    }
    text.push_str("</components></bom>");
    text
}

fn spdx(components: usize) -> String {
    let mut text = String::from(r#"{"spdxVersion":"SPDX-2.3","packages":["#);
    for number in 0..components {
        let comma = if number == 0 { "" } else { "," };
        let _ = write!(
            text,
            r#"{comma}{{"SPDXID":"SPDXRef-{number}","name":"package-{number}",
"versionInfo":"1.{}.0","downloadLocation":"NOASSERTION","filesAnalyzed":false,
"externalRefs":[{{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl",
"referenceLocator":"{}"}}]}}"#,
            number % 90,
            purl(number),
        );
    }
    text.push_str("]}");
    text
}

/// The nanoseconds for each component of the fastest of [`ROUNDS`] runs.
fn fastest(components: usize, mut run: impl FnMut()) -> f64 {
    let times = (0..ROUNDS).map(|_| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64()
    });
    times.fold(f64::INFINITY, f64::min) * 1e9 / components as f64
}

fn main() {
    println!(
        "{:<10} {:>10} {:>12} {:>12} {:>12}",
        "format", "components", "bytes", "ns each", "purls ns"
    );
    for components in [2_752, 100_000] {
        let purls: Vec<String> = (0..components).map(purl).collect();
        let parsing = fastest(components, || {
            for purl in &purls {
                std::hint::black_box(seawall_formats::purl::read(purl).is_ok());
            }
        });
        let whole = cyclonedx(components);
        // The same without purls is what reading costs beside them.
        let named = whole.replace("\"purl\"", "\"none\"");
        let documents = [
            ("CycloneDX", whole.clone()),
            ("no purls", named),
            ("XML", cyclonedx_xml(components)),
            ("SPDX", spdx(components)),
        ];
        for (format, text) in documents {
            let each = fastest(components, || {
                let read = inventory::read("list.json", None, text.as_bytes());
                assert!(read.is_ok_and(|read| read.components.len() == components));
            });
            let bytes = text.len();
            println!("{format:<10} {components:>10} {bytes:>12} {each:>12.0} {parsing:>12.0}");
        }
        let checking = fastest(components, || {
            assert!(inventory::cyclonedx::check(whole.as_bytes()).is_ok());
        });
        println!("{:<10} {components:>10} {:>12} {checking:>12.0}", "check", whole.len());
    }
}
