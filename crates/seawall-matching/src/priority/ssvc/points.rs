//! The decision points and outcomes of the tables, in SSVC's words and order.

use super::{Exploitation, Point};
use serde::{Deserialize, Serialize};

/// Writes an enum and its words from one list, so that no word can be forgotten.
macro_rules! point {
    (
        $(#[$about:meta])* $name:ident {
            $($(#[$meaning:meta])* $variant:ident = $word:literal,)*
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$meaning])* $variant,)*
        }

        impl Point for $name {
            const ALL: &'static [$name] = &[$($name::$variant,)*];

            fn word(self) -> &'static str {
                match self {
                    $($name::$variant => $word,)*
                }
            }
        }
    };
}

point! {
    /// Whether an attacker can automate the steps up to exploitation (`ssvc:A:2.0.0`).
    Automatable {
        /// Not reliably.
        No = "no",
        /// Reliably.
        Yes = "yes",
    }
}

point! {
    /// What the attacker gets of the vulnerable software (`ssvc:TI:1.0.0`).
    TechnicalImpact {
        /// Limited control, or some information.
        Partial = "partial",
        /// Total control, or all information.
        Total = "total",
    }
}

point! {
    /// What a success means for missions and people's well-being (`ssvc:MWI:1.0.0`).
    MissionWellBeing {
        /// Little for either.
        Low = "low",
        /// It supports a mission, or harm to people is material.
        Medium = "medium",
        /// It is essential to a mission, or harm to people cannot be undone.
        High = "high",
    }
}

point! {
    /// How far the system can be reached (`ssvc:EXP:1.0.1`).
    SystemExposure {
        /// A local service, or a very controlled network.
        Small = "small",
        /// A network with limits on who comes in.
        Controlled = "controlled",
        /// The internet, or another network that anybody can reach.
        Open = "open",
    }
}

point! {
    /// Safety and mission impact together (`ssvc:HI:2.0.2`).
    HumanImpact {
        /// Little harm, and no essential function fails.
        Low = "low",
        /// Marginal harm, or one essential function fails.
        Medium = "medium",
        /// Critical harm, short of the worst.
        High = "high",
        /// The mission fails, or the harm is catastrophic.
        VeryHigh = "very high",
    }
}

point! {
    /// How useful the flaw is to an attacker (`ssvc:U:1.0.1`).
    Utility {
        /// Not automatable, and little to get at each place.
        Laborious = "laborious",
        /// One of the two.
        Efficient = "efficient",
        /// Both.
        SuperEffective = "super effective",
    }
}

point! {
    /// Safety impact, coarsely, for a supplier (`ssvc:PSI:2.0.1`).
    PublicSafetyImpact {
        /// Negligible harm.
        Minimal = "minimal",
        /// Marginal harm or worse.
        Significant = "significant",
    }
}

point! {
    /// Harm to people and surroundings (`ssvc:SI:2.0.1`, by IEC 61508).
    SafetyImpact {
        /// Minor injuries at worst.
        Negligible = "negligible",
        /// Major injuries.
        Marginal = "marginal",
        /// Loss of life.
        Critical = "critical",
        /// Loss of many lives.
        Catastrophic = "catastrophic",
    }
}

point! {
    /// What becomes of an organisation's essential functions (`ssvc:MI:2.0.0`).
    MissionImpact {
        /// Little, up to worse service of what is not essential.
        Degraded = "degraded",
        /// What supports essential functions is crippled.
        MefSupportCrippled = "mef support crippled",
        /// One essential function fails for too long.
        MefFailure = "mef failure",
        /// Several fail; the organisation cannot do what it is for.
        MissionFailure = "mission failure",
    }
}

point! {
    /// How much an attacker gets with one success (`ssvc:VD:1.0.0`).
    ValueDensity {
        /// Little: one person's system.
        Diffuse = "diffuse",
        /// Much: a server that serves many.
        Concentrated = "concentrated",
    }
}

point! {
    /// What CISA does about a flaw (`cisa:CISA:1.1.0`), the least urgent first.
    CisaLevel {
        /// Nothing now.
        Track = "track",
        /// Nothing now, but watch it closely.
        TrackStar = "track*",
        /// Sooner than standard updates.
        Attend = "attend",
        /// As soon as possible.
        Act = "act",
    }
}

point! {
    /// When a patch is made or applied (`ssvc:DSOI:1.0.0`), the least urgent first.
    PatchPriority {
        /// Not now.
        Defer = "defer",
        /// With regular maintenance.
        Scheduled = "scheduled",
        /// Before that, with overtime where it must be.
        OutOfCycle = "out-of-cycle",
        /// At once, with all resources.
        Immediate = "immediate",
    }
}

impl Point for Exploitation {
    const ALL: &'static [Exploitation] =
        &[Exploitation::None, Exploitation::PublicPoc, Exploitation::Active];

    fn word(self) -> &'static str {
        match self {
            Exploitation::None => "none",
            Exploitation::PublicPoc => "public poc",
            Exploitation::Active => "active",
        }
    }

    /// CISA's records write `poc`, as version 1.0.0 of the point did.
    fn read(text: &str) -> Option<Exploitation> {
        match text.trim().to_lowercase().as_str() {
            "none" => Some(Exploitation::None),
            "poc" | "public poc" | "public_poc" | "public-poc" => Some(Exploitation::PublicPoc),
            "active" => Some(Exploitation::Active),
            _ => None,
        }
    }
}

impl From<bool> for Automatable {
    fn from(automatable: bool) -> Automatable {
        if automatable { Automatable::Yes } else { Automatable::No }
    }
}

/// `true` is total.
impl From<bool> for TechnicalImpact {
    fn from(total: bool) -> TechnicalImpact {
        if total { TechnicalImpact::Total } else { TechnicalImpact::Partial }
    }
}
