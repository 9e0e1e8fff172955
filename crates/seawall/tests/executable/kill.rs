//! Kills: the server is ended by `kill -9` after its n-th fact, started again, and goes on until
//! all is quiet. The figures end the same as without a kill, no letter is doubled, and everything
//! verifies. `cargo xtask bench kill` does the same with the optimised program.

use crate::corridor::PROGRAM;
use crate::house::can_run_proofs;
use crate::seeded::seeded;
use seawall_testkit::database::{Fresh, TEST_POSTGRES};
use std::path::Path;

/// How many kills a test run makes on each database.
const KILLS: u64 = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_goes_on_as_if_nothing_had_been_on_sqlite() {
    let test = "a_killed_server_goes_on_as_if_nothing_had_been_on_sqlite";
    if can_run_proofs(Path::new(PROGRAM), test) {
        seeded(Path::new(PROGRAM), KILLS, || async { Fresh::sqlite() }).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_goes_on_as_if_nothing_had_been_on_postgresql() {
    let test = "a_killed_server_goes_on_as_if_nothing_had_been_on_postgresql";
    if std::env::var(TEST_POSTGRES).is_err() {
        println!("skipped: {test} on PostgreSQL: {TEST_POSTGRES} is not set");
    } else if can_run_proofs(Path::new(PROGRAM), test) {
        let fresh = || async { Fresh::postgres().await.expect("the server makes a database") };
        seeded(Path::new(PROGRAM), KILLS, fresh).await;
    }
}
