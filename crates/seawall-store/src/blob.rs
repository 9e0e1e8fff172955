//! Bytes beside the database: reports, proofs, logs, bundles; encrypted, and erased by their owner.
//!
//! An owner is a finding or an inventory. Each has one data key, wrapped by the installation key;
//! deleting that row erases all its blobs, in every copy of the files. The address is keyed
//! (HMAC-SHA-256 over owner and plaintext), so that nobody can test a guess of the content, and
//! two owners never share a file, or erasing one would take the other's.
//!
//! The file is lasting before the row commits: a crash leaves at most a file without a row.

mod file;
mod seal;

use crate::args;
use crate::db::{Database, Row, StoreFault, Tx};
use crate::keys::InstallationKeys;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use aws_lc_rs::{digest, hmac};
pub use seawall_domain::digest::Address;
use seawall_domain::digest::Digest;
use seawall_domain::digest::NotADigest;
use std::path::{Path, PathBuf};

/// How large a blob may be: it is held in memory whole while it is sealed and opened.
pub const BLOB_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The folder of blobs of one installation.
#[derive(Clone, Debug)]
pub struct Blobs {
    dir: PathBuf,
    keys: InstallationKeys,
}

/// A row of the table `blob` whose owner still has its key, or lost it.
struct Entry {
    address: Address,
    digest: String,
    size_bytes: i64,
    owner: String,
    wrapped: Option<Vec<u8>>,
}

impl Blobs {
    /// The blobs below a folder, which is made with the first of them.
    pub fn new(dir: impl Into<PathBuf>, keys: InstallationKeys) -> Self {
        Self { dir: dir.into(), keys }
    }

    /// The address that these bytes have or would have for this owner.
    pub fn address(&self, owner: &str, bytes: &[u8]) -> Address {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.keys.address());
        let mut context = hmac::Context::with_key(&key);
        context.update(&(owner.len() as u64).to_be_bytes());
        context.update(owner.as_bytes());
        context.update(bytes);
        let mut address = [0; 32];
        address.copy_from_slice(context.sign().as_ref());
        Address(Digest::new(address))
    }

    /// Where the file of a blob lies.
    pub fn path(&self, address: Address) -> PathBuf {
        let name = address.to_string();
        // The name is 64 ASCII digits, so it can be cut anywhere.
        let (folder, rest) = name.split_at(2);
        self.dir.join(folder).join(rest)
    }

    /// Stores bytes for an owner; the same bytes of the same owner are stored once.
    pub async fn put(&self, tx: &mut Tx, owner: &str, bytes: &[u8]) -> Result<Address, StoreFault> {
        if bytes.len() > BLOB_BYTES_MAX {
            let what = "a blob";
            let size_bytes = bytes.len();
            return Err(StoreFault::TooLong { what, size_bytes, bytes_max: BLOB_BYTES_MAX });
        }
        let address = self.address(owner, bytes);
        let key = self.data_key(tx, owner).await?;
        let path = self.path(address);
        let sql = "SELECT digest FROM blob WHERE address = $1";
        let known = tx.fetch_optional(sql, args![address.to_string()]).await?;
        if let Some(row) = known
            && !row.text("digest")?.is_empty()
            && path.exists()
        {
            return Ok(address);
        }
        let sealed = seal::seal(&key, &address.to_string(), bytes)?;
        file::write(path, sealed).await?;
        let at = tx.database_time().await?;
        let sql = "INSERT INTO blob (address, owner, digest, size_bytes, at) \
                   VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT (address) DO UPDATE SET digest = excluded.digest";
        // A length under the bound above always fits.
        let size_bytes = bytes.len() as i64;
        let args = args![address.to_string(), owner, sha256(bytes).to_string(), size_bytes, at];
        tx.execute(sql, args).await?;
        Ok(address)
    }

    /// Reads a blob that was committed.
    pub async fn get(&self, database: &Database, address: Address) -> Result<Vec<u8>, StoreFault> {
        self.get_in(&mut database.read().await?, address).await
    }

    /// Reads a blob as the transaction sees it.
    pub async fn get_in(&self, tx: &mut Tx, address: Address) -> Result<Vec<u8>, StoreFault> {
        let sql = "SELECT blob.address, blob.digest, blob.size_bytes, blob.owner, \
                   data_key.wrapped \
                   FROM blob LEFT JOIN data_key ON data_key.owner = blob.owner \
                   WHERE blob.address = $1";
        let row = tx.fetch_optional(sql, args![address.to_string()]).await?;
        let missing = || StoreFault::BlobMissing { address: address.to_string() };
        let entry = Entry::restore(&row.ok_or_else(missing)?)?;
        self.read(&entry).await
    }

    /// Where the bytes of that SHA-256 lie that are kept for an owner; none when they never were,
    /// or are erased.
    pub async fn find(
        &self,
        tx: &mut Tx,
        owner: &str,
        digest: &Digest,
    ) -> Result<Option<Address>, StoreFault> {
        let sql = "SELECT address FROM blob WHERE owner = $1 AND digest = $2";
        let row = tx.fetch_optional(sql, args![owner, digest.to_string()]).await?;
        row.as_ref().map(restore_address).transpose()
    }

    /// Erases all blobs of an owner for good by deleting its key; gives their addresses, whose
    /// files can be removed after the commit.
    pub async fn erase(&self, tx: &mut Tx, owner: &str) -> Result<Vec<Address>, StoreFault> {
        tx.lock(&lock_name(owner)).await?;
        let sql = "DELETE FROM data_key WHERE owner = $1";
        tx.execute(sql, args![owner]).await?;
        // The digest goes too: it would let somebody test a guess of the content.
        let sql = "UPDATE blob SET digest = '' WHERE owner = $1 RETURNING address";
        let rows = tx.fetch(sql, args![owner]).await?;
        rows.iter().map(restore_address).collect()
    }

    /// Removes the files of erased blobs; without their key they are noise already.
    pub async fn remove_files(&self, addresses: &[Address]) -> Result<(), StoreFault> {
        for address in addresses {
            file::remove(self.path(*address)).await?;
        }
        Ok(())
    }

    /// Reads every blob and gives a fault for each that is not what was stored.
    pub async fn check_all(&self, database: &Database) -> Result<Checked, StoreFault> {
        let sql = "SELECT blob.address, blob.digest, blob.size_bytes, blob.owner, \
                   data_key.wrapped \
                   FROM blob LEFT JOIN data_key ON data_key.owner = blob.owner \
                   ORDER BY blob.address";
        let mut checked = Checked::default();
        for row in database.fetch(sql, Vec::new()).await? {
            let outcome = match Entry::restore(&row) {
                Ok(entry) => self.read(&entry).await.map(|_| ()),
                Err(fault) => Err(fault),
            };
            match outcome {
                Ok(()) => checked.sound += 1,
                Err(StoreFault::BlobErased { .. }) => checked.erased += 1,
                Err(fault) => checked.faults.push(fault),
            }
        }
        Ok(checked)
    }

    /// The files that no row knows: what a crash between file and row left behind.
    pub async fn orphans(&self, database: &Database) -> Result<Vec<PathBuf>, StoreFault> {
        let files = file::list(self.dir.clone()).await?;
        let sql = "SELECT address FROM blob";
        let rows = database.fetch(sql, Vec::new()).await?;
        let known = rows
            .iter()
            .map(|row| restore_address(row).map(|address| self.path(address)))
            .collect::<Result<std::collections::BTreeSet<_>, _>>()?;
        Ok(files.into_iter().filter(|path| !known.contains(path)).collect())
    }

    /// The folder of the blobs.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    async fn read(&self, entry: &Entry) -> Result<Vec<u8>, StoreFault> {
        let address = entry.address.to_string();
        let damaged = |why| StoreFault::BlobDamaged { address: address.clone(), why };
        if entry.digest.is_empty() {
            return Err(StoreFault::BlobErased { address });
        }
        let wrapped = entry.wrapped.as_deref();
        let wrapped = wrapped.ok_or_else(|| damaged("the key of its owner is gone"))?;
        let key = self.unwrap_key(&entry.owner, wrapped);
        let key = key.ok_or_else(|| damaged("the key of its owner does not unwrap"))?;
        let sealed = file::read(self.path(entry.address)).await?;
        let sealed = sealed.ok_or_else(|| damaged("its file is gone"))?;
        let bytes = seal::open(&key, &address, &sealed);
        let bytes = bytes.ok_or_else(|| damaged("its file was altered"))?;
        if self.address(&entry.owner, &bytes) != entry.address {
            return Err(damaged("its address is not that of its content"));
        }
        if sha256(&bytes).to_string() != entry.digest || bytes.len() as i64 != entry.size_bytes {
            return Err(damaged("its row was altered"));
        }
        Ok(bytes)
    }

    /// The data key of an owner, made on first use; the owner stays locked until the commit.
    async fn data_key(&self, tx: &mut Tx, owner: &str) -> Result<[u8; 32], StoreFault> {
        tx.lock(&lock_name(owner)).await?;
        let sql = "SELECT wrapped FROM data_key WHERE owner = $1";
        if let Some(row) = tx.fetch_optional(sql, args![owner]).await? {
            let unwrapped = self.unwrap_key(owner, &row.bytes("wrapped")?);
            return unwrapped.ok_or_else(|| StoreFault::Corrupt {
                table: "data_key",
                column: "wrapped",
                id: owner.to_owned(),
                why: "it was altered, or wrapped by another installation key".to_owned(),
            });
        }
        let mut key = [0; 32];
        SystemRandom::new()
            .fill(&mut key)
            .map_err(|_| StoreFault::Crypto { doing: "make a data key" })?;
        let wrapped = seal::seal(self.keys.wrapping(), &lock_name(owner), &key)?;
        let sql = "INSERT INTO data_key (owner, wrapped) VALUES ($1, $2)";
        tx.execute(sql, args![owner, wrapped]).await?;
        Ok(key)
    }

    fn unwrap_key(&self, owner: &str, wrapped: &[u8]) -> Option<[u8; 32]> {
        seal::open(self.keys.wrapping(), &lock_name(owner), wrapped)?.try_into().ok()
    }
}

/// What [`Blobs::check_all`] found.
#[derive(Debug, Default)]
pub struct Checked {
    /// How many blobs are what was stored.
    pub sound: usize,
    /// How many were erased on purpose.
    pub erased: usize,
    /// One fault for each that is damaged, which names its address.
    pub faults: Vec<StoreFault>,
}

impl Entry {
    fn restore(row: &Row) -> Result<Self, StoreFault> {
        Ok(Self {
            address: restore_address(row)?,
            digest: row.text("digest")?,
            size_bytes: row.int("size_bytes")?,
            owner: row.text("owner")?,
            wrapped: row.opt_bytes("wrapped")?,
        })
    }
}

fn restore_address(row: &Row) -> Result<Address, StoreFault> {
    let text = row.text("address")?;
    text.parse().map_err(|error: NotADigest| StoreFault::Corrupt {
        table: "blob",
        column: "address",
        why: error.to_string(),
        id: text,
    })
}

/// Names an owner's key in locks and in what the wrapped key is bound to.
fn lock_name(owner: &str) -> String {
    format!("data key of {owner}")
}

/// SHA-256 (FIPS 180-4) of bytes.
pub fn sha256(bytes: &[u8]) -> Digest {
    let mut digest = [0; 32];
    digest.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    Digest::new(digest)
}
