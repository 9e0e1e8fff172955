//! The `.eval` log: a ZIP archive with one member for each sample, or several for each.
//!
//! Members are known by their names, and what they hold is read from the inside:
//!
//! | name | holds |
//! |---|---|
//! | `header.json` | everything about the run as a whole; absent if the run was broken off |
//! | `_journal/start.json` | how it was started |
//! | `_journal/config_updates/N.json` | a change of its settings while it went |
//! | `summaries.json`, `_journal/summaries/N.json` | summaries: all of them, or a batch |
//! | `reductions.json` | what the attempts at each task come to |
//! | `samples/ID_epoch_N.json` | one sample |
//! | `samples/ID_epoch_N/sample.json` and `…/metadata.json` | one sample in pieces |
//! | `samples/ID_epoch_N/events/…`, likewise `messages`, `calls`, `attachments` | the rest of it |
//!
//! Of several members with one name the last counts, except that samples are told apart by what
//! they hold. Every member that counts is unpacked to its end, so that its checksum is compared.

#![allow(
    clippy::redundant_closure,
    reason = "a function by its name alone is not one for every lifetime, and does not compile"
)]

use super::directory::{Member, members};
use super::header::Draft;
use super::listen::Listener;
use super::sample::{Fields, Held};
use super::scan::Scan;
use super::{FORMAT, OBSERVATIONS_MAX, sample};
use crate::archive::Unpacker;
use crate::fault::{FormatFault, quote};
use seawall_domain::evaluation::attempt::TaskId;
use seawall_domain::evaluation::finding::{Code, Finding};
use seawall_domain::evaluation::log::{Log, Observation, Summary};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek};

/// What a member holds, by its name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Role<'a> {
    Header,
    Start,
    Change(u64),
    Summaries,
    /// One batch of summaries.
    Batch(u64),
    Reductions,
    Sample,
    /// The body of a sample in pieces; the name up to it.
    Body(&'a str),
    /// Its metadata.
    Metadata(&'a str),
    /// Another piece of it, which only has to be sound.
    Piece,
    /// Something below `samples/` that is not known.
    Odd,
    Other,
}

impl Role<'_> {
    fn of(name: &str) -> Role<'_> {
        match name {
            "header.json" => return Role::Header,
            "_journal/start.json" => return Role::Start,
            "summaries.json" => return Role::Summaries,
            "reductions.json" => return Role::Reductions,
            _ => {}
        }
        let number = |folder: &str| name.strip_prefix(folder)?.strip_suffix(".json")?.parse().ok();
        if let Some(number) = number("_journal/summaries/") {
            return Role::Batch(number);
        }
        if let Some(number) = number("_journal/config_updates/") {
            return Role::Change(number);
        }
        match name.strip_prefix("samples/") {
            None | Some("") => Role::Other,
            Some(rest) => Role::below_samples(name, rest),
        }
    }

    fn below_samples<'a>(name: &'a str, rest: &str) -> Role<'a> {
        let stem = rest.strip_suffix(".json").unwrap_or_default();
        if is_attempt(stem) {
            return Role::Sample;
        }
        let Some((folder, file)) = name.rsplit_once('/') else {
            return Role::Odd;
        };
        match file {
            "sample.json" if is_attempt(folder) => Role::Body(folder),
            "metadata.json" if is_attempt(folder) => Role::Metadata(folder),
            "skeleton.json" if is_attempt(folder) => Role::Piece,
            _ => match folder.rsplit_once('/') {
                Some((outer, "messages" | "events" | "calls" | "attachments"))
                    if is_attempt(outer) =>
                {
                    Role::Piece
                }
                Some(_) | None => Role::Odd,
            },
        }
    }
}

/// Whether a name ends as that of an attempt does, in `_epoch_N`.
fn is_attempt(name: &str) -> bool {
    let number = name.rsplit_once("_epoch_").map(|(_, number)| number);
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// How many names that stand twice are told of one log.
const FINDINGS_MAX: usize = 1_000;

/// The archive, and what unpacks its members.
struct Packed<'s, S> {
    source: &'s mut S,
    unpacker: Unpacker,
    /// What is to be told of the members that were read.
    findings: Vec<Finding>,
}

impl<'s, S: Read + Seek> Packed<'s, S> {
    fn new(source: &'s mut S) -> Self {
        Packed { source, unpacker: Unpacker::new(), findings: Vec::new() }
    }

    /// Reads a member to its end.
    fn whole<T>(
        &mut self,
        member: &Member,
        read: impl FnOnce(&mut Scan<Box<dyn Read + '_>>) -> Result<T, FormatFault>,
    ) -> Result<T, FormatFault> {
        let content = member.open(self.source, &mut self.unpacker)?;
        let mut scan = Scan::new(content, member.name.as_ref());
        let value = read(&mut scan)?;
        scan.end()?;
        if self.findings.len() < FINDINGS_MAX {
            self.findings.append(&mut scan.findings());
        }
        Ok(value)
    }
}

/// Reads a log, of whose samples these fields are asked.
pub(super) fn read<S: Read + Seek>(source: &mut S, asked: &Fields) -> Result<Log, FormatFault> {
    let members = members(source)?;
    let source = &mut Packed::new(source);
    let contents = Contents::of(&members);
    let (header, mut findings) = contents.header(source)?;
    let mut reader = Samples::of(&members, asked.with(header.clusters()));
    reader.held.know(header.spec.tasks.as_deref().unwrap_or_default());
    for member in &members {
        reader.member(source, member, &contents)?;
    }
    let held = &mut reader.held;
    let summaries = contents.summaries(source, held)?;
    let reductions = match contents.last(Role::Reductions) {
        Some(member) => Some(source.whole(member, |scan| sample::reductions(scan, held))?),
        None => None,
    };
    findings.extend(contents.repeated());
    findings.append(&mut source.findings);
    findings.extend(reader.findings);
    reader.observations.shrink_to_fit();
    Ok(Log { header, observations: reader.observations, summaries, reductions, findings })
}

/// Reads only what the log says of the run as a whole.
pub(super) fn header<S: Read + Seek>(
    source: &mut S,
) -> Result<seawall_domain::evaluation::log::Header, FormatFault> {
    let members = members(source)?;
    Ok(Contents::of(&members).header(&mut Packed::new(source))?.0)
}

/// How many attempts the log holds by now; a sample in pieces counts once.
pub(super) fn held<S: Read + Seek>(source: &mut S) -> Result<u64, FormatFault> {
    let mut names: BTreeSet<&str> = BTreeSet::new();
    let members = members(source)?;
    for member in &members {
        match Role::of(&member.name) {
            Role::Sample => names.insert(&member.name),
            Role::Body(folder) => names.insert(folder),
            Role::Header
            | Role::Start
            | Role::Change(_)
            | Role::Summaries
            | Role::Batch(_)
            | Role::Reductions
            | Role::Metadata(_)
            | Role::Piece
            | Role::Odd
            | Role::Other => false,
        };
    }
    Ok(u64::try_from(names.len()).unwrap_or(u64::MAX))
}

/// What was said, sample by sample, by whoever listens.
pub(super) fn heard<S: Read + Seek, L: Listener>(
    source: &mut S,
    begin: &dyn Fn() -> L,
    each: &mut dyn FnMut(L::Heard),
) -> Result<(), FormatFault> {
    let members = members(source)?;
    let source = &mut Packed::new(source);
    let contents = Contents::of(&members);
    let mut count = 0_usize;
    for member in &members {
        let mut listener = begin();
        match Role::of(&member.name) {
            Role::Sample => source.whole(member, |scan| listener.body(scan))?,
            Role::Body(folder) if contents.counts(member) => {
                contents.heard(source, member, folder, &mut listener)?;
            }
            Role::Header
            | Role::Start
            | Role::Change(_)
            | Role::Summaries
            | Role::Batch(_)
            | Role::Reductions
            | Role::Body(_)
            | Role::Metadata(_)
            | Role::Piece
            | Role::Odd
            | Role::Other => continue,
        }
        listener.finish().into_iter().for_each(&mut *each);
        count = count.saturating_add(1);
        if count > OBSERVATIONS_MAX {
            let message = format!("it has more than {OBSERVATIONS_MAX} samples");
            return Err(FormatFault::new(FORMAT, member.name.as_ref(), message));
        }
    }
    Ok(())
}

/// The members by what they hold.
struct Contents<'a> {
    /// The last member by each name, except for samples.
    last: BTreeMap<&'a str, (&'a Member, u32)>,
}

impl<'a> Contents<'a> {
    fn of(members: &'a [Member]) -> Contents<'a> {
        let mut last: BTreeMap<&str, (&Member, u32)> = BTreeMap::new();
        for member in members {
            if Role::of(&member.name) != Role::Sample {
                let place = last.entry(&member.name).or_insert((member, 0));
                *place = (member, place.1.saturating_add(1));
            }
        }
        Contents { last }
    }

    fn last(&self, role: Role<'_>) -> Option<&'a Member> {
        let name = match role {
            Role::Header => "header.json",
            Role::Start => "_journal/start.json",
            Role::Summaries => "summaries.json",
            Role::Reductions => "reductions.json",
            Role::Change(_)
            | Role::Batch(_)
            | Role::Sample
            | Role::Body(_)
            | Role::Metadata(_)
            | Role::Piece
            | Role::Odd
            | Role::Other => return None,
        };
        self.last.get(name).map(|(member, _)| *member)
    }

    /// Whether a member is the last by its name.
    fn counts(&self, member: &Member) -> bool {
        let last = self.last.get(member.name.as_ref());
        last.is_some_and(|(last, _)| std::ptr::eq(*last, member))
    }

    /// Numbered members in the order of their numbers.
    fn numbered(&self, number: impl Fn(Role<'_>) -> Option<u64>) -> Vec<&'a Member> {
        let members = self.last.values().map(|(member, _)| *member);
        let numbered = members.filter_map(|one| Some((number(Role::of(&one.name))?, one)));
        let mut numbered: Vec<(u64, &Member)> = numbered.collect();
        numbered.sort_by_key(|(number, _)| *number);
        numbered.into_iter().map(|(_, member)| member).collect()
    }

    fn header<S: Read + Seek>(
        &self,
        source: &mut Packed<'_, S>,
    ) -> Result<(seawall_domain::evaluation::log::Header, Vec<Finding>), FormatFault> {
        let mut read = |role| match self.last(role) {
            Some(member) => source.whole(member, |scan| Draft::read(scan)).map(Some),
            None => Ok(None),
        };
        let (header, start) = (read(Role::Header)?, read(Role::Start)?);
        let mut draft = match (header, start) {
            (Some(header), start) => return header.finish(start.filter(Draft::is_there)),
            (None, Some(start)) => start,
            (None, None) => {
                let message = "it holds neither header.json nor _journal/start.json";
                return Err(FormatFault::new(FORMAT, "the archive", message));
            }
        };
        let changes = self.numbered(|role| {
            let Role::Change(number) = role else { return None };
            Some(number)
        });
        for member in changes {
            source.whole(member, |scan| draft.changed(scan))?;
        }
        draft.finish(None)
    }

    /// All summaries: of a log that was broken off, batch by batch.
    fn summaries<S: Read + Seek>(
        &self,
        source: &mut Packed<'_, S>,
        held: &mut Held,
    ) -> Result<Option<Vec<Summary>>, FormatFault> {
        let batches = self.numbered(|role| {
            let Role::Batch(number) = role else { return None };
            Some(number)
        });
        let (members, read) = match self.last(Role::Summaries) {
            Some(member) => (vec![member], true),
            None => (batches, false),
        };
        let mut summaries = Vec::new();
        for member in &members {
            source.whole(member, |scan| {
                scan.list(&mut |scan| {
                    summaries.extend(sample::summary(scan, held)?);
                    if summaries.len() > OBSERVATIONS_MAX {
                        return Err(scan.fault("it has too many summaries"));
                    }
                    Ok(())
                })
            })?;
        }
        summaries.shrink_to_fit();
        Ok((read || !members.is_empty()).then_some(summaries))
    }

    /// What was said in a sample in pieces: its body, its messages, and what these name.
    fn heard<S: Read + Seek, L: Listener>(
        &self,
        source: &mut Packed<'_, S>,
        body: &Member,
        folder: &str,
        listener: &mut L,
    ) -> Result<(), FormatFault> {
        source.whole(body, |scan| listener.body(scan))?;
        for (first, piece) in self.pieces(folder, "messages") {
            source.whole(piece, |scan| listener.messages(scan, first))?;
        }
        for (first, piece) in self.pieces(folder, "attachments") {
            source.whole(piece, |scan| listener.texts(scan, first))?;
        }
        Ok(())
    }

    /// The pieces of one kind, each with the number of its first item.
    fn pieces(&self, folder: &str, kind: &str) -> Vec<(u64, &'a Member)> {
        let start = format!("{folder}/{kind}/");
        let of_kind = self.last.range(start.as_str()..);
        let of_kind = of_kind.take_while(|(name, _)| name.starts_with(&start));
        let numbered = of_kind.filter_map(|(name, (member, _))| {
            let number = name.strip_prefix(&start)?.strip_suffix(".json")?.parse().ok()?;
            Some((number, *member))
        });
        let mut numbered: Vec<(u64, &Member)> = numbered.collect();
        // By number: their names sort otherwise.
        numbered.sort_by_key(|(number, _)| *number);
        numbered
    }

    /// Names that are there more than once.
    fn repeated(&self) -> Vec<Finding> {
        let repeated = self.last.iter().filter(|(_, (_, count))| *count > 1);
        let told = |(name, (_, count)): (&&str, &(&Member, u32))| {
            let what = format!("{} is there {count} times; the last counts", quote(name));
            Finding::new(Code::DuplicateMember, what)
        };
        repeated.map(told).collect()
    }
}

/// The samples as they are met.
struct Samples<'a> {
    observations: Vec<Observation>,
    /// What the last sample by each name was, for names that are there more than once.
    names: BTreeMap<&'a str, Option<(TaskId, u32)>>,
    findings: Vec<Finding>,
    /// What is kept of their metadata.
    fields: Fields,
    held: Held,
}

impl<'a> Samples<'a> {
    fn of(members: &'a [Member], fields: Fields) -> Samples<'a> {
        let samples = members.iter().map(|member| member.name.as_ref());
        let mut samples: Vec<&str> =
            samples.filter(|name| Role::of(name) == Role::Sample).collect();
        samples.sort_unstable();
        let same = samples.chunk_by(|one, other| one == other).filter(|same| same.len() > 1);
        let names = same.filter_map(|same| Some((*same.first()?, None))).collect();
        let (findings, held) = (Vec::new(), Held::default());
        let count = samples.len().min(OBSERVATIONS_MAX);
        let observations = Vec::with_capacity(count);
        Samples { observations, names, findings, fields, held }
    }

    fn member<S: Read + Seek>(
        &mut self,
        source: &mut Packed<'_, S>,
        member: &'a Member,
        contents: &Contents<'_>,
    ) -> Result<(), FormatFault> {
        let role = Role::of(&member.name);
        if role != Role::Sample && !contents.counts(member) {
            return Ok(());
        }
        match role {
            Role::Sample => {
                let (fields, held) = (&self.fields, &mut self.held);
                let seen = source.whole(member, |scan| sample::sample(scan, fields, held))?;
                self.take(member, seen)
            }
            Role::Body(folder) => {
                let (fields, held) = (&self.fields, &mut self.held);
                let mut seen = source.whole(member, |scan| sample::sample(scan, fields, held))?;
                let metadata = format!("{folder}/metadata.json");
                let metadata = contents.last.get(metadata.as_str()).map(|(member, _)| *member);
                if let (Some(seen), Some(metadata)) = (&mut seen, metadata) {
                    let facts = source.whole(metadata, |scan| sample::facts(scan, fields, held))?;
                    seen.facts = held.facts(facts);
                }
                self.take(member, seen)
            }
            Role::Piece => source.whole(member, |scan| scan.skip()),
            Role::Odd => {
                self.odd(&member.name, "its name is not known here");
                Ok(())
            }
            Role::Metadata(folder) => {
                if !contents.last.contains_key(format!("{folder}/sample.json").as_str()) {
                    self.odd(&member.name, "the sample to it is missing");
                }
                Ok(())
            }
            Role::Header
            | Role::Start
            | Role::Change(_)
            | Role::Summaries
            | Role::Batch(_)
            | Role::Reductions
            | Role::Other => Ok(()),
        }
    }

    fn odd(&mut self, name: &str, what: &str) {
        let what = format!("{}: {what}", quote(name));
        self.findings.push(Finding::new(Code::UnsupportedShape, what));
    }

    fn take(&mut self, member: &'a Member, seen: Option<Observation>) -> Result<(), FormatFault> {
        let Some(seen) = seen else {
            self.odd(&member.name, "it holds no sample");
            return Ok(());
        };
        if let Some(last) = self.names.get_mut(member.name.as_ref()) {
            let key = (seen.task.clone(), seen.epoch);
            if last.replace(key.clone()).is_some_and(|before| before != key) {
                let name = quote(&member.name);
                let what = format!("{name} is there for different attempts; all of them count");
                self.findings.push(Finding::new(Code::DuplicateMember, what));
            }
        }
        self.observations.push(seen);
        if self.observations.len() > OBSERVATIONS_MAX {
            let message = format!("it has more than {OBSERVATIONS_MAX} samples");
            return Err(FormatFault::new(FORMAT, member.name.as_ref(), message));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_known_by_their_names() {
        let check = |name: &str, role: Role<'_>| assert_eq!(Role::of(name), role, "{name}");
        check("header.json", Role::Header);
        check("_journal/start.json", Role::Start);
        check("_journal/summaries/12.json", Role::Batch(12));
        check("_journal/config_updates/1.json", Role::Change(1));
        check("_journal/summaries/x.json", Role::Other);
        check("samples/a_epoch_1.json", Role::Sample);
        check("samples/a/b ?_epoch_1.json", Role::Sample);
        check("samples/a_epoch_1/sample_epoch_2.json", Role::Sample);
        check("samples/a_epoch_1/sample.json", Role::Body("samples/a_epoch_1"));
        check("samples/a/b_epoch_1/metadata.json", Role::Metadata("samples/a/b_epoch_1"));
        check("samples/a_epoch_1/skeleton.json", Role::Piece);
        check("samples/a_epoch_1/events/0.json", Role::Piece);
        check("samples/a_epoch_1/events/stats.json", Role::Piece);
        check("samples/a_epoch_1/shards/0.json", Role::Odd);
        check("samples/a_epoch_.json", Role::Odd);
        check("samples/a.json", Role::Odd);
        check("samples/", Role::Other);
        check("../../etc/passwd", Role::Other);
    }
}
