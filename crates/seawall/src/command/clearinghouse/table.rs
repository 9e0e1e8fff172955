//! Answers as people read them: a list by columns, one thing line by line.

use serde_json::Value;

/// A column: its heading, and the field that it shows.
pub type Column = (&'static str, &'static str);

/// How wide a column gets at most, in characters; only the last one may be wider.
const COLUMN_WIDTH_MAX: usize = 40;

/// A list by its columns.
pub fn rows(list: &[Value], columns: &[Column]) -> String {
    if list.is_empty() {
        return "nothing\n".to_owned();
    }
    let cells: Vec<Vec<String>> = list
        .iter()
        .map(|row| columns.iter().map(|(_, field)| word(row.get(*field))).collect())
        .collect();
    let width = |at: usize| {
        let widest = cells.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count());
        let heading = columns.get(at).map_or(0, |(heading, _)| heading.len());
        widest.max().unwrap_or(0).max(heading).min(COLUMN_WIDTH_MAX)
    };
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let line = |cells: &[String]| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        format!("{}\n", padded.collect::<Vec<_>>().join("  ").trim_end())
    };
    let headings: Vec<String> = columns.iter().map(|(heading, _)| (*heading).to_owned()).collect();
    std::iter::once(line(&headings)).chain(cells.iter().map(|row| line(row))).collect()
}

/// One thing line by line; what is not there has no line.
pub fn cards(one: &Value) -> String {
    let Value::Object(fields) = one else { return format!("{}\n", word(Some(one))) };
    let shown = fields.iter().map(|(name, value)| match (name.strip_suffix("_seconds"), value) {
        (Some(name), Value::Number(seconds)) => (name, time(seconds.as_u64().unwrap_or(0))),
        _ => (name.as_str(), word(Some(value))),
    });
    let shown: Vec<_> = shown.filter(|(_, value)| !value.is_empty()).collect();
    let width = shown.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let line = |(name, value): &(&str, String)| {
        let name = name.replace('_', " ");
        // A text of several lines stands below its name.
        match value.contains('\n') {
            true => format!("{name}\n{}\n", value.trim_end()),
            false => format!("{name:width$}  {value}\n"),
        }
    };
    shown.iter().map(line).collect()
}

/// A value as a word; control characters, which could steer a terminal, are not shown.
fn word(value: Option<&Value>) -> String {
    let text = match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Bool(true)) => "yes".into(),
        Some(Value::Bool(false)) => "no".into(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Array(values)) => {
            let words: Vec<String> = values.iter().map(|value| word(Some(value))).collect();
            // Things of several parts have a line each.
            let between = if values.iter().any(Value::is_object) { "\n" } else { ", " };
            let end = if between == "\n" { between } else { "" };
            words.join(between) + end
        }
        Some(Value::Object(parts)) => {
            let parts = parts.iter().map(|(name, part)| (name, word(Some(part))));
            let parts = parts.filter(|(_, part)| !part.is_empty());
            let parts: Vec<String> = parts
                .map(|(name, part)| format!("{}: {}", name.replace('_', " "), part.trim_end()))
                .collect();
            parts.join("; ")
        }
    };
    text.chars().filter(|letter| !letter.is_control() || *letter == '\n').collect()
}

/// How long, in days and hours.
fn time(seconds: u64) -> String {
    let some = |number: u64, one: &str| match number {
        0 => None,
        1 => Some(format!("1 {one}")),
        number => Some(format!("{number} {one}s")),
    };
    let parts = [some(seconds / 86_400, "day"), some(seconds % 86_400 / 3600, "hour")];
    let told: Vec<String> = parts.into_iter().flatten().collect();
    if told.is_empty() { format!("{seconds} seconds") } else { told.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_list_has_columns() {
        let columns = [("what", "id"), ("stands", "stage")];
        let list = [json!({"id": "a", "stage": "filed"}), json!({"id": "bcd", "stage": null})];
        assert_eq!(rows(&list, &columns), "what  stands\na     filed\nbcd\n");
        assert_eq!(rows(&[], &columns), "nothing\n");
    }

    #[test]
    fn one_thing_has_lines() {
        let one = json!({"id": "a", "seat_people": 2, "letter": "Dear\nyou\n", "panel": [],
            "signed": false, "none": null, "keys": ["a", "b"]});
        let told = cards(&one);
        for line in ["id           a\n", "letter\nDear\nyou\n", "signed       no\n", "a, b\n"] {
            assert!(told.contains(line), "{told}");
        }
        assert!(!told.contains("none") && !told.contains("panel"), "{told}");
        let nested = json!({"custody": {"quorum": 2, "of": ["a", "b"], "why": null},
            "tokens": [{"run": "r", "fate": "used"}], "left_seconds": 2_595_600});
        let told = cards(&nested);
        for line in [
            "custody  quorum: 2; of: a, b\n",
            "tokens\nrun: r; fate: used\n",
            "left     30 days, 1 hour\n",
        ] {
            assert!(told.contains(line), "{told}");
        }
        assert!(!told.contains('{') && !told.contains('"'), "{told}");
        assert!(!cards(&json!({"x": "\u{1b}[2Jx\u{7}"})).contains('\u{1b}'));
    }
}
