//! Diagnostics as commands of a GitHub workflow, which shows them beside the changes that they are
//! about.
//!
//! ```text
//! command  = "::" level [" " property *("," property)] "::" message LF
//! level    = "error" | "warning"
//! property = name "=" value
//! ```
//!
//! In messages `%` and line breaks are percent-encoded, in values `:` and `,` as well.

use std::io;

use crate::diagnostic::{Diagnostic, Failure, Place, Severity};

use super::lines::Lines;
use super::outcome::message;
use super::root::Root;
use super::visible;

/// Writes a workflow command for each diagnostic.
///
/// # Errors
/// Those of `out`.
pub fn github(diagnostics: &[Diagnostic], root: &Root, out: &mut dyn io::Write) -> io::Result<()> {
    let mut lines = Lines::default();
    for diagnostic in diagnostics {
        let mut properties = properties(diagnostic, root, &mut lines);
        properties.push(("title", format!("jobc: {}", diagnostic.code.id)));
        let properties: Vec<_> = properties
            .into_iter()
            .map(|(name, value)| format!("{name}={}", escape(&value, Extent::Property)))
            .collect();
        let message = message(&diagnostic.headline, &diagnostic.help, &diagnostic.notes);
        writeln!(
            out,
            "::{} {}::{}",
            diagnostic.severity,
            properties.join(","),
            escape(&message, Extent::Message)
        )?;
    }
    Ok(())
}

/// Writes a workflow command about the run as a whole.
///
/// # Errors
/// Those of `out`.
pub fn github_failure(failure: &Failure, out: &mut dyn io::Write) -> io::Result<()> {
    let level = match failure.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let message = message(failure.headline(), failure.helps(), failure.notes());
    writeln!(
        out,
        "::{level} title=jobc::{}",
        escape(&message, Extent::Message)
    )
}

/// Where the primary place is. Columns are understood on a single line only.
fn properties<'a>(
    diagnostic: &'a Diagnostic,
    root: &Root,
    lines: &mut Lines<'a>,
) -> Vec<(&'static str, String)> {
    match diagnostic.place() {
        Place::Document(..) => Vec::new(),
        Place::File(name) => vec![("file", root.name(name))],
        Place::Span(location) => {
            let index = lines.of(&location.file);
            let range = location.span.range();
            let start = index.position(range.start);
            let end = index.position(index.ceiling(range.end).max(start.offset));
            let mut properties = vec![
                ("file", root.name(location.file.name())),
                ("line", start.line.to_string()),
                ("endLine", end.line.to_string()),
            ];
            if start.line == end.line {
                properties.push(("col", start.column.to_string()));
                properties.push(("endColumn", end.column.to_string()));
            }
            properties
        }
    }
}

/// Which characters have a meaning.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    Message,
    Property,
}

fn escape(text: &str, extent: Extent) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '%' => escaped.push_str("%25"),
            '\r' => escaped.push_str("%0D"),
            '\n' => escaped.push_str("%0A"),
            ':' if extent == Extent::Property => escaped.push_str("%3A"),
            ',' if extent == Extent::Property => escaped.push_str("%2C"),
            _ => visible::push(character, &mut escaped),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::diagnostic::samples::SYNTAX;
    use crate::source::{Pointer, SourceFile, Span};

    fn check(diagnostic: Diagnostic, expected: &str) {
        let root = Root::new(Path::new("/w"), None);
        let mut out = Vec::new();
        github(&[diagnostic], &root, &mut out).expect("a vector takes all");
        assert_eq!(String::from_utf8(out).expect("UTF-8"), expected);
    }

    #[test]
    fn places() {
        let file = SourceFile::new("a,b:c%.toml", "é = 1\nb\n");
        let one = Place::span(&file, Span::new(3..4));
        check(
            Diagnostic::new(&SYNTAX, "wrong, 100 %: `x`", one).help("a\nb"),
            "::error file=a%2Cb%3Ac%25.toml,line=1,endLine=1,col=3,endColumn=4,\
             title=jobc%3A syntax::wrong, 100 %25: `x`%0Ahelp: a%0Ab\n",
        );
        let two = Place::span(&file, Span::new(3..8));
        check(
            Diagnostic {
                severity: Severity::Warning,
                ..Diagnostic::new(&SYNTAX, "two lines", two)
            },
            "::warning file=a%2Cb%3Ac%25.toml,line=1,endLine=2,title=jobc%3A syntax::two lines\n",
        );
        check(
            Diagnostic::new(
                &SYNTAX,
                "whole\r\n::error::",
                Place::File("../b".to_owned()),
            ),
            "::error file=/b,title=jobc%3A syntax::whole\\r\\n::error::\n",
        );
        check(
            Diagnostic::new(&SYNTAX, "nowhere", Place::value(Pointer::root())),
            "::error title=jobc%3A syntax::nowhere\n",
        );
    }
}
