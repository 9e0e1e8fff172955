//! The fields that typed documents are made of: absent, null and empty are all "none".
//!
//! The strict ones refuse another type; the loose ones take it for nothing, for places where every
//! database writes what it likes.

use crate::fault::FormatFault;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// A text, trimmed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Text<'a>(Option<Cow<'a, str>>);

/// A text, trimmed; a value of another type is none.
#[derive(Clone, Debug, Default)]
pub(crate) struct LooseText<'a>(Option<Cow<'a, str>>);

/// A list, and nothing else.
#[derive(Clone, Debug)]
pub(crate) struct List<T>(pub(crate) Vec<T>);

/// A list; a value of another type is an empty one, and a lone text is a list of one.
#[derive(Clone, Debug)]
pub(crate) struct LooseList<T>(pub(crate) Vec<T>);

/// An object; a value of another type is none.
#[derive(Clone, Debug)]
pub(crate) struct Loose<T>(pub(crate) Option<T>);

impl Text<'_> {
    /// The text.
    pub(crate) fn get(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// The text as a value of its own.
    pub(crate) fn owned(self) -> Option<String> {
        self.0.map(Cow::into_owned)
    }

    /// The text, which must be there; `place` says where it is missing.
    pub(crate) fn required(
        &self,
        format: &'static str,
        place: impl FnOnce() -> String,
    ) -> Result<&str, FormatFault> {
        self.get().ok_or_else(|| FormatFault::new(format, place(), "it is missing or empty"))
    }
}

impl LooseText<'_> {
    /// The text.
    pub(crate) fn get(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// The text as a value of its own.
    pub(crate) fn owned(self) -> Option<String> {
        self.0.map(Cow::into_owned)
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        List(Vec::new())
    }
}

impl<T> Default for LooseList<T> {
    fn default() -> Self {
        LooseList(Vec::new())
    }
}

impl<T> Default for Loose<T> {
    fn default() -> Self {
        Loose(None)
    }
}

fn trimmed(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

/// Reads a text; what `LOOSE` is decides over other types.
struct TextVisitor<const LOOSE: bool>;

impl<const LOOSE: bool> TextVisitor<LOOSE> {
    fn other<'de, E: Error>(kind: &str) -> Result<Option<Cow<'de, str>>, E> {
        match LOOSE {
            true => Ok(None),
            false => Err(E::custom(format!("it must be a text, not {kind}"))),
        }
    }
}

impl<'de, const LOOSE: bool> Visitor<'de> for TextVisitor<LOOSE> {
    type Value = Option<Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(trimmed(text).map(Cow::Borrowed))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(trimmed(text).map(|text| Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Self::other("true or false")
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Self::other("a number")
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Self::other("a number")
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Self::other("a number")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
        let other = Self::other("a list")?;
        skip_items(items)?;
        Ok(other)
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Self::Value, A::Error> {
        let other = Self::other("an object")?;
        skip_entries(entries)?;
        Ok(other)
    }
}

fn skip_items<'de, A: SeqAccess<'de>>(mut items: A) -> Result<(), A::Error> {
    while items.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

fn skip_entries<'de, A: MapAccess<'de>>(mut entries: A) -> Result<(), A::Error> {
    while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_any(TextVisitor::<false>).map(Text)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for LooseText<'a> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_any(TextVisitor::<true>).map(LooseText)
    }
}

/// Reads a list; what `LOOSE` is decides over other types.
struct ListVisitor<T, const LOOSE: bool>(PhantomData<T>);

impl<T, const LOOSE: bool> ListVisitor<T, LOOSE> {
    fn other<E: Error>(kind: &str) -> Result<Vec<T>, E> {
        match LOOSE {
            true => Ok(Vec::new()),
            false => Err(E::custom(format!("it must be a list, not {kind}"))),
        }
    }
}

impl<'de, T: Deserialize<'de>, const LOOSE: bool> Visitor<'de> for ListVisitor<T, LOOSE> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(list)
    }

    fn visit_unit<E>(self) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Vec<T>, E> {
        match LOOSE {
            true => {
                let text = serde::de::value::BorrowedStrDeserializer::<E>::new(text);
                Ok(T::deserialize(text).into_iter().collect())
            }
            false => Self::other("a text"),
        }
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Vec<T>, E> {
        Self::other("a text")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Vec<T>, E> {
        Self::other("true or false")
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Vec<T>, E> {
        Self::other("a number")
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Vec<T>, E> {
        Self::other("a number")
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Vec<T>, E> {
        Self::other("a number")
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Vec<T>, A::Error> {
        let other = Self::other("an object")?;
        skip_entries(entries)?;
        Ok(other)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_any(ListVisitor::<T, false>(PhantomData)).map(List)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for LooseList<T> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_any(ListVisitor::<T, true>(PhantomData)).map(LooseList)
    }
}

/// Reads an object, and takes anything else for none.
struct LooseVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for LooseVisitor<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Option<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(entries)).map(Some)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Option<T>, A::Error> {
        skip_items(items).map(|()| None)
    }

    fn visit_unit<E>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_str<E>(self, _: &str) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Option<T>, E> {
        Ok(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Loose<T> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_any(LooseVisitor(PhantomData)).map(Loose)
    }
}
