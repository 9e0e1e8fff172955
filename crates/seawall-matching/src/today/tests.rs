//! The list for a small site, and every text that can be produced, measured.

use super::*;
use crate::priority::rows;
use crate::reading::Measured;
use proptest::prelude::*;

fn open(exposure: u32, subject: &str, installed: &str, refuge: &str, letters: &str) -> Open<u32> {
    let (ecosystem, name) = subject.split_once(' ').unwrap();
    let subject = match ecosystem {
        "product" => Subject::Product(Product {
            vendor: "example pumps".into(),
            name: name.into(),
            version: installed.into(),
        }),
        _ => Subject::Package(Package {
            ecosystem: Ecosystem::from(ecosystem.to_owned()),
            name: name.into(),
        }),
    };
    let mut ways = refuge.split_whitespace().map(Version::from);
    let refuge = ways.next().map(|nearest| Refuge { nearest, onward: ways.next() });
    let inputs = Inputs {
        exposed: letters.contains('e'),
        in_kev: letters.contains('k'),
        automatable: letters.contains('a'),
        total: letters.contains('t'),
    };
    let started: Timestamp = "2026-11-21T08:00:00Z".parse().unwrap();
    Open {
        exposure,
        advisory: format!("SW-2026-{exposure:04}"),
        subject,
        installed: installed.into(),
        refuge,
        weakness: Some(Cwe(400)),
        due_at: crate::priority::due(started, bod_26_04(inputs).deadline),
        inputs,
        authority: Authority::Advice,
        basis: Basis::Run,
        flaws: Vec::new(),
        epss_ppm: None,
        kind: None,
        sources: Vec::new(),
    }
}

fn check(open: &[Open<u32>], expected: &[&str]) {
    let found: Vec<String> =
        today(open).items.iter().map(|item| item.text(Language::English)).collect();
    assert_eq!(found, expected);
}

#[test]
fn an_item_says_what_why_how_by_when_and_what_else() {
    let mut zlib = open(1, "crates.io libz-sys", "1.1.8", "1.1.9 1.1.14", "k a t");
    zlib.weakness = Some(Cwe(787));
    zlib.authority = Authority::Rule;
    let mut pump = open(2, "product flow controller", "2.1", "", "e - - -");
    pump.weakness = None;
    let ini = Open { weakness: Some(Cwe(1321)), ..open(3, "npm ini", "1.3.5", "1.3.6 1.3.6", "") };
    let exposures = [ini, pump, zlib];
    check(
        &exposures,
        &[
            "libz-sys 1.1.8 has a known flaw. A bad file can crash it or control it. Attackers \
             use it. Update to just 1.1.9, or 1.1.14 or later. Estimate: 1–4 hours. First look \
             for intruders. Act by 24 November 2026. This rule binds you (BOD 26-04, row 13). If \
             you cannot: keep files from strangers off it.",
            "flow controller 2.1 has a known flaw. Someone can misuse it. There is no fix yet. \
             Estimate: 1–2 hours. Act by 20 January 2027. This is advice, not a rule. If you \
             cannot: let only people you trust reach it.",
            "ini 1.3.5 has a known flaw. A bad file can change how your program works. Update it \
             to 1.3.6 or later. Estimate: 1–4 hours. Act at your next upgrade. This is advice, \
             not a rule. If you cannot: keep files from strangers off it.",
        ],
    );
    let spanish = today(&exposures).items[0].text(Language::Spanish);
    assert_eq!(
        spanish,
        "libz-sys 1.1.8 tiene un fallo conocido. Un archivo malo puede pararlo o tomar el mando. \
         Ya hay ataques. Actualice solo a 1.1.9, o 1.1.14 o más nuevo. Estimación: 1–4 horas. \
         Antes busque intrusos. Plazo: 24 de noviembre de 2026. Esta norma le obliga (BOD 26-04, \
         fila 13). Si no puede: no le dé archivos ajenos."
    );
}

/// The list as `name installed -> way out: exposures`.
fn outline(open: &[Open<u32>]) -> Vec<String> {
    let line = |item: &Item<u32>| {
        let installed: Vec<&str> = item.installed.iter().map(|v| v.0.as_str()).collect();
        let refuge = item.refuge.as_ref().map_or("nothing".to_owned(), |refuge| {
            let onward = refuge.onward.as_ref().map_or("-", |version| version.0.as_str());
            format!("{} {onward}", refuge.nearest)
        });
        let name = item.subject.name();
        format!("{} {name} {} -> {refuge}: {:?}", item.number, installed.join(" "), item.exposures)
    };
    today(open).items.iter().map(line).collect()
}

#[test]
fn one_update_is_one_item() {
    let open = [
        open(5, "PyPI urllib3", "1.26.4", "1.26.5 1.26.5", "- - - -"),
        open(4, "PyPI urllib3", "1.25.10", "1.26.19 1.26.19", "- - - -"),
        open(3, "PyPI urllib3", "1.26.4", "", "- - - -"),
        open(2, "npm urllib3", "1.26.4", "1.26.5 1.26.5", "- - - -"),
        open(1, "crates.io libz-sys", "1.1.8", "1.1.9 1.1.14", "e - - -"),
        open(6, "crates.io libz-sys", "1.0.9", "1.1.9 1.1.14", "- - - -"),
        open(7, "crates.io tar", "0.4.20", "0.4.36", "e k a -"),
        open(8, "crates.io tar", "0.4.20", "0.4.37", "e k a t"),
        open(9, "product pump", "2.0", "3 3", "e k a t"),
        open(10, "product pump", "1.0", "3 3", "e k a t"),
    ];
    assert_eq!(
        outline(&open),
        [
            "1 pump 1.0 2.0 -> 3 3: [9, 10]",
            "2 tar 0.4.20 -> 0.4.37 -: [8]",
            "3 tar 0.4.20 -> 0.4.36 -: [7]",
            "4 libz-sys 1.0.9 1.1.8 -> 1.1.9 1.1.14: [1, 6]",
            "5 urllib3 1.25.10 1.26.4 -> 1.26.19 1.26.19: [4, 5]",
            "6 urllib3 1.26.4 -> nothing: [3]",
            "7 urllib3 1.26.4 -> 1.26.5 1.26.5: [2]",
        ]
    );
}

#[test]
fn ten_items_and_no_more_with_the_urgent_first() {
    let mut exposures: Vec<Open<u32>> = (0..30)
        .map(|n| open(n, &format!("npm package-{n}"), "1.0.0", "2.0.0 2.0.0", "- - a -"))
        .collect();
    exposures.push(open(99, "npm zebra", "1.0.0", "2.0.0 2.0.0", "e - a t"));
    let list = today(&exposures);
    assert_eq!((list.items.len(), list.more, list.more_within_three_days), (10, 21, 0));
    assert_eq!(list.items[0].exposures, [99]);
    let headline = list.headline(Language::English);
    assert_eq!(headline, "There are 10 things to fix. Do these first; 21 more come after.");
    let urgent = (0..12).map(|n| open(n, &format!("npm p-{n}"), "1", "2 2", "e k a t"));
    let list = today(&urgent.collect::<Vec<_>>());
    assert_eq!((list.items.len(), list.more, list.more_within_three_days), (10, 2, 2));
    let nothing = today::<u32>(&[]);
    assert_eq!(nothing.headline(Language::English), "There is nothing to fix today.");
    assert_eq!(nothing.headline(Language::Spanish), "Hoy no hay nada que arreglar.");
}

#[test]
fn every_text_is_short_and_plain_in_both_languages() {
    let weaknesses = [None, Some(94), Some(787), Some(287), Some(22), Some(1321), Some(79)];
    let subjects = ["npm ini", "PyPI sqlparse", "crates.io libz-sys", "Debian:12 zlib1g"];
    let products = ["product flow controller unit two", "product gateway"];
    let refuges = ["", "2.0", "1.26.5 1.26.5", "1:1.2.13.dfsg-1 1:1.2.14.dfsg-1"];
    let mut measured = Measured::new(60);
    for weakness in weaknesses.into_iter().chain([Some(400), Some(20)]) {
        for subject in subjects.iter().chain(&products) {
            for (refuge, row) in refuges.iter().flat_map(|r| rows().map(move |row| (r, row))) {
                for authority in [Authority::Rule, Authority::Advice] {
                    let mut first = open(1, subject, "1.25.4", refuge, "");
                    first.inputs = row.inputs;
                    first.authority = authority;
                    first.weakness = weakness.map(Cwe);
                    first.epss_ppm = Some(400_000);
                    first.due_at = "2027-09-30T08:00:00Z".parse().ok();
                    let second = Open { exposure: 2, installed: "1.26.4".into(), ..first.clone() };
                    let list = today(&[first, second]);
                    for language in [Language::English, Language::Spanish] {
                        measured.text(&list.items[0].text(language), language);
                    }
                }
            }
        }
    }
    measured.passes("items");
}

#[test]
fn notes_playbooks_and_ages_are_short_and_plain_in_both_languages() {
    let (mut notes, mut playbooks) = (Measured::new(40), Measured::new(40));
    let now: Timestamp = "2026-11-21T08:00:00Z".parse().unwrap();
    for kind in Kind::ALL {
        for (refuge, ppm) in [("", 0), ("2", 4_000), ("2 2", 123_456), ("2 3", 1_000_000)] {
            let mut one = open(1, "npm ini", "1", refuge, "e a t");
            one.kind = Some(kind);
            one.epss_ppm = Some(ppm);
            one.flaws = (1..7).map(|n| format!("CVE-2026-000{n}")).collect();
            one.sources = sources("2026-11-20T00:00:00Z");
            let list = today(&[one]);
            for language in [Language::English, Language::Spanish] {
                let words = list.items[0].words(language);
                words.notes.iter().for_each(|note| notes.text(note, language));
                list.ages(now, language).iter().for_each(|age| notes.text(age, language));
                // Each line is short, and the playbook as a whole is plain.
                for line in words.playbook {
                    assert!(line.text.split_whitespace().count() <= 40, "{}", line.text);
                    playbooks.text(line.text, language);
                }
            }
        }
    }
    notes.passes("notes");
    playbooks.passes("playbooks");
}

/// Every kind of source, with this day.
fn sources(day: &str) -> Vec<Dated> {
    let as_of = day.parse().unwrap();
    [
        SourceKind::Osv,
        SourceKind::Csaf,
        SourceKind::Cve,
        SourceKind::Kev,
        SourceKind::Epss,
        SourceKind::Ssvc,
    ]
    .map(|kind| Dated { kind, as_of })
    .to_vec()
}

#[test]
fn tables_are_complete_in_both_languages() {
    let both = |texts: [&str; 2]| {
        let [english, spanish] = texts;
        assert!(!english.is_empty() && !spanish.is_empty() && english != spanish, "{texts:?}");
    };
    let languages = [Language::English, Language::Spanish];
    Heading::ALL.iter().for_each(|heading| both(languages.map(|l| heading.text(l))));
    Step::ALL.iter().for_each(|step| both(languages.map(|l| step.label(l))));
    for kind in Kind::ALL {
        both(languages.map(|l| kind.label(l)));
        let [english, spanish] = languages.map(|l| playbook(kind, l));
        for (line, other) in english.into_iter().zip(spanish) {
            assert_eq!(line.step, other.step);
            both([line.text, other.text]);
        }
        assert_eq!(english.map(|line| line.step), Step::ALL);
    }
}

#[test]
fn every_urgent_kind_of_item_has_a_playbook() {
    for row in rows().filter(|row| row.deadline <= Deadline::FourteenDays) {
        for kind in Kind::ALL {
            let mut one = open(1, "product thing", "1", "", "");
            (one.inputs, one.kind) = (row.inputs, Some(kind));
            let words = today(&[one]).items[0].words(Language::English);
            assert_eq!(words.playbook.map(|line| line.step), Step::ALL, "{kind:?}");
            assert!(words.playbook.iter().all(|line| line.text.len() > 20), "{kind:?}");
        }
    }
}

#[test]
fn nobody_is_told_to_scan() {
    let never = ["Do not scan it.", "No lo escanee."];
    let scanning = ["scan", "probe", "nmap", "ping ", "sweep", "escan", "sonde", "rastre", "barr"];
    for kind in Kind::ALL {
        for language in [Language::English, Language::Spanish] {
            let text = playbook(kind, language).map(|line| line.text).join(" ");
            let warned = never.iter().any(|sentence| text.contains(sentence));
            let careful = matches!(kind, Kind::MedicalDevice | Kind::ControlDevice);
            assert_eq!(warned, careful, "{kind:?}");
            let rest = never.iter().fold(text, |text, never| text.replace(never, ""));
            let rest = rest.to_lowercase();
            assert!(!scanning.iter().any(|word| rest.contains(word)), "{kind:?}: {rest}");
        }
    }
}

#[test]
fn the_name_of_a_thing_tells_its_kind() {
    for (vendor, name, expected) in [
        ("siemens healthineers", "magnetom mri", Kind::MedicalDevice),
        ("bd", "alaris pump module", Kind::MedicalDevice),
        ("philips", "intellivue mx800", Kind::MedicalDevice),
        ("siemens", "simatic s7-1500", Kind::ControlDevice),
        ("rockwell automation", "controllogix 5580", Kind::ControlDevice),
        ("example pumps", "flow controller", Kind::ControlDevice),
        ("unitronics", "vision plc", Kind::ControlDevice),
        ("temenos", "transact", Kind::CoreBanking),
        ("acme", "atm switch", Kind::CoreBanking),
        ("fortinet", "fortigate 60f", Kind::Device),
        ("cisco", "ios xe", Kind::Device),
        ("hp", "laserjet printer", Kind::Device),
        ("microsoft", "windows server 2019", Kind::OperatingSystem),
        ("microsoft", "exchange server", Kind::ServerProduct),
        ("acme", "mail server", Kind::ServerProduct),
        ("apple", "macos", Kind::OperatingSystem),
        ("example", "observer", Kind::Other),
        ("", "", Kind::Other),
    ] {
        let product = Product { vendor: vendor.into(), name: name.into(), version: "1".into() };
        assert_eq!(Kind::of(&Subject::Product(product)), expected, "{vendor} {name}");
    }
    for (ecosystem, name, expected) in [
        ("npm", "ini", Kind::OwnSoftware),
        ("Go", "golang.org/x/net", Kind::OwnSoftware),
        ("Debian:12", "zlib1g", Kind::SystemPackage),
        ("Debian:12", "linux-image-amd64", Kind::OperatingSystem),
        ("Red Hat", "glibc", Kind::OperatingSystem),
        ("Alpine:v3.20", "busybox", Kind::SystemPackage),
        ("Linux", "Kernel", Kind::OperatingSystem),
        ("Bitnami", "wordpress", Kind::ServerProduct),
        ("Generic", "thing", Kind::Other),
        ("conda", "thing", Kind::Other),
    ] {
        let ecosystem = Ecosystem::from(ecosystem.to_owned());
        let package = Package { ecosystem, name: name.into() };
        assert_eq!(Kind::of(&Subject::Package(package)), expected, "{name}");
    }
}

#[test]
fn an_item_says_how_long_and_who_does_it() {
    for (kind, refuge, action, how, how_long) in [
        (Kind::SystemPackage, "2 2", Action::Update, "Update it to 2 or later.", "15–30 minutes"),
        (Kind::OwnSoftware, "2", Action::Update, "Update it to just 2.", "1–4 hours"),
        (Kind::ServerProduct, "2 2", Action::Update, "Update it to 2 or later.", "1–3 hours"),
        (Kind::Device, "2 2", Action::Update, "Update it to 2 or later.", "30–60 minutes"),
        (
            Kind::MedicalDevice,
            "2 2",
            Action::CallMaker,
            "Ask its maker for 2 or later.",
            "30–60 minutes",
        ),
        (Kind::ControlDevice, "2", Action::CallMaker, "Ask its maker for just 2.", "1–2 hours"),
        (Kind::ControlDevice, "", Action::Shield, "There is no fix yet.", "1–2 hours"),
        (Kind::OwnSoftware, "", Action::Shield, "There is no fix yet.", "30–60 minutes"),
    ] {
        let mut one = open(1, "product thing", "1", refuge, "e a t");
        one.kind = Some(kind);
        let item = &today(&[one]).items[0];
        let words = item.words(Language::English);
        assert_eq!((item.action(), words.how.as_str()), (action, how), "{kind:?}");
        assert_eq!(words.how_long, format!("Estimate: {how_long}."), "{kind:?}");
    }
    for (kind, action) in Kind::ALL.into_iter().flat_map(|kind| {
        [Action::Update, Action::CallMaker, Action::Shield].map(|action| (kind, action))
    }) {
        let Estimate { minutes_min, minutes_max } = kind.estimate(action);
        assert!(0 < minutes_min && minutes_min < minutes_max && minutes_max <= 240, "{kind:?}");
    }
}

#[test]
fn what_is_known_of_several_flaws_comes_together() {
    let mut first = open(1, "npm ini", "1.3.5", "1.3.6 1.3.6", "e - a t");
    first.flaws = vec!["CVE-2026-0002".into(), "CVE-2026-0001".into()];
    first.epss_ppm = Some(20_000);
    first.sources = sources("2026-11-20T08:00:00Z");
    let mut second = open(2, "npm ini", "1.3.5", "1.3.6 1.3.6", "- k - -");
    second.flaws = vec!["CVE-2026-0002".into(), "CVE-2026-0003".into()];
    second.epss_ppm = Some(120_000);
    second.sources =
        vec![Dated { kind: SourceKind::Kev, as_of: "2026-11-10T08:00:00Z".parse().unwrap() }];
    let list = today(&[first, second]);
    let item = &list.items[0];
    // The first is the more urgent and not known to be attacked; the second is.
    assert!(!item.inputs.in_kev && item.exploited);
    let words = item.words(Language::English);
    assert_eq!(words.why, "A bad text can make it hang. Attackers use it.");
    assert_eq!(words.notes[0], "Known as CVE-2026-0001, CVE-2026-0002, CVE-2026-0003.");
    assert_eq!(words.notes[1], "12 in 100 such flaws are used in an attack within 30 days (EPSS).");
    let now = "2026-11-21T09:00:00Z".parse().unwrap();
    assert_eq!(list.sources, item.sources);
    let ages = list.ages(now, Language::English);
    assert_eq!(ages[0], "List of flaws (OSV): 1 day old.");
    assert_eq!(ages[3], "List of attacks (KEV): 11 days old. Get a new copy.");
    let before = "2026-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(list.ages(before, Language::Spanish)[0], "Lista de fallos (OSV): de hoy.");
}

#[test]
fn the_list_fits_one_sheet() {
    let now: Timestamp = "2026-11-21T08:00:00Z".parse().unwrap();
    let long = "7".repeat(300);
    let hostile = format!("product {}", ["x".repeat(20), "y".repeat(19)].join(" "));
    for (name, version, refuge, kinds, all) in [
        ("product flow controller unit", "1.25.4", "1.26.5 1.26.9", 8, true),
        ("product observer", "2", "", 8, true),
        ("product flow controller unit", "1.25.4", "1.26.5 1.26.9", 9, false),
        (&hostile, &long, &format!("{long} {long}1"), 9, false),
    ] {
        for language in [Language::English, Language::Spanish] {
            // Ten items of many kinds, in the longest words that there are.
            let open: Vec<Open<u32>> = (0..10)
                .map(|n| {
                    let mut one = open(n, &format!("{name}{n}"), version, refuge, "e k a t");
                    one.kind = Some(Kind::ALL[n as usize % kinds]);
                    one.weakness = Some(Cwe(79));
                    one.authority = Authority::Rule;
                    one.sources = sources("2026-11-10T08:00:00Z");
                    one
                })
                .collect();
            let list = today(&open);
            let sheet = list.sheet(now, language);
            let longest = sheet.lines.iter().map(|line| line.chars().count()).max().unwrap();
            println!("{} lines, longest {longest}", sheet.lines.len());
            assert!(longest <= SHEET_COLUMNS_MAX && sheet.lines.len() <= SHEET_LINES_MAX);
            assert_eq!(sheet.left_out.is_empty(), all, "{name} {kinds} {:?}", sheet.left_out);
            let text = sheet.lines.join("\n");
            for number in 1..=10 {
                assert!(text.contains(&format!("\n{number:>2}. ")), "{text}");
            }
            let more = ["More steps are on screen.", "Hay más pasos en pantalla."];
            assert_eq!(more.iter().any(|more| text.contains(more)), !all, "{text}");
            let oldest = list.ages(now, language)[5].replace(' ', "");
            assert!(text.replace([' ', '\n'], "").contains(&oldest), "{text}");
        }
    }
}

#[test]
fn foreign_names_are_cut_and_tamed() {
    let name = format!("npm {}\u{202e}\n{}", "x ".repeat(50), "y".repeat(500));
    let list = today(&[open(1, &name, &"9".repeat(300), &"8".repeat(300), "e k a t")]);
    let text = list.items[0].text(Language::English);
    assert!(text.split_whitespace().count() <= 60 && text.chars().count() < 500, "{text}");
    assert!(!text.contains(['\u{202e}', '\n']), "{text}");
}

proptest! {
    #[test]
    fn the_list_does_not_depend_on_the_order(
        shuffled in Just((0..14u32).map(|n| {
            let letters = ["e k a t", "- - - t", "e - - -", "- k - -"][n as usize % 4];
            let refuge = ["", "2.0 2.0", "2.1 2.1", "1.9"][n as usize / 2 % 4];
            open(n, &format!("npm p{}", n % 5), &format!("1.{n}"), refuge, letters)
        }).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let mut sorted = shuffled.clone();
        sorted.sort_by_key(|open| open.exposure);
        prop_assert_eq!(today(&shuffled), today(&sorted));
    }
}
