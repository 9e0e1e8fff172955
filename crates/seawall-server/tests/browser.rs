//! The sample pages in a real browser: accessible by axe at both widths, nothing cut off, and the
//! operator's page on one sheet.

// A test stops where its own set-up fails.
#![allow(clippy::expect_used)]

#[path = "pages/sample.rs"]
mod sample;
#[path = "pages/serve.rs"]
mod serve;

use seawall_testkit::browser::{AXE_JS, Browser, WIDTHS, axe};
use std::net::TcpListener;
use std::path::Path;

/// A4 and Letter, in centimetres.
const SHEETS: [(&str, f64, f64); 2] = [("A4", 21.0, 29.7), ("Letter", 21.59, 27.94)];

/// Serves the samples until the test process ends, and gives their address.
fn site() -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    let port = listener.local_addr().expect("it is bound").port();
    std::thread::spawn(move || serve::forever(&listener));
    format!("http://127.0.0.1:{port}")
}

fn names() -> Vec<&'static str> {
    sample::all(sample::Voice::Calm).into_iter().map(|(name, _)| name).collect()
}

/// Opens every page, calm and hostile, at both widths, and collects what a check finds.
fn check(test: &str, look: impl Fn(&mut Browser) -> Vec<String>) {
    let Some(mut browser) = Browser::start(test) else {
        return;
    };
    let site = site();
    let mut found = Vec::new();
    for width in WIDTHS {
        browser.resize(width, 900).expect("the window can be resized");
        for name in names() {
            for path in [name.to_owned(), format!("hostile/{name}")] {
                browser.go(&format!("{site}/{path}")).expect("the page opens");
                let real = browser.run("return innerWidth", &[]).expect("a script runs");
                assert_eq!(real, width, "the window is as wide as asked");
                let what = look(&mut browser);
                found.extend(what.into_iter().map(|what| format!("{path} at {width}: {what}")));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_page_is_accessible_by_axe() {
    let test = "every_page_is_accessible_by_axe";
    let axe_js = Path::new(AXE_JS);
    if !axe_js.is_file() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{test}: no axe-core, and CI=true");
        println!("skipped: {test}: no axe-core (`cargo xtask assets`)");
        return;
    }
    check(test, |browser| {
        // Closed parts are read by people too: open them before looking.
        let open = "document.querySelectorAll('details').forEach(d => d.open = true)";
        browser.run(open, &[]).expect("a script runs");
        let violations = axe(browser, axe_js).expect("axe runs");
        violations.iter().map(|v| format!("{}: {:?} {}", v.rule, v.places, v.says)).collect()
    });
}

#[test]
fn no_page_is_wider_than_its_window() {
    check("no_page_is_wider_than_its_window", |browser| {
        let script = "const wide = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= wide) return [];
            return [...document.querySelectorAll('body *')]
                .filter(e => e.getBoundingClientRect().right > wide + 1)
                .slice(0, 3).map(e => e.tagName + '.' + (e.getAttribute('class') || ''));";
        let value = browser.run(script, &[]).expect("a script runs");
        value.as_array().into_iter().flatten().map(|place| place.to_string()).collect()
    });
}

#[test]
fn ten_items_print_on_one_sheet() {
    let Some(mut browser) = Browser::start("ten_items_print_on_one_sheet") else {
        return;
    };
    let site = site();
    for path in ["today", "today-es", "hostile/today", "hostile/today-es", "today-clear"] {
        browser.go(&format!("{site}/{path}")).expect("the page opens");
        for (sheet, width, height) in SHEETS {
            let pdf = decode(&browser.print(width, height).expect("the page prints"));
            assert_eq!(pages(&pdf), 1, "{path} on {sheet}");
        }
    }
}

#[test]
fn ordinary_items_are_printed_whole() {
    if seawall_server::assets::find("css/uswds.min.css").is_none() {
        // The plain style's fonts are those of the machine; how wide they are is not ours to say.
        println!("skipped: ordinary_items_are_printed_whole: no assets/dist");
        return;
    }
    let Some(mut browser) = Browser::start("ordinary_items_are_printed_whole") else {
        return;
    };
    let site = site();
    // The printable width of A4 in CSS pixels: the narrower sheet is the harder one.
    browser.resize(710, 1000).expect("the window can be resized");
    browser.medium("print").expect("the medium can be set");
    for path in ["today", "today-es"] {
        browser.go(&format!("{site}/{path}")).expect("the page opens");
        let script = "const all = '.sw-today__card, .sw-today dd, .sw-today h2';
            return [innerWidth].concat([...document.querySelectorAll(all)]
            .filter(e => e.scrollHeight > e.clientHeight + 2)
            .filter(e => getComputedStyle(e).overflowY == 'hidden')
            .map(e => `${e.className} ${e.scrollHeight}: ${e.textContent.trim().slice(0, 40)}`))";
        let value = browser.run(script, &[]).expect("a script runs");
        assert_eq!(value, serde_json::json!([710]), "{path}");
        // The names of advisories stand beside the title, not over it.
        let script = "return [...document.querySelectorAll('.sw-today__card')].filter(card => {
            const words = document.createRange();
            words.selectNodeContents(card.querySelector('.sw-today__what'));
            const foot = card.querySelector('.sw-today__foot').getBoundingClientRect();
            return [...words.getClientRects()].some(word => word.right > foot.left + 1
                && word.left < foot.right && word.bottom > foot.top + 1
                && word.top < foot.bottom - 1);
            }).map(card => card.textContent.trim().slice(0, 60))";
        let value = browser.run(script, &[]).expect("a script runs");
        assert_eq!(value, serde_json::json!([]), "{path}: titles under names");
    }
}

#[test]
fn axe_finds_what_is_planted() {
    let test = "axe_finds_what_is_planted";
    let Some(mut browser) = Browser::start(test) else {
        return;
    };
    let axe_js = Path::new(AXE_JS);
    if !axe_js.is_file() {
        println!("skipped: {test}: no axe-core (`cargo xtask assets`)");
        return;
    }
    browser.go(&format!("{}/home", site())).expect("the page opens");
    let plant = "document.querySelector('h1').innerHTML = '<img src=\"/none\">';
        document.querySelector('main p').style.color = '#ccc';";
    browser.run(plant, &[]).expect("a script runs");
    let found = axe(&mut browser, axe_js).expect("axe runs");
    let rules: Vec<&str> = found.iter().map(|violation| violation.rule.as_str()).collect();
    for rule in ["image-alt", "color-contrast"] {
        assert!(rules.contains(&rule), "{rule} not in {rules:?}");
    }
}

/// How many pages a PDF has: its page objects, which Chromium does not compress.
fn pages(pdf: &[u8]) -> usize {
    let text = String::from_utf8_lossy(pdf);
    assert!(text.starts_with("%PDF"), "not a PDF");
    let all = text.matches("/Type /Page").count();
    all - text.matches("/Type /Pages").count()
}

/// Standard base64, as the driver sends it.
fn decode(text: &str) -> Vec<u8> {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => Some(u32::from(byte - b'A')),
        b'a'..=b'z' => Some(u32::from(byte - b'a') + 26),
        b'0'..=b'9' => Some(u32::from(byte - b'0') + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let digits: Vec<u32> = text.bytes().filter_map(value).collect();
    let mut bytes = Vec::new();
    for chunk in digits.chunks(4) {
        let word = chunk.iter().fold(0, |word, digit| word << 6 | digit) << (6 * (4 - chunk.len()));
        bytes.extend(&word.to_be_bytes()[1..chunk.len()]);
    }
    bytes
}
