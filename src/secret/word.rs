//! A word of a shell, quotes taken off, with where each of its bytes stands.

use super::escaped::Spelled;
use super::value::EXPANSION;

/// A word, with where each of its bytes stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Word {
    /// What the program gets, with [`EXPANSION`] for what is not known.
    pub(super) value: String,
    /// Where each byte of the value stands in the text, and where the word's last piece ends.
    pub(super) at: Vec<usize>,
    /// Where those bytes of the value end that an escape stands for, in order.
    escaped: Vec<(usize, usize)>,
    /// Whether some of it was in quotes.
    pub(super) is_quoted: bool,
    /// Whether it begins with a quote.
    pub(super) begins_quoted: bool,
}

impl Word {
    /// Where a range of the value stands.
    pub(super) fn range(&self, start: usize, end: usize) -> std::ops::Range<usize> {
        let last = end.checked_sub(1).filter(|last| *last >= start);
        match last {
            Some(last) => self.at[start]..self.end_of(last),
            None => self.at[start]..self.at[start],
        }
    }

    /// Where the word ends.
    pub(super) fn end(&self) -> usize {
        self.at.last().copied().unwrap_or_default()
    }

    /// Where a byte of the value ends.
    fn end_of(&self, byte: usize) -> usize {
        if let Ok(found) = self.escaped.binary_search_by_key(&byte, |(byte, _)| *byte) {
            return self.escaped[found].1;
        }
        let next = self.at[byte + 1];
        let is_expansion =
            self.value.is_char_boundary(byte + 1) && self.value[..=byte].ends_with(EXPANSION);
        if is_expansion {
            return next;
        }
        // A character's bytes stand where the character does.
        self.at[byte] + usize::from(next > self.at[byte])
    }

    pub(super) fn push(&mut self, character: char, at: usize) {
        for byte in 0..character.len_utf8() {
            self.at.push(at + byte);
        }
        self.value.push(character);
    }

    pub(super) fn push_spelled(&mut self, spelled: Spelled) {
        let (start, end) = (spelled.start, spelled.end);
        if end - start == spelled.character.len_utf8() {
            self.push(spelled.character, start);
            return;
        }
        for _ in 0..spelled.character.len_utf8() {
            self.escaped.push((self.at.len(), end));
            self.at.push(start);
        }
        self.value.push(spelled.character);
    }

    /// Adds a piece of the text that begins at `start`.
    pub(super) fn push_run(&mut self, run: &str, start: usize) {
        // One more for where the word ends.
        self.at.reserve(run.len() + 1);
        self.at.extend(start..start + run.len());
        self.value.push_str(run);
    }

    pub(super) fn push_expansion(&mut self, at: usize) {
        if !self.value.ends_with(EXPANSION) {
            self.at.extend([at; EXPANSION.len_utf8()]);
            self.value.push(EXPANSION);
        }
    }

    /// Adds what a reference stands for, which ends at `end`.
    pub(super) fn push_reference(&mut self, at: usize, end: usize) {
        self.push_expansion(at);
        let last = self.at.len() - 1;
        // Of those that follow each other, the last one ends what stands for them.
        self.escaped.pop_if(|(byte, _)| *byte == last);
        self.escaped.push((last, end));
    }
}
