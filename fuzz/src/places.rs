//! Places in text: a value's place is text, and reads as the value.

use std::ops::Range;

use jobc::front::{self, Format};
use jobc::source::{Kind, Node, SourceFile, Span};

/// Only so many values of a file are read again.
const MAX_VALUES: usize = 50;

/// Goes through all values of a file.
pub fn check(text: &str, root: &Node, format: Format) {
    let mut left = MAX_VALUES;
    walk(text, root, format, &mut left);
}

fn walk(text: &str, node: &Node, format: Format, left: &mut usize) {
    let source = slice(text, node.span);
    let inside = |span: Span| {
        let Range { start, end } = span.range();
        let around = node.span.range();
        assert!(format != Format::Json || around.start < start && end < around.end);
    };
    match &node.kind {
        Kind::Sequence(items) => {
            for item in items {
                inside(item.span);
                walk(text, item, format, left);
            }
        }
        Kind::Mapping(entries) => {
            for entry in entries {
                slice(text, entry.key_span);
                inside(entry.key_span);
                inside(entry.value.span);
                walk(text, &entry.value, format, left);
            }
        }
        _ if *left > 0 => {
            *left -= 1;
            let before = &text[..node.span.start as usize];
            if !(format == Format::Yaml && may_be_block(before))
                && let Some(again) = read_again(source, format)
            {
                assert_eq!(again, node.kind, "{source:?}");
            }
        }
        _ => {}
    }
}

/// Whether what comes next is the first on its line, as is the content of a block scalar, which
/// does not mean on its own what it means there.
fn may_be_block(before: &str) -> bool {
    let line = before.rsplit(['\n', '\r']).next().unwrap_or_default();
    line.trim_start().is_empty()
}

/// What the text of a value means on its own; nothing if that depends on what is around it.
fn read_again(source: &str, format: Format) -> Option<Kind> {
    let (before, is_alone) = match format {
        Format::Json => ("", true),
        Format::Toml => ("x = ", false),
        // The further lines of a text are indented as is right where it stands.
        Format::Yaml if source.is_empty() || source.contains(['\n', '\r']) => return None,
        Format::Yaml => ("- ", false),
    };
    let file = SourceFile::new("value", format!("{before}{source}\n"));
    let report = front::load(&file, format);
    let Some(loaded) = report.value else {
        panic!("{source:?} is no value: {:?}", report.diagnostics);
    };
    let root = loaded.tree;
    if is_alone {
        return Some(root.kind);
    }
    match root.kind {
        Kind::Sequence(mut items) => items.pop().map(|item| item.kind),
        Kind::Mapping(mut entries) => entries.pop().map(|entry| entry.value.kind),
        _ => None,
    }
}

fn slice(text: &str, span: Span) -> &str {
    assert!(span.start <= span.end);
    text.get(span.range()).expect("a place is text")
}
