//! What is said while a run goes on: a bar for people, events for programs.

use super::plan::Plan;
use super::watch::Watch;
use super::{Ended, Stop};
use crate::command::evaluation::{ingest, plain};
use crate::command::{print_text, say};
use indicatif::{ProgressBar, ProgressStyle};
use seawall_domain::evaluation::demand::Guard as Network;
use seawall_domain::evaluation::finding::Finding;
use seawall_domain::evaluation::log::Log;
use seawall_domain::evaluation::report::Report;
use seawall_domain::evaluation::tally::Reconciled;
use serde::Serialize;
use serde_json::{Value, json};
use std::path::Path;

/// To whom it is said.
pub(super) struct Voice {
    json: bool,
    bar: ProgressBar,
}

impl Voice {
    pub(super) fn new(json: bool) -> Voice {
        let bar = if json { ProgressBar::hidden() } else { ProgressBar::new(0) };
        let style = "{prefix}  {pos} of {len} attempts  {wide_bar}  {elapsed}";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        Voice { json, bar }
    }

    fn event(&self, event: &impl Serialize) {
        if let (true, Ok(line)) = (self.json, serde_json::to_string(event)) {
            say!("{line}");
        }
    }

    pub(super) fn started(&self, plan: &Plan) {
        self.event(&plan.document());
        if !self.json {
            eprintln!("run {}", plan.run);
        }
    }

    pub(super) fn progress(&self, watch: &Watch) {
        let (held, planned) = watch.counts();
        self.event(&json!({"event": "progress", "attempts": held, "planned": planned}));
        self.bar.set_length(planned);
        self.bar.set_position(held);
    }

    pub(super) fn stopping(&self, why: Stop) {
        self.event(&json!({"event": "stopping", "why": why.word()}));
        if !self.json {
            eprintln!("seawall: ending the run; what is there by now goes into its log");
        }
    }

    pub(super) fn ended(&self, ended: &Ended) {
        self.bar.finish_and_clear();
        self.event(&ended.document());
        if !self.json {
            eprintln!("Inspect {} after {:.0} seconds", ended.words(), ended.seconds);
        }
        if ended.left > 0 {
            eprintln!("seawall: {} processes were left behind, and ended", ended.left);
        }
    }

    /// What `ingest` says of a log.
    pub(super) fn report(&self, path: &Path, log: &Log, report: &Report) -> anyhow::Result<()> {
        if !self.json {
            return print_text(&ingest::text(path, report));
        }
        let document = ingest::document(path, log, report);
        self.event(&json!({"event": "report", "report": serde_json::to_value(&document)?}));
        Ok(())
    }

    /// What the network's guard saw, or why that is not known; false for the latter.
    pub(super) fn guarded(&self, seen: anyhow::Result<Option<Network>>) -> anyhow::Result<bool> {
        let network = match seen {
            Ok(None) => return Ok(true),
            Ok(Some(network)) => network,
            Err(error) => {
                self.event(&json!({"event": "guarded", "error": format!("{error:#}")}));
                eprintln!("seawall: {error:#}");
                return Ok(false);
            }
        };
        let mut event: Value = serde_json::to_value(network)?;
        event["event"] = json!("guarded");
        self.event(&event);
        if !self.json {
            let Network { allowed, denied, .. } = network;
            print_text(&format!(
                "the network's guard denied {denied} connections, and let {allowed} through\n"
            ))?;
        }
        Ok(true)
    }

    pub(super) fn reconciled(
        &self,
        told: &Reconciled,
        finding: Option<&Finding>,
    ) -> anyhow::Result<()> {
        let mut event: Value = serde_json::to_value(told)?;
        event["event"] = json!("reconciled");
        event["findings"] = json!(finding.as_slice());
        self.event(&event);
        if self.json {
            return Ok(());
        }
        let (log, gateway) = (told.log_tokens, told.gateway);
        let said = match finding {
            None => format!(
                "the gateway counts {} requests and {} tokens, the log {log}; they agree",
                gateway.requests, gateway.tokens
            ),
            Some(finding) => format!("{:<18} {}", finding.code.word(), plain(&finding.detail)),
        };
        print_text(&format!("{said}\n"))
    }
}
