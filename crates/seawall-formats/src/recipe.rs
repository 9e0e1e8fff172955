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

mod faults;
pub mod import;
mod lines;
mod lint;
mod oracle;
mod parts;
mod reach;
mod schema;
pub mod skeleton;
mod target;
mod write;

pub use lines::locate;
pub use lint::advice;
pub use reach::outside;
pub use schema::{from_json, schema};
pub use write::write;

use faults::{Faults, commands};
use seawall_domain::recipe::{Limits, Oracle, Recipe};
use std::fmt;
use toml::{Table, Value};

/// A recipe is a page with its inputs, not an archive.
pub const RECIPE_BYTES_MAX: usize = 1024 * 1024;
/// More files than this is a project, and belongs in a release of its own.
pub const RECIPE_FILES_MAX: usize = 32;
/// Build steps and words in a command.
pub const RECIPE_WORDS_MAX: usize = 64;

/// One thing that is wrong in a recipe, and where.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RecipeFault {
    /// The key, such as `oracle.kind` or `files[0].name`, or `line 3` when it is not TOML at all.
    pub place: String,
    /// What is wrong, and what would be right.
    pub message: String,
    /// The line of the file, from 1, where one can be told.
    pub line: Option<usize>,
}

impl RecipeFault {
    /// A fault at this key; [`locate`] finds its line.
    pub fn new(place: &str, message: impl Into<String>) -> RecipeFault {
        RecipeFault { place: place.to_owned(), message: message.into(), line: None }
    }
}

impl fmt::Display for RecipeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) if !self.place.starts_with("line ") => write!(f, "line {line}, ")?,
            Some(_) | None => {}
        }
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
            let line = lines::line_of(text, error.span().map_or(0, |span| span.start));
            faults.add(&format!("line {line}"), format!("not TOML: {}", error.message().trim()));
            faults.0.iter_mut().for_each(|fault| fault.line = Some(line));
            return Err(faults.0);
        }
    };
    of_table(&table).map_err(|mut faults| {
        locate(text, &mut faults);
        faults
    })
}

/// The recipe of a document.
fn of_table(table: &Table) -> Result<Recipe, Vec<RecipeFault>> {
    let mut faults = Faults(Vec::new());
    match root(table, &mut faults) {
        Some(recipe) if faults.0.is_empty() => Ok(recipe),
        Some(_) | None => Err(faults.0),
    }
}

fn root(table: &Table, faults: &mut Faults) -> Option<Recipe> {
    let keys = [
        "version", "target", "files", "build", "trigger", "control", "oracle", "limits", "input",
        "variants", "service", "tests", "boundary",
    ];
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
        .and_then(|table| target::target(table, faults));
    let oracle = section(faults, "oracle", "what tells affected from unaffected")
        .and_then(|table| oracle::oracle(table, faults));
    let limits = match table.get("limits") {
        None => Some(Limits::default()),
        Some(Value::Table(table)) => parts::limits(table, faults),
        Some(_) => {
            faults.add("limits", "it must be a section `[limits]`");
            None
        }
    };
    let build = commands("build", table.get("build"), faults);
    let (trigger, control) = acts(table, oracle.as_ref(), faults);
    let files = parts::files(table.get("files"), faults);
    let recipe = Recipe {
        target: target?,
        files,
        build,
        trigger: trigger?,
        control: control?,
        oracle: oracle?,
        limits: limits?,
        input: table.get("input").and_then(|_| faults.text("", table, "input")).map(str::to_owned),
        variants: parts::names("variants", table.get("variants"), faults),
        service: parts::service(table.get("service"), faults),
        tests: parts::tests(table.get("tests"), faults),
        boundary: parts::boundary(table.get("boundary"), faults),
    };
    named(&recipe, faults);
    Some(recipe)
}

/// Trigger and control. Under the HTTP oracle the laboratory itself sends the requests.
fn acts(
    table: &Table,
    oracle: Option<&Oracle>,
    faults: &mut Faults,
) -> (Option<Vec<String>>, Option<Vec<String>>) {
    if matches!(oracle, Some(Oracle::Http { .. })) {
        for key in ["trigger", "control"].into_iter().filter(|key| table.contains_key(*key)) {
            let message = "under the oracle `http` the laboratory sends the requests itself: name \
                           their files in `oracle.attack` and `oracle.control`";
            faults.add(key, message);
        }
        return (Some(Vec::new()), Some(Vec::new()));
    }
    (faults.words("trigger", table.get("trigger")), faults.words("control", table.get("control")))
}

/// Every file that is named elsewhere must be there.
fn named(recipe: &Recipe, faults: &mut Faults) {
    let mut must = |place: &str, name: &str| {
        if recipe.file(name).is_none() {
            let name: String = name.chars().take(80).collect();
            faults.add(place, format!("there is no `[[files]]` section with the name `{name}`"));
        }
    };
    if let Some(input) = &recipe.input {
        must("input", input);
    }
    for name in &recipe.variants {
        must("variants", name);
    }
    if let Oracle::Http { attack, control, .. } = &recipe.oracle {
        must("oracle.attack", attack);
        must("oracle.control", control);
    }
    for name in recipe.boundary.iter().flat_map(|boundary| &boundary.controls) {
        must("boundary.controls", name);
    }
    if recipe.input.is_none() && !recipe.variants.is_empty() {
        faults.add("input", "name the file in whose place the `variants` stand");
    }
    if matches!(recipe.oracle, Oracle::Http { .. }) && recipe.service.is_none() {
        faults.add("service", "the oracle `http` needs a `[service]`: what answers the requests");
    }
}

#[cfg(test)]
mod tests;
