//! What is kept of a log by now: how much, and what many of its attempts share.

use super::super::scan::{Scan, Scanned};
use super::Fact;
use seawall_domain::evaluation::attempt::TaskId;
use seawall_domain::evaluation::log::{Ceilings, Fallback, Observation, Provenance, Score};
use seawall_domain::evaluation::value::{Given, Scalar};
use seawall_domain::evaluation::word::Word;
use std::collections::BTreeSet;
use std::io::Read;
use std::mem::size_of;
use std::sync::Arc;

/// How much may be kept of all samples, summaries and reductions of one log, in bytes. 200,000
/// samples of one scorer keep some 80 MB.
pub const KEPT_BYTES_MAX: usize = 256 * 1024 * 1024;

/// How many different words are shared; the next ones stand for themselves.
const WORDS_MAX: usize = 600_000;

/// Among how many of the last limits and facts that were met the same ones are looked for.
const RECENT_MAX: usize = 64;

/// What a shared text takes besides its letters, in bytes: two counts, and what an allocator adds.
const SHARED_BYTES: usize = 24;

/// What is kept of a log by now.
#[derive(Default)]
pub(in super::super) struct Held {
    bytes: usize,
    words: BTreeSet<Word>,
    ceilings: Recent<Ceilings>,
    facts: Recent<[Fact]>,
    scores: Recent<[(Word, Given)]>,
}

impl Held {
    /// Shares the ids of tasks that are known already.
    pub(in super::super) fn know(&mut self, tasks: &[TaskId]) {
        for task in tasks {
            if let TaskId::Text(word) = task
                && self.words.len() < WORDS_MAX
            {
                self.words.insert(word.clone());
            }
        }
    }

    /// The word for a text, shared with all others that say the same.
    pub(super) fn word(&mut self, text: &str) -> Word {
        match self.words.get(text) {
            Some(word) => word.clone(),
            None => self.new_word(text.into()),
        }
    }

    fn new_word(&mut self, word: Word) -> Word {
        self.bytes = self.bytes.saturating_add(SHARED_BYTES + size_of::<Word>() + word.len());
        if self.words.len() < WORDS_MAX {
            self.words.insert(word.clone());
        }
        word
    }

    /// An id with its word shared.
    pub(super) fn id(&mut self, id: TaskId) -> TaskId {
        match id {
            TaskId::Number(number) => TaskId::Number(number),
            TaskId::Text(word) => TaskId::Text(match self.words.get(&*word) {
                Some(known) => known.clone(),
                None => self.new_word(word),
            }),
        }
    }

    /// A value with its word shared.
    pub(super) fn scalar(&mut self, value: Scalar) -> Scalar {
        match value {
            Scalar::Text(word) => Scalar::Text(self.word(&word)),
            Scalar::Null | Scalar::Number(_) | Scalar::Flag(_) => value,
        }
    }

    /// The limits of an attempt, shared with others that ran under the same.
    pub(super) fn ceilings(&mut self, ceilings: Ceilings) -> Option<Arc<Ceilings>> {
        if ceilings == Ceilings::default() {
            return None;
        }
        let same = self.ceilings.find(|known| *known == ceilings);
        Some(same.unwrap_or_else(|| {
            self.bytes = self.bytes.saturating_add(SHARED_BYTES + size_of::<Ceilings>());
            self.ceilings.keep(ceilings.into())
        }))
    }

    /// Facts of an attempt, shared with others of which the same is known.
    pub(in super::super) fn facts(&mut self, facts: Vec<Fact>) -> Arc<[Fact]> {
        let same = self.facts.find(|known| *known == *facts);
        same.unwrap_or_else(|| {
            let bytes = SHARED_BYTES + facts.len() * size_of::<Fact>();
            self.bytes = self.bytes.saturating_add(bytes);
            self.facts.keep(facts.into())
        })
    }

    /// Scores as a summary tells them, shared with others that say the same.
    pub(super) fn scores(&mut self, scores: Vec<(Word, Given)>) -> Arc<[(Word, Given)]> {
        let same = self.scores.find(|known| *known == *scores);
        same.unwrap_or_else(|| {
            let given = scores.iter().map(|(_, given)| of_given(given)).sum::<usize>();
            let bytes = SHARED_BYTES + scores.len() * size_of::<(Word, Given)>() + given;
            self.bytes = self.bytes.saturating_add(bytes);
            self.scores.keep(scores.into())
        })
    }

    pub(super) fn add<R: Read>(&mut self, scan: &Scan<R>, bytes: usize) -> Scanned<()> {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > KEPT_BYTES_MAX {
            let message = format!("more than {KEPT_BYTES_MAX} bytes would be kept of its samples");
            return Err(scan.fault(message));
        }
        Ok(())
    }
}

/// The last few different values that were met.
struct Recent<T: ?Sized> {
    values: Vec<Arc<T>>,
    /// Which is given up next.
    next: usize,
}

impl<T: ?Sized> Default for Recent<T> {
    fn default() -> Self {
        Recent { values: Vec::new(), next: 0 }
    }
}

impl<T: ?Sized> Recent<T> {
    fn find(&self, is_it: impl Fn(&T) -> bool) -> Option<Arc<T>> {
        self.values.iter().find(|known| is_it(known)).map(Arc::clone)
    }

    fn keep(&mut self, value: Arc<T>) -> Arc<T> {
        match self.values.get_mut(self.next) {
            Some(place) => *place = Arc::clone(&value),
            None => self.values.push(Arc::clone(&value)),
        }
        self.next = (self.next + 1) % RECENT_MAX;
        value
    }
}

/// What a scorer gave, without what is shared.
fn of_given(given: &Given) -> usize {
    match given {
        Given::One(_) => 0,
        Given::List(items) => items.len() * size_of::<Scalar>(),
        Given::Named(parts) => parts.len() * size_of::<(Word, Scalar)>(),
    }
}

fn of_provenance(by: &Provenance) -> usize {
    size_of::<Provenance>() + by.author.len() + by.at.len() + by.reason.len()
}

/// The bytes that an observation keeps for itself alone.
pub(super) fn of_observation(seen: &Observation) -> usize {
    let score = |score: &Score| {
        let given = of_given(&score.value) + score.original().map_or(0, of_given);
        let edits: usize = score.edits().iter().map(of_provenance).sum();
        size_of::<Score>() + given + edits
    };
    let fallback = |one: &Fallback| size_of::<Fallback>() + one.asked.len() + one.answered.len();
    size_of::<Observation>()
        + seen.scores.iter().map(score).sum::<usize>()
        + seen.fallbacks.iter().map(fallback).sum::<usize>()
        + seen.invalidated.as_deref().map_or(0, of_provenance)
}

/// The bytes that are kept of what the attempts at one task come to.
pub(super) fn of_reduced(given: &Given) -> usize {
    size_of::<(TaskId, Given)>() + of_given(given)
}
