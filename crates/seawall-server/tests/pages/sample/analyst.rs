//! Fixtures: the pages of an analyst.

use super::public::{advisory_facts, affected, simple};
use super::*;
use seawall_server::pages::embargo::{Moment, Order, Progress, Step, Timeline, Track};

pub fn queue_page(voice: Voice) -> queue::Queue {
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
        shell: shell(voice, "Queue of findings", Visitor::Analyst, "/queue", Lang::English),
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
            row("pkg:npm/ini@1.3.5", "ini.parse pollutes Object", tag("joined", Tone::Calm), ""),
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

pub fn finding_page(voice: Voice) -> finding::Finding {
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
        id: "5c1f0e0b-4a2d-4f1e-9a3a-2f0cbb5a9f4b".into(),
        state: tag("joined", Tone::Calm),
        since: noon(),
        again: Some(Form::post(&shell, "/findings/5c1f/try-again", "Try it again")),
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
            Check { name: "Package".into(), met: true, says: voice.text("pkg:npm/ini") },
            Check { name: "Recipe".into(), met: true, says: String::new() },
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
            lead: Some(side("Prototype of every object can be changed", "finder agent one")),
            this: side("ini.parse pollutes Object", "finder agent two"),
            reasons: vec![
                voice.fact("Same package and function", "both name decode in ini.js"),
                voice.fact("Same weakness", "both say CWE-1321"),
                voice.fact("Same effect", "both proofs were run; the canary is seen in both"),
            ],
            members: vec![link(
                voice.text("finding 91ab…: Settings parser lets text set prototypes"),
                "/findings/91ab",
            )],
            unjoin: Some(unjoin),
        }),
        verdict: Some(tag("reproduced", Tone::Good)),
        grade: Some("Doubtful. What speaks against it:"),
        doubts: vec!["the recipe states no boundary: who attacks, and what they gain"],
        crash: Some(finding::CrashPart {
            class: voice.text("Heap-buffer-overflow, READ 8"),
            severity: "medium".into(),
            state: voice.text("inflate\nfeed"),
        }),
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

pub fn track(id: &str, name: &str, says: &str, order: Order, steps: &[&str], now: usize) -> Track {
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
pub fn known(id: &str, facts: &[(&str, bool)]) -> Track {
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

pub fn timeline() -> Timeline {
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

pub fn cases_page(voice: Voice) -> case::Cases {
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

pub fn case_page(voice: Voice) -> case::Case {
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
        findings: vec![link(voice.text("Quadratic time in the URL pattern"), "/findings/5c1f")],
        forms: vec![
            Form::post(&shell, "/cases/3f/release", "Release the reproducer to the maintainer")
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

pub fn sign_page(voice: Voice) -> sign::Sign {
    let shell =
        shell(voice, "What will be published", Visitor::Analyst, "/cases/3f/sign", Lang::English);
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
            Check { name: "Nobody keeps it private".into(), met: true, says: String::new() },
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
        signatures: vec![sign::Signature { who: voice.text("analyst one"), at: noon() }],
        needed: 2,
        turn: sign::Turn::Sign(form),
        shell,
    }
}

pub fn scans_page(voice: Voice) -> scans::Scans {
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

pub fn sources_page(voice: Voice) -> sources::Sources {
    let line = |name: &str, as_of| sources::Line {
        name: voice.text(name),
        gave: "1206 OSV records, 3 statements".into(),
        unread: 2,
        as_of,
        imported: noon(),
    };
    sources::Sources {
        shell: shell(voice, "Sources", Visitor::Analyst, "/sources", Lang::English),
        records: 1206,
        flaws: 1190,
        trouble: Some(voice.text("a page of it is damaged")),
        lines: vec![line("crates.io all.zip", Some(noon())), line("a folder", None)],
    }
}
