//! The preflight class of a recipe: safe to run here, or one that would reach outside.
//!
//! A sandbox has no network, so what reaches outside fails there. A recipe that tries to is still
//! refused before anything runs: it was not written for a sandbox, it proves nothing in one, and
//! on a host whose wall has a hole it is the one that goes through. Read are the words of the
//! commands and the texts that run, not what they are given: a name space in a document, or an
//! address within an attack's input, is no reach. It is a reading of texts and no containment;
//! whoever hides an address finds that the sandbox has no network.
//!
//! Serves C16 (contained reproduction): *local-safe* or *would reach outside*.

mod address;
mod program;
pub(crate) mod shell;
pub(crate) mod source;

use super::RecipeFault;
use crate::fault::quote;
use address::{Address, Side, addresses};
use program::{Around, By, reached};
use seawall_domain::recipe::{Oracle, Recipe, RecipeFile};
use source::{Family, Source};

/// So many places are told; one is enough to refuse.
const OUTSIDE_LEN_MAX: usize = 50;
/// So many places of one text are told.
const OF_A_TEXT_MAX: usize = 4;
/// What ends the name of a host that stands alone in quotes.
const DOMAIN_ENDS: [&str; 9] =
    ["com", "org", "net", "edu", "gov", "info", "internal", "local", "lan"];

/// Everything in a recipe that would reach outside its sandbox if it could; a recipe with any is
/// not run.
pub fn outside(recipe: &Recipe) -> Vec<RecipeFault> {
    let mut found = Vec::new();
    for (place, words) in named_commands(recipe) {
        found.extend(of_command(recipe, &place, words));
    }
    for (index, file) in recipe.files.iter().enumerate() {
        let Some(text) = file.text() else { continue };
        let Some(family) = family_of(recipe, file, text) else { continue };
        let said = of_text(text, family, offline_by_setting(recipe)).into_iter();
        let place = format!("files[{index}].text");
        found.extend(said.take(OF_A_TEXT_MAX).map(|(line, said)| {
            RecipeFault::new(&place, format!("line {line} of `{}`: {said}", file.name))
        }));
    }
    found.truncate(OUTSIDE_LEN_MAX);
    found
}

/// Every command of a recipe with its place.
pub(super) fn named_commands(recipe: &Recipe) -> Vec<(String, &[String])> {
    let numbered = |place: &'static str, commands: &'_ [Vec<String>]| -> Vec<String> {
        (0..commands.len()).map(|index| format!("{place}[{index}]")).collect()
    };
    let mut all: Vec<(String, &[String])> = Vec::new();
    let tests = recipe.tests.as_ref().map_or(&[][..], |tests| tests.run.as_slice());
    for (place, commands) in [("build", recipe.build.as_slice()), ("tests.run", tests)] {
        let places = numbered(place, commands).into_iter();
        all.extend(places.zip(commands.iter().map(Vec::as_slice)));
    }
    all.push(("trigger".to_owned(), &recipe.trigger));
    all.push(("control".to_owned(), &recipe.control));
    all.extend(recipe.service.iter().map(|one| ("service.run".to_owned(), one.run.as_slice())));
    all
}

/// The family of a file that runs: by its own name, or by the command that is given it.
pub(super) fn family_of(recipe: &Recipe, file: &RecipeFile, text: &str) -> Option<Family> {
    source::family(&file.name, text).or_else(|| {
        let whole = format!("/recipe/{}", file.name);
        named_commands(recipe).iter().find_map(|(_, words)| {
            let words = shell::from_program(words);
            let (first, rest) = words.split_first()?;
            let given = rest.iter().find(|word| !word.starts_with('-'))?;
            (*given == whole).then(|| source::interpreter(shell::program(first)))?
        })
    })
}

/// Whether a setting of the recipe keeps cargo offline.
fn offline_by_setting(recipe: &Recipe) -> bool {
    let sets = |file: &RecipeFile| {
        let named = file.name.ends_with(".cargo/config.toml");
        named && file.text().is_some_and(|text| text.replace(' ', "").contains("offline=true"))
    };
    recipe.files.iter().any(sets)
}

fn of_command(recipe: &Recipe, place: &str, words: &[String]) -> Vec<RecipeFault> {
    let mut found = Vec::new();
    let around: Vec<Address<'_>> = words.iter().flat_map(|word| addresses(word)).collect();
    let around = Around::of(&around);
    let kept = |said: &String| !(said.starts_with("`cargo ") && offline_by_setting(recipe));
    if let Some(said) = reached(words, around, By::Command).filter(kept) {
        found.push(RecipeFault::new(place, format!("{said}; {}", remedy(&said))));
    }
    let code = code_of(words);
    for (index, word) in words.iter().enumerate() {
        if let Some((_, family)) = code.filter(|(at, _)| *at == index) {
            let said = of_text(word, family, offline_by_setting(recipe)).into_iter();
            found.extend(said.take(1).map(|(_, said)| RecipeFault::new(place, said)));
            continue;
        }
        let away = addresses(word).into_iter().find(|one| one.side == Side::Outside);
        if let Some(address) = away.filter(|address| !is_version(recipe, address.text)) {
            found.push(RecipeFault::new(place, lies_outside(address.text)));
        }
    }
    found.truncate(OF_A_TEXT_MAX);
    found
}

/// A version of four numbers looks like an IP address.
fn is_version(recipe: &Recipe, text: &str) -> bool {
    let fixed = match &recipe.oracle {
        Oracle::Differential { fixed } => Some(fixed),
        Oracle::Canary(_)
        | Oracle::Growth(_)
        | Oracle::Sanitizer { .. }
        | Oracle::Signal { .. }
        | Oracle::Exit { .. }
        | Oracle::Output { .. }
        | Oracle::Http { .. } => None,
    };
    recipe.target.version.0 == text || fixed.is_some_and(|fixed| fixed.0 == text)
}

/// The word of a command that is itself a program, such as that after `python3 -c`.
pub(super) fn code_of(words: &[String]) -> Option<(usize, Family)> {
    let inner = shell::from_program(words);
    let before = words.len() - inner.len();
    let (first, rest) = inner.split_first()?;
    let family = source::interpreter(shell::program(first))?;
    let is_code = |word: &String| {
        word.starts_with('-') && !word.starts_with("--") && word.ends_with(['c', 'e', 'r', 'p'])
    };
    let at = rest.iter().position(is_code)?;
    rest.get(at + 1).map(|_| (before + at + 2, family))
}

/// What a text that runs reaches, with its line.
fn of_text(text: &str, family: Family, cargo_is_offline: bool) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let source = source::take_apart(text, family);
    let named = addresses(&source.code);
    let around = Around::of(&named);
    let kept = |said: &String| {
        let offline = cargo_is_offline || text.contains("CARGO_NET_OFFLINE");
        !(said.starts_with("`cargo ") && offline)
    };
    match family {
        Family::Shell => {
            for one in shell::commands(text) {
                let said = reached(&one.words, around, By::Command).filter(kept);
                found.extend(said.map(|said| (one.line, format!("{said}; {}", remedy(&said)))));
            }
        }
        Family::Hash | Family::Slash if source::starts(&source.code) => {
            for (line, words) in started(&source) {
                let said = reached(&words, around, By::Literal).filter(kept);
                found.extend(said.map(|said| (line, format!("{said}; {}", remedy(&said)))));
            }
        }
        Family::Hash | Family::Slash => {}
    }
    if source::connects(&source.code) {
        let away = named.iter().filter(|one| one.side == Side::Outside);
        let line = |start| super::lines::line_of(&source.code, start);
        let away = away.take(OF_A_TEXT_MAX);
        found.extend(away.map(|one| (line(one.start), lies_outside(one.text))));
        let hosts = source.literals.iter().filter(|one| is_domain(&one.text));
        found.extend(hosts.map(|one| (one.line, lies_outside(&one.text))));
    }
    found.sort();
    found.dedup();
    found
}

/// The commands that a program may start: each text in it, and each with those that follow it on
/// its line, as in a list of words.
fn started(source: &Source) -> Vec<(usize, Vec<String>)> {
    let literals = &source.literals;
    let mut commands = Vec::new();
    for (index, one) in literals.iter().enumerate() {
        let words: Vec<String> = match one.text.contains(char::is_whitespace) {
            true => vec!["sh".to_owned(), "-c".to_owned(), one.text.clone()],
            false => {
                let same = literals.iter().skip(index).take(8);
                same.take_while(|next| next.line == one.line)
                    .map(|next| next.text.clone())
                    .collect()
            }
        };
        commands.push((one.line, words));
    }
    commands
}

/// Whether a text in quotes is the name of a host outside.
fn is_domain(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-');
    let end = text.rsplit_once('.').map(|(_, end)| end);
    text.len() <= 253
        && text.chars().all(plain)
        && end.is_some_and(|end| DOMAIN_ENDS.contains(&end))
        && address::side(text) == Some(Side::Outside)
}

fn lies_outside(text: &str) -> String {
    format!(
        "{} lies outside the sandbox; write 127.0.0.1 for a `[service]` of the recipe, a name or \
         number reserved for documentation for anything else (`host.example`, 192.0.2.1), and put \
         what is only read into a file",
        quote(text)
    )
}

fn remedy(said: &str) -> &'static str {
    if said.contains("brings") || said.contains("git ") {
        "nothing can be brought while a recipe runs: what the target needs comes with it, and \
         everything else belongs into `[[files]]`"
    } else {
        "there is nobody to reach: start what must be asked as the `[service]` and name 127.0.0.1"
    }
}

#[cfg(test)]
mod tests;
