//! Who sees what of an engagement: those who take part in it, and nobody else.
//!
//! Whether a developer takes part is no business of those who buy from it or regulate it. What they
//! are shown is the same for every engagement and for none (FRONTIER 4.2, I9; MISSION C56).

use super::Engagement;
use super::release::Release;
use crate::id::PartyId;

/// Who looks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reader {
    /// A person of a developer.
    Developer(PartyId),
    /// Who evaluates.
    Evaluator,
    /// The official, or the duty officer.
    Official,
    /// Who buys for the government.
    Procurement,
    /// An agency, an operator, or any other party of the clearinghouse.
    OtherParty,
    /// Anybody.
    Public,
}

/// What is shown: words of the states, and nothing that was measured.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct View {
    /// How far the determination has come.
    pub determination: &'static str,
    /// How far the window has come.
    pub window: &'static str,
    /// What was reported of the release.
    pub release: Release,
}

impl Engagement {
    /// What the reader is shown; none is what is shown where there is no engagement.
    pub fn view(&self, reader: Reader) -> Option<View> {
        let shown = match reader {
            Reader::Developer(party) => party == self.developer,
            Reader::Evaluator | Reader::Official => true,
            Reader::Procurement | Reader::OtherParty | Reader::Public => false,
        };
        shown.then(|| View {
            determination: self.determination.name(),
            window: self.window.name(),
            release: self.release,
        })
    }
}
