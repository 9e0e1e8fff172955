//! A server of sample pages and embedded assets, as small as it can be.

use crate::sample::{self, Voice};
use seawall_server::assets;
use std::io::{BufRead, BufReader, Result, Write};
use std::net::{TcpListener, TcpStream};

/// Answers one request after the other, for as long as the process lives.
pub fn forever(listener: &TcpListener) {
    for stream in listener.incoming().flatten() {
        // A browser that hangs up is no reason to stop serving.
        let _ = answer(stream);
    }
}

fn answer(stream: TcpStream) -> Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or("/").to_owned();
    while line.trim() != "" {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            break;
        }
    }
    let (status, media_type, body) = content(&path);
    let mut stream = stream;
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\n\
         Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self'; \
         font-src 'self'; form-action 'self'\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(&body)
}

fn content(path: &str) -> (&'static str, &'static str, Vec<u8>) {
    if let Some(asset) = path.strip_prefix("/assets/").and_then(assets::find) {
        return ("200 OK", asset.media_type, asset.bytes.to_vec());
    }
    let path = path.trim_start_matches('/');
    let (voice, name) = match path.strip_prefix("hostile/") {
        Some(name) => (Voice::Hostile, name),
        None => (Voice::Calm, path),
    };
    let page = sample::all(voice).into_iter().find(|(known, _)| *known == name);
    match page {
        Some((_, html)) => ("200 OK", "text/html; charset=utf-8", html.into_bytes()),
        None => ("404 Not Found", "text/plain", b"no such sample".to_vec()),
    }
}
