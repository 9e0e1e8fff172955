//! The words on which a line is worth a look, found in one pass over its bytes.
//!
//! The tables of the readers are compiled once into an automaton after Aho and Corasick: whatever
//! their number, a byte costs one step.

use super::draft::Draft;
use super::{fuzzer, kernel, runtime, sanitizer, signal, statement};
use std::collections::VecDeque;
use std::sync::OnceLock;

/// What is done with a line in which a word stands: whether it told something of the crash.
pub(super) type Reader = fn(&mut Draft, &str) -> bool;

/// Entries of a table: a word, and who reads a line that has it.
pub(super) type Table = &'static [(&'static str, Reader)];

/// Whose words are asked first: a verdict before a guess.
const TABLES: [Table; 6] = [
    sanitizer::TABLE,
    kernel::TABLE,
    fuzzer::TABLE,
    statement::TABLE,
    runtime::TABLE,
    signal::TABLE,
];

/// Words are marked in the bits of a number.
const WORDS_MAX: usize = 128;

/// The automaton.
pub(super) struct Triggers {
    /// Which column a byte has in `next`: bytes in no word share the first.
    column: [u8; 256],
    columns: usize,
    /// The next state by state and column.
    next: Vec<u16>,
    /// The words that end in a state.
    ends: Vec<u128>,
    readers: Vec<Reader>,
}

impl Triggers {
    /// The one automaton of the program.
    pub(super) fn shared() -> &'static Triggers {
        static SHARED: OnceLock<Triggers> = OnceLock::new();
        SHARED.get_or_init(|| {
            let entries: Vec<(&str, Reader)> =
                TABLES.iter().flat_map(|t| t.iter().copied()).collect();
            Triggers::new(&entries)
        })
    }

    fn new(entries: &[(&str, Reader)]) -> Triggers {
        debug_assert!(entries.len() <= WORDS_MAX);
        let mut column = [0_u8; 256];
        let mut columns = 1_usize;
        for byte in entries.iter().flat_map(|(word, _)| word.bytes()) {
            if let Some(slot) = column.get_mut(usize::from(byte))
                && *slot == 0
            {
                *slot = u8::try_from(columns).unwrap_or(u8::MAX);
                columns += 1;
            }
        }
        let mut made = Triggers {
            column,
            columns,
            next: vec![0; columns],
            ends: vec![0],
            readers: entries.iter().map(|(_, reader)| *reader).collect(),
        };
        for (number, (word, _)) in entries.iter().enumerate() {
            made.insert(word, number);
        }
        made.link();
        made
    }

    fn step(&self, state: u16, column: u8) -> u16 {
        let at = usize::from(state) * self.columns + usize::from(column);
        self.next.get(at).copied().unwrap_or_default()
    }

    fn set(&mut self, state: u16, column: u8, to: u16) {
        let at = usize::from(state) * self.columns + usize::from(column);
        if let Some(slot) = self.next.get_mut(at) {
            *slot = to;
        }
    }

    fn of(&self, byte: u8) -> u8 {
        self.column.get(usize::from(byte)).copied().unwrap_or_default()
    }

    fn insert(&mut self, word: &str, number: usize) {
        let mut state = 0_u16;
        for byte in word.bytes() {
            let column = self.of(byte);
            let mut to = self.step(state, column);
            if to == 0 {
                to = u16::try_from(self.ends.len()).unwrap_or_default();
                self.ends.push(0);
                self.next.resize(self.ends.len() * self.columns, 0);
                self.set(state, column, to);
            }
            state = to;
        }
        if let Some(ends) = self.ends.get_mut(usize::from(state)) {
            *ends |= 1 << number.min(WORDS_MAX - 1);
        }
    }

    /// Fills in where to go when a word breaks off, breadth first.
    fn link(&mut self) {
        let mut fails = vec![0_u16; self.ends.len()];
        let mut queue: VecDeque<u16> = VecDeque::new();
        let columns = u8::try_from(self.columns).unwrap_or(u8::MAX);
        for column in 0..columns {
            let to = self.step(0, column);
            if to != 0 {
                queue.push_back(to);
            }
        }
        while let Some(state) = queue.pop_front() {
            let fail = fails.get(usize::from(state)).copied().unwrap_or_default();
            let more = self.ends.get(usize::from(fail)).copied().unwrap_or_default();
            if let Some(ends) = self.ends.get_mut(usize::from(state)) {
                *ends |= more;
            }
            for column in 0..columns {
                let (to, other) = (self.step(state, column), self.step(fail, column));
                if to == 0 {
                    self.set(state, column, other);
                } else {
                    if let Some(slot) = fails.get_mut(usize::from(to)) {
                        *slot = other;
                    }
                    queue.push_back(to);
                }
            }
        }
    }

    /// The readers whose words stand in a line, in the order of the tables.
    pub(super) fn seen(&self, line: &str) -> impl Iterator<Item = Reader> {
        let mut found = 0_u128;
        let mut state = 0_u16;
        for byte in line.bytes() {
            state = self.step(state, self.of(byte));
            found |= self.ends.get(usize::from(state)).copied().unwrap_or_default();
        }
        std::iter::from_fn(move || {
            let number = usize::try_from(found.trailing_zeros()).ok()?;
            found &= found.wrapping_sub(1);
            self.readers.get(number).copied()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(draft: &mut Draft, _: &str) -> bool {
        draft.crash.class.push('1');
        true
    }

    fn second(draft: &mut Draft, _: &str) -> bool {
        draft.crash.class.push('2');
        true
    }

    #[test]
    fn every_word_is_found_wherever_it_begins() {
        let triggers =
            Triggers::new(&[("abab", first), ("bax", second), ("b", first), ("ab c", second)]);
        let check = |line: &str, expected: &str| {
            let mut draft = Draft::new(super::super::Exhaustion::PassedOver);
            triggers.seen(line).for_each(|reader| {
                reader(&mut draft, line);
            });
            assert_eq!(draft.crash.class, expected, "{line}");
        };
        check("", "");
        check("xyz", "");
        check("aabab", "11");
        check("ababax", "121");
        check("ababab c", "112");
        check("é b", "1");
    }

    #[test]
    fn the_tables_fit_into_the_automaton() {
        let words: usize = TABLES.iter().map(|table| table.len()).sum();
        assert!(words <= WORDS_MAX, "{words}");
        assert!(Triggers::shared().ends.len() < usize::from(u16::MAX));
        assert!(Triggers::shared().columns < 255);
    }
}
