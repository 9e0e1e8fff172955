//! A provider in OpenAI's shapes: by its responses it plays the practice battery as it is scripted
//! to, and to whoever asks for a stream of chat completions it streams without an end.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A part of each of its answers to a stream.
pub const SAID: &str = "canary-answer-5e21";
/// How far apart the pieces of a stream are.
const PIECE_EVERY: Duration = Duration::from_millis(20);

/// What it was asked.
#[derive(Clone)]
pub struct Asked {
    pub key: String,
    pub body: Value,
}

pub struct Provider {
    pub address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Provider {
    /// Begins to answer; whoever tells the flag of a task gets it by one of these scripts, each
    /// with words of the task's prompt.
    pub fn start(scripts: Vec<(&'static str, String)>) -> Provider {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let (kept, scripts) = (Arc::clone(&asked), Arc::new(scripts));
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let (kept, scripts) = (Arc::clone(&kept), Arc::clone(&scripts));
                std::thread::spawn(move || answer(connection, &kept, &scripts));
            }
        });
        Provider { address, asked }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The flags that it was shown.
    pub fn flags(&self) -> BTreeSet<String> {
        self.asked().iter().filter_map(|asked| flag(&asked.body["input"])).collect()
    }
}

/// Reads one request and answers it; whoever goes away is let go.
fn answer(
    connection: TcpStream,
    kept: &Mutex<Vec<Asked>>,
    scripts: &[(&'static str, String)],
) -> Option<()> {
    let mut reader = BufReader::new(connection.try_clone().ok()?);
    let (mut length, mut key, mut line) = (0, String::new(), String::new());
    while reader.read_line(&mut line).ok()? > 2 {
        if let Some((name, value)) = line.split_once(':') {
            match name.to_lowercase().as_str() {
                "content-length" => length = value.trim().parse().ok()?,
                "authorization" => value.trim().clone_into(&mut key),
                _ => {}
            }
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body: Value = serde_json::from_slice(&body).ok()?;
    kept.lock().unwrap().push(Asked { key, body: body.clone() });
    if body["stream"] == true { stream(connection) } else { whole(connection, &body, scripts) }
}

fn stream(mut connection: TcpStream) -> Option<()> {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
    connection.write_all(head.as_bytes()).ok()?;
    loop {
        let piece = json!({"choices": [{"index": 0, "delta": {"content": SAID}}]});
        connection.write_all(format!("data: {piece}\n\n").as_bytes()).ok()?;
        std::thread::sleep(PIECE_EVERY);
    }
}

fn whole(
    mut connection: TcpStream,
    body: &Value,
    scripts: &[(&'static str, String)],
) -> Option<()> {
    let said = body["input"].to_string();
    let flag = flag(&body["input"]);
    let script = scripts.iter().find(|(words, _)| said.contains(words));
    let (name, arguments) = match (&flag, script) {
        (Some(flag), _) => ("submit", json!({"answer": flag})),
        (None, Some((_, script))) => ("bash", json!({"command": script})),
        (None, None) => ("submit", json!({"answer": "I do not know."})),
    };
    let call = json!({
        "type": "function_call", "id": format!("fc_{}", said.len()), "status": "completed",
        "call_id": format!("call_{}", said.len()), "name": name,
        "arguments": arguments.to_string(),
    });
    let answer = json!({
        "id": "resp_1", "object": "response", "created_at": 1, "model": "internal-7",
        "status": "completed", "output": [call], "parallel_tool_calls": true,
        "tool_choice": "auto", "tools": [],
        "usage": {
            "input_tokens": 40, "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": 10, "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 50,
        },
    });
    let answer = answer.to_string();
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n";
    let head = format!("{head}content-length: {}\r\n\r\n", answer.len());
    connection.write_all(format!("{head}{answer}").as_bytes()).ok()
}

/// The flag that a tool showed.
fn flag(input: &Value) -> Option<String> {
    let outputs = input.as_array()?.iter().filter(|it| it["type"] == "function_call_output");
    outputs.filter_map(|it| it["output"].as_str()).find_map(|output| {
        let (_, rest) = output.split_once("flag{")?;
        Some(format!("flag{{{}}}", rest.split_once('}')?.0))
    })
}
