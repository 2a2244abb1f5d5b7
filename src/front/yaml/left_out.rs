//! What to say of values that YAML has left out: after `key:` a text was taken for a comment, or
//! between braces a text with a comma for several keys.

use crate::diagnostic::{Diagnostic, Place};
use crate::front::decode::codes::{UNKNOWN_FIELD, WRONG_TYPE};
use crate::source::{Kind, SourceMap, Span};

/// The problems of decoding, with what to do where a value was left out.
pub fn explained(map: &SourceMap, problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let explain = |problem| match help(map, &problem) {
        Some(help) => Diagnostic {
            help: vec![help.to_owned()],
            notes: Vec::new(),
            ..problem
        },
        None => problem,
    };
    problems.into_iter().map(explain).collect()
}

fn help(map: &SourceMap, problem: &Diagnostic) -> Option<&'static str> {
    let is_wrong_type = problem.code == &WRONG_TYPE;
    if !is_wrong_type && problem.code != &UNKNOWN_FIELD {
        return None;
    }
    let Place::Document(pointer, _) = problem.place() else {
        return None;
    };
    let mut tokens = pointer.tokens().iter();
    let node = tokens.try_fold(map.root(), |node, token| node.step(token))?;
    let text = map.file().text();
    match &node.kind {
        Kind::Null if node.span.start == node.span.end => {
            let line = text[node.span.range().start..].lines().next();
            let rest = line.unwrap_or_default().trim_start();
            if is_wrong_type && rest.starts_with('#') {
                return Some("put quotes around text that starts with `#`, which starts a comment");
            }
            lone(text, map.key(pointer).span)
        }
        Kind::Mapping(entries) if is_wrong_type => lone(text, entries.first()?.key_span),
        _ => None,
    }
}

/// What to do about a key between braces that has no colon.
fn lone(text: &str, key: Span) -> Option<&'static str> {
    let key = key.range();
    if key.is_empty() || !text[key.end..].trim_start().starts_with([',', '}']) {
        return None;
    }
    let before = text[..key.start].trim_end();
    if before.ends_with(',') {
        Some("put quotes around text with `,`")
    } else {
        before
            .ends_with('{')
            .then_some("put quotes around text that starts with `{`")
    }
}
