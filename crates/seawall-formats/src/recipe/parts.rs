//! The sections of a recipe besides target and oracle.

use super::faults::{Faults, commands};
use super::{RECIPE_FILES_MAX, RECIPE_WORDS_MAX};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use seawall_domain::recipe::{
    Boundary, Capability, Limits, RecipeFile, Service, TestReport, Tests,
};
use toml::{Table, Value};

/// A sentence, not a report.
const ATTACKER_BYTES_MAX: usize = 500;

pub(super) fn limits(table: &Table, faults: &mut Faults) -> Option<Limits> {
    let keys = ["seconds", "memory_mib", "processes", "output_kib", "disk_mib"];
    faults.known("limits.", table, &keys);
    let (default, max) = (Limits::default(), Limits::MAX);
    let mut limit = |key: &str, default: u32, max: u32| match table.get(key) {
        None => Some(default),
        value @ Some(_) => faults.number(&format!("limits.{key}"), value, max),
    };
    let seconds = limit("seconds", default.seconds, max.seconds);
    let memory_mib = limit("memory_mib", default.memory_mib, max.memory_mib);
    let processes = limit("processes", default.processes, max.processes);
    let output_kib = limit("output_kib", default.output_kib, max.output_kib);
    let disk_mib = limit("disk_mib", default.disk_mib, max.disk_mib);
    Some(Limits {
        seconds: seconds?,
        memory_mib: memory_mib?,
        processes: processes?,
        output_kib: output_kib?,
        disk_mib: disk_mib?,
    })
}

pub(super) fn service(value: Option<&Value>, faults: &mut Faults) -> Option<Service> {
    let table = section("service", value?, faults)?;
    faults.known("service.", table, &["run", "port"]);
    let run = faults.words("service.run", table.get("run"));
    let port = faults.number("service.port", table.get("port"), u32::from(u16::MAX));
    Some(Service { run: run?, port: u16::try_from(port?).ok()? })
}

pub(super) fn tests(value: Option<&Value>, faults: &mut Faults) -> Option<Tests> {
    let table = section("tests", value?, faults)?;
    faults.known("tests.", table, &["run", "report"]);
    let run = commands("tests.run", table.get("run"), faults);
    if run.is_empty() {
        faults.add("tests.run", "it must be a list of at least one command");
    }
    let named = table.get("report").map_or(Some("status"), Value::as_str);
    let report = TestReport::ALL.iter().find(|(_, name)| Some(*name) == named);
    let Some((report, _)) = report else {
        let names: Vec<&str> = TestReport::ALL.iter().map(|(_, name)| *name).collect();
        faults.add("tests.report", format!("it must be one of `{}`", names.join("`, `")));
        return None;
    };
    Some(Tests { run, report: *report })
}

pub(super) fn boundary(value: Option<&Value>, faults: &mut Faults) -> Option<Boundary> {
    let table = section("boundary", value?, faults)?;
    faults.known("boundary.", table, &["attacker", "controls", "has", "gains"]);
    let attacker = faults.text("boundary.", table, "attacker")?.trim().to_owned();
    if attacker.is_empty() || attacker.len() > ATTACKER_BYTES_MAX {
        let message = "it must say who attacks, such as `whoever sends an archive`";
        faults.add("boundary.attacker", message);
    }
    let mut list = |key: &str| names(&format!("boundary.{key}"), table.get(key), faults);
    let (controls, has, gains) = (list("controls"), list("has"), list("gains"));
    let has = capabilities("boundary.has", &has, faults);
    let gains = capabilities("boundary.gains", &gains, faults);
    if gains.is_empty() {
        faults
            .add("boundary.gains", "it must name at least one thing that the effect lets them do");
    }
    Some(Boundary { attacker, controls, has, gains })
}

/// A list of texts; none when the key is absent.
pub(super) fn names(place: &str, value: Option<&Value>, faults: &mut Faults) -> Vec<String> {
    let Some(value) = value else { return Vec::new() };
    let words: Option<Vec<String>> = value
        .as_array()
        .filter(|words| words.len() <= RECIPE_WORDS_MAX)
        .and_then(|words| words.iter().map(|word| word.as_str().map(str::to_owned)).collect());
    words.unwrap_or_else(|| {
        faults.add(place, "it must be a list of texts");
        Vec::new()
    })
}

fn capabilities(place: &str, words: &[String], faults: &mut Faults) -> Vec<Capability> {
    let mut found = Vec::new();
    for word in words {
        match Capability::ALL.iter().find(|(_, name)| name == word) {
            Some((capability, _)) => found.push(*capability),
            None => {
                let names: Vec<&str> = Capability::ALL.iter().map(|(_, name)| *name).collect();
                faults.add(place, format!("each must be one of `{}`", names.join("`, `")));
                return Vec::new();
            }
        }
    }
    found
}

fn section<'a>(name: &str, value: &'a Value, faults: &mut Faults) -> Option<&'a Table> {
    let table = value.as_table();
    if table.is_none() {
        faults.add(name, format!("it must be a section `[{name}]`"));
    }
    table
}

pub(super) fn files(value: Option<&Value>, faults: &mut Faults) -> Vec<RecipeFile> {
    let Some(entries) = value.map(|value| value.as_array()) else {
        return Vec::new();
    };
    let Some(entries) = entries.filter(|entries| entries.len() <= RECIPE_FILES_MAX) else {
        let message = format!("it must be `[[files]]` sections, at most {RECIPE_FILES_MAX}");
        faults.add("files", message);
        return Vec::new();
    };
    let mut files: Vec<RecipeFile> = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let place = format!("files[{index}].");
        let Some(entry) = entry.as_table() else {
            faults.add(place.trim_end_matches('.'), "it must have `name` and `text`");
            continue;
        };
        faults.known(&place, entry, &["name", "text", "base64"]);
        let name = faults.text(&place, entry, "name");
        let bytes = content(&place, entry, faults);
        let (Some(name), Some(bytes)) = (name, bytes) else {
            continue;
        };
        let plain = is_plain_path(name);
        let clash = |file: &RecipeFile| {
            let (long, short) = if file.name.len() > name.len() {
                (file.name.as_str(), name)
            } else {
                (name, file.name.as_str())
            };
            long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        if !plain {
            let message = "it must be a relative path of letters, digits, `.`, `_`, `-`, such as \
                           `src/main.rs`";
            faults.add(&format!("{place}name"), message);
        } else if files.iter().any(clash) {
            faults.add(&format!("{place}name"), "another file has this name already");
        } else {
            files.push(RecipeFile { name: name.to_owned(), bytes });
        }
    }
    files
}

/// What a file holds: `text`, or `base64` (RFC 4648, section 4) when it is no text.
fn content(place: &str, entry: &Table, faults: &mut Faults) -> Option<Vec<u8>> {
    if !entry.contains_key("base64") {
        return faults.text(place, entry, "text").map(|text| text.as_bytes().to_vec());
    }
    if entry.contains_key("text") {
        faults.add(&format!("{place}text"), "a file has either `text` or `base64`");
    }
    let text = faults.text(place, entry, "base64")?;
    let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    match STANDARD.decode(text) {
        Ok(bytes) => Some(bytes),
        Err(_) => {
            faults.add(&format!("{place}base64"), "it must be base 64 with padding");
            None
        }
    }
}

/// A relative path of plain segments.
pub(super) fn is_plain_path(path: &str) -> bool {
    path.len() <= 200 && path.split('/').all(is_plain_segment)
}

fn is_plain_segment(segment: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    !segment.is_empty() && segment != "." && segment != ".." && segment.chars().all(fits)
}
