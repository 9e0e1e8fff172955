//! What a gateway reads, and the documents of the framework.

use crate::{head_and_rest, is_one_line, refused};
use seawall_domain::engagement::scope::{Endpoint, Scope, Streaming, Tools};
use seawall_domain::recipient::Recipient;
use seawall_formats::custody::{SHARE_BYTES_MAX, SealedOpening, SealedShare};
use seawall_formats::enclosed::Enclosed;
use seawall_formats::escrow::{HEAD_BYTES_MAX, Head, PIECE_BYTES_MAX, Part, Side, TAG_BYTES};
use seawall_formats::escrow::{first_line, piece};
use seawall_domain::partner::reach::Table;
use seawall_formats::gateway::{self, Incoming, count, lease, token};
use seawall_formats::usage::{CARRIED_BYTES_MAX, Reader, Usage};
use seawall_formats::{crossing, exclusions, operators, protocol, rubric};
use seawall_ledger::commitment::{Disclosure, Record};
use seawall_ledger::jws::Token;
use seawall_ledger::recipient::Keeper;
use seawall_ledger::sealed as cipher;
use seawall_ledger::shares::Share;

/// A scope in which everything may pass that can.
fn scope() -> Scope {
    Scope {
        endpoints: Endpoint::ALL.into(),
        models: ["m", "n"].map(|name| (name.to_owned(), name.to_owned())).into(),
        tools: Tools::Functions,
        output_tokens_max: 100,
        streaming: Streaming::Streamed,
    }
}

/// A request: its method, target and headers by lines of the head up to an empty one, then a body.
pub fn request(bytes: &[u8]) {
    let (line, mut rest) = head_and_rest(bytes);
    let line = String::from_utf8_lossy(line);
    let (method, target) = line.split_once(' ').unwrap_or(("POST", &line));
    let mut headers = Vec::new();
    while let (line @ [_, ..], next) = head_and_rest(rest) {
        let line = String::from_utf8_lossy(line);
        let (name, value) = line.split_once(": ").unwrap_or((&line, ""));
        headers.push((name.to_owned(), value.to_owned()));
        rest = next;
    }
    let body = rest.strip_prefix(b"\n").unwrap_or(rest);
    let headers: Vec<(&str, &str)> =
        headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let scope = scope();
    let admitted = gateway::admit(&Incoming { method, target, headers: &headers, body }, &scope);
    let outgoing = match admitted {
        Ok(outgoing) => outgoing,
        Err(denial) => return is_one_line(&denial.to_string()),
    };
    if outgoing.endpoint == Endpoint::Models {
        return assert!(outgoing.body.is_empty());
    }
    assert!(scope.model(&outgoing.alias).is_some() && outgoing.output_tokens_max <= 100);
    // What is sent is read as the same again: nothing in it has a second meaning.
    let headers: Vec<(&str, &str)> =
        outgoing.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let again = Incoming { method, target, headers: &headers, body: &outgoing.body };
    let again = gateway::admit(&again, &scope).map_err(|denial| denial.to_string());
    let again = again.expect("what is sent passes again");
    assert_eq!(String::from_utf8(again.body), String::from_utf8(outgoing.body));
    assert_eq!(again.output_tokens_max, outgoing.output_tokens_max);
}

/// An answer, of which the first byte says how long the pieces are.
pub fn usage(bytes: &[u8]) {
    let Some((size, answer)) = bytes.split_first() else { return };
    let told = |size: usize| -> Option<Usage> {
        let mut reader = Reader::default();
        answer.chunks(size).for_each(|piece| reader.read(piece));
        reader.usage()
    };
    let (whole, pieces) = (told(answer.len().max(1)), told(usize::from(*size).max(1)));
    if answer.len() <= CARRIED_BYTES_MAX {
        assert_eq!(whole, pieces);
    }
}

/// A table of operators: what is read adds up, and is read again from its lines as JSON.
pub fn operators(bytes: &[u8]) {
    let latest = "9999-12-31".parse().expect("a day");
    match operators::read(bytes, latest) {
        Ok(table) => {
            let written = serde_json::to_vec(table.lines()).expect("lines have a JSON text");
            let again: Table = operators::read(&written, latest).expect("what is written is read");
            assert_eq!((again.lines(), again.operators()), (table.lines(), table.operators()));
        }
        Err(fault) => refused(&fault),
    }
}

/// A rubric: what is read is read again from what is written of it.
pub fn rubrics(bytes: &[u8]) {
    match rubric::read(bytes) {
        Ok(read) => {
            let written = serde_json::to_vec(read.text()).expect("a rubric has a JSON text");
            assert_eq!(rubric::read(&written).expect("what is written is read"), read);
        }
        Err(fault) => refused(&fault),
    }
}

/// What a gateway counted.
pub fn counts(bytes: &[u8]) {
    match count::read(bytes) {
        Ok(read) => {
            let written = serde_json::to_vec(&read).expect("a count has a JSON text");
            assert_eq!(count::read(&written).expect("what is written is read"), read);
        }
        Err(fault) => refused(&fault),
    }
}

/// A lease of a developer.
pub fn leases(bytes: &[u8]) {
    if let Err(fault) = lease::read(bytes) {
        refused(&fault);
    }
}

/// The file that crosses to the other side.
pub fn crossings(bytes: &[u8]) {
    match crossing::read(bytes) {
        Ok(read) => assert_eq!(crossing::write(&read), bytes),
        Err(fault) => refused(&fault),
    }
}

/// A protocol of an evaluation: what is read is read again from what is written of it.
pub fn protocols(bytes: &[u8]) {
    match protocol::read(bytes) {
        Ok(read) => {
            let written = serde_json::to_vec(read.terms()).expect("terms have a JSON text");
            let again = protocol::read(&written).expect("what is written is read");
            assert_eq!(again.terms(), read.terms());
        }
        Err(fault) => refused(&fault),
    }
}

/// Tokens, disclosures and records of commitments, and lists of what is left out.
pub fn sealed(bytes: &[u8]) {
    if let Err(fault) = exclusions::read(bytes) {
        refused(&fault);
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Err(fault) = Token::read(text)
    {
        is_one_line(&fault.to_string());
    }
    // What an access token says, once its signature holds.
    match token::read(bytes) {
        Ok(grant) => assert!(token::read(&token::write(&grant)).is_ok()),
        Err(fault) => refused(&fault),
    }
    match Disclosure::parse(bytes) {
        Ok(read) => assert_eq!(read.to_bytes().expect("it has a text"), bytes),
        Err(fault) => is_one_line(&fault.to_string()),
    }
    match Record::parse(bytes) {
        Ok(read) => assert_eq!(read.to_bytes().expect("it has a text"), bytes),
        Err(fault) => is_one_line(&fault.to_string()),
    }
}

/// The file of a request under escrow, as it is read without a key, and one side's part of its key.
pub fn escrows(bytes: &[u8]) {
    match Part::read(bytes) {
        Ok(part) => {
            let written = serde_json::to_vec(&part).expect("a part has a JSON text");
            assert_eq!(Part::read(&written).expect("what is written is read"), part);
            let _ = part.secret();
        }
        Err(fault) => refused(&fault),
    }
    let mut rest = bytes;
    let Some(line) = first_line(&mut rest).expect("memory is read without faults") else { return };
    assert!(line.len() < HEAD_BYTES_MAX && line.len() + 1 + rest.len() == bytes.len());
    match Head::read(&line) {
        Ok(head) => {
            let written = serde_json::to_vec(&head).expect("a line has a JSON text");
            // An id without its hyphens is taken, and written longer than it was.
            if written.len() < HEAD_BYTES_MAX {
                assert_eq!(Head::read(&written).expect("what is written is read"), head);
            }
            for side in Side::BOTH {
                opens(head.enclosed(side));
            }
        }
        Err(fault) => refused(&fault),
    }
    let (behind, mut read, mut room) = (rest.len(), 0, Vec::new());
    while piece(&mut rest, &mut room).expect("memory is read without faults") {
        assert!(room.len() <= PIECE_BYTES_MAX + 1 + TAG_BYTES);
        read += 4 + room.len();
        // Pieces stand one behind the other: nothing is left out, and nothing read twice.
        assert_eq!(read + rest.len(), behind);
    }
}

/// What custodians keep: a sealed opening, a sealed share, a share that was taken out, and keys.
pub fn custodies(bytes: &[u8]) {
    match SealedOpening::read(bytes) {
        Ok(read) => {
            assert_eq!(read.to_bytes().expect("it has a text"), bytes);
            if let Some(sealed) = read.sealed() {
                assert!(cipher::open(&[1; 32], read.root.bytes(), &sealed).is_err());
            }
            for share in &read.shares {
                opens(share);
                let own = read.share(share).to_bytes().expect("it has a text");
                assert!(own.len() > SHARE_BYTES_MAX || SealedShare::read(&own).is_ok());
            }
        }
        Err(fault) => refused(&fault),
    }
    match SealedShare::read(bytes) {
        Ok(read) => {
            assert_eq!(read.to_bytes().expect("it has a text"), bytes);
            opens(&read.share);
        }
        Err(fault) => refused(&fault),
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Share::parse(text) {
        Ok(share) => assert_eq!(share.text(), text),
        Err(fault) => is_one_line(&fault.to_string()),
    }
    if let Ok(keeper) = Keeper::read(text) {
        assert!(keeper.text().eq_ignore_ascii_case(text.trim_end()));
    }
    if let Ok(key) = text.parse::<Recipient>() {
        assert_eq!(key.to_string(), text);
    }
}

/// Tries a key that is nobody's on what is encrypted to somebody.
fn opens(enclosed: &Enclosed) {
    let Some([key, text]) = enclosed.parts() else { return };
    let again = Enclosed::new(enclosed.to, [&key, &text]);
    assert_eq!(&again, enclosed);
    if let Ok(keeper) = Keeper::from_seed([1; 32]) {
        let _ = keeper.open(b"what", b"about", [&key, &text]);
    }
}
