//! Archives: no tree has two, so what was read is written as it was.

use std::io::{self, Read};

use jobc::store::nar::{Event, NarReadError, NarReader, NarWriter, Tree};

/// Reads an archive as a tree and as events, and writes both.
pub fn check(bytes: &[u8]) {
    let tree = Tree::read(bytes);
    let events = copy(Slowly(bytes));
    assert_eq!(tree.is_ok(), events.is_ok(), "{tree:?}, {events:?}");
    if let (Ok(tree), Ok(copy)) = (tree, events) {
        assert_eq!(copy, bytes);
        let written = tree
            .write(Vec::new())
            .expect("a tree that was read is not too deep");
        assert_eq!(written, bytes);
    } else {
        skip(bytes);
    }
}

/// Writes each part as it is read.
fn copy(source: impl Read) -> Result<Vec<u8>, NarReadError> {
    let taken = "what is read can be written";
    let mut reader = NarReader::new(source)?;
    let mut writer = NarWriter::new(Vec::new()).expect(taken);
    while let Some(event) = reader.next_event()? {
        match event {
            Event::Regular { executable, size } => {
                let mut contents = Vec::new();
                reader.contents_to(&mut contents)?;
                assert_eq!(contents.len() as u64, size);
                writer.regular(executable, &contents).expect(taken);
            }
            Event::Symlink(target) => writer.symlink(&target).expect(taken),
            Event::Directory => writer.begin_directory().expect(taken),
            Event::Entry(name) => writer.entry(name).expect(taken),
            Event::EndOfDirectory => writer.end_directory().expect(taken),
        }
    }
    Ok(writer.finish().expect(taken))
}

/// Reads without looking at contents, and goes on after an error, as no one should.
fn skip(bytes: &[u8]) {
    let Ok(mut reader) = NarReader::new(bytes) else {
        return;
    };
    for _ in 0..bytes.len() {
        if let Ok(None) = reader.next_event() {
            break;
        }
    }
}

/// A source that yields at most three bytes at a time.
struct Slowly<'a>(&'a [u8]);

impl Read for Slowly<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = buffer.len().min(3);
        self.0.read(&mut buffer[..length])
    }
}
