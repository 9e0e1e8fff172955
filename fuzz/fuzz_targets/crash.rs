#![no_main]

use seawall_fuzz::{crashes, prepare};

libfuzzer_sys::fuzz_target!(init: prepare(), |bytes: &[u8]| crashes::report(bytes));
