//! Who may verify whose finding: a different party and, for machines, a different line of models
//! (capability C17).
//!
//! A model that found a flaw by mistake tends to believe its own mistake, and so does another of
//! its line. A proof that is run by a machine without a model is nobody's opinion: only the party
//! that runs it counts then.

use std::collections::BTreeSet;

/// Lines of models, each with the words by which tools name them, in lower case.
const LINES: [(&str, &[&str]); 12] = [
    ("claude", &["claude", "anthropic", "sonnet", "opus", "haiku", "mythos"]),
    ("command", &["cohere", "command-r"]),
    ("deepseek", &["deepseek"]),
    ("gemini", &["gemini", "gemma", "palm"]),
    ("glm", &["glm", "chatglm", "zhipu"]),
    ("gpt", &["gpt", "openai", "codex", "o1", "o3", "o4"]),
    ("grok", &["grok", "xai"]),
    ("kimi", &["kimi", "moonshot"]),
    ("llama", &["llama", "llama2", "llama3", "llama4"]),
    ("mistral", &["mistral", "mixtral", "codestral", "devstral", "magistral"]),
    ("nova", &["nova", "titan"]),
    ("qwen", &["qwen", "qwq", "tongyi"]),
];

/// Who found or verifies something.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Origin {
    /// The name of the party; none when nobody in particular.
    pub party: Option<String>,
    /// The lines of models that took part.
    pub lines: BTreeSet<&'static str>,
}

/// Why a verifier is not independent of a finder.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Dependence {
    /// Both are one party.
    #[error("finder and verifier are one party: another must verify what it found")]
    Party,
    /// Both used models of one line.
    #[error("finder and verifier both used models of the line `{line}`: another must verify")]
    Line {
        /// The line.
        line: &'static str,
    },
}

/// The lines of models that a text names, such as `finder 2.1 (GPT-5 with tools)`.
pub fn lines(text: &str) -> BTreeSet<&'static str> {
    let text = text.to_lowercase();
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric() && c != '-').filter(|w| !w.is_empty()).collect();
    let named = |known: &str| {
        words.iter().any(|word| {
            *word == known
                || word.split('-').any(|part| part == known)
                || word.strip_prefix(known).is_some_and(|rest| {
                    known.len() > 2 && rest.chars().all(|c| c.is_ascii_digit() || c == '-')
                })
        })
    };
    let of =
        |(line, known): &(&'static str, &[&str])| known.iter().any(|k| named(k)).then_some(*line);
    LINES.iter().filter_map(of).collect()
}

/// Whether a verifier is independent of a finder.
pub fn independent(finder: &Origin, verifier: &Origin) -> Result<(), Dependence> {
    if finder.party.is_some() && finder.party == verifier.party {
        return Err(Dependence::Party);
    }
    match finder.lines.intersection(&verifier.lines).next() {
        Some(line) => Err(Dependence::Line { line }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_known_by_their_words() {
        for (text, expected) in [
            ("finder 2.1 (GPT-5 with tools)", &["gpt"][..]),
            ("Claude Opus 4.5", &["claude"]),
            ("claude-code", &["claude"]),
            ("o3 and gemini-2.5-pro", &["gemini", "gpt"]),
            ("Qwen3 coder", &["qwen"]),
            ("llama.cpp fuzzer", &["llama"]),
            ("hand-written grammar fuzzer", &[]),
            ("demo1 protocol", &[]),
            ("gptools", &[]),
            ("", &[]),
        ] {
            let found: Vec<&str> = lines(text).into_iter().collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn nobody_verifies_what_they_found() {
        let origin = |party: Option<&str>, text: &str| Origin {
            party: party.map(str::to_owned),
            lines: lines(text),
        };
        let finder = origin(Some("acme"), "gpt-5");
        for (verifier, expected) in [
            (origin(None, ""), Ok(())),
            (origin(Some("lab"), ""), Ok(())),
            (origin(Some("lab"), "claude"), Ok(())),
            (origin(Some("acme"), ""), Err(Dependence::Party)),
            (origin(Some("lab"), "gpt-4"), Err(Dependence::Line { line: "gpt" })),
        ] {
            assert_eq!(independent(&finder, &verifier), expected, "{verifier:?}");
        }
        assert_eq!(independent(&origin(None, "x"), &origin(None, "y")), Ok(()));
    }
}
