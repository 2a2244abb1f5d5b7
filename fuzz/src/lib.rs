//! What holds for every input, whoever wrote it: one function for each fuzz target. It takes any
//! bytes, and panics if they break a rule.
//!
//! Outside of the pipeline: the fuzz targets call these functions with bytes made up, the tests
//! with the seeds and with whatever once broke a rule.

pub mod base32;
pub mod cache_url;
pub mod check;
pub mod command;
pub mod compile;
pub mod compiled;
pub mod config_file;
pub mod document;
pub mod keys;
pub mod nar;
pub mod narinfo;
pub mod netrc;
pub mod places;
pub mod printed;
pub mod references;
pub mod rendered;
pub mod template;
pub mod validate;

/// Takes any bytes, and panics if a rule does not hold for them.
pub type Rules = fn(&[u8]);

/// The rules of each target, by its name.
pub const TARGETS: [(&str, Rules); 18] = [
    ("base32", base32::check),
    ("cache_url", cache_url::check),
    ("check", check::check),
    ("command", command::check),
    ("compile", compile::check),
    ("compiled", compiled::check),
    ("json", document::json),
    ("keys", keys::check),
    ("lock", document::lock),
    ("nar", nar::check),
    ("narinfo", narinfo::check),
    ("netrc", netrc::check),
    ("references", references::check),
    ("settings", document::settings),
    ("template", template::check),
    ("toml", document::toml),
    ("validate", validate::check),
    ("yaml", document::yaml),
];
