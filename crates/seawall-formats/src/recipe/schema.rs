//! The format as a JSON schema (JSON Schema, draft 2020-12), and recipes that come as JSON.

use super::{RECIPE_BYTES_MAX, RecipeFault, of_table};
use seawall_domain::recipe::Recipe;
use serde_json::Value as Json;
use toml::{Table, Value};

/// Deeper than this no recipe is; the reader of JSON itself stops at 128.
const DEPTH_MAX: usize = 16;

/// The schema, by which an agent or an editor can fill in a recipe. It says of one in JSON what
/// it says of one in TOML: the keys and their values are the same.
pub fn schema() -> &'static str {
    include_str!("schema.json")
}

/// Reads a recipe that was filled in as a JSON object of the schema's shape, or says everything
/// that is wrong with it at once.
pub fn from_json(bytes: &[u8]) -> Result<Recipe, Vec<RecipeFault>> {
    if bytes.len() > RECIPE_BYTES_MAX {
        let message = format!("it must not be longer than {RECIPE_BYTES_MAX} bytes");
        return Err(vec![RecipeFault::new("recipe", message)]);
    }
    let json: Json = serde_json::from_slice(bytes).map_err(|error| {
        let message = format!("not JSON: {error}");
        let mut fault = RecipeFault::new(&format!("line {}", error.line()), message);
        fault.line = Some(error.line());
        vec![fault]
    })?;
    let Json::Object(object) = json else {
        let message = "it must be one JSON object; `seawall recipe schema` says of which shape";
        return Err(vec![RecipeFault::new("recipe", message)]);
    };
    let mut table = Table::new();
    let mut faults = Vec::new();
    for (key, value) in object {
        match convert(value, 0) {
            // What is null is left out: agents write it for what they do not know.
            Ok(None) => {}
            Ok(Some(value)) => {
                table.insert(key, value);
            }
            Err(message) => faults.push(RecipeFault::new(&key, message)),
        }
    }
    if faults.is_empty() { of_table(&table) } else { Err(faults) }
}

/// A value of JSON as one of TOML; `None` for null.
fn convert(json: Json, depth: usize) -> Result<Option<Value>, &'static str> {
    if depth > DEPTH_MAX {
        return Err("it is nested too deeply");
    }
    Ok(Some(match json {
        Json::Null => return Ok(None),
        Json::Bool(value) => Value::Boolean(value),
        Json::Number(number) => match number.as_i64() {
            Some(number) => Value::Integer(number),
            None => return Err("a number in it is not a whole one"),
        },
        Json::String(text) => Value::String(text),
        Json::Array(items) => {
            let items = items.into_iter().map(|item| convert(item, depth + 1));
            let items: Result<Vec<Option<Value>>, _> = items.collect();
            Value::Array(items?.into_iter().flatten().collect())
        }
        Json::Object(pairs) => {
            let mut table = Table::new();
            for (key, value) in pairs {
                if let Some(value) = convert(value, depth + 1)? {
                    table.insert(key, value);
                }
            }
            Value::Table(table)
        }
    }))
}

#[cfg(test)]
mod tests;
