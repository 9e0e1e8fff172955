//! Collecting what is wrong in a recipe, and the readers of single values.

use super::{RECIPE_WORDS_MAX, RecipeFault};
use toml::{Table, Value};

/// What was found wrong so far.
pub(super) struct Faults(pub Vec<RecipeFault>);

impl Faults {
    pub(super) fn add(&mut self, place: &str, message: impl Into<String>) {
        self.0.push(RecipeFault::new(place, message));
    }

    pub(super) fn known(&mut self, prefix: &str, table: &Table, keys: &[&str]) {
        for key in table.keys().filter(|key| !keys.contains(&key.as_str())) {
            let key: String = key.chars().take(60).collect();
            let keys = keys.join("`, `");
            self.add(&format!("{prefix}{key}"), format!("unknown key; known here are `{keys}`"));
        }
    }

    pub(super) fn text<'a>(
        &mut self,
        prefix: &str,
        table: &'a Table,
        key: &str,
    ) -> Option<&'a str> {
        match table.get(key) {
            Some(Value::String(text)) if !text.contains('\0') => return Some(text),
            Some(_) => self.add(&format!("{prefix}{key}"), "it must be a text in quotes"),
            None => self.add(&format!("{prefix}{key}"), "it is missing; it must be a text"),
        }
        None
    }

    pub(super) fn number(&mut self, place: &str, value: Option<&Value>, max: u32) -> Option<u32> {
        let number = value.and_then(Value::as_integer).and_then(|n| u32::try_from(n).ok());
        if let Some(number) = number.filter(|number| (1..=max).contains(number)) {
            return Some(number);
        }
        self.add(place, format!("it must be a whole number from 1 to {max}"));
        None
    }

    pub(super) fn words(&mut self, place: &str, value: Option<&Value>) -> Option<Vec<String>> {
        let words: Option<Vec<String>> = value
            .and_then(Value::as_array)
            .and_then(|words| words.iter().map(|word| word.as_str().map(str::to_owned)).collect());
        match words {
            Some(words)
                if !words.is_empty()
                    && words.len() <= RECIPE_WORDS_MAX
                    && !words[0].is_empty()
                    && !words.iter().any(|word| word.contains('\0')) =>
            {
                Some(words)
            }
            Some(_) | None => {
                let message = "it must be a list of 1 to 64 texts, the program first, such as \
                               [\"python3\", \"/recipe/probe.py\"]; no shell reads it";
                self.add(place, message);
                None
            }
        }
    }
}

/// A list of commands, each read by [`Faults::words`]; none when the key is absent.
pub(super) fn commands(
    place: &str,
    value: Option<&Value>,
    faults: &mut Faults,
) -> Vec<Vec<String>> {
    match value {
        None => Vec::new(),
        Some(Value::Array(steps)) if steps.len() <= RECIPE_WORDS_MAX => steps
            .iter()
            .enumerate()
            .filter_map(|(index, step)| faults.words(&format!("{place}[{index}]"), Some(step)))
            .collect(),
        Some(_) => {
            faults.add(place, "it must be a list of commands, each a list of texts");
            Vec::new()
        }
    }
}
