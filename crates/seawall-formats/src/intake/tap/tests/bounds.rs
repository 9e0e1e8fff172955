//! Every bound, at it and one beyond.

use super::{check, text_file, with};
use crate::intake::{FILE_BYTES_MAX, REPORT_BYTES_MAX};
use serde_json::json;

#[test]
fn every_bound_holds_at_and_beyond_it() {
    let long = |n: usize| "a".repeat(n);
    let nest = |levels: usize| (1..levels).fold(json!({}), |inner, _| json!({ "a": inner }));
    let files = |n: usize| (0..n).map(|i| text_file(&i.to_string())).collect::<Vec<_>>();
    let file = |name: String, description: String| {
        json!([{ "filename": name, "description": description, "data": "x",
                 "content_type": "text/plain" }])
    };
    let data = |n: usize| {
        let text = "x".repeat(n);
        json!([{ "filename": "a", "data": text, "content_type": "text/plain" }])
    };
    let wide = |n: usize| json!({ "a": "x".repeat(n - r#"{"a":""}"#.len()) });
    let url = |n: usize| format!("https://a.invalid/{}", "x".repeat(n - 18));
    let purl = |n: usize| format!("pkg:npm/{}", "a".repeat(n - 8));
    for (at, beyond, field) in [
        (json!({ "purl": purl(512) }), json!({ "purl": purl(513) }), "purl"),
        (json!({ "software": long(256) }), json!({ "software": long(257) }), "software"),
        (
            json!({ "software": "é".repeat(128) }),
            json!({ "software": "é".repeat(129) }),
            "software",
        ),
        (json!({ "versions": [long(64)] }), json!({ "versions": [long(65)] }), "versions[0]"),
        (json!({ "code_path": long(1024) }), json!({ "code_path": long(1025) }), "code_path"),
        (
            json!({ "affected_symbol": { "file": long(512) } }),
            json!({ "affected_symbol": { "file": long(513) } }),
            "affected_symbol.file",
        ),
        (
            json!({ "affected_symbol": { "function": long(256) } }),
            json!({ "affected_symbol": { "function": long(257) } }),
            "affected_symbol.function",
        ),
        (json!({ "references": [url(512)] }), json!({ "references": [url(513)] }), "references[0]"),
        (
            json!({ "upstream_ids": [format!("OSV-{}", long(124))] }),
            json!({ "upstream_ids": [format!("OSV-{}", long(125))] }),
            "upstream_ids[0]",
        ),
        (
            json!({ "package_repo_url": url(512) }),
            json!({ "package_repo_url": url(513) }),
            "package_repo_url",
        ),
        (
            json!({ "discovery_method": long(32) }),
            json!({ "discovery_method": long(33) }),
            "discovery_method",
        ),
        (
            json!({ "discovery_tooling": long(128) }),
            json!({ "discovery_tooling": long(129) }),
            "discovery_tooling",
        ),
        (
            json!({ "enrichment": wide(65_536) }),
            json!({ "enrichment": wide(65_537) }),
            "enrichment",
        ),
        (
            json!({ "attachments": file(long(255), "d".into()) }),
            json!({ "attachments": file(long(256), "d".into()) }),
            "attachments[0].filename",
        ),
        (
            json!({ "attachments": file("a".into(), long(1024)) }),
            json!({ "attachments": file("a".into(), long(1025)) }),
            "attachments[0].description",
        ),
        (
            json!({ "attachments": data(FILE_BYTES_MAX) }),
            json!({ "attachments": data(FILE_BYTES_MAX + 1) }),
            "attachments[0].data",
        ),
    ] {
        check(&with(at), "202");
        check(&with(beyond), &format!("413 field_too_large:{field}"));
    }
    let urls = |n: usize| vec!["https://a.invalid"; n];
    let ids = |n: usize| vec!["GO-1"; n];
    let versions = |n: usize| (0..n).map(|n| format!("v{n}")).collect::<Vec<_>>();
    for (at, beyond, expected) in [
        (
            json!({ "versions": versions(63) }),
            json!({ "versions": versions(64) }),
            "too_many_items:versions",
        ),
        (
            json!({ "references": urls(16) }),
            json!({ "references": urls(17) }),
            "too_many_items:references",
        ),
        (
            json!({ "upstream_ids": ids(16) }),
            json!({ "upstream_ids": ids(17) }),
            "too_many_items:upstream_ids",
        ),
        (
            json!({ "attachments": files(16) }),
            json!({ "attachments": files(17) }),
            "too_many_items:attachments",
        ),
        (
            json!({ "enrichment": nest(8) }),
            json!({ "enrichment": nest(9) }),
            "structure_too_deep:enrichment",
        ),
        (
            json!({ "enrichment": nest(8) }),
            json!({ "enrichment": nest(1_000) }),
            "structure_too_deep:enrichment",
        ),
    ] {
        check(&with(at), "202");
        check(&with(beyond), &format!("413 {expected}"));
    }
    let full = json!({ "attachments": files(15), "raw": "x", "raw_content_type": "text/plain" });
    check(&with(full), "202 warned:raw");
    let over = json!({ "attachments": files(16), "raw": "x", "raw_content_type": "text/plain" });
    check(&with(over), "413 too_many_items:attachments");
    let body = |n: usize| format!("{}{}", " ".repeat(n - 22), r#"{"purl":"pkg:npm/a@1"}"#);
    check(&body(REPORT_BYTES_MAX), "202");
    check(&body(REPORT_BYTES_MAX + 1), "413");
}
