//! Where a source is, as the operator writes it: `kind:address#more`.

use anyhow::{Context, bail, ensure};
use reqwest::Url;
use seawall_formats::fault::quote;
use seawall_formats::feed::Shape;
use std::fmt;
use std::str::FromStr;

/// The longest address that is taken, in bytes.
const ADDRESS_BYTES_MAX: usize = 1_000;

/// What a source gives, and how it is asked for it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Kind {
    /// An OSV dump: `all.zip`, `modified_id.csv` and single records.
    Osv,
    /// The catalogue of known exploited vulnerabilities, one file.
    Kev,
    /// Exploit prediction scores, one file.
    Epss,
    /// A CSAF provider: metadata, feeds or folders, single documents.
    Csaf,
    /// The CVE list, one archive or file of JSON lines.
    Cve,
}

impl Kind {
    const ALL: [Kind; 5] = [Kind::Osv, Kind::Kev, Kind::Epss, Kind::Csaf, Kind::Cve];

    /// How it is written before the colon.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Osv => "osv",
            Kind::Kev => "kev",
            Kind::Epss => "epss",
            Kind::Csaf => "csaf",
            Kind::Cve => "cve",
        }
    }

    /// Whether a document of this format is what the source is asked for.
    pub fn is_of(self, shape: Shape) -> bool {
        match shape {
            Shape::Osv => self == Kind::Osv,
            Shape::Csaf => self == Kind::Csaf,
            Shape::Cve => self == Kind::Cve,
            Shape::Kev | Shape::KevTable => self == Kind::Kev,
            Shape::Epss => self == Kind::Epss,
            Shape::OpenVex | Shape::CycloneDx => false,
        }
    }
}

/// A source that can be followed.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Source {
    kind: Kind,
    /// Where it is; of a CSAF provider named by its domain, that domain's root.
    url: Url,
    /// The domain of a CSAF provider that is named by it alone.
    domain: Option<String>,
    /// The ecosystem of an OSV dump.
    ecosystem: Option<String>,
    /// Further hosts that may be asked.
    hosts: Vec<String>,
}

impl Source {
    /// What it gives.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Where it is.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The domain of a CSAF provider that is named by it alone, with its port if it has one.
    pub fn domain(&self) -> Option<&str> {
        self.domain.as_deref()
    }

    /// The address of something of an OSV dump: below the folder of its ecosystem, unless the
    /// dump is of all of them.
    pub fn below(&self, ecosystem: Option<&str>, name: &str) -> anyhow::Result<Url> {
        let mut url = self.url.clone();
        let mut segments =
            url.path_segments_mut().map_err(|()| anyhow::anyhow!("it has no path"))?;
        segments.pop_if_empty();
        segments.extend(self.ecosystem.as_deref().or(ecosystem));
        segments.push(name);
        drop(segments);
        Ok(url)
    }

    /// Whether this address may be asked: on the host that the operator named or below it, or on
    /// one that was named besides, and never in the clear where the source is not.
    pub fn may_ask(&self, url: &Url) -> anyhow::Result<()> {
        let Some(host) = url.host_str() else { bail!("an address without a host") };
        ensure!(
            url.scheme() == "https" || url.scheme() == "http" && self.url.scheme() == "http",
            "{} would be asked without TLS, and the source is named with it",
            quote(url.as_str())
        );
        let named = self.url.host_str().into_iter().chain(self.hosts.iter().map(String::as_str));
        let is_named = |named: &str| {
            host == named || host.strip_suffix(named).is_some_and(|start| start.ends_with('.'))
        };
        ensure!(
            named.into_iter().any(is_named),
            "it leads to {}, which was not named; if that is right, name it: {}",
            quote(host),
            quote(&self.with_host(host)),
        );
        Ok(())
    }

    fn with_host(&self, host: &str) -> String {
        let mut wider = self.clone();
        wider.hosts.push(host.to_owned());
        wider.to_string()
    }
}

impl FromStr for Source {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Source> {
        let shown = quote(text);
        ensure!(text.len() <= ADDRESS_BYTES_MAX, "{shown} is over {ADDRESS_BYTES_MAX} bytes");
        let (word, rest) = text.split_once(':').unwrap_or((text, ""));
        let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.word() == word) else {
            bail!("{shown} is no source: write osv:URL#ECOSYSTEM, kev:, epss:, csaf: or cve:URL");
        };
        let (address, more) = match rest.split_once('#') {
            Some((address, more)) => (address, Some(more)),
            None => (rest, None),
        };
        let is_domain = kind == Kind::Csaf && !address.contains("://");
        let address = if is_domain { format!("https://{address}/") } else { address.to_owned() };
        let mut url =
            Url::parse(&address).with_context(|| format!("{shown} has no usable address"))?;
        if kind == Kind::Osv {
            let folder = url.path().trim_end_matches('/').to_owned();
            url.set_path(&folder);
        }
        ensure!(matches!(url.scheme(), "http" | "https"), "{shown} is neither http nor https");
        ensure!(url.host_str().is_some_and(|host| !host.is_empty()), "{shown} names no host");
        let is_bare = url.path() == "/" && url.query().is_none();
        ensure!(!is_domain || is_bare, "{shown} is neither a domain nor an address");
        ensure!(
            url.username().is_empty() && url.password().is_none(),
            "a source's address is shown and kept: write none that holds a password"
        );
        let (mut ecosystem, mut hosts) = (None, Vec::new());
        match (kind, more) {
            (_, None) => {}
            (Kind::Osv, Some(more)) => {
                let usable = !more.is_empty()
                    && !matches!(more, "." | "..")
                    && !more.contains(['/', '\\', '?', '#', '%'])
                    && !more.contains(char::is_control);
                ensure!(usable, "{} is no ecosystem", quote(more));
                ensure!(url.query().is_none(), "{shown} has a query; name the folder of the dump");
                ecosystem = Some(more.to_owned());
            }
            (Kind::Kev | Kind::Epss | Kind::Csaf | Kind::Cve, Some(more)) => {
                for host in more.split(',') {
                    let parsed = Url::parse(&format!("https://{host}/"));
                    let same = parsed.is_ok_and(|url| url.host_str() == Some(host));
                    ensure!(same, "{} is no host in lower case", quote(host));
                    hosts.push(host.to_owned());
                }
            }
        }
        let port = url.port().map_or(String::new(), |port| format!(":{port}"));
        let domain = url.host_str().filter(|_| is_domain).map(|host| format!("{host}{port}"));
        Ok(Source { kind, url, domain, ecosystem, hosts })
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.url.as_str();
        let address = match self.domain() {
            Some(domain) => domain,
            None if self.url.path() == "/" && self.url.query().is_none() => {
                whole.strip_suffix('/').unwrap_or(whole)
            }
            None => whole,
        };
        write!(f, "{}:{address}", self.kind.word())?;
        match (&self.ecosystem, self.hosts.as_slice()) {
            (Some(ecosystem), _) => write!(f, "#{ecosystem}"),
            (None, []) => Ok(()),
            (None, hosts) => write!(f, "#{}", hosts.join(",")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: &str) {
        let told = match text.parse::<Source>() {
            Ok(source) => source.to_string(),
            Err(error) => format!("{error:#}"),
        };
        assert!(told.contains(expected), "{text}: {told}");
    }

    #[test]
    fn sources_are_read_as_they_are_written() {
        for same in [
            "osv:https://dump.invalid/osv#PyPI",
            "osv:https://dump.invalid/osv",
            "osv:http://127.0.0.1:8000#Rocky Linux",
            "kev:https://kev.invalid/feed.json?x=1",
            "epss:https://epss.invalid/now.csv.gz#files.invalid,127.0.0.1",
            "csaf:vendor.invalid",
            "csaf:vendor.invalid:8443",
            "csaf:https://vendor.invalid/provider-metadata.json",
            "cve:https://cve.invalid/all.zip",
        ] {
            check(same, same);
        }
        check("osv:https://dump.invalid/#Go", "osv:https://dump.invalid#Go");
        check("https://dump.invalid", "is no source");
        check("osv", "no usable address");
        check("osv:ftp://dump.invalid", "neither http nor https");
        check("osv:file:///etc/passwd", "neither http nor https");
        check("osv:https://u:p@dump.invalid", "password");
        check("osv:https://dump.invalid#../x", "is no ecosystem");
        check("csaf:vendor.invalid/x", "neither a domain");
        check("csaf:vendor.invalid?", "neither a domain");
        check("kev:https://kev.invalid/#Upper.invalid", "is no host in lower case");
    }

    #[test]
    fn only_named_hosts_are_asked_and_never_less_safely() {
        fn check(source: &str, url: &str, expected: &str) {
            let source: Source = source.parse().unwrap();
            let told = source.may_ask(&url.parse().unwrap());
            let told = told.map_or_else(|error| error.to_string(), |()| "yes".to_owned());
            assert!(told.contains(expected), "{source} {url}: {told}");
        }
        check("csaf:a.invalid", "https://a.invalid/x", "yes");
        check("csaf:a.invalid", "https://docs.a.invalid/x", "yes");
        check("csaf:a.invalid", "https://ba.invalid/x", "name it: `csaf:a.invalid#ba.invalid`");
        check("csaf:a.invalid#b.invalid", "https://x.b.invalid/", "yes");
        check("csaf:a.invalid", "http://a.invalid/x", "without TLS");
        check("kev:http://a.invalid/x", "http://a.invalid/y", "yes");
        check("kev:http://a.invalid/x", "https://a.invalid/y", "yes");
        check("kev:http://127.0.0.1/x", "http://localhost/y", "was not named");
    }

    #[test]
    fn what_a_dump_holds_has_an_address_below_it() {
        fn check(source: &str, ecosystem: Option<&str>, name: &str, expected: &str) {
            let source: Source = source.parse().unwrap();
            assert_eq!(source.below(ecosystem, name).unwrap().as_str(), expected);
        }
        check("osv:https://d.invalid/o/#Go", None, "all.zip", "https://d.invalid/o/Go/all.zip");
        check("osv:https://d.invalid", None, "all.zip", "https://d.invalid/all.zip");
        check("osv:https://d.invalid", Some("[EMPTY]"), "A b", "https://d.invalid/[EMPTY]/A%20b");
        check("osv:https://d.invalid#Go", Some("X"), "a", "https://d.invalid/Go/a");
    }

    #[test]
    fn a_question_that_ends_in_a_slash_keeps_it() {
        check("osv:http://a.invalid/?/", "osv:http://a.invalid/?/");
        check("osv:http://a.invalid/", "osv:http://a.invalid");
    }

    proptest! {
        #[test]
        fn never_panics(text in r"(osv|kev|csaf|x)?:?(https?://)?[a-z0-9.:/#@?\[\]%, -]{0,40}") {
            if let Ok(source) = text.parse::<Source>() {
                prop_assert_eq!(source.to_string().parse::<Source>().unwrap(), source);
            }
        }
    }
}
