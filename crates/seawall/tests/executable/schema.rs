//! What is read of a log, against the schema that the real Inspect prints of its own.
//!
//! The schema is not ours and is not kept here: `inspect log schema` says it. What is missing in
//! it, or of a type that is not taken here, fails by name, so that a new edition of Inspect is
//! noticed before its logs are read wrongly.

use crate::practice::inspect;
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::Command;

/// Every place that is read, and the types of JSON that are taken there. `-` is an item of a list,
/// `*` whatever a map names.
const READ: &[(&str, &str)] = &[
    ("/version", "integer"),
    ("/status", "string"),
    ("/invalidated", "boolean"),
    ("/eval", "object"),
    ("/eval/eval_id", "string"),
    ("/eval/run_id", "string"),
    ("/eval/created", "string"),
    ("/eval/task", "string"),
    ("/eval/task_version", "integer string"),
    ("/eval/task_args", "object"),
    ("/eval/model", "string"),
    ("/eval/model_args", "object"),
    ("/eval/model_base_url", "string null"),
    ("/eval/model_generate_config", "object"),
    ("/eval/model_roles", "object null"),
    ("/eval/solver", "string null"),
    ("/eval/solver_args", "object null"),
    ("/eval/sandbox", "object null"),
    ("/eval/packages", "object"),
    ("/eval/metadata", "object null"),
    ("/eval/revision/commit", "string"),
    ("/eval/revision/dirty", "boolean null"),
    ("/eval/dataset/name", "string null"),
    ("/eval/dataset/samples", "integer null"),
    ("/eval/dataset/sample_ids", "array null"),
    ("/eval/dataset/sample_ids/-", "integer string"),
    ("/eval/scorers", "array null"),
    ("/eval/scorers/-/name", "string"),
    ("/eval/scorers/-/metrics/-/options", "object null"),
    ("/eval/config/epochs", "integer null"),
    ("/eval/config/epochs_reducer", "array null"),
    ("/eval/config/epochs_reducer/-", "string"),
    ("/eval/config/token_limit", "integer null"),
    ("/eval/config/token_limit_type", "string null"),
    ("/eval/config/message_limit", "integer null"),
    ("/eval/config/turn_limit", "integer null"),
    ("/eval/config/time_limit", "integer null"),
    ("/eval/config/working_limit", "integer null"),
    ("/eval/config/cost_limit", "number null"),
    ("/eval/config/retry_on_error", "integer null"),
    ("/eval/config/score_on_error", "boolean null"),
    ("/plan/steps", "array"),
    ("/plan/config", "object"),
    ("/stats/model_usage", "object"),
    ("/stats/model_usage/*/input_tokens", "integer"),
    ("/stats/model_usage/*/output_tokens", "integer"),
    ("/stats/model_usage/*/total_tokens", "integer"),
    ("/stats/model_usage/*/input_tokens_cache_read", "integer null"),
    ("/stats/model_usage/*/input_tokens_cache_write", "integer null"),
    ("/stats/model_usage/*/reasoning_tokens", "integer null"),
    ("/results/total_samples", "integer"),
    ("/results/completed_samples", "integer"),
    ("/results/scores/-/name", "string"),
    ("/results/scores/-/scorer", "string"),
    ("/results/scores/-/reducer", "string null"),
    ("/results/scores/-/scored_samples", "integer null"),
    ("/results/scores/-/unscored_samples", "integer null"),
    ("/results/scores/-/metrics/*/name", "string"),
    ("/results/scores/-/metrics/*/value", "integer number"),
    ("/results/scores/-/metrics/*/params", "object"),
    ("/results/scores/-/metrics/*/group", "string null"),
    ("/log_updates/-/edits/-/type", "string"),
    ("/log_updates/-/provenance/author", "string"),
    ("/log_updates/-/provenance/timestamp", "string"),
    ("/log_updates/-/provenance/reason", "string null"),
    ("/log_updates/-/provenance/metadata", "object"),
    ("/config_updates/-/changes/-/config", "string"),
    ("/config_updates/-/changes/-/name", "string"),
    ("/config_updates/-/changes/-/value", "any"),
    ("/config_updates/-/changes/-/cleared", "boolean"),
    ("/config_updates/-/provenance/author", "string"),
    ("/reductions/-/scorer", "string"),
    ("/reductions/-/reducer", "string null"),
    ("/reductions/-/samples/-/sample_id", "integer string null"),
    ("/reductions/-/samples/-/value", "array boolean integer number object string"),
    ("/samples/-/id", "integer string"),
    ("/samples/-/epoch", "integer"),
    ("/samples/-/input", "array string"),
    ("/samples/-/metadata", "object"),
    ("/samples/-/messages", "array"),
    ("/samples/-/messages/-/role", "string"),
    ("/samples/-/messages/-/content", "array string"),
    ("/samples/-/messages/-/content/-/type", "string"),
    ("/samples/-/messages/-/content/-/text", "string"),
    ("/samples/-/messages/-/content/-/reasoning", "string"),
    ("/samples/-/messages/-/tool_calls/-/function", "string"),
    ("/samples/-/messages/-/tool_calls/-/arguments", "object"),
    ("/samples/-/messages/-/function", "string null"),
    ("/samples/-/messages/-/error", "object null"),
    ("/samples/-/attachments/*", "string"),
    ("/samples/-/events_data/messages/-/content", "array string"),
    ("/samples/-/output/completion", "string"),
    ("/samples/-/output/choices/-/stop_reason", "string"),
    ("/samples/-/output/choices/-/stop_details/type", "string null"),
    ("/samples/-/output/choices/-/message/content", "array string"),
    ("/samples/-/output/choices/-/message/tool_calls", "array null"),
    ("/samples/-/scores/*/value", "array boolean integer number object string"),
    ("/samples/-/scores/*/answer", "string null"),
    ("/samples/-/scores/*/reason", "string null"),
    ("/samples/-/scores/*/metadata", "object null"),
    ("/samples/-/scores/*/history/-/value", "array boolean integer number object string"),
    ("/samples/-/scores/*/history/-/provenance/author", "string"),
    ("/samples/-/scores/*/history/-/provenance/metadata", "object"),
    ("/samples/-/limit/type", "string"),
    ("/samples/-/limit/limit", "number"),
    ("/samples/-/token_limit", "integer null"),
    ("/samples/-/message_limit", "integer null"),
    ("/samples/-/time_limit", "integer null"),
    ("/samples/-/turn_count", "integer null"),
    ("/samples/-/error", "object null"),
    ("/samples/-/error_retries", "array null"),
    ("/samples/-/invalidation", "object null"),
    ("/samples/-/invalidation/author", "string"),
    ("/samples/-/model_fallbacks/-/model", "string"),
    ("/samples/-/model_fallbacks/-/fallback_model", "string"),
    ("/samples/-/model_fallbacks/-/count", "integer"),
    ("/samples/-/model_usage/*/total_tokens", "integer"),
];

/// The same of summaries, which stand in members of their own.
const SUMMARY: &[(&str, &str)] = &[
    ("/id", "integer string"),
    ("/epoch", "integer"),
    ("/scores/*/value", "array boolean integer number object string"),
    ("/error", "string null"),
    ("/limit", "string null"),
    ("/model_usage/*/total_tokens", "integer"),
];

/// A schema, with its definitions.
struct Schema(Value);

impl Schema {
    fn named(&self, name: &str) -> &Value {
        &self.0["components"]["schemas"][name]
    }

    /// The alternatives of a schema, references followed.
    fn alternatives<'a>(&'a self, schema: &'a Value) -> Vec<&'a Value> {
        if let Some(name) = schema["$ref"].as_str() {
            return self.alternatives(self.named(name.rsplit('/').next().unwrap()));
        }
        let several = ["anyOf", "oneOf"].iter().find_map(|key| schema[*key].as_array());
        match several {
            Some(several) => several.iter().flat_map(|one| self.alternatives(one)).collect(),
            None => vec![schema],
        }
    }

    /// What the schema has at a place; nothing where there is no such place.
    fn at<'a>(&'a self, from: &'a Value, path: &str) -> Vec<&'a Value> {
        let mut found = self.alternatives(from);
        for name in path.split('/').skip(1) {
            let below = |one: &'a Value| match name {
                "-" => one.get("items"),
                "*" => one.get("additionalProperties"),
                name => one["properties"].get(name),
            };
            let all = found.into_iter().filter_map(below);
            found = all.flat_map(|one| self.alternatives(one)).collect();
        }
        found
    }

    /// The types at a place, each once; `any` where the schema leaves it open.
    fn types(&self, from: &Value, path: &str) -> BTreeSet<String> {
        let word = |one: &&Value| match one["type"].as_str() {
            Some(word) => word.to_owned(),
            None => "any".to_owned(),
        };
        self.at(from, path).iter().map(word).collect()
    }
}

/// What of a table the schema does not have, or has in another type.
fn wrong(schema: &Schema, of: &str, table: &[(&str, &str)]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (path, taken) in table {
        let told = schema.types(schema.named(of), path);
        let taken: BTreeSet<String> = taken.split(' ').map(str::to_owned).collect();
        if told.is_empty() {
            wrong.push(format!("{of}{path}: it is not there"));
        } else if !taken.contains("any") && !told.is_subset(&taken) {
            wrong.push(format!("{of}{path}: it is {told:?}, and {taken:?} is taken"));
        }
    }
    wrong
}

#[test]
fn what_is_read_of_a_log_is_what_inspect_says_of_it() {
    let Some(inspect) = inspect("what_is_read_of_a_log_is_what_inspect_says_of_it") else { return };
    let output = Command::new(inspect).args(["log", "schema"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let schema = Schema(serde_json::from_slice(&output.stdout).unwrap());
    let mut found = wrong(&schema, "EvalLog", READ);
    found.extend(wrong(&schema, "EvalSampleSummary", SUMMARY));
    assert!(found.is_empty(), "{}", found.join("\n"));
    // A place that is gone, and one of another type, are told by their names.
    let other = [("/eval/model", "integer"), ("/eval/no_such", "string"), ("/status/-", "string")];
    let told = wrong(&schema, "EvalLog", &other);
    let begins = ["EvalLog/eval/model: it is {", "EvalLog/eval/no_such: it is not there"];
    assert!(begins.iter().all(|start| told.iter().any(|one| one.starts_with(start))), "{told:?}");
    assert_eq!(told.len(), other.len(), "{told:?}");
}
