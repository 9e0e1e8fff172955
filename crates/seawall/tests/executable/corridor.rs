//! The corridor by the executable: a report in by HTTP, a real sandbox, mail out and in, two
//! signatures, an inventory; then `verify`, of the installation and of a copy of what is public.

use crate::house::{House, can_run_proofs};
use seawall_testkit::database::{Fresh, TEST_POSTGRES};
use serde_json::Value;
use std::path::Path;

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_seawall");

async fn check(fresh: Fresh) {
    let house = House::new(fresh, Path::new(PROGRAM)).await;
    house.corridor().await;
    let (status, exposures) = house.ask("/v1/exposures", &house.operator, None).await.unwrap();
    assert_eq!((status, &exposures[0]["state"]), (200, &Value::from("open")), "{exposures}");
    let (_, advisories) = house.ask("/v1/advisories", &house.operator, None).await.unwrap();
    let ranges = &advisories[0]["affected"][0]["ranges"];
    assert_eq!(ranges.as_array().unwrap().len(), 1, "{advisories}");
    house.stop();

    let verified = house.run(&["verify", "--json"]);
    let said: Value = serde_json::from_slice(&verified.stdout).unwrap();
    assert!(verified.status.success(), "{said}");
    assert_eq!(said["faults"], Value::Array(Vec::new()));
    let figures = &said["figures"];
    for (figure, expected) in [
        ("findings_received", 1),
        ("findings_reproduced", 1),
        ("cases", 1),
        ("advisories_published", 1),
        ("exposures_open", 1),
        ("inventories", 1),
        ("mails_sent", 3),
    ] {
        assert_eq!(figures[figure], expected, "{figure}: {figures}");
    }
    alone(&house);
    altered(&house);
}

/// What is public holds by itself, wherever it is copied.
fn alone(house: &House) {
    let copy = house.data().join("copy");
    let public = house.data().join("public");
    let copied = std::process::Command::new("cp").arg("-r").args([&public, &copy]).status();
    assert!(copied.unwrap().success());
    let verify = || crate::house::seawall(Path::new(PROGRAM), &["verify", copy.to_str().unwrap()]);
    let whole = verify();
    assert_eq!(whole.status.code(), Some(0), "{}", String::from_utf8_lossy(&whole.stdout));
    let osv = std::fs::read_dir(copy.join("osv")).unwrap().next().unwrap().unwrap().path();
    let text = std::fs::read_to_string(&osv).unwrap().replace("1.0", "1.9");
    std::fs::write(&osv, text).unwrap();
    let broken = verify();
    assert_eq!(broken.status.code(), Some(1), "an altered record was not found");
}

/// A letter's blob that was altered is found and named by the whole installation's check.
fn altered(house: &House) {
    let mut folders = vec![house.data().join("blobs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let mut bytes = std::fs::read(&path).unwrap();
            let last = bytes.len() - 1;
            bytes[last] ^= 1;
            std::fs::write(&path, bytes).unwrap();
            assert_eq!(house.run(&["verify"]).status.code(), Some(1), "{}", path.display());
            return;
        }
    }
    panic!("there is no blob");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_corridor_on_sqlite() {
    if can_run_proofs(Path::new(PROGRAM), "the_whole_corridor_on_sqlite") {
        check(Fresh::sqlite()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_corridor_on_postgresql() {
    let test = "the_whole_corridor_on_postgresql";
    match Fresh::postgres().await {
        Some(fresh) if can_run_proofs(Path::new(PROGRAM), test) => check(fresh).await,
        Some(_) => {}
        None => println!("skipped: {test} on PostgreSQL: {TEST_POSTGRES} is not set"),
    }
}
