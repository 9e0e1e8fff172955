#![no_main]

use seawall_fuzz::{evaluations, prepare};

libfuzzer_sys::fuzz_target!(init: prepare(), |bytes: &[u8]| evaluations::registries(bytes));
