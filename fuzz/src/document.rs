//! Files that people write: each is read, or refused with a reason that can be printed.

use std::sync::Arc;

use jobc::check;
use jobc::diagnostic::{Diagnostic, Holes, Report};
use jobc::front::{self, Decoded, Format};
use jobc::model::{Dialect, LockFile, Settings};
use jobc::registry::CODES;
use jobc::resolve::Lock;
use jobc::rule::Terms;
use jobc::source::{Kind, Node, SourceFile, SourceMap};
use jobc::store::StoreDir;
use jobc::target::aurora;
use serde_json::Value;

use super::{places, printed, rendered};

/// Reads and checks a definition in JSON.
pub fn json(bytes: &[u8]) {
    definition(bytes, Format::Json);
}

/// Reads and checks a definition in TOML.
pub fn toml(bytes: &[u8]) {
    definition(bytes, Format::Toml);
}

/// Reads and checks a definition in YAML.
pub fn yaml(bytes: &[u8]) {
    definition(bytes, Format::Yaml);
}

/// Reads a lock, and looks for what closures need in it.
pub fn lock(bytes: &[u8]) {
    let lock = read(bytes, Format::Json, |map| {
        let file = whole(front::decode::<LockFile>(map.root()));
        file.and_then(|file| Lock::read(&file, &StoreDir::default()))
    });
    for (path, info) in lock.iter().flat_map(Lock::paths) {
        assert!(
            lock.as_ref()
                .is_some_and(|lock| lock.path(path) == Some(info))
        );
        for reference in &info.references {
            assert!(
                lock.as_ref()
                    .is_some_and(|lock| lock.path(reference).is_some())
            );
        }
    }
}

/// Reads settings.
pub fn settings(bytes: &[u8]) {
    read(bytes, Format::Toml, |map| {
        whole(front::settings(map.root()))
    });
}

fn definition(bytes: &[u8], format: Format) {
    read(bytes, format, |map| {
        let decoded = front::document(map.root());
        assert!(decoded.value.is_some() || !decoded.diagnostics.is_empty());
        assert_eq!(decoded.holes.is_empty(), decoded.diagnostics.is_empty());
        let holes = Holes::new(decoded.holes);
        let document = Report {
            value: decoded.value,
            diagnostics: decoded.diagnostics,
        };
        let terms = Terms {
            settings: &Settings::default(),
            dialect: Dialect::Definition,
            registry: CODES,
            rules: aurora::RULES,
        };
        document.and_then(|document| check::check(document, &holes, terms, Vec::new()))
    });
}

/// Reads text as far as the stages take it; the value is there if nothing is wrong.
fn read<T>(
    bytes: &[u8],
    format: Format,
    stages: impl FnOnce(&SourceMap) -> Report<T>,
) -> Option<T> {
    let text = str::from_utf8(bytes).ok()?;
    let file = SourceFile::new("job", text);
    let loaded = front::load(&file, format);
    let tree = loaded.map(|loaded| loaded.tree);
    assert!(tree.value.is_some() || tree.has_errors());
    if let Some(root) = &tree.value {
        places::check(text, root, format);
        printed::check(root);
    }
    if format == Format::Json {
        strict(text, &tree);
    }
    let report = tree.and_then(|root| {
        let map = SourceMap::new(Arc::clone(&file), Arc::new(root));
        let report = stages(&map);
        let located = |problem: Diagnostic| problem.located(&map);
        Report {
            value: report.value,
            diagnostics: report.diagnostics.into_iter().map(located).collect(),
        }
    });
    assert!(report.value.is_some() || report.has_errors());
    let failed = report.has_errors();
    rendered::check(&file, report.diagnostics);
    report.value.filter(|_| !failed)
}

/// What was decoded, if nothing had to be made up for it.
fn whole<T>(decoded: Decoded<T>) -> Report<T> {
    let sure = decoded.diagnostics.is_empty();
    Report {
        value: decoded.value.filter(|_| sure),
        diagnostics: decoded.diagnostics,
    }
}

/// Whatever another reader of JSON takes means the same here.
fn strict(text: &str, tree: &Report<Node>) {
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        return;
    };
    let problems = &tree.diagnostics;
    assert!(
        problems
            .iter()
            .all(|problem| ["duplicate-key", "foreign-file"].contains(&problem.code.id))
    );
    if problems.is_empty() {
        let root = tree.value.as_ref().expect("nothing is wrong with it");
        assert!(same(root, &value), "{root:?} {value:?}");
    }
}

fn same(node: &Node, value: &Value) -> bool {
    match (&node.kind, value) {
        (Kind::Null, Value::Null) => true,
        (Kind::Boolean(one), Value::Bool(other)) => one == other,
        // The other reader takes `-0` for a float.
        (Kind::Integer(0), Value::Number(other)) => other.as_f64() == Some(0.0),
        (Kind::Integer(one), Value::Number(other)) => other.as_i64() == Some(*one),
        // The other reader may be off by the last digit.
        (Kind::Float(one), Value::Number(other)) => other
            .as_f64()
            .is_some_and(|other| (one - other).abs() <= one.abs() * 1e-15),
        (Kind::String(one), Value::String(other)) => one == other,
        (Kind::Sequence(items), Value::Array(others)) => {
            items.len() == others.len()
                && items
                    .iter()
                    .zip(others)
                    .all(|(item, other)| same(item, other))
        }
        (Kind::Mapping(entries), Value::Object(others)) => {
            entries.len() == others.len()
                && entries.iter().all(|entry| {
                    others
                        .get(entry.key.as_str())
                        .is_some_and(|other| same(&entry.value, other))
                })
        }
        _ => false,
    }
}
