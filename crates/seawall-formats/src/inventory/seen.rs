//! Texts of which it is asked whether they came up before, kept one behind the other.

use std::hash::{BuildHasher, RandomState};

/// The keys of an inventory's lines.
#[derive(Default)]
pub(super) struct Seen {
    hasher: RandomState,
    /// All texts, without anything between them.
    texts: String,
    /// Where each of them ends.
    ends: Vec<usize>,
    /// A table of open addressing, a power of two long and at most half full: a hash, and the
    /// number of its text plus one; zero where nothing is.
    slots: Vec<(u32, u32)>,
}

impl Seen {
    /// Makes room for so many texts at once.
    pub(super) fn reserve(&mut self, texts: usize) {
        self.ends.reserve(texts);
        let wanted = (2 * (self.ends.len() + texts)).next_power_of_two();
        if wanted > self.slots.len() {
            self.grow(wanted);
        }
    }

    /// Keeps a text; says whether it is new.
    pub(super) fn insert(&mut self, text: &str) -> bool {
        if 2 * self.ends.len() >= self.slots.len() {
            self.grow((2 * self.slots.len()).max(16));
        }
        let hash = self.hasher.hash_one(text) as u32;
        let mut at = hash as usize;
        loop {
            at &= self.slots.len() - 1;
            match self.slots.get(at) {
                Some((_, 0)) | None => break,
                Some((own, number)) if *own == hash && self.text(*number) == text => return false,
                Some(_) => at += 1,
            }
        }
        self.texts.push_str(text);
        self.ends.push(self.texts.len());
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = (hash, self.ends.len() as u32);
        }
        true
    }

    /// The text of a number of the table.
    fn text(&self, number: u32) -> &str {
        let number = number as usize;
        let end = self.ends.get(number.wrapping_sub(1)).copied().unwrap_or_default();
        let start = self.ends.get(number.wrapping_sub(2)).copied().unwrap_or_default();
        self.texts.get(start..end).unwrap_or_default()
    }

    fn grow(&mut self, length: usize) {
        let old = std::mem::replace(&mut self.slots, vec![(0, 0); length]);
        for (hash, number) in old.into_iter().filter(|(_, number)| *number != 0) {
            let mut at = hash as usize & (length - 1);
            while self.slots.get(at).is_some_and(|(_, taken)| *taken != 0) {
                at = (at + 1) & (length - 1);
            }
            if let Some(slot) = self.slots.get_mut(at) {
                *slot = (hash, number);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    proptest! {
        #[test]
        fn it_answers_as_a_set_does(
            texts in prop::collection::vec("[ab]{0,7}", 0..300),
            room in 0usize..9,
        ) {
            let (mut seen, mut set) = (Seen::default(), HashSet::new());
            seen.reserve(room);
            for text in &texts {
                prop_assert_eq!(seen.insert(text), set.insert(text));
            }
        }
    }
}
