//! Checking recipes: faults, whether they would reach outside, and advice.

use super::{print_json, print_text, read_text};
use seawall_formats::recipe::{RecipeFault, advice, locate, outside, read};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What is checked.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Recipes (TOML); `-` is standard input.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// What was found in one file.
#[derive(Default)]
struct Found {
    unreadable: Option<String>,
    faults: Vec<RecipeFault>,
    outside: Vec<RecipeFault>,
    advice: Vec<RecipeFault>,
}

impl Found {
    fn status(&self) -> &'static str {
        match self {
            Found { unreadable: Some(_), .. } => "unreadable",
            Found { faults, .. } if !faults.is_empty() => "faults",
            Found { outside, .. } if !outside.is_empty() => "outside",
            Found { advice, .. } if !advice.is_empty() => "advice",
            Found { .. } => "fine",
        }
    }
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let all: Vec<(&PathBuf, Found)> =
        arguments.files.iter().map(|path| (path, found(path))).collect();
    if arguments.json {
        let recipes: Vec<Value> = all.iter().map(|(path, found)| told(path, found)).collect();
        print_json(&json!({ "recipes": recipes }))?;
    } else {
        let said: String = all.iter().map(|(path, found)| text(path, found)).collect();
        print_text(&said)?;
    }
    let is = |status: &str| all.iter().any(|(_, found)| found.status() == status);
    Ok(if is("unreadable") {
        ExitCode::from(2)
    } else if all.iter().all(|(_, found)| found.status() == "fine") {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

fn found(path: &Path) -> Found {
    let text = match read_text(path) {
        Ok(text) => text,
        Err(why) => return Found { unreadable: Some(format!("{why:#}")), ..Found::default() },
    };
    match read(&text) {
        Err(faults) => Found { faults, ..Found::default() },
        Ok(recipe) => {
            let (mut outside, mut advice) = (outside(&recipe), advice(&recipe));
            locate(&text, &mut outside);
            locate(&text, &mut advice);
            Found { outside, advice, ..Found::default() }
        }
    }
}

fn text(path: &Path, found: &Found) -> String {
    let mut said = String::new();
    let path = path.display();
    if let Some(why) = &found.unreadable {
        // Writing to a string cannot fail, here and below.
        let _ = writeln!(said, "{path}: {why}");
    }
    for (kind, faults) in [
        ("fault", &found.faults),
        ("would reach outside", &found.outside),
        ("advice", &found.advice),
    ] {
        for RecipeFault { place, message, line } in faults {
            let line = line.map_or(String::new(), |line| format!(":{line}"));
            let _ = writeln!(said, "{path}{line}: {kind}: {place}: {message}");
        }
    }
    match found.status() {
        "fine" => drop(writeln!(said, "{path}: fine")),
        "advice" => drop(writeln!(said, "{path}: can be run")),
        _ => drop(writeln!(said, "{path}: cannot be run")),
    }
    said
}

fn told(path: &Path, found: &Found) -> Value {
    let list = |faults: &[RecipeFault]| -> Value {
        let one = |fault: &RecipeFault| {
            let RecipeFault { place, line, message, .. } = fault;
            json!({"place": place, "line": line, "message": message})
        };
        faults.iter().map(one).collect()
    };
    json!({
        "file": path, "status": found.status(), "why": found.unreadable,
        "faults": list(&found.faults), "outside": list(&found.outside),
        "advice": list(&found.advice),
    })
}
