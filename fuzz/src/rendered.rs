//! Diagnostics as text: all of them can be printed, and none does anything to a terminal.

use std::path::Path;
use std::sync::Arc;

use jobc::diagnostic::render::{self, Outcome, Root, TextOptions};
use jobc::diagnostic::{Diagnostic, Place};
use jobc::source::SourceFile;
use serde_json::Value;

/// Excerpts cost more than all of the rest, and are printed of only so many diagnostics.
const MAX_EXCERPTS: usize = 3;

/// Prints the diagnostics of a file in all ways.
pub fn check(file: &Arc<SourceFile>, mut diagnostics: Vec<Diagnostic>) {
    for annotation in diagnostics.iter().flat_map(|problem| &problem.annotations) {
        if let Place::Span(location) = &annotation.place {
            let range = location.span.range();
            assert!(file.text().get(range).is_some(), "{annotation:?}");
        }
    }
    render::sort(&mut diagnostics);
    assert_eq!(
        render::summary(&diagnostics).is_none(),
        diagnostics.is_empty()
    );
    let short = printed(|out| render::short(&diagnostics, out));
    assert_eq!(short.lines().count(), diagnostics.len());
    assert!(short.chars().all(is_tame), "{short:?}");

    diagnostics.truncate(MAX_EXCERPTS);
    let options = TextOptions {
        color: true,
        width: 40,
        ..TextOptions::default()
    };
    let text = printed(|out| render::text(&diagnostics, &options, out));
    assert!(text.chars().all(|c| is_tame(c) || c == '\x1b'), "{text:?}");
    let json = printed(|out| render::json(&diagnostics, out));
    assert_eq!(json.lines().count(), diagnostics.len());
    for (line, problem) in json.lines().zip(&diagnostics) {
        let value: Value = serde_json::from_str(line).expect("each line is JSON");
        assert_eq!(value["code"], problem.code.id);
        let rendered = value["rendered"].as_str().expect("it is text");
        assert!(rendered.chars().all(is_tame), "{rendered:?}");
    }
    reports(&diagnostics);
}

/// As documents, and as lines that a runner obeys.
fn reports(diagnostics: &[Diagnostic]) {
    let root = Root::new(Path::new("/w"), None);
    let github = printed(|out| render::github(diagnostics, &root, out));
    assert_eq!(github.lines().count(), diagnostics.len());
    assert!(github.chars().all(is_tame), "{github:?}");
    assert!(github.lines().all(|line| line.starts_with("::")));
    let outcome = Outcome {
        diagnostics,
        failures: &[],
        jobs: &[],
        exit_code: 1,
        root: &root,
    };
    let sarif = printed(|out| render::sarif(&outcome, out));
    let log: Value = serde_json::from_str(&sarif).expect("it is JSON");
    let results = log["runs"][0]["results"].as_array().expect("a list");
    assert_eq!(results.len(), diagnostics.len());
    let junit = printed(|out| render::junit(&outcome, out));
    assert!(junit.chars().all(is_tame), "{junit:?}");
    let opened = junit.matches("<testcase").count();
    let closed = junit.matches("</testcase>").count();
    assert_eq!(opened, closed, "{junit}");
}

fn is_tame(character: char) -> bool {
    !character.is_control() || character == '\n'
}

fn printed(print: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    print(&mut out).expect("a vector takes all");
    String::from_utf8(out).expect("what is printed is UTF-8")
}
