//! A set of assets that changes: most hold one or two, some a good part of a nation.

use roaring::RoaringBitmap;
use std::hash::{BuildHasherDefault, Hasher};

/// Assets that are kept as a plain list.
const FEW_LEN_MAX: usize = 64;

/// Assets, ascending, each once.
#[derive(Clone, Debug)]
pub enum Crowd {
    /// Most versions that are new or rare; nothing is allocated for them.
    One(u32),
    Few(Vec<u32>),
    Many(RoaringBitmap),
}

impl Crowd {
    /// No asset.
    pub const fn new() -> Self {
        Crowd::Few(Vec::new())
    }

    /// How many assets there are.
    pub fn len(&self) -> u64 {
        match self {
            Crowd::One(_) => 1,
            Crowd::Few(assets) => assets.len() as u64,
            Crowd::Many(assets) => assets.len(),
        }
    }

    /// Tells whether there is none.
    pub fn is_empty(&self) -> bool {
        match self {
            Crowd::One(_) => false,
            Crowd::Few(assets) => assets.is_empty(),
            Crowd::Many(assets) => assets.is_empty(),
        }
    }

    /// Tells whether an asset is among them.
    pub fn contains(&self, asset: u32) -> bool {
        match self {
            Crowd::One(one) => *one == asset,
            Crowd::Few(assets) => assets.binary_search(&asset).is_ok(),
            Crowd::Many(assets) => assets.contains(asset),
        }
    }

    /// Adds an asset.
    pub fn insert(&mut self, asset: u32) {
        match self {
            Crowd::Many(assets) => {
                assets.insert(asset);
            }
            Crowd::One(one) if *one == asset => {}
            Crowd::One(one) => *self = Crowd::Few(vec![asset.min(*one), asset.max(*one)]),
            Crowd::Few(assets) if assets.is_empty() => *self = Crowd::One(asset),
            Crowd::Few(assets) => {
                if let Err(place) = assets.binary_search(&asset) {
                    assets.insert(place, asset);
                }
                if assets.len() > FEW_LEN_MAX {
                    *self = Crowd::Many(assets.iter().copied().collect());
                }
            }
        }
    }

    /// Removes an asset; `true` when it was among them.
    pub fn remove(&mut self, asset: u32) -> bool {
        match self {
            Crowd::One(one) if *one == asset => {
                *self = Crowd::new();
                true
            }
            Crowd::One(_) => false,
            Crowd::Many(assets) => assets.remove(asset),
            Crowd::Few(assets) => match assets.binary_search(&asset) {
                Ok(place) => assets.remove(place) == asset,
                Err(_) => false,
            },
        }
    }

    /// The assets, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        let (few, many) = match self {
            Crowd::One(one) => (std::slice::from_ref(one), None),
            Crowd::Few(assets) => (&assets[..], None),
            Crowd::Many(assets) => (&[][..], Some(assets)),
        };
        few.iter().copied().chain(many.into_iter().flatten())
    }
}

/// Spreads numbers that this crate gave out itself; a general hash would cost as much as the rest.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spread(u64);

/// Builds [`Spread`].
pub type Spreading = BuildHasherDefault<Spread>;

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u32((*byte).into()));
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = (self.0 ^ u64::from(number)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn a_crowd_is_a_set(steps in prop::collection::vec((any::<bool>(), 0..200u32), 0..400)) {
            let (mut crowd, mut model) = (Crowd::new(), BTreeSet::new());
            for (is_added, asset) in steps {
                if is_added {
                    crowd.insert(asset);
                    model.insert(asset);
                } else {
                    prop_assert_eq!(crowd.remove(asset), model.remove(&asset));
                }
                prop_assert_eq!(crowd.contains(asset), model.contains(&asset));
            }
            prop_assert_eq!(crowd.len(), model.len() as u64);
            prop_assert_eq!(crowd.is_empty(), model.is_empty());
            prop_assert!(crowd.iter().eq(model.iter().copied()));
        }
    }
}
