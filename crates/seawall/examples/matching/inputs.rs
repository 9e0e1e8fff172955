//! What is matched with what: inventories from real lock files, and 300,000 advisories of which
//! the first ones are real and the others their copies under other names.

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Components of the inventory.
pub const COMPONENTS: usize = 2_752;
/// Advisories of the set.
pub const ADVISORIES: usize = 300_000;

const LOCKS: &str = "matching/lock-sboms.tar.zst";
const EXPECTED: &str = "matching/lock-expected.jsonl.zst";
const SOURCES: [&str; 5] = ["rustsec", "pypa", "go", "haskell", "oss-fuzz"];

/// A finding: the purl of a component without percent signs, and the id of an advisory.
pub type Findings = BTreeSet<(String, String)>;

/// Everything that is written for the programs to read.
pub struct Inputs {
    /// 2,752 crates as CycloneDX, indented as generators write it.
    pub rust: PathBuf,
    /// The same crates as a lock file.
    pub lock: PathBuf,
    /// 2,752 components of all ecosystems as CycloneDX.
    pub mixed: PathBuf,
    /// One crate as CycloneDX.
    pub one: PathBuf,
    /// The advisories, one a line.
    pub advisories: PathBuf,
    /// The real advisories about crates.
    pub rustsec: Vec<Value>,
    /// What the frozen data expects for the crates and for the mixed inventory.
    pub expected: Expected,
}

pub struct Expected {
    pub rust: Findings,
    pub mixed: Findings,
}

/// Writes the inputs below `folder`; none when the frozen data is not there.
pub fn write(data: &Path, folder: &Path) -> Option<Inputs> {
    if !data.join(LOCKS).is_file() {
        return None;
    }
    let purls = components(data, folder);
    let crates: Vec<&String> = purls.iter().filter(|p| p.starts_with("pkg:cargo/")).collect();
    let rust = chosen(&crates);
    let mixed = chosen(&purls.iter().collect::<Vec<_>>());
    let path = |name: &str| folder.join(name);
    let inputs = Inputs {
        rust: path("rust.cdx.json"),
        lock: path("Cargo.lock"),
        mixed: path("mixed.cdx.json"),
        one: path("one.cdx.json"),
        advisories: path("advisories.jsonl"),
        rustsec: lines(data, "osv/rustsec.jsonl.zst"),
        expected: expected(data, &rust, &mixed),
    };
    put(&inputs.rust, &bill(&rust));
    put(&inputs.mixed, &bill(&mixed));
    put(&inputs.one, &bill(&rust[..1]));
    put(&inputs.lock, &lock_file(&rust));
    advisories(data, &inputs.advisories);
    Some(inputs)
}

fn put(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

/// What a program that unpacks says on standard output.
fn unpacked(program: &str, arguments: &[&str]) -> Vec<u8> {
    let told = Command::new(program).args(arguments).output();
    let told = told.unwrap_or_else(|error| panic!("cannot start `{program}`: {error}"));
    assert!(told.status.success(), "{program}: {}", String::from_utf8_lossy(&told.stderr));
    told.stdout
}

fn lines(data: &Path, name: &str) -> Vec<Value> {
    let text = unpacked("zstd", &["-qdc", &data.join(name).display().to_string()]);
    let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).expect("each line is JSON")).collect()
}

/// The purls of all lock files, each once, in order.
fn components(data: &Path, folder: &Path) -> Vec<String> {
    let own = folder.join("locks");
    std::fs::create_dir_all(&own).expect("the folder can be made");
    let archive = data.join(LOCKS).display().to_string();
    unpacked("tar", &["-I", "zstd", "-xf", &archive, "-C", &own.display().to_string()]);
    let mut purls = BTreeSet::new();
    for entry in std::fs::read_dir(&own).expect("the archive was unpacked") {
        let path = entry.expect("the folder can be listed").path();
        let bytes = std::fs::read(&path).expect("the inventory can be read");
        let bill: Value = serde_json::from_slice(&bytes).expect("the inventory is JSON");
        let components = bill["components"].as_array().into_iter().flatten();
        purls.extend(components.filter_map(|one| Some(one["purl"].as_str()?.to_owned())));
    }
    purls.into_iter().collect()
}

/// As many as an inventory has, evenly from the whole list.
fn chosen(purls: &[&String]) -> Vec<String> {
    assert!(purls.len() >= COMPONENTS, "the lock files name enough components");
    (0..COMPONENTS).map(|at| purls[at * purls.len() / COMPONENTS].clone()).collect()
}

/// The name and the version of a purl.
fn named(purl: &str) -> (String, String) {
    let name = purl.split_once('/').map_or(purl, |(_, name)| name);
    let (name, version) = name.rsplit_once('@').expect("every purl has a version");
    (plain(name), plain(version))
}

/// A text without its percent signs: peers name versions as they are.
pub fn plain(text: &str) -> String {
    let mut pieces = text.split('%');
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let byte = piece.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        plain.push(byte.map_or('?', char::from));
        plain.push_str(piece.get(2..).unwrap_or_default());
    }
    plain
}

/// A digest that looks like one, made of the purl alone.
fn digest(purl: &str) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    let mut text = String::new();
    for round in 0..4u8 {
        for byte in purl.bytes().chain([round]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        text.push_str(&format!("{hash:016x}"));
    }
    text
}

fn bill(purls: &[String]) -> String {
    let component = |purl: &String| {
        let (name, version) = named(purl);
        json!({
            "type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl,
            "hashes": [{ "alg": "SHA-256", "content": digest(purl) }],
        })
    };
    let root = json!({ "type": "application", "name": "root", "bom-ref": "root" });
    let bill = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": { "component": root },
        "components": purls.iter().map(component).collect::<Vec<_>>(),
    });
    format!("{bill:#}")
}

fn lock_file(purls: &[String]) -> String {
    let mut text = "version = 3\n".to_owned();
    for purl in purls {
        let (name, version) = named(purl);
        let source = "registry+https://github.com/rust-lang/crates.io-index";
        text.push_str(&format!(
            "\n[[package]]\nname = \"{name}\"\nversion = \"{version}\"\nsource = \"{source}\"\n\
             checksum = \"{}\"\n",
            digest(purl)
        ));
    }
    text
}

fn expected(data: &Path, rust: &[String], mixed: &[String]) -> Expected {
    let mut all = Findings::new();
    for list in lines(data, EXPECTED) {
        for finding in list["findings"].as_array().into_iter().flatten() {
            let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
            all.insert((plain(&text("purl")), text("id")));
        }
    }
    let of = |purls: &[String]| {
        let purls: BTreeSet<String> = purls.iter().map(|purl| plain(purl)).collect();
        all.iter().filter(|(purl, _)| purls.contains(purl)).cloned().collect()
    };
    Expected { rust: of(rust), mixed: of(mixed) }
}

/// The real advisories, then their copies under the names of packages that nobody has, until there
/// are as many as wanted. The same in every run.
fn advisories(data: &Path, path: &Path) {
    let mut real: Vec<Value> =
        SOURCES.iter().flat_map(|name| lines(data, &format!("osv/{name}.jsonl.zst"))).collect();
    let mut ids = BTreeSet::new();
    real.retain(|record| ids.insert(record["id"].as_str().map(str::to_owned)));
    let file = File::create(path).expect("the advisories can be written");
    let mut out = BufWriter::with_capacity(1 << 20, file);
    for number in 0..ADVISORIES {
        let (copy, record) = (number / real.len(), &real[number % real.len()]);
        let text = match copy {
            0 => record.to_string(),
            copy => copied(record, copy).to_string(),
        };
        writeln!(out, "{text}").expect("the advisories can be written");
    }
    out.flush().expect("the advisories can be written");
}

fn copied(record: &Value, copy: usize) -> Value {
    let mut record = record.clone();
    let renamed = |text: &Value| json!(format!("{}-{copy}", text.as_str().unwrap_or_default()));
    record["id"] = renamed(&record["id"]);
    for names in ["aliases", "related", "upstream"] {
        let named = record.get_mut(names).and_then(Value::as_array_mut);
        named.into_iter().flatten().for_each(|name| *name = renamed(name));
    }
    for affected in record["affected"].as_array_mut().into_iter().flatten() {
        let Some(package) = affected["package"].as_object_mut() else { continue };
        package.remove("purl");
        let name = package["name"].as_str().unwrap_or_default();
        package["name"] = json!(format!("copy{copy}-{name}"));
    }
    record
}

/// The findings that `seawall match --json` tells.
pub fn told(output: &[u8]) -> Findings {
    let told: BTreeMap<String, Value> = serde_json::from_slice(output).expect("it is JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let findings = told["findings"].as_array().into_iter().flatten();
    findings.map(|one| (plain(&text(&one["component_purl"])), text(&one["advisory_id"]))).collect()
}
