//! One developer's way through the pages in a real browser, up to the one button; then the others'
//! pages. Each is accessible by axe on a phone and on a desktop, and nothing sticks out.

use super::asking::House;
use super::figures::determined;
use seawall_domain::access::Actor;
use seawall_domain::engagement::grant::Purpose;
use seawall_domain::engagement::window::Ring;
use seawall_domain::evaluation::sealing::Duty;
use seawall_domain::partner::Declared;
use seawall_domain::partner::concentration::{Sector, Size};
use seawall_server::listen;
use seawall_services::engagement::{self, Offered};
use seawall_services::evaluation::docket;
use seawall_services::partner::{self, Request};
use seawall_testkit::browser::Browser;
use seawall_testkit::world::{digest_of, in_days, must, person_of};
use seawall_testkit::world::{gateway_certificate, gateway_key};
use std::collections::BTreeSet;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

struct Visit {
    browser: Browser,
    house: House,
    runtime: Runtime,
    site: String,
}

impl Visit {
    fn begin(test: &str) -> Option<Visit> {
        let browser = Browser::start(test)?;
        let runtime = Runtime::new().expect("a runtime starts");
        let house = runtime.block_on(House::open());
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let router = house.router.clone();
        runtime.spawn(listen::serve(listener, None, router, std::future::pending()));
        Some(Visit { browser, house, runtime, site: format!("http://{address}") })
    }

    fn go(&mut self, path: &str) {
        let address = format!("{}{path}", self.site);
        self.browser.go(&address).expect("the page opens");
    }

    /// Presses the first thing that a selector finds, and waits for the page to which it leads.
    fn press(&mut self, css: &str) {
        self.browser.press(css).expect("it leads to a page");
    }

    fn sign_in(&mut self, actor: &Actor) -> String {
        let link = self.runtime.block_on(self.house.link(actor));
        self.go(&format!("/login/{link}"));
        self.press("main form button");
        let address = self.browser.address().expect("a page is open");
        address.strip_prefix(&self.site).unwrap_or(&address).to_owned()
    }

    fn sign_out(&mut self) {
        self.press(".sw-user__out");
    }

    /// Fills in fields of a form, whose path ends so.
    fn fill(&mut self, form: &str, fields: &[(&str, &str)]) {
        for (name, value) in fields {
            let field = format!(
                "document.querySelector('[action$={form}] [name={name}]').value = '{value}'"
            );
            self.browser.run(&field, &[]).expect("a script runs");
        }
    }

    /// Sends a form that is refused: it stands there again as it was typed, with what is wrong
    /// beside the field.
    fn refused(&mut self, form: &str, typed: &[(&str, &str)], (wrong, says): (&str, &str)) {
        self.fill(form, typed);
        self.press(&format!("[action$={form}] button"));
        for (name, value) in typed {
            let there =
                format!("return document.querySelector('[action$={form}] [name={name}]').value");
            let there = self.browser.run(&there, &[]).expect("the form is there again");
            assert_eq!(there, *value, "{form}: {name}");
        }
        let beside = format!(
            "const field = document.querySelector('[action$={form}] [name={wrong}]');
             return field.getAttribute('aria-describedby').split(' ')
             .map(id => document.getElementById(id).textContent).join(' ')"
        );
        let beside = self.browser.run(&beside, &[]).expect("something describes the field");
        assert!(beside.as_str().is_some_and(|text| text.contains(says)), "{form}: {beside}");
    }

    fn text(&self) -> String {
        let main = self.browser.find("main").expect("every page has a main part");
        self.browser.text(&main).expect("it has text")
    }

    fn look(&mut self, name: &str) {
        self.browser.look(name).expect("the page can be used by everybody");
    }
}

#[test]
fn a_developer_asks_offers_and_withdraws_by_one_button() {
    let Some(mut visit) = Visit::begin("a_developer_asks_offers_and_withdraws_by_one_button")
    else {
        return;
    };
    let developer = visit.house.framework.developer.1.clone();
    assert_eq!(visit.sign_in(&developer), "/engagements");
    visit.look("engagements");
    let typed = [("snapshot", "abc <b>"), ("weights", "held")];
    visit.refused("engagements", &typed, ("snapshot", "64 hexadecimal digits"));
    visit.fill("engagements", &[("snapshot", &"ab".repeat(32))]);
    visit.press("main form button");
    assert!(visit.text().contains("determination: draft"), "{}", visit.text());
    visit.look("engagement, opened");
    let snapshot = "ab".repeat(32);
    let typed = [
        ("ring", "partners"),
        ("days", "7"),
        ("snapshot", snapshot.as_str()),
        ("terms", "Nothing leaves."),
        ("answer_by", "soon"),
    ];
    visit.refused("offer", &typed, ("answer_by", "Write a day as 2026-12-31."));
    visit.look("engagement, with an offer that was refused");
    visit.refused("name_lease_key", &[("key", "no key")], ("key", "key"));
    visit.fill("submit", &[("answer_by", "2026-05-01")]);
    visit.press("[action$=submit] button");
    let text = visit.text();
    assert!(text.contains("The question came in."), "{text}");
    assert!(text.contains("Nothing is required of you"), "{text}");
    visit.look("engagement, asked");
    visit.press("[action$=withdraw] button");
    let text = visit.text();
    assert!(text.contains("determination: withdrawn"), "{text}");
    visit.look("engagement, withdrawn");
    // Once more: it succeeds in every state.
    visit.press("[action$=withdraw] button");
    assert!(visit.text().contains("determination: withdrawn"));
    visit.sign_out();
    visit.go("/framework");
    assert!(visit.text().contains("fewer than 10"), "{}", visit.text());
    visit.look("framework");
}

#[test]
fn the_others_have_their_pages() {
    let Some(mut visit) = Visit::begin("the_others_have_their_pages") else {
        return;
    };
    let (desk, cast) = (visit.house.world.desk.clone(), visit.house.framework.clone());
    let official = cast.officials.1[0].clone();
    let answer_by = in_days(&visit.house.world, 30);
    let (engaged, evaluation, application) = visit.runtime.block_on(async {
        let engaged = cast.engage(&visit.house.world, 1).await.id;
        let offered = Offered {
            ring: Ring::Government,
            seconds: 86_400,
            snapshot: digest_of(1),
            terms: "Nothing leaves the enclave.",
            answer_by,
        };
        must(engagement::offer(&desk, &cast.developer.1, engaged, offered).await);
        let evaluation = must(docket::open(&desk, &official).await).id;
        let evaluator = person_of(&cast.evaluators[0]);
        must(docket::give(&desk, &official, evaluation, evaluator, Duty::SetThreshold).await);
        let declared = Declared {
            parent: cast.partner.0.id,
            sector: Sector::Water,
            size: Size::Small,
            protects: BTreeSet::new(),
        };
        let maker = cast.developer.0.id;
        let filed = partner::apply(&desk, &cast.partner.1, maker, declared, b"evidence").await;
        (engaged, evaluation, must(filed).application.id)
    });
    assert_eq!(visit.sign_in(&official), "/engagements");
    visit.go(&format!("/engagements/{engaged}"));
    visit.look("engagement for the official");
    visit.press("[action$=accept] button");
    assert!(visit.text().contains("window: accepted"), "{}", visit.text());
    visit.go(&format!("/partners/{application}"));
    assert!(visit.text().contains("begins the draw of a panel"), "{}", visit.text());
    let person = person_of(&cast.evaluators[4]);
    let field = format!("document.querySelector('[name=tied]').value = '{person}'");
    visit.browser.run(&field, &[]).expect("a script runs");
    visit.press("[action$=declare_tie] button");
    assert!(visit.text().contains("owns a part of it (Water association)"), "{}", visit.text());
    visit.look("application for the official, with a tie");
    let typed = [("pool", "one two"), ("wanted", "2")];
    visit.refused("begin_draw", &typed, ("pool", "Name people by their ids."));
    visit.press("[action$=end_tie] button");
    assert!(visit.text().contains("(Water association), ended"), "{}", visit.text());
    visit.look("application for the official");
    visit.sign_out();
    visit.sign_in(&cast.evaluators[0]);
    visit.go(&format!("/evaluations/{evaluation}"));
    assert!(visit.text().contains("(you)"), "{}", visit.text());
    visit.look("evaluation for an evaluator");
    let typed = [("keeping", "split"), ("quorum", "two")];
    visit.refused("commit", &typed, ("quorum", "Say how many."));
    visit.look("evaluation, with a protocol that was refused");
    visit.go("/evaluations");
    visit.look("evaluations");
    visit.sign_out();
    assert_eq!(visit.sign_in(&cast.partner.1), "/partners");
    visit.look("applications for a partner");
    visit.go(&format!("/partners/{application}"));
    visit.look("application for the partner");
}

/// A table in which one group is the partner's and the other nobody's.
const TABLE: &str = "group,name,sector,size,region,operators,source,as_of\n\
    1,small water systems,water,small,KS,900,a register,2026-01-31\n\
    2,rural clinics,health,small,,40,a survey,2025-12-31\n";

/// Puts a text into a file field, as somebody would choose a file.
fn choose(visit: &mut Visit, field: &str, name: &str, text: &str) {
    let script = format!(
        "const sent = new DataTransfer();
         sent.items.add(new File([{text:?}], {name:?}));
         document.querySelector('[name={field}]').files = sent.files;"
    );
    visit.browser.run(&script, &[]).expect("a script runs");
}

#[test]
fn an_official_brings_in_what_there_is_and_sees_what_is_covered() {
    let Some(mut visit) =
        Visit::begin("an_official_brings_in_what_there_is_and_sees_what_is_covered")
    else {
        return;
    };
    let cast = visit.house.framework.clone();
    let seat = visit.runtime.block_on(cast.seat(&visit.house.world));
    visit.sign_in(&cast.officials.1[0]);
    visit.go("/reach");
    let text = visit.text();
    assert!(text.contains("How many operators there are was not brought in."), "{text}");
    assert!(text.contains("Tokens are not known"), "{text}");
    visit.look("reach, before anything was brought in");
    choose(&mut visit, "table", "operators.csv", &TABLE.replace("40,", "4o,"));
    visit.press("[action$=operators] button");
    assert!(visit.text().contains("line 3, column operators"), "{}", visit.text());
    visit.go("/reach");
    choose(&mut visit, "table", "operators.csv", TABLE);
    visit.press("[action$=operators] button");
    // One official is not enough; another one reads what waits, and brings the same in.
    let text = visit.text();
    assert!(text.contains("How many operators there are was not brought in."), "{text}");
    visit.sign_out();
    visit.sign_in(&cast.officials.1[1]);
    visit.go("/reach");
    let text = visit.text();
    assert!(text.contains("brings the same in: the table of operators with 2 groups"), "{text}");
    assert!(text.contains("1,small water systems,water"), "{text}");
    visit.look("reach, with a table that waits");
    choose(&mut visit, "table", "operators.csv", TABLE);
    visit.press("[action$=operators] button");
    let text = visit.text();
    assert!(text.contains("Water\n900 operators, 900 covered, 0 not covered"), "{text}");
    assert!(text.contains("Health\n40 operators, 0 covered, 40 not covered"), "{text}");
    assert!(text.contains("rural clinics"), "{text}");
    assert!(text.contains("counted by a survey as of 2025-12-31"), "{text}");
    visit.look("reach, with a table");
    let days = "document.querySelector('[name=days]').value = '2026-12-24\\n2026-12-31'";
    visit.browser.run(days, &[]).expect("a script runs");
    visit.press("[action$=days_off] button");
    assert!(visit.text().contains("the federal holidays, and those named"), "{}", visit.text());
    let rubric = visit.runtime.block_on(partner::rubric(&visit.house.world.desk));
    let mut next = must(rubric).text().clone();
    next.version = 2;
    let next = serde_json::to_string(&next).expect("a rubric has a text");
    choose(&mut visit, "rubric", "rubric.json", &next);
    visit.press("[action$=rubric] button");
    assert!(visit.text().contains("the rubric, version 2"), "{}", visit.text());
    visit.sign_out();
    visit.sign_in(&cast.officials.1[0]);
    visit.go("/reach");
    choose(&mut visit, "rubric", "rubric.json", &next);
    visit.press("[action$=rubric] button");
    assert!(!visit.text().contains("the rubric, version 2"), "{}", visit.text());
    visit.sign_out();
    visit.go("/framework");
    assert!(visit.text().contains("Version 2."), "{}", visit.text());
    visit.sign_in(&cast.partner.1);
    visit.go(&format!("/partners/{seat}"));
    let text = visit.text();
    assert!(text.contains("Operators in them") && text.contains("900"), "{text}");
    visit.look("seat with numbers of operators");
}

#[test]
fn a_certificate_is_brought_in_and_both_see_it() {
    let Some(mut visit) = Visit::begin("a_certificate_is_brought_in_and_both_see_it") else {
        return;
    };
    let cast = visit.house.framework.clone();
    let (seat, (engaged, window)) = {
        let world = &visit.house.world;
        visit.runtime.block_on(async {
            (cast.seat(world).await, cast.open_window(world, Ring::Partners, 1).await)
        })
    };
    let page = format!("/engagements/{engaged}");
    visit.sign_in(&cast.developer.1);
    visit.go(&page);
    let key = gateway_key(5);
    visit.refused("name_gateway", &[("key", &key), ("window", "mine")], ("window", "by its id"));
    visit.fill("name_gateway", &[("key", &key), ("window", "")]);
    visit.press("[action$=name_gateway] button");
    assert!(visit.text().contains("named by the developer"), "{}", visit.text());
    visit.press("[action$='/withdraw'] button");
    let text = visit.text();
    assert!(text.contains("is not all known to be gone: 1 of 2 have delivered"), "{text}");
    visit.look("engagement with a gateway, over");
    let now = visit.house.world.desk.now();
    let certificate = |key| {
        let bytes = gateway_certificate(key, window, 3, now);
        String::from_utf8(bytes).expect("it is text")
    };
    choose(&mut visit, "certificate", "destruction.jsonl", &certificate(6));
    visit.press("[action$=destruction] button");
    assert!(visit.text().contains("no gateway with that key was named"), "{}", visit.text());
    choose(&mut visit, "certificate", "destruction.jsonl", &certificate(5));
    visit.press("[action$=destruction] button");
    let text = visit.text();
    assert!(text.contains("2 of 2 have delivered"), "{text}");
    assert!(text.contains("all of it is certified to be gone"), "{text}");
    visit.look("engagement with a certificate");
    visit.sign_out();
    visit.sign_in(&cast.partner.1);
    visit.go(&format!("/partners/{seat}"));
    assert!(visit.text().contains("2 of 2 have delivered"), "{}", visit.text());
    visit.look("seat with a certificate");
}

#[test]
fn whoever_looks_answers_the_rubric_that_was_in_force() {
    let Some(mut visit) = Visit::begin("whoever_looks_answers_the_rubric_that_was_in_force") else {
        return;
    };
    let (desk, cast) = (visit.house.world.desk.clone(), visit.house.framework.clone());
    let (application, looks) = {
        let world = &visit.house.world;
        visit.runtime.block_on(async {
            let mut text = must(partner::rubric(&desk).await).text().clone();
            text.version = 2;
            text.gates.truncate(1);
            text.criteria.truncate(1);
            text.gates[0].gate = must("rural_reach".parse());
            text.criteria[0].criterion = must("answers_at_night".parse());
            let bytes = must(serde_json::to_vec(&text));
            cast.publish_rubric(world, &bytes).await;
            let id = cast.drawn_for(world).await;
            (id, must(partner::dossier(&desk, &cast.officials.1[0], id).await).panel)
        })
    };
    let looks = cast.evaluators.iter().find(|it| looks.contains(&person_of(it)));
    visit.sign_in(looks.expect("two were drawn"));
    visit.go(&format!("/partners/{application}"));
    let text = visit.text();
    assert!(text.contains("Rural reach") && text.contains("Answers at night"), "{text}");
    visit.look("application for somebody of the panel");
    visit.fill("mark", &[("gate_rural_reach", "yes"), ("mark_answers_at_night", "3")]);
    visit.press("[action$=mark] button");
    assert!(visit.text().contains("A digest has 64 hexadecimal digits."), "{}", visit.text());
    let evidence = "ab".repeat(32);
    visit.fill("mark", &[("evidence", &evidence)]);
    visit.press("[action$=mark] button");
    assert!(!visit.text().contains("it cannot be changed afterwards"), "{}", visit.text());
}

#[test]
fn a_seat_shows_its_tokens_and_never_a_token() {
    let Some(mut visit) = Visit::begin("a_seat_shows_its_tokens_and_never_a_token") else {
        return;
    };
    let cast = visit.house.framework.clone();
    let (seat, window) = {
        let world = &visit.house.world;
        visit.runtime.block_on(async {
            (cast.seat(world).await, cast.open_window(world, Ring::Partners, 1).await.1)
        })
    };
    visit.sign_in(&cast.partner.1);
    let page = format!("/partners/{seat}");
    visit.go(&page);
    assert!(visit.text().contains("Terms of access of window"), "{}", visit.text());
    visit.look("seat with a window that is open");
    visit.press("[action$=accept_terms] button");
    assert!(!visit.text().contains("Accept the terms"), "{}", visit.text());
    let machine = visit
        .runtime
        .block_on(async { visit.house.world.machine(&cast.partner.0, "robot").await.account });
    let machine = machine.expect("a machine has an account");
    let field = format!("document.querySelector('[name=machine]').value = '{machine}'");
    visit.browser.run(&field, &[]).expect("a script runs");
    visit.press("[action$=sponsor] button");
    let key = "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    let purposes = BTreeSet::from([Purpose::Evaluate]);
    let wanted = Request { window, key, purposes, claims: BTreeSet::new() };
    let given = visit.runtime.block_on(async {
        must(partner::give(&visit.house.world.desk, &cast.partner.1, seat, wanted).await)
    });
    for (who, name) in [(&cast.partner.1, "partner"), (&cast.developer.1, "developer")] {
        visit.sign_out();
        visit.sign_in(who);
        visit.go(&page);
        let text = visit.text();
        let key = given.grant.key.to_string();
        assert!(text.contains("Access tokens that were given"), "{text}");
        assert!(text.contains(&key[..8]) && text.contains("for evaluate"), "{text}");
        let source = visit.browser.run("return document.documentElement.outerHTML", &[]);
        assert!(!source.expect("a script runs").to_string().contains(&given.token));
        visit.look(&format!("seat with a token for the {name}"));
    }
    // The developer, who looks last, stops a person by choice; both sides start again alike.
    let person = person_of(&cast.partner.1).to_string();
    visit.fill("suspend", &[("person", &person)]);
    visit.press("[action$=suspend] button");
    assert!(visit.text().contains(&format!("Person {person} is stopped.")), "{}", visit.text());
    visit.look("seat in which somebody is stopped");
    for who in [&cast.partner.1, &cast.developer.1] {
        visit.sign_out();
        visit.sign_in(who);
        visit.go(&page);
        visit.fill("resume", &[("person", &person)]);
        visit.press("[action$=resume] button");
    }
    assert!(!visit.text().contains("is stopped."), "{}", visit.text());
}

#[test]
fn a_scorer_looks_at_the_figures_of_a_determination() {
    let Some(mut visit) = Visit::begin("a_scorer_looks_at_the_figures_of_a_determination") else {
        return;
    };
    let (engaged, _) = visit.runtime.block_on(determined(&visit.house));
    let scorer = visit.house.framework.evaluators[3].clone();
    visit.sign_in(&scorer);
    visit.go(&format!("/engagements/{engaged}"));
    visit.press("main a[href$=figures]");
    assert!(visit.text().contains("The score is 65 %"), "{}", visit.text());
    let drawn = "const it = document.querySelector('.sw-drawing img');
        return it.complete && it.naturalWidth > 0";
    let drawn = visit.browser.run(drawn, &[]).expect("a script runs");
    assert_eq!(drawn, true, "the picture is there");
    visit.look("figures of a determination");
}
