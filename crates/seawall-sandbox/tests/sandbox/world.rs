//! A temporary folder with a local catalogue, and short ways to ask a laboratory.

use seawall_domain::package::{Ecosystem, Package, Version};
use seawall_domain::recipe::{Limits, Oracle, Recipe, RecipeFile, Target};
use seawall_sandbox::launch::{Ended, Job, launch};
use seawall_sandbox::{Isolation, Laboratory, RunReport};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

pub struct World {
    pub folder: PathBuf,
    pub lab: Laboratory,
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl World {
    pub fn new() -> World {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("seawall-lab-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let catalogue = folder.join("catalogue");
        fs::create_dir_all(&catalogue).unwrap();
        let lab = Laboratory {
            cache: folder.join("cache"),
            local_catalogue: Some(catalogue),
            offline: true,
            isolation: Isolation::Namespaces,
        };
        World { folder, lab }
    }

    /// Puts a release into the local catalogue.
    pub fn release(&self, name: &str, version: &str, files: &[(&str, &str)]) {
        let folder = self.folder.join("catalogue").join(name).join(version);
        for (file, text) in files {
            let path = folder.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }

    pub fn run(&self, recipe: &Recipe, version: &str, runs: u32) -> Vec<RunReport> {
        self.lab.run(recipe, &Version::from(version), runs).unwrap()
    }

    /// Runs one Python script in a sandbox.
    pub fn python(&self, script: &str, limits: Limits) -> Ended {
        self.launch(&["python3", "-I", "-c", script], limits)
    }

    /// Runs one command in a sandbox.
    pub fn launch(&self, words: &[&str], limits: Limits) -> Ended {
        let job = Job {
            mounts: Vec::new(),
            environment: Vec::new(),
            command: words.iter().map(|word| (*word).to_owned()).collect(),
            input: None,
            limits: &limits,
            stdout_bytes_max: None,
        };
        launch(&job).unwrap()
    }
}

/// Limits that make a hostile script end soon.
pub fn tight() -> Limits {
    Limits { seconds: 1, memory_mib: 64, processes: 12, output_kib: 64, disk_mib: 8 }
}

pub fn generic(name: &str) -> Package {
    Package { ecosystem: Ecosystem::Generic, name: name.into() }
}

/// A recipe of one file, run as `PROGRAM /recipe/FILE attack|benign`.
pub fn recipe(name: &str, oracle: Oracle, program: &str, file: (&str, &str)) -> Recipe {
    let words = |kind: &str| vec![program.into(), format!("/recipe/{}", file.0), kind.into()];
    Recipe {
        target: Target { package: generic(name), version: Version::from("1") },
        files: vec![RecipeFile { name: file.0.into(), text: file.1.into() }],
        build: Vec::new(),
        trigger: words("attack"),
        control: words("benign"),
        oracle,
        limits: Limits { seconds: 20, memory_mib: 256, ..Limits::default() },
    }
}

/// Everything below a folder, for comparing before and after.
pub fn listing(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.path().is_dir() && !entry.path().is_symlink() {
                folders.push(entry.path());
            }
            found.push(entry.path());
        }
    }
    found.sort();
    found
}
