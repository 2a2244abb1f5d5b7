//! The output of all processes as one stream of whole lines, each with its process' name.
//!
//! ```text
//! NAME | a line of standard output
//! NAME ! a line of standard error
//! ```

use std::io::{self, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::diagnostic::render::visible;
use crate::secret::hide;

/// A line that is longer is printed in pieces.
const LONGEST: usize = 8 << 10;
/// A name that is longer moves its lines to the right.
const WIDEST: usize = 24;
/// What names are coloured with, in turn.
const COLORS: &[u8] = &[36, 33, 32, 35, 34, 96, 93, 92, 95, 94];

/// How lines are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// As text.
    Plain,
    /// With names in colours, and the colours that processes print.
    Color,
}

/// What a process is called in the output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Its name, the job's before it if there are several.
    pub name: String,
    /// Which of the colours it has.
    pub color: usize,
}

/// Prints lines of processes.
pub struct Printer {
    style: Style,
    width: usize,
    out: Mutex<Option<Box<dyn Write + Send>>>,
    /// How many are about to print.
    busy: AtomicUsize,
}

impl std::fmt::Debug for Printer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Printer").finish_non_exhaustive()
    }
}

impl Printer {
    /// For processes with these names, into `out`.
    pub fn new<'n>(
        names: impl Iterator<Item = &'n str>,
        style: Style,
        out: impl Write + Send + 'static,
    ) -> Self {
        let widths = names.map(|name| visible::line(name).chars().count());
        Self {
            style,
            width: widths.max().unwrap_or(0).min(WIDEST),
            out: Mutex::new(Some(Box::new(out))),
            busy: AtomicUsize::new(0),
        }
    }

    /// Whether something waits for the reader.
    pub(super) fn is_busy(&self) -> bool {
        self.busy.load(Ordering::SeqCst) > 0
    }

    /// A stream of a process, and the mark of the stream.
    pub(super) fn lines(&self, shown: &Shown, mark: char) -> Lines {
        let name = visible::line(&hide(&shown.name));
        let pad = " ".repeat(self.width.saturating_sub(name.chars().count()));
        let prefix = match self.style {
            Style::Plain => format!("{name}{pad} {mark} "),
            Style::Color => {
                let color = COLORS[shown.color % COLORS.len()];
                format!("\x1b[{color}m{name}{pad} {mark}\x1b[0m ")
            }
        };
        Lines {
            prefix: prefix.into_bytes(),
            style: self.style,
            rest: Vec::new(),
            ready: Vec::new(),
        }
    }

    fn print(&self, text: &[u8]) {
        self.busy.fetch_add(1, Ordering::SeqCst);
        self.write(text);
        self.busy.fetch_sub(1, Ordering::SeqCst);
    }

    fn write(&self, text: &[u8]) {
        let Ok(mut out) = self.out.lock() else {
            return;
        };
        let Some(open) = out.as_mut() else {
            return;
        };
        let printed = open.write_all(text).and_then(|()| open.flush());
        // A reader who went away has seen enough; the task runs on.
        if printed.is_err_and(|error| error.kind() != io::ErrorKind::Interrupted) {
            *out = None;
        }
    }
}

/// Makes lines of the pieces in which a stream comes.
#[derive(Debug)]
pub(super) struct Lines {
    prefix: Vec<u8>,
    style: Style,
    rest: Vec<u8>,
    ready: Vec<u8>,
}

impl Lines {
    /// More of the stream: prints the lines that are whole.
    pub(super) fn push(&mut self, bytes: &[u8], printer: &Printer) {
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            let (text, ends) = match piece.split_last() {
                Some((b'\n', text)) => (text, true),
                _ => (piece, false),
            };
            for part in text.chunks(LONGEST) {
                if self.rest.len() + part.len() > LONGEST {
                    self.line();
                }
                self.rest.extend_from_slice(part);
            }
            if ends {
                self.line();
            }
        }
        self.print(printer);
    }

    /// The end of the stream.
    pub(super) fn close(&mut self, printer: &Printer) {
        if !self.rest.is_empty() {
            self.line();
            self.print(printer);
        }
    }

    fn print(&mut self, printer: &Printer) {
        if !self.ready.is_empty() {
            printer.print(&self.ready);
            self.ready.clear();
        }
    }

    fn line(&mut self) {
        self.ready.extend_from_slice(&self.prefix);
        let shown = shown(&self.rest, self.style);
        self.ready.extend_from_slice(shown.as_bytes());
        self.ready.push(b'\n');
        self.rest.clear();
    }
}

/// A line as a terminal would show it, without what could move the cursor.
fn shown(line: &[u8], style: Style) -> String {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    // A progress bar goes back to the start of its line, time and again.
    let start = line.iter().rposition(|&byte| byte == b'\r');
    let line = String::from_utf8_lossy(&line[start.map_or(0, |at| at + 1)..]);
    let mut shown = String::with_capacity(line.len());
    let mut colored = false;
    let mut rest = &*line;
    while let Some(character) = rest.chars().next() {
        if let Some(length) = color_length(rest) {
            if style == Style::Color {
                shown.push_str(&rest[..length]);
                colored = true;
            }
            rest = &rest[length..];
            continue;
        }
        rest = &rest[character.len_utf8()..];
        match character {
            '\t' => shown.push('\t'),
            control if control.is_control() => shown.extend(control.escape_default()),
            other => shown.push(other),
        }
    }
    if colored {
        shown.push_str("\x1b[0m");
    }
    shown
}

/// How long the sequence is that changes colours, if `text` begins with one.
fn color_length(text: &str) -> Option<usize> {
    let inside = text.strip_prefix("\x1b[")?;
    let end = inside.find(|c: char| !c.is_ascii_digit() && c != ';')?;
    inside[end..].starts_with('m').then_some(end + 3)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, Printer, Shown, Style, shown};
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("no panic").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn printed(pieces: &[&[u8]]) -> String {
        let out = Shared::default();
        let printer = Printer::new(["a", "long"].into_iter(), Style::Plain, out.clone());
        let shown = Shown {
            name: "a".to_owned(),
            color: 0,
        };
        let mut lines = printer.lines(&shown, '|');
        for piece in pieces {
            lines.push(piece, &printer);
        }
        lines.close(&printer);
        let bytes = out.0.lock().expect("no panic").clone();
        String::from_utf8(bytes).expect("text")
    }

    #[test]
    fn lines_are_whole() {
        assert_eq!(
            printed(&[b"on", b"e\ntw", b"o\n\nlast"]),
            "a    | one\na    | two\na    | \na    | last\n"
        );
        assert_eq!(printed(&[]), "");
        assert_eq!(printed(&[b"x\r\n"]), "a    | x\n");
    }

    #[test]
    fn endless_lines_come_in_pieces() {
        let text = printed(&[&vec![b'x'; 3 * LONGEST + 1]]);
        let lengths: Vec<_> = text.lines().map(|line| line.len() - 7).collect();
        assert_eq!(lengths, [LONGEST, LONGEST, LONGEST, 1]);
    }

    #[test]
    fn nothing_moves_the_cursor() {
        let check = |line: &[u8], plain, color| {
            assert_eq!(shown(line, Style::Plain), plain);
            assert_eq!(shown(line, Style::Color), color);
        };
        check(b"a\tb\xffc", "a\tb\u{fffd}c", "a\tb\u{fffd}c");
        check(
            b"\x1b[1;31mred\x1b[0m",
            "red",
            "\x1b[1;31mred\x1b[0m\x1b[0m",
        );
        check(b"\x1b[2Jx\x07", "\\u{1b}[2Jx\\u{7}", "\\u{1b}[2Jx\\u{7}");
        check(b" 10%\r 50%\r100%", "100%", "100%");
    }
}
