//! Why a text is not the base-16, base-32 or base-64 form of this many bytes.

use std::error::Error;
use std::fmt;

/// The reason for refusing an encoded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecodeError {
    /// The text is not as long as its bytes need.
    Length {
        /// In bytes of text.
        expected: usize,
        /// In bytes of text.
        found: usize,
    },
    /// A character is not in the alphabet.
    Character {
        /// The first such character.
        character: char,
        /// Its byte offset in the text.
        position: usize,
    },
    /// Bits of the text that belong to no byte are not zero, so two texts would mean one value.
    Padding,
}

impl DecodeError {
    /// Checks the length, which every decoder does first.
    pub(super) fn check_length(text: &str, expected: usize) -> Result<(), Self> {
        if text.len() == expected {
            Ok(())
        } else {
            Err(Self::Length {
                expected,
                found: text.len(),
            })
        }
    }

    /// Names the first character that is not a digit of the alphabet.
    #[cold]
    pub(super) fn first_illegal(text: &str, is_digit: impl Fn(u8) -> bool) -> Self {
        text.char_indices()
            .find(|&(_, character)| !u8::try_from(character).is_ok_and(&is_digit))
            .map_or(Self::Padding, |(position, character)| Self::Character {
                character,
                position,
            })
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { expected, found } => {
                write!(f, "expected {expected} characters, found {found}")
            }
            Self::Character {
                character,
                position,
            } => write!(
                f,
                "illegal character `{}` at offset {position}",
                character.escape_debug()
            ),
            Self::Padding => f.write_str("the unused bits are not zero"),
        }
    }
}

impl Error for DecodeError {}
