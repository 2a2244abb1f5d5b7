//! Random trees, written in each format and read again.

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

use crate::source::{Entry, Kind, Node, SourceFile, Span};

use super::{Format, load};

/// Reads `text`, which stands for `expected`, and compares the two, spans aside; then again with
/// the other line ends.
fn check(text: &str, format: Format, expected: &Kind) {
    for text in [text.to_owned(), text.replace('\n', "\r\n")] {
        let file = SourceFile::new("input", text);
        let report = load(&file, format);
        let text = file.text();
        assert_eq!(report.diagnostics, [], "{text}");
        let root = report.value.expect("without problems there is a tree").tree;
        assert_eq!(bare(&root.kind), *expected, "{text}");
        check_places(&root, &file);
    }
}

/// All text is where the tree says it is.
fn check_places(node: &Node, file: &SourceFile) {
    let source = file.slice(node.span);
    match &node.kind {
        Kind::Null => assert!(matches!(source, "null" | "~" | ""), "{source}"),
        Kind::Boolean(boolean) => assert_eq!(source, boolean.to_string()),
        Kind::Integer(integer) => assert_eq!(source, integer.to_string()),
        Kind::Float(float) => assert_eq!(source.parse(), Ok(*float)),
        Kind::String(text) => check_text(source, text),
        Kind::Sequence(items) => items.iter().for_each(|item| check_places(item, file)),
        Kind::Mapping(entries) => {
            for entry in entries {
                check_text(file.slice(entry.key_span), &entry.key);
                check_places(&entry.value, file);
            }
        }
    }
}

fn check_text(source: &str, text: &str) {
    let is_quoted = source.len() >= 2
        && ['"', '\'']
            .iter()
            .any(|&quote| source.starts_with(quote) && source.ends_with(quote));
    assert!(is_quoted || source == text, "{source:?} for {text:?}");
}

/// The tree without places, and with the keys of each mapping in order.
fn bare(kind: &Kind) -> Kind {
    match kind {
        Kind::Sequence(items) => {
            Kind::Sequence(items.iter().map(|item| node(bare(&item.kind))).collect())
        }
        Kind::Mapping(entries) => {
            let mut entries: Vec<Entry> = entries
                .iter()
                .map(|entry| self::entry(entry.key.to_string(), bare(&entry.value.kind)))
                .collect();
            entries.sort_by(|a, b| a.key.cmp(&b.key));
            Kind::Mapping(entries)
        }
        scalar => scalar.clone(),
    }
}

fn node(kind: Kind) -> Node {
    Node {
        kind,
        span: Span::default(),
    }
}

fn entry(key: String, value: Kind) -> Entry {
    Entry {
        key: key.into(),
        key_span: Span::default(),
        value: node(value),
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z][a-z0-9_]{0,8}",
        "[ -~]{0,12}",
        "[a-z:#{}\\[\\],&*!|>'\"%@` \n\t-]{0,8}",
        "\\PC{0,6}",
        any::<String>(),
        prop::sample::select(vec![
            "null", "~", "true", "No", "010", "1e3", ".inf", "---", "...", "<<"
        ])
        .prop_map(str::to_owned),
    ]
}

/// A table of everything that all formats have, and null.
fn table() -> impl Strategy<Value = Kind> {
    let scalar = prop_oneof![
        1 => Just(Kind::Null),
        1 => any::<bool>().prop_map(Kind::Boolean),
        2 => any::<i64>().prop_map(Kind::Integer),
        2 => prop::num::f64::NORMAL.prop_map(Kind::Float),
        4 => text().prop_map(Kind::String),
    ];
    let value = scalar.prop_recursive(4, 40, 6, |value| {
        prop_oneof![
            prop::collection::vec(value.clone(), 0..5)
                .prop_map(|items| Kind::Sequence(items.into_iter().map(node).collect())),
            entries(value),
        ]
    });
    entries(value)
}

/// A mapping with its keys in any order.
fn entries(value: impl Strategy<Value = Kind>) -> impl Strategy<Value = Kind> {
    prop::collection::btree_map(text(), value, 0..6)
        .prop_map(|map| {
            map.into_iter()
                .map(|(key, value)| entry(key, value))
                .collect()
        })
        .prop_flat_map(|entries: Vec<Entry>| Just(entries).prop_shuffle())
        .prop_map(Kind::Mapping)
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("tests/regressions.txt"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_is_written_is_read(table in table()) {
        let expected = bare(&table);
        check(&json(&table), Format::Json, &expected);
        check(&json(&table), Format::Yaml, &expected);
        check(&yaml(&table), Format::Yaml, &expected);
        let without_null = without_null(&table);
        let expected = bare(&without_null);
        let mut text = String::new();
        toml(&without_null, &[], &mut text);
        check(&text, Format::Toml, &expected);
    }

    #[test]
    fn nothing_panics(text in any::<String>()) {
        for &format in Format::ALL {
            let report = load(&SourceFile::new("input", text.clone()), format);
            prop_assert!(report.value.is_some() || report.has_errors());
        }
    }
}

/// JSON, which is YAML, too.
fn json(kind: &Kind) -> String {
    match kind {
        Kind::Null => "null".to_owned(),
        Kind::Boolean(boolean) => boolean.to_string(),
        Kind::Integer(integer) => integer.to_string(),
        Kind::Float(float) => float_text(*float),
        Kind::String(text) => quoted(text),
        Kind::Sequence(items) => {
            let items: Vec<String> = items.iter().map(|item| json(&item.kind)).collect();
            format!("[{}]", items.join(",\n"))
        }
        Kind::Mapping(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|entry| format!("{}: {}", quoted(&entry.key), json(&entry.value.kind)))
                .collect();
            format!("{{{}}}", entries.join(",\n "))
        }
    }
}

/// A float with a point: without one, it would be read as an integer.
fn float_text(float: f64) -> String {
    let text = format!("{float:e}");
    if text.contains('.') {
        return text;
    }
    text.replace('e', ".0e")
}

/// A text between double quotes, such as all three formats read it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted += "\\n",
            '\0'..' ' | '\u{7f}'..'\u{a0}' | '\u{feff}' => {
                quoted += &format!("\\u{:04x}", u32::from(c));
            }
            _ => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// YAML in blocks.
fn yaml(kind: &Kind) -> String {
    match kind {
        Kind::Sequence(items) if !items.is_empty() => items
            .iter()
            .map(|item| format!("- {}\n", indented(&item.kind)))
            .collect(),
        Kind::Mapping(entries) if !entries.is_empty() => entries
            .iter()
            .map(|entry| {
                format!(
                    "{}: {}\n",
                    yaml_text(&entry.key),
                    indented(&entry.value.kind)
                )
            })
            .collect(),
        Kind::Null => "~".to_owned(),
        Kind::String(text) => yaml_text(text),
        other => json(other),
    }
}

/// A value that goes after a colon or dash.
fn indented(kind: &Kind) -> String {
    match kind {
        Kind::Sequence(items) if !items.is_empty() => lines(&yaml(kind)),
        Kind::Mapping(entries) if !entries.is_empty() => lines(&yaml(kind)),
        scalar => yaml(scalar),
    }
}

fn lines(block: &str) -> String {
    let lines = block.lines().map(|line| format!("\n  {line}"));
    lines.collect()
}

/// Text as it is where that is text, otherwise between quotes.
fn yaml_text(text: &str) -> String {
    let words = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    let is_plain = !text.is_empty() && words(text) && !matches!(text, "null" | "true" | "false");
    if is_plain {
        return text.to_owned();
    }
    if text.bytes().all(|byte| (b' '..0x7f).contains(&byte)) && text.len().is_multiple_of(2) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    quoted(text)
}

/// TOML with a header for each table that is not in a list.
fn toml(table: &Kind, path: &[String], text: &mut String) {
    let Kind::Mapping(entries) = table else {
        panic!("a TOML document is a table");
    };
    let (tables, values): (Vec<&Entry>, Vec<&Entry>) = entries
        .iter()
        .partition(|entry| matches!(entry.value.kind, Kind::Mapping(_)));
    for entry in values {
        *text += &format!(
            "{} = {}\n",
            toml_key(&entry.key),
            toml_value(&entry.value.kind)
        );
    }
    for entry in tables {
        let mut path = path.to_vec();
        path.push(toml_key(&entry.key));
        *text += &format!("[{}]\n", path.join(" . "));
        toml(&entry.value.kind, &path, text);
    }
}

fn toml_key(key: &str) -> String {
    let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if !key.is_empty() && key.bytes().all(is_bare) {
        return key.to_owned();
    }
    quoted(key)
}

fn toml_value(kind: &Kind) -> String {
    match kind {
        Kind::Sequence(items) => {
            let items = items.iter().map(|item| toml_value(&item.kind) + ",\n");
            format!("[{}]", items.collect::<String>())
        }
        Kind::Mapping(entries) => {
            let entries = entries.iter().map(|entry| {
                format!(
                    "{} = {}",
                    toml_key(&entry.key),
                    toml_value(&entry.value.kind)
                )
            });
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        scalar => json(scalar),
    }
}

/// The tree with text in the place of null, which TOML has not.
fn without_null(kind: &Kind) -> Kind {
    match kind {
        Kind::Null => Kind::String("null".to_owned()),
        Kind::Sequence(items) => {
            let items = items.iter().map(|item| node(without_null(&item.kind)));
            Kind::Sequence(items.collect())
        }
        Kind::Mapping(entries) => {
            let entries = entries
                .iter()
                .map(|entry| self::entry(entry.key.to_string(), without_null(&entry.value.kind)));
            Kind::Mapping(entries.collect())
        }
        scalar => scalar.clone(),
    }
}
