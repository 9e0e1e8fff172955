//! Sets of assets as answers: sorted numbers when there are few, a bitmap when there are many.

use std::cmp::Ordering;

/// Assets, each once.
#[derive(Clone, Debug)]
pub struct AssetSet(Form);

#[derive(Clone, Debug)]
enum Form {
    /// INVARIANT: ascending, each once.
    Few(Vec<u32>),
    Many(Bits),
}

impl AssetSet {
    /// Numbers in any order, with or without repetitions, as a set.
    pub(super) fn few(mut ids: Vec<u32>) -> Self {
        ids.sort_unstable();
        ids.dedup();
        AssetSet(Form::Few(ids))
    }

    pub(super) fn many(bits: Bits) -> Self {
        AssetSet(Form::Many(bits))
    }

    /// How many assets there are.
    pub fn len(&self) -> u64 {
        match &self.0 {
            Form::Few(ids) => ids.len() as u64,
            Form::Many(bits) => bits.len(),
        }
    }

    /// Tells whether there is none.
    pub fn is_empty(&self) -> bool {
        match &self.0 {
            Form::Few(ids) => ids.is_empty(),
            Form::Many(bits) => bits.words.iter().all(|word| *word == 0),
        }
    }

    /// Tells whether an asset is in the set.
    pub fn contains(&self, asset: u32) -> bool {
        match &self.0 {
            Form::Few(ids) => ids.binary_search(&asset).is_ok(),
            Form::Many(bits) => bits.contains(asset),
        }
    }

    /// Shows the assets, ascending.
    pub fn each(&self, mut visit: impl FnMut(u32)) {
        match &self.0 {
            Form::Few(ids) => ids.iter().for_each(|id| visit(*id)),
            Form::Many(bits) => {
                for (word, at) in bits.words.iter().zip(0u32..) {
                    let mut word = *word;
                    while word != 0 {
                        visit(at * u64::BITS + word.trailing_zeros());
                        word &= word - 1;
                    }
                }
            }
        }
    }

    /// The assets, ascending.
    pub fn to_vec(&self) -> Vec<u32> {
        let mut ids = Vec::with_capacity(usize::try_from(self.len()).unwrap_or(0));
        self.each(|id| ids.push(id));
        ids
    }

    /// The assets that are not in `other`.
    pub fn without(self, other: &AssetSet) -> AssetSet {
        match (self.0, &other.0) {
            (Form::Many(mut bits), Form::Many(other)) => {
                for (word, other) in bits.words.iter_mut().zip(&other.words) {
                    *word &= !other;
                }
                AssetSet(Form::Many(bits))
            }
            (Form::Many(mut bits), Form::Few(other)) => {
                other.iter().for_each(|id| bits.clear(*id));
                AssetSet(Form::Many(bits))
            }
            (Form::Few(mut ids), Form::Many(_) | Form::Few(_)) => {
                ids.retain(|id| !other.contains(*id));
                AssetSet(Form::Few(ids))
            }
        }
    }
}

/// One bit an asset.
#[derive(Clone, Debug)]
pub struct Bits {
    words: Vec<u64>,
}

impl Bits {
    /// No asset of `assets` marked; memory is an eighth byte an asset.
    pub fn new(assets: u32) -> Self {
        Bits { words: vec![0; assets.div_ceil(u64::BITS) as usize] }
    }

    /// Marks an asset; `false` when its number is too high.
    pub fn mark(&mut self, id: u32) -> bool {
        let word = self.words.get_mut((id / u64::BITS) as usize);
        word.map(|word| *word |= 1 << (id % u64::BITS)).is_some()
    }

    /// Marks ascending assets; `false` when a number is too high.
    pub fn mark_all(&mut self, ids: &[u32]) -> bool {
        let mut fits = true;
        for id in ids {
            fits &= self.mark(*id);
        }
        fits
    }

    /// Marks the assets of a bitmap's words that begin at word `first`.
    pub fn mark_words(&mut self, first: u32, words: &[u8]) -> Option<()> {
        let words = words.as_chunks().0;
        let first = first as usize;
        let own = self.words.get_mut(first..first.checked_add(words.len())?)?;
        for (own, word) in own.iter_mut().zip(words) {
            *own |= u64::from_le_bytes(*word);
        }
        Some(())
    }

    fn clear(&mut self, id: u32) {
        if let Some(word) = self.words.get_mut((id / u64::BITS) as usize) {
            *word &= !(1 << (id % u64::BITS));
        }
    }

    fn contains(&self, id: u32) -> bool {
        let word = self.words.get((id / u64::BITS) as usize);
        word.is_some_and(|word| word >> (id % u64::BITS) & 1 == 1)
    }

    fn len(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }
}

/// The numbers of `left` that are not in `right`, and the reverse; both ascending.
pub fn differences(left: &[u32], right: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let (mut lost, mut gained) = (Vec::new(), Vec::new());
    let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
    loop {
        let order = match (left.peek(), right.peek()) {
            (Some(left), Some(right)) => left.cmp(right),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return (lost, gained),
        };
        if order.is_eq() {
            left.next();
            right.next();
        } else if order.is_lt() {
            lost.extend(left.next());
        } else {
            gained.extend(right.next());
        }
    }
}
