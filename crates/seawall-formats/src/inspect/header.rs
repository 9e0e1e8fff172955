//! What a log says of the run as a whole: `header.json`, `_journal/start.json`, or the members of a
//! `.json` log that come before its samples.
//!
//! Each member is taken as it stands, up to a bound, and read when all are there; unknown ones are
//! passed over. What is missing or of another type is not there.

mod results;
mod spec;
mod updates;

use super::FORMAT;
use super::scan::{Scan, Scanned};
use crate::fault::FormatFault;
use seawall_domain::evaluation::finding::{Code, Finding};
use seawall_domain::evaluation::log::{Header, Spec, Status};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::io::Read;

/// The longest member of a header, in bytes; 200,000 ids are some 10 MB.
pub const MEMBER_BYTES_MAX: usize = 32 * 1024 * 1024;

/// The newest version of the log format that is known here.
const VERSION_MAX: i64 = 2;

/// The names of an object with their values as they stand.
type Members<'a> = BTreeMap<String, &'a RawValue>;

/// Reads an object's members; none if it is no object.
fn members(bytes: &[u8]) -> Option<Members<'_>> {
    serde_json::from_slice(bytes).ok()
}

/// The same of a member.
fn below<'a>(members: &Members<'a>, name: &str) -> Members<'a> {
    members.get(name).and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default()
}

/// A text, or empty.
fn text(members: &Members<'_>, name: &str) -> String {
    let raw = members.get(name).and_then(|raw| serde_json::from_str(raw.get()).ok());
    raw.unwrap_or_default()
}

/// The members of a header that were met.
#[derive(Default)]
pub(super) struct Draft {
    version: Option<i64>,
    status: Option<String>,
    invalidated: Option<bool>,
    /// The others, as they stand.
    taken: BTreeMap<&'static str, Vec<u8>>,
}

/// The members that are taken as they stand.
const TAKEN: [&str; 5] = ["eval", "plan", "results", "log_updates", "config_updates"];

impl Draft {
    /// Reads a whole header.
    pub(super) fn read<R: Read>(scan: &mut Scan<R>) -> Scanned<Draft> {
        let mut draft = Draft::default();
        scan.object(&mut |scan, name| draft.member(scan, name))?;
        Ok(draft)
    }

    /// Reads one member of it.
    pub(super) fn member<R: Read>(&mut self, scan: &mut Scan<R>, name: &str) -> Scanned<()> {
        match name {
            "version" => self.version = scan.whole()?,
            "status" => self.status = scan.text(100)?.map(|text| text.start),
            "invalidated" => {
                let flag = scan.scalar(100)?;
                self.invalidated = flag.and_then(|flag| flag.number()).map(|flag| flag != 0.0);
            }
            _ => match TAKEN.into_iter().find(|known| *known == name) {
                Some(known) => {
                    self.taken.insert(known, scan.capture(MEMBER_BYTES_MAX)?);
                }
                None => scan.skip()?,
            },
        }
        Ok(())
    }

    /// Takes over a change of the run's limits that was written down while it went.
    pub(super) fn changed<R: Read>(&mut self, scan: &mut Scan<R>) -> Scanned<()> {
        let update = scan.capture(MEMBER_BYTES_MAX)?;
        let list = self.taken.entry("config_updates").or_default();
        match list.pop() {
            Some(_) => list.push(b','),
            None => list.push(b'['),
        }
        list.extend_from_slice(&update);
        list.push(b']');
        if list.len() > MEMBER_BYTES_MAX {
            return Err(scan.fault("there are too many changes of the run's limits"));
        }
        Ok(())
    }

    /// Whether a run is described at all.
    pub(super) fn is_there(&self) -> bool {
        self.taken.contains_key("eval")
    }

    /// What was to be done.
    fn spec(&self) -> Result<Spec, FormatFault> {
        let taken = |name: &str| self.taken.get(name).map(Vec::as_slice).unwrap_or_default();
        let eval = members(taken("eval"));
        let eval = eval.ok_or_else(|| fault("`eval` is missing, or is no object"))?;
        Ok(spec::read(&eval, &members(taken("plan")).unwrap_or_default()))
    }

    /// The header, and what is odd about it. `start` is how the run began, where that is kept.
    pub(super) fn finish(
        self,
        start: Option<&Draft>,
    ) -> Result<(Header, Vec<Finding>), FormatFault> {
        let spec = self.spec()?;
        let started_as = start.map(Draft::spec).transpose()?;
        let mut findings = Vec::new();
        if let Some(version) = self.version.filter(|version| *version > VERSION_MAX) {
            let what = format!("version {version} of the log format is not known here");
            findings.push(Finding::new(Code::UnsupportedShape, what));
        }
        let taken = |name: &str| self.taken.get(name).map(Vec::as_slice).unwrap_or_default();
        let mut conditions = spec.conditions.clone();
        let mut updates = updates::of_log(taken("log_updates"));
        updates.extend(updates::of_run(taken("config_updates"), &spec, &mut conditions));
        let header = Header {
            status: Status::of(self.status.as_deref().unwrap_or("started")),
            results: results::read(taken("results")),
            spec,
            started_as,
            conditions,
            invalidated: self.invalidated,
            updates,
        };
        Ok((header, findings))
    }
}

fn fault(message: &str) -> FormatFault {
    FormatFault::new(FORMAT, "its header", message)
}
