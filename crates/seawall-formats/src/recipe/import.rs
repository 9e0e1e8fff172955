//! Recipes made from what others already have: a bare crash input, an OSS-Fuzz project with a
//! testcase, a SARIF result with its proof attached.
//!
//! What is missing is never guessed in silence: each importer says what it assumed, and an oracle
//! whose words no report told is left as `unknown` for the caller to find by a run. Serves C16.

mod crash;
mod dockerfile;
mod fuzz;
mod report;
mod sarif;

pub use crash::{CrashInput, of_crash};
pub use fuzz::{FuzzProject, of_fuzz_project};
pub use report::{UNKNOWN, judged_by};
pub use sarif::{Proof, proof_of};

use super::{RecipeFault, parts, read, write};
use seawall_domain::recipe::{Boundary, Capability, Oracle, Recipe, RecipeFile};

/// A recipe that was made, and what its maker must know of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Imported {
    /// The recipe; it reads back.
    pub recipe: Recipe,
    /// What was assumed, left out or is to be filled in.
    pub warnings: Vec<String>,
}

impl Imported {
    /// The recipe if it can be written and read, or what is wrong with it.
    fn checked(recipe: Recipe, warnings: Vec<String>) -> Result<Imported, Vec<RecipeFault>> {
        let recipe = read(&write(&recipe))?;
        Ok(Imported { recipe, warnings })
    }

    /// Whether a run is to tell what the oracle looks for.
    pub fn is_open(&self) -> bool {
        match &self.recipe.oracle {
            Oracle::Sanitizer { kind, function } => kind == UNKNOWN || function == UNKNOWN,
            Oracle::Canary(_)
            | Oracle::Growth(_)
            | Oracle::Signal { .. }
            | Oracle::Exit { .. }
            | Oracle::Output { .. }
            | Oracle::Differential { .. }
            | Oracle::Http { .. } => false,
        }
    }

    /// The same with what a run told.
    #[must_use]
    pub fn told(self, oracle: Oracle) -> Imported {
        let Imported { mut recipe, mut warnings } = self;
        warnings.retain(|warning| !warning.contains("are to be filled in"));
        warnings.retain(|warning| !warning.starts_with("the boundary is assumed"));
        let input = recipe.input.clone().unwrap_or_default();
        recipe.boundary = Some(boundary(&oracle, &input, &mut warnings));
        recipe.oracle = oracle;
        Imported { recipe, warnings }
    }
}

/// A name that a recipe's file can have, made of any name.
pub fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let name: String = last.chars().take(80).map(|c| if fits(c) { c } else { '_' }).collect();
    if parts::is_plain_path(&name) { name } else { "input".to_owned() }
}

/// The benign input that was given, or an empty one that says so.
fn benign(given: Option<RecipeFile>, attack: &str, warnings: &mut Vec<String>) -> RecipeFile {
    let file = given.unwrap_or_else(|| {
        warnings.push(
            "no benign input was given, so the control gets an empty file: put there what an \
             honest user sends, or the control shows little"
                .to_owned(),
        );
        RecipeFile { name: "benign".to_owned(), bytes: Vec::new() }
    });
    match file.name == attack {
        true => RecipeFile { name: format!("benign-{}", file.name), ..file },
        false => file,
    }
}

/// The boundary of a crash: whoever sends the input corrupts memory or stops the program.
fn boundary(oracle: &Oracle, input: &str, warnings: &mut Vec<String>) -> Boundary {
    let memory = matches!(oracle, Oracle::Sanitizer { .. });
    let gain = if memory { Capability::Corrupt } else { Capability::Deny };
    warnings.push(format!(
        "the boundary is assumed: whoever sends the input gains `{}`; correct `[boundary]` if it \
         is otherwise",
        gain.name()
    ));
    Boundary {
        attacker: "whoever sends the input that is read".to_owned(),
        controls: vec![input.to_owned()],
        has: Vec::new(),
        gains: vec![gain],
    }
}

/// The oracle that a report tells, or one that is to be filled in.
fn oracle(report: Option<&str>, warnings: &mut Vec<String>) -> Oracle {
    let told = report.and_then(judged_by);
    told.unwrap_or_else(|| {
        warnings.push(match report {
            Some(_) => "the report tells of no crash that can be read, so the oracle's `error` \
                        and `function` are to be filled in"
                .to_owned(),
            None => "there is no report, so the oracle's `error` and `function` are to be filled \
                     in: a run tells them"
                .to_owned(),
        });
        Oracle::Sanitizer { kind: UNKNOWN.to_owned(), function: UNKNOWN.to_owned() }
    })
}

#[cfg(test)]
mod tests;
