#![no_main]

use seawall_fuzz::{inventory, prepare};

libfuzzer_sys::fuzz_target!(init: prepare(), |bytes: &[u8]| inventory::exposure(bytes));
