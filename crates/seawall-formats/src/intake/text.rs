//! Small readings of free text that several shapes share.

use seawall_domain::claim::{AttachmentKind, Claim, Cwe, Location, Tooling};

/// The longest title that is made or taken, in characters.
pub(crate) const TITLE_LEN_MAX: usize = 200;

/// A claim that claims nothing yet.
pub(crate) fn empty_claim() -> Claim {
    Claim {
        package: None,
        versions: Vec::new(),
        title: String::new(),
        description: String::new(),
        weakness: None,
        location: Location::default(),
        severity: None,
        tooling: Tooling::default(),
        upstream_ids: Vec::new(),
        references: Vec::new(),
        attachments: Vec::new(),
    }
}

/// The text without white space around it, unless nothing is left.
pub(crate) fn some(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The first line of a text, bounded, control characters made blanks.
pub(crate) fn one_line(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or_default();
    let line: String =
        line.chars().take(TITLE_LEN_MAX).map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.trim().to_owned()
}

/// The longest text of a claim but its description, in characters; TAP's longest field has 1024.
const TEXT_LEN_MAX: usize = 1024;

/// Makes every text of a claim but its description one bounded line.
pub(crate) fn to_lines(claim: &mut Claim) {
    let line = |text: &mut String| {
        if text.len() > TEXT_LEN_MAX || text.chars().any(char::is_control) {
            let plain = text.chars().take(TEXT_LEN_MAX);
            *text = plain.map(|c| if c.is_control() { ' ' } else { c }).collect();
        }
    };
    line(&mut claim.title);
    let single = [
        &mut claim.location.file,
        &mut claim.location.function,
        &mut claim.severity,
        &mut claim.tooling.tool,
        &mut claim.tooling.method,
        &mut claim.tooling.contact,
    ];
    single.into_iter().flatten().for_each(line);
    claim.versions.iter_mut().for_each(|version| line(&mut version.0));
    claim.upstream_ids.iter_mut().for_each(line);
    claim.references.iter_mut().for_each(line);
}

/// The first weakness class that a text names: `cwe`, maybe one of `-/ _:`, one to five digits.
pub(crate) fn cwe(text: &str) -> Option<Cwe> {
    let lower = text.to_ascii_lowercase();
    let mut rest = lower.as_str();
    while let Some(at) = rest.find("cwe") {
        rest = rest.get(at + 3..)?;
        let tail = rest.strip_prefix(['-', '/', ' ', '_', ':']).unwrap_or(rest);
        let digits: String = tail.chars().take_while(char::is_ascii_digit).collect();
        if (1..=5).contains(&digits.len())
            && let Ok(number @ 1..) = digits.parse()
        {
            return Some(Cwe(number));
        }
    }
    None
}

/// A CVSS vector, if the text is one (`CVSS:4.0/…`, or version 2's bare form); a word like
/// "High" is no vector and is not taken, because nothing may be computed from it.
pub(crate) fn cvss(text: &str) -> Option<String> {
    let text = text.trim();
    let plain = text.len() <= 512
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b":/._-".contains(&b));
    let vector = text.starts_with("CVSS:") || text.starts_with("AV:");
    (plain && vector && text.contains('/')).then(|| text.to_owned())
}

/// `path:line:column` taken apart; leading `./` goes, digits after `:` become the line.
pub(crate) fn place(text: &str) -> (Option<String>, Option<u32>) {
    let mut path = text.trim();
    let mut line = None;
    while let Some((head, tail)) = path.rsplit_once(':') {
        let first = tail.split('-').next().unwrap_or_default();
        let range = tail.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        if first.is_empty() || !range {
            break;
        }
        line = first.parse().ok().filter(|line| *line > 0);
        path = head;
    }
    while let Some(shorter) = path.strip_prefix("./") {
        path = shorter;
    }
    (some(path), line)
}

/// A function's name without the arguments and blanks that finders add.
pub(crate) fn function(text: &str) -> Option<String> {
    some(text.split('(').next().unwrap_or_default())
}

/// Whether the text can be a mail address: exactly one `@`, a name and a dotted host, no blanks.
pub(crate) fn is_mail_address(text: &str) -> bool {
    let Some((local, host)) = text.split_once('@') else {
        return false;
    };
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>()[]\\,;:\"@".contains(c);
    let labels_fine = host.split('.').all(|label| {
        let edge = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        edge(label.chars().next()) && edge(label.chars().last())
    });
    (1..=64).contains(&local.len())
        && host.len() <= 255
        && local.chars().all(plain)
        && host.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '.')
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && host.contains('.')
        && labels_fine
}

/// What a file is for, told by its name.
pub(crate) fn kind_by_name(name: &str) -> AttachmentKind {
    let name = name.to_ascii_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    if name.contains("recipe") && ends(&[".toml", ".toml.txt"]) {
        AttachmentKind::Reproducer
    } else if ends(&[".patch", ".diff"]) {
        AttachmentKind::Patch
    } else if name.contains("threat-model") || name.contains("threat_model") {
        AttachmentKind::ThreatModel
    } else if ends(&[".md", ".txt", ".log"]) {
        AttachmentKind::Other
    } else {
        AttachmentKind::ExploitProofOfConcept
    }
}

/// The media type of a text file, told by its name.
pub(crate) fn media_by_name(name: &str) -> &'static str {
    let name = name.to_ascii_lowercase();
    if name.ends_with(".md") {
        "text/markdown"
    } else if name.ends_with(".json") {
        "application/json"
    } else {
        "text/plain"
    }
}

/// Whether a text can name a downloaded file: a name, not a path, nothing invisible in it.
pub(crate) fn is_file_name(name: &str) -> bool {
    let bad = |c: char| c == '/' || c == '\\' || c.is_control() || is_invisible(c);
    (1..=255).contains(&name.len())
        && name != "."
        && name != ".."
        && !name.trim().is_empty()
        && !name.chars().any(bad)
}

/// Whether a character is an invisible formatting character (Unicode general category Cf).
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(u32::from(c),
        0xAD | 0x600..=0x605 | 0x61C | 0x6DD | 0x70F | 0x890..=0x891 | 0x8E2 | 0x180E
        | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x2064 | 0x2066..=0x206F | 0xFEFF
        | 0xFFF9..=0xFFFB | 0x110BD | 0x110CD | 0x13430..=0x1343F | 0x1BCA0..=0x1BCA3
        | 0x1D173..=0x1D17A | 0xE0001 | 0xE0020..=0xE007F)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_weakness_class() {
        for (text, expected) in [
            ("CWE-79", Some(79)),
            ("external/cwe/cwe-022", Some(22)),
            ("cwe 1321: prototype pollution", Some(1321)),
            ("CWE787", Some(787)),
            ("cwe-x, CWE-20", Some(20)),
            ("cwe-1234567", None),
            ("cwe-0", None),
            ("cwé-1", None),
            ("", None),
        ] {
            assert_eq!(cwe(text), expected.map(Cwe), "{text}");
        }
    }

    #[test]
    fn takes_places_apart() {
        for (text, file, line) in [
            ("./src/a.c:42:7", Some("src/a.c"), Some(42)),
            ("src/a.c", Some("src/a.c"), None),
            ("a.c:10-20", Some("a.c"), Some(10)),
            ("C:x", Some("C:x"), None),
            (" ", None, None),
            ("a:0", Some("a"), None),
            ("a:99999999999", Some("a"), None),
        ] {
            assert_eq!(place(text), (file.map(str::to_owned), line), "{text}");
        }
    }

    #[test]
    fn knows_addresses_vectors_and_file_names() {
        for (text, expected) in [
            ("a@b.invalid", true),
            ("a.b+c@x-y.example.invalid", true),
            ("a@b", false),
            ("a@@b.invalid", false),
            ("a b@c.invalid", false),
            ("@b.invalid", false),
            ("a@.invalid", false),
            ("a@b.invalid\r\nBcc: x@y.invalid", false),
        ] {
            assert_eq!(is_mail_address(text), expected, "{text}");
        }
        assert!(cvss("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H").is_some());
        assert!(cvss("High").is_none() && cvss("CVSS:3.1/<b>").is_none());
        for (name, expected) in [
            ("poc.py", true),
            ("..", false),
            ("a/b", false),
            (r"a\b", false),
            ("a\u{202e}b", false),
            ("", false),
            ("  ", false),
            ("…", true),
        ] {
            assert_eq!(is_file_name(name), expected, "{name}");
        }
    }
}
