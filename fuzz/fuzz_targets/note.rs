#![no_main]

use seawall_fuzz::{ledger, prepare};

libfuzzer_sys::fuzz_target!(init: prepare(), |bytes: &[u8]| ledger::note(bytes));
