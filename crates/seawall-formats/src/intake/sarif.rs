//! SARIF 2.1.0 (OASIS): one report per result, by scrutineer's mapping.
//!
//! SARIF has no place of its own for the package, so it is read from `properties.purl` of the
//! result or the run, and the human who answers for it from `properties.contact`. Proofs are the
//! result's attachments, with their content in the run's `artifacts`. Unknown fields are ignored;
//! a severity in words is not taken over, since the claim's severity is a vector.

use super::text::{
    cvss, cwe, empty_claim, function, is_file_name, kind_by_name, media_by_name, one_line, some,
};
use super::{FILE_BYTES_MAX, FILES_LEN_MAX, File, Intake, Notify, REPORT_BYTES_MAX, strict};
use crate::fault::{FormatFault, quote};
use crate::purl;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use seawall_domain::claim::{Claim, Location, Tooling};
use seawall_domain::package::Version;
use serde_json::Value;
use std::collections::HashMap;

/// The most results of one log that are read as reports.
pub const RESULTS_LEN_MAX: usize = 500;

/// The most versions, references and weakness tags that are looked at in one result.
const ENTRIES_LEN_MAX: usize = 64;

/// Reads each result of each run.
pub fn read(body: &[u8]) -> Result<Vec<Intake>, FormatFault> {
    if body.len() > REPORT_BYTES_MAX {
        return Err(fault("the document", format!("it is larger than {REPORT_BYTES_MAX} bytes")));
    }
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let log = strict::document(body).map_err(|message| fault("the document", message))?;
    let version = text(&log, "/version");
    if version.is_some_and(|version| !version.starts_with("2.1")) {
        return Err(fault("/version", "only SARIF 2.1.0 is read"));
    }
    let runs = log.get("runs").and_then(Value::as_array);
    let runs = runs.ok_or_else(|| fault("/runs", "there is no list of runs"))?;
    let mut intakes = Vec::new();
    let mut bytes_left = REPORT_BYTES_MAX;
    for (run_index, run) in runs.iter().enumerate() {
        let names = Names::of(run);
        for (index, result) in list(run, "/results").iter().enumerate() {
            let place = format!("/runs/{run_index}/results/{index}");
            if intakes.len() >= RESULTS_LEN_MAX {
                return Err(fault(place, format!("there are more than {RESULTS_LEN_MAX} results")));
            }
            let rule = names.rule(run, result);
            let scene = Scene { run, names: &names, result, rule, place };
            intakes.push(scene.intake(&mut bytes_left)?);
        }
    }
    if intakes.is_empty() {
        return Err(fault("/runs", "no run has a result"));
    }
    Ok(intakes)
}

/// One result with what it refers to.
struct Scene<'a> {
    run: &'a Value,
    names: &'a Names<'a>,
    result: &'a Value,
    rule: Option<&'a Value>,
    place: String,
}

impl<'a> Scene<'a> {
    fn intake(&self, bytes_left: &mut usize) -> Result<Intake, FormatFault> {
        let (package, versions) = match self.property("purl") {
            Some(purl) => {
                let place = format!("{}/properties/purl", self.place);
                let (package, version, _) =
                    purl::read(purl).map_err(|fail| fault(place, fail.to_string()))?;
                (Some(package), self.versions(version))
            }
            None => (None, self.versions(None)),
        };
        let contact = self.property("contact").and_then(some);
        let notify = Notify::by_default(contact.as_deref());
        let message = self.message();
        let claim = Claim {
            package,
            versions,
            title: self.title(message.as_deref()),
            description: message
                .or_else(|| self.of_rule("/fullDescription/text").and_then(some))
                .unwrap_or_default(),
            weakness: self.weakness(),
            location: self.location(),
            severity: ["cvss_vector", "cvssVector", "cvss"]
                .into_iter()
                .filter_map(|key| self.own_or_rule(key))
                .find_map(cvss),
            tooling: Tooling {
                tool: text(self.run, "/tool/driver/name")
                    .and_then(some)
                    .or_else(|| Some("sarif".to_owned())),
                method: self.property("discovery_method").and_then(some),
                contact,
            },
            upstream_ids: self.words("upstream_ids"),
            references: self.words("references"),
            ..empty_claim()
        };
        Ok(Intake::new(claim, self.files(bytes_left)?, notify))
    }

    fn title(&self, message: Option<&str>) -> String {
        [
            self.of_rule("/shortDescription/text"),
            self.of_rule("/name"),
            message,
            text(self.result, "/ruleId"),
        ]
        .into_iter()
        .flatten()
        .map(one_line)
        .find(|title| !title.is_empty())
        .unwrap_or_else(|| "untitled result".to_owned())
    }

    /// The result's message: its own text, or the rule's text with the arguments filled in.
    fn message(&self) -> Option<String> {
        if let Some(message) = text(self.result, "/message/text").and_then(some) {
            return Some(message);
        }
        let id = text(self.result, "/message/id")?;
        let strings = self.rule?.get("messageStrings")?;
        let mut message = strings.get(id)?.get("text")?.as_str()?.to_owned();
        let arguments = list(self.result, "/message/arguments");
        for (index, argument) in arguments.iter().take(10).enumerate() {
            let argument = argument.as_str().unwrap_or_default();
            if message.len() + argument.len() > FILE_BYTES_MAX {
                return some(&message);
            }
            message = message.replacen(&format!("{{{index}}}"), argument, 4);
        }
        some(&message)
    }

    fn weakness(&self) -> Option<seawall_domain::claim::Cwe> {
        let tags = [self.rule.unwrap_or(&Value::Null), self.result]
            .into_iter()
            .flat_map(|holder| list(holder, "/properties/tags").iter().take(ENTRIES_LEN_MAX))
            .filter_map(Value::as_str)
            .find_map(cwe);
        tags.or_else(|| self.own_or_rule("cwe").and_then(cwe)).or_else(|| {
            // A taxon names its taxonomy: `{"id":"79","toolComponent":{"name":"CWE"}}`.
            list(self.result, "/taxa").iter().take(ENTRIES_LEN_MAX).find_map(|taxon| {
                let taxonomy = text(taxon, "/toolComponent/name").unwrap_or_default();
                let id = text(taxon, "/id").unwrap_or_default();
                cwe(id).or_else(|| cwe(&format!("{taxonomy}-{id}")))
            })
        })
    }

    fn location(&self) -> Location {
        let first = self.result.pointer("/locations/0").unwrap_or(&Value::Null);
        let physical = first.pointer("/physicalLocation").unwrap_or(&Value::Null);
        let uri = physical.get("artifactLocation").and_then(|location| self.uri(location));
        let line = physical.pointer("/region/startLine").and_then(Value::as_u64);
        let logical = first.pointer("/logicalLocations/0").unwrap_or(&Value::Null);
        let named = match logical.get("index").and_then(index) {
            Some(at) if logical.get("name").is_none() => {
                self.run.get("logicalLocations").and_then(|list| list.get(at)).unwrap_or(logical)
            }
            _ => logical,
        };
        let name = text(named, "/name").or_else(|| text(named, "/fullyQualifiedName"));
        Location {
            file: uri.as_deref().and_then(plain_path),
            function: name.and_then(function),
            line: line.and_then(|line| u32::try_from(line).ok()).filter(|line| *line > 0),
        }
    }

    /// The URI of an artifact location, its own or that of the artifact it points at.
    fn uri(&self, location: &Value) -> Option<String> {
        let own = text(location, "/uri").map(str::to_owned);
        own.or_else(|| {
            let artifact = self.artifact(location)?;
            text(artifact, "/location/uri").map(str::to_owned)
        })
    }

    fn artifact(&self, location: &Value) -> Option<&'a Value> {
        if let Some(at) = location.get("index").and_then(index) {
            return list(self.run, "/artifacts").get(at);
        }
        self.names.artifacts.get(text(location, "/uri")?).copied()
    }

    fn files(&self, bytes_left: &mut usize) -> Result<Vec<File>, FormatFault> {
        let attachments = list(self.result, "/attachments");
        let mut files: Vec<File> = Vec::new();
        for (index, attachment) in attachments.iter().enumerate() {
            let place = format!("{}/attachments/{index}", self.place);
            if index >= FILES_LEN_MAX {
                return Err(fault(place, format!("there are more than {FILES_LEN_MAX} files")));
            }
            let location = attachment.get("artifactLocation").unwrap_or(&Value::Null);
            let Some(artifact) = self.artifact(location) else {
                return Err(fault(place, "it points at no artifact of the run"));
            };
            let uri = self.uri(location).unwrap_or_default();
            let path = plain_path(&uri).unwrap_or_default();
            let name = path.rsplit('/').next().unwrap_or_default();
            if !is_file_name(name) {
                return Err(fault(place, format!("{} names no file", quote(&uri))));
            }
            if files.iter().any(|file| file.attachment.name.eq_ignore_ascii_case(name)) {
                return Err(fault(place, format!("the file {} stands twice", quote(name))));
            }
            let bytes = content(artifact).map_err(|message| fault(place.as_str(), message))?;
            // Many results may point at one artifact; what they unfold to is bounded in all.
            *bytes_left = bytes_left.checked_sub(bytes.len()).ok_or_else(|| {
                fault(place, "the attached files are larger than the report may be")
            })?;
            let media = text(artifact, "/mimeType").filter(|media| media.len() <= 128);
            let media = media.unwrap_or_else(|| media_by_name(name));
            files.push(File::new(name, media, kind_by_name(name), bytes));
        }
        Ok(files)
    }

    fn of_rule(&self, pointer: &str) -> Option<&'a str> {
        self.rule.and_then(|rule| text(rule, pointer))
    }

    /// A property of the result, else of the run.
    fn property(&self, key: &str) -> Option<&'a str> {
        let pointer = format!("/properties/{key}");
        text(self.result, &pointer).or_else(|| text(self.run, &pointer))
    }

    fn own_or_rule(&self, key: &str) -> Option<&'a str> {
        let pointer = format!("/properties/{key}");
        text(self.result, &pointer).or_else(|| self.of_rule(&pointer))
    }

    fn words(&self, key: &str) -> Vec<String> {
        let words = list(self.result, &format!("/properties/{key}")).iter();
        words.take(ENTRIES_LEN_MAX).filter_map(Value::as_str).filter_map(some).collect()
    }

    fn versions(&self, first: Option<Version>) -> Vec<Version> {
        let mut versions: Vec<Version> = first.into_iter().collect();
        for word in self.words("versions") {
            let version = Version(word);
            if !versions.contains(&version) {
                versions.push(version);
            }
        }
        versions
    }
}

/// What results refer to by name, found once per run: both lists may be long.
struct Names<'a> {
    rules: HashMap<&'a str, &'a Value>,
    artifacts: HashMap<&'a str, &'a Value>,
}

impl<'a> Names<'a> {
    fn of(run: &'a Value) -> Names<'a> {
        let mut names = Names { rules: HashMap::new(), artifacts: HashMap::new() };
        for rule in list(run, "/tool/driver/rules") {
            if let Some(id) = rule.get("id").and_then(Value::as_str) {
                names.rules.entry(id).or_insert(rule);
            }
        }
        for artifact in list(run, "/artifacts") {
            if let Some(uri) = text(artifact, "/location/uri") {
                names.artifacts.entry(uri).or_insert(artifact);
            }
        }
        names
    }

    /// The rule of a result, by `ruleId`, else by index.
    fn rule(&self, run: &'a Value, result: &Value) -> Option<&'a Value> {
        let id = text(result, "/ruleId").or_else(|| text(result, "/rule/id"));
        id.and_then(|id| self.rules.get(id).copied()).or_else(|| {
            let at = result.get("ruleIndex").or_else(|| result.pointer("/rule/index"));
            list(run, "/tool/driver/rules").get(at.and_then(index)?)
        })
    }
}

fn content(artifact: &Value) -> Result<Vec<u8>, String> {
    let bytes = if let Some(content) = text(artifact, "/contents/text") {
        content.as_bytes().to_vec()
    } else if let Some(content) = text(artifact, "/contents/binary") {
        STANDARD.decode(content).map_err(|_| "the binary content is not base64".to_owned())?
    } else {
        return Err("the artifact has no content".to_owned());
    };
    if bytes.len() > FILE_BYTES_MAX {
        return Err(format!("the file is larger than {FILE_BYTES_MAX} bytes"));
    }
    Ok(bytes)
}

/// A URI as a path: percent-decoded, without a leading `./` or a `file:` scheme.
fn plain_path(uri: &str) -> Option<String> {
    let bare = uri.split(['?', '#']).next().unwrap_or_default();
    let bare = bare.strip_prefix("file://").unwrap_or(bare);
    let mut bytes = Vec::with_capacity(bare.len());
    let mut rest = bare.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = |b: &u8| char::from(*b).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        match (first, after) {
            (b'%', [high, low, after @ ..]) => match (hex(high), hex(low)) {
                (Some(high), Some(low)) => {
                    bytes.push(high * 16 + low);
                    rest = after;
                }
                _ => return some(bare),
            },
            (byte, after) => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    let path = String::from_utf8(bytes).unwrap_or_else(|_| bare.to_owned()).replace('\\', "/");
    let mut path = path.as_str();
    while let Some(shorter) = path.strip_prefix("./") {
        path = shorter;
    }
    some(path)
}

fn text<'v>(value: &'v Value, pointer: &str) -> Option<&'v str> {
    value.pointer(pointer).and_then(Value::as_str)
}

fn list<'v>(value: &'v Value, pointer: &str) -> &'v [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn index(value: &Value) -> Option<usize> {
    value.as_u64().and_then(|at| usize::try_from(at).ok())
}

fn fault(place: impl Into<String>, message: impl Into<String>) -> FormatFault {
    FormatFault::new("SARIF", place, message)
}

#[cfg(test)]
mod tests;
