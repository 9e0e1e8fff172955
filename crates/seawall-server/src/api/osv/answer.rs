//! Answers of the OSV interface, written as bytes: a stored document is copied and never parsed.

pub mod cursor;

use super::Status;
use super::asked::Asked;
use crate::refuse::Refused;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use seawall_matching::set::SetFault;
use seawall_services::advisory_set::{Holding, Unusable};
use seawall_services::osv::{self, BadQuestion, Found};

/// How many records one page holds, of one query.
const PAGE_LEN_MAX: usize = 1_000;
/// Where a page or a batch ends before that, in bytes; what one record adds may go beyond.
const ANSWER_BYTES_SOFT_MAX: usize = 10 * 1024 * 1024;

/// What stands around the documents of a page, with a token: about so many bytes.
const CLOSE_BYTES: usize = 256;

/// One page of records with their documents.
pub fn page(found: &[Found<'_>]) -> Result<Vec<u8>, SetFault> {
    let (mut documents, mut length) = (Vec::new(), 0);
    for one in found.iter().take(PAGE_LEN_MAX) {
        if length > ANSWER_BYTES_SOFT_MAX {
            break;
        }
        let document = one.document()?;
        length += document.len() + 1;
        documents.push(document);
    }
    // Room for all at once: an answer may be megabytes, and is not to be moved while it grows.
    let mut out = Vec::with_capacity(length + CLOSE_BYTES);
    for (index, document) in documents.iter().enumerate() {
        out.extend_from_slice(if index == 0 { b"{\"vulns\":[" } else { b"," });
        out.extend_from_slice(document);
    }
    let written = documents.len();
    close(&mut out, found, written);
    Ok(out)
}

/// The results of a batch, one a query.
pub fn batch(holding: &Holding, queries: &[Asked]) -> Result<Vec<u8>, SetFault> {
    if queries.is_empty() {
        return Ok(b"{}".to_vec());
    }
    let mut out = b"{\"results\":[".to_vec();
    for (index, asked) in queries.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        if out.len() > ANSWER_BYTES_SOFT_MAX {
            // Nothing was done for this one yet: it is to be asked again as it is.
            let token = cursor::write(asked.after.as_deref());
            out.extend_from_slice(format!("{{\"next_page_token\":\"{token}\"}}").as_bytes());
            continue;
        }
        brief_page(&mut out, &osv::query(holding, &asked.question, asked.after.as_deref())?);
    }
    out.extend_from_slice(b"]}");
    Ok(out)
}

/// One page of records by id and time of change.
fn brief_page(out: &mut Vec<u8>, found: &[Found<'_>]) {
    let mut page = Vec::new();
    let mut written = 0;
    for one in found.iter().take(PAGE_LEN_MAX) {
        page.extend_from_slice(if written == 0 { b"{\"vulns\":[{\"id\":" } else { b",{\"id\":" });
        text(&mut page, one.id);
        page.extend_from_slice(b",\"modified\":\"");
        time(&mut page, one.modified);
        page.extend_from_slice(b"\"}");
        written += 1;
    }
    close(&mut page, found, written);
    out.extend_from_slice(&page);
}

/// Ends a page, with a token when there is more behind it. An empty one is `{}`.
fn close(out: &mut Vec<u8>, found: &[Found<'_>], written: usize) {
    let Some(last) = written.checked_sub(1).and_then(|last| found.get(last)) else {
        out.extend_from_slice(b"{}");
        return;
    };
    out.push(b']');
    if written < found.len() {
        let token = cursor::write(Some(last.id));
        out.extend_from_slice(format!(",\"next_page_token\":\"{token}\"").as_bytes());
    }
    out.push(b'}');
}

fn text(out: &mut Vec<u8>, text: &str) {
    let plain = |byte: u8| (b' '..0x7f).contains(&byte) && byte != b'"' && byte != b'\\';
    match text.bytes().all(plain) {
        true => {
            out.push(b'"');
            out.extend_from_slice(text.as_bytes());
            out.push(b'"');
        }
        // A text always serialises.
        false => out.extend(serde_json::to_vec(text).unwrap_or_default()),
    }
}

/// A time as protobuf's JSON has it: with 0, 3, 6 or 9 digits of a fraction.
fn time(out: &mut Vec<u8>, time: &str) {
    let Some((whole, fraction)) = time.strip_suffix('Z').and_then(|time| time.split_once('.'))
    else {
        out.extend_from_slice(time.as_bytes());
        return;
    };
    let digits = fraction.len().next_multiple_of(3);
    out.extend_from_slice(format!("{whole}.{fraction:0<digits$}Z").as_bytes());
}

/// A request that failed, and how that looks.
#[derive(Debug)]
pub struct Error {
    status: StatusCode,
    code: u8,
    message: String,
}

impl Error {
    /// The request is at fault.
    pub fn bad(message: impl Into<String>) -> Error {
        Error { status: StatusCode::BAD_REQUEST, code: 3, message: message.into() }
    }

    /// There is no such record; these are other names of the flaw under which there is one.
    pub fn not_found(aliases: &[String]) -> Error {
        let message = match aliases {
            [] => "Vulnerability not found".to_owned(),
            some => format!(
                "Vulnerability not found, but the following aliases were: {}",
                some.join(" ")
            ),
        };
        Error { status: StatusCode::NOT_FOUND, code: 5, message }
    }

    /// Something of ours failed.
    pub fn internal() -> Error {
        let message = "something of ours failed".to_owned();
        Error { status: StatusCode::INTERNAL_SERVER_ERROR, code: 13, message }
    }

    /// The same, naming the query of a batch that it is about.
    pub fn in_query(self, index: usize) -> Error {
        Error { message: format!("error in query at index {index}: {}", self.message), ..self }
    }
}

impl From<BadQuestion> for Error {
    fn from(bad: BadQuestion) -> Error {
        Error::bad(bad.to_string())
    }
}

impl From<Unusable> for Error {
    fn from(unusable: Unusable) -> Error {
        Error { status: StatusCode::SERVICE_UNAVAILABLE, code: 14, message: unusable.to_string() }
    }
}

impl From<Refused> for Error {
    fn from(Refused(problem): Refused) -> Error {
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST);
        Error { status, code: 3, message: problem.detail }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let Error { status, code, message } = self;
        let mut response = (status, Json(Status { code, message })).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}
