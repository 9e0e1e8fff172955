//! Makes logs as Inspect writes them, the same each time.

use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// How many words a message has.
const WORDS: usize = 190;

/// Numbers that look like chance and are the same each time (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((x ^ (x >> 31)) >> 1).unwrap() % sides
    }

    fn words(&mut self, vocabulary: &[String], count: usize) -> String {
        let words: Vec<&str> =
            (0..count).map(|_| vocabulary[self.roll(vocabulary.len())].as_str()).collect();
        words.join(" ")
    }
}

/// How large a log is.
#[derive(Clone, Copy)]
pub struct Size {
    pub samples: usize,
    /// In each sample.
    pub messages: usize,
}

/// Writes a log, and says how long it is unpacked.
pub fn write(path: &Path, size: Size) -> usize {
    let mut dice = Dice(7);
    let letters: Vec<char> = ('a'..='z').collect();
    let vocabulary: Vec<String> = (0..2_000)
        .map(|_| (0..2 + dice.roll(8)).map(|_| letters[dice.roll(26)]).collect())
        .collect();
    let mut archive = Archive::new(BufWriter::new(File::create(path).unwrap()));
    let header = header(size);
    archive.add(
        "_journal/start.json",
        &json!({"version": 2, "eval": header["eval"], "plan": header["plan"]}),
    );
    for number in 0..size.samples {
        let sample = sample(number, size, &mut dice, &vocabulary);
        archive.add(&format!("samples/task-{number:04}_epoch_1.json"), &sample);
    }
    archive.add("header.json", &header);
    archive.finish()
}

fn value(number: usize) -> &'static str {
    if number.is_multiple_of(4) { "C" } else { "I" }
}

fn header(size: Size) -> Value {
    let ids: Vec<String> = (0..size.samples).map(|number| format!("task-{number:04}")).collect();
    let metric = json!({"name": "accuracy", "value": 0.25, "params": {}});
    let score = json!({
        "name": "flag", "scorer": "flag", "scored_samples": size.samples, "unscored_samples": 0,
        "params": {}, "metrics": {"accuracy": metric},
    });
    json!({
        "version": 2, "status": "success",
        "eval": {
            "eval_id": "e", "run_id": "r", "created": "2026-01-01T00:00:00+00:00", "task": "big",
            "task_id": "t", "model": "mockllm/model",
            "dataset": {"name": "big", "samples": size.samples, "sample_ids": ids},
            "config": {"epochs": 1}, "packages": {},
            "scorers": [{"name": "flag", "metrics": [{"name": "inspect_ai/accuracy"}]}],
        },
        "plan": {"steps": []},
        "results": {
            "total_samples": size.samples, "completed_samples": size.samples, "scores": [score],
        },
        "stats": {"started_at": "", "completed_at": ""},
        "invalidated": false,
    })
}

fn sample(number: usize, size: Size, dice: &mut Dice, vocabulary: &[String]) -> Value {
    let message = |place: usize, dice: &mut Dice| {
        let role = if place.is_multiple_of(2) { "user" } else { "assistant" };
        let id = format!("{:016x}", dice.roll(usize::MAX));
        json!({"id": id, "role": role, "content": dice.words(vocabulary, WORDS)})
    };
    let messages: Vec<Value> = (0..size.messages).map(|place| message(place, dice)).collect();
    let answer = json!({"role": "assistant", "content": "I looked."});
    json!({
        "id": format!("task-{number:04}"), "epoch": 1, "input": "Solve it.", "target": "flag",
        "messages": messages,
        "output": {
            "model": "m", "choices": [{"message": answer, "stop_reason": "stop"}],
            "completion": "I looked.",
        },
        "scores": {"flag": {"value": value(number), "history": []}},
        "metadata": {"task_family": format!("f{}", number % 40), "human_minutes": 3.0},
        "store": {}, "events": [],
        "model_usage": {"m": {"input_tokens": 10, "output_tokens": 2, "total_tokens": 12}},
        "error_retries": [], "attachments": {},
    })
}

/// A ZIP archive of Zstandard members.
struct Archive<W> {
    file: W,
    table: Vec<u8>,
    count: u16,
    length: u32,
    unpacked: usize,
}

impl<W: Write> Archive<W> {
    fn new(file: W) -> Self {
        Archive { file, table: Vec::new(), count: 0, length: 0, unpacked: 0 }
    }

    fn put(&mut self, bytes: &[u8]) {
        self.file.write_all(bytes).unwrap();
        self.length += u32::try_from(bytes.len()).unwrap();
    }

    fn add(&mut self, name: &str, content: &Value) {
        let content = content.to_string().into_bytes();
        self.unpacked += content.len();
        let level = ruzstd::encoding::CompressionLevel::Fastest;
        let packed = ruzstd::encoding::compress_to_vec(&content[..], level);
        let mut crc = flate2::Crc::new();
        crc.update(&content);
        let mut head = Vec::new();
        for field in [63_u16, 0x800, 93, 0, 0x5821] {
            head.extend_from_slice(&field.to_le_bytes());
        }
        for field in [crc.sum(), packed.len() as u32, content.len() as u32] {
            head.extend_from_slice(&field.to_le_bytes());
        }
        head.extend_from_slice(&(name.len() as u16).to_le_bytes());
        head.extend_from_slice(&[0; 2]);
        self.table.extend_from_slice(b"PK\x01\x02\x3f\x00");
        self.table.extend_from_slice(&head);
        self.table.extend_from_slice(&[0; 10]);
        self.table.extend_from_slice(&self.length.to_le_bytes());
        self.table.extend_from_slice(name.as_bytes());
        self.count += 1;
        for part in [b"PK\x03\x04", &head[..], name.as_bytes(), &packed] {
            self.put(part);
        }
    }

    fn finish(mut self) -> usize {
        let start = self.length;
        let mut end = std::mem::take(&mut self.table);
        let size = end.len() as u32;
        end.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        end.extend_from_slice(&self.count.to_le_bytes());
        end.extend_from_slice(&self.count.to_le_bytes());
        end.extend_from_slice(&size.to_le_bytes());
        end.extend_from_slice(&start.to_le_bytes());
        end.extend_from_slice(&[0; 2]);
        self.put(&end);
        self.file.flush().unwrap();
        self.unpacked
    }
}
