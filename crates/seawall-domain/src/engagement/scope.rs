//! Scopes: what may pass through a gateway while a window is open. What is not listed is refused.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The most models that a scope can name.
pub const MODELS_MAX: usize = 64;

/// An interface of a model provider that the gateway speaks.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    /// OpenAI's chat completions.
    Chat,
    /// OpenAI's responses.
    Responses,
    /// Anthropic's messages.
    Messages,
    /// The list of models, cut to the scope.
    Models,
}

impl Endpoint {
    /// Every endpoint.
    pub const ALL: [Endpoint; 4] =
        [Endpoint::Chat, Endpoint::Responses, Endpoint::Messages, Endpoint::Models];

    /// The one path under which it is reached, byte for byte.
    pub fn path(self) -> &'static str {
        match self {
            Endpoint::Chat => "/v1/chat/completions",
            Endpoint::Responses => "/v1/responses",
            Endpoint::Messages => "/v1/messages",
            Endpoint::Models => "/v1/models",
        }
    }
}

/// Which tools a request may bring.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tools {
    /// None.
    #[default]
    None,
    /// Functions that the caller itself carries out; never what the provider carries out.
    Functions,
}

/// Whether answers may come piece by piece.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Streaming {
    /// Only whole.
    #[default]
    Whole,
    /// Piece by piece too.
    Streamed,
}

/// What may pass.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Which endpoints.
    pub endpoints: BTreeSet<Endpoint>,
    /// Which models: the name that callers use, and the one that the provider is asked for.
    pub models: BTreeMap<String, String>,
    /// Which tools.
    pub tools: Tools,
    /// How many tokens an answer may have.
    pub output_tokens_max: u64,
    /// Whether answers may come piece by piece.
    pub streaming: Streaming,
}

impl Scope {
    /// The provider's name for a model, if callers may use it.
    pub fn model(&self, alias: &str) -> Option<&str> {
        self.models.get(alias).map(String::as_str)
    }

    /// Whether the endpoint may be used.
    pub fn admits(&self, endpoint: Endpoint) -> bool {
        self.endpoints.contains(&endpoint)
    }

    /// Whether everything that passes here passes there too: a later lease may narrow what the
    /// window's terms name, never widen it.
    pub fn lies_within(&self, other: &Scope) -> bool {
        let tools = self.tools == Tools::None || other.tools == Tools::Functions;
        let streams = self.streaming == Streaming::Whole || other.streaming == Streaming::Streamed;
        let models = self.models.iter().all(|(alias, name)| other.model(alias) == Some(name));
        self.endpoints.is_subset(&other.endpoints)
            && self.models.len() <= MODELS_MAX
            && models
            && tools
            && streams
            && self.output_tokens_max <= other.output_tokens_max
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope() -> Scope {
        Scope {
            endpoints: BTreeSet::from([Endpoint::Chat, Endpoint::Models]),
            models: BTreeMap::from([("early".to_owned(), "internal-7".to_owned())]),
            tools: Tools::Functions,
            output_tokens_max: 1_000,
            streaming: Streaming::Streamed,
        }
    }

    #[test]
    fn a_scope_is_narrowed_and_never_widened() {
        fn check(change: impl Fn(&mut Scope), expected: bool) {
            let mut other = scope();
            change(&mut other);
            assert_eq!(other.lies_within(&scope()), expected, "{other:?}");
        }
        check(|_| {}, true);
        check(|it| it.endpoints.clear(), true);
        check(|it| it.models.clear(), true);
        check(|it| it.tools = Tools::None, true);
        check(|it| it.streaming = Streaming::Whole, true);
        check(|it| it.output_tokens_max = 1, true);
        check(|it| it.endpoints.extend([Endpoint::Messages]), false);
        check(|it| drop(it.models.insert("other".into(), "internal-7".into())), false);
        check(|it| drop(it.models.insert("early".into(), "internal-8".into())), false);
        check(|it| it.output_tokens_max = 1_001, false);
        let narrow = Scope { tools: Tools::None, streaming: Streaming::Whole, ..scope() };
        assert!(!scope().lies_within(&narrow));
        assert!(Scope::default().lies_within(&narrow));
    }
}
