//! A bare crash input: a file, the command that reads it, and maybe the report of the crash.

use super::{Imported, benign, boundary, oracle};
use crate::recipe::RecipeFault;
use crate::recipe::reach::shell;
use seawall_domain::recipe::{Recipe, RecipeFile, Target};

/// What stands for the input's path in a command.
const PLACE: &str = "{input}";

/// A crash input with what is known of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CrashInput {
    /// The release that crashes.
    pub target: Target,
    /// The command, as one would write it in a terminal; `{input}` is the path of the input.
    pub command: String,
    /// The input.
    pub input: RecipeFile,
    /// An input that does no harm.
    pub benign: Option<RecipeFile>,
    /// Further files of the harness.
    pub files: Vec<RecipeFile>,
    /// Commands that build, as one would write them in a terminal.
    pub build: Vec<String>,
    /// What was printed when it crashed.
    pub report: Option<String>,
}

/// Makes a recipe of a crash input.
pub fn of_crash(crash: CrashInput) -> Result<Imported, Vec<RecipeFault>> {
    let mut warnings = Vec::new();
    let mut faults = Vec::new();
    let words = words("command", &crash.command, &mut faults);
    if !crash.command.contains(PLACE) {
        let message = "it must say where the input's path goes, such as `/build/parse {input}`";
        faults.push(RecipeFault::new("command", message));
    }
    let build = crash.build.iter().enumerate();
    let build =
        build.map(|(index, step)| self::words(&format!("build[{index}]"), step, &mut faults));
    let build: Vec<Vec<String>> = build.collect();
    if !faults.is_empty() {
        return Err(faults);
    }
    let benign = benign(crash.benign, &crash.input.name, &mut warnings);
    let with = |name: &str| -> Vec<String> {
        words.iter().map(|word| word.replace(PLACE, &format!("/recipe/{name}"))).collect()
    };
    let oracle = oracle(crash.report.as_deref(), &mut warnings);
    let boundary = boundary(&oracle, &crash.input.name, &mut warnings);
    let recipe = Recipe {
        build,
        trigger: with(&crash.input.name),
        control: with(&benign.name),
        input: Some(crash.input.name.clone()),
        boundary: Some(boundary),
        files: crash.files.into_iter().chain([crash.input, benign]).collect(),
        ..Recipe::new(crash.target, oracle)
    };
    Imported::checked(recipe, warnings)
}

/// A command's words as a shell would split them.
fn words(place: &str, command: &str, faults: &mut Vec<RecipeFault>) -> Vec<String> {
    let mut commands = shell::commands(command);
    match (commands.pop(), commands.is_empty()) {
        (Some(one), true) => one.words,
        _ => {
            let message = "it must be one command without `|`, `&&`, `;` and `$(…)`: no shell \
                           reads it; put more into a script and hand that over as a file";
            faults.push(RecipeFault::new(place, message));
            Vec::new()
        }
    }
}
