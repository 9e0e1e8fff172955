//! Writing a recipe, so that reading gives the same back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use seawall_domain::recipe::{Boundary, Canary, Capability, Demand, Oracle, Recipe, RecipeFile};
use toml::{Table, Value};

/// Writes a recipe so that [`super::read`] gives the same recipe back, its keys in the order in
/// which one explains them.
pub fn write(recipe: &Recipe) -> String {
    let mut out = String::new();
    pair(&mut out, "version", Value::Integer(1));
    if !recipe.build.is_empty() {
        pair(&mut out, "build", commands(&recipe.build));
    }
    if !matches!(recipe.oracle, Oracle::Http { .. }) {
        pair(&mut out, "trigger", words(&recipe.trigger));
        pair(&mut out, "control", words(&recipe.control));
    }
    if let Some(input) = &recipe.input {
        pair(&mut out, "input", text(input));
    }
    if !recipe.variants.is_empty() {
        pair(&mut out, "variants", words(&recipe.variants));
    }
    let package = &recipe.target.package;
    let target = [
        ("ecosystem", text(&package.ecosystem.to_string())),
        ("name", text(&package.name)),
        ("version", text(&recipe.target.version.0)),
    ];
    section(&mut out, "[target]", target);
    section(&mut out, "[oracle]", oracle(&recipe.oracle));
    if let Some(service) = &recipe.service {
        let service = [("run", words(&service.run)), ("port", number(u32::from(service.port)))];
        section(&mut out, "[service]", service);
    }
    if let Some(tests) = &recipe.tests {
        let tests = [("run", commands(&tests.run)), ("report", text(tests.report.name()))];
        section(&mut out, "[tests]", tests);
    }
    if let Some(stated) = &recipe.boundary {
        section(&mut out, "[boundary]", boundary(stated));
    }
    let limits = recipe.limits;
    let limits = [
        ("seconds", number(limits.seconds)),
        ("memory_mib", number(limits.memory_mib)),
        ("processes", number(limits.processes)),
        ("output_kib", number(limits.output_kib)),
        ("disk_mib", number(limits.disk_mib)),
    ];
    section(&mut out, "[limits]", limits);
    for one in &recipe.files {
        section(&mut out, "[[files]]", file(one));
    }
    out
}

fn section<'a>(out: &mut String, header: &str, pairs: impl IntoIterator<Item = (&'a str, Value)>) {
    out.push('\n');
    out.push_str(header);
    out.push('\n');
    for (key, value) in pairs {
        pair(out, key, value);
    }
}

/// One line, or several where a text has several.
fn pair(out: &mut String, key: &str, value: Value) {
    let is_text = value.is_str();
    let table: Table = [(key.to_owned(), value)].into_iter().collect();
    let written = if is_text { toml::to_string_pretty(&table) } else { toml::to_string(&table) };
    // A table of one text, number or list can always be written.
    out.push_str(&written.unwrap_or_default());
}

fn oracle(oracle: &Oracle) -> Vec<(&'static str, Value)> {
    let mut pairs = vec![("kind", text(oracle.kind()))];
    match oracle {
        Oracle::Canary(canary) => {
            pairs.push(("where", text(canary.name())));
            if let Canary::Written { path } = canary {
                pairs.push(("path", text(path)));
            }
        }
        Oracle::Growth(Demand { measure, small, large, over_control, over_size }) => {
            pairs.push(("measure", text(measure.name())));
            pairs.push(("small", number(*small)));
            pairs.push(("large", number(*large)));
            pairs.push(("over_control", number(*over_control)));
            pairs.push(("over_size", number(*over_size)));
        }
        Oracle::Sanitizer { kind, function } => {
            pairs.push(("error", text(kind)));
            pairs.push(("function", text(function)));
        }
        Oracle::Signal { name } => pairs.push(("signal", text(name))),
        Oracle::Exit { status } => pairs.push(("status", number(u32::from(*status)))),
        Oracle::Output { says } => pairs.push(("says", text(says))),
        Oracle::Differential { fixed } => pairs.push(("fixed", text(&fixed.0))),
        Oracle::Http { attack, control, status, says } => {
            pairs.push(("attack", text(attack)));
            pairs.push(("control", text(control)));
            pairs.extend(status.map(|status| ("status", number(u32::from(status)))));
            pairs.extend(says.as_ref().map(|says| ("says", text(says))));
        }
    }
    pairs
}

fn boundary(boundary: &Boundary) -> [(&'static str, Value); 4] {
    let names = |capabilities: &[Capability]| {
        Value::Array(capabilities.iter().map(|one| text(one.name())).collect())
    };
    [
        ("attacker", text(&boundary.attacker)),
        ("controls", words(&boundary.controls)),
        ("has", names(&boundary.has)),
        ("gains", names(&boundary.gains)),
    ]
}

fn file(file: &RecipeFile) -> [(&'static str, Value); 2] {
    let content = match file.text().filter(|text| !text.contains('\0')) {
        Some(content) => ("text", text(content)),
        None => ("base64", Value::String(STANDARD.encode(&file.bytes))),
    };
    [("name", text(&file.name)), content]
}

fn commands(commands: &[Vec<String>]) -> Value {
    Value::Array(commands.iter().map(|command| words(command)).collect())
}

fn words(words: &[String]) -> Value {
    Value::Array(words.iter().map(|word| text(word)).collect())
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn number(number: u32) -> Value {
    Value::Integer(i64::from(number))
}
