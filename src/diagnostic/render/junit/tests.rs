use std::path::Path;

use super::super::outcome::LookedAt;
use super::*;
use crate::diagnostic::samples::EMPTY_COMMAND;
use crate::diagnostic::samples::SYNTAX;
use crate::source::{Pointer, SourceFile, Span};

fn report(diagnostics: &[Diagnostic], failures: &[Failure], jobs: &[LookedAt]) -> String {
    let root = Root::new(Path::new("/w"), None);
    let outcome = Outcome {
        diagnostics,
        failures,
        jobs,
        exit_code: 1,
        root: &root,
    };
    let mut out = Vec::new();
    junit(&outcome, &mut out).expect("a vector takes all");
    String::from_utf8(out).expect("UTF-8")
}

fn check(name: &str, found: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, found));
}

#[test]
fn nothing() {
    check("junit-nothing", &report(&[], &[], &[]));
}

#[test]
fn all_kinds() {
    let file = SourceFile::new("a<\u{1b}>.toml", "job\nb\u{1}c\n");
    let job = |file: &str, start, line, key: &str| LookedAt {
        file: file.to_owned(),
        start,
        line,
        key: key.to_owned(),
    };
    let jobs = [
        job("a<\u{1b}>.toml", 0, 1, "c/r/e/a"),
        job("a<\u{1b}>.toml", 4, 2, "c/r/e/b"),
        job("../b.toml", 0, 1, "c/r/e/x"),
    ];
    let at = |span| Place::span(&file, Span::new(span));
    let problems = [
        Diagnostic::new(&SYNTAX, "first \"<&>\"", at(4..7)),
        Diagnostic::new(&EMPTY_COMMAND, "nothing ]]>", at(4..5)).label("here"),
        Diagnostic::new(&SYNTAX, "second", at(4..5)),
        Diagnostic::new(&SYNTAX, "of the file", at(5..6)),
        Diagnostic::new(&SYNTAX, "no text", Place::File("c.toml".to_owned())),
        Diagnostic::new(&SYNTAX, "nowhere", Place::value(Pointer::root())),
    ];
    let failure = Failure::new("the disk & all");
    let failures = [failure.clone(), failure.warning()];
    check("junit", &report(&problems, &failures, &jobs));
}
