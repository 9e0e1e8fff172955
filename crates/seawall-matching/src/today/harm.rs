//! What can go wrong, in the words of those whom it hits.

use crate::duplicates::Family;
use seawall_domain::claim::Cwe;
use serde::{Deserialize, Serialize};

/// What can go wrong, as an operator would say it.
// INVARIANT: the gravest comes first; an item with several harms tells the first.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Harm {
    /// Somebody runs commands of their own.
    Takeover,
    /// Somebody breaks into memory: it crashes or is taken over.
    Memory,
    /// Somebody gets past the door.
    Access,
    /// A file lands where it must not.
    Files,
    /// The program starts to behave differently.
    Behaviour,
    /// Somebody acts in the name of a user.
    Users,
    /// The program hangs.
    Hang,
    /// It is not known, or hard to tell.
    Other,
}

impl Harm {
    /// The harm that a weakness class leads to.
    pub fn of(weakness: Option<Cwe>) -> Self {
        match weakness.map(Family::of) {
            Some(Family::Injection | Family::Deserialization) => Harm::Takeover,
            Some(Family::MemoryBounds | Family::MemoryLifetime | Family::Arithmetic) => {
                Harm::Memory
            }
            Some(Family::Authorization | Family::Authentication | Family::Request) => Harm::Access,
            Some(Family::Path) => Harm::Files,
            Some(Family::Prototype) => Harm::Behaviour,
            Some(Family::Script) => Harm::Users,
            Some(Family::Complexity) => Harm::Hang,
            Some(Family::General | Family::Alone(_)) | None => Harm::Other,
        }
    }

    pub(super) fn why(self) -> [&'static str; 2] {
        match self {
            Harm::Takeover => {
                ["Someone can make it run their code.", "Alguien puede darle sus órdenes."]
            }
            Harm::Memory => [
                "A bad file can crash it or control it.",
                "Un archivo malo puede pararlo o tomar el mando.",
            ],
            Harm::Access => [
                "Someone can see or change what they should not.",
                "Alguien puede ver o cambiar lo que no debe.",
            ],
            Harm::Files => [
                "A bad file can write where it should not.",
                "Un archivo malo puede escribir donde no debe.",
            ],
            Harm::Behaviour => [
                "A bad file can change how your program works.",
                "Un archivo malo puede cambiar lo que hace.",
            ],
            Harm::Users => [
                "Someone can act as one of your users.",
                "Alguien puede actuar en nombre de sus usuarios.",
            ],
            Harm::Hang => ["A bad text can make it hang.", "Un texto malo puede dejarlo parado."],
            Harm::Other => ["Someone can misuse it.", "Alguien puede usarlo mal."],
        }
    }

    pub(super) fn otherwise(self) -> [&'static str; 2] {
        match self {
            Harm::Takeover | Harm::Access | Harm::Other => [
                "If you cannot: let only people you trust reach it.",
                "Si no puede: limite su uso a gente de fiar.",
            ],
            Harm::Memory | Harm::Files | Harm::Behaviour => [
                "If you cannot: keep files from strangers off it.",
                "Si no puede: no le dé archivos ajenos.",
            ],
            Harm::Users => [
                "If you cannot: take the page off the web for now.",
                "Si no puede: quite la página de la red por ahora.",
            ],
            Harm::Hang => [
                "If you cannot: cut long texts before they reach it.",
                "Si no puede: corte los textos largos antes de que le lleguen.",
            ],
        }
    }
}
