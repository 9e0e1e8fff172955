//! The one executable: configuration, command line, wiring, and the worker.
//!
//! Exit status: 0 done; 1 the answer is "no" (affected, invalid, not reproduced); 2 could not do
//! it.

#![allow(
    clippy::disallowed_methods,
    reason = "the executable is the only place that reads the system clock and its randomness"
)]

mod advisories;
mod clones;
mod command;
mod demo;
mod installation;
mod laboratory;
mod maildir;
mod memory;
mod runtime;
mod world;

use clap::{Args, FromArgMatches, Parser, Subcommand};
use std::ffi::OsString;
use std::process::ExitCode;

/// The AI-cybersecurity clearinghouse: findings in; reproduced, coordinated, published; out comes
/// what to fix today.
#[derive(Parser)]
#[command(version, about, long_about = None, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run everything: server, workers, log; prints a one-time login link on the first start.
    Serve(command::serve::Arguments),
    /// Do some kinds of work apart from the server, on any machine that shares its database.
    Work(command::work::Arguments),
    /// Show the main job on real input, start to end; leaves the portal open unless --exit.
    Demo(command::demo::Arguments),
    /// The local advisory set: import sources, follow them, see how old they are.
    Advisories(command::advisories::Arguments),
    /// Match an inventory at home, offline, against published advisories; sends nothing.
    Match(command::matching::Arguments),
    /// Can strangers reach a system? At most ten questions, and what to tell `match`.
    Exposure(command::exposure::Arguments),
    /// Evaluations of frontier models: what their logs are evidence of.
    Evaluation(command::evaluation::Arguments),
    /// A developer's voluntary dealings about a model, over a clearinghouse's interface.
    Engagement(command::engagement::Arguments),
    /// Trusted partners, their seats and access tokens, over a clearinghouse's interface.
    Partner(Box<command::partner::Arguments>),
    /// The engines by hand: purl, vers, version, cvss, bod-26-04, figures of evaluations.
    Inspect(command::inspect::Arguments),
    /// Write, check and import recipes; nothing of them is run unless an import must ask.
    Recipe(command::recipe::Arguments),
    /// Run a recipe or an evidence bundle in the sandbox here.
    Reproduce(command::reproduce::Arguments),
    /// A developer's model behind leases, for those who were granted access.
    Gateway(command::gateway::Arguments),
    /// Recompute figures, proofs, rows and signatures, of an installation or of a folder.
    Verify(command::verify::Arguments),
    /// Say what this host lacks for running proofs.
    Preflight(command::preflight::Arguments),
    /// Parties, accounts, keys and projects, from the installation's own command line.
    Admin(command::admin::Arguments),
    /// The process behind the wall: runs foreign code, knows no database and no secret.
    #[command(name = "__laboratory", hide = true)]
    Laboratory,
    /// The first process of a microVM, which starts one command of a recipe there.
    #[command(name = "__guest", hide = true)]
    Guest,
    /// The process that attends a run of an evaluation, and ends whatever it leaves behind.
    #[command(name = "__attend", hide = true)]
    Attend(command::evaluation::attend::Arguments),
}

fn main() -> ExitCode {
    let command = match At::once(std::env::args_os()) {
        Some(At::Match(arguments)) => Command::Match(*arguments),
        Some(At::Version) => return command::version(),
        None => Arguments::parse().command,
    };
    if let Command::Laboratory = command {
        return laboratory::serve();
    }
    if let Command::Guest = command {
        return laboratory::guest();
    }
    // Those that are started often and only read files get to their work at once.
    match &command {
        Command::Match(_)
        | Command::Exposure(_)
        | Command::Evaluation(_)
        | Command::Inspect(_)
        | Command::Preflight(_)
        | Command::Attend(_)
        | Command::Laboratory
        | Command::Guest => {}
        Command::Serve(_)
        | Command::Work(_)
        | Command::Demo(_)
        | Command::Advisories(_)
        | Command::Recipe(_)
        | Command::Reproduce(_)
        | Command::Verify(_)
        | Command::Gateway(_)
        | Command::Engagement(_)
        | Command::Partner(_)
        | Command::Admin(_) => prepare(),
    }
    if matches!(command, Command::Serve(_) | Command::Work(_) | Command::Demo(_)) {
        memory::keep_what_is_freed();
    }
    let done = match command {
        Command::Serve(arguments) => command::serve::run(arguments),
        Command::Work(arguments) => command::work::run(arguments),
        Command::Demo(arguments) => command::demo::run(arguments),
        Command::Advisories(arguments) => command::advisories::run(arguments),
        Command::Match(arguments) => command::matching::run(arguments),
        Command::Exposure(arguments) => command::exposure::run(arguments),
        Command::Evaluation(arguments) => command::evaluation::run(arguments),
        Command::Engagement(arguments) => command::engagement::run(arguments),
        Command::Partner(arguments) => command::partner::run(*arguments),
        Command::Inspect(arguments) => command::inspect::run(arguments),
        Command::Recipe(arguments) => command::recipe::run(arguments),
        Command::Reproduce(arguments) => command::reproduce::run(arguments),
        Command::Verify(arguments) => command::verify::run(arguments),
        Command::Gateway(arguments) => command::gateway::run(arguments),
        Command::Preflight(arguments) => command::preflight::run(arguments),
        Command::Admin(arguments) => command::admin::run(arguments),
        Command::Attend(arguments) => command::evaluation::attend::run(&arguments),
        Command::Laboratory | Command::Guest => Ok(ExitCode::SUCCESS),
    };
    done.unwrap_or_else(|error| {
        eprintln!("seawall: {}", told(&error));
        ExitCode::from(2)
    })
}

/// A fault with what it came from, each said once.
fn told(error: &anyhow::Error) -> String {
    let mut told = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if told.is_empty() {
            told = cause;
        } else if !told.ends_with(&cause) {
            told = format!("{told}: {cause}");
        }
    }
    told
}

/// What is read from the command line without making the arguments of all commands first, which
/// would cost as much as matching a small inventory.
enum At {
    Match(Box<command::matching::Arguments>),
    Version,
}

impl At {
    /// What is plainly meant. Everything else (faults, help, other commands) is left to the whole
    /// command line, which says everything there is to say.
    fn once(line: impl Iterator<Item = OsString>) -> Option<At> {
        let mut line = line.skip(1).peekable();
        match line.peek()?.to_str()? {
            "--version" | "-V" => line.nth(1).is_none().then_some(At::Version),
            "match" => {
                let command = clap::Command::new("match");
                let command = command::matching::Arguments::augment_args(command);
                let read = command.try_get_matches_from(line).ok()?;
                let read = command::matching::Arguments::from_arg_matches(&read).ok()?;
                Some(At::Match(Box::new(read)))
            }
            _ => None,
        }
    }
}

/// What commands need that reach over the network or keep a log.
fn prepare() {
    // The process has one TLS provider; a second call would only say that there is one already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("SEAWALL_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,sqlx=error")),
        )
        .with_writer(std::io::stderr)
        .init();
}
