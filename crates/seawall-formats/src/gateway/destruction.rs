//! What a gateway certifies of what it held: one line that its key signed, and behind it a line for
//! each object that is gone.
//!
//! `seawall gateway destroy` writes it, and it can be brought into an engagement: the signed line
//! names the digest over the others, so whoever has the file can show every object, and nobody can
//! leave one out.

use super::word;
use crate::fault::FormatFault;
use seawall_domain::digest::Digest;
use seawall_domain::id::WindowId;
use seawall_domain::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The payload type of the signed line.
pub const CERTIFICATE: &str = "application/vnd.seawall.gateway-destruction+json";

/// The largest certificate in bytes, with its list: some 200,000 objects.
pub const CERTIFICATE_BYTES_MAX: usize = 32 << 20;

/// The largest checkpoint of a journal in bytes.
pub const CHECKPOINT_BYTES_MAX: usize = 16 << 10;

/// The longest line in bytes.
const LINE_BYTES_MAX: usize = 64 << 10;

/// Which certificate it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum Schema {
    /// The first of its kind.
    #[serde(rename = "seawall/gateway-destruction/v1")]
    First,
}

const FORMAT: &str = "certificate of a gateway";

/// What the gateway's key signed.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// Which certificate it is.
    pub schema: Schema,
    /// The window.
    pub window: WindowId,
    /// When it was to end at the latest.
    pub ends: Timestamp,
    /// Whether it was withdrawn or closed before that.
    pub withdrawn: bool,
    /// When everything was gone.
    pub at: Timestamp,
    /// The gateway's key, as verifiers write it (C2SP signed-note).
    pub signer: String,
    /// The last checkpoint over the whole journal (C2SP tlog-checkpoint).
    pub checkpoint: String,
    /// How many objects are gone.
    pub objects: u64,
    /// SHA-256 over the lines that name them.
    pub list: Digest,
}

/// Something that was held.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Object {
    /// Its place in the gateway's folder.
    pub name: String,
    /// How many bytes it had.
    pub bytes: u64,
    /// SHA-256 over them.
    pub sha256: Digest,
}

/// A certificate in its two parts: the signed line, and the lines behind it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Parts<'b> {
    /// The first line, without its end: an envelope (DSSE).
    pub signed: &'b [u8],
    /// All others, with their ends: what `list` is the digest of.
    pub list: &'b [u8],
}

/// Takes a file apart.
pub fn parts(bytes: &[u8]) -> Result<Parts<'_>, FormatFault> {
    if bytes.len() > CERTIFICATE_BYTES_MAX {
        return Err(whole(&format!("more than {CERTIFICATE_BYTES_MAX} bytes")));
    }
    let end = bytes.iter().position(|byte| *byte == b'\n');
    let (signed, list) = match end.and_then(|end| bytes.split_at_checked(end)) {
        Some((signed, [_, list @ ..])) => (signed, list),
        Some((_, [])) | None => return Err(whole("its first line is not ended")),
    };
    match signed.len() <= LINE_BYTES_MAX {
        true => Ok(Parts { signed, list }),
        false => Err(whole("its first line is too long")),
    }
}

/// Reads what was signed: each key once, no field that is not known, a window that was over.
pub fn read(payload: &[u8]) -> Result<Certificate, FormatFault> {
    let said: Certificate = word::read(payload)?;
    match said.withdrawn || said.ends <= said.at {
        true => Ok(said),
        false => Err(FormatFault::new(FORMAT, "/at", "the window was not over then")),
    }
}

/// Reads the lines that name objects, each of which is ended.
pub fn objects(list: &[u8]) -> Result<Vec<Object>, FormatFault> {
    let mut objects = Vec::new();
    for line in list.split_inclusive(|byte| *byte == b'\n') {
        let place = || format!("line {}", objects.len() + 2);
        let line = line.strip_suffix(b"\n").filter(|line| line.len() <= LINE_BYTES_MAX);
        let object = line.and_then(|line| word::read::<Object>(line).ok());
        let object = object.filter(|it: &Object| !it.name.is_empty());
        let why = "it does not name an object, or is not ended";
        objects.push(object.ok_or_else(|| FormatFault::new(FORMAT, place(), why))?);
    }
    Ok(objects)
}

fn whole(message: &str) -> FormatFault {
    FormatFault::new(FORMAT, "the document", message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SIGNED: &str = "{\"schema\":\"seawall/gateway-destruction/v1\",\
        \"window\":\"00000000-0000-0000-0000-000000000001\",\
        \"ends\":\"2026-12-24T00:00:00Z\",\"withdrawn\":false,\"at\":\"2026-12-24T01:00:00Z\",\
        \"signer\":\"seawall-gateway/w+1+AA\",\"checkpoint\":\"c\",\"objects\":1,\
        \"list\":\"0000000000000000000000000000000000000000000000000000000000000000\"}";
    const OBJECT: &str = "{\"name\":\"window.key\",\"bytes\":32,\
        \"sha256\":\"0000000000000000000000000000000000000000000000000000000000000000\"}";

    #[test]
    fn what_is_signed_has_one_meaning() {
        let check = |text: &str, expected: bool| {
            assert_eq!(read(text.as_bytes()).is_ok(), expected, "{text}");
        };
        check(SIGNED, true);
        check(&SIGNED.replace("false", "true"), true);
        check(&SIGNED.replace("T01:", "T00:"), true);
        check(&SIGNED.replace("24T01", "23T01"), false);
        check(&SIGNED.replace("24T01", "23T01").replace("false", "true"), true);
        check(&SIGNED.replace("/v1", "/v2"), false);
        check(&SIGNED.replace("\"objects\":1", "\"objects\":1,\"objects\":2"), false);
        check(&SIGNED.replace("\"objects\":1", "\"objects\":1,\"more\":2"), false);
        check(&SIGNED.replace("\"objects\":1", "\"objects\":-1"), false);
        check("[]", false);
    }

    #[test]
    fn a_list_names_objects_line_by_line() {
        let check = |text: &str, expected: Option<usize>| {
            let read = objects(text.as_bytes()).ok().map(|read| read.len());
            assert_eq!(read, expected, "{text}");
        };
        check("", Some(0));
        check(&format!("{OBJECT}\n"), Some(1));
        check(&format!("{OBJECT}\n{OBJECT}\n"), Some(2));
        check(OBJECT, None);
        check("\n", None);
        check(&format!("{OBJECT}\n\n"), None);
        check(&format!("{}\n", OBJECT.replace("window.key", "")), None);
        check(&format!("{}\n", OBJECT.replace("\"bytes\":32", "\"bytes\":32,\"x\":1")), None);
        check(&format!("{}\n", OBJECT.replace("window.key", &"a".repeat(70_000))), None);
    }

    #[test]
    fn a_file_is_one_line_and_others() {
        let check = |bytes: &[u8], expected: Option<(&[u8], &[u8])>| {
            let told = parts(bytes).ok().map(|it| (it.signed, it.list));
            assert_eq!(told, expected);
        };
        check(b"a\nb\nc\n", Some((b"a", b"b\nc\n")));
        check(b"a\n", Some((b"a", b"")));
        check(b"\n", Some((b"", b"")));
        check(b"a", None);
        check(b"", None);
        check(&[[b'a'; LINE_BYTES_MAX + 1].as_slice(), b"\n"].concat(), None);
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = (read(&bytes), objects(&bytes), parts(&bytes));
        }

        #[test]
        fn never_panics_on_what_looks_like_one(at in 0usize..400, byte: u8) {
            for text in [SIGNED, OBJECT] {
                let mut bytes = format!("{text}\n").into_bytes();
                if let Some(there) = bytes.get_mut(at) {
                    *there = byte;
                }
                let _ = (read(&bytes), objects(&bytes), parts(&bytes));
            }
        }
    }
}
