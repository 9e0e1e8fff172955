//! The recipe file: one self-contained TOML document, version 1, read with messages that teach.
//!
//! The layout inside the sandbox and what a command must do are told at [`seawall_domain::recipe`].
//! Unknown keys are refused: a misspelt limit that is silently ignored is worse than a refusal.
//!
//! ```toml
//! version = 1
//! trigger = ["python3", "/recipe/probe.py", "attack"]
//! control = ["python3", "/recipe/probe.py", "benign"]
//!
//! [target]
//! ecosystem = "PyPI"
//! name = "sqlparse"
//! version = "0.4.1"
//!
//! [oracle]
//! kind = "growth"
//! small = 16
//! large = 20
//!
//! [[files]]
//! name = "probe.py"
//! text = '''
//! print("harmless")
//! '''
//! ```

use seawall_domain::package::{Ecosystem, Package, Version};
use seawall_domain::recipe::{Limits, Oracle, Recipe, RecipeFile, Target};
use std::fmt;
use toml::{Table, Value};

/// A recipe is a page, not an archive.
pub const RECIPE_BYTES_MAX: usize = 256 * 1024;
/// More files than this is a project, and belongs in a release of its own.
pub const RECIPE_FILES_MAX: usize = 32;
/// Build steps and words in a command.
pub const RECIPE_WORDS_MAX: usize = 64;

/// What the growth oracle demands when the recipe does not say.
const OVER_CONTROL: u32 = 3;
const OVER_SIZE: u32 = 3;

/// One thing that is wrong in a recipe, and where.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RecipeFault {
    /// The key, such as `oracle.kind` or `files[0].name`, or `line 3` when it is not TOML at all.
    pub place: String,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl fmt::Display for RecipeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// Reads a recipe, or says everything that is wrong with it at once.
pub fn read(text: &str) -> Result<Recipe, Vec<RecipeFault>> {
    let mut faults = Faults(Vec::new());
    if text.len() > RECIPE_BYTES_MAX {
        faults.add("recipe", format!("it must not be longer than {RECIPE_BYTES_MAX} bytes"));
        return Err(faults.0);
    }
    let table = match text.parse::<Table>() {
        Ok(table) => table,
        Err(error) => {
            let start = error.span().map_or(0, |span| span.start);
            let line = text.bytes().take(start).filter(|byte| *byte == b'\n').count() + 1;
            faults.add(&format!("line {line}"), format!("not TOML: {}", error.message().trim()));
            return Err(faults.0);
        }
    };
    let recipe = root(&table, &mut faults);
    match recipe {
        Some(recipe) if faults.0.is_empty() => Ok(recipe),
        Some(_) | None => Err(faults.0),
    }
}

/// Writes a recipe so that [`read`] gives the same recipe back.
pub fn write(recipe: &Recipe) -> String {
    let words = |words: &[String]| {
        Value::Array(words.iter().map(|word| Value::String(word.clone())).collect())
    };
    let number = |number: u32| Value::Integer(i64::from(number));
    let mut root = Table::new();
    root.insert("version".into(), Value::Integer(1));
    if !recipe.build.is_empty() {
        let steps = recipe.build.iter().map(|step| words(step)).collect();
        root.insert("build".into(), Value::Array(steps));
    }
    root.insert("trigger".into(), words(&recipe.trigger));
    root.insert("control".into(), words(&recipe.control));
    let package = &recipe.target.package;
    let target = [
        ("ecosystem", package.ecosystem.to_string()),
        ("name", package.name.clone()),
        ("version", recipe.target.version.0.clone()),
    ];
    root.insert("target".into(), table(target.map(|(key, text)| (key, Value::String(text)))));
    let mut oracle = table([("kind", Value::String(recipe.oracle.kind().into()))]);
    if let Value::Table(oracle) = &mut oracle {
        match &recipe.oracle {
            Oracle::Canary => {}
            Oracle::Growth { small, large, over_control, over_size } => {
                oracle.insert("small".into(), number(*small));
                oracle.insert("large".into(), number(*large));
                oracle.insert("over_control".into(), number(*over_control));
                oracle.insert("over_size".into(), number(*over_size));
            }
            Oracle::Sanitizer { kind, function } => {
                oracle.insert("error".into(), Value::String(kind.clone()));
                oracle.insert("function".into(), Value::String(function.clone()));
            }
        }
    }
    root.insert("oracle".into(), oracle);
    let limits = recipe.limits;
    let limits = [
        ("seconds", number(limits.seconds)),
        ("memory_mib", number(limits.memory_mib)),
        ("processes", number(limits.processes)),
        ("output_kib", number(limits.output_kib)),
        ("disk_mib", number(limits.disk_mib)),
    ];
    root.insert("limits".into(), table(limits));
    let files = recipe.files.iter().map(|file| {
        let name = ("name", Value::String(file.name.clone()));
        table([name, ("text", Value::String(file.text.clone()))])
    });
    root.insert("files".into(), Value::Array(files.collect()));
    toml::to_string_pretty(&root).unwrap_or_default()
}

fn table<const N: usize>(pairs: [(&str, Value); N]) -> Value {
    Value::Table(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

struct Faults(Vec<RecipeFault>);

impl Faults {
    fn add(&mut self, place: &str, message: impl Into<String>) {
        self.0.push(RecipeFault { place: place.to_owned(), message: message.into() });
    }

    fn known(&mut self, prefix: &str, table: &Table, keys: &[&str]) {
        for key in table.keys().filter(|key| !keys.contains(&key.as_str())) {
            let key: String = key.chars().take(60).collect();
            let keys = keys.join("`, `");
            self.add(&format!("{prefix}{key}"), format!("unknown key; known here are `{keys}`"));
        }
    }

    fn text<'a>(&mut self, prefix: &str, table: &'a Table, key: &str) -> Option<&'a str> {
        match table.get(key) {
            Some(Value::String(text)) if !text.contains('\0') => return Some(text),
            Some(_) => self.add(&format!("{prefix}{key}"), "it must be a text in quotes"),
            None => self.add(&format!("{prefix}{key}"), "it is missing; it must be a text"),
        }
        None
    }

    fn number(&mut self, place: &str, value: Option<&Value>, max: u32) -> Option<u32> {
        let number = value.and_then(Value::as_integer).and_then(|n| u32::try_from(n).ok());
        if let Some(number) = number.filter(|number| (1..=max).contains(number)) {
            return Some(number);
        }
        self.add(place, format!("it must be a whole number from 1 to {max}"));
        None
    }

    fn words(&mut self, place: &str, value: Option<&Value>) -> Option<Vec<String>> {
        let words: Option<Vec<String>> = value
            .and_then(Value::as_array)
            .and_then(|words| words.iter().map(|word| word.as_str().map(str::to_owned)).collect());
        match words {
            Some(words)
                if !words.is_empty()
                    && words.len() <= RECIPE_WORDS_MAX
                    && !words[0].is_empty()
                    && !words.iter().any(|word| word.contains('\0')) =>
            {
                Some(words)
            }
            Some(_) | None => {
                let message = "it must be a list of 1 to 64 texts, the program first, such as \
                               [\"python3\", \"/recipe/probe.py\"]; no shell reads it";
                self.add(place, message);
                None
            }
        }
    }
}

fn root(table: &Table, faults: &mut Faults) -> Option<Recipe> {
    let keys = ["version", "target", "files", "build", "trigger", "control", "oracle", "limits"];
    faults.known("", table, &keys);
    if table.get("version").and_then(Value::as_integer) != Some(1) {
        faults.add("version", "it must be `version = 1`, the version of this format");
    }
    let section = |faults: &mut Faults, name: &str, why: &str| match table.get(name) {
        Some(Value::Table(table)) => Some(table),
        Some(_) | None => {
            faults.add(name, format!("the section `[{name}]` is missing: {why}"));
            None
        }
    };
    let target = section(faults, "target", "which release the proof was written for")
        .and_then(|table| target(table, faults));
    let oracle = section(faults, "oracle", "what tells affected from unaffected")
        .and_then(|table| oracle(table, faults));
    let limits = match table.get("limits") {
        None => Some(Limits::default()),
        Some(Value::Table(table)) => limits(table, faults),
        Some(_) => {
            faults.add("limits", "it must be a section `[limits]`");
            None
        }
    };
    let build = build(table.get("build"), faults);
    let trigger = faults.words("trigger", table.get("trigger"));
    let control = faults.words("control", table.get("control"));
    let files = files(table.get("files"), faults);
    Some(Recipe {
        target: target?,
        files,
        build,
        trigger: trigger?,
        control: control?,
        oracle: oracle?,
        limits: limits?,
    })
}

fn target(table: &Table, faults: &mut Faults) -> Option<Target> {
    faults.known("target.", table, &["ecosystem", "name", "version"]);
    let ecosystem = faults.text("target.", table, "ecosystem");
    let name = faults.text("target.", table, "name");
    let version = faults.text("target.", table, "version");
    let ecosystem = Ecosystem::from(ecosystem?.to_owned());
    match &ecosystem {
        Ecosystem::PyPi | Ecosystem::Npm | Ecosystem::CratesIo | Ecosystem::Generic => {}
        Ecosystem::Debian(_)
        | Ecosystem::Listed(..)
        | Ecosystem::Git
        | Ecosystem::Oci
        | Ecosystem::Unknown(_) => {
            let message = "it must be one of `PyPI`, `npm`, `crates.io`, `Generic`: those are the \
                           catalogues that releases can be brought from";
            faults.add("target.ecosystem", message);
            return None;
        }
    }
    let name = normalised(&ecosystem, name?);
    if !is_plain_name(&name) {
        let message = "it must be a package name of letters, digits, `.`, `_`, `-`, or for npm \
                       `@scope/name`";
        faults.add("target.name", message);
        return None;
    }
    let version = version?;
    if !is_plain_word(version) {
        faults.add("target.version", "it must be one exact version, such as `1.2.3`");
        return None;
    }
    Some(Target { package: Package { ecosystem, name }, version: Version::from(version) })
}

fn normalised(ecosystem: &Ecosystem, name: &str) -> String {
    match ecosystem {
        Ecosystem::PyPi => {
            let mut out = String::new();
            for c in name.chars() {
                let c = if matches!(c, '_' | '.') { '-' } else { c.to_ascii_lowercase() };
                if c != '-' || !out.ends_with('-') {
                    out.push(c);
                }
            }
            out
        }
        Ecosystem::Npm
        | Ecosystem::CratesIo
        | Ecosystem::Debian(_)
        | Ecosystem::Generic
        | Ecosystem::Git
        | Ecosystem::Oci
        | Ecosystem::Listed(..)
        | Ecosystem::Unknown(_) => name.to_owned(),
    }
}

/// A word that can be a file name and an argument without being anything else.
fn is_plain_word(word: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '!');
    (1..=64).contains(&word.len())
        && word.chars().all(fits)
        && !word.starts_with(['-', '.', '!', '+'])
}

fn is_plain_name(name: &str) -> bool {
    match name.strip_prefix('@').and_then(|rest| rest.split_once('/')) {
        Some((scope, name)) => is_plain_word(scope) && is_plain_word(name),
        None => is_plain_word(name),
    }
}

fn oracle(table: &Table, faults: &mut Faults) -> Option<Oracle> {
    match faults.text("oracle.", table, "kind")? {
        "canary" => {
            faults.known("oracle.", table, &["kind"]);
            Some(Oracle::Canary)
        }
        "growth" => {
            let keys = ["kind", "small", "large", "over_control", "over_size"];
            faults.known("oracle.", table, &keys);
            let small = faults.number("oracle.small", table.get("small"), u32::MAX);
            let large = faults.number("oracle.large", table.get("large"), u32::MAX);
            let mut factor = |key: &str, default: u32| match table.get(key) {
                None => Some(default),
                value @ Some(_) => faults.number(&format!("oracle.{key}"), value, 1000),
            };
            let over_control = factor("over_control", OVER_CONTROL);
            let over_size = factor("over_size", OVER_SIZE);
            let (small, large) = (small?, large?);
            if large <= small {
                faults.add("oracle.large", "it must be larger than `oracle.small`");
            }
            let (over_control, over_size) = (over_control?, over_size?);
            if over_control < 2 || over_size < 2 {
                let message = "a factor below 2 is within what a busy machine does by itself";
                faults.add("oracle.over_control", message);
            }
            Some(Oracle::Growth { small, large, over_control, over_size })
        }
        "sanitizer" => {
            faults.known("oracle.", table, &["kind", "error", "function"]);
            let error = faults.text("oracle.", table, "error");
            let function = faults.text("oracle.", table, "function");
            let (kind, function) = (error?.to_owned(), function?.to_owned());
            if kind.trim().is_empty() || function.trim().is_empty() {
                let message = "both `error`, such as `heap-buffer-overflow`, and `function` must \
                               be named: any report at all is no proof of this flaw";
                faults.add("oracle.error", message);
            }
            Some(Oracle::Sanitizer { kind, function })
        }
        _ => {
            faults.add("oracle.kind", "it must be one of `canary`, `growth`, `sanitizer`");
            None
        }
    }
}

fn limits(table: &Table, faults: &mut Faults) -> Option<Limits> {
    let keys = ["seconds", "memory_mib", "processes", "output_kib", "disk_mib"];
    faults.known("limits.", table, &keys);
    let (default, max) = (Limits::default(), Limits::MAX);
    let mut limit = |key: &str, default: u32, max: u32| match table.get(key) {
        None => Some(default),
        value @ Some(_) => faults.number(&format!("limits.{key}"), value, max),
    };
    let seconds = limit("seconds", default.seconds, max.seconds);
    let memory_mib = limit("memory_mib", default.memory_mib, max.memory_mib);
    let processes = limit("processes", default.processes, max.processes);
    let output_kib = limit("output_kib", default.output_kib, max.output_kib);
    let disk_mib = limit("disk_mib", default.disk_mib, max.disk_mib);
    Some(Limits {
        seconds: seconds?,
        memory_mib: memory_mib?,
        processes: processes?,
        output_kib: output_kib?,
        disk_mib: disk_mib?,
    })
}

fn build(value: Option<&Value>, faults: &mut Faults) -> Vec<Vec<String>> {
    match value {
        None => Vec::new(),
        Some(Value::Array(steps)) if steps.len() <= RECIPE_WORDS_MAX => steps
            .iter()
            .enumerate()
            .filter_map(|(index, step)| faults.words(&format!("build[{index}]"), Some(step)))
            .collect(),
        Some(_) => {
            faults.add("build", "it must be a list of commands, each a list of texts");
            Vec::new()
        }
    }
}

fn files(value: Option<&Value>, faults: &mut Faults) -> Vec<RecipeFile> {
    let Some(entries) = value.map(|value| value.as_array()) else {
        return Vec::new();
    };
    let Some(entries) = entries.filter(|entries| entries.len() <= RECIPE_FILES_MAX) else {
        let message = format!("it must be `[[files]]` sections, at most {RECIPE_FILES_MAX}");
        faults.add("files", message);
        return Vec::new();
    };
    let mut files: Vec<RecipeFile> = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let place = format!("files[{index}].");
        let Some(entry) = entry.as_table() else {
            faults.add(place.trim_end_matches('.'), "it must have `name` and `text`");
            continue;
        };
        faults.known(&place, entry, &["name", "text"]);
        let name = faults.text(&place, entry, "name");
        let text = faults.text(&place, entry, "text");
        let (Some(name), Some(text)) = (name, text) else {
            continue;
        };
        let plain = name.len() <= 200 && name.split('/').all(is_plain_segment);
        let clash = |file: &RecipeFile| {
            let (long, short) = if file.name.len() > name.len() {
                (file.name.as_str(), name)
            } else {
                (name, file.name.as_str())
            };
            long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        if !plain {
            let message = "it must be a relative path of letters, digits, `.`, `_`, `-`, such as \
                           `src/main.rs`";
            faults.add(&format!("{place}name"), message);
        } else if files.iter().any(clash) {
            faults.add(&format!("{place}name"), "another file has this name already");
        } else {
            files.push(RecipeFile { name: name.to_owned(), text: text.to_owned() });
        }
    }
    files
}

fn is_plain_segment(segment: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    !segment.is_empty() && segment != "." && segment != ".." && segment.chars().all(fits)
}

#[cfg(test)]
mod tests;
