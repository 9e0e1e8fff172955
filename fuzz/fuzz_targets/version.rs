#![no_main]

use seawall_fuzz::{matching, prepare};

libfuzzer_sys::fuzz_target!(init: prepare(), |bytes: &[u8]| matching::order(bytes));
