//! Checking a patch: it applies, it builds, the reproducer and its variants die, and what worked
//! before still works (capability C25).

use crate::bench::{Bench, Room};
use crate::crash;
use crate::launch::{Ended, How, Job, Mount};
use crate::oracle::told;
use crate::probe::{self, Pair, Probe, Shown};
use crate::run::RunReport;
use crate::suite;
use crate::transcript::Transcript;
use crate::{LabFault, Laboratory, inner, tree};
use seawall_domain::package::Version;
use seawall_domain::recipe::Recipe;
use seawall_domain::verdict::{Outcome, PatchSeen, PatchVerdict, Trial};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

/// A patch is read by people: it is not larger than this.
pub const PATCH_BYTES_MAX: usize = 1024 * 1024;
/// So many variants are put to a patch.
const VARIANTS_WANTED: u32 = 10;
/// How often the reproducer itself is run: an effect that shows in one of three runs is not gone.
const RUNS: u32 = 3;
/// Applies the patch to a copy, and prints as an archive how large it is and each file it changed.
/// Paths that lead out of the folder are refused by git itself.
const APPLY: &str = "\
set -e
cp -R /target /build/target
cd /build/target
git apply -p1 --whitespace=nowarn --numstat -z /patch/patch.diff >/scratch/size
git apply -p1 --whitespace=nowarn /patch/patch.diff >&2
tr '\\0' '\\n' </scratch/size | cut -f3- | while IFS= read -r name; do
    if [ -f \"$name\" ] && [ ! -L \"$name\" ]; then printf '%s\\0' \"$name\"; fi
done >/scratch/changed
exec tar -c -f - -C /scratch size -C /build/target --null --verbatim-files-from -T /scratch/changed
";

/// How large a patch is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct PatchSize {
    /// Files that it touches.
    pub files: u32,
    /// Lines that it adds.
    pub added: u32,
    /// Lines that it removes.
    pub removed: u32,
}

/// What one input does with the patch.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct VariantReport {
    /// The file of the recipe, or the mutator that made the input.
    pub name: String,
    /// What it does.
    pub trial: Trial,
}

/// What the tests of the target say.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct SuiteReport {
    /// How many passed without the patch.
    pub before: usize,
    /// How many pass with it.
    pub after: usize,
    /// Those that passed before and do not any more.
    pub broken: Vec<String>,
    /// Whether they crash where they did not before.
    pub crash: bool,
}

/// What was seen of a patch.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct PatchReport {
    /// The verdict; none when too little could be seen, and `why` says what.
    pub verdict: Option<PatchVerdict>,
    /// Why, in a sentence.
    pub why: String,
    /// How large it is, once it applies.
    pub size: Option<PatchSize>,
    /// What the reproducer does with it.
    pub reproducer: Option<Trial>,
    /// What the variants do with it: those that show the flaw without it.
    pub variants: Vec<VariantReport>,
    /// Variants of the recipe's own that do not show the flaw without the patch, and so say nothing
    /// of it.
    #[serde(default)]
    pub silent_variants: Vec<String>,
    /// What the tests say, when the recipe has any.
    pub tests: Option<SuiteReport>,
    /// What was run and what it printed.
    pub transcript: String,
}

impl PatchReport {
    fn early(verdict: Option<PatchVerdict>, why: impl Into<String>, transcript: String) -> Self {
        let why = why.into();
        PatchReport {
            verdict,
            why,
            size: None,
            reproducer: None,
            variants: Vec::new(),
            silent_variants: Vec::new(),
            tests: None,
            transcript,
        }
    }
}

pub(crate) fn check(
    lab: &Laboratory,
    recipe: &Recipe,
    version: &Version,
    patch: &[u8],
) -> Result<PatchReport, LabFault> {
    let pair = match Pair::open(lab, recipe, version, Room::Release)? {
        Ok(pair) => pair,
        Err(report) => {
            let why = "the release cannot be made to run without the patch";
            return Ok(PatchReport::early(None, why, report.transcript));
        }
    };
    let first = pair.once()?;
    if first.outcome != Outcome::Affected {
        let last = first.transcript.lines().next_back().unwrap_or_default();
        let why = format!("the recipe does not reproduce without the patch: {last}");
        return Ok(PatchReport::early(None, why, first.transcript));
    }
    let original = &pair.bench;
    let folder = original.scratch().join("patched");
    let size = match apply(original, patch, &folder)? {
        Ok(size) => size,
        Err((why, transcript)) => {
            let verdict = Some(PatchVerdict::DoesNotApply);
            return Ok(PatchReport::early(verdict, why, transcript));
        }
    };
    let inputs = probe::shown(lab, recipe, version, VARIANTS_WANTED)?;
    let own = recipe.variants.iter();
    let silent_variants: Vec<String> =
        own.filter(|name| inputs.iter().all(|input| input.name != **name)).cloned().collect();
    let room = Room::Folder(&folder);
    let patched = match Pair::open(lab, recipe, version, room)? {
        Ok(pair) => pair,
        Err(report) => {
            let verdict = Some(PatchVerdict::BreaksTests);
            let report = PatchReport::early(verdict, "it does not build", report.transcript);
            return Ok(PatchReport { size: Some(size), silent_variants, ..report });
        }
    };
    let mut transcript = String::new();
    let mut reproducer = Trial::Died;
    for _ in 0..RUNS {
        let report = patched.once()?;
        transcript.push_str(&report.transcript);
        reproducer = worse(reproducer, trial(&report));
        if reproducer != Trial::Died {
            break;
        }
    }
    let variants = tried(lab, recipe, version, (room, inputs), &mut transcript)?;
    let tests = suites(original, &patched.bench, &mut transcript)?;
    let report = concluded(size, reproducer, variants, tests, transcript);
    Ok(PatchReport { silent_variants, ..report })
}

/// Puts the variants to the patched release.
fn tried(
    lab: &Laboratory,
    recipe: &Recipe,
    version: &Version,
    (room, inputs): (Room<'_>, Vec<Shown>),
    transcript: &mut String,
) -> Result<Vec<VariantReport>, LabFault> {
    let Some((name, _)) = probe::input(recipe) else { return Ok(Vec::new()) };
    let Ok(mut probe) = Probe::open(lab, recipe, version, name, room)? else {
        return Ok(Vec::new());
    };
    let mut variants = Vec::new();
    for input in inputs {
        let report = probe.run(&input.bytes)?;
        transcript.push_str(&format!("\nvariant {}\n{}", input.name, report.transcript));
        variants.push(VariantReport { name: input.name, trial: trial(&report) });
    }
    Ok(variants)
}

fn concluded(
    size: PatchSize,
    reproducer: Trial,
    variants: Vec<VariantReport>,
    tests: Option<SuiteReport>,
    transcript: String,
) -> PatchReport {
    let seen = PatchSeen {
        reproducer,
        variants: variants.iter().map(|variant| variant.trial).collect(),
        tests_broken: tests.as_ref().map_or(0, |tests| tests.broken.len()),
        tests_crash: tests.as_ref().is_some_and(|tests| tests.crash),
    };
    let verdict = PatchVerdict::over(&seen);
    let why = why(verdict, &seen, &variants, tests.as_ref());
    let (size, reproducer) = (Some(size), Some(reproducer));
    let silent_variants = Vec::new();
    PatchReport { verdict, why, size, reproducer, variants, silent_variants, tests, transcript }
}

fn why(
    verdict: Option<PatchVerdict>,
    seen: &PatchSeen,
    variants: &[VariantReport],
    tests: Option<&SuiteReport>,
) -> String {
    let names = |wanted: Trial| {
        let named = variants.iter().filter(|variant| variant.trial == wanted);
        let mut names: Vec<&str> = named.map(|variant| variant.name.as_str()).collect();
        if seen.reproducer == wanted {
            names.insert(0, "the reproducer");
        }
        names.join(", ")
    };
    match verdict {
        Some(PatchVerdict::Holds) => {
            let tested = match tests {
                Some(tests) => format!("{} tests pass as before", tests.after),
                None => "the recipe has no tests, so nothing says whether it breaks others".into(),
            };
            format!("the reproducer and {} variants show nothing; {tested}", variants.len())
        }
        Some(PatchVerdict::Incomplete) => {
            format!("still shown by {}; not by {}", names(Trial::Shows), names(Trial::Died))
        }
        Some(PatchVerdict::DoesNothing) => {
            format!("the flaw shows as before, by the reproducer and {} variants", variants.len())
        }
        Some(PatchVerdict::NewFlaw) => match names(Trial::OtherCrash) {
            names if names.is_empty() => "the tests crash where they did not before".into(),
            names => format!("something else crashes now, shown by {names}"),
        },
        Some(PatchVerdict::BreaksTests) => {
            let broken = tests.map(|tests| tests.broken.join(", ")).unwrap_or_default();
            format!("passed before and not any more: {broken}")
        }
        Some(PatchVerdict::DoesNotApply) => "it does not apply".into(),
        None if seen.reproducer == Trial::Unknown => {
            "the reproducer does not get to its end with the patch, so nothing is known: its \
             harness must handle a target that refuses the attack"
                .into()
        }
        None => format!(
            "the reproducer dies, but only {} variants were seen to die and {} are needed; name \
             the attack's file in `input` and others like it in `variants`",
            seen.variants.iter().filter(|trial| **trial == Trial::Died).count(),
            PatchVerdict::VARIANTS_MIN
        ),
    }
}

/// What a run of a patched release says of the flaw.
fn trial(report: &RunReport) -> Trial {
    match (report.outcome, &report.crash) {
        (Outcome::Affected, _) => Trial::Shows,
        (Outcome::Unaffected, _) => Trial::Died,
        (Outcome::Untested, Some(_)) => Trial::OtherCrash,
        (Outcome::Untested, None) => Trial::Unknown,
    }
}

/// Of two runs of one input, the one that speaks against the patch.
fn worse(a: Trial, b: Trial) -> Trial {
    let weight = |trial: &Trial| match trial {
        Trial::Died => 0,
        Trial::Unknown => 1,
        Trial::OtherCrash => 2,
        Trial::Shows => 3,
    };
    if weight(&b) > weight(&a) { b } else { a }
}

/// Applies a patch to a copy of what a bench has as `/target`; or says why it does not apply.
#[allow(clippy::type_complexity)] // a fault, a patch that does not apply and one that does
fn apply(
    bench: &Bench<'_>,
    patch: &[u8],
    folder: &Path,
) -> Result<Result<PatchSize, (String, String)>, LabFault> {
    let fault = |error| LabFault::io("laying out a patch", error);
    if patch.len() > PATCH_BYTES_MAX {
        let why = format!("it is larger than {PATCH_BYTES_MAX} bytes");
        return Ok(Err((why, String::new())));
    }
    let text = String::from_utf8_lossy(patch);
    if text.lines().any(|line| line.starts_with("rename from ") || line.starts_with("copy from ")) {
        let why = "it renames files; write it without renames (`git diff --no-renames`)";
        return Ok(Err((why.into(), String::new())));
    }
    let place = bench.scratch().join("patch");
    fs::create_dir_all(&place).map_err(fault)?;
    fs::write(place.join("patch.diff"), patch).map_err(fault)?;
    tree::open_for_reading(&place)?;
    let mut job: Job<'_> = bench.job(["sh", "-c", APPLY].map(String::from).to_vec());
    job.mounts.push(Mount { host: place, inside: "/patch" });
    job.stdout_bytes_max = Some(tree::TREE_BYTES_MAX);
    let mut ended = bench.launch(&job)?;
    let archive = std::mem::take(&mut ended.stdout);
    if ended.how != How::Exit(0) {
        let mut transcript = Transcript::default();
        transcript.add("patch", None, &ended, "");
        let said = String::from_utf8_lossy(&ended.stderr);
        let said = said.lines().find(|line| line.starts_with("error: ")).unwrap_or_default();
        let why = format!("{} ({})", said.trim_start_matches("error: "), told(&ended.how));
        return Ok(Err((why, transcript.text)));
    }
    tree::copy(bench.target(), folder)?;
    let (size, names, files) = unpack(&archive)?;
    for name in names.iter().filter(|name| !files.iter().any(|(file, _)| file == *name)) {
        let path = inside(folder, name)?;
        if path.is_file() {
            fs::remove_file(path).map_err(fault)?;
        }
    }
    for (name, bytes) in &files {
        let path = inside(folder, name)?;
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(fault)?;
        }
        fs::write(path, bytes).map_err(fault)?;
    }
    for (name, _) in &files {
        forget_checksums(folder, name)?;
    }
    tree::open_for_reading(folder)?;
    Ok(Ok(size))
}

/// A changed file by its path, with its new bytes.
type Changed = (PathBuf, Vec<u8>);

/// Reads the archive that the script printed: the sizes first, then each changed file.
fn unpack(archive: &[u8]) -> Result<(PatchSize, Vec<PathBuf>, Vec<Changed>), LabFault> {
    let fault = |error| LabFault::io("reading a patched release", error);
    let mut archive = tar::Archive::new(archive);
    let mut size = PatchSize::default();
    let (mut names, mut files) = (Vec::new(), Vec::new());
    for (index, entry) in archive.entries().map_err(fault)?.enumerate() {
        let mut entry = entry.map_err(fault)?;
        let path = entry.path().map_err(fault)?.into_owned();
        let mut bytes = Vec::new();
        (&mut entry).take(tree::TREE_BYTES_MAX).read_to_end(&mut bytes).map_err(fault)?;
        if index > 0 {
            files.push((path, bytes));
            continue;
        }
        for line in String::from_utf8_lossy(&bytes).split('\0').filter(|line| !line.is_empty()) {
            let mut parts = line.splitn(3, '\t');
            let mut number = || parts.next().and_then(|part| part.parse::<u32>().ok()).unwrap_or(0);
            let (added, removed) = (number(), number());
            size.files += 1;
            size.added = size.added.saturating_add(added);
            size.removed = size.removed.saturating_add(removed);
            names.push(PathBuf::from(parts.next().unwrap_or_default()));
        }
    }
    Ok((size, names, files))
}

/// Cargo refuses a vendored crate whose files are not those that its list of checksums has: a crate
/// that was patched gets an empty list.
fn forget_checksums(folder: &Path, changed: &Path) -> Result<(), LabFault> {
    let mut parts = changed.components();
    let (Some(vendor), Some(name)) = (parts.next(), parts.next()) else { return Ok(()) };
    if vendor.as_os_str() != "vendor" {
        return Ok(());
    }
    let list = Path::new("vendor").join(name).join(".cargo-checksum.json");
    let list = inside(folder, &list)?;
    let Ok(text) = fs::read(&list) else { return Ok(()) };
    let Ok(mut value) = serde_json::from_slice::<serde_json::Value>(&text) else { return Ok(()) };
    if let Some(files) = value.get_mut("files") {
        *files = serde_json::Value::Object(serde_json::Map::new());
    }
    fs::write(list, value.to_string()).map_err(|error| LabFault::io("laying out a patch", error))
}

/// A path below a folder that no link leads out of.
fn inside(folder: &Path, name: &Path) -> Result<PathBuf, LabFault> {
    let mut path = folder.to_owned();
    for part in name.components() {
        let Component::Normal(part) = part else {
            return Err(LabFault::Name { text: name.to_string_lossy().chars().take(80).collect() });
        };
        path.push(part);
        if path.is_symlink() {
            return Err(LabFault::Name { text: name.to_string_lossy().chars().take(80).collect() });
        }
    }
    Ok(path)
}

/// Runs the tests on both, and compares.
fn suites(
    original: &Bench<'_>,
    patched: &Bench<'_>,
    transcript: &mut String,
) -> Result<Option<SuiteReport>, LabFault> {
    if original.recipe().tests.is_none() {
        return Ok(None);
    }
    transcript.push_str("\ntests without the patch\n");
    let (before, crashed_before) = suite_of(original, transcript)?;
    transcript.push_str("\ntests with the patch\n");
    let (after, crashed) = suite_of(patched, transcript)?;
    let mut broken: Vec<String> = before.difference(&after).cloned().collect();
    let crash = crashed && !crashed_before;
    if !broken.is_empty() {
        // A test that fails now and then says nothing: both sides are asked once more.
        transcript.push_str("\ntests once more, first without the patch\n");
        let (before, _) = suite_of(original, transcript)?;
        let (after, _) = suite_of(patched, transcript)?;
        broken.retain(|name| before.contains(name) && !after.contains(name));
    }
    Ok(Some(SuiteReport { before: before.len(), after: after.len(), broken, crash }))
}

/// The tests that pass, and whether a sanitizer or a signal ended one of the commands.
fn suite_of(
    bench: &Bench<'_>,
    transcript: &mut String,
) -> Result<(BTreeSet<String>, bool), LabFault> {
    let mut passed = BTreeSet::new();
    let mut crashed = false;
    let Some(tests) = &bench.recipe().tests else { return Ok((passed, crashed)) };
    for (index, command) in tests.run.iter().enumerate() {
        let mut command = command.clone();
        if bench.built().is_some() {
            command = inner::after_build(&command);
        }
        let mut job = bench.job(command);
        job.input = bench.built().map(Path::to_owned);
        let ended = bench.launch(&job)?;
        let mut told = Transcript::default();
        told.add("tests", None, &ended, "");
        transcript.push_str(&told.text);
        crashed |= is_crash(&ended);
        passed.extend(suite::passed(tests.report, index, &ended));
    }
    Ok((passed, crashed))
}

fn is_crash(ended: &Ended) -> bool {
    let sanitizer = String::from_utf8_lossy(&ended.stderr).contains("Sanitizer");
    let signalled = matches!(ended.how, How::Exit(code) if code > 128);
    ended.how != How::Exit(0) && (signalled || sanitizer) && crash::key(&ended.stderr).is_some()
}
