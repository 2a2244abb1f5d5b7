//! Definitions, compiled to the end.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jobc_fuzz::compile::check(bytes));
