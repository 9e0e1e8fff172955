#![no_main]

use seawall_fuzz::{intake, prepare};

libfuzzer_sys::fuzz_target!(init: prepare(), |bytes: &[u8]| intake::scrutineer(bytes));
