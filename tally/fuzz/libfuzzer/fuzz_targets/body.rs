#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| tally_fuzz::run("body", input));
