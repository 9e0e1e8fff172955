//! The order of versions, and ranges of them.

use super::case;
use seawall_domain::package::{Ecosystem, Version};
use seawall_matching::version::compare_read;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
enum Order {
    Compare { ecosystem: String, a: String, b: String },
}

/// `{"op":"compare","ecosystem":"PyPI","a":…,"b":…}`.
pub(super) fn order(text: &str) -> Result<Value, String> {
    let Order::Compare { ecosystem, a, b } = case(text)?;
    let ecosystem = Ecosystem::from(ecosystem);
    if let Ecosystem::Unknown(name) = &ecosystem {
        let shown: String = name.chars().take(40).collect();
        return Err(format!("the OSV schema has no ecosystem `{shown}`"));
    }
    let order = compare_read(&ecosystem, &Version(a), &Version(b));
    let order = order.map_err(|unread| unread.to_string())?;
    Ok(json!({"result": order as i8}))
}

/// Ranges.
pub(super) fn range(_text: &str) -> Result<Value, String> {
    Err("not yet".to_owned())
}
