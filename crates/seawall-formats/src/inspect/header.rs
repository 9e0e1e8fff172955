//! What a log says of the run as a whole: `header.json`, `_journal/start.json`, or the members of a
//! `.json` log that come before its samples.
//!
//! Each member is taken as it stands, all within one bound, and read when all are there; unknown
//! ones are passed over. The ids of the tasks, which may be many, are read one by one. What is
//! missing or of another type is not there.

mod results;
mod spec;
mod updates;

use super::scan::{Kind, Scan, Scanned};
use super::{FORMAT, sample};
use crate::fault::FormatFault;
use seawall_domain::evaluation::attempt::TaskId;
use seawall_domain::evaluation::finding::{Code, Finding};
use seawall_domain::evaluation::log::{FIELDS_MAX, Header, Spec, Status, Usage};
use serde::Deserializer as _;
use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::Read;
use std::sync::Arc;

/// The longest header, in bytes, without the ids of its tasks; real ones have some 100 kB.
pub const HEADER_BYTES_MAX: usize = 8 * 1024 * 1024;

/// How many tasks a header may name; the largest known names some 200,000.
pub const TASKS_MAX: usize = 500_000;

/// How long the ids of the tasks may be together, in bytes.
pub const IDS_BYTES_MAX: usize = 16 * 1024 * 1024;

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

/// The items of a list as they stand, and no more of them than `most`; none of anything else.
fn items(bytes: &[u8], most: usize) -> Vec<&RawValue> {
    struct Items(usize);
    impl<'de> Visitor<'de> for Items {
        type Value = Vec<&'de RawValue>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut items = Vec::new();
            while items.len() < self.0 {
                match list.next_element()? {
                    Some(item) => items.push(item),
                    None => return Ok(items),
                }
            }
            while list.next_element::<IgnoredAny>()?.is_some() {}
            Ok(items)
        }
    }
    serde_json::Deserializer::from_slice(bytes).deserialize_seq(Items(most)).unwrap_or_default()
}

/// The same of a member.
fn items_below<'a>(of: &Members<'a>, name: &str, most: usize) -> Vec<&'a RawValue> {
    of.get(name).map(|raw| items(raw.get().as_bytes(), most)).unwrap_or_default()
}

/// The members of each item.
fn each<'a>(items: Vec<&'a RawValue>) -> impl Iterator<Item = Members<'a>> {
    items.into_iter().map(|raw| members(raw.get().as_bytes()).unwrap_or_default())
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
    spent: Option<Usage>,
    /// The tasks that it names.
    tasks: Option<Arc<[TaskId]>>,
    /// The others, as they stand; of `eval` all but the tasks.
    taken: BTreeMap<&'static str, Vec<u8>>,
}

/// The members that are taken as they stand.
const TAKEN: [&str; 4] = ["plan", "results", "log_updates", "config_updates"];

impl Draft {
    /// Reads a whole header.
    pub(super) fn read<R: Read>(scan: &mut Scan<R>) -> Scanned<Draft> {
        let mut draft = Draft::default();
        scan.once(&mut |scan, name| draft.member(scan, name))?;
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
            "stats" => self.spent = stats(scan)?,
            "eval" => self.eval(scan)?,
            _ => match TAKEN.into_iter().find(|known| *known == name) {
                Some(known) => {
                    self.taken.remove(known);
                    let bytes = scan.capture(self.room())?;
                    self.taken.insert(known, bytes);
                }
                None => scan.skip()?,
            },
        }
        Ok(())
    }

    /// How many more bytes may be taken.
    fn room(&self) -> usize {
        let taken = self.taken.values().map(Vec::len).sum();
        HEADER_BYTES_MAX.saturating_sub(taken)
    }

    /// Reads what was to be done: the tasks one by one, everything else as it stands.
    fn eval<R: Read>(&mut self, scan: &mut Scan<R>) -> Scanned<()> {
        self.taken.remove("eval");
        self.tasks = None;
        let room = self.room();
        if scan.kind()? != Kind::Object {
            self.taken.insert("eval", scan.capture(room)?);
            return Ok(());
        }
        let mut kept = Taken { bytes: vec![b'{'], room };
        let mut tasks = None;
        scan.once(&mut |scan, name| {
            if name != "dataset" || scan.kind()? != Kind::Object {
                return kept.member(scan, name);
            }
            tasks = None;
            kept.name(name);
            kept.bytes.push(b'{');
            scan.once(&mut |scan, name| match name {
                "sample_ids" => {
                    tasks = ids(scan)?;
                    Ok(())
                }
                _ => kept.member(scan, name),
            })?;
            kept.bytes.push(b'}');
            Ok(())
        })?;
        kept.bytes.push(b'}');
        self.taken.insert("eval", kept.bytes);
        self.tasks = tasks;
        Ok(())
    }

    /// The fields of samples' metadata by which it clusters, as far as it was read by now.
    pub(super) fn clusters(&self) -> BTreeSet<String> {
        let taken = |name: &str| self.taken.get(name).map(Vec::as_slice).unwrap_or_default();
        let scorers = members(taken("eval")).and_then(|eval| eval.get("scorers").copied());
        let planned = scorers.and_then(spec::cluster);
        let results = results::read(taken("results"));
        let claims = results.into_iter().flat_map(|results| results.claims);
        let claimed = claims.flat_map(|claim| claim.metrics).filter_map(|metric| metric.cluster);
        planned.into_iter().chain(claimed).take(FIELDS_MAX).collect()
    }

    /// Takes over a change of the run's limits that was written down while it went.
    pub(super) fn changed<R: Read>(&mut self, scan: &mut Scan<R>) -> Scanned<()> {
        let update = scan.capture(self.room())?;
        let list = self.taken.entry("config_updates").or_default();
        match list.pop() {
            Some(_) => list.push(b','),
            None => list.push(b'['),
        }
        list.extend_from_slice(&update);
        list.push(b']');
        Ok(())
    }

    /// The tasks, as far as they were read by now.
    pub(super) fn tasks(&self) -> &[TaskId] {
        self.tasks.as_deref().unwrap_or_default()
    }

    /// Whether a run is described at all.
    pub(super) fn is_there(&self) -> bool {
        self.taken.contains_key("eval")
    }

    /// What was to be done.
    fn spec(&mut self) -> Result<Spec, FormatFault> {
        let tasks = self.tasks.take();
        let taken = |name: &str| self.taken.get(name).map(Vec::as_slice).unwrap_or_default();
        let eval = members(taken("eval"));
        let eval = eval.ok_or_else(|| fault("`eval` is missing, or is no object"))?;
        Ok(spec::read(&eval, &members(taken("plan")).unwrap_or_default(), tasks))
    }

    /// The header, and what is odd about it. `start` is how the run began, where that is kept.
    pub(super) fn finish(
        mut self,
        start: Option<Draft>,
    ) -> Result<(Header, Vec<Finding>), FormatFault> {
        let spec = self.spec()?;
        let mut started_as = start.map(|mut start| start.spec()).transpose()?;
        if let Some(start) = started_as.as_mut().filter(|start| start.tasks == spec.tasks) {
            // The same ids are held once.
            start.tasks.clone_from(&spec.tasks);
        }
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
            spent: self.spent,
            invalidated: self.invalidated,
            updates,
        };
        Ok((header, findings))
    }
}

/// Members of an object that are taken as they stand, one after the other.
struct Taken {
    bytes: Vec<u8>,
    /// How many bytes there may be.
    room: usize,
}

impl Taken {
    fn name(&mut self, name: &str) {
        if !self.bytes.ends_with(b"{") {
            self.bytes.push(b',');
        }
        let name = serde_json::Value::String(name.to_owned()).to_string();
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.push(b':');
    }

    fn member<R: Read>(&mut self, scan: &mut Scan<R>, name: &str) -> Scanned<()> {
        self.name(name);
        let value = scan.capture(self.room.saturating_sub(self.bytes.len()))?;
        self.bytes.extend_from_slice(&value);
        Ok(())
    }
}

/// Reads the ids of the tasks; none where it is no list of ids.
fn ids<R: Read>(scan: &mut Scan<R>) -> Scanned<Option<Arc<[TaskId]>>> {
    if scan.kind()? != Kind::List {
        return scan.skip().map(|()| None);
    }
    let (mut ids, mut bytes, mut is_odd) = (Vec::new(), 0_usize, false);
    scan.list(&mut |scan| {
        let Some(id) = sample::id(scan)? else {
            is_odd = true;
            return Ok(());
        };
        if let TaskId::Text(text) = &id {
            bytes += text.len();
        }
        if ids.len() >= TASKS_MAX || bytes > IDS_BYTES_MAX {
            let message = format!(
                "it names more than {TASKS_MAX} tasks, or more than {IDS_BYTES_MAX} bytes of them"
            );
            return Err(scan.fault(message));
        }
        ids.push(id);
        Ok(())
    })?;
    Ok((!is_odd).then(|| ids.into()))
}

/// Reads what was spent on the run as a whole; none where it does not tell.
fn stats<R: Read>(scan: &mut Scan<R>) -> Scanned<Option<Usage>> {
    let mut spent = None;
    scan.object(&mut |scan, name| {
        match name {
            "model_usage" if scan.kind()? == Kind::Object => spent = Some(sample::usage(scan)?),
            _ => scan.skip()?,
        }
        Ok(())
    })?;
    Ok(spent)
}

fn fault(message: &str) -> FormatFault {
    FormatFault::new(FORMAT, "its header", message)
}
