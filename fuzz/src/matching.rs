//! Versions, ranges, and the postings of the reverse direction.

use crate::edits::{self, Sums};
use crate::{head_and_rest, is_one_line};
use seawall_domain::package::{Ecosystem, Package, Version};
use seawall_domain::range::Basis;
use seawall_matching::exposure::AffectedRange;
use seawall_matching::postings::{Builder, DictionaryBuilder, Journal, Postings};
use seawall_matching::vers::{self, Range};
use seawall_matching::version::{Key, Scheme};
use std::cmp::Ordering;
use std::sync::LazyLock;

/// The longest version that is fuzzed, in bytes: what is found in longer ones is found in it.
const VERSION_BYTES_MAX: usize = 1 << 10;

/// Three versions, a line each, by every rule: the order is total.
pub fn order(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut lines = text.splitn(3, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let texts = [line(), line(), line()];
    if texts.iter().any(|text| text.len() > VERSION_BYTES_MAX) {
        return;
    }
    for scheme in Scheme::ALL {
        let mut keys = texts.map(|text| Key::by(scheme, text));
        for (a, one) in texts.iter().zip(&keys) {
            assert_eq!(one.cmp(one), Ordering::Equal);
            assert_eq!(one, &Key::by(scheme, a), "{scheme:?}: {a:?} has two keys");
            for (b, other) in texts.iter().zip(&keys) {
                let order = one.cmp(other);
                assert_eq!(order.reverse(), other.cmp(one), "{scheme:?}: {a:?} {b:?}");
                assert_eq!(order, one.bytes().cmp(other.bytes()), "{scheme:?}: {a:?} {b:?}");
                assert_eq!(order.is_eq(), one == other, "{scheme:?}: {a:?} {b:?}");
            }
        }
        keys.sort();
        let [first, middle, last] = &keys;
        let sorted = first <= middle && middle <= last && first <= last;
        assert!(sorted, "{scheme:?}: no order among {texts:?}");
    }
}

/// Ranges in VERS notation: the first line is the range, the others are versions.
pub fn range(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (text, versions) = text.split_once('\n').unwrap_or((text, ""));
    let strict = Range::parse(text);
    if let Ok(range) = &strict {
        // What may stand encoded or not is written plainly; the rest has one spelling.
        let written = range.to_string();
        assert_eq!(Range::parse(&written).as_ref(), Ok(range), "{text}");
        assert_eq!(Range::read(text).as_ref(), Ok(range));
    }
    let range = match Range::read(text) {
        Ok(range) => range,
        Err(fault) => {
            assert!(strict.is_err(), "strictly right, and refused: {fault}");
            return;
        }
    };
    let written = range.to_string();
    let again = Range::read(&written).unwrap_or_else(|fault| panic!("{written}: {fault}"));
    assert_eq!(again.to_string(), written, "{text}");
    let simple = range.simplified();
    assert_eq!(simple.simplified(), simple, "{text}");
    let own = range.constraints().iter().map(|constraint| constraint.version());
    for version in own.chain(versions.lines()).take(32) {
        let holds = range.contains(version);
        assert_eq!(again.contains(version), holds, "{version} in {written}");
        // Where a missing release equals every release, equality is not transitive.
        if range.vers_type() != "alpm" && range.vers_type() != "arch" {
            assert_eq!(simple.contains(version), holds, "{version} in {simple} of {text}");
        }
    }
}

/// Ranges in the words of an ecosystem: the first line is the type, the rest the range.
pub fn native(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (kind, range) = text.split_once('\n').unwrap_or(("npm", text));
    // Conan's empty range is written as the specification's cases do, which no reader takes.
    if kind == "conan" && range.trim().is_empty() {
        return;
    }
    if let Ok(written) = vers::from_native(kind, range) {
        let read = Range::read(&written);
        let read = read.unwrap_or_else(|fault| panic!("written, and refused: {fault}"));
        assert_eq!(read.to_string(), written, "{kind} {range}");
    }
}

/// The packages of the sound snapshot, and how many assets have each version.
const VERSIONS: [(&str, &str, &str); 6] = [
    ("PyPI", "sqlparse", "0.4.1"),
    ("PyPI", "sqlparse", "0.4.2"),
    ("npm", "ini", "1.3.5"),
    ("Debian:12", "zlib1g", "1:1.2.13.dfsg-1"),
    ("crates.io", "tar", "0.4.35"),
    ("Conan", "zlib", "1.2.11"),
];

fn versions() -> impl Iterator<Item = (Package, Version)> {
    VERSIONS.into_iter().map(|(ecosystem, name, version)| {
        let ecosystem = Ecosystem::from(ecosystem.to_owned());
        (Package { ecosystem, name: name.to_owned() }, Version::from(version))
    })
}

/// A snapshot as it is written, and a journal that continues it.
static SOUND: LazyLock<(Vec<u8>, Vec<u8>)> = LazyLock::new(|| {
    let mut dictionary = DictionaryBuilder::new();
    for (package, version) in versions() {
        dictionary.add(&package, &version, 1).unwrap_or_else(|fault| panic!("{fault}"));
    }
    let dictionary = dictionary.finish().unwrap_or_else(|fault| panic!("{fault}"));
    let mut builder = Builder::new(dictionary);
    for asset in 0..70u32 {
        let own = versions().zip(0..).filter(|(_, at)| asset % (at + 1) == 0);
        let numbers = own.filter_map(|((p, v), _)| builder.dictionary().number(&p, &v));
        let numbers: Vec<_> = numbers.collect();
        builder.push(asset, &numbers).unwrap_or_else(|fault| panic!("{fault}"));
    }
    let mut postings = builder.finish().unwrap_or_else(|fault| panic!("{fault}"));
    let snapshot = postings.to_bytes();
    let mut journal = Journal::new(&postings);
    for (asset, skip) in [(3, 1), (70, 0), (9, 4)] {
        let mut own: Vec<_> = versions().skip(skip).collect();
        own.push((own[0].0.clone(), Version(format!("9.{asset}"))));
        postings.replace(asset, &own, &mut journal).unwrap_or_else(|fault| panic!("{fault}"));
    }
    (snapshot, journal.take())
});

/// A snapshot of postings: as it comes, or as edits of a sound one.
pub fn snapshot(input: &[u8]) {
    if input.starts_with(b"SWPOSTNG") {
        return answers(input);
    }
    let mut file = SOUND.0.clone();
    let Some(sums) = edits::apply(input, &mut file) else { return };
    match sums {
        Sums::Mended => {
            mend_snapshot(&mut file);
            answers(&file);
        }
        Sums::Kept => match Postings::from_bytes(&file) {
            Ok(read) => assert_eq!(read.to_bytes(), SOUND.0, "damage was not found"),
            Err(fault) => is_one_line(&fault.to_string()),
        },
    }
}

/// Asks everything of a snapshot that may have been forged.
fn answers(bytes: &[u8]) {
    let postings = match Postings::from_bytes(bytes) {
        Ok(postings) => postings,
        Err(fault) => return is_one_line(&fault.to_string()),
    };
    assert_eq!(postings.to_bytes(), bytes, "written otherwise than read");
    let _ = postings.sizes();
    for (package, version) in versions() {
        let range = AffectedRange {
            advisory: (),
            package: package.clone(),
            intervals: Vec::new(),
            versions: vec![version.clone()],
            basis: Basis::Stated,
        };
        drop(postings.affected(&range));
        drop(postings.assets_of(&package));
        if let Some(id) = postings.find(&package, &version) {
            drop(postings.named(id));
            drop(postings.count(&[id]));
            drop(postings.recheck(&[id], &[]));
        }
    }
    for asset in 0..postings.assets_len().min(80) {
        drop(postings.components(asset));
    }
    if let Ok(compacted) = postings.compact() {
        drop(compacted.to_bytes());
    }
}

/// A journal over a sound snapshot: as it comes, or as edits of a sound one.
pub fn journal(input: &[u8]) {
    let (snapshot, sound) = &*SOUND;
    let mut file = sound.clone();
    let is_whole = input.starts_with(b"SWJOURNL");
    let sums = if is_whole { Some(Sums::Kept) } else { edits::apply(input, &mut file) };
    if is_whole {
        file = input.to_vec();
    }
    if sums == Some(Sums::Mended) {
        mend_journal(&mut file);
    }
    let postings = Postings::from_bytes(snapshot).unwrap_or_else(|fault| panic!("{fault}"));
    match postings.replay(&file) {
        Ok((postings, replayed)) => {
            assert!(replayed.whole_bytes + replayed.torn_bytes <= file.len().max(24));
            for (package, _) in versions() {
                drop(postings.assets_of(&package));
            }
            drop(postings.compact().map(|compacted| compacted.to_bytes()));
        }
        Err(fault) => is_one_line(&fault.to_string()),
    }
}

/// Writes the checksums of a snapshot anew; its layout stands in `postings::snapshot`.
fn mend_snapshot(file: &mut [u8]) {
    put(file, 32, |file| file.get(..32));
    let mut at = 36;
    while let Some(len) = word(file, at + 8, 8) {
        put(file, at + 16, |file| file.get(at..at + 16));
        let start = at + 24;
        let Some(end) = usize::try_from(len).ok().and_then(|len| start.checked_add(len)) else {
            return;
        };
        put(file, at + 20, |file| file.get(start..end));
        at = end;
    }
}

/// Writes the checksums of a journal anew; its layout stands in `postings::journal`.
fn mend_journal(file: &mut [u8]) {
    put(file, 20, |file| file.get(..20));
    let (mut at, mut record) = (24, 0u64);
    while let Some(len) = word(file, at, 4) {
        let head: Vec<u8> = file[at..at + 4].iter().copied().chain(record.to_le_bytes()).collect();
        if let Some(place) = file.get_mut(at + 4..at + 8) {
            place.copy_from_slice(&crc32c::crc32c(&head).to_le_bytes());
        }
        let (start, end) = (at + 12, at + 12 + len as usize);
        put(file, at + 8, |file| file.get(start..end));
        (at, record) = (end, record + 1);
    }
}

/// A little-endian number of up to eight bytes.
fn word(file: &[u8], at: usize, len: usize) -> Option<u64> {
    let mut whole = [0; 8];
    whole[..len].copy_from_slice(file.get(at..at.checked_add(len)?)?);
    Some(u64::from_le_bytes(whole))
}

/// Puts the checksum of a part at a place, where both are in the file.
fn put(file: &mut [u8], at: usize, part: impl Fn(&[u8]) -> Option<&[u8]>) {
    let Some(sum) = part(file).map(crc32c::crc32c) else { return };
    if let Some(place) = file.get_mut(at..at + 4) {
        place.copy_from_slice(&sum.to_le_bytes());
    }
}

/// Versions of one ecosystem, a line each, after a line that names it: sorting is stable.
pub fn sorted(bytes: &[u8]) {
    let (head, rest) = head_and_rest(bytes);
    let (Ok(head), Ok(rest)) = (std::str::from_utf8(head), std::str::from_utf8(rest)) else {
        return;
    };
    let ecosystem = Ecosystem::from(head.to_owned());
    let mut versions: Vec<Version> = rest.lines().take(16).map(Version::from).collect();
    seawall_matching::version::sort(&ecosystem, &mut versions);
    let once = versions.clone();
    versions.reverse();
    seawall_matching::version::sort(&ecosystem, &mut versions);
    assert_eq!(versions, once, "the order of the input matters");
}
