//! See `fuzz::template`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz::template(input));
