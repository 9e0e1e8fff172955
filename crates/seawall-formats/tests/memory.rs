//! Memory: what reading a log holds is bounded by what is asked of it, neither by how large a
//! member is nor by how much stands in it that nobody asked for.
//!
//! One test in a program of its own, since the peak is the whole program's; the bounds rise from
//! step to step. `SEAWALL_SAMPLES` sets how many samples with 64 facts there are, for measuring:
//! `SEAWALL_SAMPLES=60000 cargo test -p seawall-formats --test memory -- --nocapture`.

use seawall_domain::evaluation::report::Report;
use seawall_formats::inspect;
use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// How many samples with facts, where nothing else is said.
const SAMPLES: u32 = 3_000;
const FACTS: usize = 64;
const FACT_BYTES: usize = 256;
const MEGABYTE: u64 = 1 << 20;

/// The most memory that this process held, in bytes; none where the system does not tell.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches(" kB").parse::<u64>().ok()? * 1024)
}

#[test]
fn reading_holds_what_is_asked_and_no_more() {
    let Some(start) = peak() else {
        println!("skipped: reading_holds_what_is_asked_and_no_more: no /proc/self/status");
        return;
    };
    let folder = std::env::temp_dir().join(format!("seawall-memory-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let check = |what: &str, most: u64| {
        let grown = peak().unwrap() - start;
        println!("{what}: {} MB more than at the start", grown / MEGABYTE);
        assert!(grown <= most, "{what}: {grown} bytes");
    };
    let samples = std::env::var("SEAWALL_SAMPLES").ok().and_then(|text| text.parse().ok());
    let samples: u32 = samples.unwrap_or(SAMPLES);
    bombs(&folder);
    check("bombs", 16 * MEGABYTE);
    large_member(&folder);
    check("a member of 200 MB", 16 * MEGABYTE);
    facts(&folder, samples);
    // Some 600 B for each sample, of the 16 kB that it has (`held.rs` counts them).
    check("samples with 64 facts", 16 * MEGABYTE + u64::from(samples) * 800);
    header_of_many(&folder);
    check("a header of many things", 64 * MEGABYTE + u64::from(samples) * 800);
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Samples whose metadata are long, and are asked for two members.
fn facts(folder: &Path, samples: u32) {
    let path = folder.join("facts.eval");
    let mut archive = Archive::new(&path);
    archive.header(&(0..samples).map(|number| format!("\"t{number}\"")).collect::<Vec<_>>());
    for number in 0..samples {
        let mut sample = Frame::new();
        sample.raw(format!("{{\"id\":\"t{number}\",\"epoch\":1,\"metadata\":{{").as_bytes());
        for fact in 0..FACTS {
            sample.raw(format!("\"fact_{fact:02}\":\"").as_bytes());
            sample.run(b'x', FACT_BYTES);
            sample.raw(b"\",");
        }
        let family = format!("\"task_family\":\"f{}\",\"human_minutes\":3}}", number % 40);
        sample.raw(family.as_bytes());
        sample.raw(END.as_bytes());
        archive.add(&format!("samples/t{number}_epoch_1.json"), sample);
    }
    archive.finish();
    let log = inspect::read(File::open(&path).unwrap()).unwrap();
    let profiles = log.profiles("task_family", "human_minutes");
    assert!(profiles.values().all(|one| one.family.is_some() && one.minutes == Some(3.0)));
    assert!(log.observations.iter().all(|seen| seen.facts.len() == 2));
    assert_eq!(profiles.len(), samples as usize);
    let report = Report::of(&log);
    assert!(report.can_serve(), "{:?}", report.findings);
    std::fs::remove_file(path).unwrap();
}

/// What stands in every sample after its metadata.
const END: &str = r#","output":{"choices":[],"completion":"I looked."},
    "scores":{"flag":{"value":"C"}},"model_usage":{"m":{"total_tokens":3}}}"#;

/// One sample with 200 MB in each of several places.
fn large_member(folder: &Path) {
    let path = folder.join("large.eval");
    let mut archive = Archive::new(&path);
    archive.header(&["\"a\"".to_owned()]);
    let mut sample = Frame::new();
    for (before, letter) in [
        (r#"{"id":"a","epoch":1,"input":""#, b'i'),
        (r#"","messages":[{"role":"assistant","content":""#, b'm'),
        (r#""}],"metadata":{"task_family":""#, b'f'),
        (r#"","other":""#, b'o'),
    ] {
        sample.raw(before.as_bytes());
        sample.run(letter, 50_000_000);
    }
    sample.raw(b"\"}");
    sample.raw(END.as_bytes());
    archive.add("samples/a_epoch_1.json", sample);
    archive.finish();
    let log = inspect::read(File::open(&path).unwrap()).unwrap();
    assert!(Report::of(&log).can_serve());
    let family = log.observations[0].cluster("task_family").unwrap().len();
    assert!(family > 0 && family <= 256, "{family}");
    assert_eq!(inspect::emitted_flags(File::open(&path).unwrap()).unwrap().len(), 1);
}

/// Ten gigabytes in few bytes: a member that lies about it, one that does not, and brackets.
fn bombs(folder: &Path) {
    let spaces = |length: u64| {
        let mut frame = Frame::new();
        for _ in 0..80_000 {
            frame.block(1, BLOCK_BYTES);
            frame.packed.push(b' ');
        }
        Frame { length, ..frame }
    };
    let mut nested = Frame::new();
    nested.raw(b"{\"id\":");
    nested.run(b'[', 1_000_000);
    let path = folder.join("bomb.eval");
    let check = |frame: Frame, message: &str, unpacked_max: u64| {
        let mut archive = Archive::new(&path);
        archive.header(&["\"a\"".to_owned()]);
        archive.add("samples/a_epoch_1.json", frame);
        archive.finish();
        let length = path.metadata().unwrap().len();
        let mut counted = Counted { file: File::open(&path).unwrap(), bytes: 0 };
        let fault = inspect::read(&mut counted).unwrap_err();
        assert!(fault.message.contains(message), "{fault}");
        // No more is read than the archive, twice for its table of contents.
        assert!(counted.bytes <= 2 * length, "{} of {length} bytes were read", counted.bytes);
        // Where it stopped tells how much was unpacked by then.
        let place = fault.place.rsplit("byte ").next().and_then(|text| text.parse().ok());
        let unpacked: u64 = place.unwrap_or_default();
        assert!(unpacked <= unpacked_max, "{fault}");
    };
    check(spaces(1_000), "unpacks to more than it says", 1 << 16);
    check(spaces(10 << 30), "would unpack to", 0);
    check(nested, "nested deeper than 512 levels", 1 << 16);
}

/// Headers that name more tasks than are allowed, or hold a million things of one kind.
fn header_of_many(folder: &Path) {
    let path = folder.join("many.eval");
    let read = |header: Frame| {
        let mut archive = Archive::new(&path);
        archive.add("header.json", header);
        archive.finish();
        inspect::read_header(File::open(&path).unwrap()).map_err(|fault| fault.message)
    };
    let mut ids = Frame::new();
    ids.raw(br#"{"eval":{"dataset":{"sample_ids":["a""#);
    ids.raw(",1".repeat(3_000_000).as_bytes());
    ids.raw(b"]}}}");
    let told = read(ids).unwrap_err();
    assert!(told.starts_with("it names more than 500000 tasks"), "{told}");
    for (before, item, after) in [
        (r#"{"eval":{},"results":{"scores":["#, r#"{"a":1},"#, "0]}}"),
        (r#"{"eval":{},"results":{"scores":[{"metrics":{"#, r#""m":1,"#, r#""m":1}}]}}"#),
        (r#"{"eval":{},"log_updates":["#, r#"{"a":1},"#, "0]}"),
        (r#"{"eval":{},"config_updates":["#, r#"{"changes":[{}]},"#, "0]}"),
        (r#"{"eval":{"scorers":["#, r#"{"a":1},"#, "0]}}"),
        (r#"{"eval":{"config":{"epochs_reducer":["#, r#""","#, r#"""]}}}"#),
        (r#"{"eval":{"task_args":["#, "[],", "0]}}"),
    ] {
        let mut header = Frame::new();
        header.raw(before.as_bytes());
        header.raw(item.repeat(inspect::HEADER_BYTES_MAX / item.len() - 20).as_bytes());
        header.raw(after.as_bytes());
        assert!(read(header).is_ok(), "{before}");
    }
    let mut long = Frame::new();
    long.raw(br#"{"eval":{"task":""#);
    long.run(b'x', inspect::HEADER_BYTES_MAX);
    long.raw(b"\"}}");
    assert!(read(long).unwrap_err().contains("longer than"));
}

/// A file that counts what is read of it.
struct Counted {
    file: File,
    bytes: u64,
}

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = self.file.read(into)?;
        self.bytes += count as u64;
        Ok(count)
    }
}

impl Seek for Counted {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.file.seek(to)
    }
}

/// The longest block of Zstandard, in bytes (RFC 8878, section 3.1.1.2.4).
const BLOCK_BYTES: usize = 128 * 1024;

/// A member as a frame of Zstandard, of blocks that stand as they are and runs of one letter: it is
/// packed without being held.
struct Frame {
    packed: Vec<u8>,
    crc: flate2::Crc,
    length: u64,
}

impl Frame {
    fn new() -> Frame {
        let packed = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58];
        Frame { packed, crc: flate2::Crc::new(), length: 0 }
    }

    fn block(&mut self, kind: u32, length: usize) {
        let head = (kind << 1 | (length as u32) << 3).to_le_bytes();
        self.packed.extend_from_slice(&head[..3]);
    }

    fn count(&mut self, bytes: &[u8]) {
        self.crc.update(bytes);
        self.length += bytes.len() as u64;
    }

    fn raw(&mut self, bytes: &[u8]) {
        for piece in bytes.chunks(BLOCK_BYTES) {
            self.block(0, piece.len());
            self.packed.extend_from_slice(piece);
            self.count(piece);
        }
    }

    fn run(&mut self, letter: u8, count: usize) {
        let block = vec![letter; BLOCK_BYTES.min(count)];
        let mut left = count;
        while left > 0 {
            let length = left.min(BLOCK_BYTES);
            self.block(1, length);
            self.packed.push(letter);
            self.count(&block[..length]);
            left -= length;
        }
    }
}

/// An archive that is written as it grows.
struct Archive {
    file: BufWriter<File>,
    table: Vec<u8>,
    count: u16,
    length: u32,
}

impl Archive {
    fn new(path: &Path) -> Archive {
        let file = BufWriter::new(File::create(path).unwrap());
        Archive { file, table: Vec::new(), count: 0, length: 0 }
    }

    /// The header of a run over these tasks, each of which passed.
    fn header(&mut self, tasks: &[String]) {
        let mut header = Frame::new();
        header.raw(br#"{"status":"success","eval":{"scorers":[{"name":"flag"}],"#);
        header.raw(br#""config":{"epochs":1},"dataset":{"sample_ids":["#);
        header.raw(tasks.join(",").as_bytes());
        header.raw(br#"]}},"results":{"scores":[{"name":"flag","scorer":"flag","metrics":{}}]}}"#);
        self.add("header.json", header);
    }

    fn put(&mut self, bytes: &[u8]) {
        self.file.write_all(bytes).unwrap();
        self.length += u32::try_from(bytes.len()).unwrap();
    }

    fn add(&mut self, name: &str, mut frame: Frame) {
        // The last block is an empty one.
        frame.packed.extend_from_slice(&[1, 0, 0]);
        let (offset, unpacked) = (self.length, u32::try_from(frame.length));
        let large = unpacked.is_err();
        let mut head = Vec::new();
        for field in [63_u16, 0x800, 93, 0, 0] {
            head.extend_from_slice(&field.to_le_bytes());
        }
        for field in [frame.crc.sum(), frame.packed.len() as u32, unpacked.unwrap_or(u32::MAX)] {
            head.extend_from_slice(&field.to_le_bytes());
        }
        let extra =
            if large { [&[1, 0, 8, 0], &frame.length.to_le_bytes()[..]].concat() } else { vec![] };
        head.extend_from_slice(&(name.len() as u16).to_le_bytes());
        head.extend_from_slice(&(extra.len() as u16).to_le_bytes());
        self.table.extend_from_slice(b"PK\x01\x02\x3f\x00");
        self.table.extend_from_slice(&head);
        self.table.extend_from_slice(&[0; 10]);
        self.table.extend_from_slice(&offset.to_le_bytes());
        self.table.extend_from_slice(name.as_bytes());
        self.table.extend_from_slice(&extra);
        self.count += 1;
        for part in [b"PK\x03\x04", &head[..], name.as_bytes(), &extra, &frame.packed] {
            self.put(part);
        }
    }

    fn finish(mut self) {
        let (start, mut end) = (self.length, std::mem::take(&mut self.table));
        let size = end.len() as u32;
        end.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        for count in [self.count, self.count] {
            end.extend_from_slice(&count.to_le_bytes());
        }
        for field in [size, start] {
            end.extend_from_slice(&field.to_le_bytes());
        }
        end.extend_from_slice(&[0; 2]);
        self.put(&end);
        self.file.flush().unwrap();
    }
}
