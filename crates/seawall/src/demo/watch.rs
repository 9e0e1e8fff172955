//! Act seven: the catalogues open, the proofs run on what is now visible, and a relapse is found.

use super::{Play, cast, coordinate, operate, publish, wait};
use anyhow::{Result, ensure};
use seawall_domain::access::Actor;
use seawall_services::project;

/// The second interval of the flaw that came back, as running the releases shows it.
const RELAPSE: (&str, &str) = ("1.1.10", "1.1.14");

/// Opens the catalogues of what was published, and has the new revision signed and sent.
pub async fn open_catalogues(play: &mut Play<'_>) -> Result<()> {
    for entry in play.cast.projects.clone() {
        let out = publish::number_of(play, entry.target.purl).await?.is_some();
        if out && entry.target.purl != cast::LEFT_FOR_VISITOR {
            let administrator = Actor::administrator();
            project::move_horizon(play.stage.desk, &administrator, entry.id, None).await?;
        }
    }
    play.say("The catalogues open: the proofs run on every later release.");
    wait::until_quiet(play.stage, &play.mailbox, "running later releases").await?;
    let revised = publish::sign(play).await?;
    if play.can_run(cast::RELAPSES) {
        ensure!(revised == 1, "{revised} advisories got a new revision, not 1");
        two_intervals(play).await?;
        operate::relapse_reaches(play).await?;
        let notices = coordinate::notices(play, cast::RELAPSES)?;
        ensure!(notices == 2, "{notices} letters, not 2, told the maintainer of both revisions");
        play.say("libz-sys carries the flaw again from 1.1.10 to 1.1.13: revision 2 is out.");
    }
    Ok(())
}

async fn two_intervals(play: &Play<'_>) -> Result<()> {
    let number = publish::number_of(play, cast::RELAPSES).await?;
    let out = publish::out(play).await?;
    let Some(relapsed) = out.iter().find(|one| Some(one.number) == number) else {
        anyhow::bail!("the advisory that should relapse is not out");
    };
    let ranges = relapsed.publication.affected.first().map_or(&[][..], |own| &own.ranges);
    let ends: Vec<(Option<&str>, Option<&str>)> = ranges
        .iter()
        .map(|range| {
            let (from, to) = (range.introduced.as_ref(), range.fixed.as_ref());
            (from.map(|v| v.0.as_str()), to.map(|v| v.0.as_str()))
        })
        .collect();
    let found = matches!(
        ends.as_slice(),
        [(_, Some("1.1.9")), second] if *second == (Some(RELAPSE.0), Some(RELAPSE.1))
    );
    ensure!(found, "the intervals are {ends:?}");
    let revisions = relapsed.publication.revisions.len();
    ensure!(revisions == 2, "{} has {revisions} revisions, not 2", relapsed.number);
    Ok(())
}
