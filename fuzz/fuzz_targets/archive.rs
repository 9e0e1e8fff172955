#![no_main]

use seawall_fuzz::{archives, prepare};

libfuzzer_sys::fuzz_target!(init: prepare(), |bytes: &[u8]| archives::documents(bytes));
