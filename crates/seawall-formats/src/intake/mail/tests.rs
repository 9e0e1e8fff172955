use super::read;
use crate::intake::{FILE_BYTES_MAX, FILES_LEN_MAX, Intake, Notify, REPORT_BYTES_MAX};
use proptest::collection::vec;
use proptest::prelude::*;
use seawall_domain::claim::AttachmentKind;

const HEAD: &str = "From: Finder <f@finder.invalid>\r\nTo: d@seawall.invalid\r\n\
    Subject: gzip extra field\r\nDate: Sat, 1 Aug 2026 00:00:00 +0000\r\n";

const BODY: &str = "Package: pkg:cargo/libz-sys@1.1.8\n\
    Version: 1.1.7, 1.1.8\n\
    CWE: CWE-787\n\
    File: src/zlib/inflate.c:764\n\
    Function: inflate\n\
    Severity: high\n\
    Tool: finder 4\n\
    Id: CVE-2022-37434\n\
    \n\
    A gzip header with a long extra field, fed in two pieces, overflows the buffer.\n\
    \n\
    ```recipe.toml\n\
    version = 1\n\
    ```\n\
    Regards\n";

fn mail(body: &str) -> String {
    format!("{HEAD}\r\n{}", body.replace('\n', "\r\n"))
}

#[track_caller]
fn check(body: &str, show: fn(&Intake) -> String, expected: &str) {
    assert_eq!(show(&read(mail(body).as_bytes()).unwrap()), expected, "{body}");
}

#[track_caller]
fn check_fault(mail: &str, expected: &str) {
    let fault = read(mail.as_bytes()).unwrap_err().to_string();
    assert!(fault.contains(expected), "{fault}");
}

#[test]
fn a_mail_becomes_a_complete_claim() {
    let Intake { claim, files, notify } = read(mail(BODY).as_bytes()).unwrap();
    assert_eq!(claim.missing(), []);
    assert_eq!(claim.package.map(|one| one.to_string()).as_deref(), Some("crates.io/libz-sys"));
    let versions: Vec<&str> = claim.versions.iter().map(|version| &*version.0).collect();
    assert_eq!(versions, ["1.1.8", "1.1.7"]);
    assert_eq!(claim.title, "gzip extra field");
    assert!(
        claim.description.starts_with("A gzip header") && claim.description.ends_with("Regards")
    );
    assert!(!claim.description.contains("```"));
    assert_eq!(claim.weakness.map(|cwe| cwe.0), Some(787));
    assert_eq!(claim.location.file.as_deref(), Some("src/zlib/inflate.c"));
    assert_eq!(
        (claim.location.function.as_deref(), claim.location.line),
        (Some("inflate"), Some(764))
    );
    assert_eq!(claim.severity, None);
    assert_eq!(claim.tooling.tool.as_deref(), Some("finder 4"));
    assert_eq!(claim.tooling.contact.as_deref(), Some("f@finder.invalid"));
    assert_eq!(claim.upstream_ids, ["CVE-2022-37434"]);
    assert_eq!(notify, Notify::Milestones);
    assert_eq!(
        (&*files[0].attachment.name, files[0].text()),
        ("recipe.toml", Some("version = 1\n"))
    );
    assert_eq!(files[0].attachment.kind, AttachmentKind::Reproducer);
}

#[test]
fn each_line_of_the_block_has_its_meaning() {
    let package: fn(&Intake) -> String =
        |intake| intake.claim.package.as_ref().map(ToString::to_string).unwrap_or_default();
    let versions: fn(&Intake) -> String =
        |intake| intake.claim.versions.iter().map(|one| format!("{one} ")).collect();
    let story: fn(&Intake) -> String = |intake| intake.claim.description.clone();
    let line: fn(&Intake) -> String = |intake| format!("{:?}", intake.claim.location.line);
    let cwe: fn(&Intake) -> String =
        |intake| format!("{:?}", intake.claim.weakness.map(|one| one.0));
    let contact: fn(&Intake) -> String =
        |intake| intake.claim.tooling.contact.clone().unwrap_or_default();
    check("package: npm ini\n", package, "npm/ini");
    check("PACKAGE: PyPI/SQLparse\n", package, "PyPI/sqlparse");
    check("Package: npm @Babel/Core\n", package, "npm/@babel/core");
    check("Package:\nVersion: 1\n", package, "");
    check("Version: 1\nVersion: 2, 1\nPackage: pkg:npm/a@3\n", versions, "3 1 2 ");
    check("File: a.c:7\nLine: 9\n", line, "Some(9)");
    check("Line: 9\nFile: a.c:7\n", line, "Some(9)");
    check("Line: 0\n", line, "None");
    check("CWE: 79\n", cwe, "Some(79)");
    check("CWE: none\n", cwe, "None");
    check("Contact: x@y.invalid\n", contact, "x@y.invalid");
    check("\n\nTool: x\nHello\nCWE: 1\n", story, "Hello\nCWE: 1");
    check("Hello\n", story, "Hello");
    check("Tool: x\nImpact: bad\nCWE: 79\n\nHello\n", story, "Impact: bad\n\nHello");
    check("Tool: x\nImpact: bad\nCWE: 79\n\nHello\n", cwe, "Some(79)");
    check("Impact: bad\nCWE: 79\n", cwe, "None");
}

#[test]
fn faults_name_the_line() {
    check_fault(&mail("Package: something\n"), "the line `Package`");
    check_fault(&mail("Package: pkg:npm/\n"), "the line `Package`");
    check_fault(&mail("Line: ten\n"), "the line `Line`: `ten` is not a line number");
    check_fault(&mail("CWE: 1\ncwe: 2\n"), "the line `cwe`: it stands more than 1 times");
    check_fault(&mail(&format!("Tool: {}\n", "x".repeat(1025))), "the line `Tool`");
    check_fault(&mail("```a.c\nopen\n"), "line 1: the file `a.c` has no closing fence");
    check_fault("no mail at all", "there are no mail headers");
    check_fault("", "there are no mail headers");
    check_fault(
        &format!("{HEAD}Content-Type: text/html\r\n\r\n<p>x</p>"),
        "there is no plain text",
    );
    check_fault(&"x".repeat(REPORT_BYTES_MAX + 1), "larger than");
}

/// A mail with MIME attachments of the given names and content.
fn attached(files: &[(String, String)]) -> String {
    let parts: String = files
        .iter()
        .map(|(name, content)| {
            format!(
                "--b\r\nContent-Type: text/plain\r\n\
                 Content-Disposition: attachment; filename=\"{name}\"\r\n\r\n{content}\r\n"
            )
        })
        .collect();
    format!(
        "{HEAD}MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nTool: x\r\n\r\nHello\r\n{parts}--b--\r\n"
    )
}

#[test]
fn attachments_come_along() {
    let file = |name: &str, content: &str| (name.to_owned(), content.to_owned());
    let intake = read(attached(&[file("recipe.toml", "v = 1"), file("a.bin", "x")]).as_bytes());
    let intake = intake.unwrap();
    let names: Vec<&str> = intake.files.iter().map(|file| &*file.attachment.name).collect();
    assert_eq!(names, ["recipe.toml", "a.bin"]);
    assert!(intake.claim.recipe().is_some());
    check_fault(&attached(&[file("../a", "x")]), "the attachment `../a`");
    check_fault(&attached(&[file("a", "x"), file("A", "x")]), "another file has the same name");
    let many: Vec<_> = (0..=FILES_LEN_MAX).map(|n| file(&n.to_string(), "x")).collect();
    check_fault(&attached(&many), "there are more than 16 files");
    check_fault(&attached(&[file("a", &"x".repeat(FILE_BYTES_MAX + 1))]), "it is larger than");
}

proptest! {
    #[test]
    fn never_panics(bytes in vec(any::<u8>(), 0..300), at in 0usize..2_000, byte: u8) {
        let _ = read(&bytes);
        for text in [mail(BODY), attached(&[("a".into(), "x".into())])] {
            let mut body = text.into_bytes();
            let length = body.len();
            body[at % length] = byte;
            let _ = read(&body);
        }
    }

    #[test]
    fn never_panics_on_any_body(
        text in "((Package|Version|CWE|File|Line|x): |pkg:|`{3}|a\\.b|\n|:|\\PC){0,30}",
    ) {
        let _ = read(mail(&text).as_bytes());
    }
}

/// Hostile mails cost time in proportion to their length.
#[test]
fn stays_quick_on_hostile_mails() {
    for piece in [
        "Content-Type: multipart/mixed; boundary=x\n\n--x\n",
        "Content-Type: message/rfc822\n\nFrom: a@b.invalid\n",
        "From: a@b.invalid\n",
        "From: (((((",
        "From: =?utf-8?Q?a?= ",
        "To: a@b.invalid,",
        "References: <a@b> <",
        "\n```\n",
        "\nx: ",
        " ",
        "=\n",
        "Content-Type: text/plain; a*1*=b; ",
        "<p>",
    ] {
        let mail = format!("{HEAD}{}", piece.repeat(200_000 / piece.len()));
        let _ = read(mail.as_bytes());
        let mail = format!("{HEAD}\n{}", piece.repeat(200_000 / piece.len()));
        let _ = read(mail.as_bytes());
        let _ = super::looks_like(mail.as_bytes());
    }
}
