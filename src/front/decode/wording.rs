//! Words that several messages have.

use crate::model::Document;
use crate::source::{Pointer, Token};

use super::super::problems::named;
use super::owner::Owner;

/// What a message calls the table at `pointer`.
pub(super) fn owner_name(pointer: &Pointer, owner: Owner) -> &'static str {
    match pointer.tokens() {
        [] if owner.is_job() => "job",
        [] => "file",
        [Token::Key(list), Token::Index(_)] if list == Document::LIST_FIELD => "job",
        [.., Token::Key(list), Token::Index(_)] => match list.as_str() {
            "processes" => "process",
            "constraints" => "constraint",
            "packages" => "package",
            _ => "table",
        },
        [.., Token::Key(key)] if key == "task" => "task",
        _ => "table",
    }
}

/// `a`, `b` or `c`, in backticks.
pub(super) fn either(words: &[&str]) -> String {
    joined(words, "or")
}

/// `a`, `b` and `c`, in backticks.
pub(super) fn all(words: &[&str]) -> String {
    joined(words, "and")
}

fn joined(words: &[&str], last: &str) -> String {
    let quoted: Vec<_> = words.iter().map(|word| named(word)).collect();
    match quoted.split_last() {
        Some((end, rest)) if !rest.is_empty() => format!("{} {last} {end}", rest.join(", ")),
        _ => quoted.concat(),
    }
}
