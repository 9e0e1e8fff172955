//! Salted commitments to a document, field by field: fix it now, show any part of it later.
//!
//! Each field is a leaf of one Merkle tree, hashed with a salt of its own:
//!
//! ```text
//! leaf = SHA-256(0x00 ‖ "seawall/protocol/v1" ‖ len(path) ‖ path ‖ salt ‖ len(value) ‖ value)
//! node = SHA-256(0x01 ‖ left ‖ right)
//! ```
//!
//! `len` is the number of bytes as eight bytes, the most significant first; `path` is the field's
//! JSON pointer (RFC 6901) in UTF-8; `salt` has 32 bytes; `value` is the field in canonical JSON
//! ([`crate::canonical`]). The tree is that of RFC 6962 section 2.1. Without its salt a field
//! cannot be guessed at, however few values it could have.
//!
//! The fields are a list that both sides know beforehand. So a field has one place in the tree, and
//! nobody can commit to two values of it and show each to somebody else. Salts come from the
//! caller.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::canonical::{canonical, read_canonical};
use crate::encoding::{Object, base64, from_base64, from_decimal};
use crate::fault::{Fault, excerpt};
use crate::merkle::{Hash, Tree, root, verify_inclusion};

/// What every leaf begins with, so that no hash made for another purpose can pass for one.
pub const LABEL: &str = "seawall/protocol/v1";

/// The most fields of one commitment.
pub const FIELDS_MAX: usize = 4_096;

/// The largest disclosure, opening or record in bytes.
pub const DOCUMENT_BYTES_MAX: usize = 16 << 20;

const WHAT: &str = "commitment";
const DISCLOSURE: &str = "disclosure";
const RECORD: &str = "commitment record";

/// A salt: 32 bytes that nobody can guess, each used for one field only.
pub type Salt = [u8; 32];

/// One field with its salt; debug output shows neither salt nor value.
#[derive(Clone, Eq, PartialEq)]
struct Leaf {
    path: String,
    salt: Salt,
    /// Canonical JSON.
    value: Vec<u8>,
}

impl Leaf {
    fn hash(&self) -> Hash {
        let hash = Sha256::new()
            .chain_update([0])
            .chain_update(LABEL)
            .chain_update((self.path.len() as u64).to_be_bytes())
            .chain_update(&self.path)
            .chain_update(self.salt)
            .chain_update((self.value.len() as u64).to_be_bytes())
            .chain_update(&self.value);
        Hash(hash.finalize().into())
    }
}

/// A committed document, with everything that is secret about it.
#[derive(Clone, Eq, PartialEq)]
pub struct Commitment {
    leaves: Vec<Leaf>,
}

impl fmt::Debug for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Commitment({} fields, root {})", self.leaves.len(), self.root())
    }
}

impl Commitment {
    /// Commits to these fields of a document, in this order. Each value of the document must lie
    /// below exactly one of them, and each salt must be another one.
    pub fn of(document: &Value, paths: &[&str], salts: &[Salt]) -> Result<Commitment, Fault> {
        let refuse = |why: String| Err(Fault::impossible(WHAT, why));
        known_paths(paths)?;
        if salts.len() != paths.len() {
            return refuse(format!("{} fields need as many salts", paths.len()));
        }
        let mut sorted: Vec<&Salt> = salts.iter().collect();
        sorted.sort();
        if sorted.windows(2).any(|pair| pair[0] == pair[1]) || salts.contains(&[0; 32]) {
            return refuse("a salt is used twice or empty".to_owned());
        }
        covered(document, "", paths, 0)?;
        let mut leaves = Vec::with_capacity(paths.len());
        for (path, salt) in paths.iter().zip(salts) {
            let Some(value) = document.pointer(path) else {
                return refuse(format!("there is no field `{}`", excerpt(path)));
            };
            let value = canonical(value)?;
            leaves.push(Leaf { path: (*path).to_owned(), salt: *salt, value });
        }
        Ok(Commitment { leaves })
    }

    /// The root: what is published.
    pub fn root(&self) -> Hash {
        root(&self.leaves.iter().map(Leaf::hash).collect::<Vec<_>>())
    }

    /// What shows one field to somebody who has the root, and nothing of any other.
    pub fn disclose(&self, path: &str) -> Result<Disclosure, Fault> {
        let at = self.leaves.iter().position(|leaf| leaf.path == path);
        let at = at.ok_or_else(|| {
            Fault::impossible(DISCLOSURE, format!("there is no field `{}`", excerpt(path)))
        })?;
        let tree: Tree = self.leaves.iter().map(Leaf::hash).collect();
        let proof = tree.inclusion(at as u64, tree.size())?;
        let leaf = self.leaves[at].clone();
        Ok(Disclosure { index: at as u64, leaves: tree.size(), leaf, proof })
    }

    /// The whole opening, in canonical JSON: the document's fields and their salts. It is secret.
    pub fn opening(&self) -> Result<Vec<u8>, Fault> {
        let fields = self.leaves.iter().map(Leaf::written).collect::<Result<Vec<_>, _>>()?;
        let fields = serde_json::to_value(Opening { fields });
        canonical(&fields.map_err(|error| Fault::impossible(WHAT, error.to_string()))?)
    }

    /// Reads an opening and holds it against the root that was published; afterwards it is certain
    /// that this, and nothing else, was committed to.
    pub fn open(bytes: &[u8], paths: &[&str], published: Hash) -> Result<Commitment, Fault> {
        let opening: Object<Opening> = read(WHAT, bytes)?;
        known_paths(paths)?;
        let leaves =
            opening.0.fields.into_iter().map(Written::read).collect::<Result<Vec<_>, _>>()?;
        if !leaves.iter().map(|leaf| leaf.path.as_str()).eq(paths.iter().copied()) {
            return Err(Fault::unproven(WHAT, "its fields are not those that were expected"));
        }
        let commitment = Commitment { leaves };
        match commitment.root() == published {
            true => Ok(commitment),
            false => Err(Fault::unproven(WHAT, "its root is not the one that was published")),
        }
    }

    /// The document, put together from its fields.
    pub fn document(&self) -> Result<Value, Fault> {
        let mut document = Value::Object(Default::default());
        for leaf in &self.leaves {
            let value = serde_json::from_slice(&leaf.value)
                .map_err(|error| Fault::unreadable(WHAT, error.to_string()))?;
            let mut place = &mut document;
            for key in leaf.path.split('/').skip(1) {
                let key = key.replace("~1", "/").replace("~0", "~");
                let Value::Object(members) = place else {
                    return Err(Fault::unreadable(WHAT, "a field stands where there is no object"));
                };
                place = members.entry(key).or_insert_with(|| Value::Object(Default::default()));
            }
            *place = value;
        }
        Ok(document)
    }

    /// The hash of one field's leaf: it names what the field says, and betrays nothing of it.
    pub fn leaf(&self, path: &str) -> Option<Hash> {
        self.leaves.iter().find(|leaf| leaf.path == path).map(Leaf::hash)
    }

    /// One field's value.
    pub fn value(&self, path: &str) -> Option<Value> {
        let leaf = self.leaves.iter().find(|leaf| leaf.path == path)?;
        serde_json::from_slice(&leaf.value).ok()
    }
}

/// The fields must be few, sorted, all different, and none above another.
fn known_paths(paths: &[&str]) -> Result<(), Fault> {
    let above = |one: &str, other: &str| {
        other.strip_prefix(one).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let apart = |pair: &[&str]| pair[0] < pair[1] && !above(pair[0], pair[1]);
    let fits = !paths.is_empty() && paths.len() <= FIELDS_MAX;
    if fits && paths.windows(2).all(apart) && paths.iter().all(|path| path.starts_with('/')) {
        return Ok(());
    }
    Err(Fault::impossible(WHAT, "its fields must be few, sorted and apart from each other"))
}

/// Whether each value lies below one of the paths.
fn covered(value: &Value, path: &str, paths: &[&str], depth: usize) -> Result<(), Fault> {
    if paths.contains(&path) {
        return Ok(());
    }
    match value {
        Value::Object(members) if !members.is_empty() && depth < 8 => {
            for (key, below) in members {
                let key = key.replace('~', "~0").replace('/', "~1");
                covered(below, &format!("{path}/{key}"), paths, depth + 1)?;
            }
            Ok(())
        }
        _ => Err(Fault::impossible(WHAT, format!("no field covers `{}`", excerpt(path)))),
    }
}

/// One field with what proves that it was committed to.
#[derive(Clone, Eq, PartialEq)]
pub struct Disclosure {
    index: u64,
    leaves: u64,
    leaf: Leaf,
    proof: Vec<Hash>,
}

impl fmt::Debug for Disclosure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Disclosure({})", self.leaf.path)
    }
}

impl Disclosure {
    /// The field's path.
    pub fn path(&self) -> &str {
        &self.leaf.path
    }

    /// Holds it against the published root; gives back the field's value. `paths` are the fields
    /// that such a commitment has, which fix the place at which the field must stand.
    pub fn verify(&self, published: Hash, paths: &[&str]) -> Result<Value, Fault> {
        known_paths(paths)?;
        let expected = paths.iter().position(|path| *path == self.leaf.path);
        if expected.map(|at| at as u64) != Some(self.index) || self.leaves != paths.len() as u64 {
            return Err(Fault::unproven(DISCLOSURE, "the field does not stand at its place"));
        }
        verify_inclusion(self.leaf.hash(), self.index, self.leaves, &self.proof, published)?;
        serde_json::from_slice(&self.leaf.value)
            .map_err(|error| Fault::unreadable(DISCLOSURE, error.to_string()))
    }

    /// Writes the file, in canonical JSON.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Fault> {
        let written = WrittenDisclosure {
            field: self.leaf.written()?,
            index: self.index.to_string(),
            leaves: self.leaves.to_string(),
            proof: self.proof.iter().map(Hash::to_string).collect(),
        };
        let value = serde_json::to_value(written);
        canonical(&value.map_err(|error| Fault::impossible(DISCLOSURE, error.to_string()))?)
    }

    /// Reads the file strictly; this verifies nothing.
    pub fn parse(bytes: &[u8]) -> Result<Disclosure, Fault> {
        let Object(written): Object<WrittenDisclosure> = read(DISCLOSURE, bytes)?;
        let number = |text: &str| {
            from_decimal(text).ok_or_else(|| Fault::unreadable(DISCLOSURE, "a number is none"))
        };
        Ok(Disclosure {
            index: number(&written.index)?,
            leaves: number(&written.leaves)?,
            leaf: written.field.read()?,
            proof: written.proof.iter().map(|hash| hash.parse()).collect::<Result<_, _>>()?,
        })
    }
}

/// What is published when a protocol is committed to, before anybody runs anything.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The label, which says how the leaves were hashed.
    pub label: String,
    /// The root, in base64.
    pub root: String,
    /// How many leaves there are, as a decimal text.
    pub leaves: String,
    /// The keys that sign, each as the hex of its SHA-256, sorted.
    pub signers: Vec<String>,
    /// When, in seconds since 1970 UTC, as a decimal text.
    pub at_seconds: String,
}

impl Record {
    /// The record of a commitment with that root over so many leaves, by these keys at that time.
    pub fn of(root: Hash, leaves: usize, signers: &[String], at_seconds: u64) -> Record {
        let mut signers = signers.to_vec();
        signers.sort();
        signers.dedup();
        Record {
            label: LABEL.to_owned(),
            root: root.to_string(),
            leaves: leaves.to_string(),
            signers,
            at_seconds: at_seconds.to_string(),
        }
    }

    /// The bytes that are signed and logged: canonical JSON.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Fault> {
        let value = serde_json::to_value(self);
        canonical(&value.map_err(|error| Fault::impossible(RECORD, error.to_string()))?)
    }

    /// Reads a record strictly: one spelling, known label, numbers that are numbers.
    pub fn parse(bytes: &[u8]) -> Result<Record, Fault> {
        let Object(record): Object<Record> = read(RECORD, bytes)?;
        let refuse = |why: &str| Err(Fault::unreadable(RECORD, why));
        if record.label != LABEL {
            return refuse("its label is another one");
        }
        record.root.parse::<Hash>()?;
        let leaves = from_decimal(&record.leaves);
        if !leaves.is_some_and(|leaves| (1..=FIELDS_MAX as u64).contains(&leaves)) {
            return refuse("its number of leaves is none");
        }
        if from_decimal(&record.at_seconds).is_none() {
            return refuse("its time is none");
        }
        match record.signers.windows(2).all(|pair| pair[0] < pair[1]) {
            true => Ok(record),
            false => refuse("its signers are not sorted, or named twice"),
        }
    }

    /// The root.
    pub fn root(&self) -> Result<Hash, Fault> {
        self.root.parse()
    }
}

fn read<T: for<'de> Deserialize<'de>>(what: &'static str, bytes: &[u8]) -> Result<T, Fault> {
    if bytes.len() > DOCUMENT_BYTES_MAX {
        return Err(Fault::unreadable(what, format!("longer than {DOCUMENT_BYTES_MAX} bytes")));
    }
    // What is in it may be secret, so the reader's own words are not repeated.
    serde_json::from_value(read_canonical(bytes)?)
        .map_err(|_| Fault::unreadable(what, "a field is missing, not known, or of another type"))
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    path: String,
    salt: String,
    value: Value,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Opening {
    fields: Vec<Written>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenDisclosure {
    field: Written,
    index: String,
    leaves: String,
    proof: Vec<String>,
}

impl Leaf {
    fn written(&self) -> Result<Written, Fault> {
        let value = serde_json::from_slice(&self.value)
            .map_err(|error| Fault::impossible(WHAT, error.to_string()))?;
        Ok(Written { path: self.path.clone(), salt: base64(&self.salt), value })
    }
}

impl Written {
    fn read(self) -> Result<Leaf, Fault> {
        let salt = from_base64(&self.salt).and_then(|bytes| Salt::try_from(bytes).ok());
        let salt = salt.ok_or_else(|| Fault::unreadable(WHAT, "a salt is not 32 bytes"))?;
        Ok(Leaf { path: self.path, salt, value: canonical(&self.value)? })
    }
}

#[cfg(test)]
mod tests;
