//! The bench: a release, a recipe's files and what was built, and one act after another on them.

use crate::act::Turn;
use crate::cache::{Cache, Scratch};
use crate::launch::{Ended, How, Job, Mount};
use crate::oracle::{Judgement, told};
use crate::run::RunReport;
use crate::transcript::Transcript;
use crate::{LabFault, Laboratory, inner, microvm, release, tree};
use seawall_domain::package::Version;
use seawall_domain::recipe::{Recipe, RecipeFile};
use std::fs;
use std::path::{Component, Path, PathBuf};

/// What stands in `/target`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Room<'a> {
    /// The release.
    Release,
    /// Nothing: does the harness make the effect by itself?
    Empty,
    /// This folder, such as a release with a patch on it.
    Folder(&'a Path),
}

/// Everything that the runs of one recipe against one release share.
pub(crate) struct Bench<'a> {
    lab: Laboratory,
    recipe: &'a Recipe,
    version: &'a Version,
    target: PathBuf,
    scratch: Scratch,
    head: String,
    built: Option<PathBuf>,
}

impl<'a> Bench<'a> {
    /// Brings the release, lays out the files and builds. What could not be made to run is a report
    /// with the outcome *untested* and the reason in its transcript.
    pub(crate) fn open(
        lab: &Laboratory,
        recipe: &'a Recipe,
        version: &'a Version,
        room: Room<'_>,
    ) -> Result<Result<Bench<'a>, RunReport>, LabFault> {
        let scratch = Cache::open(lab)?.scratch()?;
        let mut head = format!("target {} {version}\n", recipe.target.package);
        let target = match room {
            Room::Release => match lab.fetch(&recipe.target.package, version) {
                Ok(fetched) => {
                    head.push_str(&format!("digest sha256:{}\n", fetched.digest));
                    fetched.path
                }
                Err(fault @ LabFault::NotFetchable { .. }) => {
                    let transcript = Transcript::under(&head);
                    return Ok(Err(transcript.close(Judgement::untested(fault.to_string()))));
                }
                Err(fault) => return Err(fault),
            },
            Room::Empty => {
                head.push_str("left out: this run has an empty folder in its place\n");
                let folder = scratch.path().join("nothing");
                fs::create_dir_all(&folder)
                    .map_err(|error| LabFault::io("making an empty folder", error))?;
                tree::open_for_reading(&folder)?;
                folder
            }
            Room::Folder(folder) => folder.to_owned(),
        };
        lay(&scratch.path().join("recipe"), &recipe.files)?;
        let lab = lab.clone();
        let mut bench = Bench { lab, recipe, version, target, scratch, head, built: None };
        if !recipe.build.is_empty() {
            match bench.build()? {
                Ok(built) => bench.built = Some(built),
                Err((mut transcript, why)) => {
                    transcript.text.insert_str(0, &bench.head);
                    return Ok(Err(transcript.close(Judgement::untested(why))));
                }
            }
        }
        Ok(Ok(bench))
    }

    pub(crate) fn recipe(&self) -> &'a Recipe {
        self.recipe
    }

    pub(crate) fn version(&self) -> &'a Version {
        self.version
    }

    pub(crate) fn head(&self) -> &str {
        &self.head
    }

    /// The folder that stands as `/target`.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    pub(crate) fn scratch(&self) -> &Path {
        self.scratch.path()
    }

    /// What the build left, as an archive.
    pub(crate) fn built(&self) -> Option<&Path> {
        self.built.as_deref()
    }

    /// Begins a run with a token of its own.
    pub(crate) fn turn(&self) -> Result<Turn<'_>, LabFault> {
        Turn::begin(self)
    }

    /// Puts other bytes in the place of one file of the recipe, for the runs that follow. What was
    /// built stays.
    pub(crate) fn replace(&self, file: &str, bytes: &[u8]) -> Result<(), LabFault> {
        let folder = self.scratch.path().join("recipe");
        let path = folder.join(plain(file)?);
        fs::write(&path, bytes).map_err(|error| LabFault::io("writing a variant", error))?;
        tree::open_for_reading(&folder)
    }

    /// Runs one command behind the walls that the laboratory has.
    pub(crate) fn launch(&self, job: &Job<'_>) -> Result<Ended, LabFault> {
        microvm::launch(&self.lab, job)
    }

    /// A job that sees what every command of this recipe sees.
    pub(crate) fn job(&self, command: Vec<String>) -> Job<'a> {
        Job {
            mounts: vec![
                Mount { host: self.target.clone(), inside: "/target" },
                Mount { host: self.scratch.path().join("recipe"), inside: "/recipe" },
            ],
            environment: vec![("SEAWALL_VERSION", self.version.0.clone())],
            root: release::root(&self.recipe.target.package, &self.target),
            ..Job::new(command, &self.recipe.limits)
        }
    }

    /// Builds, and gives back the file that holds what was built, or why it could not be.
    #[allow(clippy::type_complexity)] // a fault, a failed build and a built one are three answers
    fn build(&self) -> Result<Result<PathBuf, (Transcript, String)>, LabFault> {
        let mut job = self.job(inner::building(&self.recipe.build));
        job.stdout_bytes_max = Some((u64::from(self.recipe.limits.bounded().disk_mib) << 20) * 2);
        let mut ended = self.launch(&job)?;
        let built = std::mem::take(&mut ended.stdout);
        if ended.how != How::Exit(0) {
            let mut transcript = Transcript::default();
            transcript.add("build", None, &ended, "");
            return Ok(Err((transcript, format!("the build {}", told(&ended.how)))));
        }
        let path = self.scratch.path().join("built.tar");
        fs::write(&path, built).map_err(|error| LabFault::io("keeping what was built", error))?;
        Ok(Ok(path))
    }
}

/// Lays out the files of a recipe, readable by everybody.
fn lay(folder: &Path, files: &[RecipeFile]) -> Result<(), LabFault> {
    let fault = |error| LabFault::io("laying out the files of a recipe", error);
    fs::create_dir_all(folder).map_err(fault)?;
    for file in files {
        let path = folder.join(plain(&file.name)?);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(fault)?;
        }
        fs::write(path, &file.bytes).map_err(fault)?;
    }
    tree::open_for_reading(folder)
}

/// A recipe that was not read by `formats` is no reason to write elsewhere.
fn plain(name: &str) -> Result<&Path, LabFault> {
    let path = Path::new(name);
    if path.components().all(|part| matches!(part, Component::Normal(_))) {
        Ok(path)
    } else {
        Err(LabFault::Name { text: name.chars().take(80).collect() })
    }
}
