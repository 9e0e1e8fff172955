//! The report as it stands on the wire: known fields of the right JSON types, nothing judged yet.

use crate::fault::quote;
use serde_json::{Map, Value};

/// A report, field by field. `None` and empty mean "absent".
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) purl: Option<String>,
    pub(super) software: Option<String>,
    pub(super) ecosystem: Option<String>,
    pub(super) versions: Vec<String>,
    pub(super) code_path: Option<String>,
    pub(super) symbol: Symbol,
    pub(super) references: Vec<String>,
    pub(super) upstream_ids: Vec<String>,
    pub(super) introduced_commit: Option<String>,
    pub(super) fixed_commit: Option<String>,
    pub(super) package_repo_url: Option<String>,
    pub(super) discovery_method: Option<String>,
    pub(super) discovery_tooling: Option<String>,
    pub(super) email: Option<String>,
    pub(super) notify: Option<String>,
    pub(super) enrichment: Map<String, Value>,
    pub(super) payloads: Vec<Payload>,
    /// The payload fields that were present at all, even empty: a multipart report has none.
    pub(super) payload_fields: Vec<&'static str>,
}

/// The field `affected_symbol`.
#[derive(Debug, Default)]
pub(super) struct Symbol {
    pub(super) file: Option<String>,
    pub(super) function: Option<String>,
    pub(super) line: Option<i64>,
}

/// A payload before it is judged: an attachment, or the deprecated `exploit` or `raw`.
#[derive(Debug)]
pub(super) struct Payload {
    pub(super) slot: Slot,
    pub(super) filename: Option<Text>,
    pub(super) data: Data,
    pub(super) content_type: Option<Text>,
    pub(super) description: Option<Text>,
    pub(super) kind: Option<Text>,
}

/// Where a payload stands in the report.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Slot {
    Attachment(usize),
    Exploit,
    Raw,
}

/// A string, or bytes of a part's header that are no UTF-8.
#[derive(Debug)]
pub(super) enum Text {
    Utf8(String),
    Broken,
}

/// The content: a JSON string (base64 for binary types), or the bytes of a part.
#[derive(Debug)]
pub(super) enum Data {
    Absent,
    Json(String),
    Part(Vec<u8>),
}

impl Payload {
    /// The path of one of the payload's fields, as errors name it.
    pub(super) fn field(&self, name: &str) -> String {
        match (self.slot, name) {
            (Slot::Attachment(index), name) => format!("attachments[{index}].{name}"),
            (Slot::Exploit, "content_type") => "exploit_content_type".to_owned(),
            (Slot::Exploit, _) => "exploit".to_owned(),
            (Slot::Raw, "content_type") => "raw_content_type".to_owned(),
            (Slot::Raw, _) => "raw".to_owned(),
        }
    }

    /// The deprecated field that this payload came in, if it did.
    pub(super) fn deprecated(&self) -> Option<&'static str> {
        match self.slot {
            Slot::Attachment(_) => None,
            Slot::Exploit => Some("exploit"),
            Slot::Raw => Some("raw"),
        }
    }
}

/// Takes a JSON value apart. The message names the field and the kind of the fault.
pub(super) fn report(value: Value) -> Result<Report, String> {
    let Value::Object(map) = value else {
        return Err("the report must be a JSON object".to_owned());
    };
    let mut report = Report::default();
    let mut payloads = Deprecated::default();
    for (key, value) in map {
        let key = key.as_str();
        match key {
            "purl" => report.purl = string(key, value)?,
            "software" => report.software = string(key, value)?,
            "ecosystem" => report.ecosystem = string(key, value)?,
            "versions" => report.versions = strings(key, value)?,
            "code_path" => report.code_path = string(key, value)?,
            "affected_symbol" => report.symbol = symbol(value)?,
            "references" => report.references = strings(key, value)?,
            "upstream_ids" => report.upstream_ids = strings(key, value)?,
            "introduced_commit" => report.introduced_commit = string(key, value)?,
            "fixed_commit" => report.fixed_commit = string(key, value)?,
            "package_repo_url" => report.package_repo_url = string(key, value)?,
            "discovery_method" => report.discovery_method = string(key, value)?,
            "discovery_tooling" => report.discovery_tooling = string(key, value)?,
            "email" => report.email = string(key, value)?,
            "notify" => report.notify = string(key, value)?,
            "enrichment" => report.enrichment = object(key, value)?,
            "attachments" => {
                report.payload_fields.push("attachments");
                report.payloads = attachments(value)?;
            }
            _ => payloads.take(key, value, &mut report.payload_fields)?,
        }
    }
    payloads.file(&mut report.payloads);
    Ok(report)
}

/// The deprecated payload fields; they are filed after the sent attachments.
#[derive(Default)]
struct Deprecated {
    exploit: Option<String>,
    exploit_content_type: Option<String>,
    raw: Option<String>,
    raw_content_type: Option<String>,
}

impl Deprecated {
    fn take(
        &mut self,
        key: &str,
        value: Value,
        present: &mut Vec<&'static str>,
    ) -> Result<(), String> {
        let (slot, name) = match key {
            "exploit" => (&mut self.exploit, "exploit"),
            "exploit_content_type" => (&mut self.exploit_content_type, "exploit_content_type"),
            "raw" => (&mut self.raw, "raw"),
            "raw_content_type" => (&mut self.raw_content_type, "raw_content_type"),
            _ => return Err(format!("unknown field {}", quote(key))),
        };
        present.push(name);
        *slot = string(key, value)?;
        Ok(())
    }

    fn file(self, payloads: &mut Vec<Payload>) {
        for (slot, data, content_type) in [
            (Slot::Exploit, self.exploit, self.exploit_content_type),
            (Slot::Raw, self.raw, self.raw_content_type),
        ] {
            if data.is_some() || content_type.is_some() {
                payloads.push(Payload {
                    slot,
                    filename: None,
                    data: data.map_or(Data::Absent, Data::Json),
                    content_type: content_type.map(Text::Utf8),
                    description: None,
                    kind: None,
                });
            }
        }
    }
}

fn attachments(value: Value) -> Result<Vec<Payload>, String> {
    list("attachments", value)?
        .into_iter()
        .enumerate()
        .map(|(index, value)| attachment(index, value))
        .collect()
}

fn attachment(index: usize, value: Value) -> Result<Payload, String> {
    let mut payload = Payload {
        slot: Slot::Attachment(index),
        filename: None,
        data: Data::Absent,
        content_type: None,
        description: None,
        kind: None,
    };
    let Value::Object(map) = value else {
        return Err(wrong_type(&format!("attachments[{index}]"), "an object"));
    };
    for (key, value) in map {
        let path = format!("attachments[{index}].{key}");
        match key.as_str() {
            "filename" => payload.filename = string(&path, value)?.map(Text::Utf8),
            "data" => payload.data = string(&path, value)?.map_or(Data::Absent, Data::Json),
            "content_type" => payload.content_type = string(&path, value)?.map(Text::Utf8),
            "description" => payload.description = string(&path, value)?.map(Text::Utf8),
            "type" => payload.kind = string(&path, value)?.map(Text::Utf8),
            _ => return Err(format!("unknown field {}", quote(&path))),
        }
    }
    Ok(payload)
}

fn symbol(value: Value) -> Result<Symbol, String> {
    let mut symbol = Symbol::default();
    for (key, value) in object("affected_symbol", value)? {
        let path = format!("affected_symbol.{key}");
        match key.as_str() {
            "file" => symbol.file = string(&path, value)?,
            "function" => symbol.function = string(&path, value)?,
            "line" => symbol.line = integer(&path, &value)?,
            _ => return Err(format!("unknown field {}", quote(&path))),
        }
    }
    Ok(symbol)
}

fn string(path: &str, value: Value) -> Result<Option<String>, String> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text).filter(|text| !text.is_empty())),
        _ => Err(wrong_type(path, "a string")),
    }
}

fn strings(path: &str, value: Value) -> Result<Vec<String>, String> {
    list(path, value)?
        .into_iter()
        .enumerate()
        .map(|(index, value)| match value {
            Value::String(text) => Ok(text),
            _ => Err(wrong_type(&format!("{path}[{index}]"), "a string")),
        })
        .collect()
}

fn list(path: &str, value: Value) -> Result<Vec<Value>, String> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Array(list) => Ok(list),
        _ => Err(wrong_type(path, "a list")),
    }
}

fn object(path: &str, value: Value) -> Result<Map<String, Value>, String> {
    match value {
        Value::Null => Ok(Map::new()),
        Value::Object(map) => Ok(map),
        _ => Err(wrong_type(path, "an object")),
    }
}

fn integer(path: &str, value: &Value) -> Result<Option<i64>, String> {
    match value {
        Value::Null => Ok(None),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => Ok(Some(number)),
            (None, Some(_)) => Ok(Some(i64::MAX)),
            (None, None) => Err(wrong_type(path, "an integer")),
        },
        _ => Err(wrong_type(path, "an integer")),
    }
}

fn wrong_type(path: &str, expected: &str) -> String {
    format!("wrong type: {} must be {expected}", quote(path))
}
