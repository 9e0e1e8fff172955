//! Fixtures: every page with sample values: calm ones to look at, hostile ones to break it.

use seawall_server::pages::*;

#[path = "sample/analyst.rs"]
pub mod analyst;
#[path = "sample/framework.rs"]
pub mod framework_sample;
#[path = "sample/operator.rs"]
pub mod operator;
#[path = "sample/public.rs"]
pub mod public;
#[path = "sample/work.rs"]
pub mod work_sample;

use analyst::{
    case_page, cases_page, finding_page, queue_page, scans_page, sign_page, sources_page,
};
pub use operator::today_page;
use operator::{due_page, exposure_page, fault_page, inventory_page, plan_page};
use public::{advisory_page, flaw_page, home_page, lines, log_page};

/// What the foreign text of a page is like.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Voice {
    /// As it usually is.
    Calm,
    /// As an attacker would have it.
    Hostile,
}

/// Markup, a way out of an attribute, a direction override, a zero-width mark, an endless word.
pub const HOSTILE: &str = "<script>alert('x')</script>\" onmouseover=\"alert(1)\" \
     \u{202e}txet neddih\u{202c} zero\u{200b}width <img src=x onerror=alert(1)> {{ 7 }} &lt; \
     LoremipsumdolorsitametconsecteturadipiscingelitseddoeiusmodtemporincididuntutlaboreWWWWWWWWWWW";

impl Voice {
    /// Foreign text: as given, or made hostile.
    pub fn text(self, calm: &str) -> String {
        match self {
            Voice::Calm => calm.to_owned(),
            Voice::Hostile => format!("{calm} {HOSTILE}"),
        }
    }

    fn fact(self, name: &str, value: &str) -> Fact {
        Fact { name: name.into(), value: self.text(value) }
    }
}

/// A moment of the sample's day.
fn when(text: &str, machine: &str) -> When {
    When { text: text.into(), machine: machine.into() }
}

fn noon() -> When {
    when("14 November 2026, 12:00 UTC", "2026-11-14T12:00:00Z")
}

fn due() -> When {
    when("28 November 2026", "2026-11-28")
}

fn tag(text: &str, tone: Tone) -> Tag {
    Tag { text: text.into(), tone }
}

fn link(label: impl Into<String>, href: &str) -> Link {
    Link { label: label.into(), href: href.into() }
}

fn shell(voice: Voice, title: &str, visitor: Visitor, here: &str, lang: Lang) -> Shell {
    let user = match visitor {
        Visitor::Public => None,
        Visitor::Finder => Some("finder"),
        Visitor::Analyst => Some("analyst one"),
        Visitor::Maintainer => Some("maintainer"),
        Visitor::Operator => Some("hospital"),
        Visitor::Agency => Some("agency"),
        Visitor::Developer => Some("model developer"),
        Visitor::Evaluator => Some("evaluator"),
        Visitor::Official => Some("official"),
        Visitor::Partner => Some("trusted partner"),
    };
    Shell {
        title: voice.text(title),
        notice: Some(
            lang.say(
                "Demonstration: replay of a flaw public and fixed years \
             ago.",
                "Demostración: repetición de un fallo público y corregido \
             hace años.",
            )
            .into(),
        ),
        nav: nav(visitor, here, lang),
        user: user.map(Into::into),
        csrf: "sample-token".into(),
        lang,
    }
}

/// A page that could not be rendered is a failing test, not a missing sample.
fn html(page: &impl askama::Template) -> String {
    page.render().expect("a sample page renders")
}

/// Every page by the name of its file.
pub fn all(voice: Voice) -> Vec<(&'static str, String)> {
    let public = |title: &str| shell(voice, title, Visitor::Public, "/login", Lang::English);
    let signing_in = public("Sign in");
    vec![
        ("home", html(&home_page(voice))),
        (
            "login",
            html(&login::Login {
                problem: Some(voice.text("This link was used before. Ask for a new one.")),
                shell: public("Sign in"),
                ..login::Login::default()
            }),
        ),
        (
            "login-link",
            html(&login::Login {
                problem: None,
                user: Some(voice.text("analyst one")),
                form: Some(Form::post(&signing_in, "/login", "Sign in").hidden("token", "t")),
                shell: signing_in,
            }),
        ),
        (
            "problem",
            html(&problem::Problem {
                shell: public("It did not work"),
                status: 500,
                title: "It did not work, and it is our fault".into(),
                says: voice.text("Nothing of what you sent was kept. Please try again."),
                reference: Some("7F3A-9C21".into()),
                next: vec![link("Advisories", "/advisories")],
            }),
        ),
        ("queue", html(&queue_page(voice))),
        ("finding", html(&finding_page(voice))),
        ("cases", html(&cases_page(voice))),
        ("case", html(&case_page(voice))),
        ("sign", html(&sign_page(voice))),
        ("flaw", html(&flaw_page(voice))),
        ("sources", html(&sources_page(voice))),
        ("today", html(&today_page(voice, 10, Lang::English))),
        ("today-es", html(&today_page(voice, 10, Lang::Spanish))),
        ("today-clear", html(&today_page(voice, 0, Lang::English))),
        ("today-plan", html(&plan_page(voice))),
        ("today-fault", html(&fault_page(voice))),
        ("exposure", html(&exposure_page(voice, 0, Lang::English))),
        ("exposure-es", html(&exposure_page(voice, 3, Lang::Spanish))),
        ("exposure-answer", html(&exposure_page(voice, 10, Lang::English))),
        ("due", html(&due_page(voice))),
        ("inventory", html(&inventory_page(voice))),
        (
            "advisories",
            html(&advisories::Advisories {
                shell: shell(voice, "Advisories", Visitor::Public, "/advisories", Lang::English),
                lines: lines(voice),
                next: None,
                feeds: vec![
                    link("CSAF provider", "/.well-known/csaf/provider-metadata.json"),
                    link("OSV dump", "/v1/vulns"),
                ],
            }),
        ),
        ("advisory", html(&advisory_page(voice))),
        ("log", html(&log_page(voice))),
        (
            "developers",
            html(&developers::Developers {
                shell: shell(
                    Voice::Calm,
                    "For developers of models",
                    Visitor::Public,
                    "/developers",
                    Lang::English,
                ),
            }),
        ),
        ("scans", html(&scans_page(voice))),
        ("work", html(&work_sample::work_page(voice))),
        ("engagement", html(&framework_sample::engagement_page(voice))),
        ("engagements", html(&framework_sample::engagements_page(voice))),
        ("framework", html(&framework_sample::framework_page(voice))),
        ("partner", html(&framework_sample::partner_page(voice))),
    ]
}
