//! See `fuzz::regular_expression`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz::regular_expression(input));
