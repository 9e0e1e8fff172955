use super::{Command, LETTER_BYTES_MAX, Letter, commands, read, write};
use proptest::prelude::*;
use seawall_domain::package::Version;

fn letter() -> Letter {
    Letter {
        message_id: "fact-1@seawall.invalid".into(),
        in_reply_to: Some("fact-0@seawall.invalid".into()),
        references: vec!["a@seawall.invalid".into(), "fact-0@seawall.invalid".into()],
        date_micros: 1_785_542_400_000_000,
        from: "coordinator@seawall.invalid".into(),
        to: "maintainer@ini.invalid".into(),
        subject: "[SW] a flaw in npm/ini: please look".into(),
        body: "Hello,\n\nsee below.\n".into(),
    }
}

/// Expects that a letter comes back as it was written, in lines that any mail system takes.
#[track_caller]
fn check_round(letter: &Letter) {
    let bytes = write(letter).unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.is_ascii() && head.lines().all(|line| line.len() <= 300), "{head}");
    assert!(text.split("\r\n").all(|line| line.len() <= 998 && !line.contains('\n')), "{text}");
    assert_eq!(read(&bytes).as_ref(), Ok(letter), "{text}");
}

#[test]
fn a_letter_is_plain_to_the_eye() {
    let text = String::from_utf8(write(&letter()).unwrap()).unwrap();
    let expected = "Date: Sat, 1 Aug 2026 00:00:00 +0000\r\n\
        From: coordinator@seawall.invalid\r\n\
        To: maintainer@ini.invalid\r\n\
        Subject: [SW] a flaw in npm/ini: please look\r\n\
        Message-ID: <fact-1@seawall.invalid>\r\n\
        In-Reply-To: <fact-0@seawall.invalid>\r\n\
        References: <a@seawall.invalid> <fact-0@seawall.invalid>\r\n\
        MIME-Version: 1.0\r\n\
        Content-Type: text/plain; charset=utf-8\r\n\
        Content-Transfer-Encoding: 7bit\r\n\
        \r\n\
        Hello,\r\n\r\nsee below.\r\n";
    assert_eq!(text, expected);
}

#[test]
fn letters_come_back_as_they_were_written() {
    check_round(&letter());
    let many = |n: usize| (0..n).map(|i| format!("id-{i}@seawall.invalid")).collect::<Vec<_>>();
    for other in [
        Letter {
            subject: "grüße, 世界: ein sehr langer Betreff mit vielen Wörtern und mehr".into(),
            ..letter()
        },
        Letter { subject: "x".repeat(200), ..letter() },
        Letter { subject: "=?utf-8?Q?not_decoded?=".into(), ..letter() },
        Letter { subject: "two  blanks".into(), ..letter() },
        Letter { subject: "many words ".repeat(20).trim().into(), ..letter() },
        Letter { subject: String::new(), ..letter() },
        Letter { in_reply_to: None, references: Vec::new(), ..letter() },
        Letter { references: many(50), ..letter() },
        Letter { body: "größer = 3 \n\t\nFrom here\n.\n..\n".into(), ..letter() },
        Letter { body: format!("{}\n", "é=".repeat(3_000)), ..letter() },
        Letter { body: format!("{}\n", "x".repeat(3_000)), ..letter() },
        Letter { body: "--b\n-- \nline\u{0}\u{7f}\n".into(), ..letter() },
        Letter { body: "\n".into(), ..letter() },
    ] {
        check_round(&other);
    }
    let named = Letter { from: "Coordination desk <a@seawall.invalid>".into(), ..letter() };
    let accented = Letter { from: "Büro, \"eins\" <a@seawall.invalid>".into(), ..letter() };
    for letter in [named, accented] {
        let bytes = write(&letter).unwrap();
        assert_eq!(read(&bytes).map(|letter| letter.from), Ok("a@seawall.invalid".into()));
    }
}

#[test]
fn no_field_smuggles_in_a_header() {
    for line_end in ["\r\n", "\n", "\r", "\0"] {
        let bad = |text: &str| format!("{text}{line_end}Bcc: other@x.invalid");
        for letter in [
            Letter { subject: bad("a"), ..letter() },
            Letter { from: bad("a@b.invalid"), ..letter() },
            Letter { to: bad("a@b.invalid"), ..letter() },
            Letter { to: format!("Name{line_end} <a@b.invalid>"), ..letter() },
            Letter { message_id: bad("a@b"), ..letter() },
            Letter { in_reply_to: Some(bad("a@b")), ..letter() },
            Letter { references: vec![bad("a@b")], ..letter() },
        ] {
            assert!(write(&letter).is_err(), "{letter:?}");
        }
    }
    for letter in [
        Letter { to: "a@b.invalid, c@d.invalid".into(), ..letter() },
        Letter { to: String::new(), ..letter() },
        Letter { message_id: "no-at".into(), ..letter() },
        Letter { message_id: "a b@c".into(), ..letter() },
        Letter { date_micros: i64::MAX, ..letter() },
        Letter { subject: "x".repeat(999), ..letter() },
        Letter { body: "x".repeat(LETTER_BYTES_MAX), ..letter() },
    ] {
        assert!(write(&letter).is_err());
    }
}

#[test]
fn reads_what_other_programs_send() {
    let base = "From: Maintainer <m@ini.invalid>\r\nTo: Desk <d@seawall.invalid>, x@y.invalid\r\n";
    let mail = |rest: &str| read(format!("{base}{rest}").as_bytes());
    let latin = "Content-Type: text/plain; charset=iso-8859-1\r\n\
        Content-Transfer-Encoding: quoted-printable\r\n\r\nGr=FC=DFe, fixed in=\r\n 1.3.6\r\n";
    let letter = mail(latin).unwrap();
    assert_eq!(letter.body, "Grüße, fixed in 1.3.6\n");
    assert_eq!((letter.from.as_str(), letter.to.as_str()), ("m@ini.invalid", "d@seawall.invalid"));
    assert_eq!((letter.date_micros, letter.message_id.as_str()), (0, ""));
    let both = "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n\
        --b\r\nContent-Type: text/html\r\n\r\n<p>pause</p>\r\n\
        --b\r\nContent-Type: text/plain\r\n\r\nslow down\r\n--b--\r\n";
    assert_eq!(mail(both).map(|letter| commands(&letter.body)), Ok(vec![Command::SlowDown]));
    let html = "Content-Type: text/html\r\n\r\n<p>pause</p>\r\n";
    assert!(mail(html).unwrap_err().to_string().contains("there is no plain text"));
    assert!(read(b"no headers").is_err() && read(b"").is_err());
    assert!(read(b"Subject: x\r\n\r\nno sender\r\n").is_err());
    let thread: String = (0..80).map(|i| format!(" <{i}@x.invalid>\r\n")).collect();
    let letter =
        mail(&format!("References:{thread}In-Reply-To: <79@x.invalid>\r\n\r\nhi\r\n")).unwrap();
    assert_eq!(letter.references.len(), 50);
    assert_eq!(letter.references.last(), letter.in_reply_to.as_ref());
    let ended = read(b"From: <m@ini.invalid>\r\nSubject: x \x01\x01\r\n\r\nhi\r\n").unwrap();
    assert_eq!(ended.subject, "x");
}

/// Expects one word per command: `fixed 1.2`, `slow`, `pause`, `send`, `accept`, `decline why`.
#[track_caller]
fn check(body: &str, expected: &[&str]) {
    let found: Vec<String> = commands(body)
        .into_iter()
        .map(|command| match command {
            Command::FixedIn(Version(version)) => format!("fixed {version}"),
            Command::SlowDown => "slow".to_owned(),
            Command::Pause => "pause".to_owned(),
            Command::SendReproducer => "send".to_owned(),
            Command::Accept => "accept".to_owned(),
            Command::Decline(reason) => format!("decline {reason}").trim().to_owned(),
        })
        .collect();
    assert_eq!(found, expected, "{body}");
}

#[test]
fn hears_what_a_maintainer_asks_for() {
    for (body, expected) in [
        ("fixed in 0.4.2", &["fixed 0.4.2"][..]),
        ("Fixed in 0.4.2.", &["fixed 0.4.2"]),
        ("  FIXED IN v1.3.6, thanks!", &["fixed 1.3.6"]),
        ("- fixed in `1.26.5`", &["fixed 1.26.5"]),
        ("This is now fixed in version 2.", &["fixed 2"]),
        ("It was fixed in release 1.1.9 (out today)", &["fixed 1.1.9"]),
        ("fixed in 1.0.0-rc.1+build.5", &["fixed 1.0.0-rc.1+build.5"]),
        ("fixed in 1:1.2.13.dfsg-1+deb12u1", &["fixed 1:1.2.13.dfsg-1+deb12u1"]),
        ("fixed in the next release", &[]),
        ("fixed in 2 days", &[]),
        ("fixed in 2.5 weeks", &[]),
        ("fixed in 1.2.3?", &[]),
        ("fixed in 1.2.3, I will check", &[]),
        ("not fixed in 1.2.3", &[]),
        ("will be fixed in 1.2.3", &[]),
        ("fixed in 1.2.3<script>", &[]),
        ("prefixed in 1.2.3", &[]),
        ("The flaw was fixed in 1.2.3 of another project", &[]),
        ("slow down", &["slow"]),
        ("Please slow down!", &["slow"]),
        ("slow down with the reports", &["slow"]),
        ("slow downloads are a problem", &[]),
        ("don't slow down", &[]),
        ("pause", &["pause"]),
        ("Please pause.", &["pause"]),
        ("pause reports until May", &["pause"]),
        ("pause is a function in our API", &[]),
        ("please send the reproducer", &["send"]),
        ("Could you send us the PoC?", &["send"]),
        ("send me the proof of concept, please", &["send"]),
        ("please do not send the reproducer", &[]),
        ("send the reproducer only to the list", &[]),
        ("I will send the reproducer", &[]),
        ("accept", &["accept"]),
        ("We accept the embargo.", &["accept"]),
        ("acceptable", &[]),
        ("accept?", &[]),
        ("accept() blocks here", &[]),
        ("not a bug: documented behaviour", &["decline documented behaviour"]),
        ("NOT A BUG", &["decline"]),
        ("This is not a vulnerability, see the README?", &["decline see the README?"]),
        ("won't fix - the API is gone", &["decline the API is gone"]),
        ("not a bugfix release", &[]),
        ("not a bug?", &[]),
        ("Not a buglet", &[]),
    ] {
        check(body, expected);
    }
}

#[test]
fn hears_only_the_maintainers_own_words() {
    for (body, expected) in [
        ("> fixed in 0.4.2\n", &[][..]),
        (" > > pause\n", &[]),
        ("accept\n\nOn Monday the desk wrote:\n> pause\n", &["accept"]),
        ("On Monday the desk wrote:\n> shall we?\npause\n", &["pause"]),
        ("accept\n-- \npause\n", &["accept"]),
        ("accept\n--\nfixed in 1.0.0\n", &["accept"]),
        ("accept\n\n-----Original Message-----\npause\n", &["accept"]),
        ("accept\n\n-----Ursprüngliche Nachricht-----\npause\n", &["accept"]),
        ("accept\n________________________________\npause\n", &["accept"]),
        ("accept\nFrom: desk\nSent: Monday\n\npause\n", &["accept"]),
        ("accept\nVon: Büro\nGesendet: Montag\n\npause\n", &["accept"]),
        ("accept\n```\npause\n```\nslow down\n", &["accept", "slow"]),
        ("<p>pause</p>\n<div>fixed in 1.2.3</div>", &[]),
        ("behoben in 1.2.3\nbitte langsamer\n", &[]),
        ("fixed in 1.0.1\r\nslow down\r\nfixed in 1.0.1\r\n", &["fixed 1.0.1", "slow"]),
        ("", &[]),
    ] {
        check(body, expected);
    }
    let many: String = (0..100).map(|n| format!("fixed in 1.{n}\n")).collect();
    assert_eq!(commands(&many).len(), super::COMMANDS_LEN_MAX);
    let long = format!("not a bug: {}", "é".repeat(10_000));
    assert!(matches!(&commands(&long)[..], [Command::Decline(why)] if why.chars().count() == 500));
}

proptest! {
    #[test]
    fn any_text_comes_back(
        subject in "[^\\p{C}\\p{Z}]{1,20}( [^\\p{C}\\p{Z}]{1,60}){0,8}",
        body in "([^\\p{C}]{0,90}\n){1,9}",
    ) {
        check_round(&Letter { subject, body, ..letter() });
    }

    #[test]
    fn never_panics(
        text in "(please |fixed in |not a bug|v?[0-9.]{1,4}|pause|[>\\-`_<]|é|\n|\\PC){0,12}",
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        at in 0usize..600,
        byte: u8,
    ) {
        let _ = commands(&text);
        let _ = read(&bytes);
        let mut mail = write(&letter()).unwrap();
        let length = mail.len();
        mail[at % length] = byte;
        let _ = read(&mail);
    }

    #[test]
    fn a_written_header_is_never_split(subject in "\\PC{0,80}|.{0,40}", from in ".{0,40}") {
        let letter = Letter { subject, from: format!("{from} <a@b.invalid>"), ..letter() };
        if let Ok(bytes) = write(&letter) {
            let text = String::from_utf8(bytes).unwrap();
            let (head, _) = text.split_once("\r\n\r\n").unwrap();
            let names: Vec<&str> = head.split("\r\n").filter(|line| !line.starts_with(' '))
                .filter_map(|line| line.split_once(':')).map(|(name, _)| name).collect();
            prop_assert_eq!(names, ["Date", "From", "To", "Subject", "Message-ID", "In-Reply-To",
                "References", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"]);
        }
    }
}
