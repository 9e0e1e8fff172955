//! The framework for models, each story on both databases.

mod basis;
mod engagements;
mod evaluations;
mod gateways;
mod outsiders;
mod partners;
mod records;
mod renewals;
mod seats;
mod tokens;

use seawall_domain::fact::Aggregate;
use seawall_domain::refusal::Refusal;
use seawall_services::outcome::{Denied, Outcome};
use seawall_services::verify::verify;
use seawall_testkit::world::{World, must};
use std::fmt::Debug;

/// The rules must say no, in words that contain these.
#[track_caller]
fn refused<T: Debug>(outcome: Outcome<T>, says: &str) {
    match outcome {
        Err(Denied::Refused(refusal)) if refusal.to_string().contains(says) => {}
        other => panic!("this should have been refused by `{says}`: {other:?}"),
    }
}

/// It must look as if there were nothing.
#[track_caller]
fn hidden<T: Debug>(outcome: Outcome<T>) {
    match outcome {
        Err(Denied::Refused(Refusal::Hidden)) => {}
        other => panic!("this should be hidden: {other:?}"),
    }
}

/// The rows are what their facts lead to, and the whole installation verifies.
async fn holds<T: Aggregate + seawall_store::record::Folded>(world: &mut World) {
    world.until_idle().await;
    assert!(world.replays::<T>().await > 0);
    assert_eq!(must(verify(&world.desk).await).faults, Vec::<String>::new());
}
