//! A report as the tests write it down.
//!
//! A tree is shown as it stands in the source, scalars as `source=value` where the two differ, so
//! that each of its places is compared. A problem is a line: code, headline, line and column, the
//! text at its place, then related places and help.

use crate::diagnostic::{Diagnostic, Place, Report};
use crate::source::{Kind, Node, SourceFile};

use super::{Format, load};

/// The report on `text`.
pub(super) fn shown(text: &str, format: Format) -> String {
    let file = SourceFile::new("input", text);
    let Report { value, diagnostics } = load(&file, format);
    let lines = value.iter().map(|loaded| node(&loaded.tree, &file));
    let problems = diagnostics.iter().map(problem);
    lines.chain(problems).collect::<Vec<_>>().join("\n")
}

fn node(node: &Node, file: &SourceFile) -> String {
    let value = match &node.kind {
        Kind::Null => "null".to_owned(),
        Kind::Boolean(boolean) => boolean.to_string(),
        Kind::Integer(integer) => integer.to_string(),
        Kind::Float(float) => format!("{float:?}"),
        Kind::String(string) => format!("{string:?}"),
        Kind::Sequence(items) => {
            let items = items.iter().map(|item| self::node(item, file));
            return format!("[{}]", items.collect::<Vec<_>>().join(", "));
        }
        Kind::Mapping(entries) => {
            let entries = entries.iter().map(|entry| {
                let source = file.slice(entry.key_span);
                let key = if entry.key == source {
                    source.to_owned()
                } else {
                    with_source(source, &format!("{:?}", entry.key))
                };
                format!("{key}: {}", self::node(&entry.value, file))
            });
            return format!("{{{}}}", entries.collect::<Vec<_>>().join(", "));
        }
    };
    with_source(file.slice(node.span), &value)
}

fn with_source(source: &str, value: &str) -> String {
    if source == value {
        return value.to_owned();
    }
    let source = source.replace('\r', "\\r").replace('\n', "\\n");
    format!("{source}={value}")
}

fn problem(problem: &Diagnostic) -> String {
    let mut line = format!("{}: {}", problem.code.id, problem.headline);
    for annotation in &problem.annotations {
        let Place::Span(location) = &annotation.place else {
            panic!("a reader knows all places");
        };
        let (row, column) = location.file.line_column(location.span.start as usize);
        let source = location.file.slice(location.span);
        line += &format!(" | {row}:{column} {source:?}");
        if !annotation.label.is_empty() {
            line += &format!(" {}", annotation.label);
        }
    }
    for help in &problem.help {
        line += &format!(" | {help}");
    }
    line
}
