//! The inventories of the four operators, made from short tables: real package names at plausible
//! versions, with exactly chosen hits among fixed versions, other ecosystems and look-alikes.
//!
//! - The hospital (CycloneDX) is hit by sqlparse 0.4.1, ini 1.3.5, tar 0.4.35 and libz-sys 1.1.8,
//!   and by urllib3 1.26.4 once that is published; not by ini 2.0.0, `npm/tar`, `cargo/ini` 1.3.0
//!   or libz-ng-sys 1.1.8.
//! - The bank (SPDX) is hit by sqlparse 0.4.0, ini 1.3.4, and libz-sys 1.1.12 once its relapse is
//!   known; not by urllib3 1.26.5, tar 0.4.40 or `npm/tar`.
//! - The water utility (CSV) is hit by one device in one version, by its vendor's word; not in
//!   other versions, nor by another vendor's device of that name.
//! - The agency (Debian 11) is hit by zlib, by its distributor's word; not by haskell-zlib, nor by
//!   sqlparse, node-ini and tar of Debian, of which nobody said anything.

use serde_json::{Value, json};

const HOSPITAL: &str = include_str!("inventories/hospital.txt");
const BANK: &str = include_str!("inventories/bank.txt");
const WATER: &str = include_str!("inventories/water.txt");
const AGENCY: &str = include_str!("inventories/agency.txt");

/// The fewest components of an inventory in this story.
pub const COMPONENTS_MIN: usize = 60;

/// An inventory as an operator sends it.
#[derive(Clone, Debug)]
pub struct Document {
    /// The operator's name for the system.
    pub label: &'static str,
    /// The media type.
    pub media_type: &'static str,
    /// The bytes.
    pub body: Vec<u8>,
}

/// Which of the bank's inventories.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Upload {
    /// The one before anything was published.
    First,
    /// The next one, in which `ini` was brought up to date.
    Next,
}

/// The hospital's bill of materials.
pub fn hospital() -> Document {
    let mut products: Vec<Value> = Vec::new();
    for line in lines(HOSPITAL) {
        if let Some(product) = line.strip_prefix("product:") {
            let [name, maker, version] = cells(product);
            products.push(json!({
                "type": "application",
                "name": name,
                "version": version,
                "supplier": { "name": maker },
                "components": [],
            }));
        } else if let Some(parts) = products.last_mut().and_then(|p| p["components"].as_array_mut())
        {
            let (name, version) = name_and_version(line);
            let purl = format!("pkg:{}", line.trim());
            parts.push(json!({
                "type": "library", "name": name, "version": version, "purl": purl,
            }));
        }
    }
    let document = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
        "version": 1,
        "components": products,
    });
    Document {
        label: "wards",
        media_type: "application/vnd.cyclonedx+json",
        body: document.to_string().into_bytes(),
    }
}

/// The bank's document.
pub fn bank(upload: Upload) -> Document {
    let (number, table) = match upload {
        Upload::First => (1, BANK.to_owned()),
        Upload::Next => (2, BANK.replace("npm/ini@1.3.4", "npm/ini@1.3.8")),
    };
    let packages: Vec<Value> = lines(&table)
        .enumerate()
        .map(|(place, line)| {
            let (name, version) = name_and_version(line);
            json!({
                "SPDXID": format!("SPDXRef-{place}"),
                "name": name,
                "versionInfo": version,
                "downloadLocation": "NOASSERTION",
                "externalRefs": [{
                    "referenceCategory": "PACKAGE-MANAGER",
                    "referenceType": "purl",
                    "referenceLocator": format!("pkg:{}", line.trim()),
                }],
            })
        })
        .collect();
    let document = json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": "online banking",
        "documentNamespace": format!("https://bank.invalid/spdx/online-banking/{number}"),
        "creationInfo": { "created": "2026-01-05T08:00:00Z", "creators": ["Organization: bank"] },
        "packages": packages,
    });
    Document {
        label: "online-banking",
        media_type: "application/spdx+json",
        body: document.to_string().into_bytes(),
    }
}

/// The water utility's table of products.
pub fn water() -> Document {
    let mut csv = String::from("site,vendor,product,version\n");
    for line in lines(WATER) {
        let [vendor, product, versions] = cells(line);
        for (place, version) in versions.split_whitespace().enumerate() {
            csv.push_str(&format!("works {},{vendor},{product},{version}\n", place + 1));
        }
    }
    Document { label: "waterworks", media_type: "text/csv", body: csv.into_bytes() }
}

/// The agency's package list: binary, its version, source, the source's version.
pub fn agency() -> Document {
    let mut list = String::from("# debian 11\n");
    for line in lines(AGENCY) {
        // The versions hold colons, but never one before a blank.
        let (source, binaries) = line.split_once(": ").unwrap_or((line, ""));
        let (name, version) = source.split_once(' ').unwrap_or((source, ""));
        for binary in binaries.split_whitespace() {
            list.push_str(&format!("{binary} {version} {name} {version}\n"));
        }
    }
    Document { label: "records-server", media_type: "text/plain", body: list.into_bytes() }
}

/// The lines of a table without its comments.
fn lines(table: &str) -> impl Iterator<Item = &str> {
    table.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty())
}

fn cells(line: &str) -> [&str; 3] {
    let mut cells = line.split('|').map(str::trim);
    std::array::from_fn(|_| cells.next().unwrap_or_default())
}

fn name_and_version(line: &str) -> (&str, &str) {
    let (path, version) = line.trim().rsplit_once('@').unwrap_or((line, ""));
    (path.rsplit('/').next().unwrap_or(path), version)
}

#[cfg(test)]
mod tests;
