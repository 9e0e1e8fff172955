//! A search of logs for canaries: registers of batteries, and what the logs of each show.

use crate::evaluation::registry;
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::canary::{Canaries, OfBattery, Search, Sighting};
use seawall_domain::evaluation::protocol::Terms;
use seawall_domain::evaluation::registry::Registry;
use seawall_domain::evaluation::run::{Placed, Run};
use seawall_ledger::Fault;
use std::collections::BTreeMap;

/// Registers, and what was found in logs of their canaries.
pub struct Searched {
    registers: Vec<(Digest, Registry)>,
    canaries: Canaries,
    sighted: BTreeMap<Digest, Vec<Sighting>>,
}

const WHAT: &str = "register";

fn unproven(why: &str) -> Fault {
    Fault::Unproven { what: WHAT, why: why.to_owned() }
}

impl Searched {
    /// A search that begins: each register with the SHA-256 of its file.
    pub fn of(registers: Vec<(Digest, Registry)>) -> Result<Searched, Fault> {
        let canaries = Canaries::of(registers.iter().map(|(_, registry)| registry));
        let canaries = canaries.map_err(|why| unproven(&why.to_string()))?;
        Ok(Searched { registers, canaries, sighted: BTreeMap::new() })
    }

    /// What is looked for.
    pub fn canaries(&self) -> &Canaries {
        &self.canaries
    }

    /// Takes over what was found in a log.
    pub fn add(&mut self, log: Digest, sighted: Vec<Sighting>) {
        self.sighted.insert(log, sighted);
    }

    /// The registers' files, by the names that a record has for them.
    pub(super) fn inputs(&self) -> impl Iterator<Item = (String, Digest)> {
        let named = |(file, registry): &(Digest, Registry)| {
            (format!("registry/{}", registry.battery), *file)
        };
        self.registers.iter().map(named)
    }

    /// What the search came to. Each register must be of a battery that the protocol seals, by the
    /// digest of its files, and every log must have been looked through.
    pub(super) fn search(
        &self,
        terms: &Terms,
        runs: &[Run],
        placed: &Placed,
    ) -> Result<Search, Fault> {
        let mut registers: Vec<OfBattery<'_>> = Vec::new();
        for (_, registry) in &self.registers {
            let battery = self.battery(terms, registry)?;
            if registers.iter().any(|(other, _)| *other == battery) {
                return Err(unproven("a battery has two of them"));
            }
            registers.push((battery, registry));
        }
        let sighted = runs.iter().zip(&placed.places).map(|(run, place)| {
            let found = self.sighted.get(&run.log).map(Vec::as_slice);
            let found = found.ok_or_else(|| unproven("a log was not looked through"))?;
            Ok((place.battery as u32, found))
        });
        let sighted = sighted.collect::<Result<Vec<_>, Fault>>()?;
        Ok(Search::of(terms, &registers, &self.canaries, &sighted))
    }

    /// The battery with a register's digest; where several have it, the one with its name.
    fn battery(&self, terms: &Terms, registry: &Registry) -> Result<u32, Fault> {
        let digest = registry::digest(registry)?;
        let named = (0..).zip(&terms.batteries);
        let alike: Vec<(u32, &str)> = named
            .filter(|(_, battery)| battery.digest == digest)
            .map(|(place, battery)| (place, battery.name.as_str()))
            .collect();
        let by_name = alike.iter().find(|(_, name)| *name == registry.battery);
        let found = by_name.or(alike.first()).map(|(place, _)| *place);
        found.ok_or_else(|| unproven("it is of no battery that the protocol seals"))
    }
}
