//! Writing a recipe, so that reading gives the same back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use seawall_domain::recipe::{Boundary, Canary, Demand, Oracle, Recipe, RecipeFile, Tests};
use toml::{Table, Value};

/// Writes a recipe so that [`super::read`] gives the same recipe back.
pub fn write(recipe: &Recipe) -> String {
    let mut root = Table::new();
    root.insert("version".into(), Value::Integer(1));
    if !recipe.build.is_empty() {
        root.insert("build".into(), commands(&recipe.build));
    }
    if !matches!(recipe.oracle, Oracle::Http { .. }) {
        root.insert("trigger".into(), words(&recipe.trigger));
        root.insert("control".into(), words(&recipe.control));
    }
    if let Some(input) = &recipe.input {
        root.insert("input".into(), text(input));
    }
    if !recipe.variants.is_empty() {
        root.insert("variants".into(), words(&recipe.variants));
    }
    let package = &recipe.target.package;
    let target = [
        ("ecosystem", text(&package.ecosystem.to_string())),
        ("name", text(&package.name)),
        ("version", text(&recipe.target.version.0)),
    ];
    root.insert("target".into(), table(target));
    root.insert("oracle".into(), oracle(&recipe.oracle));
    let limits = recipe.limits;
    let limits = [
        ("seconds", number(limits.seconds)),
        ("memory_mib", number(limits.memory_mib)),
        ("processes", number(limits.processes)),
        ("output_kib", number(limits.output_kib)),
        ("disk_mib", number(limits.disk_mib)),
    ];
    root.insert("limits".into(), table(limits));
    if let Some(service) = &recipe.service {
        let service = [("run", words(&service.run)), ("port", number(u32::from(service.port)))];
        root.insert("service".into(), table(service));
    }
    if let Some(tests) = &recipe.tests {
        root.insert("tests".into(), tests_table(tests));
    }
    if let Some(boundary) = &recipe.boundary {
        root.insert("boundary".into(), boundary_table(boundary));
    }
    root.insert("files".into(), Value::Array(recipe.files.iter().map(file).collect()));
    toml::to_string_pretty(&root).unwrap_or_default()
}

fn oracle(oracle: &Oracle) -> Value {
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
    table(pairs)
}

fn tests_table(tests: &Tests) -> Value {
    table([("run", commands(&tests.run)), ("report", text(tests.report.name()))])
}

fn boundary_table(boundary: &Boundary) -> Value {
    let names = |capabilities: &[seawall_domain::recipe::Capability]| {
        Value::Array(capabilities.iter().map(|one| text(one.name())).collect())
    };
    table([
        ("attacker", text(&boundary.attacker)),
        ("controls", words(&boundary.controls)),
        ("has", names(&boundary.has)),
        ("gains", names(&boundary.gains)),
    ])
}

fn file(file: &RecipeFile) -> Value {
    let content = match file.text().filter(|text| !text.contains('\0')) {
        Some(content) => ("text", text(content)),
        None => ("base64", Value::String(STANDARD.encode(&file.bytes))),
    };
    table([("name", text(&file.name)), content])
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

fn table<'a>(pairs: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    Value::Table(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}
