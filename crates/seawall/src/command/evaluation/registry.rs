//! `seawall evaluation registry`: the tasks of a battery with the digests of their files.

use super::papers::{self, Readers};
use super::plain;
use crate::command::{count, print_json, say};
use anyhow::{Context, bail};
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::registry::{FILES_MAX, Registered, Registry};
use seawall_formats::registry::{self, Kind, TASK_BYTES_MAX};
use seawall_services::evaluation::registry::{digest, to_bytes};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;

/// How deep folders of a battery may nest.
const DEPTH_MAX: usize = 16;

/// What is never of a battery: what programs leave behind.
const LEFT_BEHIND: [&str; 2] = ["__pycache__", "node_modules"];

/// Which batteries, and where their register goes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Folders with tasks (`eval.yaml`, `challenge.json`, `poc.json`), or registers.
    #[arg(required = true)]
    batteries: Vec<PathBuf>,
    /// Where the register goes; for one battery.
    #[arg(long)]
    out: Option<PathBuf>,
    /// One JSON document for each battery, one a line where there are several.
    #[arg(long)]
    json: bool,
}

/// Reads, and says it.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    if arguments.out.is_some() && arguments.batteries.len() > 1 {
        bail!("cannot write several registers into one file");
    }
    for path in &arguments.batteries {
        let registry = of(path)?;
        let digest = digest(&registry)?;
        if let Some(out) = &arguments.out {
            papers::keep(out, &to_bytes(&registry)?, Readers::Anybody)?;
        }
        match (arguments.json, arguments.batteries.len()) {
            (true, 1) => print_json(&json!({"digest": digest, "registry": registry}))?,
            (true, _) => say!("{}", json!({"digest": digest, "registry": registry})),
            (false, _) => tell(&registry, digest),
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(registry: &Registry, digest: Digest) {
    let tasks = count(registry.tasks.len(), "task");
    say!("{}: {tasks}, digest {digest}", plain(&registry.battery));
    for task in &registry.tasks {
        let family = plain(task.family.as_deref().unwrap_or("-"));
        let minutes = match &task.minutes {
            Some(minutes) => {
                let known = json!(minutes.known);
                let known = known.as_str().unwrap_or_default().replace('_', " ");
                format!("{} minutes ({known})", minutes.value.text())
            }
            None => "minutes not known".to_owned(),
        };
        let files = count(task.files.len(), "file");
        say!("  {}: {family}, {minutes}, {files}", plain(&task.id));
    }
}

/// The register of a folder, or the one that a file holds.
pub(super) fn of(path: &Path) -> anyhow::Result<Registry> {
    let shown = path.display();
    if !path.is_dir() {
        let registry = registry::read(&papers::read(path)?);
        return registry.with_context(|| format!("cannot use {shown}"));
    }
    let root = std::fs::canonicalize(path).with_context(|| format!("cannot open {shown}"))?;
    let mut folder = Folder::default();
    folder.walk(&root, 0)?;
    let mut tasks = Vec::new();
    for (place, (kind, file)) in &folder.tasks {
        tasks.push(folder.task(&root, place, *kind, file)?);
    }
    if tasks.is_empty() {
        bail!("cannot use {shown}: it holds no task that is known here");
    }
    let own = |file: &&PathBuf| file.parent() == Some(&root) && !folder.tasks.contains_key(&root);
    let shared = folder.files.iter().filter(own).map(|file| digested(&root, file));
    let shared = shared.collect::<anyhow::Result<BTreeMap<_, _>>>()?;
    let name = root.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Registry::of(name, shared, tasks).with_context(|| format!("cannot use {shown}"))
}

/// The digest of the battery that lies beside a task file or in a folder; none where it holds no
/// task that is known here.
pub(super) fn noted(path: &Path) -> Option<Digest> {
    let folder = if path.is_dir() { path } else { path.parent()? };
    digest(&of(folder).ok()?).ok()
}

/// What lies in a folder.
#[derive(Default)]
struct Folder {
    /// The folders that hold a task, with the file that describes it.
    tasks: BTreeMap<PathBuf, (Kind, PathBuf)>,
    /// Every file.
    files: BTreeSet<PathBuf>,
}

impl Folder {
    fn walk(&mut self, folder: &Path, depth: usize) -> anyhow::Result<()> {
        let shown = folder.display();
        if depth > DEPTH_MAX {
            bail!("cannot use {shown}: folders nest deeper than {DEPTH_MAX} levels");
        }
        let listed = std::fs::read_dir(folder).with_context(|| format!("cannot read {shown}"))?;
        for entry in listed {
            let entry = entry.with_context(|| format!("cannot read {shown}"))?;
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            if name.starts_with('.') || LEFT_BEHIND.contains(&name.as_ref()) {
                continue;
            }
            let kind = entry.file_type().with_context(|| format!("cannot read {shown}"))?;
            if kind.is_dir() {
                self.walk(&path, depth + 1)?;
            } else if kind.is_file() {
                if let Some(kind) = Kind::of(&name)
                    && self.tasks.insert(folder.to_owned(), (kind, path.clone())).is_some()
                {
                    bail!("cannot use {shown}: it holds two descriptions of a task");
                }
                self.files.insert(path);
            } else {
                bail!("cannot use {}: it is no file and no folder", path.display());
            }
            if self.files.len() > FILES_MAX * DEPTH_MAX {
                bail!("cannot use {shown}: it holds too many files");
            }
        }
        Ok(())
    }

    /// A task with its files: those below its folder, save those of tasks further down, and those
    /// outside that it names.
    fn task(
        &self,
        root: &Path,
        place: &Path,
        kind: Kind,
        file: &Path,
    ) -> anyhow::Result<Registered> {
        let shown = file.display();
        let bytes = papers::read(file)?;
        if bytes.len() > TASK_BYTES_MAX {
            bail!("cannot use {shown}: it has more than {TASK_BYTES_MAX} bytes");
        }
        let from_root = place.strip_prefix(root).unwrap_or(place);
        let described = registry::task(kind, &bytes, &from_root.to_string_lossy());
        let described = described.with_context(|| format!("cannot use {shown}"))?;
        let is_own = |other: &&PathBuf| {
            let mut above = other.ancestors().skip(1);
            above.find(|folder| self.tasks.contains_key(*folder)) == Some(place)
        };
        let mut task = described.task;
        for other in self.files.iter().filter(is_own) {
            task.files.extend([digested(place, other)?]);
        }
        for named in described.named {
            let path = place.join(&named);
            let climbs = Path::new(&named).components().any(|part| part == Component::ParentDir);
            if climbs && path.is_file() {
                task.files.insert(named, papers::digest(&path)?);
            }
        }
        Ok(task)
    }
}

fn digested(from: &Path, file: &Path) -> anyhow::Result<(String, Digest)> {
    let place = file.strip_prefix(from).unwrap_or(file).to_string_lossy().into_owned();
    Ok((place, papers::digest(file)?))
}
