//! Command lines: no character is lost between the pieces, and none is in two.

use jobc::model::{CommandLine, Piece, Reference};

/// Puts a command line together again from its pieces.
pub fn check(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    let line = CommandLine::new(text);
    let mut again = String::new();
    for piece in line.pieces() {
        let (offset, source) = match piece {
            Ok(Piece::Text(piece)) => {
                assert!(!piece.is_empty());
                let offset = piece.as_ptr() as usize - line.as_str().as_ptr() as usize;
                (offset, piece)
            }
            Ok(Piece::Escape) => (again.len(), "$${"),
            Ok(Piece::Reference { text, offset, to }) => {
                if let Reference::File(path) | Reference::Expanded(path) = to {
                    assert!(path.starts_with("./") || path.starts_with("../"));
                    assert!(text.contains(path) && !path.contains(['}', '\n']));
                }
                (offset, text)
            }
            Err(error) => (error.offset, error.text),
        };
        assert_eq!(offset, again.len());
        again.push_str(source);
    }
    assert_eq!(again, text);
}
