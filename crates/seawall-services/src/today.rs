//! What must I fix today: the operator's list, and the agency's list of what is due.

use crate::advisory_set::Holding;
use crate::desk::Desk;
use crate::exposure::{basis, known, publications};
use crate::inventory::components;
use crate::outcome::Outcome;
use seawall_domain::access::{Action, Actor, Role, scope, visible};
use seawall_domain::component::Product;
use seawall_domain::exposure::{Exposure, Standing};
use seawall_domain::id::ExposureId;
use seawall_domain::package::Version;
use seawall_domain::publication::Publication;
use seawall_domain::record::SourceKind;
use seawall_domain::time::{SignedDuration, Timestamp};
use seawall_matching::assess;
use seawall_matching::flaw::Flaw;
use seawall_matching::interview::{Interview, Question, Reply};
use seawall_matching::plan::{Budget, Plan, Task, TooMuch, plan};
use seawall_matching::priority::{Authority, Decision, decide_strictly};
use seawall_matching::ranges::refuge;
use seawall_matching::set::SourceNote;
use seawall_matching::today::{Dated, Item, Open, Subject, Today, items, today as arrange};
use std::collections::BTreeMap;
use std::sync::Arc;

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
    let outside = Outside::of(desk);
    let authority = authority(actor);
    let open: Vec<Open<ExposureId>> = exposures
        .iter()
        .filter(|exposure| exposure.standing == Standing::Open)
        .filter_map(|exposure| {
            let publication = known.out.get(&exposure.spot.advisory)?;
            Some(open(exposure, publication, authority, &outside))
        })
        .collect();
    let decisions = exposures
        .iter()
        .filter_map(|exposure| {
            let publication = known.out.get(&exposure.spot.advisory)?;
            Some((exposure.id, outside.decision(publication, exposure.opened_at)))
        })
        .collect();
    let (mut unknown, mut looked_at) = (Vec::new(), 0);
    for inventory in tx.inventory_list_current(scope(actor, Action::ReadInventory)).await? {
        for component in components(desk, &mut tx, &inventory).await? {
            looked_at += 1;
            if known.is_silent_on(&component) {
                unknown.push(component.label);
            }
        }
    }
    let at = desk.now();
    Ok(List {
        today: arrange(&open),
        items: items(&open),
        unknown,
        components: looked_at,
        advisories: known.out.len() as u64,
        decisions,
        at,
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
    /// The advisory's number.
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
    let out = publications(desk).await?;
    let mut tx = desk.begin("today_due").await?;
    let within = scope(actor, Action::ReadExposure);
    let exposures = tx.exposure_list(within, crate::exposure::LIST_MAX).await?;
    let outside = Outside::of(desk);
    let mut due: Vec<Due> = exposures
        .into_iter()
        .filter(|exposure| exposure.standing == Standing::Open)
        .filter_map(|exposure| {
            let publication = out.get(&exposure.spot.advisory)?;
            let decision = outside.decision(publication, exposure.opened_at);
            let (advisory, title) = (publication.number.to_string(), publication.title.clone());
            Some(Due { exposure, advisory, title, decision })
        })
        .collect();
    due.sort_by_key(|due| (due.decision.due_at, due.exposure.id));
    Ok(due)
}

/// What outside sources say of the flaws that were published here: whether they are attacked, how
/// easily, with what effect. Where nobody says anything, the defaults that the directive names are
/// used, and shown.
struct Outside {
    holding: Arc<Holding>,
    sources: Vec<SourceNote>,
}

impl Outside {
    fn of(desk: &Desk) -> Outside {
        let holding = desk.advisories.current();
        let sources = holding.installed.as_ref().map(|shelf| shelf.set.sources());
        let sources = sources.and_then(Result::ok).unwrap_or_default();
        Outside { holding, sources }
    }

    /// The flaw as outside sources tell it, by any of its public names.
    fn flaw(&self, publication: &Publication) -> Option<Flaw> {
        let set = &self.holding.installed.as_ref()?.set;
        publication.aliases.iter().find_map(|name| Some(set.flaw_named(name).ok()??.1))
    }

    fn decision(&self, publication: &Publication, opened_at: Timestamp) -> Decision {
        let kev = self.sources.iter().any(|note| note.records.contains_key(&SourceKind::Kev));
        let flaw = self.flaw(publication).unwrap_or_default();
        decide_strictly(&assess::known(&flaw, kev, None), opened_at)
    }

    fn dated(&self) -> Vec<Dated> {
        let dated = |note: &SourceNote| {
            let as_of = note.as_of.unwrap_or(note.imported_at);
            note.records.keys().map(move |kind| Dated { kind: *kind, as_of }).collect::<Vec<_>>()
        };
        self.sources.iter().flat_map(dated).collect()
    }
}

/// One open exposure as the list wants it.
fn open(
    exposure: &Exposure,
    publication: &Publication,
    authority: Authority,
    outside: &Outside,
) -> Open<ExposureId> {
    let decision = outside.decision(publication, exposure.opened_at);
    let installed = exposure.version.clone().unwrap_or_else(|| Version("?".into()));
    let affected = publication.affected.iter().find(|affected| {
        seawall_formats::purl::write(&affected.package, None) == exposure.spot.component
    });
    let subject = match affected {
        Some(affected) => Subject::Package(affected.package.clone()),
        None => Subject::Product(product(&exposure.spot.component, &installed)),
    };
    let refuge = affected
        .and_then(|affected| refuge(&affected.package.ecosystem, &affected.ranges, &installed));
    let epss = outside.flaw(publication).and_then(|flaw| flaw.epss);
    Open {
        exposure: exposure.id,
        advisory: publication.number.to_string(),
        subject,
        installed,
        refuge,
        weakness: publication.weakness,
        inputs: decision.row.inputs,
        due_at: decision.due_at,
        authority,
        basis: basis(publication, exposure),
        flaws: publication.aliases.clone(),
        epss_ppm: epss.map(|epss| epss.value.probability_ppm),
        kind: None,
        sources: outside.dated(),
    }
}

fn product(component: &str, installed: &Version) -> Product {
    let (vendor, name) = component.split_once('/').unwrap_or(("", component));
    Product { vendor: vendor.into(), name: name.into(), version: installed.0.clone() }
}
