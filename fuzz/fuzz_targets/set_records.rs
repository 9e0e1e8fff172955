#![no_main]

use seawall_fuzz::{sets, prepare};

libfuzzer_sys::fuzz_target!(init: prepare(), |bytes: &[u8]| sets::records(bytes));
