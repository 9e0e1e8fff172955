//! The desk: everything a use-case works with, made once by the executable.

mod stop;

pub use stop::Stop;

use crate::advisory_set::AdvisorySets;
use crate::assets::Assets;
use crate::outcome::{Fault, Outcome};
use seawall_domain::digest::{Address, Digest};
use seawall_domain::independence::{Dependence, Origin};
use seawall_domain::package::{Package, Version};
use seawall_domain::recipe::Doubt;
use seawall_domain::time::{Timestamp, micros};
use seawall_domain::verdict::Outcome as Seen;
use seawall_ledger::sign::{SigningKey, VerifyingKey};
pub use seawall_sandbox::CrashKey;
use seawall_store::Store;
use seawall_store::db::Tx;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use uuid::Uuid;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Gives randomness: for ids and secrets.
pub trait Chance: Send + Sync {
    /// Fills the bytes from a source nobody can guess.
    fn fill(&self, bytes: &mut [u8]);
}

/// Runs foreign code, in a process of its own. Calls block; the desk moves them off the runtime.
pub trait Reproducer: Send + Sync {
    /// The releases of a package that can be fetched, in no order.
    fn releases(&self, package: &Package) -> Result<Vec<Version>, LabFault>;

    /// The text of a file of a release, when there is such a file.
    fn source(
        &self,
        package: &Package,
        version: &Version,
        file: &str,
    ) -> Result<Option<String>, LabFault>;

    /// Runs a recipe (TOML text) against a release, so many times, each isolated.
    fn run(&self, recipe: &str, version: &Version, runs: u32) -> Result<Vec<LabRun>, LabFault>;

    /// What a recipe ran in, for evidence: tools, the releases themselves, and what speaks against
    /// the claim when the effect shows.
    fn surroundings(&self, recipe: &str, version: &Version) -> Result<Surroundings, LabFault>;

    /// The same laboratory for one job alone: what it does ends with [`LabFault::Stopped`] once the
    /// stop is thrown. None where it cannot be ended, and goes on to its end unheeded.
    fn stoppable(&self, _stop: &Stop) -> Option<Arc<dyn Reproducer>> {
        None
    }
}

/// What a recipe ran in.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// What else an outcome can depend on: kernel, architecture and the versions of tools, by name.
    pub environment: BTreeMap<String, String>,
    /// The releases that were run: the target, and the fixed one where the oracle compares.
    pub releases: Vec<LabRelease>,
    /// What speaks against the claim that a boundary is crossed.
    pub doubts: Vec<Doubt>,
}

/// One release that was run.
#[derive(Clone, Debug)]
pub struct LabRelease {
    /// Its version.
    pub version: Version,
    /// The digest over every path and every byte of it.
    pub digest: Digest,
    /// It as one archive, unless it is too large to travel.
    pub archive: Option<Vec<u8>>,
}

/// One isolated run.
#[derive(Clone, Debug)]
pub struct LabRun {
    /// What it showed.
    pub outcome: Seen,
    /// The normalised key of the effect.
    pub effect: String,
    /// Everything that was said, bounded.
    pub transcript: String,
    /// What crashed, where the attack ended in a crash that can be read.
    pub crash: Option<CrashKey>,
    /// What it used.
    pub used: Used,
}

impl Default for LabRun {
    /// A run that showed nothing.
    fn default() -> Self {
        let (effect, transcript) = (String::new(), String::new());
        LabRun { outcome: Seen::Untested, effect, transcript, crash: None, used: Used::default() }
    }
}

/// What one isolated run used of the machine; nothing at all when nothing was run.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Used {
    /// Processor time of all its commands, in milliseconds.
    pub cpu_ms: u64,
    /// Time that passed, in milliseconds.
    pub wall_ms: u64,
    /// The most memory that any of its commands used at one time, in MiB.
    pub peak_mib: u32,
}

/// The laboratory could not do it.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum LabFault {
    /// There is no such release.
    #[error("there is no release {version} of {package}")]
    NoSuchRelease {
        /// The package.
        package: String,
        /// The version.
        version: String,
    },
    /// The recipe cannot be used.
    #[error("cannot use the recipe: {0}")]
    Recipe(String),
    /// A registry or a tool is out of reach; trying later may help.
    #[error("{0}")]
    Unreachable(String),
    /// Whoever runs this laboratory is not independent of the finder; another worker may be.
    #[error("{0}")]
    Dependent(Dependence),
    /// It was told to stop.
    #[error("it was told to stop")]
    Stopped,
}

/// Hands letters to the world and collects theirs.
pub trait Courier: Send + Sync {
    /// Hands over a letter; the same Message-ID twice is one letter.
    fn deliver(&self, message_id: &str, bytes: &[u8]) -> Result<(), String>;

    /// The letters that wait, each with a name by which it can be put away.
    fn collect(&self) -> Result<Vec<(String, Vec<u8>)>, String>;

    /// Puts a letter away that was dealt with.
    fn put_away(&self, name: &str) -> Result<(), String>;
}

/// What an operator of this installation decides.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it is reached: `http://127.0.0.1:8080`, without a slash at the end.
    pub base_url: String,
    /// Who publishes: the name and namespace in every document.
    pub publisher: seawall_formats::csaf::Publisher,
    /// From which address letters come.
    pub mail_from: String,
    /// What every page, document and letter says first: in a demo, that it is a replay.
    pub notice: Option<String>,
    /// The folder of everything public: it can be copied and verified as it is.
    pub public: PathBuf,
    /// The folder of packed advisories, in which everything can be made again.
    pub dumps: PathBuf,
    /// The folder of the internal log's tiles.
    pub log: PathBuf,
    /// Who verifies here: the party that runs the laboratory, and the models that take part.
    pub verifier: Origin,
    /// The key by which the classified side signs what crosses from it; without one, only what this
    /// installation signed itself is taken.
    pub crossing_signer: Option<VerifyingKey>,
}

/// Everything a use-case works with.
#[derive(Clone)]
pub struct Desk {
    /// Rows, blobs and keys.
    pub store: Arc<Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub chance: Arc<dyn Chance>,
    /// The laboratory.
    pub laboratory: Arc<dyn Reproducer>,
    /// The mailbox.
    pub courier: Arc<dyn Courier>,
    /// What outside sources say of flaws, and what was published here.
    pub advisories: Arc<AdvisorySets>,
    /// Who runs what.
    pub assets: Arc<Assets>,
    /// What the operator decided.
    pub settings: Arc<Settings>,
}

impl Desk {
    /// Now, to the microsecond that is stored.
    pub fn now(&self) -> Timestamp {
        micros(self.clock.now())
    }

    /// A random UUID (version 4).
    pub fn uuid(&self) -> Uuid {
        let mut bytes = [0; 16];
        self.chance.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    /// A secret of 160 bits in lower-case letters and digits, 32 characters.
    pub fn secret(&self) -> String {
        let mut bytes = [0; 20];
        self.chance.fill(&mut bytes);
        base32(&bytes)
    }

    /// Opens a named transaction.
    pub async fn begin(&self, name: &'static str) -> Outcome<Tx> {
        Ok(self.store.begin(name).await?)
    }

    /// Does something slow that blocks, off the runtime's own threads.
    pub async fn in_laboratory<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Reproducer) -> Result<T, LabFault> + Send + 'static,
    ) -> Outcome<T> {
        let laboratory = self.laboratory.clone();
        let done = tokio::task::spawn_blocking(move || work(&*laboratory)).await;
        Ok(done.map_err(|error| Fault::inconsistent("finish laboratory work", error))??)
    }

    /// The key of a purpose, derived from the installation's own; never stored.
    pub fn signing_key(&self, purpose: &str) -> SigningKey {
        SigningKey::from_seed(self.store.keys().derive(purpose))
    }

    /// Keeps bytes for an owner, whose key can be thrown away to erase them.
    pub async fn keep(&self, tx: &mut Tx, owner: &str, bytes: &[u8]) -> Outcome<Address> {
        Ok(self.store.blobs().put(tx, owner, bytes).await?)
    }

    /// The bytes at an address.
    pub async fn bytes(&self, tx: &mut Tx, address: &Address) -> Outcome<Vec<u8>> {
        Ok(self.store.blobs().get_in(tx, *address).await?)
    }

    /// The text at an address.
    pub async fn text(&self, tx: &mut Tx, address: &Address) -> Outcome<String> {
        let bytes = self.bytes(tx, address).await?;
        String::from_utf8(bytes).map_err(|error| Fault::inconsistent("read a blob", error).into())
    }
}

impl From<Fault> for String {
    fn from(fault: Fault) -> String {
        fault.to_string()
    }
}

/// SHA-256 of bytes.
pub fn digest(bytes: &[u8]) -> Digest {
    seawall_store::blob::sha256(bytes)
}

/// Lower-case base 32 without letters that look alike (Crockford's alphabet).
pub fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let bit = |index: usize| {
        let byte = bytes.get(index / 8).copied().unwrap_or(0);
        usize::from(byte >> (7 - index % 8) & 1)
    };
    (0..(bytes.len() * 8).div_ceil(5))
        .map(|digit| (0..5).fold(0, |value, offset| value << 1 | bit(digit * 5 + offset)))
        .map(|value| char::from(ALPHABET[value % 32]))
        .collect()
}
