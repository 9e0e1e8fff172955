//! Joint escrow by the executable: two sides sign, one request is kept, and both open it together.

use crate::folder::Folder;
use crate::framework::place::{PATIENCE, Process};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

/// What is asked; it lies in no file but where both have opened it.
const CANARY: &str = "canary-escrow-2b7e";
const PARTY: &str = "00000000-0000-0000-0000-000000000022";
const PERSON: &str = "00000000-0000-0000-0000-000000000033";
const ANSWER: &str = "{\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}";

/// A provider that answers every request with the same.
fn provider() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream);
                while let Some(length) = head(&mut reader) {
                    let mut body = vec![0; length];
                    reader.read_exact(&mut body).unwrap();
                    let length = ANSWER.len();
                    let answer = format!(
                        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
                         content-length: {length}\r\n\r\n{ANSWER}"
                    );
                    reader.get_mut().write_all(answer.as_bytes()).unwrap();
                }
            });
        }
    });
    address
}

/// Reads the head of a request; gives how long its body is.
fn head(reader: &mut BufReader<TcpStream>) -> Option<usize> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return None;
        }
        let lower = line.trim_end().to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length: ") {
            length = value.parse().unwrap();
        }
        if lower.is_empty() {
            return Some(length);
        }
    }
}

fn key(folder: &Folder, command: &str) -> String {
    let made = folder.output(command);
    assert!(made.status.success(), "{command}: {made:?}");
    String::from_utf8(made.stdout).unwrap().trim().to_owned()
}

fn settings(folder: &Folder) {
    let ends = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24);
    let window = uuid::Uuid::new_v4();
    let text = format!(
        "listen = \"127.0.0.1:0\"\ndata = \"data\"\n[upstream]\naddress = \"{}\"\n\
         [window]\nid = \"{window}\"\nsnapshot = \"{}\"\nends = \"{ends}\"\nterms = \"{}\"\n\
         developer = \"{}\"\nissuer = \"{}\"\n\
         [scope]\nendpoints = [\"chat\"]\ntools = \"none\"\noutput_tokens_max = 100\n\
         streaming = \"whole\"\n[scope.models]\nearly = \"internal\"\n\
         [[quota]]\nparty = \"{PARTY}\"\nrequests = 10\ntokens_in = 10000\ntokens_out = 10000\n\
         concurrent = 2\nmoney = \"1.00\"\n[prices.early]\nin = \"3.00\"\nout = \"12.5\"\n\
         [[escrow]]\nparty = \"{PARTY}\"\ndeveloper = \"{}\"\npartner = \"{}\"\n\
         signer = \"{}\"\nconsent = \"consent.json\"\n",
        provider(),
        "ef".repeat(32),
        "ab".repeat(32),
        key(folder, "gateway key @developer.key"),
        key(folder, "gateway key @issuer.key"),
        key(folder, "gateway escrow key @developer.escrow"),
        key(folder, "gateway escrow key @partner.escrow"),
        key(folder, "gateway key @partner.key"),
    );
    fs::write(folder.path("gateway.toml"), text).unwrap();
}

/// One request of the partner, through a local address of its own; gives the answer.
fn ask(folder: &Folder, gateway: &str) -> String {
    let holder = key(folder, "gateway key @holder.key");
    let granted = folder.output(&format!(
        "gateway grant --settings @gateway.toml --key @issuer.key --holder {holder} \
         --person {PERSON} --party {PARTY} --purpose evaluate"
    ));
    fs::write(folder.path("token"), granted.stdout).unwrap();
    let attach = format!(
        "gateway attach --gateway {gateway} --token @token --key @holder.key \
         --purpose evaluate --listen 127.0.0.1:0"
    );
    let mut attached = Process::start(folder, "attached", &attach);
    let address = attached.says("attached: use ");
    let body = format!(
        "{{\"model\":\"early\",\"messages\":[{{\"role\":\"user\",\"content\":\"{CANARY}\"}}]}}"
    );
    let mut stream = TcpStream::connect(address.strip_prefix("http://").unwrap()).unwrap();
    let length = body.len();
    write!(
        stream,
        "POST /v1/chat/completions HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn two_sides_consent_to_escrow_and_open_one_request_together() {
    let folder = Folder::new();
    settings(&folder);
    folder.said_by("gateway serve --settings @gateway.toml", 2);
    let consent = format!("--party {PARTY} --out @consent.json");
    folder.said_by(&format!("gateway escrow consent --settings @gateway.toml {consent}"), 0);
    folder.said_by("gateway escrow sign @consent.json --key @developer.key", 0);
    folder.said_by("gateway serve --settings @gateway.toml", 2);
    folder.said_by("gateway escrow sign @consent.json --key @partner.key", 0);
    let mut serving = Process::start(&folder, "serving", "gateway serve --settings @gateway.toml");
    let gateway = format!("http://{}", serving.says("the gateway listens on "));
    let lease = "lease --settings @gateway.toml --key @developer.key --seconds 600";
    folder.said_by(&format!("gateway {lease} --gateway {gateway}"), 0);
    let answer = ask(&folder, &gateway);
    assert!(answer.contains(ANSWER), "{answer}");
    until_settled(&folder);
    // Killed, not ended: what was settled is there at the next start.
    drop(serving);
    let told = folder.said_by("gateway verify @data --json", 0);
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!((&told["escrow"]["whole"], &told["escrow"]["unended"]), (&1.into(), &0.into()));

    let sealed: Vec<_> = fs::read_dir(folder.path("data/escrow")).unwrap().collect();
    let sealed = sealed[0].as_ref().unwrap().path();
    let request = sealed.file_stem().unwrap().to_str().unwrap().to_owned();
    let of = format!("@data --request {request}");
    folder.only_in(CANARY, &[]);
    let part = format!("gateway escrow part {of} --out @partner.part");
    folder.said_by(&format!("{part} --key @developer.key"), 2);
    folder.said_by(&format!("{part} --key @partner.escrow"), 0);
    let open = format!("gateway escrow open {of} --out @opened --reason incident-7");
    folder.said_by(&format!("{open} --part @partner.part"), 1);
    folder.said_by(&format!("{open} --key @developer.escrow"), 1);
    folder.said_by(&format!("{open} --part @partner.part --key @developer.escrow"), 0);
    assert!(folder.text("opened/asked").contains(CANARY));
    assert_eq!(folder.text("opened/answered"), ANSWER);
    folder.only_in(CANARY, &["opened/asked"]);
    let noted = folder.text("data/escrow/openings.jsonl");
    assert_eq!((noted.lines().count(), noted.matches(&request).count()), (3, 3), "{noted}");
    assert!(noted.lines().all(|line| line.contains("incident-7")));

    let good = fs::read(&sealed).unwrap();
    let mut bytes = good.clone();
    let middle = bytes.len() - 30;
    bytes[middle] ^= 1;
    fs::write(&sealed, bytes).unwrap();
    let open = open.replace("@opened", "@again");
    folder.said_by(&format!("{open} --part @partner.part --key @developer.escrow"), 1);
    assert!(!folder.path("again").exists());
    let said = folder.said_by("gateway verify @data", 1);
    assert!(said.contains(&request), "{said}");
    fs::write(&sealed, good).unwrap();
    destroyed(&folder, &request);
}

/// Waits until it is written down how the request ended.
fn until_settled(folder: &Folder) {
    let begun = std::time::Instant::now();
    let settled = || fs::read_to_string(folder.path("data/journal.jsonl")).unwrap();
    while !settled().contains("\"kind\":\"outcome\"") {
        assert!(begun.elapsed() < PATIENCE, "it is not settled");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

/// Once the window is over, what was held goes, and the certificate says so.
fn destroyed(folder: &Folder, request: &str) {
    folder.said_by("gateway destroy @data --yes", 2);
    let mut serving = Process::start(folder, "again", "gateway serve --settings @gateway.toml");
    let gateway = format!("http://{}", serving.says("the gateway listens on "));
    folder.said_by("gateway destroy @data --yes", 2);
    let withdraw = "gateway withdraw --settings @gateway.toml --key @developer.key";
    folder.said_by(&format!("{withdraw} --gateway {gateway}"), 0);
    serving.stop();
    let told = folder.said_by("gateway usage @data --json", 0);
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["quotas"][0]["used"]["tokens_in"], 3, "{told}");
    assert_eq!(told["quotas"][0]["used"]["money"], "0.000034", "{told}");
    let row = &told["purposes"][5];
    assert_eq!((&row["purpose"], &row["requests"]), (&"evaluate".into(), &1.into()), "{told}");
    assert_eq!((&row["tokens_out"], &row["with_claim"]), (&2.into(), &0.into()), "{told}");
    let said = folder.said_by(&format!("gateway usage @data --party {PARTY}"), 0);
    assert!(said.contains("dollars    0.000034 of 1.00"), "{said}");
    let row = said.lines().find(|line| line.trim_start().starts_with("evaluate")).unwrap();
    let figures: Vec<_> = row.split_whitespace().skip(1).collect();
    assert_eq!(figures, ["1", "3", "2", "0", "0"], "{said}");
    assert!(!said.contains(CANARY) && !told.to_string().contains(CANARY), "{said}");
    // Nobody said yes.
    folder.said_by("gateway destroy @data", 2);
    assert!(folder.path("data/window.key").exists());
    let said = folder.said_by("gateway destroy @data --yes", 0);
    assert!(said.contains("window.key") && said.contains(request), "{said}");
    assert!(said.contains("gone: 2 objects"), "{said}");
    assert!(!folder.path("data/window.key").exists());
    assert!(folder.path("data/escrow/openings.jsonl").exists(), "a record stays");
    let said = folder.said_by("gateway verify @data", 0);
    assert!(said.contains("destroyed  2 objects"), "{said}");
    folder.said_by("gateway serve --settings @gateway.toml", 2);
    folder.said_by("gateway destroy @data --yes", 2);
}
