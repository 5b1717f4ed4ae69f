#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tenon_fuzzing::run("graph_tokens", bytes));
