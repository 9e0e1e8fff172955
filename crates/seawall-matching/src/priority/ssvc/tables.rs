//! The tables, row for row as published; the inputs' values change fastest in the last column.

use super::points::{
    Automatable, CisaLevel, HumanImpact, MissionImpact, MissionWellBeing, PatchPriority,
    PublicSafetyImpact, SafetyImpact, SystemExposure, TechnicalImpact, Utility, ValueDensity,
};
use super::{Column, Exploitation, Outcomes, outcomes};
use seawall_domain::record::Ssvc;
use serde::{Deserialize, Serialize};

use CisaLevel::{Act as A, Attend as N, Track as T, TrackStar as W};
use HumanImpact::{High as H, Low as L, Medium as M, VeryHigh as V};
use PatchPriority::{Defer as D, Immediate as I, OutOfCycle as O, Scheduled as S};

/// The inputs of `cisa:DT_CO:2.0.3`: what CISA as a coordinator does about a flaw.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Coordinator {
    /// Whether and how it is exploited.
    pub exploitation: Option<Exploitation>,
    /// Whether an attacker can automate it.
    pub automatable: Option<Automatable>,
    /// What the attacker gets.
    pub technical_impact: Option<TechnicalImpact>,
    /// What that means for missions and people.
    pub mission_well_being: Option<MissionWellBeing>,
}

/// By exploitation and automatable a row, by technical impact and mission in it.
#[rustfmt::skip]
const COORDINATOR: [CisaLevel; 36] = [
    T, T, T, T, T, W,
    T, T, N, T, T, N,
    T, T, W, T, W, N,
    T, T, N, T, W, N,
    T, T, N, T, N, A,
    N, N, A, N, A, A,
];

impl Coordinator {
    /// What a record states, with what nobody publishes per flaw.
    pub fn of(stated: &Ssvc, mission_well_being: Option<MissionWellBeing>) -> Coordinator {
        Coordinator {
            exploitation: stated.exploitation,
            automatable: stated.automatable.map(Automatable::from),
            technical_impact: stated.total.map(TechnicalImpact::from),
            mission_well_being,
        }
    }

    /// The possible outcomes.
    pub fn outcomes(&self) -> Outcomes<CisaLevel> {
        let columns = [
            Column::of(self.exploitation),
            Column::of(self.automatable),
            Column::of(self.technical_impact),
            Column::of(self.mission_well_being),
        ];
        outcomes(&COORDINATOR, &columns)
    }
}

/// The inputs of `ssvc:DT_DP:1.0.0`: when an operator applies a patch.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Deployer {
    /// Whether and how it is exploited.
    pub exploitation: Option<Exploitation>,
    /// How far the system can be reached.
    pub exposure: Option<SystemExposure>,
    /// Whether an attacker can automate it.
    pub automatable: Option<Automatable>,
    /// What a success does to people and the mission.
    pub human_impact: Option<HumanImpact>,
}

/// By exploitation and exposure a row, by automatable and human impact in it.
#[rustfmt::skip]
const DEPLOYER: [PatchPriority; 72] = [
    D, D, S, S, D, S, S, S,
    D, S, S, S, S, S, S, S,
    D, S, S, S, S, S, S, O,
    D, S, S, S, S, S, S, S,
    D, S, S, S, S, S, S, O,
    S, S, S, O, S, S, O, O,
    S, S, O, O, S, O, O, O,
    S, S, O, O, O, O, O, O,
    S, O, O, I, O, O, I, I,
];

impl Deployer {
    /// The possible outcomes.
    pub fn outcomes(&self) -> Outcomes<PatchPriority> {
        let columns = [
            Column::of(self.exploitation),
            Column::of(self.exposure),
            Column::of(self.automatable),
            Column::of(self.human_impact),
        ];
        outcomes(&DEPLOYER, &columns)
    }
}

/// The inputs of `ssvc:DT_SP:1.0.0`: when a supplier develops a patch.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Supplier {
    /// Whether and how it is exploited.
    pub exploitation: Option<Exploitation>,
    /// How useful it is to an attacker.
    pub utility: Option<Utility>,
    /// What the attacker gets.
    pub technical_impact: Option<TechnicalImpact>,
    /// What a success does to people.
    pub public_safety_impact: Option<PublicSafetyImpact>,
}

/// By exploitation and utility a row, by technical impact and public safety in it.
#[rustfmt::skip]
const SUPPLIER: [PatchPriority; 36] = [
    D, S, S, O,
    S, O, S, O,
    S, O, O, O,
    S, O, S, I,
    S, I, O, I,
    O, I, O, I,
    O, I, O, I,
    O, I, O, I,
    I, I, I, I,
];

impl Supplier {
    /// The possible outcomes.
    pub fn outcomes(&self) -> Outcomes<PatchPriority> {
        let columns = [
            Column::of(self.exploitation),
            Column::of(self.utility),
            Column::of(self.technical_impact),
            Column::of(self.public_safety_impact),
        ];
        outcomes(&SUPPLIER, &columns)
    }
}

/// The inputs of `ssvc:DT_HI:1.0.0`: human impact, from what an operator can say.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct HumanImpactOf {
    /// Harm to people and surroundings.
    pub safety: Option<SafetyImpact>,
    /// What becomes of essential functions.
    pub mission: Option<MissionImpact>,
}

/// By safety a row, by mission in it.
#[rustfmt::skip]
const HUMAN_IMPACT: [HumanImpact; 16] = [
    L, L, M, V,
    L, L, M, V,
    M, H, H, V,
    V, V, V, V,
];

impl HumanImpactOf {
    /// The possible outcomes.
    pub fn outcomes(&self) -> Outcomes<HumanImpact> {
        outcomes(&HUMAN_IMPACT, &[Column::of(self.safety), Column::of(self.mission)])
    }
}

/// The inputs of `ssvc:DT_U:1.0.0`: utility to an attacker.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UtilityOf {
    /// Whether an attacker can automate it.
    pub automatable: Option<Automatable>,
    /// How much one success brings.
    pub value_density: Option<ValueDensity>,
}

/// By automatable and value density.
const UTILITY: [Utility; 4] =
    [Utility::Laborious, Utility::Efficient, Utility::Efficient, Utility::SuperEffective];

impl UtilityOf {
    /// The possible outcomes.
    pub fn outcomes(&self) -> Outcomes<Utility> {
        outcomes(&UTILITY, &[Column::of(self.automatable), Column::of(self.value_density)])
    }
}
