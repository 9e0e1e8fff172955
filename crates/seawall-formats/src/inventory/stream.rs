//! JSON read straight into what a reader keeps: no tree, fields that are not read are passed over.
//!
//! A key that is read and given twice is refused (RFC 8259, section 4, calls its meaning
//! unpredictable), nesting is bounded by the parser, and the number of kept objects by
//! [`COMPONENTS_MAX`]. Where it fails, the fault names the place as a JSON pointer.

use super::COMPONENTS_MAX;
use crate::fault::{FormatFault, quote};
use serde::de::{
    DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor,
};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::marker::PhantomData;

/// An object of which some fields are read.
pub(super) trait Object<'de>: Default {
    /// The fields that are read, at most 64; the order is that of the numbers given to `field`.
    const KEYS: &'static [&'static str];

    /// Reads the field of the given number.
    fn field<A: MapAccess<'de>>(
        &mut self,
        key: usize,
        slot: Slot<'_, 'de, A>,
    ) -> Result<(), A::Error>;

    /// The first field that must be there and is not.
    fn missing(&self) -> Option<&'static str> {
        None
    }
}

/// Reads a document whose top is one object.
pub(super) fn read<'de, T: Object<'de>>(
    format: &'static str,
    bytes: &'de [u8],
) -> Result<T, FormatFault> {
    let text = text(format, bytes)?;
    let track = Track::default();
    let mut reader = serde_json::Deserializer::from_str(text);
    let mut object = T::default();
    let fill = Fill { track: &track, object: &mut object };
    let read = fill.deserialize(&mut reader).and_then(|()| reader.end());
    read.map_err(|error| track.fault(format, &error))?;
    Ok(object)
}

/// The text of a document that must be UTF-8.
fn text<'de>(format: &'static str, bytes: &'de [u8]) -> Result<&'de str, FormatFault> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let place = format!("byte {}", error.valid_up_to());
        FormatFault::new(format, place, "it is not UTF-8")
    })
}

/// One step on the way from the top of the document to a value.
#[derive(Clone, Copy)]
enum Step {
    Key(&'static str),
    Item(usize),
}

/// Where the reader failed, and how many objects it may still keep.
struct Track {
    /// The way to the failure, the last step first.
    steps: RefCell<Vec<Step>>,
    left: Cell<usize>,
}

impl Default for Track {
    fn default() -> Self {
        Self { steps: RefCell::default(), left: Cell::new(COMPONENTS_MAX) }
    }
}

impl Track {
    /// Does something one step deeper, and remembers the step where it fails.
    fn within<T, E>(&self, step: Step, run: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        run().inspect_err(|_| self.steps.borrow_mut().push(step))
    }

    fn keep<E: Error>(&self) -> Result<(), E> {
        let left =
            self.left.get().checked_sub(1).ok_or_else(|| {
                E::custom(format!("it lists more than {COMPONENTS_MAX} components"))
            })?;
        self.left.set(left);
        Ok(())
    }

    fn fault(&self, format: &'static str, error: &serde_json::Error) -> FormatFault {
        let told = error.to_string();
        let message = told.split(" at line ").next().unwrap_or(&told).to_owned();
        let mut place = String::new();
        for step in self.steps.borrow().iter().rev() {
            match step {
                Step::Key(key) => place.push_str(&format!("/{key}")),
                Step::Item(index) => place.push_str(&format!("/{index}")),
            }
        }
        if !error.is_data() {
            place = format!("line {} column {}", error.line(), error.column());
        } else if place.is_empty() {
            "the document".clone_into(&mut place);
        }
        FormatFault::new(format, place, message)
    }
}

/// The value of one field, not read yet.
pub(super) struct Slot<'a, 'de, A> {
    map: &'a mut A,
    track: &'a Track,
    key: &'static str,
    document: PhantomData<&'de ()>,
}

impl<'a, 'de, A: MapAccess<'de>> Slot<'a, 'de, A> {
    fn read<S: DeserializeSeed<'de>>(
        self,
        seed: impl FnOnce(&'a Track) -> S,
    ) -> Result<S::Value, A::Error> {
        let Slot { map, track, key, .. } = self;
        track.within(Step::Key(key), || map.next_value_seed(seed(track)))
    }

    /// A text, trimmed; null and empty are both "none".
    pub(super) fn text(self) -> Result<Option<Cow<'de, str>>, A::Error> {
        self.read(|_| Text::<true>)
    }

    /// A text where it is one; any other value is "none".
    pub(super) fn text_if_any(self) -> Result<Option<Cow<'de, str>>, A::Error> {
        self.read(|_| Text::<false>)
    }

    /// An object; null is none.
    pub(super) fn object<T: Object<'de>>(self) -> Result<Option<T>, A::Error> {
        self.read(|track| Maybe { track, object: PhantomData })
    }

    /// The objects of a list, which are kept and counted; null is an empty list.
    pub(super) fn list<T: Object<'de>>(self) -> Result<Vec<T>, A::Error> {
        let mut items = Vec::new();
        self.read(|track| All { track, items: &mut items })?;
        Ok(items)
    }

    /// The objects of a list, one after another and none kept; null is an empty list.
    pub(super) fn each<T: Object<'de>>(self, take: impl FnMut(T)) -> Result<(), A::Error> {
        self.read(|track| Each { track, take, object: PhantomData })
    }
}

/// A text; what is none is refused when `STRICT`, and otherwise passed over.
struct Text<const STRICT: bool>;

impl<'de, const STRICT: bool> DeserializeSeed<'de> for Text<STRICT> {
    type Value = Option<Cow<'de, str>>;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Self::Value, D::Error> {
        source.deserialize_any(self)
    }
}

/// The text trimmed, or nothing where nothing is left.
fn some(text: &str) -> Option<&str> {
    match text.as_bytes() {
        [b'!'..=b'~', .., b'!'..=b'~'] => Some(text),
        _ => Some(text.trim()).filter(|text| !text.is_empty()),
    }
}

impl<'de, const STRICT: bool> Visitor<'de> for Text<STRICT> {
    type Value = Option<Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(some(value).map(Cow::Borrowed))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(some(value).map(|text| Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        self.other(Unexpected::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        self.other(Unexpected::Signed(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        self.other(Unexpected::Unsigned(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        self.other(Unexpected::Float(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        if STRICT {
            return self.other(Unexpected::Seq);
        }
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        if STRICT {
            return self.other(Unexpected::Map);
        }
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

impl<const STRICT: bool> Text<STRICT> {
    fn other<'de, E: Error>(self, found: Unexpected<'_>) -> Result<Option<Cow<'de, str>>, E> {
        if STRICT { Err(E::invalid_type(found, &"a text")) } else { Ok(None) }
    }
}

/// The number of the key in `T::KEYS`; none for a key that is not read.
struct Key<T>(PhantomData<T>);

impl<'de, T: Object<'de>> DeserializeSeed<'de> for Key<T> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Self::Value, D::Error> {
        source.deserialize_identifier(self)
    }
}

impl<'de, T: Object<'de>> Visitor<'de> for Key<T> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        // Nearly all keys differ in their first letter, and most keys are none of these.
        let first = value.as_bytes().first();
        Ok(T::KEYS.iter().position(|key| key.as_bytes().first() == first && *key == value))
    }
}

/// Reads an object where it is kept, so that none is moved about.
struct Fill<'a, T> {
    track: &'a Track,
    object: &'a mut T,
}

impl<'de, T: Object<'de>> DeserializeSeed<'de> for Fill<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<(), D::Error> {
        source.deserialize_map(self)
    }
}

impl<'de, T: Object<'de>> Visitor<'de> for Fill<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Fill { track, object } = self;
        let mut seen = 0u64;
        while let Some(known) = map.next_key_seed(Key::<T>(PhantomData))? {
            let Some((number, key)) = known.and_then(|at| Some((at, *T::KEYS.get(at)?))) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let bit = 1u64 << (number % 64);
            if seen & bit != 0 {
                return Err(A::Error::custom(format!("key {} is given twice", quote(key))));
            }
            seen |= bit;
            let slot = Slot { map: &mut map, track, key, document: PhantomData };
            object.field(number, slot)?;
        }
        match object.missing() {
            None => Ok(()),
            Some(key) => {
                track.within(Step::Key(key), || Err(A::Error::custom("it is missing or empty")))
            }
        }
    }
}

struct Maybe<'a, T> {
    track: &'a Track,
    object: PhantomData<T>,
}

impl<'de, T: Object<'de>> DeserializeSeed<'de> for Maybe<'_, T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Self::Value, D::Error> {
        source.deserialize_option(self)
    }
}

impl<'de, T: Object<'de>> Visitor<'de> for Maybe<'_, T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, source: D) -> Result<Self::Value, D::Error> {
        let mut object = T::default();
        Fill { track: self.track, object: &mut object }.deserialize(source)?;
        Ok(Some(object))
    }
}

/// The items of a list, each read where it is kept.
struct All<'a, T> {
    track: &'a Track,
    items: &'a mut Vec<T>,
}

impl<'de, T: Object<'de>> DeserializeSeed<'de> for All<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<(), D::Error> {
        source.deserialize_any(self)
    }
}

impl<'de, T: Object<'de>> Visitor<'de> for All<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut source: A) -> Result<(), A::Error> {
        let All { track, items } = self;
        for index in 0.. {
            let object = items.push_mut(T::default());
            let fill = Fill { track, object };
            if track.within(Step::Item(index), || source.next_element_seed(fill))?.is_none() {
                items.pop();
                break;
            }
            track.keep()?;
        }
        Ok(())
    }
}

/// The items of a list, none of them kept.
struct Each<'a, T, F> {
    track: &'a Track,
    take: F,
    object: PhantomData<T>,
}

impl<'de, T: Object<'de>, F: FnMut(T)> DeserializeSeed<'de> for Each<'_, T, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<(), D::Error> {
        source.deserialize_any(self)
    }
}

impl<'de, T: Object<'de>, F: FnMut(T)> Visitor<'de> for Each<'_, T, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut source: A) -> Result<(), A::Error> {
        let track = self.track;
        for index in 0.. {
            let mut item = T::default();
            let fill = Fill { track, object: &mut item };
            if track.within(Step::Item(index), || source.next_element_seed(fill))?.is_none() {
                break;
            }
            (self.take)(item);
        }
        Ok(())
    }
}
