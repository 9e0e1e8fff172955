//! A new recipe: asked for in a terminal, by options, or filled in by an agent as JSON.

use super::question::{QUESTIONS, Replies, ask, missing};
use super::{Out, read_whole, refused, say_what_is_left};
use anyhow::{Context, bail};
use seawall_domain::recipe::{Boundary, Recipe};
use seawall_formats::recipe::skeleton::{Language, Sketch, skeleton};
use seawall_formats::recipe::{RECIPE_BYTES_MAX, RecipeFault, from_json, write};
use serde_json::{Map, Value, json};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

/// How often the replies may be put right.
const ROUNDS_MAX: usize = 3;

/// What is known already.
#[derive(clap::Args)]
#[command(disable_version_flag = true)]
pub(super) struct Arguments {
    /// Where it is written; `-` is standard output.
    #[arg(default_value = "recipe.toml")]
    out: PathBuf,
    /// The whole recipe as a JSON object of the schema's shape; `-` reads standard input.
    #[arg(long, value_name = "FILE", conflicts_with_all = [
        "ecosystem", "name", "release", "oracle", "language", "attacker", "gains",
    ])]
    answers: Option<PathBuf>,
    /// The catalogue: PyPI, npm, crates.io, Maven, Go, Debian, GIT, OCI, Generic.
    #[arg(long)]
    ecosystem: Option<String>,
    /// The package's name there.
    #[arg(long)]
    name: Option<String>,
    /// The exact version.
    #[arg(long = "version", id = "release", value_name = "VERSION")]
    version: Option<String>,
    /// What shows the flaw: canary, growth, sanitizer, signal, exit, output, differential, http.
    #[arg(long)]
    oracle: Option<String>,
    /// The canary's place: harness, file, environment, written, callback.
    #[arg(long = "where")]
    place: Option<String>,
    /// The file that a canary must not be written to.
    #[arg(long)]
    path: Option<String>,
    /// What grows: time or memory.
    #[arg(long)]
    measure: Option<String>,
    /// The smaller size.
    #[arg(long)]
    small: Option<String>,
    /// The larger size.
    #[arg(long)]
    large: Option<String>,
    /// The sanitizer's error.
    #[arg(long)]
    error: Option<String>,
    /// The function on its first stack.
    #[arg(long)]
    function: Option<String>,
    /// The signal that ends the attack.
    #[arg(long)]
    signal: Option<String>,
    /// The status of the attack, or of the answer.
    #[arg(long)]
    status: Option<String>,
    /// What only the flaw makes appear.
    #[arg(long)]
    says: Option<String>,
    /// The version that is fixed.
    #[arg(long)]
    fixed: Option<String>,
    /// The language of the harness: python, node, c, shell, rust.
    #[arg(long)]
    language: Option<String>,
    /// Who attacks, in plain words.
    #[arg(long)]
    attacker: Option<String>,
    /// What they gain, with commas: read, write, execute, deny, reach, pretend, corrupt.
    #[arg(long)]
    gains: Option<String>,
    #[command(flatten)]
    write: Out,
}

impl Arguments {
    fn replies(&self) -> Replies {
        let given = [
            ("ecosystem", &self.ecosystem),
            ("name", &self.name),
            ("version", &self.version),
            ("oracle", &self.oracle),
            ("where", &self.place),
            ("path", &self.path),
            ("measure", &self.measure),
            ("small", &self.small),
            ("large", &self.large),
            ("error", &self.error),
            ("function", &self.function),
            ("signal", &self.signal),
            ("status", &self.status),
            ("says", &self.says),
            ("fixed", &self.fixed),
            ("language", &self.language),
            ("attacker", &self.attacker),
            ("gains", &self.gains),
        ];
        given.into_iter().filter_map(|(name, reply)| Some((name, reply.clone()?))).collect()
    }
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    if let Some(answers) = &arguments.answers {
        let bytes = read_whole(answers, RECIPE_BYTES_MAX)?;
        let recipe = match from_json(&bytes) {
            Ok(recipe) => recipe,
            Err(faults) => {
                return refused(
                    &faults,
                    "the answers make no recipe; `seawall recipe schema` \
                                         says of which shape they must be",
                );
            }
        };
        arguments.write.write(&arguments.out, &write(&recipe))?;
        return Ok(say_what_is_left(&recipe));
    }
    let recipe = asked(arguments.replies())?;
    let text = format!("{HEAD}{}", write(&recipe));
    arguments.write.write(&arguments.out, &text)?;
    eprintln!("fill in what says FILL IN and the two inputs, then: seawall recipe check");
    Ok(ExitCode::SUCCESS)
}

/// What stands above a skeleton.
const HEAD: &str = "\
# A skeleton: say here which flaw this shows, and since when it is public.
# Fill in what says FILL IN,
# put the attack into attack.txt and something harmless of the same kind into benign.txt, and
# replace `true` in [tests] by the project's own tests. docs/recipes.md explains every key.
";

/// The skeleton of these replies; in a terminal whatever is missing is asked for.
fn asked(mut replies: Replies) -> anyhow::Result<Recipe> {
    let terminal = std::io::stdin().is_terminal();
    for round in 1..=ROUNDS_MAX {
        if terminal {
            ask(&mut replies, &mut std::io::stdin().lock(), &mut std::io::stderr().lock())
                .context("cannot ask")?;
        }
        let missing = missing(&mut replies);
        if !missing.is_empty() {
            bail!("not known yet: --{}", missing.join(", --"));
        }
        match sketched(&replies) {
            Ok(recipe) => return Ok(recipe),
            Err(faults) if !terminal || round == ROUNDS_MAX => {
                return refused(&faults, "the answers make no recipe");
            }
            Err(faults) => {
                for fault in &faults {
                    eprintln!("{fault}");
                    forget(&mut replies, &fault.place);
                }
            }
        }
    }
    bail!("the answers make no recipe")
}

/// Forgets the reply that a fault is about, so that it is asked for again.
fn forget(replies: &mut Replies, place: &str) {
    let last = place.rsplit('.').next().unwrap_or(place);
    let name = match place {
        "oracle.kind" => "oracle",
        "target.version" | "target.name" | "target.ecosystem" => last,
        _ => last,
    };
    let known = QUESTIONS.iter().find(|question| question.name == name);
    if known.is_none_or(|known| replies.remove(known.name).is_none()) {
        replies.clear();
    }
}

/// The skeleton that replies make, or what is wrong with them.
fn sketched(replies: &Replies) -> Result<Recipe, Vec<RecipeFault>> {
    let reply = |name: &str| replies.get(name).map_or("", String::as_str);
    let mut oracle = Map::new();
    oracle.insert("kind".to_owned(), json!(reply("oracle")));
    for key in ["where", "path", "measure", "error", "function", "signal", "says", "fixed"] {
        oracle.extend(replies.get(key).map(|value| (key.to_owned(), json!(value))));
    }
    for key in ["small", "large", "status"] {
        let number = |text: &String| text.parse::<i64>().map_or_else(|_| json!(text), Value::from);
        oracle.extend(replies.get(key).map(|value| (key.to_owned(), number(value))));
    }
    let is_http = reply("oracle") == "http";
    let mut whole = json!({
        "version": 1,
        "target": {
            "ecosystem": reply("ecosystem"), "name": reply("name"), "version": reply("version"),
        },
        "boundary": {
            "attacker": reply("attacker"),
            "gains": reply("gains").split(',').map(str::trim).collect::<Vec<_>>(),
        },
    });
    if is_http {
        oracle.insert("attack".to_owned(), json!("attack.http"));
        oracle.insert("control".to_owned(), json!("benign.http"));
        whole["service"] = json!({"run": ["true"], "port": 8080});
        whole["files"] = json!([
            {"name": "attack.http", "text": ""}, {"name": "benign.http", "text": ""},
        ]);
    } else {
        whole["trigger"] = json!(["true"]);
        whole["control"] = json!(["true"]);
    }
    whole["oracle"] = Value::Object(oracle);
    let read = from_json(whole.to_string().as_bytes())?;
    let language = match reply("language") {
        "" => Some(Language::Python),
        name => Language::ALL.iter().find(|(_, known)| *known == name).map(|(one, _)| *one),
    };
    let Some(language) = language else {
        let names = Language::ALL.map(|(_, name)| name).join("`, `");
        return Err(vec![RecipeFault::new("language", format!("it must be one of `{names}`"))]);
    };
    let Recipe { target, oracle, boundary, .. } = read;
    let boundary = boundary.unwrap_or_else(Boundary::default);
    Ok(skeleton(&Sketch { target, language, oracle, boundary }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use seawall_formats::recipe::outside;

    fn check(given: &[(&'static str, &str)], fault: &str) {
        let mut replies: Replies =
            given.iter().map(|(name, reply)| (*name, (*reply).to_owned())).collect();
        assert_eq!(missing(&mut replies), Vec::<&str>::new());
        match sketched(&replies) {
            Ok(recipe) => {
                assert_eq!(fault, "", "{given:?}");
                assert_eq!(outside(&recipe), []);
            }
            Err(faults) => assert_eq!(faults[0].place, fault, "{given:?}: {faults:?}"),
        }
    }

    #[test]
    fn replies_make_a_recipe_or_say_why_not() {
        let base = [("name", "ini"), ("version", "1.3.5")];
        for (more, fault) in [
            (&[][..], ""),
            (&[("oracle", "http")], ""),
            (&[("oracle", "growth")], ""),
            (&[("oracle", "exit"), ("status", "many")], "oracle.status"),
            (&[("oracle", "luck")], "oracle.kind"),
            (&[("ecosystem", "CRAN")], "target.ecosystem"),
            (&[("language", "cobol")], "language"),
            (&[("gains", "fame")], "boundary.gains"),
            (&[("where", "written"), ("path", "/etc/x")], "oracle.path"),
        ] {
            check(&[&base[..], more].concat(), fault);
        }
    }

    #[test]
    fn a_wrong_reply_is_asked_for_again() {
        for (place, left) in [("target.name", 1), ("oracle.kind", 2), ("elsewhere", 0)] {
            let mut replies = Replies::from([("name", "a".to_owned()), ("oracle", "b".to_owned())]);
            forget(&mut replies, place);
            assert_eq!(replies.len().min(2), if left == 2 { 1 } else { left }, "{place}");
        }
    }
}
