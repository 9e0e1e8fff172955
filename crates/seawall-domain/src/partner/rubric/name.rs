//! The names of gates and criteria: those of the framework, and those that an installation writes
//! itself.
//!
//! A name is how a gate or a criterion is known in what is filed, decided and kept. It is short and
//! of small letters, so that it is the same everywhere; what it means the rubric says, in words.

use super::{Criterion, Gate};
use std::fmt;
use std::str::FromStr;

/// The longest name in characters.
pub const NAME_LEN_MAX: usize = 40;

/// The name of a gate or a criterion of one's own.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Name([u8; NAME_LEN_MAX]);

/// Why something is no name.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "a gate or a criterion is named by small letters, digits and `_`, beginning with a letter, at \
     most {NAME_LEN_MAX} of them, and keeps to what it is"
)]
pub struct NoName;

impl Name {
    /// Its text.
    pub fn as_str(&self) -> &str {
        let end = self.0.iter().position(|byte| *byte == 0).unwrap_or(NAME_LEN_MAX);
        // Only ASCII is ever put in.
        self.0.get(..end).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default()
    }
}

impl FromStr for Name {
    type Err = NoName;

    fn from_str(text: &str) -> Result<Name, NoName> {
        let is_plain = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
        let begins = text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
        if !begins || !text.as_bytes().iter().all(is_plain) {
            return Err(NoName);
        }
        let mut bytes = [0; NAME_LEN_MAX];
        let room = bytes.get_mut(..text.len()).ok_or(NoName)?;
        room.copy_from_slice(text.as_bytes());
        Ok(Name(bytes))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

impl Gate {
    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Gate::LegalIdentity => "legal_identity",
            Gate::NotSanctioned => "not_sanctioned",
            Gate::AgreedControl => "agreed_control",
            Gate::SecurityOfficer => "security_officer",
            Gate::SecurityBaseline => "security_baseline",
            Gate::DisclosurePolicy => "disclosure_policy",
            Gate::AgreedAssets => "agreed_assets",
            Gate::InsiderProgramme => "insider_programme",
            Gate::SubcontractorList => "subcontractor_list",
            Gate::Own(name) => name.as_str(),
        }
    }
}

impl Criterion {
    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Criterion::DefenceReach => "defence_reach",
            Criterion::AbilityToAct => "ability_to_act",
            Criterion::TechnicalCapability => "technical_capability",
            Criterion::UnderServed => "under_served",
            Criterion::OpenSource => "open_source",
            Criterion::EmbargoRecord => "embargo_record",
            Criterion::Own(name) => name.as_str(),
        }
    }
}

fn gate(text: &str) -> Option<Gate> {
    Gate::ALL.into_iter().find(|gate| gate.name() == text)
}

fn criterion(text: &str) -> Option<Criterion> {
    Criterion::ALL.into_iter().find(|criterion| criterion.name() == text)
}

impl FromStr for Gate {
    type Err = NoName;

    fn from_str(text: &str) -> Result<Gate, NoName> {
        match (gate(text), criterion(text)) {
            (Some(gate), _) => Ok(gate),
            // What the framework marks is no gate of anybody's.
            (None, Some(_)) => Err(NoName),
            (None, None) => text.parse().map(Gate::Own),
        }
    }
}

impl FromStr for Criterion {
    type Err = NoName;

    fn from_str(text: &str) -> Result<Criterion, NoName> {
        match (criterion(text), gate(text)) {
            (Some(criterion), _) => Ok(criterion),
            (None, Some(_)) => Err(NoName),
            (None, None) => text.parse().map(Criterion::Own),
        }
    }
}

impl TryFrom<String> for Gate {
    type Error = NoName;

    fn try_from(text: String) -> Result<Gate, NoName> {
        text.parse()
    }
}

impl TryFrom<String> for Criterion {
    type Error = NoName;

    fn try_from(text: String) -> Result<Criterion, NoName> {
        text.parse()
    }
}

impl From<Gate> for String {
    fn from(gate: Gate) -> String {
        gate.name().to_owned()
    }
}

impl From<Criterion> for String {
    fn from(criterion: Criterion) -> String {
        criterion.name().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_is_plain_and_of_one_kind() {
        let check = |text: &str, is_gate: bool, is_criterion: bool| {
            assert_eq!(text.parse::<Gate>().is_ok(), is_gate, "{text}");
            assert_eq!(text.parse::<Criterion>().is_ok(), is_criterion, "{text}");
        };
        check("rural_reach", true, true);
        check("a1", true, true);
        check("legal_identity", true, false);
        check("under_served", false, true);
        check("", false, false);
        check("1a", false, false);
        check("_a", false, false);
        check("Rural", false, false);
        check("rural reach", false, false);
        check("größe", false, false);
        check(&"a".repeat(NAME_LEN_MAX), true, true);
        check(&"a".repeat(NAME_LEN_MAX + 1), false, false);
    }

    #[test]
    fn the_framework_comes_first_and_keeps_its_words() {
        let own: Gate = "a_first".parse().unwrap();
        assert!(Gate::ALL.iter().all(|gate| *gate < own));
        for gate in Gate::ALL {
            let text = serde_json::to_string(&gate).unwrap();
            assert_eq!(text, format!("\"{}\"", gate.name()));
            assert_eq!(serde_json::from_str::<Gate>(&text).unwrap(), gate);
        }
        for criterion in Criterion::ALL {
            let text = serde_json::to_string(&criterion).unwrap();
            assert_eq!(serde_json::from_str::<Criterion>(&text).unwrap(), criterion);
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_the_same(text in "[a-z_0-9A-Z é]{0,50}") {
            if let Ok(gate) = text.parse::<Gate>() {
                prop_assert_eq!(gate.name(), text.as_str());
                prop_assert_eq!(serde_json::to_string(&gate).unwrap(), format!("{text:?}"));
            }
            let _ = text.parse::<Criterion>();
        }
    }
}
