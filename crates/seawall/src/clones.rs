//! Clones of repositories at hand, asked by `git`: which commit a component is, and what it
//! descends from. Nothing is fetched, no hook runs, and no file of a work tree is read.

use anyhow::{Context, bail};
use seawall_domain::component::Component;
use seawall_domain::record::repository_name;
use seawall_formats::purl::{Purl, Reading};
use seawall_matching::assess::{History, Placed};
use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How many commits one history may have; the largest repositories have about 2 million.
const COMMITS_LEN_MAX: usize = 8_000_000;
/// How many histories are held at once.
const HISTORIES_LEN_MAX: usize = 64;
/// How long what git says on one line may be, in bytes.
const LINE_BYTES_MAX: u64 = 4_096;

/// Clones at hand, and the histories of the components that were looked at.
#[derive(Debug, Default)]
pub struct Clones {
    folders: HashMap<String, PathBuf>,
    histories: HashMap<(String, String), (String, HashSet<String>)>,
}

impl Clones {
    /// Opens clones: each a folder, or `ADDRESS=FOLDER` where the folder does not say by its
    /// remotes which repository it is a clone of.
    pub fn open(given: &[String]) -> anyhow::Result<Clones> {
        let mut clones = Clones::default();
        for one in given {
            let (address, folder) = match one.rsplit_once('=') {
                Some((address, folder)) => (Some(address), Path::new(folder)),
                None => (None, Path::new(one)),
            };
            let shown = folder.display();
            let shallow = git(folder, &["rev-parse", "--is-shallow-repository"])
                .with_context(|| format!("cannot use {shown} as a clone"))?;
            if shallow == "true" {
                bail!(
                    "cannot use {shown}: its history is cut off, so it cannot tell what a commit \
                     descends from; run `git -C {shown} fetch --unshallow`"
                );
            }
            let names = match address {
                Some(address) => vec![repository_name(address)],
                None => remotes(folder)?,
            };
            if names.is_empty() {
                bail!("cannot tell what {shown} is a clone of: write `ADDRESS={shown}`");
            }
            for name in names {
                clones.folders.insert(name, folder.to_owned());
            }
        }
        Ok(clones)
    }

    /// Reads the histories of the components that are commits of a clone. What cannot be found is
    /// said in words; such a component is matched without its history.
    pub fn prepare(&mut self, components: &[Component]) -> anyhow::Result<Vec<String>> {
        let mut said = Vec::new();
        for component in components {
            let Some((repository, revision)) = place(component) else { continue };
            let Some(folder) = self.folders.get(&repository) else { continue };
            let key = (repository, revision);
            if self.histories.contains_key(&key) {
                continue;
            }
            if self.histories.len() == HISTORIES_LEN_MAX {
                said.push(format!("only {HISTORIES_LEN_MAX} commits are looked up in clones"));
                break;
            }
            let (repository, revision) = (&key.0, &key.1);
            match resolve(folder, revision) {
                Some(commit) => {
                    let history = history(folder, &commit)?;
                    self.histories.insert(key, (commit, history));
                }
                None => said.push(format!(
                    "the clone of {repository} has no commit or tag `{revision}`: fetch it"
                )),
            }
        }
        Ok(said)
    }
}

impl History for Clones {
    fn placed(&self, component: &Component) -> Option<Placed<'_>> {
        if self.histories.is_empty() {
            return None;
        }
        let key = place(component)?;
        let (commit, before) = self.histories.get(&key)?;
        Some(Placed { repository: key.0, commit: commit.clone(), before })
    }
}

/// The repository and the revision that a component's purl names.
fn place(component: &Component) -> Option<(String, String)> {
    Purl::parse(component.purl.as_deref()?, Reading::Tolerant).ok()?.repository()
}

/// The names of what a folder is a clone of.
fn remotes(folder: &Path) -> anyhow::Result<Vec<String>> {
    // It fails where there is no remote at all.
    let said = git_lines(folder, &["config", "--get-regexp", r"^remote\..*\.url$"], 1_000);
    let addresses = said.unwrap_or_default();
    let addresses = addresses.iter().filter_map(|line| line.split_once(' '));
    Ok(addresses.map(|(_, address)| repository_name(address)).collect())
}

/// The commit that a revision stands for: a commit, or a tag, with or without a `v`.
fn resolve(folder: &Path, revision: &str) -> Option<String> {
    let spelt =
        [revision.to_owned(), format!("refs/tags/{revision}"), format!("refs/tags/v{revision}")];
    spelt.iter().find_map(|revision| {
        let wanted = format!("{revision}^{{commit}}");
        git(folder, &["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted]).ok()
    })
}

/// A commit and everything before it.
fn history(folder: &Path, commit: &str) -> anyhow::Result<HashSet<String>> {
    let lines = git_lines(folder, &["rev-list", "--end-of-options", commit], COMMITS_LEN_MAX)?;
    Ok(lines.into_iter().collect())
}

/// What git says on its first line.
fn git(folder: &Path, arguments: &[&str]) -> anyhow::Result<String> {
    Ok(git_lines(folder, arguments, 1)?.pop().unwrap_or_default())
}

/// What git says, line by line. It must find everything in the clone: partial clones are not
/// completed from the network.
fn git_lines(folder: &Path, arguments: &[&str], lines_max: usize) -> anyhow::Result<Vec<String>> {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(["-c", "protocol.allow=never"]).args(arguments);
    command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_TERMINAL_PROMPT", "0");
    command.env("GIT_NO_REPLACE_OBJECTS", "1").env("GIT_OPTIONAL_LOCKS", "0");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().context("cannot start git: is it installed?")?;
    let mut lines = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        let mut reader = BufReader::new(stdout);
        loop {
            let mut line = Vec::new();
            let length = reader.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut line)?;
            if length == 0 {
                break;
            }
            if lines.len() == lines_max {
                // Whatever more there is must be read, or git would wait for it.
                std::io::copy(&mut reader, &mut std::io::sink())?;
                break;
            }
            lines.push(String::from_utf8_lossy(&line).trim_end().to_owned());
        }
    }
    if !child.wait().context("git did not end")?.success() {
        bail!("`git -C {} {}` does not work", folder.display(), arguments.join(" "));
    }
    Ok(lines)
}
