//! Texts of a certain form: dates, links, digests, languages and their kin.

use super::licences::LICENCES;
use jiff::Timestamp;
use jiff::civil::Date;

/// A form that a text may be asked to have.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Form {
    /// One line; only version 1.2 asks for it.
    Line,
    /// A serial number, `urn:uuid:…`.
    Serial,
    /// A serial number, or its digits in braces.
    SerialOrBraced,
    /// A type and a subtype with a slash between them.
    MediaType,
    /// 32, 40, 64, 96 or 128 hexadecimal digits.
    Digest,
    /// A language, perhaps with a country: `en-US`.
    Locale,
    /// A link to a document, `urn:cdx:…/1`.
    DocumentLink,
    /// A link to an element of a document, `urn:cdx:…/1#ref`.
    ElementLink,
    /// A number of the Common Requirements Enumeration.
    Cre,
    /// A country, two capital letters.
    Country,
    /// The number of a patent.
    PatentNumber,
    /// An instant of RFC 3339, section 5.6.
    DateTime,
    /// A day of RFC 3339, section 5.6.
    Date,
    /// An instant of XML Schema, whose zone may be left out.
    XmlDateTime,
    /// A day of XML Schema, which may have a zone.
    XmlDate,
    /// An address or a reference of RFC 3987.
    Iri,
    /// An address of RFC 3986 with a scheme.
    Uri,
    /// A mail address.
    Email,
    /// A CPE name of version 2.2 or 2.3.
    Cpe,
    /// An identifier of the SPDX License List.
    LicenceId,
}

impl Form {
    /// Whether a text of a document of this minor version has the form.
    pub(super) fn has(self, text: &str, minor: u8) -> bool {
        match self {
            Form::Line => minor > 2 || !text.contains(['\n', '\r', '\u{2028}', '\u{2029}']),
            Form::Serial => text.strip_prefix("urn:uuid:").is_some_and(is_uuid),
            Form::SerialOrBraced => {
                let braced = text.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
                text.strip_prefix("urn:uuid:").or(braced).is_some_and(is_uuid)
            }
            Form::MediaType => text.split_once('/').is_some_and(|(kind, rest)| {
                let named = |part: &str| {
                    let fits = |b: u8| b"-+.".contains(&b) || is_lower(b) || b.is_ascii_digit();
                    !part.is_empty() && part.bytes().all(fits)
                };
                named(kind) && named(rest)
            }),
            Form::Digest => {
                matches!(text.len(), 32 | 40 | 64 | 96 | 128)
                    && text.bytes().all(|byte| byte.is_ascii_hexdigit())
            }
            Form::Locale => match text.split_once('-') {
                None => is_two(text, is_lower),
                Some((language, country)) => {
                    is_two(language, is_lower) && is_two(country, is_upper)
                }
            },
            Form::DocumentLink => link(text) == Some(None),
            Form::ElementLink => link(text).flatten().is_some_and(|element| !element.is_empty()),
            Form::Cre => {
                let numbers = text.strip_prefix("CRE:").and_then(|text| text.split_once('-'));
                numbers.is_some_and(|(one, two)| is_number(one) && is_number(two))
            }
            Form::Country => is_two(text, is_upper),
            Form::PatentNumber => is_patent(text),
            Form::DateTime => is_instant(text) && has_zone(text),
            Form::Date => is_day(text),
            Form::XmlDateTime => is_instant(text),
            Form::XmlDate => is_day(text.get(..10).unwrap_or(text)) && is_zone_or_none(text, 10),
            Form::Iri => is_reference(text),
            Form::Uri => is_reference(text) && has_scheme(text) && text.is_ascii(),
            Form::Email => text.rsplit_once('@').is_some_and(|(local, host)| {
                let blank = |part: &str| part.is_empty() || part.contains(char::is_whitespace);
                !blank(local) && !blank(host)
            }),
            Form::Cpe => is_cpe(text),
            Form::LicenceId => LICENCES.binary_search(&text).is_ok(),
        }
    }

    /// The form in words, as it follows "it must be".
    pub(super) fn name(self) -> &'static str {
        match self {
            Form::Line => "one line of text",
            Form::Serial | Form::SerialOrBraced => "a serial number `urn:uuid:…` in lower case",
            Form::MediaType => "a media type such as `text/plain`",
            Form::Digest => "32, 40, 64, 96 or 128 hexadecimal digits",
            Form::Locale => "a language such as `en` or `en-US`",
            Form::DocumentLink => "a link `urn:cdx:…/1`",
            Form::ElementLink => "a link `urn:cdx:…/1#…`",
            Form::Cre => "a number `CRE:1-2`",
            Form::Country => "two capital letters",
            Form::PatentNumber => "the number of a patent",
            Form::DateTime => "an instant such as `2026-01-31T12:00:00Z`",
            Form::XmlDateTime => "an instant such as `2026-01-31T12:00:00`",
            Form::Date | Form::XmlDate => "a day such as `2026-01-31`",
            Form::Iri | Form::Uri => "an address",
            Form::Email => "a mail address",
            Form::Cpe => "a CPE name",
            Form::LicenceId => "an identifier of the SPDX License List",
        }
    }
}

fn is_lower(byte: u8) -> bool {
    byte.is_ascii_lowercase()
}

fn is_upper(byte: u8) -> bool {
    byte.is_ascii_uppercase()
}

fn is_two(text: &str, fits: fn(u8) -> bool) -> bool {
    text.len() == 2 && text.bytes().all(fits)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_uuid(text: &str) -> bool {
    let groups = text.split('-').map(str::len);
    groups.eq([8, 4, 4, 4, 12])
        && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-'))
}

/// The element that a link names, where the text is a link.
fn link(text: &str) -> Option<Option<&str>> {
    let (id, rest) = text.strip_prefix("urn:cdx:")?.split_once('/')?;
    let (version, element) = match rest.split_once('#') {
        Some((version, element)) => (version, Some(element)),
        None => (rest, None),
    };
    (is_uuid(id) && is_number(version) && !version.starts_with('0')).then_some(element)
}

/// Letters, digits and a few signs, at most thirty, the first and the last a letter or digit.
fn is_patent(text: &str) -> bool {
    let inner = |letter: char| letter.is_ascii_alphanumeric() || "-/.() \t\n\r".contains(letter);
    let edge = |letter: Option<char>| letter.is_some_and(|one| one.is_ascii_alphanumeric());
    (2..=30).contains(&text.len())
        && text.chars().all(inner)
        && edge(text.chars().next())
        && edge(text.chars().next_back())
}

/// `2026-01-31`, a day that the calendar has.
fn is_day(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
        && text.parse::<Date>().is_ok()
}

/// A day, `T`, a time of day with or without a fraction, and perhaps a zone.
fn is_instant(text: &str) -> bool {
    let (Some(day), Some(rest)) = (text.get(..10), text.get(10..)) else {
        return false;
    };
    let Some(rest) = rest.strip_prefix(['T', 't']) else {
        return false;
    };
    let shaped = rest.len() >= 8
        && rest.bytes().take(8).enumerate().all(|(at, byte)| match at {
            2 | 5 => byte == b':',
            _ => byte.is_ascii_digit(),
        });
    let after = rest.get(8..).unwrap_or_default();
    let fraction = after.strip_prefix('.').map(|digits| {
        digits.len() - digits.trim_start_matches(|letter: char| letter.is_ascii_digit()).len()
    });
    let zone = match fraction {
        Some(0) => return false,
        Some(digits) => 8 + 1 + digits,
        None => 8,
    };
    let time = rest.get(..8).unwrap_or_default();
    // A leap second is written `60`; whether there was one is not for us to say.
    let time = time.replace(":60", ":59");
    let midnight = time == "24:00:00";
    shaped
        && is_day(day)
        && (midnight || format!("{day}T{time}Z").parse::<Timestamp>().is_ok())
        && is_zone_or_none(rest, zone)
}

fn has_zone(text: &str) -> bool {
    let time = text.get(11..).unwrap_or_default();
    time.contains(['Z', 'z', '+', '-']) && !time.starts_with("24")
}

/// Whether what follows is nothing, `Z`, or an offset such as `+02:00`.
fn is_zone_or_none(text: &str, at: usize) -> bool {
    match text.get(at..) {
        Some("" | "Z" | "z") => true,
        Some(offset) => {
            let digits = offset.strip_prefix(['+', '-']).and_then(|rest| rest.split_once(':'));
            digits.is_some_and(|(hours, minutes)| {
                let within = |text: &str, most: u8| {
                    text.len() == 2 && is_number(text) && text.parse().is_ok_and(|n: u8| n <= most)
                };
                within(hours, 23) && within(minutes, 59)
            })
        }
        None => false,
    }
}

/// A reference of RFC 3987: no blanks, none of the signs it excludes, percent signs with digits.
fn is_reference(text: &str) -> bool {
    let excluded = |letter: char| {
        letter.is_control() || letter.is_whitespace() || "<>\"{}|\\^`".contains(letter)
    };
    let mut percents = text.split('%').skip(1);
    let signed = percents.all(|rest| {
        let digits = rest.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    });
    let first = text.split(['/', '?', '#']).next().unwrap_or_default();
    // A first segment with a colon is a scheme, or the text is no reference at all.
    let schemed = !first.contains(':') || has_scheme(text);
    !text.contains(excluded) && signed && schemed && text.matches('#').count() <= 1
}

fn has_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    })
}

/// A name of either binding of CPE (NIST IR 7695, sections 6.1 and 6.2).
fn is_cpe(text: &str) -> bool {
    if let Some(rest) = text.strip_prefix("cpe:2.3:") {
        let mut parts = vec![String::new()];
        let mut letters = rest.chars();
        while let Some(letter) = letters.next() {
            match (letter, parts.last_mut()) {
                (':', _) => parts.push(String::new()),
                ('\\', Some(part)) if letters.next().is_some() => part.push('q'),
                ('\\', _) => return false,
                (letter, Some(part)) => part.push(letter),
                (_, None) => return false,
            }
        }
        let plain = |part: &String| {
            let inner = part.trim_matches(['*', '?']);
            let fits = |letter: char| letter.is_ascii_alphanumeric() || "-._".contains(letter);
            matches!(part.as_str(), "*" | "-") || !inner.is_empty() && inner.chars().all(fits)
        };
        let kind = parts.first().is_some_and(|part| ["a", "h", "o", "*", "-"].contains(&&**part));
        return parts.len() == 11 && kind && parts.iter().all(plain);
    }
    let prefix = text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("cpe:/"));
    let rest = text.get(5..).unwrap_or_default();
    let (kind, rest) = rest.split_once(':').unwrap_or((rest, ""));
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "._-~%:".contains(letter);
    prefix
        && matches!(kind.to_ascii_lowercase().as_str(), "" | "a" | "h" | "o")
        && rest.chars().all(fits)
        && rest.split(':').count() <= 6
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(form: Form, good: &[&str], bad: &[&str]) {
        for text in good {
            assert!(form.has(text, 7), "{text} is {}", form.name());
        }
        for text in bad {
            assert!(!form.has(text, 7), "{text} is not {}", form.name());
        }
    }

    #[test]
    fn each_form_knows_its_own() {
        let id = "3e671687-395b-41f5-a30f-a58921a69b79";
        check(Form::Serial, &[&format!("urn:uuid:{id}")], &[id, "urn:uuid:3E671687", ""]);
        check(Form::SerialOrBraced, &[&format!("{{{id}}}")], &[&format!("{{{id}")]);
        check(Form::MediaType, &["text/plain", "a/b+c"], &["text", "Text/plain", "a/", "a/b/c"]);
        check(Form::Digest, &[&"a".repeat(40)], &[&"a".repeat(41), &"g".repeat(32), ""]);
        check(Form::Locale, &["en", "en-US"], &["EN", "en-us", "eng", "en-"]);
        check(Form::DocumentLink, &[&format!("urn:cdx:{id}/1")], &[&format!("urn:cdx:{id}/0")]);
        check(Form::ElementLink, &[&format!("urn:cdx:{id}/1#a")], &[&format!("urn:cdx:{id}/1#")]);
        check(Form::Cre, &["CRE:1-2"], &["CRE:1", "1-2"]);
        check(Form::Country, &["DE"], &["de", "DEU"]);
        check(Form::PatentNumber, &["US 7,1".replace(',', "/").as_str()], &["A", "-A", "A_B"]);
        let instants = ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00.5+02:00"];
        check(
            Form::DateTime,
            &instants,
            &[
                "2026-01-31T12:00:00",
                "2026-02-30T12:00:00Z",
                "2026-01-31",
                "x",
                "2026-01-31T25:00:00Z",
            ],
        );
        check(Form::XmlDateTime, &["2026-01-31T12:00:00"], &["2026-01-31", "2026-01-31T12:00"]);
        check(Form::Date, &["2026-01-31"], &["2026-02-30", "2026-1-1", "2026-01-31Z"]);
        check(Form::XmlDate, &["2026-01-31Z"], &["2026-02-30", "é"]);
        check(Form::Iri, &["", "a/b", "https://é.example/?a#b", "urn:x:y"], &["a b", "%zz", "1:2"]);
        check(Form::Uri, &["https://example.com"], &["a/b", "é:x"]);
        check(Form::Email, &["a@b", "é@ü.example"], &["a", "@b", "a@", "a b@c"]);
        check(
            Form::Cpe,
            &[r"cpe:2.3:a:b:c\::1:*:*:*:*:*:*:-", "cpe:/a:b:c", "CPE:/"],
            &["cpe:2.3:a:b", "cpe:/x:b", "cpe:/a:b c", r"cpe:2.3:a:b:c:1:*:*:*:*:*:*:\"],
        );
        check(Form::LicenceId, &["Apache-2.0", "MIT"], &["Apache-2", "mit", ""]);
        assert!(!Form::Line.has("a\nb", 2) && Form::Line.has("a\nb", 3));
        assert!(LICENCES.is_sorted());
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,40}|[0-9T:.Z+-]{0,30}|cpe:2.3:[a*:\\\\?-]{0,20}") {
            for form in [Form::Serial, Form::DateTime, Form::XmlDateTime, Form::Date,
                Form::XmlDate, Form::Iri, Form::Uri, Form::Cpe, Form::Locale, Form::PatentNumber,
                Form::ElementLink, Form::MediaType, Form::Email, Form::Digest] {
                form.has(&text, 7);
            }
        }
    }
}
