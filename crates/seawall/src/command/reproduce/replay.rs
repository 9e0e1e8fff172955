//! Replaying a bundle: checked byte for byte, then run again from what it brings, offline.

use super::{Arguments, Subject, laboratories, read, verdict};
use crate::command::say;
use anyhow::{Context, bail};
use seawall_domain::digest::Digest;
use seawall_domain::recipe::Recipe;
use seawall_sandbox::{HostPaths, Laboratory};
use seawall_services::reproduction::{Bundle, PinnedRelease, Predicate, check};
use serde_json::json;
use std::collections::BTreeMap;
use std::process::ExitCode;
use tempfile::TempDir;

/// A bundle that was checked, and what it brings, ready to be run.
pub(super) struct Opened {
    /// Its recipe on the release that it names, in a laboratory of its own.
    pub subject: Subject,
    bundle: Bundle,
    predicate: Predicate,
    carried: bool,
    /// What a bundle brings stays apart from what registries brought, and goes with it.
    _folder: TempDir,
}

pub(super) fn open(arguments: &Arguments, bytes: &[u8]) -> anyhow::Result<Opened> {
    let (bundle, predicate) = check(bytes).map_err(anyhow::Error::msg)?;
    if let Some(key) = arguments.key.as_ref().filter(|key| **key != bundle.key) {
        bail!("the bundle was signed by {}, not by {key}", bundle.key);
    }
    let text = bundle.recipe().context("the bundle has no recipe")?.to_owned();
    let recipe = read(&text)?;
    let folder = tempfile::tempdir().context("cannot make a folder for the replay")?;
    let carried = predicate.releases.iter().all(|release| release.file.is_some())
        && !predicate.releases.is_empty();
    let laboratory = match carried {
        true => Laboratory {
            offline: true,
            // Names of places here are only names: what they stood for is in the bundle.
            host_paths: HostPaths::Allowed,
            cache: folder.path().to_owned(),
            local_catalogue: None,
            ..arguments.place.laboratory()
        },
        // The registry's release must be the one that the bundle names.
        false => Laboratory { locked: locked(&recipe, &predicate), ..arguments.place.laboratory() },
    };
    let (version, laboratories) = (predicate.version.clone(), laboratories(laboratory)?);
    let subject = Subject { text, recipe, version, laboratories };
    if carried {
        take_in(&subject, &bundle, &predicate)?;
    }
    Ok(Opened { subject, bundle, predicate, carried, _folder: folder })
}

pub(super) fn run(arguments: &Arguments, opened: &Opened) -> anyhow::Result<ExitCode> {
    let Opened { subject, bundle, predicate, carried, .. } = opened;
    let showed = verdict::show(subject, arguments.runs.max(count(predicate)))?;
    let agrees = showed.verdict == predicate.verdict;
    let same = showed.digest == predicate.digest.to_string();
    let differences = differences(subject, predicate)?;
    if arguments.json {
        let mut told = verdict::told(subject, &showed);
        told["grade"] = json!(predicate.grade);
        told["agrees_with_bundle"] = json!(agrees);
        told["same_digest"] = json!(same);
        told["key"] = json!(bundle.key);
        told["differs_in"] = json!(differences);
        crate::command::print_json(&told)?;
    } else {
        let target = &subject.recipe.target.package;
        say!("{target} {}: {}", subject.version, verdict::word(showed.verdict));
        say!("signed by {}", bundle.key);
        match (agrees, same) {
            (true, true) => say!("the same as in the bundle, by verdict and digest"),
            (true, false) => say!("the verdict is that of the bundle, the digest is not"),
            (false, _) => say!("the bundle says: {}", verdict::word(predicate.verdict)),
        }
        if !carried {
            say!("the bundle does not carry the release; it was brought from its registry");
        }
        differences.iter().for_each(|difference| say!("here: {difference}"));
    }
    Ok(if agrees { verdict::code(showed.verdict) } else { ExitCode::from(2) })
}

fn locked(recipe: &Recipe, predicate: &Predicate) -> BTreeMap<String, Digest> {
    let package = &recipe.target.package;
    let name = |release: &PinnedRelease| format!("{package} {}", release.version);
    predicate.releases.iter().map(|release| (name(release), release.digest)).collect()
}

fn count(predicate: &Predicate) -> u32 {
    u32::try_from(predicate.runs.len()).unwrap_or(1)
}

fn take_in(subject: &Subject, bundle: &Bundle, predicate: &Predicate) -> anyhow::Result<()> {
    for release in &predicate.releases {
        let archive = release.file.as_ref().and_then(|file| bundle.file(file));
        let archive = archive.context("the bundle does not carry the release")?;
        let package = &subject.recipe.target.package;
        subject
            .laboratories
            .ask(|process| process.import(package, &release.version, &archive, &release.digest))?;
    }
    Ok(())
}

/// What is not as it was where the bundle was made.
fn differences(subject: &Subject, predicate: &Predicate) -> anyhow::Result<Vec<String>> {
    let here = subject.laboratories.environment_named()?;
    let names = predicate.environment.keys().chain(here.keys());
    let mut differences: Vec<String> = names
        .filter(|name| predicate.environment.get(*name) != here.get(*name))
        .map(|name| {
            let said = |value: Option<&String>| value.map_or("none", String::as_str).to_owned();
            let (there, here) = (said(predicate.environment.get(name)), said(here.get(name)));
            format!("{name}: {here}, there {there}")
        })
        .collect();
    differences.sort();
    differences.dedup();
    Ok(differences)
}
