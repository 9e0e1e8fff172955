//! The public log.

use super::guest::{Guest, link, page};
use super::words::when;
use crate::pages::When;
use crate::pages::log::{Entry, Log, Step};
use crate::refuse::Refused;
use crate::site::Site;
use axum::extract::State;
use axum::response::Response;
use seawall_domain::publication::AdvisoryNumber;
use seawall_services::desk::digest;
use seawall_services::log::{self, Shown};
use serde_json::Value;

/// How many entries the page shows.
const ENTRIES_LEN_MAX: usize = 50;

/// The page of the public log.
pub async fn show(State(site): State<Site>, guest: Guest) -> Result<Response, Refused> {
    let shown = log::show(&site.desk, ENTRIES_LEN_MAX).await?;
    page(&Log {
        shell: guest.shell("Public log"),
        // A checkpoint is the log's name, its size and its root, a line each.
        root: shown.checkpoint.lines().nth(2).unwrap_or("none yet").to_owned(),
        size: shown.size,
        at: shown
            .at
            .map(when)
            .unwrap_or_else(|| When { text: "not yet".into(), ..When::default() }),
        steps: steps(&shown, &site.desk.settings.base_url),
        entries: shown.entries.iter().map(|(index, leaf)| entry(*index, leaf)).collect(),
        origin: shown.origin,
        checkpoint: shown.checkpoint,
    })
}

fn steps(shown: &Shown, base_url: &str) -> Vec<Step> {
    let step = |says: &str, command: String| Step { says: says.to_owned(), command };
    vec![
        step("Fetch the newest checkpoint", format!("curl -O {base_url}/public/log/checkpoint")),
        step("Keep the key that signs it; it never changes", shown.key.clone()),
        step(
            "Recompute a copy of the public folder, without trusting this server",
            "seawall verify public/".to_owned(),
        ),
    ]
}

/// One entry. A leaf that cannot be read is shown by its digest alone.
fn entry(index: u64, leaf: &str) -> Entry {
    let read: Value = serde_json::from_str(leaf).unwrap_or_default();
    let text = |pointer: &str| read.pointer(pointer).and_then(Value::as_str);
    let number = first(&read, "number").and_then(|number| number.parse::<AdvisoryNumber>().ok());
    let revision = read.pointer("/what").and_then(|what| find(what, "revision")?.as_u64());
    let says = match (number, revision) {
        (Some(_), Some(revision)) if revision > 1 => format!("Revision {revision} of advisory"),
        (Some(_), _) => "Published: advisory".to_owned(),
        (None, _) => "An entry".to_owned(),
    };
    Entry {
        index,
        at: text("/at").and_then(|at| at.parse().ok()).map(when).unwrap_or_default(),
        says,
        about: number.map(|number| link(number.to_string(), format!("/advisories/{number}"))),
        digest: digest(leaf.as_bytes()).to_string(),
    }
}

fn first<'a>(leaf: &'a Value, name: &str) -> Option<&'a str> {
    find(leaf.get("what")?, name)?.as_str()
}

/// A member of an object, or of an object directly inside it.
fn find<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let object = value.as_object()?;
    object.get(name).or_else(|| object.values().find_map(|inner| inner.get(name)))
}
