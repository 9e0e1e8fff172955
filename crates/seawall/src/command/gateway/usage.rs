//! `seawall gateway usage`: what was used of each quota, for which purposes, and on which assets.

use crate::command::say;
use seawall_domain::engagement::grant::Purpose;
use seawall_domain::engagement::price::Money;
use seawall_domain::engagement::quota::{Amount, Holder};
use seawall_domain::id::PartyId;
use seawall_gateway::purposes::{Report, Row};
use seawall_gateway::record::{Alarms, Overruns};
use seawall_gateway::usage::{Told, Used};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::ExitCode;

/// Whose.
#[derive(clap::Args)]
pub struct UsageArguments {
    /// The gateway's folder.
    folder: PathBuf,
    /// Only what this party used.
    #[arg(long)]
    party: Option<PartyId>,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// Shows it.
pub fn usage(arguments: &UsageArguments) -> anyhow::Result<ExitCode> {
    super::papers::journal(&arguments.folder.join(seawall_gateway::journal::FILE))?;
    let told = seawall_gateway::usage::usage(&arguments.folder, arguments.party)?;
    if arguments.json {
        crate::command::print_json(&whole(&told))?;
        return Ok(ExitCode::SUCCESS);
    }
    told.quotas.iter().for_each(quota);
    report(&told.report);
    unusual(&told.alarms);
    Ok(ExitCode::SUCCESS)
}

/// What of one quota is used.
fn quota(used: &Used) {
    say!("{}", holder(&used.holder));
    let account = &used.account;
    let (is, of, aside) = (account.settled, account.limit.whole, account.reserved);
    let part = |name: &str, part: fn(&Amount) -> u64| {
        say!("  {name:<11}{} of {}{}", part(&is), bound(part(&of)), more(part(&aside)));
    };
    part("requests", |it| it.requests);
    part("tokens in", |it| it.tokens_in);
    part("tokens out", |it| it.tokens_out);
    let (of, aside) = (of.cost_micros, aside.cost_micros);
    let of = if of == u64::MAX { bound(of) } else { money(of) };
    let aside = if aside == 0 { String::new() } else { format!(", {} set aside", money(aside)) };
    say!("  {:<11}{} of {of}{aside}", "dollars", money(is.cost_micros));
    let Overruns { requests, by } = &used.overruns;
    if *requests > 0 {
        let (tokens_in, tokens_out, dollars) = (by.tokens_in, by.tokens_out, money(by.cost_micros));
        say!(
            "  {:<11}{requests} requests by {tokens_in} tokens in, {tokens_out} out, {dollars} \
             dollars more than was set aside",
            "overrun"
        );
    }
}

/// For what, and on which assets.
fn report(report: &Report) {
    let line = |name: &str, [requests, into, out, claim, refused]: [&str; 5]| {
        say!("{name:<13} {requests:>11} {into:>15} {out:>15} {claim:>11} {refused:>11}");
    };
    line("by purpose", ["requests", "tokens in", "tokens out", "with claim", "refused"]);
    for row in &report.purposes {
        let Row { purpose, requests, tokens_in, tokens_out, with_claim, refused } = row;
        let figures = [requests, tokens_in, tokens_out, with_claim, refused];
        let figures = figures.map(ToString::to_string);
        line(&format!("  {}", word(*purpose)), figures.each_ref().map(String::as_str));
    }
    if report.assets.is_empty() {
        return;
    }
    say!("{:<38} {:>11}", "by asset (its scan claim)", "requests");
    for asset in &report.assets {
        say!("  {:<36} {:>11}", asset.claim.to_string(), asset.requests);
    }
    if report.other_assets > 0 {
        say!("  {:<36} {:>11}", "all others", report.other_assets);
    }
}

/// Who used more than is usual for them, the newest last.
fn unusual(alarms: &Alarms) {
    if alarms.number > 0 {
        say!("unusual volume, {} times; the newest:", alarms.number);
    }
    alarms.newest.iter().for_each(|alarm| say!("  {}", super::unusual::line(alarm)));
}

/// A purpose as callers write it.
fn word(purpose: Option<Purpose>) -> &'static str {
    match purpose {
        Some(Purpose::FindOwn) => "find_own",
        Some(Purpose::FindAgreed) => "find_agreed",
        Some(Purpose::Patch) => "patch",
        Some(Purpose::Detect) => "detect",
        Some(Purpose::Respond) => "respond",
        Some(Purpose::Evaluate) => "evaluate",
        None => "not named",
    }
}

pub(super) fn holder(holder: &Holder) -> String {
    match holder {
        Holder::Person(id) => format!("person {id}"),
        Holder::Party(id) => format!("party {id}"),
        Holder::Window(id) => format!("everybody together, window {id}"),
    }
}

fn money(micros: u64) -> String {
    Money { micros }.to_string()
}

fn bound(most: u64) -> String {
    if most == u64::MAX { "any number".to_owned() } else { most.to_string() }
}

fn more(aside: u64) -> String {
    if aside == 0 { String::new() } else { format!(", {aside} set aside") }
}

/// All of it as JSON.
fn whole(told: &Told) -> Value {
    let Report { purposes, assets, other_assets } = &told.report;
    json!({
        "quotas": told.quotas.iter().map(document).collect::<Vec<_>>(),
        "purposes": purposes, "assets": assets, "other_assets": other_assets,
        "alarms": told.alarms,
    })
}

/// One holder as JSON; money in decimal dollars, and no bound as null.
fn document(used: &Used) -> Value {
    let amount = |it: &Amount| {
        let count = |number: u64| Some(number).filter(|number| *number != u64::MAX);
        json!({
            "requests": count(it.requests), "tokens_in": count(it.tokens_in),
            "tokens_out": count(it.tokens_out), "money": count(it.cost_micros).map(money),
        })
    };
    let account = &used.account;
    json!({
        "holder": used.holder, "used": amount(&account.settled),
        "set_aside": amount(&account.reserved), "limit": amount(&account.limit.whole),
        "open": account.open, "concurrent": account.limit.concurrent,
        "overrun": { "requests": used.overruns.requests, "by": amount(&used.overruns.by) },
    })
}
