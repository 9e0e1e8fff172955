// A table of requests, which is a fixture: its lines are as long as requests are.

use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn scope() -> Scope {
    Scope {
        endpoints: BTreeSet::from(Endpoint::ALL),
        models: BTreeMap::from([
            ("early".to_owned(), "internal-7".to_owned()),
            ("early-small".to_owned(), "internal-3".to_owned()),
        ]),
        tools: Tools::Functions,
        output_tokens_max: 1_000,
        streaming: Streaming::Streamed,
    }
}

const CHAT: &str = r#"{"model":"early","messages":[{"role":"user","content":"hello"}]}"#;
const RESPONSES: &str = r#"{"model":"early","input":"hello"}"#;
const MESSAGES: &str =
    r#"{"model":"early","max_tokens":10,"messages":[{"role":"user","content":"hello"}]}"#;
const JSON: (&str, &str) = ("Content-Type", "application/json");

fn send(target: &str, headers: &[(&str, &str)], body: &str) -> Result<Outgoing, Denial> {
    let method = if target == "/v1/models" { "GET" } else { "POST" };
    admit(&Incoming { method, target, headers, body: body.as_bytes() }, &scope())
}

fn path(body: &str) -> &'static str {
    match (body.contains("\"input\""), body.contains("\"max_tokens\":10,")) {
        (true, _) => "/v1/responses",
        (false, true) => "/v1/messages",
        (false, false) => "/v1/chat/completions",
    }
}

/// The body with a field more.
fn with(body: &str, field: &str) -> String {
    format!("{},{field}}}", body.strip_suffix('}').unwrap())
}

#[test]
fn plain_requests_pass_and_are_written_anew() {
    fn check(body: &str, expected: &str) {
        let sent = send(path(body), &[JSON], body).unwrap();
        assert_eq!(String::from_utf8(sent.body).unwrap(), expected);
        assert_eq!(sent.alias, "early");
    }
    check(
        CHAT,
        r#"{"model":"internal-7","messages":[{"role":"user","content":"hello"}],"max_completion_tokens":1000,"store":false}"#,
    );
    check(
        RESPONSES,
        r#"{"model":"internal-7","input":"hello","max_output_tokens":1000,"store":false}"#,
    );
    check(
        MESSAGES,
        r#"{"model":"internal-7","messages":[{"role":"user","content":"hello"}],"max_tokens":10}"#,
    );
    // Other order, spaces, escapes: the same is sent.
    check(
        " {\"messages\" : [ {\"content\":\"\\u0068ello\",\"role\":\"user\"} ],\"mod\\u0065l\":\"early\",\"n\":1} ",
        r#"{"model":"internal-7","messages":[{"role":"user","content":"hello"}],"max_completion_tokens":1000,"store":false}"#,
    );
    check(
        &with(CHAT, r#""stream":true,"stream_options":{"include_usage":false},"stop":null"#),
        r#"{"model":"internal-7","messages":[{"role":"user","content":"hello"}],"stream":true,"stream_options":{"include_usage":true},"max_completion_tokens":1000,"store":false}"#,
    );
}

#[test]
fn what_was_written_is_written_the_same_again() {
    let again = |target: &str, body: &str| {
        let same = BTreeMap::from([("early".to_owned(), "early".to_owned())]);
        let scope = Scope { models: same, ..scope() };
        let headers = &[JSON];
        let incoming = Incoming { method: "POST", target, headers, body: body.as_bytes() };
        String::from_utf8(admit(&incoming, &scope).unwrap().body).unwrap()
    };
    let tools = r#""tools":[{"type":"function","function":{"name":"f"}}]"#;
    for (body, field) in [
        (CHAT, r#""stop":"x""#),
        (CHAT, r#""max_tokens":5,"stream":true,"stop":["x"]"#),
        (CHAT, r#""stream":true,"max_completion_tokens":null"#),
        (CHAT, &format!(r#""max_tokens":5,"stream":true,{tools}"#)),
        (CHAT, &format!(r#""stream_options":{{"include_usage":false}},"stream":true,{tools}"#)),
        (RESPONSES, r#""store":false,"max_output_tokens":7,"temperature":1"#),
        (MESSAGES, r#""stream":true,"temperature":1"#),
    ] {
        let written = again(path(body), &with(body, field));
        assert_eq!(again(path(body), &written), written, "{field}");
    }
}

#[test]
fn whole_conversations_with_functions_pass() {
    let chat = with(
        CHAT,
        r#""tools":[{"type":"function","function":{"name":"run","parameters":{"type":"object"}}}],
           "tool_choice":{"type":"function","function":{"name":"run"}},"temperature":0.5,
           "max_tokens":7,"response_format":{"type":"json_object"}"#,
    );
    assert_eq!(send(path(&chat), &[JSON], &chat).map(|sent| sent.output_tokens_max), Ok(7));
    let turns = r#"{"model":"early","messages":[
        {"role":"system","content":[{"type":"text","text":"x"}]},
        {"role":"assistant","content":null,"tool_calls":[
            {"id":"1","type":"function","function":{"name":"run","arguments":"{}"}}]},
        {"role":"tool","tool_call_id":"1","content":"done"}]}"#;
    assert!(send(path(turns), &[JSON], turns).is_ok());
    let items = r#"{"model":"early","input":[
        {"role":"user","content":[{"type":"input_text","text":"x"}]},
        {"type":"reasoning","id":"r","summary":[],"encrypted_content":"e"},
        {"type":"function_call","call_id":"c","name":"run","arguments":"{}"},
        {"type":"function_call_output","call_id":"c","output":"done"},
        {"type":"message","role":"assistant","id":"m","status":"completed",
         "content":[{"type":"output_text","text":"y","annotations":[],"logprobs":[]}]}],
        "include":["reasoning.encrypted_content"],"store":false,
        "tools":[{"type":"function","name":"run","parameters":{},"strict":true}]}"#;
    assert!(send("/v1/responses", &[JSON], items).is_ok());
    let blocks = r#"{"model":"early","max_tokens":10,"system":[{"type":"text","text":"s",
          "cache_control":{"type":"ephemeral"}}],"messages":[
        {"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"g"},
            {"type":"tool_use","id":"1","name":"run","input":{"a":[1]}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":"ok"}]}],
        "tools":[{"name":"run","input_schema":{"type":"object"}}],
        "tool_choice":{"type":"auto","disable_parallel_tool_use":true},
        "thinking":{"type":"enabled","budget_tokens":900}}"#;
    let sent = send("/v1/messages", &[JSON], blocks).unwrap();
    let expected = [
        ("content-type", "application/json".to_owned()),
        ("anthropic-version", "2023-06-01".into()),
    ];
    assert_eq!(sent.headers, expected);
}

/// Ways in which somebody could try to get more through than the scope names; each is refused with
/// its code.
#[test]
fn bodies_that_try_to_get_around_the_scope_are_refused() {
    let tried = std::cell::Cell::new(0);
    let check = |body: &str, code: Code| {
        let told = send(path(body), &[JSON], body).map_err(|denial| denial.code);
        assert_eq!(told.map(drop), Err(code), "{body}");
        tried.set(tried.get() + 1);
    };
    // A second reading of the same body.
    check(&with(CHAT, r#""model":"internal-9""#), Code::Body);
    check(&with(CHAT, r#""mod\u0065l":"internal-9""#), Code::Body);
    check(&CHAT.replace("\"role\"", "\"role\":\"system\",\"role\""), Code::Body);
    check(&with(CHAT, r#""Model":"internal-9""#), Code::Field);
    check(&with(CHAT, r#""model ":"internal-9""#), Code::Field);
    check(&with(CHAT, r#""mоdel":"internal-9""#), Code::Field);
    check(&with(CHAT, r#""model\u0000":"internal-9""#), Code::Field);
    check(&format!("{CHAT}{CHAT}"), Code::Body);
    check(&format!("[{CHAT}]"), Code::Body);
    check(&CHAT.replace('{', "{/*x*/"), Code::Body);
    check(&CHAT.replace("\"hello\"", "NaN"), Code::Body);
    check(&"[".repeat(5_000), Code::Body);
    check("", Code::Body);
    // Other models.
    check(&CHAT.replace("early", "internal-7"), Code::Model);
    check(&CHAT.replace("early", "early "), Code::Model);
    check(&CHAT.replace("early", "EARLY"), Code::Model);
    check(&CHAT.replace("early", "../early"), Code::Model);
    check(&CHAT.replace("\"early\"", "[\"early\"]"), Code::Value);
    check(&CHAT.replace("\"early\"", "null"), Code::Value);
    check(&with(CHAT, r#""models":["internal-9"]"#), Code::Field);
    check(&with(CHAT, r#""fallbacks":["internal-9"]"#), Code::Field);
    // What would help to copy a model.
    check(&with(CHAT, r#""logprobs":true"#), Code::Field);
    check(&with(CHAT, r#""logprobs":false"#), Code::Field);
    check(&with(CHAT, r#""top_logprobs":5"#), Code::Field);
    check(&with(RESPONSES, r#""top_logprobs":5"#), Code::Field);
    check(&with(RESPONSES, r#""include":["message.output_text.logprobs"]"#), Code::Value);
    check(&with(CHAT, r#""logit_bias":{"50256":-100}"#), Code::Field);
    check(&with(CHAT, r#""n":2"#), Code::Value);
    check(&with(CHAT, r#""n":1.0"#), Code::Value);
    check(&with(CHAT, r#""n":"1""#), Code::Value);
    check(&with(CHAT, r#""best_of":4"#), Code::Field);
    check(&with(CHAT, r#""echo":true"#), Code::Field);
    check(&with(CHAT, r#""prediction":{"type":"content","content":"x"}"#), Code::Field);
    check(&with(CHAT, r#""temperature":2.5"#), Code::Value);
    check(&with(MESSAGES, r#""temperature":1.5"#), Code::Value);
    // More of an answer than is set aside for it.
    check(&with(CHAT, r#""max_tokens":1001"#), Code::Value);
    check(&with(CHAT, r#""max_tokens":-1"#), Code::Value);
    check(&with(CHAT, r#""max_tokens":1e3"#), Code::Value);
    check(&with(CHAT, r#""max_tokens":18446744073709551617"#), Code::Value);
    check(&with(CHAT, r#""max_tokens":5,"max_completion_tokens":900"#), Code::Value);
    check(&with(RESPONSES, r#""max_output_tokens":0"#), Code::Value);
    check(
        &MESSAGES
            .replace(":10,", ":10,\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1001},"),
        Code::Value,
    );
    // What would stay with the provider, or run there.
    check(&with(CHAT, r#""store":true"#), Code::Value);
    check(&with(RESPONSES, r#""store":true"#), Code::Value);
    check(&with(RESPONSES, r#""background":true"#), Code::Value);
    check(&with(RESPONSES, r#""previous_response_id":"resp_1""#), Code::Field);
    check(&with(RESPONSES, r#""conversation":"conv_1""#), Code::Field);
    check(&with(RESPONSES, r#""prompt":{"id":"pmpt_1"}"#), Code::Field);
    check(&with(CHAT, r#""metadata":{"a":"b"}"#), Code::Field);
    check(&with(CHAT, r#""service_tier":"priority""#), Code::Field);
    check(&with(CHAT, r#""web_search_options":{}"#), Code::Field);
    check(&with(CHAT, r#""functions":[{"name":"f"}]"#), Code::Field);
    check(&with(CHAT, r#""tools":[{"type":"code_interpreter"}]"#), Code::Value);
    check(&with(RESPONSES, r#""tools":[{"type":"web_search"}]"#), Code::Value);
    check(
        &with(RESPONSES, r#""tools":[{"type":"file_search","vector_store_ids":["v"]}]"#),
        Code::Field,
    );
    check(
        &with(RESPONSES, r#""tools":[{"type":"mcp","server_url":"https://x.invalid"}]"#),
        Code::Field,
    );
    check(&with(RESPONSES, r#""tools":[{"type":"computer_use_preview"}]"#), Code::Value);
    check(&with(MESSAGES, r#""tools":[{"type":"web_search_20250305","name":"w"}]"#), Code::Value);
    check(&with(MESSAGES, r#""tools":[{"type":"bash_20250124","name":"b"}]"#), Code::Value);
    check(&with(MESSAGES, r#""mcp_servers":[{"url":"https://x.invalid"}]"#), Code::Field);
    check(&with(MESSAGES, r#""container":"c""#), Code::Field);
    check(&with(MESSAGES, r#""metadata":{"user_id":"u"}"#), Code::Field);
    // Files and addresses in the conversation.
    check(
        &CHAT.replace(
            "\"hello\"",
            r#"[{"type":"image_url","image_url":{"url":"https://x.invalid"}}]"#,
        ),
        Code::Value,
    );
    check(&CHAT.replace("\"hello\"", r#"[{"type":"file","file":{"file_id":"f"}}]"#), Code::Value);
    check(&CHAT.replace("\"hello\"", r#"[{"type":"input_audio","input_audio":{}}]"#), Code::Value);
    check(&RESPONSES.replace("\"hello\"", r#"[{"type":"item_reference","id":"i"}]"#), Code::Value);
    check(
        &RESPONSES.replace(
            "\"hello\"",
            r#"[{"role":"user","content":[{"type":"input_file","file_id":"f"}]}]"#,
        ),
        Code::Value,
    );
    check(
        &RESPONSES.replace(
            "\"hello\"",
            r#"[{"role":"user","content":[{"type":"input_image","image_url":"x"}]}]"#,
        ),
        Code::Value,
    );
    check(
        &MESSAGES
            .replace("\"hello\"", r#"[{"type":"document","source":{"type":"url","url":"x"}}]"#),
        Code::Value,
    );
    check(
        &MESSAGES
            .replace("\"hello\"", r#"[{"type":"image","source":{"type":"file","file_id":"f"}}]"#),
        Code::Value,
    );
    check(
        &MESSAGES.replace("\"hello\"", r#"[{"type":"container_upload","file_id":"f"}]"#),
        Code::Value,
    );
    check(&CHAT.replace("\"user\"", "\"function\""), Code::Value);
    check(&CHAT.replace("\"user\"", "\"User\""), Code::Value);
    check(&CHAT.replace("\"hello\"", "\"hello\",\"audio\":{\"id\":\"a\"}"), Code::Field);
    assert!(tried.get() >= 70, "{}", tried.get());
}

#[test]
fn paths_and_methods_that_try_to_get_around_the_scope_are_refused() {
    let check = |method: &str, target: &str, code: Code| {
        let incoming = Incoming { method, target, headers: &[JSON], body: CHAT.as_bytes() };
        let told = admit(&incoming, &scope()).map_err(|denial| denial.code);
        assert_eq!(told.map(drop), Err(code), "{method} {target}");
    };
    for target in [
        "/v1/embeddings",
        "/v1/completions",
        "/v1/files",
        "/v1/batches",
        "/v1/fine_tuning/jobs",
        "/v1/messages/batches",
        "/v1/messages/count_tokens",
        "/v1/responses/resp_1",
        "/v1/responses/resp_1/cancel",
        "/v1/models/early",
        "/v1/chat/completions/",
        "/v1/chat/completions/chat_1",
        "/v1//chat/completions",
        "//v1/chat/completions",
        "/v1/./chat/completions",
        "/v1/files/../chat/completions",
        "/v1/chat/completions?api-version=1",
        "/v1/chat/completions#x",
        "/v1/chat%2Fcompletions",
        "/v1/chat/completion%73",
        "/V1/chat/completions",
        "/v1/chat/completions;x",
        "/v1/chat/completions\u{0}",
        "/v1/chat/completions ",
        "v1/chat/completions",
        "https://x.invalid/v1/chat/completions",
        "",
        "*",
    ] {
        check("POST", target, Code::Path);
    }
    for method in ["GET", "PUT", "DELETE", "post", "CONNECT", "OPTIONS", ""] {
        check(method, "/v1/chat/completions", Code::Method);
    }
    check("POST", "/v1/models", Code::Method);
}

#[test]
fn headers_that_try_to_get_around_the_scope_are_refused() {
    fn check(headers: &[(&str, &str)], expected: Result<(), Code>) {
        let told = send("/v1/chat/completions", headers, CHAT).map_err(|denial| denial.code);
        assert_eq!(told.map(drop), expected, "{headers:?}");
    }
    check(&[JSON], Ok(()));
    check(&[("content-type", "application/json; charset=utf-8")], Ok(()));
    check(&[JSON, ("X-Stainless-Lang", "rust"), ("User-Agent", "x"), ("Cookie", "a")], Ok(()));
    check(&[], Err(Code::Header));
    check(&[("content-type", "text/plain")], Err(Code::Header));
    check(&[("content-type", "application/json; charset=utf-16")], Err(Code::Header));
    check(&[("content-type", "multipart/form-data")], Err(Code::Header));
    check(&[JSON, ("CONTENT-TYPE", "text/plain")], Err(Code::Header));
    for (name, value) in [
        ("Content-Encoding", "gzip"),
        ("X-HTTP-Method-Override", "DELETE"),
        ("X-Method-Override", "DELETE"),
        ("X-Original-URL", "/v1/files"),
        ("X-Rewrite-URL", "/v1/files"),
        ("X-Forwarded-Host", "x.invalid"),
        ("Forwarded", "host=x.invalid"),
        ("OpenAI-Organization", "org"),
        ("OpenAI-Beta", "assistants=v2"),
        ("anthropic-beta", "files-api-2025-04-14"),
        ("Upgrade", "websocket"),
        ("Trailer", "x"),
    ] {
        check(&[JSON, (name, value)], Err(Code::Header));
    }
    check(&[JSON, ("Content-Encoding", "identity")], Ok(()));
    let version = |value: &str| {
        let headers = [JSON, ("Anthropic-Version", value)];
        send("/v1/messages", &headers, MESSAGES).map(drop).map_err(|denial| denial.code)
    };
    assert_eq!(version("2024-10-22"), Ok(()));
    for value in ["", "latest", "2024-10-22\r\nx: y", "2024-1-22", "2024-10-222"] {
        assert_eq!(version(value), Err(Code::Header), "{value}");
    }
    // Nothing of the caller's headers goes on: no key, no cookie, no address.
    let headers = [JSON, ("Authorization", "Bearer x"), ("X-Api-Key", "x"), ("Cookie", "x")];
    let sent = send("/v1/chat/completions", &headers, CHAT).unwrap();
    assert_eq!(sent.headers, [("content-type", "application/json".to_owned())]);
}

#[test]
fn a_narrow_scope_is_kept() {
    let chat = |change: &dyn Fn(&mut Scope), body: &str| {
        let mut narrow = scope();
        change(&mut narrow);
        let incoming = Incoming {
            method: "POST",
            target: "/v1/chat/completions",
            headers: &[JSON],
            body: body.as_bytes(),
        };
        admit(&incoming, &narrow).map(drop).map_err(|denial| denial.code)
    };
    let tools =
        with(CHAT, r#""tools":[{"type":"function","function":{"name":"run"}}],"stream":false"#);
    let stream = with(CHAT, r#""stream":true"#);
    assert_eq!(chat(&|it| it.tools = Tools::None, &tools), Err(Code::Tools));
    assert_eq!(chat(&|it| it.tools = Tools::None, CHAT), Ok(()));
    assert_eq!(chat(&|it| it.streaming = Streaming::Whole, &stream), Err(Code::Streaming));
    assert_eq!(chat(&|it| it.streaming = Streaming::Whole, CHAT), Ok(()));
    assert_eq!(chat(&|it| it.models.clear(), CHAT), Err(Code::Model));
    let none = chat(&|it| it.endpoints.retain(|known| *known != Endpoint::Chat), CHAT);
    assert_eq!(none, Err(Code::Endpoint));
    assert_eq!(chat(&|it| *it = Scope::default(), CHAT), Err(Code::Endpoint));
}

#[test]
fn the_list_of_models_is_answered_here() {
    let listed = String::from_utf8(models(&scope())).unwrap();
    assert!(listed.contains("early-small") && !listed.contains("internal"), "{listed}");
    let sent = send("/v1/models", &[], "").unwrap();
    assert_eq!((sent.endpoint, sent.body.len()), (Endpoint::Models, 0));
    assert_eq!(send("/v1/models", &[], "{}").map_err(|denial| denial.code), Err(Code::Body));
    for (name, expected) in [
        ("Content-Type", true),
        ("Location", false),
        ("Set-Cookie", false),
        ("openai-organization", false),
    ] {
        assert_eq!(passes_back(name), expected, "{name}");
    }
    for (status, expected) in [(200, true), (302, false), (307, false), (429, true), (100, false)] {
        assert_eq!(status_passes(status), expected, "{status}");
    }
}

#[test]
fn a_denial_repeats_no_content() {
    let secret = with(CHAT, "\"se\\ncret key\":\"secret value\"");
    let told = send("/v1/chat/completions", &[JSON], &secret).unwrap_err();
    assert_eq!(told.to_string(), "refused at /se?cret?key: this field is not let through");
    let told = send("/v1/chat/completions", &[JSON], &CHAT.replace("early", "secret")).unwrap_err();
    assert_eq!(told.to_string(), "refused at /model: the model is not in the scope");
    assert_eq!(told.code.word(), "model");
}

proptest! {
    #[test]
    fn never_panics(target in 0usize..4, body in prop::collection::vec(any::<u8>(), 0..200)) {
        let target = Endpoint::ALL[target].path();
        let _ = admit(&Incoming { method: "POST", target, headers: &[JSON], body: &body }, &scope());
    }

    /// Whatever is damaged in a request that passed: what is sent still names only our models, and
    /// reading it again sends the same.
    #[test]
    fn what_is_sent_is_within_the_scope(
        which in 0usize..3, at in any::<prop::sample::Index>(), byte in 0x20u8..0x7f,
    ) {
        let mut bytes = [CHAT, RESPONSES, MESSAGES][which].to_owned().into_bytes();
        let target = ["/v1/chat/completions", "/v1/responses", "/v1/messages"][which];
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(sent) =
            admit(&Incoming { method: "POST", target, headers: &[JSON], body: &bytes }, &scope())
        {
            let body: Value = serde_json::from_slice(&sent.body).unwrap();
            prop_assert!(["internal-7", "internal-3"].contains(&body["model"].as_str().unwrap()));
            prop_assert!(sent.output_tokens_max <= 1_000);
        }
    }
}
