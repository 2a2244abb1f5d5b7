//! URLs of caches.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jobc_fuzz::cache_url::check(bytes));
