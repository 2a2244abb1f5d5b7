//! What binary caches say of objects and of themselves.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jobc_fuzz::narinfo::check(bytes));
