//! Advice on a recipe that can be read: what will not do what its writer hopes, and why.
//!
//! A fault stops a recipe; advice does not. Each message says what is there, why that is a loss,
//! and what to write instead, since most readers of it have never written a recipe before.
//! Serves C16 (a recipe that reproduces), C15 (the boundary) and C17 (a patch that can be checked).

mod commands;
mod files;
mod judged;

use super::RecipeFault;
use super::reach::named_commands;
use seawall_domain::package::Ecosystem;
use seawall_domain::recipe::{Doubt, Limits, Oracle, Recipe, doubts};

/// So many pieces of advice are given; who follows them asks again.
const ADVICE_LEN_MAX: usize = 50;
/// A flaw that takes longer than this can nearly always be shown by less.
const SECONDS_AMPLE: u32 = 120;
const MEMORY_MIB_AMPLE: u32 = 4096;
const PROCESSES_AMPLE: u32 = 512;
const OUTPUT_KIB_AMPLE: u32 = 4096;
const DISK_MIB_AMPLE: u32 = 4096;
/// Words that name another release tomorrow.
const MOVING: [&str; 13] = [
    "latest", "newest", "stable", "current", "nightly", "next", "head", "main", "master", "trunk",
    "develop", "dev", "any",
];
/// What a boundary looks like, for those who have never stated one.
const BOUNDARY: &str = "for example `[boundary]` with `attacker = \"whoever sends the file that \
                        is read\"`, `controls = [\"attack.txt\"]`, `has = []`, `gains = \
                        [\"execute\"]`";

/// Advice that is being gathered.
struct Advice<'a> {
    recipe: &'a Recipe,
    found: Vec<RecipeFault>,
}

impl Advice<'_> {
    fn add(&mut self, place: &str, message: impl Into<String>) {
        if self.found.len() < ADVICE_LEN_MAX {
            self.found.push(RecipeFault::new(place, message));
        }
    }

    /// Whether any command's word or any file that is a text holds this.
    fn says(&self, wanted: &str) -> bool {
        let in_words = named_commands(self.recipe)
            .iter()
            .any(|(_, words)| words.iter().any(|word| word.contains(wanted)));
        in_words || self.files_say(wanted)
    }

    fn files_say(&self, wanted: &str) -> bool {
        self.recipe.files.iter().any(|file| file.text().is_some_and(|text| text.contains(wanted)))
    }
}

/// What would make a recipe better, in the order of its sections; nothing for a good one.
pub fn advice(recipe: &Recipe) -> Vec<RecipeFault> {
    let mut advice = Advice { recipe, found: Vec::new() };
    target(&mut advice);
    commands::advise(&mut advice);
    judged::advise(&mut advice);
    patches(&mut advice);
    boundary(&mut advice);
    limits(&mut advice);
    files::advise(&mut advice);
    advice.found
}

fn target(advice: &mut Advice<'_>) {
    let target = &advice.recipe.target;
    let version = target.version.0.to_ascii_lowercase();
    let is_git = target.package.ecosystem.base() == "GIT";
    let wild = version.split('.').any(|part| part == "x");
    if MOVING.contains(&version.as_str()) || wild {
        let instead = match is_git {
            true => "the whole hash of the commit",
            false => "the exact number of the release in which you saw it",
        };
        let message = format!(
            "`{version}` is another release tomorrow, and the proof then shows something else or \
             nothing: write {instead}"
        );
        advice.add("target.version", message);
    } else if is_git && version.len() < 40 && version.bytes().all(|b| b.is_ascii_hexdigit()) {
        let message = "a shortened commit can mean another one when the repository has grown: \
                       write all 40 digits (`git rev-parse` tells them)";
        advice.add("target.version", message);
    }
    if target.package.ecosystem == Ecosystem::Generic {
        let message = "`Generic` is brought from a local catalogue that others do not have: name a \
                       registry, or `GIT` with the address of the repository and a commit";
        advice.add("target.ecosystem", message);
    }
}

/// What a patch is checked by.
fn patches(advice: &mut Advice<'_>) {
    let recipe = advice.recipe;
    let asks = matches!(recipe.oracle, Oracle::Http { .. });
    if recipe.input.is_none() && !asks {
        let message = "no `input` says which file is the attack's input, so it cannot be made \
                       smaller or varied, and a patch cannot be checked beyond this one attack: \
                       put what the attacker sends into a file, hand its path to the harness, and \
                       name it, such as `input = \"attack.txt\"`";
        advice.add("input", message);
    }
    if recipe.input.is_some() && recipe.variants.is_empty() {
        let message = "no `variants` show the flaw in another way; the laboratory makes some from \
                       `input`, but one of yours finds the incomplete patch that they miss: add a \
                       second file and `variants = [\"attack-2.txt\"]`";
        advice.add("variants", message);
    }
    if recipe.tests.is_none() {
        let message = "no `[tests]` say what must go on working, so a patch that breaks the \
                       project cannot be told from one that repairs it: name its own tests, such \
                       as `run = [[\"python3\", \"-m\", \"unittest\", \"-v\"]]` with `report = \
                       \"unittest\"`, or a short one of yours with `report = \"status\"`";
        advice.add("tests", message);
    }
    if let Some(input) = &recipe.input {
        let path = format!("/recipe/{input}");
        let given = recipe.trigger.iter().any(|word| word.contains(&path));
        if !given && !asks && !advice.files_say(input) {
            let message = format!(
                "`{input}` is named as the attack's input, but the trigger is not given it: a \
                 smaller or varied one would change nothing; add `\"{path}\"` to `trigger`"
            );
            advice.add("input", message);
        }
    }
}

fn boundary(advice: &mut Advice<'_>) {
    for doubt in doubts(advice.recipe) {
        let (place, remedy) = match doubt {
            Doubt::Unstated => (
                "boundary",
                format!("a reader cannot tell a flaw from a feature without it; {BOUNDARY}"),
            ),
            Doubt::GrantedAnyway => (
                "boundary.gains",
                "nothing is gained then, and the recipe will be graded doubtful: name in `has` \
                 only what the attacker can do without the flaw, and in `gains` what is new"
                    .to_owned(),
            ),
            Doubt::HarnessDiffers => (
                "control",
                "the harness itself may make the effect: give both the same words, and only \
                 another file, such as `\"/recipe/attack.txt\"` and `\"/recipe/benign.txt\"`, \
                 which `boundary.controls` names"
                    .to_owned(),
            ),
            Doubt::WithoutTarget => (
                "trigger",
                "make the harness call the target, and show only what the target did".to_owned(),
            ),
        };
        advice.add(place, format!("{}: {remedy}", doubt.said()));
    }
    let Some(boundary) = &advice.recipe.boundary else { return };
    if boundary.controls.is_empty() {
        let message = "no file holds what the attacker says, so everything counts as the honest \
                       user's own doing: put the attacker's part into a file and name it, such as \
                       `controls = [\"attack.txt\"]`";
        advice.add("boundary.controls", message);
    } else if let Some(input) = &advice.recipe.input
        && !boundary.controls.contains(input)
    {
        let message = format!(
            "the attack's input `{input}` is not among them, though the attacker is who sends it: \
             add it"
        );
        advice.add("boundary.controls", message);
    }
}

fn limits(advice: &mut Advice<'_>) {
    let Limits { seconds, memory_mib, processes, output_kib, disk_mib } = advice.recipe.limits;
    for (key, value, ample, unit) in [
        ("seconds", seconds, SECONDS_AMPLE, "seconds of processor time"),
        ("memory_mib", memory_mib, MEMORY_MIB_AMPLE, "MiB of memory"),
        ("processes", processes, PROCESSES_AMPLE, "processes at a time"),
        ("output_kib", output_kib, OUTPUT_KIB_AMPLE, "KiB of output"),
        ("disk_mib", disk_mib, DISK_MIB_AMPLE, "MiB on disk"),
    ] {
        if value > ample {
            let message = format!(
                "{value} {unit} for one command is far more than a proof needs, and every run \
                 waits for the worst one: make the attack smaller, and stay below {ample} unless \
                 the build needs more"
            );
            advice.add(&format!("limits.{key}"), message);
        }
    }
}

#[cfg(test)]
mod tests;
