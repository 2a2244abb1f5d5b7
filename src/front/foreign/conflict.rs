//! The marks that version control leaves around what it could not merge.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Place};
use crate::front::codes::MERGE_CONFLICT;
use crate::source::{SourceFile, Span};

/// The first conflict of a file, if it has one. Nothing else in such a file is worth a message.
pub(in super::super) fn conflict(file: &Arc<SourceFile>) -> Option<Diagnostic> {
    let text = file.text();
    if !text.contains("<<<<<<<") {
        return None;
    }
    let mut found = Vec::new();
    let mut open = None;
    let mut middle = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end();
        let span = || Span::new(start..start + content.len());
        if is_mark(content, '<') {
            (open, middle) = (Some(span()), None);
        } else if open.is_some() && content == "=======" {
            middle = Some(span());
        } else if is_mark(content, '>')
            && let (Some(first), Some(middle)) = (open.take(), middle.take())
        {
            found.push((first, middle, span()));
        }
        start += line.len();
    }
    let &(first, middle, last) = found.first()?;
    let place = |span| Place::span(file, span);
    let headline = "expected a merged file, found the marks of a conflict";
    let problem = Diagnostic::new(&MERGE_CONFLICT, headline, place(first))
        .label("one side starts here")
        .also(place(middle), "the other side starts here")
        .also(place(last), "the conflict ends here")
        .help("finish the merge: keep what is right, and remove the three marks");
    Some(match found.len() - 1 {
        0 => problem,
        1 => problem.note("the file has another conflict"),
        more => problem.note(format!("the file has {more} more conflicts")),
    })
}

/// Whether a line is seven times this character, and perhaps a name after it.
fn is_mark(line: &str, character: char) -> bool {
    let rest = line.trim_start_matches(character);
    line.len() - rest.len() == 7 && (rest.is_empty() || rest.starts_with(' '))
}
