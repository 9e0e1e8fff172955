//! Which names and versions a client can take without taking them for anything else.

use super::Client;

/// Whether a word can be a file name and an argument without being anything else.
pub(crate) fn is_plain(word: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '!');
    (1..=64).contains(&word.len())
        && word.chars().all(fits)
        && !word.starts_with(['-', '.', '!', '+'])
}

/// Words joined by a character, each made of these characters and none of them special.
fn is_joined(text: &str, joint: char, bytes_max: usize) -> bool {
    text.len() <= bytes_max && text.split(joint).all(is_plain)
}

pub(super) fn is_name(client: Client, name: &str) -> bool {
    match client {
        Client::Npm => match name.strip_prefix('@').and_then(|rest| rest.split_once('/')) {
            Some((scope, name)) => is_plain(scope) && is_plain(name),
            None => is_plain(name),
        },
        Client::Pip | Client::Cargo | Client::Folder | Client::Apt => is_plain(name),
        Client::Maven => name.matches(':').count() == 1 && is_joined(name, ':', 128),
        Client::Go => is_joined(&name.replace('~', "_"), '/', 256),
        Client::Git => repository(name).is_some(),
        Client::Image => is_place(name),
    }
}

pub(super) fn is_version(client: Client, version: &str) -> bool {
    match client {
        Client::Pip | Client::Npm | Client::Cargo | Client::Folder | Client::Maven | Client::Go => {
            is_plain(version)
        }
        // Debian policy, section 5.6.12.
        Client::Apt => is_plain(&version.replace(['~', ':'], ".")),
        Client::Git => is_joined(&version.replace('@', "_"), '/', 128) && !version.contains(".."),
        Client::Image => {
            let tag = version.strip_prefix("sha256:").unwrap_or(version);
            let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
            (1..=128).contains(&tag.len()) && tag.chars().all(fits) && !tag.starts_with(['.', '-'])
        }
    }
}

/// An absolute path of this host, with nothing in it that could be taken for more.
fn is_place(name: &str) -> bool {
    name.starts_with('/') && (2..=512).contains(&name.len()) && !name.contains(char::is_control)
}

/// Whether a name leads to a file of this host.
pub(super) fn is_host_path(client: Client, name: &str) -> bool {
    match client {
        Client::Image => true,
        Client::Git => matches!(repository(name), Some(Repository::Place(_))),
        Client::Pip
        | Client::Npm
        | Client::Cargo
        | Client::Folder
        | Client::Apt
        | Client::Maven
        | Client::Go => false,
    }
}

/// Where a repository is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Repository {
    /// A folder of this host.
    Place(String),
    /// An address by HTTPS.
    Address(String),
}

/// Reads the address of a repository: a URL by HTTPS, also without its scheme, as the OSV schema's
/// `GIT` writes it; a path; or a URL of a file. Nothing else: no other transport, no user, no
/// option.
pub(crate) fn repository(name: &str) -> Option<Repository> {
    let place = name.strip_prefix("file://").unwrap_or(name);
    if place.starts_with('/') {
        return is_place(place).then(|| Repository::Place(place.to_owned()));
    }
    let rest = name.strip_prefix("https://").unwrap_or(name);
    let (host, path) = rest.split_once('/')?;
    let (host, port) = host.split_once(':').unwrap_or((host, "443"));
    let label = |label: &str| {
        let fits = label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        (1..=63).contains(&label.len()) && fits && !label.starts_with('-')
    };
    let fits = |c: char| c.is_ascii_alphanumeric() || "._~/-+%@".contains(c);
    let good = host.split('.').all(label)
        && port.len() <= 5
        && port.chars().all(|c| c.is_ascii_digit())
        && !path.is_empty()
        && path.chars().all(fits)
        && !path.split('/').any(|part| part == "..")
        && name.len() <= 512
        && (name != rest || host.contains('.'));
    good.then(|| Repository::Address(format!("https://{rest}")))
}

/// Whether a repository is one that anybody may name: a host with a public name, by the usual
/// port. That the name leads to a public host cannot be seen from it.
pub(super) fn is_public(name: &str) -> bool {
    let Some(Repository::Address(address)) = repository(name) else {
        return false;
    };
    let rest = address.strip_prefix("https://").unwrap_or_default();
    let host = rest.split('/').next().unwrap_or_default();
    const INNER: [&str; 8] =
        ["localhost", "local", "internal", "intranet", "lan", "home", "corp", "localdomain"];
    match host.rsplit_once('.') {
        Some((_, last)) => last.chars().all(|c| c.is_ascii_alphabetic()) && !INNER.contains(&last),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_never_an_option_a_path_or_a_tag_of_a_shell() {
        for (word, plain) in [
            ("1.2.3", true),
            ("2.0.0-rc.1+x", true),
            ("1!2.0", true),
            ("", false),
            ("..", false),
            ("-rf", false),
            ("a/b", false),
            ("a b", false),
            ("a;b", false),
            ("a\nb", false),
            ("é", false),
            (&"a".repeat(65), false),
        ] {
            assert_eq!(is_plain(word), plain, "{word}");
        }
    }

    #[test]
    fn every_client_has_names_of_its_own() {
        for (client, name, expected) in [
            (Client::Npm, "@a/b", true),
            (Client::Npm, "@a/../b", false),
            (Client::Pip, "@a/b", false),
            (Client::Maven, "org.a:b-c", true),
            (Client::Maven, "b-c", false),
            (Client::Maven, "a:b:c", false),
            (Client::Maven, "a:../b", false),
            (Client::Go, "example.invalid/a/b/v2", true),
            (Client::Go, "example.invalid/../b", false),
            (Client::Go, "-x/b", false),
            (Client::Git, "https://git.example.invalid/a/b.git", true),
            (Client::Git, "git.example.invalid/a/b", true),
            (Client::Git, "/srv/git/a", true),
            (Client::Git, "file:///srv/git/a", true),
            (Client::Git, "file://host/a", false),
            (Client::Git, "http://git.example.invalid/a", false),
            (Client::Git, "ssh://git.example.invalid/a", false),
            (Client::Git, "git@git.example.invalid:a/b", false),
            (Client::Git, "ext::sh -c id", false),
            (Client::Git, "--upload-pack=id", false),
            (Client::Git, "https://user:word@git.example.invalid/a", false),
            (Client::Git, "https://git.example.invalid/a b", false),
            (Client::Git, "https://git.example.invalid/a\nb", false),
            (Client::Git, "https://-x.example.invalid/a", false),
            (Client::Git, "https://git.example.invalid/../a", false),
            (Client::Git, "localhost/a", false),
            (Client::Git, "a", false),
            (Client::Image, "/srv/image.tar", true),
            (Client::Image, "image.tar", false),
            (Client::Image, "/srv/a\nb", false),
        ] {
            assert_eq!(is_name(client, name), expected, "{client:?} {name}");
        }
    }

    #[test]
    fn every_client_has_versions_of_its_own() {
        let digest = format!("sha256:{}", "a".repeat(64));
        for (client, version, expected) in [
            (Client::Apt, "1:2.3~rc1-4+b1", true),
            (Client::Apt, "-1", false),
            (Client::Pip, "1:2", false),
            (Client::Git, "v1.0", true),
            (Client::Git, "release/1.0", true),
            (Client::Git, "pkg@1.0.0", true),
            (Client::Git, "a..b", false),
            (Client::Git, "-x", false),
            (Client::Git, "a/-x", false),
            (Client::Git, "HEAD^{tree}", false),
            (Client::Go, "v0.0.0-20200101000000-abcdefabcdef", true),
            (Client::Image, "latest", true),
            (Client::Image, digest.as_str(), true),
            (Client::Image, "../x", false),
        ] {
            assert_eq!(is_version(client, version), expected, "{client:?} {version}");
        }
    }

    #[test]
    fn a_stranger_names_public_hosts_only() {
        for (name, expected) in [
            ("https://git.example.com/a", true),
            ("git.example.com/a", true),
            ("https://git.example.com:8443/a", false),
            ("https://127.0.0.1/a", false),
            ("https://localhost/a", false),
            ("https://db.internal/a", false),
            ("https://printer/a", false),
            ("/srv/git/a", false),
        ] {
            assert_eq!(is_public(name), expected, "{name}");
        }
    }
}
