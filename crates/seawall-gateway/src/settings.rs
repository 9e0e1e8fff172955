//! What a gateway is told: one file, one window.

use crate::escrow::file::FILE_BYTES_MAX;
use seawall_domain::digest::Digest;
use seawall_domain::engagement::price::{Money, Price};
use seawall_domain::engagement::quota::{Amount, Holder, Limit};
use seawall_domain::engagement::scope::Scope;
use seawall_domain::engagement::volume::Rule;
use seawall_domain::id::{PartyId, PersonId, WindowId};
use seawall_domain::recipient::Recipient;
use seawall_domain::time::Timestamp;
use seawall_ledger::sign::VerifyingKey;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The settings file of a gateway (TOML).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where it listens.
    #[serde(default = "default_listen")]
    pub listen: SocketAddr,
    /// How callers write its address, for proofs: `https://gateway.example`. Without one it is
    /// where it listens, behind `http://`, or `https://` where there is a certificate.
    pub address: Option<String>,
    /// Its certificate: it speaks TLS then, and takes client certificates (RFC 8705).
    pub tls: Option<Tls>,
    /// The folder of its journal and its keys.
    pub data: PathBuf,
    /// The provider.
    pub upstream: Upstream,
    /// The window.
    pub window: Window,
    /// What may pass at most; leases narrow it.
    pub scope: Scope,
    /// Who may use how much. Whoever is not named may use nothing.
    #[serde(default)]
    pub quota: Vec<Quota>,
    /// What a million tokens of a model cost, by the callers' name of it.
    #[serde(default)]
    pub prices: BTreeMap<String, Price>,
    /// What may follow the engagement while the gateway runs. Nothing by default.
    #[serde(default)]
    pub follow: Follow,
    /// Who is asked for each request besides. Nobody by default.
    pub policy: Option<Policy>,
    /// What is told as unusual volume. It closes and refuses nothing.
    #[serde(default)]
    pub volume: Rule,
    /// Whose content is kept for both sides, once both have signed that. Nobody's by default.
    #[serde(default)]
    pub escrow: Vec<Escrow>,
}

/// A certificate of the gateway, in PEM files.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The certificate, and its chain behind it.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// The provider that requests are sent on to.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upstream {
    /// Its address, without a path.
    pub address: String,
    /// Where its key comes from: `file`, or `lease`, with which the developer supplies it.
    #[serde(default)]
    pub key: KeyPlace,
    /// The file that holds its key, and nothing else.
    pub key_file: Option<PathBuf>,
    /// The header that carries the key: `authorization` (as `Bearer`) or `x-api-key`.
    #[serde(default)]
    pub key_header: KeyHeader,
    /// How long an answer may take to begin, in seconds.
    #[serde(default = "default_seconds")]
    pub seconds: u64,
    /// Whether it may be asked by plain HTTP on another machine, because the way there is protected
    /// otherwise.
    #[serde(default)]
    pub clear: bool,
}

/// Where a provider's key comes from.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyPlace {
    /// From a file that whoever runs the gateway has.
    #[default]
    File,
    /// From the developer, with each lease: it is in memory alone, and wiped with the lease.
    Lease,
}

/// The header that carries a provider's key.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyHeader {
    /// `Authorization: Bearer KEY`.
    #[default]
    Authorization,
    /// `x-api-key: KEY`.
    XApiKey,
}

/// The window that this gateway serves.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Its id.
    pub id: WindowId,
    /// The snapshot of the model.
    pub snapshot: Digest,
    /// When it ends at the latest.
    pub ends: Timestamp,
    /// SHA-256 of the terms of access.
    pub terms: Digest,
    /// The key by which the developer signs leases: `ed25519:` and base64.
    pub developer: String,
    /// The key by which the clearinghouse signs access tokens.
    pub issuer: String,
}

/// One holder's quota.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// A person, a party, or nobody: then it is everybody's together.
    pub person: Option<PersonId>,
    /// A party.
    pub party: Option<PartyId>,
    /// Requests over the whole window.
    pub requests: u64,
    /// Tokens that go in.
    pub tokens_in: u64,
    /// Tokens that come out.
    pub tokens_out: u64,
    /// Dollars over the whole window, as a decimal text; without it there is no bound.
    pub money: Option<Money>,
    /// Requests at the same time.
    pub concurrent: u32,
}

/// What may follow the engagement, as `seawall gateway follow` hands it on.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Follow {
    /// A later end of the window, signed by the developer and by the clearinghouse.
    #[serde(default)]
    pub end: bool,
    /// Quotas of parties that are not named here, signed by the clearinghouse; each is this much at
    /// most. Without it none follows.
    pub quota: Option<Ceiling>,
}

/// The most that a quota which follows can be.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ceiling {
    /// Requests over the whole window.
    pub requests: u64,
    /// Tokens that go in.
    pub tokens_in: u64,
    /// Tokens that come out.
    pub tokens_out: u64,
    /// Dollars over the whole window, as a decimal text; without it there is no bound.
    pub money: Option<Money>,
    /// Requests at the same time.
    pub concurrent: u32,
}

/// A service that is asked for each request whether it may pass, with figures and names and never
/// with content. Whatever it does not allow in time does not pass.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Its address: `https://`, or `http://` and an address of the loopback.
    pub address: String,
    /// How long its answer may take, in milliseconds.
    #[serde(default = "default_policy_time")]
    pub timeout_ms: u64,
    /// The file that holds what it knows the gateway by (`Authorization: Bearer`), and nothing
    /// else.
    pub key_file: Option<PathBuf>,
}

/// Joint escrow of one party's content.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Escrow {
    /// The party.
    pub party: PartyId,
    /// The developer's key: `x25519:` and digits.
    pub developer: Recipient,
    /// The partner's key.
    pub partner: Recipient,
    /// The key by which the partner signs the consent: `ed25519:` and base64. The developer signs
    /// it by the key of its leases.
    pub signer: String,
    /// The consent that both have signed.
    pub consent: PathBuf,
    /// The largest file of one request, in bytes; an answer that is longer is broken off.
    #[serde(default = "default_escrow_bytes")]
    pub bytes_max: u64,
}

/// Why settings are not taken.
#[derive(Debug, thiserror::Error)]
#[error("cannot use the settings {}: {why}", path.display())]
pub struct BadSettings {
    path: PathBuf,
    why: String,
}

/// What stands in a settings file where whoever runs the gateway must write something, with words
/// behind it that say what.
pub const FILL_IN: &str = "FILL IN";

/// The first place that nobody has filled in.
fn unfilled(text: &str) -> Option<String> {
    let document: toml::Table = toml::from_str(text).ok()?;
    open_place(&toml::Value::Table(document))
}

fn open_place(value: &toml::Value) -> Option<String> {
    let below = |name: &str, value: &toml::Value| {
        if name.starts_with(FILL_IN) {
            return Some(String::new());
        }
        let place = open_place(value)?;
        Some(if place.is_empty() { name.to_owned() } else { format!("{name}.{place}") })
    };
    match value {
        toml::Value::String(text) => text.starts_with(FILL_IN).then(String::new),
        toml::Value::Array(values) => values.iter().find_map(open_place),
        toml::Value::Table(table) => table.iter().find_map(|(name, value)| below(name, value)),
        toml::Value::Integer(_)
        | toml::Value::Float(_)
        | toml::Value::Boolean(_)
        | toml::Value::Datetime(_) => None,
    }
}

impl Settings {
    /// Reads a settings file; paths in it are relative to its folder.
    pub fn read(path: &Path) -> Result<Settings, BadSettings> {
        let bad = |why: String| BadSettings { path: path.to_owned(), why };
        let text = std::fs::read_to_string(path).map_err(|error| bad(error.to_string()))?;
        if let Some(place) = unfilled(&text) {
            return Err(bad(format!("`{place}` is not filled in yet")));
        }
        let mut settings: Settings =
            toml::from_str(&text).map_err(|error| bad(error.to_string()))?;
        let folder = path.parent().unwrap_or(Path::new("."));
        settings.data = folder.join(&settings.data);
        if let Some(tls) = &mut settings.tls {
            (tls.certificate, tls.key) = (folder.join(&tls.certificate), folder.join(&tls.key));
        }
        settings.upstream.key_file = settings.upstream.key_file.map(|file| folder.join(file));
        if let Some(policy) = &mut settings.policy {
            policy.key_file = policy.key_file.take().map(|file| folder.join(file));
        }
        for kept in &mut settings.escrow {
            kept.consent = folder.join(&kept.consent);
            let fault = |fault| bad(format!("escrow.signer: {fault}"));
            kept.signer.parse::<VerifyingKey>().map_err(fault)?;
        }
        for (name, key) in
            [("developer", &settings.window.developer), ("issuer", &settings.window.issuer)]
        {
            let fault = |fault| bad(format!("window.{name}: {fault}"));
            key.parse::<VerifyingKey>().map_err(fault)?;
        }
        if settings.quota.iter().any(|quota| quota.person.is_some() && quota.party.is_some()) {
            return Err(bad("a quota is of a person or of a party, not of both".into()));
        }
        if let Some(model) = settings.unpriced() {
            return Err(bad(format!("money is limited, and `prices` does not name `{model}`")));
        }
        Ok(settings)
    }

    /// A model that nobody gave a price, where somebody's money is limited.
    fn unpriced(&self) -> Option<&str> {
        let ceiling = self.follow.quota.and_then(|ceiling| ceiling.money);
        let is_limited = ceiling.is_some() || self.quota.iter().any(|it| it.money.is_some());
        let unpriced = |model: &&String| is_limited && !self.prices.contains_key(*model);
        self.scope.models.keys().find(unpriced).map(String::as_str)
    }

    /// How callers write its address.
    pub fn own_address(&self, listen: SocketAddr) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let address = self.address.clone().unwrap_or_else(|| format!("{scheme}://{listen}"));
        address.trim_end_matches('/').to_owned()
    }
}

impl Quota {
    /// Whose it is.
    pub fn holder(&self, window: WindowId) -> Holder {
        match (self.person, self.party) {
            (Some(person), _) => Holder::Person(person),
            (None, Some(party)) => Holder::Party(party),
            (None, None) => Holder::Window(window),
        }
    }

    /// How much it is.
    pub fn limit(&self) -> Limit {
        let whole = whole([self.requests, self.tokens_in, self.tokens_out], self.money);
        Limit { whole, concurrent: self.concurrent }
    }
}

impl Follow {
    /// The most that a quota which follows can be, where any may.
    pub fn ceiling(&self) -> Option<Limit> {
        let ceiling = self.quota.as_ref()?;
        let whole = whole([ceiling.requests, ceiling.tokens_in, ceiling.tokens_out], ceiling.money);
        Some(Limit { whole, concurrent: ceiling.concurrent })
    }
}

fn whole([requests, tokens_in, tokens_out]: [u64; 3], money: Option<Money>) -> Amount {
    let cost_micros = money.map_or(u64::MAX, |money| money.micros);
    Amount { requests, tokens_in, tokens_out, cost_micros }
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8090))
}

fn default_escrow_bytes() -> u64 {
    FILE_BYTES_MAX
}

fn default_seconds() -> u64 {
    600
}

fn default_policy_time() -> u64 {
    1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_filled_in_is_named() {
        fn check(text: &str, expected: Option<&str>) {
            assert_eq!(unfilled(text).as_deref(), expected, "{text}");
        }
        check("[upstream]\naddress = \"https://p.example\"", None);
        check("[upstream]\naddress = \"FILL IN: https://p.example\"", Some("upstream.address"));
        check("[scope.models]\n\"FILL IN: a name\" = \"x\"", Some("scope.models"));
        check("[scope.models]\nearly = \"FILL IN\"", Some("scope.models.early"));
        check("[[quota]]\nparty = \"FILL IN\"", Some("quota.party"));
        check("[scope]\nendpoints = [\"FILL IN: chat\"]", Some("scope.endpoints"));
        check("a = 1 # FILL IN", None);
        check("not toml", None);
    }
}
