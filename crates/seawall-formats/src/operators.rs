//! How many operators there are in each group, as an official brings it in: CSV or JSON.
//!
//! CSV (RFC 4180) begins with a line that names the columns, in any order: `group`, `name`,
//! `sector`, `size`, `region`, `operators`, `source`, `as_of`; `region` may be left out. JSON is an
//! array of objects with the same names. Each line has a number, who counted it, and as of when.
//! What cannot be taken is refused as a whole, by line and column (MISSION C62).

use crate::fault::{FormatFault, quote};
use crate::{csv, json};
use jiff::civil::Date;
use seawall_domain::partner::reach::{GROUPS_MAX, Group, Line, Table};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The largest table in bytes.
pub const TABLE_BYTES_MAX: usize = 16 << 20;

/// The columns, in the order in which we write them.
pub const COLUMNS: [&str; 8] =
    ["group", "name", "sector", "size", "region", "operators", "source", "as_of"];

const FORMAT: &str = "table of operators";
const REGION: usize = 4;

/// One line as it came: its place, and a text for each column.
struct Row {
    place: String,
    cells: [Option<String>; 8],
}

/// Reads a table that was counted by that day at the latest.
pub fn read(bytes: &[u8], latest: Date) -> Result<Table, FormatFault> {
    let rows = match bytes.trim_ascii_start().first() {
        Some(b'[') => from_json(bytes)?,
        Some(_) | None => from_csv(bytes)?,
    };
    let mut lines = Vec::with_capacity(rows.len());
    let mut places = Vec::with_capacity(rows.len());
    for row in rows {
        lines.push(row.line()?);
        places.push(row.place);
    }
    Table::of(lines, latest).map_err(|unfit| {
        let place = places.get(unfit.line).map_or("the document", String::as_str);
        FormatFault::new(FORMAT, at(place, unfit.column), unfit.why.to_string())
    })
}

fn at(place: &str, column: &str) -> String {
    format!("{place}, column {column}")
}

fn whole(message: impl Into<String>) -> FormatFault {
    FormatFault::new(FORMAT, "the document", message)
}

fn from_csv(bytes: &[u8]) -> Result<Vec<Row>, FormatFault> {
    if bytes.len() > TABLE_BYTES_MAX {
        return Err(whole(format!("more than {TABLE_BYTES_MAX} bytes")));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| whole("it is not UTF-8"))?;
    let mut rows = (1..).zip(csv::rows(text));
    let head = rows.next().map(|(_, head)| head).unwrap_or_default();
    let columns = columns(&head)?;
    let mut read = Vec::new();
    for (number, row) in rows.filter(|(_, row)| row.iter().any(|cell| !cell.is_empty())) {
        let place = format!("line {number}");
        if row.len() != columns.len() {
            let message = format!("{} columns, where the first line has {}", row.len(), head.len());
            return Err(FormatFault::new(FORMAT, place, message));
        }
        if read.len() >= GROUPS_MAX {
            return Err(FormatFault::new(FORMAT, place, format!("more than {GROUPS_MAX} lines")));
        }
        let mut cells = [const { None }; 8];
        for (column, cell) in columns.iter().zip(row) {
            if let Some(place) = cells.get_mut(*column) {
                *place = Some(cell);
            }
        }
        read.push(Row { place, cells });
    }
    Ok(read)
}

/// Which of our columns each column is.
fn columns(head: &[String]) -> Result<Vec<usize>, FormatFault> {
    let mut columns = Vec::new();
    for name in head {
        let name = name.trim();
        let column = COLUMNS.iter().position(|column| *column == name);
        let Some(column) = column.filter(|column| !columns.contains(column)) else {
            let known = COLUMNS.join(", ");
            let message = format!("{} is none of {known}, or stands there twice", quote(name));
            return Err(FormatFault::new(FORMAT, "line 1", message));
        };
        columns.push(column);
    }
    match (0..COLUMNS.len()).find(|column| !columns.contains(column) && *column != REGION) {
        Some(missing) => {
            let missing = COLUMNS.get(missing).copied().unwrap_or_default();
            Err(FormatFault::new(FORMAT, at("line 1", missing), "this column is missing"))
        }
        None => Ok(columns),
    }
}

fn from_json(bytes: &[u8]) -> Result<Vec<Row>, FormatFault> {
    let Value::Array(entries) = json::read(FORMAT, bytes, TABLE_BYTES_MAX)? else {
        return Err(whole("it is no array"));
    };
    if entries.len() > GROUPS_MAX {
        return Err(whole(format!("more than {GROUPS_MAX} lines")));
    }
    (1..).zip(entries).map(|(number, entry)| from_entry(number, entry)).collect()
}

fn from_entry(number: usize, entry: Value) -> Result<Row, FormatFault> {
    let place = format!("entry {number}");
    let Value::Object(fields) = entry else {
        return Err(FormatFault::new(FORMAT, place, "it is no object"));
    };
    let mut cells = [const { None }; 8];
    for (name, value) in fields {
        let column = COLUMNS.iter().position(|column| *column == name);
        let Some(cell) = column.and_then(|column| cells.get_mut(column)) else {
            let message = format!("{} is no column", quote(&name));
            return Err(FormatFault::new(FORMAT, place, message));
        };
        *cell = match value {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            Value::Null => None,
            Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                return Err(FormatFault::new(
                    FORMAT,
                    at(&place, &name),
                    "write a text or a number",
                ));
            }
        };
    }
    Ok(Row { place, cells })
}

impl Row {
    fn cell(&self, column: usize) -> &str {
        let cell = self.cells.get(column).and_then(Option::as_deref);
        cell.unwrap_or_default().trim()
    }

    fn fault(&self, column: usize, message: String) -> FormatFault {
        let name = COLUMNS.get(column).copied().unwrap_or_default();
        FormatFault::new(FORMAT, at(&self.place, name), message)
    }

    fn number<T: std::str::FromStr>(&self, column: usize) -> Result<T, FormatFault> {
        let text = self.cell(column);
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.then(|| text.parse().ok()).flatten();
        number.ok_or_else(|| {
            self.fault(column, format!("{} is no whole number that fits", quote(text)))
        })
    }

    fn word<T: DeserializeOwned>(&self, column: usize) -> Result<T, FormatFault> {
        let text = self.cell(column);
        serde_json::from_value(Value::String(text.to_owned()))
            .map_err(|_| self.fault(column, format!("{} is none of the known words", quote(text))))
    }

    fn day(&self, column: usize) -> Result<Date, FormatFault> {
        let text = self.cell(column);
        let day = text.parse::<Date>().ok().filter(|day| day.to_string() == text);
        day.ok_or_else(|| {
            self.fault(column, format!("{} is no day such as 2026-12-31", quote(text)))
        })
    }

    fn line(&self) -> Result<Line, FormatFault> {
        Ok(Line {
            group: Group(self.number(0)?),
            name: self.cell(1).to_owned(),
            sector: self.word(2)?,
            size: self.word(3)?,
            region: self.cell(REGION).to_owned(),
            operators: self.number(5)?,
            source: self.cell(6).to_owned(),
            as_of: self.day(7)?,
        })
    }
}

#[cfg(test)]
mod tests;
