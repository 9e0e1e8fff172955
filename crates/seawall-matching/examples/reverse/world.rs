//! Made-up packages, versions and inventories.

use crate::chance::{Chance, Zipf};
use seawall_domain::package::{Ecosystem, Package, Version};
use seawall_matching::postings::{Dictionary, DictionaryBuilder, VersionId};

/// Versions that every asset has.
pub const PER_ASSET: usize = 500;
/// Packages at 2,000 million postings; fewer postings name fewer, by the square root.
const PACKAGES_MAX: f64 = 250_000.0;
const POSTINGS_MAX: f64 = 2e9;
/// Versions of the packages with most of them; the mean is about 20.
const VERSIONS_MAX: u32 = 200;
/// The most widespread packages have that many.
const OLDEST: u32 = 20;
/// Neighbours that are made from one image.
const FLEET: u32 = 64;

/// Whether neighbours have much in common.
#[derive(Clone, Copy, Eq, PartialEq)]
pub enum Image {
    Own,
    Fleet,
}

pub struct World {
    pub assets: u32,
    /// The number of each package's first version, and behind them that of all versions.
    pub first: Vec<u32>,
    pub chance: Chance,
    zipf: Zipf,
    /// Octaves by number of versions.
    octaves: Vec<u64>,
    package_octaves: u64,
    image: Image,
    shared: Vec<u32>,
    shared_of: u32,
    /// The last asset, plus one, that drew each version.
    seen: Vec<u32>,
}

impl World {
    pub fn new(postings: u64, image: Image) -> Self {
        let packages = (PACKAGES_MAX * (postings as f64 / POSTINGS_MAX).sqrt()) as u32;
        let mut chance = Chance::new(1);
        let mut first = vec![0];
        let mut versions = 0;
        for package in 0..packages {
            let share = f64::from(chance.below(1 << 24) + 1) / f64::from(1 << 24);
            let drawn = ((4.0 / share) as u32).min(VERSIONS_MAX);
            versions += if package < OLDEST { VERSIONS_MAX } else { drawn };
            first.push(versions);
        }
        World {
            assets: (postings / PER_ASSET as u64) as u32,
            first,
            chance: Chance::new(2),
            zipf: Zipf::new(),
            octaves: (0..=VERSIONS_MAX).map(Zipf::octaves).collect(),
            package_octaves: Zipf::octaves(packages),
            image,
            shared: Vec::new(),
            shared_of: u32::MAX,
            seen: vec![0; versions as usize],
        }
    }

    fn packages(&self) -> u32 {
        self.first.len() as u32 - 1
    }

    /// A package, by popularity.
    pub fn package(&mut self) -> u32 {
        self.zipf.rank(&mut self.chance, self.package_octaves, self.first.len() as u32 - 1)
    }

    fn version(&self, chance: &mut Chance) -> u32 {
        let package = self.zipf.rank(chance, self.package_octaves, self.packages()) as usize;
        let len = self.first[package + 1] - self.first[package];
        let age = self.zipf.rank(chance, self.octaves[len as usize], len);
        self.first[package + 1] - 1 - age
    }

    /// The versions of an asset, ascending; the same whenever it is asked.
    pub fn inventory(&mut self, asset: u32, own: &mut Vec<u32>) {
        let mut chance = Chance::new(u64::from(asset) + 3);
        own.clear();
        if self.image == Image::Fleet {
            if self.shared_of != asset / FLEET {
                self.shared_of = asset / FLEET;
                let mut chance = Chance::new(!u64::from(asset / FLEET));
                self.shared = (0..PER_ASSET).map(|_| self.version(&mut chance)).collect();
            }
            for version in &self.shared {
                if chance.below(10) > 0 && self.seen[*version as usize] != asset + 1 {
                    self.seen[*version as usize] = asset + 1;
                    own.push(*version);
                }
            }
        }
        while own.len() < PER_ASSET {
            let version = self.version(&mut chance);
            if std::mem::replace(&mut self.seen[version as usize], asset + 1) != asset + 1 {
                own.push(version);
            }
        }
        own.sort_unstable();
        // So that the same asset can be made again.
        own.iter().for_each(|version| self.seen[*version as usize] = 0);
    }

    /// What a version is called.
    pub fn named(&self, id: u32) -> (Package, Version) {
        let package = self.first.partition_point(|first| *first <= id) - 1;
        let place = id - self.first[package];
        let (major, minor, patch) = (place / 100 + 1, place / 10 % 10, place % 10);
        let (ecosystem, end) = match package % 4 {
            0 => (Ecosystem::Npm, ""),
            1 => (Ecosystem::PyPi, ""),
            2 => (Ecosystem::CratesIo, ""),
            _ => (Ecosystem::Debian(Some("12".to_owned())), "-1"),
        };
        let name = format!("package-{package:06}");
        (Package { ecosystem, name }, Version(format!("{major}.{minor}.{patch}{end}")))
    }

    pub fn dictionary(&self) -> Dictionary<'static> {
        let mut builder = DictionaryBuilder::new();
        for package in 0..self.packages() {
            for id in self.first[package as usize]..self.first[package as usize + 1] {
                let (named, version) = self.named(id);
                let is_first = id == self.first[package as usize];
                let assets = if is_first { self.packages() - package } else { 0 };
                builder.add(&named, &version, assets.into()).expect("names are short");
            }
        }
        builder.finish().expect("there are few enough versions")
    }

    /// The numbers that the dictionary gives.
    pub fn numbers(&self, dictionary: &Dictionary<'_>) -> Vec<VersionId> {
        let versions = self.first.last().copied().unwrap_or(0);
        let number = |id| {
            let (package, version) = self.named(id);
            dictionary.number(&package, &version).expect("every version was added")
        };
        (0..versions).map(number).collect()
    }
}
