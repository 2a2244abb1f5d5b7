//! Ways through a document.

use crate::source::{Node, Pointer, Token};

/// The value at a place.
pub(super) fn find<'a>(root: &'a Node, pointer: &Pointer) -> Option<&'a Node> {
    let mut tokens = pointer.tokens().iter();
    tokens.try_fold(root, Node::step)
}

/// The place around one.
pub(super) fn parent(pointer: &Pointer) -> Pointer {
    let tokens = pointer.tokens();
    let above = &tokens[..tokens.len().saturating_sub(1)];
    above.iter().cloned().collect()
}

/// The keys on the way to a place, as a header of TOML has them.
pub(super) fn dotted(pointer: &Pointer) -> String {
    let keys = pointer.tokens().iter().filter_map(|token| match token {
        Token::Key(key) => Some(key.as_str()),
        Token::Index(_) => None,
    });
    keys.collect::<Vec<_>>().join(".")
}
