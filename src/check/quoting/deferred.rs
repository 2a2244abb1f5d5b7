//! The quoting of a command, followed no further than a question about it goes: most commands raise none.

use super::{Quoting, Standing};

/// What a command was read past, and how far its quoting was followed.
#[derive(Debug, Default)]
pub(in crate::check) struct Deferred<'t> {
    quoting: Option<Quoting>,
    /// What was passed since then.
    passed: Vec<Passed<'t>>,
}

#[derive(Debug, Clone, Copy)]
enum Passed<'t> {
    Text(&'t str),
    /// A word, whatever it is.
    Word,
}

impl<'t> Deferred<'t> {
    /// Past `text`.
    pub(in crate::check) fn skip(&mut self, text: &'t str) {
        self.passed.push(Passed::Text(text));
    }

    /// Past a word, whatever it is.
    pub(in crate::check) fn skip_word(&mut self) {
        self.passed.push(Passed::Word);
    }

    /// Where the next character stands.
    pub(in crate::check) fn standing(&mut self) -> Standing {
        let quoting = self.quoting.get_or_insert_with(Quoting::new);
        for passed in self.passed.drain(..) {
            match passed {
                Passed::Text(text) => quoting.skip(text),
                Passed::Word => quoting.skip_word(),
            }
        }
        quoting.standing()
    }
}
