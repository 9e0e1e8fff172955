#![no_main]

use seawall_fuzz::{prepare, sets};

libfuzzer_sys::fuzz_target!(init: prepare(), |bytes: &[u8]| sets::file(bytes));
