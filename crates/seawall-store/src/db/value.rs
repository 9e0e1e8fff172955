//! The only kinds of value that cross into SQL and back.

use seawall_domain::time::Timestamp;

/// One value of a column or an argument.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Value {
    /// A `BIGINT`; an instant is its microseconds since 1970.
    Int(i64),
    /// A `TEXT`, without a NUL.
    Text(String),
    /// A `BLOB`, on PostgreSQL a `BYTEA`.
    Bytes(Vec<u8>),
    /// A `BOOLEAN`.
    Bool(bool),
    /// No number; PostgreSQL wants to know of which kind nothing is.
    NullInt,
    /// No text.
    NullText,
    /// No bytes.
    NullBytes,
}

impl Value {
    /// Whether there is nothing in it.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::NullInt | Value::NullText | Value::NullBytes)
    }

    /// The kind, in the words of a message.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Value::Int(_) => "a number",
            Value::Text(_) => "text",
            Value::Bytes(_) => "bytes",
            Value::Bool(_) => "a boolean",
            Value::NullInt | Value::NullText | Value::NullBytes => "nothing",
        }
    }
}

/// Makes the arguments of a statement: `args![id, now, body]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::db::Value::from($value)),*] };
}

macro_rules! values {
    ($($from:ty => |$name:ident| $value:expr, $null:ident;)*) => {$(
        impl From<$from> for Value {
            fn from($name: $from) -> Self {
                $value
            }
        }

        impl From<Option<$from>> for Value {
            fn from(value: Option<$from>) -> Self {
                value.map_or(Value::$null, Value::from)
            }
        }
    )*};
}

values! {
    i64 => |number| Value::Int(number), NullInt;
    u32 => |number| Value::Int(i64::from(number)), NullInt;
    &str => |text| Value::Text(text.to_owned()), NullText;
    &String => |text| Value::Text(text.clone()), NullText;
    String => |text| Value::Text(text), NullText;
    &[u8] => |bytes| Value::Bytes(bytes.to_vec()), NullBytes;
    Vec<u8> => |bytes| Value::Bytes(bytes), NullBytes;
    Timestamp => |instant| Value::Int(instant.as_microsecond()), NullInt;
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}
