//! Serves every page with sample values on 127.0.0.1, to look at them: `cargo run -p
//! seawall-server --example samples -- 8090`.

// The samples panic only when a template cannot be rendered at all.
#![allow(clippy::expect_used)]

use std::io::Write as _;
use std::net::TcpListener;

#[path = "../tests/pages/sample.rs"]
mod sample;
#[path = "../tests/pages/serve.rs"]
mod serve;

fn main() -> std::io::Result<()> {
    let port = std::env::args().nth(1).and_then(|port| port.parse().ok()).unwrap_or(8090);
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    let mut out = std::io::stdout();
    for (name, _) in sample::all(sample::Voice::Calm) {
        writeln!(out, "http://127.0.0.1:{port}/{name} and /hostile/{name}")?;
    }
    out.flush()?;
    serve::forever(&listener);
    Ok(())
}
