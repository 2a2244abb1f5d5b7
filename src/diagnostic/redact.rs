//! Problems that must not show what they are about.

use std::sync::Arc;

use crate::source::{SourceFile, Span};

use super::codes::texts::LITERAL_SECRET;
use super::{Diagnostic, Place};

/// Hides the secrets of `file` that are among the problems, wherever one of these shows the text
/// around them. Returns the file without them, if it has some.
pub fn redact(problems: &mut [Diagnostic], file: &Arc<SourceFile>) -> Option<Arc<SourceFile>> {
    let secrets: Vec<Span> = problems
        .iter()
        .filter(|problem| problem.code.id == LITERAL_SECRET.id)
        .filter_map(|problem| match problem.place() {
            Place::Span(location) if Arc::ptr_eq(&location.file, file) => Some(location.span),
            _ => None,
        })
        .collect();
    if secrets.is_empty() {
        return None;
    }
    for problem in problems
        .iter_mut()
        .filter(|problem| problem.code.id == LITERAL_SECRET.id)
    {
        // Fingerprints are made of it, and a short secret can be guessed from a hash.
        if let Some(subject) = &mut problem.subject {
            subject.text = None;
        }
    }
    let hidden = file.without(&secrets);
    for annotation in problems.iter_mut().flat_map(|it| &mut it.annotations) {
        if let Place::Span(location) = &mut annotation.place
            && Arc::ptr_eq(&location.file, file)
        {
            location.file = Arc::clone(&hidden);
        }
    }
    Some(hidden)
}
