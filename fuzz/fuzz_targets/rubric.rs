#![no_main]

use seawall_fuzz::{frontier, prepare};

libfuzzer_sys::fuzz_target!(init: prepare(), |bytes: &[u8]| frontier::rubrics(bytes));
