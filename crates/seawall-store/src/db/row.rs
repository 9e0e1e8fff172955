//! A row, decoded at once, so that nothing above this floor meets a driver's type.

use super::{StoreFault, Value};
use seawall_domain::time::Timestamp;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Column, Row as _, TypeInfo, ValueRef};
use std::str::FromStr;

/// One row of an answer, with its columns in order.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Row {
    columns: Vec<(String, Value)>,
}

impl Row {
    /// The columns, in the order of the question.
    pub fn columns(&self) -> &[(String, Value)] {
        &self.columns
    }

    /// Whether a column holds this value; every kind of nothing is the same nothing.
    pub fn holds(&self, column: &str, expected: &Value) -> bool {
        match (self.value(column), expected) {
            (Ok(held), expected) if held.is_null() => expected.is_null(),
            (Ok(Value::Int(number)), Value::Bool(truth)) => (*number != 0) == *truth,
            (Ok(held), expected) => held == expected,
            (Err(_), _) => false,
        }
    }

    /// A number.
    pub fn int(&self, column: &str) -> Result<i64, StoreFault> {
        self.opt_int(column)?.ok_or_else(|| empty(column))
    }

    /// A number, if there is one.
    pub fn opt_int(&self, column: &str) -> Result<Option<i64>, StoreFault> {
        match self.value(column)? {
            Value::Int(number) => Ok(Some(*number)),
            other => nothing(column, other, "a number"),
        }
    }

    /// Text.
    pub fn text(&self, column: &str) -> Result<String, StoreFault> {
        self.opt_text(column)?.ok_or_else(|| empty(column))
    }

    /// Text, if there is any.
    pub fn opt_text(&self, column: &str) -> Result<Option<String>, StoreFault> {
        match self.value(column)? {
            Value::Text(text) => Ok(Some(text.clone())),
            other => nothing(column, other, "text"),
        }
    }

    /// Text that is read as something else, such as an id.
    pub fn parsed<T: FromStr>(&self, column: &str) -> Result<T, StoreFault> {
        let text = self.text(column)?;
        text.parse().map_err(|_| fault(column, format!("`{text}` cannot be read")))
    }

    /// Bytes.
    pub fn bytes(&self, column: &str) -> Result<Vec<u8>, StoreFault> {
        self.opt_bytes(column)?.ok_or_else(|| empty(column))
    }

    /// Bytes, if there are any.
    pub fn opt_bytes(&self, column: &str) -> Result<Option<Vec<u8>>, StoreFault> {
        match self.value(column)? {
            Value::Bytes(bytes) => Ok(Some(bytes.clone())),
            other => nothing(column, other, "bytes"),
        }
    }

    /// A boolean; SQLite has none, so 0 and 1 are read as such.
    pub fn bool(&self, column: &str) -> Result<bool, StoreFault> {
        match self.value(column)? {
            Value::Bool(value) => Ok(*value),
            Value::Int(0) => Ok(false),
            Value::Int(1) => Ok(true),
            other => Err(wrong(column, other, "a boolean")),
        }
    }

    /// An instant, kept as its microseconds.
    pub fn timestamp(&self, column: &str) -> Result<Timestamp, StoreFault> {
        self.opt_timestamp(column)?.ok_or_else(|| empty(column))
    }

    /// An instant, if there is one.
    pub fn opt_timestamp(&self, column: &str) -> Result<Option<Timestamp>, StoreFault> {
        let Some(micros) = self.opt_int(column)? else {
            return Ok(None);
        };
        let instant = Timestamp::from_microsecond(micros)
            .map_err(|_| fault(column, format!("`{micros}` is no instant")))?;
        Ok(Some(instant))
    }

    fn value(&self, column: &str) -> Result<&Value, StoreFault> {
        let found = self.columns.iter().find(|(name, _)| name == column);
        found
            .map(|(_, value)| value)
            .ok_or_else(|| fault(column, "the answer has no such column".to_owned()))
    }

    pub(super) fn from_sqlite(row: &SqliteRow) -> Result<Self, StoreFault> {
        let decode = |at: usize, name: &str, declared: &str| -> Result<Value, StoreFault> {
            let raw = row.try_get_raw(at).map_err(|error| unread(name, error))?;
            if raw.is_null() {
                return Ok(null(declared));
            }
            let kind = raw.type_info().name().to_owned();
            let value = match kind.as_str() {
                "INTEGER" | "BOOLEAN" | "INT4" | "BIGINT" => {
                    row.try_get_unchecked(at).map(|number| match (declared, number) {
                        ("BOOLEAN", 0 | 1) => Value::Bool(number == 1),
                        _ => Value::Int(number),
                    })
                }
                "TEXT" => row.try_get_unchecked(at).map(Value::Text),
                "BLOB" => row.try_get_unchecked(at).map(Value::Bytes),
                _ => return Err(fault(name, format!("the type `{kind}` is not in use"))),
            };
            value.map_err(|error| unread(name, error))
        };
        Self::decoded(row.columns(), decode)
    }

    pub(super) fn from_postgres(row: &PgRow) -> Result<Self, StoreFault> {
        let decode = |at: usize, name: &str, declared: &str| -> Result<Value, StoreFault> {
            let raw = row.try_get_raw(at).map_err(|error| unread(name, error))?;
            if raw.is_null() {
                return Ok(null(declared));
            }
            let value = match declared {
                "INT8" => row.try_get_unchecked(at).map(Value::Int),
                "INT4" => row.try_get_unchecked::<i32, _>(at).map(|n| Value::Int(n.into())),
                "INT2" => row.try_get_unchecked::<i16, _>(at).map(|n| Value::Int(n.into())),
                "TEXT" | "VARCHAR" | "NAME" | "UNKNOWN" => {
                    row.try_get_unchecked(at).map(Value::Text)
                }
                "BYTEA" => row.try_get_unchecked(at).map(Value::Bytes),
                "BOOL" => row.try_get_unchecked(at).map(Value::Bool),
                _ => return Err(fault(name, format!("the type `{declared}` is not in use"))),
            };
            value.map_err(|error| unread(name, error))
        };
        Self::decoded(row.columns(), decode)
    }

    fn decoded<C: Column>(
        columns: &[C],
        decode: impl Fn(usize, &str, &str) -> Result<Value, StoreFault>,
    ) -> Result<Self, StoreFault> {
        let columns = columns
            .iter()
            .map(|column| {
                let declared = column.type_info().name();
                let value = decode(column.ordinal(), column.name(), declared)?;
                Ok((column.name().to_owned(), value))
            })
            .collect::<Result<_, StoreFault>>()?;
        Ok(Self { columns })
    }
}

fn null(declared: &str) -> Value {
    match declared {
        "INTEGER" | "BIGINT" | "INT8" | "INT4" | "INT2" | "BOOL" | "BOOLEAN" => Value::NullInt,
        "BLOB" | "BYTEA" => Value::NullBytes,
        _ => Value::NullText,
    }
}

fn nothing<T>(column: &str, found: &Value, expected: &str) -> Result<Option<T>, StoreFault> {
    if found.is_null() { Ok(None) } else { Err(wrong(column, found, expected)) }
}

fn wrong(column: &str, found: &Value, expected: &str) -> StoreFault {
    fault(column, format!("expected {expected}, found {}", found.kind()))
}

fn empty(column: &str) -> StoreFault {
    fault(column, "it holds nothing".to_owned())
}

fn unread(column: &str, error: sqlx::Error) -> StoreFault {
    fault(column, error.to_string())
}

fn fault(column: &str, why: String) -> StoreFault {
    StoreFault::Column { column: column.to_owned(), why }
}
