//! What stands between `{{` and `}}`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jobc_fuzz::template::check(bytes));
