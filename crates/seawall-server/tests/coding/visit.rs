//! A coder's way through a queue in a real browser, with and without the mouse; accessible by axe
//! on a phone and on a desktop, and nothing of a hostile transcript runs.

use super::house::{HOSTILE, House};
use seawall_domain::evaluation::review::Opinion;
use seawall_server::listen;
use seawall_testkit::browser::Browser;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// The key Alt, as WebDriver has it.
const ALT: &str = "\u{e00a}";

struct Visit {
    browser: Browser,
    house: House,
    /// It serves for as long as it is there.
    _runtime: Runtime,
}

impl Visit {
    fn begin(test: &str, texts: Vec<String>) -> Option<Visit> {
        let browser = Browser::start(test)?;
        let runtime = Runtime::new().expect("a runtime starts");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let house = House::at(address, texts);
        let router = house.router.clone();
        runtime.spawn(listen::serve(listener, None, router, std::future::pending()));
        Some(Visit { browser, house, _runtime: runtime })
    }

    fn press(&mut self, css: &str) {
        self.browser.press(css).expect("it leads to a page");
    }

    fn key(&mut self, key: char) {
        let pressed = self.browser.lead(|browser| {
            let body = browser.find("body")?;
            browser.write(&body, &format!("{ALT}{key}"))
        });
        pressed.unwrap_or_else(|fault| panic!("Alt and {key}: {fault}"));
    }

    fn heading(&self) -> String {
        let heading = self.browser.find("h1").expect("every page has a heading");
        self.browser.text(&heading).expect("it has text")
    }

    fn look(&mut self, name: &str) {
        self.browser.look(name).expect("the page can be used by everybody");
    }
}

#[test]
fn a_coder_goes_through_a_queue_and_signs() {
    let long = format!("--- user\nSolve it.\n--- assistant\n{}\n", "line of code\n".repeat(400));
    let texts = vec![HOSTILE.to_owned(), long, "--- user\nx\n".to_owned()];
    let Some(mut visit) = Visit::begin("a_coder_goes_through_a_queue_and_signs", texts) else {
        return;
    };
    let link = visit.house.queue.link();
    visit.browser.go(&link).expect("the page opens");
    assert_eq!(visit.heading(), "Attempt 1 of 3");
    // Nothing that was said ran, or became a part of the page.
    let ran = visit.browser.run("return document.title", &[]).expect("a script runs");
    assert_eq!(ran, "Attempt 1 of 3 – Seawall");
    let parts =
        "return [...document.querySelectorAll('script, img, article h1, article b')].length";
    assert_eq!(visit.browser.run(parts, &[]).expect("a script runs"), 0);
    visit.look("coding-hostile");
    let note = visit.browser.find("#note").expect("there is a field");
    visit.browser.write(&note, "=looked it up").expect("it can be written in");
    visit.press("button[value=cheating]");
    assert_eq!(visit.heading(), "Attempt 2 of 3");
    visit.look("coding-long");
    // By keys alone: later, on and back, and an opinion.
    visit.key('s');
    assert_eq!(visit.heading(), "Attempt 3 of 3");
    visit.key('b');
    assert_eq!(visit.heading(), "Attempt 2 of 3");
    visit.key('n');
    assert_eq!(visit.heading(), "Attempt 3 of 3");
    visit.key('1');
    assert_eq!(visit.heading(), "Attempt 2 of 3");
    visit.key('o');
    assert_eq!(visit.heading(), "1 of 3 are left");
    visit.look("coding-left");
    visit.press(".sw-coding__list a[href$='/2']");
    visit.key('3');
    assert_eq!(visit.heading(), "Nothing is left");
    visit.look("coding-done");
    // What was said is there again, and can be changed.
    visit.press(".sw-coding__list a[href$='/1']");
    let note = "return document.getElementById('note').value";
    assert_eq!(visit.browser.run(note, &[]).expect("a script runs"), "=looked it up");
    visit.key('2');
    visit.press("main form button");
    assert_eq!(visit.heading(), "The sheet is signed");
    visit.look("coding-signed");
    let signed = visit.house.signed.lock().expect("whole").clone();
    let opinions: Vec<Option<Opinion>> = signed[0].sheet.lines.iter().map(|line| line.1).collect();
    let expected = [Opinion::Cheating, Opinion::Unclear, Opinion::Clean].map(Some);
    assert_eq!((signed.len(), opinions), (1, expected.to_vec()));
    assert_eq!(visit.house.kept.lock().expect("whole").len(), 4);
}

#[test]
fn another_page_on_this_machine_learns_and_changes_nothing() {
    let texts = vec!["--- user\nTHE-SECRET\n".to_owned()];
    let Some(mut visit) =
        Visit::begin("another_page_on_this_machine_learns_and_changes_nothing", texts)
    else {
        return;
    };
    // A page of another origin that even knows the address: the test's own second queue.
    let link = visit.house.queue.link();
    let Some(other) = Visit::begin("another page", vec![String::new()]) else { return };
    visit.browser.go(&other.house.queue.link()).expect("the page opens");
    let script = "const [link, done] = arguments;
        const found = [];
        const ask = async (path, how) => {
            try { const r = await fetch(link + path, how); found.push(await r.text()); }
            catch (e) { found.push('refused'); }
        };
        (async () => {
            await ask('attempts/1', {});
            await ask('attempts/1', {mode: 'no-cors'});
            const body = new URLSearchParams({opinion: 'clean'});
            await ask('attempts/1', {method: 'POST', mode: 'no-cors', body});
            done(found.join('|'));
        })();";
    let found = visit.browser.run_async(script, &[link.as_str().into()]).expect("a script runs");
    assert!(!found.to_string().contains("THE-SECRET"), "{found}");
    // A form that is sent as a whole page.
    let form = "const form = document.createElement('form');
        form.method = 'post'; form.action = arguments[0] + 'attempts/1';
        form.innerHTML = '<input name=opinion value=clean>';
        document.body.append(form); form.submit();";
    visit.browser.run(form, &[link.as_str().into()]).expect("a script runs");
    visit.browser.go(&link).expect("the page opens");
    assert_eq!(visit.house.queue.left(), 1);
    assert!(visit.house.kept.lock().expect("whole").is_empty());
}
