//! Whoever holds a P-256 key proves it as many clients do (RFC 9449 with `ES256`).

use crate::world::{World, body, claim, whole};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hyper::StatusCode;
use seawall_domain::digest::Digest;
use seawall_domain::engagement::grant::Purpose;
use seawall_ledger::jws;
use serde_json::{Value, json};

const PATH: &str = "/v1/chat/completions";

/// A client that shares no code with the gateway.
struct Client(EcdsaKeyPair);

impl Client {
    fn new() -> Client {
        Client(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    fn jwk(&self) -> Value {
        let point = self.0.public_key().as_ref();
        let part = |from: usize| URL_SAFE_NO_PAD.encode(&point[from..from + 32]);
        json!({ "kty": "EC", "crv": "P-256", "x": part(1), "y": part(33) })
    }

    fn print(&self) -> Digest {
        Digest::new(jws::thumbprint(jws::read_key(&self.jwk().to_string()).unwrap()))
    }

    /// A proof for one request, with the header as it is given.
    fn proof(&self, world: &World, token: &str, once: &str, header: &Value) -> String {
        let claims = json!({
            "jti": once, "htm": "POST", "htu": format!("{}{PATH}", world.address),
            "iat": world.now().as_second(), "ath": jws::token_hash(token),
        });
        let [header, claims] = [header, &claims].map(|it| URL_SAFE_NO_PAD.encode(it.to_string()));
        let signed = format!("{header}.{claims}");
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn header(&self) -> Value {
        json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk() })
    }
}

async fn ask(world: &World, token: &str, proof: &str) -> StatusCode {
    let headers = [
        ("authorization", format!("DPoP {token}")),
        ("dpop", proof.to_owned()),
        ("seawall-purpose", "patch".to_owned()),
        ("seawall-claim", claim().to_string()),
        ("content-type", "application/json".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value));
    world.ask("POST", PATH, &headers, body("a")).await.0
}

/// The other signature over the same that holds as well: `(r, n - s)`.
fn twin(proof: &str) -> String {
    let order: [u8; 32] = [
        0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63,
        0x25, 0x51,
    ];
    let (signed, signature) = proof.rsplit_once('.').unwrap();
    let mut signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let mut borrow = 0;
    for at in (0..32).rev() {
        let difference = i16::from(order[at]) - i16::from(signature[32 + at]) - borrow;
        borrow = i16::from(difference < 0);
        signature[32 + at] = u8::try_from(difference.rem_euclid(256)).unwrap();
    }
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_p256_key_proves_and_nothing_else_does_for_it() {
    let world = World::new(|_, _| whole(5, 3)).await;
    world.lease(600).await;
    let (client, thief) = (Client::new(), Client::new());
    let token = world.token_with(600, Purpose::Patch, |grant| grant.key = client.print());
    let good = client.proof(&world, &token, "one", &client.header());
    assert_eq!(ask(&world, &token, &good).await, StatusCode::OK);
    assert_eq!(ask(&world, &token, &good).await, StatusCode::UNAUTHORIZED, "good once");
    assert_eq!(ask(&world, &token, &twin(&good)).await, StatusCode::UNAUTHORIZED, "twins too");
    let again = client.proof(&world, &token, "two", &client.header());
    assert_eq!(ask(&world, &token, &twin(&again)).await, StatusCode::OK, "the twin holds");
    assert_eq!(ask(&world, &token, &again).await, StatusCode::UNAUTHORIZED, "of them one");
    let with = |name: &str, value: Value| {
        let mut header = client.header();
        header[name] = value;
        header
    };
    let mut secret = client.jwk();
    secret["d"] = json!("AA");
    let mut bent = client.jwk();
    bent["y"] = json!(URL_SAFE_NO_PAD.encode([7; 32]));
    let proofs = [
        ("another key", thief.proof(&world, &token, "a", &thief.header())),
        ("another key under this header", thief.proof(&world, &token, "b", &client.header())),
        ("EdDSA", client.proof(&world, &token, "c", &with("alg", json!("EdDSA")))),
        ("none", client.proof(&world, &token, "d", &with("alg", json!("none")))),
        ("ES384", client.proof(&world, &token, "e", &with("alg", json!("ES384")))),
        ("another kind", client.proof(&world, &token, "f", &with("typ", json!("jwt")))),
        ("no key", client.proof(&world, &token, "g", &with("jwk", Value::Null))),
        ("a secret half", client.proof(&world, &token, "h", &with("jwk", secret))),
        ("no point of the curve", client.proof(&world, &token, "i", &with("jwk", bent))),
        ("another token", client.proof(&world, "other", "j", &client.header())),
    ];
    for (why, proof) in proofs {
        assert_eq!(ask(&world, &token, &proof).await, StatusCode::UNAUTHORIZED, "{why}");
    }
    // A token for an Ed25519 key is none for this one, and the reverse.
    let theirs = world.token(600);
    let proof = client.proof(&world, &theirs, "k", &client.header());
    assert_eq!(ask(&world, &theirs, &proof).await, StatusCode::UNAUTHORIZED);
    let mut headers = world.proof(&token, PATH);
    headers.retain(|(name, _)| name != "seawall-purpose");
    let (status, _) = world.ask("POST", PATH, &headers, body("a")).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_access_token_is_taken_that_a_p256_key_signed() {
    let world = World::new(|_, _| whole(5, 3)).await;
    world.lease(600).await;
    let client = Client::new();
    let token = world.token_with(600, Purpose::Patch, |grant| grant.key = client.print());
    let claims = token.split('.').nth(1).unwrap();
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"ES256","typ":"at+jwt"}"#);
    let signed = format!("{header}.{claims}");
    let signature = client.0.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
    let forged = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
    let proof = client.proof(&world, &forged, "one", &client.header());
    assert_eq!(ask(&world, &forged, &proof).await, StatusCode::UNAUTHORIZED);
}
