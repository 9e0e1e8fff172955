//! OpenPGP signatures beside documents, as CSAF providers must offer them (CSAF 2.0 section
//! 7.1.20), and the certificate that verifies them.
//!
//! Version 4 keys and signatures with EdDSA (algorithm 22) and SHA-512, because that is what
//! deployed GnuPG 2.2 reads. EdDSA needs no randomness and times come in as arguments, so a seed
//! gives the same certificate every time. This is the only module that names rpgp.

use pgp::composed::{
    ArmorOptions, Deserializable as _, DetachedSignature, SignedKeyDetails, SignedPublicKey,
    SignedPublicSubKey,
};
use pgp::crypto::hash::HashAlgorithm;
use pgp::crypto::public_key::PublicKeyAlgorithm;
use pgp::crypto::{ed25519, eddsa_legacy};
use pgp::packet::{
    Features, KeyFlags, PacketTrait as _, PubKeyInner, PublicKey, SecretKey, SignatureConfig,
    SignatureType, Subpacket, SubpacketData, UserId,
};
use pgp::types::{
    EddsaLegacyPublicParams, KeyDetails as _, KeyVersion, Password, PlainSecretParams,
    PublicParams, SecretParams, Timestamp,
};
use sha2::{Digest as _, Sha256};

use crate::fault::Fault;

/// The longest certificate or signature that is read.
pub const ARMOR_BYTES_MAX: usize = 1 << 20;

/// The longest user id, in bytes, that goes into a certificate.
pub const USER_ID_BYTES_MAX: usize = 256;

const CERTIFICATE: &str = "OpenPGP certificate";
const SIGNATURE: &str = "OpenPGP signature";

/// An OpenPGP signing key and its certificate.
#[derive(Clone)]
pub struct OpenPgpKey {
    secret: SecretKey,
    certificate: SignedPublicKey,
    armored: String,
}

impl std::fmt::Debug for OpenPgpKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OpenPgpKey({})", self.fingerprint())
    }
}

impl OpenPgpKey {
    /// Makes the key and certificate that belong to this seed, user id and time of creation; the
    /// same three give the same bytes. The seed may also serve other kinds of key.
    pub fn generate(seed: [u8; 32], user_id: &str, created_unix: u32) -> Result<OpenPgpKey, Fault> {
        if user_id.is_empty()
            || user_id.len() > USER_ID_BYTES_MAX
            || user_id.contains(char::is_control)
        {
            let why = format!("the user id is empty, over {USER_ID_BYTES_MAX} bytes or not text");
            return Err(Fault::impossible(CERTIFICATE, why));
        }
        certificate(seed, user_id, Timestamp::from_secs(created_unix))
            .map_err(|e| Fault::impossible(CERTIFICATE, e.to_string()))
    }

    /// The certificate that others verify with, in ASCII armor.
    pub fn armored_public(&self) -> String {
        self.armored.clone()
    }

    /// The fingerprint of the certificate, 40 upper-case hexadecimal digits.
    pub fn fingerprint(&self) -> String {
        format!("{:X}", self.certificate.fingerprint())
    }

    /// Signs these bytes as at this time; what comes back is the text of an `.asc` file.
    pub fn sign_detached(&self, bytes: &[u8], at_unix: u32) -> Result<String, Fault> {
        let refuse = |e: pgp::errors::Error| Fault::impossible(SIGNATURE, e.to_string());
        let config = signature_config(&self.secret, SignatureType::Binary, at_unix, Vec::new());
        config
            .and_then(|config| config.sign(&self.secret, &Password::empty(), bytes))
            .map(DetachedSignature::new)
            .and_then(|signature| signature.to_armored_string(ArmorOptions::default()))
            .map_err(refuse)
    }
}

/// Verifies a detached signature by a signing key of this certificate, the primary or a subkey, and
/// gives back the certificate's fingerprint. Whether that is the right certificate is for the
/// caller to know.
pub fn verify_detached(armored_public: &str, bytes: &[u8], asc: &str) -> Result<String, Fault> {
    if asc.len() > ARMOR_BYTES_MAX {
        return Err(Fault::unreadable(SIGNATURE, format!("longer than {ARMOR_BYTES_MAX} bytes")));
    }
    let certificate = read_certificate(armored_public)?;
    let (signature, _) = DetachedSignature::from_string(asc)
        .map_err(|e| Fault::unreadable(SIGNATURE, e.to_string()))?;
    if signature.signature.typ() != Some(SignatureType::Binary) {
        return Err(Fault::unproven(SIGNATURE, "it is not over binary data"));
    }
    let by_primary = signature.verify(&certificate.primary_key, bytes);
    by_primary
        .or_else(|error| {
            // Their bindings, in both directions, were verified with the certificate.
            let verifies = |subkey: &SignedPublicSubKey| {
                let mut bindings = subkey.signatures.iter();
                bindings.any(|binding| binding.key_flags().sign())
                    && signature.verify(&subkey.key, bytes).is_ok()
            };
            certificate.public_subkeys.iter().any(verifies).then_some(()).ok_or(error)
        })
        .map_err(|e| Fault::unproven(SIGNATURE, e.to_string()))?;
    Ok(format!("{:X}", certificate.fingerprint()))
}

/// The fingerprint of a certificate that [`verify_detached`] can verify with, in 40 upper-case
/// hexadecimal digits.
pub fn fingerprint_of(armored_public: &str) -> Result<String, Fault> {
    Ok(format!("{:X}", read_certificate(armored_public)?.fingerprint()))
}

fn read_certificate(armored_public: &str) -> Result<SignedPublicKey, Fault> {
    if armored_public.len() > ARMOR_BYTES_MAX {
        return Err(Fault::unreadable(CERTIFICATE, format!("longer than {ARMOR_BYTES_MAX} bytes")));
    }
    let (certificate, _) = SignedPublicKey::from_string(armored_public)
        .map_err(|e| Fault::unreadable(CERTIFICATE, e.to_string()))?;
    certificate.verify_bindings().map_err(|e| Fault::unproven(CERTIFICATE, e.to_string()))?;
    if !certificate.details.revocation_signatures.is_empty() {
        return Err(Fault::unproven(CERTIFICATE, "it is revoked"));
    }
    Ok(certificate)
}

fn certificate(
    seed: [u8; 32],
    user_id: &str,
    created: Timestamp,
) -> Result<OpenPgpKey, pgp::errors::Error> {
    // A key of its own, so that no signature made here can pass for one made with the bare seed.
    let raw = Sha256::new().chain_update("seawall openpgp key v1\n").chain_update(seed).finalize();
    let ed25519 = ed25519::SecretKey::try_from_bytes(raw.into(), ed25519::Mode::EdDSALegacy)?;
    let public = PublicKey::from_inner(PubKeyInner::new(
        KeyVersion::V4,
        PublicKeyAlgorithm::EdDSALegacy,
        created,
        None,
        PublicParams::EdDSALegacy(EddsaLegacyPublicParams::from(&ed25519)),
    )?)?;
    let secret_params = PlainSecretParams::EdDSALegacy(eddsa_legacy::SecretKey::Ed25519(ed25519));
    let secret = SecretKey::new(public.clone(), SecretParams::Plain(secret_params))?;

    let user = UserId::from_str(Default::default(), user_id)?;
    let mut flags = KeyFlags::default();
    flags.set_certify(true);
    flags.set_sign(true);
    let stated = vec![
        Subpacket::regular(SubpacketData::KeyFlags(flags))?,
        Subpacket::regular(SubpacketData::Features(Features::new()))?,
        Subpacket::regular(SubpacketData::PreferredHashAlgorithms(
            [HashAlgorithm::Sha512, HashAlgorithm::Sha256].into_iter().collect(),
        ))?,
        Subpacket::regular(SubpacketData::IsPrimary(true))?,
    ];
    let config = signature_config(&secret, SignatureType::CertPositive, created.as_secs(), stated)?;
    let bound =
        config.sign_certification(&secret, &public, &Password::empty(), user.tag(), &user)?;
    let details =
        SignedKeyDetails::new(Vec::new(), Vec::new(), vec![user.into_signed(bound)], Vec::new());
    let certificate = SignedPublicKey::new(public, details, Vec::new());
    let armored = certificate.to_armored_string(ArmorOptions::default())?;
    Ok(OpenPgpKey { secret, certificate, armored })
}

fn signature_config(
    key: &SecretKey,
    kind: SignatureType,
    at_unix: u32,
    stated: Vec<Subpacket>,
) -> Result<SignatureConfig, pgp::errors::Error> {
    let mut config = SignatureConfig::v4(kind, key.algorithm(), HashAlgorithm::Sha512);
    config.hashed_subpackets = vec![
        Subpacket::regular(SubpacketData::SignatureCreationTime(Timestamp::from_secs(at_unix)))?,
        Subpacket::regular(SubpacketData::IssuerFingerprint(key.fingerprint()))?,
    ];
    config.hashed_subpackets.extend(stated);
    config.unhashed_subpackets =
        vec![Subpacket::regular(SubpacketData::IssuerKeyId(key.legacy_key_id()))?];
    Ok(config)
}

#[cfg(test)]
#[path = "openpgp/tests.rs"]
mod tests;
