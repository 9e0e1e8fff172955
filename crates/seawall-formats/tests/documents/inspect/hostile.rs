//! What cannot be read, and what somebody wants to break the reader with.

use super::writer::{self, Archive, Lie, Packing, document, eval, header, start};
use super::{four, told};
use proptest::prelude::*;
use seawall_formats::inspect;
use serde_json::json;
use std::io::Cursor;

#[test]
fn what_cannot_be_read_says_why() {
    let (header, samples) = four();
    let whole = eval(Packing::Zstandard, &header, &samples);
    let check = |bytes: &[u8], part: &str| {
        let told = told(bytes).unwrap_err();
        assert!(told.starts_with("cannot read an Inspect log at "), "{told}");
        assert!(told.contains(part), "{told} lacks {part}");
    };
    let lie = |lie: Lie| {
        let mut archive = Archive::new(Packing::Zstandard);
        archive.json("header.json", &header);
        let bytes = samples[0].to_string();
        archive.lie(&writer::sample_name(&samples[0]), bytes.as_bytes(), lie);
        archive.finish()
    };
    check(b"", "it is empty");
    check(b" ", "it ends too early");
    check(b"{}", "it has no member `eval`");
    check(b"{\"eval\":3}", "`eval` is missing, or is no object");
    for neither in [&b"[]"[..], b"hello", b"\x00\x01\xff", b"P"] {
        check(neither, "neither a ZIP archive (`.eval`) nor a JSON object (`.json`)");
    }
    check(&whole[..whole.len() / 2], "no ZIP archive, or was cut off");
    check(&Archive::new(Packing::Stored).finish(), "neither header.json nor _journal/start.json");
    check(&lie(Lie { crc: Some(1), ..Lie::default() }), "its checksum is wrong");
    check(&lie(Lie { unpacked: Some(9), ..Lie::default() }), "unpacks to more than it says");
    check(&lie(Lie { unpacked: Some(9_999), ..Lie::default() }), "unpacks to less than it says");
    check(&lie(Lie { method: Some(14), ..Lie::default() }), "compression method 14 is not known");
    check(&lie(Lie { offset: Some(1), ..Lie::default() }), "does not begin where");
    check(&lie(Lie { flags: 1, ..Lie::default() }), "is encrypted");
    check(&lie(Lie { unpacked: Some(4_000_000_000), ..Lie::default() }), "would unpack to");
}

#[test]
fn a_bomb_is_refused() {
    // How much of it is read, unpacked and held until then is in `tests/memory.rs`.
    // A block of Zstandard may stand for 128 KiB of one letter: 10 GB of them are few bytes.
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58];
    for _ in 0..80_000 {
        frame.extend_from_slice(&[0x02, 0x00, 0x10, b' ']);
    }
    frame.extend_from_slice(&[0x01, 0x00, 0x00]);
    let lying = Lie { unpacked: Some(1_000), crc: Some(0), method: Some(93), ..Lie::default() };
    let honest = Lie { unpacked: Some(10 << 30), ..lying };
    for (lie, part) in [(lying, "unpacks to more than it says"), (honest, "would unpack to")] {
        let mut archive = Archive::new(Packing::Stored);
        archive.json("_journal/start.json", &start(&header(&[json!("a")], 1)));
        archive.lie("samples/a_epoch_1.json", &frame, lie);
        let told = told(&archive.finish()).unwrap_err();
        assert!(told.contains(part), "{told}");
    }
    let nested = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    let mut archive = Archive::new(Packing::Stored);
    archive.json("_journal/start.json", &start(&header(&[json!("a")], 1)));
    archive.add("samples/a_epoch_1.json", format!("{{\"id\":{nested}}}").as_bytes());
    assert!(told(&archive.finish()).unwrap_err().contains("nested deeper than 512 levels"));
}

/// Changes bytes of a log here and there.
fn mutated(mut bytes: Vec<u8>, edits: &[(usize, u8)], cut: usize) -> Vec<u8> {
    for (place, byte) in edits {
        let place = place % bytes.len();
        bytes[place] = *byte;
    }
    bytes.truncate(bytes.len() - cut % bytes.len());
    bytes
}

proptest! {
    #[test]
    fn mutated_logs_never_panic(
        edits in proptest::collection::vec((any::<usize>(), any::<u8>()), 0..8),
        cut in prop_oneof![Just(0_usize), any::<usize>()],
        form in 0..4,
    ) {
        let (header, samples) = four();
        let bytes = match form {
            0 => document(&header, &samples),
            1 => eval(Packing::Stored, &header, &samples),
            2 => eval(Packing::Deflated, &header, &samples),
            _ => eval(Packing::Zstandard, &header, &samples),
        };
        let bytes = mutated(bytes, &edits, cut);
        let _ = told(&bytes);
        let _ = inspect::read_header(Cursor::new(&bytes));
    }
}
