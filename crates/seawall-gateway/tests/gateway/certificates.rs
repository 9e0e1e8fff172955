//! TLS in front of a gateway, and access tokens that are bound to a client certificate (RFC 8705),
//! asked for by curl.

use crate::world::{World, body, claim, developer, issuer, key, party, person, whole, window};
use hyper::StatusCode;
use jiff::{SignedDuration, Timestamp};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use seawall_domain::digest::Digest;
use seawall_domain::engagement::grant::{Bearer, Grant, Proof, Purpose};
use seawall_domain::engagement::lease::Lease;
use seawall_gateway::attach::{Attached, Holder, Keeping, attach};
use seawall_gateway::control::{CUT, CutWord, LEASE};
use seawall_gateway::credential;
use seawall_gateway::kept::Kept;
use seawall_gateway::record::CutOff;
use seawall_gateway::tls::Identity;
use seawall_ledger::dsse::Envelope;
use seawall_ledger::jws::Confirmation;
use seawall_ledger::sign::SigningKey;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

const CHAT: &str = "/v1/chat/completions";

/// Somebody with a certificate: its file, and what a token for it is bound to.
struct Bearing {
    file: PathBuf,
    print: Digest,
}

fn certificate(folder: &Path, name: &str) -> Bearing {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let file = folder.join(name);
    std::fs::write(&file, format!("{}{}", signing_key.serialize_pem(), cert.pem())).unwrap();
    Bearing { file, print: Digest::new(Confirmation::of_certificate(cert.der()).print()) }
}

/// A gateway with a certificate, open for ten minutes, and the folder where the certificates are.
async fn secured() -> (World, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let own = certificate(folder.path(), "gateway.pem");
    let path = own.file.display();
    let more = format!("[tls]\ncertificate = \"{path}\"\nkey = \"{path}\"\n");
    let world = World::made(1_000_000, &more, &[], |_, _| whole(5, 3)).await;
    assert!(world.address.starts_with("https://"), "{}", world.address);
    let not_after = world.now() + SignedDuration::from_secs(600);
    let (snapshot, scope) = (Digest::new([7; 32]), world.settings.scope.clone());
    let lease = Lease { window: window(), snapshot, scope, not_after, seq: 1 };
    let status = word(&world, folder.path(), LEASE, &developer(), &lease).await;
    assert_eq!(status, "200", "a lease over TLS");
    (world, folder)
}

async fn word(
    world: &World,
    folder: &Path,
    kind: &str,
    key: &SigningKey,
    word: &impl serde::Serialize,
) -> String {
    let mut envelope = Envelope::new(kind, serde_json::to_vec(word).unwrap());
    envelope.sign(key);
    curl(world, folder, "/gateway/word", &[], envelope.to_json()).await
}

fn grant(world: &World, key: Digest, proof: Proof) -> Grant {
    let from = Timestamp::from_second(world.now().as_second()).unwrap();
    let until = from + SignedDuration::from_secs(600);
    Grant {
        bearer: Bearer::Person { person: person() },
        party: party(),
        window: window(),
        key,
        proof,
        purposes: BTreeSet::from([Purpose::Patch]),
        claims: BTreeMap::from([(claim(), until)]),
        terms: Digest::new([8; 32]),
        from,
        until,
    }
}

/// A token for a certificate.
fn token(world: &World, bearing: &Bearing) -> String {
    credential::issue(&issuer(), &grant(world, bearing.print, Proof::Certificate)).unwrap()
}

/// What curl says of it: the status, or nothing when there is no connection.
async fn curl(world: &World, folder: &Path, path: &str, words: &[&str], body: String) -> String {
    let mut curl = Command::new("curl");
    curl.args(["-sS", "-o", "-", "-w", "\n%{http_code}", "--data-binary", "@-", "--cacert"])
        .arg(folder.join("gateway.pem"))
        .args(["-H", "content-type: application/json", "-H", "seawall-purpose: patch", "-H"])
        .arg(format!("seawall-claim: {}", claim()))
        .args(words)
        .arg(format!("https://{}{path}", world.listen))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let done = tokio::task::spawn_blocking(move || {
        let mut child = curl.spawn().unwrap();
        // Where there is no connection nobody reads it.
        let _ = child.stdin.take().unwrap().write_all(body.as_bytes());
        child.wait_with_output().unwrap()
    });
    let text = String::from_utf8(done.await.unwrap().stdout).unwrap();
    let (_, status) = text.rsplit_once('\n').unwrap();
    status.to_owned()
}

/// What the gateway says to a request with this certificate and credential.
async fn check(
    (world, folder): (&World, &Path),
    bearing: Option<&Bearing>,
    credential: &str,
    expected: StatusCode,
) {
    let authorization = format!("authorization: {credential}");
    let file = bearing.map(|bearing| bearing.file.display().to_string());
    let mut words = vec!["-H", &authorization];
    if let Some(file) = &file {
        words.extend(["--cert", file]);
    }
    let status = curl(world, folder, CHAT, &words, body("hello")).await;
    assert_eq!(status, expected.as_str(), "{credential}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_good_with_its_certificate_only() {
    let (world, folder) = secured().await;
    let (mine, other) =
        (certificate(folder.path(), "mine.pem"), certificate(folder.path(), "other.pem"));
    let at = (&world, folder.path());
    let bearer = format!("Bearer {}", token(&world, &mine));
    check(at, Some(&mine), &bearer, StatusCode::OK).await;
    check(at, Some(&mine), &bearer, StatusCode::OK).await;
    check(at, Some(&other), &bearer, StatusCode::UNAUTHORIZED).await;
    check(at, None, &bearer, StatusCode::UNAUTHORIZED).await;
    check(at, Some(&mine), &bearer.replace("Bearer", "DPoP"), StatusCode::UNAUTHORIZED).await;
    check(at, Some(&mine), "Bearer x", StatusCode::UNAUTHORIZED).await;
    // A token that names a key wants a proof, even where the key is the certificate's digest.
    let of_a_key = grant(&world, mine.print, Proof::Signature);
    let of_a_key = credential::issue(&issuer(), &of_a_key).unwrap();
    check(at, Some(&mine), &format!("Bearer {of_a_key}"), StatusCode::UNAUTHORIZED).await;
    let forged = grant(&world, mine.print, Proof::Certificate);
    let forged = credential::issue(&key(77), &forged).unwrap();
    check(at, Some(&mine), &format!("Bearer {forged}"), StatusCode::UNAUTHORIZED).await;
    // A certificate that was lost.
    let word_of = CutWord { window: window(), who: CutOff::Key(mine.print) };
    assert_eq!(word(&world, folder.path(), CUT, &issuer(), &word_of).await, "200");
    check(at, Some(&mine), &bearer, StatusCode::FORBIDDEN).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn proofs_are_taken_over_tls_too() {
    let (world, folder) = secured().await;
    let headers: Vec<String> = world
        .proof(&world.token(600), CHAT)
        .into_iter()
        .filter(|(name, _)| name == "authorization" || name == "dpop")
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    let words: Vec<&str> = headers.iter().flat_map(|header| ["-H", header]).collect();
    let asked = async || curl(&world, folder.path(), CHAT, &words, body("hello")).await;
    assert_eq!(asked().await, "200");
    assert_eq!(asked().await, "401", "used before");
}

#[tokio::test(flavor = "multi_thread")]
async fn older_versions_of_tls_and_plain_http_are_not_spoken() {
    let (world, folder) = secured().await;
    let mine = certificate(folder.path(), "mine.pem");
    let bearer = format!("authorization: Bearer {}", token(&world, &mine));
    let file = mine.file.display().to_string();
    let words = ["-H", &bearer, "--cert", &file, "--tls-max", "1.2"];
    assert_eq!(curl(&world, folder.path(), CHAT, &words, body("a")).await, "000");
    let plain = format!("http://{}{CHAT}", world.listen);
    let done = Command::new("curl").args(["-s", "-o", "/dev/null", &plain]).status().unwrap();
    assert!(!done.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_attaches_with_a_certificate_gets_through_by_any_client() {
    let (world, folder) = secured().await;
    let mine = certificate(folder.path(), "mine.pem");
    let token = token(&world, &mine);
    let signer = world.gateway.verifier();
    let kept_in = folder.path().join("kept");
    let kept = Kept::open(&kept_in, Some(signer), Some(window())).unwrap();
    let attached = Attached {
        keeping: Some(Keeping { kept, every: Duration::from_secs(1) }),
        gateway: world.address.clone(),
        token: Arc::new(move || Ok(token.clone())),
        holder: Holder::Certificate(Identity::read(&mine.file, &mine.file).unwrap()),
        roots: Some(folder.path().join("gateway.pem")),
        purpose: "patch".into(),
        claim: Some(claim().to_string()),
        clock: Arc::new(|| Some(Timestamp::now())),
        chance: Arc::new(|| [0; 32]),
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let local = listener.local_addr().unwrap();
    let attaching = tokio::spawn(attach(listener, attached, std::future::pending()));
    let mut curl = Command::new("curl");
    curl.args(["-sS", "-w", "\n%{http_code}", "-H", "content-type: application/json", "-d"])
        .arg(body("hello"))
        .arg(format!("http://{local}{CHAT}"));
    let done = tokio::task::spawn_blocking(move || curl.output().unwrap()).await.unwrap();
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(text.ends_with("\n200"), "{text}");
    // By its certificate it keeps checkpoints too.
    world.until_written(r#""kind":"outcome""#, 1).await;
    let begun = std::time::Instant::now();
    let all = world.written().lines().count() as u64;
    let kept = || Kept::open(&kept_in, Some(signer), None).unwrap().lines();
    while kept() < Some(all) {
        assert!(begun.elapsed() < Duration::from_secs(60), "{:?} of {all}", kept());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    attaching.abort();
}
