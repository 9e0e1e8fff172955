//! Opening the file of one request, which takes both sides.
//!
//! Each side makes its part of that request's key with its private key, at home; a part opens
//! nothing alone, and nothing of any other request. With both parts, whoever holds the file reads
//! it. A file without its end is read as far as it goes, and said to be so.

use super::file::{Place, about, content_key, nonce, what};
use crate::record::Escrowed;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey};
use seawall_domain::digest::Digest;
use seawall_formats::escrow::{Head, Kind, Part, Side, first_line, piece};
use seawall_formats::fault::FormatFault;
use seawall_ledger::recipient::{Keeper, Unopened};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::io::{self, BufRead, Write};

/// Why a file is not opened.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The file system.
    #[error("cannot read or write it: {0}")]
    Io(#[from] io::Error),
    /// It does not begin as such a file does.
    #[error("it is no escrowed request")]
    Unreadable,
    /// A line or a part is spelled otherwise.
    #[error(transparent)]
    Spelled(#[from] FormatFault),
    /// A key or a part is of no use.
    #[error(transparent)]
    Key(#[from] Unopened),
    /// The key is of neither side.
    #[error("this key is neither the developer's nor the partner's of this request")]
    Stranger,
    /// A part belongs to another file.
    #[error("a part is of another request, or of another file of it")]
    Foreign,
    /// One side is missing.
    #[error("both sides are needed: this is {0} alone, twice or without the other")]
    Alone(&'static str),
    /// A piece does not open.
    #[error("piece {0} does not open (the first is 0): it was altered, moved or left out")]
    Altered(u64),
    /// Something stands behind the last piece.
    #[error("something was added behind its end")]
    Added,
}

/// A side's part of the key of a request, from the first line of its file.
pub fn part((head, digest): (&Head, Digest), keeper: &Keeper) -> Result<Part, Refused> {
    let mine = |side: &Side| *head.enclosed(*side).to.bytes() == keeper.public();
    let side = Side::BOTH.into_iter().find(mine).ok_or(Refused::Stranger)?;
    let [key, text] = head.enclosed(side).parts().ok_or(Unopened::Opening)?;
    let secret = keeper.open(&what(side), &about(head), [&key, &text])?;
    Ok(Part::new((head.request, digest), side, &secret))
}

/// Reads the first line of a file, with its SHA-256.
pub fn head(file: &mut impl BufRead) -> Result<(Head, Digest), Refused> {
    let line = first_line(file)?.ok_or(Refused::Unreadable)?;
    Ok((Head::read(&line)?, Digest::new(Sha256::digest(&line).into())))
}

/// What a file held.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Opened {
    /// Bytes that were sent on.
    pub asked: u64,
    /// Bytes that went back.
    pub answered: u64,
    /// Whether its end is there; without it, the gateway stopped before it knew.
    pub whole: bool,
}

/// Opens a file by both parts: what was asked into the one, what was answered into the other.
pub fn open(
    file: &mut impl BufRead,
    parts: &[Part],
    (asked, answered): (&mut impl Write, &mut impl Write),
) -> Result<Opened, Refused> {
    let (head, digest) = head(file)?;
    let key = joint(&head, digest, parts)?;
    let mut opened = Opened { asked: 0, answered: 0, whole: false };
    let mut room = Vec::new();
    for number in 0u64.. {
        if !piece(file, &mut room)? {
            break;
        }
        let (kind, content) = decrypt(&key, &digest, number, &mut room)?;
        match kind {
            Kind::Asked => {
                asked.write_all(content)?;
                opened.asked += content.len() as u64;
            }
            Kind::Answered => {
                answered.write_all(content)?;
                opened.answered += content.len() as u64;
            }
            Kind::End => {
                opened.whole = true;
                return match file.fill_buf()?.is_empty() {
                    true => Ok(opened),
                    false => Err(Refused::Added),
                };
            }
        }
    }
    Ok(opened)
}

/// The content key, of both parts.
fn joint(head: &Head, digest: Digest, parts: &[Part]) -> Result<LessSafeKey, Refused> {
    if parts.iter().any(|part| part.request != head.request || part.head != digest) {
        return Err(Refused::Foreign);
    }
    let of = |side: Side| parts.iter().find(|part| part.side == side);
    let (developer, partner) = match (of(Side::Developer), of(Side::Partner)) {
        (Some(developer), Some(partner)) => (developer, partner),
        (Some(_), None) => return Err(Refused::Alone("the developer")),
        (None, Some(_)) => return Err(Refused::Alone("the partner")),
        (None, None) => return Err(Refused::Alone("neither")),
    };
    let secrets = developer.secret().zip(partner.secret()).ok_or(Refused::Unreadable)?;
    content_key(head, &[secrets.0, secrets.1]).ok_or(Refused::Unreadable)
}

fn decrypt<'a>(
    key: &LessSafeKey,
    head: &Digest,
    number: u64,
    room: &'a mut [u8],
) -> Result<(Kind, &'a [u8]), Refused> {
    let altered = || Refused::Altered(number);
    // Only a piece without content is the last one.
    let is_last = room.len() == 1 + AES_256_GCM.tag_len();
    let place = if is_last { Place::Last } else { Place::Within };
    let text = key.open_in_place(nonce(number, place), Aad::from(*head.bytes()), room);
    let (kind, content) = text.map_err(|_| altered())?.split_first().ok_or_else(altered)?;
    let kind = Kind::of(*kind).ok_or_else(altered)?;
    match (kind == Kind::End) == is_last {
        true => Ok((kind, content)),
        false => Err(altered()),
    }
}

/// Holds a file against what the journal says of it; it may go on behind that, where the journal
/// does not know its end.
pub fn holds(file: &mut impl BufRead, said: &Escrowed, end: End) -> io::Result<bool> {
    let (mut hash, mut left) = (Sha256::new(), said.bytes);
    while left > 0 {
        let bytes = file.fill_buf()?;
        let count = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let Some(read @ [_, ..]) = bytes.get(..count) else { return Ok(false) };
        hash.update(read);
        left -= count as u64;
        file.consume(count);
    }
    let is_same = Digest::new(hash.finalize().into()) == said.sha256;
    Ok(is_same && (end == End::Unknown || file.fill_buf()?.is_empty()))
}

/// Whether the journal knows where a file ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum End {
    /// It does.
    Known,
    /// It does not: the gateway stopped, or the file could not be written.
    Unknown,
}
