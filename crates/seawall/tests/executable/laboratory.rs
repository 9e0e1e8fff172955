//! `seawall reproduce` as a user types it: verdicts, evidence that is replayed elsewhere, patches,
//! and the history of a repository.

use crate::corridor::PROGRAM;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder of this test's own.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Place {
        let name = format!("laboratory-{name}-{}", std::process::id());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Place(folder)
    }

    fn put(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    /// Runs `seawall reproduce`, with everything that it keeps below this folder.
    fn reproduce(&self, words: &[&str]) -> (i32, Value, String) {
        let said = Command::new(PROGRAM)
            .arg("reproduce")
            .args(words)
            .args(["--cache", &self.path("cache"), "--keys", &self.path("keys"), "--json"])
            .args(["--local-catalogue", &self.path("catalogue")])
            .output()
            .unwrap();
        let complained = String::from_utf8_lossy(&said.stderr).into_owned();
        let told = serde_json::from_slice(&said.stdout).unwrap_or_default();
        (said.status.code().unwrap(), told, complained)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const BROKEN: &str = "def keep(name):\n    return 'inside/' + name\n";
const WHOLE: &str = "def keep(name):\n    if '..' in name:\n        raise ValueError(name)\n    \
                     return 'inside/' + name\n";

/// A recipe for a path that leads out of a folder.
fn recipe(ecosystem: &str, name: &str, version: &str) -> String {
    format!(
        r#"
version = 1
trigger = ["python3", "-I", "/recipe/probe.py", "/recipe/attack.txt"]
control = ["python3", "-I", "/recipe/probe.py", "/recipe/plain.txt"]
input = "attack.txt"
variants = ["deep.txt", "dots.txt", "twice.txt"]

[target]
ecosystem = "{ecosystem}"
name = "{name}"
version = "{version}"

[oracle]
kind = "canary"
where = "written"
path = "/scratch/a/mark"

[boundary]
attacker = "whoever names the file"
controls = ["attack.txt"]
gains = ["write"]

[[files]]
name = "attack.txt"
text = "../mark"

[[files]]
name = "plain.txt"
text = "mark"

[[files]]
name = "deep.txt"
text = "b/../../mark"

[[files]]
name = "dots.txt"
text = "./../mark"

[[files]]
name = "twice.txt"
text = "..//mark"

[[files]]
name = "probe.py"
text = '''
import os, sys
sys.path.insert(0, '/target')
import keep
name = open(sys.argv[1]).read().strip()
os.makedirs('/scratch/a/inside')
os.chdir('/scratch/a')
try:
    place = keep.keep(name)
    os.makedirs(os.path.dirname(place), exist_ok=True)
    open(place, 'w').write(os.environ['SEAWALL_CANARY'])
except ValueError:
    print('refused')
'''
"#
    )
}

#[test]
fn evidence_is_replayed_elsewhere_and_no_byte_of_it_can_change() {
    let place = Place::new("evidence");
    place.put("catalogue/keep/1/keep.py", BROKEN);
    place.put("catalogue/keep/2/keep.py", WHOLE);
    let file = place.put("recipe.toml", &recipe("Generic", "keep", "1"));
    let bundle = place.path("evidence.json");
    let (code, told, said) = place.reproduce(&[&file, "--bundle", &bundle]);
    assert_eq!((code, &told["verdict"]), (0, &Value::from("reproduced")), "{said}");
    assert_eq!(told["grade"], "observed", "{told}");
    assert_eq!(told["runs"].as_array().unwrap().len(), 3);

    // Nothing that it was made with is there any more.
    let elsewhere = Place::new("elsewhere");
    let (code, again, said) = elsewhere.reproduce(&[&bundle]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(again["digest"], told["digest"], "{again}");
    assert_eq!(again["same_digest"], true);
    let key = again["key"].as_str().unwrap();
    assert_eq!(elsewhere.reproduce(&[&bundle, "--key", key]).0, 0);
    let (code, _, said) = elsewhere.reproduce(&[&bundle, "--key", "ed25519:other"]);
    assert!(code == 2 && said.contains("was signed by"), "{said}");

    // A maintainer tries a patch with nothing but the bundle.
    let fix = "--- a/keep.py\n+++ b/keep.py\n@@ -1,2 +1,4 @@\n def keep(name):\n+    if '..' in \
               name.split('/'):\n+        raise ValueError(name)\n     return 'inside/' + name\n";
    let fix = elsewhere.put("fix.patch", fix);
    let (code, told, said) = elsewhere.reproduce(&[&bundle, "--patch", &fix]);
    assert_eq!((code, &told["patch_verdict"]), (0, &Value::from("holds")), "{told} {said}");

    let bytes = std::fs::read(&bundle).unwrap();
    for at in (0..bytes.len()).step_by(bytes.len() / 6) {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        let changed_file = elsewhere.path("changed.json");
        std::fs::write(&changed_file, changed).unwrap();
        let (code, _, said) = elsewhere.reproduce(&[&changed_file]);
        assert_eq!(code, 2, "byte {at}: {said}");
    }
}

#[test]
fn a_release_that_has_it_not_a_patch_and_the_releases_are_told() {
    let place = Place::new("patch");
    for (version, text) in [("1", BROKEN), ("2", BROKEN), ("3", WHOLE), ("4", WHOLE)] {
        place.put(&format!("catalogue/keep/{version}/keep.py"), text);
    }
    let file = place.put("recipe.toml", &recipe("Generic", "keep", "1"));
    let (code, told, _) = place.reproduce(&[&file, "--version-to-run", "3"]);
    assert_eq!((code, &told["verdict"]), (1, &Value::from("not_reproduced")));
    let (code, told, _) = place.reproduce(&[&file, "--version-to-run", "9"]);
    assert_eq!((code, &told["verdict"]), (2, &Value::from("environment_failed")));

    let (code, told, said) = place.reproduce(&[&file, "--versions"]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(told["affected"][0]["fixed"], "3", "{told}");
    assert_eq!(told["affected"].as_array().unwrap().len(), 1);
    assert_eq!((&told["fixed_at_newest"], &told["fixing_release"]), (&true.into(), &"3".into()));

    let patch = "--- a/keep.py\n+++ b/keep.py\n@@ -1,2 +1,4 @@\n def keep(name):\n+    if '..' in \
                 name.split('/'):\n+        raise ValueError(name)\n     return 'inside/' + name\n";
    let right = place.put("right.patch", patch);
    let (code, told, said) = place.reproduce(&[&file, "--patch", &right]);
    assert_eq!((code, &told["patch_verdict"]), (0, &Value::from("holds")), "{told} {said}");
    assert!(told["variants"].as_array().unwrap().len() >= 3, "{told}");
    let narrow = patch.replace("'..' in name.split('/')", "name.startswith('../')");
    let narrow = place.put("narrow.patch", &narrow);
    let (code, told, _) = place.reproduce(&[&file, "--patch", &narrow]);
    assert_eq!((code, &told["patch_verdict"]), (1, &Value::from("incomplete")), "{told}");

    let (code, told, said) = place.reproduce(&[&file, "--variants"]);
    assert_eq!(code, 0, "{said}");
    assert!(told["variants"].as_array().unwrap().len() > 3, "{told}");
    assert_eq!(told["silent_variants"], serde_json::json!([]));

    let smaller = place.path("smaller.toml");
    let (code, told, said) = place.reproduce(&[&file, "--minimise", &smaller]);
    assert_eq!(code, 0, "{said}");
    assert!(told["after_bytes"].as_u64().unwrap() <= 7, "{told}");
    assert_eq!(place.reproduce(&[&smaller]).0, 0);
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(["-c", "user.name=nobody", "-c", "user.email=nobody@example.invalid"])
        .args(arguments)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn the_commit_that_brought_a_flaw_and_the_one_that_mended_it_are_found() {
    let place = Place::new("commits");
    let clone = place.0.join("repository");
    std::fs::create_dir_all(&clone).unwrap();
    git(&clone, &["init", "--quiet"]);
    let mut commits = Vec::new();
    for number in 0..24 {
        let text = if (7..17).contains(&number) { BROKEN } else { WHOLE };
        std::fs::write(clone.join("keep.py"), format!("{text}# {number}\n")).unwrap();
        git(&clone, &["add", "."]);
        git(&clone, &["commit", "--quiet", "-m", &format!("number {number}")]);
        commits.push(git(&clone, &["rev-parse", "HEAD"]));
    }
    let file = place.put("recipe.toml", &recipe("GIT", &clone.display().to_string(), &commits[12]));
    let (code, told, said) = place.reproduce(&[&file, "--versions", "--since", &commits[0]]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(told["affected"][0]["introduced"], commits[7].as_str(), "{told}");
    assert_eq!(told["affected"][0]["fixed"], commits[17].as_str(), "{told}");
    assert!(told["tested"].as_array().unwrap().len() < 22, "{told}");
    assert_eq!(told["monotone"], true);
}
