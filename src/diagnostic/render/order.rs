//! The order in which diagnostics are printed.

use std::collections::HashSet;

use crate::diagnostic::{Annotation, Diagnostic, Part, Place, Severity};
use crate::source::{Pointer, Span};

/// Sorts by the name of the file, the place in it and the code, and drops what is said twice.
/// Diagnostics equal in these three stay in the order found; those of no file come first.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| key(a).cmp(&key(b)));
    let first_times: Vec<bool> = {
        let mut seen = HashSet::new();
        let identities = diagnostics.iter().map(Identity::of);
        identities.map(|identity| seen.insert(identity)).collect()
    };
    let mut first_times = first_times.into_iter();
    diagnostics.retain(|_| first_times.next() == Some(true));
}

fn key(diagnostic: &Diagnostic) -> (&str, u32, &'static str) {
    let (name, offset) = match diagnostic.annotations.first().map(|first| &first.place) {
        Some(Place::Span(location)) => (location.file.name(), location.span.start),
        Some(Place::File(name)) => (name.as_str(), 0),
        Some(Place::Document(..)) | None => ("", 0),
    };
    (name, offset, diagnostic.code.id)
}

/// All that a diagnostic says. A file is its name: comparing texts would read them for every pair.
#[derive(PartialEq, Eq, Hash)]
struct Identity<'a> {
    code: &'static str,
    severity: Severity,
    headline: &'a str,
    annotations: Vec<(Whereabouts<'a>, &'a str)>,
    help: &'a [String],
    notes: &'a [String],
}

#[derive(PartialEq, Eq, Hash)]
enum Whereabouts<'a> {
    Span(&'a str, Span),
    File(&'a str),
    Value(&'a Pointer),
    Key(&'a Pointer),
    Text(&'a Pointer, &'a str, usize),
}

impl<'a> Identity<'a> {
    fn of(diagnostic: &'a Diagnostic) -> Self {
        let said =
            |annotation: &'a Annotation| (Whereabouts::of(&annotation.place), &*annotation.label);
        Self {
            code: diagnostic.code.id,
            severity: diagnostic.severity,
            headline: &diagnostic.headline,
            annotations: diagnostic.annotations.iter().map(said).collect(),
            help: &diagnostic.help,
            notes: &diagnostic.notes,
        }
    }
}

impl<'a> Whereabouts<'a> {
    fn of(place: &'a Place) -> Self {
        match place {
            Place::Span(location) => Self::Span(location.file.name(), location.span),
            Place::File(name) => Self::File(name),
            Place::Document(pointer, Part::Value | Part::Opening) => Self::Value(pointer),
            Place::Document(pointer, Part::Key) => Self::Key(pointer),
            Place::Document(pointer, Part::Text { text, nth }) => Self::Text(pointer, text, *nth),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;
    use crate::diagnostic::samples::SYNTAX;
    use crate::source::SourceFile;

    fn check(mut diagnostics: Vec<Diagnostic>, expected: &[&str]) {
        sort(&mut diagnostics);
        let headlines: Vec<&str> = diagnostics.iter().map(|d| &*d.headline).collect();
        assert_eq!(headlines, expected);
    }

    fn at(name: &str, start: usize, headline: &str) -> Diagnostic {
        let file = SourceFile::new(name, "text of a file");
        let place = Place::span(&file, Span::new(start..start + 1));
        Diagnostic::new(&SYNTAX, headline, place)
    }

    #[test]
    fn by_file_place_and_code() {
        static AAA: Code = Code {
            id: "aaa",
            ..SYNTAX
        };
        let nowhere = Diagnostic::new(&SYNTAX, "nowhere", Place::value(Pointer::root()));
        let whole = Diagnostic::new(&SYNTAX, "whole", Place::File("b".to_owned()));
        let other_code = Diagnostic {
            code: &AAA,
            ..at("b", 9, "other code")
        };
        check(
            vec![
                at("b", 9, "found first"),
                at("b", 9, "found second"),
                at("b", 10, "later"),
                other_code,
                at("a", 11, "other file"),
                whole,
                nowhere,
            ],
            &[
                "nowhere",
                "other file",
                "whole",
                "other code",
                "found first",
                "found second",
                "later",
            ],
        );
    }

    #[test]
    fn what_is_said_twice() {
        check(
            vec![at("a", 1, "x"), at("a", 1, "y"), at("a", 1, "x")],
            &["x", "y"],
        );
        check(vec![at("a", 1, "x"), at("b", 1, "x")], &["x", "x"]);
        check(
            vec![at("a", 1, "x"), at("a", 1, "x").help("y")],
            &["x", "x"],
        );
        check(
            vec![at("a", 1, "x"), at("a", 1, "x").label("y")],
            &["x", "x"],
        );
    }
}
