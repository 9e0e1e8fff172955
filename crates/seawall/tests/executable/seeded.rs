//! Seeded kills: one corridor without a kill tells how many facts it makes and what it counts;
//! then one corridor for each seed, killed after a fact that the seed picks.

use crate::house::House;
use seawall_testkit::database::Fresh;
use std::collections::BTreeSet;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// How many corridors run side by side: most of a killed one's time is waiting for a lease to end.
const SIDE_BY_SIDE: usize = 4;
/// How often the facts are counted.
const COUNT_EVERY: Duration = Duration::from_millis(3);

/// Runs so many killed corridors and compares each with one that was left alone.
pub async fn seeded<F, Fut>(program: &Path, kills: u64, fresh: F)
where
    F: Fn() -> Fut,
    Fut: Future<Output = Fresh>,
{
    let calm = House::new(fresh().await, program).await;
    let before = calm.facts().await;
    calm.corridor().await;
    calm.stop();
    let expected = calm.figures().await;
    let facts = calm.facts().await - before;
    println!("a corridor of {facts} facts: {expected:?}");
    let places = Arc::new(Semaphore::new(SIDE_BY_SIDE));
    let mut runs = JoinSet::new();
    for seed in 0..kills {
        let nth = 1 + i64::try_from(mixed(seed) % facts.unsigned_abs()).unwrap();
        let (places, fresh) = (places.clone(), fresh().await);
        let program: PathBuf = program.to_owned();
        runs.spawn(async move {
            let _place = places.acquire_owned().await;
            let house = House::new(fresh, &program).await;
            let after = house.facts().await + nth;
            let killed = async {
                while house.facts().await < after {
                    tokio::time::sleep(COUNT_EVERY).await;
                }
                house.kill();
            };
            tokio::join!(house.corridor(), killed);
            house.stop();
            let letters = house.letters();
            let subjects: BTreeSet<_> = letters.iter().map(|(_, subject)| subject).collect();
            assert_eq!((letters.len(), subjects.len()), (3, 3), "seed {seed}: {letters:?}");
            let verified = house.run(&["verify"]);
            let said = String::from_utf8_lossy(&verified.stdout).into_owned();
            assert!(verified.status.success(), "seed {seed}, fact {nth}: {said}");
            (seed, nth, house.figures().await)
        });
    }
    while let Some(run) = runs.join_next().await {
        let (seed, nth, figures) = run.unwrap();
        assert_eq!(figures, expected, "seed {seed}, killed after fact {nth}");
        println!("seed {seed}: killed after fact {nth}, ended the same");
    }
}

/// Spreads a seed over all numbers (the finaliser of SplitMix64).
fn mixed(seed: u64) -> u64 {
    let mixed = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}
