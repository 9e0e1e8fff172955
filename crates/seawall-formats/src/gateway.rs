//! Requests to a model provider, read strictly and written anew: what a gateway lets pass.
//!
//! A request is not forwarded; it is read into values that are known here, and what is sent is
//! written from these. So nothing that another reader might understand otherwise reaches the
//! provider: no second key of the same name, no field that is not listed, no other path. What is
//! not listed is refused, by name (FRONTIER 4.3, F33). Listed are the parts of OpenAI's chat
//! completions and responses and of Anthropic's messages that a conversation with functions of the
//! caller's own needs. Refused are, among others, log probabilities, several answers, biases,
//! stored conversations, files, batches, embeddings, and tools that the provider carries out.

pub mod count;
pub mod destruction;
mod headers;
pub mod lease;
mod shape;
mod tables;
pub mod token;
pub mod verdict;
pub mod word;

use crate::json;
use seawall_domain::engagement::scope::{Endpoint, Scope, Streaming, Tools};
use serde_json::{Map, Value, json as value};

pub use headers::{passes_back, status_passes};

/// The largest body of a request.
pub const BODY_BYTES_MAX: usize = 16 << 20;

/// A request as it came in.
#[derive(Clone, Copy, Debug)]
pub struct Incoming<'a> {
    /// The method.
    pub method: &'a str,
    /// The target, byte for byte: the path, with whatever follows it.
    pub target: &'a str,
    /// The headers, in order; names in any case.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body.
    pub body: &'a [u8],
}

/// A request as it is sent on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Outgoing {
    /// Which endpoint; its path is the provider's too.
    pub endpoint: Endpoint,
    /// The headers that go with it, beside those of the connection and the provider's key.
    pub headers: Vec<(&'static str, String)>,
    /// The body, written here; empty for the list of models, which is answered and not sent.
    pub body: Vec<u8>,
    /// The model by the caller's name.
    pub alias: String,
    /// Whether the answer comes piece by piece.
    pub streaming: Streaming,
    /// How many tokens the answer can have at most: what is to be set aside.
    pub output_tokens_max: u64,
}

/// Why a request does not pass, for the record and the caller. It repeats no content.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("refused at {place}: {message}")]
pub struct Denial {
    /// What kind of refusal.
    pub code: Code,
    /// Where: a JSON pointer, a header, or a part of the request.
    pub place: String,
    /// Why.
    pub message: &'static str,
}

/// What kind of refusal.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Code {
    /// No such path, or not exactly.
    Path,
    /// Another method.
    Method,
    /// A header that would change what the request means.
    Header,
    /// The endpoint is not in the scope.
    Endpoint,
    /// The body is too large, or is no JSON that has one meaning.
    Body,
    /// A field that is not listed.
    Field,
    /// A value that the field cannot have here.
    Value,
    /// The model is not in the scope.
    Model,
    /// Tools are not in the scope.
    Tools,
    /// Streaming is not in the scope.
    Streaming,
}

impl Code {
    /// The word for it in records.
    pub fn word(self) -> &'static str {
        match self {
            Code::Path => "path",
            Code::Method => "method",
            Code::Header => "header",
            Code::Endpoint => "endpoint",
            Code::Body => "body",
            Code::Field => "field",
            Code::Value => "value",
            Code::Model => "model",
            Code::Tools => "tools",
            Code::Streaming => "streaming",
        }
    }
}

impl Denial {
    fn new(code: Code, place: impl Into<String>, message: &'static str) -> Denial {
        Denial { code, place: place.into(), message }
    }
}

/// Reads a request and writes what is sent on, if all of it is within the scope.
pub fn admit(incoming: &Incoming<'_>, scope: &Scope) -> Result<Outgoing, Denial> {
    let endpoint = endpoint(incoming.target)?;
    if incoming.method != method(endpoint) {
        return Err(Denial::new(Code::Method, "the method", "this path has another one"));
    }
    if !scope.admits(endpoint) {
        return Err(Denial::new(Code::Endpoint, "the path", "it is not in the scope"));
    }
    let headers = headers::passed_on(endpoint, incoming.headers)?;
    if endpoint == Endpoint::Models {
        return list_models(incoming, headers);
    }
    let document = json::read("request", incoming.body, BODY_BYTES_MAX)
        .map_err(|_| Denial::new(Code::Body, "the body", BODY))?;
    let mut written = shape::rewrite(tables::request(endpoint), &document, scope)?;
    let alias = document.get("model").and_then(Value::as_str).unwrap_or_default().to_owned();
    let streaming = streamed(&written, scope)?;
    if scope.tools == Tools::None && written.contains_key("tools") {
        return Err(Denial::new(Code::Tools, "/tools", "tools are not in the scope"));
    }
    let output_tokens_max = complete(endpoint, &mut written, scope, streaming)?;
    let body = Value::Object(written).to_string().into_bytes();
    Ok(Outgoing { endpoint, headers, body, alias, streaming, output_tokens_max })
}

const BODY: &str = "it must be one JSON object, not too large or deep, with each key once";

/// The list of models, cut to the scope; it is answered here and never asked of the provider.
pub fn models(scope: &Scope) -> Vec<u8> {
    let models = scope.models.keys().map(|alias| {
        value!({ "id": alias, "object": "model", "created": 0, "owned_by": "access window" })
    });
    let list = value!({ "object": "list", "data": models.collect::<Vec<_>>() });
    list.to_string().into_bytes()
}

fn list_models(
    incoming: &Incoming<'_>,
    headers: Vec<(&'static str, String)>,
) -> Result<Outgoing, Denial> {
    match incoming.body.is_empty() {
        true => Ok(Outgoing {
            endpoint: Endpoint::Models,
            headers,
            body: Vec::new(),
            alias: String::new(),
            streaming: Streaming::Whole,
            output_tokens_max: 0,
        }),
        false => Err(Denial::new(Code::Body, "the body", "this path has none")),
    }
}

/// The endpoint of a target: only byte for byte, so there is nothing to decode or to clean up.
fn endpoint(target: &str) -> Result<Endpoint, Denial> {
    let found = Endpoint::ALL.into_iter().find(|endpoint| endpoint.path() == target);
    found.ok_or_else(|| Denial::new(Code::Path, "the path", "there is no such path"))
}

fn method(endpoint: Endpoint) -> &'static str {
    match endpoint {
        Endpoint::Chat | Endpoint::Responses | Endpoint::Messages => "POST",
        Endpoint::Models => "GET",
    }
}

fn streamed(written: &Map<String, Value>, scope: &Scope) -> Result<Streaming, Denial> {
    match (written.get("stream"), scope.streaming) {
        (Some(Value::Bool(true)), Streaming::Streamed) => Ok(Streaming::Streamed),
        (Some(Value::Bool(true)), Streaming::Whole) => {
            Err(Denial::new(Code::Streaming, "/stream", "streaming is not in the scope"))
        }
        (_, Streaming::Streamed | Streaming::Whole) => Ok(Streaming::Whole),
    }
}

/// Sets what must not be left to the provider's defaults, at the end and always in the same order,
/// so that what was written reads and writes as the same again; gives the bound on the answer's
/// tokens.
fn complete(
    endpoint: Endpoint,
    written: &mut Map<String, Value>,
    scope: &Scope,
    streaming: Streaming,
) -> Result<u64, Denial> {
    let names: &[&str] = match endpoint {
        Endpoint::Chat => &["max_completion_tokens", "max_tokens"],
        Endpoint::Responses => &["max_output_tokens"],
        Endpoint::Messages => &["max_tokens"],
        Endpoint::Models => &[],
    };
    // Counts must come with every answer, or nothing can be settled.
    written.shift_remove("stream_options");
    if endpoint == Endpoint::Chat && streaming == Streaming::Streamed {
        written.insert("stream_options".to_owned(), value!({ "include_usage": true }));
    }
    let taken = names.iter().filter_map(|name| Some((*name, written.shift_remove(*name)?)));
    let mut given = taken.filter(|(_, bound)| bound.is_u64());
    let bound = match (given.next(), given.next(), names.first()) {
        (Some(bound), None, _) => Some(bound),
        (None, _, Some(name)) => Some((*name, scope.output_tokens_max.into())),
        (None, _, None) => None,
        (Some(_), Some(_), _) => {
            return Err(Denial::new(Code::Value, "/max_tokens", "it is given twice"));
        }
    };
    drop(given);
    let tokens = bound.as_ref().and_then(|(_, bound)| bound.as_u64()).unwrap_or_default();
    written.extend(bound.map(|(name, bound)| (name.to_owned(), bound)));
    // Nothing stays with the provider.
    if endpoint == Endpoint::Responses || endpoint == Endpoint::Chat {
        written.shift_remove("store");
        written.insert("store".to_owned(), Value::Bool(false));
    }
    Ok(tokens)
}

#[cfg(test)]
mod tests;
