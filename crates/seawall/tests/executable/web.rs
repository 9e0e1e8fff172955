//! A small web server on this machine for sources that are followed: it serves what a test puts
//! there, notes what it is asked, and cuts off or holds an answer when told.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What stands at a path.
#[derive(Clone, Debug, Default)]
pub struct Page {
    pub body: Vec<u8>,
    /// Its entity tag, with the quotes; without one it is neither asked for in parts nor kept.
    pub etag: Option<String>,
    /// The answer's status; nothing but its headers follow when it is not 200.
    pub status: Option<u16>,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// The next answer ends after so many bytes of the body.
    pub cut_after: Option<usize>,
    /// The next answer stops after so many bytes and waits for the other side to end.
    pub hold_after: Option<usize>,
}

impl Page {
    pub fn new(body: impl Into<Vec<u8>>) -> Page {
        Page { body: body.into(), ..Page::default() }
    }

    pub fn tagged(body: impl Into<Vec<u8>>, etag: &str) -> Page {
        Page { etag: Some(format!("\"{etag}\"")), ..Page::new(body) }
    }

    pub fn status(status: u16, headers: &[(&str, &str)]) -> Page {
        let headers = headers.iter().map(|(name, text)| ((*name).into(), (*text).into()));
        Page { status: Some(status), headers: headers.collect(), ..Page::default() }
    }
}

#[derive(Default)]
struct Inside {
    pages: BTreeMap<String, Vec<Page>>,
    asked: Vec<String>,
}

/// The server; it ends with the test's process.
pub struct Web {
    pub base: String,
    inside: Arc<Mutex<Inside>>,
    holds: Mutex<Receiver<()>>,
    /// The certificate in PEM, where it speaks TLS.
    pub certificate: Option<String>,
}

fn lock(inside: &Mutex<Inside>) -> MutexGuard<'_, Inside> {
    inside.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Web {
    /// A server in the clear.
    pub fn new() -> Web {
        Web::start(None)
    }

    /// A server with TLS, whose certificate nobody trusts but who is told to.
    pub fn secure() -> Web {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        Web::start(Some(certificate()))
    }

    fn start(tls: Option<(CertificateDer<'static>, PrivateKeyDer<'static>)>) -> Web {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let base = format!("{scheme}://{}", listener.local_addr().unwrap());
        let certificate = tls.as_ref().map(|(certificate, _)| pem(certificate));
        let config = tls.map(|(certificate, key)| {
            let config = rustls::ServerConfig::builder().with_no_client_auth();
            Arc::new(config.with_single_cert(vec![certificate], key).unwrap())
        });
        let inside = Arc::new(Mutex::new(Inside::default()));
        let (held, holds) = channel();
        let shared = inside.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (shared, config, held) = (shared.clone(), config.clone(), held.clone());
                std::thread::spawn(move || match config {
                    None => serve(stream, &shared, &held),
                    Some(config) => {
                        let tls = rustls::ServerConnection::new(config).unwrap();
                        let mut stream = rustls::StreamOwned::new(tls, stream);
                        serve(&mut stream, &shared, &held);
                        stream.conn.send_close_notify();
                        let _ = stream.flush();
                    }
                });
            }
        });
        Web { base, inside, holds: Mutex::new(holds), certificate }
    }

    /// Puts something at a path.
    pub fn put(&self, path: &str, page: Page) {
        self.put_each(path, vec![page]);
    }

    /// Puts there what each answer gives in turn; the last of them stays.
    pub fn put_each(&self, path: &str, mut pages: Vec<Page>) {
        pages.reverse();
        lock(&self.inside).pages.insert(path.to_owned(), pages);
    }

    pub fn remove(&self, path: &str) {
        lock(&self.inside).pages.remove(path);
    }

    /// What was asked since the last time this was called: path, and the headers that matter.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.inside).asked)
    }

    /// Waits until an answer is held.
    pub fn wait_for_hold(&self) {
        self.holds.lock().unwrap_or_else(PoisonError::into_inner).recv().unwrap();
    }
}

fn serve(mut stream: impl Read + Write, inside: &Mutex<Inside>, held: &Sender<()>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            Ok(_) | Err(_) => return,
        }
    }
    let head = String::from_utf8(head).unwrap();
    let mut lines = head.lines();
    let path = lines.next().unwrap().split(' ').nth(1).unwrap().to_owned();
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, text)| (name.to_ascii_lowercase(), text.to_owned()))
        .collect();
    let page = {
        let mut inside = lock(inside);
        let mut told = path.clone();
        for name in ["range", "if-range", "if-none-match", "if-modified-since"] {
            if let Some(text) = headers.get(name) {
                write!(told, " {name}={text}").unwrap();
            }
        }
        inside.asked.push(told);
        inside.pages.get_mut(&path).and_then(|pages| match pages.as_slice() {
            [_] => {
                let page = pages[0].clone();
                (pages[0].cut_after, pages[0].hold_after) = (None, None);
                Some(page)
            }
            _ => pages.pop(),
        })
    };
    answer(&mut stream, page, &headers, held);
}

fn answer(
    stream: &mut (impl Read + Write),
    page: Option<Page>,
    headers: &BTreeMap<String, String>,
    held: &Sender<()>,
) {
    let page = page.unwrap_or_else(|| Page::status(404, &[]));
    let same = |name: &str| page.etag.is_some() && headers.get(name) == page.etag.as_ref();
    let from = headers.get("range").filter(|_| same("if-range")).map_or(0, |range| {
        range.trim_start_matches("bytes=").trim_end_matches('-').parse::<usize>().unwrap()
    });
    let (status, body) = match page.status {
        Some(status) => (status, &[][..]),
        None if same("if-none-match") => (304, &[][..]),
        None if from > 0 => (206, &page.body[from..]),
        None => (200, &page.body[..]),
    };
    let mut head = format!("HTTP/1.1 {status} X\r\nConnection: close\r\n");
    write!(head, "Content-Length: {}\r\n", body.len()).unwrap();
    if status == 206 {
        let whole = page.body.len();
        write!(head, "Content-Range: bytes {from}-{}/{whole}\r\n", whole - 1).unwrap();
    }
    for (name, text) in page
        .etag
        .iter()
        .map(|etag| ("ETag", etag.as_str()))
        .chain(page.headers.iter().map(|(name, text)| (name.as_str(), text.as_str())))
    {
        write!(head, "{name}: {text}\r\n").unwrap();
    }
    head.push_str("\r\n");
    let sent = page.cut_after.or(page.hold_after).unwrap_or(body.len()).min(body.len());
    // Whoever asked may have gone: then there is nothing more to do.
    let written = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body[..sent]));
    let _ = written.and_then(|()| stream.flush());
    if page.hold_after.is_some() {
        held.send(()).unwrap();
        while stream.read(&mut [0]).is_ok_and(|read| read > 0) {}
    }
}

/// One element of DER (X.690): a tag, a length, a content.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut out = vec![tag];
    match content.len() {
        length @ 0..128 => out.push(length as u8),
        length => {
            out.push(0x82);
            out.extend_from_slice(&(length as u16).to_be_bytes());
        }
    }
    out.extend_from_slice(&content);
    out
}

/// A certificate that signs itself (RFC 5280, section 4.1), for 127.0.0.1, with a new key.
fn certificate() -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
    const SEQUENCE: u8 = 0x30;
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
    let oid = |bytes: &[u8]| der(0x06, &[bytes]);
    // ecdsa-with-SHA256, id-ecPublicKey, prime256v1, commonName, subjectAltName.
    let algorithm = der(SEQUENCE, &[&oid(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2])]);
    let ec = oid(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1]);
    let curve = oid(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]);
    let common_name = der(SEQUENCE, &[&oid(&[0x55, 4, 3]), &der(0x0c, &[b"seawall test"])]);
    let name = der(SEQUENCE, &[&der(0x31, &[&common_name])]);
    let times = der(SEQUENCE, &[&der(0x17, &[b"200101000000Z"]), &der(0x17, &[b"490101000000Z"])]);
    let point = der(0x03, &[&[0], key.public_key().as_ref()]);
    let public = der(SEQUENCE, &[&der(SEQUENCE, &[&ec, &curve]), &point]);
    let alternative = der(SEQUENCE, &[&der(0x87, &[&[127, 0, 0, 1]])]);
    let extension = der(SEQUENCE, &[&oid(&[0x55, 0x1d, 0x11]), &der(0x04, &[&alternative])]);
    let extensions = der(0xa3, &[&der(SEQUENCE, &[&extension])]);
    let version = der(0xa0, &[&der(0x02, &[&[2]])]);
    let serial = der(0x02, &[&[1]]);
    let body =
        der(SEQUENCE, &[&version, &serial, &algorithm, &name, &times, &name, &public, &extensions]);
    let signature = key.sign(&SystemRandom::new(), &body).unwrap();
    let signed = der(0x03, &[&[0], signature.as_ref()]);
    let whole = der(SEQUENCE, &[&body, &algorithm, &signed]);
    let secret = key.to_pkcs8v1().unwrap().as_ref().to_vec();
    (whole.into(), PrivatePkcs8KeyDer::from(secret).into())
}

fn pem(certificate: &CertificateDer<'_>) -> String {
    let text = base64::engine::general_purpose::STANDARD.encode(certificate);
    format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
}
