//! TLS 1.3 in, with the caller's certificate where it shows one, and out, with one's own.
//!
//! A caller may show any certificate: the handshake proves that it has the key, and its access
//! token names the certificate by SHA-256 (RFC 8705 section 3). No chain, name or date in it is
//! believed, so there is no authority that could let somebody in, and self-signed ones do (section
//! 2.2).

use crate::settings;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls13_signature};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    DigitallySignedStruct, DistinguishedName, Error, PeerIncompatible, RootCertStore, ServerConfig,
    SignatureScheme,
};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use seawall_ledger::jws::Confirmation;
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

/// A certificate with its chain, and its private key.
pub struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Identity({})", self.confirmation().map_or_else(String::new, |it| it.to_string()))
    }
}

impl Identity {
    /// Reads PEM files; both may be the same file.
    pub fn read(certificate: &Path, key: &Path) -> Result<Identity, String> {
        let said = |what: &Path, why: &dyn std::fmt::Display| {
            format!("cannot read {}: {why}", what.display())
        };
        let chain = certificates(certificate)?;
        if chain.is_empty() {
            return Err(said(certificate, &"there is no certificate in it"));
        }
        let key = PrivateKeyDer::from_pem_file(key).map_err(|error| said(key, &error))?;
        Ok(Identity { chain, key })
    }

    /// What a token for it is bound to.
    pub fn confirmation(&self) -> Option<Confirmation> {
        self.chain.first().map(|certificate| Confirmation::of_certificate(certificate))
    }
}

/// What a client trusts and shows.
#[derive(Debug, Default)]
pub struct Trust {
    /// A file of certificates to trust, and no others; otherwise what the system trusts.
    pub roots: Option<std::path::PathBuf>,
    /// What it shows of itself.
    pub identity: Option<Identity>,
}

impl Trust {
    /// As TLS is spoken with it.
    pub fn config(self) -> Result<rustls::ClientConfig, String> {
        use hyper_rustls::ConfigBuilderExt as _;
        let builder = rustls::ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?;
        let builder = match &self.roots {
            Some(path) => builder.with_root_certificates(roots(path)?),
            None => builder
                .with_native_roots()
                .map_err(|error| format!("cannot read the system's certificates: {error}"))?,
        };
        match self.identity {
            Some(Identity { chain, key }) => builder
                .with_client_auth_cert(chain, key)
                .map_err(|error| format!("cannot use the certificate: {error}")),
            None => Ok(builder.with_no_client_auth()),
        }
    }
}

fn provider() -> Arc<CryptoProvider> {
    rustls::crypto::aws_lc_rs::default_provider().into()
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))
}

fn roots(path: &Path) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(path)? {
        let said = |error| format!("cannot trust what is in {}: {error}", path.display());
        roots.add(certificate).map_err(said)?;
    }
    Ok(roots)
}

/// How the gateway shakes hands.
pub(crate) fn config(settings: &settings::Tls) -> Result<Arc<ServerConfig>, String> {
    let Identity { chain, key } = Identity::read(&settings.certificate, &settings.key)?;
    let provider = provider();
    let possession = Possession { algorithms: provider.signature_verification_algorithms };
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|error| error.to_string())?
        .with_client_cert_verifier(Arc::new(possession))
        .with_single_cert(chain, key)
        .map_err(|error| format!("cannot use {}: {error}", settings.certificate.display()))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // Each connection proves the key itself: what was proven to another is not taken up again.
    config.send_tls13_tickets = 0;
    Ok(Arc::new(config))
}

/// SHA-256 of the certificate that the other side showed and has the key of.
pub(crate) fn shown(stream: &TlsStream<TcpStream>) -> Option<[u8; 32]> {
    let (_, session) = stream.get_ref();
    let certificate = session.peer_certificates()?.first()?;
    Some(Confirmation::of_certificate(certificate).print())
}

/// Takes any certificate whose key the other side has.
#[derive(Debug)]
struct Possession {
    algorithms: WebPkiSupportedAlgorithms,
}

impl ClientCertVerifier for Possession {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
