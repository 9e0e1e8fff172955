//! How values are written in a set: whole numbers as LEB128, texts and lists after their length.

use super::fault::SetFault;

/// Writes values one after the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Pen(pub(super) Vec<u8>);

impl Pen {
    /// A whole number, in one to ten bytes.
    pub(super) fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    /// A length or a place.
    pub(super) fn count(&mut self, count: usize) {
        self.number(count as u64);
    }

    /// A text.
    pub(super) fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }

    /// Bytes after their length in four bytes.
    pub(super) fn frame(&mut self, bytes: &[u8]) {
        // Nothing in a set is as long as four gigabytes: records and lists have bounds.
        self.0.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
        self.0.extend_from_slice(bytes);
    }

    /// Something that may be missing.
    pub(super) fn option<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        match value {
            None => self.0.push(0),
            Some(value) => {
                self.0.push(1);
                write(self, value);
            }
        }
    }

    /// A list.
    pub(super) fn list<T>(&mut self, items: &[T], mut write: impl FnMut(&mut Self, &T)) {
        self.count(items.len());
        items.iter().for_each(|item| write(self, item));
    }
}

/// Reads values in the order in which they were written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Eye<'a> {
    bytes: &'a [u8],
    part: &'static str,
}

impl<'a> Eye<'a> {
    /// Looks at the bytes of a part, which the fault names.
    pub(super) fn new(bytes: &'a [u8], part: &'static str) -> Self {
        Eye { bytes, part }
    }

    /// The fault of this part.
    pub(super) fn fault(&self) -> SetFault {
        SetFault::Inconsistent { part: self.part }
    }

    /// Everything that is left.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes
    }

    /// The next bytes.
    pub(super) fn bytes(&mut self, length: usize) -> Result<&'a [u8], SetFault> {
        let (now, later) = self.bytes.split_at_checked(length).ok_or_else(|| self.fault())?;
        self.bytes = later;
        Ok(now)
    }

    /// Bytes after their length in four bytes.
    pub(super) fn frame(&mut self) -> Result<&'a [u8], SetFault> {
        let length = self.bytes(4)?.try_into().map_err(|_| self.fault())?;
        self.bytes(u32::from_le_bytes(length) as usize)
    }

    /// A whole number.
    #[inline]
    pub(super) fn number(&mut self) -> Result<u64, SetFault> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let (byte, later) = self.bytes.split_first().ok_or_else(|| self.fault())?;
            self.bytes = later;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(self.fault())
    }

    /// A length or a place.
    #[inline]
    pub(super) fn count(&mut self) -> Result<usize, SetFault> {
        usize::try_from(self.number()?).map_err(|_| self.fault())
    }

    /// A text.
    pub(super) fn text(&mut self) -> Result<&'a str, SetFault> {
        let length = self.count()?;
        let bytes = self.bytes(length)?;
        std::str::from_utf8(bytes).map_err(|_| self.fault())
    }

    /// Something that may be missing.
    pub(super) fn option<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, SetFault>,
    ) -> Result<Option<T>, SetFault> {
        match self.bytes(1)? {
            [0] => Ok(None),
            [1] => read(self).map(Some),
            _ => Err(self.fault()),
        }
    }

    /// A list. Its length is believed only as far as there are bytes for it.
    pub(super) fn list<T>(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Result<T, SetFault>,
    ) -> Result<Vec<T>, SetFault> {
        let length = self.count()?;
        if length > self.bytes.len() {
            return Err(self.fault());
        }
        (0..length).map(|_| read(self)).collect()
    }

    /// A list that is looked over now, so that its items can be read later without a fault.
    pub(super) fn items<T>(
        &mut self,
        read: impl Fn(&mut Self) -> Result<T, SetFault>,
    ) -> Result<Items<'a>, SetFault> {
        let length = self.count()?;
        if length > self.bytes.len() {
            return Err(self.fault());
        }
        let eye = *self;
        for _ in 0..length {
            read(self)?;
        }
        Ok(Items { eye, length })
    }
}

/// The items of a list that was looked over: they are decoded again whenever they are asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Items<'a> {
    eye: Eye<'a>,
    length: usize,
}

impl<'a> Items<'a> {
    /// The items, read as they were read when the list was looked over.
    pub(super) fn read<T>(
        self,
        read: impl Fn(&mut Eye<'a>) -> Result<T, SetFault>,
    ) -> impl Iterator<Item = T> {
        let mut eye = self.eye;
        (0..self.length).map_while(move |_| read(&mut eye).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_was_written_reads_back(
            numbers in prop::collection::vec(any::<u64>(), 0..8),
            text in ".{0,20}",
            maybe in prop::option::of(any::<u32>()),
        ) {
            let mut pen = Pen::default();
            pen.list(&numbers, |pen, number| pen.number(*number));
            pen.text(&text);
            pen.option(maybe, |pen, number| pen.number(number.into()));
            let mut eye = Eye::new(&pen.0, "test");
            let mut ahead = eye;
            let items = ahead.items(Eye::number).unwrap();
            prop_assert_eq!(items.read(Eye::number).collect::<Vec<_>>(), numbers.clone());
            prop_assert_eq!(eye.list(Eye::number), Ok(numbers));
            prop_assert_eq!(eye.text(), Ok(text.as_str()));
            prop_assert_eq!(eye.option(Eye::number), Ok(maybe.map(u64::from)));
            prop_assert!(eye.bytes(1).is_err());
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let mut eye = Eye::new(&bytes, "test");
            drop(eye.list(|eye| eye.option(Eye::text)));
        }
    }
}
