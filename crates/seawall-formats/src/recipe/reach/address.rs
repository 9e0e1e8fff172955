//! Addresses in texts, and whether they lie outside: neither this machine's own loopback nor
//! reserved for documentation (RFC 2606, RFC 3849, RFC 5737, RFC 6761, RFC 9637).

// Addresses are values; the sockets that formats forbid are elsewhere.
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where an address lies.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Side {
    /// This machine, as a sandbox has one of its own.
    Loopback,
    /// Nowhere: reserved for documentation and tests.
    Reserved,
    /// Somewhere else.
    Outside,
}

/// An address that a text names.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Address<'a> {
    /// As written.
    pub text: &'a str,
    pub side: Side,
    /// The byte of the text at which it begins.
    pub start: usize,
}

/// Schemes that name nothing on a network.
const LOCAL_SCHEMES: [&str; 10] =
    ["file", "jar", "unix", "data", "about", "blob", "classpath", "res", "chrome", "phar"];
/// Ends of file names that are also the names of countries.
const SOURCE_ENDS: [&str; 12] =
    ["py", "rs", "pl", "sh", "md", "js", "ts", "so", "cc", "ps", "java", "json"];

/// Every address in a text: `scheme://host`, `host:port`, IP addresses, `localhost`.
pub(super) fn addresses(text: &str) -> Vec<Address<'_>> {
    let mut found: Vec<Address<'_>> = Vec::new();
    for (middle, _) in text.match_indices("://") {
        found.extend(with_scheme(text, middle));
    }
    let ranges = urls(text);
    let mut next = 0;
    for (start, token) in tokens(text) {
        while ranges.get(next).is_some_and(|(_, end)| *end <= start) {
            next += 1;
        }
        if ranges.get(next).is_some_and(|(begin, _)| *begin <= start) {
            continue;
        }
        if let Some(side) = bare(token) {
            found.push(Address { text: token, side, start });
        }
    }
    found.sort_by_key(|address| address.start);
    found
}

/// The stretches of a text that are parts of a URL, in order.
fn urls(text: &str) -> Vec<(usize, usize)> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>');
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for (middle, _) in text.match_indices("://") {
        if ranges.last().is_some_and(|(_, end)| *end > middle) {
            continue;
        }
        let rest = text.get(middle..).unwrap_or_default();
        let end = rest.find(ends).map_or(text.len(), |end| middle + end);
        ranges.push((middle - scheme(text, middle).len(), end));
    }
    ranges
}

/// The scheme before `://` (RFC 3986, section 3.1).
fn scheme(text: &str, middle: usize) -> &str {
    let head = text.get(..middle).unwrap_or_default();
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let start = head.rfind(|c: char| !fits(c)).map_or(0, |at| {
        at + head.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
    });
    let word = head.get(start..).unwrap_or_default();
    word.trim_start_matches(|c: char| !c.is_ascii_alphabetic())
}

/// The address around `://`.
fn with_scheme(text: &str, middle: usize) -> Option<Address<'_>> {
    let scheme = scheme(text, middle);
    if scheme.is_empty() || LOCAL_SCHEMES.contains(&scheme.to_ascii_lowercase().as_str()) {
        return None;
    }
    let (start, after) = (middle - scheme.len(), middle + 3);
    let rest = text.get(after..)?;
    let stops = |c: char| c.is_whitespace() || "/?#\\\"'`<>(),;|{}$%".contains(c);
    let length = rest.find(stops).unwrap_or(rest.len());
    let authority = rest.get(..length)?;
    // What goes on with a variable is no name yet.
    let goes_on = rest.get(length..)?.starts_with(['$', '%', '{']);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let host = match host.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or(six),
        None => host.split(':').next().unwrap_or(host),
    };
    let side = if goes_on { None } else { side(host) }?;
    Some(Address { text: text.get(start..after + length)?, side, start })
}

/// The longest words that can hold a host, an IP address and a port, with their first bytes.
fn tokens(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '-' | '[' | ']');
    text.split(move |c: char| !fits(c)).filter(|token| !token.is_empty()).map(|token| {
        let start = token.as_ptr() as usize - text.as_ptr() as usize;
        let inner = token.trim_end_matches(['.', ':', '-']);
        (start, inner)
    })
}

/// Where a word lies that has no scheme; `None` when it is no address.
fn bare(token: &str) -> Option<Side> {
    if token.eq_ignore_ascii_case("localhost") {
        return Some(Side::Loopback);
    }
    if let Some(ip) = six(token) {
        return Some(of_ip(ip));
    }
    let (host, port) = match token.rsplit_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (token, None),
    };
    let is_port = |port: &str| {
        (1..=5).contains(&port.len())
            && port.parse::<u16>().is_ok_and(|port| port > 0)
            && port.bytes().all(|b| b.is_ascii_digit())
    };
    if port.is_some_and(|port| !is_port(port)) {
        return None;
    }
    if let Some(ip) = six(host) {
        return Some(of_ip(ip));
    }
    if let Ok(ip) = host.parse::<Ipv4Addr>() {
        return Some(of_ip(IpAddr::V4(ip)));
    }
    port?;
    if host.eq_ignore_ascii_case("localhost") {
        return Some(Side::Loopback);
    }
    let (_, end) = host.rsplit_once('.')?;
    let is_domain = end.len() >= 2
        && end.bytes().all(|b| b.is_ascii_alphabetic())
        && !SOURCE_ENDS.contains(&end.to_ascii_lowercase().as_str());
    if is_domain { side(host) } else { None }
}

/// An IPv6 address that is surely meant as one; `a::b` may be a path in a program.
fn six(text: &str) -> Option<IpAddr> {
    let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let ip: Ipv6Addr = inner.parse().ok()?;
    let plain = inner.bytes().any(|b| b.is_ascii_digit())
        && (inner.split(':').any(|group| group.len() >= 3) || inner.len() < text.len());
    (plain || ip.is_loopback()).then_some(IpAddr::V6(ip))
}

/// Where a host lies; `None` when it is not the name of one.
pub(super) fn side(host: &str) -> Option<Side> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    if let Ok(ip) = host.parse::<Ipv6Addr>() {
        return Some(of_ip(IpAddr::V6(ip)));
    }
    let fits = |label: &str| {
        !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    };
    if !host.split('.').all(fits) {
        return None;
    }
    if let Some(ip) = four(&host) {
        return Some(of_ip(IpAddr::V4(ip)));
    }
    let labels: Vec<&str> = host.rsplit('.').collect();
    Some(match labels.as_slice() {
        ["localhost", ..] => Side::Loopback,
        ["test" | "example" | "invalid", ..] | ["com" | "net" | "org", "example", ..] => {
            Side::Reserved
        }
        _ => Side::Outside,
    })
}

/// An IPv4 address in any of the ways in which programs read one: `127.1`, `0x7f000001`.
fn four(host: &str) -> Option<Ipv4Addr> {
    let number = |part: &str| match part.strip_prefix("0x") {
        Some("") => Some(0),
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None if part.len() > 1 && part.starts_with('0') => u32::from_str_radix(part, 8).ok(),
        None => part.parse().ok(),
    };
    let parts: Vec<u32> = host.split('.').map(number).collect::<Option<_>>()?;
    let (last, leading) = parts.split_last()?;
    if leading.len() > 3 || leading.iter().any(|part| *part > 255) {
        return None;
    }
    let room = 8 * (4 - u32::try_from(leading.len()).ok()?);
    if u64::from(*last) >= 1 << room {
        return None;
    }
    let high = leading.iter().zip([24, 16, 8]).fold(0, |sum, (part, by)| sum | (part << by));
    Some(Ipv4Addr::from(high | last))
}

fn of_ip(ip: IpAddr) -> Side {
    match ip {
        IpAddr::V4(ip) if ip.is_loopback() || ip.is_unspecified() => Side::Loopback,
        IpAddr::V4(ip) if ip.is_documentation() => Side::Reserved,
        IpAddr::V4(_) => Side::Outside,
        IpAddr::V6(ip) => match (ip.to_ipv4_mapped(), ip.segments()) {
            (Some(ip), _) => of_ip(IpAddr::V4(ip)),
            _ if ip.is_loopback() || ip.is_unspecified() => Side::Loopback,
            (None, [0x2001, 0xdb8, ..] | [0x3fff, 0..=0x0fff, ..]) => Side::Reserved,
            (None, _) => Side::Outside,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Expects the addresses of a text, each with `l`, `r` or `o` before it.
    fn check(text: &str, expected: &str) {
        let found: Vec<String> = addresses(text)
            .iter()
            .map(|address| {
                let side = match address.side {
                    Side::Loopback => "l",
                    Side::Reserved => "r",
                    Side::Outside => "o",
                };
                format!("{side} {}", address.text)
            })
            .collect();
        assert_eq!(found.join(", "), expected, "{text}");
    }

    #[test]
    fn each_way_of_writing_an_address_is_known() {
        for (text, expected) in [
            ("http://evil.co/a?b", "o http://evil.co"),
            ("x http://127.0.0.1:80/ http://[::1]:8/", "l http://127.0.0.1:80, l http://[::1]:8"),
            ("http://a@127.0.0.1@evil.co/", "o http://a@127.0.0.1@evil.co"),
            ("http://127.0.0.1\\@evil.co", "l http://127.0.0.1"),
            (
                "http://2130706433/ http://0x7f.1/ http://0177.1/",
                "l http://2130706433, \
              l http://0x7f.1, l http://0177.1",
            ),
            ("http://169.254.169.254/latest", "o http://169.254.169.254"),
            ("ftp://10.0.0.1 ldap://db/x", "o ftp://10.0.0.1, o ldap://db"),
            (
                "http://a.test https://www.example.com/x y://b.invalid",
                "r http://a.test, \
              r https://www.example.com, r y://b.invalid",
            ),
            (
                "http://[2001:db8::1]/ http://192.0.2.7 203.0.113.9",
                "r http://[2001:db8::1], \
              r http://192.0.2.7, r 203.0.113.9",
            ),
            ("http://[::ffff:8.8.8.8]/", "o http://[::ffff:8.8.8.8]"),
            ("file:///etc/passwd jar://x unix://y", ""),
            ("http:// http://${host}/ http://%s/ \"http://\" + a", ""),
            ("http://api.${x}/ http://{}/", ""),
            ("evil.co:443 localhost:80 localhost", "o evil.co:443, l localhost:80, l localhost"),
            ("probe.c:12 main.rs:10 a.py:3 a:80 12:30:45 sha256:12", ""),
            ("8.8.8.8 8.8.8.8:53 1.2.3 1.2.3.4.5 300.1.1.1", "o 8.8.8.8, o 8.8.8.8:53"),
            ("std::fs a::b fe80::1 ::1 [::]:80", "o fe80::1, l ::1"),
            ("0.0.0.0:8080 127.0.0.53", "l 0.0.0.0:8080, l 127.0.0.53"),
            ("http://127.0.0.1/?to=http://evil.co", "l http://127.0.0.1, o http://evil.co"),
            ("git+ssh://x@evil.co:22/a", "o git+ssh://x@evil.co:22"),
            ("http://bücher.de/", "o http://bücher.de"),
            ("http://evil.co.", "o http://evil.co."),
            ("-Wl,http://evil.co:1", "o http://evil.co:1"),
        ] {
            check(text, expected);
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "(://|http|[a-z0-9.:\\[\\]@%$é /\"-]){0,40}") {
            for address in addresses(&text) {
                prop_assert!(text.get(address.start..).unwrap().starts_with(address.text));
            }
        }
    }
}
