//! Flags: what a solved task gives away, new in every attempt of every run.
//!
//! A flag that was written into a task once is in somebody's training data the next year, and
//! handing it in proves nothing. Here each attempt has flags of its own (made in `ledger::flag`),
//! so that a flag which looks right and belongs to another attempt, or to another run, is evidence
//! that the answer came from elsewhere: *contamination* (FRONTIER 2.3, 3.5, F23).
//!
//! A task can show several flags of which one is the answer; the others are *decoys*. A decoy of
//! the same attempt is a wrong answer and nothing worse.

use super::attempt::TaskId;
use super::finding::{Code, Finding, quote};
use crate::id::RunId;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// How many random-looking bytes a flag has; 24 letters of base32 without a filler.
pub const FLAG_BYTES: usize = 15;
const LETTERS: usize = 24;
const OPEN: &str = "flag{";
/// The letters of base32 (RFC 4648 section 6).
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// How many flags of one text are looked at; whoever emits more is found out by these.
pub const FOUND_MAX: usize = 256;
/// How many flags of all runs together are known at once.
pub const ISSUED_MAX: usize = 4_000_000;

/// A flag, `flag{` 24 letters of base32 `}`.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Flag([u8; FLAG_BYTES]);

/// Debug output shows no flag: they are secrets until the run is over.
impl fmt::Debug for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Flag(…)")
    }
}

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(OPEN)?;
        for five in self.0.chunks(5) {
            let number = five.iter().fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
            for place in (0..8).rev() {
                let letter = usize::try_from((number >> (place * 5)) & 31).unwrap_or(0);
                let letter = ALPHABET.get(letter).copied().unwrap_or(b'A');
                write!(f, "{}", char::from(letter))?;
            }
        }
        f.write_str("}")
    }
}

/// The text is no flag.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a flag is `flag{{`, 24 letters of base32 and `}}`")]
pub struct NoFlag;

impl FromStr for Flag {
    type Err = NoFlag;

    /// Reads a flag; small letters are as good as large ones.
    fn from_str(text: &str) -> Result<Flag, NoFlag> {
        let bytes = text.as_bytes();
        let (head, rest) = bytes.split_at_checked(OPEN.len()).ok_or(NoFlag)?;
        let (letters, end) = rest.split_at_checked(LETTERS).ok_or(NoFlag)?;
        if !head.eq_ignore_ascii_case(OPEN.as_bytes()) || end != b"}" {
            return Err(NoFlag);
        }
        let mut flag = [0; FLAG_BYTES];
        for (eight, five) in letters.chunks(8).zip(flag.chunks_mut(5)) {
            let mut number = 0_u64;
            for letter in eight {
                let upper = letter.to_ascii_uppercase();
                let value = ALPHABET.iter().position(|known| *known == upper).ok_or(NoFlag)?;
                number = (number << 5) | u64::try_from(value).unwrap_or(0);
            }
            for (place, byte) in five.iter_mut().rev().enumerate() {
                *byte = u8::try_from((number >> (place * 8)) & 255).unwrap_or(0);
            }
        }
        Ok(Flag(flag))
    }
}

impl Flag {
    /// The flag of these bytes.
    pub fn new(bytes: [u8; FLAG_BYTES]) -> Flag {
        Flag(bytes)
    }

    /// The flags in a text, in order, each once; at most [`FOUND_MAX`].
    pub fn found_in(text: &str) -> Vec<Flag> {
        let bytes = text.as_bytes();
        let long = OPEN.len() + LETTERS + 1;
        let mut found: Vec<Flag> = Vec::new();
        let starts = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'{');
        for (brace, _) in starts {
            let Some(start) = brace.checked_sub(OPEN.len() - 1) else { continue };
            let flag = text.get(start..start + long).and_then(|piece| piece.parse().ok());
            if let Some(flag) = flag.filter(|flag| !found.contains(flag)) {
                found.push(flag);
                if found.len() == FOUND_MAX {
                    break;
                }
            }
        }
        found
    }
}

/// For which attempt a flag was made.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Place {
    /// The run.
    pub run: RunId,
    /// The task, by the id of its sample.
    pub task: TaskId,
    /// Which try at it, from 1.
    pub epoch: u32,
}

/// What a flag is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Part {
    /// It is the answer.
    Answer,
    /// It stands beside the answer.
    Decoy,
}

/// Where a flag that was handed in comes from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Origin {
    /// From this attempt.
    Own(Part),
    /// From another attempt: of another task, of another try, or of another run.
    Foreign(Place),
    /// From none that is known: invented, or from a run that was not named.
    Unknown,
}

/// The flags that were made for some runs.
#[derive(Clone, Debug, Default)]
pub struct Issued {
    flags: BTreeMap<Flag, (Place, Part)>,
}

impl Issued {
    /// Takes a flag in; false when there are [`ISSUED_MAX`] already.
    #[must_use]
    pub fn add(&mut self, flag: Flag, place: Place, part: Part) -> bool {
        if self.flags.len() >= ISSUED_MAX {
            return false;
        }
        self.flags.insert(flag, (place, part));
        true
    }

    /// Where a flag comes from that was handed in by an attempt.
    pub fn origin(&self, flag: Flag, by: &Place) -> Origin {
        match self.flags.get(&flag) {
            Some((place, part)) if place == by => Origin::Own(*part),
            Some((place, _)) => Origin::Foreign(place.clone()),
            None => Origin::Unknown,
        }
    }
}

/// What one attempt emitted that looks like a flag.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Emitted {
    /// The task.
    pub task: TaskId,
    /// Which try at it.
    pub epoch: u32,
    /// The flags, each once.
    pub flags: Vec<Flag>,
}

/// What the emitted flags of a run are evidence of: a finding for each attempt that has a flag from
/// elsewhere. No finding shows a flag.
pub fn contamination(run: RunId, emitted: &[Emitted], issued: &Issued) -> Vec<Finding> {
    let mut findings = Vec::new();
    for attempt in emitted {
        let by = Place { run, task: attempt.task.clone(), epoch: attempt.epoch };
        for flag in &attempt.flags {
            let from = match issued.origin(*flag, &by) {
                Origin::Own(Part::Answer | Part::Decoy) => continue,
                Origin::Foreign(place) if place.run != run => {
                    format!("the flag of {} in run {}", told(&place.task, place.epoch), place.run)
                }
                Origin::Foreign(place) => {
                    format!("the flag of {}", told(&place.task, place.epoch))
                }
                Origin::Unknown => {
                    "a flag that was not made for this run: invented, or of another one".to_owned()
                }
            };
            let what = format!("{} emits {from}", told(&attempt.task, attempt.epoch));
            findings.push(Finding::new(Code::Contamination, what));
        }
    }
    findings
}

fn told(task: &TaskId, epoch: u32) -> String {
    format!("{} try {epoch}", quote(&task.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn flag(byte: u8) -> Flag {
        Flag::new([byte; FLAG_BYTES])
    }

    #[test]
    fn a_flag_has_one_spelling() {
        // RFC 4648 section 10: base32("foobar…") in groups of five.
        let known = Flag::new(*b"foobafoobafooba");
        assert_eq!(known.to_string(), "flag{MZXW6YTBMZXW6YTBMZXW6YTB}");
        let check = |text: &str, expected: bool| {
            assert_eq!(text.parse() == Ok(known), expected, "{text}");
        };
        check("flag{MZXW6YTBMZXW6YTBMZXW6YTB}", true);
        check("FLAG{mzxw6ytbmzxw6ytbmzxw6ytb}", true);
        check("flag{MZXW6YTBMZXW6YTBMZXW6YTA}", false);
        check("flag{MZXW6YTBMZXW6YTBMZXW6YT}", false);
        check("flag{MZXW6YTBMZXW6YTBMZXW6YT1}", false);
        check("flag{MZXW6YTBMZXW6YTBMZXW6YTBB}", false);
        check("flag{ééééééééééééé}", false);
        check("", false);
        assert_eq!(format!("{known:?}"), "Flag(…)");
    }

    #[test]
    fn flags_are_found_among_words() {
        let text = format!("x{{{{flag{{ no. {} and {}, {}é{{", flag(1), flag(2), flag(1));
        assert_eq!(Flag::found_in(&text), vec![flag(1), flag(2)]);
        let many: String = (0..=u8::MAX).map(|byte| flag(byte).to_string()).collect();
        assert_eq!(Flag::found_in(&many.repeat(3)).len(), FOUND_MAX);
    }

    #[test]
    fn a_flag_from_elsewhere_is_contamination() {
        let (here, there) = (RunId::new(Uuid::from_u128(1)), RunId::new(Uuid::from_u128(2)));
        let place = |run, task: &str, epoch| Place { run, task: TaskId::Text(task.into()), epoch };
        let mut issued = Issued::default();
        for (byte, at, part) in [
            (1, place(here, "a", 1), Part::Answer),
            (2, place(here, "a", 1), Part::Decoy),
            (3, place(here, "a", 2), Part::Answer),
            (4, place(here, "b", 1), Part::Answer),
            (5, place(there, "a", 1), Part::Answer),
        ] {
            assert!(issued.add(flag(byte), at, part));
        }
        let check = |byte: u8, expected: &str| {
            let emitted =
                Emitted { task: TaskId::Text("a".into()), epoch: 1, flags: vec![flag(byte)] };
            let findings = contamination(here, &[emitted], &issued);
            let said = findings.first().map_or("", |finding| finding.detail.as_str());
            assert!(said.contains(expected) && said.is_empty() == expected.is_empty(), "{said}");
            assert!(!said.contains("flag{"), "{said}");
        };
        check(1, "");
        check(2, "");
        check(3, "emits the flag of `a` try 2");
        check(4, "emits the flag of `b` try 1");
        check(5, "in run 00000000-0000-0000-0000-000000000002");
        check(6, "not made for this run");
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(bytes: [u8; FLAG_BYTES]) {
            let flag = Flag::new(bytes);
            prop_assert_eq!(flag.to_string().parse(), Ok(flag));
            prop_assert_eq!(Flag::found_in(&format!("é{flag}é")), vec![flag]);
        }

        #[test]
        fn looking_never_panics(text: String) {
            prop_assert!(Flag::found_in(&text).len() <= FOUND_MAX);
        }
    }
}
