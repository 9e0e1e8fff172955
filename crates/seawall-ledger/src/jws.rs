//! Compact JSON Web Signatures (RFC 7515 section 7.1) by Ed25519 keys (RFC 8037 section 3.1), and
//! the thumbprints of such keys (RFC 7638).
//!
//! What we sign ourselves has one algorithm, named by the verifier: a header that names another is
//! refused, so nothing can be talked down. What others prove by a key of their own may be by a
//! P-256 key too (`ES256`, RFC 7518 section 3.4): it is read here, and verified by whoever has the
//! curve. Tokens are read strictly: base64 of the URL alphabet without padding, one spelling each.
//! What the claims mean is not known here.

use crate::encoding::Object;
use crate::fault::{Fault, excerpt};
use crate::sign::{Claim, Signature, SigningKey, VerifyingKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// The longest token that is read, in bytes.
pub const TOKEN_BYTES_MAX: usize = 16 << 10;

const WHAT: &str = "token";

/// A token whose signature is not verified yet.
#[derive(Clone, Debug)]
pub struct Token<'a> {
    signed: &'a str,
    payload: Vec<u8>,
    signature: Signature,
    header: Header,
}

/// A token's header. Whoever makes one token after another sends the same each time.
#[derive(Clone, Debug)]
pub struct Header(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    text: String,
    kind: String,
    algorithm: Algorithm,
    key: Option<HolderKey>,
}

/// By which algorithm a token says that it is signed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Algorithm {
    EdDsa,
    Es256,
}

/// The public half of a key that somebody holds: of one of the two kinds that prove something.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum HolderKey {
    /// Ed25519, which signs as `EdDSA`.
    Ed25519(VerifyingKey),
    /// P-256, which signs as `ES256`.
    P256(P256Key),
}

/// The coordinates of a point that is said to lie on P-256: whether it does is found out by whoever
/// verifies.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct P256Key {
    x: [u8; 32],
    y: [u8; 32],
}

#[derive(Serialize, Deserialize)]
struct Written {
    alg: String,
    #[serde(default)]
    typ: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    jwk: Option<Jwk>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    crit: Option<Vec<String>>,
}

#[derive(Serialize, Deserialize)]
struct Jwk {
    crv: String,
    kty: String,
    x: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    y: Option<String>,
    /// A secret half has no place in a header (RFC 9449 section 4.3, check 7).
    #[serde(default, skip_serializing)]
    d: Option<String>,
}

impl Header {
    fn read(text: &str) -> Result<Header, Fault> {
        let unreadable = |why: String| Fault::unreadable(WHAT, why);
        let bytes = part("header", text)?;
        let Object(written) = serde_json::from_slice::<Object<Written>>(&bytes)
            .map_err(|error| unreadable(format!("its header: {error}")))?;
        let algorithm = match written.alg.as_str() {
            "EdDSA" | "Ed25519" => Algorithm::EdDsa,
            "ES256" => Algorithm::Es256,
            other => {
                let why = format!("its algorithm is `{}`, not EdDSA or ES256", excerpt(other));
                return Err(unreadable(why));
            }
        };
        if written.crit.is_some() {
            return Err(unreadable("it demands extensions".into()));
        }
        let key = written.jwk.map(Jwk::key).transpose()?;
        if key.is_some_and(|key| key.algorithm() != algorithm) {
            return Err(unreadable("its key does not sign by its algorithm".into()));
        }
        let kind = written.typ.to_ascii_lowercase();
        Ok(Header(Arc::new(Inner { text: text.to_owned(), kind, algorithm, key })))
    }

    /// Whether both are one, not just alike.
    pub fn is(&self, other: &Header) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

fn part(name: &str, text: &str) -> Result<Vec<u8>, Fault> {
    let fault = |_| Fault::unreadable(WHAT, format!("its {name} is not base64"));
    URL_SAFE_NO_PAD.decode(text).map_err(fault)
}

impl<'a> Token<'a> {
    /// Takes a token apart.
    pub fn read(text: &'a str) -> Result<Token<'a>, Fault> {
        Token::read_behind(text, None)
    }

    /// Takes a token apart; a header that is byte for byte the known one is not read again.
    pub fn read_behind(text: &'a str, known: Option<&Header>) -> Result<Token<'a>, Fault> {
        let unreadable = |why: &str| Fault::unreadable(WHAT, why);
        if text.len() > TOKEN_BYTES_MAX {
            return Err(unreadable("it is too long"));
        }
        let (signed, signature) = text.rsplit_once('.').ok_or_else(|| unreadable("no dots"))?;
        let (header, payload) = signed.split_once('.').ok_or_else(|| unreadable("one dot"))?;
        let header = match known {
            Some(known) if known.0.text == header => known.clone(),
            Some(_) | None => Header::read(header)?,
        };
        let signature = Signature::from_slice(&part("signature", signature)?)?;
        Ok(Token { signed, payload: part("payload", payload)?, signature, header })
    }

    /// Its header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// What it says it is (`typ`), in lower case.
    pub fn kind(&self) -> &str {
        &self.header.0.kind
    }

    /// The key that it carries, which proves nothing but that its holder made it.
    pub fn key(&self) -> Option<HolderKey> {
        self.header.0.key
    }

    /// What it says was signed, and the 64 bytes of the signature.
    pub fn signed(&self) -> (&[u8], &[u8; 64]) {
        (self.signed.as_bytes(), &self.signature.0)
    }

    /// Its claims, once the key has been found to have signed it.
    pub fn verified(&self, key: VerifyingKey) -> Result<&[u8], Fault> {
        if self.header.0.algorithm != Algorithm::EdDsa {
            return Err(Fault::unproven(WHAT, "it is not signed by this kind of key"));
        }
        key.verify(self.signed.as_bytes(), &self.signature)?;
        Ok(&self.payload)
    }

    /// What it says its key signed, for somebody who verifies the signatures of many.
    pub fn claim(&self, key: VerifyingKey) -> Claim {
        Claim { key, bytes: self.signed.as_bytes().to_vec(), signature: self.signature }
    }

    /// Its claims, where they found that [`Token::claim`] holds.
    pub fn verified_elsewhere(&self, holds: bool) -> Result<&[u8], Fault> {
        match holds {
            true => Ok(&self.payload),
            false => Err(Fault::unproven(WHAT, "it is not signed by this key")),
        }
    }
}

impl Jwk {
    fn key(self) -> Result<HolderKey, Fault> {
        let unreadable = |why: &str| Fault::unreadable("key", why);
        if self.d.is_some() {
            return Err(unreadable("it holds its secret half"));
        }
        let bytes = |text: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(text).ok();
            let bytes = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
            bytes.ok_or_else(|| unreadable("it is not 32 bytes long"))
        };
        match (self.kty.as_str(), self.crv.as_str(), &self.y) {
            ("OKP", "Ed25519", _) => {
                VerifyingKey::from_bytes(bytes(&self.x)?).map(HolderKey::Ed25519)
            }
            ("EC", "P-256", Some(y)) => {
                Ok(HolderKey::P256(P256Key { x: bytes(&self.x)?, y: bytes(y)? }))
            }
            (_, _, _) => Err(unreadable("it is neither an Ed25519 nor a P-256 key")),
        }
    }
}

impl HolderKey {
    fn algorithm(&self) -> Algorithm {
        match self {
            HolderKey::Ed25519(_) => Algorithm::EdDsa,
            HolderKey::P256(_) => Algorithm::Es256,
        }
    }
}

impl From<VerifyingKey> for HolderKey {
    fn from(key: VerifyingKey) -> HolderKey {
        HolderKey::Ed25519(key)
    }
}

impl P256Key {
    /// The point, uncompressed (SEC 1 section 2.3.3).
    pub fn point(&self) -> [u8; 65] {
        let mut point = [4; 65];
        let bytes = self.x.iter().chain(&self.y);
        point.iter_mut().skip(1).zip(bytes).for_each(|(place, byte)| *place = *byte);
        point
    }
}

impl std::fmt::Debug for P256Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "P256Key({})", URL_SAFE_NO_PAD.encode(self.x))
    }
}

/// Signs claims as a token of a kind; `carried` puts the signer's public key into the header.
pub fn sign(
    key: &SigningKey,
    kind: &str,
    carried: Carried,
    claims: &[u8],
) -> Result<String, Fault> {
    let jwk = match carried {
        Carried::Key => Some(jwk(key.public())),
        Carried::Nothing => None,
    };
    let header = Written { alg: "EdDSA".into(), typ: kind.into(), jwk, crit: None };
    let header =
        serde_json::to_vec(&header).map_err(|error| Fault::impossible(WHAT, error.to_string()))?;
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = key.sign(signed.as_bytes());
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.0)))
}

/// What a token's header carries.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Carried {
    /// The signer's public key.
    Key,
    /// No key: whoever verifies knows it.
    Nothing,
}

/// Reads the public half of an Ed25519 key, in whichever form.
pub fn read_ed25519(text: &str) -> Result<VerifyingKey, Fault> {
    match read_key(text)? {
        HolderKey::Ed25519(key) => Ok(key),
        HolderKey::P256(_) => Err(Fault::unreadable("public key", "it is not an Ed25519 key")),
    }
}

/// Reads the public half of a key as people send it: a JWK of either kind (RFC 8037 section 2, RFC
/// 7518 section 6.2), or `ed25519:` and base64.
pub fn read_key(text: &str) -> Result<HolderKey, Fault> {
    let text = text.trim();
    if !text.starts_with('{') {
        return text.parse().map(HolderKey::Ed25519);
    }
    let read = serde_json::from_str::<Object<Jwk>>(text);
    let Object(jwk) = read.map_err(|error| Fault::unreadable("key", error.to_string()))?;
    jwk.key()
}

/// The SHA-256 thumbprint of a key (RFC 7638 section 3; members in the order of RFC 8037 appendix
/// A.3 and RFC 7638 section 3.2).
pub fn thumbprint(key: impl Into<HolderKey>) -> [u8; 32] {
    let encoded = |bytes: &[u8; 32]| URL_SAFE_NO_PAD.encode(bytes);
    let jwk = match key.into() {
        HolderKey::Ed25519(key) => {
            format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, encoded(&key.to_bytes()))
        }
        HolderKey::P256(P256Key { x, y }) => {
            let (x, y) = (encoded(&x), encoded(&y));
            format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#)
        }
    };
    Sha256::digest(jwk).into()
}

/// What a token is bound to (RFC 7800 section 3): whoever sends it proves to have the key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Confirmation {
    /// A key, by its thumbprint (`jkt`, RFC 9449 section 6.1).
    Key([u8; 32]),
    /// A client certificate, by SHA-256 over it (`x5t#S256`, RFC 8705 section 3.1).
    Certificate([u8; 32]),
}

/// What stands before a certificate's thumbprint as people send it.
const CERTIFICATE: &str = "x5t#S256:";

impl Confirmation {
    /// That of a certificate, in DER.
    pub fn of_certificate(der: &[u8]) -> Confirmation {
        Confirmation::Certificate(Sha256::digest(der).into())
    }

    /// Reads what people send: a key as [`read_key`] reads it, or `x5t#S256:` and a certificate's
    /// thumbprint.
    pub fn read(text: &str) -> Result<Confirmation, Fault> {
        let Some(print) = text.trim().strip_prefix(CERTIFICATE) else {
            return Ok(Confirmation::Key(thumbprint(read_key(text)?)));
        };
        let unreadable =
            || Fault::unreadable("certificate's thumbprint", "it is not 32 bytes long");
        thumbprint_from_text(print).map(Confirmation::Certificate).ok_or_else(unreadable)
    }

    /// The thumbprint.
    pub fn print(&self) -> [u8; 32] {
        match self {
            Confirmation::Key(print) | Confirmation::Certificate(print) => *print,
        }
    }
}

/// As people send it; a key is sent whole, its thumbprint is only shown.
impl std::fmt::Display for Confirmation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Confirmation::Key(print) => write!(f, "jkt:{}", thumbprint_text(print)),
            Confirmation::Certificate(print) => {
                write!(f, "{CERTIFICATE}{}", thumbprint_text(print))
            }
        }
    }
}

/// The hash that a proof binds itself to an access token by (`ath`, RFC 9449 section 4.2).
pub fn token_hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token))
}

/// A thumbprint as claims write it (`jkt`, RFC 9449 section 6.1).
pub fn thumbprint_text(print: &[u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(print)
}

/// Reads what [`thumbprint_text`] writes.
pub fn thumbprint_from_text(text: &str) -> Option<[u8; 32]> {
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}

fn jwk(key: VerifyingKey) -> Jwk {
    let x = URL_SAFE_NO_PAD.encode(key.to_bytes());
    Jwk { crv: "Ed25519".into(), kty: "OKP".into(), x, y: None, d: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_token_is_bound_to_a_key_or_a_certificate() {
        fn check(text: &str, expected: Option<Confirmation>) {
            assert_eq!(Confirmation::read(text).ok(), expected, "{text}");
        }
        let key = SigningKey::from_seed([3; 32]).public();
        check(&key.to_string(), Some(Confirmation::Key(thumbprint(key))));
        let certificate = Confirmation::of_certificate(b"der");
        assert_eq!(certificate.print(), <[u8; 32]>::from(Sha256::digest(b"der")));
        check(&certificate.to_string(), Some(certificate));
        check(&format!(" {certificate}\n"), Some(certificate));
        check(&certificate.to_string().replace("x5t#S256:", "x5t#S256:A"), None);
        check("x5t#S256:", None);
        check(&Confirmation::Key(thumbprint(key)).to_string(), None);
    }

    #[test]
    fn the_thumbprint_is_that_of_the_standard() {
        // RFC 8037 appendix A.3.
        let x = URL_SAFE_NO_PAD.decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").unwrap();
        let key = VerifyingKey::from_bytes(x.try_into().unwrap()).unwrap();
        let print = thumbprint_text(&thumbprint(key));
        assert_eq!(print, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assert_eq!(thumbprint_from_text(&print), Some(thumbprint(key)));
    }

    /// The key of RFC 9449's examples.
    const P256: &str = r#"{"kty":"EC","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
        "y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA","crv":"P-256"}"#;

    #[test]
    fn a_key_of_the_other_kind_has_the_thumbprint_of_the_standard() {
        // RFC 9449 section 6.1.
        let print = read_key(P256).map(|key| thumbprint_text(&thumbprint(key)));
        assert_eq!(print.unwrap(), "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
        assert!(read_ed25519(P256).is_err(), "it signs no lease and no token of ours");
        for (from, to) in [
            ("\"EC\"", "\"OKP\""),
            ("P-256", "P-384"),
            ("\"y\"", "\"z\""),
            ("l8tF", "l8t"),
            ("9VE4", "AAAA9VE4"),
            ("\"crv\"", "\"d\":\"AA\",\"crv\""),
            ("\"crv\"", "\"y\":\"AA\",\"crv\""),
        ] {
            assert!(P256.contains(from), "{from}");
            assert!(read_key(&P256.replacen(from, to, 1)).is_err(), "{from} {to}");
        }
    }

    #[test]
    fn a_key_reads_in_both_forms_and_without_its_secret_half() {
        let key = SigningKey::from_seed([7; 32]).public();
        let x = URL_SAFE_NO_PAD.encode(key.to_bytes());
        let check = |text: &str, expected: bool| {
            assert_eq!(read_ed25519(text).ok(), expected.then_some(key), "{text}");
            assert_eq!(read_key(text).ok(), expected.then_some(key.into()), "{text}");
        };
        check(&format!(" {key}\n"), true);
        let jwk = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}"}}"#);
        check(&jwk, true);
        check(&jwk.replace('}', r#","kid":"a"}"#), true);
        check(&jwk.replace('}', r#","d":"AAAA"}"#), false);
        check(&jwk.replace("OKP", "EC"), false);
        check(&jwk.replace("Ed25519", "X25519"), false);
        check(&jwk.replace(&x, "AA"), false);
        check("{}", false);
        check("", false);
    }

    #[test]
    fn the_signature_is_that_of_the_standard() {
        // RFC 8037 appendices A.1, A.4 and A.5.
        let seed = URL_SAFE_NO_PAD.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
        let key = SigningKey::from_seed(seed.try_into().unwrap());
        let token = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.\
                     hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt\
                     9g7sVvpAr_MuM0KAg";
        let read = Token::read(token).unwrap();
        assert_eq!(read.verified(key.public()).unwrap(), b"Example of Ed25519 signing");
    }

    #[test]
    fn what_is_refused() {
        let key = SigningKey::from_seed([7; 32]);
        let token = sign(&key, "at+jwt", Carried::Key, b"{}").unwrap();
        let read = Token::read(&token).unwrap();
        let held = Some(HolderKey::Ed25519(key.public()));
        assert_eq!((read.kind(), read.key()), ("at+jwt", held));
        assert!(read.verified(key.public()).is_ok());
        assert!(read.verified(SigningKey::from_seed([8; 32]).public()).is_err());
        let headed = |header: &str| {
            let rest = token.split_once('.').unwrap().1;
            format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header))
        };
        for bad in [
            "",
            "a",
            "a.b",
            "a.b.c",
            &headed(r#"{"alg":"none"}"#),
            &headed(r#"{"alg":"HS256"}"#),
            &headed(r#"{"alg":"ES256"}"#),
            &headed(r#"{"alg":"ES384"}"#),
            &headed(&format!(r#"{{"alg":"EdDSA","jwk":{P256}}}"#)),
            &headed(&format!(r#"{{"alg":"ES256","jwk":{P256}}}"#)),
            &headed(r#"{"alg":"EdDSA","crit":["exp"]}"#),
            &headed(r#"["EdDSA"]"#),
            &headed(r#"{"alg":"EdDSA","jwk":{"kty":"OKP","crv":"X25519","x":"AA"}}"#),
            &headed(r#"{"alg":"EdDSA","jwk":{"kty":"OKP","crv":"Ed25519","x":"AA","d":"AA"}}"#),
            &format!("{token}="),
            &format!("{token}.x"),
            &"a".repeat(TOKEN_BYTES_MAX + 1),
        ] {
            let held = Token::read(bad).and_then(|read| read.verified(key.public()).map(|_| ()));
            assert!(held.is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_changed_letter_is_found(at in 0usize..200, letter in "[A-Za-z0-9_.-]") {
            let key = SigningKey::from_seed([7; 32]);
            let token = sign(&key, "dpop+jwt", Carried::Nothing, b"{\"a\":1}").unwrap();
            let at = at % token.len();
            let mut changed = token.clone();
            changed.replace_range(at..=at, &letter);
            let held = Token::read(&changed).is_ok_and(|read| read.verified(key.public()).is_ok());
            prop_assert_eq!(held, changed == token);
        }

        #[test]
        fn reading_never_panics(text in ".{0,200}") {
            let _ = Token::read(&text);
        }
    }
}
