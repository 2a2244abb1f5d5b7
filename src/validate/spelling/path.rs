//! The way to a value of a compiled file.

use crate::source::{Kind, Node, Pointer, Token};

/// The way to a value, the last step first.
#[derive(Clone, Copy)]
pub(super) struct Path<'p> {
    pub(super) around: Option<&'p Path<'p>>,
    pub(super) step: Step<'p>,
}

#[derive(Clone, Copy)]
pub(super) enum Step<'p> {
    Root,
    Key(&'p str),
    Index(usize),
}

impl Path<'_> {
    pub(super) const ROOT: Self = Path {
        around: None,
        step: Step::Root,
    };

    pub(super) fn key<'p>(&'p self, key: &'p str) -> Path<'p> {
        Path {
            around: Some(self),
            step: Step::Key(key),
        }
    }

    pub(super) fn index(&self, index: usize) -> Path<'_> {
        Path {
            around: Some(self),
            step: Step::Index(index),
        }
    }

    pub(super) fn pointer(&self) -> Pointer {
        let mut tokens = Vec::new();
        let mut at = Some(self);
        while let Some(path) = at {
            match path.step {
                Step::Root => {}
                Step::Key(key) => tokens.push(Token::Key(key.to_owned())),
                Step::Index(index) => tokens.push(Token::Index(index)),
            }
            at = path.around;
        }
        tokens.into_iter().rev().collect()
    }

    /// What a headline starts with.
    pub(super) fn subject(&self) -> String {
        match (self.step, self.around.map(|around| around.step)) {
            (Step::Key(key), _) => format!("`{key}`: "),
            (Step::Index(_), Some(Step::Key(list))) => format!("an element of `{list}`: "),
            _ => String::new(),
        }
    }
}

/// The value at the end of a way.
pub(super) fn find<'n>(node: &'n mut Node, tokens: &[Token]) -> Option<&'n mut Node> {
    tokens
        .iter()
        .try_fold(node, |node, token| match (token, &mut node.kind) {
            (Token::Key(key), Kind::Mapping(entries)) => {
                let entry = entries.iter_mut().find(|entry| entry.key == key.as_str())?;
                Some(&mut entry.value)
            }
            (Token::Index(index), Kind::Sequence(items)) => items.get_mut(*index),
            _ => None,
        })
}
