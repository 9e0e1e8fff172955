//! Canaries that a model said without having been shown them: in the places where flags are looked
//! for, and in the order of the conversation.
//!
//! One automaton looks for all of them at once, in every text to its end, however it is written:
//! large letters are small ones, and hyphens are passed over. What was shown is the sample's input
//! and every message that the model did not write. Of a conversation that was compacted the log has
//! the whole under `events_data`, or in pieces: that comes before what is left of it.

use super::emitted::{APART, APART_MAX, NAME_BYTES_MAX};
use super::listen::{Listener, Whose};
use super::scan::{Kind, Scan, Scanned};
use crate::fault::FormatFault;
use aho_corasick::Anchored;
use aho_corasick::automaton::Automaton;
use aho_corasick::nfa::contiguous::NFA;
use seawall_domain::evaluation::canary::{Canaries, Sighting};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

/// What finds canaries in texts.
pub(super) struct Finder(NFA);

impl Finder {
    /// One that finds all of these at once.
    pub(super) fn of(canaries: &Canaries) -> Result<Finder, FormatFault> {
        let built = NFA::builder().ascii_case_insensitive(true).build(canaries.marks());
        built.map(Finder).map_err(|error| {
            FormatFault::new(super::FORMAT, "the canaries", format!("too many: {error}"))
        })
    }
}

/// Where in a conversation something stands: before it, in the pool of all that was said, in what
/// is left of that at the end, or after it; and the number of the message there.
type Turn = (u8, u64);

const INPUT: Turn = (0, 0);
const POOL: u8 = 1;
const LEFT: u8 = 2;
const LAST: Turn = (3, 0);

/// When something was first shown, and first said.
#[derive(Clone, Copy, Default)]
struct When {
    shown: Option<Turn>,
    said: Option<Turn>,
}

impl When {
    fn also(&mut self, other: When) {
        let earlier = |one: Option<Turn>, other: Option<Turn>| match (one, other) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        self.shown = earlier(self.shown, other.shown);
        self.said = earlier(self.said, other.said);
    }

    /// Whether it was said before it was shown.
    fn is_unprompted(self) -> bool {
        self.said.is_some_and(|said| self.shown.is_none_or(|shown| said < shown))
    }
}

/// What was found of one sample by now.
pub(super) struct Heard<'f> {
    finder: &'f Finder,
    whose: Whose,
    marks: BTreeMap<u32, When>,
    /// The texts that are kept apart of which messages speak.
    named: BTreeMap<String, When>,
    /// The canaries in each text that is kept apart and has some.
    apart: BTreeMap<String, BTreeSet<u32>>,
}

/// What was found in a value.
#[derive(Default)]
struct Found {
    marks: BTreeSet<u32>,
    named: BTreeSet<String>,
}

impl Listener for Heard<'_> {
    type Heard = Sighting;

    fn body<R: Read>(&mut self, scan: &mut Scan<R>) -> Scanned<()> {
        scan.object(&mut |scan, name| match name {
            "id" => self.whose.id(scan),
            "epoch" => self.whose.epoch(scan),
            "input" => {
                let found = self.found(scan)?;
                self.take(found, When { shown: Some(INPUT), said: None });
                Ok(())
            }
            "messages" => self.conversation(scan, (LEFT, 0)),
            "events_data" => scan.object(&mut |scan, name| match name {
                "messages" => self.conversation(scan, (POOL, 0)),
                _ => scan.skip(),
            }),
            "output" => self.said(scan),
            "scores" => scan.object(&mut |scan, _| {
                scan.object(&mut |scan, name| match name {
                    "answer" => self.said(scan),
                    _ => scan.skip(),
                })
            }),
            "attachments" => scan.object(&mut |scan, name| self.text(scan, name)),
            _ => scan.skip(),
        })
    }

    fn messages<R: Read>(&mut self, scan: &mut Scan<R>, first: u64) -> Scanned<()> {
        self.conversation(scan, (POOL, first))
    }

    fn text<R: Read>(&mut self, scan: &mut Scan<R>, name: &str) -> Scanned<()> {
        let found = self.found(scan)?;
        if !found.marks.is_empty() && self.apart.len() < APART_MAX {
            self.apart.insert(name.to_owned(), found.marks);
        }
        Ok(())
    }

    fn finish(mut self) -> Option<Sighting> {
        for (name, when) in std::mem::take(&mut self.named) {
            for mark in self.apart.get(&name).into_iter().flatten() {
                self.marks.entry(*mark).or_default().also(when);
            }
        }
        let (task, epoch) = self.whose.attempt()?;
        let unprompted = self.marks.into_iter().filter(|(_, when)| when.is_unprompted());
        Some(Sighting { task, epoch, marks: unprompted.map(|(mark, _)| mark).collect() })
    }
}

impl<'f> Heard<'f> {
    pub(super) fn of(finder: &'f Finder) -> Heard<'f> {
        let (marks, named, apart) = Default::default();
        Heard { finder, whose: Whose::default(), marks, named, apart }
    }
    fn conversation<R: Read>(&mut self, scan: &mut Scan<R>, first: Turn) -> Scanned<()> {
        let mut turn = first;
        scan.list(&mut |scan| {
            self.message(scan, turn)?;
            turn.1 = turn.1.saturating_add(1);
            Ok(())
        })
    }

    /// A message was said when the model wrote it, and else shown; its role may come last.
    fn message<R: Read>(&mut self, scan: &mut Scan<R>, turn: Turn) -> Scanned<()> {
        let (mut found, mut is_models) = (Found::default(), false);
        scan.object(&mut |scan, name| match name {
            "role" => {
                is_models = scan.text(16)?.is_some_and(|role| role.start == "assistant");
                Ok(())
            }
            "content" | "tool_calls" | "error" => self.look(scan, &mut found),
            _ => scan.skip(),
        })?;
        let when = match is_models {
            true => When { shown: None, said: Some(turn) },
            false => When { shown: Some(turn), said: None },
        };
        self.take(found, when);
        Ok(())
    }

    /// The last answer, or what was scored.
    fn said<R: Read>(&mut self, scan: &mut Scan<R>) -> Scanned<()> {
        let found = self.found(scan)?;
        self.take(found, When { shown: None, said: Some(LAST) });
        Ok(())
    }

    fn take(&mut self, found: Found, when: When) {
        for mark in found.marks {
            self.marks.entry(mark).or_default().also(when);
        }
        for name in found.named {
            let is_room = self.named.len() < APART_MAX;
            match self.named.entry(name) {
                Entry::Occupied(mut place) => place.get_mut().also(when),
                Entry::Vacant(place) if is_room => {
                    place.insert(when);
                }
                Entry::Vacant(_) => {}
            }
        }
    }

    fn found<R: Read>(&self, scan: &mut Scan<R>) -> Scanned<Found> {
        let mut found = Found::default();
        self.look(scan, &mut found)?;
        Ok(found)
    }

    /// Looks through every text of a value, however it is nested.
    fn look<R: Read>(&self, scan: &mut Scan<R>, into: &mut Found) -> Scanned<()> {
        match scan.kind()? {
            Kind::Text => self.read(scan, into),
            Kind::Object => scan.object(&mut |scan, _| self.look(scan, into)),
            Kind::List => scan.list(&mut |scan| self.look(scan, into)),
            Kind::Word => scan.skip(),
        }
    }

    /// Reads one text to its end, letter by letter.
    fn read<R: Read>(&self, scan: &mut Scan<R>, into: &mut Found) -> Scanned<()> {
        let automaton = &self.finder.0;
        let Ok(mut state) = automaton.start_state(Anchored::No) else { return scan.skip() };
        let mut start = Vec::new();
        scan.each_piece(&mut |piece| {
            let room = (APART.len() + NAME_BYTES_MAX + 1).saturating_sub(start.len());
            start.extend(piece.iter().take(room));
            for byte in piece.iter().filter(|byte| **byte != b'-') {
                state = automaton.next_state(Anchored::No, state, *byte);
                if automaton.is_special(state) && automaton.is_match(state) {
                    let all = 0..automaton.match_len(state);
                    let marks = all.map(|at| automaton.match_pattern(state, at).as_u32());
                    into.marks.extend(marks);
                }
            }
        })?;
        let name = std::str::from_utf8(&start).ok().and_then(|text| text.strip_prefix(APART));
        if let Some(name) = name.filter(|name| name.len() <= NAME_BYTES_MAX) {
            into.named.insert(name.to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
