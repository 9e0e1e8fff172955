//! `seawall verify`: recompute everything, of an installation or of a folder of files.

use crate::installation::{Installation, Place};
use crate::laboratory::Remember;
use anyhow::Context as _;
use seawall_services::verify::{Kept, Report, check_older, verify, verify_folder};
use std::path::PathBuf;
use std::process::ExitCode;

/// What is verified.
#[derive(clap::Args)]
pub struct Arguments {
    /// A log's folder or a copy of the public folder; without one, this installation.
    folder: Option<PathBuf>,
    /// A checkpoint of the log that somebody kept; several times for several. The log must begin
    /// with each of them.
    #[arg(long, requires = "folder")]
    older: Vec<PathBuf>,
    #[command(flatten)]
    place: Place,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// Verifies, and answers with status 1 when something does not hold.
pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let report = match &arguments.folder {
        Some(folder) => {
            let mut report = verify_folder(folder);
            let kept = arguments.older.iter().map(|path| {
                let name = path.display().to_string();
                let note = std::fs::read(path).with_context(|| format!("reading {name}"))?;
                Ok((name, note))
            });
            let kept: Vec<Kept> = kept.collect::<anyhow::Result<_>>()?;
            if !kept.is_empty() {
                report.faults.extend(check_older(folder, &kept));
            }
            report
        }
        None => super::block_on(async {
            let opened = Installation::open(&arguments.place, "", Remember::Nothing).await?;
            Ok(verify(&opened.desk).await?)
        })?,
    };
    if arguments.json {
        super::print_json(&report)?;
    } else {
        say(&report);
    }
    Ok(if report.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn say(report: &Report) {
    println!("entries of the log   {}", report.entries);
    println!("rows compared        {}", report.rows);
    println!("blobs sound          {}", report.blobs);
    println!("documents sound      {}", report.documents);
    for fault in &report.faults {
        println!("DOES NOT HOLD: {fault}");
    }
    let word = if report.faults.is_empty() { "everything holds" } else { "not everything holds" };
    println!("{word}");
}
