//! Reading an archive piece by piece, from a source that is not trusted.
//!
//! What a length declares is never allocated before the bytes are there, names and targets are
//! bounded, and no nesting costs stack.

use std::error::Error;
use std::fmt;
use std::io::{self, Read, Write};

use crate::store::nar::words;
use crate::store::nar::{EntryName, EntryNameError, LinkTarget, LinkTargetError, MAX_DEPTH};

/// Reads one archive as a series of events.
#[derive(Debug)]
pub struct NarReader<R> {
    source: R,
    /// The last name read in each open directory.
    open: Vec<Option<EntryName>>,
    expected: Expected,
}

/// A part of an archive, in the order in which parts are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A file. Its contents are skipped unless [`NarReader::contents_to`] follows.
    Regular {
        /// The only permission that an archive holds.
        executable: bool,
        /// The size of the contents in bytes, as declared: they need not be there.
        size: u64,
    },
    /// A symbolic link.
    Symlink(LinkTarget),
    /// A directory, whose entries follow.
    Directory,
    /// The name of an entry, whose node follows.
    Entry(EntryName),
    /// The end of the directory that was opened last.
    EndOfDirectory,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    Node,
    Contents { size: u64 },
    Entry,
    Nothing,
}

impl<R: Read> NarReader<R> {
    /// Begins reading. The source is read in small pieces, so a file needs a buffer.
    ///
    /// # Errors
    /// If the source fails or is no archive.
    pub fn new(source: R) -> Result<Self, NarReadError> {
        let mut reader = Self {
            source,
            open: Vec::new(),
            expected: Expected::Node,
        };
        reader.word(&["nix-archive-1"])?;
        Ok(reader)
    }

    /// Reads the next part; none when the archive has ended, and the source with it.
    ///
    /// # Errors
    /// If the source fails or is no archive.
    pub fn next_event(&mut self) -> Result<Option<Event>, NarReadError> {
        if let Expected::Contents { .. } = self.expected {
            self.contents_to(&mut io::sink())?;
        }
        match self.expected {
            Expected::Node => self.node().map(Some),
            Expected::Entry => self.entry().map(Some),
            Expected::Nothing | Expected::Contents { .. } => self.end(),
        }
    }

    /// Copies the contents of the file that was read last, and nothing if it was copied already.
    ///
    /// # Errors
    /// If the source fails or is no archive, or the sink fails.
    pub fn contents_to(&mut self, sink: &mut impl Write) -> Result<(), NarReadError> {
        let Expected::Contents { size } = self.expected else {
            return Ok(());
        };
        let mut buffer = [0; BUFFER_SIZE];
        let mut left = size;
        while left > 0 {
            let wanted = usize::try_from(left).map_or(BUFFER_SIZE, |left| left.min(BUFFER_SIZE));
            let piece = &mut buffer[..wanted];
            self.source.read_exact(piece)?;
            sink.write_all(piece).map_err(NarReadError::Sink)?;
            left -= wanted as u64;
        }
        self.padding(size)?;
        self.end_node()
    }

    fn node(&mut self) -> Result<Event, NarReadError> {
        self.word(&["("])?;
        self.word(&["type"])?;
        match self.word(&["regular", "symlink", "directory"])? {
            "regular" => self.regular(),
            "symlink" => {
                self.word(&["target"])?;
                let target = self.bytes(LinkTarget::MAX_LENGTH, || {
                    NarReadError::Target(LinkTargetError::TooLong)
                })?;
                let target = LinkTarget::try_from(target).map_err(NarReadError::Target)?;
                self.end_node()?;
                Ok(Event::Symlink(target))
            }
            _ => {
                if self.open.len() == MAX_DEPTH {
                    return Err(NarReadError::TooDeep);
                }
                self.open.push(None);
                self.expected = Expected::Entry;
                Ok(Event::Directory)
            }
        }
    }

    fn regular(&mut self) -> Result<Event, NarReadError> {
        let executable = self.word(&["executable", "contents"])? == "executable";
        if executable {
            self.word(&[""])?;
            self.word(&["contents"])?;
        }
        let size = self.length()?;
        self.expected = Expected::Contents { size };
        Ok(Event::Regular { executable, size })
    }

    fn entry(&mut self) -> Result<Event, NarReadError> {
        if self.word(&["entry", ")"])? == ")" {
            self.open.pop();
            self.close_entry()?;
            return Ok(Event::EndOfDirectory);
        }
        self.word(&["("])?;
        self.word(&["name"])?;
        let name = self.bytes(EntryName::MAX_LENGTH, || {
            NarReadError::Name(EntryNameError::TooLong)
        })?;
        let name = EntryName::try_from(name).map_err(NarReadError::Name)?;
        self.word(&["node"])?;
        let last = self
            .open
            .last_mut()
            .expect("an entry is expected in a directory only");
        if let Some(previous) = last.take_if(|previous| *previous >= name) {
            return Err(NarReadError::Order { previous, name });
        }
        *last = Some(name.clone());
        self.expected = Expected::Node;
        Ok(Event::Entry(name))
    }

    fn end_node(&mut self) -> Result<(), NarReadError> {
        self.word(&[")"])?;
        self.close_entry()
    }

    /// Reads what follows a node: the end of its entry, or nothing if it is the root.
    fn close_entry(&mut self) -> Result<(), NarReadError> {
        if self.open.is_empty() {
            self.expected = Expected::Nothing;
        } else {
            self.word(&[")"])?;
            self.expected = Expected::Entry;
        }
        Ok(())
    }

    fn end(&mut self) -> Result<Option<Event>, NarReadError> {
        match self.source.read_exact(&mut [0]) {
            Ok(()) => Err(NarReadError::TrailingData),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(NarReadError::Source(error)),
        }
    }

    fn word(&mut self, expected: &'static [&'static str]) -> Result<&'static str, NarReadError> {
        let unexpected = || NarReadError::Word { expected };
        let word = self.bytes(LONGEST_WORD, unexpected)?;
        let known = expected.iter().find(|known| known.as_bytes() == word);
        known.copied().ok_or_else(unexpected)
    }

    /// Reads a word of at most this many bytes.
    fn bytes(
        &mut self,
        limit: usize,
        too_long: impl FnOnce() -> NarReadError,
    ) -> Result<Vec<u8>, NarReadError> {
        let size = self.length()?;
        let length = usize::try_from(size).ok().filter(|&length| length <= limit);
        let mut bytes = vec![0; length.ok_or_else(too_long)?];
        self.source.read_exact(&mut bytes)?;
        self.padding(size)?;
        Ok(bytes)
    }

    fn length(&mut self) -> Result<u64, NarReadError> {
        let mut bytes = [0; 8];
        self.source.read_exact(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn padding(&mut self, length: u64) -> Result<(), NarReadError> {
        let mut bytes = [0; 8];
        let bytes = &mut bytes[..words::padding(length)];
        self.source.read_exact(bytes)?;
        if bytes.iter().any(|&byte| byte != 0) {
            return Err(NarReadError::Padding);
        }
        Ok(())
    }
}

const BUFFER_SIZE: usize = 16 * 1024;
const LONGEST_WORD: usize = "nix-archive-1".len();

/// The reason for not reading an archive.
#[derive(Debug)]
pub enum NarReadError {
    /// The source failed.
    Source(io::Error),
    /// What the contents are copied to failed.
    Sink(io::Error),
    /// The source ended within the archive.
    Truncated,
    /// Something else stands where one of these words must.
    Word {
        /// The words that the grammar allows there.
        expected: &'static [&'static str],
    },
    /// The bytes after a word are not zero.
    Padding,
    /// The name of an entry is none.
    Name(EntryNameError),
    /// The target of a link is none.
    Target(LinkTargetError),
    /// An entry's name is not greater, byte by byte, than the one before it.
    Order {
        /// The name of the entry before.
        previous: EntryName,
        /// The same name or a lesser one.
        name: EntryName,
    },
    /// More than [`MAX_DEPTH`] directories lie inside each other.
    TooDeep,
    /// The source goes on after the archive.
    TrailingData,
}

impl From<io::Error> for NarReadError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            Self::Truncated
        } else {
            Self::Source(error)
        }
    }
}

impl fmt::Display for NarReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(error) => write!(f, "cannot read the archive: {error}"),
            Self::Sink(error) => write!(f, "cannot write the contents of a file: {error}"),
            Self::Truncated => f.write_str("the archive ends too early"),
            Self::Word { expected } => {
                write!(f, "not an archive: expected `{}`", expected.join("` or `"))
            }
            Self::Padding => f.write_str("not an archive: the padding is not zero"),
            Self::Name(error) => error.fmt(f),
            Self::Target(error) => error.fmt(f),
            Self::Order { previous, name } => {
                write!(f, "the entry {name:?} does not sort after {previous:?}")
            }
            Self::TooDeep => write!(f, "more than {MAX_DEPTH} directories lie inside each other"),
            Self::TrailingData => f.write_str("the archive is followed by more data"),
        }
    }
}

impl Error for NarReadError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Source(error) | Self::Sink(error) => Some(error),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Event, NarReader};
    use crate::store::nar::{MAX_DEPTH, Tree};

    /// The archive of these words.
    fn archive<'a>(words: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
        let mut bytes = Vec::new();
        for word in words {
            bytes.extend((word.len() as u64).to_le_bytes());
            bytes.extend(word);
            bytes.resize(bytes.len().next_multiple_of(8), 0);
        }
        bytes
    }

    fn check(archive: &[u8], expected: &str) {
        let found = Tree::read(archive).map_or_else(|error| error.to_string(), |_| "fine".into());
        assert_eq!(found, expected, "{}", archive.escape_ascii());
    }

    const MAGIC: &[u8] = b"nix-archive-1";

    fn file() -> Vec<&'static [u8]> {
        vec![b"(", b"type", b"regular", b"contents", b"x", b")"]
    }

    fn directory<'a>(names: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
        let mut words: Vec<&[u8]> = vec![MAGIC, b"(", b"type", b"directory"];
        for name in names {
            words.extend([&b"entry"[..], b"(", b"name", name, b"node"]);
            words.extend(file());
            words.push(b")");
        }
        words.push(b")");
        archive(words)
    }

    #[test]
    fn names_are_checked() {
        let order =
            |name, previous| format!("the entry \"{name}\" does not sort after \"{previous}\"");
        for (names, expected) in [
            (vec![], "fine"),
            (vec![&b"a"[..], b"b"], "fine"),
            (
                vec![b"foo", b"foo-bar", b"foo.bar", b"foo0", b"\xff"],
                "fine",
            ),
            (vec![b"b", b"a"], &*order("a", "b")),
            (vec![b"a", b"a"], &*order("a", "a")),
            (vec![b"foo.bar", b"foo"], &*order("foo", "foo.bar")),
            (vec![b""], "the name of an entry is empty"),
            (vec![b"."], "the name of an entry is `.` or `..`"),
            (vec![b".."], "the name of an entry is `.` or `..`"),
            (vec![b"a/b"], "the name of an entry contains a slash"),
            (vec![b"a\0"], "the name of an entry contains a zero byte"),
            (
                vec![&[b'x'; 256]],
                "the name of an entry is longer than 255 bytes",
            ),
        ] {
            check(&directory(names), expected);
        }
    }

    #[test]
    fn targets_are_checked() {
        let long = [b'x'; 4096];
        for (target, expected) in [
            (&b"a"[..], "fine"),
            (b"", "the target of a link is empty"),
            (b"a\0", "the target of a link contains a zero byte"),
            (&long, "the target of a link is longer than 4095 bytes"),
        ] {
            let words = [MAGIC, b"(", b"type", b"symlink", b"target", target, b")"];
            check(&archive(words), expected);
        }
    }

    #[test]
    fn only_whole_archives_are_read() {
        let whole = directory([&b"a"[..], b"b"]);
        for length in 0..whole.len() {
            check(&whole[..length], "the archive ends too early");
        }
        check(
            &[&*whole, b"\0"].concat(),
            "the archive is followed by more data",
        );
        check(
            b"#!/bin/sh\necho hello\n",
            "not an archive: expected `nix-archive-1`",
        );
    }

    #[test]
    fn huge_lengths_are_not_believed() {
        let huge = u64::MAX.to_le_bytes();
        check(&huge, "not an archive: expected `nix-archive-1`");
        let start = archive([MAGIC, b"(", b"type", b"regular", b"contents"]);
        check(
            &[&*start, &huge, b"x"].concat(),
            "the archive ends too early",
        );
        let start = archive([MAGIC, b"(", b"type", b"symlink", b"target"]);
        check(
            &[&*start, &huge].concat(),
            "the target of a link is longer than 4095 bytes",
        );
    }

    #[test]
    fn padding_must_be_zero() {
        let whole = archive([MAGIC].into_iter().chain(file()));
        check(&whole, "fine");
        let zeros: Vec<_> = (0..whole.len()).filter(|&at| whole[at] == 0).collect();
        for at in zeros {
            let mut other = whole.clone();
            other[at] = 1;
            assert!(Tree::read(&*other).is_err(), "byte {at}");
        }
        let mut other = whole.clone();
        other[MAGIC.len() + 8] = 1;
        check(&other, "not an archive: the padding is not zero");
    }

    #[test]
    fn words_have_one_order() {
        let cases: &[(&[&[u8]], &str)] = &[
            (
                &[b"(", b"type", b"fifo"],
                "expected `regular` or `symlink` or `directory`",
            ),
            (
                &[b"(", b"type", b"regular", b"executable", b"x"],
                "expected ``",
            ),
            (
                &[b"(", b"type", b"regular", b")"],
                "expected `executable` or `contents`",
            ),
            (
                &[b"(", b"type", b"directory", b"node"],
                "expected `entry` or `)`",
            ),
            (&[b"(", b"("], "expected `type`"),
        ];
        for (words, expected) in cases {
            let words = [MAGIC].into_iter().chain(words.iter().copied());
            check(&archive(words), &format!("not an archive: {expected}"));
        }
    }

    #[test]
    fn depth_is_bounded() {
        let level: [&[u8]; 8] = [
            b"(",
            b"type",
            b"directory",
            b"entry",
            b"(",
            b"name",
            b"a",
            b"node",
        ];
        let bottomless = archive(
            [MAGIC]
                .into_iter()
                .chain(level.into_iter().cycle().take(800_000)),
        );
        check(
            &bottomless,
            &format!("more than {MAX_DEPTH} directories lie inside each other"),
        );
    }

    #[test]
    fn contents_may_be_skipped() {
        let archive = directory([&b"a"[..], b"b"]);
        let mut reader = NarReader::new(&*archive).unwrap();
        let mut events = 0;
        while let Some(event) = reader.next_event().unwrap() {
            events += 1;
            let file = Event::Regular {
                executable: false,
                size: 1,
            };
            assert!(
                events % 2 == 0 || events == 1 || event == file || event == Event::EndOfDirectory
            );
        }
        assert_eq!(events, 6);
        assert_eq!(reader.next_event().unwrap(), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let magic = archive([MAGIC, b"(", b"type"]);
            prop_assert!(Tree::read(&*bytes).is_err());
            prop_assert!(Tree::read(&*[magic, bytes].concat()).is_err());
        }
    }
}
