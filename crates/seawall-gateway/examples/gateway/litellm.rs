//! LiteLLM as the same proxy: one worker, one key, no database. It is installed only when asked,
//! below `target/peers`.

use crate::process::Process;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// What is installed, by name and version.
const PACKAGE: &str = "litellm[proxy]==1.108.7";
/// How long it may take to begin, in seconds.
const PATIENCE: u64 = 120;
/// The key that callers send.
pub const KEY: &str = "sk-0123456789abcdef";

fn place() -> PathBuf {
    let example = std::env::current_exe().unwrap();
    let target = example.ancestors().nth(3).unwrap();
    target.join("peers/litellm")
}

/// Installs it.
pub fn install() {
    let place = place().display().to_string();
    let steps: [(&str, Vec<&str>); 2] = [
        ("python3", vec!["-m", "venv", &place]),
        (&format!("{place}/bin/pip"), vec!["--quiet", "install", PACKAGE]),
    ];
    for (program, words) in steps {
        match Command::new(program).args(words).status() {
            Ok(status) if status.success() => {}
            other => eprintln!("cannot install LiteLLM: {program}: {other:?}"),
        }
    }
}

/// Begins it before the provider, where it is installed.
pub fn begin(upstream: &str, folder: &Path) -> Option<Process> {
    let program = place().join("bin/litellm");
    if !program.is_file() {
        return None;
    }
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let text = format!(
        "model_list:\n- model_name: early\n  litellm_params:\n    model: openai/m\n\
         \x20   api_base: \"http://{upstream}/v1\"\n    api_key: none\n\
         litellm_settings:\n  telemetry: false\n"
    );
    let file = folder.join("litellm.yaml");
    std::fs::write(&file, text).unwrap();
    let mut command = Command::new(program);
    command.arg("--config").arg(&file).args(["--host", "127.0.0.1", "--num_workers", "1"]);
    command.arg("--port").arg(port.to_string()).current_dir(folder).env("HOME", folder);
    command.env("LITELLM_MASTER_KEY", KEY).env("LITELLM_LOG", "ERROR");
    command.env("LITELLM_LOCAL_MODEL_COST_MAP", "True");
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let address = format!("127.0.0.1:{port}");
    let litellm = Process::of(command.spawn().unwrap(), address.clone());
    // It listens before it is ready, and is ready when it says so.
    for _ in 0..PATIENCE * 2 {
        if is_ready(&address) {
            return Some(litellm);
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    eprintln!("LiteLLM does not become ready");
    None
}

/// Whether it says that it can be asked.
fn is_ready(address: &str) -> bool {
    let asked = || -> std::io::Result<String> {
        let mut stream = std::net::TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        let line = "GET /health/readiness HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        stream.write_all(line.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    asked().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}
