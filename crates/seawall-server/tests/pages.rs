//! All pages with calm and with hostile values: inert, well-formed, with every token and title.

// A test stops where its own set-up fails.
#![allow(clippy::expect_used)]

#[path = "pages/sample.rs"]
mod sample;
#[path = "pages/tags.rs"]
mod tags;

use sample::Voice;
use seawall_server::pages::Lang;
use tags::Tag;

/// Runs a check over every page in both voices, naming page and voice when it fails.
fn check(what: &str, holds: impl Fn(&str, &[Tag]) -> Result<(), String>) {
    for voice in [Voice::Calm, Voice::Hostile] {
        for (name, html) in sample::all(voice) {
            let tags = tags::read(&html).unwrap_or_else(|why| panic!("{name}, {voice:?}: {why}"));
            if let Err(why) = holds(&html, &tags) {
                panic!("{what}: {name}, {voice:?}: {why}");
            }
        }
    }
}

/// `Ok` when nothing is left over, else the first one.
fn none<T: std::fmt::Debug>(mut left: impl Iterator<Item = T>) -> Result<(), String> {
    left.next().map_or(Ok(()), |first| Err(format!("{first:?}")))
}

#[test]
fn every_tag_is_closed_in_order() {
    check("balance", |html, _| tags::balance(html));
}

#[test]
fn nothing_runs() {
    check("script", |_, tags| {
        let active = ["script", "iframe", "object", "embed", "base", "img", "style"];
        none(tags.iter().filter(|tag| active.contains(&tag.name.as_str())))?;
        none(tags.iter().flat_map(|tag| &tag.attributes).filter(|(name, value)| {
            name.starts_with("on") || name == "style" || value.trim().starts_with("javascript:")
        }))
    });
}

#[test]
fn hostile_text_shows_as_text() {
    for (name, html) in sample::all(Voice::Hostile) {
        if name == "developers" {
            continue;
        }
        assert!(html.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"), "{name}");
        assert!(html.contains("[U+202E]txet neddih[U+202C]"), "{name}");
        assert!(html.contains("zero[U+200B]width"), "{name}");
        assert!(!html.contains('\u{202e}') && !html.contains('\u{200b}'), "{name}");
    }
}

/// A form that only asks carries no token: an address is kept in many places.
#[test]
fn every_form_posts_with_its_token_or_only_asks() {
    check("form", |html, tags| {
        let forms = tags.iter().filter(|tag| tag.name == "form");
        none(forms.filter(|tag| !matches!(tag.attribute("method"), Some("post" | "get"))))?;
        none(html.split("<form").skip(1).filter(|form| {
            let inside = form.split("</form>").next().unwrap_or_default();
            let token = "<input type=\"hidden\" name=\"csrf\" value=\"sample-token\">";
            match inside.split('>').next().unwrap_or_default().contains("method=\"get\"") {
                true => inside.contains("csrf") || inside.contains("sample-token"),
                false => !inside.contains(token),
            }
        }))
    });
}

#[test]
fn every_picture_has_a_title() {
    check("picture", |html, _| {
        none(html.split("<svg").skip(1).filter(|svg| {
            let inside = svg.split("</svg>").next().unwrap_or_default();
            let title = inside.split("<title").nth(1).and_then(|rest| rest.split_once('>'));
            title.is_none_or(|(_, text)| text.starts_with('<'))
        }))
    });
}

#[test]
fn ids_are_unique_and_whatever_names_one_finds_it() {
    check("id", |_, tags| {
        let mut ids: Vec<&str> = tags.iter().filter_map(|tag| tag.attribute("id")).collect();
        let named = ["for", "aria-labelledby", "aria-describedby"];
        let used: Vec<&str> = tags
            .iter()
            .flat_map(|tag| named.iter().filter_map(|name| tag.attribute(name)))
            .flat_map(str::split_whitespace)
            .collect();
        none(used.into_iter().filter(|id| !ids.contains(id)))?;
        ids.sort_unstable();
        none(ids.windows(2).filter(|two| two[0] == two[1]))
    });
}

#[test]
fn every_page_has_its_frame() {
    check("frame", |html, tags| {
        let count = |name: &str| tags.iter().filter(|tag| tag.name == name).count();
        for (name, expected) in [("h1", 1), ("main", 1), ("header", 1), ("footer", 1)] {
            if count(name) != expected {
                return Err(format!("{} of {name}", count(name)));
            }
        }
        let skip = tags.iter().find(|tag| tag.name == "a").and_then(|tag| tag.attribute("href"));
        let html_tag = tags.iter().find(|tag| tag.name == "html");
        let frame = [
            skip == Some("#main"),
            html_tag.is_some_and(|tag| tag.attribute("lang").is_some()),
            html.contains("sw-notice"),
            html.starts_with("<!DOCTYPE html>"),
        ];
        none(frame.iter().enumerate().filter(|(_, there)| !**there))
    });
}

#[test]
fn headings_never_skip_a_level() {
    check("heading", |_, tags| {
        let levels: Vec<u32> = tags
            .iter()
            .filter_map(|tag| tag.name.strip_prefix('h').and_then(|level| level.parse().ok()))
            .collect();
        none(levels.windows(2).filter(|two| two[1] > two[0] + 1))
    });
}

#[test]
fn links_stay_on_the_site() {
    check("link", |_, tags| {
        none(tags.iter().filter_map(|tag| tag.attribute("href")).filter(|href| {
            (href.starts_with("//") || !href.starts_with('/')) && !href.starts_with('#')
        }))
    });
}

#[test]
fn the_page_for_developers_keeps_to_its_words() {
    let page = sample::all(Voice::Calm).into_iter().find(|(name, _)| *name == "developers");
    let html = page.map(|(_, html)| html.to_lowercase()).unwrap_or_default();
    for word in ["approv", "licen", "clearance", "permi", "review", "authoris", "authoriz"] {
        assert!(!html.contains(word), "{word}");
    }
    for word in ["determination", "engagement", "access window", "withdrawal", "trusted partner"] {
        assert!(html.contains(word), "{word}");
    }
    assert!(html.contains("nothing on this site is a condition for anything"));
}

#[test]
fn today_never_asks_for_more_than_ten() {
    for (cards, shown, rest) in [(0, 0, None), (1, 1, None), (10, 10, None), (12, 10, Some(2))] {
        let page = sample::today_page(Voice::Calm, cards, Lang::English);
        let html = askama::Template::render(&page).unwrap_or_default();
        assert_eq!(html.matches("sw-today__card").count(), shown, "{cards} cards");
        let says = rest.map_or(0, |rest| html.matches(&format!("<strong>{rest}</strong>")).count());
        assert_eq!(says > 0, rest.is_some(), "{cards} cards");
    }
}

#[test]
fn every_item_says_how_long_and_what_if_it_cannot_be_fixed() {
    for (cards, printed) in [(1, 1), (6, 6), (8, 4), (10, 2), (12, 2)] {
        let page = sample::today_page(Voice::Calm, cards, Lang::English);
        let html = askama::Template::render(&page).unwrap_or_default();
        let shown = cards.min(10);
        for (part, count) in [
            ("<dt>How long</dt>", shown),
            ("<summary>If it cannot be fixed", shown),
            ("<strong>Keep strangers out.</strong>", shown),
            ("sw-today__playbook--printed", printed),
            ("List of attacks (KEV): 1 day old.", 1),
        ] {
            assert_eq!(html.matches(part).count(), count, "{part} of {cards}");
        }
    }
}

#[test]
fn a_plan_stands_before_the_list_and_a_fault_at_its_field() {
    let pages = sample::all(Voice::Calm);
    let html = |name: &str| pages.iter().find(|(n, _)| *n == name).expect("it is there").1.clone();
    let plan = html("today-plan");
    let place = |text: &str| plan.find(text).unwrap_or_else(|| panic!("{text}"));
    assert!(place("So far: 4 hours") < place("What is left, and why"));
    assert!(place("What is left, and why") < place("<ol class=\"sw-today\">"));
    assert!(plan.contains("<details class=\"sw-time sw-noprint\" open>"));
    let fault = html("today-fault");
    for part in ["aria-invalid=\"true\"", "hours-hint hours-fault", "role=\"alert\""] {
        assert!(fault.contains(part), "{part}");
        assert!(!html("today").contains(part), "{part}");
    }
}

#[test]
fn the_interview_asks_by_buttons_and_says_what_it_does_not_keep() {
    let pages = sample::all(Voice::Calm);
    for (name, has, has_not) in [
        ("exposure", &["Question 1", "name=\"network\"", "value=\"unknown\""][..], "--exposed"),
        ("exposure-es", &["Pregunta 4", "name=\"cloud_rule\"", "value=\"es\""], "Question"),
        (
            "exposure-answer",
            &["--exposed no", "does not keep the answer yet"],
            "<button class=\"usa",
        ),
    ] {
        let html = &pages.iter().find(|(n, _)| *n == name).expect("it is there").1;
        for part in has {
            assert!(html.contains(part), "{name}: {part}");
        }
        assert!(!html.contains(has_not), "{name}: {has_not}");
    }
}

#[test]
fn today_speaks_spanish() {
    let pages = sample::all(Voice::Calm);
    let html = pages.iter().find(|(name, _)| *name == "today-es").map(|(_, html)| html.as_str());
    let html = html.unwrap_or_default();
    for words in ["<html lang=\"es\">", "Qué corregir hoy", "Para cuándo", "Si no"] {
        assert!(html.contains(words), "{words}");
    }
    for words in ["What to fix", "By when", "Sign out", "November"] {
        assert!(!html.contains(words), "{words}");
    }
}

#[test]
fn templates_let_no_markup_through() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
    let mut folders = vec![std::path::PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the templates are there").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a template is text");
            for forbidden in ["|safe", "| safe", "|escape", "<script", "style="] {
                assert!(!text.contains(forbidden), "{}: {forbidden}", path.display());
            }
        }
    }
}
