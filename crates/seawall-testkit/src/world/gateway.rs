//! What gateways sign: their keys, checkpoints of their journals, and certificates that what they
//! held is gone.

use super::must;
use seawall_domain::id::WindowId;
use seawall_domain::time::Timestamp;
use seawall_formats::gateway::destruction::{CERTIFICATE, Certificate, Schema};
use seawall_ledger::checkpoint::Checkpoint;
use seawall_ledger::dsse::Envelope;
use seawall_ledger::merkle::Hash;
use seawall_ledger::note::{KeyKind, KeyName, NoteSigner};
use seawall_ledger::sign::SigningKey;
use seawall_services::desk::digest;

/// The private key of a gateway, told from others by one byte.
fn secret(key: u8) -> SigningKey {
    SigningKey::from_seed([key; 32])
}

/// The public half of a gateway's key, as people read it.
pub fn gateway_key(key: u8) -> String {
    secret(key).public().to_string()
}

/// A checkpoint of a journal with so many lines.
pub fn journal_checkpoint(key: u8, window: WindowId, lines: u64, root: u8) -> String {
    let name: KeyName = must(format!("seawall-gateway/{window}").parse());
    let signer = NoteSigner::new(name.clone(), secret(key));
    must(Checkpoint::new(name, lines, Hash([root; 32])).sign(&signer)).to_string()
}

/// A certificate as `seawall gateway destroy` writes it, of a gateway that held its key alone.
pub fn gateway_certificate(key: u8, window: WindowId, lines: u64, at: Timestamp) -> Vec<u8> {
    let name: KeyName = must(format!("seawall-gateway/{window}").parse());
    let zeros = "0".repeat(64);
    let list = format!("{{\"name\":\"window.key\",\"bytes\":32,\"sha256\":\"{zeros}\"}}\n");
    let said = Certificate {
        schema: Schema::First,
        window,
        ends: must("2030-01-01T00:00:00Z".parse()),
        withdrawn: true,
        at,
        signer: NoteSigner::new(name, secret(key)).verifier(KeyKind::Note).to_string(),
        checkpoint: journal_checkpoint(key, window, lines, 1),
        objects: 1,
        list: digest(list.as_bytes()),
    };
    let mut envelope = Envelope::new(CERTIFICATE, must(serde_json::to_vec(&said)));
    envelope.sign(&secret(key));
    format!("{}\n{list}", envelope.to_json()).into_bytes()
}
