//! See `fuzz::gzip`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz::gzip(input));
