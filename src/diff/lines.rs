//! Texts compared line by line.

use similar::{Algorithm, ChangeTag, TextDiff};

use super::Hunk;

/// Unchanged lines around changed ones.
const AROUND: usize = 2;

/// Texts of more lines are not compared: it might take for ever.
const MOST_LINES: usize = 20_000;

/// What differs between two texts; `shown` is the old one as it is to be shown, line for line. None
/// if they are too long.
pub(super) fn hunks(old: &str, shown: &str, new: &str) -> Option<Vec<Hunk>> {
    if old == new {
        return Some(Vec::new());
    }
    let count = |text: &str| text.bytes().filter(|&byte| byte == b'\n').count();
    if count(old) + count(new) > MOST_LINES {
        return None;
    }
    let shown: Vec<&str> = shown.split('\n').collect();
    let diff = TextDiff::configure()
        .algorithm(Algorithm::Myers)
        .newline_terminated(true)
        .diff_lines(old, new);
    let mut hunks = Vec::new();
    for group in diff.grouped_ops(AROUND) {
        let Some(first) = group.first() else {
            continue;
        };
        let mut lines = Vec::new();
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let text = change.value().trim_end_matches('\n');
            let written = change.old_index().and_then(|index| shown.get(index));
            lines.push(match change.tag() {
                ChangeTag::Equal => format!(" {text}"),
                ChangeTag::Delete => format!("-{}", written.unwrap_or(&text)),
                ChangeTag::Insert => format!("+{text}"),
            });
            // Commands end without one on both sides.
            if change.missing_newline() && old.ends_with('\n') != new.ends_with('\n') {
                lines.push("\\no newline at the end".to_owned());
            }
        }
        hunks.push(Hunk {
            old_start: first.old_range().start + 1,
            new_start: first.new_range().start + 1,
            lines,
        });
    }
    Some(hunks)
}
