//! Skeletons: a recipe with everything but the call that shows the flaw, for those who begin.
//!
//! Each language has one template with three holes: what is done with the attack's input before it
//! is handed over, the call itself, which stays for the writer, and what is said afterwards. Which
//! oracle is asked decides what stands in the first and in the last.

use seawall_domain::recipe::{
    Boundary, Canary, Oracle, Recipe, RecipeFile, Service, Target, TestReport, Tests,
};

/// The language of a harness.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Language {
    /// Python 3.
    Python,
    /// JavaScript, run by Node.
    Node,
    /// C, built with AddressSanitizer.
    C,
    /// A shell script.
    Shell,
    /// Rust, built by cargo.
    Rust,
}

impl Language {
    /// Every language, with the name that one writes.
    pub const ALL: [(Language, &'static str); 5] = [
        (Language::Python, "python"),
        (Language::Node, "node"),
        (Language::C, "c"),
        (Language::Shell, "shell"),
        (Language::Rust, "rust"),
    ];

    /// The language in which a catalogue's packages are mostly called.
    pub fn of_ecosystem(base: &str) -> Language {
        match base {
            "PyPI" => Language::Python,
            "npm" => Language::Node,
            "crates.io" => Language::Rust,
            "GIT" | "Debian" => Language::C,
            _ => Language::Shell,
        }
    }
}

/// What a skeleton is made of.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sketch {
    /// The release that is attacked.
    pub target: Target,
    /// The harness's language.
    pub language: Language,
    /// What tells affected from unaffected.
    pub oracle: Oracle,
    /// Who attacks, and what they gain; the files are filled in.
    pub boundary: Boundary,
}

/// The files of every skeleton that hold the two inputs.
const ATTACK: &str = "attack.txt";
const BENIGN: &str = "benign.txt";
/// The port of a skeleton's service.
const PORT: u16 = 8080;

const PYTHON: &str = include_str!("skeleton/probe.py");
const SERVER: &str = include_str!("skeleton/server.py");
const NODE: &str = include_str!("skeleton/probe.js");
const C: &str = include_str!("skeleton/probe.c");
const SHELL: &str = include_str!("skeleton/probe.sh");
const RUST: &str = include_str!("skeleton/main.txt");
const CARGO: &str = include_str!("skeleton/manifest.txt");
const CARGO_CONFIG: &str = include_str!("skeleton/config.txt");

/// A recipe that reads and runs, and in which only the call and the two inputs are missing.
pub fn skeleton(sketch: &Sketch) -> Recipe {
    let mut recipe = Recipe::new(sketch.target.clone(), sketch.oracle.clone());
    recipe.boundary =
        Some(Boundary { controls: vec![ATTACK.to_owned()], ..sketch.boundary.clone() });
    recipe.tests = Some(Tests { run: vec![vec!["true".to_owned()]], report: TestReport::Status });
    if matches!(sketch.oracle, Oracle::Http { .. }) {
        http(sketch, &mut recipe);
        return recipe;
    }
    let (words, build) = commands(sketch.language);
    let with = |name: &str| {
        let path = format!("/recipe/{name}");
        words.iter().map(|word| (*word).to_owned()).chain([path]).collect()
    };
    (recipe.trigger, recipe.control) = (with(ATTACK), with(BENIGN));
    recipe.build =
        build.iter().map(|step| step.iter().map(|word| (*word).to_owned()).collect()).collect();
    recipe.files = harness(sketch);
    recipe.files.push(file(ATTACK, input(&sketch.oracle, "what the attacker sends")));
    recipe.files.push(file(BENIGN, input(&sketch.oracle, "what an honest user sends")));
    recipe.input = Some(ATTACK.to_owned());
    recipe
}

/// The words before the input's path, and the build.
fn commands(language: Language) -> (&'static [&'static str], &'static [&'static [&'static str]]) {
    match language {
        Language::Python => (&["python3", "-I", "/recipe/probe.py"], &[]),
        Language::Node => (&["node", "/recipe/probe.js"], &[]),
        Language::Shell => (&["sh", "/recipe/probe.sh"], &[]),
        Language::C => (
            &["/build/probe"],
            &[&[
                "gcc",
                "-g",
                "-O1",
                "-fsanitize=address",
                "-fno-omit-frame-pointer",
                "-I/target",
                "-o",
                "/build/probe",
                "/recipe/probe.c",
            ]],
        ),
        Language::Rust => (
            &["/build/harness"],
            &[
                &["cp", "-r", "/recipe/harness/.", "/scratch"],
                &["cargo", "build", "--quiet", "--offline", "--target-dir", "/tmp/out"],
                &["cp", "/tmp/out/debug/harness", "/build/harness"],
            ],
        ),
    }
}

fn harness(sketch: &Sketch) -> Vec<RecipeFile> {
    let name = &sketch.target.package.name;
    let module = name.rsplit(['/', ':']).next().unwrap_or(name).replace(['-', '.'], "_");
    let filled = |template: &str, language: Language| {
        template
            .replace("@MODULE@", &module)
            .replace("@PREPARE@", prepare(language, &sketch.oracle))
            .replace("@SHOW@", &show(language, &sketch.oracle))
    };
    let language = sketch.language;
    match language {
        Language::Python => vec![file("probe.py", filled(PYTHON, language))],
        Language::Node => vec![file("probe.js", filled(NODE, language))],
        Language::C => vec![file("probe.c", filled(C, language))],
        Language::Shell => vec![file("probe.sh", filled(SHELL, language))],
        Language::Rust => vec![
            file("harness/Cargo.toml", CARGO.replace("@CRATE@", name)),
            file("harness/.cargo/config.toml", CARGO_CONFIG.to_owned()),
            file("harness/src/main.rs", filled(RUST, language)),
        ],
    }
}

/// A service of the target, and two requests to it.
fn http(sketch: &Sketch, recipe: &mut Recipe) {
    let (attack, control) = match &sketch.oracle {
        Oracle::Http { attack, control, .. } => (attack.clone(), control.clone()),
        Oracle::Canary(_)
        | Oracle::Growth(_)
        | Oracle::Sanitizer { .. }
        | Oracle::Signal { .. }
        | Oracle::Exit { .. }
        | Oracle::Output { .. }
        | Oracle::Differential { .. } => return,
    };
    let request =
        |path: &str| format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    let module = sketch.target.package.name.replace(['-', '.'], "_");
    let run = ["python3", "-I", "/recipe/server.py", "8080"];
    recipe.service =
        Some(Service { run: run.iter().map(|word| (*word).to_owned()).collect(), port: PORT });
    recipe.files = vec![
        file("server.py", SERVER.replace("@MODULE@", &module)),
        file(&attack, request("/attack")),
        file(&control, request("/")),
    ];
    recipe.boundary =
        recipe.boundary.take().map(|boundary| Boundary { controls: vec![attack], ..boundary });
}

fn file(name: &str, text: String) -> RecipeFile {
    RecipeFile { name: name.to_owned(), bytes: text.into_bytes() }
}

/// An input in which the mark or the address is put by the harness.
fn input(oracle: &Oracle, text: &str) -> String {
    match oracle {
        Oracle::Canary(Canary::Harness | Canary::Written { .. }) => format!("{text}: MARK\n"),
        Oracle::Canary(Canary::Callback) => format!("{text}: ADDRESS\n"),
        Oracle::Canary(Canary::File) => format!("{text}: ../../canary/secret\n"),
        Oracle::Canary(Canary::Environment) => format!("{text}: SEAWALL_SECRET\n"),
        Oracle::Growth(_)
        | Oracle::Sanitizer { .. }
        | Oracle::Signal { .. }
        | Oracle::Exit { .. }
        | Oracle::Output { .. }
        | Oracle::Differential { .. }
        | Oracle::Http { .. } => format!("{text}\n"),
    }
}

/// What is done with the input before it is handed over.
fn prepare(language: Language, oracle: &Oracle) -> &'static str {
    let mark = match oracle {
        Oracle::Canary(Canary::Harness | Canary::Written { .. }) => Hole::Mark,
        Oracle::Canary(Canary::Callback) => Hole::Address,
        Oracle::Growth(_) => Hole::Size,
        Oracle::Canary(Canary::File | Canary::Environment)
        | Oracle::Sanitizer { .. }
        | Oracle::Signal { .. }
        | Oracle::Exit { .. }
        | Oracle::Output { .. }
        | Oracle::Differential { .. }
        | Oracle::Http { .. } => return "",
    };
    match (language, mark) {
        (Language::Python, Hole::Mark) => {
            "data = data.replace(b\"MARK\", os.environ[\"SEAWALL_CANARY\"].encode())\n"
        }
        (Language::Python, Hole::Address) => {
            "data = data.replace(b\"ADDRESS\", os.environ[\"SEAWALL_CALLBACK\"].encode())\n"
        }
        (Language::Python, Hole::Size) => "data = data * int(os.environ[\"SEAWALL_SIZE\"])\n",
        (Language::Node, Hole::Mark) => {
            "data = data.replaceAll('MARK', process.env.SEAWALL_CANARY)\n"
        }
        (Language::Node, Hole::Address) => {
            "data = data.replaceAll('ADDRESS', process.env.SEAWALL_CALLBACK)\n"
        }
        (Language::Node, Hole::Size) => "data = data.repeat(Number(process.env.SEAWALL_SIZE))\n",
        (Language::C, Hole::Mark) => {
            "    /* Put getenv(\"SEAWALL_CANARY\") where the input says MARK. */\n"
        }
        (Language::C, Hole::Address) => {
            "    /* Put getenv(\"SEAWALL_CALLBACK\") where the input says ADDRESS. */\n"
        }
        (Language::C, Hole::Size) => {
            "    /* Repeat the input atoi(getenv(\"SEAWALL_SIZE\")) times. */\n"
        }
        (Language::Shell, Hole::Mark) => {
            "sed \"s|MARK|$SEAWALL_CANARY|g\" \"$1\" > input\nset -- input\n"
        }
        (Language::Shell, Hole::Address) => {
            "sed \"s|ADDRESS|$SEAWALL_CALLBACK|g\" \"$1\" > input\nset -- input\n"
        }
        (Language::Shell, Hole::Size) => {
            "i=0\nwhile [ \"$i\" -lt \"$SEAWALL_SIZE\" ]; do cat \"$1\"; i=$((i + 1)); \
             done > input\n\
             set -- input\n"
        }
        (Language::Rust, Hole::Mark) => {
            "    let data = data.replace(\"MARK\", &std::env::var(\"SEAWALL_CANARY\").unwrap());\n"
        }
        (Language::Rust, Hole::Address) => {
            "    let data = data.replace(\"ADDRESS\", \
             &std::env::var(\"SEAWALL_CALLBACK\").unwrap());\n"
        }
        (Language::Rust, Hole::Size) => {
            "    let data = \
             data.repeat(std::env::var(\"SEAWALL_SIZE\").unwrap().parse().unwrap());\n"
        }
    }
}

/// What is put into an input.
#[derive(Clone, Copy)]
enum Hole {
    Mark,
    Address,
    Size,
}

/// What the harness says or does when it saw the effect; nothing where the laboratory looks.
fn show(language: Language, oracle: &Oracle) -> String {
    match oracle {
        Oracle::Canary(Canary::Harness) => show_canary(language).to_owned(),
        Oracle::Exit { status } => show_status(language, *status),
        Oracle::Output { says } => show_text(language, says),
        Oracle::Canary(
            Canary::File | Canary::Environment | Canary::Written { .. } | Canary::Callback,
        )
        | Oracle::Growth(_)
        | Oracle::Sanitizer { .. }
        | Oracle::Signal { .. }
        | Oracle::Differential { .. }
        | Oracle::Http { .. } => String::new(),
    }
}

fn show_canary(language: Language) -> &'static str {
    match language {
        Language::Python => {
            "seen = False  # whether the mark is where it must not be\nprint(\"seawall-canary\", \
             os.environ[\"SEAWALL_CANARY\"], \"seen\" if seen else \"absent\")\n"
        }
        Language::Node => {
            "const seen = false // whether the mark is where it must not be\nconsole.log(\
             'seawall-canary ' + process.env.SEAWALL_CANARY + (seen ? ' seen' : ' absent'))\n"
        }
        Language::C => {
            "    printf(\"seawall-canary %s %s\\n\", getenv(\"SEAWALL_CANARY\"), seen ? \"seen\" : \
             \"absent\");\n"
        }
        Language::Shell => {
            "seen=absent # `seen` when the mark is where it must not be\necho \"seawall-canary \
             $SEAWALL_CANARY $seen\"\n"
        }
        Language::Rust => {
            "    let token = std::env::var(\"SEAWALL_CANARY\").unwrap();\n    \
             println!(\"seawall-canary {token} {}\", if seen { \"seen\" } else { \"absent\" });\n"
        }
    }
}

fn show_status(language: Language, status: u8) -> String {
    match language {
        Language::Python => {
            format!(
                "seen = False  # whether the effect is there\nsys.exit({status} if seen else 0)\n"
            )
        }
        Language::Node => format!(
            "const seen = false // whether the effect is there\n\
             process.exitCode = seen ? {status} : 0\n"
        ),
        Language::C => format!("    if (seen)\n        return {status};\n"),
        Language::Shell => {
            format!("seen=0 # 1 when the effect is there\n[ \"$seen\" = 0 ] || exit {status}\n")
        }
        Language::Rust => {
            format!("    std::process::exit(if seen {{ {status} }} else {{ 0 }});\n")
        }
    }
}

fn show_text(language: Language, text: &str) -> String {
    let quoted = |text: &str| format!("{text:?}");
    match language {
        Language::Python => format!(
            "seen = False  # whether the effect is there\nif seen:\n    print({})\n",
            quoted(text)
        ),
        Language::Node => format!(
            "const seen = false // whether the effect is there\nif (seen) console.log({})\n",
            quoted(text)
        ),
        Language::C => {
            format!("    if (seen)\n        puts({});\n", quoted(text))
        }
        Language::Shell => format!(
            "seen=0 # 1 when the effect is there\n[ \"$seen\" = 0 ] || echo '{}'\n",
            text.replace('\'', "'\\''")
        ),
        Language::Rust => {
            format!("    if seen {{\n        println!(\"{{}}\", {});\n    }}\n", quoted(text))
        }
    }
}

#[cfg(test)]
mod tests;
