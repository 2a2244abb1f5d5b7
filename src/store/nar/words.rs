//! The fixed words of an archive, as the bytes that stand for them.

pub(super) const MAGIC: [u8; 24] = frame(&["nix-archive-1"]);
const REGULAR: [u8; 64] = frame(&["(", "type", "regular", "contents"]);
const EXECUTABLE: [u8; 96] = frame(&["(", "type", "regular", "executable", "", "contents"]);
pub(super) const SYMLINK: [u8; 64] = frame(&["(", "type", "symlink", "target"]);
pub(super) const DIRECTORY: [u8; 56] = frame(&["(", "type", "directory"]);
pub(super) const ENTRY: [u8; 48] = frame(&["entry", "(", "name"]);
pub(super) const NODE: [u8; 16] = frame(&["node"]);
pub(super) const CLOSE: [u8; 16] = frame(&[")"]);
pub(super) const CLOSE_BOTH: [u8; 32] = frame(&[")", ")"]);

/// What stands before the contents of a file.
pub(super) fn regular(executable: bool) -> &'static [u8] {
    if executable { &EXECUTABLE } else { &REGULAR }
}

/// The number of zeros after this many bytes.
pub(super) fn padding(length: u64) -> usize {
    let [rest, ..] = (length % 8).to_le_bytes();
    usize::from((8 - rest) % 8)
}

const fn frame<const SIZE: usize>(words: &[&str]) -> [u8; SIZE] {
    let mut bytes = [0; SIZE];
    let mut end = 0;
    let mut word = 0;
    while word < words.len() {
        let text = words[word].as_bytes();
        assert!(text.len() < 256, "the length fits one byte");
        #[expect(
            clippy::cast_possible_truncation,
            reason = "asserted, and const code has no `try_from`"
        )]
        let length = text.len() as u8;
        bytes[end] = length;
        end += 8;
        let mut index = 0;
        while index < text.len() {
            bytes[end + index] = text[index];
            index += 1;
        }
        end += text.len().next_multiple_of(8);
        word += 1;
    }
    assert!(end == SIZE, "the declared size is that of the words");
    bytes
}
