//! The list for a small site, and every text that can be produced, measured.

use super::*;
use crate::priority::rows;
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
            "libz-sys 1.1.8 has a known flaw. A bad file can crash it or take it over. Attackers \
             use it. Update to just 1.1.9, or 1.1.14 or later. First look for a break-in. Act by \
             24 November 2026. This rule binds you (BOD 26-04, row 14). If you cannot: keep files \
             from strangers away from it.",
            "flow controller 2.1 has a known flaw. Someone can misuse it. There is no fix yet. \
             Act by 20 January 2027. This is advice, not a rule. If you cannot: let only people \
             you trust reach it. Ask its maker.",
            "ini 1.3.5 has a known flaw. A bad file can change how your program works. Update it \
             to 1.3.6 or later. Act at your next upgrade. This is advice, not a rule. If you \
             cannot: keep files from strangers away from it.",
        ],
    );
    let spanish = today(&exposures).items[0].text(Language::Spanish);
    assert_eq!(
        spanish,
        "libz-sys 1.1.8 tiene un fallo conocido. Un archivo malo puede pararlo o tomar el mando. \
         Ya hay ataques. Actualice solo a 1.1.9, o 1.1.14 o más nuevo. Antes busque intrusos. \
         Plazo: 24 de noviembre de 2026. Esta norma le obliga (BOD 26-04, fila 14). Si no \
         puede: no le dé archivos ajenos."
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

/// The Flesch-Kincaid grade level: 0.39 × words per sentence + 11.8 × syllables per word − 15.59.
fn flesch_kincaid(text: &str) -> f64 {
    let (sentences, words, syllables) = counts(text, |word| {
        let word = word.to_lowercase();
        let vowel = |c: char| "aeiouy".contains(c);
        let groups = groups(&word, vowel);
        let silent = word.ends_with('e') && !word.ends_with("le") && groups > 1;
        groups - usize::from(silent)
    });
    0.39 * words / sentences + 11.8 * syllables / words - 15.59
}

/// Fernández Huerta's ease of reading for Spanish: 206.84 − 60 × syllables per word − 1.02 ×
/// words per sentence. From 60 on a text suits pupils of 13 to 15 years.
fn fernandez_huerta(text: &str) -> f64 {
    let (sentences, words, syllables) = counts(text, |word| {
        let word = word.to_lowercase();
        let strong = |c: char| "aeoáéíóú".contains(c);
        let vowel = |c: char| strong(c) || "iuüy".contains(c);
        let apart =
            word.chars().zip(word.chars().skip(1)).filter(|(a, b)| strong(*a) && strong(*b));
        groups(&word, vowel) + apart.count()
    });
    206.84 - 60.0 * syllables / words - 1.02 * words / sentences
}

fn groups(word: &str, vowel: impl Fn(char) -> bool) -> usize {
    let starts = |(before, c): (char, char)| vowel(c) && !vowel(before);
    std::iter::once(' ').chain(word.chars()).zip(word.chars()).filter(|p| starts(*p)).count()
}

fn counts(text: &str, syllables: impl Fn(&str) -> usize) -> (f64, f64, f64) {
    let ends = |word: &&&str| word.ends_with(['.', '?', '!']);
    let words: Vec<&str> = text.split_whitespace().collect();
    let count: usize = words.iter().map(|word| syllables(word).max(1)).sum();
    (words.iter().filter(ends).count() as f64, words.len() as f64, count as f64)
}

#[test]
fn the_measures_measure() {
    let easy = flesch_kincaid("The cat sat on the mat. It was a big cat.");
    let hard = flesch_kincaid(
        "Organisations operating internationally deployed infrastructure necessarily implement \
         comprehensive vulnerability remediation methodologies.",
    );
    assert!(easy < 2.0 && hard > 20.0, "{easy} {hard}");
    let easy = fernandez_huerta("El gato está en la mesa. Es un gato muy grande.");
    let hard = fernandez_huerta(
        "Las organizaciones internacionales implementarán inmediatamente metodologías integrales \
         de remediación de vulnerabilidades.",
    );
    assert!(easy > 90.0 && hard < 20.0, "{easy} {hard}");
}

#[test]
fn every_text_is_short_and_plain_in_both_languages() {
    let weaknesses = [None, Some(94), Some(787), Some(287), Some(22), Some(1321), Some(79)];
    let subjects = ["npm ini", "PyPI sqlparse", "crates.io libz-sys", "Debian:12 zlib1g"];
    let products = ["product flow controller unit two", "product gateway"];
    let refuges = ["", "2.0", "1.26.5 1.26.5", "1:1.2.13.dfsg-1 1:1.2.14.dfsg-1"];
    let mut texts = BTreeSet::new();
    let (mut words_max, mut grade_max, mut ease_min) = (0, f64::MIN, f64::MAX);
    for weakness in weaknesses.into_iter().chain([Some(400), Some(20)]) {
        for subject in subjects.iter().chain(&products) {
            for (refuge, row) in refuges.iter().flat_map(|r| rows().map(move |row| (r, row))) {
                for authority in [Authority::Rule, Authority::Advice] {
                    let mut first = open(1, subject, "1.25.4", refuge, "");
                    first.inputs = row.inputs;
                    first.authority = authority;
                    first.weakness = weakness.map(Cwe);
                    first.due_at = "2027-09-30T08:00:00Z".parse().ok();
                    let second = Open { exposure: 2, installed: "1.26.4".into(), ..first.clone() };
                    let list = today(&[first, second]);
                    for language in [Language::English, Language::Spanish] {
                        let text = list.items[0].text(language);
                        let words = text.split_whitespace().count();
                        if words > 60 {
                            println!("{words} words: {text}");
                        }
                        words_max = words_max.max(words);
                        match language {
                            Language::English => grade_max = grade_max.max(flesch_kincaid(&text)),
                            Language::Spanish => ease_min = ease_min.min(fernandez_huerta(&text)),
                        }
                        texts.insert(text);
                    }
                }
            }
        }
    }
    let found = format!("words {words_max}, grade {grade_max:.1}, ease {ease_min:.0}");
    println!("{} texts: {found}", texts.len());
    assert!(words_max <= 60, "{words_max}");
    assert!(grade_max <= 8.0, "{grade_max}");
    assert!(ease_min >= 60.0, "{ease_min}");
}

#[test]
fn headings_exist_in_both_languages() {
    for heading in [
        Heading::What,
        Heading::Why,
        Heading::How,
        Heading::ByWhen,
        Heading::Authority,
        Heading::Otherwise,
    ] {
        let (english, spanish) = (heading.text(Language::English), heading.text(Language::Spanish));
        assert!(!english.is_empty() && !spanish.is_empty() && english != spanish);
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
