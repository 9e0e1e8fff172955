//! The demo: the main job on real input, from an AI agent's report to a hospital's "fix this today"
//! and back to "fixed". It replays flaws that are public and were fixed years ago.
//!
//! Every act goes through the interfaces that anybody else would use: HTTP with keys and sessions,
//! and files in the mailbox. Only the setting up, the opening of catalogues and the signing call
//! the use-cases themselves. It asserts what it tells: a story that goes otherwise is an error.

mod cast;
mod client;
mod coordinate;
mod intake;
mod inventories;
mod mailbox;
mod operate;
mod publish;
mod reports;
mod statements;
mod summary;
mod wait;
mod watch;

pub use summary::Summary;

use anyhow::Result;
use seawall_domain::package::Package;
use seawall_services::desk::Desk;
use std::fmt;
use std::path::PathBuf;

/// What the demo needs from the running installation.
pub struct Stage<'a> {
    /// The desk of the installation, whose server, workers and mailbox's reader run.
    pub desk: &'a Desk,
    /// Where its server is reached.
    pub base_url: String,
    /// The mailbox: letters go out below `outbox`, answers are dropped into `inbox/new`.
    pub mailbox: PathBuf,
    /// The folder of everything public.
    pub public: PathBuf,
    /// Where progress is told, a line at a time.
    pub progress: &'a dyn Fn(&str),
    /// Shuffles the order of the reports.
    pub seed: u64,
}

/// Packages whose registry cannot be reached: what could be done without them was done.
#[derive(Debug)]
pub struct Unreachable(pub Vec<String>);

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no registry within reach for {}: the rest was done", self.0.join(", "))
    }
}

impl std::error::Error for Unreachable {}

/// The play while it goes on.
struct Play<'a> {
    stage: &'a Stage<'a>,
    client: client::Client,
    mailbox: mailbox::Mailbox,
    cast: cast::Cast,
    /// The packages whose releases can be fetched.
    reachable: Vec<Package>,
    story: Vec<String>,
}

impl Play<'_> {
    /// Tells the next line of the story.
    fn say(&mut self, line: &str) {
        (self.stage.progress)(line);
        self.story.push(line.to_owned());
    }

    /// Whether the package of a purl can be fetched here.
    fn can_run(&self, purl: &str) -> bool {
        seawall_formats::purl::read(purl)
            .is_ok_and(|(package, _, _)| self.reachable.contains(&package))
    }

    /// Whether nothing had to be left out.
    fn is_whole(&self) -> bool {
        self.reachable.len() == cast::TARGETS.len()
    }
}

/// Plays everything up to: four advisories published and one of them revised, the fifth ready and
/// left for the visitor. When a registry is down it does what it can, then names it.
pub async fn play(stage: &Stage<'_>) -> Result<Summary> {
    (stage.progress)("Replay of flaws that are public and were fixed years ago.");
    let cast = cast::register(stage.desk).await?;
    let packages = cast.projects.iter().map(|entry| entry.package.clone()).collect();
    let (reachable, down) = wait::reachable(stage, packages).await?;
    let client = client::Client::new(&stage.base_url)?;
    let mailbox = mailbox::Mailbox::new(&stage.mailbox);
    let mut play = Play { stage, client, mailbox, cast, reachable, story: Vec::new() };
    let told = acts(&mut play).await;
    if down.is_empty() {
        return told;
    }
    // Without every target the story may go otherwise; what stopped it is told all the same.
    if let Err(error) = told {
        (stage.progress)(&format!("the rest ended early: {error:#}"));
    }
    Err(Unreachable(down).into())
}

async fn acts(play: &mut Play<'_>) -> Result<Summary> {
    let leases = intake::scan(play).await?;
    intake::report(play).await?;
    intake::end_scans(play, leases).await?;
    operate::send_inventories(play).await?;
    coordinate::invite_distributor(play).await?;
    coordinate::answer(play).await?;
    operate::nothing_leaks(play).await?;
    publish::sign(play).await?;
    if publish::out(play).await?.is_empty() {
        play.say("Nothing could be published.");
        return summary::sum_up(play).await;
    }
    let out = publish::check(play).await?;
    play.say(&format!(
        "Advisories out: {out}, as CSAF and OSV: valid, signed by two people, and logged."
    ));
    operate::exposed(play).await?;
    operate::vendor_speaks(play).await?;
    operate::bank_mends(play).await?;
    watch::open_catalogues(play).await?;
    publish::check(play).await?;
    operate::todays_lists(play).await?;
    if play.can_run(cast::LEFT_FOR_VISITOR) {
        play.say("The advisory about urllib3 waits for two signatures: yours.");
    }
    summary::sum_up(play).await
}
