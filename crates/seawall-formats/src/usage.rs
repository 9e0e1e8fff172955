//! How many tokens an answer of a model says that it used, read while it streams by.
//!
//! OpenAI's chat completions (`usage.prompt_tokens`, `usage.completion_tokens`), its responses and
//! Anthropic's messages (`usage.input_tokens`, `usage.output_tokens`), whole or as server-sent
//! events; of what went in, also what the provider had in its cache or put there
//! (`prompt_tokens_details.cached_tokens`, `input_tokens_details.cached_tokens`,
//! `cache_read_input_tokens`, `cache_creation_input_tokens`). An object named `usage` is looked for
//! in the bytes: inside a JSON string its quotes would be escaped, so a model's words are never
//! taken for it. Of several the greatest number counts, so that nothing in an answer makes it
//! smaller. Nothing else is kept, and of the bytes no more than [`CARRIED_BYTES_MAX`].

use serde::Deserialize;

/// The longest object named `usage` that is waited for over pieces.
pub const CARRIED_BYTES_MAX: usize = 4 << 10;

const NAME: &[u8] = b"\"usage\"";

/// What was used.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Usage {
    /// Tokens that went in, those of a cache with them.
    pub tokens_in: u64,
    /// Of these, those that were read from a cache.
    pub tokens_cached: u64,
    /// Of these, those that were put into a cache.
    pub tokens_stored: u64,
    /// Tokens that came out.
    pub tokens_out: u64,
}

/// Reads an answer, piece by piece.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    carried: Vec<u8>,
    seen: Option<Usage>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Told {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
    input_tokens: Option<u64>,
    output_tokens: Option<u64>,
    cache_read_input_tokens: Option<u64>,
    cache_creation_input_tokens: Option<u64>,
    prompt_tokens_details: Option<Details>,
    input_tokens_details: Option<Details>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Details {
    cached_tokens: Option<u64>,
}

/// What stands behind a name.
enum Behind {
    /// The object.
    Object(Told),
    /// Something else.
    Other,
    /// The bytes end too soon.
    More,
}

impl Reader {
    /// Looks at the next piece.
    pub fn read(&mut self, piece: &[u8]) {
        if self.carried.is_empty() {
            let kept = self.look(piece);
            self.carried.extend_from_slice(kept);
        } else {
            let mut bytes = std::mem::take(&mut self.carried);
            bytes.extend_from_slice(piece);
            let kept = self.look(&bytes).len();
            bytes.drain(..bytes.len() - kept);
            self.carried = bytes;
        }
    }

    /// What the answer said so far, if it said anything.
    pub fn usage(&self) -> Option<Usage> {
        self.seen
    }

    /// Looks at bytes, and gives back what has to be looked at again with more behind it.
    fn look<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let mut rest = bytes;
        while let Some(at) = memchr::memmem::find(rest, NAME) {
            let (_, found) = rest.split_at(at);
            let behind = found.get(NAME.len()..).unwrap_or_default();
            match read(behind) {
                Behind::Object(told) => self.take(&told),
                Behind::More if found.len() <= CARRIED_BYTES_MAX => return found,
                Behind::More | Behind::Other => {}
            }
            rest = behind;
        }
        let tail = rest.len().min(NAME.len() - 1);
        rest.get(rest.len() - tail..).unwrap_or_default()
    }

    fn take(&mut self, told: &Told) {
        // Anthropic counts what a cache has beside what went in, OpenAI within it.
        let beside = told.cache_read_input_tokens.unwrap_or(0);
        let stored = told.cache_creation_input_tokens.unwrap_or(0);
        let details = told.prompt_tokens_details.as_ref().or(told.input_tokens_details.as_ref());
        let within = details.and_then(|details| details.cached_tokens).unwrap_or(0);
        let plain = told.prompt_tokens.or(told.input_tokens).unwrap_or(0);
        let tokens_in = plain.saturating_add(beside).saturating_add(stored);
        let tokens_out = told.completion_tokens.or(told.output_tokens).unwrap_or(0);
        let before = self.seen.unwrap_or_default();
        self.seen = Some(Usage {
            tokens_in: before.tokens_in.max(tokens_in),
            tokens_cached: before.tokens_cached.max(beside.saturating_add(within)),
            tokens_stored: before.tokens_stored.max(stored),
            tokens_out: before.tokens_out.max(tokens_out),
        });
    }
}

/// Reads a colon and an object.
fn read(bytes: &[u8]) -> Behind {
    let bytes = bytes.trim_ascii_start();
    let Some((first, bytes)) = bytes.split_first() else { return Behind::More };
    let start = bytes.trim_ascii_start();
    match (first, start.first()) {
        (b':', None) => return Behind::More,
        (b':', Some(b'{')) => {}
        (_, _) => return Behind::Other,
    }
    // The end is looked for first: a number that is cut in two reads as a wrong one.
    match object(start) {
        Some(object) => serde_json::from_slice(object).map_or(Behind::Other, Behind::Object),
        None => Behind::More,
    }
}

/// The object that the bytes begin with, once its end is among them.
fn object(bytes: &[u8]) -> Option<&[u8]> {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (at, byte) in bytes.iter().enumerate() {
        match (in_string, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => in_string = !in_string,
            (false, b'{') => depth += 1,
            (false, b'}') => depth = depth.saturating_sub(1),
            (_, _) => {}
        }
        if depth == 0 && !in_string {
            return bytes.get(..=at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ANSWERS: [(&str, Option<(u64, u64)>); 11] = [
        (r#"{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3}}"#, Some((7, 3))),
        (r#"{"usage" : {"input_tokens":7,"output_tokens":3,"x":{"y":[1]}}}"#, Some((7, 3))),
        (r#"{"usage":{"input_tokens":7,"cache_read_input_tokens":5}}"#, Some((12, 0))),
        // Anthropic's stream: what went in at the start, what came out at the end.
        (
            "data: {\"message\":{\"usage\":{\"input_tokens\":9,\"output_tokens\":1}}}\r\n\r\n\
             data: {\"usage\":{\"output_tokens\":40}}\n\n",
            Some((9, 40)),
        ),
        // OpenAI's stream: null in every piece but the last.
        ("data: {\"usage\":null}\n\ndata: {\"usage\":{\"prompt_tokens\":1}}\n", Some((1, 0))),
        // A model's words are in a string.
        (r#"{"content":"\"usage\":{\"input_tokens\":1}"}"#, None),
        // A smaller number later changes nothing.
        (r#"{"usage":{"input_tokens":5}}{"usage":{"input_tokens":2}}"#, Some((5, 0))),
        (r#"{"usage":{"input_tokens":-5}}"#, None),
        // What it cost, as some providers tell.
        (r#"{"usage":{"cost":-1.5e-07,"s":"}\"{","prompt_tokens":7}}"#, Some((7, 0))),
        (r#"{"usage":{"prompt_tokens":7}"}"#, Some((7, 0))),
        ("", None),
    ];

    fn check(answer: &str, sizes: impl Iterator<Item = usize>) -> Option<(u64, u64)> {
        let (mut reader, mut rest) = (Reader::default(), answer.as_bytes());
        for size in sizes {
            let (piece, behind) = rest.split_at(size.min(rest.len()));
            reader.read(piece);
            rest = behind;
            assert!(reader.carried.len() <= CARRIED_BYTES_MAX);
        }
        reader.read(rest);
        reader.usage().map(|usage| (usage.tokens_in, usage.tokens_out))
    }

    #[test]
    fn whole_and_in_pieces_of_every_size() {
        for (answer, expected) in ANSWERS {
            for size in 1..=answer.len().max(1) {
                let sizes = std::iter::repeat_n(size, answer.len() / size);
                assert_eq!(check(answer, sizes), expected, "{answer} in pieces of {size}");
            }
        }
    }

    #[test]
    fn what_a_cache_had_is_a_part_of_what_went_in() {
        fn cached(answer: &str, expected: [u64; 4]) {
            let mut reader = Reader::default();
            reader.read(answer.as_bytes());
            let told = reader.usage().unwrap();
            let told = [told.tokens_in, told.tokens_cached, told.tokens_stored, told.tokens_out];
            assert_eq!(told, expected, "{answer}");
        }
        cached(
            r#"{"usage":{"prompt_tokens":9,"completion_tokens":1,
                "prompt_tokens_details":{"cached_tokens":4,"audio_tokens":0}}}"#,
            [9, 4, 0, 1],
        );
        cached(
            r#"{"usage":{"input_tokens":9,"input_tokens_details":{"cached_tokens":4}}}"#,
            [9, 4, 0, 0],
        );
        cached(
            r#"{"usage":{"input_tokens":9,"cache_read_input_tokens":4,
                "cache_creation_input_tokens":2,"output_tokens":3}}"#,
            [15, 4, 2, 3],
        );
        cached(r#"{"usage":{"prompt_tokens":9,"prompt_tokens_details":null}}"#, [9, 0, 0, 0]);
    }

    #[test]
    fn an_object_without_end_is_given_up() {
        let answer = format!("{{\"usage\":{{\"x\":\"{}", "a".repeat(3 * CARRIED_BYTES_MAX));
        assert_eq!(check(&answer, std::iter::repeat_n(100, 90)), None);
    }

    proptest! {
        #[test]
        fn reading_never_panics(pieces in proptest::collection::vec(
            proptest::collection::vec(any::<u8>(), 0..40), 0..8)) {
            let mut reader = Reader::default();
            for piece in &pieces {
                reader.read(piece);
            }
        }
    }
}
