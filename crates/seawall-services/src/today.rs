//! What must I fix today: the operator's list, and the agency's list of what is due.

use crate::desk::Desk;
use crate::exposure::{Known, basis, known};
use crate::inventory::components;
use crate::outcome::Outcome;
use seawall_domain::access::{Action, Actor, Role, scope, visible};
use seawall_domain::claim::Cwe;
use seawall_domain::component::{Component, Product};
use seawall_domain::exposure::{Cause, Exposure, Standing};
use seawall_domain::id::ExposureId;
use seawall_domain::package::Version;
use seawall_domain::publication::Publication;
use seawall_domain::range::Basis;
use seawall_domain::time::{SignedDuration, Timestamp};
use seawall_matching::flaw::Flaw;
use seawall_matching::interview::{Interview, Question, Reply};
use seawall_matching::plan::{Budget, Plan, Task, TooMuch, plan};
use seawall_matching::priority::{Authority, Decision, decide_strictly};
use seawall_matching::ranges::{Refuge, refuge as refuge_of};
use seawall_matching::set::{Answer, Hit};
use seawall_matching::today::{Dated, Item, Open, Subject, Today, items, today as arrange};
use std::collections::BTreeMap;

/// How long the time is for which a plan is made.
const PLANNED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The list of an operator.
#[derive(Clone, Debug)]
pub struct List {
    /// What to do, most urgent first, at most ten.
    pub today: Today<ExposureId>,
    /// Everything there is to do, most urgent first; the list is its beginning.
    pub items: Vec<Item<ExposureId>>,
    /// The components that cannot be told, as the inventories name them.
    pub unknown: Vec<String>,
    /// How many components were looked at.
    pub components: u64,
    /// With how many advisories they were compared.
    pub advisories: u64,
    /// What the directive's table says of each open exposure: with every input goes its source.
    pub decisions: BTreeMap<ExposureId, Decision>,
    /// When the list was made.
    pub at: Timestamp,
}

impl List {
    /// What the deadline of an item rests on: the decision of its most urgent exposure.
    pub fn decision(&self, item: &Item<ExposureId>) -> Option<&Decision> {
        let own = item.exposures.iter().filter_map(|exposure| self.decisions.get(exposure));
        own.min_by_key(|decision| (decision.row.inputs != item.inputs, decision.row.deadline))
    }

    /// What to do in the time that there is this week, and what is left; tasks are named by the
    /// numbers of the items.
    pub fn plan(&self, budget: &Budget) -> Result<Plan<usize>, TooMuch> {
        let until = self.at.saturating_add(PLANNED).unwrap_or(Timestamp::MAX);
        let tasks: Vec<Task<usize>> =
            self.items.iter().map(|item| Task::of(item.number, item, until)).collect();
        plan(&tasks, budget)
    }
}

/// The interview about whether strangers can reach a system, as far as it has come; for those who
/// have systems, hidden from everybody else. Nothing of it is kept.
pub fn interview(
    actor: &Actor,
    replies: impl IntoIterator<Item = (Question, Reply)>,
) -> Outcome<Interview> {
    visible(actor, Action::ReadExposure)?;
    let held = replies
        .into_iter()
        .fold(Interview::default(), |held, (question, reply)| held.with(question, reply));
    Ok(held)
}

/// What of the actor's own systems must be fixed today.
pub async fn today(desk: &Desk, actor: &Actor) -> Outcome<List> {
    let mut tx = desk.begin("today_list").await?;
    let known = known(desk, &mut tx).await?;
    let within = scope(actor, Action::ReadExposure);
    let exposures = tx.exposure_list(within, crate::exposure::LIST_MAX).await?;
    let (authority, sources) = (authority(actor), known.outside.dated());
    let (mut opened, mut decisions) = (Vec::new(), BTreeMap::new());
    for exposure in exposures.iter().filter(|exposure| exposure.standing == Standing::Open) {
        let Some(decision) = decision(exposure, &known) else { continue };
        opened.extend(open(exposure, &decision, &known, authority, &sources));
        decisions.insert(exposure.id, decision);
    }
    let (mut unknown, mut looked_at) = (Vec::new(), 0);
    for inventory in tx.inventory_list_current(scope(actor, Action::ReadInventory)).await? {
        for component in components(desk, &mut tx, &inventory).await?.unwrap_or_default() {
            looked_at += 1;
            if known.is_silent_on(&component)? {
                unknown.push(component.label);
            }
        }
    }
    Ok(List {
        today: arrange(&opened),
        items: items(&opened),
        unknown,
        components: looked_at,
        advisories: known.out.len() as u64 + known.outside.records(),
        decisions,
        at: desk.now(),
    })
}

/// Whether the directive binds the actor: it binds federal agencies and nobody else.
fn authority(actor: &Actor) -> Authority {
    match actor.roles.contains(&Role::Agency) {
        true => Authority::Rule,
        false => Authority::Advice,
    }
}

/// One line of an agency's list of what is due.
#[derive(Clone, Debug)]
pub struct Due {
    /// The exposure.
    pub exposure: Exposure,
    /// The advisory's number, or the flaw's name.
    pub advisory: String,
    /// The flaw in one line.
    pub title: String,
    /// The row, its inputs and their sources, the clock.
    pub decision: Decision,
}

/// What is due when under BOD 26-04, for agencies; empty for everybody else.
pub async fn due(desk: &Desk, actor: &Actor) -> Outcome<Vec<Due>> {
    if authority(actor) != Authority::Rule {
        return Err(seawall_domain::refusal::Refusal::Hidden.into());
    }
    let mut tx = desk.begin("today_due").await?;
    let known = known(desk, &mut tx).await?;
    let within = scope(actor, Action::ReadExposure);
    let mut due = Vec::new();
    for exposure in tx.exposure_list(within, crate::exposure::LIST_MAX).await? {
        let named = known.called(&exposure.spot.cause);
        let decided = decision(&exposure, &known);
        let (Standing::Open, Some((advisory, title)), Some(decision)) =
            (&exposure.standing, named, decided)
        else {
            continue;
        };
        due.push(Due { exposure, advisory, title, decision });
    }
    due.sort_by_key(|due| (due.decision.due_at, due.exposure.id));
    Ok(due)
}

/// What the table says of an exposure, with everything it rests on; none for what is no longer out.
fn decision(exposure: &Exposure, known: &Known) -> Option<Decision> {
    let flaw = match &exposure.spot.cause {
        Cause::Advisory(id) => known.outside.flaw(&known.out.get(id)?.aliases),
        Cause::Flaw(name) => known.outside.flaw([name]),
    };
    Some(decide_strictly(&known.outside.known(flaw.as_ref()), exposure.opened_at))
}

/// One open exposure as the list wants it; none for what is no longer out.
fn open(
    exposure: &Exposure,
    decision: &Decision,
    known: &Known,
    authority: Authority,
    sources: &[Dated],
) -> Option<Open<ExposureId>> {
    let installed = exposure.version.clone().unwrap_or_else(|| Version("?".into()));
    let way = match &exposure.spot.cause {
        Cause::Advisory(id) => published(known.out.get(id)?, exposure, &installed, known),
        Cause::Flaw(name) => told_outside(name, exposure, &installed, known),
    };
    Some(Open {
        exposure: exposure.id,
        advisory: way.advisory,
        subject: way.subject,
        installed,
        refuge: way.refuge,
        weakness: way.weakness,
        inputs: decision.row.inputs,
        due_at: decision.due_at,
        authority,
        basis: way.basis,
        flaws: way.flaws,
        epss_ppm: way.epss_ppm,
        kind: None,
        sources: sources.to_vec(),
    })
}

/// What is known of a flaw and the way out of it.
struct Way {
    advisory: String,
    subject: Subject,
    refuge: Option<Refuge>,
    weakness: Option<Cwe>,
    basis: Basis,
    flaws: Vec<String>,
    epss_ppm: Option<u32>,
}

/// As an advisory of ours tells it.
fn published(
    publication: &Publication,
    exposure: &Exposure,
    installed: &Version,
    known: &Known,
) -> Way {
    let affected = publication.affected.iter().find(|affected| {
        seawall_formats::purl::write(&affected.package, None) == exposure.spot.component
    });
    let subject = match affected {
        Some(affected) => Subject::Package(affected.package.clone()),
        None => Subject::Product(product(&exposure.spot.component, installed)),
    };
    let refuge = affected
        .and_then(|affected| refuge_of(&affected.package.ecosystem, &affected.ranges, installed));
    let epss = known.outside.flaw(&publication.aliases).and_then(|flaw| flaw.epss);
    Way {
        advisory: publication.number.to_string(),
        subject,
        refuge,
        weakness: publication.weakness,
        basis: basis(publication, exposure),
        flaws: publication.aliases.clone(),
        epss_ppm: epss.map(|epss| epss.value.probability_ppm),
    }
}

/// As outside sources tell it. Where the set that is installed now tells no way out, the exposure
/// is shown without one: nothing open is left out.
fn told_outside(name: &str, exposure: &Exposure, installed: &Version, known: &Known) -> Way {
    let component = component(exposure, installed);
    let (number, flaw) = known
        .outside
        .set()
        .and_then(|set| set.flaw_named(name).ok().flatten())
        .map_or((None, Flaw::default()), |(number, flaw)| (Some(number), flaw));
    let hit = number.and_then(|number| hit(number, &component, known));
    let refuge = component.package.as_ref().zip(hit.as_ref());
    let refuge =
        refuge.and_then(|(package, hit)| refuge_of(&package.ecosystem, &hit.intervals, installed));
    Way {
        advisory: name.to_owned(),
        subject: match component.package {
            Some(package) => Subject::Package(package),
            None => Subject::Product(product(&exposure.spot.component, installed)),
        },
        refuge,
        weakness: flaw.weakness.map(|weakness| weakness.value),
        basis: hit.map_or(Basis::Stated, |hit| hit.basis),
        flaws: if flaw.names.is_empty() { vec![name.to_owned()] } else { flaw.names },
        epss_ppm: flaw.epss.map(|epss| epss.value.probability_ppm),
    }
}

/// How a flaw of the set, by its number, hits a component; preferably by a record with a fix.
fn hit(flaw: u32, component: &Component, known: &Known) -> Option<Hit> {
    let set = known.outside.set()?;
    let Answer::Hits(hits) = set.answer(component).ok()? else { return None };
    let about = hits.into_iter().filter(|hit| {
        let meta = set.record(hit.record).ok().flatten();
        meta.is_some_and(|meta| meta.flaws.contains(&flaw))
    });
    about.min_by_key(|hit| hit.fixed.is_empty())
}

/// The component of an exposure, as its inventory had it.
fn component(exposure: &Exposure, installed: &Version) -> Component {
    let place = &exposure.spot.component;
    let package = seawall_formats::purl::read(place).ok().map(|(package, _, _)| package);
    let product = package.is_none().then(|| product(place, installed));
    let version = exposure.version.clone();
    Component { label: place.clone(), package, version, product, purl: None }
}

fn product(component: &str, installed: &Version) -> Product {
    let (vendor, name) = component.split_once('/').unwrap_or(("", component));
    Product { vendor: vendor.into(), name: name.into(), version: installed.0.clone() }
}
