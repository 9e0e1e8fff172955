//! Aspect by aspect: what two signatures have in common and where they differ.

use super::family::Family;
use super::reason::{Reason, Trigger};
use super::sketch::similarity;
use super::{Signature, pair};
use seawall_domain::package::{Ecosystem, Package};
use std::collections::BTreeSet;

/// Proofs of which at least this share is alike are one proof, lightly rewritten.
const PROOF_ALIKE_PERCENT: u8 = 70;

/// Descriptions of which at least this share is alike are worth a person's look.
const TEXT_ALIKE_PERCENT: u8 = 30;

/// Everything that was compared, in a fixed order.
pub(super) fn compared(left: &Signature, right: &Signature) -> Vec<Reason> {
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
        Ecosystem::Debian(_) => {
            Package { ecosystem: Ecosystem::Debian(None), name: package.name.clone() }
        }
        Ecosystem::PyPi
        | Ecosystem::Npm
        | Ecosystem::CratesIo
        | Ecosystem::Generic
        | Ecosystem::Git
        | Ecosystem::Oci
        | Ecosystem::Listed(..)
        | Ecosystem::Unknown(_) => package.clone(),
    };
    match (&left.package, &right.package) {
        (Some(a), Some(b)) if whole(a) == whole(b) => {
            Some(Reason::SamePackage { package: whole(a) })
        }
        (Some(a), Some(b)) => Some(Reason::OtherPackage { packages: pair(whole(a), whole(b)) }),
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
            signature.identifiers.iter().filter(|id| body(id) == named).cloned().collect()
        };
        let (ours, theirs) = (of(left), of(right));
        let (Some(a), Some(b)) = (ours.first(), theirs.first()) else {
            continue;
        };
        let Some(common) = ours.intersection(&theirs).next() else {
            return Some(Reason::OtherIdentifier { ids: pair(a.clone(), b.clone()) });
        };
        shared = shared.or_else(|| Some(Reason::SameIdentifier { identifier: common.clone() }));
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
        return Some(Reason::OtherFunction { functions: pair(a.clone(), b.clone()) });
    }
    Some(match (&left.class, &right.class) {
        // `Entry` and `EntryFields` are taken for one: a wrapper and what it wraps.
        (Some(x), Some(y)) if !x.starts_with(y.as_str()) && !y.starts_with(x.as_str()) => {
            let functions = pair(format!("{x}.{a}"), format!("{y}.{b}"));
            Reason::OtherFunction { functions }
        }
        _ => Reason::SameFunction { function: a.clone() },
    })
}

fn file(left: &Signature, right: &Signature) -> Option<Reason> {
    let (a, b) = (left.file.as_ref()?, right.file.as_ref()?);
    Some(if a == b {
        Reason::SameFile { file: a.clone() }
    } else {
        Reason::OtherFile { files: pair(a.clone(), b.clone()) }
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
        Reason::OtherEffect { effects: pair(a.clone(), b.clone()) }
    })
}

fn trigger(left: &Signature, right: &Signature) -> Option<Reason> {
    let shared: BTreeSet<Trigger> = left.triggers.intersection(&right.triggers).copied().collect();
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
    (a != b).then(|| Reason::OtherOracle { oracles: pair(a.clone(), b.clone()) })
}

fn proof(left: &Signature, right: &Signature) -> Option<Reason> {
    let percent = similarity(&left.shape, &right.shape)?;
    (percent >= PROOF_ALIKE_PERCENT).then_some(Reason::AlikeProof { percent })
}

fn text(left: &Signature, right: &Signature) -> Option<Reason> {
    let percent = similarity(&left.text, &right.text)?;
    (percent >= TEXT_ALIKE_PERCENT).then_some(Reason::AlikeText { percent })
}
