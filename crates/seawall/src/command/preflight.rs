//! `seawall preflight`: what this host lacks for running proofs, and what to do about it.

use crate::installation::Place;
use std::process::ExitCode;

/// How the answer is given.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// Looks, changes nothing, and answers with status 2 when something is missing.
pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let preflight = arguments.place.laboratory().preflight();
    if arguments.json {
        super::print_json(&preflight)?;
    } else {
        for fault in &preflight.faults {
            println!("missing: {} ({}); {}", fault.what, fault.why, fault.remedy);
        }
        for note in &preflight.notes {
            println!("note: {note}");
        }
        if preflight.faults.is_empty() {
            println!("this host can run every kind of recipe");
        }
    }
    Ok(if preflight.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) })
}
