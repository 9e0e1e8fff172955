//! The requests that are let through, as tables of fields: whatever is not here is refused.
//!
//! OpenAI's chat completions and responses, and Anthropic's messages, as their interfaces are
//! documented; texts and functions of the caller's own only.

use super::shape::{Field, Need, Shape};
use seawall_domain::engagement::scope::Endpoint;

/// The fields of a request to an endpoint.
pub(super) fn request(endpoint: Endpoint) -> &'static [Field] {
    match endpoint {
        Endpoint::Chat => CHAT,
        Endpoint::Responses => RESPONSES,
        Endpoint::Messages => MESSAGES,
        Endpoint::Models => &[],
    }
}

const ITEMS_MAX: usize = 20_000;
const TOOLS_MAX: usize = 256;

const fn must(key: &'static str, shape: &'static Shape) -> Field {
    Field { key, shape, need: Need::Must }
}

const fn may(key: &'static str, shape: &'static Shape) -> Field {
    Field { key, shape, need: Need::May }
}

const fn dropped(key: &'static str, shape: &'static Shape) -> Field {
    Field { key, shape, need: Need::Dropped }
}

const TEXT: &Shape = &Shape::Text;
const FLAG: &Shape = &Shape::Flag;
const FALSE: &Shape = &Shape::False;
const TREE: &Shape = &Shape::Tree;
const MODEL: &Shape = &Shape::Model;
const TOKENS: &Shape = &Shape::OutputTokens;
const SHARE: &Shape = &Shape::Number(0.0, 1.0);
const HEAT: &Shape = &Shape::Number(0.0, 2.0);
const PENALTY: &Shape = &Shape::Number(-2.0, 2.0);
const SEED: &Shape = &Shape::Whole(i64::MIN, i64::MAX);
const EMPTY: &Shape = &Shape::List(TEXT, 0);
const EFFORT: &Shape = &Shape::Word(&["none", "minimal", "low", "medium", "high", "xhigh"]);
const FUNCTION: &Shape = &Shape::Word(&["function"]);
const STATUS: &Shape = &Shape::Word(&["in_progress", "completed", "incomplete"]);

// OpenAI, chat completions.

const CHAT: &[Field] = &[
    must("model", MODEL),
    must("messages", &Shape::List(CHAT_MESSAGE, ITEMS_MAX)),
    may("max_completion_tokens", TOKENS),
    may("max_tokens", TOKENS),
    may("temperature", HEAT),
    may("top_p", SHARE),
    may("presence_penalty", PENALTY),
    may("frequency_penalty", PENALTY),
    may("stop", &Shape::Either(&[Shape::Text, Shape::List(TEXT, 4)])),
    may("seed", SEED),
    may("stream", FLAG),
    may("stream_options", &Shape::Object(&[may("include_usage", FLAG)])),
    may("tools", &Shape::List(CHAT_TOOL, TOOLS_MAX)),
    may("tool_choice", CHAT_CHOICE),
    may("parallel_tool_calls", FLAG),
    may("response_format", CHAT_FORMAT),
    may("reasoning_effort", EFFORT),
    dropped("n", &Shape::Whole(1, 1)),
    dropped("store", FALSE),
];

const CHAT_PARTS: &Shape = &Shape::Either(&[
    Shape::Text,
    Shape::List(&Shape::Tagged("type", &[("text", &[must("text", TEXT)])], None), ITEMS_MAX),
]);

const CHAT_SPOKEN: &[Field] = &[must("content", CHAT_PARTS), may("name", TEXT)];

const CHAT_MESSAGE: &Shape = &Shape::Tagged(
    "role",
    &[
        ("system", CHAT_SPOKEN),
        ("developer", CHAT_SPOKEN),
        ("user", CHAT_SPOKEN),
        (
            "assistant",
            &[
                may("content", CHAT_PARTS),
                may("name", TEXT),
                may("refusal", TEXT),
                may("tool_calls", &Shape::List(CHAT_CALL, TOOLS_MAX)),
                dropped("annotations", EMPTY),
            ],
        ),
        ("tool", &[must("content", CHAT_PARTS), must("tool_call_id", TEXT)]),
    ],
    None,
);

const CHAT_CALL: &Shape = &Shape::Object(&[
    must("id", TEXT),
    must("type", FUNCTION),
    must("function", &Shape::Object(&[must("name", TEXT), must("arguments", TEXT)])),
]);

const CHAT_TOOL: &Shape = &Shape::Object(&[
    must("type", FUNCTION),
    must(
        "function",
        &Shape::Object(&[
            must("name", TEXT),
            may("description", TEXT),
            may("parameters", TREE),
            may("strict", FLAG),
        ]),
    ),
]);

const CHAT_CHOICE: &Shape = &Shape::Either(&[
    Shape::Word(&["none", "auto", "required"]),
    Shape::Object(&[
        must("type", FUNCTION),
        must("function", &Shape::Object(&[must("name", TEXT)])),
    ]),
]);

const SCHEMA_FIELDS: &[Field] =
    &[must("name", TEXT), may("description", TEXT), may("schema", TREE), may("strict", FLAG)];

const CHAT_FORMAT: &Shape = &Shape::Tagged(
    "type",
    &[
        ("text", &[]),
        ("json_object", &[]),
        ("json_schema", &[must("json_schema", &Shape::Object(SCHEMA_FIELDS))]),
    ],
    None,
);

// OpenAI, responses.

const RESPONSES: &[Field] = &[
    must("model", MODEL),
    must("input", &Shape::Either(&[Shape::Text, Shape::List(ITEM, ITEMS_MAX)])),
    may("instructions", TEXT),
    may("max_output_tokens", TOKENS),
    may("temperature", HEAT),
    may("top_p", SHARE),
    may("stream", FLAG),
    may("tools", &Shape::List(RESPONSE_TOOL, TOOLS_MAX)),
    may("tool_choice", RESPONSE_CHOICE),
    may("parallel_tool_calls", FLAG),
    may("reasoning", REASONING),
    may("text", RESPONSE_TEXT),
    may("include", &Shape::List(&Shape::Word(&["reasoning.encrypted_content"]), 1)),
    dropped("store", FALSE),
    dropped("background", FALSE),
    dropped("truncation", &Shape::Word(&["disabled"])),
];

const REASONING: &Shape = &Shape::Object(&[
    may("effort", EFFORT),
    may("summary", &Shape::Word(&["auto", "concise", "detailed"])),
]);

const RESPONSE_TEXT: &Shape = &Shape::Object(&[
    may(
        "format",
        &Shape::Tagged(
            "type",
            &[("text", &[]), ("json_object", &[]), ("json_schema", SCHEMA_FIELDS)],
            None,
        ),
    ),
    may("verbosity", &Shape::Word(&["low", "medium", "high"])),
]);

const RESPONSE_TOOL: &Shape = &Shape::Object(&[
    must("type", FUNCTION),
    must("name", TEXT),
    may("description", TEXT),
    may("parameters", TREE),
    may("strict", FLAG),
]);

const RESPONSE_CHOICE: &Shape = &Shape::Either(&[
    Shape::Word(&["none", "auto", "required"]),
    Shape::Object(&[must("type", FUNCTION), must("name", TEXT)]),
]);

const RESPONSE_PARTS: &Shape = &Shape::Either(&[
    Shape::Text,
    Shape::List(
        &Shape::Tagged(
            "type",
            &[
                ("input_text", &[must("text", TEXT)]),
                (
                    "output_text",
                    &[must("text", TEXT), may("annotations", EMPTY), dropped("logprobs", EMPTY)],
                ),
                ("refusal", &[must("refusal", TEXT)]),
            ],
            None,
        ),
        ITEMS_MAX,
    ),
]);

/// What kinds of items a conversation has; one without a type is a message.
const ITEM: &Shape = &Shape::Tagged(
    "type",
    &[
        (
            "message",
            &[
                must("role", &Shape::Word(&["user", "system", "developer", "assistant"])),
                must("content", RESPONSE_PARTS),
                may("id", TEXT),
                may("status", STATUS),
            ],
        ),
        (
            "function_call",
            &[
                must("call_id", TEXT),
                must("name", TEXT),
                must("arguments", TEXT),
                may("id", TEXT),
                may("status", STATUS),
            ],
        ),
        (
            "function_call_output",
            &[
                must("call_id", TEXT),
                must("output", RESPONSE_PARTS),
                may("id", TEXT),
                may("status", STATUS),
            ],
        ),
        (
            "reasoning",
            &[
                must("id", TEXT),
                must("summary", &Shape::List(SUMMARY, ITEMS_MAX)),
                may("encrypted_content", TEXT),
                may("status", STATUS),
            ],
        ),
    ],
    Some("message"),
);

const SUMMARY: &Shape = &Shape::Tagged("type", &[("summary_text", &[must("text", TEXT)])], None);

// Anthropic, messages.

const MESSAGES: &[Field] = &[
    must("model", MODEL),
    must("messages", &Shape::List(TURN, ITEMS_MAX)),
    must("max_tokens", TOKENS),
    may("system", SYSTEM),
    may("temperature", SHARE),
    may("top_p", SHARE),
    may("top_k", &Shape::Whole(0, 1_000_000)),
    may("stop_sequences", &Shape::List(TEXT, 64)),
    may("stream", FLAG),
    may("tools", &Shape::List(MESSAGES_TOOL, TOOLS_MAX)),
    may("tool_choice", MESSAGES_CHOICE),
    may("thinking", THINKING),
];

const CACHE: &Shape = &Shape::Object(&[must("type", &Shape::Word(&["ephemeral"]))]);
const TEXT_BLOCK: &[Field] = &[must("text", TEXT), may("cache_control", CACHE)];
const TEXT_BLOCKS: &Shape = &Shape::Tagged("type", &[("text", TEXT_BLOCK)], None);
const SYSTEM: &Shape = &Shape::Either(&[Shape::Text, Shape::List(TEXT_BLOCKS, ITEMS_MAX)]);

const BLOCK: &Shape = &Shape::Tagged(
    "type",
    &[
        ("text", TEXT_BLOCK),
        (
            "tool_use",
            &[
                must("id", TEXT),
                must("name", TEXT),
                must("input", TREE),
                may("cache_control", CACHE),
            ],
        ),
        (
            "tool_result",
            &[
                must("tool_use_id", TEXT),
                may("content", SYSTEM),
                may("is_error", FLAG),
                may("cache_control", CACHE),
            ],
        ),
        ("thinking", &[must("thinking", TEXT), must("signature", TEXT)]),
        ("redacted_thinking", &[must("data", TEXT)]),
    ],
    None,
);

const TURN: &Shape = &Shape::Object(&[
    must("role", &Shape::Word(&["user", "assistant"])),
    must("content", &Shape::Either(&[Shape::Text, Shape::List(BLOCK, ITEMS_MAX)])),
]);

const MESSAGES_TOOL: &Shape = &Shape::Tagged(
    "type",
    &[(
        "custom",
        &[
            must("name", TEXT),
            may("description", TEXT),
            must("input_schema", TREE),
            may("cache_control", CACHE),
        ],
    )],
    Some("custom"),
);

const SINGLY: Field = may("disable_parallel_tool_use", FLAG);

const MESSAGES_CHOICE: &Shape = &Shape::Tagged(
    "type",
    &[
        ("auto", &[SINGLY]),
        ("any", &[SINGLY]),
        ("none", &[]),
        ("tool", &[must("name", TEXT), SINGLY]),
    ],
    None,
);

const THINKING: &Shape = &Shape::Tagged(
    "type",
    &[("enabled", &[must("budget_tokens", TOKENS)]), ("adaptive", &[]), ("disabled", &[])],
    None,
);
