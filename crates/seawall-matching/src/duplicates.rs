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

mod family;
mod reason;
mod sketch;

pub use self::family::Family;
pub use self::reason::{Reason, Trigger};
use self::sketch::{similarity, sketch_proof, sketch_text};
use seawall_domain::claim::{Claim, Cwe};
use seawall_domain::package::{Ecosystem, Package};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

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
        let proof = if recipe_text.trim().is_empty() {
            words.as_str()
        } else {
            recipe_text
        };
        let file = claim.location.file.as_deref().unwrap_or("").trim();
        let mut path = file.rsplit(['/', '\\']).filter(|part| !part.is_empty());
        let name = claim.location.function.as_deref().unwrap_or("");
        let name = name.split_once('(').map_or(name, |(name, _)| name);
        let mut names = name
            .rsplit(|c: char| !c.is_alphanumeric() && c != '_' && c != '$')
            .filter(|part| !part.is_empty());
        let function = names.next().map(str::to_lowercase);
        // Modules are spelt in many ways or left out; a name with a capital is a class.
        let class = names
            .next()
            .filter(|name| name.starts_with(char::is_uppercase));
        Signature {
            package: claim.package.clone(),
            weakness: claim.weakness,
            file: path.next().map(str::to_lowercase),
            function,
            class: class.map(str::to_owned),
            effect: None,
            oracle: sketch::oracle(recipe_text),
            triggers: Trigger::all_in(proof),
            identifiers: claim
                .upstream_ids
                .iter()
                .map(|id| id.trim().to_uppercase())
                .collect(),
            shape: sketch_proof(recipe_text),
            text: sketch_text(&words),
        }
    }

    /// Adds the effect that running the proof showed.
    pub fn with_effect(self, effect: impl Into<String>) -> Self {
        Signature {
            effect: Some(effect.into()),
            ..self
        }
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

/// Proofs of which at least this share is alike are one proof, lightly rewritten.
const PROOF_ALIKE_PERCENT: u8 = 70;

/// Descriptions of which at least this share is alike are worth a person's look.
const TEXT_ALIKE_PERCENT: u8 = 30;

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
    let identifier = has(|r| {
        matches!(
            r,
            Reason::SameIdentifier { .. } | Reason::MixedIdentifiers { .. }
        )
    });
    let other_file = has(|r| matches!(r, Reason::OtherFile { .. }));
    let other_place = has(|r| matches!(r, Reason::OtherFunction { .. }));
    let other_family = has(|r| matches!(r, Reason::OtherFamily { .. }));

    let by_place = place && (family && !other_file || effect || proof || identifier);
    let by_proof = family && (proof || identifier) && (file || proof && identifier);
    if (by_place || by_proof) && !has(Reason::is_doubt) {
        let reasons = reasons
            .into_iter()
            .filter(|reason| !reason.is_against())
            .collect();
        return Relation::Same { reasons };
    }
    let alike = place || proof || text || identifier || family && (effect || file);
    if (other_place || other_family) && !alike {
        let reasons = reasons.into_iter().filter(Reason::is_against).collect();
        return Relation::Different { reasons };
    }
    Relation::Unclear { reasons }
}

/// Everything that was compared, in a fixed order.
fn compared(left: &Signature, right: &Signature) -> Vec<Reason> {
    let reasons = [
        package(left, right),
        identifier(left, right),
        place(left, right),
        file(left, right),
        weakness(left, right),
        effect(left, right),
        trigger(left, right),
        oracle(left, right),
        proof(left, right),
        text(left, right),
    ];
    reasons.into_iter().flatten().collect()
}

fn package(left: &Signature, right: &Signature) -> Option<Reason> {
    let whole = |package: &Package| match &package.ecosystem {
        Ecosystem::Debian(_) => Package {
            ecosystem: Ecosystem::Debian(None),
            name: package.name.clone(),
        },
        Ecosystem::PyPi
        | Ecosystem::Npm
        | Ecosystem::CratesIo
        | Ecosystem::Generic
        | Ecosystem::Unknown(_) => package.clone(),
    };
    match (&left.package, &right.package) {
        (Some(a), Some(b)) if whole(a) == whole(b) => {
            Some(Reason::SamePackage { package: whole(a) })
        }
        (Some(a), Some(b)) => Some(Reason::OtherPackage {
            packages: pair(whole(a), whole(b)),
        }),
        (Some(_), None) | (None, Some(_)) | (None, None) => Some(Reason::PackageMissing),
    }
}

/// Ids are compared within one naming body: a CVE id says nothing about a GHSA id.
fn identifier(left: &Signature, right: &Signature) -> Option<Reason> {
    fn body(id: &str) -> &str {
        id.split_once('-').map_or(id, |(body, _)| body)
    }
    let bodies: BTreeSet<&str> = left.identifiers.iter().map(|id| body(id)).collect();
    let mut shared = None;
    let mut mixed = None;
    for named in bodies {
        let of = |signature: &Signature| -> BTreeSet<String> {
            signature
                .identifiers
                .iter()
                .filter(|id| body(id) == named)
                .cloned()
                .collect()
        };
        let (ours, theirs) = (of(left), of(right));
        let (Some(a), Some(b)) = (ours.first(), theirs.first()) else {
            continue;
        };
        let Some(common) = ours.intersection(&theirs).next() else {
            return Some(Reason::OtherIdentifier {
                ids: pair(a.clone(), b.clone()),
            });
        };
        shared = shared.or_else(|| {
            Some(Reason::SameIdentifier {
                identifier: common.clone(),
            })
        });
        if let Some(lonely) = ours.symmetric_difference(&theirs).next() {
            let ids = pair(common.clone(), lonely.clone());
            mixed = mixed.or(Some(Reason::MixedIdentifiers { ids }));
        }
    }
    mixed.or(shared)
}

fn place(left: &Signature, right: &Signature) -> Option<Reason> {
    let (a, b) = (left.function.as_ref()?, right.function.as_ref()?);
    if a != b {
        return Some(Reason::OtherFunction {
            functions: pair(a.clone(), b.clone()),
        });
    }
    Some(match (&left.class, &right.class) {
        // `Entry` and `EntryFields` are taken for one: a wrapper and what it wraps.
        (Some(x), Some(y)) if !x.starts_with(y.as_str()) && !y.starts_with(x.as_str()) => {
            let functions = pair(format!("{x}.{a}"), format!("{y}.{b}"));
            Reason::OtherFunction { functions }
        }
        _ => Reason::SameFunction {
            function: a.clone(),
        },
    })
}

fn file(left: &Signature, right: &Signature) -> Option<Reason> {
    let (a, b) = (left.file.as_ref()?, right.file.as_ref()?);
    Some(if a == b {
        Reason::SameFile { file: a.clone() }
    } else {
        Reason::OtherFile {
            files: pair(a.clone(), b.clone()),
        }
    })
}

fn weakness(left: &Signature, right: &Signature) -> Option<Reason> {
    let (a, b) = (left.weakness?, right.weakness?);
    let weaknesses = pair(a, b);
    Some(match Family::shared(a, b) {
        Some(family) => Reason::SameFamily { family, weaknesses },
        None => Reason::OtherFamily { weaknesses },
    })
}

fn effect(left: &Signature, right: &Signature) -> Option<Reason> {
    let (a, b) = (left.effect.as_ref()?, right.effect.as_ref()?);
    Some(if a == b {
        Reason::SameEffect { effect: a.clone() }
    } else {
        Reason::OtherEffect {
            effects: pair(a.clone(), b.clone()),
        }
    })
}

fn trigger(left: &Signature, right: &Signature) -> Option<Reason> {
    let shared: BTreeSet<Trigger> = left
        .triggers
        .intersection(&right.triggers)
        .copied()
        .collect();
    if let Some(trigger) = shared.first() {
        return Some(Reason::SameTrigger { trigger: *trigger });
    }
    let other = left.triggers.iter().find_map(|a| {
        let like = right.triggers.iter().find(|b| a.family() == b.family());
        like.map(|b| pair(*a, *b))
    });
    other.map(|triggers| Reason::OtherTrigger { triggers })
}

fn oracle(left: &Signature, right: &Signature) -> Option<Reason> {
    let (a, b) = (left.oracle.as_ref()?, right.oracle.as_ref()?);
    (a != b).then(|| Reason::OtherOracle {
        oracles: pair(a.clone(), b.clone()),
    })
}

fn proof(left: &Signature, right: &Signature) -> Option<Reason> {
    let percent = similarity(&left.shape, &right.shape)?;
    (percent >= PROOF_ALIKE_PERCENT).then_some(Reason::AlikeProof { percent })
}

fn text(left: &Signature, right: &Signature) -> Option<Reason> {
    let percent = similarity(&left.text, &right.text)?;
    (percent >= TEXT_ALIKE_PERCENT).then_some(Reason::AlikeText { percent })
}

/// Two things in their own order, so that it does not matter which finding comes first.
fn pair<T: Ord>(a: T, b: T) -> [T; 2] {
    if a <= b { [a, b] } else { [b, a] }
}

/// Two findings and how they relate.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Link<K> {
    /// The smaller id.
    pub left: K,
    /// The greater id.
    pub right: K,
    /// How they relate.
    pub relation: Relation,
}

/// Findings about one flaw, and the links that a person may want to see.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Group<K> {
    /// The members, in the order of their ids; never empty.
    pub members: Vec<K>,
    /// The links that hold the group together.
    pub joined: Vec<Link<K>>,
    /// Unclear links from a member of this group to a finding outside of it.
    pub unclear: Vec<Link<K>>,
}

/// Groups findings: two groups grow together over a *same* link, unless some pair across them is
/// *different*. The answer does not depend on the order of the input; ids must be distinct.
pub fn group<K: Clone + Ord>(signatures: &[(K, Signature)]) -> Vec<Group<K>> {
    let mut sorted: Vec<&(K, Signature)> = signatures.iter().collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    sorted.dedup_by(|a, b| a.0 == b.0);
    let links = links(&sorted);
    let different: BTreeSet<(usize, usize)> = links
        .iter()
        .filter(|(_, relation)| matches!(relation, Relation::Different { .. }))
        .map(|(places, _)| *places)
        .collect();
    let mut group_of: Vec<usize> = (0..sorted.len()).collect();
    for ((a, b), relation) in &links {
        let (into, from) = (
            group_of[*a].min(group_of[*b]),
            group_of[*a].max(group_of[*b]),
        );
        let barred = different
            .iter()
            .any(|(x, y)| pair(group_of[*x], group_of[*y]) == [into, from]);
        if matches!(relation, Relation::Same { .. }) && into != from && !barred {
            group_of
                .iter_mut()
                .filter(|group| **group == from)
                .for_each(|group| *group = into);
        }
    }
    collected(&sorted, links, &group_of)
}

/// Every pair within one package, by places.
fn links<K>(sorted: &[&(K, Signature)]) -> Vec<((usize, usize), Relation)> {
    let mut shelves: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
    for (at, (_, signature)) in sorted.iter().enumerate() {
        let name = signature
            .package
            .as_ref()
            .map(|package| package.name.as_str());
        shelves.entry(name).or_default().push(at);
    }
    let mut links = Vec::new();
    for places in shelves.values() {
        for (nth, a) in places.iter().enumerate() {
            for b in places.iter().skip(nth + 1) {
                links.push(((*a, *b), relation(&sorted[*a].1, &sorted[*b].1)));
            }
        }
    }
    links.sort_by_key(|(places, _)| *places);
    links
}

fn collected<K: Clone + Ord>(
    sorted: &[&(K, Signature)],
    links: Vec<((usize, usize), Relation)>,
    group_of: &[usize],
) -> Vec<Group<K>> {
    let mut groups: BTreeMap<usize, Group<K>> = BTreeMap::new();
    for (at, (id, _)) in sorted.iter().enumerate() {
        let group = groups.entry(group_of[at]).or_insert_with(|| Group {
            members: Vec::new(),
            joined: Vec::new(),
            unclear: Vec::new(),
        });
        group.members.push(id.clone());
    }
    for ((a, b), relation) in links {
        let link = Link {
            left: sorted[a].0.clone(),
            right: sorted[b].0.clone(),
            relation,
        };
        let together = group_of[a] == group_of[b];
        let homes = if together {
            vec![group_of[a]]
        } else {
            vec![group_of[a], group_of[b]]
        };
        for home in homes {
            let Some(group) = groups.get_mut(&home) else {
                continue;
            };
            match &link.relation {
                Relation::Same { .. } if together => group.joined.push(link.clone()),
                // A link that says "same" but was barred by another pair needs a person too.
                Relation::Same { .. } | Relation::Unclear { .. } if !together => {
                    group.unclear.push(link.clone());
                }
                Relation::Same { .. } | Relation::Unclear { .. } | Relation::Different { .. } => {}
            }
        }
    }
    groups.into_values().collect()
}

#[cfg(test)]
mod tests;
