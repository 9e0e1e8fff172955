//! pip-audit as its users run it, against a server on this machine.

use crate::office::Office;
use crate::python;
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};
use tokio::net::TcpListener;

/// What is installed, each pinned.
const REQUIREMENTS: &str = "flask-door==1.4\nsafe-gate==2.0\nwall==1.0\n";

/// Three records: a range, a list of versions, and one that was withdrawn.
fn records() -> Vec<String> {
    let record = |id: &str, name: &str, affected: Value, more: Value| {
        let mut affected = affected;
        affected["package"] = json!({"ecosystem": "PyPI", "name": name});
        let mut record = json!({
            "schema_version": "1.4.0", "id": id, "modified": "2026-01-02T03:04:05Z",
            "published": "2026-01-01T00:00:00Z", "summary": "s", "details": "d",
            "affected": [affected], "colour": "not of the schema",
        });
        for (key, value) in more.as_object().unwrap() {
            record[key] = value.clone();
        }
        record.to_string()
    };
    let range = |fixed: &str| {
        let events = json!([{"introduced": "0"}, {"fixed": fixed}]);
        json!({"ranges": [{"type": "ECOSYSTEM", "events": events}]})
    };
    let gone = json!({"withdrawn": "2026-02-01T00:00:00Z"});
    vec![
        record("PYSEC-2026-1", "flask-door", range("1.5"), json!({"aliases": ["CVE-2026-1"]})),
        record("PYSEC-2026-2", "wall", json!({"versions": ["1.0", "1.1"]}), json!({})),
        record("PYSEC-2026-3", "safe-gate", range("9"), gone),
    ]
}

fn audit(program: &Path, folder: &Path, address: &str) -> Output {
    std::fs::create_dir_all(folder).unwrap();
    let requirements = folder.join("requirements.txt");
    std::fs::write(&requirements, REQUIREMENTS).unwrap();
    Command::new(program)
        .args(["-s", "osv", "--osv-url", &format!("http://{address}/v1/query"), "-r"])
        .arg(requirements)
        .args(["--no-deps", "--disable-pip", "--progress-spinner", "off", "-f", "json"])
        .args(["--cache-dir".as_ref(), folder.join("cache").as_os_str()])
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn pip_audit_is_answered() {
    let Some(program) = python::program("pip-audit", "2.10.1", "pip-audit") else {
        println!("skipped: pip_audit_is_answered: no pip-audit");
        return;
    };
    let office = Office::new().await;
    office.records.install(&records());
    office.desk.advisories.refresh();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let router = office.router.clone();
    let until = std::future::pending();
    tokio::spawn(seawall_server::listen::serve(listener, None, router, until));
    let folder = office.desk.settings.public.with_file_name("pip-audit");
    let task = tokio::task::spawn_blocking(move || audit(&program, &folder, &address));
    let output = task.await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let told: Vec<String> = report["dependencies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let vulns = one["vulns"].as_array().unwrap().iter();
            let vulns = vulns.map(|vuln| format!(" {} {}", vuln["id"], vuln["fix_versions"]));
            format!("{} {}{}", one["name"], one["version"], vulns.collect::<String>())
        })
        .collect();
    let expected = [
        r#""flask-door" "1.4" "PYSEC-2026-1" ["1.5"]"#,
        r#""safe-gate" "2.0""#,
        r#""wall" "1.0" "PYSEC-2026-2" []"#,
    ];
    assert_eq!(told, expected, "{said}");
}
