//! Which other inputs show the flaw: the recipe's own, and those that the laboratory makes.

use super::Subject;
use crate::command::say;
use seawall_sandbox::Shown;
use serde_json::{Value, json};
use std::process::ExitCode;

/// So many are looked for.
const WANTED: u32 = 16;

pub(super) fn run(subject: &Subject, as_json: bool) -> anyhow::Result<ExitCode> {
    let Subject { recipe, version, laboratories, .. } = subject;
    let shown = laboratories.ask(|process| process.variants(recipe, version, WANTED))?;
    let is_silent = |name: &&String| shown.iter().all(|one| one.name != **name);
    let silent: Vec<&String> = recipe.variants.iter().filter(is_silent).collect();
    if as_json {
        let told = |one: &Shown| -> Value {
            let (name, effect, bytes) = (&one.name, &one.effect, one.bytes.len());
            json!({"name": name, "effect": effect, "bytes": bytes})
        };
        let variants: Vec<Value> = shown.iter().map(told).collect();
        crate::command::print_json(&json!({
            "package": recipe.target.package.to_string(), "version": version,
            "variants": variants, "silent_variants": silent,
        }))?;
    } else {
        say!("{} {version}: {} variants show the flaw", recipe.target.package, shown.len());
        for one in &shown {
            say!("  {} ({} bytes): {}", one.name, one.bytes.len(), one.effect);
        }
        for name in &silent {
            say!("  {name} does not show it");
        }
        if recipe.input.is_none() {
            say!("name the file that holds the attack's input in `input`");
        }
    }
    Ok(if shown.is_empty() || !silent.is_empty() { ExitCode::from(1) } else { ExitCode::SUCCESS })
}
