//! Store paths: a hash and a name, without the directory that holds them.
//!
//! ```text
//! path = hash "-" name
//! hash = 32 base-32 digits
//! name = 1 to 211 of "0".."9" "a".."z" "A".."Z" "+" "-" "." "_" "?" "=", not beginning with "."
//! ```
//!
//! Some versions of Nix allow a leading dot, others refuse it, so it is refused here.

use std::cmp::Ordering;
use std::error::Error;
use std::fmt;
use std::str::FromStr;

use crate::store::{DecodeError, Sha256, base32};

/// An object of the store, whichever directory the store is in. Ordered as its text is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StorePath {
    hash: StorePathHash,
    name: StorePathName,
}

impl StorePath {
    /// Puts a path together; every pair of parts makes one.
    pub const fn new(hash: StorePathHash, name: StorePathName) -> Self {
        Self { hash, name }
    }

    /// The part that says which object it is.
    pub const fn hash(&self) -> &StorePathHash {
        &self.hash
    }

    /// The part that people read.
    pub const fn name(&self) -> &StorePathName {
        &self.name
    }

    /// Takes a path apart.
    pub fn into_parts(self) -> (StorePathHash, StorePathName) {
        (self.hash, self.name)
    }
}

impl fmt::Display for StorePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.hash, self.name)
    }
}

impl FromStr for StorePath {
    type Err = StorePathError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (hash, name) = text.split_once('-').ok_or(StorePathError::NoDash)?;
        Ok(Self {
            hash: hash.parse().map_err(StorePathError::Hash)?,
            name: name.parse().map_err(StorePathError::Name)?,
        })
    }
}

/// The part of a store path that says which object it is. Ordered as its text is.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct StorePathHash([u8; Self::SIZE]);

impl StorePathHash {
    /// The size of the hash in bytes.
    pub const SIZE: usize = 20;
    /// The length of its text.
    pub const TEXT_LENGTH: usize = base32::encoded_length(Self::SIZE);

    /// A hash that was computed elsewhere.
    pub const fn from_bytes(bytes: [u8; Self::SIZE]) -> Self {
        Self(bytes)
    }
}

impl Ord for StorePathHash {
    /// The last byte is written first, and the alphabet ascends.
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.iter().rev().cmp(other.0.iter().rev())
    }
}

impl PartialOrd for StorePathHash {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for StorePathHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(base32::encode_into(&self.0, &mut [0; Self::TEXT_LENGTH]))
    }
}

impl fmt::Debug for StorePathHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StorePathHash({self})")
    }
}

impl FromStr for StorePathHash {
    type Err = DecodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        base32::decode(text).map(Self)
    }
}

/// The part of a store path that people read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StorePathName(Box<str>);

impl StorePathName {
    /// The greatest length of a name in bytes.
    pub const MAX_LENGTH: usize = 211;

    /// The name, which is ASCII.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a name may have the byte, at any place but the first.
    pub const fn is_legal(byte: u8) -> bool {
        matches!(byte, b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'+' | b'-' | b'.' | b'_' | b'?' | b'=')
    }

    /// Makes a name of any text.
    ///
    /// A legal name stays as it is. Of another text, a leading dot and each illegal character
    /// become `_`, and `-` with the first eight digits of the text's hash is appended, after
    /// cutting the text if that is needed. So texts that differ make names that differ.
    pub fn mangle(text: &str) -> Self {
        Self::join(&[text], "")
    }

    /// Makes the name `A-B-C` of any texts, with a file name extension that is never cut off.
    ///
    /// The rule is [`mangle`](Self::mangle)'s for the whole name, except that the digits stand
    /// before the extension. Where one part ends is not kept: `a-b`, `c` and `a`, `b-c` make the
    /// same name, which says what an object is but not which.
    pub fn join(parts: &[&str], extension: &str) -> Self {
        let stem = parts.join("-");
        let text = [&*stem, extension].concat();
        if let Ok(name) = text.parse() {
            return name;
        }
        let keep_extension =
            extension.len() <= MAX_EXTENSION && extension.bytes().all(Self::is_legal);
        let (stem, extension) = if keep_extension {
            (&*stem, extension)
        } else {
            (&*text, "")
        };

        let digest = Sha256::of(text.as_bytes()).base32();
        let mark = &digest[..MARK_LENGTH];
        let room = Self::MAX_LENGTH - 1 - MARK_LENGTH - extension.len();
        let mut name: String = stem.chars().map(replace).take(room).collect();
        if name.is_empty() {
            name.push('_');
        } else if name.starts_with('.') {
            name.replace_range(..1, "_");
        }
        Self(format!("{name}-{mark}{extension}").into())
    }
}

const MARK_LENGTH: usize = 8;
const MAX_EXTENSION: usize = 32;

fn replace(character: char) -> char {
    if u8::try_from(character).is_ok_and(StorePathName::is_legal) {
        character
    } else {
        '_'
    }
}

impl fmt::Display for StorePathName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for StorePathName {
    type Err = StorePathNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() {
            return Err(StorePathNameError::Empty);
        }
        let illegal =
            |&(_, character): &(usize, char)| !u8::try_from(character).is_ok_and(Self::is_legal);
        if let Some((position, character)) = text.char_indices().find(illegal) {
            return Err(StorePathNameError::Character {
                character,
                position,
            });
        }
        if text.starts_with('.') {
            return Err(StorePathNameError::LeadingDot);
        }
        if text.len() > Self::MAX_LENGTH {
            return Err(StorePathNameError::TooLong { length: text.len() });
        }
        Ok(Self(text.into()))
    }
}

/// The reason for refusing the text of a store path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StorePathError {
    /// No `-` parts a hash from a name.
    NoDash,
    /// What stands before the first `-` is no hash.
    Hash(DecodeError),
    /// What stands after the first `-` is no name.
    Name(StorePathNameError),
}

impl fmt::Display for StorePathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDash => f.write_str("expected `HASH-NAME`, found no `-`"),
            Self::Hash(error) => write!(f, "not the hash of a store path: {error}"),
            Self::Name(error) => write!(f, "not the name of a store path: {error}"),
        }
    }
}

impl Error for StorePathError {}

/// The reason for refusing a store path's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StorePathNameError {
    /// There is no character.
    Empty,
    /// The name has more than [`StorePathName::MAX_LENGTH`] bytes.
    TooLong {
        /// In bytes.
        length: usize,
    },
    /// The name begins with a dot, which versions of Nix judge differently.
    LeadingDot,
    /// The first character that no name may have.
    Character {
        /// As in the text; it may lie outside ASCII.
        character: char,
        /// In bytes.
        position: usize,
    },
}

impl fmt::Display for StorePathNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the name is empty"),
            Self::TooLong { length } => write!(
                f,
                "expected at most {} characters, found {length}",
                StorePathName::MAX_LENGTH
            ),
            Self::LeadingDot => f.write_str("the name begins with `.`"),
            Self::Character {
                character,
                position,
            } => write!(
                f,
                "illegal character `{}` at offset {position}",
                character.escape_debug()
            ),
        }
    }
}

impl Error for StorePathNameError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{StorePath, StorePathError, StorePathHash, StorePathName, StorePathNameError};
    use crate::store::DecodeError;

    const HASH: &str = "i9pmrzmpshapij2kin22pff6fc2adavx";

    #[test]
    fn names_are_read_or_refused_with_the_reason() {
        let longest = "x".repeat(211);
        for (text, error) in [
            ("a", None),
            ("-", None),
            ("a..", None),
            ("0Az+-._?=", None),
            (&longest, None),
            ("", Some(StorePathNameError::Empty)),
            (".", Some(StorePathNameError::LeadingDot)),
            (".hidden", Some(StorePathNameError::LeadingDot)),
            (
                &format!("{longest}x"),
                Some(StorePathNameError::TooLong { length: 212 }),
            ),
            (
                "a b",
                Some(StorePathNameError::Character {
                    character: ' ',
                    position: 1,
                }),
            ),
            (
                "aé",
                Some(StorePathNameError::Character {
                    character: 'é',
                    position: 1,
                }),
            ),
            (
                "a\0",
                Some(StorePathNameError::Character {
                    character: '\0',
                    position: 1,
                }),
            ),
            (
                "ÿ",
                Some(StorePathNameError::Character {
                    character: 'ÿ',
                    position: 0,
                }),
            ),
        ] {
            assert_eq!(text.parse::<StorePathName>().err(), error, "{text:?}");
        }
    }

    #[test]
    fn paths_are_read_or_refused_with_the_reason() {
        for (text, error) in [
            ("", StorePathError::NoDash),
            (HASH, StorePathError::NoDash),
            (
                "-x",
                StorePathError::Hash(DecodeError::Length {
                    expected: 32,
                    found: 0,
                }),
            ),
            (
                &format!("{HASH}-"),
                StorePathError::Name(StorePathNameError::Empty),
            ),
            (
                &format!("{HASH}-.x"),
                StorePathError::Name(StorePathNameError::LeadingDot),
            ),
        ] {
            assert_eq!(text.parse::<StorePath>(), Err(error), "{text:?}");
        }
        let path: StorePath = format!("{HASH}--a-b").parse().unwrap();
        assert_eq!(path.name().as_str(), "-a-b");
    }

    #[test]
    fn mangling_keeps_names_and_marks_the_rest() {
        let long = "x".repeat(212);
        for (parts, extension, expected) in [
            (&["hello.txt"][..], "", "hello.txt"),
            (&["a b"], "", "a_b-MARK"),
            (&["a_b"], "", "a_b"),
            (&["a\tb"], "", "a_b-MARK"),
            (&[".x"], "", "_x-MARK"),
            (&["..x"], "", "_.x-MARK"),
            (&[""], "", "_-MARK"),
            (&["héé"], "", "h__-MARK"),
            (
                &["aurora-job", "www-data", "prod", "x"],
                ".json",
                "aurora-job-www-data-prod-x.json",
            ),
            (&["a", "$(x)"], ".json", "a-__x_-MARK.json"),
            (&[""], ".json", "_-MARK.json"),
            (&["a"], ".js/n", "a.js_n-MARK"),
        ] {
            let name = StorePathName::join(parts, extension);
            let found = mark_pattern(name.as_str(), expected);
            assert_eq!(found, expected, "{parts:?} {extension}: {name}");
        }
        for extension in ["", ".json", long.as_str()] {
            let name = StorePathName::join(&[&long], extension);
            assert_eq!(name.as_str().len(), 211);
            let expected = if extension == ".json" { ".json" } else { "" };
            assert!(name.as_str().ends_with(expected), "{name}");
        }
    }

    /// Puts `MARK` in the place of the digits where they are expected.
    fn mark_pattern(name: &str, expected: &str) -> String {
        match expected.find("MARK") {
            Some(start) if name.len() >= start + 8 => {
                format!("{}MARK{}", &name[..start], &name[start + 8..])
            }
            _ => name.to_owned(),
        }
    }

    proptest! {
        #[test]
        fn paths_round_trip(bytes: [u8; 20], name in "[0-9a-zA-Z+_?=-][0-9a-zA-Z+._?=-]{0,210}") {
            let path = StorePath::new(StorePathHash::from_bytes(bytes), name.parse()?);
            prop_assert_eq!(path.to_string().parse(), Ok(path));
        }

        #[test]
        fn paths_are_ordered_as_their_text(
            one: [u8; 20], other: [u8; 20], same: bool, names in "[a-z+.-]{4}"
        ) {
            let one = StorePathHash::from_bytes(one);
            let other = if same { one } else { StorePathHash::from_bytes(other) };
            let one = StorePath::new(one, format!("n{}", &names[..2]).parse()?);
            let other = StorePath::new(other, format!("n{}", &names[2..]).parse()?);
            prop_assert_eq!(one.cmp(&other), one.to_string().cmp(&other.to_string()));
        }

        #[test]
        fn any_text_mangles_to_a_name(text in "\\PC*|[.a-z /]{0,4}|[a-z]{200,220}") {
            let name = StorePathName::mangle(&text);
            prop_assert_eq!(name.as_str().parse(), Ok(name.clone()));
            prop_assert_eq!(name.as_str() == text, text.parse::<StorePathName>().is_ok());
        }

        #[test]
        fn reading_never_panics(text in "\\PC*|[0-9a-z]{32}-\\PC*") {
            if let Ok(path) = text.parse::<StorePath>() {
                prop_assert_eq!(path.to_string(), text);
            }
        }
    }
}
