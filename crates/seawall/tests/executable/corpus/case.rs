//! One case of the corpus: what is expected of it, and what the program says.

use serde::Deserialize;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// A case, as `expected.toml` tells it.
#[derive(Clone, Debug, Deserialize)]
pub struct Case {
    /// The name of its folder.
    #[serde(skip)]
    pub name: String,
    /// The language of the flaw.
    pub language: String,
    /// `flaw`, `no_flaw`, `flaky` or `environment`.
    pub kind: String,
    /// The verdict of its recipe.
    pub verdict: String,
    /// How many runs show what it is, where that is not the usual number.
    #[serde(default)]
    pub runs: Option<u32>,
    /// Its patches.
    #[serde(default)]
    pub patches: Vec<Patch>,
}

/// A patch and its verdict.
#[derive(Clone, Debug, Deserialize)]
pub struct Patch {
    /// The file.
    pub file: String,
    /// The verdict.
    pub verdict: String,
}

/// What the program says of a case.
pub struct Found {
    /// The verdict.
    pub verdict: String,
    /// Whether a second run gives the same digest; flaky ones need not.
    pub repeats: bool,
    /// The verdict of each patch.
    pub patches: Vec<Option<String>>,
    seconds: f64,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../recipes/corpus")
}

/// Every case, in order of name.
pub fn cases() -> Vec<Case> {
    let entries = std::fs::read_dir(folder()).unwrap();
    let mut cases: Vec<Case> = entries
        .map(|entry| {
            let entry = entry.unwrap();
            let text = std::fs::read_to_string(entry.path().join("expected.toml")).unwrap();
            let case: Case = toml::from_str(&text).unwrap_or_else(|e| panic!("{entry:?}: {e}"));
            Case { name: entry.file_name().to_string_lossy().into_owned(), ..case }
        })
        .collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases
}

/// Runs a case, and again when it must repeat.
pub fn look(case: &Case, again: bool) -> Found {
    let start = Instant::now();
    let first = say(case, &[]);
    let verdict = first["verdict"].as_str().unwrap_or("nothing").to_owned();
    let repeats = !again || case.kind == "flaky" || say(case, &[])["digest"] == first["digest"];
    let patches = case.patches.iter().map(|patch| {
        let file = folder().join(&case.name).join(&patch.file);
        let said = say(case, &["--patch", &file.to_string_lossy()]);
        if said["patch_verdict"] != patch.verdict.as_str() {
            println!("{} {}: {} {}", case.name, patch.file, said["patch_verdict"], said["why"]);
        }
        said["patch_verdict"].as_str().map(str::to_owned)
    });
    let patches = patches.collect();
    Found { verdict, repeats, patches, seconds: start.elapsed().as_secs_f64() }
}

fn say(case: &Case, more: &[&str]) -> Value {
    let recipe = folder().join(&case.name).join("recipe.toml");
    let runs = case.runs.unwrap_or(3).to_string();
    let cache = std::env::var_os("SEAWALL_LABORATORY_CACHE").map(PathBuf::from);
    let cache = cache.unwrap_or_else(|| Path::new(env!("CARGO_TARGET_TMPDIR")).join("laboratory"));
    let said = Command::new(env!("CARGO_BIN_EXE_seawall"))
        .arg("reproduce")
        .arg(recipe)
        .arg("--cache")
        .arg(cache)
        .args(["--json", "--runs", &runs])
        .args(more)
        .output()
        .unwrap();
    serde_json::from_slice(&said.stdout).unwrap_or_else(|error| {
        println!("{}: {error}: {}", case.name, String::from_utf8_lossy(&said.stderr));
        Value::Null
    })
}

impl Found {
    /// One line for people.
    pub fn line(&self, case: &Case) -> String {
        let mark = if self.verdict == case.verdict { "" } else { " EXPECTED " };
        let expected = if mark.is_empty() { "" } else { case.verdict.as_str() };
        let patches = case.patches.iter().zip(&self.patches);
        let agreed = patches.filter(|(patch, found)| Some(&patch.verdict) == found.as_ref());
        format!(
            "{:28} {:12} {:18} {}/{} patches {:6.1} s{mark}{expected}",
            case.name,
            case.language,
            self.verdict,
            agreed.count(),
            case.patches.len(),
            self.seconds
        )
    }
}
