//! What was to be done, and under which conditions: Inspect's `EvalSpec` and `EvalPlan`.
//!
//! A setting of `config` is a condition by its own name (`token_limit`), one of the model's
//! generation as well (`temperature`); the rest by the name that it has in `eval`.

use super::super::canonical::{canonical, digest, sealed, sealed_arguments};
use super::{Members, below, each, items, items_below, text};
use seawall_domain::evaluation::attempt::TaskId;
use seawall_domain::evaluation::conditions::{Conditions, Weight};
use seawall_domain::evaluation::log::Spec;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many notes of whoever started the run are kept.
const NOTES_MAX: usize = 100;

/// How long the value of such a note may be, in bytes.
const NOTE_BYTES_MAX: usize = 4_096;

/// How many conditions are kept; Inspect has some 150 settings.
const CONDITIONS_MAX: usize = 1_000;

/// How many scorers and reducers are kept.
const SCORERS_MAX: usize = 1_000;

/// How long a list of scorers may be for a field to be looked for in it, in bytes.
const SCORERS_BYTES_MAX: usize = 1024 * 1024;

/// Reads both; `tasks` are those that it names.
pub(super) fn read(eval: &Members<'_>, plan: &Members<'_>, tasks: Option<Arc<[TaskId]>>) -> Spec {
    let config = below(eval, "config");
    let dataset = below(eval, "dataset");
    let epochs = config.get("epochs").and_then(|raw| serde_json::from_str(raw.get()).ok());
    let notes = below(eval, "metadata").into_iter().take(NOTES_MAX);
    Spec {
        eval_id: text(eval, "eval_id"),
        run_id: text(eval, "run_id"),
        created: text(eval, "created"),
        task: text(eval, "task"),
        model: text(eval, "model"),
        size: dataset.get("samples").and_then(|raw| serde_json::from_str(raw.get()).ok()),
        epochs: epochs.unwrap_or(1),
        cluster: eval.get("scorers").copied().and_then(cluster),
        scorers: scorers(eval),
        reducers: config.get("epochs_reducer").and_then(|raw| reducers(raw)),
        conditions: conditions(eval, plan, &config, tasks.as_deref()),
        metadata: notes.filter_map(|(name, raw)| Some((name, note(raw)?))).collect(),
        tasks,
    }
}

fn note(raw: &RawValue) -> Option<String> {
    (raw.get().len() <= NOTE_BYTES_MAX).then(|| raw.get().to_owned())
}

/// The scorers' names as samples have them: without the package.
fn scorers(eval: &Members<'_>) -> Vec<String> {
    let listed = each(items_below(eval, "scorers", SCORERS_MAX));
    let names = listed.map(|scorer| text(&scorer, "name"));
    names.map(|name| name.rsplit('/').next().unwrap_or_default().to_owned()).collect()
}

/// The reducers' names; none where it is no list of texts.
fn reducers(raw: &RawValue) -> Option<Vec<String>> {
    if !raw.get().starts_with('[') {
        return None;
    }
    let listed = items(raw.get().as_bytes(), SCORERS_MAX).into_iter();
    listed.map(|name| serde_json::from_str(name.get()).ok()).collect()
}

/// The field by which a standard error is clustered, wherever among the scorers' metrics.
pub(super) fn cluster(raw: &RawValue) -> Option<String> {
    if raw.get().len() > SCORERS_BYTES_MAX {
        return None;
    }
    fn find(value: &Value) -> Option<&str> {
        match value {
            Value::Object(fields) => {
                let options = fields.get("options").and_then(|options| options.get("cluster"));
                options.and_then(Value::as_str).or_else(|| fields.values().find_map(find))
            }
            Value::Array(items) => items.iter().find_map(find),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        }
    }
    // The tree is at most as deep as its reader allows (128 levels).
    find(&serde_json::from_str(raw.get()).ok()?).map(str::to_owned)
}

/// Settings of `config` that say how the run is carried out, and not what is measured.
const CARRYING_OUT: [&str; 21] = [
    "acp_server",
    "continue_on_fail",
    "fail_on_error",
    "limit",
    "log_buffer",
    "log_images",
    "log_model_api",
    "log_realtime",
    "log_samples",
    "log_shared",
    "max_dataset_memory",
    "max_samples",
    "max_sandboxes",
    "max_subprocesses",
    "max_tasks",
    "notification",
    "sample_id",
    "sample_shuffle",
    "sandbox_cleanup",
    "sandbox_prebuilt",
    "score_display",
];

/// Settings of `config` that change what is made of attempts, and no attempt.
const MADE_OF: [&str; 3] = ["epochs_reducer", "retry_on_error", "score_on_error"];

/// Settings of the model's generation that are about the connection.
const CONNECTION: [&str; 8] = [
    "adaptive_connections",
    "attempt_timeout",
    "batch",
    "cache_prompt",
    "max_connections",
    "max_retries",
    "stream_idle_timeout",
    "timeout",
];

/// Notes of whoever started the run that decide what is measured (FRONTIER 2.4).
const NOTES: [&str; 12] = [
    "attempts",
    "elicitation",
    "fine_tuned",
    "hints",
    "human_help",
    "network",
    "safeguards",
    "sandbox_images",
    "scaffold",
    "snapshot",
    "system_prompt",
    "tools",
];

/// Notes that are evidence about the run, or say who stands behind it; they differ from one run to
/// the next and decide nothing of what is measured.
const EVIDENCE: [&str; 6] =
    ["attestation", "attested_by", "egress_denied", "egress_log", "evaluators", "seawall_battery"];

/// What is told by its digest only: it may hold prompts, flags or answers, and is compared as well.
const SEALED: [&str; 7] =
    ["model_args", "scorers", "solver_args", "steps", "system_prompt", "task_args", "tools"];

/// How much a setting by its name weighs; none where it is not kept.
pub(super) fn weight_of_setting(name: &str) -> Option<Weight> {
    if CARRYING_OUT.contains(&name) {
        return None;
    }
    Some(if MADE_OF.contains(&name) { Weight::Noted } else { Weight::Binding })
}

/// The same of a setting of the model's generation.
pub(super) fn weight_of_generation(name: &str) -> Weight {
    if CONNECTION.contains(&name) { Weight::Noted } else { Weight::Binding }
}

fn conditions(
    eval: &Members<'_>,
    plan: &Members<'_>,
    config: &Members<'_>,
    tasks: Option<&[TaskId]>,
) -> Conditions {
    let mut conditions = Conditions::default();
    // Settings of the task come first, those of the model win, as Inspect merges them.
    for (name, raw) in below(plan, "config").iter().chain(&below(eval, "model_generate_config")) {
        conditions.set(name.clone(), canonical(raw), weight_of_generation(name));
    }
    for (name, raw) in config {
        if let Some(weight) = weight_of_setting(name) {
            conditions.set(name.clone(), canonical(raw), weight);
        }
    }
    let mut set = |name: &str, members: &Members<'_>, key: &str, weight: Weight| {
        if let Some(raw) = members.get(key) {
            let value = match key {
                "model_args" if raw.get().starts_with('{') => sealed_arguments(raw),
                key if SEALED.contains(&key) => sealed(raw),
                _ => canonical(raw),
            };
            conditions.set(name, value, weight);
        }
    };
    let named = [
        "model",
        "model_args",
        "model_roles",
        "task",
        "task_version",
        "task_args",
        "solver",
        "solver_args",
        "sandbox",
        "scorers",
    ];
    named.into_iter().for_each(|name| set(name, eval, name, Weight::Binding));
    set("model_base_url", eval, "model_base_url", Weight::Noted);
    set("packages", eval, "packages", Weight::Noted);
    set("dataset", &below(eval, "dataset"), "name", Weight::Noted);
    set("plan_steps", plan, "steps", Weight::Binding);
    let revision = below(eval, "revision");
    set("revision_commit", &revision, "commit", Weight::Binding);
    set("revision_dirty", &revision, "dirty", Weight::Binding);
    let notes = below(eval, "metadata");
    for name in NOTES {
        set(&format!("metadata.{name}"), &notes, name, Weight::Binding);
    }
    for name in EVIDENCE {
        set(&format!("metadata.{name}"), &notes, name, Weight::Noted);
    }
    if let Some(tasks) = tasks {
        let mut tasks: Vec<&TaskId> = tasks.iter().collect();
        tasks.sort();
        let list = serde_json::to_string(&tasks).unwrap_or_default();
        conditions.set("sample_ids", digest(&list), Weight::Binding);
    }
    // A map keeps the first of its names in order, which is as good a choice as any.
    let fields = std::mem::take(&mut conditions.fields).into_iter().take(CONDITIONS_MAX);
    conditions.fields = fields.collect::<BTreeMap<_, _>>();
    conditions
}
