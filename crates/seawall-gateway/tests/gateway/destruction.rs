//! The end of what a gateway held, and the certificate that it is gone.

use crate::world::{World, body, developer, key, party, whole, window};
use hyper::StatusCode;
use jiff::{SignedDuration, Timestamp};
use seawall_domain::digest::Digest;
use seawall_domain::recipient::Recipient;
use seawall_formats::gateway::destruction::CERTIFICATE;
use seawall_gateway::destruction::certificate::{self, Certificate};
use seawall_gateway::destruction::{self, Undestroyed};
use seawall_gateway::escrow::{CONSENT, Consent};
use seawall_gateway::{Gateway, verify};
use seawall_ledger::dsse::Envelope;
use seawall_ledger::note::VerifierKey;
use seawall_ledger::recipient::Keeper;
use sha2::Digest as _;
use std::path::Path;
use std::sync::Arc;

/// A gateway with joint escrow that was used three times.
async fn used() -> World {
    let keeper = |seed| Recipient::new(Keeper::from_seed([seed; 32]).unwrap().public());
    let [one, other] = [21, 22].map(keeper);
    let (snapshot, terms) = (Digest::new([7; 32]), Digest::new([8; 32]));
    let (window, party, partner) = (window(), party(), key(30).public());
    let consent = Consent { window, snapshot, party, terms, developer: one, partner: other };
    let mut envelope = Envelope::new(CONSENT, serde_json::to_vec(&consent).unwrap());
    [developer(), key(30)].iter().for_each(|key| envelope.sign(key));
    let section = format!(
        "[[escrow]]\nparty = \"{party}\"\ndeveloper = \"{one}\"\npartner = \"{other}\"\n\
         signer = \"{partner}\"\nconsent = \"consent.json\"\n",
    );
    let files = [("consent.json", envelope.to_json())];
    let world = World::made(1_000_000, &section, &files, |_, _| whole(5, 3)).await;
    world.lease(600).await;
    for number in 1..=3 {
        assert_eq!(world.chat(&body("a")).await.0, StatusCode::OK);
        world.until_written(r#""kind":"outcome""#, number).await;
    }
    world
}

fn digest(path: &Path) -> Digest {
    Digest::new(sha2::Sha256::digest(std::fs::read(path).unwrap()).into())
}

fn refused(folder: &Path) -> String {
    destruction::plan(folder, Timestamp::now()).unwrap_err().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_held_goes_and_the_certificate_says_so() {
    let world = used().await;
    let (verifier, settings) = (world.gateway.verifier().clone(), world.settings.clone());
    assert!(refused(&settings.data).contains("another process"), "it runs");
    let root = world.stopped().await;
    let folder = root.path().join("data");
    assert!(refused(&folder).contains("the window is not over"));
    // As long as it may be open nothing was touched; once its time is over it goes.
    let over = Timestamp::now() + SignedDuration::from_hours(49);
    let plan = destruction::plan(&folder, over).unwrap();
    let names: Vec<&str> = plan.objects().iter().map(|object| object.name.as_str()).collect();
    assert_eq!(names.len(), 4, "{names:?}");
    assert_eq!(names.last(), Some(&"window.key"));
    for object in plan.objects() {
        assert_eq!(object.sha256, digest(&folder.join(&object.name)), "{object:?}");
    }
    let names: Vec<String> = names.into_iter().map(ToOwned::to_owned).collect();
    let told = plan.destroy(over).unwrap();
    assert_eq!((told.objects, told.at, told.withdrawn), (4, over, false));
    assert_eq!(told.signer, verifier.to_string());
    for name in names {
        assert!(!folder.join(&name).exists(), "{name}");
    }
    assert!(!folder.join(destruction::BEGUN).exists());
    // The journal still holds, with the certificate and by the key that was known before.
    let note = std::fs::read(folder.join("checkpoint")).unwrap();
    let journal = folder.join("journal.jsonl");
    for checkpoint in [None, Some((note.as_slice(), &verifier))] {
        let summary = verify(&journal, checkpoint).unwrap();
        assert_eq!(summary.destroyed.map(|gone| gone.objects), Some(4));
        let kept = summary.escrow.unwrap();
        assert_eq!((kept.destroyed, kept.whole, kept.absent), (3, 0, 0));
    }
    assert!(matches!(destruction::plan(&folder, over), Err(Undestroyed::Done)));
    let clock: seawall_gateway::Clock = Arc::new(move || Some(over));
    let again = Gateway::begin(settings, "http://x".into(), clock, Arc::new(|| [1; 32]));
    assert!(again.is_err_and(|fault| fault.to_string().contains("was destroyed")));
    altered(&folder, &verifier);
}

/// Whatever is changed afterwards is found.
fn altered(folder: &Path, verifier: &VerifierKey) {
    let journal = folder.join("journal.jsonl");
    let file = folder.join(certificate::FILE);
    let (good, lines) =
        (std::fs::read_to_string(&file).unwrap(), std::fs::read_to_string(&journal).unwrap());
    let found = |text: &str, expected: &str| {
        std::fs::write(&file, text).unwrap();
        let said = verify(&journal, None).unwrap_err().to_string();
        assert!(said.contains(expected), "{said}");
        std::fs::write(&file, &good).unwrap();
    };
    let (head, list) = good.split_once('\n').unwrap();
    let fewer = list.split_once('\n').unwrap().1;
    found(&format!("{head}\n{fewer}"), "its list is not the one that was signed");
    found(&format!("{head}\n{list}{{}}\n"), "does not read");
    found(&good.replacen("window.key", "window.kex", 1), "names what no gateway holds");
    found(head, "not ended");
    found("", "it is empty");
    // Signed anew by somebody else, over the same words.
    let envelope = Envelope::from_json(head.as_bytes()).unwrap();
    let said: Certificate = serde_json::from_slice(envelope.unverified_payload()).unwrap();
    let mut forged = Envelope::new(CERTIFICATE, serde_json::to_vec(&said).unwrap());
    forged.sign(&key(66));
    found(&format!("{}\n{list}", forged.to_json()), "trusted keys signed it");
    // Another key than the one that is known.
    let other = VerifierKey::new(verifier.name().clone(), verifier.kind(), key(66).public());
    let read = certificate::read(&mut good.as_bytes(), Some(&other));
    assert_eq!(read.unwrap_err(), "another key signed it");
    // The journal goes on, or ends sooner, or something is there again.
    let last = lines.trim_end().rsplit_once('\n').unwrap().0;
    std::fs::write(&journal, format!("{last}\n")).unwrap();
    let said = verify(&journal, None).unwrap_err().to_string();
    assert!(said.contains("the journal is not the one that it ends"), "{said}");
    std::fs::write(&journal, lines).unwrap();
    std::fs::write(folder.join("window.key"), [0; 32]).unwrap();
    let said = verify(&journal, None).unwrap_err().to_string();
    assert!(said.contains("`window.key` is still there"), "{said}");
    std::fs::remove_file(folder.join("window.key")).unwrap();
    assert!(verify(&journal, None).is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_that_was_broken_off_is_gone_on_with() {
    let world = used().await;
    assert_eq!(world.withdraw().await, StatusCode::OK);
    let settings = world.settings.clone();
    let root = world.stopped().await;
    let folder = root.path().join("data");
    let plan = destruction::plan(&folder, Timestamp::now()).unwrap();
    let (first, second) = (plan.objects()[0].name.clone(), plan.objects()[1].name.clone());
    let list: String =
        plan.objects().iter().map(|object| serde_json::to_string(object).unwrap() + "\n").collect();
    drop(plan);
    // As a loss of power leaves it: the list is there, one file is gone, and one has gone bad.
    std::fs::write(folder.join(destruction::BEGUN), list).unwrap();
    std::fs::remove_file(folder.join(first)).unwrap();
    std::fs::write(folder.join(second), [0; 10]).unwrap();
    let clock: seawall_gateway::Clock = Arc::new(|| Some(Timestamp::now()));
    let begun = Gateway::begin(settings, "http://x".into(), clock, Arc::new(|| [1; 32]));
    assert!(begun.is_err_and(|fault| fault.to_string().contains("was destroyed")));
    let told = destruction::plan(&folder, Timestamp::now()).unwrap();
    let told = told.destroy(Timestamp::now()).unwrap();
    assert_eq!((told.objects, told.withdrawn), (4, true));
    let summary = verify(&folder.join("journal.jsonl"), None).unwrap();
    assert_eq!(summary.escrow.map(|kept| kept.destroyed), Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_where_it_cannot_be_said_what_was_held() {
    let world = used().await;
    assert_eq!(world.withdraw().await, StatusCode::OK);
    let root = world.stopped().await;
    let folder = root.path().join("data");
    let escrow = folder.join("escrow");
    std::fs::rename(&escrow, root.path().join("moved")).unwrap();
    assert!(refused(&folder).contains("whose folder is not here"));
    std::fs::rename(root.path().join("moved"), &escrow).unwrap();
    let file = std::fs::read_dir(&escrow).unwrap().next().unwrap().unwrap().path();
    let bytes = std::fs::read(&file).unwrap();
    std::fs::write(&file, b"other").unwrap();
    assert!(refused(&folder).contains("its file was altered"));
    std::fs::write(&file, bytes).unwrap();
    // What is no gateway's is never deleted, whatever a list says.
    let list = "{\"name\":\"escrow/../../provider.key\",\"bytes\":1,\"sha256\":\"HASH\"}\n";
    let list = list.replace("HASH", &"ab".repeat(32));
    std::fs::write(folder.join(destruction::BEGUN), list).unwrap();
    assert!(refused(&folder).contains("names what no gateway holds"));
    std::fs::remove_file(folder.join(destruction::BEGUN)).unwrap();
    assert!(destruction::plan(&folder, Timestamp::now()).is_ok());
}
