//! Definitions in YAML.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jobc_fuzz::document::yaml(bytes));
