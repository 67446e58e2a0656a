//! See `fuzz::promql`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz::promql(input));
