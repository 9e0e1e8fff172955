//! Sights: where flaws meet the components of one inventory, and what follows for an exposure.

use super::known::{Known, Word, publication_names, unreadable};
use crate::outcome::Outcome;
use seawall_domain::component::Component;
use seawall_domain::exposure::{Cause, Decided, Exposure, Standing};
use seawall_domain::id::InventoryId;
use seawall_domain::time::Timestamp;
use seawall_formats::purl::Purl;
use seawall_matching::assess::{self, Circumstances};
use seawall_matching::exposure::Rule;
use seawall_matching::flaw::Flaw;
use seawall_matching::priority::{self, decide_strictly};
use seawall_matching::set::Hit;
use std::collections::HashSet;

/// A flaw meets a component.
#[derive(Debug)]
pub(super) struct Sight<'a> {
    /// What tells of the flaw.
    pub(super) cause: Cause,
    /// The component.
    pub(super) component: &'a Component,
    /// How the component is found again.
    pub(super) place: String,
    /// Every name of the flaw: an exposure may have been opened under another.
    names: Vec<String>,
    /// Why it matched, in words.
    pub(super) rule: String,
    /// What its deadline rests on.
    known: priority::Known,
    /// Whose word clears it.
    word: Option<Word>,
}

/// Everything that meets an inventory, each flaw and component once. What was published here comes
/// first; what outside sources say of the same flaw and component is not told a second time.
pub(super) fn sights<'a>(
    known: &Known,
    inventory: &'a [Component],
    now: Timestamp,
) -> Outcome<Vec<Sight<'a>>> {
    let mut sights = own(known, inventory);
    let mut taken: HashSet<(String, String)> = HashSet::new();
    for sight in &sights {
        taken.extend(sight.names.iter().map(|name| (sight.place.clone(), name.clone())));
    }
    let Some(set) = known.outside.set() else { return Ok(sights) };
    let circumstances = Circumstances { exposed: None, detected_at: now, statements: Vec::new() };
    let assessed = assess::assess(set, inventory, &circumstances).map_err(unreadable)?;
    for affected in &assessed.affected {
        // What an ecosystem calls unmaintained or unsound is no flaw that somebody can fix.
        let Some(component) = inventory.get(affected.component) else { continue };
        if affected.meta.informational.is_some() {
            continue;
        }
        for flaw in &affected.flaws {
            let place = place(component);
            if flaw.names.iter().any(|name| taken.contains(&(place.clone(), name.clone()))) {
                continue;
            }
            taken.extend(flaw.names.iter().map(|name| (place.clone(), name.clone())));
            let theirs = assess::standing(set, inventory, component, &flaw.names, &[]);
            let theirs = outside_word(&theirs.map_err(unreadable)?);
            sights.push(Sight {
                cause: Cause::Flaw(flaw.name().to_owned()),
                component,
                place,
                names: flaw.names.clone(),
                rule: outside_words(&affected.hit, &affected.meta.id, component),
                known: known.outside.known(Some(flaw)),
                word: known.word(&flaw.names, component, inventory).or(theirs),
            });
        }
    }
    Ok(sights)
}

/// Where what was published here meets an inventory.
fn own<'a>(known: &Known, inventory: &'a [Component]) -> Vec<Sight<'a>> {
    let (mut sights, mut seen) = (Vec::new(), HashSet::new());
    for component in inventory {
        for hit in known.index.matches(component) {
            let Some(publication) = known.out.get(&hit.key) else { continue };
            let place = place(component);
            if !seen.insert((hit.key, place.clone())) {
                continue;
            }
            let names = publication_names(publication);
            let flaw: Option<Flaw> = known.outside.flaw(&publication.aliases);
            sights.push(Sight {
                cause: Cause::Advisory(hit.key),
                component,
                place,
                rule: words(&hit.rule, component),
                known: known.outside.known(flaw.as_ref()),
                word: known.word(&names, component, inventory),
                names,
            });
        }
    }
    sights
}

impl Sight<'_> {
    /// Whether an exposure is the one of this sight.
    pub(super) fn is(&self, exposure: &Exposure) -> bool {
        exposure.spot.component == self.place
            && match (&exposure.spot.cause, &self.cause) {
                (Cause::Advisory(one), Cause::Advisory(other)) => one == other,
                (Cause::Flaw(name), Cause::Flaw(_)) => self.names.contains(name),
                (Cause::Advisory(_), Cause::Flaw(_)) | (Cause::Flaw(_), Cause::Advisory(_)) => {
                    false
                }
            }
    }

    /// Whether the flaw has any of these names.
    pub(super) fn has_name(&self, names: &[String]) -> bool {
        names.iter().any(|name| self.names.contains(name))
    }

    /// The next thing to record of its exposure; none when everything is.
    pub(super) fn next(
        &self,
        exposure: &Exposure,
        inventory: InventoryId,
        now: Timestamp,
    ) -> Option<Decided> {
        let seen = (&exposure.inventory, &exposure.version, exposure.rule.as_str());
        let sees = (&inventory, &self.component.version, self.rule.as_str());
        if seen != sees || !exposure.standing.is_there() {
            let sight = (inventory, self.component.version.clone(), self.rule.clone());
            return Some(exposure.clone().see(sight, now));
        }
        match (&exposure.standing, &self.word) {
            (Standing::Open, Some(Word::Party(issuer, statement))) => {
                Some(exposure.clone().clear(*issuer, *statement, now))
            }
            (Standing::Open, Some(Word::Outside(issuer))) => {
                Some(exposure.clone().clear_outside(issuer.clone(), now))
            }
            (Standing::Open, None) => {
                let decision = decide_strictly(&self.known, exposure.opened_at);
                let (row, due_at) = (decision.row.number, decision.due_at);
                exposure.is_news(row, due_at).then(|| exposure.clone().tell(row, due_at, now))
            }
            (Standing::NotAffected { .. } | Standing::NotAffectedOutside { .. }, None) => {
                Some(exposure.clone().reopen(now))
            }
            (Standing::NotAffected { .. } | Standing::NotAffectedOutside { .. }, Some(_)) => None,
            // It is there: see above.
            (Standing::Retracted { .. } | Standing::Fixed { .. }, _) => None,
        }
    }
}

/// Whose word of the outside world clears it, where no other contradicts.
fn outside_word(standing: &assess::Standing) -> Option<Word> {
    if standing.verdict.is_open() {
        return None;
    }
    standing.stated.first().map(|stated| Word::Outside(stated.issuer.clone()))
}

/// How a component is found again when its version changes.
pub(super) fn place(component: &Component) -> String {
    match (&component.package, &component.product) {
        (Some(package), _) => match Purl::of(package, None) {
            Some(purl) => purl.to_string(),
            None => format!("{}/{}", package.ecosystem, package.name),
        },
        (None, Some(product)) => format!("{}/{}", product.vendor, product.name),
        (None, None) => component.label.clone(),
    }
}

fn words(rule: &Rule, component: &Component) -> String {
    let version = component.version.as_ref().map_or("?", |version| version.0.as_str());
    match rule {
        Rule::Range(interval) => format!("version {version} lies in: {interval} (run here)"),
        Rule::ListedVersion(version) => format!("version {version} is listed as affected"),
        Rule::Stated(interval) => {
            format!("version {version} lies in: {interval} (stated, not run here)")
        }
        Rule::StatedProduct(product) => {
            format!("the vendor says that {} {} is affected", product.name, product.version)
        }
    }
}

/// Why an outside record matched, with its id.
fn outside_words(hit: &Hit, id: &str, component: &Component) -> String {
    let version = component.version.as_ref().map_or("?", |version| version.0.as_str());
    match (&hit.interval, &hit.product) {
        (Some(interval), _) => format!("version {version} lies in: {interval} ({id})"),
        (None, Some(product)) => {
            format!("{id} says that {} {} is affected", product.vendor, product.name)
        }
        (None, None) => format!("version {version} is listed as affected ({id})"),
    }
}
