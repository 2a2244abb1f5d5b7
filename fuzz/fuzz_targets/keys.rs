//! Keys and signatures.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jobc_fuzz::keys::check(bytes));
