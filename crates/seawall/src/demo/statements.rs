//! What others state: the distributor of its own packages, the vendor of its own products.

use seawall_domain::time::Timestamp;
use serde_json::{Value, json};

/// The package of the distributor that takes part in the case about zlib, as a purl.
pub const DEBIAN_PACKAGE: &str = "pkg:deb/debian/zlib?distro=debian-11";

/// The version in which that distributor mended it: stated, not run here.
pub const DEBIAN_FIXED: &str = "1:1.2.11.dfsg-2+deb11u2";

/// The product that the vendor says is affected: vendor, name, version.
pub const AFFECTED: (&str, &str, &str) = ("device-maker", "Pump controller 40", "3.2");

/// The part that the vendor says is out of reach in its gateway.
pub const CLEARED_PART: &str = "pkg:cargo/tar@0.4.35";

/// The vendor's word that its gateway does not reach the flaw in a part of it.
pub fn not_affected(advisory: &str, at: Timestamp) -> Vec<u8> {
    let statement = json!({
        "vulnerability": { "name": advisory },
        "products": [{
            "@id": "pkg:generic/device-maker/Pump%20gateway@4.2",
            "subcomponents": [{ "@id": CLEARED_PART }],
        }],
        "status": "not_affected",
        "justification": "vulnerable_code_not_in_execute_path",
        "impact_statement": "The gateway writes archives and never unpacks one.",
    });
    document("pump-gateway-1", statement, at)
}

/// The vendor's word that one of its products is affected.
pub fn affected(advisory: &str, at: Timestamp) -> Vec<u8> {
    let (vendor, name, version) = AFFECTED;
    let product = format!("pkg:generic/{vendor}/{}@{version}", name.replace(' ', "%20"));
    let statement = json!({
        "vulnerability": { "name": advisory },
        "products": [{ "@id": product }],
        "status": "affected",
        "action_statement": "Install firmware 3.4, or keep the service port off the network.",
    });
    document("pump-controller-1", statement, at)
}

fn document(name: &str, statement: Value, at: Timestamp) -> Vec<u8> {
    let document = json!({
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": format!("https://vendor.invalid/vex/{name}"),
        "author": "Product security of a device vendor",
        "timestamp": at.to_string(),
        "version": 1,
        "statements": [statement],
    });
    document.to_string().into_bytes()
}
