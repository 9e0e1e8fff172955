//! Headers: which go on to the provider, which come back, and which are refused.
//!
//! What is not named here is left behind, in both directions. Some headers are refused instead,
//! because whoever sends them means the request to be understood in another way than its body says.

use super::{Code, Denial};
use seawall_domain::engagement::scope::Endpoint;

/// Names, and beginnings of names, that are refused.
const REFUSED: [&str; 14] = [
    "content-encoding",
    "content-range",
    "x-http-method",
    "x-method-override",
    "x-original-",
    "x-rewrite-",
    "x-forwarded-",
    "forwarded",
    "openai-",
    "anthropic-beta",
    "x-goog-",
    "x-amz-",
    "upgrade",
    "trailer",
];

/// Those that may be there once only.
const ONCE: [&str; 5] =
    ["content-type", "content-length", "authorization", "anthropic-version", "host"];

/// Those that come back from the provider.
const PASSED_BACK: [&str; 3] = ["content-type", "retry-after", "cache-control"];

/// The version of Anthropic's interface that is spoken where the caller names none.
const ANTHROPIC_VERSION: &str = "2023-06-01";

/// The headers that go on.
pub(super) fn passed_on(
    endpoint: Endpoint,
    headers: &[(&str, &str)],
) -> Result<Vec<(&'static str, String)>, Denial> {
    let mut version = None;
    let mut media_type = None;
    let mut seen: Vec<&str> = Vec::new();
    for (name, value) in headers {
        let lower = name.to_ascii_lowercase();
        let identity = lower == "content-encoding" && value.eq_ignore_ascii_case("identity");
        if REFUSED.iter().any(|refused| lower.starts_with(refused)) && !identity {
            return Err(Denial::new(Code::Header, lower_name(&lower), "it is not let through"));
        }
        if let Some(once) = ONCE.iter().find(|once| **once == lower) {
            if seen.contains(once) {
                return Err(Denial::new(Code::Header, *once, "it is given twice"));
            }
            seen.push(once);
        }
        match lower.as_str() {
            "content-type" => media_type = Some(*value),
            "anthropic-version" => version = Some(*value),
            _ => {}
        }
    }
    if endpoint == Endpoint::Models {
        return Ok(Vec::new());
    }
    if !media_type.is_some_and(is_json) {
        return Err(Denial::new(Code::Header, "content-type", "it must be application/json"));
    }
    let mut passed = vec![("content-type", "application/json".to_owned())];
    if endpoint == Endpoint::Messages {
        let version = version.unwrap_or(ANTHROPIC_VERSION);
        if !is_day(version) {
            return Err(Denial::new(Code::Header, "anthropic-version", "it must be a day"));
        }
        passed.push(("anthropic-version", version.to_owned()));
    }
    Ok(passed)
}

fn lower_name(name: &str) -> String {
    name.chars().take(40).filter(|letter| letter.is_ascii_graphic()).collect()
}

fn is_json(value: &str) -> bool {
    let mut parts = value.split(';').map(str::trim);
    let json = parts.next().is_some_and(|it| it.eq_ignore_ascii_case("application/json"));
    let utf8 = |it: &str| it.to_ascii_lowercase().replace('"', "") == "charset=utf-8";
    json && parts.all(utf8)
}

fn is_day(value: &str) -> bool {
    let bytes = value.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    bytes.len() == 10
        && bytes.get(4) == Some(&b'-')
        && bytes.get(7) == Some(&b'-')
        && [0, 1, 2, 3, 5, 6, 8, 9].into_iter().all(digit)
}

/// Whether a header of the provider's answer comes back to the caller: no cookie, no address, no
/// name of an organisation or a machine.
pub fn passes_back(name: &str) -> bool {
    PASSED_BACK.iter().any(|passed| name.eq_ignore_ascii_case(passed))
}

/// Whether the provider's status comes back as it is. A redirection never does, and is not
/// followed.
pub fn status_passes(status: u16) -> bool {
    matches!(status, 200 | 400..=499 | 500..=599)
}
