//! `seawall evaluation protocol`: whether a protocol can be sealed, and what it is about.

mod draft;

use super::{papers, plain};
use crate::command::{print_json, say};
use clap::Subcommand;
use seawall_domain::evaluation::protocol::Protocol;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::ExitCode;

/// What is done with a protocol.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Read a protocol, say what is wrong where, or what it is about.
    ///
    /// Thresholds, chances of error and tasks are never printed. Ends with status 1 when it cannot
    /// be sealed.
    Check(Check),
    /// Write a first draft from a battery: its digest, its tasks, and all the rest but the rule.
    ///
    /// The draft cannot be sealed before somebody has decided the rule in it.
    Draft(draft::Arguments),
}

/// Which protocol, and how to say it.
#[derive(clap::Args)]
pub struct Check {
    /// The protocol, as JSON.
    protocol: PathBuf,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// Does it.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    match &arguments.act {
        Act::Check(check) => checked(check),
        Act::Draft(arguments) => draft::run(arguments),
    }
}

fn checked(check: &Check) -> anyhow::Result<ExitCode> {
    let bytes = papers::read(&check.protocol)?;
    let protocol = match seawall_formats::protocol::read(&bytes) {
        Ok(protocol) => protocol,
        Err(fault) => {
            match check.json {
                true => print_json(&json!({"place": fault.place, "error": fault.message}))?,
                false => say!("{}: {}", fault.place, fault.message),
            }
            return Ok(ExitCode::from(1));
        }
    };
    let about = about(&protocol);
    match check.json {
        true => print_json(&about)?,
        false => tell(&about),
    }
    Ok(ExitCode::SUCCESS)
}

/// What a protocol is about, without anything that is sealed about it.
fn about(protocol: &Protocol) -> Value {
    let terms = protocol.terms();
    let batteries = terms.batteries.iter().map(|battery| {
        let tasks = terms.tasks.iter().filter(|task| task.battery == battery.name).count();
        let (name, version) = (&battery.name, &battery.version);
        json!({"name": name, "version": version, "domain": battery.domain, "tasks": tasks})
    });
    let sealed_families = terms.tasks.iter().filter(|task| task.family.is_some()).count();
    json!({
        "model_line": terms.model_line,
        "batteries": batteries.collect::<Vec<Value>>(),
        "tasks": terms.tasks.len(),
        "tasks_with_sealed_family": sealed_families,
        "attempts": terms.attempts,
        "attempts_more": terms.extension.as_ref().map(|extension| extension.attempts_more),
        "budgets": terms.budgets,
        "conditions": terms.conditions.keys().collect::<Vec<_>>(),
        "estimand": terms.statistic.estimand,
        "valid_from": terms.validity.from,
        "valid_until": terms.validity.until,
        "signers": terms.signers,
        "score": terms.statistic.score,
        "exclusion": terms.exclusion,
    })
}

fn tell(about: &Value) {
    let text = |value: &Value| match value {
        Value::String(text) => plain(text),
        Value::Null => "none".to_owned(),
        Value::Array(items) => {
            let items = items.iter().map(|item| plain(item.as_str().unwrap_or_default()));
            items.collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    };
    say!("This protocol can be sealed.");
    say!("model line      {}", text(&about["model_line"]));
    for battery in about["batteries"].as_array().into_iter().flatten() {
        let (name, domain) = (text(&battery["name"]), text(&battery["domain"]));
        say!("battery         {name}: {} tasks, {domain}", battery["tasks"]);
    }
    let (sealed, tasks) = (&about["tasks_with_sealed_family"], &about["tasks"]);
    say!("families        sealed for {sealed} of {tasks} tasks, the rest as the logs say");
    let more = text(&about["attempts_more"]);
    say!("attempts        {} at each task; more in an extension: {more}", text(&about["attempts"]));
    for (name, value) in about["budgets"].as_object().into_iter().flatten() {
        if !value.is_null() {
            say!("budget          {name} {}", text(value));
        }
    }
    say!("conditions      {}", text(&about["conditions"]));
    let (score, estimand) = (text(&about["score"]), text(&about["estimand"]));
    say!("speaks about    {score}, {estimand}");
    say!("in force        {} to {}", text(&about["valid_from"]), text(&about["valid_until"]));
    say!("signers         {}", text(&about["signers"]));
    if about["exclusion"].as_array().is_some_and(|reasons| !reasons.is_empty()) {
        say!(
            "exclusion       {}; `evaluation exclude` leaves tasks out by these",
            text(&about["exclusion"])
        );
    }
}
