//! Unusual volume, in words: who used far more than is usual for them. It closes nothing; people
//! decide.

use super::usage::holder;
use crate::command::say;
use seawall_domain::engagement::quota::Holder;
use seawall_domain::engagement::volume::{Alarm, Span, Thing};
use seawall_gateway::record::Alarms;

/// Says what is new since so many were told, and gives how many there are now.
pub(super) fn told(before: u64, alarms: &Alarms) -> u64 {
    let new = alarms.number.saturating_sub(before);
    if new == 0 {
        return alarms.number;
    }
    let named = alarms.newest.len().min(usize::try_from(new).unwrap_or(usize::MAX));
    let unnamed = new.saturating_sub(named as u64);
    if unnamed > 0 {
        say!("UNUSUAL VOLUME: {unnamed} times, before what follows; the journal has all of it");
    }
    let skipped = alarms.newest.len() - named;
    for alarm in alarms.newest.iter().skip(skipped) {
        say!("UNUSUAL VOLUME: {}", line(alarm));
    }
    say!("nothing is closed by that: who should be stopped, people decide");
    alarms.number
}

/// One alarm in a line.
pub(super) fn line(alarm: &Alarm) -> String {
    let Alarm { holder: of, party, from, used, most, .. } = alarm;
    let party = match of {
        Holder::Person(_) => format!(" of party {party}"),
        Holder::Party(_) | Holder::Window(_) => String::new(),
    };
    let thing = match alarm.thing {
        Thing::Requests => "requests",
        Thing::TokensIn => "tokens in",
        Thing::TokensOut => "tokens out",
    };
    let span = match alarm.span {
        Span::Hour => "hour",
        Span::Day => "day",
    };
    let usual = match alarm.usual {
        Some(usual) => format!("usual is {usual}"),
        None => "it is new here".to_owned(),
    };
    format!(
        "{}{party}: {used} {thing} in the {span} from {from}, more than {most}; {usual}",
        holder(of)
    )
}
