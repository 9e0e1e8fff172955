//! Numbers and bare words, those among them that are not JSON.

use super::{Scan, Scanned, WORD_BYTES_MAX, is_of_word};
use crate::fault::quote;
use seawall_domain::evaluation::value::Scalar;
use std::io::Read;

/// A number or a bare word.
pub(super) struct Word {
    pub(super) scalar: Scalar,
    pub(super) whole: Option<i64>,
}

impl<R: Read> Scan<R> {
    pub(super) fn word(&mut self) -> Scanned<Word> {
        let mut word = [0_u8; WORD_BYTES_MAX];
        let mut length = 0;
        while let Some(byte) = self.look()? {
            if !is_of_word(byte) {
                break;
            }
            let Some(place) = word.get_mut(length) else {
                return Err(self.fault(format!("a number is longer than {WORD_BYTES_MAX} bytes")));
            };
            *place = byte;
            length += 1;
            self.at += 1;
        }
        let word = word.get(..length).unwrap_or_default();
        self.meaning(std::str::from_utf8(word).unwrap_or_default())
    }

    fn meaning(&self, word: &str) -> Scanned<Word> {
        let plain = |scalar| Ok(Word { scalar, whole: None });
        match word {
            "null" => return plain(Scalar::Null),
            "true" => return plain(Scalar::Flag(true)),
            "false" => return plain(Scalar::Flag(false)),
            "NaN" => return plain(Scalar::Number(f64::NAN)),
            "Infinity" => return plain(Scalar::Number(f64::INFINITY)),
            "-Infinity" => return plain(Scalar::Number(f64::NEG_INFINITY)),
            _ => {}
        }
        let figures = word.starts_with(|first: char| first == '-' || first.is_ascii_digit());
        let number = if figures { word.parse::<f64>().ok() } else { None };
        let Some(number) = number.filter(|number| !number.is_nan()) else {
            return Err(self.fault(format!("{} is no value", quote(word))));
        };
        Ok(Word { scalar: Scalar::Number(number), whole: word.parse().ok() })
    }
}
