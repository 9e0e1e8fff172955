//! Flags of evaluations: made for one attempt of one run, from a key that the run does not know.
//!
//! ```text
//! run key = HMAC-SHA-256(key, "seawall/flags/v1" ‖ run)
//! flag    = HMAC-SHA-256(run key, "seawall/flag/v1" ‖ len(task) ‖ task ‖ epoch ‖ part ‖ nonce)
//! ```
//!
//! Of the last the first 15 bytes are the flag. `len` is eight bytes, `epoch` and `part` are four
//! each, most significant first; `run` and `nonce` have 16. Part 0 is the answer, the others are
//! decoys. A run is given its run key and nothing else, so that whoever reads it learns the flags
//! of that run alone (HMAC: RFC 2104).

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::encoding::hex;
use crate::fault::Fault;

const WHAT: &str = "flag";

/// The key from which the keys of runs are made; debug output does not show it.
#[derive(Clone)]
pub struct FlagKey([u8; 32]);

/// The key of one run; debug output does not show it.
#[derive(Clone)]
pub struct RunFlagKey([u8; 32]);

/// For what a flag is made.
#[derive(Clone, Copy, Debug)]
pub struct Purpose<'a> {
    /// The id of the task's sample, as text.
    pub task: &'a str,
    /// Which try at it, from 1.
    pub epoch: u32,
    /// 0 for the answer, and more for its decoys.
    pub part: u32,
    /// Random bytes of the run.
    pub nonce: [u8; 16],
}

impl fmt::Debug for FlagKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FlagKey(…)")
    }
}

impl fmt::Debug for RunFlagKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RunFlagKey(…)")
    }
}

impl FlagKey {
    /// Takes the key's 32 bytes.
    pub fn new(key: [u8; 32]) -> FlagKey {
        FlagKey(key)
    }

    /// The key of a run, by its id's 16 bytes.
    pub fn of_run(&self, run: [u8; 16]) -> Result<RunFlagKey, Fault> {
        let mac = begin(&self.0)?.chain_update(b"seawall/flags/v1").chain_update(run);
        Ok(RunFlagKey(mac.finalize().into_bytes().into()))
    }
}

impl RunFlagKey {
    /// The key in hexadecimal, for the harness that plants the flags.
    pub fn reveal(&self) -> String {
        hex(&self.0)
    }

    /// The 15 bytes of a flag.
    pub fn flag(&self, purpose: &Purpose<'_>) -> Result<[u8; 15], Fault> {
        let length = u64::try_from(purpose.task.len()).unwrap_or(u64::MAX);
        let whole: [u8; 32] = begin(&self.0)?
            .chain_update(b"seawall/flag/v1")
            .chain_update(length.to_be_bytes())
            .chain_update(purpose.task)
            .chain_update(purpose.epoch.to_be_bytes())
            .chain_update(purpose.part.to_be_bytes())
            .chain_update(purpose.nonce)
            .finalize()
            .into_bytes()
            .into();
        let mut flag = [0; 15];
        flag.iter_mut().zip(whole).for_each(|(place, byte)| *place = byte);
        Ok(flag)
    }
}

fn begin(key: &[u8; 32]) -> Result<Hmac<Sha256>, Fault> {
    // A key of any length is taken, so this never fails.
    Hmac::<Sha256>::new_from_slice(key)
        .map_err(|_| Fault::impossible(WHAT, "its key has no length"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn purpose() -> Purpose<'static> {
        Purpose { task: "find-the-flaw (practice)", epoch: 3, part: 0, nonce: [9; 16] }
    }

    #[test]
    fn the_construction_is_that_of_another_program() {
        // Computed with Python's hmac from the description above.
        let run = FlagKey::new([7; 32]).of_run([2; 16]).unwrap();
        assert_eq!(hex(&run.flag(&purpose()).unwrap()), "a9425ef12bdf3f7a6e076a49069a27");
        assert_eq!(format!("{run:?} {:?}", FlagKey::new([7; 32])), "RunFlagKey(…) FlagKey(…)");
        assert_eq!(run.reveal().len(), 64);
    }

    #[test]
    fn every_part_of_a_purpose_makes_another_flag() {
        let key = FlagKey::new([7; 32]);
        let flag =
            |run: u8, purpose: Purpose<'_>| key.of_run([run; 16]).unwrap().flag(&purpose).unwrap();
        let same = flag(2, purpose());
        for other in [
            flag(3, purpose()),
            flag(2, Purpose { task: "find-the-flaw (practice", ..purpose() }),
            flag(2, Purpose { epoch: 4, ..purpose() }),
            flag(2, Purpose { part: 1, ..purpose() }),
            flag(2, Purpose { nonce: [8; 16], ..purpose() }),
            FlagKey::new([8; 32]).of_run([2; 16]).unwrap().flag(&purpose()).unwrap(),
        ] {
            assert_ne!(other, same);
        }
        assert_eq!(flag(2, purpose()), same);
    }
}
