//! Advice on the files: what nothing names, and what is another in every run.

use super::Advice;
use crate::recipe::reach::{family_of, named_commands, source::Family};
use seawall_domain::recipe::{Oracle, Recipe, RecipeFile};

/// Words by which a program draws by chance.
const CHANCE: [&str; 11] = [
    "$RANDOM",
    "/dev/urandom",
    "/dev/random",
    "random.random",
    "random.randint",
    "random.choice",
    "os.urandom",
    "Math.random",
    "crypto.randomBytes",
    "rand()",
    "rand::random",
];

pub(super) fn advise(advice: &mut Advice<'_>) {
    let recipe = advice.recipe;
    for (index, file) in recipe.files.iter().enumerate() {
        if !is_named(recipe, file) {
            let message = format!(
                "nothing names `{0}`: hand `\"/recipe/{0}\"` to a command, read it from another \
                 file, or leave it out",
                file.name
            );
            advice.add(&format!("files[{index}].name"), message);
        }
        let Some(text) = file.text() else { continue };
        chance(advice, index, file, text);
    }
}

/// Whether a command, another file or a section of the recipe names a file.
fn is_named(recipe: &Recipe, file: &RecipeFile) -> bool {
    let name = file.name.as_str();
    let listed = [&recipe.input].into_iter().flatten().chain(&recipe.variants);
    let controls = recipe.boundary.iter().flat_map(|boundary| &boundary.controls);
    if listed.chain(controls).any(|listed| listed == name) {
        return true;
    }
    if let Oracle::Http { attack, control, .. } = &recipe.oracle
        && (attack == name || control == name)
    {
        return true;
    }
    let in_words = named_commands(recipe)
        .iter()
        .any(|(_, words)| words.iter().any(|word| word_names(word, name)));
    let others = || recipe.files.iter().filter(|other| other.name != name);
    in_words || others().filter_map(|other| other.text()).any(|text| text_names(text, name))
}

/// Whether a word is the path of a file, or of a folder that it lies in.
fn word_names(word: &str, name: &str) -> bool {
    if word.contains(name) {
        return true;
    }
    let mut folder = name;
    while let Some((outer, _)) = folder.rsplit_once('/') {
        if word.contains(&format!("/recipe/{outer}")) {
            return true;
        }
        folder = outer;
    }
    word.ends_with("/recipe") || word.ends_with("/recipe/") || word.ends_with("/recipe/.")
}

/// Whether a text names a file: by its path, its last part, or as a module.
fn text_names(text: &str, name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    let stem = last.split('.').next().unwrap_or(last);
    let as_module = || {
        let edge = |c: Option<char>| !c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        text.match_indices(stem).any(|(at, _)| {
            edge(text.get(..at).and_then(|head| head.chars().next_back()))
                && edge(text.get(at + stem.len()..).and_then(|rest| rest.chars().next()))
        })
    };
    word_names(text, name)
        || word_names(text, last)
        || (!stem.is_empty() && as_module())
        || text.contains("/recipe/.")
        || text.contains("/recipe/*")
}

fn chance(advice: &mut Advice<'_>, index: usize, file: &RecipeFile, text: &str) {
    if family_of(advice.recipe, file, text).is_none() || text.contains("seed") {
        return;
    }
    let is_shell = family_of(advice.recipe, file, text) == Some(Family::Shell);
    let word = CHANCE.iter().find(|word| {
        // `$` begins a variable in shells only.
        text.contains(**word) && (is_shell || !word.starts_with('$'))
    });
    if let Some(word) = word {
        let message = format!(
            "`{word}` makes every run another, and a proof that differs from run to run is \
             *flaky*: use fixed values, or set the seed"
        );
        advice.add(&format!("files[{index}].text"), message);
    }
}
