//! Archives as they are published, against the programs that made them.

use crate::shared::{bytes, lines, unpack};
use seawall_formats::archive;
use std::io::Cursor;

fn members(name: &str, packed: Vec<u8>) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    let read = archive::read(name, Cursor::new(packed), &mut |label, document| {
        all.push((label.to_owned(), document.to_vec()));
        Ok::<(), String>(())
    });
    assert_eq!(read, Ok(()), "{name}");
    all
}

#[test]
fn archives_hold_what_tar_says() {
    let test = "archives_hold_what_tar_says";
    for name in [
        "csaf-cisa/cisa-csaf-white.tar.zst",
        "openvex/vexhub-rancher.tar.zst",
        "sbom/spdx-examples.tar.zst",
    ] {
        let (Some(unpacked), Some(packed)) = (unpack(test, name), bytes(test, name)) else {
            return;
        };
        let mut read = members(name, packed);
        for (label, _) in &mut read {
            *label = label.trim_start_matches("./").to_owned();
        }
        read.sort();
        let expected = unpacked.files();
        let names = |all: &[(String, Vec<u8>)]| -> Vec<String> {
            all.iter().map(|(name, _)| name.clone()).collect()
        };
        assert_eq!(names(&read), names(&expected), "{name}");
        assert!(read == expected, "{name}: another content");
    }
}

#[test]
fn lines_are_those_of_the_zstd_program() {
    let test = "lines_are_those_of_the_zstd_program";
    let name = "osv/pypa.jsonl.zst";
    let (Some(lines), Some(packed)) = (lines(test, name), bytes(test, name)) else {
        return;
    };
    let read = members(name, packed);
    assert_eq!(read.len(), lines.len());
    assert!(read.iter().zip(&lines).all(|((_, read), line)| read == line.trim_end().as_bytes()));
}
