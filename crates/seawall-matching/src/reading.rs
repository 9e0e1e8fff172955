//! How easily a text reads, for the tests of every text that a person without training must
//! understand: grade 8 at most in English, ease 60 at least in Spanish, no word of the trade.

use crate::today::Language;
use std::collections::BTreeSet;

/// What the texts of one sort came to.
pub struct Measured {
    words_allowed: usize,
    texts: BTreeSet<String>,
    words_max: usize,
    grade_max: f64,
    ease_min: f64,
}

/// Words that a nurse or a clerk of a bank need not know.
const OF_THE_TRADE: [&str; 14] = [
    "librar",
    "exploit",
    "vulnerab",
    "patch",
    "mitigat",
    "remediat",
    "payload",
    "firmware",
    "privileg",
    "biblioteca",
    "parche",
    "mitig",
    "servicepack",
    "instance",
];

impl Measured {
    /// Nothing yet; a text may have this many words.
    pub fn new(words_allowed: usize) -> Self {
        let (texts, words_max) = (BTreeSet::new(), 0);
        Measured {
            words_allowed,
            texts,
            words_max,
            grade_max: f64::NEG_INFINITY,
            ease_min: f64::INFINITY,
        }
    }

    /// Measures a text.
    pub fn text(&mut self, text: &str, language: Language) {
        if !self.texts.insert(text.to_owned()) {
            return;
        }
        let words = text.split_whitespace().count();
        self.words_max = self.words_max.max(words);
        let (grade, ease) = match language {
            Language::English => (flesch_kincaid(text), f64::INFINITY),
            Language::Spanish => (f64::NEG_INFINITY, fernandez_huerta(text)),
        };
        self.grade_max = self.grade_max.max(grade);
        self.ease_min = self.ease_min.min(ease);
        if words > self.words_allowed || grade > 8.0 || ease < 60.0 {
            println!("{words} words, grade {grade:.1}, ease {ease:.0}: {text}");
        }
        let lower = text.to_lowercase();
        let trade = OF_THE_TRADE.iter().find(|word| lower.contains(**word));
        assert_eq!(trade, None, "{text}");
    }

    /// Fails when one of the texts was too long or too hard.
    pub fn passes(&self, name: &str) {
        let Measured { texts, words_max, grade_max, ease_min, .. } = self;
        println!(
            "{} {name}: words {words_max}, grade {grade_max:.1}, ease {ease_min:.0}",
            texts.len()
        );
        assert!(*words_max <= self.words_allowed, "{name}: {words_max} words");
        assert!(*grade_max <= 8.0, "{name}: grade {grade_max}");
        assert!(*ease_min >= 60.0, "{name}: ease {ease_min}");
    }
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
