//! The reasons for joining findings or keeping them apart, and the roads a proof takes.

use super::family::Family;
use seawall_domain::claim::Cwe;
use seawall_domain::package::Package;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// One thing that was compared, and what came out. Pairs stand in their own order, not in the
/// order of the findings.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum Reason {
    /// Both name this package.
    SamePackage {
        /// The package.
        package: Package,
    },
    /// They name different packages.
    OtherPackage {
        /// The packages.
        packages: [Package; 2],
    },
    /// At least one names no package.
    PackageMissing,
    /// Both carry this name by another body.
    SameIdentifier {
        /// The name.
        identifier: String,
    },
    /// They carry different names by the same body, and none in common.
    OtherIdentifier {
        /// One name of each.
        ids: [String; 2],
    },
    /// They carry names by the same body, some in common and some not.
    MixedIdentifiers {
        /// Two names that differ.
        ids: [String; 2],
    },
    /// Both name this function.
    SameFunction {
        /// Its last name.
        function: String,
    },
    /// They name different functions.
    OtherFunction {
        /// Their last names.
        functions: [String; 2],
    },
    /// Both name this file.
    SameFile {
        /// Its base name.
        file: String,
    },
    /// They name different files.
    OtherFile {
        /// Their base names.
        files: [String; 2],
    },
    /// Both name a weakness of this family.
    SameFamily {
        /// The family.
        family: Family,
        /// The classes.
        weaknesses: [Cwe; 2],
    },
    /// They name weaknesses of different families.
    OtherFamily {
        /// The classes.
        weaknesses: [Cwe; 2],
    },
    /// Running both showed this effect.
    SameEffect {
        /// The normalised effect.
        effect: String,
    },
    /// Running them showed different effects.
    OtherEffect {
        /// The normalised effects.
        effects: [String; 2],
    },
    /// Both proofs take this road.
    SameTrigger {
        /// The road.
        trigger: Trigger,
    },
    /// The proofs take different roads of one kind, and none in common.
    OtherTrigger {
        /// One road of each.
        triggers: [Trigger; 2],
    },
    /// The oracles look at different things.
    OtherOracle {
        /// What they look at.
        oracles: [String; 2],
    },
    /// The proofs are alike.
    AlikeProof {
        /// How much of them, in percent.
        percent: u8,
    },
    /// The descriptions are alike.
    AlikeText {
        /// How much of them, in percent.
        percent: u8,
    },
}

impl Reason {
    /// Tells whether this alone keeps two findings apart.
    pub(super) fn settles_apart(&self) -> bool {
        self.weight() == Weight::Apart
    }

    /// Tells whether this alone keeps two findings from being joined without a person.
    pub(super) fn is_doubt(&self) -> bool {
        self.weight() == Weight::Doubt
    }

    /// Tells whether this speaks against their being one flaw.
    pub fn is_against(&self) -> bool {
        self.weight() != Weight::For
    }

    /// Tells whether this is an effect that names a place, not only a kind such as `growth`.
    pub(super) fn is_telling_effect(&self) -> bool {
        matches!(self, Reason::SameEffect { effect } if effect.split_whitespace().count() > 1)
    }

    fn weight(&self) -> Weight {
        match self {
            Reason::SamePackage { .. }
            | Reason::SameIdentifier { .. }
            | Reason::SameFunction { .. }
            | Reason::SameFile { .. }
            | Reason::SameFamily { .. }
            | Reason::SameEffect { .. }
            | Reason::SameTrigger { .. }
            | Reason::AlikeProof { .. }
            | Reason::AlikeText { .. } => Weight::For,
            Reason::OtherFunction { .. } | Reason::OtherFile { .. } => Weight::Against,
            Reason::PackageMissing
            | Reason::MixedIdentifiers { .. }
            | Reason::OtherFamily { .. }
            | Reason::OtherOracle { .. } => Weight::Doubt,
            Reason::OtherPackage { .. }
            | Reason::OtherIdentifier { .. }
            | Reason::OtherEffect { .. }
            | Reason::OtherTrigger { .. } => Weight::Apart,
        }
    }
}

/// What a reason counts for.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Weight {
    /// It speaks for one flaw.
    For,
    /// It speaks against it, but may be outweighed.
    Against,
    /// It speaks against it, and only a person may outweigh it.
    Doubt,
    /// It settles that there are two.
    Apart,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::SamePackage { package } => write!(f, "both are about `{package}`"),
            Reason::OtherPackage { packages: [a, b] } => {
                write!(f, "one is about `{a}`, the other about `{b}`")
            }
            Reason::PackageMissing => f.write_str("one names no package"),
            Reason::SameIdentifier { identifier } => write!(f, "both are known as `{identifier}`"),
            Reason::OtherIdentifier { ids: [a, b] } => {
                write!(f, "one is known as `{a}`, the other as `{b}`")
            }
            Reason::MixedIdentifiers { ids: [a, b] } => {
                write!(f, "they share a name, but `{a}` and `{b}` differ")
            }
            Reason::SameFunction { function } => write!(f, "both name the function `{function}`"),
            Reason::OtherFunction { functions: [a, b] } => {
                write!(f, "one names the function `{a}`, the other `{b}`")
            }
            Reason::SameFile { file } => write!(f, "both name the file `{file}`"),
            Reason::OtherFile { files: [a, b] } => {
                write!(f, "one names the file `{a}`, the other `{b}`")
            }
            Reason::SameFamily { family, weaknesses: [a, b] } if a == b => {
                write!(f, "both are {a} ({family})")
            }
            Reason::SameFamily { family, weaknesses: [a, b] } => {
                write!(f, "{a} and {b} are of one family ({family})")
            }
            Reason::OtherFamily { weaknesses: [a, b] } => {
                write!(f, "{a} and {b} are different kinds of weakness")
            }
            Reason::SameEffect { effect } => write!(f, "running both showed `{effect}`"),
            Reason::OtherEffect { effects: [a, b] } => {
                write!(f, "running one showed `{a}`, the other `{b}`")
            }
            Reason::SameTrigger { trigger } => write!(f, "both proofs go by {trigger}"),
            Reason::OtherTrigger { triggers: [a, b] } => {
                write!(f, "one proof goes by {a}, the other by {b}")
            }
            Reason::OtherOracle { oracles: [a, b] } => {
                write!(f, "one proof is judged by `{a}`, the other by `{b}`")
            }
            Reason::AlikeProof { percent } => write!(f, "the proofs are {percent} % alike"),
            Reason::AlikeText { percent } => write!(f, "the descriptions are {percent} % alike"),
        }
    }
}

/// A road that a proof takes into the code. Two roads of one family are two flaws more often than
/// not: closing the one leaves the other open.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// The key `__proto__`.
    Proto,
    /// The keys `constructor` and `prototype`.
    ConstructorPrototype,
    /// A path with `..`.
    ParentPath,
    /// A symbolic link.
    SymbolicLink,
    /// A hard link.
    HardLink,
}

const WORDS: [(Trigger, &[&str]); 6] = [
    (Trigger::Proto, &["__proto__"]),
    (Trigger::ConstructorPrototype, &["constructor.prototype"]),
    (Trigger::ParentPath, &["../", "..\\"]),
    (Trigger::SymbolicLink, &["symlink", "symbolic link", "symtype", "ln -s"]),
    (Trigger::HardLink, &["hardlink", "hard link", "hard_link", "lnktype"]),
    (Trigger::ConstructorPrototype, &["'constructor', 'prototype'", "[constructor][prototype]"]),
];

impl Trigger {
    /// The roads that a proof's text names. A link makes a path with `..` part of that link.
    pub(super) fn all_in(proof: &str) -> BTreeSet<Self> {
        let proof = proof.to_lowercase().replace('"', "'");
        let named = |(_, words): &&(Trigger, &[&str])| words.iter().any(|w| proof.contains(w));
        let mut found: BTreeSet<Self> =
            WORDS.iter().filter(named).map(|(trigger, _)| *trigger).collect();
        if found.contains(&Trigger::SymbolicLink) || found.contains(&Trigger::HardLink) {
            found.remove(&Trigger::ParentPath);
        }
        found
    }

    /// The family of weakness within which roads are compared.
    pub(super) fn family(self) -> Family {
        match self {
            Trigger::Proto | Trigger::ConstructorPrototype => Family::Prototype,
            Trigger::ParentPath | Trigger::SymbolicLink | Trigger::HardLink => Family::Path,
        }
    }
}

impl fmt::Display for Trigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Trigger::Proto => "`__proto__`",
            Trigger::ConstructorPrototype => "`constructor.prototype`",
            Trigger::ParentPath => "a path with `..`",
            Trigger::SymbolicLink => "a symbolic link",
            Trigger::HardLink => "a hard link",
        })
    }
}
