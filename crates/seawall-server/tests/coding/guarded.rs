//! Who gets to a queue, and who does not.

use super::house::{HOST, House, TOKEN};

#[tokio::test]
async fn only_its_own_pages_get_to_a_queue() {
    let house = House::open(vec!["a\n".to_owned(); 2]);
    let check = async |line: &str, expected: u16| {
        let line = line.replace("{h}", HOST);
        let (status, answer, text) = house.ask(&line, "opinion=clean").await;
        assert_eq!(status, expected, "{line}: {text}");
        let policy = answer.headers()["content-security-policy"].to_str().expect("a text");
        assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'none'"));
        assert!(expected != 404 || text == "nothing here by that name\n", "{line}: {text}");
        assert!(!text.contains(TOKEN) || expected != 404, "{line}");
    };
    // The address as it was printed, typed or followed from the terminal.
    check("GET /{t}/ host={h}", 303).await;
    check("GET /{t}/attempts/1 host={h} sec-fetch-site=none", 200).await;
    check("GET /{t}/attempts/1 host=localhost:4711", 200).await;
    check("GET /assets/seawall.css host={h}", 200).await;
    // No token, another, a part of it, or one that is spelled otherwise.
    for path in ["/", "/attempts/1", "/x/attempts/1", "/{t}0/", "/%35ea5e1f0/", "//{t}/"] {
        check(&format!("GET {path} host={{h}}"), 404).await;
    }
    let short = &TOKEN[..TOKEN.len() - 1];
    check(&format!("GET /{short}/attempts/1 host={{h}}"), 404).await;
    check(&format!("GET /{}/attempts/1 host={{h}}", TOKEN.to_uppercase()), 404).await;
    // A name that points here, no name, two names: another site's address in disguise.
    check("GET /{t}/attempts/1 host=evil.example:4711", 404).await;
    check("GET /{t}/attempts/1 host=127.0.0.1", 404).await;
    check("GET /{t}/attempts/1 host=127.0.0.1:4712", 404).await;
    check("GET /{t}/attempts/1", 404).await;
    check("GET /{t}/attempts/1 host={h} host=evil.example", 404).await;
    check("GET /assets/seawall.css host=evil.example", 404).await;
    // Another page asks, or sends a form.
    check("GET /{t}/attempts/1 host={h} sec-fetch-site=cross-site", 404).await;
    check("GET /{t}/attempts/1 host={h} sec-fetch-site=same-site", 404).await;
    check("POST /{t}/attempts/1 host={h} origin=http://{h} sec-fetch-site=cross-site", 404).await;
    check("POST /{t}/attempts/1 host={h} origin=http://127.0.0.1:9999", 404).await;
    check("POST /{t}/attempts/1 host={h} origin=null", 404).await;
    check("POST /{t}/attempts/1 host={h}", 404).await;
    check("POST /{t}/sign host={h} origin=https://{h}", 404).await;
    assert!(house.kept.lock().expect("whole").is_empty());
    check("POST /{t}/attempts/1 host={h} origin=http://{h} sec-fetch-site=same-origin", 303).await;
    assert_eq!(house.kept.lock().expect("whole").len(), 1);
    // What is not there looks the same.
    check("DELETE /{t}/attempts/1 host={h} origin=http://{h}", 404).await;
    check("GET /{t}/sign host={h}", 404).await;
    check("GET /{t}/nowhere host={h}", 404).await;
}

#[tokio::test]
async fn pages_are_kept_nowhere() {
    let house = House::open(vec!["a\n".to_owned()]);
    let (_, answer, _) = house.own("GET /{t}/attempts/1", "").await;
    for (name, value) in [
        ("cache-control", "no-store"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("referrer-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
    ] {
        assert_eq!(answer.headers()[name], value, "{name}");
    }
    assert!(answer.headers().get("set-cookie").is_none());
}
