//! Writes logs as Inspect does, and as nobody should.

use serde_json::{Value, json};

/// How a member is packed.
#[derive(Clone, Copy, Eq, PartialEq)]
pub enum Packing {
    Stored,
    Deflated,
    Zstandard,
    /// Zstandard in two frames.
    Frames,
}

/// What stands in the table of contents instead of the truth.
#[derive(Clone, Copy, Default)]
pub struct Lie {
    pub unpacked: Option<u64>,
    pub crc: Option<u32>,
    pub offset: Option<u32>,
    pub method: Option<u16>,
    pub flags: u16,
}

/// An archive in the making.
pub struct Archive {
    bytes: Vec<u8>,
    table: Vec<u8>,
    count: u32,
    packing: Packing,
    /// Whether sizes stand in the fields for large ones.
    large: bool,
}

impl Archive {
    pub fn new(packing: Packing) -> Archive {
        Archive { bytes: Vec::new(), table: Vec::new(), count: 0, packing, large: false }
    }

    pub fn large(packing: Packing) -> Archive {
        Archive { large: true, ..Archive::new(packing) }
    }

    pub fn add(&mut self, name: &str, content: &[u8]) {
        self.lie(name, content, Lie::default());
    }

    pub fn lie(&mut self, name: &str, content: &[u8], lie: Lie) {
        let packed = pack(self.packing, content);
        let mut crc = flate2::Crc::new();
        crc.update(content);
        let method = match self.packing {
            Packing::Stored => 0,
            Packing::Deflated => 8,
            Packing::Zstandard | Packing::Frames => 93,
        };
        let (method, crc) = (lie.method.unwrap_or(method), lie.crc.unwrap_or(crc.sum()));
        let offset = self.bytes.len() as u32;
        let (flags, unpacked) = (lie.flags | 0x800, lie.unpacked.unwrap_or(content.len() as u64));
        let small = |value: u64| if self.large { u32::MAX } else { value as u32 };
        let sizes = [crc, small(packed.len() as u64), small(unpacked)];
        let mut extra = Vec::new();
        if self.large {
            for part in [1, 24] {
                extra.extend_from_slice(&u16::to_le_bytes(part));
            }
            for size in [unpacked, packed.len() as u64, u64::from(offset)] {
                extra.extend_from_slice(&size.to_le_bytes());
            }
        }
        let name = name.as_bytes();
        let head = |into: &mut Vec<u8>| {
            for field in [20, flags, method, 0, 0] {
                into.extend_from_slice(&u16::to_le_bytes(field));
            }
            sizes.iter().for_each(|size| into.extend_from_slice(&size.to_le_bytes()));
            into.extend_from_slice(&(name.len() as u16).to_le_bytes());
            into.extend_from_slice(&(extra.len() as u16).to_le_bytes());
        };
        self.bytes.extend_from_slice(b"PK\x03\x04");
        head(&mut self.bytes);
        self.bytes.extend_from_slice(name);
        self.bytes.extend_from_slice(&extra);
        self.bytes.extend_from_slice(&packed);
        self.table.extend_from_slice(b"PK\x01\x02\x14\x00");
        head(&mut self.table);
        self.table.extend_from_slice(&[0; 10]);
        let offset = if self.large { u32::MAX } else { lie.offset.unwrap_or(offset) };
        self.table.extend_from_slice(&offset.to_le_bytes());
        self.table.extend_from_slice(name);
        self.table.extend_from_slice(&extra);
        self.count += 1;
    }

    pub fn json(&mut self, name: &str, content: &Value) {
        self.add(name, content.to_string().as_bytes());
    }

    /// A sample under the name that Inspect gives it.
    pub fn sample(&mut self, sample: &Value) {
        self.json(&sample_name(sample), sample);
    }

    pub fn finish(mut self) -> Vec<u8> {
        let (start, size) = (self.bytes.len(), self.table.len());
        self.bytes.append(&mut self.table);
        if self.large {
            let record = self.bytes.len() as u64;
            self.bytes.extend_from_slice(b"PK\x06\x06");
            self.bytes.extend_from_slice(&44_u64.to_le_bytes());
            self.bytes.extend_from_slice(&[0; 12]);
            for field in [u64::from(self.count), u64::from(self.count), size as u64, start as u64] {
                self.bytes.extend_from_slice(&field.to_le_bytes());
            }
            self.bytes.extend_from_slice(b"PK\x06\x07\0\0\0\0");
            self.bytes.extend_from_slice(&record.to_le_bytes());
            self.bytes.extend_from_slice(&1_u32.to_le_bytes());
        }
        self.bytes.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        let count = if self.large { u16::MAX } else { self.count as u16 };
        self.bytes.extend_from_slice(&count.to_le_bytes());
        self.bytes.extend_from_slice(&count.to_le_bytes());
        let small = |value: usize| if self.large { u32::MAX } else { value as u32 };
        self.bytes.extend_from_slice(&small(size).to_le_bytes());
        self.bytes.extend_from_slice(&small(start).to_le_bytes());
        self.bytes.extend_from_slice(&[0, 0]);
        self.bytes
    }
}

fn pack(packing: Packing, content: &[u8]) -> Vec<u8> {
    let zstandard = |content: &[u8]| {
        let level = ruzstd::encoding::CompressionLevel::Fastest;
        ruzstd::encoding::compress_to_vec(content, level)
    };
    match packing {
        Packing::Stored => content.to_vec(),
        Packing::Deflated => {
            let level = flate2::Compression::fast();
            let mut packed = flate2::read::DeflateEncoder::new(content, level);
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut packed, &mut bytes).unwrap();
            bytes
        }
        Packing::Zstandard => zstandard(content),
        Packing::Frames => {
            let (one, other) = content.split_at(content.len() / 2);
            [zstandard(one), zstandard(other)].concat()
        }
    }
}

pub fn sample_name(sample: &Value) -> String {
    let id = sample["id"].as_str().map_or_else(|| sample["id"].to_string(), str::to_owned);
    format!("samples/{id}_epoch_{}.json", sample["epoch"])
}

/// A sample that the scorer `flag` gave a value for.
pub fn sample(id: Value, epoch: u32, value: Value) -> Value {
    json!({
        "id": id, "epoch": epoch, "input": "Solve it.", "target": "flag{x}",
        "messages": [{"role": "user", "content": "Solve it."}],
        "output": {
            "model": "m",
            "choices": [{
                "message": {"role": "assistant", "content": "I looked."}, "stop_reason": "stop",
            }],
            "completion": "I looked.",
        },
        "scores": {"flag": {"value": value, "answer": "I looked.", "history": []}},
        "metadata": {"task_family": "web", "human_minutes": 12.5, "deep": {"a": [1]}},
        "events": [{"event": "model"}],
        "model_usage": {
            "m": {"input_tokens": 10, "output_tokens": 5, "total_tokens": 15},
            "n": {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2},
        },
        "error_retries": [],
    })
}

/// The header of a run over these tasks.
pub fn header(tasks: &[Value], epochs: u32) -> Value {
    json!({
        "version": 2,
        "status": "success",
        "eval": {
            "eval_id": "e", "run_id": "r", "created": "2026-01-01T00:00:00+00:00",
            "task": "battery", "task_version": 0, "model": "m",
            "dataset": {"name": "battery", "samples": tasks.len(), "sample_ids": tasks},
            "config": {"epochs": epochs, "message_limit": 20, "log_samples": true},
            "model_generate_config": {"temperature": 0.5, "max_connections": 7},
            "metadata": {"network": "none", "note": "x"},
            "scorers": [{"name": "house/flag", "metrics": [
                {"name": "inspect_ai/accuracy", "options": {}},
                {"name": "inspect_ai/stderr", "options": {"cluster": "task_family"}},
            ]}],
        },
        "plan": {"steps": [{"solver": "generate"}], "config": {}},
        "results": {"scores": [{"name": "flag", "scorer": "flag", "metrics": {}}]},
        "invalidated": false,
    })
}

/// A header with what the run began with.
pub fn start(header: &Value) -> Value {
    json!({"version": 2, "eval": header["eval"], "plan": header["plan"]})
}

/// The summary of a sample.
pub fn summary(sample: &Value) -> Value {
    json!({
        "id": sample["id"], "epoch": sample["epoch"], "scores": sample["scores"],
        "model_usage": sample["model_usage"], "completed": true,
        "error": sample["error"]["message"], "limit": sample["limit"]["type"],
    })
}

/// A whole `.eval` log.
pub fn eval(packing: Packing, header: &Value, samples: &[Value]) -> Vec<u8> {
    let mut archive = Archive::new(packing);
    archive.json("_journal/start.json", &start(header));
    samples.iter().for_each(|sample| archive.sample(sample));
    let summaries: Vec<Value> = samples.iter().map(summary).collect();
    archive.json("summaries.json", &json!(summaries));
    archive.json("header.json", header);
    archive.finish()
}

/// The same as one document.
pub fn document(header: &Value, samples: &[Value]) -> Vec<u8> {
    let mut document = header.clone();
    document["samples"] = json!(samples);
    document.to_string().into_bytes()
}
