//! A document as plug-ins send it: as JSON with base64, or as a form. Fields that mean nothing here
//! (tags, parents, `isLatest`) are passed over.

use super::refused::{Error, Field};
use crate::extract::BODY_TIME_MAX;
use crate::refuse::Refused;
use axum::extract::Multipart;
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

/// The longest document of a JSON body, in characters of base64.
const BOM_LEN_MAX: usize = 20_000_000;
/// How many parts a form may have.
const PARTS_MAX: usize = 64;
/// The longest name or version, in bytes.
const TEXT_BYTES_MAX: usize = 255;
/// The mark that some editors put before a text.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// A document, and of which project it is.
#[derive(Debug)]
pub struct Bom {
    /// The project's version.
    pub project: Project,
    /// Whether it is made when there is none.
    pub auto_create: bool,
    /// The document.
    pub document: Vec<u8>,
}

/// How a project's version is named.
#[derive(Debug)]
pub enum Project {
    /// By the id that an earlier answer gave.
    Id(Uuid),
    /// By name and version.
    Named {
        /// The name, trimmed.
        name: String,
        /// The version, trimmed.
        version: String,
    },
}

/// The fields that are read, from either kind of body. A boolean may be sent as a text.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Fields {
    project: Option<String>,
    project_name: Option<String>,
    project_version: Option<String>,
    auto_create: Value,
    bom: Option<String>,
}

/// Reads a JSON body.
pub fn of_json(body: &[u8]) -> Result<Bom, Error> {
    let body = body.strip_prefix(MARK).unwrap_or(body);
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(Error::text(StatusCode::BAD_REQUEST, "Send a JSON object"));
    }
    let fields: Fields = serde_json::from_slice(body).map_err(|error| {
        Error::text(StatusCode::BAD_REQUEST, format!("The JSON cannot be read: {error}"))
    })?;
    let project = project(&fields)?;
    let bad = |message| Field::new("bom", message, None);
    let text = fields.bom.as_deref().filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| bad("must not be empty"))?;
    if text.len() > BOM_LEN_MAX {
        return Err(bad("must hold at most 20000000 characters").into());
    }
    let document =
        STANDARD.decode(text).map_err(|_| bad("must be base64 with padding, without breaks"))?;
    Ok(Bom { project, auto_create: is_set(&fields.auto_create), document: unmarked(document) })
}

/// Reads a form.
pub async fn of_parts(parts: Multipart) -> Result<Bom, Error> {
    let read = tokio::time::timeout(BODY_TIME_MAX, fields(parts)).await;
    let (fields, document) = read.map_err(|_| {
        let said = "the body came too slowly; nothing was kept, send it again";
        Refused::new(StatusCode::REQUEST_TIMEOUT, said)
    })??;
    let document = document
        .ok_or_else(|| Error::text(StatusCode::BAD_REQUEST, "The form has no part `bom`"))?;
    let project = project(&fields)?;
    Ok(Bom { project, auto_create: is_set(&fields.auto_create), document: unmarked(document) })
}

/// The fields of a form, and its first part `bom`.
async fn fields(mut parts: Multipart) -> Result<(Fields, Option<Vec<u8>>), Error> {
    let broken = |error: axum::extract::multipart::MultipartError| {
        Error::text(error.status(), error.body_text())
    };
    let (mut fields, mut document) = (Fields::default(), None);
    let mut left = PARTS_MAX;
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        left = left.checked_sub(1).ok_or_else(|| {
            Error::text(StatusCode::BAD_REQUEST, format!("A form has at most {PARTS_MAX} parts"))
        })?;
        let name = part.name().unwrap_or_default().to_owned();
        let packed = part.content_type().is_some_and(|media| {
            ["gzip", "zstd"].iter().any(|kind| media.trim_end().ends_with(kind))
        });
        let bytes = part.bytes().await.map_err(broken)?;
        let text = || Some(String::from_utf8_lossy(&bytes).into_owned());
        match name.as_str() {
            "bom" if packed => {
                let said = "send the document as it is, not compressed";
                return Err(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, said).into());
            }
            "bom" if document.is_none() => document = Some(bytes.to_vec()),
            "project" => fields.project = text(),
            "projectName" => fields.project_name = text(),
            "projectVersion" => fields.project_version = text(),
            "autoCreate" => fields.auto_create = Value::from(text()),
            _ => {}
        }
    }
    Ok((fields, document))
}

fn project(fields: &Fields) -> Result<Project, Error> {
    if let Some(id) = fields.project.as_deref().filter(|id| !id.is_empty()) {
        let read = id.parse::<Uuid>().ok().filter(|read| read.to_string() == id);
        let bad = || Field::new("project", "must be a UUID in lower case", Some(id));
        return Ok(Project::Id(read.ok_or_else(bad)?));
    }
    let (name, version) = (&fields.project_name, &fields.project_version);
    let named = [("projectName", name), ("projectVersion", version)];
    let wrong = named.map(|(path, text)| wrong(path, text.as_deref()));
    let wrong: Vec<Field> = wrong.into_iter().flatten().collect();
    if !wrong.is_empty() {
        return Err(Error::Fields(wrong));
    }
    let text = |text: &Option<String>| text.as_deref().unwrap_or_default().trim().to_owned();
    Ok(Project::Named { name: text(name), version: text(version) })
}

fn wrong(path: &'static str, text: Option<&str>) -> Option<Field> {
    let bad = |message| Some(Field::new(path, message, text));
    match text.unwrap_or_default().trim() {
        "" => bad("must not be blank"),
        text if text.len() > TEXT_BYTES_MAX => bad("must hold at most 255 bytes"),
        text if text.chars().any(char::is_control) => bad("may only contain printable characters"),
        _ => None,
    }
}

fn is_set(value: &Value) -> bool {
    match value {
        Value::Bool(set) => *set,
        Value::String(text) => text.trim().eq_ignore_ascii_case("true"),
        Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_) => false,
    }
}

fn unmarked(document: Vec<u8>) -> Vec<u8> {
    match document.strip_prefix(MARK) {
        Some(rest) => rest.to_vec(),
        None => document,
    }
}
