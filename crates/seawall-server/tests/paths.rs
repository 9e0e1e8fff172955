//! Two ways through the portal in a real browser: the hospital's, from its login link to its
//! inventory, and that of two analysts who publish the fifth case. Every page on the way is
//! accessible by axe on a phone and on a desktop. With `SEAWALL_PICTURES=FOLDER`, every live page
//! is also pictured there, for people to look at.

// A test stops where its own set-up fails.
#![allow(clippy::expect_used)]

#[path = "portal/stage.rs"]
mod stage;

use seawall_domain::access::Actor;
use seawall_server::listen;
use seawall_testkit::browser::Browser;
use stage::Stage;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// A visit: the browser, the stage behind the pages, and what runs both.
struct Visit {
    browser: Browser,
    stage: Stage,
    runtime: Runtime,
    site: String,
}

impl Visit {
    /// Opens the portal on a port of its own; none when there is no browser here.
    fn begin(test: &str) -> Option<Visit> {
        let browser = Browser::start(test)?;
        let runtime = Runtime::new().expect("a runtime starts");
        let stage = runtime.block_on(Stage::full());
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"));
        let listener = listener.expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let router = stage.router.clone();
        runtime.spawn(listen::serve(listener, None, router, std::future::pending()));
        Some(Visit { browser, stage, runtime, site: format!("http://{address}") })
    }

    /// Opens a page of the portal.
    fn go(&mut self, path: &str) {
        let address = format!("{}{path}", self.site);
        self.browser.go(&address).expect("the page opens");
    }

    /// Opens a login link and presses its button; gives the path on which that ends.
    fn sign_in(&mut self, actor: &Actor) -> String {
        let link = self.runtime.block_on(self.stage.link(actor));
        self.go(&format!("/login/{link}"));
        self.press("main form button");
        self.path()
    }

    /// Presses the first thing that a selector finds, and waits for the page to which it leads.
    fn press(&mut self, css: &str) {
        self.browser.press(css).expect("it leads to a page");
    }

    /// Presses something that leads to no other page.
    fn press_in(&mut self, css: &str) {
        let part = self.browser.find(css).expect("it is on the page");
        self.browser.click(&part).expect("it can be pressed");
    }

    fn sign_out(&mut self) {
        self.press(".sw-user__out");
        assert_eq!(self.path(), "/");
    }

    /// The path of the page that is open.
    fn path(&self) -> String {
        let address = self.browser.address().expect("a page is open");
        address.strip_prefix(&self.site).unwrap_or(&address).to_owned()
    }

    /// What the page says.
    fn text(&self) -> String {
        let main = self.browser.find("main").expect("every page has a main part");
        self.browser.text(&main).expect("it has text")
    }

    /// Checks the open page at both widths: accessible, and nothing sticks out.
    fn look(&mut self, name: &str) {
        self.browser.look(name).expect("the page can be used by everybody");
    }
}

#[test]
fn the_hospital_finds_what_to_fix_and_sends_its_next_inventory() {
    let test = "the_hospital_finds_what_to_fix_and_sends_its_next_inventory";
    let Some(mut visit) = Visit::begin(test) else { return };
    let hospital = visit.stage.story.cast.hospital.1.clone();
    visit.go("/login");
    visit.look("login");
    assert_eq!(visit.sign_in(&hospital), "/today");
    let text = visit.text();
    for said in ["ini 1.3.5 has a known flaw", "Update it to 1.3.6 or later", "to just 1.1.9"] {
        assert!(text.contains(said), "{said} in {text}");
    }
    assert!(!text.contains("urllib3"), "not published yet");
    let items = visit.browser.find_all(".sw-today__card").expect("there is a list").len();
    assert_eq!(items, 4);
    visit.look("today");
    visit.go("/today?lang=es");
    assert!(visit.text().contains("tiene un fallo conocido"));
    visit.look("today-es");
    plan_and_ask(&mut visit);
    visit.press("nav a[href='/inventory']");
    visit.look("inventory");
    send_without(&mut visit, "pkg:npm/ini@1.3.5");
    visit.runtime.block_on(visit.stage.world.until_quiet());
    visit.go("/inventory");
    assert!(visit.text().contains("fixed"), "{}", visit.text());
    visit.look("inventory-after");
    visit.go("/queue");
    visit.look("nothing");
    visit.sign_out();
    visit.go("/today");
    assert!(visit.text().contains("There is nothing here"));
}

/// Makes a plan by the form, and finds out by two replies that a system is exposed.
fn plan_and_ask(visit: &mut Visit) {
    visit.go("/today");
    visit.press_in("details.sw-time summary");
    let hours = visit.browser.find("#hours").expect("the form asks for hours");
    visit.browser.write(&hours, "6").expect("it can be filled in");
    visit.press(".sw-time form button");
    assert_eq!(visit.path(), "/today?hours=6&window=&window=");
    assert!(visit.text().contains("What is left, and why"), "{}", visit.text());
    visit.look("today-plan");
    visit.press("main a[href='/today/exposure']");
    visit.look("exposure");
    visit.press("main button[value='yes']");
    visit.press("main button[value='yes']");
    assert_eq!(visit.path(), "/today/exposure?network=yes&open_to_all=yes");
    assert!(visit.text().contains("--exposed yes"), "{}", visit.text());
    visit.look("exposure-answer");
}

/// Sends the hospital's inventory again as a file, without one component.
fn send_without(visit: &mut Visit, purl: &str) {
    let mut document = stage::hospital();
    if let Some(components) = document["components"].as_array_mut() {
        components.retain(|component| component["purl"] != purl);
    }
    let file = visit.stage.world.dir().join("next.json");
    std::fs::write(&file, document.to_string()).expect("it can be written");
    let name = visit.browser.find("input[name='name']").expect("the form asks for a name");
    visit.browser.write(&name, "patient portal").expect("it can be filled in");
    let input = visit.browser.find("input[type='file']").expect("the form asks for a file");
    visit.browser.write(&input, &file.to_string_lossy()).expect("a file can be chosen");
    visit.press("main form button");
    assert_eq!(visit.path(), "/inventory");
}

#[test]
fn two_analysts_publish_the_fifth_case() {
    let Some(mut visit) = Visit::begin("two_analysts_publish_the_fifth_case") else { return };
    let [one, two] = visit.stage.story.cast.analysts.clone();
    let draft = format!("/drafts/{}", visit.runtime.block_on(visit.stage.draft()));
    assert_eq!(visit.sign_in(&one), "/queue");
    visit.look("queue");
    visit.go("/cases");
    visit.look("cases");
    assert!(visit.text().contains("Two analysts must sign"));
    // The case that waits stands first.
    visit.press("main tbody a");
    visit.look("case");
    visit.press("main a[href^='/drafts/']");
    assert_eq!(visit.path(), draft);
    visit.look("sign");
    visit.press("main form button");
    assert_eq!(visit.path(), draft);
    assert!(visit.text().contains("A second person must sign now"));
    visit.look("signed-once");
    visit.sign_out();
    visit.sign_in(&two);
    visit.go(&draft);
    assert!(visit.text().contains("You are the second of two"));
    visit.press("main form button");
    visit.look("signed-twice");
    visit.runtime.block_on(visit.stage.world.until_quiet());
    visit.go(&draft);
    visit.press("main .sw-box a[href^='/advisories/']");
    let (text, path) = (visit.text(), visit.path());
    for said in ["SW-2026-0005", "1.26.5", "CSAF 2.0 document"] {
        assert!(text.contains(said), "{said} in {text}");
    }
    visit.look("advisory-fifth");
    visit.sign_out();
    visit.go(&path);
    assert!(visit.text().contains("SW-2026-0005"), "anybody reads it");
}

#[test]
fn an_analyst_has_tried_again_what_could_not_be_run() {
    let test = "an_analyst_has_tried_again_what_could_not_be_run";
    let Some(mut visit) = Visit::begin(test) else { return };
    let (id, _) = visit.runtime.block_on(visit.stage.stuck());
    let analyst = visit.stage.story.cast.analysts[0].clone();
    visit.sign_in(&analyst);
    visit.press("a[href='/laboratory']");
    assert_eq!(visit.path(), "/laboratory");
    visit.look("laboratory");
    for part in ["lab-2/77/1", "the disk is full", "Could not be run", "at most 160 ms"] {
        assert!(visit.text().contains(part), "{part}: {}", visit.text());
    }
    visit.press("section[aria-labelledby=given-up] form button");
    assert_eq!(visit.path(), "/laboratory");
    assert!(!visit.text().contains("Given up"), "{}", visit.text());
    visit.press("section[aria-labelledby=unable] form button");
    assert_eq!(visit.path(), format!("/findings/{id}"));
    assert!(visit.text().contains("being checked"), "{}", visit.text());
    visit.sign_out();
}

#[test]
fn every_other_live_page_is_accessible() {
    let Some(mut visit) = Visit::begin("every_other_live_page_is_accessible") else { return };
    for (path, name) in [
        ("/", "home"),
        ("/advisories", "advisories"),
        ("/advisories/SW-2026-0004", "advisory-relapse"),
        ("/log", "log"),
        ("/developers", "developers"),
    ] {
        visit.go(path);
        visit.look(name);
    }
    let cast = visit.stage.story.cast.clone();
    visit.sign_in(&cast.agency.1);
    assert!(visit.text().contains("Row 9 of the published table"), "{}", visit.text());
    visit.look("due");
    visit.go("/today");
    assert!(visit.text().contains("rule that binds you"), "{}", visit.text());
    visit.look("today-agency");
    visit.sign_out();
    visit.sign_in(&cast.maintainer.1);
    visit.look("cases-maintainer");
    let case = visit.runtime.block_on(visit.stage.case(3));
    visit.go(&format!("/cases/{case}"));
    visit.look("case-maintainer");
    visit.sign_out();
    visit.sign_in(&cast.analysts[0]);
    visit.go("/");
    visit.look("home-analyst");
    visit.go("/scans");
    visit.look("scans");
    visit.go("/queue?state=joined");
    visit.press("main tbody a");
    visit.look("finding-joined");
    visit.go("/queue?state=reproduced");
    visit.press("main tbody a");
    visit.look("finding-lead");
    visit.go("/queue?state=needs-info");
    visit.press("main tbody a");
    visit.look("finding-needs-info");
    visit.go(&format!("/cases/{case}"));
    visit.look("case-published");
}
