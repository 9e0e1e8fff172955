//! An OSS-Fuzz project and a testcase: the project's own `build.sh` runs unchanged inside, with the
//! variables that OSS-Fuzz sets for it and a driver of ours in place of a fuzzing engine.
//!
//! The contract is that of the OSS-Fuzz documentation ("Setting up a new project": `project.yaml`,
//! `Dockerfile`, `build.sh` and its environment). Of `project.yaml` only single lines at the top
//! are read, strictly; what the Dockerfile would bring is told, since a recipe has no network.

use super::{Imported, benign, boundary, dockerfile, oracle, parts};
use crate::fault::quote;
use crate::recipe::RecipeFault;
use seawall_domain::package::{Package, Version};
use seawall_domain::recipe::{Limits, Oracle, Recipe, RecipeFile, Target};
use std::collections::BTreeMap;

/// The engine that is linked in place of a fuzzer's.
const DRIVER: &str = include_str!("driver.c");
/// A build of a whole project takes its time.
const LIMITS: Limits =
    Limits { seconds: 600, memory_mib: 4096, processes: 512, output_kib: 4096, disk_mib: 4096 };
/// The flag of each sanitizer that OSS-Fuzz builds with.
const SANITIZERS: [(&str, &str); 3] = [
    ("address", "-fsanitize=address"),
    ("memory", "-fsanitize=memory -fsanitize-memory-track-origins"),
    ("undefined", "-fsanitize=undefined"),
];

/// A project's folder, read.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct FuzzProject {
    /// `project.yaml`.
    pub settings: String,
    /// `Dockerfile`.
    pub dockerfile: String,
    /// Every other file of the folder, `build.sh` among them.
    pub files: Vec<RecipeFile>,
    /// The input that crashes.
    pub testcase: Vec<u8>,
    /// An input that does not.
    pub benign: Option<Vec<u8>>,
    /// The name of the fuzz target, as `build.sh` leaves it in `$OUT`.
    pub fuzz_target: String,
    /// The commit of the main repository.
    pub commit: String,
    /// What was printed when it crashed.
    pub report: Option<String>,
}

/// Makes a recipe of a project and a testcase.
pub fn of_fuzz_project(project: FuzzProject) -> Result<Imported, Vec<RecipeFault>> {
    let settings = settings(&project.settings)?;
    let mut warnings = Vec::new();
    let repository = repository(&settings, &mut warnings)?;
    let language = language(&settings, &mut warnings)?;
    let fault = |place: &str, message: &str| vec![RecipeFault::new(place, message)];
    if !parts::is_plain_path(&project.fuzz_target) {
        return Err(fault("fuzz target", "it must be the plain name of a program in `$OUT`"));
    }
    if project.commit.len() < 40 || !project.commit.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(fault("commit", "it must be the whole hash of a commit, 40 digits"));
    }
    if !project.files.iter().any(|file| file.name == "build.sh") {
        return Err(fault("build.sh", "the project's folder has none, and it is what builds"));
    }
    let oracle = oracle(project.report.as_deref(), &mut warnings);
    let prepared = dockerfile::read(&project.dockerfile, &repository);
    let script = script(&project, &prepared, &repository, language, sanitizer(&oracle));
    warnings.extend(prepared.warnings);
    own_paths(&project.files, &mut warnings);
    let text = |name: &str, text: String| RecipeFile { name: name.into(), bytes: text.into() };
    let attack = RecipeFile { name: "testcase".to_owned(), bytes: project.testcase };
    let given = project.benign.map(|bytes| RecipeFile { name: "benign".to_owned(), bytes });
    let benign = benign(given, &attack.name, &mut warnings);
    let boundary = boundary(&oracle, &attack.name, &mut warnings);
    let program = format!("/build/{}", project.fuzz_target);
    let act = |name: &str| vec![program.clone(), format!("/recipe/{name}")];
    let mut files = vec![text("build-inside.sh", script), text("driver.c", DRIVER.to_owned())];
    files.extend(
        project
            .files
            .into_iter()
            .map(|file| RecipeFile { name: format!("project/{}", file.name), ..file }),
    );
    let (trigger, control) = (act(&attack.name), act(&benign.name));
    files.extend([attack, benign]);
    let package = Package { ecosystem: "GIT".to_owned().into(), name: repository };
    let target = Target { package, version: Version(project.commit.to_ascii_lowercase()) };
    let recipe = Recipe {
        files,
        build: vec![vec!["bash".to_owned(), "/recipe/build-inside.sh".to_owned()]],
        trigger,
        control,
        limits: LIMITS,
        input: Some("testcase".to_owned()),
        boundary: Some(boundary),
        ..Recipe::new(target, oracle)
    };
    Imported::checked(recipe, warnings)
}

/// The lines `key: value` at the top of `project.yaml`; lists and what is indented belong to keys
/// that are not asked for.
fn settings(text: &str) -> Result<BTreeMap<&str, &str>, Vec<RecipeFault>> {
    let mut found = BTreeMap::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_end();
        if line.is_empty() || line.starts_with(['#', ' ', '\t', '-', '.']) {
            continue;
        }
        let mut fault = RecipeFault::new("project.yaml", "");
        fault.line = Some(index + 1);
        let Some((key, value)) = line.split_once(':') else {
            fault.message = format!("{} is no line `key: value`", quote(line));
            return Err(vec![fault]);
        };
        let value = plain_value(value.trim());
        if found.insert(key.trim(), value).is_some() {
            fault.message = format!("{} stands twice", quote(key.trim()));
            return Err(vec![fault]);
        }
    }
    Ok(found)
}

/// A value without its quotes or the comment behind it.
fn plain_value(value: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote) {
            return inner.split(quote).next().unwrap_or(inner);
        }
    }
    value.split(" #").next().unwrap_or(value).trim_end()
}

fn repository(
    settings: &BTreeMap<&str, &str>,
    warnings: &mut Vec<String>,
) -> Result<String, Vec<RecipeFault>> {
    let given = settings.get("main_repo").copied().unwrap_or_default();
    if let Some(rest) = given.strip_prefix("git://") {
        warnings.push(format!("the repository is asked for by https, not as {}", quote(given)));
        return Ok(format!("https://{rest}"));
    }
    if given.starts_with("https://") {
        return Ok(given.to_owned());
    }
    let message = format!(
        "its `main_repo` must be the address of a git repository by https, and is {}",
        quote(given)
    );
    Err(vec![RecipeFault::new("project.yaml", message)])
}

fn language(
    settings: &BTreeMap<&str, &str>,
    warnings: &mut Vec<String>,
) -> Result<&'static str, Vec<RecipeFault>> {
    match settings.get("language").copied() {
        Some("c") => Ok("c"),
        Some("c++") => Ok("c++"),
        None => {
            warnings.push("the project names no language; c++ is assumed".to_owned());
            Ok("c++")
        }
        Some(other) => {
            let message = format!(
                "its language is {}, whose fuzz targets need their engine's own runtime: only c \
                 and c++ are imported; write a recipe that calls the target with the testcase",
                quote(other)
            );
            Err(vec![RecipeFault::new("project.yaml", message)])
        }
    }
}

/// The sanitizer whose words the oracle uses.
fn sanitizer(oracle: &Oracle) -> &'static str {
    match oracle {
        Oracle::Sanitizer { kind, .. } if kind == "use-of-uninitialized-value" => "memory",
        Oracle::Sanitizer { kind, .. } if kind.contains(' ') => "undefined",
        Oracle::Sanitizer { .. }
        | Oracle::Canary(_)
        | Oracle::Growth(_)
        | Oracle::Signal { .. }
        | Oracle::Exit { .. }
        | Oracle::Output { .. }
        | Oracle::Differential { .. }
        | Oracle::Http { .. } => "address",
    }
}

/// The script that sets what OSS-Fuzz's image sets and runs the project's own.
fn script(
    project: &FuzzProject,
    prepared: &dockerfile::Prepared,
    repository: &str,
    language: &str,
    sanitizer: &str,
) -> String {
    let flag = SANITIZERS.iter().find(|(name, _)| *name == sanitizer).map_or("", |(_, flag)| flag);
    let folder = match &prepared.clone {
        Some(folder) if !folder.is_empty() => folder.clone(),
        Some(_) | None => super::plain_name(dockerfile::stem(repository)),
    };
    // The image begins in `$SRC`; without a Dockerfile nothing is known of it.
    let start = if project.dockerfile.is_empty() { folder.as_str() } else { "" };
    let workdir = prepared.workdir.as_deref().unwrap_or(start);
    let copies: String = prepared
        .copies
        .iter()
        .map(|(from, to)| {
            format!("mkdir -p \"$SRC/{to}\"\ncp -r /recipe/project/{from} \"$SRC/{to}/\"\n")
        })
        .collect();
    format!(
        "# Builds an OSS-Fuzz project by its own build.sh, with what OSS-Fuzz sets for it.\n\
         set -eu\n\
         export SRC=/scratch/src OUT=/build WORK=/scratch/work\n\
         export SANITIZER={sanitizer} FUZZING_ENGINE=libfuzzer FUZZING_LANGUAGE={language}\n\
         export ARCHITECTURE=\"$(uname -m)\"\n\
         if command -v clang > /dev/null && command -v clang++ > /dev/null; then\n    \
         export CC=clang CXX=clang++\nelse\n    export CC=gcc CXX=g++\nfi\n\
         flags=\"-O1 -g -fno-omit-frame-pointer {flag}\"\n\
         export CFLAGS=\"$flags -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION\"\n\
         export CXXFLAGS=\"$CFLAGS\"\n\
         export ASAN_OPTIONS=detect_leaks=0\n\
         mkdir -p \"$SRC\" \"$WORK\" \"$(dirname \"$SRC/{folder}\")\"\n\
         cp -r /target \"$SRC/{folder}\"\n\
         chmod -R u+w \"$SRC\"\n\
         cp -r /recipe/project/. \"$SRC/\"\n\
         {copies}\
         $CC $CFLAGS -c -o \"$WORK/driver.o\" /recipe/driver.c\n\
         ar rcs \"$WORK/libFuzzingEngine.a\" \"$WORK/driver.o\"\n\
         export LIB_FUZZING_ENGINE=\"$WORK/libFuzzingEngine.a\"\n\
         cd \"$SRC/{workdir}\"\n\
         bash -eu \"$SRC/build.sh\"\n\
         test -x \"$OUT/{}\"\n",
        project.fuzz_target
    )
}

/// Tells of paths that only OSS-Fuzz's image has.
fn own_paths(files: &[RecipeFile], warnings: &mut Vec<String>) {
    let build = files.iter().find(|file| file.name == "build.sh").and_then(|file| file.text());
    for path in ["src", "out", "work"].map(|name| format!("/{name}/")) {
        let path = path.as_str();
        let word = |text: &str| {
            text.match_indices(path).any(|(at, _)| {
                let before = text.get(..at).and_then(|head| head.chars().next_back());
                !before.is_some_and(|c| c.is_ascii_alphanumeric() || "_}./".contains(c))
            })
        };
        if build.is_some_and(word) {
            warnings.push(format!(
                "build.sh names `{path}`, which only OSS-Fuzz's image has: it should use `$SRC`, \
                 `$OUT` and `$WORK`"
            ));
        }
    }
}
