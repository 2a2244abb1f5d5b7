//! Prose in lines that fit a terminal: broken at blanks, never inside what stands in backticks, a path
//! or a command.

use unicode_width::UnicodeWidthStr;

/// No column is made narrower than this.
const LEAST: usize = 20;

/// `text` in lines of at most `width` columns, as far as its words allow that. Lines that begin with a
/// blank or have columns are laid out already, and stay.
pub(crate) fn prose(text: &str, width: usize) -> String {
    let width = width.max(LEAST);
    let lines = text.lines().map(|line| {
        if line.starts_with(' ') || line.contains("  ") {
            line.to_owned()
        } else {
            broken(line, width, 0)
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A line that may have colours and an indent, which its further lines have as well.
pub(crate) fn indented(line: &str, width: usize) -> String {
    let text = line.trim_start_matches(' ');
    let indent = line.len() - text.len();
    let width = width.saturating_sub(indent).max(LEAST);
    format!("{:indent$}{}", "", broken(text, width, indent))
}

/// A text of paragraphs, tables of two columns, and code, whose lines were broken for another width:
/// code is indented or between fences.
pub(crate) fn document(text: &str, width: usize) -> String {
    let width = width.max(LEAST);
    let mut done: Vec<String> = Vec::new();
    let mut open: Option<Open> = None;
    let mut fenced = false;
    for line in text.lines() {
        let is_fence = line.starts_with("```");
        let indent = line.len() - line.trim_start().len();
        if is_fence || fenced || line.is_empty() {
            done.extend(open.take().map(|open| open.broken(width)));
            done.push(line.to_owned());
            fenced ^= is_fence;
            continue;
        }
        match &mut open {
            // A row's or a paragraph's next line.
            Some(open) if indent == open.indent && cell(line).is_none() => open.add(line),
            _ => {
                done.extend(open.take().map(|open| open.broken(width)));
                match cell(line) {
                    Some(start) if indent == 0 => open = Some(Open::new(line, start)),
                    None if indent == 0 => open = Some(Open::new(line, 0)),
                    _ => done.push(line.to_owned()),
                }
            }
        }
    }
    done.extend(open.map(|open| open.broken(width)));
    let mut text = done.join("\n");
    text.push('\n');
    text
}

/// A paragraph, or a row of a table, whose end has not come.
struct Open {
    text: String,
    /// Where its further lines begin.
    indent: usize,
}

impl Open {
    fn new(line: &str, indent: usize) -> Self {
        Self {
            text: line.to_owned(),
            indent,
        }
    }

    fn add(&mut self, line: &str) {
        self.text.push(' ');
        self.text.push_str(line.trim_start());
    }

    fn broken(self, width: usize) -> String {
        let (name, rest) = self.text.split_at(self.indent);
        // A name may take half of a line.
        let indent = if self.indent * 2 > width {
            4
        } else {
            self.indent
        };
        if self.indent == 0 || indent == self.indent {
            return format!("{name}{}", broken(rest, width - indent, indent));
        }
        // The columns do not fit side by side.
        let rest = broken(rest, width - indent, indent);
        format!("{}\n{:indent$}{rest}", name.trim_end(), "")
    }
}

/// Where the second column of a table's row begins.
fn cell(line: &str) -> Option<usize> {
    let start = line.len() - line.trim_start().len();
    let gap = start + line[start..].find("  ")?;
    let rest = line[gap..].trim_start();
    (!rest.is_empty()).then(|| line.len() - rest.len())
}

fn broken(line: &str, width: usize, indent: usize) -> String {
    let mut text = String::new();
    let mut column = 0;
    for word in words(line) {
        let length = anstream::adapter::strip_str(word).to_string().width();
        if column > 0 && column + 1 + length > width {
            text.push('\n');
            text.extend(std::iter::repeat_n(' ', indent));
            column = 0;
        } else if column > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += length;
    }
    text
}

/// The pieces of a line between which it may be broken.
fn words(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut start, mut in_code) = (0, false);
    let has_pairs = line.matches('`').count().is_multiple_of(2);
    for (at, character) in line.char_indices() {
        match character {
            '`' if has_pairs => in_code = !in_code,
            ' ' if !in_code => {
                words.push(&line[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    words.push(&line[start..]);
    words
}

#[cfg(test)]
mod tests {
    use super::{document, prose};

    #[test]
    fn code_and_paths_stay_whole() {
        let text = "write `jobc build hello --stdout` to the file /a/very/long/path/that/is/longer/than/a/line now";
        assert_eq!(
            prose(text, 24),
            "write\n`jobc build hello --stdout`\nto the file\n/a/very/long/path/that/is/longer/than/a/line\nnow"
        );
        assert_eq!(
            prose("  laid out already, and longer than that", 20),
            "  laid out already, and longer than that"
        );
        assert_eq!(
            prose("it's a ` alone that does not end", 20),
            "it's a ` alone that\ndoes not end"
        );
    }

    #[test]
    fn documents_are_laid_out_again() {
        let text = "One paragraph that was\nbroken elsewhere.\n\n  code stays as long as it is\n\n0  done\n1  wrong, and all of it was\n   printed\n";
        assert_eq!(
            document(text, 30),
            "One paragraph that was broken\nelsewhere.\n\n  code stays as long as it is\n\n0  done\n1  wrong, and all of it was\n   printed\n"
        );
        assert_eq!(
            document(text, 22),
            "One paragraph that was\nbroken elsewhere.\n\n  code stays as long as it is\n\n0  done\n1  wrong, and all of\n   it was printed\n"
        );
        assert_eq!(
            document("http_proxy, no_proxy  the proxies for caches\n", 30),
            "http_proxy, no_proxy\n    the proxies for caches\n"
        );
    }
}
