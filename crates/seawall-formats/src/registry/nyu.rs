//! NYU CTF Bench's `challenge.json`: irregular files, of which little is asked.

use super::{Described, TASK_BYTES_MAX, unknown};
use crate::fault::FormatFault;
use crate::json;
use seawall_domain::evaluation::registry::Oracle;
use serde_json::Value;
use std::collections::BTreeSet;

const FORMAT: &str = "challenge.json";

pub(super) fn read(bytes: &[u8], place: &str) -> Result<Described, FormatFault> {
    let document = json::read(FORMAT, bytes, TASK_BYTES_MAX)?;
    let refuse = |why: &str| FormatFault::new(FORMAT, "the document", why);
    let text = |key: &str| document.get(key).and_then(Value::as_str).map(str::trim);
    let name = text("name").filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| refuse("it has no name"))?;
    let id = if place.is_empty() { name } else { place };
    let mut task = unknown(id.to_owned());
    task.family = text("category").filter(|text| !text.is_empty()).map(str::to_lowercase);
    // Sixteen of 380 give the flag as an object.
    let flag = document.get("flag").filter(|flag| flag.is_string() || flag.is_object());
    task.oracle = flag.map(|_| Oracle::Flag);
    let files = document.get("files").and_then(Value::as_array).into_iter().flatten();
    let mut named: BTreeSet<String> = files.filter_map(Value::as_str).map(str::to_owned).collect();
    if document.get("compose") == Some(&Value::Bool(true)) {
        named.insert("docker-compose.yml".to_owned());
    }
    Ok(Described { task, named })
}
