//! What filling in comes to.

use std::fmt;

/// What a text comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// The text. References are left in it where they are filled in later, or where they come to be
    /// of a value and the text around it.
    pub text: String,
    /// Whether no value in it is another one once it is compiled.
    pub is_final: bool,
}

/// Why a text cannot be filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What is wrong.
    pub why: Why,
    /// The reference that it is wrong with.
    pub reference: String,
    /// Whether that stands in a value that was written elsewhere.
    pub is_elsewhere: bool,
}

/// What is wrong with a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It is none.
    Malformed,
    /// The name is unknown.
    Unbound,
    /// Its value leads back to itself.
    Endless,
    /// It names a table or a list.
    NotText,
    /// With it, the job becomes larger than any that is meant well.
    TooLarge,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reference = &self.reference;
        match self.why {
            Why::Malformed => write!(f, "`{reference}` is no reference"),
            Why::Unbound => write!(f, "`{reference}` is unknown here"),
            Why::Endless => write!(f, "the value of `{reference}` leads back to itself"),
            Why::TooLarge => write!(f, "with `{reference}`, the job becomes too large"),
            Why::NotText => write!(f, "`{reference}` is a table or a list, not text"),
        }
    }
}

impl Trouble {
    /// What is wrong with a reference of the text itself.
    pub fn new(why: Why, reference: impl Into<String>) -> Self {
        Self {
            why,
            reference: reference.into(),
            is_elsewhere: false,
        }
    }
}
