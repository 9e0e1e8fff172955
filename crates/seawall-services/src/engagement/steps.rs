//! The steps of the three machines, each one use-case.

use super::{Hand, leave, step};
use crate::desk::{Desk, digest};
use crate::outcome::Outcome;
use seawall_domain::access::{Action, Actor};
use seawall_domain::digest::Digest;
use seawall_domain::engagement::determination::{self, Concurrence, Determination};
use seawall_domain::engagement::release::Report;
use seawall_domain::engagement::window::{self, Offer, Ring};
use seawall_domain::engagement::{Engagement, Event, Who, lineage};
use seawall_domain::evaluation::allowance::Allowance;
use seawall_domain::evaluation::decision::Outcome as Finding;
use seawall_domain::evaluation::sealing::{self, Duty};
use seawall_domain::id::{EngagementId, WindowId};
use seawall_domain::refusal::Refusal;
use seawall_domain::time::Timestamp;

/// The longest text that is kept: terms, reasons, an opinion.
const TEXT_BYTES_MAX: usize = 1_000_000;

/// The developer asks whether the model is a covered frontier model, and says until when it waits.
/// How often a model line is answered is bounded, because each answer tells something.
pub async fn submit(
    desk: &Desk,
    actor: &Actor,
    id: EngagementId,
    answer_by: Timestamp,
) -> Outcome<Engagement> {
    let mut hand = Hand::open(desk, actor, id, "engagement_submit", Action::Engage).await?;
    let mut all = hand.tx.engagement_list_of(hand.engagement.developer).await?;
    all.retain(|other| {
        other.id != id && lineage::is_same(&hand.engagement.lineage, &other.lineage)
    });
    let mut taken: Vec<Timestamp> = all.iter().filter_map(answered).collect();
    taken.sort();
    let mut allowance = Allowance::default();
    for at in taken {
        allowance = allowance.take_of(usize::MAX, at).unwrap_or_default();
    }
    allowance.take(hand.now).map_err(|used| Refusal::ByRule(used.to_string()))?;
    hand.step(Event::Determination(determination::Event::Submit { answer_by })).await?;
    hand.done().await
}

fn answered(engagement: &Engagement) -> Option<Timestamp> {
    match engagement.determination {
        Determination::Issued { at, .. } => Some(at),
        Determination::Draft { .. }
        | Determination::Submitted { .. }
        | Determination::Scheduled { .. }
        | Determination::Running { .. }
        | Determination::Analysed { .. }
        | Determination::Withdrawn { .. }
        | Determination::Lapsed { .. }
        | Determination::Declined { .. } => None,
    }
}

/// The developer ends everything at once: in every state, without a reason.
pub async fn withdraw(desk: &Desk, actor: &Actor, id: EngagementId) -> Outcome<Engagement> {
    leave(desk, actor, id, "engagement_withdraw", Event::WithdrawAll).await
}

/// The developer takes its question back: in every state, without a reason.
pub async fn withdraw_question(
    desk: &Desk,
    actor: &Actor,
    id: EngagementId,
) -> Outcome<Engagement> {
    leave(
        desk,
        actor,
        id,
        "engagement_withdraw_question",
        Event::Determination(determination::Event::Withdraw),
    )
    .await
}

/// The developer takes an offer back or ends a window: in every state, without a reason.
pub async fn withdraw_window(desk: &Desk, actor: &Actor, id: EngagementId) -> Outcome<Engagement> {
    leave(desk, actor, id, "engagement_withdraw_window", Event::Window(window::Event::Withdraw))
        .await
}

/// An evaluator finds a place for the runs.
pub async fn schedule(desk: &Desk, actor: &Actor, id: EngagementId) -> Outcome<Engagement> {
    let what = ("engagement_schedule", Action::Evaluate);
    step(desk, actor, id, what, Event::Determination(determination::Event::Schedule)).await
}

/// An evaluator names the sealed protocol that the runs will be under: two people have signed it.
pub async fn name_protocol(
    desk: &Desk,
    actor: &Actor,
    id: EngagementId,
    root: Digest,
) -> Outcome<Engagement> {
    let mut hand =
        Hand::open(desk, actor, id, "engagement_name_protocol", Action::Evaluate).await?;
    let found = hand.tx.evaluation_by_root(&root).await?;
    let Some(evaluation) = found.filter(|evaluation| evaluation.sealed() == Some(root)) else {
        let why = "cannot name this protocol: two people must have sealed it";
        return Err(Refusal::ByRule(why.into()).into());
    };
    // Whoever has the installation reads what lies under its own key, before and after the runs.
    if evaluation.docket.custody().is_none() {
        let why = "cannot name this protocol: it was sealed for a rehearsal, and custodians keep \
                   no part of its key";
        return Err(Refusal::ByRule(why.into()).into());
    }
    hand.step(Event::NameProtocol(root)).await?;
    hand.done().await
}

/// An evaluator begins the runs.
pub async fn start(desk: &Desk, actor: &Actor, id: EngagementId) -> Outcome<Engagement> {
    let what = ("engagement_start", Action::Evaluate);
    step(desk, actor, id, what, Event::Determination(determination::Event::Start)).await
}

/// An evaluator has computed the statistic.
pub async fn analyse(desk: &Desk, actor: &Actor, id: EngagementId) -> Outcome<Engagement> {
    let what = ("engagement_analyse", Action::Evaluate);
    step(desk, actor, id, what, Event::Determination(determination::Event::Analyse)).await
}

/// There is no room for the runs.
pub async fn decline_question(desk: &Desk, actor: &Actor, id: EngagementId) -> Outcome<Engagement> {
    let what = ("engagement_decline_question", Action::Determine);
    step(desk, actor, id, what, Event::Determination(determination::Event::Decline)).await
}

/// The official signs what the rule found, and concurs, or differs for written reasons.
pub async fn issue(
    desk: &Desk,
    actor: &Actor,
    id: EngagementId,
    outcome: Finding,
    differs: Option<&str>,
) -> Outcome<Engagement> {
    let mut hand = Hand::open(desk, actor, id, "engagement_issue", Action::Determine).await?;
    judges_alone(&mut hand).await?;
    let concurrence = match differs {
        None => Concurrence::Concurs,
        Some(reasons) => {
            let reasons = written(reasons, "reasons")?;
            desk.keep(&mut hand.tx, &format!("engagement/{id}"), reasons).await?;
            Concurrence::Differs { reasons: digest(reasons) }
        }
    };
    let event = determination::Event::Issue { outcome, concurrence };
    hand.step(Event::Determination(event)).await?;
    hand.done().await
}

/// Whoever signs the outcome neither set the threshold nor signed for it, ran or scored: what was
/// found and whether somebody agrees with it come from different people (FRONTIER 3.3 and 3.4).
async fn judges_alone(hand: &mut Hand) -> Outcome<()> {
    let Some(root) = hand.engagement.protocol else { return Ok(()) };
    let evaluation = hand.tx.evaluation_by_root(&root).await?;
    let duties = evaluation.map(|evaluation| evaluation.docket.duties).unwrap_or_default();
    let others = [Duty::SetThreshold, Duty::Countersign, Duty::Run, Duty::Score];
    let has = |person| others.iter().any(|duty| duties.has(person, *duty));
    match hand.who {
        Who::Official(person) if has(person) => {
            Err(Refusal::ByRule(sealing::Refused::SecondDuty.to_string()).into())
        }
        Who::Official(_)
        | Who::Developer(_)
        | Who::Evaluator(_)
        | Who::DutyOfficer(_)
        | Who::Clock => Ok(()),
    }
}

/// What a developer offers.
#[derive(Clone, Copy, Debug)]
pub struct Offered<'o> {
    /// For whom.
    pub ring: Ring,
    /// How long at most, in seconds.
    pub seconds: i64,
    /// Which snapshot.
    pub snapshot: Digest,
    /// The terms of access.
    pub terms: &'o str,
    /// Until when the offer stands.
    pub answer_by: Timestamp,
}

/// The developer offers a window.
pub async fn offer(
    desk: &Desk,
    actor: &Actor,
    id: EngagementId,
    offered: Offered<'_>,
) -> Outcome<Engagement> {
    let mut hand = Hand::open(desk, actor, id, "engagement_offer", Action::Engage).await?;
    hand.count_days().await?;
    let terms = written(offered.terms, "terms")?;
    desk.keep(&mut hand.tx, &format!("engagement/{id}"), terms).await?;
    let offer = Offer {
        window: WindowId::new(desk.uuid()),
        ring: offered.ring,
        seconds: offered.seconds,
        snapshot: offered.snapshot,
        terms: digest(terms),
        answer_by: offered.answer_by,
    };
    hand.step(Event::Window(window::Event::Offer(offer))).await?;
    hand.done().await
}

/// The official takes the offer up.
pub async fn accept(desk: &Desk, actor: &Actor, id: EngagementId) -> Outcome<Engagement> {
    let what = ("engagement_accept", Action::Determine);
    step(desk, actor, id, what, Event::Window(window::Event::Accept)).await
}

/// The developer begins the window that was accepted.
pub async fn begin(desk: &Desk, actor: &Actor, id: EngagementId) -> Outcome<Engagement> {
    let mut hand = Hand::open(desk, actor, id, "engagement_begin", Action::Engage).await?;
    hand.count_days().await?;
    hand.step(Event::Window(window::Event::Begin)).await?;
    hand.done().await
}

/// The developer signs for a later end.
pub async fn extend(
    desk: &Desk,
    actor: &Actor,
    id: EngagementId,
    until: Timestamp,
) -> Outcome<Engagement> {
    let mut hand = Hand::open(desk, actor, id, "engagement_extend", Action::Engage).await?;
    hand.count_days().await?;
    hand.step(Event::Window(window::Event::Extend { until })).await?;
    hand.done().await
}

/// The government does not want the window, or no longer.
pub async fn decline_offer(desk: &Desk, actor: &Actor, id: EngagementId) -> Outcome<Engagement> {
    let what = ("engagement_decline_offer", Action::Determine);
    step(desk, actor, id, what, Event::Window(window::Event::Decline)).await
}

/// The window's terms were broken.
pub async fn break_window(desk: &Desk, actor: &Actor, id: EngagementId) -> Outcome<Engagement> {
    let what = ("engagement_break_window", Action::EndWindow);
    step(desk, actor, id, what, Event::Window(window::Event::Break)).await
}

/// No lease of the developer came any more: told by the gateway.
pub async fn lose_lease(desk: &Desk, id: EngagementId) -> Outcome<Engagement> {
    let what = ("engagement_lose_lease", Action::Work);
    step(desk, &Actor::clerk(), id, what, Event::Window(window::Event::LoseLease)).await
}

/// The developer reports a release, past or planned: taken in every state.
pub async fn report(
    desk: &Desk,
    actor: &Actor,
    id: EngagementId,
    report: Report,
) -> Outcome<Engagement> {
    let what = ("engagement_report", Action::Engage);
    step(desk, actor, id, what, Event::Release(report)).await
}

/// The developer names another snapshot, or another name, of the same model.
pub async fn add_snapshot(
    desk: &Desk,
    actor: &Actor,
    id: EngagementId,
    snapshot: Digest,
) -> Outcome<Engagement> {
    let what = ("engagement_add_snapshot", Action::Engage);
    step(desk, actor, id, what, Event::AddSnapshot(snapshot)).await
}

/// The developer says that the weights are open: from then on there is advice only.
pub async fn open_weights(desk: &Desk, actor: &Actor, id: EngagementId) -> Outcome<Engagement> {
    let what = ("engagement_open_weights", Action::Engage);
    step(desk, actor, id, what, Event::OpenWeights).await
}

/// An evaluator gives an opinion, which binds nobody.
pub async fn advise(
    desk: &Desk,
    actor: &Actor,
    id: EngagementId,
    opinion: &str,
) -> Outcome<Engagement> {
    let mut hand = Hand::open(desk, actor, id, "engagement_advise", Action::Evaluate).await?;
    let opinion = written(opinion, "opinion")?;
    desk.keep(&mut hand.tx, &format!("engagement/{id}"), opinion).await?;
    hand.step(Event::Advise(digest(opinion))).await?;
    hand.done().await
}

/// Looks whether waiting, an offer or a window has come to its end, and records it. Silence leads
/// to nothing else.
pub async fn end_waiting(desk: &Desk, id: EngagementId) -> Outcome<()> {
    let clerk = Actor::clerk();
    let mut hand = Hand::open(desk, &clerk, id, "engagement_end_waiting", Action::Work).await?;
    let now = hand.now;
    let waits = hand.engagement.determination.answer_by();
    if waits.is_some_and(|answer_by| now >= answer_by) {
        hand.step(Event::Determination(determination::Event::Tick)).await?;
    }
    let ends = hand.engagement.window.due();
    if ends.is_some_and(|end| now >= end) {
        hand.step(Event::Window(window::Event::Tick)).await?;
    }
    hand.done().await.map(|_| ())
}

/// A text that somebody wrote, within the bound.
fn written<'t>(text: &'t str, what: &'static str) -> Result<&'t [u8], Refusal> {
    match text.trim().is_empty() || text.len() > TEXT_BYTES_MAX {
        true => Err(Refusal::Unreadable(format!(
            "cannot take these {what}: write them down, in at most {TEXT_BYTES_MAX} bytes"
        ))),
        false => Ok(text.as_bytes()),
    }
}
