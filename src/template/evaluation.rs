//! Texts and references filled in, with what one evaluation may cost.

use std::borrow::Cow;

use super::address::Address;
use super::budget::{MAX_BYTES, MAX_DEPTH, MAX_STEPS};
use super::names::{Names, Value};
use super::outcome::{Filled, Trouble, Why};
use super::reference::references;
use super::scope::{Found, Scope};

/// What an evaluation is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// The text.
    Text,
    /// Whether there is one: only what has to be looked up again is copied.
    Verdict,
}

/// What becomes of a reference to an unknown name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unknown {
    Refuse,
    /// It stays, for the text around to be looked up in a wider scope.
    Keep,
}

struct Evaluation {
    wanted: Wanted,
    steps: usize,
    is_final: bool,
    filled: String,
}

/// Where an evaluation is.
#[derive(Debug, Clone, Copy)]
struct At {
    unknown: Unknown,
    depth: usize,
}

impl At {
    const START: Self = Self {
        unknown: Unknown::Refuse,
        depth: 0,
    };

    fn trouble(self, why: Why, reference: impl Into<String>) -> Trouble {
        let is_elsewhere = self.depth > 0;
        Trouble {
            is_elsewhere,
            ..Trouble::new(why, reference)
        }
    }
}

impl<'a, N: Names<'a>> Scope<'a, N> {
    /// `text` with nothing left to fill in.
    ///
    /// # Errors
    /// If a reference cannot be filled in, or comes to be of a value and the text around it: that
    /// is not looked at again.
    pub fn complete(&self, text: &str) -> Result<String, Trouble> {
        let filled = self.fill_in(text)?.text;
        match references(&filled).next() {
            Some(left) => Err(Trouble::new(Why::Unbound, left.text)),
            None => Ok(filled),
        }
    }

    /// `text` with its references filled in.
    ///
    /// # Errors
    /// If one of them cannot be.
    pub fn fill_in(&self, text: &str) -> Result<Filled, Trouble> {
        let mut evaluation = Evaluation::new(Wanted::Text);
        evaluation.all(text, self, At::START)?;
        Ok(evaluation.filled())
    }

    /// What `address` stands for.
    ///
    /// # Errors
    /// If it cannot be filled in.
    pub fn value(&self, address: &Address<'_>) -> Result<Filled, Trouble> {
        let mut evaluation = Evaluation::new(Wanted::Text);
        evaluation.one(address, self, At::START)?;
        Ok(evaluation.filled())
    }

    /// Why `address` cannot be filled in, if so: as [`Self::value`], whose text may be large.
    pub fn trouble(&self, address: &Address<'_>) -> Option<Trouble> {
        let mut evaluation = Evaluation::new(Wanted::Verdict);
        evaluation.one(address, self, At::START).err()
    }
}

impl Evaluation {
    fn new(wanted: Wanted) -> Self {
        Self {
            wanted,
            steps: 0,
            is_final: true,
            filled: String::new(),
        }
    }

    fn filled(self) -> Filled {
        Filled {
            text: self.filled,
            is_final: self.is_final,
        }
    }

    /// Fills in all references of `text`.
    fn all<'a, N: Names<'a>>(
        &mut self,
        text: &str,
        scope: &Scope<'a, N>,
        at: At,
    ) -> Result<(), Trouble> {
        let mut copied = 0;
        for reference in references(text) {
            self.push(&text[copied..reference.offset]);
            copied = reference.offset + reference.text.len();
            let Some(address) = reference.named() else {
                return Err(at.trouble(Why::Malformed, reference.text));
            };
            self.one(&address, scope, at)?;
        }
        self.push(&text[copied..]);
        Ok(())
    }

    /// Fills in one reference, which names `address`.
    fn one<'a, N: Names<'a>>(
        &mut self,
        address: &Address<'_>,
        scope: &Scope<'a, N>,
        at: At,
    ) -> Result<(), Trouble> {
        self.steps += 1;
        let within =
            at.depth < MAX_DEPTH && self.steps <= MAX_STEPS && self.filled.len() <= MAX_BYTES;
        let trouble = |why| at.trouble(why, address.written());
        if !within {
            return Err(trouble(Why::Endless));
        }
        let Some(Found { value, owner }) = scope.find(&address.0) else {
            return match scope.added().by_agent(address) {
                Some(text) => {
                    self.push(&text);
                    Ok(())
                }
                None if at.unknown == Unknown::Refuse => Err(trouble(Why::Unbound)),
                None => {
                    // It is looked up again, whatever is wanted.
                    self.filled.push_str(&address.written());
                    Ok(())
                }
            };
        };
        let value = match value {
            Value::Text(text) => text,
            Value::Draft(text) => {
                self.is_final = false;
                text
            }
            Value::NotText => return Err(trouble(Why::NotText)),
        };
        if !scope.spend(&value) {
            return Err(trouble(Why::TooLarge));
        }
        if !value.contains("{{") {
            self.push(&value);
            return Ok(());
        }
        let inner = At {
            depth: at.depth + 1,
            ..at
        };
        let value = if owner.is_empty() {
            value
        } else {
            let unknown = Unknown::Keep;
            let own = self.apart(&value, &scope.of_owner(owner), At { unknown, ..inner })?;
            if !scope.spend(&own) {
                return Err(trouble(Why::TooLarge));
            }
            Cow::Owned(own)
        };
        self.all(&value, scope, inner)
    }

    /// What `text` comes to by itself.
    fn apart<'a, N: Names<'a>>(
        &mut self,
        text: &str,
        scope: &Scope<'a, N>,
        at: At,
    ) -> Result<String, Trouble> {
        let around = std::mem::take(&mut self.filled);
        self.all(text, scope, at)?;
        Ok(std::mem::replace(&mut self.filled, around))
    }

    fn push(&mut self, text: &str) {
        if self.wanted == Wanted::Text {
            self.filled.push_str(text);
        }
    }
}
