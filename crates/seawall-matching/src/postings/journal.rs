//! What changed since a snapshot, as bytes that only grow, format 1.
//!
//! | bytes | meaning |
//! |---|---|
//! | 8 | `SWJOURNL` |
//! | word | the format's number |
//! | double word | which snapshot it continues |
//! | word | CRC-32C of all before |
//! | per record: word | length of the record |
//! | word | CRC-32C of the length and the record's number from 0 (a double word) |
//! | word | CRC-32C of the record |
//! | | the record: 1 and ecosystem, name, version: the next version gets its number; |
//! | | 2 and asset, versions lost, versions gained, as lists |
//!
//! A crash while appending leaves a last record that is not whole, or zeros behind the last whole
//! one. That is cut off, and said. Damage with anything after it is no torn end, and refused.

use super::Postings;
use super::base::ASSETS_LEN_MAX;
use super::checksum::{Crc, crc32c};
use super::dictionary::{VERSIONS_LEN_MAX, fits};
use super::fault::Fault;
use super::list::{self, List};
use super::overlay::text_bytes;
use super::wire;
use seawall_domain::package::{Ecosystem, Package, Version};

const MAGIC: &[u8; 8] = b"SWJOURNL";
/// The format's number.
const FORMAT: u16 = 1;
const HEAD_LEN: usize = 24;
const RECORD_HEAD_LEN: usize = 12;

const DEFINE: u8 = 1;
const CHANGE: u8 = 2;

/// The end of a journal: the bytes that are still to be appended to what is stored.
#[derive(Clone, Debug)]
pub struct Journal {
    bytes: Vec<u8>,
    records: u64,
}

/// What replaying a journal found.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// How many records took effect.
    pub records: u64,
    /// How many bytes are whole; what is stored must be cut to them before more is appended.
    pub whole_bytes: usize,
    /// How many bytes of a torn end were left out; 0 when nothing was lost.
    pub torn_bytes: usize,
    /// Continues the journal behind the whole bytes.
    pub journal: Journal,
}

impl Journal {
    /// Begins the journal of a snapshot. It must not have changed yet.
    pub fn new(postings: &Postings<'_>) -> Self {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&u32::from(FORMAT).to_le_bytes());
        bytes.extend_from_slice(&postings.identity.to_le_bytes());
        bytes.extend_from_slice(&crc32c(&bytes).to_le_bytes());
        Journal { bytes, records: 0 }
    }

    /// Takes the bytes that are to be appended to what is stored.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    pub(super) fn define(&mut self, package: &Package, version: &Version) {
        let mut record = vec![DEFINE];
        wire::put_bytes(&mut record, package.ecosystem.to_string().as_bytes());
        wire::put_bytes(&mut record, package.name.as_bytes());
        wire::put_bytes(&mut record, version.0.as_bytes());
        self.append(&record);
    }

    pub(super) fn change(&mut self, asset: u32, lost: &[u32], gained: &[u32]) {
        let mut record = vec![CHANGE];
        wire::put_varint(&mut record, asset.into());
        for ids in [lost, gained] {
            let mut list = Vec::new();
            list::encode(ids, &mut list);
            wire::put_bytes(&mut record, &list);
        }
        self.append(&record);
    }

    fn append(&mut self, record: &[u8]) {
        let len = (record.len() as u32).to_le_bytes();
        self.bytes.extend_from_slice(&len);
        self.bytes.extend_from_slice(&head_checksum(len, self.records).to_le_bytes());
        self.bytes.extend_from_slice(&crc32c(record).to_le_bytes());
        self.bytes.extend_from_slice(record);
        self.records += 1;
    }
}

/// Tells whether of the head only the front was written, with nothing or zeros behind it.
fn is_torn(bytes: &[u8], head: &[u8]) -> bool {
    let written = bytes.iter().zip(head).take_while(|(byte, head)| byte == head).count();
    written < HEAD_LEN && bytes.iter().skip(written).all(|byte| *byte == 0)
}

fn head_checksum(len: [u8; 4], record: u64) -> u32 {
    Crc::new().with(&len).with(&record.to_le_bytes()).sum()
}

impl<'a> Postings<'a> {
    /// Replays a journal over the snapshot that it continues. It takes the postings and gives
    /// them back only when every whole record took effect.
    pub fn replay(mut self, bytes: &[u8]) -> Result<(Postings<'a>, Replayed), Fault> {
        let journal = Journal::new(&self);
        if is_torn(bytes, &journal.bytes) {
            let torn_bytes = bytes.len();
            return Ok((self, Replayed { records: 0, whole_bytes: 0, torn_bytes, journal }));
        }
        self.is_continued(bytes)?;
        let mut offset = HEAD_LEN;
        let mut record = 0;
        loop {
            let damaged = |why| Fault::Journal { record, offset, why };
            let rest = bytes.get(offset..).unwrap_or_default();
            let Some(payload) = next(rest, record).map_err(damaged)? else {
                break;
            };
            self.apply(payload).map_err(damaged)?;
            offset += RECORD_HEAD_LEN + payload.len();
            record += 1;
        }
        let journal = Journal { bytes: Vec::new(), records: record };
        let torn_bytes = bytes.len() - offset;
        Ok((self, Replayed { records: record, whole_bytes: offset, torn_bytes, journal }))
    }

    fn is_continued(&self, bytes: &[u8]) -> Result<(), Fault> {
        let damaged = |why| Fault::Journal { record: 0, offset: 0, why };
        let (mut head, mut rest) = bytes.split_at_checked(HEAD_LEN - 4).unwrap_or_default();
        if wire::take(&mut head, MAGIC.len()) != Some(MAGIC) {
            return Err(damaged("this is no journal of postings"));
        }
        if bytes.get(..HEAD_LEN - 4).map(crc32c) != wire::take_u32(&mut rest) {
            return Err(damaged("the checksum of the journal's head is another"));
        }
        let format = wire::take_u32(&mut head).unwrap_or_default();
        if format != u32::from(FORMAT) {
            let found = u16::try_from(format).unwrap_or(u16::MAX);
            return Err(Fault::Format { what: "the journal", found, known: FORMAT });
        }
        let is_ours = wire::take_u64(&mut head) == Some(self.identity);
        if is_ours && self.overlay.is_void() { Ok(()) } else { Err(Fault::OtherSnapshot) }
    }

    fn apply(&mut self, mut record: &[u8]) -> Result<(), &'static str> {
        let kind = wire::take(&mut record, 1).unwrap_or_default();
        let applied = match kind {
            [DEFINE] => self.apply_definition(&mut record),
            [CHANGE] => self.apply_change(&mut record),
            _ => None,
        };
        applied.filter(|()| record.is_empty()).ok_or("it does not fit what was before it")
    }

    fn apply_definition(&mut self, record: &mut &[u8]) -> Option<()> {
        let ecosystem = Ecosystem::from(wire::take_text(record)?.to_owned());
        let package = Package { ecosystem, name: wire::take_text(record)?.to_owned() };
        let version = Version(wire::take_text(record)?.to_owned());
        let is_new = self.find(&package, &version).is_none();
        let text_bytes = text_bytes(&package, &version);
        let has_room =
            self.versions_len() < VERSIONS_LEN_MAX && self.overlay.has_room(0, text_bytes).is_ok();
        (is_new && has_room && fits(&package, &version).is_ok()).then(|| {
            self.overlay.define(&package, &version);
        })
    }

    fn apply_change(&mut self, record: &mut &[u8]) -> Option<()> {
        let asset = wire::take_varint_u32(record).filter(|asset| *asset < ASSETS_LEN_MAX)?;
        let lost = self.take_versions(record)?;
        let gained = self.take_versions(record)?;
        let before = self.component_numbers(asset).ok()?;
        let had = |ids: &[u32]| ids.iter().filter(|id| before.binary_search(id).is_ok()).count();
        let fits = had(&lost) == lost.len() && had(&gained) == 0;
        (fits && self.overlay.has_room(lost.len() + gained.len(), 0).is_ok()).then(|| {
            self.overlay.change(asset, &lost, &gained);
        })
    }

    fn take_versions(&self, record: &mut &[u8]) -> Option<Vec<u32>> {
        let list = List::read(wire::take_bytes(record)?)?;
        let is_short = list.len() as usize <= super::COMPONENTS_LEN_MAX;
        let mut ids = Vec::new();
        is_short.then(|| list.extend(&mut ids))??;
        ids.last().is_none_or(|last| *last < self.versions_len()).then_some(ids)
    }
}

/// The next record's bytes; `None` at the end, be it whole or torn.
fn next(rest: &[u8], record: u64) -> Result<Option<&[u8]>, &'static str> {
    let Some((mut head, payload)) = rest.split_at_checked(RECORD_HEAD_LEN) else {
        return Ok(None);
    };
    let len = wire::take(&mut head, 4).and_then(|len| <[u8; 4]>::try_from(len).ok());
    let len = len.unwrap_or_default();
    if wire::take_u32(&mut head) != Some(head_checksum(len, record)) {
        // A record is never all zeros.
        let is_unwritten = payload.iter().all(|byte| *byte == 0);
        return if is_unwritten { Ok(None) } else { Err("the checksum of its head is another") };
    }
    let len = u32::from_le_bytes(len) as usize;
    let Some((payload, after)) = payload.split_at_checked(len) else {
        return Ok(None);
    };
    if wire::take_u32(&mut head) == Some(crc32c(payload)) {
        return Ok(Some(payload));
    }
    let is_last = after.iter().all(|byte| *byte == 0);
    if is_last { Ok(None) } else { Err("its checksum is another") }
}
