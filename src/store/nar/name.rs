//! Names of directory entries and targets of symbolic links: bytes, not text.

use std::borrow::Borrow;
use std::error::Error;
use std::fmt;

/// The name of a directory entry: 1 to 255 bytes, no `/`, no NUL, neither `.` nor `..`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryName(Box<[u8]>);

impl EntryName {
    /// The longest name that file systems take.
    pub const MAX_LENGTH: usize = 255;

    /// The bytes, which need not be UTF-8.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl TryFrom<Vec<u8>> for EntryName {
    type Error = EntryNameError;

    fn try_from(bytes: Vec<u8>) -> Result<Self, Self::Error> {
        match &*bytes {
            b"" => Err(EntryNameError::Empty),
            b"." | b".." => Err(EntryNameError::Dots),
            _ if bytes.contains(&b'/') => Err(EntryNameError::Slash),
            _ if bytes.contains(&0) => Err(EntryNameError::Nul),
            _ if bytes.len() > Self::MAX_LENGTH => Err(EntryNameError::TooLong),
            _ => Ok(Self(bytes.into())),
        }
    }
}

impl Borrow<[u8]> for EntryName {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for EntryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

/// The target of a symbolic link: 1 to 4095 bytes, no NUL.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkTarget(Box<[u8]>);

impl LinkTarget {
    /// The longest target that systems take.
    pub const MAX_LENGTH: usize = 4095;

    /// The bytes, which need not be UTF-8.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl TryFrom<Vec<u8>> for LinkTarget {
    type Error = LinkTargetError;

    fn try_from(bytes: Vec<u8>) -> Result<Self, Self::Error> {
        if bytes.is_empty() {
            Err(LinkTargetError::Empty)
        } else if bytes.contains(&0) {
            Err(LinkTargetError::Nul)
        } else if bytes.len() > Self::MAX_LENGTH {
            Err(LinkTargetError::TooLong)
        } else {
            Ok(Self(bytes.into()))
        }
    }
}

impl fmt::Debug for LinkTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

/// The reason for refusing the name of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryNameError {
    /// There is no byte.
    Empty,
    /// `.` or `..`.
    Dots,
    /// A `/`, which would reach into another directory.
    Slash,
    /// A zero byte, which no system takes.
    Nul,
    /// More than [`EntryName::MAX_LENGTH`] bytes.
    TooLong,
}

impl fmt::Display for EntryNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the name of an entry is empty",
            Self::Dots => "the name of an entry is `.` or `..`",
            Self::Slash => "the name of an entry contains a slash",
            Self::Nul => "the name of an entry contains a zero byte",
            Self::TooLong => "the name of an entry is longer than 255 bytes",
        })
    }
}

impl Error for EntryNameError {}

/// The reason for refusing the target of a symbolic link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkTargetError {
    /// There is no byte.
    Empty,
    /// A zero byte, which no system takes.
    Nul,
    /// More than [`LinkTarget::MAX_LENGTH`] bytes.
    TooLong,
}

impl fmt::Display for LinkTargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the target of a link is empty",
            Self::Nul => "the target of a link contains a zero byte",
            Self::TooLong => "the target of a link is longer than 4095 bytes",
        })
    }
}

impl Error for LinkTargetError {}

#[cfg(test)]
mod tests {
    use super::{EntryName, EntryNameError, LinkTarget, LinkTargetError};

    #[test]
    fn names_are_taken_or_refused() {
        let longest = [b'x'; 255];
        for (bytes, error) in [
            (&b"x"[..], None),
            (b"...", None),
            (b".x", None),
            (b"\xff\n\\", None),
            (&longest, None),
            (b"", Some(EntryNameError::Empty)),
            (b".", Some(EntryNameError::Dots)),
            (b"..", Some(EntryNameError::Dots)),
            (b"a/b", Some(EntryNameError::Slash)),
            (b"/", Some(EntryNameError::Slash)),
            (b"a\0", Some(EntryNameError::Nul)),
            (&[b'x'; 256], Some(EntryNameError::TooLong)),
        ] {
            let name = EntryName::try_from(bytes.to_vec());
            assert_eq!(name.err(), error, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn targets_are_taken_or_refused() {
        for (bytes, error) in [
            (&b"/"[..], None),
            (b"..", None),
            (b"\xff", None),
            (&[b'x'; 4095], None),
            (b"", Some(LinkTargetError::Empty)),
            (b"a\0b", Some(LinkTargetError::Nul)),
            (&[b'x'; 4096], Some(LinkTargetError::TooLong)),
        ] {
            let target = LinkTarget::try_from(bytes.to_vec());
            assert_eq!(target.err(), error, "{}", bytes.escape_ascii());
        }
    }
}
