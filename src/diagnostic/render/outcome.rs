//! All that came of a run, for the formats that make one document of it.

use crate::diagnostic::{Diagnostic, Failure};

use super::root::Root;

/// What a run found and how it ended.
#[derive(Debug)]
pub struct Outcome<'a> {
    /// The problems, sorted.
    pub diagnostics: &'a [Diagnostic],
    /// What kept the run from doing what it was asked, and what else no definition is to blame for.
    pub failures: &'a [Failure],
    /// The jobs that were looked at, as far as they could be read.
    pub jobs: &'a [LookedAt],
    /// How the run ended.
    pub exit_code: u8,
    /// The directory that names of files are made relative to.
    pub root: &'a Root,
}

/// A job that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LookedAt {
    /// The name of its file.
    pub file: String,
    /// Where its definition begins, as a byte of the file.
    pub start: u32,
    /// The line of that, from 1.
    pub line: usize,
    /// Its key.
    pub key: String,
}

/// The whole message of a diagnostic or a failure: the headline, and help and notes on lines of
/// their own.
pub(super) fn message(headline: &str, help: &[String], notes: &[String]) -> String {
    let mut message = super::visible::line(headline);
    let lines = [("help", help), ("note", notes)];
    for (kind, texts) in lines {
        for text in texts {
            message.push('\n');
            message.push_str(kind);
            message.push_str(": ");
            message.push_str(&super::visible::paragraph(text));
        }
    }
    message
}
