//! Encodings of hashes.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jobc_fuzz::base32::check(bytes));
