//! What the demo says at the end: figures counted from the facts, and ranges found by running.

use super::{Play, publish};
use anyhow::{Result, anyhow};
use seawall_domain::access::Actor;
use seawall_domain::figures::Figures;
use seawall_domain::id::AccountId;
use seawall_domain::verdict::Outcome;
use seawall_services::advisory::Out;
use seawall_services::{account, statistics, today};
use serde::Serialize;

/// The summary, with the keys that the issue names, in its order.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs, reason = "each figure is what its name says")]
pub struct Summary {
    pub findings_received: u64,
    pub findings_joined: u64,
    pub findings_needs_info: u64,
    pub findings_rejected: u64,
    pub findings_not_reproduced: u64,
    pub findings_already_fixed: u64,
    pub findings_reproduced: u64,
    pub cases: u64,
    pub advisories_published: u64,
    pub inventories: u64,
    pub exposures_open: u64,
    pub exposures_not_affected: u64,
    pub exposures_fixed: u64,
    pub today_items: u64,
    pub mails_sent: u64,
    pub advisories_revised: u64,
    /// How many entries the log has; the caller fills it in after the log has settled.
    pub ledger_size: u64,
    /// Whether every proof and figure was recomputed; the caller fills it in.
    pub ledger_verified: bool,
    /// How long it took; the caller fills it in.
    pub elapsed_seconds: f64,
    pub advisories: Vec<Published>,
    pub logins: Vec<Login>,
    pub story: Vec<String>,
}

impl Summary {
    /// Whether the figures told are those that follow from the log.
    pub fn agrees_with(&self, figures: &Figures) -> bool {
        let told = Figures {
            findings_received: self.findings_received,
            findings_joined: self.findings_joined,
            findings_needs_info: self.findings_needs_info,
            findings_rejected: self.findings_rejected,
            findings_not_reproduced: self.findings_not_reproduced,
            findings_already_fixed: self.findings_already_fixed,
            findings_reproduced: self.findings_reproduced,
            cases: self.cases,
            advisories_published: self.advisories_published,
            advisories_revised: self.advisories_revised,
            inventories: self.inventories,
            exposures_open: self.exposures_open,
            exposures_not_affected: self.exposures_not_affected,
            exposures_fixed: self.exposures_fixed,
            mails_sent: self.mails_sent,
        };
        told == *figures
    }
}

/// A published advisory.
#[derive(Clone, Debug, Serialize)]
pub struct Published {
    /// Its public name.
    pub id: String,
    /// The package that was run.
    pub package: String,
    /// Its ecosystem.
    pub ecosystem: String,
    /// The affected intervals.
    pub ranges: Vec<Range>,
    /// The releases that were run, in version order.
    pub tested: Vec<Run>,
    /// The path of the CSAF document below the public folder.
    pub csaf_path: String,
    /// The path of the OSV record below the public folder.
    pub osv_path: String,
}

/// One affected interval.
#[derive(Clone, Debug, Serialize)]
pub struct Range {
    /// The first affected version; `0` when no earlier release could be shown unaffected.
    pub introduced: String,
    /// The first version that is not affected.
    pub fixed: Option<String>,
}

/// One release that was run.
#[derive(Clone, Debug, Serialize)]
pub struct Run {
    /// The release.
    pub version: String,
    /// What it showed.
    pub outcome: Outcome,
}

/// A way in for the visitor.
#[derive(Clone, Debug, Serialize)]
pub struct Login {
    /// As whom.
    pub role: &'static str,
    /// Where, once.
    pub url: String,
}

/// Sums up where things stand, and makes one login link for each role.
pub async fn sum_up(play: &Play<'_>) -> Result<Summary> {
    let desk = play.stage.desk;
    let figures = statistics::figures(desk, &Actor::administrator()).await?;
    let items = today_items(play).await?;
    Ok(Summary {
        findings_received: figures.findings_received,
        findings_joined: figures.findings_joined,
        findings_needs_info: figures.findings_needs_info,
        findings_rejected: figures.findings_rejected,
        findings_not_reproduced: figures.findings_not_reproduced,
        findings_already_fixed: figures.findings_already_fixed,
        findings_reproduced: figures.findings_reproduced,
        cases: figures.cases,
        advisories_published: figures.advisories_published,
        inventories: figures.inventories,
        exposures_open: figures.exposures_open,
        exposures_not_affected: figures.exposures_not_affected,
        exposures_fixed: figures.exposures_fixed,
        today_items: items,
        mails_sent: figures.mails_sent,
        advisories_revised: figures.advisories_revised,
        ledger_size: 0,
        ledger_verified: false,
        elapsed_seconds: 0.0,
        advisories: publish::out(play).await?.iter().map(published).collect(),
        logins: logins(play).await?,
        story: play.story.clone(),
    })
}

/// How many things the hospital must fix today, as its own person would see them.
async fn today_items(play: &Play<'_>) -> Result<u64> {
    let desk = play.stage.desk;
    let link = account::invite(desk, &Actor::administrator(), play.cast.hospital.1).await?;
    let session = account::sign_in(desk, &link).await?;
    let visitor = account::by_session(desk, &session.secret).await?;
    let actor = visitor.ok_or_else(|| anyhow!("the hospital's session has ended"))?.actor;
    let items = today::today(desk, &actor).await?.today.items.len();
    account::sign_out(desk, &session.secret).await?;
    Ok(u64::try_from(items)?)
}

fn published(out: &Out) -> Published {
    let own = out.publication.affected.first();
    let range = |range: &seawall_domain::range::Interval| Range {
        introduced: range.introduced.as_ref().map_or_else(|| "0".to_owned(), ToString::to_string),
        fixed: range.fixed.as_ref().map(ToString::to_string),
    };
    let run = |run: &seawall_domain::range::Tested| Run {
        version: run.version.to_string(),
        outcome: run.outcome,
    };
    Published {
        id: out.number.to_string(),
        package: own.map(|own| own.package.name.clone()).unwrap_or_default(),
        ecosystem: own.map(|own| own.package.ecosystem.to_string()).unwrap_or_default(),
        ranges: own.map_or(&[][..], |own| &own.ranges).iter().map(range).collect(),
        tested: own.map_or(&[][..], |own| &own.tested).iter().map(run).collect(),
        csaf_path: out.csaf_path.clone(),
        osv_path: out.osv_path.clone(),
    }
}

async fn logins(play: &Play<'_>) -> Result<Vec<Login>> {
    let cast = &play.cast;
    let roles: [(&'static str, AccountId); 5] = [
        ("analyst one", cast.analysts[0].0),
        ("analyst two", cast.analysts[1].0),
        ("maintainer", cast.maintainer),
        ("hospital", cast.hospital.1),
        ("agency", cast.agency.1),
    ];
    let mut logins = Vec::new();
    for (role, account) in roles {
        let desk = play.stage.desk;
        let secret = account::invite(desk, &Actor::administrator(), account).await?;
        let url = format!("{}/login/{secret}", play.stage.base_url);
        logins.push(Login { role, url });
    }
    Ok(logins)
}
