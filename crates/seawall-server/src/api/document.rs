//! The OpenAPI document: what the routes say of themselves, completed with what holds for all of
//! them: who may ask, how refusals look, and a name for each operation that is its own.

use serde_json::{Map, Value, json};

/// The responses that every operation with a body can give.
const OF_BODIES: [(&str, &str); 4] = [
    ("400", "not one document of the expected kind"),
    ("408", "the body came too slowly; nothing was kept"),
    ("413", "too large"),
    ("415", "another media type, or a Content-Encoding"),
];

/// What a status means when the route does not say.
const MEANINGS: [(&str, &str); 11] = [
    ("200", "the answer"),
    ("201", "taken in"),
    ("202", "taken in"),
    ("400", "cannot be read"),
    ("401", "no key or session that is good now"),
    ("403", "sent by a page of another site, or not allowed to this role"),
    ("404", "nothing here by that name, or nothing the asker may know of"),
    ("409", "not in the state that this thing is in"),
    ("413", "too large"),
    ("422", "read but not understood; says what and where"),
    ("503", "busy; nothing was kept, send it again"),
];

/// Completes the document that was generated from the routes.
pub fn complete(mut document: Value) -> Value {
    if let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) {
        for operation in paths.values_mut().filter_map(Value::as_object_mut) {
            operation.values_mut().filter_map(Value::as_object_mut).for_each(complete_operation);
        }
    }
    document["components"]["securitySchemes"] = json!({
        "key": {"type": "http", "scheme": "bearer", "description": "A key of a machine's account."},
        "token": {"type": "apiKey", "in": "header", "name": "TAP-SUBMISSION-TOKEN",
            "description": "The same key in the older header of the TAP Intake API."},
        "apiKey": {"type": "apiKey", "in": "header", "name": "X-Api-Key",
            "description": "The same key in the header of Dependency-Track's interface."},
        "session": {"type": "apiKey", "in": "cookie", "name": crate::auth::COOKIE,
            "description": "The session of a login link."},
    });
    document["components"]["schemas"]["Problem"] = problem();
    document
}

fn complete_operation(operation: &mut Map<String, Value>) {
    let tag = operation.get("tags").and_then(|tags| tags.get(0)).and_then(Value::as_str);
    let name = operation.get("operationId").and_then(Value::as_str);
    let name = format!("{}_{}", tag.unwrap_or_default(), name.unwrap_or_default());
    operation.insert("operationId".into(), Value::String(name));
    let has_body = operation.contains_key("requestBody");
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else {
        return;
    };
    let known_only = responses.contains_key("401");
    if known_only {
        responses.entry("403").or_insert_with(|| json!({"description": ""}));
    }
    if has_body {
        for (status, meaning) in OF_BODIES {
            responses.entry(status).or_insert_with(|| json!({"description": meaning}));
        }
    }
    responses.entry("503").or_insert_with(|| json!({"description": ""}));
    responses.iter_mut().for_each(|(status, response)| complete_response(status, response));
    responses.sort_keys();
    let security = match known_only {
        true => json!([{"key": []}, {"token": []}, {"apiKey": []}, {"session": []}]),
        false => json!([]),
    };
    operation.insert("security".into(), security);
}

fn complete_response(status: &str, response: &mut Value) {
    if response["description"].as_str().unwrap_or_default().is_empty() {
        let meaning = MEANINGS.iter().find(|(known, _)| *known == status);
        response["description"] = json!(meaning.map_or("see the status", |(_, meaning)| meaning));
    }
    if (status.starts_with('4') || status.starts_with('5')) && response.get("content").is_none() {
        response["content"] = json!({
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}},
        });
    }
}

/// The schema of a problem (RFC 9457) with the extension of the TAP Intake API.
fn problem() -> Value {
    let text = json!({"type": "string"});
    json!({
        "type": "object",
        "description": "Why a request failed (RFC 9457).",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": text, "title": text, "status": {"type": "integer"}, "detail": text,
            "errors": {"type": "array", "items": {
                "type": "object",
                "required": ["code", "field", "reason"],
                "properties": {"code": text, "field": text, "also_field": text, "reason": text},
            }},
        },
    })
}
