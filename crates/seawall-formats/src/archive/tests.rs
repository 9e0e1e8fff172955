//! Archives made here and read back, bounds, and broken bytes.

use super::*;
use proptest::prelude::*;
use std::io::Write;

const BOUNDS: Bounds = Bounds { member_bytes: 1_000, members: 4, unpacked_bytes: 4_000 };

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn zst(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, name, *bytes).unwrap();
    }
    archive.into_inner().unwrap()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive.start_file(*name, ::zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// `label=content` of every document, or the fault.
fn told(bounds: Bounds, name: &str, bytes: &[u8]) -> String {
    let mut found = Vec::new();
    let read = read_within(bounds, name, Cursor::new(bytes), &mut |label, document| {
        if document == b"stop" {
            return Err("enough");
        }
        let text = String::from_utf8_lossy(document).into_owned();
        found.push(if text.len() > 20 {
            format!("{label}={}B", text.len())
        } else {
            format!("{label}={text}")
        });
        Ok(())
    });
    if let Err(fault) = read {
        found.push(fault.to_string());
    }
    found.join(" ")
}

fn check(name: &str, bytes: &[u8], expected: &str) {
    assert_eq!(told(BOUNDS, name, bytes), expected, "{name}");
}

#[test]
fn every_kind_of_archive_gives_its_documents() {
    let two: &[(&str, &[u8])] = &[("a/b.json", b"{}"), ("../c\n.json", b"[]")];
    let lines = b"{\"a\":1}\r\n\n {} \n3";
    check("x.json", b"{}", "x.json={}");
    check("x.jsonl", lines, "x.jsonl:1={\"a\":1} x.jsonl:3= {} x.jsonl:4=3");
    check("x.json.gz", &gzip(b"{}"), "x.json={}");
    check("x.csv.gz", &[gzip(b"a,b"), gzip(b"\n")].concat(), "x.csv=a,b\n");
    check("x.jsonl.zst", &zst(lines), "x.jsonl:1={\"a\":1} x.jsonl:3= {} x.jsonl:4=3");
    let skipped = [b"\x50\x2a\x4d\x18\x02\0\0\0xx".to_vec(), zst(b"{"), zst(b"}")].concat();
    check("x.json.zst", &skipped, "x.json={}");
    check("x.zip", &zip(two), "a/b.json={} ../c\u{fffd}.json=[]");
    check("x.zip", &zip(&[]), "");
    check("misnamed.json", &zip(&[("l.ndjson", b"1\n2")]), "l.ndjson:1=1 l.ndjson:2=2");
    let long = format!("{}/end.json", "d".repeat(150));
    let tarball = tar(&[("a.json", b"{}"), (long.as_str(), b"[]")]);
    let expected = format!("a.json={{}} {long}=[]");
    check("x.tar", &tarball, &expected);
    check("x.tar.gz", &gzip(&tarball), &expected);
    check("x.tar.zst", &zst(&tarball), &expected);
    check("empty.json", b"", "empty.json=");
}

#[test]
fn archives_in_archives_and_broken_ones_are_refused() {
    let inner = zip(&[("a", b"{}")]);
    let nested = |label: &str| {
        format!("cannot read an archive at {label}: `{label}` is an archive inside an archive")
    };
    check("x.zip", &zip(&[("ok", b"1"), ("a.zip", &inner)]), &format!("ok=1 {}", nested("a.zip")));
    check("x.gz", &gzip(&gzip(b"{}")), &nested("x.gz"));
    check("x.tar.gz", &gzip(&tar(&[("y.gz", &gzip(b"1"))])), &nested("y.gz"));
    check("stop.jsonl", b"1\nstop\n2", "stop.jsonl:1=1 enough");
    let mut cut = gzip(&[7; 900]);
    cut.truncate(cut.len() - 9);
    assert!(told(BOUNDS, "x.gz", &cut).starts_with("cannot read an archive at x"));
    let mut wrong = zst(b"{}");
    wrong.pop();
    assert!(told(BOUNDS, "x.zst", &wrong).starts_with("cannot read an archive at x"));
}

#[test]
fn every_bound_holds() {
    let broken = |place: &str, what: &str| format!("cannot read an archive at {place}: {what}");
    let long = broken("x.json", "it is longer than the 1000 bytes allowed");
    check("x.json", &[b'x'; 1_001], &long);
    check("x.json", &[b'x'; 1_000], "x.json=1000B");
    check("x.json.gz", &gzip(&[b'x'; 9_000]), &long);
    let line = [b"1\n".to_vec(), vec![b'x'; 1_001]].concat();
    let long = broken("x.jsonl:2", "it is longer than the 1000 bytes allowed");
    check("x.jsonl", &line, &format!("x.jsonl:1=1 {long}"));
    let many = broken("x.jsonl:5", "there are more than 4 documents");
    let four = "x.jsonl:1=1 x.jsonl:2=1 x.jsonl:3=1 x.jsonl:4=1";
    check("x.jsonl", &b"1\n".repeat(9), &format!("{four} {many}"));
    let part = [b'x'; 900];
    let names = ["1", "2", "3", "4", "5"].map(|name| (name, part.as_slice()));
    check("x.zip", &zip(&names), &broken("x.zip", "there are more than 4 documents"));
    let bounds = Bounds { members: 9, ..BOUNDS };
    let four = "1=900B 2=900B 3=900B 4=900B";
    let bomb = broken("5", "it unpacks to more than 4000 bytes");
    assert_eq!(told(bounds, "x.zip", &zip(&names)), format!("{four} {bomb}"));
    let told = told(bounds, "x.tar.gz", &gzip(&tar(&names)));
    assert!(told.ends_with("it unpacks to more than 4000 bytes"), "{told}");
    let mut longest = tar::Builder::new(Vec::new());
    longest.append_data(&mut tar::Header::new_gnu(), "d/".repeat(40_000), &b""[..]).unwrap();
    let bounds = Bounds { unpacked_bytes: 1_000_000, ..BOUNDS };
    let told = super::tests::told(bounds, "x.tar", &longest.into_inner().unwrap());
    assert_eq!(told, broken("x.tar", "a name is longer than 65536 bytes"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]
    #[test]
    fn never_panics(
        which in 0usize..6,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in any::<prop::sample::Index>(),
        noise in proptest::collection::vec(any::<u8>(), 0..60),
    ) {
        let text = br#"{"a":[1,2,3],"b":"the quick brown fox","c":"the quick brown fox"}"#;
        let members: &[(&str, &[u8])] = &[("a.json", text), ("b.jsonl", b"1\n2\n")];
        let mut bytes = match which {
            0 => gzip(text),
            1 => zst(&text.repeat(20)),
            2 => zip(members),
            3 => tar(members),
            4 => zst(&tar(members)),
            _ => [&[0x28, 0xb5, 0x2f, 0xfd][..], &noise].concat(),
        };
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if cut.index(4) == 0 {
            bytes.truncate(cut.index(bytes.len()));
        }
        drop(told(BOUNDS, "x", &bytes));
    }
}
