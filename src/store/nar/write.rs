//! Writing an archive piece by piece, without ever holding it.

use std::error::Error;
use std::fmt;
use std::io::{self, Write};

use crate::store::nar::words;
use crate::store::nar::{EntryName, LinkTarget, MAX_DEPTH};

/// Writes one archive: a call for each node, and for the begin and end of what holds others.
///
/// A call out of turn is an error, and so is a name out of order. After an error the archive is
/// unfinished for good; what was written so far is not an archive.
#[derive(Debug)]
pub struct NarWriter<W> {
    sink: W,
    /// The last name written in each open directory.
    open: Vec<Option<EntryName>>,
    expected: Expected,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    Node,
    Contents { size: u64, left: u64 },
    Entry,
    Nothing,
}

impl<W: Write> NarWriter<W> {
    /// Begins an archive. The sink is written in small pieces, so a file needs a buffer.
    ///
    /// # Errors
    /// If the sink fails.
    pub fn new(mut sink: W) -> Result<Self, NarWriteError> {
        sink.write_all(&words::MAGIC)?;
        Ok(Self {
            sink,
            open: Vec::new(),
            expected: Expected::Node,
        })
    }

    /// Writes a regular file that is in memory.
    ///
    /// # Errors
    /// If no node is expected, or the sink fails.
    pub fn regular(&mut self, executable: bool, contents: &[u8]) -> Result<(), NarWriteError> {
        self.begin_regular(executable, contents.len() as u64)?;
        self.contents(contents)?;
        self.end_regular()
    }

    /// Begins a regular file whose contents follow in pieces of this total size.
    ///
    /// # Errors
    /// If no node is expected, or the sink fails.
    pub fn begin_regular(&mut self, executable: bool, size: u64) -> Result<(), NarWriteError> {
        self.expect(Expected::Node)?;
        self.sink.write_all(words::regular(executable))?;
        self.sink.write_all(&size.to_le_bytes())?;
        self.expected = Expected::Contents { size, left: size };
        Ok(())
    }

    /// Writes a piece of the contents of the regular file that was begun.
    ///
    /// # Errors
    /// If no file was begun, the pieces exceed the declared size, or the sink fails.
    pub fn contents(&mut self, piece: &[u8]) -> Result<(), NarWriteError> {
        let Expected::Contents { size, left } = self.expected else {
            return Err(NarWriteError::OutOfTurn);
        };
        let length = piece.len() as u64;
        let Some(left) = left.checked_sub(length) else {
            let found = size - left + length;
            return Err(NarWriteError::Size {
                declared: size,
                found,
            });
        };
        self.sink.write_all(piece)?;
        self.expected = Expected::Contents { size, left };
        Ok(())
    }

    /// Ends the regular file that was begun.
    ///
    /// # Errors
    /// If no file was begun, the pieces fall short of the declared size, or the sink fails.
    pub fn end_regular(&mut self) -> Result<(), NarWriteError> {
        match self.expected {
            Expected::Contents { size, left: 0 } => {
                self.sink.write_all(&[0; 8][..words::padding(size)])?;
                self.end_node()
            }
            Expected::Contents { size, left } => Err(NarWriteError::Size {
                declared: size,
                found: size - left,
            }),
            _ => Err(NarWriteError::OutOfTurn),
        }
    }

    /// Writes a symbolic link.
    ///
    /// # Errors
    /// If no node is expected, or the sink fails.
    pub fn symlink(&mut self, target: &LinkTarget) -> Result<(), NarWriteError> {
        self.expect(Expected::Node)?;
        self.sink.write_all(&words::SYMLINK)?;
        write_word(&mut self.sink, target.as_bytes())?;
        self.end_node()
    }

    /// Begins a directory, whose entries follow.
    ///
    /// # Errors
    /// If no node is expected, there are [`MAX_DEPTH`] directories open, or the sink fails.
    pub fn begin_directory(&mut self) -> Result<(), NarWriteError> {
        self.expect(Expected::Node)?;
        if self.open.len() == MAX_DEPTH {
            return Err(NarWriteError::TooDeep);
        }
        self.sink.write_all(&words::DIRECTORY)?;
        self.open.push(None);
        self.expected = Expected::Entry;
        Ok(())
    }

    /// Names the next entry of the directory, whose node follows.
    ///
    /// # Errors
    /// If no entry is expected, the name does not follow the one before it, or the sink fails.
    pub fn entry(&mut self, name: EntryName) -> Result<(), NarWriteError> {
        self.expect(Expected::Entry)?;
        let last = self.open.last_mut().ok_or(NarWriteError::OutOfTurn)?;
        if let Some(previous) = last.take_if(|previous| *previous >= name) {
            return Err(NarWriteError::Order { previous, name });
        }
        self.sink.write_all(&words::ENTRY)?;
        write_word(&mut self.sink, name.as_bytes())?;
        self.sink.write_all(&words::NODE)?;
        *last = Some(name);
        self.expected = Expected::Node;
        Ok(())
    }

    /// Ends the directory that was begun last.
    ///
    /// # Errors
    /// If none is open, its last entry has no node, or the sink fails.
    pub fn end_directory(&mut self) -> Result<(), NarWriteError> {
        self.expect(Expected::Entry)?;
        self.open.pop();
        self.end_node()
    }

    /// Ends the archive and returns the sink.
    ///
    /// # Errors
    /// If the archive is not complete, or the sink fails.
    pub fn finish(mut self) -> Result<W, NarWriteError> {
        self.expect(Expected::Nothing)?;
        self.sink.flush()?;
        Ok(self.sink)
    }

    fn expect(&self, expected: Expected) -> Result<(), NarWriteError> {
        if self.expected == expected {
            Ok(())
        } else {
            Err(NarWriteError::OutOfTurn)
        }
    }

    fn end_node(&mut self) -> Result<(), NarWriteError> {
        if self.open.is_empty() {
            self.sink.write_all(&words::CLOSE)?;
            self.expected = Expected::Nothing;
        } else {
            self.sink.write_all(&words::CLOSE_BOTH)?;
            self.expected = Expected::Entry;
        }
        Ok(())
    }
}

fn write_word(sink: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let length = bytes.len() as u64;
    sink.write_all(&length.to_le_bytes())?;
    sink.write_all(bytes)?;
    sink.write_all(&[0; 8][..words::padding(length)])
}

/// The reason for not writing an archive.
#[derive(Debug)]
pub enum NarWriteError {
    /// The sink failed.
    Sink(io::Error),
    /// A file has not the size that was declared; more may follow what was found.
    Size {
        /// In bytes.
        declared: u64,
        /// In bytes.
        found: u64,
    },
    /// An entry's name is not greater, byte by byte, than the one before it.
    Order {
        /// The name of the entry before.
        previous: EntryName,
        /// The same name or a lesser one.
        name: EntryName,
    },
    /// More than [`MAX_DEPTH`] directories would lie inside each other.
    TooDeep,
    /// The call does not fit the ones before it.
    OutOfTurn,
}

impl From<io::Error> for NarWriteError {
    fn from(error: io::Error) -> Self {
        Self::Sink(error)
    }
}

impl fmt::Display for NarWriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sink(error) => write!(f, "cannot write the archive: {error}"),
            Self::Size { declared, found } => {
                write!(f, "expected a file of {declared} bytes, found {found}")
            }
            Self::Order { previous, name } => {
                write!(f, "the entry {name:?} does not sort after {previous:?}")
            }
            Self::TooDeep => write!(f, "more than {MAX_DEPTH} directories lie inside each other"),
            Self::OutOfTurn => f.write_str("the parts of an archive were written out of turn"),
        }
    }
}

impl Error for NarWriteError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Sink(error) => Some(error),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{NarWriteError, NarWriter};
    use crate::store::nar::{EntryName, MAX_DEPTH};

    type Step = fn(&mut NarWriter<Vec<u8>>) -> Result<(), NarWriteError>;

    fn name(text: &str) -> EntryName {
        EntryName::try_from(text.as_bytes().to_vec()).unwrap()
    }

    /// Runs the steps, all but the last of which work.
    fn check(steps: &[Step], expected: &str) {
        let mut archive = NarWriter::new(Vec::new()).unwrap();
        let (last, first) = steps.split_last().unwrap();
        for step in first {
            step(&mut archive).unwrap();
        }
        let found = last(&mut archive).map_or_else(|error| error.to_string(), |()| "fine".into());
        assert_eq!(found, expected);
    }

    #[test]
    fn calls_out_of_turn_are_refused() {
        let out_of_turn = "the parts of an archive were written out of turn";
        let cases: &[&[Step]] = &[
            &[|a| a.end_directory()],
            &[|a| a.end_regular()],
            &[|a| a.contents(b"")],
            &[|a| a.entry(name("a"))],
            &[|a| a.regular(false, b""), |a| a.regular(false, b"")],
            &[|a| a.begin_directory(), |a| a.regular(false, b"")],
            &[|a| a.begin_directory(), |a| a.begin_directory()],
            &[
                |a| a.begin_directory(),
                |a| a.entry(name("a")),
                |a| a.end_directory(),
            ],
            &[
                |a| a.begin_directory(),
                |a| a.entry(name("a")),
                |a| a.entry(name("b")),
            ],
            &[
                |a| a.begin_directory(),
                |a| a.end_directory(),
                |a| a.end_directory(),
            ],
            &[|a| a.begin_regular(true, 1), |a| a.begin_directory()],
        ];
        for steps in cases {
            check(steps, out_of_turn);
        }
        let mut unfinished = NarWriter::new(Vec::new()).unwrap();
        unfinished.begin_directory().unwrap();
        assert!(matches!(unfinished.finish(), Err(NarWriteError::OutOfTurn)));
    }

    #[test]
    fn names_must_ascend() {
        let order = "the entry \"b\" does not sort after \"b\"";
        let directory: Step = |a| {
            a.begin_directory()?;
            a.entry(name("b"))?;
            a.regular(false, b"")
        };
        check(&[directory, |a| a.entry(name("b"))], order);
        check(
            &[directory, |a| a.entry(name("a"))],
            &order.replacen('b', "a", 1),
        );
        check(&[directory, |a| a.entry(name("b-"))], "fine");
        check(&[directory, |a| a.entry(name("c"))], "fine");
    }

    #[test]
    fn sizes_must_be_true() {
        let begin: Step = |a| a.begin_regular(false, 3);
        let whole: &[Step] = &[begin, |a| a.contents(b"abc"), NarWriter::end_regular];
        check(whole, "fine");
        check(
            &[begin, |a| a.contents(b"ab"), NarWriter::end_regular],
            "expected a file of 3 bytes, found 2",
        );
        check(
            &[begin, |a| a.contents(b"abcd")],
            "expected a file of 3 bytes, found 4",
        );
        check(
            &[|a| a.begin_regular(false, 1), |a| a.end_regular()],
            "expected a file of 1 bytes, found 0",
        );
    }

    #[test]
    fn depth_is_bounded() {
        let mut archive = NarWriter::new(Vec::new()).unwrap();
        for _ in 1..MAX_DEPTH {
            archive.begin_directory().unwrap();
            archive.entry(name("a")).unwrap();
        }
        archive.begin_directory().unwrap();
        archive.entry(name("a")).unwrap();
        assert!(matches!(
            archive.begin_directory(),
            Err(NarWriteError::TooDeep)
        ));
    }
}
