//! Diagnostics for editors: a line for each.

use std::io;

use crate::diagnostic::Diagnostic;

use super::lines::Lines;
use super::visible;

/// Writes `file:line:column: error[code]: headline` for each diagnostic, which editors can read.
///
/// # Errors
/// Those of `out`.
pub fn short(diagnostics: &[Diagnostic], out: &mut dyn io::Write) -> io::Result<()> {
    let mut lines = Lines::default();
    for diagnostic in diagnostics {
        if let Some(first) = diagnostic.annotations.first() {
            write!(out, "{}: ", lines.heading(&first.place))?;
        }
        let Diagnostic { code, severity, .. } = diagnostic;
        let headline = visible::line(&diagnostic.headline);
        writeln!(out, "{severity}[{}]: {headline}", code.id)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::samples::SYNTAX;
    use crate::diagnostic::{Place, Severity};
    use crate::source::{Pointer, SourceFile, Span};

    #[test]
    fn places() {
        let check = |diagnostic: Diagnostic, expected: &str| {
            let mut out = Vec::new();
            short(&[diagnostic], &mut out).expect("a vector takes all");
            assert_eq!(String::from_utf8(out).expect("UTF-8"), expected);
        };
        let file = SourceFile::new("a\u{1b}.toml", "é = 1\nb");
        let place = Place::span(&file, Span::new(3..4));
        check(
            Diagnostic::new(&SYNTAX, "line\nbreak", place).label("no label"),
            "a\\u{1b}.toml:1:3: error[syntax]: line\\nbreak\n",
        );
        let file = Place::File("b".to_owned());
        check(
            Diagnostic {
                severity: Severity::Warning,
                ..Diagnostic::new(&SYNTAX, "unreadable", file)
            },
            "b: warning[syntax]: unreadable\n",
        );
        let unlocated = Place::value(Pointer::root().key("task"));
        check(
            Diagnostic::new(&SYNTAX, "empty", unlocated),
            "<document>/task: error[syntax]: empty\n",
        );
    }
}
