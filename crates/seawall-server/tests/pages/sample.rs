//! Every page with sample values: calm ones to look at, hostile ones to break it.

use seawall_server::pages::embargo::{Moment, Order, Progress, Step, Timeline, Track};
use seawall_server::pages::range::{Outcome, RangePicture, Release};
use seawall_server::pages::*;

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
        Fact {
            name: name.into(),
            value: self.text(value),
        }
    }
}

/// A moment of the sample's day.
fn when(text: &str, machine: &str) -> When {
    When {
        text: text.into(),
        machine: machine.into(),
    }
}

fn noon() -> When {
    when("14 November 2026, 12:00 UTC", "2026-11-14T12:00:00Z")
}

fn noon_in(lang: Lang) -> When {
    When::instant("2026-11-14T12:00:00Z".parse().expect("an instant"), lang)
}

fn due_in(lang: Lang) -> When {
    When::day("2026-11-28".parse().expect("a day"), lang)
}

fn due() -> When {
    when("28 November 2026", "2026-11-28")
}

fn tag(text: &str, tone: Tone) -> Tag {
    Tag {
        text: text.into(),
        tone,
    }
}

fn link(label: impl Into<String>, href: &str) -> Link {
    Link {
        label: label.into(),
        href: href.into(),
    }
}

fn shell(voice: Voice, title: &str, visitor: Visitor, here: &str, lang: Lang) -> Shell {
    let user = match visitor {
        Visitor::Public => None,
        Visitor::Analyst => Some("analyst one"),
        Visitor::Maintainer => Some("maintainer"),
        Visitor::Operator => Some("hospital"),
        Visitor::Agency => Some("agency"),
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

fn releases(versions: &[(&str, Outcome)]) -> Vec<Release> {
    let release = |(version, outcome): &(&str, Outcome)| Release {
        version: (*version).into(),
        outcome: *outcome,
    };
    versions.iter().map(release).collect()
}

/// The range of a parser that was affected, fixed, affected again and fixed again.
fn relapse(voice: Voice, id: &str) -> RangePicture {
    use Outcome::{Affected as A, Unaffected as U, Untested as X};
    let mut all = vec![
        ("0.1.0".to_owned(), X),
        ("0.1.1".into(), X),
        ("0.1.2".into(), X),
    ];
    all.extend((4..=9).map(|n| (format!("0.1.{n}"), A)));
    all.extend((0..=8).map(|n| (format!("1.1.{n}"), A)));
    all.push(("1.1.9".into(), U));
    all.extend((10..=13).map(|n| (format!("1.1.{n}"), A)));
    all.extend((14..=31).map(|n| (format!("1.1.{n}"), U)));
    RangePicture {
        id: id.into(),
        package: voice.text("libz-sys (crates.io)"),
        intervals: vec![
            voice.text("from 0.1.4 until fixed in 1.1.9"),
            voice.text("from 1.1.10 until fixed in 1.1.14"),
        ],
        releases: all
            .into_iter()
            .map(|(version, outcome)| Release {
                version: voice.text(&version),
                outcome,
            })
            .collect(),
    }
}

fn simple(voice: Voice, id: &str) -> RangePicture {
    use Outcome::{Affected as A, Unaffected as U};
    RangePicture {
        id: id.into(),
        package: voice.text("ini (npm)"),
        intervals: vec![voice.text("from 1.0.0 until fixed in 1.3.6")],
        releases: releases(&[
            ("1.0.0", A),
            ("1.1.0", A),
            ("1.2.0", A),
            ("1.3.0", A),
            ("1.3.4", A),
            ("1.3.5", A),
            ("1.3.6", U),
            ("1.3.8", U),
            ("2.0.0", U),
            ("7.0.0", U),
        ]),
    }
}

fn stated(id: &str) -> RangePicture {
    RangePicture {
        id: id.into(),
        package: "zlib (Debian 11)".into(),
        intervals: vec!["until fixed in 1:1.2.11.dfsg-2+deb11u2".into()],
        releases: Vec::new(),
    }
}

fn lines(voice: Voice) -> Vec<advisories::Line> {
    let line =
        |number: &str, title: &str, package: &str, ranges: &str, revision| advisories::Line {
            number: number.into(),
            href: format!("/advisories/{number}"),
            title: voice.text(title),
            package: voice.text(package),
            ranges: voice.text(ranges),
            published: noon(),
            revision,
        };
    vec![
        line(
            "SW-2026-0004",
            "A crafted gzip header overruns memory while it is \
             unpacked",
            "libz-sys (crates.io)",
            "0.1.4 until 1.1.9, and 1.1.10 until 1.1.14",
            2,
        ),
        line(
            "SW-2026-0003",
            "An archive can create folders outside the place it is \
             unpacked to",
            "tar (crates.io)",
            "0.4.10 until 0.4.36",
            1,
        ),
        line(
            "SW-2026-0002",
            "A settings file can change how the whole program behaves",
            "ini (npm)",
            "1.0.0 until 1.3.6",
            1,
        ),
        line(
            "SW-2026-0001",
            "A long comment makes the SQL formatter run for minutes",
            "sqlparse (PyPI)",
            "0.4.0 until 0.4.2",
            1,
        ),
    ]
}

fn home_page(voice: Voice) -> home::Home {
    home::Home {
        shell: shell(voice, "Seawall", Visitor::Public, "/", Lang::English),
        corridor: home::corridor([Some(3), Some(13), None, Some(4), Some(9), Some(2)]),
        newest: lines(voice),
        figures: [
            ("13", "findings received"),
            ("4", "joined to another finding"),
            ("5", "reproduced"),
            ("4", "advisories published"),
        ]
        .map(|(number, label)| home::Figure {
            number: number.into(),
            label: label.into(),
        })
        .into(),
        as_of: noon(),
    }
}

fn queue_page(voice: Voice) -> queue::Queue {
    let filter = |label: &str, count, current| queue::Filter {
        label: label.into(),
        count,
        href: format!("/queue?state={label}"),
        current,
    };
    let row = |package: &str, claim: &str, state: Tag, waits: &str| queue::Row {
        href: "/findings/5c1f".into(),
        package: voice.text(package),
        claim: voice.text(claim),
        state,
        since: noon(),
        finder: voice.text("finder agent two"),
        waits: waits.into(),
    };
    queue::Queue {
        shell: shell(
            voice,
            "Queue of findings",
            Visitor::Analyst,
            "/queue",
            Lang::English,
        ),
        filters: vec![
            filter("all", 13, true),
            filter("reproduced", 5, false),
            filter("joined", 4, false),
            filter("needs info", 1, false),
            filter("not reproduced", 1, false),
            filter("already fixed", 1, false),
            filter("rejected", 1, false),
        ],
        rows: vec![
            row(
                "pkg:npm/ini@1.3.5",
                "Prototype of every object can be changed by a section \
             name",
                tag("reproduced", Tone::Good),
                "",
            ),
            row(
                "pkg:npm/ini@1.3.5",
                "ini.parse pollutes Object",
                tag("joined", Tone::Calm),
                "",
            ),
            row(
                "pkg:pypi/urllib3@1.26.4",
                "Quadratic time in the URL pattern",
                tag("not reproduced", Tone::Quiet),
                "",
            ),
            row(
                "pkg:cargo/tar@0.4.35",
                "Unpacking follows a link",
                tag("needs info", Tone::Warn),
                "waits for the finder: recipe, contact",
            ),
            row(
                "pkg:npm/ini@1.3.5",
                "Overflow in ini_decode_fast",
                tag("rejected", Tone::Bad),
                "the source defines no such function",
            ),
        ],
        next: Some(link("Older findings", "/queue?after=5")),
    }
}

fn finding_page(voice: Voice) -> finding::Finding {
    let shell = shell(voice, "Finding", Visitor::Analyst, "/queue", Lang::English);
    let unjoin = Form::post(&shell, "/findings/5c1f/unjoin", "Take it out of the group")
        .says("It is then checked on its own, and the finder is told.")
        .weight(form::Weight::Side)
        .field(
            FieldKind::Line,
            "reason",
            "Why is it another flaw?",
            "One sentence; it is recorded.",
        );
    let side = |title: &str, finder: &str| finding::Side {
        link: link("finding 5c1f…", "/findings/5c1f"),
        finder: voice.text(finder),
        title: voice.text(title),
        description: voice.text(
            "A section named __proto__ in the parsed text changes the \
             prototype of all objects, so a settings file can switch \
             on anything.",
        ),
        facts: vec![
            voice.fact("Function", "decode"),
            voice.fact("File", "ini.js"),
            voice.fact("Weakness", "CWE-1321"),
            voice.fact("Effect when run", "canary property"),
        ],
    };
    let run = |outcome: Tag| finding::Run {
        outcome,
        release: voice.text("ini 1.3.5"),
        effect: voice.text("canary property seen on a fresh object"),
        transcript: voice.text(
            "build: nothing to build\ntrigger: node \
             trigger.js\ncanary: present\ncontrol: absent\nexit: 0\n",
        ),
        digest: "sha256:5c1f0e0b4a2d7f1e9a3a2f0cbb5a9f4b7b0d7d7c1a2b3c4d5e6f708192a3b4c5".into(),
    };
    finding::Finding {
        receipt: "rcpt-7f3a9c".into(),
        state: tag("joined", Tone::Calm),
        since: noon(),
        next: "nothing by itself. It shares the way of the group's \
             lead."
            .into(),
        claim: finding::Claim {
            title: voice.text(
                "Prototype of every object can be changed by a section \
             name",
            ),
            description: voice.text(
                "When a text with the section [__proto__] is parsed, the \
             keys below it land on Object.prototype.\nWhoever can \
             write a settings file can therefore change how the whole \
             program behaves.\n\nSee the attached recipe.",
            ),
            facts: vec![
                voice.fact("Package", "pkg:npm/ini"),
                voice.fact("Versions", "1.3.5"),
                voice.fact("Weakness", "CWE-1321"),
                voice.fact("Place", "ini.js, function decode, line 80"),
                voice.fact("Tool", "finder agent two (sample model)"),
            ],
            references: vec![voice.text("https://example.invalid/report/17")],
            attachments: vec![finding::Attachment {
                name: voice.text("recipe.toml"),
                kind: "reproducer".into(),
                size: "412 bytes".into(),
                digest: "sha256:0b4a2d7f1e9a3a2f0cbb5a9f4b7b0d7d7c1a2b3c4d5e6f708192a3b4c55c1f0e"
                    .into(),
            }],
        },
        gate: vec![
            Check {
                name: "Package".into(),
                met: true,
                says: voice.text("pkg:npm/ini"),
            },
            Check {
                name: "Recipe".into(),
                met: true,
                says: String::new(),
            },
            Check {
                name: "Contact".into(),
                met: false,
                says: "name a human who answers for the report and can be \
             reached"
                    .into(),
            },
        ],
        reference: Some(finding::Reference {
            state: tag("defined", Tone::Good),
            says: voice.text("ini.js of release 1.3.5 defines `decode` once."),
            excerpt: Some(voice.text(
                "66  function decode (str) {\n67    var out = {}\n68    \
             var p = out\n",
            )),
        }),
        group: Some(finding::Group {
            lead: side(
                "Prototype of every object can be changed",
                "finder agent one",
            ),
            this: side("ini.parse pollutes Object", "finder agent two"),
            reasons: vec![
                voice.fact("Same package and function", "both name decode in ini.js"),
                voice.fact("Same weakness", "both say CWE-1321"),
                voice.fact(
                    "Same effect",
                    "both proofs were run; the canary is seen in both",
                ),
            ],
            members: vec![link(
                voice.text("finding 91ab…: Settings parser lets text set prototypes"),
                "/findings/91ab",
            )],
            unjoin: Some(unjoin),
        }),
        verdict: Some(tag("reproduced", Tone::Good)),
        runs: vec![
            run(tag("affected", Tone::Bad)),
            run(tag("affected", Tone::Bad)),
            run(tag("affected", Tone::Bad)),
        ],
        range: Some(simple(voice, "finding-range")),
        case: Some(link("Open the case", "/cases/3f")),
        shell,
    }
}

fn track(id: &str, name: &str, says: &str, order: Order, steps: &[&str], now: usize) -> Track {
    let step = |(index, label): (usize, &&str)| Step {
        label: (*label).into(),
        progress: match index.cmp(&now) {
            std::cmp::Ordering::Less => Progress::Done,
            std::cmp::Ordering::Equal => Progress::Now,
            std::cmp::Ordering::Greater => Progress::Ahead,
        },
    };
    Track {
        id: id.into(),
        name: name.into(),
        says: says.into(),
        steps: steps.iter().enumerate().map(step).collect(),
        order,
    }
}

/// What is known to whom: facts that are so, or not.
fn known(id: &str, facts: &[(&str, bool)]) -> Track {
    let step = |(label, so): &(&str, bool)| Step {
        label: (*label).into(),
        progress: if *so { Progress::Done } else { Progress::Ahead },
    };
    Track {
        id: id.into(),
        name: "Case.".into(),
        says: "A fix is out; the public does not know yet.".into(),
        steps: facts.iter().map(step).collect(),
        order: Order::Facts,
    }
}

fn timeline() -> Timeline {
    let moment = |label: &str, text: &str, days: i64, binding| Moment {
        label: label.into(),
        at: when(text, "2026-11-14T12:00:00Z"),
        seconds: 1_794_000_000 + days * 86_400,
        binding,
    };
    Timeline {
        id: "clocks-line".into(),
        moments: vec![
            moment("Embargo begins", "1 November 2026", 0, false),
            moment("Maintainer told", "1 November 2026", 0, false),
            moment("Fixed release", "12 November 2026", 11, false),
            moment("30 days after the fix", "12 December 2026", 41, true),
            moment("90 days after the report", "30 January 2027", 90, false),
        ],
        now: moment("Now", "14 November 2026", 13, false),
    }
}

fn cases_page(voice: Voice) -> case::Cases {
    let row = |title: &str, package: &str, state, next: &str, by| case::CaseRow {
        href: "/cases/3f".into(),
        title: voice.text(title),
        package: voice.text(package),
        state,
        next: next.into(),
        by,
    };
    case::Cases {
        shell: shell(voice, "Cases", Visitor::Analyst, "/cases", Lang::English),
        rows: vec![
            row(
                "Quadratic time in the URL pattern",
                "pkg:pypi/urllib3",
                tag("ready to sign", Tone::Warn),
                "Two analysts must sign.",
                Some(due()),
            ),
            row(
                "Prototype of every object can be changed",
                "pkg:npm/ini",
                tag("published", Tone::Good),
                "Nothing.",
                None,
            ),
        ],
    }
}

fn case_page(voice: Voice) -> case::Case {
    let shell = shell(voice, "Case", Visitor::Analyst, "/cases/3f", Lang::English);
    let letter = |way, with: &str, subject: &str, body: &str, says: &str| case::Letter {
        way,
        at: noon(),
        with: voice.text(with),
        subject: voice.text(subject),
        body: voice.text(body),
        says: says.into(),
    };
    case::Case {
        title: voice.text("Quadratic time in the URL pattern"),
        package: voice.text("pkg:pypi/urllib3"),
        state: tag("embargo active", Tone::Warn),
        next: vec![
            case::Next {
                who: "Analyst two".into(),
                what: "signs the advisory as the second person.".into(),
                by: Some(due()),
            },
            case::Next {
                who: "The maintainer".into(),
                what: "need do nothing; the fix is released.".into(),
                by: None,
            },
        ],
        tracks: vec![
            track(
                "rm",
                "Report.",
                "The maintainer accepted it.",
                Order::Path,
                &["received", "valid", "accepted", "closed"],
                2,
            ),
            track(
                "em",
                "Embargo.",
                "Only the participants may know.",
                Order::Path,
                &["none", "proposed", "active", "exited"],
                2,
            ),
            known(
                "cs",
                &[
                    ("vendor aware", true),
                    ("fix ready", true),
                    ("fix deployed", false),
                    ("public aware", false),
                    ("exploit public", false),
                    ("attacks seen", false),
                ],
            ),
        ],
        timeline: Some(timeline()),
        conflicts: vec![voice.text(
            "The project asks for 90 days from the report; the \
             distributor's policy says 30 days from the fix. The \
             earlier one binds until somebody decides otherwise.",
        )],
        policy: vec![
            voice.fact("Found by a machine", "treated as private"),
            voice.fact("Reproducer", "withheld until a release is recorded"),
            voice.fact("Clock", "30 days from the fix, at most 90 from the report"),
            voice.fact("Pace", "at most two open reports at a time"),
        ],
        participants: vec![
            case::Participant {
                name: voice.text("urllib3 maintainers"),
                role: "maintainer".into(),
                state: tag("accepted", Tone::Good),
                told: Some(noon()),
            },
            case::Participant {
                name: voice.text("finder agent one"),
                role: "finder".into(),
                state: tag("accepted", Tone::Good),
                told: Some(noon()),
            },
            case::Participant {
                name: voice.text("A distributor"),
                role: "distributor".into(),
                state: tag("not invited", Tone::Quiet),
                told: None,
            },
        ],
        fix: Some(case::Fix {
            state: tag("released", Tone::Good),
            says: voice.text("1.26.5 no longer shows the effect."),
            facts: vec![
                voice.fact("Release", "1.26.5"),
                voice.fact("Run again", "3 of 3 runs: not affected"),
            ],
        }),
        letters: vec![
            letter(
                case::Way::Sent,
                "urllib3 maintainers",
                "One report about urllib3 1.26.4",
                "Hello,\n\na report about urllib3 1.26.4 was reproduced \
             here three times.\nBundle: sha256:5c1f…\n\nThere is no \
             hurry beyond your own policy.",
                "One mail for one flaw, with the bundle's digest.",
            ),
            letter(
                case::Way::Received,
                "urllib3 maintainers",
                "Re: One report about urllib3 1.26.4",
                "slow down\n\nWe are few. After the holidays please.",
                "Understood: slow down. Nothing more is sent before the \
             maintainers write.",
            ),
            letter(
                case::Way::Received,
                "urllib3 maintainers",
                "Re: One report about urllib3 1.26.4",
                "fixed in 1.26.5",
                "Understood: fixed in 1.26.5. The release was run.",
            ),
        ],
        findings: vec![link(
            voice.text("Quadratic time in the URL pattern"),
            "/findings/5c1f",
        )],
        forms: vec![
            Form::post(
                &shell,
                "/cases/3f/release",
                "Release the reproducer to the maintainer",
            )
            .says("Recorded, and then sent by mail.")
            .weight(form::Weight::Side),
            Form::post(&shell, "/cases/3f/exit", "End the embargo now")
                .says("The embargo is over then, and never comes back.")
                .weight(form::Weight::Final)
                .field(
                    FieldKind::Choice(vec![
                        ("decided".into(), "The participants decided".into()),
                        ("attacks".into(), "Attacks were seen".into()),
                    ]),
                    "why",
                    "Why",
                    "",
                )
                .field(
                    FieldKind::Tick,
                    "sure",
                    "The participants were asked",
                    "Their answers are in the correspondence.",
                ),
        ],
        sign: Some(link("Go to the signing page", "/cases/3f/sign")),
        shell,
    }
}

fn affected(voice: Voice) -> Vec<advisory::Affected> {
    vec![
        advisory::Affected {
            package: voice.text("libz-sys (crates.io)"),
            stated_by: None,
            picture: relapse(voice, "affected-1"),
        },
        advisory::Affected {
            package: voice.text("zlib (Debian 11)"),
            stated_by: Some(voice.text("the distributor")),
            picture: stated("affected-2"),
        },
    ]
}

fn advisory_facts(voice: Voice) -> Vec<Fact> {
    vec![
        voice.fact("Weakness", "CWE-787"),
        voice.fact("Severity", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"),
        voice.fact("Also known as", "CVE-2022-37434"),
        voice.fact("Found by", "finder agent three"),
    ]
}

fn sign_page(voice: Voice) -> sign::Sign {
    let shell = shell(
        voice,
        "What will be published",
        Visitor::Analyst,
        "/cases/3f/sign",
        Lang::English,
    );
    let form = Form::post(&shell, "/cases/3f/sign", "Sign it")
        .says(
            "You are the second of two. It is published at once, and \
             can only be superseded.",
        )
        .hidden("digest", "sha256:5c1f")
        .field(FieldKind::Tick, "read", "I read all of it", "");
    sign::Sign {
        case: link(voice.text("Quadratic time in the URL pattern"), "/cases/3f"),
        title: voice.text(
            "A crafted gzip header overruns memory while it is \
             unpacked",
        ),
        summary: voice.text(
            "Software that unpacks gzip data and asks for the \
             header's extra field can be made to write beyond its \
             memory. Whoever sends the data may crash it or take it \
             over.",
        ),
        remedy: voice.text("Update libz-sys to 1.1.14 or later."),
        workaround: voice.text(
            "Do not read the gzip header's extra field of data from \
             strangers.",
        ),
        facts: advisory_facts(voice),
        affected: affected(voice),
        digest: "sha256:5c1f0e0b4a2d7f1e9a3a2f0cbb5a9f4b7b0d7d7c1a2b3c4d5e6f708192a3b4c5".into(),
        conditions: vec![
            Check {
                name: "Nobody keeps it private".into(),
                met: true,
                says: String::new(),
            },
            Check {
                name: "The fixed release was run".into(),
                met: true,
                says: "1.1.14 no longer shows the effect".into(),
            },
            Check {
                name: "The embargo is over or its clock has run out".into(),
                met: false,
                says: "it ends on 12 December 2026".into(),
            },
        ],
        signatures: vec![sign::Signature {
            who: voice.text("analyst one"),
            at: noon(),
        }],
        needed: 2,
        turn: sign::Turn::Sign(form),
        shell,
    }
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
        other,
    }
}

fn card(voice: Voice, index: usize, lang: Lang) -> today::Card {
    let parts = [
        (
            "ini",
            "1.3.5",
            today::Action::Update { to: "1.3.6".into() },
            "Whoever can write one of your settings files can change \
             how the whole program behaves.",
        ),
        (
            "libz-sys",
            "1.1.8",
            today::Action::Update {
                to: "1.1.14".into(),
            },
            "A file sent to you can overrun memory while it is \
             unpacked, and may take over the program that unpacks it.",
        ),
        (
            "sqlparse",
            "0.4.1",
            today::Action::Shield,
            "A long comment makes the report viewer hang for minutes, \
             so others cannot use it.",
        ),
        (
            "Lab gateway",
            "4.2",
            today::Action::AskVendor {
                vendor: voice.text("the gateway's vendor"),
            },
            "It unpacks archives; an archive can create folders where \
             it should not.",
        ),
    ];
    let (component, version, action, why) = parts[index % parts.len()].clone();
    today::Card {
        component: voice.text(component),
        version: voice.text(version),
        places: vec![voice.text("patient portal"), voice.text("report server")],
        action,
        why: voice.text(why),
        how: voice.text(
            "Ask whoever maintains the patient portal to install the \
             new version and restart it. It takes a few minutes.",
        ),
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
                (
                    "publicly exposed".into(),
                    "yes".into(),
                    voice.text("your inventory"),
                ),
                (
                    "known exploited".into(),
                    "no".into(),
                    "CISA's list of 25 August 2025".into(),
                ),
                ("automatable".into(), "yes".into(), "SSVC record".into()),
                (
                    "technical impact".into(),
                    "partial".into(),
                    "SSVC record".into(),
                ),
            ],
        },
        cannot: voice.text(
            "Take the portal off the internet until it is done, or \
             let only your own network reach it.",
        ),
        advisory: link("SW-2026-0002", "/advisories/SW-2026-0002"),
        lang: "en".into(),
    }
}

fn due_page(voice: Voice) -> due::Due {
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

fn inventory_page(voice: Voice) -> inventory::Inventory {
    let shell = shell(
        voice,
        "Inventory",
        Visitor::Operator,
        "/inventory",
        Lang::English,
    );
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
        exposures: vec![
            exposure("ini 1.3.5", inventory::State::Open),
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

fn advisory_page(voice: Voice) -> advisory::Advisory {
    advisory::Advisory {
        shell: shell(
            voice,
            "SW-2026-0004",
            Visitor::Public,
            "/advisories/SW-2026-0004",
            Lang::English,
        ),
        number: "SW-2026-0004".into(),
        title: voice.text(
            "A crafted gzip header overruns memory while it is \
             unpacked",
        ),
        summary: voice.text(
            "Software that unpacks gzip data and asks for the \
             header's extra field can be made to write beyond its \
             memory. Whoever sends the data may crash it or take it \
             over.",
        ),
        remedy: voice.text(
            "Update libz-sys to 1.1.14 or later. Do not stop at \
             1.1.9: the flaw came back in 1.1.10.",
        ),
        workaround: voice.text(
            "Do not read the gzip header's extra field of data from \
             strangers.",
        ),
        affected: affected(voice),
        facts: advisory_facts(voice),
        revisions: vec![
            advisory::Revision {
                number: 2,
                at: noon(),
                summary: voice.text("The flaw came back in 1.1.10; both ranges are listed."),
            },
            advisory::Revision {
                number: 1,
                at: noon(),
                summary: "First published.".into(),
            },
        ],
        documents: vec![
            link(
                "CSAF 2.0 document",
                "/.well-known/csaf/white/2026/sw-2026-0004.json",
            ),
            link(
                "Its signature",
                "/.well-known/csaf/white/2026/sw-2026-0004.json.asc",
            ),
            link("OSV entry", "/v1/vulns/x_SW-2026-0004"),
            link(
                "Evidence bundle's digest",
                "/advisories/SW-2026-0004/evidence",
            ),
        ],
        logged: Some(link("Entry 31 of the public log", "/log#31")),
        references: vec![voice.text("https://example.invalid/zlib/notes")],
        withdrawn: None,
    }
}

fn log_page(voice: Voice) -> log::Log {
    let entry = |index, says: &str, about: Option<Link>| log::Entry {
        index,
        at: noon(),
        says: voice.text(says),
        about,
        digest: "5c1f0e0b4a2d7f1e9a3a2f0cbb5a9f4b7b0d7d7c1a2b3c4d5e6f708192a3b4c5".into(),
    };
    log::Log {
        shell: shell(voice, "Public log", Visitor::Public, "/log", Lang::English),
        origin: "seawall.invalid/public".into(),
        size: 34,
        root: "q1wR0mB6uGm1dVYt2m8r3vXH1o0d9c8b7a6f5e4d3c2=".into(),
        at: noon(),
        checkpoint:
            "seawall.invalid/public\n34\nq1wR0mB6uGm1dVYt2m8r3vXH1o0d9c8b7a6f5e4d3c2=\n\n— \
             seawall.invalid/public Az3grl…\n"
                .into(),
        steps: vec![
            log::Step {
                says: "Fetch what is published".into(),
                command: "seawall export public --from http://127.0.0.1:8080 \
             public/"
                    .into(),
            },
            log::Step {
                says: "Recompute every entry and every figure".into(),
                command: "seawall verify public/".into(),
            },
        ],
        entries: vec![
            entry(
                33,
                "Advisory revised:",
                Some(link("SW-2026-0004", "/advisories/SW-2026-0004")),
            ),
            entry(32, "Figures published.", None),
            entry(
                31,
                "Advisory published:",
                Some(link("SW-2026-0004", "/advisories/SW-2026-0004")),
            ),
        ],
    }
}

fn scans_page(voice: Voice) -> scans::Scans {
    let lease = |target: &str, state, overlaps: &[&str]| scans::Lease {
        target: voice.text(target),
        range: voice.text("releases 1.3.0 to 1.3.5"),
        technique: "static, by model".into(),
        holder: voice.text("finder agent one"),
        from: noon(),
        until: when("15 November 2026, 12:00 UTC", "2026-11-15T12:00:00Z"),
        state,
        overlaps: overlaps.iter().map(|text| voice.text(text)).collect(),
    };
    scans::Scans {
        shell: shell(voice, "Scans", Visitor::Analyst, "/scans", Lang::English),
        leases: vec![
            lease(
                "pkg:npm/ini",
                tag("claimed", Tone::Good),
                &["finder agent two asked for the same and was told"],
            ),
            lease("pkg:pypi/sqlparse", tag("ended", Tone::Quiet), &[]),
        ],
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
        ("today", html(&today_page(voice, 10, Lang::English))),
        ("today-es", html(&today_page(voice, 10, Lang::Spanish))),
        ("today-clear", html(&today_page(voice, 0, Lang::English))),
        ("due", html(&due_page(voice))),
        ("inventory", html(&inventory_page(voice))),
        (
            "advisories",
            html(&advisories::Advisories {
                shell: shell(
                    voice,
                    "Advisories",
                    Visitor::Public,
                    "/advisories",
                    Lang::English,
                ),
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
    ]
}
