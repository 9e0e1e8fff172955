#![no_main]

use seawall_fuzz::{names, prepare};

libfuzzer_sys::fuzz_target!(init: prepare(), |bytes: &[u8]| names::definition(bytes));
