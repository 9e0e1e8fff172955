//! Which findings are about the same flaw, and why (capability C13).
//!
//! Two claims are compared by what they say about one place in one package: package, function,
//! family of weakness, the effect that running showed, the road the proof takes, what its oracle
//! looks at, and the wording. Lines are ignored, because they drift. The answer is one of three,
//! always with its reasons, and does not depend on which claim comes first:
//!
//! - *same*: join them; a person can take the join apart again;
//! - *different*: keep them apart;
//! - *unclear*: keep them apart and show both to a person.
//!
//! When in doubt they stay apart, because a wrong join hides a flaw and a wrong split costs a
//! minute. Findings under two different CVE ids are never joined.

mod comparison;
mod family;
mod group;
mod reason;
mod sketch;

use self::comparison::compared;
pub use self::family::Family;
pub use self::group::{Group, Link, group};
pub use self::reason::{Reason, Trigger};
use self::sketch::{sketch_proof, sketch_text};
use seawall_domain::claim::{Claim, Cwe};
use seawall_domain::package::Package;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What of a finding is compared.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Signature {
    /// The package the claim is about; a claim without one is never the same as another.
    pub package: Option<Package>,
    /// The weakness class.
    pub weakness: Option<Cwe>,
    /// The file's base name, lower-cased.
    pub file: Option<String>,
    /// The function's last name (`_process` of `Filter._process`), lower-cased.
    pub function: Option<String>,
    /// The class that the function was named with, as written, if one was.
    pub class: Option<String>,
    /// The normalised effect of the reproduction, once it was run.
    pub effect: Option<String>,
    /// What the oracle of the recipe looks at (`growth`, `canary` …), where the recipe says so.
    pub oracle: Option<String>,
    /// The roads that the proof takes into the code.
    pub triggers: BTreeSet<Trigger>,
    /// Names that other bodies gave the flaw, upper-cased.
    pub identifiers: BTreeSet<String>,
    /// A MinHash sketch of the proof's text; empty when there is none.
    pub shape: Vec<u64>,
    /// A MinHash sketch of title and description.
    pub text: Vec<u64>,
}

impl Signature {
    /// Reads the signature off a claim and the text of its recipe (empty when there is none). The
    /// effect is not known before the proof was run: see [`Signature::with_effect`].
    pub fn of(claim: &Claim, recipe_text: &str) -> Self {
        let words = format!("{}\n{}", claim.title, claim.description);
        let proof = if recipe_text.trim().is_empty() { words.as_str() } else { recipe_text };
        let file = claim.location.file.as_deref().unwrap_or("").trim();
        let mut path = file.rsplit(['/', '\\']).filter(|part| !part.is_empty());
        let name = claim.location.function.as_deref().unwrap_or("");
        let name = name.split_once('(').map_or(name, |(name, _)| name);
        let mut names = name
            .rsplit(|c: char| !c.is_alphanumeric() && c != '_' && c != '$')
            .filter(|part| !part.is_empty());
        let function = names.next().map(str::to_lowercase);
        // Modules are spelt in many ways or left out; a name with a capital is a class.
        let class = names.next().filter(|name| name.starts_with(char::is_uppercase));
        Signature {
            package: claim.package.clone(),
            weakness: claim.weakness,
            file: path.next().map(str::to_lowercase),
            function,
            class: class.map(str::to_owned),
            effect: None,
            oracle: sketch::oracle(recipe_text),
            triggers: Trigger::all_in(proof),
            identifiers: claim.upstream_ids.iter().map(|id| id.trim().to_uppercase()).collect(),
            shape: sketch_proof(recipe_text),
            text: sketch_text(&words),
        }
    }

    /// Adds the effect that running the proof showed.
    pub fn with_effect(self, effect: impl Into<String>) -> Self {
        Signature { effect: Some(effect.into()), ..self }
    }
}

/// How two findings relate.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// They are about one flaw.
    Same {
        /// What speaks for it.
        reasons: Vec<Reason>,
    },
    /// They are about two flaws.
    Different {
        /// What tells them apart.
        reasons: Vec<Reason>,
    },
    /// A person must look.
    Unclear {
        /// What speaks for and against it.
        reasons: Vec<Reason>,
    },
}

impl Relation {
    /// The reasons, whatever the relation is.
    pub fn reasons(&self) -> &[Reason] {
        match self {
            Relation::Same { reasons }
            | Relation::Different { reasons }
            | Relation::Unclear { reasons } => reasons,
        }
    }
}

/// Compares two findings.
pub fn relation(left: &Signature, right: &Signature) -> Relation {
    let reasons = compared(left, right);
    let has = |wanted: fn(&Reason) -> bool| reasons.iter().any(wanted);
    if has(Reason::settles_apart) {
        let reasons = reasons.into_iter().filter(Reason::is_against).collect();
        return Relation::Different { reasons };
    }
    let place = has(|r| matches!(r, Reason::SameFunction { .. }));
    let file = has(|r| matches!(r, Reason::SameFile { .. }));
    let family = has(|r| matches!(r, Reason::SameFamily { .. }));
    let effect = has(Reason::is_telling_effect);
    let proof = has(|r| matches!(r, Reason::AlikeProof { .. }));
    let text = has(|r| matches!(r, Reason::AlikeText { .. }));
    let identifier =
        has(|r| matches!(r, Reason::SameIdentifier { .. } | Reason::MixedIdentifiers { .. }));
    let other_file = has(|r| matches!(r, Reason::OtherFile { .. }));
    let other_place = has(|r| matches!(r, Reason::OtherFunction { .. }));
    let other_family = has(|r| matches!(r, Reason::OtherFamily { .. }));

    let by_place = place && (effect || identifier || (family || proof) && !other_file);
    let by_name = identifier && family && (file || proof);
    // One finder's proofs are alike for different flaws too: never against two functions.
    let by_proof = proof && family && file && !other_place;
    if (by_place || by_name || by_proof) && !has(Reason::is_doubt) {
        let reasons = reasons.into_iter().filter(|reason| !reason.is_against()).collect();
        return Relation::Same { reasons };
    }
    let alike = place || proof || text || identifier || family && (effect || file);
    if (other_place || other_family) && !alike {
        let reasons = reasons.into_iter().filter(Reason::is_against).collect();
        return Relation::Different { reasons };
    }
    Relation::Unclear { reasons }
}

/// Two things in their own order, so that it does not matter which finding comes first.
fn pair<T: Ord>(a: T, b: T) -> [T; 2] {
    if a <= b { [a, b] } else { [b, a] }
}

#[cfg(test)]
mod tests;
