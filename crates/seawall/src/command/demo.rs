//! `seawall demo`: the main job on real input. Not yet: the story is being written.

use std::process::ExitCode;

/// How the demo ends.
#[derive(clap::Args)]
pub struct Arguments {
    /// End instead of leaving the portal open.
    #[arg(long)]
    pub exit: bool,
    /// The summary as one JSON document on standard output.
    #[arg(long)]
    pub json: bool,
}

/// Plays the story.
pub fn run(_arguments: Arguments) -> anyhow::Result<ExitCode> {
    anyhow::bail!("not yet")
}
