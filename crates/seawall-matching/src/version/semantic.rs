//! The order of Semantic Versioning 2.0.0 (section 11), read leniently: a leading `v`, more or
//! fewer than three numbers and leading zeros are accepted, because registries carry them.

use super::Digits;

/// A semantic version without its build metadata, which the order ignores.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Semantic {
    numbers: Vec<Digits>,
    rank: Rank,
}

// INVARIANT: a pre-release sorts before its release.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Rank {
    Before(Vec<Identifier>),
    Release,
}

// INVARIANT: numeric identifiers sort before all others.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Identifier {
    Number(Digits),
    Word(String),
}

impl Semantic {
    /// Reads a version; `None` when what stands before `-` or `+` is not numbers and dots.
    pub(super) fn new(text: &str) -> Option<Self> {
        let text = text.strip_prefix(['v', 'V', '=']).unwrap_or(text);
        let (text, _build) = text.split_once('+').unwrap_or((text, ""));
        let (numbers, rank) = match text.split_once('-') {
            Some((numbers, rest)) => {
                (numbers, Rank::Before(rest.split('.').map(identifier).collect()))
            }
            None => (text, Rank::Release),
        };
        let mut numbers = numbers
            .split('.')
            .map(|run| is_number(run).then(|| Digits::new(run)))
            .collect::<Option<Vec<_>>>()?;
        // Trailing zeros carry no order: `1.2` and `1.2.0` are one version.
        while numbers.last().is_some_and(|last| last.0.is_empty()) {
            numbers.pop();
        }
        Some(Semantic { numbers, rank })
    }

    pub(super) fn is_prerelease(&self) -> bool {
        matches!(self.rank, Rank::Before(_))
    }
}

fn identifier(text: &str) -> Identifier {
    if is_number(text) {
        Identifier::Number(Digits::new(text))
    } else {
        Identifier::Word(text.to_owned())
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}
