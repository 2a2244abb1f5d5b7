//! Texts compared line by line.

use std::ops::Range;

use similar::{Algorithm, ChangeTag, TextDiff};

use crate::secret::Mask;

use super::Hunk;

/// Unchanged lines around changed ones.
const AROUND: usize = 2;

/// Texts of more lines are not compared: it might take for ever.
const MOST_LINES: usize = 20_000;

/// What differs between two texts; `shown` is the old one as it is to be shown, line for line. `mask` hides
/// their secrets. None if they are too long.
pub(super) fn hunks(old: &str, shown: &str, new: &str, mask: &Mask) -> Option<Vec<Hunk>> {
    if old == new {
        return Some(Vec::new());
    }
    let count = |text: &str| text.bytes().filter(|&byte| byte == b'\n').count();
    if count(old) + count(new) > MOST_LINES {
        return None;
    }
    // A line alone does not say what the text around it does.
    let [hidden_old, shown, hidden_new] = [old, shown, new].map(|text| mask.hide(text));
    let [hidden_old, shown, hidden_new] =
        [&hidden_old, &shown, &hidden_new].map(|text| text.split('\n').collect::<Vec<_>>());
    let diff = TextDiff::configure()
        .algorithm(Algorithm::Myers)
        .newline_terminated(true)
        .diff_lines(old, new);
    let mut hunks = Vec::new();
    for group in diff.grouped_ops(AROUND) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else {
            continue;
        };
        let (old_range, new_range) = (
            first.old_range().start..last.old_range().end,
            first.new_range().start..last.new_range().end,
        );
        // Where a side has no line, it is told by the line before, as `diff -u` does.
        let start = |range: &Range<usize>| range.start + usize::from(!range.is_empty());
        let mut lines = Vec::new();
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let text = match (change.old_index(), change.new_index()) {
                (Some(index), _) => hidden_old.get(index),
                (None, index) => index.and_then(|index| hidden_new.get(index)),
            };
            let text = text.copied().unwrap_or_default();
            let written = change.old_index().and_then(|index| shown.get(index));
            lines.push(match change.tag() {
                ChangeTag::Equal => format!(" {text}"),
                ChangeTag::Delete => format!("-{}", written.copied().unwrap_or(text)),
                ChangeTag::Insert => format!("+{text}"),
            });
            // Commands end without one on both sides.
            if change.missing_newline() && old.ends_with('\n') != new.ends_with('\n') {
                lines.push("\\no newline at the end".to_owned());
            }
        }
        hunks.push(Hunk {
            old_start: start(&old_range),
            old_lines: old_range.len(),
            new_start: start(&new_range),
            new_lines: new_range.len(),
            lines,
        });
    }
    Some(hunks)
}

#[cfg(test)]
mod tests {
    use super::hunks;
    use crate::secret::Mask;

    /// As `diff -U2` prints them.
    #[test]
    fn numbers_of_lines() {
        let check = |old: &str, new: &str, expected: &[&str]| {
            let found = hunks(old, old, new, &Mask::default()).expect("short texts");
            let headers: Vec<_> = found.iter().map(ToString::to_string).collect();
            assert_eq!(headers, expected, "{old:?} {new:?}");
        };
        let text = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        check("a\n", "b\n", &["@@ -1 +1 @@"]);
        check("", "a\nb\n", &["@@ -0,0 +1,2 @@"]);
        check("a\nb\n", "", &["@@ -1,2 +0,0 @@"]);
        check("a\n", "a\nb\n", &["@@ -1 +1,2 @@"]);
        check(text, &text.replace("5\n", ""), &["@@ -3,5 +3,4 @@"]);
        check(text, &text.replace("5\n", "x\ny\n"), &["@@ -3,5 +3,6 @@"]);
        let two = text.replace("1\n", "").replace("9\n", "x\n");
        check(text, &two, &["@@ -1,3 +1,2 @@", "@@ -7,3 +6,3 @@"]);
    }
}
