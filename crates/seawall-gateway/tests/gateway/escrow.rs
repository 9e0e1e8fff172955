//! Joint escrow: off without both signatures, and where it is on, nothing passes that is not kept.

use crate::world::{CANARY, World, body, developer, key, party, stream, streamed, whole, window};
use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::StatusCode;
use seawall_domain::digest::Digest;
use seawall_domain::recipient::Recipient;
use seawall_formats::escrow::Part;
use seawall_gateway::escrow::opening;
use seawall_gateway::escrow::{CONSENT, Consent, file};
use seawall_gateway::settings::Settings;
use seawall_gateway::{Gateway, verify};
use seawall_ledger::dsse::Envelope;
use seawall_ledger::recipient::Keeper;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use uuid::Uuid;

const PATH: &str = "/v1/chat/completions";

fn keepers() -> [Keeper; 2] {
    [Keeper::from_seed([21; 32]).unwrap(), Keeper::from_seed([22; 32]).unwrap()]
}

/// What stands in the settings.
fn section() -> String {
    let [one, other] = keepers().map(|keeper| Recipient::new(keeper.public()));
    format!(
        "[[escrow]]\nparty = \"{}\"\ndeveloper = \"{one}\"\npartner = \"{other}\"\n\
         signer = \"{}\"\nconsent = \"consent.json\"\n",
        party(),
        key(30).public()
    )
}

fn consent() -> Consent {
    let [developer, partner] = keepers().map(|keeper| Recipient::new(keeper.public()));
    let (snapshot, terms) = (Digest::new([7; 32]), Digest::new([8; 32]));
    Consent { window: window(), snapshot, party: party(), terms, developer, partner }
}

fn signed(by: &[seawall_ledger::sign::SigningKey]) -> String {
    let mut envelope = Envelope::new(CONSENT, serde_json::to_vec(&consent()).unwrap());
    by.iter().for_each(|key| envelope.sign(key));
    envelope.to_json()
}

async fn kept(
    script: impl Fn(
        &str,
        Bytes,
    ) -> hyper::Response<
        http_body_util::combinators::BoxBody<Bytes, std::convert::Infallible>,
    > + Send
    + Sync
    + 'static,
) -> World {
    let consent = signed(&[developer(), key(30)]);
    let files = [("consent.json", consent)];
    let world = World::made(1_000_000, &section(), &files, script).await;
    world.lease(600).await;
    world
}

/// The files of the requests.
fn sealed(world: &World) -> Vec<PathBuf> {
    let folder = world.folder.path().join("data/escrow");
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// What both sides read of a request.
fn opened(path: &PathBuf, keepers: &[Keeper]) -> Result<(String, String, bool), String> {
    let bytes = std::fs::read(path).unwrap();
    let (head, digest) = opening::head(&mut &*bytes).unwrap();
    let parts: Result<Vec<Part>, _> =
        keepers.iter().map(|keeper| opening::part((&head, digest), keeper)).collect();
    let (mut asked, mut answered) = (Vec::new(), Vec::new());
    let parts = parts.map_err(|refused| refused.to_string())?;
    let opened = opening::open(&mut &*bytes, &parts, (&mut asked, &mut answered));
    let opened = opened.map_err(|refused| refused.to_string())?;
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ok((text(asked), text(answered), opened.whole))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_and_answered_is_read_by_both_and_lies_nowhere_in_plain() {
    let world = kept(|_, _| {
        let mut answer = whole(5, 3);
        let body = format!(r#"{{"choices":[],"said":"{CANARY}"}}"#);
        *answer.body_mut() = http_body_util::Full::new(Bytes::from(body)).boxed();
        answer
    })
    .await;
    let (status, answer) = world.chat(&body(CANARY)).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    world.until_written(r#""kind":"outcome""#, 1).await;
    let [path] = sealed(&world).try_into().unwrap();
    let (asked, answered, is_whole) = opened(&path, &keepers()).unwrap();
    assert!(asked.contains(CANARY) && asked.contains("internal-7"), "what was sent on: {asked}");
    assert_eq!((answered, is_whole), (answer, true));
    for keeper in keepers() {
        assert!(opened(&path, &[keeper]).unwrap_err().contains("both sides are needed"));
    }
    let mut files = world.files();
    files.push((path.display().to_string(), std::fs::read(&path).unwrap()));
    for (name, bytes) in files {
        let found = bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes());
        assert!(!found, "{name}");
    }
    let summary = verify(&world.journal(), None).unwrap();
    assert_eq!(summary.escrow.map(|kept| (kept.whole, kept.unended)), Some((1, 0)));
    // A flipped bit is named by its request.
    let mut changed = std::fs::read(&path).unwrap();
    let last = changed.len() - 1;
    changed[last] ^= 1;
    std::fs::write(&path, changed).unwrap();
    let said = verify(&world.journal(), None).unwrap_err().to_string();
    let request: Uuid = path.file_stem().unwrap().to_str().unwrap().parse().unwrap();
    assert!(said.contains(&request.to_string()), "{said}");
    assert_eq!(file::path(path.parent().unwrap(), request), path);
    std::fs::remove_file(&path).unwrap();
    assert!(verify(&world.journal(), None).is_err(), "one that is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_is_kept_piece_by_piece_to_where_it_broke_off() {
    let senders = Arc::new(Mutex::new(Vec::new()));
    let made = Arc::clone(&senders);
    let world = kept(move |_, _| {
        let (sender, answer) = stream();
        made.lock().unwrap().push(sender);
        answer
    })
    .await;
    let headers = world.proof(&world.token(600), PATH);
    let mut answer = world.open("POST", PATH, &headers, streamed()).await;
    let sender = senders.lock().unwrap().remove(0);
    let mut came = Vec::new();
    for piece in ["data: {\"x\":", "\"\u{00fc}\"}\n\n", ": a comment\r\n\r\n"] {
        sender.send(Bytes::from(piece)).unwrap();
        let frame = answer.frame().await.unwrap().unwrap();
        came.extend_from_slice(frame.data_ref().unwrap());
    }
    // What has come is kept already, though the request is under way.
    let [path] = sealed(&world).try_into().unwrap();
    let so_far = opened(&path, &keepers()).unwrap();
    assert_eq!((so_far.1.as_bytes(), so_far.2), (came.as_slice(), false));
    assert_eq!(world.withdraw().await, StatusCode::OK);
    world.until_written(r#""kind":"outcome""#, 1).await;
    let (_, answered, is_whole) = opened(&path, &keepers()).unwrap();
    assert_eq!((answered.as_bytes(), is_whole), (came.as_slice(), true));
    assert_eq!(verify(&world.journal(), None).unwrap().ended["cut"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_it_cannot_be_kept_nothing_is_sent() {
    let world = kept(|_, _| whole(5, 3)).await;
    let folder = world.folder.path().join("data/escrow");
    std::fs::remove_dir(&folder).unwrap();
    std::fs::write(&folder, "in the way").unwrap();
    let (status, answer) = world.chat(&body("a")).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{answer}");
    assert!(world.sent.lock().unwrap().is_empty());
    world.until_written(r#""why":{"kind":"escrow""#, 1).await;
    std::fs::remove_file(&folder).unwrap();
    std::fs::create_dir(&folder).unwrap();
    assert_eq!(world.chat(&body("a")).await.0, StatusCode::OK);
    world.until_written(r#""kind":"outcome""#, 1).await;
    assert!(verify(&world.journal(), None).is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_cannot_be_kept_is_broken_off() {
    let files = [("consent.json", signed(&[developer(), key(30)]))];
    let section = format!("{}bytes_max = 3000\n", section());
    let senders = Arc::new(Mutex::new(Vec::new()));
    let made = Arc::clone(&senders);
    let world = World::made(1_000_000, &section, &files, move |_, _| {
        let (sender, answer) = stream();
        made.lock().unwrap().push(sender);
        answer
    })
    .await;
    world.lease(600).await;
    let headers = world.proof(&world.token(600), PATH);
    let mut answer = world.open("POST", PATH, &headers, streamed()).await;
    let sender = senders.lock().unwrap().remove(0);
    sender.send(Bytes::from("data: 1\n\n")).unwrap();
    assert_eq!(answer.frame().await.unwrap().unwrap().into_data().unwrap(), "data: 1\n\n");
    sender.send(Bytes::from(vec![b'x'; 5000])).unwrap();
    assert!(answer.frame().await.unwrap().is_err(), "nothing that is not kept goes back");
    world.until_written(r#""ended":"unkept""#, 1).await;
    let kept = verify(&world.journal(), None).unwrap().escrow.unwrap();
    assert_eq!((kept.whole, kept.unended), (0, 1));
    let long = body(&"x".repeat(4000));
    assert_eq!(world.chat(&long).await.0, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!((world.sent.lock().unwrap().len(), sealed(&world).len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_refused_leaves_no_file() {
    let consent = signed(&[developer(), key(30)]);
    let files = [("consent.json", consent)];
    let world = World::made(10, &section(), &files, |_, _| whole(5, 3)).await;
    world.lease(600).await;
    assert_eq!(world.chat(&body("a")).await.0, StatusCode::TOO_MANY_REQUESTS);
    assert!(sealed(&world).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_both_signatures_it_does_not_begin() {
    let world = World::new(|_, _| whole(5, 3)).await;
    assert!(!world.folder.path().join("data/escrow").exists(), "nothing is kept by default");
    let folder = world.folder.path();
    let text = std::fs::read_to_string(folder.join("gateway.toml")).unwrap() + section().as_str();
    let text = text.replace("data = \"data\"", "data = \"other\"");
    std::fs::write(folder.join("with.toml"), text).unwrap();
    let begun = || {
        let settings = Settings::read(&folder.join("with.toml")).unwrap();
        let clock: seawall_gateway::Clock = Arc::new(|| None);
        let chance: seawall_gateway::Chance = Arc::new(|| [5; 32]);
        Gateway::begin(settings, "http://here".into(), clock, chance)
            .map(drop)
            .map_err(|fault| fault.to_string())
    };
    assert!(begun().unwrap_err().contains("cannot read the consent"));
    for by in [vec![], vec![developer()], vec![key(30)], vec![developer(), key(31)]] {
        std::fs::write(folder.join("consent.json"), signed(&by)).unwrap();
        assert!(begun().unwrap_err().contains("are needed"), "{} signers", by.len());
    }
    std::fs::write(folder.join("consent.json"), signed(&[key(30), developer()])).unwrap();
    assert_eq!(begun(), Ok(()));
}
