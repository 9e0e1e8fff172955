//! The gateway's count beside the logs'.

use super::Ended;
use crate::command::evaluation::ingest;
use anyhow::Context;
use seawall_domain::evaluation::log::Usage;
use seawall_domain::evaluation::tally::{Reconciled, reconcile};
use seawall_domain::id::PersonId;
use seawall_gateway::tally::{Whose, tally};
use std::path::{Path, PathBuf};

/// Whose requests are counted, and where.
pub(super) struct Account<'a> {
    pub(super) folder: &'a Path,
    pub(super) person: Option<PersonId>,
    pub(super) ended: &'a Ended,
}

impl Account<'_> {
    /// Compares both.
    pub(super) fn reconcile(&self, logs: &[PathBuf]) -> anyhow::Result<Reconciled> {
        let whose = Whose { since: self.ended.began, until: self.ended.end, person: self.person };
        let counted =
            tally(self.folder, &whose).context("cannot count by the gateway's journal")?;
        let mut spent = Usage::default();
        for log in logs {
            let (_, report) = ingest::read(log)?;
            spent = spent.plus(report.usage);
        }
        Ok(reconcile(&spent, counted))
    }
}
