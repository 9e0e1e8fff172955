//! DSSE envelopes 1.0: signed bytes that state their own type.
//!
//! Signatures are counted by distinct trusted key, never by line, and the key id in an envelope
//! is a hint that decides nothing. What comes out of [`Envelope::verify`] are the very bytes that
//! were signed; nothing is written anew in between.

use serde::{Deserialize, Serialize};

use crate::encoding::{Object, base64, from_any_base64};
use crate::fault::Fault;
use crate::sign::{Signature, SigningKey, VerifyingKey};

/// The payload type of in-toto statements.
pub const IN_TOTO: &str = "application/vnd.in-toto+json";

/// The media type of an envelope as a file.
pub const ENVELOPE_MEDIA_TYPE: &str = "application/vnd.dsse.envelope.v1+json";

/// The longest envelope that is read; evidence is named by digest and lies elsewhere.
pub const ENVELOPE_BYTES_MAX: usize = 8 << 20;

/// The most signatures that are read, as each is tried with each candidate key.
pub const ENVELOPE_SIGNATURES_MAX: usize = 64;

const WHAT: &str = "envelope";

/// The bytes that a signature covers: type and body, each with its length (DSSE's PAE).
pub fn pae(payload_type: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), body.len());
    [head.as_bytes(), body].concat()
}

/// A payload of a stated type and the signatures over both.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Envelope {
    payload_type: String,
    payload: Vec<u8>,
    signatures: Vec<EnvelopeSignature>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
struct EnvelopeSignature {
    key_id: Option<String>,
    bytes: Vec<u8>,
}

/// What enough trusted keys have signed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Verified<'a> {
    /// The type that was signed with the payload.
    pub payload_type: &'a str,
    /// The signed bytes.
    pub payload: &'a [u8],
    /// The trusted keys whose signatures hold, each once, in the order they were trusted.
    pub signers: Vec<VerifyingKey>,
}

#[derive(Deserialize)]
struct Read {
    #[serde(default)]
    payload: String,
    #[serde(default, rename = "payloadType")]
    payload_type: String,
    #[serde(default)]
    signatures: Vec<Object<ReadSignature>>,
}

#[derive(Deserialize)]
struct ReadSignature {
    #[serde(default)]
    keyid: Option<String>,
    #[serde(default)]
    sig: String,
}

#[derive(Serialize)]
struct Written<'a> {
    payload: String,
    #[serde(rename = "payloadType")]
    payload_type: &'a str,
    signatures: Vec<WrittenSignature<'a>>,
}

#[derive(Serialize)]
struct WrittenSignature<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    keyid: Option<&'a str>,
    sig: String,
}

impl Envelope {
    /// Puts a payload into an envelope that nobody has signed yet.
    pub fn new(payload_type: impl Into<String>, payload: Vec<u8>) -> Envelope {
        Envelope { payload_type: payload_type.into(), payload, signatures: Vec::new() }
    }

    /// Adds this key's signature; a second one by the same key changes nothing.
    pub fn sign(&mut self, key: &SigningKey) {
        let bytes = key.sign(&pae(&self.payload_type, &self.payload)).0.to_vec();
        let signature = EnvelopeSignature { key_id: Some(key.public().digest_hex()), bytes };
        if !self.signatures.contains(&signature) {
            self.signatures.push(signature);
        }
    }

    /// What the envelope says its payload is; not to be believed before [`Envelope::verify`].
    pub fn unverified_payload_type(&self) -> &str {
        &self.payload_type
    }

    /// What the envelope says; not to be believed before [`Envelope::verify`].
    pub fn unverified_payload(&self) -> &[u8] {
        &self.payload
    }

    /// How many signatures the envelope carries, by whomever.
    pub fn signature_count(&self) -> usize {
        self.signatures.len()
    }

    /// Whether every signature names this key, by its digest. Such names are hints: no signature
    /// covers them (DSSE, `keyid`).
    pub fn names_only(&self, key: VerifyingKey) -> bool {
        let digest = key.digest_hex();
        self.signatures.iter().all(|one| one.key_id.as_deref() == Some(digest.as_str()))
    }

    /// Verifies that at least `threshold` of the trusted keys signed. A key listed twice counts
    /// once, and so does one that signed twice.
    pub fn verify(
        &self,
        trusted: &[VerifyingKey],
        threshold: usize,
    ) -> Result<Verified<'_>, Fault> {
        if threshold == 0 {
            return Err(Fault::impossible(WHAT, "verifying for no signature verifies nothing"));
        }
        let message = pae(&self.payload_type, &self.payload);
        let mut signers: Vec<VerifyingKey> = Vec::new();
        for key in trusted {
            let signed = |signature: &EnvelopeSignature| {
                Signature::from_slice(&signature.bytes)
                    .and_then(|signature| key.verify(&message, &signature))
                    .is_ok()
            };
            if !signers.contains(key) && self.signatures.iter().any(signed) {
                signers.push(*key);
            }
        }
        if signers.len() < threshold {
            let why = format!("{} trusted keys signed it, {threshold} are needed", signers.len());
            return Err(Fault::unproven(WHAT, why));
        }
        Ok(Verified { payload_type: &self.payload_type, payload: &self.payload, signers })
    }

    /// Writes the envelope as one line of JSON, standard base64, always in the same order.
    pub fn to_json(&self) -> String {
        let signatures = self.signatures.iter().map(|signature| WrittenSignature {
            keyid: signature.key_id.as_deref(),
            sig: base64(&signature.bytes),
        });
        let written = Written {
            payload: base64(&self.payload),
            payload_type: &self.payload_type,
            signatures: signatures.collect(),
        };
        // Strings in structs have a JSON form whatever they hold.
        serde_json::to_string(&written).unwrap_or_default()
    }

    /// Reads an envelope; fields that the standard does not name are ignored.
    pub fn from_json(bytes: &[u8]) -> Result<Envelope, Fault> {
        let refuse = |why: String| Fault::unreadable(WHAT, why);
        if bytes.len() > ENVELOPE_BYTES_MAX {
            return Err(refuse(format!("longer than {ENVELOPE_BYTES_MAX} bytes")));
        }
        let Object(read): Object<Read> =
            serde_json::from_slice(bytes).map_err(|e| refuse(e.to_string()))?;
        if read.signatures.len() > ENVELOPE_SIGNATURES_MAX {
            return Err(refuse(format!("more than {ENVELOPE_SIGNATURES_MAX} signatures")));
        }
        let decode = |name: &str, text: &str| {
            from_any_base64(text).ok_or_else(|| refuse(format!("`{name}` is not base64")))
        };
        let mut signatures = Vec::with_capacity(read.signatures.len());
        for Object(signature) in read.signatures {
            let bytes = decode("sig", &signature.sig)?;
            signatures.push(EnvelopeSignature { key_id: signature.keyid, bytes });
        }
        let payload = decode("payload", &read.payload)?;
        Ok(Envelope { payload_type: read.payload_type, payload, signatures })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_seed([seed; 32])
    }

    fn signed_by(seeds: &[u8]) -> Envelope {
        let mut envelope = Envelope::new(IN_TOTO, br#"{"a":1}"#.to_vec());
        seeds.iter().for_each(|seed| envelope.sign(&key(*seed)));
        envelope
    }

    fn check(signed: &[u8], trusted: &[u8], threshold: usize, expected: Option<&[u8]>) {
        let trusted: Vec<VerifyingKey> = trusted.iter().map(|seed| key(*seed).public()).collect();
        let signers = signed_by(signed).verify(&trusted, threshold).ok().map(|v| v.signers);
        let expected: Option<Vec<VerifyingKey>> =
            expected.map(|seeds| seeds.iter().map(|seed| key(*seed).public()).collect());
        assert_eq!(signers, expected, "{signed:?} {trusted:?} {threshold}");
    }

    #[test]
    fn keys_are_counted_not_signatures() {
        check(&[1], &[1], 1, Some(&[1]));
        check(&[1, 2], &[2, 1], 2, Some(&[2, 1]));
        check(&[1, 2, 3], &[1, 3], 2, Some(&[1, 3]));
        check(&[1, 1], &[1, 2], 2, None);
        check(&[1], &[1, 1], 2, None);
        check(&[1], &[2], 1, None);
        check(&[], &[1], 1, None);
        check(&[1], &[], 1, None);
        check(&[1], &[1], 0, None);
    }

    #[test]
    fn vector() {
        assert_eq!(
            pae(IN_TOTO, br#"{"a":1}"#),
            br#"DSSEv1 28 application/vnd.in-toto+json 7 {"a":1}"#
        );
        let seed = std::array::from_fn(|i| i as u8);
        let mut envelope = Envelope::new(IN_TOTO, br#"{"a":1}"#.to_vec());
        envelope.sign(&SigningKey::from_seed(seed));
        let json = envelope.to_json();
        let start = r#"{"payload":"eyJhIjoxfQ==","payloadType":"application/vnd.in-toto+json","#;
        assert!(json.starts_with(start), "{json}");
        let sig = "9JQymjJqlnmj/ErsvMYOuLDVoLANiO+detxkSNdg372rVnob78vm2M/iQvpw/lqmAkuF0grgF8BKYEw1\
            ubjxAw==";
        assert!(json.contains(&format!(r#""sig":"{sig}""#)), "{json}");
        assert_eq!(Envelope::from_json(json.as_bytes()).unwrap(), envelope);
    }

    #[test]
    fn readers_are_tolerant_where_the_standard_is() {
        fn check(input: &str, expected: bool) {
            assert_eq!(Envelope::from_json(input.as_bytes()).is_ok(), expected, "{input}");
        }
        check(r#"{"payload":"-_8","payloadType":"t","signatures":[{"sig":"-_8="}]}"#, true);
        check(
            r#"{"payload":"+/8=","payloadType":"t","signatures":[{"sig":"","keyid":null}]}"#,
            true,
        );
        check(r#"{"payload":"","payloadType":"t","signatures":[],"more":{"x":1}}"#, true);
        check(r#"{}"#, true);
        check(r#"{"payload":"+_8","payloadType":"t","signatures":[]}"#, false);
        check(r#"{"payload":"a b","payloadType":"t","signatures":[]}"#, false);
        check(r#"{"payload":"","payload":"","payloadType":"t","signatures":[]}"#, false);
        check(r#"{"payload":1,"payloadType":"t","signatures":[]}"#, false);
        check(r#"[]"#, false);
        check(r#"["","t",[]]"#, false);
        check(r#"{"payload":"","payloadType":"t","signatures":[[null,""]]}"#, false);
        check("", false);
        let many = |n: usize| {
            let signatures = vec![r#"{"sig":""}"#; n].join(",");
            format!(r#"{{"payload":"","payloadType":"t","signatures":[{signatures}]}}"#)
        };
        check(&many(ENVELOPE_SIGNATURES_MAX), true);
        check(&many(ENVELOPE_SIGNATURES_MAX + 1), false);
    }

    #[test]
    fn type_and_body_cannot_trade_bytes() {
        let envelope = signed_by(&[1]);
        let forged = Envelope {
            payload_type: format!("{IN_TOTO} 7"),
            payload: envelope.payload.clone(),
            signatures: envelope.signatures.clone(),
        };
        assert!(forged.verify(&[key(1).public()], 1).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Whatever bit of the file flips, the reader gets the signed bytes or nothing.
        #[test]
        fn any_flipped_bit_is_found(at: prop::sample::Index, bit in 0u8..8) {
            let envelope = signed_by(&[1, 2]);
            let mut bytes = envelope.to_json().into_bytes();
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            if let Ok(read) = Envelope::from_json(&bytes) {
                let keys = [key(1).public(), key(2).public()];
                if let Ok(verified) = read.verify(&keys, 2) {
                    // Only the hint is not signed.
                    prop_assert_eq!(verified.payload, &envelope.payload[..]);
                    prop_assert_eq!(verified.payload_type, IN_TOTO);
                    let hints = read.signatures != envelope.signatures;
                    prop_assert!(hints, "byte {} bit {}", at, bit);
                }
            }
        }

        #[test]
        fn reading_never_panics(bytes: Vec<u8>, text: String) {
            let _ = Envelope::from_json(&bytes);
            let _ = Envelope::from_json(text.as_bytes());
            let json = serde_json::json!({"payload": text, "signatures": [{"sig": text}]});
            let _ = Envelope::from_json(json.to_string().as_bytes());
        }
    }
}
