//! Reach and concentration on a page: whom the partners protect, which operators nobody does, which
//! share of seats and tokens goes to whom; and what of all this an official brings in.

use super::guest::{Guest, page};
use super::sent::{Sent, back_to};
use super::words::{count, fact, short, when};
use crate::api::basis::calendar;
use crate::api::word;
use crate::extract::Name;
use crate::pages::case::Next;
use crate::pages::form::Weight;
use crate::pages::matter::{Drawn, Matter, Part, Written};
use crate::pages::{Fact, FieldKind, Form, Shell};
use crate::refuse::Refused;
use crate::site::Site;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use seawall_domain::access::{Action, Actor, decide};
use seawall_domain::partner::basis::Change;
use seawall_domain::partner::calendar::Calendar;
use seawall_domain::partner::concentration::Share;
use seawall_domain::partner::reach::{Count, Coverage, Line};
use seawall_services::partner::{self, Concentration, Reach, Waiting};
use std::collections::BTreeSet;

/// How many groups that nobody covers the page names.
const LEFT_SHOWN: usize = 100;
/// How many parents, and how many regions, the page names.
const SHARES_SHOWN: usize = 50;

/// The page.
pub async fn show(State(site): State<Site>, guest: Guest) -> Result<Response, Refused> {
    let (desk, actor) = (&site.desk, guest.actor());
    let reach = partner::reach(desk, &actor).await?;
    let shares = partner::concentration(desk, &actor).await?;
    let rubric = partner::rubric(desk).await?.text().version;
    let days_off = partner::days_off(desk).await?;
    let waiting = match decide(&actor, Action::BringBasis, &[]) {
        Ok(()) => partner::waiting(desk, &actor).await?,
        Err(_) => Vec::new(),
    };
    let shell = guest.shell("Reach and concentration");
    page(&Matter {
        over: "Trusted partners together".into(),
        title: "Reach and concentration".into(),
        next: next(&reach).into_iter().chain(waiting.iter().map(second)).collect(),
        texts: waiting.iter().map(written).collect(),
        holds: "A number of operators is shown with who counted it, or it is not known.".into(),
        parts: [covered(&reach), concentrated(&shares), vec![basis(rubric, &days_off)]].concat(),
        forms: forms(&actor, &shell),
        shell,
        ..Matter::default()
    })
}

/// Takes what an official brings in.
pub async fn step(
    State(site): State<Site>,
    Name(step): Name,
    sent: Sent,
) -> Result<Response, Refused> {
    let (desk, actor) = (&site.desk, sent.actor());
    match step.as_str() {
        "operators" => {
            partner::bring_operators(desk, actor, sent.bytes("table")).await?;
        }
        "rubric" => {
            partner::publish_rubric(desk, actor, sent.bytes("rubric")).await?;
        }
        "days_off" => {
            let days = days(sent.text("days"))?;
            partner::name_days_off(desk, actor, calendar(sent.text("rule"), days)?).await?;
        }
        _ => return Err(Refused::hidden()),
    }
    Ok(back_to("/reach"))
}

fn days(text: &str) -> Result<BTreeSet<Date>, Refused> {
    let days: Result<BTreeSet<Date>, _> = text.split_whitespace().map(str::parse).collect();
    let said = "write days as 2026-12-31, with spaces or lines between";
    days.map_err(|_| Refused::new(StatusCode::UNPROCESSABLE_ENTITY, said))
}

fn next(reach: &Reach) -> Vec<Next> {
    let brings = Next {
        who: "The official".into(),
        what: "brings in how many operators there are in each group.".into(),
        by: None,
    };
    if reach.known.is_some() { Vec::new() } else { vec![brings] }
}

/// What something is called that waits for a second person.
fn named(it: &Waiting) -> String {
    let what = match it.asked.change {
        Change::Rubric { version, .. } => format!("the rubric, version {version}"),
        Change::Operators { groups, .. } => {
            let groups = usize::try_from(groups).unwrap_or(usize::MAX);
            format!("the table of operators with {}", count(groups, "group"))
        }
    };
    format!("{what} (SHA-256 {})", it.asked.change.digest())
}

fn second(it: &Waiting) -> Next {
    let by = short(it.asked.by);
    Next {
        who: "Another official".into(),
        what: format!("than person {by} brings the same in: {} waits for it.", named(it)),
        by: None,
    }
}

fn written(it: &Waiting) -> Written {
    Written { heading: format!("Waiting: {}", named(it)), text: it.text.clone() }
}

fn covered(reach: &Reach) -> Vec<Part> {
    let mut facts = vec![
        fact("Partners whose seats stand", reach.partners.to_string()),
        fact("Groups that they cover", reach.groups.len().to_string()),
    ];
    let Some((brought, coverage)) = &reach.known else {
        facts.extend(["Operators", "Covered", "Not covered"].map(|name| fact(name, "not known")));
        return vec![Part {
            id: "reach".into(),
            heading: "Whom the partners protect".into(),
            says: "How many operators there are was not brought in.".into(),
            facts,
            ..Part::default()
        }];
    };
    facts.extend(counted(&coverage.whole));
    facts.extend([
        fact("Groups covered whose number is not known", coverage.unknown.len().to_string()),
        fact("Table brought in", when(brought.at).text),
    ]);
    let sums = coverage.sectors.iter().map(|(of, count)| line(&plain(&word(of)), count));
    let sizes = coverage.sizes.iter().map(|(of, count)| line(&plain(&word(of)), count));
    let regions = coverage.regions.iter().take(SHARES_SHOWN).map(|(of, count)| {
        let of = if of.is_empty() { "no region told" } else { of };
        line(of, count)
    });
    let sums = [
        drawn("reach-sectors", "By sector", sums.collect()),
        drawn("reach-sizes", "By size", sizes.collect()),
        drawn("reach-regions", "By region", regions.collect()),
    ];
    let whole = Part {
        id: "reach".into(),
        heading: "Whom the partners protect".into(),
        says: "Each operator is counted once, whoever covers it.".into(),
        facts,
        ..Part::default()
    };
    [whole].into_iter().chain(sums).chain([left(coverage)]).collect()
}

fn left(coverage: &Coverage) -> Part {
    let all = coverage.left();
    let lines = all.iter().take(LEFT_SHOWN).map(|it| uncovered(it)).collect();
    let more = all.len().saturating_sub(LEFT_SHOWN);
    let says = match (all.len(), more) {
        (0, _) => "None: every group of the table is covered.".to_owned(),
        (_, 0) => "The largest first.".to_owned(),
        (_, more) => format!("The largest first; {} more.", count(more, "group")),
    };
    Part { says, ..part("left", "Groups that nobody covers", lines) }
}

fn uncovered(it: &Line) -> String {
    let region = if it.region.is_empty() { String::new() } else { format!(", {}", it.region) };
    format!(
        "Group {}, {} ({}, {}{region}): {}, counted by {} as of {}",
        it.group.0,
        it.name,
        plain(&word(&it.sector)),
        plain(&word(&it.size)),
        operators(it.operators),
        it.source,
        it.as_of,
    )
}

fn counted(count: &Count) -> [Fact; 3] {
    [
        fact("Operators", count.existing.to_string()),
        fact("Covered", count.covered.to_string()),
        fact("Not covered", count.uncovered().to_string()),
    ]
}

fn line(of: &str, count: &Count) -> Drawn {
    let (covered, uncovered) = (count.covered, count.uncovered());
    let whole = u128::from(count.existing).max(1);
    let share = u128::from(covered).saturating_mul(1000) / whole;
    let says = operators(count.existing);
    Drawn {
        of: capital(of),
        thousandths: u32::try_from(share.min(1000)).unwrap_or(1000),
        says: format!("{says}, {covered} covered, {uncovered} not covered"),
    }
}

fn operators(number: u64) -> String {
    if number == 1 { "1 operator".to_owned() } else { format!("{number} operators") }
}

fn concentrated(it: &Concentration) -> Vec<Part> {
    let report = &it.report;
    let uncounted = match (report.index, report.uncounted) {
        (_, 0) => "The share of tokens is by what gateways counted and signed.".to_owned(),
        (None, _) => "Tokens are not known: no gateway's count was brought in.".to_owned(),
        (Some(_), some) => format!(
            "The share of tokens is among those that were counted; those of {} are not known.",
            count(some, "partner")
        ),
    };
    let index = report.index.map_or_else(|| "not known".to_owned(), |index| index.to_string());
    let parents = report.parents.iter().take(SHARES_SHOWN).map(|share| {
        let name = share.group.and_then(|id| it.names.get(&id));
        shared(name.map_or("", String::as_str), share)
    });
    let sectors = report.sectors.iter();
    let sectors = sectors.map(|it| shared(&it.group.map(|of| word(&of)).unwrap_or_default(), it));
    let sizes = report.sizes.iter();
    let sizes = sizes.map(|it| shared(&it.group.map(|of| word(&of)).unwrap_or_default(), it));
    let mut whole = drawn("shares", "Who has which share, by parent", parents.collect());
    whole.says = uncounted;
    whole.facts = vec![fact("Concentration of tokens, from 0 to 10,000", index)];
    vec![
        whole,
        drawn("shares-sectors", "Shares by sector", sectors.collect()),
        drawn("shares-sizes", "Shares by size", sizes.collect()),
    ]
}

fn shared<K>(of: &str, share: &Share<K>) -> Drawn {
    let tokens = share.tokens.map_or_else(|| "not known".to_owned(), percent);
    Drawn {
        of: capital(&plain(of)),
        thousandths: share.seats.min(1000),
        says: format!("{} of seats, {tokens} of tokens", percent(share.seats)),
    }
}

/// Thousandths as a share of a hundred.
fn percent(thousandths: u32) -> String {
    format!("{}.{} %", thousandths / 10, thousandths % 10)
}

fn basis(rubric: u32, calendar: &Calendar) -> Part {
    let rule = match calendar {
        Calendar::Federal { .. } => "the federal holidays, and those named",
        Calendar::Named { .. } => "those named",
    };
    let facts = vec![
        fact("Rubric in force", format!("version {rubric}")),
        fact("Days off", rule),
        fact("Days named", calendar.named().len().to_string()),
    ];
    Part { facts, ..part("basis", "What is judged and counted by", Vec::new()) }
}

fn part(id: &str, heading: &str, lines: Vec<String>) -> Part {
    Part { id: id.into(), heading: heading.into(), lines, ..Part::default() }
}

fn drawn(id: &str, heading: &str, shares: Vec<Drawn>) -> Part {
    Part { shares, ..part(id, heading, Vec::new()) }
}

fn plain(word: &str) -> String {
    word.replace('_', " ")
}

/// The same, beginning a line.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

fn forms(actor: &Actor, shell: &Shell) -> Vec<Form> {
    if decide(actor, Action::BringBasis, &[]).is_err() {
        return Vec::new();
    }
    let form = |step: &str, button: &str| {
        Form::post(shell, format!("/reach/{step}"), button).weight(Weight::Side)
    };
    let rules = [("federal", "the federal holidays, and these"), ("named", "only these")];
    let rules = rules.map(|(value, says)| (value.to_owned(), says.to_owned()));
    vec![
        form("operators", "Bring in a table of operators")
            .field(FieldKind::File, "table", "Table", "CSV or JSON: each line with its source")
            .says("It is in force when another official has brought the same in."),
        form("rubric", "Publish a rubric")
            .field(FieldKind::File, "rubric", "Rubric", "TOML or JSON, with the next version")
            .says(
                "It is in force when another official has brought the same in; applications that \
                 were filed before keep theirs.",
            ),
        form("days_off", "Name the days off")
            .field(FieldKind::Choice(rules.into()), "rule", "Which", "")
            .field(FieldKind::Text, "days", "Days", "such as 2026-12-24, one a line")
            .says("Ends that were fixed before stay."),
    ]
}
