//! What is in a compiled file and means nothing.

use crate::source::{Entry, Kind, Node, Token};

use super::path::find;

/// Removes what means nothing to the executor, and what definitions cannot say: a health checker of
/// no kind, or of two.
pub(super) fn drop_ignored(job: &mut Node) {
    let Some(config) = find(job, &[key("health_check_config")]) else {
        return;
    };
    let Some(checker) = find(config, &[key("health_checker")]) else {
        return;
    };
    let Kind::Mapping(kinds) = &mut checker.kind else {
        return;
    };
    let has = |kinds: &[Entry], name: &str| kinds.iter().any(|kind| kind.key == name);
    if kinds.len() == 2 && has(kinds, "shell") && has(kinds, "http") {
        kinds.retain(|kind| kind.key == "shell");
    }
    if kinds.is_empty()
        && let Kind::Mapping(fields) = &mut config.kind
    {
        fields.retain(|entry| entry.key != "health_checker");
    }
}

fn key(name: &str) -> Token {
    Token::Key(name.to_owned())
}
