//! A shelf: everything the set says of one package.
//!
//! Its dictionary holds every version that any of its entries names, in version order and once.
//! A bound of a range is a place in the dictionary, so that matching a component costs one binary
//! search, and then only comparisons of whole numbers, however many advisories there are.
//!
//! **Places.** The version at index `k` has the place `2k + 1`; a version that lies between two of
//! them has the even place between. An interval is a half-open pair of places: it starts at its
//! first version, and ends at its fix, or just behind its last affected version.

use super::code::{Eye, Items, Pen};
use super::fault::SetFault;
use crate::version::{Key, Scheme};
use seawall_domain::package::{Ecosystem, Version};
use seawall_domain::range::{Basis, Interval};
use std::collections::BTreeMap;

/// What one record says of one package, before it is compiled.
#[derive(Clone, Debug)]
pub(super) struct Say {
    pub(super) record: u32,
    pub(super) release: Option<String>,
    pub(super) basis: Basis,
    pub(super) reading: Reading,
    pub(super) intervals: Vec<Interval>,
    pub(super) versions: Vec<Version>,
}

/// How the intervals of a record mean what they say.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Reading {
    /// As the events of one range of the OSV schema: of those not above a version the last one
    /// decides ("Evaluation").
    Events,
    /// Each by itself: a version in any of them is affected.
    Union,
}

/// An entry of a shelf, with its versions as places.
#[derive(Clone, Debug)]
pub(super) struct Entry<'a> {
    pub(super) record: u32,
    pub(super) release: Option<&'a str>,
    pub(super) basis: Basis,
    /// Half-open pairs of places.
    intervals: Items<'a>,
    fixed: Items<'a>,
    /// Runs of indexes of versions listed one by one: the first, and how many.
    runs: Items<'a>,
    /// Listed versions that the ecosystem's rule cannot read.
    unread: Items<'a>,
}

/// Where a version stands in a dictionary.
#[derive(Clone, Debug)]
pub(super) enum Place<'v> {
    /// It can be read: its place.
    At(u64),
    /// It cannot be read: it lies in no interval, but may be listed letter for letter.
    Unread(&'v str),
}

impl<'a> Entry<'a> {
    /// Half-open pairs of places, in the order in which the record gives them.
    pub(super) fn intervals(&self) -> impl Iterator<Item = (u64, u64)> + use<'a> {
        self.intervals.read(pair)
    }

    /// The versions that end an interval, as the record spells and orders them, each once.
    pub(super) fn fixed(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.fixed.read(Eye::text)
    }

    /// The first of its intervals that holds a version.
    pub(super) fn interval_of(&self, place: &Place<'_>) -> Option<(u64, u64)> {
        let Place::At(place) = place else { return None };
        self.intervals().find(|(start, end)| start <= place && place < end)
    }

    /// Whether it lists one of these versions of the dictionary, or one that the ecosystem's rule
    /// cannot read and `is_like` knows again.
    pub(super) fn lists_like(&self, indexes: &[u64], is_like: impl Fn(&str) -> bool) -> bool {
        let within = |(first, many): (u64, u64)| {
            let from = indexes.partition_point(|index| *index < first);
            indexes.get(from).is_some_and(|index| index - first < many)
        };
        self.runs.read(pair).any(within) || self.unread.read(Eye::text).any(is_like)
    }

    /// Whether it lists a version one by one.
    pub(super) fn lists(&self, place: &Place<'_>) -> bool {
        match place {
            Place::At(place) if place % 2 == 1 => {
                let index = place / 2;
                self.runs.read(pair).any(|(first, many)| index >= first && index - first < many)
            }
            Place::At(_) => false,
            Place::Unread(text) => self.unread.read(Eye::text).any(|own| own == *text),
        }
    }
}

/// Writes a shelf.
pub(super) fn write(ecosystem: &Ecosystem, says: &[Say], pen: &mut Pen) {
    let mut dictionary: BTreeMap<Key, &str> = BTreeMap::new();
    let learn = |version: &'_ Version| -> Option<Key> {
        Some(Key::new(ecosystem, version)).filter(Key::is_read)
    };
    let texts = says.iter().flat_map(|say| {
        let bounds = say.intervals.iter().flat_map(bounds);
        bounds.chain(&say.versions)
    });
    for version in texts {
        if let Some(key) = learn(version) {
            let text = dictionary.entry(key).or_insert(&version.0);
            // The shortest spelling is kept, then the first by letters: whatever the order given.
            if (version.0.len(), version.0.as_str()) < (text.len(), *text) {
                *text = &version.0;
            }
        }
    }
    let places: BTreeMap<&Key, u64> = dictionary.keys().zip(0..).collect();
    let end = 2 * dictionary.len() as u64 + 1;
    let mut offset = 0u32;
    pen.count(dictionary.len());
    for text in dictionary.values() {
        pen.0.extend_from_slice(&offset.to_le_bytes());
        offset += text.len() as u32;
    }
    pen.0.extend_from_slice(&offset.to_le_bytes());
    dictionary.values().for_each(|text| pen.0.extend_from_slice(text.as_bytes()));
    let place = |version: &Version| places.get(&Key::new(ecosystem, version)).copied();
    pen.list(says, |pen, say| {
        pen.number(say.record.into());
        pen.option(say.release.as_deref(), Pen::text);
        pen.0.push(match say.basis {
            Basis::Run => 0,
            Basis::Stated => 1,
        });
        let intervals = match say.reading {
            Reading::Events => walked(&say.intervals, place, end),
            Reading::Union => {
                say.intervals.iter().filter_map(|one| interval(one, place, end)).collect()
            }
        };
        pen.list(&intervals, |pen, (start, end)| {
            pen.number(*start);
            pen.number(*end);
        });
        let mut fixed: Vec<&str> = Vec::new();
        for version in say.intervals.iter().filter_map(|interval| interval.fixed.as_ref()) {
            if !fixed.contains(&version.0.as_str()) {
                fixed.push(&version.0);
            }
        }
        pen.list(&fixed, |pen, text| pen.text(text));
        let mut listed: Vec<u64> = say.versions.iter().filter_map(&place).collect();
        listed.sort_unstable();
        listed.dedup();
        let runs: Vec<&[u64]> = listed.chunk_by(|a, b| a + 1 == *b).collect();
        pen.list(&runs, |pen, run| {
            pen.number(run.first().copied().unwrap_or_default());
            pen.count(run.len());
        });
        let unread: Vec<&Version> =
            say.versions.iter().filter(|version| place(version).is_none()).collect();
        pen.list(&unread, |pen, version| pen.text(version.0.trim()));
    });
}

fn bounds(interval: &Interval) -> impl Iterator<Item = &Version> {
    let Interval { introduced, fixed, last_affected } = interval;
    [introduced, fixed, last_affected].into_iter().flatten()
}

/// An interval as places. A bound that cannot be read leaves the interval open on its side when it
/// is the end, and void when it is the start: what cannot be placed must not widen a claim to the
/// versions before it.
fn interval(
    interval: &Interval,
    place: impl Fn(&Version) -> Option<u64>,
    end: u64,
) -> Option<(u64, u64)> {
    let start = match &interval.introduced {
        Some(version) => 2 * place(version)? + 1,
        None => 0,
    };
    let stop = match (&interval.fixed, &interval.last_affected) {
        (Some(fixed), _) => place(fixed).map_or(end, |index| 2 * index + 1),
        (None, Some(last)) => place(last).map_or(end, |index| 2 * index + 2),
        (None, None) => end,
    };
    (start < stop).then_some((start, stop))
}

/// What an event of a range does to the versions from its own on.
// INVARIANT: of events at one version the later variant decides.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Event {
    Introduced,
    LastAffected,
    Fixed,
}

/// The events of a range, walked in version order, as intervals that neither overlap nor touch.
/// Events that cannot be read are skipped, as the schema says.
fn walked(
    intervals: &[Interval],
    place: impl Fn(&Version) -> Option<u64>,
    end: u64,
) -> Vec<(u64, u64)> {
    let mut events = Vec::new();
    for Interval { introduced, fixed, last_affected } in intervals {
        match introduced {
            None => events.push((0, Event::Introduced)),
            Some(version) => {
                events.extend(place(version).map(|at| (2 * at + 1, Event::Introduced)));
            }
        }
        let at = |version: &Option<Version>| version.as_ref().and_then(&place).map(|at| 2 * at + 1);
        events.extend(at(fixed).map(|at| (at, Event::Fixed)));
        events.extend(at(last_affected).map(|at| (at, Event::LastAffected)));
    }
    events.sort_unstable();
    let mut joined: Vec<(u64, u64)> = Vec::new();
    for (index, (at, event)) in events.iter().enumerate() {
        let next = events.get(index + 1).map_or(end, |(next, _)| *next);
        let stop = match event {
            Event::Introduced => next,
            Event::LastAffected => next.min(at + 1),
            Event::Fixed => continue,
        };
        match joined.last_mut() {
            Some((_, last)) if *last == *at => *last = stop,
            _ if *at < stop => joined.push((*at, stop)),
            _ => {}
        }
    }
    joined
}

/// A shelf of a set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shelf<'a> {
    length: u64,
    offsets: &'a [u8],
    texts: &'a [u8],
    entries: Eye<'a>,
}

impl<'a> Shelf<'a> {
    /// Reads the head of a shelf, behind its name.
    pub(super) fn read(mut eye: Eye<'a>) -> Result<Self, SetFault> {
        let length = eye.count()?;
        let table = length.checked_add(1).and_then(|n| n.checked_mul(4));
        let offsets = eye.bytes(table.ok_or_else(|| eye.fault())?)?;
        let mut shelf = Shelf { length: length as u64, offsets, texts: &[], entries: eye };
        let total = shelf.offset(length).ok_or_else(|| eye.fault())?;
        shelf.texts = shelf.entries.bytes(total)?;
        Ok(shelf)
    }

    fn offset(&self, index: usize) -> Option<usize> {
        let bytes = self.offsets.get(4 * index..4 * index + 4)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?) as usize)
    }

    fn text(&self, index: u64) -> Result<&'a str, SetFault> {
        let index = index as usize;
        let text = self.offset(index).zip(self.offset(index + 1));
        let text = text.and_then(|(start, end)| self.texts.get(start..end));
        let text = text.and_then(|text| std::str::from_utf8(text).ok());
        text.ok_or(SetFault::Inconsistent { part: "shelf" })
    }

    /// Where a version stands.
    pub(super) fn place<'v>(
        &self,
        ecosystem: &Ecosystem,
        version: &'v Version,
    ) -> Result<Place<'v>, SetFault> {
        let scheme = Scheme::of(ecosystem);
        let wanted = Key::by(scheme, &version.0);
        if !wanted.is_read() {
            return Ok(Place::Unread(version.0.trim()));
        }
        let (mut low, mut high) = (0, self.length);
        while low < high {
            let middle = low + (high - low) / 2;
            match Key::by(scheme, self.text(middle)?).cmp(&wanted) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Ok(Place::At(2 * middle + 1)),
            }
        }
        Ok(Place::At(2 * low))
    }

    /// The versions of its dictionary that `is_like` knows again, as indexes in ascending order.
    pub(super) fn like(&self, is_like: impl Fn(&str) -> bool) -> Result<Vec<u64>, SetFault> {
        let mut found = Vec::new();
        for index in 0..self.length {
            if is_like(self.text(index)?) {
                found.push(index);
            }
        }
        Ok(found)
    }

    /// Its entries, one after the other.
    pub(super) fn entries(
        &self,
    ) -> Result<impl Iterator<Item = Result<Entry<'a>, SetFault>> + use<'a>, SetFault> {
        let mut eye = self.entries;
        let many = eye.count()?;
        Ok((0..many).map(move |_| entry(&mut eye)))
    }

    /// An interval of places as the versions it was made of.
    pub(super) fn interval(&self, (start, end): (u64, u64)) -> Result<Interval, SetFault> {
        let version = |index: u64| self.text(index).map(Version::from);
        let introduced = match start {
            0 => None,
            start => Some(version(start / 2)?),
        };
        let (mut fixed, mut last_affected) = (None, None);
        if end <= 2 * self.length {
            match end % 2 {
                1 => fixed = Some(version(end / 2)?),
                _ => last_affected = Some(version((end / 2).saturating_sub(1))?),
            }
        }
        Ok(Interval { introduced, fixed, last_affected })
    }
}

fn pair(eye: &mut Eye<'_>) -> Result<(u64, u64), SetFault> {
    Ok((eye.number()?, eye.number()?))
}

fn entry<'a>(eye: &mut Eye<'a>) -> Result<Entry<'a>, SetFault> {
    Ok(Entry {
        record: u32::try_from(eye.number()?).map_err(|_| eye.fault())?,
        release: eye.option(Eye::text)?,
        basis: match eye.bytes(1)? {
            [0] => Basis::Run,
            _ => Basis::Stated,
        },
        intervals: eye.items(pair)?,
        fixed: eye.items(Eye::text)?,
        runs: eye.items(pair)?,
        unread: eye.items(Eye::text)?,
    })
}
