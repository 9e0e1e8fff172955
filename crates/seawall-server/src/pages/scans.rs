//! Scan leases: who looks where, and who would overlap.

use crate::pages::{Piece, Shell, Tag, When};
use askama::Template;

/// The page of scan leases.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "scans.html")]
pub struct Scans {
    /// The frame.
    pub shell: Shell,
    /// The leases, running ones first.
    pub leases: Vec<Lease>,
}

/// One lease.
#[derive(Clone, Debug, Default)]
pub struct Lease {
    /// What is looked at.
    pub target: String,
    /// Which part of it: commits or releases.
    pub range: String,
    /// How.
    pub technique: String,
    /// Who holds it.
    pub holder: String,
    /// From when.
    pub from: When,
    /// Until when.
    pub until: When,
    /// Claimed, ended or expired.
    pub state: Tag,
    /// Who asked for the same and was told of it.
    pub overlaps: Vec<String>,
}
