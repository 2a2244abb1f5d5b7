use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::diagnostic::samples::EMPTY_COMMAND;
use crate::diagnostic::samples::SYNTAX;
use crate::source::{Entry, Kind as NodeKind, Node, Pointer, SourceFile, SourceMap, Span};

fn report(diagnostics: &[Diagnostic], failures: &[Failure]) -> String {
    let root = Root::new(Path::new("/w x"), None);
    let outcome = Outcome {
        diagnostics,
        failures,
        jobs: &[],
        exit_code: if failures.is_empty() { 1 } else { 2 },
        root: &root,
    };
    let mut out = Vec::new();
    sarif(&outcome, &mut out).expect("a vector takes all");
    let text = String::from_utf8(out).expect("UTF-8");
    let mut value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let driver = &mut value["runs"][0]["tool"]["driver"];
    for name in ["version", "semanticVersion"] {
        assert_eq!(driver[name], VERSION);
        driver[name] = "VERSION".into();
    }
    for rule in driver["rules"].as_array_mut().expect("a list") {
        assert_eq!(rule["help"]["text"], rule["help"]["markdown"]);
        rule["help"] = "HELP".into();
    }
    serde_json::to_string_pretty(&value).expect("JSON")
}

fn check(name: &str, found: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, found));
}

#[test]
fn nothing() {
    check("sarif-nothing", &report(&[], &[]));
}

#[test]
fn all_kinds() {
    let file = SourceFile::new("a b/ü.toml", "é = 😀1\nb\r\nc");
    let at = |span| Place::span(&file, Span::new(span));
    let problems = [
        Diagnostic::new(&SYNTAX, "code points", at(5..10))
            .label("here")
            .also(at(11..15), "there")
            .also(Place::File("../x".to_owned()), "")
            .help("write `%`")
            .note("two\nlines"),
        Diagnostic::new(&EMPTY_COMMAND, "end", at(15..15)),
        Diagnostic::new(&SYNTAX, "no text", Place::File("/c.toml".to_owned())),
        Diagnostic::new(&SYNTAX, "nowhere", Place::value(Pointer::root().key("a/b"))),
    ];
    let failure = Failure::new("the disk is full").help("buy one");
    check("sarif", &report(&problems, &[failure]));
}

/// The fingerprints of two problems of a file.
fn fingerprints(name: &str, text: &str, processes: &[&str]) -> Vec<String> {
    let file = SourceFile::new(name, text);
    let node = |kind| Node {
        kind,
        span: Span::new(text.find("run").map_or(0..0, |at| at..at + 3)),
    };
    let table = |name: &str| {
        let entry = Entry {
            key: "name".into(),
            key_span: Span::default(),
            value: node(NodeKind::String(name.to_owned())),
        };
        node(NodeKind::Mapping(vec![entry]))
    };
    let list = processes.iter().map(|name| table(name)).collect();
    let map = SourceMap::new(file, Arc::new(node(NodeKind::Sequence(list))));
    let b = processes.iter().position(|name| *name == "b");
    let pointer = Pointer::root()
        .index(b.expect("it is there"))
        .key("cmdline");
    let problem = |place| Diagnostic::new(&SYNTAX, "x", place).located_in_jobs(&map);
    let problems = [
        problem(Place::nth_text(pointer.clone(), "run", 0)),
        problem(Place::nth_text(pointer.clone(), "run", 1)),
        problem(Place::value(pointer)),
    ];
    let mut fingerprints = Fingerprinter::default();
    let of = |problem| fingerprints.next(problem, name);
    problems.iter().map(of).collect()
}

#[test]
fn fingerprints_stay() {
    let first = fingerprints("a", "run", &["a", "b"]);
    assert_eq!(
        first,
        fingerprints("a", "\n\n# more\nrun", &["b", "new", "a"])
    );
    let (hash, count) = first[0].split_once(':').expect("it is counted");
    assert_eq!((hash.len(), count), (32, "1"));
    assert_eq!(first[1], format!("{hash}:2"));
    assert!(!first[2].starts_with(hash));
    assert_ne!(first, fingerprints("b", "run", &["a", "b"]));
}

#[test]
fn fingerprints_of_what_is_no_tree() {
    let of = |text: &str, span: std::ops::Range<usize>| {
        let file = SourceFile::new("a", text);
        let problem = Diagnostic::new(&SYNTAX, "x", Place::span(&file, Span::new(span)));
        Fingerprinter::default().next(&problem, "a")
    };
    assert_eq!(of("x = }", 4..5), of("# more\n\nx = }", 12..13));
    assert_ne!(of("x = }", 4..5), of("x = ]", 4..5));
}

#[test]
fn errors_come_before_what_there_is_no_room_for() {
    let problem = |severity| {
        let file = Place::File("job.toml".to_owned());
        let mut problem = Diagnostic::new(&SYNTAX, "wrong", file);
        problem.severity = severity;
        problem
    };
    let mut problems = vec![problem(Severity::Warning); MOST_RESULTS];
    assert_eq!(told(&problems).len(), MOST_RESULTS);
    assert!(left_out(&problems).is_none());
    problems.extend(vec![problem(Severity::Error); 10]);
    let told = told(&problems);
    assert_eq!(told.len(), MOST_RESULTS);
    let errors = told.iter().filter(|it| it.severity == Severity::Error);
    assert_eq!(errors.count(), 10);
    let said = left_out(&problems).expect("ten are left out").message.text;
    assert!(said.starts_with("10 more problems"), "{said}");
}
