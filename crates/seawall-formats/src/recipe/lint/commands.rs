//! Advice on the commands: build, trigger, control, service.

use super::Advice;
use crate::fault::quote;
use crate::recipe::reach::shell::{from_program, program};
use crate::recipe::reach::{code_of, named_commands};
use seawall_domain::recipe::{Oracle, Recipe};

/// The folders that a sandbox has.
const FOLDERS: [&str; 19] = [
    "recipe", "target", "build", "scratch", "tmp", "canary", "usr", "bin", "sbin", "lib", "lib64",
    "opt", "etc", "dev", "proc", "sys", "seawall", "var", "run",
];
/// What only a shell understands.
const SHELL_SIGNS: [&str; 8] = ["&&", "||", "|", ">", ">>", "<", ";", "2>&1"];

/// Variables that nobody puts in the place of their names.
const VARIABLES: [&str; 6] = ["$SEAWALL_", "${SEAWALL_", "$HOME", "${HOME", "$PATH", "$PWD"];

pub(super) fn advise(advice: &mut Advice<'_>) {
    let recipe = advice.recipe;
    for (place, words) in named_commands(recipe) {
        no_shell(advice, &place, words);
        paths(advice, &place, words);
    }
    build(advice);
    acts(advice);
    service(advice);
}

/// Words that were written for a shell, where none reads them.
fn no_shell(advice: &mut Advice<'_>, place: &str, words: &[String]) {
    let Some(first) = words.first() else { return };
    if first.contains(' ') {
        let split: Vec<String> = first.split_whitespace().map(|word| format!("{word:?}")).collect();
        let message = format!(
            "{} is taken for the name of one program, since no shell splits it: write [{}]",
            quote(first),
            split.join(", ").chars().take(200).collect::<String>()
        );
        advice.add(place, message);
    }
    let code = code_of(words).map(|(at, _)| at);
    let finds = from_program(words).first().is_some_and(|word| program(word) == "find");
    let sign = words.iter().enumerate().find(|(at, word)| {
        let variable = VARIABLES.iter().any(|start| word.contains(start));
        Some(*at) != code && (SHELL_SIGNS.contains(&word.as_str()) || variable)
    });
    if let Some((_, sign)) = sign.filter(|_| !finds) {
        let message = format!(
            "{} is handed on as it stands, since no shell reads a command: write a script, such \
             as `[\"sh\", \"/recipe/run.sh\"]`, or read the variable in the harness",
            quote(sign)
        );
        advice.add(place, message);
    }
}

/// Paths that are not there in a sandbox.
fn paths(advice: &mut Advice<'_>, place: &str, words: &[String]) {
    for word in words {
        for path in recipe_paths(word).into_iter().filter(|path| !is_there(advice.recipe, path)) {
            let names: Vec<&str> =
                advice.recipe.files.iter().take(8).map(|file| file.name.as_str()).collect();
            let message = format!(
                "{} is none of the recipe's files, so the command fails in every release: add a \
                 `[[files]]` section with this name, or name one that is there ({})",
                quote(&format!("/recipe/{path}")),
                if names.is_empty() { "there is none".to_owned() } else { names.join(", ") }
            );
            advice.add(place, message);
        }
        let top = word.strip_prefix('/').and_then(|rest| rest.split('/').next());
        let is_path = word.matches('/').count() > 1 && word.bytes().all(|b| b.is_ascii_graphic());
        if let Some(top) = top.filter(|top| is_path && !top.is_empty() && !FOLDERS.contains(top)) {
            let message = format!(
                "there is no `/{top}` in a sandbox, which shows `/target`, `/recipe`, `/build`, \
                 `/scratch`, `/tmp` and the host's programs: bring what lies there as a \
                 `[[files]]` section"
            );
            advice.add(place, message);
        }
    }
    let relative = words.first().is_some_and(|word| word.starts_with("./"));
    if relative && place != "service.run" && !place.starts_with("build") {
        let message = "the current folder is `/scratch`, which is empty when a command starts: \
                       build to `/build` and start `/build/NAME`";
        advice.add(place, message);
    }
}

/// Every path below `/recipe/` that a text names, without that.
fn recipe_paths(text: &str) -> Vec<&str> {
    let ends = |c: char| !(c.is_ascii_alphanumeric() || "./_-$*?{}[]".contains(c));
    text.match_indices("/recipe/")
        .filter_map(|(at, start)| {
            let before = text.get(..at).and_then(|head| head.chars().next_back());
            let rest = text.get(at + start.len()..)?;
            let path = rest.split(ends).next().unwrap_or(rest);
            let own = !before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
            own.then_some(path.trim_end_matches('.'))
        })
        .filter(|path| !path.contains(['$', '*', '?', '{', '}', '[', ']']))
        .collect()
}

/// Whether a path below `/recipe/` is a file of the recipe or a folder of some.
fn is_there(recipe: &Recipe, path: &str) -> bool {
    let path = path.trim_end_matches(['/', '.']);
    let below = |name: &str| {
        name.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    path.is_empty() || recipe.files.iter().any(|file| below(&file.name))
}

fn build(advice: &mut Advice<'_>) {
    let recipe = advice.recipe;
    let in_build = |words: &[String]| words.iter().any(|word| word.contains("/build"));
    let in_files = recipe.files.iter().filter_map(|file| file.text());
    if !recipe.build.is_empty() {
        let kept = recipe.build.iter().any(|words| in_build(words))
            || in_files.into_iter().any(|text| text.contains("/build"));
        if !kept {
            let message = "nothing is left in `/build`, and everything else is gone before the \
                           trigger runs: let the last step write there, such as `\"-o\", \
                           \"/build/probe\"`";
            advice.add("build", message);
        }
    } else if in_build(&recipe.trigger) || in_build(&recipe.control) {
        let message = "the trigger uses `/build`, which stays empty without a build: add `build = \
                       [[\"gcc\", \"-o\", \"/build/probe\", \"/recipe/probe.c\"]]`, or start what \
                       lies in `/target` or `/recipe`";
        advice.add("build", message);
    }
    for (index, words) in recipe.build.iter().enumerate() {
        let out = words.iter().skip_while(|word| *word != "-o").nth(1);
        if out.is_some_and(|out| out.starts_with("/target") || out.starts_with("/recipe")) {
            let message = "`/target` and `/recipe` are read-only, so this step fails: write to \
                           `/build` what the trigger needs, and to `/scratch` the rest";
            advice.add(&format!("build[{index}]"), message);
        }
    }
}

fn acts(advice: &mut Advice<'_>) {
    let recipe = advice.recipe;
    if let Oracle::Http { attack, control, .. } = &recipe.oracle {
        let same = attack == control
            || recipe.file(attack).map(|file| &file.bytes)
                == recipe.file(control).map(|file| &file.bytes);
        if same {
            let message = "the attack's request and the control's are the same, so nothing can be \
                           told apart: let the control ask for something harmless";
            advice.add("oracle.control", message);
        }
        return;
    }
    if recipe.trigger == recipe.control {
        let message = "it is the same as `trigger`, so attack and control cannot be told apart and \
                       every run stays untested: give it a benign input instead, such as \
                       `\"/recipe/benign.txt\"` in place of `\"/recipe/attack.txt\"`";
        advice.add("control", message);
    } else if let Some((attack, benign)) = same_bytes(recipe) {
        let message = format!(
            "`{attack}` and `{benign}` hold the same bytes, so attack and control are the same: \
             let `{benign}` be what an honest user sends"
        );
        advice.add("control", message);
    }
    for (place, words) in [("trigger", &recipe.trigger), ("control", &recipe.control)] {
        if fails_by_words(words) {
            let message = "it ends by failing on purpose; the laboratory wants to see the target's \
                           own end, and a control that ends with another status than 0 leaves \
                           every run untested: end it with status 0";
            advice.add(place, message);
        }
    }
    let names_target = advice.says("/target") || uses_build(recipe);
    if !names_target {
        let message = "neither a command nor a file names `/target`, where the release lies, so \
                       what is shown is the harness's own doing: load the target from there, such \
                       as `sys.path.insert(0, \"/target\")` or `require('/target')`";
        advice.add("trigger", message);
    }
}

/// Whether a build may have taken the target in by a name that is not `/target`.
fn uses_build(recipe: &Recipe) -> bool {
    let words = recipe.build.iter().flatten();
    words.into_iter().any(|word| word.starts_with("cargo") || word.starts_with("go"))
}

/// The names of two files that stand in each other's place in trigger and control and are alike.
fn same_bytes(recipe: &Recipe) -> Option<(&str, &str)> {
    let (trigger, control) = (&recipe.trigger, &recipe.control);
    let mut differing = trigger.iter().zip(control).filter(|(a, c)| a != c);
    let (attack, benign) = differing.next()?;
    if trigger.len() != control.len() || differing.next().is_some() {
        return None;
    }
    let file = |word: &str| word.strip_prefix("/recipe/").and_then(|name| recipe.file(name));
    let (attack, benign) = (file(attack)?, file(benign)?);
    (attack.bytes == benign.bytes).then_some((attack.name.as_str(), benign.name.as_str()))
}

fn fails_by_words(words: &[String]) -> bool {
    let is_false = words.first().is_some_and(|word| program(word) == "false");
    let Some(last) = words.last().filter(|_| words.len() > 1) else { return is_false };
    let tail = last.rsplit([';', '&', '|', '\n']).next().unwrap_or(last).trim();
    let exits = ["exit ", "sys.exit(", "process.exit("].iter().any(|exit| {
        tail.strip_prefix(exit).is_some_and(|rest| rest.starts_with(|c| matches!(c, '1'..='9')))
    });
    is_false || exits || (tail == "false" && last.len() > tail.len())
}

fn service(advice: &mut Advice<'_>) {
    let recipe = advice.recipe;
    let Some(service) = &recipe.service else { return };
    let port = service.port.to_string();
    let serves = service.run.iter().any(|word| word.contains(&port)) || advice.files_say(&port);
    if !serves {
        let message = format!(
            "neither its command nor a file names {port}, so it will hardly listen there, and the \
             laboratory waits for it in vain: hand the port to it"
        );
        advice.add("service.port", message);
    }
    if service.run.last().is_some_and(|word| word == "&" || word == "--daemon" || word == "-d") {
        let message = "it must stay in the foreground: what goes to the background is not waited \
                       for and not ended properly; leave out `&`, `-d` and `--daemon`";
        advice.add("service.run", message);
    }
}
