//! Questions, at each point of their way and with each end.

use super::{Left, sealed};
use crate::world::{Framework, World, in_days, must};
use seawall_domain::digest::Digest;
use seawall_domain::engagement::release::Report;
use seawall_domain::evaluation::decision::Outcome;
use seawall_domain::id::EngagementId;
use seawall_services::engagement;

/// How far a question has come, with the word for it.
const STOPS: [(&str, usize); 5] =
    [("draft", 0), ("submitted", 1), ("scheduled", 2), ("running", 3), ("analysed", 4)];

/// What the official signs, and reasons for which it differs.
const ISSUED: [(&str, Outcome, Option<&str>); 3] = [
    ("covered", Outcome::Covered, None),
    ("not covered", Outcome::NotCovered, Some("The battery was too small.")),
    ("inconclusive", Outcome::Inconclusive, None),
];

/// Questions that wait, that were answered each way, declined, taken back, and one that will lapse
/// in ten days. Snapshots from 1 on.
pub async fn questions(world: &World, cast: &Framework, left: &mut Left) {
    let (desk, developer) = (&world.desk, &cast.developer.1);
    let official = &cast.officials.1[0];
    let mut snapshots = 1..;
    let mut next = || snapshots.next().unwrap_or_default();
    let (docket, root) = sealed(world, cast).await;
    left.evaluations.push(("sealed", docket));
    let asked = async |snapshot, steps| asked(world, cast, snapshot, steps, root).await;
    for (name, steps) in STOPS {
        left.engagements.push((name, asked(next(), steps).await));
    }
    for (name, outcome, differs) in ISSUED {
        let id = asked(next(), 4).await;
        must(engagement::issue(desk, official, id, outcome, differs).await);
        left.engagements.push((name, id));
    }
    let declined = asked(next(), 2).await;
    must(engagement::decline_question(desk, official, declined).await);
    let back = asked(next(), 3).await;
    must(engagement::withdraw_question(desk, developer, back).await);
    let everything = asked(next(), 1).await;
    must(engagement::withdraw(desk, developer, everything).await);
    let lapses = asked(next(), 0).await;
    must(engagement::submit(desk, developer, lapses, in_days(world, 10)).await);
    let released = asked(next(), 3).await;
    let report = Report::Everybody { at: in_days(world, 100) };
    must(engagement::report(desk, developer, released, report).await);
    left.engagements.extend([
        ("declined", declined),
        ("question withdrawn", back),
        ("withdrawn", everything),
        ("lapses", lapses),
        ("released", released),
    ]);
}

/// A question that has taken so many steps; the protocol is named before its runs begin.
async fn asked(
    world: &World,
    cast: &Framework,
    snapshot: u8,
    steps: usize,
    root: Digest,
) -> EngagementId {
    let (desk, evaluator) = (&world.desk, &cast.evaluators[0]);
    let id = cast.engage(world, snapshot).await.id;
    if steps > 0 {
        must(engagement::submit(desk, &cast.developer.1, id, in_days(world, 60)).await);
    }
    if steps > 1 {
        must(engagement::schedule(desk, evaluator, id).await);
    }
    if steps > 2 {
        must(engagement::name_protocol(desk, evaluator, id, root).await);
        must(engagement::start(desk, evaluator, id).await);
    }
    if steps > 3 {
        must(engagement::analyse(desk, evaluator, id).await);
    }
    id
}
