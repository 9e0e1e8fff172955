//! `cargo xtask bench kill`: twenty seeded `kill -9` of a small corridor, on SQLite and, where
//! `SEAWALL_TEST_POSTGRES` names a server, on PostgreSQL. It ends with status 0 only when every
//! killed corridor counts the same as one that was left alone.
#![allow(clippy::unwrap_used, clippy::expect_used, dead_code)]
#![allow(clippy::disallowed_methods, reason = "a benchmark stands outside, where time is real")]

#[path = "../tests/executable/house.rs"]
mod house;
#[path = "../tests/executable/seeded.rs"]
mod seeded;

use seawall_testkit::database::{Fresh, TEST_POSTGRES};
use std::process::Command;
use std::time::Instant;

/// How many kills, unless the first argument says otherwise.
const KILLS: u64 = 20;

#[tokio::main]
async fn main() {
    let kills = std::env::args().nth(1).map_or(KILLS, |text| text.parse().expect("a number"));
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let built = Command::new(cargo).args(["build", "--release", "--package", "seawall"]).status();
    assert!(built.expect("cargo can be started").success(), "the program builds");
    let example = std::env::current_exe().expect("this program lies somewhere");
    let folder = example.parent().and_then(|examples| examples.parent());
    let program = folder.expect("examples lie beside the program").join("seawall");
    assert!(house::can_run_proofs(&program, "kill"), "this host cannot run proofs");
    let begun = Instant::now();
    seeded::seeded(&program, kills, || async { Fresh::sqlite() }).await;
    println!("SQLite: {kills} kills in {:.1} s", begun.elapsed().as_secs_f64());
    if std::env::var(TEST_POSTGRES).is_err() {
        println!("skipped: kill on PostgreSQL: {TEST_POSTGRES} is not set");
        return;
    }
    let begun = Instant::now();
    let fresh = || async { Fresh::postgres().await.expect("the server makes a database") };
    seeded::seeded(&program, kills, fresh).await;
    println!("PostgreSQL: {kills} kills in {:.1} s", begun.elapsed().as_secs_f64());
}
