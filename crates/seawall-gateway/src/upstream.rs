//! The provider: connections that are kept, one key that nobody else sees, no redirects.

pub mod supplied;
mod writing;

use crate::policy::is_loopback;
use crate::settings::{self, KeyHeader, KeyPlace};
use crate::tls::Trust;
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, HeaderName, HeaderValue, USER_AGENT};
use hyper::{Method, Request, Response, Uri};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use seawall_domain::engagement::scope::Endpoint;
use std::sync::Arc;
use std::time::Duration;
use supplied::Supplied;
use writing::Connector;

/// How long it may take to reach somebody.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(10);

/// The provider.
pub(crate) struct Upstream {
    client: Client<Connector, Full<Bytes>>,
    address: String,
    /// Where each of its interfaces is.
    targets: Vec<(Endpoint, Uri)>,
    key: Option<(HeaderName, HeaderValue)>,
    /// How long an answer may take to begin.
    patience: Duration,
}

impl std::fmt::Debug for Upstream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Upstream({})", self.address)
    }
}

impl Upstream {
    /// Reads the provider's key, unless it is supplied with each lease; it is never printed.
    pub fn new(
        settings: &settings::Upstream,
        supplied: Option<&Arc<Supplied>>,
    ) -> Result<Upstream, String> {
        let address = settings.address.trim_end_matches('/').to_owned();
        let uri: Uri = address.parse().map_err(|_| format!("`{address}` is not an address"))?;
        if uri.path() != "/" || uri.query().is_some() || uri.host().is_none() {
            return Err(format!("`{address}` must be a scheme and a host, without a path"));
        }
        let is_here = is_loopback(&uri) || uri.host() == Some("localhost");
        let is_safe = settings.clear || is_here || uri.scheme_str() == Some("https");
        if !is_safe {
            return Err(format!(
                "`{address}` must be https, or http on this machine: prompts and the provider's \
                 key would go there in clear; where the way is protected otherwise, set \
                 `clear = true` below `[upstream]`"
            ));
        }
        let key = match (settings.key, supplied, &settings.key_file) {
            (KeyPlace::Lease, Some(supplied), None) => Some(supplied.mark().to_owned()),
            (KeyPlace::Lease, _, _) => {
                return Err("the provider's key comes with leases, and `key_file` names one".into());
            }
            (KeyPlace::File, _, None) => None,
            (KeyPlace::File, _, Some(path)) => {
                let text = std::fs::read_to_string(path).map_err(|error| {
                    format!("cannot read the provider's key {}: {error}", path.display())
                })?;
                match text.trim() {
                    "" => return Err(format!("{} holds no provider's key", path.display())),
                    key => Some(key.to_owned()),
                }
            }
        };
        let key = key.map(|key| header(settings.key_header, &key)).transpose()?;
        let targets = Endpoint::ALL.into_iter().map(|endpoint| {
            let target = format!("{address}{}", endpoint.path());
            target
                .parse()
                .map(|uri| (endpoint, uri))
                .map_err(|_| format!("`{target}` is no address"))
        });
        let targets = targets.collect::<Result<_, _>>()?;
        let connector = Connector { inner: https(Trust::default())?, supplied: supplied.cloned() };
        let client = Client::builder(TokioExecutor::new()).build(connector);
        let patience = Duration::from_secs(settings.seconds);
        Ok(Upstream { client, address, targets, key, patience })
    }

    /// Sends a body on, with these headers and none else but our own and the key.
    pub async fn send(
        &self,
        endpoint: Endpoint,
        headers: &[(&'static str, String)],
        body: Bytes,
    ) -> Result<Response<Incoming>, String> {
        let target = self.targets.iter().find(|(of, _)| *of == endpoint);
        let (_, target) = target.ok_or("it has no such interface")?;
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(target.clone())
            .header(USER_AGENT, concat!("seawall-gateway/", env!("CARGO_PKG_VERSION")));
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        if let Some((name, value)) = &self.key {
            request = request.header(name, value);
        }
        let request = request.body(Full::new(body)).map_err(|error| error.to_string())?;
        match tokio::time::timeout(self.patience, self.client.request(request)).await {
            Ok(answer) => answer.map_err(|error| error.to_string()),
            Err(_) => Err("it took too long".into()),
        }
    }
}

/// A client that keeps connections, trusts and shows what it is told, and follows nothing.
pub(crate) fn client<B>(trust: Trust) -> Result<Client<HttpsConnector<HttpConnector>, B>, String>
where
    B: hyper::body::Body + Send,
    B::Data: Send,
{
    Ok(Client::builder(TokioExecutor::new()).build(https(trust)?))
}

/// The header in which a provider's key stands.
fn header(place: KeyHeader, key: &str) -> Result<(HeaderName, HeaderValue), String> {
    let (name, text) = match place {
        KeyHeader::Authorization => (AUTHORIZATION, format!("Bearer {key}")),
        KeyHeader::XApiKey => (HeaderName::from_static("x-api-key"), key.to_owned()),
    };
    let bad = |_| "cannot use the provider's key: it is no header".to_owned();
    let mut value = HeaderValue::try_from(text).map_err(bad)?;
    value.set_sensitive(true);
    Ok((name, value))
}

/// Connects over TLS or not, as the address says, and trusts and shows what it is told.
pub(crate) fn https(trust: Trust) -> Result<HttpsConnector<HttpConnector>, String> {
    let mut http = HttpConnector::new();
    http.set_nodelay(true);
    http.enforce_http(false);
    http.set_connect_timeout(Some(CONNECT_TIME_MAX));
    Ok(hyper_rustls::HttpsConnectorBuilder::new()
        .with_tls_config(trust.config()?)
        .https_or_http()
        .enable_http1()
        .wrap_connector(http))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::KeyPlace;
    use std::path::PathBuf;

    fn made(address: &str, clear: bool, key_file: Option<PathBuf>) -> Result<Upstream, String> {
        let (address, key_header) = (address.to_owned(), KeyHeader::Authorization);
        let key = KeyPlace::File;
        let settings = settings::Upstream { address, key, key_file, key_header, seconds: 1, clear };
        Upstream::new(&settings, None)
    }

    #[test]
    fn nothing_goes_in_clear_to_another_machine_unless_that_is_said() {
        let check = |address: &str, clear, expected: bool| {
            let told = made(address, clear, None);
            assert_eq!(told.is_ok(), expected, "{address}: {told:?}");
        };
        for here in ["http://127.0.0.1:99", "http://[::1]:99", "http://localhost:99"] {
            check(here, false, true);
        }
        check("https://provider.invalid", false, true);
        check("http://provider.invalid", false, false);
        check("http://10.0.0.1:99", false, false);
        check("http://10.0.0.1:99", true, true);
        check("http://127.0.0.1.provider.invalid", false, false);
    }

    #[test]
    fn an_empty_key_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("key");
        std::fs::write(&key, " \n").unwrap();
        assert!(made("https://p.invalid", false, Some(key)).unwrap_err().contains("holds no"));
    }
}
