//! The rules of `multipart/mixed`.

use super::super::{media, read};
use super::shown;
use crate::intake::FILE_BYTES_MAX;

pub(super) const REPORT: &str = "Content-Disposition: attachment; name=report\r\n\
    Content-Type: application/json\r\n\r\n{\"purl\":\"pkg:npm/a@1\"}";

pub(super) fn part(disposition: &str, content_type: &str, data: &str) -> String {
    let head = format!("Content-Disposition: {disposition}\r\nContent-Type: {content_type}\r\n");
    format!("{head}\r\n{data}")
}

pub(super) fn body_of(parts: &[&str]) -> String {
    let parts: String = parts.iter().map(|part| format!("--b\r\n{part}\r\n")).collect();
    format!("preamble\r\n{parts}--b--\r\nepilogue")
}

#[track_caller]
pub(super) fn check_parts(parts: &[&str], expected: &str) {
    let body = body_of(parts);
    let found = read("multipart/mixed; boundary=b", body.as_bytes());
    assert_eq!(shown(&found), expected, "{body:.2000}\n{found:?}");
}

#[test]
fn every_rule_of_multipart() {
    let file = |disposition: &str, more: &str, data: &str| {
        format!("Content-Disposition: {disposition}\r\n{more}\r\n{data}")
    };
    let plain = "Content-Type: text/plain\r\n";
    let one = "attachment; name=attachment; filename=a";
    for (disposition, more, data, expected) in [
        (one, plain, "x", "202"),
        ("ATTACHMENT; NAME=\"attachment\"; FileName=\"a b\"", plain, "x", "202"),
        (one, "content-type: TEXT/plain; charset=\"UTF-8\"\r\n", "x", "202"),
        (one, "Content-Type: application/json; charset=utf-8\r\n", "x", "202"),
        (
            one,
            "Content-Type: text/plain; charset=latin1\r\n",
            "x",
            "400 invalid_content_type:attachments[0].content_type",
        ),
        (
            one,
            "Content-Type: application/zip; charset=utf-8\r\n",
            "x",
            "400 invalid_content_type:attachments[0].content_type",
        ),
        (one, "", "x", "400 missing_field:attachments[0].content_type"),
        (one, plain, "", "400 missing_field:attachments[0].data"),
        (one, "Content-Type: text/plain\r\nContent-Description: was \u{fc}ber\r\n", "x", "202"),
        (one, "Content-Type: text/plain\r\nContent-Akrites-Type: patch\r\n", "x", "202"),
        (
            one,
            "Content-Type: text/plain\r\nContent-Akrites-Type: x\r\n",
            "x",
            "400 invalid_attachment_type:attachments[0].type",
        ),
        (one, "Content-Type: text/plain\r\nContent-Length: 9\r\nX-Any: 1\r\n", "x", "202"),
        (one, "Content-Type: text/plain\r\nContent-Transfer-Encoding: 8BIT\r\n", "x", "202"),
        (one, "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n", "x", "400"),
        (one, "Content-Type: text/plain\r\nContent-Type: text/plain\r\n", "x", "400"),
        (one, "Content-Type: text/plain\r\nContent-ID: 1\r\n", "x", "400"),
        (one, "Content-Description: a\r\nContent-Description: b\r\n", "x", "400"),
        ("attachment; name=attachment; filename=a; filename=b", plain, "x", "400"),
        ("attachment; name=attachment; filename*=utf-8''a", plain, "x", "400"),
        ("attachment; name*=utf-8''attachment", plain, "x", "400"),
        ("attachment; filename=a", plain, "x", "400"),
        ("attachment; name=other", plain, "x", "400"),
        ("form-data; name=attachment; filename=a", plain, "x", "400"),
        ("inline; name=attachment; filename=a", plain, "x", "400"),
        ("attachment; name=attachment; filename=\"a", plain, "x", "400"),
        ("attachment; name=attachment; filename=a b", plain, "x", "400"),
        ("attachment; name=attachment", plain, "x", "400 missing_field:attachments[0].filename"),
        (
            "attachment; name=attachment; filename=\"a\\b\"",
            plain,
            "x",
            "400 invalid_filename:attachments[0].filename",
        ),
        ("attachment; name=attachment; filename=\"=?utf-8?Q?a?=\"", plain, "x", "202"),
        ("attachment; name=exploit; filename=\"../x\"", plain, "x", "202 warned:exploit"),
        ("attachment; name=raw", plain, "", "202"),
        ("attachment; name=raw", "", "", "202"),
        ("attachment; name=raw", "", "x", "400 missing_field:raw_content_type"),
        (
            "attachment; name=raw",
            "Content-Type: text/plain\r\nContent-Description: x\r\n",
            "x",
            "400",
        ),
        (
            "attachment; name=raw",
            "Content-Type: text/plain\r\n folded\r\n",
            "x",
            "400 invalid_content_type:raw_content_type",
        ),
        (one, "no colon\r\n", "x", "400"),
        (one, "Bad Name: x\r\n", "x", "400"),
    ] {
        check_parts(&[REPORT, &file(disposition, more, data)], expected);
        check_parts(&[&file(disposition, more, data), REPORT], expected);
    }
    check_parts(&[REPORT], "202");
    check_parts(&[], "400");
    check_parts(&[REPORT, REPORT], "400");
    let raw = part("attachment; name=raw", "text/plain", "x");
    check_parts(&[REPORT, &raw, &raw], "400");
    let report = |json: &str| part("attachment; name=report", "application/json", json);
    check_parts(&[&report("{")], "400 malformed");
    check_parts(&[&part("attachment; name=report", "text/plain", "{}")], "400");
    check_parts(
        &[&report(r#"{"purl":"pkg:npm/a","raw":null,"attachments":[]}"#)],
        "400 field_not_allowed:raw field_not_allowed:attachments",
    );
    let many: Vec<String> = (0..17)
        .map(|n| part(&format!("attachment; name=attachment; filename=f{n}"), "text/plain", "x"))
        .collect();
    let mut parts = vec![REPORT];
    parts.extend(many.iter().map(String::as_str));
    check_parts(&parts[..17], "202");
    check_parts(&parts, "413 too_many_items:attachments");
    let long = "x".repeat(FILE_BYTES_MAX + 1);
    let large = part("attachment; name=attachment; filename=a", "application/zip", &long);
    check_parts(&[REPORT, &large], "413 field_too_large:attachments[0].data");
}

#[test]
fn multipart_framing_is_exact() {
    let unix = body_of(&[REPORT]).replace("\r\n", "\n");
    let open = body_of(&[REPORT]).replace("--b--", "");
    let padded = body_of(&[REPORT]).replace("--b\r\n", "--b \t\r\n");
    let wrong = body_of(&[REPORT]).replace("--b", "--c");
    let endless = format!("--b\r\nX: {}\r\n\r\n--b--", "x".repeat(9_000));
    for (body, expected) in
        [(unix, "202"), (open, "400"), (padded, "202"), (wrong, "400"), (endless, "400")]
    {
        let found = read("multipart/mixed; boundary=\"b\"", body.as_bytes());
        assert_eq!(shown(&found), expected, "{body:.400}");
    }
    for (content_type, expected) in [
        ("multipart/mixed", 400),
        ("multipart/mixed; boundary=", 400),
        ("multipart/mixed; boundary=\"b \"", 400),
        ("multipart/mixed; boundary=b; boundary=c", 400),
        ("application/json; charset", 400),
        ("application/json; x=\"", 400),
        ("multipart/form-data; boundary=b", 415),
        ("application/xml", 415),
        ("json", 415),
        ("", 415),
    ] {
        assert_eq!(media(content_type).unwrap_err().status, expected, "{content_type}");
    }
    assert!(media("Application/JSON; charset=utf-8").is_ok());
    // Bytes arrive as they were sent: no line end is eaten, none is added.
    let data = "\r\n--bx\r\n\u{0}--b-\r\n";
    let file = part("attachment; name=attachment; filename=a", "application/octet-stream", data);
    let report = read("multipart/mixed; boundary=b", body_of(&[REPORT, &file]).as_bytes()).unwrap();
    assert_eq!(report.intake.files[0].bytes, data.as_bytes());
    // A header that is no UTF-8 is named as such.
    let mut body =
        body_of(&[REPORT, &part("attachment; name=attachment; filename=\"?\"", "text/plain", "x")])
            .into_bytes();
    let at = body.iter().rposition(|b| *b == b'?').unwrap();
    body[at] = 0xff;
    let found = read("multipart/mixed; boundary=b", &body);
    assert_eq!(shown(&found), "400 invalid_utf8:attachments[0].filename");
}
