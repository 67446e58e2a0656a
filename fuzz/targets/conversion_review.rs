//! See `fuzz::conversion_review`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz::conversion_review(input));
