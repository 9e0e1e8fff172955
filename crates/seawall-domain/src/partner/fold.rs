//! Folding facts into a partner's state.

use super::assessment::Panel;
use super::seat::Seat;
use super::{Partner, PartnerFact, Round, Stage};
use crate::id::PersonId;
use crate::time::Timestamp;
use std::collections::BTreeSet;

impl Partner {
    /// The stage after a fact; none when it cannot follow.
    pub(super) fn stage_after(&self, fact: &PartnerFact, at: Timestamp) -> Option<Stage> {
        match (&self.stage, fact) {
            (
                Stage::Filed { round, .. },
                PartnerFact::PanelDrawn { members, reserve, left_out },
            ) => {
                let panel = Panel::of(members.iter().copied()).ok()?;
                let (reserve, left_out) = (reserve.clone(), left_out.clone());
                Some(Stage::Assessed { panel, reserve, left_out, round: round.clone() })
            }
            (Stage::Filed { round, lot }, PartnerFact::AnswerMissed) => {
                Some(Stage::Filed { round: missed(round, at)?, lot: lot.clone() })
            }
            (Stage::Filed { round, lot }, fact) => {
                let lot = super::lot::after(lot.as_ref(), fact)?;
                Some(Stage::Filed { round: round.clone(), lot })
            }
            (Stage::Assessed { panel, reserve, left_out, round }, PartnerFact::AnswerMissed) => {
                let (panel, reserve) = (panel.clone(), reserve.clone());
                let (left_out, round) = (left_out.clone(), missed(round, at)?);
                Some(Stage::Assessed { panel, reserve, left_out, round })
            }
            (Stage::Assessed { panel, reserve, left_out, round }, fact) => {
                assessed((panel, reserve, left_out), round, fact)
            }
            (Stage::Decided { decision, round }, PartnerFact::Signed { side }) => {
                let decision = decision.sign(*side, at).ok()?;
                Some(Stage::Decided { decision, round: round.clone() })
            }
            (Stage::Decided { round: Round::First, .. }, PartnerFact::Appealed { appeal }) => {
                let round = Round::Appealed { appeal: appeal.clone() };
                Some(Stage::Filed { round, lot: None })
            }
            (Stage::Decided { decision, .. }, PartnerFact::Seated { people, left }) => {
                let (id, party) = (self.application.id, self.application.party);
                let seat = Seat::of(id, party, people.clone(), decision.expires_at, at).ok()?;
                let seat = seat.with_left(left);
                Some(Stage::Seated { decision: decision.clone(), seat })
            }
            (Stage::Seated { decision, .. }, PartnerFact::Expired { left }) => {
                Some(Stage::Over { decision: decision.clone(), at, left: left.clone() })
            }
            (Stage::Seated { decision, seat }, fact) => {
                let seat = seated(seat, fact, at)?;
                Some(Stage::Seated { decision: decision.clone(), seat })
            }
            (Stage::Decided { .. } | Stage::Over { .. }, _) => None,
        }
    }
}

/// The round after the time for an answer has passed, which is told once.
fn missed(round: &Round, at: Timestamp) -> Option<Round> {
    match round {
        Round::Appealed { appeal } => Some(Round::Appealed { appeal: appeal.missed(at)? }),
        Round::First => None,
    }
}

fn assessed(
    (panel, reserve, left_out): (&Panel, &[PersonId], &BTreeSet<PersonId>),
    round: &Round,
    fact: &PartnerFact,
) -> Option<Stage> {
    let (round, left_out) = (round.clone(), left_out.clone());
    match fact {
        PartnerFact::AssessorJoined { person } => {
            let reserve = super::lot::behind(reserve, *person)?;
            Some(Stage::Assessed { panel: panel.join(*person).ok()?, reserve, left_out, round })
        }
        PartnerFact::MarksFiled { by, filing } => {
            let (panel, reserve) = (panel.with(*by, filing.clone()).ok()?, reserve.to_vec());
            Some(Stage::Assessed { panel, reserve, left_out, round })
        }
        PartnerFact::Decided { decision } => {
            Some(Stage::Decided { decision: decision.clone(), round })
        }
        PartnerFact::Filed { .. }
        | PartnerFact::DrawBegun { .. }
        | PartnerFact::DrawCommitted { .. }
        | PartnerFact::DrawRevealed { .. }
        | PartnerFact::DrawVoided { .. }
        | PartnerFact::AnswerMissed
        | PartnerFact::Expired { .. }
        | PartnerFact::PanelDrawn { .. }
        | PartnerFact::Signed { .. }
        | PartnerFact::Appealed { .. }
        | PartnerFact::Seated { .. }
        | PartnerFact::Suspended { .. }
        | PartnerFact::Resumed { .. }
        | PartnerFact::Revoked { .. }
        | PartnerFact::ChangeAsked { .. }
        | PartnerFact::KeyLost { .. }
        | PartnerFact::CameOver { .. }
        | PartnerFact::TermsAccepted { .. }
        | PartnerFact::MachineSponsored { .. }
        | PartnerFact::MachineDismissed { .. }
        | PartnerFact::TokenIssued { .. }
        | PartnerFact::Attested => None,
    }
}

fn seated(seat: &Seat, fact: &PartnerFact, at: Timestamp) -> Option<Seat> {
    match *fact {
        PartnerFact::Suspended { extent, by, why } => Some(seat.suspend(extent, by, why, at)),
        PartnerFact::Resumed { extent, by } => seat.resume(extent, by).ok(),
        PartnerFact::Revoked { extent, by, why } => seat.revoke(extent, by, why).ok(),
        PartnerFact::ChangeAsked { asked } => seat.ask(asked).ok(),
        PartnerFact::KeyLost { key } => seat.lose_key(key).ok(),
        PartnerFact::CameOver { ref left } => Some(seat.with_left(left)),
        PartnerFact::Attested => Some(seat.attest(at)),
        PartnerFact::TermsAccepted { by, terms } => {
            Some(seat.with(seat.access().accepting(by, terms).ok()?))
        }
        PartnerFact::MachineSponsored { machine, sponsor } => {
            Some(seat.with(seat.access().sponsoring(machine, sponsor).ok()?))
        }
        PartnerFact::MachineDismissed { machine } => {
            Some(seat.with(seat.access().dismissing(machine)?))
        }
        PartnerFact::TokenIssued { ref token } => {
            Some(seat.with(seat.access().issuing(token.clone(), at)))
        }
        PartnerFact::Filed { .. }
        | PartnerFact::DrawBegun { .. }
        | PartnerFact::DrawCommitted { .. }
        | PartnerFact::DrawRevealed { .. }
        | PartnerFact::DrawVoided { .. }
        | PartnerFact::AnswerMissed
        | PartnerFact::Expired { .. }
        | PartnerFact::PanelDrawn { .. }
        | PartnerFact::AssessorJoined { .. }
        | PartnerFact::MarksFiled { .. }
        | PartnerFact::Decided { .. }
        | PartnerFact::Signed { .. }
        | PartnerFact::Appealed { .. }
        | PartnerFact::Seated { .. } => None,
    }
}
