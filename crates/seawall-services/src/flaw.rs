//! One flaw as outside sources tell it, and the sources themselves: how old each is, what it gave.

use crate::desk::Desk;
use crate::outcome::{Fault, Outcome};
use seawall_domain::access::{Action, Actor, visible};
use seawall_domain::refusal::Refusal;
use seawall_matching::flaw::Flaw;
use seawall_matching::set::{Meta, SourceNote};

/// How many records are listed of one flaw.
const RECORDS_LEN_MAX: usize = 200;

/// A flaw, and the records that tell of it.
#[derive(Clone, Debug)]
pub struct Told {
    /// What they say together.
    pub flaw: Flaw,
    /// The records, in the order of the flaw's names.
    pub records: Vec<Meta>,
}

/// What outside sources say of a flaw, by any of its names; hidden where none tells of it. Anybody
/// may ask: it is public knowledge.
pub fn told(desk: &Desk, name: &str) -> Outcome<Told> {
    let found = desk.advisories.ask(|holding| {
        let Some(shelf) = &holding.installed else { return Ok(None) };
        let Some((number, flaw)) = shelf.set.flaw_named(name)? else { return Ok(None) };
        let mut records: Vec<Meta> = Vec::new();
        for id in flaw.names.iter().take(RECORDS_LEN_MAX) {
            for record in shelf.set.records_named(id)? {
                let meta = shelf.set.record(record)?;
                let about = meta.filter(|meta| meta.flaws.contains(&number));
                records.extend(about.filter(|meta| !records.contains(meta)));
            }
        }
        records.truncate(RECORDS_LEN_MAX);
        Ok(Some(Told { flaw, records }))
    });
    let found = found.map_err(|unusable| Fault::inconsistent("tell of a flaw", unusable))?;
    found.ok_or_else(|| Refusal::Hidden.into())
}

/// The state of the installed advisory set.
#[derive(Clone, Debug)]
pub struct Sources {
    /// The sources in the order of their import; none when no set is installed.
    pub notes: Vec<SourceNote>,
    /// How many records the set holds.
    pub records: u64,
    /// How many flaws they tell of.
    pub flaws: u64,
    /// Why the set that is installed cannot be used.
    pub trouble: Option<String>,
}

/// The sources of the installed set; for the clearinghouse's own people, since a source's name may
/// say where it lies on this machine.
pub fn sources(desk: &Desk, actor: &Actor) -> Outcome<Sources> {
    visible(actor, Action::ReadStatistics)?;
    let holding = desk.advisories.current();
    let Some(shelf) = &holding.installed else {
        let trouble = holding.trouble.clone();
        return Ok(Sources { notes: Vec::new(), records: 0, flaws: 0, trouble });
    };
    let notes = shelf.set.sources();
    let notes = notes.map_err(|fault| Fault::inconsistent("read the set's sources", fault))?;
    let (records, flaws) = (shelf.set.records().into(), shelf.set.flaws().into());
    Ok(Sources { notes, records, flaws, trouble: None })
}
