//! Where a value stands in a document, independent of the format it was written in.

use std::fmt;

/// A JSON pointer (RFC 6901) in pieces: `/task/processes/2/name`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Pointer(Vec<Token>);

/// One step down a document.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Token {
    /// Into the value of a mapping's key.
    Key(String),
    /// Into an element of a sequence, counted from 0.
    Index(usize),
}

impl Pointer {
    /// The document itself.
    pub fn root() -> Self {
        Self::default()
    }

    /// The value of `key` below this place.
    #[must_use]
    pub fn key(&self, key: impl Into<String>) -> Self {
        self.child(Token::Key(key.into()))
    }

    /// The element `index` below this place.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.child(Token::Index(index))
    }

    /// The steps from the root.
    pub fn tokens(&self) -> &[Token] {
        &self.0
    }

    /// Whether `other` is this place or lies below it.
    pub fn contains(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }

    fn child(&self, token: Token) -> Self {
        let mut tokens = Vec::with_capacity(self.0.len() + 1);
        tokens.extend_from_slice(&self.0);
        tokens.push(token);
        Self(tokens)
    }
}

impl FromIterator<Token> for Pointer {
    fn from_iter<I: IntoIterator<Item = Token>>(tokens: I) -> Self {
        Self(tokens.into_iter().collect())
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for token in &self.0 {
            match token {
                Token::Key(key) => write!(f, "/{}", key.replace('~', "~0").replace('/', "~1"))?,
                Token::Index(index) => write!(f, "/{index}")?,
            }
        }
        Ok(())
    }
}
