//! JSON for Aurora that jobc did not make.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jobc_fuzz::validate::check(bytes));
