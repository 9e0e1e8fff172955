//! Findings: the queue, and one finding with everything around it.

mod words;

use self::words::{name, next, reference, state, waits};
use super::guest::{Guest, link, page};
use super::sent::{Sent, back_to};
use super::words::{fact, known, outcome, picture, purl, quoted, short, tag, when};
use crate::extract::{Asked, Name};
use crate::pages::finding::{Attachment, Claim as ClaimPart, Finding as Page, Group, Run, Side};
use crate::pages::form::Weight;
use crate::pages::queue::{Filter, Queue, Row};
use crate::pages::{Check, Fact, Form, Tag, Tone};
use crate::refuse::Refused;
use crate::site::Site;
use axum::extract::State;
use axum::response::Response;
use seawall_domain::access::Action;
use seawall_domain::claim::{AttachmentKind, Claim, Missing};
use seawall_domain::finding::{Finding, Standing};
use seawall_domain::id::CaseId;
use seawall_domain::reproduction::Reproduction;
use seawall_domain::verdict::Verdict;
use seawall_services::finding::{self, Brief, Dossier};
use seawall_services::{case, party};
use serde::Deserialize;

/// How many findings one list shows.
const LIST_MAX: i64 = 500;

/// Which part of the queue is asked for.
#[derive(Deserialize)]
pub struct Part {
    state: Option<String>,
}

/// The queue.
pub async fn queue(
    State(site): State<Site>,
    guest: Guest,
    Asked(asked): Asked<Part>,
) -> Result<Response, Refused> {
    let mut briefs = finding::briefs(&site.desk, &guest.actor(), LIST_MAX).await?;
    briefs.sort_by_key(|brief| (brief.finding.changed_at, brief.finding.id));
    let state = asked.state.unwrap_or_default();
    let chosen = |brief: &&Brief| state.is_empty() || slug(&brief.finding) == state;
    page(&Queue {
        shell: guest.shell("Queue of findings"),
        filters: filters(&briefs, &state),
        rows: briefs.iter().filter(chosen).map(row).collect(),
        next: None,
    })
}

/// One finding.
pub async fn show(
    State(site): State<Site>,
    guest: Guest,
    Name(id): Name,
) -> Result<Response, Refused> {
    let id = id.parse().map_err(|_| Refused::hidden())?;
    let dossier = finding::dossier(&site.desk, &guest.actor(), id).await?;
    let led_to = case::of_finding(&site.desk, &guest.actor(), id).await?;
    let finders: Vec<_> = dossier.lead.iter().map(|(lead, _)| lead.finder).collect();
    let finders = party::known(&site.desk, finders).await?;
    let lead_finder = finders.into_values().next().map(|party| party.name);
    page(&shown(&guest, &dossier, led_to, lead_finder.unwrap_or_default()))
}

/// Takes a finding out of its group.
pub async fn unjoin(
    State(site): State<Site>,
    Name(id): Name,
    sent: Sent,
) -> Result<Response, Refused> {
    let id = id.parse().map_err(|_| Refused::hidden())?;
    let finding = finding::unjoin(&site.desk, sent.actor(), id).await?;
    Ok(back_to(format!("/findings/{}", finding.id)))
}

/// Every state in words, with its count, in the order of the first finding in it.
fn filters(briefs: &[Brief], chosen: &str) -> Vec<Filter> {
    let mut filters = vec![Filter {
        label: "all".into(),
        count: briefs.len() as u64,
        href: "/queue".into(),
        current: chosen.is_empty(),
    }];
    for brief in briefs {
        let (slug, label) = (slug(&brief.finding), state(&brief.finding).text);
        match filters.iter_mut().find(|filter| filter.label == label) {
            Some(known) => known.count += 1,
            None => filters.push(Filter {
                label,
                count: 1,
                href: format!("/queue?state={slug}"),
                current: chosen == slug,
            }),
        }
    }
    filters
}

/// The state's words as they stand in an address.
fn slug(finding: &Finding) -> String {
    state(finding).text.replace(' ', "-")
}

fn row(brief: &Brief) -> Row {
    let finding = &brief.finding;
    Row {
        href: format!("/findings/{}", finding.id),
        package: package(finding),
        claim: brief.title.clone(),
        state: state(finding),
        since: when(finding.changed_at),
        finder: brief.finder.clone(),
        waits: waits(finding),
    }
}

fn package(finding: &Finding) -> String {
    let essence = &finding.essence;
    let named = essence.package.as_ref().map(|package| purl(package, essence.version.as_ref()));
    named.unwrap_or_else(|| "no package named".to_owned())
}

fn shown(guest: &Guest, dossier: &Dossier, led_to: Option<CaseId>, lead_finder: String) -> Page {
    let finding = &dossier.finding;
    let shell = guest.shell("Finding");
    let may_unjoin = guest.may(Action::UnjoinFinding);
    let unjoin = matches!(finding.standing, Standing::Joined { .. }) && may_unjoin;
    let form = Form::post(&shell, format!("/findings/{}/unjoin", finding.id), "Take it out")
        .says("It is then tried by itself, as if nobody else had said the same. It is recorded.")
        .weight(Weight::Side);
    let found = dossier.reproduction.as_ref();
    let concluded = found.and_then(|found| found.conclusion.as_ref());
    let stuck = finding.standing == Standing::Waiting && guest.may(Action::TryAgain);
    Page {
        again: stuck.then(|| super::work::again(&shell, finding.id)),
        shell,
        id: finding.id.to_string(),
        state: state(finding),
        since: when(finding.changed_at),
        next: next(finding),
        claim: claim(&dossier.claim),
        gate: gate(&dossier.claim),
        reference: reference(finding),
        group: group(dossier, lead_finder, unjoin.then_some(form)),
        verdict: found.and_then(|found| found.verdict()).map(verdict),
        grade: concluded.and_then(|conclusion| conclusion.grade).map(words::grade),
        doubts: concluded.map(|conclusion| words::doubts(&conclusion.doubts)).unwrap_or_default(),
        crash: dossier.crash.as_ref().map(words::crash),
        runs: found.map(|found| runs(found, &dossier.transcripts)).unwrap_or_default(),
        range: found.and_then(range),
        case: led_to.map(|case| link("Open the case", format!("/cases/{case}"))),
    }
}

fn range(found: &Reproduction) -> Option<crate::pages::range::RangePicture> {
    let ranges = found.ranges.as_ref()?;
    Some(picture("range-picture".into(), &found.package, ranges, &found.tested))
}

fn verdict(verdict: Verdict) -> Tag {
    match verdict {
        Verdict::Reproduced => tag("reproduced", Tone::Good),
        Verdict::NotReproduced => tag("not reproduced", Tone::Quiet),
        Verdict::Flaky => tag("flaky", Tone::Warn),
        Verdict::EnvironmentFailed => tag("environment failed", Tone::Warn),
    }
}

fn runs(found: &Reproduction, transcripts: &[String]) -> Vec<Run> {
    let all = found.runs.iter().enumerate();
    let run = |(index, run): (usize, &seawall_domain::verdict::Run)| Run {
        outcome: outcome(run.outcome),
        release: purl(&found.package, Some(&found.version)),
        effect: match run.effect.is_empty() {
            true => "nothing".to_owned(),
            false => run.effect.clone(),
        },
        transcript: transcripts.get(index).cloned().unwrap_or_default(),
        digest: format!("SHA-256 {}", run.transcript),
    };
    all.map(run).collect()
}

fn claim(claim: &Claim) -> ClaimPart {
    let attachment = |file: &seawall_domain::claim::Attachment| Attachment {
        name: file.name.clone(),
        kind: match file.kind {
            AttachmentKind::Patch => "patch",
            AttachmentKind::ExploitProofOfConcept => "proof of concept",
            AttachmentKind::Reproducer => "reproducer",
            AttachmentKind::ThreatModel => "threat model",
            AttachmentKind::Other => "other",
        }
        .to_owned(),
        size: format!("{} bytes", file.size_bytes),
        digest: format!("SHA-256 {}", file.digest),
    };
    ClaimPart {
        title: claim.title.clone(),
        description: claim.description.clone(),
        facts: claim_facts(claim),
        references: claim.references.clone(),
        attachments: claim.attachments.iter().map(attachment).collect(),
    }
}

fn claim_facts(claim: &Claim) -> Vec<Fact> {
    let versions: Vec<String> = claim.versions.iter().map(ToString::to_string).collect();
    let names = (!claim.upstream_ids.is_empty()).then(|| claim.upstream_ids.join(", "));
    [
        known("Package", claim.package.as_ref().map(|package| purl(package, None))),
        known("Versions", (!versions.is_empty()).then(|| versions.join(", "))),
        known("Weakness", claim.weakness),
        known("File", claim.location.file.as_ref()),
        known("Function", claim.location.function.as_ref()),
        known("Line", claim.location.line),
        known("Severity, as claimed", claim.severity.as_ref()),
        known("Tool", claim.tooling.tool.as_ref()),
        known("Method", claim.tooling.method.as_ref()),
        known("Also known as", names),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The evidence gate, item by item.
fn gate(claim: &Claim) -> Vec<Check> {
    const ALL: [Missing; 9] = [
        Missing::Package,
        Missing::Version,
        Missing::Weakness,
        Missing::File,
        Missing::Function,
        Missing::Description,
        Missing::Recipe,
        Missing::Tool,
        Missing::Contact,
    ];
    let lacks = claim.missing();
    let check = |asked: Missing| {
        let met = !lacks.contains(&asked);
        let says = if met { String::new() } else { quoted(asked.advice()) };
        Check { name: name(asked), met, says }
    };
    ALL.into_iter().map(check).collect()
}

fn group(dossier: &Dossier, lead_finder: String, unjoin: Option<Form>) -> Option<Group> {
    let this = side(&dossier.finding, &dossier.claim, dossier.finder.clone());
    let reason = |text: &String| fact("", format!("{}.", quoted(text)));
    match (&dossier.finding.standing, &dossier.lead) {
        (Standing::Joined { reasons, .. }, Some((lead, claim))) => Some(Group {
            lead: Some(side(lead, claim, lead_finder)),
            this,
            reasons: reasons.iter().map(reason).collect(),
            members: Vec::new(),
            unjoin,
        }),
        (_, _) if !dossier.members.is_empty() => Some(Group {
            lead: None,
            this,
            reasons: dossier.members.iter().filter_map(joined).collect(),
            members: dossier.members.iter().map(member).collect(),
            unjoin: None,
        }),
        (_, _) => None,
    }
}

fn member(finding: &Finding) -> crate::pages::Link {
    let label = format!("finding {}, {}", short(finding.id), package(finding));
    link(label, format!("/findings/{}", finding.id))
}

/// Why a member joined.
fn joined(finding: &Finding) -> Option<Fact> {
    let Standing::Joined { reasons, .. } = &finding.standing else { return None };
    let name = format!("Finding {}", short(finding.id));
    Some(Fact { name, value: format!("{}.", quoted(&reasons.join("; "))) })
}

fn side(finding: &Finding, claim: &Claim, finder: String) -> Side {
    let essence = &finding.essence;
    let facts = [
        known("Function", essence.function.as_ref()),
        known("File", essence.file.as_ref()),
        known("Weakness", essence.weakness),
        known("Version run", essence.version.as_ref()),
        known("Came as", Some(&essence.shape)),
    ];
    Side {
        link: link(format!("finding {}", short(finding.id)), format!("/findings/{}", finding.id)),
        finder,
        title: claim.title.clone(),
        description: claim.description.clone(),
        facts: facts.into_iter().flatten().collect(),
    }
}
