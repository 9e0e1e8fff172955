//! `cargo xtask bench kill`: twenty seeded `kill -9` of the whole demo's server while its story
//! goes on, and of a small corridor, on SQLite and, where `SEAWALL_TEST_POSTGRES` names a server,
//! on PostgreSQL. It ends with status 0 only when everything that was killed counts the same as
//! what was left alone.
#![allow(clippy::unwrap_used, clippy::expect_used, dead_code)]
#![allow(clippy::disallowed_methods, reason = "a benchmark stands outside, where time is real")]

#[path = "../tests/executable/house.rs"]
mod house;
#[path = "../tests/executable/seeded.rs"]
mod seeded;

use seawall_testkit::database::{Fresh, TEST_POSTGRES};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
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
    let left_alone = demo(&program, 0);
    let killed = demo(&program, kills);
    assert_eq!(left_alone, killed, "the demo ends the same when its server is killed");
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

/// The figures with which the demo ends, and the ranges it finds: what kills must not change. Ids,
/// the story's seconds and the number of facts differ between any two runs.
fn demo(program: &Path, kills: u64) -> (Vec<Value>, BTreeMap<String, Value>) {
    let begun = Instant::now();
    let kills = kills.to_string();
    let told = Command::new(program)
        .args(["demo", "--exit", "--json", "--listen", "127.0.0.1:0", "--kills", &kills])
        .stderr(Stdio::inherit())
        .output()
        .expect("the demo can be started");
    assert!(told.status.success(), "the demo ends well: {}", told.status);
    println!("the demo, {kills} kills: {:.1} s", begun.elapsed().as_secs_f64());
    let summary: Value = serde_json::from_slice(&told.stdout).expect("the summary is JSON");
    let figures = summary.as_object().expect("the summary is an object").iter();
    let same = |name: &str| !["ledger_size", "elapsed_seconds"].contains(&name);
    let figures = figures
        .filter(|(name, value)| same(name) && (value.is_u64() || value.is_boolean()))
        .map(|(_, value)| value.clone())
        .collect();
    let advisories = summary["advisories"].as_array().expect("the advisories are a list").iter();
    let ranges = advisories.map(|one| (one["package"].to_string(), one["ranges"].clone()));
    (figures, ranges.collect())
}
