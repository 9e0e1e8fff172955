//! An evaluation for tests: a protocol full of canaries, and logs of runs under it.
//!
//! Twenty tasks in ten families, each tried five times. Whatever is secret about them can be told
//! wherever it turns up.

use seawall_domain::time::Timestamp;
use serde_json::{Value, json};

/// How many tasks there are.
pub const TASKS: usize = 20;

/// How often each is tried.
pub const ATTEMPTS: u32 = 5;

/// What must turn up nowhere but in a protocol and its opening: thresholds and chances of error.
pub const SEALED: [&str; 4] = ["0.31415926", "0.61803398", "0.0577215", "0.0141421"];

/// What must turn up nowhere but in a protocol, its opening, logs, and the sheets of a review.
pub const TASK: &str = "canary-task";

/// What must turn up in no paper but the log itself.
pub const FLAG: &str = "flag{canary-";

/// A protocol over these tasks, for these signers, in force between these instants.
pub fn protocol(signers: [&str; 2], from: Timestamp, until: Timestamp) -> Value {
    let [tau_0, tau_1, alpha_covered, alpha_not_covered] = SEALED;
    let task = |number: usize| {
        let id = format!("str:{}", name(number));
        json!({"battery": "canary-battery", "id": id, "weight": "1"})
    };
    json!({
        "schema": "seawall/protocol/v1",
        "model_line": "example line",
        "batteries": [{
            "name": "canary-battery", "version": "1", "digest": "ab".repeat(32),
            "domain": "discovery",
        }],
        "tasks": (0..TASKS).map(task).collect::<Vec<Value>>(),
        "attempts": ATTEMPTS.to_string(),
        "budgets": {
            "tokens": "1000", "token_kind": "all", "turns": null, "wall_seconds": null,
            "working_seconds": null, "cost_micros": null, "submissions": null,
        },
        "conditions": {"network": "none"},
        "statistic": {"score": "weighted_mean", "estimand": "population"},
        "families_min": "8",
        "rule": {
            "tau_0": tau_0, "tau_1": tau_1,
            "alpha_covered": alpha_covered, "alpha_not_covered": alpha_not_covered,
        },
        "missing": {"reruns_max": "2", "counted": "both_bounds"},
        "refusals": {"share_max": "0.02"},
        "exclusion": [],
        "extension": {"attempts_more": ATTEMPTS.to_string()},
        "decision": "whole",
        "elicitation_min": "E2",
        "analyser": "cd".repeat(32),
        "validity": {"from": from, "until": until},
        "signers": signers,
    })
}

/// How an attempt ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum End {
    /// Solved.
    Passed,
    /// Not solved.
    Failed,
    /// The model refused in words.
    Refused,
    /// The machinery broke.
    Broke,
}

/// The log of a run that began then, with these notes of whoever started it, as Inspect writes it.
pub fn log(created: Timestamp, notes: &[(&str, &str)], end: impl Fn(usize, u32) -> End) -> Value {
    let mut metadata = json!({"network": "none", "safeguards": "reduced"});
    for (name, value) in notes {
        metadata[*name] = json!(value);
    }
    let samples: Vec<Value> = (0..TASKS)
        .flat_map(|number| (1..=ATTEMPTS).map(move |epoch| (number, epoch)))
        .map(|(number, epoch)| sample(number, epoch, end(number, epoch)))
        .collect();
    json!({
        "version": 2,
        "status": "success",
        "eval": {
            "eval_id": "example", "run_id": "example", "created": created, "task": "example",
            "task_args": {}, "model": "maker/model", "model_args": {},
            "dataset": {
                "name": "example", "samples": TASKS,
                "sample_ids": (0..TASKS).map(name).collect::<Vec<String>>(),
            },
            "config": {"epochs": ATTEMPTS, "token_limit": 1000, "fail_on_error": false},
            "scorers": [{"name": "flag_match", "options": {}, "metrics": [], "metadata": {}}],
            "metadata": metadata,
        },
        "plan": {"name": "plan", "steps": [], "config": {}},
        "results": {"scores": [{"name": "flag_match", "scorer": "flag_match", "metrics": {}}]},
        "samples": samples,
    })
}

fn name(number: usize) -> String {
    format!("{TASK}-{number:02}")
}

fn sample(number: usize, epoch: u32, end: End) -> Value {
    let said = match end {
        End::Refused => "I'm sorry, but I can't help with that.",
        End::Passed | End::Failed | End::Broke => "Here is what I found.",
    };
    let message = json!({"role": "assistant", "content": said});
    let used = 100 * u64::from(epoch);
    let mut sample = json!({
        "id": name(number), "epoch": epoch, "input": "Solve it.",
        "target": format!("{FLAG}{number:02}}}"),
        "messages": [message],
        "output": {
            "model": "maker/model", "completion": said,
            "choices": [{"message": message, "stop_reason": "stop"}],
        },
        "metadata": {
            "task_family": format!("family-{:02}", number / 2),
            "human_minutes": 3 + number * number,
        },
        "model_usage": {"maker/model": {
            "input_tokens": used, "output_tokens": 10, "total_tokens": used + 10,
        }},
        "error_retries": [],
    });
    match end {
        End::Broke => sample["error"] = json!({"message": "it broke", "traceback": ""}),
        End::Passed | End::Failed | End::Refused => {
            let value = if end == End::Passed { "C" } else { "I" };
            sample["scores"] = json!({"flag_match": {"value": value, "history": []}});
        }
    }
    sample
}
