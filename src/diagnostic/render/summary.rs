//! The line that closes a list of diagnostics.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Place, Severity};

/// `error: 3 errors and 1 warning in 2 files`, counting the files of primary places; nothing where
/// there are no diagnostics.
pub fn summary(diagnostics: &[Diagnostic]) -> Option<String> {
    let worst = diagnostics.iter().map(|diagnostic| diagnostic.severity);
    let worst = worst.max()?;
    let of = |severity| {
        let same = |diagnostic: &&Diagnostic| diagnostic.severity == severity;
        (diagnostics.iter().filter(same).count(), severity)
    };
    let counts = [of(Severity::Error), of(Severity::Warning)]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, severity)| counted(count, &severity.to_string()))
        .collect::<Vec<_>>()
        .join(" and ");
    let files: BTreeSet<&str> = diagnostics.iter().filter_map(file_name).collect();
    Some(match files.len() {
        0 => format!("{worst}: {counts}"),
        files => format!("{worst}: {counts} in {}", counted(files, "file")),
    })
}

fn file_name(diagnostic: &Diagnostic) -> Option<&str> {
    match &diagnostic.annotations.first()?.place {
        Place::Span(location) => Some(location.file.name()),
        Place::File(name) => Some(name),
        Place::Document(..) => None,
    }
}

/// `3 errors`, `1 file`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

#[cfg(test)]
mod tests {
    use std::slice::from_ref;

    use super::*;
    use crate::diagnostic::samples::SYNTAX;
    use crate::source::Pointer;

    #[test]
    fn numbers() {
        let check = |diagnostics: &[Diagnostic], expected: Option<&str>| {
            assert_eq!(summary(diagnostics).as_deref(), expected);
        };
        let error = |place| Diagnostic::new(&SYNTAX, "unreadable", place);
        let [a, b] = ["a", "b"].map(|name| error(Place::File(name.to_owned())));
        let nowhere = error(Place::value(Pointer::root()));
        let warning = Diagnostic {
            severity: Severity::Warning,
            ..b.clone()
        };
        check(&[], None);
        check(from_ref(&a), Some("error: 1 error in 1 file"));
        check(
            &[a.clone(), a.clone(), b, warning.clone()],
            Some("error: 3 errors and 1 warning in 2 files"),
        );
        check(from_ref(&warning), Some("warning: 1 warning in 1 file"));
        check(
            &[warning.clone(), warning.clone(), nowhere.clone()],
            Some("error: 1 error and 2 warnings in 1 file"),
        );
        check(&[nowhere], Some("error: 1 error"));
    }
}
