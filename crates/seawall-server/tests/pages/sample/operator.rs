//! Fixtures: the pages of an operator and of an agency.

use super::*;
use seawall_matching::today::{Kind, Language, playbook};

pub fn noon_in(lang: Lang) -> When {
    When::instant("2026-11-14T12:00:00Z".parse().expect("an instant"), lang)
}

pub fn due_in(lang: Lang) -> When {
    When::day("2026-11-28".parse().expect("a day"), lang)
}

/// The operator's page with a number of cards.
pub fn today_page(voice: Voice, cards: usize, lang: Lang) -> today::Today {
    let (other, here) = match lang {
        Lang::English => (link("Español", "/today?lang=es"), "What to fix today"),
        Lang::Spanish => (link("English", "/today"), "Qué corregir hoy"),
    };
    today::Today {
        shell: shell(voice, here, Visitor::Operator, "/today", lang),
        operator: voice.text("A 40-bed hospital"),
        as_of: noon_in(lang),
        cards: (0..cards).map(|index| card(voice, index, lang)).collect(),
        more: 0,
        components: 64,
        advisories: 4,
        unknown: vec![
            today::Unknown {
                name: voice.text("Infusion pump console 7"),
                why: voice.text("no vendor has stated anything about it"),
            },
            today::Unknown {
                name: voice.text("libfoo 1.2 (vendored)"),
                why: "its ecosystem is not named".into(),
            },
        ],
        unknown_total: 7,
        ages: match lang {
            Lang::English => vec![
                "List of attacks (KEV): 1 day old.".into(),
                "Odds of attack (EPSS): 9 days old. Get a new copy.".into(),
            ],
            Lang::Spanish => vec!["Lista de ataques (KEV): de hace 1 día.".into()],
        },
        time: today::Time { windows: vec![String::new(); 2], ..today::Time::default() },
        exposure: link("Can strangers reach a system?", "/today/exposure"),
        other,
    }
}

/// The operator's page with a plan for some hours.
pub fn plan_page(voice: Voice) -> today::Today {
    let plan = today::Plan {
        warning: Some(
            "Look out: 1 thing due within 3 days does not fit. Find more time for it, or shield it \
             now."
                .into(),
        ),
        summary: vec![
            "In 6 hours you can do 2 of 4 things. They take 5 hours.".into(),
            "If you do them, 36 of 100 parts of the risk stay, and you know it. The parts are our \
             own marks. No one can measure risk."
                .into(),
        ],
        steps: vec![
            voice.text("Update ini 1.3.5. It takes 4 hours. So far: 4 hours."),
            voice.text("Shield sqlparse 0.4.1, as there is no fix. It takes 1 hour."),
        ],
        more_steps: 0,
        left: vec![voice.text("Update Lab gateway 4.2. It is due within 3 days.")],
        more_left: 3,
    };
    let time = today::Time {
        hours: voice.text("6"),
        windows: vec!["2".into(), String::new()],
        fault: None,
        plan: Some(plan),
    };
    today::Today { time, ..today_page(voice, 4, Lang::English) }
}

/// The operator's page after hours that are none.
pub fn fault_page(voice: Voice) -> today::Today {
    let page = plan_page(voice);
    let fault = Some("Write the hours as a number, such as 6 or 1.5.".into());
    let hours = voice.text("six");
    today::Today { time: today::Time { fault, hours, plan: None, ..page.time.clone() }, ..page }
}

/// The interview, with a question or with the answer.
pub fn exposure_page(voice: Voice, replies: usize, lang: Lang) -> exposure::Exposure {
    use seawall_matching::interview::Question;
    let language = match lang {
        Lang::English => Language::English,
        Lang::Spanish => Language::Spanish,
    };
    let reply = |question: &Question| exposure::Reply {
        name: question.name().into(),
        value: "no".into(),
        text: voice.text(question.text(language)),
        words: "No".into(),
        change: link(lang.say("Change", "Cambiar"), "/today/exposure?network=yes"),
    };
    let question = Question::ALL.get(replies).map(|question| exposure::Question {
        name: question.name().into(),
        text: question.text(language).into(),
        choices: [
            ("yes", "Yes", "Sí"),
            ("no", "No", "No"),
            ("unknown", "I do not know", "No lo sé"),
        ]
        .map(|(value, english, spanish)| (value.into(), lang.say(english, spanish).into()))
        .into(),
    });
    let verdict = exposure::Verdict {
        says: voice.text("Strangers cannot reach it."),
        tag: tag("not exposed", Tone::Good),
        reasons: vec![voice.text("People at home need a VPN to reach it.")],
        command: "seawall match FILE --today --exposed no".into(),
        effect: "Then what is not under attack may have later dates.".into(),
    };
    exposure::Exposure {
        shell: shell(
            voice,
            lang.say("Can strangers reach it?", "¿Llegan extraños a él?"),
            Visitor::Operator,
            "/today/exposure",
            lang,
        ),
        verdict: question.is_none().then_some(verdict),
        question,
        replies: Question::ALL.iter().take(replies).map(reply).collect(),
        again: link(lang.say("Start again", "Empezar de nuevo"), "/today/exposure"),
        back: link(lang.say("What to fix today", "Qué corregir hoy"), "/today"),
        other: link(lang.say("Español", "English"), "/today/exposure"),
    }
}

pub fn card(voice: Voice, index: usize, lang: Lang) -> today::Card {
    let parts = [
        (
            "ini 1.3.5 has a known flaw.",
            "Update it to 1.3.6 or later.",
            "Whoever can write one of your settings files can change \
             how the whole program behaves.",
        ),
        (
            "libz-sys 1.1.8 has a known flaw.",
            "Update to just 1.1.9, or 1.1.14 or later.",
            "A file sent to you can overrun memory while it is \
             unpacked, and may take over the program that unpacks it.",
        ),
        (
            "sqlparse 0.4.1 has a known flaw.",
            "There is no fix yet.",
            "A long comment makes the report viewer hang for minutes, \
             so others cannot use it.",
        ),
        (
            "Lab gateway 4.2 has a known flaw.",
            "There is no fix yet.",
            "It unpacks archives; an archive can create folders where \
             it should not.",
        ),
    ];
    let (what, how, why) = parts[index % parts.len()];
    let kind = [Kind::ControlDevice, Kind::MedicalDevice, Kind::OwnSoftware, Kind::Device];
    let kind = kind[index % kind.len()];
    today::Card {
        what: voice.text(what),
        places: vec![voice.text("patient portal"), voice.text("report server")],
        why: voice.text(why),
        how: voice.text(how),
        by: today::By {
            date: (index % 3 != 2).then(|| due_in(lang)),
            force: match index % 2 {
                0 => today::Force::Advice(
                    "after the table of BOD 26-04, which does not bind you".into(),
                ),
                _ => today::Force::Rule(voice.text("a rule of your regulator")),
            },
            row: voice.text(
                "Row 6: exposed, not known exploited, automatable, \
             partial: within 14 days.",
            ),
            inputs: vec![
                ("publicly exposed".into(), "yes".into(), voice.text("your inventory")),
                ("known exploited".into(), "no".into(), "CISA's list of 25 August 2025".into()),
                ("automatable".into(), "yes".into(), "SSVC record".into()),
                ("technical impact".into(), "partial".into(), "SSVC record".into()),
            ],
        },
        how_long: "Estimate: 1–4 hours.".into(),
        cannot: voice.text(
            "Take the portal off the internet until it is done, or \
             let only your own network reach it.",
        ),
        kind: kind.label(Language::English).into(),
        playbook: playbook(kind, Language::English)
            .map(|line| (line.step.label(Language::English).into(), line.text.into()))
            .into(),
        notes: vec![voice.text("Known as CVE-2020-7788.")],
        advisories: ["SW-2026-0002", "CVE-2020-7788", "GHSA-qqgx-2p2h-9c37"]
            .map(|name| link(name, "/advisories/SW-2026-0002"))
            .into(),
        lang: "en".into(),
    }
}

pub fn due_page(voice: Voice) -> due::Due {
    let input = |name: &str, value: &str, source: &str| due::Input {
        name: name.into(),
        value: value.into(),
        source: voice.text(source),
    };
    let row = |component: &str, outcome: &str, due, state, evidence| due::Row {
        component: voice.text(component),
        place: voice.text("records system, public web"),
        advisory: link("SW-2026-0004", "/advisories/SW-2026-0004"),
        inputs: vec![
            input("publicly exposed", "yes", "the inventory"),
            input("known exploited", "no", "CISA's list of 25 August 2025"),
            input("automatable", "yes", "SSVC record"),
            input("technical impact", "total", "SSVC record"),
        ],
        row: "Row 5 of 16".into(),
        outcome: outcome.into(),
        due,
        state,
        evidence,
    };
    due::Due {
        shell: shell(voice, "What is due", Visitor::Agency, "/due", Lang::English),
        agency: voice.text("A small federal agency"),
        directive: "BOD 26-04".into(),
        as_of: noon(),
        rows: vec![
            row(
                "zlib1g 1:1.2.11.dfsg-2",
                "within 3 days",
                Some(when("17 November 2026", "2026-11-17")),
                tag("open", Tone::Warn),
                None,
            ),
            row(
                "python3-urllib3 1.26.4-1",
                "on the next upgrade",
                None,
                tag("open", Tone::Calm),
                None,
            ),
            row(
                "python3-sqlparse 0.4.1-1",
                "within 60 days",
                Some(due()),
                tag("closed", Tone::Good),
                Some(
                    "sha256:5c1f0e0b4a2d7f1e9a3a2f0cbb5a9f4b7b0d7d7c1a2b3c4d5e6f708192a3b4c5"
                        .into(),
                ),
            ),
        ],
        csv: link("Download as CSV", "/due.csv"),
    }
}

pub fn inventory_page(voice: Voice) -> inventory::Inventory {
    let shell = shell(voice, "Inventory", Visitor::Operator, "/inventory", Lang::English);
    let upload = Form::post(&shell, "/inventory", "Send it")
        .says(
            "It is stored encrypted with a key of its own, and is \
             yours to erase.",
        )
        .field(
            FieldKind::Line,
            "name",
            "Name",
            "So that you recognise it: patient portal, November.",
        )
        .field(
            FieldKind::File,
            "file",
            "File",
            "CycloneDX, SPDX, a Debian package list or CSV, at most \
             16 MB.",
        );
    let exposure = |component: &str, state| inventory::Exposure {
        component: voice.text(component),
        place: voice.text("patient portal"),
        advisory: link("SW-2026-0002", "/advisories/SW-2026-0002"),
        state,
    };
    inventory::Inventory {
        upload: Some(upload),
        lists: vec![inventory::List {
            name: voice.text("Patient portal, November"),
            format: "CycloneDX 1.5".into(),
            taken: noon(),
            components: 64,
            unknown: 7,
            digest: "sha256:0b4a2d7f1e9a3a2f0cbb5a9f4b7b0d7d7c1a2b3c4d5e6f708192a3b4c55c1f0e"
                .into(),
        }],
        news: vec![inventory::News {
            at: noon(),
            component: voice.text("ini 1.3.5"),
            place: voice.text("patient portal"),
            advisory: link(voice.text("SW-2026-0002"), "/advisories/SW-2026-0002"),
            due: "due 28 November 2026 (row 9)".into(),
        }],
        exposures: vec![
            exposure("ini 1.3.5", inventory::State::Open),
            exposure("left 1.0", inventory::State::Retracted { at: noon() }),
            exposure(
                "sqlparse 0.4.1",
                inventory::State::NotAffected {
                    issuer: voice.text("the portal's vendor"),
                    why: voice.text("the formatter is never called with text from outside"),
                },
            ),
            exposure(
                "libz-sys 1.1.8",
                inventory::State::Fixed {
                    evidence:
                        "sha256:5c1f0e0b4a2d7f1e9a3a2f0cbb5a9f4b7b0d7d7c1a2b3c4d5e6f708192a3b4c5"
                            .into(),
                },
            ),
        ],
        shell,
    }
}
