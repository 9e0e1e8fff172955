//! The names of the weakness classes in use, as the Common Weakness Enumeration spells them.
//!
//! CSAF demands the exact name beside the number (test 6.1.11). A class that is not listed here is
//! left out of the document rather than misspelt.

use seawall_domain::claim::Cwe;
use serde_json::{Value, json};

const NAMES: [(u32, &str); 16] = [
    (20, "Improper Input Validation"),
    (22, "Improper Limitation of a Pathname to a Restricted Directory ('Path Traversal')"),
    (59, "Improper Link Resolution Before File Access ('Link Following')"),
    (61, "UNIX Symbolic Link (Symlink) Following"),
    (79, "Improper Neutralization of Input During Web Page Generation ('Cross-site Scripting')"),
    (94, "Improper Control of Generation of Code ('Code Injection')"),
    (120, "Buffer Copy without Checking Size of Input ('Classic Buffer Overflow')"),
    (122, "Heap-based Buffer Overflow"),
    (125, "Out-of-bounds Read"),
    (400, "Uncontrolled Resource Consumption"),
    (407, "Inefficient Algorithmic Complexity"),
    (502, "Deserialization of Untrusted Data"),
    (770, "Allocation of Resources Without Limits or Throttling"),
    (787, "Out-of-bounds Write"),
    (
        1321,
        "Improperly Controlled Modification of Object Prototype Attributes \
         ('Prototype Pollution')",
    ),
    (1333, "Inefficient Regular Expression Complexity"),
];

/// The class with its name, when it is listed.
pub(super) fn named(cwe: Cwe) -> Option<Value> {
    let (_, name) = NAMES.iter().find(|(number, _)| *number == cwe.0)?;
    Some(json!({"id": cwe.to_string(), "name": name}))
}
