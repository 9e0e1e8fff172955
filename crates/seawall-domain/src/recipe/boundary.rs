//! The trust boundary: who attacks, with what, and whether the effect is more than they have
//! anyway.

use super::{Oracle, Recipe};
use serde::{Deserialize, Serialize};

/// The trust boundary that a recipe says is crossed (capability C15).
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Boundary {
    /// Who attacks, in plain words: `whoever sends an archive that is unpacked`.
    pub attacker: String,
    /// The files of the recipe that hold what the attacker says. Everything else is the harness,
    /// which plays the honest user.
    pub controls: Vec<String>,
    /// What the attacker can do anyway under the target's threat model.
    pub has: Vec<Capability>,
    /// What the effect lets them do.
    pub gains: Vec<Capability>,
}

/// What somebody can do to a system.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    /// Read what they must not.
    Read,
    /// Write or change what they must not.
    Write,
    /// Run what they like.
    Execute,
    /// Stop it or slow it down.
    Deny,
    /// Reach other systems from it.
    Reach,
    /// Be taken for somebody else, or pass a check that should fail.
    Pretend,
    /// Damage its memory, with any of these as the possible end.
    Corrupt,
}

impl Capability {
    /// Every one, with the name that recipes use.
    pub const ALL: [(Capability, &'static str); 7] = [
        (Capability::Read, "read"),
        (Capability::Write, "write"),
        (Capability::Execute, "execute"),
        (Capability::Deny, "deny"),
        (Capability::Reach, "reach"),
        (Capability::Pretend, "pretend"),
        (Capability::Corrupt, "corrupt"),
    ];

    /// The name, as recipes write it.
    pub fn name(self) -> &'static str {
        Capability::ALL.iter().find(|(other, _)| *other == self).map_or("", |(_, name)| name)
    }

    /// Whether somebody who has this has the other as well.
    pub fn grants(self, other: Capability) -> bool {
        use Capability::{Corrupt, Deny, Execute, Pretend, Reach, Read, Write};
        match self {
            Execute => true,
            Write => matches!(other, Write | Deny),
            Read | Deny | Reach | Pretend | Corrupt => self == other,
        }
    }
}

/// What speaks against a recipe's claim that a boundary is crossed.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// The recipe does not say who attacks and what they gain.
    Unstated,
    /// Whoever can attack so has all that the attack gains.
    GrantedAnyway,
    /// Trigger and control differ in more than in what the attacker says, so the harness itself may
    /// make the effect.
    HarnessDiffers,
    /// The effect shows without the target as well: the harness makes it.
    WithoutTarget,
}

impl Doubt {
    /// What it means, in plain words.
    pub fn said(self) -> &'static str {
        match self {
            Doubt::Unstated => "the recipe states no boundary: who attacks, and what they gain",
            Doubt::GrantedAnyway => {
                "whoever can attack like this can do all of it anyway under the stated threat model"
            }
            Doubt::HarnessDiffers => {
                "trigger and control differ in more than what the attacker says"
            }
            Doubt::WithoutTarget => "the effect shows without the target too: the harness makes it",
        }
    }
}

/// The doubts that a recipe raises by itself, before anything runs.
pub fn doubts(recipe: &Recipe) -> Vec<Doubt> {
    let Some(boundary) = &recipe.boundary else { return vec![Doubt::Unstated] };
    let mut doubts = Vec::new();
    let granted =
        |gain: &Capability| boundary.has.iter().any(|capability| capability.grants(*gain));
    if boundary.gains.iter().all(granted) {
        doubts.push(Doubt::GrantedAnyway);
    }
    if !same_harness(recipe, boundary) {
        doubts.push(Doubt::HarnessDiffers);
    }
    doubts
}

/// Whether trigger and control are the same words but for the files that the attacker controls.
fn same_harness(recipe: &Recipe, boundary: &Boundary) -> bool {
    if matches!(recipe.oracle, Oracle::Http { .. }) {
        return true;
    }
    let (trigger, control) = (&recipe.trigger, &recipe.control);
    let controlled = |word: &str| {
        boundary.controls.iter().any(|name| word.ends_with(&format!("/recipe/{name}")))
    };
    let in_recipe = |word: &str| word.contains("/recipe/");
    trigger.len() == control.len()
        && trigger
            .iter()
            .zip(control)
            .all(|(a, c)| a == c || (controlled(a) && (in_recipe(c) || controlled(c))))
}

#[cfg(test)]
mod tests {
    use super::{Capability::*, *};

    #[test]
    fn whoever_runs_what_they_like_has_everything() {
        for (capability, _) in Capability::ALL {
            assert!(Execute.grants(capability));
            assert!(capability.grants(capability));
        }
        assert!(Write.grants(Deny) && !Read.grants(Write) && !Deny.grants(Write));
    }
}
