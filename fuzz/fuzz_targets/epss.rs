#![no_main]

use seawall_fuzz::{feeds, prepare};

libfuzzer_sys::fuzz_target!(init: prepare(), |bytes: &[u8]| feeds::epss_scores(bytes));
