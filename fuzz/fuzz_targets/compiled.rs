//! Compiled jobs as `jobc run` takes them, whoever wrote them.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jobc_fuzz::compiled::check(bytes));
