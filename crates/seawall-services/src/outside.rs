//! What outside sources say of flaws: whether they are attacked, how easily, with what effect.
//! Where nobody says anything, the defaults that the directive names are used, and shown.

use crate::advisory_set::{AdvisorySet, Holding, Shelf};
use crate::desk::Desk;
use seawall_domain::record::SourceKind;
use seawall_matching::assess;
use seawall_matching::flaw::Flaw;
use seawall_matching::priority::Known;
use seawall_matching::set::SourceNote;
use seawall_matching::today::Dated;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The installed set as it is at one moment.
pub(crate) struct Outside {
    holding: Arc<Holding>,
    sources: Vec<SourceNote>,
    kev_loaded: bool,
}

impl Outside {
    /// What is installed now.
    pub(crate) fn of(desk: &Desk) -> Outside {
        let holding = desk.advisories.current();
        let sources = holding.installed.as_ref().map(|shelf| shelf.set.sources());
        let sources = sources.and_then(Result::ok).unwrap_or_default();
        let kev_loaded = sources.iter().any(|note| note.records.contains_key(&SourceKind::Kev));
        Outside { holding, sources, kev_loaded }
    }

    /// The set with what is kept beside it; none when none is installed or it cannot be used.
    pub(crate) fn shelf(&self) -> Option<&Arc<Shelf>> {
        self.holding.installed.as_ref()
    }

    /// The set.
    pub(crate) fn set(&self) -> Option<&AdvisorySet> {
        self.shelf().map(|shelf| &shelf.set)
    }

    /// The flaw by any of its names.
    pub(crate) fn flaw<'n>(&self, names: impl IntoIterator<Item = &'n String>) -> Option<Flaw> {
        let set = self.set()?;
        names.into_iter().find_map(|name| Some(set.flaw_named(name).ok()??.1))
    }

    /// What the deadline table wants to know of a flaw of which nobody may have told.
    pub(crate) fn known(&self, flaw: Option<&Flaw>) -> Known {
        assess::known(flaw.unwrap_or(&Flaw::default()), self.kev_loaded, None)
    }

    /// How many records the set holds.
    pub(crate) fn records(&self) -> u64 {
        self.set().map_or(0, |set| set.records().into())
    }

    /// The kinds of sources, each with its oldest copy.
    pub(crate) fn dated(&self) -> Vec<Dated> {
        let mut oldest: BTreeMap<SourceKind, jiff::Timestamp> = BTreeMap::new();
        for note in &self.sources {
            let as_of = note.as_of.unwrap_or(note.imported_at);
            for kind in note.records.keys() {
                let known = oldest.entry(*kind).or_insert(as_of);
                *known = (*known).min(as_of);
            }
        }
        oldest.into_iter().map(|(kind, as_of)| Dated { kind, as_of }).collect()
    }
}
