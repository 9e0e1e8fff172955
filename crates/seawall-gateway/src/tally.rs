//! The tally of a run from a gateway's journal: how many requests, how many tokens.

use crate::journal::{self, JournalFault};
use crate::record::{Ended, Event};
use seawall_domain::engagement::grant::Purpose;
use seawall_domain::engagement::quota::{Amount, Entry, Ticket};
use seawall_domain::evaluation::tally::Tally;
use seawall_domain::id::PersonId;
use seawall_domain::time::Timestamp;
use std::collections::BTreeMap;
use std::path::Path;

/// Whose requests are counted.
#[derive(Clone, Copy, Debug)]
pub struct Whose {
    /// Those sent on from then on.
    pub since: Timestamp,
    /// And up to then.
    pub until: Timestamp,
    /// Those that a person answers for, or everybody's.
    pub person: Option<PersonId>,
}

/// Counts the requests for evaluating the model in a gateway's folder. The journal is held against
/// itself on the way.
pub fn tally(folder: &Path, whose: &Whose) -> Result<Tally, JournalFault> {
    let mut open: BTreeMap<Ticket, Amount> = BTreeMap::new();
    let mut tally = Tally::default();
    journal::read(&folder.join(journal::FILE), |line| match line.event {
        Event::Intent { by, entry: Entry::Reserved { ticket, amount, .. }, .. } => {
            let in_time = whose.since <= line.at && line.at <= whose.until;
            let theirs = whose.person.is_none_or(|person| person == by.person);
            if in_time && theirs && by.purpose == Some(Purpose::Evaluate) {
                tally.requests += 1;
                open.insert(ticket, amount);
            }
        }
        Event::Outcome { ended, status, entry: Entry::Settled { ticket, actual }, .. } => {
            if open.remove(&ticket).is_some() {
                let answered = status.is_some_and(|status| (200..300).contains(&status));
                match ended {
                    Ended::Whole if answered => tally.settle(actual.tokens_in, actual.tokens_out),
                    Ended::Whole
                    | Ended::Cut
                    | Ended::Left
                    | Ended::Failed
                    | Ended::Unkept
                    | Ended::Unknown => {
                        tally.leave_open(actual.tokens_in, actual.tokens_out);
                    }
                }
            }
        }
        Event::Intent { .. }
        | Event::Outcome { .. }
        | Event::Gate { .. }
        | Event::Quota { .. }
        | Event::Told { .. }
        | Event::Quotas { .. }
        | Event::Refused { .. }
        | Event::Volume { .. }
        | Event::Alarm { .. }
        | Event::Cut { .. }
        | Event::Stops { .. } => {}
    })?;
    open.values().for_each(|amount| tally.leave_open(amount.tokens_in, amount.tokens_out));
    Ok(tally)
}
