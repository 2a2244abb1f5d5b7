//! What tells a problem that was there before from a new one.
//!
//! A fingerprint is made of what stays the same when other parts of the file change: the code, the
//! file, and what the problem is about, told by names; in a file that cannot be
//! parsed, the guilty text itself. Problems that are alike in all of it are counted.

use std::collections::HashMap;
use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::diagnostic::{Diagnostic, Place};

/// This many bytes of a hash are enough: chance does not make two alike.
const SIZE: usize = 16;
/// The most bytes of the guilty text that are looked at.
const LONGEST: usize = 1_000;

/// Gives out the fingerprints of a run, in the order of its problems.
#[derive(Debug, Default)]
pub(super) struct Fingerprinter {
    seen: HashMap<[u8; SIZE], usize>,
}

impl Fingerprinter {
    /// `HASH:N` for the Nth of the problems that are alike. `file` is what the report calls it.
    pub(super) fn next(&mut self, diagnostic: &Diagnostic, file: &str) -> String {
        let mut hash = Sha256::new();
        let parts = [diagnostic.code.id, file].into_iter();
        for part in parts.chain(about(diagnostic)) {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            hash.update(part);
        }
        let mut short = [0; SIZE];
        short.copy_from_slice(&hash.finalize()[..SIZE]);
        let count = self.seen.entry(short).or_default();
        *count += 1;
        let mut text = String::new();
        for byte in short {
            write!(text, "{byte:02x}").expect("a string takes all");
        }
        write!(text, ":{count}").expect("a string takes all");
        text
    }
}

fn about(diagnostic: &Diagnostic) -> [&str; 3] {
    match (&diagnostic.subject, diagnostic.place()) {
        (Some(subject), _) => {
            let text = subject.text.as_deref().unwrap_or_default();
            ["value", &subject.path, text]
        }
        (None, Place::Span(location)) => {
            let text = location.file.slice(location.span);
            let mut end = text.len().min(LONGEST);
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            ["text", text[..end].trim(), ""]
        }
        (None, Place::File(_) | Place::Document(..)) => ["file", "", ""],
    }
}
