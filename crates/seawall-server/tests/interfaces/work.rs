//! `GET /v1/work`: what runs, what waits, what failed and what was given up, by name for analysts;
//! for all others there is nothing, not even a count.

use crate::office::{ASKERS, Office, report};
use seawall_domain::job::WorkRole;
use seawall_services::desk::Used;
use seawall_testkit::work;
use serde_json::{Value, json};

/// Three reports: one that waits, one that a worker has, one that was given up.
async fn busy() -> Office {
    let office = Office::new().await;
    for name in ["door", "gate", "wall"] {
        office.project(name).await;
        let answer = office.post("finder", "/v1/reports", &report(name)).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
    }
    let (desk, role) = (&office.desk, WorkRole::Desk);
    work::give_up(desk, "lab/1/1", role, "the disk is full").await;
    let held = work::take(desk, "lab/2/1", role).await;
    work::ran(desk, &held, "1.1", Used { cpu_ms: 81, wall_ms: 240, peak_mib: 33 }).await;
    office
}

#[tokio::test]
async fn the_work_is_told_to_analysts_by_name_and_to_nobody_else() {
    let office = busy().await;
    let work = office.get("analyst", "/v1/work").await.json();
    let lengths = ["running", "waiting", "put_back", "given_up", "unable", "runs"]
        .map(|part| work[part].as_array().unwrap().len());
    assert_eq!(lengths, [1, 1, 0, 1, 0, 1], "{work}");
    for (pointer, expected) in [
        ("/running/0/job", json!("gate")),
        ("/running/0/worker", json!("lab/2/1")),
        ("/running/0/silent", json!(false)),
        ("/waiting/0/position", json!(1)),
        ("/waiting/0/urgency", json!("usual")),
        ("/waiting/0/role", json!("desk")),
        ("/given_up/0/cause", json!("the disk is full")),
        ("/given_up/0/next_try", Value::Null),
        ("/given_up/0/tries/0/worker", json!("lab/1/1")),
        ("/given_up/0/tries/0/cause", json!("the disk is full")),
        ("/runs/0/cpu_ms", json!(81)),
        ("/runs/0/wall_ms", json!(240)),
        ("/runs/0/peak_mib", json!(33)),
        ("/runs/0/version", json!("1.1")),
    ] {
        assert_eq!(work.pointer(pointer), Some(&expected), "{pointer}: {work}");
    }
    let packages: std::collections::BTreeSet<&str> = ["running", "waiting", "given_up"]
        .iter()
        .map(|part| work[part][0]["finding"]["package"].as_str().unwrap())
        .collect();
    let all = ["pkg:generic/door@1.1", "pkg:generic/gate@1.1", "pkg:generic/wall@1.1"];
    assert_eq!(packages, all.into());
    assert_eq!(work["running"][0]["finding"]["finder"], "finder");
    let nothing = office.get("vendor", "/v1/work").await;
    for asker in ASKERS {
        let answer = office.get(asker, "/v1/work").await;
        match asker {
            "analyst" => assert_eq!(answer.status, 200),
            "public" => assert_eq!(answer.status, 401),
            _ => {
                assert_eq!(answer.status, 404, "{asker}");
                assert_eq!(answer, nothing, "{asker}");
            }
        }
    }
}
